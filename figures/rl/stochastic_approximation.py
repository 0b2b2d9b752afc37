"""Paths under four step sizes; n times the mean squared error against c."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from figures.style import BLUE, GREEN, GREY, INK, ORANGE, PINK, new_figure
from snippets.rl.stochastic_approximation import asymptotic_variance, robbins_monro

N = 2000
STEPS = {
    "$1/k$": (lambda k: 1 / k, BLUE),
    "$1/k^2$": (lambda k: 1 / k**2, ORANGE),
    "$0.1$": (lambda k: 0.1, GREEN),
    "$0.1/k$": (lambda k: 0.1 / k, PINK),
}


def paths(axes: Axes) -> None:
    """One path for each rule, with the same noise."""
    shown = np.unique(np.geomspace(1, N + 1, 110).astype(int))
    axes.axhline(1, color=GREY, linewidth=0.8, linestyle="--")
    for label, (steps, color) in STEPS.items():
        rng = np.random.default_rng(3)
        path = robbins_monro(lambda w: np.tanh(w - 1), 4.0, steps, N, 1.0, rng)
        axes.plot(shown, path[shown - 1], color=color, label=label, linewidth=1.3)
    axes.set(xscale="log", xlabel="$k$", ylabel="$w_k$", ylim=(-0.2, 5.4))
    axes.legend(labelcolor=INK, ncols=2, loc="upper right", title="$a_k$")


def rates(axes: Axes) -> None:
    """n MSE of 2000 runs on g(w) = w from 1, and its limit."""
    sampled = np.array([0.25, 0.35, 0.5, 0.65, 0.8, 1, 1.25, 1.5, 2, 2.5, 3])
    start = np.ones((2000, 1)) * np.ones(len(sampled))

    def noise(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
        return rng.normal(size=(shape[0], 1)) * sampled

    # Steps c / k for all c at once: g and the noise carry the factor c.
    rng = np.random.default_rng(0)
    w = robbins_monro(lambda w: sampled * w, start, lambda k: 1 / k, N, noise, rng)[-1]
    c = np.linspace(0.53, 3, 90)
    limit = [asymptotic_variance(x, 1, 1) for x in c]
    axes.axvline(0.5, color=GREY, linewidth=0.8, linestyle="--")
    axes.plot(c, limit, color=BLUE, label="$c^2 / (2c - 1)$")
    axes.plot(
        sampled, N * (w**2).mean(axis=0), "o", color=ORANGE, ms=4, label="$n = 2000$"
    )
    axes.set(xlabel="$c$", ylabel=r"$n\,\mathrm{MSE}$", yscale="log", ylim=(0.7, 60))
    axes.set(yticks=[1, 3, 10, 30], yticklabels=["1", "3", "10", "30"])
    axes.minorticks_off()
    axes.legend(labelcolor=INK, loc="upper right")


def draw() -> dict[str, Figure]:
    figure = new_figure(7, 3.1)
    left, right = figure.subplots(1, 2)
    paths(left)
    rates(right)
    return {"stochastic_approximation": figure}
