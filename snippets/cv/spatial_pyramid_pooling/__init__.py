"""Spatial pyramid pooling makes one length of any size; YOLO's SPP keeps the size.

Maps have shape (N, C, H, W). Bins and cells count from 0, and a bin stops short of its
end, as slices do. Padding is minus infinity, never 0. The networks that compare two
heads are in ``bars.py``.

References:
    He, Zhang, Ren, Sun, "Spatial Pyramid Pooling in Deep Convolutional Networks for
    Visual Recognition", ECCV 2014, arXiv:1406.4729.
    Bochkovskiy, Wang, Liao, "YOLOv4: Optimal Speed and Accuracy of Object Detection",
    2020, arXiv:2004.10934.
"""

from .bars import BarNet, Head, bar_accuracy, bar_images, train_bars
from .pyramid import (
    Shorthand,
    pyramid_bins,
    spatial_pyramid_pool,
    window_stride_shorthand,
)
from .yolo import sppf, yolo_spp

__all__ = [
    "BarNet",
    "Head",
    "Shorthand",
    "bar_accuracy",
    "bar_images",
    "pyramid_bins",
    "spatial_pyramid_pool",
    "sppf",
    "train_bars",
    "window_stride_shorthand",
    "yolo_spp",
]
