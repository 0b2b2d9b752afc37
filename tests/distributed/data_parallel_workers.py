"""What the ranks do in ``test_data_parallel``; workers import this module by name.

Nothing is judged here: each function returns what its rank saw, and the tests compare
that with a computation in one process.
"""

import atexit
import os
import shutil
import signal
import tempfile
import time
from datetime import timedelta
from pathlib import Path

import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.nn.functional import mse_loss
from torch.nn.parallel import DistributedDataParallel

from snippets.distributed.data_parallel import resume, ring_allreduce

ITEMS, STEPS, RATE = 24, 5, 0.1
MIB = 2**20


def batch() -> tuple[Tensor, Tensor]:
    """The whole batch: inputs (24, 5) and targets (24, 1)."""
    generator = torch.Generator().manual_seed(7)
    inputs = torch.randn(ITEMS, 5, generator=generator, dtype=torch.float64)
    return inputs, (inputs**2).sum(1, keepdim=True)


def network(seed: int) -> nn.Module:
    """Two layers with weights from ``seed``."""
    model = nn.Sequential(nn.Linear(5, 7), nn.Tanh(), nn.Linear(7, 1)).double()
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.normal_(generator=generator)
    return model


def weights(model: nn.Module) -> Tensor:
    return torch.cat([p.detach().flatten() for p in model.parameters()]).clone()


def gradient(model: nn.Module) -> Tensor:
    return torch.cat([p.grad.flatten() for p in model.parameters()]).clone()


def contribution(rank: int, n: int, dtype: torch.dtype) -> Tensor:
    """What ``rank`` puts into a sum: numbers of very different size."""
    generator = torch.Generator().manual_seed(100 + rank)
    x = torch.randn(n, generator=generator, dtype=torch.float64)
    return (x * 10.0 ** (3 * rank)).to(dtype)


def ring(rank: int, n: int, dtype: torch.dtype, group: dist.ProcessGroup) -> dict:
    """The sum over ``group`` by our ring, and by torch."""
    x = contribution(rank, n, dtype)
    library = x.clone()
    dist.all_reduce(library, group=group)
    ours = ring_allreduce(x, group)
    untouched = torch.equal(x, contribution(rank, n, dtype))
    return {"ring": ours, "library": library, "untouched": untouched}


def train(place: int, shards: int, group: dist.ProcessGroup) -> Tensor:
    """Weights after 5 SGD steps, when each rank of the group sees an even shard."""
    model = network(seed=place)  # each rank starts elsewhere: DDP must mend that
    ddp = DistributedDataParallel(model, process_group=group)
    optimizer = torch.optim.SGD(ddp.parameters(), lr=RATE)
    inputs, targets = (x.chunk(shards)[place] for x in batch())
    for _ in range(STEPS):
        optimizer.zero_grad()
        mse_loss(ddp(inputs), targets).backward()
        optimizer.step()
    return weights(model)


def accumulate(rank: int, W: int) -> Tensor:
    """Gradient after two micro-batches, of which only the second is synchronised."""
    ddp = DistributedDataParallel(network(seed=0))
    inputs, targets = (x.chunk(W)[rank].chunk(2) for x in batch())
    with ddp.no_sync():
        (mse_loss(ddp(inputs[0]), targets[0]) / 2).backward()
    (mse_loss(ddp(inputs[1]), targets[1]) / 2).backward()
    return gradient(ddp)


def no_sync(rank: int, outside: bool) -> Tensor:
    """Gradient of one backward pass in ``no_sync``, the forward inside it or not."""
    ddp = DistributedDataParallel(network(seed=0))
    inputs, targets = (x.chunk(2)[rank] for x in batch())
    if outside:
        loss = mse_loss(ddp(inputs), targets)
    with ddp.no_sync():
        if not outside:
            loss = mse_loss(ddp(inputs), targets)
        loss.backward()
    return gradient(ddp)


def join(rank: int) -> dict:
    """Three batches on rank 0, two on rank 1, under ``join``."""
    model = network(seed=0)
    ddp = DistributedDataParallel(model)
    optimizer = torch.optim.SGD(ddp.parameters(), lr=RATE)
    inputs, targets = batch()
    steps = 0
    with ddp.join():
        for part in range(3 - rank):
            optimizer.zero_grad()
            some = slice(4 * part, 4 * part + 4)
            mse_loss(ddp(inputs[some]), targets[some]).backward()
            optimizer.step()
            steps += 1
    return {"steps": steps, "weights": weights(model)}


