"""A heatmap is read by its peak, by a correction to the peak, or by its mean.

Pixel centres have integer coordinates, x to the right and y down, so a heatmap ``h``
of shape (K, H, W) holds the value at (x, y) of key point k in ``h[k, y, x]``. Positions
read from a map of 16-bit floats are float32: a bfloat16 cannot hold pixel 257.

References:
    Zhang et al., "Distribution-Aware Coordinate Representation for Human Pose
    Estimation", CVPR 2020, arXiv:1910.06278 (the Taylor step).
    Sun et al., "Integral Human Pose Regression", ECCV 2018, arXiv:1711.08229.
"""

import torch
from torch import Tensor

from ._checks import _holds, _in_float32, _integer, _positive, _widened


@_in_float32
def gaussian_heatmap(centers: Tensor, size: tuple[int, int], sigma: float) -> Tensor:
    """One Gaussian bump of height 1 per key point.

    Args:
        centers: shape (K, 2), x and y in pixels, not rounded.
        size: H and W, both >= 1.
        sigma: standard deviation in pixels, > 0.

    Returns:
        Shape (K, H, W), of the dtype of ``centers``.

    Raises:
        ValueError: if an argument is not as above.
    """
    if centers.ndim != 2 or centers.shape[1] != 2 or not centers.is_floating_point():
        got = f"{tuple(centers.shape)}, {centers.dtype}"
        raise ValueError(f"centers must be floating point of shape (K, 2), got {got}")
    if not _holds(centers.isfinite()):
        raise ValueError(f"centers must be finite, got {centers.tolist()}")
    if not hasattr(size, "__len__") or len(size) != 2:
        raise ValueError(f"size must be H and W, got {size!r}")
    size = _integer("H of size", size[0], 1), _integer("W of size", size[1], 1)
    _positive("sigma", sigma)
    y, x = (torch.arange(n, dtype=centers.dtype, device=centers.device) for n in size)
    square_x = (x - centers[:, :1]) ** 2  # (K, W)
    square_y = (y - centers[:, 1:]) ** 2  # (K, H)
    return torch.exp(-(square_y[:, :, None] + square_x[:, None]) / (2 * sigma**2))


# --8<-- [start:decode]
def decode_argmax(h: Tensor) -> Tensor:
    """Pixel of the largest value, the first one in reading order.

    Args:
        h: shape (K, H, W).

    Returns:
        Shape (K, 2), x and y, of the dtype of ``h``, or float32 if it has 16 bits.
    """
    _check(h)
    peak = h.flatten(1).argmax(1)
    width = h.shape[2]
    return torch.stack([peak % width, peak // width], dim=1).to(_widened(h).dtype)


def decode_quarter(h: Tensor) -> Tensor:
    """``decode_argmax``, then a quarter pixel towards the higher neighbour.

    An axis is left alone if the neighbours are equal or the peak is at its border.
    """
    peaks = decode_argmax(h)
    patch, inside = _around(h, peaks)
    up, left, right, down = patch[:, [1, 3, 5, 7]].unbind(1)
    higher = torch.stack([right, down], dim=1) > torch.stack([left, up], dim=1)
    lower = torch.stack([right, down], dim=1) < torch.stack([left, up], dim=1)
    return peaks + 0.25 * inside * (higher.to(peaks) - lower.to(peaks))


def decode_taylor(h: Tensor) -> Tensor:
    """``decode_argmax``, then one Newton step on log h: exact if h is a Gaussian.

    The peak stays where it is if it lies on the border, or if log h does not curve
    down in every direction there. A step of more than one pixel on an axis is no
    refinement of the peak: ``decode_quarter`` then answers instead.

    Raises:
        ValueError: if one of the 3 x 3 values around a peak is not > 0 and finite.
    """
    peaks = decode_argmax(h)
    patch, inside = _around(h, peaks)
    patch = patch.to(peaks.dtype)
    right = (patch > 0) & patch.isfinite()
    if not _holds(right):
        got = f"{patch[~right][0]:g}"
        raise ValueError(f"h must be > 0 and finite around its peak, got {got}")
    a, b, c, d, e, f, g, i, j = patch.log().unbind(1)  # rows abc, def, gij
    dx, dy = (f - d) / 2, (i - b) / 2
    xx, yy, xy = f - 2 * e + d, i - 2 * e + b, (j - g - c + a) / 4
    determinant = xx * yy - xy * xy
    down = inside.all(1) & (determinant > 0)  # at a peak xx and yy are <= 0 anyway
    step = torch.stack([xy * dy - yy * dx, xy * dx - xx * dy], dim=1)
    step = step / torch.where(down, determinant, 1)[:, None]
    refined = torch.where(down[:, None], peaks + step, peaks)
    far = down & (step.abs() > 1).any(1)
    return torch.where(far[:, None], decode_quarter(h), refined)
    # --8<-- [end:decode]


def _around(h: Tensor, peaks: Tensor) -> tuple[Tensor, Tensor]:
    """The 3 x 3 values around each peak, (K, 9), 1 beyond the border of the map; and
    whether the peak has two neighbours on each axis, (K, 2)."""
    (x, y), last = peaks.long().T, peaks.new_tensor(h.shape[:0:-1]) - 1  # W and H
    inside = (peaks > 0) & (peaks < last)
    wide = torch.nn.functional.pad(h, (1, 1, 1, 1), value=1.0)
    key, three = torch.arange(len(h), device=h.device), torch.arange(3, device=h.device)
    rows, columns = y[:, None] + three, x[:, None] + three
    patch = wide[key[:, None, None], rows[:, :, None], columns[:, None]]
    return patch.flatten(1), inside


# --8<-- [start:soft]
def soft_argmax(h: Tensor, beta: float = 1.0) -> Tensor:
    """Mean position under softmax(beta * h), taken over all pixels.

    Args:
        h: shape (K, H, W), logits; -inf is a pixel that does not count.
        beta: inverse temperature, > 0.

    Returns:
        Shape (K, 2), x and y.
    """
    _check(h)
    _positive("beta", beta)
    h = _widened(h)
    if not _holds((h < torch.inf) & (h.amax((1, 2), keepdim=True) > -torch.inf)):
        raise ValueError("h must be < inf, and > -inf somewhere, got another map")
    p = torch.softmax(beta * h.flatten(1), dim=1).view_as(h)
    y, x = (torch.arange(n, dtype=h.dtype, device=h.device) for n in h.shape[1:])
    return torch.stack([p.sum(1) @ x, p.sum(2) @ y], dim=1)
    # --8<-- [end:soft]


def _check(h: Tensor) -> None:
    if h.ndim != 3 or 0 in h.shape[1:] or not h.is_floating_point():
        got = f"{tuple(h.shape)}, {h.dtype}"
        raise ValueError(f"h must be floating point of shape (K, H, W), got {got}")
    if not _holds(~h.isnan()):
        raise ValueError(f"h must hold no NaN, got {int(h.isnan().sum())}")
