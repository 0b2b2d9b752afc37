"""An image as tokens, Swin's shifted windows with one mask, and the shift by steps."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from figures.steps import Frame, Picture, Steps
from figures.style import BLUE, CYCLE, GREEN, GREY, ORANGE, PINK, new_figure
from snippets.cv.vision_transformer import (
    patchify,
    shifted_window_mask,
    window_partition,
    window_reverse,
)

SIDE, M, SHIFT = 8, 4, 2


def regions() -> np.ndarray:
    """The window of the shifted grid that each token is in, 0 to 8, shape (8, 8)."""
    band = np.searchsorted([SHIFT, SHIFT + M], np.arange(SIDE), side="right")
    return 3 * band[:, None] + band


def colour(region: int) -> tuple[str, float]:
    """Six colours, three of them once more and paler."""
    return CYCLE[region % 6], 0.6 if region < 6 else 0.3


def cell(
    axes: Axes, x: float, y: float, fill: str, alpha: float, label: object = ""
) -> None:
    axes.add_patch(Rectangle((x, y), 1, 1, fc=(fill, alpha), ec=GREY, lw=0.5))
    axes.text(x + 0.5, y + 0.55, f"{label}", ha="center", va="center", size=7)


def tokens(axes: Axes) -> None:
    """Pixels, patches and tokens of a 4 x 4 image."""
    colours = (BLUE, ORANGE, GREEN, PINK)
    image = np.arange(16)
    row = patchify(image.reshape(1, 1, 4, 4), 2)[0]
    for k, patch in enumerate(row):
        for entry, pixel in enumerate(patch):
            i, j = divmod(int(pixel), 4)
            cell(axes, j, i, colours[k], 0.5, pixel)
            u, v = divmod(entry, 2)
            cell(
                axes,
                6.2 + 2.6 * (k % 2) + v,
                -0.3 + 2.6 * (k // 2) + u,
                colours[k],
                0.5,
                pixel,
            )
            cell(axes, 13.5 + entry, 1.12 * k - 0.2, colours[k], 0.5, pixel)
    for x in (4.9, 12.2):
        axes.annotate(
            "", (x + 0.7, 2), (x - 0.3, 2), arrowprops={"arrowstyle": "->", "ec": GREY}
        )
    axes.text(2, 5.1, "$4 × 4$", ha="center")
    axes.text(8.5, 5.1, "$p = 2$", ha="center")
    axes.text(15.5, 5.1, "$L = 4$", ha="center")
    frame_axes(axes, (-0.3, 18), (5.4, -0.7))


def runs(row: np.ndarray) -> list[list[int]]:
    """Where neighbouring keys that may be read begin and end."""
    found: list[list[int]] = (
        np.flatnonzero(np.diff([0, *row, 0])).reshape(-1, 2).tolist()
    )
    return found


def frame_axes(axes: Axes, x: tuple[float, float], y: tuple[float, float]) -> None:
    axes.set_xlim(*x)
    axes.set_ylim(*y)
    axes.set_aspect("equal")
    axes.axis("off")


def grid(axes: Axes, values: np.ndarray, windows: bool, title: str) -> None:
    """Regions as colours; a letter in each token's cell says which."""
    for (i, j), region in np.ndenumerate(values):
        cell(axes, j, i, *colour(int(region)), "ABCDEFGHI"[region])
    for at in range(0, SIDE, M) if windows else ():
        for other in range(0, SIDE, M):
            axes.add_patch(
                Rectangle((at, other), M, M, fc="none", ec="#0b1c2d", lw=1.8)
            )
    axes.set_title(title)
    frame_axes(axes, (-0.2, SIDE + 0.2), (SIDE + 0.2, -0.2))


def draw() -> dict[str, Figure]:
    figure = new_figure(6.4, 4.5)
    above, below = figure.subfigures(2, 1, height_ratios=(1, 1.35))
    tokens(above.subplots())
    left, middle, right = below.subplots(1, 3)
    labels = regions()
    rolled = np.roll(labels, (-SHIFT, -SHIFT), axis=(0, 1))
    grid(left, labels, False, "$8 × 8$")
    grid(middle, rolled, True, "roll $(-2, -2)$")
    last = window_partition(rolled[None, :, :, None], M)[-1, :, 0]
    mask = shifted_window_mask(SIDE, M, SHIFT)[-1]
    for query, row in enumerate(mask):
        face = colour(int(last[query]))
        for start, end in runs(row):
            width = end - start
            right.add_patch(
                Rectangle((start, query), width, 1, fc=face, ec=GREY, lw=0.4)
            )
    right.add_patch(Rectangle((0, 0), M * M, M * M, fc="none", ec=GREY, lw=0.8))
    right.set_title("mask, $16 × 16$")
    frame_axes(right, (-0.4, M * M + 0.4), (M * M + 0.4, -0.4))
    return {"vision_transformer": figure}


