"""Exercises on learning-rate schedules: warm-up and cosine, and the best rates."""

import math
from collections.abc import Iterator
from fractions import Fraction
from random import Random

from notekit.study.judge import Exercise, Words

schedule = Exercise(
    en=Words(
        title="Warm-up and cosine",
        statement="""\
Return the learning rate of step $t$, where $t = 0$ is the first step of the run.

- The first `warmup` steps rise in a straight line, in equal amounts, from `base / warmup` at $t = 0$ to
  `base` at $t$ = `warmup` − 1. With `warmup` = 0 there is no rise.
- Step `warmup` has `base` too. From there the rate falls along half a cosine to 0 at $t$ = `total`,
  and stays 0 from then on.

All arguments but `base` are integers: $t \\ge 0$, `total` $\\ge 1$ and 0 ≤ `warmup` ≤ `total`; `base`
is at least 0. With `warmup` = `total` the rate rises to the end of the run, then is 0.

Results may be off by $10^{-9}$, relative to their size or to 1.
""",
        hints=(
            "There are three stretches: before `warmup`, before `total`, and after. Ask in this"
            " order.",
            "In the fall, which share of the *fall* is over? Let $u$ be that share, 0 at `warmup` and"
            " 1 at `total`; then the rate is `base` times $(1 + \\cos \\pi u)/2$.",
        ),
    ),
    zh=Words(
        title="预热加余弦",
        statement="""\
返回第 $t$ 步的学习率，$t = 0$ 是整个训练的第一步。

- 开头的 `warmup` 步沿直线上升，每步增加得一样多：$t = 0$ 时是 `base / warmup`，$t$ = `warmup` − 1 时是 `base`。`warmup` = 0 表示没有上升阶段。
- $t$ = `warmup` 这一步也是 `base`。从这里起沿半个余弦下降，$t$ = `total` 时降到 0，此后一直是 0。

除 `base` 外都是整数：$t \\ge 0$，`total` $\\ge 1$，0 ≤ `warmup` ≤ `total`；`base` 不小于 0。`warmup` = `total` 时，学习率一直上升到训练结束，然后是 0。

允许 $10^{-9}$ 的误差（结果的绝对值超过 1 时指相对误差，否则指绝对误差）。
""",
        hints=(
            "共有三段：到 `warmup` 之前、到 `total` 之前、再往后。按这个顺序判断。",
            "在下降的一段里，要看*下降*走完了几分之几。记作 $u$，在 `warmup` 处是 0，在 `total` 处是 1，学习率就是 `base` 乘以 $(1 + \\cos \\pi u)/2$。",
        ),
    ),
    examples="""\
>>> warmup_cosine(0, 1.0, 8, 4)
0.25
>>> [warmup_cosine(t, 1.0, 4, 0) for t in (0, 4, 9)]
[1.0, 0.0, 0.0]
""",
    tolerance=1e-9,
    lacks={"negative": "no argument is negative"},
)


@schedule.solution
def warmup_cosine(t: int, base: float, total: int, warmup: int) -> float:
    if t < warmup:
        return base * (t + 1) / warmup
    if t >= total:
        return 0.0
    u = (t - warmup) / (total - warmup)
    return base * (1 + math.cos(math.pi * u)) / 2


@schedule.wrong(
    en="The rise begins with $t/w$: the first step has rate 0 and changes nothing.",
    zh="上升写成了 $t/w$：第一步的学习率是 0，等于没有走。",
)
def warmup_cosine_zero(t: int, base: float, total: int, warmup: int) -> float:
    if t < warmup:
        return base * t / warmup
    if t >= total:
        return 0.0
    u = (t - warmup) / (total - warmup)
    return base * (1 + math.cos(math.pi * u)) / 2


@schedule.wrong(
    en="The cosine counts from the start of the run, so that the rate jumps down where the rise ends.",
    zh="余弦从训练开头算起：上升一结束，学习率就突然掉下来。",
)
def warmup_cosine_jumps(t: int, base: float, total: int, warmup: int) -> float:
    if t < warmup:
        return base * (t + 1) / warmup
    if t >= total:
        return 0.0
    return base * (1 + math.cos(math.pi * t / total)) / 2


