"""The table with the walk back through it, and one row updated in both directions."""

from itertools import pairwise

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from figures.style import BLUE, GREY, ORANGE, SEQUENTIAL, new_figure
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
