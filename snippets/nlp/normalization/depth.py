"""What depth does to a stream and to its gradient, by where the norm stands."""

import math

import numpy as np

from ._checks import _integer, _number
from .backward import rms_norm_backward
from .norms import rms_norm

_KINDS = ("none", "pre", "post")


# --8<-- [start:stack]
def stack_gradients(
    kind: str,
    depth: int,
    d: int,
    seed: int = 0,
    alpha: float = 1.0,
    eps: float = 1e-5,
) -> tuple[np.ndarray, np.ndarray]:
    """Sizes of a stream and of its gradient through a stack of random linear branches.

    Branch l is W x with entries of variance 1/d: it keeps the size of x on average. The
    norm is ``rms_norm`` without a gain, and no norm follows the last layer.

    Args:
        kind: "none", x + W x; "pre", x + W norm(x); "post", norm(alpha x + W x).
        depth: layers, at least 1.
        d: width, at least 2.
        seed: of the input, the weights and the gradient at the output.
        alpha: weight of the skip path, in "post" only.
        eps: of the norm.

    Returns:
        Root mean square of the stream, and length of the gradient by the stream, both
        of shape (depth + 1,), from the input (of size 1) to the output (length 1).

    Raises:
        ValueError: kind is unknown, or a number is not as said above.
    """
    if kind not in _KINDS:
        raise ValueError(f"kind must be one of {_KINDS}, got {kind!r}")
    depth, d = _integer("depth", depth, 1), _integer("d", d, 2)
    alpha, eps = _number("alpha", alpha, -math.inf), _number("eps", eps, 0)
    rng = np.random.default_rng(_integer("seed", seed, 0))
    weights = rng.standard_normal((depth, d, d)) / math.sqrt(d)
    x = rms_norm(rng.standard_normal(d), eps=0)

    inputs, stream = [], [x]  # inputs: what each norm was given
    for W in weights:
        if kind == "none":
            inputs.append(x)
            x = x + W @ x
        elif kind == "pre":
            inputs.append(x)
            x = x + W @ rms_norm(x, eps=eps)
        else:
            inputs.append(alpha * x + W @ x)
            x = rms_norm(inputs[-1], eps=eps)
        stream.append(x)

    g = rng.standard_normal(d)
    g /= np.linalg.norm(g)
    norms = [np.linalg.norm(g)]
    for W, given in zip(weights[::-1], inputs[::-1], strict=True):
        if kind == "none":
            g = g + W.T @ g
        elif kind == "pre":
            g = g + rms_norm_backward(W.T @ g, given, eps=eps)[0]
        else:
            g = rms_norm_backward(g, given, eps=eps)[0]
            g = alpha * g + W.T @ g
        norms.append(np.linalg.norm(g))
    return np.sqrt(np.mean(np.square(stream), axis=-1)), np.array(norms[::-1])
    # --8<-- [end:stack]
