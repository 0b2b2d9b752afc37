"""Upper confidence bounds on an arm's mean, and the regret that nobody can avoid."""

import math

import numpy as np

from ._checks import _number, _row


# --8<-- [start:ucb1]
def ucb1_index(counts: np.ndarray, sums: np.ndarray, c: float = 2.0) -> np.ndarray:
    """Mean plus bonus sqrt(c ln t / count) of each arm, where t is the sum of counts.

    Args:
        counts: shape (k,), how often each arm was pulled, >= 0.
        sums: shape (k,), the sum of each arm's rewards, which should lie in [0, 1].
        c: width of the bonus, >= 0.

    Returns:
        float64 of shape (k,); +inf for an arm that was never pulled.

    Raises:
        ValueError: if there are no arms, shapes differ, counts or c are negative, an
            arm without pulls has a sum other than 0, or a number or the index of an
            arm with pulls is not finite.
    """
    counts = _row("counts", counts, 0, math.inf)
    sums = _row("sums", sums, -math.inf, math.inf)
    c = _number("c", c, 0)
    if counts.shape != sums.shape:
        raise ValueError(
            f"want as many sums as counts, got {sums.shape[0]} sums "
            f"and {counts.shape[0]} counts"
        )
    if (sums[counts == 0] != 0).any():
        raise ValueError(f"an arm without pulls must have the sum 0, got {sums}")
    index = np.full(counts.shape, math.inf)
    log_t = math.log(max(sum(counts.tolist()), 1.0))
    played = counts > 0
    n = counts[played]
    with np.errstate(over="ignore"):
        index[played] = sums[played] / n + np.sqrt(c * log_t / n)
    if not np.isfinite(index[played]).all():
        raise ValueError(f"want indices that float64 can hold, got {index}")
    return index
    # --8<-- [end:ucb1]


# --8<-- [start:kl]
def bernoulli_kl(p: float, q: float) -> float:
    """KL divergence of a coin with mean p from a coin with mean q, in nats.

    Args:
        p: in [0, 1].
        q: in [0, 1].

    Returns:
        p ln(p / q) + (1 - p) ln((1 - p) / (1 - q)), where 0 ln 0 is 0; inf if q is 0 or
        1 and p is another number.

    Raises:
        ValueError: if p or q is not a number in [0, 1].
    """
    p, q = _number("p", p, 0, 1), _number("q", q, 0, 1)
    return _part(p, q, q - p) + _part(1 - p, 1 - q, p - q)


def _part(p: float, q: float, gap: float) -> float:
    """p ln(p / q) + gap, where gap is q - p: never negative, so nothing cancels."""
    if p == 0 or gap == 0:
        return gap
    if q == 0:
        return math.inf
    if abs(gap) > p / 2:
        return p * (math.log(p) - math.log(q)) + gap
    x = gap / p
    if abs(x) > 1e-3:
        return p * (x - math.log1p(x))
    return gap * x * (1 / 2 - x * (1 / 3 - x * (1 / 4 - x * (1 / 5 - x / 6))))


def kl_ucb_index(mean: float, count: float, budget: float) -> float:
    """The largest q in [mean, 1] with count * kl(mean, q) <= budget, by bisection.

    Args:
        mean: of the arm's rewards so far, in [0, 1].
        count: how often the arm was pulled, >= 0.
        budget: >= 0; KL-UCB takes ln t, or a little more.

    Returns:
        The index, to within 1e-18 or the spacing of floats; 1 if count is 0.

    Raises:
        ValueError: if an argument is not as above.
    """
    mean, count = _number("mean", mean, 0, 1), _number("count", count, 0)
    budget = _number("budget", budget, 0)
    if count == 0:
        return 1.0
    low, high = mean, 1.0
    for _ in range(60):  # 2**-60 is left of an interval of at most 1
        middle = (low + high) / 2
        if count * bernoulli_kl(mean, middle) <= budget:
            low = middle
        else:
            high = middle
    return low
    # --8<-- [end:kl]


# --8<-- [start:lai_robbins]
def lai_robbins(means: np.ndarray) -> float:
    """What regret / ln T cannot stay below, for arms that pay 0 or 1.

    Args:
        means: shape (k,), in [0, 1].

    Returns:
        The sum over worse arms of gap / kl(mean, best mean); 0 if all are equal.

    Raises:
        ValueError: if means is not a row of at least one number in [0, 1], or float64
            cannot hold the result.
    """
    row = _row("means", means, 0, 1).tolist()
    best, slope = max(row), 0.0
    for mean in row:
        kl = bernoulli_kl(mean, best)
        if mean < best and kl == 0:
            raise ValueError(f"means must be equal or further apart, got {means!r}")
        slope += (best - mean) / kl if kl else 0.0
    return slope
    # --8<-- [end:lai_robbins]
