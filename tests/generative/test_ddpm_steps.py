"""Oracles: Bayes with precisions, and the frames before and after."""

import math
from itertools import pairwise

import numpy as np

from tests.frames import captions, numbers, words

NAME = "generative/ddpm"
BETAS = [0.01 + (0.9 - 0.01) * t / 9 for t in range(10)]
SHARES = np.cumprod([1 - beta for beta in BETAS])


def test_each_frame_follows_from_its_point_by_bayes_rule():
    found = captions(NAME)
    assert len(found) == 10
    for t, caption in zip(reversed(range(10)), found):
        at, x, x0, mean, variance, _ = numbers(caption)
        assert at == t
        share, beta = SHARES[t], BETAS[t]
        # the data's own rule: prior N(3, 1/4), seen through the noise
        seen = share / (1 - share)
        guess = (4 * 3 + seen * x / math.sqrt(share)) / (4 + seen)
        assert abs(x0 - guess) < 2e-3
        if t == 0:
            assert (mean, variance) == (x0, 0)
            continue
        before = 1 / (1 - SHARES[t - 1]) + (1 - beta) / beta
        assert abs(variance - 1 / before) < 6e-4
        rule = math.sqrt(SHARES[t - 1]) / (1 - SHARES[t - 1]) * guess
        rule += math.sqrt(1 - beta) / beta * x
        assert abs(mean - rule / before) < 3e-3


def test_each_frame_starts_where_the_last_one_ended():
    said = [numbers(caption) for caption in captions(NAME)]
    for before, after in pairwise(said):
        assert before[-1] == after[1]
        assert abs(before[-1] - before[3]) < 4 * math.sqrt(before[4])
    assert said[-1][-1] == said[-1][3]


def test_the_pictures_say_what_the_captions_say():
    for at, caption in enumerate(captions(NAME)):
        t, x, *_, end = numbers(caption)
        found = words(NAME, at)
        assert f"t = {t:.0f}" in found
        assert f"x: {x:.3f} → {end:.3f}".replace("-", "−") in found
