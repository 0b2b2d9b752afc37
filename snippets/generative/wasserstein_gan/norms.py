"""How much a layer can stretch: its largest singular value, two ways.

The first is of the kernel as a matrix, the second of the convolution that it does.
"""

import math

import numpy as np

from ._checks import _array, _count


# --8<-- [start:norms]
def spectral_norm(w: np.ndarray, steps: int = 50, seed: int = 0) -> float:
    """Largest singular value of w as a matrix, by power iteration: from below.

    Args:
        w: shape (o, ...), with two axes at least; reshaped to (o, rest).
        steps: of the iteration, >= 1.
        seed: of the start, >= 0.

    Returns:
        An estimate, at most the norm but for rounding; 0 for zeros.

    Raises:
        ValueError: if an argument is not so.
    """
    w = _array("w", w, "(o, ...)", 2, 64)
    steps, seed = _count("steps", steps, 1), _count("seed", seed, 0)
    largest = abs(w).max() or 1.0
    w = w.reshape(len(w), -1) / largest
    u = np.random.default_rng(seed).normal(size=len(w))
    for _ in range(steps):
        v = _unit(w.T @ u)
        u = _unit(w @ v)
    return float(largest) * float(u @ (w @ v))


def conv_operator_norm(w: np.ndarray, size: int) -> float:
    """Largest singular value of the convolution, as a map of images, circular padding.

    A wave stays a wave, so each frequency has its own matrix, o by i.

    Args:
        w: kernel, shape (o, i, kh, kw).
        size: side of the images, >= kh and kw.

    Raises:
        ValueError: if an argument is not so.
    """
    w = _array("w", w, "(o, i, kh, kw)", 4, 4)
    size = _count("size", size, max(w.shape[2:]))
    largest = abs(w).max() or 1.0
    waves = np.fft.fft2(w / largest, s=(size, size), axes=(2, 3))
    singular = np.linalg.svd(waves.transpose(2, 3, 0, 1), compute_uv=False)
    return float(largest) * float(singular.max())


def _unit(v: np.ndarray) -> np.ndarray:
    length = math.hypot(*v)
    return v / length if length else v
    # --8<-- [end:norms]
