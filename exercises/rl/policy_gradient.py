"""Exercises on policy gradients: the score of a softmax, and the weights of REINFORCE."""

import math
from collections.abc import Iterator
from fractions import Fraction
from random import Random
from typing import Any

from notekit.study.judge import Exercise, Words

scores = Exercise(
    en=Words(
        title="The score of the softmax policy",
        statement="""\
The policy in state $s$ is the softmax of row $s$ of a table. Return the gradient of $\\ln \\pi(a \\mid s)$ with
respect to the whole table.

- `theta`: a list of $n \\ge 1$ lists of $k \\ge 1$ numbers, at most 10000 in absolute value.
- `s`, `a`: a state, 0 to $n - 1$, and an action, 0 to $k - 1$.
- Return $n$ lists of $k$ numbers (or an array). `theta` stays as it is.

Results may be off by $10^{-9}$ (relative to the result where it exceeds 1).
""",
        hints=(
            "Only row $s$ matters to $\\pi(a \\mid s)$: all other rows are 0.",
            "$e^{10000}$ is too large for a float. The softmax stays the same when a"
            " number is subtracted from the whole row.",
        ),
    ),
    zh=Words(
        title="softmax 策略的得分",
        statement="""\
状态 $s$ 上的策略是一张表第 $s$ 行的 softmax。返回 $\\ln \\pi(a \\mid s)$ 对整张表的梯度。

- `theta`：$n \\ge 1$ 个列表，每个有 $k \\ge 1$ 个数，绝对值不超过 10000。
- `s`、`a`：状态，0 到 $n - 1$；动作，0 到 $k - 1$。
- 返回 $n$ 个列表，每个有 $k$ 个数（或数组）。`theta` 保持不变。

允许 $10^{-9}$ 的误差（结果的绝对值超过 1 时指相对误差，否则指绝对误差）。
""",
        hints=(
            "$\\pi(a \\mid s)$ 只取决于第 $s$ 行：其余各行都是 0。",
            "$e^{10000}$ 超出浮点数的范围。整行减去同一个数，softmax 不变。",
        ),
    ),
    examples="""\
>>> score([[0, 0], [1, 2]], 0, 1)
[[-0.5, 0.5], [0.0, 0.0]]
>>> score([[10000, 0]], 0, 0)
[[0.0, 0.0]]
""",
    tolerance=1e-9,
    lacks={"empty": "a table has at least one state and one action"},
)


@scores.solution
def score(theta: list[list[float]], s: int, a: int) -> list[list[float]]:
    top = max(theta[s])
    e = [math.exp(x - top) for x in theta[s]]
    total = sum(e)
    gradient = [[0.0] * len(row) for row in theta]
    gradient[s] = [(i == a) - x / total for i, x in enumerate(e)]
    return gradient


@scores.wrong(
    en="The largest number is not subtracted: large ones overflow.",
    zh="没有先减去最大的数：数一大就溢出。",
)
def score_overflows(theta: list[list[float]], s: int, a: int) -> list[list[float]]:
    e = [math.exp(x) for x in theta[s]]
    gradient = [[0.0] * len(row) for row in theta]
    gradient[s] = [(i == a) - x / sum(e) for i, x in enumerate(e)]
    return gradient


@scores.wrong(
    en="The policy is not subtracted: the row does not sum to 0.",
    zh="没有减去策略：这一行的和不是 0。",
)
def score_without_pi(theta: list[list[float]], s: int, a: int) -> list[list[float]]:
    gradient = [[0.0] * len(row) for row in theta]
    gradient[s][a] = 1.0
    return gradient


@scores.wrong(
    en="The softmax runs over the states instead of the actions.",
    zh="softmax 沿状态做了，应当沿动作做。",
)
def score_wrong_axis(theta: list[list[float]], s: int, a: int) -> list[list[float]]:
    gradient = [[0.0] * len(row) for row in theta]
    for i in range(len(theta[s])):
        column = [row[i] for row in theta]
        e = [math.exp(x - max(column)) for x in column]
        gradient[s][i] = (i == a) - e[s] / sum(e)
    return gradient


@scores.wrong(
    en="It is the gradient of the chance, not of its logarithm.",
    zh="求的是概率的梯度，不是对数概率的梯度。",
)
def score_of_the_chance(theta: list[list[float]], s: int, a: int) -> list[list[float]]:
    gradient = score(theta, s, a)
    pi = 1 - gradient[s][a]
    gradient[s] = [pi * x for x in gradient[s]]
    return gradient


