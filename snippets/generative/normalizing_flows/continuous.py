"""A flow in continuous time: an ODE, with a trace in place of the determinant.

Velocities are functions v(x, t) of points (n, d) and times (n, 1), each row on its own.
Time runs from 0 (noise) to 1 (data). Shapes: n points, d coordinates.

References:
    Chen, Rubanova, Bettencourt, Duvenaud, "Neural Ordinary Differential Equations",
    2018, arXiv:1806.07366.
    Grathwohl et al., "FFJORD", 2018, arXiv:1810.01367, for the estimated trace.
"""

import math
from collections.abc import Callable

import torch
from torch import Tensor

from ._checks import _check_solvable, _integer
from .chain import standard_normal_log_prob
from .hutchinson import _PROBES

Velocity = Callable[[Tensor, Tensor], Tensor]


# --8<-- [start:rk4]
def odeint_rk4(f: Velocity, x: Tensor, t0: float, t1: float, steps: int) -> Tensor:
    """Follow dx/dt = f(x, t) from x (n, d) at time t0 to time t1, by Runge-Kutta.

    Four evaluations a step; if f is smooth, the error falls with the fourth power of
    the length of a step. With t1 < t0 it runs backwards.

    Raises:
        ValueError: if x is not (n, d) of float32 or float64, steps is no integer >= 1,
            a time is not finite, or f changes the shape.
    """
    _check_solvable(x)
    steps = _integer("steps", steps)
    if not math.isfinite(t0) or not math.isfinite(t1):
        raise ValueError(f"t0 and t1 must be finite, got {t0} and {t1}")

    def slope(x: Tensor, t: float) -> Tensor:
        return _evaluate(f, x, x.new_full((len(x), 1), t))

    h = (t1 - t0) / steps
    for i in range(steps):
        t = t0 + i * h
        k1 = slope(x, t)
        k2 = slope(x + h / 2 * k1, t + h / 2)
        k3 = slope(x + h / 2 * k2, t + h / 2)
        k4 = slope(x + h * k3, t + h)
        x = x + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
    return x
    # --8<-- [end:rk4]


# --8<-- [start:cnf]
def cnf_forward(
    f: Velocity,
    x: Tensor,
    steps: int,
    trace: str = "exact",
    generator: torch.Generator | None = None,
    t0: float = 0.0,
    t1: float = 1.0,
) -> tuple[Tensor, Tensor]:
    """Carry points along a velocity, and their log-determinants with them.

    Args:
        f: the velocity; torch.func.vjp must be able to differentiate it.
        x: points (n, d) at time t0, d >= 1, float32 or float64.
        steps: Runge-Kutta steps.
        trace: "exact", d backward passes an evaluation, or an estimate from one,
            "rademacher" or "gaussian". A point keeps its probe on the whole way.
        generator: source of the probes; the global one if None.
        t0: time to start at.
        t1: time to end at.

    Returns:
        z (n, d) at time t1, and log |det dz/dx|, shape (n,): the integral of the
        trace from t0 to t1. So log p(x at t0) = log p(z at t1) + the second result.

    Raises:
        ValueError: as ``odeint_rk4``, or if trace is unknown or d is 0.
    """
    if trace not in ("exact", *_PROBES):
        raise ValueError(f"trace must be exact, rademacher or gaussian, got {trace!r}")
    _check_solvable(x)
    if x.shape[1] == 0:
        raise ValueError(f"points must have d >= 1 coordinates, got {tuple(x.shape)}")
    if trace == "exact":
        directions = torch.eye(x.shape[1], dtype=x.dtype, device=x.device)
        probes = [e.expand_as(x) for e in directions]
    else:
        probes = [_PROBES[trace](x.shape, generator, x)]

    def both(state: Tensor, t: Tensor) -> Tensor:
        points = state[:, :-1]
        velocity, pullback = torch.func.vjp(lambda y: _evaluate(f, y, t), points)
        products = [(pullback(e)[0] * e).sum(1) for e in probes]  # e J e, each row
        return torch.cat([velocity, sum(products)[:, None]], dim=1)

    start = torch.cat([x, torch.zeros_like(x[:, :1])], dim=1)
    end = odeint_rk4(both, start, t0, t1, steps)
    return end[:, :-1], end[:, -1]
    # --8<-- [end:cnf]


def flow_log_prob(
    v: Velocity,
    x: Tensor,
    steps: int,
    trace: str = "exact",
    generator: torch.Generator | None = None,
) -> Tensor:
    """Log density in nats, (n,), at data x (n, d) of the flow of v from normal noise.

    Takes the data back from time 1 to time 0. Arguments and errors as ``cnf_forward``.
    """
    z, log_det = cnf_forward(v, x, steps, trace, generator, t0=1.0, t1=0.0)
    return standard_normal_log_prob(z) + log_det


def _evaluate(f: Velocity, x: Tensor, t: Tensor) -> Tensor:
    value = f(x, t)
    if value.shape != x.shape:
        came = tuple(value.shape)
        raise ValueError(f"f must return shape {tuple(x.shape)}, got {came}")
    return value
