"""Exercises on ResNet: what a block costs, and how long the paths are."""

import math
from collections.abc import Iterator
from itertools import product
from random import Random
from typing import Any

from notekit.study.judge import Exercise, Words

Cost = tuple[int, int]

cost = Exercise(
    en=Words(
        title="What a basic block costs",
        statement="""\
A basic block has two 3 × 3 convolutions with padding 1 and `width` output channels; the
first has the given stride, the second stride 1. If stride or channels change, the shortcut
is a 1 × 1 convolution with that stride and padding 0. No convolution has a bias; behind
each stands a batch norm.

- `c_in`, `width`, `stride`, `n`: integers $\\ge 1$; the input has `n` × `n` places.
- Return two integers: the parameters of the block, those of batch norm with them, and the
  multiply-adds of its convolutions for one image.
""",
        hints=(
            "With padding 1 a 3 × 3 window with stride `s` fits `(n - 1) // s + 1` times; so"
            " does a 1 × 1 window without padding.",
            "Weights count once as parameters, and once for each place of the *output* as"
            " multiply-adds. Each norm has two parameters a channel.",
        ),
    ),
    zh=Words(
        title="一个基本块的开销",
        statement="""\
基本块有两个 3 × 3 卷积，填充为 1，输出通道数为 `width`；第一个卷积的步幅是 `stride`，第二个的步幅是 1。步幅或通道数有变化时，捷径是步幅相同、填充为 0 的 1 × 1 卷积。卷积都没有偏置，每个卷积后面都有批归一化。

- `c_in`、`width`、`stride`、`n`：整数，$\\ge 1$；输入有 `n` × `n` 个位置。
- 返回两个整数：整个块的参数个数（包括批归一化的参数）；各卷积处理一幅图像的乘加次数。
""",
        hints=(
            "填充为 1、步幅为 `s` 时，3 × 3 窗口放得下 `(n - 1) // s + 1` 个；不填充的 1 × 1 窗口也是这么多个。",
            "每个权重算一个参数；*输出*有多少个位置，它就参与多少次乘加。每个批归一化在每个通道上有两个参数。",
        ),
    ),
    examples="""\
>>> block_cost(64, 64, 1, 56)
(73984, 231211008)
>>> block_cost(1, 2, 2, 3)
(68, 224)
""",
    lacks={
        "empty": "a block has a channel and a place at least",
        "negative": "the numbers count something",
    },
)


@cost.solution
def block_cost(c_in: int, width: int, stride: int, n: int) -> tuple[int, int]:
    m = (n - 1) // stride + 1
    weights = [9 * c_in * width, 9 * width * width]
    if stride != 1 or c_in != width:
        weights.append(c_in * width)
    return sum(weights) + 2 * width * len(weights), sum(weights) * m * m


@cost.wrong(
    en="The projection is missing.",
    zh="漏了投影。",
)
def block_cost_plain(c_in: int, width: int, stride: int, n: int) -> tuple[int, int]:
    m = (n - 1) // stride + 1
    weights = [9 * c_in * width, 9 * width * width]
    return sum(weights) + 4 * width, sum(weights) * m * m


@cost.wrong(
    en="There is a projection even where the shape stays.",
    zh="形状不变时也加了投影。",
)
def block_cost_always(c_in: int, width: int, stride: int, n: int) -> tuple[int, int]:
    m = (n - 1) // stride + 1
    weights = [9 * c_in * width, 9 * width * width, c_in * width]
    return sum(weights) + 6 * width, sum(weights) * m * m


@cost.wrong(
    en="Only a change of channels brought a projection; a stride needs one too.",
    zh="只在通道数变化时加了投影；步幅大于 1 时也要加。",
)
def block_cost_channels(c_in: int, width: int, stride: int, n: int) -> tuple[int, int]:
    m = (n - 1) // stride + 1
    weights = [9 * c_in * width, 9 * width * width]
    if c_in != width:
        weights.append(c_in * width)
    return sum(weights) + 2 * width * len(weights), sum(weights) * m * m


@cost.wrong(
    en="Batch norm was forgotten.",
    zh="忘了批归一化。",
)
def block_cost_bare(c_in: int, width: int, stride: int, n: int) -> tuple[int, int]:
    m = (n - 1) // stride + 1
    weights = 9 * c_in * width + 9 * width * width
    if stride != 1 or c_in != width:
        weights += c_in * width
    return weights, weights * m * m


