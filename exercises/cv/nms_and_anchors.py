"""Exercises on boxes: generalized IoU of two, and non-maximum suppression of many."""

from collections.abc import Iterator
from random import Random
from typing import Any

from notekit.study.judge import Exercise, Words

generalized = Exercise(
    en=Words(
        title="Generalized IoU",
        statement="""\
Compute the GIoU of two boxes: their IoU, minus the share of the hull that neither covers. The
hull is the smallest box that holds both.

- `a`, `b`: lists `[x1, y1, x2, y2]` of numbers of any sign, $x_1 \\le x_2$, $y_1 \\le y_2$.
- A quotient 0/0 counts as 0, for the IoU and for the share.

Results may be off by $10^{-9}$.
""",
        hints=(
            "What neither covers is the area of the hull less that of the union.",
            "The hull begins at the smaller of the two left sides and ends at the larger of"
            " the two right ones; the intersection the other way round, if it is there.",
        ),
    ),
    zh=Words(
        title="广义交并比 GIoU",
        statement="""\
计算两个框的 GIoU：交并比，减去外包框中两个框都没有覆盖的部分所占的比例。外包框是同时装下两个框的最小的框。

- `a`、`b`：列表 `[x1, y1, x2, y2]`，数可正可负，$x_1 \\le x_2$，$y_1 \\le y_2$。
- 0/0 按 0 计算，交并比和比例都如此。

允许 $10^{-9}$ 的误差。
""",
        hints=(
            "两个框都没有覆盖的面积，等于外包框的面积减去并集的面积。",
            "外包框从两个左边中较小的一个开始，到两个右边中较大的一个为止；交集正好相反，前提是它存在。",
        ),
    ),
    examples="""\
>>> giou([0, 0, 2, 2], [1, 1, 3, 3])
-0.07936507936507936
>>> giou([0, 0, 2, 2], [2, 0, 4, 2])
0.0
""",
    tolerance=1e-9,
    lacks={"empty": "a box has four numbers", "one": "a box has four numbers"},
)


@generalized.solution
def giou(a: list[float], b: list[float]) -> float:
    width = max(0, min(a[2], b[2]) - max(a[0], b[0]))
    height = max(0, min(a[3], b[3]) - max(a[1], b[1]))
    both = width * height
    areas = [(box[2] - box[0]) * (box[3] - box[1]) for box in (a, b)]
    union = sum(areas) - both
    hull = (max(a[2], b[2]) - min(a[0], b[0])) * (max(a[3], b[3]) - min(a[1], b[1]))
    iou = both / union if union > 0 else 0.0
    return iou - ((hull - union) / hull if hull > 0 else 0.0)


@generalized.wrong(
    en="Width and height of the intersection may be negative: their product is positive.",
    zh="没有把交集的负宽和负高截成 0：两个负数相乘，得到正的面积。",
)
def giou_negative(a: list[float], b: list[float]) -> float:
    width = min(a[2], b[2]) - max(a[0], b[0])
    height = min(a[3], b[3]) - max(a[1], b[1])
    both = width * height
    areas = [(box[2] - box[0]) * (box[3] - box[1]) for box in (a, b)]
    union = sum(areas) - both
    hull = (max(a[2], b[2]) - min(a[0], b[0])) * (max(a[3], b[3]) - min(a[1], b[1]))
    iou = both / union if union else 0.0
    return iou - ((hull - union) / hull if hull > 0 else 0.0)


@generalized.wrong(
    en="The empty part is divided by the union instead of the hull.",
    zh="空白部分除以了并集，而不是外包框。",
)
def giou_by_union(a: list[float], b: list[float]) -> float:
    width = max(0, min(a[2], b[2]) - max(a[0], b[0]))
    height = max(0, min(a[3], b[3]) - max(a[1], b[1]))
    both = width * height
    areas = [(box[2] - box[0]) * (box[3] - box[1]) for box in (a, b)]
    union = sum(areas) - both
    hull = (max(a[2], b[2]) - min(a[0], b[0])) * (max(a[3], b[3]) - min(a[1], b[1]))
    return (both - (hull - union)) / union if union > 0 else 0.0


@generalized.wrong(
    en="What is subtracted is the part of the hull outside the intersection.",
    zh="减去的是外包框中交集以外的部分，而不是并集以外的部分。",
)
def giou_without_union(a: list[float], b: list[float]) -> float:
    width = max(0, min(a[2], b[2]) - max(a[0], b[0]))
    height = max(0, min(a[3], b[3]) - max(a[1], b[1]))
    both = width * height
    areas = [(box[2] - box[0]) * (box[3] - box[1]) for box in (a, b)]
    union = sum(areas) - both
    hull = (max(a[2], b[2]) - min(a[0], b[0])) * (max(a[3], b[3]) - min(a[1], b[1]))
    iou = both / union if union > 0 else 0.0
    return iou - ((hull - both) / hull if hull > 0 else 0.0)


