"""The confusion matrix: every pair of true and predicted class, counted.

C[i, j] is the number of pixels of class i that were predicted as class j (rows true,
columns predicted). Counts add up, so the matrices of batches may be summed.
"""

import torch
from numpy.typing import ArrayLike
from torch import Tensor


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
