"""Exercises on logistic regression: a stable loss, a Newton step, and when none ends."""

import math
from collections.abc import Iterator
from decimal import Decimal, localcontext
from random import Random

from notekit.study.judge import Exercise, Words

softplus = Exercise(
    en=Words(
        title="The loss of one logit",
        statement="""\
A row with label 0 and logit $z$ costs $\\ln(1 + e^z)$, and one with label 1 costs
$\\ln(1 + e^{-z})$. So one function is enough: return $\\ln(1 + e^z)$.

- `z`: a number from $-10^6$ to $10^6$.

Results may be off by $10^{-12}$, relative to their size or to 1.
""",
        hints=(
            "At $z = 1000$, $e^z$ is too large for a float. What is $\\ln(1 + e^z)$ there,"
            " nearly?",
            "Take $e^z$ out of the logarithm where $z > 0$: what is left is"
            " $\\ln(1 + e^{-z})$, whose exponential cannot overflow.",
        ),
    ),
    zh=Words(
        title="一个 logit 的损失",
        statement="""\
标签为 0、logit 为 $z$ 的一行，损失是 $\\ln(1 + e^z)$；标签为 1 的，损失是 $\\ln(1 + e^{-z})$。所以一个函数就够了：返回 $\\ln(1 + e^z)$。

- `z`：$-10^6$ 到 $10^6$ 之间的数。

允许 $10^{-12}$ 的误差（结果的绝对值超过 1 时指相对误差，否则指绝对误差）。
""",
        hints=(
            "$z = 1000$ 时，$e^z$ 超出浮点数的范围。这时 $\\ln(1 + e^z)$ 大约是多少？",
            "$z > 0$ 时，从对数里提出 $e^z$，剩下 $\\ln(1 + e^{-z})$，它的指数不会上溢。",
        ),
    ),
    examples="""\
>>> round(log1pexp(0), 4)
0.6931
>>> log1pexp(1000)
1000.0
>>> round(log1pexp(2), 4)
2.1269
""",
    tolerance=1e-12,
    lacks={"ties": "a single number has no equal"},
)


@softplus.solution
def log1pexp(z: float) -> float:
    return max(z, 0.0) + math.log1p(math.exp(-abs(z)))


@softplus.wrong(
    en="As it is written: $e^{1000}$ overflows.",
    zh="照公式直接写：$e^{1000}$ 会上溢。",
)
def log1pexp_plain(z: float) -> float:
    return math.log(1 + math.exp(z))


@softplus.wrong(
    en="The limit for large $\\lvert z \\rvert$ is taken for the function: at 0 it is"
    " $\\ln 2$.",
    zh="把 $\\lvert z \\rvert$ 很大时的极限当成了函数本身：在 0 处应是 $\\ln 2$。",
)
def log1pexp_relu(z: float) -> float:
    return z if z > 0 else 0.0


@softplus.wrong(
    en="What was taken out of the logarithm, $z$ where it is positive, is not added.",
    zh="从对数里提出来的 $z$（为正时）没有加回去。",
)
def log1pexp_half(z: float) -> float:
    return math.log(1 + math.exp(-abs(z)))


@softplus.wrong(
    en="Cut off at 30 to prevent the overflow: larger logits all cost the same.",
    zh="为了防止上溢，在 30 处截断：更大的 logit 损失都一样了。",
)
def log1pexp_clipped(z: float) -> float:
    return math.log(1 + math.exp(min(z, 30.0)))


@softplus.wrong(
    en="Beyond 20, $z$ itself: at 20.5 that is off by $1.2 \\cdot 10^{-9}$, too much here.",
    zh="大于 20 就直接返回 $z$：在 20.5 处误差是 $1.2 \\cdot 10^{-9}$，超出这里的允许范围。",
)
def log1pexp_threshold(z: float) -> float:
    return z if z > 20 else math.log1p(math.exp(z))


@softplus.cases
def softplus_cases(random: Random) -> Iterator[tuple[float]]:
    for z in (
        0,
        1,
        -1,
        2,
        -2,
        0.5,
        20.5,
        -20.5,
        25,
        -25,
        30,
        -30,
        40,
        -40,
        700,
        -700,
        1000,
        -1000,
    ):
        yield (z,)
    for _ in range(30):
        yield (round(random.gauss(0, 8), 2),)
    yield (-(10**6),)
    yield (10**6,)


