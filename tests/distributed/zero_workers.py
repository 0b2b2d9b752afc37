"""What the ranks do in ``test_zero``; workers import this module by name.

Nothing is judged here: each function returns what its rank saw, and the tests compare
that with a computation in one process.
"""

import gc
import time

import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.nn.functional import mse_loss

from snippets.distributed.zero import Wire, Zero
from snippets.distributed.zero.launch import (
    SETTINGS,
    STEPS,
    make_batch,
    make_layers,
    train_fsdp,
    train_zero,
)

WIDTH = 7  # 56 parameters in a layer: three ranks have to pad
CLIP = 0.01  # far below the norm of the gradient


def contribution(rank: int, n: int, dtype: torch.dtype) -> Tensor:
    """What ``rank`` puts into a mean: numbers of very different size."""
    generator = torch.Generator().manual_seed(100 + rank)
    x = torch.randn(n, generator=generator, dtype=torch.float64)
    return (x * 10.0 ** (3 * rank)).to(dtype)


def collectives(rank: int, W: int, dtype: torch.dtype) -> dict:
    """Our reduce-scatter and all-gather, and what torch's all_reduce gives."""
    wire = Wire()
    x = contribution(rank, 5 * W, dtype)
    before = x.clone()
    mean = wire.reduce_scatter(x)
    sent = [wire.sent]
    whole = wire.all_gather(mean)
    sent.append(wire.sent)
    library = x.to(torch.float64, copy=True)
    dist.all_reduce(library)
    found = {"mean": mean, "whole": whole, "library": library / W, "sent": sent}
    return found | {"untouched": torch.equal(x, before)}


def tensor_bytes() -> int:
    """Bytes of all CPU storages that this process can still reach, but frozen ones.

    The least of several looks: a thread of gloo lets go of a message a little later.
    """
    looks = []
    for _ in range(10):
        time.sleep(0.02)
        gc.collect()
        tensors = [x for x in gc.get_objects() if issubclass(type(x), Tensor)]
        storages = [x.untyped_storage() for x in tensors]
        looks.append(sum({s.data_ptr(): s.nbytes() for s in storages}.values()))
    return min(looks)


def census(stage: int) -> dict:
    """A trained model's account of its bytes, and the growth that ``gc`` sees."""
    before = tensor_bytes()
    zero = train_zero(stage, torch.bfloat16, WIDTH)
    seen = tensor_bytes() - before
    full = [u.full.untyped_storage().nbytes() for u in zero.units]
    return {
        "held": zero.held(),
        "seen": seen,
        "full": full,
        "peak": zero.peak,
        "sent": zero.wire.sent,
        "weights": zero.gathered(),
        "after": zero.held(),
        "grads": [u.grad.numel() for u in zero.units],
        "dtypes": {u.grad.dtype for u in zero.units}
        | {u.full.dtype for u in zero.units},
        "states": {
            x.dtype for u in zero.units for x in (u.master, u.state.m, u.state.v)
        },
    }


def exact(stage: int) -> dict:
    """Weights in float64, without and with clipping, and the bytes."""
    plain = train_zero(stage, torch.float64, WIDTH)
    clipped = train_zero(stage, torch.float64, WIDTH, CLIP)
    loose = train_zero(stage, torch.float64, WIDTH, 1e6)
    return {
        "plain": plain.gathered(),
        "held": plain.held(),
        "clipped": clipped.gathered(),
        "loose": loose.gathered(),
        "replicas": [p.detach().clone() for u in plain.units for p in u.params],
    }


def words(rank: int, W: int) -> dict:
    """Training from integers: an embedding as the first layer, and one step's loss."""
    layers = [nn.Embedding(5, 3), nn.Linear(3, 2)]
    generator = torch.Generator().manual_seed(3)
    with torch.no_grad():
        for p in nn.ModuleList(layers).parameters():
            p.normal_(generator=generator)
    zero = Zero([layer.double() for layer in layers], 3, SETTINGS)
    tokens = torch.arange(2 * W).chunk(W)[rank] % 5
    grads = []  # bytes of gradients between forward and backward

    def loss_fn(y: Tensor) -> Tensor:
        grads.append(zero.held()["grads"])
        return y.square().mean()

    losses = [zero.step(tokens, loss_fn) for _ in range(2)]
    return {"weights": zero.gathered(), "losses": losses, "grads": grads}


def pair(rank: int) -> list[Tensor] | None:
    """Ranks 1 and 2 alone, as a group of two."""
    group = dist.new_group([1, 2])
    if rank == 0:
        return None
    zero = Zero(make_layers(torch.float64, WIDTH), 3, SETTINGS, group=group)
    inputs, targets = (x.chunk(2)[rank - 1] for x in make_batch(torch.float64, WIDTH))
    for _ in range(STEPS):
        zero.step(inputs, lambda y: mse_loss(y, targets))
    return zero.gathered()


def everything(rank: int, W: int) -> dict:
    """All questions to three ranks, since starting them takes seconds."""
    gc.freeze()  # what the imports made is in no growth; walking over it takes seconds
    dtypes = (torch.float64, torch.float32, torch.bfloat16)
    return {
        "collectives": {dtype: collectives(rank, W, dtype) for dtype in dtypes},
        "census": [census(stage) for stage in range(4)],
        "exact": [exact(stage) for stage in range(4)],
        "words": words(rank, W),
        "pair": pair(rank),
        "fsdp": train_fsdp(WIDTH),
    }
