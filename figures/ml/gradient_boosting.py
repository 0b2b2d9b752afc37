"""Gain over the threshold under three penalties; log loss for three kinds of leaves."""

import numpy as np
from matplotlib.figure import Figure

from figures.steps import Frame, Picture, Steps
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


SHRINK, TREES = 0.5, 6  # of the run that is stepped through: eta and number of rounds
FINE = np.linspace(0, 1, 201)[:, None]  # where its curves are drawn


def wave() -> tuple[np.ndarray, np.ndarray]:
    """Twenty-four noisy rows of one feature."""
    rng = np.random.default_rng(5)
    x = np.linspace(0.02, 0.98, 24)
    return x[:, None], np.sin(2 * np.pi * x) + 0.15 * rng.standard_normal(24)


def panel(
    picture: Picture,
    left: float,
    title: str,
    points: np.ndarray,
    curve: np.ndarray | None,
    colour: str,
    truth: np.ndarray | None = None,
) -> None:
    """Points over the feature, a curve, and the truth behind the points."""
    x, _ = wave()

    def at(u: float, value: float) -> tuple[float, float]:
        return left + 6 + 190 * u, 108 - 58 * value

    picture.rect(left, 22, 202, 172, edge=GREY, thick=0.6)
    picture.line([at(0, 0), at(1, 0)], GREY, 0.8, dashed=True)
    picture.text(left + 101, 10, title, italic=True)
    picture.text(left + 193, 186, "x", italic=True)
    for u, value in zip(x[:, 0], points):
        px, py = at(u, value)
        picture.circle(px, py, 3, GREY)
    if truth is not None:
        smooth = [at(u, value) for u, value in zip(FINE[::5, 0], truth[::5])]
        picture.line(smooth, GREEN, 2, dashed=True)
    if curve is not None:
        # Steps: where the curve keeps its height, two corners are enough.
        heights = curve.tolist()
        corners = [at(0, heights[0])]
        for k in range(1, len(heights)):
            if abs(heights[k] - heights[k - 1]) > 1e-12:
                u = FINE[k, 0]
                corners += [at(u, heights[k - 1]), at(u, heights[k])]
        picture.line([*corners, at(1, heights[-1])], colour, 2.2)


def steps() -> dict[str, Steps]:
    """Models of 1, 2, ... trees: what is left over, the tree that fits it, the sum."""
    X, y = wave()
    models = [
        GBDTLite(m, max_depth=2, eta=SHRINK).fit(X, y) for m in range(1, TREES + 1)
    ]
    base = models[0].base_margin
    margin, line = np.full(len(y), base), np.full(len(FINE), base)
    error = float(((y - margin) ** 2).mean())
    picture = Picture()
    panel(picture, 4, "F", y, line, BLUE)
    panel(picture, 222, "y − F", y - margin, None, ORANGE)
    frames = [
        Frame(
            picture,
            f"Left the rows and F, which starts as the best constant, the mean "
            f"{number(base)}. Right what F leaves over, the residuals y − F; the mean of "
            f"their squares, the error, is {number(error)}.",
            f"左图是各行数据和 F，F 的起点是最优常数，即均值 {number(base)}。"
            f"右图是残差 y − F，它的平方的平均，即误差，是 {number(error)}。",
        )
    ]
    for m, model in enumerate(models, 1):
        tree = model.predictors[-1]
        values = tree(FINE)
        leaves = len(np.unique(tree(X)))
        before = float(((y - margin - tree(X)) ** 2).mean())
        picture = Picture()
        panel(picture, 4, "F", y, line, BLUE)
        panel(picture, 222, "y − F", y - margin, values, ORANGE)
        low, high = number(float(values.min())), number(float(values.max()))
        frames.append(
            Frame(
                picture,
                f"Tree {m} is fitted to the residuals: each of its {leaves} leaves says the "
                f"mean of the residuals in it, from {low} to {high}. Added in full, it "
                f"would leave an error of {number(before)} on these rows.",
                f"第 {m} 棵树拟合残差：{leaves} 片叶子各取其中残差的平均，从 {low} 到 {high}。"
                f"若全部加上，在这些行上误差会剩 {number(before)}。",
            )
        )
        left = np.abs(y - margin)
        margin, line = model.predict_margin(X), model.predict_margin(FINE)
        less = int((np.abs(y - margin) < left).sum())
        was, error = error, float(((y - margin) ** 2).mean())
        picture = Picture()
        panel(picture, 4, "F", y, line, BLUE)
        panel(picture, 222, "y − F", y - margin, None, ORANGE)
        frames.append(
            Frame(
                picture,
                f"η = {SHRINK} times tree {m} is added. The error falls from {number(was)} "
                f"to {number(error)}; {less} of {len(y)} residuals shrink.",
                f"加上第 {m} 棵树的 η = {SHRINK} 倍：误差从 {number(was)} 降到 {number(error)}，"
                f"{len(y)} 个残差里有 {less} 个变小。",
            )
        )
    frames.append(truth_told(models[-1]))
    return {"gradient_boosting_steps": Steps(428, 198, frames)}


def truth_told(model: GBDTLite) -> Frame:
    """Why a share only: the same trees added in full, against the curve without noise."""
    X, y = wave()
    full = GBDTLite(TREES, max_depth=2, eta=1).fit(X, y)
    truth = np.sin(2 * np.pi * FINE[:, 0])
    on_rows, off = (
        [number(float(np.mean((wanted - m.predict_margin(at)) ** 2))) for m in both]
        for both in ((full, model),)
        for at, wanted in ((X, y), (FINE, truth))
    )
    picture = Picture()
    panel(picture, 4, "F", y, model.predict_margin(FINE), BLUE, truth)
    panel(picture, 222, "y − F", y - model.predict_margin(X), None, ORANGE)
    return Frame(
        picture,
        f"Why not in full? {TREES} trees with η = 1 leave {on_rows[0]} on these noisy rows, "
        f"less than {on_rows[1]}. Against the curve without noise (green) their error is "
        f"{off[0]}, and {off[1]} with η = {SHRINK}: part of what they fitted was noise.",
        f"为什么不全部加上？取 η = 1，{TREES} 棵树在这些有噪声的行上只剩 {on_rows[0]}，小于 {on_rows[1]}；"
        f"可是对没有噪声的曲线（绿），误差是 {off[0]}，大于 η = {SHRINK} 时的 {off[1]}：拟合的有一部分是噪声。",
    )


def number(value: float) -> str:
    return f"{value:.3f}".replace("-", "−").replace("−0.000", "0.000")
