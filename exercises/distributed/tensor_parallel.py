"""Exercises on tensor parallelism: the loss over a cut vocabulary, and heads of ranks."""

import math
from collections.abc import Iterator
from fractions import Fraction
from random import Random
from typing import Any

from notekit.study.judge import Exercise, Words

loss = Exercise(
    tolerance=1e-9,
    en=Words(
        title="Loss over a cut vocabulary",
        statement="""\
`parts[r]` holds rank $r$'s logits of $n$ tokens: a list of $n$ rows of $V_r$ numbers. The words of rank 0 come
first in the vocabulary, then those of rank 1, and so on. `targets` has for each token the number of
its target in the **whole** vocabulary.

Return the list of the $n$ losses: minus the logarithm of the softmax over all parts, at the target. Use what
ranks could send: a maximum, a sum of exponentials, the target's logit.

- $1 \\le W \\le 40$ parts, $V_r \\ge 1$ and not always equal, $0 \\le n \\le 50$; logits from $-10^6$ to $10^6$.
- A result may be off by $10^{-9}$ (relative where it is above 1).
""",
        hints=(
            "One maximum for all parts, taken off before any exponential.",
            "Go through the parts with a running start: the target is in this one if start <= target < start + len(row).",
        ),
    ),
    zh=Words(
        title="词表切分后的损失",
        statement="""\
`parts[r]` 是 rank $r$ 手里 $n$ 个词元的 logit：$n$ 行，每行 $V_r$ 个数。词表里先是 rank 0 的词，接着是 rank 1 的词，依此类推。`targets` 给出每个词元的目标在**整个**词表里的编号。

返回 $n$ 个损失组成的列表：在所有部分上做 softmax，取目标处概率的负对数。只用 rank 之间可以传的量：最大值、指数之和、目标的 logit。

- $1 \\le W \\le 40$ 个部分，$V_r \\ge 1$，不一定相等，$0 \\le n \\le 50$；logit 在 $-10^6$ 到 $10^6$ 之间。
- 允许 $10^{-9}$ 的误差（结果的绝对值超过 1 时指相对误差，否则指绝对误差）。
""",
        hints=(
            "所有部分共用一个最大值，先减去它再取指数。",
            "依次处理各部分，并记住起点 start：如果 start <= target < start + len(row)，目标就在这一部分。",
        ),
    ),
    examples="""\
>>> [round(x, 4) for x in vocab_parallel_cross_entropy([[[1, 2]], [[3, 4]]], [0])]
[3.4402]
>>> [round(x, 4) for x in vocab_parallel_cross_entropy([[[1000, 999]], [[0, -1000]]], [1])]
[1.3133]
""",
)


@loss.solution
def vocab_parallel_cross_entropy(
    parts: list[list[list[float]]], targets: list[int]
) -> list[float]:
    losses = []
    for i, target in enumerate(targets):
        m = max(max(part[i]) for part in parts)
        total = sum(math.exp(z - m) for part in parts for z in part[i])
        picked, start = 0.0, 0
        for part in parts:
            if start <= target < start + len(part[i]):
                picked = part[i][target - start] - m
            start += len(part[i])
        losses.append(math.log(total) - picked)
    return losses


@loss.wrong(
    en="Each part takes its own maximum off: the exponentials do not fit together.",
    zh="每个部分减去自己的最大值：各部分的指数对不上。",
)
def loss_own_maximum(parts: list[list[list[float]]], targets: list[int]) -> list[float]:
    losses = []
    for i, target in enumerate(targets):
        total, picked, start = 0.0, 0.0, 0
        for part in parts:
            m = max(part[i])
            total += sum(math.exp(z - m) for z in part[i])
            if start <= target < start + len(part[i]):
                picked = part[i][target - start] - m
            start += len(part[i])
        losses.append(math.log(total) - picked)
    return losses


@loss.wrong(
    en="The target is not shifted by the start of the part: each rank finds it in its own.",
    zh="目标没有减去这一部分的起点：每个 rank 都在自己那里找。",
)
def loss_not_shifted(parts: list[list[list[float]]], targets: list[int]) -> list[float]:
    losses = []
    for i, target in enumerate(targets):
        rows = [part[i] for part in parts]
        m = max(max(row) for row in rows)
        picked = sum(row[target] - m for row in rows if target < len(row))
        total = sum(math.exp(z - m) for row in rows for z in row)
        losses.append(math.log(total) - picked)
    return losses


