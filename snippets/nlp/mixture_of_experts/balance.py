"""Even loads: by a loss, or by a bias that no gradient touches; and small logits.

References:
    Lepikhin et al., "GShard", 2020, arXiv:2006.16668 (a loss of this form).
    Fedus, Zoph, Shazeer, "Switch Transformers", 2021, arXiv:2101.03961 (the loss).
    Zoph et al., "ST-MoE", 2022, arXiv:2202.08906 (z-loss).
    Wang et al., 2024, arXiv:2408.15664 (the bias).
"""

import math
from numbers import Real
from typing import Any

import torch
from torch import Tensor

from ._checks import floats, picks, wide


def balance_loss(probs: Tensor, experts: Tensor) -> Tensor:
    """Sum over experts of load, over the mean load, times mean share of the score.

    Scores of a token are divided by their sum first: those of a softmax stay as they
    are. The loads are counts, so the gradient comes by the scores alone.

    Args:
        probs: scores >= 0, not all 0 for a token, shape (t, e), t >= 1.
        experts: picks, int64, shape (t, k).

    Returns:
        A number, shape (): 1 if the loads, or the mean shares, are even.

    Raises:
        ValueError: if a shape or type does not fit, there is no token, a pick is no
            expert, or a score is negative or not finite, or all of a token are 0.
    """
    floats("probs", probs, "t", "e")
    picks(experts, probs.shape[1])
    if not len(probs) or len(probs) != len(experts):
        got = f"{len(probs)} and {len(experts)}"
        raise ValueError(f"want probs and experts of the same t >= 1, got {got}")
    largest = probs.detach().amax(-1, keepdim=True)
    if not ((probs >= 0) & (largest > 0)).all():
        raise ValueError(f"want probs >= 0, not all 0, got {probs.min()} and above")
    # --8<-- [start:loss]
    load = experts.flatten().bincount(minlength=probs.shape[1])
    relative = load.double() * probs.shape[1] / experts.numel()
    scaled = probs.to(wide(probs)) / largest  # so that no sum leaves the range
    share = (scaled / scaled.sum(-1, keepdim=True)).mean(0)
    return (relative.to(share.dtype) * share).sum().to(probs.dtype)
    # --8<-- [end:loss]


def z_loss(logits: Tensor) -> Tensor:
    """Mean over tokens of the squared log of the softmax's denominator.

    Args:
        logits: shape (t, e), finite, t >= 1.

    Returns:
        A number, shape (); infinity if the type of the logits cannot hold it.

    Raises:
        ValueError: if logits are no finite floats of this shape, or there is no token.
    """
    floats("logits", logits, "t", "e")
    if not len(logits):
        raise ValueError(f"want t >= 1, got logits of shape {tuple(logits.shape)}")
    return logits.to(wide(logits)).logsumexp(-1).square().mean().to(logits.dtype)


def update_bias(bias: Tensor, load: Tensor, rate: float) -> Tensor:
    """Raise the bias of each expert below the mean load by rate, lower it above.

    Args:
        bias: shape (e,).
        load: tokens that each expert got in the last step, counts >= 0, shape (e,).
        rate: size of the step, finite and >= 0.

    Returns:
        The new bias, shape (e,).

    Raises:
        ValueError: if bias is no finite (e,), load has another shape, is negative or
            of bools or complex numbers, its sum is not finite, or rate is negative or
            no finite number.
    """
    floats("bias", bias, "e")
    rate = _rate(rate)
    if not isinstance(load, Tensor) or load.shape != bias.shape:
        got = tuple(load.shape) if isinstance(load, Tensor) else type(load).__name__
        raise ValueError(f"want load of shape {tuple(bias.shape)}, got {got}")
    if load.is_complex() or load.dtype == torch.bool:
        raise ValueError(f"want load a tensor of counts, got {load.dtype}")
    exact = load.double()  # bfloat16 cannot tell 257 tokens from 256
    if not ((exact >= 0).all() and exact.sum().isfinite()):
        raise ValueError(f"want load >= 0, its sum finite, got {load.tolist()}")
    # --8<-- [start:bias]
    step = rate * torch.sign(exact.sum() - exact * len(exact))  # mean minus load
    return (bias.to(wide(bias)) + step.to(wide(bias))).to(bias.dtype)
    # --8<-- [end:bias]


def _rate(value: Any) -> float:
    number = isinstance(value, Real) and not isinstance(value, bool)
    try:
        rate = float(value) if number else math.nan
    except OverflowError:  # an int beyond all floats
        rate = math.inf
    if not 0 <= rate < math.inf:
        raise ValueError(f"want rate a finite number >= 0, got {value!r}")
    return rate
