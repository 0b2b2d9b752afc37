"""Bellman equations of a finite MDP: value of a policy, backup, greedy policy.

A model is two arrays. P, shape (S, A, S): P[s, a, t] is the chance that action a in
state s leads to state t. R, shape (S, A): the mean reward of that move. A policy pi,
shape (S, A), holds the chance of each action; a value v has shape (S,), an action
value q has shape (S, A).

Wherever ``terminal`` is asked for, it is a boolean mask of shape (S,): nothing is paid
and nothing follows in such a state, whatever P and R say. Without it nothing ends.

References:
    Zhao, "Mathematical Foundations of Reinforcement Learning", Springer 2025, ch. 2-3.
    Sutton, Barto, "Reinforcement Learning: An Introduction", 2nd ed. 2018, ch. 3-4.
"""

import numpy as np
from numpy import ndarray


# --8<-- [start:evaluation]
def policy_evaluation(
    P: ndarray, R: ndarray, pi: ndarray, gamma: float, terminal: ndarray | None = None
) -> ndarray:
    """Value of every state under a policy: solves v = r_pi + gamma P_pi v.

    Args:
        P: chances, shape (S, A, S).
        R: rewards, shape (S, A).
        pi: policy, shape (S, A), rows with sum 1.
        gamma: discount in [0, 1), or 1 if the policy surely reaches a terminal state.
        terminal: mask of the states that end the task, shape (S,).

    Returns:
        v, shape (S,).

    Raises:
        ValueError: if an argument is not as above.
    """
    P, R = _check_model(P, R, gamma, terminal, undiscounted=True)
    P_pi, r_pi = _under_policy(P, R, pi)
    if gamma == 1:
        _check_proper(P_pi, terminal)
    return _solve(np.eye(len(P)) - gamma * P_pi, r_pi)
    # --8<-- [end:evaluation]


def bellman_backup(
    P: ndarray, R: ndarray, v: ndarray, gamma: float, terminal: ndarray | None = None
) -> ndarray:
    """Value of one action followed by ``v``: q = R + gamma P v, shape (S, A).

    Its row maxima are the optimal backup T v. Arguments and errors are those of
    ``policy_evaluation``; v has shape (S,).
    """
    P, R = _check_model(P, R, gamma, terminal, undiscounted=True)
    v = np.asarray(v, dtype=float)
    if v.shape != P.shape[:1] or not np.isfinite(v).all():
        wanted = f"v must be finite, shape {P.shape[:1]}"
        raise ValueError(f"{wanted}, got shape {v.shape}: {v}")
    return R + gamma * P @ v


# --8<-- [start:greedy]
def greedy(q: ndarray, tie: str = "stay", slack: float = 1e-12) -> ndarray:
    """Policy that takes the best action of each row of ``q``, shape (S, A).

    Args:
        q: action values, shape (S, A), finite.
        tie: among equally good actions take the last of all if it is one of them and
            else the first ("stay": the last action of a GridWorld), or always the
            first ("first").
        slack: what share of its row's best value an action may miss and still tie with
            it, in [0, 1).

    Returns:
        Policy of shape (S, A), one 1 in each row.

    Raises:
        ValueError: if q is empty, not finite or not 2-D, or if tie or slack is none.
    """
    q = np.asarray(q, dtype=float)
    if q.ndim != 2 or 0 in q.shape or not np.isfinite(q).all():
        raise ValueError(f"q must be finite, shape (S, A), got shape {q.shape}: {q}")
    if tie not in ("stay", "first"):
        raise ValueError(f"tie must be 'stay' or 'first', got {tie!r}")
    if not 0 <= slack < 1:
        raise ValueError(f"slack must be in [0, 1), got {slack}")
    # Not q.argmax: equal actions differ by rounding, and the policy would never settle.
    best = q.max(axis=1, keepdims=True)
    tied = q >= best - slack * np.abs(best)  # of this row, whatever others hold
    choice = tied.argmax(axis=1)
    if tie == "stay":
        choice[tied[:, -1]] = q.shape[1] - 1
    return np.eye(q.shape[1])[choice]
    # --8<-- [end:greedy]


