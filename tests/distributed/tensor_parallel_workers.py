"""What the ranks do in ``test_tensor_parallel``; workers import this module by name.

Nothing is judged here: each function returns what its rank saw, and the tests compare
that with the simulation and with the model in one piece.
"""

import warnings
from pathlib import Path
from typing import Any

import torch
import torch.distributed as dist
import torch.nn.functional as F
from torch import Tensor, nn

from snippets.distributed.collectives.launch import all_gather, reduce_scatter
from snippets.distributed.tensor_parallel import operators, split_heads
from snippets.distributed.tensor_parallel.operators import EnterSplit, LeaveSplit
from tests.distributed.collectives_workers import ring

N_Q, N_KV, B, S, H = 8, 2, 2, 4, 16  # heads, sequences, tokens, width
D = H // N_Q


def matrices(seed: int = 0) -> dict[str, Tensor]:
    """Weights of a layer, in one piece, and what it is given."""
    made = torch.Generator().manual_seed(seed)

    def normal(*shape: int) -> Tensor:
        return torch.randn(*shape, generator=made, dtype=torch.float64) / 3

    return {
        "x": normal(B, S, H),
        "q": normal(H, N_Q * D),
        "k": normal(H, N_KV * D),
        "v": normal(H, N_KV * D),
        "o": normal(N_Q * D, H),
        "a": normal(H, 4 * H),
        "b": normal(4 * H, H),
        "grad": normal(B, S, H),
    }


