"""Clock hands of four pairs, curves over distance and pair, and RoPE step by step."""

from __future__ import annotations

import math

import numpy as np
from matplotlib.figure import Figure

from figures.steps import Frame, Picture, Steps
from figures.style import BLUE, GREEN, GREY, INK, ORANGE, new_figure
from snippets.nlp.positional_encodings import (
    inverse_frequencies,
    rope,
    scaled_frequencies,
    sinusoidal,
    t5_bucket,
)

D, BASES, SCALE, LENGTH = 128, (1e4, 5e5), 4, 2048


def hands() -> Figure:
    """Each pair of the sinusoidal encoding as a hand: sine to the right, cosine up."""
    figure = new_figure(6.8, 1.9)
    axes = figure.subplots()
    table = sinusoidal(np.arange(17), 8)
    for g in range(4):
        for i, (sin, cos) in enumerate(table[:, 2 * g : 2 * g + 2]):
            axes.plot(
                [i, i + 0.4 * sin],
                [-g, -g + 0.4 * cos],
                color=BLUE,
                lw=1.4,
                solid_capstyle="round",
            )
    x, y = np.meshgrid(np.arange(17), -np.arange(4))
    axes.scatter(x, y, s=430, facecolors="none", edgecolors=GREY, linewidths=0.8)
    axes.set_xticks(np.arange(0, 17, 2))
    axes.set_yticks(-np.arange(4), [f"$\\omega_{g}$" for g in range(4)])
    axes.set_xlabel("$i$")
    axes.set_aspect("equal")
    axes.set_xlim(-0.6, 16.6)
    axes.set_ylim(-3.6, 0.6)
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    return figure


