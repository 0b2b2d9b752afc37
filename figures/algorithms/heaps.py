"""A heap as a tree and as a list, the way of one pop, and heapify step by step."""

from __future__ import annotations

from typing import Any

from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from figures.record import record
from figures.steps import Frame, Picture, Steps, between
from figures.style import BLUE, GREEN, GREY, INK, ORANGE, new_figure
from snippets.algorithms.heaps import heap_pop, heapify, is_heap
from snippets.algorithms.heaps.binary import _down

HEAP = [1, 3, 2, 7, 4, 5, 6, 9, 8, 11, 10, 13, 12, 15, 14]
MIXED = [3, 1, 6, 5, 2, 4]


def level(i: int) -> int:
    return (i + 1).bit_length() - 1


def column(i: int, levels: int) -> float:
    """Where place i stands, in widths of a leaf, if the lowest level is full."""
    first, wide = 2 ** level(i) - 1, 2 ** (levels - 1 - level(i))
    return (i - first + 0.5) * wide - 0.5


def way() -> set[int]:
    """Places whose item changes when the smallest is taken out."""
    left = HEAP.copy()
    heap_pop(left)
    return {i for i in range(len(left)) if left[i] != HEAP[i]}


def tree() -> Figure:
    assert is_heap(HEAP)
    figure = new_figure(5.2, 3.4)  # narrow, so that a phone shows it readable
    axes = figure.subplots()
    levels, path, n = level(len(HEAP) - 1) + 1, way(), len(HEAP)
    for i in range(1, n):
        up = (i - 1) // 2
        on = i in path
        axes.plot(
            [column(up, levels), column(i, levels)],
            [-level(up), -level(i)],
            color=ORANGE if on else GREY,
            lw=2.2 if on else 1,
            zorder=1,
        )
    for i, x in enumerate(HEAP):
        at = column(i, levels), -level(i)
        last = i == n - 1
        colour = ORANGE if i in path or last else BLUE
        axes.plot(*at, "o", ms=19, color=colour, zorder=2)
        axes.text(*at, f"{x}", ha="center", va="center_baseline", color="black",
                  fontweight="bold", zorder=3)  # fmt: skip
    # The last item takes the place of the first, and goes down from there.
    axes.annotate(
        "",
        (column(0, levels) + 0.35, 0.05),
        (column(n - 1, levels) + 0.1, -levels + 1.25),
        arrowprops={
            "arrowstyle": "-|>",
            "color": ORANGE,
            "lw": 1.4,
            "ls": (0, (3, 2)),
            "connectionstyle": "arc3,rad=0.32",
        },
    )
    for k in range(levels):
        height = levels - 1 - k
        axes.text(8.35, -k, rf"${2**k} \cdot {height}$", ha="center", va="center",
                  color=GREEN, fontsize=11)  # fmt: skip
    total = sum(2**k * (levels - 1 - k) for k in range(levels))
    axes.text(8.35, -levels + 0.42, rf"$\Sigma = {total}$", ha="center", va="center",
              color=GREEN, fontsize=11)  # fmt: skip
    row = -levels - 0.35
    wide = 8.0 / n
    for i, x in enumerate(HEAP):
        colour = ORANGE if i in path or i == n - 1 else BLUE
        axes.add_patch(
            Rectangle((-0.5 + i * wide, row), wide, 0.55, facecolor=colour, alpha=0.3)
        )
        axes.add_patch(
            Rectangle(
                (-0.5 + i * wide, row),
                wide,
                0.55,
                facecolor="none",
                edgecolor=GREY,
                lw=0.8,
            )
        )
        middle = -0.5 + (i + 0.5) * wide
        axes.text(middle, row + 0.27, f"{x}", ha="center", va="center_baseline",
                  color=INK, fontweight="bold")  # fmt: skip
        axes.text(middle, row - 0.12, f"{i}", ha="center", va="top", color=GREY,
                  fontsize=9)  # fmt: skip
    axes.set_xlim(-0.7, 8.9)
    axes.set_ylim(row - 0.5, 0.4)
    axes.axis("off")
    return figure


def draw() -> dict[str, Figure]:
    return {"heaps": tree()}


WIDE, HIGH, TOP, ROW = 76, 58, 24, 186  # pixels


def spot(i: int) -> tuple[float, float]:
    return 40 + column(i, 3) * WIDE, TOP + level(i) * HIGH


def seen(
    items: list[int], done: set[int], now: tuple[int, ...], swap: bool = False
) -> Picture:
    """The list as a tree; finished subtrees green, what is compared or moved orange."""
    picture = Picture()

    def colour(i: int) -> str:
        return ORANGE if i in now else GREEN if i in done else GREY

    for i in range(1, len(items)):
        up = (i - 1) // 2
        both = i in now and up in now
        start, end = between(spot(up), spot(i), 16)
        inside = up in done and i in done and up not in now
        edge = ORANGE if both else GREEN if inside else GREY
        if both and swap:
            picture.arrow(start, end, edge)
            picture.arrow(end, start, edge)
        else:
            picture.line([start, end], edge, 2 if both or inside else 1.2)
    for i, x in enumerate(items):
        picture.circle(*spot(i), 15, colour(i), 0.3, colour(i), 1.6)
        picture.text(*spot(i), x)
        left = 40 + (i - 0.5) * 46
        picture.rect(left, ROW, 46, 28, colour(i), 0.3, GREY)
        picture.text(left + 23, ROW + 14, x)
        picture.text(left + 23, ROW + 39, i, size=11)
    return picture


