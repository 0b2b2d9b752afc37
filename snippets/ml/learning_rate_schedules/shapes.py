"""The shapes of a schedule: each gives the learning rate of step t, counted from 0.

References:
    Loshchilov, Hutter, 2017, arXiv:1608.03983 (the cosine).
    Vaswani et al., 2017, arXiv:1706.03762 (the inverse root).
    Hu et al., 2024, arXiv:2404.06395 (WSD).
    Hägele et al., 2024, arXiv:2405.18392 (its decay as 1 - sqrt).
"""

import math
from collections.abc import Callable

from ._checks import _at_least_zero, _floor, _integer, _real

# How much of the way from base to floor is left when a share u of the decay is over.
SHAPES: dict[str, Callable[[float], float]] = {
    "linear": lambda u: 1 - u,
    "sqrt": lambda u: 1 - math.sqrt(u),
    "cosine": lambda u: (1 + math.cos(math.pi * u)) / 2,
}


# --8<-- [start:cosine]
def cosine(
    t: int, base: float, total: int, warmup: int = 0, floor: float = 0.0
) -> float:
    """Rises in a straight line to base, then falls to floor along half a cosine.

    Args:
        t: steps already made, >= 0.
        base: the highest rate, >= 0.
        total: steps of the run, warm-up included, >= 1; from t = total on it is floor.
        warmup: steps of the rise, 0 to total; t = 0 has base / warmup, not 0.
        floor: the rate at the end, in [0, base].

    Raises:
        ValueError: if an argument is not as above.
    """
    t, base, total, warmup = _run(t, base, total, warmup)
    floor = _floor(floor, base)
    if t < warmup:
        return base * ((t + 1) / warmup)
    if t >= total:
        return floor
    left = SHAPES["cosine"]((t - warmup) / (total - warmup))
    return floor + (base - floor) * left
    # --8<-- [end:cosine]


# --8<-- [start:wsd]
def wsd(
    t: int,
    base: float,
    total: int,
    warmup: int = 0,
    decay: int = 0,
    floor: float = 0.0,
    shape: str = "linear",
) -> float:
    """Warm-up, stable, decay: rises to base, stays there, falls in the last steps.

    Args:
        t: steps already made, >= 0.
        base: the highest rate, >= 0.
        total: steps of the run, >= 1.
        warmup: steps of the rise, >= 0; t = 0 has base / warmup, not 0.
        decay: steps of the fall, the last of the run; warmup + decay <= total. With 0
            there is no fall, and base holds beyond the end; else floor does.
        floor: the rate at the end, in [0, base].
        shape: of the fall: linear, sqrt (1 - sqrt(u), steep at first) or cosine.

    Raises:
        ValueError: if an argument is not as above.
    """
    t, base, total, warmup = _run(t, base, total, warmup)
    decay, floor = _integer("decay", decay, 0), _floor(floor, base)
    if warmup + decay > total:
        raise ValueError(
            f"warmup + decay must be <= total = {total}, got {warmup} + {decay}"
        )
    if not isinstance(shape, str) or shape not in SHAPES:
        raise ValueError(f"shape must be one of {', '.join(SHAPES)}, got {shape!r}")
    if t < warmup:
        return base * ((t + 1) / warmup)
    start = total - decay
    if t < start or decay == 0:
        return base
    if t >= total:
        return floor
    return floor + (base - floor) * SHAPES[shape]((t - start) / decay)
    # --8<-- [end:wsd]


# --8<-- [start:inverse]
def inverse_sqrt(t: int, base: float, warmup: int) -> float:
    """Rises to base in warmup steps, then falls as one over the root of the steps.

    It has no end. The Transformer's is this with base = (d * warmup) ** -0.5, where d
    is the width of the model.

    Args:
        t: steps already made, >= 0.
        base: the highest rate, that of t = warmup - 1, >= 0.
        warmup: steps of the rise, >= 1.

    Raises:
        ValueError: if an argument is not as above.
    """
    t, base = _integer("t", t, 0), _at_least_zero("base", base)
    warmup = _integer("warmup", warmup, 1)
    return base * min((t + 1) / warmup, math.sqrt(warmup / (t + 1)))
    # --8<-- [end:inverse]


def step_decay(t: int, base: float, gamma: float, every: int) -> float:
    """Multiplies base by gamma after each ``every`` steps; every = 1 is exponential.

    Args:
        t: steps already made, >= 0.
        base: the rate of the first steps, >= 0.
        gamma: the factor, in (0, 1].
        every: steps between two falls, >= 1.

    Raises:
        ValueError: if an argument is not as above.
    """
    t, base = _integer("t", t, 0), _at_least_zero("base", base)
    every, factor = _integer("every", every, 1), _real(gamma)
    if not 0 < factor <= 1:
        raise ValueError(f"gamma must be in (0, 1], got {gamma!r}")
    return base * factor ** (t // every)


def _run(t: int, base: float, total: int, warmup: int) -> tuple[int, float, int, int]:
    t, base = _integer("t", t, 0), _at_least_zero("base", base)
    total, warmup = _integer("total", total, 1), _integer("warmup", warmup, 0)
    if warmup > total:
        raise ValueError(f"warmup must be <= total = {total}, got {warmup}")
    return t, base, total, warmup
