"""Exercises on returns: of every step of an episode, and averaged over first visits."""

from collections.abc import Iterator
from random import Random

from notekit.study.judge import Exercise, Words

every = Exercise(
    en=Words(
        title="The return of every step",
        statement="""\
An episode paid `rewards[t]` for step $t$. The return of a step is the sum of the rewards
from it on, each discounted by one more factor $\\gamma$ than the one before:
$G_t = r_t + \\gamma r_{t+1} + \\gamma^2 r_{t+2} + \\dots$. Return the list of all of them.

- `rewards`: a list of numbers of any sign, up to 100,000 of them, maybe none.
- `gamma`: $\\gamma$, a number from 0 to 1.

Results may be off by $10^{-9}$, relative to their size or to 1. One pass is fast enough; a
sum of its own for each step is not.
""",
        hints=(
            "What does $G_t$ have in common with $G_{t+1}$?",
            "$G_t = r_t + \\gamma G_{t+1}$, and after the last step the return is 0. So walk"
            " from the end to the start.",
        ),
    ),
    zh=Words(
        title="每一步的回报",
        statement="""\
一个回合的第 $t$ 步得到奖励 `rewards[t]`。一步的回报，是从这一步起的奖励之和，越往后的奖励多乘一次折扣因子 $\\gamma$：$G_t = r_t + \\gamma r_{t+1} + \\gamma^2 r_{t+2} + \\dots$。返回由每一步的回报组成的列表。

- `rewards`：由数组成的列表，可正可负，至多 100,000 个，也可以为空。
- `gamma`：折扣因子 $\\gamma$，0 到 1 之间的数。

允许 $10^{-9}$ 的误差（结果的绝对值超过 1 时指相对误差，否则指绝对误差）。扫描一遍就足够快，对每一步各求一次和则太慢。
""",
        hints=(
            "$G_t$ 与 $G_{t+1}$ 有什么关系？",
            "$G_t = r_t + \\gamma G_{t+1}$，最后一步之后的回报是 0。所以从后往前算。",
        ),
    ),
    examples="""\
>>> returns([1, 0, 2], 0.5)
[1.5, 1.0, 2.0]
>>> returns([], 0.9)
[]
""",
    tolerance=1e-9,
)


@every.solution
def returns(rewards: list[float], gamma: float) -> list[float]:
    found, after = [], 0.0
    for reward in reversed(rewards):
        after = reward + gamma * after
        found.append(after)
    return found[::-1]


@every.wrong(
    en="The walk runs from the start: it sums the rewards before a step, not after it.",
    zh="从前往后累加：得到的是一步之前的奖励之和，而不是之后的。",
)
def returns_forward(rewards: list[float], gamma: float) -> list[float]:
    found, before = [], 0.0
    for reward in rewards:
        before = reward + gamma * before
        found.append(before)
    return found


@every.wrong(
    en="The reward of the step itself is left out.",
    zh="漏掉了这一步自己的奖励。",
)
def returns_after(rewards: list[float], gamma: float) -> list[float]:
    found, after = [], 0.0
    for reward in reversed(rewards):
        found.append(after)
        after = reward + gamma * after
    return found[::-1]


@every.wrong(
    en="The factor counts from the start of the episode, not from the step.",
    zh="折扣从回合的开头算起，而不是从这一步算起。",
)
def returns_absolute(rewards: list[float], gamma: float) -> list[float]:
    found, after = [], 0.0
    for t in reversed(range(len(rewards))):
        after += gamma**t * rewards[t]
        found.append(after)
    return found[::-1]


@every.wrong(
    en="The list stays in the order in which it was made, from the last step on.",
    zh="结果没有反转，仍是从最后一步开始的次序。",
)
def returns_reversed(rewards: list[float], gamma: float) -> list[float]:
    found, after = [], 0.0
    for reward in reversed(rewards):
        after = reward + gamma * after
        found.append(after)
    return found


@every.cases
def every_cases(random: Random) -> Iterator[tuple[list[float], float]]:
    yield [], 0.9
    yield [3], 0.5
    yield [1, 1], 0
    yield [1, 0, 2], 0.5
    yield [1, 2, 3], 1
    for _ in range(30):
        length = random.randint(1, 8)
        yield [random.randint(-5, 5) for _ in range(length)], random.choice([0.5, 0.9])


@every.large
def every_large(random: Random) -> Iterator[tuple[list[float], float]]:
    yield [random.uniform(-1, 1) for _ in range(20_000)], 0.99


@every.brute
def every_brute(rewards: list[float], gamma: float) -> list[float]:
    return [
        sum((gamma ** (k - t) * rewards[k] for k in range(t, len(rewards))), 0.0)
        for t in range(len(rewards))
    ]


