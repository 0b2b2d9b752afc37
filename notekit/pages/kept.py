"""Markdown extension: a note whose page did not change is not converted again.

The HTML of a note, with its table of contents, is kept by all that it is made of: the
staged text (which names by content what it takes from elsewhere), the glossary, the
settings and the programs.
"""

import json
from functools import cache
from importlib.metadata import version
from typing import Any

from markdown import Extension, Markdown

from notekit.cache import Cache, key
from notekit.files import hash_of_files, tool_hash
from notekit.pages.terms import note_of
from notekit.problem import ROOT
from notekit.read.glossary import FILE as GLOSSARY

PACKAGES = ("markdown", "mkdocs", "pygments", "pymdown-extensions")


class KeptExtension(Extension):
    """Options: ``language``, en or zh."""

    def __init__(self, **kwargs: Any) -> None:
        self.config = {"language": ["en", "Language of the pages"]}
        super().__init__(**kwargs)

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802
        """Stand around the whole conversion; no step of it knows where it ends."""
        convert = md.convert
        cache, language = Cache(ROOT, "pages"), self.getConfig("language")

        def kept(source: str) -> str:
            # Links are made by the program that builds; what is kept is MkDocs' form.
            if (
                not note_of(source.split("\n", 20))
                or "relpath" not in md.treeprocessors
            ):
                return convert(source)

            def make() -> str:
                html = convert(source)
                toc = md.toc_tokens  # type: ignore[attr-defined]
                return json.dumps({"html": html, "toc": toc}, ensure_ascii=False)

            found = json.loads(cache.made(key(_state(), language, source), make))
            md.toc_tokens = found["toc"]  # type: ignore[attr-defined]
            page: str = found["html"]
            return page

        md.convert = kept  # type: ignore[method-assign]


@cache
def _state() -> str:
    """All that pages are made of beside their own text."""
    files = [*sorted(ROOT.glob("mkdocs*.yml")), ROOT / GLOSSARY]
    files.append(ROOT / "node_modules/katex/package.json")
    there = [path for path in files if path.exists()]
    return key(tool_hash(), hash_of_files(there), *map(version, PACKAGES))


def makeExtension(**kwargs: Any) -> KeptExtension:  # noqa: N802
    """Entry point that Python-Markdown looks for."""
    return KeptExtension(**kwargs)
