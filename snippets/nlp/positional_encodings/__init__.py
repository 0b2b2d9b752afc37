"""Positional encodings: what tells attention where tokens stand, and how far apart.

Positions count from 0; of d features, pair g turns by ``base**(-2g/d)`` radians a
position, so that pair 0 is the fastest. A relative position is that of the key minus
that of the query. Everything is computed in float64.

Sources: Vaswani et al. 2017, arXiv:1706.03762 (sinusoidal); Raffel et al. 2019,
arXiv:1910.10683 (T5's buckets); Press et al. 2021, arXiv:2108.12409 (ALiBi); Su et al.
2021, arXiv:2104.09864 (RoPE); Chen et al. 2023, arXiv:2306.15595 (interpolation); Peng
et al. 2023, arXiv:2309.00071 (NTK-aware scaling and YaRN).
"""

from .absolute import inverse_frequencies, sinusoidal
from .extrapolation import Extremes, fit_distances
from .relative import alibi_bias, alibi_slopes, t5_bucket
from .rotary import rope
from .scaling import scaled_frequencies

__all__ = [
    "Extremes",
    "alibi_bias",
    "alibi_slopes",
    "fit_distances",
    "inverse_frequencies",
    "rope",
    "scaled_frequencies",
    "sinusoidal",
    "t5_bucket",
]
