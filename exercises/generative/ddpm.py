"""Exercises on DDPM: the posterior's variances, and one step back."""

import math
from collections.abc import Iterator
from fractions import Fraction
from random import Random

from notekit.study.judge import Exercise, Words

variances = Exercise(
    en=Words(
        title="The variances of the posterior",
        statement="""\
Step $t$, counted from 0, adds noise of variance `betas[t]` to a point that was shrunk such that
unit variance stays. Return, for each step, the variance of the point *before* the step,
given the data and the point after it.

- `betas`: a list of $T \\ge 0$ numbers from $10^{-6}$ to 0.999. The share of the signal that is
  left after all steps is at least $10^{-200}$.

Before step 0 the point is the data: the first entry is 0. With no steps the list is empty.
Results may be off by $10^{-9}$.
""",
        hints=(
            "$\\tilde\\beta_t = \\beta_t (1 - \\bar\\alpha_{t-1}) / (1 - \\bar\\alpha_t)$.",
            "$\\bar\\alpha_{-1} = 1$: no step has been made. Carry the product along.",
        ),
    ),
    zh=Words(
        title="后验的方差",
        statement="""\
步从 0 数起。第 $t$ 步先把点缩小，再加方差为 `betas[t]` 的噪声，使单位方差保持不变。对每一步，求给定数据和这一步之后的点时，这一步*之前*的点的方差。

- `betas`：$T \\ge 0$ 个数，从 $10^{-6}$ 到 0.999。所有步之后，剩下的信号比例不低于 $10^{-200}$。

第 0 步之前的点就是数据，所以第一个结果为 0。没有步时返回空列表。允许 $10^{-9}$ 的误差。
""",
        hints=(
            "$\\tilde\\beta_t = \\beta_t (1 - \\bar\\alpha_{t-1}) / (1 - \\bar\\alpha_t)$。",
            "$\\bar\\alpha_{-1} = 1$：还没有走任何一步。一边走一边累乘。",
        ),
    ),
    examples="""\
>>> [round(v, 6) for v in posterior_variance([0.1, 0.2, 0.3, 0.4])]
[0.0, 0.071429, 0.169355, 0.284404]
>>> posterior_variance([0.5])
[0.0]
>>> posterior_variance([])
[]
""",
    tolerance=1e-9,
    lacks={"negative": "variances are positive"},
)


@variances.solution
def posterior_variance(betas: list[float]) -> list[float]:
    found, before = [], 1.0
    for beta in betas:
        after = before * (1 - beta)
        found.append((1 - before) / (1 - after) * beta)
        before = after
    return found


@variances.wrong(
    en="The variance of the forward step: it takes the data for unknown.",
    zh="返回的是前向一步的方差：等于没有用到数据。",
)
def posterior_variance_beta(betas: list[float]) -> list[float]:
    return list(betas)


@variances.wrong(
    en="The share after the step stands in both places, and cancels but for step 0.",
    zh="两处都用了这一步之后的比例，除了第 0 步全都约掉了。",
)
def posterior_variance_shifted(betas: list[float]) -> list[float]:
    found, share = [], 1.0
    for t, beta in enumerate(betas):
        share *= 1 - beta
        found.append((1 - share) / (1 - share) * beta if t else 0.0)
    return found


@variances.wrong(
    en="One step late: at step 1 it divides 0 by 0, and the fraction is of the wrong step.",
    zh="晚了一步：用的是前一步的比值，第 1 步遇到 0 除以 0。",
)
def posterior_variance_late(betas: list[float]) -> list[float]:
    found: list[float] = []
    shares = [1.0, 1.0]
    for beta in betas:
        shares.append(shares[-1] * (1 - beta))
        before, after = 1 - shares[-3], 1 - shares[-2]
        found.append(before / after * beta if after else 0.0)
    return found


@variances.wrong(
    en="The fraction is upside down.",
    zh="分子和分母颠倒了。",
)
def posterior_variance_upside_down(betas: list[float]) -> list[float]:
    found, before = [], 1.0
    for beta in betas:
        after = before * (1 - beta)
        found.append((1 - after) / (1 - before) * beta if before < 1 else 0.0)
        before = after
    return found


