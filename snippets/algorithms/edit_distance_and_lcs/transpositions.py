"""Edit distance with exchanged neighbours, which may have been edited in between.

References:
    Damerau, "A technique for computer detection and correction of spelling errors",
    Communications of the ACM 7(3), 1964, doi:10.1145/363958.363994.
    Lowrance, Wagner, "An extension of the string-to-string correction problem", Journal
    of the ACM 22(2), 1975, doi:10.1145/321879.321880.
"""

from collections.abc import Hashable, Iterable

from ._checks import _keys


# --8<-- [start:damerau]
def damerau_distance(a: Iterable[Hashable], b: Iterable[Hashable]) -> int:
    """The least number of insertions, deletions, substitutions and exchanges.

    An exchange swaps two neighbours. This is the unrestricted distance, a metric: what
    was exchanged may be edited further.

    Raises:
        ValueError: for what has no order, or more than one axis, and for NaN.
        TypeError: for elements that cannot be the keys of a dict.
    """
    a, b = _keys("a", a), _keys("b", b)
    table = [[i + j for j in range(len(b) + 1)] for i in range(len(a) + 1)]
    last_in_a: dict[Hashable, int] = {}  # the row, from 1, where it stood last
    for i, x in enumerate(a, 1):
        column = 0  # the one, from 1, where x stood last in b
        for j, y in enumerate(b, 1):
            row, same = last_in_a.get(y, 0), x == y
            best = table[i - 1][j - 1] + (0 if same else 1)
            best = min(best, table[i - 1][j] + 1, table[i][j - 1] + 1)
            if row and column:  # y … x becomes y x by deletions, then x y, then x … y
                between = (i - row - 1) + (j - column - 1)
                best = min(best, table[row - 1][column - 1] + between + 1)
            table[i][j] = best
            if same:
                column = j
        last_in_a[x] = i
    return table[-1][-1]
    # --8<-- [end:damerau]
