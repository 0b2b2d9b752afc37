"""Experiment: which network learns to carry one sign through many steps of noise?"""

import math
from typing import Literal

import torch
from torch import nn

from ._checks import _integer, _number

_BATCH, _NOISE = 32, 0.1


# --8<-- [start:remember]
def remember(
    model: Literal["rnn", "lstm", "gru"],
    seed: int,
    bias: float | None = None,
    length: int = 60,
    steps: int = 100,
    width: int = 16,
) -> list[float]:
    """Train PyTorch's layer on naming, at the end, the sign of the first input.

    The first input is 1 or -1, all others are normal with standard deviation 0.1.

    Args:
        model: kind of layer.
        seed: of the weights and the data, from 0 to 2**64 - 1.
        bias: set the second block of biases, the forget gate of an LSTM or the update
            gate of a GRU, to this sum; None leaves what PyTorch draws.
        length: inputs in a sequence, >= 1.
        steps: of Adam, learning rate 0.01, batches of 32, gradients clipped to norm 1.
        width: of the state, >= 1.

    Returns:
        Accuracy on each batch, before it is learnt from.

    Raises:
        ValueError: for an unknown model, a bias without gates or not finite in the
            weights' type, or an integer that is too small or, as a seed, too large.
    """
    layers = {"rnn": nn.RNN, "lstm": nn.LSTM, "gru": nn.GRU}
    if model not in layers:
        raise ValueError(f"model must be one of {[*layers]}, got {model!r}")
    if bias is not None and model == "rnn":
        raise ValueError("bias needs a model with gates, got 'rnn'")
    bias = math.nan if bias is None else _number("bias", bias)
    if abs(bias) > torch.finfo(torch.get_default_dtype()).max:
        raise ValueError(f"bias must fit the weights' type, got {bias!r}")
    seed, length = _integer("seed", seed, 0), _integer("length", length, 1)
    if seed >= 2**64:
        raise ValueError(f"seed must be an integer < 2**64, got {seed}")
    steps, width = _integer("steps", steps, 0), _integer("width", width, 1)
    data = torch.Generator().manual_seed(seed)
    with torch.random.fork_rng(devices=[]):  # leave the reader's global seed alone
        torch.default_generator.manual_seed(seed)
        layer, read = layers[model](1, width, batch_first=True), nn.Linear(width, 1)
    if not math.isnan(bias):
        with torch.no_grad():  # in one of the two biases; the other is 0
            layer.bias_ih_l0[width : 2 * width] = bias
            layer.bias_hh_l0[width : 2 * width] = 0
    weights = [*layer.parameters(), *read.parameters()]
    optimizer, accuracy = torch.optim.Adam(weights, lr=0.01), []
    for _ in range(steps):
        sign = torch.randint(2, (_BATCH,), generator=data)
        x = _NOISE * torch.randn(_BATCH, length, 1, generator=data)
        x[:, 0, 0] = 2.0 * sign - 1
        score = read(layer(x)[0][:, -1])[:, 0]
        accuracy.append(((score > 0) == (sign > 0)).double().mean().item())
        loss = nn.functional.binary_cross_entropy_with_logits(score, sign.float())
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(weights, 1.0)
        optimizer.step()
    return accuracy
    # --8<-- [end:remember]