@schedule.wrong(
    en="Nothing stops the cosine: after the end of the run the rate rises again.",
    zh="余弦没有停：训练结束以后，学习率又升回去。",
)
def warmup_cosine_returns(t: int, base: float, total: int, warmup: int) -> float:
    if t < warmup:
        return base * (t + 1) / warmup
    if total == warmup:
        return 0.0
    u = (t - warmup) / (total - warmup)
    return base * (1 + math.cos(math.pi * u)) / 2


@schedule.wrong(
    en="The fall reaches 0 one step early, at `total - 1`: the last step of the run is lost.",
    zh="早了一步降到 0：在 `total - 1` 处就是 0，训练的最后一步等于没有走。",
)
def warmup_cosine_early(t: int, base: float, total: int, warmup: int) -> float:
    if t < warmup:
        return base * (t + 1) / warmup
    if t >= total:
        return 0.0
    u = (t - warmup) / max(1, total - warmup - 1)
    return base * (1 + math.cos(math.pi * u)) / 2


ScheduleCase = tuple[int, float, int, int]


@schedule.cases
def schedule_cases(random: Random) -> Iterator[ScheduleCase]:
    yield 0, 1.0, 1, 0
    yield 1, 1.0, 1, 0
    yield 0, 1.0, 1, 1
    yield 1, 1.0, 1, 1
    yield 0, 0.0, 2, 1
    for t in (0, 3, 4, 9, 10, 11, 20):
        yield t, 1.0, 10, 4
    yield 20, 1.0, 10, 0
    for _ in range(20):
        total = random.randint(1, 12)
        yield (
            random.randint(0, 2 * total),
            random.choice([0.001, 0.3, 2.0]),
            total,
            random.randint(0, total),
        )


@schedule.large
def schedule_large(random: Random) -> Iterator[ScheduleCase]:
    for _ in range(3):
        yield random.randint(10**5, 10**6), 0.001, 10**6, 10**4


@schedule.brute
def schedule_brute(t: int, base: float, total: int, warmup: int) -> float:
    # All rates in turn: equal additions in fractions, then half an angle by sine.
    rates, rate = [], Fraction(0)
    for _ in range(warmup):
        rate += Fraction(base) / warmup
        rates.append(float(rate))
    fall = total - warmup
    rates += [
        base * math.sin(math.pi * left / fall / 2) ** 2 for left in range(fall, 0, -1)
    ]
    return rates[t] if t < total else 0.0


best = Exercise(
    en=Words(
        title="The best rate of every step",
        statement="""\
SGD runs on the loss $\\frac12 h x^2$. Its gradient is $hx$ plus fresh noise of mean 0 and variance $\\sigma^2$. After a step with
the rate $\\eta$, the mean square $v$ of $x$ is

$$
(1 - \\eta h)^2\\, v + \\eta^2 \\sigma^2 .
$$

Each step takes the $\\eta$ for which this is smallest, and leaves that $v$ to the next one. Return
the rates of all steps, in order.

- `steps`: how many, maybe 0; up to 20,000.
- `h`, `noise`, `start`: the curvature $h$, the variance $\\sigma^2$, and $v$ at first; all three above 0.

Results may be off by $10^{-9}$, relative to their size or to 1.
""",
        hints=(
            "The expression is a parabola in $\\eta$. Where is its derivative 0?",
            "$\\eta = hv/(h^2 v + \\sigma^2)$. Put it back into the expression for the next $v$.",
        ),
    ),
    zh=Words(
        title="每一步的最优学习率",
        statement="""\
用 SGD 最小化 $\\frac12 h x^2$。每一步得到的梯度是 $hx$ 加上新的噪声，噪声的均值是 0，方差是 $\\sigma^2$。以学习率 $\\eta$ 走一步之后，$x$ 的均方值 $v$ 变成

$$
(1 - \\eta h)^2\\, v + \\eta^2 \\sigma^2 .
$$

每一步都取使它最小的 $\\eta$，把得到的 $v$ 留给下一步。按顺序返回各步的学习率。

- `steps`：步数，可以是 0，最多 20,000。
- `h`、`noise`、`start`：曲率 $h$、方差 $\\sigma^2$、最初的 $v$，三者都大于 0。

允许 $10^{-9}$ 的误差（结果的绝对值超过 1 时指相对误差，否则指绝对误差）。
""",
        hints=(
            "这个式子是 $\\eta$ 的二次函数。导数在哪里为 0？",
            "$\\eta = hv/(h^2 v + \\sigma^2)$。代回去就得到下一个 $v$。",
        ),
    ),
    examples="""\
>>> best_rates(3, 1.0, 1.0, 1.0)
[0.5, 0.3333333333333333, 0.25]
>>> best_rates(1, 2.0, 4.0, 1.0)
[0.25]
>>> best_rates(0, 1.0, 1.0, 1.0)
[]
""",
    tolerance=1e-9,
    lacks={"negative": "no argument is negative"},
)


