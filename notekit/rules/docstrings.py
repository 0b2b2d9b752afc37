"""What a docstring promises of a function: its parameters, and the errors that it raises."""

import ast
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from notekit.problem import Problem
from notekit.read import modules
from notekit.read.living import children

_ARGS = re.compile(
    r"^(?:Args|Arguments|Parameters):\n((?:[ \t]+\S.*\n?|\n)*)", re.MULTILINE
)
_RAISES = re.compile(r"^Raises:\n((?:[ \t]+\S.*\n?|\n)*)", re.MULTILINE)
_NAMED = re.compile(r"^ {4}(\*{0,2}\w+(?:, \*{0,2}\w+)*)(?: \([^)]*\))?:", re.MULTILINE)
_ERRORS = re.compile(r"^ {4}([\w.]+(?:(?:, | or )[\w.]+)*):", re.MULTILINE)
# What Python itself raises, without a word in the code.
_BY_ITSELF = {"RecursionError", "MemoryError", "KeyboardInterrupt", "StopIteration"}
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def parameters(path: Path, nodes: list[ast.AST]) -> Iterator[Problem]:
    """Parameters that only the docstring has, or only the function."""
    for node in nodes:
        if isinstance(node, ast.ClassDef):
            found = [n for n in node.body if isinstance(n, ast.FunctionDef)]
            makers = [n for n in found if n.name in ("__init__", "__call__", "__new__")]
            own = {name for maker in makers for name in _names(maker.args)}
            own |= {
                n.target.id
                for n in node.body
                if isinstance(n, ast.AnnAssign) and isinstance(n.target, ast.Name)
            }
        elif isinstance(node, _FUNCTIONS):
            own = _names(node.args)
        else:
            continue
        if isinstance(node, ast.ClassDef) and (not own or node.bases):
            continue  # what it takes is written elsewhere
        if not (match := _ARGS.search(ast.get_docstring(node) or "")):
            continue
        named = _NAMED.findall(match[1])
        for name in (n for line in named for n in line.split(", ")):
            if name.lstrip("*") not in own:
                message = f"want parameters of {node.name} in its docstring"
                yield Problem(path, node.lineno, f"{message}; got {name}")
        if isinstance(node, _FUNCTIONS):
            # One may be explained beside another: "GL: sum on the left; GR on the right".
            words = set(re.findall(r"\w+", match[1]))
            for name in sorted(own - words - {"self", "cls", "ctx"}):
                if not name.startswith("_"):
                    message = f"want each parameter of {node.name} in its docstring"
                    yield Problem(path, node.lineno, f"{message}; found no {name}")


def _names(given: ast.arguments) -> set[str]:
    parts = [*given.posonlyargs, *given.args, *given.kwonlyargs]
    parts += [part for part in (given.vararg, given.kwarg) if part]
    return {part.arg for part in parts}


def errors(paths: Iterable[Path]) -> Iterator[Problem]:
    """Errors that a docstring promises and nothing raises.

    Args:
        paths: modules of one note, which may call one another.
    """
    raised: dict[str, set[str]] = {}
    called: dict[str, set[str]] = {}
    promised: list[tuple[Path, int, str, list[str]]] = []
    for path in paths:
        for node in modules.nodes(path):
            if not isinstance(node, (*_FUNCTIONS, ast.ClassDef)):
                continue
            if match := _RAISES.search(ast.get_docstring(node) or ""):
                names = re.split(", | or ", ", ".join(_ERRORS.findall(match[1])))
                promised.append(
                    (path, node.lineno, node.name, list(filter(None, names)))
                )
            mine, others = _raised(node)
            raised.setdefault(node.name, set()).update(mine)
            called.setdefault(node.name, set()).update(others)
    for path, line, name, names in promised:
        known = _reached(name, raised, called)
        for error in names:
            if error.rpartition(".")[2] not in known | _BY_ITSELF:
                message = f"want errors that {name}, or what it calls, raises"
                yield Problem(path, line, f"{message}; got {error} in its docstring")


def _raised(node: ast.AST) -> tuple[set[str], set[str]]:
    """Errors that are raised in it, and names of what it may call or holds."""
    mine, others = set(), set()
    queue = [*children(node)]
    for part in queue:  # grows while it is read
        if isinstance(part, (*_FUNCTIONS, ast.ClassDef)):
            others.add(part.name)  # looked at by itself
            continue
        if isinstance(part, ast.Name):
            others.add(part.id)
        elif isinstance(part, ast.Attribute):
            others.add(part.attr)
        elif isinstance(part, ast.Raise) and part.exc:
            error = part.exc.func if isinstance(part.exc, ast.Call) else part.exc
            mine.add(ast.unparse(error).rpartition(".")[2])
        queue += children(part)
    return mine, others


def _reached(
    name: str, raised: dict[str, set[str]], called: dict[str, set[str]]
) -> set[str]:
    """All errors of a function, and of what it calls in its note, however far."""
    seen, queue, found = set(), [name], set()
    while queue:
        here = queue.pop()
        if here not in seen:
            seen.add(here)
            found |= raised.get(here, set())
            queue += called.get(here, ())
    return found
