"""Two sequences compared: what they share in order, what turns one into the other.

The state is a pair of prefixes: cell (i, j) of a table answers for the first i elements
of a and the first j of b. Places are counted from 0; elements are compared by ``==``.

References:
    Wagner, Fischer, "The string-to-string correction problem", Journal of the ACM
    21(1), 1974, doi:10.1145/321796.321811.
    Hirschberg, "A linear space algorithm for computing maximal common subsequences",
    Communications of the ACM 18(6), 1975, doi:10.1145/360825.360861.
    Lowrance, Wagner, "An extension of the string-to-string correction problem", Journal
    of the ACM 22(2), 1975, doi:10.1145/321879.321880 (transpositions).
"""

from .distances import edit_distance
from .linear import lcs_hirschberg
from .palindromes import longest_palindrome, longest_palindromic_subsequence
from .scripts import edit_script
from .subsequences import lcs, lcs_table
from .transpositions import damerau_distance

__all__ = [
    "damerau_distance",
    "edit_distance",
    "edit_script",
    "lcs",
    "lcs_hirschberg",
    "lcs_table",
    "longest_palindrome",
    "longest_palindromic_subsequence",
]
