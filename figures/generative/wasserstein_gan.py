"""Areas and critics on a line, two measures of a distance, and four trainings."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from figures.record import record
from figures.steps import Frame, Picture, Steps
from figures.style import BLUE, GREEN, GREY, ORANGE, PINK, PURPLE, new_figure
from snippets.generative.gan import js_divergence
from snippets.generative.wasserstein_gan import optimal_critic_1d, wasserstein_1d
from snippets.generative.wasserstein_gan.training import train_wgan
from snippets.generative.wasserstein_gan.transport import _steps

WAYS = {"clip": GREEN, "two_sided": ORANGE, "zero": BLUE, "spectral": PINK}


def draw() -> dict[str, Figure]:
    """Distribution functions and the critic; JSD and W1; distances while training."""
    figure = new_figure(7.2, 3.0)
    grid = figure.add_gridspec(2, 3)
    draw_area(figure.add_subplot(grid[0, 0]), figure.add_subplot(grid[1, 0]))
    draw_measures(figure.add_subplot(grid[:, 1]))
    draw_training(figure.add_subplot(grid[:, 2]))
    return {"wasserstein_gan": figure}


def draw_area(above: Axes, below: Axes) -> None:
    x = np.array([-3, -2.2, -1, 0.4, 1.5, 2.6])
    y = np.array([-1.2, -0.6, -0.2, 0.1, 0.7, 1.2])
    points, values = optimal_critic_1d(x, y)
    f_p, f_q = ([np.mean(s <= at) for at in points] for s in (x, y))
    above.step(points, f_p, where="post", color=BLUE, label="$F_p$")
    above.step(points, f_q, where="post", color=ORANGE, label="$F_q$")
    above.fill_between(
        points, f_p, f_q, step="post", color=GREY, alpha=0.35, linewidth=0
    )
    above.set_yticks([0, 1])
    above.set_xticks([])
    above.legend(loc="upper left", fontsize=7, handlelength=1.2, labelspacing=0.2)
    below.plot(points, values, color=PURPLE)
    below.set_ylabel("$f$")
    below.set_xlabel("$x, y$")


def draw_measures(axes: Axes) -> None:
    thetas = np.linspace(-2, 2, 41)
    far = [wasserstein_1d([0], [theta]) for theta in thetas]
    axes.plot(thetas, far, color=BLUE, label="$W_1$")
    apart = js_divergence([1.0, 0.0], [0.0, 1.0])
    for half in (thetas[thetas < 0], thetas[thetas > 0]):
        ends = [half[0], 0] if half[0] < 0 else [0, half[-1]]
        label = "JSD" if half[0] < 0 else None
        axes.plot(ends, [apart, apart], color=ORANGE, label=label)
    axes.plot(0, apart, "o", color=ORANGE, markerfacecolor="none", markersize=5)
    axes.plot(0, js_divergence([1.0], [1.0]), "o", color=ORANGE, markersize=5)
    axes.set_xlabel(r"$\theta$")
    axes.set_xticks([-2, 0, 2])
    axes.set_yticks([0, 1, 2])
    axes.legend(loc="upper center", fontsize=7, handlelength=1.4, labelspacing=0.2)


def draw_training(axes: Axes) -> None:
    for way, colour in WAYS.items():
        distances = train_wgan(way, 100, 0).distances[::2].round(2)
        axes.plot(range(0, 101, 2), distances, color=colour, label=way)
    axes.set_ylim(0, 2.5)
    axes.set_ylabel("$W_2$")
    axes.legend(loc="upper right", fontsize=7, handlelength=1.4, labelspacing=0.2)


# The steps

X, Y = [0, 3, 4, 4], [1, 2, 2, 6]
WIDE, HIGH = 440, 290
LEFT, UNIT = 40, 62  # pixels: of the point 0, and of the length 1
FLOOR, TALL = 130, 100  # where the share 0 is, and the height of the share 1
ZERO, SLOPE = 228, 24  # where the critic is 0, and the height of 1


def steps() -> dict[str, Steps]:
    """From each point to the next: the two shares, the area, the critic."""
    _, moments = record(
        lambda: wasserstein_1d(X, Y),
        _steps,
        ["return"],
        "points heights so_far_x so_far_y total_x total_y",
    )
    _, values = optimal_critic_1d(X, Y)
    moment = moments[0]
    frames = [frame(moment, values, at) for at in range(len(moment["points"]) - 1)]
    return {"wasserstein_gan_steps": Steps(WIDE, HIGH, frames)}


def frame(moment: dict[str, Any], values: np.ndarray, at: int) -> Frame:
    points = moment["points"]
    f_p = moment["so_far_x"] / moment["total_x"]
    f_q = moment["so_far_y"] / moment["total_y"]
    gaps = np.diff(points)
    areas = np.cumsum(gaps * abs(f_p - f_q)[:-1])
    picture = Picture()
    for i in range(at + 1):
        low, high = sorted((f_p[i], f_q[i]))
        if high > low:
            now = i == at
            picture.rect(
                across(points[i]),
                up(high),
                gaps[i] * UNIT,
                (high - low) * TALL,
                fill=PURPLE if now else GREY,
                opacity=0.5 if now else 0.3,
            )
    picture.line([(LEFT - 10, FLOOR), (WIDE - 10, FLOOR)], GREY, 0.8)
    for shares, colour, name in ((f_p, BLUE, "p"), (f_q, ORANGE, "q")):
        path = [(LEFT - 10, FLOOR)]
        before = 0.0
        for point, share in zip(points, shares):
            path += [(across(point), up(before)), (across(point), up(share))]
            before = share
        picture.line([*path, (WIDE - 10, up(1))], colour, 1.8)
        y = 20 if name == "p" else 40
        picture.text(14, y, "F", below=name, italic=True)
        picture.line([(26, y), (44, y)], colour, 2)
    for point in points:
        picture.text(across(point), FLOOR + 14, f"{point:g}", size=12)
    picture.line([(LEFT - 10, ZERO), (WIDE - 10, ZERO)], GREY, 0.8)
    picture.text(14, ZERO, "f", italic=True)
    path = [(across(p), ZERO - SLOPE * v) for p, v in zip(points, values)]
    picture.line(path[: at + 2], PURPLE, 2)
    f, g, height = f_p[at], f_q[at], f_p[at] - f_q[at]
    picture.text(
        LEFT,
        HIGH - 20,
        f"{shown(gaps[at])} · |{shown(f)} − {shown(g)}| = "
        f"{shown(gaps[at] * abs(height))}; ∑ = {shown(areas[at])}",
        anchor="start",
    )
    rise = values[at + 1] - values[at]
    turn = ("falls", "下降") if rise < 0 else ("rises", "上升")
    if rise == 0:
        turn = ("stays", "不变")
    en = (
        f"From {points[at]:g} to {points[at + 1]:g}: p has the share {shown(f)} so far, q "
        f"{shown(g)}; the difference is {shown(height)}. Over a gap of {shown(gaps[at])} "
        f"this adds {shown(gaps[at] * abs(height))}; the area so far is "
        f"{shown(areas[at])}. The critic {turn[0]}, from {shown(values[at])} to "
        f"{shown(values[at + 1])}."
    )
    zh = (
        f"从 {points[at]:g} 到 {points[at + 1]:g}：到此为止 p 占 {shown(f)}，q 占 {shown(g)}，"
        f"相差 {shown(height)}。间隔是 {shown(gaps[at])}，面积增加 "
        f"{shown(gaps[at] * abs(height))}，累计 {shown(areas[at])}。"
        f"f {turn[1]}，从 {shown(values[at])} 到 {shown(values[at + 1])}。"
    )
    return Frame(picture, en, zh)


def across(point: float) -> float:
    return LEFT + UNIT * point


def up(share: float) -> float:
    return FLOOR - TALL * share


def shown(value: float) -> str:
    """Three decimals at most, with a minus sign."""
    text = f"{value:.3f}".rstrip("0").rstrip(".")
    return ("0" if text == "-0" else text).replace("-", "−")
