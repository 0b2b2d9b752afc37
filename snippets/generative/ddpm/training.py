"""A small network learns the noise: DDPM's training loop, gradients by hand."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import pairwise

import numpy as np

from ._checks import _array, _count, _generator, _name, _number, _times
from .process import KINDS, convert, q_sample
from .schedule import Schedule, _schedule


class Denoiser:
    """Two hidden layers of tanh units that predict the noise, or another target.

    Called with points of d numbers, shape (n, d), and a step, or one for each point,
    it gives the prediction, shape (n, d). The step enters as sines and cosines of
    four frequencies.

    Args:
        d: numbers in a point.
        T: number of steps.
        rng: a numpy generator; it draws the weights.
        hidden: units in each hidden layer.
    """

    def __init__(
        self, d: int, T: int, rng: np.random.Generator, hidden: int = 32
    ) -> None:
        self.T, rng = _count("T", T), _generator(rng)
        sizes = [_count("d", d) + 8, _count("hidden", hidden), hidden, d]
        self.weights = [
            np.vstack([rng.standard_normal((a, b)) / math.sqrt(a), np.zeros((1, b))])
            for a, b in pairwise(sizes)
        ]

    def __call__(self, x: np.ndarray, t: int | np.ndarray) -> np.ndarray:
        x, d = _array("x", x), self.weights[-1].shape[1]
        if x.ndim != 2 or x.shape[1] != d:
            raise ValueError(f"x must have shape (n, {d}), got {x.shape}")
        return self._layers(x, _times(t, self.T, x))[-1]

    def _layers(self, x: np.ndarray, t: np.ndarray) -> list[np.ndarray]:
        """What enters each layer, with a column of ones for the bias; the output."""
        turns = (
            np.outer(np.broadcast_to(t.ravel(), len(x)) / self.T, [0.5, 1, 2, 4])
            * math.pi
        )
        values = [np.hstack([x, np.sin(turns), np.cos(turns)])]
        ones = np.ones((len(x), 1))
        for weights in self.weights:
            values[-1] = np.hstack([values[-1], ones])
            values.append(np.tanh(values[-1] @ weights))
        values[-1] = values[-2] @ self.weights[-1]  # no tanh at the end
        return values


# --8<-- [start:train]
def train_denoiser(
    draw: Callable[[int, np.random.Generator], np.ndarray],
    schedule: Schedule,
    steps: int,
    rng: np.random.Generator,
    target: str = "eps",
    batch: int = 128,
    rate: float = 0.02,
) -> Denoiser:
    """Minimise the simple loss by Adam, with a rate that falls to 0.

    Args:
        draw: takes n and ``rng``, gives n points of the data, shape (n, d). It is
            first asked for one, which tells d.
        schedule: of T steps.
        steps: number of updates.
        rng: a numpy generator.
        target: what the net predicts: "eps", "x0" or "v"; see ``convert``.
        batch: points for each update, each with its own step t and its own noise.
        rate: learning rate of the first update.

    Raises:
        ValueError: if a number is out of its range, or the points have no shape (n, d).
    """
    T, target = len(_schedule(schedule)), _name("target", target, KINDS)
    steps, batch = _count("steps", steps, 0), _count("batch", batch)
    rate, rng = _number("rate", rate, 0, 1), _generator(rng)
    d = _points(draw, 1, rng).shape[1]
    net = Denoiser(d, T, rng)
    first = [np.zeros_like(w) for w in net.weights]
    second = [np.zeros_like(w) for w in net.weights]
    for step in range(steps):
        x0 = _points(draw, batch, rng, d)
        t = rng.integers(T, size=batch)
        noise = rng.standard_normal(x0.shape)
        xt = q_sample(x0, t, noise, schedule)
        wanted = convert(noise, "eps", target, xt, t, schedule)
        gradients = _gradients(net, xt, t, wanted)
        pace = rate * (1 - step / steps)
        for w, g, m, v in zip(net.weights, gradients, first, second):
            m += 0.1 * (g - m)
            v += 0.01 * (g * g - v)
            size = np.sqrt(v / (1 - 0.99 ** (step + 1))) + 1e-8
            w -= pace * m / (1 - 0.9 ** (step + 1)) / size
    return net


def _gradients(
    net: Denoiser, xt: np.ndarray, t: np.ndarray, wanted: np.ndarray
) -> list[np.ndarray]:
    """Of the mean over points of the squared error, by the weights."""
    *values, guess = net._layers(xt, t)
    slope = 2 * (guess - wanted) / len(xt)
    gradients = []
    for weights, value in zip(reversed(net.weights), reversed(values)):
        gradients.append(value.T @ slope)
        slope = (slope @ weights.T)[:, :-1] * (1 - value[:, :-1] ** 2)
    return gradients[::-1]
    # --8<-- [end:train]


def _points(
    draw: Callable[[int, np.random.Generator], np.ndarray],
    n: int,
    rng: np.random.Generator,
    d: int | None = None,
) -> np.ndarray:
    points = _array("what draw gives", draw(n, rng))
    known = points.shape[1:] == (d,) if d else points.ndim == 2 and points.size > 0
    if not (known and len(points) == n):
        raise ValueError(
            f"what draw gives must have shape ({n}, {d or 'd'}), got {points.shape}"
        )
    return points
