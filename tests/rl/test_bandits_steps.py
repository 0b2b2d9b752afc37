"""Oracles: wins and pulls written in the frames, and the index by its formula."""

import re
from math import log, sqrt

from tests.frames import captions, numbers, words

NAME = "rl/bandits"


def records(frame):
    """Wins and pulls of the three arms, as they stand in the picture."""
    found = [re.fullmatch(r"(\d+) / (\d+)", text) for text in words(NAME, frame)]
    return [(int(m[1]), int(m[2])) for m in found if m]


def told(caption):
    """The arm that is pulled, and what it pays."""
    arm = re.search(r"arm (\d) has the largest|so arm (\d) is tried", caption)
    return int(arm[1] or arm[2]), int(re.search(r"It pays (\d)\.", caption)[1])


def test_each_frame_continues_the_one_before():
    said = captions(NAME)
    assert len(said) == 14
    now = [(0, 0)] * 3
    for frame, caption in enumerate(said):
        assert records(frame) == now
        assert caption.startswith(f"Pull {frame + 1}: ")
        arm, reward = told(caption)
        assert f"+ {reward}" in words(NAME, frame)
        now[arm] = (now[arm][0] + reward, now[arm][1] + 1)


def test_the_first_three_pulls_try_each_arm():
    assert sorted(told(caption)[0] for caption in captions(NAME)[:3]) == [0, 1, 2]


def test_the_arm_pulled_has_the_largest_index_and_the_caption_says_why():
    ties = surprises = 0
    for t in range(3, 14):
        caption, now = captions(NAME)[t], records(t)
        means = [wins / n for wins, n in now]
        bonus = [sqrt(2 * log(t) / n) for _, n in now]
        index = [mean + more for mean, more in zip(means, bonus)]
        arm, _ = told(caption)
        assert index[arm] == max(index)
        found = numbers(caption)[2:5]
        assert found == [round(x, 2) for x in (means[arm], bonus[arm], index[arm])]
        assert all(f"{x:.2f}" in words(NAME, t) for x in index)
        assert ("has the same" in caption) == (index.count(max(index)) > 1)
        better = [other for other in range(3) if means[other] > means[arm]]
        assert ("another arm has a larger mean" in caption) == bool(better)
        assert all(now[other][1] > now[arm][1] for other in better)
        ties += "has the same" in caption
        surprises += bool(better)
    assert ties == 1
    assert surprises == 4
