"""Segmentation metrics: count every pair of true and predicted class, then divide.

All metrics are functions of one confusion matrix C: C[i, j] is the number of pixels
of class i that were predicted as class j (rows true, columns predicted). Counts add
up, quotients do not, so sum the matrices of a data set before dividing.

References:
    Long, Shelhamer, Darrell, "Fully Convolutional Networks for Semantic
    Segmentation", CVPR 2015, arXiv:1411.4038.
    Garcia-Garcia et al., "A Review on Deep Learning Techniques Applied to Semantic
    Segmentation", 2017, arXiv:1704.06857.
"""

from .confusion import StreamingConfusion, confusion_matrix
from .discs import disc, shrunken_disc
from .scores import (
    accuracy_per_class,
    dice_per_class,
    fw_iou,
    iou_per_class,
    mean_iou,
    mean_pixel_accuracy,
    pixel_accuracy,
)

__all__ = [
    "StreamingConfusion",
    "accuracy_per_class",
    "confusion_matrix",
    "dice_per_class",
    "disc",
    "fw_iou",
    "iou_per_class",
    "mean_iou",
    "mean_pixel_accuracy",
    "pixel_accuracy",
    "shrunken_disc",
]
