"""An insertion, two pointers on a cycle; a reversal and the search for a cycle, run."""

from __future__ import annotations

from math import cos, pi, sin
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Circle, FancyArrowPatch, Rectangle

from figures.record import record
from figures.steps import Frame, Picture, Steps
from figures.style import BLUE, GREEN, GREY, INK, ORANGE, new_figure
from snippets.algorithms.linked_lists import (
    Node,
    cycle_start,
    from_list,
    meeting,
    reverse,
    to_list,
)

# An insertion: what an array moves, and what a list writes

VALUES, NEW, AT = [3, 1, 4, 1, 5], 9, 2


def pointer(axes: Axes, start: Any, end: Any, colour: str, gap: float = 0) -> None:
    axes.add_patch(
        FancyArrowPatch(
            start,
            end,
            arrowstyle="-|>",
            mutation_scale=11,
            shrinkA=gap,
            shrinkB=gap,
            lw=2 if colour == ORANGE else 1.2,
            color=colour,
        )
    )


def cell(axes: Axes, x: float, y: float, value: object, colour: str) -> None:
    axes.add_patch(Rectangle((x - 0.3, y - 0.26), 0.6, 0.52, fc="none", ec=colour))
    axes.text(x, y - 0.02, f"{value}", ha="center", va="center_baseline", color=INK)


def insertion() -> Figure:
    figure = new_figure(4.4, 4.2)
    array, chain = figure.subplots(2, 1)
    # The array: all behind the place move by one.
    after = VALUES.copy()
    after.insert(AT, NEW)
    for row, values in ((1.0, VALUES), (0.0, after)):
        for i, value in enumerate(values):
            new = row == 0 and i == AT
            moved = i >= AT and not new
            cell(
                array, 0.6 * i, row, value, ORANGE if moved else GREEN if new else GREY
            )
            if row == 0:
                array.text(
                    0.6 * i,
                    -0.42,
                    f"{i}",
                    ha="center",
                    va="top",
                    color=GREY,
                    fontsize=7.5,
                )
    for i in range(AT, len(VALUES)):
        pointer(array, (0.6 * i, 0.72), (0.6 * (i + 1), 0.28), ORANGE)
    array.set_xlim(-0.45, 3.45)
    # The list: two links are written, wherever the place is.
    head = from_list(VALUES)
    before = head
    for _ in range(AT - 1):
        before = before.next
    old = to_list(head)
    before.next = Node(NEW, before.next)
    assert to_list(head) == after
    for i, value in enumerate(old):
        cell(chain, i, 1.0, value, GREY)
        if i + 1 < len(old):
            ends = (i + 0.3, 1.0), (i + 0.7, 1.0)
            if i == AT - 1:
                chain.plot(*zip(*ends), color=GREY, ls=":", lw=1.4)
            else:
                pointer(chain, *ends, GREY)
    cell(chain, AT - 0.5, 0.0, NEW, GREEN)
    pointer(chain, (AT - 0.92, 0.74), (AT - 0.6, 0.27), ORANGE)
    pointer(chain, (AT - 0.4, 0.27), (AT - 0.08, 0.74), ORANGE)
    chain.text(0, 1.36, "head", ha="center", color=GREY, fontsize=8)
    chain.set_xlim(-0.45, 4.45)
    for axes in (array, chain):
        axes.set_ylim(-0.62, 1.55)
        axes.axis("off")
    return figure


# The shape of a list with a cycle, and who is where after which step

MU, LENGTH = 2, 3


def spots(mu: int, length: int, step: float, radius: float) -> list[Any]:
    """Places of the nodes, y up: a tail, then a circle that turns clockwise."""
    tail = [(step * i, 0.0) for i in range(mu)]
    middle = step * mu + radius
    turns = [pi - 2 * pi * i / length for i in range(length)]
    return tail + [(middle + radius * cos(a), radius * sin(a)) for a in turns]


