"""Exercises on deep Q-networks: find a leaf of a sum tree; the targets of double DQN."""

from bisect import bisect_right
from collections.abc import Iterator
from itertools import accumulate
from random import Random

from notekit.study.judge import Exercise, Words

tree = Exercise(
    en=Words(
        title="Find leaves in a sum tree",
        statement="""\
`sums` is a sum tree as a list of $2n$ integers, $n$ a power of two. `sums[1]` is the root, the
children of node $k$ are $2k$ and $2k + 1$, and each inner node holds the sum of its children.
The leaves are `sums[n:]`, priorities $\\ge 0$; leaf $i$ is `sums[n + i]`. `sums[0]` is not used.

For each number `u` in `queries` find the first leaf $i$ for which the priorities of the leaves
0 to $i$ sum to **more** than `u`. Return the list of these $i$.

- $1 \\le n \\le 2^{15}$; the total is at least 1 if there is a query.
- `queries`: up to 10,000 numbers with $0 \\le u <$ `sums[1]`, integers or not.
""",
        hints=(
            "Begin at node 1. If `u` is below the sum of the left child, the leaf lies on the left.",
            "Else go right, where the sums begin anew: subtract the sum of the left child from"
            " `u`. Stop at a node $\\ge n$.",
        ),
    ),
    zh=Words(
        title="在求和树中查找叶",
        statement="""\
`sums` 是写成列表的求和树，有 $2n$ 个整数，$n$ 是 2 的幂。`sums[1]` 是根，结点 $k$ 的子结点是 $2k$ 和 $2k + 1$，每个内部结点存放两个子结点之和。叶是 `sums[n:]`，即各个优先级，都 $\\ge 0$；叶 $i$ 是 `sums[n + i]`。`sums[0]` 不用。

对 `queries` 里的每个数 `u`，找出第一个叶 $i$，使叶 0 到 $i$ 的优先级之和**大于** `u`。返回这些 $i$ 的列表。

- $1 \\le n \\le 2^{15}$；有查询时总和至少是 1。
- `queries`：最多 10,000 个数，$0 \\le u <$ `sums[1]`，不一定是整数。
""",
        hints=(
            "从结点 1 出发。`u` 小于左子结点的和，叶就在左边。",
            "否则向右，右边的和从头算起：从 `u` 中减去左子结点的和。到了 $\\ge n$ 的结点就停。",
        ),
    ),
    examples="""\
>>> find([0, 10, 4, 6, 1, 3, 2, 4], [0, 0.5, 1, 3.5, 4, 9])
[0, 0, 1, 1, 2, 3]
""",
    seconds=5,
    lacks={"negative": "priorities are not negative"},
)


@tree.solution
def find(sums: list[int], queries: list[float]) -> list[int]:
    n = len(sums) // 2
    found = []
    for u in queries:
        node = 1
        while node < n:
            node *= 2
            if u >= sums[node]:
                u -= sums[node]
                node += 1
        found.append(node - n)
    return found


@tree.starter
def find_start(sums: list[int], queries: list[float]) -> list[int]:
    n = len(sums) // 2
    found = []
    for u in queries:
        node = 1
        while node < n:
            go_right = u < 0  # when?
            node = 2 * node + go_right
        found.append(node - n)
    return found


@tree.wrong(
    en="At a number equal to the left sum one must go right: `>` should be `>=`.",
    zh="与左边的和相等时应当向右：`>` 应为 `>=`。",
)
def find_equal(sums: list[int], queries: list[float]) -> list[int]:
    n = len(sums) // 2
    found = []
    for u in queries:
        node = 1
        while node < n:
            node *= 2
            if u > sums[node]:
                u -= sums[node]
                node += 1
        found.append(node - n)
    return found


@tree.wrong(
    en="On the way to the right the left sum is not subtracted.",
    zh="向右时没有减去左边的和。",
)
def find_whole(sums: list[int], queries: list[float]) -> list[int]:
    n = len(sums) // 2
    found = []
    for u in queries:
        node = 1
        while node < n:
            node *= 2
            if u >= sums[node]:
                node += 1
        found.append(node - n)
    return found


@tree.wrong(
    en="The number is compared with the right child's sum.",
    zh="与右子结点的和作比较了。",
)
def find_right(sums: list[int], queries: list[float]) -> list[int]:
    n = len(sums) // 2
    found = []
    for u in queries:
        node = 1
        while node < n:
            node *= 2
            if u >= sums[node + 1]:
                u -= sums[node + 1]
                node += 1
        found.append(node - n)
    return found


@tree.wrong(
    en="Leaves count from 0, not from 1.",
    zh="叶从 0 数起，不是从 1。",
)
def find_from_one(sums: list[int], queries: list[float]) -> list[int]:
    n = len(sums) // 2
    return [bisect_right(list(accumulate(sums[n:])), u) + 1 for u in queries]


