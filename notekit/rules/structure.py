"""How a page is built: headings, sections that hold what they are for, tables, links."""

import re
from collections.abc import Iterator
from itertools import pairwise

from notekit.problem import Problem
from notekit.read.document import Document, Heading
from notekit.rules import formulas, sections, sources

# Sections that every note ends with, in this order.
ENDING = ("pitfalls", "exercises", "references", "api")
_RULE = re.compile(r"\s*\|?(?:\s*:?-+:?\s*\|)+(?:\s*:?-+:?\s*)?")
# Kinds of boxes that have a style and a symbol.
KINDS = (
    *("note", "tip", "warning", "success", "info", "question", "example", "quote"),
    *("abstract", "danger", "failure", "bug"),
)
_BOX = re.compile(r"\s*(\?\?\?\+?|!!!)\s*([\w-]*)")
_ITEM = re.compile(r"( *)(?:[-*+] |\d+\. |\| ?)(?=\S)")
_BEGINS = re.compile(r"\s*(?:[-*+] |\d+\. |\||#|>|\?\?\?|!!!|:::|\[\^|-->|```)")
_TYPED = (
    (re.compile(r"(?:<{7}|={7}|>{7}|\|{7})(?: |$)"), "mark of a merge"),
    (re.compile(r"\s*===[+!]? +\""), "tab"),
    (re.compile(r"\s*:   ?\S"), "list of definitions"),
    (re.compile(r"\s*[-*+] \[[ xX]\] "), "box to tick"),
    (re.compile(r"(?:.*\s)?\[\[[^\]]+\]\]"), "link of a wiki"),
    (re.compile(r"\s*\[TOC\]\s*$"), "table of contents"),
    (re.compile(r"\s*;*-+8<-+\s*$"), "block of files"),
    (re.compile(r"(?:.*\s)?:[a-z]+(?:[-_][a-z]+)*:(?:\s|$)"), "symbol by its name"),
)
_NO_ITEM = "want no text whose line begins with a number and a point, as an item of a list does"
_CELL = re.compile(r"(?<!\\)\|")


def of_page(document: Document) -> Iterator[Problem]:
    """Rules for any page."""
    for line, message in (
        *_headings(document),
        *_tables(document),
        *lists(document),
        *_abbreviations(document),
        *_admonitions(document),
        *_left_as_typed(document),
        *_notes_below(document),
        *_tags(document),
        *_links(document),
        *sources.of_page(document),
    ):
        yield Problem(document.path, line, message)


def of_note(document: Document) -> Iterator[Problem]:
    """Rules for a note."""
    for line, message in (
        *_order(document),
        *sections.of_note(document),
        *sections.captions(document),
        *sections.untried(document),
        *sources.of_note(document),
    ):
        yield Problem(document.path, line, message)


def _headings(document: Document) -> Iterator[tuple[int, str]]:
    headings = document.headings
    for heading in headings:
        if heading.has_math:
            message = "want headings without formulas, which the table of contents cannot show"
            yield heading.line, f"{message}; got {heading.text!r}"
        if not heading.text.strip():
            yield heading.line, "want headings that say something; got an empty one"
    for before, after in pairwise(headings):
        if after.level > before.level + 1:
            message = f"want a heading of level {before.level + 1} at most below {before.text!r}"
            yield after.line, f"{message}; got level {after.level}, {after.text!r}"
    first: dict[str, Heading] = {}
    for heading in headings:
        if heading.level == 1 and first.setdefault("", heading) is not heading:
            message = f"want one heading of level 1, in line {first[''].line}"
            yield heading.line, f"{message}; got {heading.text!r} as well"
        words = f"=\n{heading.text.strip()}"
        if heading.level == 2 and first.setdefault(words, heading) is not heading:
            message = "want headings that readers can tell apart"
            yield heading.line, f"{message}; got {heading.text!r} again"
        if heading.id and first.setdefault(heading.id, heading) is not heading:
            message = f"want each id once; #{heading.id} is that of line"
            yield heading.line, f"{message} {first[heading.id].line} already"


