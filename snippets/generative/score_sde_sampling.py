"""From noise to data, given the score: the reverse SDE takes all of g^2 times the
score and new noise, the probability-flow ODE takes half of it and no noise.

A score is a function of points (n, d) and a time, a number in [0, 1], that returns
(n, d): the gradient of log p_t. Times count down from 1 in equal steps.

References:
    Anderson, "Reverse-time diffusion equation models", 1982,
    doi:10.1016/0304-4149(82)90051-5.
    Song et al., 2021, arXiv:2011.13456, for the ODE and its likelihood.
"""

import math
from collections.abc import Callable
from itertools import pairwise
from typing import Protocol

import torch
from torch import Tensor

Score = Callable[[Tensor, float], Tensor]
Field = Callable[[Tensor, float], Tensor]


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
        ValueError: if n, dim or steps is not an integer >= 1.
    """
    x = _draw_prior(sde, n, dim, steps, generator, dtype)
    dt = 1 / steps
    for k in range(steps, 0, -1):
        t = k / steps
        g = sde.diffusion(t)
        x = x - (sde.drift(x, t) - g**2 * score(x, t)) * dt
        if k > 1:  # noise added in the last step would stay in the sample
            noise = torch.randn(
                n, dim, generator=generator, dtype=dtype, device=x.device
            )
            x = x + g * math.sqrt(dt) * noise
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
        ValueError: if steps is not an integer >= 1 or the method is unknown.
    """
    return _integrate(_velocity(score, sde), x, start, stop, steps, method)


def _velocity(score: Score, sde: SDE) -> Field:
    def velocity(x: Tensor, t: float) -> Tensor:
        return sde.drift(x, t) - 0.5 * sde.diffusion(t) ** 2 * score(x, t)

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
    x = _draw_prior(sde, n, dim, steps, generator, dtype)
    return probability_flow(x, score, sde, steps, method=method)


# --8<-- [start:likelihood]
def ode_log_likelihood(
    x: Tensor,
    score: Score,
    sde: SDE,
    prior: str = "standard",
    terminal: Callable[[Tensor], Tensor] | None = None,
    steps: int = 100,
    start: float = 0.0,
) -> Tensor:
    """Log density in nats that the ODE gives the points x, shape (n,).

    Args:
        x: points (n, d), floating point.
        score: differentiable by autograd.
        sde: the forward process.
        prior: "standard" for N(0, prior_std^2), or "exact" for ``terminal``.
        terminal: log density of p_1, from (n, d) to (n,); required by "exact".
        steps: Runge-Kutta steps from ``start`` to 1.
        start: time of x. A network cannot be asked for the score at 0.

    Raises:
        ValueError: if x is not (n, d) and floating, steps < 1, the prior is unknown,
            or "exact" comes without ``terminal``.
    """
    if x.ndim != 2 or not x.is_floating_point():
        raise ValueError(f"x must be floating, (n, d), got {x.dtype}, {tuple(x.shape)}")
    if prior not in ("exact", "standard"):
        raise ValueError(f"prior must be 'exact' or 'standard', got {prior!r}")
    if prior == "exact" and terminal is None:
        raise ValueError("prior 'exact' needs terminal, the log density of p_1")
    field = _with_divergence(_velocity(score, sde))
    state = torch.cat([x.detach(), torch.zeros_like(x[:, :1])], dim=1)
    state = _integrate(field, state, start, 1.0, steps, "rk4")
    x, expansion = state[:, :-1], state[:, -1]
    if prior == "exact" and terminal is not None:
        return terminal(x) + expansion
    s = sde.prior_std()
    log_prior = -0.5 * ((x / s) ** 2 + math.log(2 * math.pi * s**2)).sum(1)
    return log_prior + expansion


def _with_divergence(velocity: Field) -> Field:
    """The field of (x, integral of its divergence), on rows (n, d + 1)."""

    def field(state: Tensor, t: float) -> Tensor:
        with torch.enable_grad():
            x = state[:, :-1].detach().requires_grad_()
            v = velocity(x, t)
            divergence = torch.zeros_like(x[:, 0])
            for i in range(x.shape[1]):  # the trace, one backward pass a coordinate
                (row,) = torch.autograd.grad(v[:, i].sum(), x, retain_graph=True)
                divergence += row[:, i]
        return torch.cat([v.detach(), divergence[:, None]], dim=1)

    return field
    # --8<-- [end:likelihood]


def _integrate(
    field: Field, x: Tensor, start: float, stop: float, steps: int, method: str
) -> Tensor:
    _check_least(steps=steps)
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


def _draw_prior(
    sde: SDE,
    n: int,
    dim: int,
    steps: int,
    generator: torch.Generator,
    dtype: torch.dtype,
) -> Tensor:
    _check_least(n=n, dim=dim, steps=steps)
    device = generator.device
    noise = torch.randn(n, dim, generator=generator, dtype=dtype, device=device)
    return sde.prior_std() * noise


def _check_least(**values: int) -> None:
    for name, value in values.items():
        if not isinstance(value, int) or value < 1:
            raise ValueError(f"{name} must be an integer >= 1, got {value!r}")
