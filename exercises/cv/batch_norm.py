"""Exercises on batch norm: its gradient, and folding it into the layer before."""

import math
from collections.abc import Iterator
from decimal import Decimal, localcontext
from random import Random
from typing import Any

from notekit.study.judge import Exercise, Words

Matrix = list[list[float]]

backward = Exercise(
    en=Words(
        title="Batch norm backward",
        statement="""\
Batch norm turned the columns of `x` into $\\hat x = (x - \\mu)/\\sqrt{\\sigma^2 + \\epsilon}$ with the mean
$\\mu$ and the biased variance $\\sigma^2$ of each column, and $\\epsilon = 10^{-5}$. Given is the gradient
of the loss by $\\hat x$. Return the one by $x$.

- `dy`: the gradient by the output, $n$ rows of $C$ numbers.
- `x`: the input, $n$ rows of $C$ numbers; $n \\ge 2$, $C \\ge 1$. A column may be constant.
- Return $n$ rows of $C$ numbers; `dy` and `x` stay as they are.

Results may be off by $10^{-9}$, relative to their size or to 1.
""",
        hints=(
            "$\\mu$ and $\\sigma$ depend on each number of the column. What has to come out if"
            " all numbers of a column of `dy` are equal?",
            "For each column: `(dy - mean(dy) - xhat * mean(dy * xhat)) / s`, where"
            " `s = sqrt(var + 1e-5)`.",
        ),
    ),
    zh=Words(
        title="批归一化的反向传播",
        statement="""\
批归一化把 `x` 的各列变成 $\\hat x = (x - \\mu)/\\sqrt{\\sigma^2 + \\epsilon}$，其中 $\\mu$ 是该列的均值，$\\sigma^2$ 是有偏方差，$\\epsilon = 10^{-5}$。已知损失对 $\\hat x$ 的梯度，返回损失对 $x$ 的梯度。

- `dy`：对输出的梯度，$n$ 行，每行 $C$ 个数。
- `x`：输入，$n$ 行，每行 $C$ 个数；$n \\ge 2$，$C \\ge 1$。一列中的数可以全部相等。
- 返回 $n$ 行，每行 $C$ 个数；`dy` 和 `x` 保持不变。

允许 $10^{-9}$ 的误差（结果的绝对值超过 1 时指相对误差，否则指绝对误差）。
""",
        hints=(
            "$\\mu$ 和 $\\sigma$ 依赖这一列的每一个数。如果 `dy` 的一列全部相等，结果应当是什么？",
            "对每一列：`(dy - mean(dy) - xhat * mean(dy * xhat)) / s`，其中 `s = sqrt(var + 1e-5)`。",
        ),
    ),
    examples="""\
>>> dx = batch_norm_backward([[1.0], [0.0], [0.0], [0.0]], [[1.0], [2.0], [3.0], [6.0]])
>>> [round(row[0], 3) for row in dx]
[0.248, -0.21, -0.134, 0.095]
>>> [[round(number, 4) for number in row] for row in batch_norm_backward([[1.0], [0.0]], [[3.0], [3.0]])]
[[158.1139], [-158.1139]]
""",
    tolerance=1e-9,
    lacks={"empty": "a column has two numbers at least"},
)


@backward.solution
def batch_norm_backward(
    dy: list[list[float]], x: list[list[float]]
) -> list[list[float]]:
    n = len(x)
    dx = [[0.0] * len(row) for row in x]
    for c in range(len(x[0])):
        g, column = [row[c] for row in dy], [row[c] for row in x]
        mean = sum(column) / n
        s = math.sqrt(sum((v - mean) ** 2 for v in column) / n + 1e-5)
        normed = [(v - mean) / s for v in column]
        offset = sum(g) / n
        along = sum(a * b for a, b in zip(g, normed, strict=True)) / n
        for i in range(n):
            dx[i][c] = (g[i] - offset - normed[i] * along) / s
    return dx


