"""What is no distribution, no token and no setting is refused here."""

import math
import operator
from collections.abc import Iterable
from numbers import Real
from typing import Any

import numpy as np

OFF = 1e-6  # a sum may miss 1, a log probability exceed 0, by so much: float32


def _numbers(name: str, values: Any) -> np.ndarray:
    """At least one number along the last axis, in float64; NaN and inf are refused."""
    try:
        if np.asarray(values).dtype.kind not in "iuf":
            raise TypeError
        numbers = np.array(values, float)  # a copy
    except (TypeError, ValueError):
        raise ValueError(
            f"{name} must be an array of numbers, got {values!r}"
        ) from None
    if not numbers.ndim or not numbers.size:
        raise ValueError(f"{name} must hold a number at least, got {values!r}")
    if np.isnan(numbers).any() or (numbers == math.inf).any():
        raise ValueError(f"{name} must be finite or -inf, got {values!r}")
    return numbers


def _logits(name: str, values: Any) -> np.ndarray:
    logits = _numbers(name, values)
    if (logits.max(axis=-1) == -math.inf).any():
        raise ValueError(f"{name} must not all be -inf, got {values!r}")
    return logits


def _log_probs(values: Any) -> np.ndarray:
    found = _logits("log probabilities", values)
    if found.ndim != 1 or (found > OFF).any():
        raise ValueError(
            f"log probabilities must be one row of numbers <= 0, got {values!r}"
        )
    return found


def _distribution(values: Any) -> np.ndarray:
    p = _numbers("p", values)
    # More than 2 is wrong before the sum can overflow.
    wrong = (p < 0).any() or (p > 2).any()
    if wrong or (abs(p.sum(axis=-1) - 1) > OFF).any():
        raise ValueError(f"p must be >= 0 with the sum 1, got {values!r}")
    return p


def _number(name: str, value: Any, wanted: str) -> float:
    """A number; whether it is what is wanted, the caller says."""
    if not isinstance(value, Real) or isinstance(value, bool):
        raise ValueError(f"{name} must be {wanted}, got {value!r}")
    try:
        return float(value)
    except OverflowError:  # an integer or a fraction
        return math.inf if value > 0 else -math.inf


def _temperature(value: Any) -> float:
    wanted = "a finite number > 0"
    number = _number("temperature", value, wanted)
    if not 0 < number < math.inf:
        raise ValueError(f"temperature must be {wanted}, got {value!r}")
    return number


def _share(name: str, value: Any, zero: bool) -> float:
    wanted = f"a number in {'[' if zero else '('}0, 1]"
    number = _number(name, value, wanted)
    if not (0 < number <= 1 or (zero and number == 0)):
        raise ValueError(f"{name} must be {wanted}, got {value!r}")
    return number


def _alpha(value: Any) -> float:
    wanted = "a number in [0, 10]"  # beyond, a length to this power may overflow
    number = _number("alpha", value, wanted)
    if not 0 <= number <= 10:
        raise ValueError(f"alpha must be {wanted}, got {value!r}")
    return number


def _count(name: str, value: Any, least: int) -> int:
    """An integer; True is none, though Python counts it as one."""
    try:
        number = least - 1 if isinstance(value, bool) else operator.index(value)
    except TypeError:
        number = least - 1
    if number < least:
        raise ValueError(f"{name} must be an integer >= {least}, got {value!r}")
    return number


def _tokens(start: Iterable[int]) -> tuple[int, ...]:
    try:
        tokens = tuple(start)
    except TypeError:
        raise ValueError(f"start must be a tuple of tokens, got {start!r}") from None
    return tuple(_count("a token", token, 0) for token in tokens)
