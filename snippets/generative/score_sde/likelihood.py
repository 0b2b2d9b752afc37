"""The density that the probability-flow ODE gives a point.

Reference:
    Song et al., 2021, arXiv:2011.13456.
"""

import math
from collections.abc import Callable

import torch
from torch import Tensor

from ._checks import _check_solvable
from .sampling import SDE, Score, _Field, _integrate, _velocity


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
        x: points (n, d), float32 or float64, d >= 1.
        score: differentiable by autograd.
        sde: the forward process.
        prior: "standard" for N(0, prior_std^2), or "exact" for ``terminal``.
        terminal: log density of p_1, from (n, d) to (n,); required by "exact".
        steps: Runge-Kutta steps from ``start`` to 1.
        start: time of x. A network cannot be asked for the score at 0.

    Raises:
        ValueError: if x is not (n, d) as above, steps is no integer >= 1, ``start`` is
            not in [0, 1], the prior is unknown, "exact" comes without ``terminal``, or
            score or terminal return another shape.
    """
    if x.ndim != 2 or x.shape[1] == 0 or not x.is_floating_point():
        raise ValueError(f"x must be floating, (n, d), got {x.dtype}, {tuple(x.shape)}")
    _check_solvable(x.dtype)
    if prior not in ("exact", "standard"):
        raise ValueError(f"prior must be 'exact' or 'standard', got {prior!r}")
    if prior == "exact" and terminal is None:
        raise ValueError("prior 'exact' needs terminal, log density of p_1, got None")
    field = _with_divergence(_velocity(score, sde))
    state = torch.cat([x.detach(), torch.zeros_like(x[:, :1])], dim=1)
    state = _integrate(field, state, start, 1.0, steps, "rk4")
    x, expansion = state[:, :-1], state[:, -1]
    if prior == "exact" and terminal is not None:
        log_p1 = terminal(x)
        if log_p1.shape != expansion.shape:
            wanted, came = tuple(expansion.shape), tuple(log_p1.shape)
            raise ValueError(f"terminal must return shape {wanted}, got {came}")
        return log_p1 + expansion
    s = sde.prior_std()
    log_prior = -0.5 * ((x / s) ** 2 + math.log(2 * math.pi * s**2)).sum(1)
    return log_prior + expansion


def _with_divergence(velocity: _Field) -> _Field:
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
