"""Markdown extension: the first use of each term of the glossary links to its entry.

The link's title is the term's one line, which shows on hover and on focus. A page asks
for it by a comment ``<!-- note: cv/receptive-field -->`` at its start, which names the note, whose own
terms stay plain: that page explains them itself.
"""

import re
from typing import Any
from xml.etree.ElementTree import Element

from markdown import Extension, Markdown
from markdown.preprocessors import Preprocessor
from markdown.treeprocessors import Treeprocessor
from markdown.util import AtomicString

from notekit.language import Language
from notekit.problem import ROOT
from notekit.read.glossary import Glossary, read_glossary

# Where a link would disturb: headings, links, code, tables, captions, formulas.
_CLOSED = {
    *("a", "abbr", "code", "pre", "table", "figure", "figcaption", "script", "style"),
    *("nav", "button", "summary", "h1", "h2", "h3", "h4", "h5", "h6", "svg", "strong"),
}
_MARK = re.compile(r"<!-- note: (\S+) -->$")


def note_of(lines: list[str]) -> str:
    """The note whose page begins with these lines, or nothing."""
    first = next((line for line in lines if line.strip()), "")
    match = _MARK.match(first)
    return match[1] if match else ""


class TermsExtension(Extension):
    """Options: ``language``, en or zh."""

    def __init__(self, **kwargs: Any) -> None:
        self.config = {"language": ["en", "Language of the pages"]}
        super().__init__(**kwargs)

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802
        """Register after inline patterns (20), before links are resolved (0)."""
        finder = _Finder(md, self.getConfig("language"))
        md.preprocessors.register(_Reader(md, finder), "notekit-terms", 40)
        md.treeprocessors.register(finder, "notekit-terms", 4)


class _Reader(Preprocessor):
    def __init__(self, md: Markdown, finder: "_Finder") -> None:
        super().__init__(md)
        self.finder = finder

    def run(self, lines: list[str]) -> list[str]:
        self.finder.note = note_of(lines)
        if not self.finder.note:
            return lines
        return [line for line in lines if not _MARK.match(line)]


class _Finder(Treeprocessor):
    def __init__(self, md: Markdown, language: Language) -> None:
        super().__init__(md)
        self.language: Language = language
        self.note = ""
        self.glossary: Glossary | None = None

    def run(self, root: Element) -> None:
        if not self.note:
            return
        if self.glossary is None:
            self.glossary = read_glossary(ROOT, [])
        seen = {term.id for term in self.glossary.explained_in(self.note)}
        for block in root:
            if block.get("id") == "references":  # titles of papers are no prose
                break
            self._walk(block, seen)

    def _walk(self, element: Element, seen: set[str]) -> None:
        if element.tag in _CLOSED or "arithmatex" in element.get("class", ""):
            return
        place = 0
        new = self._linked(element.text, seen)
        if new:
            element.text, links = new
            for link in links:
                element.insert(place, link)
                place += 1
        while place < len(element):
            child = element[place]
            self._walk(child, seen)
            place += 1
            new = self._linked(child.tail, seen)
            if new:
                child.tail, links = new
                for link in links:
                    element.insert(place, link)
                    place += 1

    def _linked(
        self, text: str | None, seen: set[str]
    ) -> tuple[str, list[Element]] | None:
        """The text up to the first new term, and links with what follows each."""
        if not text or isinstance(text, AtomicString) or not text.strip():
            return None
        assert self.glossary is not None
        topic = self.note.split("/")[0]
        links: list[Element] = []
        start, before = 0, ""
        for match, term in self.glossary.find(text, self.language, topic):
            if term.id in seen:
                continue
            seen.add(term.id)
            between = text[start : match.start()]
            if links:
                links[-1].tail = between
            else:
                before = between
            link = Element("a", {"class": "term", "href": f"../glossary.md#{term.id}"})
            link.set("title", plain(term.line(self.language)))
            link.text = AtomicString(match[0])
            links.append(link)
            start = match.end()
        if not links:
            return None
        links[-1].tail = text[start:]
        return before, links


def plain(line: str) -> str:
    """A line without marks of code and emphasis."""
    return re.sub(r"[`*]|(?<!\w)_|_(?!\w)", "", line)


def makeExtension(**kwargs: Any) -> TermsExtension:  # noqa: N802
    """Entry point that Python-Markdown looks for."""
    return TermsExtension(**kwargs)
