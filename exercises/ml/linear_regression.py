"""Exercises on linear regression: a weight beside another feature, leave-one-out."""

from collections.abc import Iterator
from fractions import Fraction
from random import Random

from notekit.study.judge import Exercise, Words

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
