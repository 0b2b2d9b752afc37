"""Markdown extension: of what an author wrote, nothing active reaches a page.

`nox -s check` reads the Markdown; here stands what Python-Markdown made of it, which
two parsers may see differently. What we put in ourselves (formulas, code, figures, the
reference) is in Markdown's stash as `Made` and is left out.
"""

import logging
import re
from typing import Any

from markdown import Extension, Markdown
from markdown.postprocessors import Postprocessor
from markdown.util import ETX, HTML_PLACEHOLDER_RE, STX

from notekit.rules.allowed import SITE, refused

# A warning of MkDocs' own, which ends a strict build.
_LOG = logging.getLogger("mkdocs.notekit")
_AMP = f"{STX}amp{ETX}"


class Made(str):
    """HTML that the project itself has made."""

    __slots__ = ()


class SafeExtension(Extension):
    """Refuses what the allow-list of finished pages does not have."""

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802
        """Register before raw HTML is put back (30)."""
        md.postprocessors.register(_Guard(md), "notekit-safe", 31)


class _Guard(Postprocessor):
    def run(self, text: str) -> str:
        own = self._own(text)
        for _, shown in refused(own, SITE):
            _LOG.warning(
                "%s: want nothing active, hidden or from elsewhere; got %s",
                self._page(),
                shown,
            )
        return text

    def _own(self, text: str) -> str:
        """The page with the author's raw HTML in its place, and none of ours."""
        assert self.md is not None
        stash = self.md.htmlStash.rawHtmlBlocks

        def put_back(match: re.Match[str]) -> str:
            raw = stash[int(match[1])]
            if isinstance(raw, Made):
                return ""
            html = raw if isinstance(raw, str) else self.md.serializer(raw)
            return HTML_PLACEHOLDER_RE.sub(put_back, html)

        return HTML_PLACEHOLDER_RE.sub(put_back, text).replace(_AMP, "&")

    def _page(self) -> str:
        assert self.md is not None
        known = "relpath" in self.md.treeprocessors
        links: Any = self.md.treeprocessors["relpath"] if known else None
        return f"Doc file '{links.file.src_uri}'" if known else "a page"


def makeExtension(**kwargs: Any) -> SafeExtension:  # noqa: N802
    """Entry point that Python-Markdown looks for."""
    return SafeExtension(**kwargs)
