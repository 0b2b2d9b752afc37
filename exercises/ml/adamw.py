"""Exercises on AdamW: its steps on a quadratic loss, and what is left of each update."""

import math
from collections.abc import Iterator
from random import Random

from notekit.study.judge import Exercise, Words

path = Exercise(
    en=Words(
        title="One weight under AdamW",
        statement="""\
One weight $\\theta$ is trained by AdamW. The loss of step $t = 1, 2, \\dots$ is
$\\frac{1}{2} (\\theta - x_t)^2$, so its gradient is $g = \\theta - x_t$, with the weight as it is
before the step. Both averages start at 0, both are corrected for that, and a step is

$$
\\theta \\leftarrow (1 - \\eta\\lambda)\\,\\theta - \\eta\\, \\frac{\\hat m}{\\sqrt{\\hat v} + \\epsilon}.
$$

Return the list of the weights after each step.

- `theta`: the weight before the first step, of any sign.
- `xs`: the numbers $x_1, x_2, \\dots$, of any sign; maybe none.
- `lr`, `weight_decay`: $\\eta$ and $\\lambda$, each from 0 to 1.
- The rest is PyTorch's default: $\\beta_1 = 0.9$, $\\beta_2 = 0.999$, $\\epsilon = 10^{-8}$.

Results may be off by $10^{-9}$, relative to their size or to 1.
""",
        hints=(
            "Which numbers must live from one step to the next? The corrected averages"
            " are not among them.",
            "Take the gradient first. In step $t$, counted from 1, $\\hat m$ is $m$ divided"
            " by $1 - \\beta_1^t$, under a name of its own; the decay touches neither $m$"
            " nor $v$.",
        ),
    ),
    zh=Words(
        title="用 AdamW 更新一个权重",
        statement="""\
用 AdamW 训练一个权重 $\\theta$。第 $t = 1, 2, \\dots$ 步的损失是 $\\frac{1}{2} (\\theta - x_t)^2$，所以梯度为 $g = \\theta - x_t$，其中的 $\\theta$ 是这一步之前的权重。两个滑动平均都从 0 开始，都要做偏差修正，每一步的更新为

$$
\\theta \\leftarrow (1 - \\eta\\lambda)\\,\\theta - \\eta\\, \\frac{\\hat m}{\\sqrt{\\hat v} + \\epsilon}.
$$

返回每一步之后的权重组成的列表。

- `theta`：第一步之前的权重，可正可负。
- `xs`：$x_1, x_2, \\dots$，可正可负，也可以一个都没有。
- `lr`、`weight_decay`：$\\eta$ 和 $\\lambda$，都在 0 到 1 之间。
- 其余取 PyTorch 的默认值：$\\beta_1 = 0.9$，$\\beta_2 = 0.999$，$\\epsilon = 10^{-8}$。

允许 $10^{-9}$ 的误差（结果的绝对值超过 1 时指相对误差，否则指绝对误差）。
""",
        hints=(
            "哪些量要从这一步留到下一步？修正之后的平均不在其中。",
            "先求梯度。步数 $t$ 从 1 数起，$\\hat m$ 等于 $m$ 除以 $1 - \\beta_1^t$，要另用一个变量；衰减不影响 $m$ 和 $v$。",
        ),
    ),
    examples="""\
>>> [round(x, 6) for x in adamw_path(1, [3, 3], 0.1, 0)]
[1.1, 1.199834]
>>> [round(x, 6) for x in adamw_path(2, [2, 2], 0.1, 0.5)]
[1.9, 1.879414]
""",
    tolerance=1e-9,
)


@path.solution
def adamw_path(
    theta: float, xs: list[float], lr: float, weight_decay: float
) -> list[float]:
    m = v = 0.0
    found = []
    for t, x in enumerate(xs, 1):
        g = theta - x
        m = 0.9 * m + 0.1 * g
        v = 0.999 * v + 0.001 * g * g
        m_hat = m / (1 - 0.9**t)
        v_hat = v / (1 - 0.999**t)
        u = m_hat / (math.sqrt(v_hat) + 1e-8)
        theta = (1 - lr * weight_decay) * theta - lr * u
        found.append(theta)
    return found


