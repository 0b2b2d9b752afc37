"""Exercises on positional encodings: one pair turned, RoPE of one token."""

import math
from collections.abc import Iterator
from fractions import Fraction
from random import Random
from typing import Any

from notekit.study.judge import Exercise, Words

pair = Exercise(
    en=Words(
        title="Turn one pair",
        statement="""\
Turn the pair `(x, y)` by `angle` radians, counterclockwise, as RoPE turns a pair of features.

- `x`, `y`: numbers, at most 1000 in size. `angle`: a number, at most 1000 in size.
- Return the two numbers, as a tuple or a list.

Results may be off by $10^{-9}$, relative to their size or to 1.
""",
        hints=(
            "What becomes of $(1, 0)$ after a quarter of a turn, and of $(0, 1)$?",
            "Multiply $x + \\mathrm{i} y$ by $\\cos a + \\mathrm{i} \\sin a$.",
        ),
    ),
    zh=Words(
        title="转动一对特征",
        statement="""\
像 RoPE 转动一对特征那样，把 `(x, y)` 逆时针转 `angle` 弧度。

- `x`、`y`：绝对值不超过 1000 的数。`angle`：绝对值不超过 1000 的数。
- 返回两个数，元组或列表都行。

允许 $10^{-9}$ 的误差（结果的绝对值超过 1 时指相对误差，否则指绝对误差）。
""",
        hints=(
            "$(1, 0)$ 转四分之一圈之后是什么？$(0, 1)$ 呢？",
            "用 $\\cos a + \\mathrm{i} \\sin a$ 去乘 $x + \\mathrm{i} y$。",
        ),
    ),
    examples="""\
>>> [round(v, 4) for v in rope_pair(1.0, 0.0, 1.0)]
[0.5403, 0.8415]
>>> [round(v, 4) for v in rope_pair(3.0, 4.0, 0.0)]
[3.0, 4.0]
""",
    tolerance=1e-9,
)


@pair.solution
def rope_pair(x: float, y: float, angle: float) -> list[float]:
    cos, sin = math.cos(angle), math.sin(angle)
    return [x * cos - y * sin, x * sin + y * cos]


@pair.wrong(
    en="Both sums have the same sign: a quarter of a turn leaves (0, 1) on the wrong side.",
    zh="两个式子用了同样的正负号：(0, 1) 转四分之一圈后落在了错误的一侧。",
)
def rope_pair_signs(x: float, y: float, angle: float) -> list[float]:
    cos, sin = math.cos(angle), math.sin(angle)
    return [x * cos + y * sin, x * sin + y * cos]


@pair.wrong(
    en="The new y is computed from the new x; both need the old one.",
    zh="用新的 x 去算新的 y；两个式子都要用旧的 x。",
)
def rope_pair_new_x(x: float, y: float, angle: float) -> list[float]:
    cos, sin = math.cos(angle), math.sin(angle)
    x = x * cos - y * sin
    y = x * sin + y * cos
    return [x, y]


@pair.wrong(
    en="The angle is taken for degrees.",
    zh="把角度当成了度数。",
)
def rope_pair_degrees(x: float, y: float, angle: float) -> list[float]:
    angle = math.radians(angle)
    cos, sin = math.cos(angle), math.sin(angle)
    return [x * cos - y * sin, x * sin + y * cos]


@pair.wrong(
    en="It turns clockwise.",
    zh="转成了顺时针。",
)
def rope_pair_clockwise(x: float, y: float, angle: float) -> list[float]:
    cos, sin = math.cos(angle), math.sin(angle)
    return [x * cos + y * sin, y * cos - x * sin]


@pair.cases
def pair_cases(random: Random) -> Iterator[tuple[float, float, float]]:
    yield 0.0, 0.0, 1.0
    yield 1.0, 0.0, math.pi / 2
    yield 0.0, 1.0, math.pi / 2
    yield 1.0, 1.0, math.pi / 2
    yield 2.0, 2.0, -1.0
    yield -3.0, 4.0, 0.0
    yield 1000.0, -1000.0, 1000.0
    for _ in range(25):
        x, y = (random.randint(-20, 20) / 4 for _ in range(2))
        yield x, y, random.randint(-80, 80) / 8


