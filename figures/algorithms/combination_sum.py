"""The search tree of 2, 3, 6, 7 with target 7: kept, cut off, and the solutions."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import hypot

from matplotlib.figure import Figure

from figures.record import record
from figures.steps import Frame, Picture, Steps, between
from figures.style import BLUE, GREEN, GREY, INK, ORANGE, new_figure
from snippets.algorithms.combination_sum import (
    combination_sum,
    combination_sum_recursive,
    search_nodes,
)

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


@dataclass
class Shown:
    """What the search has come to so far; nodes are known by their paths."""

    visited: set[tuple[int, ...]] = field(default_factory=set)
    cut: set[tuple[int, ...]] = field(default_factory=set)
    found: set[tuple[int, ...]] = field(default_factory=set)


WIDE, HIGH = 25, 62  # between leaves; between levels


def seen(root: Node, shown: Shown, now: tuple[int, ...]) -> Picture:
    """The part of the tree that the search knows; the way to where it is, in orange."""
    picture = Picture()

    def place(node: Node) -> tuple[float, float]:
        return 22 + node.x * WIDE, 24 + node.depth * HIGH

    nodes = {tuple(node.path): node for node in every(root)}
    for path, node in nodes.items():
        for child in node.below:
            at = tuple(child.path)
            if at in shown.cut:
                edge = between(place(node), place(child), 12)
                picture.line(edge, GREY, 1, dashed=True)
            elif at in shown.visited:
                on_the_way = now[: len(at)] == at
                colour = ORANGE if on_the_way else BLUE
                start, end = place(node), place(child)
                picture.line(between(start, end, 12), colour, 2)
                # Left of its edge; of the last one right, where no other edge is.
                side = -1 if child is node.below[-1] else 1
                across = side * 11 / hypot(end[0] - start[0], end[1] - start[1])
                picture.text(
                    start[0] + 0.6 * (end[0] - start[0]) + across * (start[1] - end[1]),
                    start[1] + 0.6 * (end[1] - start[1]) + across * (end[0] - start[0]),
                    f"+{at[-1]}",
                    size=11,
                )
        x, y = place(node)
        if path in shown.cut:
            picture.text(x, y + 4, f"+{path[-1]}", size=11)
    for path in sorted(shown.visited, key=lambda path: (len(path), path)):
        x, y = place(nodes[path])
        colour = GREEN if path in shown.found else ORANGE if path == now else BLUE
        picture.circle(x, y, 12, colour, 0.3, colour, 1.5)
        picture.text(x, y, nodes[path].rest)
    return picture


def steps() -> dict[str, Steps]:
    """The run of the recursive search: each call, each level cut off."""
    root = Node([], TARGET)
    grow(root, 0)
    place(root, 0)
    result, moments = record(
        lambda: combination_sum_recursive(CANDIDATES, TARGET),
        combination_sum_recursive,
        ["if rest == 0", "found.append", "break"],
        "path rest start ordered j",
    )
    shown, frames = Shown(), []
    for moment in moments:
        path, rest = tuple(moment["path"]), moment["rest"]
        total = " + ".join(map(str, path))
        if len(path) > 1:
            total += f" = {sum(path)}"
        if moment["line"] == "if rest == 0":
            shown.visited.add(path)
            may = ", ".join(map(str, moment["ordered"][moment["start"] :]))
            en = f"Nothing taken: {rest} is missing. Candidates: {may}."
            zh = f"还没有选数，差 {rest}。候选数：{may.replace(', ', '、')}。"
            if path and rest:
                en = f"{total}: {rest} is missing. From here on: {may}."
                zh = f"{total}，还差 {rest}。此后可选：{may.replace(', ', '、')}。"
            elif not rest:
                continue  # the next moment says so
        elif moment["line"] == "found.append":
            shown.visited.add(path)
            shown.found.add(path)
            en = f"{total}: nothing is missing, a solution. Back up."
            zh = f"{total}，不差了：得到一个解。往回退。"
        else:
            first, *others = moment["ordered"][moment["j"] :]
            shown.cut |= {(*path, c) for c in (first, *others)}
            en = f"{first} is larger than the missing {rest}: cut off"
            zh = f"{first} 大于还差的 {rest}：剪掉"
            if others:
                rest_of = ", ".join(map(str, others))
                en += f", and with it {rest_of}, since the candidates are sorted"
                zh += f"；候选数已排序，后面的 {rest_of.replace(', ', '、')} 也一并剪掉"
            en, zh = f"{en}.", f"{zh}。"
        frames.append(Frame(seen(root, shown, path), en, zh))
    listed = [" + ".join(map(str, path)) for path in result]
    frames.append(
        Frame(
            seen(root, shown, ()),
            f"All levels are done. {len(result)} combinations of {TARGET}: "
            f"{' and '.join(listed)}; {len(shown.visited)} nodes were visited.",
            f"各层都已试完。和为 {TARGET} 的组合有 {len(result)} 个："
            f"{'、'.join(listed)}；一共访问了 {len(shown.visited)} 个结点。",
        )
    )
    leaves = max(node.x for node in every(root))
    return {"combination_sum_steps": Steps(44 + leaves * WIDE, 44 + 3 * HIGH, frames)}
