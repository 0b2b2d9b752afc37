"""Each operation as its value and its pullbacks, which carry a gradient from the result
back to one input: for y = f(x), the pullback of x is g -> g^T dy/dx.

Everything here is numpy on float64 arrays, without a graph. A pullback returns the
shape of its input, so broadcasting in the forward pass is undone by sums.

References:
    Baydin et al., "Automatic Differentiation in Machine Learning: a Survey", 2015,
    arXiv:1502.05767.
"""

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Pullback = Callable[[Array], Array]
Axis = int | tuple[int, ...] | None


class Result(NamedTuple):
    """What an operation returns.

    Attributes:
        value: the result of the operation.
        pullbacks: one for each input, in order.
    """

    value: Array
    pullbacks: tuple[Pullback, ...]


# --8<-- [start:unbroadcast]
def unbroadcast(g: Array, shape: tuple[int, ...]) -> Array:
    """Sum a gradient over the axes along which an input of this shape was repeated.

    Args:
        g: gradient for the broadcast input.
        shape: of the input before broadcasting.

    Returns:
        The gradient for the input itself, of that shape.

    Raises:
        ValueError: if ``shape`` does not broadcast to the shape of ``g``.
    """
    if _broadcast_shapes(g.shape, shape) != g.shape:
        raise ValueError(f"shape must broadcast to {g.shape}, got {shape}")
    new = tuple(range(g.ndim - len(shape)))  # axes that broadcasting put in front
    g = g.sum(axis=new)
    stretched = tuple(i for i, n in enumerate(shape) if n == 1 != g.shape[i])
    return g.sum(axis=stretched, keepdims=True)
    # --8<-- [end:unbroadcast]


def _broadcast_shapes(a: tuple[int, ...], b: tuple[int, ...]) -> tuple[int, ...]:
    try:
        return np.broadcast_shapes(a, b)
    except ValueError:
        raise ValueError(f"shapes must broadcast, got {a} and {b}") from None


def _elementwise(a: Array, b: Array, value: Array, da: Any, db: Any) -> Result:
    """The result of a broadcasting operation from its two local derivatives."""
    return Result(
        value,
        (
            lambda g: unbroadcast(g * da(), a.shape),
            lambda g: unbroadcast(g * db(), b.shape),
        ),
    )


# --8<-- [start:rules]
def add(a: Array, b: Array) -> Result:
    """a + b, broadcasting; ValueError if the shapes do not broadcast."""
    _broadcast_shapes(a.shape, b.shape)
    return _elementwise(a, b, a + b, lambda: 1.0, lambda: 1.0)


def multiply(a: Array, b: Array) -> Result:
    """a b, broadcasting; ValueError if the shapes do not broadcast."""
    _broadcast_shapes(a.shape, b.shape)
    return _elementwise(a, b, a * b, lambda: b, lambda: a)


def matmul(a: Array, b: Array) -> Result:
    """a b, shapes (..., i, k) and (..., k, j); leading axes broadcast.

    Raises:
        ValueError: if a factor has fewer than 2 axes, or the shapes do not fit.
    """
    if min(a.ndim, b.ndim) < 2 or a.shape[-1] != b.shape[-2]:
        wanted = "factors must have shapes (..., i, k) and (..., k, j)"
        raise ValueError(f"{wanted}, got {a.shape} and {b.shape}")
    _broadcast_shapes(a.shape[:-2], b.shape[:-2])
    return Result(
        a @ b,
        (
            lambda g: unbroadcast(g @ np.swapaxes(b, -1, -2), a.shape),
            lambda g: unbroadcast(np.swapaxes(a, -1, -2) @ g, b.shape),
        ),
    )
    # --8<-- [end:rules]


def divide(a: Array, b: Array) -> Result:
    """a / b, broadcasting, infinite or NaN at b = 0; ValueError as in ``add``."""
    _broadcast_shapes(a.shape, b.shape)
    return _elementwise(a, b, a / b, lambda: 1 / b, lambda: -(a / b) / b)


def power(a: Array, b: Array) -> Result:
    """a ** b, broadcasting; ValueError if the shapes do not broadcast.

    As in torch, the derivative by ``a`` is 0 where b = 0, and that by ``b`` is 0 where
    a = 0 <= b; a negative ``a`` has no derivative by ``b`` (NaN).
    """
    _broadcast_shapes(a.shape, b.shape)
    value = a**b
    return _elementwise(
        a,
        b,
        value,
        lambda: np.where(b == 0, 0.0, b * a ** (b - 1)),
        lambda: np.where((a == 0) & (b >= 0), 0.0, value * np.log(a)),
    )


def exp(a: Array) -> Result:
    """e to the a."""
    value = np.exp(a)
    return Result(value, (lambda g: g * value,))


def log(a: Array) -> Result:
    """Natural logarithm; ValueError unless all of ``a`` is positive."""
    if not np.all(a > 0):
        raise ValueError(f"log needs values > 0, got {a[~(a > 0)][0]}")
    return Result(np.log(a), (lambda g: g / a,))


def tanh(a: Array) -> Result:
    """Hyperbolic tangent."""
    value = np.tanh(a)
    return Result(value, (lambda g: g * (1 - value**2),))


def relu(a: Array) -> Result:
    """max(a, 0), with derivative 0 at 0."""
    return Result(np.maximum(a, 0.0), (lambda g: np.where(a <= 0, 0.0, g),))


# --8<-- [start:where]
def where(condition: NDArray[np.bool_], a: Array, b: Array) -> Result:
    """``a`` where the condition holds, else ``b``; ValueError as in ``add``."""
    shape = _broadcast_shapes(_broadcast_shapes(a.shape, b.shape), condition.shape)
    condition = np.broadcast_to(condition, shape)
    return Result(
        np.where(condition, a, b),
        (
            lambda g: unbroadcast(np.where(condition, g, 0.0), a.shape),
            lambda g: unbroadcast(np.where(condition, 0.0, g), b.shape),
        ),
    )
    # --8<-- [end:where]


def total(a: Array, axis: Axis = None, keepdims: bool = False) -> Result:
    """Sum over one axis, several or (None) all; every summand gets the gradient."""
    value = np.sum(a, axis=axis, keepdims=keepdims)
    kept = np.sum(a, axis=axis, keepdims=True).shape
    return Result(value, (lambda g: np.broadcast_to(g.reshape(kept), a.shape),))


def mean(a: Array, axis: Axis = None, keepdims: bool = False) -> Result:
    """Mean over one axis, several or (None) all; NaN if there is nothing to average."""
    value, (spread,) = total(a, axis, keepdims)
    kept = np.sum(a, axis=axis, keepdims=True).shape
    count = np.float64(math.prod(n for n, k in zip(a.shape, kept) if n != k))
    return Result(value / count, (lambda g: spread(g) / count,))


def reshape(a: Array, shape: tuple[int, ...]) -> Result:
    """The same elements in another shape; one length may be -1."""
    try:
        value = a.reshape(shape)
    except ValueError:
        wanted = f"shape must have the {a.size} elements of {a.shape}"
        raise ValueError(f"{wanted}, got {shape}") from None
    return Result(value, (lambda g: g.reshape(a.shape),))


def transpose(a: Array) -> Result:
    """The axes in reverse order."""
    return Result(a.T, (lambda g: g.T,))


def take(a: Array, index: Any) -> Result:
    """a[index] with any numpy index; an element taken twice gets both gradients."""

    def pullback(g: Array) -> Array:
        full = np.zeros(a.shape)
        np.add.at(full, index, g)
        return full

    return Result(a[index], (pullback,))
