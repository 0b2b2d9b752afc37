"""Oracles: torch.optim, for what frames say."""

import re
from itertools import pairwise

import pytest
import torch

from tests.frames import captions, number, numbers


def run(lr, beta):
    """Points and gradients of torch's SGD in the valley of curvatures 1 and 20."""
    x = torch.tensor([6.0, 0.6], dtype=torch.float64)
    curvatures = torch.tensor([1.0, 20.0], dtype=torch.float64)
    optimizer = torch.optim.SGD([x], lr, momentum=beta)
    seen = []
    for _ in range(10):
        x.grad = curvatures * x
        seen.append((x.tolist(), x.grad.tolist(), float((x * x.grad).sum() / 2)))
        optimizer.step()
    return seen


def test_places_gradients_and_losses_are_those_of_torch():
    root = 20**0.5
    heavy = run(4 / (root + 1) ** 2, ((root - 1) / (root + 1)) ** 2)
    plain = run(2 / 21, 0.0)
    said = captions("ml/gradient_descent")
    assert len(said) == 10
    for k, text in enumerate(said[:-1]):
        pairs = re.findall(r"\((−?\d+\.\d\d), (−?\d+\.\d\d)\)", text)
        place, slope = ([number(n) for n in pair] for pair in pairs)
        assert place == pytest.approx(heavy[k][0], abs=0.00501)
        assert slope == pytest.approx(heavy[k][1], abs=0.00501)
        rises, was, now = re.search(
            r"(rises|falls) from (\S+) to (\S+\d)", text
        ).groups()
        losses = heavy[k][2], heavy[k + 1][2]
        assert (float(was), float(now)) == pytest.approx(losses, abs=0.000501)
        assert (rises == "rises") == (losses[1] > losses[0]) == (k == 0)
        assert numbers(text)[-1] == pytest.approx(plain[k + 1][2], abs=0.000501)
    assert numbers(said[0])[-4:-1] == pytest.approx(
        [heavy[1][2], 20 * 4 / (root + 1) ** 2, 2], abs=0.00501
    )
    last = [9, heavy[9][2], plain[9][2], 2 / 21]
    assert numbers(said[-1]) == pytest.approx(last, abs=0.000501)


def test_pushes_cancel_across_the_valley_and_add_up_along_it():
    root = 20**0.5
    heavy = run(4 / (root + 1) ** 2, ((root - 1) / (root + 1)) ** 2)
    for (before, _, _), (here, slope, _) in pairwise(heavy):
        along, across = (
            (h - b) * -g for b, h, g in zip(before, here, slope, strict=True)
        )
        assert along > 0 > across
