"""Ellipses on their way to three groups; bounds that touch the likelihood; half steps."""

from itertools import pairwise
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from figures.steps import Frame, Picture, Steps
from figures.style import BLUE, GREEN, GREY, INK, ORANGE, PURPLE, new_figure
from snippets.ml.datasets import three_groups
from snippets.ml.em_and_gmm import e_step, elbo, em, log_likelihood

COLOURS = (BLUE, ORANGE, GREEN)
MARKS = ("o", "s", "^")
SHOWN = (0, 1, 2, 3, 4, 30)  # steps whose ellipses are drawn
TOUCHED = 2  # the step whose bound is drawn, with that of the next

Mixture = tuple[np.ndarray, np.ndarray, np.ndarray]


def start() -> Mixture:
    """Equal weights, three means in the middle, round covariances."""
    means = np.array([[2.0, 4.0], [5.0, 4.0], [3.5, 5.0]])
    return np.full(3, 1 / 3), means, np.stack([np.eye(2)] * 3)


def ellipse(mean: np.ndarray, S: np.ndarray, n: int = 29) -> np.ndarray:
    """Places two standard deviations from the mean, in all directions; shape (n, 2)."""
    angle = np.linspace(0, 2 * np.pi, n)
    circle = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    # A square root that turns smoothly with S, unlike eigenvectors.
    return np.asarray(mean + 2 * circle @ np.linalg.cholesky(S).T)


def way(axes: Axes, X: np.ndarray, path: list[Any]) -> None:
    """All points, and the ellipses of six steps, the last of them thick."""
    labels = e_step(X, *path[-1][:3]).argmax(axis=1)
    for j, (colour, mark) in enumerate(zip(COLOURS, MARKS)):
        own = X[labels == j]
        axes.scatter(*own.T, s=5, color=colour, marker=mark, linewidths=0)
        for number in SHOWN:
            _, mu, S, _ = path[number]
            last = number == SHOWN[-1]
            axes.plot(
                *ellipse(mu[j], S[j]).T,
                color=colour,
                linewidth=2 if last else 0.8,
                linestyle="-" if number else ":",
            )
    axes.set_xticks([])
    axes.set_yticks([])
    axes.set_aspect("equal")


def bounds(axes: Axes, X: np.ndarray, path: list[Any]) -> None:
    """On the line from one step's mixture to the next: the likelihood and two bounds."""
    here, there = path[TOUCHED], path[TOUCHED + 1]

    def at(t: float) -> Mixture:
        w, mu, S = (a + t * (b - a) for a, b in zip(here[:3], there[:3]))
        return w, mu, S

    reach = np.linspace(-0.7, 1.5, 23)
    axes.plot(reach, [log_likelihood(X, *at(t)) for t in reach], color=INK)
    for touch, colour in ((0.0, PURPLE), (1.0, ORANGE)):
        R = e_step(X, *at(touch))
        values = [elbo(X, R, *at(t)) for t in reach]
        axes.plot(reach, values, color=colour, linewidth=1.3)
        axes.scatter([touch], [elbo(X, R, *at(touch))], s=26, color=colour, zorder=3)
    low, high = (log_likelihood(X, *at(t)) for t in (0, 1))
    axes.set_ylim(low - 2.2 * (high - low), high + 0.6 * (high - low))
    axes.set_xticks([0, 1], [f"${TOUCHED}$", f"${TOUCHED + 1}$"], fontsize=13)
    axes.set_yticks([])
    axes.set_ylabel("$L$, $B$", fontsize=13)


def ways() -> Figure:
    X = three_groups().X
    path = em(X, *start(), SHOWN[-1])
    figure = new_figure(6.2, 3.3)
    left, right = figure.subplots(1, 2, width_ratios=(1, 1.15))
    way(left, X, path)
    bounds(right, X, path)
    return figure


def draw() -> dict[str, Figure]:
    return {"em_and_gmm": ways()}


# Half step by half step

WIDTH, HEIGHT = 428, 264
SURE = 0.9  # a point whose largest responsibility is less counts as unsure
FOOT, FULL = -140.0, -60.0  # what the ends of a bar mean
HIGH, LOW = 40.0, 226.0  # and where they are, in pixels


def place(x: Any) -> tuple[float, float]:
    """Where a point of the plane is in the picture."""
    u, v = np.asarray(x, float)
    return 50 + 22 * float(u), 240 - 22 * float(v)