@softplus.brute
def softplus_brute(z: float) -> float:
    with localcontext() as context:
        context.prec = 60
        return float((1 + Decimal(z).exp()).ln())


newton = Exercise(
    en=Words(
        title="One Newton step",
        statement="""\
Logistic regression with one feature: $p_i = 1/(1 + e^{-(w x_i + b)})$, and the loss is the
**mean** over the rows of $-y_i \\ln p_i - (1 - y_i) \\ln(1 - p_i)$, plus
$\\frac\\lambda2 w^2$. The intercept $b$ is not penalised. Return the pair $(w, b)$ after one
undamped Newton step from the given $w$ and $b$: both change at once, by minus the inverse
of the $2 \\times 2$ Hessian times the gradient.

- `xs`: at least one number, from $-10$ to 10.
- `ys`: for each of them a label, 0 or 1.
- `w`, `b`: where the step starts; $\\lvert w x_i + b \\rvert \\le 10$.
- `lam`: $\\lambda$, at least 0.01, so that the Hessian is invertible.

Results may be off by $10^{-7}$, relative to their size or to 1.
""",
        hints=(
            "With $r_i = p_i - y_i$ the gradient is the mean of $r_i x_i$, plus"
            " $\\lambda w$, and the mean of $r_i$.",
            "With $s_i = p_i (1 - p_i)$ the Hessian has the means of $s_i x_i^2$, plus"
            " $\\lambda$, of $s_i x_i$ (twice), and of $s_i$. Two equations with two"
            " unknowns: use determinants.",
        ),
    ),
    zh=Words(
        title="牛顿法的一步",
        statement="""\
只有一个特征的逻辑回归：$p_i = 1/(1 + e^{-(w x_i + b)})$，损失是 $-y_i \\ln p_i - (1 - y_i) \\ln(1 - p_i)$ 对各行的**平均**，再加 $\\frac\\lambda2 w^2$；截距 $b$ 不受惩罚。从给定的 $w$ 和 $b$ 出发，走一步不减步长的牛顿法，返回走完之后的 $(w, b)$：两者同时改变，改变量是负的 $2 \\times 2$ 海森矩阵的逆乘以梯度。

- `xs`：至少一个数，在 $-10$ 到 10 之间。
- `ys`：每个数的标签，0 或 1。
- `w`、`b`：出发点，满足 $\\lvert w x_i + b \\rvert \\le 10$。
- `lam`：$\\lambda$，不小于 0.01，所以海森矩阵可逆。

允许 $10^{-7}$ 的误差（结果的绝对值超过 1 时指相对误差，否则指绝对误差）。
""",
        hints=(
            "记 $r_i = p_i - y_i$。梯度的两个分量是：$r_i x_i$ 的平均加 $\\lambda w$，以及 $r_i$ 的平均。",
            "记 $s_i = p_i (1 - p_i)$。海森矩阵里是 $s_i x_i^2$ 的平均加 $\\lambda$、$s_i x_i$ 的平均（两处）、$s_i$ 的平均。两个方程两个未知数，用行列式解。",
        ),
    ),
    examples="""\
>>> w, b = newton_step([-1, 1], [0, 1], 0, 0, 0.25)
>>> round(w, 6), round(b, 6)
(1.0, 0.0)
>>> w, b = newton_step([0, 1, 2, 3], [0, 1, 0, 1], 0, 0, 0.01)
>>> round(w, 4), round(b, 4)
(0.7752, -1.1628)
""",
    tolerance=1e-7,
    lacks={"empty": "there is a row"},
)


@newton.solution
def newton_step(
    xs: list[float], ys: list[int], w: float, b: float, lam: float
) -> tuple[float, float]:
    n = len(xs)
    gw, gb, hww, hwb, hbb = lam * w, 0.0, lam, 0.0, 0.0
    for x, y in zip(xs, ys):
        p = 1 / (1 + math.exp(-(w * x + b)))
        r, s = p - y, p * (1 - p)
        gw, gb = gw + r * x / n, gb + r / n
        hww, hwb, hbb = hww + s * x * x / n, hwb + s * x / n, hbb + s / n
    det = hww * hbb - hwb * hwb
    return w - (hbb * gw - hwb * gb) / det, b - (hww * gb - hwb * gw) / det


