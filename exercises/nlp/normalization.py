"""Exercises on normalization: RMSNorm of some tokens, the gradient of LayerNorm."""

from collections.abc import Iterator
from decimal import Decimal, localcontext
from random import Random
from typing import Any

from notekit.study.judge import Exercise, Words

rms = Exercise(
    en=Words(
        title="RMSNorm",
        statement="""\
Return RMSNorm of some tokens: each row over the root of (its mean square plus `eps`), times the gain.

- `x`: a list of $n \\ge 1$ rows of $d \\ge 1$ numbers, at most $10^6$ in size.
- `gain`: $d$ numbers, one a feature. `eps`: a number from $10^{-12}$ to 1.
- Return a new list of $n$ rows (or an array); `x` and `gain` stay as they are.

Results may be off by $10^{-9}$, relative to their size or to 1.
""",
        hints=(
            "What belongs to one token, and what to all of them?",
            "For one row: `size = (sum(v * v for v in row) / len(row) + eps) ** 0.5`.",
        ),
    ),
    zh=Words(
        title="RMSNorm",
        statement="""\
对若干词元做 RMSNorm：每一行除以（本行的均方加 `eps`）的平方根，再乘增益。

- `x`：$n \\ge 1$ 行，每行 $d \\ge 1$ 个数，绝对值不超过 $10^6$。
- `gain`：$d$ 个数，每个特征一个。`eps`：$10^{-12}$ 到 1 之间的数。
- 返回新的 $n$ 行（或数组），`x` 和 `gain` 保持不变。

允许 $10^{-9}$ 的误差（结果的绝对值超过 1 时指相对误差，否则指绝对误差）。
""",
        hints=(
            "哪些量属于一个词元，哪些量为全体词元共用？",
            "对一行来说：`size = (sum(v * v for v in row) / len(row) + eps) ** 0.5`。",
        ),
    ),
    examples="""\
>>> [[round(v, 3) for v in row] for row in rms_norm([[7.0, 1.0]], [1.0, 1.0], 1e-12)]
[[1.4, 0.2]]
>>> rms_norm([[0.0, 0.0]], [1.0, 2.0], 1e-6)
[[0.0, 0.0]]
""",
    tolerance=1e-9,
    lacks={"empty": "there is a token, and it has a feature"},
)


@rms.solution
def rms_norm(x: list[list[float]], gain: list[float], eps: float) -> list[list[float]]:
    result = []
    for row in x:
        size = (sum(v * v for v in row) / len(row) + eps) ** 0.5
        result.append([v / size * g for v, g in zip(row, gain)])
    return result


@rms.wrong(
    en="It divides by the length of the row, the root of the sum: too large by the root of d.",
    zh="除以了一行的长度，即平方和的平方根：除数是应有的根号 d 倍。",
)
def rms_norm_length(
    x: list[list[float]], gain: list[float], eps: float
) -> list[list[float]]:
    result = []
    for row in x:
        size = (sum(v * v for v in row) + eps) ** 0.5
        result.append([v / size * g for v, g in zip(row, gain)])
    return result


@rms.wrong(
    en="One mean square of all tokens: the small ones vanish beside the large ones.",
    zh="对所有词元只求了一个均方：数值小的词元在大的旁边几乎消失。",
)
def rms_norm_all(
    x: list[list[float]], gain: list[float], eps: float
) -> list[list[float]]:
    values = [v for row in x for v in row]
    size = (sum(v * v for v in values) / len(values) + eps) ** 0.5
    return [[v / size * g for v, g in zip(row, gain)] for row in x]


@rms.wrong(
    en="`eps` outside the root: small rows come out too large.",
    zh="`eps` 加在了根号外面：数值小的行结果偏大。",
)
def rms_norm_outside(
    x: list[list[float]], gain: list[float], eps: float
) -> list[list[float]]:
    result = []
    for row in x:
        size = (sum(v * v for v in row) / len(row)) ** 0.5 + eps
        result.append([v / size * g for v, g in zip(row, gain)])
    return result


@rms.wrong(
    en="It subtracts the mean first: that is LayerNorm.",
    zh="先减去了均值：那是层归一化。",
)
def rms_norm_centred(
    x: list[list[float]], gain: list[float], eps: float
) -> list[list[float]]:
    result = []
    for row in x:
        mean = sum(row) / len(row)
        size = (sum((v - mean) ** 2 for v in row) / len(row) + eps) ** 0.5
        result.append([(v - mean) / size * g for v, g in zip(row, gain)])
    return result


