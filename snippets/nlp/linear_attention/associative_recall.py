"""How well a matrix of fixed size gives back what was stored in it.

Keys are random unit vectors, values random signs. From a sum of outer products key i
reads value i plus interference: each other value times the cosine between its key and
key i. The delta rule writes only what is missing.

References:
    Schlag, Irie, Schmidhuber, 2021, arXiv:2102.11174 (the delta rule in this place).
    Widrow, Hoff, "Adaptive switching circuits", 1960 (the rule).
"""

from typing import NamedTuple

import torch
from torch import Tensor

from ._checks import _integer


class Recall(NamedTuple):
    """How far what is read is from what was written."""

    mse: float  # mean squared error of a number read; values are -1 or 1
    sign_accuracy: float  # share of numbers read with the right sign


# --8<-- [start:delta]
def delta_step(memory: Tensor, k: Tensor, v: Tensor, rate: float = 1.0) -> Tensor:
    """M + rate k (v - M^T k)^T: the step down the slope of |M^T k - v|^2 / 2.

    Args:
        memory: M, shape (..., d, v).
        k: key, shape (..., d). At length 1 and rate 1 it reads v afterwards.
        v: value, shape (..., v).
        rate: how much of the error is corrected, finite.

    Returns:
        The new memory.

    Raises:
        ValueError: if shapes or types do not fit, or rate is not finite.
    """
    fits = k.ndim >= 1 and memory.shape == (*k.shape, *v.shape[-1:])
    if not fits or v.shape[:-1] != k.shape[:-1]:
        shapes = ", ".join(str(tuple(x.shape)) for x in (memory, k, v))
        raise ValueError(f"need M (..., d, v), k (..., d), v (..., v), got {shapes}")
    if not memory.dtype == k.dtype == v.dtype or not v.is_floating_point():
        types = f"{memory.dtype}, {k.dtype}, {v.dtype}"
        raise ValueError(f"need one float type, got {types}")
    if not -float("inf") < rate < float("inf"):
        raise ValueError(f"rate must be finite, got {rate}")
    kind, wide = v.dtype, torch.promote_types(v.dtype, torch.float32)
    memory, k, v = (x.to(wide) for x in (memory, k, v))
    error = v - (memory.mT @ k[..., None])[..., 0]
    return (memory + rate * k[..., None] * error[..., None, :]).to(kind)
    # --8<-- [end:delta]


# --8<-- [start:recall]
def recall(
    pairs: int,
    d: int,
    generator: torch.Generator,
    beta: float | None = None,
    rate: float | None = None,
    trials: int = 100,
) -> Recall:
    """Store pairs (k_j, v_j), then read each with its own key.

    Args:
        pairs: how many are stored, at least 1.
        d: features of key and value, at least 1.
        generator: source of the keys and values.
        beta: if given, finite, read by softmax attention, softmax(beta K K^T) V.
        rate: if given, write by ``delta_step``; without either the memory is the sum of
            outer products, K^T V.
        trials: memories to average over, at least 1.

    Raises:
        ValueError: if a count is not an integer >= 1, beta and rate are both given, or
            one of them is not finite.
    """
    pairs, d = _integer("pairs", pairs, 1), _integer("d", d, 1)
    trials = _integer("trials", trials, 1)
    if beta is not None and rate is not None:
        raise ValueError(f"need beta or rate, not both, got {beta} and {rate}")
    if beta is not None and not -float("inf") < beta < float("inf"):
        raise ValueError(f"beta must be finite, got {beta}")
    shape, options = (trials, pairs, d), {"dtype": torch.float64}
    k = torch.nn.functional.normalize(
        torch.randn(shape, generator=generator, **options), dim=-1
    )
    v = 2 * torch.randint(2, shape, generator=generator).to(**options) - 1
    if beta is not None:
        read = (beta * k @ k.mT).softmax(-1) @ v
    else:
        memory = k.mT @ v  # (trials, d, d): all there is, however many pairs
        if rate is not None:
            memory = torch.zeros_like(memory)
            for k_j, v_j in zip(k.unbind(1), v.unbind(1)):
                memory = delta_step(memory, k_j, v_j, rate)
        read = k @ memory
    return Recall(
        mse=(read - v).square().mean().item(),
        sign_accuracy=(read.sign() == v).double().mean().item(),
    )
    # --8<-- [end:recall]
