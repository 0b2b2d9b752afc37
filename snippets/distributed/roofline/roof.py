"""The roof over a machine, and where a matrix product stands under it."""

from ._checks import _count, _number


# --8<-- [start:roof]
def attainable(intensity: float, peak: float, bandwidth: float) -> float:
    """The most FLOP/s that the roofline allows.

    Args:
        intensity: FLOPs for each byte moved from or to memory, > 0.
        peak: FLOP/s of the machine, > 0.
        bandwidth: bytes/s of its memory, > 0.

    Raises:
        ValueError: if an argument is no number in its range.
    """
    intensity = _number("intensity", intensity)
    peak, bandwidth = _number("peak", peak), _number("bandwidth", bandwidth)
    return min(peak, intensity * bandwidth)


def ridge(peak: float, bandwidth: float) -> float:
    """The intensity, in FLOP/byte, from which on the peak is the limit.

    Args:
        peak: FLOP/s of the machine, > 0.
        bandwidth: bytes/s of its memory, > 0.

    Raises:
        ValueError: if an argument is no number in its range.
    """
    return _number("peak", peak) / _number("bandwidth", bandwidth)
    # --8<-- [end:roof]


# --8<-- [start:matmul]
def matmul_intensity(m: int, n: int, k: int, bytes_per: float = 2) -> float:
    """FLOPs for each byte of an (m, k) matrix times a (k, n) matrix.

    Each of the two matrices is read once and their product written once: the least
    that must move if no cache held them before. The sizes may change places: the
    result stays the same.

    Args:
        m: rows of the first matrix, >= 1.
        n: columns of the second, >= 1.
        k: columns of the first and rows of the second, >= 1.
        bytes_per: bytes of an element, > 0; 0.5 for four bits.

    Raises:
        ValueError: if a size is no integer >= 1, or bytes_per no number in its range.
    """
    m, n, k = _count("m", m), _count("n", n), _count("k", k)
    elements = m * k + k * n + m * n
    return 2 * m * n * k / (_number("bytes_per", bytes_per) * elements)
    # --8<-- [end:matmul]
