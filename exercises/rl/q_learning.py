"""Exercises on Q-learning: replay recorded steps with one table, and with two."""

from collections.abc import Callable, Iterator
from random import Random

from notekit.study.judge import Exercise, Words

single = Exercise(
    en=Words(
        title="Q-learning on recorded steps",
        statement="""\
Go through recorded steps `(s, a, r, s2, done)` in their order and update a table of action
values by Q-learning. The target of a step is the reward plus $\\gamma$ times the largest
value in row `s2`, as the table is then; if `done` is true, it is the reward alone. The value
of the pair `(s, a)` moves the fraction $\\alpha$ of the way to the target. Return the table
after the last step, and leave `q` as it was: the judge returns both, the table and `q` after
the call.

- `q`: a list of rows, one for each state, at least one; each is a list of numbers, one for
  each action.
- `transitions`: a list of steps, maybe none; `s`, `a` and `s2` count from 0. The next step
  need not begin where the last one ended.
- `alpha`, `gamma`: $\\alpha$, $\\gamma$, numbers from 0 to 1.

Results may be off by $10^{-9}$, relative to their size or to 1.
""",
        hints=(
            "Copy the table first, row by row: `list(q)` copies the outer list alone.",
            "For each step: `target = r`, and if the step is not done, add"
            " `gamma * max(table[s2])`. Then `table[s][a] += alpha * (target - table[s][a])`.",
        ),
    ),
    zh=Words(
        title="在记录好的步上做 Q 学习",
        statement="""\
按顺序处理记录好的步 `(s, a, r, s2, done)`，用 Q 学习更新动作值表。一步的目标等于奖励，加上 $\\gamma$ 乘以表中 `s2` 那一行此刻的最大值；如果 `done` 为真，目标只是奖励。状态-动作对 `(s, a)` 的值朝目标移动 $\\alpha$ 这么大的比例。返回最后一步之后的表，`q` 要保持原样：评测会同时比较返回的表与调用之后的 `q`。

- `q`：行的列表，每个状态一行，至少一行；每行是由数组成的列表，每个动作一个数。
- `transitions`：步的列表，可以为空；`s`、`a`、`s2` 从 0 数起。下一步不一定从上一步到达的状态开始。
- `alpha`、`gamma`：$\\alpha$、$\\gamma$，0 到 1 之间的数。

允许 $10^{-9}$ 的误差（结果的绝对值超过 1 时指相对误差，否则指绝对误差）。
""",
        hints=(
            "先逐行复制表：`list(q)` 只复制了外层列表。",
            "每一步：先令 `target = r`，没有结束就加上 `gamma * max(table[s2])`。"
            "然后 `table[s][a] += alpha * (target - table[s][a])`。",
        ),
    ),
    examples="""\
>>> steps = [(0, 1, 0, 1, False), (1, 1, 4, 2, True)]
>>> q_replay([[0, 0], [0, 2], [9, 9]], steps, 0.5, 0.5)
[[0.0, 0.5], [0.0, 3.0], [9.0, 9.0]]
""",
    tolerance=1e-9,
)


@single.solution
def q_replay(
    q: list[list[float]],
    transitions: list[tuple[int, int, float, int, bool]],
    alpha: float,
    gamma: float,
) -> list[list[float]]:
    table = [[float(x) for x in row] for row in q]
    for s, a, r, s2, done in transitions:
        target = r if done else r + gamma * max(table[s2])
        table[s][a] += alpha * (target - table[s][a])
    return table


@single.drive
def q_replay_and_q(
    answer: Callable[
        [list[list[float]], list[tuple[int, int, float, int, bool]], float, float],
        list[list[float]],
    ],
    q: list[list[float]],
    transitions: list[tuple[int, int, float, int, bool]],
    alpha: float,
    gamma: float,
) -> list[list[list[float]]]:
    return [answer(q, transitions, alpha, gamma), q]


