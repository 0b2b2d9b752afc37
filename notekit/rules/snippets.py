"""What a snippet must keep to, so that a reader may copy its file or folder and run it."""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from notekit.files import SHARED
from notekit.language import LANGUAGES
from notekit.problem import Problem
from notekit.read import modules
from notekit.read.catalogue import Catalogue

# Names that a module run directly, or copied beside others, would hide.
LIBRARIES = {
    *("hypothesis", "jax", "matplotlib", "mkdocs", "numpy", "pandas", "pycocotools"),
    *("pytest", "ray", "scipy", "sklearn", "torch", "torchvision", "transformers"),
    *("triton", "xgboost", "yaml"),
    *("benchmarks", "figures", "notekit", "snippets", "tests"),
}


def problems(path: Path, place: Path, whole: bool = True) -> Iterator[Problem]:
    """What is wrong with one module.

    Args:
        path: the module.
        place: the package that it belongs to, or the module itself.
        whole: all rules, not only those without which a page cannot show it.
    """
    tree = modules.tree(path)
    if tree is None:
        line, reason = modules.error(path) or (1, "")
        yield Problem(path, line, f"want Python; {reason}")
        return
    yield from _sections(path)
    if not whole:
        return
    name = path.parent.name if path.name == "__init__.py" else path.stem
    if name in LIBRARIES or name in sys.stdlib_module_names:
        message = f"want a name that hides no module of Python or a library; got {name}"
        yield Problem(path, 1, message)
    if not ast.get_docstring(tree):
        yield Problem(path, 1, "want a docstring for the module; found none")
    yield from _undocumented(path, tree, "")
    nodes = list(ast.walk(tree))
    yield from _imports(path, nodes, place)
    yield from _parameters(path, nodes)
    yield from _for_readers(path, tree, nodes)
    if path == place / "__init__.py":
        yield from _front_door(path, tree)


def orphans(catalogue: Catalogue) -> Iterator[Problem]:
    """Modules that belong to no note."""
    root = catalogue.root
    for path in sorted((root / "snippets").rglob("*.py")):
        parts = path.relative_to(root / "snippets").with_suffix("").parts
        note = "/".join(parts[:2]).replace("_", "-")
        pages = [root / f"docs/{language}/{note}.md" for language in LANGUAGES]
        if not any(page.exists() for page in pages) and parts[1:2] != (SHARED,):
            wanted = "snippets/TOPIC/NOTE.py or snippets/TOPIC/NOTE/"
            message = f"want every module to be a note's, {wanted}; this is none's"
            yield Problem(path, 1, message)


def _undocumented(
    path: Path, parent: ast.Module | ast.ClassDef, prefix: str
) -> Iterator[Problem]:
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    for node in parent.body:
        if not isinstance(node, kinds) or node.name.startswith("_"):
            continue
        name = f"{prefix}{node.name}"
        if not ast.get_docstring(node):
            yield Problem(path, node.lineno, f"want a docstring for {name}; found none")
        if isinstance(node, ast.ClassDef):
            yield from _undocumented(path, node, f"{name}.")


def _imports(path: Path, nodes: list[ast.AST], place: Path) -> Iterator[Problem]:
    """Imports that would lead out of a copied file or folder."""
    depth = 0 if path == place else len(path.relative_to(place).parts)
    for node in nodes:
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            names = [node.module or ""]
        elif isinstance(node, ast.ImportFrom):
            shared = node.level == depth + 1 and node.module in (
                SHARED,
                f"{SHARED}.{(node.module or '').partition('.')[2]}",
            )
            if node.level > depth and not shared:
                message = "want imports that stay within the note, since readers copy it alone"
                dots = "." * node.level
                got = f"from {dots}{node.module or ''}"
                yield Problem(path, node.lineno, f"{message}; got {got}")
            continue
        else:
            continue
        for name in names:
            if name.split(".")[0] == "snippets":
                message = "want relative imports within a note, and none from another"
                yield Problem(path, node.lineno, f"{message}; got {name}")


