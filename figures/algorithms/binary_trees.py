"""A walk round a tree with three visits to each node; the stack at work; Morris' threads."""

from __future__ import annotations

from collections.abc import Iterator
from math import cos, pi, sin
from typing import Any

from matplotlib.figure import Figure

from figures.record import record
from figures.steps import Frame, Picture, Steps, between
from figures.style import BLUE, GREEN, GREY, INK, ORANGE, new_figure
from snippets.algorithms.binary_trees import (
    TreeNode,
    from_level_order,
    morris_inorder,
    traverse,
)

SAMPLE = [3, 9, 20, None, None, 15, 7]
COLOURS = {"pre": BLUE, "in": ORANGE, "post": GREEN}
ANGLES = {"pre": pi, "in": 1.5 * pi, "post": 2 * pi}  # where the walk passes a node


def layout(root: TreeNode) -> dict[TreeNode, tuple[int, int]]:
    """Of each node its place in inorder and its depth."""
    found: dict[TreeNode, tuple[int, int]] = {}

    def put(node: TreeNode | None, depth: int) -> None:
        if node is not None:
            put(node.left, depth + 1)
            found[node] = len(found), depth
            put(node.right, depth + 1)

    put(root, 0)
    return found


def walk(node: TreeNode) -> Iterator[tuple[TreeNode, str]]:
    """Each node before, between and after its subtrees."""
    yield node, "pre"
    if node.left is not None:
        yield from walk(node.left)
    yield node, "in"
    if node.right is not None:
        yield from walk(node.right)
    yield node, "post"


def tour() -> Figure:
    root = from_level_order(SAMPLE)
    assert root is not None
    places, visits = layout(root), list(walk(root))
    figure = new_figure(4.7, 2.6)
    axes = figure.subplots()
    reach = 0.46

    def at(node: TreeNode, angle: float, far: float) -> tuple[float, float]:
        column, depth = places[node]
        return 1.5 * column + far * cos(angle), -1.15 * depth + far * sin(angle)

    for node in places:
        for child in (node.left, node.right):
            if child is not None:
                ends = between(at(node, 0, 0), at(child, 0, 0), 0.27)
                axes.plot(*zip(*ends), color=GREY, lw=1.6, zorder=1)
    # The way round: an arc where a subtree is missing, else on to the next node.
    way = [at(root, 0.75 * pi, 1)]
    lefts = {node.left for node in places}
    rights = {node.right for node in places}
    for (node, now), (then, later) in zip(visits, [*visits[1:], visits[-1]]):
        if now == "pre" and node in lefts:  # from above, round the shoulder
            way += [at(node, pi * (0.68 + 0.08 * k), reach) for k in range(4)]
        way.append(at(node, ANGLES[now], reach))
        if now == "post" and node in rights:
            way += [at(node, pi * 0.1 * k, reach) for k in range(1, 5)]
        if then is node and later != now:
            start, end = ANGLES[now], ANGLES[later]
            way += [at(node, start + (end - start) * k / 9, reach) for k in range(1, 9)]
    way.append(at(root, 0.25 * pi, 1))
    axes.plot(*zip(*way), color=INK, lw=0.9, ls=(0, (3, 2)), zorder=2)
    axes.annotate(
        "",
        way[-1],
        way[-2],
        arrowprops={"arrowstyle": "-|>", "color": INK, "lw": 0.9, "shrinkB": 0},
    )
    count = dict.fromkeys(COLOURS, 0)
    seen: dict[str, list[Any]] = {order: [] for order in COLOURS}
    for node, order in visits:
        count[order] += 1
        seen[order].append(node.value)
        x, y = at(node, ANGLES[order], reach)
        axes.plot(x, y, "o", ms=12.5, color=COLOURS[order], zorder=4)
        axes.text(
            x,
            y,
            f"{count[order]}",
            color="black",
            ha="center",
            va="center_baseline",
            fontsize=8,
            fontweight="bold",
            zorder=5,
        )
    for node in places:
        x, y = at(node, 0, 0)
        axes.plot(x, y, "o", ms=22, mfc="none", mec=INK, mew=1.2, zorder=3)
        axes.text(x, y, f"{node.value}", ha="center", va="center_baseline", zorder=5)
    for line, (order, values) in enumerate(seen.items()):
        assert values == traverse(root, order)  # what is drawn is what the code does
        y = 0.85 - 0.42 * line
        axes.plot(2.95, y, "o", ms=9, color=COLOURS[order])
        axes.text(3.2, y, f'"{order}"', va="center")
        for k, value in enumerate(values):
            axes.text(4.35 + 0.5 * k, y, f"{value}", ha="center", va="center")
    axes.set_xlim(-0.7, 6.8)
    axes.set_ylim(-1.15 * 2 - 0.7, 1.1)
    axes.set_aspect("equal")
    axes.axis("off")
    return figure


