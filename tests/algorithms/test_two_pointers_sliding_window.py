"""Oracles: brute force over all pairs, triples and windows, counts by hand."""

import random
from collections import Counter
from itertools import combinations, permutations, product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.growth import exponent, lines_run
from figures.record import record
from snippets.algorithms.two_pointers_sliding_window import (
    anagram_starts,
    count_exactly_k_distinct,
    longest_distinct,
    longest_with_changes,
    max_container,
    min_length_with_sum,
    min_window,
    remove_duplicates,
    three_sum,
    trapped_water,
    two_sum_sorted,
    windows_at_most_k,
)

numbers = st.lists(st.integers(0, 9), max_size=12)
signed = st.lists(st.integers(-9, 9), max_size=12)
words = st.text("abc", max_size=12)


def windows(items):
    """All that are not empty, from left to right, as (lo, hi, the items)."""
    n = len(items)
    return [(lo, hi, items[lo : hi + 1]) for lo in range(n) for hi in range(lo, n)]


# The oracles: everything is tried


def pair(a, target):
    found = [(i, j) for i, j in combinations(range(len(a)), 2) if a[i] + a[j] == target]
    return min(found, key=lambda ij: (ij[0], -ij[1]), default=None)


def triples(nums, target=0):
    chosen = {tuple(sorted(c)) for c in combinations(nums, 3) if sum(c) == target}
    return sorted(map(list, chosen))


def container(h):
    pairs = combinations(range(len(h)), 2)
    return max(((j - i) * min(h[i], h[j]) for i, j in pairs), default=0)


def water(h):
    return sum(min(max(h[: i + 1]), max(h[i:])) - x for i, x in enumerate(h))


def distinct(s):
    return max((len(w) for _, _, w in windows(s) if len({*w}) == len(w)), default=0)


def cover(s, t):
    held = [w for _, _, w in windows(s) if t and not Counter(t) - Counter(w)]
    return min(held, key=len, default="")  # of equal ones min keeps the first


def shortest(nums, target):
    return min((len(w) for _, _, w in windows(nums) if sum(w) >= target), default=None)


def exactly(nums, k):
    return sum(len({*w}) == k for _, _, w in windows(nums))


def changed(s, k):
    valid = [w for _, _, w in windows(s) if len(w) - max(Counter(w).values()) <= k]
    return max(map(len, valid), default=0)


def test_3000_random_inputs_are_answered_as_by_enumeration():
    draw = random.Random(0)
    for _ in range(3000):
        nums = [draw.randint(0, 9) for _ in range(draw.randint(0, 9))]
        target, k = draw.randint(0, 20), draw.randint(0, 4)
        s = "".join(draw.choice("abc") for _ in range(draw.randint(0, 9)))
        t = "".join(draw.choice("abc") for _ in range(draw.randint(0, 4)))
        assert two_sum_sorted(sorted(nums), target) == pair(sorted(nums), target)
        assert three_sum(nums, target) == triples(nums, target)
        assert max_container(nums) == container(nums)
        assert trapped_water(nums) == water(nums)
        assert longest_distinct(s) == distinct(s)
        assert min_window(s, t) == cover(s, t)
        assert min_length_with_sum(nums, target + 1) == shortest(nums, target + 1)
        assert count_exactly_k_distinct(nums, k) == exactly(nums, k)
        assert longest_with_changes(s, k) == changed(s, k)


def test_long_lists_of_large_numbers_are_answered_as_by_enumeration():
    draw = random.Random(1)
    for n in (40, 50, 60):
        for largest in (30, 10**4, 10**20):
            nums = [draw.randint(0, largest) for _ in range(n)]
            a, b, c = draw.sample(nums, 3)
            assert two_sum_sorted(sorted(nums), a + b) == pair(sorted(nums), a + b)
            assert three_sum(nums, a + b + c) == triples(nums, a + b + c)
            assert max_container(nums) == container(nums)
            assert trapped_water(nums) == water(nums)
            wanted = sum(nums) * 2 // 5
            assert min_length_with_sum(nums, wanted) == shortest(nums, wanted)
            kept = sorted(nums)
            assert kept[: remove_duplicates(kept)] == sorted({*nums})
            few = [x % 13 for x in nums]
            for k in (7, 11):
                assert count_exactly_k_distinct(few, k) == exactly(few, k)


