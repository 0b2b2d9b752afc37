"""A feed-forward network, its first matrix cut by columns, its second by rows."""

from typing import Any

import numpy as np

from ._checks import _count, _fits, _matrix
from .split import split_columns, split_rows


# --8<-- [start:forward]
def mlp_forward(x: Any, a: Any, b: Any, W: int) -> tuple[np.ndarray, list[np.ndarray]]:
    """SiLU(x a) b on W ranks, with one all-reduce.

    Args:
        x: shape (n, d), the same on all ranks; inputs are finite and stay as they are.
        a: shape (d, h); rank r holds block r of its columns.
        b: shape (h, k); rank r holds block r of its rows.
        W: number of ranks, >= 1; divides h.

    Returns:
        y of shape (n, k), and the W partial sums that the all-reduce adds, in float64.

    Raises:
        ValueError: if an input is not a finite matrix, sizes do not fit, or W is not an
            integer >= 1 that divides h.
    """
    x, a, b, W = _checked(x, a, b, W)
    partials = []
    for a_r, b_r in zip(split_columns(a, W), split_rows(b, W)):
        h = x @ a_r  # whole columns of x a, so that SiLU may follow at once
        partials.append(_silu(h) @ b_r)
    return _all_reduce(partials), partials
    # --8<-- [end:forward]


# --8<-- [start:backward]
def mlp_backward(
    x: Any, a: Any, b: Any, W: int, grad_y: Any
) -> tuple[np.ndarray, list[np.ndarray], list[np.ndarray]]:
    """Gradients of sum(y * grad_y), with one all-reduce.

    Args:
        x, a, b, W: as in ``mlp_forward``.
        grad_y: shape (n, k), finite, the same on all ranks.

    Returns:
        The gradient of x, and of each rank's blocks of a and of b, in float64.

    Raises:
        ValueError: as in ``mlp_forward``, or if grad_y has another shape than y.
    """
    x, a, b, W = _checked(x, a, b, W)
    grad_y = _matrix("grad_y", grad_y)
    _fits("rows of grad_y", len(grad_y), "x", len(x))
    _fits("columns of grad_y", grad_y.shape[1], "b", b.shape[1])
    parts, grads_a, grads_b = [], [], []
    for a_r, b_r in zip(split_columns(a, W), split_rows(b, W)):
        h = x @ a_r
        grads_b.append(_silu(h).T @ grad_y)
        grad_h = (grad_y @ b_r.T) * _silu_slope(h)
        grads_a.append(x.T @ grad_h)
        parts.append(grad_h @ a_r.T)  # what x did through this rank's columns
    return _all_reduce(parts), grads_a, grads_b
    # --8<-- [end:backward]


def _silu(h: np.ndarray) -> np.ndarray:
    """h / (1 + exp(-h)), elementwise."""
    return h * _sigmoid(h)


def _silu_slope(h: np.ndarray) -> np.ndarray:
    """Derivative of SiLU, elementwise."""
    s = _sigmoid(h)
    return s * (1 + h * (1 - s))


def _sigmoid(h: np.ndarray) -> np.ndarray:
    e = np.exp(-np.abs(h))  # at most 1
    return np.where(h >= 0, 1, e) / (1 + e)


def _all_reduce(parts: list[np.ndarray]) -> np.ndarray:
    """Their sum, in the order of ranks."""
    total = parts[0].copy()
    for part in parts[1:]:
        total += part
    return total


def _checked(x: Any, a: Any, b: Any, W: Any) -> tuple[Any, Any, Any, int]:
    x, a, b, W = _matrix("x", x), _matrix("a", a), _matrix("b", b), _count("W", W)
    _fits("rows of a", a.shape[0], "x", x.shape[1])
    _fits("rows of b", b.shape[0], "a", a.shape[1])
    return x, a, b, W