# The steps: shift, one window after the other, and back.

CELL, LEFT, TOP = 25, 8, 24
MASK, SMALL = 236, 12  # where the mask begins, and the side of its cells
TOKENS = np.arange(SIDE * SIDE).reshape(SIDE, SIDE)


def shown(picture: Picture, numbers: np.ndarray, title: str) -> None:
    labels = regions().ravel()
    for (i, j), token in np.ndenumerate(numbers):
        fill, opacity = colour(int(labels[token]))
        place = LEFT + CELL * j, TOP + CELL * i
        picture.rect(*place, CELL, CELL, fill=fill, opacity=opacity, edge=GREY)
        picture.text(place[0] + CELL / 2, place[1] + CELL / 2, token, size=10)
    picture.text(LEFT + SIDE * CELL / 2, 11, title)


def masked(picture: Picture, window: np.ndarray, mask: np.ndarray) -> None:
    """Rows are queries; runs of keys that may be read."""
    labels = regions().ravel()
    for query, row in enumerate(mask):
        fill, opacity = colour(int(labels[window[query]]))
        for start, end in runs(row):
            place = MASK + SMALL * start, TOP + SMALL * query
            width = SMALL * (end - start)
            picture.rect(*place, width, SMALL, fill=fill, opacity=opacity, edge=GREY)
    side = SMALL * M * M
    picture.rect(MASK, TOP, side, side, edge=GREY)
    picture.text(MASK + side / 2, 11, "mask")


def steps() -> dict[str, Steps]:
    """Token numbers go through the functions of the note, as features would."""
    frames = []
    count = len(np.unique(regions()))
    picture = Picture()
    shown(picture, TOKENS, "8 × 8")
    en = f"The grid of windows of side {M}, shifted by {SHIFT}, has {count} windows of"
    zh = f"边长为 {M} 的窗口网格平移 {SHIFT} 之后有 {count} 个窗口，大小不等。"
    frames.append(Frame(picture, en + " different sizes.", zh))

    rolled = np.roll(TOKENS, (-SHIFT, -SHIFT), axis=(0, 1))
    picture = Picture()
    shown(picture, rolled, "roll")
    en = f"The map is rolled up and to the left by {SHIFT}: token {rolled[0, 0]} is now"
    zh = f"特征图向上、向左各滚动 {SHIFT} 格：词元 {rolled[0, 0]} 到了左上角。"
    frames.append(Frame(picture, en + " in the corner.", zh))

    windows = window_partition(rolled[None, :, :, None], M)
    masks = shifted_window_mask(SIDE, M, SHIFT)
    per_row = SIDE // M
    for number, (window, mask) in enumerate(zip(windows[..., 0], masks, strict=True)):
        picture = Picture()
        shown(picture, rolled, "windows")
        i, j = divmod(number, per_row)
        place = LEFT + CELL * M * j, TOP + CELL * M * i
        picture.rect(*place, CELL * M, CELL * M, edge=ORANGE, thick=4)
        masked(picture, window, mask)
        found = len(np.unique(regions().ravel()[window]))
        pairs = int(mask.sum())
        parts = "region" if found == 1 else "regions"
        en = f"Window {number + 1}: {found} {parts}, {pairs} of {mask.size} pairs."
        zh = f"窗口 {number + 1} 里有 {found} 个区域，允许 {pairs} / {mask.size} 个词元对。"
        frames.append(Frame(picture, en, zh))

    back = window_reverse(windows, M, SIDE)[0, :, :, 0]
    back = np.roll(back, (SHIFT, SHIFT), axis=(0, 1))
    picture = Picture()
    shown(picture, back, "roll back")
    en = f"Put together and rolled back by {SHIFT}: each token is at its own place."
    zh = f"拼回去，再反向滚动 {SHIFT} 格：每个词元都回到原位。"
    frames.append(Frame(picture, en, zh))
    return {"vision_transformer_steps": Steps(440, 236, frames)}
