"""Exercises on gradient descent: a step with momentum, and the spread of a batch."""

from collections.abc import Iterator
from fractions import Fraction
from itertools import combinations
from random import Random

from notekit.study.judge import Exercise, Words

momentum = Exercise(
    en=Words(
        title="A step with momentum",
        statement="""\
Write one step of gradient descent with momentum, as `torch.optim.SGD` does it: the velocity
$m$ keeps the share $\\beta$ of itself and takes up the gradient, and the point moves against
the new velocity,

$$
m \\leftarrow \\beta m + g, \\qquad x \\leftarrow x - \\eta\\, m.
$$

Return the new point and the new velocity, a pair of lists.

- `x`, `m`, `g`: point, velocity and gradient, lists of the same length, maybe empty; numbers of
  any sign.
- `lr`, `beta`: $\\eta \\ge 0$ and $0 \\le \\beta < 1$.

Results may be off by $10^{-9}$, relative to their size or to 1.
""",
        hints=(
            "Each coordinate goes its own way: look at one of them first.",
            "Compute the new $m$, give it a name, and use it for $x$. Nothing is multiplied by"
            " $1 - \\beta$ here.",
        ),
    ),
    zh=Words(
        title="带动量的一步",
        statement="""\
写出带动量的梯度下降的一步，做法与 `torch.optim.SGD` 相同：速度 $m$ 保留自身的 $\\beta$ 倍，再加上梯度；点沿新速度的反方向移动，

$$
m \\leftarrow \\beta m + g, \\qquad x \\leftarrow x - \\eta\\, m.
$$

返回新的点和新的速度，即两个列表组成的元组。

- `x`、`m`、`g`：点、速度、梯度，长度相同的列表，可以为空，元素可正可负。
- `lr`、`beta`：$\\eta \\ge 0$，$0 \\le \\beta < 1$。

允许 $10^{-9}$ 的误差（结果的绝对值超过 1 时指相对误差，否则指绝对误差）。
""",
        hints=(
            "各个坐标互不相干，先只看一个。",
            "先算出新的 $m$，存进变量，再用它更新 $x$。这里没有哪一项要乘 $1 - \\beta$。",
        ),
    ),
    examples="""\
>>> momentum_step([1.0], [0.0], [1.0], 1.0, 0.5)
([0.0], [1.0])
>>> momentum_step([2.0, 0.0], [4.0, -2.0], [1.0, 1.0], 0.5, 0.5)
([0.5, 0.0], [3.0, 0.0])
""",
    tolerance=1e-9,
)


@momentum.solution
def momentum_step(
    x: list[float], m: list[float], g: list[float], lr: float, beta: float
) -> tuple[list[float], list[float]]:
    m = [beta * old + slope for old, slope in zip(m, g)]
    return [place - lr * speed for place, speed in zip(x, m)], m


@momentum.wrong(
    en="The point moves by the old velocity: from rest, the first step goes nowhere.",
    zh="用旧的速度更新点：从静止出发，第一步哪儿也没去。",
)
def momentum_step_old(
    x: list[float], m: list[float], g: list[float], lr: float, beta: float
) -> tuple[list[float], list[float]]:
    x = [place - lr * speed for place, speed in zip(x, m)]
    return x, [beta * old + slope for old, slope in zip(m, g)]


@momentum.wrong(
    en="This is the moving average: its steps are $1 - \\beta$ times as long.",
    zh="这是滑动平均，每一步只有 $1 - \\beta$ 倍长。",
)
def momentum_step_average(
    x: list[float], m: list[float], g: list[float], lr: float, beta: float
) -> tuple[list[float], list[float]]:
    m = [beta * old + (1 - beta) * slope for old, slope in zip(m, g)]
    return [place - lr * speed for place, speed in zip(x, m)], m


@momentum.wrong(
    en="The sign is wrong: the point climbs.",
    zh="符号错了：点在往上爬。",
)
def momentum_step_climbs(
    x: list[float], m: list[float], g: list[float], lr: float, beta: float
) -> tuple[list[float], list[float]]:
    m = [beta * old + slope for old, slope in zip(m, g)]
    return [place + lr * speed for place, speed in zip(x, m)], m


