"""A GAU learns to repeat the token of three positions ago.

One causal layer with a residual connection between an embedding and a linear
readout. A uniform guess over 16 tokens has loss ln 16 = 2.7726.
"""

import torch
import torch.nn.functional as F
from torch import nn

from ._checks import integer
from .unit import GAU

_TOKENS = 32


# --8<-- [start:train]
def shift_losses(
    norm: str, seed: int, steps: int = 150, shift: int = 3, scores: bool = True
) -> list[float]:
    """Cross-entropy, in nats, on each fresh batch of 16 sequences of 32 tokens.

    Args:
        norm: as in ``GAU``.
        seed: of all draws.
        steps: of Adam, >= 0.
        shift: which token to repeat, 1 to 31 positions ago.
        scores: False fixes gamma at 0, so that only the bias of a distance is left.

    Raises:
        ValueError: if norm is not one that ``GAU`` knows, or a number is out of range.
    """
    vocab, d = 16, 32
    steps, shift = integer("steps", steps, 0), integer("shift", shift, 1, _TOKENS - 1)
    seed = integer("seed", seed, -(2**63), 2**63 - 1)
    generator = torch.Generator().manual_seed(seed)
    embedding, readout = torch.randn(2, vocab, d, generator=generator)
    embedding = nn.Parameter(embedding)
    readout = nn.Parameter(readout / d**0.5)
    layer = GAU(
        d, s=16, max_length=_TOKENS, causal=True, norm=norm, generator=generator
    )
    if not scores:
        torch.nn.init.zeros_(layer.gamma)
        for fixed in (layer.gamma, layer.beta, layer.w_z):
            fixed.requires_grad_(False)
    adam = torch.optim.Adam(
        [p for p in (embedding, readout, *layer.parameters()) if p.requires_grad],
        lr=1e-2,
    )
    losses = []
    for _ in range(steps):
        ids = torch.randint(vocab, (16, _TOKENS), generator=generator)
        x = F.layer_norm(F.embedding(ids, embedding), (d,))
        logits = (x + layer(x)) @ readout.T
        loss = F.cross_entropy(
            logits[:, shift:].flatten(0, 1), ids[:, :-shift].flatten()
        )
        adam.zero_grad()
        loss.backward()
        adam.step()
        losses.append(loss.item())
    return losses
    # --8<-- [end:train]
