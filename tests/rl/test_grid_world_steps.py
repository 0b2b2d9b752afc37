"""Oracles: a closed form and brute force, for what frames say."""

import re

import numpy as np
import pytest
from lxml import etree

from snippets.rl.environments import GridWorld
from tests.frames import captions, drawings, number, numbers, words


@pytest.mark.parametrize("kind", ["value", "policy"])
def test_the_last_grid_holds_the_optimal_values(kind):
    forbidden = [(1, 1), (1, 2), (2, 2), (3, 1), (3, 3), (4, 1)]
    world = GridWorld(5, 5, forbidden, target=(3, 2))
    v = np.zeros(25)
    for _ in range(1000):
        v = (world.R + 0.9 * world.P @ v).max(axis=1)
    shown = [number(w) for w in words(f"rl/grid_world_{kind}", -1) if "." in w]
    np.testing.assert_allclose(sorted(shown), sorted(v), rtol=0, atol=0.00501)
    last = captions(f"rl/grid_world_{kind}")[-1]
    assert ("worth 10.00" if kind == "value" else "up to 0.00") in last


def test_the_target_and_the_errors_of_each_sweep_are_those_of_the_backup():
    said = captions("rl/grid_world_value")
    for sweep in said[1:-1]:
        [k] = re.findall(r"Sweep (\d+)", sweep)
        [backup] = re.findall(r"now worth (.*?)\. The", sweep)
        before, after = (10 * (1 - 0.9**n) for n in (int(k) - 1, int(k)))
        assert backup == f"1 + 0.9 × {before:.2f} = {after:.2f}"
        # The optimum of the target is 10, and nothing is farther off than the target.
        assert numbers(sweep)[-2 if "new" in sweep else -1] == pytest.approx(
            10 * 0.9 ** int(k), abs=0.00501
        )
    [settled] = [k for k, sweep in enumerate(said) if "optimal from here on" in sweep]
    assert all("No move changes" in sweep for sweep in said[settled + 1 : -1])


def test_moves_that_are_new_in_a_round_are_as_many_as_the_round_before_said():
    said = captions("rl/grid_world_policy")
    will = [re.findall(r"will change (\d+)", text) for text in said]
    new = [re.findall(r"(\d+) moves are new", text) for text in said]
    assert will[:-1] == new[1:]
    circles = [
        sum(
            "fill-opacity" in c.attrib for c in etree.fromstring(drawing).iter("circle")
        )
        for drawing in drawings("rl/grid_world_policy")
    ]
    assert [[str(number)] for number in circles[1:]] == new[1:]
