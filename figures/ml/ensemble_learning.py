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


WIDE, ROUNDS = 250, 3  # pixels of the square; of the run that is stepped through


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
        radius = 38 * float(w) ** 0.5
        picture.circle(*at, radius, colour, 0.55, *edge)
        sign(picture, at, 0.6 * radius, label > 0)
    return picture


INK_ON_PAGE = "currentColor"


def sign(
    picture: Picture, at: tuple[float, float], half: float, positive: bool
) -> None:
    """A plus or a minus that is never larger than its circle."""
    x, y = at
    picture.line([(x - half, y), (x + half, y)], INK_ON_PAGE, 2)
    if positive:
        picture.line([(x, y - half), (x, y + half)], INK_ON_PAGE, 2)


def stump_said(regions: list[tuple[float, ...]]) -> tuple[str, str]:
    """Where a stump says plus, in both languages."""
    if len(regions) == 1:
        both = ("+", "+") if regions[0][4] > 0 else ("−", "−")
        return f"says {both[0]} everywhere", f"处处判为 {both[1]}"
    second = regions[1]
    axis, cut = ("x₁", second[0]) if second[0] > 0 else ("x₂", second[1])
    side = ">" if second[4] > 0 else "<"
    where = f"{axis} {side} {cut:.2f}"
    return f"says + where {where}", f"在 {where} 处判为 +"


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
            f"{n} rows of two classes; x₁ runs to the right, x₂ up. All begin with the "
            f"weight 1 / {n} = {1 / n:.4f}, drawn as area. No stump alone cuts off the "
            "corner of +.",
            f"{n} 行，分两类；x₁ 向右，x₂ 向上。开始时权重都是 1 / {n} = {1 / n:.4f}，"
            "画成圆的面积。单独一个树桩切不出 + 的那个角。",
        )
    ]
    for t, (before, after) in enumerate(zip(moments[::2], moments[1::2]), 1):
        wrong, error = before["agreement"] < 0, before["error"]
        alpha = before["alphas"][-1]
        regions = said_by(learners[t - 1])
        says = stump_said(regions)
        so_far = int((adaboost_predict(X, alphas[:t], learners[:t]) != y).sum())
        frames.append(
            Frame(
                points(before["weight"], wrong, regions),
                f"Round {t}: the stump fitted to these weights {says[0]}. It gets "
                f"{wrong.sum()} rows wrong (thick rims), of weight {error:.3f} together, "
                f"so its vote counts α = ½ ln({1 - error:.3f} / {error:.3f}) = {alpha:.3f}.",
                f"第 {t} 轮：按这些权重拟合的树桩{says[1]}。它判错 {wrong.sum()} 行（粗圈），"
                f"权重合计 {error:.3f}，所以系数 α = ½ ln({1 - error:.3f} / {error:.3f}) = "
                f"{alpha:.3f}。",
            )
        )
        up, down = np.exp(alpha) / after["Z"], np.exp(-alpha) / after["Z"]
        heavy = float(after["weight"][wrong].sum())
        frames.append(
            Frame(
                points(after["weight"], wrong, regions),
                f"The weights of the wrong rows are multiplied by {up:.2f}, the others "
                f"by {down:.2f}. The wrong ones now hold {heavy:.3f}, half: this stump has "
                f"become a coin, and the next must find something else. The vote so far "
                f"gets {so_far} rows wrong.",
                f"判错的行权重乘以 {up:.2f}，其余乘以 {down:.2f}。判错的现在合计 {heavy:.3f}，"
                f"正好一半：这个树桩已等于抛硬币，下一个必须另找规律。目前的表决判错 {so_far} 行。",
            )
        )
    vote = adaboost_predict(X, alphas, learners)
    miss = vote != y
    regions = said_by(lambda rows: adaboost_predict(rows, alphas, learners))
    picture = points(moments[-1]["weight"], miss, regions)
    for left, low, right, high, _ in regions:  # what the vote adds up to in each
        here = np.array([[(left + right) / 2, (low + high) / 2]])
        total = sum(a * h(here)[0] for a, h in zip(alphas, learners))
        shown = f"{total:+.2f}".replace("-", "−")
        at = 4 + right * WIDE - 26, 4 + (1 - low) * WIDE - 11  # where no row is
        picture.text(*at, shown, bold=True)
    frames.append(
        Frame(
            picture,
            f"F = Σ α h, written into each part, adds up all {len(learners)} votes, and "
            f"its sign decides: only in the corner do two + outweigh the −. {miss.sum()} of "
            f"{n} rows are wrong; the bound on the training error is {bounds[-1]:.3f}.",
            f"各区写着 F = Σ α h，即 {len(learners)} 票加权之和，按符号判断："
            f"只有那个角里，两个 + 压过了 −。{n} 行里判错 {miss.sum()} 行；"
            f"训练误差的上界是 {bounds[-1]:.3f}。",
        )
    )
    return {"ensemble_learning_steps": Steps(WIDE + 8, WIDE + 8, frames)}
