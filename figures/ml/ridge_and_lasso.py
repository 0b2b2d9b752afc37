"""Weights over many draws of the noise; penalties at the contours; the lasso's path."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from figures.steps import Frame, Picture, Steps
from figures.style import BLUE, GREEN, GREY, INK, ORANGE, PINK, PURPLE, new_figure
from snippets.ml.datasets import SLOPES, three_groups
from snippets.ml.ridge_and_lasso import lasso, lasso_lambda_max, ridge

TRUTH = np.array([3.0, -2.0, 2.0, -1.5, 1.0, 0.0, 0.0, 0.0])
COLOURS = (BLUE, ORANGE, GREEN, PINK, PURPLE)


def third_group() -> tuple[np.ndarray, np.ndarray]:
    """The long ellipse of the shared data: its two features go together."""
    data = three_groups()
    return data.X[data.y == 2], data.target[data.y == 2]


def ridge_and_lasso() -> Figure:
    """Left weights of 40 draws of the noise; right their error against lambda."""
    figure = new_figure(7.2, 3.0)
    plane, curves = figure.subplots(1, 2, width_ratios=[1, 1.15])
    X, true = third_group()[0][:10], np.array(SLOPES)
    # Seed 3: the middle of so few draws is, by luck, near that of all.
    noise = 2 * np.random.default_rng(3).standard_normal((40, 10))
    for lam, colour in ((0, GREY), (2, BLUE)):
        weights = np.array([ridge(X, X @ true + e, lam)[0] for e in noise])
        plane.plot(*weights.T, "o", color=colour, markersize=3)
    plane.plot(*true, "+", color=ORANGE, markersize=14, markeredgewidth=2.4)
    plane.axhline(0, color=GREY, linewidth=0.6, zorder=0)
    plane.axvline(0, color=GREY, linewidth=0.6, zorder=0)
    plane.set_aspect("equal")
    plane.set_xticks([0, 2, 4])
    plane.set_yticks([-4, -2, 0])
    plane.set_xlabel("$w_1$")
    plane.set_ylabel("$w_2$", rotation=0)

    centred = X - X.mean(axis=0)
    values, axes = np.linalg.eigh(centred.T @ centred)
    lambdas = np.linspace(0, 8**0.5, 29) ** 2  # closer together where they bend
    kept = values / (values + lambdas[:, None])
    bias = ((1 - kept) ** 2 * (axes.T @ true) ** 2).sum(axis=1)
    spread = (kept**2 * 4 / values).sum(axis=1)
    for line, colour in ((bias, PINK), (spread, GREEN), (bias + spread, INK)):
        curves.plot(lambdas, line, color=colour)
    curves.set_ylim(0, None)
    curves.set_yticks([0, 1, 2, 3])
    curves.set_xticks([0, 2, 4, 6, 8])
    curves.set_xlabel("$\\lambda$")
    return figure


def around(w: np.ndarray, parts: int) -> tuple[np.ndarray, np.ndarray]:
    """Least squares of the third group, and the contour of its loss through w."""
    X, y = third_group()
    best, _ = ridge(X, y, 0)
    values, axes = np.linalg.eigh(np.cov(X.T, bias=True))
    off = axes.T @ (w - best) * np.sqrt(values)
    radii = np.linalg.norm(off) / np.sqrt(values)
    turn = np.linspace(0, 2 * np.pi, parts + 1)
    return best, best + np.stack([np.cos(turn), np.sin(turn)], 1) * radii @ axes.T


def contour(axes: Axes, w: np.ndarray) -> None:
    """Where the mean of the squares of the third group is what it is at w."""
    best, points = around(w, 48)
    axes.plot(*points.T, color=GREY, linewidth=0.9)
    axes.axhline(0, color=GREY, linewidth=0.6)
    axes.axvline(0, color=GREY, linewidth=0.6)
    axes.plot(*best, "o", color=INK, markersize=4)
    axes.text(best[0] + 0.08, best[1], "$\\hat w$", va="center")
    axes.plot(*w, "o", color=ORANGE, markersize=6)
    axes.set_xlim(-0.9, 2.1)
    axes.set_ylim(-1.4, 0.95)
    axes.set_aspect("equal")
    axes.set_xticks([0, 1, 2])
    axes.set_yticks([-1, 0])
    axes.set_xlabel("$w_1$")
    axes.set_ylabel("$w_2$", rotation=0)


def vanishes(X: np.ndarray, y: np.ndarray, j: int) -> float:
    """Where weight j of the lasso becomes 0; between such lambdas all are straight."""
    low, high = 0.0, lasso_lambda_max(X, y)
    for _ in range(24):
        middle = (low + high) / 2
        low, high = (middle, high) if lasso(X, y, middle)[0][j] else (low, middle)
    return high


def penalties() -> Figure:
    """Above, penalties that touch a contour; below, weights against lambda."""
    figure = new_figure(7.2, 5.6)
    (corner, circle), (zeros, shrunk) = figure.subplots(2, 2, height_ratios=[1, 1])
    X, y = third_group()
    w = lasso(X, y, 0.4)[0]
    contour(corner, w)
    size = np.abs(w).sum()
    corner.plot(
        size * np.array([1, 0, -1, 0, 1]), size * np.array([0, 1, 0, -1, 0]), color=BLUE
    )
    corner.set_title("lasso, $\\lambda = 0.4$")
    w = ridge(X, y, 10)[0]
    contour(circle, w)
    turn = np.linspace(0, 2 * np.pi, 49)
    size = np.linalg.norm(w)
    circle.plot(size * np.cos(turn), size * np.sin(turn), color=BLUE)
    circle.set_title("ridge, $\\lambda = 10$")

    rng = np.random.default_rng(0)
    X = rng.standard_normal((60, 8))
    y = X @ TRUTH + rng.standard_normal(60)
    top = lasso_lambda_max(X, y)
    ends = [vanishes(X, y, j) for j in range(len(TRUTH))]
    for axes, fit, lambdas in (
        (zeros, lasso, np.array([0, *sorted(ends), 1.1 * top])),
        (shrunk, ridge, np.geomspace(1, 1e4, 13)),
    ):
        weights = np.array([fit(X, y, lam)[0] for lam in lambdas])
        for j, true in enumerate(TRUTH):
            colour = COLOURS[j] if true else GREY
            axes.plot(lambdas, weights[:, j], color=colour, lw=1.6 if true else 1.1)
        axes.axhline(0, color=GREY, linewidth=0.6, zorder=0)
        axes.set_xlabel("$\\lambda$")
        axes.set_ylabel("$w_j$", rotation=0)
        axes.set_yticks([-2, 0, 2])
    shrunk.set_xscale("log")
    shrunk.minorticks_off()
    shrunk.set_xticks([1, 1e2, 1e4])
    zeros.set_xticks([0, 1, 2])
    zeros.axvline(top, color=GREY, linewidth=0.8, linestyle=(0, (3, 3)))
    zeros.text(top - 0.05, 2.4, "$\\lambda_{max}$", ha="right", fontsize=8.5)
    return figure


def draw() -> dict[str, Figure]:
    return {
        "ridge_and_lasso": ridge_and_lasso(),
        "ridge_and_lasso_penalties": penalties(),
    }


SMALL = "₁₂"
PENALTIES = (1.1, 0.8, 0.4, 0.11, 0.09, 0.04, 0.0)  # of the steps
LEFT, TOP, UNIT = 82.0, 84.0, 76.0  # where (0, 0) is, and how long 1 is, in pixels
BARS, BASE, HEIGHT = 300.0, 186.0, 134.0  # left end, foot, and height of 1


def at(w1: float, w2: float) -> tuple[float, float]:
    return LEFT + UNIT * w1, TOP - UNIT * w2


def ellipse(w: np.ndarray) -> list[list[tuple[float, float]]]:
    """The contour through w, in pieces that stay within the picture."""
    pieces: list[list[tuple[float, float]]] = [[]]
    for point in around(w, 40)[1]:
        x, y_ = at(*point)
        if 12 <= x <= 244 and 12 <= y_ <= 192:
            pieces[-1].append((x, y_))
        elif pieces[-1]:
            pieces.append([])
    return [piece for piece in pieces if len(piece) > 1]


def path(lam: float) -> Frame:
    """The lasso at one penalty: its diamond, its contour, and both pulls."""
    X, y = third_group()
    best, _ = ridge(X, y, 0)
    w, b = lasso(X, y, lam)
    r = y - X @ w - b
    pulls = np.abs((X - X.mean(axis=0)).T @ r) / len(y)
    picture = Picture()
    picture.line([at(-0.9, 0), at(2.1, 0)], GREY, 0.8)
    picture.line([at(0, 0.9), at(0, -1.4)], GREY, 0.8)
    picture.text(254, 84, "w", italic=True, below="1")
    picture.text(97, 190, "w", italic=True, below="2")
    picture.circle(*at(*best), 3, GREY)
    for k in (0, 1):
        x = BARS + 12 + 56 * k
        picture.text(x + 16, BASE + 9, f"|c{SMALL[k]}|", size=13)
    picture.line([(BARS, BASE), (BARS + 112, BASE)], GREY, 0.8)
    size = float(np.abs(w).sum())
    corners = [at(size, 0), at(0, size), at(-size, 0), at(0, -size), at(size, 0)]
    if size > 0.92:  # its right half, as far as there is room
        up, down = min(size, 0.94), min(size, 1.42)
        corners = [at(size - up, up), at(size, 0), at(size - down, -down)]
    if size and lam:
        picture.line(corners, BLUE, 1.8)
    for piece in ellipse(w):
        picture.line(piece, GREY, 1.2)
    picture.circle(*at(*w), 4.5, ORANGE)
    for k, pull in enumerate(pulls):
        high = float(HEIGHT * pull)
        held = pull < lam - 1e-6 or lam == 0
        picture.rect(
            BARS + 12 + 56 * k, BASE - high, 32, high, GREY if held else ORANGE, 0.75
        )
    line = BASE - HEIGHT * lam
    picture.line([(BARS, line), (BARS + 112, line)], BLUE, 1.6, dashed=True)
    picture.text(BARS + 120, line, "λ", italic=True)
    return Frame(picture, *said(lam, w, pulls))


def said(lam: float, w: np.ndarray, pulls: np.ndarray) -> tuple[str, str]:
    """What happens at this penalty, and why, in both languages."""
    one, two = (number(float(pull)) for pull in pulls)
    first, second = number(float(w[0])), number(float(w[1]))
    if not w.any():
        return (
            f"λ = {lam:.2f}. At w = 0 the pulls of the two features on the residual are "
            f"|c₁| = {one} and |c₂| = {two}. Both are below λ, so both weights stay 0.",
            f"λ = {lam:.2f}。在 w = 0 处，两个特征与残差的内积（除以 n）为 "
            f"|c₁| = {one}、|c₂| = {two}，都小于 λ，所以两个权重都是 0。",
        )
    if not w[1]:
        return (
            f"λ = {lam:.2f}. w₁ = {first}: it has grown until |c₁| = {one} is down to λ. "
            f"|c₂| = {two} is below λ, so w₂ stays 0: the contour touches the diamond at "
            f"a corner.",
            f"λ = {lam:.2f}。w₁ = {first}：它增大到 |c₁| = {one}，恰好降到 λ。"
            f"|c₂| = {two} 小于 λ，所以 w₂ 仍是 0：等高线碰到的是菱形的角。",
        )
    if lam:
        return (
            f"λ = {lam:.2f}. With w₂ = 0, |c₂| would exceed λ, so w₂ has left 0: "
            f"w = ({first}, {second}). Now |c₁| = |c₂| = {one}, both as large as λ, and the "
            f"contour touches an edge of the diamond.",
            f"λ = {lam:.2f}。若 w₂ = 0，|c₂| 就会超过 λ，所以 w₂ 离开了 0："
            f"w = ({first}, {second})。这时 |c₁| = |c₂| = {one}，都等于 λ，等高线碰到的是菱形的边。",
        )
    return (
        f"λ = 0. No penalty: w = ({first}, {second}) is that of least squares. The residual "
        f"is orthogonal to both features: |c₁| = {one}, |c₂| = {two}.",
        f"λ = 0。没有惩罚：w = ({first}, {second}) 就是最小二乘的解，残差与两个特征都正交："
        f"|c₁| = {one}，|c₂| = {two}。",
    )


def number(value: float) -> str:
    return f"{value:.3f}".replace("-", "−").replace("−0.000", "0.000")


def steps() -> dict[str, Steps]:
    """The lasso of the third group as the penalty falls."""
    frames = [path(lam) for lam in PENALTIES]
    return {"ridge_and_lasso_path_steps": Steps(428, 202, frames)}
