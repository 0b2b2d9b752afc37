"""Exercises on temporal differences: n-step targets, and a table learnt with traces."""

from collections.abc import Iterator
from random import Random

from notekit.study.judge import Exercise, Words

targets = Exercise(
    en=Words(
        title="n-step targets",
        statement="""\
An episode went through `states` and was paid `rewards[t]` for the step from `states[t]` to
`states[t + 1]`. Its last state is terminal. The target of step $t$ is the sum of the next
$n$ rewards, the $k$-th of them (from 0) times $\\gamma^k$, plus $\\gamma^n$ times the value
of the state reached then. If the episode ends within these $n$ steps, the target is the
discounted sum of the rewards that are left: what follows is worth 0, whatever `v` says.
Return the list of the targets of all steps.

- `v`: a list of numbers, the value of each state.
- `states`: a list of states, numbers from 0 to `len(v) - 1`, one more than the rewards.
- `rewards`: a list of numbers of any sign, maybe none.
- `n`: a whole number from 1 to 50.
- `gamma`: $\\gamma$, a number from 0 to 1.

Results may be off by $10^{-9}$, relative to their size or to 1.
""",
        hints=(
            "How many rewards are left at step `t`? Take at most `n` of them.",
            "With `end = min(t + n, T)`, the value of `states[end]` is added only if"
            " `end < T`. Work from `end` back: `g = rewards[k] + gamma * g`.",
        ),
    ),
    zh=Words(
        title="n 步目标",
        statement="""\
一个回合依次经过 `states`，从 `states[t]` 到 `states[t + 1]` 的一步得到奖励 `rewards[t]`，最后一个状态是终止状态。第 $t$ 步的目标，是此后 $n$ 个奖励之和，其中第 $k$ 个（从 0 数起）乘以 $\\gamma^k$，再加上 $\\gamma^n$ 乘以那时所到状态的值。如果回合在这 $n$ 步之内结束，目标就是余下奖励的折扣和：之后的值是 0，不管 `v` 里写着什么。返回由每一步的目标组成的列表。

- `v`：由数组成的列表，即每个状态的值。
- `states`：状态的列表，状态是 0 到 `len(v) - 1` 的整数，比奖励多一个。
- `rewards`：由数组成的列表，可正可负，也可以为空。
- `n`：1 到 50 的整数。
- `gamma`：折扣因子 $\\gamma$，0 到 1 之间的数。

允许 $10^{-9}$ 的误差（结果的绝对值超过 1 时指相对误差，否则指绝对误差）。
""",
        hints=(
            "第 `t` 步之后还剩几个奖励？至多取 `n` 个。",
            "令 `end = min(t + n, T)`，只有 `end < T` 时才加上 `states[end]` 的值。"
            "从 `end` 往前算：`g = rewards[k] + gamma * g`。",
        ),
    ),
    examples="""\
>>> n_step_targets([0, 1, 2, 3, 9], [0, 1, 2, 3, 4], [1, 1, 1, 1], 2, 0.5)
[2.0, 2.25, 1.5, 1.0]
""",
    tolerance=1e-9,
)


@targets.solution
def n_step_targets(
    v: list[float], states: list[int], rewards: list[float], n: int, gamma: float
) -> list[float]:
    found = []
    for t in range(len(rewards)):
        end = min(t + n, len(rewards))
        g = v[states[end]] if end < len(rewards) else 0.0
        for k in reversed(range(t, end)):
            g = rewards[k] + gamma * g
        found.append(float(g))
    return found


@targets.wrong(
    en="The value of the terminal state is added; it is 0, whatever the table says.",
    zh="加上了终止状态在表里的值；它应当是 0。",
)
def n_step_targets_terminal(
    v: list[float], states: list[int], rewards: list[float], n: int, gamma: float
) -> list[float]:
    found = []
    for t in range(len(rewards)):
        end = min(t + n, len(rewards))
        g = v[states[end]]
        for k in reversed(range(t, end)):
            g = rewards[k] + gamma * g
        found.append(g)
    return found


