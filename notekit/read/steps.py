"""Frames of a run, as `figures/steps.py` writes them into one SVG: drawings, captions."""

import gzip
from dataclasses import dataclass
from pathlib import Path

from lxml import etree

from notekit.language import LANGUAGES, Language
from notekit.read import drawn

_SVG = "{http://www.w3.org/2000/svg}"


class StepsError(ValueError):
    """What is wrong with the file, and in which line."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line


@dataclass(frozen=True)
class Frame:
    """One frame: what is inside of its SVG, and what is said of it."""

    line: int
    drawing: str
    captions: dict[Language, str]


@dataclass(frozen=True)
class Steps:
    """All frames, which have one size, and the shapes that several of them use."""

    width: float
    height: float
    shared: str
    frames: list[Frame]


def weight(path: Path) -> int:
    """Bytes of the file as it travels, compressed."""
    text = drawn.bare(path.read_text(encoding="utf-8"))
    return len(gzip.compress(text.encode(), 6, mtime=0))


def read(path: Path) -> Steps:
    """The frames of a file.

    Raises:
        StepsError: if it is none that `figures/steps.py` could have written.
    """
    text = drawn.bare(path.read_text(encoding="utf-8", errors="replace"))
    try:
        root = etree.fromstring(text.encode(), etree.XMLParser(resolve_entities=False))
    except etree.XMLSyntaxError as error:
        raise StepsError(error.lineno or 1, f"want an SVG; {error.msg}") from None
    frames = root.findall(f"{_SVG}svg")
    if not frames:
        raise StepsError(1, "want frames, <svg> elements in the <svg>; found none")
    sizes = {(frame.get("width"), frame.get("height")) for frame in frames}
    if len(sizes) > 1:
        raise StepsError(frames[0].sourceline or 1, "want frames of one size")
    width, height = (float(value or 0) for value in sizes.pop())
    shared = root.find(f"{_SVG}defs")
    inner = "" if shared is None else _inner(shared)
    return Steps(width, height, inner, [_frame(frame) for frame in frames])


def _frame(element: etree._Element) -> Frame:
    captions: dict[Language, str] = {}
    for language in LANGUAGES:
        said = element.find(f"{_SVG}desc[@lang='{language}']")
        captions[language] = "" if said is None else (said.text or "")
    for said in element.findall(f"{_SVG}desc"):
        element.remove(said)
    return Frame(element.sourceline or 1, _inner(element), captions)


def _inner(element: etree._Element) -> str:
    """The element's children as text, without the name space that the page supplies."""
    parts = [etree.tostring(child, encoding="unicode") for child in element]
    return "".join(part.strip() for part in parts).replace(f' xmlns="{_SVG[1:-1]}"', "")
