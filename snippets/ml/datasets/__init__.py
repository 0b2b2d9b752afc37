"""The data that several notes on machine learning look at, to be compared.

Generated, seeded and small: the same points under regression, classification,
clustering, PCA and EM.
"""

from .groups import CENTRES, FACTORS, INTERCEPT, NOISE, SLOPES, Groups, three_groups

__all__ = [
    "CENTRES",
    "FACTORS",
    "INTERCEPT",
    "NOISE",
    "SLOPES",
    "Groups",
    "three_groups",
]
