"""Oracles: exhaustive search over all choices, and scipy's integer programming."""

import importlib
import re
from itertools import chain, combinations, product
from math import comb, inf
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, milp

from snippets.algorithms.knapsack import (
    binary_split,
    count_subsets,
    knapsack_01,
    knapsack_2d,
    knapsack_approximate,
    knapsack_by_value,
    knapsack_complete,
    knapsack_grouped,
    knapsack_items,
    knapsack_multiple,
    knapsack_multiple_queue,
)

# The sample of AcWing problems 2, 3 and 4.
VOLUMES, VALUES, CAPACITY = [1, 2, 3, 4], [2, 4, 4, 5], 5

# Rosetta Code, "Knapsack problem/0-1": weight in dag and value; at most 400 dag.
TRIP = {
    "map": (9, 150),
    "compass": (13, 35),
    "water": (153, 200),
    "sandwich": (50, 160),
    "glucose": (15, 60),
    "tin": (68, 45),
    "banana": (27, 60),
    "apple": (39, 40),
    "cheese": (23, 30),
    "beer": (52, 10),
    "suntan cream": (11, 70),
    "camera": (32, 30),
    "T-shirt": (24, 15),
    "trousers": (48, 10),
    "umbrella": (73, 40),
    "waterproof trousers": (42, 70),
    "waterproof overclothes": (43, 75),
    "note-case": (22, 80),
    "sunglasses": (7, 20),
    "towel": (18, 12),
    "socks": (4, 50),
    "book": (30, 10),
}
TRIP_VOLUMES, TRIP_VALUES = map(list, zip(*TRIP.values()))

items_strategy = st.lists(st.tuples(st.integers(0, 6), st.integers(-3, 9)), max_size=6)
sized_items = st.lists(st.tuples(st.integers(1, 6), st.integers(-3, 9)), max_size=4)
capacities = st.integers(0, 14)


def split(items):
    """Volumes and values of a list of pairs, also of an empty one."""
    return [v for v, _ in items], [w for _, w in items]


def best(choices, capacity, exact=False):
    """Best value of an iterable of choices; a choice is a list of (volume, value)."""
    values = [
        sum(w for _, w in choice)
        for choice in choices
        if (total := sum(v for v, _ in choice)) == capacity
        or (not exact and total < capacity)
    ]
    return max(values, default=None)


def subsets(items):
    sizes = range(len(items) + 1)
    return chain.from_iterable(combinations(items, size) for size in sizes)


def copies(items, counts):
    """All ways to take 0..count copies of each item."""
    for taken in product(*(range(count + 1) for count in counts)):
        yield [(k * v, k * w) for k, (v, w) in zip(taken, items)]


