"""Floating-point grids of few bits: float16, bfloat16, E4M3, E2M1."""

import numpy as np

from ._checks import _integer, _numbers, _real


# --8<-- [start:floats]
def round_float(
    x: np.ndarray, exponent_bits: int, mantissa_bits: int, largest: float
) -> np.ndarray:
    """The nearest number of a small floating-point type, ties to the even one.

    Args:
        x: numbers, any shape.
        exponent_bits: 2 to 8; the exponent's bias is 2**(exponent_bits - 1) - 1.
        mantissa_bits: 1 to 10, those behind the leading 1.
        largest: the type's largest number, one of its grid; what lies beyond becomes
            it (saturation).

    Returns:
        float64, shape of ``x``.

    Raises:
        ValueError: x is empty or not finite, or another argument is out of range.
    """
    values = _numbers("x", x)
    least = 2 - 2 ** (_integer("exponent_bits", exponent_bits, 2, 8) - 1)
    mantissa = _integer("mantissa_bits", mantissa_bits, 1, 10)
    top = _real("largest", largest, 0, 1e39)

    def rounded(numbers: np.ndarray) -> np.ndarray:
        exponent = np.frexp(numbers)[1] - 1  # of the leading 1
        # Below the smallest exponent the step stays as there: subnormal numbers.
        step = np.ldexp(1.0, np.maximum(exponent, least) - mantissa)
        return np.rint(numbers / step) * step

    if rounded(np.array(top)) != top:
        raise ValueError(f"largest must be a number of the type, got {largest!r}")
    return np.clip(rounded(values), -top, top)
    # --8<-- [end:floats]
