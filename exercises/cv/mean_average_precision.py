"""Exercises on detection metrics: the overlap of boxes, and average precision."""

from collections.abc import Iterator
from itertools import accumulate
from random import Random

from notekit.study.judge import Exercise, Words

overlap = Exercise(
    en=Words(
        title="Overlap of two boxes",
        statement="""\
Compute the intersection over union (IoU) of two boxes with sides along the axes: the area
that both cover, divided by the area that at least one covers.

- `a`, `b`: lists `[x1, y1, x2, y2]` of numbers of any sign, $x_1 \\le x_2$, $y_1 \\le y_2$.
  Coordinates are points, not pixels: `[0, 0, 1, 1]` has area 1.
- If the union has area 0, the result is 0.

Results may be off by $10^{-9}$.
""",
        hints=(
            "The intersection is a box as well. Where do its left and its right side lie,"
            " and when is it empty?",
            "Its width is `min(a[2], b[2]) - max(a[0], b[0])`, but at least 0. The union is"
            " the sum of both areas without the intersection.",
        ),
    ),
    zh=Words(
        title="两个框的重叠程度",
        statement="""\
计算两个边与坐标轴平行的框的交并比（IoU）：两个框都覆盖的面积，除以至少一个框覆盖的面积。

- `a`、`b`：列表 `[x1, y1, x2, y2]`，数可正可负，$x_1 \\le x_2$，$y_1 \\le y_2$。坐标表示点，而不是像素：`[0, 0, 1, 1]` 的面积是 1。
- 并集的面积为 0 时，结果为 0。

允许 $10^{-9}$ 的误差。
""",
        hints=(
            "交集也是一个框。它的左边和右边在哪里？什么时候是空的？",
            "交集的宽是 `min(a[2], b[2]) - max(a[0], b[0])`，但不小于 0。并集等于两个面积之和减去交集。",
        ),
    ),
    examples="""\
>>> box_iou([0, 0, 2, 2], [1, 1, 3, 3]) == 1 / 7
True
>>> box_iou([0, 0, 1, 1], [2, 2, 3, 3])
0.0
""",
    tolerance=1e-9,
    lacks={"empty": "a box has four numbers", "one": "a box has four numbers"},
)


@overlap.solution
def box_iou(a: list[float], b: list[float]) -> float:
    width = max(0, min(a[2], b[2]) - max(a[0], b[0]))
    height = max(0, min(a[3], b[3]) - max(a[1], b[1]))
    both = width * height
    areas = [(box[2] - box[0]) * (box[3] - box[1]) for box in (a, b)]
    union = sum(areas) - both
    return both / union if union > 0 else 0.0


@overlap.wrong(
    en="Width and height are not kept from being negative: their product is positive.",
    zh="没有把负的宽和高截成 0：两个负数相乘，得到正的面积。",
)
def box_iou_negative(a: list[float], b: list[float]) -> float:
    width = min(a[2], b[2]) - max(a[0], b[0])
    height = min(a[3], b[3]) - max(a[1], b[1])
    both = width * height
    areas = [(box[2] - box[0]) * (box[3] - box[1]) for box in (a, b)]
    union = sum(areas) - both
    return both / union if union > 0 else 0.0


@overlap.wrong(
    en="The union counts the intersection twice.",
    zh="并集里把交集算了两次。",
)
def box_iou_sum(a: list[float], b: list[float]) -> float:
    width = max(0, min(a[2], b[2]) - max(a[0], b[0]))
    height = max(0, min(a[3], b[3]) - max(a[1], b[1]))
    areas = [(box[2] - box[0]) * (box[3] - box[1]) for box in (a, b)]
    return width * height / sum(areas) if sum(areas) > 0 else 0.0


