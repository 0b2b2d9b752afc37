"""Objectives that train a critic: DV, NWJ and InfoNCE bound information, JSD does not.

A critic T(x, y) scores true pairs (from P, the joint distribution) and shuffled pairs
(from Q, the product of the marginals). All logarithms are natural, so information is
in nats.

References:
    Hjelm et al., "Learning deep representations by mutual information estimation and
    maximization", ICLR 2019, arXiv:1808.06670.
    Poole et al., "On Variational Bounds of Mutual Information", ICML 2019,
    arXiv:1905.06922.
    van den Oord, Li, Vinyals, "Representation Learning with Contrastive Predictive
    Coding", 2018, arXiv:1807.03748.
"""

import math

from torch import Tensor
from torch.nn.functional import softplus

from ._checks import _in_float32, _shape


# --8<-- [start:infonce]
@_in_float32
def infonce(scores: Tensor) -> Tensor:
    """InfoNCE lower bound on the mutual information: which of the N is the partner?

    Args:
        scores: shape (N, N), N >= 2, floating point; the diagonal holds the true
            pairs. It stays in the denominator: without it this is no bound.

    Returns:
        Scalar, at most log N up to rounding. The usual loss is log N minus this.

    Raises:
        ValueError: if ``scores`` is not square, not floating point, or has fewer than
            2 rows.
    """
    square = scores.ndim == 2 and scores.shape[0] == scores.shape[1] >= 2
    if not square or not scores.is_floating_point():
        got = f"{_shape(scores)}, {scores.dtype}"
        raise ValueError(
            f"scores must be (N, N) with N >= 2, floating point, got {got}"
        )
    own_share = scores.diagonal() - scores.logsumexp(1)
    return own_share.mean() + math.log(len(scores))
    # --8<-- [end:infonce]


# --8<-- [start:bounds]
@_in_float32
def dv(pos: Tensor, neg: Tensor) -> Tensor:
    """Donsker-Varadhan: E_P[T] - log E_Q[e^T]; best critic log ratio + any constant.

    Args:
        pos: scores of true pairs, shape (N,).
        neg: scores of shuffled pairs, shape (M,).

    Raises:
        ValueError: if an argument is not a vector, not floating point, or is empty.
    """
    _check_scores(pos, neg)
    return pos.mean() - (neg.logsumexp(0) - math.log(len(neg)))


@_in_float32
def nwj(pos: Tensor, neg: Tensor) -> Tensor:
    """Nguyen-Wainwright-Jordan: E_P[T] - E_Q[e^(T - 1)]; best critic log ratio + 1.

    Arguments and errors as in ``dv``. One large score decides: where the type of the
    scores cannot hold the result (float32: from T = 90 on), the value is -inf.
    """
    _check_scores(pos, neg)
    return pos.mean() - (neg - 1).exp().mean()


@_in_float32
def jsd_objective(pos: Tensor, neg: Tensor) -> Tensor:
    """Deep InfoMax: E_P[-softplus(-T)] - E_Q[softplus(T)]; best critic the log ratio.

    Its maximum is 2 JSD(P, Q) - 2 log 2, which is never positive: it is not an estimate
    of the mutual information. Arguments and errors as in ``dv``.
    """
    _check_scores(pos, neg)
    return -softplus(-pos).mean() - softplus(neg).mean()
    # --8<-- [end:bounds]


def _check_scores(pos: Tensor, neg: Tensor) -> None:
    for name, scores in (("pos", pos), ("neg", neg)):
        if scores.ndim != 1 or len(scores) == 0 or not scores.is_floating_point():
            got = f"{_shape(scores)}, {scores.dtype}"
            raise ValueError(f"{name} must be a non-empty vector of floats, got {got}")
