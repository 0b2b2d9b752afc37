"""The values on a line, cut into buckets; what a bucket keeps, and the winning gap."""

from itertools import pairwise

from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from figures.style import BLUE, GREY, INK, ORANGE, new_figure
from snippets.algorithms.maximum_gap import bucket_layout, maximum_gap

NUMS = [13, 2, 27, 0, 1, 26, 3]


def line() -> Figure:
    figure = new_figure(7, 1.75)
    axes = figure.subplots()
    width, count, buckets = bucket_layout(NUMS)
    low = min(NUMS)
    for k in range(count):
        left = low + k * width - 0.5
        axes.add_patch(
            Rectangle((left, -0.5), width, 1, facecolor="none", edgecolor=GREY, lw=1)
        )
        axes.text(left + width / 2, -0.62, f"${k}$", ha="center", va="top", color=GREY)
    used = [bucket for bucket in buckets if bucket]
    kept = {x for bucket in used for x in bucket}
    for x in NUMS:
        colour = BLUE if x in kept else GREY
        axes.plot(x, 0, "o", color=colour, ms=8 if x in kept else 5, zorder=3)
        axes.text(x, 0.2, f"{x}", ha="center", va="bottom", color=INK)
    best = maximum_gap(NUMS)
    for before, after in pairwise(used):
        wins = after[0] - before[1] == best
        colour = ORANGE if wins else GREY
        arrow = {"arrowstyle": "<|-|>", "color": colour, "lw": 2 if wins else 1}
        arrow |= {"shrinkA": 0, "shrinkB": 0, "mutation_scale": 10}
        axes.annotate("", (after[0], 0.72), (before[1], 0.72), arrowprops=arrow)
        middle = (after[0] + before[1]) / 2
        gap = f"{after[0] - before[1]}"
        axes.text(middle, 0.78, gap, ha="center", va="bottom", color=colour)
    axes.set_xlim(low - 1, low + count * width)
    axes.set_ylim(-0.95, 1.15)
    axes.axis("off")
    return figure


def draw() -> dict[str, Figure]:
    return {"maximum_gap": line()}
