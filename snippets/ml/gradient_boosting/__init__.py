"""Gradient boosting adds trees that descend a loss; XGBoost adds its curvature.

``GBDTLite`` fits each tree to the negative gradient, as Friedman does, and then sets
the leaves. ``XGBLite`` lets the second derivative and the penalties choose the splits
too. A *margin* is the sum of all trees, before any sigmoid.

Sources: Friedman 2001, doi:10.1214/aos/1013203451, algorithms 1, 2 and 5; Chen and
Guestrin 2016, arXiv:1603.02754.
"""

from .derivatives import grad_hess
from .gain import Split, TreeRules, leaf_weight, split_gain
from .gradient import GBDTLite, Predictor
from .histogram import (
    Bins,
    build_tree_histogram,
    make_bins,
    rows_read,
    weighted_quantile_candidates,
)
from .newton import XGBLite
from .tree import MIN_GAIN, Node, best_split_exact, build_tree, predict_tree, presort

__all__ = [
    "MIN_GAIN",
    "Bins",
    "GBDTLite",
    "Node",
    "Predictor",
    "Split",
    "TreeRules",
    "XGBLite",
    "best_split_exact",
    "build_tree",
    "build_tree_histogram",
    "grad_hess",
    "leaf_weight",
    "make_bins",
    "predict_tree",
    "presort",
    "rows_read",
    "split_gain",
    "weighted_quantile_candidates",
]
