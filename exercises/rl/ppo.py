"""Exercises on PPO: the clipped objective, and what one logs of a run."""

from collections.abc import Iterator
from math import exp, expm1, log
from random import Random

from notekit.study.judge import Exercise, Words

Samples = tuple[list[float], list[float], list[float], float]

objective = Exercise(
    en=Words(
        title="The clipped objective",
        statement="""\
For each sample $i$ the ratio is $r = e^{\\text{logp\\_new}_i - \\text{logp\\_old}_i}$ and the
advantage is `adv[i]`. Return the list of the clipped objectives

$$\\min\\bigl(r A,\\ \\mathrm{clip}(r, 1 - \\epsilon, 1 + \\epsilon)\\, A\\bigr),$$

one number a sample; they are maximised, so there is no minus in front.

- `logp_new`, `logp_old`, `adv`: lists of one length, maybe empty. Log-probabilities are from
  $-50$ to 0, advantages of any sign.
- `clip`: $\\epsilon$, between 0 and 1.

Results may be off by $10^{-9}$, relative to their size or to 1.
""",
        hints=(
            "To clip: `max(1 - clip, min(r, 1 + clip))`.",
            "Clip the ratio, not the product; then take the smaller of two products.",
        ),
    ),
    zh=Words(
        title="裁剪目标",
        statement="""\
对每个样本 $i$，概率比是 $r = e^{\\text{logp\\_new}_i - \\text{logp\\_old}_i}$，优势是 `adv[i]`。返回各样本的裁剪目标的列表：

$$\\min\\bigl(r A,\\ \\mathrm{clip}(r, 1 - \\epsilon, 1 + \\epsilon)\\, A\\bigr),$$

每个样本一个数。目标是要最大化的，所以前面没有负号。

- `logp_new`、`logp_old`、`adv`：等长的列表，可以为空。对数概率在 $-50$ 到 0 之间，优势可正可负。
- `clip`：$\\epsilon$，在 0 与 1 之间。

允许 $10^{-9}$ 的误差（结果的绝对值超过 1 时指相对误差，否则指绝对误差）。
""",
        hints=(
            "裁剪可以写成 `max(1 - clip, min(r, 1 + clip))`。",
            "裁剪的是概率比，不是乘积；然后在两个乘积中取较小的。",
        ),
    ),
    examples="""\
>>> clipped_objective([0, 0], [0, 0], [1, -2], 0.2)
[1.0, -2.0]
""",
    tolerance=1e-9,
)


@objective.solution
def clipped_objective(
    logp_new: list[float], logp_old: list[float], adv: list[float], clip: float
) -> list[float]:
    found = []
    for new, old, a in zip(logp_new, logp_old, adv, strict=True):
        r = exp(new - old)
        inside = max(1 - clip, min(r, 1 + clip))
        found.append(min(r * a, inside * a))
    return found


@objective.wrong(
    en="There is no minimum: where the ratio went the wrong way, the gradient is lost.",
    zh="没有取最小值：概率比走错了方向的地方，梯度就没有了。",
)
def clipped_objective_alone(
    logp_new: list[float], logp_old: list[float], adv: list[float], clip: float
) -> list[float]:
    return [
        max(1 - clip, min(exp(new - old), 1 + clip)) * a
        for new, old, a in zip(logp_new, logp_old, adv, strict=True)
    ]


@objective.wrong(
    en="The product r A is clipped, not the ratio.",
    zh="裁剪的是乘积 r A，而不是概率比。",
)
def clipped_objective_product(
    logp_new: list[float], logp_old: list[float], adv: list[float], clip: float
) -> list[float]:
    found = []
    for new, old, a in zip(logp_new, logp_old, adv, strict=True):
        r = exp(new - old)
        found.append(min(r * a, max(1 - clip, min(r * a, 1 + clip))))
    return found


@objective.wrong(
    en="The ratio is upside down: old over new.",
    zh="概率比上下颠倒：成了旧的除以新的。",
)
def clipped_objective_inverted(
    logp_new: list[float], logp_old: list[float], adv: list[float], clip: float
) -> list[float]:
    found = []
    for new, old, a in zip(logp_new, logp_old, adv, strict=True):
        r = exp(old - new)
        found.append(min(r * a, max(1 - clip, min(r, 1 + clip)) * a))
    return found


@objective.wrong(
    en="The smaller ratio is taken before multiplying: with a negative advantage this is"
    " the larger product.",
    zh="先取较小的概率比再相乘：优势为负时，这是较大的那个乘积。",
)
def clipped_objective_early(
    logp_new: list[float], logp_old: list[float], adv: list[float], clip: float
) -> list[float]:
    found = []
    for new, old, a in zip(logp_new, logp_old, adv, strict=True):
        r = exp(new - old)
        found.append(min(r, max(1 - clip, min(r, 1 + clip))) * a)
    return found


