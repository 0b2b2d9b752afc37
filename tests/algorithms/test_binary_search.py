"""Oracles: bisect, numpy's searchsorted, statistics.median, enumeration of all cuts."""

import math
import random
import re
import statistics
from bisect import bisect_left, bisect_right
from decimal import Decimal
from fractions import Fraction
from itertools import combinations, combinations_with_replacement, pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from snippets.algorithms.binary_search import (
    first_true,
    first_true_float,
    least_largest_sum,
    lower_bound,
    median_sorted,
    minimum_rotated,
    search_rotated,
    upper_bound,
)

SMALL = [
    list(a) for n in range(7) for a in combinations_with_replacement((0, 2, 4, 6), n)
]


class Counted:
    """A value that counts how often it is asked whether it is less."""

    times = 0

    def __init__(self, value):
        self.value = value

    def __lt__(self, other):
        Counted.times += 1
        return self.value < other.value


def comparisons(n, queries):
    a, found = [Counted(i) for i in range(n)], []
    for query in queries:
        Counted.times = 0
        lower_bound(a, Counted(query))
        found.append(Counted.times)
    return found


class Watched(list):
    """A list that knows which of its places were read."""

    def __init__(self, values):
        super().__init__(values)
        self.read = set()

    def __getitem__(self, i):
        self.read.add(i)
        return super().__getitem__(i)


# Bounds


def test_the_page_s_array_has_these_bounds():
    a = [5, 7, 7, 8, 8, 10]
    assert (lower_bound(a, 8), upper_bound(a, 8)) == (3, 5)
    assert (lower_bound(a, 6), upper_bound(a, 6)) == (1, 1)
    assert lower_bound([], 6) == upper_bound([], 6) == 0


def test_on_all_small_arrays_the_bounds_are_bisect_s():
    for a in SMALL:
        for x in range(-1, 8):
            assert lower_bound(a, x) == bisect_left(a, x)
            assert upper_bound(a, x) == bisect_right(a, x)


def test_20_000_random_arrays_have_the_bounds_of_bisect():
    draw = random.Random(0)
    for _ in range(20_000):
        a = sorted(draw.randint(-9, 9) for _ in range(draw.randint(0, 12)))
        x = draw.randint(-10, 10)
        assert (lower_bound(a, x), upper_bound(a, x)) == (
            bisect_left(a, x),
            bisect_right(a, x),
        )


@given(st.lists(st.floats(allow_nan=False), max_size=40), st.floats(allow_nan=False))
def test_the_bounds_part_the_values_by_their_definition(a, x):
    a.sort()
    low, high = lower_bound(a, x), upper_bound(a, x)
    assert all(v < x for v in a[:low])
    assert all(v == x for v in a[low:high])
    assert all(v > x for v in a[high:])
    array = np.array(a)
    assert low == np.searchsorted(array, x) == lower_bound(array, x)
    assert high == np.searchsorted(array, x, side="right") == upper_bound(array, x)


def test_whatever_has_an_order_can_be_searched():
    assert lower_bound("abd", "c") == upper_bound(("a", "b", "d"), "c") == 2
    assert lower_bound(range(0, 10**15, 3), 10**14) == 33_333_333_333_334
    assert upper_bound(np.array([-128, 127], dtype=np.int8), 127) == 2
    assert lower_bound([Fraction(1, 3), Fraction(1, 2)], 0.4) == 1


@pytest.mark.parametrize("bound", [lower_bound, upper_bound])
def test_what_cannot_be_searched_is_refused(bound):
    with pytest.raises(TypeError, match="need a sequence, got list_iterator"):
        bound(iter([1, 2]), 1)
    with pytest.raises(TypeError, match="need a sequence, got dict"):
        bound({1: 2}, 1)
    with pytest.raises(ValueError, match="need a sequence of one axis, got 2"):
        bound(np.zeros((2, 2)), 1)
    with pytest.raises(ValueError, match="need a sequence of one axis, got 0"):
        bound(np.array(3), 1)
    with pytest.raises(ValueError, match="a place in the order, got nan"):
        bound([1.0, 2.0], math.nan)
    for x in (Decimal("nan"), np.float32("nan"), np.datetime64("NaT")):
        with pytest.raises(
            ValueError, match=r"a place in the order, got (nan|NaN|NaT)"
        ):
            bound([], x)
    assert bound([1.0], math.inf) == 1
    assert bound([1.0], -math.inf) == 0


