"""Value iteration, policy iteration, and all that lies between: truncated iteration.

Value iteration evaluates by one sweep, policy iteration by solving, and truncated
policy iteration by as many sweeps as one likes. P, R, pi, v, q and ``terminal`` are
those of ``bellman.py``.

References:
    Bellman, "A Markovian Decision Process", J. Math. Mech. 1957,
    doi:10.1512/iumj.1957.6.56038. Value iteration.
    Howard, "Dynamic Programming and Markov Processes", 1960. Policy iteration.
    Puterman, Shin, "Modified Policy Iteration Algorithms for Discounted Markov Decision
    Problems", Management Science 1978, doi:10.1287/mnsc.24.11.1127. Truncated.
"""

import math
import operator

import numpy as np
from numpy import ndarray

from .bellman import (
    _check_model,
    _under_policy,
    bellman_backup,
    greedy,
    policy_evaluation,
)

_MOST = 10_000_000  # greedy steps in one run: more would take hours and all memory


# --8<-- [start:value_iteration]
def value_iteration(
    P: ndarray,
    R: ndarray,
    gamma: float,
    tol: float = 1e-10,
    terminal: ndarray | None = None,
) -> tuple[ndarray, ndarray, ndarray]:
    """Backs up v = 0 with v <- T v until no entry changes by more than ``tol``.

    The result is within gamma / (1 - gamma) * tol of the optimum (or of rounding).

    Returns:
        v, shape (S,); its greedy policy, shape (S, A); all iterates with the zeros in
        front, shape (sweeps + 1, S).

    Raises:
        ValueError: as in ``policy_evaluation``, but gamma = 1 never; if tol is not > 0,
            or not reached in 10,000,000 sweeps (only if gamma is within 1e-5 of 1).
    """
    P, R = _check_model(P, R, gamma, terminal)
    _check_positive(tol)
    history = [np.zeros(len(P))]
    for _ in range(_most_steps(R, gamma, tol)):
        v = history[-1]
        q = R + gamma * P @ v
        history.append(q.max(axis=1))
        best = np.arange(len(q)), q.argmax(axis=1)
        size = np.abs(R[best]) + gamma * P[best] @ np.abs(v)
        if _settled(v, history[-1], tol, size):
            v = history[-1]
            return v, greedy(R + gamma * P @ v), np.array(history)
    raise ValueError(_unsettled(history, tol))
    # --8<-- [end:value_iteration]


# --8<-- [start:policy_iteration]
def policy_iteration(
    P: ndarray, R: ndarray, gamma: float, terminal: ndarray | None = None
) -> tuple[ndarray, ndarray, ndarray]:
    """Evaluates a policy exactly, turns greedy, and repeats until nothing is gained.

    Starts from the last action everywhere, which is "stay" in a GridWorld.

    Returns:
        v, shape (S,); policy, shape (S, A); the value of each round's policy, shape
        (rounds, S).

    Raises:
        ValueError: as in ``policy_evaluation``, but gamma = 1 never.
    """
    _check_model(P, R, gamma, terminal)
    n_states, n_actions = np.shape(R)
    pi = np.eye(n_actions)[[n_actions - 1] * n_states]
    history: list[ndarray] = []
    sizes = []  # of all that is added up in a value, to tell rounding from gain
    for _ in range(1000 + n_states * n_actions):
        v = policy_evaluation(P, R, pi, gamma, terminal)
        history.append(v)
        sizes.append(policy_evaluation(P, np.abs(R), pi, gamma, terminal))
        better = greedy(bellman_backup(P, R, v, gamma, terminal))
        stuck = len(history) > 1 and not _rises(*history[-2:], *sizes[-2:])
        if stuck or np.array_equal(better, pi):
            return v, better, np.array(history)
        pi = better
    raise ValueError(f"a policy must be kept at last, got {len(history)} in a row")
    # --8<-- [end:policy_iteration]


