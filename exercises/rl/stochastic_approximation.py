"""Exercises on stochastic approximation: what a step size remembers, and TD step by step."""

from collections.abc import Iterator
from random import Random

from notekit.study.judge import Exercise, Words

memory = Exercise(
    en=Words(
        title="What is left of each sample?",
        statement="""\
Mean estimation with step sizes $a_1, \\dots, a_n$ moves $w_{k+1} = w_k - a_k\\,(w_k - x_k)$.
So the result is a weighted sum of the start and the samples,
$w_{n+1} = c_0 w_1 + c_1 x_1 + \\dots + c_n x_n$. Return the list $c_0, c_1, \\dots, c_n$.

- `steps`: $a_1, \\dots, a_n$, numbers with $0 < a_k < 2$; up to 50,000 of them, maybe none.

Results may be off by $10^{-9}$. A product of its own for each sample is too slow.
""",
        hints=(
            "One step is $w_{k+1} = (1 - a_k)\\, w_k + a_k x_k$. By what is $x_k$ multiplied in"
            " the steps that come after it?",
            "$c_k = a_k (1 - a_{k+1}) \\cdots (1 - a_n)$: walk from the last step to the first,"
            " and keep the product. Do not divide, since $1 - a_k$ may be 0.",
        ),
    ),
    zh=Words(
        title="每个样本还剩多少权重",
        statement="""\
用步长 $a_1, \\dots, a_n$ 估计均值，每一步更新为 $w_{k+1} = w_k - a_k\\,(w_k - x_k)$。因此最后的结果是起点与各样本的加权和：$w_{n+1} = c_0 w_1 + c_1 x_1 + \\dots + c_n x_n$。返回由 $c_0, c_1, \\dots, c_n$ 组成的列表。

- `steps`：各步的步长 $a_1, \\dots, a_n$，$0 < a_k < 2$；至多 50,000 个，也可以为空。

允许 $10^{-9}$ 的误差。对每个样本都从头求一遍乘积，就太慢了。
""",
        hints=(
            "一步就是 $w_{k+1} = (1 - a_k)\\, w_k + a_k x_k$。在 $x_k$ 之后的各步里，它还要乘上什么？",
            "$c_k = a_k (1 - a_{k+1}) \\cdots (1 - a_n)$：从最后一步往前走，边走边累乘。不要用除法，因为 $1 - a_k$ 可能是 0。",
        ),
    ),
    examples="""\
>>> sample_weights([0.5, 0.5, 0.5])
[0.125, 0.125, 0.25, 0.5]
>>> [round(c, 6) for c in sample_weights([1, 1 / 2, 1 / 3, 1 / 4])]
[0.0, 0.25, 0.25, 0.25, 0.25]
""",
    seconds=4,
    tolerance=1e-9,
    lacks={"negative": "step sizes are positive"},
)


@memory.solution
def sample_weights(steps: list[float]) -> list[float]:
    weights, kept = [], 1.0
    for a in reversed(steps):
        weights.append(a * kept)
        kept *= 1 - a
    weights.append(kept)
    return weights[::-1]


@memory.wrong(
    en="Multiplies by the steps before a sample instead of those after it.",
    zh="乘的是样本之前各步的因子，而不是之后的。",
)
def sample_weights_before(steps: list[float]) -> list[float]:
    weights, kept = [], 1.0
    for a in steps:
        weights.append(a * kept)
        kept *= 1 - a
    return [kept, *weights]


@memory.wrong(
    en="Divides the whole product by the factors up to the sample: by 0 where a step is 1.",
    zh="用总乘积除以样本及之前各步的因子：步长为 1 时除以了 0。",
)
def sample_weights_divided(steps: list[float]) -> list[float]:
    kept = 1.0
    for a in steps:
        kept *= 1 - a
    weights, after = [kept], kept
    for a in steps:
        after /= 1 - a
        weights.append(a * after)
    return weights


@memory.wrong(
    en="Forgets the start, as if the first step were 1.",
    zh="漏了起点，仿佛第一步的步长总是 1。",
)
def sample_weights_no_start(steps: list[float]) -> list[float]:
    weights, kept = [], 1.0
    for a in reversed(steps):
        weights.append(a * kept)
        kept *= 1 - a
    return [0.0, *weights[::-1]]


@memory.wrong(
    en="The factor of the sample's own step is in the product as well.",
    zh="样本自己那一步的因子也乘进去了。",
)
def sample_weights_own(steps: list[float]) -> list[float]:
    weights, kept = [], 1.0
    for a in reversed(steps):
        kept *= 1 - a
        weights.append(a * kept)
    weights.append(kept)
    return weights[::-1]


@memory.wrong(
    en="Takes the step sizes themselves for weights, divided by their sum.",
    zh="直接把步长当作权重，再除以它们的和。",
)
def sample_weights_shares(steps: list[float]) -> list[float]:
    total = sum(steps) or 1
    return [0.0 if steps else 1.0, *(a / total for a in steps)]


