"""The question that a decision tree asks of its rows: which feature, which threshold.

One rule for classes and numbers: split where the weighted squared deviation falls most.
On one-hot labels that deviation is the Gini impurity, so this is CART.

Reference:
    Breiman, Friedman, Olshen, Stone, "Classification and Regression Trees", 1984.
"""

import numpy as np

from ._checks import _finite


def best_split(X: np.ndarray, targets: np.ndarray, w: np.ndarray) -> tuple[int, float]:
    """The feature and threshold with the least weighted squared deviation.

    Args:
        X: shape (n, f), n >= 2, no column constant.
        targets: shape (n, c).
        w: shape (n,), > 0.

    Returns:
        Column, and the middle between two neighbouring values of it. The first of
        equals, by column, then by value.

    Raises:
        ValueError: if an argument is not as said or not finite.
    """
    X, targets, w = (
        _finite("X", X, "nf"),
        _finite("targets", targets, "nc"),
        _finite("w", w, "n"),
    )
    if not len(X) == len(targets) == len(w) or w.min() <= 0:
        got = f"{X.shape}, {targets.shape}, {w.shape}, least weight {w.min()}"
        raise ValueError(f"need X (n, f), targets (n, c), w (n,) > 0, got {got}")
    if (X[0] == X).all(0).any():
        column = int((X[0] == X).all(0).argmax())
        raise ValueError(f"no column of X may be constant, got {X[0, column]} in all")
    targets = targets / max(np.abs(targets).max(), np.finfo(float).tiny)
    w = w / w.max()
    return _best_split(X, targets - w @ targets / w.sum(), w)


# --8<-- [start:split]
def _best_split(X: np.ndarray, targets: np.ndarray, w: np.ndarray) -> tuple[int, float]:
    """``best_split`` for targets with weighted mean 0, nothing checked."""
    order = X.argsort(axis=0, kind="stable")  # (n, f)
    x = np.take_along_axis(X, order, 0)
    targets = targets / (np.abs(targets).max() or 1.0)  # no square may underflow
    weights, sums = w[order], (w[:, None] * targets)[order]  # (n, f), (n, f, c)
    gain = np.zeros((len(X) - 1, X.shape[1]))
    for step, cut in ((1, slice(None)), (-1, slice(None, None, -1))):  # left, right
        # Summed from each end: a difference of sums would lose tiny weights.
        W, S = weights[::step].cumsum(0)[:-1], sums[::step].cumsum(0)[:-1]
        gain += (S * (S / W[..., None])).sum(-1)[cut]
    gain[x[1:] == x[:-1]] = -np.inf  # equal values cannot be parted
    best = gain >= gain.max() * (1 - 1e-12)  # ties, whatever the rounding
    j, i = divmod(int(best.T.argmax()), len(X) - 1)
    low, high = x[i, j], x[i + 1, j]
    middle = low / 2 + high / 2
    return j, float(middle if middle < high else low)
    # --8<-- [end:split]
