"""Off-policy evaluation: the value of one policy from the episodes of another.

The behaviour policy b walks, the target policy pi is judged. An episode counts as many
times as it is likelier under pi than under b: that factor is its importance ratio.

Reference:
    Sutton, Barto, "Reinforcement Learning: An Introduction", 2nd ed. 2018, ch. 5.
"""

import math

import numpy as np
from numpy import ndarray
from numpy.typing import ArrayLike

from .episodes import _check_policy
from .samples import _samples


# --8<-- [start:importance]
def importance_ratio(
    pi: ndarray, b: ndarray, states: ArrayLike, actions: ArrayLike
) -> float:
    """How much likelier the actions of an episode are under ``pi`` than under ``b``.

    The product of pi(a | s) / b(a | s). Leave out a first action that was not drawn.

    Args:
        pi: target policy, shape (S, A), rows with sum 1.
        b: behaviour policy, shape (S, A), > 0 wherever an action was taken.
        states, actions: integers of one episode, each of shape (T,).

    Raises:
        ValueError: if an argument is not as above, or the ratio overflows.
    """
    pi = _check_policy(pi, np.shape(pi))
    b = _check_policy(b, pi.shape, "b")
    steps = _indices("states", states, len(pi)), _indices("actions", actions, len(pi.T))
    if len(steps[0]) != len(steps[1]):
        lengths = f"{len(steps[0])} and {len(steps[1])}"
        raise ValueError(f"states and actions must be as many, got {lengths}")
    if not (b[steps] > 0).all():
        raise ValueError(f"b must be > 0 for the actions taken, got {b[steps]}")
    size, power = 1.0, 0  # apart, since a part of the product may overflow
    for target, behaviour in zip(pi[steps], b[steps]):
        (above, up), (below, down) = math.frexp(target), math.frexp(behaviour)
        size, more = math.frexp(size * above / below)
        power += more + up - down
    if size > 0 and power > 1024:
        raise ValueError(f"the ratio must be < 2**1024, got {size} * 2**{power}")
    return math.ldexp(size, power)


def importance_sampling(g: ArrayLike, rho: ArrayLike, weighted: bool = True) -> float:
    """Mean return of the target policy, from returns g and ratios rho of episodes.

    Ordinary: sum(rho g) / n, unbiased. Weighted: sum(rho g) / sum(rho), biased for a
    few episodes but never outside the returns seen.

    Raises:
        ValueError: if g, rho are not finite, of one shape (n,), n >= 1; if a ratio is
            negative; if all are 0 and the weighted mean is asked for; if the ordinary
            mean overflows.
    """
    g, rho = _samples(g, at_least=1), _samples(rho, at_least=1)
    if len(g) != len(rho) or rho.min() < 0:
        came = f"shapes {g.shape}, {rho.shape}, least ratio {rho.min()}"
        raise ValueError(f"g, rho must be (n,), (n,), rho >= 0, got {came}")
    largest = rho.max()
    if largest == 0:
        if weighted:
            raise ValueError("some ratio must be > 0, got an episode of pi nowhere")
        return 0.0
    share = rho / largest  # products with large ratios could overflow
    if weighted:
        mean = (share / share.sum()) @ g
        return float(np.clip(mean, g.min(), g.max()))  # rounding may step outside
    with np.errstate(over="ignore", invalid="ignore"):
        mean = float((rho * g).mean())
        if not math.isfinite(mean):  # perhaps only a part of it overflowed
            size = np.abs(g).max() or 1.0
            mean = float(largest * (share @ (g / size) / len(g)) * size)
    if not math.isfinite(mean):
        raise ValueError(f"the mean must be finite, got {mean} from rho <= {largest:g}")
    return mean
    # --8<-- [end:importance]


def _indices(name: str, values: ArrayLike, size: int) -> ndarray:
    numbers = np.asarray(values)
    if numbers.ndim != 1 or (numbers.size and numbers.dtype.kind not in "iu"):
        raise ValueError(f"{name} must be integers of shape (T,), got {values!r}")
    if numbers.size and not 0 <= numbers.min() <= numbers.max() < size:
        raise ValueError(f"{name} must be in [0, {size}), got {values!r}")
    return numbers.astype(int)
