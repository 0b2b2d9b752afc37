"""Episodes, their returns, and which of the returns count for which pair.

An episode is cut after T steps; nothing else ends it. Step i = 0, ..., T - 1 is made
in states[i] by actions[i] and pays rewards[i]. ``env`` is a GridWorld or anything else
with its P and R; only ``episode`` looks into them: it plays the world that answers.

Reference:
    Singh, Sutton, "Reinforcement Learning with Replacing Eligibility Traces",
    doi:10.1007/BF00114726. First and every visit.
"""

import operator
from bisect import bisect_right

import numpy as np
from numpy import ndarray
from numpy.random import Generator
from numpy.typing import ArrayLike

from ..environments import GridWorld


# --8<-- [start:episode]
def episode(
    env: GridWorld, pi: ndarray, s: int, a: int | None, T: int, rng: Generator
) -> tuple[ndarray, ndarray, ndarray]:
    """Walks T steps: first action ``a`` in state ``s``, then as the policy says.

    Args:
        env: the world, with chances P, shape (S, A, S), and rewards R, shape (S, A).
        pi: policy, shape (S, A), rows with sum 1.
        s: index of the first state.
        a: index of the first action; None draws it from the policy too.
        T: number of steps, >= 1.
        rng: generator; two numbers are drawn for each step.

    Returns:
        states, actions (integers) and rewards, each of shape (T,).

    Raises:
        ValueError: if an argument is not as above.
    """
    pay, move = _tables(env)
    T = _integer("T", T, 1)
    pi = _check_policy(pi, (len(pay), len(pay[0])))
    s = _integer("s", s, 0, len(pay))
    if a is not None:
        a = _integer("a", a, 0, len(pay[0]))
    return _walk((pay, move), pi, s, a, T, rng)


def _walk(
    tables: tuple[list, list],
    pi: ndarray,
    s: int,
    a: int | None,
    T: int,
    rng: Generator,
) -> tuple[ndarray, ndarray, ndarray]:
    """The episode; ``tables`` are those of ``_tables``, made once for many walks."""
    pay, move = tables
    act = _cumulative(pi)
    states, actions, rewards = [], [], []
    for u, w in rng.random((T, 2)).tolist():
        if a is None:
            a = bisect_right(act[s], u)  # the action whose share of [0, 1) holds u
        states.append(s)
        actions.append(a)
        rewards.append(pay[s][a])
        s, a = bisect_right(move[s][a], w), None
    return np.array(states), np.array(actions), np.array(rewards)
    # --8<-- [end:episode]


# --8<-- [start:returns]
def returns(rewards: ArrayLike, gamma: float) -> ndarray:
    """Discounted sum of the rewards from each step on, in one pass from the end.

    Args:
        rewards: shape (T,).
        gamma: discount factor in [0, 1]; 1 is harmless in a finite sum.

    Returns:
        g, shape (T,), with g[i] = rewards[i] + gamma * g[i + 1].

    Raises:
        ValueError: if rewards is not one-dimensional or not finite, or their sum is
            not; if gamma is not in [0, 1].
    """
    rewards = np.asarray(rewards, dtype=float)
    if rewards.ndim != 1 or not np.isfinite(rewards).all():
        wanted = "rewards must be finite, shape (T,)"
        raise ValueError(f"{wanted}, got shape {rewards.shape}: {rewards}")
    if not 0 <= gamma <= 1:
        raise ValueError(f"gamma must be in [0, 1], got {gamma}")
    g, ahead = np.empty_like(rewards), 0.0
    with np.errstate(over="ignore", invalid="ignore"):
        for i in reversed(range(len(rewards))):
            g[i] = ahead = rewards[i] + gamma * ahead
    if not np.isfinite(g).all():
        raise ValueError(f"the sum of rewards must be finite, got {g}")
    return g


def counted(visits: ArrayLike, visit: str) -> ndarray:
    """Which steps of one episode give a sample to the pair visited there.

    Args:
        visits: a number for the state, or for the pair, of each step, shape (T,).
        visit: "first" counts the first occurrence of each number, "every" all.

    Returns:
        Mask, shape (T,).

    Raises:
        ValueError: if visits is not one-dimensional or visit is unknown.
    """
    visits = np.asarray(visits)
    if visits.ndim != 1:
        raise ValueError(f"visits must have shape (T,), got {visits.shape}")
    _check_visit(visit)
    mask = np.full(len(visits), visit == "every")
    mask[np.unique(visits, return_index=True)[1]] = True
    return mask
    # --8<-- [end:returns]


def _integer(name: str, value: int, least: int, end: int | None = None) -> int:
    """The value as Python's integer; ValueError unless it is in [least, end)."""
    try:
        number = operator.index(value)
    except TypeError:
        number = least - 1
    wrong = number < least or (end is not None and number >= end)
    if wrong or isinstance(value, bool | np.bool_):
        wanted = f">= {least}" if end is None else f"in [{least}, {end})"
        raise ValueError(f"{name} must be an integer {wanted}, got {value!r}")
    return number


def _check_visit(visit: str) -> None:
    """ValueError unless visit is known."""
    if visit not in ("first", "every"):
        raise ValueError(f"visit must be 'first' or 'every', got {visit!r}")


def _check_policy(pi: ndarray, shape: tuple[int, ...], name: str = "pi") -> ndarray:
    pi = np.asarray(pi, dtype=float)
    if pi.ndim != 2 or pi.shape != shape or 0 in shape:
        wanted = shape if len(shape) == 2 and 0 not in shape else "(S, A)"
        raise ValueError(f"{name} must have shape {wanted}, got {pi.shape}")
    sums = pi.sum(axis=1)
    if not (np.abs(sums - 1) <= 1e-9).all() or pi.min() < 0:
        came = f"sums {sums.min()} to {sums.max()}, least entry {pi.min()}"
        raise ValueError(f"rows of {name} must be >= 0 with sum 1, got {came}")
    return pi


def _check_model(P: ndarray, R: ndarray) -> tuple[ndarray, ndarray]:
    P, R = np.asarray(P, dtype=float), np.asarray(R, dtype=float)
    if P.ndim != 3 or P.shape != (*R.shape, len(P)) or 0 in P.shape:
        raise ValueError(f"P, R must be (S, A, S), (S, A), got {P.shape}, {R.shape}")
    sums = P.sum(axis=-1)
    if not (np.abs(sums - 1) <= 1e-9).all() or P.min() < 0:
        came = f"sums {sums.min()} to {sums.max()}, least entry {P.min()}"
        raise ValueError(f"rows of P must be >= 0 with sum 1, got {came}")
    if not np.isfinite(R).all():
        raise ValueError(f"R must be finite, got {R}")
    return P, R


def _tables(env: GridWorld) -> tuple[list, list]:
    """Rewards and cumulative chances of a world as lists: O(S^2 A), once for a run."""
    P, R = _check_model(env.P, env.R)
    return R.tolist(), _cumulative(P)


def _cumulative(chances: ndarray) -> list:
    """Sums along the last axis, which end at exactly 1, as nested lists."""
    sums = np.cumsum(chances, axis=-1, dtype=float)
    return (sums / sums[..., -1:]).tolist()
