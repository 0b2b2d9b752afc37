"""Exercises on linear regression: a weight beside another feature, leave-one-out."""

from collections.abc import Iterator
from fractions import Fraction
from random import Random

from notekit.study.judge import Exercise, Words

weight = Exercise(
    en=Words(
        title="A weight beside another feature",
        statement="""\
Fit $y \\approx w x + v z + b$ by least squares and return $w$, the weight of $x$ **with $z$ held
fixed**.

- `xs`, `zs`, `ys`: as many numbers each, at least three. Neither of $x$ and $z$ is a linear function of
  the other or constant, so there is one answer. They may lie far from 0: up to $10^6$ in
  size, and integers or quarters.

The result may be off by $10^{-6}$, relative to its size or to 1.
""",
        hints=(
            "How much of $x$ can $z$ not explain? Fit the line of $x$ on $z$ and keep its"
            " residual $\\tilde x$.",
            "$w = \\sum_i \\tilde x_i y_i / \\sum_i \\tilde x_i^2$. Subtract the means of $x$,"
            " $z$ and $y$ first.",
        ),
    ),
    zh=Words(
        title="控制另一个特征时的权重",
        statement="""\
用最小二乘拟合 $y \\approx w x + v z + b$，返回 $w$，即**保持 $z$ 不变**时 $x$ 的权重。

- `xs`、`zs`、`ys`：个数相同的三列数，至少各三个。$x$ 与 $z$ 都不是常数，也都不是对方的线性函数，所以答案唯一。它们可能离 0 很远：都是四分之一的整数倍，绝对值可达 $10^6$。

允许 $10^{-6}$ 的误差（结果的绝对值超过 1 时指相对误差，否则指绝对误差）。
""",
        hints=(
            "$x$ 里有多少是 $z$ 解释不了的？先拟合 $x$ 关于 $z$ 的直线，留下残差 $\\tilde x$。",
            "$w = \\sum_i \\tilde x_i y_i / \\sum_i \\tilde x_i^2$。先让 $x$、$z$、$y$ 各减去均值。",
        ),
    ),
    examples="""\
>>> round(weight_beside([0, 1, 0, 1], [0, 0, 1, 2], [1, 3, 0, 1]), 6)
2.0
>>> round(weight_beside([1, 2, 3], [1, 0, 1], [2, 4, 6]), 6)
2.0
""",
    tolerance=1e-6,
    lacks={"empty": "there are three points", "one": "there are three points"},
)


@weight.solution
def weight_beside(xs: list[float], zs: list[float], ys: list[float]) -> float:
    def less_mean(values: list[float]) -> list[float]:
        mean = sum(values) / len(values)
        return [value - mean for value in values]

    x, z, y = less_mean(xs), less_mean(zs), less_mean(ys)
    slope = sum(a * b for a, b in zip(x, z)) / sum(b * b for b in z)
    rest = [a - slope * b for a, b in zip(x, z)]
    return sum(a * b for a, b in zip(rest, y)) / sum(a * a for a in rest)


@weight.wrong(
    en="$z$ is left out: then $x$ also stands for what goes together with it.",
    zh="没有用 $z$：这样 $x$ 的权重就连带包含了与它同增同减的量的作用。",
)
def weight_beside_alone(xs: list[float], zs: list[float], ys: list[float]) -> float:
    x_mean, y_mean = sum(xs) / len(xs), sum(ys) / len(ys)
    up = sum((x - x_mean) * (y - y_mean) for x, y in zip(xs, ys))
    return up / sum((x - x_mean) ** 2 for x in xs)


@weight.wrong(
    en="The target is freed of $z$, and $x$ is not: the divisor is too large.",
    zh="只从目标里去掉了 $z$ 的部分，没有从 $x$ 里去掉：分母太大了。",
)
def weight_beside_target(xs: list[float], zs: list[float], ys: list[float]) -> float:
    n = len(xs)
    x_mean, z_mean, y_mean = sum(xs) / n, sum(zs) / n, sum(ys) / n
    down = sum((z - z_mean) ** 2 for z in zs)
    slope = sum((z - z_mean) * (y - y_mean) for z, y in zip(zs, ys)) / down
    rest = [y - y_mean - slope * (z - z_mean) for z, y in zip(zs, ys)]
    up = sum((x - x_mean) * r for x, r in zip(xs, rest))
    return up / sum((x - x_mean) ** 2 for x in xs)


