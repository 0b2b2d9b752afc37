"""Tests that prove something: each asserts, and each public function is called.

What ran is seen when the tests run; here it is read from the test modules, without
running them, so that a module that cannot fail is named before anybody trusts it.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

from notekit.problem import Problem
from notekit.read.catalogue import Note

# What makes a test fail, by words in the names of what it calls. A warning is an error
# in these tests, so a block that catches none asserts that there is none.
_ASSERTING = ("assert", "raises", "warns", "fail", "check", "catch_warnings", "expect")


def problems(note: Note, root: Path) -> Iterator[Problem]:
    """What keeps the tests of a note from proving anything.

    Args:
        note: the note; a module that is missing has its own problem.
        root: the repository.
    """
    topic, stem = note.module.split("/")
    own = root / f"tests/{topic}/test_{stem}.py"
    modules = [own] if own.is_file() else []
    modules += sorted((root / f"tests/{topic}/test_{stem}").rglob("test_*.py"))
    if not modules:
        return
    trees = {}
    for path in modules:
        try:
            trees[path] = ast.parse(path.read_text(encoding="utf-8"))
        except (SyntaxError, ValueError) as error:
            line = getattr(error, "lineno", None) or 1
            yield Problem(path, line, f"want Python; {error.args[0]}")
            return
    if not any(map(_tests, trees.values())):
        yield Problem(own, 1, "want tests, functions named test_…; found none")
    for path, tree in trees.items():
        helpers = _asserting_helpers(tree)
        for test in _tests(tree):
            if not _asserts(test, helpers):
                message = f"want an assertion in {test.name}; found none that can fail"
                yield Problem(path, test.lineno, message)
        for line, what in _left_out(tree):
            yield Problem(path, line, f"want tests that run; got {what}")
    yield from _uncalled(note, root, own)


def _tests(tree: ast.Module) -> list[ast.FunctionDef]:
    return [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test")
    ]


def _asserting_helpers(tree: ast.Module) -> set[str]:
    """Functions of the module that assert, themselves or by one another."""
    functions = [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)]
    found: set[str] = set()
    while True:
        more = {f.name for f in functions if f.name not in found and _asserts(f, found)}
        if not more:
            return found
        found |= more


def _asserts(function: ast.FunctionDef, helpers: set[str]) -> bool:
    """Whether anything in it can fail for what the code does."""
    dead = {
        id(inner)
        for node in ast.walk(function)
        if isinstance(node, ast.If | ast.While) and _constant(node.test) is False
        for statement in node.body
        for inner in ast.walk(statement)
    }
    for node in ast.walk(function):
        if id(node) in dead:
            continue
        if isinstance(node, ast.Assert) and _constant(node.test) is None:
            return True
        if isinstance(node, ast.Raise):
            return True
        if isinstance(node, ast.Call):
            name = called(node)
            if name in helpers or any(word in name.lower() for word in _ASSERTING):
                return True
    return False


def called(call: ast.Call) -> str:
    """Last part of the name of what is called."""
    if isinstance(call.func, ast.Attribute):
        return call.func.attr
    return call.func.id if isinstance(call.func, ast.Name) else ""


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
            name = called(node)
            always = node.args and _constant(node.args[0])
            if name == "skipif" and always:
                yield node.lineno, ast.unparse(node)
            everything = [k for k in node.keywords if k.arg == "allow_module_level"]
            if name == "skip" and everything:
                yield node.lineno, ast.unparse(node)
    for node in tree.body:
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            if called(node.value) in ("skip", "exit"):
                yield node.lineno, ast.unparse(node)


def _uncalled(note: Note, root: Path, own: Path) -> Iterator[Problem]:
    """Public functions that no test of the topic names."""
    snippets = note.snippets(root)
    if not snippets or not own.is_file():
        return
    used: set[str] = set()
    for path in sorted(own.parent.rglob("*.py")):
        if path.name.endswith("_inputs.py") and path.name.startswith("test_"):
            continue  # which are tried, not compared with an oracle
        try:
            tree = ast.parse(path.read_text(encoding="utf-8"))
        except (SyntaxError, ValueError):
            continue
        used |= {n.id for n in ast.walk(tree) if isinstance(n, ast.Name)}
        used |= {n.attr for n in ast.walk(tree) if isinstance(n, ast.Attribute)}
    for path in snippets:
        if path.is_relative_to(root / f"snippets/{note.topic}/environments"):
            continue
        try:
            tree = ast.parse(path.read_text(encoding="utf-8"))
        except (SyntaxError, ValueError):
            continue  # which is a problem of its own
        for node in tree.body:
            public = isinstance(node, ast.FunctionDef) and node.name[0] != "_"
            if public and node.name not in used and path.name != "__main__.py":
                message = (
                    f"want a test in {own.relative_to(root).as_posix()} that calls"
                )
                yield Problem(path, node.lineno, f"{message} {node.name}; found none")
