"""A toy language whose answers can be listed, its true reward, and a small model.

The vocabulary is 0 (end), 1 and 2; an answer has at most three tokens and stops after
a 0, which makes K = 15 answers. Two prompts, tokens 3 and 4, each want another letter.
All answers can be listed, so each stage is compared with its exact result.

Axes: b sequence, t token, v vocabulary, x prompt (2), K = 15 answers.
"""

from itertools import product

import torch
from torch import Tensor, nn

from ._checks import _check_distribution, _integer, _wide
from .losses import sequence_logps

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
    """``n`` draws from each row of probabilities: p (x, K) to indices (x, n).

    Raises:
        ValueError: if a row is no distribution, or n is not an integer >= 0.
    """
    _check_table(p=p)
    _check_distribution("p", p, positive=False)
    n, p = _integer("n", n, least=0), p.detach().double()
    u = torch.rand(len(p), n, generator=generator, dtype=p.dtype, device=p.device)
    edges = p.cumsum(-1)  # the last one is 1 but for the rounding of p
    found = torch.searchsorted(edges, u * edges[:, -1:], right=True)
    return found.clamp(max=p.shape[-1] - 1)


def demonstrate(n: int, generator: torch.Generator) -> Tensor:
    """Counts of ``n`` demonstrations per prompt, shape (x, K)."""
    rows = draw(demonstrator(), n, generator)
    return torch.stack([torch.bincount(row, minlength=len(ANSWERS)) for row in rows])


def total_variation(p: Tensor, q: Tensor) -> float:
    """Largest difference in the probability of any event, worst prompt: (x, K).

    Raises:
        ValueError: if p and q are not floating, of one shape (x, K), none empty.
    """
    _check_table(p=p, q=q)
    p, q = _wide(p, q)
    return 0.5 * (p - q).abs().sum(-1).max().item()


def _check_table(**tables: Tensor) -> None:
    if len({x.shape for x in tables.values()}) > 1 or not all(
        x.ndim == 2 and x.numel() and x.is_floating_point() for x in tables.values()
    ):
        got = ", ".join(f"{k} {tuple(x.shape)} {x.dtype}" for k, x in tables.items())
        raise ValueError(f"need floating tables of one shape (x, K), got {got}")


# --8<-- [start:model]
class ToyLM(nn.Module):
    """Next-token logits of a small GRU, in float64: tokens (b, t) to (b, t, 3)."""

    def __init__(self, generator: torch.Generator, width: int = 16) -> None:
        super().__init__()
        width = _integer("width", width)
        self.embedding = nn.Embedding(5, width, dtype=torch.float64)
        self.gru = nn.GRU(width, width, batch_first=True, dtype=torch.float64)
        self.head = nn.Linear(width, 3, dtype=torch.float64)
        for parameter in self.parameters():
            nn.init.uniform_(parameter, -1.0, 1.0, generator=generator)

    def forward(self, tokens: Tensor) -> Tensor:
        """Logits (b, t, 3); those at a token predict the next one.

        Raises:
            ValueError: if tokens are not integers of shape (b, t), t >= 1.
        """
        if tokens.ndim != 2 or not tokens.shape[1] or tokens.is_floating_point():
            got = f"{tuple(tokens.shape)} {tokens.dtype}"
            raise ValueError(f"tokens must be integers (b, t), t >= 1, got {got}")
        return self.head(self.gru(self.embedding(tokens))[0])


def answer_logps(model: ToyLM) -> Tensor:
    """Log-probability of each answer to each prompt, shape (x, K)."""
    tokens, labels = (x.to(model.head.weight.device) for x in (_TOKENS, _LABELS))
    return sequence_logps(model(tokens), labels).view(len(PROMPTS), -1)
    # --8<-- [end:model]
