"""Oracles: brute force over all rectangles and all bars, for what frames say."""

import re
from itertools import combinations

from tests.frames import captions, numbers, words

NAME = "algorithms/monotonic_stack"
BARS = [2, 1, 5, 6, 2, 3]


def bounds(j):
    """The nearest bar that is not higher before bar j, the nearest lower one after."""
    n = len(BARS)
    left = max((i for i in range(j) if BARS[i] <= BARS[j]), default=-1)
    right = min((i for i in range(j + 1, n) if BARS[i] < BARS[j]), default=n)
    return left, right


def waiting(i):
    """Bars up to i that no later one up to i is lower than."""
    return [j for j in range(i + 1) if all(BARS[k] >= BARS[j] for k in range(j, i + 1))]


def largest():
    spans = combinations(range(len(BARS) + 1), 2)
    return max(min(BARS[i:k]) * (k - i) for i, k in spans)


def test_each_bar_is_popped_once_with_its_bounds_and_its_area():
    found, best = [], 0
    for caption in captions(NAME):
        if not (popped := re.findall(r"Bar (\d) is popped, and r = (\d)\.", caption)):
            continue
        [(j, r)] = popped
        j, (left, right) = int(j), bounds(int(j))
        found.append(j)
        width = right - left - 1
        assert int(r) == right
        assert f"l = {left}.".replace("-", "−") in caption
        assert f"= {width}, area {BARS[j]} · {width} = {BARS[j] * width}. " in caption
        better = BARS[j] * width > best
        best = max(best, BARS[j] * width)
        still = f"The best is still {best}."
        assert caption.endswith("The best so far." if better else still)
        [sum_] = re.findall(r"Width (.*?) = ", caption)
        first, second, third = numbers(sum_.replace("− ", "−").replace("+ ", ""))
        assert first + second + third == width
    assert sorted(found) == list(range(len(BARS)))
    assert best == largest()


def test_what_waits_after_each_push_are_the_bars_without_a_lower_one_after():
    pushes = [
        (k, int(found[0]))
        for k, caption in enumerate(captions(NAME))
        if (found := re.findall(r"^Bar (\d), of height \d, goes on", caption))
    ]
    assert [i for _, i in pushes] == list(range(len(BARS)))
    for k, i in pushes:
        listed = captions(NAME)[k].split("known yet. ")[1]
        assert numbers(listed) == [BARS[j] for j in waiting(i)] * (len(waiting(i)) > 1)
        # In the drawing: heights, places, the stack, "best" and its number.
        shown = words(NAME, k)
        stack = shown[2 * len(BARS) : shown.index("best")]
        assert stack == [str(j) for j in waiting(i)]


def test_the_last_frame_gives_the_largest_rectangle():
    last = captions(NAME)[-1]
    assert last.startswith(f"The answer is {largest()}. {len(BARS)} bars went on")
    assert words(NAME, -1)[-2:].count(str(largest())) == 1
    assert numbers(last) == [largest(), len(BARS), len(BARS)]
