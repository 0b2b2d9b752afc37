"""A chain of invertible maps: the log-determinants of its links add up.

Shapes: n points, d coordinates.

Reference:
    Rezende, Mohamed, "Variational Inference with Normalizing Flows", 2015,
    arXiv:1505.05770.
"""

import math
from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from ._checks import _check_points, _integer, _wide


def standard_normal_log_prob(z: Tensor) -> Tensor:
    """Log density in nats, shape (n,), of z (n, d) under the standard normal."""
    _check_points(z)
    log_density = -(_wide(z).square() + math.log(2 * math.pi)).sum(1) / 2
    return log_density.to(z.dtype)


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
    z, total = x, _wide(x).new_zeros(len(x))
    for f in maps:
        z, log_det = f(z)
        if z.shape != x.shape or log_det.shape != total.shape:
            came = f"{tuple(z.shape)} and {tuple(log_det.shape)}"
            want = f"{tuple(x.shape)} and {tuple(total.shape)}"
            raise ValueError(
                f"a map must return points and log-dets {want}, got {came}"
            )
        total = total + log_det
    return (standard_normal_log_prob(_wide(z)) + total).to(x.dtype)
    # --8<-- [end:chain]


# --8<-- [start:residual]
def residual_log_det(jacobian: Tensor, steps: int) -> Tensor:
    """Log absolute determinant of ``steps`` layers x + v(x) / steps, for a linear v.

    Args:
        jacobian: of v, (d, d).
        steps: number of layers; as it grows, the result tends to the trace.

    Raises:
        ValueError: if the matrix is not square and floating, or steps is no integer of
            at least 1.
    """
    steps = _integer("steps", steps)
    if jacobian.ndim != 2 or jacobian.shape[0] != jacobian.shape[1]:
        raise ValueError(f"jacobian must be (d, d), got {tuple(jacobian.shape)}")
    wide = _wide(jacobian)
    layer = torch.eye(len(wide), dtype=wide.dtype, device=wide.device) + wide / steps
    return (steps * torch.linalg.slogdet(layer).logabsdet).to(jacobian.dtype)
    # --8<-- [end:residual]