@rms.wrong(
    en="The gain comes before the norm, which divides it out in part.",
    zh="先乘了增益再归一化：增益又被除掉了一部分。",
)
def rms_norm_gain_first(
    x: list[list[float]], gain: list[float], eps: float
) -> list[list[float]]:
    result = []
    for row in x:
        scaled = [v * g for v, g in zip(row, gain)]
        size = (sum(v * v for v in scaled) / len(row) + eps) ** 0.5
        result.append([v / size for v in scaled])
    return result


@rms.wrong(
    en="Right, but it overwrote `x`: in a residual connection, the sum still needs it.",
    zh="结果对，但改写了 `x`：残差连接相加时还要用它。",
)
def rms_norm_in_place(
    x: list[list[float]], gain: list[float], eps: float
) -> list[list[float]]:
    for row in x:
        size = (sum(v * v for v in row) / len(row) + eps) ** 0.5
        for j, g in enumerate(gain):
            row[j] *= g / size
    return x


@rms.drive
def rms_drive(answer: Any, x: list[list[float]], gain: list[float], eps: float) -> Any:
    rows, gains = [list(row) for row in x], list(gain)
    result = answer(x, gain, eps)
    if rows != x:
        return "x was changed"
    return result if gains == gain else "gain was changed"


@rms.cases
def rms_cases(random: Random) -> Iterator[tuple[list[list[float]], list[float], float]]:
    yield [[0.0]], [1.0], 1e-6
    yield [[-5.0]], [3.0], 1e-12
    yield [[1.0, 1.0], [100.0, 100.0]], [1.0, 1.0], 1e-6
    yield [[1e-4, 2e-4]], [1.0, 1.0], 1e-6
    yield [[0.0, 0.0, 0.0], [1.0, 2.0, 3.0]], [1.0, -1.0, 0.0], 1e-5
    yield [[1e6, -1e6], [1e-6, 0.0]], [1.0, 1.0], 1e-12
    yield [[1.0, 2.0, 3.0, 4.0]], [2.0, 0.5, 1.0, -1.0], 1.0
    for _ in range(30):
        n, d = random.randint(1, 3), random.randint(1, 4)
        size = random.choice([1e-4, 1.0, 1000.0])
        x = [[size * random.randint(-8, 8) / 4 for _ in range(d)] for _ in range(n)]
        gain = [random.randint(-4, 8) / 4 for _ in range(d)]
        yield x, gain, random.choice([1e-12, 1e-6, 1e-5, 0.1])


@rms.brute
def rms_brute(x: list[list[float]], gain: list[float], eps: float) -> list[list[float]]:
    # Each number for itself, with 50 digits: v g sqrt(d / (sum of squares + d eps)).
    with localcontext() as context:
        context.prec = 50
        found = []
        for row in x:
            exact, d = [Decimal(v) for v in row], len(row)
            under = Decimal(d) / (sum(v**2 for v in exact) + d * Decimal(eps))
            found.append(
                [float(v * Decimal(g) * under.sqrt()) for v, g in zip(exact, gain)]
            )
        return found


slope = Exercise(
    en=Words(
        title="The gradient of LayerNorm",
        statement="""\
A token `x` goes through LayerNorm: the output is $\\gamma \\odot \\hat x + \\beta$. `grad` is the
gradient of a loss by that output. Return the gradient by `x`.

- `x`, `grad`, `gain`: lists of $d \\ge 1$ numbers each, at most 1000 in size.
- `eps`: a number from $10^{-6}$ to 1, added to the variance (which divides by $d$), under the root.
- Return $d$ numbers, a new list or an array; the arguments stay as they are.

Results may be off by $10^{-7}$, relative to their size or to 1.
""",
        hints=(
            "Multiply `grad` by the gain first: that is the gradient by $\\hat x$. Mean and"
            " standard deviation depend on `x` as well.",
            "Two means of $d$ numbers are subtracted: of $g$, and of $g \\hat x$, the second times $\\hat x$.",
        ),
    ),
    zh=Words(
        title="层归一化的梯度",
        statement="""\
一个词元 `x` 经过层归一化，输出是 $\\gamma \\odot \\hat x + \\beta$。`grad` 是损失对这个输出的梯度。求损失对 `x` 的梯度。

- `x`、`grad`、`gain`：各有 $d \\ge 1$ 个数，绝对值不超过 1000。
- `eps`：$10^{-6}$ 到 1 之间的数，在根号里与方差相加；方差除以 $d$。
- 返回 $d$ 个数，新的列表或数组，各个参数保持不变。

允许 $10^{-7}$ 的误差（结果的绝对值超过 1 时指相对误差，否则指绝对误差）。
""",
        hints=(
            "先把 `grad` 乘上增益，得到对 $\\hat x$ 的梯度。均值和标准差也依赖于 `x`。",
            "要减去两个由 $d$ 个数求出的平均：$g$ 的平均，以及 $g \\hat x$ 的平均再乘 $\\hat x$。",
        ),
    ),
    examples="""\
>>> ones = [1.0, 1.0, 1.0, 1.0]
>>> found = layer_norm_grad([1.0, 2.0, 3.0, 4.0], [1.0, 0.0, 0.0, 0.0], ones, 1e-6)
>>> [round(v, 4) for v in found]
[0.2683, -0.3578, -0.0894, 0.1789]
>>> layer_norm_grad([5.0], [1.0], [1.0], 1e-6)
[0.0]
""",
    tolerance=1e-7,
    lacks={"empty": "there is a feature"},
)


