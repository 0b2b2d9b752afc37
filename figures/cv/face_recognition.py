"""Target logits of the margin family by angle, and the ROC of two Gaussians."""

import math

import numpy as np
import torch
from matplotlib.figure import Figure
from scipy.stats import norm

from figures.style import BLUE, GREEN, GREY, INK, ORANGE, PINK, new_figure
from snippets.cv.face_recognition import arcface_cosine, eer, roc, sphereface_psi


def draw() -> dict[str, Figure]:
    figure = new_figure(7, 3.4)
    logits, rates = figure.subplots(1, 2, width_ratios=[1.25, 1])

    theta = np.linspace(0, math.pi, 100)
    degrees = np.degrees(theta)
    cos = torch.from_numpy(np.cos(theta)).clamp(-1, 1)
    logits.plot(degrees, cos, color=GREY, label="softmax")
    logits.plot(degrees, sphereface_psi(cos, 4), color=PINK, label="SphereFace, m = 4")
    logits.plot(degrees, cos - 0.35, color=BLUE, label="CosFace, m = 0.35")
    usual = arcface_cosine(cos, 0.5).numpy()
    switch = np.searchsorted(theta, math.pi - 0.5)
    for part in (slice(None, switch), slice(switch, None)):
        label = "ArcFace, m = 0.5" if part.start is None else None
        logits.plot(degrees[part], usual[part], color=ORANGE, label=label)
    naive = arcface_cosine(cos, 0.5, "none")
    logits.plot(
        degrees[switch:], naive[switch:], ":", color=ORANGE, label='fallback="none"'
    )
    logits.plot([math.degrees(math.pi - 0.5)] * 2, [-1.3, 1], color=GREY, linewidth=0.7)
    logits.set_ylim(-2.6, 1.1)
    logits.set_xticks([0, 45, 90, 135, 180])
    logits.set_xlabel(r"$\theta$ (°)")
    logits.legend(loc="lower right", fontsize=7.5)

    rng = np.random.default_rng(0)
    genuine, impostor = rng.normal(3, 1, 2000), rng.normal(0, 1, 20000)
    far, tar, _ = roc(genuine, impostor)
    grid = np.logspace(-4, 0, 81)
    rates.plot(grid, norm.cdf(3 + norm.ppf(grid)), color=GREEN, label="d′ = 3")
    sample = np.interp(grid, far, tar)
    rates.plot(grid, sample, "--", color=BLUE, label="sample")
    rates.plot(grid, 1 - grid, color=GREY, linewidth=0.8)
    equal = eer(genuine, impostor)
    rates.plot(equal, 1 - equal, "o", color=INK, markersize=4)
    rates.annotate(
        f"EER {equal:.3f}",
        (equal, 1 - equal),
        xytext=(-28, 14),
        textcoords="offset points",
    )
    rates.set_xscale("log")
    rates.set_xlim(1e-4, 1)
    rates.set_ylim(0, 1.12)
    rates.set_xlabel("FAR")
    rates.set_title("TAR")
    rates.legend(loc="lower right")
    return {"face_recognition": figure}
