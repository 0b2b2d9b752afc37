"""Where an element lies: its address is the sum of index times stride over the axes."""

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ._checks import integer, integers


# --8<-- [start:contiguous]
def contiguous_strides(
    shape: Iterable[int], itemsize: int = 1, order: str = "C"
) -> tuple[int, ...]:
    """Steps in bytes that lay the elements of a shape side by side.

    The formula is applied to empty arrays too, whose strides nobody uses; there numpy's
    own may be other ones.

    Args:
        shape: integers >= 0.
        itemsize: bytes of one element.
        order: "C" if the last index moves fastest, "F" (Fortran) if the first does.

    Returns:
        One stride for each axis.

    Raises:
        ValueError: if a size is negative or no integer, or the order another one.
    """
    sizes = integers(shape, "shape", 0)
    step = integer(itemsize, "itemsize", 1)
    if order not in ("C", "F"):
        raise ValueError(f"order must be 'C' or 'F', got {order!r}")
    strides = []
    for n in reversed(sizes) if order == "C" else sizes:
        strides.append(step)
        step *= n  # the next axis jumps over all of this one
    return tuple(reversed(strides) if order == "C" else strides)
    # --8<-- [end:contiguous]


# --8<-- [start:windows]
def sliding_windows(x: ArrayLike, size: int) -> NDArray[Any]:
    """All windows of a vector, as rows of a view: nothing is copied.

    Neighbouring rows share elements, so the view is read-only.

    Args:
        x: shape (n,); of an array the memory is shared.
        size: of a window, from 1 to n.

    Returns:
        Shape (n - size + 1, size), in the dtype of ``x``.

    Raises:
        ValueError: if ``x`` has not one axis, or the size does not fit.
    """
    x = np.asarray(x)
    size = integer(size, "size", 1)
    if x.ndim != 1:
        raise ValueError(f"x must have one axis, got {x.ndim}")
    if size > len(x):
        raise ValueError(f"size must be at most len(x) = {len(x)}, got {size}")
    shape = len(x) - size + 1, size
    strides = x.strides * 2  # one element down is one element along
    return np.lib.stride_tricks.as_strided(x, shape, strides, writeable=False)
    # --8<-- [end:windows]
