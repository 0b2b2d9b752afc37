"""Oracles: frames as they were handed in, one by one, and a run that is known.

What the frames of a note say, the test module of that name in its topic holds against
oracles; that the committed frames are what their code draws, ``test_figures`` proves.
"""

import re
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from figures.__main__ import ROOT, _strips
from figures.record import record
from figures.steps import Frame, Picture, Steps, to_strip
from notekit.files import STEPS
from notekit.problem import ROOT as REPOSITORY
from notekit.read.catalogue import read as read_catalogue
from notekit.rules.steps import problems

FILES = sorted(ROOT.glob(f"*/*{STEPS}.svg"))

# Every file


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_captions_and_weight_are_as_the_check_wants_them(path):
    glossary = read_catalogue(REPOSITORY).glossary
    assert list(problems(path, glossary)) == []


# How frames become a file, and how a run is looked at


def expanded(strip):
    """Shapes of each frame, with each use in place of what it uses."""
    root = etree.fromstring(strip.encode())
    space = "{http://www.w3.org/2000/svg}"
    shared = {g.get("id"): list(g) for g in root.find(f"{space}defs")}
    for frame in root.findall(f"{space}svg"):
        yield [
            shape.get("x")
            for part in frame
            if part.tag != f"{space}desc"
            for shape in (
                shared[part.get("href")[1:]] if part.tag == f"{space}use" else [part]
            )
        ]


@given(st.lists(st.lists(st.integers(0, 4), max_size=5), min_size=1, max_size=5))
def test_sharing_changes_no_frame(runs):
    steps = []
    for run in runs:
        picture = Picture()
        for x in run:
            picture.rect(x, 0, 1, 1)
        steps.append(Frame(picture, "a", "b"))
    strip = to_strip(Steps(4, 2, steps), "x_steps")
    assert list(expanded(strip)) == [[str(x) for x in run] for run in runs]


def test_what_frames_share_stands_in_the_file_once():
    pictures = []
    for n in range(3):
        picture = Picture()
        picture.text(1, 1, "always")
        picture.text(2, 2, f"only {n}")
        pictures.append(Frame(picture, f"a < {n}", f"b {n}"))
    strip = to_strip(Steps(4, 2, pictures), "x_steps")
    assert strip.count("always") == 1
    assert strip.count('<use href="#x-steps-0"/>') == 3
    assert '<desc lang="en">a &lt; 2</desc>' in strip
    assert 'viewBox="0 0 4 6"' in strip


@pytest.mark.parametrize("made", [None, {}, {"a": 1}, {"a_steps": 1}])
def test_steps_that_return_no_frames_are_an_error(made):
    with pytest.raises(ValueError, match=r"^figures/cv/x.py:1: want "):
        _strips(made, "figures/cv/x.py:1")
    with pytest.raises(ValueError, match="want frames in 'a_steps'"):
        _strips({"a_steps": Steps(1, 1, [])}, "figures/cv/x.py:1")


def doubled(numbers):
    total = []

    def inner(x):
        y = 2 * x
        total.append(y)

    for x in numbers:
        inner(x)
    return total


def test_a_run_is_recorded_where_it_comes_to_a_line():
    before = sys.gettrace()
    result, moments = record(
        lambda: doubled([1, 5]), doubled, ["total.append", "return total"], "x y total"
    )
    assert result == [2, 10]
    assert moments == [
        {"line": "total.append", "x": 1, "y": 2, "total": []},
        {"line": "total.append", "x": 5, "y": 10, "total": [2]},
        {"line": "return total", "x": 5, "total": [2, 10]},
    ]
    assert sys.gettrace() is before


def test_what_is_kept_may_be_made_by_a_function():
    _, moments = record(
        lambda: doubled([3]),
        doubled,
        ["total.append"],
        lambda seen: {"z": seen["y"] + 1},
    )
    assert moments == [{"line": "total.append", "z": 7}]


def odd(n):
    seen = []
    for i in range(n):
        seen += [j for j in range(i) if j % 2]
        seen = seen + [
            -j
            for j in range(i)
        ]  # fmt: skip
    while True:
        n = seen.pop(0)
        if n:
            return n


def first(numbers):
    try:
        while True:
            number = next(numbers)
    except StopIteration:
        return number


@pytest.mark.parametrize(
    ("run", "within", "line", "times"),
    [
        (lambda: odd(4), odd, "seen += [j", 4),
        (lambda: odd(4), odd, "seen = seen", 4),
        (lambda: odd(4), odd, "n = seen", 2),
        (lambda: first(iter("abc")), first, "number = next", 4),
        (lambda: odd(3), odd, "for i", 4),
    ],
)
def test_a_line_counts_each_time_that_it_begins(run, within, line, times):
    _, moments = record(run, within, [line], "number")
    assert len(moments) == times


@pytest.mark.parametrize(
    ("numbers", "line", "said"),
    [
        ([1], "nowhere", "want a line of doubled that begins 'nowhere'; found none"),
        ([], "total.append", "want a run that comes to 'total.append' of doubled"),
    ],
)
def test_a_line_that_is_not_there_or_not_reached_is_an_error(numbers, line, said):
    with pytest.raises(ValueError, match=re.escape(said)):
        record(lambda: doubled(numbers), doubled, [line], "x")


@pytest.mark.parametrize("number", [1, 2, 61, 90])
def test_too_few_or_too_many_frames_are_refused_before_they_are_written(number):
    frames = [Frame(Picture(), "a", "b")] * number
    with pytest.raises(ValueError, match=f"3 to 60 frames in 'a_steps'; got {number}$"):
        _strips({"a_steps": Steps(1, 1, frames)}, "figures/cv/x.py:1")
