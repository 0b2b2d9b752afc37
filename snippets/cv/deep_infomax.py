"""Mutual information by contrast: score true pairs high and shuffled pairs low.

A critic T(x, y) sees true pairs (from P, the joint distribution) and shuffled pairs
(from Q, the product of the marginals). DV, NWJ and InfoNCE turn its scores into a lower
bound on I(X; Y) = KL(P || Q); the JSD objective of Deep InfoMax trains the same critic
but its value is no estimate of I. NCE, the older method with a similar name, fits an
unnormalized density. All logarithms are natural, so information is in nats.

References:
    Hjelm et al., "Learning deep representations by mutual information estimation and
    maximization", ICLR 2019, arXiv:1808.06670.
    Poole et al., "On Variational Bounds of Mutual Information", ICML 2019,
    arXiv:1905.06922.
    van den Oord, Li, Vinyals, "Representation Learning with Contrastive Predictive
    Coding", 2018, arXiv:1807.03748.
    Gutmann, Hyvarinen, "Noise-Contrastive Estimation of Unnormalized Statistical
    Models", JMLR 13, 2012.
"""

import math

import torch
from torch import Tensor
from torch.nn.functional import softplus

from snippets.cv.deep_infomax_local import LocalDIM as LocalDIM
from snippets.cv.deep_infomax_local import centroid_accuracy as centroid_accuracy
from snippets.cv.deep_infomax_local import fit as fit
from snippets.cv.deep_infomax_local import local_dim_loss as local_dim_loss
from snippets.cv.deep_infomax_local import pca_codes as pca_codes
from snippets.cv.deep_infomax_local import toy_patches as toy_patches


# --8<-- [start:gaussian]
def gaussian_mi(rho: float, dim: int = 1) -> float:
    """Mutual information, in nats, of ``dim`` independent pairs with correlation rho.

    Raises:
        ValueError: if ``rho`` is not inside (-1, 1), or ``dim`` is below 1.
    """
    _check_rho(rho)
    if dim < 1:
        raise ValueError(f"dim must be >= 1, got {dim}")
    return -dim / 2 * (math.log1p(-rho) + math.log1p(rho))


def optimal_critic(x: Tensor, y: Tensor, rho: float) -> Tensor:
    """The log density ratio log p(x, y) / (p(x) p(y)) of every x with every y.

    Args:
        x: shape (N, D); its D coordinates are independent standard normals.
        y: shape (M, D), likewise; coordinate d of a true pair has correlation ``rho``.
        rho: correlation, inside (-1, 1).

    Returns:
        Scores, shape (N, M); row i belongs to ``x[i]``.

    Raises:
        ValueError: if ``rho`` is out of range, or the shapes do not fit.
    """
    _check_rho(rho)
    if x.ndim != 2 or y.ndim != 2 or x.shape[1] != y.shape[1]:
        raise ValueError(
            f"x and y must be (N, D) and (M, D), got {_shape(x)} and {_shape(y)}"
        )
    squares = x.square().sum(1)[:, None] + y.square().sum(1)
    exponent = (2 * rho * x @ y.T - rho**2 * squares) / (2 * (1 - rho) * (1 + rho))
    return gaussian_mi(rho, x.shape[1]) + exponent
    # --8<-- [end:gaussian]


def gaussian_pairs(
    count: int, rho: float, dim: int, generator: torch.Generator
) -> tuple[Tensor, Tensor]:
    """Draw ``count`` true pairs: x and y, each (count, dim), float64."""
    _check_rho(rho)
    x, noise = torch.randn(2, count, dim, generator=generator, dtype=torch.float64)
    return x, rho * x + math.sqrt((1 - rho) * (1 + rho)) * noise


