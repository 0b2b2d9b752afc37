"""Bins of three axes, and the windows of the shorthand that should stand for them."""

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from figures.style import BLUE, GREY, ORANGE, PINK, new_figure
from snippets.cv.spatial_pyramid_pooling import pyramid_bins, window_stride_shorthand

N = 4
LENGTHS = (13, 14, 7)


def show(axes: Axes, spans: list[tuple[int, int]], a: int) -> None:
    """One row per window; colours for cells read once, more often, and never."""
    reads = [sum(first <= cell < end for first, end in spans) for cell in range(a)]
    for row, (first, end) in enumerate(spans):
        colours = [ORANGE if reads[cell] > 1 else BLUE for cell in range(first, end)]
        axes.bar(
            range(first, end),
            0.8,
            bottom=-row - 0.4,
            width=0.86,
            color=colours,
        )
        axes.text(-0.9, -row, f"{row}", ha="center", va="center")
    missed = [cell for cell in range(a) if reads[cell] == 0]
    for cell in missed:
        axes.bar(
            cell,
            len(spans) - 0.2,
            bottom=0.6 - len(spans),
            width=0.86,
            facecolor="none",
            edgecolor=PINK,
            hatch="////",
        )
    axes.set_xlim(-1.4, a - 0.4)
    axes.set_ylim(-5.6, 0.6)
    axes.set_xticks(range(0, a, 1 if a < 10 else 3))
    axes.tick_params(length=2, color=GREY)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.spines["bottom"].set_color(GREY)


def draw() -> dict[str, Figure]:
    figure = new_figure(7, 3.6)
    panels = figure.subplots(2, 3, width_ratios=LENGTHS, sharex="col")
    for a, (above, below) in zip(LENGTHS, panels.T):
        show(above, pyramid_bins(a, N), a)
        win, stride, outputs = window_stride_shorthand(a, N)
        show(below, [(i * stride, i * stride + win) for i in range(outputs)], a)
        above.set_title(f"$a = {a}$,  $n = {N}$")
        below.set_xlabel(f"win {win}, stride {stride}")
    panels[0, 0].set_ylabel("pyramid_bins")
    panels[1, 0].set_ylabel("shorthand")
    return {"spatial_pyramid_pooling": figure}