@backward.wrong(
    en="Mean and size were treated as constants; equal numbers in `dy` must give 0.",
    zh="把均值和标准差当成了常数；`dy` 全部相等时结果应当是 0。",
)
def batch_norm_backward_constants(
    dy: list[list[float]], x: list[list[float]]
) -> list[list[float]]:
    n = len(x)
    dx = [[0.0] * len(row) for row in x]
    for c in range(len(x[0])):
        g, column = [row[c] for row in dy], [row[c] for row in x]
        mean = sum(column) / n
        s = math.sqrt(sum((v - mean) ** 2 for v in column) / n + 1e-5)
        for i in range(n):
            dx[i][c] = g[i] / s
    return dx


@backward.wrong(
    en="The mean depends on the input here, but the size is a constant.",
    zh="考虑了均值，却把标准差当成了常数。",
)
def batch_norm_backward_size(
    dy: list[list[float]], x: list[list[float]]
) -> list[list[float]]:
    n = len(x)
    dx = [[0.0] * len(row) for row in x]
    for c in range(len(x[0])):
        g, column = [row[c] for row in dy], [row[c] for row in x]
        mean = sum(column) / n
        s = math.sqrt(sum((v - mean) ** 2 for v in column) / n + 1e-5)
        offset = sum(g) / n
        for i in range(n):
            dx[i][c] = (g[i] - offset) / s
    return dx


@backward.wrong(
    en="The size depends on the input here, but the mean is a constant.",
    zh="考虑了标准差，却把均值当成了常数。",
)
def batch_norm_backward_mean(
    dy: list[list[float]], x: list[list[float]]
) -> list[list[float]]:
    n = len(x)
    dx = [[0.0] * len(row) for row in x]
    for c in range(len(x[0])):
        g, column = [row[c] for row in dy], [row[c] for row in x]
        mean = sum(column) / n
        s = math.sqrt(sum((v - mean) ** 2 for v in column) / n + 1e-5)
        normed = [(v - mean) / s for v in column]
        along = sum(a * b for a, b in zip(g, normed, strict=True)) / n
        for i in range(n):
            dx[i][c] = (g[i] - normed[i] * along) / s
    return dx


@backward.wrong(
    en="Sums were taken where means belong.",
    zh="该取平均的地方取了总和。",
)
def batch_norm_backward_sums(
    dy: list[list[float]], x: list[list[float]]
) -> list[list[float]]:
    n = len(x)
    dx = [[0.0] * len(row) for row in x]
    for c in range(len(x[0])):
        g, column = [row[c] for row in dy], [row[c] for row in x]
        mean = sum(column) / n
        s = math.sqrt(sum((v - mean) ** 2 for v in column) / n + 1e-5)
        normed = [(v - mean) / s for v in column]
        offset = sum(g)
        along = sum(a * b for a, b in zip(g, normed, strict=True))
        for i in range(n):
            dx[i][c] = (g[i] - offset - normed[i] * along) / s
    return dx


@backward.wrong(
    en="The variance was divided by n - 1; batch norm divides by the biased one.",
    zh="方差除以了 n - 1；批归一化除以的是有偏方差。",
)
def batch_norm_backward_unbiased(
    dy: list[list[float]], x: list[list[float]]
) -> list[list[float]]:
    n = len(x)
    dx = [[0.0] * len(row) for row in x]
    for c in range(len(x[0])):
        g, column = [row[c] for row in dy], [row[c] for row in x]
        mean = sum(column) / n
        s = math.sqrt(sum((v - mean) ** 2 for v in column) / (n - 1) + 1e-5)
        normed = [(v - mean) / s for v in column]
        offset = sum(g) / n
        along = sum(a * b for a, b in zip(g, normed, strict=True)) / n
        for i in range(n):
            dx[i][c] = (g[i] - offset - normed[i] * along) / s
    return dx


