"""The layer: who finds a place in an expert's queue, and the sum over what is kept.

References:
    Lepikhin et al., "GShard", 2020, arXiv:2006.16668 (capacity).
    Fedus, Zoph, Shazeer, "Switch Transformers", 2021, arXiv:2101.03961.
"""

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor

from ._checks import floats, integer, picks, wide
from .routing import Routing


def dispatch(experts: Tensor, capacity: int, n_experts: int) -> Tensor:
    """Which picks find a place: all first choices in token order, then all second.

    Args:
        experts: picks, int64, shape (t, k); t may be 0.
        capacity: places of each expert, at least 1.
        n_experts: number of experts, at least 1.

    Returns:
        Whether each pick is kept, bool, shape (t, k).

    Raises:
        ValueError: if experts has another shape or type, a pick is no expert, or
            capacity or n_experts is no integer >= 1.
    """
    capacity = integer("capacity", capacity, 1)
    n_experts = integer("n_experts", n_experts, 1)
    picks(experts, n_experts)
    # --8<-- [start:dispatch]
    taken = [0] * n_experts
    keep = torch.zeros(experts.shape, dtype=torch.bool, device=experts.device)
    for column, choices in enumerate(experts.T.tolist()):
        for token, expert in enumerate(choices):
            if taken[expert] < capacity:
                keep[token, column] = True
                taken[expert] += 1
    return keep
    # --8<-- [end:dispatch]


def moe(
    x: Tensor,
    experts: Sequence[Callable[[Tensor], Tensor]],
    routing: Routing,
    keep: Tensor | None = None,
) -> Tensor:
    """Weighted sum of the picked experts; each sees its own tokens only.

    Args:
        x: shape (t, d); t may be 0.
        experts: functions from (n, d) to (n, d); one without a token is not called.
        routing: of these tokens to these experts.
        keep: which picks count, bool, shape (t, k), as from ``dispatch``; else all.

    Returns:
        Shape (t, d). A token with no pick left gets zeros.

    Raises:
        ValueError: if x is no finite (t, d), the picks are no experts, weights or keep
            have another shape or type, routing is none, there is no expert, or one
            returns another shape or type.
    """
    floats("x", x, "t", "d")
    if not isinstance(routing, Routing):
        raise ValueError(f"want routing a Routing, got {type(routing).__name__}")
    if not len(experts):
        raise ValueError("want at least one expert, got none")
    picks(routing.experts, len(experts))
    floats("weights", routing.weights, "t", "k")
    shape = (len(x), routing.experts.shape[1])
    for name, given in (("experts", routing.experts), ("weights", routing.weights)):
        if given.shape != shape:
            raise ValueError(f"want {name} of shape {shape}, got {tuple(given.shape)}")
    if keep is None:
        keep = torch.ones_like(routing.experts, dtype=torch.bool)
    if not isinstance(keep, Tensor):
        raise ValueError(f"want keep a tensor of bools, got {type(keep).__name__}")
    if keep.shape != shape or keep.dtype != torch.bool:
        got = f"{keep.dtype} and {tuple(keep.shape)}"
        raise ValueError(f"want keep bool of shape {shape}, got {got}")
    # --8<-- [start:moe]
    total = torch.zeros_like(x, dtype=wide(x))
    for e, expert in enumerate(experts):
        token, pick = ((routing.experts == e) & keep).nonzero(as_tuple=True)
        if not len(token):
            continue
        y = expert(x[token])  # gather
        _returned(e, y, (len(token), x.shape[1]))
        weights = routing.weights[token, pick, None].to(total.dtype)
        total = total.index_add(0, token, weights * y.to(total.dtype))  # scatter
    return total.to(x.dtype)
    # --8<-- [end:moe]


def _returned(e: int, y: Any, shape: tuple[int, int]) -> None:
    if not isinstance(y, Tensor) or not y.is_floating_point():
        got = y.dtype if isinstance(y, Tensor) else type(y).__name__
        raise ValueError(f"want expert {e} to return a tensor of floats, got {got}")
    if y.shape != shape:
        got = tuple(y.shape)
        raise ValueError(f"want expert {e} to return {shape}, got {got}")
