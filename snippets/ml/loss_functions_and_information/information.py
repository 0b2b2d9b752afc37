"""Entropy and what it costs to believe the wrong distribution, in nats unless told."""

import numpy as np

from ._checks import _distribution, _pair, _unit


# --8<-- [start:entropy]
def entropy(p: np.ndarray, base: float | None = None) -> float:
    """Mean surprise of one who knows the distribution: minus the sum of p ln p.

    Args:
        p: probabilities, of any shape, whose sum is 1 within 1e-6; the sum is divided
            out.
        base: of the logarithm; None for nats, 2 for bits.

    Raises:
        ValueError: if an argument is not allowed.
    """
    p, unit = _distribution("p", p), _unit(base)
    p = p[p > 0]  # 0 ln 0 is 0, the limit, where a computer says NaN
    return float(-(p * np.log(p)).sum()) / unit + 0.0  # no -0
    # --8<-- [end:entropy]


# --8<-- [start:cross]
def cross_entropy(p: np.ndarray, q: np.ndarray, base: float | None = None) -> float:
    """Mean surprise, under p, of one who believes q: minus the sum of p ln q.

    Args:
        p: probabilities of what happens, as in ``entropy``.
        q: probabilities that are predicted, of the same shape.
        base: of the logarithm; None for nats.

    Returns:
        Infinite where something happens that q holds to be impossible.

    Raises:
        ValueError: if an argument is not allowed.
    """
    (p, q), unit = _pair(p, q), _unit(base)
    happens = p > 0
    with np.errstate(divide="ignore"):  # ln 0 is meant
        return float(-(p[happens] * np.log(q[happens])).sum()) / unit + 0.0
    # --8<-- [end:cross]


# --8<-- [start:kl]
def kl_divergence(p: np.ndarray, q: np.ndarray, base: float | None = None) -> float:
    """Surprise in excess of the entropy, for believing q: the sum of p ln(p / q).

    Args:
        p: probabilities of what happens, as in ``entropy``.
        q: probabilities that are predicted, of the same shape.
        base: of the logarithm; None for nats.

    Returns:
        At least 0; infinite where q = 0 < p; 0 if the two are equal.

    Raises:
        ValueError: if an argument is not allowed.
    """
    (p, q), unit = _pair(p, q), _unit(base)
    with np.errstate(divide="ignore"):  # ln 0 is meant
        return _excess(p, q, np.log(q)) / unit


def _excess(p: np.ndarray, q: np.ndarray, ln_q: np.ndarray) -> float:
    """The sum of p ln(p / q) - p + q, none of whose terms is below 0.

    The sums of p and q are equal, so the rest of a term adds up to 0. The terms of
    p ln(p / q) have both signs, and would cancel where p and q are close; what is
    rounded off here shrinks with q - p.
    """
    happens = p > 0
    total = q[~happens].sum()
    p, q, ln_q = p[happens], q[happens], ln_q[happens]
    close = np.abs(q - p) < p / 2
    change = (q[close] - p[close]) / p[close]
    total += (p[close] * (change - np.log1p(change))).sum()
    p, q, ln_q = p[~close], q[~close], ln_q[~close]
    total += (p * (np.log(p) - ln_q) - p + q).sum()
    return max(float(total), 0.0)  # numbers near 1e-320 have few digits
    # --8<-- [end:kl]


# --8<-- [start:js]
def js_divergence(p: np.ndarray, q: np.ndarray, base: float | None = None) -> float:
    """Mean KL divergence of p and q from their midpoint m, between 0 and ln 2.

    Args:
        p: probabilities, as in ``entropy``.
        q: probabilities, of the same shape.
        base: of the logarithm; None for nats.

    Raises:
        ValueError: if an argument is not allowed.
    """
    (p, q), unit = _pair(p, q), _unit(base)
    m = p / 2 + q / 2
    both = np.where(m > 0, m, 1.0)  # where m = 0, p and q are 0 as well
    ln_m = np.log(both)
    return (_excess(p, m, ln_m) + _excess(q, m, ln_m)) / 2 / unit
    # --8<-- [end:js]


# --8<-- [start:mutual]
def mutual_information(joint: np.ndarray, base: float | None = None) -> float:
    """KL divergence of a joint distribution from the product of its two margins.

    Args:
        joint: probabilities, shape (a, b), with the sum 1 within 1e-6.
        base: of the logarithm; None for nats.

    Raises:
        ValueError: if an argument is not allowed.
    """
    joint, unit = _distribution("joint", joint), _unit(base)
    if joint.ndim != 2:
        raise ValueError(f"joint must have shape (a, b), got {joint.shape}")
    rows, columns = joint.sum(1, keepdims=True), joint.sum(0)  # (a, 1), (b,)
    with np.errstate(divide="ignore"):  # an empty row or column is never looked at
        ln_product = np.log(rows) + np.log(columns)  # the product may underflow
    product = rows * columns
    return _excess(joint.ravel(), product.ravel(), ln_product.ravel()) / unit
    # --8<-- [end:mutual]
