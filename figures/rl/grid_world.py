"""Best values and moves for three discounts; how the error falls for four solvers."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from figures.style import BLUE, GREEN, GREY, INK, ORANGE, PINK, PURPLE, new_figure
from snippets.rl.grid_world import (
    GridWorld,
    policy_iteration,
    truncated_policy_iteration,
)

FORBIDDEN = [(1, 1), (1, 2), (2, 2), (3, 1), (3, 3), (4, 1)]
WORLD = GridWorld(5, 5, FORBIDDEN, target=(3, 2))
ARROWS = np.array([(0, -1), (1, 0), (0, 1), (-1, 0), (0, 0)])  # x right, y down


def grid(axes: Axes, gamma: float) -> None:
    """One map: value as number and tint, best action as arrow, stay as dot."""
    v, pi, _ = policy_iteration(WORLD.P, WORLD.R, gamma)
    for s, (row, col) in enumerate(np.ndindex(5, 5)):
        cell = dict(xy=(col - 0.46, row - 0.46), width=0.92, height=0.92)
        strength = 0.55 * v[s] / v.max()
        axes.add_patch(Rectangle(**cell, facecolor=BLUE, alpha=strength, linewidth=0))
        edge, width = GREY, 0.5
        if (row, col) == WORLD.target:
            edge, width = GREEN, 1.8
        elif (row, col) in WORLD.forbidden:
            edge, width = PINK, 1.8
        axes.add_patch(Rectangle(**cell, fill=False, edgecolor=edge, linewidth=width))
        number = f"{v[s]:.{2 if gamma == 0.5 else 1}f}"
        axes.text(col, row - 0.18, number, ha="center", va="center", fontsize=8)
    x, y = np.meshgrid(range(5), range(5))
    u, w = 0.42 * ARROWS[pi.argmax(axis=1)].T
    stays = pi[:, 4] == 1
    axes.scatter(x.ravel()[stays], y.ravel()[stays] + 0.24, s=7, color=ORANGE)
    axes.quiver(
        x.ravel()[~stays] - u[~stays] / 2,
        y.ravel()[~stays] + 0.22 - w[~stays] / 2,
        u[~stays],
        w[~stays],
        color=ORANGE,
        angles="xy",
        scale_units="xy",
        scale=1,
        width=0.014,
        headwidth=4,
        headlength=4,
        headaxislength=3.5,
    )
    axes.set(xlim=(-0.55, 4.55), ylim=(4.55, -0.55), aspect="equal")
    axes.set_title(rf"$\gamma = {gamma:g}$")
    axes.axis("off")


def curves(by_count: Axes, by_work: Axes) -> None:
    """Error against the number of policies, and against the values computed."""
    best, _, rounds = policy_iteration(WORLD.P, WORLD.R, 0.9)

    def errors(history: np.ndarray) -> np.ndarray:
        return np.maximum(np.abs(history - best).max(axis=1), 1e-12)

    for sweeps, color in [(1, BLUE), (5, ORANGE), (20, GREEN), (100, PURPLE)]:
        _, _, history = truncated_policy_iteration(
            WORLD.P, WORLD.R, 0.9, tol=1e-10, sweeps=sweeps
        )
        error, count = errors(history), np.arange(len(history))
        thin = slice(None, None, 1 + len(history) // 60)
        by_count.plot(count[thin], error[thin], color=color, label=f"$j = {sweeps}$")
        by_work.plot((count * (5 + sweeps - 1))[thin], error[thin], color=color)
    by_count.plot(
        np.arange(len(rounds)), errors(rounds), "o", color=PINK, ms=4, label="solve"
    )
    by_count.set(xlabel="$k$", ylabel=r"$\Vert v_k - v^* \Vert_\infty$", xlim=(-1, 60))
    by_work.set(xlabel=r"$k\,(\vert A \vert + j - 1)$", xlim=(-10, 700))
    for axes in (by_count, by_work):
        axes.set(yscale="log", ylim=(3e-13, 40), yticks=[1, 1e-4, 1e-8, 1e-12])
        axes.minorticks_off()
    by_count.legend(labelcolor=INK, bbox_to_anchor=(1, 0.78), loc="upper right")


def draw() -> dict[str, Figure]:
    figure = new_figure(7, 5)
    top, bottom = figure.subfigures(2, 1, height_ratios=[1.15, 1])
    for axes, gamma in zip(top.subplots(1, 3), (0.9, 0.5, 0.0)):
        grid(axes, gamma)
    curves(*bottom.subplots(1, 2, sharey=True))
    return {"grid_world": figure}
