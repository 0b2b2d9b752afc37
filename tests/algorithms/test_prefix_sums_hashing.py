"""Oracles: brute force over all ranges and pairs, updates in loops, counts by hand."""

import math
import random
import sys
from collections import Counter
from fractions import Fraction
from itertools import accumulate, combinations, pairwise, product
from math import prod
from operator import xor

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.algorithms import prefix_sums_hashing as bench
from benchmarks.growth import exponent
from figures.record import record
from snippets.algorithms.prefix_sums_hashing import (
    PrefixSum2D,
    apply_range_updates,
    count_divisible_subarrays,
    count_subarrays_with_sum,
    longest_consecutive,
    longest_subarray_with_sum,
    prefix_sums,
    product_except_self,
    two_sum,
)

signed = st.lists(st.integers(-3, 3), max_size=10)
P = sys.hash_info.modulus


# The oracles: everything is tried


def ranges(n):
    return list(combinations(range(n + 1), 2))  # l < r


def count(a, k):
    return sum(sum(a[left:r]) == k for left, r in ranges(len(a)))


def longest(a, k):
    sizes = [r - left for left, r in ranges(len(a)) if sum(a[left:r]) == k]
    return max(sizes, default=0)


def divisible(a, m):
    return sum(math.fmod(sum(a[left:r]), m) == 0 for left, r in ranges(len(a)))


def updated(n, updates):
    a = [0] * n
    for lo, hi, value in updates:
        for i in range(lo, hi):
            a[i] += value
    return a


def others(a):
    return [prod(a[:i] + a[i + 1 :]) for i in range(len(a))]


def run(a):
    spans = range(1, len(a) + 1)
    return max((s for v in a for s in spans if {*range(v, v + s)} <= {*a}), default=0)


def pair(a, target):
    found = [(i, j) for i, j in combinations(range(len(a)), 2) if a[i] + a[j] == target]
    return min(found, key=lambda ij: (ij[1], -ij[0]), default=None)


def rectangle(rows, top, left, bottom, right):
    return sum(
        x
        for i, row in enumerate(rows)
        for j, x in enumerate(row)
        if top <= i < bottom and left <= j < right
    )


def test_3000_random_lists_are_answered_as_by_enumeration():
    draw = random.Random(0)
    for _ in range(3000):
        n = draw.randint(0, 9)
        a = [draw.randint(-3, 3) for _ in range(n)]
        k, m = draw.randint(-4, 4), draw.randint(1, 6)
        p = prefix_sums(a)
        assert len(p) == n + 1
        assert all(p[r] - p[left] == sum(a[left:r]) for left, r in ranges(n))
        assert count_subarrays_with_sum(a, k) == count(a, k)
        assert longest_subarray_with_sum(a, k) == longest(a, k)
        assert count_divisible_subarrays(a, m) == divisible(a, m)
        assert product_except_self(a) == others(a)
        assert longest_consecutive(a) == run(a)
        assert two_sum(a, k) == pair(a, k)
        ends = [sorted(draw.choices(range(n + 1), k=2)) for _ in range(4)]
        updates = [(lo, hi, draw.randint(-5, 5)) for lo, hi in ends]
        assert apply_range_updates(n, updates) == updated(n, updates)


def test_3000_rectangles_of_random_matrices_are_those_of_a_loop():
    draw = random.Random(1)
    for _ in range(300):
        height, width = draw.randint(0, 5), draw.randint(0, 5)
        rows = [[draw.randint(-3, 3) for _ in range(width)] for _ in range(height)]
        sums = PrefixSum2D(rows)
        assert (sums.height, sums.width) == (height, width if height else 0)
        for _ in range(10):
            top, bottom = sorted(draw.choices(range(height + 1), k=2))
            left, right = sorted(draw.choices(range(sums.width + 1), k=2))
            box = top, left, bottom, right
            assert sums.sum(*box) == rectangle(rows, *box)


