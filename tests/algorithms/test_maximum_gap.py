"""Oracles: numpy's sort and differences, exact fractions, a count by hand."""

import math
import random
import re
from fractions import Fraction
from itertools import pairwise, product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.growth import lines_run
from snippets.algorithms.maximum_gap import (
    bucket_layout,
    maximum_gap,
    maximum_gap_float,
    maximum_gap_sorted,
)

SAMPLES = [
    ([3, 6, 9, 1], 3),
    ([10], 0),
    ([], 0),
    ([1, 1, 1], 0),
    ([1, 10_000_000], 9_999_999),
    ([100, 3, 2, 1], 97),
    ([3, 9, 12, 13, 1, 5], 4),
    ([1, 10], 9),
    ([1, 3, 5], 2),
    ([0, 0, 0, 1], 1),
    ([-5, 7, -5], 12),
]


def oracle(values):
    return np.diff(np.sort(np.array(values, dtype=object))).max() if values[1:] else 0


@pytest.mark.parametrize(("nums", "gap"), SAMPLES)
@pytest.mark.parametrize("solve", [maximum_gap, maximum_gap_sorted, maximum_gap_float])
def test_samples(solve, nums, gap):
    before = list(nums)
    assert solve(nums) == gap
    assert nums == before


@given(st.lists(st.integers(-30, 30), max_size=40))
def test_both_solutions_are_numpy_s_on_small_numbers(nums):
    assert maximum_gap(nums) == maximum_gap_sorted(nums) == oracle(nums)


@given(st.lists(st.integers(-(2**80), 2**80), max_size=30))
def test_both_solutions_are_numpy_s_on_numbers_of_any_size(nums):
    assert maximum_gap(nums) == maximum_gap_sorted(nums) == oracle(nums)


def test_20_000_random_lists():
    draw = random.Random(0)
    for _ in range(20_000):
        reach = draw.choice([3, 50, 10**6])
        nums = [draw.randint(-reach, reach) for _ in range(draw.randint(0, 12))]
        ordered = sorted(nums)
        gap = max((b - a for a, b in pairwise(ordered)), default=0)
        assert maximum_gap(nums) == gap


def test_numpy_s_integers_do_not_overflow():
    nums = np.array([-128, 127, 0], dtype=np.int8)
    assert maximum_gap(nums) == 128
    assert bucket_layout(nums)[0] == 127


# Buckets


@given(st.lists(st.integers(-40, 40), min_size=2, max_size=30))
def test_a_bucket_holds_least_and_greatest_of_its_values(nums):
    width, count, buckets = bucket_layout(nums)
    assert len(buckets) == count
    for k, bucket in enumerate(buckets):
        left = min(nums) + k * width
        inside = [x for x in nums if left <= x < left + width]
        assert bucket == ((min(inside), max(inside)) if inside else None)


