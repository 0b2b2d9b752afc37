"""ZeRO-1's optimizer step, simulated in one process: each rank updates its own shard.

``n`` is the number of ranks; shards are cut from one flat vector, padded with zeros.

Reference:
    Rajbhandari et al., "ZeRO: Memory Optimizations Toward Training Trillion
    Parameter Models", SC 2020, arXiv:1910.02054.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from ._checks import _count, _number


# --8<-- [start:adamw]
@dataclass(frozen=True)
class AdamWSettings:
    """PyTorch's names and defaults."""

    lr: float = 1e-3
    betas: tuple[float, float] = (0.9, 0.999)
    eps: float = 1e-8
    weight_decay: float = 0.01

    def __post_init__(self) -> None:
        """Refuse what AdamW cannot use.

        Raises:
            ValueError: if lr, eps or weight_decay is not finite and >= 0, or betas are
                not two numbers in [0, 1).
        """
        for name in ("lr", "eps", "weight_decay"):
            _number(name, getattr(self, name), 0)
        if not isinstance(self.betas, tuple | list) or len(self.betas) != 2:
            raise ValueError(f"betas must be two numbers, got {self.betas!r}")
        for place, beta in enumerate(self.betas):
            _number(f"betas[{place}]", beta, 0, 1)


DEFAULTS = AdamWSettings()


@dataclass
class ShardState:
    """What AdamW remembers of one shard: shape (k,), or (n k,) where all is kept."""

    m: Tensor
    v: Tensor
    step: int = 0

    def __post_init__(self) -> None:
        """Refuse a step that is no count.

        Raises:
            ValueError: if step is not an integer >= 0.
        """
        self.step = _count("step", self.step, 0)


def empty_state(shard: Tensor) -> ShardState:
    """State before the first step: both averages zero."""
    return ShardState(torch.zeros_like(shard), torch.zeros_like(shard))


def adamw_(
    theta: Tensor, g: Tensor, state: ShardState, settings: AdamWSettings
) -> None:
    """One AdamW step in place, each element for itself, so any part can go alone.

    Args:
        theta: parameters, shape (k,); of 16 bits, give the 32-bit copy.
        g: their mean gradient, shape (k,).
        state: changed with ``theta``, and of its dtype.
        settings: learning rate and so on.

    Raises:
        ValueError: if theta is neither float32 nor float64 (in 16 bits a small update
            would be lost), or theta, g and the state differ in shape or dtype.
    """
    _check_wide("theta", theta)
    kinds = [(tuple(x.shape), x.dtype) for x in (theta, g, state.m, state.v)]
    if len(set(kinds)) > 1:
        raise ValueError(
            f"theta, g, m and v must have one shape and dtype, got {kinds}"
        )
    beta1, beta2 = settings.betas
    state.step += 1
    theta.mul_(1 - settings.lr * settings.weight_decay)
    state.m.lerp_(g, 1 - beta1)
    state.v.mul_(beta2).addcmul_(g, g, value=1 - beta2)
    root = state.v.sqrt() / (1 - beta2**state.step) ** 0.5
    size = settings.lr / (1 - beta1**state.step)
    theta.addcdiv_(state.m, root.add_(settings.eps), value=-size)
    # --8<-- [end:adamw]


# --8<-- [start:zero1]
def zero1_step(
    params: Sequence[Tensor],
    grads: Sequence[Tensor],
    n: int,
    states: Sequence[ShardState] | None = None,
    settings: AdamWSettings = DEFAULTS,
) -> tuple[list[Tensor], list[ShardState]]:
    """ZeRO-1's step: rank r updates the rth shard, then the shards are gathered.

    Args:
        params: the model's parameters, any shapes, one dtype; left as they are.
        grads: their gradients, already averaged over the ranks.
        n: number of ranks.
        states: what the last step returned, one per rank, and changed by this one;
            None at the start.
        settings: of AdamW.

    Returns:
        The new parameters, and the n states, each of a shard's size.

    Raises:
        ValueError: if n is not an integer >= 1, there are no parameters, they are not
            all float32 or all float64, gradients differ from them in shape or dtype,
            or there is not one state per rank.
    """
    n, params, grads = _count("n", n, 1), list(params), list(grads)
    _check_params(params, grads)
    shards = _cut(params, n)
    pieces = _cut(grads, n)
    if states is None:
        states = [empty_state(shard) for shard in shards]
    if [state.m.shape for state in states] != [shard.shape for shard in shards]:
        raise ValueError(
            f"states must be one per rank, {n} of {shards[0].numel()} elements, "
            f"got {[state.m.numel() for state in states]}"
        )
    for shard, piece, state in zip(shards, pieces, states):  # in parallel, really
        adamw_(shard, piece, state, settings)
    whole = torch.cat(shards)  # the all-gather; split() leaves out the padding
    sizes = [p.numel() for p in params]
    flat = whole[: sum(sizes)].split(sizes)
    return [x.view_as(p) for x, p in zip(flat, params)], list(states)


def _cut(tensors: Sequence[Tensor], n: int) -> list[Tensor]:
    """All elements as n equally long vectors, copied, the last ones padded with 0."""
    flat = torch.cat([x.detach().flatten() for x in tensors])
    width = -(-flat.numel() // n)
    flat = torch.cat([flat, flat.new_zeros(n * width - flat.numel())])
    return list(flat.view(n, width).unbind())
    # --8<-- [end:zero1]


def _check_params(params: Sequence[Tensor], grads: Sequence[Tensor]) -> None:
    if not params:
        raise ValueError("params must hold at least one tensor, got none")
    wanted = [(tuple(p.shape), params[0].dtype) for p in params]
    for name, tensors in {"params": params, "grads": grads}.items():
        found = [(tuple(x.shape), x.dtype) for x in tensors]
        if found != wanted:
            raise ValueError(f"{name} must be {wanted}, got {found}")
    _check_wide("params", params[0])


def _check_wide(name: str, x: Tensor) -> None:
    if x.dtype not in (torch.float32, torch.float64):
        raise ValueError(f"{name} must be float32 or float64, got {x.dtype}")