@objective.wrong(
    en="The larger of the two is taken, as if it were a loss without its minus.",
    zh="取了两者中较大的，好像这是去掉了负号的损失。",
)
def clipped_objective_larger(
    logp_new: list[float], logp_old: list[float], adv: list[float], clip: float
) -> list[float]:
    found = []
    for new, old, a in zip(logp_new, logp_old, adv, strict=True):
        r = exp(new - old)
        found.append(max(r * a, max(1 - clip, min(r, 1 + clip)) * a))
    return found


@objective.wrong(
    en="The log-ratio is used as the ratio.",
    zh="把概率比的对数当成了概率比。",
)
def clipped_objective_logarithm(
    logp_new: list[float], logp_old: list[float], adv: list[float], clip: float
) -> list[float]:
    found = []
    for new, old, a in zip(logp_new, logp_old, adv, strict=True):
        r = 1 + new - old
        found.append(min(r * a, max(1 - clip, min(r, 1 + clip)) * a))
    return found


@objective.cases
def objective_cases(random: Random) -> Iterator[Samples]:
    yield [], [], [], 0.2
    for r in (0.5, 1.0, 1.5):
        for a in (1, -1):
            yield [log(r / 2)], [log(1 / 2)], [a], 0.2
    yield [-1, -1, -1], [-1, -1, -1], [2, -2, 0], 0.1
    yield [-50, 0], [0, -50], [3, -0.001], 0.3
    for _ in range(30):
        n = random.randint(1, 6)
        yield (
            [random.uniform(-2, 0) for _ in range(n)],
            [random.uniform(-2, 0) for _ in range(n)],
            [random.randint(-3, 3) for _ in range(n)],
            random.choice([0.1, 0.2, 0.5]),
        )


@objective.large
def objective_large(random: Random) -> Iterator[Samples]:
    n = 3000
    yield (
        [random.uniform(-2, 0) for _ in range(n)],
        [random.uniform(-2, 0) for _ in range(n)],
        [random.uniform(-3, 3) for _ in range(n)],
        0.2,
    )


@objective.brute
def objective_brute(
    logp_new: list[float], logp_old: list[float], adv: list[float], clip: float
) -> list[float]:
    found = []
    for i, a in enumerate(adv):  # by the six cases
        r = exp(logp_new[i]) / exp(logp_old[i])
        if a >= 0 and r > 1 + clip:
            found.append(a + clip * a)
        elif a < 0 and r < 1 - clip:
            found.append(a - clip * a)
        else:
            found.append(r * a)
    return found


estimates = Exercise(
    en=Words(
        title="Three dials of a PPO run",
        statement="""\
A batch has been used for some epochs. From the log-probabilities of its actions, now and when
they were taken, compute what one logs. With $r$ the ratio of new to old, return the list of
three numbers

- the mean of $k_1 = -\\ln r$;
- the mean of $k_3 = r - 1 - \\ln r$, with a *relative* error of at most $10^{-6}$, even if all
  ratios are close to 1: multiply this mean by `scale`, and return the product;
- the clip fraction: the share of the samples with $r < 1 - \\epsilon$ or $r > 1 + \\epsilon$.

What you are given:

- `logp_new`, `logp_old`: lists of one length, at least one number, from $-50$ to 0.
- `clip`: $\\epsilon$, between 0 and 1. `scale`: a number, at least 1.

Results may be off by $10^{-6}$, relative to their size or to 1.
""",
        hints=(
            "`math.expm1(d)` is $e^d - 1$ without losing the digits of a small $d$.",
            "$\\ln r$ is the difference of the two lists; no logarithm is needed.",
        ),
    ),
    zh=Words(
        title="PPO 运行时的三个读数",
        statement="""\
一批数据已经用了几轮。根据其中各动作现在的对数概率和采取它时的对数概率，算出要记录的数。设 $r$ 是新旧概率之比，返回三个数的列表：

- $k_1 = -\\ln r$ 的平均；
- $k_3 = r - 1 - \\ln r$ 的平均乘以 `scale`；即使所有概率比都很接近 1，这个平均的*相对*误差也不能超过 $10^{-6}$；
- 裁剪比例：$r < 1 - \\epsilon$ 或 $r > 1 + \\epsilon$ 的样本所占的比例。

已知：

- `logp_new`、`logp_old`：等长的列表，至少一个数，在 $-50$ 到 0 之间。
- `clip`：$\\epsilon$，在 0 与 1 之间。`scale`：不小于 1 的数。

允许 $10^{-6}$ 的误差（结果的绝对值超过 1 时指相对误差，否则指绝对误差）。
""",
        hints=(
            "`math.expm1(d)` 就是 $e^d - 1$，$d$ 很小时也不丢失有效数字。",
            "$\\ln r$ 是两个列表之差，不必取对数。",
        ),
    ),
    examples="""\
>>> [round(x, 4) for x in dials([0, 0], [0, -1], 0.2, 1)]
[-0.5, 0.3591, 0.5]
""",
    tolerance=1e-6,
    lacks={"empty": "a batch has samples"},
)


@estimates.solution
def dials(
    logp_new: list[float], logp_old: list[float], clip: float, scale: float
) -> list[float]:
    d = [new - old for new, old in zip(logp_new, logp_old, strict=True)]
    outside = sum(abs(expm1(x)) > clip for x in d)
    k3 = sum(expm1(x) - x for x in d)
    return [-sum(d) / len(d), scale * k3 / len(d), outside / len(d)]


