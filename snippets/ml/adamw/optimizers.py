"""Adam and AdamW as optimizers of a model: one step for every parameter, in place."""

from collections.abc import Iterable

import torch
from torch import Tensor

from ._checks import _check_options
from .step import adam_step, empty_state


# --8<-- [start:optimizers]
class AdamLite:
    """Adam, with L2 regularization if ``weight_decay`` > 0; one group of parameters.

    Args:
        params: tensors that require a gradient, such as ``model.parameters()``.
        lr, betas, eps, weight_decay, amsgrad: as for ``adam_step``.

    Raises:
        ValueError: if there are no parameters, one comes twice or is no floating point
            tensor, or an option is outside its range.
    """

    decoupled = False

    def __init__(
        self,
        params: Iterable[Tensor],
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        amsgrad: bool = False,
    ) -> None:
        _check_options(lr, betas, eps, weight_decay)
        self.params = [] if isinstance(params, Tensor) else list(params)
        if not self.params:
            raise ValueError("params must hold at least one tensor, got none")
        for p in self.params:
            if not isinstance(p, Tensor) or not p.is_floating_point():
                raise ValueError(f"params must be floating point tensors, got {p!r}")
        if len(set(self.params)) < len(self.params):  # tensors hash by identity
            raise ValueError("params must hold each tensor once, got one twice")
        self.lr, self.betas, self.eps = lr, betas, eps
        self.weight_decay, self.amsgrad = weight_decay, amsgrad
        self.states = [empty_state(p.detach()) for p in self.params]

    @torch.no_grad()
    def step(self) -> None:
        """Update every parameter that has a gradient; if one is refused, none."""
        options = (self.lr, self.betas, self.eps, self.weight_decay)
        updates = {
            i: adam_step(
                p, p.grad, self.states[i], *options, self.decoupled, self.amsgrad
            )
            for i, p in enumerate(self.params)
            if p.grad is not None
        }
        for i, (theta, state) in updates.items():
            self.params[i].copy_(theta)
            self.states[i] = state

    def zero_grad(self) -> None:
        """Forget all gradients."""
        for p in self.params:
            p.grad = None


class AdamWLite(AdamLite):
    """AdamW: as ``AdamLite``, but the decay is decoupled, and 0.01 by default."""

    decoupled = True

    def __init__(
        self,
        params: Iterable[Tensor],
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.01,
        amsgrad: bool = False,
    ) -> None:
        super().__init__(params, lr, betas, eps, weight_decay, amsgrad)

    # --8<-- [end:optimizers]