@newton.wrong(
    en="The penalty is on the intercept as well.",
    zh="把截距也惩罚了。",
)
def newton_step_all(
    xs: list[float], ys: list[int], w: float, b: float, lam: float
) -> tuple[float, float]:
    n = len(xs)
    gw, gb, hww, hwb, hbb = lam * w, lam * b, lam, 0.0, lam
    for x, y in zip(xs, ys):
        p = 1 / (1 + math.exp(-(w * x + b)))
        r, s = p - y, p * (1 - p)
        gw, gb = gw + r * x / n, gb + r / n
        hww, hwb, hbb = hww + s * x * x / n, hwb + s * x / n, hbb + s / n
    det = hww * hbb - hwb * hwb
    return w - (hbb * gw - hwb * gb) / det, b - (hww * gb - hwb * gw) / det


@newton.wrong(
    en="Sums instead of means: beside them the penalty is $n$ times too small.",
    zh="用了总和而不是平均：相比之下，惩罚小了 $n$ 倍。",
)
def newton_step_sums(
    xs: list[float], ys: list[int], w: float, b: float, lam: float
) -> tuple[float, float]:
    gw, gb, hww, hwb, hbb = lam * w, 0.0, lam, 0.0, 0.0
    for x, y in zip(xs, ys):
        p = 1 / (1 + math.exp(-(w * x + b)))
        r, s = p - y, p * (1 - p)
        gw, gb = gw + r * x, gb + r
        hww, hwb, hbb = hww + s * x * x, hwb + s * x, hbb + s
    det = hww * hbb - hwb * hwb
    return w - (hbb * gw - hwb * gb) / det, b - (hww * gb - hwb * gw) / det


@newton.wrong(
    en="The weights are $p_i$ instead of $p_i (1 - p_i)$.",
    zh="权用了 $p_i$，而不是 $p_i (1 - p_i)$。",
)
def newton_step_weights(
    xs: list[float], ys: list[int], w: float, b: float, lam: float
) -> tuple[float, float]:
    n = len(xs)
    gw, gb, hww, hwb, hbb = lam * w, 0.0, lam, 0.0, 0.0
    for x, y in zip(xs, ys):
        p = 1 / (1 + math.exp(-(w * x + b)))
        gw, gb = gw + (p - y) * x / n, gb + (p - y) / n
        hww, hwb, hbb = hww + p * x * x / n, hwb + p * x / n, hbb + p / n
    det = hww * hbb - hwb * hwb or 1
    return w - (hbb * gw - hwb * gb) / det, b - (hww * gb - hwb * gw) / det


@newton.wrong(
    en="Each parameter is divided by its own curvature; that both act together is lost.",
    zh="每个参数各除以自己的曲率，忽略了两者的相互作用。",
)
def newton_step_diagonal(
    xs: list[float], ys: list[int], w: float, b: float, lam: float
) -> tuple[float, float]:
    n = len(xs)
    gw, gb, hww, hbb = lam * w, 0.0, lam, 0.0
    for x, y in zip(xs, ys):
        p = 1 / (1 + math.exp(-(w * x + b)))
        r, s = p - y, p * (1 - p)
        gw, gb = gw + r * x / n, gb + r / n
        hww, hbb = hww + s * x * x / n, hbb + s / n
    return w - gw / hww, b - gb / hbb


@newton.wrong(
    en="The step goes up: the gradient of the loss is added.",
    zh="方向反了：加上了损失的梯度。",
)
def newton_step_up(
    xs: list[float], ys: list[int], w: float, b: float, lam: float
) -> tuple[float, float]:
    n = len(xs)
    gw, gb, hww, hwb, hbb = lam * w, 0.0, lam, 0.0, 0.0
    for x, y in zip(xs, ys):
        p = 1 / (1 + math.exp(-(w * x + b)))
        r, s = p - y, p * (1 - p)
        gw, gb = gw + r * x / n, gb + r / n
        hww, hwb, hbb = hww + s * x * x / n, hwb + s * x / n, hbb + s / n
    det = hww * hbb - hwb * hwb
    return w + (hbb * gw - hwb * gb) / det, b + (hww * gb - hwb * gw) / det


