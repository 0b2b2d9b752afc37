"""The confusion matrix: every pair of true and predicted class, counted.

C[i, j] is the number of pixels of class i that were predicted as class j (rows true,
columns predicted). Counts add up, so the matrices of batches may be summed.
"""

import torch
from numpy.typing import ArrayLike
from torch import Tensor

from ._checks import _integer, _tensor


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
            counted pixel is outside [0, K), num_classes is no integer >= 1, or
            ignore_index is neither None nor an integer.
    """
    num_classes = _integer("num_classes", num_classes, 1)
    true, guess = _label_map("target", target), _label_map("pred", pred)
    if true.shape != guess.shape:
        shapes = f"{tuple(true.shape)} and {tuple(guess.shape)}"
        raise ValueError(f"target and pred must have the same shape, got {shapes}")
    ignored = torch.zeros_like(true, dtype=torch.bool)
    if ignore_index is not None:
        ignored = true == _integer("ignore_index", ignore_index, None)
    for name, labels in (("target", true), ("pred", guess)):
        outside = ((labels < 0) | (labels >= num_classes)) & ~ignored
        if outside.any():
            value = labels[outside][0].item()
            raise ValueError(f"{name} must be in [0, {num_classes}), got {value}")
    cells = num_classes**2
    cell = num_classes * true
    cell += guess
    cell.masked_fill_(ignored, cells)  # one cell more, for what does not count
    counts = torch.bincount(cell.flatten(), minlength=cells + 1)[:cells]
    return counts.reshape(num_classes, num_classes)
    # --8<-- [end:matrix]


# --8<-- [start:streaming]
class StreamingConfusion:
    """The confusion matrix of a data set that comes batch by batch.

    Args:
        num_classes: K, the number of classes, background included.
        ignore_index: pixels with this target are not counted.

    Raises:
        ValueError: as ``confusion_matrix``.
    """

    def __init__(self, num_classes: int, ignore_index: int | None = None) -> None:
        num_classes = _integer("num_classes", num_classes, 1)
        if ignore_index is not None:
            ignore_index = _integer("ignore_index", ignore_index, None)
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


def _label_map(name: str, labels: ArrayLike | Tensor) -> Tensor:
    labels = _tensor(name, labels)
    if labels.is_floating_point() or labels.is_complex():
        raise ValueError(f"{name} must be of integers, got {labels.dtype}")
    # PNG masks come as uint8, where K * target + pred would wrap around at 256.
    return labels.to(torch.int64)
