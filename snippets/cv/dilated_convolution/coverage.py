"""Which inputs a stack of dilated convolutions reads, and which it steps over.

Along one axis a layer with kernel k and rate r moves by t r, where t runs from
-(k - 1) / 2 to (k - 1) / 2; an even kernel has one more tap on the right than on the
left. A stack reads the sums of one such move per layer, a sumset that does not depend
on the order of the layers. Strides are 1 throughout.

References:
    Wang et al., "Understanding Convolution for Semantic Segmentation", 2017,
    arXiv:1702.08502 (hybrid dilated convolution, the distances M_i).
    Chen, Papandreou, Schroff, Adam, "Rethinking Atrous Convolution for Semantic Image
    Segmentation", 2017, arXiv:1706.05587 (taps that fall off the map).
"""

from collections.abc import Iterable

import numpy as np

from ._checks import integer, stack


def effective_kernel(k: int, r: int) -> int:
    """Positions from the first to the last tap: k + (k - 1)(r - 1).

    Args:
        k: taps along one axis, >= 1.
        r: distance between neighbouring taps, >= 1.

    Raises:
        ValueError: if an argument is not an integer, or is below 1.
    """
    k, r = integer("kernel", k, 1), integer("rate", r, 1)
    return k + (k - 1) * (r - 1)


# --8<-- [start:support]
def support_1d(rates: Iterable[int], kernel: int = 3) -> tuple[list[int], int]:
    """Offsets that one output of the stack reads along one axis, and their span.

    Args:
        rates: one per layer, each >= 1; at least one.
        kernel: taps of every layer along the axis, >= 1.

    Returns:
        The offsets, sorted, for odd kernels with 0 in the middle (an even kernel has
        its extra tap on the right); and the size of the receptive field.

    Raises:
        ValueError: if rates is empty, or a rate or the kernel no integer >= 1.
    """
    rates, kernel = stack(rates, kernel)
    taps = range(-((kernel - 1) // 2), kernel // 2 + 1)
    offsets = {0}
    for rate in rates:
        offsets = {o + t * rate for o in offsets for t in taps}
    return sorted(offsets), max(offsets) - min(offsets) + 1
    # --8<-- [end:support]


def coverage_2d(rates: Iterable[int], kernel: int = 3) -> float:
    """Share of the square receptive field that an output reads; errors: support_1d."""
    offsets, span = support_1d(rates, kernel)
    return (len(offsets) / span) ** 2


def path_counts(rates: Iterable[int], kernel: int = 3) -> np.ndarray:
    """Paths from each position of the receptive field to the output, along one axis.

    With kernels of ones this is the gradient of the output; a zero is a hole. In two
    dimensions take the outer product with itself.

    Returns:
        Integers, shape ``(span,)`` with the span of ``support_1d``.

    Raises:
        ValueError: as ``support_1d``, and for 2**63 paths or more in all (40 layers of
            3 taps), which int64 cannot count.
    """
    rates, kernel = stack(rates, kernel)
    if kernel ** len(rates) >= 2**63:
        paths = f"{kernel}**{len(rates)}"
        raise ValueError(f"rates must have fewer than 2**63 paths in all, got {paths}")
    counts = np.ones(1, dtype=np.int64)
    for rate in rates:
        taps = np.zeros(effective_kernel(kernel, rate), dtype=np.int64)
        taps[::rate] = 1
        counts = np.convolve(counts, taps)
    return counts


# --8<-- [start:hdc]
def hdc_m(rates: Iterable[int]) -> list[int]:
    """The distances M_1, ..., M_n of hybrid dilated convolution, from the last down.

    For 3 taps or more they bound the gaps between the positions that layers i to n
    read. Their goal is M_2 <= kernel. They depend on the order of the rates.

    Raises:
        ValueError: if rates is empty, or a rate is below 1.
    """
    rates, _ = stack(rates, 1)
    m = [rates[-1]]
    for rate in reversed(rates[:-1]):
        m.append(max(m[-1] - 2 * rate, 2 * rate - m[-1], rate))
    return m[::-1]
    # --8<-- [end:hdc]


# --8<-- [start:dense]
def is_dense(rates: Iterable[int], kernel: int = 3) -> bool:
    """Whether the stack reads every position of its receptive field, in any order.

    Sorted, no rate may exceed the receptive field of the smaller ones, which is 1 for
    none. Errors as in ``support_1d``, but without building the sumset.
    """
    rates, kernel = stack(rates, kernel)
    if kernel == 1:  # reads one position, whatever the rates
        return True
    field = 1
    for rate in sorted(rates):
        if rate > field:
            return False
        field += (kernel - 1) * rate
    return True
    # --8<-- [end:dense]


# --8<-- [start:valid]
def valid_tap_fraction(size: int, rate: int) -> float:
    """Mean share of the 9 taps that fall on the map rather than on the padding.

    Args:
        size: side of the square map, >= 1; its 3 x 3 convolution has padding = rate.
        rate: distance between neighbouring taps, >= 1.

    Raises:
        ValueError: if an argument is not an integer, or is below 1.
    """
    return (float(_taps_per_position(size, rate).mean()) / 3) ** 2


def center_only_fraction(size: int, rate: int) -> float:
    """Share of positions with only the centre tap on the map; arguments as above."""
    return float((_taps_per_position(size, rate) == 1).mean()) ** 2


def _taps_per_position(size: int, rate: int) -> np.ndarray:
    size, rate = integer("size", size, 1), integer("rate", rate, 1)
    i = np.arange(size)
    return 1 + (i >= rate) + (i < size - rate)  # centre, left and right tap
    # --8<-- [end:valid]
