"""The evenly spaced grid: a step, rounding, a clip, and who shares the step."""

import numpy as np

from ._checks import _axes, _cut, _integer, _numbers


# --8<-- [start:absmax]
def quantize_absmax(
    x: np.ndarray,
    bits: int = 8,
    axis: int | tuple[int, ...] | None = None,
    group: int | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """Codes on a grid that is symmetric about 0 and ends at the largest size.

    Args:
        x: numbers, any shape.
        bits: 2 to 16; codes run from -(2**(bits - 1) - 1) to 2**(bits - 1) - 1.
        axis: axes that share a scale, which keeps them with length 1; None for all.
        group: cuts the last axis, (..., n), into groups with a scale each.

    Returns:
        Codes, int32, shape of ``x``; scale, float64, with ``group`` (..., n / group).
        Where all numbers are 0 (or the step underflows to 0), the scale is 1.

    Raises:
        ValueError: x is empty or not finite, bits are out of range, group does not
            divide, or comes with an axis.
    """
    values = _numbers("x", x)
    top = 2 ** (_integer("bits", bits, 2, 16) - 1) - 1
    if group is not None:
        if axis is not None:
            raise ValueError(f"group must come without axis, got axis {axis!r}")
        blocks = _grouped(values, group)
        q, scale = quantize_absmax(blocks, bits, axis=-1)
        return q.reshape(values.shape), scale[..., 0]
    largest = np.abs(values).max(axis=_axes(axis, values.ndim), keepdims=True)
    scale = largest / top
    scale = np.where(scale > 0, scale, 1.0)
    # int8 would wrap what lies outside, and astype alone would cut, not round.
    q = np.clip(np.rint(values / scale), -top, top)
    return q.astype(np.int32), scale
    # --8<-- [end:absmax]


# --8<-- [start:affine]
def quantize_affine(
    x: np.ndarray, bits: int = 8, axis: int | tuple[int, ...] | None = None
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Codes on a grid from the smallest to the largest number, with 0 among its points.

    Args:
        x: numbers, any shape.
        bits: 2 to 16; codes run from 0 to 2**bits - 1.
        axis: axes that share scale and zero point, kept with length 1; None for all.

    Returns:
        Codes, int32, shape of ``x``; scale, float64; zero point, the code of 0, int32.
        Where all numbers are 0 (or the step underflows to 0), the scale is 1.

    Raises:
        ValueError: x is empty or not finite, or bits are out of range.
    """
    values = _numbers("x", x)
    top = 2 ** _integer("bits", bits, 2, 16) - 1
    axes = _axes(axis, values.ndim)
    low = np.minimum(values.min(axis=axes, keepdims=True), 0)
    high = np.maximum(values.max(axis=axes, keepdims=True), 0)
    scale = (high - low) / top
    scale = np.where(scale > 0, scale, 1.0)
    zero_point = np.clip(np.rint(-low / scale), 0, top)
    q = np.clip(np.rint(values / scale) + zero_point, 0, top)
    return q.astype(np.int32), scale, zero_point.astype(np.int32)
    # --8<-- [end:affine]


# --8<-- [start:dequantize]
def dequantize(
    q: np.ndarray,
    scale: np.ndarray,
    zero_point: np.ndarray | int = 0,
    group: int | None = None,
) -> np.ndarray:
    """The numbers that codes stand for: scale * (q - zero_point).

    Args:
        q: codes, any shape.
        scale: what came with them; must spread over the shape of ``q``.
        zero_point: likewise.
        group: as it was given to ``quantize_absmax``.

    Returns:
        float64, shape of ``q``.

    Raises:
        ValueError: shapes do not fit, something is empty or not finite.
    """
    codes, step = _numbers("q", q), _numbers("scale", scale)
    zero = _numbers("zero_point", np.asarray(zero_point))
    if group is None:
        blocks = codes
    else:
        blocks, step = _grouped(codes, group), step[..., None]
        zero = zero[..., None] if zero.ndim else zero
    for name, array in (("scale", step), ("zero_point", zero)):
        ends = zip(array.shape[::-1], blocks.shape[::-1], strict=False)
        fits = all(one in (1, length) for one, length in ends)
        exact = (
            group is None or array.ndim == 0 or array.shape[:-1] == blocks.shape[:-1]
        )
        if array.ndim > blocks.ndim or not fits or not exact:
            raise ValueError(
                f"{name} must fit q, got shape {np.shape(array)} for {blocks.shape}"
            )
    return (step * (blocks - zero)).reshape(codes.shape)
    # --8<-- [end:dequantize]


# --8<-- [start:bits]
def bits_per_weight(
    bits: int,
    group: int,
    scale_bits: int = 16,
    zero_bits: int = 0,
    double_group: int | None = None,
    double_bits: int = 8,
) -> float:
    """Bits that a weight costs with its share of scale and zero point.

    Args:
        bits: of a code, 2 to 16.
        group: weights that share a scale.
        scale_bits: of a scale, or with ``double_group`` of a scale of scales; 64 at
            most, as all bits here.
        zero_bits: of a zero point; 0 if there is none.
        double_group: scales that share a scale themselves (double quantization).
        double_bits: of a scale that is quantized so.

    Returns:
        Bits per weight.

    Raises:
        ValueError: an argument is not an integer in its range.
    """
    code = _integer("bits", bits, 2, 16)
    shared = _integer("zero_bits", zero_bits, 0, 64)
    wide = _integer("scale_bits", scale_bits, 1, 64)
    narrow = _integer("double_bits", double_bits, 1, 64)
    if double_group is None:
        shared += wide
    else:
        shared += narrow + wide / _integer("double_group", double_group, 1)
    return code + shared / _integer("group", group, 1)
    # --8<-- [end:bits]


def _grouped(values: np.ndarray, group: int) -> np.ndarray:
    if values.ndim == 0:
        raise ValueError("group must cut a last axis, got a single number")
    size = _cut("group", group, values.shape[-1])
    return values.reshape(*values.shape[:-1], -1, size)