NewtonCase = tuple[list[float], list[int], float, float, float]


def rows(random: Random, n: int) -> NewtonCase:
    xs = [random.randint(-16, 16) / 4 for _ in range(n)]
    w, b = random.randint(-8, 8) / 4, random.randint(-8, 8) / 4
    return xs, [random.randint(0, 1) for _ in xs], w, b, random.choice([0.01, 0.1, 1])


@newton.cases
def newton_cases(random: Random) -> Iterator[NewtonCase]:
    yield [2], [1], 0, 0, 1
    yield [0], [0], 0, 0, 0.01
    yield [-1, 1], [0, 1], 0, 0, 0.25
    yield [3, 3], [0, 1], 1, -1, 0.1
    yield [0, 1, 2, 3], [0, 1, 0, 1], 0, 0, 0.01
    yield [10, -10], [0, 1], 1, 0, 0.5
    for _ in range(25):
        yield rows(random, random.randint(1, 8))


@newton.large
def newton_large(random: Random) -> Iterator[NewtonCase]:
    yield rows(random, 2000)


@newton.brute
def newton_brute(
    xs: list[float], ys: list[int], w: float, b: float, lam: float
) -> tuple[float, float]:
    # Derivatives by differences, in sixty digits.
    with localcontext() as context:
        context.prec = 60
        e, at_w, at_b = Decimal("1e-15"), Decimal(w), Decimal(b)

        def loss(i: int, j: int) -> Decimal:
            u, v = at_w + i * e, at_b + j * e
            total = Decimal(lam) * u * u / 2
            for x, y in zip(xs, ys):
                z = u * Decimal(x) + v
                total += ((1 + z.exp()).ln() - y * z) / len(xs)
            return total

        gw, gb = (loss(1, 0) - loss(-1, 0)) / 2, (loss(0, 1) - loss(0, -1)) / 2
        hww = loss(1, 0) - 2 * loss(0, 0) + loss(-1, 0)
        hbb = loss(0, 1) - 2 * loss(0, 0) + loss(0, -1)
        hwb = (loss(1, 1) - loss(1, -1) - loss(-1, 1) + loss(-1, -1)) / 4
        # hww dw + hwb db = -e gw and so on: take dw from one equation into the other.
        db = -e * (gb - hwb / hww * gw) / (hbb - hwb * hwb / hww)
        dw = (-e * gw - hwb * db) / hww
        return float(at_w + dw), float(at_b + db)


minimum = Exercise(
    en=Words(
        title="Is there a minimum?",
        statement="""\
Logistic regression with one feature, an intercept and no penalty. A direction
$(w, b)$ *separates* if $(2y_i - 1)(w x_i + b) \\ge 0$ for all rows and $> 0$ for at least
one. If there is such a direction, the loss falls along it for ever, and there is no minimum;
if there is none, there is a minimum. Return whether the loss has a minimum.

- `xs`: at least one number, up to 2,000; several may be equal.
- `ys`: for each of them a label, 0 or 1. All may be the same.
""",
        hints=(
            "What is the loss if only one label occurs? Let $b$ grow.",
            "With both labels, look at the largest $x$ of one label and the smallest of the"
            " other. They may be equal. And what if all $x$ are equal?",
        ),
    ),
    zh=Words(
        title="最小值存在吗",
        statement="""\
逻辑回归，一个特征，有截距，没有惩罚。如果对所有的行都有 $(2y_i - 1)(w x_i + b) \\ge 0$，而且至少有一行 $> 0$，就说方向 $(w, b)$ *把数据分开*。有这样的方向，损失就沿着它一直下降，最小值不存在；没有这样的方向，最小值就存在。返回损失是否有最小值。

- `xs`：至少一个数，至多 2,000 个，可以有相等的。
- `ys`：每个数的标签，0 或 1，可以全都一样。
""",
        hints=(
            "只出现一种标签时，损失会怎样？让 $b$ 增大看看。",
            "两种标签都有时，比较一种标签里最大的 $x$ 和另一种里最小的 $x$，它们可能相等。如果所有的 $x$ 都相等呢？",
        ),
    ),
    examples="""\
>>> has_minimum([1, 2, 3, 4], [0, 1, 0, 1])
True
>>> has_minimum([1, 2, 3, 4], [0, 0, 1, 1])
False
>>> has_minimum([0, 1, 1, 2], [0, 0, 1, 1])
False
>>> has_minimum([5, 5], [0, 1])
True
""",
    lacks={"empty": "there is a row"},
)