def test_values_need_only_less():
    a = [Counted(v) for v in (1, 3, 3, 5)]
    assert (lower_bound(a, Counted(3)), upper_bound(a, Counted(3))) == (1, 3)
    assert minimum_rotated(a[2:] + a[:2]).value == 1


def test_the_values_own_comparison_decides_and_numpy_s_rounds():
    tenth = np.array([0.1], dtype=np.float32)
    assert tenth[0].item() > 0.1
    assert upper_bound(tenth, 0.1) == 1  # equal, as float32
    assert upper_bound(tenth, np.float64(0.1)) == 0
    assert np.searchsorted(tenth, 0.1, side="right") == 0
    assert upper_bound(np.array([-128, 127], dtype=np.int8), 300) == 2


def test_a_value_that_is_not_in_order_gives_a_wrong_answer_and_no_error():
    assert lower_bound([1, math.nan, 0.5, 3], 2) == 3
    assert sorted([1, 0.5, 3]).index(3) == 2


# The first true answer


@given(st.integers(-50, 50), st.integers(0, 70), st.integers(-5, 75))
def test_first_true_is_the_first_in_a_row_of_false_and_true(lo, length, at):
    hi, asked = lo + length, []

    def predicate(i):
        asked.append(i)
        return i >= lo + at

    want = next((i for i in range(lo, hi) if i >= lo + at), hi)
    assert first_true(lo, hi, predicate) == want
    assert set(asked) <= set(range(lo, hi))
    assert len(asked) == len(set(asked)) <= length.bit_length()


@given(st.lists(st.booleans(), max_size=40))
def test_any_predicate_ends_at_a_change_from_false_to_true(row):
    place = first_true(0, len(row), lambda i: row[i])
    assert place == 0 or not row[place - 1]
    assert place == len(row) or row[place]


def test_integers_beyond_64_bits_are_no_limit_here_and_one_of_bisect():
    n = 10**30 - 1
    assert first_true(0, n + 1, lambda root: root * root > n) - 1 == math.isqrt(n)
    assert math.isqrt(n) == 999_999_999_999_999
    with pytest.raises(OverflowError):
        bisect_left(range(10**30), True, key=lambda i: i > 5)


def test_numpy_s_integers_do_not_overflow_as_ends():
    lo, hi = np.int8(100), np.int8(120)
    assert first_true(lo, hi, lambda i: i >= 119) == 119
    assert type(first_true(lo, hi, lambda i: False)) is int


def test_ends_in_the_wrong_order_or_no_integers_are_refused():
    with pytest.raises(ValueError, match="need lo <= hi, got 3 and 2"):
        first_true(3, 2, bool)
    for bad in (1.0, True, "1", None):
        with pytest.raises(ValueError, match=re.escape(f"integer lo, got {bad!r}")):
            first_true(bad, 2, bool)
        with pytest.raises(ValueError, match=re.escape(f"integer hi, got {bad!r}")):
            first_true(0, bad, bool)


# Peaks


@given(st.lists(st.integers(-9, 9), min_size=1, max_size=30))
def test_a_peak_is_found_without_any_order(a):
    i = first_true(0, len(a) - 1, lambda i: a[i] > a[i + 1])
    left, right = a[i - 1] if i else -math.inf, a[i + 1 : i + 2] or [-math.inf]
    assert left <= a[i]
    assert a[i] > right[0]
    if all(x != y for x, y in pairwise(a)):
        assert left < a[i]


