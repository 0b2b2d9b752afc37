"""The values on a line, cut into buckets; what a bucket keeps, and the winning gap."""

from itertools import pairwise

from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from figures.record import record
from figures.steps import Frame, Picture, Steps
from figures.style import BLUE, GREY, INK, ORANGE, new_figure
from snippets.algorithms.maximum_gap import bucket_layout, maximum_gap

NUMS = [13, 2, 27, 0, 1, 26, 3]


def line() -> Figure:
    figure = new_figure(7, 1.75)
    axes = figure.subplots()
    width, count, buckets = bucket_layout(NUMS)
    low = min(NUMS)
    for k in range(count):
        left = low + k * width - 0.5
        axes.add_patch(
            Rectangle((left, -0.5), width, 1, facecolor="none", edgecolor=GREY, lw=1)
        )
        axes.text(left + width / 2, -0.62, f"${k}$", ha="center", va="top", color=GREY)
    used = [bucket for bucket in buckets if bucket]
    kept = {x for bucket in used for x in bucket}
    for x in NUMS:
        colour = BLUE if x in kept else GREY
        axes.plot(x, 0, "o", color=colour, ms=8 if x in kept else 5, zorder=3)
        axes.text(x, 0.2, f"{x}", ha="center", va="bottom", color=INK)
    best = maximum_gap(NUMS)
    for before, after in pairwise(used):
        wins = after[0] - before[1] == best
        colour = ORANGE if wins else GREY
        arrow = {"arrowstyle": "<|-|>", "color": colour, "lw": 2 if wins else 1}
        arrow |= {"shrinkA": 0, "shrinkB": 0, "mutation_scale": 10}
        axes.annotate("", (after[0], 0.72), (before[1], 0.72), arrowprops=arrow)
        middle = (after[0] + before[1]) / 2
        gap = f"{after[0] - before[1]}"
        axes.text(middle, 0.78, gap, ha="center", va="bottom", color=colour)
    axes.set_xlim(low - 1, low + count * width)
    axes.set_ylim(-0.95, 1.15)
    axes.axis("off")
    return figure


def draw() -> dict[str, Figure]:
    return {"maximum_gap": line()}


UNIT, LEFT, LINE = 14.2, 24, 92  # pixels of a step of 1; where the least is; the line


def buckets_seen(
    width: int,
    buckets: list[tuple[int, int] | None],
    placed: list[int],
    now: int | None,
) -> Picture:
    """The values on the line and the buckets below, each with what it keeps so far."""
    picture = Picture()
    low = min(NUMS)
    for x in NUMS:
        at = LEFT + (x - low) * UNIT
        kept = any(bucket and x in bucket for bucket in buckets)
        colour = ORANGE if x == now else BLUE if kept else GREY
        picture.circle(at, LINE, 5, colour if x in placed else "none", edge=GREY)
        # Numbers of two digits are wider than a step: neighbours move apart.
        aside = 3 * ((x - 1 in NUMS) - (x + 1 in NUMS)) if x > 9 else 0
        picture.text(at + aside, LINE - 18, x, size=12, bold=x == now)
    picture.text(8, LINE + 62, "k", size=13, italic=True)
    for k, bucket in enumerate(buckets):
        left = LEFT + (k * width - 0.5) * UNIT
        own = now is not None and (now - low) // width == k
        edge, thick = (ORANGE, 2.5) if own else (GREY, 1)
        picture.rect(left, LINE + 16, width * UNIT, 32, edge=edge, thick=thick)
        picture.text(left + width * UNIT / 2, LINE + 62, k, size=12)
        if bucket:
            held = (
                f"{bucket[0]}" if bucket[0] == bucket[1] else f"{bucket[0]}–{bucket[1]}"
            )
            picture.text(left + width * UNIT / 2, LINE + 32, held)
    return picture


def bridge(picture: Picture, start: int, end: int, wins: bool, height: float) -> None:
    """The gap between two neighbours, above the line."""
    low = min(NUMS)
    left, right = (LEFT + (x - low) * UNIT for x in (start, end))
    colour = ORANGE if wins else GREY
    line = [(left, LINE - 30), (left, height), (right, height), (right, LINE - 30)]
    picture.line(line, colour, 2.5 if wins else 1.2)
    picture.text((left + right) / 2, height - 10, end - start, bold=wins)


