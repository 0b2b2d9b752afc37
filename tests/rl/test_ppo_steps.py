"""Oracles: autograd through a softmax in torch, for what the frames say and show."""

import re

import pytest
import torch

from tests.frames import captions, numbers, words

NAME = "rl/ppo"
ACTIONS = torch.tensor([0, 0, 1, 1, 2, 2, 0, 1])
ADV = torch.tensor([1, 1, -1, -1, 0.5, 0.5, 1, -1], dtype=torch.float64)


def by_autograd(lr, epochs):
    """Ratios, and how many samples have a gradient, before and after each epoch."""
    z = torch.zeros(3, dtype=torch.float64)
    for _ in range(epochs + 1):
        logp = torch.log_softmax(z, 0)[ACTIONS].detach().requires_grad_()
        r = 3 * logp.exp()
        each = torch.minimum(r * ADV, r.clamp(0.8, 1.2) * ADV)
        (slopes,) = torch.autograd.grad(each.sum(), logp)
        yield (3 * torch.softmax(z, 0)).tolist(), int((slopes != 0).sum())
        score = torch.eye(3, dtype=torch.float64)[ACTIONS] - torch.softmax(z, 0)
        z = z + lr * (slopes[:, None] * score).mean(0)


def test_the_frames_are_the_epochs_of_autograd():
    said = captions(NAME)
    wanted = [
        (lr, epoch, *found)
        for lr, epochs in ((1, 8), (10, 5))
        for epoch, found in enumerate(by_autograd(lr, epochs))
    ]
    assert len(said) == len(wanted)
    for index, (lr, epoch, ratios, live) in enumerate(wanted):
        found = numbers(said[index])
        assert found[:2] == [lr, epoch]
        assert found[2:5] == pytest.approx(ratios, rel=5e-3)
        outside = [a for a in range(3) if abs(ratios[a] - 1) > 0.2]
        named = re.search(r"Outside the band: ([\d and]+)\.", said[index])
        assert (
            [int(a) for a in re.findall(r"\d", named[1])] if named else []
        ) == outside
        assert ("nothing moves" in said[index]) == (live == 0)
        if live:
            assert f"{live} of 8 samples have a gradient" in said[index]
        shown = [float(x) for x in words(NAME, index) if x not in "+−"]
        assert sorted(shown) == pytest.approx(sorted([0, 1, 2, *ratios]), rel=5e-3)
