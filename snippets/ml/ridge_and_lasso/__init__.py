"""Ridge and lasso: least squares that pays for the size of its weights.

``ridge`` adds a penalty on the squares of the weights and shrinks what the data
determine badly; ``lasso`` adds one on their absolute values and sets some to exactly 0.
``X`` has shape (n, d), ``y`` shape (n,); a fit is ``(w, b)`` and predicts
``X @ w + b``. The intercept b is never penalised.

Sources: Hoerl and Kennard 1970, doi:10.1080/00401706.1970.10488634; Tibshirani 1996,
doi:10.1111/j.2517-6161.1996.tb02080.x; Friedman, Hastie, Tibshirani 2010,
doi:10.18637/jss.v033.i01.
"""

from .selection import lasso, lasso_lambda_max, soft_threshold
from .shrinkage import ridge, ridge_dof, ridge_loo_residuals

__all__ = [
    "lasso",
    "lasso_lambda_max",
    "ridge",
    "ridge_dof",
    "ridge_loo_residuals",
    "soft_threshold",
]
