"""Reverse-mode differentiation in numpy: a ``Node`` records how it was computed, and
``backward`` multiplies a vector into the Jacobians on the way back, never forming one.

``autograd_operations`` has the derivative of each operation, ``autograd_node`` the
graph; here are the ways to doubt them, by finite differences, and a small training.

References:
    Paszke et al., "PyTorch: An Imperative Style, High-Performance Deep Learning
    Library", 2019, arXiv:1912.01703.
    Baydin et al., "Automatic Differentiation in Machine Learning: a Survey", 2015,
    arXiv:1502.05767.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from snippets.python.autograd_node import Node as Node
from snippets.python.autograd_node import adjoints as adjoints
from snippets.python.autograd_node import no_grad as no_grad
from snippets.python.autograd_node import topological_order as topological_order
from snippets.python.autograd_node import where as where
from snippets.python.autograd_operations import Array
from snippets.python.autograd_operations import unbroadcast as unbroadcast


# --8<-- [start:numeric]
def numeric_gradient(
    fn: Callable[[Array], float], x: ArrayLike, h: float, scheme: str = "central"
) -> Array:
    """Difference quotients of a function of an array, one element at a time.

    Args:
        fn: from an array of the shape of ``x`` to a number.
        x: where to differentiate.
        h: step, > 0, in the units of ``x``.
        scheme: "forward", (f(x + h) - f(x)) / h, with error O(h); or "central",
            (f(x + h) - f(x - h)) / 2h, with error O(h^2).

    Returns:
        Shape of ``x``.

    Raises:
        ValueError: if ``h`` is not positive and finite, or the scheme is another.
    """
    if not 0 < h < np.inf:
        raise ValueError(f"h must be positive and finite, got {h}")
    if scheme not in ("forward", "central"):
        raise ValueError(f"scheme must be 'forward' or 'central', got {scheme!r}")
    x = np.array(x, dtype=np.float64)
    gradient = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        up, down = x.copy(), x.copy()
        up[i] += h
        if scheme == "central":
            down[i] -= h
        width = h if scheme == "forward" else 2 * h
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
        inputs: arrays of floats, away from kinks of ``fn``.
        eps: step of the differences.
        atol: largest difference allowed, relative to numeric entries above 1.

    Returns:
        True if all entries of all Jacobians agree; NaN never does.

    Raises:
        ValueError: if ``eps`` or ``atol`` is not positive and finite.
    """
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

            numeric = numeric_gradient(element, arrays[k], eps)
            exact = np.zeros(node.shape) if node.grad is None else node.grad
            bound = atol * np.maximum(1.0, np.abs(numeric))
            if not np.all(np.abs(exact - numeric) <= bound):
                return False
    return True


class Training(NamedTuple):
    """What a training run leaves.

    Attributes:
        losses: before each step and, last, after the final one.
        outputs: of the network on the four inputs, in the end, shape (4,).
    """

    losses: list[float]
    outputs: Array


# --8<-- [start:xor]
def train_xor(seed: int, steps: int = 400, lr: float = 0.2) -> Training:
    """Teach x1 xor x2, true as 1 and false as -1, to a 2-8-1 tanh network.

    Args:
        seed: of the weights, drawn from the standard normal distribution.
        steps: of gradient descent on all four inputs, >= 0.
        lr: learning rate, > 0.

    Raises:
        ValueError: if ``steps`` is negative or ``lr`` not positive.
    """
    if steps < 0 or not lr > 0:
        raise ValueError(f"steps must be >= 0 and lr > 0, got {steps} and {lr}")
    rng = np.random.default_rng(seed)
    x = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    y = np.array([[-1.0], [1.0], [1.0], [-1.0]])
    shapes = [(2, 8), (8,), (8, 1), (1,)]
    values = [rng.normal(size=s) if len(s) == 2 else np.zeros(s) for s in shapes]
    losses = []
    for step in range(steps + 1):
        W1, b1, W2, b2 = nodes = [Node(w, requires_grad=True) for w in values]
        output = ((x @ W1 + b1).tanh() @ W2 + b2).tanh()
        loss = ((output - y) ** 2).mean()
        losses.append(float(loss.value))
        if step < steps:
            loss.backward()
            values = [node.value - lr * node.grad for node in nodes]
    return Training(losses, output.value.reshape(-1))
    # --8<-- [end:xor]
