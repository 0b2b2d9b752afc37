"""How many tensor elements attention moves between HBM and on-chip SRAM.

Counts for one head, forward, in elements (multiply by 2 for the bytes of float16).
They count the reads and writes the algorithms spell out, with nothing cached between
steps; they are a model, not a measurement.

References:
    Dao et al., "FlashAttention", NeurIPS 2022, arXiv:2205.14135, Algorithms 0 and 1,
    Theorem 2.
    Dao, "FlashAttention-2", 2023, arXiv:2307.08691, Algorithm 1.
"""

from math import ceil

from ._checks import _integer


# --8<-- [start:io]
def io_standard(n: int, d: int) -> int:
    """Elements moved if scores S and weights P pass through HBM: 4 n d + 4 n^2.

    Q, K, V are read and O is written once; S and P are each written and read back.

    Args:
        n: rows of Q, K and V.
        d: features of a row.

    Raises:
        ValueError: if n or d is not an integer >= 1.
    """
    _check(n=n, d=d)
    return 4 * n * d + 4 * n * n


def io_flash1(n: int, d: int, sram: int) -> int:
    """Elements moved by FlashAttention-1: each key block sweeps over all queries.

    Q, O and the two statistics are read once per key block, O and the statistics
    written back. A key block has ``sram // (4 d)`` rows (the paper rounds up), for
    K, V, Q and O share the memory.

    Args:
        n: rows of Q, K and V.
        d: features of a row.
        sram: elements that fit on chip.

    Raises:
        ValueError: if n, d or sram is not an integer >= 1, or ``sram < 4 d``, so that
            not one row of each fits.
    """
    _check(n=n, d=d, sram=sram)
    if sram < 4 * d:
        raise ValueError(f"sram must hold 4 d = {4 * d} elements, got {sram}")
    key_blocks = ceil(n / (sram // (4 * d)))
    return 2 * n * d + key_blocks * (3 * n * d + 4 * n)


def io_flash2(n: int, d: int, block_q: int) -> int:
    """Elements moved by FlashAttention-2: each query block sweeps over all keys.

    Q is read, O and the logsumexp written once; K and V are read once per block.

    Args:
        n: rows of Q, K and V.
        d: features of a row.
        block_q: query rows kept on chip at a time.

    Raises:
        ValueError: if n, d or block_q is not an integer >= 1.
    """
    _check(n=n, d=d, block_q=block_q)
    return 2 * n * d + n + ceil(n / block_q) * 2 * n * d
    # --8<-- [end:io]


def _check(**sizes: int) -> None:
    for name, size in sizes.items():
        _integer(name, size, 1)