@backward.wrong(
    en="Epsilon was added outside the root.",
    zh="ε 加在了根号外面。",
)
def batch_norm_backward_outside(
    dy: list[list[float]], x: list[list[float]]
) -> list[list[float]]:
    n = len(x)
    dx = [[0.0] * len(row) for row in x]
    for c in range(len(x[0])):
        g, column = [row[c] for row in dy], [row[c] for row in x]
        mean = sum(column) / n
        s = math.sqrt(sum((v - mean) ** 2 for v in column) / n) + 1e-5
        normed = [(v - mean) / s for v in column]
        offset = sum(g) / n
        along = sum(a * b for a, b in zip(g, normed, strict=True)) / n
        for i in range(n):
            dx[i][c] = (g[i] - offset - normed[i] * along) / s
    return dx


@backward.wrong(
    en="The last term has the wrong sign.",
    zh="最后一项的符号反了。",
)
def batch_norm_backward_sign(
    dy: list[list[float]], x: list[list[float]]
) -> list[list[float]]:
    n = len(x)
    dx = [[0.0] * len(row) for row in x]
    for c in range(len(x[0])):
        g, column = [row[c] for row in dy], [row[c] for row in x]
        mean = sum(column) / n
        s = math.sqrt(sum((v - mean) ** 2 for v in column) / n + 1e-5)
        normed = [(v - mean) / s for v in column]
        offset = sum(g) / n
        along = sum(a * b for a, b in zip(g, normed, strict=True)) / n
        for i in range(n):
            dx[i][c] = (g[i] - offset + normed[i] * along) / s
    return dx


@backward.wrong(
    en="The rows were normalized instead of the columns: this is layer norm.",
    zh="对每一行做了归一化，而不是每一列：这是层归一化。",
)
def batch_norm_backward_rows(
    dy: list[list[float]], x: list[list[float]]
) -> list[list[float]]:
    dx = []
    for g, row in zip(dy, x, strict=True):
        mean = sum(row) / len(row)
        s = math.sqrt(sum((v - mean) ** 2 for v in row) / len(row) + 1e-5)
        normed = [(v - mean) / s for v in row]
        offset = sum(g) / len(row)
        along = sum(a * b for a, b in zip(g, normed, strict=True)) / len(row)
        dx.append(
            [(a - offset - b * along) / s for a, b in zip(g, normed, strict=True)]
        )
    return dx


@backward.wrong(
    en="The variance as mean of squares minus squared mean loses its digits far from 0.",
    zh="用“平方的平均减平均的平方”求方差，数值远离 0 时有效数字会丢失。",
)
def batch_norm_backward_short(
    dy: list[list[float]], x: list[list[float]]
) -> list[list[float]]:
    n = len(x)
    dx = [[0.0] * len(row) for row in x]
    for c in range(len(x[0])):
        g, column = [row[c] for row in dy], [row[c] for row in x]
        mean = sum(column) / n
        var = sum(v * v for v in column) / n - mean * mean
        s = math.sqrt(max(var, 0.0) + 1e-5)
        normed = [(v - mean) / s for v in column]
        offset = sum(g) / n
        along = sum(a * b for a, b in zip(g, normed, strict=True)) / n
        for i in range(n):
            dx[i][c] = (g[i] - offset - normed[i] * along) / s
    return dx


@backward.drive
def backward_drive(batch_norm_backward: Any, dy: Matrix, x: Matrix) -> Any:
    before = [list(row) for row in dy], [list(row) for row in x]
    result = batch_norm_backward(dy, x)
    if ([list(row) for row in dy], [list(row) for row in x]) != before:
        raise ValueError("dy and x must stay as they are, and were changed")
    return result


def _matrix(
    random: Random, n: int, columns: int, unit: float = 0.25, offset: float = 0.0
) -> Matrix:
    return [
        [offset + random.randint(-12, 12) * unit for _ in range(columns)]
        for _ in range(n)
    ]


