"""What exploring costs, state by state; what it buys in pairs; what a cut costs."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from figures.style import (
    BLUE,
    GREEN,
    GREY,
    INK,
    ORANGE,
    PINK,
    PURPLE,
    new_figure,
)
from snippets.rl.environments import GridWorld
from snippets.rl.monte_carlo import coverage, epsilon_soft_optimum, mc_basic

FORBIDDEN = [(1, 1), (1, 2), (2, 2), (3, 1), (3, 3), (4, 1)]
WORLD = GridWorld(5, 5, FORBIDDEN, target=(3, 2))
HARSH = GridWorld(5, 5, FORBIDDEN, target=(3, 2), r_forbidden=-10)
ARROWS = np.array([(0, -1), (1, 0), (0, 1), (-1, 0), (0, 0)])  # x right, y down


def grid(axes: Axes, epsilon: float) -> None:
    """One map: value as number and tint, greedy action as arrow, stay as dot."""
    best, q = epsilon_soft_optimum(HARSH.P, HARSH.R, 0.9, 0)
    optimal = q >= best[:, None] - 1e-9
    v, q = epsilon_soft_optimum(HARSH.P, HARSH.R, 0.9, epsilon)
    tied = q >= q.max(axis=1, keepdims=True) - 1e-9
    for s, (row, col) in enumerate(np.ndindex(5, 5)):
        cell = dict(xy=(col - 0.46, row - 0.46), width=0.92, height=0.92)
        tint = dict(facecolor=BLUE if v[s] > 0 else PURPLE, linewidth=0)
        axes.add_patch(Rectangle(**cell, **tint, alpha=0.055 * min(abs(v[s]), 10)))
        edge, width = GREY, 0.5
        if (row, col) == HARSH.target:
            edge, width = GREEN, 1.8
        elif (row, col) in HARSH.forbidden:
            edge, width = PINK, 1.8
        axes.add_patch(Rectangle(**cell, fill=False, edgecolor=edge, linewidth=width))
        axes.text(col, row - 0.18, f"{v[s]:.1f}", ha="center", va="center", fontsize=8)
        action = tied[s].argmax()
        color = INK if optimal[s, action] else ORANGE
        dx, dy = 0.4 * ARROWS[action]
        if action == 4:
            axes.plot(col, row + 0.24, ".", color=color, ms=6)
        else:
            axes.annotate(
                "",
                xy=(col + dx / 2, row + 0.22 + dy / 2),
                xytext=(col - dx / 2, row + 0.22 - dy / 2),
                arrowprops=dict(
                    arrowstyle="->",
                    color=color,
                    linewidth=1.1 if optimal[s, action] else 1.8,
                    shrinkA=0,
                    shrinkB=0,
                    mutation_scale=7,
                ),
            )
    axes.set(xlim=(-0.55, 4.55), ylim=(4.55, -0.55), aspect="equal")
    axes.set_title(rf"$\varepsilon = {epsilon:g}$")
    axes.axis("off")


def pairs(axes: Axes) -> None:
    """Different pairs seen by three walks for each epsilon."""
    best, q = epsilon_soft_optimum(WORLD.P, WORLD.R, 0.9, 0)
    pi = np.eye(5)[(q >= best[:, None] - 1e-9).argmax(axis=1)]
    steps = np.unique(np.geomspace(1, 10_000, 32).astype(int))
    for epsilon, color in [(1, BLUE), (0.5, ORANGE), (0.1, GREEN)]:
        for seed in range(3):
            seen = coverage(WORLD, pi, epsilon, 10_000, rng=np.random.default_rng(seed))
            label = rf"$\varepsilon = {epsilon:g}$" if seed == 0 else None
            axes.plot(steps, seen[steps - 1], color=color, lw=1.2, label=label)
    axes.axhline(125, color=GREY, lw=0.8, ls=":")
    axes.set(xscale="log", xlabel="$T$", ylabel="$(s, a)$", yticks=[0, 25, 75, 125])
    axes.minorticks_off()
    axes.legend(labelcolor=INK, loc="upper left")


def cut(axes: Axes) -> None:
    """Error of MC Basic against the length of its episodes, and the bound."""
    best, _ = epsilon_soft_optimum(WORLD.P, WORLD.R, 0.9, 0)
    lengths = np.array([1, 2, 4, 8, 15, 30, 60])
    errors = []
    for T in lengths:
        q, _ = mc_basic(WORLD, 0.9, T, iters=6)
        errors.append(np.abs(q.max(axis=1) - best).max())
    axes.plot(
        lengths, 0.9**lengths / 0.1, color=GREY, label=r"$\gamma^T / (1 - \gamma)$"
    )
    axes.plot(
        lengths,
        errors,
        "o",
        color=PINK,
        ms=4.5,
        label=r"$\Vert \hat v - v^* \Vert_\infty$",
    )
    axes.set(yscale="log", xlabel="$T$", ylim=(0.01, 20))
    axes.minorticks_off()
    axes.legend(labelcolor=INK)


def draw() -> dict[str, Figure]:
    figure = new_figure(7, 5)
    top, bottom = figure.subfigures(2, 1, height_ratios=[1.15, 1])
    for axes, epsilon in zip(top.subplots(1, 3), (0, 0.1, 0.2)):
        grid(axes, epsilon)
    left, right = bottom.subplots(1, 2)
    pairs(left)
    cut(right)
    return {"monte_carlo": figure}
