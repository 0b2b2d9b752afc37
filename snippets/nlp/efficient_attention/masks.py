"""Sparse attention patterns, and how many layers they need to connect all tokens.

A pattern is a boolean matrix: row i, the query, may read column j, the key. What it
saves is one question, which tokens can reach which through several layers another.

Positions count from 0; ``n`` is the number of tokens, of queries and keys alike.

References:
    Child, Gray, Radford, Sutskever, "Generating Long Sequences with Sparse
    Transformers", 2019, arXiv:1904.10509.
    Beltagy, Peters, Cohan, "Longformer", 2020, arXiv:2004.05150.
"""

import torch
from torch import Tensor

from ._checks import _integer


# --8<-- [start:masks]
def local_mask(n: int, w: int) -> Tensor:
    """|i - j| <= w: n (2 w + 1) - w (w + 1) entries as long as w < n.

    Args:
        n: tokens, >= 1.
        w: tokens on either side, >= 0.

    Returns:
        Boolean, shape (n, n).

    Raises:
        ValueError: if n < 1 or w < 0.
    """
    reach = _integer("w", w, 0)
    return _distances(n).abs() <= reach


def atrous_mask(n: int, stride: int) -> Tensor:
    """i - j a multiple of the stride >= 1: tokens of one residue see each other.

    Raises:
        ValueError: if n < 1 or stride < 1.
    """
    stride = _integer("stride", stride, 1)
    return _distances(n) % stride == 0


def sparse_mask(n: int, stride: int, causal: bool) -> Tensor:
    """Within a stride of each other, or a multiple of it apart; causal: and j <= i.

    Raises:
        ValueError: if n < 1 or stride < 1.
    """
    mask = atrous_mask(n, stride) | local_mask(n, stride)
    return mask.tril() if causal else mask
    # --8<-- [end:masks]


# --8<-- [start:hops]
def hops_to_full(mask: Tensor) -> int:
    """The least number of layers after which every token can depend on all it should.

    One layer carries key j to query i where the mask says so; a residual connection
    carries every token to itself. All it should: each j <= i if nothing above the
    diagonal is allowed, else each j.

    Args:
        mask: boolean, shape (n, n), n >= 1.

    Returns:
        0 if the residual connection is enough (n = 1), else 1 or more.

    Raises:
        ValueError: if the mask is not boolean and square, or no number of layers is
            enough.
    """
    if mask.dtype != torch.bool or mask.ndim != 2 or not 0 < len(mask) == mask.shape[1]:
        got = f"{mask.dtype} {tuple(mask.shape)}"
        raise ValueError(f"mask must be boolean, shape (n, n) with n >= 1, got {got}")
    goal = torch.ones_like(mask)
    if not mask.triu(1).any():
        goal = goal.tril()
    reached = torch.eye(len(mask), dtype=torch.bool, device=mask.device)
    step = (mask | reached).float()
    for hops in range(len(mask)):  # the longest path visits each token once
        if torch.equal(reached, goal):
            return hops
        further = step @ reached.float() > 0
        if torch.equal(further, reached):
            break
        reached = further
    i, j = (goal & ~reached).nonzero()[0].tolist()
    raise ValueError(f"need a path between any two tokens, got none {j} -> {i}")
    # --8<-- [end:hops]


def _distances(n: int) -> Tensor:
    at = torch.arange(_integer("n", n, 1))
    return at[:, None] - at
