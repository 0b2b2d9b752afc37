"""The table with the walk back through it, and one row updated in both directions."""

from itertools import pairwise

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from figures.record import record
from figures.steps import Frame, Picture, Steps
from figures.style import BLUE, GREEN, GREY, ORANGE, SEQUENTIAL, new_figure
from snippets.algorithms.knapsack import knapsack_2d, knapsack_items, knapsack_multiple

VOLUMES, VALUES, CAPACITY = [1, 2, 3, 4], [2, 4, 4, 5], 5
HIGHEST = 10  # of all numbers shown, so that a colour means one value in every panel


def cell(axes: Axes, x: float, y: float, value: int, edge: str = GREY) -> None:
    """One cell of a row, centred on (x, y), with its value in readable ink."""
    colour = mpl.colormaps[SEQUENTIAL](value / HIGHEST)
    light = np.dot(np.power(colour[:3], 2.2), [0.2126, 0.7152, 0.0722]) > 0.18
    axes.add_patch(
        Rectangle((x - 0.5, y - 0.5), 1, 1, facecolor=colour, edgecolor=edge, lw=0.8)
    )
    ink = "#101010" if light else "#ffffff"
    axes.text(x, y, f"{value}", ha="center", va="center", color=ink, fontsize=10)


def table(axes: Axes) -> None:
    """All cells, and the ones that ``knapsack_items`` walks through."""
    rows = knapsack_2d(VOLUMES, VALUES, CAPACITY)
    for i, row in enumerate(rows):
        for j, value in enumerate(row):
            cell(axes, j, i, value)
    _, taken = knapsack_items(VOLUMES, VALUES, CAPACITY)
    walk = [(CAPACITY, len(VOLUMES))]
    for i in range(len(VOLUMES) - 1, -1, -1):
        walk.append((walk[-1][0] - VOLUMES[i] * (i in taken), i))
    for start, end in pairwise(walk):
        axes.annotate(
            "",
            end,
            start,
            arrowprops={"arrowstyle": "-|>", "color": ORANGE, "lw": 2.2}
            | {"shrinkA": 8, "shrinkB": 8, "mutation_scale": 12},
            zorder=4,
        )
    for j, i in walk:
        axes.add_patch(
            Rectangle((j - 0.42, i - 0.42), 0.84, 0.84, fill=False, ec=ORANGE, lw=2.2)
        )
    labels = [f"{i}: ({v}, {w})" for i, v, w in zip(range(1, 5), VOLUMES, VALUES)]
    axes.set_yticks(range(len(rows)), ["0", *labels])
    axes.set_xticks(range(CAPACITY + 1))
    axes.xaxis.tick_top()
    axes.set_title("$f_{i,j}$")
    axes.set_ylabel("$i$: $(v_i, w_i)$", labelpad=2)
    axes.set_xlim(-0.55, CAPACITY + 0.55)
    axes.set_ylim(len(VOLUMES) + 0.55, -0.55)
    axes.set_aspect("equal")


def direction(axes: Axes, before: list[int], after: list[int], down: bool) -> None:
    """The row before and after item (2, 4), and from where each cell was written."""
    volume = VOLUMES[1]
    for j in range(CAPACITY + 1):
        cell(axes, j, 0, before[j])
        cell(axes, j, 2, after[j])
        if j >= volume:
            source = 0.5 if down else 2.5
            target = 1.5 if down else 2.5
            axes.annotate(
                "",
                (j - (0 if down else 0.12), target),
                (j - volume + (0 if down else 0.12), source),
                arrowprops={"arrowstyle": "-|>", "color": BLUE if down else ORANGE}
                | {"shrinkA": 1, "shrinkB": 1, "mutation_scale": 10, "lw": 1.4}
                | {"connectionstyle": "arc3,rad=0" if down else "arc3,rad=0.35"},
            )
    # The order of j: a long arrow above the row.
    ends = (CAPACITY + 0.4, -0.4) if down else (-0.4, CAPACITY + 0.4)
    axes.annotate(
        "",
        (ends[1], -0.95),
        (ends[0], -0.95),
        arrowprops={"arrowstyle": "-|>", "color": GREY, "lw": 1.4},
    )
    code = "range(capacity, v - 1, -1)" if down else "range(v, capacity + 1)"
    axes.set_title(code, family="monospace", fontsize=9, pad=3)
    axes.set_yticks([0, 2], ["$f_{1,j}$", "$f_{2,j}$"])
    axes.set_xticks([])
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    axes.set_xlim(-0.6, CAPACITY + 0.6)
    axes.set_ylim(2.6 if down else 3.6, -1.3)
    axes.set_aspect("equal")