@generalized.wrong(
    en="This is IoU: the hull plays no part.",
    zh="这只是交并比，没有用到外包框。",
)
def giou_plain(a: list[float], b: list[float]) -> float:
    width = max(0, min(a[2], b[2]) - max(a[0], b[0]))
    height = max(0, min(a[3], b[3]) - max(a[1], b[1]))
    areas = [(box[2] - box[0]) * (box[3] - box[1]) for box in (a, b)]
    union = sum(areas) - width * height
    return width * height / union if union > 0 else 0.0


@generalized.wrong(
    en="Two boxes without area divide by zero.",
    zh="两个框的面积都为 0 时，除以了 0。",
)
def giou_zero(a: list[float], b: list[float]) -> float:
    width = max(0, min(a[2], b[2]) - max(a[0], b[0]))
    height = max(0, min(a[3], b[3]) - max(a[1], b[1]))
    both = width * height
    areas = [(box[2] - box[0]) * (box[3] - box[1]) for box in (a, b)]
    union = sum(areas) - both
    hull = (max(a[2], b[2]) - min(a[0], b[0])) * (max(a[3], b[3]) - min(a[1], b[1]))
    return both / union - (hull - union) / hull


@generalized.wrong(
    en="`+ 1` as for pixels: a box of area 1 becomes one of area 4.",
    zh="像数像素那样写了 `+ 1`：面积为 1 的框变成了 4。",
)
def giou_pixels(a: list[float], b: list[float]) -> float:
    width = max(0, min(a[2], b[2]) - max(a[0], b[0]) + 1)
    height = max(0, min(a[3], b[3]) - max(a[1], b[1]) + 1)
    both = width * height
    areas = [(box[2] - box[0] + 1) * (box[3] - box[1] + 1) for box in (a, b)]
    union = sum(areas) - both
    wide = max(a[2], b[2]) - min(a[0], b[0]) + 1
    hull = wide * (max(a[3], b[3]) - min(a[1], b[1]) + 1)
    return both / union - (hull - union) / hull


def _box(random: Random, most: int) -> list[float]:
    x1, x2 = sorted(random.randint(-most, most) for _ in "12")
    y1, y2 = sorted(random.randint(-most, most) for _ in "12")
    return [x1, y1, x2, y2]


@generalized.cases
def generalized_cases(random: Random) -> Iterator[tuple[list[float], list[float]]]:
    yield [0, 0, 0, 0], [0, 0, 0, 0]
    yield [0, 0, 0, 0], [2, 0, 2, 0]
    yield [0, 0, 0, 0], [2, 3, 2, 3]
    yield [0, 0, 1, 1], [0, 0, 1, 1]
    yield [0, 0, 1, 1], [2, 2, 3, 3]
    yield [0, 0, 2, 2], [1, 1, 3, 3]
    yield [0, 0, 2, 2], [4, 0, 6, 2]
    yield [0, 0, 4, 4], [1, 1, 3, 3]
    for most in (2, 4):
        for _ in range(20):
            yield _box(random, most), _box(random, most)


@generalized.large
def generalized_large(random: Random) -> Iterator[tuple[list[float], list[float]]]:
    yield [0.0, 0.0, 1e6, 1e6], [5e5, 5e5, 2e6, 2e6]
    yield [0.25, 0.5, 0.75, 1.5], [0.0, 0.0, 0.5, 1.0]


def _cells(box: list[float]) -> set[tuple[int, int]]:
    columns, rows = range(int(box[0]), int(box[2])), range(int(box[1]), int(box[3]))
    return {(x, y) for x in columns for y in rows}


@generalized.brute
def generalized_brute(a: list[float], b: list[float]) -> float:
    x, y = sorted([a[0], b[0], a[2], b[2]]), sorted([a[1], b[1], a[3], b[3]])
    either, hull = _cells(a) | _cells(b), _cells([x[0], y[0], x[3], y[3]])
    iou = len(_cells(a) & _cells(b)) / len(either) if either else 0.0
    return iou - (len(hull - either) / len(hull) if hull else 0.0)


