"""What a snippet must keep to, so that a reader may copy its file or folder and run it."""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from notekit.files import SHARED, own_modules, without_part
from notekit.language import LANGUAGES
from notekit.problem import Problem
from notekit.read import modules
from notekit.read.catalogue import Catalogue, Note
from notekit.read.living import walk
from notekit.rules import copied, docstrings

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
    nodes = modules.nodes(path)
    yield from _imports(path, nodes, place)
    yield from docstrings.parameters(path, nodes)
    yield from _for_readers(path, tree, nodes)
    yield from copied.problems(path, tree, nodes)
    if path == place / "__init__.py":
        yield from _front_door(path, tree)


def orphans(catalogue: Catalogue) -> Iterator[Problem]:
    """Modules that belong to no note."""
    root = catalogue.root
    for path in sorted((root / "snippets").rglob("*.py")):
        parts = path.relative_to(root / "snippets").with_suffix("").parts
        if not _is_note(root, parts) and not any(part in SHARED for part in parts[1:2]):
            wanted = "snippets/TOPIC/NOTE.py or snippets/TOPIC/NOTE/"
            message = f"want every module to be a note's, {wanted}; this is none's"
            yield Problem(path, 1, message)
    for folder, wanted in (
        ("figures", "figures/TOPIC/NOTE.py, or imported by one"),
        (
            "tests",
            "tests/TOPIC/test_NOTE.py, test_NOTE_inputs.py, test_NOTE_steps.py, or named by one",
        ),
    ):
        for topic in sorted({name.split("/")[0] for name in catalogue.notes}):
            yield from _loose(root, folder, topic, wanted)


def _loose(root: Path, folder: str, topic: str, wanted: str) -> Iterator[Problem]:
    """Modules beside those of the notes that none of these names."""
    paths = sorted((root / folder / topic).glob("*.py"))
    own: list[Path] = []
    others: list[Path] = []
    for path in paths:
        stem = path.stem
        if folder == "tests":
            stem = without_part(stem.removeprefix("test_"))
            named = path.stem.startswith("test_")
        else:
            named = True
        known = _is_note(root, (topic, stem)) or (folder == "tests" and stem in SHARED)
        (own if named and known else others).append(path)
    if not (others := [path for path in others if path.name != "__init__.py"]):
        return
    said = "\n".join(path.read_text("utf-8", errors="replace") for path in own)
    for path in others:
        is_test = folder == "tests" and path.stem.startswith("test_")
        if is_test or not re.search(rf"\b{path.stem}\b", said):
            message = f"want every module to be a note's, {wanted}; this is none's"
            yield Problem(path, 1, message)


def _is_note(root: Path, parts: tuple[str, ...]) -> bool:
    name = "/".join(parts[:2]).replace("_", "-")
    pages = [root / f"docs/{language}/{name}.md" for language in LANGUAGES]
    return any(page.exists() for page in pages)


def unused(note: Note, root: Path) -> Iterator[Problem]:
    """Modules of a package that nothing imports: no reader would ever meet them."""
    paths = note.snippets(root)
    if len(paths) < 2:
        return
    names: dict[str, set[str]] = {}  # that each module imports from the package
    for path in paths:
        for node in modules.nodes(path):
            if isinstance(node, ast.ImportFrom) and node.level:
                found = {alias.name for alias in node.names}
                names.setdefault(path.stem, set()).update(found)
                names[path.stem] |= set((node.module or "").split("."))
    used = _reached({"__init__", "__main__"}, names)
    rest = [p for p in paths if p.stem not in used and p.parent.name not in SHARED]
    if not rest:
        return
    topic, stem = note.module.split("/")
    places = [
        *(page.path for page in note.pages.values()),
        *own_modules(root / "tests", note.name),
        root / f"figures/{note.module}.py",
    ]
    said = "\n".join(
        p.read_text("utf-8", errors="replace") for p in places if p.is_file()
    )
    pattern = rf"snippets\.{topic}\.{stem}(?:\.\w+)*"
    used = _reached(set(re.findall(rf"{pattern}\.(\w+)", said)), names)
    for path in rest:
        if path.stem not in used:
            message = "want modules that the package, the page or the tests import"
            yield Problem(path, 1, f"{message}; this one nothing does")


def _reached(start: set[str], names: dict[str, set[str]]) -> set[str]:
    """What these modules import, and what that imports, however far."""
    found: set[str] = set()
    queue = list(start)
    while queue:
        name = queue.pop()
        if name not in found:
            found.add(name)
            queue += names.get(name, ())
    return found


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
            package = (node.module or "").partition(".")[0]
            shared = node.level == depth + 1 and package in SHARED
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
    libraries = _imported(nodes)
    for node in _at_import(tree):
        for part in walk(node):
            name = modules.called(part) if isinstance(part, ast.Call) else ""
            alone = isinstance(node, ast.Expr) and part is node.value
            if name and (alone or name == "print" or "seed" in name):
                message = "want an import that prints, seeds and changes nothing"
                yield Problem(path, node.lineno, f"{message}; got {ast.unparse(part)}")
            elif isinstance(part, ast.Attribute) and part.attr in _SURROUNDINGS:
                message = "want an import that neither reads nor sets the environment"
                yield Problem(path, part.lineno, f"{message}; got {ast.unparse(node)}")
        for target in _targets(node):
            if not isinstance(target, ast.Name) and _root(target) in libraries:
                message = "want an import that prints, seeds and changes nothing"
                yield Problem(path, node.lineno, f"{message}; got {ast.unparse(node)}")


_SURROUNDINGS = {"environ", "environb", "getenv", "putenv", "unsetenv", "chdir"}


def acting(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Calls that a module makes for what they do, when somebody imports it."""
    for node in _at_import(tree):
        called = isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)
        loop = isinstance(node, ast.While)
        if called or loop or isinstance(node, ast.Raise | ast.Assert):
            yield node.lineno, ast.unparse(node)[:60]


def _at_import(tree: ast.Module) -> Iterator[ast.stmt]:
    """Statements that run when the module is imported, those of classes too."""
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    queue = list(tree.body)
    while queue:
        node = queue.pop(0)
        if isinstance(node, ast.ClassDef):
            queue = [*node.body, *queue]
        elif not isinstance(node, functions) and not _is_main(node):
            yield node


def _imported(nodes: list[ast.AST]) -> set[str]:
    """Names of modules, and of what is in them, that belong to others."""
    found = set()
    for node in nodes:
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = (alias.asname or alias.name for alias in node.names)
            found |= {name.split(".")[0] for name in names}
    return found


def _targets(node: ast.stmt) -> list[ast.expr]:
    """What a statement sets or deletes."""
    if isinstance(node, ast.Assign | ast.Delete):
        return node.targets
    return [node.target] if isinstance(node, ast.AugAssign | ast.AnnAssign) else []


def _root(target: ast.expr) -> str:
    while isinstance(target, ast.Attribute | ast.Subscript):
        target = target.value
    return target.id if isinstance(target, ast.Name) else ""


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
            if (inner_name := [*open_][-1]) != name:
                message = f"want [end:{inner_name}] first, which began later"
                yield Problem(path, number, f"{message}; got [end:{name}]")
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
