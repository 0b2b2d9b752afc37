"""What a block that runs must not do: be green without having run.

An assertion that is never reached, or whose failure nobody sees, proves nothing.
"""

import ast
import re
import warnings
from collections.abc import Iterator

from notekit.read.living import (
    constant,
    suppresses,
    swallows,
    takes_all,
    unreachable,
    walk,
)


def refused(code: str) -> Iterator[tuple[int, str]]:
    """What a block must not do, since it would be green without having run.

    Args:
        code: the block.

    Returns:
        Lines of it, 0 for the whole, and what is wrong there.
    """
    try:
        tree = parse(code)
    except (SyntaxError, ValueError) as error:
        line = getattr(error, "lineno", None) or 0
        yield (
            line,
            f"a ```python block must be Python, got {error.args[0]}",
        )
        return
    if not any(map(_does_something, tree.body)):
        yield 0, "a ```python block must do something; this one does nothing"
    nodes = walk(tree)
    for never in (*unreachable(nodes), *uncalled(tree, nodes)):
        shown = ast.unparse(never).split("\n")[0]
        yield never.lineno, f"a ```python block must not hold what never runs: {shown}"
    for node in nodes:
        match node:
            case ast.Assert(test=test) if _always_true(test):
                why = "must not assert what is always true"
            case ast.Try(body=body, handlers=handlers) if (
                swallows(node) and _asserts(body)
            ) or any(takes_all(h.type) and _does_nothing(h) for h in handlers):
                why = "must not swallow a failed assertion"
            case ast.Call() if suppresses(node):
                why = "must not swallow a failed assertion"
            case ast.ImportFrom(names=[ast.alias(name="*")]):
                why = "must name what it imports"
            case ast.Import() | ast.ImportFrom() if not _for_readers(node):
                why = "must import what a reader has, public names of snippets"
            case (
                ast.Call(func=ast.Name(id="exit" | "quit"))
                | ast.Raise(
                    exc=ast.Name(id="SystemExit")
                    | ast.Call(func=ast.Name(id="SystemExit"))
                )
            ):
                why = "must not end Python"
            case ast.Attribute(value=ast.Name(id="sys" | "os"), attr=name) if (
                _ends_python(name)
            ):
                why = "must not end Python"
            case ast.ImportFrom(module="sys" | "os", names=names) if any(
                _ends_python(alias.name) for alias in names
            ):
                why = "must not end Python"
            case ast.Import(names=names) if any(
                alias.name.split(".")[0] in ("pytest", "_pytest") for alias in names
            ):
                why = "must not use pytest"
            case ast.ImportFrom(module=str(name)) if name.split(".")[0] in (
                "pytest",
                "_pytest",
            ):
                why = "must not use pytest"
            case (
                ast.Attribute(attr="importorskip")
                | ast.Attribute(value=ast.Name(id="pytest"))
            ):
                why = "must not use pytest"
            case (
                ast.Attribute(value=ast.Name(id="time" | "timeit" | "date"), attr=name)
                | ast.Attribute(attr="now" | "utcnow" | "today" as name)
            ) if name in CLOCKS | _DATES:
                why = _BY_DAY
            case ast.ImportFrom(module="time" | "timeit", names=names) if any(
                alias.name in CLOCKS | _DATES for alias in names
            ):
                why = _BY_DAY
            case ast.Compare(left=left, comparators=others) if any(
                isinstance(side, ast.Name) and side.id == "__name__"
                for side in (left, *others)
            ):
                why = "must not ask for __name__, which is not __main__ here"
            case _:
                continue
        shown = ast.unparse(node).split("\n")[0]
        yield node.lineno, f"a ```python block {why}: {shown}"


# Functions that read a clock, and those that say its time as a date.
CLOCKS = {
    *("time", "perf_counter", "monotonic", "process_time", "thread_time"),
    *("time_ns", "perf_counter_ns", "monotonic_ns", "process_time_ns"),
    *("thread_time_ns", "timeit", "repeat", "now", "utcnow", "today"),
}
_DATES = {"localtime", "gmtime", "ctime", "asctime", "strftime"}
_BY_DAY = "must not read a clock, by which it prints something else one day"
# Folders of the project that a reader who copies a block does not have.
_OURS = ("tests", "notekit", "figures", "benchmarks", "exercises")


def _for_readers(node: ast.Import | ast.ImportFrom) -> bool:
    """Whether it imports libraries, or what notes offer."""
    if isinstance(node, ast.Import):
        paths = [alias.name.split(".") for alias in node.names]
    else:
        module = (node.module or "").split(".")
        paths = [[*module, alias.name] for alias in node.names]
    return not any(
        path[0] in _OURS
        or (path[0] == "snippets" and any(part.startswith("_") for part in path))
        for path in paths
    )


def _does_something(node: ast.stmt) -> bool:
    alone = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    return not alone and not isinstance(node, ast.Pass)


def _always_true(test: ast.expr) -> bool:
    """Whether it needs no look at the code; sums of numbers may be what a page is about."""
    if isinstance(test, ast.Constant | ast.Tuple):
        return True
    named = any(isinstance(node, ast.Name | ast.Call) for node in ast.walk(test))
    return named and constant(test) is True


def _asserts(body: list[ast.stmt]) -> bool:
    nodes = (node for statement in body for node in ast.walk(statement))
    return any(isinstance(node, ast.Assert) for node in nodes)


def _does_nothing(handler: ast.ExceptHandler) -> bool:
    return not any(map(_does_something, handler.body))


def uncalled(tree: ast.Module, nodes: list[ast.AST]) -> Iterator[ast.stmt]:
    """Functions with an assertion that nothing in the block comes to call."""
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    functions = [node for node in nodes if isinstance(node, kinds)]
    if not any(_asserts(function.body) for function in functions):
        return
    # Methods may be called by what the block does not show.
    methods = {
        part for node in nodes if isinstance(node, ast.ClassDef) for part in node.body
    }
    waiting = [f for f in functions if f not in methods and not f.decorator_list]
    bodies = {part for f in waiting for s in f.body for part in ast.walk(s)}
    used = {n.id for n in _names(tree) if n not in bodies}
    while called := [f for f in waiting if f.name in used]:
        waiting = [f for f in waiting if f not in called]
        inner = {part for f in waiting for s in f.body for part in ast.walk(s)}
        used |= {n.id for f in called for n in _names(f) if n not in inner}
    yield from (f for f in waiting if _asserts(f.body))


def _names(tree: ast.AST) -> list[ast.Name]:
    return [node for node in ast.walk(tree) if isinstance(node, ast.Name)]


def _ends_python(name: str) -> bool:
    return bool(re.fullmatch(r"_?exit|abort|exec[lv]\w*", name))


def parse(code: str) -> ast.Module:
    """`ast.parse` that keeps warnings (invalid escapes) for when the code is run."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return ast.parse(code)
        except (RecursionError, MemoryError) as error:
            raise SyntaxError("too deeply nested") from error
