"""A number for each distance, added to the score: T5's buckets and ALiBi's slopes."""

import numpy as np

from ._checks import LARGEST, _even, _integer, _integers


# --8<-- [start:bucket]
def t5_bucket(
    relative: np.ndarray,
    buckets: int = 32,
    max_distance: int = 128,
    bidirectional: bool = True,
) -> np.ndarray:
    """Which row of T5's table belongs to each relative position, key minus query.

    Half of the buckets hold one distance each, the rest grow with the logarithm of the
    distance. Bidirectional, keys on the right have buckets of their own; causal, they
    share bucket 0.

    Args:
        relative: integers, any shape.
        buckets: at least 2; bidirectional even and at least 4.
        max_distance: from here on all distances share the last bucket (it begins
            earlier); more than the distances with a bucket each, at most 1e12.
        bidirectional: whether keys on the right are seen.

    Returns:
        Integers from 0 to ``buckets - 1``, shape of ``relative``.

    Raises:
        ValueError: relative holds other things than integers, or one of the numbers is
            not such an integer.
    """
    offsets = _integers("relative", relative)
    if bidirectional:
        buckets = _even("buckets", buckets, 4) // 2
    exact = _integer("buckets", buckets, 2) // 2
    limit = _integer("max_distance", max_distance, exact + 1)
    if limit > LARGEST:
        raise ValueError(f"max_distance must be at most {LARGEST:g}, got {limit}")
    offsets = offsets.astype(np.float64)  # where -2**63 has a positive opposite
    right = np.where(offsets > 0, buckets, 0) if bidirectional else 0
    distance = abs(offsets) if bidirectional else np.maximum(-offsets, 0)
    share = np.log(np.maximum(distance, exact) / exact) / np.log(limit / exact)
    large = exact + np.floor(share * (buckets - exact))
    bucket = np.where(distance < exact, distance, np.minimum(large, buckets - 1))
    return right + bucket.astype(int)
    # --8<-- [end:bucket]


# --8<-- [start:alibi]
def alibi_slopes(heads: int) -> np.ndarray:
    """ALiBi's slope of each head; the authors' rule if heads is no power of two.

    Args:
        heads: at least 1.

    Returns:
        float64, shape (heads,).

    Raises:
        ValueError: heads is not an integer of at least 1.
    """
    heads = _integer("heads", heads, 1)
    power = 2 ** (heads.bit_length() - 1)  # the largest that is not above heads
    slopes = 2.0 ** (-8 * np.arange(1, power + 1) / power)
    odd = 2 * np.arange(heads - power) + 1  # every other one of twice as many heads
    return np.concatenate([slopes, 2.0 ** (-8 * odd / (2 * power))])


def alibi_bias(heads: int, t: int) -> np.ndarray:
    """What ALiBi adds to causal scores: minus slope times distance, -inf ahead.

    Args:
        heads: at least 1.
        t: tokens, at least 1.

    Returns:
        float64, shape (heads, t, t): head, query, key.

    Raises:
        ValueError: heads or t is not an integer of at least 1.
    """
    place = np.arange(_integer("t", t, 1))
    distance = place[:, None] - place  # (t, t), query minus key
    bias = -alibi_slopes(heads)[:, None, None] * distance
    return np.where(distance < 0, -np.inf, bias)
    # --8<-- [end:alibi]