@backward.cases
def backward_cases(random: Random) -> Iterator[tuple[Matrix, Matrix]]:
    yield [[1.0], [0.0], [0.0], [0.0]], [[1.0], [2.0], [3.0], [6.0]]
    yield [[1.0], [0.0]], [[3.0], [3.0]]
    yield [[1.0], [0.0]], [[0.0], [0.0]]
    yield [[2.0], [2.0], [2.0]], [[1.0], [2.0], [4.0]]
    yield [[1.0, 0.0], [0.0, 1.0]], [[1.0, 5.0], [2.0, -5.0]]
    yield _matrix(random, 4, 2), _matrix(random, 4, 2, unit=0.3, offset=1e6)
    for _ in range(20):
        n, columns = random.randint(2, 6), random.randint(1, 3)
        yield _matrix(random, n, columns), _matrix(random, n, columns)


@backward.large
def backward_large(random: Random) -> Iterator[tuple[Matrix, Matrix]]:
    yield _matrix(random, 256, 16), _matrix(random, 256, 16)


@backward.brute
def backward_brute(dy: Matrix, x: Matrix) -> Matrix:
    # Move each number a little, with sixty digits, and see what the loss does.
    with localcontext() as context:
        context.prec = 60
        h = Decimal("1e-20")

        def loss(column: list[Decimal], weights: list[Decimal]) -> Decimal:
            mean = sum(column, Decimal()) / len(column)
            off = [v - mean for v in column]
            s = (
                sum((v * v for v in off), Decimal()) / len(off) + Decimal("1e-5")
            ).sqrt()
            return (
                sum((w * v for w, v in zip(weights, off, strict=True)), Decimal()) / s
            )

        dx = [[0.0] * len(row) for row in x]
        for c in range(len(x[0])):
            weights = [Decimal(row[c]) for row in dy]
            column = [Decimal(row[c]) for row in x]
            for i in range(len(x)):
                up, down = list(column), list(column)
                up[i] += h
                down[i] -= h
                dx[i][c] = float((loss(up, weights) - loss(down, weights)) / (2 * h))
        return dx


Numbers = list[float]
folding = Exercise(
    en=Words(
        title="Fold batch norm into the layer before",
        statement="""\
A linear layer gives `w[o] · input + b[o]` for each output `o`. Batch norm in evaluation follows: it
subtracts `mean[o]`, divides by $\\sqrt{v + \\epsilon}$ with $v$ = `var[o]`, multiplies by `gamma[o]` and
adds `beta[o]`. Return the weights and the bias of one linear layer that does the same, as a tuple
`(w, b)`.

- `w`: $C$ rows of $k$ numbers; $C$ and $k$ may be 0.
- `b`, `mean`, `var`, `gamma`, `beta`: $C$ numbers each; those of `var` are $\\ge 0$.
- `eps`: a number $> 0$.

Results may be off by $10^{-9}$, relative to their size or to 1.
""",
        hints=(
            "What is the new bias? It is what comes out for an input of zeros.",
            "With `f = gamma[o] / sqrt(var[o] + eps)`, row `o` is multiplied by `f`, and the"
            " bias is `(b[o] - mean[o]) * f + beta[o]`.",
        ),
    ),
    zh=Words(
        title="把批归一化折叠进前一层",
        statement="""\
线性层对每个输出 `o` 给出 `w[o] · 输入 + b[o]`。后面是评估模式的批归一化：减去 `mean[o]`，除以 $\\sqrt{v + \\epsilon}$（$v$ 即 `var[o]`），乘以 `gamma[o]`，加上 `beta[o]`。求一个作用相同的线性层，以元组 `(w, b)` 返回它的权重和偏置。

- `w`：$C$ 行，每行 $k$ 个数；$C$ 和 $k$ 可以是 0。
- `b`、`mean`、`var`、`gamma`、`beta`：各 $C$ 个数；`var` 中的数 $\\ge 0$。
- `eps`：一个 $> 0$ 的数。

允许 $10^{-9}$ 的误差（结果的绝对值超过 1 时指相对误差，否则指绝对误差）。
""",
        hints=(
            "新的偏置是什么？就是输入全为 0 时的输出。",
            "令 `f = gamma[o] / sqrt(var[o] + eps)`，第 `o` 行乘以 `f`，偏置是 `(b[o] - mean[o]) * f + beta[o]`。",
        ),
    ),
    examples="""\
>>> fold([[2.0, -1.0]], [0.5], [1.0], [3.75], [3.0], [0.25], 0.25)
([[3.0, -1.5]], [-0.5])
>>> fold([[2.0]], [0.0], [1.0], [0.0], [1.0], [0.0], 0.25)
([[4.0]], [-2.0])
""",
    tolerance=1e-9,
)


