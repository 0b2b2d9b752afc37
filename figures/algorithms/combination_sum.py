"""The search tree of 2, 3, 6, 7 with target 7: kept, cut off, and the solutions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import hypot
from typing import Any

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
    cut: dict[tuple[int, ...], list[int]] = field(default_factory=dict)
    found: set[tuple[int, ...]] = field(default_factory=set)
    over: bool = False


WIDE, HIGH = 44, 60  # between leaves; between levels
Path = tuple[int, ...]


def entered() -> tuple[Node, dict[Path, Node]]:
    """The tree that the search enters, with one leaf for all that a level cuts off.

    Returns:
        The root, and of each node whose level was cut the leaf that stands for the cut.
    """
    root, cuts = Node([], TARGET), {}
    grow(root, 0)
    for node in every(root):
        beyond = [child for child in node.below if child.rest < 0]
        if beyond:
            node.below = [child for child in node.below if child.rest >= 0]
            node.below.append(beyond[0])
            cuts[tuple(node.path)] = beyond[0]
    place(root, 0)
    return root, cuts


def spot(node: Node) -> tuple[float, float]:
    return 20 + node.x * WIDE, 22 + node.depth * HIGH


def stub(picture: Picture, node: Node, leaf: Node, cut: Sequence[int]) -> None:
    """What a level cuts off: one dashed line, and below it the numbers."""
    (x, y), (to, _) = spot(node), spot(leaf)
    ends = between((x, y), (to, y + 0.62 * HIGH), 12)
    picture.line([ends[0], (to, y + 0.5 * HIGH)], GREY, 1.2, dashed=True)
    for n, number in enumerate(cut):
        picture.text(to, y + 0.5 * HIGH + 9 + 14 * n, f"+{number}", size=12)


def seen(shown: Shown, now: Path) -> Picture:
    """The part of the tree that the search knows; the way to where it is, in orange."""
    picture = Picture()
    root, cuts = entered()
    nodes = {tuple(node.path): node for node in every(root)}
    good = {path[:n] for path in shown.found for n in range(1, len(path) + 1)}
    for path, node in nodes.items():
        if path in shown.cut:
            stub(picture, node, cuts[path], shown.cut[path])
        for child in node.below:
            at = tuple(child.path)
            if at not in shown.visited:
                continue
            colour = ORANGE if now[: len(at)] == at else GREEN if at in good else BLUE
            start, end = spot(node), spot(child)
            picture.line(between(start, end, 12), colour, 2)
            # Left of its edge; of the last one right, where no other edge is.
            side = -1 if child is node.below[-1] else 1
            across = side * 12 / hypot(end[0] - start[0], end[1] - start[1])
            picture.text(
                start[0] + 0.6 * (end[0] - start[0]) + across * (start[1] - end[1]),
                start[1] + 0.6 * (end[1] - start[1]) + across * (end[0] - start[0]),
                f"+{at[-1]}",
                size=12,
            )
    for path in sorted(shown.visited, key=lambda path: (len(path), path)):
        x, y = spot(nodes[path])
        here = path == now and not shown.over
        colour = GREEN if path in shown.found else ORANGE if here else BLUE
        picture.circle(x, y, 12, colour, 0.3, colour, 1.5)
        picture.text(x, y, nodes[path].rest)
    return picture


def steps() -> dict[str, Steps]:
    """The run of the recursive search: each call, each level cut off."""
    result, moments = record(
        lambda: combination_sum_recursive(CANDIDATES, TARGET),
        combination_sum_recursive,
        ["if rest == 0", "found.append", "break"],
        "path rest start ordered j",
    )
    shown, frames = Shown(), []
    for moment in moments:
        path, rest = tuple(moment["path"]), moment["rest"]
        if moment["line"] == "if rest == 0":
            shown.visited.add(path)
            if not rest:
                continue  # the next moment says so
            said = called(path, moment)
        elif moment["line"] == "found.append":
            shown.found.add(path)
            en = f"{total(path)}: nothing is missing, a solution. Back up to {back(path)[0]}."
            said = en, f"{total(path)}，正好凑满：得到一个解。退回{back(path)[1]}。"
        else:
            shown.cut[path] = moment["ordered"][moment["j"] :]
            said = cut_said(path, rest, shown.cut[path])
        frames.append(Frame(seen(shown, path), *said))
    listed = [" + ".join(map(str, path)) for path in result]
    shown.over = True
    frames.append(
        Frame(
            seen(shown, ()),
            f"All levels are done. {len(result)} combinations of {TARGET}: "
            f"{' and '.join(listed)}; {len(shown.visited)} nodes were visited.",
            f"各层都已试完。和为 {TARGET} 的组合有 {len(result)} 个："
            f"{'、'.join(listed)}；一共访问了 {len(shown.visited)} 个结点。",
        )
    )
    root, cuts = entered()
    wide = max(node.x for node in every(root)) * WIDE + 40
    # The lowest cut, and the numbers that stand below it.
    ends = [(cuts[path].depth, len(numbers)) for path, numbers in shown.cut.items()]
    high = max(22 + (depth - 0.5) * HIGH + 14 * count for depth, count in ends) + 8
    return {"combination_sum_steps": Steps(wide, high, frames)}


def total(path: Path) -> str:
    sum_ = " + ".join(map(str, path))
    return f"{sum_} = {sum(path)}" if len(path) > 1 else sum_


def back(path: Path) -> tuple[str, str]:
    """What is left of a path without its last number."""
    left = " + ".join(map(str, path[:-1]))
    return left or "the root", f" {left}" if left else "根结点"


def called(path: Path, moment: dict[str, Any]) -> tuple[str, str]:
    """A call: what is missing, and what may follow."""
    rest, start, ordered = moment["rest"], moment["start"], moment["ordered"]
    may = ", ".join(map(str, ordered[start:]))
    if not path:
        return (
            f"Nothing taken: {rest} is missing. Candidates: {may}.",
            f"还没有选数，还差 {rest}。候选数：{may.replace(', ', '、')}。",
        )
    en = f"{total(path)}: {rest} is missing. From here on: {may}"
    zh = f"{total(path)}，还差 {rest}。此后可选：{may.replace(', ', '、')}"
    if start:
        en += "; a smaller number could give a combination twice"
        zh += "；若再选更小的数，组合就可能重复"
    return f"{en}.", f"{zh}。"


def cut_said(path: Path, rest: int, cut: list[int]) -> tuple[str, str]:
    """The end of a level: the first number that is too large, and all after it."""
    first, *others = cut
    taken = " + ".join(map(str, path))
    en = f"After {taken}, {rest} is missing and {first} is too large: cut off"
    zh = f"{taken} 之后还差 {rest}，{first} 太大：剪掉"
    if others:
        en += f", and {', '.join(map(str, others))} with it, since the candidates are sorted"
        zh += f"；候选数已排序，后面的 {'、'.join(map(str, others))} 也一并剪掉"
    where = back(path)
    return f"{en}. Back up to {where[0]}.", f"{zh}。退回{where[1]}。"
