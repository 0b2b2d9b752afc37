"""Exercises on mixed precision: rounding to bfloat16, and the dynamic loss scale."""

import math
import struct
from collections.abc import Iterator
from random import Random
from typing import Any

from notekit.study.judge import Exercise, Words

rounding = Exercise(
    en=Words(
        title="Round to bfloat16",
        statement="""\
Return the bfloat16 nearest to `x`, as a Python float; of two that are equally near, the one
whose fraction is even. bfloat16 has 7 bits of fraction: from $2^p$ to $2^{p+1}$ its numbers
are $2^{p-7}$ apart. Below $2^{-126}$ they stay $2^{-133}$ apart, down to 0.

- `x`: a float with $|x| \\le 3 \\cdot 10^{38}$; it may be 0 or negative.
- The result must be exact. The sign of a zero does not count.
""",
        hints=(
            "What is the distance of neighbours at the size of `x`? Divide by it.",
            "`math.frexp(x)[1] - 1` is $p$; it is never less than $-126$ here. Python's"
            " `round` takes ties to the even integer.",
        ),
    ),
    zh=Words(
        title="舍入到 bfloat16",
        statement="""\
返回离 `x` 最近的 bfloat16 数，类型为 Python 的 float；两个数同样近时，取尾数为偶数的一个。bfloat16 的尾数有 7 位：从 $2^p$ 到 $2^{p+1}$，相邻的数相距 $2^{p-7}$。小于 $2^{-126}$ 时，间距保持 $2^{-133}$，一直到 0。

- `x`：浮点数，$|x| \\le 3 \\cdot 10^{38}$，可以是 0 或负数。
- 结果必须精确。零的符号不计。
""",
        hints=(
            "在 `x` 这样的大小上，相邻的数相距多少？除以这个间距。",
            "`math.frexp(x)[1] - 1` 就是 $p$，这里不能小于 $-126$。Python 的 `round` 遇到正中间就取偶数。",
        ),
    ),
    examples="""\
>>> round_bf16(0.1)
0.10009765625
>>> round_bf16(257.0)
256.0
>>> round_bf16(-259.0)
-260.0
""",
    lacks={"ties": "a single number has no equal"},
)


@rounding.solution
def round_bf16(x: float) -> float:
    power = max(math.frexp(x)[1] - 1, -126)
    step = math.ldexp(1.0, power - 7)
    return round(x / step) * step


@rounding.wrong(
    en="The bits behind the 7 of the fraction are cut off, not rounded.",
    zh="尾数 7 位以后的位直接截掉了，没有舍入。",
)
def round_bf16_cut(x: float) -> float:
    power = max(math.frexp(x)[1] - 1, -126)
    step = math.ldexp(1.0, power - 7)
    return int(x / step) * step


@rounding.wrong(
    en="A tie goes up in size, not to the even one.",
    zh="正好在正中间时总往绝对值大的方向取，没有取偶数。",
)
def round_bf16_half_up(x: float) -> float:
    power = max(math.frexp(x)[1] - 1, -126)
    step = math.ldexp(1.0, power - 7)
    return math.copysign(math.floor(abs(x) / step + 0.5) * step, x)


@rounding.wrong(
    en="Below the least normal number the step goes on shrinking: these have more digits.",
    zh="小于最小规格化数之后，间距还在缩小，位数就多了。",
)
def round_bf16_no_subnormals(x: float) -> float:
    step = math.ldexp(1.0, math.frexp(x)[1] - 8)
    return round(x / step) * step


@rounding.wrong(
    en="Numbers below the least normal one become 0.",
    zh="小于最小规格化数的都变成了 0。",
)
def round_bf16_flush(x: float) -> float:
    if abs(x) < 2.0**-126:
        return 0.0
    step = math.ldexp(1.0, math.frexp(x)[1] - 8)
    return round(x / step) * step


@rounding.wrong(
    en="One bit too many: the leading 1 is not among the 7.",
    zh="多了一位：开头的 1 不算在 7 位之内，指数要减 1。",
)
def round_bf16_one_bit_less(x: float) -> float:
    step = math.ldexp(1.0, max(math.frexp(x)[1], -126) - 7)
    return round(x / step) * step


@rounding.wrong(
    en="It rounds twice: to float32 first, where a number just above a tie becomes the tie.",
    zh="舍入了两次：先舍入到 float32，略超过正中间的数就成了正中间。",
)
def round_bf16_twice(x: float) -> float:
    bits = struct.unpack(">I", struct.pack(">f", x))[0]
    bits = bits + 0x7FFF + (bits >> 16 & 1) & 0xFFFF0000
    return float(struct.unpack(">f", struct.pack(">I", bits))[0])


