"""What the step sizes 1/n leave of an error when a pair leads back to itself.

Reference: Even-Dar, Mansour, "Learning Rates for Q-learning", JMLR 5, 2003.
"""

import math

from ._checks import integer, share


# --8<-- [start:rate]
def linear_rate_error(gamma: float, n: int) -> float:
    """Share of the first error left after n updates with step sizes 1, 1/2, ..., 1/n.

    One state, one action, reward 0, back to the same state: update k multiplies the
    value, whose truth is 0, by 1 - (1 - gamma) / k. The product of all is
    Gamma(n + gamma) / (Gamma(gamma) Gamma(n + 1)) if gamma > 0, else 0 from n = 1 on.

    Args:
        gamma: discount factor in [0, 1).
        n: updates, 0 to 10^300.

    Raises:
        ValueError: if an argument is not as above.
    """
    gamma, n = share("gamma", gamma, "[0, 1)"), integer("n", n, 0, 10**300)
    left = 1.0
    for k in range(1, min(n, 64) + 1):
        left *= (k - 1 + gamma) / k  # 1 - (1 - gamma) / k loses a tiny gamma
    if n <= 64:
        return left
    # A difference of two lgamma keeps few digits; that of their Stirling series does.
    return left * math.exp(_log_ratio(n, gamma) - _log_ratio(64, gamma))
    # --8<-- [end:rate]


def _log_ratio(n: int, gamma: float) -> float:
    """log(Gamma(n + gamma) / Gamma(n + 1)), less what does not depend on n."""
    x, y, gap = n + gamma, n + 1.0, gamma - 1
    series = [1 / (12 * z) - (1 / z) ** 3 / 360 for z in (x, y)]
    main = gap * math.log(y) + (x - 0.5) * math.log1p(gap / y)
    return main + series[0] - series[1]
