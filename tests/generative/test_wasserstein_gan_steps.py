"""Oracles: shares counted by hand in the two samples, and SciPy's distance."""

import numpy as np
from scipy.stats import wasserstein_distance

from tests.frames import captions, numbers, words

NAME = "generative/wasserstein_gan"
X, Y = [0, 3, 4, 4], [1, 2, 2, 6]
PLACES = [0, 1, 2, 3, 4, 6]


def test_each_frame_has_the_shares_the_area_and_the_critic():
    found = captions(NAME)
    assert len(found) == len(PLACES) - 1
    area = critic = 0.0
    for caption, a, b in zip(found, PLACES, PLACES[1:]):
        p, q = (sum(z <= a for z in sample) / 4 for sample in (X, Y))
        area += (b - a) * abs(p - q)
        before, critic = critic, critic + (b - a) * ((q > p) - (p > q))
        gap = b - a
        want = [a, b, p, q, p - q, gap, gap * abs(p - q), area, before, critic]
        np.testing.assert_allclose(numbers(caption), want, rtol=0, atol=1e-9)
    assert area == wasserstein_distance(X, Y) == 1.5


def test_the_pictures_say_the_sum():
    sums = [0.25, 0.25, 0.75, 1, 1.5]
    for at, total in enumerate(sums):
        assert any(text.endswith(f"∑ = {total:g}") for text in words(NAME, at))
