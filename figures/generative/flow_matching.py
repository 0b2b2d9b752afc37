"""Crossing lines and paths that part; errors of three solvers; shifts of time."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from figures.record import record
from figures.steps import Frame, Picture, Steps
from figures.style import BLUE, GREEN, GREY, INK, ORANGE, PURPLE, new_figure
from snippets.generative.flow_matching import (
    convert,
    data_velocity,
    gaussian_velocity,
    integrate,
    shift_time,
)

TWO = np.array([[-1.0], [1.0]])


def normal(x: np.ndarray, t: float) -> np.ndarray:
    return gaussian_velocity(x, t, 2.0, 0.5)


def draw() -> dict[str, Figure]:
    figure = new_figure(7.0, 2.5)
    paths, errors, shifts = figure.subplots(1, 3)
    draw_paths(paths)
    draw_errors(errors)
    draw_shifts(shifts)
    return {"flow_matching": figure}


def draw_paths(axes: Axes) -> None:
    starts = np.linspace(-1.75, 1.75, 8)[:, None]
    ends = np.array([1, -1, 1, -1, 1, -1, 1, -1])
    for start, end in zip(starts[:, 0], ends):
        axes.plot([0, 1], [start, end], color=GREY, linewidth=0.7)
    _, moments = record(
        lambda: integrate(lambda x, t: data_velocity(x, t, TWO), starts, 40),
        integrate,
        ["v = at(x, k / steps)"],
        "k x",
    )
    path = np.array([m["x"][:, 0] for m in moments])
    times = [m["k"] / 40 for m in moments]
    axes.plot(times, path, color=BLUE, linewidth=1.4)
    axes.set_xlabel("$t$")
    axes.set_ylabel("$x$")
    axes.set_xticks([0, 1], ["0", "1"])


def draw_errors(axes: Axes) -> None:
    steps = [1, 2, 4, 8, 16, 32]
    for method, colour, marker in (
        ("euler", ORANGE, "o"),
        ("midpoint", GREEN, "s"),
        ("heun", PURPLE, "^"),
    ):
        ends = [float(integrate(normal, np.array(-1.0), n, method)) for n in steps]
        wrong = [max(abs(end - 1.5), 1e-9) for end in ends]
        shown = [(n, e) for n, e in zip(steps, wrong) if e > 1e-8]
        axes.loglog(
            *zip(*shown), color=colour, marker=marker, markersize=3, label=method
        )
    axes.set_xlabel("steps")
    axes.set_xticks(steps, [str(n) for n in steps])
    axes.set_xticks([], minor=True)
    axes.legend(loc="lower left")


def draw_shifts(axes: Axes) -> None:
    t = np.linspace(0, 1, 41)
    for shift, colour, label in (
        (3.0, BLUE, "$a = 3$"),
        (1.0, INK, "$a = 1$"),
        (1 / 3, ORANGE, "$a = 1/3$"),
    ):
        axes.plot(t, shift_time(t, shift), color=colour, label=label)
    axes.set_xlabel("$t$")
    axes.set_xticks([0, 0.5, 1])
    axes.set_yticks([0, 0.5, 1])
    axes.legend(loc="lower right")


# The steps

WIDE, HIGH = 440, 210
LEFT, LONG = 60, 320  # pixel of t = 0, and of the length 1 of time
MIDDLE, UNIT = 116, 42  # pixel of x = 0, and of the length 1


def steps() -> dict[str, Steps]:
    """Four steps of Euler for three points."""
    start = np.array([[-1.5], [0.25], [1.0]])

    def run() -> np.ndarray:
        return integrate(lambda x, t: data_velocity(x, t, TWO), start, 4)

    end, moments = record(
        run, integrate, ['x = _array("a point on the way", x + h * v)'], "k x v"
    )
    places = [m["x"][:, 0] for m in moments] + [end[:, 0]]
    frames = [frame(m, places[: m["k"] + 2]) for m in moments]
    return {"flow_matching_steps": Steps(WIDE, HIGH, frames)}


def frame(moment: dict[str, Any], places: list[np.ndarray]) -> Frame:
    k, x, v = moment["k"], moment["x"][:, 0], moment["v"][:, 0]
    t = k / 4
    ahead = x + (1 - t) * v if k == 0 else convert(v, "velocity", "x1", x, t)
    picture = Picture()
    for datum in TWO[:, 0]:
        picture.rect(LEFT + LONG - 4, row(datum) - 4, 8, 8, edge=GREY, thick=2)
    picture.line([(LEFT, row(0)), (LEFT + LONG, row(0))], GREY, 0.6)
    for point, colour in zip(range(3), (BLUE, GREEN, PURPLE)):
        way = [(column(i / 4), row(p[point])) for i, p in enumerate(places)]
        aim = (column(1), row(ahead[point]))
        picture.line([way[-1], aim], colour, 1, dashed=True)
        picture.line(way[:-1], colour, 1.6)
        picture.arrow(way[-2], way[-1], colour)
        picture.circle(*aim, 4, edge=ORANGE, thick=2)
        picture.circle(*way[-2], 4, fill=colour)
    picture.text(16, 22, f"t = {t:.2f}", size=15, anchor="start", bold=True)
    listed = [", ".join(shown(a) for a in values) for values in (x, v, ahead)]
    en = (
        f"Time {t:.2f}: points at {listed[0]}; velocities {listed[1]}; straight on they "
        f"would end at {listed[2]} (rings). A step goes a quarter of the unit of time: "
        f"to {', '.join(shown(a) for a in places[-1])}."
    )
    zh = (
        f"时间 {t:.2f}：各点在 {listed[0]}；速度是 {listed[1]}；一直走下去会到 "
        f"{listed[2]}（圆环）。一步走四分之一的单位时间：到 "
        f"{', '.join(shown(a) for a in places[-1])}。"
    )
    return Frame(picture, en, zh)


def column(t: float) -> float:
    return LEFT + LONG * t


def row(x: float) -> float:
    return MIDDLE - UNIT * float(x)


def shown(value: float) -> str:
    """Three decimals, with a minus sign."""
    text = f"{value:.3f}"
    return ("0.000" if text == "-0.000" else text).replace("-", "−")
