"""A heatmap is read by its peak, by a correction to the peak, or by its mean.

Pixel centres have integer coordinates, x to the right and y down, so a heatmap ``h``
of shape (K, H, W) holds the value at (x, y) of key point k in ``h[k, y, x]``.

References:
    Zhang et al., "Distribution-Aware Coordinate Representation for Human Pose
    Estimation", CVPR 2020, arXiv:1910.06278 (the Taylor step).
    Sun et al., "Integral Human Pose Regression", ECCV 2018, arXiv:1711.08229.
"""

import torch
from torch import Tensor


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
    if min(size) < 1:
        raise ValueError(f"size must be H >= 1 and W >= 1, got {size}")
    if not sigma > 0:
        raise ValueError(f"sigma must be > 0, got {sigma}")
    y, x = (torch.arange(n, dtype=centers.dtype) for n in size)
    square_x = (x - centers[:, :1]) ** 2  # (K, W)
    square_y = (y - centers[:, 1:]) ** 2  # (K, H)
    return torch.exp(-(square_y[:, :, None] + square_x[:, None]) / (2 * sigma**2))


# --8<-- [start:decode]
def decode_argmax(h: Tensor) -> Tensor:
    """Pixel of the largest value, the first one in reading order.

    Args:
        h: shape (K, H, W).

    Returns:
        Shape (K, 2), x and y, of the dtype of ``h``.
    """
    _check(h)
    peak = h.flatten(1).argmax(1)
    width = h.shape[2]
    return torch.stack([peak % width, peak // width], dim=1).to(h.dtype)


def decode_quarter(h: Tensor) -> Tensor:
    """``decode_argmax``, then a quarter pixel towards the higher neighbour.

    An axis is left alone if the neighbours are equal or the peak is at its border.
    """
    peaks = decode_argmax(h)
    shifts = torch.zeros_like(peaks)
    for k, (x, y) in enumerate(peaks.long().tolist()):
        for axis, line, i in ((0, h[k, y], x), (1, h[k, :, x], y)):
            if 0 < i < len(line) - 1:
                shifts[k, axis] = 0.25 * torch.sign(line[i + 1] - line[i - 1])
    return peaks + shifts


def decode_taylor(h: Tensor) -> Tensor:
    """``decode_argmax``, then one Newton step on log h: exact if h is a Gaussian.

    The peak stays where it is if it lies on the border, or if log h does not curve
    down in every direction there.

    Raises:
        ValueError: if one of the 3 x 3 values around a peak is not > 0.
    """
    peaks = decode_argmax(h)
    steps = torch.zeros_like(peaks)
    for k, (x, y) in enumerate(peaks.long().tolist()):
        patch = h[k, max(y - 1, 0) : y + 2, max(x - 1, 0) : x + 2]
        if not (patch > 0).all():
            raise ValueError(f"h must be > 0 around its peak, got {patch.min():g}")
        if patch.shape != (3, 3):
            continue
        (a, b, c), (d, e, f), (g, i, j) = patch.log()
        gradient = torch.stack([(f - d) / 2, (i - b) / 2])
        xx, yy, xy = f - 2 * e + d, i - 2 * e + b, (j - g - c + a) / 4
        determinant = xx * yy - xy * xy
        if determinant > 0:  # at a peak xx and yy are <= 0 anyway
            adjugate = torch.stack([yy, -xy, -xy, xx]).view(2, 2)
            steps[k] = -(adjugate @ gradient) / determinant
    return peaks + steps
    # --8<-- [end:decode]


# --8<-- [start:soft]
def soft_argmax(h: Tensor, beta: float = 1.0) -> Tensor:
    """Mean position under softmax(beta * h), taken over all pixels.

    Args:
        h: shape (K, H, W), logits; -inf is a pixel that does not count.
        beta: inverse temperature, > 0.

    Returns:
        Shape (K, 2), x and y. Gradients reach every pixel.
    """
    _check(h)
    if not beta > 0:
        raise ValueError(f"beta must be > 0, got {beta}")
    p = torch.softmax(beta * h.flatten(1), dim=1).view_as(h)
    y, x = (torch.arange(n, dtype=h.dtype) for n in h.shape[1:])
    return torch.stack([p.sum(1) @ x, p.sum(2) @ y], dim=1)
    # --8<-- [end:soft]


def _check(h: Tensor) -> None:
    if h.ndim != 3 or 0 in h.shape[1:] or not h.is_floating_point():
        got = f"{tuple(h.shape)}, {h.dtype}"
        raise ValueError(f"h must be floating point of shape (K, H, W), got {got}")
    if h.isnan().any():
        raise ValueError(f"h must hold no NaN, got {int(h.isnan().sum())}")
