"""How many tokens a second a language model can generate on one device."""

from ._checks import _count, _number


# --8<-- [start:decode]
def decode_tokens_per_second(
    weight_bytes: float,
    kv_bytes: float,
    batch: int,
    bandwidth: float,
    n_params: float,
    peak: float,
) -> float:
    """The most tokens/s, of all sequences together, that the roofline allows.

    A step makes one token for each sequence. It reads the weights once and the cache
    of each sequence, and does two FLOPs for each parameter and sequence; those of
    attention are left out.

    Args:
        weight_bytes: bytes of the weights that a step reads, > 0.
        kv_bytes: bytes of the cached keys and values of one sequence, >= 0.
        batch: sequences, >= 1; whether they fit into memory is not asked.
        bandwidth: bytes/s of the memory, > 0.
        n_params: weights that a token is multiplied by, > 0.
        peak: FLOP/s, > 0.

    Raises:
        ValueError: if an argument is not what is wanted above.
    """
    batch = _count("batch", batch)
    moved = _number("weight_bytes", weight_bytes)
    moved += batch * _number("kv_bytes", kv_bytes, zero=True)
    flops = 2 * _number("n_params", n_params) * batch
    seconds = max(
        moved / _number("bandwidth", bandwidth), flops / _number("peak", peak)
    )
    return batch / seconds
    # --8<-- [end:decode]
