"""Votes, the parts of the error of bagged trees, and boosting on flipped labels."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from figures.record import record
from figures.steps import Frame, Picture, Steps
from figures.style import BLUE, GREEN, GREY, INK, ORANGE, PINK, PURPLE, new_figure
from snippets.ml.ensemble_learning import (
    Stump,
    TreeLite,
    adaboost_fit,
    adaboost_predict,
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


WIDE, ROUNDS = 250, 6  # pixels of the square; of the run that is stepped through


def disc() -> tuple[np.ndarray, np.ndarray]:
    """Sixteen points in the unit square; 1 in a corner of it that no stump cuts off."""
    rng = np.random.default_rng(11)
    X = rng.random((16, 2)) * 0.9 + 0.05
    return X, np.where((X[:, 0] > 0.35) & (X[:, 1] > 0.4), 1, -1)


def points(
    weight: np.ndarray, wrong: np.ndarray, regions: list[tuple[float, ...]]
) -> Picture:
    """The square: what is voted where, and the rows, as large as their weights."""
    X, y = disc()
    picture = Picture()
    for left, low, right, high, said in regions:
        colour = BLUE if said > 0 else ORANGE
        picture.rect(
            4 + left * WIDE,
            4 + (1 - high) * WIDE,
            (right - left) * WIDE,
            (high - low) * WIDE,
            colour,
            0.18,
        )
    picture.rect(4, 4, WIDE, WIDE, edge=GREY)
    for (u, v), label, w, miss in zip(X, y, weight, wrong):
        at = 4 + u * WIDE, 4 + (1 - v) * WIDE
        colour = BLUE if label > 0 else ORANGE
        edge = (INK_ON_PAGE, 2) if miss else (colour, 1)
        picture.circle(*at, 34 * float(w) ** 0.5, colour, 0.55, *edge)
        picture.text(*at, "+" if label > 0 else "−", size=13, bold=True)
    return picture


INK_ON_PAGE = "currentColor"


def said_by(vote: object) -> list[tuple[float, ...]]:
    """Rectangles of the square with what is predicted in each: left, low, right, high."""
    ends = np.linspace(0, 1, 201)
    middles = (ends[1:] + ends[:-1]) / 2
    grid = np.stack(np.meshgrid(middles, middles, indexing="ij"), -1)
    said = vote(grid.reshape(-1, 2)).reshape(200, 200)  # type: ignore[operator]
    cuts = [
        [0, *(np.flatnonzero((d != 0).any(other)) + 1), 200]
        for d, other in ((np.diff(said, axis=0), 1), (np.diff(said, axis=1), 0))
    ]
    return [
        (ends[a], ends[c], ends[b], ends[d], float(said[a, c]))
        for a, b in zip(cuts[0], cuts[0][1:])
        for c, d in zip(cuts[1], cuts[1][1:])
    ]


def steps() -> dict[str, Steps]:
    """Rounds of AdaBoost with stumps: the member, what it gets wrong, the new weights."""
    X, y = disc()
    (alphas, learners, bounds), moments = record(
        lambda: adaboost_fit(X, y, ROUNDS, Stump().fit),
        adaboost_fit,
        ["weight, Z =", "bound *="],
        "weight agreement error alphas Z",
    )
    n = len(y)
    nothing = np.zeros(n, dtype=bool)
    frames = [
        Frame(
            points(moments[0]["weight"], nothing, []),
            f"{n} rows of two classes. All begin with the weight 1 / {n} = {1 / n:.4f}, "
            "drawn as area.",
            f"{n} 个样本，分两类。开始时权重都是 1 / {n} = {1 / n:.4f}，画成圆的面积。",
        )
    ]
    for t, (before, after) in enumerate(zip(moments[::2], moments[1::2]), 1):
        wrong, error = before["agreement"] < 0, before["error"]
        alpha = before["alphas"][-1]
        regions = said_by(learners[t - 1])
        frames.append(
            Frame(
                points(before["weight"], wrong, regions),
                f"Round {t}: the stump fitted to these weights gets {wrong.sum()} rows "
                f"wrong (thick rims), of weight {error:.3f} together. Its vote counts "
                f"α = {alpha:.3f}.",
                f"第 {t} 轮：按这些权重拟合的树桩分错 {wrong.sum()} 个样本（粗圈），"
                f"权重合计 {error:.3f}，它的系数 α = {alpha:.3f}。",
            )
        )
        up, down = np.exp(alpha) / after["Z"], np.exp(-alpha) / after["Z"]
        heavy = float(after["weight"][wrong].sum())
        frames.append(
            Frame(
                points(after["weight"], wrong, regions),
                f"The weights of the wrong rows are multiplied by {up:.2f}, the others "
                f"by {down:.2f}. The wrong ones now hold {heavy:.3f}: to this "
                "stump, half.",
                f"分错的样本权重乘以 {up:.2f}，其余乘以 {down:.2f}。"
                f"分错的现在合计 {heavy:.3f}，对这个树桩来说正好一半。",
            )
        )
    vote = adaboost_predict(X, alphas, learners)
    miss = vote != y
    frames.append(
        Frame(
            points(
                moments[-1]["weight"],
                miss,
                said_by(lambda rows: adaboost_predict(rows, alphas, learners)),
            ),
            f"The vote of all {len(learners)} stumps: {miss.sum()} of {n} rows wrong. The "
            f"bound on the training error is {bounds[-1]:.3f}.",
            f"{len(learners)} 个树桩加权表决：{n} 个样本里分错 {miss.sum()} 个。"
            f"训练误差的上界是 {bounds[-1]:.3f}。",
        )
    )
    return {"ensemble_learning_steps": Steps(WIDE + 8, WIDE + 8, frames)}
