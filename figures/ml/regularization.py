"""What ridge and early stopping keep, and the error of the weights along both paths."""

import numpy as np
from matplotlib.figure import Figure

from figures.style import BLUE, GREY, ORANGE, new_figure
from snippets.ml.regularization import early_stopping_shrinkage, ridge_shrinkage

LR, STEPS = 0.05, 40  # left
SMALL, N, D = 0.001, 30, 25  # right: step size, rows, features


def paths() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Strengths of the penalty; mean error of ridge there, and of early stopping."""
    steps = np.unique(np.geomspace(2, 10_000, 48).round().astype(int))
    lambdas = 1 / (SMALL * steps)
    ridge, stopped = [], []
    for seed in range(20):
        rng = np.random.default_rng(seed)
        w, X = rng.standard_normal(D) / 5, rng.standard_normal((N, D))
        U, s, Vt = np.linalg.svd(X, full_matrices=False)
        a = U.T @ (X @ w + rng.standard_normal(N)) / s
        true = Vt @ w
        kept = [ridge_shrinkage(s, float(lam)) for lam in lambdas]
        ridge.append([np.sum((f * a - true) ** 2) for f in kept])
        kept = [early_stopping_shrinkage(s, SMALL, int(t)) for t in steps]
        stopped.append([np.sum((f * a - true) ** 2) for f in kept])
    return lambdas, np.mean(ridge, axis=0), np.mean(stopped, axis=0)


def regularization() -> Figure:
    figure = new_figure(5.8, 2.7)
    share, risk = figure.subplots(1, 2)
    lam = 1 / (LR * STEPS)
    s2 = np.geomspace(0.005, 20, 60)
    share.plot(s2, ridge_shrinkage(np.sqrt(s2), lam), color=BLUE)
    stopped = early_stopping_shrinkage(np.sqrt(s2), LR, STEPS)
    share.plot(s2, stopped, color=ORANGE, linestyle="--")
    share.axvline(lam, color=GREY, linewidth=0.8, linestyle=":")
    share.text(lam * 1.15, 0.04, "$s^2 = \\lambda$", color=GREY, fontsize=8)
    share.set_xscale("log")
    share.set_xlabel("$s^2$")
    share.set_ylabel("$f$", rotation=0)
    share.set_yticks([0, 0.5, 1])

    lambdas, ridge, stopped = paths()
    risk.plot(lambdas, ridge, color=BLUE)
    risk.plot(lambdas, stopped, color=ORANGE, linestyle="--")
    risk.set_xscale("log")
    risk.set_yscale("log")
    risk.set_xlabel("$\\lambda,\\ 1/(\\eta t)$")
    risk.set_ylabel("$\\Vert \\hat{w} - w\\, \\Vert^2$")
    risk.set_yticks([0.5, 1, 2, 5], ["0.5", "1", "2", "5"])
    for axes in (share, risk):
        axes.minorticks_off()
    return figure


def draw() -> dict[str, Figure]:
    return {"regularization": regularization()}
