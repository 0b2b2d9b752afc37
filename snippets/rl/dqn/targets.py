"""What a batch is moved towards, how an error is punished, and a head in two parts."""

import numpy as np
from numpy import ndarray
from numpy.typing import ArrayLike

from ._checks import bounded, numbers, positive, share


# --8<-- [start:targets]
def dqn_targets(
    reward: ArrayLike,
    terminated: ArrayLike,
    q_next_target: ArrayLike,
    gamma: float,
    q_next_online: ArrayLike | None = None,
) -> ndarray:
    """Reward, plus the discounted value of the next state unless that is terminal.

    Args:
        reward: shape (B,).
        terminated: whether the next state is terminal, bool, shape (B,).
        q_next_target: action values of the next states by the frozen copy, shape
            (B, A); rows of terminal states may hold anything.
        gamma: discount factor in [0, 1].
        q_next_online: the same by the network that learns. If given, it chooses the
            action (the first of equals) and the copy values it: double DQN.

    Returns:
        Shape (B,).

    Raises:
        ValueError: if an argument is not as above, or a target overflows.
    """
    r, gamma = numbers("reward", reward), share("gamma", gamma)
    if r.ndim != 1:
        raise ValueError(f"reward must have the shape (B,), got {r.shape}")
    done = np.asarray(terminated)
    if done.dtype != bool or done.shape != r.shape:
        wanted = f"terminated must be {len(r)} truth values"
        raise ValueError(f"{wanted}, got {done.dtype} of shape {done.shape}")
    values = _rows("q_next_target", q_next_target, done)
    choice = values
    if q_next_online is not None:
        choice = _rows("q_next_online", q_next_online, done)
        if choice.shape != values.shape:
            raise ValueError(
                f"q_next_online must have the shape {values.shape}, got {choice.shape}"
            )
    after = values[np.arange(len(r)), choice.argmax(axis=1)]
    with np.errstate(over="ignore"):
        return bounded("targets", r + gamma * after)
    # --8<-- [end:targets]


def _rows(name: str, q: ArrayLike, done: ndarray) -> ndarray:
    """A copy, with 0 in the rows of terminal states: inf * 0 would be NaN."""
    array = numbers(name, q, finite=False)
    if array.ndim != 2 or len(array) != len(done) or not array.shape[1]:
        wanted = f"{name} must have the shape ({len(done)}, A), A >= 1"
        raise ValueError(f"{wanted}, got {array.shape}")
    array[done] = 0
    if not np.isfinite(array).all():
        raise ValueError(f"{name} must be finite where not terminated, got {array}")
    return array


# --8<-- [start:huber]
def huber(x: ArrayLike, delta: float = 1.0) -> ndarray:
    """Half the square of x up to delta, beyond that a line that goes on as steeply.

    Args:
        x: errors, any shape.
        delta: where the line begins, > 0.

    Returns:
        Shape of x. The slope is x, held between -delta and delta.

    Raises:
        ValueError: if an argument is not finite, delta <= 0, or the result overflows.
    """
    size, delta = abs(numbers("x", x)), positive("delta", delta)
    near = np.minimum(size, delta)
    with np.errstate(over="ignore"):
        return bounded("the loss", np.asarray(near * (size - near / 2)))
    # --8<-- [end:huber]


# --8<-- [start:dueling]
def dueling(value: ArrayLike, advantage: ArrayLike) -> ndarray:
    """Action values of a head in two parts: V + A - (mean of A over the actions).

    Args:
        value: shape (..., 1).
        advantage: shape (..., A), the same in front.

    Returns:
        Shape (..., A); its mean over the last axis is value.

    Raises:
        ValueError: if a shape is not as above, a number not finite, or one overflows.
    """
    v, a = numbers("value", value), numbers("advantage", advantage)
    if v.ndim < 1 or v.shape[-1] != 1:
        raise ValueError(f"value must have the shape (..., 1), got {v.shape}")
    if a.shape[:-1] != v.shape[:-1] or a.ndim != v.ndim or not a.shape[-1]:
        wanted = f"advantage must have the shape {v.shape[:-1]} with A >= 1 at the end"
        raise ValueError(f"{wanted}, got {a.shape}")
    with np.errstate(over="ignore", invalid="ignore"):
        return bounded("values", v + (a - a.mean(axis=-1, keepdims=True)))
    # --8<-- [end:dueling]
