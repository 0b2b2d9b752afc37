"""A node remembers its value and which nodes it came from; ``backward`` walks these
links once, users before inputs, and leaves the gradient in ``.grad`` of the leaves.

The graph is made by running the program (define-by-run). Values are float64 and
read-only, masks and indices are copied, so no version counter is needed. Unlike torch,
a second ``backward`` through an operation needs ``retain_graph``, even where nothing
had to be saved.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from copy import deepcopy
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import operations as ops
from .operations import Array, Axis, Pullback, Result

_recording: ContextVar[bool] = ContextVar("recording", default=True)


@contextmanager
def no_grad() -> Iterator[None]:
    """While it is entered, results of operations do not record where they came from."""
    token = _recording.set(False)
    try:
        yield
    finally:
        _recording.reset(token)


class Node:
    """An array that knows how it was computed.

    Args:
        value: real numbers; copied, as float64.
        requires_grad: whether ``backward`` is to leave a gradient here.

    Attributes:
        value: read-only array.
        requires_grad: whether it, or a recorded input of it, was asked to have one.
        grad: sum of all gradients so far, of the shape of ``value``; None before the
            first and for all nodes that are not leaves.
        edges: the inputs that require a gradient, each with its pullback; empty for a
            leaf, None once ``backward`` has released them.

    Raises:
        ValueError: if the values are not real numbers, or are integers and require a
            gradient.
    """

    __array_ufunc__ = None  # numpy leaves `array * node` to __rmul__

    def __init__(self, value: ArrayLike, requires_grad: bool = False) -> None:
        try:
            array = np.array(value)
        except ValueError:  # rows of different lengths
            raise ValueError(f"value must be a full array, got {value!r}") from None
        if array.dtype.kind not in "biuf":
            raise ValueError(f"value must be real numbers, got dtype {array.dtype}")
        if requires_grad and array.dtype.kind != "f":
            wanted = "a node that requires a gradient must hold floats"
            raise ValueError(f"{wanted}, got dtype {array.dtype}")
        self.value: Array = array.astype(np.float64, copy=False)
        self.value.flags.writeable = False
        self.requires_grad = requires_grad
        self.grad: Array | None = None
        self.edges: tuple[tuple[Node, Pullback], ...] | None = ()

    @property
    def shape(self) -> tuple[int, ...]:
        """Of the value."""
        return self.value.shape

    @property
    def is_leaf(self) -> bool:
        """Whether no recorded operation made it."""
        return self.edges == ()

    def __repr__(self) -> str:
        return f"Node({self.value!r}, requires_grad={self.requires_grad})"

    def detach(self) -> "Node":
        """The same value without its history."""
        return Node(self.value)

    def zero_grad(self) -> None:
        """Forget the gradient: ``grad`` is None again."""
        self.grad = None

    # --8<-- [start:backward]
    def backward(
        self, grad: ArrayLike | None = None, retain_graph: bool = False
    ) -> None:
        """Add v^T J to ``.grad`` of every leaf x, where J = d self / d x.

        Args:
            grad: v, of the shape of this node; None means 1, for a single element.
            retain_graph: keep the graph for another ``backward``.

        Raises:
            ValueError: if this node requires no gradient, has several elements and
                ``grad`` is None, ``grad`` has another shape, or an operation on the
                way was released by an earlier ``backward``.
        """
        if not self.requires_grad:
            raise ValueError("backward needs a node with requires_grad=True, got False")
        if grad is None:
            if self.value.size != 1:
                wanted = "grad must be given unless the node has one element"
                raise ValueError(f"{wanted}, got shape {self.shape}")
            grad = np.ones(self.shape)
        gradients = adjoints(self, grad)
        for node, g in gradients.items():
            if node.is_leaf:
                node.grad = np.array(g if node.grad is None else node.grad + g)
            elif not retain_graph:
                node.edges = None
        # --8<-- [end:backward]

    def __add__(self, other: "Operand") -> "Node":
        return _apply(ops.add, self, other)

    def __radd__(self, other: ArrayLike) -> "Node":
        return _apply(ops.add, other, self)

    def __mul__(self, other: "Operand") -> "Node":
        return _apply(ops.multiply, self, other)

    def __rmul__(self, other: ArrayLike) -> "Node":
        return _apply(ops.multiply, other, self)

    def __neg__(self) -> "Node":
        return self * -1.0

    def __sub__(self, other: "Operand") -> "Node":
        return self + -_node(other)

    def __rsub__(self, other: ArrayLike) -> "Node":
        return other + -self

    def __truediv__(self, other: "Operand") -> "Node":
        return _apply(ops.divide, self, other)

    def __rtruediv__(self, other: ArrayLike) -> "Node":
        return _apply(ops.divide, other, self)

    def __pow__(self, other: "Operand") -> "Node":
        return _apply(ops.power, self, other)

    def __rpow__(self, other: ArrayLike) -> "Node":
        return _apply(ops.power, other, self)

    def __matmul__(self, other: "Operand") -> "Node":
        return _apply(ops.matmul, self, other)

    def __rmatmul__(self, other: ArrayLike) -> "Node":
        return _apply(ops.matmul, other, self)

    def __getitem__(self, index: Any) -> "Node":
        return _apply(ops.take, self, index=deepcopy(index))

    def sum(self, axis: Axis = None, keepdims: bool = False) -> "Node":
        """Sum over one axis, several or (None) all."""
        return _apply(ops.total, self, axis=axis, keepdims=keepdims)

    def mean(self, axis: Axis = None, keepdims: bool = False) -> "Node":
        """Mean over one axis, several or (None) all."""
        return _apply(ops.mean, self, axis=axis, keepdims=keepdims)

    def exp(self) -> "Node":
        """e to the power of each element."""
        return _apply(ops.exp, self)

    def log(self) -> "Node":
        """Natural logarithm; ValueError unless all elements are positive."""
        return _apply(ops.log, self)

    def tanh(self) -> "Node":
        """Hyperbolic tangent."""
        return _apply(ops.tanh, self)

    def relu(self) -> "Node":
        """max(x, 0), with derivative 0 at 0."""
        return _apply(ops.relu, self)

    def reshape(self, *shape: int) -> "Node":
        """The same elements in another shape; one length may be -1."""
        return _apply(ops.reshape, self, shape=shape)

    @property
    def T(self) -> "Node":  # noqa: N802 (numpy's name)
        """The axes in reverse order."""
        return _apply(ops.transpose, self)


Operand = Node | ArrayLike


def _node(operand: Operand) -> Node:
    return operand if isinstance(operand, Node) else Node(operand)


# --8<-- [start:apply]
def _apply(operation: Any, *operands: Operand, **settings: Any) -> Node:
    """Run an operation; record it if an operand requires a gradient."""
    inputs = [_node(operand) for operand in operands]
    with np.errstate(all="ignore"):  # infinities and NaN come out in silence
        result: Result = operation(*(x.value for x in inputs), **settings)
    node = Node(result.value)
    if _recording.get():
        pairs = zip(inputs, result.pullbacks)
        node.edges = tuple((x, pull) for x, pull in pairs if x.requires_grad)
        node.requires_grad = bool(node.edges)
    return node
    # --8<-- [end:apply]


def where(condition: NDArray[np.bool_], a: Operand, b: Operand) -> Node:
    """``a`` where the condition (an array, not a node) holds, else ``b``; broadcasts.

    Raises:
        ValueError: if the condition is not boolean or the shapes do not broadcast.
    """
    condition = np.array(condition)
    if condition.dtype != np.bool_:
        raise ValueError(f"condition must be boolean, got dtype {condition.dtype}")
    return _apply(lambda x, y: ops.where(condition, x, y), a, b)


# --8<-- [start:order]
def topological_order(root: Node) -> list[Node]:
    """The nodes ``backward`` has to visit, inputs before users, each once, root last.

    Raises:
        ValueError: if an operation was released by an earlier ``backward``.
    """
    order: list[Node] = []
    seen = {root}
    stack = [(root, iter(_edges(root)))]  # a stack, since recursion has a limit
    while stack:
        node, edges = stack[-1]
        for parent, _ in edges:
            if parent not in seen:
                seen.add(parent)
                stack.append((parent, iter(_edges(parent))))
                break
        else:
            order.append(node)
            stack.pop()
    return order
    # --8<-- [end:order]


def _edges(node: Node) -> tuple[tuple[Node, Pullback], ...]:
    if node.edges is None:
        wanted = "backward through a graph again needs retain_graph=True the first time"
        raise ValueError(f"{wanted}, got a released graph")
    return node.edges


# --8<-- [start:adjoints]
def adjoints(root: Node, v: ArrayLike) -> dict[Node, Array]:
    """v^T (d root / d node) for every node with a gradient that leads to the root.

    Args:
        root: a node of any shape.
        v: weights of its elements, of the same shape.

    Returns:
        For each node, root first, an array of the node's shape.

    Raises:
        ValueError: if ``v`` has another shape, or the graph was released.
    """
    v = np.array(v, dtype=np.float64)
    if v.shape != root.shape:
        raise ValueError(f"grad must have shape {root.shape}, got {v.shape}")
    bar = {root: v}
    with np.errstate(all="ignore"):
        for node in reversed(topological_order(root)):
            for parent, pullback in _edges(node):
                g = pullback(bar[node])
                # Not +=: the array may belong to another node as well.
                bar[parent] = bar[parent] + g if parent in bar else g
    return bar
    # --8<-- [end:adjoints]
