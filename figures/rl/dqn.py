"""How data flow in DQN, what a frozen copy does to a divergence, and a sum tree."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Wedge

from figures.record import record
from figures.steps import Frame, Picture, Steps, between
from figures.style import BLUE, GREEN, GREY, INK, ORANGE, new_figure
from snippets.rl.dqn import SumTree, two_state_weights

SLOTS, NEWEST = 12, 3


def box(axes: Axes, x: float, y: float, words: str, colour: str) -> None:
    look = {"boxstyle": "round,pad=0.45", "fc": "none", "ec": colour, "lw": 1.6}
    axes.text(x, y, words, ha="center", va="center", bbox=look, fontsize=10)


def arrow(
    axes: Axes,
    start: tuple[float, float],
    end: tuple[float, float],
    words: str = "",
    at: tuple[float, float] = (0, 0),
    dashed: bool = False,
) -> None:
    look = {"arrowstyle": "-|>", "color": INK, "lw": 1.2, "mutation_scale": 10}
    axes.annotate("", end, start, arrowprops=look | {"ls": "--" if dashed else "-"})
    style = "normal" if "$" in words else "italic"
    axes.text(*at, words, ha="center", va="center", fontsize=8, style=style)


def flow(axes: Axes) -> None:
    """The world, the ring, the network and its copy."""
    axes.set(xlim=(0, 10), ylim=(0, 10), aspect="equal")
    axes.axis("off")
    for k in range(SLOTS):
        start = 90 - 360 / SLOTS * (k + 1)
        colour, shade = (ORANGE, 0.8) if k == NEWEST else (BLUE, 0.25)
        wedge = Wedge(
            (2.4, 2.6), 1.7, start, start + 360 / SLOTS, width=0.65, fc=colour, ec=GREY
        )
        wedge.set_alpha(shade)
        axes.add_patch(wedge)
    box(axes, 2.4, 8.4, "$P,\\ R$", INK)
    box(axes, 8, 8.4, r"$Q_\theta$", ORANGE)
    box(axes, 8, 2.6, r"$Q_{\bar\theta}$", GREEN)
    box(axes, 5.9, 5.5, r"$(y - Q_\theta(s, a))^2$", INK)
    arrow(axes, (7.1, 8.4), (3.4, 8.4), "a", (5.2, 8.9))
    arrow(axes, (2.4, 7.6), (2.4, 4.5), "s, a, r, s′, d", (1.15, 6.1))
    arrow(axes, (3.9, 3.6), (4.9, 4.75), "s, a", (3.85, 4.55))
    arrow(axes, (4.25, 2.6), (7.1, 2.6), "r, s′, d", (5.6, 2.05))
    arrow(axes, (7.6, 3.4), (6.7, 4.75), "y", (7.55, 4.2))
    arrow(axes, (6.5, 6.25), (7.5, 7.55), r"$\nabla_\theta$", (6.4, 7.1))
    arrow(axes, (8.7, 7.6), (8.7, 3.4), "K", (9.15, 5.5), dashed=True)


def draw() -> dict[str, Figure]:
    figure = new_figure(7, 3)
    left, right = figure.subplots(1, 2)
    flow(left)
    updates, period = 300, 50
    for gamma, colour in ((0.99, ORANGE), (0.8, BLUE)):
        for K, style in ((1, "--"), (period, "-")):
            w = two_state_weights(gamma, K, updates)
            name = rf"$\gamma={gamma}$, $K={K}$"
            right.plot(np.arange(updates + 1), w, style, color=colour, label=name)
    right.set(xlabel="$t$", ylabel="$w$", yscale="log", ylim=(1e-2, 1e2), xlim=(0, 300))
    right.legend(labelcolor=INK, loc="upper right")
    return {"dqn": figure}


PRIORITIES, U, LEAF, NEW = (1, 0, 3, 2, 4), 5.2, 3, 5
WIDE, HIGH, RADIUS = 424, 224, 15  # pixels


def place(node: int) -> tuple[float, float]:
    """Where a node is drawn: level by level, from 1 at the top."""
    level = node.bit_length() - 1
    width = WIDE / 2**level
    return width * (node - 2**level + 0.5), 24 + 52 * level


def picture(sums: list[float], path: list[int], leaf: int | None = None) -> Picture:
    """The tree; the nodes of the path are orange, the leaf that is found is green."""
    shown = Picture()
    for node in range(2, len(sums)):
        on = node in path and node // 2 in path
        ends = between(place(node // 2), place(node), RADIUS)
        shown.line(ends, ORANGE if on else GREY, 1.5)
    for node in range(1, len(sums)):
        x, y = place(node)
        fill = GREEN if node == leaf else ORANGE if node in path else "none"
        shown.circle(x, y, RADIUS, fill, 0.4, GREY if fill == "none" else fill)
        shown.text(x, y, f"{sums[node]:g}")
    first = len(sums) // 2
    for i in range(len(PRIORITIES)):
        x, y = place(first + i)
        shown.text(x, y + 27, f"i = {i}", size=11)
    return shown


def steps() -> dict[str, Steps]:
    """Down the tree for a number, then up again with a new priority."""
    tree = SumTree(len(PRIORITIES))
    for i, p in enumerate(PRIORITIES):
        tree.update(i, p)
    frames, path = [], []
    found, seen = record(
        lambda: tree.find(U), SumTree.find, ["node *= 2", "return node"], "node u sums"
    )
    for k, now in enumerate(seen):
        node, u, sums = now["node"], now["u"], now["sums"]
        path.append(node)
        if now["line"] == "return node":
            en = f"Leaf {found}: its priority {sums[node]:g} exceeds u = {u:.4g}. Found: {found}."
            zh = f"叶 {found}：优先级 {sums[node]:g} 大于 u = {u:.4g}。找到 {found}。"
            frames.append(Frame(picture(sums, path, node), en, zh))
            continue
        below, after = sums[2 * node], seen[k + 1]
        if after["node"] == 2 * node:
            en = f"u = {u:.4g}. Below on the left lies {below:g}, which is more: go left."
            zh = f"u = {u:.4g}。左边是 {below:g}，大于 u：向左。"
        else:
            en = (
                f"u = {u:.4g}. Below on the left lies {below:g}, which is not more:"
                f" go right with {u:.4g} − {below:g} = {after['u']:.4g}."
            )
            zh = (
                f"u = {u:.4g}。左边是 {below:g}，不大于 u：向右，"
                f"带上 {u:.4g} − {below:g} = {after['u']:.4g}。"
            )
        frames.append(Frame(picture(sums, list(path)), en, zh))
    lines = ["sums[node] = value", "node //= 2", "sums[node] = sums[2"]
    _, seen = record(lambda: tree.update(LEAF, NEW), SumTree._set, lines, "node sums")
    path = []
    for now, follow in zip(seen, [*seen[1:], None], strict=True):
        if now["line"] == "node //= 2":
            continue
        node = now["node"]
        path.append(node)
        sums = follow["sums"] if follow else tree._sums
        if now["line"] == lines[0]:
            old = now["sums"][node]
            en = f"Now leaf {LEAF} gets {sums[node]:g} in place of {old:g}."
            zh = f"现在把叶 {LEAF} 设为 {sums[node]:g}，原来是 {old:g}。"
        else:
            a, b = sums[2 * node], sums[2 * node + 1]
            en = f"The node above is added afresh: {a:g} + {b:g} = {sums[node]:g}."
            zh = f"上面的结点重新相加：{a:g} + {b:g} = {sums[node]:g}。"
            if node == 1:
                en += " That is the total."
                zh += "这就是总和。"
        frames.append(Frame(picture(sums, list(path)), en, zh))
    return {"dqn_steps": Steps(WIDE, HIGH, frames)}
