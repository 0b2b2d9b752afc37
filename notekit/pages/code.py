"""Code as HTML: a span for what a style colours and for nothing else.

`fence` is what pymdownx.superfences calls for every fence of a page; `embedded` makes
the block of a section of a snippet, whose docstrings are folded after their first line.
"""

import ast
import json
from collections.abc import Iterator
from functools import cache
from html import escape
from importlib.metadata import version
from pathlib import Path
from typing import Any

from markdown import Markdown
from pygments.lexer import Lexer
from pygments.lexers import get_lexer_by_name
from pygments.token import Token, _TokenType
from pygments.util import ClassNotFound

from notekit.cache import Cache, key
from notekit.pages.safe import Made
from notekit.problem import ROOT

# Kinds of tokens that the style sheet colours, and the class that it knows them by. All
# else (names, punctuation, operators, space) has the colour of the text.
COLOURED: dict[_TokenType, str] = {
    Token.Comment: "c",
    Token.Generic.Output: "go",
    Token.Generic.Prompt: "gp",
    Token.Keyword: "k",
    Token.Literal.Number: "m",
    Token.Literal.String: "s",
    Token.Literal.String.Doc: "c",
    Token.Literal.String.Escape: "se",
    Token.Name.Attribute: "na",
    Token.Name.Builtin: "nb",
    Token.Name.Class: "nf",
    Token.Name.Decorator: "k",
    Token.Name.Exception: "nf",
    Token.Name.Function: "nf",
    Token.Name.Tag: "k",
    Token.Name.Variable: "na",
    Token.Operator.Word: "k",
}
# What coloured code is made of beside the code.
STATE = key(version("pygments"), Path(__file__).read_text(encoding="utf-8"))

# Languages of blocks that run in the page, as they are staged: whether a block's output
# stands below it.
RUNS, RUNS_AND_PRINTS = "python-runs", "python-runs-and-prints"
_RUNNING = {RUNS: ' data-run=""', RUNS_AND_PRINTS: ' data-run="prints"'}

Piece = tuple[str, str]  # class, or "" for none, and text


def fence(
    source: str,
    language: str,
    css_class: str,
    options: dict[str, Any],
    md: Markdown,
    **_: Any,
) -> str:
    """One fence as HTML, in the form that superfences asks for."""
    return Made(block(source, language, options.get("title", "")))


def block(code: str, language: str, title: str = "") -> str:
    """A block of code; its text is the code, letter by letter."""
    if language in _RUNNING:
        opening = _opening("python", title, _RUNNING[language])
        return f"{opening}{_pre(highlight(code, 'python'))}</div>"
    return f"{_opening(language, title)}{_pre(highlight(code, language))}</div>"


def embedded(code: str, title: str, summary: str) -> str:
    """A section of a snippet, docstrings folded after their first line.

    Args:
        code: the Python source.
        title: the path that stands above it.
        summary: what the switch that unfolds a docstring is called, in the language of
            the page.
    """
    name = key(STATE, code, title, summary)
    return Cache(ROOT, "code").made(name, lambda: _folded(code, title, summary))


def _folded(code: str, title: str, summary: str) -> str:
    lines = list(_lines(highlight(code, "python")))
    parts, start = [], 0
    for first, last in folds(code):
        rest = _pre(lines[first:last])
        parts.append(_pre(lines[start:first]))
        parts.append(
            '<details class="docstring"><summary>'
            f"{escape(summary)}</summary>{rest}</details>"
        )
        start = last
    parts.append(_pre(lines[start:]))
    if len(parts) == 1:
        return f"{_opening('python', title)}{parts[0]}</div>"
    inner = "".join(part for part in parts if part)
    return f'{_opening("python", title)}<div class="folded">{inner}</div></div>'


def folds(code: str) -> list[tuple[int, int]]:
    """Lines of docstrings after the first, from and up to: 0-based, in order."""
    found = []
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            first = node.body[0]
            is_text = isinstance(first, ast.Expr) and isinstance(
                first.value, ast.Constant
            )
            last = first.end_lineno or 0
            # Two lines are not worth a switch.
            if is_text and ast.get_docstring(node) and last - first.lineno > 1:
                found.append((first.lineno, last))
    return sorted(found)


def highlight(code: str, language: str) -> list[Piece]:
    """Pieces of text, each with its class; neighbours of one class are one piece.

    They are kept by content, and so made once for the pages of both languages.
    """
    text = Cache(ROOT, "code").made(
        key(STATE, language, code),
        lambda: json.dumps(_lexed(code, language), ensure_ascii=False),
    )
    return [(kind, part) for kind, part in json.loads(text)]


def _lexed(code: str, language: str) -> list[Piece]:
    pieces: list[Piece] = []
    # Some lexers drop a last line that does not end.
    for kind, text in _lexer(language).get_tokens(code + "\n"):
        name = _class_of(kind)
        if pieces and (pieces[-1][0] == name or text.isspace()):
            pieces[-1] = (pieces[-1][0], pieces[-1][1] + text)
        elif text:
            pieces.append((name, text))
    if pieces:
        name, text = pieces[-1]
        pieces[-1:] = [(name, text[:-1])] if text != "\n" else []
    # Colours are worth less than a letter.
    same = "".join(text for _, text in pieces) == code
    return pieces if same else [("", code)] if code else []


@cache
def _lexer(language: str) -> Lexer:
    options = {"stripnl": False, "ensurenl": False}
    try:
        lexer: Lexer = get_lexer_by_name(language or "text", **options)
    except ClassNotFound:
        lexer = get_lexer_by_name("text", **options)
    return lexer


def _class_of(kind: _TokenType) -> str:
    while kind is not None:
        if kind in COLOURED:
            return COLOURED[kind]
        kind = kind.parent
    return ""


def _lines(pieces: list[Piece]) -> Iterator[list[Piece]]:
    """Lines, each with its end; a piece over several lines is cut."""
    line: list[Piece] = []
    for name, text in pieces:
        for part in text.splitlines(keepends=True):
            line.append((name, part))
            if part.endswith("\n"):
                yield line
                line = []
    if line:
        yield line


def _opening(language: str, title: str, more: str = "") -> str:
    shown = f'<span class="filename">{escape(title)}</span>' if title else ""
    return f'<div class="language-{escape(language or "text")} highlight"{more}>{shown}'


def _pre(pieces: list[Piece] | list[list[Piece]]) -> str:
    flat: list[Piece] = []
    for piece in pieces:
        flat += [piece] if isinstance(piece, tuple) else piece
    if not flat:
        return ""
    html = "".join(_span(name, text) for name, text in flat)
    return f"<pre><code>{html}</code></pre>"


def _span(name: str, text: str) -> str:
    """The text; space at its end needs no colour."""
    if not name:
        return escape(text, quote=False)
    word = text.rstrip()
    rest = text[len(word) :]
    return f'<span class="{name}">{escape(word, quote=False)}</span>{rest}'
