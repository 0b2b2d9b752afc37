"""Einsum as what it means: a loop over all letters, in each pass a product to be added.

"ij,jk->ik": equal letters move together, letters that the output lacks are summed over,
and the output's letters are its axes, in order.
"""

import math
import string
from collections.abc import Iterable, Iterator
from itertools import product
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ._checks import integers, numbers


class Term(NamedTuple):
    """One pass through the loop.

    Attributes:
        at: the value of each letter.
        factors: one element of each operand.
        cell: the output element to which their product is added.
    """

    at: dict[str, int]
    factors: tuple[Any, ...]
    cell: tuple[int, ...]


# --8<-- [start:terms]
def einsum_terms(spec: str, *operands: ArrayLike) -> Iterator[Term]:
    """The terms of an einsum, one at a time.

    The letters of the output are the outer loops, in its order; those that are summed
    over are the inner ones, in alphabetical order.

    Raises:
        ValueError: as ``einsum_loops``.
    """
    return _terms(_plan(spec, operands))  # mistakes show now, not at the first term
    # --8<-- [end:terms]


# --8<-- [start:loops]
def einsum_loops(spec: str, *operands: ArrayLike) -> NDArray[Any]:
    """What ``np.einsum`` computes, by explicit loops over all letters.

    Unlike numpy's, sums of integers do not wrap around, and an axis of length 1 is
    not stretched to meet a longer one. There is no ellipsis.

    Args:
        spec: letters of the axes of each operand, separated by commas, then "->" and
            those of the output. Without "->" the output has the letters that occur
            once, in alphabetical order, capitals first. Spaces mean nothing.
        operands: one array for each part of the spec.

    Returns:
        float64, complex128 if an operand is complex, int64 if all are whole numbers.

    Raises:
        ValueError: if the spec has other signs, an output letter twice or one that no
            operand has; if operands, axes or sizes do not fit it; if a sum of whole
            numbers leaves the range of int64.
    """
    plan = _plan(spec, operands)
    result = np.zeros([plan.sizes[x] for x in plan.output], dtype=object)
    for _, factors, cell in _terms(plan):
        result[cell] += math.prod(factors)
    return _typed(result, plan.arrays)
    # --8<-- [end:loops]


# --8<-- [start:multiplications]
def einsum_multiplications(spec: str, *shapes: Iterable[int]) -> int:
    """Multiplications of one loop over all letters: one fewer than operands, each pass.

    Raises:
        ValueError: as ``einsum_loops``.
    """
    inputs, _ = _letters(spec)
    given = [integers(shape, "a shape", 0) for shape in shapes]
    sizes = _sizes(spec, inputs, given)
    return math.prod(sizes.values()) * (len(inputs) - 1)
    # --8<-- [end:multiplications]


class _Plan(NamedTuple):
    """What a spec means for its operands."""

    arrays: list[NDArray[Any]]
    inputs: list[str]  # the letters of each
    output: str
    sizes: dict[str, int]  # of each letter


def _plan(spec: str, operands: tuple[ArrayLike, ...]) -> _Plan:
    arrays = [numbers(x, "each operand") for x in operands]
    if any(a.dtype.kind in "fc" for a in arrays):
        # Else products of whole numbers may get too large to meet a float.
        arrays = [a.astype(np.result_type(a, np.float64)) for a in arrays]
    inputs, output = _letters(spec)
    return _Plan(
        arrays, inputs, output, _sizes(spec, inputs, [a.shape for a in arrays])
    )


# --8<-- [start:pass]
def _terms(plan: _Plan) -> Iterator[Term]:
    """One term for each combination of values of the letters."""
    letters = [*plan.output, *sorted(set(plan.sizes) - set(plan.output))]
    for values in product(*(range(plan.sizes[x]) for x in letters)):
        at = dict(zip(letters, values))
        places = [tuple(at[x] for x in names) for names in plan.inputs]
        factors = tuple(a[place].item() for a, place in zip(plan.arrays, places))
        yield Term(at, factors, tuple(at[x] for x in plan.output))
    # --8<-- [end:pass]


def _letters(spec: str) -> tuple[list[str], str]:
    """The letters of each operand, and of the output."""
    if not isinstance(spec, str):
        raise ValueError(f"spec must be a string such as 'ij,jk->ik', got {spec!r}")
    left, arrow, output = spec.replace(" ", "").partition("->")
    if not set(left) <= {*string.ascii_letters, ","}:
        raise ValueError(f"spec must have letters and commas before '->', got {spec!r}")
    if not arrow:
        output = "".join(sorted(x for x in set(left) - {","} if left.count(x) == 1))
    if len(set(output)) < len(output) or not set(output) <= set(left) - {","}:
        want = "the output must have letters of the operands, each once"
        raise ValueError(f"{want}, got {spec!r}")
    return left.split(","), output


def _sizes(
    spec: str, inputs: list[str], shapes: list[tuple[int, ...]]
) -> dict[str, int]:
    """The length of the axis that each letter names."""
    if len(shapes) != len(inputs):
        raise ValueError(f"{spec!r} wants {len(inputs)} operands, got {len(shapes)}")
    sizes: dict[str, int] = {}
    for letters, shape in zip(inputs, shapes):
        if len(letters) != len(shape):
            want = f"{letters!r} of {spec!r} wants {len(letters)} axes"
            raise ValueError(f"{want}, got shape {shape}")
        for x, n in zip(letters, shape):
            if sizes.setdefault(x, n) != n:
                raise ValueError(f"want one size for {x!r}, got {sizes[x]} and {n}")
    return sizes


def _typed(result: NDArray[Any], arrays: list[NDArray[Any]]) -> NDArray[Any]:
    """Python's numbers as an array of one dtype."""
    kinds = {a.dtype.kind for a in arrays}
    wide = np.complex128 if "c" in kinds else np.float64
    try:
        return result.astype(wide if kinds & {"c", "f"} else np.int64)
    except OverflowError:
        raise ValueError(
            f"sums of whole numbers must fit int64, got {result.tolist()}"
        ) from None
