"""The router's work: scores become picks and weights.

A bias changes who is picked, and no score: the same picks have the same weights.

References:
    Shazeer et al., 2017, arXiv:1701.06538 (softmax over the picks).
    DeepSeek-AI, "DeepSeek-V3 Technical Report", 2024, arXiv:2412.19437 (sigmoid, bias).
"""

from typing import NamedTuple

from torch import Tensor
from torch.nn import functional as F

from ._checks import floats, integer, wide


class Routing(NamedTuple):
    """Where each token goes."""

    experts: Tensor  # int64, (t, k): the picks, the best first
    weights: Tensor  # (t, k): how much each pick counts
    probs: Tensor  # (t, e): the scores of all experts


def route(
    logits: Tensor,
    k: int,
    bias: Tensor | None = None,
    score: str = "softmax",
    renormalise: bool = True,
) -> Routing:
    """Pick k experts by score plus bias, and weigh them by score.

    Args:
        logits: shape (t, e), finite; t may be 0.
        k: experts for each token, from 1 to e.
        bias: one number for each expert, shape (e,). Without one the logits are
            ranked: the order of the scores, before any of them round to the same.
        score: "softmax" over all experts, or "sigmoid" of each.
        renormalise: divide the weights of a token by their sum.

    Returns:
        Picks, weights and scores. Of equal experts the lower index wins.

    Raises:
        ValueError: if logits or bias are no finite floats of these shapes, k is out of
            range, or the score has another name.
    """
    floats("logits", logits, "t", "e")
    k = integer("k", k, 1, logits.shape[1])
    if score not in ("softmax", "sigmoid"):
        raise ValueError(f"want score 'softmax' or 'sigmoid', got {score!r}")
    if bias is not None:
        floats("bias", bias, "e")
        if len(bias) != logits.shape[1]:
            want = f"want bias of shape ({logits.shape[1]},)"
            raise ValueError(f"{want}, got {tuple(bias.shape)}")
    # --8<-- [start:route]
    z = logits.to(wide(logits))
    probs = z.softmax(-1) if score == "softmax" else z.sigmoid()
    ranked = z if bias is None else probs + bias
    experts = ranked.argsort(dim=-1, descending=True, stable=True)[:, :k]
    if renormalise:  # the softmax of logarithms of scores: it cannot divide 0 by 0
        logs = z if score == "softmax" else F.logsigmoid(z)  # z is off by a constant
        weights = logs.gather(1, experts).softmax(-1)
    else:
        weights = probs.gather(1, experts)
    return Routing(experts, weights.to(logits.dtype), probs.to(logits.dtype))
    # --8<-- [end:route]