@best.solution
def best_rates(steps: int, h: float, noise: float, start: float) -> list[float]:
    rates, v = [], start
    for _ in range(steps):
        rate = h * v / (h * h * v + noise)
        rates.append(rate)
        v = (1 - rate * h) ** 2 * v + rate * rate * noise
    return rates


@best.wrong(
    en="The start never becomes the present: every step gets the rate of the first.",
    zh="$v$ 没有更新：每一步都用第一步的学习率。",
)
def best_rates_constant(
    steps: int, h: float, noise: float, start: float
) -> list[float]:
    return [h * start / (h * h * start + noise) for _ in range(steps)]


@best.wrong(
    en="The step shrinks $v$, but the fresh noise is left out: the rates fall too fast.",
    zh="更新 $v$ 时只算了缩小，漏了新的噪声：学习率降得太快。",
)
def best_rates_quiet(steps: int, h: float, noise: float, start: float) -> list[float]:
    rates, v = [], start
    for _ in range(steps):
        rate = h * v / (h * h * v + noise)
        rates.append(rate)
        v = (1 - rate * h) ** 2 * v
    return rates


@best.wrong(
    en="This is $1/(h(t+1))$, right only where the start is infinitely far away.",
    zh="这是 $1/(h(t+1))$，只有起点在无穷远处才对。",
)
def best_rates_harmonic(
    steps: int, h: float, noise: float, start: float
) -> list[float]:
    return [1 / (h * (t + 1)) for t in range(steps)]


@best.wrong(
    en="The noise is taken for its standard deviation and squared once more.",
    zh="把方差当成标准差，又平方了一遍。",
)
def best_rates_squared(steps: int, h: float, noise: float, start: float) -> list[float]:
    rates, v = [], start
    for _ in range(steps):
        rate = h * v / (h * h * v + noise**2)
        rates.append(rate)
        v = (1 - rate * h) ** 2 * v + (rate * noise) ** 2
    return rates


RatesCase = tuple[int, float, float, float]


@best.cases
def rates_cases(random: Random) -> Iterator[RatesCase]:
    yield 0, 1.0, 1.0, 1.0
    yield 1, 1.0, 1.0, 1.0
    yield 2, 1.0, 1.0, 1.0
    yield 3, 2.0, 3.0, 5.0
    yield 4, 0.5, 0.01, 100.0
    yield 4, 4.0, 100.0, 0.01
    for _ in range(20):
        yield (
            random.randint(1, 6),
            random.choice([0.25, 1.0, 3.0]),
            random.choice([0.5, 2.0, 9.0]),
            random.choice([0.1, 1.0, 7.0]),
        )


@best.large
def rates_large(random: Random) -> Iterator[RatesCase]:
    yield 20_000, 0.5, 0.25, 4.0
    yield 20_000, 1.0, 1e-6, 1e6


@best.brute
def rates_brute(steps: int, h: float, noise: float, start: float) -> list[float]:
    # In exact fractions, the vertex of the parabola through three of its points.
    def after(rate: Fraction) -> Fraction:
        return (1 - rate * Fraction(h)) ** 2 * v + rate**2 * Fraction(noise)

    rates, v = [], Fraction(start)
    for _ in range(steps):
        at = [after(Fraction(n)) for n in range(3)]
        bend = at[0] - 2 * at[1] + at[2]
        vertex = (3 * at[0] - 4 * at[1] + at[2]) / (2 * bend)
        rates.append(float(vertex))
        v = after(vertex)
    return rates
