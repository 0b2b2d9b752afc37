"""Where the norm stands in a layer; size and gradient of the stream over depth."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

from figures.style import BLUE, GREEN, GREY, INK, ORANGE, new_figure
from snippets.nlp.normalization import stack_gradients

DEPTH, D, SEED = 48, 128, 0
COLOURS = {"none": GREY, "pre": BLUE, "post": ORANGE}


def _box(axes: Axes, x: float, y: float, text: str, colour: str) -> None:
    box = FancyBboxPatch(
        (x - 0.24, y - 0.17),
        0.48,
        0.34,
        boxstyle="round,pad=0.02,rounding_size=0.08",
        facecolor="none",
        edgecolor=colour,
        linewidth=1.4,
    )
    axes.add_patch(box)
    axes.text(x, y, text, ha="center", va="center", color=colour, fontsize=8.5)


def _arrow(axes: Axes, *points: tuple[float, float]) -> None:
    *before, last = points
    if len(before) > 1:
        axes.plot(*np.array(before).T, color=INK, linewidth=1)
    head = FancyArrowPatch(
        before[-1],
        last,
        arrowstyle="-|>",
        mutation_scale=8,
        shrinkA=0,
        shrinkB=0,
        color=INK,
        linewidth=1,
    )
    axes.add_patch(head)


def _layer(axes: Axes, x: float, name: str, first: bool, last: bool, on: bool) -> None:
    """A layer from bottom to top: the stream on the left, the branch on the right."""
    side = x + 0.85
    heights = [y for y, wanted in ((0.9, first), (1.55, True), (2.2, last)) if wanted]
    labels = ["norm"] * first + ["$G$"] + ["norm"] * last
    _arrow(axes, (x, 0.0), (x, 2.66))
    lower = 0.35
    start = [(x, lower), (side, lower)]
    for y, label in zip(heights, labels, strict=True):
        _arrow(axes, *start, (side, y - 0.19))
        _box(axes, side, y, label, GREEN if label == "norm" else BLUE)
        start = [(side, y + 0.19)]
    _arrow(axes, *start, (side, 2.8), (x + 0.14, 2.8))
    axes.text(x, 2.8, "+", ha="center", va="center", fontsize=9)
    circle = FancyBboxPatch(
        (x - 0.03, 2.77),
        0.06,
        0.06,
        boxstyle="round,pad=0.1,rounding_size=0.13",
        facecolor="none",
        edgecolor=INK,
        linewidth=1,
    )
    axes.add_patch(circle)
    if on:
        _arrow(axes, (x, 2.94), (x, 3.31))
        _box(axes, x, 3.5, "norm", GREEN)
        _arrow(axes, (x, 3.69), (x, 4.1))
    else:
        _arrow(axes, (x, 2.94), (x, 4.1))
    axes.text(x + 0.42, -0.35, name, ha="center", va="center", fontsize=9)


def places() -> Figure:
    figure = new_figure(5.6, 2.9)
    axes = figure.subplots()
    _layer(axes, 0.0, "post", first=False, last=False, on=True)
    _layer(axes, 1.9, "pre", first=True, last=False, on=False)
    _layer(axes, 3.8, "sandwich", first=True, last=True, on=False)
    _layer(axes, 5.7, "OLMo 2", first=False, last=True, on=False)
    axes.set_xlim(-0.4, 7.0)
    axes.set_ylim(-0.6, 4.2)
    axes.axis("off")
    return figure


def depth() -> Figure:
    figure = new_figure(5.6, 2.6)
    left, right = figure.subplots(1, 2)
    layers = np.arange(DEPTH + 1)
    for kind, colour in COLOURS.items():
        rms, norms = stack_gradients(kind, DEPTH, D, seed=SEED)
        left.semilogy(layers, rms, color=colour, label=kind)
        right.semilogy(layers, norms, color=colour)
    left.semilogy(layers, np.sqrt(1 + layers), ":", color=INK, lw=1)
    alone = 2.0 ** (-(DEPTH - layers) / 2)  # the skip path of a post-norm stack
    right.semilogy(layers, alone, ":", color=ORANGE)
    for axes, label in (
        (left, "rms$(x_\\ell)$"),
        (right, "$|\\partial L/\\partial x_\\ell|$"),
    ):
        axes.set_xlabel("$\\ell$")
        axes.set_title(label)
        axes.set_xticks([0, 12, 24, 36, 48])
        axes.minorticks_off()
    left.set_yticks([1, 1e2, 1e4, 1e6])
    right.set_yticks([1e-6, 1e-3, 1, 1e3, 1e6])
    left.legend(loc="upper left")
    return figure


def draw() -> dict[str, Figure]:
    return {"normalization": depth(), "normalization_places": places()}