def _tables(document: Document) -> Iterator[tuple[int, str]]:
    """Rows of another width: Markdown drops what is too much, and says nothing."""
    places = [t.map for t in document.tokens if t.type == "table_open" and t.map]
    if not places and "--" not in document.text:
        return
    masked, _ = formulas.masked(document.text)
    lines = masked.split("\n")
    inside = {number for start, stop in places for number in range(start, stop)}
    for number, line in enumerate(lines):
        if _RULE.fullmatch(line) and number not in inside:
            head = len(_cells(lines[number - 1])) if number else 0
            message = "want a table's head and the rule below it with as many cells"
            yield number + 1, f"{message}; got {head} and {len(_cells(line))}"
    for start, stop in places:
        wanted = None
        for number in range(start, min(stop, len(lines))):
            row = lines[number].strip()
            if not row:
                continue
            cells = len(_cells(row))
            wanted = wanted or cells
            if cells != wanted:
                message = f"want rows of {wanted} cells, as in the table's head"
                yield number + 1, f"{message}; got {cells}"


def lists(document: Document) -> Iterator[tuple[int, str]]:
    """Numbers that Python-Markdown takes for those of items, and items it does not see.

    Where a line of an item, or an answer, begins with a number and a point, the page
    shows an item instead, with a number of its own; a list without a blank line above
    it goes on with the paragraph.
    """
    lines = document.text.split("\n")
    for token in document.tokens:
        if token.map is None:
            continue
        line = token.map[0] + 1
        if token.type == "ordered_list_open" and token.attrs.get("start", 1) != 1:
            yield line, f"{_NO_ITEM}; got {lines[line - 1].strip()[:40]!r}"
        if token.type == "inline":
            for number, said in enumerate(token.content.split("\n")[1:], line + 1):
                if re.match(r"\s*\d+\.\s", said):
                    yield number, f"{_NO_ITEM}; got {said.strip()[:40]!r}"
        opens = token.type in ("ordered_list_open", "bullet_list_open")
        if opens and token.level == 0 and line > 1 and lines[line - 2].strip():
            yield line, "want a blank line above a list; got none"


def _masked(document: Document) -> list[str]:
    """Lines without code and formulas; of the body alone."""
    return formulas.masked(document.text)[0].split("\n")


def _admonitions(document: Document) -> Iterator[tuple[int, str]]:
    """Boxes of a kind that has a style, with something in them, and closed answers."""
    lines = _masked(document)
    for number, line in enumerate(lines, 1):
        match = _BOX.match(line)
        if not match:
            continue
        marks, kind = match.groups()
        if kind not in KINDS:
            message = f"want a box of one of {', '.join(KINDS)}"
            yield number, f"{message}; got {kind or 'none'!r}"
        if marks == "???+":
            message = "want ??? before an answer, which readers open themselves"
            yield number, f"{message}; got ???+"
        indent = len(line) - len(line.lstrip())
        below = next((text for text in lines[number:] if text.strip()), "")
        if marks == "!!!" and len(below) - len(below.lstrip()) < indent + 4:
            message = "want the words of a box below it, indented by four more"
            yield number, f"{message}; found none"


