"""What the functions want of their arguments."""

import operator

import numpy as np

LARGEST = 1e150  # the product of two such numbers is finite


def _integer(name: str, value: int, least: int) -> int:
    try:
        number = least - 1 if isinstance(value, bool) else operator.index(value)
    except TypeError:
        number = least - 1
    if number < least:
        raise ValueError(f"{name} must be an integer >= {least}, got {value!r}")
    return number


def _rows(name: str, values: np.ndarray, width: int | None = None) -> np.ndarray:
    """Finite floats of shape (n, width), n and width at least 1, in their own dtype."""
    shape = f"(n, {'d' if width is None else width})"
    wanted = f"{name} must hold finite floats, shape {shape}"
    try:
        array = np.asarray(values)
    except (TypeError, ValueError, RuntimeError) as error:
        raise ValueError(f"{wanted}, got {values!r}") from error
    if isinstance(values, np.ma.MaskedArray):
        raise ValueError(f"{wanted}, got a masked array")
    if array.dtype.kind != "f":
        raise ValueError(f"{wanted}, got dtype {array.dtype}")
    if array.ndim != 2 or not array.size or width not in (None, array.shape[1]):
        raise ValueError(f"{wanted}, all at least 1, got {array.shape}")
    with np.errstate(over="ignore"):  # of a long double
        wrong = ~(np.abs(array.astype(np.float64)) <= LARGEST)  # NaN is not either
    if wrong.any():
        raise ValueError(
            f"{wanted}, at most {LARGEST:g} in size, got {array[wrong][0]}"
        )
    return array
