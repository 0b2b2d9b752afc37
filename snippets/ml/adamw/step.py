"""One step of Adam as a function: the decay goes into the gradient or past it.

Adam + L2 adds ``weight_decay * theta`` to the gradient, AdamW shrinks ``theta``. As in
PyTorch, the shrinkage per step is ``lr * weight_decay``.

References:
    Kingma, Ba, "Adam: A Method for Stochastic Optimization", ICLR 2015,
    arXiv:1412.6980.
    Loshchilov, Hutter, "Decoupled Weight Decay Regularization", ICLR 2019,
    arXiv:1711.05101.
    Reddi, Kale, Kumar, "On the Convergence of Adam and Beyond", ICLR 2018,
    arXiv:1904.09237 (AMSGrad).
"""

import math
from typing import NamedTuple

import torch
from torch import Tensor


# --8<-- [start:state]
class AdamState(NamedTuple):
    """What Adam remembers of one parameter; the tensors have its shape and dtype."""

    step: int  # updates done so far
    m: Tensor  # moving average of the gradients, biased towards 0
    v: Tensor  # moving average of the squared gradients, biased towards 0
    v_max: Tensor | None = None  # AMSGrad only: largest v so far


def empty_state(theta: Tensor) -> AdamState:
    """State before the first update of ``theta``: no steps, both averages zero."""
    return AdamState(0, torch.zeros_like(theta), torch.zeros_like(theta))
    # --8<-- [end:state]


# --8<-- [start:step]
def adam_step(
    theta: Tensor,
    g: Tensor,
    state: AdamState,
    lr: float = 1e-3,
    betas: tuple[float, float] = (0.9, 0.999),
    eps: float = 1e-8,
    weight_decay: float = 0.0,
    decoupled: bool = False,
    amsgrad: bool = False,
) -> tuple[Tensor, AdamState]:
    """One update of one parameter; nothing is changed in place.

    Args:
        theta: parameter, any shape, real floating point.
        g: gradient of the loss without any penalty, same shape and dtype.
        state: from ``empty_state`` or the previous step.
        lr: step size, >= 0.
        betas: decay rates of the two averages, each in [0, 1).
        eps: added to the root, >= 0; with 0, a gradient that was always 0 gives NaN.
        weight_decay: lambda, >= 0.
        decoupled: False for Adam + L2, True for AdamW.
        amsgrad: divide by the largest v so far instead of the current one.

    Returns:
        The new parameter and the new state.

    Raises:
        ValueError: if an option is outside its range, or ``g`` is sparse, complex,
            not finite, or unlike ``theta`` in shape or dtype.
    """
    _check_options(lr, betas, eps, weight_decay)
    _check_tensors(theta, g, state)
    if decoupled:
        theta = (1 - lr * weight_decay) * theta  # neither m nor v will know
    else:
        g = g + weight_decay * theta
    beta1, beta2 = betas
    step = state.step + 1
    m = beta1 * state.m + (1 - beta1) * g
    v = beta2 * state.v + (1 - beta2) * g * g  # g**2 alone would overflow earlier
    v_max = None
    if amsgrad:
        v_max = v if state.v_max is None else torch.maximum(state.v_max, v)
    m_hat = m / (1 - beta1**step)
    root = (v if v_max is None else v_max).sqrt() / math.sqrt(1 - beta2**step)
    theta = theta - lr * m_hat / (root + eps)
    return theta, AdamState(step, m, v, v_max)
    # --8<-- [end:step]


def _check_options(
    lr: float, betas: tuple[float, float], eps: float, weight_decay: float
) -> None:
    """Raise ValueError unless every option is in its range (NaN is in none)."""
    for name, value in {"lr": lr, "eps": eps, "weight_decay": weight_decay}.items():
        if not 0 <= value < math.inf:
            raise ValueError(f"{name} must be finite and >= 0, got {value}")
    if len(betas) != 2 or not all(0 <= beta < 1 for beta in betas):
        raise ValueError(f"betas must be two numbers in [0, 1), got {betas}")


def _check_tensors(theta: Tensor, g: Tensor, state: AdamState) -> None:
    if g.layout != torch.strided or not theta.dtype == g.dtype == state.m.dtype:
        got = f"{g.layout}, {theta.dtype}, {g.dtype}, {state.m.dtype}"
        raise ValueError(f"need a dense g, and theta, g, m of one dtype; got {got}")
    if not theta.is_floating_point():
        raise ValueError(f"theta must be real floating point, got {theta.dtype}")
    if not theta.shape == g.shape == state.m.shape:
        shapes = ", ".join(str(tuple(x.shape)) for x in (theta, g, state.m))
        raise ValueError(f"theta, g and m must have one shape, got {shapes}")
    if not g.isfinite().all():
        count = int((~g.isfinite()).sum())
        raise ValueError(f"g must be finite, got {count} NaN or infinite entries")
