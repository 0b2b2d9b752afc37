"""Backpropagation through time, by hand: the chain rule along the unrolled network."""

import torch
from torch import Tensor

from ._checks import _check_float, _check_layer, _integer, _start, _wide


# --8<-- [start:bptt]
def rnn_backward(
    grad: Tensor,
    x: Tensor,
    states: Tensor,
    w_ih: Tensor,
    w_hh: Tensor,
    h0: Tensor | None = None,
    window: int | None = None,
) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Gradients of ``rnn`` by its inputs and weights, without autograd.

    Args:
        grad: gradient of the loss by each state, as far as the loss reads that state
            itself and not through later ones, shape (b, t, d).
        x: inputs, shape (b, t, x).
        states: what ``rnn`` returned, shape (b, t, d).
        w_ih: shape (d, x).
        w_hh: shape (d, d).
        h0: state before the first step, shape (b, d); None means zeros.
        window: cut the gradient at every multiple of this many steps: truncated
            backpropagation. The states still run on across the cut. None cuts nowhere.

    Returns:
        Gradients by x (b, t, x), w_ih (d, x), w_hh (d, d) and the bias (d,).

    Raises:
        ValueError: if a shape or type does not fit, there is no step, or window < 1.
    """
    d = _check_layer(x, w_ih, w_hh, 1, {})
    steps = x.shape[1]
    _check_float("states", states, (x.shape[0], steps, d), x.dtype)
    _check_float("grad", grad, tuple(states.shape), x.dtype)
    window = steps if window is None else _integer("window", window, 1)
    kind, h = x.dtype, _start("h0", h0, x, d)
    grad, x, states, w_ih, w_hh, h = _wide(grad, x, states, w_ih, w_hh, h)
    before = torch.cat([h[:, None], states[:, :-1]], 1)  # h_(t-1) for each t
    gw_ih, gw_hh = torch.zeros_like(w_ih), torch.zeros_like(w_hh)
    gb, gx = w_hh.new_zeros(d), []
    later = torch.zeros_like(h)  # what the steps after t say about h_t
    for t in reversed(range(steps)):
        a = (grad[:, t] + later) * (1 - states[:, t] ** 2)  # tanh' by its own output
        gx.append(a @ w_ih)
        gw_ih = gw_ih + a.T @ x[:, t]
        gw_hh = gw_hh + a.T @ before[:, t]
        gb = gb + a.sum(0)
        later = a @ w_hh if t % window else torch.zeros_like(a)
    gx.reverse()
    by_x = torch.stack(gx, 1).to(kind)
    return by_x, gw_ih.to(kind), gw_hh.to(kind), gb.to(kind)
    # --8<-- [end:bptt]
