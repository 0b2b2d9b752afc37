"""A source of text whose best loss is known: each symbol depends on the last alone."""

import torch
from torch import Tensor

from ._checks import _ids, _integer


class MarkovChain:
    """Symbols of which each depends on the last one alone.

    Args:
        symbols: how many there are, >= 1.
        generator: draws the transitions, the softmax of twice a normal number.

    Attributes:
        p: float64, shape (symbols, symbols); row i is what follows symbol i.

    Raises:
        ValueError: if symbols is not an integer >= 1.
    """

    def __init__(self, symbols: int, generator: torch.Generator | None = None) -> None:
        symbols = _integer("symbols", symbols, 1)
        logits = torch.randn(symbols, symbols, generator=generator)
        self.p = (2 * logits.double()).softmax(-1)

    # --8<-- [start:chain]
    def sample(self, n: int, generator: torch.Generator | None = None) -> Tensor:
        """n symbols, int64, shape (n,); the first one is uniform."""
        draws = torch.rand(_integer("n", n, 0), generator=generator).double()
        edges, at, text = self.p.cumsum(-1), -1, []
        for u in draws:
            row = edges[at] if text else torch.arange(1, len(edges) + 1) / len(edges)
            at = min(int(torch.searchsorted(row, u, right=True)), len(edges) - 1)
            text.append(at)
        return torch.tensor(text, dtype=torch.int64)

    def entropies(self) -> tuple[float, float]:
        """Nats of a symbol: alone, and when the one before it is known."""
        share = torch.linalg.matrix_power(self.p, 1000)[0]  # how often each occurs
        alone = torch.special.entr(share).sum()  # entr(p) is -p log p
        known = share @ torch.special.entr(self.p).sum(-1)
        return float(alone), float(known)

    def loss(self, ids: Tensor) -> float:
        """Mean -log p of each symbol of ids, shape (n,), n >= 2, after the first."""
        _ids("ids", ids, 1, len(self.p))
        if len(ids) < 2:
            raise ValueError(f"ids must have at least 2 symbols, got {len(ids)}")
        return float(-self.p[ids[:-1], ids[1:]].log().mean())
        # --8<-- [end:chain]
