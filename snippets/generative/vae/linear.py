"""The linear VAE: x = W z + b + sigma e, whose likelihood and posterior are known."""

import math

import numpy as np

from ._checks import _LARGEST, _array, _count, _model, _pair, _positive
from .gaussian import gaussian_kl, gaussian_log_density


# --8<-- [start:posterior]
def ppca_posterior(
    x: np.ndarray, W: np.ndarray, b: np.ndarray, sigma: float
) -> tuple[np.ndarray, np.ndarray]:
    """The Gaussian p(z | x) of the linear model.

    Args:
        x: points, shape (n, d).
        W: decoder, shape (d, k).
        b: shape (d,).
        sigma: standard deviation of the noise, from 1e-50 to 1e50.

    Returns:
        Means, shape (n, k), and the covariance that all share, shape (k, k).

    Raises:
        ValueError: if shapes differ, or a number is not finite or out of range.
    """
    x, W, b, sigma = _model(x, W, b, sigma)
    scaled = W / sigma
    # A root of the precision I + W^T W / sigma^2, without its square.
    _, s, Vt = np.linalg.svd(np.concatenate([np.eye(W.shape[1]), scaled]), False)
    covariance = (Vt.T / s**2) @ Vt
    return (x - b) / sigma @ scaled @ covariance, covariance
    # --8<-- [end:posterior]


# --8<-- [start:likelihood]
def ppca_log_likelihood(
    x: np.ndarray, W: np.ndarray, b: np.ndarray, sigma: float
) -> np.ndarray:
    """ln p(x) of each point, z integrated out: N(x; b, W W^T + sigma^2 I).

    Args and errors as for ``ppca_posterior``; the result has shape (n,).
    """
    x, W, b, sigma = _model(x, W, b, sigma)
    U, s, _ = np.linalg.svd(W, full_matrices=False)  # axes of the covariance
    along = (x - b) @ U
    across = (x - b) - along @ U.T
    variances = s**2 + sigma**2
    squares = (along**2 / variances).sum(axis=1) + (across**2).sum(axis=1) / sigma**2
    rest = W.shape[0] - len(s)
    logs = np.log(variances).sum() + 2 * rest * math.log(sigma)
    return -0.5 * (squares + logs + W.shape[0] * math.log(math.tau))
    # --8<-- [end:likelihood]


def ppca_fit(x: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray, float]:
    """Maximum likelihood of the linear model, in closed form.

    Args:
        x: points, shape (n, d).
        k: numbers of a code, 1 <= k < d.

    Returns:
        W of shape (d, k), with orthogonal columns, the longest first, each with a
        positive largest entry; b, the mean; sigma. Covariances divide by n.

    Raises:
        ValueError: if x has not that shape, a number is not finite or too large, k is
            no integer from 1 to d - 1, or sigma would be 0 or less than 1e-50.
    """
    x = _array("x", x)
    if x.ndim != 2 or len(x) == 0 or x.shape[1] < 2:
        raise ValueError(f"x must have shape (n, d), n >= 1, d >= 2, got {x.shape}")
    n, d = x.shape
    k = _count("k", k, d - 1)
    b = x.mean(axis=0)
    x = x - b
    x -= x.mean(axis=0)  # what the rounding of the mean left
    _, s, Vt = np.linalg.svd(x, full_matrices=False)
    dust = max(n, d) * np.finfo(float).eps * s[0]
    if not s[k:].max(initial=0.0) > dust:
        raise ValueError(f"x must vary in more than k = {k} directions, got none left")
    values = s**2 / n
    variance = values[k:].sum() / (d - k)
    if not math.sqrt(variance) >= 1 / _LARGEST:  # its square may be 0
        raise ValueError(f"x must leave sigma >= 1e-50, got {math.sqrt(variance):g}")
    # Where all are equal, rounding may leave less than 0.
    columns = Vt[:k].T * np.sqrt(np.maximum(values[:k] - variance, 0.0))
    top = np.abs(columns).argmax(axis=0)
    columns = columns * np.where(columns[top, np.arange(k)] < 0, -1.0, 1.0)
    return columns, b, math.sqrt(variance)


# --8<-- [start:elbo]
def linear_elbo(
    x: np.ndarray,
    W: np.ndarray,
    b: np.ndarray,
    sigma: float,
    mean: np.ndarray,
    log_var: np.ndarray,
    beta: float = 1.0,
) -> np.ndarray:
    """ELBO of the linear model for any diagonal Gaussian q, without sampling.

    Args:
        x, W, b, sigma: as for ``ppca_posterior``.
        mean: of q(z | x), shape (n, k).
        log_var: logarithms of its variances, same shape.
        beta: weight of the KL term, 0 or from 1e-50 to 1e50.

    Returns:
        Nats, shape (n,).

    Raises:
        ValueError: if shapes differ, or a number is not finite or out of range.
    """
    x, W, b, sigma = _model(x, W, b, sigma)
    mean, log_var = _pair(mean, log_var, (len(x), W.shape[1]))
    beta = _positive("beta", beta, zero=True)
    spread = np.exp(log_var) @ (W / sigma).T ** 2  # of the decoded z, (n, d)
    fit = gaussian_log_density(x, mean @ W.T + b, sigma) - 0.5 * spread.sum(axis=1)
    return fit - beta * gaussian_kl(mean, log_var)
    # --8<-- [end:elbo]


# --8<-- [start:optimum]
def linear_optimum(
    variance: float, sigma: float, beta: float = 1.0
) -> tuple[float, float, float]:
    """Best decoder and encoder for a direction of the data, sigma being fixed.

    Args:
        variance: of the data along the direction, from 1e-50 to 1e50.
        sigma: standard deviation of the decoder, likewise.
        beta: weight of the KL term, likewise.

    Returns:
        Squared length of the decoder's column, variance of q, mean KL in nats. The
        direction has collapsed where these are 0, 1, 0.

    Raises:
        ValueError: if a number is not finite or out of range.
    """
    variance, sigma = _positive("variance", variance), _positive("sigma", sigma)
    noise = _positive("beta", beta) * sigma**2
    rate = 0.5 * max(math.log(variance / noise), 0.0)
    return max(variance - noise, 0.0), min(1.0, noise / variance), rate
    # --8<-- [end:optimum]
