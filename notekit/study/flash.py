"""Questions and answers in plain Markdown, as the HTML that Anki's cards show.

Formulas are left to Anki's MathJax, between its own marks.
"""

from collections.abc import Iterator
from functools import cache
from html import escape
from typing import Any, NamedTuple

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from mdit_py_plugins.dollarmath import dollarmath_plugin


class Face(NamedTuple):
    """The two faces of a card, as HTML."""

    front: str
    back: str


def answer(text: str) -> str:
    """The first paragraph, and what belongs to it: all that stands before sections."""
    return _html(_parser().parse(text))


def line(text: str) -> str:
    """One line of Markdown, without a paragraph around it."""
    return str(_parser().renderInline(text))


def pitfalls(text: str) -> Iterator[Face]:
    """The items of the lists: in bold what is done, then what comes of it."""
    for item in _items(_parser().parse(text), "bullet_list"):
        first = next((t for t in item if t.type == "inline"), None)
        children = first.children or [] if first else []
        kinds = [child.type for child in children]
        if first is None or "strong_close" not in kinds:
            continue
        end = kinds.index("strong_close") + 1
        front = _inline(children[:end])
        rest = _inline(children[end:]).strip()
        place = item.index(first)
        more = _html(item[place + 2 :])  # after the end of the paragraph
        if back := (f"<p>{rest}</p>" if rest else "") + more:
            yield Face(front, back)


def exercises(text: str) -> Iterator[tuple[int, Face]]:
    """Number, question and folded answer of the exercises that have one."""
    for number, item in enumerate(_items(_parser().parse(text), "ordered_list"), 1):
        opens = [
            n for n, t in enumerate(item) if t.content.lstrip().startswith("<details>")
        ]
        ends = [
            n for n, t in enumerate(item) if t.content.lstrip().startswith("</details>")
        ]
        if opens and ends:
            question = _html([*item[: opens[0]], *item[ends[-1] + 1 :]])
            solution = _html(item[opens[0] + 1 : ends[-1]])
            yield number, Face(question, solution)


def _items(tokens: list[Token], kind: str) -> Iterator[list[Token]]:
    """What stands in each item of the outermost lists of a kind."""
    start = 0
    inside = False
    for place, token in enumerate(tokens):
        if token.level == 0 and token.type in (f"{kind}_open", f"{kind}_close"):
            inside = token.nesting == 1
        elif inside and token.level == 1 and token.type == "list_item_open":
            start = place + 1
        elif inside and token.level == 1 and token.type == "list_item_close":
            yield tokens[start:place]


def _html(tokens: list[Token]) -> str:
    parser = _parser()
    return str(parser.renderer.render(tokens, parser.options, {})).strip()


def _inline(tokens: list[Token]) -> str:
    parser = _parser()
    renderer: Any = parser.renderer
    return str(renderer.renderInline(tokens, parser.options, {}))


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": True}).enable("table")
    parser.use(dollarmath_plugin, allow_space=False, allow_digits=True)
    parser.add_render_rule("math_inline", _formula)
    parser.add_render_rule("math_inline_double", _displayed)
    parser.add_render_rule("math_block", _displayed)
    return parser


def _formula(_: RendererHTML, tokens: list[Token], place: int, *__: Any) -> str:
    return rf"\({escape(tokens[place].content.strip(), quote=False)}\)"


def _displayed(_: RendererHTML, tokens: list[Token], place: int, *__: Any) -> str:
    return rf"\[{escape(tokens[place].content.strip(), quote=False)}\]" + "\n"
