"""LSTM and GRU: the state is scaled by a gate and added to, step after step.

Blocks are stacked as in PyTorch: i, f, g, o for the LSTM and r, z, n for the GRU. There
are two biases, one with the input and one with the state: only the GRU needs both.
"""

import math

import torch
from torch import Tensor

from ._checks import _check_layer, _number, _start, _wide


# --8<-- [start:lstm]
def lstm(
    x: Tensor,
    w_ih: Tensor,
    w_hh: Tensor,
    b_ih: Tensor,
    b_hh: Tensor,
    state: tuple[Tensor, Tensor] | None = None,
) -> tuple[Tensor, tuple[Tensor, Tensor]]:
    """Long short-term memory: c_t = f c_(t-1) + i g, h_t = o tanh(c_t).

    Args:
        x: inputs, shape (b, t, x), t >= 1.
        w_ih: shape (4d, x), blocks: input gate, forget gate, candidate, output gate.
        w_hh: shape (4d, d), same order.
        b_ih: shape (4d,), same order.
        b_hh: shape (4d,), added to b_ih.
        state: output h and memory c before the first step, each of shape (b, d);
            None means zeros.

    Returns:
        All outputs h, shape (b, t, d), and the last (h, c), each of shape (b, d).

    Raises:
        ValueError: if a shape or type does not fit, or there is no step.
    """
    d = _check_layer(x, w_ih, w_hh, 4, {"b_ih": b_ih, "b_hh": b_hh})
    h0, c0 = (None, None) if state is None else state
    h, c = _start("h", h0, x, d), _start("c", c0, x, d)
    kind, outputs = x.dtype, []
    x, w_ih, w_hh, b_ih, b_hh, h, c = _wide(x, w_ih, w_hh, b_ih, b_hh, h, c)
    for x_t in x.unbind(1):
        i, f, g, o = (x_t @ w_ih.T + b_ih + h @ w_hh.T + b_hh).chunk(4, -1)
        c = f.sigmoid() * c + i.sigmoid() * g.tanh()  # no matrix on the way of c
        h = o.sigmoid() * c.tanh()
        outputs.append(h)
    return torch.stack(outputs, 1).to(kind), (h.to(kind), c.to(kind))
    # --8<-- [end:lstm]


# --8<-- [start:gru]
def gru(
    x: Tensor,
    w_ih: Tensor,
    w_hh: Tensor,
    b_ih: Tensor,
    b_hh: Tensor,
    h0: Tensor | None = None,
) -> Tensor:
    """Gated recurrent unit, PyTorch's form: h_t = (1 - z) n + z h_(t-1).

    Args:
        x: inputs, shape (b, t, x), t >= 1.
        w_ih: shape (3d, x), blocks: reset gate, update gate, candidate.
        w_hh: shape (3d, d), same order.
        b_ih: shape (3d,), same order.
        b_hh: shape (3d,); the reset gate scales its last block, so that it is not
            the same as b_ih.
        h0: state before the first step, shape (b, d); None means zeros.

    Returns:
        All states, shape (b, t, d).

    Raises:
        ValueError: if a shape or type does not fit, or there is no step.
    """
    d = _check_layer(x, w_ih, w_hh, 3, {"b_ih": b_ih, "b_hh": b_hh})
    h = _start("h0", h0, x, d)
    kind, states = x.dtype, []
    x, w_ih, w_hh, b_ih, b_hh, h = _wide(x, w_ih, w_hh, b_ih, b_hh, h)
    for x_t in x.unbind(1):
        new_r, new_z, new_n = (x_t @ w_ih.T + b_ih).chunk(3, -1)
        old_r, old_z, old_n = (h @ w_hh.T + b_hh).chunk(3, -1)
        r, z = (new_r + old_r).sigmoid(), (new_z + old_z).sigmoid()
        n = torch.tanh(new_n + r * old_n)  # r after the product, as in PyTorch
        h = (1 - z) * n + z * h
        states.append(h)
    return torch.stack(states, 1).to(kind)
    # --8<-- [end:gru]


# --8<-- [start:half]
def memory_half_life(bias: float) -> float:
    """Steps until a memory that sigmoid(bias) multiplies at each step has halved.

    Args:
        bias: what goes into the forget gate, if nothing else does; finite.

    Returns:
        ln 2 / ln(1 + e^-bias), a number > 0; infinite where that exceeds all floats.

    Raises:
        ValueError: if bias is not a finite number.
    """
    bias = _number("bias", bias)
    # -ln sigmoid(bias), in a form whose exponential cannot overflow.
    decay = max(-bias, 0) + math.log1p(math.exp(-abs(bias)))
    return math.log(2) / decay if decay else math.inf
    # --8<-- [end:half]
