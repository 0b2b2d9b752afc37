"""Pairs of answers reveal rewards; a reward, a reference and beta fix the best policy.

K answers to one prompt are numbered 0 to K - 1. Only differences of rewards can be
observed, so ``bt_fit`` returns the rewards whose mean is 0. ``kl_objective`` penalizes
KL(pi || ref), the policy first; a large ``beta`` keeps the policy near ``ref``.

References:
    Bradley, Terry, "Rank Analysis of Incomplete Block Designs: I. The Method of
    Paired Comparisons", Biometrika 1952, doi:10.1093/biomet/39.3-4.324.
    Rafailov et al., "Direct Preference Optimization: Your Language Model is
    Secretly a Reward Model", NeurIPS 2023, arXiv:2305.18290.
"""

import torch
from torch import Tensor

from ._checks import _check_beta, _check_distribution, _check_same_shape, _wide


# --8<-- [start:bt]
def bt_probability(rw: Tensor, rl: Tensor) -> Tensor:
    """Probability that answer w beats answer l, under the Bradley-Terry model.

    Args:
        rw, rl: rewards of the two answers, any shape, both the same.

    Raises:
        ValueError: if the shapes differ.
    """
    if rw.shape != rl.shape:
        shapes = f"{tuple(rw.shape)} and {tuple(rl.shape)}"
        raise ValueError(f"rw and rl must have the same shape, got {shapes}")
    rw, rl = _wide(rw, rl)
    return torch.sigmoid(rw - rl)


def bt_fit(wins: Tensor) -> Tensor:
    """Maximum-likelihood rewards of K answers, by Newton's method.

    Args:
        wins: shape (K, K), integer; ``wins[i, j]`` counts how often i beat j.

    Returns:
        Rewards, float64, shape (K,), mean 0.

    Raises:
        ValueError: if ``wins`` is no square matrix of counts with diagonal 0, some
            group of answers never lost to the rest (its rewards would be infinite, or
            undetermined if it never won), or 1000 steps do not suffice.
    """
    _check_wins(wins)
    wins = wins.double()
    r, met = wins.new_zeros(len(wins)), wins + wins.T > 0
    for _ in range(1000):
        p = torch.sigmoid(r[:, None] - r)  # i beats j; p.T is 1 - p without rounding
        surplus = (wins * p.T - wins.T * p).sum(1)  # games won, minus those expected
        weight = (wins + wins.T) * p * p.T
        hessian = weight.sum(1).diag() - weight
        step = torch.zeros_like(r)  # a common shift changes nothing: hold the first
        step[1:] = torch.linalg.solve(hessian[1:, 1:], surplus[1:])
        change = ((step[:, None] - step) * met).abs().max().item()
        r = r + step / max(1.0, change)  # no gap moves by more than 1: it is uphill
        if change < 1e-9:  # the next step would be about the square of this one
            return r - r.mean()
    raise ValueError(f"want wins that 1000 steps fit, got a last step of {change}")
    # --8<-- [end:bt]


# --8<-- [start:optimum]
def optimal_policy(r: Tensor, ref: Tensor, beta: float) -> tuple[Tensor, Tensor]:
    """The policy that maximizes ``kl_objective``, and the log of its normalizer Z.

    Args:
        r: rewards, shape (..., K).
        ref: reference probabilities, shape (..., K), all > 0, with sum 1.
        beta: weight of the divergence, in units of reward per nat, > 0.

    Returns:
        ``pi``, shape (..., K), and ``logZ``, shape (...), at least in float32.

    Raises:
        ValueError: if ``beta`` is not positive, the shapes differ, a reward is not
            finite, or ``ref`` has a zero or does not sum to 1.
    """
    _check_beta(beta)
    _check_same_shape(r=r, ref=ref)
    _check_distribution("ref", ref, positive=True)
    _check_rewards(r)
    r, ref = _wide(r, ref)
    top = r.amax(-1, keepdim=True)  # a common shift cancels; large it would cost digits
    log_weight = ref.log() + (r - top) / beta
    log_z = log_weight.logsumexp(-1, keepdim=True)
    return (log_weight - log_z).exp(), (log_z + top / beta)[..., 0]


def kl_objective(pi: Tensor, r: Tensor, ref: Tensor, beta: float) -> Tensor:
    """Expected reward under ``pi`` minus ``beta`` times KL(pi || ref), shape (...).

    Args:
        pi: probabilities, shape (..., K), zeros allowed.
        r, ref, beta: as for ``optimal_policy``.

    Raises:
        ValueError: as ``optimal_policy``, or if ``pi`` is no distribution.
    """
    _check_beta(beta)
    _check_same_shape(pi=pi, r=r, ref=ref)
    _check_distribution("pi", pi, positive=False)
    _check_distribution("ref", ref, positive=True)
    _check_rewards(r)
    pi, r, ref = _wide(pi, r, ref)
    divergence = torch.xlogy(pi, pi) - torch.xlogy(pi, ref)  # 0 log 0 = 0
    return (pi * r - beta * divergence).sum(-1)
    # --8<-- [end:optimum]


def _check_rewards(r: Tensor) -> None:
    if not r.isfinite().all():
        raise ValueError(f"rewards must be finite, got {r.tolist()}")


def _check_wins(wins: Tensor) -> None:
    if wins.ndim != 2 or wins.shape[0] != wins.shape[1] or not len(wins):
        raise ValueError(f"wins must have shape (K, K), got {tuple(wins.shape)}")
    if wins.is_floating_point() or wins.is_complex() or wins.dtype == torch.bool:
        raise ValueError(f"wins must hold integer counts, got {wins.dtype}")
    if (wins < 0).any() or wins.diag().any():
        raise ValueError(f"wins must be >= 0 with diagonal 0, got {wins.tolist()}")
    self = torch.eye(len(wins), dtype=torch.bool, device=wins.device)
    reach = ((wins > 0) | self).double()
    for _ in range(len(wins).bit_length()):
        reach = (reach @ reach > 0).double()  # paths of doubled length
    if not reach.all():
        i, j = (reach == 0).nonzero()[0].tolist()
        raise ValueError(
            f"each answer must beat each other one through a chain of wins, got no "
            f"chain from {i} to {j}: the rewards would be infinite or undetermined"
        )
