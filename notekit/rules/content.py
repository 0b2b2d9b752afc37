"""What may not be on a page at all: active and outside content, hidden characters.

Here the page's own HTML, links and attribute lists are looked at, with the line where
they stand. The build looks at the finished page again, however it was written.
"""

import re
import unicodedata
from collections.abc import Iterator
from html import escape
from pathlib import Path

from notekit.problem import Problem
from notekit.read.document import Document
from notekit.rules import formulas, typography
from notekit.rules.allowed import AUTHOR, FIGURE, refused, unbalanced

ELSEWHERE = "want nothing active, hidden or from elsewhere"
# What an attribute list may say; ids and one class, no attributes.
_ATTRIBUTES = re.compile(r"\{:?[ \t]*([^{}\n]*?)[ \t]*\}")
_GIVEN = re.compile(r"#[A-Za-z][\w-]*|\.lead")
_JOINERS = {"\u200d"}  # in emoji


def problems(document: Document) -> Iterator[Problem]:
    """All that may not be on this page."""
    for line, message in _found(document):
        yield Problem(document.path, line, message)


def _found(document: Document) -> Iterator[tuple[int, str]]:
    yield from hidden_characters(document.text)
    html = _in_place(document)
    for line, shown in refused(html, AUTHOR):
        yield line, f"{ELSEWHERE}; got {shown}"
    if wrong := unbalanced(html):
        line, shown = wrong
        yield line, f"want HTML whose tags are closed in order; got {shown}"
    text, _ = formulas.mask(typography.bare(document.text))
    for number, line_ in enumerate(text.split("\n"), 1):
        for match in _ATTRIBUTES.finditer(line_):
            given = match[1]
            if re.search(r"[A-Za-z=#]", given) and not _GIVEN.fullmatch(given):
                message = "want { #id } or { .lead } and no other attribute"
                yield number, f"{message}; got {match[0]}"


def _in_place(document: Document) -> str:
    """HTML, links and images of the page, each on its line, and nothing else."""
    pieces = [*document.html]
    for link in document.links:
        url = escape(link.url)
        tag = f'<img src="{url}">' if link.image else f'<a href="{url}"></a>'
        pieces.append((link.line, tag))
    text = ""
    for line, html in sorted(pieces, key=lambda piece: piece[0]):
        text += "\n" * (line - 1 - text.count("\n")) + html.rstrip("\n") + " "
    return text


def hidden_characters(text: str) -> Iterator[tuple[int, str]]:
    """Characters that no reader sees, or that turn the direction of what follows."""
    for number, line in enumerate(text.split("\n"), 1):
        if line.isascii() and line.isprintable():
            continue
        for letter in line:
            kind = unicodedata.category(letter)
            odd = kind in ("Cc", "Cf", "Co", "Cs", "Cn") and letter not in "\t\r"
            if odd and letter not in _JOINERS:
                name = unicodedata.name(letter, "a character without a name")
                message = "want characters that a reader sees"
                yield number, f"{message}; got U+{ord(letter):04X}, {name.lower()}"
                break


def figure_problems(path: Path) -> Iterator[Problem]:
    """What may not be in a drawing that stands in the page itself."""
    text = path.read_text(encoding="utf-8", errors="replace")
    for line, shown in refused(text, FIGURE):
        yield Problem(path, line, f"{ELSEWHERE} in a figure; got {shown}")


def stray_files(root: Path) -> Iterator[Problem]:
    """Files below ``docs/`` that would be published as they are."""
    docs = root / "docs"
    for path in sorted(docs.rglob("*")):
        place = path.relative_to(docs)
        if path.is_dir() or place.as_posix() in ("glossary.yml", "screenshot.png"):
            continue
        if path.suffix != ".md" or place.parts[0] not in ("en", "zh"):
            message = "want only Markdown pages below docs/; this is none"
            yield Problem(path, 1, message)
