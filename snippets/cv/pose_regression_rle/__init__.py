"""Regression losses are densities of the residual; RLE learns that density by a flow.

The residual is x_bar = (target - mu) / sigma, coordinate by coordinate. RLE models its
density as s Q(x_bar) G(x_bar): Q a fixed Laplace or Gaussian of scale 1, G a flow,
s what makes the product integrate to 1. The flow serves training only.

Axes: N images, K key points, 2 coordinates x and y. Every loss is summed over
key points and coordinates and averaged over images.

References:
    Li et al., "Human Pose Regression with Residual Log-likelihood Estimation",
    ICCV 2021, arXiv:2107.11291. Its released code computes another loss, see
    ``rle_loss_released``.
    Dinh, Sohl-Dickstein, Bengio, "Density estimation using Real NVP", ICLR 2017,
    arXiv:1605.08803.
"""

from .flow import RealNVP2d
from .heatmap import (
    decode_argmax,
    decode_quarter,
    decode_taylor,
    gaussian_heatmap,
    soft_argmax,
)
from .losses import (
    gaussian_nll,
    laplace_nll,
    log_normalizer,
    rle_loss,
    rle_loss_released,
)
from .training import cross_residuals, fit_flow, position_error

__all__ = [
    "RealNVP2d",
    "cross_residuals",
    "decode_argmax",
    "decode_quarter",
    "decode_taylor",
    "fit_flow",
    "gaussian_heatmap",
    "gaussian_nll",
    "laplace_nll",
    "log_normalizer",
    "position_error",
    "rle_loss",
    "rle_loss_released",
    "soft_argmax",
]
