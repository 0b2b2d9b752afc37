"""What is no box, no score and no setting is refused here."""

import math
import operator
from numbers import Real
from typing import Any

import numpy as np

SMALLEST, LARGEST = 1e-100, 1e100  # their products and quotients are still float64


def _array(name: str, values: Any, wanted: str) -> np.ndarray:
    """Numbers as float64, a copy; what is empty has the shape that it came with."""
    try:
        if isinstance(values, np.ma.MaskedArray):  # its mask would be lost
            raise TypeError
        if np.asarray(values).dtype.kind not in "iuf":
            raise TypeError
        return np.array(values, np.float64)
    except (TypeError, ValueError, RuntimeError):  # the last: a tensor with gradient
        raise ValueError(f"{name} must be {wanted}, got {values!r}") from None


def _rows(name: str, values: Any) -> np.ndarray:
    """Rows of four numbers of a size that can be squared."""
    wanted = "an array of numbers of shape (n, 4)"
    rows = _array(name, values, wanted)
    if rows.shape == (0,):
        rows = rows.reshape(0, 4)
    if rows.ndim != 2 or rows.shape[1] != 4:
        raise ValueError(f"{name} must be {wanted}, got shape {rows.shape}")
    fit = np.abs(rows) <= LARGEST  # NaN is not
    if not fit.all():
        got = rows[~fit].tolist()[0]
        raise ValueError(f"{name} must be finite, at most 1e100 in size, got {got}")
    return rows


def _boxes(name: str, values: Any) -> np.ndarray:
    boxes = _rows(name, values)
    wrong = (boxes[:, 2:] < boxes[:, :2]).any(axis=1)
    if wrong.any():
        got = boxes[wrong].tolist()[0]
        raise ValueError(f"{name} must have x1 <= x2 and y1 <= y2, got {got}")
    return boxes


def _solid(name: str, values: Any) -> np.ndarray:
    boxes = _boxes(name, values)
    flat = (boxes[:, 2:] - boxes[:, :2] < SMALLEST).any(axis=1)
    if flat.any():
        got = boxes[flat].tolist()[0]
        raise ValueError(f"{name} must have sides of at least 1e-100, got {got}")
    return boxes


def _scores(values: Any, count: int, negative: bool = True) -> np.ndarray:
    wanted = f"{count} numbers, one a box"
    scores = _array("scores", values, wanted)
    if scores.shape != (count,):
        raise ValueError(f"scores must be {wanted}, got shape {scores.shape}")
    if np.isnan(scores).any():
        raise ValueError(f"scores must be numbers, got {values!r}")
    if not negative and not ((scores >= 0) & (scores < math.inf)).all():
        raise ValueError(f"scores must be finite and >= 0, got {values!r}")
    return scores


def _labels(values: Any, count: int) -> np.ndarray:
    wanted = f"{count} integers, one a box"
    try:
        labels = np.asarray(values)
    except (TypeError, ValueError, RuntimeError):
        raise ValueError(f"labels must be {wanted}, got {values!r}") from None
    if labels.shape != (count,):
        raise ValueError(f"labels must be {wanted}, got shape {labels.shape}")
    if count and labels.dtype.kind not in "iu":
        raise ValueError(f"labels must be {wanted}, got {values!r}")
    return labels


def _number(name: str, value: Any, wanted: str) -> float:
    if not isinstance(value, Real) or isinstance(value, bool):
        raise ValueError(f"{name} must be {wanted}, got {value!r}")
    try:
        return float(value)
    except OverflowError:  # an integer or a fraction
        raise ValueError(f"{name} must be {wanted}, got {value!r}") from None


def _share(name: str, value: Any) -> float:
    number = _number(name, value, "a number in [0, 1]")
    if not 0 <= number <= 1:
        raise ValueError(f"{name} must be a number in [0, 1], got {value!r}")
    return number


def _positive(name: str, value: Any, most: float = LARGEST) -> float:
    wanted = f"a number in [1e-100, {most:g}]"
    number = _number(name, value, wanted)
    if not SMALLEST <= number <= most:
        raise ValueError(f"{name} must be {wanted}, got {value!r}")
    return number


def _positives(name: str, values: Any, count: int | None = None) -> np.ndarray:
    wanted = f"{'a list of' if count is None else count} numbers in [1e-9, 1e9]"
    numbers = _array(name, values, wanted)
    right = numbers.ndim == 1 and (count is None or len(numbers) == count)
    if not right or not ((numbers >= 1e-9) & (numbers <= 1e9)).all():
        raise ValueError(f"{name} must be {wanted}, got {values!r}")
    return numbers


def _grid(values: Any) -> tuple[int, int]:
    wanted = "two integers >= 0, rows and columns"
    try:
        if isinstance(values, set | frozenset | dict):  # of no order, or of keys
            raise TypeError
        height, width = values
        if isinstance(height, bool) or isinstance(width, bool):
            raise TypeError
        sides = operator.index(height), operator.index(width)
    except (TypeError, ValueError):
        raise ValueError(f"grid must be {wanted}, got {values!r}") from None
    if min(sides) < 0:
        raise ValueError(f"grid must be {wanted}, got {values!r}")
    return sides
