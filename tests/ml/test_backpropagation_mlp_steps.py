"""Oracles: torch autograd, for what frames say."""

import re

import pytest
import torch

from tests.frames import captions, number, numbers, words

NAME = "ml/backpropagation_mlp"


def run():
    """Values, gradients and losses of the 2-2-2 network, by torch."""
    x = torch.tensor([0.05, 0.1], dtype=torch.float64)
    W = torch.tensor(
        [[0.15, 0.25], [0.2, 0.3]], dtype=torch.float64, requires_grad=True
    )
    V = torch.tensor(
        [[0.4, 0.5], [0.45, 0.55]], dtype=torch.float64, requires_grad=True
    )
    target = torch.tensor([0.01, 0.99], dtype=torch.float64)
    z = x @ W + 0.35
    h = z.sigmoid()
    u = h @ V + 0.6
    out = u.sigmoid()
    for middle in (z, h, u):
        middle.retain_grad()
    loss = ((out - target) ** 2).sum() / 2
    loss.backward()
    moved = (x @ (W - 0.5 * W.grad) + 0.35).sigmoid() @ (V - 0.5 * V.grad) + 0.6
    after = ((moved.sigmoid() - target) ** 2).sum() / 2
    return x, W, V, z, h, u, out, target, loss, after


def floats(values):
    return [float(torch.as_tensor(value).detach()) for value in values]


def test_each_caption_says_what_autograd_finds():
    x, W, V, z, h, u, out, target, loss, after = run()
    said = captions(NAME)
    assert len(said) == 13
    for k in (0, 1):
        for text, before, weights, bias, entered, value in (
            (said[1 + k], x, W, 0.35, z, h),
            (said[3 + k], h, V, 0.6, u, out),
        ):
            wanted = [before[0], weights[0, k], before[1], weights[1, k], bias]
            wanted += [entered[k], value[k]]
            found = [float(n) for n in re.findall(r"\d+\.\d+", text)]
            assert found == pytest.approx(floats(wanted), abs=5.01e-5)
        local = out * (1 - out)
        wanted = [out[k] - target[k], local[k], u.grad[k]]
        assert numbers(said[6 + k])[-3:] == pytest.approx(floats(wanted), abs=5.01e-5)
        wanted = [u.grad[0], V[k, 0], u.grad[1], V[k, 1], h.grad[k]]
        wanted += [h[k] * (1 - h[k]), z.grad[k]]
        found = [number(n) for n in re.findall(r"−?\d+\.\d+", said[9 + k])]
        assert found == pytest.approx(floats(wanted), abs=5.01e-5)
        assert found[-1] == pytest.approx(float(z.grad[k]), abs=5.01e-7)
    assert str(round(loss.item(), 6)) in said[5]
    found = [number(n) for n in re.findall(r"−?\d+\.\d+", said[8])]
    assert found == pytest.approx(
        [h[0].item(), u.grad[0].item(), V.grad[0, 0].item()], abs=5.01e-5
    )
    found = [number(n) for n in re.findall(r"\d+\.\d+", said[11])]
    assert found == pytest.approx(
        [0.05, z.grad[0].item(), W.grad[0, 0].item()], abs=5.01e-7
    )
    found = [number(n) for n in re.findall(r"\d+\.\d+", said[12])]
    assert found == pytest.approx([0.5, loss.item(), after.item()], abs=5.01e-7)


def test_the_cache_fills_and_empties():
    full = [
        sum(
            a + b in ("H0", "H1") for a, b in (w for w in words(NAME, i) if len(w) == 2)
        )
        for i in range(13)
    ]
    assert full == [1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 1, 0, 0]
