"""A GAU learns to repeat the token of three positions ago.

One causal layer with a residual connection between an embedding and a linear
readout. A uniform guess over 16 tokens has loss ln 16 = 2.7726.
"""

import torch
import torch.nn.functional as F
from torch import nn

from .unit import GAU


# --8<-- [start:train]
def shift_losses(norm: str, seed: int, steps: int = 150, shift: int = 3) -> list[float]:
    """Cross-entropy, in nats, on each fresh batch of 16 sequences of 32 tokens.

    Raises:
        ValueError: if norm is not one that ``GAU`` knows.
    """
    vocab, tokens, d = 16, 32, 32
    generator = torch.Generator().manual_seed(seed)
    embedding, readout = torch.randn(2, vocab, d, generator=generator)
    embedding = nn.Parameter(embedding)
    readout = nn.Parameter(readout / d**0.5)
    layer = GAU(d, s=16, max_length=tokens, causal=True, norm=norm, generator=generator)
    adam = torch.optim.Adam([embedding, readout, *layer.parameters()], lr=1e-2)
    losses = []
    for _ in range(steps):
        ids = torch.randint(vocab, (16, tokens), generator=generator)
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
