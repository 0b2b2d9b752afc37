"""What all functions of the package ask of a table, a number and an episode."""

import contextlib
import math
from collections.abc import Iterable, Sequence, Sized
from numbers import Integral, Real

import numpy as np
from numpy import ndarray
from numpy.typing import ArrayLike

Episode = tuple[ArrayLike, ArrayLike, ArrayLike]


def numbers(name: str, values: ArrayLike, shape: tuple[int | None, ...]) -> ndarray:
    """A copy in float64, finite; None stands for any size from 1 on."""
    array = np.asarray(values)
    if array.dtype.kind not in "biufO":  # a complex number would lose a part
        raise ValueError(f"{name} must be real numbers, got {values!r}")
    with contextlib.suppress(TypeError, ValueError, OverflowError):
        array = array.astype(np.float64)
    if array.dtype != np.float64:
        raise ValueError(f"{name} must be real numbers, got {values!r}")
    fits = len(shape) == array.ndim and all(
        got >= 1 if want is None else got == want
        for want, got in zip(shape, array.shape, strict=True)
    )
    if not fits:
        wanted = ", ".join(">= 1" if n is None else str(n) for n in shape)
        raise ValueError(f"{name} must have shape ({wanted}), got {array.shape}")
    if not np.isfinite(array).all():
        raise ValueError(f"{name} must be finite, got {array}")
    return array


def number(name: str, value: float) -> float:
    """A finite number of Python's."""
    try:
        found = float(value) if isinstance(value, Real) else math.nan
    except OverflowError:  # an integer that no float holds
        found = math.inf
    if not math.isfinite(found):
        raise ValueError(f"{name} must be a finite number, got {value!r}")
    return found


def index(name: str, value: int, n: int) -> int:
    """An integer of Python's, from 0 to n - 1."""
    whole = isinstance(value, Integral) and not isinstance(value, bool)
    if not whole or not 0 <= value < n:
        raise ValueError(f"{name} must be an integer from 0 to {n - 1}, got {value!r}")
    return int(value)


def flag(name: str, value: bool) -> bool:
    """A truth value: a word such as "no" would pass for True."""
    if not isinstance(value, (bool, np.bool_)):
        raise ValueError(f"{name} must be True or False, got {value!r}")
    return bool(value)


def distribution(name: str, values: ArrayLike, n: int | None) -> ndarray:
    """Chances that sum to 1, within 1e-6: float32 is not exact."""
    array = numbers(name, values, (n,))
    if (array < 0).any() or abs(array.sum() - 1) > 1e-6:
        raise ValueError(f"{name} must be chances that sum to 1, got {array}")
    return array


def model(
    P: ArrayLike, R: ArrayLike, theta: ArrayLike, gamma: float, start: ArrayLike
) -> tuple[ndarray, ndarray, ndarray, float, ndarray]:
    """The same five, checked against each other."""
    theta = numbers("theta", theta, (None, None))
    n, k = theta.shape
    P, R = numbers("P", P, (n, k, n)), numbers("R", R, (n, k))
    if (P < 0).any() or (abs(P.sum(axis=2) - 1) > 1e-6).any():
        raise ValueError("each P[s, a] must be chances that sum to 1, got others")
    gamma = number("gamma", gamma)
    if not 0 <= gamma < 1:
        raise ValueError(f"gamma must be in [0, 1), got {gamma!r}")
    return P, R, theta, gamma, distribution("start", start, n)


def indices(name: str, values: ArrayLike, n: int, sizes: tuple[int, ...]) -> ndarray:
    """Integers from 0 to n - 1, as many as one of the sizes."""
    array = np.asarray(values)
    if array.ndim != 1 or array.size not in sizes:
        wanted = " or ".join(f"({size},)" for size in sizes)
        raise ValueError(f"{name} must have shape {wanted}, got {array.shape}")
    if array.dtype.kind not in "iu" or array.min() < 0 or array.max() >= n:
        raise ValueError(f"{name} must be integers from 0 to {n - 1}, got {array}")
    return array.astype(np.intp)  # indexes arrays, on 32-bit machines too


def episodes(
    given: Sequence[Episode], shape: tuple[int, int]
) -> list[tuple[ndarray, ndarray, ndarray]]:
    """States, actions and rewards of each episode, all of shape (T,)."""
    triples = list(given) if isinstance(given, Iterable) else []
    if not triples or any(not isinstance(e, Sized) or len(e) != 3 for e in triples):
        wanted = "episodes must be one or more triples (states, actions, rewards)"
        raise ValueError(f"{wanted}, got {given!r}")
    found = []
    for states, actions, rewards in triples:
        r = numbers("rewards", rewards, (None,))
        n = len(r)
        s = indices("states", states, shape[0], (n, n + 1))[:n]
        found.append((s, indices("actions", actions, shape[1], (n,)), r))
    return found


def finite(values: ndarray) -> ndarray:
    """The same values; ValueError if one overflowed."""
    if not np.isfinite(values).all():
        raise ValueError(f"the result must stay finite, got {values}")
    return values
