"""Exercises on convolution: slide a kernel along a list, and send a gradient back."""

from collections.abc import Iterator
from random import Random
from typing import Any

from notekit.study.judge import Exercise, Words

slide = Exercise(
    en=Words(
        title="Slide a kernel along a list",
        statement="""\
Write the layer in one dimension. Put `padding` zeros before `x` and as many after it. The
window is as long as `w`; it starts at the first of these numbers, and moves on by `stride`
as long as it fits. Each output is the sum of window times weight, the first of one with the
first of the other: $w$ is not flipped.

- `x`: a list of $n \\ge 0$ numbers, of any sign.
- `w`: a list of $k \\ge 1$ numbers, of any sign.
- `stride`: an integer $\\ge 1$. `padding`: an integer $\\ge 0$.
- Return the list of the outputs: `[]` if no window fits. `x` and `w` stay as they are.

All numbers are small integers, so that sums are exact.
""",
        hints=(
            "How many windows fit into $n + 2p$ numbers? The last one must not hang over"
            " the end, and numbers may be left over.",
            "`padded = [0] * padding + x + [0] * padding`; the windows start at"
            " `range(0, len(padded) - len(w) + 1, stride)`.",
        ),
    ),
    zh=Words(
        title="沿列表滑动卷积核",
        statement="""\
写出一维的卷积层。在 `x` 的前后各补 `padding` 个零。窗口与 `w` 一样长，从补零后的第一个数开始，每次向后移动 `stride`，直到放不下为止。每个输出是窗口与权重逐个相乘再求和，头对头、尾对尾：$w$ 不翻转。

- `x`：$n \\ge 0$ 个数的列表，可正可负。
- `w`：$k \\ge 1$ 个数的列表，可正可负。
- `stride`：整数，$\\ge 1$。`padding`：整数，$\\ge 0$。
- 返回各个输出组成的列表；一个窗口也放不下时返回 `[]`。`x` 和 `w` 保持不变。

所有的数都是小整数，所以求和没有误差。
""",
        hints=(
            "$n + 2p$ 个数里放得下几个窗口？最后一个不能伸出末尾，末尾可能剩下几个数。",
            "`padded = [0] * padding + x + [0] * padding`；各个窗口的起点是 `range(0, len(padded) - len(w) + 1, stride)`。",
        ),
    ),
    examples="""\
>>> corr1d([1, 2, 3], [1, 0], 1, 0)
[1.0, 2.0]
>>> corr1d([0, 0, 5, 5], [-1, 1], 1, 1)
[0.0, 0.0, 5.0, 0.0, -5.0]
>>> corr1d([1, 2, 3, 4, 5, 6], [1, 1, 1], 2, 0)
[6.0, 12.0]
""",
    tolerance=1e-9,
)


@slide.solution
def corr1d(x: list[int], w: list[int], stride: int, padding: int) -> list[float]:
    padded = [0] * padding + x + [0] * padding
    found = []
    for start in range(0, len(padded) - len(w) + 1, stride):
        found.append(float(sum(w[u] * padded[start + u] for u in range(len(w)))))
    return found


@slide.wrong(
    en="The kernel is flipped: this is convolution as mathematics has it.",
    zh="卷积核被翻转了：这是数学意义上的卷积。",
)
def corr1d_flipped(
    x: list[int], w: list[int], stride: int, padding: int
) -> list[float]:
    padded = [0] * padding + x + [0] * padding
    found = []
    for start in range(0, len(padded) - len(w) + 1, stride):
        found.append(sum(w[-1 - u] * padded[start + u] for u in range(len(w))))
    return found


