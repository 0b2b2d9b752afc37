"""Oracles: brute force over all windows and pairs, repeated deletion, a closed form."""

import re
from fractions import Fraction
from itertools import combinations, permutations, product
from math import comb, inf, nan
from operator import ge, gt, le, lt
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from figures.record import record
from snippets.algorithms.monotonic_stack import (
    MinStack,
    StackQueue,
    is_balanced,
    largest_rectangle,
    maximal_rectangle,
    next_greater,
    remove_k_digits,
    sliding_maximum,
    smaller_bounds,
    sum_subarray_minimums,
)

few = st.lists(st.integers(0, 4), max_size=9)  # many ties
signed = st.lists(st.integers(-4, 4), max_size=9)


def random_lists(count, least=0, low=0):
    draw = Random(0)
    for _ in range(count):
        yield [draw.randint(low, 9) for _ in range(draw.randint(least, 12))]


# Brackets


def by_deletion(s):
    s = re.sub(r"[^()\[\]{}]", "", s)
    while s != (shorter := re.sub(r"\(\)|\[\]|\{\}", "", s)):
        s = shorter
    return s == ""


def test_brackets_are_those_that_vanish_pair_by_pair():
    for n in range(6):
        for letters in product("()[]{}x", repeat=n):
            text = "".join(letters)
            assert is_balanced(text) == by_deletion(text)


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("", True),
        ("([)]", False),
        ("((", False),
        (")", False),
        ("{[()]}x", True),
        ("<（a", True),
    ],
)
def test_brackets_by_hand(text, right):
    assert is_balanced(text) is right


def test_equal_counts_are_no_balance():
    text = "([)]"
    assert all(text.count(a) == text.count(b) for a, b in ("()", "[]"))
    assert not is_balanced(text)


def test_brackets_may_be_nested_deeper_than_python_s_stack():
    assert is_balanced("(" * 100_000 + ")" * 100_000)


# The stack with a minimum, the queue of two stacks


@given(st.lists(st.one_of(st.none(), st.integers(-3, 3)), max_size=30))
def test_the_minimum_is_that_of_a_plain_list(calls):
    stack, plain = MinStack(), []
    for x in calls:
        if x is not None:
            assert stack.push(x) is None
            plain.append(x)
        elif plain:
            assert stack.pop() == plain.pop()
        assert len(stack) == len(plain)
        if plain:
            assert (stack.top(), stack.minimum()) == (plain[-1], min(plain))


@pytest.mark.parametrize("call", ["pop", "top", "minimum"])
def test_an_empty_stack_says_so(call):
    with pytest.raises(IndexError, match=f"{call} wants a stack of at least one value"):
        getattr(MinStack(), call)()


@given(st.lists(st.one_of(st.none(), st.integers(-3, 3)), max_size=30))
def test_two_stacks_are_a_queue(calls):
    queue, plain = StackQueue(), []
    for x in calls:
        if x is not None:
            assert queue.push(x) is None
            plain.append(x)
        elif plain:
            assert queue.pop() == plain.pop(0)
        else:
            with pytest.raises(IndexError, match="pop wants a queue of at least one"):
                queue.pop()
        assert len(queue) == len(plain)


class CountedList(list):
    """A stack that counts what is put onto it."""

    puts = 0

    def append(self, x):
        CountedList.puts += 1
        super().append(x)


@pytest.mark.parametrize("seed", range(20))
def test_a_value_is_put_down_twice_whatever_the_order_of_calls(seed):
    draw, queue, pushes = Random(seed), StackQueue(), 0
    queue._in, queue._out, CountedList.puts = CountedList(), CountedList(), 0
    for _ in range(500):
        if len(queue) and draw.random() < 0.45:
            queue.pop()
        else:
            queue.push(0)
            pushes += 1
    while len(queue):
        queue.pop()
    assert CountedList.puts == 2 * pushes  # once pushed, once moved


# Next greater


def greater_by_pairs(a, strict, circular):
    n, answer = len(a), []
    for j in range(n):
        later = [*range(j + 1, n), *(range(j) if circular else ())]
        found = (i for i in later if (a[i] > a[j] if strict else a[i] >= a[j]))
        answer.append(next(found, None))
    return answer