def attend(x: Tensor, w: dict[str, Tensor], n_q: int, n_kv: int) -> Tensor:
    """Causal attention of some heads, and their rows of the output matrix."""
    q = (x @ w["q"]).view(B, S, n_q, D).transpose(1, 2)
    k = (x @ w["k"]).view(B, S, n_kv, D).transpose(1, 2)
    v = (x @ w["v"]).view(B, S, n_kv, D).transpose(1, 2)
    k, v = (t.repeat_interleave(n_q // n_kv, dim=1) for t in (k, v))
    out = F.scaled_dot_product_attention(q, k, v, is_causal=True)
    return out.transpose(1, 2).reshape(B, S, n_q * D) @ w["o"]


def shard(w: dict[str, Tensor], rank: int, W: int) -> dict[str, Tensor]:
    """This rank's heads, columns of a and rows of b, as leaves."""
    queries, keys = split_heads(N_Q, N_KV, W)[rank]
    mine = slice(queries.start * D, queries.stop * D)
    theirs = slice(keys.start * D, keys.stop * D)
    cut = {
        "q": w["q"][:, mine],
        "k": w["k"][:, theirs],
        "v": w["v"][:, theirs],
        "o": w["o"][mine],
        "a": w["a"].chunk(W, dim=1)[rank],
        "b": w["b"].chunk(W, dim=0)[rank],
    }
    return {name: t.clone().requires_grad_() for name, t in cut.items()}


class Counted:
    """In place of torch.distributed in the operators: a ring that counts bytes."""

    def __init__(self, rank: int, W: int) -> None:
        self.rank, self.W, self.bytes, self.calls = rank, W, 0, 0

    def all_reduce(self, x: Tensor) -> None:
        seen = ring(self.rank, self.W, x.flatten())
        self.bytes += seen["all"]["bytes"]
        self.calls += 1
        x.copy_(seen["sum"].view_as(x))


def layer(rank: int, W: int) -> dict[str, Any]:
    """Attention and feed-forward network, each between f and g, there and back."""
    w = matrices()
    queries, keys = split_heads(N_Q, N_KV, W)[rank]
    mine, x = shard(w, rank, W), w["x"].clone().requires_grad_()
    counted = operators.dist = Counted(rank, W)
    try:
        part = attend(EnterSplit.apply(x), mine, len(queries), len(keys))
        mid = x + LeaveSplit.apply(part)
        part = F.silu(EnterSplit.apply(mid) @ mine["a"]) @ mine["b"]
        y = mid + LeaveSplit.apply(part)
        forward = counted.calls
        y.backward(w["grad"])
    finally:
        operators.dist = dist
    return {
        "y": y.detach(),
        "x": x.grad,
        "grads": {name: t.grad for name, t in mine.items()},
        "calls": (forward, counted.calls),
        "bytes": counted.bytes,
    }


def small(rank: int, W: int, x: Tensor, a: Tensor, b: Tensor) -> dict[str, Tensor]:
    """The feed-forward network with f, and with f forgotten; a bias before g."""
    seen = {}
    for name in ("with f", "without f"):
        x = x.detach().clone().requires_grad_()
        a_r = a.chunk(W, dim=1)[rank].clone().requires_grad_()
        b_r = b.chunk(W, dim=0)[rank].clone().requires_grad_()
        entered = EnterSplit.apply(x) if name == "with f" else x
        y = LeaveSplit.apply(F.silu(entered @ a_r) @ b_r)
        y.sum().backward()
        seen[name] = (y.detach(), x.grad, a_r.grad, b_r.grad)
    seen["bias"] = LeaveSplit.apply(torch.ones(3))
    return seen


def vocabulary(rank: int, W: int, logits: Tensor, targets: Tensor) -> dict[str, Any]:
    """The loss by three all-reduces, and an embedding by one."""
    V = logits.shape[1]
    start, mine = rank * (V // W), logits.chunk(W, dim=1)[rank]
    sent = []

    def add(t: Tensor, op: Any = dist.ReduceOp.SUM) -> Tensor:
        dist.all_reduce(t, op=op)
        sent.append(t.numel())
        return t

    m = add(mine.amax(dim=1), dist.ReduceOp.MAX)
    total = add((mine - m[:, None]).exp().sum(dim=1))
    own = (targets >= start) & (targets < start + V // W)
    local = (targets - start).clamp(0, V // W - 1)
    picked = mine.gather(1, local[:, None])[:, 0] - m
    target = add(torch.where(own, picked, 0.0))
    clamped = picked.clone()  # no mask
    dist.all_reduce(clamped)
    doubled = mine.amax(dim=1)
    dist.all_reduce(doubled)  # a sum of maxima
    table = torch.arange(2.0 * V, dtype=torch.float64).reshape(V, 2)
    rows = table.chunk(W)[rank][local]
    embedded = torch.where(own[:, None], rows, 0.0)
    dist.all_reduce(embedded)
    return {
        "losses": total.log() - target,
        "sent": sent,
        "clamped": total.log() - clamped,
        "sum of maxima": doubled,
        "embedded": embedded,
    }


class Gather(torch.autograd.Function):
    """All-gather of tokens; backward a reduce-scatter."""

    @staticmethod
    def forward(ctx, x):
        full = x.new_empty(x.shape[0] * dist.get_world_size(), x.shape[1])
        all_gather(full, x.contiguous())
        return full

    @staticmethod
    def backward(ctx, grad):
        part = grad.new_empty(grad.shape[0] // dist.get_world_size(), grad.shape[1])
        reduce_scatter(part, grad.contiguous())
        return part


class Scatter(torch.autograd.Function):
    """Reduce-scatter of tokens; backward an all-gather."""

    @staticmethod
    def forward(ctx, x):
        return Gather.backward(ctx, x)

    @staticmethod
    def backward(ctx, grad):
        return Gather.forward(ctx, grad)


def sequence(rank: int, W: int) -> dict[str, Tensor]:
    """Norm on this rank's tokens, then the feed-forward network on all."""
    w = matrices()
    mine = shard(w, rank, W)
    tokens = w["x"].view(B * S, H).chunk(W)[rank].clone().requires_grad_()
    gain = torch.ones(H, dtype=torch.float64, requires_grad=True)
    normed = F.layer_norm(tokens, (H,), gain)
    y = Scatter.apply(F.silu(Gather.apply(normed) @ mine["a"]) @ mine["b"])
    y.backward(w["grad"].view(B * S, H).chunk(W)[rank])
    summed = gain.grad.clone()
    dist.all_reduce(summed)
    return {
        "y": y.detach(),
        "x": tokens.grad,
        "a": mine["a"].grad,
        "gain": gain.grad,
        "gain summed": summed,
    }


class Mlp(nn.Module):
    def __init__(self, w: dict[str, Tensor]) -> None:
        super().__init__()
        self.up = nn.Linear(H, 4 * H, bias=False, dtype=torch.float64)
        self.down = nn.Linear(4 * H, H, bias=False, dtype=torch.float64)
        with torch.no_grad():
            self.up.weight.copy_(w["a"].T)
            self.down.weight.copy_(w["b"].T)

    def forward(self, x: Tensor) -> Tensor:
        return self.down(F.silu(self.up(x)))


def library(W: int) -> dict[str, Any]:
    """What PyTorch makes of it by a plan in words."""
    from torch.distributed.device_mesh import init_device_mesh
    from torch.distributed.tensor.parallel import (
        ColwiseParallel,
        RowwiseParallel,
        parallelize_module,
    )

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        w = matrices()
        model, x = Mlp(w), w["x"].clone().requires_grad_()
        plan = {"up": ColwiseParallel(), "down": RowwiseParallel()}
        parallelize_module(model, init_device_mesh("cpu", (W,)), plan)
        y = model(x)
        y.backward(w["grad"])
        return {
            "y": y.detach(),
            "x": x.grad,
            "up": model.up.weight.grad.to_local(),
            "down": model.down.weight.grad.to_local(),
            "shapes": [
                tuple(p.to_local().shape) for p in (model.up.weight, model.down.weight)
            ],
        }


def everything(rank: int, W: int, given: dict[str, Tensor]) -> dict[str, Any]:
    return {
        "small": small(rank, W, given["x"], given["a"], given["b"]),
        "layer": layer(rank, W),
        "vocabulary": vocabulary(rank, W, given["logits"], given["targets"]),
        "sequence": sequence(rank, W),
    }


def four_and_two(rank: int, W: int, given: dict[str, Tensor], folder: str) -> dict:
    """All of 4 ranks, and then of the first two alone, since starting takes seconds."""
    seen = {4: everything(rank, W, given)}
    dist.barrier()
    if rank < 2:
        dist.destroy_process_group()
        meet = (Path(folder) / "pair").as_uri()
        dist.init_process_group("gloo", init_method=meet, rank=rank, world_size=2)
        seen[2] = everything(rank, 2, given)
        seen["library"] = library(2)  # its import alone takes seconds
    return seen
