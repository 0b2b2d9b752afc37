"""What the orders of work cost: operations, and numbers to remember while decoding.

Counted for one head, with d features of query, key and value and no more after the
feature map. Only matrix products count, 2 operations a multiply-add; feature map,
normalizer and mask are lower order, and the masked half of the weights is counted.
"""

from ._checks import _integer


# --8<-- [start:flops]
def flops_quadratic(t: int, d: int) -> int:
    """(Q K^T) V for t tokens: two products of 2 t^2 d operations."""
    _check(t=t, d=d)
    return 4 * t * t * d


def flops_linear(t: int, d: int) -> int:
    """Q (K^T V) for t tokens, or t recurrent steps: two products of 2 t d^2."""
    _check(t=t, d=d)
    return 4 * t * d * d


def flops_chunked(t: int, d: int, chunk: int) -> int:
    """Both: quadratic inside each chunk (the last may be shorter), linear between."""
    _check(t=t, d=d, chunk=chunk)
    whole, rest = divmod(t, chunk)
    return whole * 4 * chunk**2 * d + 4 * rest**2 * d + flops_linear(t, d)
    # --8<-- [end:flops]


def cache_size(t: int, d: int) -> int:
    """Numbers that softmax attention keeps of t tokens: K and V."""
    _check(t=t, d=d)
    return 2 * t * d


def state_size(d: int) -> int:
    """Numbers that linear attention keeps of any past: d^2 in M and d in z."""
    _check(d=d)
    return d * d + d


def _check(**sizes: int) -> None:
    for name, size in sizes.items():
        _integer(name, size, 1)
