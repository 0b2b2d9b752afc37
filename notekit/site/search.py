"""The search index, by Pagefind, and the names that results are ranked by."""

import gzip
import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import cbor2

from notekit import node
from notekit.language import LANGUAGES, Language
from notekit.read.catalogue import Catalogue, Note
from notekit.site import names
from notekit.site.facts import Pages
from notekit.site.layout import BuildError

# In English every note has these words. What is typed is searched without them
# (STOP in theme/assets/search.js), so that nobody needs to fetch where they stand.
_COMMON = """a an and are as at be between by can for from how in into is it its of on or
should so than that the there to was what when where which who why will with"""
COMMON = frozenset(_COMMON.split())
_MAGIC = b"pagefind_dcd"


def index_search(catalogue: Catalogue, target: Path, pages: Pages) -> None:
    """Run Pagefind over what is searched of the pages, both languages in one index.

    Args:
        catalogue: the notes.
        target: the finished site, which gets the index.
        pages: what is known of each of its pages.
    """
    root = catalogue.root
    source = root / "build/search"
    shutil.rmtree(source, ignore_errors=True)
    for path, page in pages.items():
        if page.searched:
            place = source / path.relative_to(target)
            place.parent.mkdir(parents=True)
            place.write_text(page.searched, encoding="utf-8")
    binary = (
        root / "node_modules/.bin" / ("pagefind.cmd" if os.name == "nt" else "pagefind")
    )
    if not binary.exists():
        raise BuildError(
            "want Pagefind in node_modules/; run `npm install --no-save` (nox does)"
        )
    command = [str(binary), "--site", str(source), "--quiet"]
    command += ["--output-path", str(target / "pagefind")]
    environment = os.environ.copy()
    environment["PATH"] = (
        f"{Path(node.command()).parent}{os.pathsep}{environment['PATH']}"
    )
    run = subprocess.run(
        command,
        cwd=root,
        env=environment,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    if run.returncode:
        raise BuildError(f"Pagefind: {(run.stdout + run.stderr).strip()[-800:]}")
    folder = target / "pagefind"
    keep = {"pagefind.js", "pagefind-worker.js", "pagefind-entry.json"}
    for path in folder.iterdir():
        # The ready-made interfaces are not used; ours is theme/assets/search.js.
        if path.is_file() and path.suffix in {".js", ".css"} and path.name not in keep:
            path.unlink()
    entry = json.loads((folder / "pagefind-entry.json").read_text(encoding="utf-8"))
    counts = {
        lang: entry["languages"][lang]["page_count"] for lang in entry["languages"]
    }
    if set(counts) != set(LANGUAGES):
        raise BuildError(f"Pagefind: want pages in en and zh; got {counts}")
    drop_common(folder)
    write_names(catalogue, folder)


def drop_common(folder: Path) -> None:
    """Take out of the English index where the words stand that every note has.

    Args:
        folder: what Pagefind wrote.

    Raises:
        BuildError: a part of the index is not laid out as Pagefind 1.6 does.
    """
    for path in sorted((folder / "index").glob("en_*.pf_index")):
        try:
            words, *rest = cbor2.loads(_unpacked(path))
            kept = [word for word in words if word[0] not in COMMON]
        except (cbor2.CBORDecodeError, IndexError, TypeError, ValueError) as error:
            raise BuildError(
                f"{path.name}: want a part of Pagefind's index, words first; got {error}"
            ) from error
        if len(kept) < len(words):
            packed = gzip.compress(_MAGIC + cbor2.dumps([kept, *rest]), mtime=0)
            path.write_bytes(packed)


def write_names(catalogue: Catalogue, folder: Path) -> None:
    """What each note is called, by Pagefind's number for it, for the search to rank by.

    Pagefind scores words. That a query *is* the name of a note, which in Chinese may be
    several of its words, only the names themselves can tell.
    """
    found: dict[Language, dict[str, Note]] = {"en": {}, "zh": {}}
    for path in sorted((folder / "fragment").iterdir()):
        url = json.loads(_unpacked(path))["url"].strip("/")
        language: Language = "zh" if url.startswith("zh/") else "en"
        found[language][path.stem] = catalogue.notes[url.removeprefix("zh/")]
    for language, notes in found.items():
        called = names.of(catalogue, language, notes)
        _write(folder / f"names.{language}.json", called)
        if language == "zh":
            _write(folder / "more.zh.json", names.more(catalogue, called))


def _unpacked(path: Path) -> bytes:
    return gzip.decompress(path.read_bytes()).removeprefix(_MAGIC)


def _write(path: Path, data: dict[str, Any]) -> None:
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    path.write_text(text, encoding="utf-8")
