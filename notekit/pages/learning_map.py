"""The learning map: which notes to read before which, drawn as links.

Graphviz, compiled to WebAssembly, says where everything goes; what is drawn there is a
template's, so that it has the colours of the page and each node is a link.
"""

import re
import textwrap
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from notekit.node import run_cached
from notekit.read.catalogue import TOPICS, Catalogue, Language
from notekit.rules.typography import columns

SCRIPT = Path(__file__).with_name("graphviz.mjs")
COLUMN = 7.0  # width of one Latin letter; a Chinese one takes two
LINE = 16
PADDING = 9
POINTS = 72  # Graphviz wants widths in inches


@dataclass(frozen=True)
class Node:
    """A note: its name, the lines of its title, the centre and size of its box."""

    name: str
    lines: list[str]
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Group:
    """The frame around a topic."""

    topic: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Map:
    """All of a drawing; lengths are pixels, y grows downwards."""

    width: float
    height: float
    groups: list[Group]
    nodes: list[Node]
    arrows: list[tuple[str, str, str]]  # from, to, path of SVG


def draw(catalogue: Catalogue, language: Language) -> Map:
    """Lay out all notes of one language.

    Raises:
        NodeError: if Graphviz cannot be run.
    """
    topics = [t for t in TOPICS if t in catalogue.topics and catalogue.in_topic(t)]
    titles = {
        note.name: _wrapped(label(note.pages[language].matter.title))
        for topic in topics
        for note in catalogue.in_topic(topic)
    }
    sizes = {name: _size(lines) for name, lines in titles.items()}
    edges = [
        (before, name)
        for name in titles
        for before in catalogue.notes[name].pages["en"].matter.requires
        if before in titles
    ]
    widths = {t: columns(catalogue.topics[t][language].matter.title) for t in topics}
    graph = _graph(widths, sizes, edges)
    [layout] = run_cached(SCRIPT, [graph], catalogue.root, "@viz-js/viz")
    height = float(layout["bb"].split(",")[3])
    found = {item["name"]: item for item in layout["objects"]}
    groups, nodes = [], []
    for topic in topics:
        left, low, right, high = map(float, found[f"cluster_{topic}"]["bb"].split(","))
        groups.append(Group(topic, left, height - high, right - left, high - low))
    for name, lines in titles.items():
        x, y = map(float, found[name]["pos"].split(","))
        nodes.append(Node(name, lines, x, height - y, *sizes[name]))
    by_number = {item["_gvid"]: item["name"] for item in layout["objects"]}
    arrows = [
        (by_number[e["tail"]], by_number[e["head"]], _path(e["pos"], height))
        for e in layout.get("edges", [])
    ]
    return Map(float(layout["bb"].split(",")[2]), height, groups, nodes, arrows)


def label(title: str) -> str:
    """What stands before the colon, which the rest explains."""
    return re.split(r": |：", title)[0]


def _wrapped(title: str, most: int = 26) -> list[str]:
    """A title in one line if it fits, else in two or more, each about as long."""
    if columns(title) <= most:
        return [title]
    if title.isascii():
        lines = -(-len(title) // most)
        if lines > 2 and ", " in title:
            return _wrapped(title.partition(", ")[0], most)
        return textwrap.wrap(title, max(-(-len(title) // lines) + 4, most // 2))
    # Chinese breaks at a space, after a comma or before "and"; else between any two.
    good = [m.start() for m in re.finditer(r"(?<=[ 、，/])|(?=[与和])", title)]
    places = good or [
        m.start() for m in re.finditer(r"(?<=\w)(?=[\u4e00-\u9fff])", title)
    ]
    half = columns(title) / 2
    cut = min(places, key=lambda place: abs(columns(title[:place]) - half))
    return [line for line in (title[:cut].strip(), title[cut:].strip()) if line]


def _size(lines: list[str]) -> tuple[float, float]:
    width = max(map(columns, lines)) * COLUMN + 2 * PADDING
    return round(width, 1), len(lines) * LINE + PADDING


def _graph(
    topics: dict[str, int],
    sizes: dict[str, tuple[float, float]],
    edges: list[tuple[str, str]],
) -> dict[str, Any]:
    return {
        "directed": True,
        "graphAttributes": {"rankdir": "LR", "nodesep": 0.14, "ranksep": 0.36},
        "nodeAttributes": {"shape": "box", "fixedsize": True, "label": ""},
        "edgeAttributes": {"arrowhead": "none"},
        "subgraphs": [
            {
                "name": f"cluster_{topic}",
                # A label as large as ours, so that Graphviz leaves the room.
                "graphAttributes": {"label": "x" * wide, "fontsize": 18, "margin": 10},
                "nodes": [
                    {
                        "name": name,
                        "attributes": {"width": w / POINTS, "height": h / POINTS},
                    }
                    for name, (w, h) in sizes.items()
                    if name.startswith(f"{topic}/")
                ],
            }
            for topic, wide in topics.items()
        ],
        "edges": [{"tail": tail, "head": head} for tail, head in edges],
    }


def _path(spline: str, height: float) -> str:
    """A spline of Graphviz, ``x,y x,y …``, as a path of SVG."""
    points = [tuple(map(float, pair.split(","))) for pair in spline.split()]
    texts = [f"{x:.1f} {height - y:.1f}" for x, y in points]
    return f"M{texts[0]}C{' '.join(texts[1:])}"
