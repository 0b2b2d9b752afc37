"""What all functions of the package ask of an episode, a table and a number."""

import math
from collections.abc import Sequence
from numbers import Integral, Real

import numpy as np
from numpy import ndarray
from numpy.typing import ArrayLike

Episode = tuple[ArrayLike, ArrayLike]


def integer(name: str, value: int, least: int) -> int:
    """An integer of Python's, at least so large."""
    whole = isinstance(value, Integral) and not isinstance(value, bool)
    if not whole or value < least:
        raise ValueError(f"{name} must be an integer >= {least}, got {value!r}")
    return int(value)


def share(name: str, value: float, open_at_zero: bool = False) -> float:
    """A number in [0, 1], or in (0, 1]."""
    number = float(value) if isinstance(value, Real) else math.nan
    if not 0 <= number <= 1 or (open_at_zero and number == 0):
        wanted = "(0, 1]" if open_at_zero else "[0, 1]"
        raise ValueError(f"{name} must be in {wanted}, got {value!r}")
    return number


def table(v: ArrayLike) -> ndarray:
    """A copy of the values in float64."""
    v = np.array(v, dtype=np.float64)
    if v.ndim != 1 or not np.isfinite(v).all():
        raise ValueError(f"v must be finite, shape (S,), got shape {v.shape}: {v}")
    return v


def episode(
    states: ArrayLike, rewards: ArrayLike, n_states: int
) -> tuple[ndarray, ndarray]:
    """States as integers, one more than the rewards, and rewards in float64."""
    states, rewards = np.asarray(states), np.asarray(rewards, dtype=np.float64)
    if rewards.ndim != 1 or not rewards.size or not np.isfinite(rewards).all():
        wanted = "rewards must be finite, shape (T,), T >= 1"
        raise ValueError(f"{wanted}, got shape {rewards.shape}: {rewards}")
    if states.shape != (len(rewards) + 1,):
        wanted = f"states must have shape (T + 1,) = ({len(rewards) + 1},)"
        raise ValueError(f"{wanted}, got {states.shape}")
    if states.dtype.kind not in "iu" or states.min() < 0 or states.max() >= n_states:
        wanted = f"states must be integers from 0 to {n_states - 1}"
        raise ValueError(f"{wanted}, got {states}")
    return states.astype(np.int64), rewards


def transitions(
    episodes: Sequence[Episode], n_states: int
) -> tuple[ndarray, ndarray, ndarray]:
    """From, to and reward of all steps; ``n_states`` stands for the end."""
    parts = [episode(*one, n_states) for one in _pairs(episodes)]
    left = np.concatenate([states[:-1] for states, _ in parts])
    ends = [np.append(states[1:-1], n_states) for states, _ in parts]
    rewards = np.concatenate([rewards for _, rewards in parts])
    return left, np.concatenate(ends), rewards


def _pairs(episodes: Sequence[Episode]) -> list[Episode]:
    pairs = list(episodes)
    if not pairs or any(len(pair) != 2 for pair in pairs):
        wanted = "episodes must be one or more pairs (states, rewards)"
        raise ValueError(f"{wanted}, got {len(pairs)} entries: {pairs}")
    return pairs


def finite(values: ndarray) -> ndarray:
    """The same values; ValueError if one overflowed."""
    if not np.isfinite(values).all():
        raise ValueError(f"the values must stay finite, got {values}")
    return values
