"""Overlap over distance, two ways to suppress a crowd, and NMS step by step."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from figures.record import record
from figures.steps import Frame, Picture, Steps
from figures.style import BLUE, GREEN, GREY, ORANGE, PURPLE, new_figure
from snippets.cv.nms_and_anchors import box_iou, nms, soft_nms

# Two objects, 2.5 apart, and boxes that find one of them again.
CROWD = np.array([[x, 0, x + 10, 10] for x in (0.0, 2.5, 0.5, 3.0, 1.0)])
SCORES = np.array([0.9, 0.85, 0.8, 0.7, 0.6])


def overlaps(axes: Axes) -> None:
    """Two squares of side 1, the second moved to the right."""
    shift = np.linspace(0, 3, 121)
    moved = np.stack([shift, 0 * shift, shift + 1, 0 * shift + 1], axis=1)
    for kind, colour in (("iou", BLUE), ("giou", ORANGE), ("diou", GREEN)):
        values = box_iou(np.array([[0, 0, 1, 1]]), moved, kind)[0]
        name = kind.replace("iou", "IoU").replace("g", "G").replace("d", "D")
        axes.plot(shift, values, color=colour, label=name)
    axes.axvline(1, color=GREY, lw=0.8, ls=":")
    axes.set_xlabel("$x$")
    axes.set_yticks([-0.5, 0, 0.5, 1])
    axes.set_xticks([0, 1, 2, 3])
    axes.legend()


def crowd(axes: Axes) -> None:
    """Scores before and after, and what two thresholds keep."""
    place = np.arange(len(SCORES))
    kept, worth = soft_nms(CROWD, SCORES)
    axes.bar(place, SCORES, 0.7, color="none", edgecolor=GREY, label="$s$")
    axes.bar(kept, worth, 0.7, color=BLUE, label="Soft-NMS")
    for row, (threshold, colour) in enumerate(((0.5, ORANGE), (0.7, PURPLE)), 1):
        alive = nms(CROWD, SCORES, threshold)
        y = np.full(len(alive), -0.12 * row)
        axes.plot(alive, y, "o", color=colour, ms=4, label=f"NMS {threshold}")
    axes.set_xticks(place, [f"{x:g}" for x in CROWD[:, 0]])
    axes.set_xlabel("$x_1$")
    axes.set_ylim(-0.34, 1.45)
    axes.set_yticks([0, 0.5, 1])
    axes.spines["bottom"].set_visible(False)
    axes.spines["left"].set_bounds(0, 1)
    axes.legend(loc="upper center", ncols=2)


def draw() -> dict[str, Figure]:
    figure = new_figure(6.4, 2.8)
    left, right = figure.subplots(1, 2)
    overlaps(left)
    crowd(right)
    return {"nms_and_anchors": figure}


# The steps

NAMES = "ABCDE"
BOXES = np.array(
    [[4, 1, 14, 11], [0, 0, 10, 10], [8, 0, 18, 10], [22, 1, 30, 9], [8, 2, 18, 12]]
)
WORTH = np.array([0.8, 0.9, 0.7, 0.5, 0.6])
THRESHOLD = 0.3
UNIT, LEFT, TOP, ROW, CELL = 12.5, 12, 16, 188, 76


def place(
    picture: Picture, kept: list[int], waiting: list[int], best: int | None
) -> None:
    """All boxes where they lie, those that are struck out dashed."""
    for i in [i for i in range(5) if i not in kept] + kept:
        x1, y1, x2, y2 = BOXES[i]
        taken, alive = i in kept, i in waiting
        colour = (ORANGE if i == best else GREEN) if taken else BLUE
        picture.rect(
            LEFT + UNIT * x1,
            TOP + UNIT * y1,
            UNIT * (x2 - x1),
            UNIT * (y2 - y1),
            fill=colour if taken else "none",
            opacity=0.12 if taken else 1,
            edge=colour if taken or alive else GREY,
            thick=2 if taken or alive else 1,
            dashed=not taken and not alive,
        )
    for i, (x1, y1, x2, y2) in enumerate(BOXES.tolist()):
        # Where boxes overlap, each name stands in a corner of its own.
        x, y = (x2 - 0.8, y2 - 0.9) if i == 4 else (x1 + 0.9, y1 + 1)
        if i == 2:
            x, y = x2 - 0.8, y1 + 1
        picture.text(LEFT + UNIT * x, TOP + UNIT * y, NAMES[i], bold=True)


def row(
    picture: Picture,
    order: list[int],
    kept: list[int],
    waiting: list[int],
    overlap: dict[int, float],
) -> None:
    """The list by falling score; below each box its overlap with the picked one."""
    for at, i in enumerate(order):
        x = LEFT + at * CELL
        taken, alive = i in kept, i in waiting
        picture.rect(
            x,
            ROW,
            CELL - 6,
            24,
            fill=GREEN if taken else "none",
            opacity=0.15 if taken else 1,
            edge=GREEN if taken else BLUE if alive else GREY,
            thick=1.5 if taken or alive else 1,
            dashed=not taken and not alive,
        )
        picture.text(x + CELL / 2 - 3, ROW + 12, f"{NAMES[i]}  {WORTH[i]:.1f}")
        if not taken and not alive:
            picture.line([(x + 8, ROW + 12), (x + CELL - 14, ROW + 12)], GREY)
        if i in overlap:
            picture.text(x + CELL / 2 - 3, ROW + 38, f"{overlap[i]:.2f}", size=13)


def frame(
    order: list[int],
    kept: list[int],
    waiting: list[int],
    overlap: dict[int, float],
    words: tuple[str, str],
    best: int | None = None,
) -> Frame:
    picture = Picture()
    place(picture, kept, waiting, best)
    row(picture, order, kept, waiting, overlap)
    return Frame(picture, *words)


def listed(names: list[str], last: str) -> str:
    return last.join([", ".join(names[:-1]), names[-1]] if names[1:] else names)


def picked(best: int, overlap: dict[int, float]) -> tuple[str, str]:
    name, score = NAMES[best], f"{WORTH[best]:.1f}"
    en = f"{name} has the highest score of those that wait, {score}: it is kept."
    zh = f"等待的框里，{name} 得分最高（{score}），保留。"
    if not overlap:
        return f"{en} Nothing waits any more.", f"{zh}没有框在等待了。"
    pairs = [f"{NAMES[i]} {value:.2f}" for i, value in overlap.items()]
    en += f" Below: the IoU of {name} with each box that still waits, {listed(pairs, ' and ')}."
    zh += f"下面一行是 {name} 与仍在等待的各框的交并比：{'、'.join(pairs)}。"
    return en, zh


def struck(best: int, out: list[int], overlap: dict[int, float]) -> tuple[str, str]:
    name = NAMES[best]
    gone = [f"{NAMES[i]} ({overlap[i]:.2f} > {THRESHOLD})" for i in out]
    en = f"What overlaps {name} by more than {THRESHOLD} is struck out: {listed(gone, ' and ')}."
    zh = f"与 {name} 的交并比大于 {THRESHOLD} 的框去掉：{'、'.join(gone)}。"
    return en, zh


def steps() -> dict[str, Steps]:
    """The sorted list, then each pick twice: its overlaps, and what they strike out."""
    result, moments = record(
        lambda: nms(BOXES, WORTH, THRESHOLD),
        nms,
        ["waiting = rest"],
        "best rest iou kept",
    )
    first = moments[0]
    order = [int(first["best"]), *first["rest"].tolist()]
    names = [NAMES[i] for i in order]
    frames = [
        frame(
            order,
            [],
            order,
            {},
            (
                f"Five boxes, sorted by falling score: {', '.join(names)}. All of them wait.",
                f"五个框按得分从高到低排好：{'、'.join(names)}。它们都在等待。",
            ),
        )
    ]
    for moment in moments:
        frames += pair(order, moment)
    kept = result.tolist()
    alive = [NAMES[i] for i in kept]
    a, b, c = NAMES[order[1]], NAMES[order[0]], NAMES[order[2]]
    beside = f"{box_iou(BOXES[[order[1]]], BOXES[[order[2]]])[0, 0]:.2f}"
    words = (
        f"{listed(alive, ' and ')} are kept. {a} and {c} overlap by {beside}, yet {c} stays: "
        f"{a} was struck out by {b}, and what is struck out strikes out nothing.",
        f"保留 {'、'.join(alive)}。{a} 与 {c} 的交并比是 {beside}，{c} 却留了下来：{a} 已经被 {b} 去掉，而去掉的框不再去掉别的框。",
    )
    frames.append(frame(order, kept, [], {}, words))
    return {"nms_and_anchors_steps": Steps(LEFT + 5 * CELL + 4, ROW + 52, frames)}


def pair(order: list[int], moment: dict[str, Any]) -> list[Frame]:
    best, rest = int(moment["best"]), moment["rest"].tolist()
    kept = [int(i) for i in moment["kept"]]
    overlap = dict(zip(rest, moment["iou"].tolist()))
    out = [i for i in rest if overlap[i] > THRESHOLD]
    frames = [frame(order, kept, rest, overlap, picked(best, overlap), best)]
    if out:
        left = [i for i in rest if i not in out]
        words = struck(best, out, overlap)
        frames.append(frame(order, kept, left, overlap, words, best))
    return frames
