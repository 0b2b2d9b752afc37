"""Exercises on linear regression: the soft threshold, a ridge line, leave-one-out."""

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

允许 $10^{-9}$ 的误差，相对于结果的大小，结果小于 1 时相对于 1。
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

- `xs`, `ys`: as many numbers each, at least one. The $x_i$ may lie far from 0 and close to each
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

- `xs`、`ys`：个数相同的两列数，至少各有一个。$x_i$ 可能离 0 很远而彼此很近，比如年份、以秒计的时刻：绝对值可达 $10^{9}$，是整数，或者带四分之一的小数。
- `lam`：$\\lambda$，$\\ge 0$ 的数。

允许 $10^{-6}$ 的误差，相对于结果的大小，结果小于 1 时相对于 1。
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


loo = Exercise(
    en=Words(
        title="Leave one out",
        statement="""\
For each point, fit the least-squares line with intercept to all **other** points, and return
the list of $y_i - \\hat y_{-i}$: its $y$ minus what that line says at its $x$.

- `xs`, `ys`: as many numbers each, from $-100$ to $100$, at least three. Among the $x_i$ there are
  at least three different ones, or at least two that occur twice: so the others always
  determine a line.

There are up to 20,000 points: refitting for each is too slow. Results may be off by
$10^{-7}$, relative to their size or to 1.
""",
        hints=(
            "How much does the fitted value at $x_i$ move if $y_i$ moves by 1? That is the"
            " leverage $h_{ii}$, and it depends on the $x$ alone.",
            "$h_{ii} = \\frac1n + (x_i - \\bar x)^2 / \\sum_k (x_k - \\bar x)^2$. Divide the"
            " residual by $1 - h_{ii}$.",
        ),
    ),
    zh=Words(
        title="留一法误差",
        statement="""\
对每个点，用**其余**各点拟合一条带截距的最小二乘直线；返回各点的 $y_i - \\hat y_{-i}$，即它的 $y$ 减去那条直线在它的 $x$ 处的值。

- `xs`、`ys`：个数相同的两列数，在 $-100$ 到 $100$ 之间，至少各三个。$x_i$ 中至少有三个不同的值，或者至少有两个值各出现两次，所以其余各点总能定出一条直线。

至多 20,000 个点：逐点重新拟合太慢。允许 $10^{-7}$ 的误差，相对于结果的大小，结果小于 1 时相对于 1。
""",
        hints=(
            "$y_i$ 变动 1，$x_i$ 处的拟合值变动多少？这就是杠杆值 $h_{ii}$，它只与各个 $x$ 有关。",
            "$h_{ii} = \\frac1n + (x_i - \\bar x)^2 / \\sum_k (x_k - \\bar x)^2$。用残差除以 $1 - h_{ii}$。",
        ),
    ),
    examples="""\
>>> [round(e, 6) for e in leave_one_out([1, 2, 3, 4], [1, 3, 2, 5])]
[-0.333333, 1.142857, -1.857143, 2.0]
>>> leave_one_out([0, 0, 2, 2], [0, 1, 5, 5])
[-1.0, 1.0, 0.0, 0.0]
""",
    seconds=4,
    tolerance=1e-7,
    lacks={"empty": "there are three points", "one": "there are three points"},
)


@loo.solution
def leave_one_out(xs: list[float], ys: list[float]) -> list[float]:
    n = len(xs)
    x_mean, y_mean = sum(xs) / n, sum(ys) / n
    down = sum((x - x_mean) ** 2 for x in xs)
    w = sum((x - x_mean) * (y - y_mean) for x, y in zip(xs, ys)) / down
    errors = []
    for x, y in zip(xs, ys):
        h = 1 / n + (x - x_mean) ** 2 / down
        errors.append((y - y_mean - w * (x - x_mean)) / (1 - h))
    return errors


@loo.wrong(
    en="Plain residuals: each point has helped to draw the line that judges it.",
    zh="只是普通的残差：每个点都参与了评判它自己的那条直线。",
)
def leave_one_out_plain(xs: list[float], ys: list[float]) -> list[float]:
    n = len(xs)
    x_mean, y_mean = sum(xs) / n, sum(ys) / n
    down = sum((x - x_mean) ** 2 for x in xs)
    w = sum((x - x_mean) * (y - y_mean) for x, y in zip(xs, ys)) / down
    return [y - y_mean - w * (x - x_mean) for x, y in zip(xs, ys)]