@folding.solution
def fold(
    w: list[list[float]],
    b: list[float],
    mean: list[float],
    var: list[float],
    gamma: list[float],
    beta: list[float],
    eps: float,
) -> tuple[list[list[float]], list[float]]:
    f = [g / math.sqrt(v + eps) for g, v in zip(gamma, var, strict=True)]
    weights = [[a * number for number in row] for a, row in zip(f, w, strict=True)]
    return weights, [(b[o] - mean[o]) * f[o] + beta[o] for o in range(len(b))]


@folding.wrong(
    en="The mean is in the units of the input of the norm: it must be multiplied too.",
    zh="均值是以归一化的输入为单位的，也要乘上系数。",
)
def fold_mean(
    w: list[list[float]],
    b: list[float],
    mean: list[float],
    var: list[float],
    gamma: list[float],
    beta: list[float],
    eps: float,
) -> tuple[list[list[float]], list[float]]:
    f = [g / math.sqrt(v + eps) for g, v in zip(gamma, var, strict=True)]
    weights = [[a * number for number in row] for a, row in zip(f, w, strict=True)]
    return weights, [b[o] * f[o] - mean[o] + beta[o] for o in range(len(b))]


@folding.wrong(
    en="The old bias is normalized too, so it must be multiplied.",
    zh="原来的偏置也经过了归一化，要乘上系数。",
)
def fold_bias(
    w: list[list[float]],
    b: list[float],
    mean: list[float],
    var: list[float],
    gamma: list[float],
    beta: list[float],
    eps: float,
) -> tuple[list[list[float]], list[float]]:
    f = [g / math.sqrt(v + eps) for g, v in zip(gamma, var, strict=True)]
    weights = [[a * number for number in row] for a, row in zip(f, w, strict=True)]
    return weights, [b[o] - mean[o] * f[o] + beta[o] for o in range(len(b))]


@folding.wrong(
    en="The shift comes last: it is not multiplied.",
    zh="平移在最后，不乘系数。",
)
def fold_shift(
    w: list[list[float]],
    b: list[float],
    mean: list[float],
    var: list[float],
    gamma: list[float],
    beta: list[float],
    eps: float,
) -> tuple[list[list[float]], list[float]]:
    f = [g / math.sqrt(v + eps) for g, v in zip(gamma, var, strict=True)]
    weights = [[a * number for number in row] for a, row in zip(f, w, strict=True)]
    return weights, [(b[o] - mean[o] + beta[o]) * f[o] for o in range(len(b))]


@folding.wrong(
    en="It divides by the variance instead of its root.",
    zh="除以了方差，而不是它的平方根。",
)
def fold_variance(
    w: list[list[float]],
    b: list[float],
    mean: list[float],
    var: list[float],
    gamma: list[float],
    beta: list[float],
    eps: float,
) -> tuple[list[list[float]], list[float]]:
    f = [g / (v + eps) for g, v in zip(gamma, var, strict=True)]
    weights = [[a * number for number in row] for a, row in zip(f, w, strict=True)]
    return weights, [(b[o] - mean[o]) * f[o] + beta[o] for o in range(len(b))]


