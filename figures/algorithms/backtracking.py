"""The search tree of four queens, and the board while the note's code searches it."""

from __future__ import annotations

from dataclasses import dataclass, field

from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from figures.record import record
from figures.steps import Frame, Picture, Steps
from figures.style import BLUE, GREY, INK, ORANGE, new_figure
from snippets.algorithms.backtracking import (
    count_nodes,
    each_queens,
    n_queens,
    queens_below,
)
from snippets.algorithms.backtracking.queens import _queens

N = 4
Path = tuple[int, ...]


@dataclass
class Node:
    path: Path
    x: float = 0.0
    below: list[Node] = field(default_factory=list)


def grown(path: Path) -> Node:
    return Node(path, below=[grown(child) for child in queens_below(path, N)])


def every(node: Node) -> list[Node]:
    return [node] + [n for child in node.below for n in every(child)]


def place(node: Node, right: float) -> float:
    """Leaves side by side, parents above the middle; returns the next free place."""
    if not node.below:
        node.x = right
        return right + 1.5
    for child in node.below:
        right = place(child, right)
    node.x = (node.below[0].x + node.below[-1].x) / 2
    return right


def draw() -> dict[str, Figure]:
    root = grown(())
    place(root, 0)
    nodes = every(root)
    # What is drawn is what the snippet does.
    assert len(nodes) == count_nodes(lambda path: queens_below(path, N), ())
    assert [n.path for n in nodes if len(n.path) == N] == n_queens(N)
    figure = new_figure(5.2, 4.6)
    axes = figure.subplots()
    high, wide = 1.55, 1.0  # from level to level; of a board
    for node in nodes:
        depth = len(node.path)
        y = -high * depth
        for child in node.below:
            hopeless = not any(len(n.path) == N for n in every(child))
            axes.plot(
                [node.x, child.x],
                [y - wide / 2, y - high + wide / 2],
                color=GREY if hopeless else BLUE,
                lw=0.9 if hopeless else 1.6,
                zorder=1,
            )
        colour = ORANGE if depth == N else BLUE if node.below else GREY
        left, top = node.x - wide / 2, y + wide / 2
        for line in range(1, N):
            at = line * wide / N
            axes.plot([left + at] * 2, [top, top - wide], color=GREY, lw=0.35)
            axes.plot([left, left + wide], [top - at] * 2, color=GREY, lw=0.35)
        axes.add_patch(
            Rectangle(
                (left, top - wide), wide, wide, fill=False, edgecolor=colour, lw=1.4
            )
        )
        for row, column in enumerate(node.path):
            corner = left + column * wide / N, top - (row + 1) * wide / N
            axes.add_patch(Rectangle(corner, wide / N, wide / N, facecolor=colour))
        if node.path and depth == N:
            axes.text(
                node.x,
                top - wide - 0.12,
                ", ".join(map(str, node.path)),
                ha="center",
                va="top",
                color=INK,
                fontsize=12,  # on a telephone two thirds of it are left
            )
    axes.set_xlim(-0.6, max(node.x for node in nodes) + 0.6)
    axes.set_ylim(-high * N - 0.85, 0.6)
    axes.set_aspect("equal")
    axes.axis("off")
    return {"backtracking": figure}


CELL, LEFT, TOP = 50, 34, 26


def steps() -> dict[str, Steps]:
    """Until the first placement of four queens has been found."""
    first, moments = record(
        lambda: next(each_queens(N)),
        _queens,
        ["if row == n", "path.pop()"],
        "row path c columns falling rising",
    )
    frames, nodes = [], 0
    for moment in moments:
        path = tuple(moment["path"])
        if moment["line"] == "if row == n":
            nodes += 1
            row = moment["row"]
            taken = moment["columns"], moment["falling"], moment["rising"]
            free = [c for c in range(N) if not attacked(row, c, *taken)]
            said = entered(path, free if row < N else None, nodes)
            frames.append(Frame(board(path, nodes), *said))
        else:
            frames.append(Frame(board(path[:-1], nodes, lifted=path), *undone(path)))
    assert path == first
    return {
        "backtracking_steps": Steps(LEFT + N * CELL + 16, TOP + N * CELL + 40, frames)
    }


