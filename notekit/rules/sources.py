"""What a page cites, and how it says things: ids that exist, and no word that only persuades."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from urllib.parse import unquote

from notekit.read.document import Document
from notekit.rules import formulas, typography

# Words that ask the reader to agree; what is clear need not be called so.
_FILLERS = re.compile(
    r"\b(?:clearly|obviously|evidently|trivially|simply|needless to say|of course|"
    r"as (?:everyone|we all) knows?|(?:it is|it's) (?:easy to see|clear that|obvious))\b"
    r"|显然|显而易见|不难看出|众所周知|毋庸置疑|易知|易见|很容易看出",
    re.IGNORECASE,
)
# What an author meant to come back to.
_LEFT = re.compile(
    r"\b(?:TODO|FIXME|TBD|XXX|WIP)\b|\blorem ipsum\b|\b[Cc]oming soon\b"
    r"|待补充|待完善|待续|敬请期待"
)
_ARXIV = re.compile(r"(?:arXiv:|arxiv\.org/(?:abs|pdf|html)/)(\d\d)(\d\d)\.(\d+)", re.I)
_CITED = re.compile(r"(arXiv|doi):\s*(\S+)", re.IGNORECASE)
_REFERENCE = re.compile(r"(?<!\\)\[([^\]\[\n^][^\]\[\n]*)\](?:\[([^\]\[\n]*)\])")
_NOTE = re.compile(r"(?<!\\)\[\^([^\]\n]+)\](:?)")
_DEFINED = re.compile(r"^ {0,3}\[([^\]\n]+)\]:", re.MULTILINE)
_TITLE = re.compile(r"(?<![*\w])\*(?![\s*])[^*]+?\*(?!\*)")
_YEAR = re.compile(r"(?<![\d./])(?:19|20)\d\d(?!\d|[./]\d)")


def of_page(document: Document) -> Iterator[tuple[int, str]]:
    """Rules for any page: line and message."""
    yield from _undefined(document)
    yield from _identifiers(document)


def of_note(document: Document) -> Iterator[tuple[int, str]]:
    """Rules for a note: line and message."""
    lines = document.text.split("\n")
    start = next((h.line for h in document.headings if h.id == "references"), 10**9)
    end = next((h.line for h in document.headings if h.line > start), len(lines) + 1)
    cited = _TITLE.sub(_ends, "\n".join(lines[start : end - 1]))
    masked = typography.mask(document.text).split("\n")
    own = masked[:start] + typography.mask(cited).split("\n") + masked[end - 1 :]
    matter = re.match(r"---\n.*?\n---\n", document.text, re.DOTALL)
    front = matter[0].split("\n") if matter else []
    for number, line in enumerate(front, 1):
        if left := _LEFT.search(line):
            yield number, f"want it written, or left out; got {left[0]!r}"
    for number, line in enumerate(own if start < end else masked, 1):
        if left := _LEFT.search(line):
            yield number, f"want it written, or left out; got {left[0]!r}"
        if match := _FILLERS.search(line):
            message = (
                "want the reason, or nothing, in place of words that only persuade"
            )
            yield number, f"{message}; got {match[0]!r}"
    for number, line in enumerate(masked[start : end - 1], start + 1):
        for year in _YEAR.findall(line):
            if int(year) > _today().year + 1:
                yield number, f"want years that have come; got {year}"


def _ends(title: re.Match[str]) -> str:
    """The line ends of a title alone: its words are its author's."""
    return "\n" * title[0].count("\n")


def _today() -> datetime:
    return datetime.now(UTC)


def _undefined(document: Document) -> Iterator[tuple[int, str]]:
    """References and footnotes without their definition, which show their brackets."""
    text, _ = formulas.masked(document.text)
    if "][" not in text and "[^" not in text:
        return
    known = {_label(label) for label in _DEFINED.findall(text)}
    for number, line in enumerate(text.split("\n"), 1):
        for match in _REFERENCE.finditer(line):
            if _label(match[2] or match[1]) not in known:
                message = "want a reference that is defined, or code in backticks"
                yield number, f"{message}; got {match[0]}"
        for match in _NOTE.finditer(line):
            if not match[2] and _label(f"^{match[1]}") not in known:
                yield number, f"want a footnote that is defined; got {match[0]}"


def _label(text: str) -> str:
    return " ".join(text.casefold().split())


def _identifiers(document: Document) -> Iterator[tuple[int, str]]:
    """Ids of arXiv that cannot be, and ids that lead to another one."""
    for link in document.links:
        if link.image:
            continue
        for where in dict.fromkeys((link.text, link.url)):
            for match in _ARXIV.finditer(where):
                if wrong := _wrong(match[1], match[2], match[3]):
                    yield (
                        link.line,
                        f"want an arXiv id, YYMM.number; {wrong} in {match[0]}",
                    )
        said = _CITED.fullmatch(link.text.strip())
        if said and not unquote(link.url).casefold().endswith(said[2].casefold()):
            message = f"want a link to what it says, {link.text.strip()}"
            yield link.line, f"{message}; got {link.url}"


def _wrong(year: str, month: str, number: str) -> str:
    """Why there is no such id: numbers have five digits since 2015."""
    today = _today()
    if not 1 <= int(month) <= 12:
        return f"month {month}"
    if (int(year), int(month)) < (7, 4):
        return "a month before April 2007"
    if (int(year), int(month)) > (today.year - 2000, today.month):
        return "a month in the future"
    digits = 5 if int(year) >= 15 else 4
    return "" if len(number) == digits else f"{len(number)} digits for {digits}"
