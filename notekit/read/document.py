"""One page as a tree of tokens with true line numbers, from an independent parser.

markdown-it-py, not the Python-Markdown that builds the site: what the two disagree on
is what a checker should see.
"""

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.dollarmath import dollarmath_plugin
from mdit_py_plugins.front_matter import front_matter_plugin

from notekit.katex import Formula
from notekit.read.fences import flatten

_ID = re.compile(r"\s*\{:?\s*#([^\s}]+)[^}]*\}\s*$")
_EMBED = re.compile(r'^\s*--8<-- "([^":]+)(?::([^"]+))?"\s*$', re.MULTILINE)
_TAG = re.compile(r"<[/a-zA-Z][^>]*>")


def _span(text: str, ticks: str, place: int) -> tuple[int, int]:
    """Where the next code span between such backticks begins and ends."""
    pattern = re.compile(rf"(?<!`){ticks}(?!`).+?(?<!`){ticks}(?!`)", re.DOTALL)
    match = pattern.search(text, place)
    return (match.start(), match.end()) if match else (place, place)


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": True}).enable("table")
    # A link that markdown-it would refuse, Python-Markdown makes: it must be seen.
    parser.validateLink = lambda url: True  # type: ignore[method-assign]
    parser.use(front_matter_plugin)
    parser.use(dollarmath_plugin, allow_space=False, allow_digits=True)
    return parser


@dataclass(frozen=True)
class Heading:
    """A heading: its level, its text, and its fixed id (empty without one)."""

    line: int
    level: int
    text: str
    id: str
    has_math: bool


@dataclass(frozen=True)
class Link:
    """A link or an image; ``text`` is what is read, or the alternative text."""

    line: int
    url: str
    text: str
    image: bool


@dataclass
class Document:
    """A page, parsed on demand."""

    path: Path
    text: str
    tokens: list[Token] = field(init=False)

    def __post_init__(self) -> None:
        flat, _ = flatten(self.text.split("\n"))
        self.tokens = _parser().parse("\n".join(flat))

    @cached_property
    def inlines(self) -> list[tuple[int, Token]]:
        """Every piece of running text with the line it stands on."""
        found = []
        for token in self.tokens:
            if token.type != "inline" or token.map is None:
                continue
            line = token.map[0] + 1
            place = 0  # in the source, where a code span may go on over a line's end
            for child in token.children or []:
                found.append((line, child))
                if child.type in ("softbreak", "hardbreak"):
                    line += 1
                    place = token.content.find("\n", place) + 1
                elif child.type == "code_inline":
                    start, place = _span(token.content, child.markup, place)
                    line += token.content.count("\n", start, place)
                elif child.type.startswith("math") or child.type == "html_inline":
                    line += child.content.count("\n")
                    start = token.content.find(child.content, place)
                    place = start + len(child.content) if start >= 0 else place
        return found

    @cached_property
    def formulas(self) -> list[tuple[int, Formula]]:
        """Every formula, with the line on which its TeX starts."""
        found = []
        for token in self.tokens:
            if token.type in ("math_block", "math_block_label") and token.map:
                tex = token.content
                blank = len(tex) - len(tex.lstrip())
                line = token.map[0] + 1 + tex.count("\n", 0, blank)
                found.append((line, Formula(tex.strip(), display=True)))
        for line, child in self.inlines:
            if child.type in ("math_inline", "math_inline_double"):
                display = child.type == "math_inline_double"
                found.append((line, Formula(child.content.strip(), display)))
        for token in self.tokens:
            if token.type == "html_block" and token.map and "markdown" in token.content:
                found += _formulas_within(token.content, token.map[0] + 1)
        return sorted(found, key=lambda pair: pair[0])

    @cached_property
    def headings(self) -> list[Heading]:
        """All headings in order."""
        found = []
        for token, inline in itertools.pairwise(self.tokens):
            if token.type != "heading_open" or token.map is None:
                continue
            match = _ID.search(inline.content)
            text = _ID.sub("", inline.content)
            math = any(c.type.startswith("math") for c in inline.children or [])
            level = int(token.tag[1])
            line = token.map[0] + 1
            found.append(Heading(line, level, text, match[1] if match else "", math))
        return found

    @cached_property
    def links(self) -> list[Link]:
        """All links and images, of Markdown and of HTML."""
        found = []
        pending: tuple[int, str] | None = None
        words: list[str] = []
        for line, child in self.inlines:
            if child.type == "link_open":
                pending, words = (line, str(child.attrs.get("href", ""))), []
            elif child.type == "link_close" and pending:
                found.append(Link(*pending, "".join(words), image=False))
                pending = None
            elif child.type == "image":
                url = str(child.attrs.get("src", ""))
                found.append(Link(line, url, child.content, image=True))
            elif pending and not child.type.startswith("math"):
                words.append(child.content)  # a formula has no name that is read
        for line, html in self.html:
            for tag, attributes in re.findall(r"<(a|img)\b([^>]*)>", html):
                values = dict(re.findall(r'(\w[\w-]*)="([^"]*)"', attributes))
                url = values.get("href" if tag == "a" else "src", "")
                if url:
                    text = values.get("alt", "") if tag == "img" else "-"
                    found.append(Link(line, url, text, image=tag == "img"))
        return found

    @cached_property
    def html(self) -> list[tuple[int, str]]:
        """Raw HTML, block and inline."""
        blocks = [
            (token.map[0] + 1, token.content)
            for token in self.tokens
            if token.type == "html_block" and token.map
        ]
        return blocks + [
            (n, c.content) for n, c in self.inlines if c.type == "html_inline"
        ]

    @cached_property
    def embeds(self) -> list[tuple[int, str, str]]:
        """Line, path and section of every file that the page takes in."""
        return [
            (self.text.count("\n", 0, match.start()) + 1, match[1], match[2] or "")
            for match in _EMBED.finditer(self.text)
        ]

    @cached_property
    def folded(self) -> list[int]:
        """Lines of the folded answers."""
        lines = enumerate(self.text.split("\n"), 1)
        return [n for n, line in lines if re.match(r"\s*\?\?\?", line)]

    @cached_property
    def broken_lines(self) -> list[tuple[int, str, str]]:
        """Line breaks inside a paragraph: line, the text before and after."""
        found = []
        for (line, before), (_, middle), (_, after) in zip(
            self.inlines, self.inlines[1:], self.inlines[2:]
        ):
            if middle.type == "softbreak":
                found.append((line, before.content, after.content))
        return found


def _formulas_within(html: str, first: int) -> Iterator[tuple[int, Formula]]:
    """Formulas of raw HTML whose text is Markdown, such as a caption.

    Args:
        html: the block.
        first: its line on the page.
    """
    parser = MarkdownIt("commonmark").use(
        dollarmath_plugin, allow_space=False, allow_digits=True
    )
    for token in parser.parseInline(_TAG.sub("", html))[0].children or []:
        if token.type == "math_inline":
            # The first of its kind will do: what counts is the line of a faulty one.
            place = html.find(f"${token.content}$")
            line = first + html[: max(place, 0)].count("\n")
            yield line, Formula(token.content.strip(), display=False)
