"""Prefix sums as a walk, a rectangle from four corners, and how subarrays are counted."""

from __future__ import annotations

from itertools import combinations
from typing import Any

from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from figures.record import record
from figures.steps import Frame, Picture, Steps
from figures.style import BLUE, GREEN, GREY, INK, ORANGE, new_figure
from snippets.algorithms.prefix_sums_hashing import (
    PrefixSum2D,
    count_subarrays_with_sum,
    prefix_sums,
)

A, K = [1, -1, 5, -2, 3], 3
ROWS = [
    [3, 0, 1, 4, 2],
    [5, 6, 3, 2, 1],
    [1, 2, 0, 1, 5],
    [4, 1, 0, 1, 7],
    [1, 0, 3, 0, 5],
]


def walk() -> Figure:
    p = prefix_sums(A)
    figure = new_figure(4.6, 3.2)
    axes = figure.subplots()
    axes.plot(range(len(p)), p, color=INK, lw=1.6, marker="o", ms=6, zorder=3)
    for i, x in enumerate(A):
        words = f"{x:+d}".replace("-", "−")
        axes.text(i + 0.5, -1.15, words, ha="center", va="center", color=GREY)
    bends = {0: -0.28, 2: 0.2, 4: 0.25}  # so that arrows and walk stay apart
    for left, right in combinations(range(len(p)), 2):
        if p[left] == p[right]:
            axes.plot([left, right], [p[left]] * 2, color=ORANGE, lw=2.4, zorder=2)
        if p[right] - p[left] == K:
            axes.annotate(
                "",
                (right, p[right]),
                (left, p[left]),
                arrowprops={
                    "arrowstyle": "-|>",
                    "color": BLUE,
                    "lw": 1.8,
                    "shrinkA": 5,
                    "shrinkB": 5,
                    "connectionstyle": f"arc3,rad={bends[left]}",
                },
                zorder=2,
            )
    for i, height in enumerate(p):
        above = height > 0
        axes.annotate(
            f"{height}",
            (i, height),
            xytext=(0, 7 if above else -8),
            textcoords="offset points",
            ha="center",
            va="bottom" if above else "top",
            fontweight="bold",
        )
    axes.set_xticks(range(len(p)), [f"$p_{i}$" for i in range(len(p))])
    axes.set_yticks(range(max(p) + 1))
    axes.set_ylim(-1.5, max(p) + 0.9)
    axes.set_xlim(-0.35, len(p) - 0.6)
    return figure


def rectangle() -> Figure:
    top, left, bottom, right = 2, 1, 5, 4
    sums = PrefixSum2D(ROWS)
    size = len(ROWS)
    figure = new_figure(4.0, 3.4)
    rows = figure.add_gridspec(2, 1, height_ratios=(1.3, 1), hspace=0.3)
    small = rows[1].subgridspec(1, 4, wspace=0.42)
    places = [rows[0], *(small[0, n] for n in range(4))]
    parts = [(bottom, right), (top, right), (bottom, left), (top, left)]
    names = ["$p_{br}$", "$p_{tr}$", "$p_{bl}$", "$p_{tl}$"]
    shown = [(top, left, bottom, right)] + [(0, 0, *corner) for corner in parts]
    signs = ["", "=", "−", "−", "+"]
    for n, (place, box) in enumerate(zip(places, shown, strict=True)):
        axes = figure.add_subplot(place)
        t, le, b, r = box
        colour = GREEN if n == 0 else ORANGE if n in (2, 3) else BLUE
        axes.add_patch(Rectangle((le, t), r - le, b - t, facecolor=(colour, 0.4)))
        edge = Rectangle((left, top), right - left, bottom - top, fill=False)
        edge.set(edgecolor=GREEN, lw=2, zorder=3)
        axes.add_patch(edge)
        for i, row in enumerate(ROWS if n == 0 else []):
            for j, x in enumerate(row):
                axes.text(j + 0.5, i + 0.5, f"{x}", ha="center", va="center")
        axes.set_xlim(0, size)
        axes.set_ylim(size, 0)
        axes.set_aspect("equal")
        axes.set_xticks([])
        axes.set_yticks([])
        for side in axes.spines.values():
            side.set(visible=True, color=GREY)
        name = "$S$" if n == 0 else names[n - 1]
        axes.set_title(f"{name} $=$ {sums.sum(*box)}", fontsize=10)
        if n:
            axes.text(-1.05, size / 2, signs[n], ha="center", va="center", fontsize=13)
    return figure


def draw() -> dict[str, Figure]:
    return {
        "prefix_sums_hashing": walk(),
        "prefix_sums_hashing_rectangle": rectangle(),
    }


CELL, LEFT, TOP = 46, 24, 22  # pixels: a number's box; the margin; the row of numbers
SLOT = 54  # the width of an entry of the table


