"""Which files belong to a note; needs nothing but their names."""

import hashlib
import re
from collections.abc import Iterable
from pathlib import Path

SHARED = "environments"  # the one package of a topic that its notes may import


def own_modules(folder: Path, note: str) -> list[Path]:
    """The module of a note, or all modules of its package, ``__init__.py`` first.

    What the notes of a topic share comes last, if the note uses it.

    Args:
        folder: ``snippets`` or ``tests`` of the repository.
        note: its name, such as ``cv/receptive-field``.
    """
    place = folder / note.replace("-", "_")
    if folder.name == "tests":
        place = place.with_name(f"test_{place.name}")
    alone = place.with_name(f"{place.name}.py")
    own = [path for path in [alone, *sorted(place.rglob("*.py"))] if path.is_file()]
    uses = f"from ..{SHARED}"
    if any(uses in path.read_text(encoding="utf-8", errors="replace") for path in own):
        own += sorted((place.parent / SHARED).rglob("*.py"))
    return own


def own_figures(folder: Path, note: str) -> list[Path]:
    """SVG files of a note, by longest name: ``a_b_c.svg`` belongs to a-b-c before a-b.

    Args:
        folder: ``figures`` of the repository.
        note: its name, such as ``cv/receptive-field``.
    """
    topic, stem = note.replace("-", "_").split("/")
    pages = (folder.parent / "docs/en" / topic).glob("*.md")
    names = sorted((p.stem.replace("-", "_") for p in pages), key=len, reverse=True)

    def owner(path: Path) -> str | None:
        return next((n for n in names if re.match(rf"{n}(_|$)", path.stem)), None)

    candidates = sorted((folder / topic).glob(f"{stem}*.svg"))
    return [path for path in candidates if owner(path) == stem]


def hash_of_files(paths: Iterable[Path]) -> str:
    """Fingerprint of the contents of files, in this order."""
    digest = hashlib.sha256()
    for path in paths:
        digest.update(path.read_bytes())
    return digest.hexdigest()
