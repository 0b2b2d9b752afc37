"""Exercises on axes: softmax of rows, nearest points, blocks of an image, summed axes."""

from collections.abc import Callable, Iterator
from decimal import Decimal, localcontext
from random import Random
from typing import Any

import numpy as np

from notekit.study.judge import Exercise, Words

softmax = Exercise(
    en=Words(
        title="The softmax of each row",
        statement="""\
The softmax of a row divides the exponentials of its numbers by their sum. Return the softmax of
each row of `x`: an array of the same shape, whose rows each sum to 1. No loop is needed.

- `x`: a float64 array of shape $(n, m)$, $n, m \\ge 1$, with numbers of any sign up to 2000 in
  size.

Results may be off by $10^{-12}$. $e^{1000}$ is too large for a float64, and $e^{-1000}$ too small.
""",
        hints=(
            "If the same number is taken away from all numbers of a row, its softmax stays"
            " as it is. Which number makes the exponentials harmless, in each row?",
            "Reduce along the axis that disappears, and keep it with length 1 by `keepdims`,"
            " so that each row meets its own maximum and its own sum.",
        ),
    ),
    zh=Words(
        title="每一行的 softmax",
        statement="""\
一行数的 softmax，是各数的指数除以指数之和。求 `x` 每一行的 softmax：返回形状相同的数组，每行之和为 1。不需要循环。

- `x`：形状为 $(n, m)$ 的 float64 数组，$n, m \\ge 1$，元素可正可负，绝对值不超过 2000。

允许 $10^{-12}$ 的误差。$e^{1000}$ 超出 float64 的范围，$e^{-1000}$ 又小到成了 0。
""",
        hints=(
            "一行里每个数都减去同一个数，softmax 不变。每一行减去哪个数，指数就不会出问题？",
            "沿要消去的轴求最大值、求和，并用 `keepdims` 把这个轴留下，长度为 1，这样每一行对上的才是自己的最大值与和。",
        ),
    ),
    examples="""\
>>> softmax_rows(np.array([[0.0, 0.0], [1000.0, 1000.0]])).tolist()
[[0.5, 0.5], [0.5, 0.5]]
""",
    tolerance=1e-12,
    lacks={"empty": "a row has a number, and there is a row"},
)


