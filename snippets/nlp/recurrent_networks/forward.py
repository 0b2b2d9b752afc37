"""The plain recurrent network (Elman 1990): one layer, applied once for each step."""

import torch
from torch import Tensor

from ._checks import _check_layer, _start, _wide


# --8<-- [start:rnn]
def rnn(
    x: Tensor, w_ih: Tensor, w_hh: Tensor, b: Tensor, h0: Tensor | None = None
) -> Tensor:
    """States of h_t = tanh(W x_t + U h_(t-1) + b).

    Args:
        x: inputs, shape (b, t, x), t >= 1.
        w_ih: W, shape (d, x).
        w_hh: U, shape (d, d).
        b: shape (d,). PyTorch has two biases, of which this is the sum.
        h0: state before the first step, shape (b, d); None means zeros.

    Returns:
        All states, shape (b, t, d).

    Raises:
        ValueError: if a shape or type does not fit, or there is no step.
    """
    d = _check_layer(x, w_ih, w_hh, 1, {"b": b})
    h = _start("h0", h0, x, d)
    kind, states = x.dtype, []
    x, w_ih, w_hh, b, h = _wide(x, w_ih, w_hh, b, h)
    for x_t in x.unbind(1):  # the same weights at each step
        h = torch.tanh(x_t @ w_ih.T + h @ w_hh.T + b)
        states.append(h)
    return torch.stack(states, 1).to(kind)
    # --8<-- [end:rnn]
