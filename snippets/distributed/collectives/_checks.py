"""What is no vector, no number of ranks and no time is refused here."""

import math
import operator
from collections.abc import Iterable
from numbers import Real
from typing import Any

import numpy as np


def _vectors(name: str, values: Iterable[Any], split: bool) -> list[np.ndarray]:
    """Fresh float64 vectors of one length; with ``split`` it is a multiple of W."""
    try:
        given = list(values)
    except TypeError:
        raise ValueError(f"{name} must be a list of vectors, got {values!r}") from None
    if not given:
        raise ValueError(f"{name} must hold one vector per rank, got none")
    vectors = [_vector(name, value) for value in given]
    shapes = [vector.shape for vector in vectors]
    if len(set(shapes)) > 1 or len(shapes[0]) != 1:
        raise ValueError(f"{name} must be vectors of one length, got shapes {shapes}")
    if split and shapes[0][0] % len(given):
        raise ValueError(
            f"the length must be divisible by W = {len(given)}, or pad with zeros; "
            f"got {shapes[0][0]}"
        )
    return vectors


def _vector(name: str, value: Any) -> np.ndarray:
    try:
        if np.asarray(value).dtype.kind not in "biuf":
            raise TypeError
        return np.array(value, float)  # a copy
    except (TypeError, ValueError, RuntimeError):  # torch: one that requires grad
        raise ValueError(
            f"{name} must be vectors of real numbers, got {value!r}"
        ) from None


def _ranks(W: Any, least: int = 1) -> int:
    """An integer; numpy's are integers, True is none."""
    try:
        count = least - 1 if isinstance(W, bool) else operator.index(W)
    except TypeError:
        count = least - 1
    if count < least:
        raise ValueError(f"W must be an integer >= {least}, got {W!r}")
    if count > 2**53:  # from there on floats round it
        raise ValueError(f"W must be at most 2**53, got {W!r}")
    return count


def _number(name: str, value: Any, positive: bool = False) -> float:
    """A finite number >= 0, or > 0."""
    number = math.nan
    if isinstance(value, Real) and not isinstance(value, bool):
        try:
            number = float(value)
        except OverflowError:  # an integer or a fraction
            number = math.inf
    if not (number > 0 if positive else number >= 0) or number == math.inf:
        span = "> 0" if positive else ">= 0"
        raise ValueError(f"{name} must be finite and {span}, got {value!r}")
    return number


def _finite(name: str, value: float) -> float:
    """What was computed of finite numbers, unless it is too large for a float."""
    if not math.isfinite(value):
        raise ValueError(f"{name} must be finite, got {value!r}")
    return value


def _one_of(name: str, value: Any, known: Iterable[str]) -> str:
    names = sorted(known)
    if not isinstance(value, str) or value not in names:
        raise ValueError(f"{name} must be one of {', '.join(names)}, got {value!r}")
    return value
