"""Example calls of snippets.python.autograd."""

from dataclasses import replace

import numpy as np

from snippets.python import autograd as a
from tests.inputs import Example, Promises, example

X = np.array([[0.5, -1.25, 2.0], [3.0, 0.25, -0.5]])


def _value(x, requires_grad=True):
    return a.Node(x, requires_grad).value


def _gradient(x, v):
    """By way of every kind of operation."""
    node = a.Node(x, requires_grad=True)
    step = ((node * node + 1.5).log() / (2.0 + node.exp()) - node**3).tanh()
    (step.relu() @ node.T).mean(1).reshape(2).backward(v)
    return node.grad


def _adjoints(x, v):
    node = a.Node(x, requires_grad=True)
    return list(a.adjoints(node * node, v).values())


def _order(x):
    node = a.Node(x, requires_grad=True)
    return len(a.topological_order(node * node + node))


def _where(condition, x, y):
    return a.where(condition, x, y).value


EXAMPLES: list[Example] = [
    Example(_value, (X,), {}, of=a.Node),
    Example(_gradient, (X, np.array([1.0, -0.5])), {}, of=a.Node),
    Example(_adjoints, (X, X), {}, of=a.adjoints),
    Example(_order, (X,), {}, of=a.topological_order),
    Example(_where, (X > 0, X, np.array([1.0, 2.0, 3.0])), {}, of=a.where),
    example(a.gradcheck, lambda x: x * x, [X]),
    example(a.numeric_gradient, lambda x: float((x * x).sum()), X, 0.5),
    example(a.train_xor, 0, 3, 0.5),
    replace(example(a.unbroadcast, X, (3,)), gives="same"),
]
SPARED: dict[str, str] = {
    "Training": "a record of results",
    "no_grad": "takes nothing",
}


class TestInputs(Promises):
    examples = EXAMPLES
    spared = SPARED
