"""One Gaussian for two, by both directions of KL; what the focal loss asks for."""

import numpy as np
from matplotlib.figure import Figure

from figures.style import BLUE, GREEN, GREY, ORANGE, PINK, PURPLE, new_figure
from snippets.ml.loss_functions_and_information import (
    focal_minimiser,
    forward_fit,
    reverse_fit,
)

MEANS, SD = np.array([-2.0, 2.0]), 0.5
GAMMAS = ((0.0, GREY), (1.0, BLUE), (2.0, GREEN), (5.0, PURPLE))


def normal(x: np.ndarray, mean: float, sd: float) -> np.ndarray:
    return np.exp(-(((x - mean) / sd) ** 2) / 2) / sd / np.sqrt(2 * np.pi)


def loss_functions_and_information() -> Figure:
    """Left densities, right the minimiser over the true probability."""
    figure = new_figure(5.8, 3.0)
    left, right = figure.subplots(1, 2, width_ratios=[1.25, 1])
    x = np.linspace(-5, 5, 101)
    mixture = np.mean([normal(x, m, SD) for m in MEANS], axis=0)
    left.fill_between(x, mixture, color=GREY, alpha=0.35, linewidth=0)
    fits = (
        (forward_fit(MEANS, SD), BLUE, r"$\mathrm{KL}(p\,\|\,q)$", (0, 0.25)),
        (reverse_fit(MEANS, SD, -1, 1), ORANGE, r"$\mathrm{KL}(q\,\|\,p)$", (-2, 0.84)),
        (reverse_fit(MEANS, SD, 1, 1), PINK, r"$\mathrm{KL}(q\,\|\,p)$", (2, 0.84)),
    )
    for (mean, sd), colour, label, (u, v) in fits:
        left.plot(x, normal(x, mean, sd), color=colour)
        left.text(u, v, label, color=colour, ha="center", va="center")
    left.text(-3.1, 0.33, "$p$", color=GREY, ha="center", va="center")
    left.set_ylim(0, 0.92)
    left.set_xlabel("$x$")
    left.set_title("forward_fit, reverse_fit")

    # Dense at the ends, where a large exponent makes the curve steep.
    p = np.concatenate([[0], 1 / (1 + np.exp(-np.linspace(-14, 14, 57))), [1]])
    for gamma, colour in GAMMAS:
        right.plot(p, [focal_minimiser(u, gamma) for u in p], color=colour)
        at = focal_minimiser(0.95, gamma)
        right.text(1.03, at, f"$γ = {gamma:g}$", color=colour, ha="left", va="center")
    right.set_xlim(0, 1.5)
    right.set_xticks([0, 0.5, 1])
    right.set_yticks([0, 0.5, 1])
    right.set_xlabel("$p$")
    right.set_title("focal_minimiser")
    return figure


def draw() -> dict[str, Figure]:
    return {"loss_functions_and_information": loss_functions_and_information()}
