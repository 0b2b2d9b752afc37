"""The loss of a language model: how surprised it is by what comes next."""

import torch
from torch import Tensor
from torch.nn import functional as F

from ._checks import _integer


# --8<-- [start:loss]
def language_model_loss(logits: Tensor, targets: Tensor, ignore: int = -100) -> Tensor:
    """Mean of -log p(target), in nats, over the targets that count.

    Args:
        logits: shape (..., vocab).
        targets: int64, shape (...): the next token at each place, or ``ignore``.
        ignore: marks places that do not count, such as padding.

    Returns:
        A scalar of the type of the logits.

    Raises:
        ValueError: if shapes or types do not fit, a target is not in the vocabulary, or
            no target counts.
    """
    _check(logits, targets, ignore)
    wide = logits.to(torch.promote_types(logits.dtype, torch.float32))
    flat = wide.reshape(-1, logits.shape[-1])
    loss = F.cross_entropy(flat, targets.reshape(-1), ignore_index=ignore)
    return loss.to(logits.dtype)
    # --8<-- [end:loss]


def _check(logits: Tensor, targets: Tensor, ignore: int) -> None:
    if _integer("ignore", ignore, -(2**63)) >= 2**63:
        raise ValueError(f"ignore must be an integer < 2**63, got {ignore}")
    if not isinstance(logits, Tensor) or not isinstance(targets, Tensor):
        got = f"{type(logits).__name__} and {type(targets).__name__}"
        raise ValueError(f"logits and targets must be tensors, got {got}")
    if not logits.is_floating_point() or targets.dtype != torch.int64:
        got = f"{logits.dtype} and {targets.dtype}"
        raise ValueError(f"want logits of floats and targets of int64, got {got}")
    if logits.ndim < 1 or logits.shape[:-1] != targets.shape:
        got = f"{tuple(logits.shape)} and {tuple(targets.shape)}"
        raise ValueError(f"want logits (..., vocab) and targets (...), got {got}")
    counts = targets != ignore
    if not counts.any():
        raise ValueError("want at least one target that counts, got none")
    real = targets[counts]
    low, high = int(real.min()), int(real.max())
    if low < 0 or high >= logits.shape[-1]:
        want = f"from 0 to {logits.shape[-1] - 1}"
        raise ValueError(f"targets must be {want}, got {low} to {high}")
