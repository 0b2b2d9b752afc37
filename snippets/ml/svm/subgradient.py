"""Pegasos: one row a step, no kernel, no dual."""

import numpy as np

from ._checks import _array, _integer, _labels, _positive


# --8<-- [start:pegasos]
def pegasos(
    X: np.ndarray, y: np.ndarray, lam: float, steps: int = 10_000, seed: int = 0
) -> np.ndarray:
    """Weights (d,) that nearly minimise lam / 2 |w|^2 plus the *mean* hinge loss.

    There is no intercept. The mean of the iterates of the second half of the steps,
    which is the last one alone for a single step.

    Args:
        X: features, shape (n, d).
        y: labels, -1 or 1, shape (n,).
        lam: weight of the penalty, above 0.
        steps: at least 1.
        seed: of the generator that draws the rows.

    Raises:
        ValueError: if an argument is not allowed, or the weights overflow.
    """
    X, lam = _array("X", X, 2), _positive("lam", lam)
    signed = _labels(y, len(X))[:, None] * X  # (n, d)
    steps = _integer("steps", steps, 1)
    rng = np.random.default_rng(_integer("seed", seed, 0))
    w, total = np.zeros(X.shape[1]), np.zeros(X.shape[1])
    half = steps // 2
    with np.errstate(over="ignore", invalid="ignore"):
        for k in range(1, steps + 1):
            row = signed[rng.integers(len(X))]
            wrong = row @ w < 1
            w = (1 - 1 / k) * w  # the penalty: 1 - rate * lam, the rate 1 / (lam k)
            if wrong:
                w = w + row / (lam * k)
            if k > half:
                total += w
    if not np.isfinite(total).all():
        raise ValueError(f"lam must leave the weights finite, got {lam}")
    return total / (steps - half)
    # --8<-- [end:pegasos]
