"""Rounds of a lower bound, and steps: of a longer one, and of a search for the answer."""

from itertools import pairwise
from typing import Any

from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from figures.record import record
from figures.steps import Frame, Picture, Steps
from figures.style import BLUE, GREY, INK, ORANGE, new_figure
from snippets.algorithms.binary_search import (
    first_true,
    least_largest_sum,
    lower_bound,
)

VALUES, SOUGHT = [5, 7, 7, 8, 8, 10], 8
LONG, SEVEN = [1, 3, 3, 4, 5, 7, 7, 7, 8, 8, 10, 12], 7
NUMS, PARTS = [7, 2, 5, 10, 8], 2


def probes(a: list[int], x: int) -> tuple[int, list[dict[str, Any]]]:
    """The lower bound, and lo, hi and mid at each comparison and at the end."""
    return record(
        lambda: lower_bound(a, x), lower_bound, ["if a[mid]", "return lo"], "lo hi mid"
    )


def rounds() -> Figure:
    found, moments = probes(VALUES, SOUGHT)
    figure = new_figure(4.4, 3.9)
    axes = figure.subplots()
    n, last = len(VALUES), len(moments) - 1
    for row, moment in enumerate(moments):
        y, lo, hi = -2.05 * row, moment["lo"], moment["hi"]
        for i, value in enumerate(VALUES):
            known = ORANGE if i < lo else BLUE if i >= hi else None
            axes.add_patch(
                Rectangle((i, y), 1, 0.8, facecolor=known or "none", alpha=0.35)
            )
            axes.add_patch(Rectangle((i, y), 1, 0.8, fill=False, ec=GREY, lw=1))
            axes.text(i + 0.5, y + 0.38, f"{value}", ha="center", va="center", size=11)
        if row < last:
            mid = moment["mid"]
            axes.add_patch(Rectangle((mid, y), 1, 0.8, fill=False, ec=INK, lw=2.4))
            sign = "<" if VALUES[mid] < SOUGHT else r"\geq"
            # Beside the row, so that it cannot meet what stands below the one above.
            said = f"$a_{{{mid}}} = {VALUES[mid]} {sign} {SOUGHT}$"
            axes.text(n + 0.35, y + 0.4, said, ha="left", va="center", size=10.5)
        else:
            said = f"lo = hi = {found}"
            axes.text(n + 0.35, y + 0.4, said, ha="left", va="center", size=10.5)
        names = {lo: "lo", hi: "hi"} if lo < hi else {lo: "lo, hi"}
        for place, name in names.items():
            axes.plot([place, place], [y - 0.14, y + 0.94], color=INK, lw=1.6)
            axes.text(place, y - 0.2, name, ha="center", va="top", size=10)
        if row < last:
            axes.text(moment["mid"] + 0.5, y + 0.92, "mid", ha="center", size=10)
    axes.set_xlim(-0.3, n + 2.3)
    axes.set_ylim(-2.05 * last - 0.65, 1.35)
    axes.axis("off")
    return figure


def draw() -> dict[str, Figure]:
    return {"binary_search": rounds()}


WIDE, LEFT, TOP = 32, 18, 30  # pixels of a cell; where the row begins, and its height


def row_seen(lo: int, hi: int, mid: int | None) -> Picture:
    """The row: what is known to be less, or not less, and the answers that are left."""
    picture = Picture()
    for i, value in enumerate(LONG):
        known = ORANGE if i < lo else BLUE if i >= hi else ""
        at = LEFT + i * WIDE
        if known:
            picture.rect(at, TOP, WIDE, 30, fill=known, opacity=0.35)
        picture.rect(at, TOP, WIDE, 30, edge=GREY)
        picture.text(at + WIDE / 2, TOP + 15, value, bold=i == mid)
    if mid is not None:
        edge = ORANGE if LONG[mid] < SEVEN else BLUE
        picture.rect(LEFT + mid * WIDE, TOP, WIDE, 30, edge=edge, thick=3)
        picture.text(LEFT + (mid + 0.5) * WIDE, TOP - 12, f"mid = {mid}", size=12)
    for answer in range(lo, hi + 1):
        at = LEFT + answer * WIDE
        picture.line([(at, TOP + 34), (at, TOP + 42)], GREY, 1.5)
        picture.text(at, TOP + 52, answer, size=12, bold=lo == hi)
    names = {lo: "lo", hi: "hi"} if lo < hi else {lo: "lo = hi"}
    for place, name in names.items():
        picture.text(LEFT + place * WIDE, TOP + 69, name, size=12)
    return picture


