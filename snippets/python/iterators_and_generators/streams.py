"""One pass over a stream of unknown length: its mean so far, a fair sample of it.

References:
    J. S. Vitter, Random Sampling with a Reservoir, ACM TOMS 11(1), 1985,
    doi:10.1145/3147.3165; algorithm R, which Knuth credits to A. Waterman.
"""

from collections.abc import Generator, Iterable
from math import isfinite
from numbers import Real
from random import Random
from typing import Any

from ._checks import at_least


def _step(x: float, mean: float) -> float:
    """x - mean, or a ValueError where that is no finite number."""
    wanted = "x must be a finite real number (numbers.Real), not too far from the mean"
    if not isinstance(x, Real):
        raise ValueError(f"{wanted}, got {x!r}")
    try:
        step = float(x) - mean
    except OverflowError:
        step = float("inf")
    if not isfinite(step):
        raise ValueError(f"{wanted} {mean}, got {x}")
    return step


# --8<-- [start:mean]
def running_mean() -> Generator[float | None, float, None]:
    """The mean of the numbers sent so far; the first next only makes it ready.

    ``send(x)`` takes a number and returns the mean.

    Raises:
        ValueError: from ``send``, if ``x`` is not a finite ``numbers.Real``, which a
            ``Decimal`` is not, or if x minus the mean is beyond the largest float. The
            generator has ended then.
    """
    n, mean = 0, 0.0
    x = yield None  # what the first next returns: there is no mean yet
    while True:
        n += 1
        mean += _step(x, mean) / n
        x = yield mean
    # --8<-- [end:mean]


# --8<-- [start:reservoir]
def reservoir(iterable: Iterable[Any], k: int, rng: Random) -> list[Any]:
    """k items of a stream, each set of k equally likely; all, if there are fewer.

    Reads the stream to its end and keeps k items. Equally likely are the sets, not the
    places: an item of the first k that stays keeps its place.

    Raises:
        ValueError: if ``k`` is not an integer >= 0.
        TypeError: if ``iterable`` cannot be iterated over, or ``rng`` has no
            ``randrange``, which ``random.Random`` has.
    """
    k = at_least("k", k, 0)
    if not hasattr(rng, "randrange"):
        raise TypeError(f"rng must be a random.Random, got {rng!r}")
    kept: list[Any] = []
    for i, item in enumerate(iterable):
        if i < k:
            kept.append(item)
        elif (j := rng.randrange(i + 1)) < k:  # with probability k / (i + 1)
            kept[j] = item
    return kept
    # --8<-- [end:reservoir]