first = Exercise(
    en=Words(
        title="First-visit values",
        statement="""\
Estimate the value of each state from episodes: it is the mean, over the episodes in which
the state occurs, of the return from its **first** occurrence on. Return a dictionary from
states to values, with all states that occur and no others.

- `episodes`: a list of episodes, each a list of pairs `(state, reward)`: the state, and the
  reward for the step made in it. States are integers; an episode may be empty.
- `gamma`: $\\gamma$, a number from 0 to 1; the return is
  $r_t + \\gamma r_{t+1} + \\gamma^2 r_{t+2} + \\dots$, up to the end of the episode.

Results may be off by $10^{-9}$, relative to their size or to 1.
""",
        hints=(
            "Walk through an episode from its end, as for returns. Which occurrence of a"
            " state do you meet last?",
            "Walking backwards, `at[state] = after` overwrites what later visits have left:"
            " the first visit stays. Then add to sum and count, once an episode.",
        ),
    ),
    zh=Words(
        title="首次访问的状态值估计",
        statement="""\
从多个回合估计每个状态的值：对出现该状态的每个回合，取从它**首次**出现起的回报，再对这些回合取平均。返回一个从状态到值的字典，恰好包含出现过的所有状态。

- `episodes`：回合的列表，每个回合是 `(state, reward)` 的列表，即状态和在该状态走这一步得到的奖励。状态是整数；回合可以为空。
- `gamma`：折扣因子 $\\gamma$，0 到 1 之间的数；回报为 $r_t + \\gamma r_{t+1} + \\gamma^2 r_{t+2} + \\dots$，直到回合结束。

允许 $10^{-9}$ 的误差（结果的绝对值超过 1 时指相对误差，否则指绝对误差）。
""",
        hints=(
            "像求回报那样从回合的末尾往前走。一个状态的各次出现中，最后遇到的是哪一次？",
            "往前走时，`at[state] = after` 会覆盖之后各次访问留下的值，最后剩下的就是首次访问。每个回合走完，再累加一次总和与次数。",
        ),
    ),
    examples="""\
>>> first_visit_values([[(1, 2), (1, 4)], [(1, 0), (2, 1)]], 0.5)
{1: 2.25, 2: 1.0}
""",
    tolerance=1e-9,
)


@first.solution
def first_visit_values(
    episodes: list[list[tuple[int, float]]], gamma: float
) -> dict[int, float]:
    sums, counts = {}, {}
    for episode in episodes:
        at, after = {}, 0.0
        for state, reward in reversed(episode):
            after = reward + gamma * after
            at[state] = after
        for state, value in at.items():
            sums[state] = sums.get(state, 0.0) + value
            counts[state] = counts.get(state, 0) + 1
    return {state: sums[state] / counts[state] for state in sorted(sums)}


@first.wrong(
    en="Every visit counts, not the first alone.",
    zh="每次访问都算，而不是只算首次访问。",
)
def first_visit_values_every(
    episodes: list[list[tuple[int, float]]], gamma: float
) -> dict[int, float]:
    sums, counts = {}, {}
    for episode in episodes:
        after = 0.0
        for state, reward in reversed(episode):
            after = reward + gamma * after
            sums[state] = sums.get(state, 0.0) + after
            counts[state] = counts.get(state, 0) + 1
    return {state: sums[state] / counts[state] for state in sums}


@first.wrong(
    en="Walking backwards, the first occurrence met is kept: it is the last visit.",
    zh="往前走时保留了最先遇到的那次：那其实是最后一次访问。",
)
def first_visit_values_last(
    episodes: list[list[tuple[int, float]]], gamma: float
) -> dict[int, float]:
    sums, counts = {}, {}
    for episode in episodes:
        at, after = {}, 0.0
        for state, reward in reversed(episode):
            after = reward + gamma * after
            at.setdefault(state, after)
        for state, value in at.items():
            sums[state] = sums.get(state, 0.0) + value
            counts[state] = counts.get(state, 0) + 1
    return {state: sums[state] / counts[state] for state in sums}


@first.wrong(
    en="Divides by the number of all episodes, also of those without the state.",
    zh="除以全部回合的个数，没有出现该状态的回合也算在内。",
)
def first_visit_values_all(
    episodes: list[list[tuple[int, float]]], gamma: float
) -> dict[int, float]:
    sums = {}
    for episode in episodes:
        at, after = {}, 0.0
        for state, reward in reversed(episode):
            after = reward + gamma * after
            at[state] = after
        for state, value in at.items():
            sums[state] = sums.get(state, 0.0) + value
    return {state: value / len(episodes) for state, value in sums.items()}


@first.wrong(
    en="The return goes on from one episode to the next.",
    zh="回报没有在回合之间清零，接到了另一个回合上。",
)
def first_visit_values_joined(
    episodes: list[list[tuple[int, float]]], gamma: float
) -> dict[int, float]:
    sums, counts, after = {}, {}, 0.0
    for episode in reversed(episodes):
        at = {}
        for state, reward in reversed(episode):
            after = reward + gamma * after
            at[state] = after
        for state, value in at.items():
            sums[state] = sums.get(state, 0.0) + value
            counts[state] = counts.get(state, 0) + 1
    return {state: sums[state] / counts[state] for state in sums}


@first.cases
def first_cases(
    random: Random,
) -> Iterator[tuple[list[list[tuple[int, float]]], float]]:
    yield [], 0.5
    yield [[]], 0.5
    yield [[(0, 1)]], 0.9
    yield [[(1, 2), (1, 4)], [(1, 0), (2, 1)]], 0.5
    yield [[(3, 1)], [(4, 1)]], 1
    for _ in range(30):
        episodes = [
            [
                (random.randint(0, 3), random.randint(-5, 5))
                for _ in range(random.randint(0, 5))
            ]
            for _ in range(random.randint(1, 3))
        ]
        yield episodes, random.choice([0, 0.5, 1])
    yield (
        [[(random.randint(0, 50), 1.0) for _ in range(60)] for _ in range(20)],
        0.9,
    )


@first.brute
def first_brute(
    episodes: list[list[tuple[int, float]]], gamma: float
) -> dict[int, float]:
    values: dict[int, float] = {}
    for state in {state for episode in episodes for state, _ in episode}:
        found = []
        for episode in episodes:
            places = [t for t, (here, _) in enumerate(episode) if here == state]
            if places:
                tail = episode[min(places) :]
                found.append(sum(r * gamma**k for k, (_, r) in enumerate(tail)))
        values[state] = sum(found) / len(found)
    return values
