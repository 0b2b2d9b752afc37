"""What learning rate and momentum do to one coordinate of a quadratic function.

On 0.5 h x^2 the gradient is h x. Two successive values of x then determine the next
by x'' = b x' - c x, and the roots of z^2 - b z + c say how fast both shrink:

    gd        b = 1 - lr h                 c = 0
    momentum  b = 1 + beta - lr h          c = beta
    nesterov  b = (1 + beta) (1 - lr h)    c = beta (1 - lr h)

Reference:
    Lessard, Recht, Packard, 2016, arXiv:1408.3595.
"""

import math

from ._checks import _at_least_zero, _below_one, _curvature, _finite, _method

METHODS = ("gd", "momentum", "nesterov")


# --8<-- [start:radius]
def spectral_radius(
    method: str, lr: float, curvature: float, beta: float = 0.0
) -> float:
    """Factor by which a coordinate shrinks per step in the long run; above 1 it grows.

    Args:
        method: gd, momentum or nesterov.
        lr: the learning rate, >= 0.
        curvature: second derivative h, finite; negative at a saddle.
        beta: share of the velocity that is kept, in [0, 1); gd ignores it.

    Raises:
        ValueError: if an argument is not as above.
    """
    _method(method, METHODS)
    beta = _below_one("beta", beta)
    move = _at_least_zero("lr", lr) * _finite("curvature", curvature)
    q = 1 - move
    if method == "gd":
        return abs(q)
    # b * b - 4 * c, as a product: at a double root the difference would be noise.
    if method == "momentum":
        b, c, root = q + beta, beta, math.sqrt(beta)
        low, high = (1 - root) ** 2 - move, (1 + root) ** 2 - move
    else:
        b, c = (1 + beta) * q, beta * q
        low, high = (1 + beta) ** 2 * q - 4 * beta, q
    if low < 0 < high:
        return math.sqrt(c)  # two complex roots, whose product is c
    return (abs(b) + math.sqrt(abs(low)) * math.sqrt(abs(high))) / 2
    # --8<-- [end:radius]


# --8<-- [start:limit]
def stability_limit(method: str, L: float, beta: float = 0.0) -> float:
    """Learning rate below which each curvature in (0, L] shrinks, and at which L stops.

    Args:
        method: gd, momentum or nesterov.
        L: the largest curvature, > 0, between 1e-150 and 1e150.
        beta: share of the velocity that is kept, in [0, 1); gd ignores it.

    Raises:
        ValueError: if an argument is not as above.
    """
    _method(method, METHODS)
    beta, L = _below_one("beta", beta), _curvature("L", L)
    if method == "gd":
        return 2 / L
    if method == "momentum":
        return 2 * (1 + beta) / L
    return 2 * (1 + beta) / (1 + 2 * beta) / L
    # --8<-- [end:limit]


# --8<-- [start:optimal]
def optimal_parameters(method: str, mu: float, L: float) -> tuple[float, float, float]:
    """Learning rate, beta and rate (worst factor a step) for curvatures in [mu, L].

    The best for gd and momentum. For nesterov the usual choice: lr = 1 / L, and the
    beta that is best for it; lr = 4 / (3 L + mu) allows a slightly better rate.

    Args:
        method: gd, momentum or nesterov.
        mu: the smallest curvature, > 0, between 1e-150 and 1e150.
        L: the largest curvature, >= mu, up to 1e150.

    Raises:
        ValueError: if an argument is not as above.
    """
    _method(method, METHODS)
    mu, L = _curvature("mu", mu), _curvature("L", L)
    if mu > L:
        raise ValueError(f"mu must be <= L, got mu = {mu}, L = {L}")
    if method == "gd":
        return 2 / (mu + L), 0.0, (L - mu) / (L + mu)
    high, low = math.sqrt(L), math.sqrt(mu)
    ratio = (high - low) / (high + low)
    if method == "momentum":
        width = 2 / (high + low)
        return width * width, ratio * ratio, ratio
    return 1 / L, ratio, 1 - low / high
    # --8<-- [end:optimal]
