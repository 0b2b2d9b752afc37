"""How well a sum of outer products gives back what was stored in it.

Keys are random unit vectors, values random signs. Reading with key i returns value i
plus interference: each other value times the cosine between its key and key i.
"""

from typing import NamedTuple

import torch


class Recall(NamedTuple):
    """How far what is read is from what was written."""

    mse: float  # mean squared error of a number read; values are -1 or 1
    sign_accuracy: float  # share of numbers read with the right sign


# --8<-- [start:recall]
def recall(
    pairs: int,
    d: int,
    generator: torch.Generator,
    beta: float | None = None,
    trials: int = 100,
) -> Recall:
    """Store pairs (k_j, v_j), then read each with its own key.

    Args:
        pairs: how many are stored, at least 1.
        d: features of key and value, at least 1.
        generator: source of the keys and values.
        beta: None reads the sum of outer products, K (K^T V); a number reads by
            softmax attention, softmax(beta K K^T) V.
        trials: memories to average over, at least 1.

    Raises:
        ValueError: if a count is below 1.
    """
    for name, count in {"pairs": pairs, "d": d, "trials": trials}.items():
        if not isinstance(count, int) or count < 1:
            raise ValueError(f"{name} must be an integer >= 1, got {count!r}")
    shape, options = (trials, pairs, d), {"dtype": torch.float64}
    k = torch.nn.functional.normalize(
        torch.randn(shape, generator=generator, **options), dim=-1
    )
    v = 2 * torch.randint(2, shape, generator=generator).to(**options) - 1
    if beta is None:
        memory = k.mT @ v  # (trials, d, d): all there is, however many pairs
        read = k @ memory
    else:
        read = (beta * k @ k.mT).softmax(-1) @ v
    return Recall(
        mse=(read - v).square().mean().item(),
        sign_accuracy=(read.sign() == v).double().mean().item(),
    )
    # --8<-- [end:recall]
