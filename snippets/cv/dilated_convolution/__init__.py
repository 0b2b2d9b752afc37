"""Dilated (atrous) convolution: a small kernel with its taps ``rate`` positions apart.

Rate 1 is the ordinary convolution, with no hole; rate r leaves r - 1 positions between
neighbouring taps. As in PyTorch the kernel is not flipped. No
padding here: an output exists where the whole spread-out kernel fits.

``convolution`` has one layer, ``coverage`` what a stack of such layers reads.

References:
    Yu, Koltun, "Multi-Scale Context Aggregation by Dilated Convolutions", 2015,
    arXiv:1511.07122.
    Chen, Papandreou, Kokkinos, Murphy, Yuille, "DeepLab: Semantic Image Segmentation
    with Deep Convolutional Nets, Atrous Convolution, and Fully Connected CRFs", 2016,
    arXiv:1606.00915.
"""

from .convolution import dilate_kernel, dilated_conv1d, polyphase_dilated_conv2d
from .coverage import (
    center_only_fraction,
    coverage_2d,
    effective_kernel,
    hdc_m,
    is_dense,
    path_counts,
    support_1d,
    valid_tap_fraction,
)
from .training import learn_shift

__all__ = [
    "center_only_fraction",
    "coverage_2d",
    "dilate_kernel",
    "dilated_conv1d",
    "effective_kernel",
    "hdc_m",
    "is_dense",
    "learn_shift",
    "path_counts",
    "polyphase_dilated_conv2d",
    "support_1d",
    "valid_tap_fraction",
]
