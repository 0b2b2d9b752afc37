"""All best ways through the grid of two words, and a table that fills and is walked back."""

from __future__ import annotations

from typing import Any

from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch

from figures.record import record
from figures.steps import Frame, Picture, Steps
from figures.style import BLUE, GREEN, GREY, INK, ORANGE, new_figure
from snippets.algorithms.edit_distance_and_lcs import edit_distance, edit_script

LEFT, TOP = "intention", "execution"
A, B = "horse", "ros"
WIDE, HIGH = 58, 40  # of a cell of the stepper, with the gap to the next


# The figure


def best_edges() -> list[tuple[tuple[int, int], tuple[int, int]]]:
    """The steps of all best paths: cost before, of the step, and after make the whole."""
    whole = edit_distance(LEFT, TOP)
    found = []
    for i in range(len(LEFT) + 1):
        for j in range(len(TOP) + 1):
            before = edit_distance(LEFT[:i], TOP[:j])
            for k, right in ((i + 1, j), (i, j + 1), (i + 1, j + 1)):
                if k > len(LEFT) or right > len(TOP):
                    continue
                step = edit_distance(LEFT[i:k], TOP[j:right])
                if before + step + edit_distance(LEFT[k:], TOP[right:]) == whole:
                    found.append(((i, j), (k, right)))
    return found


def draw() -> dict[str, Figure]:
    figure = new_figure(4.9, 4.9)
    axes = figure.add_subplot()
    edges = best_edges()
    on_path = {place for edge in edges for place in edge}
    for i, x in enumerate(LEFT):
        for j, y in enumerate(TOP):
            if x == y:
                axes.plot(
                    [j, j + 1], [i, i + 1], color=GREEN, lw=6, alpha=0.35, zorder=0
                )
    for (i, j), (below, right) in edges:
        axes.add_patch(
            FancyArrowPatch(
                (j, i),
                (right, below),
                arrowstyle="-|>",
                mutation_scale=9,
                shrinkA=8,
                shrinkB=8,
                color=ORANGE,
                lw=1.6,
            )
        )
    for i in range(len(LEFT) + 1):
        for j in range(len(TOP) + 1):
            axes.text(
                j,
                i,
                f"{edit_distance(LEFT[:i], TOP[:j])}",
                ha="center",
                va="center",
                fontsize=11,
                color=INK if (i, j) in on_path else GREY,
                fontweight="bold" if (i, j) in on_path else "normal",
            )
    for i, x in enumerate(LEFT):
        axes.text(-0.75, i + 0.5, x, ha="center", va="center", color=BLUE, fontsize=13)
    for j, y in enumerate(TOP):
        axes.text(j + 0.5, -0.75, y, ha="center", va="center", color=BLUE, fontsize=13)
    axes.set_xlim(-1.1, len(TOP) + 0.4)
    axes.set_ylim(len(LEFT) + 0.4, -1.1)
    axes.set_aspect("equal")
    axes.axis("off")
    return {"edit_distance_and_lcs": figure}


# The steps

Place = tuple[int, int]


def middle(place: Place) -> tuple[float, float]:
    i, j = place
    return 64 + WIDE * j + 20, 34 + HIGH * i + 13


def picture(
    table: list[list[int]],
    known: int,
    now: Place | None,
    sources: dict[Place, bool],
    path: list[Place],
    script: list[str],
) -> Picture:
    """The cells so far, arrows into the current one, the way back, and its script."""
    shown = Picture()
    for j, y in enumerate(B, 1):
        shown.text(middle((0, j))[0], 14, y, bold=True)
    for i, x in enumerate(A, 1):
        shown.text(30, middle((i, 0))[1], x, bold=True)
    for i in range(len(A) + 1):
        for j in range(len(B) + 1):
            filled = i == 0 or j == 0 or (i - 1) * len(B) + j <= known
            x, y = middle((i, j))
            here = (i, j)
            colour = ORANGE if here == now else GREEN if here in path else ""
            colour = colour or (BLUE if here in sources else GREY)
            strong = colour != GREY
            shown.rect(
                x - 20,
                y - 13,
                40,
                26,
                colour if strong else "none",
                0.22 if strong else 1,
                colour,
                2 if strong else 1,
            )
            if filled:
                shown.text(x, y, table[i][j], bold=strong)
    for source, chosen in sources.items():
        if now:
            (x, y), (u, v) = middle(source), middle(now)
            start = (x + 20 * (u > x), y + 13 * (v > y))
            end = (u - 20 * (u > x), v - 13 * (v > y))
            shown.arrow(start, end, ORANGE if chosen else GREY, 2 if chosen else 1.2)
    for n, line in enumerate(script):
        shown.text(320, 34 + 26 * n, line, anchor="start", bold=n == 0)
    return shown