def both() -> Figure:
    figure = new_figure(7, 3.9)
    left, right = figure.subfigures(1, 2, width_ratios=[1.15, 1])
    for part in (left, right):
        part.set_facecolor("none")
    axes = left.subplots()
    table(axes)
    axes.spines[:].set_visible(False)
    axes.tick_params(length=0)
    top, bottom = right.subplots(2, 1, height_ratios=[3.9, 4.9])
    rows = knapsack_2d(VOLUMES, VALUES, CAPACITY)
    direction(top, rows[1], rows[2], down=True)
    twice = [  # item 1 once, item 2 without limit
        knapsack_multiple(VOLUMES[:2], VALUES[:2], [1, CAPACITY], j)
        for j in range(CAPACITY + 1)
    ]
    direction(bottom, rows[1], twice, down=False)
    return figure


def draw() -> dict[str, Figure]:
    return {"knapsack": both()}


WIDE, HIGH, LEFT, TOP = 48, 42, 118, 42  # of a cell; where the first one is


def sheet(known: int) -> Picture:
    """The table with its first cells filled in, row by row, and its margins."""
    picture = Picture()
    picture.text(LEFT - 14, TOP - 18, "j", italic=True, anchor="end")
    for j in range(CAPACITY + 1):
        picture.text(LEFT + (j + 0.5) * WIDE, TOP - 18, j)
    labels = ["0", *(f"{i}: ({v}, {w})" for i, v, w in items())]
    for i, label in enumerate(labels):
        picture.text(LEFT - 14, TOP + (i + 0.5) * HIGH, label, anchor="end")
    for i, row in enumerate(knapsack_2d(VOLUMES, VALUES, CAPACITY)):
        for j, value in enumerate(row):
            x, y = LEFT + j * WIDE, TOP + i * HIGH
            full = i * len(row) + j < known
            tint = 0.07 * value if full else 0
            picture.rect(x, y, WIDE, HIGH, BLUE, tint, GREY)
            if full:
                picture.text(x + WIDE / 2, y + HIGH / 2, value)
    return picture


def items() -> list[tuple[int, int, int]]:
    """Number from 1, volume and value of each item."""
    return list(zip(range(1, len(VOLUMES) + 1), VOLUMES, VALUES))


def middle(i: int, j: int) -> tuple[float, float]:
    return LEFT + (j + 0.5) * WIDE, TOP + (i + 0.5) * HIGH


def mark(picture: Picture, i: int, j: int, colour: str) -> None:
    picture.rect(
        LEFT + j * WIDE + 2,
        TOP + i * HIGH + 2,
        WIDE - 4,
        HIGH - 4,
        edge=colour,
        thick=2.5,
    )


def filling() -> list[Frame]:
    """One frame a choice: the two cells that it reads, and which of them won."""
    width = CAPACITY + 1
    frames = [
        Frame(
            sheet(width),
            "A cell says what the first i items are worth at most if their volume is at "
            "most j; before each row stands i: (v, w), volume and value of item i. Row 0: "
            "without items every cell is 0.",
            "每一格记录只用前 i 件物品、体积至多为 j 时的最大价值；行首写着 i: (v, w)，"
            "即第 i 件的体积和价值。第 0 行：一件也不用，每一格都是 0。",
        )
    ]
    for i, volume, value in items():
        rows = knapsack_2d(VOLUMES[:i], VALUES[:i], CAPACITY)
        frames.append(copied(i, volume, rows[-1][:volume]))
        for j in range(volume, width):
            # Both cells and their result are the code's own.
            before = [rows[-2][j], rows[-2][j - volume]]
            picture = sheet(i * width + j + 1)
            mark(picture, i, j, ORANGE)
            said = cell_said(picture, i, j, volume, value, before, rows[-1][j])
            frames.append(Frame(picture, *said))
    return frames


def copied(i: int, volume: int, cells: list[int]) -> Frame:
    """The cells of a row for which its item is too large."""
    picture = sheet(i * (CAPACITY + 1) + len(cells))
    for j in range(len(cells)):
        mark(picture, i, j, ORANGE)
        picture.arrow(middle(i - 1, j), middle(i, j), ORANGE, gap=10)
    where, result = (", ".join(map(str, them)) for them in (range(len(cells)), cells))
    each = "each cell copies" if len(cells) > 1 else "the cell copies"
    return Frame(
        picture,
        f"Item {i}, j = {where}: its volume v = {volume} does not fit, so {each} the one "
        f"above it: {result}.",
        f"第 {i} 件，j = {where.replace(', ', '、')}：它的体积 v = {volume} 放不下，"
        f"照抄正上方的格子：{result.replace(', ', '、')}。",
    )


