"""Exercises on the SVM: how far a multiplier may go, and which intercepts are best."""

from collections.abc import Iterator
from random import Random
from typing import Any

from notekit.study.judge import Exercise, Words

clip = Exercise(
    en=Words(
        title="How far may a multiplier go?",
        statement="""\
SMO changes two multipliers, $\\alpha_i$ and $\\alpha_j$, and leaves the others alone. Both must stay in
$[0, C]$, and $\\alpha_i y_i + \\alpha_j y_j$ must keep its value. So $\\alpha_j$ determines $\\alpha_i$. Return the
pair `(low, high)`: the smallest and the largest value that $\\alpha_j$ may take.

- `a_i`, `a_j`: the multipliers now, from 0 to `C`.
- `y_i`, `y_j`: labels, $-1$ or $1$.
- `C`: above 0, at most $10^4$.

Results may be off by $10^{-9}$, relative to their size or to 1.
""",
        hints=(
            "If the labels are equal, the sum of both multipliers stays; if not, their"
            " difference does.",
            "With equal labels and the sum $s$, $\\alpha_i = s - \\alpha_j$ must lie in"
            " $[0, C]$, and so must $\\alpha_j$: two intervals, and what they share.",
        ),
    ),
    zh=Words(
        title="一个乘子能走多远",
        statement="""\
SMO 每次只改动两个乘子 $\\alpha_i$ 和 $\\alpha_j$，其余不动。两者都必须留在 $[0, C]$ 之内，而且 $\\alpha_i y_i + \\alpha_j y_j$ 的值不能变，所以 $\\alpha_j$ 定了，$\\alpha_i$ 也就定了。返回 `(low, high)`，即 $\\alpha_j$ 能取的最小值和最大值。

- `a_i`、`a_j`：乘子现在的值，在 0 与 `C` 之间。
- `y_i`、`y_j`：标签，$-1$ 或 $1$。
- `C`：大于 0，至多 $10^4$。

允许 $10^{-9}$ 的误差（结果的绝对值超过 1 时指相对误差，否则指绝对误差）。
""",
        hints=(
            "标签相同，两个乘子的和不变；标签不同，差不变。",
            "标签相同时记和为 $s$，则 $\\alpha_i = s - \\alpha_j$ 要在 $[0, C]$ 之内，$\\alpha_j$ 也要在 $[0, C]$ 之内：取两个区间的交集。",
        ),
    ),
    examples="""\
>>> low, high = clip_alpha(0.2, 0.9, 1, 1, 1)
>>> round(low, 6), round(high, 6)
(0.1, 1)
>>> low, high = clip_alpha(0.2, 0.9, 1, -1, 1)
>>> round(low, 6), round(high, 6)
(0.7, 1)
""",
    tolerance=1e-9,
)


@clip.solution
def clip_alpha(
    a_i: float, a_j: float, y_i: int, y_j: int, C: float
) -> tuple[float, float]:
    if y_i == y_j:
        total = a_i + a_j
        return max(0, total - C), min(C, total)
    ahead = a_j - a_i
    return max(0, ahead), min(C, C + ahead)


@clip.wrong(
    en="The cases of equal and of different labels are exchanged.",
    zh="标签相同和标签不同的两种情形弄反了。",
)
def clip_alpha_exchanged(
    a_i: float, a_j: float, y_i: int, y_j: int, C: float
) -> tuple[float, float]:
    if y_i != y_j:
        total = a_i + a_j
        return max(0, total - C), min(C, total)
    ahead = a_j - a_i
    return max(0, ahead), min(C, C + ahead)


@clip.wrong(
    en="`max` and `min` are exchanged: the bounds lie outside of the box.",
    zh="`max` 和 `min` 用反了，得到的界跑到了约束之外。",
)
def clip_alpha_swapped(
    a_i: float, a_j: float, y_i: int, y_j: int, C: float
) -> tuple[float, float]:
    if y_i == y_j:
        total = a_i + a_j
        return min(0, total - C), max(C, total)
    ahead = a_j - a_i
    return min(0, ahead), max(C, C + ahead)


@clip.wrong(
    en="Only $\\alpha_i$ is kept in its box; $\\alpha_j$ has bounds of its own, 0 and $C$.",
    zh="只顾及 $\\alpha_i$ 的范围，忘了 $\\alpha_j$ 自己也要在 0 与 $C$ 之间。",
)
def clip_alpha_one_box(
    a_i: float, a_j: float, y_i: int, y_j: int, C: float
) -> tuple[float, float]:
    if y_i == y_j:
        return a_i + a_j - C, a_i + a_j
    return a_j - a_i, C + a_j - a_i


@clip.wrong(
    en="The whole box $[0, C]$: the other multiplier, which has to move as well, is forgotten.",
    zh="返回了整个 $[0, C]$，忘了另一个乘子也要跟着动。",
)
def clip_alpha_free(
    a_i: float, a_j: float, y_i: int, y_j: int, C: float
) -> tuple[float, float]:
    return 0, C