@rounding.cases
def rounding_cases(random: Random) -> Iterator[tuple[float]]:
    for x in (0.0, 1.0, -1.0, 1 + 2**-8, 1 + 3 * 2**-8, 1.999, -257.0, 258.0, 0.1):
        yield (x,)
    for x in (1 + 2**-8 + 2**-40, -(257 + 2.0**-30), 1 + 3 * 2**-8 - 2**-40):
        yield (x,)
    for k in (0.5, 0.75, 1.5, 2.5, 3.0, 127.5, 128.5, 300.25):
        yield (k * 2.0**-133,)
    for k in (0.5, 1.5, 2.5, -6.5):  # so near to a tie that float32 takes it for one
        yield (k * 2.0**-133 + 2.0**-160,)
        yield (k * 2.0**-133 - 2.0**-160,)
    for _ in range(60):
        size = math.ldexp(random.uniform(1, 2), random.randint(-135, 126))
        yield (random.choice([-1, 1]) * size,)
    for _ in range(30):  # ties
        odd = 2 * random.randint(128, 255) + 1
        yield (random.choice([-1, 1]) * math.ldexp(odd, random.randint(-130, 100)),)


@rounding.large
def rounding_large(random: Random) -> Iterator[tuple[float]]:
    for _ in range(3):
        yield (random.uniform(1e38, 3e38),)


@rounding.brute
def rounding_brute(x: float) -> float:
    # Among all bit patterns of 16 bits: bisect, since they are in order of size.
    def value(bits: int) -> float:
        return float(struct.unpack(">f", struct.pack(">I", bits << 16))[0])

    low, high = 0, 0x7F7F
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if value(middle) <= abs(x) else (low, middle)
    below, above = abs(x) - value(low), value(high) - abs(x)
    up = above < below or (above == below and high % 2 == 0)
    return math.copysign(value(high if up else low), x)


scaling = Exercise(
    en=Words(
        title="Dynamic loss scale",
        statement="""\
`largest[i]` is the largest size of a gradient in step $i$, before scaling. In each step the
gradients are multiplied by the scale $S$. If `largest[i] * S` is 65520 or more, float16
overflows: the step is skipped, and $S$ is halved. Otherwise the step is taken; after
`interval` steps **in a row** that were taken, $S$ is doubled, and the count begins anew.

Return the list of the scales with which the steps that were *taken* were computed.

- `largest`: a list of numbers $\\ge 0$, maybe empty; `scale` $> 0$, a power of two.
- `interval`: an integer $\\ge 1$.
""",
        hints=(
            "Which $S$ belongs to a step: the one before or after its update?",
            "Keep two numbers, `scale` and `good`. `good` is 0 after a skip and after a"
            " doubling.",
        ),
    ),
    zh=Words(
        title="动态损失缩放",
        statement="""\
`largest[i]` 是第 $i$ 步缩放之前最大的梯度绝对值。每一步，梯度都乘以缩放因子 $S$。若 `largest[i] * S` 大于或等于 65520，float16 就溢出：跳过这一步，$S$ 减半。否则更新权重；**连续** `interval` 步都更新了，$S$ 就加倍，并重新计数。

返回一个列表：各个*没有跳过*的步计算时所用的 $S$。

- `largest`：由 $\\ge 0$ 的数组成的列表，可以为空；`scale` $> 0$，是 2 的幂。
- `interval`：整数，$\\ge 1$。
""",
        hints=(
            "一步对应的是更新之前的 $S$，还是更新之后的？",
            "用两个变量 `scale` 和 `good`。跳过之后、加倍之后，`good` 都归零。",
        ),
    ),
    examples="""\
>>> taken_scales([1.0, 1.0, 1.0, 1.0], 32768.0, 2)
[32768.0, 32768.0, 32768.0]
>>> taken_scales([4.0, 4.0], 32768.0, 1)
[]
>>> taken_scales([0.0, 0.0, 0.0], 1.0, 1)
[1.0, 2.0, 4.0]
""",
    lacks={"negative": "sizes are not negative"},
)


@scaling.solution
def taken_scales(largest: list[float], scale: float, interval: int) -> list[float]:
    taken, good = [], 0
    for size in largest:
        if size * scale >= 65520:
            scale, good = scale / 2, 0
            continue
        taken.append(scale)
        good += 1
        if good == interval:
            scale, good = scale * 2, 0
    return taken


