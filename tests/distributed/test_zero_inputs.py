"""Example calls of snippets.distributed.zero."""

import contextlib
from collections.abc import Iterator
from dataclasses import replace

import torch
import torch.distributed as dist
from torch import nn

from snippets.distributed import zero as z
from tests.inputs import Example, Promises, example, normal

PARAMS = [normal(3, 2), normal(4, seed=1)]
GRADS = [normal(3, 2, seed=2), normal(4, seed=3)]
SHAPE = z.LlamaShape(8, 6, 5, 2, 3, 1)
WIDE = "must be float32 or float64"
ALONE = "a group of one process on the CPU"


@contextlib.contextmanager
def alone() -> Iterator[None]:
    """A process group of one."""
    dist.init_process_group("gloo", store=dist.HashStore(), rank=0, world_size=1)
    try:
        yield
    finally:
        dist.destroy_process_group()


def update(theta, g, lr):
    """One AdamW step on a copy."""
    theta = theta.detach().clone()
    z.adamw_(theta, g.detach(), z.empty_state(theta), z.AdamWSettings(lr))
    return theta


def kept():
    """Bytes that a small network keeps."""
    return z.saved_bytes(nn.Sequential(nn.Linear(4, 4), nn.GELU()), torch.ones(3, 4))


def train(stage, max_norm):
    """Weights after one step of a layer; its own tests have one in bfloat16."""
    layer = nn.Linear(4, 3).double()
    with torch.no_grad():
        for i, p in enumerate(layer.parameters()):
            p.copy_(normal(*p.shape, seed=i))
    with alone():
        model = z.Zero([layer], stage, z.AdamWSettings(0.1), max_norm)
        model.step(normal(5, 4), lambda out: out.square().mean())
        return model.gathered()


def unit(stage):
    """What a layer's unit holds."""
    with alone():
        made = z.Unit(nn.Linear(2, 2).double(), z.Wire(), stage)
        return made.width, made.full.numel()


def wire(rows):
    """A mean over one rank, and what it gathers."""
    with alone():
        mine = z.Wire()
        return mine.all_gather(mine.reduce_scatter(rows.detach()))


def block(x, h, a):
    """The layer without dropout, its weights drawn in float32."""
    torch.manual_seed(0)
    layer = z.Block(h, a, 0.0)
    return layer.to(x.device, x.dtype)(x)


EXAMPLES: list[Example] = [
    example(z.AdamWSettings, 0.01, (0.9, 0.999), 1e-8, 0.01),
    replace(
        # Two norms, six products, softmax, GELU and two sums: each rounds once.
        example(block, normal(2, 3, 8), 8, 2),
        of=z.Block,
        rounds=12,
    ),
    example(z.LlamaShape, 8, 6, 5, 2, 3, 1),
    replace(
        example(lambda m, step: z.ShardState(m, m, step), normal(4), 3), of=z.ShardState
    ),
    replace(example(unit, 3), of=z.Unit),
    replace(
        example(wire, normal(6)),
        of=z.Wire,
        meta=ALONE,
        detached="what has travelled has left the graph",
    ),
    replace(example(train, 2, 0.5), of=z.Zero),
    replace(example(train, 3, 1.0), of=z.Zero),
    example(z.activation_bytes, 6, 2, 8, 4, 3),
    replace(
        example(update, normal(5), normal(5, seed=1), 0.1),
        of=z.adamw_,
        refuses=WIDE,
        detached="a step of the optimizer",
    ),
    example(z.comm_volume, 1000, 3, 4, 2),
    replace(example(z.empty_state, normal(4)), detached="a new state"),
    example(z.llama_activation_bytes, SHAPE, 6, 2),
    example(z.llama_param_count, SHAPE),
    example(z.max_params, 80_000, 2, 4),
    example(z.model_state_bytes, 1000, 2, 4, 2.0, 2.0, 12.0),
    example(z.offload_bytes, 1000, 4, 2.0, 2.0, 12.0),
    replace(example(kept), of=z.saved_bytes),
    replace(
        example(z.zero1_step, PARAMS, GRADS, 3),
        refuses=WIDE,
        detached="a step of the optimizer",
    ),
]
SPARED: dict[str, str] = {}


class TestInputs(Promises):
    examples = EXAMPLES
    spared = SPARED
