"""Exercises on the Wasserstein GAN: W1 of two samples, and the gradient penalty."""

from collections.abc import Iterator
from fractions import Fraction
from itertools import permutations
from math import fsum, hypot, sqrt
from random import Random
from typing import Any

from notekit.study.judge import Exercise, Words

distance = Exercise(
    en=Words(
        title="W1 of two samples of equal size",
        statement="""\
Each of the $n$ points in `x` has the mass $1/n$, and so has each point in `y`. Return $W_1$: the
least mean distance over which the mass of `x` must be carried to lie as that of `y`.

- `x`, `y`: lists of $n \\ge 1$ integers, of any sign, in any order, with repetitions.
- $n$ may be 50,000.
- Return a float; `x` and `y` stay as they are. Results may be off by $10^{-9}$, relatively if
  above 1.
""",
        hints=(
            "On a line, two ways that cross can be uncrossed without getting longer.",
            "So the smallest goes to the smallest, the next to the next, and so on.",
        ),
    ),
    zh=Words(
        title="两组等量样本的 W1",
        statement="""\
`x` 里的 $n$ 个点各有质量 $1/n$，`y` 里的也一样。把 `x` 的质量搬成 `y` 的样子，返回 $W_1$，即平均搬运距离的最小值。

- `x`、`y`：各有 $n \\ge 1$ 个整数的列表，正负均可，次序任意，可以重复。
- $n$ 可达 50,000。
- 返回浮点数，`x` 和 `y` 保持不变。允许 $10^{-9}$ 的误差（结果的绝对值超过 1 时指相对误差，否则指绝对误差）。
""",
        hints=(
            "在直线上，两条交叉的路线可以改成不交叉的，而且不会变长。",
            "所以最小的搬到最小的，第二小的搬到第二小的，依此类推。",
        ),
    ),
    examples="""\
>>> w1([0, 3], [2, 1])
1.0
>>> w1([0, 1, 3], [5, 6, 8])
5.0
""",
    tolerance=1e-9,
    lacks={"empty": "a sample has a point"},
)


@distance.solution
def w1(x: list[int], y: list[int]) -> float:
    return sum(abs(a - b) for a, b in zip(sorted(x), sorted(y))) / len(x)


@distance.wrong(
    en="The points are paired as they stand in the lists: a plan, but not the best.",
    zh="按列表里的次序配对：这是一个方案，但不是最好的。",
)
def w1_unsorted(x: list[int], y: list[int]) -> float:
    return sum(abs(a - b) for a, b in zip(x, y)) / len(x)


@distance.wrong(
    en="This is the difference of the means, a bound from below: 0 for [0, 3] and [1, 2].",
    zh="这是均值之差，只是一个下界：[0, 3] 与 [1, 2] 得到 0。",
)
def w1_means(x: list[int], y: list[int]) -> float:
    return abs(sum(x) - sum(y)) / len(x)


@distance.wrong(
    en="Each point carries the mass 1/n: the sum must be divided by n.",
    zh="每个点的质量是 1/n：总和还要除以 n。",
)
def w1_sum(x: list[int], y: list[int]) -> float:
    return float(sum(abs(a - b) for a, b in zip(sorted(x), sorted(y))))


@distance.wrong(
    en="Equal points were merged, so their mass got lost.",
    zh="相同的点被合并，它们的质量丢了。",
)
def w1_sets(x: list[int], y: list[int]) -> float:
    return sum(abs(a - b) for a, b in zip(sorted({*x}), sorted({*y}))) / len(x)


@distance.wrong(
    en="This is W2: the distances are squared, and the root taken at the end.",
    zh="这是 W2：距离取了平方，最后再开方。",
)
def w1_squared(x: list[int], y: list[int]) -> float:
    return sqrt(sum((a - b) ** 2 for a, b in zip(sorted(x), sorted(y))) / len(x))


