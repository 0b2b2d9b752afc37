"""From noise to data, given the score: the reverse SDE takes all of g^2 times the
score and new noise, the probability-flow ODE takes half of it and no noise.

A score is a function of points (n, d) and a time, a number in [0, 1], that returns
(n, d): the gradient of log p_t. Steps of time are equal; sampling counts from 1 down.

References:
    Anderson, "Reverse-time diffusion equation models", 1982,
    doi:10.1016/0304-4149(82)90051-5.
    Song et al., 2021, arXiv:2011.13456, for the ODE.
"""

import math
from collections.abc import Callable
from itertools import pairwise
from typing import Protocol

import torch
from torch import Tensor

from ._checks import _check_solvable, _draw, _integer

Score = Callable[[Tensor, float], Tensor]
_Field = Callable[[Tensor, float], Tensor]


class SDE(Protocol):
    """What the samplers ask of a forward process, such as ``VPSDE`` or ``VESDE``."""

    def drift(self, x: Tensor, t: float | Tensor) -> Tensor:
        """f(x, t), shape (n, d)."""

    def diffusion(self, t: float | Tensor) -> Tensor:
        """g(t), of the shape of t."""

    def marginal(self, t: float | Tensor) -> tuple[Tensor, Tensor]:
        """Factor of x_0 and standard deviation of x_t, of the shape of t."""

    def prior_std(self) -> float:
        """Standard deviation of the noise that sampling starts from."""


# --8<-- [start:reverse]
@torch.no_grad()
def reverse_sde_sample(
    score: Score,
    sde: SDE,
    n: int,
    dim: int,
    steps: int,
    generator: torch.Generator,
    dtype: torch.dtype = torch.float64,
) -> Tensor:
    """Draw n points, (n, dim), by Euler-Maruyama on the reverse SDE.

    The score is asked at t = 1 down to 1 / steps, never at 0.

    Raises:
        ValueError: if n, dim or steps is not an integer >= 1, dtype not float32 or
            float64, or the score of another shape than the points.
    """
    steps = _integer("steps", steps)
    x = _draw_prior(sde, n, dim, generator, dtype)
    dt = 1 / steps
    for k in range(steps, 0, -1):
        t = k / steps
        g = sde.diffusion(t)
        x = x - (sde.drift(x, t) - g**2 * _asked(score, x, t)) * dt
        if k > 1:  # noise added in the last step would stay in the sample
            x = x + g * math.sqrt(dt) * _draw("randn", x.shape, generator, x)
    return x
    # --8<-- [end:reverse]


# --8<-- [start:flow]
def probability_flow(
    x: Tensor,
    score: Score,
    sde: SDE,
    steps: int,
    start: float = 1.0,
    stop: float = 0.0,
    method: str = "rk4",
) -> Tensor:
    """Carry points x (n, d) along the ODE from time ``start`` to time ``stop``.

    With "euler" the score is not asked at ``stop``; with "rk4" it is.

    Raises:
        ValueError: if x is not (n, d) of float32 or float64, steps is not an integer
            >= 1, a time is not in [0, 1], the method is unknown, or the score is of
            another shape than x.
    """
    return _integrate(_velocity(score, sde), x, start, stop, steps, method)


def _velocity(score: Score, sde: SDE) -> _Field:
    def velocity(x: Tensor, t: float) -> Tensor:
        return sde.drift(x, t) - 0.5 * sde.diffusion(t) ** 2 * _asked(score, x, t)

    return velocity
    # --8<-- [end:flow]


@torch.no_grad()
def probability_flow_sample(
    score: Score,
    sde: SDE,
    n: int,
    dim: int,
    steps: int,
    generator: torch.Generator,
    dtype: torch.dtype = torch.float64,
    method: str = "euler",
) -> Tensor:
    """Draw n points, (n, dim), by the ODE; the start is the only randomness.

    Raises:
        ValueError: as ``reverse_sde_sample`` and ``probability_flow``.
    """
    steps = _integer("steps", steps)
    x = _draw_prior(sde, n, dim, generator, dtype)
    return probability_flow(x, score, sde, steps, method=method)


def _integrate(
    field: _Field, x: Tensor, start: float, stop: float, steps: int, method: str
) -> Tensor:
    if x.ndim != 2:
        raise ValueError(f"x must be (n, d), got {tuple(x.shape)}")
    _check_solvable(x.dtype)
    steps = _integer("steps", steps)
    for name, time in (("start", start), ("stop", stop)):
        if not 0 <= time <= 1:
            raise ValueError(f"{name} must be in [0, 1], got {time}")
    if method not in ("euler", "rk4"):
        raise ValueError(f"method must be 'euler' or 'rk4', got {method!r}")
    # Convex combinations: no time may leave [0, 1] by rounding.
    times = [start * (1 - k / steps) + stop * (k / steps) for k in range(steps + 1)]
    for now, then in pairwise(times):
        dt, middle = then - now, (now + then) / 2
        slope = field(x, now)
        if method == "rk4":
            second = field(x + dt / 2 * slope, middle)
            third = field(x + dt / 2 * second, middle)
            fourth = field(x + dt * third, then)
            slope = (slope + 2 * second + 2 * third + fourth) / 6
        x = x + dt * slope
    return x


def _asked(score: Score, x: Tensor, t: float) -> Tensor:
    """The score, of the shape of x: one of (n,) would broadcast to (n, n)."""
    value = score(x, t)
    if value.shape != x.shape:
        came = tuple(value.shape)
        raise ValueError(f"score must return shape {tuple(x.shape)}, got {came}")
    return value


def _draw_prior(
    sde: SDE, n: int, dim: int, generator: torch.Generator, dtype: torch.dtype
) -> Tensor:
    """Noise to start from, (n, dim), where the generator is."""
    size = torch.Size([_integer("n", n), _integer("dim", dim)])
    _check_solvable(dtype)
    like = torch.empty(0, dtype=dtype, device=generator.device)
    return sde.prior_std() * _draw("randn", size, generator, like)
