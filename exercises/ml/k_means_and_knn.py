"""Exercises: one round of Lloyd's algorithm, the chances of k-means++, the vote of k-NN."""

from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from random import Random

from notekit.study.judge import Exercise, Words

round_of_lloyd = Exercise(
    en=Words(
        title="One round of Lloyd's algorithm",
        statement="""\
Do one round of k-means on a line: give each number to the nearest centre, then return the means of
the numbers that each centre was given.

- `numbers`: integers, in any order; there may be none.
- `centers`: at least one number, in any order.
- A number equally near to several centres belongs to the one that stands first in `centers`.
- A centre that was given no number stays where it is.
- Return a list as long as `centers`. Errors up to $10^{-9}$ are accepted.
""",
        hints=(
            "Two steps, one after the other: all labels first, from the old centres, and"
            " only then the means.",
            "`min(range(k), key=...)` returns the first of equally good places. Before"
            " you divide by a count, ask whether it is 0.",
        ),
    ),
    zh=Words(
        title="Lloyd 算法的一轮",
        statement="""\
在数轴上做一轮 K-means：先把每个数分给最近的中心，再返回各个中心分到的数的均值。

- `numbers`：整数，次序任意，可以一个也没有。
- `centers`：至少一个数，次序任意。
- 一个数到几个中心一样近时，归 `centers` 里排在最前的那个。
- 没有分到数的中心留在原处。
- 返回与 `centers` 等长的列表。误差不超过 $10^{-9}$ 即可。
""",
        hints=(
            "两步要分先后：先用旧的中心定出全部标签，然后才求均值。",
            "`min(range(k), key=...)` 在几个位置同样好时返回第一个。除以个数之前，先问它是不是 0。",
        ),
    ),
    examples="""\
>>> lloyd_round([1, 2, 3, 10, 11, 12, 20], [1, 2, 3])
[1.0, 2.0, 11.2]
>>> lloyd_round([0, 1, 2], [0, 2, 9])
[0.5, 2.0, 9.0]
>>> lloyd_round([], [4])
[4.0]
""",
    tolerance=1e-9,
)


@round_of_lloyd.solution
def lloyd_round(numbers: list[int], centers: list[float]) -> list[float]:
    groups: list[list[int]] = [[] for _ in centers]
    for number in numbers:
        nearest = min(range(len(centers)), key=lambda j: abs(number - centers[j]))
        groups[nearest].append(number)
    return [
        sum(group) / len(group) if group else float(center)
        for group, center in zip(groups, centers)
    ]


@round_of_lloyd.wrong(
    en="Divides by the count of an empty cluster.",
    zh="没有数的簇也去除以个数：除以零。",
)
def lloyd_round_empty(numbers: list[int], centers: list[float]) -> list[float]:
    groups: list[list[int]] = [[] for _ in centers]
    for number in numbers:
        nearest = min(range(len(centers)), key=lambda j: abs(number - centers[j]))
        groups[nearest].append(number)
    return [sum(group) / len(group) for group in groups]


@round_of_lloyd.wrong(
    en="Moves a centre as soon as a number joins it: later numbers see other centres.",
    zh="每分一个数就移动中心：后面的数看到的已经不是原来的中心。",
)
def lloyd_round_online(numbers: list[int], centers: list[float]) -> list[float]:
    moving = [float(center) for center in centers]
    groups: list[list[int]] = [[] for _ in centers]
    for number in numbers:
        nearest = min(range(len(moving)), key=lambda j: abs(number - moving[j]))
        groups[nearest].append(number)
        moving[nearest] = sum(groups[nearest]) / len(groups[nearest])
    return moving


@round_of_lloyd.wrong(
    en="On a tie the last of the nearest centres gets the number.",
    zh="一样近时归了排在最后的中心。",
)
def lloyd_round_last(numbers: list[int], centers: list[float]) -> list[float]:
    groups: list[list[int]] = [[] for _ in centers]
    for number in numbers:
        best = 0
        for j in range(len(centers)):
            if abs(number - centers[j]) <= abs(number - centers[best]):
                best = j
        groups[best].append(number)
    return [sum(g) / len(g) if g else float(c) for g, c in zip(groups, centers)]