@path.wrong(
    en="The decay goes through the gradient: this is Adam with an L2 penalty.",
    zh="衰减进了梯度：这是带 L2 惩罚的 Adam。",
)
def adamw_path_penalty(
    theta: float, xs: list[float], lr: float, weight_decay: float
) -> list[float]:
    m = v = 0.0
    found = []
    for t, x in enumerate(xs, 1):
        g = theta - x + weight_decay * theta
        m = 0.9 * m + 0.1 * g
        v = 0.999 * v + 0.001 * g * g
        m_hat = m / (1 - 0.9**t)
        v_hat = v / (1 - 0.999**t)
        theta = theta - lr * m_hat / (math.sqrt(v_hat) + 1e-8)
        found.append(theta)
    return found


@path.wrong(
    en="The weight has decayed before its gradient is taken.",
    zh="先衰减，再求梯度：梯度不是在这一步之前的权重上求的。",
)
def adamw_path_late(
    theta: float, xs: list[float], lr: float, weight_decay: float
) -> list[float]:
    m = v = 0.0
    found = []
    for t, x in enumerate(xs, 1):
        theta = (1 - lr * weight_decay) * theta
        g = theta - x
        m = 0.9 * m + 0.1 * g
        v = 0.999 * v + 0.001 * g * g
        m_hat = m / (1 - 0.9**t)
        v_hat = v / (1 - 0.999**t)
        theta = theta - lr * m_hat / (math.sqrt(v_hat) + 1e-8)
        found.append(theta)
    return found


@path.wrong(
    en="The averages are not corrected for their start at 0.",
    zh="没有对两个滑动平均做偏差修正。",
)
def adamw_path_uncorrected(
    theta: float, xs: list[float], lr: float, weight_decay: float
) -> list[float]:
    m = v = 0.0
    found = []
    for x in xs:
        g = theta - x
        m = 0.9 * m + 0.1 * g
        v = 0.999 * v + 0.001 * g * g
        u = m / (math.sqrt(v) + 1e-8)
        theta = (1 - lr * weight_decay) * theta - lr * u
        found.append(theta)
    return found


@path.wrong(
    en="The corrected averages take the place of the averages, and are corrected again.",
    zh="修正后的平均覆盖了原来的平均，下一步又被修正一遍。",
)
def adamw_path_overwritten(
    theta: float, xs: list[float], lr: float, weight_decay: float
) -> list[float]:
    m = v = 0.0
    found = []
    for t, x in enumerate(xs, 1):
        g = theta - x
        m = 0.9 * m + 0.1 * g
        v = 0.999 * v + 0.001 * g * g
        m = m / (1 - 0.9**t)
        v = v / (1 - 0.999**t)
        u = m / (math.sqrt(v) + 1e-8)
        theta = (1 - lr * weight_decay) * theta - lr * u
        found.append(theta)
    return found


@path.wrong(
    en="Epsilon stands inside the root: the divisor never falls below 0.0001.",
    zh="把 ε 放进了根号里：分母不会小于 0.0001。",
)
def adamw_path_inside(
    theta: float, xs: list[float], lr: float, weight_decay: float
) -> list[float]:
    m = v = 0.0
    found = []
    for t, x in enumerate(xs, 1):
        g = theta - x
        m = 0.9 * m + 0.1 * g
        v = 0.999 * v + 0.001 * g * g
        m_hat = m / (1 - 0.9**t)
        v_hat = v / (1 - 0.999**t)
        u = m_hat / math.sqrt(v_hat + 1e-8)
        theta = (1 - lr * weight_decay) * theta - lr * u
        found.append(theta)
    return found


@path.wrong(
    en="The decay is not multiplied by the learning rate.",
    zh="衰减没有乘以学习率。",
)
def adamw_path_whole(
    theta: float, xs: list[float], lr: float, weight_decay: float
) -> list[float]:
    m = v = 0.0
    found = []
    for t, x in enumerate(xs, 1):
        g = theta - x
        m = 0.9 * m + 0.1 * g
        v = 0.999 * v + 0.001 * g * g
        m_hat = m / (1 - 0.9**t)
        v_hat = v / (1 - 0.999**t)
        u = m_hat / (math.sqrt(v_hat) + 1e-8)
        theta = (1 - weight_decay) * theta - lr * u
        found.append(theta)
    return found


