"""What the flows of this note refuse alike."""

from torch import Tensor


def _check_points(x: Tensor) -> None:
    if x.ndim != 2 or not x.is_floating_point():
        came = f"{tuple(x.shape)} of {x.dtype}"
        raise ValueError(f"points must be (n, d), floating point, got {came}")


def _check_steps(steps: int) -> None:
    if not isinstance(steps, int) or steps < 1:
        raise ValueError(f"steps must be an integer >= 1, got {steps!r}")
