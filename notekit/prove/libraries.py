"""Libraries with global state, and the random numbers of a test or a block.

It needs the standard library only, and nothing else of notekit: what runs in a process
of its own starts with it.
"""

import builtins
import hashlib
import importlib.util
import random
import sys
import warnings
from typing import Any

STATEFUL = ("numpy", "matplotlib", "torch")


def seed(name: str) -> None:
    """The same random numbers for the same test or block, whatever ran before it."""
    random.seed(_number(name))
    for library in STATEFUL:
        _seed_library(library, name)


def import_libraries() -> None:
    """Import what has global state before the first block does: none is the first."""
    for library in STATEFUL:
        if library not in sys.modules and importlib.util.find_spec(library):
            _import(library)
    if matplotlib := sys.modules.get("matplotlib"):  # whoever imported it
        matplotlib.use("agg")


def import_on_demand(name: str) -> None:
    """The same for a process of its own, in which most blocks need none of them.

    Args:
        name: of the block, by which it gets its random numbers.
    """
    seed(name)
    real = builtins.__import__

    def prepared(wanted: str, *rest: Any, **named: Any) -> Any:
        library = wanted.partition(".")[0]
        if library in STATEFUL and library not in sys.modules:
            _import(library)
            _seed_library(library, name)
        return real(wanted, *rest, **named)

    builtins.__import__ = prepared  # type: ignore[assignment]


def _import(library: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        importlib.import_module(library)
    if library == "matplotlib":
        sys.modules[library].use("agg")


def _seed_library(library: str, name: str) -> None:
    module = sys.modules.get(library)
    if module and library == "numpy":
        module.random.seed(_number(name))
    elif module and library == "torch":
        module.manual_seed(_number(name))


def _number(name: str) -> int:
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:4], "big")