@targets.wrong(
    en="The last n - 1 steps get no target.",
    zh="最后 n - 1 步没有目标。",
)
def n_step_targets_dropped(
    v: list[float], states: list[int], rewards: list[float], n: int, gamma: float
) -> list[float]:
    found = []
    for t in range(len(rewards) - n + 1):
        end = t + n
        g = v[states[end]] if end < len(rewards) else 0.0
        for k in reversed(range(t, end)):
            g = rewards[k] + gamma * g
        found.append(g)
    return found


@targets.wrong(
    en="The value is discounted once, not once for each of the n steps.",
    zh="状态值只乘了一次折扣因子，而不是每一步各乘一次。",
)
def n_step_targets_once(
    v: list[float], states: list[int], rewards: list[float], n: int, gamma: float
) -> list[float]:
    found = []
    for t in range(len(rewards)):
        end = min(t + n, len(rewards))
        g = sum(gamma ** (k - t) * rewards[k] for k in range(t, end))
        found.append(g + (gamma * v[states[end]] if end < len(rewards) else 0.0))
    return found


@targets.wrong(
    en="One reward too many before the table is asked.",
    zh="多取了一个奖励才查表。",
)
def n_step_targets_late(
    v: list[float], states: list[int], rewards: list[float], n: int, gamma: float
) -> list[float]:
    found = []
    for t in range(len(rewards)):
        end = min(t + n + 1, len(rewards))
        g = v[states[end]] if end < len(rewards) else 0.0
        for k in reversed(range(t, end)):
            g = rewards[k] + gamma * g
        found.append(g)
    return found


@targets.cases
def targets_cases(
    random: Random,
) -> Iterator[tuple[list[float], list[int], list[float], int, float]]:
    yield [5.0], [0], [], 1, 0.5
    yield [0, 1, 2, 3, 9], [0, 1, 2, 3, 4], [1, 1, 1, 1], 2, 0.5
    yield [2, 7], [0, 1], [3], 3, 0.5
    yield [1, 1], [0, 0, 0, 1], [2, 2, 2], 1, 1
    for _ in range(30):
        size, T = random.randint(1, 5), random.randint(1, 8)
        v = [random.randint(-5, 5) for _ in range(size)]
        states = [random.randrange(size) for _ in range(T + 1)]
        rewards = [random.randint(-5, 5) for _ in range(T)]
        yield v, states, rewards, random.randint(1, 5), random.choice([0, 0.5, 0.9, 1])


@targets.large
def targets_large(
    random: Random,
) -> Iterator[tuple[list[float], list[int], list[float], int, float]]:
    v = [random.uniform(-1, 1) for _ in range(100)]
    states = [random.randrange(100) for _ in range(3001)]
    yield v, states, [random.uniform(-1, 1) for _ in range(3000)], 50, 0.99


@targets.brute
def targets_brute(
    v: list[float], states: list[int], rewards: list[float], n: int, gamma: float
) -> list[float]:
    T = len(rewards)
    padded = list(rewards) + [0.0] * n
    known = [v[s] for s in states[:-1]] + [0.0] * (n + 1)
    found = [
        sum(gamma**k * padded[t + k] for k in range(n)) + gamma**n * known[t + n]
        for t in range(T)
    ]
    return [float(g) for g in found]


