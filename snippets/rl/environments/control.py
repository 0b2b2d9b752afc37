"""Three machines to be steered: a car in a valley, a pole on a cart, a pendulum.

Each is a pure function of state and action, ``f(state, action) -> (next_state, reward,
terminated)``, so that one may go on from any state and step thousands at once: whatever
axes stand before the last of ``state`` are a batch. All numbers are float64, angles in
radians, 0 upright. A limit of the time (by custom 200 steps for the car and the
pendulum, 500 for the cart) is the caller's, and truncates an episode, which is not to
terminate it.

References:
    Moore, "Efficient Memory-based Learning for Robot Control", PhD thesis, Cambridge
    1990 (the car), as in Sutton & Barto, "Reinforcement Learning", 2nd ed. 2018,
    example 10.1.
    Barto, Sutton & Anderson, 1983, doi:10.1109/TSMC.1983.6313077 (the pole on a cart).
    Constants and order of the steps are those of Gymnasium's MountainCar-v0,
    CartPole-v1 and Pendulum-v1.
"""

from collections.abc import Iterable

import numpy as np
from numpy.typing import ArrayLike

from .grid_world import _is_integer

Step = tuple[np.ndarray, np.ndarray, np.ndarray]
GRAVITY, CART, POLE, HALF, FORCE = 9.8, 1.0, 0.1, 0.5, 10.0
"""Of the cart: m/s^2, masses of cart and pole in kg, half the pole in m, push in N."""
TICK = 0.02
"""Seconds between two steps of the cart."""


# --8<-- [start:car]
def mountain_car(state: ArrayLike, action: ArrayLike) -> Step:
    """A car too weak for the hill: it must swing back first.

    Args:
        state: position in [-1.2, 0.6] and velocity in [-0.07, 0.07], shape (..., 2).
        action: 0 back, 1 idle, 2 forward, shape (...) or one for all.

    Returns:
        The next state, shape (..., 2); the reward, -1, shape (...); and whether the car
        stands at 0.5 or beyond and does not roll back, shape (...), bool.

    Raises:
        ValueError: if the last axis of state is not 2, a number in it is not finite, an
            action is not 0, 1 or 2, or the shapes do not go together.
    """
    x, v, push = _together(*_of(state, 2), _chosen(action, 3))
    v = np.clip(v + 0.001 * (push - 1) - 0.0025 * np.cos(3 * x), -0.07, 0.07)
    x = np.clip(x + v, -1.2, 0.6)
    v = np.where((x == -1.2) & (v < 0), 0.0, v)  # the wall on the left takes the speed
    return np.stack([x, v], -1), np.full(x.shape, -1.0), (x >= 0.5) & (v >= 0)
    # --8<-- [end:car]


def mountain_car_start(rng: np.random.Generator, n: int | None = None) -> np.ndarray:
    """Position uniform on [-0.6, -0.4], velocity 0: shape (2,), or (n, 2)."""
    x = rng.uniform(-0.6, -0.4, _shape(n))
    return np.stack([x, np.zeros_like(x)], -1)


# --8<-- [start:cart]
def cart_pole(state: ArrayLike, action: ArrayLike) -> Step:
    """A pole on a cart that is pushed left or right, to keep the pole up.

    The step is explicit Euler: positions move with the velocities before the push.

    Args:
        state: position in m, its velocity, angle in radians, its velocity: shape
            (..., 4).
        action: 0 left, 1 right, shape (...) or one for all.

    Returns:
        The next state, shape (..., 4); the reward, 1, that of the last step included,
        shape (...); and whether the cart is beyond 2.4 m or the pole beyond 12 degrees,
        shape (...), bool.

    Raises:
        ValueError: if the last axis of state is not 4, a number in it is not finite, an
            action is not 0 or 1, or the shapes do not go together.
    """
    x, dx, angle, spin, push = _together(*_of(state, 4), _chosen(action, 2))
    sine, cosine, total = np.sin(angle), np.cos(angle), CART + POLE
    pushed = (FORCE * (2 * push - 1) + POLE * HALF * spin**2 * sine) / total
    inertia = HALF * (4 / 3 - POLE * cosine**2 / total)
    turning = (GRAVITY * sine - cosine * pushed) / inertia
    moving = pushed - POLE * HALF * turning * cosine / total
    rates = (dx, moving, spin, turning)
    state = np.stack([x, dx, angle, spin], -1) + TICK * np.stack(rates, -1)
    fallen = (abs(state[..., 0]) > 2.4) | (abs(state[..., 2]) > np.deg2rad(12))
    return state, np.ones(x.shape), fallen
    # --8<-- [end:cart]


