"""An experiment with a known answer: the update to learn is planted, of low rank."""

import torch
from torch import Tensor, nn

from ._checks import _integer
from .layer import LoRALinear
from .nearest import best_rank_update

D, PLANTED, BATCH, LR = 32, 4, 128, 1e-2


# --8<-- [start:planted]
@torch.enable_grad()
def fit_planted(
    rank: int, seed: int = 0, steps: int = 400
) -> tuple[float, float, float]:
    """Train LoRA towards a weight that differs from the base by a matrix of rank 4.

    Weight W and the planted update are 32 x 32. The loss is the mean squared distance
    to the outputs of W + planted, on 128 fresh normal inputs a step; alpha = r.

    Args:
        rank: of the trained update, 1 to 32.
        seed: of all draws.
        steps: of Adam, with learning rate 0.01; at least 0.

    Returns:
        Squared Frobenius distance of the learnt update to the planted one; the least
        that the rank allows; the squared norm of the planted one.

    Raises:
        ValueError: an argument is no integer in its range.
    """
    rng = torch.Generator().manual_seed(_integer("seed", seed, 0, 2**63 - 1))

    def draw(*shape: int) -> Tensor:
        return torch.randn(shape, generator=rng, dtype=torch.float32)

    base = nn.utils.skip_init(nn.Linear, D, D, bias=False, dtype=torch.float32)
    base.weight.data = draw(D, D) / D**0.5
    planted = draw(D, PLANTED) @ draw(PLANTED, D) / D
    layer = LoRALinear(base, rank, alpha=rank, generator=rng)
    optimiser = torch.optim.Adam([layer.a, layer.b], lr=LR)
    for _ in range(_integer("steps", steps, 0)):
        x = draw(BATCH, D)
        target = x @ (base.weight + planted).T
        loss = (layer(x) - target).square().mean()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    learnt = (layer.scale * layer.b @ layer.a).detach()
    bound = best_rank_update(planted.double(), rank)[2].item() ** 2
    distance = (learnt - planted).double().square().sum().item()
    return distance, bound, planted.double().square().sum().item()
    # --8<-- [end:planted]