# --8<-- [start:infonce]
def infonce(scores: Tensor) -> Tensor:
    """InfoNCE lower bound on the mutual information: which of the N is the partner?

    Args:
        scores: shape (N, N), N >= 2; the diagonal holds the true pairs.

    Returns:
        Scalar, never above log N. The usual loss is log N minus this.

    Raises:
        ValueError: if ``scores`` is not square, or has fewer than 2 rows.
    """
    if scores.ndim != 2 or scores.shape[0] != scores.shape[1] or len(scores) < 2:
        raise ValueError(f"scores must be (N, N) with N >= 2, got {_shape(scores)}")
    own_share = scores.diagonal() - scores.logsumexp(1)
    return own_share.mean() + math.log(len(scores))
    # --8<-- [end:infonce]


# --8<-- [start:bounds]
def dv(pos: Tensor, neg: Tensor) -> Tensor:
    """Donsker-Varadhan: E_P[T] - log E_Q[e^T]; best critic log ratio + any constant.

    Args:
        pos: scores of true pairs, shape (N,).
        neg: scores of shuffled pairs, shape (M,).

    Raises:
        ValueError: if an argument is not a vector, or is empty.
    """
    _check_scores(pos, neg)
    return pos.mean() - (neg.logsumexp(0) - math.log(len(neg)))


def nwj(pos: Tensor, neg: Tensor) -> Tensor:
    """Nguyen-Wainwright-Jordan: E_P[T] - E_Q[e^(T - 1)]; best critic log ratio + 1.

    Arguments and errors as in ``dv``.
    """
    _check_scores(pos, neg)
    return pos.mean() - (neg - 1).exp().mean()


def jsd_objective(pos: Tensor, neg: Tensor) -> Tensor:
    """Deep InfoMax: E_P[-softplus(-T)] - E_Q[softplus(T)]; best critic the log ratio.

    Its maximum is 2 JSD(P, Q) - 2 log 2, which is never positive: it is not an estimate
    of the mutual information. Arguments and errors as in ``dv``.
    """
    _check_scores(pos, neg)
    return -softplus(-pos).mean() - softplus(neg).mean()
    # --8<-- [end:bounds]


# --8<-- [start:nce]
def nce_loss(
    log_p: Tensor, log_q: Tensor, noise_log_p: Tensor, noise_log_q: Tensor, k: int
) -> Tensor:
    """Noise-contrastive estimation: logistic regression of data against known noise.

    Args:
        log_p: log of the unnormalized model at the data, shape (N,); a learned
            constant inside it takes the place of -log Z.
        log_q: log of the noise density at the data, shape (N,).
        noise_log_p: log of the model at the noise samples, shape (k N,).
        noise_log_q: log of the noise density there, shape (k N,).
        k: noise samples per datum, >= 1.

    Returns:
        Scalar: cross-entropy summed over one datum and its k noise samples.

    Raises:
        ValueError: if ``k`` is below 1, or the shapes do not fit.
    """
    if k < 1:
        raise ValueError(f"k must be >= 1, got {k}")
    if log_p.ndim != 1 or log_p.shape != log_q.shape or len(log_p) == 0:
        raise ValueError(
            f"log_p and log_q must both be (N,), N >= 1, got {_shape(log_p)} "
            f"and {_shape(log_q)}"
        )
    if not noise_log_p.shape == noise_log_q.shape == (k * len(log_p),):
        raise ValueError(
            f"noise_log_p and noise_log_q must both be ({k * len(log_p)},), "
            f"got {_shape(noise_log_p)} and {_shape(noise_log_q)}"
        )
    logit = log_p - log_q - math.log(k)  # log odds that a sample is data
    noise_logit = noise_log_p - noise_log_q - math.log(k)
    return softplus(-logit).mean() + k * softplus(noise_logit).mean()
    # --8<-- [end:nce]


def _check_rho(rho: float) -> None:
    if not -1 < rho < 1:
        raise ValueError(f"rho must be inside (-1, 1), got {rho}")


def _check_scores(pos: Tensor, neg: Tensor) -> None:
    for name, scores in (("pos", pos), ("neg", neg)):
        if scores.ndim != 1 or len(scores) == 0:
            raise ValueError(f"{name} must be a non-empty vector, got {_shape(scores)}")


def _shape(x: Tensor) -> tuple[int, ...]:
    return tuple(x.shape)
