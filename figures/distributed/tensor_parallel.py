"""A network and attention cut on two ranks, what a rank keeps, and a network's steps."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from figures.record import record
from figures.steps import Frame, Picture, Steps
from figures.style import BLUE, GREEN, GREY, INK, ORANGE, new_figure
from snippets.distributed.tensor_parallel import (
    activation_bytes,
    mlp_backward,
    mlp_forward,
    split_heads,
)

COLOURS = (BLUE, ORANGE)


# The figure


def box(axes: Axes, x: float, y: float, w: float, h: float, face: str) -> None:
    patch = Rectangle((x, y), w, h, facecolor=face, edgecolor=INK, linewidth=0.8)
    patch.set_alpha(0.7)
    axes.add_patch(patch)


def block(axes: Axes, x: float, y: float, rows: bool, name: str) -> float:
    """A matrix of two ranks, cut by rows or columns; where it ends."""
    for r, colour in enumerate(COLOURS):
        if rows:
            box(axes, x, y + 0.6 - 0.6 * r, 1.2, 0.6, colour)
            axes.text(
                x + 0.6, y + 0.9 - 0.6 * r, f"${name}_{r}$", ha="center", va="center"
            )
        else:
            box(axes, x + 0.6 * r, y, 0.6, 1.2, colour)
            axes.text(
                x + 0.3 + 0.6 * r, y + 0.6, f"${name}_{r}$", ha="center", va="center"
            )
    return x + 1.2


def arrow(axes: Axes, x: float, y: float, words: str = "", wide: float = 0.8) -> None:
    axes.annotate(
        "",
        (x + wide, y),
        (x, y),
        arrowprops={"arrowstyle": "->", "color": INK, "lw": 1},
    )
    axes.text(x + wide / 2, y + 0.12, words, ha="center", va="bottom", fontsize=9)


def operator(
    axes: Axes, x: float, y: float, name: str, forward: str, back: str
) -> None:
    axes.text(x, y, f"${name}$", ha="center", va="center", fontsize=12, color=GREEN)
    axes.text(x, y + 0.95, f"→ {forward}", ha="center", va="center", fontsize=7)
    axes.text(x, y - 0.95, f"← {back}", ha="center", va="center", fontsize=7)


def splits(axes: Axes) -> None:
    for y, first, last, inner in (
        (3.1, ["A"], "B", "$\\phi$"),
        (0, ["Q", "K", "V"], "O", "softmax"),
    ):
        middle = y + 0.6
        axes.text(-0.1, middle, "$X$", ha="right", va="center")
        operator(axes, 0.75, middle, "f", "copy", "all-reduce")
        arrow(axes, 1.0, middle, "", 0.5)
        x = 1.6
        for name in first:
            x = block(axes, x, y, False, name) + 0.12
        arrow(axes, x + 0.1, middle, inner, 1.1)
        x = block(axes, x + 1.35, y, True, last)
        arrow(axes, x + 0.1, middle, "", 0.5)
        operator(axes, x + 0.9, middle, "g", "all-reduce", "copy")
        arrow(axes, x + 1.15, middle, "", 0.5)
        axes.text(x + 1.75, middle, "$Y$", ha="left", va="center")
    axes.set_xlim(-0.6, 10.6)
    axes.set_ylim(-0.6, 4.9)
    axes.axis("off")


def kept(axes: Axes) -> None:
    size = (2048, 1, 12288, 96)
    alone = 10 * 2048 * 12288 / 2**30  # what tensor parallelism replicates
    for i, W in enumerate((1, 2, 4, 8)):
        plain = activation_bytes(*size, W) / 2**30
        cut = activation_bytes(*size, W, sequence_parallel=True) / 2**30
        for x, total, rest in ((i - 0.2, plain, alone), (i + 0.2, cut, alone / W)):
            axes.bar(x, rest, 0.36, color="none", edgecolor=GREY, hatch="////", lw=0.8)
            axes.bar(x, total - rest, 0.36, rest, color=BLUE)
    axes.set_xticks(range(4), ["1", "2", "4", "8"])
    axes.set_xlabel("$W$")
    axes.set_ylabel("GiB")


def draw() -> dict[str, Figure]:
    assert split_heads(2, 2, 2)[1] == (range(1, 2), range(1, 2))  # what the blocks show
    figure = new_figure(7.2, 2.9)
    left, right = figure.subplots(1, 2, width_ratios=(2.3, 1))
    splits(left)
    kept(right)
    return {"tensor_parallel": figure}


# The steps

CELL, HIGH, ROW, LEFT, TOP, GAP = 54, 22, 31, 92, 34, 16


def moments() -> list[tuple[str, list[list[float]]]]:
    """Of one token, row by row: what each of two ranks holds."""
    x = (np.arange(6).reshape(2, 3)[:1] - 2) / 2
    a = (np.arange(12).reshape(3, 4) - 5) / 6
    b = (np.arange(12).reshape(4, 3) - 6) / 5
    grad_y = np.ones((1, 3))
    (y, partials), seen = record(
        lambda: mlp_forward(x, a, b, 2), mlp_forward, ["partials.append"], "h"
    )
    back, again = record(
        lambda: mlp_backward(x, a, b, 2, grad_y),
        mlp_backward,
        ["parts.append", "return"],
        "grad_h parts",
    )
    units = [s["h"][0] / (1 + np.exp(-s["h"][0])) for s in seen]
    rows: list[tuple[str, Any]] = [
        ("X", [x[0]] * 2),
        ("H", [s["h"][0] for s in seen]),
        ("φ(H)", units),
        ("Y (r)", [part[0] for part in partials]),
        ("Y", [y[0]] * 2),
        ("∂Y", [grad_y[0]] * 2),
        ("∂H", [s["grad_h"][0] for s in again[:2]]),
        ("∂X (r)", [part[0] for part in again[2]["parts"]]),
        ("∂X", [back[0][0]] * 2),
    ]
    return [(name, [v.tolist() for v in values]) for name, values in rows]


def shown(value: float) -> str:
    return f"{value:.2f}".replace("-", "−")


def picture(rows: list[tuple[str, list[list[float]]]], now: int) -> Picture:
    drawn = Picture()
    for r in range(2):
        drawn.text(LEFT + r * (3 * CELL + GAP) + 1.5 * CELL, 14, f"r = {r}", size=13)
    for i, (name, values) in enumerate(rows[: now + 1]):
        y = TOP + ROW * i
        drawn.text(LEFT - 12, y + HIGH / 2, name, size=13, anchor="end")
        for r, numbers in enumerate(values):
            whole = values[0] == values[1]
            colour = GREEN if whole else COLOURS[r]
            start = LEFT + r * (3 * CELL + GAP) + (3 - len(numbers)) * CELL / 2
            for c, value in enumerate(numbers):
                drawn.rect(
                    start + c * CELL,
                    y,
                    CELL - 4,
                    HIGH,
                    fill=colour,
                    opacity=0.3,
                    edge=colour if i == now else GREY,
                    thick=2.5 if i == now else 1,
                )
                drawn.text(
                    start + c * CELL + CELL / 2 - 2, y + HIGH / 2, shown(value), size=12
                )
    return drawn


def steps() -> dict[str, Steps]:
    """One token through the network on two ranks, and its gradient back."""
    rows = moments()
    frames = []
    for i, (_, values) in enumerate(rows):
        first, second = (shown(v[0]) for v in values)
        sums = [shown(v[0]) for v in rows[i - 1][1]] if i in (4, 8) else ["", ""]
        said = {"first": first, "second": second, "one": sums[0], "two": sums[1]}
        en, zh = SAID[i]
        frames.append(Frame(picture(rows, i), en.format(**said), zh.format(**said)))
    width = LEFT + 6 * CELL + GAP
    return {"tensor_parallel_steps": Steps(width, TOP + ROW * len(rows), frames)}


SAID = (
    (
        "One token of three features: both ranks have all of X (green: equal on both).",
        "一个词元，三个特征：两个 rank 都有完整的 X（绿色表示两边相同）。",
    ),
    (
        "Each multiplies by its own two columns of A: first entries {first} and {second}. Nothing is sent.",
        "各自乘以自己的两列 A：首元素是 {first} 和 {second}。不需要通信。",
    ),
    (
        "The activation looks at one number at a time: {first} and {second}. Still nothing is sent.",
        "激活函数逐元素作用：{first} 和 {second}。仍然不需要通信。",
    ),
    (
        "Times its own two rows of B: a partial sum of full width, {first} and {second} in the first place.",
        "再乘以自己的两行 B：得到完整宽度的部分和，第一个位置是 {first} 和 {second}。",
    ),
    (
        "All-reduce forward (g): {one} + {two} gives {first}, on both ranks.",
        "前向的 all-reduce（g）：{one} + {two} 得 {first}，两个 rank 都有。",
    ),
    (
        "Backward. The gradient of Y is the same on both ranks, here {first} everywhere; each takes it as it is.",
        "反向。Y 的梯度在两个 rank 上相同，这里全是 {first}；直接使用。",
    ),
    (
        "Through its own rows of B and the slope of the activation: {first} and {second} in the first place.",
        "经过自己的几行 B 和激活函数的导数：第一个位置是 {first} 和 {second}。",
    ),
    (
        "Through its own columns of A: each rank has only a part of the gradient of X, {first} and {second}.",
        "经过自己的几列 A：每个 rank 只有 X 的梯度的一部分，{first} 和 {second}。",
    ),
    (
        "All-reduce backward (f): {one} + {two} gives {first}, on both ranks.",
        "反向的 all-reduce（f）：{one} + {two} 得 {first}，两个 rank 都有。",
    ),
)
