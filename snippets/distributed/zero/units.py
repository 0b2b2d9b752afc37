"""The parts of the sharded steps: collectives that count, and a layer that is cut up.

The parameters of a layer are one padded vector, of which rank r owns the rth of N
shards. Parameters of 16 bits get a 32-bit copy of what the rank owns; others are
updated directly.

References:
    Rajbhandari et al., "ZeRO: Memory Optimizations Toward Training Trillion
    Parameter Models", SC 2020, arXiv:1910.02054.
    Zhao et al., "PyTorch FSDP: Experiences on Scaling Fully Sharded Data Parallel",
    VLDB 2023, arXiv:2304.11277 (parameters as views into a storage that is emptied).
"""

import torch
import torch.distributed as dist
from torch import Tensor, nn

from ._checks import _stage
from .optimizer import AdamWSettings, adamw_, empty_state


# --8<-- [start:wire]
class Wire:
    """Reduce-scatter and all-gather between the ranks of a group; counts the bytes.

    ``dist`` has both, but gloo's reduce-scatter is an all-reduce of which a part is
    kept: twice the traffic (pull request 118911 of pytorch/pytorch).
    """

    def __init__(self, group: dist.ProcessGroup | None = None) -> None:
        self.group = group or dist.group.WORLD
        self.rank, self.N = dist.get_rank(self.group), dist.get_world_size(self.group)
        self.sent = 0  # bytes that left this rank

    def exchange(self, rows: Tensor) -> Tensor:
        """Row j of (N, k) goes to rank j; row j of the result comes from it."""
        rows = rows.contiguous()
        received = torch.empty_like(rows)
        raw = rows.view(torch.uint8), received.view(torch.uint8)  # any dtype will do
        dist.all_to_all_single(raw[1], raw[0], group=self.group)
        self.sent += rows.nbytes - rows[0].nbytes  # a rank's own row does not travel
        return received

    def reduce_scatter(self, full: Tensor) -> Tensor:
        """Mean over the ranks of this rank's shard of ``full``, (N k,) to (k,).

        Raises:
            ValueError: if full is no vector that N divides.
        """
        if full.ndim != 1 or len(full) % self.N or not len(full):
            got = f"{tuple(full.shape)} for N = {self.N}"
            raise ValueError(f"full must have shape (N k,), k >= 1, got {got}")
        rows = self.exchange(full.reshape(self.N, -1))
        total = rows[0].to(_state_dtype(full.dtype), copy=True)
        for row in rows[1:]:  # in rank order: every stage gets the same bits
            total += row
        return (total / self.N).to(full.dtype)

    def all_gather(self, shard: Tensor) -> Tensor:
        """All ranks' shards one after the other, (k,) to (N k,)."""
        return self.exchange(shard.expand(self.N, -1).contiguous()).flatten()
        # --8<-- [end:wire]


def _state_dtype(dtype: torch.dtype) -> torch.dtype:
    """Of optimizer states and sums: at least 32 bits."""
    return torch.promote_types(dtype, torch.float32)


# --8<-- [start:unit]
class Unit:
    """One layer, and what this rank stores of its parameters, gradients and states."""

    def __init__(self, layer: nn.Module, wire: Wire, stage: int) -> None:
        self.layer, self.wire, self.stage = layer, wire, _stage(stage)
        self.params = list(layer.parameters())
        self.shapes = [p.shape for p in self.params]
        flat = torch.cat([p.detach().flatten() for p in self.params])
        self.width = -(-flat.numel() // wire.N)
        self.full = flat.new_zeros(self.width * wire.N)
        self.full[: flat.numel()] = flat
        self.point_at_full()
        owned = slice(wire.rank * self.width, (wire.rank + 1) * self.width)
        self.owned = owned if stage else slice(None)  # stage 0: every rank owns all
        self.part = self.full[self.owned]  # what this rank updates
        if stage == 3:
            self.part = self.part.clone()
        narrow = flat.dtype != _state_dtype(flat.dtype)
        self.master = self.part.to(torch.float32) if narrow else self.part
        self.state = empty_state(self.master)
        self.clear_grad()
        self.free()

    def views(self, vector: Tensor) -> list[Tensor]:
        """Windows of the parameters' shapes into a padded vector."""
        sizes = [shape.numel() for shape in self.shapes]
        pieces = vector[: sum(sizes)].split(sizes)
        return [x.view(shape) for x, shape in zip(pieces, self.shapes)]

    def point_at_full(self) -> None:
        """Make the layer's parameters windows into ``full``."""
        for p, view in zip(self.params, self.views(self.full)):
            p.data = view

    def gather(self) -> None:
        """ZeRO-3: fetch the layer's parameters."""
        if self.stage == 3:
            storage = self.full.untyped_storage()
            storage.resize_(self.full.numel() * self.full.element_size())
            self.full.copy_(self.wire.all_gather(self.part))
            self.point_at_full()

    def free(self) -> None:
        """ZeRO-3: empty the storage, which autograd's saved views still refer to."""
        if self.stage == 3:
            self.full.untyped_storage().resize_(0)
            for p in self.params:
                p.data = p.data.new_empty(0)  # so that nobody reads freed memory

    def clear_grad(self) -> None:
        """Forget the last step's gradient."""
        self.grad = self.full.new_empty(0)

    def expect_grad(self) -> None:
        """Let autograd write the layer's whole gradient into one vector."""
        self.grad = torch.zeros_like(self.full)
        for p, view in zip(self.params, self.views(self.grad)):
            p.grad = view

    def reduce_grad(self) -> None:
        """Average the gradient over the ranks, and keep what the stage keeps."""
        mean = self.wire.reduce_scatter(self.grad)
        for p in self.params:
            p.grad = None
        if self.stage == 0:
            self.grad = self.wire.all_gather(mean)  # with the above, an all-reduce
        elif self.stage == 1:
            self.grad[self.owned] = mean
        else:
            self.grad = mean

    def owned_grad(self) -> Tensor:
        """The mean gradient of what this rank updates."""
        return self.grad[self.owned] if self.stage < 2 else self.grad

    def update(self, settings: AdamWSettings, scale: float) -> None:
        """AdamW on what this rank owns; then everyone gets it, unless in stage 3."""
        g = self.owned_grad().to(self.master.dtype) * scale
        adamw_(self.master, g, self.state, settings)
        self.part.copy_(self.master)
        if self.stage in (1, 2):
            self.full.copy_(self.wire.all_gather(self.part))
            # --8<-- [end:unit]