@pytest.mark.parametrize("strict", [True, False])
@pytest.mark.parametrize("circular", [True, False])
def test_the_next_greater_is_the_first_of_all_later_ones(strict, circular):
    for a in random_lists(3000):
        got = next_greater(a, strict=strict, circular=circular)
        assert got == greater_by_pairs(a, strict, circular)


def test_samples_of_leetcode_739_and_503():
    days = [73, 74, 75, 71, 69, 72, 76, 73]
    waits = [0 if i is None else i - j for j, i in enumerate(next_greater(days))]
    assert waits == [1, 1, 4, 2, 1, 1, 0, 0]
    around = [1, 2, 1]
    places = next_greater(around, circular=True)
    assert [i if i is None else around[i] for i in places] == [2, None, 2]


@pytest.mark.parametrize("strict", [True, False])
@pytest.mark.parametrize("circular", [True, False])
def test_one_value_has_no_answer_and_none_has_no_list(strict, circular):
    assert next_greater([7], strict, circular) == [None]
    assert next_greater([], strict, circular) == []


def test_the_table_on_the_page_is_what_the_run_did():
    days = [73, 74, 75, 71, 69, 72, 76, 73]
    line = "if step < n:"
    _, seen = record(lambda: next_greater(days), next_greater, [line], "i waiting")
    after = [[days[j] for j in [*m["waiting"], m["i"]]] for m in seen]
    assert after == [
        [73],
        [74],
        [75],
        [75, 71],
        [75, 71, 69],
        [75, 72],
        [76],
        [76, 73],
    ]


@given(few, st.booleans(), st.booleans())
def test_what_waits_never_rises_and_strictly_falls_if_equals_answer(
    a, strict, circular
):
    if not a:
        return
    line = "if step < n:"
    run = lambda: next_greater(a, strict=strict, circular=circular)  # noqa: E731
    _, seen = record(run, next_greater, [line], "i waiting values")
    for moment in seen:
        heights = [moment["values"][j] for j in moment["waiting"]]
        assert heights == sorted(heights, reverse=True)
        assert len(set(moment["waiting"])) == len(moment["waiting"]) <= len(a)
        if not strict:
            assert len(set(heights)) == len(heights)


# Cost


class Counted(float):
    seen = 0

    def __lt__(self, other):
        Counted.seen += 1
        return float(self) < float(other)


def comparisons(solve, values, *rest):
    Counted.seen = 0
    solve([Counted(x) for x in values], *rest)
    return Counted.seen


@given(few)
def test_comparisons_are_those_of_the_formula(a):
    n = len(a)
    unanswered = greater_by_pairs(a, True, False).count(None)
    records = sum(all(a[i] > x for x in a[:i]) for i in range(n))
    assert comparisons(next_greater, a) == (n - unanswered) + (n - records)


@pytest.mark.parametrize("n", [2, 3, 4, 5, 6, 7])
def test_the_worst_case_is_2n_less_3_and_the_mean_2n_less_twice_the_harmonic_number(n):
    counts = [comparisons(next_greater, order) for order in permutations(range(n))]
    assert max(counts) == 2 * n - 3
    harmonic = sum(Fraction(1, i) for i in range(1, n + 1))
    assert Fraction(sum(counts), len(counts)) == 2 * (n - harmonic)
    with_ties = (comparisons(next_greater, a) for a in product(range(3), repeat=n))
    assert max(with_ties) <= 2 * n - 3


@pytest.mark.parametrize("n", [1000, 2000, 4000])
def test_random_numbers_take_just_less_than_two_comparisons_each(n):
    counts = []
    for seed in range(5):
        draw = Random(seed)
        counts.append(comparisons(next_greater, [draw.random() for _ in range(n)]))
    assert all(1.97 < count / n < 2 for count in counts)
    mean = 2 * (n - sum(1 / i for i in range(1, n + 1)))
    assert abs(sum(counts) / len(counts) - mean) < 6


