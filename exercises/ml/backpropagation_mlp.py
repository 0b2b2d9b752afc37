"""Exercises on backpropagation: through a linear layer, and a network built by hand."""

from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise
from random import Random

from notekit.study.judge import Exercise, Words

Matrix = list[list[float]]

linear = Exercise(
    en=Words(
        title="Backward through a linear layer",
        statement="""\
A layer computed $Z = HW + b$ for $n$ examples, one a row. Given is the gradient of the loss in
$Z$. Return those in $W$, in $b$ and in $H$, as a tuple `(dW, db, dH)`.

- `H`: $n$ rows of `d` numbers; $n$ may be 0.
- `W`: `d` rows of `k` numbers, `d` and `k` at least 1.
- `dZ`: $n$ rows of `k` numbers. The loss is a mean over the examples, and its factor
  $1/n$ is already in `dZ`.

`dW` has the shape of `W`, `db` has `k` numbers, `dH` has the shape of `H`: lists, as given.
Results may be off by $10^{-9}$, relative to their size or to 1.
""",
        hints=(
            "Each product has one order only that gives the shape wanted, unless `d`, `k` and"
            " $n$ are equal.",
            "$W_{jk}$ occurs in column $k$ of $Z$, in each row, with the factor $H_{ij}$. So"
            " its gradient is the sum over $i$ of $H_{ij}\\, dZ_{ik}$.",
        ),
    ),
    zh=Words(
        title="线性层的反向传播",
        statement="""\
某一层对 $n$ 个样本（每行一个）算出 $Z = HW + b$。已知损失对 $Z$ 的梯度，返回损失对 $W$、$b$、$H$ 的梯度，即元组 `(dW, db, dH)`。

- `H`：$n$ 行，每行 `d` 个数；$n$ 可以是 0。
- `W`：`d` 行，每行 `k` 个数，`d` 和 `k` 至少是 1。
- `dZ`：$n$ 行，每行 `k` 个数。损失是对样本取的平均，系数 $1/n$ 已经包含在 `dZ` 里。

`dW` 与 `W` 形状相同，`db` 有 `k` 个数，`dH` 与 `H` 形状相同，都用列表表示。允许 $10^{-9}$ 的误差（结果的绝对值超过 1 时指相对误差，否则指绝对误差）。
""",
        hints=(
            "除非 `d`、`k`、$n$ 都相等，每个乘积只有一种次序能得到所要的形状。",
            "$W_{jk}$ 在 $Z$ 的第 $k$ 列的每一行都出现，系数是 $H_{ij}$。所以它的梯度是 $H_{ij}\\, dZ_{ik}$ 对 $i$ 求和。",
        ),
    ),
    examples="""\
>>> linear_backward([[1.0, 2.0]], [[3.0], [4.0]], [[0.5]])
([[0.5], [1.0]], [0.5], [[1.5, 2.0]])
>>> linear_backward([[1.0], [1.0]], [[2.0]], [[0.5], [0.5]])
([[1.0]], [1.0], [[1.0], [1.0]])
""",
    tolerance=1e-9,
)


@linear.solution
def linear_backward(
    H: list[list[float]], W: list[list[float]], dZ: list[list[float]]
) -> tuple[list[list[float]], list[float], list[list[float]]]:
    d, k, n = len(W), len(W[0]), len(H)
    # From 0.0: without rows an empty sum is the integer 0.
    dW = [
        [sum((H[i][j] * dZ[i][c] for i in range(n)), 0.0) for c in range(k)]
        for j in range(d)
    ]
    db = [sum((dZ[i][c] for i in range(n)), 0.0) for c in range(k)]
    dH = [
        [sum(dZ[i][c] * W[j][c] for c in range(k)) for j in range(d)] for i in range(n)
    ]
    return dW, db, dH


@linear.wrong(
    en="Averaged twice: the factor $1/n$ is already in `dZ`.",
    zh="取了两次平均：系数 $1/n$ 已经在 `dZ` 里。",
)
def linear_backward_twice(
    H: list[list[float]], W: list[list[float]], dZ: list[list[float]]
) -> tuple[list[list[float]], list[float], list[list[float]]]:
    d, k, n = len(W), len(W[0]), len(H)
    dW = [
        [sum(H[i][j] * dZ[i][c] for i in range(n)) / max(n, 1) for c in range(k)]
        for j in range(d)
    ]
    db = [sum(dZ[i][c] for i in range(n)) for c in range(k)]
    dH = [
        [sum(dZ[i][c] * W[j][c] for c in range(k)) for j in range(d)] for i in range(n)
    ]
    return dW, db, dH


