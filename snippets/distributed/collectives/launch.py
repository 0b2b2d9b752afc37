"""Each collective of ``torch.distributed`` once, between real processes.

Run it as a module, ``torchrun --nproc-per-node=4 -m``. It prints what ranks 0 and 1
hold after each call; on the CPU, by gloo.
"""

from datetime import timedelta

import torch
import torch.distributed as dist
from torch import Tensor

# torch 2.13 has new names for these two, and warns of the old ones.
reduce_scatter = getattr(dist, "reduce_scatter_single", None) or (
    dist.reduce_scatter_tensor
)
all_gather = getattr(dist, "all_gather_single", None) or dist.all_gather_into_tensor


def make_input(rank: int, W: int) -> Tensor:
    """What ``rank`` gives: 2 W integers, two for each chunk."""
    return torch.arange(2 * W) * (rank + 1) + rank


# --8<-- [start:calls]
def collectives(rank: int, W: int) -> dict[str, list[int] | None]:
    """What this rank holds after each call; None where that is not defined."""
    x, held = make_input(rank, W), {}

    y = x.clone()
    dist.broadcast(y, src=1)
    held["broadcast"] = y

    y = x.clone()
    dist.reduce(y, dst=0)  # in the place of what was given, on all ranks
    held["reduce"] = y if rank == 0 else None

    y = x.clone()
    work = dist.all_reduce(y, async_op=True)  # returns at once: compute here,
    work.wait()  # and touch y only from here on
    held["all_reduce"] = y

    shard = x.new_empty(2)
    reduce_scatter(shard, x)
    held["reduce_scatter"] = shard

    full = x.new_empty(2 * W)
    all_gather(full, shard)
    held["all_gather"] = full

    shard = x.new_empty(2)
    dist.scatter(shard, list(x.chunk(W)) if rank == 0 else None, src=0)
    held["scatter"] = shard

    shards = [torch.empty_like(shard) for _ in range(W)] if rank == 0 else None
    dist.gather(shard, shards, dst=0)
    held["gather"] = torch.cat(shards) if rank == 0 else None

    y = torch.empty_like(x)
    dist.all_to_all_single(y, x)
    held["all_to_all"] = y

    dist.barrier()  # no data: nobody leaves before all have come
    return {name: y if y is None else y.tolist() for name, y in held.items()}
    # --8<-- [end:calls]


def main() -> None:
    """One rank of ``torchrun``."""
    torch.set_num_threads(1)
    dist.init_process_group("gloo", timeout=timedelta(seconds=60))
    rank, W = dist.get_rank(), dist.get_world_size()
    by_rank: list[dict] = [{} for _ in range(W)]
    dist.all_gather_object(by_rank, collectives(rank, W))
    if rank == 0:
        for name, first in by_rank[0].items():
            for place, y in ((0, first), (1, by_rank[1][name])):
                text = "not defined" if y is None else " ".join(map(str, y))
                print(f"{name if place == 0 else '':14} rank {place}: {text}")
    dist.barrier()
    dist.destroy_process_group()


if __name__ == "__main__":
    main()