@pytest.mark.parametrize("k", [*range(1, 70), 10**6, 2**40, 2**40 + 1])
def test_an_end_that_is_not_known_is_found_by_doubling(k):
    asked = []

    def enough(i):
        asked.append(i)
        return i >= k

    hi = 1
    while not enough(hi):
        hi *= 2
    assert first_true(hi // 2 + 1, hi, enough) == k
    assert len(asked) <= 2 * math.log2(k) + 2


# Searching the answer


def by_cuts(nums, parts):
    """Every way to cut, looked at."""
    found = []
    for cuts in combinations(range(1, len(nums)), parts - 1):
        ends = [0, *cuts, len(nums)]
        found.append(max(sum(nums[i:j]) for i, j in pairwise(ends)))
    return min(found)


@pytest.mark.parametrize(
    ("nums", "parts", "answer"),
    [
        ([7, 2, 5, 10, 8], 2, 18),
        ([1, 2, 3, 4, 5], 2, 9),
        ([1, 4, 4], 3, 4),
        (range(1, 11), 5, 15),
        ([3, 2, 2, 4, 1, 4], 3, 6),
        ([0, 0], 1, 0),
        ([0, 0], 2, 0),
        ([5], 1, 5),
    ],
)
def test_published_and_small_samples_of_cutting(nums, parts, answer):
    assert least_largest_sum(nums, parts) == answer
    assert least_largest_sum(iter(nums), parts) == answer
    assert least_largest_sum(np.array(nums, dtype=np.int8), np.int64(parts)) == answer


def test_1500_random_cuttings_are_what_enumeration_finds():
    draw = random.Random(0)
    for _ in range(1500):
        nums = [draw.randint(0, 12) for _ in range(draw.randint(1, 8))]
        parts = draw.randint(1, len(nums))
        assert least_largest_sum(nums, parts) == by_cuts(nums, parts)


@pytest.mark.parametrize(
    ("nums", "parts", "message"),
    [
        ([], 1, "need from 1 to 0 parts, got 1"),
        ([1, 2], 0, "need from 1 to 2 parts, got 0"),
        ([1, 2], 3, "need from 1 to 2 parts, got 3"),
        ([1, -1], 1, "need numbers >= 0, got -1"),
        ([1, 2.0], 1, "need an integer in nums, got 2.0"),
        ([1, True], 1, "need an integer in nums, got True"),
        ([1, 2], 1.0, "need an integer parts, got 1.0"),
        ([1, 2], True, "need an integer parts, got True"),
    ],
)
def test_cuts_that_make_no_sense_are_refused(nums, parts, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        least_largest_sum(nums, parts)


@given(st.lists(st.integers(1, 30), min_size=1, max_size=6), st.integers(0, 40))
def test_the_slowest_speed_is_the_first_that_is_fast_enough(piles, more):
    hours = len(piles) + more

    def enough(speed):
        return sum(-(-p // speed) for p in piles) <= hours

    want = next(speed for speed in range(1, 31) if enough(speed))
    assert first_true(1, max(piles), enough) == want


@given(st.sets(st.integers(0, 40), min_size=2, max_size=8), st.data())
def test_the_largest_gap_is_one_less_than_the_first_that_is_too_large(chosen, data):
    places = sorted(chosen)
    balls = data.draw(st.integers(2, len(places)))

    def too_far(gap):
        last, used = places[0], 1
        for place in places:
            if place - last >= gap:
                last, used = place, used + 1
        return used < balls

    want = max(
        min(b - a for a, b in pairwise(put)) for put in combinations(places, balls)
    )
    assert first_true(1, places[-1] - places[0] + 1, too_far) - 1 == want


def test_the_kth_smallest_of_a_matrix_is_an_entry_and_not_all_that_is_tried():
    matrix, tried = [[1, 5, 9], [10, 11, 13], [12, 13, 15]], []

    def enough(v):
        tried.append(v)
        return sum(upper_bound(row, v) for row in matrix) >= 8

    entries = sorted(v for row in matrix for v in row)
    assert first_true(1, 15, enough) == entries[7] == 13
    assert [v for v in tried if v not in entries] == [8, 14]


# Real numbers

finite = st.floats(allow_nan=False, allow_infinity=False)


@given(finite, finite, finite)
def test_the_first_float_is_found_exactly_in_at_most_64_questions(lo, hi, at):
    lo, hi = min(lo, hi), max(lo, hi)
    asked = []

    def predicate(t):
        asked.append(t)
        return t >= at

    assert first_true_float(lo, hi, predicate) == min(max(lo, at), hi)
    assert len(asked) <= 64
    assert all(lo <= t < hi for t in asked)


@given(finite, finite, finite)
def test_of_strictly_greater_floats_the_first_is_the_next_one(lo, hi, at):
    lo, hi = min(lo, hi), max(lo, hi)
    want = min(max(lo, math.nextafter(at, math.inf)), hi)
    assert first_true_float(lo, hi, lambda t: t > at) == want


def test_the_page_s_claims_about_floats():
    assert first_true_float(0.0, 2.0, lambda t: t * t >= 2) == math.sqrt(2)
    asked = []
    first_true_float(-1e308, 1e308, lambda t: asked.append(t) or t >= 1e-300)
    assert len(asked) == 64
    top = np.finfo(np.float64).max
    asked.clear()
    assert first_true_float(-top, top, lambda t: not asked.append(t)) == -top
    assert len(asked) == 64
    assert first_true_float(0, 1, lambda t: t > 0) == 5e-324
    assert first_true_float(2**53 + 1, 2**54, lambda t: True) == 2.0**53
    zero = first_true_float(-1.0, -0.0, lambda t: t > -5e-324)
    assert (zero, math.copysign(1, zero)) == (0, 1)


def test_halving_real_numbers_ends_late_or_not_at_all():
    lo, hi = 1e16, 1e16 + 4
    for _ in range(1000):
        mid = (lo + hi) / 2
        lo, hi = (lo, mid) if mid >= 1e16 + 3 else (mid, hi)
    assert hi - lo == 2
    assert (lo + hi) / 2 in (lo, hi)
    lo, hi, rounds = 1e16, 1e16 + 4, 0
    while hi - lo > 1e-9:  # a true lo: the two meet
        hi, rounds = (lo + hi) / 2, rounds + 1
    assert rounds == 2
    lo, hi = -1e308, 1e308
    for _ in range(100):
        mid = lo / 2 + hi / 2
        lo, hi = (lo, mid) if mid >= 1e-300 else (mid, hi)
    assert hi - lo > 1e278


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf, "1", None, True])
def test_ends_that_are_no_finite_numbers_are_refused(bad):
    for lo, hi, name in ((bad, 1.0, "lo"), (0.0, bad, "hi")):
        with pytest.raises(ValueError, match=f"need a .*{name}, got"):
            first_true_float(lo, hi, bool)


def test_float_ends_out_of_order_or_out_of_range_are_refused():
    with pytest.raises(ValueError, match=re.escape("need lo <= hi, got 1.0 and 0.5")):
        first_true_float(1, 0.5, bool)
    with pytest.raises(ValueError, match="need hi within float64, got 1000"):
        first_true_float(0, 10**400, bool)


# Rotated arrays


def rotations(a):
    return [a[k:] + a[:k] for k in range(max(1, len(a)))]


def test_on_all_rotations_of_all_small_arrays_values_and_minimum_are_found():
    for a in SMALL:
        for turned in rotations(a):
            for x in range(-1, 8):
                i = search_rotated(turned, x)
                assert turned[i] == x if x in turned else i is None
            if turned:
                assert minimum_rotated(turned) == min(turned)


@given(st.lists(st.integers(-40, 40), max_size=60), st.integers(0, 60))
def test_long_rotated_arrays_as_well(values, k):
    a = sorted(values)
    k %= len(a) or 1
    turned = np.array(a[k:] + a[:k], dtype=np.int64)
    for x in {*values, -41, 0, 41}:
        i = search_rotated(turned, x)
        assert turned[i] == x if x in values else i is None
    if values:
        assert minimum_rotated(turned) == min(values)


@pytest.mark.parametrize("n", [16, 64, 256])
def test_equal_values_make_every_place_be_read_in_the_worst_case(n):
    most = dict.fromkeys(("equal", "distinct", "minimum"), 0)
    for k in range(n):
        ones = [1] * n
        ones[k] = 0
        for name, values, solve in (
            ("equal", ones, lambda a: search_rotated(a, 0)),
            ("distinct", [*range(k, n), *range(k)], lambda a: search_rotated(a, 0)),
            ("minimum", ones, minimum_rotated),
        ):
            a = Watched(values)
            solve(a)
            most[name] = max(most[name], len(a.read))
    assert most["equal"] == most["minimum"] == n
    assert most["distinct"] <= 3 * n.bit_length()


@pytest.mark.parametrize("n", [1, 2, 3, 7, 8, 100, 1000])
def test_the_minimum_of_distinct_values_takes_a_new_place_a_round(n):
    for k in range(n):
        a = Watched([*range(k, n), *range(k)])
        assert minimum_rotated(a) == 0
        assert len(a.read) <= (n - 1).bit_length() + 2  # the end, and the answer


@pytest.mark.parametrize("n", [1, 2, 3, 7, 8, 15, 16, 31, 100])
def test_distinct_values_take_three_reads_a_round_and_a_round_a_digit(n):
    class Counting(list):
        reads = 0

        def __getitem__(self, i):
            Counting.reads += 1
            return super().__getitem__(i)

    for k in range(n):
        a = Counting([*range(2 * k, 2 * n, 2), *range(0, 2 * k, 2)])
        for x in range(-1, 2 * n):
            Counting.reads = 0
            search_rotated(a, x)
            assert Counting.reads <= 3 * n.bit_length()


def test_rotated_functions_refuse_what_they_cannot_search():
    with pytest.raises(ValueError, match="need at least one value, got 0"):
        minimum_rotated([])
    for call in (minimum_rotated, lambda a: search_rotated(a, 1)):
        with pytest.raises(TypeError, match="need a sequence, got list_iterator"):
            call(iter([1]))
        with pytest.raises(ValueError, match="one axis, got 2"):
            call(np.ones((2, 2)))
    with pytest.raises(ValueError, match="a place in the order, got nan"):
        search_rotated([1.0], math.nan)
    with pytest.raises(ValueError, match="a place in the order, got NaT"):
        search_rotated([], np.datetime64("NaT"))
    assert search_rotated([], 1) is None


# The median


def test_on_all_pairs_of_small_arrays_the_median_is_that_of_all_values():
    short = [a for a in SMALL if len(a) <= 4]
    for a in short:
        for b in short:
            if a or b:
                assert median_sorted(a, b) == statistics.median(a + b)


@given(st.lists(finite, max_size=30), st.lists(finite, max_size=30))
def test_the_median_of_floats_is_that_of_all_values(a, b):
    a.sort()
    b.sort()
    if a or b:
        c = sorted(a + b)
        low, high = c[(len(c) - 1) // 2], c[len(c) // 2]
        mean = (Fraction(low) + Fraction(high)) / 2
        assert median_sorted(a, b) == float(mean)
        assert type(median_sorted(a, b)) is float


def test_medians_of_the_page_and_of_extremes():
    assert median_sorted([1, 3], [2]) == 2.0
    assert median_sorted([1, 2], [3, 4]) == 2.5
    assert median_sorted([], [1]) == 1.0
    assert median_sorted([1, 3], [2, 7, 9]) == 3.0
    assert median_sorted([1.7e308], [1.7e308]) == 1.7e308
    assert median_sorted([5e-324], [5e-324]) == 5e-324
    assert median_sorted([2**60], [2**60 + 2**10]) == float(2**60 + 2**9)
    assert median_sorted([-math.inf], [1.0, math.inf]) == 1.0
    assert median_sorted(np.array([100, 101], dtype=np.int8), [99, 127]) == 100.5


def test_the_shorter_array_alone_decides_how_many_comparisons_there_are():
    short, long = [500.5, 600.5, 700.5], list(range(10_000))
    for swap in (False, True):
        a, b = Watched(short), Watched(long)
        found = median_sorted(b, a) if swap else median_sorted(a, b)
        assert found == statistics.median(short + long)
        assert len(b.read) <= (3).bit_length() + 2  # a round, and the two at the cut


def test_numbers_of_other_types_are_compared_exactly_for_the_median():
    # numpy would round .9998 to float16, which is 1.0, and 2**53 + 1 to float64
    low, half = [0.9998] * 3, np.ones(5, np.float16)
    assert np.float16(1) <= 0.9998
    assert median_sorted(low, half) == median_sorted(half, low) == 1
    big = np.array([2**53 + 1] * 2)
    assert median_sorted([2.0**53], big) == float(2**53 + 1)
    assert median_sorted([2**53 + 1], [2.0**53 + 2]) == 2.0**53 + 2
    assert median_sorted([Fraction(1, 3)], [Fraction(2, 3)]) == 0.5
    assert median_sorted([-(10**400)], [10**400 + 2]) == 1


def test_infinities_have_a_median_unless_it_lies_between_both():
    assert median_sorted([math.inf], [math.inf]) == math.inf
    assert median_sorted([-math.inf], [-math.inf]) == -math.inf
    assert median_sorted([-math.inf], [10**400]) == -math.inf
    assert median_sorted([1], [math.inf]) == math.inf
    with pytest.raises(ValueError, match="got one between -inf and inf"):
        median_sorted([-math.inf], [math.inf])


@pytest.mark.parametrize(
    ("a", "b", "message"),
    [
        ([], [], "need a value, got two empty"),
        (["1"], [], "need real numbers, got '1'"),
        ([True], [], "need real numbers, got True"),
        ([1j], [], "need real numbers, got 1j"),
        ([math.nan], [], "need numbers in order, got nan"),
        ([Fraction(10**401, 3)], [], "need numbers within float64, got 1000"),
        ([10**400], [], "need a median within float64, got 1000"),
        ([10**400], [10**400], "need a median within float64, got 1000"),
        ([10**400], [0.5], "need a median within float64, got 2000"),
        ([1], ["b"], "need real numbers, got 'b'"),
        ([1, math.nan], [2, 3, 4], "need numbers in order, got nan"),
        (np.ones((1, 1)), [], "one axis, got 2"),
    ],
)
def test_what_has_no_median_is_refused(a, b, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        median_sorted(a, b)
    with pytest.raises(TypeError, match="need a sequence, got list_iterator"):
        median_sorted([1], iter([2]))


# Cost


@pytest.mark.parametrize(("n", "total"), [(3, 8), (8, 29), (1023, 10240)])
def test_comparisons_over_all_answers(n, total):
    counts = comparisons(n, range(n + 1))
    assert sum(counts) == total


@pytest.mark.parametrize("n", [0, 1, 2, 3, 4, 7, 8, 100, 1023, 1024])
def test_the_worst_query_needs_as_many_comparisons_as_n_has_digits(n):
    counts = comparisons(n, range(n + 1))
    assert max(counts) == n.bit_length() == math.ceil(math.log2(n + 1))
    assert n == 0 or max(counts) == math.floor(math.log2(n)) + 1


def test_twice_the_values_are_one_comparison_more():
    means = []
    for n in (1000, 2000, 4000, 8000):
        draw = random.Random(0)
        counts = comparisons(n, [draw.randrange(n + 1) for _ in range(1000)])
        means.append(sum(counts) / 1000)
    assert means == pytest.approx([9.98, 10.984, 11.971, 12.971], abs=1e-9)
    for once, twice in pairwise(means):
        assert abs(twice - once - 1) < 0.05


def with_early_exit(a, x):
    """The classic: rounds, and comparisons of both kinds, until x is found."""
    lo, hi, rounds, compared = 0, len(a), 0, 0
    while lo < hi:
        mid, rounds, compared = (lo + hi) // 2, rounds + 1, compared + 1
        if a[mid] == x:
            break
        compared += 1
        lo, hi = (mid + 1, hi) if a[mid] < x else (lo, mid)
    return rounds, compared


def test_stopping_early_saves_less_than_a_round_and_costs_seven_comparisons():
    n = 1023
    rounds, compared = zip(*(with_early_exit(range(n), x) for x in range(n)))
    assert sum(rounds) == 9217
    assert round(sum(rounds) / n, 2) == 9.01
    assert round(sum(compared) / n, 1) == 17.0
    assert set(comparisons(n, range(n))) == {10}


def test_the_limits_tried_are_at_most_the_digits_of_the_range():
    asked = []
    first_true(10, 32, lambda limit: asked.append(limit) or limit >= 18)
    assert asked == [21, 15, 18, 17]
    assert len(asked) <= (32 - 10).bit_length()


# Wrong versions, each with the input that gives it away


def test_an_end_on_the_last_index_loses_the_answer_behind_it():
    def bound(a, x):
        lo, hi = 0, len(a) - 1
        while lo < hi:
            mid = (lo + hi) // 2
            lo, hi = (mid + 1, hi) if a[mid] < x else (lo, mid)
        return lo

    assert bound([1, 2, 3], 4) == 2
    assert lower_bound([1, 2, 3], 4) == 3


def test_an_end_before_the_middle_throws_the_answer_out():
    def bound(a, x):
        lo, hi = 0, len(a)
        while lo < hi:
            mid = (lo + hi) // 2
            lo, hi = (mid + 1, hi) if a[mid] < x else (lo, mid - 1)
        return lo

    assert bound([1, 2], 2) == 0
    assert lower_bound([1, 2], 2) == 1


def test_a_start_on_the_middle_stands_still():
    lo, hi, a, x = 0, 2, [1, 3], 3
    seen = set()
    while lo < hi and (lo, hi) not in seen:
        seen.add((lo, hi))
        mid = (lo + hi) // 2
        lo, hi = (mid, hi) if a[mid] < x else (lo, mid)
    assert (lo, hi) in seen  # the same state again: for ever
    assert lo < hi


def rotated_search(a, x, strict, equal):
    lo, hi = 0, len(a)
    while lo < hi:
        mid = (lo + hi) // 2
        if a[mid] == x:
            return mid
        if equal and a[lo] == a[mid] == a[hi - 1]:
            lo, hi = lo + 1, hi - 1
        elif a[lo] < a[mid] or (not strict and a[lo] == a[mid]):
            lo, hi = (lo, mid) if a[lo] <= x < a[mid] else (mid + 1, hi)
        else:
            lo, hi = (mid + 1, hi) if a[mid] < x <= a[hi - 1] else (lo, mid)
    return None


def closed_rotated_search(a, x):
    """LeetCode 33 as it is often written, but strict."""
    lo, hi = 0, len(a) - 1
    while lo <= hi:
        mid = (lo + hi) // 2
        if a[mid] == x:
            return mid
        if a[lo] < a[mid]:
            lo, hi = (lo, mid - 1) if a[lo] <= x < a[mid] else (mid + 1, hi)
        else:
            lo, hi = (mid + 1, hi) if a[mid] < x <= a[hi] else (lo, mid - 1)
    return None


def test_a_strict_comparison_loses_a_half_of_one_value():
    assert closed_rotated_search([3, 1], 1) is None
    assert search_rotated([3, 1], 1) == 1


def test_a_strict_comparison_loses_a_half_of_equal_values():
    a = [1, 1, 0]
    assert rotated_search(a, 0, strict=True, equal=True) is None
    assert rotated_search(a, 0, strict=False, equal=True) == search_rotated(a, 0) == 2
    # Half-open and distinct, the left half never is a single value beside a right one.
    for n in range(1, 9):
        for turned in rotations(list(range(n))):
            for x in turned:
                i = rotated_search(turned, x, strict=True, equal=True)
                assert turned[i] == x


def test_a_closed_interval_as_a_whole_gives_the_same_lower_bound():
    for a in SMALL:
        for x in range(-1, 8):
            lo, hi = 0, len(a) - 1
            while lo <= hi:
                mid = (lo + hi) // 2
                lo, hi = (mid + 1, hi) if a[mid] < x else (lo, mid - 1)
                assert all(v < x for v in a[:lo])
                assert all(v >= x for v in a[hi + 1 :])
            assert lo == lower_bound(a, x)


def test_the_code_for_distinct_values_fails_on_equal_ones():
    a = [1, 0, 1, 1, 1]
    assert rotated_search(a, 0, strict=False, equal=False) is None
    assert rotated_search(a, 0, strict=False, equal=True) == search_rotated(a, 0) == 1


def test_the_minimum_by_the_first_value_fails_where_nothing_is_rotated():
    a, lo, hi = [1, 2, 3], 0, 2
    while lo < hi:
        mid = (lo + hi) // 2
        lo, hi = (mid + 1, hi) if a[mid] >= a[lo] else (lo, mid)
    assert a[lo] == 3
    assert minimum_rotated(a) == 1


def test_the_question_for_distinct_values_misses_the_minimum_of_equal_ones():
    a = [1, 0, 1, 1, 1]
    assert a[first_true(0, 4, lambda i: a[i] <= a[-1])] == 1
    assert minimum_rotated(a) == 0


def test_the_square_root_of_floats_is_no_integer_root():
    n = 10**16 - 1
    assert int(math.sqrt(n)) == 100_000_000
    assert math.isqrt(n) == 99_999_999
    assert first_true(0, n, lambda root: root * root > n) - 1 == 99_999_999


def test_the_middle_of_short_integers_overflows():
    for kind, lo, hi, mid in (
        (np.int8, 100, 50, -53),
        (np.int32, 2**31 - 1, 2**31 - 1, -1),
    ):
        ends = np.array([lo, hi], dtype=kind)
        assert ((ends[:1] + ends[1:]) // 2).item() == mid
