"""From the answers of all queries to a ranked list of detections: nothing is left out.

Reference:
    ``PostProcess`` in ``models/detr.py`` of github.com/facebookresearch/detr.
"""

import torch
from torch import Tensor

from ._checks import _holds
from .boxes import _check_boxes, box_cxcywh_to_xyxy


# --8<-- [start:detections]
@torch.no_grad()
def detections(
    logits: Tensor, boxes: Tensor, height: float, width: float
) -> tuple[Tensor, Tensor, Tensor]:
    """One detection per query of an image: its best class other than "no object".

    A query that says "no object" stays in the list, with a score of at most one half:
    average precision judges the order of the whole list, and as a rule gains by it.

    Args:
        logits: shape (Q, C + 1), C >= 1; the last class is "no object".
        boxes: shape (Q, 4), (cx, cy, w, h) as shares of the image.
        height, width: of the image, in pixels.

    Returns:
        Scores (Q,), labels (Q,) and corners (Q, 4) in pixels; floats are float32 if
        they came in 16 bits.

    Raises:
        ValueError: if the shapes disagree, logits are NaN or infinite (-inf may rule
            out a class, but not all), or a size is not positive.
    """
    shapes = f"{tuple(logits.shape)} and {tuple(boxes.shape)}"
    if logits.ndim != 2 or logits.shape[1] < 2 or boxes.shape != (len(logits), 4):
        raise ValueError(f"need logits (Q, C + 1) and boxes (Q, 4), got {shapes}")
    finite = (logits < torch.inf) & (logits.amax(1, keepdim=True) > -torch.inf)
    if not logits.is_floating_point() or not _holds(finite):
        want = "logits must be floats < inf, and > -inf for a class at least"
        raise ValueError(f"{want}, got others, {logits.dtype}")
    _check_boxes(boxes, "boxes")
    if not 0 < height < float("inf") or not 0 < width < float("inf"):
        raise ValueError(f"height and width must be > 0, got {height} and {width}")
    wide = torch.promote_types(logits.dtype, torch.float32)
    scores, labels = logits.to(wide).softmax(-1)[:, :-1].max(-1)
    wide = torch.promote_types(boxes.dtype, torch.float32)
    corners = box_cxcywh_to_xyxy(boxes.to(wide))
    return scores, labels, corners * corners.new_tensor([width, height, width, height])
    # --8<-- [end:detections]
