"""A disc predicted one pixel too small: where it errs, and what PA and IoU say."""

import numpy as np
from matplotlib.figure import Figure

from figures.style import BLUE, GREY, INK, ORANGE, new_figure
from snippets.cv.segmentation_metrics import (
    disc,
    iou_per_class,
    pixel_accuracy,
    shrunken_disc,
)

SIZE = 256
RADII = np.array([*range(2, 40), *range(40, 101, 4)])


def segmentation_metrics() -> Figure:
    """Two rims that are missed, left; the scores, middle; what they miss, right."""
    figure = new_figure(7.2, 3.0)
    layout = [["small", "scores", "missed"], ["large", "scores", "missed"]]
    panels = figure.subplot_mosaic(layout, width_ratios=[1.05, 2, 2])
    for name, radius in (("small", 4), ("large", 16)):
        panel = panels[name]
        for r, colour in ((radius, GREY), (radius - 1, ORANGE)):
            half = disc(r, 2 * r + 1).sum(1).numpy() / 2
            rows = np.arange(-r, r + 2) - 0.5
            panel.stairs(
                half,
                rows,
                baseline=-half,
                orientation="horizontal",
                fill=True,
                color=colour,
                linewidth=0,
            )
        panel.set_title(f"$r = {radius}$", fontsize=9)
        panel.set_aspect("equal")
        panel.axis("off")

    matrices = [shrunken_disc(int(radius), SIZE) for radius in RADII]
    accuracy = np.array([pixel_accuracy(C) for C in matrices])
    iou = np.array([iou_per_class(C)[1].item() for C in matrices])
    scores, missed = panels["scores"], panels["missed"]
    for values, colour in ((accuracy, BLUE), (iou, ORANGE)):
        scores.plot(RADII, values, color=colour)
        missed.plot(RADII, 1 - values, color=colour)
        for radius in (4, 64):
            value = values[radius == RADII].item()
            scores.plot(radius, value, "o", color=colour, markersize=4)
            scores.annotate(
                f"{value:.4f}" if colour == BLUE else f"{value:.3f}",
                (radius, value),
                xytext=(0, 6) if colour == BLUE else (18, -11),
                textcoords="offset points",
                ha="center",
                color=colour,
                fontsize=8.5,
            )
    theory = (np.pi * (2 * RADII - 1) / SIZE**2, 1 - (1 - 1 / RADII) ** 2)
    for values in theory:
        missed.plot(RADII, values, color=INK, linestyle=(0, (1, 2.5)), linewidth=1)
    scores.text(11, 0.72, "IoU", color=ORANGE)
    scores.text(12, 1.035, "PA", color=BLUE)
    missed.text(20, 0.17, "1 − IoU", color=ORANGE)
    missed.text(14, 0.0004, "1 − PA", color=BLUE)
    missed.set_yscale("log")
    scores.set_ylim(0.3, 1.1)
    for panel in (scores, missed):
        panel.set_xscale("log", base=2)
        panel.set_xticks(
            [2, 4, 8, 16, 32, 64], labels=["2", "4", "8", "16", "32", "64"]
        )
        panel.set_xlabel("$r$")
    return figure


def draw() -> dict[str, Figure]:
    return {"segmentation_metrics": segmentation_metrics()}
