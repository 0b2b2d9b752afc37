"""Markdown extension: links in raw HTML name files, as those in Markdown do.

Zensical resolves both. MkDocs resolves those in Markdown only; here it resolves the
others too, so that the glossary and the learning map lead to the notes in either.
"""

import re
from typing import Any

from markdown import Extension, Markdown
from markdown.postprocessors import Postprocessor

# In code, a < is escaped.
_LINK = re.compile(r'(<a [^<>]*href=")([^":]+\.md(?:#[^"]*)?)"')


class LinksExtension(Extension):
    """Resolves what MkDocs leaves as it is."""

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802
        """Register after raw HTML is put back (30)."""
        md.postprocessors.register(_Links(md), "notekit-links", 5)


class _Links(Postprocessor):
    def run(self, text: str) -> str:
        # MkDocs' own, which is not there while anything else converts.
        if "relpath" not in self.md.treeprocessors:
            return text
        resolver: Any = self.md.treeprocessors["relpath"]
        return _LINK.sub(
            lambda match: f'{match[1]}{resolver.path_to_url(match[2])}"', text
        )


def makeExtension(**kwargs: Any) -> LinksExtension:  # noqa: N802
    """Entry point that Python-Markdown looks for."""
    return LinksExtension(**kwargs)
