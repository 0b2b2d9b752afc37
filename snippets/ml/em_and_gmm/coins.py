"""EM at its smallest: two coins, and nobody wrote down which one was tossed."""

from collections.abc import Sequence

import numpy as np

from ._checks import _heads, _integer, _number


# --8<-- [start:coins]
def two_coins(
    heads: Sequence[int], tosses: int, p: tuple[float, float], steps: int = 10
) -> list[tuple[float, float]]:
    """Chances of heads of two coins, from rounds of which each used one of them.

    Both coins are equally probable in each round, before it is seen.

    Args:
        heads: number of heads in each round, within 0..tosses.
        tosses: tosses of a round, at least 1; of all rounds, at most 2**50.
        p: start ``(pA, pB)``, each strictly between 0 and 1.
        steps: number of steps, at least 0.

    Returns:
        ``(pA, pB)`` of the start and after each step.

    Raises:
        ValueError: if there is no round, a count is not within its bounds, there are
            too many tosses, or the start is not two numbers strictly between 0 and 1.
    """
    tosses = _integer("tosses", tosses, 1)
    h = _heads(heads, tosses)
    start = tuple(_number("p", value) for value in p)
    if len(start) != 2 or not all(0 < value < 1 for value in start):
        raise ValueError(f"p must be two numbers strictly within 0..1, got {p!r}")
    path = [start]
    for _ in range(_integer("steps", steps, 0)):
        a, b = (_log_chance(h, tosses - h, q) for q in path[-1])
        # Log responsibilities of A and B, shape (2, n), from the difference alone.
        logs = -np.logaddexp(0, [b - a, a - b])
        # Only ratios count, so the largest may be 1: no coin loses all to underflow.
        R = np.exp(logs - logs.max(axis=1, keepdims=True))
        up, down = R @ h, R @ (tosses - h)
        pA, pB = up / (up + down)  # never above 1, as up / (tosses * shares) may be
        path.append((float(pA), float(pB)))
    return path


def _log_chance(h: np.ndarray, t: np.ndarray, q: float) -> np.ndarray:
    """log of q^h (1 - q)^t, where 0^0 is 1."""
    with np.errstate(divide="ignore", invalid="ignore"):
        up = np.where(h > 0, h * np.log(q), 0)
        return up + np.where(t > 0, t * np.log1p(-q), 0)
    # --8<-- [end:coins]
