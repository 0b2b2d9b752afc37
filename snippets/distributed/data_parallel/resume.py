"""Training that goes on where it was when a process, or a machine, is lost.

Run it as a module, ``torchrun --max-restarts=3 … -m``, with a folder that all machines
see: after each epoch rank 0 saves there, and whoever is started again reads it first.
The weights at the end are, bit by bit, those of a run that nothing stopped.
"""

import argparse
import hashlib
import os
from datetime import timedelta
from pathlib import Path

import torch
import torch.distributed as dist
from torch import nn
from torch.nn.functional import mse_loss
from torch.nn.parallel import DistributedDataParallel
from torch.utils.data import DataLoader, DistributedSampler

from .train import make_dataset, make_model


# --8<-- [start:save]
def save(
    path: Path, model: nn.Module, optimizer: torch.optim.Optimizer, done: int
) -> None:
    """Write what training needs to go on after ``done`` epochs; whole or not at all."""
    state = {"model": model.state_dict(), "optimizer": optimizer.state_dict()}
    torch.save(state | {"done": done}, path.with_suffix(".new"))
    os.replace(path.with_suffix(".new"), path)  # a reader sees the old file or the new


def load(path: Path, model: nn.Module, optimizer: torch.optim.Optimizer) -> int:
    """Read what ``save`` wrote, if it is there; returns the epochs that are done."""
    if not path.exists():
        return 0
    state = torch.load(path, map_location="cpu", weights_only=True)
    model.load_state_dict(state["model"])
    optimizer.load_state_dict(state["optimizer"])
    return state["done"]
    # --8<-- [end:save]


# --8<-- [start:resume]
def train(path: Path, epochs: int, batch: int = 24) -> nn.Module:
    """One of W processes on the CPU; begins after the last epoch saved at ``path``."""
    dataset, model = make_dataset(), make_model(seed=0)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9)
    done = load(path, model, optimizer)  # every rank, since DDP sends weights only
    # Else DDP lays its buckets out anew after its first step, and sums round otherwise.
    ddp = DistributedDataParallel(model, find_unused_parameters=True)
    sampler = DistributedSampler(dataset)
    loader = DataLoader(dataset, batch // dist.get_world_size(), sampler=sampler)
    for epoch in range(done, epochs):
        sampler.set_epoch(epoch)  # the order depends on the epoch, not on the past
        for inputs, targets in loader:
            optimizer.zero_grad()
            mse_loss(ddp(inputs), targets).backward()
            optimizer.step()
        if dist.get_rank() == 0:
            save(path, model, optimizer, epoch + 1)
    return model
    # --8<-- [end:resume]


def digest(model: nn.Module) -> str:
    """Of all bits of the weights."""
    values = [p.detach().numpy().tobytes() for p in model.parameters()]
    return hashlib.sha256(b"".join(values)).hexdigest()[:16]


def main() -> None:
    """One rank of ``torchrun``."""
    parser = argparse.ArgumentParser(prog=__spec__.name if __spec__ else None)
    parser.add_argument("folder", type=Path, help="where to save; all machines see it")
    parser.add_argument("--epochs", type=int, default=20)
    parser.add_argument(
        "--patience", type=float, default=60, help="seconds to wait for a lost rank"
    )
    options = parser.parse_args()
    torch.set_num_threads(1)
    # Without the timeout a rank waits for half an hour for one that is gone.
    dist.init_process_group("gloo", timeout=timedelta(seconds=options.patience))
    model = train(options.folder / "last.pt", options.epochs)
    if dist.get_rank() == 0:
        print(f"{options.epochs} epochs, weights {digest(model)}")
    dist.destroy_process_group()


if __name__ == "__main__":
    main()
