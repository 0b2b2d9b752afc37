"""Oracle: a hyperbolic tangent, which is the mean of two data, frame by frame."""

import math
from itertools import pairwise

import pytest

from tests.frames import captions, numbers, words

NAME = "generative/flow_matching"


def parts(caption):
    t, *rest = numbers(caption)
    groups = [rest[3 * i : 3 * i + 3] for i in range(4)]
    assert len(rest) == 12
    return t, *groups


def test_each_velocity_leads_to_the_mean_of_the_data_by_bayes_rule():
    found = captions(NAME)
    assert len(found) == 4
    for k, caption in enumerate(found):
        t, points, velocities, ahead, ends = parts(caption)
        assert t == k / 4
        for x, v, aim, end in zip(points, velocities, ahead, ends):
            # log odds of 1 against -1: 2 t x / (1 - t)^2
            assert aim == pytest.approx(math.tanh(t * x / (1 - t) ** 2), abs=5e-3)
            assert v == pytest.approx((aim - x) / (1 - t), abs=5e-3)
            assert end == pytest.approx(x + v / 4, abs=1e-3)


def test_each_frame_starts_where_the_last_one_ended():
    said = [parts(caption) for caption in captions(NAME)]
    assert said[0][1] == [-1.5, 0.25, 1.0]
    for before, after in pairwise(said):
        assert before[4] == after[1]
    assert said[-1][4] == said[-1][3]  # the last step is all of the way


def test_the_pictures_say_the_time():
    for at, caption in enumerate(captions(NAME)):
        assert f"t = {numbers(caption)[0]:.2f}" in words(NAME, at)
