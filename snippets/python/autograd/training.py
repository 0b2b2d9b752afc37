"""A network of two layers learns XOR with the engine of this note."""

from operator import index
from typing import NamedTuple

import numpy as np

from .node import Node
from .operations import Array


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
    """Teach x1 xor x2, inputs 0 and 1, targets -1 and 1, to a 2-8-1 tanh network.

    Args:
        seed: of the weights, drawn from the standard normal distribution; >= 0.
        steps: of gradient descent on all four inputs, >= 0.
        lr: learning rate, > 0.

    Raises:
        ValueError: if ``seed`` or ``steps`` is negative, or ``lr`` is not positive and
            finite.
    """
    seed, steps = index(seed), index(steps)
    if min(seed, steps) < 0 or not 0 < lr < np.inf:
        wanted = "seed and steps must be >= 0 and lr > 0 and finite"
        raise ValueError(f"{wanted}, got {seed}, {steps} and {lr}")
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
