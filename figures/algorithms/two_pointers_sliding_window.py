"""The pairs that two ends drop, row by row and column by column; a window's steps."""

from __future__ import annotations

from collections import Counter
from itertools import combinations, pairwise
from typing import Any

from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from figures.record import record
from figures.steps import Frame, Picture, Steps
from figures.style import BLUE, GREEN, GREY, INK, ORANGE, new_figure
from snippets.algorithms.two_pointers_sliding_window import min_window, two_sum_sorted

A, TARGET = [1, 3, 4, 6, 8, 11, 13], 10


def pairs() -> Figure:
    found, moments = record(
        lambda: two_sum_sorted(A, TARGET), two_sum_sorted, ["if total == target"], "i j"
    )
    path = [(m["i"], m["j"]) for m in moments]
    assert path[-1] == found
    left = {*combinations(range(len(A)), 2)}
    figure = new_figure(4.6, 4.2)
    axes = figure.subplots()
    for step, (i, j) in enumerate(path):
        low = A[i] + A[j] < TARGET
        gone = {p for p in left if (p[0] == i if low else p[1] == j)}
        if (i, j) == found:
            gone = {(i, j)}
        colour = GREEN if (i, j) == found else BLUE if low else ORANGE
        for p, q in gone:
            box = Rectangle((q - 0.5, p - 0.5), 1, 1, lw=1, edgecolor=GREY, zorder=1)
            box.set_facecolor((colour, 0.35))
            axes.add_patch(box)
        left -= gone
        if step:
            before = path[step - 1]
            arrow = {"arrowstyle": "-|>", "color": INK, "lw": 1.8, "mutation_scale": 12}
            arrow |= {"shrinkA": 9, "shrinkB": 9}
            axes.annotate("", (j, i), (before[1], before[0]), arrowprops=arrow)
    for p, q in left:
        axes.add_patch(
            Rectangle((q - 0.5, p - 0.5), 1, 1, facecolor="none", edgecolor=GREY, lw=1)
        )
    for p, q in combinations(range(len(A)), 2):
        axes.text(
            q,
            p,
            f"{A[p] + A[q]}",
            ha="center",
            va="center",
            zorder=3,
            color=INK,
            fontweight="bold" if (p, q) in path else "normal",
            fontsize=12 if (p, q) in path else 9,
        )
    n = len(A)
    axes.set_xticks(range(1, n), [f"{x}" for x in A[1:]])
    axes.set_yticks(range(n - 1), [f"{x}" for x in A[:-1]])
    axes.xaxis.tick_top()
    axes.xaxis.set_label_position("top")
    axes.set_xlabel("$a_j$")
    axes.set_ylabel("$a_i$", rotation=0, labelpad=12)
    axes.tick_params(length=0)
    for side in axes.spines.values():
        side.set_visible(False)
    axes.set_xlim(0.4, n - 0.4)
    axes.set_ylim(n - 1.4, -0.6)
    axes.set_aspect("equal")
    return figure


def draw() -> dict[str, Figure]:
    return {"two_pointers_sliding_window": pairs()}


S, T = "ADOBECODEBANC", "ABC"
CELL, LEFT, TOP = 31, 12, 34  # pixels: a letter's box; the margin; the row of letters


def seen(
    lo: int, hi: int, need: dict[str, int], missing: int, best: tuple[int, int] | None
) -> Picture:
    """The string, the window, what is still needed, and the best window so far."""
    picture = Picture()
    for i, c in enumerate(S):
        x = LEFT + i * CELL
        inside = lo <= i <= hi
        fill = (BLUE if c in T else GREY) if inside else "none"
        picture.rect(x, TOP, CELL, CELL, fill, 0.45, edge=GREY)
        picture.text(x + CELL / 2, TOP + CELL / 2, c, size=16, bold=inside and c in T)
    if hi >= lo:
        colour = BLUE if missing else GREEN
        width = (hi - lo + 1) * CELL
        picture.rect(LEFT + lo * CELL, TOP, width, CELL, edge=colour, thick=3)
    for name, at, down in (("lo", lo, TOP - 24), ("hi", hi, TOP - 10)):
        if 0 <= at < len(S):
            picture.text(LEFT + (at + 0.5) * CELL, down, name, size=13, italic=True)
    if best:
        start, stop = best
        y = TOP + CELL + 12
        ends = LEFT + start * CELL + 2, LEFT + stop * CELL - 2
        picture.line([(ends[0], y), (ends[1], y)], ORANGE, 4)
        picture.text(sum(ends) / 2, y + 15, S[start:stop], size=13)
    y = TOP + CELL + 66
    for i, c in enumerate(T):
        x = LEFT + 20 + i * 62
        picture.rect(x - 18, y - 16, 52, 32, edge=ORANGE if need[c] > 0 else GREY)
        picture.text(x, y, c, bold=True)
        picture.text(x + 20, y, f"{need[c]}".replace("-", "−"))
    picture.text(LEFT + 250, y, "missing", size=13, anchor="start", italic=True)
    picture.text(LEFT + 318, y, missing, bold=True)
    return picture


