"""A flow is an invertible map, and its log density is the prior's, at the mapped point,
plus the log-determinant; in continuous time the determinant becomes a trace.

Velocities are functions v(x, t) of points (n, d) and times (n, 1), each row on its own.
Time runs from 0 (noise) to 1 (data), the other way round than in diffusion models.
Shapes: n points, d coordinates.

References:
    Rezende, Mohamed, "Variational Inference with Normalizing Flows", 2015,
    arXiv:1505.05770, for chains of maps.
    Chen, Rubanova, Bettencourt, Duvenaud, "Neural Ordinary Differential Equations",
    2018, arXiv:1806.07366, for the trace in place of the determinant.
    Grathwohl et al., "FFJORD", 2018, arXiv:1810.01367, for the estimated trace.
"""

import math
from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from snippets.generative.normalizing_flows_matching import cfm_loss as cfm_loss
from snippets.generative.normalizing_flows_matching import cfm_pairs as cfm_pairs
from snippets.generative.normalizing_flows_matching import euler_path as euler_path
from snippets.generative.normalizing_flows_matching import euler_sample as euler_sample
from snippets.generative.normalizing_flows_matching import (
    gaussian_fm_velocity as gaussian_fm_velocity,
)
from snippets.generative.normalizing_flows_matching import (
    gaussian_ot_velocity as gaussian_ot_velocity,
)
from snippets.generative.normalizing_flows_matching import (
    score_from_velocity as score_from_velocity,
)
from snippets.generative.normalizing_flows_matching import straightness as straightness
from snippets.generative.normalizing_flows_training import Mixture as Mixture
from snippets.generative.normalizing_flows_training import VelocityNet as VelocityNet
from snippets.generative.normalizing_flows_training import fit as fit

Velocity = Callable[[Tensor, Tensor], Tensor]


def standard_normal_log_prob(z: Tensor) -> Tensor:
    """Log density in nats, shape (n,), of z (n, d) under the standard normal."""
    return -(z.square() + math.log(2 * math.pi)).sum(1) / 2


# --8<-- [start:chain]
def chain_log_prob(
    maps: Sequence[Callable[[Tensor], tuple[Tensor, Tensor]]], x: Tensor
) -> Tensor:
    """Log density of the flow x -> ... -> z whose prior is standard normal.

    Args:
        maps: in the order data to noise; each takes (n, d) to the mapped points (n, d)
            and the log absolute determinants of its Jacobian there, (n,).
        x: points (n, d), floating point.

    Returns:
        Log density in nats, shape (n,).

    Raises:
        ValueError: if x is not (n, d) and floating, or a map returns other shapes.
    """
    _check_points(x)
    z, total = x, x.new_zeros(len(x))
    for f in maps:
        z, log_det = f(z)
        if z.shape != x.shape or log_det.shape != total.shape:
            came = f"{tuple(z.shape)} and {tuple(log_det.shape)}"
            want = f"{tuple(x.shape)} and {tuple(total.shape)}"
            raise ValueError(
                f"a map must return points and log-dets {want}, got {came}"
            )
        total = total + log_det
    return standard_normal_log_prob(z) + total
    # --8<-- [end:chain]


# --8<-- [start:residual]
def residual_log_det(jacobian: Tensor, steps: int) -> Tensor:
    """Log absolute determinant of ``steps`` layers x + v(x) / steps, for a linear v.

    Args:
        jacobian: of v, (d, d).
        steps: number of layers; as it grows, the result tends to the trace.

    Raises:
        ValueError: if the matrix is not square, or steps is no integer >= 1.
    """
    _check_steps(steps)
    if jacobian.ndim != 2 or jacobian.shape[0] != jacobian.shape[1]:
        raise ValueError(f"jacobian must be (d, d), got {tuple(jacobian.shape)}")
    layer = torch.eye(len(jacobian), dtype=jacobian.dtype) + jacobian / steps
    return steps * torch.linalg.slogdet(layer).logabsdet
    # --8<-- [end:residual]


# --8<-- [start:rk4]
def odeint_rk4(f: Velocity, x: Tensor, t0: float, t1: float, steps: int) -> Tensor:
    """Follow dx/dt = f(x, t) from x (n, d) at time t0 to time t1, by Runge-Kutta.

    Four evaluations a step; the error falls with the fourth power of the step.
    With t1 < t0 it runs backwards.

    Raises:
        ValueError: if x is not (n, d) and floating, steps is no integer >= 1, or f
            changes the shape.
    """
    _check_points(x)
    _check_steps(steps)

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
        x: points (n, d) at time t0, floating point.
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
        ValueError: as ``odeint_rk4``, or if trace is unknown.
    """
    if trace not in ("exact", *_PROBES):
        raise ValueError(f"trace must be exact, rademacher or gaussian, got {trace!r}")
    _check_points(x)
    if trace == "exact":
        directions = torch.eye(x.shape[1], dtype=x.dtype, device=x.device)
        probes = [e.expand_as(x) for e in directions]
    else:
        probes = [_PROBES[trace](x.shape, generator, x.dtype)]

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


# --8<-- [start:hutchinson]
def hutchinson_trace(
    matvec: Callable[[Tensor], Tensor],
    dim: int,
    n: int,
    dist: str = "rademacher",
    generator: torch.Generator | None = None,
) -> Tensor:
    """Estimates of a trace from products with random vectors: e . (A e).

    Args:
        matvec: from vectors (n, dim), float64, one a row, to A times each, (n, dim).
        dim: A is (dim, dim).
        n: how many estimates.
        dist: "rademacher", entries +-1, or "gaussian", standard normal entries.
        generator: source of the vectors; the global one if None.

    Returns:
        Float64, shape (n,): unbiased, independent; average them.

    Raises:
        ValueError: if dist is unknown, dim or n no integer >= 1, or a shape changes.
    """
    if dist not in _PROBES:
        raise ValueError(f"dist must be rademacher or gaussian, got {dist!r}")
    for name, value in (("dim", dim), ("n", n)):
        if not isinstance(value, int) or value < 1:
            raise ValueError(f"{name} must be an integer >= 1, got {value!r}")
    e = _PROBES[dist](torch.Size([n, dim]), generator, torch.float64)
    product = matvec(e)
    if product.shape != e.shape:
        came = tuple(product.shape)
        raise ValueError(f"matvec must return shape {tuple(e.shape)}, got {came}")
    return (e * product).sum(1)
    # --8<-- [end:hutchinson]


def _rademacher(
    shape: torch.Size, generator: torch.Generator | None, dtype: torch.dtype
) -> Tensor:
    return 2 * torch.randint(2, shape, generator=generator, dtype=dtype) - 1


def _gaussian(
    shape: torch.Size, generator: torch.Generator | None, dtype: torch.dtype
) -> Tensor:
    return torch.randn(shape, generator=generator, dtype=dtype)


_PROBES = {"rademacher": _rademacher, "gaussian": _gaussian}


def _evaluate(f: Velocity, x: Tensor, t: Tensor) -> Tensor:
    value = f(x, t)
    if value.shape != x.shape:
        came = tuple(value.shape)
        raise ValueError(f"f must return shape {tuple(x.shape)}, got {came}")
    return value


def _check_points(x: Tensor) -> None:
    if x.ndim != 2 or not x.is_floating_point():
        came = f"{tuple(x.shape)} of {x.dtype}"
        raise ValueError(f"points must be (n, d), floating point, got {came}")


def _check_steps(steps: int) -> None:
    if not isinstance(steps, int) or steps < 1:
        raise ValueError(f"steps must be an integer >= 1, got {steps!r}")