def test_long_texts_are_answered_as_by_enumeration():
    draw = random.Random(2)
    for n in (60, 90):
        for letters in ("abcd", "abcdefghijklmnopqrstuvwxyzABCDEF语言"):
            s = "".join(draw.choice(letters) for _ in range(n))
            start, m = draw.randint(20, 30), 25
            t = "".join(draw.sample(s[start : start + m], m))  # in another order
            assert min_window(s, t) == cover(s, t)
            assert anagram_starts(s, t) == [
                i for i in range(n - m + 1) if sorted(s[i : i + m]) == sorted(t)
            ]
            assert longest_distinct(s) == distinct(s)
            for k in (3, 15, 40):
                assert longest_with_changes(s, k) == changed(s, k)


# From both ends


@given(st.lists(st.integers(-9, 9), max_size=12).map(sorted), st.integers(-20, 20))
def test_two_sum_gives_the_outermost_pair_and_none_only_if_there_is_none(a, target):
    assert two_sum_sorted(a, target) == pair(a, target)


def test_two_sum_samples():
    assert two_sum_sorted([2, 7, 11, 15], 9) == (0, 1)
    assert two_sum_sorted([1, 3, 4, 6, 8, 11, 13], 10) == (2, 3)
    assert two_sum_sorted([3], 6) is None  # not 3 with itself
    assert two_sum_sorted([3, 3], 6) == (0, 1)
    assert two_sum_sorted([], 0) is None
    assert two_sum_sorted([-(2**70), 2**70], 0) == (0, 1)


class Counted(int):
    """An integer that counts the sums of which it is the left part."""

    sums = 0

    def __add__(self, other):
        Counted.sums += 1
        return int(self) + other


def sums_of(solve, nums, target):
    before = Counted.sums
    assert not solve(map(Counted, nums), target)  # all moves are made
    return Counted.sums - before


@pytest.mark.parametrize("n", [2, 3, 10, 500])
@pytest.mark.parametrize("target", [-1, 1, 10**9])
def test_without_a_pair_there_are_n_minus_1_sums(n, target):
    assert sums_of(two_sum_sorted, range(0, 2 * n, 2), target) == n - 1


@pytest.mark.parametrize("n", [3, 10, 80])
def test_without_a_triple_there_are_all_sums_of_all_first_places(n):
    got = sums_of(three_sum, range(1, 2 * n, 2), 0)
    assert got == (n - 1) * (n - 2) // 2


def test_with_many_triples_there_are_no_more_sums():
    n, before = 101, Counted.sums
    found = three_sum(map(Counted, range(-50, 51)))
    assert len(found) > 1000
    assert n < Counted.sums - before < (n - 1) * (n - 2) // 2


class Tally(int):
    """An integer that counts how often it is added to a sum, and taken off one."""

    added = taken = 0

    def __radd__(self, other):
        Tally.added += 1
        return other + int(self)

    def __rsub__(self, other):
        Tally.taken += 1
        return other - int(self)


def test_each_number_is_added_to_the_window_s_sum_once_and_taken_off_once():
    Tally.added = Tally.taken = 0
    assert min_length_with_sum(map(Tally, [1] * 300), 20) == 20
    assert (Tally.added, Tally.taken) == (300, 281)


def test_the_exponents_are_one_and_two():
    sizes = (100, 200, 400)
    counts = [
        [sums_of(f, range(1, n + 1), 0) for n in sizes]
        for f in (two_sum_sorted, three_sum)
    ]
    one, two = (exponent(sizes, c) for c in counts)
    assert abs(one - 1) < 0.02
    assert abs(two - 2) < 0.03


def test_a_move_drops_as_many_pairs_as_the_ends_are_apart():
    a, target = [1, 3, 4, 6, 8, 11, 13], 10
    i, j, dropped, pairs = 0, len(a) - 1, [], {*combinations(range(7), 2)}
    while a[i] + a[j] != target:
        low = a[i] + a[j] < target
        gone = (
            {p for p in pairs if p[0] == i} if low else {p for p in pairs if p[1] == j}
        )
        assert len(gone) == j - i
        assert all((a[p] + a[q] < target) == low for p, q in gone)
        pairs -= gone
        dropped.append(len(gone))
        i, j = (i + 1, j) if low else (i, j - 1)
    assert dropped == [6, 5, 4, 3, 2]
    assert pairs == {(2, 3)} == {two_sum_sorted(a, target)}