@single.wrong(
    en="The row of a terminal state is used; what follows the end is worth 0.",
    zh="用了终止状态那一行；结束之后的值应当是 0。",
)
def q_replay_bootstrapped(
    q: list[list[float]],
    transitions: list[tuple[int, int, float, int, bool]],
    alpha: float,
    gamma: float,
) -> list[list[float]]:
    table = [[float(x) for x in row] for row in q]
    for s, a, r, s2, _ in transitions:
        table[s][a] += alpha * (r + gamma * max(table[s2]) - table[s][a])
    return table


@single.wrong(
    en="This is Sarsa: it takes the value of the next action, not the largest one.",
    zh="这是 Sarsa：取的是下一个动作的值，而不是最大值。",
)
def q_replay_sarsa(
    q: list[list[float]],
    transitions: list[tuple[int, int, float, int, bool]],
    alpha: float,
    gamma: float,
) -> list[list[float]]:
    table = [[float(x) for x in row] for row in q]
    for k, (s, a, r, s2, done) in enumerate(transitions):
        after = max(table[s2])
        if k + 1 < len(transitions):
            after = table[s2][transitions[k + 1][1]]
        target = r if done else r + gamma * after
        table[s][a] += alpha * (target - table[s][a])
    return table


@single.wrong(
    en="The rows are those of q, so q changes as well.",
    zh="各行仍是 q 的行，所以 q 也变了。",
)
def q_replay_shallow(
    q: list[list[float]],
    transitions: list[tuple[int, int, float, int, bool]],
    alpha: float,
    gamma: float,
) -> list[list[float]]:
    table = list(q)
    for s, a, r, s2, done in transitions:
        target = r if done else r + gamma * max(table[s2])
        table[s][a] += alpha * (target - table[s][a])
    return table


@single.wrong(
    en="The maximum is taken from the table as it was before the first step.",
    zh="最大值取自第一步之前的表。",
)
def q_replay_frozen(
    q: list[list[float]],
    transitions: list[tuple[int, int, float, int, bool]],
    alpha: float,
    gamma: float,
) -> list[list[float]]:
    table = [[float(x) for x in row] for row in q]
    for s, a, r, s2, done in transitions:
        target = r if done else r + gamma * max(q[s2])
        table[s][a] += alpha * (target - table[s][a])
    return table


@single.wrong(
    en="The discount factor multiplies the reward too.",
    zh="折扣因子也乘到了奖励上。",
)
def q_replay_discounted(
    q: list[list[float]],
    transitions: list[tuple[int, int, float, int, bool]],
    alpha: float,
    gamma: float,
) -> list[list[float]]:
    table = [[float(x) for x in row] for row in q]
    for s, a, r, s2, done in transitions:
        after = 0.0 if done else max(table[s2])
        table[s][a] += alpha * (gamma * (r + after) - table[s][a])
    return table


def _table(random: Random, states: int, actions: int) -> list[list[float]]:
    return [[random.randint(-5, 5) for _ in range(actions)] for _ in range(states)]


def _steps(
    random: Random, states: int, actions: int, n: int
) -> list[tuple[int, int, float, int, bool]]:
    return [
        (
            random.randrange(states),
            random.randrange(actions),
            random.randint(-5, 5),
            random.randrange(states),
            random.random() < 0.3,
        )
        for _ in range(n)
    ]


@single.cases
def single_cases(
    random: Random,
) -> Iterator[
    tuple[list[list[float]], list[tuple[int, int, float, int, bool]], float, float]
]:
    yield [[5.0]], [], 0.5, 0.5
    yield [[1, 1]], [(0, 0, 2, 0, False)], 0.5, 0.5
    yield [[1, 1], [7, 3]], [(0, 1, 3, 1, True)], 1, 1
    yield [[-4, -2]], [(0, 0, -1, 0, False), (0, 1, -1, 0, False)], 0.5, 1
    yield [[0.5, 0.25], [-0.75, 1.5]], [(0, 0, 0.5, 1, False)], 0.5, 0.5
    for _ in range(30):
        states, actions = random.randint(1, 4), random.randint(1, 3)
        yield (
            _table(random, states, actions),
            _steps(random, states, actions, random.randint(1, 8)),
            random.choice([0.1, 0.5, 1]),
            random.choice([0, 0.5, 0.9, 1]),
        )