def draw() -> dict[str, Figure]:
    return {"binary_trees": tour()}


STEPPED = [4, 2, 5, 1, 3]
LEFT, TOP, WIDE, HIGH, RADIUS = 26, 24, 46, 52, 15  # pixels


def spot(place: tuple[int, int]) -> tuple[float, float]:
    return LEFT + WIDE * place[0], TOP + HIGH * place[1]


def tree_seen(
    picture: Picture,
    places: dict[TreeNode, tuple[int, int]],
    edges: list[tuple[Any, Any]],
    colours: dict[Any, str],
) -> None:
    """The tree, with the colours of the nodes that have one."""
    where = {node.value: spot(place) for node, place in places.items()}
    for parent, child in edges:
        picture.line(between(where[parent], where[child], RADIUS), GREY, 1.5)
    for value, (x, y) in where.items():
        colour = colours.get(value, "")
        picture.circle(
            x, y, RADIUS, colour or "none", 0.3, colour or GREY, 2 if colour else 1
        )
        picture.text(x, y, value, bold=colour == ORANGE)


def output_seen(picture: Picture, values: list[Any], y: float) -> None:
    """What has been written so far, in a row."""
    for k in range(len(STEPPED)):
        x = LEFT - RADIUS + 32 * k
        picture.rect(x, y, 30, 26, edge=GREY)
        if k < len(values):
            picture.text(x + 15, y + 13, values[k])


def family(root: TreeNode) -> list[tuple[Any, Any]]:
    return [
        (node.value, child.value)
        for node in layout(root)
        for child in (node.left, node.right)
        if child is not None
    ]


def with_stack() -> Steps:
    """Inorder: each time that a node comes from the stack."""
    root = from_level_order(STEPPED)
    assert root is not None
    places, edges = layout(root), family(root)

    def kept(seen: dict[str, Any]) -> dict[str, Any]:
        waiting = [(node.value, mark) for node, mark in seen["stack"] if node]
        top = seen["stack"][-1]
        return {
            "stack": waiting,
            "values": list(seen["values"]),
            "next": (top[0].value, top[1], top[0]) if top[0] else None,
        }

    result, moments = record(
        lambda: traverse(root), traverse, ["node, seen = stack.pop()"], kept
    )
    after = [*moments[1:], {"stack": [], "values": result}]
    shown = [(None, moments[0])]
    shown += [(m["next"], then) for m, then in zip(moments, after) if m["next"]]
    frames, opened = [], set()
    for came, then in shown:
        picture = Picture()
        values = then["values"]
        if came and not came[1]:
            opened.add(came[0])
        colours = {v: GREEN if v in values else BLUE for v in opened}
        if came:
            colours[came[0]] = ORANGE
        tree_seen(picture, places, edges, colours)
        base = TOP + 2 * HIGH + 62
        for k, (value, mark) in enumerate(then["stack"]):
            y = base - 30 * (k + 1)
            colour = BLUE if mark else ""
            picture.rect(290, y, 60, 26, colour or "none", 0.3, colour or GREY)
            picture.text(320, y + 13, value, bold=mark)
        picture.line([(282, base), (358, base)], GREY)
        output_seen(picture, values, TOP + 2 * HIGH + 36)
        frames.append(Frame(picture, *stack_said(came, then)))
    last = frames[-1]
    listed = ", ".join(map(str, result))
    frames[-1] = Frame(
        last.picture,
        f"{last.en} The stack is empty, and the walk is over: {listed}.",
        f"{last.zh}栈空了，遍历结束：{listed.replace(', ', '、')}。",
    )
    return Steps(370, TOP + 2 * HIGH + 70, frames)


def stack_said(came: Any, then: dict[str, Any]) -> tuple[str, str]:
    """What was done with the node that came from the stack, and why."""
    if came is None:
        root = then["stack"][0][0]
        return (
            f"Only the root, {root}, lies on the stack (right). Whatever comes from it for "
            "the first time is put back, marked (blue), between its subtrees. Empty "
            "subtrees are not drawn.",
            f"栈（右）里只有根结点 {root}。结点第一次出栈时带着标记（蓝）放回去，夹在左右子树之间。空子树不画。",
        )
    value, marked, node = came
    if marked:
        en = f"{value} comes marked, for the second time: all on its left is written, so it is next."
        zh = f"{value} 带着标记第二次出栈：它左边的都已写出，现在轮到它。"
        return en, zh
    left, right = node.left, node.right
    if left is None and right is None:
        return (
            f"{value} comes for the first time. It has no children: it alone goes back, marked.",
            f"{value} 第一次出栈。它没有孩子，只把自己带着标记放回去。",
        )
    en, zh = f"{value} comes for the first time. Push ", f"{value} 第一次出栈。依次压入"
    if right is not None:
        en += f"its right child {right.value}, "
        zh += f"右孩子 {right.value}、"
    en += f"itself, marked, and its left child {left.value}: what is pushed last comes first."
    zh += f"带标记的自己和左孩子 {left.value}：后压的先出栈。"
    return en, zh


