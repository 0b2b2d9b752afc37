"""What is no text, no count and no merge is refused here."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from math import isfinite, nan
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
    """Two symbols, both bytes or both str: numbers would be added, not joined."""
    if not isinstance(pair, tuple | list) or len(pair) != 2:
        raise ValueError(f"pair must have two symbols, got {pair!r}")
    if not any(all(isinstance(part, kind) for part in pair) for kind in (bytes, str)):
        raise ValueError(f"pair must be two bytes or two str, got {pair!r}")
    return pair[0], pair[1]


def _symbols(symbols: Iterable[Any], like: Any) -> tuple[Any, ...]:
    """What holds symbols; bytes themselves hold numbers, and would never match."""
    symbols = tuple(symbols)
    kind = bytes if isinstance(like, bytes) else str
    if not all(isinstance(symbol, kind) for symbol in symbols):
        raise ValueError(
            f"symbols must be {kind.__name__} as the pair, got {symbols!r}"
        )
    return symbols


def _merge(pair: Any) -> Pair:
    if not (
        isinstance(pair, tuple | list)
        and len(pair) == 2
        and all(isinstance(part, bytes) and part for part in pair)
    ):
        raise ValueError(f"a merge must be two bytes objects, got {pair!r}")
    return pair[0], pair[1]


def _merges(merges: Iterable[Any]) -> list[Pair]:
    return [_merge(pair) for pair in merges]


def _ranks(ranks: Any) -> dict[Pair, int]:
    """The place of each pair; a list of merges, or tokens with ranks, is refused."""
    if not isinstance(ranks, Mapping):
        raise ValueError(f"ranks must be a dict from pair to rank, got {ranks!r}")
    return {_merge(pair): _count("rank", rank) for pair, rank in ranks.items()}


def _log_probs(log_probs: Any) -> dict[str, float]:
    if not isinstance(log_probs, Mapping):
        raise ValueError(f"log_probs must be a dict, got {log_probs!r}")
    known = {}
    for piece, value in log_probs.items():
        if not isinstance(piece, str) or not piece:
            raise ValueError(f"a piece must be a str that is not empty, got {piece!r}")
        known[piece] = _log_prob(value)
    return known


def _log_prob(value: Any) -> float:
    number = nan
    if isinstance(value, Real) and not isinstance(value, bool):
        with suppress(OverflowError):  # an integer that no float can hold
            number = float(value)
    if not isfinite(number) or number > 0:
        raise ValueError(
            f"a log probability must be a finite number <= 0, got {value!r}"
        )
    return number
