"""Frames of a run, and how they become one small SVG in which frames share shapes.

A figure module may have a second function, ``steps() -> dict[str, Steps]``: the name
of each file, which ends in ``_steps``, and its frames. What they show comes from a run
of the note's code: from ``figures/record.py``, which looks on while it runs, or from
its functions, called on ever longer inputs.

The file is a strip of film, one frame below the other, for whoever opens it by itself.
A page shows its frames one at a time (``notekit/pages/steps.py``), each with its
caption. Shapes have the colours of ``figures/style.py``; what has none has the page's.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from html import escape
from math import hypot

from figures.style import GREY

SIZE = 14  # of letters, in pixels of a picture that is about 420 wide
_LOOK = f'fill="currentColor" font-size="{SIZE}" text-anchor="middle"'


@dataclass
class Picture:
    """Shapes in the order in which they are painted; x right, y down, in pixels."""

    shapes: list[str] = field(default_factory=list)

    def rect(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        fill: str = "none",
        opacity: float = 1,
        edge: str = "",
        thick: float = 1,
        dashed: bool = False,
    ) -> None:
        """A rectangle by its upper left corner; the opacity is that of its inside."""
        place = f'x="{_n(x)}" y="{_n(y)}" width="{_n(width)}" height="{_n(height)}"'
        self._add(
            "rect", f"{place}{_inside(fill, opacity)}{_line(edge, thick, dashed)}"
        )

    def circle(
        self,
        x: float,
        y: float,
        radius: float,
        fill: str = "none",
        opacity: float = 1,
        edge: str = "",
        thick: float = 1,
    ) -> None:
        """A circle by its centre."""
        place = f'cx="{_n(x)}" cy="{_n(y)}" r="{_n(radius)}"'
        self._add("circle", f"{place}{_inside(fill, opacity)}{_line(edge, thick)}")

    def line(
        self,
        points: Iterable[tuple[float, float]],
        colour: str = GREY,
        thick: float = 1.5,
        dashed: bool = False,
    ) -> None:
        """A line through all points."""
        path = "L".join(f"{_n(x)} {_n(y)}" for x, y in points)
        self._add("path", f'd="M{path}" fill="none"{_line(colour, thick, dashed)}')

    def arrow(
        self,
        start: tuple[float, float],
        end: tuple[float, float],
        colour: str,
        thick: float = 1.8,
        gap: float = 0,
    ) -> None:
        """A line with a head at its end; ``gap`` is left free at both ends."""
        tail, tip = between(start, end, gap)
        length = hypot(tip[0] - tail[0], tip[1] - tail[1])
        along = (tip[0] - tail[0]) / length, (tip[1] - tail[1]) / length
        head = 3 + 2 * thick
        neck = tip[0] - head * along[0], tip[1] - head * along[1]
        self.line([tail, neck], colour, thick)
        across = -along[1] * head / 2, along[0] * head / 2
        corners = (
            tip,
            (neck[0] + across[0], neck[1] + across[1]),
            (neck[0] - across[0], neck[1] - across[1]),
        )
        path = "L".join(f"{_n(x)} {_n(y)}" for x, y in corners)
        self._add("path", f'd="M{path}z" fill="{colour}"')

    def text(
        self,
        x: float,
        y: float,
        words: object,
        size: float = SIZE,
        anchor: str = "middle",
        bold: bool = False,
        italic: bool = False,
        below: str = "",
    ) -> None:
        """Words whose middle is at ``y``, with an index after them, if there is one.

        Args:
            anchor: which end of the words is at ``x``: start, middle or end.
            below: the index.
        """
        look = f' font-size="{_n(size)}"' if size != SIZE else ""
        look += f' text-anchor="{anchor}"' if anchor != "middle" else ""
        look += ' font-weight="700"' if bold else ""
        look += ' font-style="italic"' if italic else ""
        inner = escape(str(words), quote=False)
        if below:
            small = f'dy="{_n(size * 0.25)}" font-size="{_n(size * 0.72)}"'
            inner += f"<tspan {small}>{escape(below, quote=False)}</tspan>"
        place = f'x="{_n(x)}" y="{_n(y + 0.35 * size)}"'
        self._add("text", place + look, inner)

    def _add(self, tag: str, attributes: str, inner: str = "") -> None:
        end = f">{inner}</{tag}>" if inner else "/>"
        self.shapes.append(f"<{tag} {attributes}{end}")


def between(
    start: tuple[float, float], end: tuple[float, float], gap: float
) -> tuple[tuple[float, float], tuple[float, float]]:
    """Ends of the line between two places that leaves ``gap`` free at each."""
    share = gap / hypot(end[0] - start[0], end[1] - start[1])
    x, y = share * (end[0] - start[0]), share * (end[1] - start[1])
    return (start[0] + x, start[1] + y), (end[0] - x, end[1] - y)


@dataclass(frozen=True)
class Frame:
    """One moment of a run, and what is to be said of it, in both languages.

    A caption says what happens and why, with numbers that come from the run.
    """

    picture: Picture
    en: str
    zh: str


@dataclass(frozen=True)
class Steps:
    """Frames of one size, in pixels."""

    width: float
    height: float
    frames: Sequence[Frame]


def to_strip(steps: Steps, prefix: str) -> str:
    """All frames as one SVG; shapes that several have stand in it once.

    Args:
        steps: at least one frame.
        prefix: unique among the site's figures, since ids share a page when inlined.
    """
    own = re.sub(r"\W|_", "-", prefix)
    width, height = _n(steps.width), _n(steps.height)
    pieces = _pieces([frame.picture.shapes for frame in steps.frames])
    shared = [piece for piece in pieces if len(piece.frames) > 1]
    ids = {id(piece): f"{own}-{n}" for n, piece in enumerate(shared)}
    lines = [f'<g id="{ids[id(p)]}">{"".join(p.shapes)}</g>' for p in shared]
    total = _n(steps.height * len(steps.frames))
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {total}"'
    text = [f"{head} {_LOOK}>", "<defs>", *lines, "</defs>"]
    for number, frame in enumerate(steps.frames):
        place = f'y="{_n(steps.height * number)}" width="{width}" height="{height}"'
        text.append(f'<svg {place} viewBox="0 0 {width} {height}">')
        for language, words in (("en", frame.en), ("zh", frame.zh)):
            said = escape(" ".join(words.split()), quote=False)
            text.append(f'<desc lang="{language}">{said}</desc>')
        for piece in pieces:
            if number in piece.frames:
                name = ids.get(id(piece))
                text += [f'<use href="#{name}"/>'] if name else piece.shapes
        text.append("</svg>")
    return "\n".join([*text, "</svg>"]) + "\n"


@dataclass
class _Piece:
    """Shapes that stand side by side in the same frames."""

    shapes: list[str]
    frames: list[int]


def _pieces(frames: Sequence[Sequence[str]]) -> list[_Piece]:
    """One order of all shapes, of which that of each frame is a part."""
    order: list[tuple[str, list[int]]] = []
    for number, shapes in enumerate(frames):
        known = [shape for shape, _ in order]
        merged: list[tuple[str, list[int]]] = []
        match = SequenceMatcher(None, known, shapes, autojunk=False)
        for kind, start, stop, first, last in match.get_opcodes():
            merged += order[start:stop]
            if kind == "equal":
                for _, shown in order[start:stop]:
                    shown.append(number)
            else:
                merged += [(shape, [number]) for shape in shapes[first:last]]
        order = merged
    pieces: list[_Piece] = []
    for shape, shown in order:
        if pieces and pieces[-1].frames == shown:
            pieces[-1].shapes.append(shape)
        else:
            pieces.append(_Piece([shape], shown))
    return pieces


def _n(number: float) -> str:
    """A number with two decimals at most."""
    text = f"{number:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def _inside(fill: str, opacity: float) -> str:
    if opacity == 0:
        return ' fill="none"'
    shown = f' fill="{fill}"'
    return shown if opacity == 1 else f'{shown} fill-opacity="{_n(opacity)}"'


def _line(colour: str, thick: float, dashed: bool = False) -> str:
    if not colour:
        return ""
    look = f' stroke="{colour}"' + (
        f' stroke-width="{_n(thick)}"' if thick != 1 else ""
    )
    return look + (' stroke-dasharray="4 3"' if dashed else "")
