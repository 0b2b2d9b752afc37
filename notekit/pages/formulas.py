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

    A browser may break a line on either side of a formula, whatever stands there, unless
    both are in one element without breaks.
    """
    for parent in list(root.iter()):
        before: Element | None = None
        for place, child in enumerate(parent):
            if child.get("class") == "math":
                text = (parent.text if before is None else before.tail) or ""
                tail = child.tail or ""
                opening = text[-1:] if text[-1:] in _OPENING else ""
                rest = tail.lstrip(_CLOSING)
                if opening or rest != tail:
                    joined = Element("span", {"class": "joined"})
                    joined.text, joined.tail = opening, rest
                    child.tail = tail[: len(tail) - len(rest)]
                    if opening and before is None:
                        parent.text = text[:-1]
                    elif opening and before is not None:
                        before.tail = text[:-1]
                    parent[place] = joined
                    joined.append(child)
                    child = joined
            before = child


def makeExtension(**kwargs: Any) -> KatexExtension:  # noqa: N802
    """Entry point that Python-Markdown looks for."""
    return KatexExtension(**kwargs)
