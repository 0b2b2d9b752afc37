"""Position-sensitive RoI pooling: bin (i, j) reads its own map, then the bins vote.

Axes: r RoI, c class, i bin row, j bin column, h and w rows and columns of the map.
Channels are class-major: map (c, i, j) is channel (c * k + i) * k + j. A RoI is
[image, x0, y0, x1, y1], half-open: a box of whole pixels 0 to 8 is written 0, 9. The
reference code writes it 0, 8 and adds the 1 itself.

References:
    Dai, Li, He, Sun, "R-FCN: Object Detection via Region-based Fully Convolutional
    Networks", NIPS 2016, arXiv:1605.06409.
    The authors' kernel, rfcn/operator_cxx/psroi_pooling.cu in
    github.com/msracver/Deformable-ConvNets.
"""

import math

import torch
from torch import Tensor


# --8<-- [start:counts]
def score_map_channels(num_classes: int, k: int, background: bool = True) -> int:
    """Score maps for k x k bins: one for each bin of each class (and the background).

    Raises:
        ValueError: if num_classes or k is not an integer >= 1.
    """
    _check_integer("num_classes", num_classes)
    _check_integer("k", k)
    return k * k * (num_classes + background)


def box_map_channels(k: int) -> int:
    """Box maps for k x k bins: four offsets for each bin, shared by all classes."""
    return score_map_channels(4, k, background=False)
    # --8<-- [end:counts]


# --8<-- [start:bins]
def bins(start: Tensor, end: Tensor, k: int, size: int) -> tuple[Tensor, Tensor]:
    """Cut the intervals [start, end) into k bins of whole pixels, cut at the border.

    Args:
        start, end: shape (R,), in pixels of the map, end > start.
        k: bins, >= 1.
        size: pixels of the map along this axis.

    Returns:
        First pixel of each bin and the pixel after its last, both of shape (R, k) and
        from 0 to size. An empty bin, outside the map, has both equal.
    """
    start, end = start.double()[:, None], end.double()[:, None]
    # Multiply before dividing: j * (width / k) can end up above a whole number.
    edges = start + (end - start) * torch.arange(k + 1, device=start.device) / k
    first, stop = edges[:, :-1].floor(), edges[:, 1:].ceil()
    return first.clamp(0, size).long(), stop.clamp(0, size).long()
    # --8<-- [end:bins]


# --8<-- [start:pool]
def psroi_pool(
    maps: Tensor, rois: Tensor, k: int, spatial_scale: float = 1.0
) -> Tensor:
    """Average map (c, i, j) over bin (i, j) of each RoI; an empty bin gives 0.

    Args:
        maps: shape (N, C * k * k, H, W), floating and finite, class-major.
        rois: shape (R, 5), rows [image, x0, y0, x1, y1] in pixels of the image. No
            gradient flows to them.
        k: bins along each axis.
        spatial_scale: pixels of the map per pixel of the image, 1 / stride.

    Returns:
        Shape (R, C, k, k).

    Raises:
        ValueError: if a shape is wrong, the channels are not a multiple of k * k, maps
            are not floating, a RoI is empty, not finite or names no image, or k or
            spatial_scale is too small.
    """
    _check_integer("k", k)
    _check_maps("maps", maps)
    n, channels, h, w = maps.shape
    if channels == 0 or channels % k**2:
        raise ValueError(f"channels must be a multiple of {k**2}, got {channels}")
    maps = maps.reshape(n, channels // k**2, k, k, h, w)
    return _average(maps, rois, k, spatial_scale)


def roi_avg_pool(x: Tensor, rois: Tensor, k: int, spatial_scale: float = 1.0) -> Tensor:
    """The same bins, all from one map per class: (N, C, H, W) to (R, C, k, k)."""
    _check_integer("k", k)
    _check_maps("x", x)
    maps = x[:, :, None, None].expand(-1, -1, k, k, -1, -1)
    return _average(maps, rois, k, spatial_scale)


def _average(maps: Tensor, rois: Tensor, k: int, spatial_scale: float) -> Tensor:
    n, c, _, _, h, w = maps.shape
    _check_rois(rois, n, spatial_scale)
    rois = rois.double()
    x0, y0, x1, y1 = (rois[:, 1:] * spatial_scale).unbind(1)
    # The mean over a rectangle is the mean over its rows of the means over its columns.
    wide = torch.promote_types(maps.dtype, torch.float32)  # half would round 1 / count
    rows = _weights(*bins(y0, y1, k, h), h).to(wide)  # (r, i, h)
    columns = _weights(*bins(x0, x1, k, w), w).to(wide)  # (r, j, w)
    pooled = maps.new_zeros(len(rois), c, k, k, dtype=wide)
    for image in range(n):
        here = rois[:, 0] == image
        pooled[here] = torch.einsum(
            "cijhw,rjw,rih->rcij", maps[image].to(wide), columns[here], rows[here]
        )
    return pooled.to(maps.dtype)


def _weights(first: Tensor, stop: Tensor, size: int) -> Tensor:
    """Shape (R, k, size): 1 / count inside the bin, 0 outside."""
    pixel = torch.arange(size, device=first.device)
    inside = (first[..., None] <= pixel) & (pixel < stop[..., None])
    return inside / (stop - first).clamp(min=1)[..., None].double()
    # --8<-- [end:pool]


# --8<-- [start:vote]
def vote(pooled: Tensor) -> Tensor:
    """Mean over the bins, (R, C, k, k) to (R, C): logits; the softmax comes after."""
    if pooled.ndim != 4:
        raise ValueError(
            f"pooled must have shape (R, C, k, k), got {tuple(pooled.shape)}"
        )
    return pooled.mean((-2, -1))
    # --8<-- [end:vote]


def _check_integer(name: str, value: object) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise ValueError(f"{name} must be an integer >= 1, got {value!r}")


def _check_positive(name: str, value: float) -> None:
    if not (value > 0 and math.isfinite(value)):
        raise ValueError(f"{name} must be finite and > 0, got {value}")


def _check_maps(name: str, maps: Tensor) -> None:
    if maps.ndim != 4:
        raise ValueError(f"{name} must be 4-D (N, C, H, W), got {tuple(maps.shape)}")
    if not maps.is_floating_point():
        raise ValueError(f"{name} must be floating point, got {maps.dtype}")


def _check_rois(rois: Tensor, images: int, spatial_scale: float) -> None:
    _check_positive("spatial_scale", spatial_scale)
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
