"""Oracles: the sentence itself, counted by hand, and a window cut from the text."""

import re
from itertools import pairwise

from tests.frames import captions, words

NAME = "nlp/gpt_from_scratch"
TEXT = "the␣quick␣brown␣fox␣jumps␣over␣the␣lazy␣dog.␣"
PATTERN = re.compile(
    r'The text is "(.+?)"\. The model reads "(.+?)"'
    r"(?:, the last 8: (\d+) at the front (?:is|are) out of sight)?"
    r'\. Next: (.+)\. Drawn: "(.)"\.'
)


def told():
    found = [PATTERN.fullmatch(caption) for caption in captions(NAME)]
    assert all(found)
    return [match.groups() for match in found]


def after(window):
    """What follows in the sentence, said again and again; shares of 1."""
    circle = TEXT * 2
    found = [
        circle[i + len(window)]
        for i in range(len(TEXT))
        if circle[i:].startswith(window)
    ]
    return {letter: found.count(letter) / len(found) for letter in found}


def test_each_text_is_the_last_one_and_what_was_drawn():
    frames = told()
    assert len(frames) == 12
    assert frames[0][0] == "the"
    for old, new in pairwise(frames):
        assert new[0] == old[0] + old[4]


def test_the_window_is_the_last_eight_letters():
    for text, window, gone, _, _ in told():
        assert window == text[-8:]
        assert int(gone or 0) == max(len(text) - 8, 0)


def test_the_model_expects_and_draws_what_the_sentence_has_there():
    for _, window, _, shares, pick in told():
        true = after(window)
        assert pick in true
        rows = [(row[0], row[2:]) for row in shares.split(", ")]
        assert len(rows) == 3
        assert pick in dict(rows)
        for letter, share in rows:
            number = 0 if share == "<1%" else int(share.strip(">%"))
            assert abs(number / 100 - true.get(letter, 0)) < 0.25


def test_after_the_two_letters_are_open_and_elsewhere_one_is_sure():
    assert after("the␣") == {"q": 0.5, "l": 0.5}
    assert [len(after(window)) for _, window, *_ in told()].count(1) == 11


def test_the_picture_has_the_text_the_pick_and_the_three_rows():
    for index, (text, _, _, shares, pick) in enumerate(told()):
        rows = [part for row in shares.split(", ") for part in (row[0], row[2:])]
        assert words(NAME, index) == [*text, pick, *rows]
