"""Several epochs of gradient ascent on one batch, for a table of preferences."""

import math

import numpy as np
from numpy import ndarray
from numpy.random import Generator
from numpy.typing import ArrayLike

from ._checks import finite, indices, inside, integer, positive, real
from .measures import k3, outside
from .objective import slope


# --8<-- [start:update]
def ppo_update(
    theta: ArrayLike,
    states: ArrayLike,
    actions: ArrayLike,
    adv: ArrayLike,
    lr: float = 1.0,
    epochs: int = 4,
    clip: float | None = 0.2,
    minibatch: int | None = None,
    rng: Generator | None = None,
    target_kl: float | None = None,
) -> tuple[ndarray, list[tuple[float, float]]]:
    """Ascend the mean clipped objective of a softmax policy; theta acted.

    Args:
        theta: preferences, shape (S, A).
        states, actions: what was seen and done, integers, shape (n,), n >= 1.
        adv: advantages, shape (n,); they are used as they come.
        lr: step size, > 0.
        epochs: passes over the batch, >= 1.
        clip: in (0, 1); None does not clip.
        minibatch: samples a step, >= 1, in an order that each epoch draws anew from
            rng; None takes the batch as one.
        rng: draws the orders; read only with a minibatch.
        target_kl: stop after the epoch in which the mean of k3 exceeds it, > 0.

    Returns:
        The new theta, and for each epoch, after it and over the whole batch, the mean
        of k3 and the clip fraction (0 without a clip).

    Raises:
        TypeError: if rng is of another kind.
        ValueError: if another argument is not as above, a minibatch comes without rng,
            or a number overflows.
    """
    theta = real("theta", theta)
    if theta.ndim != 2:
        raise ValueError(f"theta must have the shape (S, A), got {theta.shape}")
    s = indices("states", states, theta.shape[0])
    a = indices("actions", actions, theta.shape[1], len(s))
    adv, lr = real("adv", adv, s.shape), positive("lr", lr)
    epochs = integer("epochs", epochs, 1)
    band = math.inf if clip is None else inside("clip", clip)
    limit = math.inf if target_kl is None else positive("target_kl", target_kl)
    size, draw = len(s), None
    if minibatch is not None:
        size = integer("minibatch", minibatch, 1)
        if rng is None:
            raise ValueError("want an rng to draw minibatches, got None")
        if not isinstance(rng, Generator):
            raise TypeError(f"rng must be a numpy Generator, got {type(rng).__name__}")
        draw = rng
    with np.errstate(over="ignore", invalid="ignore"):
        old = finite("log-probabilities", _log_softmax(theta)[s, a])
        log = []
        for _ in range(epochs):
            order = np.arange(len(s)) if draw is None else draw.permutation(len(s))
            for first in range(0, len(s), size):
                i = order[first : first + size]
                theta = theta + lr * _gradient(theta, s[i], a[i], adv[i], old[i], band)
            d = finite("ln r", _log_softmax(theta)[s, a] - old)
            log.append((k3(d), outside(d, band)))
            if log[-1][0] > limit:
                break
    finite("k3", np.array(log))
    return finite("theta", theta), log


def _gradient(
    theta: ndarray, s: ndarray, a: ndarray, adv: ndarray, old: ndarray, band: float
) -> ndarray:
    """Mean over the samples of the slope times the score: 1 at the action, minus pi."""
    logp = _log_softmax(theta)
    gradient = np.zeros_like(theta)
    np.add.at(gradient, (s, a), slope(np.exp(logp[s, a] - old), adv, band) / len(s))
    return gradient - gradient.sum(axis=1, keepdims=True) * np.exp(logp)
    # --8<-- [end:update]


def _log_softmax(theta: ndarray) -> ndarray:
    z = theta - theta.max(axis=1, keepdims=True)
    return z - np.log(np.exp(z).sum(axis=1, keepdims=True))