def mixed(r: np.ndarray) -> str:
    """The colours of the components, mixed by responsibilities, in tenths."""
    parts = np.array([[int(c[i : i + 2], 16) for i in (1, 3, 5)] for c in COLOURS])
    red, green, blue = (np.round(r, 1) / np.round(r, 1).sum()) @ parts
    return f"#{round(red):02x}{round(green):02x}{round(blue):02x}"


def picture(
    X: np.ndarray, R: np.ndarray | None, mixture: Any, loglik: float, bound: float
) -> Picture:
    """Points, ellipses, and two bars: the log-likelihood and the bound."""
    drawn = Picture()
    _, mu, S = mixture
    for j, colour in enumerate(COLOURS):
        drawn.line([place(x) for x in ellipse(mu[j], S[j], 25).round(2)], colour, 2)
    for i, x in enumerate(X):
        drawn.circle(*place(x), 4.5, GREY if R is None else mixed(R[i]))
    for left, name, value, colour in (
        (300, "L", loglik, GREY),
        (368, "B", bound, PURPLE),
    ):
        drawn.text(left + 17, LOW + 16, name, italic=True)
        if np.isfinite(value):
            tall = (LOW - HIGH) * (value - FOOT) / (FULL - FOOT)
            drawn.rect(left, LOW - tall, 34, tall, colour)
            drawn.text(left + 17, LOW - tall - 12, f"{value:.2f}".replace("-", "−"))
    return drawn


def signed(value: float) -> str:
    return f"{value:.2f}".replace("-", "−")


def halves() -> Steps:
    X, first = three_groups(8).X, start()
    path = em(X, *first, 5)
    frames = [
        Frame(
            picture(X, None, first, path[0][3], -np.inf),
            f"{len(X)} points, and a guess: three Gaussians of equal weight (ellipses at two "
            "standard deviations). Which made which point? Nobody knows; the log-likelihood "
            f"of the guess is {signed(path[0][3])}.",
            f"{len(X)} 个点，先随意猜三个权重相等的高斯分布（椭圆画在两倍标准差处）。"
            f"哪个点来自哪个分布，没有人知道；这一猜测的对数似然是 {signed(path[0][3])}。",
        )
    ]
    for number, (old, new) in enumerate(pairwise(path[:5]), 1):
        R = e_step(X, *old[:3])
        unsure = int((R.max(axis=1) < SURE).sum())
        verb = "is" if unsure == 1 else "are"
        touch = elbo(X, R, *old[:3])
        en = (
            f"E-step {number}: each point gets its responsibilities and mixes the colours by "
            f"them; {unsure} of {len(X)} {verb} less than {SURE:.0%} sure. "
        )
        zh = (
            f"第 {number} 次 E 步：对每个点算出各分量的责任度，按责任度混合颜色；"
            f"{len(X)} 个点里有 {unsure} 个的最大责任度不到 {SURE:.0%}。"
        )
        if number == 1:
            en += f"With these, the bound B touches L, at {signed(touch)}."
            zh += f"取这样的责任度，下界 B 就碰到 L，都是 {signed(touch)}。"
        else:
            en += f"No ellipse moves, so L stays; B rises to it, {signed(touch)}."
            zh += f"椭圆没有动，所以 L 不变；B 升到与 L 相等，{signed(touch)}。"
        frames.append(Frame(picture(X, R, old[:3], old[3], touch), en, zh))
        raised = elbo(X, R, *new[:3])
        frames.append(
            Frame(
                picture(X, R, new[:3], new[3], raised),
                f"M-step {number}: with the colours fixed, weighted means and covariances are "
                f"the best for B, which rises from {signed(touch)} to {signed(raised)}. L is "
                f"never below B, so it must rise too: to {signed(new[3])}.",
                f"第 {number} 次 M 步：颜色不变，加权的均值和协方差使 B 最大，"
                f"B 从 {signed(touch)} 升到 {signed(raised)}。L 不低于 B，"
                f"所以也跟着升到 {signed(new[3])}。",
            )
        )
    old, new = path[4], path[5]
    R = e_step(X, *old[:3])
    frames.append(
        Frame(
            picture(X, R, old[:3], old[3], elbo(X, R, *old[:3])),
            f"The next E-step closes a gap of {old[3] - raised:.2f} only, and the M-step after "
            f"it will gain {new[3] - old[3]:.2f}: the ellipses have come to rest.",
            f"下一次 E 步只补上了 {old[3] - raised:.2f} 的差距，"
            f"再下一次 M 步也只能升 {new[3] - old[3]:.2f}：椭圆基本不动了。",
        )
    )
    return Steps(WIDTH, HEIGHT, frames)


def steps() -> dict[str, Steps]:
    return {"em_and_gmm_steps": halves()}
