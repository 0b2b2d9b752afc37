"""What all modules of this note ask of their inputs, and in which type they compute."""

import functools
import math
import operator
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor


def _integer(name: str, value: object) -> int:
    """``value`` as an int >= 1; numpy's integers are integers, booleans are not."""
    try:
        count = operator.index(value) if not isinstance(value, bool) else 0
    except TypeError:
        count = 0
    if count < 1:
        raise ValueError(f"{name} must be an integer >= 1, got {value!r}")
    return count


def _positive(name: str, value: float) -> float:
    """``value`` as a float that is finite and > 0."""
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = math.nan
    if not 0 < number < math.inf:
        raise ValueError(f"{name} must be finite and > 0, got {value!r}")
    return number


def _wide(dtype: torch.dtype) -> torch.dtype:
    """The type to compute in: at least 32 bits."""
    return torch.promote_types(dtype, torch.float32)


def _widened(*tensors: Tensor) -> tuple[Tensor, ...]:
    """All in the widest type among them, of at least 32 bits."""
    dtype = functools.reduce(torch.promote_types, (x.dtype for x in tensors))
    return tuple(x.to(_wide(dtype)) for x in tensors)


def _in_32_bits(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give ``function`` tensors of one type of at least 32 bits; round its result."""

    @functools.wraps(function)
    def inner(*args: Any, **kwargs: Any) -> Any:
        tensors = [x for x in _leaves((args, kwargs)) if isinstance(x, Tensor)]
        if not tensors:
            kinds = ", ".join(type(x).__name__ for x in args) or "nothing"
            raise TypeError(f"{function.__name__} takes tensors, got {kinds}")
        dtype = functools.reduce(torch.promote_types, (x.dtype for x in tensors))
        if not (dtype.is_floating_point or dtype.is_complex):
            dtype = torch.float32
        args, kwargs = _cast((args, kwargs), _wide(dtype))
        return _cast(function(*args, **kwargs), dtype)

    return inner


def _leaves(tree: Any) -> list[Any]:
    if isinstance(tree, dict):
        tree = tree.values()
    elif not isinstance(tree, tuple | list):
        return [tree]
    return [leaf for part in tree for leaf in _leaves(part)]


def _cast(tree: Any, dtype: torch.dtype) -> Any:
    if isinstance(tree, Tensor):
        return tree.to(dtype)
    if isinstance(tree, dict):
        return {key: _cast(x, dtype) for key, x in tree.items()}
    if type(tree) in (tuple, list):
        return type(tree)(_cast(x, dtype) for x in tree)
    return tree


def _check_selective(
    u: Tensor, delta: Tensor, A: Tensor, Bt: Tensor, Ct: Tensor, D: Tensor
) -> None:
    """Refuse what ``selective_ssm`` cannot mean.

    Raises:
        ValueError: see ``selective_ssm``.
    """
    tensors = (u, delta, A, Bt, Ct, D)
    ok = u.ndim == 3 and A.ndim == 2 and u.shape == delta.shape
    tokens, n = u.shape[:-1], A.shape[-1:]
    ok = ok and A.shape[:1] == D.shape == u.shape[-1:]
    ok = ok and Bt.shape == Ct.shape == (*tokens, *n)
    if not ok or 0 in (*u.shape, *A.shape):
        got = ", ".join(str(tuple(z.shape)) for z in tensors)
        want = "u and delta (b, t, d), A (d, n), Bt and Ct (b, t, n), D (d,)"
        raise ValueError(f"need {want}, no axis empty; got {got}")
    if not all(z.is_floating_point() for z in tensors):
        got = ", ".join(str(z.dtype) for z in tensors)
        raise ValueError(f"u, delta, A, Bt, Ct, D must be floating, got {got}")
    if not bool((delta >= 0).all()):
        raise ValueError(f"delta must be >= 0, got {delta.min().item()}")
    if not bool((A < 0).all()):
        raise ValueError(f"A must be < 0, got {A.max().item()}")
