"""How often the majority is right: of independent voters, and of voters who share luck.

Reference:
    Dietterich, "Ensemble Methods in Machine Learning", MCS 2000,
    doi:10.1007/3-540-45014-9_1.
"""

import math
from statistics import NormalDist

import numpy as np

from ._checks import _integer, _number


# --8<-- [start:majority]
def majority_accuracy(n: int, p: float, ties: float | None = None) -> float:
    """Probability that most of n independent voters are right, each with chance p.

    Args:
        n: number of voters, >= 1.
        p: chance that one voter is right, in [0, 1].
        ties: credit for a tie in [0, 1], such as 0.5 for a coin; needed if n is even.

    Raises:
        ValueError: if n < 1, p or ties is outside [0, 1], or n is even without ties.
    """
    n = _integer("n", n, 1)
    _number("p", p, 0, 1)
    if ties is not None:
        _number("ties", ties, 0, 1)
    if n % 2 == 0 and ties is None:
        raise ValueError(f"n must be odd unless ties is given, got {n}")
    if p in (0, 1):
        return float(p)
    # Relative to the most likely count, no term overflows however large n is.
    mode, odds = min(int((n + 1) * p), n), p / (1 - p)
    k = np.arange(n + 1)
    up = np.cumprod((n - k[mode:-1]) / (k[mode:-1] + 1) * odds)
    down = np.cumprod(k[mode:0:-1] / (n - k[mode:0:-1] + 1) / odds)
    chance = np.concatenate([down[::-1], [1.0], up])
    won = chance[n // 2 + 1 :].sum()
    if n % 2 == 0:
        won += ties * chance[n // 2]
    return float(won / chance.sum())
    # --8<-- [end:majority]


# --8<-- [start:correlated]
def correlated_accuracy(n: int, p: float, rho: float) -> float:
    """As ``majority_accuracy`` for odd n, but the voters share part of their luck.

    Voter i is right if ``sqrt(rho) * z + sqrt(1 - rho) * e_i`` is below the quantile of
    p, with standard normal z (shared) and e_i (own). Given z they are independent, so
    the answer is a mean over z, here by the trapezoidal rule. Its steps are at
    most half as wide as the range of z in which the majority is in doubt.

    Args:
        n: number of voters, odd.
        p: chance that one voter is right, in (0, 1).
        rho: correlation of the latent scores, in [0, 0.95]; that of the votes is lower.

    Raises:
        ValueError: if n is not odd and positive, or p or rho is outside its range.
    """
    n = _integer("n", n, 1)
    _number("rho", rho, 0, 0.95)
    if not 0 < p < 1:
        raise ValueError(f"p must be in (0, 1), got {p}")
    if n % 2 == 0:
        raise ValueError(f"n must be odd, got {n}")
    normal = NormalDist()
    doubt = math.sqrt(math.pi / 2 / n)  # standard deviation of the median of the e_i
    width = doubt * math.sqrt((1 - rho) / rho) if rho else math.inf
    half = max(170, math.ceil(8.5 / (width / 2)))
    z = np.linspace(-8.5, 8.5, 2 * half + 1)
    share = np.exp(-z * z / 2)
    bar = (normal.inv_cdf(p) - math.sqrt(rho) * z) / math.sqrt(1 - rho)
    given = (bar > 0).astype(float)  # far from 0 nothing is in doubt
    near = np.flatnonzero(abs(bar) < 12 * doubt)
    given[near] = [majority_accuracy(n, normal.cdf(b)) for b in bar[near]]
    return float(share @ given / share.sum())
    # --8<-- [end:correlated]