@loss.wrong(
    en="The target is clamped into each part and not masked: logits of other words are added.",
    zh="目标被截到每个部分的范围内，却没有掩掉：把别的词的 logit 也加上了。",
)
def loss_clamped(parts: list[list[list[float]]], targets: list[int]) -> list[float]:
    losses = []
    for i, target in enumerate(targets):
        rows = [part[i] for part in parts]
        m = max(max(row) for row in rows)
        picked, start = 0.0, 0
        for row in rows:
            picked += row[min(max(target - start, 0), len(row) - 1)] - m
            start += len(row)
        total = sum(math.exp(z - m) for row in rows for z in row)
        losses.append(math.log(total) - picked)
    return losses


@loss.wrong(
    en="It takes the softmax of the owner's part only.",
    zh="只在目标所在的部分上做 softmax。",
)
def loss_own_softmax(parts: list[list[list[float]]], targets: list[int]) -> list[float]:
    losses = []
    for i, target in enumerate(targets):
        start = 0
        for part in parts:
            row = part[i]
            if start <= target < start + len(row):
                total = sum(math.exp(z - max(row)) for z in row)
                losses.append(math.log(total) + max(row) - row[target - start])
            start += len(row)
    return losses


@loss.wrong(
    en="No maximum is taken off: large logits overflow.",
    zh="没有减去最大值：logit 大时溢出。",
)
def loss_without_maximum(
    parts: list[list[list[float]]], targets: list[int]
) -> list[float]:
    losses = []
    for i, target in enumerate(targets):
        row = [z for part in parts for z in part[i]]
        losses.append(math.log(sum(math.exp(z) for z in row)) - row[target])
    return losses