def _solve(A: ndarray, r: ndarray) -> ndarray:
    """Solution of A v = r by elimination without pivots, which I - gamma P never needs.

    What is 0 stays 0 this way: a value depends on no reward that its state cannot
    reach, however large. LAPACK's pivots would mix their rounding into it.
    """
    A, v = A.copy(), np.array(r, dtype=float)
    for k in range(len(v)):
        share = A[k + 1 :, k] / A[k, k]
        A[k + 1 :, k + 1 :] -= share[:, None] * A[k, k + 1 :]
        v[k + 1 :] -= share * v[k]
    for k in reversed(range(len(v))):
        v[k] = (v[k] - A[k, k + 1 :] @ v[k + 1 :]) / A[k, k]
    return v


def _under_policy(P: ndarray, R: ndarray, pi: ndarray) -> tuple[ndarray, ndarray]:
    """Chances (S, S) and mean rewards (S,) when actions are drawn from ``pi``."""
    pi = np.asarray(pi, dtype=float)
    if pi.shape != R.shape:
        raise ValueError(f"pi must have shape {R.shape}, got {pi.shape}")
    _check_chances("pi", pi)
    return np.einsum("sa,sat->st", pi, P), (pi * R).sum(axis=1)


def _check_model(
    P: ndarray,
    R: ndarray,
    gamma: float,
    terminal: ndarray | None,
    undiscounted: bool = False,
) -> tuple[ndarray, ndarray]:
    """Checked copies of P and R; terminal states lead nowhere and pay nothing."""
    P, R = np.array(P, dtype=float), np.array(R, dtype=float)
    if P.ndim != 3 or P.shape != (*R.shape, len(P)) or 0 in P.shape:
        raise ValueError(f"P, R must be (S, A, S), (S, A), got {P.shape}, {R.shape}")
    _check_chances("P", P)
    if not np.isfinite(R).all():
        raise ValueError(f"R must be finite, got {R}")
    ends = undiscounted and terminal is not None
    if not (0 <= gamma < 1 or (gamma == 1 and ends)):
        also = " (or 1 with terminal states)" if undiscounted else ""
        raise ValueError(f"gamma must be in [0, 1){also}, got {gamma}")
    largest = float(np.abs(R).max())
    if gamma < 1 and largest / (1 - gamma) > np.finfo(float).max:
        raise ValueError(
            f"R / (1 - gamma) must be finite, got {largest:g} / (1 - {gamma})"
        )
    if terminal is not None:
        terminal = np.asarray(terminal)
        if terminal.shape != P.shape[:1] or terminal.dtype != bool:
            came = f"{terminal.dtype} of shape {terminal.shape}"
            raise ValueError(f"terminal must be bool, shape {P.shape[:1]}, got {came}")
        P[terminal], R[terminal] = 0, 0
    return P, R


def _check_chances(name: str, chances: ndarray) -> None:
    sums = chances.sum(axis=-1)
    if not (np.abs(sums - 1) <= 1e-9).all() or chances.min() < 0:
        came = f"sums {sums.min()} to {sums.max()}, least entry {chances.min()}"
        raise ValueError(f"rows of {name} must be >= 0 with sum 1, got {came}")


def _check_proper(P_pi: ndarray, terminal: ndarray) -> None:
    """With gamma = 1 the sum of rewards is finite only if the task surely ends."""
    ends = np.asarray(terminal)
    for _ in range(len(P_pi)):
        ends = ends | ((P_pi > 0) @ ends)
    if not ends.all():
        stuck = np.flatnonzero(~ends).tolist()
        raise ValueError(
            f"pi must reach a terminal state, got none from states {stuck}"
        )
