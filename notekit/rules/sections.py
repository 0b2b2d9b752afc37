"""What the sections of a note hold: letters once each, pitfalls, exercises and answers."""

import re
from collections.abc import Callable, Iterator
from functools import partial
from itertools import takewhile

from notekit.read.document import Document

EXERCISES = 3  # with folded answers, at least
# Fences whose content is tried: code runs, outputs are compared, sessions are commands.
_TRIED = ("python", "py", "text", "console")
_Lines = list[tuple[int, str]]


def of_note(document: Document) -> Iterator[tuple[int, str]]:
    """Line and message of each section that lacks what it is for."""
    headings = document.headings
    lines = document.text.split("\n")
    ends = [heading.line - 1 for heading in headings[1:]] + [len(lines)]
    for place, (heading, end) in enumerate(zip(headings, ends)):
        below = lines[heading.line : end]
        deeper = headings[place + 1 : place + 2]
        if not any(line.strip() for line in below) and not (
            deeper and deeper[0].level > heading.level
        ):
            yield heading.line, f"want something below {heading.text!r}; found nothing"
    for name, wanted, pattern, least in (
        ("notation", "a table of the letters", r"\s*\|.*\|.*\|", 3),
        ("pitfalls", "a list of pitfalls", r"(?:- |\d+\. |### )\S", 1),
        (
            "exercises",
            f"at least {EXERCISES} exercises with folded answers",
            r"\s*\?\?\?",
            EXERCISES,
        ),
        ("references", "a list of sources", r"(?:- |\d+\. )\S", 1),
    ):
        for line, within in _level_two(document, name, lines):
            found = [number for number, text in within if re.match(pattern, text)]
            if len(found) < least:
                got = f"got {len(found)}" if name == "exercises" else "found none"
                yield line, f"want {wanted} in #{name}; {got}"
            if look := _HELD.get(name):
                yield from look(within)


def _level_two(
    document: Document, name: str, lines: list[str]
) -> Iterator[tuple[int, _Lines]]:
    """Line of the section's heading, and its numbered lines, deeper sections included."""
    tops = [heading for heading in document.headings if heading.level <= 2]
    ends = [heading.line - 1 for heading in tops[1:]] + [len(lines)]
    for heading, end in zip(tops, ends):
        if heading.id == name:
            yield heading.line, list(enumerate(lines, 1))[heading.line : end]


def _answers(within: _Lines) -> Iterator[tuple[int, str]]:
    """Folded answers that answer."""
    for place, (number, line) in enumerate(within):
        if not re.match(r"\s*\?\?\?", line):
            continue
        below = [text for _, text in within[place + 1 :]]
        answer = list(takewhile(partial(_deeper, than=_indent(line)), below))
        if not any(text.strip() for text in answer):
            yield number, "want an answer, indented by four more; found none"
        elif not _in_words(answer):
            yield number, "want an answer in words beside its code; found none"


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _deeper(line: str, than: int) -> bool:
    return not line.strip() or _indent(line) > than


def _in_words(answer: list[str]) -> bool:
    """Whether a folded answer says something outside of its fences: cards show it."""
    code = False
    for line in answer:
        if line.lstrip().startswith("```"):
            code = not code
        elif not code and re.search(r"\w", re.sub(r"<!--.*?-->", "", line)):
            return True
    return False


def _pitfalls(within: _Lines) -> Iterator[tuple[int, str]]:
    """Each begins with what is seen, in bold, and goes on to why."""
    for number, line in within:
        match = re.match(r"(?:- |\d+\. )(.*)", line)
        if not match:
            continue
        lead = re.match(r"\*\*.+?\*\*(.*)", match[1])
        message = "want a pitfall that begins with what is seen, in bold, and says why"
        if not lead:
            yield number, f"{message}; got {match[1][:40]!r}"
        elif len(re.findall(r"\w", lead[1])) < 2 and not _goes_on(within, number):
            yield number, f"{message}; got {match[1][:40]!r} and no more"


def _goes_on(within: _Lines, number: int) -> bool:
    """Whether what follows an item belongs to it."""
    below = next((t for n, t in within if n > number and t.strip()), "")
    return below.startswith("    ")


def _letters(within: _Lines) -> Iterator[tuple[int, str]]:
    """Each letter in one row of the notation."""
    first: dict[str, int] = {}
    for number, line in within:
        cell = re.match(r"\s*\|\s*((?:\$[^$]*\$|[^|$])*?)\s*\|", line)
        letter = re.sub(r"\s", "", cell[1]) if cell else ""
        if "$" not in letter:
            continue
        if letter in first:
            message = f"want each letter once; {letter} is in line {first[letter]}"
            yield number, f"{message} already"
        first.setdefault(letter, number)


_HELD: dict[str, Callable[[_Lines], Iterator[tuple[int, str]]]] = {
    "notation": _letters,
    "pitfalls": _pitfalls,
    "exercises": _answers,
}


def captions(document: Document) -> Iterator[tuple[int, str]]:
    """Captions with links: in a notebook the figure and its caption stand alone."""
    for number, line in enumerate(document.text.split("\n"), 1):
        if "<figcaption" in line and (link := re.search(r"\[[^\]]*\]\([^)]*\)", line)):
            yield number, f"want a caption without links; got {link[0]}"


def untried(document: Document) -> Iterator[tuple[int, str]]:
    """Fences that nothing runs or compares, on a page that promises both."""
    for token in document.tokens:
        if token.type == "fence" and token.map:
            kind = token.info.split()[0] if token.info.split() else ""
            if kind not in _TRIED:
                message = f"want a fence of one of {', '.join(_TRIED)}, which are tried"
                yield token.map[0] + 1, f"{message}; got {kind or 'none'!r}"
