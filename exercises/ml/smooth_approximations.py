"""Exercises on smooth functions: the smooth maximum and its slope, and a random choice."""

import math
from collections.abc import Iterator
from decimal import MAX_EMAX, MIN_EMIN, Context, Decimal, localcontext
from random import Random

from notekit.study.judge import Exercise, Words

smooth = Exercise(
    en=Words(
        title="The smooth maximum and its slope",
        statement="""\
The smooth maximum of $n$ scores is

$$
\\frac{1}{K} \\ln \\sum_{i=1}^n e^{K x_i}.
$$

Return `(value, slopes)`: its value, and the list of its derivatives by $x_1, \\dots, x_n$.

- `x`: a list of $n \\ge 1$ numbers from $-1000$ to $1000$.
- `k`: the sharpness $K$, from 0.01 to 100. No exponential may overflow, and no sum may
  vanish.

Results may be off by $10^{-9}$, relative to their size or to 1.
""",
        hints=(
            "What happens to the value if the same number is added to all scores?",
            "Subtract the greatest score $x_{\\max}$ before you exponentiate, and add it to the"
            " value at the end: the largest exponential is then $e^0 = 1$. The slopes are"
            " the exponentials, divided by their sum.",
        ),
    ),
    zh=Words(
        title="光滑最大值及其斜率",
        statement="""\
$n$ 个分数的光滑最大值是

$$
\\frac{1}{K} \\ln \\sum_{i=1}^n e^{K x_i}.
$$

返回 `(value, slopes)`：它的值，以及它对 $x_1, \\dots, x_n$ 的导数组成的列表。

- `x`：$n \\ge 1$ 个数组成的列表，每个在 $-1000$ 到 $1000$ 之间。
- `k`：锐度 $K$，在 0.01 到 100 之间。指数不能上溢，总和也不能下溢。

允许 $10^{-9}$ 的误差（结果的绝对值超过 1 时指相对误差，否则指绝对误差）。
""",
        hints=(
            "所有分数加上同一个数，光滑最大值会怎样变化？",
            "取指数之前先减去最大的分数 $x_{\\max}$，最后再加回来，这样最大的指数就是 $e^0 = 1$。斜率等于各个指数除以它们的和。",
        ),
    ),
    examples="""\
>>> value, slopes = smooth_max([1, 3, 2], 1)
>>> round(value, 6), [round(slope, 3) for slope in slopes]
(3.407606, [0.09, 0.665, 0.245])
>>> smooth_max([5], 10)
(5.0, [1.0])
""",
    tolerance=1e-9,
    lacks={"empty": "there is a score"},
)


@smooth.solution
def smooth_max(x: list[float], k: float) -> tuple[float, list[float]]:
    top = max(x)
    exponentials = [math.exp(k * (score - top)) for score in x]
    total = sum(exponentials)
    return top + math.log(total) / k, [e / total for e in exponentials]


@smooth.wrong(
    en="The greatest score is not subtracted: the exponential of 1000 overflows.",
    zh="没有减去最大的分数：1000 的指数会上溢。",
)
def smooth_max_overflow(x: list[float], k: float) -> tuple[float, list[float]]:
    exponentials = [math.exp(k * score) for score in x]
    total = sum(exponentials)
    return math.log(total) / k, [e / total for e in exponentials]


@smooth.wrong(
    en="The search for the maximum starts at 0: far below it all exponentials vanish.",
    zh="求最大值时从 0 开始：分数都远小于 0 时，所有指数都成了 0。",
)
def smooth_max_from_zero(x: list[float], k: float) -> tuple[float, list[float]]:
    top = 0
    for score in x:
        if score > top:
            top = score
    exponentials = [math.exp(k * (score - top)) for score in x]
    total = sum(exponentials)
    return top + math.log(total) / k, [e / total for e in exponentials]


@smooth.wrong(
    en="The scores weighted by the softmax: that mean lies below the maximum, not above.",
    zh="用 softmax 对分数加权平均：它在最大值之下，而不是之上。",
)
def smooth_max_mean(x: list[float], k: float) -> tuple[float, list[float]]:
    top = max(x)
    exponentials = [math.exp(k * (score - top)) for score in x]
    total = sum(exponentials)
    slopes = [e / total for e in exponentials]
    return sum(score * slope for score, slope in zip(x, slopes)), slopes


@smooth.wrong(
    en="The logarithm is not divided by K.",
    zh="对数没有除以 K。",
)
def smooth_max_undivided(x: list[float], k: float) -> tuple[float, list[float]]:
    top = max(x)
    exponentials = [math.exp(k * (score - top)) for score in x]
    total = sum(exponentials)
    return top + math.log(total), [e / total for e in exponentials]