def bound_steps() -> Steps:
    """One frame for each comparison, between what is known before all and at the end."""
    found, moments = probes(LONG, SEVEN)
    n = len(LONG)
    frames = [
        Frame(
            row_seen(0, n, None),
            f"Where is the first value that is not less than {SEVEN}? Before any of the "
            f"{n} values, or after the last: the {n + 1} marks below, 0 to {n}, are the "
            "possible answers. Nothing is known yet.",
            f"第一个不小于 {SEVEN} 的值在哪里？可能在这 {n} 个值中任何一个之前，也可能在最后一个之后："
            f"下面的 {n + 1} 个刻度，从 0 到 {n}，就是所有可能的答案。现在还什么都不知道。",
        )
    ]
    for now, then in pairwise(moments):
        mid, lo, hi = now["mid"], then["lo"], then["hi"]
        value, left = LONG[mid], hi - lo + 1
        if value < SEVEN:
            en = (
                f"a[{mid}] = {value} is less than {SEVEN}, and so is all to its left: the "
                f"answer lies behind it, lo becomes {mid} + 1 = {lo}. "
            )
            zh = (
                f"a[{mid}] = {value} 小于 {SEVEN}，它左边的也都小于 {SEVEN}："
                f"答案在它后面，lo 变成 {mid} + 1 = {lo}。"
            )
        else:
            why = " It is equal, but may not be the first." if value == SEVEN else ""
            y = "它正好相等，但未必是第一个。" if value == SEVEN else ""
            en = (
                f"a[{mid}] = {value} is not less than {SEVEN}, nor is anything to its "
                f"right.{why} The answer is {mid} or further left: hi becomes {hi}. "
            )
            zh = (
                f"a[{mid}] = {value} 不小于 {SEVEN}，它右边的也都不小于 {SEVEN}。{y}"
                f"答案是 {mid} 或者更靠左，hi 变成 {hi}。"
            )
        en += f"Answers left: {left}."
        zh += f"剩下的答案有 {left} 个。"
        frames.append(Frame(row_seen(lo, hi, mid), en, zh))
    count = len(moments) - 1
    frames.append(
        Frame(
            row_seen(found, found, None),
            f"lo = hi = {found}: one answer is left, after {count} comparisons. All left of "
            f"it (orange) is less than {SEVEN}, all from it on (blue) is not.",
            f"lo = hi = {found}：比较 {count} 次之后只剩一个答案。它左边的（橙）都小于 {SEVEN}，"
            f"从它开始往右的（蓝）都不小于。",
        )
    )
    return Steps(2 * LEFT + n * WIDE, TOP + 80, frames)


UNIT, SIDE = 12, 16  # pixels of 1; where the numbers begin


