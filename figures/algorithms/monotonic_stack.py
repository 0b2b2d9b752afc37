"""A histogram while its largest rectangle is found, with the stack as a staircase."""

from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from figures.record import record
from figures.steps import Frame, Picture, Steps
from figures.style import BLUE, GREY, INK, ORANGE, new_figure
from snippets.algorithms.monotonic_stack import largest_rectangle

HEIGHTS = [2, 1, 5, 6, 2, 3]


def run() -> tuple[float, list[dict[str, Any]]]:
    """The answer, and the variables at each pop and each push."""
    return record(
        lambda: largest_rectangle(HEIGHTS),
        largest_rectangle,
        ["best = max(", "stack.append(i)"],
        "i height stack j left best",
    )


def pops(moments: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [m for m in moments if m["line"].startswith("best")]


def area(moment: dict[str, Any]) -> int:
    return HEIGHTS[moment["j"]] * (moment["i"] - moment["left"] - 1)


def panel(axes: Axes, moment: dict[str, Any]) -> None:
    i, j, left = moment["i"], moment["j"], moment["left"]
    for k, height in enumerate(HEIGHTS):
        waits = k in moment["stack"]
        edge = ORANGE if k == j else BLUE if waits else GREY
        inside = edge if waits or k == j else "none"
        axes.add_patch(Rectangle((k, 0), 1, height, facecolor=inside, alpha=0.25, lw=0))
        line = {"lw": 2 if waits or k == j else 1, "ls": "--" if k > i else "-"}
        axes.add_patch(
            Rectangle((k, 0), 1, height, facecolor="none", edgecolor=edge, **line)
        )
        axes.text(k + 0.5, height + 0.12, f"{height}", ha="center", va="bottom")
        axes.text(k + 0.5, -0.2, f"${k}$", ha="center", va="top", color=GREY)
    axes.add_patch(
        Rectangle(
            (left + 1, 0), i - left - 1, HEIGHTS[j], facecolor=ORANGE, alpha=0.55, lw=0
        )
    )
    for k, letter in ((left, "l"), (j, "j"), (i, "r")):
        axes.text(k + 0.5, -1.0, f"${letter}$", ha="center", va="top", color=INK)
    width = i - left - 1
    axes.set_title(f"${HEIGHTS[j]} \\cdot {width} = {area(moment)}$", color=INK)
    axes.set_xlim(-0.1, len(HEIGHTS) + 0.1)
    axes.set_ylim(-1.75, max(HEIGHTS) + 0.9)
    axes.axis("off")


def draw() -> dict[str, Figure]:
    _, moments = run()
    figure = new_figure(4.7, 2.5)
    chosen = [m for m in pops(moments) if m["i"] == 4]  # two bars end at the same one
    for axes, moment in zip(figure.subplots(1, len(chosen)), chosen):
        panel(axes, moment)
    return {"monotonic_stack": figure}


WIDE, TALL, LEFT, FLOOR = (
    44,
    20,
    16,
    152,
)  # pixels: a bar, a step of 1, first bar, floor


def histogram(
    stack: list[int], now: int | None, popped: int | None, best: float
) -> Picture:
    """Bars that wait on the stack, the one that is read, and below them the stack."""
    picture = Picture()
    for k, height in enumerate(HEIGHTS):
        x, y = LEFT + k * WIDE, FLOOR - height * TALL
        waits, read = k in stack, now is None or k <= now
        edge = ORANGE if k == popped else BLUE if waits else GREY
        strong = waits or k == popped
        picture.rect(
            x,
            y,
            WIDE,
            height * TALL,
            fill=edge if strong else "none",
            opacity=0.22 if strong else 1,
            edge=edge,
            thick=2.5 if strong else 1,
            dashed=not read,
        )
        picture.text(x + WIDE / 2, y - 11, height, bold=k == now)
        picture.text(x + WIDE / 2, FLOOR + 13, k, size=12)
    picture.line([(LEFT, FLOOR + 60), (LEFT, FLOOR + 32)], GREY)
    picture.line([(LEFT, FLOOR + 60), (LEFT + 6 * WIDE, FLOOR + 60)], GREY)
    for place, k in enumerate(stack):
        x = LEFT + 4 + place * WIDE
        picture.rect(x, FLOOR + 32, WIDE - 6, 24, fill=BLUE, opacity=0.22, edge=BLUE)
        picture.text(x + (WIDE - 6) / 2, FLOOR + 44, k)
    picture.text(LEFT + 6 * WIDE + 42, FLOOR + 13, "best", size=12, italic=True)
    picture.text(LEFT + 6 * WIDE + 42, FLOOR + 44, f"{best:g}", size=18, bold=True)
    return picture


def listed(stack: list[int], between: str) -> str:
    return between.join(str(HEIGHTS[k]) for k in stack)


def popping(moment: dict[str, Any]) -> Frame:
    i, j, left, stack = (moment[key] for key in ("i", "j", "left", "stack"))
    width, size = i - left - 1, area(moment)
    best = max(moment["best"], size)
    picture = histogram(stack, i if i < len(HEIGHTS) else None, j, best)
    x, height = LEFT + (left + 1) * WIDE, HEIGHTS[j] * TALL
    picture.rect(x, FLOOR - height, width * WIDE, height, fill=ORANGE, opacity=0.5)
    picture.text(x + width * WIDE / 2, FLOOR - height / 2, size, bold=True)
    if i < len(HEIGHTS):
        en = f"Bar {i}, of height {HEIGHTS[i]}, is lower than the top, bar {j}. "
        zh = f"柱 {i} 高 {HEIGHTS[i]}，比栈顶的柱 {j} 矮。"
    else:
        en = f"All bars are read; the sentinel at {i}, of height {moment['height']}, is lower than the top, bar {j}. "
        zh = f"柱已读完；位置 {i} 的哨兵高 {moment['height']}，比栈顶的柱 {j} 矮。"
    en += f"Bar {j} is popped, and r = {i}. "
    zh += f"弹出柱 {j}，r = {i}。"
    if stack:
        en += f"Below it lies bar {left}, the nearest to its left that is not higher: l = {left}. "
        zh += f"栈里压在它下面的是柱 {left}，即左边最近的、不比它高的柱：l = {left}。"
    else:
        en += f"Nothing lies below it, so no bar to its left is as low: l = −{-left}. "
        zh += f"它下面没有别的柱，说明左边的柱都比它高：l = −{-left}。"
    sum_ = f"{i} − {left} − {1}" if left >= 0 else f"{i} + {-left} − {1}"
    en += f"Width {sum_} = {width}, area {HEIGHTS[j]} · {width} = {size}. "
    zh += f"宽 {sum_} = {width}，面积 {HEIGHTS[j]} · {width} = {size}。"
    won = size > moment["best"]
    en += "The best so far." if won else f"The best is still {best}."
    zh += "目前最大。" if won else f"最大的仍是 {best}。"
    return Frame(picture, en, zh)


def pushing(moment: dict[str, Any]) -> Frame:
    i, stack = moment["i"], [*moment["stack"], moment["i"]]
    picture = histogram(stack, i, None, moment["best"])
    en = f"Bar {i}, of height {HEIGHTS[i]}, goes on the stack: where its rectangle ends is not known yet. "
    zh = f"柱 {i} 高 {HEIGHTS[i]}，入栈：它的矩形到哪里为止，还不知道。"
    if len(stack) > 1:
        en += f"The heights that wait never fall: {listed(stack, ', ')}."
        zh += f"等着的高度从不下降：{listed(stack, '、')}。"
    else:
        en += "It waits alone."
        zh += "等着的只有它。"
    return Frame(picture, en, zh)


def steps() -> dict[str, Steps]:
    """Each bar as it goes on the stack, and each one as it comes off."""
    answer, moments = run()
    n = len(HEIGHTS)
    frames = [
        Frame(
            histogram([], -1, None, 0),
            f"{n} bars of width {1}. A rectangle ends where a bar is lower than its own: "
            "so a bar waits on the stack until a lower one comes.",
            f"{n} 根柱，宽都是 {1}。以某根柱为高的矩形，遇到更矮的柱才到头，所以一根柱在栈里等，直到更矮的柱出现。",
        )
    ]
    for moment in moments:
        if moment["line"].startswith("best"):
            frames.append(popping(moment))
        elif moment["i"] < n:
            frames.append(pushing(moment))
    won = next(m for m in pops(moments) if area(m) == answer)
    picture = histogram([], None, won["j"], answer)
    width, height = won["i"] - won["left"] - 1, HEIGHTS[won["j"]] * TALL
    x = LEFT + (won["left"] + 1) * WIDE
    picture.rect(x, FLOOR - height, width * WIDE, height, fill=ORANGE, opacity=0.5)
    frames.append(
        Frame(
            picture,
            f"The answer is {answer}. {n} bars went on the stack, and {len(pops(moments))} "
            "came off: each once, however many a single lower bar takes off at once.",
            f"答案是 {answer}。{n} 根柱入栈，{len(pops(moments))} 根出栈：不管一根矮柱一次弹出几根，每根柱都只进出一次。",
        )
    )
    return {"monotonic_stack_steps": Steps(LEFT + n * WIDE + 84, FLOOR + 66, frames)}
