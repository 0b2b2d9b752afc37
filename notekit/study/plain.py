"""A note's page as plain Markdown and code cells: what any Markdown reader understands.

What only the site can show is put into words that stand alone: folded answers become
`<details>`, embedded code is written out, a figure is a picture within the text, links
lead to the site.
"""

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from posixpath import join, normpath

from notekit.read.catalogue import Note, Page
from notekit.read.drawn import bare
from notekit.read.fences import Fence, census
from notekit.read.sections import section

_OPENER = re.compile(r'( *)(!!!|\?\?\?\+?|===[!+]?) ?(\w[\w-]*)?(?: *"([^"]*)")? *$')
_HEADING = re.compile(r"(#{1,6} .*?)\s*\{:?\s*#[^}]*\}\s*$")
_COMMENT = re.compile(r"\s*<!--.*-->\s*$")
_ATTRIBUTES = re.compile(r"\s*\{:?\s*[.#][^}]*\}\s*$")
_DRAWING = re.compile(r'( *)--8<-- "(figures/[^"]+)"$')
_LABEL = re.compile(r'\s*<div role="(?:img|group)" aria-label="([^"]*)">$')
# Where nothing that looks like a link is one.
_CLOSED = re.compile(r"(`+[^`]+`+|\$[^$\n]+\$)")
_LINK = re.compile(r'(\]\(|href=")((?:[\w./-]+\.md)?(?:#[\w:-]+)?)(?=[)"])')
_STEPS = "_steps.svg"  # frames of a run, which only a page can show one at a time
# On a dark ground, lines that take the colour of the text would be black on black.
_GROUND = 'style="background:#fff;color:#1b1b1f"'


@dataclass(frozen=True)
class Text:
    """Markdown."""

    markdown: str


@dataclass(frozen=True)
class Code:
    """A block that runs."""

    source: str
    output: str
    gpu: bool
    folded: bool  # it gives an answer away


@dataclass(frozen=True)
class Place:
    """Where a page is published, by which its relative links become absolute."""

    home: str  # address of the site in the page's language, with a slash at its end
    note: str

    @property
    def address(self) -> str:
        """Address of the page."""
        return f"{self.home}{self.note}/"

    def links(self, text: str) -> str:
        """The text with absolute links, outside of code and formulas."""
        pieces = _CLOSED.split(text)
        pieces[::2] = [_LINK.sub(self._absolute, piece) for piece in pieces[::2]]
        return "".join(pieces)

    def _absolute(self, match: re.Match[str]) -> str:
        file, _, anchor = match[2].partition("#")
        if not match[2]:
            return match[0]
        address = self.address
        if file:
            path = normpath(join(self.note.rpartition("/")[0], file))
            path = path.removesuffix(".md").removesuffix("index").strip("/")
            address = f"{self.home}{path}/" if path else self.home
        return match[1] + address + (f"#{anchor}" if anchor else "")


def pieces(
    note: Note, page: Page, root: Path, home: str, words: Mapping[str, str]
) -> list[Text | Code]:
    """The page from its title on, cut where a block runs.

    Args:
        note: the note.
        page: it in one language.
        root: the repository.
        home: address of the site in that language.
        words: what is said in that language.
    """
    walk = _Walk(page, root, Place(home, note.name), words)
    return walk.pieces(page.body_line, len(walk.source))


def section_of(
    note: Note,
    page: Page,
    root: Path,
    home: str,
    words: Mapping[str, str],
    name: str = "",
) -> str:
    """A section of the page as Markdown, its blocks and what they print in place.

    Args:
        note: the note.
        page: it in one language.
        root: the repository.
        home: address of the site in that language.
        words: what is said in that language.
        name: id of the section; without one, what stands between title and sections.

    Returns:
        The Markdown without the section's heading; nothing if the page lacks it.
    """
    walk = _Walk(page, root, Place(home, note.name), words, cells=False)
    first, last = walk.lines_of(name)
    return "".join(p.markdown for p in walk.pieces(first, last) if isinstance(p, Text))


