"""Tests that prove something: each asserts, and each public function is called.

What ran is seen when the tests run; here it is read from the test modules, without
running them, so that a module that cannot fail is named before anybody trusts it.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from notekit.files import SHARED
from notekit.problem import Problem
from notekit.read import modules
from notekit.read.catalogue import Note

# What makes a test fail, by words in the names of what it calls. A warning is an error
# in these tests, so a block that catches none asserts that there is none.
_ASSERTING = ("assert", "raises", "warns", "fail", "check", "catch_warnings", "expect")


@dataclass(frozen=True)
class _Function:
    """A function of a test module, and what it does that may fail."""

    name: str
    line: int
    asserts: bool
    calls: frozenset[str]


@dataclass(frozen=True)
class _Module:
    """What is known of a test module after one walk through it."""

    functions: list[_Function]
    names: frozenset[str]
    left_out: list[tuple[int, str]]
    error: tuple[int, str] | None = None


def problems(note: Note, root: Path) -> Iterator[Problem]:
    """What keeps the tests of a note from proving anything.

    Args:
        note: the note; a module that is missing has its own problem.
        root: the repository.
    """
    topic, stem = note.module.split("/")
    own = root / f"tests/{topic}/test_{stem}.py"
    paths = [own] if own.is_file() else []
    paths += sorted((root / f"tests/{topic}/test_{stem}").rglob("test_*.py"))
    modules = {path: _read(path, path.stat().st_mtime_ns) for path in paths}
    for path, module in modules.items():
        if module.error:
            line, reason = module.error
            yield Problem(path, line, f"want Python; {reason}")
            return
    if not modules:
        return
    tests = [f for m in modules.values() for f in m.functions if _is_test(f)]
    if not tests:
        yield Problem(own, 1, "want tests, functions named test_…; found none")
    for path, module in modules.items():
        helpers = _asserting_helpers(module)
        for function in filter(_is_test, module.functions):
            if not _asserts(function, helpers):
                message = "want an assertion that can fail in"
                yield Problem(
                    path, function.line, f"{message} {function.name}; found none"
                )
        for line, what in module.left_out:
            yield Problem(path, line, f"want tests that run; got {what}")
    yield from _uncalled(note, root, own)
    for path, what, name in (
        (root / f"tests/{topic}/test_{stem}_inputs.py", "a class", "TestInputs"),
        (root / f"figures/{note.module}.py", "a function", "draw"),
    ):
        if path.is_file() and name not in _defined(path):
            yield Problem(path, 1, f"want {what} {name}; found none")


def _defined(path: Path) -> set[str]:
    module = modules.tree(path)
    kinds = (ast.ClassDef, ast.FunctionDef)
    body = module.body if module else []
    return {node.name for node in body if isinstance(node, kinds)}


def _is_test(function: _Function) -> bool:
    return function.name.startswith("test")


@lru_cache(maxsize=1000)
def _read(path: Path, _mtime: int) -> _Module:
    tree = modules.tree(path)
    if tree is None:
        return _Module([], frozenset(), [], modules.error(path))
    functions, names = [], set()
    for node in tree.body:
        inner = node.body if isinstance(node, ast.ClassDef) else [node]
        for part in inner:
            found, asserts = list(_living(part)), False
            calls = set()
            for x in found:
                if isinstance(x, ast.Name):
                    names.add(x.id)
                elif isinstance(x, ast.Attribute):
                    names.add(x.attr)
                elif isinstance(x, ast.Call):
                    calls.add(modules.called(x))
                elif isinstance(x, ast.Raise) or (
                    isinstance(x, ast.Assert) and _constant(x.test) is None
                ):
                    asserts = True
            if isinstance(part, ast.FunctionDef):
                known = _Function(part.name, part.lineno, asserts, frozenset(calls))
                functions.append(known)
    return _Module(functions, frozenset(names), list(_left_out(tree)))


def _living(node: ast.AST) -> Iterator[ast.AST]:
    """All nodes within, without what an `if False` keeps from running."""
    queue = [node]
    while queue:
        here = queue.pop()
        yield here
        if isinstance(here, ast.If | ast.While) and _constant(here.test) is False:
            queue += here.orelse
        else:
            queue += ast.iter_child_nodes(here)


def _asserting_helpers(module: _Module) -> set[str]:
    """Functions of the module that assert, themselves or by one another."""
    found: set[str] = set()
    while True:
        more = {f.name for f in module.functions if _asserts(f, found)} - found
        if not more:
            return found
        found |= more


def _asserts(function: _Function, helpers: set[str]) -> bool:
    """Whether anything in it can fail for what the code does."""
    return function.asserts or any(
        name in helpers or any(word in name.lower() for word in _ASSERTING)
        for name in function.calls
    )


def _constant(test: ast.expr) -> bool | None:
    """Its truth, if it does not depend on anything."""
    if isinstance(test, ast.Constant):
        return bool(test.value)
    if isinstance(test, ast.Tuple | ast.List | ast.Set):
        return bool(test.elts)
    if isinstance(test, ast.Dict):
        return bool(test.keys)
    if isinstance(test, ast.Compare):
        left = ast.dump(test.left)
        same = [ast.dump(other) == left for other in test.comparators]
        if all(same) and all(isinstance(op, ast.Eq | ast.Is) for op in test.ops):
            return True
    if isinstance(test, ast.Lambda):
        return True
    if isinstance(test, ast.BoolOp):
        known = [_constant(value) for value in test.values]
        if isinstance(test.op, ast.Or) and True in known:
            return True
        if isinstance(test.op, ast.And) and False in known:
            return False
    if not any(isinstance(n, ast.Name | ast.Call) for n in ast.walk(test)):
        return True  # numbers and texts only: the same whatever the code does
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        inner = _constant(test.operand)
        return None if inner is None else not inner
    return None


def _left_out(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Marks and calls after which tests do not run wherever it is."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in ("xfail", "importorskip"):
            yield node.lineno, node.attr
        elif isinstance(node, ast.Attribute) and node.attr == "skip":
            mark = isinstance(node.value, ast.Attribute) and node.value.attr == "mark"
            if mark:
                yield node.lineno, ast.unparse(node)
        elif isinstance(node, ast.Call):
            name = modules.called(node)
            always = node.args and _constant(node.args[0])
            if name == "skipif" and always:
                yield node.lineno, ast.unparse(node)
            everything = [k for k in node.keywords if k.arg == "allow_module_level"]
            if name == "skip" and everything:
                yield node.lineno, ast.unparse(node)
    for node in tree.body:
        if isinstance(node, ast.Assign | ast.Delete):
            for target in node.targets:
                name = ast.unparse(target)
                if name == "__test__" or (
                    isinstance(node, ast.Delete) and name.startswith("test")
                ):
                    yield node.lineno, ast.unparse(node)
        call = node.value if isinstance(node, ast.Expr) else None
        if isinstance(call, ast.Call) and modules.called(call) in ("skip", "exit"):
            yield node.lineno, ast.unparse(node)


def _uncalled(note: Note, root: Path, own: Path) -> Iterator[Problem]:
    """Public functions that no test of the topic names."""
    snippets = note.snippets(root)
    if not snippets or not own.is_file():
        return
    used: set[str] = set()
    for path in sorted(own.parent.rglob("*.py")):
        # Example calls are tried, and compared with no oracle.
        if not path.name.endswith("_inputs.py"):
            used |= _read(path, path.stat().st_mtime_ns).names
    front = modules.tree(snippets[0])
    public = _public(front) if front else set()
    for path in snippets:
        tree = modules.tree(path)
        for node in tree.body if tree and path.parent.name != SHARED else []:
            if (
                isinstance(node, ast.FunctionDef)
                and node.name in public
                and node.name not in used
            ):
                test = own.relative_to(root).as_posix()
                message = f"want a test in {test} that calls {node.name}; found none"
                yield Problem(path, node.lineno, message)


def _public(front: ast.Module) -> set[str]:
    """Names of ``__all__``, or all without an underscore where there is none."""
    if named := modules.exports(front):
        return set(named.names)
    functions = [node for node in front.body if isinstance(node, ast.FunctionDef)]
    return {node.name for node in functions if node.name[0] != "_"}
