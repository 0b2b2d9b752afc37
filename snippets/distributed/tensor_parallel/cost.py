"""Bytes that a rank sends, and bytes of activations that it keeps, for one layer.

The layer is a Transformer's: attention, then a feed-forward network of width 4 hidden.
"""

from ._checks import _count, _divides


# --8<-- [start:sent]
def communication_bytes(
    batch: int, seq: int, hidden: int, W: int, bytes_per: int = 2
) -> float:
    """Bytes that a rank sends for a layer, forward and backward: four ring all-reduces.

    Args:
        batch, seq, hidden: sequences, tokens of each, width of the model; each >= 1.
        W: number of ranks, >= 1.
        bytes_per: bytes of a number, >= 1.

    Raises:
        ValueError: if an argument is not an integer >= 1.
    """
    n = _count("batch", batch) * _count("seq", seq) * _count("hidden", hidden)
    W, size = _count("W", W), _count("bytes_per", bytes_per)
    return 4 * 2 * (W - 1) * n * size / W
    # --8<-- [end:sent]


# --8<-- [start:kept]
def activation_bytes(
    seq: int,
    batch: int,
    hidden: int,
    heads: int,
    W: int = 1,
    sequence_parallel: bool = False,
) -> float:
    """Bytes of activations that a rank keeps of one layer for the backward pass.

    Numbers take 16 bits, masks of dropout a byte each. Attention keeps its scores,
    which a fused kernel does not. With sequence parallelism inputs of column splits
    are kept cut, and gathered again.

    Args:
        seq, batch, hidden, heads: tokens, sequences, width, attention heads; each >= 1.
        W: number of ranks, >= 1; divides heads.
        sequence_parallel: whether norm and dropout are cut by tokens; W then divides
            seq.

    Raises:
        ValueError: if a number is not an integer >= 1, W does not divide heads or,
            where it must, seq, or sequence_parallel is not a bool.
    """
    s, b, h = _count("seq", seq), _count("batch", batch), _count("hidden", hidden)
    a, W = _count("heads", heads), _count("W", W)
    if not isinstance(sequence_parallel, bool):
        raise ValueError(
            f"sequence_parallel must be True or False, got {sequence_parallel!r}"
        )
    _divides(W, "heads", a)
    if sequence_parallel:
        _divides(W, "seq", s)
    alone = 10 * h * s * b  # norm, dropout, and the inputs of the column splits
    shared = (24 * h + 5 * a * s) * s * b
    return (alone + shared) / W if sequence_parallel else alone + shared / W
    # --8<-- [end:kept]