traces = Exercise(
    en=Words(
        title="One episode of TD(λ)",
        statement="""\
Update a table of values along one episode by TD(λ) with accumulating traces. All traces are
0 at first. At each step from $s$ to $s'$ with reward $r$, in this order:

1. the TD error is $\\delta = r + \\gamma V(s') - V(s)$, where a terminal $s'$ counts 0;
2. all traces are multiplied by $\\gamma\\lambda$, then that of $s$ grows by 1;
3. each value grows by $\\alpha\\delta$ times its trace.

Return the table after the last step. The last state of `states` is terminal.

- `v`: a list of numbers, the value of each state before the episode.
- `states`: a list of states, numbers from 0 to `len(v) - 1`, one more than the rewards.
- `rewards`: a list of numbers of any sign, maybe none.
- `alpha`, `gamma`, `lam`: $\\alpha$, $\\gamma$, $\\lambda$, numbers from 0 to 1.

Results may be off by $10^{-9}$, relative to their size or to 1.
""",
        hints=(
            "Keep one trace for each state, in a list as long as `v`.",
            "The TD error is computed once a step, before any value changes. The last step"
            " leads to the value 0.",
        ),
    ),
    zh=Words(
        title="TD(λ) 的一个回合",
        statement="""\
用带累积资格迹的 TD(λ)，沿着一个回合更新状态值表。起初所有的迹都是 0。每走一步，从 $s$ 到 $s'$，奖励为 $r$，依次做三件事：

1. 算 TD 误差 $\\delta = r + \\gamma V(s') - V(s)$，其中终止的 $s'$ 按 0 计；
2. 所有的迹乘以 $\\gamma\\lambda$，然后 $s$ 的迹加 1；
3. 每个状态值加上 $\\alpha\\delta$ 乘以它的迹。

返回最后一步之后的表。`states` 的最后一个状态是终止状态。

- `v`：由数组成的列表，即回合开始前每个状态的值。
- `states`：状态的列表，状态是 0 到 `len(v) - 1` 的整数，比奖励多一个。
- `rewards`：由数组成的列表，可正可负，也可以为空。
- `alpha`、`gamma`、`lam`：$\\alpha$、$\\gamma$、$\\lambda$，都是 0 到 1 之间的数。

允许 $10^{-9}$ 的误差（结果的绝对值超过 1 时指相对误差，否则指绝对误差）。
""",
        hints=(
            "每个状态一个迹，放在与 `v` 一样长的列表里。",
            "每一步只算一次 TD 误差，要在任何值改变之前算。最后一步所到的值是 0。",
        ),
    ),
    examples="""\
>>> td_lambda([0, 0, 0], [0, 0, 1, 2], [0, 0, 1], 0.5, 1, 1)
[1.0, 0.5, 0.0]
""",
    tolerance=1e-9,
)


@traces.solution
def td_lambda(
    v: list[float],
    states: list[int],
    rewards: list[float],
    alpha: float,
    gamma: float,
    lam: float,
) -> list[float]:
    v, e = [float(x) for x in v], [0.0] * len(v)
    for t, r in enumerate(rewards):
        s = states[t]
        after = v[states[t + 1]] if t + 1 < len(rewards) else 0.0
        delta = r + gamma * after - v[s]
        e = [gamma * lam * x for x in e]
        e[s] += 1
        v = [x + alpha * delta * y for x, y in zip(v, e)]
    return v


@traces.wrong(
    en="These are replacing traces: the trace is set to 1, where it should grow by 1.",
    zh="这是替换迹：把迹设为 1，而题目要求加 1。",
)
def td_lambda_replacing(
    v: list[float],
    states: list[int],
    rewards: list[float],
    alpha: float,
    gamma: float,
    lam: float,
) -> list[float]:
    v, e = [float(x) for x in v], [0.0] * len(v)
    for t, r in enumerate(rewards):
        s = states[t]
        after = v[states[t + 1]] if t + 1 < len(rewards) else 0.0
        delta = r + gamma * after - v[s]
        e = [gamma * lam * x for x in e]
        e[s] = 1.0
        v = [x + alpha * delta * y for x, y in zip(v, e)]
    return v


