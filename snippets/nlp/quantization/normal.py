"""NF4: sixteen levels at quantiles of the normal distribution."""

from statistics import NormalDist

import numpy as np

from ._checks import _cut, _numbers, _real


# --8<-- [start:levels]
def nf4_levels(offset: float = 0.9677083) -> np.ndarray:
    """The 16 levels of NF4: -1, six more below 0, 0 itself, and eight above up to 1.

    Args:
        offset: the probability of the outermost quantile, between 0.5 and 1.

    Returns:
        float64, shape (16,), rising.

    Raises:
        ValueError: offset is not between 0.5 and 1.
    """
    outer = _real("offset", offset, 0.5, 1)
    quantile = np.vectorize(NormalDist().inv_cdf)
    above = quantile(np.linspace(0.5, outer, 9)[1:])
    below = -quantile(np.linspace(0.5, outer, 8)[1:])
    return np.concatenate([below[::-1], [0.0], above]) / above[-1]
    # --8<-- [end:levels]


# --8<-- [start:nf4]
def nf4_quantize(x: np.ndarray, block: int = 64) -> tuple[np.ndarray, np.ndarray]:
    """Each block over its largest size, then the nearest of the 16 levels.

    Args:
        x: numbers, any shape; read in C order and cut into blocks.
        block: numbers that share an absmax; must divide how many there are.

    Returns:
        Codes, uint8, shape (n / block, block); absmax, float64, shape (n / block,).
        A number is about ``nf4_levels()[code] * absmax``. A block of zeros has
        code 7, the level 0, and absmax 0.

    Raises:
        ValueError: x is empty or not finite, or block does not divide.
    """
    values = _numbers("x", x).reshape(-1)
    blocks = values.reshape(-1, _cut("block", block, values.size))
    absmax = np.abs(blocks).max(axis=1)
    scaled = blocks / np.where(absmax > 0, absmax, 1.0)[:, None]
    levels = nf4_levels()
    codes = np.searchsorted((levels[1:] + levels[:-1]) / 2, scaled)
    return codes.astype(np.uint8), absmax
    # --8<-- [end:nf4]