def steps() -> dict[str, Steps]:
    """Each value on its way into its bucket, then the gaps from bucket to bucket."""
    (width, count, buckets), moments = record(
        lambda: bucket_layout(NUMS),
        bucket_layout,
        ["k = (x", "buckets[k] ="],
        "x k low span width buckets least greatest",
    )
    first = moments[0]
    span, parts = first["span"], len(NUMS) - 1
    frames = [
        Frame(
            buckets_seen(width, first["buckets"], [], None),
            f"{len(NUMS)} values over a range of {span} have {parts} gaps, so the largest "
            f"is at least {span} / {parts}. Two integers in one bucket of width "
            f"w = ⌊{span} / {parts}⌋ = {width} differ by at most {width - 1}: the largest "
            f"gap lies between buckets, of which {count} cover the range.",
            f"{len(NUMS)} 个数，范围是 {span}，有 {parts} 个间距，最大的不小于 {span} / {parts}。"
            f"桶宽取 w = ⌊{span} / {parts}⌋ = {width}，同一个桶里的两个整数最多差 {width - 1}，"
            f"所以最大间距在桶与桶之间。{count} 个桶盖住整个范围。",
        )
    ]
    placed: list[int] = []
    after = [*(m["buckets"] for m in moments[2::2]), buckets]
    for moment, then in zip(moments[1::2], after):
        x, k, low = moment["x"], moment["k"], moment["low"]
        placed.append(x)
        least, greatest = then[k]
        en = f"{x} goes to bucket ⌊({x} − {low}) / {width}⌋ = {k}, which "
        zh = f"{x} 放进第 ⌊({x} − {low}) / {width}⌋ = {k} 号桶，"
        if moment["least"] == moment["greatest"] == x:
            en += "was empty: it is the least and the greatest there."
            zh += "桶原来是空的：它既是最小值，也是最大值。"
        else:
            en += f"keeps only the least, {least}, and the greatest, {greatest}."
            zh += f"桶里只留最小值 {least} 和最大值 {greatest}。"
            if gone := [
                y for y in placed if (y - low) // width == k and y not in then[k]
            ]:
                en += f" What lies between (grey) is forgotten: {', '.join(map(str, gone))}."
                zh += f"夹在中间的（灰）可以忘掉：{'、'.join(map(str, gone))}。"
        frames.append(Frame(buckets_seen(width, then, placed, x), en, zh))
    used = [bucket for bucket in buckets if bucket]
    best = 0
    gaps: list[tuple[int, int]] = []
    for before, follow in pairwise(used):
        gaps.append((before[1], follow[0]))
        gap = follow[0] - before[1]
        won, best = gap > best, max(gap, best)
        picture = buckets_seen(width, buckets, NUMS, None)
        for start, end in gaps:
            bridge(picture, start, end, (start, end) == gaps[-1], LINE - 44)
        en = (
            f"From the greatest of a bucket, {before[1]}, to the least of the next one "
        )
        en += f"in use, {follow[0]}: {gap}. "
        zh = f"从一个桶的最大值 {before[1]} 到下一个非空桶的最小值 {follow[0]}，间距 {gap}。"
        en += "The largest so far." if won else f"The largest is still {best}."
        zh += "目前最大。" if won else f"最大的仍是 {best}。"
        frames.append(Frame(picture, en, zh))
    picture = buckets_seen(width, buckets, NUMS, None)
    answer = maximum_gap(NUMS)
    for start, end in gaps:
        bridge(picture, start, end, end - start == answer, LINE - 44)
    dropped = len(NUMS) - 1 - len(gaps)
    frames.append(
        Frame(
            picture,
            f"The answer is {answer}. {len(gaps)} of the {parts} gaps were looked at; the "
            f"other {dropped} lie inside a bucket and are at most {width - 1}.",
            f"答案是 {answer}。{parts} 个间距里只看了 {len(gaps)} 个；其余 {dropped} 个在桶内，至多是 {width - 1}。",
        )
    )
    wide = LEFT + (count * width - 0.5) * UNIT + 8
    return {"maximum_gap_steps": Steps(wide, LINE + 74, frames)}