def attacked(
    row: int, c: int, columns: set[int], falling: set[int], rising: set[int]
) -> bool:
    return c in columns or row - c in falling or row + c in rising


def board(path: Path, nodes: int, lifted: Path = ()) -> Picture:
    """Queens, squares that they attack in rows without one, and a queen taken back."""
    picture = Picture()
    taken = (
        set(path),
        {row - c for row, c in enumerate(path)},
        {row + c for row, c in enumerate(path)},
    )
    done = len(path) == N
    for row in range(N):
        picture.text(LEFT - 16, TOP + (row + 0.5) * CELL, row)
        picture.text(LEFT + (row + 0.5) * CELL, TOP - 13, row)
        for c in range(N):
            x, y = LEFT + c * CELL, TOP + row * CELL
            if row >= len(path) and attacked(row, c, *taken):
                picture.rect(x, y, CELL, CELL, GREY, 0.35, GREY)
            else:
                picture.rect(x, y, CELL, CELL, edge=GREY)
    for row, c in enumerate(path):
        x, y = LEFT + (c + 0.5) * CELL, TOP + (row + 0.5) * CELL
        picture.circle(
            x, y, 16, ORANGE if done else BLUE, 0.35, ORANGE if done else BLUE, 2
        )
        picture.text(x, y, "Q", bold=True)
    if lifted:
        x = LEFT + (lifted[-1] + 0.5) * CELL
        picture.circle(x, TOP + (len(lifted) - 0.5) * CELL, 16, edge=GREY, thick=1.5)
    shown = ", ".join(map(str, path))
    picture.text(LEFT, TOP + N * CELL + 22, f"({shown})", anchor="start")
    picture.text(LEFT + N * CELL, TOP + N * CELL + 22, f"#{nodes}", anchor="end")
    return picture


def listed(columns: list[int], both: str, comma: str) -> str:
    return (
        f" {both} ".join([comma.join(map(str, columns[:-1])), str(columns[-1])])
        if (len(columns) > 1)
        else str(columns[0])
    )


def entered(path: Path, free: list[int] | None, nodes: int) -> tuple[str, str]:
    """A node: what was chosen, and what the next row leaves."""
    row = len(path)
    if not path:
        return (
            f"Node {nodes}, the root: no queen yet, and row 0 is free in all {N} columns.",
            f"第 {nodes} 个结点，树根：还没有皇后，第 0 行的 {N} 列都可以放。",
        )
    en = f"Node {nodes}: a queen in row {row - 1}, column {path[-1]}."
    zh = f"第 {nodes} 个结点：在第 {row - 1} 行第 {path[-1]} 列放一个皇后。"
    if free is None:
        return (
            f"{en} All {N} rows have one: the first solution, {path}. The search rests here until the"
            " next one is asked for.",
            f"{zh}{N} 行都放好了：这是第一个解 {path}。搜索停在这里，等着要下一个解。",
        )
    if not free:
        return (
            f"{en} Every square of row {row} is attacked (grey): a dead end, no need to look further down.",
            f"{zh}第 {row} 行的格子全都受攻击（灰色）：死路，不必再往下看。",
        )
    which = "column" if len(free) == 1 else "columns"
    return (
        f"{en} Row {row} is left with {which} {listed(free, 'and', ', ')}; try {free[0]} first.",
        f"{zh}第 {row} 行还剩第 {listed(free, '、', '、').replace(' ', '')} 列，先试第 {free[0]} 列。",
    )


def undone(path: Path) -> tuple[str, str]:
    """The last queen is taken back, and what its row then offers."""
    row, c = len(path) - 1, path[-1]
    later = [below[-1] for below in queens_below(path[:-1], N) if below[-1] > c]
    en = (
        f"Nothing is left to try below it: take back the queen of row {row}, column {c}. Its column and"
        " both its diagonals are free again."
    )
    zh = f"它下面已经没有可试的了：撤回第 {row} 行第 {c} 列的皇后，它的列和两条对角线重新空出。"
    if later:
        return (
            f"{en} Next in row {row}: column {later[0]}.",
            f"{zh}第 {row} 行接着试第 {later[0]} 列。",
        )
    return (
        f"{en} Row {row} has no other free column further right.",
        f"{zh}第 {row} 行再往右已没有空着的列。",
    )
