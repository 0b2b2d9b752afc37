"""Forward, keeping the input of each layer; backward, walking over them in reverse."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from ._checks import Layer, _integer, _layers, _no_overflow, _numbers

ACTIVATIONS = ("relu", "tanh", "sigmoid")


@dataclass(frozen=True)
class Cache:
    """What ``backward`` needs of a forward pass.

    Attributes:
        inputs: of each layer, shape (n, in): first the features, then activations.
        activation: relu, tanh or sigmoid.
    """

    inputs: list[np.ndarray]
    activation: str


def init_mlp(sizes: Sequence[int], seed: int = 0) -> list[Layer]:
    """He's start: weights normal with variance 2 / in, biases 0.

    Args:
        sizes: units of each layer, from the features to the logits; at least two.
        seed: of ``numpy.random.default_rng``, at least 0.

    Returns:
        Weights of shape (in, out) and biases of shape (out,), one pair a layer.

    Raises:
        ValueError: if there are fewer than two sizes, or one is below 1.
    """
    sizes = [_integer("each of sizes", size, 1) for size in sizes]
    if len(sizes) < 2:
        raise ValueError(f"sizes must be at least two, got {sizes}")
    rng = np.random.default_rng(_integer("seed", seed, 0))
    layers = []
    for d, k in pairwise(sizes):
        layers.append((rng.standard_normal((d, k)) * np.sqrt(2 / d), np.zeros(k)))
    return layers


# --8<-- [start:forward]
def forward(
    params: Sequence[Layer], X: np.ndarray, activation: str = "relu"
) -> tuple[np.ndarray, Cache]:
    """Logits, shape (n, out), and what ``backward`` needs.

    Args:
        params: weights (in, out) and biases (out,) of each layer.
        X: features, shape (n, in), at least one row.
        activation: relu, tanh or sigmoid, after each layer but the last.

    Raises:
        ValueError: if shapes do not chain, ``X`` is empty or has not two axes, or the
            activation is unknown.
    """
    layers = _layers(params)
    _known(activation)
    X = _numbers("X", X)
    if X.ndim != 2 or len(X) == 0 or X.shape[1] != len(layers[0][0]):
        want = f"X must have shape (n, {len(layers[0][0])}), n >= 1"
        raise ValueError(f"{want}, got {X.shape}")
    inputs, H = [], X
    with np.errstate(over="ignore", invalid="ignore"):  # refused below
        for i, (W, b) in enumerate(layers):
            inputs.append(H)
            Z = H @ W + b  # (n, out)
            H = Z if i == len(layers) - 1 else _activate(Z, activation)
    return _no_overflow("logits", H), Cache(inputs, activation)
    # --8<-- [end:forward]


# --8<-- [start:backward]
def backward(
    params: Sequence[Layer], cache: Cache, dlogits: np.ndarray
) -> tuple[list[Layer], np.ndarray]:
    """Gradients of all weights and biases, like ``params``, and of X, (n, in).

    Args:
        params: as they were in the forward pass.
        cache: of the forward pass.
        dlogits: gradient of the loss in the logits, shape (n, out).

    Raises:
        ValueError: if ``dlogits`` or ``cache`` does not fit ``params``.
    """
    layers = _layers(params)
    if not isinstance(cache, Cache):
        raise ValueError(f"cache must be the Cache of forward, got {type(cache)}")
    inputs = [_numbers("inputs of the cache", H) for H in cache.inputs]
    _known(cache.activation)
    shapes = [(len(inputs[0]) if inputs else 0, len(W)) for W, _ in layers]
    got = [H.shape for H in inputs]
    if got != shapes:
        raise ValueError(f"cache must hold inputs of shapes {shapes}, got {got}")
    dZ = _numbers("dlogits", dlogits)
    if dZ.shape != (shapes[0][0], len(layers[-1][1])):
        want = f"dlogits must have shape {(shapes[0][0], len(layers[-1][1]))}"
        raise ValueError(f"{want}, got {dZ.shape}")
    gradients: list[Layer] = []
    with np.errstate(over="ignore", invalid="ignore"):  # refused below
        for i in reversed(range(len(layers))):
            H, W = inputs[i], layers[i][0]
            dW = H.T @ dZ  # (in, out), like W
            db = dZ.sum(0)  # (out,), like b
            dH = dZ @ W.T  # (n, in), like H
            gradients.insert(0, (dW, db))
            if i > 0:
                dZ = dH * _slope(H, cache.activation)
    for dW, db in gradients:
        _no_overflow("gradients", dW), _no_overflow("gradients", db)
    return gradients, _no_overflow("gradients", dH)
    # --8<-- [end:backward]


# --8<-- [start:activations]
def _activate(Z: np.ndarray, activation: str) -> np.ndarray:
    if activation == "relu":
        return np.maximum(Z, 0)
    if activation == "tanh":
        return np.tanh(Z)
    small = np.exp(-np.abs(Z))  # the sigmoid; cannot overflow
    return np.where(Z >= 0, 1, small) / (1 + small)


def _slope(H: np.ndarray, activation: str) -> np.ndarray:
    """The derivative at Z, by what the activation made of it: H is kept, Z is not."""
    if activation == "relu":
        return H > 0  # 0 at 0
    return 1 - H**2 if activation == "tanh" else H * (1 - H)
    # --8<-- [end:activations]


def _known(activation: str) -> None:
    if not isinstance(activation, str) or activation not in ACTIVATIONS:
        raise ValueError(f"activation must be one of {ACTIVATIONS}, got {activation!r}")
