"""Gradient descent on quadratics: step, curvature and momentum decide what converges.

A function with curvatures h in [mu, L] is 0.5 x^T A x, where A has the eigenvalues h.
The arithmetic is that of ``torch.optim``: the momentum buffer is ``m = beta m + g``
(no factor 1 - beta), Nesterov's step is ``g + beta m``, and eps is added outside the
root.

References:
    Polyak, "Some methods of speeding up the convergence of iteration methods", 1964,
    doi:10.1016/0041-5553(64)90137-5 (the heavy ball).
    Lessard, Recht, Packard, "Analysis and Design of Optimization Algorithms via
    Integral Quadratic Constraints", 2016, arXiv:1408.3595 (rates, and a cycle).
    Kingma, Ba, "Adam: A Method for Stochastic Optimization", 2015, arXiv:1412.6980.
"""

from .batches import minibatch_variance
from .methods import descend
from .quadratic import optimal_parameters, spectral_radius, stability_limit

__all__ = [
    "descend",
    "minibatch_variance",
    "optimal_parameters",
    "spectral_radius",
    "stability_limit",
]
