"""Transposed convolution is the transpose of a convolution's matrix, not its inverse.

Every input pixel adds a scaled copy of the kernel to the output. As in PyTorch, kernels
of a transposed convolution have shape (Ci, Co, kh, kw) and are not flipped. The layers
without weights are in ``resample.py`` and ``unpooling.py``, channels to pixels and what
it has to do with transposed convolution in ``shuffle.py``.

References:
    Dumoulin, Visin, "A guide to convolution arithmetic for deep learning", 2016,
    arXiv:1603.07285.
    Odena, Dumoulin, Olah, "Deconvolution and Checkerboard Artifacts", Distill 2016,
    doi:10.23915/distill.00003.
"""

from .resample import source_coordinates, upsample_bilinear, upsample_nearest
from .shuffle import (
    depth_to_space,
    icnr_,
    pixel_shuffle,
    pixel_unshuffle,
    subpixel_to_transposed,
)
from .training import learn_bilinear
from .transposed import bilinear_kernel, conv_matrix, conv_transpose2d, overlap_counts
from .unpooling import max_unpool2d

__all__ = [
    "bilinear_kernel",
    "conv_matrix",
    "conv_transpose2d",
    "depth_to_space",
    "icnr_",
    "learn_bilinear",
    "max_unpool2d",
    "overlap_counts",
    "pixel_shuffle",
    "pixel_unshuffle",
    "source_coordinates",
    "subpixel_to_transposed",
    "upsample_bilinear",
    "upsample_nearest",
]