def runs_seen(
    runs: list[list[int]], fits: bool, lo: int, hi: int, mid: int | None
) -> Picture:
    """The numbers as lengths, cut greedily; below, the limit tried and those left."""
    picture = Picture()
    at = SIDE
    for run in runs:
        start = at
        for x in run:
            colour = BLUE if fits else ORANGE
            picture.rect(at, 24, x * UNIT, 28, fill=colour, opacity=0.3, edge=GREY)
            picture.text(at + x * UNIT / 2, 38, x)
            at += x * UNIT
        picture.line([(start + 2, 60), (at - 2, 60)], GREY, 2)
        picture.text((start + at) / 2, 72, f"Σ = {sum(run)}", size=12)
        if run is not runs[-1]:
            picture.line([(at, 16), (at, 64)], ORANGE, 2.5, dashed=True)
    least, most = max(NUMS), sum(NUMS)
    step = (most * UNIT) / (most - least)

    def place(limit: int) -> float:
        return SIDE + (limit - least) * step

    picture.line([(place(least), 104), (place(most), 104)], GREY, 1.2)
    picture.line([(place(lo), 104), (place(hi), 104)], BLUE, 4)
    for limit in sorted({lo, hi}):
        picture.line([(place(limit), 99), (place(limit), 109)], BLUE, 2)
    for limit in sorted({least, most, lo, hi}):
        bold = limit == lo == hi
        picture.text(place(limit), 120, limit, size=12, bold=bold)
    if mid is not None:
        picture.circle(place(mid), 104, 4.5, BLUE if fits else ORANGE)
        picture.text(place(mid), 90, mid, size=12)
    return picture


def answer_steps() -> Steps:
    """One frame for each limit that is tried."""

    def run() -> int:
        return least_largest_sum(NUMS, PARTS)

    found, moments = record(
        run, first_true, ["if predicate(mid)", "return lo"], "lo hi mid"
    )
    _, cuts = record(
        run,
        least_largest_sum,
        ["used, total = used + 1", "return used"],
        "limit x used",
    )
    tried: dict[int, list[list[int]]] = {}
    places: list[int] = []
    for cut in cuts:  # the numbers differ, so x says where a run ends
        if "return" not in cut["line"]:
            places.append(NUMS.index(cut["x"]))
            continue
        ends = [0, *places, len(NUMS)]
        tried[cut["limit"]] = [NUMS[i:j] for i, j in pairwise(ends)]
        places = []
    least, most = max(NUMS), sum(NUMS)
    frames = []
    for number, (now, then) in enumerate(pairwise(moments)):
        mid, lo, hi = now["mid"], then["lo"], then["hi"]
        runs = tried[mid]
        fits = len(runs) <= PARTS
        en = zh = ""
        if number == 0:
            en = (
                f"The answer is at least {least}, the largest number, and at most {most}, "
                f"all in one run. Try the middle. "
            )
            zh = f"答案至少是最大的数 {least}，至多是全部之和 {most}。先试中间的。"
        en += f"Limit {mid}: greedy filling needs {len(runs)} runs, "
        zh += f"上限 {mid}：贪心地装，要 {len(runs)} 段，"
        if fits:
            en += f"which is allowed. {mid} may be the answer; more is not needed: hi = {hi}."
            zh += f"可以。{mid} 可能就是答案，不必更大：hi = {hi}。"
        else:
            en += (
                f"more than {PARTS}. {mid} and all below it are too little: lo = {lo}."
            )
            zh += f"超过了 {PARTS} 段。{mid} 以及更小的都不够：lo = {lo}。"
        frames.append(Frame(runs_seen(runs, fits, lo, hi, mid), en, zh))
    sums = " + ".join(f"({' + '.join(map(str, r))})" for r in tried[found])
    frames.append(
        Frame(
            runs_seen(tried[found], True, found, found, None),
            f"lo = hi = {found}: the least limit that fits. The cut is {sums}; "
            f"{len(moments) - 1} of the {most - least + 1} possible limits were tried.",
            f"lo = hi = {found}：装得下的最小上限。切法是 {sums}；"
            f"{most - least + 1} 个可能的上限只试了 {len(moments) - 1} 个。",
        )
    )
    return Steps(2 * SIDE + most * UNIT, 130, frames)


def steps() -> dict[str, Steps]:
    return {
        "binary_search_steps": bound_steps(),
        "binary_search_answer_steps": answer_steps(),
    }
