"""Linear regression: a number as a weighted sum of features, fitted by least squares.

``ols`` minimises the sum of squares; ``leverages`` and ``loo_residuals`` say what each
row does to its own fit. ``X`` has shape (n, d), ``y`` shape (n,); a fit is ``(w, b)``
and predicts ``X @ w + b``.

Source: Trefethen and Bau, Numerical Linear Algebra, SIAM 1997, lectures 11, 18 and 19.
"""

from .least_squares import leverages, loo_residuals, ols

__all__ = ["leverages", "loo_residuals", "ols"]