@given(signed, st.integers(-12, 12))
def test_three_sum_gives_each_triple_of_values_once_and_in_order(nums, target):
    assert three_sum(nums, target) == triples(nums, target)


def test_three_sum_samples():
    assert three_sum([-1, 0, 1, 2, -1, -4]) == [[-1, -1, 2], [-1, 0, 1]]
    assert three_sum([0, 0, 0, 0]) == [[0, 0, 0]]
    assert three_sum([-2, 0, 0, 2, 2]) == [[-2, 0, 2]]
    assert three_sum([-1, -1, 2]) == [[-1, -1, 2]]
    assert three_sum([]) == three_sum([0, 0]) == []
    assert len(three_sum(range(-10, 11))) == 50
    before = [3, 1, 2]
    assert three_sum(before, 6) == [[1, 2, 3]]
    assert before == [3, 1, 2]


@given(numbers)
def test_container_and_water_are_those_of_the_definitions(h):
    assert max_container(h) == container(h)
    assert trapped_water(h) == water(h)


def test_container_and_water_samples():
    assert max_container([1, 8, 6, 2, 5, 4, 8, 3, 7]) == 49
    assert max_container([5, 5]) == 5
    assert max_container([]) == max_container([7]) == max_container([0, 9]) == 0
    assert trapped_water([0, 1, 0, 2, 1, 0, 1, 3, 2, 1, 2, 1]) == 6
    assert trapped_water([4, 2, 0, 3, 2, 5]) == 9
    assert trapped_water([]) == trapped_water([3]) == trapped_water([1, 2, 3]) == 0


@given(numbers)
def test_on_a_tie_either_side_may_move(h):
    i, j, best = 0, len(h) - 1, 0
    while i < j:
        best = max(best, (j - i) * min(h[i], h[j]))
        i, j = (i + 1, j) if h[i] <= h[j] else (i, j - 1)
    assert best == max_container(h)


@given(numbers.filter(bool))
def test_the_two_ends_meet_on_a_highest_bar(h):
    _, [end] = record(lambda: trapped_water(h), trapped_water, ["return water"], "i j")
    assert end["i"] == end["j"]
    assert h[end["i"]] == max(h)


# In one direction


@given(numbers.map(sorted))
def test_different_values_come_to_the_front_in_order(a):
    kept = list(a)
    count = remove_duplicates(kept)
    assert kept[:count] == sorted({*a})
    assert len(kept) == len(a)


def test_an_array_of_numpy_is_written_to():
    a = np.array([1, 1, 2, 2, 2, 5])
    assert remove_duplicates(a) == 3
    assert a[:3].tolist() == [1, 2, 5]


def test_what_is_refused_is_left_alone():
    a = [1, 1, 3, 2]
    with pytest.raises(ValueError, match="rising order, got 3 before 2"):
        remove_duplicates(a)
    assert a == [1, 1, 3, 2]


# Windows


@given(numbers, st.integers(0, 5))
def test_each_right_end_has_its_longest_window(nums, k):
    got = list(windows_at_most_k(nums, k))
    assert [hi for _, hi in got] == list(range(len(nums)))
    for lo, hi in got:
        assert len({*nums[lo : hi + 1]}) <= k
        assert lo == 0 or len({*nums[lo - 1 : hi + 1]}) > k
    # The valid windows that end at hi are those that begin at lo, lo + 1, ..., hi.
    valid = [(lo, hi) for lo, hi, w in windows(nums) if len({*w}) <= k]
    assert sorted(valid) == sorted((i, hi) for lo, hi in got for i in range(lo, hi + 1))


@given(numbers, st.integers(0, 5))
def test_exactly_k_is_at_most_k_less_at_most_k_minus_1(nums, k):
    assert count_exactly_k_distinct(nums, k) == exactly(nums, k)


def test_exactly_k_samples():
    assert count_exactly_k_distinct([1, 2, 1, 2, 3], 2) == 7
    assert count_exactly_k_distinct([1, 2, 1, 3, 4], 3) == 3
    assert count_exactly_k_distinct([1, 2], 0) == count_exactly_k_distinct([], 1) == 0
    assert count_exactly_k_distinct([1, 2], 3) == 0