suppression = Exercise(
    en=Words(
        title="Non-maximum suppression",
        statement="""\
Sort the boxes by falling score, of equal scores the lower index first. Keep the first, drop
all after it whose IoU with it is **greater than** `threshold`, and go on in the same way with
what is left. Return the indices of the kept boxes in this order.

- `boxes`: a list of $n \\ge 0$ lists `[x1, y1, x2, y2]` of integers of any sign,
  $x_1 < x_2$, $y_1 < y_2$. IoU is the area of the intersection over that of the union.
- `scores`: $n$ numbers, which may be negative or equal.
- `threshold`: a multiple of 1/8 from 0 to 1.
- `boxes` and `scores` stay as they are.
""",
        hints=(
            "A box that was dropped drops no other one: compare with kept boxes only.",
            "`order = sorted(range(n), key=lambda i: (-scores[i], i))`; take `i` if its IoU"
            " with each box kept so far is at most `threshold`.",
        ),
    ),
    zh=Words(
        title="非极大值抑制",
        statement="""\
把框按得分从高到低排列，得分相同时编号小的在前。保留第一个框，去掉它后面与它的交并比**大于** `threshold` 的框，再对剩下的照样做下去。按这个次序返回保留下来的框的编号。

- `boxes`：$n \\ge 0$ 个列表 `[x1, y1, x2, y2]`，都是整数，可正可负，$x_1 < x_2$，$y_1 < y_2$。交并比是交集的面积除以并集的面积。
- `scores`：$n$ 个数，可以是负数，也可以相等。
- `threshold`：0 到 1 之间 1/8 的倍数。
- `boxes` 和 `scores` 保持不变。
""",
        hints=(
            "已经去掉的框不再去掉别的框：只与保留下来的框比较。",
            "`order = sorted(range(n), key=lambda i: (-scores[i], i))`；`i` 与目前保留的每个框的交并比都不超过 `threshold` 时，保留 `i`。",
        ),
    ),
    examples="""\
>>> nms([[0, 0, 10, 10], [4, 0, 14, 10], [8, 0, 18, 10]], [0.7, 0.8, 0.9], 0.375)
[2, 0]
>>> nms([], [], 0.5)
[]
""",
    seconds=5,
)


@suppression.solution
def nms(boxes: list[list[int]], scores: list[float], threshold: float) -> list[int]:
    def iou(a: list[int], b: list[int]) -> float:
        width = max(0, min(a[2], b[2]) - max(a[0], b[0]))
        height = max(0, min(a[3], b[3]) - max(a[1], b[1]))
        areas = [(box[2] - box[0]) * (box[3] - box[1]) for box in (a, b)]
        return width * height / (sum(areas) - width * height)

    kept: list[int] = []
    for i in sorted(range(len(boxes)), key=lambda i: (-scores[i], i)):
        if all(iou(boxes[i], boxes[j]) <= threshold for j in kept):
            kept.append(i)
    return kept


@suppression.wrong(
    en="Boxes that were dropped themselves still drop others.",
    zh="已经去掉的框还在去掉别的框。",
)
def nms_all_before(
    boxes: list[list[int]], scores: list[float], threshold: float
) -> list[int]:
    def iou(a: list[int], b: list[int]) -> float:
        width = max(0, min(a[2], b[2]) - max(a[0], b[0]))
        height = max(0, min(a[3], b[3]) - max(a[1], b[1]))
        areas = [(box[2] - box[0]) * (box[3] - box[1]) for box in (a, b)]
        return width * height / (sum(areas) - width * height)

    order = sorted(range(len(boxes)), key=lambda i: (-scores[i], i))
    return [
        i
        for at, i in enumerate(order)
        if all(iou(boxes[i], boxes[j]) <= threshold for j in order[:at])
    ]


@suppression.wrong(
    en="Sorted by rising score: the worst box is kept.",
    zh="按得分从低到高排了，留下的是最差的框。",
)
def nms_rising(
    boxes: list[list[int]], scores: list[float], threshold: float
) -> list[int]:
    def iou(a: list[int], b: list[int]) -> float:
        width = max(0, min(a[2], b[2]) - max(a[0], b[0]))
        height = max(0, min(a[3], b[3]) - max(a[1], b[1]))
        areas = [(box[2] - box[0]) * (box[3] - box[1]) for box in (a, b)]
        return width * height / (sum(areas) - width * height)

    kept: list[int] = []
    for i in sorted(range(len(boxes)), key=lambda i: (scores[i], i)):
        if all(iou(boxes[i], boxes[j]) <= threshold for j in kept):
            kept.append(i)
    return kept


