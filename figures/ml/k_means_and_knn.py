"""Two optima of a rectangle, cells of k-means, borders of k-NN; steps of both searches."""

from collections.abc import Iterable
from itertools import pairwise
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from figures.record import record
from figures.steps import Frame, Picture, Steps
from figures.style import BLUE, GREEN, GREY, ORANGE, PURPLE, new_figure
from snippets.ml.datasets import three_groups
from snippets.ml.k_means_and_knn import (
    KDTree,
    inertia,
    kmeans,
    knn_predict,
    lloyd_steps,
)

COLOURS = (BLUE, ORANGE, GREEN)
MARKS = ("o", "s", "^")


def grid(X: np.ndarray, n: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A net over the points: its two axes, and its places as rows."""
    low, high = X.min(axis=0) - 0.4, X.max(axis=0) + 0.4
    u, v = np.linspace(low[0], high[0], n), np.linspace(low[1], high[1], n)
    return u, v, np.stack(np.meshgrid(u, v), axis=-1).reshape(-1, 2)


def groups(axes: Axes, X: np.ndarray, y: np.ndarray, size: float = 9) -> None:
    """Points in the colour and shape of their group."""
    for g, (colour, mark) in enumerate(zip(COLOURS, MARKS)):
        axes.scatter(*X[y == g].T, s=size, color=colour, marker=mark, linewidths=0)
    axes.set_xticks([])
    axes.set_yticks([])
    axes.set_aspect("equal")  # else "halfway" and "nearest" are not what one sees


def optima(figure: Any) -> None:
    """The rectangle with L = 4, from two starts."""
    length = 4
    X = np.array([[0, 0], [0, 1], [length, 0], [length, 1.0]])
    for axes, start in zip(
        figure.subplots(2, 1), ([[0, 0.5], [length, 0.5]], [[2, 0], [2, 1]])
    ):
        labels, centers, cost = lloyd_steps(X, np.array(start, float))[-1]
        for j, colour in enumerate(COLOURS[:2]):
            axes.plot(*X[labels == j].T, color=colour, linewidth=1, linestyle=":")
            axes.scatter(*X[labels == j].T, s=26, color=colour, marker=MARKS[j])
            axes.scatter(*centers[j], s=70, color=colour, marker="+")
        axes.set_title(f"$J = {cost:.0f}$")
        axes.set_xlim(-0.8, length + 0.8)
        axes.set_ylim(-0.7, 1.7)
        axes.set_xticks([0, length], ["$0$", "$L$"])
        axes.set_yticks([0, 1])
        axes.set_aspect("equal")


def cells(axes: Axes) -> None:
    """Drawn groups, and the cells of the centres that k-means finds."""
    data = three_groups()
    centers, _, cost = kmeans(data.X, 3)
    groups(axes, data.X, data.y)
    u, v, net = grid(data.X, 120)
    squares = ((net[:, None] - centers) ** 2).sum(axis=2)
    for j in (0, 1):
        ahead = squares[:, j] - np.delete(squares, j, axis=1).min(axis=1)
        shown = ahead.reshape(len(v), len(u))
        axes.contour(u, v, shown, levels=[0], colors=[PURPLE], linewidths=1.2)
    axes.scatter(*centers.T, s=110, color=PURPLE, marker="+", linewidths=2)
    axes.set_title(f"kmeans: $J = {cost:.1f}$")


def borders(axes: Axes, k: int) -> None:
    """Where the vote of k neighbours changes."""
    data = three_groups()
    groups(axes, data.X, data.y)
    u, v, net = grid(data.X, 110)
    votes = knn_predict(data.X, data.y, net, k).reshape(len(v), len(u))
    for g in (0, 1):
        inside = (votes == g).astype(float)
        axes.contour(u, v, inside, levels=[0.5], colors=[PURPLE], linewidths=1.2)
    axes.set_title(f"knn_predict: $k = {k}$")


def optima_and_cells() -> Figure:
    figure = new_figure(5.6, 3.1)
    left, right = figure.subfigures(1, 2)
    optima(left)
    cells(right.subplots())
    return figure


def votes() -> Figure:
    figure = new_figure(5.6, 3.1)
    for axes, k in zip(figure.subplots(1, 2), (1, 15)):
        borders(axes, k)
    return figure


def draw() -> dict[str, Figure]:
    return {
        "k_means_and_knn": optima_and_cells(),
        "k_means_and_knn_votes": votes(),
    }


# Lloyd's algorithm, half step by half step

WIDTH, HEIGHT = 428, 250


def few() -> tuple[np.ndarray, np.ndarray]:
    """Twenty-four points in three groups, and a start with all centres in one corner."""
    X = three_groups(8).X
    return X, np.array([[1.0, 1.0], [2.0, 1.0], [3.0, 1.0]])


class Plane:
    """Where points of the plane are in a picture."""

    def __init__(self, X: np.ndarray, left: float, top: float, size: float) -> None:
        low, high = X.min(axis=0), X.max(axis=0)
        self.low, self.scale = low, size / (high - low).max()
        self.left, self.bottom = left, top + size

    def __call__(self, x: Iterable[float]) -> tuple[float, float]:
        u, v = (np.asarray(x, float) - self.low) * self.scale
        return self.left + float(u), self.bottom - float(v)


def points(
    plane: Plane, X: np.ndarray, labels: np.ndarray | None, centers: np.ndarray
) -> Picture:
    """Points in the colour of their cluster; centres as crosses in a ring."""
    picture = Picture()
    for i, x in enumerate(X):
        colour = GREY if labels is None else COLOURS[labels[i]]
        picture.circle(*plane(x), 4.5, colour)
    for j, center in enumerate(centers):
        x, y = plane(center)
        picture.circle(x, y, 9, edge=COLOURS[j], thick=2)
        picture.line([(x - 5, y), (x + 5, y)], COLOURS[j], 2.5)
        picture.line([(x, y - 5), (x, y + 5)], COLOURS[j], 2.5)
    return picture


def curve(picture: Picture, costs: list[float]) -> None:
    """The cost after each half step so far, as bars."""
    left, bottom, high = 270, 205, 160
    picture.line([(left, bottom), (left + 150, bottom)], GREY, 1)
    picture.text(left + 75, 16, "J", italic=True)
    for i, cost in enumerate(costs):
        tall = high * cost / costs[0]
        colour = PURPLE if i % 2 == 0 else GREY
        picture.rect(left + 4 + 13 * i, bottom - tall, 10, tall, colour)
    picture.text(left + 75, bottom + 20, f"J = {costs[-1]:.2f}" if costs else "")


def lloyd() -> Steps:
    X, centers = few()
    plane = Plane(X, 16, 16, 218)
    picture = points(plane, X, None, centers)
    frames = [
        Frame(
            picture,
            f"{len(X)} points without labels, and {len(centers)} centres that somebody "
            "put into one corner. Two steps now take turns: assign, then move.",
            f"{len(X)} 个没有标签的点，{len(centers)} 个中心一开始都放在一个角上。"
            "接下来两步轮流进行：先分配，再移动。",
        )
    ]
    costs: list[float] = []
    old = np.full(len(X), -1)
    rounds = lloyd_steps(X, centers)
    for number, (labels, means, cost) in enumerate(rounds, 1):
        changed = int((labels != old).sum())
        costs.append(inertia(X, centers))
        picture = points(plane, X, labels, centers)
        curve(picture, costs)
        if changed == 0:
            frames.append(
                Frame(
                    picture,
                    f"Round {number}: {changed} points change their label, so the means "
                    f"stay too, and the run ends at J = {cost:.2f}. No single step helps "
                    "any more, which does not yet make it the best of all.",
                    f"第 {number} 轮：{changed} 个点换标签，均值也就不变，"
                    f"算法停在 J = {cost:.2f}。单独哪一步都不能再改进；但这不等于全局最优。",
                )
            )
            break
        en = f"Assign, round {number}: each point takes the nearest centre. "
        zh = f"第 {number} 轮，分配：每个点归最近的中心。"
        if len(costs) > 1:
            en += (
                f"{changed} of {len(X)} {'changes' if changed == 1 else 'change'}, to a "
                f"nearer one, so J falls from {costs[-2]:.2f} to {costs[-1]:.2f}."
            )
            zh += (
                f"{len(X)} 个点里有 {changed} 个换了标签，换到了更近的中心，"
                f"所以 J 从 {costs[-2]:.2f} 降到 {costs[-1]:.2f}。"
            )
        else:
            en += (
                f"The squared distances sum to J = {costs[-1]:.2f}. (Bars: purple after "
                "assigning, grey after moving.)"
            )
            zh += (
                f"距离的平方和是 J = {costs[-1]:.2f}。"
                "（紫色的柱：分配之后；灰色的柱：移动之后。）"
            )
        frames.append(Frame(picture, en, zh))
        costs.append(cost)
        picture = points(plane, X, labels, means)
        curve(picture, costs)
        frames.append(
            Frame(
                picture,
                f"Move, round {number}: each centre goes to the mean of its points, where "
                f"their squared distances are least. J falls from {costs[-2]:.2f} to "
                f"{cost:.2f}.",
                f"第 {number} 轮，移动：每个中心移到自己那些点的均值，"
                f"在那里距离的平方和最小。J 从 {costs[-2]:.2f} 降到 {cost:.2f}。",
            )
        )
        old, centers = labels, means
    return Steps(WIDTH, HEIGHT, frames)


# A search in a k-d tree

Box = tuple[float, float, float, float]  # left, bottom, right, top
QUERY = np.array([5.6, 4.7])
SIDE = 10.0


def scattered() -> np.ndarray:
    return np.random.default_rng(3).integers(5, 96, (14, 2)) / 10


def halves(box: Box, fork: Any) -> tuple[Box, Box]:
    """The two parts of a box, left and right of the plane."""
    left, bottom, right, top = box
    if fork.axis == 0:
        return (left, bottom, fork.at, top), (fork.at, bottom, right, top)
    return (left, bottom, right, fork.at), (left, fork.at, right, top)


def boxes(node: Any, box: Box, found: dict[int, Box]) -> None:
    """The box of each node, by the node's identity."""
    found[id(node)] = box
    if not isinstance(node, np.ndarray):
        for part, inner in zip((node.left, node.right), halves(box, node)):
            boxes(part, inner, found)


def searched() -> tuple[KDTree, Any, list[dict[str, Any]]]:
    """A search, and what it looked at: each leaf, and each fork it came back to."""
    tree = KDTree(scattered())

    def kept(known: dict[str, Any]) -> dict[str, Any]:
        names = ("node", "far", "gap")
        return {n: known[n] for n in names if n in known} | {
            "best": list(known["best"]),
            "visited": known["self"].visited,
        }

    lines = ("squared = ((self._X[node]", "if len(best) < k or gap**2")
    result, seen = record(lambda: tree.query(QUERY), KDTree.query, lines, kept)
    return tree, result, seen


def tree_search() -> Steps:
    tree, (distances, _), seen = searched()
    X, found = tree._X, dict[int, Box]()
    boxes(tree._root, (0, 0, SIDE, SIDE), found)
    plane = Plane(np.array([[0, 0], [SIDE, SIDE]]), 94, 6, 238)
    compared: list[int] = []
    pruned: list[int] = []

    def base(radius: float) -> Picture:
        picture = Picture()
        for key in pruned:
            paint(picture, found[key], GREY, 0.35)
        for key in compared:
            paint(picture, found[key], BLUE, 0.25)
        lines(picture, tree._root, (0, 0, SIDE, SIDE))
        picture.rect(94, 6, 238, 238, edge=GREY)
        for x in X:
            picture.circle(*plane(x), 3.5, GREEN)
        x, y = plane(QUERY)
        picture.line([(x - 5, y), (x + 5, y)], ORANGE, 2.5)
        picture.line([(x, y - 5), (x, y + 5)], ORANGE, 2.5)
        if radius:
            picture.circle(x, y, radius * plane.scale, edge=ORANGE, thick=2)
        return picture

    def paint(picture: Picture, box: Box, colour: str, opacity: float) -> None:
        left, top = plane((box[0], box[3]))
        right, bottom = plane((box[2], box[1]))
        picture.rect(left, top, right - left, bottom - top, colour, opacity)

    def lines(picture: Picture, node: Any, box: Box) -> None:
        if isinstance(node, np.ndarray):
            return
        left, bottom, right, top = box
        if node.axis == 0:
            picture.line([plane((node.at, bottom)), plane((node.at, top))], GREY, 1)
        else:
            picture.line([plane((left, node.at)), plane((right, node.at))], GREY, 1)
        for part, inner in zip((node.left, node.right), halves(box, node)):
            lines(picture, part, inner)

    frames = [
        Frame(
            base(0),
            f"{len(X)} points; each line halves the points of its box across the longer "
            "spread, until each box holds one; a point on a line is in the box to the right "
            "of it, or above. Which point is nearest to the cross?",
            f"{len(X)} 个点；每条线在跨度较大的那个方向上把盒子里的点对半分开，直到每个盒子里只有一个点；线上的点属于右边或上边的盒子。"
            "离十字最近的是哪个点？",
        )
    ]
    for event, after in pairwise([*seen, {"best": [(-(distances[0] ** 2), 0)]}]):
        if event["line"].startswith("squared"):
            compared.append(id(event["node"]))
            before = event["best"]
            best = float(np.sqrt(-after["best"][0][0]))
            off = float(np.sqrt(((X[event["node"][0]] - QUERY) ** 2).sum()))
            picture = base(best)
            number = len(compared)
            if not before:
                en = f"Down to the box of the cross: comparison {number}, distance {off:.2f}."
                zh = f"先走到十字所在的盒子：第 {number} 次比较，距离 {off:.2f}。"
                en += " Only a point inside the circle can be nearer."
                zh += "只有圆内的点才可能更近。"
            elif best < np.sqrt(-before[0][0]):
                en = (
                    f"The circle crosses the next line, so the other side may hide a "
                    f"nearer point. Comparison {number}: {off:.2f}, nearer; the circle "
                    "shrinks."
                )
                zh = (
                    f"圆与下一条线相交，线的另一侧可能有更近的点。"
                    f"第 {number} 次比较：{off:.2f}，更近，圆缩小。"
                )
            else:
                en = (
                    f"The circle reaches across the next line, so that side must be "
                    f"looked at. Comparison {number}: {off:.2f}, not nearer than "
                    f"{best:.2f}."
                )
                zh = (
                    f"圆伸过了下一条线，所以那一侧也要看。"
                    f"第 {number} 次比较：{off:.2f}，不比 {best:.2f} 近。"
                )
        else:
            best, gap = float(np.sqrt(-event["best"][0][0])), abs(float(event["gap"]))
            if gap**2 <= best**2:
                continue
            pruned.append(id(event["far"]))
            picture = base(best)
            en = (
                f"Back at a line that is {gap:.2f} away, beyond the circle of radius "
                f"{best:.2f}: all behind it is skipped (grey)."
            )
            zh = (
                f"退回到一条线，它离十字 {gap:.2f}，在半径 {best:.2f} 的圆之外："
                "线后面的点全部跳过（灰）。"
            )
        frames.append(Frame(picture, en, zh))
    last = frames[-1]
    end = (
        f" Done: {tree.visited} of {len(X)} points were compared; the nearest is "
        f"{distances[0]:.2f} away."
    )
    finish = (
        f"搜索结束：{len(X)} 个点里比较了 {tree.visited} 个，最近的距离是 "
        f"{distances[0]:.2f}。"
    )
    frames[-1] = Frame(last.picture, last.en + end, last.zh + finish)
    return Steps(WIDTH, 250, frames)


def steps() -> dict[str, Steps]:
    return {
        "k_means_and_knn_lloyd_steps": lloyd(),
        "k_means_and_knn_tree_steps": tree_search(),
    }
