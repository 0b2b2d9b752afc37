"""Exercises on VAEs: the KL term of a Gaussian, and the bound from several draws."""

import math
from collections.abc import Iterator
from decimal import Decimal, localcontext
from random import Random

from notekit.study.judge import Exercise, Words

price = Exercise(
    en=Words(
        title="The price of a code",
        statement="""\
Return the KL divergence of a Gaussian with independent coordinates from $N(0, I)$, in nats.

- `mean`: its means, a list of $k \\ge 0$ numbers up to 1000 in size.
- `log_var`: the natural logarithms of its *variances*, as many, up to 20 in size.

With no coordinates the result is 0. Results may be off by $10^{-9}$, relative to their size or
to 1.
""",
        hints=(
            "A coordinate of mean $m$ and variance $v$ costs $\\frac12 (m^2 + v - 1 - \\ln v)$.",
            "What is $v$, if $l = \\ln v$ is given?",
        ),
    ),
    zh=Words(
        title="编码的代价",
        statement="""\
求各坐标独立的高斯分布相对于 $N(0, I)$ 的 KL 散度，单位是奈特。

- `mean`：各坐标的均值，$k \\ge 0$ 个数，绝对值不超过 1000。
- `log_var`：各坐标*方差*的自然对数，同样多个，绝对值不超过 20。

没有坐标时结果为 0。允许 $10^{-9}$ 的误差（结果的绝对值超过 1 时指相对误差，否则指绝对误差）。
""",
        hints=(
            "均值为 $m$、方差为 $v$ 的坐标，代价是 $\\frac12 (m^2 + v - 1 - \\ln v)$。",
            "给出的是 $l = \\ln v$，$v$ 是多少？",
        ),
    ),
    examples="""\
>>> round(kl([0.0], [1.3862943611198906]), 6)
0.806853
>>> kl([1.0, 0.0], [0.0, 0.0])
0.5
>>> kl([], [])
0.0
""",
    tolerance=1e-9,
)


@price.solution
def kl(mean: list[float], log_var: list[float]) -> float:
    return 0.5 * math.fsum(
        m * m + math.exp(v) - 1 - v for m, v in zip(mean, log_var, strict=True)
    )


@price.wrong(
    en="The 1 is missing: the prior itself would cost a half for each coordinate.",
    zh="漏了减 1：先验分布自己的每个坐标也要付二分之一。",
)
def kl_without_one(mean: list[float], log_var: list[float]) -> float:
    return 0.5 * sum(m * m + math.exp(v) - v for m, v in zip(mean, log_var))


@price.wrong(
    en="The sign of the logarithm is wrong: small variances would earn something.",
    zh="对数的符号反了：方差越小，代价反而越低。",
)
def kl_sign(mean: list[float], log_var: list[float]) -> float:
    return 0.5 * sum(m * m + math.exp(v) - 1 + v for m, v in zip(mean, log_var))


@price.wrong(
    en="It takes the logarithm of the variance for that of the standard deviation.",
    zh="把方差的对数当成了标准差的对数。",
)
def kl_deviation(mean: list[float], log_var: list[float]) -> float:
    return 0.5 * sum(m * m + math.exp(2 * v) - 1 - 2 * v for m, v in zip(mean, log_var))


@price.wrong(
    en="The mean over the coordinates, not the sum: this is a smaller weight in disguise.",
    zh="对各坐标取了平均，而不是求和：这等于悄悄减小了权重。",
)
def kl_averaged(mean: list[float], log_var: list[float]) -> float:
    terms = [m * m + math.exp(v) - 1 - v for m, v in zip(mean, log_var)]
    return 0.5 * sum(terms) / max(len(terms), 1)


@price.wrong(
    en="The divergence the other way round, of the prior from the Gaussian.",
    zh="方向反了：算的是先验相对于这个高斯分布的散度。",
)
def kl_reversed(mean: list[float], log_var: list[float]) -> float:
    return 0.5 * sum((m * m + 1) * math.exp(-v) - 1 + v for m, v in zip(mean, log_var))


@price.cases
def price_cases(random: Random) -> Iterator[tuple[list[float], list[float]]]:
    yield [], []
    yield [0.0], [0.0]
    yield [0.0], [math.log(4)]
    yield [2.0], [0.0]
    yield [0.0, 0.0], [1.0, 1.0]
    yield [-1.0, 1.0], [-3.0, 3.0]
    yield [1000.0, -1000.0], [20.0, -20.0]
    for _ in range(30):
        k = random.randint(1, 6)
        yield (
            [random.uniform(-3, 3) for _ in range(k)],
            [random.uniform(-5, 5) for _ in range(k)],
        )


