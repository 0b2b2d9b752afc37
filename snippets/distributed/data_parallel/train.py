"""The same training twice: in one process, and with DistributedDataParallel.

Run it as a module, ``torchrun --nproc-per-node=2 -m``: two processes on this machine,
on GPUs if there are enough, else on the CPU. It fails if the two results are further
than 1e-12 apart.
"""

import os

import torch
import torch.distributed as dist
from torch import nn
from torch.nn.functional import mse_loss
from torch.nn.parallel import DistributedDataParallel
from torch.utils.data import DataLoader, DistributedSampler, TensorDataset


def make_dataset() -> TensorDataset:
    """96 items: inputs (8,), target (1,), a linear rule with noise, in float64."""
    generator = torch.Generator().manual_seed(0)
    inputs = torch.randn(96, 8, generator=generator, dtype=torch.float64)
    noise = torch.randn(96, 1, generator=generator, dtype=torch.float64)
    return TensorDataset(inputs, inputs.sum(1, keepdim=True) + 0.1 * noise)


def make_model(seed: int) -> nn.Module:
    """A linear model from (b, 8) to (b, 1) with random weights."""
    model = nn.Linear(8, 1, dtype=torch.float64)
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.normal_(generator=generator)
    return model


# --8<-- [start:alone]
def train_alone(dataset: TensorDataset, epochs: int = 5, batch: int = 24) -> nn.Module:
    """One process that sees every item."""
    model = make_model(seed=0)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    sampler = DistributedSampler(dataset, num_replicas=1, rank=0)  # a plain shuffle
    loader = DataLoader(dataset, batch, sampler=sampler)
    for epoch in range(epochs):
        sampler.set_epoch(epoch)
        for inputs, targets in loader:
            optimizer.zero_grad()
            mse_loss(model(inputs), targets).backward()
            optimizer.step()
    return model
    # --8<-- [end:alone]


# --8<-- [start:ddp]
def train_ddp(
    dataset: TensorDataset, device: torch.device, epochs: int = 5, batch: int = 24
) -> nn.Module:
    """One of W processes; ``batch`` is still the batch of all of them together.

    Raises:
        ValueError: if W does not divide ``batch``: the steps would be smaller ones.
    """
    rank, world_size = dist.get_rank(), dist.get_world_size()
    if batch % world_size:
        raise ValueError(f"W must divide the batch of {batch}, got W = {world_size}")
    model = make_model(seed=rank).to(device)  # differs by rank, until the next line
    ddp = DistributedDataParallel(model)  # copies rank 0's weights to all
    optimizer = torch.optim.SGD(ddp.parameters(), lr=0.1)
    sampler = DistributedSampler(dataset)  # knows rank and world size from the group
    loader = DataLoader(dataset, batch // world_size, sampler=sampler)
    for epoch in range(epochs):
        sampler.set_epoch(epoch)  # or every epoch has the same order
        for inputs, targets in loader:
            optimizer.zero_grad()
            loss = mse_loss(ddp(inputs.to(device)), targets.to(device))
            loss.backward()  # returns with the mean of all ranks' gradients
            optimizer.step()
    return model
    # --8<-- [end:ddp]


# --8<-- [start:main]
def main() -> None:
    """One rank of ``torchrun``, which sets RANK, LOCAL_RANK, WORLD_SIZE and more."""
    local_rank = int(os.environ["LOCAL_RANK"])
    on_gpu = torch.cuda.device_count() >= int(os.environ["LOCAL_WORLD_SIZE"])
    device = torch.device("cuda", local_rank) if on_gpu else torch.device("cpu")
    if on_gpu:
        torch.cuda.set_device(device)
    dist.init_process_group("nccl" if on_gpu else "gloo")
    dataset = make_dataset()
    together, alone = train_ddp(dataset, device).cpu(), train_alone(dataset)
    with torch.no_grad():
        pairs = zip(together.parameters(), alone.parameters())
        # Python's max() would lose a NaN, torch's keeps it.
        gap = torch.stack([(a - b).abs().max() for a, b in pairs]).max().item()
        inputs, targets = dataset.tensors
        loss = mse_loss(together(inputs), targets).item()
    if not gap <= 1e-12:  # every rank checks its own copy
        raise RuntimeError(f"rank {dist.get_rank()} is {gap} away from one process")
    if dist.get_rank() == 0:  # one rank reports; it would also be the one to save
        print(f"{dist.get_world_size()} processes, loss {loss:.4f}")
        print("weights as in one process, to 1e-12")
    dist.destroy_process_group()
    # --8<-- [end:main]


if __name__ == "__main__":
    main()
