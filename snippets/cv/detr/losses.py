"""The set loss: match every image's boxes to its objects, then score the matched pairs.

Predicted boxes and targets are (cx, cy, w, h), divided by the image's width and height.
The class with the last index is "no object".

Reference:
    Carion, Massa, Synnaeve, Usunier, Kirillov, Zagoruyko, "End-to-End Object Detection
    with Transformers", ECCV 2020, arXiv:2005.12872.
"""

from collections.abc import Sequence
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from ._checks import _holds, _in_float32, _widened
from .assignment import hungarian
from .boxes import _check_boxes, box_cxcywh_to_xyxy, generalized_iou

WEIGHTS = (1.0, 5.0, 2.0)  # class, L1, GIoU, as the training script of DETR passes them


# --8<-- [start:cost]
@torch.no_grad()  # the assignment is a constant for the gradient
@_in_float32
def matching_cost(
    logits: Tensor,
    boxes: Tensor,
    labels: Tensor,
    gt: Tensor,
    weights: tuple[float, float, float] = WEIGHTS,
) -> Tensor:
    """What it would cost to make query q responsible for object k, shape (Q, K).

    Args:
        logits: shape (Q, C + 1), one image; the last class is "no object".
        boxes: shape (Q, 4), predicted (cx, cy, w, h).
        labels: shape (K,), int64 from 0 to C - 1; K may be 0.
        gt: shape (K, 4), true boxes (cx, cy, w, h) with a positive area.
        weights: of the class probability, the L1 distance and 1 - GIoU.

    Raises:
        ValueError: if shapes disagree, there are more objects than queries, logits are
            not finite, a label or a box is impossible, or a weight is negative.
    """
    _check_image(logits, boxes, labels, gt)
    _check_weights(weights)
    probability = logits.softmax(-1)[:, labels]  # not its logarithm
    distance = (boxes[:, None] - gt[None]).abs().sum(-1)
    giou = generalized_iou(box_cxcywh_to_xyxy(boxes), box_cxcywh_to_xyxy(gt))
    by_class, by_distance, by_giou = weights
    return -by_class * probability + by_distance * distance + by_giou * (1 - giou)
    # --8<-- [end:cost]


# --8<-- [start:criterion]
def batch_criterion(
    logits: Tensor,
    boxes: Tensor,
    targets: Sequence[tuple[Tensor, Tensor]],
    eos: float = 0.1,
    weights: tuple[float, float, float] = WEIGHTS,
    num_boxes: float | None = None,
) -> dict[str, Any]:
    """The set loss of a batch: match every image, then score the matched pairs.

    Args:
        logits: shape (B, Q, C + 1).
        boxes: shape (B, Q, 4), (cx, cy, w, h).
        targets: for each image its ``labels`` and ``gt``, as for ``matching_cost``.
        eos: weight of "no object" in the cross entropy, > 0.
        weights: of the parts, in the matching and in ``total`` alike.
        num_boxes: what L1 and GIoU are divided by. Default: objects in this batch, at
            least 1. Under data parallelism pass the mean over all workers.

    Returns:
        Scalars ``ce``, ``l1``, ``giou`` (that is, 1 - GIoU), unweighted; their weighted
        sum ``total``; all float32 if 16-bit floats came. ``indices``, a list of (query,
        object) index pairs per image.

    Raises:
        ValueError: as ``matching_cost``, and if the batch sizes disagree, or ``eos`` or
            ``num_boxes`` is not positive.
    """
    _check_weights(weights)
    if not isinstance(targets, Sequence):
        raise ValueError(f"targets must be a sequence, got {type(targets).__name__}")
    if logits.ndim != 3 or boxes.ndim != 3:
        shapes = f"{tuple(logits.shape)} and {tuple(boxes.shape)}"
        raise ValueError(f"need (B, Q, C + 1) and (B, Q, 4), got {shapes}")
    logits, boxes = _widened(logits), _widened(boxes)
    if not len(logits) == len(boxes) == len(targets) > 0:
        sizes = f"{len(logits)}, {len(boxes)}, {len(targets)}"
        raise ValueError(
            f"need logits, boxes, targets of one batch size > 0, got {sizes}"
        )
    if not 0 < eos < float("inf"):
        raise ValueError(f"eos must be > 0, got {eos}")
    none = logits.shape[-1] - 1
    classes = torch.full(logits.shape[:2], none, device=logits.device)
    indices, predicted, true = [], [boxes.new_empty(0, 4)], [boxes.new_empty(0, 4)]
    for i, (labels, gt) in enumerate(targets):
        gt = _widened(gt)
        cost = matching_cost(logits[i], boxes[i], labels, gt, weights)
        queries, objects = (x.to(logits.device) for x in hungarian(cost))
        classes[i, queries] = labels[objects]
        predicted.append(boxes[i, queries])
        true.append(gt[objects])
        indices.append((queries, objects))
    class_weight = logits.new_ones(none + 1)
    class_weight[none] = eos
    ce = F.cross_entropy(logits.transpose(1, 2), classes, class_weight)
    b, b_true = torch.cat(predicted), torch.cat(true)
    if num_boxes is None:
        num_boxes = max(1, len(b))
    if not 0 < num_boxes < float("inf"):
        raise ValueError(f"num_boxes must be > 0, got {num_boxes}")
    l1 = (b - b_true).abs().sum() / num_boxes
    pairs = generalized_iou(box_cxcywh_to_xyxy(b), box_cxcywh_to_xyxy(b_true))
    giou = (1 - pairs.diagonal()).sum() / num_boxes
    total = weights[0] * ce + weights[1] * l1 + weights[2] * giou
    return {"total": total, "ce": ce, "l1": l1, "giou": giou, "indices": indices}


