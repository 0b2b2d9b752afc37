"""Oracles: Python's sort, double loops, exact fractions, decision trees by hand."""

import math
import random
import sys
from fractions import Fraction
from functools import partial
from itertools import pairwise, permutations, product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.growth import exponent, lines_run
from figures.algorithms import sorting as drawn
from figures.record import record
from snippets.algorithms.sorting import (
    bubble_sort,
    comparisons,
    count_inversions,
    counting_sort,
    heap_sort,
    insertion_sort,
    merge_sort,
    partition3,
    quick_sort,
    quickselect,
    radix_sort,
    selection_sort,
)
from snippets.algorithms.sorting.heap import _sift

ELEMENTARY = [selection_sort, bubble_sort, insertion_sort]
SORTS = [*ELEMENTARY, merge_sort, quick_sort, heap_sort]
STABLE = [bubble_sort, insertion_sort, merge_sort]
names = partial(pytest.mark.parametrize, "sort")


class Keyed:
    """An element with a key, of which only ``<`` may be asked."""

    def __init__(self, key, tag):
        self.key, self.tag = key, tag

    def __lt__(self, other):
        return self.key < other.key

    def __gt__(self, other):
        raise AssertionError("asked >")

    __eq__ = __le__ = __ge__ = __ne__ = __gt__
    __hash__ = None


def inversions(a):
    return sum(a[j] < a[i] for j in range(len(a)) for i in range(j))


def minima(a):
    """Elements that are less than all before them, but for the first."""
    return sum(all(x < y for y in a[:i]) for i, x in enumerate(a) if i)


def log2_factorial(n):
    return math.lgamma(n + 1) / math.log(2)


# Every sort


@names([*SORTS, radix_sort, partial(radix_sort, base=2), partial(radix_sort, base=10)])
@given(a=st.lists(st.integers(-20, 20), max_size=30))
def test_each_sort_gives_what_python_s_gives(sort, a):
    before = list(a)
    assert sort(a) == sorted(a)
    assert a == before


@names(SORTS)
@given(a=st.lists(st.text(max_size=2), max_size=12))
def test_strings_are_sorted_too(sort, a):
    assert sort(a) == sorted(a)


@names([*SORTS, radix_sort])
@pytest.mark.parametrize("a", [[], [7], [1, 0], [5, 5, 5], [-(2**70), 2**70, 0, -1]])
def test_empty_single_equal_and_huge(sort, a):
    assert sort(iter(a)) == sorted(a)


@names([*SORTS, radix_sort])
def test_numpy_s_integers_do_not_overflow(sort):
    a = np.array([-128, 127, 0, -128, 5], dtype=np.int8)
    assert sort(a) == [-128, -128, 0, 5, 127]
    assert a.tolist() == [-128, 127, 0, -128, 5]


def test_radix_sort_gives_python_s_own_integers():
    assert [type(x) for x in radix_sort(np.array([3, -1], dtype=np.int16))] == [
        int,
        int,
    ]


@names([merge_sort, quick_sort, heap_sort])
def test_more_elements_than_python_recurses_deep_in_the_worst_orders(sort):
    n = sys.getrecursionlimit() + 1
    for a in (list(range(n)), list(range(n, 0, -1)), [7] * n):
        assert sort(a) == sorted(a)


@names(SORTS)
def test_only_less_than_is_asked(sort):
    a = [Keyed(random.Random(i).randrange(5), i) for i in range(40)]
    got = sort(a)
    assert [x.key for x in got] == sorted(x.key for x in a)
    assert sorted(x.tag for x in got) == list(range(40))


@names(STABLE)
@given(keys=st.lists(st.integers(0, 3), max_size=25))
def test_stable_sorts_keep_equal_elements_in_order(sort, keys):
    got = sort([Keyed(key, i) for i, key in enumerate(keys)])
    assert [(x.key, x.tag) for x in got] == sorted(
        (key, i) for i, key in enumerate(keys)
    )


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        (merge_sort, ["1b", "1d", "2a", "2c"]),
        (heap_sort, ["1b", "1d", "2c", "2a"]),
        (quick_sort, ["1d", "1b", "2c", "2a"]),
    ],
)
def test_quick_sort_and_heap_sort_are_not_stable(sort, order):
    cards = [Keyed(text[0], text) for text in ("2a", "1b", "2c", "1d")]
    assert [card.tag for card in sort(cards)] == order