@slope.solution
def layer_norm_grad(
    x: list[float], grad: list[float], gain: list[float], eps: float
) -> list[float]:
    d = len(x)
    mean = sum(x) / d
    size = (sum((v - mean) ** 2 for v in x) / d + eps) ** 0.5
    normed = [(v - mean) / size for v in x]
    g = [a * b for a, b in zip(grad, gain)]
    g_mean = sum(g) / d
    along = sum(a * b for a, b in zip(g, normed)) / d
    return [(a - g_mean - b * along) / size for a, b in zip(g, normed)]


@slope.wrong(
    en="Mean and standard deviation are treated as constants.",
    zh="把均值和标准差当成了常数。",
)
def layer_norm_grad_constants(
    x: list[float], grad: list[float], gain: list[float], eps: float
) -> list[float]:
    d = len(x)
    mean = sum(x) / d
    size = (sum((v - mean) ** 2 for v in x) / d + eps) ** 0.5
    return [a * b / size for a, b in zip(grad, gain)]


@slope.wrong(
    en="Only the mean was seen to depend on x, not the standard deviation.",
    zh="只考虑了均值依赖于 x，没有考虑标准差也依赖于 x。",
)
def layer_norm_grad_mean_only(
    x: list[float], grad: list[float], gain: list[float], eps: float
) -> list[float]:
    d = len(x)
    mean = sum(x) / d
    size = (sum((v - mean) ** 2 for v in x) / d + eps) ** 0.5
    g = [a * b for a, b in zip(grad, gain)]
    return [(a - sum(g) / d) / size for a in g]


@slope.wrong(
    en="The mean of g is not subtracted: that is the gradient of RMSNorm of the centred row, by that row.",
    zh="没有减去 g 的平均：那是 RMSNorm 对中心化之后的行的梯度，不是对 x 的梯度。",
)
def layer_norm_grad_no_mean(
    x: list[float], grad: list[float], gain: list[float], eps: float
) -> list[float]:
    d = len(x)
    mean = sum(x) / d
    size = (sum((v - mean) ** 2 for v in x) / d + eps) ** 0.5
    normed = [(v - mean) / size for v in x]
    g = [a * b for a, b in zip(grad, gain)]
    along = sum(a * b for a, b in zip(g, normed)) / d
    return [(a - b * along) / size for a, b in zip(g, normed)]


@slope.wrong(
    en="The gain multiplies the result; it belongs to the output, so it comes first.",
    zh="把增益乘在了结果上；增益作用于输出，求梯度时应当最先乘。",
)
def layer_norm_grad_gain_last(
    x: list[float], grad: list[float], gain: list[float], eps: float
) -> list[float]:
    d = len(x)
    mean = sum(x) / d
    size = (sum((v - mean) ** 2 for v in x) / d + eps) ** 0.5
    normed = [(v - mean) / size for v in x]
    along = sum(a * b for a, b in zip(grad, normed)) / d
    inner = [(a - sum(grad) / d - b * along) / size for a, b in zip(grad, normed)]
    return [a * b for a, b in zip(inner, gain)]


@slope.wrong(
    en="The variance divides by d - 1.",
    zh="方差除以了 d - 1。",
)
def layer_norm_grad_sample(
    x: list[float], grad: list[float], gain: list[float], eps: float
) -> list[float]:
    d = len(x)
    mean = sum(x) / d
    size = (sum((v - mean) ** 2 for v in x) / max(d - 1, 1) + eps) ** 0.5
    normed = [(v - mean) / size for v in x]
    g = [a * b for a, b in zip(grad, gain)]
    along = sum(a * b for a, b in zip(g, normed)) / d
    return [(a - sum(g) / d - b * along) / size for a, b in zip(g, normed)]


