"""Two estimates of the gradient of E f(z) by the mean of z, one draw each."""

from collections.abc import Callable

import numpy as np

from ._checks import _array, _positive


# --8<-- [start:gradient]
def gradient_samples(
    f: Callable[[np.ndarray], np.ndarray],
    df: Callable[[np.ndarray], np.ndarray],
    mean: np.ndarray | float,
    std: float,
    noise: np.ndarray,
    kind: str,
) -> np.ndarray:
    """Gradient estimates for z = mean + std * noise.

    Args:
        f: from points (n, k) to n numbers.
        df: its gradient, from (n, k) to (n, k).
        mean: a number, or shape (k,).
        std: standard deviation, from 1e-50 to 1e50.
        noise: standard normal draws, shape (n, k).
        kind: "pathwise", df(z), which does not see a jump of f; or "score",
            f(z) noise / std, which needs no df.

    Returns:
        Shape (n, k). The expectation of a row is the gradient: of "pathwise" if f has
        no jumps, of both if f and df do not grow too fast.

    Raises:
        ValueError: if shapes differ, the kind is unknown, or a number is not finite.
    """
    mean, noise = _array("mean", mean), _array("noise", noise)
    std = _positive("std", std)
    if noise.ndim != 2 or mean.shape not in ((), noise.shape[1:]):
        raise ValueError(
            "noise must have shape (n, k) and mean be a number or have shape (k,),"
            f" got {noise.shape} and {mean.shape}"
        )
    z = mean + std * noise
    if kind == "pathwise":
        return _like("df", df(z), noise.shape)
    if kind == "score":
        return _like("f", f(z), noise.shape[:1])[:, None] * noise / std
    raise ValueError(f'kind must be "pathwise" or "score", got {kind!r}')
    # --8<-- [end:gradient]


def _like(name: str, values: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    array = _array(f"what {name} gives", values)
    if array.shape != shape:
        raise ValueError(f"{name} must give shape {shape}, got {array.shape}")
    return array
