"""How the gradient by the input changes along a line: a curve, or white noise."""

import numpy as np

from ._checks import flag, integer


# --8<-- [start:line]
def line_gradient(
    depth: int, residual: bool, seed: int = 0, width: int = 200, points: int = 257
) -> np.ndarray:
    """Gradient of a random net's output by its input, at points from -2 to 2.

    A layer makes relu(normed) W of x, and with ``residual`` adds x. ``normed`` has mean
    0 and variance 1 over the points, as in batch norm; the gradient, of the sum of all
    outputs, goes through these statistics too.

    Args:
        depth: layers between the first, of 1 input, and the last, of 1 output.
        residual: whether a layer adds its input.
        seed: of the weights.
        width: features of each layer.
        points: along the line, at least 2.

    Returns:
        The gradient at each point, shape (points,).

    Raises:
        ValueError: if a number is no integer or too small, or ``residual`` no bool.
    """
    depth, width = integer("depth", depth, 0), integer("width", width, 1)
    points, residual = integer("points", points, 2), flag("residual", residual)
    rng = np.random.default_rng(integer("seed", seed, 0))
    first = rng.standard_normal(width)
    x, layers = np.linspace(-2, 2, points)[:, None] * first, []
    for _ in range(depth):
        W = rng.standard_normal((width, width)) * np.sqrt(2 / width)
        size = np.sqrt(x.var(axis=0) + 1e-5)
        normed = (x - x.mean(axis=0)) / size
        layers.append((W, size, normed))
        x = x * residual + np.maximum(normed, 0) @ W
    g = np.tile(rng.standard_normal(width), (points, 1))
    for W, size, normed in reversed(layers):
        d = (g @ W.T) * (normed > 0)
        d = (d - d.mean(axis=0) - normed * (d * normed).mean(axis=0)) / size
        g = g * residual + d
    return g @ first
    # --8<-- [end:line]
