"""What readers must be able to trust in code that they copy: where it gets things from.

A snippet computes from its arguments. It fetches nothing, runs no text, takes its random
numbers from a generator that it is given, and needs no library that the project lacks.
"""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from notekit.problem import Problem
from notekit.read import modules
from notekit.read.living import walk

# Libraries that snippets may need; the tests have no others.
LIBRARIES = {"numpy", "torch", "triton", "tensorflow", "typing_extensions"}
# Of Python itself: what reaches other machines or programs, or turns text into code.
_REACHING = {
    *("ctypes", "ftplib", "http", "imaplib", "poplib", "smtplib", "socketserver"),
    *("ssl", "subprocess", "telnetlib", "urllib", "webbrowser", "xmlrpc", "pty"),
}
_RUNNING = {"eval", "exec", "__import__", "compile"}
# Functions of `random` and of `numpy.random` that share one hidden state.
_MADE = {"Random", "SystemRandom", "Generator", "default_rng", "SeedSequence"}
LINES = 500


def problems(path: Path, tree: ast.Module, nodes: list[ast.AST]) -> Iterator[Problem]:
    """What a reader would not want to copy.

    Args:
        path: the module.
        tree: the module.
        nodes: all nodes of the tree.
    """
    found = [
        *_foreign(nodes),
        *_run(nodes),
        *_by_chance(nodes),
        *_caught(nodes),
        *_exported(tree, nodes),
        *_at_import(tree),
        *_typed(tree),
    ]
    for line, message in found:
        yield Problem(path, line, message)
    end = getattr(tree.body[-1], "end_lineno", 0) if tree.body else 0
    if end > LINES:
        message = f"want a module of about 120 lines, {LINES} at most"
        yield Problem(path, 1, f"{message}; got {end}")


def _foreign(nodes: list[ast.AST]) -> Iterator[tuple[int, str]]:
    """Imports of what the project lacks, or of what reaches beyond the process."""
    for node in nodes:
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            names = [node.module or ""]
            if any(alias.name == "*" for alias in node.names):
                message = "want imports by name, so that readers see what is used"
                yield node.lineno, f"{message}; got {ast.unparse(node)}"
        else:
            continue
        for name in names:
            root = name.split(".")[0]
            if root in _REACHING:
                message = "want code that reaches no network and no other program"
                yield node.lineno, f"{message}; got import {name}"
            elif root not in sys.stdlib_module_names | LIBRARIES | {"snippets"}:
                message = (
                    f"want imports of Python, of {', '.join(sorted(LIBRARIES))}, or "
                    "of the note"
                )
                yield node.lineno, f"{message}; got {name}"


def _run(nodes: list[ast.AST]) -> Iterator[tuple[int, str]]:
    """Text that becomes code, and imports that no reader sees."""
    for node in nodes:
        if not isinstance(node, ast.Call):
            continue
        named = isinstance(node.func, ast.Name) and node.func.id in _RUNNING
        if named or ast.unparse(node.func) in (
            *("os.system", "os.popen", "importlib.import_module", "import_module"),
        ):
            message = "want code that stands there, and no text that becomes code"
            yield node.lineno, f"{message}; got {ast.unparse(node)[:60]}"


def _by_chance(nodes: list[ast.AST]) -> Iterator[tuple[int, str]]:
    """Random numbers from a state that the whole process shares."""
    shared: set[str] = set()
    for node in nodes:
        if isinstance(node, ast.Import):
            for alias in node.names:
                if alias.name in ("random", "numpy.random"):
                    shared.add(alias.asname or alias.name)
                elif alias.name == "numpy":
                    shared.add(f"{alias.asname or alias.name}.random")
    for node in nodes:
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        if node.func.attr not in _MADE and ast.unparse(node.func.value) in shared:
            message = "want random numbers from a generator that is given"
            yield node.lineno, f"{message}; got {ast.unparse(node)[:60]}"


def _caught(nodes: list[ast.AST]) -> Iterator[tuple[int, str]]:
    """Errors of any kind that are swallowed, and defaults that calls share."""
    for node in nodes:
        if isinstance(node, ast.ExceptHandler) and node.type is None:
            yield node.lineno, "want the errors that are caught by name; got except:"
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            given = [*node.args.defaults, *(d for d in node.args.kw_defaults if d)]
            for default in given:
                if isinstance(default, ast.List | ast.Dict | ast.Set):
                    message = "want defaults that no call can change"
                    got = f"{ast.unparse(default)} in {node.name}"
                    yield default.lineno, f"{message}; got {got}"
        name = getattr(node, "id", "") or getattr(node, "arg", "") or ""
        if isinstance(name, str) and re.search(r"[\u0400-\u052f\u0530-\u058f]", name):
            line = getattr(node, "lineno", 1)
            yield line, f"want names in Latin or Greek letters; got {name!r}"


def _exported(tree: ast.Module, nodes: list[ast.AST]) -> Iterator[tuple[int, str]]:
    """``__all__`` names what there is, and all public functions and classes of a file."""
    found = modules.exports(tree)
    if found is None:
        return
    defined = {
        *(node.id for node in nodes if isinstance(node, ast.Name)),
        *(getattr(node, "name", "") or "" for node in nodes),
    }
    for node in nodes:
        if isinstance(node, ast.Import | ast.ImportFrom):
            defined |= {alias.asname or alias.name for alias in node.names}
    for name in found.names:
        if name not in defined:
            yield found.line, f"want names in __all__ that there are; got {name!r}"
    for node in tree.body:
        name = getattr(node, "name", "_")
        if name[0] != "_" and name not in found.names:
            message = "want public names in __all__, or an underscore"
            yield node.lineno, f"{message}; got {name}"


def _typed(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Public functions say what they take and give."""
    for node in tree.body:
        if not isinstance(node, ast.FunctionDef) or node.name[0] == "_":
            continue
        if node.decorator_list and any(
            "jit" in ast.unparse(d) for d in node.decorator_list
        ):
            continue  # a kernel, whose arguments are the compiler's
        given = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
        if bare := [a.arg for a in given if a.annotation is None]:
            message = f"want types of what {node.name} takes and gives"
            yield node.lineno, f"{message}; found none of {', '.join(bare)}"


def _at_import(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Files that are read, and loops without an end, when somebody imports it."""
    for node in tree.body:
        if isinstance(node, ast.While):
            message = "want a module that only defines; got a loop"
            yield node.lineno, f"{message}, {ast.unparse(node.test)[:40]}"
        if not isinstance(node, ast.Assign | ast.AnnAssign) or not node.value:
            continue
        for part in walk(node.value):
            name = modules.called(part) if isinstance(part, ast.Call) else ""
            if name in ("open", "read_text", "read_bytes", "loadtxt", "load"):
                message = "want a module that reads nothing when it is imported"
                yield node.lineno, f"{message}; got {ast.unparse(part)[:60]}"
            elif name in ("default_rng", "Random", "Generator"):
                message = "want random numbers from a generator that is given"
                yield node.lineno, f"{message}; got {ast.unparse(node)[:60]}"
