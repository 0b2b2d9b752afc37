"""Which files belong to a note; needs nothing but their names."""

import hashlib
import os
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

SHARED = ("environments", "datasets")  # packages of a topic that its notes may import
STEPS = "_steps"  # how the name of a drawing of frames ends
# Endings of a note's further test modules: example calls, what its frames say.
TEST_PARTS = ("_inputs", STEPS)
LEAST, MOST = 3, 60  # frames of a run


def note_names(root: Path) -> list[str]:
    """Names of all notes that have an English page, such as ``cv/receptive-field``."""
    pages = (root / "docs/en").glob("*/*.md")
    names = (page.relative_to(root / "docs/en").with_suffix("") for page in pages)
    return sorted(name.as_posix() for name in names if name.name != "index")


def own_modules(folder: Path, note: str) -> list[Path]:
    """The module of a note, or all modules of its package, ``__init__.py`` first.

    Its test module is followed by the example calls of its functions and by the
    oracle of its frames. What the notes of a topic share comes last, if the note's
    modules or the blocks of its page use it.

    Args:
        folder: ``snippets`` or ``tests`` of the repository.
        note: its name, such as ``cv/receptive-field``.
    """
    place = folder / note.replace("-", "_")
    if folder.name == "tests":
        place = place.with_name(f"test_{place.name}")
    alone = place.with_name(f"{place.name}.py")
    own = [alone, *sorted(place.rglob("*.py"))]
    if folder.name == "tests":
        own += [place.with_name(f"{place.name}{part}.py") for part in TEST_PARTS]
    own = [path for path in own if path.is_file()]
    topic = note.split("/")[0]
    page = folder.parent / f"docs/en/{note}.md"
    for shared in SHARED:
        if not (folder / topic / shared).is_dir():
            continue
        outside = rf"^ *(?:from|import) snippets\.{topic}\.{shared}\b"
        if _import(own, shared) or (page.is_file() and _say([page], outside)):
            own += sorted((folder / topic / shared).rglob("*.py"))
    return own


def imports_shared(modules: Iterable[Path]) -> str:
    """The package shared by the topic that these modules import, or nothing."""
    own = [path for path in modules if path.parent.name not in SHARED]
    return next((shared for shared in SHARED if _import(own, shared)), "")


def _import(modules: list[Path], shared: str) -> bool:
    """Whether any of these modules imports what the topic shares under this name."""
    return _say(modules, rf"^ *from \.\.?{shared}\b")


def _say(paths: list[Path], pattern: str) -> bool:
    """Whether any of these files has a line like that."""
    wanted = re.compile(pattern, re.MULTILINE)
    return any(
        wanted.search(path.read_text(encoding="utf-8", errors="replace"))
        for path in paths
    )


def own_figures(folder: Path, note: str) -> list[Path]:
    """SVG files of a note, by longest name: ``a_b_c.svg`` belongs to a-b-c before a-b.

    Args:
        folder: ``figures`` of the repository.
        note: its name, such as ``cv/receptive-field``.
    """
    topic, stem = note.replace("-", "_").split("/")
    # Those that could take a file from this note begin with its name.
    pages = folder.parent.glob(f"docs/en/{note}*.md")
    names = [f"{topic}/{page.stem}" for page in pages]
    candidates = sorted((folder / topic).glob(f"{stem}*.svg"))
    return [path for path in candidates if owner_of_figure(path.stem, names) == note]


def owner_of_figure(stem: str, names: Iterable[str]) -> str | None:
    """The note, of those named, that a figure belongs to by the name of its file."""
    for name in sorted(names, key=len, reverse=True):
        if f"{stem}_".startswith(name.replace("-", "_").split("/")[1] + "_"):
            return name
    return None


def without_part(stem: str) -> str:
    """The name of a test module without the ending of one of its further modules."""
    for part in TEST_PARTS:
        stem = stem.removesuffix(part)
    return stem


def is_steps(path: Path | str) -> bool:
    """Whether a drawing holds the frames of a run, by its name."""
    return Path(path).stem.endswith(STEPS)


def hash_of_files(paths: Iterable[Path]) -> str:
    """Fingerprint of the contents of files, in this order."""
    digest = hashlib.sha256()
    for path in paths:
        digest.update(path.read_bytes())
    return digest.hexdigest()


@cache
def tool_hash() -> str:
    """Fingerprint of notekit itself, by whose code all that is kept was made."""
    here = Path(__file__).parent
    files = [path for path in sorted(here.rglob("*")) if path.suffix in (".py", ".mjs")]
    return hash_of_files(files)


def write_whole(path: Path, text: str) -> None:
    """Write a file whole or not at all, whatever interrupts."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    part.write_text(text, encoding="utf-8")
    part.replace(path)