@softmax.solution
def softmax_rows(x: np.ndarray) -> np.ndarray:
    e = np.exp(x - x.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


@softmax.wrong(
    en="The sums have lost their axis: a square array is divided by the wrong ones.",
    zh="求和时丢了一个轴：方阵不报错，各列除以了别的行的和。",
)
def softmax_rows_flat(x: np.ndarray) -> np.ndarray:
    e = np.exp(x - x.max(axis=1, keepdims=True))
    return e / e.sum(axis=1)


@softmax.wrong(
    en="No maximum is subtracted: large numbers overflow, and infinity over itself is NaN.",
    zh="没有减去最大值：数一大，指数就溢出，无穷除以无穷得 NaN。",
)
def softmax_rows_overflow(x: np.ndarray) -> np.ndarray:
    with np.errstate(all="ignore"):
        e = np.exp(x)
        return e / e.sum(axis=1, keepdims=True)


@softmax.wrong(
    en="Along axis 0: columns sum to 1.",
    zh="沿轴 0 计算：和为 1 的是各列。",
)
def softmax_rows_columns(x: np.ndarray) -> np.ndarray:
    e = np.exp(x - x.max(axis=0, keepdims=True))
    return e / e.sum(axis=0, keepdims=True)


@softmax.wrong(
    en="One maximum for the whole array: a row far below it becomes 0 divided by 0.",
    zh="整个数组减去同一个最大值：比它小得多的行全变成 0，0 除以 0 得 NaN。",
)
def softmax_rows_one_maximum(x: np.ndarray) -> np.ndarray:
    with np.errstate(all="ignore"):
        e = np.exp(x - x.max())
        return e / e.sum(axis=1, keepdims=True)


@softmax.drive
def softmax_drive(answer: Callable[..., Any], x: list[list[float]]) -> Any:
    return answer(np.array(x, dtype=np.float64))


@softmax.cases
def softmax_cases(random: Random) -> Iterator[tuple[list[list[float]]]]:
    yield ([[3]],)
    yield ([[0, 0], [0, 9]],)
    yield ([[1000, 0]],)
    yield ([[-1000], [1000]],)
    yield ([[-2000, -2000, -1999]],)
    yield ([[1, 1, 1], [2, 0, 0]],)
    for largest in (1, 3, 40, 2000):
        for _ in range(6):
            n, m = random.randint(1, 4), random.randint(1, 4)
            yield (
                [
                    [random.randint(-2 * largest, 2 * largest) / 2 for _ in range(m)]
                    for _ in range(n)
                ],
            )


@softmax.large
def softmax_large(random: Random) -> Iterator[tuple[list[list[float]]]]:
    yield ([[random.uniform(-9, 9) for _ in range(40)] for _ in range(40)],)


@softmax.brute
def softmax_brute(x: list[list[float]]) -> list[list[float]]:
    with localcontext() as context:
        context.prec = 40  # and exponents without a bound that matters here
        rows = [[Decimal(number).exp() for number in row] for row in x]
        return [[float(e / sum(row)) for e in row] for row in rows]


near = Exercise(
    en=Words(
        title="The nearest point, without a loop",
        statement="""\
For each query, which of the points is nearest? Return an array of indices into `points`, one for
each row of `queries`; of points equally near the one with the lowest index. Distances are
Euclidean. Use broadcasting, not a loop.

- `queries`: a float64 array of shape $(n, d)$, `points`: one of shape $(m, d)$; $n, m, d \\ge 1$.
- Coordinates are whole numbers up to $10^9$ in size, but all lie within 1000 of each other, as
  those of places in one town do.
""",
        hints=(
            "Which shapes must `queries` and `points` get so that their difference has shape"
            " $(n, m, d)$? Along which axis do you sum, and along which do you search?",
            "Subtract before you square. Squares of numbers near $10^9$ need 18 digits, and a"
            " float64 has 16: what the expanded square leaves is rounding.",
        ),
    ),
    zh=Words(
        title="不用循环，求最近的点",
        statement="""\
对每个查询，`points` 里哪个点离它最近？返回一个下标数组，`queries` 的每一行对应一个下标；距离相等时取下标最小的点。距离是欧几里得距离。请用广播，不要用循环。

- `queries`：形状为 $(n, d)$ 的 float64 数组；`points`：形状为 $(m, d)$；$n, m, d \\ge 1$。
- 坐标都是整数，绝对值不超过 $10^9$，但任意两个点的同一坐标至多相差 1000，就像同一座城市里的地点。
""",
        hints=(
            "要让差的形状是 $(n, m, d)$，`queries` 和 `points` 各要变成什么形状？沿哪个轴求和，沿哪个轴找最小值？",
            "先相减，再平方。$10^9$ 附近的数，平方有 18 位，float64 只有约 16 位；把平方展开再相减，剩下的只是舍入误差。",
        ),
    ),
    examples="""\
>>> nearest(np.array([[0.0, 0.0], [5.0, 5.0]]), np.array([[4.0, 4.0], [1.0, 0.0]])).tolist()
[1, 0]
""",
    lacks={"empty": "without points there is no nearest one"},
)


@near.solution
def nearest(queries: np.ndarray, points: np.ndarray) -> np.ndarray:
    difference = queries[:, None, :] - points[None, :, :]
    return (difference**2).sum(axis=2).argmin(axis=1)


@near.wrong(
    en="The expanded square: far from the origin the distances are rounding errors.",
    zh="用展开的平方公式：离原点远时，算出的距离只是舍入误差。",
)
def nearest_expanded(queries: np.ndarray, points: np.ndarray) -> np.ndarray:
    squares = (queries**2).sum(axis=1)[:, None] + (points**2).sum(axis=1)
    return (squares - 2 * (queries @ points.T)).argmin(axis=1)


@near.wrong(
    en="The search runs along the queries: the nearest query of each point.",
    zh="沿查询的轴找最小值：求成了每个点最近的查询。",
)
def nearest_axis(queries: np.ndarray, points: np.ndarray) -> np.ndarray:
    difference = queries[:, None, :] - points[None, :, :]
    return (difference**2).sum(axis=2).argmin(axis=0)


@near.wrong(
    en="Coordinates are summed before squaring, so that differences cancel.",
    zh="先把各坐标的差相加再平方，正负抵消了。",
)
def nearest_sum_first(queries: np.ndarray, points: np.ndarray) -> np.ndarray:
    difference = queries[:, None, :] - points[None, :, :]
    return (difference.sum(axis=2) ** 2).argmin(axis=1)


@near.wrong(
    en="Without a new axis: row meets row, and equal shapes raise no error.",
    zh="没有添加新轴：只有同一行的点相减，形状相同时还不报错。",
)
def nearest_pairs(queries: np.ndarray, points: np.ndarray) -> np.ndarray:
    return ((queries - points) ** 2).argmin(axis=1)


@near.wrong(
    en="Sums of absolute differences are another distance.",
    zh="用了各坐标差的绝对值之和，那是另一种距离。",
)
def nearest_manhattan(queries: np.ndarray, points: np.ndarray) -> np.ndarray:
    difference = queries[:, None, :] - points[None, :, :]
    return abs(difference).sum(axis=2).argmin(axis=1)


@near.drive
def near_drive(
    answer: Callable[..., Any], queries: list[list[float]], points: list[list[float]]
) -> Any:
    return answer(
        np.array(queries, dtype=np.float64), np.array(points, dtype=np.float64)
    )


@near.cases
def near_cases(random: Random) -> Iterator[tuple[list, list]]:
    yield [[0]], [[5]]
    yield [[0, 0], [5, 5]], [[4, 4], [1, 0]]
    yield [[0]], [[1], [-1]]
    yield [[0, 0]], [[3, 3], [5, 0]]
    yield [[0, 0]], [[2, 2], [1, -4]]
    yield [[10**8]], [[10**8 + 2], [10**8 + 1]]
    yield [[-(10**9), 7], [7 - 10**9, 0]], [[-(10**9), 3], [1 - 10**9, 5]]
    for _ in range(24):
        n, m, d = (random.randint(1, 4) for _ in range(3))
        shift, width = random.choice([0, 0, 10**9 - 1000]), random.choice([3, 1000])
        queries, points = (
            [[shift + random.randint(0, width) for _ in range(d)] for _ in range(count)]
            for count in (n, m)
        )
        yield queries, points


@near.large
def near_large(random: Random) -> Iterator[tuple[list, list]]:
    yield tuple(
        [[random.randint(0, 1000) for _ in range(3)] for _ in range(120)]
        for _ in range(2)
    )


@near.brute
def near_brute(queries: list[list[int]], points: list[list[int]]) -> list[int]:
    found = []
    for query in queries:
        squares = [sum((a - b) ** 2 for a, b in zip(query, point)) for point in points]
        found.append(squares.index(min(squares)))
    return found


pool = Exercise(
    en=Words(
        title="The largest number of each block",
        statement="""\
Cut an image into square blocks of `size` rows and columns, side by side, and return the largest
number of each block: an array of shape $(h / s, w / s)$, where $s$ is the size. No loop is needed;
this is max pooling with a stride of $s$.

- `image`: a float64 array of shape $(h, w)$; `size`: an integer $s \\ge 1$ that divides both.
""",
        hints=(
            "A row number is a number of blocks and a rest: `row = block * size + rest`. With"
            " which shape would the image have an axis for each of the two?",
            "`reshape` cuts an axis in two, the coarse one first. Cut both axes, and take the"
            " maximum along the two fine ones.",
        ),
    ),
    zh=Words(
        title="每一块的最大值",
        statement="""\
把图像切成一个个 `size` 行 `size` 列的方块，互不重叠，返回每一块的最大值，即形状为 $(h / s, w / s)$ 的数组，$s$ 就是 `size`。不需要循环；这就是步幅为 $s$ 的最大池化。

- `image`：形状为 $(h, w)$ 的 float64 数组；`size`：整数 $s \\ge 1$，能整除 $h$ 和 $w$。
""",
        hints=(
            "行号可以拆成块号与块内行号：`row = block * size + rest`。图像变成什么形状，两者就各占一个轴？",
            "`reshape` 可以把一个轴拆成两个，粗的在前。两个轴都拆开，再沿两个细的轴取最大值。",
        ),
    ),
    examples="""\
>>> block_max(np.array([[1.0, 5.0, 2.0, 0.0], [3.0, 4.0, 9.0, 1.0]]), 2).tolist()
[[5.0, 9.0]]
""",
    lacks={"empty": "an image has a pixel"},
)


@pool.solution
def block_max(image: np.ndarray, size: int) -> np.ndarray:
    h, w = image.shape
    return image.reshape(h // size, size, w // size, size).max(axis=(1, 3))


@pool.wrong(
    en="The axes of the new shape are in another order than the numbers in memory.",
    zh="新形状里轴的次序与内存里数的次序不符，每“块”并不是图像里的方块。",
)
def block_max_order(image: np.ndarray, size: int) -> np.ndarray:
    h, w = image.shape
    return image.reshape(h // size, w // size, size, size).max(axis=(2, 3))


@pool.wrong(
    en="The maximum along the coarse axes: pixels of different blocks are compared.",
    zh="沿粗的轴取最大值：比较的是不同块里的像素。",
)
def block_max_coarse(image: np.ndarray, size: int) -> np.ndarray:
    h, w = image.shape
    return image.reshape(h // size, size, w // size, size).max(axis=(0, 2))


@pool.wrong(
    en="Every pixel is the corner of a window: these overlap, and there are too many.",
    zh="每个像素都当作窗口的角：窗口互相重叠，个数也多了。",
)
def block_max_sliding(image: np.ndarray, size: int) -> np.ndarray:
    windows = np.lib.stride_tricks.sliding_window_view(image, (size, size))
    return windows.max(axis=(2, 3))


@pool.wrong(
    en="The corner of each block instead of its largest number.",
    zh="取了每一块的左上角，而不是最大值。",
)
def block_max_corner(image: np.ndarray, size: int) -> np.ndarray:
    return image[::size, ::size]


@pool.wrong(
    en="The result is of integers, which cut the fractions off.",
    zh="结果数组是整数类型，小数部分丢了。",
)
def block_max_integers(image: np.ndarray, size: int) -> np.ndarray:
    h, w = image.shape
    found = np.zeros((h // size, w // size), dtype=int)
    for i, j in np.ndindex(found.shape):
        block = image[i * size : (i + 1) * size, j * size : (j + 1) * size]
        found[i, j] = block.max()
    return found.astype(np.float64)


@pool.wrong(
    en="The result starts at 0, so blocks of negative numbers are lost.",
    zh="结果从 0 开始取最大值，全是负数的块就错了。",
)
def block_max_zero(image: np.ndarray, size: int) -> np.ndarray:
    h, w = image.shape
    found = np.zeros((h // size, w // size))
    for i in range(size):
        for j in range(size):
            found = np.maximum(found, image[i::size, j::size])
    return found


@pool.drive
def pool_drive(answer: Callable[..., Any], image: list[list[float]], size: int) -> Any:
    return answer(np.array(image, dtype=np.float64), size)


@pool.cases
def pool_cases(random: Random) -> Iterator[tuple[list[list[float]], int]]:
    yield [[4]], 1
    yield [[1, 2], [3, 0]], 1
    yield [[-1, -2], [-3, -4]], 2
    yield [[1, 5, 2, 0], [3, 4, 9, 1]], 2
    yield [[0, 0, 0, 7], [0, 0, 0, 0], [1, 0, 0, 0], [0, 0, 2, 0]], 2
    yield [[0.5, -0.25]], 1
    yield [[-2000.5, -3000], [-4000, -1000.25]], 2
    for _ in range(24):
        size, down, across = (random.randint(1, 3) for _ in range(3))
        yield (
            [
                [random.randint(-9, 9) for _ in range(across * size)]
                for _ in range(down * size)
            ],
            size,
        )


@pool.large
def pool_large(random: Random) -> Iterator[tuple[list[list[float]], int]]:
    yield [[random.randint(-999, 1999) for _ in range(60)] for _ in range(40)], 4


@pool.brute
def pool_brute(image: list[list[float]], size: int) -> list[list[float]]:
    found: dict[tuple[int, int], float] = {}
    for row, numbers in enumerate(image):
        for column, number in enumerate(numbers):
            block = row // size, column // size
            found[block] = max(number, found.get(block, number))
    rows, columns = (1 + last for last in max(found))
    return [[float(found[i, j]) for j in range(columns)] for i in range(rows)]


repeat = Exercise(
    en=Words(
        title="Along which axes was it repeated?",
        statement="""\
An array of a shape was broadcast to a target, and now its gradient has to be summed. Return the
list of those axes of the target along which elements were repeated, from low to high: axes longer
than 1 that are new or were stretched from 1. If the shape does not broadcast to the target, raise
a `ValueError`.

- `shape`, `target`: tuples of integers $\\ge 1$; at most 8 of each, maybe none. An array of the
  target's shape has at most $10^8$ elements.
""",
        hints=(
            "Align at the right: place $k$ of the shape is place $k$ plus the difference of"
            " the lengths in the target.",
            "Put as many 1s in front of the shape as it lacks. Then each axis is either equal"
            " in both, or 1 in the shape, or an error.",
        ),
    ),
    zh=Words(
        title="在哪些轴上重复了？",
        statement="""\
一个数组从 `shape` 广播到 `target`，现在要对它的梯度求和。返回 `target` 中元素被重复的那些轴，从小到大排成列表：长度大于 1，并且是新添的，或者是从 1 拉长的。如果 `shape` 不能广播到 `target`，就引发 `ValueError`。

- `shape`、`target`：由不小于 1 的整数组成的元组，各至多 8 个，也可以是空的；形状为 `target` 的数组至多有 $10^8$ 个元素。
""",
        hints=(
            "靠右对齐：`shape` 的第 $k$ 位对应 `target` 的第 $k$ 位再加上两者长度之差。",
            "先在 `shape` 前面补 1，补到一样长。这样每个轴只有三种情形：两边相等，`shape` 里是 1，或者报错。",
        ),
    ),
    examples="""\
>>> repeated_axes((3, 1), (5, 3, 4))
[0, 2]
>>> repeated_axes((3,), (1, 3))
[]
""",
    lacks={"negative": "sizes are not negative"},
)


@repeat.solution
def repeated_axes(shape: tuple[int, ...], target: tuple[int, ...]) -> list[int]:
    if len(shape) > len(target):
        raise ValueError(f"want at most {len(target)} axes, got {shape}")
    padded = (1,) * (len(target) - len(shape)) + tuple(shape)
    if any(a != 1 and a != b for a, b in zip(padded, target)):
        raise ValueError(f"{shape} does not broadcast to {target}")
    return [k for k, (a, b) in enumerate(zip(padded, target)) if a != b]


@repeat.wrong(
    en="Aligned at the left.",
    zh="靠左对齐了。",
)
def repeated_axes_left(shape: tuple[int, ...], target: tuple[int, ...]) -> list[int]:
    if len(shape) > len(target):
        raise ValueError
    padded = tuple(shape) + (1,) * (len(target) - len(shape))
    if any(a != 1 and a != b for a, b in zip(padded, target)):
        raise ValueError
    return [k for k, (a, b) in enumerate(zip(padded, target)) if a != b]


@repeat.wrong(
    en="The new axes in front are forgotten.",
    zh="漏掉了前面新添的轴。",
)
def repeated_axes_stretched(
    shape: tuple[int, ...], target: tuple[int, ...]
) -> list[int]:
    if len(shape) > len(target):
        raise ValueError
    added = len(target) - len(shape)
    found = []
    for k, a in enumerate(shape):
        if a not in (1, target[added + k]):
            raise ValueError
        if a != target[added + k]:
            found.append(added + k)
    return found


@repeat.wrong(
    en="Stretched axes are numbered as in the shape, not as in the target.",
    zh="拉长的轴用了它在 shape 里的编号，而不是在 target 里的编号。",
)
def repeated_axes_number(shape: tuple[int, ...], target: tuple[int, ...]) -> list[int]:
    if len(shape) > len(target):
        raise ValueError
    added = len(target) - len(shape)
    found = [k for k in range(added) if target[k] > 1]
    for k, a in enumerate(shape):
        if a not in (1, target[added + k]):
            raise ValueError
        if a != target[added + k]:
            found.append(k)
    return sorted(set(found))


@repeat.wrong(
    en="The target's 1 is taken for one that can be stretched: (3,) is no part of (1,).",
    zh="把 target 里的 1 也当作可以拉长的：(3,) 并不能广播到 (1,)。",
)
def repeated_axes_both(shape: tuple[int, ...], target: tuple[int, ...]) -> list[int]:
    if len(shape) > len(target):
        raise ValueError
    padded = (1,) * (len(target) - len(shape)) + tuple(shape)
    if any(a != b and 1 not in (a, b) for a, b in zip(padded, target)):
        raise ValueError
    return [k for k, (a, b) in enumerate(zip(padded, target)) if a == 1 < b]


@repeat.wrong(
    en="Each axis of length 1 in the shape, though the target's may be 1 as well.",
    zh="只要 shape 里是 1 就算上，即使 target 里也是 1，并没有重复。",
)
def repeated_axes_ones(shape: tuple[int, ...], target: tuple[int, ...]) -> list[int]:
    if len(shape) > len(target):
        raise ValueError
    padded = (1,) * (len(target) - len(shape)) + tuple(shape)
    if any(a != 1 and a != b for a, b in zip(padded, target)):
        raise ValueError
    return [k for k, a in enumerate(padded) if a == 1]


@repeat.cases
def repeat_cases(random: Random) -> Iterator[tuple[tuple[int, ...], tuple[int, ...]]]:
    yield (), ()
    yield (), (1,)
    yield (), (2,)
    yield (1,), (1,)
    yield (1,), ()
    yield (3,), (1,)
    yield (3,), (3, 1)
    yield (3,), (1, 3)
    yield (1, 3), (3,)
    yield (3, 1), (5, 3, 4)
    yield (2,), (2, 3)
    yield (2,), (4,)
    yield (3, 1), (6, 2)
    yield (2, 2), (2, 2, 2)
    yield (1,), (1000,)
    for _ in range(40):
        target = tuple(random.choice([1, 2, 2, 3]) for _ in range(random.randint(0, 4)))
        cut = target[random.randint(0, len(target)) :]
        shape = tuple(1 if random.random() < 0.4 else n for n in cut)
        if random.random() < 0.25:
            shape = tuple(random.sample(shape, len(shape)))
        yield shape, target


@repeat.large
def repeat_large(random: Random) -> Iterator[tuple[tuple[int, ...], tuple[int, ...]]]:
    target = tuple(random.randint(2, 10) for _ in range(8))
    yield (1, target[5], 1, target[7]), target
    yield (target[6], 1), target


@repeat.brute
def repeat_brute(shape: tuple[int, ...], target: tuple[int, ...]) -> list[int]:
    numbered = np.arange(np.prod(shape, dtype=int)).reshape(shape)
    wide = np.broadcast_to(numbered, target)  # ValueError, if it cannot
    found = []
    for axis, n in enumerate(target):
        first = np.take(wide, [0], axis=axis)
        if n > 1 and np.array_equal(wide, np.repeat(first, n, axis=axis)):
            found.append(axis)
    return found
