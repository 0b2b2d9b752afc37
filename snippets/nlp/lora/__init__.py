"""LoRA: a frozen weight matrix, and beside it a trained product of two thin ones.

Axes: i inputs, o outputs, r rank. The weight is (o, i) as in ``nn.Linear``, ``a`` is
(r, i), ``b`` is (o, r), and the update that they stand for is ``alpha / r * b @ a``.
Everything is computed in float32 at least and rounded once.

Sources: Hu et al. 2021, arXiv:2106.09685 (LoRA); Kalajdzievski 2023, arXiv:2312.03732
(the scale alpha / sqrt(r)).
"""

from .adapter import lora_forward, merge
from .layer import LoRALinear
from .nearest import best_rank_update, lora_parameters
from .planted import fit_planted

__all__ = [
    "LoRALinear",
    "best_rank_update",
    "fit_planted",
    "lora_forward",
    "lora_parameters",
    "merge",
]
