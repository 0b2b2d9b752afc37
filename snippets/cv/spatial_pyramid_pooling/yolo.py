"""YOLO's SPP: pools of stride 1 that keep the size, side by side or in series.

Padding is minus infinity, never 0.

Reference:
    Bochkovskiy, Wang, Liao, "YOLOv4: Optimal Speed and Accuracy of Object Detection",
    2020, arXiv:2004.10934.
"""

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor

from .pyramid import _height_and_width, _integer


# --8<-- [start:yolo]
def yolo_spp(x: Tensor, kernels: Sequence[int] = (5, 9, 13)) -> Tensor:
    """The map and its stride-1 max pools, side by side as channels, same H and W.

    Args:
        x: shape (N, C, H, W), floating point; only N may be 0.
        kernels: odd window sizes, which may exceed H and W.

    Returns:
        Shape (N, C * (1 + len(kernels)), H, W): x itself, then one pool per kernel.

    Raises:
        ValueError: if x has another shape, or kernels is empty or has a bad entry.
    """
    _height_and_width(x)
    if len(kernels) == 0:
        raise ValueError(f"kernels must have at least one entry, got {kernels!r}")
    return torch.cat([x, *(_same_pool(x, k) for k in kernels)], dim=1)
    # --8<-- [end:yolo]


# --8<-- [start:sppf]
def sppf(x: Tensor, kernel: int = 5, repeats: int = 3) -> Tensor:
    """``yolo_spp`` in series: pool i of k cells spans 1 + i * (k - 1) cells of x.

    Args:
        x: shape (N, C, H, W), floating point; only N may be 0.
        kernel: odd window size k of every pool.
        repeats: pools in the series.

    Returns:
        Shape (N, C * (1 + repeats), H, W), equal to ``yolo_spp`` with those spans.

    Raises:
        ValueError: if x has another shape, kernel is not odd, or repeats is below 1.
    """
    _height_and_width(x)
    _integer("repeats", repeats, 1)
    maps = [x]
    for _ in range(repeats):
        maps.append(_same_pool(maps[-1], kernel))
    return torch.cat(maps, dim=1)
    # --8<-- [end:sppf]


def _same_pool(x: Tensor, kernel: int) -> Tensor:
    _integer("kernel", kernel, 1)
    if kernel % 2 == 0:  # no padding would keep the size
        raise ValueError(f"kernel must be odd, got {kernel}")
    # max_pool2d pads with minus infinity, so the border sees only real cells.
    return F.max_pool2d(x, kernel, stride=1, padding=kernel // 2)
