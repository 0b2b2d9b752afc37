"""Mean average precision: one number for how well a detector ranks and places boxes.

Sort the detections of a class, over all images, by falling score; call each true or
false; follow precision and recall down the list; average the precision over recall;
take the mean over the classes. VOC and COCO differ in how they match and at which
recalls they look.

References:
    Everingham et al., "The Pascal Visual Object Classes (VOC) Challenge", IJCV 2010,
    doi:10.1007/s11263-009-0275-4.
    Lin et al., "Microsoft COCO: Common Objects in Context", ECCV 2014,
    arXiv:1405.0312; and ``cocoeval.py`` of github.com/cocodataset/cocoapi.
"""

from .curve import (
    COCO_RECALLS,
    ap_11,
    ap_101,
    ap_all_point,
    ap_trapezoid,
    interpolated_precision,
    pr_curve,
)
from .evaluation import COCO_AREAS, COCO_IOUS, COCO_MAX_DETS, evaluate
from .flat import Detections, Images, Objects, tables
from .matching import iou_matrix, match_coco, match_voc
from .pooled import match_all_coco, match_all_voc

__all__ = [
    "COCO_AREAS",
    "COCO_IOUS",
    "COCO_MAX_DETS",
    "COCO_RECALLS",
    "Detections",
    "Images",
    "Objects",
    "ap_11",
    "ap_101",
    "ap_all_point",
    "ap_trapezoid",
    "evaluate",
    "interpolated_precision",
    "iou_matrix",
    "match_all_coco",
    "match_all_voc",
    "match_coco",
    "match_voc",
    "pr_curve",
    "tables",
]
