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

import torch
from numpy.typing import ArrayLike
from torch import Tensor

ABSENT = {"nan": torch.nan, "zero": 0.0, "one": 1.0}


# --8<-- [start:matrix]
def confusion_matrix(
    target: ArrayLike | Tensor,
    pred: ArrayLike | Tensor,
    num_classes: int,
    ignore_index: int | None = None,
) -> Tensor:
    """Count the pixels of every pair of true and predicted class.

    Args:
        target: true class of each pixel, integers of any shape.
        pred: predicted class of each pixel, integers of the same shape.
        num_classes: K, the number of classes, background included.
        ignore_index: pixels with this target are not counted, whatever ``pred`` says.

    Returns:
        int64, shape (K, K), on the device of the maps. All zero if no pixel counts.

    Raises:
        ValueError: if the maps are not of integers, their shapes differ, a class of a
            counted pixel is outside [0, K), or num_classes is no integer >= 1.
    """
    _check_integer("num_classes", num_classes)
    true, guess = _label_map("target", target), _label_map("pred", pred)
    if true.shape != guess.shape:
        shapes = f"{tuple(true.shape)} and {tuple(guess.shape)}"
        raise ValueError(f"target and pred must have the same shape, got {shapes}")
    if ignore_index is not None:
        counted = true != ignore_index
        true, guess = true[counted], guess[counted]
    for name, labels in (("target", true), ("pred", guess)):
        outside = labels[(labels < 0) | (labels >= num_classes)]
        if outside.numel():
            value = outside[0].item()
            raise ValueError(f"{name} must be in [0, {num_classes}), got {value}")
    cell = (num_classes * true + guess).flatten()
    counts = torch.bincount(cell, minlength=num_classes**2)
    return counts.reshape(num_classes, num_classes)
    # --8<-- [end:matrix]


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


# --8<-- [start:streaming]
class StreamingConfusion:
    """The confusion matrix of a data set that comes batch by batch.

    Args:
        num_classes: K, the number of classes, background included.
        ignore_index: pixels with this target are not counted.
    """

    def __init__(self, num_classes: int, ignore_index: int | None = None) -> None:
        _check_integer("num_classes", num_classes)
        self.num_classes, self.ignore_index = num_classes, ignore_index
        self._counts = torch.zeros(num_classes, num_classes, dtype=torch.int64)

    def update(self, target: ArrayLike | Tensor, pred: ArrayLike | Tensor) -> None:
        """Count the pixels of one batch, two integer maps of the same shape."""
        batch = confusion_matrix(target, pred, self.num_classes, self.ignore_index)
        self._counts += batch.cpu()

    def compute(self) -> Tensor:
        """The counts so far, int64, shape (K, K), on the CPU, as a copy."""
        return self._counts.clone()

    # --8<-- [end:streaming]


def _check_integer(name: str, value: object) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise ValueError(f"{name} must be an integer >= 1, got {value!r}")


def _label_map(name: str, labels: ArrayLike | Tensor) -> Tensor:
    labels = torch.as_tensor(labels)
    if labels.is_floating_point() or labels.is_complex():
        raise ValueError(f"{name} must be of integers, got {labels.dtype}")
    # PNG masks come as uint8, where K * target + pred would wrap around at 256.
    return labels.to(torch.int64)


def _counts(C: ArrayLike | Tensor) -> Tensor:
    C = torch.as_tensor(C)
    if C.ndim != 2 or C.shape[0] != C.shape[1]:
        raise ValueError(f"C must be a square matrix, got shape {tuple(C.shape)}")
    C = C.to(torch.float64)
    if not (C.isfinite() & (C >= 0)).all():
        raise ValueError(f"C must hold finite counts >= 0, got {C.tolist()}")
    if not C.sum() > 0:
        raise ValueError("C must count at least one pixel, got the sum 0")
    return C


def _mean(per_class: Tensor, absent: str) -> float:
    if absent not in ABSENT:
        raise ValueError(f"absent must be one of {[*ABSENT]}, got {absent!r}")
    if absent == "nan":
        return per_class.nanmean().item()
    return per_class.nan_to_num(ABSENT[absent]).mean().item()