_ARGS = re.compile(
    r"^(?:Args|Arguments|Parameters):\n((?:[ \t]+\S.*\n?|\n)*)", re.MULTILINE
)
_NAMED = re.compile(r"^ {4}(\*{0,2}\w+(?:, \*{0,2}\w+)*)(?: \([^)]*\))?:", re.MULTILINE)


def _parameters(path: Path, nodes: list[ast.AST]) -> Iterator[Problem]:
    """Parameters that a docstring names and the function does not have."""
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
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            own = _names(node.args)
        else:
            continue
        if isinstance(node, ast.ClassDef) and (not own or node.bases):
            continue  # what it takes is written elsewhere
        match = _ARGS.search(ast.get_docstring(node) or "")
        named = _NAMED.findall(match[1]) if match else []
        for name in (n for line in named for n in line.split(", ")):
            if name.lstrip("*") not in own:
                message = f"want parameters of {node.name} in its docstring"
                yield Problem(path, node.lineno, f"{message}; got {name}")


def _names(given: ast.arguments) -> set[str]:
    parts = [*given.posonlyargs, *given.args, *given.kwonlyargs]
    parts += [part for part in (given.vararg, given.kwarg) if part]
    return {part.arg for part in parts}


def _for_readers(
    path: Path, tree: ast.Module, nodes: list[ast.AST]
) -> Iterator[Problem]:
    """What `python -O` would take out, and what importing would do to others."""
    for node in nodes:
        if isinstance(node, ast.Assert):
            message = "want errors that readers get, with raise; got"
            yield Problem(path, node.lineno, f"{message} {ast.unparse(node)[:60]}")
    if path.name == "__main__.py":
        return
    for node in tree.body:
        inner = [] if _is_definition(node) or _is_main(node) else list(ast.walk(node))
        for part in inner:
            name = modules.called(part) if isinstance(part, ast.Call) else ""
            alone = isinstance(node, ast.Expr) and part is node.value
            if name and (alone or name == "print" or "seed" in name):
                message = "want an import that prints, seeds and changes nothing"
                yield Problem(path, node.lineno, f"{message}; got {ast.unparse(part)}")


def _is_definition(node: ast.stmt) -> bool:
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    return isinstance(node, kinds)


def _is_main(node: ast.stmt) -> bool:
    return isinstance(node, ast.If) and "__name__" in ast.dump(node.test)


def _sections(path: Path) -> Iterator[Problem]:
    """Sections for pages: each begins once, ends, and holds something."""
    open_: dict[str, int] = {}
    seen: dict[str, int] = {}
    lines = path.read_text(encoding="utf-8").split("\n")
    for number, line in enumerate(lines, 1):
        match = re.search(r"--8<-- \[(start|end):([\w-]+)\]", line)
        if not match:
            continue
        kind, name = match.groups()
        if kind == "start":
            if name in seen:
                message = f"want each section once; {name!r} began in line {seen[name]}"
                yield Problem(path, number, message)
            seen[name] = open_[name] = number
        elif name not in open_:
            yield Problem(path, number, f"want [start:{name}] above; found none")
        else:
            start = open_.pop(name)
            inner = [x for x in lines[start : number - 1] if "--8<--" not in x]
            if not any(x.strip() and not x.lstrip().startswith("#") for x in inner):
                yield Problem(path, start, f"want code in section {name!r}; found none")
    for name, number in open_.items():
        yield Problem(path, number, f"want [end:{name}] below; found none")


def _front_door(path: Path, tree: ast.Module) -> Iterator[Problem]:
    """What the package shows by its ``__init__.py``."""
    found = modules.exports(tree)
    if found is None:
        message = "want __all__, the names that readers use; found none"
        yield Problem(path, 1, message)
        return
    for name in found.names:
        if name.startswith("_"):
            message = f"want public names in __all__; got {name}"
            yield Problem(path, found.line, message)
    if not found.names:
        yield Problem(path, found.line, "want names in __all__; found none")
