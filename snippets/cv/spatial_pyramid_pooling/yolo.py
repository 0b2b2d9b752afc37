"""YOLO's SPP: pools of stride 1 that keep the size, side by side or in series.

Padding is minus infinity, never 0.

Reference:
    Bochkovskiy, Wang, Liao, "YOLOv4: Optimal Speed and Accuracy of Object Detection",
    2020, arXiv:2004.10934.
"""

from collections.abc import Iterable

import torch
import torch.nn.functional as F
from torch import Tensor

from ._checks import height_and_width, integer, some


# --8<-- [start:yolo]
def yolo_spp(x: Tensor, kernels: Iterable[int] = (5, 9, 13)) -> Tensor:
    """The map and its stride-1 max pools, side by side as channels, same H and W.

    Args:
        x: shape (N, C, H, W), floating point; only N may be 0.
        kernels: odd window sizes, which may exceed H and W.

    Returns:
        Shape (N, C * (1 + len(kernels)), H, W): x itself, then one pool per kernel.

    Raises:
        ValueError: if x has another shape or type, or kernels is empty or has a bad
            entry.
    """
    _check(x)
    pools = [_same_pool(x, k) for k in some("kernels", kernels)]
    return torch.cat([x, *pools], dim=1)
    # --8<-- [end:yolo]


# --8<-- [start:sppf]
def sppf(x: Tensor, kernel: int = 5, repeats: int = 3) -> Tensor:
    """``yolo_spp`` in series: pool j of k cells spans 1 + j * (k - 1) cells of x.

    The result is equal. Where maxima tie, gradients may go to other cells, and a zero
    may come out as -0.0.

    Args:
        x: shape (N, C, H, W), floating point; only N may be 0.
        kernel: odd window size k of every pool.
        repeats: pools in the series.

    Returns:
        Shape (N, C * (1 + repeats), H, W), equal to ``yolo_spp`` with those spans.

    Raises:
        ValueError: if x has another shape or type, kernel is not odd, or repeats is
            below 1.
    """
    _check(x)
    maps = [x]
    for _ in range(integer("repeats", repeats, 1)):
        maps.append(_same_pool(maps[-1], kernel))
    return torch.cat(maps, dim=1)
    # --8<-- [end:sppf]


def _check(x: Tensor) -> None:
    height_and_width(x)
    if not x.is_floating_point():  # only floats have an infinity to pad with
        raise ValueError(f"x must be floating point, got {x.dtype}")


def _same_pool(x: Tensor, kernel: int) -> Tensor:
    kernel = integer("kernel", kernel, 1)
    if kernel % 2 == 0:  # no padding would keep the size
        raise ValueError(f"kernel must be odd, got {kernel}")
    # max_pool2d pads with minus infinity, so the border sees only real cells.
    return F.max_pool2d(x, kernel, stride=1, padding=kernel // 2)