def test_a_stack_of_random_numbers_stays_short_and_ends_with_h_n_on_average():
    ends, depths = [], []
    for seed in range(20):
        draw = Random(seed)
        values = [draw.random() for _ in range(1000)]
        ends.append(next_greater(values).count(None))
        run = lambda values=values: next_greater(values)  # noqa: E731
        wanted = lambda known: {"depth": len(known["waiting"]) + 1}  # noqa: E731
        _, seen = record(run, next_greater, ["waiting.append("], wanted)
        depths.append(max(moment["depth"] for moment in seen))
    harmonic = sum(1 / i for i in range(1, 1001))
    assert round(harmonic, 1) == 7.5
    assert abs(sum(ends) / 20 - harmonic) < 1.5
    assert 10 <= min(depths) <= max(depths) <= 24
    assert next_greater(range(1000, 0, -1)).count(None) == 1000


def test_two_plain_loops_compare_all_pairs_of_falling_numbers():
    falling = range(1000, 0, -1)

    def all_pairs(values):
        for j in range(len(values)):
            next((x for x in values[j + 1 :] if values[j] < x), None)

    assert comparisons(all_pairs, falling) == 499_500
    assert comparisons(next_greater, falling) == 999


@pytest.mark.parametrize("order", ["random", "rising", "falling", "equal"])
@pytest.mark.parametrize("n", [100, 200, 400])
def test_bounds_and_rectangles_take_at_most_a_few_comparisons_a_number(order, n):
    values = {
        "random": Random(0).sample(range(n), n),
        "rising": range(n),
        "falling": range(n, 0, -1),
        "equal": [1] * n,
    }[order]
    assert comparisons(smaller_bounds, values) <= 2 * n - 3
    # One more a bar for its sign, and one for what waits when the last has been read.
    assert comparisons(largest_rectangle, values) <= 4 * n


@pytest.mark.parametrize("order", ["random", "rising", "falling", "equal"])
def test_a_window_costs_less_than_two_comparisons_a_number_whatever_its_width(order):
    n = 500
    values = {
        "random": Random(0).sample(range(n), n),
        "rising": range(n),
        "falling": range(n, 0, -1),
        "equal": [1] * n,
    }[order]
    for k in (1, 2, 10, 250, 500):
        assert comparisons(sliding_maximum, values, k) < 2 * n


def test_the_queue_of_a_window_holds_at_most_k_places():
    draw = Random(0)
    for k in (1, 2, 5):
        a = [draw.randint(0, 4) for _ in range(60)]
        run = lambda a=a, k=k: sliding_maximum(a, k)  # noqa: E731
        line = "if i >= k - 1:"
        _, seen = record(run, sliding_maximum, [line], "candidates")
        assert len(seen) == 60
        assert max(len(m["candidates"]) for m in seen) <= k


# Rectangles


def rectangle_by_pairs(h):
    return max(
        (min(h[i:k]) * (k - i) for i, k in combinations(range(len(h) + 1), 2)),
        default=0,
    )


def test_the_largest_rectangle_is_the_best_of_all():
    for heights in random_lists(3000):
        assert largest_rectangle(heights) == rectangle_by_pairs(heights)


@pytest.mark.parametrize(
    ("heights", "area"),
    [([2, 1, 5, 6, 2, 3], 10), ([2, 4], 4), ([], 0), ([0], 0), ([2, 1, 2], 3)],
)
def test_rectangles_by_hand(heights, area):
    assert largest_rectangle(heights) == area


@given(few)
def test_the_bounds_of_each_bar_give_the_same_rectangle(h):
    areas = (h[j] * (r - l - 1) for j, (l, r) in enumerate(smaller_bounds(h)))  # noqa: E741
    assert max(areas, default=0) == largest_rectangle(h)


def test_a_rectangle_of_halves_and_of_infinite_height():
    assert largest_rectangle([0.5, 1.5, 1.0]) == 2.0
    assert largest_rectangle([1, inf]) == inf


def matrix_by_corners(rows):
    n = len(rows[0]) if rows else 0
    best = 0
    for top, bottom in combinations(range(len(rows) + 1), 2):
        for left, right in combinations(range(n + 1), 2):
            if all(cell for row in rows[top:bottom] for cell in row[left:right]):
                best = max(best, (bottom - top) * (right - left))
    return best


