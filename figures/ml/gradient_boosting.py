"""Gain over the threshold under three penalties; log loss for three kinds of leaves."""

import numpy as np
from matplotlib.figure import Figure

from figures.style import BLUE, GREEN, GREY, ORANGE, PURPLE, new_figure
from snippets.ml.gradient_boosting import GBDTLite, split_gain

PENALTIES = (((0, 0), BLUE), ((8, 0), GREEN), ((8, 1.5), PURPLE))
LEAVES = (("newton", 0.1, ORANGE), ("gradient", 0.4, BLUE), ("gradient", 0.1, GREEN))
ROUNDS = 100


def rows(n: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Five features, three of which matter, and noisy labels."""
    X = rng.standard_normal((n, 5))
    margin = 2 * X[:, 0] + 3 * X[:, 1] * X[:, 2]
    return X, (rng.random(n) < 1 / (1 + np.exp(-margin))).astype(float)


def gradient_boosting() -> Figure:
    """Left the gain, right the losses, dashed on the training rows."""
    figure = new_figure(7.2, 3.1)
    gain, loss = figure.subplots(1, 2, width_ratios=[1, 1.15])
    rng = np.random.default_rng(3)
    x = np.sort(rng.random(40))
    g = -np.where(x < 0.35, -0.7, 0.4) + 0.7 * rng.standard_normal(40)
    g -= g.mean()
    t = (x[1:] + x[:-1]) / 2
    gain.axhline(0, color=GREY, linewidth=0.8)
    for (lam, gamma), colour in PENALTIES:
        y = [
            split_gain(g[:k].sum(), k, g[k:].sum(), 40 - k, lam, gamma)
            for k in range(1, 40)
        ]
        gain.plot(t, y, color=colour)
        best = int(np.argmax(y))
        gain.plot(t[best], y[best], "o", color=colour, markersize=5)
        gain.text(
            1.0,
            8.6 - 0.9 * PENALTIES.index(((lam, gamma), colour)),
            f"$λ = {lam},\\ γ = {gamma}$",
            ha="right",
            va="center",
            color=colour,
        )
    gain.set_title("split_gain")
    gain.set_xlabel("$t$")

    rng = np.random.default_rng(0)
    (X, y), (new, target) = rows(600, rng), rows(2000, rng)
    shown = np.arange(0, ROUNDS, 2)
    for leaves, eta, colour in LEAVES:
        model = GBDTLite(ROUNDS, 3, eta, "logistic", leaves).fit(X, y)
        for data, labels, dash in ((new, target, "-"), (X, y, (0, (2, 1.5)))):
            steps = [eta * predict(data) for predict in model.predictors]
            margin = model.base_margin + np.cumsum(steps, axis=0)
            curve = (np.logaddexp(0, margin) - labels * margin).mean(axis=1)
            loss.plot(shown + 1, curve[shown], color=colour, linestyle=dash)
            if dash == "-":
                end = curve[-1]
        label = f"{leaves} {eta}"
        high = end + {"newton": -0.012, "gradient": 0.008}[leaves]
        loss.text(ROUNDS + 3, high, label, color=colour, va="center", fontsize=8.5)
    loss.set_xlim(0, ROUNDS * 1.45)
    loss.set_xticks([1, 25, 50, 75, 100])
    loss.set_title("log loss")
    loss.set_xlabel("n_rounds")
    return figure


def draw() -> dict[str, Figure]:
    return {"gradient_boosting": gradient_boosting()}