def sign(op: str, x: str | None, y: str | None) -> str:
    return {"keep": f"{x}", "substitute": f"{x} → {y}", "delete": f"− {x}"}.get(
        op, f"+ {y}"
    )


def filling(moment: dict[str, Any], table: list[list[int]]) -> Frame:
    i, j, x, y = (moment[name] for name in "ijxy")
    costs = {
        (i - 1, j - 1): moment["changed"],
        (i - 1, j): moment["deleted"],
        (i, j - 1): moment["inserted"],
    }
    best = min(costs.values())
    diagonal, above, left = (table[row][column] for row, column in costs)
    chosen = {place: cost == best for place, cost in costs.items()}
    prefixes = f"{A[:i]} → {B[:j]}"
    if x == y:
        en = f"{prefixes}: both end with {x}, so the diagonal is free: {diagonal} + {0}. Deleting would cost {above} + {1}, inserting {left} + {1}. The least: {best}."
        zh = f"{prefixes}：末尾都是 {x}，沿对角线走不计代价：{diagonal} + {0}。删除要 {above} + {1}，插入要 {left} + {1}。最小是 {best}。"
    else:
        en = f"{prefixes}: change {x} to {y}, from the diagonal: {diagonal} + {1}. Or delete {x}, from above: {above} + {1}. Or insert {y}, from the left: {left} + {1}. The least: {best}."
        zh = f"{prefixes}：把 {x} 换成 {y}，从左上来：{diagonal} + {1}；删去 {x}，从上面来：{above} + {1}；插入 {y}，从左边来：{left} + {1}。最小是 {best}。"
    known = (i - 1) * len(B) + j
    return Frame(picture(table, known, (i, j), chosen, [], []), en, zh)


def steps() -> dict[str, Steps]:
    """From horse to ros, cell by cell, and the walk back."""
    script, moments = record(
        lambda: edit_script(A, B),
        edit_script,
        ["table[i][j] = min", "same = i > 0"],
        "i j x y changed deleted inserted here table",
    )
    table = moments[-1]["table"]
    fills = [m for m in moments if m["line"].startswith("table")]
    walk = [m for m in moments if m["line"].startswith("same")]
    frames = [
        Frame(
            picture(table, 0, None, {}, [], []),
            f"A cell of row i and column j: how many edits from the first i letters of {A} to the first j of {B}? Row {0} begins with no letter, so all are inserted; column {0} ends with none, so all are deleted.",
            f"第 i 行第 j 列：{A} 的前 i 个字母变成 {B} 的前 j 个，最少要几次编辑？第 {0} 行从空串出发，只能逐个插入；第 {0} 列要变成空串，只能逐个删除。",
        )
    ]
    frames += [filling(moment, table) for moment in fills]
    path, signs = [(len(A), len(B))], []
    for moment, (op, x, y) in zip(walk, reversed(script)):
        i, j, here = moment["i"], moment["j"], moment["here"]
        if op == "keep":
            end = (i - 1, j - 1)
            en = f"Back at {here}: the letters agree, so it came along the free diagonal. Keep {x}."
            zh = f"回到 {here}：两个字母相同，它是沿对角线来的，没有代价。保留 {x}。"
        elif op == "substitute":
            end = (i - 1, j - 1)
            en = f"Back at {here}: that is {here - 1} + {1}, from the diagonal. Change {x} to {y}."
            zh = f"回到 {here}：它等于左上的 {here - 1} + {1}。把 {x} 换成 {y}。"
        else:
            end = (i - 1, j)
            diagonal = table[i - 1][j - 1]
            en = f"Back at {here}: the diagonal would make {diagonal} + {1}, which is not {here}; from above, {here - 1} + {1} fits. Delete {x}."
            zh = f"回到 {here}：从左上来是 {diagonal} + {1}，不等于 {here}；从上面来，{here - 1} + {1}，正好。删去 {x}。"
        signs.insert(0, sign(op, x, y))
        path.append(end)
        if end == (0, 0):
            count = sum(op != "keep" for op, *_ in script)
            en += f" Done: {count} edits, read from the top."
            zh += f"到起点了：从上往下读，一共 {count} 次编辑。"
        size = len(A) * len(B)
        frames.append(Frame(picture(table, size, None, {}, path[:], signs[:]), en, zh))
    return {"edit_distance_and_lcs_steps": Steps(400, 274, frames)}
