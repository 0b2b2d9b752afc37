"""Align, embed, compare: what a system does with a photo and five key points.

Points are ``(x, y)`` in pixels of the photo, with integers at pixel centres.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from ._checks import _array, _integer
from .alignment import ARCFACE_TEMPLATE, umeyama, warp


# --8<-- [start:align]
def align(image: np.ndarray, landmarks: np.ndarray, size: int = 112) -> np.ndarray:
    """The face in its canonical place: the five points fitted to the template.

    Args:
        image: shape (H, W) or (H, W, C).
        landmarks: (x, y) of eyes, nose and corners of the mouth, shape (5, 2).
        size: height and width of the crop; the template is scaled with it.

    Returns:
        float64, shape (size, size) or (size, size, C).

    Raises:
        ValueError: other shapes, points that ``umeyama`` or ``warp`` refuses, or a size
            that is no integer >= 1.
    """
    size = _integer("size", size, 1)
    if np.shape(landmarks) != (5, 2):
        raise ValueError(f"landmarks must be (5, 2), got {np.shape(landmarks)}")
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
        net: maps float32 crops (N, 1, size, size) to features (N, D); one with dropout
            or batch normalization must be in evaluation mode.
        threshold: cosine from which a pair is accepted.
        size: of the crops.

    Raises:
        ValueError: a threshold that is NaN, or a size that is no integer >= 1; later,
            an image, an embedding or a gallery of another shape, or not finite.
    """

    net: Callable[[Tensor], Tensor]
    threshold: float
    size: int = 112

    def __post_init__(self) -> None:
        _integer("size", self.size, 1)
        if not self.threshold == self.threshold:
            raise ValueError(f"threshold must be a number, got {self.threshold}")

    def embed(self, image: np.ndarray, landmarks: np.ndarray) -> np.ndarray:
        """The face as a unit vector, shape (D,), from a grey image (H, W)."""
        crop = align(_array("image", image, 2), landmarks, self.size)
        # Light out: the brightness and the contrast of the crop do not matter.
        crop = (crop - crop.mean()) / (crop.std() + 1e-6)
        with torch.no_grad():
            feature = self.net(torch.from_numpy(crop).float()[None, None])[0]
        return torch.nn.functional.normalize(feature.float(), dim=0).cpu().numpy()

    def verify(self, one: np.ndarray, other: np.ndarray) -> bool:
        """1:1: whether two embeddings, each (D,), are taken for the same person."""
        one, other = _array("one", one, 1), _array("other", other, 1)
        if one.shape != other.shape:
            want = "one and other must have one shape (D,)"
            raise ValueError(f"{want}, got {one.shape} and {other.shape}")
        return bool(one @ other >= self.threshold)

    def identify(self, probe: np.ndarray, gallery: np.ndarray) -> int | None:
        """1:N: the row of the gallery (N, D) nearest to the probe, None if too far."""
        probe, gallery = _array("probe", probe, 1), _array("gallery", gallery, 2)
        if gallery.shape[1:] != probe.shape:
            want = "probe and gallery must be (D,) and (N, D)"
            raise ValueError(f"{want}, got {probe.shape} and {gallery.shape}")
        if not len(gallery):
            return None
        similarity = gallery @ probe
        best = int(similarity.argmax())
        return best if similarity[best] >= self.threshold else None
        # --8<-- [end:pipeline]
