"""How far random features are from softmax attention, measured on Gaussian inputs.

The error is relative: |O - softmax O| / |softmax O| over all tokens, float64.
"""

import statistics

import torch
from torch import Tensor

from ._checks import _integer
from .attention import favor_attention
from .features import gaussian_orthogonal, trig_features


# --8<-- [start:error]
def attention_error(
    scale: float, m: int, seed: int, kind: str = "positive", t: int = 64, d: int = 16
) -> float:
    """Relative error of one attention head with one draw of m random directions.

    Args:
        scale: standard deviation of the entries of the queries and keys.
        m: random directions; unused for "elu" and "mean".
        seed: of queries, keys, values, and directions.
        kind: "positive", "hyperbolic" or "trig" features; "elu", the map elu(x) + 1;
            "mean", the average of all values, which needs no attention at all.
        t: tokens.
        d: features of a head.

    Raises:
        ValueError: if ``kind`` is unknown, scale not finite and >= 0, or a count or the
            seed no integer in its range.
    """
    m, t, d = _integer("m", m, 1), _integer("t", t, 1), _integer("d", d, 1)
    seed = _integer("seed", seed, 0)
    if not 0 <= scale < float("inf"):
        raise ValueError(f"scale must be finite and >= 0, got {scale}")
    generator = torch.Generator().manual_seed(seed)
    q, k, v = torch.randn(3, t, d, generator=generator, dtype=torch.float64)
    q, k = scale * q, scale * k
    W = gaussian_orthogonal(m, d, generator, torch.float64)
    exact = torch.softmax(q @ k.mT / d**0.5, dim=-1) @ v
    if kind in ("positive", "hyperbolic"):
        output = favor_attention(q, k, v, W, hyperbolic=kind == "hyperbolic")
    elif kind == "trig":
        root = d**-0.25
        output = _average(trig_features(root * q, W), trig_features(root * k, W), v)
    elif kind == "elu":
        output = _average(*(torch.where(x > 0, x + 1, x.exp()) for x in (q, k)), v)
    elif kind == "mean":
        output = v.mean(0).expand_as(v)
    else:
        known = "positive, hyperbolic, trig, elu, or mean"
        raise ValueError(f"kind must be {known}, got {kind!r}")
    return float((output - exact).norm() / exact.norm())


def median_error(
    scale: float, m: int, kind: str = "positive", seeds: int = 20
) -> float:
    """Median of ``attention_error`` over seeds 0, 1, ...; ``seeds`` of them, >= 1."""
    seeds = _integer("seeds", seeds, 1)
    errors = [attention_error(scale, m, seed, kind) for seed in range(seeds)]
    return statistics.median(errors)
    # --8<-- [end:error]


def _average(phi_q: Tensor, phi_k: Tensor, v: Tensor) -> Tensor:
    weights = phi_q @ phi_k.mT
    return weights @ v / weights.sum(-1, keepdim=True)