@tree.wrong(
    en="This is the number of the node, not of the leaf.",
    zh="这是结点的编号，不是叶的编号。",
)
def find_node(sums: list[int], queries: list[float]) -> list[int]:
    n = len(sums) // 2
    found = []
    for u in queries:
        node = 1
        while node < n:
            node *= 2
            if u >= sums[node]:
                u -= sums[node]
                node += 1
        found.append(node)
    return found


@tree.wrong(
    en="`u` is rounded first.",
    zh="先对 `u` 做了四舍五入。",
)
def find_rounded(sums: list[int], queries: list[float]) -> list[int]:
    n = len(sums) // 2
    found = []
    for number in queries:
        u = round(number)
        node = 1
        while node < n:
            node *= 2
            if u >= sums[node]:
                u -= sums[node]
                node += 1
        found.append(node - n)
    return found


def _built(leaves: list[int]) -> list[int]:
    n = len(leaves)
    sums = [0] * n + leaves
    for k in range(n - 1, 0, -1):
        sums[k] = sums[2 * k] + sums[2 * k + 1]
    return sums


@tree.cases
def tree_cases(random: Random) -> Iterator[tuple[list[int], list[float]]]:
    yield [0, 3], []
    yield [0, 3], [0, 2.75]
    yield _built([1, 0, 3, 2, 4, 0, 0, 0]), [0, 0.75, 1, 3.75, 4, 5.75, 6, 9.75]
    yield _built([0, 0, 0, 1]), [0, 0.5]
    yield _built([2, 2, 2, 2]), [0, 1, 2, 3, 4, 5, 6, 7]
    yield _built([0, 0, 0, 0]), []
    for _ in range(30):
        leaves = [random.randint(0, 4) for _ in range(2 ** random.randint(0, 4))]
        total = sum(leaves)
        yield _built(leaves), [x / 4 for x in range(0, 4 * total, random.randint(1, 5))]


@tree.large
def tree_large(random: Random) -> Iterator[tuple[list[int], list[float]]]:
    leaves = [random.randint(0, 9) for _ in range(2**15)]
    sums = _built(leaves)
    yield sums, [random.randrange(4 * sums[1]) / 4 for _ in range(10_000)]