@memory.cases
def memory_cases(random: Random) -> Iterator[tuple[list[float]]]:
    yield ([],)
    yield ([1],)
    yield ([0.25],)
    yield ([1.5],)
    yield ([0.5, 1],)
    yield ([1, 1],)
    yield ([0.5, 0.5, 0.5],)
    yield ([1, 1 / 2, 1 / 3, 1 / 4],)
    yield ([1 / k for k in range(2, 7)],)
    for _ in range(25):
        n = random.randint(1, 8)
        yield ([random.choice([0.1, 0.25, 0.5, 1, 1.5]) for _ in range(n)],)
    yield ([1 / k for k in range(1, 101)],)


@memory.large
def memory_large(random: Random) -> Iterator[tuple[list[float]]]:
    yield ([2 / k for k in range(2, 20_000)],)


@memory.brute
def memory_brute(steps: list[float]) -> list[float]:
    # Runs the recursion once for the start and each sample, with a 1 there alone.
    found = []
    for place in range(len(steps) + 1):
        w = float(place == 0)
        for k, a in enumerate(steps, start=1):
            w -= a * (w - (k == place))
        found.append(w)
    return found


td = Exercise(
    en=Words(
        title="TD with a step size for each state",
        statement="""\
An agent reports transitions one by one. After each, the value of the state that was left,
and no other, moves at once:
$v(s) \\leftarrow v(s) - a\\,[v(s) - (r + \\gamma\\, v(s'))]$. Here $a = 1/k$ where this is
the $k$-th transition that leaves $s$, counted from 1. All values start at 0. Return a
dictionary with the final values of all states that occur in the transitions.

- `transitions`: tuples `(s, r, t)`: the state, the reward of any sign, and the next state
  $s'$, or `None` if the episode ended, after which nothing follows. States are integers
  $\\ge 0$; $s'$ may be $s$. There are up to 10,000 transitions, maybe none.
- `gamma`: $\\gamma$, a number from 0 to 1.

Results may be off by $10^{-9}$, relative to their size or to 1. In the first example $v(0)$
moves to $2 + 0.5 \\cdot 0 = 2$, then $v(1)$ to 4, then $v(0)$ halfway from 2 to
$1 + 0.5 \\cdot 4 = 3$.
""",
        hints=(
            "Two dictionaries: the values, and how often each state has been left.",
            "Raise the count first, then step by one over it. The next state's value is read"
            " before anything is written; for `None` it is 0, and `None` is no state.",
        ),
    ),
    zh=Words(
        title="每个状态各用各的步长",
        statement="""\
智能体逐条报告转移。每来一条，立即更新离开的那个状态的值，其他状态的值不变：$v(s) \\leftarrow v(s) - a\\,[v(s) - (r + \\gamma\\, v(s'))]$。若这是第 $k$ 次从 $s$ 离开（从 1 数起），步长就是 $a = 1/k$。所有的值从 0 开始。返回一个字典，给出转移中出现过的所有状态最后的值。

- `transitions`：元组 `(s, r, t)` 的列表，即状态、奖励（可正可负）和下一状态 $s'$；若回合到此结束，则第三项为 `None`，此后再无奖励。状态是 $\\ge 0$ 的整数；$s'$ 可以就是 $s$。至多 10,000 条，也可以为空。
- `gamma`：折扣因子 $\\gamma$，0 到 1 之间的数。

允许 $10^{-9}$ 的误差（结果的绝对值超过 1 时指相对误差，否则指绝对误差）。第一个例子中，$v(0)$ 先变为 $2 + 0.5 \\cdot 0 = 2$，然后 $v(1)$ 变为 4，最后 $v(0)$ 从 2 出发，朝 $1 + 0.5 \\cdot 4 = 3$ 走一半。
""",
        hints=(
            "用两个字典：一个存值，一个存每个状态离开过几次。",
            "先把次数加一，再用它的倒数作步长。写入之前先读下一状态的值；`None` 按 0 计，它不是状态。",
        ),
    ),
    examples="""\
>>> td_values([(0, 2, 1), (1, 4, None), (0, 1, 1)], 0.5)
{0: 2.5, 1: 4.0}
>>> td_values([(3, 1, 3), (3, 1, 3)], 0.5)
{3: 1.25}
>>> td_values([(0, 1, 7)], 0.9)
{0: 1.0, 7: 0.0}
""",
    tolerance=1e-9,
)


@td.solution
def td_values(
    transitions: list[tuple[int, float, int | None]], gamma: float
) -> dict[int, float]:
    v, count = {}, {}
    for s, r, t in transitions:
        v.setdefault(s, 0.0)
        after = 0.0 if t is None else v.setdefault(t, 0.0)
        count[s] = count.get(s, 0) + 1
        v[s] -= (v[s] - (r + gamma * after)) / count[s]
    return v


@td.wrong(
    en="One count for all states: those that are reached late hardly move.",
    zh="所有状态共用一个计数：较晚才到的状态几乎不动。",
)
def td_values_one_count(
    transitions: list[tuple[int, float, int | None]], gamma: float
) -> dict[int, float]:
    v = {}
    for k, (s, r, t) in enumerate(transitions, start=1):
        v.setdefault(s, 0.0)
        after = 0.0 if t is None else v.setdefault(t, 0.0)
        v[s] -= (v[s] - (r + gamma * after)) / k
    return v


