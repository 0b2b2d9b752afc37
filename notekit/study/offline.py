"""What a browser keeps of the site, if a reader asks for it: a list, and a worker.

The list names each file of the finished site with its fingerprint; the worker
(`worker.js`) fetches them, checks them against it, and answers with them. Neither is
asked for by any page before the reader is.
"""

import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path

import rjsmin

WORKER = "sw.js"  # in the root of the site: it answers for all that lies below
ZIP = "gradnotes.zip"
PAGES = ("offline/index.html", "zh/offline/index.html")
_HERE = Path(__file__).parent
_LIST = re.compile(r"offline\.[0-9a-f]+\.json")
_NUMBERS = re.compile(r'data-build="[^"]*" data-bytes="[^"]*"')
_LETTERS = 32  # of a fingerprint: 128 bits


def write(site: Path) -> Path:
    """Write the list and the worker, and their numbers into the pages about them.

    The same files make the same list; a site that has one gets a new one.

    Args:
        site: the finished site, both languages.

    Returns:
        The list.
    """
    for path in site.glob("offline.*.json"):
        path.unlink()
    worker = (_HERE / "worker.js").read_text(encoding="utf-8")
    # The pages hold the name of the build, so that it is of all but that.
    _fill(site, "", "")
    found = list(_files(site))
    total = sum({digest: size for _, digest, size in found}.values())
    build = _digest(json.dumps([found, worker]).encode())[:12]
    _fill(site, build, str(total))
    text = json.dumps({"files": list(_files(site))}, separators=(",", ":"))
    place = site / f"offline.{build}.json"
    place.write_text(text, encoding="utf-8")
    code = rjsmin.jsmin(f'const BUILD = "{build}"\n{worker}')
    (site / WORKER).write_text(code, encoding="utf-8")
    return place


def leave(site: Path) -> None:
    """Write a worker that takes away what an older site at this address left.

    Args:
        site: pages that nobody is to keep, such as a preview.
    """
    code = (_HERE / "leaving.js").read_text(encoding="utf-8")
    (site / WORKER).write_text(code, encoding="utf-8")


def unnumbered(page: str) -> str:
    """A page about keeping the site as it stands where nothing can be kept.

    Args:
        page: its HTML.
    """
    return _NUMBERS.sub('data-build="" data-bytes=""', page, count=1)


def is_kept(name: str) -> bool:
    """Whether a browser keeps a file of the site.

    Args:
        name: its path from the root of the site.
    """
    return name not in (WORKER, ZIP) and not _LIST.fullmatch(name)


def _files(site: Path) -> Iterator[tuple[str, str, int]]:
    """Path, fingerprint and size of each file that is kept, by path."""
    paths = {path.relative_to(site).as_posix(): path for path in site.rglob("*")}
    for name in sorted(paths):
        if paths[name].is_file() and is_kept(name):
            data = paths[name].read_bytes()
            yield name, _digest(data), len(data)


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:_LETTERS]


def _fill(site: Path, build: str, total: str) -> None:
    for page in (site / name for name in PAGES):
        if page.is_file():
            text = page.read_text(encoding="utf-8")
            new = f'data-build="{build}" data-bytes="{total}"'
            page.write_text(_NUMBERS.sub(new, text, count=1), encoding="utf-8")
