"""Exercises on flow matching: Euler's method, and the mean direction at a point."""

import math
from collections.abc import Iterator
from fractions import Fraction
from random import Random

from notekit.study.judge import Exercise, Words

follow = Exercise(
    en=Words(
        title="Follow the flow",
        statement="""\
Time is 0 at the noise and 1 at the data, which are $N(\\mu, s^2)$. At time $t$ the velocity is

$$v(x, t) = \\mu + \\frac{t s^2 - (1 - t)}{(1 - t)^2 + t^2 s^2}\\,(x - t\\mu).$$

Follow it from time 0 to time 1 by Euler's method and return where the points end, as a list.

- `points`: a list of numbers from $-10$ to $10$, which may be empty.
- `mean`: $\\mu$, from $-10$ to $10$; `std`: $s$, from $0.1$ to $3$.
- `steps`: from 1 to 150, all of the same length.

Results may be off by $10^{-9}$ (relative to the result if that is larger than 1 in size).
""",
        hints=(
            "A step begins at $t = k/\\text{steps}$, for $k = 0, 1, \\dots$",
            "Each step adds the velocity divided by the number of steps.",
        ),
    ),
    zh=Words(
        title="沿着流走",
        statement="""\
时间 0 是噪声，时间 1 是数据，数据服从 $N(\\mu, s^2)$。时刻 $t$ 的速度是

$$v(x, t) = \\mu + \\frac{t s^2 - (1 - t)}{(1 - t)^2 + t^2 s^2}\\,(x - t\\mu).$$

用欧拉法从时间 0 走到时间 1，以列表返回各点的终点。

- `points`：由 $-10$ 到 $10$ 的数组成的列表，可以为空。
- `mean`：$\\mu$，从 $-10$ 到 $10$；`std`：$s$，从 $0.1$ 到 $3$。
- `steps`：从 1 到 150，各步等长。

允许 $10^{-9}$ 的误差（结果的绝对值超过 1 时指相对误差，否则指绝对误差）。
""",
        hints=(
            "每一步从 $t = k/\\text{steps}$ 开始，$k = 0, 1, \\dots$",
            "每一步加上速度除以步数。",
        ),
    ),
    examples="""\
>>> euler([1.0, -3.0], 2.0, 0.5, 1)
[2.0, 2.0]
>>> [round(x, 6) for x in euler([1.0], 2.0, 0.5, 4)]
[2.340541]
>>> euler([], 2.0, 0.5, 4)
[]
""",
    tolerance=1e-9,
)


@follow.solution
def euler(points: list[float], mean: float, std: float, steps: int) -> list[float]:
    ends = []
    for x in points:
        for k in range(steps):
            t = k / steps
            variance = (1 - t) ** 2 + (t * std) ** 2
            slope = (t * std**2 - (1 - t)) / variance
            x += (mean + slope * (x - t * mean)) / steps
        ends.append(x)
    return ends


@follow.wrong(
    en="The times run from one step to 1, not from 0: each velocity is taken too late.",
    zh="时间从一个步长走到 1，而不是从 0 开始：每个速度都取晚了一步。",
)
def euler_late(points: list[float], mean: float, std: float, steps: int) -> list[float]:
    def velocity(x: float, t: float) -> float:
        variance = (1 - t) ** 2 + (t * std) ** 2
        return mean + (t * std**2 - (1 - t)) / variance * (x - t * mean)

    ends = []
    for x in points:
        for k in range(steps):
            x += velocity(x, (k + 1) / steps) / steps
        ends.append(x)
    return ends


@follow.wrong(
    en="One step too many: the one that begins at time 1.",
    zh="多走了一步：时间 1 处又走了一步。",
)
def euler_more(points: list[float], mean: float, std: float, steps: int) -> list[float]:
    def velocity(x: float, t: float) -> float:
        variance = (1 - t) ** 2 + (t * std) ** 2
        return mean + (t * std**2 - (1 - t)) / variance * (x - t * mean)

    ends = []
    for x in points:
        for k in range(steps + 1):
            x += velocity(x, k / steps) / steps
        ends.append(x)
    return ends


@follow.wrong(
    en="All velocities are those of the start: the point does not move on.",
    zh="每一步都用起点处的速度：没有用到走到的位置。",
)
def euler_stuck(
    points: list[float], mean: float, std: float, steps: int
) -> list[float]:
    def velocity(x: float, t: float) -> float:
        variance = (1 - t) ** 2 + (t * std) ** 2
        return mean + (t * std**2 - (1 - t)) / variance * (x - t * mean)

    return [
        x + sum(velocity(x, k / steps) for k in range(steps)) / steps for x in points
    ]


