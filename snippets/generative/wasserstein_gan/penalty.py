"""The gradient penalty: where slopes are looked at, and what they cost."""

import numpy as np

from ._checks import _array, _choice, _number, _row

KINDS = ("two_sided", "one_sided", "zero")
SHAPE = "(n, ...)"


# --8<-- [start:penalty]
def interpolates(real: np.ndarray, fake: np.ndarray, t: np.ndarray) -> np.ndarray:
    """Points between pairs of a real and a generated sample: t real + (1 - t) fake.

    Args:
        real: shape (n, ...), n >= 1.
        fake: the same shape.
        t: shape (n,), in [0, 1]: one number a pair, not one a pixel.

    Returns:
        float64 of the shape of real.

    Raises:
        ValueError: if an argument is not so.
    """
    real = _array("real", real, SHAPE, 2, 64)
    fake = _array("fake", fake, SHAPE, 2, 64)
    t = _row("t", t)
    if real.shape != fake.shape or len(t) != len(real):
        got = f"{real.shape}, {fake.shape}, {t.shape}"
        raise ValueError(f"want shapes (n, ...), (n, ...), (n,), got {got}")
    if (t < 0).any() or (t > 1).any():
        raise ValueError(f"t must lie in [0, 1], got {t}")
    t = t.reshape(-1, *[1] * (real.ndim - 1))
    return t * real + (1 - t) * fake


def gradient_penalty(
    gradients: np.ndarray, kind: str = "two_sided", weight: float = 10.0
) -> float:
    """Weight times the mean, over the points, of what the length of a gradient costs.

    Args:
        gradients: of the critic by each point, shape (n, ...), n >= 1; of an image, all
            numbers are one gradient.
        kind: "two_sided" is (length - 1)², "one_sided" only where the length is above
            1, "zero" is length².
        weight: >= 0.

    Returns:
        The penalty; inf beyond float64.

    Raises:
        ValueError: if an argument is not so.
    """
    gradients = _array("gradients", gradients, SHAPE, 2, 64)
    kind, weight = _choice("kind", kind, KINDS), _number("weight", weight)
    if weight == 0:
        return 0.0  # however long: 0 times a length of inf would be nan
    gradients = gradients.reshape(len(gradients), -1)
    largest = abs(gradients).max(axis=1, keepdims=True)
    largest[largest == 0] = 1.0  # scaled, or squares would overflow
    with np.errstate(over="ignore", under="ignore"):
        lengths = largest[:, 0] * np.sqrt(((gradients / largest) ** 2).sum(axis=1))
        excess = lengths if kind == "zero" else lengths - 1
        if kind == "one_sided":
            excess = np.maximum(excess, 0)
        return float(np.sum(weight / len(excess) * excess * excess))
    # --8<-- [end:penalty]
