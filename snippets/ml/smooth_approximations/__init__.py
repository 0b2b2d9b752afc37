"""Smooth approximations of max, argmax, one-hot, step, accuracy, and F1.

``k`` is a sharpness: the larger, the closer to the hard function and the fewer inputs
with a useful gradient. Temperature is its inverse, tau = 1 / k. Scores are better when
larger: use 1 - smooth_accuracy or 1 - smooth_f1 as a loss.

Axes, in shapes: N sample, C class; ``...`` any others.

References:
    Su, "Smoothing functions", kexue.fm/archives/6620 (in Chinese).
    Milletari et al., "V-Net", 3DV 2016, arXiv:1606.04797 (the Dice loss).
"""

from .experiment import RareClass, best_f1, outlier_accuracies, rare_class_f1
from .gumbel import (
    GradientBias,
    gradient_bias,
    gumbel_softmax,
    sample_gumbel,
    straight_through,
)
from .maxima import smooth_max, smooth_step, soft_argmax, soft_one_hot
from .scores import smooth_accuracy, smooth_f1, smooth_macro_f1

__all__ = [
    "GradientBias",
    "RareClass",
    "best_f1",
    "gradient_bias",
    "gumbel_softmax",
    "outlier_accuracies",
    "rare_class_f1",
    "sample_gumbel",
    "smooth_accuracy",
    "smooth_f1",
    "smooth_macro_f1",
    "smooth_max",
    "smooth_step",
    "soft_argmax",
    "soft_one_hot",
    "straight_through",
]
