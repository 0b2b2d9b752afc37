"""From boxes to detections: overlap, anchors, box coding and suppression.

A box is x1, y1, x2, y2: two corners, continuous, x to the right and y down. Nothing is
added to a width: a box from 5 to 14 is 9 wide. Arrays of boxes have shape (n, 4); an
empty list is none. Coordinates are at most 1e100 in size; numbers are taken as float64.

References:
    Girshick et al., "Rich feature hierarchies", CVPR 2014, arXiv:1311.2524 (coding).
    Ren et al., "Faster R-CNN", NeurIPS 2015, arXiv:1506.01497 (anchors, matching).
    Bodla et al., "Soft-NMS", ICCV 2017, arXiv:1704.04503.
    Rezatofighi et al., "Generalized IoU", CVPR 2019, arXiv:1902.09630.
    Zheng et al., "Distance-IoU Loss", AAAI 2020, arXiv:1911.08287 (DIoU, CIoU).
"""

from .anchors import make_anchors, match
from .coding import decode, encode
from .overlap import box_iou
from .suppression import batched_nms, nms, soft_nms

__all__ = [
    "batched_nms",
    "box_iou",
    "decode",
    "encode",
    "make_anchors",
    "match",
    "nms",
    "soft_nms",
]