@pytest.mark.parametrize("n", [2, 5, 50, 1000])
def test_there_are_at_most_two_buckets_a_gap_and_some_input_needs_them(n):
    counts = []
    for span in range(5 * n):
        nums = [0] * (n - 1) + [span]
        width, count, _ = bucket_layout(nums)
        assert width == max(1, span // (n - 1))
        counts.append(count)
    assert max(counts) == 2 * (n - 1)
    assert counts.index(2 * (n - 1)) == 2 * (n - 1) - 1


@given(st.lists(st.integers(-99, 99), min_size=2, max_size=30))
def test_the_largest_gap_is_at_least_the_mean_one_and_beyond_any_bucket(nums):
    gap, span = oracle(nums), max(nums) - min(nums)
    assert gap >= -(-span // (len(nums) - 1))
    width, _, _ = bucket_layout(nums)
    assert gap > width - 1 or span == 0  # no two integers of a bucket are as far apart


def test_a_bucket_may_be_as_wide_as_the_mean_gap_and_still_parts_the_largest():
    width, _, buckets = bucket_layout([0, 2, 4, 6])
    assert width == 6 / 3  # not narrower; but a bucket lacks its right end
    assert buckets == [(0, 0), (2, 2), (4, 4), (6, 6)]


@pytest.mark.parametrize("solve", [maximum_gap, maximum_gap_float])
def test_twice_the_values_are_twice_the_work(solve):
    counts = []
    for n in (2_000, 4_000, 8_000):
        draw = random.Random(n)
        counts.append(lines_run(solve, [draw.randrange(10**9) for _ in range(n)]))
    for once, twice in pairwise(counts):
        assert 1.9 < twice / once < 2.1


def test_200_000_values_have_the_gap_of_their_sorted_list():
    draw = random.Random(0)
    nums = [draw.randrange(10**9) for _ in range(200_000)]
    assert maximum_gap(nums) == oracle(nums)


@pytest.mark.parametrize("n", [2, 3, 4, 5])
def test_the_equally_spaced_inputs_come_in_all_orders(n):
    spaced = [
        x
        for x in product(range(n), repeat=n)
        if min(x) == 0 and max(x) == n - 1 and maximum_gap(x) == 1
    ]
    assert len(spaced) == math.factorial(n)


# Real numbers

numbers = st.floats(allow_nan=False, allow_infinity=False)


@given(st.lists(numbers, max_size=30))
def test_real_numbers_give_exactly_the_largest_difference(xs):
    ordered = sorted(xs)
    gap = max((b - a for a, b in pairwise(ordered)), default=0.0)
    assert maximum_gap_float(xs) == gap


@given(st.lists(st.integers(0, 50), max_size=10))
def test_several_values_of_a_bucket_count_by_the_least_and_the_greatest(xs):
    # Floats drawn at will seldom share a bucket other than the first.
    gap = max((b - a for a, b in pairwise(sorted(xs))), default=0)
    assert maximum_gap_float(xs) == gap


@given(st.integers(2, 60), st.floats(1e-3, 1e3), st.floats(-1e3, 1e3))
def test_equal_steps_are_no_trap(n, step, start):
    xs = [start + i * step for i in range(n)]
    assert maximum_gap_float(xs[::-1]) == max(b - a for a, b in pairwise(xs))


@pytest.mark.parametrize(
    "xs",
    [
        [0.1, 0.25, 0.9],
        [-1.7e308, 0.0, 1.7e308],
        [0.0, 5e-324, 1.5e-323],
        [1.0, 1.0 + 2**-52, 1.0],
        [-0.0, 0.0],
    ],
)
def test_extremes_of_float64(xs):
    ordered = sorted(xs)
    assert maximum_gap_float(xs) == max(b - a for a, b in pairwise(ordered))


@given(st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=50))
def test_a_computed_position_is_off_by_at_most_two_n_epsilon(xs):
    n, low, span = len(xs), min(xs), max(xs) - min(xs)
    if span == 0:
        return
    exact_span = Fraction(max(xs)) - Fraction(low)
    for x in xs:
        exact = (Fraction(x) - Fraction(low)) / exact_span * n
        assert abs(Fraction((x - low) / span * n) - exact) <= 2 * n * 2.0**-52


def test_the_room_for_rounding_is_enough_for_thirty_million_values():
    for n in (2, 1000, 30_000_000):
        assert Fraction(n, n - 1) > 1 + 4 * n * Fraction(2) ** -52
    assert round(4 * 30_000_000**2 * 2.0**-52, 1) == 0.8
    n = 40_000_000
    assert Fraction(n, n - 1) < 1 + 4 * n * Fraction(2) ** -52


@pytest.mark.parametrize("seed", range(3))
def test_nearly_equal_steps_in_large_lists_are_no_trap(seed):
    rng = np.random.default_rng(seed)
    xs = np.linspace(rng.normal(), rng.normal() + 5, 50_000)
    xs += rng.normal(size=xs.size) * 1e-16 * 10.0**seed
    assert maximum_gap_float(rng.permutation(xs)) == np.diff(np.sort(xs)).max()


def test_without_room_for_rounding_the_largest_gap_may_fall_into_a_bucket():
    xs = [0.1 + 0.3 * i for i in range(6)]
    n, low, span = len(xs), min(xs), max(xs) - min(xs)
    buckets = {}
    for x in xs:  # n - 1 buckets of width R / (n - 1), which exact arithmetic allows
        buckets.setdefault(int((x - low) / span * (n - 1)), []).append(x)
    used = [buckets[k] for k in sorted(buckets)]
    gap = max(b - a for a, b in pairwise(xs))
    assert max(min(b) - max(a) for a, b in pairwise(used)) < gap
    assert maximum_gap_float(xs) == gap


def test_the_smallest_range_of_a_gap_is_that_of_exact_arithmetic():
    xs = [0.1, 0.2, 0.3, 0.7]
    exact = sorted(map(Fraction, xs))
    gap = max(b - a for a, b in pairwise(exact))
    assert abs(maximum_gap_float(xs) - float(gap)) <= 1e-16


# Wrong solutions, each with the input that gives it away


def without_guard(nums):
    low, span = min(nums), max(nums) - min(nums)
    width = span // (len(nums) - 1)
    return [(x - low) // width for x in nums]


def without_last_bucket(nums):
    low, span = min(nums), max(nums) - min(nums)
    width = max(1, span // (len(nums) - 1))
    buckets = [None] * (span // width)
    for x in nums:
        buckets[(x - low) // width] = x
    return buckets


def with_ceiling(nums):
    low, span = min(nums), max(nums) - min(nums)
    width = -(-span // (len(nums) - 1))
    buckets = [None] * (len(nums) - 1)
    for x in nums:
        buckets[(x - low) // width] = x
    return buckets


def between_buckets(values, width):
    """The answer if buckets have this width, however wrong it may be."""
    low, buckets = min(values), {}
    for x in values:
        buckets.setdefault(int((x - low) / width), []).append(x)
    used = [buckets[k] for k in sorted(buckets)]
    return max((min(b) - max(a) for a, b in pairwise(used)), default=0)


def test_without_the_guard_equal_values_divide_by_zero():
    with pytest.raises(ZeroDivisionError):
        without_guard([1, 1, 1])


@pytest.mark.parametrize("nums", [[3, 6, 9, 1], [1, 10]])
def test_without_the_last_bucket_the_maximum_falls_out(nums):
    with pytest.raises(IndexError):
        without_last_bucket(nums)


def test_one_bucket_a_gap_of_rounded_up_width_is_one_too_few():
    with pytest.raises(IndexError):
        with_ceiling([1, 3, 5])


def test_buckets_twice_as_wide_swallow_the_gap():
    assert between_buckets([0, 0, 0, 1], width=2) == 0 != maximum_gap([0, 0, 0, 1])


def test_a_width_plus_one_is_for_integers_only():
    xs = [0.1, 0.25, 0.9]
    assert between_buckets(xs, width=(0.9 - 0.1) // 3 + 1) == 0
    assert abs(maximum_gap_float(xs) - 0.65) < 1e-12


@given(st.lists(st.integers(-30, 30), min_size=2, max_size=20))
def test_for_integers_width_plus_one_works_without_a_guard(nums):
    width = (max(nums) - min(nums)) // len(nums) + 1
    assert between_buckets(nums, width) == oracle(nums)


@given(st.integers(1, 50), st.integers(1, 50))
def test_floor_plus_one_is_no_ceiling_where_the_division_is_exact(span, width):
    differs = span // width + 1 != -(-span // width)
    assert differs == (span % width == 0)


# Bad input


@pytest.mark.parametrize("bad", [1.0, True, "3", None, 2.5, np.array([3])])
@pytest.mark.parametrize("solve", [maximum_gap, maximum_gap_sorted, bucket_layout])
@pytest.mark.parametrize("rest", [[], [4, 9]])
def test_what_is_no_integer_is_refused(solve, bad, rest):
    wanted = "need at least two" if solve is bucket_layout and not rest else None
    came = re.escape(f"need integers, got {bad!r}")
    with pytest.raises(ValueError, match=wanted or came):
        solve([*rest, bad] if wanted is None else [1])


@pytest.mark.parametrize("solve", [maximum_gap, maximum_gap_sorted, maximum_gap_float])
def test_iterators_and_short_floats_will_do(solve):
    assert solve(iter([3, 6, 9, 1])) == 3
    assert solve(iter([])) == 0
    if solve is maximum_gap_float:
        assert solve(np.array([-65504, 65504], dtype=np.float16)) == 131008


@pytest.mark.parametrize("bad", ["3", None, True, 1j, np.True_])
def test_what_is_no_real_number_is_refused(bad):
    with pytest.raises(ValueError, match=re.escape(f"need real numbers, got {bad!r}")):
        maximum_gap_float([0.0, bad])


def test_an_integer_beyond_every_float_is_refused():
    with pytest.raises(ValueError, match="need finite numbers, got 1000"):
        maximum_gap_float([0, 10**400])


@pytest.mark.parametrize("nums", [[], [7]])
def test_a_layout_needs_two_values(nums):
    with pytest.raises(ValueError, match=f"at least two values, got {len(nums)}"):
        bucket_layout(nums)


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), float("-inf")])
@pytest.mark.parametrize("rest", [[], [0.0, 1.0]])
def test_what_is_not_finite_is_refused(bad, rest):
    with pytest.raises(ValueError, match=f"need finite numbers, got {bad}"):
        maximum_gap_float([*rest, bad])