@given(words)
def test_longest_without_repeats_is_that_of_all_windows(s):
    assert longest_distinct(s) == distinct(s)


@pytest.mark.parametrize(
    ("s", "length"),
    [("abcabcbb", 3), ("bbbbb", 1), ("pwwkew", 3), ("abba", 2), ("", 0), ("语言语", 2)],
)
def test_longest_without_repeats_samples(s, length):
    assert longest_distinct(s) == length


@given(numbers, st.integers(1, 30))
def test_shortest_with_a_sum_is_that_of_all_windows(nums, target):
    assert min_length_with_sum(nums, target) == shortest(nums, target)


def test_shortest_with_a_sum_samples():
    assert min_length_with_sum([2, 3, 1, 2, 4, 3], 7) == 2
    assert min_length_with_sum([1, 1], 3) is None
    assert min_length_with_sum([], 1) is None
    assert min_length_with_sum([0, 5, 0], 5) == 1


@given(words, st.text("abcd", max_size=4))
def test_the_window_that_covers_is_the_leftmost_of_the_shortest(s, t):
    assert min_window(s, t) == cover(s, t)


@pytest.mark.parametrize(
    ("s", "t", "window"),
    [
        ("ADOBECODEBANC", "ABC", "BANC"),
        ("a", "aa", ""),
        ("abca", "aa", "abca"),
        ("abba", "ab", "ab"),
        ("abc", "", ""),
        ("", "a", ""),
        ("", "", ""),
    ],
)
def test_covering_windows_samples(s, t, window):
    assert min_window(s, t) == window


@given(words, st.text("abcd", min_size=1, max_size=4))
def test_anagrams_start_where_the_sorted_letters_are_equal(s, t):
    m = len(t)
    starts = [i for i in range(len(s) - m + 1) if sorted(s[i : i + m]) == sorted(t)]
    assert anagram_starts(s, t) == starts


def test_anagrams_samples():
    assert anagram_starts("cbaebabacd", "abc") == [0, 6]
    assert anagram_starts("abab", "ab") == [0, 1, 2]
    assert anagram_starts("ab", "abc") == anagram_starts("", "a") == []
    orders = {"".join(p) for p in permutations("aab")}
    assert all(anagram_starts(p, "aab") == [0] for p in orders)


@given(words, st.integers(0, 4))
def test_with_changes_the_count_that_is_never_lowered_is_enough(s, k):
    assert longest_with_changes(s, k) == changed(s, k)


def test_with_changes_samples():
    assert longest_with_changes("ABAB", 2) == 4
    assert longest_with_changes("AABABBA", 1) == 4
    assert longest_with_changes("", 2) == 0


# What makes a window work


@given(words, st.integers(0, 3))
def test_validity_is_passed_on_to_parts_or_to_what_is_around(s, k):
    for lo, hi, w in windows(s):
        if longest_with_changes(w, k) == len(w):  # valid as a whole
            for part in (w[1:], w[:-1]):
                assert longest_with_changes(part, k) == len(part)
        if min_window(w, "ab"):  # it covers
            for wider in (s[max(lo - 1, 0) : hi + 1], s[lo : hi + 2]):
                assert min_window(wider, "ab")


@given(words, st.integers(0, 3))
def test_a_window_that_gets_longer_is_valid_in_that_moment(s, k):
    before = 0
    for end in range(1, len(s) + 1):
        now = longest_with_changes(s[:end], k)
        if now > before:
            window = s[end - now : end]
            assert now == before + 1
            assert now - max(Counter(window).values()) <= k
        before = now


@given(numbers, st.integers(1, 30))
def test_what_is_let_go_has_had_its_shortest_window(nums, target):
    if shortest(nums, target) is None:
        return
    _, moments = record(
        lambda: min_length_with_sum(nums, target),
        min_length_with_sum,
        ["total -= nums[lo]"],
        "lo hi",
    )
    assert [m["lo"] for m in moments] == list(range(len(moments)))
    for m in moments:
        valid = [
            hi for lo, hi, w in windows(nums) if lo == m["lo"] and sum(w) >= target
        ]
        assert m["hi"] == min(valid)
    for lo in range(len(moments), len(nums)):
        assert sum(nums[lo:]) < target  # no window begins there


