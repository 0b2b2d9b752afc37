"""Which sizes a U-Net passes through, which it takes, and how many weights it has."""

from ._checks import integer, one_of

PADDINGS = ("valid", "same")


# --8<-- [start:sizes]
def unet_sizes(
    n: int, depth: int = 4, padding: str = "valid"
) -> tuple[list[int], list[int]]:
    """Pixels along a side after each pair of 3 x 3 convolutions: (down, up).

    Args:
        n: pixels along a side of the input.
        depth: number of 2 x 2 poolings; the last size of ``down`` is the bottom.
        padding: "valid" adds nothing, "same" a zero on each side of a convolution.

    Raises:
        ValueError: if a number is no integer >= 1, n too small, a size odd before a
            pooling, or padding unknown.
    """
    n, depth = integer("n", n, 1), integer("depth", depth, 1)
    lost = 4 if one_of("padding", padding, PADDINGS) == "valid" else 0
    down: list[int] = []
    up: list[int] = []
    size = n
    for level in range(2 * depth + 1):
        size -= lost
        if size < 1:
            raise ValueError(f"n must leave a pixel after each pair, got n = {n}")
        (down if level <= depth else up).append(size)
        if level >= depth:
            size *= 2
        elif size % 2:
            raise ValueError(f"sizes must be even before a pooling, got {size}")
        else:
            size //= 2
    return down, up
    # --8<-- [end:sizes]


def valid_inputs(
    low: int, high: int, depth: int = 4, padding: str = "valid"
) -> list[int]:
    """Sizes from low to high, both included, that ``unet_sizes`` takes.

    Raises:
        ValueError: if low or depth is no integer >= 1, high none >= low, or padding
            unknown.
    """
    low, depth = integer("low", low, 1), integer("depth", depth, 1)
    high = integer("high", high, low)
    one_of("padding", padding, PADDINGS)
    found = []
    for n in range(low, high + 1):
        try:
            unet_sizes(n, depth, padding)
        except ValueError:
            continue
        found.append(n)
    return found


# --8<-- [start:parameters]
def unet_parameters(
    base: int = 64, depth: int = 4, channels: int = 1, classes: int = 2
) -> int:
    """Weights and biases, without normalization.

    Args:
        base: maps of the first level; each pooling is followed by twice as many.
        depth: number of poolings.
        channels: of the input.
        classes: of the output.

    Raises:
        ValueError: if a number is no integer >= 1.
    """
    base, depth = integer("base", base, 1), integer("depth", depth, 1)
    before = integer("channels", channels, 1)
    classes = integer("classes", classes, 1)
    total = 0
    for level in range(depth + 1):
        maps = base * 2**level
        total += 9 * before * maps + maps + 9 * maps * maps + maps  # down, or bottom
        if level < depth:
            total += 4 * 2 * maps * maps + maps  # up: 2 x 2, from twice the maps
            total += 9 * 2 * maps * maps + maps + 9 * maps * maps + maps  # skip and up
        before = maps
    return total + base * classes + classes
    # --8<-- [end:parameters]
