"""Position-sensitive RoI pooling: bin (i, j) reads its own map, then the bins vote.

Axes: r RoI, c class, i bin row, j bin column, h and w rows and columns of the map.
Channels are class-major: map (c, i, j) is channel (c * k + i) * k + j. G groups of
k * k maps are the C + 1 classes, background first, or the 4 offsets of a box. A RoI is
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

from ._checks import check_intervals, check_maps, check_rois, integer


# --8<-- [start:counts]
def score_map_channels(num_classes: int, k: int, background: bool = True) -> int:
    """Score maps for k x k bins: one for each bin of each class (and the background).

    Raises:
        ValueError: if num_classes or k is not an integer >= 1.
    """
    num_classes, k = integer("num_classes", num_classes), integer("k", k)
    return k * k * (num_classes + background)


def box_map_channels(k: int) -> int:
    """Box maps for k x k bins: four offsets for each bin, shared by all classes.

    Raises:
        ValueError: if k is not an integer >= 1.
    """
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

    Raises:
        ValueError: if start and end are not such tensors, k times a width is not
            finite, or k or size is too small.
    """
    k, size = integer("k", k), integer("size", size, 0)
    check_intervals(start, end, k)
    start, end = start.double()[:, None], end.double()[:, None]
    # Multiply before dividing: j * (width / k) can end up above a whole number.
    edges = start + (end - start) * torch.arange(k + 1, device=start.device) / k
    first = edges[:, :-1].floor()
    stop = edges[:, 1:].ceil().maximum(first + 1)  # edges of a thin box round to one
    return first.clamp(0, size).long(), stop.clamp(0, size).long()
    # --8<-- [end:bins]


# --8<-- [start:pool]
def psroi_pool(
    maps: Tensor, rois: Tensor, k: int, spatial_scale: float = 1.0
) -> Tensor:
    """Average map (c, i, j) over bin (i, j) of each RoI; an empty bin gives 0.

    Args:
        maps: shape (N, G * k * k, H, W), floating, class-major. A pixel that is not
            finite reaches the bins that hold it and no other, and gets no gradient.
        rois: shape (R, 5), rows [image, x0, y0, x1, y1] in pixels of the image. No
            gradient flows to them.
        k: bins along each axis.
        spatial_scale: pixels of the map per pixel of the image, 1 / stride.

    Returns:
        Shape (R, G, k, k).

    Raises:
        ValueError: if a shape is wrong, the channels are not a multiple of k * k, maps
            are not floating, a RoI is empty, not finite (k times its width included) or
            names no image, or k or spatial_scale is too small.
    """
    k = integer("k", k)
    check_maps("maps", maps)
    n, channels, h, w = maps.shape
    if channels == 0 or channels % k**2:
        raise ValueError(f"channels must be a multiple of {k**2}, got {channels}")
    maps = maps.reshape(n, channels // k**2, k, k, h, w)
    return _average(maps, rois, k, spatial_scale)


def roi_avg_pool(x: Tensor, rois: Tensor, k: int, spatial_scale: float = 1.0) -> Tensor:
    """The same bins, all from one map per group: (N, G, H, W) to (R, G, k, k).

    Raises:
        ValueError: as ``psroi_pool``.
    """
    k = integer("k", k)
    check_maps("x", x)
    maps = x[:, :, None, None].expand(-1, -1, k, k, -1, -1)
    return _average(maps, rois, k, spatial_scale)


def _average(maps: Tensor, rois: Tensor, k: int, spatial_scale: float) -> Tensor:
    n, c, _, _, h, w = maps.shape
    check_rois(rois, n, spatial_scale)
    rois = rois.double()
    x0, y0, x1, y1 = (rois[:, 1:] * spatial_scale).unbind(1)
    # The mean over a rectangle is the mean over its rows of the means over its columns:
    # two masks per box, 1 / count inside a bin and 0 outside, one for each axis.
    wide = torch.promote_types(maps.dtype, torch.float32)  # half would round 1 / count
    rows = _weights(*bins(y0, y1, k, h), h).to(wide)  # (r, i, h)
    columns = _weights(*bins(x0, x1, k, w), w).to(wide)  # (r, j, w)
    pooled = maps.new_zeros(len(rois), c, k, k, dtype=wide)
    for image in range(n):
        here = rois[:, 0] == image
        pooled[here] = _means(maps[image].to(wide), rows[here], columns[here])
    return pooled.to(maps.dtype)


def _weights(first: Tensor, stop: Tensor, size: int) -> Tensor:
    """Shape (R, k, size): 1 / count inside the bin, 0 outside."""
    pixel = torch.arange(size, device=first.device)
    inside = (first[..., None] <= pixel) & (pixel < stop[..., None])
    return inside / (stop - first).clamp(min=1)[..., None].double()
    # --8<-- [end:pool]


# --8<-- [start:vote]
def vote(pooled: Tensor) -> Tensor:
    """Mean over the bins, (R, G, k, k) to (R, G): logits; the softmax comes after.

    Raises:
        ValueError: if pooled has no four axes, or no floats.
    """
    if pooled.ndim != 4 or not pooled.is_floating_point():
        got = f"{tuple(pooled.shape)} of {pooled.dtype}"
        raise ValueError(f"pooled must have shape (R, G, k, k) and floats, got {got}")
    return pooled.mean((-2, -1))
    # --8<-- [end:vote]


def _means(maps: Tensor, rows: Tensor, columns: Tensor) -> Tensor:
    """Mean of map (c, i, j) over bin (i, j); what is not finite stays in its bins."""

    def over_bins(pixels: Tensor) -> Tensor:
        with torch.autocast(pixels.device.type, enabled=False):  # it rounds 1 / count
            return torch.einsum("cijhw,rjw,rih->rcij", pixels, columns, rows)

    finite = maps.isfinite()
    pooled = over_bins(maps.where(finite, 0))
    if not finite.all():  # 0 * inf would be NaN in every bin of that row or column
        for value, found in (
            (math.inf, maps == math.inf),
            (-math.inf, maps == -math.inf),
            (math.nan, maps.isnan()),
        ):
            pooled = pooled + torch.where(over_bins(found.to(maps)) > 0, value, 0)
    return pooled