@cost.wrong(
    en="Biases were counted, though batch norm follows.",
    zh="把偏置也数进去了，而卷积后面是批归一化，没有偏置。",
)
def block_cost_biased(c_in: int, width: int, stride: int, n: int) -> tuple[int, int]:
    m = (n - 1) // stride + 1
    weights = [9 * c_in * width, 9 * width * width]
    if stride != 1 or c_in != width:
        weights.append(c_in * width)
    return sum(weights) + 3 * width * len(weights), sum(weights) * m * m


@cost.wrong(
    en="The output's size was rounded down; 7 places with stride 2 leave 4.",
    zh="输出的大小向下取整了；7 个位置、步幅 2 应剩 4 个。",
)
def block_cost_floor(c_in: int, width: int, stride: int, n: int) -> tuple[int, int]:
    m = n // stride
    weights = [9 * c_in * width, 9 * width * width]
    if stride != 1 or c_in != width:
        weights.append(c_in * width)
    return sum(weights) + 2 * width * len(weights), sum(weights) * m * m


@cost.wrong(
    en="The first convolution was counted at the places of the input, before its stride.",
    zh="第一个卷积按输入的位置计数，没有考虑步幅。",
)
def block_cost_before(c_in: int, width: int, stride: int, n: int) -> tuple[int, int]:
    m = (n - 1) // stride + 1
    first, second = 9 * c_in * width, 9 * width * width
    skip = c_in * width if stride != 1 or c_in != width else 0
    norms = 6 * width if skip else 4 * width
    return first + second + skip + norms, first * n * n + (second + skip) * m * m


@cost.wrong(
    en="A stride brought a projection only where the map got smaller; one place stays one.",
    zh="只在特征图变小时才因步幅加投影；只有一个位置时，大小不变，也要加。",
)
def block_cost_smaller(c_in: int, width: int, stride: int, n: int) -> tuple[int, int]:
    m = (n - 1) // stride + 1
    weights = [9 * c_in * width, 9 * width * width]
    if m != n or c_in != width:
        weights.append(c_in * width)
    return sum(weights) + 2 * width * len(weights), sum(weights) * m * m


@cost.cases
def cost_cases(random: Random) -> Iterator[tuple[int, int, int, int]]:
    yield 1, 1, 1, 1
    yield 64, 64, 1, 56
    yield 64, 64, 2, 7
    yield 64, 128, 2, 8
    yield 64, 128, 1, 7
    yield 2, 2, 5, 3
    yield 3, 3, 2, 1  # one place stays one
    for _ in range(30):
        yield tuple(random.randint(1, high) for high in (6, 6, 4, 12))  # type: ignore[misc]


@cost.large
def cost_large(random: Random) -> Iterator[tuple[int, int, int, int]]:
    yield 1024, 2048, 2, 9999


@cost.brute
def cost_brute(c_in: int, width: int, stride: int, n: int) -> Cost:
    # Each window is slid to each place where it fits.
    def conv(channels: int, kernel: int, step: int, size: int) -> tuple[int, int]:
        padding = kernel // 2
        last = size + padding - kernel
        starts = [i for i in range(-padding, last + 1) if (i + padding) % step == 0]
        taps = sum(1 for _ in product(range(kernel), range(kernel)))
        return taps * channels * width, len(starts)

    parameters = products = 0
    layers = [(c_in, 3, stride, n)]
    places = conv(c_in, 3, stride, n)[1]
    layers.append((width, 3, 1, places))
    if (c_in, n) != (width, places) or stride > 1:
        layers.append((c_in, 1, stride, n))
    for layer in layers:
        weights, side = conv(*layer)
        parameters += weights + width + width
        products += weights * side * side
    return parameters, products


