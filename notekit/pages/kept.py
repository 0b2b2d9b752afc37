"""Markdown extension: a note whose page did not change is not converted again.

The HTML of a note, with its table of contents, is kept by all that it is made of: the
staged text (which names by content what it takes from elsewhere), the glossary, the
settings and the programs.
"""

import json
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from markdown import Extension, Markdown

from notekit.cache import Cache, key
from notekit.files import hash_of_files
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
            name = key(_state(), language, source)
            if text := cache.get([name]).get(name):
                found = json.loads(text)
            else:
                html = convert(source)
                toc = md.toc_tokens  # type: ignore[attr-defined]
                found = {"html": html, "toc": toc}
                cache.put({name: json.dumps(found, ensure_ascii=False)})
            md.toc_tokens = found["toc"]  # type: ignore[attr-defined]
            page: str = found["html"]
            return page

        md.convert = kept  # type: ignore[method-assign]


@cache
def _state() -> str:
    """All that pages are made of beside their own text."""
    here = Path(__file__).parent
    files = [*sorted(here.glob("*.py")), *sorted(ROOT.glob("mkdocs*.yml"))]
    files += [path for path in [ROOT / GLOSSARY] if path.exists()]
    katex = ROOT / "node_modules/katex/package.json"
    files += [path for path in [katex] if path.exists()]
    return key(hash_of_files(files), *map(version, PACKAGES))


def makeExtension(**kwargs: Any) -> KeptExtension:  # noqa: N802
    """Entry point that Python-Markdown looks for."""
    return KeptExtension(**kwargs)
