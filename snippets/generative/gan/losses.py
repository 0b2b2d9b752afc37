"""What each player minimises, computed from logits: real is a large logit.

A logit l stands for the probability sigmoid(l) = 1 / (1 + e^-l), except in "hinge" and
"least_squares", where it is only a score.
"""

import numpy as np

from ._checks import _alike, _choice, _law, _numbers

KINDS = ("saturating", "non_saturating", "least_squares", "hinge")


# --8<-- [start:losses]
def discriminator_loss(
    real_logits: np.ndarray, fake_logits: np.ndarray, kind: str = "non_saturating"
) -> float:
    """Mean loss on real samples plus mean loss on generated ones.

    Args:
        real_logits: shape (n,), n >= 1.
        fake_logits: shape (m,), m >= 1.
        kind: "saturating" and "non_saturating" (one and the same for this player),
            "least_squares" (targets 1 and 0, factor ½), or "hinge".

    Raises:
        ValueError: if there are no logits, one is not finite, or the kind is unknown.
    """
    real = _numbers("real_logits", real_logits)
    fake = _numbers("fake_logits", fake_logits)
    kind = _choice("kind", kind, KINDS)
    with np.errstate(over="ignore"):  # a square may be too large: the loss is inf
        if kind == "least_squares":
            return float(np.mean((real - 1) ** 2) / 2 + np.mean(fake**2) / 2)
        if kind == "hinge":
            return float(
                np.maximum(1 - real, 0).mean() + np.maximum(1 + fake, 0).mean()
            )
        return float(_softplus(-real).mean() + _softplus(fake).mean())


def generator_loss(fake_logits: np.ndarray, kind: str = "non_saturating") -> float:
    """Mean loss of the generator on its own samples.

    Args:
        fake_logits: shape (m,), m >= 1.
        kind: "saturating" is ln(1 - sigmoid(l)), "non_saturating" -ln sigmoid(l),
            "least_squares" (l - 1)² / 2, "hinge" -l.

    Raises:
        ValueError: if there are no logits, one is not finite, or the kind is unknown.
    """
    fake = _numbers("fake_logits", fake_logits)
    kind = _choice("kind", kind, KINDS)
    with np.errstate(over="ignore"):
        if kind == "least_squares":
            return float(np.mean((fake - 1) ** 2) / 2)
        if kind == "hinge":
            return 0.0 - float((fake / len(fake)).sum())  # their sum may overflow
        if kind == "saturating":
            return 0.0 - float(_softplus(fake).mean())  # never -0.0
        return float(_softplus(-fake).mean())


def _softplus(x: np.ndarray) -> np.ndarray:
    """ln(1 + e^x), which neither overflows nor loses a small result."""
    return np.logaddexp(0.0, x)
    # --8<-- [end:losses]


# --8<-- [start:tabular]
def tabular_generator_gradient(
    p: np.ndarray, logits: np.ndarray, kind: str
) -> np.ndarray:
    """Gradient of the generator's loss by its own logits; the best D is held fixed.

    The generator is a table, q = softmax(logits). Its loss is the mean of f over q,
    where f is ln(1 - D) or -ln D at D = p / (p + q).

    Args:
        p: law of the data, shape (n,), >= 0 with the sum 1 within 1e-6.
        logits: of the generator, shape (n,).
        kind: "saturating" or "non_saturating".

    Returns:
        float64 of shape (n,), with the sum 0.

    Raises:
        ValueError: if p is no law, a logit not finite, lengths differ, the kind is
            another, or the kind is "non_saturating" and some p is 0: D is 0 there.
    """
    p, z = _law("p", p), _numbers("logits", logits)
    _alike("p", p, "logits", z)
    kind = _choice("kind", kind, ("saturating", "non_saturating"))
    if kind == "non_saturating" and not p.all():
        raise ValueError(f"p must be > 0 where -ln D is taken, got {p}")
    with np.errstate(over="ignore", divide="ignore", under="ignore"):
        ln_q = z - z.max()
        ln_q = ln_q - np.log(np.exp(ln_q).sum())
        ln_p = np.log(p)
        q, ln_sum = np.exp(ln_q), np.logaddexp(ln_p, ln_q)
        top = ln_q if kind == "saturating" else -ln_p
    f = np.zeros_like(q)
    seen = q > 0  # the others have no samples, and their terms are 0
    sign = -1.0 if kind == "saturating" else 1.0
    f[seen] = top[seen] + sign * ln_sum[seen]
    return q * (f - q @ f)
    # --8<-- [end:tabular]
