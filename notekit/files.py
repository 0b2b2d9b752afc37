"""Which files belong to a note; needs nothing but their names."""

import hashlib
import re
from collections.abc import Iterable
from pathlib import Path


def own_files(folder: Path, note: str, suffix: str) -> list[Path]:
    """Files of a note, by longest name: ``a_b_c.py`` belongs to a-b-c before a-b.

    Args:
        folder: ``snippets``, ``figures`` or ``tests`` of the repository.
        note: its name, such as ``cv/receptive-field``.
        suffix: with the dot.
    """
    topic, stem = note.replace("-", "_").split("/")
    prefix = "test_" if folder.name == "tests" else ""
    pages = (folder.parent / "docs/en" / topic).glob("*.md")
    names = sorted((p.stem.replace("-", "_") for p in pages), key=len, reverse=True)

    def owner(path: Path) -> str | None:
        return next(
            (n for n in names if re.match(rf"{prefix}{n}(_|$)", path.stem)), None
        )

    candidates = sorted((folder / topic).glob(f"{prefix}{stem}*{suffix}"))
    return [path for path in candidates if owner(path) == stem]


def hash_of_files(paths: Iterable[Path]) -> str:
    """Fingerprint of the contents of files, in this order."""
    digest = hashlib.sha256()
    for path in paths:
        digest.update(path.read_bytes())
    return digest.hexdigest()
