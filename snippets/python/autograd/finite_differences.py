"""Ways to doubt a gradient: difference quotients, one element at a time.

Reference:
    Baydin et al., "Automatic Differentiation in Machine Learning: a Survey", 2015,
    arXiv:1502.05767.
"""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import ArrayLike

from .node import Node
from .operations import Array


# --8<-- [start:numeric]
def numeric_gradient(
    fn: Callable[[Array], float], x: ArrayLike, h: float, scheme: str = "central"
) -> Array:
    """Difference quotients of a function of an array, one element at a time.

    Args:
        fn: from an array of the shape of ``x`` to a number.
        x: where to differentiate.
        h: step, > 0, in the units of ``x``, and large enough to change it.
        scheme: "forward", (f(x + h) - f(x)) / h, with error O(h); or "central",
            (f(x + h) - f(x - h)) / 2h, with error O(h^2).

    Returns:
        Shape of ``x``.

    Raises:
        ValueError: if ``h`` is not positive and finite or is lost in rounding at some
            element, or the scheme is another.
    """
    return _quotients(fn, np.array(x, dtype=np.float64), h, scheme)


def _quotients(
    fn: Callable[[Array], float], x: Array, h: float | Array, scheme: str = "central"
) -> Array:
    """Difference quotients with one step, or one for each element."""
    if np.ndim(h) == 0 and not 0 < h < np.inf:
        raise ValueError(f"h must be positive and finite, got {h}")
    if scheme not in ("forward", "central"):
        raise ValueError(f"scheme must be 'forward' or 'central', got {scheme!r}")
    gradient = np.zeros(x.shape)
    steps = np.broadcast_to(h, x.shape)
    for i in np.ndindex(x.shape):
        up, down = x.copy(), x.copy()
        up[i] += steps[i]
        if scheme == "central":
            down[i] -= steps[i]
        width = up[i] - down[i]  # as rounded: of h itself, x may hold a part only
        if width == 0:
            raise ValueError(f"h must change x, got {steps[i]} at {x[i]}")
        gradient[i] = (fn(up) - fn(down)) / width
    return gradient
    # --8<-- [end:numeric]


def gradcheck(
    fn: Callable[..., Node],
    inputs: Sequence[ArrayLike],
    eps: float = 1e-6,
    atol: float = 1e-6,
) -> bool:
    """Whether ``backward`` agrees with central differences, for every output element.

    Args:
        fn: from as many nodes as there are inputs to one node of any shape.
        inputs: arrays of floats, farther than a step from kinks and from the ends of
            the domain of ``fn``.
        eps: step of the differences, relative to elements beyond 1.
        atol: largest difference allowed, relative to numeric entries beyond 1.

    Returns:
        True if all entries of all Jacobians agree; NaN never does. A right gradient is
        not confirmed either where rounding hides the slope: beyond values of ``fn`` of
        about 10^4 max(1, slope) max(1, element).

    Raises:
        ValueError: if ``eps`` or ``atol`` is not positive and finite.
    """
    if not 0 < eps < np.inf:
        raise ValueError(f"eps must be positive and finite, got {eps}")
    if not 0 < atol < np.inf:
        raise ValueError(f"atol must be positive and finite, got {atol}")
    arrays = [np.array(x, dtype=np.float64) for x in inputs]
    shape = fn(*map(Node, arrays)).shape
    for index in np.ndindex(shape):
        nodes = [Node(x, requires_grad=True) for x in arrays]
        output = fn(*nodes)
        row = np.zeros(shape)
        row[index] = 1.0
        if output.requires_grad:
            output.backward(row)
        for k, node in enumerate(nodes):

            def element(x: Array, k: int = k, index: tuple[int, ...] = index) -> float:
                varied = [*arrays[:k], x, *arrays[k + 1 :]]
                return float(fn(*map(Node, varied)).value[index])

            step = eps * np.maximum(1.0, np.abs(arrays[k]))
            numeric = _quotients(element, arrays[k], step)
            exact = np.zeros(node.shape) if node.grad is None else node.grad
            bound = atol * np.maximum(1.0, np.abs(numeric))
            if not np.all(np.abs(exact - numeric) <= bound):
                return False
    return True
