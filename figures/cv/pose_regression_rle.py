"""The soft-argmax against its temperature; three densities fitted to a cross."""

import numpy as np
import torch
from matplotlib.figure import Figure
from matplotlib.patches import Circle, Polygon

from figures.style import BLUE, GREEN, GREY, INK, ORANGE, new_figure
from snippets.cv.pose_regression_rle import (
    cross_residuals,
    fit_flow,
    gaussian_heatmap,
    soft_argmax,
)


def draw() -> dict[str, Figure]:
    figure = new_figure(7, 3.4)
    left, right = figure.subplots(1, 2, width_ratios=[1, 1.05])

    h = gaussian_heatmap(torch.tensor([[10.0, 20.0]]), (64, 64), 2.0)
    beta = np.geomspace(0.5, 100, 60)
    estimates = np.array([soft_argmax(h, b)[0].tolist() for b in beta])
    for axis, (name, true, colour) in enumerate(
        (("$x$", 10, BLUE), ("$y$", 20, ORANGE))
    ):
        left.axhline(true, color=colour, linewidth=0.8, linestyle=":")
        left.plot(beta, estimates[:, axis], color=colour)
        left.text(105, true + 0.6, name, color=INK, ha="right")
    left.axhline(31.5, color=GREY, linewidth=0.8, linestyle="--")
    left.text(105, 32, "31.5", ha="right")
    left.set_xscale("log")
    left.set_xticks([1, 10, 100], labels=["1", "10", "100"])
    left.set_yticks([0, 10, 20, 30])
    left.set_ylim(0, 36)
    left.set_xlabel(r"$\beta$")
    left.set_title("soft_argmax")

    generator = torch.Generator().manual_seed(0)
    train = cross_residuals(2000, generator)
    flow = fit_flow(train, 300, generator)
    # Each outline holds 90 % of the mass of its own density.
    deviation, b = train.square().mean().sqrt().item(), train.abs().mean().item()
    r, edge = deviation * 2.1460, b * 3.8897
    right.plot(*train[:200].T.numpy(), ".", color=GREY, markersize=2.5, zorder=1)
    circle = Circle((0, 0), r, fill=False, edgecolor=BLUE, linewidth=1.6)
    corners = [(edge, 0), (0, edge), (-edge, 0), (0, -edge)]
    right.add_patch(circle)
    right.add_patch(Polygon(corners, fill=False, edgecolor=ORANGE, linewidth=1.6))
    line = torch.linspace(-4.5, 4.5, 151)
    with torch.no_grad():
        level = flow.log_prob(flow.sample(20000, generator)).quantile(0.1).item()
        grid = torch.cartesian_prod(line, line)
        log_p = flow.log_prob(grid).view(151, 151).T  # rows are y
    right.contour(line, line, log_p, levels=[level], colors=[GREEN], linestyles="solid")
    right.text(-1.75, 1.55, "gaussian", color=INK, ha="right")
    right.text(0.75, -2.7, "laplace", color=INK)
    right.plot([0.45, 0.75], [-2.02, -2.4], color=INK, linewidth=0.6)
    right.text(0.3, 2.7, r"$G_\phi$", color=INK)
    right.set_xlim(-3.9, 3.9)
    right.set_ylim(-3.9, 3.9)
    right.set_aspect("equal")
    right.set_xlabel(r"$\bar x$")
    right.set_ylabel(r"$\bar y$", rotation=0)
    right.set_title("fit_flow")
    return {"pose_regression_rle": figure}