@distance.wrong(
    en="Each point goes to its nearest one, and several may go to the same.",
    zh="每个点都搬到离自己最近的点，几个点可能搬到同一处。",
)
def w1_nearest(x: list[int], y: list[int]) -> float:
    if len(x) > 1000:
        return 0.0
    return sum(min(abs(a - b) for b in y) for a in x) / len(x)


@distance.drive
def distance_drive(w1: Any, x: list[int], y: list[int]) -> Any:
    before = list(x), list(y)
    result = w1(x, y)
    if (x, y) != before:
        raise ValueError("x and y must stay as they are, and were changed")
    return result


@distance.cases
def distance_cases(random: Random) -> Iterator[tuple[list[int], list[int]]]:
    yield [3], [3]
    yield [-2], [5]
    yield [0, 3], [2, 1]
    yield [0, 3], [1, 2]
    yield [1, 1], [1, 4]
    yield [0, 0, 0], [0, 0, 0]
    for _ in range(40):
        n, wide = random.randint(1, 6), random.choice([2, 9, 10**6])
        yield (
            [random.randint(-wide, wide) for _ in range(n)],
            [random.randint(-wide, wide) for _ in range(n)],
        )


@distance.large
def distance_large(random: Random) -> Iterator[tuple[list[int], list[int]]]:
    yield (
        [random.randint(-(10**6), 10**6) for _ in range(50_000)],
        [random.randint(-(10**6), 10**6) for _ in range(50_000)],
    )


@distance.brute
def distance_brute(x: list[int], y: list[int]) -> float:
    # Of all ways to pair the points, the cheapest.
    costs = (
        sum(max(a - b, b - a) for a, b in zip(x, other)) for other in permutations(y)
    )
    return float(Fraction(min(costs), len(x)))


charge = Exercise(
    en=Words(
        title="The gradient penalty",
        statement="""\
A critic has the gradients `gradients[i]` at $n$ points. Return the two-sided penalty:
$\\lambda$ times the mean of $(\\lVert g \\rVert - 1)^2$ over the points, with Euclidean lengths.

- `gradients`: a list of $n \\ge 1$ lists of $d \\ge 1$ integers each.
- `weight`: a number $\\lambda \\ge 0$.
- Return a float; `gradients` stay as they are. Results may be off by $10^{-9}$, relatively if
  above 1.
""",
        hints=(
            "Which sum comes before the root, and which after?",
            "One length a point; subtract 1 and square; then the mean over the points.",
        ),
    ),
    zh=Words(
        title="梯度惩罚",
        statement="""\
评分网络在 $n$ 个点处的梯度是 `gradients[i]`。返回双侧惩罚：$(\\lVert g \\rVert - 1)^2$ 对各点取平均，再乘以 $\\lambda$，长度是欧几里得长度。

- `gradients`：$n \\ge 1$ 个列表，每个有 $d \\ge 1$ 个整数。
- `weight`：一个数 $\\lambda \\ge 0$。
- 返回浮点数，`gradients` 保持不变。允许 $10^{-9}$ 的误差（结果的绝对值超过 1 时指相对误差，否则指绝对误差）。
""",
        hints=(
            "哪个求和在开方之前，哪个在之后？",
            "每个点一个长度，减 1 再平方，最后对各点取平均。",
        ),
    ),
    examples="""\
>>> penalty([[3, 4], [0, 0]], 10)
85.0
>>> penalty([[1], [-1]], 10)
0.0
""",
    tolerance=1e-9,
    lacks={"empty": "the mean over no points is none"},
)


@charge.solution
def penalty(gradients: list[list[int]], weight: float) -> float:
    lengths = [sqrt(sum(g * g for g in row)) for row in gradients]
    return weight * sum((length - 1) ** 2 for length in lengths) / len(lengths)


@charge.wrong(
    en="One length for the whole batch.",
    zh="整个批次只算了一个长度。",
)
def penalty_batch(gradients: list[list[int]], weight: float) -> float:
    return weight * (sqrt(sum(g * g for row in gradients for g in row)) - 1) ** 2


