"""ZeRO stages 0 to 3 as real steps over processes, with their bytes counted.

The model is a sequence of layers, and each is gathered, used and freed in turn.
``units`` has the layer and the messages.

References:
    Rajbhandari et al., "ZeRO: Memory Optimizations Toward Training Trillion
    Parameter Models", SC 2020, arXiv:1910.02054.
"""

from collections.abc import Callable, Sequence

import torch
import torch.distributed as dist
from torch import Tensor, nn

from ._checks import _number, _stage
from .optimizer import DEFAULTS, AdamWSettings
from .units import Unit, Wire


class Zero:
    """A sequence of layers that is trained with one of the four stages.

    Args:
        layers: modules to be called one after the other, with the same weights on
            every rank. They are changed in place; after ZeRO-3 has freed them, only
            ``gathered`` shows their weights.
        stage: 0 to 3.
        settings: of AdamW.
        max_norm: clip the gradient of the whole model to this norm, >= 0; None for
            never.
        group: the ranks that take part; all of them when None.

    Raises:
        ValueError: if stage is not 0 to 3, max_norm is not finite and >= 0, there are
            no layers, or a layer has no parameters, parameters of several dtypes,
            frozen ones, or another's.
    """

    def __init__(
        self,
        layers: Sequence[nn.Module],
        stage: int,
        settings: AdamWSettings = DEFAULTS,
        max_norm: float | None = None,
        group: dist.ProcessGroup | None = None,
    ) -> None:
        layers, stage = list(layers), _stage(stage)
        _check_layers(layers)
        if max_norm is not None:
            _number("max_norm", max_norm, 0)
        self.wire, self.stage, self.settings = Wire(group), stage, settings
        self.max_norm = max_norm
        self.units = [Unit(layer, self.wire, stage) for layer in layers]
        self.peak = 0  # most bytes of states at once, gathered layers included

    # --8<-- [start:step]
    def step(self, x: Tensor, loss_fn: Callable[[Tensor], Tensor]) -> Tensor:
        """One training step on this rank's part of the batch; returns its loss."""
        trail = []
        for unit in self.units:  # forward
            unit.clear_grad()
            x = x.detach().requires_grad_(x.is_floating_point())  # a graph per layer
            unit.gather()
            y = unit.layer(x)
            self._watch()
            unit.free()
            trail.append((x, y))
            x = y
        x = x.detach().requires_grad_()
        loss = loss_fn(x)
        (upstream,) = torch.autograd.grad(loss, x)
        for unit in reversed(self.units):  # backward
            x, y = trail.pop()
            unit.gather()
            unit.expect_grad()
            y.backward(upstream)
            upstream = x.grad
            self._watch()
            unit.free()
            if self.stage >= 2:  # at once, so that one whole gradient exists at a time
                unit.reduce_grad()
        if self.stage < 2:
            for unit in self.units:
                unit.reduce_grad()
        scale = self._clip_scale()
        for unit in self.units:
            unit.update(self.settings, scale)
        return loss.detach()
        # --8<-- [end:step]

    # --8<-- [start:clip]
    def _clip_scale(self) -> float:
        """Of the whole gradient, not of a shard: the squares of all ranks add up."""
        if self.max_norm is None:
            return 1.0
        owned = torch.cat([unit.owned_grad() for unit in self.units])
        square = owned.double().square().sum().view(1)
        if self.stage:
            square = self.wire.all_gather(square).sum()
        scale = self.max_norm / (square.sqrt().item() + 1e-6)
        return 1.0 if scale >= 1 else scale  # NaN stays NaN, min() would hide it
        # --8<-- [end:clip]

    # --8<-- [start:held]
    def held(self) -> dict[str, int]:
        """Bytes of the tensors that this rank stores now."""
        parts: dict[str, list[Tensor]] = {
            "params": [x for u in self.units for x in (u.full, u.part)],
            "grads": [u.grad for u in self.units],
            "optim": [x for u in self.units for x in (u.state.m, u.state.v)],
        }
        parts["optim"] += [u.master for u in self.units if u.master is not u.part]
        held = {name: _stored_bytes(tensors) for name, tensors in parts.items()}
        return held | {"total": sum(held.values())}
        # --8<-- [end:held]

    def gathered(self) -> list[Tensor]:
        """Copies of all parameters, in order; every rank must call it."""
        found = []
        for unit in self.units:
            unit.gather()
            found += [view.clone() for view in unit.views(unit.full)]
            unit.free()
        return found

    def _watch(self) -> None:
        self.peak = max(self.peak, self.held()["total"])


def _stored_bytes(tensors: Sequence[Tensor]) -> int:
    """Bytes of the storages behind tensors; one that several share counts once."""
    storages = [x.untyped_storage() for x in tensors]
    return sum({s.data_ptr(): s.nbytes() for s in storages}.values())


def _check_layers(layers: Sequence[nn.Module]) -> None:
    if not layers:
        raise ValueError("layers must hold at least one module, got none")
    seen: set[int] = set()
    for place, layer in enumerate(layers):
        params = list(layer.parameters())
        if len({p.dtype for p in params}) != 1:
            kinds = [p.dtype for p in params]
            raise ValueError(f"layer {place} must have one dtype, got {kinds}")
        if not all(p.requires_grad for p in params):
            raise ValueError(f"layer {place} must be trainable, got frozen parameters")
        if seen & {id(p) for p in params}:
            raise ValueError(f"layer {place} must own its parameters, got shared ones")
        seen |= {id(p) for p in params}
