"""The edits themselves: fill the table, then walk back and say which arrow was taken.

References:
    Wagner, Fischer, "The string-to-string correction problem", Journal of the ACM
    21(1), 1974, doi:10.1145/321796.321811.
"""

from collections.abc import Iterable
from typing import Any

from ._checks import _items


# --8<-- [start:script]
def edit_script(a: Iterable[Any], b: Iterable[Any]) -> list[tuple[str, Any, Any]]:
    """A script with the fewest edits that turns a into b, from left to right.

    Of several, the walk back from the end prefers the diagonal, then a deletion.

    Returns:
        ``("keep", x, y)`` with x == y, ``("substitute", x, y)``,
        ``("delete", x, None)`` and ``("insert", None, y)``. All but the kept ones
        cost 1.

    Raises:
        ValueError: for what has no order, or more than one axis.
    """
    a, b = _items("a", a), _items("b", b)
    table = [[0] * (len(b) + 1) for _ in range(len(a) + 1)]
    table[0] = list(range(len(b) + 1))  # from nothing: insert all
    for i, x in enumerate(a, 1):
        table[i][0] = i  # to nothing: delete all
        for j, y in enumerate(b, 1):
            changed = table[i - 1][j - 1] + (0 if x == y else 1)
            deleted = table[i - 1][j] + 1
            inserted = table[i][j - 1] + 1
            table[i][j] = min(changed, deleted, inserted)
    script: list[tuple[str, Any, Any]] = []
    i, j = len(a), len(b)
    while i or j:
        here = table[i][j]
        same = i > 0 and j > 0 and a[i - 1] == b[j - 1]
        if same or (i and j and here == table[i - 1][j - 1] + 1):
            i, j = i - 1, j - 1
            script.append(("keep" if same else "substitute", a[i], b[j]))
        elif i and here == table[i - 1][j] + 1:
            i -= 1
            script.append(("delete", a[i], None))
        else:
            j -= 1
            script.append(("insert", None, b[j]))
    return script[::-1]
    # --8<-- [end:script]