@momentum.wrong(
    en="The learning rate is in the velocity and in the step: it counts twice.",
    zh="速度里乘了学习率，移动时又乘一遍：学习率算了两回。",
)
def momentum_step_twice(
    x: list[float], m: list[float], g: list[float], lr: float, beta: float
) -> tuple[list[float], list[float]]:
    m = [beta * old + lr * slope for old, slope in zip(m, g)]
    return [place - lr * speed for place, speed in zip(x, m)], m


StepCase = tuple[list[float], list[float], list[float], float, float]


@momentum.cases
def step_cases(random: Random) -> Iterator[StepCase]:
    yield [], [], [], 0.1, 0.9
    yield [1.0], [0.0], [1.0], 1.0, 0.9
    yield [1.0], [0.0], [1.0], 0.0, 0.9
    yield [1.0], [2.0], [0.0], 0.5, 0.5
    yield [-3.0], [1.0], [-1.0], 0.5, 0.0
    yield [2.0, 2.0], [1.0, 1.0], [1.0, 1.0], 0.1, 0.9
    yield [2e6, -3e-4], [-1e6, 2e-4], [4e6, 1e-4], 0.5, 0.9
    for _ in range(20):
        n = random.randint(1, 5)
        yield (
            [random.randint(-8, 8) / 2 for _ in range(n)],
            [random.randint(-8, 8) / 2 for _ in range(n)],
            [random.randint(-8, 8) / 2 for _ in range(n)],
            random.choice([0.1, 0.5, 1.0]),
            random.choice([0.0, 0.5, 0.9]),
        )


@momentum.large
def step_large(random: Random) -> Iterator[StepCase]:
    n = 20_000
    yield (
        [random.uniform(-9, 9) for _ in range(n)],
        [random.uniform(-9, 9) for _ in range(n)],
        [random.uniform(-9, 9) for _ in range(n)],
        0.1,
        0.9,
    )


@momentum.brute
def step_brute(
    x: list[float], m: list[float], g: list[float], lr: float, beta: float
) -> tuple[list[float], list[float]]:
    # In exact fractions: the plain step, then the share of the last one once more.
    points, speeds = [], []
    for i in range(len(x)):
        slope, carried = Fraction(g[i]), Fraction(beta) * Fraction(m[i])
        plain = Fraction(x[i]) - Fraction(lr) * slope
        points.append(float(plain - Fraction(lr) * carried))
        speeds.append(float(slope + carried))
    return points, speeds


batch = Exercise(
    en=Words(
        title="How much does a batch scatter?",
        statement="""\
Each of $N$ examples has a gradient, here one number. A batch is $B$ different examples; all
batches of that size are equally likely. Its mean estimates the mean of all $N$. Return the
variance of that estimate: the mean, over all batches, of its squared distance from the mean of
all examples.

- `gradients`: the numbers, of any sign, at least one; they may be equal, and as large as
  $10^9$ while they differ by 1 only.
- `batch`: $B$, with $1 \\le B \\le N$. There are up to 20,000 examples, so the batches cannot be
  listed.

Results may be off by $10^{-6}$, relative to their size or to 1.
""",
        hints=(
            "With $B = N$ there is one batch only, and nothing scatters. What does"
            " $\\sigma^2 / B$ say there?",
            "Multiply $\\sigma^2 / B$ by $(N - B)/(N - 1)$, where $\\sigma^2$ divides by $N$. Subtract"
            " the mean before you square. For $N = 1$ the answer is 0.",
        ),
    ),
    zh=Words(
        title="一个批次波动多大",
        statement="""\
有 $N$ 个样本，每个样本的梯度是一个数。从中取 $B$ 个不同的样本组成一个批次，所有这样的批次等可能。批次的均值用来估计全部 $N$ 个样本的均值。返回这个估计的方差：它与全体均值之差的平方，对所有批次取平均。

- `gradients`：各个样本的梯度，可正可负，至少一个；可以相等，也可以大到 $10^9$ 而彼此只差 1。
- `batch`：$B$，满足 $1 \\le B \\le N$。样本最多 20,000 个，所以不能把批次一一列出。

允许 $10^{-6}$ 的误差（结果的绝对值超过 1 时指相对误差，否则指绝对误差）。
""",
        hints=(
            "$B = N$ 时批次只有一个，没有波动。$\\sigma^2 / B$ 此时等于多少？",
            "用 $\\sigma^2 / B$ 乘以 $(N - B)/(N - 1)$，其中 $\\sigma^2$ 是除以 $N$ 的方差。先减去均值再平方。$N = 1$ 时答案是 0。",
        ),
    ),
    examples="""\
>>> batch_variance([1, 3], 1)
1.0
>>> batch_variance([1, 3], 2)
0.0
>>> batch_variance([0, 3, 6], 2)
1.5
""",
    tolerance=1e-6,
    lacks={"empty": "without examples there is no gradient"},
)


