"""The bound that both steps of EM raise."""

import numpy as np

from ._checks import _log_joint, _mixture, _responsibilities


# --8<-- [start:elbo]
def elbo(
    X: np.ndarray, R: np.ndarray, w: np.ndarray, mu: np.ndarray, S: np.ndarray
) -> float:
    """The lower bound on the log-likelihood that responsibilities ``R`` give.

    Args:
        X: points, shape (n, d).
        R: probabilities of the components for each point, shape (n, K).
        w: weights, shape (K,), not negative, sum 1.
        mu: means, shape (K, d).
        S: covariances, shape (K, d, d).

    Returns:
        Sum of R (log w_k N(x_i | mu_k, S_k) - log R), where 0 log 0 is 0; minus
        infinity if ``R`` gives something to a component of weight 0.

    Raises:
        ValueError: as ``log_likelihood`` and, of ``R``, ``m_step``; and if it has not
            a column for each weight.
    """
    X, w, mu, S = _mixture(X, w, mu, S)
    R = _responsibilities(R, len(X))
    if R.shape[1] != len(w):
        raise ValueError(f"R must have {len(w)} columns, got {R.shape[1]}")
    used = R > 0
    return float((R[used] * (_log_joint(X, w, mu, S)[used] - np.log(R[used]))).sum())
    # --8<-- [end:elbo]
