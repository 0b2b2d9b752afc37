"""Tests that prove something: each asserts, and each public function is called.

What ran is seen when the tests run; here it is read from the test modules, without
running them, so that a module that cannot fail is named before anybody trusts it.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

from notekit.files import SHARED, STEPS, TEST_PARTS
from notekit.problem import Problem
from notekit.read import fences, modules
from notekit.read.blocks import uncalled
from notekit.read.catalogue import Note
from notekit.read.living import constant, is_empty, living, walk
from notekit.rules.clocks import judged

# What makes a test fail, by words in the names of what it calls. A warning is an error
# in these tests, so a block that catches none asserts that there is none.
_ASSERTING = ("assert", "raises", "warns", "fail", "check", "catch_warnings", "expect")


@dataclass(frozen=True)
class _Function:
    """A function of a test module, and what it does that may fail."""

    name: str
    line: int
    asserts: bool
    calls: frozenset[str]  # that are not in what swallows a failure
    gpu: bool


@dataclass(frozen=True)
class _Module:
    """What is known of a test module after one walk through it."""

    functions: list[_Function]
    names: frozenset[str]
    left_out: list[tuple[int, str]]
    timed: list[tuple[int, str]]
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
    frames = root / f"tests/{topic}/test_{stem}{STEPS}.py"
    paths += [frames] if paths and frames.is_file() else []
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
    elif all(test.gpu for test in tests):
        message = (
            "want a test that runs without a GPU, as most of those who verify have"
        )
        got = f"all {len(tests)} are marked gpu"
        yield Problem(own, tests[0].line, f"{message}; {got}")
    for path, module in modules.items():
        helpers = _asserting_helpers(module)
        own_names = frozenset(f.name for f in module.functions)
        for function in filter(_is_test, module.functions):
            if not _asserts(function, helpers, own_names):
                message = "want an assertion that can fail in"
                yield Problem(
                    path, function.line, f"{message} {function.name}; found none"
                )
        for line, what in module.left_out:
            yield Problem(path, line, f"want tests that run; got {what}")
        for line, what in module.timed:
            message = (
                "want nothing decided by a clock, which is another on each machine"
            )
            yield Problem(path, line, f"{message}; got {what}")
    yield from _uncalled(note, root, own)
    yield from _uncompared(note, paths)
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
        return _Module([], frozenset(), [], [], modules.error(path))
    functions: list[_Function] = []
    names: set[str] = set()
    nodes = modules.nodes(path)
    everywhere = any(_is_gpu(node) for node in tree.body if _is_mark(node))
    for node in tree.body:
        group = node if isinstance(node, ast.ClassDef) else None
        gpu = everywhere or bool(group and any(map(_is_gpu, group.decorator_list)))
        for part in group.body if group else [node]:
            found = _function(part, names)
            if isinstance(part, ast.FunctionDef):
                marked = gpu or any(map(_is_gpu, part.decorator_list))
                functions.append(_Function(part.name, part.lineno, *found, marked))
    return _Module(
        functions,
        frozenset(names),
        list(_left_out(tree, nodes)),
        list(judged(tree, nodes)),
    )


def _function(part: ast.stmt, names: set[str]) -> tuple[bool, frozenset[str]]:
    """Whether it asserts by itself, and what it calls; names are added to the set."""
    asserts, calls = False, set()
    for node, swallowed in living(part):
        if isinstance(node, ast.Name):
            names.add(node.id)
        elif isinstance(node, ast.Attribute):
            names.add(node.attr)
        elif swallowed:
            continue
        elif isinstance(node, ast.Call) and not _any_error(node):
            calls.add(modules.called(node))
        elif isinstance(node, ast.Raise | ast.Assert):
            asserts = asserts or isinstance(node, ast.Raise) or not _weak(node.test)
    return asserts, frozenset(calls)


def _any_error(call: ast.Call) -> bool:
    """``raises(Exception)`` without a match: a slip in the test itself would do."""
    if modules.called(call) != "raises" or call.keywords:
        return False
    return any(ast.unparse(x) in ("Exception", "BaseException") for x in call.args[:1])


def _weak(test: ast.expr) -> bool:
    """Whether it holds for whatever code that gives anything at all."""
    if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And):
        return all(map(_weak, test.values))
    if isinstance(test, ast.Compare) and isinstance(test.ops[0], ast.IsNot):
        other = test.comparators[0]
        return isinstance(other, ast.Constant) and other.value is None
    if isinstance(test, ast.Call) and modules.called(test) == "callable":
        return isinstance(test.args[0], ast.Name)
    if isinstance(test, ast.Call) and modules.called(test) == "isinstance":
        return ast.unparse(test.args[-1]) == "object"
    return constant(test) is not None


def _is_mark(node: ast.stmt) -> bool:
    return isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "pytestmark"


def _is_gpu(node: ast.AST) -> bool:
    return "mark.gpu" in ast.unparse(node)


def _asserting_helpers(module: _Module) -> set[str]:
    """Functions of the module that assert, themselves or by one another."""
    found: set[str] = set()
    own = frozenset(f.name for f in module.functions)
    while True:
        more = {f.name for f in module.functions if _asserts(f, found, own)} - found
        if not more:
            return found
        found |= more


def _asserts(
    function: _Function, helpers: set[str], own: frozenset[str] = frozenset()
) -> bool:
    """Whether anything in it can fail for what the code does.

    Args:
        function: of a test module.
        helpers: functions of the module that assert.
        own: all functions of the module, which are judged by what they do.
    """
    return function.asserts or any(
        name in helpers
        or (name not in own and any(word in name.lower() for word in _ASSERTING))
        for name in function.calls
    )


def _left_out(tree: ast.Module, nodes: list[ast.AST]) -> Iterator[tuple[int, str]]:
    """Marks and calls after which tests do not run wherever it is."""
    empty = _empty_names(tree, nodes)
    yield from _passed_over(tree)
    for part in tree.body:
        if isinstance(part, ast.FunctionDef) and part.name.startswith("test"):
            inside = ast.Module(part.body, [])
            for never in uncalled(inside, walk(inside)):
                name = getattr(never, "name", "")
                yield never.lineno, f"{name}, which {part.name} never calls"
    for node in nodes:
        if isinstance(node, ast.Attribute) and node.attr in ("xfail", "importorskip"):
            yield node.lineno, node.attr
        elif isinstance(node, ast.Attribute) and node.attr == "skip":
            mark = isinstance(node.value, ast.Attribute) and node.value.attr == "mark"
            if mark:
                yield node.lineno, ast.unparse(node)
        elif isinstance(node, ast.Call):
            name = modules.called(node)
            always = node.args and constant(node.args[0])
            if name == "skipif" and always:
                yield node.lineno, ast.unparse(node)
            if name == "parametrize" and _without_cases(node, empty):
                yield node.lineno, f"no case of {ast.unparse(node)}"
            everything = [k for k in node.keywords if k.arg == "allow_module_level"]
            if name == "skip" and everything:
                yield node.lineno, ast.unparse(node)
    for node in tree.body:
        if isinstance(node, ast.Assign | ast.Delete):
            for target in node.targets:
                name = ast.unparse(target)
                if name.rpartition(".")[2] == "__test__" or (
                    isinstance(node, ast.Delete) and name.startswith("test")
                ):
                    yield node.lineno, ast.unparse(node)
        call = node.value if isinstance(node, ast.Expr) else None
        if isinstance(call, ast.Call) and modules.called(call) in ("skip", "exit"):
            yield node.lineno, ast.unparse(node)


def _without_cases(call: ast.Call, empty: set[str]) -> bool:
    """Whether a test is tried with nothing."""
    given = [k.value for k in call.keywords if k.arg == "argvalues"] or call.args[1:2]
    return any(
        is_empty(value) or (isinstance(value, ast.Name) and value.id in empty)
        for value in given
    )


def _empty_names(tree: ast.Module, nodes: list[ast.AST]) -> set[str]:
    """Names of the module for what holds nothing, and never will."""
    found = {
        target.id
        for node in tree.body
        if isinstance(node, ast.Assign) and is_empty(node.value)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for node in nodes if found else ():
        if isinstance(node, ast.Attribute | ast.Subscript | ast.AugAssign):
            place = node.target if isinstance(node, ast.AugAssign) else node.value
            found.discard(getattr(place, "id", ""))
    return found


def _passed_over(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Classes with tests that pytest does not take for tests."""
    classes = [node for node in tree.body if isinstance(node, ast.ClassDef)]
    bases = {ast.unparse(base) for node in classes for base in node.bases}
    for node in classes:
        inner = [n.name for n in node.body if isinstance(n, ast.FunctionDef)]
        tests = any(name.startswith("test") for name in inner)
        if tests and node.name not in bases:
            if not node.name.startswith("Test") and not node.bases:
                got = f"class {node.name}, whose name does not begin with Test"
                yield node.lineno, got
            elif "__init__" in inner:
                yield node.lineno, f"class {node.name}, which has an __init__"


