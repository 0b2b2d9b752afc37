"""Exercises on ridge and lasso: the soft threshold, and a line under a penalty."""

from collections.abc import Iterator
from fractions import Fraction
from random import Random

from notekit.study.judge import Exercise, Words

soft = Exercise(
    en=Words(
        title="The soft threshold",
        statement="""\
Return the $w$ that minimises $\\frac12 (w - z)^2 + t \\lvert w \\rvert$. It lies $t$ nearer
to 0 than $z$ does, and is 0 if $z$ is not further from 0 than $t$.

- `z`: a number of any sign.
- `t`: a number $\\ge 0$.

The result may be off by $10^{-9}$, relative to its size or to 1.
""",
        hints=(
            "Where $w > 0$, the derivative is $w - z + t$. When is its zero positive?",
            "There are three cases: $z > t$, $z < -t$, and all between.",
        ),
    ),
    zh=Words(
        title="软阈值",
        statement="""\
返回使 $\\frac12 (w - z)^2 + t \\lvert w \\rvert$ 最小的 $w$。它比 $z$ 向 0 靠近 $t$；若 $z$ 到 0 的距离不超过 $t$，它就是 0。

- `z`：一个数，可正可负。
- `t`：一个 $\\ge 0$ 的数。

允许 $10^{-9}$ 的误差（结果的绝对值超过 1 时指相对误差，否则指绝对误差）。
""",
        hints=(
            "在 $w > 0$ 处，导数是 $w - z + t$。它的零点什么时候是正的？",
            "分三种情形：$z > t$，$z < -t$，以及两者之间。",
        ),
    ),
    examples="""\
>>> soft_threshold(3.0, 1.0)
2.0
>>> soft_threshold(-3.0, 1.0)
-2.0
>>> soft_threshold(0.5, 1.0)
0.0
""",
    tolerance=1e-9,
)


@soft.solution
def soft_threshold(z: float, t: float) -> float:
    if z > t:
        return z - t
    if z < -t:
        return z + t
    return 0.0


@soft.wrong(
    en="Negative numbers are cut off: at $z = -3$, $t = 1$ the result must be $-2$.",
    zh="负数被截断了：$z = -3$、$t = 1$ 时，结果应为 $-2$。",
)
def soft_threshold_relu(z: float, t: float) -> float:
    return max(z - t, 0)


@soft.wrong(
    en="It does not stop at 0: at $z = 0.5$, $t = 1$ it goes on to $-0.5$.",
    zh="到了 0 没有停：$z = 0.5$、$t = 1$ 时，越过 0 变成了 $-0.5$。",
)
def soft_threshold_past(z: float, t: float) -> float:
    sign = (z > 0) - (z < 0)
    return sign * (abs(z) - t)


@soft.wrong(
    en="The hard threshold: what is large enough is kept whole, 3 instead of 2.",
    zh="这是硬阈值：够大的数原样留下，得到 3，而不是 2。",
)
def soft_threshold_hard(z: float, t: float) -> float:
    return z if abs(z) > t else 0


@soft.cases
def soft_cases(random: Random) -> Iterator[tuple[float, float]]:
    # Floats throughout: the judge takes 0 for 0.0, but not 0.0 for 0.
    yield 0.0, 0.0
    yield 0.0, 1.0
    yield 1.0, 1.0
    yield -1.0, 1.0
    yield 2.0, 0.0
    yield 0.5, 1.0
    yield 3.0, 1.0
    yield -3.0, 1.0
    yield -1e12, 1.0
    for _ in range(40):
        yield random.randint(-20, 20) / 4, random.randint(0, 12) / 4


@soft.brute
def soft_brute(z: float, t: float) -> float:
    # The derivative of the objective rises: bisection between its signs.
    low, high = -abs(z) - 1.0, abs(z) + 1.0
    for _ in range(200):
        w = (low + high) / 2
        if w - z + (t if w >= 0 else -t) < 0:
            low = w
        else:
            high = w
    return high if abs(high) > 1e-12 else 0.0


line = Exercise(
    en=Words(
        title="A ridge line",
        statement="""\
Return `(w, b)` that minimise $\\sum_i (y_i - w x_i - b)^2 + \\lambda w^2$: the intercept is
not penalised. If all $x_i$ are equal and $\\lambda = 0$, many lines are best; return the
one with $w = 0$.

- `xs`, `ys`: as many numbers each, at least one. They may lie far from 0 and close to each
  other, such as years or times in seconds: up to $10^{9}$ in size, and integers or quarters.
- `lam`: $\\lambda$, a number $\\ge 0$.

Results may be off by $10^{-6}$, relative to their size or to 1.
""",
        hints=(
            "Set the derivative by $b$ to 0: what is $b$, given $w$? What is left to"
            " minimise by $w$?",
            "Subtract the means before you multiply. $\\sum x_i^2 - n \\bar x^2$ is the same"
            " on paper only.",
        ),
    ),
    zh=Words(
        title="岭回归直线",
        statement="""\
返回使 $\\sum_i (y_i - w x_i - b)^2 + \\lambda w^2$ 最小的 `(w, b)`：截距不受惩罚。若所有 $x_i$ 都相等且 $\\lambda = 0$，最优的直线有许多条，返回 $w = 0$ 的那一条。

- `xs`、`ys`：个数相同的两列数，至少各有一个。它们可能离 0 很远而彼此很近，比如年份、以秒计的时刻：绝对值可达 $10^{9}$，是整数，或者带四分之一的小数。
- `lam`：$\\lambda$，$\\ge 0$ 的数。

允许 $10^{-6}$ 的误差（结果的绝对值超过 1 时指相对误差，否则指绝对误差）。
""",
        hints=(
            "令对 $b$ 的导数为 0：给定 $w$，$b$ 是多少？剩下的关于 $w$ 的式子是什么？",
            "先减去均值，再相乘。$\\sum x_i^2 - n \\bar x^2$ 只在纸上与它相等。",
        ),
    ),
    examples="""\
>>> w, b = ridge_line([1, 2, 3, 4], [1, 3, 2, 5], 5)
>>> round(w, 6), round(b, 6)
(0.55, 1.375)
>>> ridge_line([7, 7], [1, 2], 0)
(0.0, 1.5)
""",
    tolerance=1e-6,
    lacks={"empty": "there is a point"},
)


