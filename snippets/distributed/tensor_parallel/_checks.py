"""What is no matrix, no count and no target is refused here."""

import operator
from collections.abc import Iterable
from typing import Any

import numpy as np


def _count(name: str, value: Any, least: int = 1) -> int:
    """An integer; numpy's are integers, True is none."""
    try:
        count = least - 1 if _boolean(value) else operator.index(value)
    except (TypeError, RuntimeError):  # torch: a tensor without data
        count = least - 1
    if count < least:
        raise ValueError(f"{name} must be an integer >= {least}, got {value!r}")
    return count


def _boolean(value: Any) -> bool:
    """Whether it is True or False, of Python's, numpy's or torch's type."""
    return isinstance(value, bool) or "bool" in str(getattr(value, "dtype", ""))


def _divides(W: int, name: str, size: int) -> None:
    if size % W:
        raise ValueError(f"{name} must be divisible by W = {W}, got {size}")


def _matrix(name: str, value: Any) -> np.ndarray:
    """A fresh float64 matrix of finite numbers."""
    try:
        given = np.asarray(value)
        if given.dtype.kind not in "biuf":
            raise TypeError
        matrix = np.array(given, float)  # a copy
    except (TypeError, ValueError, RuntimeError):  # torch: one that requires grad
        raise ValueError(
            f"{name} must be a matrix of real numbers, got {value!r}"
        ) from None
    if matrix.ndim != 2:
        raise ValueError(f"{name} must be a matrix, got shape {matrix.shape}")
    if not np.isfinite(matrix).all():
        raise ValueError(f"{name} must be finite, got {value!r}")
    return matrix


def _fits(name: str, got: int, other: str, want: int) -> None:
    if got != want:
        raise ValueError(f"{name} must be {want}, as {other} has it, got {got}")


def _parts(logit_parts: Iterable[Any]) -> list[np.ndarray]:
    """One or more matrices with one number of rows."""
    try:
        given = list(logit_parts)
    except TypeError:
        raise ValueError(
            f"logit_parts must be a list of matrices, got {logit_parts!r}"
        ) from None
    if not given:
        raise ValueError("logit_parts must hold one matrix per rank, got none")
    parts = [_matrix(f"logit_parts[{r}]", part) for r, part in enumerate(given)]
    for r, part in enumerate(parts):
        _fits(f"rows of logit_parts[{r}]", len(part), "logit_parts[0]", len(parts[0]))
    return parts


def _targets(targets: Iterable[Any], n: int, V: int) -> np.ndarray:
    """n integers from 0 to V - 1."""
    try:
        listed = list(targets)
        if any(_boolean(t) or getattr(t, "ndim", 0) for t in listed):
            raise TypeError  # [[0]] of torch would pass as 0
        given = [operator.index(t) for t in listed]
    except (TypeError, RuntimeError):  # torch: a tensor without data
        raise ValueError(f"targets must be integers, got {targets!r}") from None
    _fits("number of targets", len(given), "logit_parts", n)
    bad = [t for t in given if not 0 <= t < V]
    if bad:
        raise ValueError(f"targets must be from 0 to {V - 1}, got {bad[0]}")
    return np.array(given, dtype=int)