class Counted(int):
    """An integer that counts how often it is compared by ``<``."""

    uses = 0

    def __lt__(self, other: Any) -> bool:
        Counted.uses += 1
        return super().__lt__(other)


def steps() -> dict[str, Steps]:
    """The run of heapify: each comparison of a parent with its smaller child."""
    n = len(MIXED)
    items = [Counted(x) for x in MIXED]
    _, moments = record(
        lambda: heapify(items),
        _down,
        ["while (child", "if not h[child]", "h[i], h[child] ="],
        lambda known: {
            "h": [int(x) for x in known["h"]],
            "i": known["i"],
            "child": known.get("child"),
        },
    )
    uses = Counted.uses
    assert is_heap([int(x) for x in items])
    done = set(range(n // 2, n))
    leaves = [MIXED[i] for i in sorted(done)]
    frames = [
        Frame(
            seen(MIXED, set(done), ()),
            f"The list read as a tree. The leaves {', '.join(map(str, leaves))} (green) "
            f"are heaps of one item. The last parent, at {n // 2 - 1}, is the first to "
            "be put right: only then are both subtrees of every later parent heaps.",
            f"把列表看成一棵树。叶子 {'、'.join(map(str, leaves))}（绿）各自已是一个元素的堆。"
            f"从最后一个父结点（下标 {n // 2 - 1}）开始调整：这样轮到每个父结点时，它的左右子树都已经是堆。",
        )
    ]
    root, before = n, n
    for moment in moments:
        h, i = moment["h"], moment["i"]
        if moment["line"].startswith("while"):
            if i < before:  # a new call: within one, i grows
                if root < n:
                    done.add(root)
                root = i
            elif i > before:
                frames.append(after(h, set(done), root, before, i))
            before = i
            continue
        child = moment["child"]
        if moment["line"].startswith("if not"):
            swaps = h[child] < h[i]
            frames.append(compared(h, set(done), root, i, child, swaps))
    heights = n - n.bit_count()
    frames.append(
        Frame(
            seen([int(x) for x in items], set(range(n)), ()),
            f"All {n} places are in order: {int(items[0])} is in front. It took {uses} "
            f"comparisons; the heights add up to {n} − {n.bit_count()} = {heights}, and the "
            f"bound is twice that: {2 * heights}.",
            f"{n} 个位置全部就绪，最小的 {int(items[0])} 在最前面。一共比较 {uses} 次；"
            f"高度之和是 {n} − {n.bit_count()} = {heights}，上界是它的两倍：{2 * heights}。",
        )
    )
    return {"heaps_steps": Steps(310, ROW + 48, frames)}


def compared(
    h: list[int], done: set[int], root: int, i: int, child: int, swaps: bool
) -> Frame:
    children = [c for c in (2 * i + 1, 2 * i + 2) if c < len(h)]
    values = " and ".join(str(h[c]) for c in children)
    values_zh = "和 ".join(f" {h[c]} " for c in children).strip()
    start = i == root
    en = f"Root {root} of the subtree: {h[i]}. " if start else f"Further down, at {i}: "
    zh = f"子树的根在下标 {root}，值为 {h[i]}。" if start else f"继续往下，到下标 {i}："
    if len(children) == 2:
        en += f"The smaller of its children {values} is {h[child]}. "
        zh += f"两个子结点 {values_zh} 中较小的是 {h[child]}。"
    else:
        en += f"Its only child is {h[child]}. "
        zh += f"只有一个子结点 {h[child]}。"
    if swaps:
        en += f"{h[child]} < {h[i]}: they change places."
        zh += f"{h[child]} < {h[i]}，所以交换。"
        if len(children) == 2:
            en += " If the larger one came up, the smaller would stand below it."
            zh += "若换上来的是较大的那个，较小的就会排在它下面，次序又错了。"
    else:
        en += f"It is not less than {h[i]}: the way down ends at once."
        zh += f"它不小于 {h[i]}，不必下沉，这棵子树已经是堆。"
    return Frame(seen(h, done, (i, child), swaps), en, zh)


def after(h: list[int], done: set[int], root: int, above: int, i: int) -> Frame:
    below = 2 * i + 1 < len(h)
    en = f"{h[i]} has gone down to {i}. "
    zh = f"{h[i]} 下沉到下标 {i}。"
    if below:
        en += "It has children there, so it is compared once more."
        zh += "那里还有子结点，要再比一次。"
    else:
        en += f"It is a leaf there: the subtree of root {root} is a heap."
        zh += f"那里是叶子，以下标 {root} 为根的子树已经是堆。"
    finished = done if below else done | {root}
    return Frame(seen(h, finished, (i,)), en, zh)
