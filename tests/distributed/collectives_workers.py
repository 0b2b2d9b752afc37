"""What the ranks do in ``test_collectives``; workers import this module by name.

Nothing is judged here: each function returns what its rank saw, and the tests compare
that with the simulation, and with the cost model.
"""

import os
import warnings
from pathlib import Path

import torch
import torch.distributed as dist
from torch import Tensor

from snippets.distributed.collectives.launch import all_gather, collectives

VALUES = (1e16, 1.0, -1e16, 1.0)


class Wire:
    """Sends and receives at once, and counts what this rank sent and when."""

    def __init__(self) -> None:
        self.messages = self.bytes = self.rounds = 0

    def swap(self, out: Tensor | None, to: int, into: Tensor | None, of: int) -> None:
        self.rounds += 1
        calls = []
        if out is not None:
            self.messages += 1
            self.bytes += out.numel() * out.element_size()
            calls.append(dist.P2POp(dist.isend, out.contiguous(), to))
        if into is not None:
            calls.append(dist.P2POp(dist.irecv, into, of))
        for work in dist.batch_isend_irecv(calls) if calls else []:
            work.wait()

    def seen(self) -> dict[str, int]:
        return dict(vars(self))


def ring(rank: int, W: int, x: Tensor) -> dict:
    """Reduce-scatter and all-gather by messages to the right neighbour."""
    wire, parts = Wire(), list(x.clone().chunk(W))
    for t in range(W - 1):
        got = torch.empty_like(parts[0])
        mine = (rank - t - 2) % W
        wire.swap(parts[(rank - t - 1) % W], (rank + 1) % W, got, (rank - 1) % W)
        parts[mine] = parts[mine] + got
    shard, half = parts[rank].clone(), wire.seen()
    for t in range(W - 1):
        got = torch.empty_like(parts[0])
        wire.swap(parts[(rank - t) % W], (rank + 1) % W, got, (rank - 1) % W)
        parts[(rank - t - 1) % W] = got
    return {"shard": shard, "half": half, "sum": torch.cat(parts), "all": wire.seen()}


def tree(rank: int, W: int, x: Tensor) -> dict:
    """All-reduce by a binomial tree: up to rank 0, and down again."""
    wire, total, d = Wire(), x.clone(), 1
    while d < W:
        got = torch.empty_like(total)
        if rank % (2 * d) == d:
            wire.swap(total, rank - d, None, 0)
        elif rank % (2 * d) == 0 and rank + d < W:
            wire.swap(None, 0, got, rank + d)
            total = total + got
        else:
            wire.swap(None, 0, None, 0)
        d *= 2
    while d > 1:
        d //= 2
        if rank % (2 * d) == d:
            wire.swap(None, 0, total, rank - d)
        elif rank % (2 * d) == 0 and rank + d < W:
            wire.swap(total, rank + d, None, 0)
        else:
            wire.swap(None, 0, None, 0)
    return {"sum": total, "all": wire.seen()}


def exchange(rank: int, W: int, x: Tensor) -> dict:
    """All-to-all by W - 1 direct messages, to the ranks at distance 1, 2, …"""
    wire, parts = Wire(), x.chunk(W)
    got = [parts[rank].clone() if r == rank else torch.empty(0) for r in range(W)]
    for t in range(1, W):
        into = torch.empty_like(parts[0])
        wire.swap(parts[(rank + t) % W], (rank + t) % W, into, (rank - t) % W)
        got[(rank - t) % W] = into
    return {"got": torch.cat(got), "all": wire.seen()}


def swapped(rank: int) -> tuple[list[float], list[float]]:
    """Rank 0 reduces x and then y, the others y and then x."""
    x, y = torch.tensor([rank + 1.0]), torch.tensor([10.0 * (rank + 1)])
    for tensor in (x, y) if rank == 0 else (y, x):
        dist.all_reduce(tensor)
    return x.tolist(), y.tolist()


def strided(W: int) -> tuple[list[float], list[float]]:
    """An all-to-all into every second place of a tensor, and into a whole one."""
    x = torch.arange(1.0, 2 * W + 1)
    out, whole = torch.zeros(2 * W, 2)[:, 0], torch.zeros(2 * W)
    dist.all_to_all_single(out, x)
    dist.all_to_all_single(whole, x)
    return out.tolist(), whole.tolist()


def left_over(rank: int) -> list[float]:
    """What a reduce to rank 0 leaves in each rank's tensor."""
    x = torch.full((4,), rank + 1.0)
    dist.reduce(x, dst=0)
    return x.tolist()