@line.solution
def ridge_line(xs: list[float], ys: list[float], lam: float) -> tuple[float, float]:
    n = len(xs)
    x_mean, y_mean = sum(xs) / n, sum(ys) / n
    up = sum((x - x_mean) * (y - y_mean) for x, y in zip(xs, ys))
    down = sum((x - x_mean) ** 2 for x in xs) + lam
    w = up / down if down > 0 else 0.0
    return w, y_mean - w * x_mean


@line.wrong(
    en="The intercept is penalised too, like a weight of a column of ones.",
    zh="截距也受了惩罚，就像全 1 列的权重。",
)
def ridge_line_penalised(
    xs: list[float], ys: list[float], lam: float
) -> tuple[float, float]:
    n = len(xs)
    x_mean, y_mean = sum(xs) / n, sum(ys) / n
    if lam == 0:
        up = sum((x - x_mean) * (y - y_mean) for x, y in zip(xs, ys))
        down = sum((x - x_mean) ** 2 for x in xs)
        w = up / down if down > 0 else 0.0
        return w, y_mean - w * x_mean
    a, c, d = sum(x * x for x in xs) + lam, sum(xs), n + lam
    u, v = sum(x * y for x, y in zip(xs, ys)), sum(ys)
    return (d * u - c * v) / (a * d - c * c), (a * v - c * u) / (a * d - c * c)


@line.wrong(
    en="Sums of raw squares: far from 0 their difference keeps no digits.",
    zh="直接用原始的平方和：数据离 0 很远时，相减之后不剩有效数字。",
)
def ridge_line_raw(xs: list[float], ys: list[float], lam: float) -> tuple[float, float]:
    n = len(xs)
    x_mean, y_mean = sum(xs) / n, sum(ys) / n
    up = sum(x * y for x, y in zip(xs, ys)) - n * x_mean * y_mean
    down = sum(x * x for x in xs) - n * x_mean**2 + lam
    w = up / down if down > 0 else 0.0
    return w, y_mean - w * x_mean


@line.wrong(
    en="Means instead of sums: that is a penalty $n$ times as strong.",
    zh="用均值代替了求和：惩罚变成了原来的 $n$ 倍。",
)
def ridge_line_mean(
    xs: list[float], ys: list[float], lam: float
) -> tuple[float, float]:
    n = len(xs)
    x_mean, y_mean = sum(xs) / n, sum(ys) / n
    up = sum((x - x_mean) * (y - y_mean) for x, y in zip(xs, ys)) / n
    down = sum((x - x_mean) ** 2 for x in xs) / n + lam
    w = up / down if down > 0 else 0.0
    return w, y_mean - w * x_mean


@line.wrong(
    en="The intercept is that of the line without a penalty.",
    zh="截距用的是没有惩罚时那条直线的。",
)
def ridge_line_old_intercept(
    xs: list[float], ys: list[float], lam: float
) -> tuple[float, float]:
    n = len(xs)
    x_mean, y_mean = sum(xs) / n, sum(ys) / n
    up = sum((x - x_mean) * (y - y_mean) for x, y in zip(xs, ys))
    down = sum((x - x_mean) ** 2 for x in xs)
    if down == 0:
        return 0.0, y_mean
    return up / (down + lam), y_mean - up / down * x_mean


LineCase = tuple[list[float], list[float], float]


@line.cases
def line_cases(random: Random) -> Iterator[LineCase]:
    yield [0], [0], 0
    yield [2], [3], 0
    yield [2], [3], 1
    yield [7, 7], [1, 2], 0
    yield [7, 7], [1, 2], 1
    yield [1, 2, 3, 4], [1, 3, 2, 5], 5
    yield [-1, 1], [-100, 100], 2
    yield [1e9, 1e9 + 1, 1e9 + 2], [1, 2, 3], 0
    yield [-1e9, 0.25 - 1e9, 2 - 1e9], [1, 0, 3], 1
    yield [1e9, 1e9 + 1, 1e9 + 2], [1e8 + 1, 1e8 + 2, 1e8 + 3], 1
    for _ in range(40):
        n = random.randint(1, 7)
        far = random.choice([0, 0, 2000, 1e6])
        yield (
            [far + random.randint(-8, 8) / 4 for _ in range(n)],
            [random.randint(-6, 6) for _ in range(n)],
            random.choice([0, 0.5, 1, 4]),
        )
    yield (
        [random.randint(1990, 2020) for _ in range(200)],
        [random.randint(-50, 50) for _ in range(200)],
        3,
    )


@line.brute
def line_brute(xs: list[float], ys: list[float], lam: float) -> tuple[float, float]:
    # Both equations with raw sums, without rounding.
    n, c, v = Fraction(len(xs)), sum(map(Fraction, xs)), sum(map(Fraction, ys))
    a = sum(Fraction(x) ** 2 for x in xs) + Fraction(lam)
    u = sum(Fraction(x) * Fraction(y) for x, y in zip(xs, ys))
    if a * n == c * c:
        return 0.0, float(v / n)
    w = (n * u - c * v) / (a * n - c * c)
    return float(w), float((a * v - c * u) / (a * n - c * c))