def window_on_any_numbers(nums, target):
    """The loop of LeetCode 209 without the check that no number is negative."""
    best, lo, total = None, 0, 0
    for hi, x in enumerate(nums):
        total += x
        while total >= target and lo <= hi:
            best = hi - lo + 1 if best is None else min(best, hi - lo + 1)
            total -= nums[lo]
            lo += 1
    return best


def test_with_negative_numbers_the_window_is_wrong():
    assert window_on_any_numbers([-2, 3], 3) is None
    assert shortest([-2, 3], 3) == 1
    nums = [84, -37, 32, 40, 95]
    assert window_on_any_numbers(nums, 167) == 5
    assert shortest(nums, 167) == 3
    with pytest.raises(ValueError, match="integers >= 0, got -37"):
        min_length_with_sum(nums, 167)


@given(numbers, st.integers(1, 30))
def test_without_negative_numbers_the_same_loop_is_right(nums, target):
    assert window_on_any_numbers(nums, target) == shortest(nums, target)


@pytest.mark.parametrize("n", [1000, 2000, 4000])
@pytest.mark.parametrize("values", [1, 6, 51, 10**9])
@pytest.mark.parametrize("k", [0, 1, 5])
def test_the_two_ends_make_at_most_2n_moves(n, values, k):
    draw = random.Random(n)
    nums = [draw.randrange(values) for _ in range(n)]
    *_, (lo, hi) = windows_at_most_k(nums, k)
    assert hi + 1 == n
    assert n <= hi + 1 + lo <= 2 * n
    if k == 5 and values == 51:
        assert (hi + 1 + lo) / n > 1.98


@pytest.mark.parametrize("k", [1, 2, 3])
@pytest.mark.parametrize("n", [1, 2, 3, 4, 5])
def test_the_most_moves_are_2n_minus_k_and_the_least_n(n, k):
    moves = set()
    for nums in product(range(k + 1), repeat=n):
        *_, (lo, hi) = windows_at_most_k(nums, k)
        moves.add(hi + 1 + lo)
    assert min(moves) == n
    assert max(moves) == max(n, 2 * n - k)


LINEAR = {
    "max_container": lambda x, s: max_container(x),
    "trapped_water": lambda x, s: trapped_water(x),
    "remove_duplicates": lambda x, s: remove_duplicates(sorted(x)),
    "longest_distinct": lambda x, s: longest_distinct(s),
    "min_length_with_sum": lambda x, s: min_length_with_sum(x, 200),
    "count_exactly_k_distinct": lambda x, s: count_exactly_k_distinct(x, 5),
    "longest_with_changes": lambda x, s: longest_with_changes(s, 3),
    "min_window": lambda x, s: min_window(s, "abcabc"),
    "anagram_starts": lambda x, s: anagram_starts(s, "abcabc"),
}


@pytest.mark.parametrize("name", LINEAR)
def test_twice_the_items_are_twice_the_work(name):
    counts, sizes = [], (500, 1000, 2000)
    for n in sizes:
        draw = random.Random(n)
        nums = [draw.randint(0, 50) for _ in range(n)]
        s = "".join(draw.choice("abcdefghij") for _ in range(n))
        counts.append(lines_run(lambda nums=nums, s=s: LINEAR[name](nums, s)))
    assert abs(exponent(sizes, counts) - 1) < 0.05


# Wrong solutions, each with the input that gives it away


def three_sum_variant(nums, skip_first, skip_second):
    a, found = sorted(nums), []
    for f in range(len(a) - 2):
        if skip_first(a, f):
            continue
        i, j = f + 1, len(a) - 1
        while i < j:
            total = a[f] + a[i] + a[j]
            if total == 0:
                found.append([a[f], a[i], a[j]])
                i, j = i + 1, j - 1
                while skip_second and i < j and a[i] == a[i - 1]:
                    i += 1
            elif total < 0:
                i += 1
            else:
                j -= 1
    return found


def test_looking_ahead_for_equal_first_values_loses_triples():
    def ahead(a, f):
        return a[f] == a[f + 1]

    def behind(a, f):
        return f > 0 and a[f] == a[f - 1]

    assert three_sum_variant([-1, -1, 2], ahead, True) == []
    assert three_sum_variant([-1, -1, 2], behind, True) == [[-1, -1, 2]]
    assert three_sum_variant([-2, 0, 0, 2, 2], behind, False) == [[-2, 0, 2]] * 2


