"""Python modules of notes and of their tests as trees, each parsed once for all rules."""

import ast
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from notekit.read.blocks import parse
from notekit.read.living import walk


class Exports(NamedTuple):
    """``__all__`` of a module: its line, and the names in it."""

    line: int
    names: list[str]


def tree(path: Path) -> ast.Module | None:
    """The module, or None where it cannot be parsed, which `error` says."""
    parsed = _parsed(path, path.stat().st_mtime_ns)
    return parsed if isinstance(parsed, ast.Module) else None


def nodes(path: Path) -> list[ast.AST]:
    """All nodes of the module, in the order of `ast.walk`; none where it cannot be parsed."""
    module = tree(path)
    return walk(module) if module else []


def error(path: Path) -> tuple[int, str] | None:
    """Line and reason why the module is no Python, if it is none."""
    parsed = _parsed(path, path.stat().st_mtime_ns)
    return None if isinstance(parsed, ast.Module) else parsed


@lru_cache(
    maxsize=64
)  # the modules of a note, which its rules ask for one after another
def _parsed(path: Path, _mtime: int) -> ast.Module | tuple[int, str]:
    try:
        return parse(path.read_text(encoding="utf-8"))
    except (SyntaxError, ValueError) as error:
        return getattr(error, "lineno", None) or 1, getattr(error, "msg", str(error))


def exports(module: ast.Module) -> Exports | None:
    """What the module names in ``__all__``, if it has one."""
    for node in module.body:
        if isinstance(node, ast.Assign) and any(
            isinstance(target, ast.Name) and target.id == "__all__"
            for target in node.targets
        ):
            items = getattr(node.value, "elts", [])
            names = [str(i.value) for i in items if isinstance(i, ast.Constant)]
            return Exports(node.lineno, names)
    return None


def called(call: ast.Call) -> str:
    """Last part of the name of what is called."""
    if isinstance(call.func, ast.Attribute):
        return call.func.attr
    return call.func.id if isinstance(call.func, ast.Name) else ""
