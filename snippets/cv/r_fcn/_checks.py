"""What the modules of this package accept."""

import math
import operator

from torch import Tensor


def integer(name: str, value: object, low: int = 1) -> int:
    """The value as Python's int (numpy's are fine); a ValueError if it is none."""
    try:
        # A bool is an int to Python, but True for k is a slip.
        number = None if isinstance(value, bool) else operator.index(value)  # type: ignore[arg-type]
    except TypeError:
        number = None
    if number is None or number < low:
        raise ValueError(f"{name} must be an integer >= {low}, got {value!r}")
    return number


def positive(name: str, value: float) -> None:
    """Raise ValueError unless the value is finite and above 0."""
    if not (value > 0 and math.isfinite(value)):
        raise ValueError(f"{name} must be finite and > 0, got {value}")


def check_maps(name: str, maps: Tensor) -> None:
    """Raise ValueError unless ``maps`` is (N, C, H, W) and floating point."""
    if maps.ndim != 4:
        raise ValueError(f"{name} must be 4-D (N, C, H, W), got {tuple(maps.shape)}")
    if not maps.is_floating_point():
        raise ValueError(f"{name} must be floating point, got {maps.dtype}")


def check_rois(rois: Tensor, images: int, spatial_scale: float) -> None:
    """Raise ValueError for a RoI that is no box, or names no image."""
    positive("spatial_scale", spatial_scale)
    if rois.ndim != 2 or rois.shape[1] != 5:
        raise ValueError(f"rois must have shape (R, 5), got {tuple(rois.shape)}")
    for image, x0, y0, x1, y1 in rois.tolist():
        box = [x0, y0, x1, y1]
        if not (x0 < x1 and y0 < y1 and all(map(math.isfinite, box))):
            raise ValueError(f"rois must have finite x0 < x1 and y0 < y1, got {box}")
        if image not in range(images):
            raise ValueError(
                f"image of a RoI must be an integer >= 0 and < {images}, got {image}"
            )


def check_intervals(start: Tensor, end: Tensor, k: int) -> None:
    """Raise ValueError unless both are (R,), the end is larger, and k widths finite."""
    if start.ndim != 1 or start.shape != end.shape:
        shapes = f"{tuple(start.shape)} and {tuple(end.shape)}"
        raise ValueError(f"start and end must both have shape (R,), got {shapes}")
    if start.is_meta:  # no data to look at
        return
    for a, b in zip(start.tolist(), end.tolist()):
        if not (a < b and math.isfinite(a) and math.isfinite(k * (b - a))):
            raise ValueError(f"want finite start < end and width * k, got {a} and {b}")
