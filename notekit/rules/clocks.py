"""Tests that a clock decides: red on a busy machine, green on another, and proof of nothing."""

import ast
from collections.abc import Iterator

from notekit.read.blocks import CLOCKS
from notekit.read.living import walk

_OF = {"time", "timeit", "datetime", "date"}  # modules and classes that have them
_FUNCTION = (ast.FunctionDef, ast.AsyncFunctionDef)


def judged(tree: ast.Module, nodes: list[ast.AST]) -> Iterator[tuple[int, str]]:
    """Line and text of each assertion, and of each branch, on what a clock said.

    Args:
        tree: a test module.
        nodes: all nodes in it.
    """
    if not (shared := _imported(nodes)):
        return
    parts = [
        part
        for node in tree.body
        for part in (node.body if isinstance(node, ast.ClassDef) else [node])
    ]
    known = -1
    while known != len(shared):  # until no more functions are found to give a time
        known = len(shared)
        for part in parts:
            if not isinstance(part, _FUNCTION) or not _timed(part, shared):
                continue
            if _gives(part, _local(part, shared)):
                shared.add(part.name)
    for part in filter(lambda part: _timed(part, shared), parts):
        timed = _local(part, shared)
        for node in walk(part):
            if isinstance(node, ast.Assert | ast.If | ast.While) and any(
                isinstance(inner, ast.Compare) and _timed(inner, timed)
                for inner in walk(node.test)
            ):
                yield node.lineno, ast.unparse(node.test)[:60]


def _local(part: ast.stmt, shared: set[str]) -> set[str]:
    """Names within that hold a time, or are functions that give one."""
    timed, known = set(shared), -1
    while known != len(timed):
        known = len(timed)
        for node in walk(part):
            if isinstance(node, ast.Assign) and _timed(node.value, timed):
                names = (n for t in node.targets for n in walk(t))
                timed |= {n.id for n in names if isinstance(n, ast.Name)}
            elif isinstance(node, _FUNCTION) and _gives(node, timed):
                timed.add(node.name)
    return timed


def _gives(function: ast.AST, timed: set[str]) -> bool:
    returns = (n for n in walk(function) if isinstance(n, ast.Return))
    return any(_timed(node.value, timed) for node in returns)


def _imported(nodes: list[ast.AST]) -> set[str]:
    """Clocks that are imported by name, or a sign that their module is."""
    found = set()
    for node in nodes:
        if isinstance(node, ast.Import):
            found |= {"." for alias in node.names if alias.name in _OF}
        elif isinstance(node, ast.ImportFrom) and node.module in _OF:
            found |= {a.asname or a.name for a in node.names if a.name in CLOCKS}
            found |= {"." for alias in node.names if alias.name in _OF}
    return found


def _timed(value: ast.AST | None, timed: set[str]) -> bool:
    """Whether a clock is read in it, or a name that holds what one said."""
    for node in walk(value) if value else ():
        if isinstance(node, ast.Name) and node.id in timed:
            return True
        if isinstance(node, ast.Attribute) and node.attr in CLOCKS:
            owner = node.value
            name = owner.attr if isinstance(owner, ast.Attribute) else None
            if (name or getattr(owner, "id", "")) in _OF:
                return True
    return False
