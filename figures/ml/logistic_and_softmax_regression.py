"""Newton's curves for 20 students, and weights that grow for ever on separable data."""

import numpy as np
from matplotlib.figure import Figure

from figures.steps import Frame, Picture, Steps
from figures.style import BLUE, GREEN, GREY, ORANGE, PURPLE, new_figure
from snippets.ml.logistic_and_softmax_regression import (
    descent_path,
    irls_path,
    sigmoid,
)

HOURS = (0.5, 0.75, 1, 1.25, 1.5, 1.75, 1.75, 2, 2.25, 2.5)
HOURS += (2.75, 3, 3.25, 3.5, 4, 4.25, 4.5, 4.75, 5, 5.5)
PASSED = (0, 0, 0, 0, 0, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 1, 1, 1, 1, 1)
APART = np.array([[1.0, 1.0], [4.0, 0.0], [-1.0, -1.0], [0.0, -3.0]])
SIDES = np.array([1, 1, 0, 0])
COLOURS = (GREY, PURPLE, GREEN, ORANGE, BLUE)


def students() -> tuple[np.ndarray, np.ndarray]:
    return np.array(HOURS, float)[:, None], np.array(PASSED)


def logistic_and_softmax_regression() -> Figure:
    """Left the iterates, right the norm of the weights over the steps."""
    figure = new_figure(7.2, 3.1)
    fits, norm = figure.subplots(1, 2, width_ratios=[1.15, 1])
    X, y = students()
    x = np.linspace(0, 6, 31)
    for k, (w, b, _) in enumerate(irls_path(X, y, steps=4)):
        curve = sigmoid(w[0] * x + b)
        fits.plot(x, curve, color=COLOURS[k], zorder=1, label=f"${k}$")
    fits.legend(loc="lower right", bbox_to_anchor=(1, 0.08), handlelength=1.5)
    fits.plot(X[:, 0], y, "o", color=GREY, markersize=4.5, alpha=0.75, zorder=2)
    fits.set_xlabel("$x$")
    fits.set_ylabel("$p$")
    fits.set_title("irls_path")
    fits.set_xlim(0, 6)

    at = [round(10 ** (k / 4)) for k in range(21)]
    path = descent_path(APART, SIDES, 0.5, at)
    size = np.array([np.linalg.norm(w) for _, w, _ in path])
    steps = np.array(at, float)
    norm.plot(steps, size, "o-", color=BLUE, markersize=3.5)
    line = size[-1] + np.log(steps / steps[-1]) / np.sqrt(2)
    norm.plot(steps[4:], line[4:], color=ORANGE, linestyle=(0, (3, 2)))
    norm.set_xscale("log")
    norm.set_xlabel("$t$")
    norm.set_ylabel("$\\Vert w \\Vert$")
    norm.set_title("descent_path")
    return figure


def draw() -> dict[str, Figure]:
    return {"logistic_and_softmax_regression": logistic_and_softmax_regression()}


LEFT, WIDE, TOP, HIGH = 40, 360, 26, 140  # of the drawing: pixels


def at(hours: float, p: float) -> tuple[float, float]:
    return LEFT + WIDE * hours / 6, TOP + HIGH * (1 - p)


def frame_of(w: float, b: float) -> Picture:
    """The curve, and the students as dots whose area is their weight p (1 - p)."""
    X, y = students()
    picture = Picture()
    picture.rect(LEFT, TOP, WIDE, HIGH, edge=GREY, thick=0.6)
    picture.line([at(0, 0.5), at(6, 0.5)], GREY, 0.8, dashed=True)
    for hours in range(7):
        picture.text(at(hours, 0)[0], TOP + HIGH + 18, hours, size=12)
    for p, label in ((0, "0"), (0.5, "½"), (1, "1")):
        picture.text(LEFT - 14, at(0, p)[1], label, size=12)
    picture.text(LEFT + WIDE + 20, TOP + HIGH + 18, "x", italic=True)
    picture.text(LEFT - 14, TOP - 16, "p", italic=True)
    x = np.linspace(0, 6, 31)
    curve = sigmoid(w * x + b)
    picture.line([at(u, v) for u, v in zip(x.tolist(), curve.tolist())], BLUE, 2.2)
    p = sigmoid(w * X[:, 0] + b)
    for hours, label, weight in zip(X[:, 0], y, p * (1 - p)):
        px, py = at(float(hours), float(label))
        picture.circle(px, py, 14 * float(np.sqrt(weight)), ORANGE, 0.55)
    return picture


def steps() -> dict[str, Steps]:
    """One frame for each Newton step from zero, while four decimals of the loss move."""
    X, y = students()
    path = irls_path(X, y, steps=8)
    frames = []
    for k, (w, b, loss) in enumerate(path[:6]):
        slope, start = float(w[0]), b
        p = sigmoid(X[:, 0] * slope + start)
        weight = p * (1 - p)
        said = f"w = {number(slope)}, b = {number(start)}, loss = {number(loss, 6)}"
        said_zh = f"w = {number(slope)}，b = {number(start)}，损失 {number(loss, 6)}"
        picture = frame_of(slope, start)
        low, high = number(float(weight.min())), number(float(weight.max()))
        if k == 0:
            en = (
                f"Start: {said}. Every p is ½, so all students have the same weight "
                f"p(1 − p) = {high}: the area of the dots. So the first step is an ordinary "
                f"least-squares line of y − ½, divided by {high}."
            )
            zh = (
                f"起点：{said_zh}。每个 p 都是 ½，所以全体学生的权重 p(1 − p) 都是 {high}，"
                f"即圆点的面积。所以第一步就是对 y − ½ 做普通的最小二乘，结果除以 {high}。"
            )
        elif k < 5:
            was = path[k - 1][2]
            en = (
                f"Step {k}: {said}, from {number(was, 6)}. The surer a prediction, the "
                f"smaller its weight in the next least-squares fit: from {low} at the far "
                f"end to {high} where p is near ½."
            )
            zh = (
                f"第 {k} 步：{said_zh}，原为 {number(was, 6)}。预测越有把握，在下一次最小二乘里权重越小："
                f"最远端只有 {low}，p 接近 ½ 处有 {high}。"
            )
        else:
            moved = number(abs(slope - float(path[k - 1][0][0])), 6)
            even = number(-start / slope)
            en = (
                f"Step {k}: {said}. The slope moved by {moved} only: near the minimum each "
                f"step about squares the error. The curve crosses one half at {even} hours."
            )
            zh = (
                f"第 {k} 步：{said_zh}。斜率只动了 {moved}：在最小值附近，每一步大约把误差平方。"
                f"曲线在 {even} 小时处过二分之一。"
            )
        frames.append(Frame(picture, en, zh))
    return {"logistic_and_softmax_regression_steps": Steps(428, 196, frames)}


def number(value: float, digits: int = 4) -> str:
    return f"{value:.{digits}f}".replace("-", "−")
