"""A scene and its matching costs with both assignments; two scalars learning a set."""

import numpy as np
import torch
from matplotlib import colormaps
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from torch import Tensor

from figures.style import BLUE, GREY, INK, ORANGE, PINK, SEQUENTIAL, new_figure
from snippets.cv.detr import (
    box_cxcywh_to_xyxy,
    greedy_match,
    hungarian,
    matching_cost,
    two_queries,
)

# (cx, cy, w, h). Query 0 lies between objects 0 and 1, a little nearer to 0.
OBJECTS = [[0.30, 0.28, 0.26, 0.30], [0.60, 0.28, 0.26, 0.30], [0.72, 0.76, 0.36, 0.28]]
QUERIES = [
    [0.43, 0.26, 0.28, 0.26],
    [0.17, 0.34, 0.22, 0.32],
    [0.68, 0.73, 0.44, 0.32],
    [0.16, 0.80, 0.16, 0.16],
    [0.90, 0.30, 0.12, 0.20],
    [0.40, 0.62, 0.14, 0.14],
]
LABELS = [0, 0, 1]
CLASS_0 = [0.7, 0.6, 0.1, 0.2, 0.2, 0.3]  # the rest: half to class 1, half to no object


def scene_cost() -> torch.Tensor:
    """Matching costs of the scene, shape (6, 3)."""
    first = torch.tensor(CLASS_0, dtype=torch.float64)
    rest = (1 - first) / 2
    logits = torch.stack([first, rest, rest], dim=1).log()
    boxes, gt = (torch.tensor(x, dtype=torch.float64) for x in (QUERIES, OBJECTS))
    return matching_cost(logits, boxes, torch.tensor(LABELS), gt)


def detr() -> Figure:
    """Boxes, left; costs, circles for hungarian, crosses for greedy; paths, right."""
    figure = new_figure(7.4, 3.0)
    scene, heat, paths = figure.subplots(1, 3, width_ratios=[1.05, 0.75, 1.25])

    for boxes, colour, width in ((OBJECTS, ORANGE, 2.4), (QUERIES, BLUE, 1.2)):
        corners = box_cxcywh_to_xyxy(torch.tensor(boxes, dtype=torch.float64))
        for i, (x0, y0, x1, y1) in enumerate(corners.tolist()):
            outline = Rectangle(
                (x0, y0),
                x1 - x0,
                y1 - y0,
                fill=False,
                edgecolor=colour,
                linewidth=width,
            )
            scene.add_patch(outline)
            if colour == BLUE:
                scene.text(
                    x0 + 0.015,
                    (y0 + y1) / 2,
                    f"q{i}",
                    color=BLUE,
                    fontsize=9,
                    va="center",
                )
            else:
                scene.text(
                    x1 - 0.015,
                    y0 + 0.015,
                    f"k{i}",
                    color=ORANGE,
                    fontsize=9,
                    ha="right",
                    va="top",
                    fontweight="bold",
                )
    scene.set(xlim=(0, 1), ylim=(1, 0), aspect="equal", xticks=[], yticks=[])
    for spine in scene.spines.values():
        spine.set(visible=True, color=GREY)

    cost = scene_cost()
    low, high = cost.min().item(), cost.max().item()
    colours = colormaps[SEQUENTIAL]
    best, greedy = hungarian(cost), greedy_match(cost)
    circles, crosses = (set(zip(*map(Tensor.tolist, x))) for x in (best, greedy))
    for (q, k), value in np.ndenumerate(cost.numpy()):
        shade = (value - low) / (high - low)
        cell = Rectangle(
            (k - 0.5, q - 0.5), 1, 1, facecolor=colours(shade), edgecolor=GREY
        )
        heat.add_patch(cell)
        ink = "white" if shade < 0.45 else "black"
        heat.text(k, q, f"{value:.1f}", color=ink, ha="center", va="center", fontsize=8)
        if (q, k) in circles:
            heat.scatter(k, q, s=330, facecolors="none", edgecolors=ink, lw=1.6)
        if (q, k) in crosses:
            heat.scatter(k + 0.34, q - 0.3, s=26, marker="x", color=ink, lw=1.6)
    heat.set(xlim=(-0.5, 2.5), ylim=(5.5, -0.5), xticks=range(3), yticks=range(6))
    heat.set_xticklabels([f"k{k}" for k in range(3)])
    heat.set_yticklabels([f"q{q}" for q in range(6)])
    heat.tick_params(length=0)
    for spine in heat.spines.values():
        spine.set_visible(False)
    totals = [cost[pairs].sum().item() for pairs in (best, greedy)]
    heat.set_title(f"○ {totals[0]:.1f}   × {totals[1]:.1f}")

    t = np.arange(0, 121, 2)
    for matched, colour, style in ((True, BLUE, "solid"), (False, PINK, (0, (4, 2)))):
        path = two_queries(matched, steps=120).numpy()[::2]
        paths.plot(t, path, color=colour, linestyle=style)
    for target in (0.2, 0.8):
        paths.axhline(target, color=INK, linewidth=0.8, linestyle=":")
    paths.text(
        120, 0.83, "matched=True", color=BLUE, ha="right", va="bottom", fontsize=8
    )
    paths.text(
        120, 0.66, "matched=False", color=PINK, ha="right", va="bottom", fontsize=8
    )
    paths.set(
        ylim=(0.1, 0.95), yticks=[0.2, 0.5, 0.8], xlabel="$t$", title="two_queries"
    )
    return figure


def draw() -> dict[str, Figure]:
    return {"detr": detr()}