@scores.wrong(
    en="All rows are filled, though the other states have no part in it.",
    zh="每一行都填了，而其他状态与它无关。",
)
def score_in_all_rows(theta: list[list[float]], s: int, a: int) -> list[list[float]]:
    return [score(theta, i, a)[i] for i in range(len(theta))]


@scores.drive
def scores_drive(score: Any, theta: list[list[float]], s: int, a: int) -> Any:
    before = [list(row) for row in theta]
    result = score(theta, s, a)
    if theta != before:
        raise ValueError("theta must stay as it is, and was changed")
    return result


@scores.cases
def scores_cases(random: Random) -> Iterator[tuple[list[list[float]], int, int]]:
    yield [[0]], 0, 0
    yield [[7]], 0, 0
    yield [[0, 0], [1, 2]], 0, 1
    yield [[1, 1, 1]], 0, 2
    yield [[-3, 2], [0.5, 0.5], [-1, -1]], 2, 0
    yield [[10000, 0], [1, 2]], 0, 1
    yield [[-10000, -9999]], 0, 0
    yield [[1000, 1001, 999]], 0, 1
    for _ in range(25):
        n, k = random.randint(1, 4), random.randint(1, 4)
        theta = [[random.randint(-20, 20) / 8 for _ in range(k)] for _ in range(n)]
        yield theta, random.randrange(n), random.randrange(k)


@scores.large
def scores_large(random: Random) -> Iterator[tuple[list[list[float]], int, int]]:
    theta = [[random.randint(-80, 80) / 8 for _ in range(200)] for _ in range(100)]
    yield theta, 40, 7


@scores.brute
def scores_brute(theta: list[list[float]], s: int, a: int) -> list[list[float]]:
    # 1 / pi_j is the sum over i of exp(x_i - x_j): no maximum, no common sum.
    found = []
    for r, row in enumerate(theta):
        line = []
        for j, x in enumerate(row):
            value = 0.0
            if r == s:
                gaps = [y - x for y in row]
                chance = 0.0
                if max(gaps) < 700:
                    chance = 1 / math.fsum(math.exp(g) for g in gaps)
                value = (1.0 if j == a else 0.0) - chance
            line.append(value)
        found.append(line)
    return found


weigh = Exercise(
    en=Words(
        title="The weights of REINFORCE",
        statement="""\
An episode paid `rewards`, step by step, and the baseline of its states is given. Return the weight of
each step's score, $\\gamma^t (G_t - b_t)$, where $G_t$ is the discounted return from step $t$ on.

- `rewards`: a list of $T \\ge 0$ numbers.
- `baseline`: as many numbers, $b_t$ for step $t$.
- `gamma`: a number from 0 to 1.
- Return a list of $T$ numbers (or an array). The lists stay as they are.

Results may be off by $10^{-9}$ (relative to the result where it exceeds 1). $T$ may be 20000: one pass
from the right is enough.
""",
        hints=(
            "$G_t = r_t + \\gamma G_{t+1}$: fill from the right.",
            "$\\gamma^0 = 1$, also for $\\gamma = 0$.",
        ),
    ),
    zh=Words(
        title="REINFORCE 的权重",
        statement="""\
一个回合逐步付了 `rewards`，各步所在状态的基线也给出了。返回每一步得分的权重 $\\gamma^t (G_t - b_t)$，其中 $G_t$ 是从第 $t$ 步起的折扣回报。

- `rewards`：$T \\ge 0$ 个数的列表。
- `baseline`：同样多的数，第 $t$ 步的是 $b_t$。
- `gamma`：0 到 1 的数。
- 返回 $T$ 个数的列表（或数组）。两个列表都保持不变。

允许 $10^{-9}$ 的误差（结果的绝对值超过 1 时指相对误差，否则指绝对误差）。$T$ 可以到 20000：从右往左走一遍就够了。
""",
        hints=(
            "$G_t = r_t + \\gamma G_{t+1}$：从右往左填。",
            "$\\gamma^0 = 1$，$\\gamma = 0$ 时也是。",
        ),
    ),
    examples="""\
>>> weights([1, 0, 2], [0, 0, 0], 0.5)
[1.5, 0.5, 0.5]
>>> weights([1, 0, 2], [1, 1, 1], 0.5)
[0.5, 0.0, 0.25]
>>> weights([], [], 0.9)
[]
""",
    tolerance=1e-9,
)