def walk(head: Node, links: int) -> Node:
    for _ in range(links):
        head = head.next
    return head


def two_speeds() -> Figure:
    figure = new_figure(4.4, 2.5)
    axes = figure.subplots()
    head = from_list(range(MU + LENGTH), cycle_at=MU)
    places = spots(MU, LENGTH, 1.5, 0.95)
    met, steps = meeting(head)
    for i in range(MU + LENGTH):
        after = walk(head, i).next.value
        pointer(axes, places[i], places[after], GREY, gap=14)
    for i, (x, y) in enumerate(places):
        edge = GREEN if i == MU else ORANGE if i == met.value else GREY
        axes.add_patch(Circle((x, y), 0.24, fc="none", ec=edge, lw=2))
        axes.text(x, y - 0.02, f"{i}", ha="center", va="center_baseline", color=INK)
        slow = [t for t in range(steps + 1) if walk(head, t).value == i]
        fast = [t for t in range(steps + 1) if walk(head, 2 * t).value == i]
        side = -1 if y < -0.1 else 1
        for who, shift, colour in ((slow, 0.36, BLUE), (fast, 0.66, ORANGE)):
            if who:
                axes.text(
                    x + (0.12 if i == MU else 0) * -1,
                    y + side * shift,
                    ",".join(map(str, who)),
                    ha="center",
                    va="center",
                    color=colour,
                    fontweight="bold",
                )
    axes.set_xlim(-0.4, places[MU][0] + 2.3)
    axes.set_ylim(-1.75, 1.75)
    axes.set_aspect("equal")
    axes.axis("off")
    return figure


def draw() -> dict[str, Figure]:
    return {"linked_lists": insertion(), "linked_lists_rho": two_speeds()}


# Step by step: reversal

TURNED = [1, 2, 3, 4]
GAP, ROW, RADIUS = 84, 62, 17


def chain_of(moment: dict[str, Any]) -> Picture:
    """The nodes where they were, with the links as they are, and who points where."""
    picture = Picture()
    places = {v: (62 + GAP * i, ROW) for i, v in enumerate(TURNED)}
    for value, after in moment["links"].items():
        x, y = places[value]
        turned = after is None or places[after][0] < x
        done = turned and moment["started"] and value in moment["turned"]
        colour = ORANGE if value == moment["now"] else GREEN if done else GREY
        thick = 2.4 if value == moment["now"] else 1.8
        if after is not None:
            picture.arrow((x, y), places[after], colour, thick, gap=RADIUS + 3)
        elif done:
            picture.arrow((x, y), (x - 50, y), colour, thick, gap=RADIUS + 3)
        else:
            picture.arrow((x, y), (x + 50, y), colour, thick, gap=RADIUS + 3)
    names: dict[Any, list[str]] = {}
    for name in ("before", "head", "rest"):
        if name in moment:
            names.setdefault(moment[name], []).append(name)
    for value, (x, y) in places.items():
        colour = (
            ORANGE
            if value == moment["now"]
            else GREEN
            if value in moment["turned"]
            else BLUE
        )
        picture.circle(x, y, RADIUS, colour, 0.25, colour, 1.5)
        picture.text(x, y, value, bold=value == moment["now"])
        for n, name in enumerate(names.get(value, [])):
            picture.text(x, y - 32 - 15 * n, name, size=12)
    return picture


