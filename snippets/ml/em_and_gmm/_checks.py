"""What the functions want of their arguments, and the densities they share."""

import math
import operator
from collections.abc import Sequence
from numbers import Real
from typing import Any

import numpy as np

_LARGEST = 1e140  # squares of differences, and sums of them, stay finite
_MOST = 2**50  # integers up to here are floats exactly
_TOSSES = 2**50  # with more, a chance near 1 would round to 1
_SUM = 1e-6  # weights that were computed in float32 still sum to 1
_FLAT = 1e-12  # least eigenvalue of a correlation matrix that rounding leaves usable


def _array(name: str, values: Any, ndim: int) -> np.ndarray:
    """A float64 copy of finite numbers with that many axes, none of length 0."""
    try:
        given = np.asarray(values)
        text = given.dtype == object and any(isinstance(v, str) for v in given.flat)
        masked = isinstance(values, np.ma.MaskedArray)
        if text or masked or given.dtype.kind not in "biufO":
            raise TypeError("masked, complex, text or dates")  # float would lose them
        array = np.array(values, dtype=float)
    except (TypeError, ValueError, OverflowError, RuntimeError) as error:
        raise ValueError(
            f"{name} must be an array of numbers, got {values!r}"
        ) from error
    if array.ndim != ndim or 0 in array.shape:
        raise ValueError(
            f"{name} must have {ndim} axes, none empty, got shape {array.shape}"
        )
    wrong = ~(np.abs(array) <= _LARGEST)  # NaN is not either
    if wrong.any():
        raise ValueError(
            f"{name} must hold finite numbers of at most {_LARGEST:g} in size,"
            f" got {array[wrong][0]}"
        )
    return array


def _shares(name: str, values: Any, ndim: int) -> np.ndarray:
    """Numbers >= 0 that sum to 1 along the last axis."""
    shares = _array(name, values, ndim)
    if (shares < 0).any():
        raise ValueError(f"{name} must not be negative, got {shares.min()}")
    sums = np.atleast_1d(shares.sum(axis=-1))
    worst = sums[np.abs(sums - 1).argmax()]
    if abs(worst - 1) > _SUM:
        rows = "each row of " if ndim == 2 else ""
        raise ValueError(f"{rows}{name} must sum to 1, got {worst}")
    return shares


def _responsibilities(R: Any, n: int) -> np.ndarray:
    R = _shares("R", R, 2)
    if len(R) != n:
        raise ValueError(f"R must have a row for each of {n} points, got {len(R)}")
    return R


def _mixture(X: Any, w: Any, mu: Any, S: Any) -> tuple[np.ndarray, ...]:
    X, w, mu = _array("X", X, 2), _shares("w", w, 1), _array("mu", mu, 2)
    S = _array("S", S, 3)
    k, d = len(w), X.shape[1]
    if mu.shape != (k, d) or S.shape != (k, d, d):
        raise ValueError(
            f"with {k} weights and {d} columns in X, mu must have shape {(k, d)} and S"
            f" {(k, d, d)}, got {mu.shape} and {S.shape}"
        )
    return X, w, mu, S


def _integer(name: str, value: int, least: int) -> int:
    try:
        number = least - 1 if isinstance(value, bool) else operator.index(value)
    except TypeError:
        number = least - 1
    if number < least:
        raise ValueError(f"{name} must be an integer >= {least}, got {value!r}")
    if number > _MOST:
        raise ValueError(f"{name} must be an integer of at most {_MOST}, got more")
    return number


def _number(name: str, value: float) -> float:
    """A finite float."""
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, Real):
        raise ValueError(f"{name} must be a number, got {value!r}")
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not abs(number) <= _LARGEST:
        raise ValueError(
            f"{name} must be finite, and at most {_LARGEST:g} in size, got {number}"
        )
    return number


def _not_negative(name: str, value: float) -> float:
    number = _number(name, value)
    if number < 0:
        raise ValueError(f"{name} must be >= 0, got {value}")
    return number


def _heads(heads: Sequence[int], tosses: int) -> np.ndarray:
    counts = [_integer("heads", h, 0) for h in heads]
    if not counts or max(counts) > tosses:
        raise ValueError(f"heads must be counts within 0..{tosses}, got {heads!r}")
    if len(counts) * tosses > _TOSSES:
        raise ValueError(
            f"want at most 2**50 tosses in all, got {len(counts)} rounds of {tosses}"
        )
    return np.array(counts, dtype=float)


def _log_joint(
    X: np.ndarray, w: np.ndarray, mu: np.ndarray, S: np.ndarray
) -> np.ndarray:
    """log(w_k N(x_i | mu_k, S_k)), shape (n, K); -inf where w_k is 0."""
    columns = [_log_density(X, mu[k], S[k], k) for k in range(len(w))]
    with np.errstate(divide="ignore"):
        joint = np.log(w) + np.stack(columns, axis=1)
    if not np.isfinite(joint.max(axis=1)).all():
        raise ValueError(
            "a point is so many standard deviations from every component of positive"
            " weight that the squares overflow; want it nearer"
        )
    return joint


# --8<-- [start:density]
def _log_density(X: np.ndarray, mean: np.ndarray, S: np.ndarray, k: int) -> np.ndarray:
    """log N(x | mean, S) for each row, by Cholesky: no inverse and no determinant."""
    sd = np.sqrt(np.maximum(np.diag(S), 0))
    if not (sd > 0).all():
        raise ValueError(f"S[{k}] must be positive definite, got variances {sd**2}")
    with np.errstate(over="ignore"):
        C = S / sd / sd[:, None]  # correlations: units do not decide what is singular
    if not np.allclose(C, C.T, rtol=0, atol=1e-8) or np.isinf(C).any():
        raise ValueError(f"S[{k}] must be a symmetric covariance, got {S.tolist()}")
    least = np.linalg.eigvalsh(C)[0]
    if least < _FLAT:
        raise ValueError(
            f"S[{k}] must be positive definite, got correlations with least eigenvalue"
            f" {least:.2g}"
        )
    root = np.linalg.cholesky(C)
    with np.errstate(over="ignore"):
        z = np.linalg.solve(root, ((X - mean) / sd).T)
        squared = (z**2).sum(axis=0)  # (x - mean)^T S^-1 (x - mean)
    log_det = 2 * (np.log(np.diag(root)) + np.log(sd)).sum()
    return -0.5 * (len(mean) * math.log(2 * math.pi) + log_det + squared)
    # --8<-- [end:density]
