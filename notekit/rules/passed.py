"""What passed the check before, and is the same: a build need not check it again.

`nox -s check` itself always looks at everything. What one note's page may break on
another's, such as a link to a heading that is gone, the finished pages are checked for.
"""

from pathlib import Path

from notekit.cache import Cache, key
from notekit.files import hash_of_files, tool_hash
from notekit.read.catalogue import Catalogue, Note
from notekit.read.glossary import FILE as GLOSSARY

OTHERS = ""  # stands for all pages that are no notes


def unchecked(root: Path, states: dict[str, str]) -> list[str] | None:
    """Notes to check; None for all there is, if a page that is no note changed."""
    known = Cache(root, "check").get(states.values())
    changed = [name for name, value in states.items() if value not in known]
    return None if OTHERS in changed else changed


def remember(root: Path, states: dict[str, str]) -> None:
    """All of this passed, in the states that it had before it was checked."""
    Cache(root, "check").put(dict.fromkeys(states.values(), ""))


def states_of(catalogue: Catalogue) -> dict[str, str]:
    """What each note, and all that is none, is made of."""
    root = catalogue.root
    shared = key(tool_hash(), hash_of_files(_there([root / GLOSSARY])))
    keys = {
        name: key(shared, name, hash_of_files(_files(note, root)))
        for name, note in catalogue.notes.items()
    }
    own = {
        page.path for note in catalogue.notes.values() for page in note.pages.values()
    }
    pages = [path for path in sorted((root / "docs").rglob("*.md")) if path not in own]
    pages += _there([root / "README.md", root / "CONTRIBUTING.md"])
    # Each module of snippets, and each file of exercises, must be a note's.
    modules = [
        path
        for folder in ("snippets", "exercises")
        for path in sorted((root / folder).rglob("*.py"))
    ]
    names = [str(path.relative_to(root)) for path in [*pages, *modules]]
    keys[OTHERS] = key(shared, hash_of_files(pages), *names, *keys)
    return keys


def _files(note: Note, root: Path) -> list[Path]:
    topic, stem = note.module.split("/")
    places = [
        *(page.path for page in note.pages.values()),
        *note.snippets(root),
        *note.figures(root),
        root / f"figures/{note.module}.py",
        root / f"exercises/{note.module}.py",
        root / f"tests/{topic}/test_{stem}.py",
        root / f"tests/site/queries/{note.name}.tsv",
    ]
    return _there(places)


def _there(paths: list[Path]) -> list[Path]:
    return [path for path in paths if path.is_file()]
