"""Oracles: lists of Python and arithmetic modulo the cycle, for what frames say."""

import re

import pytest
from lxml import etree

from figures.style import BLUE, GREEN, ORANGE
from tests.frames import captions, drawings, numbers

REVERSAL = "algorithms/linked_lists_reversal"
FLOYD = "algorithms/linked_lists_floyd"
TAIL, LOOP = 3, 5


def pictures(name):
    return [etree.fromstring(drawing) for drawing in drawings(name)]


def nodes(picture):
    """Where each number stands, (x, y); the circle around it has its centre there."""
    found = {}
    for text in picture.iter("text"):
        words = "".join(text.itertext())
        if words.isdigit():
            found[int(words)] = float(text.get("x")), float(text.get("y"))
    return found


def at(picture, x, y):
    """The node whose number is nearest to a place."""
    places = nodes(picture)
    return min(places, key=lambda n: (places[n][0] - x) ** 2 + (places[n][1] - y) ** 2)


def ringed(picture, colour):
    """Nodes with a circle of that colour around them."""
    return {
        at(picture, float(c.get("cx")), float(c.get("cy")))
        for c in picture.iter("circle")
        if c.get("stroke") == colour
    }


def arrows(picture):
    """Pairs of nodes that a line leads between; None for nothing."""
    found = {}
    places = nodes(picture)
    for path in picture.iter("path"):
        if path.get("fill") != "none":
            continue
        (x, _), (to, _) = (
            map(float, point.split()) for point in path.get("d")[1:].split("L")
        )
        step = 1 if to > x else -1
        source = min(places, key=lambda n: abs(places[n][0] + step * 20 - x))
        length = abs(to - x)
        goal = source + step if length > 25 else None
        found[source] = goal
    return found


def labels(picture):
    """The node below each name."""
    return {
        "".join(t.itertext()): at(picture, float(t.get("x")), float(t.get("y")))
        for t in picture.iter("text")
        if not "".join(t.itertext()).isdigit()
    }


# Reversal: 1, 2, 3, 4


def test_one_arrow_is_turned_a_frame():
    drawn = pictures(REVERSAL)
    assert len(drawn) == 6
    assert arrows(drawn[0]) == {1: 2, 2: 3, 3: 4, 4: None}
    for turned in range(1, 5):
        want = {v: v - 1 if v > 1 else None for v in range(1, turned + 1)}
        want |= {v: v + 1 if v < 4 else None for v in range(turned + 1, 5)}
        assert arrows(drawn[turned]) == want
        assert ringed(drawn[turned], ORANGE) == {turned}
    assert arrows(drawn[5]) == {1: None, 2: 1, 3: 2, 4: 3}


def test_the_three_names_stand_at_neighbours():
    for turned, picture in enumerate(pictures(REVERSAL)[1:5], 1):
        want = {"before": turned - 1, "head": turned, "rest": turned + 1}
        assert labels(picture) == {n: v for n, v in want.items() if 1 <= v <= 4}
    assert labels(pictures(REVERSAL)[0]) == {"head": 1}
    assert labels(pictures(REVERSAL)[5]) == {"before": 4}


def test_the_captions_of_the_reversal_name_what_is_turned_to_what():
    said = captions(REVERSAL)
    assert said[0].startswith("The list 1, 2, 3, 4. head is at 1,")
    assert numbers(said[1]) == [2, 1, 1]
    assert numbers(said[2]) == [3, 2, 1]
    assert numbers(said[3]) == [4, 3, 2]
    assert numbers(said[4]) == [4, 4, 3]
    assert "the result 4, 3, 2, 1. Each of the 4 links was written once" in said[5]


# Floyd: a tail of 3, a cycle of 5


def place(links):
    return links if links < TAIL else TAIL + (links - TAIL) % LOOP


STEPS = LOOP * max(1, -(-TAIL // LOOP))


def test_there_is_a_frame_a_step_of_both_parts():
    assert len(captions(FLOYD)) == 1 + STEPS + TAIL + 1


@pytest.mark.parametrize("t", range(STEPS + 1))
def test_in_the_first_part_fast_takes_two_links_a_step(t):
    picture = pictures(FLOYD)[t]
    assert ringed(picture, BLUE) == {place(t)}
    assert ringed(picture, ORANGE) == {place(2 * t)}


@pytest.mark.parametrize("walked", range(TAIL + 1))
def test_in_the_second_part_both_take_one(walked):
    picture = pictures(FLOYD)[1 + STEPS + walked]
    assert ringed(picture, BLUE) == {place(STEPS + walked)}
    assert ringed(picture, GREEN) == {place(walked)}


def test_the_captions_of_the_first_part_count_links_and_what_is_left():
    for t, said in enumerate(captions(FLOYD)[1 : STEPS + 1], 1):
        assert said.startswith(f"Step {t}: slow has taken {t} links, fast {2 * t}. ")
        left = re.search(r"fast has (\d+) links? to slow", said)
        if t < TAIL:
            assert "slow is not on the cycle yet" in said
        elif t < STEPS:
            assert int(left[1]) == STEPS - t  # one less a step
            assert ("1 link to" in said) == (int(left[1]) == 1)
        else:
            assert f"They meet at node {place(t)}" in said
            assert f"{t // LOOP} × {LOOP}" in said
            assert t == STEPS


def test_the_last_frame_names_the_start_and_all_steps():
    said = captions(FLOYD)[-1]
    assert said.startswith(f"They meet at node {TAIL}, where the cycle starts. ")
    assert numbers(said)[1:] == [STEPS, TAIL]
