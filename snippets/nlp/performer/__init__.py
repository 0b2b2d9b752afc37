"""Performer: softmax attention estimated by random features, in linear time.

A feature map is a random linear layer W followed by an exponential; the product of two
maps has the mean e^{q . k}. No map here divides by the root of d: ``favor_attention``
does, d^{-1/4} on each side. The m of W counts its rows, the random directions.

Axes, in shapes: t token of a query, s token of a key, d feature of a head, v feature
of a value, m random direction, c position inside a chunk; ``...`` batch and head.

References:
    Choromanski et al., "Rethinking Attention with Performers", ICLR 2021,
    arXiv:2009.14794.
    Yu et al., "Orthogonal Random Features", NeurIPS 2016, arXiv:1610.09072.
"""

from .attention import FavorState, favor_attention, favor_step
from .error import (
    directions_for,
    mse_hyperbolic,
    mse_orthogonal,
    mse_positive,
    mse_trig,
)
from .experiment import attention_error, median_error
from .features import (
    gaussian_orthogonal,
    hyperbolic_features,
    positive_features,
    trig_features,
)

__all__ = [
    "FavorState",
    "attention_error",
    "directions_for",
    "favor_attention",
    "favor_step",
    "gaussian_orthogonal",
    "hyperbolic_features",
    "median_error",
    "mse_hyperbolic",
    "mse_orthogonal",
    "mse_positive",
    "mse_trig",
    "positive_features",
    "trig_features",
]
