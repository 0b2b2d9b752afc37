"""Exercises on initialization: He's bound, and the size of a signal layer by layer."""

import math
from collections.abc import Iterator
from itertools import pairwise, product
from random import Random

from notekit.study.judge import Exercise, Words

bound = Exercise(
    en=Words(
        title="The bound of He's uniform weights",
        statement="""\
A layer behind ReLUs is to get uniform weights between $-B$ and $B$, with the variance that He et al.
ask for: 2 over the number of weights that meet in one output. Return $B$.

- `shape`: the shape of the weights as PyTorch stores them, `(outputs, inputs, *kernel)`: two to five
  sizes, each at least 1.

Results may be off by $10^{-9}$, relative to their size or to 1.
""",
        hints=(
            "One output of a convolution adds up all inputs at all places of the kernel.",
            "A uniform number between $-B$ and $B$ has variance $B^2/3$.",
        ),
    ),
    zh=Words(
        title="He 均匀分布的界",
        statement="""\
ReLU 之后的一层，权重在 $-B$ 到 $B$ 之间均匀分布，方差按 He 等人的要求：2 除以汇入同一个输出的权重个数。返回 $B$。

- `shape`：权重的形状，与 PyTorch 的存法相同，`(outputs, inputs, *kernel)`：两到五个整数，每个至少为 1。

允许 $10^{-9}$ 的误差（结果的绝对值超过 1 时指相对误差，否则指绝对误差）。
""",
        hints=(
            "卷积的一个输出，要把所有输入通道在卷积核每个位置上的乘积加起来。",
            "在 $-B$ 到 $B$ 之间均匀分布的数，方差是 $B^2/3$。",
        ),
    ),
    examples="""\
>>> round(he_bound((64, 3, 7, 7)), 4)
0.202
>>> he_bound((5, 6))
1.0
""",
    tolerance=1e-9,
    lacks={
        "empty": "weights have two axes at least",
        "one": "weights have two axes at least",
        "negative": "sizes are positive",
    },
)


@bound.solution
def he_bound(shape: tuple[int, ...]) -> float:
    return math.sqrt(6 / math.prod(shape[1:]))


@bound.wrong(
    en="This is the standard deviation; the bound is $\\sqrt 3$ times as large.",
    zh="这是标准差；界是它的 $\\sqrt 3$ 倍。",
)
def he_bound_deviation(shape: tuple[int, ...]) -> float:
    return math.sqrt(2 / math.prod(shape[1:]))


@bound.wrong(
    en="The fan was taken from the outputs, which stand first.",
    zh="用了输出的个数：形状里排在最前面的是输出。",
)
def he_bound_outputs(shape: tuple[int, ...]) -> float:
    return math.sqrt(6 / (shape[0] * math.prod(shape[2:])))


@bound.wrong(
    en="The kernel is forgotten: each of its places brings a product of its own.",
    zh="漏了卷积核：它的每个位置都贡献一个乘积。",
)
def he_bound_kernel(shape: tuple[int, ...]) -> float:
    return math.sqrt(6 / shape[1])


@bound.cases
def bound_cases(random: Random) -> Iterator[tuple[tuple[int, ...]]]:
    yield ((1, 1),)
    yield ((5, 6),)
    yield ((64, 3, 7, 7),)
    yield ((4, 4, 1, 1),)
    for _ in range(20):
        yield (tuple(random.randint(1, 5) for _ in range(random.randint(2, 5))),)


@bound.large
def bound_large(random: Random) -> Iterator[tuple[tuple[int, ...]]]:
    yield ((4096, 4096, 3, 3),)


@bound.brute
def bound_brute(shape: tuple[int, ...]) -> float:
    # Count the weights of one output, then look for the bound of the right variance.
    meet = sum(1 for _ in product(*(range(size) for size in shape[1:])))
    low, high = 0.0, 4.0
    for _ in range(100):
        middle = (low + high) / 2
        if middle * middle / 3 * meet < 2:
            low = middle
        else:
            high = middle
    return low


