"""Which numbers formats have, gradients and the range of float16, and steps of a scaler."""

from __future__ import annotations

from math import frexp, isfinite, log2
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from figures.record import record
from figures.steps import Frame, Picture, Steps
from figures.style import BLUE, GREEN, GREY, INK, ORANGE, PURPLE, new_figure
from snippets.distributed.mixed_precision import (
    FORMATS,
    LossScaler,
    limits,
    mixed_step,
    round_to,
)

COLOURS = {
    "float16": BLUE,
    "bfloat16": ORANGE,
    "float8_e4m3fn": GREEN,
    "float8_e5m2": PURPLE,
}
SHORT = {
    "float16": "fp16",
    "bfloat16": "bf16",
    "float8_e4m3fn": "E4M3",
    "float8_e5m2": "E5M2",
}


# The figure


def held(name: str, low: float, high: float) -> np.ndarray:
    """All numbers of the format between two."""
    fraction = FORMATS[name][1]
    least = limits(name)["min_normal"]
    step = 2.0 ** (frexp(max(low, least))[1] - 1 - fraction)
    return np.unique(round_to(np.arange(low, high + step, step / 2), name))


def ruler(axes: Axes, names: list[str], low: float, high: float) -> None:
    for row, name in enumerate(reversed(names)):
        at = held(name, low, high)
        at = at[(at >= low) & (at <= high)]
        x = np.stack([at, at, np.full(len(at), np.nan)], axis=1).reshape(-1)
        y = np.tile([row, row + 0.7, np.nan], len(at))
        axes.plot(x, y, color=COLOURS[name], linewidth=0.9)
        axes.text(
            low - 0.02 * (high - low),
            row + 0.35,
            SHORT[name],
            ha="right",
            va="center",
            color=COLOURS[name],
            fontsize=8,
        )
    axes.set_xlim(low, high)
    axes.set_ylim(-0.1, len(names))
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)


def gradients(axes: Axes) -> None:
    g = 10 ** np.random.default_rng(0).normal(-7, 1, 100_000)
    edges = np.arange(-12, 6.01, 0.25)
    lost = g[round_to(g, "float16") == 0]
    axes.hist(np.log10(g), edges, color=BLUE, alpha=0.45)
    axes.hist(np.log10(lost), edges, color=GREY)
    scaled = round_to(g * 65536, "float16")
    axes.hist(np.log10(scaled), edges, histtype="step", color=ORANGE, linewidth=1.4)
    for end in (2.0**-25, 65504):
        axes.axvline(np.log10(end), color=INK, linewidth=0.9, linestyle="--")
    axes.text(-7.9, 10_400, "$g$", color=BLUE, ha="right")
    axes.text(-0.9, 10_400, "$2^{16} g$", color=ORANGE)
    axes.set_xlim(-12, 6)
    axes.set_ylim(0, 11_800)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.set_xticks(range(-12, 7, 3))
    axes.set_xlabel(r"$\log_{10}$")


def draw() -> dict[str, Figure]:
    figure = new_figure(6.4, 4.0)
    grid = figure.add_gridspec(2, 2, height_ratios=[1, 1.1])
    near_zero = figure.add_subplot(grid[0, 0])
    ruler(near_zero, ["float8_e4m3fn", "float8_e5m2"], 0, 2**-4)
    near_zero.set_xticks([0, 2**-6, 2**-5, 2**-4], ["0", "1/64", "1/32", "1/16"])
    near_one = figure.add_subplot(grid[0, 1])
    ruler(near_one, list(COLOURS), 0.93, 1.13)
    near_one.set_xticks([0.9375, 1, 1.125], ["15/16", "1", "9/8"])
    gradients(figure.add_subplot(grid[1, :]))
    return {"mixed_precision": figure}


# The steps

SLOPES = [3e-10, 2e-8, 5e-7, 4e-5, 1e-3, 0.05]
LOW, HIGH, LEFT, UNIT = -34, 20, 14, 7.4  # powers of two that are shown, and pixels
MOMENTS = ("found_inf =", 'weights = round_to(weights, "float32")')


def look(known: dict[str, Any]) -> dict[str, Any]:
    return {
        "start": known["scale"],
        "scale": known["scaler"].scale,
        "scaled": known["scaled"].tolist(),
        "skipped": known.get("found_inf"),
        "kept": known["unscaled"].tolist() if "unscaled" in known else [],
        "weight": float(known["weights"][-1]),
    }


def run() -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """Of each step: what the backward pass left, and what came of it."""
    found = []
    for scaler, count in ((LossScaler(1.0), 1), (LossScaler(2.0**21, interval=2), 4)):
        weights = np.ones(len(SLOPES))
        for _ in range(count):
            (weights, _), seen = record(
                lambda: mixed_step(weights, np.array(SLOPES), scaler, 1.0),  # noqa: B023
                mixed_step,
                MOMENTS,
                look,
            )
            found.append((seen[0], seen[1]))
    return found


