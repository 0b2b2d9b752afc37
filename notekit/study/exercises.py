"""What the page fetches on the first use of an exercise: its file, the judge, words.

One file of JSON for each note with exercises that run in the page, named for its content,
and one that lists all exercises, by which a page says how many are solved.
"""

import ast
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from notekit.language import Language
from notekit.read import modules
from notekit.read.catalogue import Catalogue
from notekit.read.exercises import Sheet, place, sheet
from notekit.study import judge

FOLDER = "assets/exercises"
INDEX = "index.json"
JUDGE = "notekit/study/judge.py"  # where a module that exercises import must lie
Said = Mapping[Language, Mapping[str, str]]  # what the page's script says


@dataclass(frozen=True)
class Payload:
    """A file for the page: its name below ``FOLDER``, and its text."""

    name: str
    text: str


def runs_in_page(path: Path) -> bool:
    """Whether Pyodide has all that the exercises import, which is not PyTorch."""
    if "torch" not in path.read_text(encoding="utf-8"):
        return True  # of most, which need not be parsed
    tree = modules.tree(path)
    imported = {
        name.split(".")[0]
        for node in ast.walk(tree or ast.Module([], []))
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    return "torch" not in imported


def payload(root: Path, note: str, words: Said) -> Payload | None:
    """What the page of a note fetches; None if it has no exercises that run in it."""
    found = sheet(root, note)
    if found is None or not found.exercises or not runs_in_page(found.path):
        return None
    path = place(root, note).relative_to(root).as_posix()
    data = {
        "note": note,
        "module": path.removesuffix(".py").replace("/", "."),
        "files": {JUDGE: _judge(), path: found.path.read_text(encoding="utf-8")},
        "exercises": {
            e.name: {
                "starter": e.starter,
                "seconds": e.seconds,
                "title": {language: e.title[language].text for language in words},
            }
            for e in found.exercises
        },
        "words": {language: dict(said) for language, said in words.items()},
    }
    text = json.dumps(data, ensure_ascii=False)
    digest = hashlib.sha256(text.encode()).hexdigest()[:8]
    return Payload(f"{note}.{digest}.json", text)


@lru_cache(maxsize=1)
def _judge() -> str:
    return Path(judge.__file__).read_text(encoding="utf-8")


def sheets(catalogue: Catalogue) -> dict[str, Sheet]:
    """The exercises of all notes that have some."""
    found = {name: sheet(catalogue.root, name) for name in catalogue.notes}
    return {name: s for name, s in found.items() if s is not None and s.exercises}


def write(catalogue: Catalogue, target: Path, words: Said) -> None:
    """Write these files into a finished site.

    Args:
        catalogue: the notes.
        target: the site.
        words: what the page's script says, by language.
    """
    index = {}
    for name, found in sheets(catalogue).items():
        index[name] = [exercise.name for exercise in found.exercises]
        made = payload(catalogue.root, name, words)
        if made is not None:
            path = target / FOLDER / made.name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(made.text, encoding="utf-8")
    path = target / FOLDER / INDEX
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps({"notes": index, "words": words}, ensure_ascii=False)
    path.write_text(text, encoding="utf-8")