def cell_said(
    picture: Picture, i: int, j: int, v: int, w: int, before: list[int], best: int
) -> tuple[str, str]:
    """Draws the arrows of one cell, and says in both languages what it is made of."""
    leave, rest = before
    taken = rest + w
    up = ORANGE if leave == best else GREY
    side = ORANGE if taken == best else GREY
    picture.arrow(middle(i - 1, j), middle(i, j), up, gap=10)
    picture.arrow(middle(i - 1, j - v), middle(i, j), side, gap=10)
    en = f"Item {i}, j = {j}: leave it, {leave}; take it, which leaves volume "
    en += f"{j} − {v} = {j - v} for the others, {rest} + {w} = {taken}. "
    zh = f"第 {i} 件，j = {j}：不选，得 {leave}；选，前面的物品还剩体积 "
    zh += f"{j} − {v} = {j - v}，得 {rest} + {w} = {taken}。"
    if taken == leave:
        return f"{en}Equal: {best} either way.", f"{zh}两者相等，都是 {best}。"
    kind = ("take", "选") if taken == best else ("leave", "不选")
    return (
        f"{en}The larger is {best}: {kind[0]}.",
        f"{zh}较大的是 {best}：{kind[1]}。",
    )


def walking() -> list[Frame]:
    """From the last cell back to row 0: which items the best value is made of."""
    (total, taken), moments = record(
        lambda: knapsack_items(VOLUMES, VALUES, CAPACITY),
        knapsack_items,
        ["if table[i][j] !=", "return table"],
        "table i j",
    )
    rows = moments[0]["table"]
    frames, path = [], [(len(VOLUMES), CAPACITY)]
    for moment, follow in pairwise(moments):
        i, j, left = moment["i"], moment["j"], follow["j"]
        here, above = rows[i][j], rows[i - 1][j]
        if i - 1 in taken:
            en = f"Walk back: {here} is not the {above} above, so item {i} was taken. "
            en += f"Its volume leaves j = {j} − {j - left} = {left}."
            zh = f"往回走：{here} 与正上方的 {above} 不同，说明选了第 {i} 件。"
            zh += f"去掉它的体积，j = {j} − {j - left} = {left}。"
        else:
            en = f"Walk back: {here} is what stands above, so item {i} is not needed."
            zh = f"往回走：{here} 与正上方相同，用不着第 {i} 件。"
        path.append((i - 1, left))
        frames.append(walked(path, en, zh))
    chosen = [str(i + 1) for i in taken]
    worth = " + ".join(str(VALUES[i]) for i in taken)
    room = " + ".join(str(VOLUMES[i]) for i in taken)
    filled = sum(VOLUMES[i] for i in taken)
    frames.append(
        walked(
            [*path, path[-1]],
            f"Items {' and '.join(chosen)} have the volume {room} = {filled} and are worth "
            f"{worth} = {total}, the last cell.",
            f"第 {'、'.join(chosen)} 件的体积是 {room} = {filled}，价值是 {worth} = {total}，"
            "正是最后一格。",
            [(i + 1, VOLUMES[i]) for i in taken],
        )
    )
    return frames


def walked(
    path: list[tuple[int, int]],
    en: str,
    zh: str,
    chosen: list[tuple[int, int]] | None = None,
) -> Frame:
    picture = sheet((len(VOLUMES) + 1) * (CAPACITY + 1))
    for start, end in pairwise(path):
        mark(picture, *start, ORANGE)
        if start != end:
            picture.arrow(middle(*start), middle(*end), ORANGE, gap=10)
    mark(picture, *path[-1], ORANGE)
    for i, _ in chosen or []:
        picture.rect(LEFT - 84, TOP + i * HIGH + 4, 76, HIGH - 8, GREEN, 0.25)
    return Frame(picture, en, zh)


def steps() -> dict[str, Steps]:
    width = LEFT + (CAPACITY + 1) * WIDE + 4
    height = TOP + (len(VOLUMES) + 1) * HIGH + 4
    return {"knapsack_steps": Steps(width, height, [*filling(), *walking()])}
