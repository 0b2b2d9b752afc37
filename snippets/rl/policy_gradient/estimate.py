"""The gradient from episodes alone, and what makes its estimate scatter less."""

from collections.abc import Sequence

import numpy as np
from numpy import ndarray
from numpy.typing import ArrayLike

from ._checks import (
    Episode,
    distribution,
    finite,
    flag,
    number,
    numbers,
)
from ._checks import episodes as checked
from .policy import softmax_policy


# --8<-- [start:reinforce]
def reinforce(
    theta: ArrayLike,
    episodes: Sequence[Episode],
    gamma: float,
    baseline: ArrayLike | None = None,
    to_go: bool = True,
    discount_states: bool = True,
) -> ndarray:
    """Estimate of the gradient: the mean over the episodes, shape (S, A).

    Args:
        theta: shape (S, A), the policy that acted.
        episodes: one or more triples (states, actions, rewards).
        gamma: discount factor in [0, 1].
        baseline: a number for each state, shape (S,); None means 0.
        to_go: weigh a score by the rewards from its step on, else by all.
        discount_states: multiply step t by gamma ** t. Without it the result estimates
            in general no gradient of any function, unless gamma is 1.

    Raises:
        ValueError: if an argument is not as above, or a sum overflows.
    """
    pi = softmax_policy(theta)
    gamma = number("gamma", gamma)
    if not 0 <= gamma <= 1:
        raise ValueError(f"gamma must be in [0, 1], got {gamma!r}")
    b = np.zeros(len(pi))
    if baseline is not None:
        b = numbers("baseline", baseline, (len(pi),))
    to_go = flag("to_go", to_go)
    discount_states = flag("discount_states", discount_states)
    gradient, parts = np.zeros_like(pi), checked(episodes, pi.shape)
    with np.errstate(over="ignore", invalid="ignore"):
        for states, actions, rewards in parts:
            g = returns(rewards, gamma)
            fade = gamma ** np.arange(len(g)) if discount_states else np.ones(len(g))
            weight = fade * (g - b[states]) if to_go else g[0] - fade * b[states]
            for s, a, w in zip(states, actions, weight, strict=True):
                gradient[s] -= w * pi[s]  # the score: -pi in the row of s,
                gradient[s, a] += w  # and 1 more at the action taken
    return finite(gradient / len(parts))


def returns(rewards: ndarray, gamma: float) -> ndarray:
    """Discounted return from each step on, filled from the right."""
    g, after = np.zeros(len(rewards)), 0.0
    for t in reversed(range(len(rewards))):
        after = g[t] = rewards[t] + gamma * after
    return g
    # --8<-- [end:reinforce]


# --8<-- [start:baseline]
def optimal_baseline(pi: ArrayLike, q: ArrayLike) -> float:
    """The constant with the least variance in one state: q weighed by squared scores.

    Args:
        pi: chances of the actions, shape (A,), at least two of them above 0.
        q: their values, shape (A,).

    Raises:
        ValueError: if an argument is not as above, or a sum overflows.
    """
    pi = distribution("pi", pi, None)
    q = numbers("q", q, pi.shape)
    # |e_a - pi|^2 without cancelling: (1 - pi_a) is the sum of the others.
    others = np.array([np.delete(pi, a).sum() for a in range(len(pi))])
    squares = np.array([np.delete(pi, a) @ np.delete(pi, a) for a in range(len(pi))])
    weight = pi * (others**2 + squares)
    if not weight.any():
        raise ValueError(f"want a policy with two possible actions, got {pi}")
    with np.errstate(over="ignore", invalid="ignore"):
        return float(finite(weight / weight.sum() @ q))
    # --8<-- [end:baseline]