@smooth.wrong(
    en="The slopes are multiplied by K: the K of the exponent is cancelled by that in front.",
    zh="斜率多乘了 K：求导时指数里的 K 与前面的 1/K 抵消。",
)
def smooth_max_times(x: list[float], k: float) -> tuple[float, list[float]]:
    top = max(x)
    exponentials = [math.exp(k * (score - top)) for score in x]
    total = sum(exponentials)
    return top + math.log(total) / k, [k * e / total for e in exponentials]


@smooth.cases
def smooth_cases(random: Random) -> Iterator[tuple[list[float], float]]:
    yield [0], 1
    yield [5], 10
    yield [-3], 0.5
    yield [0, 0], 1
    yield [1, 3, 2], 1
    yield [1000], 100
    yield [-1000, -999], 1
    yield [-1000, 1000], 100
    for count in [1, 2, 3, 5] * 6:
        scores = [random.randint(-4, 4) for _ in range(count)]
        yield scores, random.choice([0.01, 0.5, 1, 2, 10])
    yield [random.uniform(-1000, 1000) for _ in range(100)], 0.01
    yield [random.uniform(990, 1000) for _ in range(100)], 2


@smooth.brute
def smooth_brute(x: list[float], k: float) -> tuple[float, list[float]]:
    # Decimals, of which the exponential of 100,000 is one.
    with localcontext(Context(prec=50, Emax=MAX_EMAX, Emin=MIN_EMIN)):
        exponentials = [(Decimal(k) * Decimal(score)).exp() for score in x]
        total = sum(exponentials, Decimal(0))
        slopes = [float(e / total) for e in exponentials]
        return float(total.ln() / Decimal(k)), slopes


choice = Exercise(
    en=Words(
        title="A class drawn by Gumbel noise",
        statement="""\
Draw a class from the softmax of the logits, hard and soft. From each uniform number $U$ make
Gumbel noise $G = -\\ln(-\\ln U)$ and add it to its logit. The class is the **first** with the
greatest sum; the soft sample $s$ is the softmax of the sums, divided by the temperature
$\\tau$. Return `(drawn, soft)`: the index of the class, from 0, and the list $s$.

- `logits`: $n \\ge 1$ numbers from $-1000$ to $1000$.
- `us`: as many numbers between 0 and 1, both excluded.
- `tau`: $\\tau$, from 0.01 to $10^{20}$. No exponential may overflow, and no sum may vanish.

Results may be off by $10^{-9}$.
""",
        hints=(
            "The temperature divides logit and noise together. Does it change which sum is"
            " the greatest?",
            "Subtract the greatest sum before you divide and exponentiate. Take the class"
            " from the sums themselves: after the softmax, rounding can make entries"
            " equal that are not.",
        ),
    ),
    zh=Words(
        title="用 Gumbel 噪声抽取类别",
        statement="""\
按 logits 的 softmax 分布抽取一个类别，分别给出硬的和软的结果。由每个均匀分布的数 $U$ 得到 Gumbel 噪声 $G = -\\ln(-\\ln U)$，加到对应的 logit 上。抽中的类别是和最大的那一个，有并列时取**最前面的**；软样本 $s$ 是这些和除以温度 $\\tau$ 之后的 softmax。返回 `(drawn, soft)`：类别的下标（从 0 开始），以及列表 $s$。

- `logits`：$n \\ge 1$ 个数，每个在 $-1000$ 到 $1000$ 之间。
- `us`：个数相同的数，都在 0 和 1 之间，不含两端。
- `tau`：温度 $\\tau$，在 0.01 到 $10^{20}$ 之间。指数不能上溢，总和也不能下溢。

允许 $10^{-9}$ 的误差。
""",
        hints=(
            "温度同时除以 logit 和噪声。它会改变哪个和最大吗？",
            "先减去最大的和，再除以温度、取指数。类别要直接从这些和中选出：经过 softmax 之后，舍入可能让本来不相等的项变得相等。",
        ),
    ),
    examples="""\
>>> drawn, soft = draw([1, 0], [0.1, 0.9], 1)
>>> drawn, [round(share, 3) for share in soft]
(1, [0.111, 0.889])
>>> draw([0, 0], [0.5, 0.5], 2)
(0, [0.5, 0.5])
""",
    tolerance=1e-9,
    lacks={"empty": "there is a class"},
)


@choice.solution
def draw(logits: list[float], us: list[float], tau: float) -> tuple[int, list[float]]:
    noisy = [z - math.log(-math.log(u)) for z, u in zip(logits, us)]
    top = max(noisy)
    exponentials = [math.exp((score - top) / tau) for score in noisy]
    total = sum(exponentials)
    return noisy.index(top), [e / total for e in exponentials]


@choice.wrong(
    en="Uniform noise: no class is ever drawn that is one logit behind.",
    zh="直接加均匀噪声：logit 落后 1 的类别永远抽不到。",
)
def draw_uniform(
    logits: list[float], us: list[float], tau: float
) -> tuple[int, list[float]]:
    noisy = [z + u for z, u in zip(logits, us)]
    top = max(noisy)
    exponentials = [math.exp((score - top) / tau) for score in noisy]
    total = sum(exponentials)
    return noisy.index(top), [e / total for e in exponentials]


