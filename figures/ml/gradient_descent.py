"""Four paths into a valley; the factor per step against the learning rate."""

import numpy as np
from matplotlib.figure import Figure

from figures.record import record
from figures.steps import Frame, Picture, Steps
from figures.style import BLUE, GREEN, GREY, ORANGE, PURPLE, new_figure
from snippets.ml.gradient_descent import (
    descend,
    optimal_parameters,
    spectral_radius,
    stability_limit,
)

CURVATURES = np.array([1.0, 20.0])
START = np.array([6.0, 0.6])
BETA = 0.9  # of the lower panel
METHODS = (("gd", GREY), ("momentum", BLUE), ("nesterov", ORANGE))


def gradient(x: np.ndarray) -> np.ndarray:
    return CURVATURES * x


def loss(x: np.ndarray) -> float:
    return float(0.5 * x @ (CURVATURES * x))


def gradient_descent() -> Figure:
    """Above the paths over contours, below the radii: a phone shows both large."""
    figure = new_figure(4.6, 5.6)
    plane, factor = figure.subplots(2, 1)
    x, y = np.meshgrid(np.linspace(-2.4, 6.7, 47), np.linspace(-2.1, 1.5, 37))
    height = 0.5 * (CURVATURES[0] * x**2 + CURVATURES[1] * y**2)
    plane.contour(x, y, height, [1, 4, 9, 18], colors=GREY, linewidths=0.7)
    plane.plot(0, 0, "+", color=GREY, markersize=9)
    for name, colour in (*METHODS, ("adam", GREEN)):
        if name == "adam":
            path = descend(gradient, START, "adam", 0.5, 14)
        else:
            lr, beta, _ = optimal_parameters(name, *CURVATURES)
            path = descend(gradient, START, name, lr, 14, beta)
        plane.plot(*path.T, "o-", color=colour, markersize=2.6, linewidth=1.3)
    for k, (name, colour) in enumerate((*METHODS, ("adam", GREEN))):
        plane.text(6.6, -1.15 - 0.25 * k, name, color=colour, ha="right", fontsize=8.5)
    plane.set_xlim(-2.4, 6.7)
    plane.set_ylim(-2.1, 1.5)
    plane.set_xlabel("$x_1$")
    plane.set_ylabel("$x_2$")

    step = np.linspace(0, 4.2, 211)
    factor.axhline(1, color=GREY, linewidth=0.8)
    for name, colour in METHODS:
        radius = [spectral_radius(name, lr, 1, BETA) for lr in step]
        factor.plot(step, radius, color=colour)
        factor.plot(
            stability_limit(name, 1, BETA), 1, "o", color=colour, markersize=4.5
        )
    factor.text(2.1, 0.72, "gd", color=GREY)
    factor.text(2.25, 0.89, "momentum", color=BLUE)
    factor.text(1.28, 1.17, "nesterov", color=ORANGE, ha="right")
    factor.set_xlim(0, 4.2)
    factor.set_ylim(0, 1.3)
    factor.set_xlabel("$ηh$")
    factor.set_title(f"spectral_radius, $β = {BETA}$")
    return figure


def draw() -> dict[str, Figure]:
    return {"gradient_descent": gradient_descent()}


SCALE = 38  # pixels a unit
ORIGIN = 118.0, 78.0  # where (0, 0) is drawn
SHOWN = 9  # steps of the run that is stepped through


def at(point: np.ndarray) -> tuple[float, float]:
    return ORIGIN[0] + SCALE * point[0], ORIGIN[1] - SCALE * point[1]


def valley(path: np.ndarray, plain: np.ndarray) -> Picture:
    """Contours, the path so far, and that of plain descent."""
    picture = Picture()
    turn = np.linspace(-np.pi, np.pi, 61)  # from the left end round to it
    for level in (2, 8, 18):
        ring = np.stack([np.cos(turn), np.sin(turn)], 1) * np.sqrt(
            2 * level / CURVATURES
        )
        picture.line([at(p) for p in ring[ring[:, 0] > -2.9]], GREY, 0.6)
    x, y = at(np.zeros(2))
    picture.line([(x - 5, y), (x + 5, y)], GREY, 1.2)
    picture.line([(x, y - 5), (x, y + 5)], GREY, 1.2)
    if len(plain) > 1:
        picture.line([at(p) for p in plain], PURPLE, 1, dashed=True)
    picture.circle(*at(plain[-1]), 3, PURPLE)
    if len(path) > 1:
        picture.line([at(p) for p in path], BLUE, 1.6)
    for p in path[:-1]:
        picture.circle(*at(p), 2.4, BLUE)
    picture.circle(*at(path[-1]), 4.5, BLUE)
    return picture


