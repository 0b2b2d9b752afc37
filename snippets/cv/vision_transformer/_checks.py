"""What the functions want of their arguments."""

import operator

import numpy as np

Pair = tuple[int, int]


def integer(name: str, value: int, least: int) -> int:
    """A Python integer of numpy's or Python's own, no truth value."""
    wrong = isinstance(value, bool | np.bool_)
    try:
        number = operator.index(value)
    except TypeError:
        wrong = True
    if wrong or number < least:
        raise ValueError(f"{name} must be an integer >= {least}, got {value!r}")
    return number


def pair(name: str, value: int | Pair, words: str = "(height, width)") -> Pair:
    """An integer >= 1 stands for both numbers."""
    if not isinstance(value, tuple | list):
        number = integer(name, value, 1)
        return number, number
    if len(value) != 2:
        raise ValueError(f"{name} must be {words}, got {value!r}")
    return integer(name, value[0], 1), integer(name, value[1], 1)


def array(name: str, values: np.ndarray, shape: str, kinds: str = "biuf") -> np.ndarray:
    """Numbers with as many axes as the words of ``shape`` have, the first maybe empty.

    ``kinds`` has the letters of numpy's kinds of dtypes that may come.
    """
    wanted = "floats" if kinds == "f" else "numbers"
    try:
        found = np.asarray(values)
    except (TypeError, ValueError, RuntimeError) as error:
        kind = type(values).__name__
        raise ValueError(f"{name} must hold {wanted}, got a {kind}: {error}") from error
    if isinstance(values, np.ma.MaskedArray):
        raise ValueError(f"{name} must hold {wanted}, got a masked array")
    if found.dtype.kind not in kinds:
        raise ValueError(f"{name} must hold {wanted}, got dtype {found.dtype}")
    if found.ndim != shape.count(",") + 1 or 0 in found.shape[1:]:
        raise ValueError(
            f"{name} must have shape {shape}, none empty but the first,"
            f" got {found.shape}"
        )
    return found


def divides(name: str, part: int, size: Pair) -> None:
    """Both numbers of ``size`` must be whole multiples of ``part``."""
    if size[0] % part or size[1] % part:
        raise ValueError(
            f"{name} must divide height and width, got {part} for {size[0]} x {size[1]}"
        )
