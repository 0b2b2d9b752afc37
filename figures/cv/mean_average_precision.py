"""An example as zigzag, envelope and levels; AP at each threshold under noise."""

import numpy as np
from matplotlib.figure import Figure

from figures.style import BLUE, GREEN, GREY, INK, ORANGE, PINK, PURPLE, new_figure
from snippets.cv.mean_average_precision import (
    COCO_IOUS,
    ap_101,
    interpolated_precision,
    iou_matrix,
    pr_curve,
)

EXAMPLE = [1, 1, 0, 0, 0, 1, 0, 0, 1, 1]
OBJECTS = 7
NOISE = {2: GREEN, 5: BLUE, 10: PURPLE, 15: PINK}
BOX = np.array([0.0, 0, 100, 100])


def mean_average_precision() -> Figure:
    """Left, one curve in three readings; right, AP at each of the COCO thresholds."""
    figure = new_figure(7.2, 3.1)
    curve, noise = figure.subplots(1, 2, width_ratios=[1.15, 1])

    recall, precision = pr_curve(EXAMPLE, OBJECTS)
    corners = np.append(0, recall[np.diff(recall, prepend=0) > 0])
    height = interpolated_precision(recall, precision, corners[1:])
    curve.stairs(height, corners, fill=True, color=ORANGE, alpha=0.22)
    curve.stairs(height, corners, color=ORANGE, linewidth=2.2, baseline=0)
    curve.plot(recall, precision, color=BLUE, marker="o", markersize=4, linewidth=1.2)
    levels = np.arange(11) / 10
    at_levels = interpolated_precision(recall, precision, levels)
    dots = {"linestyle": "none", "marker": "D", "markersize": 5, "clip_on": False}
    curve.plot(levels, at_levels, color=INK, markerfacecolor="none", zorder=3, **dots)
    curve.set_xlim(0, 1)
    curve.set_ylim(0, 1.08)
    curve.set_xlabel("$r$")
    curve.set_ylabel("$p$")
    curve.set_title("pr_curve, ap_11, ap_all_point")
    curve.text(0.33, 0.93, r"$p_{interp}(r)$", color=ORANGE, fontsize=9.5)
    curve.text(0.455, 0.32, r"$p(r)$", color=BLUE, fontsize=9.5)

    rng = np.random.default_rng(0)
    for sigma, colour in NOISE.items():
        boxes = BOX + rng.normal(0, sigma, (1000, 4))
        order = np.argsort(-rng.random(1000))
        overlaps = iou_matrix(boxes, [BOX])[order, 0]
        ap = [ap_101(*pr_curve(overlaps >= iou, len(boxes))) for iou in COCO_IOUS]
        noise.plot(COCO_IOUS, ap, color=colour, marker="o", markersize=3.5)
    for iou in (0.5, 0.75):
        noise.axvline(iou, color=GREY, linewidth=0.8, linestyle=":", zorder=0)
    places = {2: (0.912, 0.92), 5: (0.832, 0.59), 10: (0.708, 0.52), 15: (0.51, 0.44)}
    for sigma, colour in NOISE.items():
        noise.text(*places[sigma], f"σ = {sigma}", color=colour, fontsize=8.5)
    noise.set_xticks([0.5, 0.75, 0.95])
    noise.set_xlim(0.478, 0.99)
    noise.set_ylim(0, 1.08)
    noise.set_xlabel("iou")
    noise.set_ylabel("AP")
    noise.set_title("ap_101, COCO_IOUS")
    return figure


def draw() -> dict[str, Figure]:
    return {"mean_average_precision": mean_average_precision()}
