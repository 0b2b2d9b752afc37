"""x_i = a_i x_{i-1} + b_i, elementwise, in T steps or in about log2 T.

A stretch of tokens acts on the state before it as x -> a x + b. Two stretches in a row
are again such a pair, and joining pairs is associative: any bracketing will do.

Axis: t token, always first; what follows is elementwise.

References:
    Hillis, Steele, "Data parallel algorithms", 1986, doi:10.1145/7902.7903.
    Blelloch, "Prefix Sums and Their Applications", 1990.
"""

import torch
from torch import Tensor

from ._checks import _in_32_bits


# --8<-- [start:scan]
@_in_32_bits
def join(late: tuple[Tensor, Tensor], early: tuple[Tensor, Tensor]) -> tuple:
    """First x -> a1 x + b1, then x -> a2 x + b2, as one pair (a, b) of their shape.

    Raises:
        ValueError: if the four tensors differ in shape.
    """
    (a2, b2), (a1, b1) = late, early
    if not a1.shape == b1.shape == a2.shape == b2.shape:
        shapes = ", ".join(str(tuple(x.shape)) for x in (a2, b2, a1, b1))
        raise ValueError(f"need pairs a and b of one shape, got {shapes}")
    return a2 * a1, a2 * b1 + b2


@_in_32_bits
def scan_sequential(a: Tensor, b: Tensor) -> Tensor:
    """All x_i from x_{-1} = 0, one token after the other: a, b, result (t, ...).

    Raises:
        ValueError: if a and b differ in shape or there is no token.
    """
    _check(a, b)
    x, states = torch.zeros_like(b[0]), []
    for a_i, b_i in zip(a, b):
        x = a_i * x + b_i
        states.append(x)
    return torch.stack(states)


@_in_32_bits
def scan_associative(a: Tensor, b: Tensor) -> Tensor:
    """The states in ceil(log2 t) rounds, each over all tokens; meant for |a| <= 1.

    With larger a a product may overflow where no state does.

    Hillis and Steele: after a round with distance w, entry i stands for the stretch of
    the last 2w tokens up to i. The next round joins it with the stretch 2w earlier.

    Raises:
        ValueError: as ``scan_sequential``.
    """
    _check(a, b)
    for k in range((len(a) - 1).bit_length()):  # ceil(log2 t)
        w = 2**k
        joined = join((a[w:], b[w:]), (a[:-w], b[:-w]))
        a, b = (torch.cat([x[:w], y]) for x, y in zip((a, b), joined))
    return b
    # --8<-- [end:scan]


def _check(a: Tensor, b: Tensor) -> None:
    if a.shape != b.shape or a.ndim == 0 or len(a) == 0:
        shapes = f"{tuple(a.shape)}, {tuple(b.shape)}"
        raise ValueError(f"need a and b of one shape (t, ...), t >= 1, got {shapes}")