def moment(known: dict[str, Any]) -> dict[str, Any]:
    """What a frame needs of the variables; ``need`` only for the letters of t."""
    kept = {name: known.get(name) for name in ("lo", "hi", "missing", "start", "stop")}
    return kept | {"need": {c: known["need"][c] for c in T}}


def steps() -> dict[str, Steps]:
    """Each letter that is taken in, and each that is let go."""
    lines = ["need[c] -= 1", "need[s[lo]] += 1", "while missing == 0", "return s[start"]
    answer, moments = record(lambda: min_window(S, T), min_window, lines, moment)
    need = dict(Counter(T))
    frames = [
        Frame(
            seen(0, -1, need, len(T), None),
            f"The shortest window of {S} with the letters {', '.join(T)} is wanted. Of "
            f"each letter {need[T[0]]} is still needed; {len(T)} are missing while the window "
            "is empty.",
            f"在 {S} 里找包含字母 {'、'.join(T)} 的最短窗口。每个字母还需要 {need[T[0]]} 个；"
            f"窗口是空的，一共缺 {len(T)} 个。",
        )
    ]
    for now, then in pairwise(moments):
        if now["line"] == lines[2]:
            continue
        lo, hi, missing = then["lo"], then["hi"], then["missing"]
        if now["line"] == lines[0]:  # a letter came in
            c, before = S[hi], now["need"].get(S[hi])
            en = f"hi takes in {c}"
            zh = f"hi 右移，放进 {c}"
            if before is None:
                en += ", which is not asked for. "
                zh += "，不是要找的字母。"
            elif before > 0:
                en += ", which was needed. "
                zh += "，正是还缺的字母。"
            else:
                en += ", of which there was enough: its count falls below 0. "
                zh += "，这个字母已经够了，计数降到负数。"
            best = (now["start"], now["stop"]) if now["stop"] else None
            if missing:
                en += f"Still missing: {missing}."
                zh += f"还缺 {missing} 个。"
            else:
                en += "Nothing is missing: the window is valid, so lo may move."
                zh += "什么都不缺：窗口合格，轮到 lo 右移。"
        else:  # one is let go; the best was noted before
            c, before = S[now["lo"]], now["need"].get(S[now["lo"]])
            best = now["start"], now["stop"]
            size = hi - now["lo"] + 1
            if best == (now["lo"], hi + 1):
                en = f"Valid with {size} letters, the shortest so far: noted. "
                zh = f"合格，长度 {size}，是目前最短的，记下。"
            else:
                en = (
                    f"Valid with {size} letters, not shorter than {best[1] - best[0]}. "
                )
                zh = f"合格，长度 {size}，不比 {best[1] - best[0]} 短。"
            en += f"lo lets {c} go"
            zh += f"lo 右移，放走 {c}"
            if missing:
                en += f": now {missing} is missing, so hi must move."
                zh += f"：缺 {missing} 个，轮到 hi 右移。"
            elif before is None:
                en += ", which was not needed: still valid."
                zh += "，它不是要找的字母：窗口仍然合格。"
            else:
                en += ", of which there is another one inside: still valid."
                zh += "，窗口里还有一个：仍然合格。"
        frames.append(Frame(seen(lo, hi, then["need"], missing, best), en, zh))
    last = moments[-1]
    taken, gone = last["hi"] + 1, last["lo"]
    start, stop = last["start"], last["stop"]
    assert S[start:stop] == answer
    frames.append(
        Frame(
            seen(last["lo"], last["hi"], last["need"], last["missing"], (start, stop)),
            f"The string has ended; the answer is {answer}. hi moved {taken} times and lo "
            f"{gone} times: {taken + gone} moves for {len(S)} letters, never back.",
            f"字符串到头了，答案是 {answer}。hi 右移 {taken} 次，lo 右移 {gone} 次："
            f"{len(S)} 个字母一共移动 {taken + gone} 次，从不回头。",
        )
    )
    wide, high = LEFT * 2 + len(S) * CELL, TOP + CELL + 88
    return {"two_pointers_sliding_window_steps": Steps(wide, high, frames)}