def test_moving_the_taller_side_misses_the_best_container():
    h = [1, 8, 6, 2, 5, 4, 8, 3, 7]
    i, j, best = 0, len(h) - 1, 0
    while i < j:
        best = max(best, (j - i) * min(h[i], h[j]))
        i, j = (i + 1, j) if h[i] > h[j] else (i, j - 1)
    assert best == 8
    assert max_container(h) == 49


def test_a_left_end_that_jumps_back_counts_a_repeat():
    last, lo, longest = {}, 0, 0
    for hi, c in enumerate("abba"):
        lo = last[c] + 1 if c in last else lo
        last[c] = hi
        longest = max(longest, hi - lo + 1)
    assert longest == 3
    assert longest_distinct("abba") == 2


def test_sets_forget_how_often():
    held = [w for _, _, w in windows("abca") if {*"aa"} <= {*w}]
    assert min(held, key=len) == "a"
    assert min_window("abca", "aa") == "abca"


def test_shrinking_once_is_too_little_for_the_shortest():
    nums, target, best, lo, total = [1, 1, 1, 1, 7], 7, None, 0, 0
    for hi, x in enumerate(nums):
        total += x
        if total >= target:
            best = hi - lo + 1 if best is None else min(best, hi - lo + 1)
            total -= nums[lo]
            lo += 1
    assert best == 5
    assert min_length_with_sum(nums, target) == 1


def test_one_window_does_not_count_exactly_k():
    nums, k, lo, count = [1, 2, 1, 2, 3], 2, 0, 0
    for hi in range(len(nums)):
        while len({*nums[lo : hi + 1]}) > k:
            lo += 1
        count += len({*nums[lo : hi + 1]}) == k
    assert count == 4
    assert count_exactly_k_distinct(nums, k) == 7


def test_an_element_is_not_its_own_partner():
    a, target = [1, 5, 9], 10
    i, j = 0, 2
    while i <= j and a[i] + a[j] != target:
        i, j = (i + 1, j) if a[i] + a[j] < target else (i, j - 1)
    assert (i, j) == (0, 2)
    assert two_sum_sorted([1, 5, 7], 10) is None
    a, (i, j) = [1, 5, 7], (0, 2)
    while i <= j and a[i] + a[j] != target:
        i, j = (i + 1, j) if a[i] + a[j] < target else (i, j - 1)
    assert (i, j) == (1, 1)


# Bad input

ON_LISTS = [
    lambda x: two_sum_sorted(x, 3),
    three_sum,
    max_container,
    trapped_water,
    lambda x: windows_at_most_k(x, 2),
    lambda x: count_exactly_k_distinct(x, 2),
    lambda x: min_length_with_sum(x, 3),
]


@pytest.mark.parametrize("bad", [1.0, True, "3", None, 2.5, np.float64(2)])
@pytest.mark.parametrize("solve", ON_LISTS)
def test_what_is_no_integer_is_refused(solve, bad):
    with pytest.raises(ValueError, match="want integers, got"):
        solve([1, 2, bad])


@pytest.mark.parametrize("solve", ON_LISTS)
def test_what_is_no_sequence_is_refused(solve):
    with pytest.raises(ValueError, match="want integers, got 7"):
        solve(7)


@pytest.mark.parametrize("bad", [{1, 2}, {1: 2}, {1: 2}.keys(), "", "12"])
@pytest.mark.parametrize("solve", ON_LISTS)
def test_what_has_no_places_is_refused(solve, bad):
    with pytest.raises(ValueError, match="want a sequence of integers, got"):
        solve(bad)


def test_an_iterator_s_own_error_is_not_hidden():
    def broken():
        yield 1
        raise TypeError("mine")

    with pytest.raises(TypeError, match="mine"):
        three_sum(broken())


@pytest.mark.parametrize("solve", ON_LISTS)
def test_numpy_s_integers_and_iterators_will_do(solve):
    def told(x):
        return list(x) if hasattr(x, "__next__") else x

    plain = told(solve([1, 2, 2, 4]))
    assert told(solve(np.array([1, 2, 2, 4], dtype=np.int8))) == plain
    assert told(solve(iter([1, 2, 2, 4]))) == plain


