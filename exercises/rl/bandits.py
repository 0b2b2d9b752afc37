"""Exercises on bandits: the index of UCB1, and the best play with a few pulls left."""

import math
from collections.abc import Iterator
from fractions import Fraction
from functools import cache
from random import Random
from typing import Any

from notekit.study.judge import Exercise, Words

index = Exercise(
    en=Words(
        title="The index of UCB1",
        statement="""\
For each arm return its mean plus the bonus $\\sqrt{2 \\ln t / n}$, where $n$ is the number of pulls of
that arm and $t$ of all arms together. An arm that was never pulled has the index `math.inf`.

- `counts`: a list of $k \\ge 0$ integers $\\ge 0$, the pulls of each arm.
- `sums`: a list of $k$ numbers, the sum of each arm's rewards; 0 for an arm without pulls.
- Return a list of $k$ numbers (or an array). Both lists stay as they are.

Results may be off by $10^{-9}$ (relative to the result where it exceeds 1).
""",
        hints=(
            "$t$ is the same for all arms: compute it before the loop.",
            "If no arm was pulled, there is no logarithm to take: look at the counts of"
            " 0 first.",
        ),
    ),
    zh=Words(
        title="UCB1 的指标",
        statement="""\
对每个臂返回均值加奖励项 $\\sqrt{2 \\ln t / n}$，其中 $n$ 是这个臂拉过的次数，$t$ 是所有臂一共拉过的次数。从没拉过的臂，指标为 `math.inf`。

- `counts`：$k \\ge 0$ 个整数的列表，都 $\\ge 0$，是各臂拉过的次数。
- `sums`：$k$ 个数的列表，是各臂的奖励之和；没拉过的臂为 0。
- 返回 $k$ 个数的列表（或数组）。两个列表都保持不变。

允许 $10^{-9}$ 的误差（结果的绝对值超过 1 时指相对误差，否则指绝对误差）。
""",
        hints=(
            "$t$ 对所有的臂都一样，在循环之前算好。",
            "一个臂也没拉过时，没有对数可取：先处理次数为 0 的臂。",
        ),
    ),
    examples="""\
>>> [round(x, 6) for x in ucb1([1, 2, 0], [1, 0, 0])]
[2.482304, 1.048147, inf]
>>> ucb1([0, 0], [0, 0])
[inf, inf]
>>> ucb1([1], [0.5])
[0.5]
""",
    tolerance=1e-9,
)


@index.solution
def ucb1(counts: list[int], sums: list[float]) -> list[float]:
    t = sum(counts)
    return [
        s / n + math.sqrt(2 * math.log(t) / n) if n else math.inf
        for n, s in zip(counts, sums)
    ]


@index.wrong(
    en="The logarithm has base 10.",
    zh="用了以 10 为底的对数。",
)
def ucb1_base_ten(counts: list[int], sums: list[float]) -> list[float]:
    t = sum(counts)
    return [
        s / n + math.sqrt(2 * math.log10(t) / n) if n else math.inf
        for n, s in zip(counts, sums)
    ]


@index.wrong(
    en="The logarithm is of the arm's own pulls, so that waiting earns no bonus.",
    zh="对数里用了这个臂自己的次数，于是等待不会让奖励项变大。",
)
def ucb1_own_count(counts: list[int], sums: list[float]) -> list[float]:
    return [
        s / n + math.sqrt(2 * math.log(n) / n) if n else math.inf
        for n, s in zip(counts, sums)
    ]


@index.wrong(
    en="An arm without pulls gets NaN, which is neither large nor small.",
    zh="没拉过的臂得到 NaN，它与任何数都比不出大小。",
)
def ucb1_nan(counts: list[int], sums: list[float]) -> list[float]:
    t = sum(counts)
    return [
        s / n + math.sqrt(2 * math.log(t) / n) if n else math.nan
        for n, s in zip(counts, sums)
    ]


@index.wrong(
    en="An arm without pulls gets 0 and is never tried.",
    zh="没拉过的臂得到 0，永远不会被试到。",
)
def ucb1_zero(counts: list[int], sums: list[float]) -> list[float]:
    t = sum(counts)
    return [
        s / n + math.sqrt(2 * math.log(t) / n) if n else 0.0
        for n, s in zip(counts, sums)
    ]


@index.wrong(
    en="The sum of rewards stands in the place of the mean.",
    zh="把奖励之和当成了均值。",
)
def ucb1_sum(counts: list[int], sums: list[float]) -> list[float]:
    t = sum(counts)
    return [
        s + math.sqrt(2 * math.log(t) / n) if n else math.inf
        for n, s in zip(counts, sums)
    ]


@index.wrong(
    en="The factor 2 is missing.",
    zh="漏了系数 2。",
)
def ucb1_without_two(counts: list[int], sums: list[float]) -> list[float]:
    t = sum(counts)
    return [
        s / n + math.sqrt(math.log(t) / n) if n else math.inf
        for n, s in zip(counts, sums)
    ]