def _left_as_typed(document: Document) -> Iterator[tuple[int, str]]:
    """Marks of another Markdown, or of a merge, that readers would see as they are.

    The site is built by Python-Markdown, which begins a list or a table only after a
    blank line, and takes four spaces for what is within an item.
    """
    lines = _masked(document)
    for number, (before, line) in enumerate(pairwise(["", *lines]), 1):
        for pattern, what in _TYPED:
            if pattern.match(line):
                message = f"want no {what}, which the site shows as it is typed"
                yield number, f"{message}; got {line.strip()[:30]!r}"
        if "\ufffd" in line:
            yield number, "want characters that were read; got U+FFFD, a lost one"
        text = before.strip() and not _BEGINS.match(before) and before[:1] != " "
        if text and _ITEM.match(line) and not before.lstrip().startswith("<"):
            message = "want a blank line before a list or a table; found none"
            yield number, f"{message} before {line.strip()[:30]!r}"
        inner = re.match(r"( *)[-*+] (?=\S)", line)
        if inner and len(inner[1]) % 4 > 0 and _ITEM.match(before):
            message = "want four spaces before an item within an item"
            yield number, f"{message}; got {len(inner[1])}"
    rows = {
        n
        for t in document.tokens
        if t.type == "table_open" and t.map
        for n in range(*t.map)
    }
    for place, line in enumerate(lines):
        if place not in rows and re.fullmatch(r"\|.*\|\s*", line):
            message = "want a row in a table, whose second line is | --- |"
            yield place + 1, f"{message}; got {line[:30]!r}"
    for token in document.tokens:
        if token.type == "code_block" and token.map:
            message = "want code in a fence, and text that is not indented"
            yield token.map[0] + 1, f"{message}; got {token.content.strip()[:30]!r}"


def _notes_below(document: Document) -> Iterator[tuple[int, str]]:
    """Footnotes that no text refers to."""
    text = "\n".join(_masked(document))
    for match in re.finditer(r"^\[\^([^\]]+)\]:", text, re.MULTILINE):
        if not re.search(rf"\[\^{re.escape(match[1])}\](?!:)", text):
            line = text.count("\n", 0, match.start()) + 1
            yield line, f"want a footnote that the text refers to; got [^{match[1]}]"


def _tags(document: Document) -> Iterator[tuple[int, str]]:
    """Numbers of formulas, each once a page."""
    first: dict[str, int] = {}
    for line, formula in document.formulas:
        for tag in re.findall(r"\\tag\*?\{([^{}]*)\}", formula.tex):
            if tag in first:
                message = f"want each number of a formula once; ({tag}) is in line"
                yield line, f"{message} {first[tag]} already"
            first.setdefault(tag, line)


def _abbreviations(document: Document) -> Iterator[tuple[int, str]]:
    """Definitions that would change words wherever they stand, and that no reader sees."""
    masked, _ = formulas.masked(document.text)
    for number, line in enumerate(masked.split("\n"), 1):
        if re.match(r"\s*\*\[[^\]]+\]:", line):
            message = "want terms in docs/glossary.yml, and no abbreviations on a page"
            yield number, f"{message}; got {line.strip()[:40]!r}"


def _cells(row: str) -> list[str]:
    return _CELL.split(row.strip().removeprefix("|").removesuffix("|"))


def _links(document: Document) -> Iterator[tuple[int, str]]:
    for link in document.links:
        if not link.url.strip():
            yield link.line, f"want a link that leads somewhere; got [{link.text}]()"
        elif not link.image and not link.text.strip():
            message = "want a link with words, which a formula does not replace"
            yield link.line, f"{message}; got []({link.url})"


def _order(document: Document) -> Iterator[tuple[int, str]]:
    """The answer first; a notation; the last sections in their order."""
    headings = document.headings
    for heading in headings:
        if heading.level > 1 and not heading.id:
            message = "want a fixed id at the end of the heading, such as { #notation }"
            yield heading.line, f"{message}; got {heading.text!r}"
    ids = [heading.id for heading in headings if heading.level == 2]
    if tuple(ids[-len(ENDING) :]) != ENDING:
        message = f"want the last sections to be {', '.join(ENDING)}"
        yield 1, f"{message}; got {', '.join(ids)}"
    if "notation" not in ids:
        yield 1, "want a section { #notation }, a table of the letters; found none"
    kinds = [token.type for token in document.tokens]
    if "heading_open" in kinds:
        after = kinds[kinds.index("heading_open") + 3 :][:1]
        if after != ["paragraph_open"]:
            line = headings[0].line if headings else 1
            message = (
                "want a paragraph that gives the answer, first thing below the title"
            )
            yield line, f"{message}; got none"
