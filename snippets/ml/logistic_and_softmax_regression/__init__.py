"""The log odds of a class are linear in the features; maximum likelihood fits them.

Logistic regression has two classes, 0 and 1, softmax regression K of them, 0 to K - 1.
Logits are what the sigmoid or the softmax takes. Losses are means over the rows; the
penalty is lam / 2 times the squared norm of the weights, without the intercept.

Sources: Cox 1958, doi:10.1111/j.2517-6161.1958.tb00292.x; Albert and Anderson 1984,
doi:10.1093/biomet/71.1.1, for data without a maximiser; Soudry et al. 2018,
arXiv:1710.10345, for gradient descent on them.
"""

from .binary import fit_logistic, irls_path, logistic_loss, prior_shift
from .descent import descent_path
from .multiclass import fit_softmax
from .stable import log_softmax, sigmoid

__all__ = [
    "descent_path",
    "fit_logistic",
    "fit_softmax",
    "irls_path",
    "log_softmax",
    "logistic_loss",
    "prior_shift",
    "sigmoid",
]
