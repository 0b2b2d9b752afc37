"""A whole model: embeddings, layers, a guess at each next token; trained, then decoded.

Axes: b batch, t token, d feature. The task is to say six random symbols backwards: a
sequence is the symbols, a separator, and the symbols in reverse.

Reference:
    Vaswani et al., "Attention Is All You Need", 2017, arXiv:1706.03762.
"""

from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional as F

from ._checks import _integer
from .layer import EncoderParams, encoder_layer
from .positions import sinusoidal_pe

_SYMBOLS, _LENGTH, _WIDTH, _HEADS, _LAYERS = 8, 6, 32, 2, 2


class Reversal(NamedTuple):
    """What training left."""

    random_loss: float  # where the next token is random: nats a token; ln 8 is chance
    withheld_loss: float  # the same guesses, each read before its token is appended
    reversed_loss: float  # at the reversed symbols, which the past decides
    accuracy: float  # share of new sequences decoded without a mistake


class TinyLanguageModel:
    """Two pre-LN layers; embedding and output share their weights.

    Args:
        seed: of the weights, an integer >= 0.
        causal: whether a token is kept from reading later ones.
    """

    def __init__(self, seed: int, causal: bool = True) -> None:
        generator = torch.Generator().manual_seed(_integer("seed", seed, 0))
        self.causal = causal

        def draw(*shape: int) -> Tensor:
            return torch.randn(shape, generator=generator) / shape[-1] ** 0.5

        d, f = _WIDTH, 4 * _WIDTH
        shapes = [(3 * d, d), (d, d), (f, d), (d, f)]
        self.embedding = draw(_SYMBOLS + 1, d)  # one more for the separator
        self.layers = [
            EncoderParams(
                *(x for s in shapes for x in (draw(*s), torch.zeros(s[0]))),
                *(x for _ in range(2) for x in (torch.ones(d), torch.zeros(d))),
                _HEADS,
            )
            for _ in range(_LAYERS)
        ]

    def parameters(self) -> list[Tensor]:
        """All tensors that are trained."""
        return [self.embedding, *(x for p in self.layers for x in p[:-1])]

    # --8<-- [start:model]
    def logits(self, tokens: Tensor) -> Tensor:
        """Scores of the next token after each one: (b, t) to (b, t, symbols + 1)."""
        stream = self.embedding[tokens] * _WIDTH**0.5
        stream = stream + sinusoidal_pe(tokens.shape[1], _WIDTH)
        for params in self.layers:
            stream = encoder_layer(stream, params, norm_first=True, causal=self.causal)
        return F.layer_norm(stream, (_WIDTH,)) @ self.embedding.T

    def losses(self, tokens: Tensor) -> Tensor:
        """Teacher forcing: all guesses in one pass, each after the true past."""
        guesses = self.logits(tokens[:, :-1]).mT
        return F.cross_entropy(guesses, tokens[:, 1:], reduction="none").mean(0)

    @torch.no_grad()
    def generate(self, tokens: Tensor, steps: int) -> Tensor:
        """Decoding: one pass a token, each after the model's own past."""
        for _ in range(_integer("steps", steps, 0)):
            best = self.logits(tokens)[:, -1:].argmax(-1)
            tokens = torch.cat([tokens, best], 1)
        return tokens

    # --8<-- [end:model]


def learn_reversal(seed: int, steps: int = 200, causal: bool = True) -> Reversal:
    """Train on random sequences by Adam, batches of 64; then decode 500 new ones.

    Raises:
        ValueError: if seed or steps is not an integer >= 0.
    """
    seed, steps = _integer("seed", seed, 0), _integer("steps", steps, 0)
    model = TinyLanguageModel(seed, causal)
    generator = torch.Generator().manual_seed(seed + 100)

    def batch(size: int) -> Tensor:
        symbols = torch.randint(_SYMBOLS, (size, _LENGTH), generator=generator)
        separator = torch.full((size, 1), _SYMBOLS)
        return torch.cat([symbols, separator, symbols.flip(1)], 1)

    parameters = [x.requires_grad_() for x in model.parameters()]
    optimizer = torch.optim.Adam(parameters, lr=0.003)
    for _ in range(steps):
        optimizer.zero_grad()
        model.losses(batch(64)).mean().backward()
        optimizer.step()
    test = batch(500)
    decoded = model.generate(test[:, : _LENGTH + 1], _LENGTH)
    losses = model.losses(test)
    cut = [model.losses(test[:, : i + 1])[-1] for i in range(1, _LENGTH)]
    return Reversal(
        random_loss=losses[: _LENGTH - 1].mean().item(),
        withheld_loss=torch.stack(cut).mean().item(),
        reversed_loss=losses[_LENGTH:].mean().item(),
        accuracy=(decoded == test).all(1).double().mean().item(),
    )