@clip.wrong(
    en="The bounds of $\\alpha_i$: with different labels the difference has the other sign.",
    zh="求成了 $\\alpha_i$ 的界：标签不同时，差的符号反了。",
)
def clip_alpha_other(
    a_i: float, a_j: float, y_i: int, y_j: int, C: float
) -> tuple[float, float]:
    if y_i == y_j:
        return max(0, a_i + a_j - C), min(C, a_i + a_j)
    return max(0, a_i - a_j), min(C, C + a_i - a_j)


ClipCase = tuple[float, float, int, int, float]


@clip.cases
def clip_cases(random: Random) -> Iterator[ClipCase]:
    for y_i in (-1, 1):
        for y_j in (-1, 1):
            yield 0, 0, y_i, y_j, 1
            yield 0, 1, y_i, y_j, 1
            yield 1, 1, y_i, y_j, 1
            yield 0.25, 0.875, y_i, y_j, 1
            yield 0.875, 0.25, y_i, y_j, 1
            yield 0.5, 0.5, y_i, y_j, 2
    for _ in range(30):
        C = random.choice([0.5, 1, 2, 5])
        a_i, a_j = (random.randint(0, int(8 * C)) / 8 for _ in range(2))
        yield a_i, a_j, random.choice([-1, 1]), random.choice([-1, 1]), C


@clip.large
def clip_large(random: Random) -> Iterator[ClipCase]:
    yield 2500, 9000, 1, 1, 10_000
    yield 2500, 9000, 1, -1, 10_000
    for y_j in (-1, 1):  # no multiples of 1/8
        yield 1 / 3, 0.7, -1, y_j, 0.9
        yield 12.3456789, 0.1, 1, y_j, 12.5


@clip.canonical
def clip_canonical(result: Any) -> Any:
    # The 0 of the box may be an integer or a float.
    if len(result) == 2 and not any(isinstance(end, bool) for end in result):
        return [float(end) for end in result]
    return result


@clip.brute
def clip_brute(
    a_i: float, a_j: float, y_i: int, y_j: int, C: float
) -> tuple[float, float]:
    # All multiples of 1/8, which the cases are, that leave the other one in its box.
    kept = [
        step / 8
        for step in range(int(8 * C) + 1)
        if 0 <= (a_i * y_i + (a_j - step / 8) * y_j) * y_i <= C
    ]
    return min(kept), max(kept)


intercepts = Exercise(
    en=Words(
        title="Which intercepts are best?",
        statement="""\
One feature, and the slope $w$ is given. The sum of the hinge losses
$\\max(0,\\ 1 - y_i (w x_i + b))$ over all points is a function of $b$. All $b$ that make it as small as
possible form an interval, perhaps of a single point. Return its ends, `(low, high)`.

- `xs`: integers, up to 20,000; several may be equal.
- `ys`: for each of them a label, $-1$ or $1$. Both labels occur.
- `w`: an integer, of any sign, or 0.
""",
        hints=(
            "As $b$ rises, where does the loss of one point have its kink? That is the"
            " intercept $y_i - w x_i$ that the point asks for.",
            "Each kink, of either label, raises the slope of the sum by 1. It begins at minus"
            " the number of points of class 1. Where is it 0?",
        ),
    ),
    zh=Words(
        title="哪些截距最好",
        statement="""\
只有一个特征，斜率 $w$ 已经给定。各点的合页损失 $\\max(0,\\ 1 - y_i (w x_i + b))$ 之和是 $b$ 的函数。使它最小的 $b$ 组成一个区间（可能只有一个点），返回区间的两端 `(low, high)`。

- `xs`：整数，至多 20,000 个，可以有相等的。
- `ys`：每个数的标签，$-1$ 或 $1$，两种标签都出现。
- `w`：整数，正负都可以，也可以是 0。
""",
        hints=(
            "$b$ 增大时，一个点的损失在哪里转折？就在这个点要求的截距 $y_i - w x_i$ 处。",
            "不论哪种标签，每过一个转折，总和的斜率就增加 1；最左边的斜率是正类点数的相反数。斜率在哪里变成 0？",
        ),
    ),
    examples="""\
>>> best_intercepts([-1, 1], [-1, 1], 1)
(0, 0)
>>> best_intercepts([-1, 1], [-1, 1], 0)
(-1, 1)
>>> best_intercepts([0, 5, 6], [-1, 1, 1], 1)
(-4, -1)
>>> best_intercepts([0, 1, 2], [1, 1, -1], 0)
(1, 1)
""",
    lacks={
        "empty": "both labels occur",
        "one": "both labels occur",
    },
)


