"""Six ways to turn gradients into steps, with the arithmetic of torch.optim."""

from collections.abc import Callable

import numpy as np
from numpy import ndarray
from numpy.typing import ArrayLike

from ._checks import _at_least_zero, _below_one, _floats, _integer, _method

METHODS = ("gd", "momentum", "nesterov", "adagrad", "rmsprop", "adam")


# --8<-- [start:descend]
def descend(
    grad: Callable[[ndarray], ArrayLike],
    x0: ArrayLike,
    method: str = "gd",
    lr: float = 0.01,
    steps: int = 100,
    beta: float = 0.9,
    beta2: float | None = None,
    eps: float = 1e-8,
) -> ndarray:
    """Makes steps against the gradient and returns the whole path.

    Args:
        grad: gradient at a point of shape (d,), of that shape; it may be noisy.
        x0: the start, shape (d,); it is left as it is.
        method: gd, momentum, nesterov, adagrad, rmsprop or adam.
        lr: the learning rate, >= 0.
        steps: how many, >= 0.
        beta: share of the velocity that is kept (momentum, nesterov), or of the
            average of the gradients (adam), in [0, 1). The others ignore it.
        beta2: share of the average of the squares that is kept, in [0, 1); None is
            0.99 for rmsprop and 0.999 for adam. The others ignore it.
        eps: keeps divisors above 0, >= 0 (adagrad, rmsprop, adam). The default of
            torch's Adagrad is 1e-10.

    Returns:
        Shape (steps + 1, d), float64; the first row is x0.

    Raises:
        ValueError: if an argument is not as above; if a gradient has another shape or
            is not finite; if a step leads to a point that is not finite, or the
            squares of gradients (adagrad, rmsprop, adam) overflow.
    """
    _method(method, METHODS)
    x, steps = _start(x0), _integer("steps", steps, 0)
    lr, eps = _at_least_zero("lr", lr), _at_least_zero("eps", eps)
    if beta2 is None:
        beta2 = 0.99 if method == "rmsprop" else 0.999
    beta, beta2 = _below_one("beta", beta), _below_one("beta2", beta2)
    m, v = np.zeros_like(x), np.zeros_like(x)
    path = [x]
    for t in range(1, steps + 1):
        with np.errstate(all="ignore"):  # what overflows is reported
            g = _gradient(grad, x, t)
            if method == "gd":
                step = g
            elif method == "momentum":
                m = beta * m + g
                step = m
            elif method == "nesterov":
                m = beta * m + g
                step = g + beta * m
            elif method == "adagrad":
                v = v + g * g
                step = g / (np.sqrt(v) + eps)
            elif method == "rmsprop":
                v = beta2 * v + (1 - beta2) * g * g
                step = g / (np.sqrt(v) + eps)
            else:
                m = beta * m + (1 - beta) * g
                v = beta2 * v + (1 - beta2) * g * g
                m_hat = m / (1 - beta**t)
                v_hat = v / (1 - beta2**t)
                step = m_hat / (np.sqrt(v_hat) + eps)
            x = x - lr * step
        if not np.isfinite(v).all():  # dividing by it would be a step of 0
            raise ValueError(
                f"squares of gradients must stay finite, got {g}, step {t}"
            )
        if not np.isfinite(x).all():
            raise ValueError(f"points must stay finite, got {x} after step {t}")
        path.append(x)
    return np.array(path)
    # --8<-- [end:descend]


def _start(x0: ArrayLike) -> ndarray:
    x = _floats("x0", x0)
    if x.ndim != 1 or x.size == 0:
        raise ValueError(f"x0 must have shape (d,), d >= 1, got {x.shape}")
    if not np.isfinite(x).all():
        raise ValueError(f"x0 must be finite, got {x}")
    return x


def _gradient(grad: Callable[[ndarray], ArrayLike], x: ndarray, t: int) -> ndarray:
    g = _floats("gradients", grad(x.copy()))
    if g.shape != x.shape:
        raise ValueError(f"grad must return shape {x.shape}, got {g.shape} at step {t}")
    if not np.isfinite(g).all():
        raise ValueError(f"gradients must be finite, got {g} at step {t}")
    return g