@index.wrong(
    en="The logarithm is of t + 1.",
    zh="对数里写成了 t + 1。",
)
def ucb1_one_more(counts: list[int], sums: list[float]) -> list[float]:
    t = sum(counts) + 1
    return [
        s / n + math.sqrt(2 * math.log(t) / n) if n else math.inf
        for n, s in zip(counts, sums)
    ]


@index.drive
def index_drive(ucb1: Any, counts: list[int], sums: list[float]) -> Any:
    before = list(counts), list(sums)
    result = ucb1(counts, sums)
    if (counts, sums) != before:
        raise ValueError("counts and sums must stay as they are, and were changed")
    return result


@index.cases
def index_cases(random: Random) -> Iterator[tuple[list[int], list[float]]]:
    yield [], []
    yield [0], [0]
    yield [1], [1]
    yield [1], [-2.5]
    yield [0, 0, 0], [0, 0, 0]
    yield [1, 2, 0], [1, 0, 0]
    yield [2, 2], [1, 1]
    yield [3, 3, 3], [-1, -1, -1]
    yield [10**6, 1], [9 * 10**5, 1]
    for _ in range(30):
        k = random.randint(1, 6)
        counts = [random.randint(0, 9) for _ in range(k)]
        yield counts, [random.randint(-n, n) for n in counts]


@index.large
def index_large(random: Random) -> Iterator[tuple[list[int], list[float]]]:
    counts = [random.randint(0, 50) for _ in range(20_000)]
    yield counts, [random.randint(0, n) for n in counts]


@index.brute
def index_brute(counts: list[int], sums: list[float]) -> list[float]:
    # The bonus x solves exp(n x² / 2) = t: Hoeffding's bound is then 1 / t⁴.
    t = 0
    for n in counts:
        t += n
    found = [math.inf] * len(counts)
    for arm, n in enumerate(counts):
        if n > 0:
            exponent = math.log2(t) / math.log2(math.e)
            found[arm] = (sums[arm] + (2 * exponent * n) ** 0.5) / n
    return found


best = Exercise(
    en=Words(
        title="The best play, a few pulls before the end",
        statement="""\
Two arms pay 1 or 0. What is believed about the first is Beta$(a, b)$, about the second
Beta$(c, d)$: the next pull of the first wins with probability $a / (a + b)$, and then $a$ grows by 1, else $b$; likewise for
the second. Return the expected sum of rewards of `pulls` pulls if each is chosen as well as possible, with all that was seen before.

- `pulls`: an integer from 0 to 40.
- `a`, `b`, `c`, `d`: integers from 1 to 10000.

Results may be off by $10^{-9}$ (relative to the result where it exceeds 1).
""",
        hints=(
            "What is a state worth? The larger of two numbers, one for each arm: the"
            " reward of this pull, and what the state after it is worth.",
            "Many orders lead to the same counts: keep what is known (`functools.cache`),"
            " or go backward over the number of pulls.",
        ),
    ),
    zh=Words(
        title="只剩几次时的最优玩法",
        statement="""\
两个臂付 1 或 0。对第一个臂的信念是 Beta$(a, b)$，对第二个臂是 Beta$(c, d)$：拉一次第一个臂，以概率 $a / (a + b)$ 赢，赢了 $a$ 加 1，输了 $b$ 加 1；第二个臂同理。每一次都根据此前看到的一切做最好的选择，返回 `pulls` 次奖励之和的期望。

- `pulls`：0 到 40 的整数。
- `a`、`b`、`c`、`d`：1 到 10000 的整数。

允许 $10^{-9}$ 的误差（结果的绝对值超过 1 时指相对误差，否则指绝对误差）。
""",
        hints=(
            "一个状态值多少？两个数里较大的一个，每个臂一个：这一次的奖励，加上拉完之后的状态值多少。",
            "不同的次序会到达相同的计数：把算过的记下来（`functools.cache`），或者按次数从后往前算。",
        ),
    ),
    examples="""\
>>> best_play(1, 1, 1, 1, 1)
0.5
>>> round(best_play(2, 1, 1, 1, 1), 6)
1.083333
>>> round(best_play(2, 1, 1, 51, 49), 6)
1.088333
""",
    tolerance=1e-9,
    lacks={"negative": "the parameters of a Beta distribution are positive"},
)


@best.solution
def best_play(pulls: int, a: int, b: int, c: int, d: int) -> float:
    later: dict[tuple[int, int, int, int], float] = {}
    for seen in reversed(range(pulls)):  # pulls made so far
        now = {}
        for w in range(seen + 1):  # wins and losses of the first, then of the second
            for x in range(seen + 1 - w):
                for y in range(seen + 1 - w - x):
                    z = seen - w - x - y
                    p = (a + w) / (a + b + w + x)
                    q = (c + y) / (c + d + y + z)
                    first = p * (1 + later.get((w + 1, x, y, z), 0.0))
                    first += (1 - p) * later.get((w, x + 1, y, z), 0.0)
                    second = q * (1 + later.get((w, x, y + 1, z), 0.0))
                    second += (1 - q) * later.get((w, x, y, z + 1), 0.0)
                    now[w, x, y, z] = max(first, second)
        later = now
    return later.get((0, 0, 0, 0), 0.0)