@variances.wrong(
    en="The share was taken for one step's: the noise of earlier steps is forgotten.",
    zh="把信号比例当成了单独一步的：忘了更早的噪声。",
)
def posterior_variance_one_step(betas: list[float]) -> list[float]:
    found, before = [], 0.0
    for beta in betas:
        found.append(before / beta * beta)
        before = beta
    return found


@variances.cases
def variances_cases(random: Random) -> Iterator[tuple[list[float]]]:
    yield ([],)
    yield ([0.5],)
    yield ([0.5, 0.5],)
    yield ([0.1, 0.2, 0.3, 0.4],)
    yield ([0.999, 1e-6, 0.999],)
    yield ([1e-6, 1e-6, 1e-6],)
    for _ in range(30):
        yield ([random.uniform(0.001, 0.9) for _ in range(random.randint(1, 8))],)


@variances.large
def variances_large(random: Random) -> Iterator[tuple[list[float]]]:
    yield ([1e-4 + (0.02 - 1e-4) * t / 9999 for t in range(4000)],)


@variances.brute
def variances_brute(betas: list[float]) -> list[float]:
    # Precisions add: of the point given the data, and of what the step lets through.
    found: list[float] = []
    noise = Fraction(0)
    for beta in map(Fraction, betas):
        precision = (1 / noise if noise else 0) + (1 - beta) / beta
        found.append(float(1 / precision) if noise else 0.0)
        noise = (1 - beta) * noise + beta
    return found


step = Exercise(
    en=Words(
        title="One step back",
        statement="""\
Steps count from 0. Given the point `x` after step `t`, the predicted noise `eps` and a fresh
standard normal number `z`, return the point before the step, as DDPM's sampler draws it with
the reverse variance $\\beta_t$:

- `betas`: a list of $T \\ge 1$ numbers from 0.001 to 0.999; `t` from 0 to $T - 1$.
- `x`, `eps` and `z`: numbers up to 10 in size.

In the last step, $t = 0$, no noise is added. Results may be off by $10^{-9}$, relative to their
size or to 1. The share of the signal is at least $10^{-6}$ in all cases.
""",
        hints=(
            "The mean is $(x - \\beta_t\\, \\epsilon / \\sqrt{1 - \\bar\\alpha_t})"
            " / \\sqrt{1 - \\beta_t}$.",
            "The noise is multiplied by a standard deviation, not by a variance.",
        ),
    ),
    zh=Words(
        title="往回走一步",
        statement="""\
步从 0 数起。给出第 `t` 步之后的点 `x`、预测的噪声 `eps` 和一个新抽的标准正态数 `z`，反向方差取 $\\beta_t$，求 DDPM 的采样器抽到的、这一步之前的点：

- `betas`：$T \\ge 1$ 个数，从 0.001 到 0.999；`t` 从 0 到 $T - 1$。
- `x`、`eps`、`z`：绝对值不超过 10。

最后一步 $t = 0$ 不加噪声。允许 $10^{-9}$ 的误差（结果的绝对值超过 1 时指相对误差，否则指绝对误差）。信号比例都不低于 $10^{-6}$。
""",
        hints=(
            "均值是 $(x - \\beta_t\\, \\epsilon / \\sqrt{1 - \\bar\\alpha_t})"
            " / \\sqrt{1 - \\beta_t}$。",
            "噪声要乘标准差，而不是方差。",
        ),
    ),
    examples="""\
>>> round(step_back([0.1, 0.2, 0.3, 0.4], 2, -0.4, 0.3, 0.0), 6)
-0.630831
>>> round(step_back([0.1, 0.2, 0.3, 0.4], 2, -0.4, 0.3, 1.0), 6)
-0.083109
>>> step_back([0.75], 0, 1.0, 0.0, 5.0)
2.0
""",
    tolerance=1e-9,
    lacks={"empty": "there is a step"},
)


@step.solution
def step_back(betas: list[float], t: int, x: float, eps: float, z: float) -> float:
    noise = 1 - math.prod(1 - beta for beta in betas[: t + 1])
    mean = (x - betas[t] / math.sqrt(noise) * eps) / math.sqrt(1 - betas[t])
    return mean + math.sqrt(betas[t]) * z if t else mean