@choice.wrong(
    en="One logarithm is missing: the noise is exponential, not Gumbel.",
    zh="少取了一次对数：噪声服从指数分布，而不是 Gumbel 分布。",
)
def draw_exponential(
    logits: list[float], us: list[float], tau: float
) -> tuple[int, list[float]]:
    noisy = [z - math.log(u) for z, u in zip(logits, us)]
    top = max(noisy)
    exponentials = [math.exp((score - top) / tau) for score in noisy]
    total = sum(exponentials)
    return noisy.index(top), [e / total for e in exponentials]


@choice.wrong(
    en="The temperature divides the logits alone: the noise then decides far too much.",
    zh="只有 logits 除以了温度，噪声没有除。",
)
def draw_logits(
    logits: list[float], us: list[float], tau: float
) -> tuple[int, list[float]]:
    noisy = [z / tau - math.log(-math.log(u)) for z, u in zip(logits, us)]
    top = max(noisy)
    exponentials = [math.exp(score - top) for score in noisy]
    total = sum(exponentials)
    return noisy.index(top), [e / total for e in exponentials]


@choice.wrong(
    en="The class is taken from the rounded softmax, where different entries may tie.",
    zh="从舍入后的 softmax 中选类别，本来不同的项可能变得相等。",
)
def draw_rounded(
    logits: list[float], us: list[float], tau: float
) -> tuple[int, list[float]]:
    noisy = [z - math.log(-math.log(u)) for z, u in zip(logits, us)]
    top = max(noisy)
    exponentials = [math.exp((score - top) / tau) for score in noisy]
    total = sum(exponentials)
    soft = [e / total for e in exponentials]
    return soft.index(max(soft)), soft


@choice.wrong(
    en="The greatest sum is not subtracted: at a low temperature the exponential overflows.",
    zh="没有减去最大的和：温度低时指数会上溢。",
)
def draw_overflow(
    logits: list[float], us: list[float], tau: float
) -> tuple[int, list[float]]:
    noisy = [z - math.log(-math.log(u)) for z, u in zip(logits, us)]
    exponentials = [math.exp(score / tau) for score in noisy]
    total = sum(exponentials)
    return noisy.index(max(noisy)), [e / total for e in exponentials]


@choice.wrong(
    en="A small number is added inside the logarithms: rare noise comes out wrong.",
    zh="在对数里加了一个小常数：U 接近 0 或 1 时，噪声就错了。",
)
def draw_guarded(
    logits: list[float], us: list[float], tau: float
) -> tuple[int, list[float]]:
    noisy = [z - math.log(-math.log(u + 1e-10) + 1e-10) for z, u in zip(logits, us)]
    top = max(noisy)
    exponentials = [math.exp((score - top) / tau) for score in noisy]
    total = sum(exponentials)
    return noisy.index(top), [e / total for e in exponentials]


@choice.cases
def choice_cases(
    random: Random,
) -> Iterator[tuple[list[float], list[float], float]]:
    yield [0], [0.5], 1
    yield [-3], [0.25], 0.5
    yield [0, 0], [0.5, 0.5], 2
    yield [1, 0], [0.1, 0.9], 1
    yield [0, 1], [0.5, 0.5], 1e20
    yield [0, 0], [0.5, 1 - 2**-40], 20
    yield [0, 0], [1e-12, 0.5], 5
    yield [1000, -1000], [0.5, 0.25], 0.01
    yield [-1000, -999], [0.5, 0.25], 0.01
    for count in [1, 2, 3, 4] * 6:
        logits = [random.randint(-2, 2) for _ in range(count)]
        us = [random.randint(1, 99) / 100 for _ in range(count)]
        yield logits, us, random.choice([0.1, 0.5, 1, 5])
    logits = [random.uniform(-1000, 1000) for _ in range(40)]
    yield logits, [random.uniform(0.01, 0.99) for _ in range(40)], 100
    yield [0.0] * 60, [random.uniform(0.01, 0.99) for _ in range(60)], 1


@choice.brute
def choice_brute(
    logits: list[float], us: list[float], tau: float
) -> tuple[int, list[float]]:
    # A race: the class whose clock, exponential with rate exp(z), rings first.
    with localcontext(Context(prec=50, Emax=MAX_EMAX, Emin=MIN_EMIN)):
        clocks = [
            -Decimal(u).ln() / Decimal(z).exp() for z, u in zip(logits, us, strict=True)
        ]
        powers = [(-clock.ln() / Decimal(tau)).exp() for clock in clocks]
        total = sum(powers, Decimal(0))
        return clocks.index(min(clocks)), [float(p / total) for p in powers]