def set_criterion(
    logits: Tensor, boxes: Tensor, labels: Tensor, gt: Tensor, eos: float = 0.1
) -> dict[str, Any]:
    """``batch_criterion`` of one image: arguments as for ``matching_cost``.

    Returns:
        ``total``, ``ce``, ``l1``, ``giou``; ``indices`` is one (query, object) pair.
    """
    losses = batch_criterion(logits[None], boxes[None], [(labels, gt)], eos)
    return {**losses, "indices": losses["indices"][0]}
    # --8<-- [end:criterion]


def _check_image(logits: Tensor, boxes: Tensor, labels: Tensor, gt: Tensor) -> None:
    shapes = ", ".join(str(tuple(x.shape)) for x in (logits, boxes, labels, gt))
    ranks = (logits.ndim, boxes.ndim, labels.ndim, gt.ndim) == (2, 2, 1, 2)
    if not ranks or len(logits) != len(boxes) or len(labels) != len(gt):
        raise ValueError(f"need (Q, C + 1), (Q, 4), (K,), (K, 4); got {shapes}")
    if len(labels) > len(logits):
        raise ValueError(
            f"need at most one object per query, got {len(labels)} for {len(logits)}"
        )
    classes = logits.shape[1] - 1
    if labels.dtype != torch.int64 or not _holds((labels >= 0) & (labels < classes)):
        raise ValueError(f"labels must be int64 in [0, {classes}), got {labels}")
    if not logits.is_floating_point() or not _holds(logits.isfinite()):
        raise ValueError(f"logits must be finite floats, got others, {logits.dtype}")
    for name, x in (("boxes", boxes), ("gt", gt)):
        _check_boxes(x, name)
    if not _holds(boxes[:, 2:] >= 0):
        raise ValueError(f"boxes must have w >= 0 and h >= 0, got {boxes}")
    if not _holds(gt[:, 2:] > 0):
        raise ValueError(f"gt must have w > 0 and h > 0, got {gt}")


def _check_weights(weights: tuple[float, float, float]) -> None:
    three = isinstance(weights, Sequence) and len(weights) == 3
    if not three or not all(0 <= weight < float("inf") for weight in weights):
        raise ValueError(f"weights must be three numbers >= 0, got {weights}")