def enough(items, capacity):
    """Counts above which no copy of a sized item fits."""
    return [capacity // v for v, _ in items]


def integer_program(volumes, values, counts, capacity):
    """Best value by branch and bound."""
    result = milp(
        -np.array(values, dtype=float),
        constraints=LinearConstraint(np.array([volumes]), ub=capacity),
        bounds=Bounds(0, counts),
        integrality=np.ones(len(volumes)),
    )
    return round(-result.fun)


# --- 0-1 ---------------------------------------------------------


@given(items=items_strategy, capacity=capacities)
def test_table_row_and_items_reach_the_best_of_all_subsets(items, capacity):
    volumes, values = split(items)
    expected = best(subsets(items), capacity)
    assert knapsack_2d(volumes, values, capacity)[-1][-1] == expected
    assert knapsack_01(volumes, values, capacity) == expected
    assert knapsack_items(volumes, values, capacity)[0] == expected


@given(items=items_strategy, capacity=capacities)
def test_every_table_cell_is_the_best_of_its_own_smaller_problem(items, capacity):
    table = knapsack_2d(*split(items), capacity)
    assert len(table) == len(items) + 1
    for i, row in enumerate(table):
        assert row == [best(subsets(items[:i]), j) for j in range(capacity + 1)]


@given(items=items_strategy, capacity=capacities)
def test_exact_is_the_best_of_the_subsets_that_fill_the_knapsack(items, capacity):
    expected = best(subsets(items), capacity, exact=True)
    assert knapsack_01(*split(items), capacity, exact=True) == expected


@given(items=items_strategy, capacity=capacities)
def test_at_most_is_the_largest_of_the_exact_values(items, capacity):
    volumes, values = split(items)
    exact = [knapsack_01(volumes, values, j, exact=True) for j in range(capacity + 1)]
    at_most = knapsack_01(volumes, values, capacity)
    assert at_most == max(value for value in exact if value is not None)


@given(items=items_strategy, capacity=capacities)
def test_items_are_distinct_fit_and_are_worth_what_they_claim(items, capacity):
    value, taken = knapsack_items(*split(items), capacity)
    assert taken == sorted(set(taken))
    assert sum(items[i][0] for i in taken) <= capacity
    assert sum(items[i][1] for i in taken) == value


def test_the_sample_has_the_hand_computed_table():
    assert knapsack_2d(VOLUMES, VALUES, CAPACITY) == [
        [0, 0, 0, 0, 0, 0],
        [0, 2, 2, 2, 2, 2],
        [0, 2, 4, 6, 6, 6],
        [0, 2, 4, 6, 6, 8],
        [0, 2, 4, 6, 6, 8],
    ]
    assert knapsack_01(VOLUMES, VALUES, CAPACITY) == 8
    assert knapsack_items(VOLUMES, VALUES, CAPACITY) == (8, [1, 2])


def test_rosetta_trip_is_worth_1030_and_weighs_396():
    value, taken = knapsack_items(TRIP_VOLUMES, TRIP_VALUES, 400)
    assert value == 1030
    assert sum(TRIP_VOLUMES[i] for i in taken) == 396
    assert knapsack_01(TRIP_VOLUMES, TRIP_VALUES, 400) == 1030
    assert integer_program(TRIP_VOLUMES, TRIP_VALUES, 1, 400) == 1030
    assert len(taken) == 12


def test_among_ties_the_later_item_is_left_out():
    assert knapsack_items([2, 2, 2], [5, 5, 5], 4) == (10, [0, 1])
    assert knapsack_items([1, 1], [0, 0], 2) == (0, [])


def test_one_row_equals_the_table_on_random_instances_and_brute_force():
    random = Random(0)
    for _ in range(300):
        n, capacity = random.randint(0, 8), random.randint(0, 20)
        items = [(random.randint(0, 8), random.randint(0, 20)) for _ in range(n)]
        volumes, values = split(items)
        row = knapsack_01(volumes, values, capacity)
        assert row == knapsack_2d(volumes, values, capacity)[-1][-1]
        assert row == best(subsets(items), capacity)


def test_large_instances_agree_with_integer_programming():
    random = Random(1)
    for _ in range(5):
        volumes = [random.randint(1, 60) for _ in range(25)]
        values = [random.randint(1, 99) for _ in range(25)]
        counts = [random.randint(0, 9) for _ in range(25)]
        program = [volumes, values]
        assert knapsack_01(*program, 300) == integer_program(*program, 1, 300)
        expected = integer_program(*program, counts, 300)
        assert knapsack_multiple(*program, counts, 300) == expected
        assert knapsack_multiple_queue(*program, counts, 300) == expected
        assert knapsack_complete(*program, 300) == integer_program(*program, inf, 300)


# --- Complete, multiple, grouped ---------------------------------


@pytest.mark.parametrize("exact", [False, True])
@given(items=sized_items, capacity=st.integers(0, 10))
def test_complete_is_the_best_of_all_multiples(exact, items, capacity):
    choices = copies(items, enough(items, capacity))
    result = knapsack_complete(*split(items), capacity, exact)
    assert result == best(choices, capacity, exact)


@pytest.mark.parametrize("solve", [knapsack_multiple, knapsack_multiple_queue])
@given(
    items=st.lists(
        st.tuples(st.integers(0, 6), st.integers(-3, 9), st.integers(0, 6)), max_size=4
    ),
    capacity=capacities,
)
def test_multiple_is_the_best_of_all_counts(solve, items, capacity):
    pairs, counts = [item[:2] for item in items], [item[2] for item in items]
    expected = best(copies(pairs, counts), capacity)
    assert solve(*split(pairs), counts, capacity) == expected


@given(
    groups=st.lists(
        st.lists(st.tuples(st.integers(0, 6), st.integers(-3, 9)), max_size=3),
        max_size=4,
    ),
    capacity=capacities,
)
def test_grouped_is_the_best_with_at_most_one_of_each_group(groups, capacity):
    choices = product(*([(0, 0), *group] for group in groups))
    assert knapsack_grouped(groups, capacity) == best(choices, capacity)


@pytest.mark.parametrize("seed", range(3))
def test_the_variants_agree_with_brute_force_on_random_instances(seed):
    random = Random(seed)
    for _ in range(100):
        n, capacity = random.randint(0, 4), random.randint(0, 12)
        items = [(random.randint(1, 6), random.randint(0, 20)) for _ in range(n)]
        counts = [random.randint(0, 5) for _ in range(n)]
        pairs = split(items)
        fits = enough(items, capacity)
        assert knapsack_complete(*pairs, capacity) == best(
            copies(items, fits), capacity
        )
        expected = best(copies(items, counts), capacity)
        assert knapsack_multiple(*pairs, counts, capacity) == expected
        assert knapsack_multiple_queue(*pairs, counts, capacity) == expected
        groups = [items[:2], items[2:]]
        choices = product(*([(0, 0), *group] for group in groups))
        assert knapsack_grouped(groups, capacity) == best(choices, capacity)


def test_the_variants_of_the_sample():
    assert knapsack_complete(VOLUMES, VALUES, CAPACITY) == 10
    counts = [3, 1, 3, 2]
    assert knapsack_multiple(VOLUMES, VALUES, counts, CAPACITY) == 10
    assert knapsack_multiple_queue(VOLUMES, VALUES, counts, CAPACITY) == 10
    assert knapsack_grouped([[(1, 2), (2, 4)], [(3, 4)], [(4, 5)]], CAPACITY) == 8


@given(items=sized_items, capacity=capacities)
def test_one_copy_is_the_01_knapsack_and_enough_copies_the_complete_one(
    items, capacity
):
    pairs = split(items)
    ones = knapsack_multiple(*pairs, [1] * len(items), capacity)
    assert ones == knapsack_01(*pairs, capacity)
    assert ones == knapsack_grouped([[item] for item in items], capacity)
    many = knapsack_multiple(*pairs, enough(items, capacity), capacity)
    assert many == knapsack_complete(*pairs, capacity)


@given(count=st.integers(0, 200))
def test_binary_parts_make_every_count_up_to_their_own_and_no_more(count):
    parts = binary_split(count)
    assert {sum(chosen) for chosen in subsets(parts)} == set(range(count + 1))
    assert len(parts) == count.bit_length()


def test_binary_parts_of_thirteen_are_those_of_the_nine_lectures():
    assert binary_split(13) == [1, 2, 4, 6]


@given(coins=st.lists(st.integers(1, 7), max_size=4), amount=st.integers(0, 20))
def test_coin_change_is_the_exact_complete_knapsack(coins, amount):
    fewest, reached = 0, {0}
    while amount not in reached and fewest <= amount:
        fewest, reached = fewest + 1, {a + c for a in reached for c in coins}
    expected = -fewest if amount in reached else None
    assert knapsack_complete(coins, [-1] * len(coins), amount, exact=True) == expected


def test_greedy_coins_are_not_the_fewest():
    taken, rest = [], 6
    for coin in (4, 3, 1):
        while coin <= rest:
            taken.append(coin)
            rest -= coin
    assert taken == [4, 1, 1]
    assert knapsack_complete([1, 3, 4], [-1] * 3, 6, exact=True) == -2


@given(numbers=st.lists(st.integers(0, 9), max_size=8), total=st.integers(0, 30))
def test_bits_and_an_exact_row_know_which_sums_there_are(numbers, total):
    sums = 1
    for v in numbers:
        sums |= sums << v
    exists = any(sum(chosen) == total for chosen in subsets(numbers))
    assert bool(sums >> total & 1) == exists
    found = knapsack_01(numbers, numbers, total, exact=True)
    assert (found is not None) == exists


# --- Which items, of the other variants --------------------------


@given(items=sized_items, capacity=capacities)
def test_walking_back_in_the_complete_table_finds_items_worth_the_answer(
    items, capacity
):
    rows = [[0] * (capacity + 1)]
    for v, w in items:
        rows.append(rows[-1].copy())
        for j in range(v, capacity + 1):
            rows[-1][j] = max(rows[-1][j], rows[-1][j - v] + w)
    i, j, taken = len(items), capacity, []
    while i:
        if rows[i][j] == rows[i - 1][j]:
            i -= 1
        else:  # taken, and perhaps once more: the walk stays in its row
            taken.append(items[i - 1])
            j -= items[i - 1][0]
    assert sum(v for v, _ in taken) <= capacity
    assert sum(w for _, w in taken) == knapsack_complete(*split(items), capacity)


def test_an_odd_sum_has_no_half():
    numbers = [1, 5, 11, 6]
    assert sum(numbers) % 2
    assert all(2 * sum(chosen) != sum(numbers) for chosen in subsets(numbers))


# --- By value ----------------------------------------------------


@given(items=items_strategy, capacity=capacities, scale=st.sampled_from([1, 10**40]))
def test_by_value_is_the_best_of_all_subsets_however_large_the_volumes(
    items, capacity, scale
):
    volumes, values = split(items)
    large = [v * scale for v in volumes]
    expected = best(subsets(items), capacity)
    assert knapsack_by_value(large, values, capacity * scale) == expected


@given(
    items=st.lists(st.tuples(st.integers(0, 9), st.integers(-9, 10**5)), max_size=7),
    capacity=capacities,
    unit=st.integers(1, 10**4),
)
def test_rounded_values_lose_less_than_a_unit_an_item(items, capacity, unit):
    found = knapsack_by_value(*split(items), capacity, unit)
    expected = best(subsets(items), capacity)
    assert expected - len(items) * (unit - 1) <= found <= expected


@given(
    items=st.lists(st.tuples(st.integers(0, 9), st.integers(-9, 10**5)), max_size=7),
    capacity=capacities,
    parts=st.integers(1, 20),
)
def test_an_approximation_loses_at_most_its_part(items, capacity, parts):
    found = knapsack_approximate(*split(items), capacity, parts)
    expected = best(subsets(items), capacity)
    assert expected - expected / parts <= found <= expected


def test_the_unit_of_an_approximation_is_divided_among_all_items():
    # With the unit 100 / 2 for all 41 together, the small ones would count nothing.
    volumes, values = [40] + [1] * 40, [100] + [30] * 40
    assert knapsack_approximate(volumes, values, 40, 2) >= 600


def test_rounded_values_choose_and_full_values_are_returned():
    assert knapsack_by_value([1], [19], 1, unit=10) == 19
    assert knapsack_by_value([1, 1], [19, 10], 1, unit=10) in (10, 19)


def unit_of(monkeypatch, volumes, values, capacity, parts):
    """The unit that ``knapsack_approximate`` asks for."""
    module = importlib.import_module("snippets.algorithms.knapsack.by_value")
    units = []
    with monkeypatch.context() as patch:
        patch.setattr(module, "knapsack_by_value", lambda *a: units.append(a[-1]) or 0)
        knapsack_approximate(volumes, values, capacity, parts)
    return units[0]


@pytest.mark.parametrize("parts", [1, 2, 7])
@pytest.mark.parametrize("n", [1, 3, 10])
def test_the_row_of_an_approximation_has_at_most_its_cells(monkeypatch, n, parts):
    longest = 0
    for value in [*range(1, 4 * parts * n + 2), 10**12]:
        unit = unit_of(monkeypatch, [1] * n, [value] * n, n, parts)
        longest = max(longest, 1 + n * (value // unit))
        assert unit == 1 or n * unit <= value / parts  # else nothing is rounded
    assert parts * n**2 < longest <= 2 * parts * n**2 + 1


def test_items_of_no_value_do_not_share_in_the_unit(monkeypatch):
    volumes, values = [1, 2, 3], [10**4, 2 * 10**4, 10**4]
    alone = unit_of(monkeypatch, volumes, values, 6, 5)
    assert alone == 2 * 10**4 // (5 * 3)
    for worthless in (0, -1):
        padded = [*values, *[worthless] * 7]
        assert unit_of(monkeypatch, [*volumes, *[1] * 7], padded, 6, 5) == alone


def test_an_approximation_may_lose():
    volumes, values = [1, 1, 1, 1, 1], [30, 19, 19, 19, 19]
    assert knapsack_approximate(volumes, values, 2, 1) <= 49
    random, parts, n = Random(3), 3, 12
    volumes = [random.randint(1, 10**9) for _ in range(n)]
    values = [random.randint(1, 10**12) for _ in range(n)]
    exact = integer_program(volumes, values, 1, sum(volumes) // 3)
    found = knapsack_approximate(volumes, values, sum(volumes) // 3, parts)
    assert exact * (1 - 1 / parts) <= found <= exact * (1 + 1e-6)


# --- Counting ----------------------------------------------------


@given(values=st.lists(st.integers(0, 6), max_size=8), target=st.integers(0, 20))
def test_counted_subsets_are_those_that_sum_to_the_target(values, target):
    expected = sum(sum(chosen) == target for chosen in subsets(values))
    assert count_subsets(values, target) == expected


def test_ten_subsets_of_one_to_ten_sum_to_ten():
    assert count_subsets(range(1, 11), 10) == 10


def test_each_zero_doubles_the_count():
    assert count_subsets([0, 0, 3], 3) == 4
    assert count_subsets([0], 0) == 2


def test_target_sum_with_signs_is_a_subset_sum():
    # LeetCode 494: five signed ones that sum to 3; those with a plus sum to 4.
    signed = sum(sum(signs) == 3 for signs in product([-1, 1], repeat=5))
    assert count_subsets([1] * 5, 4) == signed == 5


# --- Edges -------------------------------------------------------


@pytest.mark.parametrize("capacity", [0, 5])
def test_no_items_are_worth_nothing_whatever_the_capacity(capacity):
    assert knapsack_2d([], [], capacity) == [[0] * (capacity + 1)]
    assert knapsack_01([], [], capacity) == 0
    assert knapsack_items([], [], capacity) == (0, [])
    assert knapsack_complete([], [], capacity) == 0
    assert knapsack_multiple([], [], [], capacity) == 0
    assert knapsack_multiple_queue([], [], [], capacity) == 0
    assert knapsack_grouped([], capacity) == 0
    assert knapsack_grouped([[], []], capacity) == 0
    assert count_subsets([], capacity) == (capacity == 0)


def test_capacity_zero_holds_nothing_that_has_a_volume():
    assert knapsack_2d([3, 1], [5, 4], 0) == [[0], [0], [0]]
    assert knapsack_01([3, 1], [5, 4], 0) == 0
    assert knapsack_01([3, 1], [5, 4], 0, exact=True) == 0
    assert knapsack_items([3, 1], [5, 4], 0) == (0, [])
    assert knapsack_complete([3, 1], [5, 4], 0) == 0
    assert knapsack_multiple([3, 1], [5, 4], [2, 2], 0) == 0
    assert knapsack_multiple_queue([3, 1], [5, 4], [2, 2], 0) == 0
    assert knapsack_grouped([[(3, 5), (1, 4)]], 0) == 0


def test_items_without_volume_fit_even_where_nothing_else_does():
    # Loops that begin at volume 1, or a walk back that ends at volume 0, lose them.
    assert knapsack_2d([0, 1], [7, 4], 0) == [[0], [7], [7]]
    assert knapsack_items([0, 1, 0], [7, 4, 2], 1) == (13, [0, 1, 2])
    assert knapsack_items([0, 1], [7, 4], 0) == (7, [0])
    assert knapsack_multiple([0], [7], [3], 0) == 21
    assert knapsack_multiple_queue([0], [7], [3], 0) == 21
    assert knapsack_grouped([[(0, 7), (0, 3)], [(0, 2)]], 0) == 9


def test_empty_exact_knapsack_is_worth_nothing_but_a_gap_has_no_value():
    assert knapsack_01([], [], 0, exact=True) == 0
    assert knapsack_01([], [], 1, exact=True) is None
    assert knapsack_01([2, 3], [3, 4], 4, exact=True) is None
    assert knapsack_01([2, 3], [3, 4], 4) == 4
    assert knapsack_01([2, 3], [3, 4], 5, exact=True) == 7


def test_exact_may_have_to_take_what_costs_value():
    assert knapsack_01([2, 3], [-3, -4], 5, exact=True) == -7
    assert knapsack_01([2, 3], [-3, -4], 5) == 0
    assert knapsack_complete([0, 2], [-1, -3], 4, exact=True) == -6


def test_items_larger_than_the_capacity_are_left_out():
    assert knapsack_items([6, 5, 9], [100, 1, 100], 5) == (1, [1])
    assert knapsack_complete([6], [100], 5) == 0
    assert knapsack_multiple([6], [100], [4], 5) == 0
    assert knapsack_multiple_queue([60], [100], [4], 5) == 0
    assert knapsack_grouped([[(6, 100)]], 5) == 0


def test_large_values_stay_exact_and_large_counts_cheap():
    big = 10**300
    assert knapsack_01([1, 2], [big, big + 1], 2) == big + 1
    assert knapsack_01([1, 2], [big, big + 1], 2, exact=True) == big + 1
    assert knapsack_complete([1, 2], [big, big + 1], 2) == 2 * big
    assert knapsack_multiple([1], [1], [10**18], 50) == 50
    assert knapsack_multiple_queue([1], [1], [10**18], 50) == 50
    assert knapsack_multiple([0], [1], [10**18], 0) == 10**18
    assert knapsack_multiple_queue([0], [1], [10**18], 0) == 10**18
    assert count_subsets([1] * 200, 100) == comb(200, 100)


# --- Mistakes, with what they answer -----------------------------


def test_an_upward_loop_in_the_01_knapsack_takes_items_twice():
    row = [0] * (CAPACITY + 1)
    for volume, value in zip(VOLUMES, VALUES):
        for j in range(volume, CAPACITY + 1):
            row[j] = max(row[j], row[j - volume] + value)
    assert row[-1] == 10 != knapsack_01(VOLUMES, VALUES, CAPACITY)


def volume_outside(items, places):
    row = [0] * len(places)
    for j in places:
        for volume, value in items:
            if volume <= j:
                row[j] = max(row[j], row[j - volume] + value)
    return row


@given(items=sized_items, capacity=capacities)
def test_with_the_volume_loop_outside_a_falling_row_holds_one_item_a_cell(
    items, capacity
):
    row = volume_outside(items, range(capacity, -1, -1))
    for j, found in enumerate(row):
        assert found == max([0] + [w for v, w in items if v <= j])


def test_with_the_volume_loop_outside_free_items_still_add_up():
    row = [0]
    for volume, value in [(0, 3), (0, 4)]:
        row[0] = max(row[0], row[0 - volume] + value)
    assert row[0] == 7 > max(3, 4)


@given(items=sized_items, capacity=capacities)
def test_with_the_volume_loop_outside_a_rising_row_is_the_complete_knapsack(
    items, capacity
):
    row = volume_outside(items, range(capacity + 1))
    assert row == [knapsack_complete(*split(items), j) for j in range(capacity + 1)]


def items_outside(groups, capacity):
    row = [0] * (capacity + 1)
    for group in groups:
        for volume, value in group:
            for j in range(capacity, volume - 1, -1):
                row[j] = max(row[j], row[j - volume] + value)
    return row[-1]


def test_grouped_with_the_item_loop_outside_takes_two_of_a_group():
    group = [(1, 2), (2, 4)]
    assert items_outside([group], 3) == 6
    assert knapsack_grouped([group], 3) == 4
    sample = [group, [(3, 4)], [(4, 5)]]  # the popular sample hides the mistake
    assert items_outside(sample, 5) == knapsack_grouped(sample, 5) == 8


def test_grouped_in_place_takes_two_items_without_volume():
    row = [0]
    for volume, value in [(0, 3), (0, 4)]:
        row[0] = max(row[0], row[0 - volume] + value)
    assert row[0] == 7
    assert knapsack_grouped([[(0, 3), (0, 4)]], 0) == 4


def test_splitting_without_the_remainder_invents_copies():
    parts, power = [], 1
    while power <= 5:  # the count is never reduced
        parts.append(power)
        power *= 2
    assert knapsack_01(parts, parts, 10) == 7
    assert knapsack_multiple([1], [1], [5], 10) == 5


def test_zeros_everywhere_do_not_ask_for_an_exact_fill():
    assert knapsack_01([2, 3], [3, 4], 4) == 4  # what an "exact" row of zeros reports
    assert knapsack_01([2, 3], [3, 4], 4, exact=True) is None


def test_a_shallow_minus_infinity_climbs_out():
    row = [0] + [-10] * 5  # meant as "cannot be reached"
    for volume, value in [(2, 30), (2, 40)]:
        for j in range(5, volume - 1, -1):
            row[j] = max(row[j], row[j - volume] + value)
    assert row[5] == 60  # 30 + 40 - 10, although 5 is odd
    assert knapsack_01([2, 2], [30, 40], 5, exact=True) is None


def test_returning_the_loop_variable_fails_without_items_or_a_loop():
    def careless(volumes, values, capacity):
        table = [[0] * (capacity + 1) for _ in range(len(volumes) + 1)]
        for i in range(1, len(volumes) + 1):
            for j in range(1, capacity + 1):
                table[i][j] = table[i - 1][j]
                if volumes[i - 1] <= j:
                    taken = table[i - 1][j - volumes[i - 1]] + values[i - 1]
                    table[i][j] = max(table[i][j], taken)
        return table[i][j]

    assert careless(VOLUMES, VALUES, CAPACITY) == 8
    for volumes, values, capacity in ([], [], 5), ([1], [2], 0):
        with pytest.raises(UnboundLocalError):
            careless(volumes, values, capacity)
        assert knapsack_01(volumes, values, capacity) == 0


def greedy_by_density(volumes, values, capacity):
    total = 0
    for value, volume in sorted(
        zip(values, volumes), key=lambda item: item[0] / item[1], reverse=True
    ):
        if volume <= capacity:
            capacity -= volume
            total += value
    return total


def test_greedy_by_density_ends_far_below_the_best():
    volumes, values = [10, 20, 30], [60, 100, 120]
    assert greedy_by_density(volumes, values, 50) == 160
    assert knapsack_items(volumes, values, 50) == (220, [1, 2])
    for size in (3, 1000):
        assert greedy_by_density([1, size], [2, size], size) == 2
        assert knapsack_01([1, size], [2, size], size) == size


# --- Cost --------------------------------------------------------


class Counted(int):
    """A value that counts how often it is added to a cell."""

    additions = 0

    def __radd__(self, cell):
        Counted.additions += 1
        return int(cell) + int(self)


def test_additions_and_cells_are_what_the_loops_say():
    random = Random(2)
    for _ in range(200):
        n, capacity = random.randint(0, 8), random.randint(0, 20)
        volumes = [random.randint(0, 25) for _ in range(n)]
        values = [Counted(random.randint(0, 20)) for _ in range(n)]
        expected = sum(max(0, capacity - volume + 1) for volume in volumes)
        Counted.additions = 0
        row = knapsack_01(volumes, values, capacity)
        assert Counted.additions == expected
        table = knapsack_2d(volumes, values, capacity)
        assert Counted.additions == 2 * expected
        assert sum(map(len, table[1:])) == n * (capacity + 1) >= expected
        assert row == table[-1][-1]


def test_splitting_a_count_of_1000_costs_ten_passes():
    Counted.additions = 0
    knapsack_01([part * 0 for part in binary_split(1000)], [Counted(1)] * 10, 0)
    assert Counted.additions == len(binary_split(1000)) == 10


# --- Other integers, iterators, and values beyond a float --------


ARGUMENTS = {
    knapsack_01: [VOLUMES, VALUES, CAPACITY],
    knapsack_2d: [VOLUMES, VALUES, CAPACITY],
    knapsack_items: [VOLUMES, VALUES, CAPACITY],
    knapsack_complete: [VOLUMES, VALUES, CAPACITY],
    knapsack_by_value: [VOLUMES, VALUES, CAPACITY],
    knapsack_approximate: [VOLUMES, VALUES, CAPACITY, 2],
    knapsack_multiple: [VOLUMES, VALUES, [3, 1, 3, 2], CAPACITY],
    knapsack_multiple_queue: [VOLUMES, VALUES, [3, 1, 3, 2], CAPACITY],
    knapsack_grouped: [[[(1, 2), (2, 4)], [(3, 4)]], CAPACITY],
    count_subsets: [[1, 2, 3], 3],
    binary_split: [13],
}


@pytest.mark.parametrize("solve", ARGUMENTS)
def test_numpy_integers_and_iterators_will_do(solve):
    arguments = ARGUMENTS[solve]
    narrow = [
        [np.array(g, dtype=np.int8) for g in a]
        if solve is knapsack_grouped and isinstance(a, list)
        else np.array(a, dtype=np.int8)[()]
        for a in arguments
    ]
    assert solve(*narrow) == solve(*arguments)
    once = [iter(a) if isinstance(a, list) else a for a in arguments]
    assert solve(*once) == solve(*arguments)


def test_an_iterator_is_counted_as_its_list():
    assert count_subsets((x for x in [1, 2, 3]), 3) == 2


@pytest.mark.parametrize("solve", [knapsack_01, knapsack_complete])
def test_exact_values_may_exceed_every_float(solve):
    large = 10**400
    assert solve([2], [large], 3, exact=True) is None
    assert solve([2], [large], 2, exact=True) == large
    assert solve([2, 1], [-large, large - 1], 2, exact=True) is not None
    assert solve([2, 3], [-large, 0], 2, exact=True) == -large


@pytest.mark.parametrize("solve", [knapsack_by_value, knapsack_approximate])
@pytest.mark.parametrize("bad", [0, -1, 1.0, True, "2"])
def test_a_bad_unit_or_number_of_parts_is_rejected(solve, bad):
    name = "unit" if solve is knapsack_by_value else "parts"
    with pytest.raises(
        ValueError, match=f"^{name} must be an integer >= .*got {bad!r}"
    ):
        solve([1], [1], 1, bad)


@pytest.mark.parametrize("bad", [(1, 2, 3), (1,), 5, None])
def test_an_item_of_a_group_must_be_a_pair(bad):
    match = re.escape(f"items must be pairs (volume, value), got {bad!r}")
    with pytest.raises(ValueError, match=f"^{match}$"):
        knapsack_grouped([[(1, 2), bad]], 5)


# --- Bad input ---------------------------------------------------


SOLVERS = [
    knapsack_2d,
    knapsack_01,
    knapsack_items,
    knapsack_complete,
    lambda volumes, values, capacity: knapsack_multiple(
        volumes, values, [1] * len(volumes), capacity
    ),
    lambda volumes, values, capacity: knapsack_multiple_queue(
        volumes, values, [1] * len(volumes), capacity
    ),
]
GROUPED = [
    lambda volumes, values, capacity: knapsack_grouped(
        [[(1, 1)], list(zip(volumes, values))], capacity
    )
]


@pytest.mark.parametrize("solve", SOLVERS)
def test_a_length_mismatch_is_rejected_with_both_lengths(solve):
    with pytest.raises(ValueError, match="must have the same length, got 2 and 1"):
        solve([1, 2], [3], 5)


@pytest.mark.parametrize("solve", SOLVERS + GROUPED)
@pytest.mark.parametrize("bad", [-1, 1.0, "1", None, True, np.True_])
def test_a_bad_volume_is_rejected(solve, bad):
    with pytest.raises(
        ValueError, match=f"^volume must be an integer >= 0, got {re.escape(repr(bad))}"
    ):
        solve([1, bad], [1, 1], 5)


@pytest.mark.parametrize("solve", SOLVERS + GROUPED)
@pytest.mark.parametrize("bad", [float("nan"), 1.5, "1", None, False])
def test_a_bad_value_is_rejected(solve, bad):
    with pytest.raises(ValueError, match=f"^value must be an integer, got {bad!r}"):
        solve([1, 1], [1, bad], 5)


@pytest.mark.parametrize("solve", SOLVERS + GROUPED)
@pytest.mark.parametrize("bad", [-1, 2.0, None, True, np.float64(2.0)])
def test_a_bad_capacity_is_rejected(solve, bad):
    match = f"^capacity must be an integer >= 0, got {re.escape(repr(bad))}"
    with pytest.raises(ValueError, match=match):
        solve([1], [1], bad)


@pytest.mark.parametrize("solve", [knapsack_multiple, knapsack_multiple_queue])
def test_bad_counts_are_rejected(solve):
    with pytest.raises(ValueError, match=r"^count must be an integer >= 0, got -2"):
        solve([1, 1], [1, 1], [1, -2], 5)
    with pytest.raises(ValueError, match=r"^count must be an integer >= 0, got 1\.5"):
        solve([1], [1], [1.5], 5)
    match = "counts and volumes must have the same length, got 1 and 2"
    with pytest.raises(ValueError, match=match):
        solve([1, 1], [1, 1], [1], 5)


def test_a_bad_count_is_not_split():
    with pytest.raises(ValueError, match=r"^count must be an integer >= 0, got -1"):
        binary_split(-1)


def test_a_free_item_of_positive_value_has_no_best_number_of_copies():
    match = "must have a volume >= 1, got volume 0 with value 3"
    with pytest.raises(ValueError, match=match):
        knapsack_complete([2, 0], [1, 3], 5)
    assert knapsack_complete([2, 0, 0], [1, 0, -3], 5) == 2


@pytest.mark.parametrize("bad", [-1, 0.5, "2"])
def test_bad_subset_sums_are_rejected(bad):
    with pytest.raises(
        ValueError, match=f"^value must be an integer >= 0, got {bad!r}"
    ):
        count_subsets([1, bad], 3)
    with pytest.raises(
        ValueError, match=f"^target must be an integer >= 0, got {bad!r}"
    ):
        count_subsets([1, 2], bad)