@single.large
def single_large(
    random: Random,
) -> Iterator[
    tuple[list[list[float]], list[tuple[int, int, float, int, bool]], float, float]
]:
    yield _table(random, 50, 4), _steps(random, 50, 4, 5000), 0.5, 0.9


@single.brute
def single_brute(
    q: list[list[float]],
    transitions: list[tuple[int, int, float, int, bool]],
    alpha: float,
    gamma: float,
) -> list[list[float]]:
    def value(s: int, a: int, k: int) -> float:
        """The pair's value when k steps are done, asked back to the beginning."""
        while k and transitions[k - 1][:2] != (s, a):
            k -= 1
        if not k:
            return float(q[s][a])
        _, _, r, s2, done = transitions[k - 1]
        ahead = [value(s2, b, k - 1) for b in range(len(q[s2]))] if not done else [0.0]
        return (1 - alpha) * value(s, a, k - 1) + alpha * (r + gamma * max(ahead))

    n = len(transitions)
    return [[value(s, a, n) for a in range(len(row))] for s, row in enumerate(q)]


double = Exercise(
    en=Words(
        title="Double Q-learning on recorded steps",
        statement="""\
Go through recorded steps `(s, a, r, s2, done, coin)` in their order and update two tables by
double Q-learning. If `coin` is true, `q_a` is updated, else `q_b`. The table that is updated
chooses an action in `s2`, the one with its largest value, the first of equals. The **other**
table gives the value of this action. The target is the reward plus $\\gamma$ times that value;
if `done` is true, it is the reward alone. The value of `(s, a)` in the updated table moves the
fraction $\\alpha$ of the way to the target. Return the list of the two tables, first that of
`q_a`.

- `q_a`, `q_b`: tables of the same size: lists of rows, one for each state, at least one; each
  row is a list of numbers, one for each action.
- `transitions`: a list of steps, maybe none; `s`, `a` and `s2` count from 0.
- `alpha`, `gamma`: $\\alpha$, $\\gamma$, numbers from 0 to 1.

Results may be off by $10^{-9}$, relative to their size or to 1.
""",
        hints=(
            "Give the two tables of a step new names: `one` is updated, `other` is not.",
            "`best = one[s2].index(max(one[s2]))` is the first of equals; the target is"
            " `r + gamma * other[s2][best]`.",
        ),
    ),
    zh=Words(
        title="在记录好的步上做双 Q 学习",
        statement="""\
按顺序处理记录好的步 `(s, a, r, s2, done, coin)`，用双 Q 学习更新两张表。`coin` 为真时更新 `q_a`，否则更新 `q_b`。由被更新的表在 `s2` 选动作，取它最大的值所在的动作，并列时取第一个；这个动作的值由**另一张**表给出。目标等于奖励加上 $\\gamma$ 乘以这个值；如果 `done` 为真，目标只是奖励。被更新的表里 `(s, a)` 的值朝目标移动 $\\alpha$ 这么大的比例。返回由两张表组成的列表，`q_a` 的在前。

- `q_a`、`q_b`：大小相同的表：行的列表，每个状态一行，至少一行；每行是由数组成的列表，每个动作一个数。
- `transitions`：步的列表，可以为空；`s`、`a`、`s2` 从 0 数起。
- `alpha`、`gamma`：$\\alpha$、$\\gamma$，0 到 1 之间的数。

允许 $10^{-9}$ 的误差（结果的绝对值超过 1 时指相对误差，否则指绝对误差）。
""",
        hints=(
            "给一步里的两张表另起名字：`one` 要更新，`other` 不动。",
            "`best = one[s2].index(max(one[s2]))` 是并列中的第一个；目标是"
            " `r + gamma * other[s2][best]`。",
        ),
    ),
    examples="""\
>>> steps = [(0, 0, 1, 1, False, True)]
>>> double_q_replay([[0, 0], [1, 2]], [[0, 0], [9, -5]], steps, 0.5, 0.5)
[[[-0.75, 0.0], [1.0, 2.0]], [[0.0, 0.0], [9.0, -5.0]]]
""",
    tolerance=1e-9,
)