sizes = Exercise(
    en=Words(
        title="How large is the signal in each layer?",
        statement="""\
Wide layers without biases follow each other, with a ReLU *between* two of them. The weights of each are
independent, with mean 0. Return the expected mean square of what each layer computes, before the ReLU
that follows it, as a list with one number for each layer.

- `q0`: mean square of the input of the first layer, at least 0; there is no ReLU before it.
- `shapes`: a list of shapes `(outputs, inputs)`; the inputs of a layer are the outputs of the
  one before it. It may be empty.
- `deviations`: the standard deviation of the weights of each layer, at least 0.

Results may be off by $10^{-9}$, relative to their size or to 1.
""",
        hints=(
            "A sum of independent terms of mean 0 has the sum of their mean squares.",
            "What a layer computes is as often negative as positive, so a ReLU keeps half of its mean"
            " square.",
        ),
    ),
    zh=Words(
        title="每一层的信号有多大",
        statement="""\
若干个没有偏置、很宽的层依次相接，相邻两层*之间*有一个 ReLU。各层的权重相互独立，均值为 0。返回每一层输出（经过它后面的 ReLU 之前）的期望均方，组成列表，每层一个数。

- `q0`：第一层输入的均方，至少为 0；它前面没有 ReLU。
- `shapes`：形状 `(outputs, inputs)` 的列表；每一层的输入数等于前一层的输出数。可以为空。
- `deviations`：各层权重的标准差，至少为 0。

允许 $10^{-9}$ 的误差（结果的绝对值超过 1 时指相对误差，否则指绝对误差）。
""",
        hints=(
            "均值为 0 的独立项相加，和的均方等于各项均方之和。",
            "一层的输出取正取负的机会相同，所以 ReLU 保留一半的均方。",
        ),
    ),
    examples="""\
>>> layer_sizes(1.0, [(8, 4), (2, 8)], [0.5, 0.5])
[1.0, 1.0]
>>> layer_sizes(2.0, [(3, 2), (3, 3)], [1.0, 2.0])
[4.0, 24.0]
""",
    tolerance=1e-9,
    lacks={"negative": "mean squares and deviations are not negative"},
)


@sizes.solution
def layer_sizes(
    q0: float, shapes: list[tuple[int, int]], deviations: list[float]
) -> list[float]:
    found: list[float] = []
    arrives = q0
    for (_, inputs), deviation in zip(shapes, deviations):
        found.append(inputs * deviation**2 * arrives)
        arrives = found[-1] / 2
    return found


@sizes.wrong(
    en="The first layer is halved as well, though no ReLU stands before it.",
    zh="第一层也减了半，可是它前面没有 ReLU。",
)
def layer_sizes_first(
    q0: float, shapes: list[tuple[int, int]], deviations: list[float]
) -> list[float]:
    found: list[float] = []
    q = q0
    for (_, inputs), deviation in zip(shapes, deviations):
        q = inputs * deviation**2 * q / 2
        found.append(q)
    return found


@sizes.wrong(
    en="The ReLU is forgotten: it keeps half of the mean square.",
    zh="漏了 ReLU：它只保留一半的均方。",
)
def layer_sizes_linear(
    q0: float, shapes: list[tuple[int, int]], deviations: list[float]
) -> list[float]:
    found: list[float] = []
    q = q0
    for (_, inputs), deviation in zip(shapes, deviations):
        q = inputs * deviation**2 * q
        found.append(q)
    return found


@sizes.wrong(
    en="The standard deviation was used where the variance belongs.",
    zh="该用方差的地方用了标准差。",
)
def layer_sizes_deviation(
    q0: float, shapes: list[tuple[int, int]], deviations: list[float]
) -> list[float]:
    found: list[float] = []
    arrives = q0
    for (_, inputs), deviation in zip(shapes, deviations):
        found.append(inputs * deviation * arrives)
        arrives = found[-1] / 2
    return found


@sizes.wrong(
    en="The outputs were counted: a sum has as many terms as the unit has inputs.",
    zh="用了输出的个数：一个单元有多少个输入，和就有多少项。",
)
def layer_sizes_outputs(
    q0: float, shapes: list[tuple[int, int]], deviations: list[float]
) -> list[float]:
    found: list[float] = []
    arrives = q0
    for (outputs, _), deviation in zip(shapes, deviations):
        found.append(outputs * deviation**2 * arrives)
        arrives = found[-1] / 2
    return found


SizesCase = tuple[float, list[tuple[int, int]], list[float]]


@sizes.cases
def sizes_cases(random: Random) -> Iterator[SizesCase]:
    yield 1.0, [], []
    yield 0.0, [(3, 2)], [1.0]
    yield 4.0, [(1, 1)], [0.5]
    yield 1.0, [(4, 4), (4, 4), (4, 4)], [0.5, 0.5, 0.5]
    yield 2.0, [(3, 2), (3, 3)], [0.0, 2.0]
    for _ in range(20):
        widths = [random.randint(1, 9) for _ in range(random.randint(2, 6))]
        shapes = [(after, before) for before, after in pairwise(widths)]
        yield (
            random.randint(1, 8) / 2,
            shapes,
            [random.randint(1, 6) / 4 for _ in shapes],
        )


@sizes.large
def sizes_large(random: Random) -> Iterator[SizesCase]:
    n = 300  # a recursive answer is not too deep
    yield 1.0, [(200, 200)] * n, [0.1] * n


@sizes.brute
def sizes_brute(
    q0: float, shapes: list[tuple[int, int]], deviations: list[float]
) -> list[float]:
    # Each layer anew, as a product over the layers up to it, in logarithms.
    found = []
    for last in range(len(shapes)):
        if q0 == 0 or 0 in deviations[: last + 1]:
            found.append(0.0)
            continue
        logs = [math.log(q0), -last * math.log(2)]
        for layer in range(last + 1):
            logs += [math.log(shapes[layer][1]), 2 * math.log(deviations[layer])]
        found.append(math.exp(math.fsum(logs)))
    return found