@traces.wrong(
    en="The traces fade by λ alone, without the discount factor.",
    zh="迹只乘了 λ，漏乘折扣因子。",
)
def td_lambda_undiscounted(
    v: list[float],
    states: list[int],
    rewards: list[float],
    alpha: float,
    gamma: float,
    lam: float,
) -> list[float]:
    v, e = [float(x) for x in v], [0.0] * len(v)
    for t, r in enumerate(rewards):
        s = states[t]
        after = v[states[t + 1]] if t + 1 < len(rewards) else 0.0
        delta = r + gamma * after - v[s]
        e = [lam * x for x in e]
        e[s] += 1
        v = [x + alpha * delta * y for x, y in zip(v, e)]
    return v


@traces.wrong(
    en="The last step bootstraps from the table's entry of the terminal state.",
    zh="最后一步用了终止状态在表里的值。",
)
def td_lambda_terminal(
    v: list[float],
    states: list[int],
    rewards: list[float],
    alpha: float,
    gamma: float,
    lam: float,
) -> list[float]:
    v, e = [float(x) for x in v], [0.0] * len(v)
    for t, r in enumerate(rewards):
        s = states[t]
        delta = r + gamma * v[states[t + 1]] - v[s]
        e = [gamma * lam * x for x in e]
        e[s] += 1
        v = [x + alpha * delta * y for x, y in zip(v, e)]
    return v


@traces.wrong(
    en="The state's own trace grows only after the values have moved.",
    zh="先更新了状态值，才给当前状态的迹加 1。",
)
def td_lambda_late(
    v: list[float],
    states: list[int],
    rewards: list[float],
    alpha: float,
    gamma: float,
    lam: float,
) -> list[float]:
    v, e = [float(x) for x in v], [0.0] * len(v)
    for t, r in enumerate(rewards):
        s = states[t]
        after = v[states[t + 1]] if t + 1 < len(rewards) else 0.0
        delta = r + gamma * after - v[s]
        e = [gamma * lam * x for x in e]
        v = [x + alpha * delta * y for x, y in zip(v, e)]
        e[s] += 1
    return v


@traces.cases
def traces_cases(
    random: Random,
) -> Iterator[tuple[list[float], list[int], list[float], float, float, float]]:
    yield [5.0], [0], [], 0.5, 0.5, 0.5
    yield [2, 7], [0, 1], [3], 0.5, 0.5, 0.5
    yield [0, 0, 0], [0, 0, 1, 2], [0, 0, 1], 0.5, 1, 1
    yield [1, 1, 1], [0, 0, 0, 1], [2, 2, 2], 0.5, 0.5, 1
    for _ in range(30):
        size, T = random.randint(1, 5), random.randint(1, 8)
        v = [random.randint(-5, 5) for _ in range(size)]
        states = [random.randrange(size) for _ in range(T + 1)]
        rewards = [random.randint(-5, 5) for _ in range(T)]
        yield (
            v,
            states,
            rewards,
            random.choice([0.1, 0.5]),
            random.choice([0.5, 0.9, 1]),
            random.choice([0, 0.5, 1]),
        )


@traces.large
def traces_large(
    random: Random,
) -> Iterator[tuple[list[float], list[int], list[float], float, float, float]]:
    v = [random.uniform(-1, 1) for _ in range(30)]
    states = [random.randrange(30) for _ in range(601)]
    rewards = [random.uniform(-1, 1) for _ in range(600)]
    yield v, states, rewards, 0.1, 0.9, 0.8


@traces.brute
def traces_brute(
    v: list[float],
    states: list[int],
    rewards: list[float],
    alpha: float,
    gamma: float,
    lam: float,
) -> list[float]:
    table = {s: float(x) for s, x in enumerate(v)}
    for t in range(len(rewards)):
        target = rewards[t]
        if t < len(rewards) - 1:
            target += gamma * table[states[t + 1]]
        delta = target - table[states[t]]
        for k in range(t + 1):  # each earlier step on its own, by its age
            table[states[k]] += alpha * delta * (gamma * lam) ** (t - k)
    return [table[s] for s in range(len(v))]
