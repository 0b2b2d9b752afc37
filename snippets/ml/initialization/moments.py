"""What an activation makes of a normal input: mean squares of its values and slopes."""

import math
from collections.abc import Callable

import numpy as np

Curve = Callable[[np.ndarray], np.ndarray]

_erfc = np.frompyfunc(math.erfc, 1, 1)


def _below(x: np.ndarray) -> np.ndarray:
    """Probability that a standard normal number is below x."""
    return _erfc(-x / math.sqrt(2)).astype(float) / 2


def _sigmoid(x: np.ndarray) -> np.ndarray:
    return (1 + np.tanh(x / 2)) / 2


def _sech2(x: np.ndarray) -> np.ndarray:
    # 1 - tanh(x)^2 would lose all digits where tanh is nearly 1.
    small = np.exp(-2 * np.abs(x))
    return 4 * small / (1 + small) ** 2


def _density_times(x: np.ndarray) -> np.ndarray:
    return x * np.exp(-(np.minimum(np.abs(x), 40.0) ** 2) / 2) / math.sqrt(2 * math.pi)


def _silu_slope(x: np.ndarray) -> np.ndarray:
    return _sigmoid(x) + x * _sech2(x / 2) / 4


# Each with its slope. At 0 ReLU has none: the two sides count half each (see chi).
_CURVES: dict[str, tuple[Curve, Curve]] = {
    "linear": (lambda x: x, np.ones_like),
    "relu": (lambda x: np.maximum(x, 0), lambda x: (1 + np.sign(x)) / 2),
    "tanh": (np.tanh, _sech2),
    "sigmoid": (_sigmoid, lambda x: _sech2(x / 2) / 4),
    "gelu": (lambda x: x * _below(x), lambda x: _below(x) + _density_times(x)),
    "silu": (lambda x: x * _sigmoid(x), _silu_slope),
}

# Nodes z = e^t with equal steps in t resolve a bend at any distance from 0, and so
# serve all q alike; the trapezoidal rule in t is exact to rounding for smooth curves.
_STEP = 1 / 16  # a power of 2, so that no place is rounded
_Z = np.exp(np.arange(-40, 2.7, _STEP))
_MASS = _STEP * _Z * np.exp(-(_Z**2) / 2) / math.sqrt(2 * math.pi)


# --8<-- [start:moment]
def second_moment(activation: str, q: float = 1.0) -> float:
    """Mean square of an activation's output, if its input is normal with variance q.

    Args:
        activation: linear, relu, tanh, sigmoid, gelu (with erf) or silu.
        q: variance of the input, at least 0; its mean is 0.

    Returns:
        E f(sqrt(q) z)^2 for standard normal z, by quadrature.

    Raises:
        ValueError: if the activation is unknown, or q negative or not finite.
    """
    curve, q = _curves(activation)[0], _scale("q", q)
    root = _root_mean_square(curve, math.sqrt(q))
    return root * root
    # --8<-- [end:moment]


# --8<-- [start:gain]
def gain(activation: str, q: float = 1.0) -> float:
    """Factor that brings the mean square behind an activation back to q.

    Args:
        activation: as in ``second_moment``.
        q: the mean square wanted, above 0.

    Returns:
        sqrt(q / E f(sqrt(q) z)^2); weights of standard deviation gain / sqrt(fan_in)
        then keep q from layer to layer.

    Raises:
        ValueError: if the activation is unknown, or q not above 0 or not finite.
    """
    curve, q = _curves(activation)[0], _scale("q", q)
    if q == 0:
        raise ValueError("q must be above 0, got 0")
    return math.sqrt(q) / _root_mean_square(curve, math.sqrt(q))
    # --8<-- [end:gain]


# --8<-- [start:chi]
def chi(activation: str, sigma_w2: float, q: float) -> float:
    """Factor by which a layer changes the mean square of the gradient that comes back.

    Args:
        activation: as in ``second_moment``.
        sigma_w2: variance of the weights times the width, at least 0; layers are
            equally wide.
        q: variance of what enters the activation, at least 0. ReLU has no slope at 0;
            at q = 0 it counts as for every other q: 0 for half the inputs, 1 for half.

    Returns:
        sigma_w2 E f'(sqrt(q) z)^2.

    Raises:
        ValueError: if the activation is unknown, or a number negative or not finite.
    """
    slope, q = _curves(activation)[1], _scale("q", q)
    # Never quite 0, so that both sides of a kink are seen.
    places = max(math.sqrt(q), 1e-100) * _Z
    squares = sum(slope(sign * places) ** 2 for sign in (-1, 1))
    return _scale("sigma_w2", sigma_w2) * float(_MASS @ squares)
    # --8<-- [end:chi]


def _root_mean_square(curve: Curve, deviation: float) -> float:
    values = np.stack([curve(sign * deviation * _Z) for sign in (-1, 1)])
    unit = float(np.abs(values).max()) or 1.0  # squares of any q stay in range
    return unit * math.sqrt(float((((values / unit) ** 2) @ _MASS).sum()))


def _curves(activation: str) -> tuple[Curve, Curve]:
    if activation not in _CURVES:
        known = ", ".join(_CURVES)
        raise ValueError(f"activation must be one of {known}, got {activation!r}")
    return _CURVES[activation]


def _scale(name: str, value: float) -> float:
    """A finite number that is not negative."""
    number = float(value)
    if not (math.isfinite(number) and number >= 0):
        raise ValueError(f"{name} must be a finite number >= 0, got {value}")
    return number