@batch.solution
def batch_variance(gradients: list[float], batch: int) -> float:
    n = len(gradients)
    if n == 1:
        return 0.0
    mean = sum(gradients) / n
    variance = sum((g - mean) ** 2 for g in gradients) / n
    return variance / batch * (n - batch) / (n - 1)


@batch.wrong(
    en="$\\sigma^2/B$ is the variance with replacement: a batch of all examples would still scatter.",
    zh="$\\sigma^2/B$ 是有放回抽样的方差：按它算，取全部样本时也有波动。",
)
def batch_variance_replaced(gradients: list[float], batch: int) -> float:
    n = len(gradients)
    mean = sum(gradients) / n
    return sum((g - mean) ** 2 for g in gradients) / n / batch


@batch.wrong(
    en="The factor is $(N-B)/N$: right only with a $\\sigma^2$ that divides by $N - 1$.",
    zh="系数写成了 $(N-B)/N$：只有 $\\sigma^2$ 除以 $N - 1$ 时才对。",
)
def batch_variance_factor(gradients: list[float], batch: int) -> float:
    n = len(gradients)
    mean = sum(gradients) / n
    variance = sum((g - mean) ** 2 for g in gradients) / n
    return variance / batch * (n - batch) / n


@batch.wrong(
    en="The mean of the squares minus the square of the mean: large numbers leave no digit.",
    zh="平方的均值减去均值的平方：数很大时，有效数字全部抵消。",
)
def batch_variance_cancels(gradients: list[float], batch: int) -> float:
    n = len(gradients)
    if n == 1:
        return 0.0
    mean = sum(gradients) / n
    variance = sum(g * g for g in gradients) / n - mean**2
    return variance / batch * (n - batch) / (n - 1)


@batch.wrong(
    en="This is the standard deviation, not the variance.",
    zh="这是标准差，不是方差。",
)
def batch_variance_root(gradients: list[float], batch: int) -> float:
    n = len(gradients)
    if n == 1:
        return 0.0
    mean = sum(gradients) / n
    variance = sum((g - mean) ** 2 for g in gradients) / n
    return (variance / batch * (n - batch) / (n - 1)) ** 0.5


BatchCase = tuple[list[float], int]


@batch.cases
def batch_cases(random: Random) -> Iterator[BatchCase]:
    yield [5], 1
    yield [1, 3], 1
    yield [1, 3], 2
    yield [2, 2, 2], 2
    yield [0, 3, 6], 2
    yield [-4, 0, 1, 7], 3
    yield [10**9, 10**9 + 1, 10**9 + 2], 1
    for _ in range(20):
        n = random.randint(1, 7)
        yield [random.randint(-9, 9) for _ in range(n)], random.randint(1, n)


@batch.large
def batch_large(random: Random) -> Iterator[BatchCase]:
    yield [random.randint(-1000, 1000) / 4 for _ in range(20_000)], 128


@batch.brute
def batch_brute(gradients: list[float], batch: int) -> float:
    # Every batch, in exact fractions.
    numbers = [Fraction(g) for g in gradients]
    mean = sum(numbers) / len(numbers)
    found = [(sum(drawn) / batch - mean) ** 2 for drawn in combinations(numbers, batch)]
    return float(sum(found) / len(found))