@path.cases
def path_cases(random: Random) -> Iterator[tuple[float, list[float], float, float]]:
    yield 0, [], 0.1, 0.1
    yield 2, [], 0.1, 0.5
    yield 0, [1], 0.1, 0
    yield 1, [3], 0.1, 0.5
    yield 1, [1 + 2**-12], 0.5, 0  # a gradient that is small beside a root of 1e-8
    yield 1, [3, 3], 0.1, 0
    yield 2, [2, 2], 0.1, 0.5
    yield 1, [2, -3], 0, 1
    for count in [1, 2, 3, 4, 6] * 5:
        xs = [random.randint(-4, 4) for _ in range(count)]
        decay = random.choice([0, 0.1, 0.5, 1])
        yield random.randint(-3, 3), xs, random.choice([0.01, 0.1, 0.5]), decay
    yield 5, [random.gauss(0, 1) for _ in range(60)], 0.1, 0.1


@path.large
def path_large(random: Random) -> Iterator[tuple[float, list[float], float, float]]:
    yield -3, [random.gauss(100, 10) for _ in range(2000)], 0.05, 0.01


@path.brute
def path_brute(
    theta: float, xs: list[float], lr: float, weight_decay: float
) -> list[float]:
    # Weighted means of all gradients so far, and the decayed sum of all updates.
    weights, gradients, updates = [float(theta)], [], []
    keep = 1 - lr * weight_decay
    for x in xs:
        gradients.insert(0, weights[-1] - x)  # the latest first

        def mean(values: list[float], beta: float) -> float:
            shares = [beta**age for age in range(len(values))]
            return sum(s * g for s, g in zip(shares, values)) / sum(shares)

        square = mean([g**2 for g in gradients], 0.999)
        updates.insert(0, mean(gradients, 0.9) / (square**0.5 + 1e-8))
        moved = sum(lr * u * keep**age for age, u in enumerate(updates))
        weights.append(theta * keep ** len(updates) - moved)
    return weights[1:]


shares = Exercise(
    en=Words(
        title="What is left of each update",
        statement="""\
Step $t$ of AdamW, with the learning rate $\\eta_t$ of a schedule, is
$\\theta_t = (1 - \\eta_t\\lambda)\\,\\theta_{t-1} - \\eta_t u_t$. The later steps shrink what the
earlier ones have done, so after all $n$ steps

$$
\\theta_n = c_0\\, \\theta_0 - c_1 u_1 - c_2 u_2 - \\dots - c_n u_n.
$$

Return the list $c_0, c_1, \\dots, c_n$.

- `lrs`: the learning rates $\\eta_1, \\dots, \\eta_n$, each $\\ge 0$; up to 5000 of them, maybe
  none.
- `weight_decay`: $\\lambda \\ge 0$. The product $\\eta_t\\lambda$ is at most 1, and may be 1.

Results may be off by $10^{-9}$.
""",
        hints=(
            "Write out $\\theta_2$. By what is $u_1$ multiplied in it, and by what $u_2$?",
            "$c_n = \\eta_n$, and $c_{n-1}$ has been through one decay, that of step $n$. So"
            " walk from the last step to the first, and carry the product of the decays"
            " that come later.",
        ),
    ),
    zh=Words(
        title="每次更新还剩多少",
        statement="""\
学习率按调度变化，AdamW 的第 $t$ 步是 $\\theta_t = (1 - \\eta_t\\lambda)\\,\\theta_{t-1} - \\eta_t u_t$。后面的步会缩小前面各步的结果，所以走完 $n$ 步之后有

$$
\\theta_n = c_0\\, \\theta_0 - c_1 u_1 - c_2 u_2 - \\dots - c_n u_n.
$$

返回列表 $c_0, c_1, \\dots, c_n$。

- `lrs`：学习率 $\\eta_1, \\dots, \\eta_n$，每个 $\\ge 0$；至多 5000 个，也可以为空。
- `weight_decay`：$\\lambda \\ge 0$。乘积 $\\eta_t\\lambda$ 不超过 1，可以等于 1。

允许 $10^{-9}$ 的误差。
""",
        hints=(
            "把 $\\theta_2$ 展开。其中 $u_1$ 乘了什么，$u_2$ 又乘了什么？",
            "$c_n = \\eta_n$，而 $c_{n-1}$ 经过了一次衰减，即第 $n$ 步的衰减。所以从最后一步往前走，随时保留后面各步衰减的乘积。",
        ),
    ),
    examples="""\
>>> remains([1, 0.5], 0.5)
[0.375, 0.75, 0.5]
>>> remains([], 0.1)
[1.0]
""",
    tolerance=1e-9,
    lacks={"negative": "learning rates and decay are at least 0"},
)


