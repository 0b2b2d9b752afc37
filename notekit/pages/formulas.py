"""Markdown extension: turn what pymdownx.arithmatex found into finished HTML.

Rendered formulas are put into the HTML stash, so that no later step touches them and
the reader's browser needs no script for them.
"""

from html import unescape
from typing import Any
from xml.etree.ElementTree import Element

from markdown import Extension, Markdown
from markdown.treeprocessors import Treeprocessor

from notekit.katex import BEGIN, END, Formula, KatexError, render
from notekit.pages.safe import Made

_CLOSING = tuple("，。；：、！？）】》」』”’…")
_WHOLE = '<span class="katex">'
_PIECE, _ENDS = '<span class="katex-base"', "</span></span>"


class KatexExtension(Extension):
    """Needs ``pymdownx.arithmatex`` with ``generic: true`` before it."""

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802
        """Register after inline patterns (20) and before the stash is put back."""
        md.treeprocessors.register(_Renderer(md), "notekit-katex", 1)


class _Renderer(Treeprocessor):
    def run(self, root: Element) -> None:
        found = []
        for element in root.iter():
            if element.get("class") == "arithmatex" and element.text:
                text = element.text.strip()
                display = text.startswith("\\[")
                # arithmatex escapes `&`, `<` and `>` in blocks, and only there.
                tex = unescape(text[2:-2]) if display else text[2:-2]
                formula = Formula(tex.strip(), display)
                found.append((element, formula))
        if not found:
            return
        renderings = render(formula for _, formula in found)
        for element, formula in found:
            rendering = renderings[formula]
            if rendering.error:
                raise KatexError(f"{rendering.error} in formula: {formula.tex}")
            assert self.md is not None
            html = _joined(rendering.html, element.tail)
            # A formula wider than the page scrolls in its own box.
            kind = "math-display"
            if not formula.display:  # one element is enough around it
                html = html.removeprefix(_WHOLE).removesuffix("</span>")
                kind = "math katex"
            element.text = self.md.htmlStash.store(Made(f"{BEGIN}{html}{END}"))
            element.set("class", kind)


def _joined(html: str, tail: str | None) -> str:
    """Keep full-width punctuation behind a formula on its line.

    A browser may break a line beside each piece of a formula, whatever stands there,
    unless the element around that piece forbids it.
    """
    last = html.rfind(_PIECE)
    if last < 0 or not html.endswith(_ENDS) or not (tail or "").startswith(_CLOSING):
        return html
    piece = html[last : -len(_ENDS)]
    return f'{html[:last]}<span class="joined">{piece}</span>{_ENDS}'


def makeExtension(**kwargs: Any) -> KatexExtension:  # noqa: N802
    """Entry point that Python-Markdown looks for."""
    return KatexExtension(**kwargs)