def test_selection_sort_is_not_stable():
    cards = [Keyed(text[0], text) for text in ("2a", "2b", "1c")]
    assert [card.tag for card in selection_sort(cards)] == ["1c", "2b", "2a"]


# Comparisons


def test_the_counter_counts_each_question_of_less_and_no_other():
    assert comparisons(lambda a: [a[0] < a[1], a[1] < a[0], a[1] > a[0]], [1, 2]) == 3
    assert comparisons(lambda a: a[::-1], range(9)) == 0
    seen = []
    comparisons(lambda a: seen.append(a[0] < a[1]), [1, 2])
    comparisons(lambda a: seen.append(a[0] < a[1]), [2, 1])
    assert seen == [True, False]


@names(SORTS)
def test_one_element_or_none_is_never_asked(sort):
    assert comparisons(sort, []) == comparisons(sort, [5]) == 0


def test_insertion_sort_costs_inversions_and_a_stop_for_all_but_new_minima():
    draw = random.Random(0)
    for _ in range(500):
        a = [draw.randint(-9, 9) for _ in range(draw.randint(1, 15))]
        wanted = inversions(a) + len(a) - 1 - minima(a)
        assert comparisons(insertion_sort, a) == wanted


def test_a_shuffled_list_has_half_of_all_inversions_on_average():
    for n in range(1, 7):
        orders = list(permutations(range(n)))
        total = sum(count_inversions(order) for order in orders)
        assert Fraction(total, len(orders)) == Fraction(n * (n - 1), 4)


@pytest.mark.parametrize("n", [0, 1, 2, 9, 30])
def test_selection_sort_asks_all_pairs_whatever_the_order(n):
    for seed in range(5):
        a = random.Random(seed).choices(range(n or 1), k=n)
        assert comparisons(selection_sort, a) == n * (n - 1) // 2


@pytest.mark.parametrize("n", [1, 2, 9, 30])
def test_bubble_sort_asks_once_round_if_sorted_and_all_pairs_if_reversed(n):
    assert comparisons(bubble_sort, range(n)) == n - 1
    assert comparisons(bubble_sort, range(n, 0, -1)) == n * (n - 1) // 2
    most = n * (n - 1) // 2
    for seed in range(20):
        a = random.Random(seed).sample(range(n), n)
        assert comparisons(bubble_sort, a) <= most


def test_bubble_sort_asks_about_n_squared_over_2_if_shuffled():
    a = random.Random(0).sample(range(300), 300)
    assert 0.96 < comparisons(bubble_sort, a) / (300**2 / 2) < 1


def test_each_swap_of_bubble_sort_mends_one_inversion():
    a = [5, 1, 4, 1, 3]
    start = "out[j - 1], out[j] ="
    _, moments = record(lambda: bubble_sort(a), bubble_sort, [start], "out")
    left = [inversions(moment["out"]) for moment in moments]
    assert left == list(range(inversions(a), 0, -1))


def test_the_worst_cases_of_merge_sort_and_the_bound():
    worst, bound = [], []
    for n in range(1, 8):
        counts = [comparisons(merge_sort, order) for order in permutations(range(n))]
        worst.append(max(counts))
        bound.append((math.factorial(n) - 1).bit_length())
        assert sum(counts) / len(counts) >= log2_factorial(n)
    assert worst == [0, 1, 3, 5, 8, 11, 14]
    assert bound == [0, 1, 3, 5, 7, 10, 13]


def worst_of_merge_sort(n):
    up = (n - 1).bit_length()  # ceil(log2 n)
    return n * up - 2**up + 1