@shares.solution
def remains(lrs: list[float], weight_decay: float) -> list[float]:
    found, later = [], 1.0
    for lr in reversed(lrs):
        found.append(lr * later)
        later *= 1 - lr * weight_decay
    return [later, *reversed(found)]


@shares.wrong(
    en="An update is shrunk by the decay of its own step too.",
    zh="更新还被它自己那一步的衰减缩小了一次。",
)
def remains_own(lrs: list[float], weight_decay: float) -> list[float]:
    found, later = [], 1.0
    for lr in reversed(lrs):
        later *= 1 - lr * weight_decay
        found.append(lr * later)
    return [later, *reversed(found)]


@shares.wrong(
    en="The decays of the steps before are multiplied, not of those after.",
    zh="乘的是前面各步的衰减，而不是后面各步的。",
)
def remains_before(lrs: list[float], weight_decay: float) -> list[float]:
    found, product = [], 1.0
    for lr in lrs:
        found.append(lr * product)
        product *= 1 - lr * weight_decay
    return [product, *found]


@shares.wrong(
    en="The decays are added up, as if a share of the first weight were lost each time.",
    zh="把各步的衰减相加，好像每步损失的都是最初权重的一个比例。",
)
def remains_added(lrs: list[float], weight_decay: float) -> list[float]:
    found, later = [], 1.0
    for lr in reversed(lrs):
        found.append(lr * later)
        later -= lr * weight_decay
    return [later, *reversed(found)]


@shares.wrong(
    en="The schedule is left out of the decay: each step shrinks by the last rate.",
    zh="衰减没有跟随调度：每一步都按最后一个学习率缩小。",
)
def remains_constant(lrs: list[float], weight_decay: float) -> list[float]:
    if not lrs:
        return [1.0]
    keep, n = 1 - lrs[-1] * weight_decay, len(lrs)
    return [keep**n, *(lr * keep ** (n - 1 - t) for t, lr in enumerate(lrs))]


@shares.wrong(
    en="Divides the product of all decays by those so far: 0 / 0 where one of them is 0.",
    zh="用全部衰减的乘积除以前面的乘积：有一步衰减到 0 时，就成了 0 除以 0。",
)
def remains_divided(lrs: list[float], weight_decay: float) -> list[float]:
    every = math.prod(1 - lr * weight_decay for lr in lrs)
    found, so_far = [], 1.0
    for lr in lrs:
        so_far *= 1 - lr * weight_decay
        found.append(lr * every / so_far)
    return [every, *found]


@shares.cases
def shares_cases(random: Random) -> Iterator[tuple[list[float], float]]:
    yield [], 0
    yield [], 0.1
    yield [0.5], 0
    yield [1], 1
    yield [1, 0.5], 0.5
    yield [0.5, 0.5], 1
    yield [0, 1, 0], 1
    for count in [1, 2, 3, 4, 5] * 5:
        rates = [random.choice([0, 0.125, 0.25, 0.5, 1]) for _ in range(count)]
        yield rates, random.choice([0, 0.25, 0.5, 1])
    yield [0.01 * (1 + math.cos(math.pi * t / 100)) for t in range(100)], 0.5


@shares.large
def shares_large(random: Random) -> Iterator[tuple[list[float], float]]:
    yield [random.uniform(0, 1e-3) for _ in range(3000)], 0.5


@shares.brute
def shares_brute(lrs: list[float], weight_decay: float) -> list[float]:
    # The steps themselves, run once for each coefficient: all else is 0.
    found = []
    for chosen in range(len(lrs) + 1):
        theta = 1.0 if chosen == 0 else 0.0
        for t, lr in enumerate(lrs, 1):
            theta = theta - lr * weight_decay * theta + (lr if t == chosen else 0.0)
        found.append(theta)
    return found
