"""Flow matching: learn the velocity of a flow by regression, without solving an ODE.

Pair noise x0 with data x1, walk the straight line between them, and predict its
direction x1 - x0 from the point reached. The best prediction is the conditional mean,
and it carries the noise to the data. Time is 0 at the noise, 1 at the data.

Velocities are functions of points (n, d) and times (n, 1); closed forms take a number
for the time too. Shapes: n points, d coordinates.

References:
    Lipman et al., "Flow Matching for Generative Modeling", 2022, arXiv:2210.02747.
    Liu, Gong, Liu, "Flow Straight and Fast: Learning to Generate and Transfer Data
    with Rectified Flow", 2022, arXiv:2209.03003, for this path and for couplings.
"""

import torch
from torch import Tensor

from ._checks import _check_points, _check_solvable, _normal, _uniform, _wide
from .continuous import Velocity
from .euler import _evaluate


# --8<-- [start:cfm]
def cfm_pairs(
    x1: Tensor, generator: torch.Generator | None, x0: Tensor | None = None
) -> tuple[Tensor, Tensor, Tensor]:
    """Points on the way from noise to data, with the direction each one is going.

    Args:
        x1: data (n, d), floating point.
        generator: source of the times, uniform in [0, 1), and of the noise; the global
            one if None.
        x0: the noise (n, d) that belongs to each data point; drawn independently of
            the data if None.

    Returns:
        xt (n, d) = (1 - t) x0 + t x1, the times t (n, 1), the targets x1 - x0 (n, d).

    Raises:
        ValueError: if x1 is not (n, d), n >= 1, of float32 or float64, or x0 is of
            another shape or type.
    """
    _check_points(x1, "x1", least=1)
    _check_solvable(x1)
    if x0 is None:
        x0 = _normal(x1.shape, generator, x1)
    if x0.shape != x1.shape or x0.dtype != x1.dtype:
        wanted, came = (f"{tuple(x.shape)} of {x.dtype}" for x in (x1, x0))
        raise ValueError(f"x0 must be {wanted}, got {came}")
    t = _uniform(torch.Size([len(x1), 1]), generator, x1)
    return (1 - t) * x0 + t * x1, t, x1 - x0


def cfm_loss(
    net: Velocity,
    x1: Tensor,
    generator: torch.Generator | None,
    x0: Tensor | None = None,
) -> Tensor:
    """Mean squared distance, a scalar, of net(xt, t) from x1 - x0.

    Arguments and errors as ``cfm_pairs``, and ValueError if net changes the shape.
    """
    xt, t, target = cfm_pairs(x1, generator, x0)
    return (_evaluate(net, xt, t) - target).square().sum(1).mean()
    # --8<-- [end:cfm]


# --8<-- [start:gaussian]
def gaussian_fm_velocity(
    x: Tensor, t: float | Tensor, m: float | Tensor, s: float | Tensor
) -> Tensor:
    """Mean of x1 - x0 given x at time t, for data N(m, s^2) independent of the noise.

    Args:
        x: points (n, d).
        t: time, a number or (n, 1).
        m: mean of the data in each coordinate.
        s: standard deviation of the data in each coordinate.

    Raises:
        ValueError: if x is not (n, d) and floating, t of another shape, s not positive
            and finite, m not finite, or a tensor among them not floating.
    """
    _check_gaussian(x, t, m, s)
    wide, t, m, s = _wide(x), _widened(t), _widened(m), _widened(s)
    variance = t**2 * s**2 + (1 - t) ** 2
    v = m + (t * s**2 - (1 - t)) / variance * (wide - t * m)
    return v.to(x.dtype)
    # --8<-- [end:gaussian]


# --8<-- [start:transport]
def gaussian_ot_velocity(
    x: Tensor, t: float | Tensor, m: float | Tensor, s: float | Tensor
) -> Tensor:
    """The same for the optimal pairing x1 = m + s x0: one line through each point.

    Arguments and errors as ``gaussian_fm_velocity``.
    """
    _check_gaussian(x, t, m, s)
    wide, t, m, s = _wide(x), _widened(t), _widened(m), _widened(s)
    x0 = (wide - t * m) / (1 - t + t * s)
    return (m + (s - 1) * x0).to(x.dtype)
    # --8<-- [end:transport]


# --8<-- [start:score]
def score_from_velocity(v: Tensor, x: Tensor, t: float | Tensor) -> Tensor:
    """Gradient of log p_t at x, from the velocity there: (t v - x) / (1 - t).

    Holds for the straight path from standard normal noise independent of the data.

    Raises:
        ValueError: if the shapes differ, or a time is outside [0, 1) or not one a row.
    """
    if v.shape != x.shape:
        raise ValueError(f"v must be {tuple(x.shape)}, got {tuple(v.shape)}")
    times = torch.as_tensor(t)
    if not ((times >= 0) & (times < 1)).all():
        raise ValueError(f"t must be in [0, 1), got {t}")
    _check_time(x, t)
    t = _widened(t)
    return ((t * _wide(v) - _wide(x)) / (1 - t)).to(x.dtype)
    # --8<-- [end:score]


def _check_gaussian(
    x: Tensor, t: float | Tensor, m: float | Tensor, s: float | Tensor
) -> None:
    _check_points(x, "x")
    _check_time(x, t)
    _check_fits(x, m=m, s=s)
    deviations, means = torch.as_tensor(s), torch.as_tensor(m)
    if not ((deviations > 0) & deviations.isfinite()).all():
        raise ValueError(f"s must be positive and finite, got {s}")
    if not means.isfinite().all():
        raise ValueError(f"m must be finite, got {m}")


def _check_time(x: Tensor, t: float | Tensor) -> None:
    """A time is one number or one a row: (n,) would run along the coordinates."""
    shape = tuple(torch.as_tensor(t).shape)
    if shape not in ((), (len(x), 1)):
        raise ValueError(f"t must be a number or {(len(x), 1)}, got {shape}")


def _check_fits(x: Tensor, **values: float | Tensor) -> None:
    for name, value in values.items():
        shape = torch.as_tensor(value).shape
        try:
            torch.broadcast_shapes(x.shape, shape)
        except RuntimeError:
            came = f"{tuple(shape)} for x {tuple(x.shape)}"
            wanted = f"{name} must be a number, (n, 1) or (d,)"
            raise ValueError(f"{wanted}, got {came}") from None


def _widened(value: float | Tensor) -> float | Tensor:
    return _wide(value) if isinstance(value, Tensor) else value