@td.wrong(
    en="The step is $1/(k + 1)$: the start counts as a sample.",
    zh="步长成了 $1/(k + 1)$：起点也被当作一个样本。",
)
def td_values_start_counts(
    transitions: list[tuple[int, float, int | None]], gamma: float
) -> dict[int, float]:
    v, count = {}, {}
    for s, r, t in transitions:
        v.setdefault(s, 0.0)
        after = 0.0 if t is None else v.setdefault(t, 0.0)
        count[s] = count.get(s, 1) + 1
        v[s] -= (v[s] - (r + gamma * after)) / count[s]
    return v


@td.wrong(
    en="Averages each state's targets at the end, with the values of next states still at 0.",
    zh="没有逐条更新：最后才统一求平均，而下一状态的值都还是 0。",
)
def td_values_at_the_end(
    transitions: list[tuple[int, float, int | None]], gamma: float
) -> dict[int, float]:
    v = {}
    for s, _, t in transitions:
        v[s] = 0.0
        if t is not None:
            v[t] = 0.0
    old = v.copy()
    for s in v:
        targets = [
            r + gamma * (0.0 if t is None else old[t])
            for here, r, t in transitions
            if here == s
        ]
        v[s] = sum(targets) / len(targets) if targets else 0.0
    return v


@td.wrong(
    en="The end of an episode is ignored: the value of the next start is taken.",
    zh="没有理会回合的结束，接着用了下一回合起点的值。",
)
def td_values_joined(
    transitions: list[tuple[int, float, int | None]], gamma: float
) -> dict[int, float]:
    v, count = {}, {}
    for i, (s, r, t) in enumerate(transitions):
        if t is None and i + 1 < len(transitions):
            t = transitions[i + 1][0]
        v.setdefault(s, 0.0)
        after = 0.0 if t is None else v.setdefault(t, 0.0)
        count[s] = count.get(s, 0) + 1
        v[s] -= (v[s] - (r + gamma * after)) / count[s]
    return v


@td.wrong(
    en="States that are only entered, never left, are missing.",
    zh="漏了只到达过、没有离开过的状态。",
)
def td_values_only_left(
    transitions: list[tuple[int, float, int | None]], gamma: float
) -> dict[int, float]:
    v, count = {}, {}
    for s, r, t in transitions:
        count[s] = count.get(s, 0) + 1
        target = r + gamma * v.get(t, 0.0)
        v[s] = v.get(s, 0.0) + (target - v.get(s, 0.0)) / count[s]
    return v


@td.wrong(
    en="The sign is turned: the value moves away from its target.",
    zh="符号反了：值离目标越来越远。",
)
def td_values_sign(
    transitions: list[tuple[int, float, int | None]], gamma: float
) -> dict[int, float]:
    v, count = {}, {}
    for s, r, t in transitions:
        v.setdefault(s, 0.0)
        after = 0.0 if t is None else v.setdefault(t, 0.0)
        count[s] = count.get(s, 0) + 1
        v[s] += (v[s] - (r + gamma * after)) / count[s]
    return v


TdCase = tuple[list[tuple[int, float, int | None]], float]


@td.cases
def td_cases(random: Random) -> Iterator[TdCase]:
    yield [], 0.9
    yield [(0, 3, None)], 0.5
    yield [(0, 1, 7)], 0.9
    yield [(3, 1, 3), (3, 1, 3)], 0.5
    yield [(0, 2, 1), (1, 4, None), (0, 1, 1)], 0.5
    yield [(0, -1, 1), (1, -1, 0), (0, -1, 1)], 1
    for _ in range(40):
        found: list[tuple[int, float, int | None]] = []
        here = random.randint(0, 2)
        for _ in range(random.randint(1, 7)):
            after = random.choice([None, 0, 1, 2, 3])
            found.append((here, random.randint(-4, 4), after))
            here = random.randint(0, 2) if after is None else after
        yield found, random.choice([0, 0.5, 0.75, 1])


@td.large
def td_large(random: Random) -> Iterator[TdCase]:
    found: list[tuple[int, float, int | None]] = []
    here = 10
    for _ in range(3000):
        after = here + random.choice([-1, 1])
        found.append((here, float(after == 20), after if 0 < after < 20 else None))
        here = after if 0 < after < 20 else 10
    yield found, 0.9


@td.brute
def td_brute(
    transitions: list[tuple[int, float, int | None]], gamma: float
) -> dict[int, float]:
    # With steps 1/k a value is the mean of all its targets so far; no state is kept.
    def value(state: int | None, before: int) -> float:
        targets = [
            r + gamma * value(t, i)
            for i, (s, r, t) in enumerate(transitions[:before])
            if s == state
        ]
        return sum(targets) / len(targets) if targets else 0.0

    occur = {x for s, _, t in transitions for x in (s, t) if x is not None}
    return {state: value(state, len(transitions)) for state in occur}
