"""Floating-point formats by their number of exponent and fraction bits.

Source: Micikevicius et al. 2022, arXiv:2209.05433, for the two of 8 bits.
"""

from collections.abc import Mapping
from math import copysign, frexp, inf, isfinite, ldexp, nan
from types import MappingProxyType

import numpy as np

from ._checks import _flag, _numbers

# --8<-- [start:formats]
FORMATS: Mapping[str, tuple[int, int]] = MappingProxyType(
    {  # exponent bits, fraction bits; one more bit is the sign
        "float32": (8, 23),
        "float16": (5, 10),
        "bfloat16": (8, 7),
        "float8_e4m3fn": (4, 3),  # finite: no infinity, one pattern is NaN
        "float8_e5m2": (5, 2),
    }
)


def limits(name: str) -> dict[str, float]:
    """The largest number, the least positive ones, and the distance from 1 to the next.

    Args:
        name: one of ``FORMATS``.

    Returns:
        ``max``, ``min_normal``, ``min_subnormal``, ``eps``.

    Raises:
        ValueError: the format is unknown.
    """
    exponent, fraction = _format(name)
    bias = 2 ** (exponent - 1) - 1
    top, eps = 2.0**bias, 2.0**-fraction
    largest = top * (2 - eps)
    if name == "float8_e4m3fn":
        # The highest exponent holds numbers too; its last fraction is NaN.
        largest = 2 * top * (2 - 2 * eps)
    least = 2.0 ** (1 - bias)
    return {
        "max": largest,
        "min_normal": least,
        "min_subnormal": least * eps,
        "eps": eps,
    }
    # --8<-- [end:formats]


# --8<-- [start:round]
def round_to(x: np.ndarray, name: str, saturate: bool = False) -> np.ndarray:
    """The nearest number of the format; of two equally near, that of even fraction.

    Args:
        x: numbers that float64 holds, any shape; NaN stays NaN.
        name: one of ``FORMATS``.
        saturate: the largest number in place of an overflow, and of an infinity.

    Returns:
        float64, shape of ``x``. What is too large becomes an infinity; in E4M3, which
        has none, NaN.

    Raises:
        ValueError: x is not of such numbers, or the format is unknown.
    """
    values, known = _numbers("x", x), limits(name)
    step = _step(values, known)
    finite = np.where(np.isfinite(values), values, 0)
    with np.errstate(over="ignore"):
        rounded = np.rint(finite / step) * step  # rint: ties to even
    return _ended(np.where(np.isfinite(values), rounded, values), name, saturate)
    # --8<-- [end:round]


def _format(name: str) -> tuple[int, int]:
    if not isinstance(name, str) or name not in FORMATS:
        raise ValueError(f"name must be one of {', '.join(FORMATS)}, got {name!r}")
    return FORMATS[name]


# --8<-- [start:step]
def _step(values: np.ndarray, known: dict[str, float]) -> np.ndarray:
    """Distance of neighbours: below the least normal number it shrinks no more."""
    size = np.where(np.isfinite(values), np.abs(values), 0)
    power = np.ldexp(1.0, np.frexp(np.maximum(size, known["min_normal"]))[1] - 1)
    return np.asarray(power * known["eps"])
    # --8<-- [end:step]


def _ended(rounded: np.ndarray, name: str, saturate: bool) -> np.ndarray:
    """What lies beyond the largest number."""
    most = limits(name)["max"]
    beyond = np.abs(rounded) > most  # not NaN
    if _flag("saturate", saturate):
        end = np.copysign(most, rounded)
    elif name == "float8_e4m3fn":
        end = np.full_like(rounded, nan)
    else:
        end = np.copysign(inf, rounded)
    return np.where(beyond, end, rounded)


def _nearest(value: float, name: str, known: dict[str, float]) -> float:
    """``round_to`` for one number, for loops: numpy takes ten times as long."""
    if isfinite(value):
        power = frexp(max(abs(value), known["min_normal"]))[1] - 1
        step = ldexp(known["eps"], power)
        value = copysign(round(value / step) * step, value)  # round: ties to even
    if abs(value) > known["max"]:
        return nan if name == "float8_e4m3fn" else copysign(inf, value)
    return value
