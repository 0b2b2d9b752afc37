"""How many combinations there are, without listing them, and how large the search is.

Counts are coefficients of generating functions, and a row of the knapsack computes
them: one cell for each sum from 0 to the target. What the loops are nested in decides
what is counted. Candidates are positive integers.

References:
    Project Euler 31, "Coin sums". LeetCode 377, "Combination Sum IV" (ordered).
"""

from collections import Counter
from collections.abc import Sequence
from itertools import accumulate
from operator import index


def _integer(name: str, number: int, least: int = 0) -> int:
    """Python's own integer; ValueError unless it is one >= ``least``. True is none."""
    try:
        found = index(number)
    except TypeError:
        found = least - 1
    if isinstance(number, bool) or found < least:
        raise ValueError(f"{name} must be an integer >= {least}, got {number!r}")
    return found


def _check_candidates(candidates: Sequence[int]) -> list[int]:
    """The candidates as Python's own integers >= 1, in the given order."""
    return [_integer("candidate", c, least=1) for c in candidates]


# --8<-- [start:combinations]
def count_combinations(candidates: Sequence[int], target: int) -> int:
    """Number of combinations with reuse: the coefficient of x^target in the
    product of 1 / (1 - x^c) over the distinct candidates c.

    Args:
        candidates: integers >= 1, in any order; equal ones count as one.
        target: integer >= 0.

    Raises:
        ValueError: for a candidate or a target that is no such integer.
    """
    values, target = set(_check_candidates(candidates)), _integer("target", target)
    ways = [1] + [0] * target
    for c in values:
        for total in range(c, target + 1):  # up: c may be in ways[total - c] already
            ways[total] += ways[total - c]
    return ways[target]
    # --8<-- [end:combinations]


# --8<-- [start:once]
def count_once(candidates: Sequence[int], target: int) -> int:
    """Number of distinct combinations that use each candidate at most once.

    A value c that occurs m times has the factor 1 + x^c + ... + x^(m c), which is
    (1 - x^((m + 1) c)) / (1 - x^c): one pass up, one pass down.

    Args:
        candidates: integers >= 1, in any order.
        target: integer >= 0.

    Raises:
        ValueError: for a candidate or a target that is no such integer.
    """
    copies, target = Counter(_check_candidates(candidates)), _integer("target", target)
    ways = [1] + [0] * target
    for c, m in copies.items():
        for total in range(c, target + 1):
            ways[total] += ways[total - c]
        beyond = (m + 1) * c
        for total in range(target, beyond - 1, -1):
            ways[total] -= ways[total - beyond]
    return ways[target]
    # --8<-- [end:once]


# --8<-- [start:ordered]
def count_ordered(candidates: Sequence[int], target: int) -> int:
    """Number of sequences, in which order counts, with reuse (LeetCode 377).

    Args:
        candidates: integers >= 1, in any order; equal ones count as one.
        target: integer >= 0.

    Raises:
        ValueError: for a candidate or a target that is no such integer.
    """
    values, target = set(_check_candidates(candidates)), _integer("target", target)
    ways = [1] + [0] * target
    for total in range(1, target + 1):  # outside: any candidate may come last
        ways[total] = sum(ways[total - c] for c in values if c <= total)
    return ways[target]
    # --8<-- [end:ordered]


# --8<-- [start:nodes]
def search_nodes(candidates: Sequence[int], target: int, prune: bool = True) -> int:
    """Number of nodes of the search tree with reuse, the root and all leaves included.

    Args:
        candidates: integers >= 1, in any order; equal ones count as one.
        target: integer >= 0.
        prune: stop a level at the first candidate that is larger than the rest;
            otherwise the search steps beyond the target and returns from there.

    Raises:
        ValueError: for a candidate or a target that is no such integer.
    """
    values = sorted(set(_check_candidates(candidates)))
    nodes, waiting = 0, [(0, _integer("target", target))]
    while waiting:
        start, rest = waiting.pop()
        nodes += 1
        if rest <= 0:  # a solution, or beyond the target
            continue
        for j in range(start, len(values)):
            if prune and values[j] > rest:
                break
            waiting.append((j, rest - values[j]))
    return nodes
    # --8<-- [end:nodes]


def search_nodes_once(
    candidates: Sequence[int], target: int, below: bool = True
) -> int:
    """Number of nodes of the search tree of part 2, equal siblings skipped.

    Args:
        candidates: integers >= 1, in any order.
        target: integer >= 0.
        below: end a level also where all candidates from here on add up to less than
            the rest, as ``combination_sum_once`` does; otherwise only where the next
            one is larger than the rest.

    Raises:
        ValueError: for a candidate or a target that is no such integer.
    """
    ordered = sorted(_check_candidates(candidates))
    after = [*accumulate(reversed(ordered), initial=0)][::-1]  # sum from j to the end
    nodes, waiting = 0, [(0, _integer("target", target))]
    while waiting:
        start, rest = waiting.pop()
        nodes += 1
        for j in range(start, len(ordered)):
            if ordered[j] > rest or (below and after[j] < rest):
                break
            if j == start or ordered[j] != ordered[j - 1]:
                waiting.append((j + 1, rest - ordered[j]))
    return nodes
