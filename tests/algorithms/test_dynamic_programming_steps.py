"""Oracles: breadth-first search, all subsequences, all orders, for what frames say."""

import re
from itertools import combinations, pairwise, permutations

from tests.frames import captions, numbers, words

COINS = "algorithms/dynamic_programming_coins"
RISING = "algorithms/dynamic_programming_rising"
BALLOONS = "algorithms/dynamic_programming_balloons"
NUMBERS = [2, 5, 3, 7, 1]


def fewest(amount):
    """Layer by layer: what 0, 1, 2, … coins can make."""
    layer, count = {0}, 0
    while amount not in layer:
        layer, count = {j + coin for j in layer for coin in (1, 3, 4)}, count + 1
    return count


def test_each_amount_names_its_choices_and_their_least():
    for j in range(1, 7):
        caption = captions(COINS)[j]
        coins = [coin for coin in (1, 3, 4) if coin <= j]
        rests = [j - coin for coin in coins]
        assert caption.startswith(f"Amount {j}: ")
        said = numbers(caption)
        costs = [n for rest in rests for n in (fewest(rest), 1)]
        if len(coins) > 1:
            last = said[-1]
            assert said == [j, *coins, *rests, *costs, fewest(j), last]
            assert fewest(j - last) + 1 == fewest(j)
        else:
            assert said == [j, *coins, *rests, *costs, fewest(j)]


def test_the_rows_show_the_fewest_up_to_the_amount_and_a_coin_that_reaches_it():
    for index, _ in enumerate(captions(COINS)):
        shown = words(COINS, index)
        j = min(index, 6)
        texts = [text for text in shown if text.isdigit()]
        values = [*range(7), *map(fewest, range(j + 1))]
        lasts = list(map(int, texts))
        for value in values:
            lasts.remove(value)  # what is left are the last coins
        assert len(lasts) == j
        assert sorted(lasts) == sorted([1, 1, 3, 4, 1, 3][:j])


def test_the_walk_back_takes_coins_of_a_best_choice_and_beats_the_greedy_one():
    back = [c for c in captions(COINS) if c.startswith("Back")]
    path = [numbers(c)[:3] for c in back]
    assert path[0][0] == 6
    assert path[-1][2] == 0
    assert all(start - coin == end for start, coin, end in path)
    assert len(path) == fewest(6)
    taken = numbers(back[-1].split("Done: ")[1].split(" = ")[0])
    assert sum(taken) == 6
    assert len(taken) == fewest(6)
    greedy = numbers(back[-1].split("ended with ")[1])
    assert sum(greedy) == 6
    assert len(greedy) > fewest(6)


def rising(chain):
    return all(x < y for x, y in pairwise(chain))


def tails(values):
    found = []
    for size in range(1, len(values) + 1):
        ends = [c[-1] for c in combinations(values, size) if rising(c)]
        found += [min(ends)] if ends else []
    return found


def test_the_tails_are_the_least_ends_after_each_number():
    for i in range(len(NUMBERS)):
        after = tails(NUMBERS[: i + 1])
        shown = [int(text) for text in words(RISING, i + 1) if text.isdigit()]
        assert sorted(shown) == sorted([*NUMBERS, *after, *range(1, len(after) + 1)])


def test_each_number_says_what_it_replaces_and_what_stands_before_it():
    for i, x in enumerate(NUMBERS):
        old, caption = tails(NUMBERS[:i]), captions(RISING)[i + 1]
        smaller = [t for t in old if t < x]
        larger = [t for t in old if t >= x]
        assert ("replaces it" in caption) is bool(larger)
        if larger:
            assert f"not smaller than {x} is {larger[0]}:" in caption
            assert f"length {len(smaller) + 1} can end" in caption
        elif old:
            assert f"a subsequence of length {len(old) + 1}." in caption
        if smaller:
            assert f"Before it stands {smaller[-1]}," in caption


def test_the_last_frame_gives_a_longest_one_and_tails_that_are_none():
    last = captions(RISING)[-1]
    found, ends = re.findall(r"before it: (.*?)\. The tails (.*?) are no", last)[0]
    found, ends = numbers(found), numbers(ends)
    longest = max(
        (c for k in range(6) for c in combinations(NUMBERS, k) if rising(c)), key=len
    )
    assert tuple(found) in combinations(NUMBERS, len(longest))
    assert rising(found)
    assert ends == tails(NUMBERS)
    assert tuple(ends) not in combinations(NUMBERS, len(ends))


def burst(i, j):
    """The best between i and j, in all orders; both stand at the end."""
    a, best = [1, 3, 1, 5, 8, 1], 0
    for order in permutations(range(i + 1, j)):
        left, paid = set(range(i, j + 1)), 0
        for k in order:
            before, after = max(n for n in left if n < k), min(n for n in left if n > k)
            paid += a[before] * a[k] * a[after]
            left.remove(k)
        best = max(best, paid)
    return best


def test_each_interval_has_the_best_of_all_orders_and_short_ones_come_first():
    found = []
    for index, caption in enumerate(captions(BALLOONS)):
        if not (named := re.match(r"Between (\d) and (\d)", caption)):
            continue
        i, j = int(named[1]), int(named[2])
        found.append((i, j))
        assert numbers(caption)[-1] == burst(i, j)
        shown = [int(text) for text in words(BALLOONS, index)]
        cells = [0] * 5 + [burst(*pair) for pair in found]
        assert sorted(shown) == sorted([1, 3, 1, 5, 8, 1, *range(6), *range(5), *cells])
    assert sorted(found) == [(i, j) for i in range(6) for j in range(i + 2, 6)]
    lengths = [j - i for i, j in found]
    assert lengths == sorted(lengths)


def test_each_choice_of_the_last_balloon_is_named_with_what_it_pays():
    a = [1, 3, 1, 5, 8, 1]
    for caption in captions(BALLOONS):
        if not (named := re.match(r"Between (\d) and (\d), with (\d) b", caption)):
            continue
        i, j, count = map(int, named.groups())
        between = range(i + 1, j)
        pays = [burst(i, k) + burst(k, j) + a[i] * a[k] * a[j] for k in between]
        listed = [*(a[k] for k in between), *pays]
        assert count == len(pays)
        assert numbers(caption)[3 : 3 + 2 * count] == listed


def test_the_last_frame_counts_intervals_and_choices():
    triples = list(combinations(range(6), 3))
    pairs = {(i, k) for i, _, k in triples}
    last = captions(BALLOONS)[-1]
    assert numbers(last) == [burst(0, 5), len(pairs), len(triples)]
