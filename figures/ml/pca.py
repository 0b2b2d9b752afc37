"""Ten points with their axes; the spectrum of noise with one spike."""

import numpy as np
from matplotlib.figure import Figure

from figures.style import BLUE, GREEN, GREY, INK, ORANGE, new_figure
from snippets.ml.pca import pca_fit, pca_inverse, pca_transform, spike

X = np.array(
    [
        [2.5, 0.5, 2.2, 1.9, 3.1, 2.3, 2.0, 1.0, 1.5, 1.1],
        [2.4, 0.7, 2.9, 2.2, 3.0, 2.7, 1.6, 1.1, 1.6, 0.9],
    ]
).T
N, D, THETA = 400, 200, 2.0
SEED = 6


def spiked() -> np.ndarray:
    """All variances of noise in which the first axis has variance 1 + theta."""
    points = np.random.default_rng(SEED).standard_normal((N, D))
    points[:, 0] *= np.sqrt(1 + THETA)
    return pca_fit(points)[2]


def pca() -> Figure:
    figure = new_figure(5.6, 2.7)  # narrow: labels stay legible on a phone
    plane, spectrum = figure.subplots(1, 2, width_ratios=[1, 1.25])
    mean, components, variances = pca_fit(X)
    Z = pca_transform(X, mean, components)
    foot = pca_inverse(Z[:, :1], mean, components[:1])
    ends = pca_inverse(np.array([[-2.2], [2.2]]), mean, components[:1])
    plane.plot(*ends.T, color=GREY, linewidth=0.9, zorder=0)
    for point, on_line in zip(X, foot, strict=True):
        plane.plot(*np.stack([point, on_line]).T, color=ORANGE, linewidth=1.2)
    plane.plot(*X.T, "o", color=INK, markersize=4.5)
    for i, colour in ((0, BLUE), (1, GREEN)):
        tip = mean + 2 * np.sqrt(variances[i]) * components[i]
        plane.annotate(
            "",
            tip,
            mean,
            arrowprops={
                "arrowstyle": "-|>",
                "color": colour,
                "shrinkA": 0,
                "shrinkB": 0,
                "lw": 2,
            },
        )
    plane.text(3.36, 3.12, "$v_1$", color=BLUE)
    plane.text(2.22, 1.24, "$v_2$", color=GREEN)
    plane.set_aspect("equal")
    plane.set_xlim(0, 3.9)
    plane.set_ylim(0, 3.9)
    plane.set_xticks([0, 1, 2, 3])
    plane.set_yticks([0, 1, 2, 3])

    gamma = D / N
    low, high = (1 - np.sqrt(gamma)) ** 2, (1 + np.sqrt(gamma)) ** 2
    values = spiked()
    spectrum.hist(
        values,
        bins=np.arange(0, 4.01, 0.125).tolist(),
        density=True,
        color=GREY,
        alpha=0.45,
    )
    x = np.linspace(low, high, 200)
    curve = np.sqrt((x - low) * (high - x)) / (2 * np.pi * gamma * x)
    spectrum.plot(x, curve, color=BLUE)
    spectrum.plot([values[0]], [0.03], "v", color=ORANGE, markersize=7)
    spectrum.text(values[0] - 0.14, 0.06, "$\\lambda_1$", color=ORANGE, ha="right")
    for place, label, top in (
        (high, "$(1 + \\gamma^{1/2})^2$", 0.6),
        (spike(gamma, THETA)[0], "$(1 + \\theta)(1 + \\gamma/\\theta)$", 0.82),
    ):
        spectrum.plot(
            [place, place], [0, top], color=GREY, lw=0.8, linestyle=(0, (3, 3))
        )
        spectrum.text(place - 0.06, top - 0.03, label, ha="right", fontsize=9)
    spectrum.set_ylim(0, 0.95)
    spectrum.set_xlim(0, 4.1)
    spectrum.set_xlabel("$\\lambda_i$")
    spectrum.set_xticks([0, 1, 2, 3, 4])
    spectrum.set_yticks([])
    return figure


def draw() -> dict[str, Figure]:
    return {"pca": pca()}
