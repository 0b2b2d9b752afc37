"""A convolution that computes, at every output position, where its taps read.

Positions are indices: the first pixel is (0, 0), padding lies at -1, and y (down) comes
before x (right). Offsets are laid out as in torchvision: dy of tap 0, dx of tap 0, dy
of tap 1, and so on; taps go row by row.

Axes, in shapes and einsum alike: n batch, c input channel, o output channel, k tap,
y and x output position. How a tap reads is in ``sampling.py``.

References:
    Dai et al., "Deformable Convolutional Networks", ICCV 2017, arXiv:1703.06211 (v1).
    Zhu, Hu, Lin, Dai, "Deformable ConvNets v2: More Deformable, Better Results",
    CVPR 2019, arXiv:1811.11168 (v2).
"""

from .convolution import DeformConv2d, deform_conv2d
from .rings import RingNet, ring_scenes, trace_points, train_rings
from .sampling import bilinear_sample, sampling_points
from .shift import ShiftRun, learn_shift, random_maps

__all__ = [
    "DeformConv2d",
    "RingNet",
    "ShiftRun",
    "bilinear_sample",
    "deform_conv2d",
    "learn_shift",
    "random_maps",
    "ring_scenes",
    "sampling_points",
    "trace_points",
    "train_rings",
]
