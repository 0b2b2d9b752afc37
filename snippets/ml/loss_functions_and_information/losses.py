"""Losses that ask for a probability or a quantile, and one that only seems to."""

import math

import numpy as np

from ._checks import (
    OFF,
    _alike,
    _finite,
    _gamma,
    _labels,
    _number,
    _probabilities,
    _probability,
)


# --8<-- [start:brier]
def brier_score(probs: np.ndarray, y: np.ndarray) -> float:
    """Squared distance to the one-hot label, summed over classes, mean over rows.

    With two classes that is twice the square of one probability's error.

    Args:
        probs: predicted probabilities, shape (n, K); rows with the sum 1 within 1e-6.
        y: classes 0 to K - 1, shape (n,).

    Raises:
        ValueError: if an argument is not allowed.
    """
    probs = _probabilities("probs", probs)
    if probs.ndim != 2 or (np.abs(probs.sum(1) - 1) > OFF).any():
        raise ValueError(f"probs must be (n, K), rows with the sum 1, got {probs}")
    y = _labels(y, probs.shape[1])
    if y.shape != probs.shape[:1]:
        raise ValueError(f"y must have shape {probs.shape[:1]}, got {y.shape}")
    probs[np.arange(len(y)), y] -= 1  # our own copy: now the errors
    return float((probs**2).sum(1).mean())
    # --8<-- [end:brier]


# --8<-- [start:focal]
def focal_loss(p: np.ndarray, y: np.ndarray, gamma: float = 2.0) -> np.ndarray:
    """-(1 - p_t)^gamma ln p_t, where p_t is what the true label was given.

    Args:
        p: predicted probability of label 1, of any shape.
        y: labels 0 or 1, of the same shape.
        gamma: at least 0; 0 is the log loss.

    Raises:
        ValueError: if an argument is not allowed.
    """
    p, gamma = _probabilities("p", p), _gamma(gamma)
    y = _labels(y, 2)
    _alike("p", p, "y", y)
    rest = np.where(y == 1, 1 - p, p)  # 1 - p_t
    with np.errstate(divide="ignore"):  # impossible, and yet it happened
        surprise = -np.where(y == 1, np.log(p), np.log1p(-p))
    return rest**gamma * surprise + 0.0  # no -0
    # --8<-- [end:focal]


# --8<-- [start:minimiser]
def focal_minimiser(p: float, gamma: float = 2.0) -> float:
    """The prediction with the least mean focal loss where label 1 has probability p.

    Args:
        p: true probability, in [0, 1].
        gamma: at least 0.

    Raises:
        ValueError: if an argument is not allowed.
    """
    p, gamma = _probability("p", p), _gamma(gamma)
    if p in (0, 1) or gamma == 0:  # the log loss asks for p itself
        return p
    odds = math.log(p) - math.log1p(-p)
    low, high = 0.0, 1.0
    while low < (q := (low + high) / 2) < high:
        # Slopes of (1 - q)^gamma ln q and of its mirror image, less their powers.
        up = -gamma * math.log(q) + (1 - q) / q
        down = -gamma * math.log1p(-q) + q / (1 - q)
        powers = (gamma - 1) * (math.log1p(-q) - math.log(q))
        # The log of how much stronger the pull of label 1 is; it falls as q grows.
        if odds + powers + math.log(up) - math.log(down) > 0:
            low = q
        else:
            high = q
    return q
    # --8<-- [end:minimiser]


# --8<-- [start:pinball]
def pinball_loss(y: np.ndarray, q: np.ndarray, tau: float) -> np.ndarray:
    """tau a unit for predicting too low, 1 - tau for too high, elementwise.

    Args:
        y: what came, of any shape.
        q: predictions, of the same shape.
        tau: the quantile that is asked for, in (0, 1).

    Raises:
        ValueError: if an argument is not allowed.
    """
    y, q, tau = _finite("y", y), _finite("q", q), _number("tau", tau, 0, 1)
    _alike("y", y, "q", q)
    with np.errstate(over="ignore"):  # farther apart than float64 reaches: infinite
        d = y - q
    return np.maximum(tau * d, (tau - 1) * d) + 0.0  # no -0
    # --8<-- [end:pinball]
