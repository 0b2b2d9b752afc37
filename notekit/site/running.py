"""What a page fetches when a reader runs code: Python, the editor, the notes' modules.

All of it lies below ``assets/``; nothing of it is fetched before the first click.
"""

import hashlib
import json
import shutil
from pathlib import Path

from notekit.language import LANGUAGES
from notekit.pages.words import WORDS
from notekit.read.catalogue import Catalogue
from notekit.study import pyodide
from notekit.study.bundle import bundle
from notekit.study.playground import Runnable, playground, sources

_PREFIX = "python_"  # of the words that run.js shows


def write_running(catalogue: Catalogue, target: Path) -> None:
    """Write what running needs, if any page has code that runs.

    Args:
        catalogue: the notes.
        target: the site, with the theme's assets in it.

    Raises:
        NodeError: if a package of npm is missing.
    """
    root = catalogue.root
    wheel = pyodide.numpy(root)
    notes = playground(catalogue, numpy=wheel is not None)
    if not notes:
        return
    assets = target / "assets"
    editor = assets / "editor.js"
    editor.write_text(bundle(root / "theme/assets/editor.js", root), encoding="utf-8")
    for name, blocks in notes.items():
        write_modules(name, blocks, root, target)
    for language in LANGUAGES:
        words = WORDS[language].items()
        shown = {k.removeprefix(_PREFIX): v for k, v in words if k.startswith(_PREFIX)}
        _write(assets / f"run/words.{language}.json", shown)
    _write_pyodide(root, assets / "pyodide", wheel)


def write_modules(name: str, blocks: list[Runnable], root: Path, target: Path) -> None:
    """Write the modules that blocks of a note import, as the site has them."""
    files = sources(blocks, root)
    needs = any(block.numpy for block in blocks)
    _write(target / f"assets/run/{name}.json", {"files": files, "numpy": needs})


def _write_pyodide(root: Path, place: Path, wheel: Path | None) -> None:
    """Pyodide in a folder named for its content, and a small file that says which."""
    core = pyodide.core(root)
    files = [core / name for name in pyodide.CORE] + [pyodide.RUNNER]
    files += [wheel] if wheel else []
    texts = {pyodide.LOCK: pyodide.lock(root, wheel is not None).encode()}
    contents = {path.name: path.read_bytes() for path in files} | texts
    digest = hashlib.sha256()
    for name, data in contents.items():
        digest.update(f"{name} {len(data)} ".encode())
        digest.update(data)
    folder = digest.hexdigest()[:12]
    (place / folder).mkdir(parents=True)
    for path in files:
        shutil.copyfile(path, place / folder / path.name)
    for name, data in texts.items():
        (place / folder / name).write_bytes(data)
    sizes = {name: len(data) for name, data in contents.items()}
    _write(place / "files.json", {"folder": folder, "bytes": sizes})


def _write(path: Path, value: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value, ensure_ascii=False), encoding="utf-8")
