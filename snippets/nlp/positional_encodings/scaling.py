"""Frequencies for texts longer than those of training."""

import math

import numpy as np

from ._checks import _base, _even, _number
from .absolute import inverse_frequencies


# --8<-- [start:scaled]
def scaled_frequencies(
    method: str,
    d: int,
    scale: float,
    base: float = 10000.0,
    original_length: float = 2048,
    beta_fast: float = 32.0,
    beta_slow: float = 1.0,
) -> tuple[np.ndarray, float]:
    """Frequencies for ``scale`` times the original length, and a factor for q and k.

    Args:
        method: ``"linear"`` (interpolation), ``"ntk"`` (another base) or ``"yarn"``.
        d: features, even, at least 2; for ``"ntk"`` at least 4.
        scale: how many times longer, at least 1.
        base: above 1.
        original_length: of training, in tokens. Only YaRN uses it and what follows;
            some pair must make ``beta_slow`` turns in it.
        beta_fast: pairs that make more turns are left alone.
        beta_slow: pairs that make fewer turns are divided by scale.

    Returns:
        float64, shape (d/2,), and what to multiply turned queries and keys by.

    Raises:
        ValueError: the method is unknown, or one of the numbers is not as it should be.
    """
    d, base = _even("d", d, 2), _base(base)
    scale = _number("scale", scale, ">= 1", 1)
    speeds = inverse_frequencies(d, base)
    if method == "linear":
        return speeds / scale, 1.0
    if method == "ntk":
        if d < 4:
            raise ValueError(f"d must be at least 4 for method 'ntk', got {d}")
        return inverse_frequencies(d, base * scale ** (d / (d - 2))), 1.0
    if method != "yarn":
        raise ValueError(f"method must be 'linear', 'ntk' or 'yarn', got {method!r}")

    slow = _number("beta_slow", beta_slow, ">= 1e-6", 1e-6)
    fast = _number("beta_fast", beta_fast, ">= beta_slow", slow)
    wanted = "with beta_slow turns of the fastest pair in it"
    length = _number("original_length", original_length, wanted, 2 * math.pi * slow)

    def pair(turns: float) -> float:
        """The pair, as a real number, that makes so many turns in the length."""
        return d * math.log(length / (2 * math.pi * turns)) / (2 * math.log(base))

    low = max(math.floor(pair(fast)), 0)
    high = max(min(math.ceil(pair(slow)), d - 1), low + 0.001)
    ramp = np.clip((np.arange(d // 2) - low) / (high - low), 0, 1)
    return speeds * (1 - ramp) + speeds / scale * ramp, 1 + 0.1 * math.log(scale)
    # --8<-- [end:scaled]