@intercepts.solution
def best_intercepts(xs: list[int], ys: list[int], w: int) -> tuple[int, int]:
    asks = sorted(y - w * x for x, y in zip(xs, ys))
    ones = ys.count(1)
    return asks[ones - 1], asks[ones]


@intercepts.wrong(
    en="Between the strictest of both classes: right only if a street without slack fits.",
    zh="只看了每一类里要求最严的点：没有松弛时才对。",
)
def best_intercepts_hard(xs: list[int], ys: list[int], w: int) -> tuple[int, int]:
    ones = [y - w * x for x, y in zip(xs, ys) if y == 1]
    others = [y - w * x for x, y in zip(xs, ys) if y == -1]
    return max(ones), min(others)


@intercepts.wrong(
    en="The median of all kinks: right only if both labels are equally frequent.",
    zh="取了所有转折点的中位数：两种标签一样多时才对。",
)
def best_intercepts_median(xs: list[int], ys: list[int], w: int) -> tuple[int, int]:
    asks = sorted(y - w * x for x, y in zip(xs, ys))
    n = len(asks)
    return asks[(n - 1) // 2], asks[n // 2]


@intercepts.wrong(
    en="The points of class $-1$ are counted: the slope begins at minus those of class 1.",
    zh="数成了 $-1$ 类的点；最左边的斜率是 1 类点数的相反数。",
)
def best_intercepts_others(xs: list[int], ys: list[int], w: int) -> tuple[int, int]:
    asks = sorted(y - w * x for x, y in zip(xs, ys))
    others = ys.count(-1)
    return asks[others - 1], asks[others]


@intercepts.wrong(
    en="One kink too late: counting begins with 0.",
    zh="多走了一个转折点：下标从 0 开始。",
)
def best_intercepts_late(xs: list[int], ys: list[int], w: int) -> tuple[int, int]:
    asks = sorted(y - w * x for x, y in zip(xs, ys))
    ones = ys.count(1)
    return asks[ones], asks[min(ones + 1, len(asks) - 1)]


@intercepts.wrong(
    en="The kink is taken where $f = 0$; it is where $y_i f = 1$.",
    zh="以为转折在 $f = 0$ 处；其实在 $y_i f = 1$ 处。",
)
def best_intercepts_zero(xs: list[int], ys: list[int], w: int) -> tuple[int, int]:
    asks = sorted(-w * x for x in xs)
    ones = ys.count(1)
    return asks[ones - 1], asks[ones]


InterceptCase = tuple[list[int], list[int], int]


def labelled(random: Random, n: int, far: int) -> InterceptCase:
    xs = [random.randint(-far, far) for _ in range(n)]
    ys = [1, -1, *(random.choice([-1, 1, 1]) for _ in range(n - 2))]
    random.shuffle(ys)
    return xs, ys, random.randint(-2, 2)


@intercepts.cases
def intercept_cases(random: Random) -> Iterator[InterceptCase]:
    yield [-1, 1], [-1, 1], 1
    yield [-1, 1], [1, -1], 1
    yield [3, 3], [1, -1], 2
    yield [0, 0, 0], [1, 1, -1], 0
    yield [0, 5, 6], [-1, 1, 1], 1
    yield [0, 5, 6], [-1, -1, 1], 1
    yield [-4, 0, 4], [1, -1, 1], -1
    for n in range(2, 10):
        for _ in range(5):
            yield labelled(random, n, 6)


@intercepts.large
def intercept_large(random: Random) -> Iterator[InterceptCase]:
    yield labelled(random, 20_000, 10**6)


@intercepts.brute
def intercept_brute(xs: list[int], ys: list[int], w: int) -> tuple[int, int]:
    # The sum is made of straight pieces between integers: look at all in their range.
    far = max(abs(w * x) for x in xs) + 2
    if far > 1000:  # too many: it is convex, so halve
        return by_halving(xs, ys, w, far)
    values = {b: hinge_sum(xs, ys, w, b) for b in range(-far, far + 1)}
    best = [b for b, value in values.items() if value == min(values.values())]
    return min(best), max(best)


def hinge_sum(xs: list[int], ys: list[int], w: int, b: int) -> int:
    return sum(max(0, 1 - y * (w * x + b)) for x, y in zip(xs, ys))


def by_halving(xs: list[int], ys: list[int], w: int, far: int) -> tuple[int, int]:
    """Ends of the flat bottom, each by halving on whether the next value is as small."""
    low, high = -far, far
    while low < high:  # the first b from which the sum does not fall
        b = (low + high) // 2
        if hinge_sum(xs, ys, w, b + 1) >= hinge_sum(xs, ys, w, b):
            high = b
        else:
            low = b + 1
    first, high = low, far
    while low < high:  # the last b up to which it does not rise
        b = (low + high + 1) // 2
        if hinge_sum(xs, ys, w, b) <= hinge_sum(xs, ys, w, b - 1):
            low = b
        else:
            high = b - 1
    return first, low
