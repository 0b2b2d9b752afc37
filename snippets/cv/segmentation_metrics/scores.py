"""Accuracy, IoU and Dice: quotients of the counts of one confusion matrix.

Rows of C are true, columns predicted. Quotients do not add up: sum the matrices of a
data set before dividing.

References:
    Long, Shelhamer, Darrell, "Fully Convolutional Networks for Semantic
    Segmentation", CVPR 2015, arXiv:1411.4038.
    Garcia-Garcia et al., "A Review on Deep Learning Techniques Applied to Semantic
    Segmentation", 2017, arXiv:1704.06857.
"""

import torch
from numpy.typing import ArrayLike
from torch import Tensor

from ._checks import _holds, _tensor

_ABSENT = {"nan": torch.nan, "zero": 0.0, "one": 1.0}


# --8<-- [start:per_class]
def accuracy_per_class(C: ArrayLike | Tensor) -> Tensor:
    """Recall of each class, shape (K,), float64; nan for a class with no true pixel."""
    C = _counts(C)
    return C.diagonal() / C.sum(1)


def iou_per_class(C: ArrayLike | Tensor) -> Tensor:
    """Intersection over union, shape (K,), float64; nan for a class in neither map."""
    C = _counts(C)
    return C.diagonal() / (C.sum(1) + C.sum(0) - C.diagonal())


def dice_per_class(C: ArrayLike | Tensor) -> Tensor:
    """Dice coefficient, or F1, shape (K,), float64; nan for a class in neither map."""
    C = _counts(C)
    return 2 * C.diagonal() / (C.sum(1) + C.sum(0))
    # --8<-- [end:per_class]


# --8<-- [start:summary]
def pixel_accuracy(C: ArrayLike | Tensor) -> float:
    """PA: the share of all pixels that are right."""
    C = _counts(C)
    return (C.diagonal().sum() / C.sum()).item()


def mean_pixel_accuracy(C: ArrayLike | Tensor, absent: str = "nan") -> float:
    """MPA: the mean of ``accuracy_per_class``; ``absent`` as in ``mean_iou``."""
    return _mean(accuracy_per_class(C), absent)


def mean_iou(C: ArrayLike | Tensor, absent: str = "nan") -> float:
    """MIoU: the mean of ``iou_per_class``.

    Args:
        C: counts, shape (K, K), rows true, columns predicted.
        absent: what a class that gives 0/0 contributes: "nan" leaves it out of the
            mean, "zero" counts it as 0, "one" as 1.

    Raises:
        ValueError: if ``absent`` is none of these, or C is not a square matrix of
            finite counts >= 0 with a positive sum.
    """
    return _mean(iou_per_class(C), absent)


def fw_iou(C: ArrayLike | Tensor) -> float:
    """FWIoU: the mean IoU weighted by how many pixels each class truly has."""
    weight = _counts(C).sum(1)
    # A class in neither map has the weight 0, and 0 * nan would be nan.
    return (weight @ iou_per_class(C).nan_to_num() / weight.sum()).item()
    # --8<-- [end:summary]


def _counts(C: ArrayLike | Tensor) -> Tensor:
    C = _tensor("C", C)
    if C.ndim != 2 or C.shape[0] != C.shape[1]:
        raise ValueError(f"C must be a square matrix, got shape {tuple(C.shape)}")
    C = C.to(torch.float64)
    if not _holds(C.isfinite() & (C >= 0)):
        raise ValueError(f"C must hold finite counts >= 0, got {C.tolist()}")
    if not (C.is_meta or 0 < C.sum() < torch.inf):
        raise ValueError(f"C must count at least one pixel, got the sum {C.sum():g}")
    return C


def _mean(per_class: Tensor, absent: str) -> float:
    if not isinstance(absent, str) or absent not in _ABSENT:
        raise ValueError(f"absent must be one of {[*_ABSENT]}, got {absent!r}")
    if absent == "nan":
        return per_class.nanmean().item()
    return per_class.nan_to_num(_ABSENT[absent]).mean().item()
