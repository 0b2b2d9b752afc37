"""The U with its sizes, the best answer for one pixel, and an image tile by tile."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from figures.steps import Frame, Picture, Steps
from figures.style import BLUE, GREY, ORANGE, new_figure
from snippets.cv.u_net import soft_dice, tile_predict, unet_sizes


def letter() -> Figure:
    """A box for each pair of convolutions: its side is written in, its maps below."""
    figure = new_figure(6.4, 3.3)
    axes = figure.subplots()
    down, up = unet_sizes(572)
    depth = len(up)
    left = [(level, -level) for level in range(depth + 1)]
    right = [(2 * depth + 0.9 - level, -level) for level in reversed(range(depth))]
    places, sizes = left + right, down + up
    width, height = 0.9, 0.46
    for (x, y), size in zip(places, sizes, strict=True):
        colour = ORANGE if x > depth else BLUE
        axes.add_patch(
            Rectangle((x, y), width, height, fc=colour, alpha=0.35, ec="none")
        )
        label = f"{size}"
        axes.text(x + width / 2, y + height / 2, label, ha="center", va="center")
        maps = f"{64 * 2 ** round(-y)}"
        axes.text(
            x + width / 2, y - 0.05, maps, ha="center", va="top", size=7, color=GREY
        )
    look = {"arrowstyle": "->", "lw": 1.2}
    for (x, y), (a, b) in pairwise(places):
        step = 0.12 if b < y else -0.12
        start = (x + width, y + height / 2 - step)
        colour = BLUE if b < y else ORANGE
        end = (a + width / 2, b + height) if b < y else (a + width / 2, b - 0.27)
        if b > y:
            start, end = (x + width / 2, y + height), (a + 0.2, b - 0.3)
        axes.annotate("", end, start, arrowprops={**look, "color": colour})
    for level in range(depth):
        (x, y), (a, _) = left[level], right[-1 - level]
        axes.annotate(
            "",
            (a - 0.06, y + height / 2),
            (x + width + 0.06, y + height / 2),
            arrowprops={**look, "color": GREY, "ls": "--"},
        )
        below = [*reversed(up), down[-1]][level + 1]
        text = f"{down[level]} → {2 * below}"
        middle = (x + width + a) / 2
        axes.text(middle, y + height / 2 + 0.08, text, ha="center", size=8, color=GREY)
    axes.text(-0.12, height / 2, "572 →", ha="right", va="center")
    axes.text(right[-1][0] + width + 0.12, height / 2, "→ 2 × 388 × 388", va="center")
    axes.set_xlim(-1.0, 2 * depth + 4.2)
    axes.set_ylim(-depth - 0.45, 0.75)
    axes.axis("off")
    return figure


def answers(chances: np.ndarray, smooth: float) -> list[float]:
    """Of p = 0.005 ... 1 (and 0, if smooth) the best by mean Dice, for each chance."""
    grid = np.arange(0 if smooth else 1, 201) / 200
    on = np.array([soft_dice([[p]], [[1]], smooth) for p in grid])
    off = np.array([soft_dice([[p]], [[0]], smooth) for p in grid])
    return [grid[int((c * on + (1 - c) * off).argmax())] for c in chances]


def best() -> Figure:
    """What each loss would have the net say of a lone pixel."""
    figure = new_figure(4.6, 2.9)
    axes = figure.subplots()
    chances = np.arange(1, 200) / 200
    axes.plot(chances, chances, color=GREY, label="$-\\log$")
    axes.plot(chances, answers(chances, 0), color=BLUE, label="$D$, $ε = 0$")
    axes.plot(chances, answers(chances, 1), color=ORANGE, ls="--", label="$D$, $ε = 1$")
    axes.set_xlabel("$P$")
    axes.set_ylabel("$p$")
    axes.set_ylim(-0.05, 1.1)
    axes.legend(frameon=False, loc="center left", bbox_to_anchor=(1, 0.5))
    return figure


def draw() -> dict[str, Figure]:
    return {"u_net": letter(), "u_net_best": best()}


# The steps: an image of 5 x 8 in tiles of 3, sums of 5 x 5 pixels, so a margin of 2.

IMAGE = np.array(
    [
        [1, 0, 0, 2, 1, 0, 3, 0],
        [0, 4, 1, 0, 0, 2, 0, 1],
        [2, 0, 3, 0, 1, 0, 0, 2],
        [0, 1, 0, 2, 0, 3, 1, 0],
        [1, 0, 2, 0, 4, 0, 0, 1],
    ],
    dtype=float,
)
TILE, MARGIN, CELL = 3, 2, 18
LEFT, RIGHT, TOP = 6, 258, 24


def sums(patch: np.ndarray) -> np.ndarray:
    """Of each window of 5 x 5."""
    windows = np.lib.stride_tricks.sliding_window_view(patch, (5, 5))
    total: np.ndarray = windows.sum(axis=(2, 3))
    return total


def frame(number: int, patch: np.ndarray, result: np.ndarray) -> Frame:
    picture = Picture()
    rows, columns = (-(-side // TILE) * TILE for side in IMAGE.shape)
    i, j = (TILE * k for k in divmod(number, columns // TILE))
    seen = np.pad(IMAGE, MARGIN, mode="reflect")
    seen = np.pad(seen, ((0, rows - IMAGE.shape[0]), (0, columns - IMAGE.shape[1])))
    for (a, b), value in np.ndenumerate(seen):
        x, y = LEFT + CELL * b, TOP + CELL * a
        a, b = a - MARGIN, b - MARGIN
        inside = 0 <= a < IMAGE.shape[0] and 0 <= b < IMAGE.shape[1]
        picture.text(
            x + CELL / 2, y + CELL / 2, f"{value:g}", size=13 if inside else 10
        )
    tall, wide = CELL * IMAGE.shape[0], CELL * IMAGE.shape[1]
    edge = CELL * MARGIN
    picture.rect(LEFT + edge, TOP + edge, wide, tall, edge=GREY, thick=2)
    x, y = LEFT + CELL * j, TOP + CELL * i
    side = len(patch) * CELL
    picture.rect(x, y, side, side, BLUE, 0.2, edge=BLUE, thick=2)
    inner = CELL * TILE
    picture.rect(x + edge, y + edge, inner, inner, ORANGE, 0.3, edge=ORANGE, thick=2)
    for (a, b), value in np.ndenumerate(result):
        x, y = RIGHT + CELL * b, TOP + edge + CELL * a
        done = (a // TILE) * (columns // TILE) + b // TILE <= number
        picture.rect(x, y, CELL, CELL, edge=GREY, thick=0.6)
        if done:
            picture.text(x + CELL / 2, y + CELL / 2, f"{value:g}", size=11)
    height = min(TILE, IMAGE.shape[0] - i) * CELL
    width = min(TILE, IMAGE.shape[1] - j) * CELL
    place = RIGHT + CELL * j, TOP + edge + CELL * i
    picture.rect(*place, width, height, ORANGE, 0.3, edge=ORANGE, thick=2)
    mirror = (np.pad(np.ones(IMAGE.shape), MARGIN, constant_values=2) == 2) * 1
    fill = ((0, rows - IMAGE.shape[0]), (0, columns - IMAGE.shape[1]))
    kinds = np.pad(mirror, fill, constant_values=2)
    kinds = kinds[i : i + len(patch), j : j + len(patch)]
    mirrored, zeros = (int((kinds == kind).sum()) for kind in (1, 2))
    kept = (height // CELL) * (width // CELL)
    en = f"Tile at row {i}, column {j}: of the {patch.size} numbers in its patch, "
    en += f"{mirrored} are mirrored and {zeros} are fill. It gives {kept} outputs."
    zh = f"切片从第 {i} 行、第 {j} 列开始：它的输入块有 {patch.size} 个数，"
    zh += f"其中 {mirrored} 个由镜像得到，{zeros} 个是补的零。留下 {kept} 个输出。"
    return Frame(picture, en, zh)


def steps() -> dict[str, Steps]:
    """What f is given by ``tile_predict``, tile after tile."""
    patches: list[np.ndarray] = []

    def f(patch: np.ndarray) -> np.ndarray:
        patches.append(patch)
        return sums(patch)

    result = tile_predict(IMAGE, f, TILE, MARGIN)
    frames = [frame(n, patch, result) for n, patch in enumerate(patches)]
    return {"u_net_steps": Steps(408, 214, frames)}
