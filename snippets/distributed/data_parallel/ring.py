"""Sum a tensor over all ranks around a ring: simulated, for real, and its cost.

W is the number of ranks (the world size); a rank counts from 0. Sums are sums: divide
by W to get DDP's mean.

Reference:
    Patarasuk, Yuan, "Bandwidth optimal all-reduce algorithms for clusters of
    workstations", JPDC 2009, doi:10.1016/j.jpdc.2008.09.002.
"""

from collections.abc import Sequence
from typing import NamedTuple

import torch
import torch.distributed as dist
from torch import Tensor

from ._checks import _finite, _integer, _rank


# --8<-- [start:ring]
def part_to_send(rank: int, step: int, W: int) -> int:
    """Which of the W parts ``rank`` sends to its right neighbour at ``step``.

    Raises:
        ValueError: if W is not an integer >= 1, rank not one in 0 .. W - 1, or step
            not one >= 0.
    """
    W = _integer("W", W)
    return (_rank(rank, W) - _integer("step", step, least=0)) % W


def ring_allreduce_sim(chunks: Sequence[Tensor]) -> tuple[list[Tensor], int]:
    """Sum one tensor per rank around a ring, in one process.

    Args:
        chunks: what each rank contributes; W tensors of one shape and dtype, each
            with n >= W elements (n >= 0 if W is 1). They are left as they are. Each of
            the W - 1 additions rounds to their type, as the messages have it.

    Returns:
        The sum as each rank holds it, and the number of elements that the busiest
        rank sent: 2 (W - 1) / W * n where W divides n.

    Raises:
        ValueError: if there is no tensor, shapes or dtypes differ, or n < W.
    """
    chunks = list(chunks)
    W = len(chunks)
    if W < 1:
        raise ValueError("chunks must hold one tensor per rank, got none")
    kinds = [(tuple(chunk.shape), chunk.dtype) for chunk in chunks]
    if len(set(kinds)) > 1:
        raise ValueError(f"chunks must have one shape and dtype, got {kinds}")
    _check_parts(chunks[0].numel(), W)
    parts = [list(chunk.flatten().tensor_split(W)) for chunk in chunks]
    sent = [0] * W
    for step in range(2 * (W - 1)):
        moving = [part_to_send(rank, step, W) for rank in range(W)]
        messages = [parts[rank][moving[rank]] for rank in range(W)]  # all at once
        for sender, (part, message) in enumerate(zip(moving, messages)):
            receiver = (sender + 1) % W
            if step < W - 1:  # reduce-scatter: add to what the receiver holds
                parts[receiver][part] = parts[receiver][part] + message
            else:  # all-gather: the message is complete, so replace
                parts[receiver][part] = message
            sent[sender] += message.numel()
    shape = chunks[0].shape
    return [torch.cat(held).reshape(shape) for held in parts], max(sent)
    # --8<-- [end:ring]


# --8<-- [start:wire]
def ring_allreduce(x: Tensor, group: dist.ProcessGroup | None = None) -> Tensor:
    """The same ring between real processes: the sum of ``x`` over ``group``.

    Args:
        x: this rank's tensor with n >= W elements, of one shape and dtype on all
            ranks. That is not checked, since checking would need messages too.
        group: the ranks that take part; all of them when None.

    Returns:
        A new tensor of the shape of ``x``, outside of autograd.

    Raises:
        ValueError: if n < W, and W > 1.
    """
    group = group or dist.group.WORLD
    rank, W = dist.get_rank(group), dist.get_world_size(group)
    _check_parts(x.numel(), W)
    total = x.detach().flatten().clone()
    parts = total.tensor_split(W)  # views: writing a part writes the total
    # The ring is over ranks of the group, the wire wants ranks of the world.
    right = dist.get_global_rank(group, (rank + 1) % W)
    left = dist.get_global_rank(group, (rank - 1) % W)
    for step in range(2 * (W - 1)):
        outgoing = parts[part_to_send(rank, step, W)]
        mine = parts[
            part_to_send((rank - 1) % W, step, W)
        ]  # what the left one sends now
        incoming = torch.empty_like(mine)
        # Both at once: if every rank finished sending first, none would receive.
        both = [
            dist.P2POp(dist.isend, outgoing, right, group),
            dist.P2POp(dist.irecv, incoming, left, group),
        ]
        for request in dist.batch_isend_irecv(both):
            request.wait()
        mine.copy_(mine + incoming if step < W - 1 else incoming)
    return total.reshape(x.shape)
    # --8<-- [end:wire]


# --8<-- [start:cost]
class RingCost(NamedTuple):
    """What one ring all-reduce costs each rank."""

    steps: int  # messages one after the other
    bytes_sent: float
    seconds: float


def allreduce_cost(n_bytes: float, W: int, alpha: float, beta: float) -> RingCost:
    """Cost of summing ``n_bytes`` over W ranks by ring.

    Args:
        n_bytes: size of the tensor, in bytes.
        W: number of ranks.
        alpha: latency of one message, in seconds.
        beta: bandwidth of one link in one direction, in bytes per second.

    Raises:
        ValueError: if W is not an integer >= 1, n_bytes or alpha is not finite and
            >= 0, or beta is not finite and > 0.
    """
    W, n_bytes = _integer("W", W), _finite("n_bytes", n_bytes)
    alpha, beta = _finite("alpha", alpha), _finite("beta", beta, positive=True)
    steps = 2 * (W - 1)
    message = n_bytes / W
    return RingCost(steps, steps * message, steps * (alpha + message / beta))
    # --8<-- [end:cost]


def _check_parts(n: int, W: int) -> None:
    if n < W and W > 1:
        raise ValueError(f"need n >= W, or pad with zeros; got n={n}, W={W}")