@follow.wrong(
    en="The length of the step is missing.",
    zh="漏乘了步长。",
)
def euler_long(points: list[float], mean: float, std: float, steps: int) -> list[float]:
    def velocity(x: float, t: float) -> float:
        variance = (1 - t) ** 2 + (t * std) ** 2
        return mean + (t * std**2 - (1 - t)) / variance * (x - t * mean)

    ends = []
    for x in points:
        for k in range(steps):
            x += velocity(x, k / steps)
        ends.append(x)
    return ends


@follow.wrong(
    en="It is the end of the exact flow, not that of Euler's method.",
    zh="返回的是精确的流的终点，而不是欧拉法的。",
)
def euler_exact(
    points: list[float], mean: float, std: float, steps: int
) -> list[float]:
    return [mean + std * x for x in points]


@follow.cases
def follow_cases(random: Random) -> Iterator[tuple[list[float], float, float, int]]:
    yield [], 2.0, 0.5, 3
    yield [1.0], 0.0, 1.0, 1
    yield [1.0], 2.0, 0.5, 2
    yield [-1.0, -1.0, 0.0], -2.0, 3.0, 4
    for _ in range(30):
        points = [random.uniform(-10, 10) for _ in range(random.randint(1, 4))]
        mean, std = random.uniform(-10, 10), random.uniform(0.1, 3)
        yield points, mean, std, random.randint(1, 20)


@follow.large
def follow_large(random: Random) -> Iterator[tuple[list[float], float, float, int]]:
    yield [random.uniform(-10, 10) for _ in range(500)], 3.0, 0.1, 150


@follow.brute
def follow_brute(
    points: list[float], mean: float, std: float, steps: int
) -> list[float]:
    # The distance from t mean is multiplied in each step, in fractions.
    factor, s = Fraction(1), Fraction(std)
    for k in range(steps):
        t = Fraction(k, steps)
        factor *= 1 + (t * s * s - 1 + t) / ((1 - t) ** 2 + t * t * s * s) / steps
        factor = Fraction(factor).limit_denominator(10**40)
    return [float(Fraction(mean) + factor * Fraction(x)) for x in points]


direction = Exercise(
    en=Words(
        title="The mean direction",
        statement="""\
Noise is standard normal, data are the numbers of a list, each as likely as the others, and
independent of the noise. Lines lead from noise (time 0) to data (time 1). Return the mean
direction of the lines that are at `x` at time `t`.

- `x`: from $-10$ to $10$; `t`: from 0 to $0.9$.
- `data`: at least one number, from $-10$ to $10$; a number that stands twice counts twice.

Results may be off by $10^{-9}$ (relative to the result if that is larger than 1 in size).
""",
        hints=(
            "The line to $d$ began at the noise $(x - td)/(1 - t)$; how probable is that?",
            "The mean direction is (mean of the data $- x$)$/(1 - t)$.",
            "All weights may be too small for a float: subtract the largest exponent.",
        ),
    ),
    zh=Words(
        title="平均方向",
        statement="""\
噪声服从标准正态分布；数据是一个列表里的数，每个数的概率相同，与噪声独立。直线从噪声（时间 0）通向数据（时间 1）。求时刻 `t` 经过 `x` 的那些直线的平均方向。

- `x`：从 $-10$ 到 $10$；`t`：从 0 到 $0.9$。
- `data`：至少一个数，从 $-10$ 到 $10$；出现两次的数算两次。

允许 $10^{-9}$ 的误差（结果的绝对值超过 1 时指相对误差，否则指绝对误差）。
""",
        hints=(
            "通向 $d$ 的直线，起点是噪声 $(x - td)/(1 - t)$；它的概率密度是多少？",
            "平均方向等于（数据的加权均值 $- x$）$/(1 - t)$。",
            "所有权重都可能小到浮点数表示不了：先减去最大的指数。",
        ),
    ),
    examples="""\
>>> round(mean_direction(0.5, 0.5, [-1.0, 1.0]), 6)
0.523188
>>> mean_direction(0.5, 0.0, [-1.0, 1.0, 6.0])
1.5
>>> mean_direction(1.0, 0.75, [2.0])
4.0
""",
    tolerance=1e-9,
    lacks={"empty": "there are data"},
)


