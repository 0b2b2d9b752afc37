"""The three stages of RLHF on the toy language, and DPO in place of two of them.

Axes: x prompt (2), i and j answer (K = 15).

References:
    Ouyang et al., "Training language models to follow instructions with human
    feedback", NeurIPS 2022, arXiv:2203.02155 (the stages).
    Rafailov et al., "Direct Preference Optimization: Your Language Model is
    Secretly a Reward Model", NeurIPS 2023, arXiv:2305.18290.
"""

from collections.abc import Callable

import torch
from torch import Tensor, nn

from ._checks import _check_beta, _integer
from .losses import dpo_loss
from .reward import bt_fit, bt_probability
from .toy import ANSWERS, PROMPTS, ToyLM, answer_logps, draw, true_reward


def minimize(model: nn.Module, loss: Callable[[], Tensor], steps: int) -> None:
    """Full-batch L-BFGS on the parameters of ``model``."""
    optimizer = torch.optim.LBFGS(
        model.parameters(),
        max_iter=_integer("steps", steps),
        tolerance_grad=1e-8,
        tolerance_change=0,
        history_size=50,
        line_search_fn="strong_wolfe",
    )

    def closure() -> Tensor:
        optimizer.zero_grad()
        value = loss()
        value.backward()
        return value

    optimizer.step(closure)


# --8<-- [start:stages]
def fine_tune(model: ToyLM, counts: Tensor, steps: int = 100) -> None:
    """Stage 1: cross-entropy on demonstrations, given as counts (x, K)."""
    _check_weights("counts", counts, 2)
    weight = counts.double() / counts.double().sum()
    minimize(model, lambda: -(weight * answer_logps(model)).sum(), steps)


def compare(ref: Tensor, pairs: int, generator: torch.Generator) -> Tensor:
    """Annotate ``pairs`` pairs per prompt from ref (x, K); wins (x, i, j), i beat j."""
    _check_tables(ref=ref)
    first, second = draw(ref, pairs, generator), draw(ref, pairs, generator)
    reward = true_reward().to(ref.device)
    p = bt_probability(reward.gather(1, first), reward.gather(1, second))
    flip = torch.rand(p.shape, generator=generator, dtype=p.dtype, device=p.device) >= p
    winner, loser = first.where(~flip, second), second.where(~flip, first)
    k = ref.shape[1]
    wins = [torch.bincount(c, minlength=k * k) for c in winner * k + loser]
    wins = torch.stack(wins).view(-1, k, k)
    return wins - wins.diagonal(dim1=1, dim2=2).diag_embed()  # ties with itself


def fit_reward(wins: Tensor) -> Tensor:
    """Stage 2: one reward per prompt and answer, (x, K), from wins (x, i, j)."""
    if wins.ndim != 3 or not len(wins):
        raise ValueError(f"wins must be (x, i, j), x >= 1, got {tuple(wins.shape)}")
    return torch.stack([bt_fit(w) for w in wins])


def policy_gradient(
    model: ToyLM,
    ref_logps: Tensor,
    reward: Tensor,
    beta: float,
    generator: torch.Generator,
    steps: int = 200,
    batch: int = 256,
) -> None:
    """Stage 3: REINFORCE on reward (x, K) minus beta times the log-ratio."""
    _check_beta(beta)
    _check_tables(ref_logps=ref_logps, reward=reward)
    steps, batch = _integer("steps", steps), _integer("batch", batch, least=2)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    schedule = torch.optim.lr_scheduler.LinearLR(optimizer, 1.0, 0.01, steps)
    for _ in range(steps):
        logps = answer_logps(model)
        sample = draw(logps.detach().exp(), batch, generator)
        score = (reward - beta * (logps.detach() - ref_logps)).gather(1, sample)
        advantage = score - score.mean(1, keepdim=True)  # the baseline
        optimizer.zero_grad()
        (-(advantage * logps.gather(1, sample)).mean()).backward()
        optimizer.step()
        schedule.step()


def dpo(
    model: ToyLM, ref_logps: Tensor, wins: Tensor, beta: float, steps: int = 200
) -> None:
    """Stages 2 and 3 at once: mean DPO loss over wins (x, i, j), counts or weights."""
    _check_beta(beta)
    _check_tables(ref_logps=ref_logps)
    _check_weights("wins", wins, 3)
    x, i, j = wins.nonzero(as_tuple=True)
    weight = wins[x, i, j].double() / wins.double().sum()

    def loss() -> Tensor:
        logps = answer_logps(model)
        pair = logps[x, i], logps[x, j], ref_logps[x, i], ref_logps[x, j]
        return (weight * dpo_loss(*pair, beta)[0]).sum()

    minimize(model, loss, steps)
    # --8<-- [end:stages]


def expected_wins(ref: Tensor) -> Tensor:
    """Share of each outcome among infinitely many annotated pairs, shape (x, i, j)."""
    _check_tables(ref=ref)
    ref = ref.double()
    reward = true_reward().to(ref.device)
    beats = torch.sigmoid(reward[:, :, None] - reward[:, None, :])
    both = 2 * ref[:, :, None] * ref[:, None, :] * beats
    return both * (1 - torch.eye(len(ANSWERS), device=ref.device))


_TABLE = (len(PROMPTS), len(ANSWERS))


def _check_tables(**tables: Tensor) -> None:
    for name, x in tables.items():
        if x.shape != _TABLE or not x.is_floating_point():
            got = f"{tuple(x.shape)} {x.dtype}"
            raise ValueError(f"{name} must be floating, of shape {_TABLE}, got {got}")
        if not x.isfinite().all():
            raise ValueError(f"{name} must be finite, got {x.sum().item()} as its sum")


def _check_weights(name: str, weights: Tensor, axes: int) -> None:
    shape = _TABLE + _TABLE[1:] * (axes - 2)
    if weights.shape != shape:
        raise ValueError(f"{name} must have shape {shape}, got {tuple(weights.shape)}")
    total = weights.double().sum().item()
    if not (0 < total < float("inf") and (weights >= 0).all()):
        raise ValueError(f"{name} must be >= 0 with a finite sum > 0, got sum {total}")
