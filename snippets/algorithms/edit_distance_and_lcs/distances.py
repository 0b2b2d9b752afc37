"""The edit distance with a cost for each operation, in one row.

References:
    Wagner, Fischer, "The string-to-string correction problem", Journal of the ACM
    21(1), 1974, doi:10.1145/321796.321811.
"""

from collections.abc import Iterable
from typing import Any

from ._checks import _cost, _items


# --8<-- [start:distance]
def edit_distance(
    a: Iterable[Any],
    b: Iterable[Any],
    insert: float = 1,
    delete: float = 1,
    substitute: float = 1,
) -> float:
    """The least cost of turning a into b; an int where the costs are.

    Args:
        a: the sequence that is edited.
        b: what it is to become.
        insert: cost of an element of b that a lacks; ``inf`` forbids the operation.
        delete: cost of an element of a that b lacks.
        substitute: cost of putting an element for a different one.

    Raises:
        ValueError: for a negative cost or NaN, for what has no order, or more than one
            axis.
    """
    a, b = _items("a", a), _items("b", b)
    insert, delete = _cost("insert", insert), _cost("delete", delete)
    substitute = _cost("substitute", substitute)
    row: list[float] = [0]
    for _ in b:  # from nothing to the first j of b
        row.append(row[-1] + insert)
    for x in a:
        diagonal = row[0]  # the row above, one column to the left
        row[0] += delete
        for j, y in enumerate(b, 1):
            above = row[j]
            changed = diagonal if x == y else diagonal + substitute
            row[j] = min(changed, above + delete, row[j - 1] + insert)
            diagonal = above
    return row[-1]
    # --8<-- [end:distance]