@estimates.wrong(
    en="r - 1 - ln r as it stands: near 1 its digits are lost.",
    zh="照原样算 r - 1 - ln r：接近 1 时有效数字丢光了。",
)
def dials_rounded(
    logp_new: list[float], logp_old: list[float], clip: float, scale: float
) -> list[float]:
    d = [new - old for new, old in zip(logp_new, logp_old, strict=True)]
    outside = sum(abs(exp(x) - 1) > clip for x in d)
    k3 = sum(exp(x) - 1 - x for x in d)
    return [-sum(d) / len(d), scale * k3 / len(d), outside / len(d)]


@estimates.wrong(
    en="The ratio is upside down in all three.",
    zh="三个数里的概率比都上下颠倒了。",
)
def dials_inverted(
    logp_new: list[float], logp_old: list[float], clip: float, scale: float
) -> list[float]:
    d = [old - new for new, old in zip(logp_new, logp_old, strict=True)]
    outside = sum(abs(expm1(x)) > clip for x in d)
    k3 = sum(expm1(x) - x for x in d)
    return [-sum(d) / len(d), scale * k3 / len(d), outside / len(d)]


@estimates.wrong(
    en="The band is taken around the log-ratio: |ln r| > clip.",
    zh="区间取在了对数上：|ln r| > clip。",
)
def dials_logarithm(
    logp_new: list[float], logp_old: list[float], clip: float, scale: float
) -> list[float]:
    d = [new - old for new, old in zip(logp_new, logp_old, strict=True)]
    outside = sum(abs(x) > clip for x in d)
    k3 = sum(expm1(x) - x for x in d)
    return [-sum(d) / len(d), scale * k3 / len(d), outside / len(d)]


@estimates.wrong(
    en="Only the upper edge of the band is looked at.",
    zh="只看了区间的上沿。",
)
def dials_upper(
    logp_new: list[float], logp_old: list[float], clip: float, scale: float
) -> list[float]:
    d = [new - old for new, old in zip(logp_new, logp_old, strict=True)]
    outside = sum(expm1(x) > clip for x in d)
    k3 = sum(expm1(x) - x for x in d)
    return [-sum(d) / len(d), scale * k3 / len(d), outside / len(d)]


@estimates.wrong(
    en="k2, half the squared log-ratio, in place of k3.",
    zh="用 k2，也就是对数比平方的一半，代替了 k3。",
)
def dials_squared(
    logp_new: list[float], logp_old: list[float], clip: float, scale: float
) -> list[float]:
    d = [new - old for new, old in zip(logp_new, logp_old, strict=True)]
    outside = sum(abs(expm1(x)) > clip for x in d)
    k2 = sum(x * x / 2 for x in d)
    return [-sum(d) / len(d), scale * k2 / len(d), outside / len(d)]


Dials = tuple[list[float], list[float], float, float]


@estimates.cases
def estimates_cases(random: Random) -> Iterator[Dials]:
    yield [-1], [-1], 0.2, 1
    yield [-0.5, -1, -2], [-0.5, -1, -2], 0.2, 1e12
    yield [-0.21], [0], 0.2, 1
    yield [0], [-0.19], 0.2, 1
    yield [0], [-0.21], 0.25, 1
    near = [2.0**-30, -(2.0**-31), 2.0**-29]
    yield [x - 1 for x in near], [-1] * 3, 0.2, 1e18
    yield [-(2.0**-30)], [0], 0.1, 1e18
    for power in (10, 16, 17, 19, 24):  # the series must not end, nor begin, too early
        yield [-(2.0**-power)], [0], 0.2, 4.0**power
        yield [2.0**-power - 1], [-1], 0.2, 4.0**power
    yield [0], [-50], 0.2, 1
    yield [-50, 0], [0, -3], 0.3, 1
    for _ in range(30):
        n = random.randint(1, 6)
        yield (
            [random.uniform(-1, 0) for _ in range(n)],
            [random.uniform(-1, 0) for _ in range(n)],
            random.choice([0.1, 0.2, 0.5]),
            1,
        )


@estimates.large
def estimates_large(random: Random) -> Iterator[Dials]:
    n = 3000
    old = [random.uniform(-2, -0.5) for _ in range(n)]
    yield [x + random.uniform(-0.4, 0.4) for x in old], old, 0.2, 1


@estimates.brute
def estimates_brute(
    logp_new: list[float], logp_old: list[float], clip: float, scale: float
) -> list[float]:
    n, k1, k3, count = len(logp_new), 0.0, 0.0, 0
    for new, old in zip(logp_new, logp_old, strict=True):
        d = new - old
        k1 -= d
        if abs(d) < 0.5:  # the series of e^d, from its square on
            term, power = 0.0, d * d / 2
            for k in range(3, 30):
                term += power
                power *= d / k
            k3 += term
        else:
            k3 += exp(d) - 1 - d
        count += not log(1 - clip) <= d <= log(1 + clip)
    return [k1 / n, scale * k3 / n, count / n]