@round_of_lloyd.wrong(
    en="Takes the middle number instead of the mean: that is k-medians.",
    zh="取了中间的数，而不是均值：那是 K-medians。",
)
def lloyd_round_median(numbers: list[int], centers: list[float]) -> list[float]:
    groups: list[list[int]] = [[] for _ in centers]
    for number in sorted(numbers):
        nearest = min(range(len(centers)), key=lambda j: abs(number - centers[j]))
        groups[nearest].append(number)
    return [float(g[len(g) // 2] if g else c) for g, c in zip(groups, centers)]


@round_of_lloyd.cases
def round_cases(random: Random) -> Iterator[tuple[list[int], list[float]]]:
    yield [], [4]
    yield [], [1, -1]
    yield [5], [0]
    yield [0, 1, 2], [0, 2, 9]
    yield [1, 2, 3, 10, 11, 12, 20], [1, 2, 3]
    yield [3, 3, 3], [3, 3]
    yield [0], [1, -1]
    yield [-2, -1, 1, 2], [1, -1]
    for _ in range(30):
        numbers = [random.randint(-9, 9) for _ in range(random.randint(1, 9))]
        centers = [random.randint(-18, 18) / 2 for _ in range(random.randint(1, 4))]
        yield numbers, centers


@round_of_lloyd.large
def round_large(random: Random) -> Iterator[tuple[list[int], list[float]]]:
    numbers = [random.randint(-5000, 5000) for _ in range(2000)]
    yield numbers, [float(number) for number in numbers[:20]]


@round_of_lloyd.brute
def round_brute(numbers: list[int], centers: list[float]) -> list[float]:
    """Each centre picks its numbers: no earlier one as near, no later one nearer."""
    moved = []
    for j, center in enumerate(centers):
        own = [
            number
            for number in numbers
            if all((number - c) ** 2 > (number - center) ** 2 for c in centers[:j])
            and all((number - c) ** 2 >= (number - center) ** 2 for c in centers[j:])
        ]
        moved.append(float(Fraction(sum(own), len(own))) if own else float(center))
    return moved


chances = Exercise(
    en=Words(
        title="The chances of k-means++",
        statement="""\
Some seeds of k-means++ are drawn. With which chance is each point the next one?

- `points`: points $(x, y)$ of integers, possibly none, possibly equal ones.
- `centers`: the seeds so far, at least one, of the same kind.
- Return a chance for each point, in order: its squared distance to the nearest seed,
  over the sum of these for all points.
- If all of these distances are 0, all points have the same chance.

Errors up to $10^{-9}$ are accepted.
""",
        hints=(
            "First one number for each point: the least of its squared distances to the"
            " seeds. Then divide all by their sum.",
            "The sum may be 0; then there are $n$ points, each with the chance $1/n$.",
        ),
    ),
    zh=Words(
        title="K-means++ 的概率",
        statement="""\
K-means++ 已经抽出若干个种子。下一个种子取到各个点的概率是多少？

- `points`：整数坐标的点 $(x, y)$，可以没有，也可以相同。
- `centers`：已有的种子，至少一个，形式相同。
- 按次序返回每个点的概率：它到最近种子的距离的平方，除以所有点的这个值之和。
- 如果这些距离全为 0，各点的概率相等。

误差不超过 $10^{-9}$ 即可。
""",
        hints=(
            "先给每个点算一个数：到各个种子的距离平方里最小的一个。再统统除以它们的和。",
            "和可能是 0：这时有 $n$ 个点，每个的概率是 $1/n$。",
        ),
    ),
    examples="""\
>>> kmeans_pp_probabilities([(0, 0), (1, 0), (3, 0)], [(0, 0)])
[0.0, 0.1, 0.9]
>>> kmeans_pp_probabilities([(2, 2), (2, 2)], [(2, 2)])
[0.5, 0.5]
>>> kmeans_pp_probabilities([], [(0, 0)])
[]
""",
    tolerance=1e-9,
)


@chances.solution
def kmeans_pp_probabilities(
    points: list[tuple[int, int]], centers: list[tuple[int, int]]
) -> list[float]:
    squares = [min((x - a) ** 2 + (y - b) ** 2 for a, b in centers) for x, y in points]
    total = sum(squares)
    if total == 0:
        return [1 / len(points) for _ in points]
    return [square / total for square in squares]


@chances.wrong(
    en="The distance is not squared.",
    zh="距离没有平方。",
)
def probabilities_root(
    points: list[tuple[int, int]], centers: list[tuple[int, int]]
) -> list[float]:
    lengths = [
        min(((x - a) ** 2 + (y - b) ** 2) ** 0.5 for a, b in centers) for x, y in points
    ]
    total = sum(lengths)
    if total == 0:
        return [1 / len(points) for _ in points]
    return [length / total for length in lengths]


@chances.wrong(
    en="The farthest seed instead of the nearest: points beside a seed are drawn again.",
    zh="用了最远的种子而不是最近的：紧挨着种子的点又会被抽到。",
)
def probabilities_farthest(
    points: list[tuple[int, int]], centers: list[tuple[int, int]]
) -> list[float]:
    squares = [max((x - a) ** 2 + (y - b) ** 2 for a, b in centers) for x, y in points]
    total = sum(squares)
    if total == 0:
        return [1 / len(points) for _ in points]
    return [square / total for square in squares]


@chances.wrong(
    en="No guard where all distances are 0: division by zero.",
    zh="没有考虑距离全为 0 的情形：除以零。",
)
def probabilities_zero(
    points: list[tuple[int, int]], centers: list[tuple[int, int]]
) -> list[float]:
    squares = [min((x - a) ** 2 + (y - b) ** 2 for a, b in centers) for x, y in points]
    total = sum(squares)
    return [square / total for square in squares]


@chances.wrong(
    en="Only the seed drawn last is looked at.",
    zh="只看最后抽出的那个种子。",
)
def probabilities_last(
    points: list[tuple[int, int]], centers: list[tuple[int, int]]
) -> list[float]:
    a, b = centers[-1]
    squares = [(x - a) ** 2 + (y - b) ** 2 for x, y in points]
    total = sum(squares)
    if total == 0:
        return [1 / len(points) for _ in points]
    return [square / total for square in squares]


@chances.cases
def chances_cases(
    random: Random,
) -> Iterator[tuple[list[tuple[int, int]], list[tuple[int, int]]]]:
    yield [], [(0, 0)]
    yield [(4, 4)], [(4, 4)]
    yield [(4, 4)], [(0, 0)]
    yield [(2, 2), (2, 2)], [(2, 2)]
    yield [(0, 0), (1, 0), (3, 0)], [(0, 0)]
    yield [(0, 0), (0, 1), (2, 0), (2, 1)], [(0, 0)]
    yield [(0, 0), (5, 0), (9, 0)], [(0, 0), (9, 0)]
    for _ in range(30):
        n, reach = random.randint(1, 7), random.choice([1, 4, 9])
        points = [
            (random.randint(-reach, reach), random.randint(-reach, reach))
            for _ in range(n)
        ]
        yield points, random.choices(points, k=random.randint(1, 3))


@chances.large
def chances_large(
    random: Random,
) -> Iterator[tuple[list[tuple[int, int]], list[tuple[int, int]]]]:
    points = [
        (random.randint(-5000, 5000), random.randint(-5000, 5000)) for _ in range(1000)
    ]
    yield points, points[:20]


@chances.brute
def chances_brute(
    points: list[tuple[int, int]], centers: list[tuple[int, int]]
) -> list[float]:
    """The share of tickets that each point holds; one each if there are none."""
    tickets = []
    for x, y in points:
        off = sorted(abs(complex(x - a, y - b)) for a, b in centers)
        tickets.append(round(off[0] ** 2))
    if not any(tickets):
        tickets = [1] * len(points)
    return [float(Fraction(mine, sum(tickets))) for mine in tickets]


vote = Exercise(
    en=Words(
        title="The vote of k-NN",
        statement="""\
`labels` are those of the training points, the nearest to the query first. Return the label that
occurs most often among the first `k`; of labels that occur equally often, the smallest.

- `labels`: at least one integer of any sign.
- `k`: from 1 to the number of labels.
""",
        hints=(
            "Count the first `k`. Which of the counted labels are best, and which of these"
            " is wanted?",
            "`min` over the labels, by the pair of minus the count and the label itself.",
        ),
    ),
    zh=Words(
        title="K 近邻的投票",
        statement="""\
`labels` 是训练点的标签，离查询点最近的排在最前。返回前 `k` 个里出现最多的标签；几个标签次数相同时，返回最小的。

- `labels`：至少一个整数，可正可负。
- `k`：从 1 到标签的个数。
""",
        hints=(
            "数一数前 `k` 个。哪些标签次数最多？其中要返回哪一个？",
            "对标签取 `min`，比较的是二元组：次数的相反数，和标签本身。",
        ),
    ),
    examples="""\
>>> knn_vote([2, 1, 1, 2, 2], 3)
1
>>> knn_vote([8, 0], 2)
0
>>> knn_vote([5, 3, 3], 1)
5
""",
    lacks={"empty": "somebody must vote"},
)


@vote.solution
def knn_vote(labels: list[int], k: int) -> int:
    counts = Counter(labels[:k])
    return min(counts, key=lambda label: (-counts[label], label))


@vote.wrong(
    en="Of equal votes the label met first wins, not the smallest.",
    zh="票数相同时取了先遇到的标签，而不是最小的。",
)
def knn_vote_first(labels: list[int], k: int) -> int:
    return Counter(labels[:k]).most_common(1)[0][0]


@vote.wrong(
    en="All training points vote: the answer is the same for every query.",
    zh="所有训练点都投了票：不管查询点在哪里，答案都一样。",
)
def knn_vote_all(labels: list[int], k: int) -> int:
    counts = Counter(labels)
    return min(counts, key=lambda label: (-counts[label], label))


@vote.wrong(
    en="Of equal votes the largest label wins.",
    zh="票数相同时取了最大的标签。",
)
def knn_vote_largest(labels: list[int], k: int) -> int:
    counts = Counter(labels[:k])
    return max(counts, key=lambda label: (counts[label], label))


@vote.cases
def vote_cases(random: Random) -> Iterator[tuple[list[int], int]]:
    yield [7], 1
    yield [8, 0], 1
    yield [8, 0], 2
    yield [-1, -2], 2
    yield [2, 1, 1, 2, 2], 3
    yield [2, 1, 1, 2, 2], 5
    for _ in range(40):
        reach = random.choice([1, 3, 20])
        labels = [random.randint(-reach, reach) for _ in range(random.randint(1, 9))]
        yield labels, random.randint(1, len(labels))


@vote.large
def vote_large(random: Random) -> Iterator[tuple[list[int], int]]:
    yield [random.randint(-50, 50) for _ in range(2000)], 1500


@vote.brute
def vote_brute(labels: list[int], k: int) -> int:
    near = sorted(labels[:k])
    best = near[0]
    for label in near:  # rising, so that only more votes replace a smaller label
        if near.count(label) > near.count(best):
            best = label
    return best
