"""Reverse-mode differentiation in numpy: a ``Node`` records how it was computed, and
``backward`` multiplies a vector into the Jacobians on the way back, never forming one.

``operations`` has the derivative of each operation, ``node`` the graph; then come the
ways to doubt them, by finite differences, and a small training.

References:
    Paszke et al., "PyTorch: An Imperative Style, High-Performance Deep Learning
    Library", 2019, arXiv:1912.01703.
    Baydin et al., "Automatic Differentiation in Machine Learning: a Survey", 2015,
    arXiv:1502.05767.
"""

from . import operations
from .finite_differences import gradcheck, numeric_gradient
from .node import Node, Operand, adjoints, no_grad, topological_order, where
from .operations import Array, unbroadcast
from .training import Training, train_xor

__all__ = [
    "Array",
    "Node",
    "Operand",
    "Training",
    "adjoints",
    "gradcheck",
    "no_grad",
    "numeric_gradient",
    "operations",
    "topological_order",
    "train_xor",
    "unbroadcast",
    "where",
]