def skipped(rank: int, seconds: float) -> tuple[str, float]:
    """What a rank learns, and when, if the other never calls the collective."""
    dist.barrier()  # or the one that comes first may wait too long for the new group
    group = dist.new_group(timeout=timedelta(seconds=seconds))
    started = time.monotonic()
    text = "no error"
    if rank == 0:
        try:
            dist.all_reduce(torch.ones(1), group=group)
        except RuntimeError as error:
            text = str(error)
    waited = time.monotonic() - started
    dist.barrier()  # of the whole world, which is unharmed
    return text, waited


def uneven(rank: int, weigh: bool) -> Tensor:
    """Gradient of 8 items on rank 0 and 4 on rank 1."""
    ddp = DistributedDataParallel(network(seed=0))
    inputs, targets = (x[:12].split([8, 4])[rank] for x in batch())
    loss = mse_loss(ddp(inputs), targets)
    (loss * 2 * len(inputs) / 12 if weigh else loss).backward()
    return gradient(ddp)


def drift(rank: int) -> dict:
    """Weights before and after a step, when one rank has tampered with its own."""
    model = network(seed=0)
    ddp = DistributedDataParallel(model)
    optimizer = torch.optim.SGD(ddp.parameters(), lr=RATE)
    with torch.no_grad():
        model[2].bias += rank
    inputs, targets = (x.chunk(2)[rank] for x in batch())
    mse_loss(ddp(inputs), targets).backward()
    optimizer.step()
    names = [list(ddp.state_dict()), list(ddp.module.state_dict())]
    return {"weights": weights(model), "gradient": gradient(ddp), "names": names}


def running_means(rank: int) -> list[Tensor]:
    """BatchNorm's running mean after each of two forward passes."""
    model = nn.BatchNorm1d(1, momentum=0.5).double()
    ddp = DistributedDataParallel(model)
    seen = []
    for level in (1.0, 10.0):
        value = level * (rank + 1)
        loss = ddp(torch.tensor([[value], [value]], dtype=torch.float64)).sum()
        seen.append(model.running_mean.clone())
        loss.backward()
    return seen


