"""The search tree of 2, 3, 6, 7 with target 7: kept, cut off, and the solutions."""

from __future__ import annotations

from dataclasses import dataclass, field

from matplotlib.figure import Figure

from figures.style import BLUE, GREY, INK, ORANGE, new_figure
from snippets.algorithms.combination_sum import combination_sum, search_nodes

CANDIDATES, TARGET = [2, 3, 6, 7], 7


@dataclass
class Node:
    path: list[int]
    rest: int
    depth: int = 0
    x: float = 0.0
    below: list[Node] = field(default_factory=list)


def grow(node: Node, start: int) -> None:
    if node.rest <= 0:
        return
    for j in range(start, len(CANDIDATES)):
        c = CANDIDATES[j]
        node.below.append(Node([*node.path, c], node.rest - c, node.depth + 1))
        grow(node.below[-1], j)


def place(node: Node, right: float) -> float:
    """Leaves side by side, parents above the middle; returns the next free place."""
    if not node.below:
        node.x = right
        return right + (1.0 if node.rest >= 0 else 0.8)
    for child in node.below:
        right = place(child, right)
    node.x = (node.below[0].x + node.below[-1].x) / 2
    return right


def every(node: Node) -> list[Node]:
    return [node] + [n for child in node.below for n in every(child)]


def tree() -> Figure:
    root = Node([], TARGET)
    grow(root, 0)
    place(root, 0)
    nodes = every(root)
    # What is drawn is what the snippet does.
    assert len(nodes) == search_nodes(CANDIDATES, TARGET, prune=False)
    assert sum(n.rest >= 0 for n in nodes) == search_nodes(CANDIDATES, TARGET)
    assert [n.path for n in nodes if n.rest == 0] == combination_sum(CANDIDATES, TARGET)
    figure = new_figure(7, 3.6)
    axes = figure.subplots()
    for node in nodes:
        for child in node.below:
            cut = child.rest < 0
            axes.plot(
                [node.x, child.x],
                [-node.depth, -child.depth],
                color=GREY if cut else BLUE,
                lw=0.8 if cut else 1.6,
                ls=(0, (2, 2)) if cut else "-",
                zorder=1,
            )
            if not cut:
                # Where no edge passes: above the node, or below a long edge.
                below = child.x > node.x + 3 and child is not node.below[-1]
                side = -1 if below or child.x < node.x + 0.5 else 1
                axes.text(
                    child.x + 0.3 * side,
                    -child.depth + (-0.22 if below else 0.12),
                    f"+{child.path[-1]}",
                    ha="right" if side < 0 else "left",
                    va="bottom",
                    color=INK,
                )
        if node.rest < 0:
            axes.text(
                node.x,
                -node.depth - 0.05,
                f"+{node.path[-1]}",
                ha="center",
                va="top",
                color=GREY,
                fontsize=7.5,
            )
            continue
        colour = ORANGE if node.rest == 0 else BLUE
        axes.plot(node.x, -node.depth, "o", ms=17, color=colour, zorder=2)
        axes.text(
            node.x,
            -node.depth - 0.015,
            f"{node.rest}",
            ha="center",
            va="center_baseline",
            color="black",
            fontweight="bold",
            zorder=3,
        )
        if node.rest == 0:
            label = " + ".join(map(str, node.path))
            axes.text(
                node.x, -node.depth - 0.24, label, ha="center", va="top", color=ORANGE
            )
    axes.set_xlim(-0.8, max(n.x for n in nodes) + 0.8)
    axes.set_ylim(-max(n.depth for n in nodes) - 0.4, 0.3)
    axes.axis("off")
    return figure


def draw() -> dict[str, Figure]:
    return {"combination_sum": tree()}
