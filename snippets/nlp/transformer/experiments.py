"""Two measurements: how softmax answers to unscaled scores, and which model learns in
200 steps to recall the first of 40 tokens.

Axes: b batch, t token, s key, d feature.
"""

import math
from typing import Literal, NamedTuple

import torch
from torch import Tensor, nn

from ._checks import _integer
from .attention import sdpa

_SYMBOLS, _LENGTH, _WIDTH = 8, 40, 32


class SoftmaxStatistics(NamedTuple):
    """Averages over many queries, each with scores of 32 keys."""

    variance: float  # of the scores
    largest: float  # mean of the largest weight
    jacobian: float  # mean Frobenius norm of the derivative of weights by scores


# --8<-- [start:statistics]
def softmax_statistics(
    d: int, scaled: bool, keys: int = 32, queries: int = 500, seed: int = 0
) -> SoftmaxStatistics:
    """Scores of standard normal queries and keys, and what softmax makes of them.

    Args:
        d: features per query and key, >= 1.
        scaled: divide the scores by sqrt(d).
        keys: keys per query, >= 1.
        queries: number of queries, >= 2, each with keys of its own.
        seed: of the draws.

    Raises:
        ValueError: if a number is too small or not an integer.
    """
    d, keys = _integer("d", d, 1), _integer("keys", keys, 1)
    queries, seed = _integer("queries", queries, 2), _integer("seed", seed, 0)
    generator = torch.Generator().manual_seed(seed)
    q = torch.randn(queries, 1, d, generator=generator)
    k = torch.randn(queries, keys, d, generator=generator)
    scores = (q @ k.mT)[:, 0].double() * (d**-0.5 if scaled else 1)
    p = scores.softmax(-1)
    jacobian = torch.diag_embed(p) - p[:, :, None] * p[:, None, :]
    return SoftmaxStatistics(
        variance=scores.var().item(),
        largest=p.amax(-1).mean().item(),
        jacobian=torch.linalg.matrix_norm(jacobian).mean().item(),
    )
    # --8<-- [end:statistics]


class _Attention(nn.Module):
    """The last token's query reads all tokens; one head, one layer."""

    def __init__(self, positions: bool) -> None:
        super().__init__()
        self.token = nn.Embedding(_SYMBOLS, _WIDTH)
        self.position = nn.Embedding(_LENGTH, _WIDTH)
        self.qkv = nn.Linear(_WIDTH, 3 * _WIDTH)
        self.read = nn.Linear(_WIDTH, _SYMBOLS)
        self.positions = positions

    def forward(self, tokens: Tensor) -> Tensor:
        stream = self.token(tokens)
        if self.positions:
            stream = stream + self.position.weight
        q, k, v = self.qkv(stream).chunk(3, -1)
        out: Tensor = self.read(sdpa(q[:, -1:], k, v)[:, 0])
        return out


class _Recurrent(nn.Module):
    """The last state of a recurrent layer."""

    def __init__(self, kind: str, forget_bias: float | None) -> None:
        super().__init__()
        self.token = nn.Embedding(_SYMBOLS, _WIDTH)
        layers = {"rnn": nn.RNN, "lstm": nn.LSTM, "gru": nn.GRU}
        self.layer = layers[kind](_WIDTH, _WIDTH, batch_first=True)
        self.read = nn.Linear(_WIDTH, _SYMBOLS)
        if forget_bias is not None:  # the second of the four blocks is the forget gate
            with torch.no_grad():
                self.layer.bias_ih_l0[_WIDTH : 2 * _WIDTH] = forget_bias
                self.layer.bias_hh_l0[_WIDTH : 2 * _WIDTH] = 0

    def forward(self, tokens: Tensor) -> Tensor:
        out: Tensor = self.read(self.layer(self.token(tokens))[0][:, -1])
        return out


# --8<-- [start:recall]
def recall_accuracy(
    model: Literal["attention", "no positions", "rnn", "lstm", "gru"],
    seed: int,
    forget_bias: float | None = None,
    steps: int = 200,
) -> float:
    """Train on naming the first of 40 random tokens (8 symbols, chance 1/8), then test.

    Args:
        model: attention has learned positions, "no positions" has none.
        seed: of the weights and the data.
        forget_bias: set an LSTM's forget gate to this, and clip gradients to norm 1.
        steps: of Adam, learning rate 0.01, batches of 32.

    Returns:
        The share of 2000 new sequences that it gets right.

    Raises:
        ValueError: for an unknown model, a forget bias without an LSTM or not finite,
            or a seed or steps that are not integers >= 0.
    """
    known = ("attention", "no positions", "rnn", "lstm", "gru")
    if model not in known:
        raise ValueError(f"model must be one of {known}, got {model!r}")
    if forget_bias is not None and model != "lstm":
        raise ValueError(f"forget_bias needs model 'lstm', got {model!r}")
    if forget_bias is not None and not math.isfinite(forget_bias):
        raise ValueError(f"forget_bias must be finite, got {forget_bias}")
    seed, steps = _integer("seed", seed, 0), _integer("steps", steps, 0)
    data = torch.Generator().manual_seed(seed + 100)
    with torch.random.fork_rng(devices=[]):  # leave the reader's global seed alone
        torch.default_generator.manual_seed(seed)  # manual_seed: GPUs too
        if model in ("attention", "no positions"):
            net: nn.Module = _Attention(positions=model == "attention")
        else:
            net = _Recurrent(model, forget_bias)
    optimizer = torch.optim.Adam(net.parameters(), lr=0.01)
    for _ in range(steps):
        tokens = torch.randint(_SYMBOLS, (32, _LENGTH), generator=data)
        loss = nn.functional.cross_entropy(net(tokens), tokens[:, 0])
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(
            net.parameters(), math.inf if forget_bias is None else 1.0
        )
        optimizer.step()
    tokens = torch.randint(_SYMBOLS, (2000, _LENGTH), generator=data)
    with torch.no_grad():
        hits = net(tokens).argmax(-1) == tokens[:, 0]
    return hits.double().mean().item()
    # --8<-- [end:recall]