@slope.wrong(
    en="The variance is the mean of squares minus the squared mean: far from 0, all digits cancel.",
    zh="方差用了平方的平均减去平均的平方：数值远离 0 时，有效数字全部丢失。",
)
def layer_norm_grad_one_pass(
    x: list[float], grad: list[float], gain: list[float], eps: float
) -> list[float]:
    d = len(x)
    mean = sum(x) / d
    size = (sum(v * v for v in x) / d - mean * mean + eps) ** 0.5
    normed = [(v - mean) / size for v in x]
    g = [a * b for a, b in zip(grad, gain)]
    along = sum(a * b for a, b in zip(g, normed)) / d
    return [(a - sum(g) / d - b * along) / size for a, b in zip(g, normed)]


@slope.wrong(
    en="Right, but it overwrote `x`, which the caller still needs.",
    zh="结果对，但改写了 `x`，而调用者还要用它。",
)
def layer_norm_grad_in_place(
    x: list[float], grad: list[float], gain: list[float], eps: float
) -> list[float]:
    d = len(x)
    mean = sum(x) / d
    size = (sum((v - mean) ** 2 for v in x) / d + eps) ** 0.5
    normed = [(v - mean) / size for v in x]
    g = [a * b for a, b in zip(grad, gain)]
    along = sum(a * b for a, b in zip(g, normed)) / d
    for j in range(d):
        x[j] = (g[j] - sum(g) / d - normed[j] * along) / size
    return x


SlopeCase = tuple[list[float], list[float], list[float], float]


@slope.drive
def slope_drive(
    answer: Any, x: list[float], grad: list[float], gain: list[float], eps: float
) -> Any:
    before = [*x], [*grad], [*gain]
    result = answer(x, grad, gain, eps)
    return result if before == (x, grad, gain) else "an argument was changed"


@slope.cases
def slope_cases(random: Random) -> Iterator[SlopeCase]:
    yield [5.0], [1.0], [1.0], 1e-6
    yield [1.0, 2.0], [1.0, 0.0], [1.0, 1.0], 1e-5
    yield [5.0, 5.0, 5.0], [1.0, 0.0, -3.0], [1.0, 1.0, 1.0], 0.5
    yield [1.0, 2.0, 3.0, 4.0], [1.0, 0.0, 0.0, 0.0], [1.0] * 4, 1e-6
    yield [1.0, 2.0, 3.0, 4.0], [0.0, 1.0, 0.0, 2.0], [1.0, 3.0, 0.5, -1.0], 1e-5
    yield [0.0, 0.25, -0.25], [1.0, 1.0, 1.0], [1.0, 2.0, 1.0], 1.0
    yield [1000.0, -1000.0, 500.0], [1000.0, 1.0, -1000.0], [1.0, 1.0, 2.0], 1e-6
    yield [1000.0, 999.0, 998.5], [1.0, 2.0, 3.0], [1.0, 1.0, 1.0], 1e-6
    yield [1000.0, 999.9995, 999.998], [1.0, 2.0, 4.0], [1.0, 1.0, 1.0], 1e-6
    for _ in range(30):
        d = random.randint(1, 5)
        x, grad = ([random.randint(-12, 12) / 4 for _ in range(d)] for _ in range(2))
        gain = [random.randint(-4, 8) / 4 for _ in range(d)]
        yield x, grad, gain, random.choice([1e-6, 1e-5, 0.1, 1.0])


@slope.brute
def slope_brute(
    x: list[float], grad: list[float], gain: list[float], eps: float
) -> list[float]:
    # Central differences of the loss, the sum of grad times output, with 90 digits.
    with localcontext() as context:
        context.prec = 90
        step, d = Decimal(10) ** -30, len(x)
        weights = [Decimal(a) * Decimal(b) for a, b in zip(grad, gain)]

        def loss(values: list[Decimal]) -> Decimal:
            mean = sum(values, Decimal(0)) / d
            variance = sum(((v - mean) ** 2 for v in values), Decimal(0)) / d
            size = (variance + Decimal(eps)).sqrt()
            terms = (w * (v - mean) / size for w, v in zip(weights, values))
            return sum(terms, Decimal(0))

        slopes = []
        for j in range(d):
            up, down = [Decimal(v) for v in x], [Decimal(v) for v in x]
            up[j] += step
            down[j] -= step
            slopes.append(float((loss(up) - loss(down)) / (2 * step)))
        return slopes