def _uncalled(note: Note, root: Path, own: Path) -> Iterator[Problem]:
    """Public functions that no test of the topic names."""
    snippets = note.snippets(root)
    if not snippets or not own.is_file():
        return
    used: set[str] = set()
    for path in sorted(own.parent.rglob("*.py")):
        # Example calls are tried, frames are read: neither compares a call.
        if not path.stem.endswith(TEST_PARTS):
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


def _uncompared(note: Note, tests: list[Path]) -> Iterator[Problem]:
    """Output of a command that no test runs and compares with the page."""
    name = f"{note.name.split('/')[1]}.md"
    for page in note.pages.values():
        found = fences.census(page.path)
        for command, output in pairwise(found):
            if command.info != "console" or output.info != "text":
                continue
            if output.line - command.end > 2 or output.kind != "other":
                continue
            if not any(name in path.read_text("utf-8") for path in tests):
                message = (
                    f"want a test that runs the command and compares what {name} shows"
                )
                yield Problem(page.path, output.line, f"{message}; found none")


def _public(front: ast.Module) -> set[str]:
    """Names of ``__all__``, or all without an underscore where there is none."""
    if named := modules.exports(front):
        return set(named.names)
    functions = [node for node in front.body if isinstance(node, ast.FunctionDef)]
    return {node.name for node in functions if node.name[0] != "_"}
