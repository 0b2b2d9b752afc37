"""Windows as columns, what a shift of the image leaves alone, and one layer at work."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from figures.steps import Frame, Picture, Steps
from figures.style import BLUE, GREEN, GREY, ORANGE, new_figure
from snippets.cv.convolution import conv2d, im2col

COLUMN, PIXEL = 4, 12  # the window that is marked, and a pixel that nine windows share


def cells(axes: Axes, values: np.ndarray, x: float, y: float) -> None:
    """A table of numbers whose upper left corner is at (x, y)."""
    rows, columns = values.shape
    for i in range(rows + 1):
        axes.plot([x, x + columns], [y - i, y - i], color=GREY, lw=0.6)
    for j in range(columns + 1):
        axes.plot([x + j, x + j], [y, y - rows], color=GREY, lw=0.6)
    for (i, j), value in np.ndenumerate(values):
        axes.text(
            x + j + 0.5, y - i - 0.55, f"{value:g}", ha="center", va="center", size=7
        )


def mark(
    axes: Axes, x: float, y: float, width: float, height: float, colour: str
) -> None:
    axes.add_patch(
        Rectangle((x, y - height), width, height, fc=colour, ec="none", alpha=0.35)
    )


def columns() -> Figure:
    """A 5 x 5 image, numbered, and the matrix that im2col makes of it."""
    figure = new_figure(6.0, 3.4)
    axes = figure.subplots()
    image = np.arange(25.0).reshape(1, 1, 5, 5)
    cols = im2col(image, 3)[0]
    left, middle, right = 2.0, 0.0, 13.5
    top, row = 4.0, COLUMN // 3
    mark(axes, left + COLUMN % 3, top - row, 3, 3, BLUE)
    mark(axes, left + PIXEL % 5, top - PIXEL // 5, 1, 1, ORANGE)
    cells(axes, image[0, 0], left, top)
    for entry, window in np.argwhere(cols == PIXEL):
        mark(axes, right + window, 6 - entry, 1, 1, ORANGE)
    mark(axes, right + COLUMN, 6, 1, 9, BLUE)
    cells(axes, cols, right, 6)
    for j in range(9):
        axes.add_patch(Rectangle((middle + j, -5.5), 1, 1, fc="none", ec=GREY, lw=0.6))
        axes.add_patch(Rectangle((right + j, -5.5), 1, 1, fc="none", ec=GREY, lw=0.6))
        label = f"$w_{{{j // 3}{j % 3}}}$"
        axes.text(middle + j + 0.5, -5.05, label, ha="center", va="center", size=7)
        label = f"$y_{{{j // 3}{j % 3}}}$"
        axes.text(right + j + 0.5, -5.05, label, ha="center", va="center", size=7)
    mark(axes, right + COLUMN, -4.5, 1, 1, BLUE)
    axes.text(left + 2.5, top + 0.6, "$x$", ha="center")
    axes.text(middle + 4.5, -4.1, "$w$", ha="center")
    axes.text(right + 4.5, 6.5, "col", ha="center")
    axes.text(right - 2.3, -5.05, "$w$ col  =", ha="center", va="center")
    axes.set_xlim(-0.2, 23)
    axes.set_ylim(-5.8, 7.6)
    axes.set_aspect("equal")
    axes.axis("off")
    return figure


def moved(stride: int, padding: str) -> np.ndarray:
    """Which outputs differ, when the image goes round by one pixel to the right."""
    rng = np.random.default_rng(0)
    x, w = rng.standard_normal((1, 1, 8, 8)), rng.standard_normal((1, 1, 3, 3))

    def layer(image: np.ndarray) -> np.ndarray:
        edges = ((0, 0), (0, 0), (1, 1), (1, 1))
        mode = "wrap" if padding == "wrap" else "constant"
        return conv2d(np.pad(image, edges, mode), w, stride=stride)  # type: ignore[call-overload, no-any-return]

    wanted = np.roll(layer(x), 1, axis=3)
    differ: np.ndarray = np.abs(layer(np.roll(x, 1, axis=3)) - wanted)[0, 0] > 1e-9
    return differ


def shifts() -> Figure:
    """Outputs that are not those of before, moved along: filled."""
    figure = new_figure(6.2, 2.3)
    cases = (("zeros", 1), ("wrap", 1), ("wrap", 2))
    for axes, (padding, stride) in zip(figure.subplots(1, 3), cases, strict=True):
        differ = moved(stride, padding)
        for i, j in np.ndindex(differ.shape):
            axes.add_patch(
                Rectangle(
                    (j, i),
                    1,
                    1,
                    fc=ORANGE if differ[i, j] else "none",
                    ec=GREY,
                    lw=0.6,
                    alpha=0.8,
                )
            )
        size = len(differ)
        axes.set_xlim(0, size)
        axes.set_ylim(size, 0)
        axes.set_aspect("equal")
        axes.set_xticks(np.arange(size) + 0.5, [f"{j}" for j in range(size)])
        axes.set_yticks([])
        axes.tick_params(length=0)
        axes.spines[:].set_visible(False)
        axes.set_xlabel("$j$")
        axes.set_title(f"{padding}, $s = {stride}$")
    return figure


def draw() -> dict[str, Figure]:
    return {"convolution": columns(), "convolution_shift": shifts()}


# The steps: stride 2, padding 1, every window of a 5 x 5 image.

IMAGE = np.array(
    [
        [2, 1, 0, 3, 1],
        [0, 2, 4, 1, 0],
        [1, 3, 2, 0, 2],
        [4, 0, 1, 2, 1],
        [0, 1, 3, 1, 2],
    ],
    dtype=float,
)
KERNEL = np.array([[1, 0, -1], [2, 0, -2], [1, 0, -1]], dtype=float)
STRIDE, PADDING = 2, 1
CELL, BIG = 26, 30  # pixels
LEFT, TOP = (8, 26), 26
MIDDLE, RIGHT = 216, 326


def shown(value: float) -> str:
    return f"{value:g}".replace("-", "−")


def grid(
    picture: Picture, values: np.ndarray, x: int, y: int, colour: str = ""
) -> None:
    for (i, j), value in np.ndenumerate(values):
        left, top = x + BIG * j, y + BIG * i
        picture.rect(left, top, BIG, BIG, fill=colour or "none", opacity=0.2, edge=GREY)
        if not np.isnan(value):
            picture.text(left + BIG / 2, top + BIG / 2, shown(value))


def frame(number: int, products: np.ndarray, y: np.ndarray) -> Frame:
    picture = Picture()
    padded = np.pad(IMAGE, PADDING)
    i, j = divmod(number, y.shape[1])
    up, left = STRIDE * i, STRIDE * j
    x0, y0 = LEFT
    for (row, column), value in np.ndenumerate(padded):
        inside = min(row, column) >= PADDING and max(row, column) <= len(IMAGE)
        place = x0 + CELL * column, y0 + CELL * row
        picture.rect(*place, CELL, CELL, edge=GREY, dashed=not inside)
        middle = place[0] + CELL / 2, place[1] + CELL / 2
        picture.text(*middle, shown(value), size=14 if inside else 11)
    side = 3 * CELL
    picture.rect(
        x0 + CELL * left, y0 + CELL * up, side, side, BLUE, 0.25, edge=BLUE, thick=2.5
    )
    picture.text(x0 + 3.5 * CELL, 12, "x", italic=True)
    picture.text(MIDDLE + 1.5 * BIG, 12, "w", italic=True)
    grid(picture, KERNEL, MIDDLE, TOP)
    picture.text(MIDDLE + 1.5 * BIG, TOP + 3 * BIG + 14, "w · x")
    grid(picture, products, MIDDLE, TOP + 3 * BIG + 28, BLUE)
    picture.text(RIGHT + 1.5 * BIG, 12, "y", italic=True)
    done = np.where(np.arange(y.size).reshape(y.shape) <= number, y, np.nan)
    grid(picture, done, RIGHT, TOP)
    picture.rect(
        RIGHT + BIG * j,
        TOP + BIG * i,
        BIG,
        BIG,
        GREEN,
        0.3,
        edge=GREEN,
        thick=2.5,
    )
    total = shown(y[i, j])
    picture.text(RIGHT + 1.5 * BIG, TOP + 4.5 * BIG + 28, f"Σ = {total}", bold=True)
    window = np.pad(np.ones_like(IMAGE), PADDING)[up : up + 3, left : left + 3]
    zeros = int(9 - window.sum())
    row, column = shown(up - PADDING), shown(left - PADDING)
    en = f"Output ({i}, {j}): the window starts at row {row}, column {column}. "
    zh = f"输出 ({i}, {j})：窗口从第 {row} 行、第 {column} 列开始。"
    if zeros:
        en += f"{zeros} of its inputs are zeros of the padding. "
        zh += f"其中 {zeros} 个输入是填充的零。"
    else:
        en += "It lies inside the image. "
        zh += "它完全在图像之内。"
    en += f"The nine products add up to {total}."
    zh += f"九个乘积之和是 {total}。"
    return Frame(picture, en, zh)


def steps() -> dict[str, Steps]:
    """The columns of im2col are the windows; times the kernel, they add up to conv2d."""
    x, w = IMAGE[None, None], KERNEL[None, None]
    y = conv2d(x, w, stride=STRIDE, padding=PADDING)[0, 0]
    windows = im2col(x, 3, STRIDE, PADDING)[0].T.reshape(-1, 3, 3)
    frames = [frame(n, window * KERNEL + 0.0, y) for n, window in enumerate(windows)]
    return {"convolution_steps": Steps(424, 240, frames)}
