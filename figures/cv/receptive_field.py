"""Cones and path shares of three stacks; sizes of three networks; the narrow bell."""

import numpy as np
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure

from figures.style import BLUE, GREEN, GREY, ORANGE, new_figure
from snippets.cv.receptive_field import (
    Layer,
    alexnet_layers,
    fields_by_layer,
    path_shares,
    receptive_field,
    resnet_layers,
    vgg16_layers,
)

STACKS = {
    "d = 1, 1, 1": [Layer(3)] * 3,
    "d = 2, 2, 2": [Layer(3, dilation=2)] * 3,
    "d = 1, 2, 3": [Layer(3, dilation=d) for d in (1, 2, 3)],
}


def cones() -> Figure:
    """The connections of one output, and below each input its share of the paths."""
    figure = new_figure(7, 3)
    widths = [receptive_field(layers).size for layers in STACKS.values()]
    panels = figure.subplots(2, 3, width_ratios=widths, sharex="col")
    for (label, layers), (cone, bars) in zip(STACKS.items(), panels.T):
        edges, units = [], {0}
        for depth in range(len(layers), 0, -1):
            layer = layers[depth - 1]
            # Centre each layer: unit u of a stack of size r sits at u + (r - 1) / 2.
            here, below = (
                (receptive_field(layers[:n]).size - 1) / 2 for n in (depth, depth - 1)
            )
            taps = [(u, u + t * layer.dilation) for u in units for t in range(3)]
            edges += [[(u + here, depth), (v + below, depth - 1)] for u, v in taps]
            units = {v for _, v in taps}
        cone.add_collection(LineCollection(edges, colors=GREY, linewidths=0.8))
        ends = np.unique(np.reshape(edges, (-1, 2)), axis=0)
        cone.scatter(*ends.T, s=16, color=BLUE, zorder=2)
        shares = path_shares(layers)
        inputs = np.arange(len(shares))
        missed = shares == 0
        fill = np.where(missed, "none", ORANGE)
        cone.scatter(
            inputs, 0 * inputs, s=16, facecolors=fill, edgecolors=ORANGE, zorder=3
        )
        bars.bar(inputs, shares, width=0.6, color=ORANGE)
        bars.set_ylim(0, 0.35)
        cone.set_title(label)
        cone.axis("off")
    for bars in panels[1]:
        bars.set_xticks([])
        bars.spines["left"].set_visible(False)
        bars.set_yticks([])
    return figure


def networks() -> Figure:
    """Sizes by layer in three networks, and the shares of four depths in their box."""
    figure = new_figure(7, 3.2)
    sizes, bells = figure.subplots(1, 2)
    for name, layers, colour, align in (
        ("AlexNet", alexnet_layers(), BLUE, "center"),
        ("VGG-16", vgg16_layers(upto="pool5"), ORANGE, "left"),
        ("ResNet-50", resnet_layers((3, 4, 6, 3)), GREEN, "right"),
    ):
        r = [1] + [field.size for field in fields_by_layer(layers)]
        sizes.step(range(len(r)), r, where="post", color=colour)
        sizes.plot(len(r) - 1, r[-1], "o", color=colour, markersize=4)
        sizes.annotate(
            f"{name}  {r[-1]}",
            (len(r) - 1, r[-1]),
            xytext=(0, 5),
            textcoords="offset points",
            ha=align,
        )
    sizes.set_yscale("log", base=2)
    sizes.set_yticks([1, 4, 16, 64, 256], labels=["1", "4", "16", "64", "256"])
    sizes.minorticks_off()
    sizes.set_ylim(0.9, 900)
    sizes.set_xlabel("$l$")
    sizes.set_title("$F$")

    for row, depth in enumerate((5, 10, 20, 40)):
        shares = path_shares([Layer(3)] * depth)
        offset = np.arange(-depth, depth + 1)
        base = -row
        box = bells.fill_between(offset, base, base + 0.8, color=GREY, alpha=0.3)
        box.set_linewidth(0)
        bell = base + 0.8 * shares / shares.max()
        bells.fill_between(offset, base, bell, color=ORANGE, alpha=0.55, linewidth=0)
        bells.plot(offset, bell, color=ORANGE)
        bells.text(-depth - 2, base + 0.4, f"$n = {depth}$", ha="right", va="center")
    bells.set_xlim(-56, 44)
    bells.set_xticks([-40, -20, 0, 20, 40])
    bells.set_yticks([])
    bells.spines["left"].set_visible(False)
    bells.set_title("$F = 2n + 1$")
    return figure


def draw() -> dict[str, Figure]:
    return {"receptive_field": cones(), "receptive_field_networks": networks()}