@weigh.solution
def weights(rewards: list[float], baseline: list[float], gamma: float) -> list[float]:
    found, g = [0.0] * len(rewards), 0.0
    for t in reversed(range(len(rewards))):
        g = rewards[t] + gamma * g
        found[t] = gamma**t * (g - baseline[t])
    return found


@weigh.wrong(
    en="The factor $\\gamma^t$ is missing: the state counts as if it were the first.",
    zh="漏了 $\\gamma^t$：每个状态都当成第一个来算。",
)
def weights_without_step(
    rewards: list[float], baseline: list[float], gamma: float
) -> list[float]:
    found, g = [0.0] * len(rewards), 0.0
    for t in reversed(range(len(rewards))):
        g = rewards[t] + gamma * g
        found[t] = g - baseline[t]
    return found


@weigh.wrong(
    en="Each step gets the return of the whole episode, past rewards included.",
    zh="每一步都用了整个回合的回报，把过去的奖励也算进去了。",
)
def weights_of_the_whole(
    rewards: list[float], baseline: list[float], gamma: float
) -> list[float]:
    g = sum(gamma**t * r for t, r in enumerate(rewards))
    return [gamma**t * (g - b) for t, b in enumerate(baseline)]


@weigh.wrong(
    en="The discount counts from the start and is applied once more: $\\gamma^{2t}$.",
    zh="折扣已经从头算起，又乘了一次：成了 $\\gamma^{2t}$。",
)
def weights_twice(
    rewards: list[float], baseline: list[float], gamma: float
) -> list[float]:
    once = weights(rewards, baseline, gamma)
    return [gamma**t * w for t, w in enumerate(once)]


@weigh.wrong(
    en="The baseline is not multiplied by $\\gamma^t$ as well.",
    zh="基线没有一起乘 $\\gamma^t$。",
)
def weights_plain_baseline(
    rewards: list[float], baseline: list[float], gamma: float
) -> list[float]:
    once = weights(rewards, [0.0] * len(rewards), gamma)
    return [w - b for w, b in zip(once, baseline)]


@weigh.wrong(
    en="The return begins one step too late: it lacks the reward of its own step.",
    zh="回报晚了一步：漏了这一步自己的奖励。",
)
def weights_late(
    rewards: list[float], baseline: list[float], gamma: float
) -> list[float]:
    moved = [*rewards[1:], 0.0] if rewards else []
    return weights(moved, baseline, gamma)


@weigh.wrong(
    en="The baseline is added instead of subtracted.",
    zh="基线应当减去，却加上了。",
)
def weights_added(
    rewards: list[float], baseline: list[float], gamma: float
) -> list[float]:
    return weights(rewards, [-b for b in baseline], gamma)


@weigh.drive
def weigh_drive(
    weights: Any, rewards: list[float], baseline: list[float], gamma: float
) -> Any:
    before = list(rewards), list(baseline)
    result = weights(rewards, baseline, gamma)
    if (rewards, baseline) != before:
        raise ValueError("the lists must stay as they are, and were changed")
    return result


@weigh.cases
def weigh_cases(random: Random) -> Iterator[tuple[list[float], list[float], float]]:
    yield [], [], 0.5
    yield [3], [0], 0.5
    yield [-3], [1], 1
    yield [1, 0, 2], [0, 0, 0], 0.5
    yield [1, 0, 2], [1, 1, 1], 0.5
    yield [1, 1, 1, 1], [0, 0, 0, 0], 1
    yield [2, 5, 7], [1, 2, 3], 0
    yield [-1, -1, -1], [-1.5, -1.5, -1.5], 0.5
    for _ in range(25):
        n = random.randint(1, 6)
        rewards: list[float] = [random.randint(-5, 5) for _ in range(n)]
        baseline: list[float] = [random.randint(-8, 8) / 2 for _ in range(n)]
        yield rewards, baseline, random.choice([0.25, 0.5, 0.75, 0.9, 1])


@weigh.large
def weigh_large(random: Random) -> Iterator[tuple[list[float], list[float], float]]:
    n = 20_000
    rewards: list[float] = [random.randint(-1, 2) for _ in range(n)]
    yield rewards, [random.random() for _ in range(n)], 0.99


@weigh.brute
def weigh_brute(
    rewards: list[float], baseline: list[float], gamma: float
) -> list[float]:
    # All rewards from t on, each discounted from the start, in exact fractions.
    found, y = [], Fraction(gamma)
    for t in range(len(rewards)):
        total = -(y**t) * Fraction(baseline[t])
        for k in range(t, len(rewards)):
            total += y**k * Fraction(rewards[k])
        found.append(float(total))
    return found
