"""Two schedules; what ten and a hundred steps make of normal data; a trained net."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from figures.record import record
from figures.steps import Frame, Picture, Steps
from figures.style import BLUE, GREEN, GREY, INK, ORANGE, PURPLE, new_figure
from snippets.generative.ddpm import (
    Schedule,
    ancestral_sample,
    convert,
    cosine_betas,
    gaussian_eps,
    linear_betas,
    posterior,
    train_denoiser,
)

MEAN, VAR = 3.0, 0.25
TEN = Schedule(linear_betas(10, 0.01, 0.9))
HUNDRED = Schedule(linear_betas(100, 0.001, 0.2))
COLOURS = {"beta": ORANGE, "posterior": GREEN}
NAMES = {"beta": "$\\beta$", "posterior": "$\\tilde\\beta$"}


def normal_eps(schedule: Schedule) -> Callable[[np.ndarray, int], np.ndarray]:
    return lambda x, t: gaussian_eps(x, t, schedule, MEAN, VAR)


def density(x: np.ndarray, mean: float, var: float) -> np.ndarray:
    return np.exp(-((x - mean) ** 2) / (2 * var)) / math.sqrt(math.tau * var)


# The figure


def draw() -> dict[str, Figure]:
    figure = new_figure(6.6, 4.8)
    (schedules, ten), (hills, hundred) = figure.subplots(2, 2)
    draw_schedules(schedules)
    draw_normal(ten, TEN)
    draw_normal(hundred, HUNDRED)
    draw_hills(hills)
    return {"ddpm": figure}


def draw_schedules(axes: Axes) -> None:
    for name, betas, colour in (
        ("linear", linear_betas(), BLUE),
        ("cosine", cosine_betas(), PURPLE),
    ):
        shares = Schedule(betas).alphas_bar[::9]
        axes.plot(np.arange(1000)[::9], shares, color=colour, label=name)
    axes.axhline(0.5, color=GREY, linewidth=0.6)
    axes.set_xlabel("$t$")
    axes.set_ylabel("$\\bar\\alpha_t$")
    axes.set_xticks([0, 500, 999])
    axes.legend(loc="upper right")


def draw_normal(axes: Axes, schedule: Schedule) -> None:
    x = np.linspace(0.8, 5.2, 61)
    axes.plot(x, density(x, MEAN, VAR), color=INK, label="$q(x)$")
    for variance, colour in COLOURS.items():
        drawn = ancestral_sample(
            normal_eps(schedule),
            (200_000,),
            schedule,
            np.random.default_rng(0),
            variance,
        )
        bell = density(x, float(drawn.mean()), float(drawn.var()))
        axes.plot(x, bell, color=colour, label=NAMES[variance])
    axes.set_title(f"$T = {len(schedule)}$")
    axes.set_xlabel("$x$")
    axes.set_ylim(0, 1.2)
    axes.legend(loc="upper right")


def two_hills(n: int, rng: np.random.Generator) -> np.ndarray:
    return rng.choice([-1.0, 1.0], (n, 1)) + 0.25 * rng.standard_normal((n, 1))


def draw_hills(axes: Axes) -> None:
    schedule = Schedule(cosine_betas(50))
    x = np.linspace(-2, 2, 81)
    axes.plot(x, (density(x, 1, 1 / 16) + density(x, -1, 1 / 16)) / 2, color=INK)
    for target, colour in (("eps", ORANGE), ("v", BLUE)):
        rng = np.random.default_rng(0)
        net = train_denoiser(two_hills, schedule, 1000, rng, target)
        drawn = ancestral_sample(
            lambda x, t: convert(net(x, t), target, "eps", x, t, schedule),  # noqa: B023
            (2000, 1),
            schedule,
            rng,
        )
        edges = np.linspace(-2, 2, 33)
        counts = np.histogram(drawn, edges)[0] / 2000 / (edges[1] - edges[0])
        label = {"eps": "$\\epsilon$", "v": "$v$"}[target]
        axes.stairs(counts, edges, color=colour, label=label, linewidth=1.2)
    axes.set_xlabel("$x$")
    axes.set_ylim(0, 1.2)
    axes.legend(loc="upper center")


# The steps

WIDE, HIGH = 440, 190
LEFT, UNIT = 150, 52  # pixel of x = 0, and of the length 1
BASE = 140


def steps() -> dict[str, Steps]:
    """Ten steps back of one point."""
    _, moments = record(
        lambda: ancestral_sample(
            normal_eps(TEN), (), TEN, np.random.default_rng(5), "posterior"
        ),
        ancestral_sample,
        ["x = data[t] * x0 + point[t] * x"],
        "t x x0",
    )
    result = ancestral_sample(
        normal_eps(TEN), (), TEN, np.random.default_rng(5), "posterior"
    )
    ends = [*[moment["x"] for moment in moments[1:]], result]
    frames = [frame(moment, float(end)) for moment, end in zip(moments, ends)]
    return {"ddpm_steps": Steps(WIDE, HIGH, frames)}


def frame(moment: dict[str, Any], end: float) -> Frame:
    t, x, x0 = moment["t"], float(moment["x"]), float(moment["x0"])
    mean, variance = (float(v) for v in posterior(x0, x, t, TEN))
    picture = Picture()
    picture.line([(10, BASE), (WIDE - 10, BASE)], GREY, 0.8)
    for tick in range(-2, 6):
        picture.line([(place(tick), BASE), (place(tick), BASE + 4)], GREY, 0.8)
        picture.text(place(tick), BASE + 14, str(tick).replace("-", "−"), size=11)
    if t:
        width = math.sqrt(variance)
        at = np.linspace(-2.6, 2.6, 25)
        heights = 74 * np.exp(-(at**2) / 2)
        bell = [(place(mean + width * a), BASE - h) for a, h in zip(at, heights)]
        picture.line(bell, PURPLE, 1.6)
    picture.rect(place(x0) - 4, BASE - 4, 8, 8, edge=ORANGE, thick=2)
    picture.circle(place(x), BASE, 5, fill=BLUE)
    picture.circle(place(end), BASE, 5, edge=GREEN, thick=2.4)
    picture.text(16, 22, f"t = {t}", size=15, anchor="start", bold=True)
    said = f"x̂ = {shown(x0)},  μ = {shown(mean)},  σ² = {shown(variance)}"
    picture.text(84, 22, said, anchor="start")
    picture.text(84, 44, f"x: {shown(x)} → {shown(end)}", anchor="start")
    en = (
        f"Step {t}: from the point {shown(x)} (disc) the predicted noise says that the "
        f"data were at {shown(x0)} (square). The step back has the mean {shown(mean)} and "
        f"the variance {shown(variance)}"
    )
    zh = (
        f"第 {t} 步：由点 {shown(x)}（圆点）和预测的噪声，估计数据在 {shown(x0)}（方块）。"
        f"往回一步的均值是 {shown(mean)}，方差是 {shown(variance)}"
    )
    if t:
        en += f" (bell); {shown(end)} is drawn (ring)."
        zh += f"（钟形曲线），抽到 {shown(end)}（圆环）。"
    else:
        en += f": no noise is added, and the sample is {shown(end)} (ring)."
        zh += f"：不再加噪声，样本就是 {shown(end)}（圆环）。"
    return Frame(picture, en, zh)


def place(x: float) -> float:
    return LEFT + UNIT * x


def shown(value: float) -> str:
    """Three decimals, with a minus sign."""
    text = f"{value:.3f}"
    return ("0.000" if text == "-0.000" else text).replace("-", "−")
