"""Four points, their line and its residuals; and the same as a projection."""

import numpy as np
from matplotlib.figure import Figure

from figures.style import BLUE, GREEN, GREY, INK, ORANGE, new_figure
from snippets.ml.linear_regression import ols

FOUR, FOUR_Y = np.array([[1.0], [2.0], [3.0], [4.0]]), np.array([1.0, 3.0, 2.0, 5.0])


def linear_regression() -> Figure:
    """Left four points, their line and residuals; right the same as a projection."""
    figure = new_figure(7.2, 2.9)
    plane, space = figure.subplots(1, 2, width_ratios=[1.1, 1])
    w, b = ols(FOUR, FOUR_Y)
    fitted = FOUR @ w + b
    ends = np.array([0.6, 4.4])
    plane.plot(ends, ends * w[0] + b, color=BLUE)
    for x, y, at in zip(FOUR[:, 0], FOUR_Y, fitted):
        plane.plot([x, x], [at, y], color=ORANGE)
    plane.plot(FOUR[:, 0], FOUR_Y, "o", color=INK, markersize=5)
    plane.plot(FOUR.mean(), FOUR_Y.mean(), "+", color=GREEN, markersize=11)
    plane.text(
        2.6, 2.42, "$(\\bar x, \\bar y)$", color=GREEN, fontsize=8.5, va="center"
    )
    plane.text(1.93, 2.62, "$r_2$", color=ORANGE, ha="right", va="center")
    plane.set_xlabel("$x$")
    plane.set_ylabel("$y$")
    plane.set_xticks([1, 2, 3, 4])

    # The plane of R^4 that holds both centred vectors, drawn to scale.
    along = float(np.linalg.norm(fitted - FOUR_Y.mean()))
    up = float(np.linalg.norm(FOUR_Y - fitted))
    space.axhline(0, color=GREY, linewidth=0.8, zorder=0)
    for end, start, colour in (
        ((along, up), (0, 0), INK),
        ((along, 0), (0, 0), BLUE),
        ((along, up), (along, 0), ORANGE),
    ):
        space.annotate(
            "",
            end,
            start,
            arrowprops={
                "arrowstyle": "-|>",
                "color": colour,
                "shrinkA": 0,
                "shrinkB": 0,
            },
        )
    corner = 0.14
    space.plot(
        [along - corner, along - corner, along], [0, corner, corner], color=GREY, lw=1
    )
    space.text(along / 2 - 0.1, up / 2 + 0.22, "$y - \\bar y$", ha="right")
    space.text(along / 2, -0.26, "$\\hat y - \\bar y$", color=BLUE, ha="center")
    space.text(along + 0.1, up / 2, "$r$", color=ORANGE, va="center")
    space.text(3.45, -0.26, "$x - \\bar x$", color=GREY, ha="right")
    space.set_aspect("equal")
    space.set_xlim(-0.15, 3.5)
    space.set_ylim(-0.5, 1.95)
    space.axis("off")
    return figure


def draw() -> dict[str, Figure]:
    return {"linear_regression": linear_regression()}
