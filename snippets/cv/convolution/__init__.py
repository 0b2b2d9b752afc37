"""Convolution: a small set of weights, slid over an image and used at every place.

Images have shape (N, C, H, W), kernels (Co, Ci / groups, kh, kw), as in PyTorch, and
kernels are not flipped. Where a height and a width are wanted, one integer stands for
both. Arrays are floats; float16 is added up in float32.

Sources: LeCun et al. 1998, doi:10.1109/5.726791 (convolutional networks); Dumoulin,
Visin 2016, arXiv:1603.07285 (sizes); Chellapilla et al. 2006, hal:inria-00112631
(convolution as a matrix product); Lavin, Gray 2015, arXiv:1509.09308 (Winograd).
"""

from .columns import col2im, im2col
from .layer import conv2d, conv2d_backward
from .sizes import conv_cost, output_size, same_padding
from .winograd import winograd_f23

__all__ = [
    "col2im",
    "conv2d",
    "conv2d_backward",
    "conv_cost",
    "im2col",
    "output_size",
    "same_padding",
    "winograd_f23",
]
