"""Mixed precision: few bits for the products, many bits where small numbers add up.

Values of all formats are held in float64, so that what a format does to a number can be
looked at on any machine. ``name`` is always one of ``FORMATS``.

Sources: Micikevicius et al. 2017, arXiv:1710.03740 (master weights, loss scaling);
Micikevicius et al. 2022, arXiv:2209.05433 (E4M3, E5M2); Gupta et al. 2015,
arXiv:1502.02551 (stochastic rounding).
"""

from .blocks import scaled_quantise
from .formats import FORMATS, limits, round_to
from .scaler import LossScaler
from .stochastic import stochastic_round
from .sums import accumulate
from .training import mixed_step

__all__ = [
    "FORMATS",
    "LossScaler",
    "accumulate",
    "limits",
    "mixed_step",
    "round_to",
    "scaled_quantise",
    "stochastic_round",
]