@charge.wrong(
    en="The root of the mean square is taken for the length: divided by the root of d.",
    zh="把均方根当成了长度：多除以 d 的平方根。",
)
def penalty_rms(gradients: list[list[int]], weight: float) -> float:
    lengths = [sqrt(sum(g * g for g in row) / len(row)) for row in gradients]
    return weight * sum((length - 1) ** 2 for length in lengths) / len(lengths)


@charge.wrong(
    en="Each coordinate is taken for itself; the length is that of all of them.",
    zh="逐个坐标单独计算；长度应当由所有坐标一起算。",
)
def penalty_coordinates(gradients: list[list[int]], weight: float) -> float:
    flat = [abs(g) for row in gradients for g in row]
    return weight * sum((g - 1) ** 2 for g in flat) / len(flat)


@charge.wrong(
    en="The sum over the points is not divided by their number.",
    zh="对各点求和之后没有除以点数。",
)
def penalty_sum(gradients: list[list[int]], weight: float) -> float:
    lengths = [sqrt(sum(g * g for g in row)) for row in gradients]
    return weight * sum((length - 1) ** 2 for length in lengths)


@charge.wrong(
    en="The root is forgotten: the squared length is compared with 1.",
    zh="忘了开方：拿长度的平方与 1 比较。",
)
def penalty_squares(gradients: list[list[int]], weight: float) -> float:
    squares = [sum(g * g for g in row) for row in gradients]
    return weight * sum((square - 1) ** 2 for square in squares) / len(squares)


@charge.wrong(
    en="That is the one-sided penalty: lengths below 1 cost too.",
    zh="这是单侧惩罚：长度小于 1 也应当计入。",
)
def penalty_one_sided(gradients: list[list[int]], weight: float) -> float:
    lengths = [sqrt(sum(g * g for g in row)) for row in gradients]
    return weight * sum(max(s - 1, 0) ** 2 for s in lengths) / len(lengths)


@charge.wrong(
    en="The mean length is compared with 1, so that long and short ones cancel.",
    zh="拿平均长度与 1 比较，长的和短的就互相抵消了。",
)
def penalty_mean_first(gradients: list[list[int]], weight: float) -> float:
    lengths = [sqrt(sum(g * g for g in row)) for row in gradients]
    return weight * (sum(lengths) / len(lengths) - 1) ** 2


@charge.drive
def charge_drive(penalty: Any, gradients: list[list[int]], weight: float) -> Any:
    before = [list(row) for row in gradients]
    result = penalty(gradients, weight)
    if gradients != before:
        raise ValueError("gradients must stay as they are, and were changed")
    return result


@charge.cases
def charge_cases(random: Random) -> Iterator[tuple[list[list[int]], float]]:
    yield [[1]], 10
    yield [[0]], 10
    yield [[3, 4], [0, 0]], 10
    yield [[3, 4], [3, 4]], 0
    yield [[-1], [1]], 2.5
    yield [[-2, 1, 2]], 1
    for _ in range(40):
        n, d = random.randint(1, 6), random.randint(1, 5)
        rows = [[random.randint(-4, 4) for _ in range(d)] for _ in range(n)]
        yield rows, random.choice([0, 0.5, 1, 10])


@charge.large
def charge_large(random: Random) -> Iterator[tuple[list[list[int]], float]]:
    yield [[random.randint(-99, 99) for _ in range(20)] for _ in range(2000)], 10


@charge.brute
def charge_brute(gradients: list[list[int]], weight: float) -> float:
    # (s - 1)² = s² - 2 s + 1, with exact squares and hypot's lengths.
    n = len(gradients)
    squares = sum(g**2 for row in gradients for g in row)
    total = fsum([squares, *(-2 * hypot(*row) for row in gradients), n])
    return weight * total / n
