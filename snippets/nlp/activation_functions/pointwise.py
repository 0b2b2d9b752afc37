"""Activation functions, each written so that it stays accurate far from zero.

All act elementwise on floating-point tensors of any shape and return the same shape
and dtype; what comes in 16 bits is worked on in float32 and rounded once, at the end.
All but ``heaviside`` can be differentiated by autograd; relu, leaky_relu, selu and,
unless alpha is 1, elu have a kink at 0, where the slope of the left side is taken.

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


def _wide(x: Tensor) -> Tensor:
    """x in float32 at least: in 16 bits every step of a formula would be rounded."""
    if not x.is_floating_point():
        raise ValueError(f"need a floating-point tensor, got {x.dtype}")
    return x.to(torch.promote_types(x.dtype, torch.float32))


def heaviside(x: Tensor) -> Tensor:
    """The threshold: 1 where x >= 0, else 0; NaN stays. No gradient comes with it."""
    z = _wide(x).detach()
    return torch.where(z.isnan(), z, (z >= 0).to(z.dtype)).to(x.dtype)


# --8<-- [start:sigmoid]
def sigmoid(x: Tensor) -> Tensor:
    """1 / (1 + exp(-x))."""
    z = _wide(x)
    # log(1 + exp(-z)) without overflow, so that far left exp(z) remains.
    return torch.exp(-torch.logaddexp(torch.zeros_like(z), -z)).to(x.dtype)


def tanh(x: Tensor) -> Tensor:
    """2 sigmoid(2x) - 1."""
    return torch.tanh(_wide(x)).to(x.dtype)  # the formula loses all digits near 0
    # --8<-- [end:sigmoid]


# --8<-- [start:relu]
def relu(x: Tensor) -> Tensor:
    """max(x, 0)."""
    z = _wide(x)
    return torch.where(z <= 0, 0, z).to(x.dtype)  # NaN fails the comparison and stays


def leaky_relu(x: Tensor, negative_slope: float = 0.01) -> Tensor:
    """x where x > 0, else negative_slope * x."""
    z = _wide(x)
    return torch.where(z <= 0, negative_slope * z, z).to(x.dtype)


def elu(x: Tensor, alpha: float = 1.0) -> Tensor:
    """x where x > 0, else alpha * (exp(x) - 1)."""
    z = _wide(x)
    # The clamp keeps exp finite on the branch not taken, and so its gradient.
    return torch.where(z <= 0, alpha * torch.expm1(z.clamp(max=0)), z).to(x.dtype)


def relu2(x: Tensor) -> Tensor:
    """relu(x)^2."""
    return (relu(_wide(x)) ** 2).to(x.dtype)
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
    return (scale * elu(_wide(x), alpha)).to(x.dtype)
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
    z = _wide(x)
    if approximate == "none":
        # Phi(z) = erfc(-z / sqrt 2) / 2; 1 + erf would cancel on the left.
        gate = torch.special.erfc(-z / math.sqrt(2)) / 2
    elif approximate == "tanh":
        # Past 100 the gate is 0 or 1 to the last digit, and z^3 would overflow.
        gate = sigmoid(
            math.sqrt(8 / math.pi) * (z + 0.044715 * z.clamp(-100, 100) ** 3)
        )
    elif approximate == "quick":
        gate = sigmoid(1.702 * z)
    else:
        raise ValueError(
            f"approximate must be none, tanh or quick, got {approximate!r}"
        )
    return (z * gate).to(x.dtype)


def silu(x: Tensor) -> Tensor:
    """x sigmoid(x), also known as Swish."""
    z = _wide(x)
    return (z * sigmoid(z)).to(x.dtype)


def mish(x: Tensor) -> Tensor:
    """x tanh(log(1 + exp(x)))."""
    z = _wide(x)
    return (z * torch.tanh(torch.logaddexp(torch.zeros_like(z), z))).to(x.dtype)
    # --8<-- [end:gelu]