def test_long_lists_of_large_numbers_are_answered_as_by_enumeration():
    draw = random.Random(2)
    for n in (30, 45):
        for largest in (4, 10**3, 2**70):
            a = [draw.randint(-largest, largest) for _ in range(n)]
            left, r = sorted(draw.sample(range(n + 1), 2))
            k = sum(a[left:r])
            assert count_subarrays_with_sum(a, k) == count(a, k) >= 1
            assert longest_subarray_with_sum(a, k) == longest(a, k) >= r - left
            assert product_except_self(a) == others(a)
            assert two_sum(a, a[3] + a[20]) == pair(a, a[3] + a[20])
            m = draw.randint(2, 2 * largest)
            want = sum(sum(a[x:y]) % m == 0 for x, y in ranges(n))
            assert count_divisible_subarrays(a, m) == want
            updates = [(left, r, a[0]), (0, n, a[1]), (r, r, a[2]), (r, n, a[3])]
            assert apply_range_updates(n, updates) == updated(n, updates)
            assert longest_consecutive([*a, *range(7, 90, 2), *range(60, 71)]) >= 12
            far = [x + largest for x in range(12)]
            draw.shuffle(far)
            assert longest_consecutive(far) == 12


@given(signed, st.integers(-4, 4))
def test_the_number_is_that_of_pairs_of_prefix_sums_k_apart(a, k):
    p = prefix_sums(a)
    assert count_subarrays_with_sum(a, k) == sum(y - x == k for x, y in _pairs(p))


def _pairs(p):
    return combinations(p, 2)


@given(signed)
def test_prefix_sums_and_differences_undo_each_other(a):
    p = prefix_sums(a)
    assert [y - x for x, y in pairwise(p)] == a
    points = [(i, i + 1, x) for i, x in enumerate(a)]
    assert apply_range_updates(len(a), points) == a
    d = [y - x for x, y in pairwise([0, *a])]
    assert prefix_sums(d)[1:] == a


@given(st.permutations(range(-4, 5)), st.integers(-9, 9))
def test_the_longest_run_does_not_depend_on_the_order_or_on_repeats(a, shift):
    moved = [x + shift for x in a if x != 1]
    assert longest_consecutive(moved) == longest_consecutive(moved * 2) == 5


# Samples


def test_samples_of_sums():
    assert prefix_sums([1, -1, 5, -2, 3]) == [0, 1, 0, 5, 3, 6]
    assert prefix_sums([]) == [0]
    sums = prefix_sums([-2, 0, 3, -5, 2, -1])  # LeetCode 303
    assert [sums[r] - sums[i] for i, r in ((0, 3), (2, 6), (0, 6))] == [1, -1, -3]


def test_samples_of_counts():
    assert count_subarrays_with_sum([1, 1, 1], 2) == 2
    assert count_subarrays_with_sum([1, 2, 3], 3) == 2
    assert count_subarrays_with_sum([1, -1, 0], 0) == 3
    assert count_subarrays_with_sum([2, -1, 1], 1) == 2
    assert count_subarrays_with_sum([1, -1, 5, -2, 3], 3) == 3
    assert count_subarrays_with_sum([1, -1, 5, -2, 3], 0) == 1
    assert count_subarrays_with_sum([1, 2], 0) == 0
    assert count_subarrays_with_sum([], 0) == 0
    assert count_subarrays_with_sum([2**80, -(2**80), 1], 0) == 1


@pytest.mark.parametrize("n", [0, 1, 10, 300])
def test_of_n_zeros_all_ranges_have_the_sum_0(n):
    assert count_subarrays_with_sum([0] * n, 0) == n * (n + 1) // 2
    assert count_divisible_subarrays([0] * n, 7) == n * (n + 1) // 2
    assert longest_subarray_with_sum([0] * n, 0) == n


def test_samples_of_lengths():
    assert longest_subarray_with_sum([1, -1, 5, -2, 3], 3) == 4
    assert longest_subarray_with_sum([-2, -1, 2, 1], 1) == 2
    assert longest_subarray_with_sum([1, 2], 0) == 0
    assert longest_subarray_with_sum([], 0) == 0


