"""How strongly a weight decays under Adam + L2 and under AdamW, and which weights to.

Everything here is about the decay alone; the update itself is in ``step.py``.

Reference:
    Loshchilov, Hutter, "Decoupled Weight Decay Regularization", ICLR 2019,
    arXiv:1711.05101.
"""

import math
from collections.abc import Collection, Iterable

from torch import Tensor

from ._checks import _check_number


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
    ``g_scale`` squared, provided that gradients other than 0 come many times within
    the 1 / (1 - beta2) steps that v remembers. Where they are rarer, v falls between
    them and far more is lost.

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
        _check_number(name, value)
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
    named_params: Iterable[tuple[str, Tensor]], spare: Collection[str] = ()
) -> tuple[list[Tensor], list[Tensor]]:
    """Split parameters by use: matrices and kernels decay, biases and gains do not.

    The rule is the number of axes: two or more decay. It sorts linear and
    convolution weights and embeddings into the first list, and into the second
    biases and gains of one axis. What has two axes and should not decay, such as a
    class token, a position table or the gain of ``LayerNorm((4, 5))``, must be named.
    Frozen parameters are in neither list.

    Args:
        named_params: as from ``model.named_parameters()``.
        spare: names of parameters that do not decay, whatever their axes.

    Returns:
        ``(decay, no_decay)``, each in the order given.

    Raises:
        ValueError: if one parameter comes under two names (it would be updated twice),
            ``named_params`` are no such pairs, or a spared name is none of theirs.
    """
    spare = {spare} if isinstance(spare, str) else set(spare)
    seen: dict[Tensor, str] = {}  # tensors hash by identity
    decay, no_decay = [], []
    for pair in named_params:
        if not isinstance(pair, tuple) or not isinstance(pair[-1], Tensor):
            raise ValueError(f"need pairs of name and tensor, got {type(pair)}")
        name, p = pair
        if p in seen:
            raise ValueError(f"need each parameter once, got {seen[p]!r} and {name!r}")
        seen[p] = name
        if p.requires_grad:
            (decay if p.ndim >= 2 and name not in spare else no_decay).append(p)
    if not spare <= set(seen.values()):
        unknown = sorted(spare - set(seen.values()))
        raise ValueError(f"spare must hold names of parameters, got {unknown}")
    return decay, no_decay
    # --8<-- [end:groups]
