"""InfoNCE under its ceilings, and the JSD that saturates while information grows."""

import math

import numpy as np
import torch
from matplotlib.figure import Figure

from figures.style import BLUE, GREEN, GREY, INK, ORANGE, new_figure
from snippets.cv.deep_infomax import (
    gaussian_mi,
    gaussian_pairs,
    infonce,
    jsd_objective,
    optimal_critic,
)

DIM = 10


def draw() -> dict[str, Figure]:
    figure = new_figure(7, 3.1)
    left, right = figure.subplots(1, 2)
    information = np.linspace(0.0, 10.0, 21)
    correlation = np.sqrt(-np.expm1(-2 * information / DIM))
    for count, colour in ((16, BLUE), (64, ORANGE), (256, GREEN)):
        generator = torch.Generator().manual_seed(0)
        values = []
        for rho in correlation:
            pairs = [
                gaussian_pairs(count, rho, DIM, generator) for _ in range(6000 // count)
            ]
            draws = [float(infonce(optimal_critic(x, y, rho))) for x, y in pairs]
            values.append(np.mean(draws))
        left.plot(information, values, color=colour)
        ceiling = math.log(count)
        left.axhline(ceiling, color=colour, linestyle=":", linewidth=1)
        left.text(0.2, ceiling + 0.12, f"$\\log\\,{count}$", color=INK)
    left.plot([0, 7.2], [0, 7.2], color=GREY, linestyle="--", linewidth=1)
    left.set_xlabel("$I$")
    left.set_title("infonce")
    left.set_ylim(0, 7)

    for dim, colour, place in ((1, BLUE, (2.9, 0.56)), (DIM, ORANGE, (4.2, 0.5))):
        generator = torch.Generator().manual_seed(0)
        most = 2.8 if dim == 1 else 10.0
        xs, ys = np.linspace(0, most, 25), []
        for rho in np.sqrt(-np.expm1(-2 * xs / dim)):
            draws = []
            for _ in range(30):
                x, y = gaussian_pairs(400, rho, dim, generator)
                scores = optimal_critic(x, y, rho)
                off = scores[~torch.eye(400, dtype=torch.bool)]
                draws.append(float(jsd_objective(scores.diagonal(), off)))
            ys.append((np.mean(draws) + 2 * math.log(2)) / 2)
        right.plot(xs, ys, color=colour)
        right.text(*place, f"$d = {dim}$", color=INK)
    for rho in (0.5, 0.9, 0.99):
        right.axvline(gaussian_mi(rho), ymax=0.06, color=GREY, linewidth=1)
    right.axhline(math.log(2), color=GREY, linestyle=":", linewidth=1)
    right.text(7.6, math.log(2) + 0.015, r"$\log\,2$", color=INK)
    right.set_xlabel("$I$")
    right.set_title("(jsd_objective + 2 log 2) / 2")
    right.set_ylim(0, 0.78)
    return {"deep_infomax": figure}
