"""How strongly a weight decays under Adam + L2 and under AdamW, and which weights to.

Everything here is about the decay alone; the update itself is in ``step.py``.

Reference:
    Loshchilov, Hutter, "Decoupled Weight Decay Regularization", ICLR 2019,
    arXiv:1711.05101.
"""

import math
from collections.abc import Iterable

from torch import Tensor


# --8<-- [start:effective]
def effective_decay(
    theta: float,
    g_scale: float,
    lr: float = 1e-3,
    weight_decay: float = 0.01,
    decoupled: bool = False,
    eps: float = 1e-8,
) -> float:
    """Mean fraction of a weight that decay removes per step, under noise gradients.

    The gradients are independent of ``theta``, with mean 0 and root mean square
    ``g_scale``, and both averages have settled. Then for Adam + L2 the mean of m is
    ``weight_decay * theta``, and v is close to the sum of its square and of
    ``g_scale`` squared.

    Args:
        theta: the weight.
        g_scale: root mean square of the gradient of the loss, >= 0.
        lr, weight_decay, eps: as for ``adam_step``.
        decoupled: False for Adam + L2, True for AdamW.

    Raises:
        ValueError: if a number but ``theta`` is negative, one is not finite, or there
            is nothing to divide by.
    """
    least = {"g_scale": g_scale, "lr": lr, "weight_decay": weight_decay, "eps": eps}
    for name, value in least.items():
        if not 0 <= value < math.inf:
            raise ValueError(f"{name} must be finite and >= 0, got {value}")
    if not math.isfinite(theta):
        raise ValueError(f"theta must be finite, got {theta}")
    if decoupled:
        return lr * weight_decay
    root = math.hypot(g_scale, weight_decay * theta) + eps
    if root == 0:
        raise ValueError("need g_scale, weight_decay * theta or eps above 0, got all 0")
    return lr * weight_decay / root
    # --8<-- [end:effective]


# --8<-- [start:groups]
def decay_groups(
    named_params: Iterable[tuple[str, Tensor]],
) -> tuple[list[Tensor], list[Tensor]]:
    """Split parameters by use: matrices and kernels decay, biases and gains do not.

    The rule is the number of axes: two or more decay. It sorts linear and
    convolution weights and embeddings into the first list, biases and the scales of
    normalization layers into the second. Frozen parameters are in neither.

    Args:
        named_params: as from ``model.named_parameters()``.

    Returns:
        ``(decay, no_decay)``, each in the order given.

    Raises:
        ValueError: if one parameter comes under two names; it would be updated twice.
    """
    seen: dict[Tensor, str] = {}  # tensors hash by identity
    decay, no_decay = [], []
    for name, p in named_params:
        if p in seen:
            raise ValueError(f"need each parameter once, got {seen[p]!r} and {name!r}")
        seen[p] = name
        if p.requires_grad:
            (decay if p.ndim >= 2 else no_decay).append(p)
    return decay, no_decay
    # --8<-- [end:groups]
