"""Samples by Euler's method, and how straight their paths are.

Velocities are functions of points (n, d) and times (n, 1). Time is 0 at the noise, 1 at
the data. Shapes: n points, d coordinates.

Reference:
    Liu, Gong, Liu, "Flow Straight and Fast: Learning to Generate and Transfer Data
    with Rectified Flow", 2022, arXiv:2209.03003.
"""

import torch
from torch import Tensor

from ._checks import _check_solvable, _integer, _wide
from .continuous import Velocity


# --8<-- [start:euler]
def euler_path(v: Velocity, x0: Tensor, steps: int) -> Tensor:
    """All points of Euler's method from x0 (n, d) at time 0 to time 1.

    Returns:
        Shape (steps + 1, n, d), the first entry being x0.

    Raises:
        ValueError: if x0 is not (n, d) of float32 or float64, steps is no integer >= 1,
            or v changes the shape.
    """
    _check_solvable(x0)
    steps = _integer("steps", steps)
    path = [x0]
    for i in range(steps):
        t = x0.new_full((len(x0), 1), i / steps)
        path.append(path[-1] + _evaluate(v, path[-1], t) / steps)
    return torch.stack(path)


@torch.no_grad()
def euler_sample(
    v: Velocity,
    n: int,
    dim: int,
    steps: int,
    generator: torch.Generator | None = None,
    dtype: torch.dtype = torch.float32,
) -> Tensor:
    """Draw n samples (n, dim): noise from the generator, pushed along v from 0 to 1.

    The samples lie where the generator does; without one, on the default device.

    Raises:
        ValueError: as ``euler_path``, or if n or dim is no integer >= 0.
    """
    size = torch.Size([_integer("n", n, 0), _integer("dim", dim, 0)])
    where = None if generator is None else generator.device
    noise = torch.randn(size, generator=generator, dtype=dtype, device=where)
    return euler_path(v, noise, steps)[-1]
    # --8<-- [end:euler]


# --8<-- [start:straightness]
def straightness(path: Tensor) -> Tensor:
    """How far paths are from straight lines at constant speed: 0 if they are.

    Args:
        path: (k + 1, n, d), points at k + 1 evenly spaced times from 0 to 1.

    Returns:
        A scalar: the squared distance between velocity and chord, averaged over times
        and paths.

    Raises:
        ValueError: if path is not (k + 1, n, d) with k >= 1 and n >= 1, or not
            floating.
    """
    if path.ndim != 3 or len(path) < 2 or path.shape[1] == 0:
        wanted = "path must be (k + 1, n, d), k >= 1, n >= 1"
        raise ValueError(f"{wanted}, got {tuple(path.shape)}")
    wide = _wide(path)
    velocity = wide.diff(dim=0) * (len(path) - 1)
    bend = (velocity - (wide[-1] - wide[0])).square().sum(-1).mean()
    return bend.to(path.dtype)
    # --8<-- [end:straightness]


def _evaluate(v: Velocity, x: Tensor, t: Tensor) -> Tensor:
    value = v(x, t)
    if value.shape != x.shape:
        came = tuple(value.shape)
        raise ValueError(f"v must return shape {tuple(x.shape)}, got {came}")
    return value
