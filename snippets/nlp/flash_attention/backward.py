"""The backward pass: of the softmax it needs the logsumexp of each row, and no more.

Axes: b batch, h head, t query tokens, s key tokens, d features.

References:
    Dao et al., "FlashAttention", NeurIPS 2022, arXiv:2205.14135.
    Dao, "FlashAttention-2", 2023, arXiv:2307.08691.
"""

import torch
from torch import Tensor

from .forward import _check, _key_blocks, _mask
from .online import _finite_or_zero


# --8<-- [start:backward]
def flash_attention_backward(
    q: Tensor,
    k: Tensor,
    v: Tensor,
    o: Tensor,
    lse: Tensor,
    do: Tensor,
    causal: bool = False,
    scale: float | None = None,
    block_q: int = 64,
    block_k: int = 64,
    align: str | None = None,
) -> tuple[Tensor, Tensor, Tensor]:
    """Gradients of q, k, v; every tile of weights is computed again from lse.

    Args:
        q, k, v, causal, scale, block_q, block_k, align: as for the forward pass.
        o, lse: from ``flash_attention_forward`` with these arguments.
        do: gradient of o, shape (b, h, t, d).

    Returns:
        dq, dk, dv, with the shapes and types of q, k, v.

    Raises:
        ValueError: as the forward pass, or if o, do or lse are not of the shapes and
            types that belong to q; lse may be of another float type.
    """
    scale, offset = _check(q, k, v, causal, scale, block_q, block_k, align)
    if not o.shape == do.shape == q.shape or lse.shape != q.shape[:-1]:
        shapes = ", ".join(str(tuple(x.shape)) for x in (o, do, lse))
        want = f"o and do {tuple(q.shape)}, lse {tuple(q.shape[:-1])}"
        raise ValueError(f"need {want}, got {shapes}")
    if not o.dtype == do.dtype == q.dtype or not lse.is_floating_point():
        types = f"{o.dtype}, {do.dtype}, {lse.dtype}"
        raise ValueError(f"need o and do {q.dtype}, lse of floats, got {types}")
    work = torch.promote_types(q.dtype, torch.float32)
    lse = lse.to(work)
    dq, dk, dv = (torch.zeros_like(x, dtype=work) for x in (q, k, v))
    delta = (do.to(work) * o.to(work)).sum(-1)  # D, (b, h, t)
    for i in range(0, q.shape[2], block_q):
        rows = slice(i, min(i + block_q, q.shape[2]))
        q_i, do_i = (x[:, :, rows].to(work) for x in (q, do))
        for j in _key_blocks(rows.stop, k.shape[2], block_k, offset):
            columns = slice(j, j + block_k)
            k_j, v_j = (x[:, :, columns].to(work) for x in (k, v))
            s = _mask(scale * q_i @ k_j.mT, i, j, offset)
            p = torch.exp(s - _finite_or_zero(lse[:, :, rows])[..., None])
            ds = p * (do_i @ v_j.mT - delta[:, :, rows, None])
            dv[:, :, columns] += p.mT @ do_i
            dk[:, :, columns] += scale * ds.mT @ q_i
            dq[:, :, rows] += scale * ds @ k_j
    return dq.to(q.dtype), dk.to(k.dtype), dv.to(v.dtype)
    # --8<-- [end:backward]