@direction.solution
def mean_direction(x: float, t: float, data: list[float]) -> float:
    logs = [-(((x - t * d) / (1 - t)) ** 2) / 2 for d in data]
    most = max(logs)
    weights = [math.exp(log - most) for log in logs]
    mean = sum(w * d for w, d in zip(weights, data)) / sum(weights)
    return (mean - x) / (1 - t)


@direction.wrong(
    en="All data count the same: no weights. That is right at time 0 only.",
    zh="所有数据一样重，没有加权：只在时间 0 正确。",
)
def mean_direction_plain(x: float, t: float, data: list[float]) -> float:
    return (sum(data) / len(data) - x) / (1 - t)


@direction.wrong(
    en="Only the most probable line counts.",
    zh="只看了最可能的一条直线。",
)
def mean_direction_nearest(x: float, t: float, data: list[float]) -> float:
    nearest = min(data, key=lambda d: abs(x - t * d))
    return (nearest - x) / (1 - t)


@direction.wrong(
    en="The weights measure the distance from d, not from t d.",
    zh="权重里用的是到 d 的距离，而不是到 t d 的。",
)
def mean_direction_far(x: float, t: float, data: list[float]) -> float:
    logs = [-(((x - d) / (1 - t)) ** 2) / 2 for d in data]
    weights = [math.exp(log - max(logs)) for log in logs]
    mean = sum(w * d for w, d in zip(weights, data)) / sum(weights)
    return (mean - x) / (1 - t)


@direction.wrong(
    en="It divides by 1 - t, the standard deviation, where its square belongs.",
    zh="除以了标准差 1 - t，该除以它的平方。",
)
def mean_direction_root(x: float, t: float, data: list[float]) -> float:
    logs = [-((x - t * d) ** 2) / (1 - t) / 2 for d in data]
    weights = [math.exp(log - max(logs)) for log in logs]
    mean = sum(w * d for w, d in zip(weights, data)) / sum(weights)
    return (mean - x) / (1 - t)


@direction.wrong(
    en="It is the way to the mean, not the velocity: the time left is 1 - t, not 1.",
    zh="返回的是到均值的位移，不是速度：剩下的时间是 1 - t，不是 1。",
)
def mean_direction_way(x: float, t: float, data: list[float]) -> float:
    logs = [-(((x - t * d) / (1 - t)) ** 2) / 2 for d in data]
    weights = [math.exp(log - max(logs)) for log in logs]
    return sum(w * d for w, d in zip(weights, data)) / sum(weights) - x


@direction.wrong(
    en="All weights become 0 far from the data, and it divides by 0.",
    zh="离数据远时所有权重都变成 0，于是除以 0。",
)
def mean_direction_tiny(x: float, t: float, data: list[float]) -> float:
    weights = [math.exp(-(((x - t * d) / (1 - t)) ** 2) / 2) for d in data]
    mean = sum(w * d for w, d in zip(weights, data)) / sum(weights)
    return (mean - x) / (1 - t)


@direction.cases
def direction_cases(random: Random) -> Iterator[tuple[float, float, list[float]]]:
    yield 0.0, 0.0, [1.0]
    yield 0.5, 0.0, [-1.0, 1.0, 6.0]
    yield 0.5, 0.5, [-1.0, 1.0]
    yield 0.0, 0.5, [-1.0, 1.0]
    yield 0.5, 0.5, [-1.0, 1.0, 1.0]
    yield 10.0, 0.9, [-10.0, -9.0]
    for _ in range(30):
        data = [random.uniform(-3, 3) for _ in range(random.randint(1, 5))]
        yield random.uniform(-2, 2), random.uniform(0, 0.9), data


@direction.large
def direction_large(random: Random) -> Iterator[tuple[float, float, list[float]]]:
    yield 0.5, 0.8, [random.uniform(-10, 10) for _ in range(1500)]


@direction.brute
def direction_brute(x: float, t: float, data: list[float]) -> float:
    # Each datum's probability is 1 over a sum of ratios; directions by their noise.
    def starts(d: float) -> Fraction:
        return (Fraction(x) - Fraction(t) * Fraction(d)) / (1 - Fraction(t))

    noise = [starts(d) for d in data]
    found = 0.0
    for z, d in zip(noise, data):
        ratios = [(z * z - other * other) / 2 for other in noise]
        if max(ratios) < 700:
            found += float(Fraction(d) - z) / math.fsum(math.exp(r) for r in ratios)
    return found
