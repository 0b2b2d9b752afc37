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

_JOINER = "\u2060"
_CLOSING, _OPENING = "，。；：、！？）】》」』”’…", "（【《「『“‘"


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
            html = Made(f"{BEGIN}{rendering.html}{END}")
            element.text = self.md.htmlStash.store(html)
            # A formula wider than the page scrolls in its own box.
            element.set("class", "math-display" if formula.display else "math")
        _join(root)


def _join(root: Element) -> None:
    """Keep full-width punctuation on the line of the formula that it stands beside.

    Browsers may break a line on either side of a formula, whatever stands there, unless
    it is a word joiner.
    """
    for parent in root.iter():
        before = None
        for child in parent:
            if child.get("class") == "math":
                if (child.tail or "").startswith(tuple(_CLOSING)):
                    child.tail = _JOINER + (child.tail or "")
                if before is None and (parent.text or "").endswith(tuple(_OPENING)):
                    parent.text = (parent.text or "") + _JOINER
                elif before is not None and (before.tail or "").endswith(
                    tuple(_OPENING)
                ):
                    before.tail = (before.tail or "") + _JOINER
            before = child


def makeExtension(**kwargs: Any) -> KatexExtension:  # noqa: N802
    """Entry point that Python-Markdown looks for."""
    return KatexExtension(**kwargs)
