"""Cones and path shares of three stacks; sizes of three networks; the narrow bell."""

import numpy as np
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure

from figures.style import BLUE, GREY, ORANGE, new_figure
from snippets.cv.receptive_field import Layer, path_shares, receptive_field

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


def draw() -> dict[str, Figure]:
    return {"receptive_field": cones()}