@dataclass
class _Open:
    """An admonition, a fold or a tab whose body goes on."""

    indent: int
    summary: str
    quoted: bool  # no fold: its body becomes a quotation
    shut: bool = False  # a cell of code has interrupted it


@dataclass
class _Walk:
    """One way through a page, line by line."""

    page: Page
    root: Path
    place: Place
    words: Mapping[str, str]
    cells: bool = True  # whether blocks that run are cut out
    found: list[Text | Code] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    open: list[_Open] = field(default_factory=list)
    base: int = 0  # indentation of the list that a cell of code has interrupted
    label: str = ""
    reference: bool = False

    def __post_init__(self) -> None:
        text = self.page.path.read_text(encoding="utf-8")
        self.source = text.split("\n")
        self.fences = {fence.line: fence for fence in census(self.page.path, text)}

    def lines_of(self, name: str) -> tuple[int, int]:
        """First and last line of a section, without its heading; 1 and 0 if it lacks."""
        inside = {n for f in self.fences.values() for n in range(f.line, f.end + 1)}
        numbers = range(self.page.body_line, len(self.source) + 1)
        heads = [
            n
            for n in numbers
            if n not in inside and re.match(r"##? ", self.source[n - 1])
        ]
        marks = re.compile(rf"\{{:? *#{re.escape(name)} *\}}" if name else "^# ")
        for head, after in zip(heads, [*heads[1:], len(self.source) + 1]):
            if marks.search(self.source[head - 1]):
                return head + 1, after - 1
        return 1, 0

    def pieces(self, number: int, last: int) -> list[Text | Code]:
        """What stands from one line to another."""
        lines, fences = self.source, self.fences
        while number <= last:
            fence = fences.get(number)
            if fence is None:
                self._line(lines[number - 1])
                number += 1
            elif fence.kind == "output" and self.cells:  # it is in the cell
                number = fence.end + 1
            else:
                shown = lines[fence.line - 1 : fence.end]
                self._settle(shown[0])
                self._fence(fence, shown)
                number = fence.end + 1
        while self.open:
            self._close()
        self._flush()
        return self.found

    # Lines of text

    def _line(self, line: str) -> None:
        if _COMMENT.fullmatch(line):
            return
        self._settle(line)
        opener = _OPENER.fullmatch(line)
        drawing = _DRAWING.fullmatch(line)
        if opener:
            self._begin(opener)
        elif line.startswith("::: "):
            self._reference()
        elif drawing:
            self._drawing(drawing[1], drawing[2])
        elif label := _LABEL.fullmatch(line):
            self.label = label[1]
        elif self.label and line.strip() == "</div>":
            self.label = ""
        elif not line.strip() or re.fullmatch(r"\s*</?figure\b[^>]*>", line):
            self._space()
        else:
            line = re.sub(r"</?figcaption\b[^>]*>", "", line)
            line = re.sub(r'(<\w+[^<>]*?) markdown(?:="\w+")?(?=[ >])', r"\1", line)
            heading = _HEADING.fullmatch(line)
            line = heading[1] if heading else line
            if not _ATTRIBUTES.fullmatch(line):
                self._put(self.place.links(line))

    def _settle(self, line: str) -> None:
        """Leave what the line, by its indentation, stands no longer in."""
        if not line.strip():
            return
        indent = _indent(line)
        while self.open and indent < self.open[-1].indent:
            self._close()
        if self.open and self.open[-1].shut:
            again = self.open[-1]
            again.shut = False
            self._fold(self.words["take_again"].format(again.summary))
        if indent - 4 * len(self.open) < self.base:
            self.base = 0

    def _put(self, line: str) -> None:
        """A line without the indentation of what it stood in."""
        cut = 4 * len(self.open) + self.base
        self._emit(line[min(cut, _indent(line)) :])

    def _emit(self, line: str) -> None:
        quotes = [block for block in self.open if block.quoted]
        if quotes:
            lead = " " * max(quotes[0].indent - 4 * len(self.open) - self.base, 0)
            line = f"{lead}{'> ' * len(quotes)}{line.removeprefix(lead)}".rstrip()
        self.lines.append(line.rstrip())

    def _space(self) -> None:
        """One blank line, wherever there is none yet."""
        if self.lines and self.lines[-1].strip("> "):
            self._emit("")

    def _begin(self, opener: re.Match[str]) -> None:
        kind = opener[3] or ""
        summary = opener[4] if opener[4] is not None else kind.capitalize()
        quoted = not opener[2].startswith("?")
        self.open.append(_Open(len(opener[1]) + 4, summary, quoted))
        if quoted:
            self._lead(f"**{summary}**")
        else:
            self._fold(summary)

    def _fold(self, summary: str) -> None:
        self._lead("<details>")
        self._lead(f"<summary>{escape(summary, quote=False)}</summary>")
        self._space()

    def _lead(self, line: str) -> None:
        """A line of ours, at the column of what it belongs to."""
        self._emit(f"{' ' * self._column()}{line}")

    def _column(self) -> int:
        return max(self.open[-1].indent - 4 * len(self.open) - self.base, 0)

    def _close(self) -> None:
        if not self.open[-1].shut and not self.open[-1].quoted:
            self._space()
            self._lead("</details>")
        if self.open.pop().quoted:  # a blank line of the quote is none behind it
            while self.lines and self.lines[-1] and not self.lines[-1].strip("> "):
                self.lines.pop()
        self._space()

    def _drawing(self, indent: str, path: str) -> None:
        if path.endswith(_STEPS):
            link = f"[{self.words['take_steps']}]({self.place.address})"
            self._put(f"{indent}*{self.label}*{self.words['colon']}{link}")
            return
        svg = bare((self.root / path).read_text(encoding="utf-8")).strip()
        svg = svg.replace("<svg ", f"<svg {_GROUND} ", 1)
        data = base64.b64encode(svg.encode()).decode()
        source = f"data:image/svg+xml;base64,{data}"
        self._space()
        self._put(f'{indent}<img alt="{self.label}" src="{source}">')
        self._space()

    def _reference(self) -> None:
        if not self.reference:
            self.reference = True
            link = f"[{self.words['take_reference']}]({self.place.address}#api)"
            self._put(link)

    # Blocks of code

    def _fence(self, fence: Fence, shown: list[str]) -> None:
        if fence.kind == "run" and self.cells:
            self._run(fence, _indent(shown[0]))
        elif fence.kind == "embedded":
            code = section(self.root / fence.snippet, fence.section)
            indent = " " * _indent(shown[0])
            self._put(f"{indent}`{fence.snippet}`")
            self._put("")
            inner = [f"{indent}{line}" for line in code.rstrip("\n").split("\n")]
            for line in [f"{indent}```python", *inner, f"{indent}```"]:
                self._put(line)
        else:
            if fence.kind == "display-only":
                shown = [shown[0].replace("```py", "```python", 1), *shown[1:]]
            for line in shown:
                self._put(line)

    def _run(self, fence: Fence, indent: int) -> None:
        if fence.gpu:
            self._put(f"{' ' * indent}*{self.words['take_gpu']}*")
        folded = any(not block.quoted for block in self.open)
        for block in reversed(self.open):
            if not block.quoted and not block.shut:
                self._space()
                self._lead("</details>")
            block.shut = not block.quoted
        self._flush()
        self.base = indent - 4 * len(self.open)
        code, output = fence.code.rstrip("\n"), fence.expected or ""
        self.found.append(Code(code, output, fence.gpu, folded))

    def _flush(self) -> None:
        text = "\n".join(self.lines).strip("\n")
        if text.strip():
            self.found.append(Text(text))
        self.lines.clear()


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))