def test_the_largest_rectangle_of_ones_is_the_best_of_all_corners():
    draw = Random(0)
    for _ in range(300):
        m, n = draw.randint(0, 5), draw.randint(0, 5)
        rows = [[int(draw.random() < 0.7) for _ in range(n)] for _ in range(m)]
        texts = ["".join(map(str, row)) for row in rows]
        assert maximal_rectangle(rows) == matrix_by_corners(rows)
        assert maximal_rectangle(texts) == matrix_by_corners(rows)


def test_sample_of_leetcode_85_and_matrices_without_cells():
    rows = ["10100", "10111", "11111", "10010"]
    assert maximal_rectangle(rows) == 6
    assert maximal_rectangle([]) == maximal_rectangle([[]]) == 0
    assert maximal_rectangle([[], []]) == 0
    assert maximal_rectangle(np.array([[1, 1], [0, 1]])) == 2


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (["10", "1"], "the same length, here 2, got 1"),
        (["1", "10"], "the same length, here 1, got 2"),
        ([[], [1]], "the same length, here 0, got 1"),
        ([[2]], "a cell must be 0 or 1, got 2"),
        (["x"], "a cell must be 0 or 1, got 'x'"),
        ([[True]], "a cell must be 0 or 1, got True"),
        ([[1.0]], "a cell must be 0 or 1, got 1.0"),
        ([["11"]], "a cell must be 0 or 1, got '11'"),
        ([[-1]], "a cell must be 0 or 1, got -1"),
    ],
)
def test_other_matrices_are_refused(rows, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        maximal_rectangle(rows)


@pytest.mark.parametrize("heights", [[-1], [1, -2, 0], [2, -0.5]])
def test_a_negative_height_is_refused(heights):
    message = f"height must be >= 0, got {min(heights)!r}"
    with pytest.raises(ValueError, match=re.escape(message)):
        largest_rectangle(heights)


# Sums of minima


def minima_by_pairs(a):
    return [min(a[i:k]) for i, k in combinations(range(len(a) + 1), 2)]


def test_sums_of_minima_are_those_of_all_subarrays():
    for a in random_lists(3000, low=-9):
        assert sum_subarray_minimums(a) == sum(minima_by_pairs(a))


@pytest.mark.parametrize(
    ("a", "total"),
    [([3, 1, 2, 4], 17), ([11, 81, 94, 43, 3], 444), ([2, 2], 6), ([], 0), ([-5], -5)],
)
def test_sums_of_minima_by_hand(a, total):
    assert sum_subarray_minimums(a) == total


@given(signed)
def test_bounds_are_the_nearest_not_greater_before_and_the_nearest_less_after(a):
    n = len(a)
    wanted = [
        (
            max((i for i in range(j) if a[i] <= a[j]), default=-1),
            min((i for i in range(j + 1, n) if a[i] < a[j]), default=n),
        )
        for j in range(n)
    ]
    assert smaller_bounds(a) == wanted


@given(signed)
def test_of_equal_values_the_first_has_the_whole_stretch(a):
    bounds, n = smaller_bounds(a), len(a)
    for j in range(n):
        left = max((i for i in range(j) if a[i] < a[j]), default=-1)
        right = min((i for i in range(j + 1, n) if a[i] < a[j]), default=n)
        first = a.index(a[j], left + 1)
        assert bounds[first] == (left, right)


@given(signed)
def test_every_subarray_is_ruled_by_one_place(a):
    bounds = smaller_bounds(a)
    for i, k in combinations(range(len(a) + 1), 2):
        rulers = [j for j in range(i, k) if bounds[j][0] < i and bounds[j][1] >= k]
        assert [a[j] for j in rulers] == [min(a[i:k])]


def ruled(a, left_stops, right_stops):
    """The sum if the sides stop at equal values, or run through them."""
    total, n = 0, len(a)
    for j in range(n):
        before = [i for i in range(j) if a[i] < a[j] or (left_stops and a[i] == a[j])]
        after = [
            i for i in range(j + 1, n) if a[i] < a[j] or (right_stops and a[i] == a[j])
        ]
        total += a[j] * (j - max(before, default=-1)) * (min(after, default=n) - j)
    return total


def test_in_a_sum_one_side_must_be_strict_and_the_other_not():
    assert ruled([2, 2], True, True) == 4
    assert ruled([2, 2], False, False) == 8
    assert ruled([2, 2], True, False) == ruled([2, 2], False, True) == 6


def test_large_integers_do_not_overflow():
    assert sum_subarray_minimums(np.array([100, 100, 100], dtype=np.int8)) == 600
    assert largest_rectangle(np.array([100, 100], dtype=np.int8)) == 200
    assert largest_rectangle(np.array([60000, 60000], dtype=np.float16)) == 2 * 60000
    assert sum_subarray_minimums([10**30]) == 10**30


# Windows


def test_maxima_of_windows_are_those_of_slices():
    for a in random_lists(3000, least=1, low=-9):
        for k in range(1, len(a) + 1):
            windows = [max(a[i : i + k]) for i in range(len(a) - k + 1)]
            assert sliding_maximum(a, k) == windows


def test_sample_of_leetcode_239():
    assert sliding_maximum([1, 3, -1, -3, 5, 3, 6, 7], 3) == [3, 3, 5, 5, 6, 7]


def test_maxima_of_numpy_s_numbers_are_python_s():
    got = sliding_maximum(np.array([1, 3, 2], dtype=np.int8), 2)
    assert got == [3, 3]
    assert all(type(x) is int for x in got)
    assert sliding_maximum([1, inf, -inf], 1) == [1, inf, -inf]


@pytest.mark.parametrize("k", [0, -1, 4, True, 2.0, "2", None, 1.5])
def test_a_width_outside_the_list_is_refused(k):
    message = f"k must be an integer from 1 to 3, got {k!r}"
    with pytest.raises(ValueError, match=re.escape(message)):
        sliding_maximum([1, 2, 3], k)


@pytest.mark.parametrize("k", [0, 1])
def test_no_values_have_no_window(k):
    with pytest.raises(ValueError, match="a must have at least one value, got none"):
        sliding_maximum([], k)


# Digits


def least_left(num, k):
    kept = combinations(num, len(num) - k)
    return str(min(int("".join(digits) or "0") for digits in kept))


def test_the_least_number_is_that_of_all_choices():
    draw = Random(0)
    for _ in range(1500):
        num = "".join(draw.choice("0123") for _ in range(draw.randint(0, 8)))
        for k in range(len(num) + 1):
            assert remove_k_digits(num, k) == least_left(num, k)


@pytest.mark.parametrize(
    ("num", "k", "left"),
    [
        ("1432219", 3, "1219"),
        ("10200", 1, "200"),
        ("10", 2, "0"),
        ("123", 1, "12"),
        ("", 0, "0"),
        ("007", 0, "7"),
        ("9" * 30, 29, "9"),
    ],
)
def test_digits_by_hand(num, k, left):
    assert remove_k_digits(num, k) == left


@pytest.mark.parametrize("num", ["1a", "-1", "1.0", "²", "٣", " 1"])
def test_what_is_no_digit_is_refused(num):
    message = f"num must consist of the digits 0 to 9, got {num!r}"
    with pytest.raises(ValueError, match=re.escape(message)):
        remove_k_digits(num, 0)


@pytest.mark.parametrize("k", [-1, 3, True, 1.0, "1", None])
def test_more_digits_than_there_are_cannot_be_removed(k):
    message = f"k must be an integer from 0 to 2, got {k!r}"
    with pytest.raises(ValueError, match=re.escape(message)):
        remove_k_digits("12", k)


# Stack-sortable orders


def pops(order):
    """What comes off next_greater's stack, in this order: by answer, the top first."""
    answers = next_greater(order)
    n = len(order)
    places = sorted(
        range(n), key=lambda j: (n if answers[j] is None else answers[j], -j)
    )
    return [order[j] for j in places]


def has_231(order):
    return any(a < b < c for b, c, a in combinations(order, 3))


@pytest.mark.parametrize("n", range(1, 8))
def test_what_one_stack_sorts_are_the_orders_without_231_and_catalan_many(n):
    orders = [*permutations(range(n))]
    sorts = [pops(order) == [*range(n)] for order in orders]
    assert sorts == [not has_231(order) for order in orders]
    assert sum(sorts) == comb(2 * n, n) // (n + 1)


def reachable(order):
    """Everything that one stack can make of an order, all choices tried."""
    found, waiting = set(), [((), (), tuple(order))]
    while waiting:
        out, stack, rest = waiting.pop()
        if rest:
            waiting.append((out, (*stack, rest[0]), rest[1:]))
        if stack:
            waiting.append(((*out, stack[-1]), stack[:-1], rest))
        if not rest and not stack:
            found.add(out)
    return found


@pytest.mark.parametrize("n", range(1, 6))
def test_if_the_monotonic_stack_does_not_sort_nothing_does(n):
    for order in permutations(range(n)):
        assert (tuple(range(n)) in reachable(order)) == (pops(order) == [*range(n)])


# Wrong solutions that the page names, each with the input that gives it away


def test_without_a_sentinel_a_rising_histogram_has_no_rectangle():
    best, stack, bars = 0, [], [2, 4]
    for i, height in enumerate(bars):
        while stack and height < bars[stack[-1]]:
            j = stack.pop()
            best = max(best, bars[j] * (i - (stack[-1] if stack else -1) - 1))
        stack.append(i)
    assert best == 0 != largest_rectangle(bars) == 4


def test_a_width_from_the_popped_bar_alone_is_too_small():
    best, stack, bars = 0, [], [2, 1, 2]
    for i, height in enumerate([*bars, 0]):
        while stack and height < bars[stack[-1]]:
            j = stack.pop()
            best = max(best, bars[j] * (i - j))
        stack.append(i)
    assert best == 2 != largest_rectangle(bars) == 3


@pytest.mark.parametrize(
    ("a", "wrong"), [([7, 7, 1], [7, 1]), ([7, 7, 1, 1], [7, 1, 1])]
)
def test_a_queue_of_values_must_keep_equal_ones(a, wrong):
    queue, found = [], []
    for i, x in enumerate(a):
        while queue and queue[-1] <= x:
            queue.pop()
        queue.append(x)
        if i >= 2 and queue[0] == a[i - 2]:
            queue.pop(0)
        if i >= 1:
            found.append(queue[0] if queue else None)
    assert found == wrong != sliding_maximum(a, 2)


def test_a_minimum_pushed_only_if_less_is_gone_too_early():
    values, minima = [], []
    for x in (0, 1, 0):
        values.append(x)
        if not minima or x < minima[-1]:
            minima.append(x)
    if values.pop() == minima[-1]:
        minima.pop()
    assert minima == []
    stack = MinStack()
    for x in (0, 1, 0):
        stack.push(x)
    stack.pop()
    assert stack.minimum() == 0


def greedy_without(num, k, cut=True, strip=True):
    kept = []
    for digit in num:
        while k and kept and digit < kept[-1]:
            kept.pop()
            k -= 1
        kept.append(digit)
    left = "".join(kept[: len(kept) - k] if cut else kept)
    return (left.lstrip("0") or "0") if strip else left


def test_the_last_cut_and_the_leading_zeros_are_needed():
    assert greedy_without("123", 1, cut=False) == "123"
    assert greedy_without("10200", 1, strip=False) == "0200"
    assert greedy_without("123", 1) == remove_k_digits("123", 1) == "12"


def two_rounds_of_pushes(a, strict):
    answer, stack, n = [None] * len(a), [], len(a)
    for step in range(2 * n):
        x = a[step % n]
        while stack and (a[stack[-1]] < x or (not strict and a[stack[-1]] == x)):
            answer[stack.pop()] = step % n
        stack.append(step % n)
    return answer, stack


def test_two_rounds_of_pushes_hold_places_twice_and_let_one_answer_itself():
    assert len(two_rounds_of_pushes([5, 5], strict=True)[1]) == 4
    assert two_rounds_of_pushes([5], strict=False)[0] == [0]
    assert next_greater([5], strict=False, circular=True) == [None]


def one_round_of_pushes(a):
    answer, waiting, n = [None] * len(a), [], len(a)
    for step in range(2 * n):
        i = step % n
        while waiting and a[waiting[-1]] <= a[i]:
            answer[waiting.pop()] = i
        if step < n:
            waiting.append(i)
    return answer


def test_no_second_push_does_not_keep_a_place_from_answering_itself():
    assert one_round_of_pushes([5]) == [0]
    assert one_round_of_pushes([1, 5]) == [1, 1]
    assert next_greater([1, 5], strict=False, circular=True) == [1, None]


def one_loop(a, pops):
    """What came at each pop, and what lay below at each push."""
    after, before, stack = [None] * len(a), [None] * len(a), []
    for i, x in enumerate(a):
        while stack and pops(a[stack[-1]], x):
            after[stack.pop()] = i
        before[i] = stack[-1] if stack else None
        stack.append(i)
    return after, before


@given(few)
def test_one_loop_answers_four_questions_with_equals_or_without(a):
    n = len(a)
    for pops, answers_after, answers_before in (
        (lt, gt, ge),  # pop while the top is less: next greater; previous, or equal
        (gt, lt, le),
        (le, ge, gt),
        (ge, le, lt),
    ):
        after, before = one_loop(a, pops)
        for j in range(n):
            later = (i for i in range(j + 1, n) if answers_after(a[i], a[j]))
            sooner = (i for i in reversed(range(j)) if answers_before(a[i], a[j]))
            assert after[j] == next(later, None)
            assert before[j] == next(sooner, None)


@given(st.lists(st.one_of(st.none(), st.integers(-3, 3)), max_size=20))
def test_a_queue_turned_round_after_each_push_is_a_stack(calls):
    queue, plain = StackQueue(), []
    for x in calls:
        if x is not None:
            queue.push(x)
            for _ in range(len(queue) - 1):
                queue.push(queue.pop())
            plain.append(x)
        elif plain:
            assert queue.pop() == plain.pop()


def test_popping_equals_answers_with_a_day_that_is_no_warmer():
    assert next_greater([5, 5, 6])[0] == 2
    assert next_greater([5, 5, 6], strict=False)[0] == 1


# Bad input

# numpy registers its durations as integers.
SPANS = [np.timedelta64(3, "s"), np.timedelta64(3)]
BAD = [nan, np.float64(nan), True, np.True_, "3", None, 1j, *SPANS]


@pytest.mark.parametrize("bad", BAD)
@pytest.mark.parametrize(
    ("call", "name"),
    [
        (next_greater, "value"),
        (smaller_bounds, "value"),
        (largest_rectangle, "height"),
        (lambda a: sliding_maximum(a, 1), "value"),
        (lambda a: [MinStack().push(x) for x in a], "x"),
    ],
)
def test_what_is_no_number_is_refused(call, name, bad):
    message = f"{name} must be a number and not NaN, got {bad!r}"
    with pytest.raises(ValueError, match=re.escape(message)):
        call([1, bad, 2])


@pytest.mark.parametrize("bad", [1.0, nan, True, "3", None])
def test_a_sum_wants_integers(bad):
    message = f"value must be an integer, got {bad!r}"
    with pytest.raises(ValueError, match=re.escape(message)):
        sum_subarray_minimums([1, bad])


@pytest.mark.parametrize("bad", [None, 12, b"()", ["("]])
def test_what_is_no_string_is_refused(bad):
    with pytest.raises(ValueError, match=re.escape(f"must be a string, got {bad!r}")):
        is_balanced(bad)
    with pytest.raises(ValueError, match=re.escape(f"must be a string, got {bad!r}")):
        remove_k_digits(bad, 0)


def test_a_hundred_thousand_numbers_need_no_recursion():
    n = 100_000
    assert next_greater(range(n)) == [*range(1, n), None]
    assert largest_rectangle([1] * n) == n
    assert sum_subarray_minimums([1] * n) == n * (n + 1) // 2
    assert sliding_maximum(range(n, 0, -1), n // 2)[-1] == n // 2
    assert remove_k_digits("9" * n, n - 1) == "9"


def test_the_staircase_has_its_largest_rectangle_in_the_middle():
    for n in range(60):
        assert largest_rectangle(range(1, n + 1)) == (n + 1) ** 2 // 4
