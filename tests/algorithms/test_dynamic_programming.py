"""Oracles: all choices tried, breadth-first search, closed forms."""

import re
from collections import deque
from fractions import Fraction
from itertools import combinations, pairwise, permutations, product
from math import comb, inf, isqrt, nan, sqrt
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from figures.record import record
from snippets.algorithms.dynamic_programming import (
    burst_balloons,
    climb_ways,
    fewest_coins,
    house_robber,
    increasing_lengths,
    longest_increasing,
    max_subarray,
    stock_profit,
    word_break,
)

small = st.lists(st.integers(0, 5), max_size=8)
signed = st.lists(st.integers(-4, 4), max_size=8)


def times(run, within, line):
    """How often a run comes to a line."""
    return len(record(run, within, [line], lambda known: {})[1])


# Stairs


def climbs(n, steps):
    """All sequences of steps, one by one."""
    if n == 0:
        return 1
    return sum(climbs(n - step, steps) for step in set(steps) if step <= n)


@given(st.integers(0, 9), st.lists(st.integers(1, 5), max_size=4))
def test_ways_are_all_orders_of_steps(n, steps):
    assert climb_ways(n, steps) == climbs(n, steps)
    assert climb_ways(n) == climbs(n, (1, 2))


def test_ways_with_steps_of_one_and_two_count_the_places_of_the_twos():
    for n in range(60):  # k twos among n - k steps
        assert climb_ways(n) == sum(comb(n - k, k) for k in range(n // 2 + 1))


@pytest.mark.parametrize(
    ("n", "ways"), [(5, 8), (45, 1836311903), (90, 4660046610375530309)]
)
def test_ways_of_leetcode_70_and_beyond(n, ways):
    assert climb_ways(n) == ways


def test_ordered_ways_to_4_with_1_2_and_3():
    assert climb_ways(4, (1, 2, 3)) == climb_ways(4, [3, 1, 2, 2]) == 7
    assert climb_ways(4, []) == climb_ways(3, [2]) == climb_ways(1, [2, 5]) == 0
    assert climb_ways(0, []) == climb_ways(0) == 1


def test_memoised_recursion_is_too_deep_for_many_stairs():
    known = {0: 1, 1: 1}

    def memo(i):
        if i not in known:
            known[i] = memo(i - 1) + memo(i - 2)
        return known[i]

    assert memo(90) == climb_ways(90)
    with pytest.raises(RecursionError):
        memo(100_000)


def test_thousands_of_stairs_need_no_deep_recursion():
    ways = climb_ways(5000)
    a, b = 1, 1
    for _ in range(5000):
        a, b = b, a + b
    assert ways == a


@pytest.mark.parametrize("n", [1, 2, 5, 10, 20])
def test_plain_recursion_makes_one_call_less_than_twice_the_ways(n):
    calls = 0

    def plain(i):
        nonlocal calls
        calls += 1
        return 1 if i < 2 else plain(i - 1) + plain(i - 2)

    assert plain(n) == climb_ways(n)
    assert calls == 2 * climb_ways(n) - 1


def questions(i):
    """What the plain recursion is asked, again and again."""
    yield i
    if i > 1:
        yield from questions(i - 1)
        yield from questions(i - 2)


def test_there_are_no_more_questions_than_stairs_and_one():
    for n in range(8):
        asked = list(questions(n))
        assert len(asked) == 2 * climb_ways(n) - 1
        assert set(asked) == set(range(n + 1)) - ({0} if n == 1 else set())


def test_the_call_counts_of_10_20_and_25_stairs():
    assert [2 * climb_ways(n) - 1 for n in (10, 20, 25)] == [177, 21_891, 242_785]


def test_the_golden_ratio_in_floats_is_first_wrong_at_70():
    phi = (1 + sqrt(5)) / 2
    wrong = [
        n for n in range(1, 100) if round(phi ** (n + 1) / sqrt(5)) != climb_ways(n)
    ]
    assert wrong[0] == 70


# Houses


def rob_all_subsets(values, circular):
    n, best = len(values), 0
    for size in range(n + 1):
        for taken in combinations(range(n), size):
            near = any(j - i == 1 for i, j in pairwise(taken))
            if circular and n > 1:
                near |= taken[:1] == (0,) and taken[-1:] == (n - 1,)
            if not near:
                best = max(best, sum(values[i] for i in taken))
    return best


@pytest.mark.parametrize("circular", [False, True])
def test_the_best_houses_are_those_of_all_subsets(circular):
    draw = Random(1)
    for _ in range(300):
        values = [draw.randint(0, 9) for _ in range(draw.randint(0, 7))]
        assert house_robber(values, circular) == rob_all_subsets(values, circular)


def test_samples_of_leetcode_198_and_213():
    assert house_robber([2, 7, 9, 3, 1]) == 12
    assert house_robber([2, 1, 1, 2]) == 4
    assert house_robber([2, 3, 2], circular=True) == 3
    assert house_robber([1, 2, 3, 1], circular=True) == 4
    assert house_robber([7], circular=True) == 7
    assert house_robber([7, 8], circular=True) == 8
    assert house_robber([]) == house_robber([], circular=True) == 0


def test_the_houses_by_hand_on_the_page():
    row = [2, 7, 9, 3, 1]
    assert [house_robber(row[:i]) for i in range(1, 6)] == [2, 7, 11, 11, 12]


def test_odd_or_even_houses_are_not_enough():
    values = [2, 1, 1, 2]
    assert max(sum(values[::2]), sum(values[1::2])) == 3 < house_robber(values)


# Coins


def fewest_by_search(coins, amount):
    """Breadth first from 0, coin by coin."""
    seen, waiting = {0: 0}, deque([0])
    while waiting:
        here = waiting.popleft()
        for coin in coins:
            there = here + coin
            if there <= amount and there not in seen:
                seen[there] = seen[here] + 1
                waiting.append(there)
    return seen.get(amount)


@given(st.lists(st.integers(1, 9), max_size=4), st.integers(0, 40))
def test_coins_sum_to_the_amount_and_are_the_fewest(coins, amount):
    taken, count = fewest_coins(coins, amount), fewest_by_search(coins, amount)
    if taken is None:
        assert count is None
    else:
        assert len(taken) == count
        assert sum(taken) == amount
        assert taken == sorted(taken)
        assert set(taken) <= set(coins)
        rests = {coin: fewest_by_search(coins, amount - coin) for coin in coins}
        best = [c for c, rest in rests.items() if rest is not None and rest < count]
        assert taken[:1] == sorted(best)[:1]  # the smallest that any best choice has


def test_samples_of_leetcode_322():
    assert fewest_coins([1, 2, 5], 11) == [1, 5, 5]
    assert fewest_coins([2], 3) is None
    assert fewest_coins([], 0) == fewest_coins([7], 0) == []
    assert fewest_coins([], 1) is None
    taken = fewest_coins([186, 419, 83, 408], 6249)
    assert (len(taken), sum(taken)) == (20, 6249)


def greedy(coins, amount):
    taken = []
    for coin in sorted(coins, reverse=True):
        while coin <= amount:
            taken.append(coin)
            amount -= coin
    return taken if amount == 0 else None


def test_greedy_coins_fail_in_two_ways():
    assert greedy([1, 3, 4], 6) == [4, 1, 1]
    assert fewest_coins([1, 3, 4], 6) == [3, 3]
    assert greedy([3, 5], 9) is None
    assert fewest_coins([3, 5], 9) == [3, 3, 3]


def test_squares_are_coins():
    for n in range(60):  # four suffice, by Lagrange
        squares = [i * i for i in range(1, isqrt(n) + 1)]
        assert len(fewest_coins(squares, n)) <= 4
    assert len(fewest_coins([1, 4, 9], 12)) == 3


@pytest.mark.parametrize(("coins", "amount"), [([1, 2, 5], 20), ([3, 4], 11), ([], 6)])
def test_coins_cost_states_times_choices(coins, amount):
    run = lambda: fewest_coins(coins, amount)  # noqa: E731
    line = "if coin <= j and"
    if coins:
        assert times(run, fewest_coins, line) == amount * len(coins)
        twice = lambda: fewest_coins(coins * 2, amount)  # noqa: E731
        assert times(twice, fewest_coins, line) == amount * len(coins)
    states = "for coin in kinds:"
    assert times(run, fewest_coins, states) == amount * (len(coins) + 1)


# Subarrays


@given(st.lists(st.integers(-4, 4), min_size=1, max_size=9))
def test_the_largest_sum_is_that_of_all_stretches_the_first_and_shortest(a):
    stretches = combinations(range(len(a) + 1), 2)
    best = min((-sum(a[lo:hi]), hi, hi - lo) for lo, hi in stretches)
    total, lo, hi = max_subarray(a)
    assert (-total, hi, hi - lo) == best


def test_samples_of_leetcode_53():
    assert max_subarray([-2, 1, -3, 4, -1, 2, 1, -5, 4]) == (6, 3, 7)
    assert max_subarray([-3, -1, -2]) == (-1, 1, 2)
    assert max_subarray([0]) == (0, 0, 1)
    assert max_subarray([0, 0, 1]) == (1, 2, 3)


def test_an_empty_stretch_is_refused():
    with pytest.raises(ValueError, match="at least one value, got none"):
        max_subarray([])


def test_a_product_needs_the_least_as_well_as_the_largest():
    # LeetCode 152, as the page says: -2, 3, -4 has the product 24.
    a = [-2, 3, -4]
    high = low = best = a[0]
    for x in a[1:]:
        high, low = max(x, high * x, low * x), min(x, high * x, low * x)
        best = max(best, high)
    assert best == 24


# Increasing subsequences


def rising(chain, strict):
    return all(x < y if strict else x <= y for x, y in pairwise(chain))


def longest_of_all(a, strict):
    for size in range(len(a), -1, -1):
        if any(rising(chain, strict) for chain in combinations(a, size)):
            return size
    raise AssertionError


def is_subsequence(chain, a):
    left = iter(a)
    return all(x in left for x in chain)


@given(signed, st.booleans())
def test_the_longest_rising_subsequence_is_that_of_all(a, strict):
    chain = longest_increasing(a, strict)
    assert is_subsequence(chain, a)
    assert rising(chain, strict)
    assert len(chain) == longest_of_all(a, strict)
    lengths = increasing_lengths(a, strict)
    for i, x in enumerate(a):
        found = [
            size
            for size in range(i + 1)
            for before in combinations(a[:i], size)
            if rising([*before, x], strict)
        ]
        assert lengths[i] == 1 + max(found)


@pytest.mark.parametrize("strict", [True, False])
def test_both_ways_agree_on_longer_lists(strict):
    draw = Random(0)
    for reach in (3, 20, 1000):
        a = [draw.randint(-reach, reach) for _ in range(120)]
        chain = longest_increasing(a, strict)
        assert len(chain) == max(increasing_lengths(a, strict))
        assert is_subsequence(chain, a)
        assert rising(chain, strict)


def test_samples_of_leetcode_300_and_ties():
    assert len(longest_increasing([10, 9, 2, 5, 3, 7, 101, 18])) == 4
    assert longest_increasing([7, 7, 7]) == [7]
    assert longest_increasing([7, 7, 7], strict=False) == [7, 7, 7]
    assert longest_increasing([]) == increasing_lengths([]) == []


def test_the_tails_are_no_subsequence():
    a = [2, 5, 3, 7, 1]
    line = "chain: list"
    _, [seen] = record(
        lambda: longest_increasing(a), longest_increasing, [line], "tails"
    )
    assert seen["tails"] == [1, 3, 7]
    assert not is_subsequence(seen["tails"], a)
    assert longest_increasing(a) == [2, 3, 7]


@given(signed, st.booleans())
def test_tails_are_the_least_ends_of_each_length(a, strict):
    if not a:
        return
    run = lambda: longest_increasing(a, strict)  # noqa: E731
    _, [seen] = record(run, longest_increasing, ["chain: list"], "tails")
    wanted = []
    for size in range(1, len(a) + 1):
        ends = [c[-1] for c in combinations(a, size) if rising(c, strict)]
        wanted += [min(ends)] if ends else []
    assert seen["tails"] == wanted


class Counted(float):
    seen = 0

    def __lt__(self, other):
        Counted.seen += 1
        return float(self) < float(other)


@pytest.mark.parametrize("n", [50, 200])
def test_the_table_compares_all_pairs_and_the_tails_a_logarithm_each(n):
    a = [Counted(x) for x in Random(0).sample(range(n), n)]
    Counted.seen = 0
    increasing_lengths(a)
    assert Counted.seen == n * (n - 1) // 2
    Counted.seen = 0
    longest = len(longest_increasing(a))
    assert Counted.seen <= n * longest.bit_length()


def test_random_permutations_come_near_twice_the_root():
    shares = []
    for n in (100, 400, 1600, 6400):
        draw = Random(0)
        lengths = [len(longest_increasing(draw.sample(range(n), n))) for _ in range(40)]
        shares.append(sum(lengths) / 40 / sqrt(n))
        assert abs(shares[-1] / (2 - 1.77 * n ** (-1 / 3)) - 1) < 0.05
    assert shares == sorted(shares)
    assert shares[-1] < 2


# Stocks


def profit_of_all_actions(prices, limit, fee, cooldown):
    """Every day: nothing, a purchase, or a sale."""
    n = len(prices)

    def go(day, bought, done, rest):
        if day == n:
            return 0
        best = go(day + 1, bought, done, max(0, rest - 1))
        if bought is not None:
            gain = prices[day] - bought - fee
            best = max(best, gain + go(day + 1, None, done + 1, cooldown))
        elif rest == 0 and (limit is None or done < limit):
            best = max(best, go(day + 1, prices[day], done, 0))
        return best

    return go(0, None, 0, 0)


def test_the_best_profit_is_that_of_all_actions():
    draw = Random(2)
    for _ in range(400):
        prices = [draw.randint(0, 9) for _ in range(draw.randint(0, 7))]
        limit = draw.choice([None, 0, 1, 2, 3, 9])
        fee, cooldown = draw.choice([0, 1, 2, 5]), draw.choice([0, 1, 2, 3, 9])
        want = profit_of_all_actions(prices, limit, fee, cooldown)
        assert stock_profit(prices, limit, fee, cooldown) == want


@pytest.mark.parametrize(
    ("prices", "rules", "profit"),
    [
        ([7, 1, 5, 3, 6, 4], {"transactions": 1}, 5),
        ([7, 1, 5, 3, 6, 4], {}, 7),
        ([3, 3, 5, 0, 0, 3, 1, 4], {"transactions": 2}, 6),
        ([3, 2, 6, 5, 0, 3], {"transactions": 2}, 7),
        ([1, 2, 3, 0, 2], {"cooldown": 1}, 3),
        ([1, 3, 2, 8, 4, 9], {"fee": 2}, 8),
        ([1, 2, 3, 4], {"fee": 2}, 1),
        ([5], {"transactions": 3}, 0),
        ([], {"cooldown": 3}, 0),
        ([1, 9], {"transactions": 0}, 0),
    ],
)
def test_samples_of_the_six_stock_problems(prices, rules, profit):
    assert stock_profit(prices, **rules) == profit


def profit_in_days(prices, limit, fee, cooldown):
    """All pairs of purchase and sale; without cooling a sale's day may be bought on."""
    n = len(prices)

    def go(day, done):
        best = 0
        for buy, sale in combinations(range(day, n), 2):
            if limit is None or done < limit:
                after = sale + (cooldown + 1 if cooldown else 0)
                gain = prices[sale] - prices[buy] - fee
                best = max(best, gain + go(after, done + 1))
        return best

    return go(0, 0)


def test_to_sell_and_buy_on_one_day_gains_nothing():
    draw = Random(7)
    for _ in range(150):
        prices = [draw.randint(0, 9) for _ in range(draw.randint(0, 6))]
        limit = draw.choice([None, 0, 1, 2, 3])
        fee, cooldown = draw.choice([0, 1, 3]), draw.choice([0, 0, 1, 2])
        want = profit_in_days(prices, limit, fee, cooldown)
        assert stock_profit(prices, limit, fee, cooldown) == want
        half = len(prices) // 2
        assert profit_in_days(prices, half, fee, cooldown) == profit_in_days(
            prices, None, fee, cooldown
        )


def test_a_purchase_reads_the_cash_of_some_evenings_before_the_last():
    draw = Random(8)
    for _ in range(200):
        prices = [draw.randint(0, 9) for _ in range(draw.randint(0, 8))]
        fee, cooldown = draw.choice([0, 1, 3]), draw.choice([0, 1, 2, 9])
        free, holding = {}, {}
        for t, price in enumerate(prices):  # the formula of the page, word for word
            cash = free.get(t - 1 - cooldown, 0)
            holding[t] = max(holding.get(t - 1, -inf), cash - price)
            free[t] = max(free.get(t - 1, 0), holding[t] + price - fee)
        last = free.get(len(prices) - 1, 0)
        assert last == stock_profit(prices, fee=fee, cooldown=cooldown)


def test_the_table_of_the_page_is_what_the_run_did():
    run = lambda: stock_profit([1, 2, 3, 0, 2], cooldown=1)  # noqa: E731
    line = "past.append"
    _, seen = record(run, stock_profit, [line], "holding free")
    days = [(*day["holding"], *day["free"]) for day in seen]
    assert days == [(-1, 0), (-1, 1), (-1, 2), (1, 2), (1, 3)]


def test_a_huge_limit_or_cooldown_costs_no_memory():
    prices = [1, 5, 2, 8]
    assert stock_profit(prices, transactions=10**18) == 10
    assert stock_profit(prices, transactions=10**18, cooldown=10**18) == 7
    assert stock_profit(prices, transactions=2) == 10


def test_without_a_limit_the_rises_add_up():
    draw = Random(3)
    for _ in range(50):
        prices = [draw.randint(0, 20) for _ in range(30)]
        rises = sum(max(0, q - p) for p, q in pairwise(prices))
        assert stock_profit(prices) == rises


@pytest.mark.parametrize(("limit", "layers"), [(None, 1), (4, 4), (9, 9), (10, 1)])
def test_stocks_cost_days_times_layers(limit, layers):
    prices = [3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9, 7, 9, 3, 2, 3, 8, 4]
    run = lambda: stock_profit(prices, limit)  # noqa: E731
    assert times(run, stock_profit, "holding[j] = max") == len(prices) * layers


# Intervals


def burst_in_all_orders(nums):
    best = 0
    for order in permutations(range(len(nums))):
        left, paid = dict(enumerate(nums)), 0
        for k in order:
            before = max((i for i in left if i < k), default=None)
            after = min((i for i in left if i > k), default=None)
            paid += left.pop(k) * left.get(before, 1) * left.get(after, 1)
        best = max(best, paid)
    return best


def test_the_best_order_of_balloons_is_that_of_all():
    draw = Random(4)
    assert burst_balloons([]) == burst_in_all_orders([]) == 0
    for size in (1, 2, 3, 4, 5, 6):
        for _ in range(12 if size < 6 else 3):
            nums = [draw.randint(0, 5) for _ in range(size)]
            assert burst_balloons(nums) == burst_in_all_orders(nums)


def test_sample_of_leetcode_312():
    assert burst_balloons([3, 1, 5, 8]) == 167
    assert burst_balloons([7]) == 7


@pytest.mark.parametrize("m", [1, 4, 9])
def test_intervals_cost_all_triples(m):
    run = lambda: burst_balloons([1] * m)  # noqa: E731
    assert times(run, burst_balloons, "paid = best") == comb(m + 2, 3)


# Words


def cut_everywhere(s, words):
    places = range(1, len(s))
    for size in range(len(s)):
        for cuts in combinations(places, size):
            ends = [0, *cuts, len(s)]
            if all(s[i:j] in words for i, j in pairwise(ends)):
                return True
    return not s


def test_words_are_found_among_all_cuts():
    draw = Random(5)
    for _ in range(500):
        s = "".join(draw.choices("ab", k=draw.randint(0, 8)))
        words = {
            "".join(draw.choices("ab", k=draw.randint(1, 4)))
            for _ in range(draw.randint(0, 4))
        }
        assert word_break(s, words) is cut_everywhere(s, words)


def test_samples_of_leetcode_139():
    assert word_break("leetcode", ["leet", "code"]) is True
    assert word_break("applepenapple", ["apple", "pen"]) is True
    assert word_break("catsandog", ["cats", "dog", "sand", "and", "cat"]) is False
    assert word_break("", []) is True
    assert word_break("a", []) is False


def test_a_long_text_needs_no_deep_recursion():
    assert word_break("a" * 5000 + "b", ["a", "aa", "aaa"]) is False
    assert word_break("a" * 5000, iter(["a", "aa", "aaa"])) is True


# Inputs


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: climb_ways(-1), "n must be an integer >= 0, got -1"),
        (lambda: climb_ways(True), "n must be an integer >= 0, got True"),
        (lambda: climb_ways(3, [0]), "step must be an integer >= 1, got 0"),
        (lambda: climb_ways(3, [True]), "step must be an integer >= 1, got True"),
        (lambda: climb_ways(3.0), "n must be an integer >= 0, got 3.0"),
        (lambda: house_robber([1, -1]), "value must be a finite number >= 0, got -1"),
        (lambda: house_robber([inf]), "value must be a finite number >= 0, got inf"),
        (lambda: house_robber([True]), "value must be a finite number >= 0, got True"),
        (lambda: fewest_coins([0], 3), "coin must be an integer >= 1, got 0"),
        (lambda: fewest_coins([1], -3), "amount must be an integer >= 0, got -3"),
        (lambda: fewest_coins([1], True), "amount must be an integer >= 0, got True"),
        (lambda: fewest_coins([True], 1), "coin must be an integer >= 1, got True"),
        (lambda: fewest_coins([1.0], 1), "coin must be an integer >= 1, got 1.0"),
        (lambda: max_subarray([nan]), "value must be a finite number, got nan"),
        (lambda: max_subarray(["1"]), "value must be a finite number, got '1'"),
        (lambda: longest_increasing([1, nan]), "value must be a finite number, got"),
        (lambda: increasing_lengths([-inf]), "value must be a finite number, got -inf"),
        (lambda: stock_profit([-1]), "price must be a finite number >= 0, got -1"),
        (lambda: stock_profit([1], fee=-1), "fee must be a finite number >= 0, got -1"),
        (lambda: stock_profit([1], -1), "transactions must be an integer >= 0, got -1"),
        (lambda: stock_profit([1], True), "transactions must be an integer >= 0, got"),
        (lambda: stock_profit([1], 1.5), "transactions must be an integer >= 0, got"),
        (
            lambda: stock_profit([1], cooldown=-1),
            "cooldown must be an integer >= 0, got -1",
        ),
        (lambda: burst_balloons([-1]), "balloon must be an integer >= 0, got -1"),
        (lambda: burst_balloons([1.5]), "balloon must be an integer >= 0, got 1.5"),
        (lambda: word_break("a", [""]), "at least one letter, got ''"),
        (lambda: word_break("a", "ab"), "several strings, got one string 'ab'"),
        (lambda: word_break("a", "a"), "several strings, got one string 'a'"),
        (lambda: word_break("", [""]), "at least one letter, got ''"),
        (
            lambda: stock_profit([], fee=nan),
            "fee must be a finite number >= 0, got nan",
        ),
        (lambda: stock_profit([], 10**9, 0, 1.0), "cooldown must be an integer >= 0"),
        (lambda: climb_ways(0, [-1]), "step must be an integer >= 1, got -1"),
        (lambda: fewest_coins([0], 0), "coin must be an integer >= 1, got 0"),
        (lambda: word_break("a", [1]), "word must be a string, got 1"),
        (lambda: word_break(1, []), "s must be a string, got 1"),
    ],
)
def test_what_is_refused_says_what_is_wanted_and_what_came(call, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        call()


def test_numpy_s_numbers_are_python_s():
    eight = np.array([100, 27, 100, 27], dtype=np.int8)
    assert house_robber(eight) == 200
    assert max_subarray(eight) == (254, 0, 4)
    assert stock_profit(np.array([0, 200, 0, 200], dtype=np.uint8)) == 400
    assert burst_balloons(np.array([100, 100], dtype=np.int8)) == 10_100
    assert climb_ways(np.int8(90), np.array([1, 2])) == 4660046610375530309
    assert fewest_coins(np.array([1, 5]), np.int64(11)) == [1, 5, 5]
    assert all(type(x) is int for x in longest_increasing(np.array([1, 2])))


def test_integers_too_large_for_a_float_are_finite_numbers():
    big = 10**400
    assert house_robber([big, 1, big]) == 2 * big
    assert max_subarray([-big, big, big]) == (2 * big, 1, 3)
    assert longest_increasing([big, -big, 0]) == [-big, 0]
    assert increasing_lengths([-big, Fraction(big), big + 1]) == [1, 2, 3]
    assert stock_profit([1, big], fee=1) == big - 2
    assert stock_profit([1, 2], fee=big) == 0
    assert burst_balloons([big]) == big
    assert fewest_coins([big, 3], 6) == [3, 3]


@given(small)
def test_iterators_give_what_lists_give(a):
    assert house_robber(iter(a), True) == house_robber(a, True)
    assert longest_increasing(iter(a)) == longest_increasing(a)
    assert increasing_lengths(iter(a)) == increasing_lengths(a)
    assert stock_profit(iter(a), cooldown=1) == stock_profit(a, cooldown=1)
    assert fewest_coins(iter([2, 3]), 7) == fewest_coins([2, 3], 7)
    assert burst_balloons(iter(a[:4])) == burst_balloons(a[:4])
    assert climb_ways(6, iter([1, 2])) == 13


# Wrong versions that the page names


def test_the_wrong_versions_of_the_page_give_the_wrong_numbers():
    def kadane_from_zero(a):
        here = best = 0
        for x in a:
            here = max(0, here + x)
            best = max(best, here)
        return best

    assert kadane_from_zero([-3, -1, -2]) == 0

    def coins_with_sentinel(coins, amount):
        f = [0] + [10**9] * amount
        for j in range(1, amount + 1):
            f[j] = min([10**9] + [f[j - c] + 1 for c in coins if c <= j])
        return f[amount]

    assert coins_with_sentinel([2], 3) == 10**9
    prices = [1, 2, 3, 4]
    assert sum(max(0, q - p - 2) for p, q in pairwise(prices)) == 0

    def rising_left_end(nums):
        a = [1, *nums, 1]
        n = len(a)
        d = [[0] * n for _ in a]
        for i in range(n):
            for j in range(i + 2, n):
                options = range(i + 1, j)
                d[i][j] = max(d[i][k] + d[k][j] + a[i] * a[k] * a[j] for k in options)
        return d[0][-1]

    def falling_left_end(nums):
        a = [1, *nums, 1]
        n = len(a)
        d = [[0] * n for _ in a]
        for i in reversed(range(n)):
            for j in range(i + 2, n):
                options = range(i + 1, j)
                d[i][j] = max(d[i][k] + d[k][j] + a[i] * a[k] * a[j] for k in options)
        return d[0][-1]

    assert rising_left_end([3, 1, 5, 8]) == 63
    assert falling_left_end([3, 1, 5, 8]) == 167

    def fee_twice(prices, fee):
        free, holding = 0, -inf
        for p in prices:
            holding = max(holding, free - p - fee)
            free = max(free, holding + p - fee)
        return free

    assert (
        fee_twice([1, 3, 2, 8, 4, 9], 2) == 4 < stock_profit([1, 3, 2, 8, 4, 9], fee=2)
    )


def test_loops_exchanged_count_sets_or_orders():
    for amount in range(9):
        coins = (1, 2, 5)
        sets = [1] + [0] * amount
        for coin in coins:
            for j in range(coin, amount + 1):
                sets[j] += sets[j - coin]
        counts = product(*(range(amount // c + 1) for c in coins))
        assert sets[amount] == sum(
            sum(k * c for k, c in zip(ks, coins)) == amount for ks in counts
        )
        assert climb_ways(amount, coins) == climbs(amount, coins)
