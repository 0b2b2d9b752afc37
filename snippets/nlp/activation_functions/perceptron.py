"""Rosenblatt's perceptron: one threshold unit that learns from its mistakes alone.

The unit says +1 where w . x + b > 0 and -1 elsewhere. A row counts as a mistake if
y * (w . x + b) <= 0, so the zero start is wrong everywhere. The bias is one more
weight, of an input that is always 1: it counts in R and in the margin.

References:
    Rosenblatt, "The Perceptron", Psychological Review 65, 1958, doi:10.1037/h0042519.
    Novikoff, "On convergence proofs on perceptrons", 1962 (the bound).
"""

from typing import NamedTuple

import numpy as np

from ._checks import _integer


class PerceptronFit(NamedTuple):
    """What ``perceptron_fit`` found."""

    w: np.ndarray  # weights, shape (d,)
    b: float  # bias
    mistakes: int  # corrections made, over all epochs
    converged: bool  # the last epoch had none


def _rows(X: np.ndarray, y: np.ndarray) -> np.ndarray:
    """X with a last column of ones, after checking X and y."""
    if X.ndim != 2 or len(X) == 0 or y.shape != X.shape[:1]:
        raise ValueError(
            f"need X (n, d) with n >= 1 and y (n,), got {X.shape} and {y.shape}"
        )
    if not np.isfinite(X).all():
        raise ValueError("X must be finite, got inf or nan")
    if not np.isin(y, (-1, 1)).all():
        raise ValueError(f"labels must be -1 or 1, got {np.unique(y).tolist()}")
    return np.column_stack([X, np.ones(len(X))])


# --8<-- [start:perceptron]
def perceptron_fit(X: np.ndarray, y: np.ndarray, max_epochs: int) -> PerceptronFit:
    """Visit the rows in order, epoch after epoch; add y_i x_i at each mistake.

    Args:
        X: inputs, shape (n, d).
        y: labels -1 or 1, shape (n,).
        max_epochs: passes over the rows at most, >= 1.

    Returns:
        The weights after the first epoch without a mistake, or after the last one.

    Raises:
        ValueError: if shapes disagree, X is empty or not finite, a label is neither
            -1 nor 1, or max_epochs is not an integer >= 1.
    """
    max_epochs = _integer("max_epochs", max_epochs, 1)
    rows = _rows(X, y)
    weights = np.zeros(rows.shape[1])
    mistakes = 0
    for _ in range(max_epochs):
        before = mistakes
        for row, label in zip(rows, y):
            if label * (weights @ row) <= 0:
                weights += label * row
                mistakes += 1
        if mistakes == before:
            return PerceptronFit(weights[:-1], float(weights[-1]), mistakes, True)
    return PerceptronFit(weights[:-1], float(weights[-1]), mistakes, False)
    # --8<-- [end:perceptron]


def novikoff_bound(X: np.ndarray, y: np.ndarray, w: np.ndarray, b: float) -> float:
    """(R / gamma)^2: no order of the rows makes the perceptron err more often.

    Args:
        X: inputs, shape (n, d).
        y: labels -1 or 1, shape (n,).
        w: weights of any separating plane, shape (d,); a wide margin bounds best.
        b: its bias.

    Returns:
        The squared ratio of the longest row to the margin, bias input included.

    Raises:
        ValueError: as ``perceptron_fit``, or if the plane is not finite or does not
            separate the rows.
    """
    rows = _rows(X, y)
    if w.shape != X.shape[1:]:
        raise ValueError(f"w must have shape {X.shape[1:]}, got {w.shape}")
    plane = np.append(w, b).astype(float)
    if not np.isfinite(plane).all():
        raise ValueError(f"w and b must be finite, got {plane.tolist()}")
    plane /= np.abs(plane).max() or 1  # its length is free; squares must not overflow
    scores = y * (rows @ plane)
    if not scores.min() > 0:
        raise ValueError(f"the plane must separate, got a score of {scores.min():g}")
    margin = scores.min() / np.linalg.norm(plane)
    return float((np.linalg.norm(rows, axis=1).max() / margin) ** 2)
