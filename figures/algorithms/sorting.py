"""An array on its way through four sorts, the decision tree of three, and four runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise, permutations
from random import Random
from typing import Any

from matplotlib.figure import Figure
from matplotlib.patches import PathPatch
from matplotlib.path import Path

from figures.record import record
from figures.steps import Frame, Picture, Steps, between
from figures.style import BLUE, GREEN, GREY, INK, ORANGE, new_figure
from snippets.algorithms.sorting import (
    heap_sort,
    insertion_sort,
    merge_sort,
    quick_sort,
)
from snippets.algorithms.sorting.heap import _sift
from snippets.algorithms.sorting.merge import _halves, _merge
from snippets.algorithms.sorting.quick import _part

Moments = list[dict[str, Any]]
BARS = Random(5).sample(range(1, 25), 24)


def _after_merges(a: list[int]) -> Iterator[list[int]]:
    """The array before the first merge and after each: halves stay in their places."""
    _, moments = record(
        lambda: merge_sort(a), _halves, ["return merged"], "lo hi merged"
    )
    state = list(a)
    yield state
    for moment in moments:
        state = list(state)
        state[moment["lo"] : moment["hi"]] = [x for _, x in moment["merged"]]
        yield state


def _states(
    sort: Callable[..., Any], within: Callable[..., Any], line: str
) -> Iterator[list[int]]:
    """The array each time that a line is run."""
    result, moments = record(lambda: sort(BARS), within, [line], "out")
    yield from (moment["out"] for moment in moments)
    yield result


def _bar(k: int, x: int) -> Path:
    left, right = k - 0.4, k + 0.4
    return Path([(left, 0), (left, x), (right, x), (right, 0), (left, 0)], closed=True)


def bars() -> Figure:
    rows = {
        "insertion_sort": list(_states(insertion_sort, insertion_sort, "while j > 0")),
        "merge_sort": list(_after_merges(BARS)),
        "quick_sort": list(_states(quick_sort, _part, "if out[i] < pivot")),
        "heap_sort": list(_states(heap_sort, _sift, "if not out[root]")),
    }
    figure = new_figure(4.8, 4.6)
    grid = figure.subplots(len(rows), 5)
    for number, (name, states) in enumerate(rows.items()):
        line = grid[number]
        for column, axes in enumerate(line):
            state = states[column * (len(states) - 1) // 4]
            for colour in (BLUE, GREY):
                shown = [
                    _bar(k, x)
                    for k, x in enumerate(state)
                    if (x == k + 1) == (colour == BLUE)
                ]
                if shown:  # one element in the page for all bars of a colour
                    path = Path.make_compound_path(*shown)
                    axes.add_patch(PathPatch(path, facecolor=colour, linewidth=0))
            axes.set_xlim(-1, len(state))
            axes.set_ylim(0, len(state) + 1)
            axes.set_xticks([])
            axes.set_yticks([])
            for side in ("left", "bottom"):
                axes.spines[side].set_visible(False)
            if number == 0:
                axes.set_title(["$0$", "$1/4$", "$1/2$", "$3/4$", "$1$"][column])
        line[0].set_ylabel(name, fontsize=8.5)
    return figure


class _Named:
    """An element that notes what it is asked."""

    def __init__(self, name: str, value: int, asked: list[tuple[str, bool]]) -> None:
        self.name, self.value, self.asked = name, value, asked

    def __lt__(self, other: _Named) -> bool:
        less = self.value < other.value
        self.asked.append((f"{self.name} < {other.name}", less))
        return less


def decisions() -> dict[tuple[bool, ...], str]:
    """What insertion sort of a, b, c asks after each row of answers; leaves: orders."""
    tree: dict[tuple[bool, ...], str] = {}
    for values in permutations(range(3)):
        asked: list[tuple[str, bool]] = []
        found = insertion_sort(_Named(n, v, asked) for n, v in zip("abc", values))
        answers = tuple(less for _, less in asked)
        for depth, (question, _) in enumerate(asked):
            tree[answers[:depth]] = question
        tree[answers] = " ".join(x.name for x in found)
    return tree


def tree() -> Figure:
    figure = new_figure(7, 2.7)
    axes = figure.subplots()
    known = decisions()
    leaves = iter(range(6))

    def place(path: tuple[bool, ...]) -> float:
        """Draw what is below, left to right, and then the node; its x."""
        y = -len(path)
        if (*path, True) not in known:
            x = float(next(leaves))
            box = {"boxstyle": "round,pad=0.35", "fc": "none", "ec": BLUE, "lw": 1.4}
            axes.text(x, y, known[path], ha="center", va="center", bbox=box, color=INK)
            return x
        below = [place((*path, answer)) for answer in (True, False)]
        x = sum(below) / 2
        for child, answer in zip(below, (True, False)):
            axes.plot([x, child], [y - 0.2, y - 0.75], color=GREY, lw=1)
            shift = -0.1 if answer else 0.1
            axes.text(
                (x + child) / 2 + shift,
                y - 0.42,
                "$1$" if answer else "$0$",
                color=GREY,
                ha="right" if answer else "left",
                va="center",
            )
        axes.text(x, y, f"${known[path]}$", ha="center", va="center", color=ORANGE)
        return x

    place(())
    axes.set_xlim(-0.6, 5.6)
    axes.set_ylim(-3.4, 0.3)
    axes.axis("off")
    return figure


def draw() -> dict[str, Figure]:
    return {"sorting": bars(), "sorting_tree": tree()}


CELL, TALL, LEFT = 44, 34, 12  # of an array's cells, in pixels


def cell(
    picture: Picture,
    k: float,
    y: float,
    x: object,
    fill: str = "none",
    edge: str = GREY,
    thick: float = 1,
) -> None:
    """A cell with an element, at place k."""
    opacity = 0.3 if fill != "none" else 1
    left = LEFT + k * CELL
    picture.rect(left, y, CELL - 4, TALL, fill, opacity, edge, thick)
    picture.text(left + CELL / 2 - 2, y + TALL / 2, x, bold=thick > 1)


def counter(picture: Picture, count: int, width: float, y: float = 14) -> None:
    picture.text(width - 8, y, f"< × {count}", anchor="end", size=13)


INSERTED = [4, 2, 5, 1, 4, 3]


def insertion_steps() -> Steps:
    result, moments = record(
        lambda: insertion_sort(INSERTED),
        insertion_sort,
        ["while j > 0", "out[j] = x"],
        "out i x j",
    )
    n = len(INSERTED)
    width, height = 2 * LEFT + n * CELL, 116

    def seen(
        out: list[int], done: int, hole: int | None, x: int | None, count: int
    ) -> Picture:
        picture = Picture()
        counter(picture, count, width)
        for k, value in enumerate(out):
            if k == hole:
                picture.rect(
                    LEFT + k * CELL, 72, CELL - 4, TALL, edge=GREY, dashed=True
                )
                cell(picture, k, 26, x, "none", ORANGE, 2.5)
            else:
                asked = hole is not None and k == hole - 1
                edge, thick = (ORANGE, 2.5) if asked else (GREY, 1)
                fill = BLUE if k < done else "none"
                cell(picture, k, 72, value, fill, edge, thick)
        return picture

    frames = [
        Frame(
            seen(INSERTED, 1, None, None, 0),
            "One element alone is sorted (blue). Each next one is taken out and goes to the left until it meets one that is not greater.",
            "单独一个元素是有序的（蓝）。依次取出后面的每个元素，让它往左走，直到遇见一个不大于它的元素。",
        )
    ]
    count = 0
    for moment, after in pairwise(moments):
        if moment["line"] != "while j > 0" or moment["j"] == 0:
            continue
        out, i, x, j = (moment[name] for name in ("out", "i", "x", "j"))
        count += 1
        other = out[j - 1]
        if after["line"] == "while j > 0":
            en = f"{x} < {other}: {other} moves to the right, into the gap."
            zh = f"{x} < {other}，所以 {other} 右移一格，填进空位。"
            if after["j"] == 0:
                en += f" Nothing is left of the gap now: {x} is a new minimum, and no comparison had to stop it."
                zh += f"空位左边没有元素了：{x} 是新的最小值，不需要再比较就停下。"
        else:
            en = f"{x} < {other} is false: {x} goes into the gap."
            zh = f"{x} < {other} 不成立：{x} 填进空位。"
            if x == other:
                en += " Equal elements do not pass each other: that is stability."
                zh += "相等的元素互不越过，这就是稳定。"
        frames.append(Frame(seen(out, i + 1, j, x, count), en, zh))
    inversions = sum(m["i"] - m["j"] for m in moments if m["line"] == "out[j] = x")
    frames.append(
        Frame(
            seen(result, n, None, None, count),
            f"Sorted, with {count} comparisons: {inversions} that moved an element, one for each inversion, and {count - inversions} that stopped one.",
            f"排好了，共比较 {count} 次：{inversions} 次让元素右移，每个逆序对一次；{count - inversions} 次让元素停下。",
        )
    )
    return Steps(width, height, frames)


MERGED = [5, 2, 7, 3, 1, 6, 3, 4]


def merge_steps() -> Steps:
    result, places = record(
        lambda: merge_sort(MERGED), _halves, ["merged, crossed"], "lo mid hi"
    )
    _, moments = record(
        lambda: merge_sort(MERGED), _merge, ["if right[j][0]"], "left right i j out"
    )
    states = list(_after_merges(MERGED))
    n = len(MERGED)
    width, height = 2 * LEFT + n * CELL, 124
    frames = [
        Frame(
            _merging(MERGED, 0, 0, 0, [], None, 0, width),
            "Cut in halves down to single elements, which are sorted. Now sorted neighbours are merged: of two front elements, the smaller goes down.",
            "不断对半切分，直到只剩单个元素，它们自然有序。然后把相邻的有序段两两归并：比较两段的首元素，小的先落下。",
        )
    ]
    count = crossings = number = 0
    for moment in moments:
        left, right = ([x for _, x in moment[side]] for side in ("left", "right"))
        i, j = moment["i"], moment["j"]
        number += i == j == 0
        place = places[number - 1]
        a, b = left[i], right[j]
        count += 1
        if b < a:
            crossings += len(left) - i
            more = len(left) - i
            en = f"{b} < {a}: the right one goes first. It passes {more} of the left half, so there are {more} inversions more: {crossings}."
            zh = f"{b} < {a}：右边的先落下。它越过左半段剩下的 {more} 个元素，逆序对多 {more} 个，共 {crossings} 个。"
            if more == 1:
                en = en.replace("are 1 inversions", "is 1 inversion")
        else:
            en = f"{b} < {a} is false: the left one goes first."
            zh = f"{b} < {a} 不成立：左边的先落下。"
            if a == b:
                en += " A tie goes to the left, which keeps equal elements in their order."
                zh += "相等时取左边的，相等元素的先后因此不变。"
        rest = (
            (left[i:] if b < a else left[i + 1 :]),
            (right[j + 1 :] if b < a else right[j:]),
        )
        if not all(rest) and any(rest):
            en += " One half is used up; the rest follows without comparisons."
            zh += "一段已用完，另一段余下的直接接上，不用再比较。"
        out = [x for _, x in moment["out"]]
        picture = _merging(
            states[number - 1],
            place["lo"],
            place["mid"],
            place["hi"],
            out,
            (i, j),
            count,
            width,
        )
        frames.append(Frame(picture, en, zh))
    frames.append(
        Frame(
            _merging(result, 0, 0, 0, [], None, count, width, done=True),
            f"Sorted, with {count} comparisons; and merging has counted {crossings} inversions on the way.",
            f"排好了，共比较 {count} 次；归并时还顺便数出了 {crossings} 个逆序对。",
        )
    )
    return Steps(width, height, frames)


def _merging(
    state: list[int],
    lo: int,
    mid: int,
    hi: int,
    out: list[int],
    at: tuple[int, int] | None,
    count: int,
    width: float,
    done: bool = False,
) -> Picture:
    """The array; of the part that is merged, what is left above, what came out below."""
    picture = Picture()
    counter(picture, count, width)
    i, j = at or (0, 0)
    for k, x in enumerate(state):
        taken = lo <= k < lo + i or mid <= k < mid + j
        asked = at is not None and k in (lo + i, mid + j)
        fill = BLUE if lo <= k < mid or done else GREEN if mid <= k < hi else "none"
        if not taken:
            cell(
                picture,
                k,
                28,
                x,
                fill,
                ORANGE if asked else GREY,
                2.5 if asked else 1,
            )
    for k in range(lo, hi):
        if k - lo < len(out):
            cell(picture, k, 82, out[k - lo])
        else:
            picture.rect(LEFT + k * CELL, 82, CELL - 4, TALL, edge=GREY, dashed=True)
    return picture


PARTED = [4, 1, 7, 3, 5, 2, 3]


def quick_steps() -> Steps:
    result, moments = record(
        lambda: quick_sort(PARTED),
        _part,
        ["if out[i] < pivot", "return lt, gt"],
        "out lo hi pivot lt i gt",
    )
    n = len(PARTED)
    width, height = 2 * LEFT + n * CELL, 92
    sorted_out = sorted(PARTED)

    def seen(moment: dict[str, Any], fixed: set[int], count: int) -> Picture:
        picture = Picture()
        counter(picture, count, width)
        out, lo, hi, lt, i, gt = (
            moment[s] for s in ("out", "lo", "hi", "lt", "i", "gt")
        )
        if moment["pivot"] is not None:
            picture.text(
                LEFT, 14, f"pivot = {moment['pivot']}", anchor="start", size=13
            )
        for k, x in enumerate(out):
            asked = lo <= k < hi and k == i < gt
            fill, sign = "none", ""
            if k in fixed:
                fill = GREY
            elif lo <= k < hi:
                if k < lt:
                    fill, sign = BLUE, "<"
                elif k < i:
                    fill, sign = ORANGE, "="
                elif k >= gt:
                    fill, sign = GREEN, ">"
                else:
                    sign = "?"
            edge, thick = (ORANGE, 2.5) if asked else (GREY, 1)
            cell(picture, k, 28, x, fill, edge, thick)
            picture.text(LEFT + k * CELL + CELL / 2 - 2, 76, sign, size=13)
        return picture

    fixed: set[int] = set()
    start = {"out": PARTED, "lo": 0, "hi": 0, "lt": 0, "i": 0, "gt": 0, "pivot": None}
    frames = [
        Frame(
            seen(start, fixed, 0),
            "A pivot is drawn. Each element then goes into one of three zones: less than the pivot, equal to it, greater.",
            "先随机选一个基准，再把每个元素放进三个区之一：小于基准、等于基准、大于基准。",
        )
    ]
    count = 0
    for moment in moments:
        out, lo, hi, lt, i, gt = (
            moment[s] for s in ("out", "lo", "hi", "lt", "i", "gt")
        )
        pivot = moment["pivot"]
        if moment["line"].startswith("return"):
            fixed |= set(range(lt, gt))
            for a, b in ((lo, lt), (gt, hi)):
                if b - a == 1:
                    fixed.add(a)
            places = gt - lt
            en = f"Done with {pivot}: less on the left, greater on the right. "
            zh = f"基准 {pivot} 分完：小的在左，大的在右。"
            en += (
                f"The {places} in the middle are where they belong (grey)."
                if places > 1
                else "It is where it belongs (grey)."
            )
            zh += (
                f"中间的 {places} 个已经就位（灰）。"
                if places > 1
                else "它已经就位（灰）。"
            )
            shown = {**moment, "lt": lo, "i": lo, "gt": lo, "hi": lo}
            picture = seen({**shown, "pivot": pivot}, fixed, count)
            frames.append(Frame(picture, en, zh))
            continue
        x = out[i]
        if x < pivot:
            count += 1
            en = f"{x} < {pivot}: swapped to the end of the left zone, which grows by one."
            zh = f"{x} < {pivot}：换到左区的末尾，左区长一格。"
            if lt == i:
                en = f"{x} < {pivot}: it is next to the left zone, which grows by one."
                zh = f"{x} < {pivot}：它紧挨左区，左区长一格。"
        elif pivot < x:
            count += 2
            en = f"{pivot} < {x}: swapped with the last unknown element. What comes back has not been looked at, so i stays."
            zh = f"{pivot} < {x}：与最后一个未看的元素交换。换回来的还没看过，所以 i 不动。"
            if i == gt - 1:
                en = f"{pivot} < {x}: it was the last unknown element, next to the right zone."
                zh = f"{pivot} < {x}：它是最后一个未看的元素，紧挨右区。"
        else:
            count += 2
            en = f"{x} is neither less nor greater than the pivot: it stays in the middle."
            zh = f"{x} 既不小于、也不大于基准：留在中间。"
        frames.append(Frame(seen(moment, fixed, count), en, zh))
    assert result == sorted_out
    frames.append(
        Frame(
            seen({**start, "out": result}, set(range(n)), count),
            f"Sorted, with {count} comparisons. Zones of one element, or of equal ones, need no further work.",
            f"排好了，共比较 {count} 次。只剩一个元素的区、元素全相等的区，都不必再分。",
        )
    )
    return Steps(width, height, frames)


HEAPED = [3, 5, 1, 6, 2, 4]
SPOTS = [(140, 26), (74, 72), (206, 72), (38, 118), (110, 118), (174, 118)]


def heap_steps() -> Steps:
    result, moments = record(
        lambda: heap_sort(HEAPED),
        _sift,
        ["while (child", "if not out[root]"],
        "out root child end",
    )
    n = len(HEAPED)
    width, height = 2 * LEFT + n * CELL, 192

    def seen(out: list[int], end: int, pair: tuple[int, ...], count: int) -> Picture:
        picture = Picture()
        counter(picture, count, width)
        for k in range(1, end):
            picture.line(between(SPOTS[(k - 1) // 2], SPOTS[k], 15), GREY, 1.2)
        for k in range(end):
            edge, thick = (ORANGE, 2.5) if k in pair else (GREY, 1)
            picture.circle(*SPOTS[k], 15, BLUE, 0.3, edge, thick)
            picture.text(*SPOTS[k], out[k], bold=k in pair)
        for k, x in enumerate(out):
            edge, thick = (ORANGE, 2.5) if k in pair else (GREY, 1)
            cell(picture, k, 150, x, BLUE if k < end else GREY, edge, thick)
        return picture

    frames = [
        Frame(
            seen(HEAPED, n, (), 0),
            "The array read as a tree: the children of place i are at 2i + 1 and 2i + 2. First it becomes a heap, from the last parent back: no child greater than its parent.",
            "把数组看成一棵树：下标 i 的子结点在 2i + 1 和 2i + 2。先从最后一个父结点往前建堆：子结点都不大于父结点。",
        )
    ]
    count, begun = 0, False
    previous: dict[str, Any] = {}
    for moment in moments:
        out, root, end = (moment[name] for name in ("out", "root", "end"))
        if moment["line"] == "while (child":
            if end < previous.get("end", n):
                what = out[end]
                en = f"The top, {what}, is the greatest: it is swapped with the end of the heap and is in place (grey). The heap is one shorter, and {out[0]} must sink."
                zh = f"堆顶 {what} 最大：与堆的末尾交换，就位（灰）。堆短一格，{out[0]} 要下沉。"
                if end == 1:
                    en = f"The top, {what}, is swapped with the end; the {out[0]} that is left is the least."
                    zh = f"堆顶 {what} 与末尾交换；剩下的 {out[0]} 最小。"
                if not begun:
                    en = "A heap now. " + en
                    zh = "堆建好了。" + zh
                    begun = True
                frames.append(Frame(seen(out, end, (), count), en, zh))
            previous = moment
            continue
        child = moment["child"]
        two = 2 * root + 2 < end
        count += 1 + two
        a, b = out[root], out[child]
        en = f"{b} is the greater child. " if two else f"{b} is the only child. "
        zh = f"{b} 是较大的子结点。" if two else f"{b} 是唯一的子结点。"
        if a < b:
            en += f"{a} < {b}: they are swapped, and {a} sinks one level."
            zh += f"{a} < {b}：交换，{a} 下沉一层。"
        else:
            en += f"{a} < {b} is false: {a} stays."
            zh += f"{a} < {b} 不成立：{a} 留在原处。"
        frames.append(Frame(seen(out, end, (root, child), count), en, zh))
    frames.append(
        Frame(
            seen(result, 0, (), count),
            f"Sorted, with {count} comparisons and no second array.",
            f"排好了，共比较 {count} 次，没有用第二个数组。",
        )
    )
    return Steps(width, height, frames)


def steps() -> dict[str, Steps]:
    return {
        "sorting_insertion_steps": insertion_steps(),
        "sorting_merge_steps": merge_steps(),
        "sorting_quick_steps": quick_steps(),
        "sorting_heap_steps": heap_steps(),
    }