@overlap.wrong(
    en="`+ 1` as for pixels: a box of area 1 becomes one of area 4.",
    zh="像数像素那样写了 `+ 1`：面积为 1 的框变成了 4。",
)
def box_iou_pixels(a: list[float], b: list[float]) -> float:
    width = max(0, min(a[2], b[2]) - max(a[0], b[0]) + 1)
    height = max(0, min(a[3], b[3]) - max(a[1], b[1]) + 1)
    both = width * height
    areas = [(box[2] - box[0] + 1) * (box[3] - box[1] + 1) for box in (a, b)]
    return both / (sum(areas) - both)


@overlap.wrong(
    en="Two boxes without area divide by zero.",
    zh="两个框的面积都为 0 时，除以了 0。",
)
def box_iou_zero(a: list[float], b: list[float]) -> float:
    width = max(0, min(a[2], b[2]) - max(a[0], b[0]))
    height = max(0, min(a[3], b[3]) - max(a[1], b[1]))
    both = width * height
    areas = [(box[2] - box[0]) * (box[3] - box[1]) for box in (a, b)]
    return both / (sum(areas) - both)


@overlap.cases
def overlap_cases(random: Random) -> Iterator[tuple[list[float], list[float]]]:
    def box(most: int) -> list[float]:
        x1, x2 = sorted(random.randint(-most, most) for _ in "12")
        y1, y2 = sorted(random.randint(-most, most) for _ in "12")
        return [x1, y1, x2, y2]

    yield [0, 0, 0, 0], [0, 0, 0, 0]
    yield [0, 0, 1, 1], [0, 0, 1, 1]
    yield [0, 0, 1, 1], [2, 2, 3, 3]
    yield [0, 0, 2, 2], [1, 1, 3, 3]
    yield [0, 0, 2, 2], [2, 0, 3, 2]
    for most in (2, 4):
        for _ in range(20):
            yield box(most), box(most)


@overlap.large
def overlap_large(random: Random) -> Iterator[tuple[list[float], list[float]]]:
    yield [0.0, 0.0, 1e6, 1e6], [5e5, 5e5, 2e6, 2e6]
    yield [0.25, 0.5, 0.75, 1.5], [0.0, 0.0, 0.5, 1.0]


@overlap.brute
def overlap_brute(a: list[float], b: list[float]) -> float:
    def cells(box: list[float]) -> set[tuple[int, int]]:
        columns, rows = range(int(box[0]), int(box[2])), range(int(box[1]), int(box[3]))
        return {(x, y) for x in columns for y in rows}

    union = cells(a) | cells(b)
    return len(cells(a) & cells(b)) / len(union) if union else 0.0


ranked = Exercise(
    en=Words(
        title="Average precision of a ranked list",
        statement="""\
`hits` says of each detection, from the highest score down, whether it found an object.
After the first $d$ detections, precision is the share of hits among them, and recall the
share of all `objects` that were found. The interpolated precision at a recall level is the
greatest precision at that recall **or a higher one**. Average precision is the mean of the
interpolated precision over the levels $1/n, 2/n, \\dots, 1$, with $n$ the number of objects;
at a level that is never reached it is 0.

- `hits`: a list of `True` and `False`, maybe empty, with at most `objects` hits.
- `objects`: an integer $\\ge 1$.

Results may be off by $10^{-9}$.
""",
        hints=(
            "Recall rises only at a hit, so each level is first reached at a hit. Which"
            " precision counts there?",
            "Compute the precision after each detection, then walk from the end and carry"
            " the greatest along. Sum it at the hits and divide by `objects`.",
        ),
    ),
    zh=Words(
        title="排序列表的平均精度",
        statement="""\
`hits` 按得分从高到低，给出每个检测是否找到了一个目标。取前 $d$ 个检测，精确率是其中命中的比例，召回率是找到的目标占全部 `objects` 个目标的比例。某个召回率水平上的插值精确率，是召回率**不低于**它时精确率的最大值。平均精度是插值精确率在 $1/n, 2/n, \\dots, 1$ 这些水平上的平均，$n$ 是目标的个数；始终达不到的水平按 0 计。

- `hits`：由 `True` 和 `False` 组成的列表，可以为空，命中数不超过 `objects`。
- `objects`：整数，$\\ge 1$。

允许 $10^{-9}$ 的误差。
""",
        hints=(
            "召回率只在命中时上升，所以每个水平都是在某次命中时首次达到的。那里应当取哪个精确率？",
            "先算出每个检测之后的精确率，再从后往前走，随时保留最大值。在命中处累加，最后除以 `objects`。",
        ),
    ),
    examples="""\
>>> average_precision([True, False, True], 2) == (1 + 2 / 3) / 2
True
>>> average_precision([False, True, True], 4) == 2 * (2 / 3) / 4
True
>>> average_precision([], 3)
0.0
""",
    tolerance=1e-9,
    lacks={"negative": "hits are true or false, and there is an object"},
)


