"""What an activation does to the size of a signal and of its gradient, and the gain.

Weights of standard deviation g / sqrt(fan_in), in a layer as wide as the one before,
multiply a mean square: forward by g^2 E[f(z)^2], of what was standard normal, backward
by g^2 E[f'(z)^2].

References:
    Glorot, Bengio, AISTATS 2010 (both directions). He et al., 2015, arXiv:1502.01852.
"""

from collections.abc import Callable

import torch
from numpy.polynomial.hermite_e import hermegauss
from torch import Tensor

from ._checks import _integer


# --8<-- [start:moment]
def second_moment(f: Callable[[Tensor], Tensor], nodes: int = 150) -> float:
    """E[f(z)^2] for z standard normal, by Gauss-Hermite quadrature.

    Args:
        f: activation, called with a float64 tensor.
        nodes: where f is evaluated, 1 to 300; beyond, the weights underflow. By default
            about 12 digits are right for sigmoid, tanh, relu, gelu and silu; for elu
            and selu, not smooth at 0, only 4.

    Raises:
        ValueError: if nodes is not an integer in that range.
    """
    z, weight = _normal_nodes(nodes)
    return ((f(z) ** 2 * weight).sum() / weight.sum()).item()


def initial_gain(f: Callable[[Tensor], Tensor]) -> float:
    """The standard deviation of weights, times sqrt(fan_in), that keeps E[f^2] at 1.

    Raises:
        ValueError: if E[f^2] is 0 or not finite, so that there is none.
    """
    moment = second_moment(f)
    if not 0 < moment < float("inf"):
        raise ValueError(f"E[f(z)^2] must be finite and > 0, got {moment}")
    return moment**-0.5
    # --8<-- [end:moment]


# --8<-- [start:backward]
def slope_moment(f: Callable[[Tensor], Tensor], nodes: int = 150) -> float:
    """E[f'(z)^2], slopes by autograd; arguments and errors as ``second_moment``.

    A step has slope 0 at every node, and so 0 here.
    """
    z, weight = _normal_nodes(nodes)
    y = f(z.requires_grad_())
    if not y.requires_grad:
        return 0.0
    (slope,) = torch.autograd.grad(y.sum(), z)
    return ((slope**2 * weight).sum() / weight.sum()).item()


def constant_share(f: Callable[[Tensor], Tensor]) -> float:
    """(E f)^2 / E[f^2]: how much of the mean square is the same for every input.

    Raises:
        ValueError: as ``initial_gain``.
    """
    z, weight = _normal_nodes(150)
    mean = (f(z) * weight).sum() / weight.sum()
    return (mean.item() * initial_gain(f)) ** 2
    # --8<-- [end:backward]


def _normal_nodes(nodes: int) -> tuple[Tensor, Tensor]:
    z, weight = hermegauss(_integer("nodes", nodes, 1, 300))
    return torch.from_numpy(z), torch.from_numpy(weight)
