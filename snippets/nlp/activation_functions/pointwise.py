"""Activation functions, each written so that it stays exact far from zero.

All act elementwise on floating-point tensors of any shape and return the same shape
and dtype. All but ``heaviside`` can be differentiated by autograd; relu, leaky_relu,
elu and selu have a kink at 0, where the slope of the left side is taken.

References:
    Hendrycks, Gimpel, "Gaussian Error Linear Units", 2016, arXiv:1606.08415.
    Elfwing, Uchibe, Doya, 2017, arXiv:1702.03118 (SiLU).
    Klambauer et al., 2017, arXiv:1706.02515 (SELU). Clevert et al., 2015,
        arXiv:1511.07289 (ELU). Misra, 2019, arXiv:1908.08681 (Mish).
    So et al., "Primer", 2021, arXiv:2109.08668 (squared ReLU).
"""

import math

import torch
from torch import Tensor


def _check(x: Tensor) -> None:
    if not x.is_floating_point():
        raise ValueError(f"need a floating-point tensor, got {x.dtype}")


def heaviside(x: Tensor) -> Tensor:
    """The threshold: 1 where x >= 0, else 0. Its result carries no gradient."""
    _check(x)
    return (x >= 0).to(x.dtype)


# --8<-- [start:sigmoid]
def sigmoid(x: Tensor) -> Tensor:
    """1 / (1 + exp(-x)), in (0, 1)."""
    _check(x)
    # log(1 + exp(-x)) without overflow, so that far left exp(x) remains.
    return torch.exp(-torch.logaddexp(torch.zeros_like(x), -x))


def tanh(x: Tensor) -> Tensor:
    """2 sigmoid(2x) - 1, in (-1, 1)."""
    _check(x)
    return torch.tanh(x)  # the formula would lose all digits near 0
    # --8<-- [end:sigmoid]


# --8<-- [start:relu]
def relu(x: Tensor) -> Tensor:
    """max(x, 0)."""
    _check(x)
    return torch.where(x <= 0, 0, x)  # NaN fails the comparison and stays NaN


def leaky_relu(x: Tensor, negative_slope: float = 0.01) -> Tensor:
    """x where x > 0, else negative_slope * x."""
    _check(x)
    return torch.where(x <= 0, negative_slope * x, x)


def elu(x: Tensor, alpha: float = 1.0) -> Tensor:
    """x where x > 0, else alpha * (exp(x) - 1)."""
    _check(x)
    # The clamp keeps exp finite on the branch not taken, and so its gradient.
    return torch.where(x <= 0, alpha * torch.expm1(x.clamp(max=0)), x)


def relu2(x: Tensor) -> Tensor:
    """relu(x)^2."""
    return relu(x) ** 2
    # --8<-- [end:relu]


# --8<-- [start:selu]
def selu_constants() -> tuple[float, float]:
    """alpha and scale for which z normal gives selu(z) mean 0 and variance 1."""
    tail = math.exp(0.5) * math.erfc(1 / math.sqrt(2)) / 2  # E[exp(z), z < 0]
    tail2 = math.exp(2) * math.erfc(math.sqrt(2)) / 2  # E[exp(2z), z < 0]
    alpha = 1 / math.sqrt(2 * math.pi) / (0.5 - tail)
    return alpha, (0.5 + alpha**2 * (tail2 - 2 * tail + 0.5)) ** -0.5


def selu(x: Tensor) -> Tensor:
    """scale * elu(x, alpha) with the two ``selu_constants``."""
    alpha, scale = selu_constants()
    return scale * elu(x, alpha)
    # --8<-- [end:selu]


# --8<-- [start:gelu]
def gelu(x: Tensor, approximate: str = "none") -> Tensor:
    """x Phi(x), Phi the normal distribution function, or one of two approximations.

    Args:
        x: any shape, floating point.
        approximate: "none" for Phi itself; "tanh" for the curve of GPT-2; "quick" for
            x sigmoid(1.702 x), the curve of CLIP.

    Raises:
        ValueError: if x is not floating point or approximate is another word.
    """
    _check(x)
    if approximate == "none":
        # Phi(x) = erfc(-x / sqrt 2) / 2; 1 + erf would cancel on the left.
        return x * torch.special.erfc(-x / math.sqrt(2)) / 2
    if approximate == "tanh":
        return x * sigmoid(math.sqrt(8 / math.pi) * (x + 0.044715 * x**3))
    if approximate == "quick":
        return x * sigmoid(1.702 * x)
    raise ValueError(f"approximate must be none, tanh or quick, got {approximate!r}")


def silu(x: Tensor) -> Tensor:
    """x sigmoid(x), also known as Swish."""
    return x * sigmoid(x)


def mish(x: Tensor) -> Tensor:
    """x tanh(log(1 + exp(x)))."""
    _check(x)
    return x * torch.tanh(torch.logaddexp(torch.zeros_like(x), x))
    # --8<-- [end:gelu]