def test_the_formula_of_the_worst_case_solves_its_recurrence():
    most = [0, 0]
    for n in range(2, 3000):
        most.append(most[n // 2] + most[n - n // 2] + n - 1)
        assert most[n] == worst_of_merge_sort(n)
    assert worst_of_merge_sort(1024) == 9217


@given(st.lists(st.integers(0, 50), min_size=1, max_size=60))
def test_merge_sort_never_exceeds_its_worst_case(a):
    assert comparisons(merge_sort, a) <= worst_of_merge_sort(len(a))


def two_zones(a, pivot_place):
    """Comparisons of a quicksort that asks each other element once."""
    count, waiting = 0, [list(a)]
    while waiting:
        part = waiting.pop()
        if len(part) > 1:
            pivot = part.pop(pivot_place(len(part)))
            count += len(part)
            waiting.append([x for x in part if x < pivot])
            waiting.append([x for x in part if not x < pivot])
    return count


def mean_of_two_zones(n):
    return 2 * (n + 1) * sum(Fraction(1, i) for i in range(1, n + 1)) - 4 * n


@pytest.mark.parametrize(("n", "mean"), [(3, 2.6667), (5, 7.4), (7, 13.4857)])
def test_the_mean_of_quicksort_with_two_zones_is_that_of_the_formula(n, mean):
    orders = list(permutations(range(n)))
    counts = [two_zones(order, lambda size: 0) for order in orders]
    assert Fraction(sum(counts), len(counts)) == mean_of_two_zones(n)
    assert round(float(mean_of_two_zones(n)), 4) == mean


def test_the_sum_over_pairs_is_that_formula():
    for n in range(1, 40):
        pairs = sum(Fraction(2, j - i + 1) for j in range(n) for i in range(j))
        assert pairs == mean_of_two_zones(n)
    n = 10**6
    harmonic = math.log(n) + 0.5772156649
    assert 2 * harmonic / math.log2(n) < 2 * math.log(2) + 0.06
    assert round(2 * math.log(2), 2) == 1.39


def mean_of_three_zones(most):
    """Means of quick_sort for n = 0 to most: 2n - r with r less, each r as likely."""
    means = [Fraction(0), Fraction(0)]
    for n in range(2, most + 1):
        means.append(Fraction(3 * n + 1, 2) + 2 * sum(means) / n)
    return means


def test_three_zones_ask_half_as_much_again_and_a_little_of_different_elements():
    means = mean_of_three_zones(40)
    for n in range(2, 41):
        more = Fraction(4 * n - 2, 3)
        assert means[n] == Fraction(3, 2) * mean_of_two_zones(n) + more
    assert round(mean_of_two_zones(1000) * 3 / 2 + Fraction(3998, 3)) == 17_812
    counts = [comparisons(partial(quick_sort, seed=s), range(20)) for s in range(2000)]
    assert abs(sum(counts) / len(counts) / float(means[20]) - 1) < 0.01


def test_three_zones_at_their_worst():
    worst = [0, 0]
    for n in range(2, 60):
        worst.append(max(2 * n - r + worst[r] + worst[n - 1 - r] for r in range(n)))
        assert worst[n] == n * (n + 1) - 2
    counts = {comparisons(partial(quick_sort, seed=s), range(4)) for s in range(200)}
    assert max(counts) == worst[4] == 18


def test_the_mean_of_two_zones_is_about_1_39_n_log2_n_less_2_85_n():
    n = 10**4
    rest = 2 * math.log(2) * n * math.log2(n) - float(mean_of_two_zones(n))
    assert round(rest / n, 2) == 2.84
    assert round(4 - 2 * 0.5772156649, 2) == 2.85  # the limit


def hoare(a, draw):
    """Comparisons of a quicksort with Hoare's partition, and the sorted list."""
    out, waiting, count = list(a), [(0, len(a) - 1)], 0
    while waiting:
        lo, hi = waiting.pop()
        if lo >= hi:
            continue
        p = draw.randint(lo, hi)
        out[lo], out[p] = out[p], out[lo]
        pivot, i, j = out[lo], lo, hi
        while True:
            count += 2
            while out[i] < pivot:
                i, count = i + 1, count + 1
            while pivot < out[j]:
                j, count = j - 1, count + 1
            if i >= j:
                break
            out[i], out[j] = out[j], out[i]
            i, j = i + 1, j - 1
            if i > j:
                break
        waiting += [(lo, j), (j + 1, hi)]
    return count, out


def test_hoare_s_partition_shares_equal_elements_out_between_both_sides():
    draw = random.Random(0)
    for _ in range(200):
        a = draw.choices(range(4), k=draw.randrange(12))
        assert hoare(a, draw)[1] == sorted(a)
    n = 1000
    assert 1 < hoare([7] * n, draw)[0] / (n * math.log2(n)) < 1.3


def test_a_first_pivot_is_slow_on_sorted_and_a_random_one_still_on_equal_elements():
    n, draw = 1000, random.Random(0)
    assert two_zones(range(n), lambda size: 0) == 499_500
    assert two_zones([7] * n, draw.randrange) == 499_500
    assert round(mean_of_two_zones(n)) == 10_986
    assert two_zones(range(n), draw.randrange) < 14_000
    assert comparisons(quick_sort, [7] * n) == 2 * n


def test_the_stack_of_quicksort_is_no_deeper_than_log2_n():
    n = 512
    inputs = [range(n), range(n, 0, -1), random.Random(1).sample(range(n), n)]
    for a in inputs:
        for seed in range(4):
            _, moments = record(
                lambda a=a, seed=seed: quick_sort(a, seed),
                quick_sort,
                ["lo, hi = waiting"],
                lambda known: {"deep": len(known["waiting"])},
            )
            deepest = max(moment["deep"] for moment in moments)
            assert 2 <= deepest <= math.log2(n) + 1


def test_the_seed_decides_the_pivots_and_nothing_else():
    a = random.Random(3).choices(range(50), k=80)
    counts = {comparisons(partial(quick_sort, seed=seed), a) for seed in range(6)}
    assert len(counts) > 1
    assert comparisons(quick_sort, a) == comparisons(partial(quick_sort, seed=0), a)
    assert all(quick_sort(a, seed) == sorted(a) for seed in range(6))
    chosen = {
        comparisons(partial(quickselect, k=40, seed=seed), a) for seed in range(6)
    }
    assert len(chosen) > 1


def test_to_make_the_heap_takes_less_than_2n_comparisons():
    def make(a):
        for root in reversed(range(len(a) // 2)):
            _sift(a, root, len(a))

    for n in (1, 2, 3, 7, 100, 255, 256):
        assert comparisons(make, range(n)) < 2 * n
    assert max(comparisons(make, p) for p in permutations(range(7))) == 2 * (7 - 3)


def test_levels_times_two_never_exceed_2_n_log2_n():
    for n in range(2, 300):
        heights = [(n // (k + 1)).bit_length() - 1 for k in range(n // 2)]
        depth = [end.bit_length() - 1 for end in range(1, n)]
        assert 2 * (sum(heights) + sum(depth)) <= 2 * n * math.log2(n)


def test_heap_sort_asks_two_questions_a_level_at_most():
    for n in (2, 3, 10, 100, 300):
        for seed in range(5):
            a = random.Random(seed).sample(range(n), n)
            assert comparisons(heap_sort, a) <= 2 * n * math.log2(n)
    for order in permutations(range(7)):
        assert comparisons(heap_sort, order) <= 2 * 7 * math.log2(7)


def test_before_its_first_swap_heap_sort_has_a_heap():
    a = random.Random(4).choices(range(30), k=40)
    start = "out[0], out[end] ="
    _, moments = record(lambda: heap_sort(a), heap_sort, [start], "out end")
    for moment in moments:
        out, end = moment["out"], moment["end"]
        heap = out[: end + 1]
        assert all(heap[k] <= heap[(k - 1) // 2] for k in range(1, len(heap)))
        assert out[end + 1 :] == sorted(a)[end + 1 :]


def test_sinking_stops_as_soon_as_no_child_is_greater():
    out = [5, 5, 4, 9]
    _sift(out, 0, 3)
    assert out == [5, 5, 4, 9]
    assert comparisons(lambda a: _sift(a, 0, 2), [1, 2]) == 1


@pytest.mark.parametrize("n", [1000, 2000])
def test_how_far_from_the_bound(n):
    """The page's block goes on to 8000."""
    a, bound = list(range(n)), log2_factorial(n)
    random.Random(1).shuffle(a)
    assert 1.0 < comparisons(merge_sort, a) / bound < 1.03
    assert 1.0 < comparisons(sorted, a) / bound < 1.015
    assert 1.9 < comparisons(heap_sort, a) / bound < 2.05
    assert 1.8 < comparisons(quick_sort, a) / bound < 2.5


def test_insertion_sort_grows_with_the_square_and_the_others_hardly_beyond_n():
    powers = {}
    for sort in (insertion_sort, merge_sort, quick_sort, heap_sort):
        sizes = (125, 250, 500) if sort is insertion_sort else (500, 1000, 2000)
        counts = [
            comparisons(sort, random.Random(0).sample(range(n), n)) for n in sizes
        ]
        powers[sort.__name__] = exponent(sizes, counts)
    assert abs(powers.pop("insertion_sort") - 2) < 0.1
    assert all(1.05 < power < 1.3 for power in powers.values())
    a = random.Random(0).sample(range(1000), 1000)
    asked = inversions(a) + 999 - minima(a)
    assert round(asked / log2_factorial(1000)) == 30


def test_the_built_in_sort_uses_the_order_that_is_there_and_merge_sort_does_not():
    up, down = range(1024), range(1023, -1, -1)
    assert comparisons(sorted, up) == comparisons(sorted, down) == 1023
    assert comparisons(merge_sort, up) == comparisons(merge_sort, down) == 5120


def test_log2_of_n_factorial_is_about_n_log2_n_less_1_4427_n():
    n = 10**6
    rest = n * math.log2(n) - log2_factorial(n)
    assert abs(rest / n - 1.4427) < 1e-4
    assert round(1 / math.log(2), 4) == 1.4427


# Merge sort and inversions


def test_a_key_is_called_once_for_each_element_and_compared_alone():
    calls = []

    def key(x):
        calls.append(x)
        return -x

    assert merge_sort([3, 1, 2], key=key) == [3, 2, 1]
    assert sorted(calls) == [1, 2, 3]
    things = [{"k": 2}, {"k": 1}, {"k": 2}]
    assert merge_sort(things, key=lambda x: x["k"]) == [{"k": 1}, {"k": 2}, {"k": 2}]


@pytest.mark.parametrize(
    ("a", "count"), [([2, 4, 1, 3, 5], 3), (range(100, 0, -1), 4950), ([], 0), ([1], 0)]
)
def test_inversions_by_hand(a, count):
    assert count_inversions(a) == count


@given(st.lists(st.integers(-9, 9), max_size=40))
def test_inversions_are_those_of_two_loops(a):
    assert count_inversions(a) == inversions(a)


# Partition and selection


@given(st.lists(st.integers(-5, 5), max_size=30), st.integers(-6, 6))
def test_a_partition_has_three_zones_and_the_same_elements(a, pivot):
    out, lt, gt = partition3(iter(a), pivot)
    assert sorted(out) == sorted(a)
    assert all(x < pivot for x in out[:lt])
    assert out[lt:gt] == [pivot] * a.count(pivot)
    assert all(x > pivot for x in out[gt:])


def test_the_sample_of_leetcode_75():
    assert partition3([2, 0, 2, 1, 1, 0], 1) == ([0, 0, 1, 1, 2, 2], 2, 4)


def test_a_partition_asks_two_questions_of_all_that_is_not_less():
    for a in product(range(3), repeat=4):
        counted = comparisons(lambda x: partition3(x[1:], x[0]), [1, *a])
        assert counted == sum(1 if x < 1 else 2 for x in a)


@given(st.lists(st.integers(-9, 9), min_size=1, max_size=25), st.integers(0, 9))
def test_quickselect_finds_each_rank(a, seed):
    before = list(a)
    assert [quickselect(a, k, seed) for k in range(len(a))] == sorted(a)
    assert a == before


@pytest.mark.parametrize(
    ("a", "k", "largest"),
    [([3, 2, 1, 5, 6, 4], 2, 5), ([3, 2, 3, 1, 2, 4, 5, 5, 6], 4, 4)],
)
def test_the_samples_of_leetcode_215(a, k, largest):
    assert quickselect(a, len(a) - k) == largest
    assert sorted(a)[k] != largest  # the index k is another rank


def test_quickselect_costs_about_five_questions_an_element_for_the_median():
    """The page's exercise has longer lists and more seeds."""
    n, counts = 201, []
    for seed in range(100):
        a = random.Random(-seed).sample(range(n), n)
        select = partial(quickselect, k=n // 2, seed=seed)
        counts.append(comparisons(select, a) / n)
    assert 4.4 < sum(counts) / len(counts) < 5.4
    assert comparisons(partial(quickselect, k=7), [1] * 50) == 100


# Digits


@given(
    st.lists(st.integers(-(2**70), 2**70), max_size=20), st.sampled_from([2, 10, 256])
)
def test_radix_sort_sorts_integers_of_any_size(a, base):
    assert radix_sort(a, base) == sorted(a)


@pytest.mark.parametrize(
    ("a", "base", "passes"),
    [
        ([], 10, 0),
        ([5, 5], 10, 0),
        ([0, 9], 10, 1),
        ([0, 10], 10, 2),
        ([-1, 98], 10, 2),
        ([0, 99], 10, 2),
        ([0, 100], 10, 3),
        ([1000, 1001], 2, 1),
    ],
)
def test_radix_sort_makes_one_pass_for_each_digit_of_the_range(a, base, passes):
    line = "out = counting_sort"
    if passes == 0:
        with pytest.raises(ValueError, match="want a run that comes to"):
            record(lambda: radix_sort(a, base), radix_sort, [line], "unit")
    else:
        _, moments = record(lambda: radix_sort(a, base), radix_sort, [line], "unit")
        assert [m["unit"] for m in moments] == [base**i for i in range(passes)]


@given(st.lists(st.integers(0, 4), max_size=30))
def test_counting_sort_is_stable(keys):
    items = list(enumerate(keys))
    got = counting_sort(items, 5, key=lambda item: item[1])
    assert got == sorted(items, key=lambda item: item[1])
    assert counting_sort(keys, 5) == sorted(keys)


def test_counting_sort_of_nothing_needs_no_keys():
    assert counting_sort([], 0) == []


def test_by_hand_last_digit_first():
    ones = counting_sort([32, 12, 31, 11], 10, key=lambda x: x % 10)
    assert ones == [31, 11, 32, 12]
    assert counting_sort(ones, 10, key=lambda x: x // 10) == [11, 12, 31, 32]
    assert radix_sort([32, 12, 31, 11], base=10) == [11, 12, 31, 32]


def test_twice_the_integers_of_one_range_are_twice_the_work_of_radix_sort():
    counts = []
    for n in (2000, 4000, 8000):
        draw = random.Random(n)
        a = [0, 2**16 - 1, *(draw.randrange(2**16) for _ in range(n))]
        counts.append(lines_run(lambda a=a: radix_sort(a)))
    for once, twice in pairwise(counts):
        assert 1.9 < twice / once < 2.1


# Wrong versions, each with the input that gives it away


def test_a_merge_that_prefers_the_right_on_ties_is_not_stable():
    def merge(left, right):
        out = []
        while left and right:
            out.append(left.pop(0) if left[0][0] < right[0][0] else right.pop(0))
        return out + left + right

    assert merge([(1, "a")], [(1, "b")]) == [(1, "b"), (1, "a")]
    assert merge_sort([(1, "a"), (1, "b")], key=lambda x: x[0]) == [(1, "a"), (1, "b")]


def recursive(a, sides):
    if len(a) < 2:
        return a
    left, middle, right = sides(a)
    return recursive(left, sides) + middle + recursive(right, sides)


def test_a_recursive_quicksort_with_the_first_pivot_dies_on_a_sorted_list():
    def first(a):
        return (
            [x for x in a[1:] if x < a[0]],
            [a[0]],
            [x for x in a[1:] if not x < a[0]],
        )

    assert recursive([3, 1, 2], first) == [1, 2, 3]
    with pytest.raises(RecursionError):
        recursive(list(range(sys.getrecursionlimit())), first)


def test_a_pivot_that_stays_in_its_side_never_ends_on_equal_elements():
    def keeps(a):
        return [x for x in a if x < a[0]], [], [x for x in a if x >= a[0]]

    with pytest.raises(RecursionError):
        recursive([1, 1], keeps)


def decimal(a, stop, pockets_from=0):
    unit = 1
    while unit <= stop(a):
        pockets = [[] for _ in range(10)]
        for x in a:
            pockets[x // unit % 10].append(x)
        a = [x for p in pockets for x in (p[::-1] if pockets_from else p)]
        unit *= 10
    return a


def test_decimal_digits_of_negatives_need_an_offset():
    assert decimal([-5, 3, -12, 40], max) == [3, 40, -12, -5]
    assert decimal([-5, -7, 0], max) == [-5, -7, 0]
    assert radix_sort([-5, 3, -12, 40], 10) == [-12, -5, 3, 40]


def test_an_unstable_pass_spoils_radix_sort():
    assert decimal([12, 11], max) == [11, 12]
    assert decimal([12, 11], max, pockets_from=-1) == [12, 11]


def test_going_on_after_a_swap_with_the_right_zone_skips_what_came():
    out, lt, i, gt = [1, 2, 0], 0, 0, 3
    while i < gt:
        if out[i] < 1:
            out[lt], out[i], lt = out[i], out[lt], lt + 1
        elif out[i] > 1:
            gt -= 1
            out[i], out[gt] = out[gt], out[i]
        i += 1
    assert out == [1, 0, 2]
    assert partition3([1, 2, 0], 1)[0] == [0, 1, 2]


def test_nan_is_not_found_and_destroys_the_order():
    nan = math.nan
    assert str(sorted([3, nan, 1, 2])) == "[3, nan, 1, 2]"
    assert str(insertion_sort([3, nan, 1, 2])) == "[3, nan, 1, 2]"
    assert np.isnan(np.sort([3, nan, 1, 2])[-1])


# The decision tree of the figure


def test_the_decision_tree_has_six_leaves_the_deepest_below_three_questions():
    tree = drawn.decisions()
    leaves = [path for path, text in tree.items() if "<" not in text]
    assert sorted(tree[path] for path in leaves) == [
        " ".join(order) for order in permutations("abc")
    ]
    assert sorted(map(len, leaves)) == [2, 2, 3, 3, 3, 3]
    assert tree[()] == "b < a"


# Bad input


@pytest.mark.parametrize("k", [-1, 3, 10**9])
def test_a_rank_outside_is_refused(k):
    with pytest.raises(ValueError, match=f"from 0 to n - 1, got {k} with n = 3"):
        quickselect([1, 2, 3], k)


def test_nothing_has_no_rank():
    with pytest.raises(ValueError, match="got 0 with n = 0"):
        quickselect([], 0)


@pytest.mark.parametrize("bad", [1.0, "1", None])
def test_a_rank_or_seed_that_is_no_integer_is_refused(bad):
    with pytest.raises(ValueError, match=f"k must be an integer, got {bad!r}"):
        quickselect([1, 2, 3], bad)
    with pytest.raises(ValueError, match=f"seed must be an integer, got {bad!r}"):
        quickselect([1, 2, 3], 1, seed=bad)
    with pytest.raises(ValueError, match=f"seed must be an integer, got {bad!r}"):
        quick_sort([1, 2, 3], seed=bad)


@pytest.mark.parametrize("base", [1, 0, -2])
def test_a_base_below_two_is_refused(base):
    with pytest.raises(ValueError, match=f"base must be an integer >= 2, got {base}"):
        radix_sort([1, 2], base)


@pytest.mark.parametrize("bad", [1.5, True, "1", None])
def test_what_is_no_integer_has_no_digits(bad):
    with pytest.raises(ValueError, match=f"element must be an integer, got {bad!r}"):
        radix_sort([3, bad])
    with pytest.raises(ValueError, match=f"base must be an integer, got {bad!r}"):
        radix_sort([3, 1], bad)
    with pytest.raises(ValueError, match=f"a key must be an integer, got {bad!r}"):
        counting_sort([0, bad], 3)
    with pytest.raises(ValueError, match=f"size must be an integer, got {bad!r}"):
        counting_sort([0, 1], bad)


@pytest.mark.parametrize("bad", [-1, 3, 7])
def test_a_key_outside_is_refused(bad):
    with pytest.raises(ValueError, match=f"keys must be from 0 to 3 - 1, got {bad}"):
        counting_sort([0, 2, bad], 3)


def test_a_negative_size_is_refused():
    with pytest.raises(ValueError, match="size must be an integer >= 0, got -1"):
        counting_sort([], -1)


def test_the_counter_wants_a_function():
    with pytest.raises(ValueError, match="sort must be a function, got 3"):
        comparisons(3, [1])


class AtMost(Keyed):
    """What beginners write: its < means "at most"."""

    def __lt__(self, other):
        return self.key <= other.key


def test_an_element_less_than_itself_is_refused_where_it_would_have_no_end():
    for keys in ([1, 1], [3, 1, 2], [2, 1, 2, 1]):
        a = [AtMost(key, i) for i, key in enumerate(keys)]
        with pytest.raises(ValueError, match="no element may be less than itself"):
            quick_sort(a)
        with pytest.raises(ValueError, match="no element may be less than itself"):
            quickselect(a, 1)
        for sort in (*ELEMENTARY, merge_sort, heap_sort):
            assert [x.key for x in sort(a)] == sorted(keys)


@names([*SORTS, count_inversions])
def test_what_cannot_be_compared_is_python_s_type_error(sort):
    with pytest.raises(TypeError, match="'<' not supported"):
        sort([1, "a"])
