"""The softmax policy, and its score: the gradient of the log-chance of an action."""

import numpy as np
from numpy import ndarray
from numpy.typing import ArrayLike

from ._checks import index, numbers


# --8<-- [start:policy]
def softmax_policy(theta: ArrayLike) -> ndarray:
    """Chances of the actions in each state, shape (S, A); each row sums to 1.

    Args:
        theta: shape (S, A); a constant added to a row changes nothing.

    Raises:
        ValueError: if theta is not finite or not of that shape.
    """
    theta = numbers("theta", theta, (None, None))
    with np.errstate(over="ignore"):  # a difference may be -inf: a chance of 0
        e = np.exp(theta - theta.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def score(theta: ArrayLike, s: int, a: int) -> ndarray:
    """Gradient of ln pi(a | s) with respect to theta, shape (S, A): 0 but in row s.

    Args:
        theta: shape (S, A).
        s, a: state and action, from 0.

    Raises:
        ValueError: as for ``softmax_policy``, or if there is no such state or action.
    """
    pi = softmax_policy(theta)
    s, a = index("s", s, pi.shape[0]), index("a", a, pi.shape[1])
    gradient = np.zeros_like(pi)
    gradient[s] = -pi[s]
    gradient[s, a] += 1
    return gradient
    # --8<-- [end:policy]
