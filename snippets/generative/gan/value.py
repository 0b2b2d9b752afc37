"""The value of the game for two laws on n outcomes, and who plays it best.

p is the law of the data, q that of the generator, d the discriminator's answers: the
probability that an outcome is real, if real and generated ones come equally often.
"""

import numpy as np

from ._checks import _alike, _chances, _laws


# --8<-- [start:value]
def optimal_discriminator(p: np.ndarray, q: np.ndarray) -> np.ndarray:
    """The answers that maximise the value, p / (p + q).

    Args:
        p: law of the data, shape (n,), >= 0 with the sum 1 within 1e-6.
        q: law of the generator, shape (n,), likewise.

    Returns:
        float64 of shape (n,); ½ where both are 0, since any answer is as good there.

    Raises:
        ValueError: if p or q is no law, or their lengths differ.
    """
    p, q = _laws(p, q)
    both = p + q
    return np.where(both > 0, p / np.where(both > 0, both, 1.0), 0.5)


def gan_value(p: np.ndarray, q: np.ndarray, d: np.ndarray) -> float:
    """Mean of ln d over p plus mean of ln(1 - d) over q, with 0 ln 0 = 0.

    Args:
        p: law of the data, shape (n,), >= 0 with the sum 1 within 1e-6.
        q: law of the generator, shape (n,), likewise.
        d: answers in [0, 1], shape (n,).

    Returns:
        The value, at most 0; -inf where an answer rules out what happens.

    Raises:
        ValueError: if p or q is no law, an answer not in [0, 1], or lengths differ.
    """
    (p, q), d = _laws(p, q), _chances("d", d)
    _alike("p", p, "d", d)
    real, fake = p > 0, q > 0  # only these count: 0 * -inf would be NaN
    with np.errstate(divide="ignore"):
        real_mean = p[real] @ np.log(d[real])
        return float(real_mean + q[fake] @ np.log1p(-d[fake]))
    # --8<-- [end:value]


# --8<-- [start:js]
def js_divergence(p: np.ndarray, q: np.ndarray) -> float:
    """Jensen-Shannon divergence in nats: 0 for equal laws, ln 2 for disjoint ones.

    Args:
        p: shape (n,), >= 0 with the sum 1 within 1e-6.
        q: shape (n,), likewise.

    Raises:
        ValueError: if p or q is no law, or their lengths differ.
    """
    p, q = _laws(p, q)
    m = p / 2 + q / 2
    # p = m (1 + t) and q = m (1 - t). No term below is negative, so none cancel.
    t = np.where(m > 0, (p - q) / np.where(m > 0, 2 * m, 1.0), 0.0)
    alone = abs(t) == 1  # only one of them has the outcome
    s = np.where(alone, 0.0, t)
    both = np.log1p(-s * s) + 2 * s * np.arctanh(s)
    return float(m @ np.where(alone, 2 * np.log(2), both)) / 2
    # --8<-- [end:js]
