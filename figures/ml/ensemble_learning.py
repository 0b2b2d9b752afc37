"""Votes, the parts of the error of bagged trees, and boosting on flipped labels."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from figures.style import BLUE, GREEN, GREY, INK, ORANGE, PINK, PURPLE, new_figure
from snippets.ml.ensemble_learning import (
    TreeLite,
    adaboost_fit,
    bias_variance,
    correlated_accuracy,
    majority_accuracy,
    member_correlation,
    sign_task,
    tree_predictions,
)


def votes(panel: Axes) -> None:
    """Accuracy of a majority of n voters; one curve with correlated ones."""
    n = np.arange(1, 42, 4)
    for p, colour in ((0.7, BLUE), (0.6, GREEN), (0.5, GREY), (0.45, PINK)):
        accuracy = [majority_accuracy(int(k), p) for k in n]
        panel.plot(n, accuracy, color=colour, marker=".")
        panel.text(43, accuracy[-1] - 0.015, f"{p}", color=colour, fontsize=8.5)
    together = [correlated_accuracy(int(k), 0.7, 0.3) for k in n]
    panel.plot(n, together, color=BLUE, linestyle=(0, (3, 2)))
    panel.text(
        43, together[-1] - 0.025, "0.7\n$ρ=0.3$", color=BLUE, fontsize=8.5, va="center"
    )
    panel.set_title("majority_accuracy")
    panel.set_xlabel("$n$")
    panel.set_xlim(0, 54)
    panel.set_xticks([1, 21, 41])
    panel.set_ylim(0.2, 1.03)


def parts(panel: Axes) -> None:
    """Variance and squared bias of one tree and of B bagged ones."""
    trees = tree_predictions(R=20, B=15, n=50)
    models = {"tree": [trees.plain], "$B=1$": list(trees.bagged.swapaxes(0, 1))}
    models |= {f"$B={B}$": [trees.bagged[:, :B].mean(1)] for B in (5, 15)}
    for i, several in enumerate(models.values()):
        error = np.mean([bias_variance(one, trees.truth) for one in several], axis=0)
        bias2 = error[2]
        variance = error[0] + error[1] - bias2
        panel.bar(i, variance, 0.7, color=ORANGE if i else GREY)
        panel.bar(i, bias2, 0.7, bottom=variance, color=PURPLE)
    sigma2, rho = member_correlation(trees.bagged)
    panel.plot([-0.5, 3.4], [rho * sigma2] * 2, color=INK, dashes=(3, 2), linewidth=1)
    panel.text(3.45, rho * sigma2, "$ρσ^2$", va="center", fontsize=9)
    panel.set_xlim(-0.6, 4.1)
    panel.set_xticks(range(4), list(models), fontsize=8.5)
    panel.set_title("bias_variance")


def overfitting(panel: Axes) -> None:
    """Error on the training labels, a fifth of them flipped, and on clean test data."""
    T, sets = 150, 10
    errors = np.zeros((3, T))
    for seed in range(sets):
        rng = np.random.default_rng(seed)
        X, y = sign_task(300, 0.2, rng)
        X_test, y_test = sign_task(2000, 0.0, rng)
        alphas, learners, bounds = adaboost_fit(X, y, T, TreeLite(3).fit)
        for i, (rows, labels) in enumerate(((X, y), (X_test, y_test))):
            said = np.array([a * h(rows) for a, h in zip(alphas, learners)])
            errors[i] += (np.where(said.cumsum(0) > 0, 1, -1) != labels).mean(1) / sets
        errors[2] += bounds / sets
    t = np.unique(np.round(np.logspace(0, np.log10(T), 40)).astype(int))
    labels = ("y", "y_test", "bounds")
    places = ((28, 0.025), (18, 0.19), (5, 0.72))
    for error, colour, label, place in zip(errors, (BLUE, PINK, GREY), labels, places):
        panel.semilogx(t, error[t - 1], color=colour)
        panel.text(*place, label, color=colour, fontsize=8.5)
    panel.set_xticks([1, 10, 100], ["1", "10", "100"])
    panel.set_ylim(0, 1)
    panel.set_xlabel("$T$")
    panel.set_title("adaboost_fit")


def draw() -> dict[str, Figure]:
    figure = new_figure(7.4, 2.9)
    left, middle, right = figure.subplots(1, 3, width_ratios=[1.15, 1, 1])
    votes(left)
    parts(middle)
    overfitting(right)
    return {"ensemble_learning": figure}
