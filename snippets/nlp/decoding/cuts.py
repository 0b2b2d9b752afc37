"""A distribution of the next token: its temperature, and three ways to cut its tail."""

import numpy as np

from ._checks import _count, _distribution, _logits, _share, _temperature

NEAR = 1e-12  # what differs by less is equal: .7 + .1 is less than .8 in float64


# --8<-- [start:softmax]
def softmax(logits: np.ndarray, temperature: float = 1.0) -> np.ndarray:
    """Probabilities along the last axis, sharper below temperature 1, flatter above.

    Args:
        logits: shape (..., n), n >= 1; -inf makes a token impossible.
        temperature: what the logits are divided by, > 0.

    Returns:
        float64 of the same shape.

    Raises:
        ValueError: if there are no logits, one is NaN or +inf, a row has only -inf, or
            the temperature is not a finite number > 0.
    """
    logits, temperature = _logits("logits", logits), _temperature(temperature)
    # A difference beyond float64 is -inf, and its probability 0.
    with np.errstate(over="ignore"):
        z = (logits - logits.max(axis=-1, keepdims=True)) / temperature
    weights = np.exp(z)
    return weights / weights.sum(axis=-1, keepdims=True)
    # --8<-- [end:softmax]


# --8<-- [start:cuts]
def top_k(p: np.ndarray, k: int) -> np.ndarray:
    """The k most probable tokens, renormalized; of equal ones the lower index first.

    Args:
        p: shape (..., n), >= 0, each row with the sum 1 up to 1e-6.
        k: at least 1; from n on nothing is cut.

    Returns:
        float64 of the same shape, 0 where a token was cut.

    Raises:
        ValueError: if p is no distribution, or k not an integer >= 1.
    """
    p, k = _distribution(p), _count("k", k, 1)
    order = np.argsort(-p, axis=-1, kind="stable")
    keep = np.zeros(p.shape, bool)
    np.put_along_axis(keep, order[..., :k], True, axis=-1)
    return _renormalized(p, keep)


def top_p(p: np.ndarray, mass: float) -> np.ndarray:
    """The nucleus, renormalized: the shortest head whose probabilities reach the mass.

    A token is kept if those before it have less than the mass (by 1e-12, a rounding),
    so the one that reaches it is in; the first is always. Of equal ones the lower index
    comes first.

    Args:
        p: shape (..., n), >= 0, each row with the sum 1 up to 1e-6.
        mass: in (0, 1].

    Returns:
        float64 of the same shape, 0 where a token was cut.

    Raises:
        ValueError: if p is no distribution, or the mass not a number in (0, 1].
    """
    p, mass = _distribution(p), _share("mass", mass, zero=False)
    order = np.argsort(-p, axis=-1, kind="stable")
    ordered = np.take_along_axis(p, order, axis=-1)
    before = np.cumsum(ordered, axis=-1) - ordered
    reached = before >= mass - NEAR
    reached[..., 0] = False
    keep = np.zeros(p.shape, bool)
    np.put_along_axis(keep, order, ~reached, axis=-1)
    return _renormalized(p, keep)


def min_p(p: np.ndarray, ratio: float) -> np.ndarray:
    """The tokens of at least ``ratio`` times the largest probability, renormalized.

    A token that misses this by 1e-12 of it, a rounding, is kept.

    Args:
        p: shape (..., n), >= 0, each row with the sum 1 up to 1e-6.
        ratio: in [0, 1]; 0 cuts nothing, 1 keeps the maximum and its equals.

    Returns:
        float64 of the same shape, 0 where a token was cut.

    Raises:
        ValueError: if p is no distribution, or the ratio not a number in [0, 1].
    """
    p, ratio = _distribution(p), _share("ratio", ratio, zero=True)
    least = ratio * (1 - NEAR) * p.max(axis=-1, keepdims=True)
    return _renormalized(p, p >= least)


def _renormalized(p: np.ndarray, keep: np.ndarray) -> np.ndarray:
    kept = np.where(keep, p, 0.0)
    return kept / kept.sum(axis=-1, keepdims=True)
    # --8<-- [end:cuts]