@best.wrong(
    en="It takes the arm with the larger mean and never pays for information.",
    zh="总是选均值较大的臂，从不为了信息付出代价。",
)
def best_play_greedy(pulls: int, a: int, b: int, c: int, d: int) -> float:
    @cache
    def value(left: int, a: int, b: int, c: int, d: int) -> float:
        if left == 0:
            return 0.0
        p, q, left = a / (a + b), c / (c + d), left - 1
        if p >= q:
            win = 1 + value(left, a + 1, b, c, d)
            return p * win + (1 - p) * value(left, a, b + 1, c, d)
        win = 1 + value(left, a, b, c + 1, d)
        return q * win + (1 - q) * value(left, a, b, c, d + 1)

    return value(pulls, a, b, c, d)


@best.wrong(
    en="Nothing is learned: the arm that looks better at the start is kept to the end.",
    zh="什么都没学到：一开始看起来较好的臂，一直拉到最后。",
)
def best_play_without_learning(pulls: int, a: int, b: int, c: int, d: int) -> float:
    return pulls * max(a / (a + b), c / (c + d))


@best.wrong(
    en="Only the last state counts: the reward of this pull is forgotten.",
    zh="忘了加上这一次的奖励，只剩最后一次。",
)
def best_play_last_reward(pulls: int, a: int, b: int, c: int, d: int) -> float:
    @cache
    def value(left: int, a: int, b: int, c: int, d: int) -> float:
        p, q = a / (a + b), c / (c + d)
        if left <= 1:
            return left * max(p, q)
        left -= 1
        first = p * value(left, a + 1, b, c, d) + (1 - p) * value(left, a, b + 1, c, d)
        second = q * value(left, a, b, c + 1, d) + (1 - q) * value(left, a, b, c, d + 1)
        return max(first, second)

    return value(pulls, a, b, c, d)


@best.wrong(
    en="The parameters are swapped: the chance of a win is b / (a + b).",
    zh="两个参数弄反了：把 b / (a + b) 当成赢的概率。",
)
def best_play_swapped(pulls: int, a: int, b: int, c: int, d: int) -> float:
    return best_play(pulls, b, a, d, c)


@best.wrong(
    en="The maximum is taken after the outcome is known, which no player sees.",
    zh="看到结果之后才取最大值，而玩家事先看不到结果。",
)
def best_play_clairvoyant(pulls: int, a: int, b: int, c: int, d: int) -> float:
    @cache
    def value(left: int, a: int, b: int, c: int, d: int) -> float:
        if left == 0:
            return 0.0
        p, q, left = a / (a + b), c / (c + d), left - 1
        total = 0.0
        for x in (0, 1):
            for y in (0, 1):
                first = x + value(left, a + x, b + 1 - x, c, d)
                second = y + value(left, a, b, c + y, d + 1 - y)
                weight = (p if x else 1 - p) * (q if y else 1 - q)
                total += weight * max(first, second)
        return total

    return value(pulls, a, b, c, d)


@best.cases
def best_cases(random: Random) -> Iterator[tuple[int, int, int, int, int]]:
    yield 0, 1, 1, 1, 1
    yield 0, 3, 1, 2, 5
    yield 1, 1, 1, 1, 1
    yield 1, 2, 1, 1, 1
    yield 2, 1, 1, 1, 1
    yield 2, 1, 1, 51, 49
    yield 3, 2, 2, 50, 50
    yield 5, 1, 3, 1, 1
    yield 4, 100, 1, 1, 100
    yield 3, 1, 1, 5100, 4900
    for _ in range(20):
        yield (
            random.randint(0, 5),
            random.randint(1, 4),
            random.randint(1, 4),
            random.randint(1, 60),
            random.randint(1, 60),
        )


@best.large
def best_large(random: Random) -> Iterator[tuple[int, int, int, int, int]]:
    yield 30, 1, 1, 1, 1
    yield 30, 1, 1, random.randint(40, 60), 50


@best.brute
def best_brute(pulls: int, a: int, b: int, c: int, d: int) -> float:
    # Each plan is a tree of choices: try all, by going through all outcomes, exactly.
    def worth(left: int, wins: tuple[int, int], losses: tuple[int, int]) -> Fraction:
        found = Fraction(0)
        for arm in (0, 1) if left else ():
            more = tuple(n + (i == arm) for i, n in enumerate(wins))
            less = tuple(n + (i == arm) for i, n in enumerate(losses))
            chance = Fraction(wins[arm], wins[arm] + losses[arm])
            lucky = 1 + worth(left - 1, (more[0], more[1]), losses)
            unlucky = worth(left - 1, wins, (less[0], less[1]))
            found = max(found, chance * lucky + (1 - chance) * unlucky)
        return found

    return float(worth(pulls, (a, c), (b, d)))
