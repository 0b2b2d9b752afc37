"""Finished pieces of HTML, such as figures and references, that pages name by content.

What a page takes from elsewhere is made once, for both languages where it may, and kept
in ``build/parts/``. The staged page has a comment in its place, and the Markdown
extension of this module puts the piece there: no parser of Markdown reads it again, and
the text of a staged page says by itself whether anything of it changed.
"""

import hashlib
import re
from functools import lru_cache
from pathlib import Path
from typing import Any

from markdown import Extension, Markdown
from markdown.preprocessors import Preprocessor

from notekit.files import write_whole
from notekit.pages.safe import Made
from notekit.problem import ROOT

FOLDER = "build/parts"
_MARK = re.compile(r"^( *)<!-- part: ([0-9a-f]{24}) -->$", re.MULTILINE)


def keep(html: str, root: Path) -> str:
    """Keep a piece; returns the comment that stands for it in a page."""
    name = hashlib.sha256(html.encode()).hexdigest()[:24]
    path = root / FOLDER / name
    if not path.exists():
        write_whole(path, html)
    return f"<!-- part: {name} -->"


def named(text: str) -> set[str]:
    """Names of all pieces that a page takes."""
    return {name for _, name in _MARK.findall(text)}


def forget(root: Path, used: set[str]) -> None:
    """Remove pieces that no page takes any more."""
    for path in (root / FOLDER).glob("*"):
        if path.name not in used:
            path.unlink(missing_ok=True)


class PartsExtension(Extension):
    """Puts pieces where their comments stand."""

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802
        """Register after white space is put right (30), before fences (25), raw HTML (20)."""
        md.preprocessors.register(_Parts(md), "notekit-parts", 28)


class _Parts(Preprocessor):
    def run(self, lines: list[str]) -> list[str]:
        text = "\n".join(lines)
        if "<!-- part: " not in text:
            return lines
        return _MARK.sub(self._stashed, text).split("\n")

    def _stashed(self, match: re.Match[str]) -> str:
        assert self.md is not None
        placeholder: str = self.md.htmlStash.store(Made(_load(ROOT / FOLDER, match[2])))
        return match[1] + placeholder


@lru_cache(maxsize=2000)
def _load(folder: Path, name: str) -> str:
    return (folder / name).read_text(encoding="utf-8")


def makeExtension(**kwargs: Any) -> PartsExtension:  # noqa: N802
    """Entry point that Python-Markdown looks for."""
    return PartsExtension(**kwargs)