@scaling.wrong(
    en="The count goes on over a skipped step.",
    zh="跳过一步之后没有重新计数。",
)
def taken_scales_count_on(
    largest: list[float], scale: float, interval: int
) -> list[float]:
    taken, good = [], 0
    for size in largest:
        if size * scale >= 65520:
            scale /= 2
            continue
        taken.append(scale)
        good += 1
        if good == interval:
            scale, good = scale * 2, 0
    return taken


@scaling.wrong(
    en="After a doubling the count is not begun anew: the scale doubles at each step.",
    zh="加倍之后没有重新计数，于是每一步都加倍。",
)
def taken_scales_each_step(
    largest: list[float], scale: float, interval: int
) -> list[float]:
    taken, good = [], 0
    for size in largest:
        if size * scale >= 65520:
            scale, good = scale / 2, 0
            continue
        taken.append(scale)
        good += 1
        if good >= interval:
            scale *= 2
    return taken


@scaling.wrong(
    en="The step is tried again with half the scale, not skipped.",
    zh="溢出时用减半的 S 重做这一步，没有跳过。",
)
def taken_scales_again(
    largest: list[float], scale: float, interval: int
) -> list[float]:
    taken, good = [], 0
    for size in largest:
        while size * scale >= 65520:
            scale, good = scale / 2, 0
        taken.append(scale)
        good += 1
        if good == interval:
            scale, good = scale * 2, 0
    return taken


@scaling.wrong(
    en="The scale after the update is listed, not the one that the step used.",
    zh="记下的是更新之后的 S，不是这一步用的 S。",
)
def taken_scales_after(
    largest: list[float], scale: float, interval: int
) -> list[float]:
    taken, good = [], 0
    for size in largest:
        if size * scale >= 65520:
            scale, good = scale / 2, 0
            continue
        good += 1
        if good == interval:
            scale, good = scale * 2, 0
        taken.append(scale)
    return taken


@scaling.wrong(
    en="It waits for more than 65520: the border itself overflows too.",
    zh="要大于 65520 才算溢出；其实正好等于也溢出。",
)
def taken_scales_border(
    largest: list[float], scale: float, interval: int
) -> list[float]:
    taken, good = [], 0
    for size in largest:
        if size * scale > 65520:
            scale, good = scale / 2, 0
            continue
        taken.append(scale)
        good += 1
        if good == interval:
            scale, good = scale * 2, 0
    return taken


@scaling.drive
def scaling_drive(taken_scales: Any, largest: Any, scale: float, interval: int) -> Any:
    before = list(largest)
    result = taken_scales(largest, scale, interval)
    if largest != before:
        raise ValueError("largest must stay as it is, and was changed")
    return result


@scaling.cases
def scaling_cases(random: Random) -> Iterator[tuple[list[float], float, int]]:
    yield [], 8.0, 1
    yield [1.0], 65536.0, 1
    yield [1.0], 1.0, 1
    yield [65520.0, 65520.0], 1.0, 3
    yield [65519.0, 65519.0], 1.0, 1
    yield [2.0, 2.0, 2.0, 2.0, 2.0, 2.0], 4096.0, 2
    yield [0.0] * 6, 1.0, 2
    yield [0.0] * 9, 2.0**20, 1  # no upper bound
    for _ in range(40):
        n = random.randint(2, 14)
        sizes = [2.0 ** random.randint(-3, 3) for _ in range(n)]
        yield sizes, 2.0 ** random.randint(12, 17), random.randint(1, 4)


@scaling.large
def scaling_large(random: Random) -> Iterator[tuple[list[float], float, int]]:
    yield [2.0 ** random.randint(-6, 2) for _ in range(5000)], 65536.0, 20


@scaling.brute
def scaling_brute(largest: list[float], scale: float, interval: int) -> list[float]:
    # Each step from the history: exponents, and whether it was taken.
    exponent = round(math.log2(scale))
    history: list[tuple[int, bool, bool]] = []  # exponent, taken, doubled after
    for size in largest:
        ok = size < math.ldexp(65520.0, -exponent)
        run = 1
        for _, taken, doubled in reversed(history):
            if not taken or doubled:
                break
            run += 1
        grows = ok and run == interval
        history.append((exponent, ok, grows))
        exponent += grows - (not ok)
    return [math.ldexp(1.0, e) for e, taken, _ in history if taken]
