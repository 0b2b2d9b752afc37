"""One step with a loss scale and master weights.

Source: Micikevicius et al. 2017, arXiv:1710.03740.
"""

from math import inf

import numpy as np

from ._checks import _between, _finite
from .formats import limits, round_to
from .scaler import LossScaler


# --8<-- [start:step]
def mixed_step(
    master: np.ndarray,
    gradients: np.ndarray,
    scaler: LossScaler,
    lr: float,
    name: str = "float16",
    clip: float | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """Scale, backward, unscale, clip, step or skip, update the scale.

    Args:
        master: the weights in float32, any shape.
        gradients: of the loss without a scale, shape of ``master``. The backward pass
            is here a single rounding of them, times the scale, to the format.
        scaler: its scale is used, then updated.
        lr: learning rate of plain gradient descent, > 0.
        name: one of ``FORMATS``.
        clip: the largest norm of the gradient, > 0; None for no bound.

    Returns:
        The new master weights, and the copy of them to compute with.

    Raises:
        ValueError: shapes differ, an argument is not finite or out of range, the scaler
            is no LossScaler.
    """
    weights, slopes = _finite("master", master), _finite("gradients", gradients)
    if weights.shape != slopes.shape:
        raise ValueError(
            f"gradients must have the shape of master, {weights.shape},"
            f" got {slopes.shape}"
        )
    limits(name)
    rate = _between("lr", lr, 0, inf)
    most = inf if clip is None else _between("clip", clip, 0, inf)
    if not isinstance(scaler, LossScaler):
        raise ValueError(f"scaler must be a LossScaler, got {scaler!r}")

    scale = scaler.scale
    with np.errstate(over="ignore"):
        scaled = round_to(slopes * scale, name)  # what the backward pass leaves
    found_inf = not np.isfinite(scaled).all()
    if scaler.update(found_inf):
        unscaled = scaled / scale
        largest = np.abs(unscaled).max(initial=0) or 1.0  # its square may overflow
        norm = largest * np.linalg.norm(unscaled / largest)
        if norm > most:
            unscaled = unscaled / norm * most
        with np.errstate(over="ignore"):
            weights = weights - rate * unscaled
    weights = round_to(weights, "float32")
    return weights, round_to(weights, name)
    # --8<-- [end:step]
