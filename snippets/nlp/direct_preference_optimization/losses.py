"""The losses of DPO and IPO, on log-probabilities of whole answers.

Log-probabilities are sums over answer tokens, not means, given the prompt. w is the
answer that won (chosen), l the one that lost (rejected); p stands for the policy, r for
the reference, so ``pw`` is the policy's log-probability of the winner.

Sums over hundreds of tokens, and differences of such sums: all is computed and
returned at least in float32.

Axes: b sequence or pair, t token, v vocabulary.

References:
    Rafailov et al., "Direct Preference Optimization: Your Language Model is
    Secretly a Reward Model", NeurIPS 2023, arXiv:2305.18290.
    Azar et al., "A General Theoretical Paradigm to Understand Learning from Human
    Preferences", 2023, arXiv:2310.12036 (IPO).
"""

import torch
import torch.nn.functional as F
from torch import Tensor

from ._checks import _check_beta, _number, _wide


# --8<-- [start:logps]
def sequence_logps(logits: Tensor, labels: Tensor, ignore_index: int = -100) -> Tensor:
    """Log-probability of each answer: the sum over its tokens, given what precedes.

    Args:
        logits: shape (b, t, v); those at position i predict token i + 1.
        labels: shape (b, t), long; the input tokens themselves, not shifted, with
            ``ignore_index`` at the prompt and at padding. The first is never predicted.
        ignore_index: marks the tokens that do not count.

    Returns:
        Shape (b,), float32 or wider.

    Raises:
        ValueError: if shapes or dtypes disagree, a label is outside the vocabulary,
            or a sequence has no token that counts.
    """
    _check_sequences(logits, labels, ignore_index)
    labels = labels[:, 1:]  # shift by one: the last logits predict nothing we have
    counts = labels != ignore_index
    target = labels.masked_fill(~counts, 0)  # any valid index; masked out below
    token_logps = _wide(logits)[0][:, :-1].log_softmax(-1)
    token_logps = token_logps.gather(-1, target[..., None]).squeeze(-1)
    return token_logps.where(counts, 0).sum(-1)  # sum: a mean is no log-probability
    # --8<-- [end:logps]


# --8<-- [start:dpo]
def dpo_loss(
    pw: Tensor,
    pl: Tensor,
    rw: Tensor,
    rl: Tensor,
    beta: float,
    label_smoothing: float = 0.0,
) -> tuple[Tensor, Tensor, Tensor]:
    """The DPO loss of each pair; train on its mean.

    Args:
        pw, pl: policy log-probabilities of the winners and the losers, shape (b,).
        rw, rl: those of the frozen reference, shape (b,).
        beta: weight of the divergence from the reference, > 0; large stays close.
        label_smoothing: probability that a label is flipped, in [0, 0.5); above 0 this
            is cDPO.

    Returns:
        Loss, chosen rewards, rejected rewards, each of shape (b,). The rewards are
        detached: they are for logging.

    Raises:
        ValueError: if ``beta`` or ``label_smoothing`` is outside its range, or the
            four tensors are not floating, of one shape (b,).
    """
    _check_beta(beta)
    if not 0 <= _number(label_smoothing) < 0.5:
        got = f"got {label_smoothing!r}"
        raise ValueError(f"label_smoothing must be in [0, 0.5), {got}")
    _check_batch(pw=pw, pl=pl, rw=rw, rl=rl)
    pw, pl, rw, rl = _wide(pw, pl, rw, rl)
    chosen, rejected = beta * (pw - rw), beta * (pl - rl)  # both lack beta * log Z(x)
    margin = chosen - rejected  # where it would cancel: the prompt is the same
    loss = -(1 - label_smoothing) * F.logsigmoid(margin)
    loss = loss - label_smoothing * F.logsigmoid(-margin)
    return loss, chosen.detach(), rejected.detach()
    # --8<-- [end:dpo]


# --8<-- [start:ipo]
def ipo_loss(
    pw: Tensor, pl: Tensor, rw: Tensor, rl: Tensor, beta: float
) -> tuple[Tensor, Tensor, Tensor]:
    """The IPO loss of each pair: pulls the log-ratio gap to 1 / (2 beta), no further.

    Arguments, results and errors are those of ``dpo_loss`` without label smoothing.
    """
    _check_beta(beta)
    _check_batch(pw=pw, pl=pl, rw=rw, rl=rl)
    pw, pl, rw, rl = _wide(pw, pl, rw, rl)
    chosen, rejected = pw - rw, pl - rl
    loss = (chosen - rejected - 1 / (2 * beta)) ** 2
    return loss, beta * chosen.detach(), beta * rejected.detach()
    # --8<-- [end:ipo]


def _check_batch(**logps: Tensor) -> None:
    if len({x.shape for x in logps.values()}) > 1 or not all(
        x.ndim == 1 and x.is_floating_point() for x in logps.values()
    ):
        got = ", ".join(f"{k} {tuple(x.shape)} {x.dtype}" for k, x in logps.items())
        raise ValueError(
            f"need floating log-probabilities of one shape (b,), got {got}"
        )


def _check_sequences(logits: Tensor, labels: Tensor, ignore_index: int) -> None:
    shapes = f"{tuple(logits.shape)} and {tuple(labels.shape)}"
    if logits.ndim != 3 or logits.shape[:2] != labels.shape:
        raise ValueError(f"need logits (b, t, v) and labels (b, t), got {shapes}")
    if not logits.is_floating_point() or labels.dtype != torch.long:
        got = f"{logits.dtype} and {labels.dtype}"
        raise ValueError(f"need floating logits and long labels, got {got}")
    counts = labels[:, 1:] != ignore_index
    if counts.is_meta:
        return  # there are no numbers to look at
    if not counts.any(-1).all():
        row = (~counts.any(-1)).nonzero()[0].item()
        raise ValueError(f"each row needs a label to predict, got none in row {row}")
    kept = labels[:, 1:][counts]
    if kept.numel() and not (kept.min() >= 0 and kept.max() < logits.shape[-1]):
        got = f"{kept.min().item()} to {kept.max().item()}"
        raise ValueError(f"labels must be in 0..{logits.shape[-1] - 1}, got {got}")