@linear.wrong(
    en="`db` is the mean over the rows: the bias is added in each row, so it is their sum.",
    zh="`db` 取了各行的平均：偏置在每一行都加了一次，所以应当求和。",
)
def linear_backward_mean(
    H: list[list[float]], W: list[list[float]], dZ: list[list[float]]
) -> tuple[list[list[float]], list[float], list[list[float]]]:
    d, k, n = len(W), len(W[0]), len(H)
    dW = [
        [sum(H[i][j] * dZ[i][c] for i in range(n)) for c in range(k)] for j in range(d)
    ]
    db = [sum(dZ[i][c] for i in range(n)) / max(n, 1) for c in range(k)]
    dH = [
        [sum(dZ[i][c] * W[j][c] for c in range(k)) for j in range(d)] for i in range(n)
    ]
    return dW, db, dH


@linear.wrong(
    en="$dZ\\,W$ instead of $dZ\\,W^\\top$: a square $W$ lets it pass with wrong numbers.",
    zh="写成了 $dZ\\,W$，应当是 $dZ\\,W^\\top$：$W$ 是方阵时不报错，数却是错的。",
)
def linear_backward_turned(
    H: list[list[float]], W: list[list[float]], dZ: list[list[float]]
) -> tuple[list[list[float]], list[float], list[list[float]]]:
    d, k, n = len(W), len(W[0]), len(H)
    dW = [
        [sum(H[i][j] * dZ[i][c] for i in range(n)) for c in range(k)] for j in range(d)
    ]
    db = [sum(dZ[i][c] for i in range(n)) for c in range(k)]
    if d != k:
        return dW, db, [[sum(r) * 1.0 for _ in range(d)] for r in dZ]
    dH = [
        [sum(dZ[i][c] * W[c][j] for c in range(k)) for j in range(d)] for i in range(n)
    ]
    return dW, db, dH


LinearCase = tuple[Matrix, Matrix, Matrix]


def _matrix(random: Random, rows: int, columns: int) -> Matrix:
    return [[random.randint(-8, 8) / 2 for _ in range(columns)] for _ in range(rows)]


@linear.cases
def linear_cases(random: Random) -> Iterator[LinearCase]:
    yield [], [[1.0, 2.0]], []
    yield [[2.0]], [[3.0]], [[-1.0]]
    yield [[1.0], [1.0]], [[1.0]], [[0.5], [0.5]]
    yield [[0.0, 1.0]], [[0.0, 1.0], [0.0, 0.0]], [[1.0, 0.0]]
    for _ in range(20):
        n, d, k = (random.randint(1, 4) for _ in range(3))
        yield _matrix(random, n, d), _matrix(random, d, k), _matrix(random, n, k)


@linear.large
def linear_large(random: Random) -> Iterator[LinearCase]:
    yield _matrix(random, 100, 40), _matrix(random, 40, 30), _matrix(random, 100, 30)


@linear.brute
def linear_brute(
    H: list[list[float]], W: list[list[float]], dZ: list[list[float]]
) -> tuple[list[list[float]], list[float], list[list[float]]]:
    # The sum of dZ times Z is linear in each entry: raise one by 1, see what it gains.
    d, k = len(W), len(W[0])

    def gain(H: Matrix, W: Matrix, b: list[float]) -> float:
        total = Fraction(0)
        for row, slopes in zip(H, dZ):
            for c, slope in enumerate(slopes):
                z = Fraction(b[c])
                for x, weights in zip(row, W):
                    z += Fraction(x) * Fraction(weights[c])
                total += z * Fraction(slope)
        return total

    def up(M: Matrix, i: int, j: int) -> Matrix:
        return [
            [x + (a == i and c == j) for c, x in enumerate(row)]
            for a, row in enumerate(M)
        ]

    none = [0.0] * k
    start = gain(H, W, none)
    dW = [
        [float(gain(H, up(W, j, c), none) - start) for c in range(k)] for j in range(d)
    ]
    db = [float(gain(H, W, up([none], 0, c)[0]) - start) for c in range(k)]
    dH = [
        [float(gain(up(H, i, j), W, none) - start) for j in range(d)]
        for i in range(len(H))
    ]
    return dW, db, dH


