"""Streets for two prices of slack, a border that bends for three widths, and SMO's pairs."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from figures.record import record
from figures.steps import Frame, Picture, Steps
from figures.style import BLUE, GREEN, GREY, ORANGE, PINK, PURPLE, new_figure
from snippets.ml.datasets import three_groups
from snippets.ml.svm import (
    decision,
    dual_objective,
    primal_objective,
    rbf_kernel,
    smo,
)

WIDTHS = ((0.05, GREEN), (0.5, PINK), (10.0, PURPLE))  # gamma, and the border's colour


def two_groups() -> tuple[np.ndarray, np.ndarray]:
    """Thirty points each of the groups that overlap, with labels -1 and 1."""
    groups = three_groups()
    kept = np.r_[0:30, 50:80]
    return groups.X[kept], np.where(groups.y[kept] == 0, -1, 1)


def dots(axes: Axes, X: np.ndarray, y: np.ndarray) -> None:
    for label, colour, mark in ((-1, BLUE, "o"), (1, ORANGE, "s")):
        axes.plot(*X[y == label].T, mark, color=colour, markersize=3.2, zorder=2)
    axes.set_xlim(-0.4, 7.6)
    axes.set_ylim(-0.2, 5.2)
    axes.set_xticks([0, 2, 4, 6])
    axes.set_yticks([0, 2, 4])


def svm() -> Figure:
    """Two streets, three borders, and what the marks mean."""
    figure = new_figure(5.4, 4.4)  # narrow: labels stay legible on a phone
    panels = figure.subplots(2, 2, sharex=True, sharey=True).flat
    X, y = two_groups()
    for axes, C in zip(panels, (0.1, 10.0)):
        alpha, b = smo(X @ X.T, y, C)
        w = (alpha * y) @ X
        dots(axes, X, y)
        held = X[alpha > 0]
        axes.plot(*held.T, "o", color=GREY, markersize=7, markerfacecolor="none")
        ends = np.array([-0.4, 7.6])
        for level, dash in ((-1, (0, (3, 2))), (0, "-"), (1, (0, (3, 2)))):
            high = (level - b - w[0] * ends) / w[1]
            axes.plot(ends, high, color=GREY, linestyle=dash, linewidth=1.2, zorder=1)
        axes.set_title(f"$C = {C:g}$")
    axes = panels[2]
    dots(axes, X, y)
    across, up = np.linspace(-0.4, 7.6, 81), np.linspace(-0.2, 5.2, 55)
    at = np.stack(np.meshgrid(across, up), -1).reshape(-1, 2)
    for gamma, colour in WIDTHS:
        alpha, b = smo(rbf_kernel(X, X, gamma), y)
        f = decision(alpha, b, y, rbf_kernel(at, X, gamma)).reshape(55, 81)
        axes.contour(across, up, f, [0.0], colors=[colour], linewidths=1.4)
    axes.set_title("RBF, $C = 1$")
    axes.tick_params(labelbottom=True)
    panels[1].tick_params(labelbottom=True)
    legend(panels[3])
    return figure


def legend(axes: Axes) -> None:
    """Each mark with its meaning, in letters that both languages share."""
    axes.set_axis_off()
    rows = [
        ("$y = -1$", "o", "", BLUE, BLUE),
        ("$y = 1$", "s", "", ORANGE, ORANGE),
        ("$\\alpha > 0$", "o", "", GREY, "none"),
        ("$f = 0$", "", "-", GREY, "none"),
        ("$f = \\pm 1$", "", "--", GREY, "none"),
        *((f"$\\gamma = {g:g}$", "", "-", colour, "none") for g, colour in WIDTHS),
    ]
    for row, (label, mark, dash, colour, fill) in enumerate(rows):
        high = 4.9 - 0.6 * row
        axes.plot(
            [1.6] if mark else [1.2, 2.0],
            [high] if mark else [high, high],
            marker=mark,
            linestyle=dash,
            color=colour,
            markerfacecolor=fill,
            markersize=7 if fill == "none" else 5,
        )
        axes.text(2.6, high, label, va="center")


def draw() -> dict[str, Figure]:
    return {"svm": svm()}


POINTS = np.array([[6, 1], [5, 2], [4, 4], [2, 1], [1, 3], [4, 5]], float)
SIDES = np.array([-1, -1, -1, 1, 1, 1])
LEFT, TOP, UNIT = 8, 10, 27  # of the plane: pixels
FOOT, TALL, BAR = 196, 70, 30  # of the bars: baseline, height of C, distance


def on(x: float, y: float) -> tuple[float, float]:
    return LEFT + UNIT * x, TOP + UNIT * (6.5 - y)


def kerb(w: np.ndarray, b: float, level: float) -> list[tuple[float, float]]:
    """Where w x + b has the level: the two ends inside the box 0..7 by 0..6.5."""
    ends = []
    for axis, low, high in ((0, 0.0, 7.0), (1, 0.0, 6.5)):
        other, top = 1 - axis, (6.5, 7.0)[axis]
        for value in (low, high):
            if abs(w[other]) > 1e-9:
                met = (level - b - w[axis] * value) / w[other]
                if -1e-9 <= met <= top + 1e-9:
                    ends.append((value, met) if axis == 0 else (met, value))
    ends.sort()  # a corner is met twice: the first and the last are apart
    return [on(*ends[0]), on(*ends[-1])] if len(ends) > 1 else []


def picture_of(
    alpha: np.ndarray, w: np.ndarray, b: float, pair: tuple[int, ...] = ()
) -> Picture:
    """The plane with its street, and a bar for each multiplier."""
    picture = Picture()
    picture.rect(LEFT, TOP, 7 * UNIT, 6.5 * UNIT, edge=GREY, thick=0.6)
    if np.abs(w).max() > 0:
        for level in (-1, 0, 1):
            ends = kerb(w, b, level)
            if ends:
                picture.line(ends, GREY, 2 if level == 0 else 1, dashed=level != 0)
    for k, (point, side) in enumerate(zip(POINTS, SIDES)):
        px, py = on(*point)
        colour = ORANGE if side > 0 else BLUE
        picture.circle(
            px, py, 9, colour, 0.35, edge=colour, thick=3 if k in pair else 1
        )
        picture.text(px, py, k + 1, size=11)
    for k, side in enumerate(SIDES):
        x = 232 + BAR * k
        colour = ORANGE if side > 0 else BLUE
        if alpha[k] > 0:
            high = TALL * float(alpha[k])
            picture.rect(x, FOOT - high, 18, high, fill=colour, opacity=0.6)
        picture.text(x + 9, FOOT + 10, k + 1, size=11, bold=k in pair)
    picture.line([(226, FOOT), (408, FOOT)], GREY, 1)
    picture.line([(226, FOOT - TALL), (408, FOOT - TALL)], GREY, 0.8, dashed=True)
    picture.text(416, FOOT - TALL, "C", italic=True)
    picture.text(416, FOOT, "0")
    picture.text(317, 20, "α", italic=True)
    return picture


def steps() -> dict[str, Steps]:
    """One frame a pair: what the step wants, what the box leaves, and the new street."""
    K = POINTS @ POINTS.T
    (alpha, b), seen = record(
        lambda: smo(K, SIDES, 1.0),
        smo,
        ["alpha[i] ="],
        "i j F alpha free_step t",
    )
    nothing = np.zeros(6)
    primal = primal_objective(POINTS, SIDES, np.zeros(2), 0.0, 1.0)
    frames = [
        Frame(
            picture_of(nothing, np.zeros(2), 0.0),
            "Start: all α are 0, so w = 0 and there is no street. F, the intercept that "
            f"each point asks for, is its label. The primal objective is {say(primal)}, the "
            "dual 0. Orange is class 1, blue class −1.",
            "起点：所有 α 都是 0，所以 w = 0，还没有间隔带。F 是各点要求的截距，此时就等于标签。"
            f"原问题的目标是 {say(primal)}，对偶目标是 0。橙色是 1 类，蓝色是 −1 类。",
        )
    ]
    ends = [s["alpha"] for s in seen[1:]] + [alpha]
    for k, (now, after) in enumerate(zip(seen, ends), 1):
        i, j, F, t, wanted = (now[n] for n in ("i", "j", "F", "t", "free_step"))
        w = (after * SIDES) @ POINTS
        fresh = SIDES - K @ (after * SIDES)
        up = np.where(SIDES > 0, after < 1, after > 0)
        down = np.where(SIDES > 0, after > 0, after < 1)
        middle = float(fresh[up].max() + fresh[down].min()) / 2
        picture = picture_of(after, w, middle, (i, j))
        for place, way in ((i, SIDES[i]), (j, -SIDES[j])):
            x = 232 + BAR * place
            was = FOOT - TALL * float(now["alpha"][place])
            aim = was - TALL * float(way * wanted)
            picture.line([(x - 3, was), (x + 21, was)], GREY, 2.2)
            picture.line([(x - 3, aim), (x + 21, aim)], PINK, 2.2)
        primal = primal_objective(POINTS, SIDES, w, middle, 1.0)
        dual = dual_objective(after, K, SIDES)
        says = f"F = {say(F[i])} and {say(F[j])}"
        says_zh = f"F 分别为 {say(F[i])} 和 {say(F[j])}"
        names = f"{i + 1} and {j + 1}"
        names_zh = f"{i + 1} 和 {j + 1}"
        if t < wanted:
            en = f"The parabola's top is at t = {say(wanted)}, the box stops it at {say(t)}"
            zh = f"抛物线的顶点在 t = {say(wanted)}，但盒约束只允许走到 {say(t)}"
        else:
            en = f"The parabola's top, t = {say(t)}, lies inside the box"
            zh = f"抛物线的顶点 t = {say(t)} 在盒约束之内"
        gap = f"dual {say(dual)}, primal {say(primal)}, gap {say(primal - dual)}"
        gap_zh = f"对偶 {say(dual)}，原问题 {say(primal)}，间隙 {say(primal - dual)}"
        frames.append(
            Frame(
                picture,
                f"Pair {k}: points {names} differ most, {says}. {en} (grey: before, pink: "
                f"where the top is). Now {gap}.",
                f"第 {k} 对：点 {names_zh} 违反得最多，{says_zh}。{zh}"
                f"（灰线：更新前，粉线：顶点）。现在{gap_zh}。",
            )
        )
    w = (alpha * SIDES) @ POINTS
    inside = (alpha > 0) & (alpha < 1)
    frames.append(
        Frame(
            picture_of(alpha, w, b),
            f"Done: no pair violates the conditions. w = ({say(w[0])}, "
            f"{say(w[1])}), b = {say(b)}. Points {and_so(inside)}, strictly between 0 and "
            f"C, are on the kerbs; {and_so(alpha == 1)}, with α = C, is on the wrong side; "
            f"{and_so(alpha == 0)}, with α = 0, could be taken away.",
            f"结束：没有哪一对再违反条件。w = ({say(w[0])}, {say(w[1])})，b = {say(b)}。"
            f"点 {and_so(inside, '、')} 的 α 严格在 0 与 C 之间，正好落在间隔边界上；"
            f"点 {and_so(alpha == 1, '、')} 的 α = C，在错误的一侧；"
            f"点 {and_so(alpha == 0, '、')} 的 α = 0，去掉也不影响结果。",
        )
    )
    return {"svm_steps": Steps(428, 216, frames)}


def and_so(which: np.ndarray, between: str = ", ") -> str:
    """The numbers of the points of which this holds."""
    return between.join(str(k + 1) for k in np.flatnonzero(which))


def say(value: float) -> str:
    text = f"{value:.4f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text.replace("-", "−")
