"""How many bytes a cache takes."""

import math
from fractions import Fraction
from numbers import Rational, Real

from ._checks import _integer


# --8<-- [start:bytes]
def cache_bytes(
    layers: int,
    kv_heads: int,
    head_dim: int,
    tokens: int,
    batch: int = 1,
    bytes_per: float = 2,
) -> int:
    """Bytes of the keys and values of all layers: hence the factor 2.

    Args:
        layers: at least 1.
        kv_heads: heads that have keys and values of their own, at least 1; with grouped
            queries fewer than there are query heads.
        head_dim: features of a head, at least 1.
        tokens: of each sequence, at least 0.
        batch: sequences, at least 1.
        bytes_per: bytes of a number, above 0; half a byte is 0.5.

    Returns:
        The bytes, rounded up to a whole number.

    Raises:
        ValueError: one of the arguments is not such a number.
    """
    numbers = 2 * _integer("layers", layers, 1) * _integer("kv_heads", kv_heads, 1)
    numbers *= _integer("head_dim", head_dim, 1) * _integer("tokens", tokens, 0)
    numbers *= _integer("batch", batch, 1)
    known = isinstance(bytes_per, Real) and not isinstance(bytes_per, bool)
    if not (known and 0 < bytes_per < math.inf):  # NaN is not either
        raise ValueError(f"bytes_per must be a finite number > 0, got {bytes_per!r}")
    if isinstance(bytes_per, Rational):  # exact, and numpy's integers do not overflow
        size = Fraction(int(bytes_per.numerator), int(bytes_per.denominator))
    else:
        size = Fraction(float(bytes_per))
    return math.ceil(numbers * size)
    # --8<-- [end:bytes]