def mismatched(rank: int) -> dict[str, str]:
    """What a group under debugging says when rank 0 makes two calls in another order.

    The variable counts when a group is made, so no processes of their own are needed.
    """
    os.environ["TORCH_DISTRIBUTED_DEBUG"] = "DETAIL"
    dist.set_debug_level_from_env()
    group = dist.new_group()
    del os.environ["TORCH_DISTRIBUTED_DEBUG"]
    dist.set_debug_level_from_env()

    def add(n: int, dtype: torch.dtype = torch.float32) -> None:
        dist.all_reduce(torch.ones(n, dtype=dtype), group=group)

    def copy() -> None:
        dist.broadcast(torch.ones(2), src=0, group=group)

    texts = {}
    for name, other in {
        "nothing": lambda: add(2),
        "shape": lambda: add(3),
        "type": lambda: add(2, torch.float64),
        "name": copy,
    }.items():
        calls = [lambda: add(2), other]
        try:
            for call in calls if rank == 0 else calls[::-1]:
                call()
            texts[name] = "no error"
        except RuntimeError as error:
            texts[name] = str(error)
    return texts


def warned(W: int) -> list[str]:
    """What torch says of the old names of two collectives."""
    shard, full = torch.zeros(1), torch.zeros(W)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        dist.reduce_scatter_tensor(shard, full)
        dist.all_gather_into_tensor(full, shard)
    return [str(warning.message) for warning in caught]


def mean(rank: int) -> float:
    x = torch.tensor([rank + 1.0])
    dist.all_reduce(x, op=dist.ReduceOp.AVG)
    return x.item()


def in_a_group(rank: int, W: int) -> tuple[str, float]:
    """In the group of all but rank 0: what its first rank is called."""
    group, text, heard = dist.new_group(list(range(1, W))), "", float(rank)
    if rank > 0:
        x = torch.tensor([heard])
        try:
            dist.broadcast(x, src=0, group=group)
        except ValueError as error:
            text = str(error)
        dist.broadcast(x, group_src=0, group=group)
        heard = x.item()
    dist.barrier()
    return text, heard


def uneven(rank: int, W: int) -> list[int]:
    """An all-to-all in which rank r gets r + 1 elements from everyone."""
    sizes = [r + 1 for r in range(W)]
    x = torch.cat([torch.full((n,), 10 * rank + r) for r, n in enumerate(sizes)])
    out = x.new_empty(W * sizes[rank])
    dist.all_to_all_single(out, x, [sizes[rank]] * W, sizes)
    return out.tolist()


def gathered_strips(rank: int, W: int) -> Tensor:
    """Two columns of a matrix from each rank, joined by an all-gather."""
    mine = torch.arange(6 * W).reshape(3, 2 * W)[:, 2 * rank : 2 * rank + 2]
    rows = torch.empty(3 * W, 2, dtype=mine.dtype)
    all_gather(rows, mine.contiguous())
    return rows


def order(rank: int, W: int) -> dict[str, Tensor]:
    """The sum of numbers whose order matters, by our ring and by the library."""
    x = torch.full((W,), VALUES[rank % 4], dtype=torch.float64)
    library = x.clone()
    dist.all_reduce(library)
    return {"ring": ring(rank, W, x)["sum"], "library": library}


def everything(rank: int, W: int, x: list[list[float]]) -> dict:
    """All that W ranks are asked, but for debugging."""
    mine = torch.tensor(x[rank], dtype=torch.float64)
    return {
        "calls": collectives(rank, W),
        "ring": ring(rank, W, mine),
        "tree": tree(rank, W, mine),
        "exchange": exchange(rank, W, mine),
        "swapped": swapped(rank),
        "strided": strided(W),
        "mean": mean(rank),
        "left over": left_over(rank),
        "warned": warned(W),
        "group": in_a_group(rank, W),
        "uneven": uneven(rank, W),
        "strips": gathered_strips(rank, W),
        "order": order(rank, W),
    }


def four_and_two(rank: int, W: int, xs: dict[int, list], folder: str) -> dict:
    """All of 4 ranks, and then of the first two alone, since starting takes seconds."""
    seen = {4: everything(rank, W, xs[4]), "debug": mismatched(rank)}
    dist.barrier()
    if rank < 2:
        dist.destroy_process_group()
        meet = (Path(folder) / "pair").as_uri()
        dist.init_process_group("gloo", init_method=meet, rank=rank, world_size=2)
        seen[2] = everything(rank, 2, xs[2])
    return seen
