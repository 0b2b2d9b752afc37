"""What came before the Transformer: a recurrent network carries one state from step to
step, and gradients come back by the same road.

Axes: b batch, t token (step), x input feature, d state feature. ``W`` multiplies the
state and ``U`` the input (Cho et al. and Keras have it the other way round), one bias
in all: PyTorch adds two, whose sum is meant here. Gates are stacked in PyTorch's order.

References:
    Hochreiter, Schmidhuber, "Long Short-Term Memory", 1997,
    doi:10.1162/neco.1997.9.8.1735 (without forget gate).
    Gers, Schmidhuber, Cummins, "Learning to Forget", 2000,
    doi:10.1162/089976600300015015 (the forget gate).
    Cho et al., "Learning Phrase Representations using RNN Encoder-Decoder", 2014,
    arXiv:1406.1078 (the GRU).
    Pascanu, Mikolov, Bengio, "On the difficulty of training Recurrent Neural Networks",
    2013, arXiv:1211.5063.
"""

import torch
from torch import Tensor

from ._checks import _check_float, _wide


# --8<-- [start:rnn]
def rnn_forward(
    x: Tensor, Wx: Tensor, Wh: Tensor, b: Tensor, h0: Tensor | None = None
) -> Tensor:
    """h_t = tanh(Wh h_(t-1) + Wx x_t + b), one step after the other.

    Args:
        x: inputs, shape (b, t, x), t >= 1.
        Wx: shape (d, x).
        Wh: shape (d, d).
        b: shape (d,).
        h0: state before the first step, shape (b, d); None means zeros.

    Returns:
        All states, shape (b, t, d).

    Raises:
        ValueError: if a shape or type does not fit, or there is no step.
    """
    _check_float("x", x, (None, None, None))
    if x.shape[1] < 1:
        raise ValueError("x must have at least one step, got t = 0")
    d = b.shape[0] if b.ndim else 0
    h = x.new_zeros(x.shape[0], d) if h0 is None else h0
    _check_float("Wx", Wx, (d, x.shape[2]), x.dtype)
    _check_float("Wh", Wh, (d, d), x.dtype)
    _check_float("b", b, (d,), x.dtype)
    _check_float("h0", h, (x.shape[0], d), x.dtype)
    kind, states = x.dtype, []
    x, Wx, Wh, b, h = _wide(x, Wx, Wh, b, h)
    for x_t in x.unbind(1):  # no step can start before the one before it has ended
        h = torch.tanh(h @ Wh.T + x_t @ Wx.T + b)
        states.append(h)
    return torch.stack(states, 1).to(kind)
    # --8<-- [end:rnn]


# --8<-- [start:norms]
def rnn_gradient_norms(h: Tensor, Wh: Tensor) -> Tensor:
    """Spectral norm of the Jacobian of h_t by h_0, for every t, in ``rnn_forward``.

    Args:
        h: states of one sequence, shape (t, d). All zeros give the linear network.
        Wh: shape (d, d).

    Returns:
        Norms for t = 1, 2, ..., shape (t,); not finite after an overflow.

    Raises:
        ValueError: if a shape or type does not fit, or there is no step.
    """
    _check_float("h", h, (None, None))
    _check_float("Wh", Wh, (h.shape[1], h.shape[1]), h.dtype)
    if 0 in h.shape:
        raise ValueError(f"h must have at least one step, got shape {tuple(h.shape)}")
    kind, (h, Wh), norms = h.dtype, _wide(h, Wh), []
    jacobian = torch.eye(h.shape[1], dtype=h.dtype, device=h.device)
    for h_t in h:
        jacobian = (1 - h_t**2)[:, None] * (Wh @ jacobian)  # tanh' = 1 - tanh^2
        norm = torch.linalg.matrix_norm(jacobian.nan_to_num(), 2)
        largest = jacobian.abs().amax()  # inf or NaN: no SVD takes it
        norms.append(torch.where(largest.isfinite(), norm, largest))
    return torch.stack(norms).to(kind)
    # --8<-- [end:norms]


# --8<-- [start:lstm]
def lstm_cell(
    x: Tensor, state: tuple[Tensor, Tensor], W: Tensor, U: Tensor, b: Tensor
) -> tuple[Tensor, Tensor]:
    """One step of an LSTM: the memory c is scaled and added to, never multiplied by W.

    Args:
        x: shape (b, x).
        state: output h and memory c, each of shape (b, d).
        W: weights of h, shape (4d, d), blocks: input, forget, candidate, output.
        U: weights of x, shape (4d, x), same order.
        b: shape (4d,), same order.

    Returns:
        The next (h, c), each of shape (b, d).

    Raises:
        ValueError: if a shape or type does not fit.
    """
    h, c = state
    _check_cell(x, h, W, U, b, blocks=4)
    _check_float("c", c, tuple(h.shape), x.dtype)
    kind, (x, h, c, W, U, b) = x.dtype, _wide(x, h, c, W, U, b)
    i, f, new, o = (h @ W.T + x @ U.T + b).chunk(4, -1)
    c = f.sigmoid() * c + i.sigmoid() * new.tanh()
    return (o.sigmoid() * c.tanh()).to(kind), c.to(kind)
    # --8<-- [end:lstm]


# --8<-- [start:gru]
def gru_cell(
    x: Tensor, h: Tensor, W: Tensor, U: Tensor, b: Tensor, b_n: Tensor | None = None
) -> Tensor:
    """One step of a GRU, h' = (1 - z) h + z n: here z is the share of the new.

    PyTorch and Cho et al. let z be the share of the old: to use PyTorch's weights here,
    negate the z blocks of weights and biases. As in PyTorch, r gates the product W_n h;
    in the last version of the paper (v3) it gates h before the product.

    Args:
        x: shape (b, x).
        h: shape (b, d).
        W: weights of h, shape (3d, d), blocks: reset, update, candidate.
        U: weights of x, shape (3d, x), same order.
        b: shape (3d,), same order.
        b_n: bias that r gates too, shape (d,); None means zeros.

    Returns:
        The next h, shape (b, d).

    Raises:
        ValueError: if a shape or type does not fit.
    """
    _check_cell(x, h, W, U, b, blocks=3)
    inner = h.new_zeros(h.shape[1]) if b_n is None else b_n
    _check_float("b_n", inner, (h.shape[1],), x.dtype)
    kind, (x, h, W, U, b, inner) = x.dtype, _wide(x, h, W, U, b, inner)
    old_r, old_z, old_n = (h @ W.T).chunk(3, -1)
    new_r, new_z, new_n = (x @ U.T + b).chunk(3, -1)
    r, z = (old_r + new_r).sigmoid(), (old_z + new_z).sigmoid()
    n = torch.tanh(new_n + r * (old_n + inner))
    return ((1 - z) * h + z * n).to(kind)
    # --8<-- [end:gru]


def _check_cell(
    x: Tensor, h: Tensor, W: Tensor, U: Tensor, b: Tensor, blocks: int
) -> None:
    _check_float("x", x, (None, None))
    _check_float("h", h, (x.shape[0], None), x.dtype)
    _check_float("W", W, (blocks * h.shape[1], h.shape[1]), x.dtype)
    _check_float("U", U, (blocks * h.shape[1], x.shape[1]), x.dtype)
    _check_float("b", b, (blocks * h.shape[1],), x.dtype)