@suppression.wrong(
    en="The result is in the order of the input, not of the scores.",
    zh="结果按输入的次序排，而不是按得分。",
)
def nms_input_order(
    boxes: list[list[int]], scores: list[float], threshold: float
) -> list[int]:
    def iou(a: list[int], b: list[int]) -> float:
        width = max(0, min(a[2], b[2]) - max(a[0], b[0]))
        height = max(0, min(a[3], b[3]) - max(a[1], b[1]))
        areas = [(box[2] - box[0]) * (box[3] - box[1]) for box in (a, b)]
        return width * height / (sum(areas) - width * height)

    kept: list[int] = []
    for i in sorted(range(len(boxes)), key=lambda i: (-scores[i], i)):
        if all(iou(boxes[i], boxes[j]) <= threshold for j in kept):
            kept.append(i)
    return sorted(kept)


@suppression.wrong(
    en="A box whose IoU is exactly the threshold is dropped.",
    zh="交并比正好等于阈值的框也被去掉了。",
)
def nms_at_threshold(
    boxes: list[list[int]], scores: list[float], threshold: float
) -> list[int]:
    def iou(a: list[int], b: list[int]) -> float:
        width = max(0, min(a[2], b[2]) - max(a[0], b[0]))
        height = max(0, min(a[3], b[3]) - max(a[1], b[1]))
        areas = [(box[2] - box[0]) * (box[3] - box[1]) for box in (a, b)]
        return width * height / (sum(areas) - width * height)

    kept: list[int] = []
    for i in sorted(range(len(boxes)), key=lambda i: (-scores[i], i)):
        if all(iou(boxes[i], boxes[j]) < threshold for j in kept):
            kept.append(i)
    return kept


@suppression.wrong(
    en="Of equal scores the higher index comes first.",
    zh="得分相同时，编号大的排在了前面。",
)
def nms_ties(
    boxes: list[list[int]], scores: list[float], threshold: float
) -> list[int]:
    def iou(a: list[int], b: list[int]) -> float:
        width = max(0, min(a[2], b[2]) - max(a[0], b[0]))
        height = max(0, min(a[3], b[3]) - max(a[1], b[1]))
        areas = [(box[2] - box[0]) * (box[3] - box[1]) for box in (a, b)]
        return width * height / (sum(areas) - width * height)

    kept: list[int] = []
    for _, i in sorted(zip(scores, range(len(boxes))), reverse=True):
        if all(iou(boxes[i], boxes[j]) <= threshold for j in kept):
            kept.append(i)
    return kept


@suppression.wrong(
    en="Each box is compared with the last kept one only.",
    zh="只与最后保留的一个框比较。",
)
def nms_last_only(
    boxes: list[list[int]], scores: list[float], threshold: float
) -> list[int]:
    def iou(a: list[int], b: list[int]) -> float:
        width = max(0, min(a[2], b[2]) - max(a[0], b[0]))
        height = max(0, min(a[3], b[3]) - max(a[1], b[1]))
        areas = [(box[2] - box[0]) * (box[3] - box[1]) for box in (a, b)]
        return width * height / (sum(areas) - width * height)

    kept: list[int] = []
    for i in sorted(range(len(boxes)), key=lambda i: (-scores[i], i)):
        if not kept or iou(boxes[i], boxes[kept[-1]]) <= threshold:
            kept.append(i)
    return kept


@suppression.wrong(
    en="The intersection is divided by the smaller area, not by the union.",
    zh="交集除以了较小的面积，而不是并集。",
)
def nms_smaller_area(
    boxes: list[list[int]], scores: list[float], threshold: float
) -> list[int]:
    def share(a: list[int], b: list[int]) -> float:
        width = max(0, min(a[2], b[2]) - max(a[0], b[0]))
        height = max(0, min(a[3], b[3]) - max(a[1], b[1]))
        areas = [(box[2] - box[0]) * (box[3] - box[1]) for box in (a, b)]
        return width * height / min(areas)

    kept: list[int] = []
    for i in sorted(range(len(boxes)), key=lambda i: (-scores[i], i)):
        if all(share(boxes[i], boxes[j]) <= threshold for j in kept):
            kept.append(i)
    return kept


@suppression.wrong(
    en="Negative scores are taken for background and left out.",
    zh="把得分为负的框当成背景丢掉了。",
)
def nms_positive_only(
    boxes: list[list[int]], scores: list[float], threshold: float
) -> list[int]:
    def iou(a: list[int], b: list[int]) -> float:
        width = max(0, min(a[2], b[2]) - max(a[0], b[0]))
        height = max(0, min(a[3], b[3]) - max(a[1], b[1]))
        areas = [(box[2] - box[0]) * (box[3] - box[1]) for box in (a, b)]
        return width * height / (sum(areas) - width * height)

    kept: list[int] = []
    for i in sorted(range(len(boxes)), key=lambda i: (-scores[i], i)):
        if scores[i] >= 0 and all(iou(boxes[i], boxes[j]) <= threshold for j in kept):
            kept.append(i)
    return kept