@loo.wrong(
    en="The leverage lacks the $1/n$ of the intercept.",
    zh="杠杆值漏了截距的 $1/n$。",
)
def leave_one_out_no_mean(xs: list[float], ys: list[float]) -> list[float]:
    n = len(xs)
    x_mean, y_mean = sum(xs) / n, sum(ys) / n
    down = sum((x - x_mean) ** 2 for x in xs)
    w = sum((x - x_mean) * (y - y_mean) for x, y in zip(xs, ys)) / down
    errors = []
    for x, y in zip(xs, ys):
        h = (x - x_mean) ** 2 / down
        errors.append((y - y_mean - w * (x - x_mean)) / max(1 - h, 1e-9))
    return errors


@loo.wrong(
    en="Divided by the root of $1 - h_{ii}$: that standardises residuals, it removes no point.",
    zh="除以了 $1 - h_{ii}$ 的平方根：那是把残差标准化，并没有去掉这个点。",
)
def leave_one_out_root(xs: list[float], ys: list[float]) -> list[float]:
    n = len(xs)
    x_mean, y_mean = sum(xs) / n, sum(ys) / n
    down = sum((x - x_mean) ** 2 for x in xs)
    w = sum((x - x_mean) * (y - y_mean) for x, y in zip(xs, ys)) / down
    errors = []
    for x, y in zip(xs, ys):
        h = 1 / n + (x - x_mean) ** 2 / down
        errors.append((y - y_mean - w * (x - x_mean)) / (1 - h) ** 0.5)
    return errors


@loo.wrong(
    en="One slope for all: only the means are taken without the point.",
    zh="所有点共用一个斜率，只有均值是去掉该点后算的。",
)
def leave_one_out_means(xs: list[float], ys: list[float]) -> list[float]:
    n = len(xs)
    x_mean, y_mean = sum(xs) / n, sum(ys) / n
    down = sum((x - x_mean) ** 2 for x in xs)
    w = sum((x - x_mean) * (y - y_mean) for x, y in zip(xs, ys)) / down
    return [(y - y_mean - w * (x - x_mean)) * n / (n - 1) for x, y in zip(xs, ys)]


LooCase = tuple[list[float], list[float]]


@loo.cases
def loo_cases(random: Random) -> Iterator[LooCase]:
    yield [0, 1, 2], [0, 0, 0]
    yield [0, 1, 2], [0, 0, 3]
    yield [0, 0, 2, 2], [0, 1, 5, 5]
    yield [1, 2, 3, 4], [1, 3, 2, 5]
    yield [-100, 0, 100], [-100, 50, 100]
    yield [3, 1, 1, 2], [-1, -2, -2, 4]
    for _ in range(40):
        n = random.randint(3, 8)
        xs = [0, 1, 2] + [random.randint(-4, 8) / 2 for _ in range(n - 3)]
        random.shuffle(xs)
        yield xs, [random.randint(-6, 6) for _ in xs]


@loo.large
def loo_large(random: Random) -> Iterator[LooCase]:
    n = 20_000
    xs = [round(random.uniform(-100, 100), 3) for _ in range(n)]
    yield xs, [round(0.5 * x + random.gauss(0, 5), 3) for x in xs]


@loo.brute
def loo_brute(xs: list[float], ys: list[float]) -> list[float]:
    # A refit for each point, without rounding.
    errors = []
    for i, (x, y) in enumerate(zip(xs, ys)):
        rest = [(Fraction(a), Fraction(b)) for a, b in zip(xs, ys)]
        del rest[i]
        n, c, v = len(rest), sum(a for a, _ in rest), sum(b for _, b in rest)
        s, u = sum(a * a for a, _ in rest), sum(a * b for a, b in rest)
        w = (n * u - c * v) / (s * n - c * c)
        b = (s * v - c * u) / (s * n - c * c)
        errors.append(float(Fraction(y) - w * Fraction(x) - b))
    return errors