@double.solution
def double_q_replay(
    q_a: list[list[float]],
    q_b: list[list[float]],
    transitions: list[tuple[int, int, float, int, bool, bool]],
    alpha: float,
    gamma: float,
) -> list[list[list[float]]]:
    tables = [[[float(x) for x in row] for row in q] for q in (q_a, q_b)]
    for s, a, r, s2, done, coin in transitions:
        one, other = tables if coin else tables[::-1]
        best = one[s2].index(max(one[s2]))
        target = r if done else r + gamma * other[s2][best]
        one[s][a] += alpha * (target - one[s][a])
    return tables


@double.wrong(
    en="Choice and value come from the same table: this is Q-learning with half the steps.",
    zh="选动作和取值用的是同一张表：这只是步数减半的 Q 学习。",
)
def double_q_replay_same(
    q_a: list[list[float]],
    q_b: list[list[float]],
    transitions: list[tuple[int, int, float, int, bool, bool]],
    alpha: float,
    gamma: float,
) -> list[list[list[float]]]:
    tables = [[[float(x) for x in row] for row in q] for q in (q_a, q_b)]
    for s, a, r, s2, done, coin in transitions:
        one = tables[0] if coin else tables[1]
        target = r if done else r + gamma * max(one[s2])
        one[s][a] += alpha * (target - one[s][a])
    return tables


@double.wrong(
    en="The other table both chooses and values.",
    zh="选动作和取值都用了另一张表。",
)
def double_q_replay_other(
    q_a: list[list[float]],
    q_b: list[list[float]],
    transitions: list[tuple[int, int, float, int, bool, bool]],
    alpha: float,
    gamma: float,
) -> list[list[list[float]]]:
    tables = [[[float(x) for x in row] for row in q] for q in (q_a, q_b)]
    for s, a, r, s2, done, coin in transitions:
        one, other = tables if coin else tables[::-1]
        target = r if done else r + gamma * max(other[s2])
        one[s][a] += alpha * (target - one[s][a])
    return tables


@double.wrong(
    en="Both tables are updated at each step, whatever the coin says.",
    zh="不管 coin 是什么，每一步都更新了两张表。",
)
def double_q_replay_both(
    q_a: list[list[float]],
    q_b: list[list[float]],
    transitions: list[tuple[int, int, float, int, bool, bool]],
    alpha: float,
    gamma: float,
) -> list[list[list[float]]]:
    tables = [[[float(x) for x in row] for row in q] for q in (q_a, q_b)]
    for s, a, r, s2, done, _ in transitions:
        for one, other in (tables, tables[::-1]):
            best = one[s2].index(max(one[s2]))
            target = r if done else r + gamma * other[s2][best]
            one[s][a] += alpha * (target - one[s][a])
    return tables


@double.wrong(
    en="The value of the terminal state is added; what follows the end is worth 0.",
    zh="加上了终止状态的值；结束之后的值应当是 0。",
)
def double_q_replay_bootstrapped(
    q_a: list[list[float]],
    q_b: list[list[float]],
    transitions: list[tuple[int, int, float, int, bool, bool]],
    alpha: float,
    gamma: float,
) -> list[list[list[float]]]:
    tables = [[[float(x) for x in row] for row in q] for q in (q_a, q_b)]
    for s, a, r, s2, _, coin in transitions:
        one, other = tables if coin else tables[::-1]
        best = one[s2].index(max(one[s2]))
        one[s][a] += alpha * (r + gamma * other[s2][best] - one[s][a])
    return tables