@suppression.wrong(
    en="The lists that were given are emptied on the way.",
    zh="一边计算一边清空了传入的列表。",
)
def nms_in_place(
    boxes: list[list[int]], scores: list[float], threshold: float
) -> list[int]:
    def iou(a: list[int], b: list[int]) -> float:
        width = max(0, min(a[2], b[2]) - max(a[0], b[0]))
        height = max(0, min(a[3], b[3]) - max(a[1], b[1]))
        areas = [(box[2] - box[0]) * (box[3] - box[1]) for box in (a, b)]
        return width * height / (sum(areas) - width * height)

    index, kept = list(range(len(boxes))), []
    while boxes:
        best = scores.index(max(scores))
        box = boxes[best]
        kept.append(index[best])
        left = [
            i
            for i in range(len(boxes))
            if i != best and iou(boxes[i], box) <= threshold
        ]
        index = [index[i] for i in left]
        boxes[:], scores[:] = [boxes[i] for i in left], [scores[i] for i in left]
    return kept


@suppression.drive
def suppression_drive(
    nms: Any, boxes: list[list[int]], scores: list[float], threshold: float
) -> Any:
    before = [list(box) for box in boxes], list(scores)
    result = nms(boxes, scores, threshold)
    if ([list(box) for box in boxes], list(scores)) != before:
        raise ValueError("boxes and scores must stay as they are, and were changed")
    return result


def _crowd(random: Random, n: int, most: int, side: int) -> list[list[int]]:
    boxes = []
    for _ in range(n):
        x, y = random.randint(-most, most), random.randint(-most, most)
        boxes.append([x, y, x + random.randint(1, side), y + random.randint(1, side)])
    return boxes


@suppression.cases
def suppression_cases(
    random: Random,
) -> Iterator[tuple[list[list[int]], list[float], float]]:
    chain = [[0, 0, 10, 10], [4, 0, 14, 10], [8, 0, 18, 10]]
    yield [], [], 0.5
    yield [[0, 0, 1, 1]], [0.5], 0.5
    yield [[0, 0, 1, 1]], [-0.5], 0.0
    yield [[0, 0, 2, 2], [0, 0, 2, 2]], [0.5, 0.5], 0.5
    yield [[0, 0, 2, 2], [0, 0, 2, 2]], [0.5, 0.5], 1.0
    yield [[0, 0, 2, 2], [0, 0, 2, 1]], [0.5, 0.25], 0.5
    yield [[0, 0, 1, 1], [2, 2, 3, 3]], [0.25, 0.5], 0.0
    yield chain, [0.9, 0.8, 0.7], 0.375
    yield chain, [0.7, 0.8, 0.9], 0.375
    yield chain, [0.9, 0.7, 0.8], 0.375
    for width in (3749, 3750, 3751):  # an IoU just below, at and above 3 / 8
        yield [[0, 0, 10_000, 1], [0, 0, width, 1]], [0.5, 0.25], 0.375
    for _ in range(60):
        n = random.randint(2, 7)
        scores = [random.randint(-2, 4) / 4 for _ in range(n)]
        yield _crowd(random, n, 3, 6), scores, random.randint(0, 6) / 8


@suppression.large
def suppression_large(
    random: Random,
) -> Iterator[tuple[list[list[int]], list[float], float]]:
    scores = [random.randint(-40, 400) / 400 for _ in range(250)]
    yield _crowd(random, 250, 60, 40), scores, 0.375
    yield _crowd(random, 120, 4000, 90), scores[:120], 0.0


@suppression.brute
def suppression_brute(
    boxes: list[list[int]], scores: list[float], threshold: float
) -> list[int]:
    # A box is kept if no kept box that ranks before it has too much of it.
    rank = sorted(range(len(boxes)), key=scores.__getitem__, reverse=True)

    def stays(at: int) -> bool:
        mine = set(_cells([float(side) for side in boxes[rank[at]]]))
        for before in range(at):
            other = _cells([float(side) for side in boxes[rank[before]]])
            if len(mine & other) > threshold * len(mine | other) and stays(before):
                return False
        return True

    return [rank[at] for at in range(len(rank)) if stays(at)]
