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
from markdown.postprocessors import Postprocessor
from markdown.preprocessors import Preprocessor

from notekit.cache import Cache, key
from notekit.files import hash_of_files
from notekit.language import Language
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
        """Register before and after everything else."""
        memory = _Memory(self.getConfig("language"))
        md.preprocessors.register(_Reader(md, memory), "notekit-kept", 1000)
        md.postprocessors.register(_Writer(md, memory), "notekit-kept", -1000)


class _Memory:
    """What is known of the page that is being converted."""

    def __init__(self, language: Language) -> None:
        self.language = language
        self.cache = Cache(ROOT, "pages")
        self.name = ""  # in the cache; empty on a page that is not kept
        self.found: dict[str, Any] | None = None


class _Reader(Preprocessor):
    def __init__(self, md: Markdown, memory: _Memory) -> None:
        super().__init__(md)
        self.memory = memory

    def run(self, lines: list[str]) -> list[str]:
        memory, md = self.memory, self.md
        memory.name, memory.found = "", None
        # Links are made by the program that builds; what is kept is MkDocs' form.
        if md is None or not note_of(lines) or "relpath" not in md.treeprocessors:
            return lines
        memory.name = key(_state(), memory.language, *lines)
        if text := memory.cache.get([memory.name]).get(memory.name):
            memory.found = json.loads(text)
            return []
        return lines


class _Writer(Postprocessor):
    def __init__(self, md: Markdown, memory: _Memory) -> None:
        super().__init__(md)
        self.memory = memory

    def run(self, text: str) -> str:
        memory, md = self.memory, self.md
        if not memory.name or md is None:
            return text
        if memory.found is not None:
            md.toc_tokens = memory.found["toc"]  # type: ignore[attr-defined]
            html: str = memory.found["html"]
            return html
        found = {"html": text, "toc": md.toc_tokens}  # type: ignore[attr-defined]
        memory.cache.put({memory.name: json.dumps(found, ensure_ascii=False)})
        return text


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