@minimum.solution
def has_minimum(xs: list[float], ys: list[int]) -> bool:
    zeros = [x for x, y in zip(xs, ys) if y == 0]
    ones = [x for x, y in zip(xs, ys) if y == 1]
    if not zeros or not ones:
        return False
    if min(xs) == max(xs):
        return True
    return max(zeros) > min(ones) and max(ones) > min(zeros)


@minimum.wrong(
    en="Rows with equal $x$ and both labels on the border: the others still run away.",
    zh="边界上有 $x$ 相等而标签不同的行，其余的行仍然可以一直远离。",
)
def has_minimum_strict(xs: list[float], ys: list[int]) -> bool:
    zeros = [x for x, y in zip(xs, ys) if y == 0]
    ones = [x for x, y in zip(xs, ys) if y == 1]
    if not zeros or not ones:
        return False
    return max(zeros) >= min(ones) and max(ones) >= min(zeros)


@minimum.wrong(
    en="The ones may also lie on the left.",
    zh="标签 1 也可能在左边。",
)
def has_minimum_one_side(xs: list[float], ys: list[int]) -> bool:
    zeros = [x for x, y in zip(xs, ys) if y == 0]
    ones = [x for x, y in zip(xs, ys) if y == 1]
    if not zeros or not ones:
        return False
    if min(xs) == max(xs):
        return True
    return max(zeros) > min(ones)


@minimum.wrong(
    en="If all $x$ are equal, no direction separates both labels.",
    zh="所有 $x$ 都相等时，没有方向能分开两种标签。",
)
def has_minimum_constant(xs: list[float], ys: list[int]) -> bool:
    zeros = [x for x, y in zip(xs, ys) if y == 0]
    ones = [x for x, y in zip(xs, ys) if y == 1]
    if not zeros or not ones:
        return False
    return max(zeros) > min(ones) and max(ones) > min(zeros)


@minimum.wrong(
    en="With one label only, the intercept alone lowers the loss for ever.",
    zh="只有一种标签时，单靠截距就能让损失一直下降。",
)
def has_minimum_one_label(xs: list[float], ys: list[int]) -> bool:
    zeros = [x for x, y in zip(xs, ys) if y == 0]
    ones = [x for x, y in zip(xs, ys) if y == 1]
    if not zeros or not ones or min(xs) == max(xs):
        return True
    return max(zeros) > min(ones) and max(ones) > min(zeros)


MinimumCase = tuple[list[float], list[int]]


@minimum.cases
def minimum_cases(random: Random) -> Iterator[MinimumCase]:
    yield [3], [0]
    yield [3], [1]
    yield [5, 5], [0, 1]
    yield [5, 5], [1, 1]
    yield [1, 2], [0, 1]
    yield [1, 2], [1, 0]
    yield [0, 1, 1, 2], [0, 0, 1, 1]
    yield [0, 1, 1, 2], [1, 1, 0, 0]
    yield [1, 2, 3, 4], [0, 1, 0, 1]
    for _ in range(50):
        n = random.randint(1, 6)
        yield (
            [random.randint(-2, 2) for _ in range(n)],
            [random.randint(0, 1) for _ in range(n)],
        )


@minimum.large
def minimum_large(random: Random) -> Iterator[MinimumCase]:
    xs = [random.randint(-(10**6), 10**6) for _ in range(2_000)]
    yield xs, [int(x > 0) for x in xs]
    yield [*xs, 7, 9], [*(int(x > 0) for x in xs), 1, 0]


@minimum.brute
def minimum_brute(xs: list[float], ys: list[int]) -> bool:
    # A border can be moved until it meets a row, or there is none.
    directions = [(0, 1), (0, -1)]
    for x in xs:
        directions += [(1, -x), (-1, x)]
        for other in xs:
            directions += [(2, -x - other), (-2, x + other)]
    for w, b in directions:
        margins = [(2 * y - 1) * (w * x + b) for x, y in zip(xs, ys)]
        if min(margins) >= 0 and max(margins) > 0:
            return False
    return True
