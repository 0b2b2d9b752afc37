"""One token by chance."""

import numpy as np

from ._checks import _distribution


# --8<-- [start:sample]
def sample(p: np.ndarray, rng: np.random.Generator) -> int:
    """A token drawn from p, with one uniform number: where the running sum passes it.

    Args:
        p: shape (n,), >= 0, with the sum 1 up to 1e-6.
        rng: gives the number, by one call of ``rng.random()``.

    Returns:
        An index of p whose probability is not 0.

    Raises:
        ValueError: if p is not one distribution.
    """
    p = _distribution(p)
    if p.ndim != 1:
        raise ValueError(f"p must have one axis, got shape {p.shape}")
    running = np.cumsum(p)
    # side="right" passes over tokens of probability 0, even if the number is 0.
    return int(np.searchsorted(running, rng.random() * running[-1], side="right"))
    # --8<-- [end:sample]
