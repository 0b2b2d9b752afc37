"""Sorting: put a list in order by asking ``<`` of two elements, or by their digits.

All functions return new lists and leave their input as it was. Of the elements only
``<`` is used, so whatever ``sorted`` takes can be sorted; NaN, which is in no order, is
not looked for. Positions and ranks count from 0.

References:
    Hoare, "Quicksort", The Computer Journal 5 (1962), doi:10.1093/comjnl/5.1.10.
    Munro, Wild, "Nearly-Optimal Mergesorts", ESA 2018, arXiv:1805.04154.
    LeetCode 912, "Sort an Array"; 75, "Sort Colors"; 215, "Kth Largest Element in an
    Array".
"""

from .comparisons import comparisons
from .digits import counting_sort, radix_sort
from .elementary import bubble_sort, insertion_sort, selection_sort
from .heap import heap_sort
from .merge import count_inversions, merge_sort
from .quick import partition3, quick_sort, quickselect

__all__ = [
    "bubble_sort",
    "comparisons",
    "count_inversions",
    "counting_sort",
    "heap_sort",
    "insertion_sort",
    "merge_sort",
    "partition3",
    "quick_sort",
    "quickselect",
    "radix_sort",
    "selection_sort",
]