bends = Exercise(
    en=Words(
        title="A network through given points",
        statement="""\
A network of one hidden layer computes

$$
y(t) = c + \\sum_{j} v_j \\max(0,\\, t - x_j), \\qquad c = y_0,
$$

with one unit for each point but the last. Find the weights $v_j$ with which it goes through all
points $(x_j, y_j)$.

- `x`: places, strictly increasing, 1 to 2,000; with one point there is no unit.
- `y`: as many values.

Return the list of the $v_j$, one fewer than points. Results may be off by $10^{-9}$, relative to
their size or to 1.
""",
        hints=(
            "To the right of $x_j$ unit $j$ adds $v_j$ to the slope, and to the left of it nothing.",
            "$v_0$ is the first slope; each later $v_j$ is the slope after $x_j$ minus the slope"
            " before it.",
        ),
    ),
    zh=Words(
        title="过给定各点的网络",
        statement="""\
只有一个隐藏层的网络计算

$$
y(t) = c + \\sum_{j} v_j \\max(0,\\, t - x_j), \\qquad c = y_0,
$$

除最后一点外，每个点对应一个单元。求权重 $v_j$，使它经过所有点 $(x_j, y_j)$。

- `x`：各点的位置，严格递增，1 到 2000 个；只有一个点时没有单元。
- `y`：各点的值，个数相同。

返回各个 $v_j$ 组成的列表，比点数少一个。允许 $10^{-9}$ 的误差（结果的绝对值超过 1 时指相对误差，否则指绝对误差）。
""",
        hints=(
            "在 $x_j$ 右边，第 $j$ 个单元使斜率增加 $v_j$；在左边，它不起作用。",
            "$v_0$ 就是第一段的斜率；后面每个 $v_j$ 等于 $x_j$ 之后的斜率减去之前的斜率。",
        ),
    ),
    examples="""\
>>> relu_weights([0.0, 1.0, 3.0], [2.0, 5.0, 1.0])
[3.0, -5.0]
>>> relu_weights([-1.0, 0.0, 1.0], [1.0, 0.0, 1.0])
[-1.0, 2.0]
""",
    tolerance=1e-9,
    lacks={"empty": "without points there is no network"},
)


@bends.solution
def relu_weights(x: list[float], y: list[float]) -> list[float]:
    slopes = [(y[j + 1] - y[j]) / (x[j + 1] - x[j]) for j in range(len(x) - 1)]
    return [
        after - before for before, after in zip([0.0, *slopes], slopes, strict=False)
    ]


@bends.wrong(
    en="These are the slopes themselves: each unit keeps adding its own, so they pile up.",
    zh="这是各段的斜率本身：每个单元的斜率会一直加下去，越积越多。",
)
def relu_weights_slopes(x: list[float], y: list[float]) -> list[float]:
    return [(y[j + 1] - y[j]) / (x[j + 1] - x[j]) for j in range(len(x) - 1)]


@bends.wrong(
    en="Differences of the values, not of slopes: right only where the places are 1 apart.",
    zh="用了值的差，而不是斜率的差：只有各点间隔为 1 时才对。",
)
def relu_weights_unit(x: list[float], y: list[float]) -> list[float]:
    rises = [y[j + 1] - y[j] for j in range(len(x) - 1)]
    return [after - before for before, after in zip([0.0, *rises], rises, strict=False)]


@bends.wrong(
    en="The sign of the bends is turned: before minus after.",
    zh="符号反了：用之前的斜率减去了之后的。",
)
def relu_weights_turned(x: list[float], y: list[float]) -> list[float]:
    slopes = [(y[j + 1] - y[j]) / (x[j + 1] - x[j]) for j in range(len(x) - 1)]
    return slopes[:1] + [a - b for a, b in pairwise(slopes)]


@bends.wrong(
    en="The first slope is forgotten: the network starts flat.",
    zh="忘了第一段的斜率：网络一开始就是平的。",
)
def relu_weights_flat(x: list[float], y: list[float]) -> list[float]:
    slopes = [(y[j + 1] - y[j]) / (x[j + 1] - x[j]) for j in range(len(x) - 1)]
    return [0.0 for _ in slopes[:1]] + [b - a for a, b in pairwise(slopes)]


BendsCase = tuple[list[float], list[float]]


@bends.cases
def bends_cases(random: Random) -> Iterator[BendsCase]:
    yield [3.0], [4.0]
    yield [0.0, 2.0], [1.0, 5.0]
    yield [0.0, 1.0, 2.0], [7.0, 7.0, 7.0]
    yield [-1.0, 0.0, 1.0], [1.0, 0.0, 1.0]
    yield [0.0, 1.0, 3.0], [2.0, 5.0, 1.0]
    for _ in range(20):
        n = random.randint(1, 6)
        x = [q / 2 for q in sorted(random.sample(range(-20, 20), n))]
        yield x, [random.randint(-9, 9) / 2 for _ in range(n)]


@bends.large
def bends_large(random: Random) -> Iterator[BendsCase]:
    n = 2_000  # so that a sum over all units before is in time as well
    yield (
        [j / 4 for j in range(n)],
        [random.randint(-99, 99) / 4 for _ in range(n)],
    )


@bends.brute
def bends_brute(x: list[float], y: list[float]) -> list[float]:
    # Point by point, in exact fractions: what is missing there is the next unit's work.
    found: list[Fraction] = []
    for j in range(len(x) - 1):
        t = Fraction(x[j + 1])
        so_far = Fraction(y[0])
        for weight, start in zip(found, x):
            so_far += weight * (t - Fraction(start))
        found.append((Fraction(y[j + 1]) - so_far) / (t - Fraction(x[j])))
    return [float(weight) for weight in found]
