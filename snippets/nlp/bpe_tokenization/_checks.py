"""What is no text, no count and no merge is refused here."""

from collections.abc import Mapping, Sequence
from math import isfinite
from numbers import Real
from operator import index
from typing import Any

Pair = tuple[bytes, bytes]


def _text(text: Any) -> str:
    if not isinstance(text, str):
        raise ValueError(f"text must be a str, got {text!r}")
    return text


def _count(name: str, value: Any) -> int:
    """An integer >= 0; True is none, though Python counts it as one."""
    try:
        number = -1 if isinstance(value, bool) else index(value)
    except TypeError:
        number = -1
    if number < 0:
        raise ValueError(f"{name} must be an integer >= 0, got {value!r}")
    return number


def _pair(pair: Any) -> tuple[Any, Any]:
    if not isinstance(pair, tuple | list) or len(pair) != 2:
        raise ValueError(f"pair must have two symbols, got {pair!r}")
    return pair[0], pair[1]


def _merges(merges: Sequence[Any]) -> list[Pair]:
    pairs = []
    for pair in merges:
        if not (
            isinstance(pair, tuple | list)
            and len(pair) == 2
            and all(isinstance(part, bytes) and part for part in pair)
        ):
            raise ValueError(f"a merge must be two bytes objects, got {pair!r}")
        pairs.append((pair[0], pair[1]))
    return pairs


def _log_probs(log_probs: Any) -> dict[str, float]:
    if not isinstance(log_probs, Mapping):
        raise ValueError(f"log_probs must be a dict, got {log_probs!r}")
    for piece, value in log_probs.items():
        if not isinstance(piece, str) or not piece:
            raise ValueError(f"a piece must be a str that is not empty, got {piece!r}")
        known = isinstance(value, Real) and not isinstance(value, bool)
        if not known or not isfinite(value) or value > 0:
            raise ValueError(
                f"a log probability must be a finite number <= 0, got {value!r}"
            )
    return {piece: float(value) for piece, value in log_probs.items()}
