"""Oracles: torch.optim, for what frames say."""

import re
from itertools import pairwise

import pytest
import torch

from tests.frames import captions, drawings, number, numbers


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


def places(drawing, pattern):
    """Where shapes of the pattern are, in the units of the valley."""
    found = re.findall(pattern, drawing)
    return [((float(x) - 118) / 38, (78 - float(y)) / 38) for x, y in found]


def test_arrows_share_the_last_step_and_end_where_torch_goes_next():
    root = 20**0.5
    lr, beta = 4 / (root + 1) ** 2, ((root - 1) / (root + 1)) ** 2
    heavy, plain = run(lr, beta), run(2 / 21, 0.0)
    frames = [d.decode() for d in drawings("ml/gradient_descent")]
    tip, shown = (
        r'd="M(\S+) (\S+?)L[^"]*z" fill="{}"',
        r'<circle cx="(\S+)" cy="(\S+)" r="{}"',
    )
    for k, drawing in enumerate(frames):
        here = heavy[k][0]
        assert places(drawing, shown.format("4.5"))[0] == pytest.approx(here, abs=1e-3)
        other = places(drawing, shown.format("3"))
        assert other[0] == pytest.approx(plain[k][0], abs=1e-3)
        carried = places(drawing, tip.format("#2f9268"))
        pushed = places(drawing, tip.format("#c9762b"))
        if k == 9:
            assert carried == pushed == []
            continue
        assert len(carried) == (k > 0)
        assert pushed[0] == pytest.approx(heavy[k + 1][0], abs=1e-3)
        if k:
            last = heavy[k - 1][0]
            share = [h + beta * (h - b) for h, b in zip(here, last, strict=True)]
            assert carried[0] == pytest.approx(share, abs=1e-3)
