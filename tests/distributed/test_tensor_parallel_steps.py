"""Oracles: torch on the network in one piece, partial sums by numpy."""

import numpy as np
import torch
import torch.nn.functional as F

from tests.frames import captions, number, numbers, words

NAME = "distributed/tensor_parallel"
X = (np.arange(3.0)[None] - 2) / 2
A = (np.arange(12.0).reshape(3, 4) - 5) / 6
B = (np.arange(12.0).reshape(4, 3) - 6) / 5


def rows() -> list[np.ndarray]:
    """What rank 0 and then rank 1 hold, one row a frame."""
    x, a, b = (torch.tensor(t, requires_grad=True) for t in (X, A, B))
    h = x @ a
    h.retain_grad()
    u = F.silu(h)
    y = u @ b
    y.sum().backward()
    part = [u[0, i : i + 2] @ b[i : i + 2] for i in (0, 2)]
    back = [h.grad[0, i : i + 2] @ a[:, i : i + 2].T for i in (0, 2)]
    ones = torch.ones(6)
    made = [x[0].repeat(2), h[0], u[0], torch.cat(part), y[0].repeat(2), ones]
    made += [h.grad[0], torch.cat(back), x.grad[0].repeat(2)]
    return [row.detach().numpy() for row in made]


def test_frames_grow_by_a_row_and_show_torchs_numbers():
    made = rows()
    for t in range(len(made)):
        found = [w for w in words(NAME, t) if w[-1].isdigit() and "r =" not in w]
        want = np.concatenate(made[: t + 1])
        assert np.abs(np.array([number(w) for w in found]) - want).max() < 0.00501


def test_captions_add_up():
    said = captions(NAME)
    assert len(said) == 9
    for t in (4, 8):
        one, two, total = numbers(said[t])
        assert abs(one + two - total) < 0.011
        assert abs(total - rows()[t][0]) < 0.00501
