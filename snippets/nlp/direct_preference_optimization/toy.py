"""Supervised fine-tuning, reward model, policy gradient and DPO on a toy language.

The vocabulary is 0 (end), 1 and 2; an answer has at most three tokens and stops after
a 0, which makes K = 15 answers. Two prompts, tokens 3 and 4, each want another letter.
All answers can be listed, so each stage is compared with its exact result.

Axes: b sequence, t token, v vocabulary, x prompt (2), i and j answer (K = 15).

References:
    Ouyang et al., "Training language models to follow instructions with human
    feedback", NeurIPS 2022, arXiv:2203.02155 (the stages).
"""

from collections.abc import Callable
from itertools import product

import torch
from torch import Tensor, nn

from .losses import dpo_loss, sequence_logps
from .reward import bt_fit, bt_probability

_END, _LETTERS, PROMPTS, _LENGTH = 0, (1, 2), (3, 4), 3
IGNORE = -100


def _answers() -> Tensor:
    def cut(tokens: tuple[int, ...]) -> tuple[int, ...]:
        stop = tokens.index(_END) + 1 if _END in tokens else _LENGTH
        return tokens[:stop] + (IGNORE,) * (_LENGTH - stop)

    every = product((_END, *_LETTERS), repeat=_LENGTH)
    return torch.tensor(list(dict.fromkeys(map(cut, every))))


ANSWERS = _answers()  # (15, 3), in lexical order, -100 behind the end

# The same as a batch of 30 sequences, each behind its prompt, shape (x K, 4).
_PROMPT = torch.tensor(PROMPTS).repeat_interleave(len(ANSWERS))[:, None]
_ANSWER = ANSWERS.repeat(len(PROMPTS), 1)
_TOKENS = torch.cat([_PROMPT, _ANSWER.clamp(min=_END)], dim=1)
_LABELS = torch.cat([torch.full_like(_PROMPT, IGNORE), _ANSWER], dim=1)


def true_reward() -> Tensor:
    """What the annotators feel, (x, K): half a point per wanted letter, minus others.

    Prompt 3 wants letter 1, prompt 4 wants letter 2.
    """
    ones, twos = ((letter == ANSWERS).sum(-1) for letter in _LETTERS)
    return 0.5 * torch.stack([ones - twos, twos - ones]).double()


def demonstrator() -> Tensor:
    """What people who write demonstrations do, (x, K).

    At each token they end with probability 0.3, write the wanted letter with 0.4 and
    the other with 0.3.
    """
    rows = []
    for wanted in _LETTERS:
        p = torch.tensor([0.3, 0.3, 0.3], dtype=torch.float64)
        p[wanted] = 0.4
        rows.append(p[ANSWERS.clamp(min=_END)].where(ANSWERS != IGNORE, 1.0).prod(-1))
    return torch.stack(rows)


def draw(p: Tensor, n: int, generator: torch.Generator) -> Tensor:
    """``n`` draws from each row of probabilities: p (x, K) to indices (x, n)."""
    u = torch.rand(len(p), n, generator=generator, dtype=p.dtype)
    return torch.searchsorted(p.cumsum(-1), u, right=True).clamp(max=p.shape[-1] - 1)


def demonstrate(n: int, generator: torch.Generator) -> Tensor:
    """Counts of ``n`` demonstrations per prompt, shape (x, K)."""
    rows = draw(demonstrator(), n, generator)
    return torch.stack([torch.bincount(row, minlength=len(ANSWERS)) for row in rows])


def total_variation(p: Tensor, q: Tensor) -> float:
    """Largest difference in the probability of any event, worst prompt: (x, K)."""
    return 0.5 * (p - q).abs().sum(-1).max().item()


# --8<-- [start:model]
class ToyLM(nn.Module):
    """Next-token logits of a small GRU, in float64: tokens (b, t) to (b, t, 3)."""

    def __init__(self, generator: torch.Generator, width: int = 16) -> None:
        super().__init__()
        self.embedding = nn.Embedding(5, width, dtype=torch.float64)
        self.gru = nn.GRU(width, width, batch_first=True, dtype=torch.float64)
        self.head = nn.Linear(width, 3, dtype=torch.float64)
        for parameter in self.parameters():
            nn.init.uniform_(parameter, -1.0, 1.0, generator=generator)

    def forward(self, tokens: Tensor) -> Tensor:
        """Logits (b, t, 3); those at a token predict the next one."""
        return self.head(self.gru(self.embedding(tokens))[0])


def answer_logps(model: ToyLM) -> Tensor:
    """Log-probability of each answer to each prompt, shape (x, K)."""
    return sequence_logps(model(_TOKENS), _LABELS).view(len(PROMPTS), -1)
    # --8<-- [end:model]


def minimize(model: nn.Module, loss: Callable[[], Tensor], steps: int) -> None:
    """Full-batch L-BFGS on the parameters of ``model``."""
    optimizer = torch.optim.LBFGS(
        model.parameters(),
        max_iter=steps,
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
    weight = counts / counts.sum()
    minimize(model, lambda: -(weight * answer_logps(model)).sum(), steps)


def compare(ref: Tensor, pairs: int, generator: torch.Generator) -> Tensor:
    """Annotate ``pairs`` pairs per prompt from ref (x, K); wins (x, i, j), i beat j."""
    first, second = draw(ref, pairs, generator), draw(ref, pairs, generator)
    reward = true_reward()
    p = bt_probability(reward.gather(1, first), reward.gather(1, second))
    flip = torch.rand(p.shape, generator=generator, dtype=p.dtype) >= p
    winner, loser = first.where(~flip, second), second.where(~flip, first)
    k = ref.shape[1]
    wins = [torch.bincount(c, minlength=k * k) for c in winner * k + loser]
    wins = torch.stack(wins).view(-1, k, k)
    return wins - wins.diagonal(dim1=1, dim2=2).diag_embed()  # ties with itself


def fit_reward(wins: Tensor) -> Tensor:
    """Stage 2: one reward per prompt and answer, (x, K), from wins (x, i, j)."""
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
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    schedule = torch.optim.lr_scheduler.LinearLR(optimizer, 1.0, 0.01, steps)
    for _ in range(steps):
        logps = answer_logps(model)
        sample = draw(logps.detach().exp(), batch, generator)
        score = (reward - beta * (logps.detach() - ref_logps)).gather(1, sample)
        advantage = score - score.mean(1, keepdim=True)
        optimizer.zero_grad()
        (-(advantage * logps.gather(1, sample)).mean()).backward()
        optimizer.step()
        schedule.step()


def dpo(
    model: ToyLM, ref_logps: Tensor, wins: Tensor, beta: float, steps: int = 200
) -> None:
    """Stages 2 and 3 at once: mean DPO loss over wins (x, i, j), counts or weights."""
    x, i, j = wins.nonzero(as_tuple=True)
    weight = wins[x, i, j] / wins.sum()

    def loss() -> Tensor:
        logps = answer_logps(model)
        pair = logps[x, i], logps[x, j], ref_logps[x, i], ref_logps[x, j]
        return (weight * dpo_loss(*pair, beta)[0]).sum()

    minimize(model, loss, steps)
    # --8<-- [end:stages]


def expected_wins(ref: Tensor) -> Tensor:
    """Share of each outcome among infinitely many annotated pairs, shape (x, i, j)."""
    reward = true_reward()
    beats = torch.sigmoid(reward[:, :, None] - reward[:, None, :])
    return 2 * ref[:, :, None] * ref[:, None, :] * beats * (1 - torch.eye(ref.shape[1]))