def steps() -> dict[str, Steps]:
    """The heavy ball with its best parameters, one step a frame."""
    lr, beta, _ = optimal_parameters("momentum", *CURVATURES)
    path, moments = record(
        lambda: descend(gradient, START, "momentum", lr, SHOWN, beta),
        descend,
        ["x = x - lr * step"],
        "x g m",
    )
    plain_lr = optimal_parameters("gd", *CURVATURES)[0]
    plain = descend(gradient, START, "gd", plain_lr, SHOWN)
    frames = []
    for k, moment in enumerate(moments):
        x, g, m = moment["x"], moment["g"], moment["m"]
        picture = valley(path[: k + 1], plain[: k + 1])
        carried = -lr * (m - g)  # the share of the last step that is kept
        middle = x + carried
        if k:
            picture.arrow(at(x), at(middle), GREEN, 2)
        picture.arrow(at(middle), at(middle - lr * g), ORANGE, 2)
        here, there, other = loss(x), loss(path[k + 1]), loss(plain[k + 1])
        verb = ("rises", "升") if there > here else ("falls", "降")
        steep, bound = lr * CURVATURES[1], stability_limit("gd", 1)
        over = there > here
        too_far = (
            f": across the valley ηL = {steep:.2f}, and plain descent diverges above "
            f"{bound:g}.",
            f"：横跨山谷的方向 ηL = {steep:.2f}，普通梯度下降超过 {bound:g} 就发散。",
        )
        first_en = (
            f"From rest at {pair(x)}. No velocity yet: the step is −ηg alone (orange), "
            f"with η = {lr:.3f} and g = {pair(g)}."
            if k == 0
            else f"Step {k + 1}, from {pair(x)}: first β = {beta:.3f} of the last step "
            f"once more (green), then −ηg (orange), with g = {pair(g)}, taken at the dot."
        )
        first_zh = (
            f"从 {pair(x)} 由静止出发。还没有速度，这一步只有 −ηg（橙），η = {lr:.3f}，"
            f"g = {pair(g)}。"
            if k == 0
            else f"第 {k + 1} 步，从 {pair(x)} 出发：先把上一步的 β = {beta:.3f} 倍再走一遍（绿），"
            f"再走 −ηg（橙），g = {pair(g)}，取自圆点处。"
        )
        frames.append(
            Frame(
                picture,
                f"{first_en} The loss {verb[0]} from {here:.3f} to {there:.3f}"
                f"{too_far[0] if over else '.'} "
                f"Plain descent (dashed) comes to {other:.3f}.",
                f"{first_zh}损失从 {here:.3f} {verb[1]}到 {there:.3f}"
                f"{too_far[1] if over else '。'}普通梯度下降（虚线）走到 {other:.3f}。",
            )
        )
    last, other = loss(path[-1]), loss(plain[-1])
    frames.append(
        Frame(
            valley(path, plain),
            f"After {SHOWN} steps the loss is {last:.3f}, and {other:.3f} for plain "
            f"descent at its own best η = {plain_lr:.3f}. Across the valley the gradient "
            f"changes its sign at every step, and what is carried on works against it; "
            f"along the valley both point the same way and add up.",
            f"{SHOWN} 步之后损失是 {last:.3f}，普通梯度下降取自己的最优 η = {plain_lr:.3f}，损失是 {other:.3f}。"
            f"横跨山谷的方向，梯度每一步都变号，带过来的速度与它相互抵消；沿着山谷的方向，两者同向，越加越多。",
        )
    )
    return {"gradient_descent_steps": Steps(400, 156, frames)}


def pair(x: np.ndarray) -> str:
    return "({}, {})".format(*(f"{v:.2f}".replace("-", "−") for v in x))
