"""What all functions of the package ask of an episode, a table and a number."""

import contextlib
import math
from collections.abc import Iterable, Sequence, Sized
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
    try:
        number = float(value) if isinstance(value, Real) else math.nan
    except OverflowError:  # an integer that no float holds
        number = math.inf
    if not 0 <= number <= 1 or (open_at_zero and number == 0):
        wanted = "(0, 1]" if open_at_zero else "[0, 1]"
        raise ValueError(f"{name} must be in {wanted}, got {value!r}")
    return number


def flag(name: str, value: bool) -> bool:
    """A truth value: a word such as "no" would pass for True."""
    if not isinstance(value, (bool, np.bool_)):
        raise ValueError(f"{name} must be True or False, got {value!r}")
    return bool(value)


def _real(name: str, values: ArrayLike) -> ndarray:
    """A copy in float64; a complex number would lose a part, a string be read."""
    array = np.asarray(values)
    if array.dtype.kind in "biufO":
        with contextlib.suppress(TypeError, OverflowError):
            return array.astype(np.float64)
    raise ValueError(f"{name} must be real numbers, got {values!r}")


def table(v: ArrayLike) -> ndarray:
    """A copy of the values in float64."""
    v = _real("v", v)
    if v.ndim != 1 or not v.size or not np.isfinite(v).all():
        raise ValueError(
            f"v must be finite, shape (S,), S >= 1, got shape {v.shape}: {v}"
        )
    return v


def episode(
    states: ArrayLike, rewards: ArrayLike, n_states: int
) -> tuple[ndarray, ndarray]:
    """States as integers, one more than the rewards, and rewards in float64."""
    states, rewards = np.asarray(states), _real("rewards", rewards)
    if rewards.ndim != 1 or not rewards.size or not np.isfinite(rewards).all():
        wanted = "rewards must be finite, shape (T,), T >= 1"
        raise ValueError(f"{wanted}, got shape {rewards.shape}: {rewards}")
    if states.shape != (len(rewards) + 1,):
        wanted = f"states must have shape (T + 1,) = ({len(rewards) + 1},)"
        raise ValueError(f"{wanted}, got {states.shape}")
    if states.dtype.kind not in "iu" or states.min() < 0 or states.max() >= n_states:
        wanted = f"states must be integers from 0 to {n_states - 1}"
        raise ValueError(f"{wanted}, got {states}")
    return states.astype(np.intp), rewards


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
    pairs = list(episodes) if isinstance(episodes, Iterable) else []
    if not pairs or any(not isinstance(p, Sized) or len(p) != 2 for p in pairs):
        wanted = "episodes must be one or more pairs (states, rewards)"
        raise ValueError(f"{wanted}, got {episodes!r}")
    return pairs


def finite(values: ndarray) -> ndarray:
    """The same values; ValueError if one overflowed."""
    if not np.isfinite(values).all():
        raise ValueError(f"the values must stay finite, got {values}")
    return values
