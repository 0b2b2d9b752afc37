"""Train with each ZeRO stage and with FSDP2, and compare bytes and weights.

Run it as a module, ``torchrun --nproc-per-node=4 -m``, on CPUs: the backend is gloo.
The number of processes must divide the batch of 24 and the 4160 parameters of a layer.
"""

from collections.abc import Sequence

import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.distributed.device_mesh import init_device_mesh
from torch.distributed.fsdp import fully_shard
from torch.distributed.tensor import DTensor
from torch.nn.functional import mse_loss

from .memory import comm_volume, model_state_bytes
from .optimizer import AdamWSettings
from .steps import Zero, _stored_bytes

WIDTH, LAYERS, ITEMS, STEPS = 64, 4, 24, 5
SETTINGS = AdamWSettings(lr=0.01, weight_decay=0.1)


def make_layers(dtype: torch.dtype, width: int = WIDTH) -> list[nn.Module]:
    """Four tanh layers from ``width`` to ``width``, the same on every rank."""
    layers = [nn.Sequential(nn.Linear(width, width), nn.Tanh()) for _ in range(LAYERS)]
    generator = torch.Generator().manual_seed(0)
    with torch.no_grad():
        for p in nn.ModuleList(layers).parameters():
            p.normal_(0, width**-0.5, generator=generator)
    return [layer.to(dtype) for layer in layers]


def make_batch(dtype: torch.dtype, width: int = WIDTH) -> tuple[Tensor, Tensor]:
    """The whole batch: inputs and targets, (24, width) each."""
    generator = torch.Generator().manual_seed(1)
    inputs = torch.randn(ITEMS, width, generator=generator, dtype=torch.float64)
    return inputs.to(dtype), inputs.sin().to(dtype)


def train_zero(
    stage: int, dtype: torch.dtype, width: int = WIDTH, max_norm: float | None = None
) -> Zero:
    """Five steps, each rank on its share of the batch; their number must divide 24."""
    zero = Zero(make_layers(dtype, width), stage, SETTINGS, max_norm)
    N, rank = zero.wire.N, zero.wire.rank
    inputs, targets = (x.chunk(N)[rank] for x in make_batch(dtype, width))
    for _ in range(STEPS):
        zero.step(inputs, lambda y: mse_loss(y, targets))
    return zero


def _optimizer_for(params: Sequence[nn.Parameter]) -> torch.optim.AdamW:
    """PyTorch's AdamW with this script's settings."""
    s = SETTINGS
    return torch.optim.AdamW(params, s.lr, s.betas, s.eps, s.weight_decay)


# --8<-- [start:alone]
def train_alone(width: int = WIDTH, max_norm: float | None = None) -> list[Tensor]:
    """The same in one process with the whole batch; float64."""
    model = nn.Sequential(*make_layers(torch.float64, width))
    optimizer = _optimizer_for(list(model.parameters()))
    inputs, targets = make_batch(torch.float64, width)
    for _ in range(STEPS):
        optimizer.zero_grad()
        mse_loss(model(inputs), targets).backward()
        if max_norm is not None:
            nn.utils.clip_grad_norm_(model.parameters(), max_norm)
        optimizer.step()
    return [p.detach() for p in model.parameters()]
    # --8<-- [end:alone]


# --8<-- [start:fsdp]
def train_fsdp(width: int = WIDTH) -> tuple[list[Tensor], dict[str, int]]:
    """The same with FSDP2: all weights, and the bytes that this rank holds."""
    rank, N = dist.get_rank(), dist.get_world_size()
    mesh = init_device_mesh("cpu", (N,))
    model = nn.Sequential(*make_layers(torch.float64, width))
    for layer in model:
        fully_shard(layer, mesh=mesh)  # one all-gather per layer
    fully_shard(model, mesh=mesh)  # the root: whatever no layer owns
    params = list(model.parameters())  # DTensors now, cut along axis 0
    optimizer = _optimizer_for(params)
    inputs, targets = (x.chunk(N)[rank] for x in make_batch(torch.float64, width))
    for _ in range(STEPS):
        optimizer.zero_grad()
        mse_loss(model(inputs), targets).backward()  # divides by N itself
        optimizer.step()
    states = optimizer.state.values()
    held = {
        "params": _local_bytes(params),
        "grads": _local_bytes([p.grad for p in params]),
        "optim": _local_bytes([s[key] for s in states for key in s if key != "step"]),
    }
    return [p.full_tensor().detach() for p in params], held


def _local_bytes(tensors: Sequence[Tensor | None]) -> int:
    """Bytes of the local shards of DTensors."""
    return _stored_bytes([x.to_local() for x in tensors if isinstance(x, DTensor)])
    # --8<-- [end:fsdp]


def report() -> list[str]:
    """The table, as this rank sees it.

    Raises:
        RuntimeError: if weights differ from those of one process by more than 1e-12.
    """
    N, n = dist.get_world_size(), LAYERS * (WIDTH * WIDTH + WIDTH)
    lines = [f"{N} processes, {n} parameters; bytes on each, bf16 and fp32 states"]
    lines.append("stage  params   grads   optim   total  formula    peak  sent/n")
    for stage in range(4):
        zero = train_zero(stage, torch.bfloat16)
        held = zero.held()
        cells = " ".join(f"{held[part]:7}" for part in held)
        formula = model_state_bytes(n, stage, N)["total"]
        sent = zero.wire.sent / 2 / STEPS / n  # elements of 2 bytes, per step
        if sent != comm_volume(n, stage, N)["total"] / n:
            raise RuntimeError(f"stage {stage} sent {sent} n elements per step")
        lines.append(f"{stage:5} {cells}  {formula:7.0f} {zero.peak:7}  {sent:.2f}")
    alone = train_alone()
    for stage in range(4):
        _check(train_zero(stage, torch.float64).gathered(), alone, f"stage {stage}")
    weights, held = train_fsdp()
    _check(weights, alone, "FSDP2")
    total = sum(held.values())
    lines.append(f"FSDP2 in float64: {total} bytes, formula {32 * n // N}")
    lines.append("float64, all stages and FSDP2: weights as in one process, to 1e-12")
    return lines


def _check(weights: list[Tensor], alone: list[Tensor], name: str) -> None:
    pairs = zip(weights, alone, strict=True)
    # Python's max() would lose a NaN, torch's keeps it.
    gap = torch.stack([(a - b).abs().max() for a, b in pairs]).max().item()
    if not gap <= 1e-12:
        raise RuntimeError(f"{name} is {gap} away from one process")


def main() -> None:
    """One rank of ``torchrun``."""
    torch.set_num_threads(1)
    dist.init_process_group("gloo")
    lines = report()
    if dist.get_rank() == 0:
        print("\n".join(lines))
    dist.destroy_process_group()


if __name__ == "__main__":
    main()
