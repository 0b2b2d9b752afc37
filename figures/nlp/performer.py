"""Errors of the three feature maps by angle; error of attention by directions."""

import math

import torch
from matplotlib.figure import Figure

from figures.style import BLUE, GREEN, GREY, ORANGE, new_figure
from snippets.nlp.performer import (
    hyperbolic_features,
    median_error,
    mse_hyperbolic,
    mse_positive,
    mse_trig,
    positive_features,
    trig_features,
)

KINDS = {
    "positive": (positive_features, mse_positive, BLUE),
    "trig": (trig_features, mse_trig, ORANGE),
    "hyperbolic": (hyperbolic_features, mse_hyperbolic, GREEN),
}
COUNTS = (16, 64, 256, 1024, 4096)


def pair(norm: float, degrees: float, d: int = 8) -> torch.Tensor:
    x = torch.zeros(2, d, dtype=torch.float64)
    x[0, 0] = norm
    x[1, 0] = norm * math.cos(math.radians(degrees))
    x[1, 1] = norm * math.sin(math.radians(degrees))
    return x


def angles() -> Figure:
    """Left: formulas and draws, vectors of length 0.5. Right: length 2, relative."""
    m, draws = 16, 20_000
    figure = new_figure(7, 3)
    small, large = figure.subplots(1, 2)
    W = torch.randn(
        m * draws, 8, generator=torch.Generator().manual_seed(0), dtype=torch.float64
    )
    curve = [3 * n for n in range(61)]
    for kind, (feature_map, formula, colour) in KINDS.items():
        values = [float(formula(*pair(0.5, a), m)) for a in curve]
        small.plot(curve, values, color=colour, label=kind)
        for a in range(15, 180, 15):
            q, k = pair(0.5, a)
            each = feature_map(q, W) * feature_map(k, W) * len(W)
            means = each.reshape(-1, draws, m).sum(0).mean(-1)
            error = float((means - (q @ k).exp()).square().mean())
            small.plot(a, error, "o", color=colour, markersize=3.5)
        values = []
        for a in curve:
            q, k = pair(2.0, a)
            values.append(float((formula(q, k, m) / (2 * q @ k).exp()).sqrt()))
        large.plot(curve, values, color=colour)
    small.set_yscale("log")
    small.set_ylim(1e-5, 0.5)
    small.legend(loc="lower center")
    small.set_title(r"MSE,  $\|q\| = \|k\| = 0.5$")
    large.set_yscale("log")
    large.set_ylim(1e-2, 3e3)
    large.axhline(1, color=GREY, linewidth=0.8)
    large.set_title(r"MSE$^{1/2}\, e^{-q \cdot k}$,  $\|q\| = \|k\| = 2$")
    for panel in (small, large):
        panel.set_xticks([0, 45, 90, 135, 180])
        panel.set_xlabel(r"$\theta$ (°)")
    return figure


def attention() -> Figure:
    """Median relative error of one head at three scales, and of the mean of values."""
    figure = new_figure(7, 3)
    panels = figure.subplots(1, 3, sharey=True)
    for scale, panel in zip((0.25, 0.5, 1.0), panels):
        for kind in ("positive", "trig"):
            errors = [median_error(scale, m, kind) for m in COUNTS]
            colour = KINDS[kind][2]
            panel.plot(COUNTS, errors, "o-", color=colour, markersize=3.5, label=kind)
        mean = median_error(scale, 1, "mean")
        panel.axhline(mean, color=GREY, linewidth=1, linestyle="--", label="v.mean(0)")
        panel.set_xscale("log", base=4)
        panel.set_xticks(COUNTS, labels=[str(m) for m in COUNTS])
        panel.minorticks_off()
        panel.set_yscale("log")
        panel.set_xlabel("$m$")
        panel.set_title(rf"$q, k \sim N(0, {scale:g}^2)$")
    panels[0].legend(loc="upper right")
    return figure


def draw() -> dict[str, Figure]:
    return {"performer": angles(), "performer_attention": attention()}