def reversal() -> Steps:
    head = from_list(TURNED)
    nodes = [head]
    while nodes[-1].next is not None:
        nodes.append(nodes[-1].next)

    def look(known: dict[str, Any]) -> dict[str, Any]:
        value = {None: None} | {node: node.value for node in nodes}
        seen = {n: value[known[n]] for n in ("before", "head", "rest") if n in known}
        links = {node.value: value[node.next] for node in nodes}
        return seen | {"links": links}

    first, moments = record(
        lambda: reverse(head), reverse, ["rest = head.next", "before, head ="], look
    )
    start = moments[0] | {"now": None, "turned": [], "started": False}
    frames = [
        Frame(
            chain_of(start),
            f"The list {', '.join(map(str, TURNED))}. head is at {start['head']}, and "
            "before at nothing: behind the last node of the result comes none.",
            f"链表 {'、'.join(map(str, TURNED))}。head 指向 {start['head']}，"
            "before 为空：结果的最后一个结点后面没有结点。",
        )
    ]
    turned: list[int] = []
    for moment in moments[1::2]:
        now, before, rest = moment["head"], moment["before"], moment["rest"]
        turned = [*turned, now]
        shown = moment | {"now": now, "turned": turned, "started": True}
        if before is None:
            en = f"rest remembers {rest}: no arrow will lead there. Then the arrow of {now} is turned, to nothing, since {now} will be the last."
            zh = f"先用 rest 记住 {rest}：接下来就没有箭头指向它了。再掉转 {now} 的箭头，让它指向空，因为 {now} 将排在最后。"
        elif rest is not None:
            en = f"before and head have moved on. rest remembers {rest}; the arrow of {now} is turned back to {before}."
            zh = f"before 和 head 各前进一步。rest 记住 {rest}，{now} 的箭头掉转过来，指向 {before}。"
        else:
            en = f"Nothing comes after {now}, so rest is empty; the arrow of {now} is turned back to {before}."
            zh = f"{now} 之后没有结点，rest 为空；{now} 的箭头掉转过来，指向 {before}。"
        frames.append(Frame(chain_of(shown), en, zh))
    result = to_list(first)
    last = moments[-1]
    final = {
        "links": last["links"],
        "before": first.value,
        "now": None,
        "turned": turned,
        "started": True,
    }
    frames.append(
        Frame(
            chain_of(final),
            f"head is empty: no arrow is left to turn. before is at {first.value}, the head of "
            f"the result {', '.join(map(str, result))}. Each of the {len(turned)} links was written once.",
            f"head 为空，没有箭头要掉转了。before 指向 {first.value}，它就是结果 "
            f"{'、'.join(map(str, result))} 的头结点。{len(turned)} 个 next 各改写了一次。",
        )
    )
    return Steps(62 + GAP * (len(TURNED) - 1) + 62, ROW + RADIUS + 12, frames)


# Step by step: the search for the start of a cycle

TAIL, LOOP = 3, 5
UNIT, TURN, ORIGIN = 52, 74, (26, 128)


def spot(index: int) -> tuple[float, float]:
    x, y = spots(TAIL, LOOP, UNIT, TURN)[index]
    return ORIGIN[0] + x, ORIGIN[1] - y


def loop(head: Node, at: dict[str, int]) -> Picture:
    """The list, and the pointers at the indices of their nodes."""
    picture = Picture()
    for i in range(TAIL + LOOP):
        after = walk(head, i).next.value
        picture.arrow(spot(i), spot(after), GREY, 1.5, gap=18)
    colours = {"slow": BLUE, "fast": ORANGE, "head": GREEN}
    centre = spots(TAIL, LOOP, UNIT, TURN)[TAIL][0] + TURN + ORIGIN[0], ORIGIN[1]
    for i in range(TAIL + LOOP):
        x, y = spot(i)
        here = [name for name in at if at[name] == i]
        picture.circle(x, y, 15, edge=GREY)
        for n, name in enumerate(here):
            picture.circle(x, y, 15 - 4 * n, edge=colours[name], thick=3)
        picture.text(x, y, i, size=13)
        if i <= TAIL:  # above; the first node of the cycle has the tail beside it
            across, up = (-8 if i == TAIL else 0), -30
            anchor = "middle"
        else:
            out = 24 / TURN
            across, up = (x - centre[0]) * out, (y - centre[1]) * out
            anchor = "start" if across > 8 else "end" if across < -8 else "middle"
            across, up = across * 1.0, up * 1.25
        for n, name in enumerate(here):
            shift = -14 * n if up < 0 else 14 * n
            picture.text(x + across, y + up + shift, name, size=12, anchor=anchor)
    return picture


