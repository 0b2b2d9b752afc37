"""DETR trains a detector end to end: match its set of boxes to the objects, then score.

Predicted boxes and targets are (cx, cy, w, h), divided by the image's width and height;
GIoU alone takes corners (x0, y0, x1, y1). The class with the last index is "no object".

References:
    Carion, Massa, Synnaeve, Usunier, Kirillov, Zagoruyko, "End-to-End Object Detection
    with Transformers", ECCV 2020, arXiv:2005.12872.
    Rezatofighi, Tsoi, Gwak, Sadeghian, Reid, Savarese, "Generalized Intersection over
    Union", CVPR 2019, arXiv:1902.09630.
"""

from .assignment import greedy_match, hungarian
from .boxes import box_cxcywh_to_xyxy, generalized_iou
from .inference import detections
from .losses import WEIGHTS, batch_criterion, matching_cost, set_criterion
from .model import TinyDETR
from .training import Score, Target, draw_shapes, score, train, two_queries

__all__ = [
    "WEIGHTS",
    "Score",
    "Target",
    "TinyDETR",
    "batch_criterion",
    "box_cxcywh_to_xyxy",
    "detections",
    "draw_shapes",
    "generalized_iou",
    "greedy_match",
    "hungarian",
    "matching_cost",
    "score",
    "set_criterion",
    "train",
    "two_queries",
]