@double.wrong(
    en="Of equals in the chosen row this takes the last.",
    zh="并列时取了最后一个。",
)
def double_q_replay_last(
    q_a: list[list[float]],
    q_b: list[list[float]],
    transitions: list[tuple[int, int, float, int, bool, bool]],
    alpha: float,
    gamma: float,
) -> list[list[list[float]]]:
    tables = [[[float(x) for x in row] for row in q] for q in (q_a, q_b)]
    for s, a, r, s2, done, coin in transitions:
        one, other = tables if coin else tables[::-1]
        best = max(range(len(one[s2])), key=lambda b: (one[s2][b], b))
        target = r if done else r + gamma * other[s2][best]
        one[s][a] += alpha * (target - one[s][a])
    return tables


def _coined(
    random: Random, states: int, actions: int, n: int
) -> list[tuple[int, int, float, int, bool, bool]]:
    return [
        (*step, random.random() < 0.5) for step in _steps(random, states, actions, n)
    ]


@double.cases
def double_cases(
    random: Random,
) -> Iterator[
    tuple[
        list[list[float]],
        list[list[float]],
        list[tuple[int, int, float, int, bool, bool]],
        float,
        float,
    ]
]:
    yield [[5.0]], [[2.0]], [], 0.5, 0.5
    yield [[1]], [[3]], [(0, 0, 2, 0, False, False)], 0.5, 0.5
    yield [[1, 1]], [[4, 6]], [(0, 0, 2, 0, False, True)], 0.5, 0.5
    yield [[1, 2]], [[9, -5]], [(0, 1, 3, 0, True, True)], 1, 1
    yield [[0.5, 1.5]], [[-0.75, 0.25]], [(0, 0, 0.5, 0, False, True)], 0.5, 0.5
    for _ in range(30):
        states, actions = random.randint(1, 3), random.randint(1, 3)
        yield (
            _table(random, states, actions),
            _table(random, states, actions),
            # Powers of two, so that equal values stay equal in any order of summation.
            _coined(random, states, actions, random.randint(1, 8)),
            random.choice([0.25, 0.5, 1]),
            random.choice([0, 0.5, 1]),
        )


@double.large
def double_large(
    random: Random,
) -> Iterator[
    tuple[
        list[list[float]],
        list[list[float]],
        list[tuple[int, int, float, int, bool, bool]],
        float,
        float,
    ]
]:
    a, b = (
        [[random.uniform(-1, 1) for _ in range(4)] for _ in range(50)] for _ in "ab"
    )
    yield a, b, _coined(random, 50, 4, 5000), 0.3, 0.9


@double.brute
def double_brute(
    q_a: list[list[float]],
    q_b: list[list[float]],
    transitions: list[tuple[int, int, float, int, bool, bool]],
    alpha: float,
    gamma: float,
) -> list[list[list[float]]]:
    first = {True: q_a, False: q_b}

    def value(coin: bool, s: int, a: int, k: int) -> float:
        """The pair's value in a table when k steps are done, asked back."""
        while k and transitions[k - 1][:2] + transitions[k - 1][5:] != (s, a, coin):
            k -= 1
        if not k:
            return float(first[coin][s][a])
        _, _, r, s2, done, _ = transitions[k - 1]
        after = 0.0
        if not done:
            row = [value(coin, s2, b, k - 1) for b in range(len(q_a[s2]))]
            chosen = min(b for b, x in enumerate(row) if x == max(row))
            after = value(not coin, s2, chosen, k - 1)
        return (1 - alpha) * value(coin, s, a, k - 1) + alpha * (r + gamma * after)

    n = len(transitions)
    return [
        [
            [value(coin, s, a, n) for a in range(len(row))]
            for s, row in enumerate(first[coin])
        ]
        for coin in (True, False)
    ]