paths = Exercise(
    en=Words(
        title="How long are the paths?",
        statement="""\
A stack of residual blocks is passed once, as in stochastic depth: block $l$ goes through its
branch with probability `keep[l]`, on its own, else only through its shortcut. Return the
probabilities that the path goes through 0, 1, …, $n$ branches.

- `keep`: a list of $n \\ge 0$ probabilities, from 0 to 1; stays as it is.
- Return a list of $n + 1$ numbers.

Results may be off by $10^{-9}$, relative to their size or to 1.
""",
        hints=(
            "What does one more block do to the probability of length $k$? Either the path had"
            " $k$ and passes by, or it had $k - 1$ and goes through.",
            "Start with `[1.0]`. For each `p`: `new[k] = (1 - p) * old[k] + p * old[k - 1]`.",
        ),
    ),
    zh=Words(
        title="路径有多长",
        statement="""\
信号一次穿过一串残差块，规则同随机深度：第 $l$ 块以概率 `keep[l]` 经过分支，否则只走捷径，各块相互独立。求路径恰好经过 0, 1, …, $n$ 个分支的概率。

- `keep`：$n \\ge 0$ 个概率组成的列表，每个在 0 到 1 之间；保持不变。
- 返回 $n + 1$ 个数的列表。

允许 $10^{-9}$ 的误差（结果的绝对值超过 1 时指相对误差，否则指绝对误差）。
""",
        hints=(
            "多一个块，长度 $k$ 的概率怎样变？要么原来就是 $k$，这一块走捷径；要么原来是 $k - 1$，这一块经过分支。",
            "从 `[1.0]` 开始。对每个 `p`：`new[k] = (1 - p) * old[k] + p * old[k - 1]`。",
        ),
    ),
    examples="""\
>>> path_lengths([0.5, 0.5])
[0.25, 0.5, 0.25]
>>> path_lengths([1.0, 0.0, 0.5])
[0.0, 0.5, 0.5, 0.0]
""",
    tolerance=1e-9,
    lacks={"negative": "probabilities are not negative"},
)


@paths.solution
def path_lengths(keep: list[float]) -> list[float]:
    law = [1.0]
    for p in keep:
        new = [0.0] * (len(law) + 1)
        for k, value in enumerate(law):
            new[k] += (1 - p) * value
            new[k + 1] += p * value
        law = new
    return law


@paths.wrong(
    en="Shortcut and branch were exchanged.",
    zh="捷径与分支弄反了。",
)
def path_lengths_swapped(keep: list[float]) -> list[float]:
    law = [1.0]
    for p in keep:
        new = [0.0] * (len(law) + 1)
        for k, value in enumerate(law):
            new[k] += p * value
            new[k + 1] += (1 - p) * value
        law = new
    return law


@paths.wrong(
    en="All paths were given the same weight, whatever the probabilities.",
    zh="不管概率是多少，所有路径的权重都一样。",
)
def path_lengths_even(keep: list[float]) -> list[float]:
    n = len(keep)
    return [math.comb(n, k) / 2**n for k in range(n + 1)]


@paths.wrong(
    en="The probabilities were replaced by their mean; blocks with 0 and 1 show it.",
    zh="用平均值代替了各块的概率；概率为 0 和 1 的块能看出差别。",
)
def path_lengths_mean(keep: list[float]) -> list[float]:
    n = len(keep)
    p = sum(keep) / n if n else 0.0
    return [math.comb(n, k) * p**k * (1 - p) ** (n - k) for k in range(n + 1)]


@paths.wrong(
    en="Without a block there is one path, of length 0: [1.0].",
    zh="没有块时有一条长度为 0 的路径：应返回 [1.0]。",
)
def path_lengths_none(keep: list[float]) -> list[float]:
    return path_lengths(keep) if keep else []


@paths.wrong(
    en="The numbers of the old list were overwritten while they were still needed.",
    zh="旧列表里的数还要用，就被覆盖了。",
)
def path_lengths_overwritten(keep: list[float]) -> list[float]:
    law = [1.0] + [0.0] * len(keep)
    for p in keep:
        law[0] *= 1 - p
        for k in range(1, len(law)):
            law[k] = (1 - p) * law[k] + p * law[k - 1]
    return law


@paths.drive
def paths_drive(path_lengths: Any, keep: list[float]) -> Any:
    before = list(keep)
    result = path_lengths(keep)
    if keep != before:
        raise ValueError("keep must stay as it is, and was changed")
    return result


@paths.cases
def paths_cases(random: Random) -> Iterator[tuple[list[float]]]:
    yield ([],)
    yield ([0.25],)
    yield ([0.5, 0.5],)
    yield ([1.0, 0.0, 0.5],)
    yield ([0.0, 0.0],)
    yield ([1.0, 1.0, 1.0],)
    yield ([0.9, 0.5, 0.1],)
    for _ in range(20):
        yield ([random.randint(0, 8) / 8 for _ in range(random.randint(1, 8))],)


@paths.large
def paths_large(random: Random) -> Iterator[tuple[list[float]]]:
    yield ([random.randint(1, 7) / 8 for _ in range(200)],)


@paths.brute
def paths_brute(keep: list[float]) -> list[float]:
    # All choices of all blocks, one after another.
    law = [0.0] * (len(keep) + 1)
    for taken in product((False, True), repeat=len(keep)):
        chance = math.prod(p if t else 1 - p for p, t in zip(keep, taken))
        law[sum(taken)] += chance
    return law
