"""From a photo with five key points to a decision: align, embed, compare.

Detection comes before: any detector that returns five points fits. Here is the
rest of the system, a module for each part: ``alignment``, ``margins`` (the losses),
``verification``, ``pipeline``.
"""

from .alignment import ARCFACE_TEMPLATE, estimate_similarity_lstsq, umeyama, warp
from .margins import arcface_cosine, margin_logits, scale_lower_bound, sphereface_psi
from .pipeline import FacePipeline, align
from .training import (
    build_pipeline,
    crops_of,
    draw_photos,
    pair_scores,
    plane_angle,
    train_net,
)
from .verification import best_threshold_kfold, eer, roc, tar_at_far, threshold_at_far

__all__ = [
    "ARCFACE_TEMPLATE",
    "FacePipeline",
    "align",
    "arcface_cosine",
    "best_threshold_kfold",
    "build_pipeline",
    "crops_of",
    "draw_photos",
    "eer",
    "estimate_similarity_lstsq",
    "margin_logits",
    "pair_scores",
    "plane_angle",
    "roc",
    "scale_lower_bound",
    "sphereface_psi",
    "tar_at_far",
    "threshold_at_far",
    "train_net",
    "umeyama",
    "warp",
]