def place(value: float) -> float:
    return LEFT + UNIT * (log2(value) - LOW)


def row(
    picture: Picture, y: float, values: list[float], label: str, half: bool = True
) -> None:
    """Dots on an axis; what is 0 lies at the left, what is infinite at the right."""
    left, right = place(2.0**-25), place(65520)
    if half:
        picture.rect(left, y - 13, right - left, 26, fill=BLUE, opacity=0.13)
    picture.line([(LEFT, y), (place(2.0**HIGH), y)], GREY, 1)
    picture.text(LEFT, y - 24, label, size=13, anchor="start")
    for at, value in enumerate(values):
        if value == 0:
            picture.circle(LEFT + 9 * at, y, 4, edge=GREY, thick=1.5)
        elif not isfinite(value):
            picture.circle(place(2.0**HIGH) - 4, y, 5, fill=ORANGE)
        else:
            fits = not half or 2.0**-25 < value < 65520
            picture.circle(place(value), y, 4.5, fill=GREEN if fits else GREY)


def axis(picture: Picture, y: float) -> None:
    for power in (-24, -12, 0, 16):
        x = place(2.0**power)
        picture.line([(x, y - 5), (x, y)], GREY, 1)
        label = {-24: "2⁻²⁴", -12: "2⁻¹²", 0: "1", 16: "2¹⁶"}[power]
        picture.text(x, y + 9, label, size=12)


def power(scale: float) -> str:
    exponent = round(log2(scale))
    return (
        "1"
        if exponent == 0
        else "2" + "".join("⁰¹²³⁴⁵⁶⁷⁸⁹"[int(d)] for d in str(exponent))
    )


def frame(before: dict[str, Any] | None, after: dict[str, Any] | None) -> Picture:
    picture = Picture()
    row(picture, 44, SLOPES, "g")
    if before:
        row(picture, 108, before["scaled"], f"S g, S = {power(before['start'])}")
    if after:
        row(picture, 172, after["kept"], "S g / S" if after["kept"] else "—", False)
    axis(picture, 200)
    return picture


def steps() -> dict[str, Steps]:
    """The gradients; then for each step what is scaled, and what the scaler decides."""
    frames = [
        Frame(
            frame(None, None),
            f"Six gradients on a scale of powers of two, {SLOPES[0]:g} to {SLOPES[-1]:g}. The "
            "blue band is the range of float16. Two lie left of it.",
            f"六个梯度，从 {SLOPES[0]:g} 到 {SLOPES[-1]:g}，横轴为对数刻度。蓝色区间是 float16 的范围，有两个梯度在它左边。",
        )
    ]
    for number, (before, after) in enumerate(run()):
        frames.append(Frame(frame(before, None), *scaled_words(number, before)))
        frames.append(Frame(frame(before, after), *decided_words(before, after)))
    return {"mixed_precision_steps": Steps(428, 218, frames)}


def scaled_words(number: int, before: dict[str, Any]) -> tuple[str, str]:
    values, S = before["scaled"], power(before["start"])
    zeros = sum(value == 0 for value in values)
    large = sum(not isfinite(value) for value in values)
    en = f"Without a scale, S = {S}" if number == 0 else f"Step {number}, S = {S}"
    zh = f"没有缩放，S = {S}" if number == 0 else f"第 {number} 步，S = {S}"
    en += f", zeros after the backward pass: {zeros}, infinities: {large}."
    zh += f"：反向传播之后，变成 0 的有 {zeros} 个，变成无穷大的有 {large} 个。"
    if large:
        en += " The largest has left the range."
        zh += "最大的一个超出了范围。"
    elif not zeros:
        en += " All six are in the range."
        zh += "六个都在范围之内。"
    return en, zh


def decided_words(before: dict[str, Any], after: dict[str, Any]) -> tuple[str, str]:
    old, new = before["start"], after["scale"]
    if after["skipped"]:
        en = f"The step is skipped: no weight changes, the last one is {after['weight']:.4g}."
        zh = f"跳过这一步：权重都不变，最后一个仍是 {after['weight']:.4g}。"
    else:
        en = f"Divided by S and taken: the last weight is now {after['weight']:.4g}."
        zh = f"除以 S，更新权重：最后一个变成 {after['weight']:.4g}。"
    if new < old:
        return (
            en + f" S is halved to {power(new)}.",
            zh + f"S 减半，变成 {power(new)}。",
        )
    if new > old:
        return (
            en
            + f" It was the second good step in a row: S is doubled to {power(new)}.",
            zh + f"这是连续第二个正常的步，S 加倍，变成 {power(new)}。",
        )
    if any(value == 0 for value in after["kept"]):
        return (
            en + " The two that became 0 move their weights by nothing.",
            zh + "变成 0 的两个梯度，对应的权重没有动。",
        )
    return en + f" S stays {power(new)}.", zh + f"S 仍是 {power(new)}。"