def floyd() -> Steps:
    head = from_list(range(TAIL + LOOP), cycle_at=TAIL)

    def look(known: dict[str, Any]) -> dict[str, Any]:
        names = [n for n in ("slow", "fast", "head") if n in known]
        found = {n: known[n].value for n in names}
        return found | {"steps": known.get("steps")}

    met, first = record(lambda: meeting(head), meeting, ["if slow is fast"], look)
    start, second = record(
        lambda: cycle_start(head), cycle_start, ["slow, head ="], look
    )
    frames = [
        Frame(
            loop(head, {"slow": 0, "fast": 0}),
            f"A tail of {TAIL} nodes and a cycle of {LOOP}. slow and fast both start at the "
            "head: only then can the second part find the start of the cycle.",
            f"尾巴有 {TAIL} 个结点，环上有 {LOOP} 个结点。slow 和 fast 都从头结点出发："
            "只有这样，后一阶段才能找到环的入口。",
        )
    ]
    for moment in first:
        slow, fast, t = moment["slow"], moment["fast"], moment["steps"]
        en = f"Step {t}: slow has taken {t} links, fast {2 * t}. "
        zh = f"第 {t} 步：slow 一共走了 {t} 个结点，fast 走了 {2 * t} 个。"
        if slow == fast:
            en += f"They meet at node {slow}: the lead of {t} links is a whole number of turns, {t // LOOP} × {LOOP}."
            zh += f"两者在结点 {slow} 相遇：fast 多走的 {t} 个结点正好是整圈，{t // LOOP} × {LOOP}。"
        elif slow < TAIL:
            en += "slow is not on the cycle yet, so they cannot meet."
            zh += "slow 还没有进环，不可能相遇。"
        else:
            behind = (slow - fast) % LOOP
            links = "1 link" if behind == 1 else f"{behind} links"
            en += (
                f"Both are on the cycle; fast has {links} to slow and gains one a step."
            )
            zh += f"两者都在环上；fast 离 slow 还有 {behind} 个结点，每步追近一个。"
        frames.append(Frame(loop(head, {"slow": slow, "fast": fast}), en, zh))
    t = met[1]
    for n, moment in enumerate(second):
        slow, here = moment["slow"], moment["head"]
        picture = loop(head, {"slow": slow, "head": here})
        if n == 0:
            en = f"Now at one speed: slow from node {slow}, head from node {here}. After {TAIL} links head is at the start of the cycle, and slow, with {t} + {TAIL} links, is at that node a whole turn later."
            zh = f"改用同样的速度：slow 从结点 {slow} 走，head 从结点 {here} 走。走 {TAIL} 步，head 到环的入口；slow 共走了 {t} + {TAIL} 个结点，比 head 多走整圈，也在入口。"
        else:
            en = f"One link more each: slow at node {slow}, head at node {here}."
            zh = f"各走一步：slow 在结点 {slow}，head 在结点 {here}。"
        frames.append(Frame(picture, en, zh))
    frames.append(
        Frame(
            loop(head, {"slow": start.value, "head": start.value}),
            f"They meet at node {start.value}, where the cycle starts. {t} steps and {len(second)} more, and no memory but three pointers.",
            f"两者在结点 {start.value} 相遇，它就是环的入口。一共 {t} 步，再加 {len(second)} 步，所用内存只有三个指针。",
        )
    )
    wide = spot(TAIL)[0] + 2 * TURN + 54
    return Steps(wide, ORIGIN[1] + TURN + 44, frames)


def steps() -> dict[str, Steps]:
    return {
        "linked_lists_reversal_steps": reversal(),
        "linked_lists_floyd_steps": floyd(),
    }
