"""Each note as a Jupyter notebook in each language, which runs wherever it is opened.

The note's own modules come along in the first cell, so that nothing but Python and the
libraries that it names is needed. The same sources give the same bytes.
"""

import json
import re
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from notekit.cache import Cache, key
from notekit.files import own_modules, tool_hash
from notekit.read.catalogue import Catalogue, Language, Note
from notekit.read.exercises import place, sheet
from notekit.study.plain import Code, Place, Text, pieces

SUFFIX = ".ipynb"
EXERCISE = "exercise"  # a tag of cells
_LIBRARIES = ("numpy", "scipy", "torch")  # what a note's code may need
_IMPORT = re.compile(r"^\s*(?:import|from)\s+(\w+)", re.MULTILINE)
_OF_NOTE = re.compile(r"\bsnippets\.(\w+)\.(\w+)")
_TITLE = re.compile(r"(# .+)\n*")
_KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}
# The folder is a new one, since the reader's own may hold a changed copy.
_PROVIDE = """\
# @title {title}
import importlib
import sys
import tempfile
from pathlib import Path


def provide(modules):
    folder = Path(tempfile.mkdtemp(prefix="gradnotes-"))
    for name, source in modules.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source, encoding="utf-8")
    for name in [n for n in sys.modules if n.split(".")[0] == "snippets"]:
        del sys.modules[name]  # after an edit below, run this cell again
    sys.path.insert(0, str(folder))
    importlib.invalidate_caches()


provide({{
{modules}
}})
"""


def notebooks(
    catalogue: Catalogue,
    language: Language,
    home: str,
    words: Mapping[str, str],
    only: str = "",
) -> dict[str, str]:
    """The notebook of each note as the text of its file, kept by all that it is made of.

    Args:
        catalogue: all notes.
        language: of the text.
        home: address of the site in that language, with a slash at its end.
        words: what is said in that language.
        only: name of the one note that is wanted.
    """
    root = catalogue.root
    makers = {}
    keys = {}
    said = json.dumps(dict(words), sort_keys=True)
    for note in [n for n in catalogue.notes.values() if only in ("", n.name)]:
        body = note.pages[language].path.read_text(encoding="utf-8")
        modules = _modules(note, body, root)
        drawn = [path.read_text(encoding="utf-8") for path in note.figures(root)]
        asked = place(root, note.name)
        sheets = [asked.read_text(encoding="utf-8")] if asked.is_file() else []
        parts = [*modules, *modules.values(), *drawn, *sheets]
        keys[note.name] = key(
            tool_hash(), language, note.name, home, said, body, *parts
        )
        makers[note.name] = partial(_made, note, language, root, home, words, modules)
    cache = Cache(root, "notebooks")
    known = cache.get(keys.values())
    fresh = {
        keys[n]: _text(make()) for n, make in makers.items() if keys[n] not in known
    }
    cache.put(fresh)
    known |= fresh
    return {name: known[keys[name]] for name in keys}


def _modules(note: Note, body: str, root: Path) -> dict[str, str]:
    """Modules by the paths that imports find them at: the note's, and those its blocks use.

    A block may compare the note's functions with those of another note.
    """
    used = {f"{topic}/{name}" for topic, name in _OF_NOTE.findall(body)}
    paths = note.snippets(root)
    for name in sorted(used - {note.module}):
        paths += [p for p in own_modules(root / "snippets", name) if p not in paths]
    return {
        path.relative_to(root).as_posix(): path.read_text(encoding="utf-8")
        for path in paths
    }


