"""What PPO maximises for each sample, its gradient, and the loss of the critic."""

import numpy as np
from numpy import ndarray
from numpy.typing import ArrayLike

from ._checks import finite, inside, positive, real


# --8<-- [start:clip]
def clipped_objective(
    logp_new: ArrayLike, logp_old: ArrayLike, adv: ArrayLike, clip: float = 0.2
) -> ndarray:
    """min(r A, clip(r, 1 - clip, 1 + clip) A) for each sample, to be maximised.

    Args:
        logp_new, logp_old, adv: log-probabilities and advantages A, of one shape;
            r = exp(logp_new - logp_old).
        clip: half the width of the band, in (0, 1).

    Returns:
        The same shape.

    Raises:
        ValueError: if an argument is not as above, or a result overflows.
    """
    r, adv, clip = _sample(logp_new, logp_old, adv, clip)
    inner = _times(np.clip(r, 1 - clip, 1 + clip), adv)
    return finite("the objective", np.minimum(_times(r, adv), inner))


def clipped_gradient(
    logp_new: ArrayLike, logp_old: ArrayLike, adv: ArrayLike, clip: float = 0.2
) -> ndarray:
    """Its derivative by logp_new: r A, but 0 where the clipped branch is the smaller.

    Arguments, shape and errors are those of ``clipped_objective``. On the edge of the
    band it is r A.
    """
    r, adv, clip = _sample(logp_new, logp_old, adv, clip)
    return finite("the gradient", slope(r, adv, clip))


def slope(r: ndarray, adv: ndarray, clip: float) -> ndarray:
    """r A where a further step still pays; an infinite clip never stops it."""
    stopped = ((adv > 0) & (r > 1 + clip)) | ((adv < 0) & (r < 1 - clip))
    return np.where(stopped, 0.0, _times(r, adv))
    # --8<-- [end:clip]


def _sample(
    logp_new: ArrayLike, logp_old: ArrayLike, adv: ArrayLike, clip: float
) -> tuple[ndarray, ndarray, float]:
    """Ratios, advantages and the clip, checked."""
    new = real("logp_new", logp_new)
    old, adv = real("logp_old", logp_old, new.shape), real("adv", adv, new.shape)
    with np.errstate(over="ignore"):
        return np.exp(new - old), adv, inside("clip", clip)


def _times(r: ndarray, adv: ndarray) -> ndarray:
    """r A, and 0 where A is 0, though r be infinite."""
    with np.errstate(over="ignore", invalid="ignore"):
        return np.where(adv == 0, 0.0, r * adv)


# --8<-- [start:value]
def value_loss(
    v_new: ArrayLike, v_old: ArrayLike, target: ArrayLike, clip: float | None = None
) -> ndarray:
    """Half the squared error of each value; clipped, the larger of two.

    Args:
        v_new, v_old, target: the critic's values now, those of the rollout, and what
            they should be, of one shape.
        clip: None, or how far a value may leave the old one, > 0, in units of value.

    Returns:
        The same shape.

    Raises:
        ValueError: if an argument is not as above, or a result overflows.
    """
    new = real("v_new", v_new)
    old, target = real("v_old", v_old, new.shape), real("target", target, new.shape)
    with np.errstate(over="ignore"):
        loss = (new - target) ** 2 / 2
        if clip is not None:
            clip = positive("clip", clip)
            near = np.clip(new, old - clip, old + clip)
            loss = np.maximum(loss, (near - target) ** 2 / 2)
    return finite("the loss", loss)
    # --8<-- [end:value]
