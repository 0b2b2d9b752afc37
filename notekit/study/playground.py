"""Which blocks of a note run in the page: those that need only Python and numpy.

What a block needs is the closure of its imports: those that stand in it, and those of
the note's modules that it imports, wherever in them an import stands.
"""

import ast
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from notekit.cache import Cache, key
from notekit.files import tool_hash
from notekit.language import Language
from notekit.read.blocks import parse
from notekit.read.catalogue import Catalogue, Note
from notekit.read.fences import Fence, census

# Of the standard library, what a browser cannot do, or Pyodide leaves out.
_LACKING = {
    *(
        "_thread",
        "asyncio",
        "concurrent",
        "ctypes",
        "curses",
        "dbm",
        "ensurepip",
        "fcntl",
    ),
    *("lzma", "multiprocessing", "pty", "readline", "resource", "select", "socket"),
    *("sqlite3", "ssl", "subprocess", "termios", "threading", "tkinter", "venv"),
}
_LIBRARY = sys.stdlib_module_names - _LACKING
NUMPY = "numpy"


@dataclass(frozen=True)
class Runnable:
    """A block that can run in the page."""

    fence: Fence
    files: tuple[str, ...]  # modules of the note that it imports, as paths
    numpy: bool


def runnable(
    note: Note, root: Path, language: Language = "en", numpy: bool = True
) -> list[Runnable]:
    """The blocks of a note that run in the page, in order.

    Args:
        note: the note.
        root: the repository.
        language: of the page.
        numpy: whether there is numpy.
    """
    own = {p.relative_to(root).as_posix(): p for p in note.snippets(root)}
    pages = [note.pages[x].path for x in dict.fromkeys((language, "en"))]
    read = [path.read_text(encoding="utf-8") for path in (*pages, *own.values())]
    text = Cache(root, "runnable").made(
        key(tool_hash(), language, str(numpy), *own, *read),
        lambda: json.dumps(
            [
                [vars(block.fence) | {"path": ""}, block.files, block.numpy]
                for block in _found(note, own, language, numpy)
            ],
            ensure_ascii=False,
        ),
    )
    return [
        Runnable(Fence(**fence | {"path": pages[0]}), tuple(files), needs)
        for fence, files, needs in json.loads(text)
    ]


def _found(
    note: Note, own: dict[str, Path], language: Language, numpy: bool
) -> list[Runnable]:
    # Declared on the English page, for both.
    declared = {fence.code for fence in census(note.pages["en"].path) if fence.reason}
    found = []
    for fence in census(note.pages[language].path):
        if fence.kind == "run" and not fence.gpu and fence.code not in declared:
            block = _block(fence, own)
            if block and (numpy or not block.numpy):
                found.append(block)
    return found


def sources(blocks: list[Runnable], root: Path) -> dict[str, str]:
    """Paths and texts of all modules that these blocks import."""
    names = sorted({name for block in blocks for name in block.files})
    return {name: (root / name).read_text(encoding="utf-8") for name in names}


def playground(catalogue: Catalogue, numpy: bool = True) -> dict[str, list[Runnable]]:
    """Blocks that run in the page, by the names of the notes that have any.

    Args:
        catalogue: the notes.
        numpy: whether there is numpy.
    """
    notes = catalogue.notes.items()
    found = {name: runnable(note, catalogue.root, numpy=numpy) for name, note in notes}
    return {name: blocks for name, blocks in found.items() if blocks}


def needs_numpy(catalogue: Catalogue) -> bool:
    """Whether any block that runs in the page needs numpy."""
    found = playground(catalogue).values()
    return any(block.numpy for blocks in found for block in blocks)


def _block(fence: Fence, own: dict[str, Path]) -> Runnable | None:
    """The block with what it needs, unless it needs more than there is."""
    files: set[str] = set()
    numpy = False
    left = [(fence.code, "")]
    while left:
        text, package = left.pop()
        for name in _imported(text, package):
            top = name.partition(".")[0]
            if top == NUMPY:
                numpy = True
            elif top == "snippets":
                paths = list(_modules(name, own))
                if not paths and name.count(".") > 1:  # beyond the topic's folder
                    return None
                for path in paths:
                    if path not in files:
                        files.add(path)
                        source = own[path].read_text(encoding="utf-8")
                        left.append((source, _package(path)))
            elif top not in _LIBRARY:
                return None
    return Runnable(fence, tuple(sorted(files)), numpy)


@lru_cache(maxsize=2000)  # the modules of a note are asked for by each of its blocks
def _imported(text: str, package: str) -> frozenset[str]:
    """Full names of all that is imported; of a name from a package, both readings."""
    found: set[str] = set()
    for node in ast.walk(parse(text)):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                parts = package.split(".")
                parts = parts[: len(parts) - node.level + 1]
                base = ".".join([*parts, base] if base else parts)
            found.add(base)
            found.update(f"{base}.{alias.name}" for alias in node.names)
    return frozenset(found)


def _modules(name: str, own: dict[str, Path]) -> Iterator[str]:
    """Files that importing a name runs: each package on the way, and the module."""
    parts = name.split(".")
    for end in range(1, len(parts) + 1):
        place = "/".join(parts[:end])
        for path in (f"{place}.py", f"{place}/__init__.py"):
            if path in own:
                yield path


def _package(path: str) -> str:
    """The package that relative imports in a file start from."""
    return path.rpartition("/")[0].replace("/", ".")
