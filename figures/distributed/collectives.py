"""Six collectives before and after, what ring and tree cost, and a ring of four."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from figures.record import record
from figures.steps import Frame, Picture, Steps
from figures.style import BLUE, GREEN, GREY, INK, ORANGE, PURPLE, new_figure
from snippets.distributed.collectives import (
    all_to_all,
    cost,
    crossover_bytes,
    ring_all_gather,
    ring_reduce_scatter,
    tree_all_reduce,
)

W = 4
COLOURS = (BLUE, ORANGE, GREEN, PURPLE)
Table = list[
    list[str]
]  # [rank][place]: a letter of a rank and a chunk, "Σ", or nothing

# Rank r gives 1 in the digit r of chunk c: a sum of all reads 1111.
ALL = float(sum(10**r for r in range(W)))


# The figures


def given() -> list[np.ndarray]:
    """Digit r of a number counts rank r, so that a cell tells who is in it."""
    return [np.array([10.0**r + 10.0 ** (W + c) for c in range(W)]) for r in range(W)]


def named(values: np.ndarray) -> list[str]:
    """r and c of 10^r + 10^(W + c), or Σ and c of a sum of all."""
    names = []
    for value in values.tolist():
        who, chunk = value % 10**W, str(int(value // 10**W))
        place = len(chunk) - 1
        letter = "Σ" if who == ALL else "abcd"[round(np.log10(who))]
        names.append(f"{letter}{place}")
    return names


def tables() -> dict[str, tuple[Table, Table]]:
    """Of each collective what the ranks held before and after."""
    x = given()
    before = [named(v) for v in x]
    empty = [["", "", "", ""] for _ in range(W)]
    total, _ = tree_all_reduce(x)
    shards, _ = ring_reduce_scatter(x)
    own = [v[r : r + 1] for r, v in enumerate(x)]
    full, _ = ring_all_gather(own)
    alone = [["" if c != r else before[r][c] for c in range(W)] for r in range(W)]
    scattered = [
        ["" if c != r else named(s)[0] for c in range(W)] for r, s in enumerate(shards)
    ]
    return {
        "broadcast": ([before[0], *empty[1:]], [before[0]] * W),
        "scatter": (
            [before[0], *empty[1:]],
            [["" if c != r else before[0][c] for c in range(W)] for r in range(W)],
        ),
        "all-gather": (alone, [named(v) for v in full]),
        "reduce-scatter": (before, scattered),
        "all-reduce": (before, [named(v) for v in total]),
        "all-to-all": (before, [named(v) for v in all_to_all(x)]),
    }


def grid(axes: Axes, table: Table, left: float) -> None:
    for r, row in enumerate(table):
        for c, name in enumerate(row):
            x, y = left + c, W - 1 - r
            colour = GREY if name[:1] in ("", "Σ") else COLOURS["abcd".index(name[0])]
            face = colour if name else "none"
            axes.add_patch(
                _box(x, y, face, 0.75 if name[:1] == "Σ" else 0.45 if name else 1)
            )
            if name:
                axes.text(
                    x + 0.5, y + 0.47, name, ha="center", va="center", fontsize=7.5
                )


def _box(x: float, y: float, face: str, alpha: float) -> Any:
    from matplotlib.patches import Rectangle

    box = Rectangle((x, y), 1, 1, facecolor=face, edgecolor=GREY, linewidth=0.8)
    box.set_alpha(alpha)
    return box


def kinds() -> Figure:
    figure = new_figure(7.0, 3.5)
    panels = figure.subplots(2, 3).ravel()
    for axes, (name, (before, after)) in zip(panels, tables().items()):
        grid(axes, before, 0)
        grid(axes, after, 5.4)
        axes.annotate(
            "",
            (5.3, 2),
            (4.1, 2),
            arrowprops={"arrowstyle": "->", "color": INK, "lw": 1},
        )
        for r in range(W):
            axes.text(-0.2, W - 0.5 - r, str(r), ha="right", va="center", fontsize=7.5)
        axes.set_title(name)
        axes.set_xlim(-0.6, 9.5)
        axes.set_ylim(-0.05, 4.05)
        axes.set_aspect("equal")
        axes.axis("off")
    return figure


def times() -> Figure:
    """Ring and tree against the size, for 8 and 64 ranks."""
    figure = new_figure(5.4, 3.1)
    axes = figure.subplots()
    sizes = np.logspace(3, 9, 61)
    for ranks, colour in ((8, BLUE), (64, ORANGE)):
        for algorithm, dash in (("ring", "-"), ("tree", "--")):
            y = [cost("all_reduce", n, ranks, 1e-5, 1e-10, algorithm) for n in sizes]
            axes.loglog(sizes, y, dash, color=colour)
            at = 57 if (algorithm, ranks) == ("tree", 64) else 3
            up = (algorithm, ranks) != ("tree", 8)  # which lies below all others
            axes.annotate(
                f"{algorithm} {ranks}",
                (sizes[at], y[at]),
                (0, 4 if up else -4),
                textcoords="offset points",
                ha="left" if at == 3 else "right",
                va="bottom" if up else "top",
                color=colour,
                fontsize=8,
            )
        n = crossover_bytes(ranks, 1e-5, 1e-10)
        axes.plot(n, cost("all_reduce", n, ranks, 1e-5, 1e-10), "o", color=colour)
    axes.set_ylim(2.5e-5, 2)
    axes.set_xlabel("$n$ (B)")
    axes.set_ylabel("$T$ (s)")
    return figure


def draw() -> dict[str, Figure]:
    return {"collectives": kinds(), "collectives_cost": times()}


# The steps

CELL, HIGH, GAP, LEFT, TOP = 78, 30, 20, 70, 48


def moments() -> list[dict[str, Any]]:
    """After each step of both halves: what is held, what travelled, what was sent.

    Rank r gives ten to the power r in all places, so digits tell who is in a sum.
    """
    parts = [np.full(W, 10.0**r) for r in range(W)]

    def down(seen: dict[str, Any]) -> dict[str, Any]:
        held = [[float(chunk[0]) for chunk in rank] for rank in seen["chunks"]]
        return {"held": held, **moved(seen)}

    def up(seen: dict[str, Any]) -> dict[str, Any]:
        held = [
            [float(rank[c][0]) if c in rank else 0.0 for c in range(W)]
            for rank in seen["known"]
        ]
        return {"held": held, **moved(seen)}

    def moved(seen: dict[str, Any]) -> dict[str, Any]:
        message = len(seen["travels"][0][2])
        return {
            "travels": [(r, c, float(m[0])) for r, c, m in seen["travels"]],
            "sent": seen["sent"] + message,  # its line comes next
        }

    (shards, _), first = record(
        lambda: ring_reduce_scatter(parts), ring_reduce_scatter, ["sent +="], down
    )
    _, second = record(
        lambda: ring_all_gather(shards), ring_all_gather, ["sent +="], up
    )
    before = first[-1]["sent"]
    for at in second:
        at["sent"] += before
        for r in range(W):  # what is no longer needed lies there still
            for c in range(W):
                at["held"][r][c] = at["held"][r][c] or first[-1]["held"][r][c]
    start = {"held": [p.tolist() for p in parts], "travels": [], "sent": 0}
    return [start, *first, *second]


def ranks_in(value: float) -> str:
    """The ranks that are in a sum, once for each time that they were added."""
    digits = str(int(value))[::-1]
    return "".join(str(r) * int(digit) for r, digit in enumerate(digits))


def picture(moment: dict[str, Any]) -> Picture:
    drawn = Picture()
    reached = {((r + 1) % W, c) for r, c, _ in moment["travels"]}
    for c in range(W):
        drawn.text(LEFT + CELL * c + CELL / 2 - 5, 12, f"c = {c}", size=13)
    for r in range(W):
        y = TOP + (HIGH + GAP) * r
        drawn.text(LEFT - 12, y + HIGH / 2, f"r = {r}", size=13, anchor="end")
        for c in range(W):
            x, names = LEFT + CELL * c, ranks_in(moment["held"][r][c])
            new, done = (r, c) in reached, len(names) == W
            colour = COLOURS[c]
            drawn.rect(
                x,
                y,
                CELL - 10,
                HIGH,
                fill=colour,
                opacity=0.6 if done else 0.12 * len(names),
                edge=colour if new else GREY,
                thick=3 if new else 1,
            )
            drawn.text(x + CELL / 2 - 5, y + HIGH / 2, names, bold=done)
            if new:  # from the row above; into row 0 from below row W - 1
                middle = x + CELL / 2 - 5
                drawn.arrow((middle, y - GAP + 1), (middle, y - 1), colour)
                if r == 0:
                    bottom = TOP + (HIGH + GAP) * W - GAP
                    drawn.line(
                        [(middle, bottom + 1), (middle, bottom + 13)], colour, 1.8
                    )
    return drawn


def steps() -> dict[str, Steps]:
    """The ring of four: what each rank holds of each chunk, after each of 3 + 3 steps."""
    frames = []
    for t, moment in enumerate(moments()):
        r, c, value = (moment["travels"] or [(0, 0, 0.0)])[0]
        to = (r + 1) % W
        said = {
            "t": (t - 1) % (W - 1),
            "r": r,
            "to": to,
            "c": c,
            "names": ranks_in(value),
            "after": ranks_in(moment["held"][to][c]),
            "sent": moment["sent"],
        }
        en, zh = SAID[0 if t == 0 else 1 if t < W else 2]
        if t == W - 1:
            en, zh = en + DONE[0], zh + DONE[1]
        frames.append(Frame(picture(moment), en.format(**said), zh.format(**said)))
    height = TOP + (HIGH + GAP) * W - GAP + 16
    return {"collectives_steps": Steps(LEFT + CELL * W, height, frames)}


SAID = (
    (
        "Each rank r holds its own vector in four chunks c. The digits in a cell are the "
        "ranks that its sum has so far.",
        "每个 rank r 手里是自己的向量，分成四块 c。格子里的数字是这一块的和已经含有哪些 rank。",
    ),
    (
        "Reduce-scatter, t = {t}: all ranks send at once, to the row below, the last row to the first. "
        "Rank {r} sends chunk {c} with {names}; rank {to} adds it and has {after} there. Each "
        "rank has sent {sent} chunks so far.",
        "Reduce-scatter，t = {t}：所有 rank 同时发给下一行，最后一行发给最前一行。"
        "rank {r} 发出第 {c} 块，其中有 {names}；rank {to} 把它加上，得到 {after}。"
        "到目前为止，每个 rank 发了 {sent} 块。",
    ),
    (
        "All-gather, t = {t}: rank {r} sends chunk {c} with {names}; rank {to} puts it in the "
        "place of its own and has {after} there. Each rank has sent {sent} chunks so far.",
        "All-gather，t = {t}：rank {r} 发出第 {c} 块，其中有 {names}；rank {to} 用它替换自己的，"
        "得到 {after}。到目前为止，每个 rank 发了 {sent} 块。",
    ),
)
DONE = (
    " Now the diagonal is complete: rank r has the whole sum of chunk r.",
    "现在对角线已经完整：rank r 有第 r 块的总和。",
)
