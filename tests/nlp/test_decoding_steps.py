"""Oracles: a table of prefixes, and each survivor counted by hand."""

import re
from itertools import product
from math import log, prod

from tests.frames import captions, numbers, words

NAME = "nlp/decoding"
TABLE = {
    "": {"a": 0.6, "b": 0.4},
    "a": {"·": 0.4, "a": 0.35, "b": 0.25},
    "b": {"·": 0.05, "a": 0.9, "b": 0.05},
    "ba": {"·": 0.5, "a": 0.3, "b": 0.2},
    "baa": {"·": 0.9, "a": 0.06, "b": 0.04},
}
LIVE = [[""], ["a", "b"], ["ba"], ["baa"]]
KEPT = [["a", "b"], ["ba", "a·"], ["ba·", "baa"], ["baa·", "baaa"]]
ALL = ["a·", "ba·", "baa·", "baaa"]


def total(text):
    return log(prod(TABLE[text[:i]][text[i]] for i in range(len(text))))


def shown(value):
    return f"{value:.2f}".replace("-", "−")


def extensions(at):
    return [name + letter for name in LIVE[at] for letter in TABLE[name]]


def test_the_survivors_are_the_two_best_of_all_extensions():
    for at in range(4):
        order = sorted(extensions(at), key=lambda text: (-total(text), text))
        assert order[:2] == KEPT[at]


def test_each_round_tells_how_many_texts_there_are_and_which_survive():
    found = captions(NAME)
    assert len(found) == 10
    for at in range(4):
        before, after = found[2 * at : 2 * at + 2]
        names = ", ".join(LIVE[at]) or "∅"
        assert f"Round {at + 1}: " in before
        assert re.search(rf": {names} gives? {len(extensions(at))} texts\.", before)
        kept = " and ".join(f"{text} ({shown(total(text))})" for text in KEPT[at])
        assert f"2 largest sums of all survive, whoever the parent: {kept}." in after
        dropped = len(extensions(at)) - 2
        assert (f" {dropped} are dropped" in after) == (dropped > 1)
        assert (" 1 is dropped" in after) == (dropped == 1)
        ended = [text for text in KEPT[at] if text.endswith("·")]
        assert ("has ended" in after) == bool(ended)
        assert all(f"{text} has ended" in after for text in ended)


def test_the_pictures_show_all_texts_so_far_with_their_sums_and_the_finished_list():
    done = []
    for at, second in product(range(4), (False, True)):
        if second:
            done += [text for text in KEPT[at] if text.endswith("·")]
        texts = [text for past in range(at + 1) for text in extensions(past)]
        want = ["∅", *texts, *(shown(total(text)) for text in texts)]
        want += [f"{text}  {shown(total(text))}" for text in done]
        assert sorted(words(NAME, 2 * at + second)) == sorted(want)


def test_the_rankings_are_by_the_sum_and_by_the_mean():
    for alpha, caption, first in zip((0, 1), captions(NAME)[-2:], ("a·", "ba·")):
        scores = {text: total(text) / len(text) ** alpha for text in ALL}
        assert max(scores, key=scores.get) == first
        listed = ", ".join(f"{text} {shown(score)}" for text, score in scores.items())
        assert f"alpha = {alpha}: {listed}. " in caption
        assert f"{first} is first" in caption
        assert [float(shown(s).replace("−", "-")) for s in scores.values()] == [
            n for n in numbers(caption) if n < 0
        ]