@folding.wrong(
    en="Epsilon was added outside the root.",
    zh="ε 加在了根号外面。",
)
def fold_outside(
    w: list[list[float]],
    b: list[float],
    mean: list[float],
    var: list[float],
    gamma: list[float],
    beta: list[float],
    eps: float,
) -> tuple[list[list[float]], list[float]]:
    f = [g / (math.sqrt(v) + eps) for g, v in zip(gamma, var, strict=True)]
    weights = [[a * number for number in row] for a, row in zip(f, w, strict=True)]
    return weights, [(b[o] - mean[o]) * f[o] + beta[o] for o in range(len(b))]


@folding.wrong(
    en="The factors were put along the inputs; there is one for each output, a row.",
    zh="系数乘到了输入的方向上；系数是每个输出一个，也就是每行一个。",
)
def fold_columns(
    w: list[list[float]],
    b: list[float],
    mean: list[float],
    var: list[float],
    gamma: list[float],
    beta: list[float],
    eps: float,
) -> tuple[list[list[float]], list[float]]:
    f = [g / math.sqrt(v + eps) for g, v in zip(gamma, var, strict=True)]
    weights = [[a * f[j % len(f)] for j, a in enumerate(row)] for row in w]
    return weights, [(b[o] - mean[o]) * f[o] + beta[o] for o in range(len(b))]


Layer = tuple[Matrix, Numbers, Numbers, Numbers, Numbers, Numbers, float]


def _layer(random: Random, rows: int, columns: int) -> Layer:
    def numbers(count: int, low: int = -12) -> Numbers:
        return [random.randint(low, 12) / 4 for _ in range(count)]

    w = [numbers(columns) for _ in range(rows)]
    b, mean, var, gamma, beta = (numbers(rows, low) for low in (-12, -12, 0, -12, -12))
    return w, b, mean, var, gamma, beta, random.choice([1.0, 0.25, 1e-3, 1e-5])


@folding.cases
def folding_cases(random: Random) -> Iterator[Layer]:
    yield [], [], [], [], [], [], 0.5
    yield [[]], [1.0], [2.0], [3.0], [4.0], [5.0], 1.0
    yield [[1.0]], [1.0], [0.0], [0.0], [1.0], [0.0], 0.25
    yield [[2.0, -1.0]], [0.5], [1.0], [3.75], [3.0], [0.25], 0.25
    yield [[2.0]], [0.0], [1.0], [0.0], [1.0], [0.0], 1e-5
    yield (
        [[1.0, 1.0]] * 2,
        [1.0, 1.0],
        [0.0, 0.0],
        [3.0, 8.0],
        [2.0, 3.0],
        [0.0, 0.0],
        1.0,
    )
    for _ in range(30):
        yield _layer(random, random.randint(1, 4), random.randint(0, 4))


@folding.large
def folding_large(random: Random) -> Iterator[Layer]:
    yield _layer(random, 64, 64)


@folding.brute
def folding_brute(
    w: Matrix,
    b: Numbers,
    mean: Numbers,
    var: Numbers,
    gamma: Numbers,
    beta: Numbers,
    eps: float,
) -> tuple[Matrix, Numbers]:
    # Both layers one after the other, on zeros and on each input alone.
    with localcontext() as context:
        context.prec = 60

        def both(o: int, given: list[int]) -> Decimal:
            x = sum(
                (Decimal(a) * v for a, v in zip(w[o], given, strict=True)),
                Decimal(b[o]),
            )
            size = (Decimal(var[o]) + Decimal(eps)).sqrt()
            return (x - Decimal(mean[o])) / size * Decimal(gamma[o]) + Decimal(beta[o])

        bias, weights = [], []
        for o, row in enumerate(w):
            k = len(row)
            none = both(o, [0] * k)
            bias.append(float(none))
            alone = [[int(i == j) for i in range(k)] for j in range(k)]
            weights.append([float(both(o, given) - none) for given in alone])
        return weights, bias
