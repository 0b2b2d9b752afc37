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

from .continuous import Velocity
from .euler import _evaluate


# --8<-- [start:cfm]
def cfm_pairs(
    x1: Tensor, generator: torch.Generator | None, x0: Tensor | None = None
) -> tuple[Tensor, Tensor, Tensor]:
    """Points on the way from noise to data, with the direction each one is going.

    Args:
        x1: data (n, d), floating point.
        generator: source of the times, uniform in [0, 1), and of the noise.
        x0: the noise (n, d) that belongs to each data point; drawn independently of
            the data if None.

    Returns:
        xt (n, d) = (1 - t) x0 + t x1, the times t (n, 1), the targets x1 - x0 (n, d).

    Raises:
        ValueError: if x1 is not (n, d), floating, n >= 1, or x0 has another shape.
    """
    if x1.ndim != 2 or len(x1) == 0 or not x1.is_floating_point():
        came = f"{tuple(x1.shape)} of {x1.dtype}"
        raise ValueError(f"x1 must be (n, d), n >= 1, floating point, got {came}")
    options = {"generator": generator, "dtype": x1.dtype, "device": x1.device}
    if x0 is None:
        x0 = torch.randn(x1.shape, **options)
    if x0.shape != x1.shape:
        raise ValueError(f"x0 must be {tuple(x1.shape)}, got {tuple(x0.shape)}")
    t = torch.rand(len(x1), 1, **options)
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
        ValueError: if s is not positive.
    """
    _check_std(s)
    variance = t**2 * s**2 + (1 - t) ** 2
    return m + (t * s**2 - (1 - t)) / variance * (x - t * m)
    # --8<-- [end:gaussian]


# --8<-- [start:transport]
def gaussian_ot_velocity(
    x: Tensor, t: float | Tensor, m: float | Tensor, s: float | Tensor
) -> Tensor:
    """The same for the optimal pairing x1 = m + s x0: one line through each point.

    Arguments and errors as ``gaussian_fm_velocity``.
    """
    _check_std(s)
    x0 = (x - t * m) / (1 - t + t * s)
    return m + (s - 1) * x0
    # --8<-- [end:transport]


# --8<-- [start:score]
def score_from_velocity(v: Tensor, x: Tensor, t: float | Tensor) -> Tensor:
    """Gradient of log p_t at x, from the velocity there: (t v - x) / (1 - t).

    Holds for the straight path from standard normal noise independent of the data.

    Raises:
        ValueError: if a time is outside [0, 1).
    """
    times = torch.as_tensor(t)
    if not ((times >= 0) & (times < 1)).all():
        raise ValueError(f"t must be in [0, 1), got {t}")
    return (t * v - x) / (1 - t)
    # --8<-- [end:score]


def _check_std(s: float | Tensor) -> None:
    if not (torch.as_tensor(s) > 0).all():
        raise ValueError(f"s must be positive, got {s}")
