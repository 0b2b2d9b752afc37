"""Reads what the committed frames of a run say: their captions, words and drawings.

A name is that of the drawing without its ending: ``algorithms/knapsack``.
"""

import copy
import re
from collections.abc import Iterator

from lxml import etree

from notekit.files import STEPS
from notekit.problem import ROOT
from notekit.read.steps import Steps, read

NUMBER = re.compile(r"−?\d+(?:\.\d+)?")


def captions(name: str) -> list[str]:
    """In English; the check compares the numbers of the Chinese ones with them."""
    return [frame.captions["en"] for frame in _read(name).frames]


def number(text: str) -> float:
    """A number as frames write it, with a minus sign instead of a hyphen."""
    return float(text.replace("−", "-"))


def numbers(text: str) -> list[float]:
    """All numbers of a caption, in order."""
    return [number(found) for found in NUMBER.findall(text)]


def words(name: str, index: int) -> list[str]:
    """All texts of one frame, shared shapes included."""
    steps = _read(name)
    parts = _shared(steps)
    found = []
    for element in etree.fromstring(f"<g>{steps.frames[index].drawing}</g>"):
        used = element.get("href", "").removeprefix("#")
        part = parts[used] if used else element
        found += ["".join(text.itertext()) for text in part.iter("text")]
    return found


def drawings(name: str) -> Iterator[bytes]:
    """All shapes of each frame, shared ones included, as one group."""
    steps = _read(name)
    parts = _shared(steps)
    for frame in steps.frames:
        group = etree.fromstring(f"<g>{frame.drawing}</g>")
        for use in group.findall("use"):
            group.append(copy.deepcopy(parts[use.get("href")[1:]]))
        yield etree.tostring(group)


def _read(name: str) -> Steps:
    return read(ROOT / f"figures/{name}{STEPS}.svg")


def _shared(steps: Steps) -> dict[str, etree._Element]:
    root = etree.fromstring(f"<g>{steps.shared}</g>")
    return {part.get("id"): part for part in root}