@tree.brute
def tree_brute(sums: list[int], queries: list[float]) -> list[int]:
    # Each unit of priority is a place on a line, and holds the number of its leaf.
    line = [i for i, p in enumerate(sums[len(sums) // 2 :]) for _ in range(p)]
    return [line[int(u)] for u in queries]


Batch = tuple[list[float], list[bool], list[list[float]], list[list[float]], float]

targets = Exercise(
    en=Words(
        title="Targets of double DQN",
        statement="""\
For each step $i$ of a batch compute the target of double DQN. `online[i]` and `frozen[i]` are the
action values of the **next** state, by the network that learns and by its frozen copy. The
network chooses the action with its largest value (the first of equals), and the copy says what
that action is worth. The target is the reward plus $\\gamma$ times this worth. If
`terminated[i]` is true, the target is the reward alone. Return the list of targets.

- `reward`, `terminated`: lists of one length, maybe empty.
- `online`, `frozen`: as many rows of numbers, each with at least one action.
- `gamma`: $\\gamma$, from 0 to 1.

Results may be off by $10^{-9}$, relative to their size or to 1.
""",
        hints=(
            "Which of the rows is asked for the largest value, and which for a value?",
            "`best = online[i].index(max(online[i]))`, then `frozen[i][best]`.",
        ),
    ),
    zh=Words(
        title="Double DQN 的目标",
        statement="""\
为一批数据中的每一步 $i$ 计算 double DQN 的目标。`online[i]` 与 `frozen[i]` 是**下一个**状态的动作值，前者出自正在学习的网络，后者出自冻结的副本。网络选出自己的值最大的动作（并列时取第一个），副本给出这个动作的值。目标等于奖励，加上 $\\gamma$ 乘以这个值。如果 `terminated[i]` 为真，目标只是奖励。返回目标的列表。

- `reward`、`terminated`：长度相同的列表，可以为空。
- `online`、`frozen`：同样多的行，每行是数，至少一个动作。
- `gamma`：$\\gamma$，从 0 到 1。

允许 $10^{-9}$ 的误差（结果的绝对值超过 1 时指相对误差，否则指绝对误差）。
""",
        hints=(
            "最大值向哪一行要，值又向哪一行要？",
            "`best = online[i].index(max(online[i]))`，然后取 `frozen[i][best]`。",
        ),
    ),
    examples="""\
>>> double_targets([1, 2], [False, True], [[9, 0], [2, 7]], [[1, 5], [0, 8]], 0.5)
[1.5, 2.0]
""",
    tolerance=1e-9,
)


@targets.solution
def double_targets(
    reward: list[float],
    terminated: list[bool],
    online: list[list[float]],
    frozen: list[list[float]],
    gamma: float,
) -> list[float]:
    found = []
    for r, done, chooses, values in zip(reward, terminated, online, frozen):
        best = chooses.index(max(chooses))
        found.append(float(r if done else r + gamma * values[best]))
    return found


@targets.wrong(
    en="The copy chooses too: that is plain DQN.",
    zh="动作也由副本来选：那是普通的 DQN。",
)
def double_targets_plain(
    reward: list[float],
    terminated: list[bool],
    online: list[list[float]],
    frozen: list[list[float]],
    gamma: float,
) -> list[float]:
    rows = zip(reward, terminated, frozen)
    return [r if done else r + gamma * max(values) for r, done, values in rows]


@targets.wrong(
    en="The parts are exchanged: the copy chooses and the network values.",
    zh="两者的角色颠倒了：副本选动作，网络给值。",
)
def double_targets_swapped(
    reward: list[float],
    terminated: list[bool],
    online: list[list[float]],
    frozen: list[list[float]],
    gamma: float,
) -> list[float]:
    found = []
    for r, done, values, chooses in zip(reward, terminated, online, frozen):
        best = chooses.index(max(chooses))
        found.append(r if done else r + gamma * values[best])
    return found


@targets.wrong(
    en="After a terminal state nothing follows, whatever the rows hold.",
    zh="终止之后什么都没有，不管那些行里是什么。",
)
def double_targets_endless(
    reward: list[float],
    terminated: list[bool],
    online: list[list[float]],
    frozen: list[list[float]],
    gamma: float,
) -> list[float]:
    rows = zip(reward, online, frozen)
    return [r + gamma * values[q.index(max(q))] for r, q, values in rows]


@targets.wrong(
    en="The network both chooses and values; the copy is not used.",
    zh="选动作和给值的都是网络，没有用到副本。",
)
def double_targets_online(
    reward: list[float],
    terminated: list[bool],
    online: list[list[float]],
    frozen: list[list[float]],
    gamma: float,
) -> list[float]:
    rows = zip(reward, terminated, online)
    return [r if done else r + gamma * max(q) for r, done, q in rows]


@targets.wrong(
    en="Of equal values the last action is taken.",
    zh="并列时取了最后一个动作。",
)
def double_targets_last(
    reward: list[float],
    terminated: list[bool],
    online: list[list[float]],
    frozen: list[list[float]],
    gamma: float,
) -> list[float]:
    found = []
    for r, done, q, values in zip(reward, terminated, online, frozen):
        best = max(range(len(q)), key=lambda a: (q[a], a))
        found.append(r if done else r + gamma * values[best])
    return found


@targets.wrong(
    en="The smaller of both maxima is taken: that is neither method.",
    zh="取了两个最大值中较小的：两种方法都不是。",
)
def double_targets_smaller(
    reward: list[float],
    terminated: list[bool],
    online: list[list[float]],
    frozen: list[list[float]],
    gamma: float,
) -> list[float]:
    found = []
    for r, done, q, values in zip(reward, terminated, online, frozen):
        found.append(r if done else r + gamma * min(max(q), max(values)))
    return found


def _rows(random: Random, n: int, most: int, actions: int) -> list[list[float]]:
    return [[random.randint(-most, most) for _ in range(actions)] for _ in range(n)]


@targets.cases
def targets_cases(random: Random) -> Iterator[Batch]:
    yield [], [], [], [], 0.5
    yield [1], [False], [[3]], [[-2]], 1
    yield [1], [True], [[3, 1]], [[-2, 8]], 1
    yield [0, 0], [False, False], [[2, 2], [-1, -1]], [[5, 7], [3, -3]], 0.5
    yield [1, 2], [False] * 2, [[9, 0, 1], [2, 7, 1]], [[1, 5, 2], [0, -1, 3]], 0.9
    yield [1 / 3, -2 / 7], [False, True], [[0.1, 0.2]] * 2, [[5, 1 / 7]] * 2, 0.99
    for _ in range(40):
        n, most, actions = random.randint(1, 4), random.choice([1, 9]), 3
        done = [random.random() < 0.3 for _ in range(n)]
        online, frozen = (_rows(random, n, most, actions) for _ in range(2))
        yield (
            [random.randint(-3, 3) for _ in range(n)],
            done,
            online,
            frozen,
            random.choice([0, 0.5, 0.9, 1]),
        )


@targets.large
def targets_large(random: Random) -> Iterator[Batch]:
    n = 2000
    online, frozen = (_rows(random, n, 99, 6) for _ in range(2))
    yield [1.5] * n, [k % 7 == 0 for k in range(n)], online, frozen, 0.99


@targets.brute
def targets_brute(
    reward: list[float],
    terminated: list[bool],
    online: list[list[float]],
    frozen: list[list[float]],
    gamma: float,
) -> list[float]:
    # Sort the actions by what the network says; a stable sort keeps the first ahead.
    def worth(i: int) -> float:
        order = sorted(range(len(online[i])), key=lambda a: -online[i][a])
        return (1.0 - terminated[i]) * frozen[i][order[0]]

    return [reward[i] + gamma * worth(i) for i in range(len(reward))]