@slide.wrong(
    en="The size is rounded up: the last window hangs over the end.",
    zh="输出个数向上取整了：最后一个窗口伸出了末尾。",
)
def corr1d_one_more(
    x: list[int], w: list[int], stride: int, padding: int
) -> list[float]:
    padded = [0] * padding + x + [0] * padding
    found = []
    for i in range(max(-(-(len(padded) - len(w)) // stride) + 1, 0)):
        window = padded[i * stride : i * stride + len(w)]
        found.append(sum(a * b for a, b in zip(w, window)))
    return found


@slide.wrong(
    en="The last window is missing.",
    zh="少了最后一个窗口。",
)
def corr1d_one_less(
    x: list[int], w: list[int], stride: int, padding: int
) -> list[float]:
    padded = [0] * padding + x + [0] * padding
    found = []
    for start in range(0, len(padded) - len(w), stride):
        found.append(sum(w[u] * padded[start + u] for u in range(len(w))))
    return found


@slide.wrong(
    en="Zeros were put at one end only.",
    zh="只在一端补了零。",
)
def corr1d_one_side(
    x: list[int], w: list[int], stride: int, padding: int
) -> list[float]:
    padded = [0] * padding + x
    found = []
    for start in range(0, len(padded) - len(w) + 1, stride):
        found.append(sum(w[u] * padded[start + u] for u in range(len(w))))
    return found


@slide.wrong(
    en="The stride was forgotten.",
    zh="忘了步幅。",
)
def corr1d_dense(x: list[int], w: list[int], stride: int, padding: int) -> list[float]:
    padded = [0] * padding + x + [0] * padding
    found = []
    for start in range(len(padded) - len(w) + 1):
        found.append(sum(w[u] * padded[start + u] for u in range(len(w))))
    return found


@slide.wrong(
    en="The zeros were put into the list that was given.",
    zh="零直接补进了传入的列表，把它改掉了。",
)
def corr1d_in_place(
    x: list[int], w: list[int], stride: int, padding: int
) -> list[float]:
    x[:0] = [0] * padding
    x += [0] * padding
    found = []
    for start in range(0, len(x) - len(w) + 1, stride):
        found.append(sum(w[u] * x[start + u] for u in range(len(w))))
    return found


@slide.drive
def slide_drive(
    corr1d: Any, x: list[int], w: list[int], stride: int, padding: int
) -> Any:
    before = list(x), list(w)
    result = corr1d(x, w, stride, padding)
    if (x, w) != before:
        raise ValueError("x and w must stay as they are, and one was changed")
    return result


def _drawn(random: Random, n: int) -> list[int]:
    return [random.randint(-9, 9) for _ in range(n)]


@slide.cases
def slide_cases(
    random: Random,
) -> Iterator[tuple[list[int], list[int], int, int]]:
    yield [], [2], 1, 0
    yield [], [2, -1], 1, 1
    yield [3], [2], 1, 0
    yield [3], [-2, 1], 1, 0
    yield [3], [1, 2, 4], 1, 1
    yield [4, 4, 4], [1, 1], 1, 0
    yield [1, 2, 3], [1, 0], 1, 0
    yield [1, 2, 3, 4, 5], [1, 2, 4], 2, 0
    yield [1, 2, 3, 4, 5, 6], [1, 2, 4], 2, 0
    for _ in range(60):
        n, k = random.randint(0, 9), random.randint(1, 4)
        yield (
            _drawn(random, n),
            _drawn(random, k),
            random.randint(1, 4),
            random.randint(0, 3),
        )


@slide.large
def slide_large(
    random: Random,
) -> Iterator[tuple[list[int], list[int], int, int]]:
    yield _drawn(random, 900), _drawn(random, 30), 3, 10
    yield _drawn(random, 901), _drawn(random, 7), 1, 3


@slide.brute
def slide_brute(x: list[int], w: list[int], stride: int, padding: int) -> list[float]:
    # Each output asks each pixel whether it lies in its window, and under which tap.
    found = []
    i = 0
    while i * stride + len(w) <= len(x) + 2 * padding:
        total = 0
        for position, value in enumerate(x):
            tap = position + padding - i * stride
            total += w[tap] * value if 0 <= tap < len(w) else 0
        found.append(float(total))
        i += 1
    return found


back = Exercise(
    en=Words(
        title="The gradient of the input",
        statement="""\
The layer of the exercise before has made outputs $y$ from an `x` of length $n$, with `w`,
`stride` and `padding`. A loss depends on the outputs, and `dy` holds its gradient: the $i$-th
number says by how much the loss grows for each unit that output $i$ grows. Return the
gradient of the loss by `x`.

- `dy`: a list of numbers of any sign, one for each output; maybe none.
- `w`: a list of $k \\ge 1$ numbers, of any sign.
- `n`: the length of `x`, an integer $\\ge 0$.
- `stride`: an integer $\\ge 1$. `padding`: an integer $\\ge 0$.
- Return a list of $n$ numbers: 0 for those of `x` that no window reads. `dy` and `w` stay as
  they are.

All numbers are small integers, so that sums are exact.
""",
        hints=(
            "Output $i$ read the number at place $i s + u$ of the padded list, times $w_u$."
            " So what does it send back to this place?",
            "Make a list of $n + 2p$ zeros, add `w[u] * dy[i]` at place `i * stride + u`"
            " for all $i$ and $u$, and cut `padding` numbers off at both ends.",
        ),
    ),
    zh=Words(
        title="输入的梯度",
        statement="""\
上一题的层用 `w`、`stride` 和 `padding`，由长度为 $n$ 的 `x` 算出了输出 $y$。损失依赖于这些输出，`dy` 是损失对它们的梯度：第 $i$ 个数表示输出 $i$ 每增加一个单位，损失增加多少。返回损失对 `x` 的梯度。

- `dy`：列表，每个输出对应一个数，可正可负，也可能一个都没有。
- `w`：$k \\ge 1$ 个数的列表，可正可负。
- `n`：`x` 的长度，整数，$\\ge 0$。
- `stride`：整数，$\\ge 1$。`padding`：整数，$\\ge 0$。
- 返回 $n$ 个数的列表；`x` 中没有窗口读到的位置为 0。`dy` 和 `w` 保持不变。

所有的数都是小整数，所以求和没有误差。
""",
        hints=(
            "输出 $i$ 读了补零后的列表在 $i s + u$ 处的数，乘上 $w_u$。那么它往这个位置传回多少？",
            "先建一个 $n + 2p$ 个零的列表，对所有 $i$ 和 $u$，在 `i * stride + u` 处加上 `w[u] * dy[i]`，最后两端各去掉 `padding` 个数。",
        ),
    ),
    examples="""\
>>> corr1d_gradient([1, 1], [1, 2], 3, 1, 0)
[1.0, 3.0, 2.0]
>>> corr1d_gradient([1, 10], [1, 2, 3], 6, 2, 0)
[1.0, 2.0, 13.0, 20.0, 30.0, 0.0]
""",
    tolerance=1e-9,
)


@back.solution
def corr1d_gradient(
    dy: list[int], w: list[int], n: int, stride: int, padding: int
) -> list[float]:
    padded = [0.0] * (n + 2 * padding)
    for i, d in enumerate(dy):
        for u, weight in enumerate(w):
            padded[i * stride + u] += weight * d
    return padded[padding : padding + n]


@back.wrong(
    en="Where windows overlap, the last one overwrites what the others sent.",
    zh="窗口重叠的地方，后一个覆盖了前面传回的值，而没有相加。",
)
def corr1d_gradient_overwritten(
    dy: list[int], w: list[int], n: int, stride: int, padding: int
) -> list[float]:
    padded = [0.0] * (n + 2 * padding)
    for i, d in enumerate(dy):
        for u, weight in enumerate(w):
            padded[i * stride + u] = weight * d
    return padded[padding : padding + n]


@back.wrong(
    en="The kernel is flipped, as it is when the outputs, not the inputs, are walked through.",
    zh="卷积核被翻转了；只有逐个计算输入的梯度时，权重才倒着读。",
)
def corr1d_gradient_flipped(
    dy: list[int], w: list[int], n: int, stride: int, padding: int
) -> list[float]:
    padded = [0.0] * (n + 2 * padding)
    for i, d in enumerate(dy):
        for u in range(len(w)):
            padded[i * stride + u] += w[-1 - u] * d
    return padded[padding : padding + n]


@back.wrong(
    en="The padding is not cut off in front: every gradient is too far right.",
    zh="前面的填充没有去掉：所有梯度都偏右。",
)
def corr1d_gradient_uncut(
    dy: list[int], w: list[int], n: int, stride: int, padding: int
) -> list[float]:
    padded = [0.0] * (n + 2 * padding)
    for i, d in enumerate(dy):
        for u, weight in enumerate(w):
            padded[i * stride + u] += weight * d
    return padded[:n]


@back.wrong(
    en="The stride was forgotten.",
    zh="忘了步幅。",
)
def corr1d_gradient_dense(
    dy: list[int], w: list[int], n: int, stride: int, padding: int
) -> list[float]:
    padded = [0.0] * (n + 2 * padding)
    for i, d in enumerate(dy):
        for u, weight in enumerate(w):
            padded[i + u] += weight * d
    return padded[padding : padding + n]


@back.wrong(
    en="The inputs that no window reads are left out, and the list is too short.",
    zh="没有窗口读到的输入被漏掉，列表短了。",
)
def corr1d_gradient_short(
    dy: list[int], w: list[int], n: int, stride: int, padding: int
) -> list[float]:
    padded = [0.0] * ((len(dy) - 1) * stride + len(w) if dy else 0)
    for i, d in enumerate(dy):
        for u, weight in enumerate(w):
            padded[i * stride + u] += weight * d
    return padded[padding : padding + n]


@back.wrong(
    en="The kernel that was given is turned round for good.",
    zh="传入的卷积核被就地翻转，改掉了。",
)
def corr1d_gradient_in_place(
    dy: list[int], w: list[int], n: int, stride: int, padding: int
) -> list[float]:
    w.reverse()
    padded = [0.0] * (n + 2 * padding)
    for i, d in enumerate(dy):
        for u in range(len(w)):
            padded[i * stride + u] += w[-1 - u] * d
    return padded[padding : padding + n]


@back.drive
def back_drive(
    corr1d_gradient: Any,
    dy: list[int],
    w: list[int],
    n: int,
    stride: int,
    padding: int,
) -> Any:
    before = list(dy), list(w)
    result = corr1d_gradient(dy, w, n, stride, padding)
    if (dy, w) != before:
        raise ValueError("dy and w must stay as they are, and one was changed")
    return result


@back.cases
def back_cases(
    random: Random,
) -> Iterator[tuple[list[int], list[int], int, int, int]]:
    yield [], [2], 0, 1, 0
    yield [], [2, 1, 1], 2, 1, 0
    yield [3], [2], 1, 1, 0
    yield [-3], [1, 2, 4], 1, 1, 1
    yield [5, 5], [1, 1], 3, 1, 0
    yield [1, 10], [1, 2, 3], 6, 2, 0
    for _ in range(60):
        n, k = random.randint(0, 9), random.randint(1, 4)
        stride, padding = random.randint(1, 4), random.randint(0, 3)
        outputs = max((n + 2 * padding - k) // stride + 1, 0)
        yield _drawn(random, outputs), _drawn(random, k), n, stride, padding


@back.large
def back_large(
    random: Random,
) -> Iterator[tuple[list[int], list[int], int, int, int]]:
    yield _drawn(random, 297), _drawn(random, 30), 900, 3, 10
    yield _drawn(random, 601), _drawn(random, 7), 601, 1, 3


@back.brute
def back_brute(
    dy: list[int], w: list[int], n: int, stride: int, padding: int
) -> list[float]:
    # The layer is linear: raise one input by 1, and the loss grows by its gradient.
    def outputs(x: list[int]) -> list[int]:
        return [
            sum(
                weight * x[i * stride + u - padding]
                for u, weight in enumerate(w)
                if 0 <= i * stride + u - padding < n
            )
            for i in range(len(dy))
        ]

    found = []
    for place in range(n):
        one = [int(place == other) for other in range(n)]
        found.append(float(sum(d * y for d, y in zip(dy, outputs(one)))))
    return found