@loss.wrong(
    en="It supposes parts of equal width.",
    zh="以为各部分一样宽。",
)
def loss_equal_widths(
    parts: list[list[list[float]]], targets: list[int]
) -> list[float]:
    losses = []
    for i, target in enumerate(targets):
        rows = [part[i] for part in parts]
        m = max(max(row) for row in rows)
        owner = min(target // len(rows[0]), len(rows) - 1)
        local = min(target - owner * len(rows[0]), len(rows[owner]) - 1)
        total = sum(math.exp(z - m) for row in rows for z in row)
        losses.append(math.log(total) + m - rows[owner][local])
    return losses


def _case(
    random: Random, W: int, n: int, top: int
) -> tuple[list[list[list[float]]], list[int]]:
    widths = [random.randint(1, 4) for _ in range(W)]
    parts: Any = [
        [[random.randint(-top, top) / 4 for _ in range(v)] for _ in range(n)]
        for v in widths
    ]
    return parts, [random.randrange(sum(widths)) for _ in range(n)]


@loss.cases
def loss_cases(random: Random) -> Iterator[tuple[Any, list[int]]]:
    yield [[]], []
    yield [[], []], []
    yield [[[5.0]]], [0]
    yield [[[-2.0, -2.0]]], [1]
    yield [[[1, 2]], [[3, 4]]], [0]
    yield [[[1, 2]], [[3, 4]]], [3]
    yield [[[0, 0]], [[0, 0]]], [2]
    yield [[[1000, 999]], [[0, -1000]]], [1]
    yield [[[-1000]], [[1000]]], [0]
    yield [[[-5000, -5001]], [[-5000]]], [1]
    yield [[[1]], [[2, 3, 4]]], [2]
    for _ in range(30):
        yield _case(
            random, random.randint(1, 5), random.randint(0, 3), random.choice([9, 4000])
        )


@loss.large
def loss_large(random: Random) -> Iterator[tuple[Any, list[int]]]:
    yield _case(random, 40, 50, 4_000_000)


@loss.brute
def loss_brute(parts: list[list[list[float]]], targets: list[int]) -> list[float]:
    # One row, sorted, and log-sum-exp by pairs: log(e^p + e^q) = p + log1p(e^(q - p)).
    losses = []
    for i, target in enumerate(targets):
        row = [z for part in parts for z in part[i]]
        total = -math.inf
        for z in sorted(row):
            total = z + math.log1p(math.exp(total - z))
        losses.append(total - row[target])
    return losses


heads = Exercise(
    en=Words(
        title="Heads of a rank",
        statement="""\
There are `n_q` query heads and `n_kv` key-value heads; query head $i$ uses key-value head number
$\\lfloor i / (n_q / n_{kv}) \\rfloor$. Rank $r$ of `W` gets query heads $r\\, n_q / W$ and following, $n_q / W$ of them.

Return a list of `W` pairs `[queries, keys]`: the numbers of the query heads of rank $r$, and of
the key-value heads that these use, each ascending and each number once.

- $n_{kv}$ and $W$ divide $n_q$, and one of $n_{kv}$ and $W$ divides the other; $1 \\le n_q \\le 2000$.
""",
        hints=(
            "If W > n_kv, neighbouring ranks share a head.",
            "The first key-value head of rank r is r * n_kv // W, and there are max(1, n_kv // W).",
        ),
    ),
    zh=Words(
        title="一个 rank 的注意力头",
        statement="""\
共有 `n_q` 个查询头、`n_kv` 个键值头；查询头 $i$ 用的是第 $\\lfloor i / (n_q / n_{kv}) \\rfloor$ 个键值头。`W` 个 rank 中，rank $r$ 分到从 $r\\, n_q / W$ 开始的 $n_q / W$ 个查询头。

返回 `W` 个 `[queries, keys]`：rank $r$ 的查询头的编号，以及这些查询头用到的键值头的编号；都按升序，每个编号只出现一次。

- $n_{kv}$ 和 $W$ 都整除 $n_q$，且 $n_{kv}$ 与 $W$ 中有一个整除另一个；$1 \\le n_q \\le 2000$。
""",
        hints=(
            "如果 W > n_kv，相邻的 rank 共用一个键值头。",
            "rank r 的第一个键值头是 r * n_kv // W，一共 max(1, n_kv // W) 个。",
        ),
    ),
    examples="""\
>>> split_heads(4, 2, 2)
[[[0, 1], [0]], [[2, 3], [1]]]
>>> split_heads(4, 1, 2)
[[[0, 1], [0]], [[2, 3], [0]]]
""",
    lacks={"empty": "there is a head", "negative": "numbers are at least 1"},
)


@heads.solution
def split_heads(n_q: int, n_kv: int, W: int) -> list[Any]:
    queries, keys = n_q // W, max(1, n_kv // W)
    held = []
    for r in range(W):
        first = r * n_kv // W
        mine = list(range(r * queries, (r + 1) * queries))
        held.append([mine, list(range(first, first + keys))])
    return held


@heads.canonical
def heads_lists(held: Any) -> list[Any]:
    # The note's own function returns ranges.
    return [[list(n) if isinstance(n, range) else n for n in pair] for pair in held]


@heads.wrong(
    en="n_kv // W key-value heads a rank: none if there are more ranks than heads.",
    zh="每个 rank 分 n_kv // W 个键值头：rank 比键值头多时，一个都没有。",
)
def heads_none(n_q: int, n_kv: int, W: int) -> list[Any]:
    q, k = n_q // W, n_kv // W
    return [
        [list(range(r * q, (r + 1) * q)), list(range(r * k, (r + 1) * k))]
        for r in range(W)
    ]


@heads.wrong(
    en="Rank r takes key-value head r % n_kv: neighbours must share, not ranks far apart.",
    zh="rank r 取第 r % n_kv 个键值头：应当由相邻的 rank 共用，而不是相隔 n_kv 的 rank。",
)
def heads_modulo(n_q: int, n_kv: int, W: int) -> list[Any]:
    q, k = n_q // W, max(1, n_kv // W)
    return [
        [list(range(r * q, (r + 1) * q)), sorted((r * k + i) % n_kv for i in range(k))]
        for r in range(W)
    ]


@heads.wrong(
    en="All ranks hold all key-value heads.",
    zh="每个 rank 都保存全部键值头。",
)
def heads_all(n_q: int, n_kv: int, W: int) -> list[Any]:
    q = n_q // W
    return [[list(range(r * q, (r + 1) * q)), list(range(n_kv))] for r in range(W)]


@heads.wrong(
    en="Query heads are dealt out like cards: r, r + W, …",
    zh="查询头轮流发给各个 rank：r、r + W……",
)
def heads_dealt(n_q: int, n_kv: int, W: int) -> list[Any]:
    group = n_q // n_kv
    held = []
    for r in range(W):
        mine = list(range(r, n_q, W))
        held.append([mine, sorted({i // group for i in mine})])
    return held


@heads.cases
def heads_cases(random: Random) -> Iterator[tuple[int, int, int]]:
    yield 1, 1, 1
    yield 2, 2, 2
    yield 4, 4, 1
    yield 4, 1, 4
    yield 4, 2, 4
    yield 8, 2, 4
    yield 32, 8, 4
    yield 32, 8, 16
    yield 12, 6, 3
    for _ in range(25):
        small, times = random.randint(1, 4), random.randint(1, 4)
        pair = [small, small * times]
        random.shuffle(pair)
        yield max(pair) * random.randint(1, 3), pair[0], pair[1]


@heads.large
def heads_large(random: Random) -> Iterator[tuple[int, int, int]]:
    yield 2000, 10, 1000


@heads.brute
def heads_brute(n_q: int, n_kv: int, W: int) -> list[Any]:
    # Each query head is asked for its rank and its key-value head.
    held: list[Any] = [[[], []] for _ in range(W)]
    for i in range(n_q):
        mine, keys = held[int(Fraction(i * W, n_q))]
        mine.append(i)
        key = next(k for k in range(n_kv) if i * n_kv < (k + 1) * n_q)
        if key not in keys:
            keys.append(key)
    return held