def cart_pole_start(rng: np.random.Generator, n: int | None = None) -> np.ndarray:
    """All four numbers uniform on [-0.05, 0.05]: shape (4,), or (n, 4)."""
    return rng.uniform(-0.05, 0.05, (*_shape(n), 4))


# --8<-- [start:pendulum]
def pendulum(state: ArrayLike, torque: ArrayLike) -> Step:
    """A pendulum that a weak motor should swing up and hold; it never terminates.

    Args:
        state: angle in radians, 0 upright, and its velocity, shape (..., 2).
        torque: clipped to [-2, 2], shape (...) or one for all.

    Returns:
        The next state, shape (..., 2); the reward of the state before, minus the sum of
        its angle squared (taken in [-pi, pi)), 0.1 times its velocity squared and 0.001
        times the torque squared, shape (...); and False, shape (...).

    Raises:
        ValueError: if the last axis of state is not 2, a number in it or a torque is
            not finite, or the shapes do not go together.
    """
    angle, spin, u = _together(*_of(state, 2), _finite("torque", torque))
    u = np.clip(u, -2, 2)
    off = (angle + np.pi) % (2 * np.pi) - np.pi
    reward = -(off**2 + 0.1 * spin**2 + 0.001 * u**2)
    spin = np.clip(spin + 0.05 * (15 * np.sin(angle) + 3 * u), -8, 8)
    angle = angle + 0.05 * spin  # with the new velocity, unlike the cart
    return np.stack([angle, spin], -1), reward, np.zeros(angle.shape, dtype=bool)
    # --8<-- [end:pendulum]


def pendulum_start(rng: np.random.Generator, n: int | None = None) -> np.ndarray:
    """Angle uniform on [-pi, pi], velocity on [-1, 1]: shape (2,), or (n, 2)."""
    return rng.uniform((-np.pi, -1), (np.pi, 1), (*_shape(n), 2))


def _of(state: ArrayLike, size: int) -> Iterable[np.ndarray]:
    array = _finite("state", state)
    if array.ndim < 1 or array.shape[-1] != size:
        raise ValueError(f"state must have {size} on its last axis, got {array.shape}")
    return np.moveaxis(array, -1, 0)


def _finite(name: str, value: ArrayLike) -> np.ndarray:
    try:
        array = np.asarray(value, dtype=np.float64)
    except (TypeError, ValueError):
        raise ValueError(f"{name} must be numbers, got {value!r}") from None
    if not np.isfinite(array).all():
        raise ValueError(f"{name} must be finite, got NaN or infinity")
    return array


def _chosen(action: ArrayLike, n: int) -> np.ndarray:
    array = np.asarray(action)
    if array.dtype.kind not in "iu" or ((array < 0) | (array >= n)).any():
        raise ValueError(f"action must be an integer from 0 to {n - 1}, got {action!r}")
    return array.astype(np.int64)


def _together(*arrays: np.ndarray) -> Iterable[np.ndarray]:
    *state, action = arrays
    if action.shape not in ((), state[0].shape):
        raise ValueError(
            f"want one action, or the shape {state[0].shape} of the states, "
            f"got {action.shape}"
        )
    return np.broadcast_arrays(*arrays)


def _shape(n: int | None) -> tuple[int, ...]:
    if n is None:
        return ()
    if not _is_integer(n) or n < 1:
        raise ValueError(f"n must be None or an integer >= 1, got {n!r}")
    return (int(n),)