def _made(
    note: Note,
    language: Language,
    root: Path,
    home: str,
    words: Mapping[str, str],
    modules: dict[str, str],
) -> dict[str, Any]:
    page = note.pages[language]
    found = pieces(note, page, root, home, words)
    cells = [*_head(note, language, found, modules, home, words)]
    for piece in found:
        cells.append(_cell(piece))
    cells += _judged(note, language, root, home, words)
    for number, cell in enumerate(cells):
        cell["id"] = f"{language}-{number:03}"
    return {
        "cells": cells,
        "metadata": {
            "kernelspec": _KERNEL,
            "language_info": {"name": "python"},
            "title": page.matter.title,
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }


def _head(
    note: Note,
    language: Language,
    found: list[Text | Code],
    modules: dict[str, str],
    home: str,
    words: Mapping[str, str],
) -> Iterator[dict[str, Any]]:
    """Title, where it comes from and what it needs, then the cell with the modules."""
    matter = note.pages[language].matter
    title = f"# {matter.title}"
    first = found[0] if found else None
    if isinstance(first, Text) and (match := _TITLE.match(first.markdown)):
        title = match[1]
        found[0] = Text(first.markdown[match.end() :])
    needs = ", ".join(_needs(found, modules)) or words["take_nothing"]
    source = words["take_source"].format(
        address=Place(home, note.name).address, updated=matter.updated, needs=needs
    )
    yield _cell(Text(f"{title}\n\n{source}"))
    files = ",\n".join(f"{_literal(n)}: {_literal(s)}" for n, s in modules.items())
    code = _PROVIDE.format(title=words["take_modules"], modules=files).rstrip("\n")
    cell = _cell(Code(code, "", gpu=False, folded=True))
    cell["metadata"]["cellView"] = "form"  # Colab's way to fold a cell
    yield cell


def _judged(
    note: Note, language: Language, root: Path, home: str, words: Mapping[str, str]
) -> Iterator[dict[str, Any]]:
    """The exercises that the page has a judge for: what is asked, a start, a solution."""
    found = sheet(root, note.name)
    if found is None or not found.exercises:
        return
    page = f"{Place(home, note.name).address}#judge"
    cells: list[Text | Code] = [
        Text(f"## {words['judged']}\n\n{words['take_judged'].format(address=page)}")
    ]
    for exercise in found.exercises:
        cells += [
            Text(
                f"### {exercise.title[language].text}\n\n"
                f"{exercise.statement[language].text.strip()}\n\n"
                f"```pycon\n{exercise.examples.text.strip()}\n```"
            ),
            Code(exercise.starter.strip(), "", gpu=False, folded=False),
            Text(f"**{words['judged_solution']}**"),
            Code(exercise.solution.strip(), "", gpu=False, folded=True),
        ]
    for cell in map(_cell, cells):
        cell["metadata"]["tags"] = [EXERCISE]
        yield cell


def _needs(found: list[Text | Code], modules: dict[str, str]) -> list[str]:
    """Libraries that the code imports."""
    code = [*modules.values(), *(p.source for p in found if isinstance(p, Code))]
    names = {name for text in code for name in _IMPORT.findall(text)}
    return [name for name in _LIBRARIES if name in names]


def _literal(text: str) -> str:
    """The text as Python that can be read, and edited, line by line."""
    plain = "'''" not in text and not text.endswith("\\") and "\r" not in text
    if "\n" in text and plain:
        return f"r'''{text}'''"
    return json.dumps(text, ensure_ascii=False)


def _cell(piece: Text | Code) -> dict[str, Any]:
    if isinstance(piece, Text):
        return {"cell_type": "markdown", "metadata": {}, "source": piece.markdown}
    metadata: dict[str, Any] = {}
    if piece.folded:
        metadata["jupyter"] = {"outputs_hidden": True, "source_hidden": True}
    if piece.gpu:
        metadata["tags"] = ["gpu"]
    printed = {"name": "stdout", "output_type": "stream", "text": piece.output}
    return {
        "cell_type": "code",
        "execution_count": None,
        "metadata": metadata,
        "outputs": [printed] if piece.output else [],
        "source": piece.source,
    }


def _text(made: dict[str, Any]) -> str:
    """The file as Jupyter itself would write it: texts as lists of lines."""
    for cell in made["cells"]:
        cell["source"] = cell["source"].splitlines(keepends=True)
        for output in cell.get("outputs", []):
            output["text"] = output["text"].splitlines(keepends=True)
    # Without indentation, which Python's encoder would be ten times slower with.
    return json.dumps(made, ensure_ascii=False, sort_keys=True) + "\n"
