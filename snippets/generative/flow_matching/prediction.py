"""Velocity, data, noise and score: one prediction under four names."""

from __future__ import annotations

import numpy as np

from ._checks import _array, _finite, _name, _row_times, _same_shape

KINDS = ("velocity", "x1", "x0", "score")


def convert(
    prediction: np.ndarray,
    source: str,
    target: str,
    x: np.ndarray,
    t: float | np.ndarray,
) -> np.ndarray:
    """What one kind of prediction says in terms of another.

    The score is that of standard normal noise, independent of the data.

    Args:
        prediction: shape (...) or (n, ...).
        source: what it is: "velocity", "x1" (data), "x0" (noise) or "score".
        target: what is wanted, likewise.
        x: the point that it was made for, the same shape.
        t: between 0 and 1, neither of them: a number, or shape (n,).

    Returns:
        The shape of ``x``.

    Raises:
        ValueError: as ``interpolate``; also if a name is unknown or the result is
            beyond float64.
    """
    x = _array("x", x)
    given = _same_shape("prediction", prediction, "x", x)
    source, target = _name("source", source, KINDS), _name("target", target, KINDS)
    t = _row_times(t, x, "(0, 1)")
    if source == target:
        return given
    with np.errstate(over="ignore", invalid="ignore"):
        if source == "velocity":
            v, x0 = given, x - t * given
        elif source == "x1":
            v = (given - x) / (1 - t)
            x0 = x - t * v
        else:
            x0 = given if source == "x0" else (t - 1) * given
            v = (x - x0) / t
        found = {"velocity": v, "x1": x + (1 - t) * v, "x0": x0, "score": x0 / (t - 1)}
    return _finite(found[target])
