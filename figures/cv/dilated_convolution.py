"""How many paths lead from each input to one output, for four three-layer stacks."""

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Patch, PathPatch
from matplotlib.path import Path

from figures.style import BLUE, GREEN, GREY, ORANGE, PINK, PURPLE, new_figure
from snippets.cv.dilated_convolution import path_counts

STACKS = ((2, 2, 2), (1, 2, 3), (1, 2, 5), (1, 2, 9))
# The least number of paths of each colour, and its label.
CLASSES = (
    (1, "1", BLUE),
    (2, "2–3", GREEN),
    (4, "4–8", PURPLE),
    (9, "9–18", PINK),
    (19, "19–49", ORANGE),
)
CELL = np.array([[0, 0], [0.84, 0], [0.84, 0.84], [0, 0.84], [0, 0]]) - 0.42
CODES = [Path.MOVETO, *[Path.LINETO] * 3, Path.CLOSEPOLY]


def draw() -> dict[str, Figure]:
    figure = new_figure(7.4, 2.8)
    panels = figure.subplots(1, len(STACKS))
    lows = np.array([low for low, _, _ in CLASSES])
    for panel, rates in zip(panels, STACKS):
        line = path_counts(rates)
        counts = np.outer(line, line)
        colour_of = np.searchsorted(lows, counts, side="right") - 1  # -1 is a hole
        half = len(line) // 2
        for number, (_, _, colour) in enumerate(CLASSES):
            cells = np.argwhere(colour_of == number) - half
            if len(cells):
                corners = (cells[:, None] + CELL).reshape(-1, 2)
                path = Path(corners, CODES * len(cells))
                panel.add_patch(PathPatch(path, facecolor=colour, linewidth=0))
        edge = half + 0.7
        frame = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1], [-1, -1]]) * edge
        panel.plot(*frame.T, color=GREY, linewidth=0.8)
        panel.set_aspect("equal")
        panel.axis("off")
        panel.set_title(
            f"$r = {', '.join(map(str, rates))}$\n"
            f"{np.count_nonzero(counts)} / {counts.size}"
        )
    figure.legend(
        handles=[Patch(color=colour, label=label) for _, label, colour in CLASSES],
        loc="outside lower center",
        ncols=len(CLASSES),
        handlelength=1,
        handleheight=1,
    )
    return {"dilated_convolution": figure}