def test_sums_of_short_integers_do_not_overflow():
    a = np.array([100, 100, 100], dtype=np.int8)
    assert two_sum_sorted(a, 200) == (0, 2)
    assert three_sum(a, 300) == [[100, 100, 100]]
    assert min_length_with_sum(a, 300) == 3


@pytest.mark.parametrize("a", [[2, 1], [1, 3, 2], [1, 2, 3, 4, 9, 8, 10, 11, 12, 13]])
def test_what_is_not_in_order_is_refused(a):
    with pytest.raises(ValueError, match="want rising order"):
        two_sum_sorted(a, 3)


@pytest.mark.parametrize("solve", [max_container, trapped_water])
def test_negative_heights_are_refused(solve):
    with pytest.raises(ValueError, match="want integers >= 0, got -1"):
        solve([3, -1])


@pytest.mark.parametrize("bad", [-1, True, 1.0, "1", None])
@pytest.mark.parametrize(
    "solve", [windows_at_most_k, count_exactly_k_distinct, longest_with_changes]
)
def test_k_is_an_integer_from_0(solve, bad):
    given_ = "aa" if solve is longest_with_changes else [1, 1]
    with pytest.raises(ValueError, match="want k to be an integer >= 0, got"):
        solve(given_, bad)


@pytest.mark.parametrize("bad", [0, -3, True, 1.5])
def test_the_sum_asked_for_is_an_integer_from_1(bad):
    with pytest.raises(ValueError, match="want target to be an integer >= 1, got"):
        min_length_with_sum([1], bad)


@pytest.mark.parametrize("solve", [two_sum_sorted, three_sum])
def test_a_target_is_an_integer(solve):
    with pytest.raises(ValueError, match=r"want integers, got 0\.5"):
        solve([1, 2, 3], 0.5)


@pytest.mark.parametrize("bad", [b"ab", ["a", "b"], None, 3])
def test_what_is_no_string_is_refused(bad):
    for call in (
        lambda: longest_distinct(bad),
        lambda: longest_with_changes(bad, 1),
        lambda: min_window(bad, "a"),
        lambda: anagram_starts(bad, "a"),
    ):
        with pytest.raises(TypeError, match="want s to be a string, got"):
            call()
    for call in (lambda: min_window("a", bad), lambda: anagram_starts("a", bad)):
        with pytest.raises(TypeError, match="want t to be a string, got"):
            call()


def test_an_anagram_of_nothing_is_refused():
    with pytest.raises(ValueError, match="want t to have a character at least, got ''"):
        anagram_starts("abc", "")


@pytest.mark.parametrize(
    "bad", [(1, 2), iter([1, 2]), "12", {0: 1}, {1, 2}, range(3), b"ab", None]
)
def test_a_place_to_write_into_is_needed(bad):
    with pytest.raises(TypeError, match="want a list to write into, got"):
        remove_duplicates(bad)


def test_equal_inner_pairs_are_passed_over_one_by_one():
    assert three_sum([-2, 1, 1, 1, 1, 1]) == [[-2, 1, 1]]
    assert three_sum([-4, 1, 1, 1, 2, 3, 3, 3]) == [[-4, 1, 3]]


def test_slicing_at_every_improvement_copies_quadratically_many_characters():
    m = 200
    s = "a" * m + "b"
    _, times = record(
        lambda: min_window(s, "ab"), min_window, ["start, stop = lo"], "lo hi"
    )
    assert len(times) == m  # an improvement for each a
    copied = sum(t["hi"] + 1 - t["lo"] for t in times)
    assert copied == m * (m + 3) // 2


def test_a_sentinel_that_leaks_is_a_length():
    nums, target = [1, 1], 3
    best = len(nums) + 1  # never improved
    assert best == 3
    assert min_length_with_sum(nums, target) is None


def test_a_count_of_0_is_still_a_key():
    inside = Counter([1, 2])
    inside[1] -= 1
    assert len(inside) == 2
    assert list(windows_at_most_k([1, 2], 1)) == [(0, 0), (1, 1)]


def test_a_negative_number_is_passed_by_unseen():
    nums = [84, -37, 32, 40, 95]
    assert sum(nums[1:]) == 130
    assert sum(nums[2:]) == 167
    with pytest.raises(ValueError, match="want integers >= 0, got -37"):
        min_length_with_sum(nums, 167)