def test_samples_of_remainders():
    assert count_divisible_subarrays([4, 5, 0, -2, -3, 1], 5) == 7
    assert count_divisible_subarrays([5], 9) == 0
    assert count_divisible_subarrays([3, 3], 1) == 3
    assert count_divisible_subarrays([-2, 5, -3], 5) == 2


def test_a_tree_whose_sums_are_not_taken_back_has_paths_that_do_not_exist():
    def paths(node, k, seen, total, back):
        if node is None:
            return 0
        value, left, right = node
        total += value
        found = seen[total - k]
        seen[total] += 1
        found += paths(left, k, seen, total, back) + paths(right, k, seen, total, back)
        seen[total] -= back
        return found

    tree = 0, (5, None, None), (8, None, None)
    assert paths(tree, 3, Counter([0]), 0, back=1) == 0
    assert paths(tree, 3, Counter([0]), 0, back=0) == 1


def test_products_of_matrices_have_prefixes_if_the_side_is_kept():
    steps = [
        np.array(m) for m in ([[1, 1], [0, 1]], [[1, 0], [1, 1]], [[2, 1], [1, 1]])
    ]
    p = [np.eye(2)]
    for m in steps:
        p.append(p[-1] @ m)
    want = steps[1] @ steps[2]
    np.testing.assert_allclose(np.linalg.inv(p[1]) @ p[3], want, atol=1e-12)
    assert not np.allclose(p[3] @ np.linalg.inv(p[1]), want)


