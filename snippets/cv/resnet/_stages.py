"""How many blocks the four stages have, and of which kind."""

from ._checks import integer

# depth: (blocks of each stage, whether they are bottlenecks)
STAGES = {
    18: ((2, 2, 2, 2), False),
    34: ((3, 4, 6, 3), False),
    50: ((3, 4, 6, 3), True),
    101: ((3, 4, 23, 3), True),
    152: ((3, 8, 36, 3), True),
}


def stages(depth: int) -> tuple[tuple[int, ...], bool]:
    """Blocks of each stage, and whether they are bottlenecks."""
    try:
        found = STAGES.get(integer("depth", depth, 0))
    except ValueError:
        found = None
    if found is None:
        raise ValueError(f"depth must be 18, 34, 50, 101 or 152, got {depth!r}")
    return found