def curves() -> Figure:
    figure = new_figure(7.0, 2.5)
    left, middle, right = figure.subplots(1, 3)
    near = np.arange(161)
    for both, colour in ((False, BLUE), (True, ORANGE)):
        buckets = t5_bucket(-near, bidirectional=both)
        jumps = np.concatenate([[0], np.flatnonzero(np.diff(buckets)) + 1, [160]])
        left.step(jumps, buckets[jumps], where="post", color=colour)
    left.axvline(128, color=GREY, ls=":", lw=1)
    left.set_xlabel("$\\Delta$")
    left.set_title("t5_bucket")
    left.set_xticks([0, 64, 128])

    far = np.unique(np.geomspace(1, 16384, 130).round())
    for base, colour in zip(BASES, (BLUE, ORANGE), strict=True):
        speeds = inverse_frequencies(D, base)
        middle.semilogx(
            far, np.cos(far[:, None] * speeds).mean(axis=1), color=colour, lw=1.3
        )
    middle.axhline(0, color=GREY, lw=0.8)
    middle.set_xlabel("$\\Delta$")
    middle.set_title("mean of $\\cos(\\Delta\\,\\omega_g)$")
    middle.set_xticks([1, 100, 10000])
    middle.minorticks_off()

    before = inverse_frequencies(D)
    pairs = np.arange(D // 2)
    methods = (("linear", BLUE), ("ntk", ORANGE), ("yarn", GREEN))
    for method, colour in methods:
        after, _ = scaled_frequencies(method, D, SCALE, original_length=LENGTH)
        right.plot(pairs, before / after, color=colour, label=method)
    turning = int((LENGTH * before >= 2 * math.pi).sum()) - 1
    right.axvline(turning, color=INK, ls=":", lw=1)
    right.set_xlabel("$g$")
    right.set_title("before / after")
    right.set_ylim(0.8, 4.4)
    right.set_xticks([0, 20, 40, 60])
    right.legend(loc="upper left", bbox_to_anchor=(0, 0.9))
    return figure


def draw() -> dict[str, Figure]:
    return {"positional_encodings": hands(), "positional_encodings_curves": curves()}


# The steps: one pair that turns by 30 degrees a position.

STEP = 30  # degrees a position
SPEED = np.radians([STEP])
QUERY, KEY = (1.0, 0.0), (0.8, 0.6)
TOGETHER = [(2, 0), (3, 1), (4, 2), (5, 3), (6, 4)]
APART = [(6, 3), (6, 2), (6, 1), (6, 0)]
LAST = (14, 0)
CENTRE, RADIUS, TEXT = (105, 105), 84, 226  # pixels


def degrees(pair: np.ndarray) -> int:
    return round(math.degrees(math.atan2(pair[1], pair[0]))) % 360


def turned(i: int, j: int) -> tuple[np.ndarray, np.ndarray, float]:
    """The query at i, the key at j, and their dot product, by the note's code."""
    query = rope(np.array([QUERY]), np.array([i]), SPEED)[0]
    key = rope(np.array([KEY]), np.array([j]), SPEED)[0]
    return query, key, float(query @ key)


def frame(i: int, j: int) -> Frame:
    query, key, score = turned(i, j)
    picture = Picture()
    x, y = CENTRE
    picture.circle(x, y, RADIUS, edge=GREY)
    for hour in range(12):
        angle = math.pi * hour / 6
        across, up = math.cos(angle), math.sin(angle)
        ends = [(x + r * across, y - r * up) for r in (RADIUS - 4, RADIUS)]
        picture.line(ends, GREY, 1)
    for content, colour in ((QUERY, BLUE), (KEY, ORANGE)):
        end = (x + RADIUS * content[0], y - RADIUS * content[1])
        picture.line([CENTRE, end], colour, 1, dashed=True)
    for pair, colour in ((query, BLUE), (key, ORANGE)):
        picture.arrow(
            CENTRE, (x + RADIUS * pair[0], y - RADIUS * pair[1]), colour, thick=2.4
        )
    rows = (
        (f"q, i = {i}: {degrees(query)}°", BLUE),
        (f"k, j = {j}: {degrees(key)}°", ORANGE),
        (f"i − j = {i - j}", ""),
        (f"q·k = {score:.2f}".replace("-", "−"), ""),
    )
    for row, (words, colour) in enumerate(rows):
        height = 55 + 32 * row
        if colour:
            picture.rect(TEXT, height - 6, 12, 12, fill=colour)
        picture.text(TEXT + 20, height, words, anchor="start", bold=row == 3)
    between = (degrees(query) - degrees(key) + 180) % 360 - 180
    gap, shown = (f"{n}".replace("-", "−") for n in (between, f"{score:.2f}"))
    en = f"Query at {i}, key at {j}: "
    zh = f"查询在位置 {i}，键在位置 {j}："
    if (i, j) == TOGETHER[0]:
        own = degrees(np.array(KEY))
        en += f"q = ({QUERY[0]:g}, {QUERY[1]:g}) has turned by {STEP * i}°, k = ({KEY[0]:g}, {KEY[1]:g}), which starts at {own}°, not at all. "
        en += f"From k to q it is {gap}°, and the score is the cosine of that, {shown}."
        zh += f"q = ({QUERY[0]:g}, {QUERY[1]:g}) 转了 {STEP * i}°；k = ({KEY[0]:g}, {KEY[1]:g}) 从 {own}° 出发，还没有转。"
        zh += f"从 k 到 q 是 {gap}°，分数就是它的余弦 {shown}。"
    elif (i, j) in TOGETHER:
        en += f"both have turned by {STEP}° more, so from k to q it is still {gap}°. "
        en += f"The distance is {i - j} as before, and the score stays {shown}."
        zh += f"两者都又转了 {STEP}°，从 k 到 q 仍是 {gap}°。"
        zh += f"距离还是 {i - j}，分数不变，仍为 {shown}。"
    elif (i, j) in APART:
        en += f"only the key has moved back, by {STEP}°. From k to q it is {gap}° now. "
        en += f"At distance {i - j} the score is another one, {shown}."
        zh += f"只有键退回了 {STEP}°。从 k 到 q 变成 {gap}°。"
        zh += f"距离变成了 {i - j}，分数也就变成 {shown}。"
    else:
        turn, same = 360 // STEP, (i - j) % (360 // STEP)
        en += f"distance {i - j} is a whole turn of {turn} positions and {same}, and one hand cannot tell it from {same}: {shown} again. "
        en += "That is why there are pairs of other speeds."
        zh += f"距离 {i - j} 比整整一圈的 {turn} 个位置多 {same}，一根指针分不清它和 {same}：分数又是 {shown}。"
        zh += "所以还要有转速不同的特征对。"
    return Frame(picture, en, zh)


def steps() -> dict[str, Steps]:
    """Both move together, the key moves alone, and the hand has gone round."""
    frames = [frame(i, j) for i, j in [*TOGETHER, *APART, LAST]]
    return {"positional_encodings_steps": Steps(380, 210, frames)}