@pair.brute
def pair_brute(x: float, y: float, angle: float) -> list[float]:
    # Many small steps of 2^-n of the angle would round; so one exact small step of
    # complex numbers, from the series, squared n times.
    half = Fraction(angle) / 2**20
    real, imaginary, term = Fraction(0), Fraction(0), Fraction(1)
    for n in range(12):
        if n % 2 == 0:
            real += term * (-1) ** (n // 2)
        else:
            imaginary += term * (-1) ** (n // 2)
        term *= half / (n + 1)
    bits = 2**120
    for _ in range(20):
        real, imaginary = real**2 - imaginary**2, 2 * real * imaginary
        real = Fraction(round(real * bits), bits)
        imaginary = Fraction(round(imaginary * bits), bits)
    a, b = Fraction(x), Fraction(y)
    return [float(a * real - b * imaginary), float(a * imaginary + b * real)]


row = Exercise(
    en=Words(
        title="RoPE of one token",
        statement="""\
Apply RoPE in the interleaved layout to the features `x` of one token at `position`: features $2g$ and
$2g + 1$ turn by position times $b^{-2g/d}$, counterclockwise.

- `x`: an even number $d \\ge 2$ of numbers, at most 100 in size. `position`: from 0 to 10,000.
- `base`: $b$, from 2 to $10^6$.
- Return a new list of $d$ numbers (or an array); `x` stays as it is.

Results may be off by $10^{-8}$, relative to their size or to 1.
""",
        hints=(
            "Which speed has the first pair, whatever the base?",
            "For each `g` in `range(d // 2)`: `angle = position * base ** (-2 * g / d)`.",
        ),
    ),
    zh=Words(
        title="一个词元的 RoPE",
        statement="""\
对位于 `position` 的一个词元的特征 `x` 做交错排列的 RoPE：第 $2g$ 个和第 $2g + 1$ 个特征逆时针转动，角度是位置乘 $b^{-2g/d}$。

- `x`：$d$ 个数，$d \\ge 2$ 为偶数，绝对值不超过 100。`position`：0 到 10,000。
- `base`：即 $b$，2 到 $10^6$。
- 返回新的 $d$ 个数的列表（或数组），`x` 保持不变。

允许 $10^{-8}$ 的误差（结果的绝对值超过 1 时指相对误差，否则指绝对误差）。
""",
        hints=(
            "不论底数是多少，第一对的速度是多少？",
            "对 `range(d // 2)` 里的每个 `g`：`angle = position * base ** (-2 * g / d)`。",
        ),
    ),
    examples="""\
>>> [round(v, 3) for v in rope_row([1.0, 2.0, 3.0, 4.0], 1, 10000.0)]
[-1.143, 1.922, 2.96, 4.03]
>>> rope_row([1.0, 2.0], 0, 10000.0)
[1.0, 2.0]
""",
    tolerance=1e-8,
    lacks={
        "empty": "there is a pair of features",
        "one": "features come in pairs",
    },
)


@row.solution
def rope_row(x: list[float], position: int, base: float) -> list[float]:
    d, result = len(x), list(x)
    for g in range(d // 2):
        angle = position * base ** (-2 * g / d)
        cos, sin = math.cos(angle), math.sin(angle)
        a, b = x[2 * g], x[2 * g + 1]
        result[2 * g] = a * cos - b * sin
        result[2 * g + 1] = a * sin + b * cos
    return result


@row.wrong(
    en="The exponent is -g/d: the slow pairs are too fast.",
    zh="指数写成了 -g/d：慢的特征对转得太快。",
)
def rope_row_exponent(x: list[float], position: int, base: float) -> list[float]:
    d, result = len(x), list(x)
    for g in range(d // 2):
        angle = position * base ** (-g / d)
        cos, sin = math.cos(angle), math.sin(angle)
        a, b = x[2 * g], x[2 * g + 1]
        result[2 * g] = a * cos - b * sin
        result[2 * g + 1] = a * sin + b * cos
    return result


@row.wrong(
    en="That is the other layout: feature g with feature g + d/2.",
    zh="这是另一种排列：第 g 个特征与第 g + d/2 个配对。",
)
def rope_row_half(x: list[float], position: int, base: float) -> list[float]:
    d, result = len(x), list(x)
    for g in range(d // 2):
        angle = position * base ** (-2 * g / d)
        cos, sin = math.cos(angle), math.sin(angle)
        a, b = x[g], x[g + d // 2]
        result[g] = a * cos - b * sin
        result[g + d // 2] = a * sin + b * cos
    return result


@row.wrong(
    en="All pairs turn at the same speed.",
    zh="所有特征对都用了同一个速度。",
)
def rope_row_one_speed(x: list[float], position: int, base: float) -> list[float]:
    result = list(x)
    cos, sin = math.cos(position), math.sin(position)
    for g in range(len(x) // 2):
        a, b = x[2 * g], x[2 * g + 1]
        result[2 * g] = a * cos - b * sin
        result[2 * g + 1] = a * sin + b * cos
    return result


@row.wrong(
    en="The first of each pair is overwritten before the second needs it.",
    zh="每对的第一个数先被改写了，而算第二个时还要用它。",
)
def rope_row_overwritten(x: list[float], position: int, base: float) -> list[float]:
    d, result = len(x), list(x)
    for g in range(d // 2):
        angle = position * base ** (-2 * g / d)
        cos, sin = math.cos(angle), math.sin(angle)
        result[2 * g] = result[2 * g] * cos - result[2 * g + 1] * sin
        result[2 * g + 1] = result[2 * g] * sin + result[2 * g + 1] * cos
    return result


@row.wrong(
    en="Right, but it overwrote `x`, which may still be needed elsewhere.",
    zh="结果对，但改写了 `x`，别处可能还要用它。",
)
def rope_row_in_place(x: list[float], position: int, base: float) -> list[float]:
    d = len(x)
    for g in range(d // 2):
        angle = position * base ** (-2 * g / d)
        cos, sin = math.cos(angle), math.sin(angle)
        a, b = x[2 * g], x[2 * g + 1]
        x[2 * g] = a * cos - b * sin
        x[2 * g + 1] = a * sin + b * cos
    return x


@row.wrong(
    en="At position 0 it returns `x` itself, not a new list: a later change would be in both.",
    zh="在位置 0 返回的是 `x` 本身，而不是新列表：以后改动一个，另一个也会变。",
)
def rope_row_same_list(x: list[float], position: int, base: float) -> list[float]:
    if position == 0:
        return x
    d, result = len(x), list(x)
    for g in range(d // 2):
        angle = position * base ** (-2 * g / d)
        cos, sin = math.cos(angle), math.sin(angle)
        a, b = x[2 * g], x[2 * g + 1]
        result[2 * g] = a * cos - b * sin
        result[2 * g + 1] = a * sin + b * cos
    return result


@row.drive
def row_drive(answer: Any, x: list[float], position: int, base: float) -> Any:
    before = list(x)
    result = answer(x, position, base)
    if before != x:
        return "x was changed"
    return "x itself was returned" if result is x else result


@row.cases
def row_cases(random: Random) -> Iterator[tuple[list[float], int, float]]:
    yield [1.0, 0.0], 1, 10000.0
    yield [0.0, 0.0], 5, 10000.0
    yield [1.0, 1.0, 1.0, 1.0], 3, 10000.0
    yield [-1.0, 2.0, 3.0, -4.0], 1, 10000.0
    yield [100.0, -100.0, 50.0, 25.0, 0.0, 1.0], 10000, 1e6
    yield [2.0, -3.0, 4.0, 5.0], 0, 2.0
    for _ in range(25):
        d = 2 * random.randint(1, 4)
        x = [random.randint(-20, 20) / 4 for _ in range(d)]
        yield x, random.randint(0, 50), random.choice([2.0, 100.0, 10000.0, 5e5])


@row.brute
def row_brute(x: list[float], position: int, base: float) -> list[float]:
    # The whole matrix of rotations, entry by entry, from the speeds as roots.
    d = len(x)
    result = []
    for n in range(d):
        speed = math.exp(-(n - n % 2) / d * math.log(base))  # 2g is n, or n - 1
        quarter = math.pi / 2
        total = 0.0
        for m in range(d):
            if m // 2 == n // 2:
                # cos on the diagonal, -sin above it, sin below it.
                total += x[m] * math.cos(position * speed + (m - n) * quarter)
        result.append(total)
    return result