def seen_so_far(
    done: int,
    totals: list[int],
    wanted: int | None,
    added: int | None,
    count: int,
    table: dict[int, int],
    changed: int | None,
) -> Picture:
    """The numbers, their prefix sums so far, and the table, with what is asked of it."""
    picture = Picture()
    for i, x in enumerate(A):
        now = i == done - 1
        at = LEFT + (i + 0.5) * CELL
        edge = BLUE if now else GREY
        picture.rect(at, TOP, CELL, 30, BLUE if now else "none", 0.3, edge=edge)
        picture.text(at + CELL / 2, TOP + 15, f"{x}".replace("-", "−"), bold=now)
    y = TOP + 52
    for i, total in enumerate(totals):
        picture.text(LEFT + i * CELL + CELL / 2, y, total, bold=i == len(totals) - 1)
    picture.text(LEFT + 6 * CELL + 14, TOP + 15, "a", italic=True)
    picture.text(LEFT + 6 * CELL + 14, y, "p", italic=True)
    picture.text(LEFT + 6 * CELL + 62, y - 18, "count", size=13, anchor="start")
    picture.text(LEFT + 6 * CELL + 62, y + 2, count, size=18, anchor="start", bold=True)
    if added:
        picture.text(LEFT + 6 * CELL + 92, y + 2, f"+{added}", anchor="start")
    y = TOP + 96
    if wanted is not None:
        words = f"{totals[-1]} − {K} = {wanted}".replace("= -", "= −")
        picture.text(LEFT + 48 + 5 * SLOT, y + 14, words, anchor="start")
    picture.text(LEFT, y + 14, "seen", size=13, anchor="start", italic=True)
    for slot, (key, times) in enumerate(table.items()):
        x = LEFT + 46 + slot * SLOT
        asked, new = key == wanted, key == changed
        colour = GREEN if new else ORANGE if asked else "none"
        edge = GREEN if new else ORANGE if asked else GREY
        picture.rect(x, y, SLOT - 8, 28, colour, 0.3, edge=edge)
        picture.text(x + (SLOT - 8) / 2, y + 14, f"{key}: {times}", bold=asked or new)
    return picture


def steps() -> dict[str, Steps]:
    """Two frames a number: what is looked up, and what is put into the table."""
    line = "seen[total] += 1"

    def moment(known: dict[str, Any]) -> dict[str, Any]:
        return {
            "x": known["x"],
            "total": known["total"],
            "count": known["count"],
            "seen": dict(known["seen"]),
        }

    answer, moments = record(
        lambda: count_subarrays_with_sum(A, K),
        count_subarrays_with_sum,
        [line, "return count"],
        moment,
    )
    before, last = moments[:-1], moments[-1]
    totals, count = [0], 0
    frames = [
        Frame(
            seen_so_far(0, totals, None, None, 0, before[0]["seen"], None),
            f"How many subarrays have the sum {K}? Before the first number the prefix sum "
            "is 0, and the table says so: 0 has come 1 time. Without this entry, what "
            "begins at the first number would be missed.",
            f"和为 {K} 的子数组有多少个？还没有数的时候，前缀和是 0，表里先记上：0 出现过 1 次。"
            "少了这一项，从第一个数开始的子数组就会漏掉。",
        )
    ]
    for i, now in enumerate(before):
        total, table = now["total"], now["seen"]
        wanted, added = total - K, now["count"] - count
        totals = [*totals, total]
        shown = f"{wanted}".replace("-", "−")
        x = f"{now['x']}".replace("-", "−")
        en = f"{x} makes the prefix sum {total}. A subarray that ends here has the sum {K} "
        en += f"if the sum before it was {total} − {K} = {shown}. "
        zh = f"加上 {x}，前缀和是 {total}。以它结尾的子数组和为 {K}，"
        zh += f"就要求起点之前的前缀和是 {total} − {K} = {shown}。"
        if added:
            en += f"The table says how often: {added}. So many end here."
            zh += (
                f"查表，它出现过 {added} 次，所以有 {added} 个这样的子数组在这里结尾。"
            )
        else:
            en += "That is not in the table: none ends here."
            zh += "表里没有，所以没有这样的子数组在这里结尾。"
        picture = seen_so_far(i + 1, totals, wanted, added, now["count"], table, None)
        frames.append(Frame(picture, en, zh))
        count = now["count"]
        after = (before[i + 1] if i + 1 < len(before) else last)["seen"]
        times = after[total]
        en = f"Only now {total} goes into the table: it has come {times} time"
        en += "s. " if times > 1 else ". "
        zh = f"查完才把 {total} 记进表里：它出现过 {times} 次。"
        if i == 0:
            en += "Had it gone in before the lookup, k = 0 would count the empty range."
            zh += "如果先记后查，k = 0 时就会把空区间也数进去。"
        elif times > 1:
            en += "Each visit may be the beginning of a subarray."
            zh += "每一次都可能是一个子数组的起点。"
        else:
            en += "A subarray may begin behind it from now on."
            zh += "后面的子数组可以从这里开始。"
        picture = seen_so_far(i + 1, totals, None, None, count, after, total)
        frames.append(Frame(picture, en, zh))
    assert answer == count
    frames.append(
        Frame(
            seen_so_far(len(A), totals, None, None, count, last["seen"], None),
            f"The answer is {answer}, after {len(A)} lookups. Adding up each of the "
            f"{len(A) * (len(A) + 1) // 2} subarrays would have found the same.",
            f"答案是 {answer}，一共查表 {len(A)} 次。把 "
            f"{len(A) * (len(A) + 1) // 2} 个子数组逐个求和，也是这个结果。",
        )
    )
    wide, high = LEFT * 2 + 6 * CELL + 104, TOP + 140
    return {"prefix_sums_hashing_steps": Steps(wide, high, frames)}
