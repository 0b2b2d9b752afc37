"""The alpha-beta model: a message of m bytes takes alpha + beta m seconds.

n_bytes is the size of the **full** tensor in every function: what a rank gives to an
all-reduce, a reduce-scatter or an all-to-all, and what it gets from an all-gather.
"""

from typing import Any

from ._checks import _finite, _number, _one_of, _ranks

# How often the bytes n (W - 1) / W cross each rank's link, at the least.
_RING = {"all_reduce": 2, "reduce_scatter": 1, "all_gather": 1, "all_to_all": 1}
_TREE = {"all_reduce": 2, "broadcast": 1}


# --8<-- [start:cost]
def cost(
    kind: str,
    n_bytes: float,
    W: int,
    alpha: float,
    beta: float,
    algorithm: str = "ring",
) -> float:
    """Seconds of a collective.

    Args:
        kind: by "ring" all_reduce, reduce_scatter, all_gather or all_to_all (W - 1
            exchanges with the ranks at distance 1, 2, …); by "tree" all_reduce or
            broadcast.
        n_bytes: size of the full tensor in bytes, >= 0.
        W: number of ranks, >= 1.
        alpha: seconds that a message takes whatever its size, >= 0.
        beta: seconds a byte, >= 0: the inverse of the bandwidth.
        algorithm: "ring" or "tree".

    Raises:
        ValueError: if the algorithm is unknown or has no such kind, W is not an integer
            >= 1, a number is not finite and >= 0, or the time is not finite.
    """
    known = {"ring": _RING, "tree": _TREE}[
        _one_of("algorithm", algorithm, ("ring", "tree"))
    ]
    halves = known[_one_of(f"kind of {algorithm}", kind, known)]
    n, W = _number("n_bytes", n_bytes), _ranks(W)
    alpha, beta = _number("alpha", alpha), _number("beta", beta)
    if algorithm == "ring":
        T = halves * (W - 1) * (alpha + n / W * beta)
    else:
        T = halves * _depth(W) * (alpha + n * beta)
    return _finite("the time", T)
    # --8<-- [end:cost]


# --8<-- [start:bus]
def bus_bandwidth(kind: str, n_bytes: float, W: int, seconds: float) -> float:
    """Bytes per second that each rank's link carried, if the algorithm wastes none.

    Args:
        kind: all_reduce, reduce_scatter, all_gather, all_to_all or broadcast.
        n_bytes: size of the full tensor in bytes, >= 0.
        W: number of ranks, >= 1.
        seconds: how long the collective took, > 0.

    Raises:
        ValueError: if the kind is unknown, W is not an integer >= 1, n_bytes is not
            finite and >= 0, seconds not finite and > 0, or the bandwidth not finite.
    """
    kind = _one_of("kind", kind, {**_RING, **_TREE})
    n, W = _number("n_bytes", n_bytes), _ranks(W)
    share = 1 if kind == "broadcast" else _RING[kind] * (W - 1) / W
    seconds = _number("seconds", seconds, positive=True)
    return _finite("the bandwidth", n / seconds * share)
    # --8<-- [end:bus]


# --8<-- [start:crossover]
def crossover_bytes(W: int, alpha: float, beta: float) -> float:
    """Size from which on a ring all-reduce takes no longer than one by tree.

    Returns:
        Bytes, where both costs are equal: 0 for two or three ranks, or if alpha is 0.

    Raises:
        ValueError: if W is not an integer >= 2, alpha is not finite and >= 0, beta not
            finite and > 0, or the size not finite.
    """
    W, alpha = _ranks(W, least=2), _number("alpha", alpha)
    beta = _number("beta", beta, positive=True)
    L = _depth(W)
    n = (W - 1 - L) * alpha / (L - (W - 1) / W) / beta  # beta times it may be 0
    return _finite("the size", n)
    # --8<-- [end:crossover]


def _depth(W: Any) -> int:
    """ceil(log2 W), by integers: a logarithm in floats may round past a whole one."""
    return (W - 1).bit_length()
