"""Orbits of three methods, slopes of four losses, the best answers, and a trained GAN."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from figures.record import record
from figures.steps import Frame, Picture, Steps
from figures.style import BLUE, GREEN, GREY, ORANGE, PINK, PURPLE, new_figure
from snippets.generative.gan import (
    bilinear_game,
    generator_loss,
    optimal_discriminator,
)
from snippets.generative.gan.training import ring_samples, train_gan

METHODS = {"simultaneous": ORANGE, "alternating": BLUE, "extragradient": GREEN}
KINDS = {
    "saturating": ORANGE,
    "non_saturating": BLUE,
    "least_squares": GREEN,
    "hinge": PINK,
}


# The figures


def draw() -> dict[str, Figure]:
    """The games and losses; and samples before and after training."""
    figure = new_figure(7.2, 3.0)
    orbits, slopes, answers = figure.subplots(1, 3)
    draw_orbits(orbits)
    draw_slopes(slopes)
    draw_answers(answers)
    ring = new_figure(7.0, 2.3)
    draw_ring(ring.subplots(1, 4))
    return {"gan": figure, "gan_ring": ring}


def draw_orbits(axes: Axes) -> None:
    for method, colour in METHODS.items():
        points = bilinear_game(method, 40, 0.2)
        axes.plot(points[:, 0], points[:, 1], color=colour, label=method)
    axes.plot(0, 0, "+", color=GREY)
    axes.set_aspect("equal")
    axes.set_xlim(-3.4, 3.4)
    axes.set_ylim(-3.4, 3.4)
    axes.set_xlabel("$x$")
    axes.set_ylabel("$y$")
    _legend(axes)


def draw_slopes(axes: Axes) -> None:
    logits, half = np.linspace(-6, 6, 49), 1e-4
    for kind, colour in KINDS.items():
        sizes = [
            abs(generator_loss([at + half], kind) - generator_loss([at - half], kind))
            / (2 * half)
            for at in logits
        ]
        axes.plot(logits, sizes, color=colour, label=kind)
    axes.set_ylim(0, 2.2)
    axes.set_xlabel("$l$")
    axes.set_ylabel("$|dL_G/dl|$")
    _legend(axes)


def _legend(axes: Axes) -> None:
    axes.legend(
        loc="lower center",
        bbox_to_anchor=(0.5, 1.0),
        fontsize=7,
        handlelength=1.4,
        labelspacing=0.2,
    )


def draw_answers(axes: Axes) -> None:
    x = np.linspace(-4, 4, 65)
    p, q = np.exp(-((x + 1) ** 2) / 2), np.exp(-((x - 1) ** 2) / 0.98) / 0.7
    scale = np.sqrt(2 * np.pi)
    axes.plot(x, p / scale, color=BLUE, label="$p$")
    axes.plot(x, q / scale, color=ORANGE, label="$q$")
    best = optimal_discriminator(p / p.sum(), q / q.sum())
    axes.plot(x, best, color=PURPLE, linestyle="--", label="$D^*$")
    axes.axhline(0.5, color=GREY, linewidth=0.6)
    axes.set_xlabel("$x$")
    axes.set_ylim(0, 1.05)
    _legend(axes)


def draw_ring(panels: Any) -> None:
    """Data; then samples of one seed before training, after it, and after it with R1."""
    rng = torch.Generator().manual_seed(7)
    clouds = {"$p$": ring_samples(110, rng)}
    noise = torch.randn(110, 2, generator=rng)
    for name, steps, gamma in (
        ("0", 0, 0.0),
        ("300", 300, 0.0),
        ("300, $R_1$", 300, 1),
    ):
        clouds[name] = train_gan(steps, 0, gamma).generator(noise).detach()
    for axes, (name, points) in zip(panels, clouds.items()):
        colour = BLUE if name == "$p$" else ORANGE
        axes.scatter(*points.T.numpy().round(2), s=3, color=colour, linewidths=0)
        axes.set_title(name)
        axes.set_aspect("equal")
        axes.set_xlim(-1.6, 1.6)
        axes.set_ylim(-1.6, 1.6)
        axes.set_xticks([-1, 0, 1])
        axes.set_yticks([-1, 0, 1] if name == "$p$" else [])


# The steps


RATE, STEPS = 0.5, 4
SIDE, UNIT = 300, 62  # pixels of the plane, and of the length 1
WIDE = SIDE + 216
SAID = {
    "simultaneous": (
        "both slopes are taken at the point itself",
        "两个斜率都在当前点上取",
    ),
    "alternating": (
        "y already sees the new x",
        "y 看到的已经是新的 x",
    ),
    "extragradient": (
        "both slopes are taken at the point that the first step would reach",
        "两个斜率都在试探步到达的点上取",
    ),
}
NAMES = {
    "simultaneous": ("Simultaneous", "同时更新"),
    "alternating": ("Alternating", "交替更新"),
    "extragradient": ("Extragradient", "外梯度法"),
}


def steps() -> dict[str, Steps]:
    """Four steps of each method from the same point."""
    frames = []
    for method, colour in METHODS.items():
        _, moments = record(
            lambda method=method: bilinear_game(method, STEPS, RATE),  # type: ignore[misc]
            bilinear_game,
            ["points.append"],
            "points x y u v",
        )
        for at, moment in enumerate(moments):
            frames.append(frame(method, colour, at + 1, moment))
    return {"gan_steps": Steps(WIDE, SIDE, frames)}


def frame(method: str, colour: str, at: int, moment: dict[str, Any]) -> Frame:
    x, y = moment["points"][-1]
    new = moment["x"], moment["y"]
    # The slope by x is the y of where it is taken, that by y the x.
    by_x, by_y = moment.get("v", y), moment.get("u", new[0])
    picture = Picture()
    picture.line([place(-2.3, 0), place(2.3, 0)], GREY, 0.8)
    picture.line([place(0, -2.3), place(0, 2.3)], GREY, 0.8)
    picture.text(SIDE - 14, SIDE / 2 + 14, "x", italic=True)
    picture.text(SIDE / 2 + 14, 18, "y", italic=True)
    picture.line([place(*point) for point in [*moment["points"], new]], colour, 1)
    for point in moment["points"][:-1]:
        picture.circle(*place(*point), 3, fill=colour, opacity=0.5)
    if method == "extragradient":
        picture.circle(*place(moment["u"], moment["v"]), 4, edge=PURPLE, thick=1.5)
    picture.arrow(place(x, y), place(*new), colour, gap=5)
    picture.circle(*place(x, y), 4.5, fill=colour)
    picture.circle(*place(*new), 4.5, edge=colour, thick=2)
    squares = x**2 + y**2, new[0] ** 2 + new[1] ** 2
    lines = [
        f"(x, y) = ({shown(x)}, {shown(y)})",
        f"∂x = {shown(by_x)}",
        f"∂y = {shown(by_y)}",
        f"→ ({shown(new[0])}, {shown(new[1])})",
        f"r² = {shown(squares[0])} → {shown(squares[1])}",
    ]
    picture.text(SIDE + 4, 40, method, size=15, anchor="start", bold=True)
    for row, words in enumerate(lines):
        picture.text(SIDE + 4, 76 + 28 * row, words, size=14, anchor="start")
    en = (
        f"{NAMES[method][0]}, step {at}: {SAID[method][0]}. The slope by x is "
        f"{shown(by_x)}, so x goes from {shown(x)} to {shown(new[0])}; that by y is "
        f"{shown(by_y)}, so y goes from {shown(y)} to {shown(new[1])}. "
        f"The squared radius: {shown(squares[0])}, then {shown(squares[1])}."
    )
    zh = (
        f"{NAMES[method][1]}，第 {at} 步：{SAID[method][1]}。对 x 的斜率是 {shown(by_x)}，"
        f"x 从 {shown(x)} 变到 {shown(new[0])}；对 y 的斜率是 {shown(by_y)}，"
        f"y 从 {shown(y)} 变到 {shown(new[1])}。"
        f"半径的平方从 {shown(squares[0])} 变为 {shown(squares[1])}。"
    )
    return Frame(picture, en, zh)


def place(x: float, y: float) -> tuple[float, float]:
    return SIDE / 2 + UNIT * x, SIDE / 2 - UNIT * y


def shown(value: float) -> str:
    """Three decimals at most, with a minus sign."""
    text = f"{value:.3f}".rstrip("0").rstrip(".")
    return ("0" if text == "-0" else text).replace("-", "−")