def test_the_worked_examples_on_the_page():
    a = [4, 5, 0, -2, -3, 1]
    assert [x % 5 for x in prefix_sums(a)] == [0, 4, 4, 4, 2, 4, 0]
    assert [sum(n * (n - 1) // 2 for n in Counter([0, 4, 4, 4, 2, 4, 0]).values())] == [
        7
    ]
    ups = [(0, 2, 10), (1, 3, 20), (1, 5, 25)]
    d = [0] * 6
    for lo, hi, value in ups:
        d[lo] += value
        d[hi] -= value
    assert d == [10, 45, -10, -20, 0, -25]
    assert prefix_sums(d)[-1] == 0  # nothing is left at the end


def test_updates_of_rectangles_change_four_corners():
    draw = random.Random(3)
    for _ in range(200):
        h, w = draw.randint(1, 5), draw.randint(1, 5)
        d = np.zeros((h + 1, w + 1), int)
        want = np.zeros((h, w), int)
        for _ in range(draw.randint(0, 4)):
            top, bottom = sorted(draw.choices(range(h + 1), k=2))
            left, right = sorted(draw.choices(range(w + 1), k=2))
            v = draw.randint(-5, 5)
            want[top:bottom, left:right] += v
            d[top, left] += v
            d[bottom, right] += v
            d[bottom, left] -= v
            d[top, right] -= v
        assert (d.cumsum(1).cumsum(0)[:h, :w] == want).all()


def test_samples_of_updates():
    flights = [(0, 2, 10), (1, 3, 20), (1, 5, 25)]
    assert apply_range_updates(5, flights) == [10, 55, 45, 25, 25]
    assert apply_range_updates(0, []) == []
    assert apply_range_updates(0, [(0, 0, 7)]) == []
    assert apply_range_updates(2, [(0, 2, 3), (2, 2, 9), (0, 0, 9)]) == [3, 3]


MATRIX = [
    [3, 0, 1, 4, 2],
    [5, 6, 3, 2, 1],
    [1, 2, 0, 1, 5],
    [4, 1, 0, 1, 7],
    [1, 0, 3, 0, 5],
]


def test_samples_of_rectangles():
    sums = PrefixSum2D(MATRIX)
    assert sums.sum(2, 1, 5, 4) == 8
    assert sums.sum(1, 1, 3, 3) == 11
    assert sums.sum(1, 2, 3, 5) == 12
    assert sums.sum(0, 0, 5, 5) == 58 == sum(map(sum, MATRIX))
    assert sums.sum(3, 2, 3, 4) == sums.sum(1, 4, 5, 4) == 0


def test_matrices_without_numbers_have_empty_rectangles_only():
    assert PrefixSum2D([]).sum(0, 0, 0, 0) == 0
    thin = PrefixSum2D([[], [], []])
    assert (thin.height, thin.width) == (3, 0)
    assert thin.sum(0, 0, 3, 0) == 0


def test_a_matrix_is_copied():
    rows = [[1, 2], [3, 4]]
    sums = PrefixSum2D(rows)
    rows[0][0] = 100
    assert sums.sum(0, 0, 2, 2) == 10


def test_samples_of_products():
    assert product_except_self([1, 2, 3, 4]) == [24, 12, 8, 6]
    assert product_except_self([-1, 1, 0, -3, 3]) == [0, 0, 9, 0, 0]
    assert product_except_self([0, 0, 2]) == [0, 0, 0]
    assert product_except_self([7]) == [1]
    assert product_except_self([]) == []


def test_samples_of_what_was_seen():
    assert longest_consecutive([100, 4, 200, 1, 3, 2]) == 4
    assert longest_consecutive([0, 3, 7, 2, 5, 8, 4, 6, 0, 1]) == 9
    assert longest_consecutive([1, 1, 1]) == 1
    assert longest_consecutive([]) == 0
    assert longest_consecutive([-1, 1, 0]) == 3
    assert two_sum([2, 7, 11, 15], 9) == (0, 1)
    assert two_sum([3, 2, 4], 6) == (1, 2)
    assert two_sum([3], 6) is None
    assert two_sum([3, 3], 6) == (0, 1)
    assert two_sum([5, 5, 1, 9], 6) == (1, 2)
    assert two_sum([], 0) is None


# Cost: what the code does is counted by its own numbers


def hashes(solve, *args):
    """How often a number is hashed, one lookup or insertion each."""
    return bench.counted(solve, *args)["hash"]


@pytest.mark.parametrize("n", [0, 1, 100, 1000])
def test_the_three_questions_about_subarrays_hash_a_fixed_number_of_times_each_step(n):
    a = [random.Random(n).randint(-9, 9) for _ in range(n)]
    assert hashes(count_subarrays_with_sum, a, 5) == 3 * n
    assert hashes(count_divisible_subarrays, a, 5) == 3 * n
    assert 2 * n <= hashes(longest_subarray_with_sum, a, 5) <= 3 * n
    assert hashes(two_sum, [x % 2 for x in a], 7) == 2 * n


def test_sums_are_added_up_once_and_ranges_cost_one_subtraction():
    n = 1000
    assert bench.counted(prefix_sums, range(n)) == {"add": n, "hash": 0}
    assert bench.counted(PrefixSum2D, [range(20)] * 30)["add"] == 2 * 600


def slow_longest_consecutive(a):
    """Without the test whether a run starts here: (the answer, the steps)."""
    present, longest, steps = set(a), 0, 0
    for v in present:
        end = v
        while end in present:
            end += 1
            steps += 1
        longest = max(longest, end - v)
    return longest, steps


def test_runs_are_walked_once_with_the_test_and_from_each_number_without():
    assert bench.counted(longest_consecutive, range(2000))["add"] == 2000
    assert slow_longest_consecutive(range(2000)) == (2000, 2_001_000)
    for n in (500, 1000):
        assert slow_longest_consecutive(range(n)) == (n, n * (n + 1) // 2)


@given(st.lists(st.integers(-20, 20), max_size=30))
def test_each_different_number_is_one_step_whatever_the_runs(a):
    assert bench.counted(longest_consecutive, a)["add"] == len({*a})


def equal(keys):
    """Comparisons by == when a dict of these is made."""

    class Key(int):
        seen = 0
        __hash__ = int.__hash__

        def __eq__(self, other):
            Key.seen += 1
            return int(self) == int(other)

    assert len(dict.fromkeys(map(Key, keys))) == len({*keys})
    return Key.seen


@pytest.mark.parametrize(("n", "want"), [(100, 4950), (200, 19_900), (400, 79_800)])
def test_keys_with_one_hash_are_all_compared_with_each_other(n, want):
    assert equal([i * P for i in range(n)]) == want == n * (n - 1) // 2
    assert equal(range(n)) == 0  # each its own hash, and none equal


@pytest.mark.parametrize("shared", [0, 1, 17, 31])
def test_keys_with_one_small_hash_are_compared_once_each(shared):
    for n in (2, 6, 50):
        assert equal([shared + i * P for i in range(n)]) == n * (n - 1) // 2


@pytest.mark.parametrize("shared", [32, 12_345, P - 1])
def test_keys_with_one_large_hash_may_meet_the_same_key_twice(shared):
    for n in (6, 50, 100):
        assert equal([shared + i * P for i in range(n)]) > n * (n - 1) // 2
    assert equal([-1, -2]) == 13  # on 64 bits


def test_hashes_of_integers():
    assert P == 2**61 - 1  # of a Python of 64 bits
    assert hash(2**61) == hash(1) == 1
    assert hash(P) == hash(0) == 0
    assert hash(-1) == hash(-2) == -2
    assert hash(-P - 5) == -5 == -hash(P + 5)
    assert hash(1) == hash(1.0) == hash(Fraction(1)) == hash(True)


def test_exponents_of_what_is_counted():
    for prepare, want in bench.EXPONENTS.items():
        sizes = bench.SQUARE if want == 2 else bench.LINEAR
        counts = [bench.operations(prepare(n)) for n in sizes]
        if prepare is bench.one_hash:
            assert counts == [4950, 19_900, 79_800]
        if prepare is bench.all_ranges:
            assert counts == [n * (n + 1) // 2 for n in sizes]
        assert abs(exponent(sizes, counts) - want) < 0.02


def test_a_dict_grows_by_whole_tables_and_so_seldom():
    sizes, held = [], {}
    for i in range(100_000):
        held[i] = None
        sizes.append(sys.getsizeof(held))
    assert len({*sizes}) < 20
    assert list(held)[:3] == [0, 1, 2]  # in the order in which they came


# What the page says about wrong versions


def test_without_the_empty_prefix_what_begins_at_0_is_missed():
    def wrong(a, k):
        seen, total, found = Counter(), 0, 0
        for x in a:
            total += x
            found += seen[total - k]
            seen[total] += 1
        return found

    assert wrong([1, 1, 1], 2) == 1
    assert count_subarrays_with_sum([1, 1, 1], 2) == 2


def test_inserting_before_counting_counts_empty_ranges():
    def wrong(a, k):
        seen, total, found = Counter([0]), 0, 0
        for x in a:
            total += x
            seen[total] += 1
            found += seen[total - k]
        return found

    assert wrong([1, 2], 0) == 2
    assert count_subarrays_with_sum([1, 2], 0) == 0
    assert wrong([1, 1, 1], 2) == 2  # only k = 0 shows it


def test_the_last_place_instead_of_the_first_gives_the_shortest():
    def wrong(a, k):
        last, total, best = {0: 0}, 0, 0
        for r, x in enumerate(a, start=1):
            total += x
            if total - k in last:
                best = max(best, r - last[total - k])
            last[total] = r
        return best

    assert wrong([1, -1, 5, -2, 3], 3) == 2
    assert longest_subarray_with_sum([1, -1, 5, -2, 3], 3) == 4


def test_a_remainder_as_c_takes_it_is_negative():
    assert math.fmod(-2, 5) == -2
    assert -2 % 5 == 3

    def wrong(a, m):
        seen, total, found = Counter([0]), 0, 0
        for x in a:
            total += x
            found += seen[math.fmod(total, m)]
            seen[math.fmod(total, m)] += 1
        return found

    assert wrong([-2, 5], 5) == 0
    assert count_divisible_subarrays([-2, 5], 5) == 1
    assert prefix_sums([-2, 5]) == [0, -2, 3]  # -2 does not meet 3


def test_division_does_not_survive_a_zero():
    a = [1, 0, 2]
    with pytest.raises(ZeroDivisionError):
        print([prod(a) // x for x in a])
    assert product_except_self(a) == [0, 2, 0]


def test_a_corner_that_is_subtracted_twice():
    p = [prefix_sums(row) for row in [[0] * 5, *MATRIX]]
    p = [list(column) for column in zip(*(list(accumulate(c)) for c in zip(*p)))]
    wrong = p[5][4] - p[2][4] - p[5][1]
    assert (wrong, PrefixSum2D(MATRIX).sum(2, 1, 5, 4)) == (0, 8)
    assert wrong + p[2][1] == 8


def test_an_update_with_its_right_end_inside():
    def wrong(n, updates):
        d = [0] * n
        for lo, hi, value in updates:
            d[lo] += value
            d[hi] -= value
        return list(accumulate(d))

    with pytest.raises(IndexError):
        wrong(5, [(1, 5, 25)])
    assert wrong(5, [(1, 3, 20)]) == [0, 20, 20, 0, 0]  # not 3: it is not inside


def test_a_window_misses_what_negative_numbers_make():
    def window(nums, k):
        left = total = found = 0
        for r, x in enumerate(nums):
            total += x
            while total > k and left <= r:
                total -= nums[left]
                left += 1
            found += total == k and left <= r
        return found

    assert window([2, -1, 1], 1) == 0
    assert count_subarrays_with_sum([2, -1, 1], 1) == count([2, -1, 1], 1) == 2


def test_lists_are_no_keys():
    with pytest.raises(TypeError, match="unhashable type: 'list'"):
        hash(sorted("eat"))


# Floats and narrow integers


def test_a_running_sum_of_float32_ones_stops_at_2_to_the_24():
    p = np.cumsum(np.ones(17_000_000, np.float32))
    assert p.dtype == np.float32
    assert p[-1] == 2**24 == 16_777_216
    assert p[-1] - p[-11] == 0  # the last ten ones


@pytest.mark.parametrize(
    ("dtype", "bits"), [(np.float16, 11), (np.float32, 24), (np.float64, 53)]
)
def test_the_first_integer_to_which_1_adds_nothing(dtype, bits):
    edge = dtype(2**bits)
    assert edge + dtype(1) == edge
    assert dtype(2**bits - 1) + dtype(1) == edge


def test_a_running_sum_of_float16_ones_stops_at_2048():
    p = np.cumsum(np.ones(3000, np.float16))
    assert (p.dtype, p[-1], p[-1] - p[-11]) == (np.float16, 2048, 0)
    wide = np.cumsum(np.ones(3000, np.float16), dtype=np.float64)
    assert wide[-1] - wide[-11] == 10


def test_float_sums_as_keys_miss_by_a_rounding():
    def plain(a, k):
        seen, total, found = Counter([0]), 0, 0
        for x in a:
            total += x
            found += seen[total - k]
            seen[total] += 1
        return found

    assert plain([0.1, 0.1, 0.1], 0.3) == 0
    assert plain([Fraction(1, 10)] * 3, Fraction(3, 10)) == 1
    assert count_subarrays_with_sum([1, 1, 1], 3) == 1
    with pytest.raises(ValueError, match=r"want integers, got 0\.1"):
        count_subarrays_with_sum([0.1, 0.1, 0.1], 3)


def test_uint8_accumulated_in_uint8_wraps_around():
    grey = np.full(300, 200, np.uint8)
    assert np.cumsum(grey, dtype=np.uint8)[-1] == 96 == 300 * 200 % 256
    assert np.cumsum(grey)[-1] == prefix_sums(grey)[-1] == 60_000
    assert np.cumsum(grey).dtype == np.uint64


def test_ranges_of_wrapped_integers_are_right_while_they_themselves_fit():
    draw = np.random.default_rng(0)
    a = draw.integers(-20, 20, 1000, dtype=np.int8)
    p = np.concatenate([[0], np.cumsum(a, dtype=np.int8)]).astype(np.int8)
    with np.errstate(over="ignore"):
        got = [int(p[i + 6] - p[i]) for i in range(900)]  # at most 6 * 20 = 120
    assert got == [int(a[i : i + 6].sum()) for i in range(900)]
    assert abs(np.cumsum(a, dtype=np.int64)).max() > 128  # they did wrap


@given(st.lists(st.integers(-9, 9), min_size=1, max_size=10))
def test_the_largest_sum_needs_only_the_least_prefix_sum_before(a):
    p = list(accumulate(a, initial=0))
    assert p == prefix_sums(a)
    least = list(accumulate(p, min))
    best = max(right - low for right, low in zip(p[1:], least[:-1], strict=True))
    assert best == max(sum(a[left:r]) for left, r in ranges(len(a)))


def test_xor_has_prefixes_as_sums_have_and_max_has_none():
    a = [5, 1, 7, 7, 2]
    p = list(accumulate(a, xor, initial=0))
    for left, r in ranges(len(a)):
        want = 0
        for x in a[left:r]:
            want ^= x
        assert p[r] ^ p[left] == want
    same = [list(accumulate(x, max)) for x in ([3, 1, 2], [3, 2, 2])]
    assert same[0] == same[1] == [3, 3, 3]
    assert max([1, 2][:1]) != max([2, 2][:1])  # a[1:2] differs, the prefixes do not


# What goes in


@pytest.mark.parametrize(
    "call",
    [
        lambda a: prefix_sums(a),
        lambda a: count_subarrays_with_sum(a, 1),
        lambda a: longest_subarray_with_sum(a, 1),
        lambda a: count_divisible_subarrays(a, 2),
        lambda a: product_except_self(a),
        lambda a: longest_consecutive(a),
        lambda a: two_sum(a, 1),
        lambda a: PrefixSum2D([a]),
    ],
)
def test_what_is_no_sequence_of_integers_is_refused(call):
    for bad in (0.5, True, "1", None, [1]):
        with pytest.raises(ValueError, match="want integers, got"):
            call([1, bad])
    for bad in ("12", {1, 2}, {1: 2}, 7, None, b"12", bytearray(b"12")):
        with pytest.raises(ValueError, match="want a sequence of integers, got"):
            call(bad)
    assert call(iter([1, 2])) is not None or call([1, 2]) is None


def test_iterators_ranges_and_numpy_s_integers_are_taken():
    small = np.array([200, 100, 250], np.uint8)
    assert prefix_sums(small) == [0, 200, 300, 550]
    assert type(prefix_sums(small)[1]) is int
    assert count_subarrays_with_sum(iter([1, 2, 3]), np.int64(3)) == 2
    assert longest_subarray_with_sum(range(4), np.int8(3)) == 3
    assert count_divisible_subarrays(small, np.uint8(50)) == 6
    assert product_except_self(small) == [25_000, 50_000, 20_000]
    assert longest_consecutive(np.array([254, 255, 0], np.uint8)) == 2
    assert two_sum(small, 450) == (0, 2)
    assert apply_range_updates(np.int8(2), iter([np.array([0, 1, 127])])) == [127, 0]
    lazy = PrefixSum2D(iter(row) for row in ([1, 2], [3, 4]))
    assert lazy.sum(np.int8(0), 1, 2, 2) == 6


@pytest.mark.parametrize(
    "call",
    [
        lambda k: count_subarrays_with_sum([1], k),
        lambda k: longest_subarray_with_sum([1], k),
        lambda k: two_sum([1], k),
    ],
)
@pytest.mark.parametrize("bad", [0.5, True, "1", None])
def test_a_target_that_is_no_integer_is_refused(call, bad):
    with pytest.raises(ValueError, match="want integers, got"):
        call(bad)


@pytest.mark.parametrize("bad", [0, -1, True, 2.0, "2", None])
def test_a_divisor_below_1_is_refused(bad):
    with pytest.raises(ValueError, match="want m to be an integer >= 1, got"):
        count_divisible_subarrays([1], bad)


@pytest.mark.parametrize("bad", [-1, True, 2.0, "2", None])
def test_a_length_below_0_is_refused(bad):
    with pytest.raises(ValueError, match="want n to be an integer >= 0, got"):
        apply_range_updates(bad, [])


@pytest.mark.parametrize(
    ("update", "message"),
    [
        ((-1, 2, 5), "want 0 <= lo <= hi <= 3, got -1 and 2"),
        ((0, 4, 5), "want 0 <= lo <= hi <= 3, got 0 and 4"),
        ((2, 1, 5), "want 0 <= lo <= hi <= 3, got 2 and 1"),
        ((0, 1), r"want a triple \(lo, hi, value\), got \[0, 1\]"),
        ((0, 1, 2, 3), r"want a triple \(lo, hi, value\), got \[0, 1, 2, 3\]"),
        ((0, 1, 0.5), "want integers, got 0.5"),
        ((0.0, 1, 1), "want integers, got 0.0"),
        ((0, True, 1), "want integers, got True"),
        (7, "want a sequence of lo, hi, value, got 7"),
    ],
)
def test_an_update_outside_is_refused(update, message):
    with pytest.raises(ValueError, match=message):
        apply_range_updates(3, [(0, 3, 1), update])


def test_updates_that_are_no_sequence_are_refused():
    with pytest.raises(ValueError, match="want a sequence of triples"):
        apply_range_updates(3, None)


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([[1, 2], [3]], "want rows of one length, got 2 and 1"),
        ([[], [3]], "want rows of one length, got 0 and 1"),
        (5, "want a sequence of rows, got 5"),
        ([1, 2], "want a sequence of integers, got 1"),
    ],
)
def test_what_is_no_matrix_is_refused(rows, message):
    with pytest.raises(ValueError, match=message):
        PrefixSum2D(rows)


@pytest.mark.parametrize(
    ("box", "message"),
    [
        ((0, 0, 3, 1), "want 0 <= top <= bottom <= 2, got 0 and 3"),
        ((-1, 0, 1, 1), "want 0 <= top <= bottom <= 2, got -1 and 1"),
        ((2, 0, 1, 1), "want 0 <= top <= bottom <= 2, got 2 and 1"),
        ((0, 0, 1, 4), "want 0 <= left <= right <= 3, got 0 and 4"),
        ((0, -1, 1, 1), "want 0 <= left <= right <= 3, got -1 and 1"),
        ((0, 3, 1, 2), "want 0 <= left <= right <= 3, got 3 and 2"),
        ((0, 0, 1, True), "want integers, got True"),
        ((0.0, 0, 1, 1), "want integers, got 0.0"),
    ],
)
def test_a_rectangle_outside_or_reversed_is_refused(box, message):
    with pytest.raises(ValueError, match=message):
        PrefixSum2D([[1, 2, 3], [4, 5, 6]]).sum(*box)


def test_integers_of_more_digits_than_python_writes_are_taken_or_refused_in_words():
    huge = 10**5000
    assert count_divisible_subarrays([huge, 1, -1], huge) == 3
    assert prefix_sums([huge, -huge]) == [0, huge, 0]
    assert apply_range_updates(1, [(0, 1, huge)]) == [huge]
    with pytest.raises(ValueError, match="want m to be an integer >= 1, got int of"):
        count_divisible_subarrays([1], -huge)
    with pytest.raises(ValueError, match="want 0 <= lo <= hi <= 3, got 0 and int of"):
        apply_range_updates(3, [(0, huge, 1)])
    with pytest.raises(ValueError, match="want integers, got list of too many digits"):
        prefix_sums([[huge]])


# The figures


def test_the_frames_are_a_run_of_the_code():
    a, k = [1, -1, 5, -2, 3], 3
    line = "seen[total] += 1"
    found, moments = record(
        lambda: count_subarrays_with_sum(a, k),
        count_subarrays_with_sum,
        [line],
        "total count",
    )
    assert found == 3
    assert [(m["total"], m["count"]) for m in moments] == [
        (1, 0),
        (0, 0),
        (5, 0),
        (3, 2),
        (6, 3),
    ]


def test_all_small_lists():
    for n in range(5):
        for a in product((-1, 0, 2), repeat=n):
            a = list(a)
            for k in range(-3, 6):
                assert count_subarrays_with_sum(a, k) == count(a, k)
                assert longest_subarray_with_sum(a, k) == longest(a, k)
                assert two_sum(a, k) == pair(a, k)
            assert product_except_self(a) == others(a)
            assert longest_consecutive(a) == run(a)