# --8<-- [start:truncated]
def truncated_policy_iteration(
    P: ndarray,
    R: ndarray,
    gamma: float,
    tol: float = 1e-10,
    sweeps: int = 5,
    terminal: ndarray | None = None,
) -> tuple[ndarray, ndarray, ndarray]:
    """Policy iteration that evaluates by a few sweeps only, from the last value.

    One sweep is value iteration; many sweeps approach policy iteration. Stops when no
    entry changes by more than ``tol`` (or by rounding) from one policy to the next.

    Returns:
        v, shape (S,); its greedy policy, shape (S, A); the value after each policy with
        the zeros in front, shape (policies + 1, S).

    Raises:
        ValueError: as in ``value_iteration``; if sweeps is not an integer >= 1.
    """
    P, R = _check_model(P, R, gamma, terminal)
    _check_positive(tol)
    sweeps = _check_count("sweeps", sweeps)
    history = [np.zeros(len(P))]
    for _ in range(_most_steps(R, gamma, tol)):
        q = R + gamma * P @ history[-1]
        pi = greedy(q, slack=0)  # with slack, what it loses could exceed tol for ever
        P_pi, r_pi = _under_policy(P, R, pi)
        v = q.max(axis=1)  # the first sweep is the backup itself
        for _ in range(sweeps - 1):
            v = r_pi + gamma * P_pi @ v
        history.append(v)
        size = np.abs(r_pi) + gamma * P_pi @ np.abs(v)
        if _settled(*history[-2:], tol, size):
            return v, greedy(R + gamma * P @ v), np.array(history)
    raise ValueError(_unsettled(history, tol))
    # --8<-- [end:truncated]


def _check_positive(tol: float) -> None:
    if not tol > 0:
        raise ValueError(f"tol must be > 0, got {tol}")


def _check_count(name: str, value: int) -> int:
    try:
        count = operator.index(value)
    except TypeError:
        count = 0
    if isinstance(value, bool | np.bool_) or count < 1:
        raise ValueError(f"{name} must be an integer >= 1, got {value!r}")
    return count


def _most_steps(R: ndarray, gamma: float, tol: float) -> int:
    """Greedy steps after which changes are at most ``tol``, whatever P and the sweeps.

    With c = max |R| / (1 - gamma), v - c starts below its own backup: it rises to v*,
    and each greedy step leaves at most gamma of what is missing. So v is within
    2 c gamma**k of v* after k steps, and the next change is at most 4 c gamma**k.
    """
    largest = float(np.abs(R).max())
    if gamma == 0 or largest == 0:
        return 2
    # The logarithm of 4 c / tol, since the quotient itself may overflow.
    excess = math.log(4) + math.log(largest) - math.log(1 - gamma) - math.log(tol)
    return min(_MOST, 2 + math.ceil(max(0.0, excess) / -math.log(gamma)))


def _settled(old: ndarray, new: ndarray, tol: float, size: ndarray) -> bool:
    """Whether each entry changes by at most ``tol``, or by no more than rounding.

    size: sum of the sizes of all that is added up in an entry, shape (S,).
    """
    rounding = 4 * len(new) * np.finfo(float).eps * size
    return bool((np.abs(new - old) <= np.maximum(tol, rounding)).all())


def _unsettled(history: list[ndarray], tol: float) -> str:
    change = np.abs(history[-1] - history[-2]).max()
    steps = len(history) - 1
    return f"changes must fall to {tol} in {steps} steps, got {change} in the last"


def _rises(old: ndarray, new: ndarray, *sizes: ndarray) -> bool:
    """Whether a better policy explains the change of values, and not rounding alone.

    In exact numbers a greedy step lets no value fall. Each entry is measured by the
    size of what is added up in it (a value of 0 may be a sum of large rewards): a rise
    that is no larger than another's fall is rounding like it.
    """
    size = np.maximum(*sizes)
    change = np.divide(new - old, size, out=np.zeros_like(new), where=size > 0)
    return bool(change.max() > -change.min())
