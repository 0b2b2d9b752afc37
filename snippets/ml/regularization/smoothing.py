"""Label smoothing: targets that leave eps of the probability to all classes alike.

The right class gets 1 - eps + eps / K, each other eps / K, as in Szegedy et al. and in
PyTorch's ``label_smoothing``. Some code spreads eps over the K - 1 others instead.

Source: Szegedy et al. 2016, arXiv:1512.00567.
"""

import math

import numpy as np
from numpy.typing import ArrayLike

from ._checks import _array, _count, _labels, _share


# --8<-- [start:labels]
def smooth_labels(y: ArrayLike, n_classes: int, eps: float) -> np.ndarray:
    """Targets (1 - eps) e_y + eps / K, one row for each label.

    Args:
        y: labels 0 to K - 1, shape (n,), n >= 1.
        n_classes: K >= 2.
        eps: share that is spread evenly, 0 <= eps <= 1.

    Returns:
        shape (n, K); rows sum to 1.

    Raises:
        ValueError: if a label is out of range or no integer, there is none, K is below
            2 or eps outside [0, 1].
    """
    n_classes, eps = _count("n_classes", n_classes, 2), _share("eps", eps, one=True)
    y = _labels(y, n_classes)
    targets = np.full((len(y), n_classes), eps / n_classes)
    targets[np.arange(len(y)), y] += 1 - eps
    return targets
    # --8<-- [end:labels]


# --8<-- [start:loss]
def smoothed_cross_entropy(logits: ArrayLike, y: ArrayLike, eps: float) -> float:
    """Mean cross-entropy between smoothed labels and the softmax of the logits.

    Args:
        logits: shape (n, K), n >= 1, K >= 2.
        y: labels 0 to K - 1, shape (n,).
        eps: share that is spread evenly, 0 <= eps <= 1.

    Raises:
        ValueError: if a shape is not as above, a logit not finite or above 1e140, a
            label out of range or no integer, or eps outside [0, 1].
    """
    Z, eps = _array("logits", logits, 2), _share("eps", eps, one=True)
    n, K = Z.shape
    if n == 0 or K < 2:
        raise ValueError(f"logits must have shape (n >= 1, K >= 2), got {Z.shape}")
    y = _labels(y, K, rows=n)
    Z = Z - Z.max(axis=1, keepdims=True)  # the largest is 0: exp cannot overflow
    total = np.log(np.exp(Z).sum(axis=1))
    right = Z[np.arange(n), y]
    return float(np.mean(total - (1 - eps) * right - eps * Z.mean(axis=1)))
    # --8<-- [end:loss]


# --8<-- [start:gap]
def optimal_logit_gap(n_classes: int, eps: float) -> float:
    """How far the right logit lies above the others where the loss is least.

    Args:
        n_classes: K >= 2.
        eps: share that is spread evenly, 0 <= eps <= 1.

    Returns:
        ln of (1 - eps + eps / K) / (eps / K): infinite at eps = 0, and 0 at 1.

    Raises:
        ValueError: if K is below 2 or eps outside [0, 1].
    """
    K, eps = _count("n_classes", n_classes, 2), _share("eps", eps, one=True)
    if eps == 0:
        return math.inf
    if eps == 1:
        return 0.0
    # The quotient is 1 + K (1 - eps) / eps, which overflows for a tiny eps.
    ln_rest = math.log(K) + math.log1p(-eps) - math.log(eps)
    return float(np.logaddexp(0, ln_rest))
    # --8<-- [end:gap]