@price.brute
def price_brute(mean: list[float], log_var: list[float]) -> float:
    # E ln q - E ln prior with 50 digits, each part by itself; the constants cancel.
    with localcontext() as context:
        context.prec = 50
        q = prior = Decimal(0)
        for m, v in zip(mean, log_var):
            q -= (1 + Decimal(v)) / 2
            prior -= (Decimal(m) ** 2 + Decimal(v).exp()) / 2
        return float(q - prior)


several = Exercise(
    en=Words(
        title="The bound from several draws",
        statement="""\
Return the natural logarithm of the **mean** of the weights whose natural logarithms are given.

- `log_w`: a list of $K \\ge 1$ numbers up to $10^6$ in size, in any order.

The weights themselves may be too small or too large for a float. Results may be off by
$10^{-9}$, relative to their size or to 1.
""",
        hints=(
            "If all logarithms grow by $c$, so does the result.",
            "Choose $c$ such that the largest weight becomes 1.",
        ),
    ),
    zh=Words(
        title="多次抽样的下界",
        statement="""\
给出若干权重的自然对数，求这些权重的**平均值**的自然对数。

- `log_w`：$K \\ge 1$ 个数，绝对值不超过 $10^6$，次序任意。

权重本身可能小得或大得不能用浮点数表示。允许 $10^{-9}$ 的误差（结果的绝对值超过 1 时指相对误差，否则指绝对误差）。
""",
        hints=(
            "所有的对数都加 $c$，结果也加 $c$。",
            "选 $c$，使最大的权重变成 1。",
        ),
    ),
    examples="""\
>>> bound([-2000.0, -2000.0])
-2000.0
>>> bound([3.5])
3.5
""",
    tolerance=1e-9,
    lacks={"empty": "there is a draw"},
)


@several.solution
def bound(log_w: list[float]) -> float:
    top = max(log_w)
    return top + math.log(math.fsum(math.exp(v - top) for v in log_w) / len(log_w))


@several.wrong(
    en="The mean of the logarithms: this is the estimate with K = 1, and lower.",
    zh="算的是对数的平均值：这只是 K = 1 时的估计，偏低。",
)
def bound_elbo(log_w: list[float]) -> float:
    return sum(log_w) / len(log_w)


@several.wrong(
    en="The weights were summed, not averaged: it grows with K by itself.",
    zh="权重求了和，没有取平均：K 变大，结果就自动变大。",
)
def bound_sum(log_w: list[float]) -> float:
    top = max(log_w)
    return top + math.log(sum(math.exp(v - top) for v in log_w))


@several.wrong(
    en="The largest weight alone.",
    zh="只取了最大的权重。",
)
def bound_largest(log_w: list[float]) -> float:
    return max(log_w)


@several.wrong(
    en="The weights were computed: far below or above 0 they leave the range of floats.",
    zh="直接算出了权重：对数离 0 很远时，超出浮点数的范围。",
)
def bound_direct(log_w: list[float]) -> float:
    try:
        return math.log(sum(math.exp(v) for v in log_w) / len(log_w))
    except (OverflowError, ValueError):
        return float("nan")


@several.wrong(
    en="The first weight was taken out, not the largest: a later one may overflow.",
    zh="提出的是第一个权重，而不是最大的：后面的可能上溢。",
)
def bound_first(log_w: list[float]) -> float:
    first = log_w[0]
    try:
        total = sum(math.exp(v - first) for v in log_w)
    except OverflowError:
        return float("inf")
    return first + math.log(total / len(log_w))


@several.cases
def several_cases(random: Random) -> Iterator[tuple[list[float]]]:
    yield ([0.0],)
    yield ([3.5],)
    yield ([-2000.0, -2000.0],)
    yield ([2000.0, 2000.0, 0.0],)
    yield ([0.0, math.log(3)],)
    yield ([-1e6, 1e6],)
    yield ([1e6, -1e6, 1e6 - 1],)
    for _ in range(30):
        middle = random.choice([0, 0, 900, -900])
        size = random.randint(1, 8)
        yield ([middle + random.uniform(-4, 4) for _ in range(size)],)


@several.brute
def several_brute(log_w: list[float]) -> float:
    # Decimal's exponents reach further than any weight here.
    with localcontext() as context:
        context.prec = 60
        context.Emax, context.Emin = 10**9, -(10**9)
        total = sum((Decimal(v).exp() for v in log_w), Decimal(0))
        return float((total / len(log_w)).ln())
