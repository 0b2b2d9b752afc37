"""How far a policy has moved from the one that acted: what one logs and watches."""

import numpy as np
from numpy import ndarray
from numpy.typing import ArrayLike

from ._checks import finite, inside, real


# --8<-- [start:measures]
def clip_fraction(logp_new: ArrayLike, logp_old: ArrayLike, clip: float = 0.2) -> float:
    """Share of the samples whose ratio has left the band.

    Some of them may still have a gradient: the one that leads back.

    Args:
        logp_new, logp_old: log-probabilities, of one shape.
        clip: half the width of the band, in (0, 1).

    Raises:
        ValueError: if an argument is not as above.
    """
    return outside(_difference(logp_new, logp_old), inside("clip", clip))


def kl_estimates(
    logp_new: ArrayLike, logp_old: ArrayLike
) -> tuple[float, float, float]:
    """Means of k1 = -ln r, k2 = (ln r)^2 / 2, k3 = r - 1 - ln r: estimates of KL.

    They estimate KL(old || new), for the samples are the old policy's.

    Args:
        logp_new, logp_old: log-probabilities, of one shape.

    Raises:
        ValueError: if an argument is not as above, or a mean overflows.
    """
    d = _difference(logp_new, logp_old)
    with np.errstate(over="ignore"):
        means = np.array([-d.mean(), (d**2).mean() / 2, k3(d)])
    k = finite("the means", means)
    return float(k[0]), float(k[1]), float(k[2])


def outside(d: ndarray, clip: float) -> float:
    """Share of the log-ratios d that lie beyond the band."""
    with np.errstate(over="ignore"):
        r = np.exp(d)
    return float(((r < 1 - clip) | (r > 1 + clip)).mean())


def k3(d: ndarray) -> float:
    """Mean of r - 1 - ln r; expm1, since r - 1 has lost its digits near r = 1.

    The relative error is still up to about 4e-16 / |ln r|.
    """
    with np.errstate(over="ignore"):
        return float((np.expm1(d) - d).mean())
    # --8<-- [end:measures]


def _difference(logp_new: ArrayLike, logp_old: ArrayLike) -> ndarray:
    new = real("logp_new", logp_new)
    with np.errstate(over="ignore"):
        return finite("ln r", new - real("logp_old", logp_old, new.shape))