@step.wrong(
    en="Noise is added in the last step too.",
    zh="最后一步也加了噪声。",
)
def step_back_last(betas: list[float], t: int, x: float, eps: float, z: float) -> float:
    noise = 1 - math.prod(1 - beta for beta in betas[: t + 1])
    mean = (x - betas[t] / math.sqrt(noise) * eps) / math.sqrt(1 - betas[t])
    return mean + math.sqrt(betas[t]) * z


@step.wrong(
    en="The noise is multiplied by its variance: the root is missing.",
    zh="噪声乘的是方差：漏了开方。",
)
def step_back_root(betas: list[float], t: int, x: float, eps: float, z: float) -> float:
    noise = 1 - math.prod(1 - beta for beta in betas[: t + 1])
    mean = (x - betas[t] / math.sqrt(noise) * eps) / math.sqrt(1 - betas[t])
    return mean + betas[t] * z if t else mean


@step.wrong(
    en="The product stops a step too early: it is the share before the step.",
    zh="累乘少了一步：用的是这一步之前的信号比例。",
)
def step_back_early(
    betas: list[float], t: int, x: float, eps: float, z: float
) -> float:
    noise = 1 - math.prod(1 - beta for beta in betas[:t]) or betas[0]
    mean = (x - betas[t] / math.sqrt(noise) * eps) / math.sqrt(1 - betas[t])
    return mean + math.sqrt(betas[t]) * z if t else mean


@step.wrong(
    en="The predicted noise is taken out as if it all came from this step.",
    zh="把预测的噪声当成全是这一步加进去的。",
)
def step_back_all(betas: list[float], t: int, x: float, eps: float, z: float) -> float:
    mean = (x - math.sqrt(betas[t]) * eps) / math.sqrt(1 - betas[t])
    return mean + math.sqrt(betas[t]) * z if t else mean


@step.wrong(
    en="The point is not stretched again by the root of 1 - beta.",
    zh="没有再除以 1 - beta 的平方根，点没有放大回去。",
)
def step_back_shrunk(
    betas: list[float], t: int, x: float, eps: float, z: float
) -> float:
    noise = 1 - math.prod(1 - beta for beta in betas[: t + 1])
    mean = x - betas[t] / math.sqrt(noise) * eps
    return mean + math.sqrt(betas[t]) * z if t else mean


@step.cases
def step_cases(
    random: Random,
) -> Iterator[tuple[list[float], int, float, float, float]]:
    yield [0.75], 0, 1.0, 0.0, 5.0
    yield [0.5], 0, 0.0, 0.0, 0.0
    yield [0.1, 0.2, 0.3, 0.4], 2, -0.4, 0.3, 1.0
    yield [0.1, 0.2, 0.3, 0.4], 3, -0.4, -0.3, -1.0
    yield [0.5, 0.5, 0.5], 2, 1.0, 1.0, 1.0
    for _ in range(30):
        betas = [random.uniform(0.001, 0.6) for _ in range(random.randint(1, 8))]
        t = random.randrange(len(betas))
        yield betas, t, *(random.uniform(-3, 3) for _ in range(3))  # type: ignore[misc]


@step.large
def step_large(
    random: Random,
) -> Iterator[tuple[list[float], int, float, float, float]]:
    yield [0.001 + 0.00002 * t for t in range(800)], 799, 1.5, -0.5, 0.25


@step.brute
def step_brute(betas: list[float], t: int, x: float, eps: float, z: float) -> float:
    # The data that the noise names, then Bayes' rule with precisions.
    before = 0.0
    for beta in betas[:t]:
        before += (1 - before) * beta
    beta = betas[t]
    after = before + (1 - before) * beta
    x0 = (x - math.sqrt(after) * eps) / math.sqrt(1 - after)
    if not t:
        return x0
    seen = (1 - beta) / beta
    weighed = math.sqrt(1 - before) / before * x0 + math.sqrt(1 - beta) / beta * x
    return weighed / (1 / before + seen) + math.sqrt(beta) * z
