"""Rules of the home page and the topics' pages, whose prose is written by hand."""

import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from urllib.parse import unquote

from notekit.problem import Problem
from notekit.read.catalogue import LANGUAGES, Catalogue
from notekit.read.document import Document

# A number of notes would be made wrong, in silence, by the next note.
_SMALL = "two|three|four|five|six|seven|eight|nine|ten|eleven|twelve"
_TEENS = "(?:thir|four|fif|six|seven|eigh|nine)teen"
_TENS = "(?:twen|thir|for|fif|six|seven|eigh|nine)ty(?:-[a-z]+)?"
_NUMBER = rf"(?:\d+|both|dozens?|hundreds?|{_SMALL}|{_TEENS}|{_TENS})"
_COUNTS = {
    "en": rf"\b{_NUMBER}(?:\s+[a-z]+){{0,2}}?\s+(?:notes|problems|articles)\b",
    "zh": r"(?<!第)(?:\d+|[两二三四五六七八九十百几]+) ?[多余]?(?:篇|道|[份个]笔记)",
}


def problems(
    catalogue: Catalogue,
    document: Callable[[Path], Document],
    names: Iterable[str] | None = None,
) -> Iterator[Problem]:
    """Notes that their topic's page does not name, and numbers that will be wrong.

    Args:
        catalogue: the notes.
        document: parses a page.
        names: notes to look at; None also looks at the prose.
    """
    for name in catalogue.notes if names is None else names:
        if name not in catalogue.notes:
            continue
        note = catalogue.notes[name]
        for language, page in catalogue.topics.get(note.topic, {}).items():
            if note.pages[language].path.resolve() not in _linked(document(page.path)):
                message = "want each note of the topic linked, in a sentence on what it is to the others"
                last = page.body_line + page.body.rstrip().count("\n")
                got = f"found no link to {name.split('/')[1]}.md"
                yield Problem(page.path, last, f"{message}; {got}")
            for line in _bare(document(page.path), note.pages[language].path):
                message = "want a sentence that says what the note adds to the others"
                yield Problem(page.path, line, f"{message}; got its link alone")
    if names is None:
        for language in LANGUAGES:
            home = catalogue.root / f"docs/{language}/index.md"
            topics = [twins.get(language) for twins in catalogue.topics.values()]
            for path in [home, *(page.path for page in topics if page)]:
                if path.exists():
                    yield from _counts(document(path), _COUNTS[language])


def _bare(document: Document, target: Path) -> Iterator[int]:
    """Lines of paragraphs and items that are a link to a page and nothing more."""
    for token in document.tokens:
        parts = [
            x for x in token.children or [] if x.type != "text" or x.content.strip()
        ]
        if token.map is None or not parts or parts[0].type != "link_open":
            continue
        place = unquote(str(parts[0].attrs.get("href", "")).partition("#")[0])
        ends = [n for n, part in enumerate(parts) if part.type == "link_close"]
        there = (document.path.parent / place).resolve() == target.resolve()
        if place and there and ends == [len(parts) - 1]:
            yield token.map[0] + 1


def _linked(document: Document) -> set[Path]:
    """Files that a page leads to."""
    places = [x.url.partition("#")[0] for x in document.links if not x.image]
    return {(document.path.parent / unquote(place)).resolve() for place in places}


def _counts(document: Document, pattern: str) -> Iterator[Problem]:
    # Without the targets of links and the stars of what is emphasized.
    text = re.sub(r"\]\([^)\n]*\)|[*[]", "", document.text)
    for match in re.finditer(pattern, text, re.IGNORECASE):
        line = text.count("\n", 0, match.start()) + 1
        message = "want no number of notes, which the next note makes wrong"
        yield Problem(document.path, line, f"{message}; got {match[0]!r}")
