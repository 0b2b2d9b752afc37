"""NICE: an exact density from additive couplings, which keep volume, and one scaling.

Half of the coordinates shifts the other half, so the inverse subtracts what the
forward pass added, and every coupling has Jacobian determinant 1. Only the last layer,
a diagonal scaling z = exp(s) * h in the direction data -> code, changes volume.

Coordinates count from 0. A coupling of parity p keeps coordinates p, p + 2, ... and
moves the others. Shapes: n points, d coordinates; points are always (n, d).

References:
    Dinh, Krueger, Bengio, "NICE: Non-linear Independent Components Estimation", 2014,
    arXiv:1410.8516, and the authors' code, github.com/laurent-dinh/nice.
"""

from .coupling import AdditiveCoupling
from .model import NICE, logistic_log_prob
from .support import jacobian_support
from .training import banana, bits_per_dimension, dequantize, fit

__all__ = [
    "NICE",
    "AdditiveCoupling",
    "banana",
    "bits_per_dimension",
    "dequantize",
    "fit",
    "jacobian_support",
    "logistic_log_prob",
]
