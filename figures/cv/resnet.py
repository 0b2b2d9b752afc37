"""The two blocks, and the gradient along a line at depth 50, with and without shortcuts."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from figures.style import BLUE, INK, ORANGE, new_figure
from snippets.cv.resnet import line_gradient
from snippets.cv.resnet.blocks import BasicBlock, Bottleneck

DEPTH = 50


def rows(block: BasicBlock | Bottleneck) -> list[str]:
    """What stands in the branch, from top to bottom; norms and ReLU join their layer."""
    found: list[str] = []
    for layer in block.branch:
        kind = type(layer).__name__
        if kind == "Conv2d":
            k = layer.kernel_size[0]
            found.append(f"{k}×{k}, {layer.out_channels}")
        else:
            found[-1] += ", BN" if kind == "BatchNorm2d" else ", ReLU"
    return found


def block(axes: Axes, labels: list[str], channels: int) -> None:
    """Boxes downwards, and the shortcut around them to the sum."""
    axes.text(0, 0.75, f"$x$: {channels}", ha="center", va="center")
    box = {"boxstyle": "round,pad=0.35", "fc": "none", "ec": BLUE}
    arrow = {"arrowstyle": "->", "color": INK, "shrinkA": 0, "shrinkB": 0}
    y = 0.55
    for label in labels:
        axes.annotate("", (0, y - 0.4), (0, y), arrowprops=arrow)
        axes.text(0, y - 0.68, label, ha="center", va="center", bbox=box)
        y -= 0.96
    end = y - 0.45
    axes.annotate("", (0, end + 0.18), (0, y), arrowprops=arrow)
    axes.text(0, end, "+", ha="center", va="center", fontsize=13)
    axes.plot([0.35, 1.55, 1.55], [0.75, 0.75, end], color=ORANGE)
    axes.annotate(
        "", (0.15, end), (1.55, end), arrowprops=arrow | {"color": ORANGE, "lw": 1.6}
    )
    axes.annotate("", (0, end - 0.6), (0, end - 0.2), arrowprops=arrow)
    axes.text(0, end - 0.8, "ReLU", ha="center", va="center")
    axes.text(-1.05, (0.55 + y) / 2, "$F$", ha="center", va="center")
    axes.set_xlim(-1.5, 1.9)
    axes.set_ylim(-4.35, 1.0)
    axes.axis("off")


def blocks() -> Figure:
    figure = new_figure(6.0, 3.2)
    left, right = figure.subplots(1, 2)
    block(left, rows(BasicBlock(64, 64)), 64)
    block(right, rows(Bottleneck(256, 64)), 256)
    return figure


def gradients() -> Figure:
    figure = new_figure(6.8, 2.9)
    for axes, residual in zip(figure.subplots(2, 1, sharex=True), (False, True)):
        g = line_gradient(DEPTH, residual)
        t = np.linspace(-2, 2, len(g))
        axes.plot(t, g / np.sqrt(np.mean(g**2)), color=BLUE, linewidth=0.9)
        axes.set_ylim(-5.6, 5.6)
        axes.set_yticks([-4, 0, 4])
        axes.set_ylabel("$x + F(x)$" if residual else "$F(x)$")
    axes.set_xticks([-2, -1, 0, 1, 2])
    return figure


def draw() -> dict[str, Figure]:
    return {"resnet": blocks(), "resnet_gradient": gradients()}
