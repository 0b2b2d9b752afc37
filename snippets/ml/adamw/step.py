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

from ._checks import _check_options, _check_tensors


# --8<-- [start:state]
class AdamState(NamedTuple):
    """What Adam remembers of one parameter: tensors of its shape, at least float32."""

    step: int  # updates done so far
    m: Tensor  # moving average of the gradients, biased towards 0
    v: Tensor  # moving average of the squared gradients, biased towards 0
    v_max: Tensor | None = None  # AMSGrad only: largest v so far


def empty_state(theta: Tensor) -> AdamState:
    """State before the first update of ``theta``: no steps, both averages zero.

    The averages are float32 for 16-bit ``theta``, where squares would underflow.
    """
    zeros = torch.zeros_like(theta, dtype=_wide(theta.dtype))
    return AdamState(0, zeros, zeros.clone())
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

    With 16-bit parameters the state and all arithmetic are float32.

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
        ValueError: if an option is outside its range, ``theta`` is no real floating
            point, ``g`` is sparse, not finite, or unlike ``theta`` in shape or dtype,
            or the state is not such a one as ``empty_state`` makes.
    """
    _check_options(lr, betas, eps, weight_decay)
    averages = {"m": state.m, "v": state.v, "v_max": state.v_max}
    averages = {name: x for name, x in averages.items() if x is not None}
    narrow, wide = theta.dtype, _wide(theta.dtype)
    _check_tensors(theta, g, state.step, averages, wide)
    theta, g = theta.to(wide), g.to(wide)
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
    return theta.to(narrow), AdamState(step, m, v, v_max)
    # --8<-- [end:step]


def _wide(dtype: torch.dtype) -> torch.dtype:
    """The dtype to compute in: float32, or float64 where that is given."""
    return torch.promote_types(dtype, torch.float32)
