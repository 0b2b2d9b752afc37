"""How noisy a gradient is, from its size at two batch sizes.

Reference:
    McCandlish et al., 2018, arXiv:1812.06162, appendix A.
"""

import math

from ._checks import _at_least_zero, _integer


# --8<-- [start:scale]
def noise_scale(
    sq_small: float, b_small: int, sq_big: float, b_big: int
) -> tuple[float, float, float]:
    """Squared size of the true gradient, trace of the noise covariance, their ratio.

    The mean of |g|^2 over batches of B is |G|^2 + tr / B: two sizes give both unknowns.
    Pass means over many batches; then the first two are unbiased, the ratio is not.

    Args:
        sq_small: mean of |g|^2 over batches of b_small, >= 0.
        b_small: examples in a small batch, >= 1.
        sq_big: mean of |g|^2 over batches of b_big, >= 0.
        b_big: examples in a big batch, > b_small.

    Returns:
        |G|^2, the trace, and trace / |G|^2, or infinity where |G|^2 <= 0: estimates
        may be negative.

    Raises:
        ValueError: if an argument is not as above.
    """
    small, big = _at_least_zero("sq_small", sq_small), _at_least_zero("sq_big", sq_big)
    b_small, b_big = _integer("b_small", b_small, 1), _integer("b_big", b_big, 1)
    if b_small >= b_big:
        raise ValueError(f"b_small must be < b_big = {b_big}, got {b_small}")
    slope = (small - big) * (b_small / (b_big - b_small))  # trace / b_big
    signal, trace = big - slope, slope * b_big
    return signal, trace, trace / signal if signal > 0 else math.inf
    # --8<-- [end:scale]