@weight.wrong(
    en="There is no intercept: nothing was centred.",
    zh="没有截距：各列都没有减去均值。",
)
def weight_beside_raw(xs: list[float], zs: list[float], ys: list[float]) -> float:
    slope = sum(x * z for x, z in zip(xs, zs)) / (sum(z * z for z in zs) or 1)
    rest = [x - slope * z for x, z in zip(xs, zs)]
    up = sum(r * y for r, y in zip(rest, ys))
    return up / (sum(r * r for r in rest) or 1)


@weight.wrong(
    en="The right equations, from sums of raw products: far from 0 their differences keep no digits.",
    zh="方程是对的，但各项由未中心化的乘积之和相减得到：数据离 0 很远时，相减之后不剩有效数字。",
)
def weight_beside_sums(xs: list[float], zs: list[float], ys: list[float]) -> float:
    def covariance(a: list[float], b: list[float]) -> float:
        return sum(p * q for p, q in zip(a, b)) - sum(a) * sum(b) / len(a)

    xx, zz, xz = covariance(xs, xs), covariance(zs, zs), covariance(xs, zs)
    up = zz * covariance(xs, ys) - xz * covariance(zs, ys)
    return up / ((xx * zz - xz * xz) or 1)


WeightCase = tuple[list[float], list[float], list[float]]


@weight.cases
def weight_cases(random: Random) -> Iterator[WeightCase]:
    yield [0, 1, 0], [0, 0, 1], [0, 0, 0]
    yield [0, 1, 0], [0, 0, 1], [1, 3, 0]
    yield [1, 2, 3], [1, 0, 1], [2, 4, 6]
    yield [0, 1, 0, 1], [0, 0, 1, 2], [1, 3, 0, 1]
    yield [-1, 1, -1, 1], [-1, -1, 1, 1], [-3, 1, 2, -4]
    yield [1e6, 1e6 + 1, 1e6 + 1], [-1e6, -1e6, 1 - 1e6], [0, 2, 3]
    for n in [3, 4, 5, 6, 8] * 8 + [200]:
        far, off = random.choice([0, 0, 2000, 1e6]), random.choice([0, 0, -3000])
        zs = [random.randint(-8, 8) / 4 for _ in range(n)]
        xs = [z + random.randint(-4, 4) / 4 for z in zs]
        # Three of the points span a triangle, so that the answer is unique.
        xs[:3], zs[:3] = [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]
        yield (
            [far + x for x in xs],
            [off + z for z in zs],
            [random.randint(-6, 6) for _ in range(n)],
        )


@weight.brute
def weight_brute(xs: list[float], zs: list[float], ys: list[float]) -> float:
    # The three normal equations with raw sums, by determinants, without rounding.
    columns = [[Fraction(v) for v in xs], [Fraction(v) for v in zs]]
    columns.append([Fraction(1)] * len(xs))
    target = [Fraction(v) for v in ys]

    def dot(a: list[Fraction], b: list[Fraction]) -> Fraction:
        return sum((p * q for p, q in zip(a, b)), Fraction(0))

    def determinant(m: list[list[Fraction]]) -> Fraction:
        (a, b, c), (d, e, f), (g, h, i) = m
        return a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g)

    matrix = [[dot(a, b) for b in columns] for a in columns]
    replaced = [[dot(a, target), *row[1:]] for a, row in zip(columns, matrix)]
    return float(determinant(replaced) / determinant(matrix))


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

至多 20,000 个点，所以逐点重新拟合太慢。允许 $10^{-7}$ 的误差（结果的绝对值超过 1 时指相对误差，否则指绝对误差）。
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
    zh="只是普通的残差：每个点都参与了拟合用来评判它的那条直线。",
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
