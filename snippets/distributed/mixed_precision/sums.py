"""A running sum in few bits, plain and compensated.

Source: Higham, Accuracy and Stability of Numerical Algorithms, 2002, section 4.3.
"""

from collections.abc import Iterable

from ._checks import _flag, _floats
from .formats import _nearest, limits


# --8<-- [start:sums]
def accumulate(values: Iterable[float], name: str, compensated: bool = False) -> float:
    """Add one by one, and round after each operation.

    Args:
        values: numbers that float64 holds; each is rounded to the format first.
        name: one of ``FORMATS``.
        compensated: Kahan's sum: the next term makes up for what the last sum lost.

    Returns:
        The sum, 0.0 of no values. Once it is infinite, the compensated one becomes NaN.

    Raises:
        ValueError: values are no sequence of such numbers, or the format is unknown.
    """
    known, compensated = limits(name), _flag("compensated", compensated)

    def rounded(value: float) -> float:
        return _nearest(value, name, known)

    total = lost = 0.0
    for value in _floats("values", values):
        term = rounded(rounded(value) - lost)
        grown = rounded(total + term)
        if compensated:
            lost = rounded(rounded(grown - total) - term)
        total = grown
    return total
    # --8<-- [end:sums]
