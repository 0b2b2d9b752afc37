"""A step of TRPO: the natural gradient, as long as the KL divergence allows."""

import numpy as np
from numpy import ndarray
from numpy.typing import ArrayLike

from ._checks import finite, positive, real


# --8<-- [start:trpo]
def trpo_step(grad: ArrayLike, F: ArrayLike, max_kl: float) -> ndarray:
    """The step D along F^+ grad for which D^T F D / 2 is max_kl.

    Args:
        grad: gradient of the objective, shape (n,).
        F: Fisher information, symmetric and positive semidefinite, shape (n, n).
            Eigenvalues up to 10 n eps times the largest count as 0.
        max_kl: how far to go, > 0.

    Returns:
        Shape (n,); zeros if F^+ grad is zero. A part of grad below 10 n eps of its
        length counts as 0, so that what rounding leaves of a 0 is not made a step.

    Raises:
        ValueError: if an argument is not as above, or the step overflows.
    """
    g = real("grad", grad)
    if g.ndim != 1:
        raise ValueError(f"grad must have one axis, got shape {g.shape}")
    F, max_kl = real("F", F, (len(g), len(g))), positive("max_kl", max_kl)
    size = np.abs(F).max()
    if not g.any() or not size:
        return np.zeros_like(g)
    with np.errstate(over="ignore", under="ignore"):
        if np.abs(F / size - F.T / size).max() > 1e-6:
            raise ValueError("F must be symmetric, got another matrix")
        values, vectors = np.linalg.eigh(F / size)
        if values[0] < -1e-6:
            raise ValueError("F must be positive semidefinite, got another matrix")
        kept = values > 10 * len(g) * np.finfo(float).eps * values[-1]
        g = g / np.abs(g).max()  # the length is set below
        along = vectors[:, kept].T @ g
        noise = 10 * len(g) * np.finfo(float).eps * np.linalg.norm(g)
        along[np.abs(along) <= noise] = 0
        squared = along**2 / values[kept]
        if not squared.any():
            return np.zeros_like(g)
        x = vectors[:, kept] @ (along / values[kept])
        step = x * np.sqrt(2 * max_kl / squared.sum()) / np.sqrt(size)
    return finite("the step", step)
    # --8<-- [end:trpo]