def buckets(find_unused: bool, cap_mb: int | None = None) -> list[list[list[int]]]:
    """Per iteration, the parameters of each bucket in the order of communication.

    30 parameters of 1 MiB, used one after the other. An entry [-1] marks the moment
    at which the gradient of the first parameter was ready.
    """
    model = nn.ParameterList([torch.ones(MIB // 4) for _ in range(30)])

    class Chain(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.weights = model

        def forward(self, x: Tensor) -> Tensor:
            for weight in self.weights:
                x = x * weight
            return x.mean()

    chain = Chain()
    ddp = DistributedDataParallel(
        chain, find_unused_parameters=find_unused, bucket_cap_mb=cap_mb
    )
    number = {id(p): i for i, p in enumerate(chain.weights)}
    trace: list[list[list[int]]] = []

    def hook(state: object, bucket: dist.GradBucket) -> torch.futures.Future[Tensor]:
        trace[-1].append([number[id(p)] for p in bucket.parameters()])
        future: torch.futures.Future[Tensor] = torch.futures.Future()
        future.set_result(bucket.buffer())
        return future

    ddp.register_comm_hook(None, hook)
    chain.weights[0].register_hook(lambda grad: trace[-1].append([-1]))
    for _ in range(2):
        trace.append([])
        ddp(torch.ones(MIB // 4)).backward()
    return trace


def two_ranks(rank: int, W: int) -> dict:
    """All that two ranks are asked, in one go, since starting them takes seconds."""
    world = dist.group.WORLD
    return {
        "rank": (rank, dist.get_rank(), dist.get_world_size(), os.getpid()),
        "ring": ring(rank, 12, torch.float64, world),
        "ring float32": ring(rank, 1001, torch.float32, world),
        "train": train(rank, W, world),
        "accumulate": accumulate(rank, W),
        "no_sync, forward inside": no_sync(rank, outside=False),
        "no_sync, forward outside": no_sync(rank, outside=True),
        "join": join(rank),
        "uneven": uneven(rank, weigh=False),
        "weighed": uneven(rank, weigh=True),
        "drift": drift(rank),
        "running means": running_means(rank),
        "buckets": buckets(find_unused=False),
        "buckets unused": buckets(find_unused=True),
        "buckets of 3 MiB": buckets(find_unused=False, cap_mb=3),
        "skipped": skipped(rank, seconds=5),
    }


def four_ranks(rank: int, W: int) -> dict:
    """The ring and training over four ranks, and over three of them."""
    world = dist.group.WORLD
    last_three = dist.new_group([1, 2, 3])
    seen = {
        "ring": ring(rank, 1001, torch.float32, world),
        "train": train(rank, W, world),
        "resumed": resumed(),
        "too short": message(lambda: ring_allreduce(torch.ones(3))),
    }
    if rank > 0:
        seen["ring of three"] = ring(rank, 12, torch.float64, last_three)
        seen["train three"] = train(rank - 1, 3, last_three)
    dist.barrier()  # rank 0 has less to do: it must not leave before the others
    return seen


def resumed() -> dict[int, bool]:
    """Whether training stopped after some epochs ends as training that was not."""
    folders = [tempfile.mkdtemp()] if dist.get_rank() == 0 else [None]
    dist.broadcast_object_list(folders)
    folder = Path(folders[0])

    def trained(name: str, epochs: int) -> str:
        model = resume.train(folder / name, epochs)
        dist.barrier()  # rank 0 may still save
        return resume.digest(model)

    whole, same = trained("whole.pt", 12), {}
    for epochs in (1, 2, 5, 10):
        trained(f"{epochs}.pt", epochs)
        same[epochs] = trained(f"{epochs}.pt", 12) == whole
    if dist.get_rank() == 0:
        shutil.rmtree(folder)
    return same


def message(call) -> str:
    """The text of the ValueError that ``call`` raises."""
    try:
        call()
    except ValueError as error:
        return str(error)
    return "no error"


def hang_on_rank_one(rank: int, W: int) -> None:
    """Rank 1 waits for something that never comes, in Python; rank 0 is done."""
    if rank == 1:
        wait_for_a_message_that_never_comes()


def wait_for_a_message_that_never_comes() -> None:
    while True:
        time.sleep(600)


def abort_after_the_report(rank: int, W: int) -> int:
    """Rank 0 aborts while Python ends, as a thread of gloo may; rank 1 takes longer."""
    if rank == 0:
        atexit.register(os.abort)
    else:
        time.sleep(4)
    return rank


class SlowToConnect:
    """An argument that makes rank 1 connect two seconds late, where it arrives."""

    def __reduce__(self) -> tuple:
        return slow_to_connect, ()


CONNECTED: list[float] = []


def slow_to_connect() -> None:
    module = dist.distributed_c10d
    connect = module.ProcessGroupGloo

    def slowly(store: dist.Store, rank: int, *args, **kwargs):
        module.ProcessGroupGloo = connect
        group = connect(store, rank, *args, **kwargs)
        time.sleep(2 * rank)
        CONNECTED.append(time.monotonic())
        return group

    module.ProcessGroupGloo = slowly


def times(rank: int, W: int, _: None) -> tuple[float, float]:
    """When this rank had connected, and when it began to work."""
    return CONNECTED[0], time.monotonic()


def wait_for_each_other(rank: int, W: int) -> None:
    """The deadlock of textbooks: everyone receives first."""
    dist.recv(torch.zeros(1), src=1 - rank)


def fail_on_rank_one(rank: int, W: int) -> None:
    """Rank 1 fails; rank 0 waits for it in a message, rank 2 in Python."""
    if rank == 0:
        dist.recv(torch.zeros(1), src=1)
    if rank == 1:
        raise KeyError("the data of rank 1")
    wait_for_a_message_that_never_comes()


def die(rank: int, W: int) -> None:
    """As if the system had run out of memory."""
    os.kill(os.getpid(), signal.SIGKILL)


def nccl_step(rank: int, W: int) -> dict:
    """One training step on the GPU, and an all-reduce."""
    device = torch.device("cuda", rank)
    torch.cuda.set_device(device)
    model = network(seed=0).to(device)
    ddp = DistributedDataParallel(model, device_ids=[rank])
    optimizer = torch.optim.SGD(ddp.parameters(), lr=RATE)
    inputs, targets = (x.to(device) for x in batch())
    for _ in range(STEPS):
        optimizer.zero_grad()
        mse_loss(ddp(inputs), targets).backward()
        optimizer.step()
    total = torch.ones(4, device=device)
    dist.all_reduce(total)
    return {"weights": weights(model).cpu(), "total": total.cpu()}
