"""Oracles: itertools over all multisets, subsets and sequences; numpy polynomials."""

import math
import random
import sys
from itertools import (
    chain,
    combinations,
    combinations_with_replacement,
    pairwise,
    product,
)

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.growth import lines_run
from snippets.algorithms.combination_sum import (
    combination_sum,
    combination_sum_once,
    combination_sum_recursive,
    count_combinations,
    count_once,
    count_ordered,
    each_combination,
    search_nodes,
    search_nodes_once,
)

candidates_ = st.lists(st.integers(1, 9), max_size=5)
targets = st.integers(0, 12)
BRITISH = [1, 2, 5, 10, 20, 50, 100, 200]


def multisets(candidates, target):
    """With reuse: all multisets of distinct values, of any size that could fit."""
    values = sorted(set(candidates))
    sizes = range(target // min(values, default=1) + 1)
    every = chain(*(combinations_with_replacement(values, size) for size in sizes))
    return sorted(list(c) for c in every if sum(c) == target)


def submultisets(candidates, target):
    """Each once: all choices of places, sorted, equal ones merged."""
    sizes = range(len(candidates) + 1)
    every = chain(*(combinations(sorted(candidates), size) for size in sizes))
    return sorted(list(c) for c in {c for c in every if sum(c) == target})


def recursive_once(candidates, target):
    return combination_sum_recursive(candidates, target, once=True)


WITH_REUSE = [combination_sum, combination_sum_recursive]
ONCE = [combination_sum_once, recursive_once]
COUNTS = [count_combinations, count_once, count_ordered]


def one_by_one(candidates, target):
    return list(each_combination(candidates, target))


ALL = [*WITH_REUSE, *ONCE, *COUNTS, search_nodes, search_nodes_once, one_by_one]


@pytest.mark.parametrize(
    ("candidates", "target", "expected"),
    [
        ([2, 3, 6, 7], 7, [[2, 2, 3], [7]]),
        ([7, 6, 3, 2], 7, [[2, 2, 3], [7]]),
        ([2, 3, 5], 8, [[2, 2, 2, 2], [2, 3, 3], [3, 5]]),
        ([2], 1, []),
        ([2, 2], 4, [[2, 2]]),
        ([3, 2, 3, 2, 2], 5, [[2, 3]]),
        ([], 3, []),
        ([], 0, [[]]),
        ([4], 0, [[]]),
        ([4], 4, [[4]]),
        ([2**70], 2**71, [[2**70, 2**70]]),
    ],
)
@pytest.mark.parametrize("solve", WITH_REUSE)
def test_samples_with_reuse(solve, candidates, target, expected):
    before = list(candidates)
    assert solve(candidates, target) == expected
    assert candidates == before


@pytest.mark.parametrize(
    ("candidates", "target", "expected"),
    [
        ([10, 1, 2, 7, 6, 1, 5], 8, [[1, 1, 6], [1, 2, 5], [1, 7], [2, 6]]),
        ([2, 5, 2, 1, 2], 5, [[1, 2, 2], [5]]),
        ([1, 1, 1], 2, [[1, 1]]),
        ([1, 1, 1], 4, []),
        ([], 3, []),
        ([], 0, [[]]),
        ([4, 4], 0, [[]]),
        ([4], 4, [[4]]),
        ([2**70, 1], 2**70 + 1, [[1, 2**70]]),
    ],
)
@pytest.mark.parametrize("solve", ONCE)
def test_samples_each_once(solve, candidates, target, expected):
    before = list(candidates)
    assert solve(candidates, target) == expected
    assert candidates == before


@given(candidates_, targets)
def test_with_reuse_it_is_brute_force_over_multisets_in_its_order(candidates, target):
    expected = multisets(candidates, target)
    assert combination_sum(candidates, target) == expected
    assert combination_sum_recursive(candidates, target) == expected
    assert count_combinations(candidates, target) == len(expected)


@given(st.lists(st.integers(1, 7), max_size=9), st.integers(0, 25))
def test_each_once_it_is_brute_force_over_subsets_in_its_order(candidates, target):
    expected = submultisets(candidates, target)
    assert combination_sum_once(candidates, target) == expected
    assert recursive_once(candidates, target) == expected
    assert count_once(candidates, target) == len(expected)


def test_500_random_cases_of_each_once():
    draw = random.Random(0)
    for _ in range(500):
        candidates = [draw.randint(1, 8) for _ in range(draw.randint(0, 9))]
        target = draw.randint(0, 25)
        expected = submultisets(candidates, target)
        assert combination_sum_once(candidates, target) == expected


@given(st.lists(st.integers(1, 5), max_size=4), st.integers(0, 7))
def test_ordered_counts_are_brute_force_over_sequences(candidates, target):
    sequences = chain(*(product(set(candidates), repeat=n) for n in range(target + 1)))
    found = sum(sum(s) == target for s in sequences)
    assert count_ordered(candidates, target) == found


@given(st.lists(st.integers(1, 7), max_size=7), st.integers(0, 20), st.integers(0, 5))
def test_a_size_keeps_the_combinations_of_so_many_picks(candidates, target, size):
    once = [c for c in submultisets(candidates, target) if len(c) == size]
    assert combination_sum_once(candidates, target, size) == once
    reuse = [c for c in multisets(candidates, target) if len(c) == size]
    assert list(each_combination(candidates, target, size=size)) == reuse


@pytest.mark.parametrize(
    ("size", "target", "expected"),
    [
        (3, 7, [[1, 2, 4]]),
        (3, 9, [[1, 2, 6], [1, 3, 5], [2, 3, 4]]),
        (4, 1, []),
        (9, 45, [[1, 2, 3, 4, 5, 6, 7, 8, 9]]),
    ],
)
def test_samples_of_leetcode_216(size, target, expected):
    assert combination_sum_once(range(1, 10), target, size) == expected


def test_combinations_come_one_by_one_and_bad_arguments_at_once():
    first = next(each_combination(range(1, 101), 100))  # of 190 million
    assert first == [1] * 100
    with pytest.raises(ValueError, match=r"size must be an integer >= 0, got -1"):
        each_combination([1], 1, size=-1)
    with pytest.raises(ValueError, match=r"target must be an integer >= 0, got 1\.0"):
        each_combination([1], 1.0)


def polynomial(factors, target):
    """Coefficients of a product of polynomials up to x^target, by numpy."""
    row = np.array([1])
    for factor in factors:
        row = np.convolve(row, factor)[: target + 1]
    return int(row[target]) if target < len(row) else 0


def powers(step, copies, target):
    """1 + x^step + ... + x^(copies * step), cut off after x^target."""
    row = np.zeros(target + 1, dtype=int)
    row[: copies * step + 1 : step] = 1
    return row


@given(st.lists(st.integers(1, 20), max_size=12), st.integers(0, 60))
def test_counts_are_coefficients_of_the_generating_functions(candidates, target):
    values = set(candidates)
    reuse = [powers(c, target, target) for c in values]
    assert count_combinations(candidates, target) == polynomial(reuse, target)
    once = [powers(c, candidates.count(c), target) for c in values]
    assert count_once(candidates, target) == polynomial(once, target)
    positions = [powers(c, 1, target) for c in candidates]
    assert count_once(candidates, target) <= polynomial(positions, target)
    if len(values) == len(candidates):
        assert count_once(candidates, target) == polynomial(positions, target)


def test_places_are_not_values_where_candidates_are_equal():
    candidates, target = [10, 1, 2, 7, 6, 1, 5], 8
    places = polynomial([powers(c, 1, target) for c in candidates], target)
    assert (places, count_once(candidates, target)) == (6, 4)


def test_published_counts():
    assert count_combinations(BRITISH, 200) == 73682
    assert count_combinations([1, 5, 10, 25, 50], 100) == 292
    assert len(combination_sum([1, 5, 10, 25, 50], 100)) == 292
    for n, partitions, distinct in [(10, 42, 10), (20, 627, 64)]:
        numbers = range(1, n + 1)
        assert count_combinations(numbers, n) == partitions
        assert len(combination_sum(numbers, n)) == partitions
        assert count_once(numbers, n) == len(combination_sum_once(numbers, n))
        assert count_once(numbers, n) == distinct
    assert count_combinations([1, 2, 3], 4) == 4
    assert count_ordered([1, 2, 3], 4) == 7


def test_counts_have_no_largest_value():
    assert count_ordered([1, 2], 300) == fibonacci(301)
    assert count_ordered([1, 1, 2], 300) == fibonacci(301)


def fibonacci(n):
    a, b = 0, 1
    for _ in range(n):
        a, b = b, a + b
    return a


# Size of the tree


@pytest.mark.parametrize(
    ("candidates", "target", "pruned", "full"),
    [
        ([2, 3, 6, 7], 7, 10, 28),
        ([7, 2, 3, 6, 2], 7, 10, 28),
        ([2, 3, 5, 7, 11], 40, 1634, 3174),
        ([5], 0, 1, 1),
        ([], 5, 1, 1),
        ([5], 3, 1, 2),
    ],
)
def test_nodes_of_the_tree(candidates, target, pruned, full):
    assert search_nodes(candidates, target) == pruned
    assert search_nodes(candidates, target, prune=True) == pruned
    assert search_nodes(candidates, target, prune=False) == full


@given(candidates_, targets)
def test_a_node_is_a_multiset_that_does_not_exceed_the_target(candidates, target):
    kept = sum(len(multisets(candidates, t)) for t in range(target + 1))
    assert search_nodes(candidates, target) == kept
    # Without pruning: the same, and one step beyond from each node that is no solution.
    values = sorted(set(candidates))
    beyond = sum(
        c >= max(path, default=0) and t + c > target
        for t in range(target)
        for path in multisets(candidates, t)
        for c in values
    )
    assert search_nodes(candidates, target, prune=False) == kept + beyond


@given(st.lists(st.integers(1, 7), max_size=7), st.integers(0, 20))
def test_each_once_a_node_is_a_submultiset_that_passed_both_bounds(candidates, target):
    ordered = sorted(candidates)
    places = chain(*(combinations(range(len(ordered)), k) for k in range(8)))
    # Of equal numbers the first ones: one choice of places for each submultiset.
    paths = {
        tuple(ordered[i] for i in p): p
        for p in sorted(places, reverse=True)
        if sum(ordered[i] for i in p) <= target
    }
    assert search_nodes_once(candidates, target, below=False) == len(paths)

    def entered(path):
        return all(
            sum(ordered[i] for i in path[:k]) + sum(ordered[path[k] :]) >= target
            for k in range(len(path))
        )

    assert search_nodes_once(candidates, target) == sum(map(entered, paths.values()))


def test_the_bound_from_below_saves_most_where_nearly_all_is_picked():
    numbers = range(1, 21)
    above = [search_nodes_once(numbers, t, below=False) for t in (50, 100, 200)]
    both = [search_nodes_once(numbers, t) for t in (50, 100, 200)]
    assert above == [20966, 455862, 1048543]
    assert both == [19303, 268809, 605]
    assert len(combination_sum_once(numbers, 200)) == 10


def test_the_search_itself_uses_the_bound_from_below():
    numbers = list(range(1, 21))
    lines = lines_run(combination_sum_once, numbers, 200)
    assert lines < 20 * search_nodes_once(numbers, 200)


def written_out(candidates, target, prune):
    """The recursion of the page, with a counter; returns solutions and nodes."""
    c, found, nodes = sorted(candidates), [], 0

    def extend(start, rest, path):
        nonlocal nodes
        nodes += 1
        if rest == 0:
            found.append(path)
        for j in range(start, len(c) if rest > 0 else 0):
            if prune and c[j] > rest:
                break
            extend(j, rest - c[j], [*path, c[j]])

    extend(0, target, [])
    return found, nodes


@pytest.mark.parametrize(
    ("candidates", "target"), [([2, 3, 6, 7], 7), ([2, 3, 5, 7, 11], 40)]
)
@pytest.mark.parametrize("prune", [True, False])
def test_pruning_changes_the_tree_and_not_the_solutions(candidates, target, prune):
    found, nodes = written_out(candidates, target, prune)
    assert found == combination_sum(candidates, target)
    assert nodes == search_nodes(candidates, target, prune)


@pytest.mark.parametrize("candidates", [[2, 3], [2, 3, 5], [4, 6], [2, 3, 5, 7]])
def test_nodes_grow_with_the_power_of_the_number_of_candidates(candidates):
    k, target = len(candidates), 60_000
    # With a coin of 1 more for what is left unspent, nodes are combinations.
    nodes = nodes_by_counting(candidates, target)
    leading = target**k / (math.factorial(k) * math.prod(candidates))
    assert abs(nodes / leading - 1) < 2e-3
    assert nodes_by_counting(candidates, 60) == search_nodes(candidates, 60)


def nodes_by_counting(candidates, target):
    ways = np.zeros(target + 1, dtype=object)
    ways[0] = 1
    for c in [1, *candidates]:
        for first in range(c):
            ways[first::c] = np.cumsum(ways[first::c])
    return ways[target]


def test_pruning_saves_a_share_that_vanishes_as_the_target_grows():
    shares = []
    for target in (25, 50, 100, 200):
        kept = search_nodes([2, 3, 5], target)
        full = search_nodes([2, 3, 5], target, prune=False)
        assert full <= 1 + 3 * kept
        shares.append(full / kept - 1)
    for before, after in pairwise(shares):
        assert after < 0.6 * before


@pytest.mark.parametrize("count", [count_combinations, count_once])
def test_twice_the_target_is_twice_the_work_of_counting(count):
    work = [lines_run(count, [2, 3, 5], target) for target in (1000, 2000, 4000)]
    for once, twice in pairwise(work):
        assert 1.95 < twice / once < 2.05


def test_the_loop_goes_deeper_than_python_s_stack():
    deep = sys.getrecursionlimit() + 500
    assert combination_sum([1], deep) == [[1] * deep]
    assert combination_sum_once([1] * deep, deep) == [[1] * deep]
    assert search_nodes([1], deep) == deep + 1
    with pytest.raises(RecursionError):
        combination_sum_recursive([1], deep)


def test_the_depth_is_that_of_the_longest_path_and_not_of_the_longest_combination():
    odd = 2 * sys.getrecursionlimit() + 1001
    assert combination_sum([2], odd) == []
    with pytest.raises(RecursionError):
        combination_sum_recursive([2], odd)


def test_once_is_true_or_false_whatever_is_given():
    for once in (1, 2, "yes"):
        expected = combination_sum_once([1, 2, 3, 4], 5)
        assert list(each_combination([1, 2, 3, 4], 5, once=once)) == expected


def test_no_path_grows_beyond_the_size():
    few = lines_run(one_by_one_of_size, range(1, 31), 100, 2)
    many = lines_run(one_by_one_of_size, range(1, 31), 100, 4)
    assert few < many / 10
    work = [lines_run(one_by_one_of_size, range(1, 31), t, 0) for t in (0, 100)]
    assert abs(work[1] - work[0]) < 10  # the root alone


def one_by_one_of_size(candidates, target, size):
    return list(each_combination(candidates, target, size=size))


def test_a_level_ends_at_the_first_candidate_that_is_too_large():
    large = range(2, 2000)
    work = [lines_run(combination_sum_recursive, large, t) for t in (0, 1)]
    assert abs(work[1] - work[0]) < 20


def test_with_neither_test_the_recursion_never_ends():
    def extend(start, rest):
        if rest == 0:
            return
        for j in range(start, 4):
            extend(j, rest - [2, 3, 6, 7][j])

    with pytest.raises(RecursionError):
        extend(0, 7)


def test_equal_candidates_count_once_in_the_growth_of_the_tree():
    assert search_nodes([2, 2], 400) == search_nodes([2], 400) == 201
    gap = [search_nodes([2, 3, 5], t) - t**3 / 180 for t in (50, 100, 200, 400)]
    assert gap == sorted(
        gap
    )  # it is the ratio that tends to 1, not the difference to 0
    assert gap[-1] > 10_000


def test_of_605_nodes_166_lead_to_a_solution():
    numbers = range(1, 21)
    assert search_nodes_once(numbers, 200) == 605
    solutions = combination_sum_once(numbers, 200)
    assert len({tuple(s[:k]) for s in solutions for k in range(len(s) + 1)}) == 166


def test_a_search_may_be_small_where_the_row_is_huge():
    large = [10**9, 10**9 + 1]
    assert search_nodes(large, 2 * 10**9 + 1) == 5
    assert combination_sum(large, 2 * 10**9 + 1) == [large]


# Wrong solutions, each with the input that gives it away


def search(candidates, target, skip, order=sorted, copy=list, step=1):
    """Part 2 with a rule of one's own for what a level skips."""
    c, found, path = order(candidates), [], []

    def extend(start, rest):
        if rest == 0:
            found.append(copy(path))
        for j in range(start, len(c)):
            if c[j] <= rest and not skip(c, j, start):
                path.append(c[j])
                extend(j + step, rest - c[j])
                path.pop()

    extend(0, target)
    return found


def siblings(c, j, start):
    return j > start and c[j] == c[j - 1]


def everywhere(c, j, start):
    return j > 0 and c[j] == c[j - 1]


def nowhere(c, j, start):
    return False


SAMPLE = ([10, 1, 2, 7, 6, 1, 5], 8)


@given(st.lists(st.integers(1, 7), max_size=8), st.integers(0, 20))
def test_the_frame_of_the_wrong_solutions_is_right_with_the_right_rule(c, target):
    assert search(c, target, siblings) == submultisets(c, target)


def test_a_skipping_on_every_level_loses_what_needs_two_equal_numbers():
    lost = [c for c in submultisets(*SAMPLE) if c not in search(*SAMPLE, everywhere)]
    assert lost == [[1, 1, 6]]
    assert search([2, 5, 2, 1, 2], 5, everywhere) == [[5]]


@given(st.lists(st.integers(1, 7), max_size=8), st.integers(0, 20))
def test_a_skipping_on_every_level_keeps_just_the_sets(candidates, target):
    sets = [c for c in submultisets(candidates, target) if len(set(c)) == len(c)]
    assert search(candidates, target, everywhere) == sets


def test_b_without_skipping_combinations_come_twice():
    found = search(*SAMPLE, nowhere)
    twice = [c for c in submultisets(*SAMPLE) if found.count(c) == 2]
    assert twice == [[1, 2, 5], [1, 7]]
    assert len(found) == 6


def test_b_removing_duplicates_at_the_end_is_right_and_slow():
    found = search([1] * 12, 6, nowhere)
    assert len(found) == math.comb(12, 6) == 924
    assert {tuple(path) for path in found} == {(1,) * 6}
    assert len(search([1] * 12, 6, siblings)) == 1


def test_c_skipping_without_sorting_leaves_duplicates():
    assert search([1, 2, 1], 3, siblings, order=list) == [[1, 2], [2, 1]]
    assert combination_sum_once([1, 2, 1], 3) == [[1, 2]]


def test_c_break_without_sorting_loses_solutions():
    c, found = [8, 7], []
    for x in c:
        if x > 7:
            break
        found.append([x])
    assert found == [] != combination_sum(c, 7)


def test_d_without_a_copy_all_solutions_are_the_one_empty_path():
    found = search(*SAMPLE, siblings, copy=lambda path: path)
    assert found == [[], [], [], []]


def permutations(candidates, target):
    """Each level starts at index 0 again."""
    if target == 0:
        return [[]]
    fit = [c for c in candidates if c <= target]
    return [[c, *rest] for c in fit for rest in permutations(candidates, target - c)]


def test_e_without_a_start_index_orders_are_counted():
    expected = [[2, 2, 3], [2, 3, 2], [3, 2, 2], [7]]
    assert permutations([2, 3, 6, 7], 7) == expected
    assert len(permutations([1, 2, 3], 4)) == count_ordered([1, 2, 3], 4) == 7


def test_e_swapped_loops_count_orders():
    ways = [1, 0, 0, 0, 0]
    for total in range(1, 5):
        for c in (1, 2, 3):
            if c <= total:
                ways[total] += ways[total - c]
    assert ways[4] == 7 != count_combinations([1, 2, 3], 4)


def test_f_a_candidate_0_recurses_for_ever():
    with pytest.raises(RecursionError):
        search([0, 1], 1, nowhere, step=0)
    assert search([1], 1, nowhere, step=0) == [[1]]


# Bad input


@pytest.mark.parametrize("bad", [0, -1, 1.0, True, "3", None, 2.5])
@pytest.mark.parametrize("rest", [[], [4, 9]])
@pytest.mark.parametrize("solve", ALL)
def test_what_is_no_positive_integer_is_refused(solve, bad, rest):
    wanted = f"candidate must be an integer >= 1, got {bad!r}"
    with pytest.raises(ValueError, match=wanted):
        solve([*rest, bad], 5)


@pytest.mark.parametrize("bad", [-1, 1.0, True, False, "3", None])
@pytest.mark.parametrize("solve", ALL)
def test_a_target_that_is_no_natural_number_is_refused(solve, bad):
    with pytest.raises(
        ValueError, match=f"target must be an integer >= 0, got {bad!r}"
    ):
        solve([1, 2], bad)


@pytest.mark.parametrize("solve", ALL)
def test_numpy_s_integers_and_iterators_will_do(solve):
    expected = solve([3, 2, 2, 100, 127], 127)
    narrow = np.array([3, 2, 2, 100, 127], dtype=np.int8)
    assert solve(narrow, np.int8(127)) == expected
    assert solve(iter([3, 2, 2, 100, 127]), 127) == expected
    if solve in (*WITH_REUSE, *ONCE):
        assert {type(x) for path in solve(narrow, 127) for x in path} == {int}