def with_threads() -> Steps:
    """Morris: the pointers each time that the walk has come to a node."""
    root = from_level_order(STEPPED)
    assert root is not None
    places, edges = layout(root), family(root)
    own = {node.value: node.right for node in places}  # before the walk

    def threads() -> list[tuple[Any, Any]]:
        return [
            (node.value, node.right.value)
            for node in places
            if node.right is not own[node.value]
        ]

    def kept(seen: dict[str, Any]) -> dict[str, Any]:
        here = seen["here"]
        return {
            "here": here.value,
            "left": here.left.value if here.left else None,
            "values": list(seen["values"]),
            "threads": threads(),
        }

    result, moments = record(
        lambda: morris_inorder(root),
        morris_inorder,
        ["before = _node(here).left"],
        kept,
    )
    end = {"here": None, "values": result, "threads": threads()}
    steps = list(zip([None, *moments], [*moments, end]))
    frames = []
    for before, after in steps:
        picture = Picture()
        colours = {value: GREEN for value in after["values"]}
        if before:
            colours[before["here"]] = ORANGE
        tree_seen(picture, places, edges, colours)
        where = {node.value: spot(place) for node, place in places.items()}
        for start, goal in after["threads"]:
            (x, y), (to, up) = where[start], where[goal]
            picture.line([(x + RADIUS, y), (to, y), (to, y - 8)], ORANGE, 2, True)
            picture.arrow((to, y - 8), (to, up + RADIUS + 1), ORANGE, 1.8)
        output_seen(picture, after["values"], TOP + 2 * HIGH + 36)
        frames.append(Frame(picture, *threads_said(before, after)))
    last = frames[-1]
    frames[-1] = Frame(
        last.picture,
        f"{last.en} Nothing is there: the walk is over, and no thread is left.",
        f"{last.zh}那里是空的：遍历结束，线索一条也不剩。",
    )
    return Steps(260, TOP + 2 * HIGH + 70, frames)


def threads_said(
    before: dict[str, Any] | None, after: dict[str, Any]
) -> tuple[str, str]:
    """What was done at a node, and why; the walk goes on to ``after``."""
    then = after["here"]
    if before is None:
        return (
            f"The walk begins at the root, {then}, with no stack: the way back up must be "
            "found in the tree itself.",
            f"从根结点 {then} 出发，不用栈：往回走的路只能记在树里。",
        )
    here, left = before["here"], before["left"]
    new = [t for t in after["threads"] if t not in before["threads"]]
    cut = [t for t in before["threads"] if t not in after["threads"]]
    if new:
        [(start, _)] = new
        return (
            f"{here} has a left subtree, whose last node in inorder is {start}. Its right "
            f"pointer is free: hang a thread from {start} to {here}, then go down to {left}.",
            f"{here} 有左子树，其中序的最后一个结点是 {start}，它的右指针空着：从 {start} 向 {here} 挂一条线索，再往下走到 {left}。",
        )
    if cut:
        [(start, _)] = cut
        en = f"The thread of {start} led back to {here}: its left subtree is done. Cut the thread, write {here}, go right"
        zh = (
            f"沿 {start} 的线索回到 {here}：左子树已走完。剪掉线索，写出 {here}，往右走"
        )
    else:
        en = f"{here} has no left subtree: write it"
        zh = f"{here} 没有左子树：写出它"
        if then is None:
            en, zh = f"{en}, go right", f"{zh}，往右走"
        elif (here, then) in before["threads"]:
            return (
                f"{en}. Its right pointer is a thread, which leads up to {then}.",
                f"{zh}。它的右指针是线索，通向上面的 {then}。",
            )
    to_en, to_zh = (f" to {then}.", f"到 {then}。") if then is not None else (".", "。")
    return en + to_en, zh + to_zh


def steps() -> dict[str, Steps]:
    return {
        "binary_trees_steps": with_stack(),
        "binary_trees_morris_steps": with_threads(),
    }
