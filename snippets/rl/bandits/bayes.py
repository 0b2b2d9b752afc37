"""The best that any policy can do, if the prior over the means is known."""

import math
from collections.abc import Iterator, Sequence
from itertools import combinations, pairwise

from ._checks import _integer, _number


# --8<-- [start:bayes]
def bayes_optimal(
    horizon: int, priors: Sequence[tuple[float, float]] = ((1, 1), (1, 1))
) -> float:
    """Expected reward of the best policy, by backward induction over all counts.

    Args:
        horizon: number of pulls, >= 0.
        priors: for each arm, which pays 0 or 1, the two parameters (> 0) of the Beta
            distribution of its mean.

    Returns:
        The expected sum of rewards; 0 for horizon 0.

    Raises:
        ValueError: if horizon is not an integer >= 0, there are no arms, or a prior is
            not a pair of numbers > 0 with a finite sum.
    """
    horizon = _integer("horizon", horizon, 0)
    prior = _priors(priors)
    later: dict[tuple[int, ...], float] = {}
    for pulls in reversed(range(horizon)):
        now = {}
        for seen in _states(pulls, len(prior)):
            values = []
            for at in range(0, len(prior), 2):
                a, b = prior[at] + seen[at], prior[at + 1] + seen[at + 1]
                chance = a / (a + b)
                win = 1 + later.get(_more(seen, at), 0.0)
                loss = later.get(_more(seen, at + 1), 0.0)
                values.append(chance * win + (1 - chance) * loss)
            now[seen] = max(values)
        later = now
    return next(iter(later.values())) if later else 0.0


def _more(seen: tuple[int, ...], at: int) -> tuple[int, ...]:
    return (*seen[:at], seen[at] + 1, *seen[at + 1 :])


def _states(pulls: int, size: int) -> Iterator[tuple[int, ...]]:
    """All (wins of arm 0, losses of arm 0, wins of arm 1, ...) with the sum pulls."""
    for bars in combinations(range(pulls + size - 1), size - 1):
        edges = (-1, *bars, pulls + size - 1)
        yield tuple(right - left - 1 for left, right in pairwise(edges))
    # --8<-- [end:bayes]


def _priors(priors: Sequence[tuple[float, float]]) -> list[float]:
    """The parameters in one row: wins and losses before the first pull."""
    row: list[float] = []
    try:
        pairs = [tuple(pair) for pair in priors]
    except TypeError:
        raise ValueError(f"priors must be pairs of numbers, got {priors!r}") from None
    if not pairs or any(len(pair) != 2 for pair in pairs):
        raise ValueError(f"priors must be at least one pair of numbers, got {priors!r}")
    for pair in pairs:
        row += [_number("a prior", value, 0, open_=True) for value in pair]
        if row[-2] + row[-1] == math.inf:
            raise ValueError(f"a prior must have a finite sum, got {pair!r}")
    return row
