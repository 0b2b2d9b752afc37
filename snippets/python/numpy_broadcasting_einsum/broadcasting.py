"""Broadcasting: shapes aligned at the right, axes of length 1 read by a stride of 0."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ._checks import integers, real


# --8<-- [start:shape]
def broadcast_shape(*shapes: Iterable[int]) -> tuple[int, ...]:
    """The shape of the result when arrays of these shapes meet; () for none.

    Raises:
        ValueError: if two sizes of one axis differ and neither is 1, or a size is
            negative or no integer.
    """
    sizes = [integers(shape, "a shape", 0) for shape in shapes]
    rank = max(map(len, sizes), default=0)
    result: list[int] = []
    for axis in range(1, rank + 1):  # from the right
        column = [s[-axis] if axis <= len(s) else 1 for s in sizes]
        wanted = {n for n in column if n != 1}
        if len(wanted) > 1:
            raise ValueError(f"sizes of axis -{axis} must agree or be 1, got {column}")
        result.insert(0, wanted.pop() if wanted else 1)
    return tuple(result)
    # --8<-- [end:shape]


# --8<-- [start:strides]
def broadcast_strides(
    shape: Iterable[int], strides: Iterable[int], target: Iterable[int]
) -> tuple[int, ...]:
    """The strides by which an array of a shape is read as one of the target's shape.

    Args:
        shape: of the array in memory.
        strides: one for each of its axes, in bytes; negative if it is read backwards.
        target: the shape after broadcasting.

    Returns:
        One stride for each axis of the target: 0 on new axes and on those of length 1.

    Raises:
        ValueError: if ``shape`` does not broadcast to ``target``.
    """
    old, steps = integers(shape, "shape", 0), integers(strides, "strides")
    new = integers(target, "target", 0)
    if len(steps) != len(old):
        raise ValueError(f"want a stride for each of {len(old)} axes, got {steps}")
    if not _reaches(old, new):
        raise ValueError(f"shape must broadcast to the target {new}, got {old}")
    added = len(new) - len(old)
    return (0,) * added + tuple(0 if n == 1 else s for n, s in zip(old, steps))
    # --8<-- [end:strides]


def _reaches(shape: tuple[int, ...], target: tuple[int, ...]) -> bool:
    """Whether broadcasting can make the one of the other."""
    try:
        return broadcast_shape(shape, target) == target
    except ValueError:
        return False


# --8<-- [start:unbroadcast]
def unbroadcast(grad: ArrayLike, shape: Iterable[int]) -> NDArray[np.float64]:
    """Sum the gradient of a broadcast result down to the shape of an input.

    Args:
        grad: of the result's shape.
        shape: of the input, which broadcasting repeated.

    Returns:
        An array of that shape.

    Raises:
        ValueError: if ``shape`` does not broadcast to the shape of ``grad``.
    """
    g = real(grad, "grad")
    old = integers(shape, "shape", 0)
    if not _reaches(old, g.shape):
        raise ValueError(f"shape must broadcast to that of grad, {g.shape}, got {old}")
    g = g.sum(axis=tuple(range(g.ndim - len(old))))  # axes put in front
    stretched = tuple(i for i, n in enumerate(old) if n == 1)
    return np.asarray(g.sum(axis=stretched, keepdims=True))  # of no axes as well
    # --8<-- [end:unbroadcast]


# --8<-- [start:distances]
def pairwise_sq_distances(a: ArrayLike, b: ArrayLike) -> NDArray[np.float64]:
    """Squared Euclidean distances of all pairs, by differences.

    Takes the memory of 2 * n * m * d numbers on the way: differences and squares.

    Args:
        a: n points, shape (n, d).
        b: m points, shape (m, d).

    Returns:
        Shape (n, m), float64.

    Raises:
        ValueError: if one of them has not two axes, or their widths differ.
    """
    a, b = real(a, "a"), real(b, "b")
    if a.ndim != 2 or b.ndim != 2 or a.shape[1] != b.shape[1]:
        # A width of 1 would broadcast in silence.
        raise ValueError(f"want shapes (n, d) and (m, d), got {a.shape} and {b.shape}")
    difference = a[:, None, :] - b[None, :, :]  # (n, m, d)
    return (difference**2).sum(axis=2)
    # --8<-- [end:distances]
