"""The points that feed one output through three layers: plain, dilated, learned."""

import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch
from matplotlib.path import Path

from figures.style import BLUE, GREY, INK, ORANGE, new_figure
from snippets.cv.deformable_convolution import ring_scenes, trace_points, train_rings

SIZE, SEED = 20, 5
MIDDLE, BLOB = (10, 9), (17, 6)


def dots(axes: Axes, points: torch.Tensor, colour: str, width: float) -> None:
    """Round dots, as one path: a marker for every point would make a large file."""
    y, x = points.round(decimals=2).T
    path = Path(
        torch.stack([x, x + 0.001, y, y], 1).view(-1, 2, 2).mT.flatten(0, 1).numpy(),
        [Path.MOVETO, Path.LINETO] * len(points),
    )
    patch = PathPatch(path, fill=False, edgecolor=colour, linewidth=width)
    patch.set_capstyle("round")
    axes.add_patch(patch)


def deformable_convolution() -> Figure:
    """A ring and a blob, with the 729 points (orange) and the 9 of the last layer."""
    net = train_rings(steps=60)
    image, _ = ring_scenes(1, torch.Generator().manual_seed(SEED))
    with torch.no_grad():
        learned = [field[0] for field in net.offsets(image)]
    still = [torch.zeros(18, SIZE, SIZE, dtype=torch.float64)] * 3
    figure = new_figure(7.2, 2.2)
    panels = figure.subplots(1, 4)
    for axes, title, fields, start, dilation in (
        (panels[0], "d = 1, Δp = 0", still, MIDDLE, 1),
        (panels[1], "d = 2, Δp = 0", still, MIDDLE, 2),
        (panels[2], "Δp = branch(x)", learned, MIDDLE, 1),
        (panels[3], "Δp = branch(x)", learned, BLOB, 1),
    ):
        axes.contourf(image[0, 0], levels=[0.4, 2], colors=[GREY], alpha=0.5)
        points = trace_points(fields, start, dilation).unique(dim=0)
        dots(axes, points, ORANGE, 1.7 if len(points) > 100 else 3.2)
        last = trace_points(fields[-1:], start, dilation)
        dots(axes, last, BLUE, 4.5)
        axes.plot(start[1], start[0], "s", mfc="none", mec=INK, markersize=6)
        axes.set_title(title)
        axes.set_xlim(-0.5, SIZE - 0.5)
        axes.set_ylim(SIZE - 0.5, -0.5)
        axes.set_aspect("equal")
        axes.set_xticks([])
        axes.set_yticks([])
        axes.spines[:].set_visible(True)
        axes.spines[:].set_color(GREY)
    return figure


def draw() -> dict[str, Figure]:
    return {"deformable_convolution": deformable_convolution()}
