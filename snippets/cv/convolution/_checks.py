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


def pair(name: str, value: int | Pair, least: int) -> Pair:
    """An integer stands for (height, width) both."""
    if not isinstance(value, tuple | list):
        number = integer(name, value, least)
        return number, number
    if len(value) != 2:
        raise ValueError(f"{name} must be (height, width), got {value!r}")
    return integer(name, value[0], least), integer(name, value[1], least)


def floats(name: str, values: np.ndarray) -> np.ndarray:
    """An array of floats of any size, not masked; integers are not converted."""
    try:
        found = np.asarray(values)
    except (TypeError, ValueError, RuntimeError) as error:
        kind = type(values).__name__
        raise ValueError(f"{name} must hold floats, got a {kind}: {error}") from error
    if isinstance(values, np.ma.MaskedArray):
        raise ValueError(f"{name} must hold floats, got a masked array")
    if found.dtype.kind != "f":
        raise ValueError(f"{name} must hold floats, got dtype {found.dtype}")
    return found


def array(name: str, values: np.ndarray, shape: str) -> np.ndarray:
    """Floats with as many axes as the words of ``shape`` have."""
    found = floats(name, values)
    if found.ndim != shape.count(",") + (not shape.endswith(",)")):
        raise ValueError(f"{name} must have shape {shape}, got {found.shape}")
    return found


def images(name: str, values: np.ndarray, shape: str) -> np.ndarray:
    """Four axes, of which only the first may be empty."""
    found = array(name, values, shape)
    if 0 in found.shape[1:]:
        raise ValueError(f"{name} must have no empty axis but N, got {found.shape}")
    return found


def same_dtype(**arrays: np.ndarray) -> np.dtype:
    """The one dtype that all have."""
    dtypes = [found.dtype for found in arrays.values()]
    if len(set(dtypes)) > 1:
        names = ", ".join(arrays)
        raise ValueError(f"{names} must have one dtype, got {dtypes}")
    return dtypes[0]


def wide(found: np.ndarray) -> np.ndarray:
    """At least float32, for sums."""
    return found.astype(np.float32) if found.dtype == np.float16 else found