@ranked.solution
def average_precision(hits: list[bool], objects: int) -> float:
    found, precision = 0, []
    for number, hit in enumerate(hits, 1):
        found += hit
        precision.append(found / number)
    total, best = 0.0, 0.0
    for hit, value in zip(reversed(hits), reversed(precision)):
        best = max(best, value)
        if hit:
            total += best
    return total / objects


@ranked.wrong(
    en="The precision at the hit itself, without looking at higher recalls.",
    zh="直接取命中处的精确率，没有看更高的召回率。",
)
def average_precision_raw(hits: list[bool], objects: int) -> float:
    found, total = 0, 0.0
    for number, hit in enumerate(hits, 1):
        found += hit
        total += found / number if hit else 0.0
    return total / objects


@ranked.wrong(
    en="Divides by the hits, not by the objects: what was missed costs nothing.",
    zh="除以命中数，而不是目标数：漏检没有代价。",
)
def average_precision_hits(hits: list[bool], objects: int) -> float:
    found, precision = 0, []
    for number, hit in enumerate(hits, 1):
        found += hit
        precision.append(found / number)
    total, best = 0.0, 0.0
    for hit, value in zip(reversed(hits), reversed(precision)):
        best = max(best, value)
        if hit:
            total += best
    return total / found if found else 0.0


@ranked.wrong(
    en="The mean runs over the detections, and counts the misses between the hits.",
    zh="对检测求平均，把没有命中的位置也算了进去。",
)
def average_precision_detections(hits: list[bool], objects: int) -> float:
    found, precision = 0, []
    for number, hit in enumerate(hits, 1):
        found += hit
        precision.append(found / number)
    return sum(precision) / len(precision) if precision else 0.0


@ranked.wrong(
    en="The greatest precision so far, from the front: that of lower recalls.",
    zh="从前往后取最大值：用到的是更低召回率处的精确率。",
)
def average_precision_front(hits: list[bool], objects: int) -> float:
    found, best, total = 0, 0.0, 0.0
    for number, hit in enumerate(hits, 1):
        found += hit
        best = max(best, found / number)
        total += best if hit else 0.0
    return total / objects


@ranked.cases
def ranked_cases(random: Random) -> Iterator[tuple[list[bool], int]]:
    yield [], 1
    yield [], 3
    yield [True], 1
    yield [False], 1
    yield [True, False, True], 2
    yield [False, True, True], 4
    for _ in range(40):
        hits = [random.random() < 0.6 for _ in range(random.randint(1, 9))]
        yield hits, max(1, sum(hits) + random.randint(0, 2))
    yield [random.random() < 0.5 for _ in range(300)], 1000


@ranked.brute
def ranked_brute(hits: list[bool], objects: int) -> float:
    found = list(accumulate(map(int, hits)))
    total = 0.0
    for level in range(1, objects + 1):
        reached = [k / (d + 1) for d, k in enumerate(found) if k >= level]
        total += max(reached, default=0.0) / objects
    return total
