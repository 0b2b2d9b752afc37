"""Regularization: fit the training data a little less, to predict new data better.

Shrinkage by ridge and by early stopping, dropout, smoothed labels; and clipping, which
keeps steps small. Two conventions trip people: here p is the probability that dropout
sets a value to *zero* (as in PyTorch, Srivastava et al. keep with probability p), and
ridge adds lam * |w|**2 to the plain sum of squares.

References:
    Ali, Kolter, Tibshirani 2019, arXiv:1810.10082 (early stopping beside ridge).
    Srivastava et al. 2014, JMLR 15:1929 (dropout).
    Szegedy et al. 2016, arXiv:1512.00567 (label smoothing).
"""

from .clipping import clip_by_norm
from .masks import dropout, dropout_linear
from .shrinkage import early_stopping_shrinkage, ridge_shrinkage
from .smoothing import optimal_logit_gap, smooth_labels, smoothed_cross_entropy

__all__ = [
    "clip_by_norm",
    "dropout",
    "dropout_linear",
    "early_stopping_shrinkage",
    "optimal_logit_gap",
    "ridge_shrinkage",
    "smooth_labels",
    "smoothed_cross_entropy",
]
