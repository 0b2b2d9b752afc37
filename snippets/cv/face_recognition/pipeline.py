"""Align, embed, compare: what a system does with a photo and five key points.

Points are ``(x, y)`` in pixels of the photo, with integers at pixel centres.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from .alignment import ARCFACE_TEMPLATE, umeyama, warp


# --8<-- [start:align]
def align(image: np.ndarray, landmarks: np.ndarray, size: int = 112) -> np.ndarray:
    """The face in its canonical place: the five points lie on the template.

    Args:
        image: shape (H, W) or (H, W, C).
        landmarks: (x, y) of eyes, nose and corners of the mouth, shape (5, 2).
        size: height and width of the crop; the template shrinks with it.

    Returns:
        float64, shape (size, size) or (size, size, C).

    Raises:
        ValueError: other shapes, or five times the same point.
    """
    # Pixel centres are integers, so it is the edge at -0.5 that stays in place.
    template = (ARCFACE_TEMPLATE + 0.5) * size / 112 - 0.5
    c, R, t = umeyama(landmarks, template)
    return warp(image, np.column_stack([c * R, t]), size)
    # --8<-- [end:align]


# --8<-- [start:pipeline]
@dataclass(frozen=True)
class FacePipeline:
    """A network with all that must stay as it was in training, and a threshold.

    Attributes:
        net: maps float32 crops (N, 1, size, size) to features (N, D).
        threshold: cosine from which a pair is accepted.
        size: of the crops.
    """

    net: Callable[[Tensor], Tensor]
    threshold: float
    size: int = 112

    def embed(self, image: np.ndarray, landmarks: np.ndarray) -> np.ndarray:
        """The face as a unit vector, shape (D,), from a grey image (H, W)."""
        crop = align(image, landmarks, self.size)
        # Light out: a brighter photo or one of more contrast gives the same crop.
        crop = (crop - crop.mean()) / (crop.std() + 1e-6)
        with torch.no_grad():
            feature = self.net(torch.from_numpy(crop).float()[None, None])[0]
        return torch.nn.functional.normalize(feature, dim=0).numpy()

    def verify(self, one: np.ndarray, other: np.ndarray) -> bool:
        """1:1: whether two embeddings, each (D,), are taken for the same person."""
        return bool(one @ other >= self.threshold)

    def identify(self, probe: np.ndarray, gallery: np.ndarray) -> int | None:
        """1:N: the row of the gallery (N, D) nearest to the probe, None if too far."""
        if not len(gallery):
            return None
        similarity = gallery @ probe
        best = int(similarity.argmax())
        return best if similarity[best] >= self.threshold else None
        # --8<-- [end:pipeline]
