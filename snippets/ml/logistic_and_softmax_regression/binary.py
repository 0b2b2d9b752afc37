"""Logistic regression: loss, Newton's method as it is written, and one that is safe."""

import math

import numpy as np

from ._checks import (
    LARGEST,
    _all_there,
    _features,
    _finite,
    _integer,
    _labels,
    _penalty,
    _positive,
    _rate,
)
from .design import design, middle
from .newton import Derivatives, least_squares_step, minimise
from .stable import sigmoid


# --8<-- [start:loss]
def logistic_loss(
    X: np.ndarray, y: np.ndarray, w: np.ndarray, b: float, lam: float = 0.0
) -> float:
    """Mean cross-entropy of the rows, plus lam / 2 times the squared norm of ``w``.

    Args:
        X: features, shape (n, d).
        y: labels 0 or 1, shape (n,).
        w: weights, shape (d,).
        b: intercept, not penalised.
        lam: at least 0.

    Raises:
        ValueError: if an argument is not allowed.
    """
    X, lam = _features(X), _penalty(lam)
    y, w, b = _labels(y, len(X), 2), _finite("w", w), _finite("b", b)
    if w.shape != X.shape[1:] or b.shape != ():
        raise ValueError(
            f"w must have shape {X.shape[1:]} and b (), got {w.shape} and {b.shape}"
        )
    margin = (2 * y - 1) * (X @ w + b)  # the logit, with the sign of the label
    return float(np.logaddexp(0, -margin).mean() + lam / 2 * (w @ w))
    # --8<-- [end:loss]


# --8<-- [start:irls]
def irls_path(
    X: np.ndarray, y: np.ndarray, lam: float = 0.0, steps: int = 8
) -> list[tuple[np.ndarray, float, float]]:
    """Newton's method from zero, undamped: weights, intercept, loss, steps + 1 times.

    Args:
        X: features, shape (n, d).
        y: labels 0 or 1, shape (n,), both of which occur.
        lam: at least 0.
        steps: at least 0.

    Raises:
        ValueError: if an argument is not allowed, or ``steps`` are so many that the
            weights overflow, as they do in the end where a plane separates the classes.
    """
    X, y, lam = _data(X, y, lam, 2)
    centre = middle(X)  # far from 0, features would lose their digits
    A = np.column_stack([X - centre, np.ones(len(X))])  # (n, d + 1)
    penalty = np.append(np.full(X.shape[1], lam), 0.0)
    a = np.zeros(A.shape[1])
    path = []
    for k in range(_integer("steps", steps, 0) + 1):
        w, b = a[:-1], float(a[-1] - centre @ a[:-1])
        path.append((w, b, logistic_loss(X, y, w, b, lam)))
        if k == steps:
            break
        p = sigmoid(A @ a)
        gradient = A.T @ (p - y) / len(y) + penalty * a  # (d + 1,)
        H = (A.T * (p * (1 - p))) @ A / len(y) + np.diag(penalty)  # (d + 1, d + 1)
        a = a + least_squares_step(H, gradient)
        if not (np.abs(a) < LARGEST).all():
            raise ValueError(f"steps must end before the weights overflow, got {steps}")
    return path
    # --8<-- [end:irls]


# --8<-- [start:fit]
def fit_logistic(
    X: np.ndarray,
    y: np.ndarray,
    lam: float = 0.0,
    tol: float = 1e-10,
    max_iter: int = 100,
) -> tuple[np.ndarray, float]:
    """Weights, shape (d,), and intercept that minimise ``logistic_loss``.

    Of several minima, as with two equal columns, the one of least norm. Where lam = 0,
    rows that differ by less than about 1e-13 of the largest feature count as equal.

    Args:
        X: features, shape (n, d).
        y: labels 0 or 1, shape (n,), both of which occur.
        lam: at least 0.
        tol: stop when a step moves no logit by more, relative to the largest or 1.
        max_iter: most Newton steps, at least 1.

    Raises:
        ValueError: if an argument is not allowed, ``max_iter`` is too small, or lam = 0
            and a plane separates the classes, with or without points on it, or rows
            are so far away that float64 does not show the minimum.
    """
    X, y, lam = _data(X, y, lam, 2)
    to = design(X, lam)
    sign = 2.0 * y - 1

    def of(a: np.ndarray) -> Derivatives:
        z = to.basis @ a
        wrong = sigmoid(-sign * z)  # probability of the other label, with its digits
        loss = np.logaddexp(0, -sign * z).mean() + to.penalty @ a**2 / 2
        gradient = to.basis.T @ (-sign * wrong) / len(y) + to.penalty * a
        curvature = wrong * sigmoid(sign * z)
        H = (to.basis.T * curvature) @ to.basis / len(y) + np.diag(to.penalty)
        return loss, gradient, H

    margins = sign[:, None] * to.basis
    steps = _integer("max_iter", max_iter, 1)
    a = minimise(of, margins, len(to.penalty), _positive("tol", tol), steps, lam > 0)
    w, b = to.weights(a)
    return w, float(b)
    # --8<-- [end:fit]


# --8<-- [start:shift]
def prior_shift(b: float, train_rate: float, true_rate: float) -> float:
    """The intercept for another share of ones than the one that was trained on.

    Args:
        b: intercept that was fitted.
        train_rate: share of ones in the training rows, in (0, 1).
        true_rate: share of ones where the model is used, in (0, 1).

    Raises:
        ValueError: if ``b`` is not finite or a rate is not in (0, 1).
    """
    train, true = _rate("train_rate", train_rate), _rate("true_rate", true_rate)
    start = _finite("b", b)
    if start.shape != ():
        raise ValueError(f"b must be a number, got shape {start.shape}")
    return float(start) - _logit(train) + _logit(true)
    # --8<-- [end:shift]


def _logit(rate: float) -> float:
    return math.log(rate) - math.log1p(-rate)


def _data(
    X: np.ndarray, y: np.ndarray, lam: float, n_classes: int
) -> tuple[np.ndarray, np.ndarray, float]:
    X = _features(X)
    y = _labels(y, len(X), n_classes)
    _all_there(y, n_classes)
    return X, y, _penalty(lam)
