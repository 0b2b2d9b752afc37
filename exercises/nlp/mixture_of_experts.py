"""Exercises on mixtures of experts: places in the queues, and picks with their weights."""

from collections.abc import Iterator
from random import Random
from typing import Any

from notekit.study.judge import Exercise, Words

places = Exercise(
    en=Words(
        title="Who finds a place",
        statement="""\
`experts[i][j]` is choice `j` of token `i`, the best first: $k$ different experts. Each expert
has `capacity` places. First choices are served first, **all of them**, in the order of the
tokens; then all second choices, and so on. A choice whose expert is full is dropped.

Return, for each token, a list that says of each choice whether it is kept.

- `experts`: $t \\ge 0$ lists of $k \\ge 1$ integers, each $0 \\le e < n$.
- `capacity` $\\ge 1$; `n` is the number of experts.
- Return $t$ lists of $k$ booleans; `experts` stays as it is.
""",
        hints=(
            "Two loops: which is the outer one, tokens or choices?",
            "`taken = [0] * n`, made once; for each column, for each token: keep if"
            " `taken[e] < capacity`, and only then add 1.",
        ),
    ),
    zh=Words(
        title="谁能排上",
        statement="""\
`experts[i][j]` 是词元 `i` 的第 `j` 个选择，最好的在前，共 $k$ 个不同的专家。每个专家有 `capacity` 个名额。先按词元的次序处理**所有**首选，再处理所有次选，依此类推。所选专家名额已满，这个选择就被丢弃。

对每个词元返回一个列表，说明它的每个选择是否保留。

- `experts`：$t \\ge 0$ 个列表，各有 $k \\ge 1$ 个整数，$0 \\le e < n$。
- `capacity` $\\ge 1$；`n` 是专家的个数。
- 返回 $t$ 个列表，各有 $k$ 个布尔值；`experts` 保持不变。
""",
        hints=(
            "两重循环：外层应当是词元还是选择？",
            "`taken = [0] * n` 只建一次；对每一列、每个词元：`taken[e] < capacity` 时保留，并且只在这时加 1。",
        ),
    ),
    examples="""\
>>> dispatch([[0, 1], [1, 0]], 1, 2)
[[True, False], [True, False]]
>>> dispatch([[0, 1], [0, 1], [0, 2], [1, 0]], 2, 3)
[[True, True], [True, False], [False, True], [True, False]]
>>> dispatch([], 1, 2)
[]
""",
    lacks={"negative": "indices and capacities are not negative"},
)


@places.solution
def dispatch(experts: list[list[int]], capacity: int, n: int) -> list[list[bool]]:
    taken = [0] * n
    keep = [[False] * len(row) for row in experts]
    for j in range(len(experts[0]) if experts else 0):
        for i, row in enumerate(experts):
            if taken[row[j]] < capacity:
                keep[i][j] = True
                taken[row[j]] += 1
    return keep


@places.wrong(
    en="Token by token: a second choice takes the place of a later first choice.",
    zh="逐个词元处理：次选抢走了后面词元首选的名额。",
)
def dispatch_by_token(
    experts: list[list[int]], capacity: int, n: int
) -> list[list[bool]]:
    taken = [0] * n
    keep = []
    for row in experts:
        keep.append([])
        for e in row:
            keep[-1].append(taken[e] < capacity)
            taken[e] += 1
    return keep


@places.wrong(
    en="The count begins again at 0 in each column: an expert gets too many.",
    zh="每一列都从 0 重新计数，专家收到的词元过多。",
)
def dispatch_per_column(
    experts: list[list[int]], capacity: int, n: int
) -> list[list[bool]]:
    keep = [[False] * len(row) for row in experts]
    for j in range(len(experts[0]) if experts else 0):
        taken = [0] * n
        for i, row in enumerate(experts):
            keep[i][j] = taken[row[j]] < capacity
            taken[row[j]] += 1
    return keep


@places.wrong(
    en="One place too many: `<=` instead of `<`.",
    zh="多了一个名额：该用 `<` 的地方用了 `<=`。",
)
def dispatch_one_more(
    experts: list[list[int]], capacity: int, n: int
) -> list[list[bool]]:
    taken = [0] * n
    keep = [[False] * len(row) for row in experts]
    for j in range(len(experts[0]) if experts else 0):
        for i, row in enumerate(experts):
            if taken[row[j]] <= capacity:
                keep[i][j] = True
                taken[row[j]] += 1
    return keep


@places.wrong(
    en="A token that loses one choice loses all later ones.",
    zh="词元丢了一个选择，后面的选择也全丢了。",
)
def dispatch_all_or_none(
    experts: list[list[int]], capacity: int, n: int
) -> list[list[bool]]:
    taken = [0] * n
    keep = [[False] * len(row) for row in experts]
    for j in range(len(experts[0]) if experts else 0):
        for i, row in enumerate(experts):
            if taken[row[j]] < capacity and all(keep[i][:j]):
                keep[i][j] = True
                taken[row[j]] += 1
    return keep


@places.wrong(
    en="An expert that is asked too often drops all its tokens, not only the excess.",
    zh="请求过多的专家丢弃了全部词元，而不只是超出的部分。",
)
def dispatch_overloaded(
    experts: list[list[int]], capacity: int, n: int
) -> list[list[bool]]:
    asked = [0] * n
    for row in experts:
        for e in row:
            asked[e] += 1
    return [[asked[e] <= capacity for e in row] for row in experts]


@places.wrong(
    en="The last tokens are served first.",
    zh="从最后的词元开始处理。",
)
def dispatch_backwards(
    experts: list[list[int]], capacity: int, n: int
) -> list[list[bool]]:
    taken = [0] * n
    keep = [[False] * len(row) for row in experts]
    for j in range(len(experts[0]) if experts else 0):
        for i in reversed(range(len(experts))):
            e = experts[i][j]
            if taken[e] < capacity:
                keep[i][j] = True
                taken[e] += 1
    return keep


@places.wrong(
    en="Each token takes part once: after a kept choice the others are not asked for.",
    zh="每个词元只占一个名额：有一个选择保留之后，其余的就不再处理。",
)
def dispatch_once(experts: list[list[int]], capacity: int, n: int) -> list[list[bool]]:
    taken = [0] * n
    keep = [[False] * len(row) for row in experts]
    for j in range(len(experts[0]) if experts else 0):
        for i, row in enumerate(experts):
            if taken[row[j]] < capacity and not any(keep[i]):
                keep[i][j] = True
                taken[row[j]] += 1
    return keep


@places.drive
def places_drive(dispatch: Any, experts: list[list[int]], capacity: int, n: int) -> Any:
    before = [list(row) for row in experts]
    result = dispatch(experts, capacity, n)
    if experts != before:
        raise ValueError("experts must stay as it is, and was changed")
    return result


def _picks(random: Random, t: int, k: int, n: int) -> list[list[int]]:
    """Lower experts are favoured."""
    favour = list(range(n))
    rows = []
    for _ in range(t):
        order = sorted(favour, key=lambda e: e + random.random() * n * 0.9)
        rows.append(order[:k])
    return rows


@places.cases
def places_cases(random: Random) -> Iterator[tuple[list[list[int]], int, int]]:
    yield [], 1, 1
    yield [], 3, 4
    yield [[0]], 1, 1
    yield [[1, 0]], 1, 2
    yield [[0, 1], [1, 0]], 1, 2
    yield [[0], [0], [0]], 2, 1
    yield [[0, 1], [1, 2], [2, 0]], 1, 3
    yield [[0, 1], [1, 2], [1, 0]], 1, 3
    yield [[0, 1], [0, 1], [0, 2], [1, 0]], 2, 3
    for _ in range(60):
        n = random.randint(1, 5)
        k, t = random.randint(1, n), random.randint(1, 7)
        yield _picks(random, t, k, n), random.randint(1, 4), n


@places.large
def places_large(random: Random) -> Iterator[tuple[list[list[int]], int, int]]:
    yield _picks(random, 3000, 4, 16), 750, 16
    yield _picks(random, 3000, 1, 16), 3000, 16


@places.brute
def places_brute(experts: list[list[int]], capacity: int, n: int) -> list[list[bool]]:
    # A choice is kept if fewer than capacity choices of that expert come before it.
    asked = sorted((j, i) for i, row in enumerate(experts) for j in range(len(row)))
    served = set()
    for e in range(n):
        served |= set([(j, i) for j, i in asked if experts[i][j] == e][:capacity])
    return [[(j, i) in served for j in range(len(r))] for i, r in enumerate(experts)]


router = Exercise(
    en=Words(
        title="Picks by score plus bias, weights by score",
        statement="""\
A token has the score `scores[e]` for expert `e`. Pick the `k` experts with the largest
**score plus bias**, the largest first, of equal ones the lower index first. The weight of a
pick is its **score without the bias**, divided by the sum of the scores of all picks.

Return the picks and their weights: two lists of `k` numbers. `scores` and `bias` stay as they are.

- `scores`: $n \\ge 1$ numbers $> 0$; `bias`: $n$ numbers, of any sign.
- $1 \\le k \\le n$. All numbers are multiples of $2^{-20}$ and below $2^{10}$, so that sums of
  two are exact in floating point.

Weights may be off by $10^{-9}$.
""",
        hints=(
            "One order, by score plus bias. Then forget the bias.",
            "`order = sorted(range(n), key=lambda e: (-(scores[e] + bias[e]), e))[:k]`",
        ),
    ),
    zh=Words(
        title="按得分加偏置选专家，按得分加权",
        statement="""\
词元对专家 `e` 的得分是 `scores[e]`。选出**得分加偏置**最大的 `k` 个专家，从大到小排列，相同时编号小的在前。每个入选专家的权重是**不加偏置的得分**，除以所有入选专家的得分之和。

返回入选的专家和它们的权重：两个列表，各有 `k` 个数。`scores` 和 `bias` 保持不变。

- `scores`：$n \\ge 1$ 个数，都 $> 0$；`bias`：$n$ 个数，可正可负。
- $1 \\le k \\le n$。所有的数都是 $2^{-20}$ 的倍数，并且小于 $2^{10}$，所以两数相加在浮点运算中没有误差。

权重允许 $10^{-9}$ 的误差。
""",
        hints=(
            "只按得分加偏置排一次序，然后就不再用偏置。",
            "`order = sorted(range(n), key=lambda e: (-(scores[e] + bias[e]), e))[:k]`",
        ),
    ),
    examples="""\
>>> route([0.5, 0.25, 0.125, 0.125], [0.0, 0.0, 0.0, 0.0], 2)
[[0, 1], [0.6666666666666666, 0.3333333333333333]]
>>> route([0.5, 0.25, 0.125, 0.125], [-0.5, 0.0, 0.0, 0.25], 2)
[[3, 1], [0.3333333333333333, 0.6666666666666666]]
""",
    tolerance=1e-9,
    lacks={"empty": "a token has a score for some expert"},
)


@router.solution
def route(
    scores: list[float], bias: list[float], k: int
) -> list[list[int] | list[float]]:
    n = len(scores)
    picks = sorted(range(n), key=lambda e: (-(scores[e] + bias[e]), e))[:k]
    total = sum(scores[e] for e in picks)
    return [picks, [scores[e] / total for e in picks]]


@router.wrong(
    en="The bias has entered the weights.",
    zh="偏置混进了权重。",
)
def route_biased(
    scores: list[float], bias: list[float], k: int
) -> list[list[int] | list[float]]:
    both = [s + b for s, b in zip(scores, bias)]
    picks = sorted(range(len(both)), key=lambda e: (-both[e], e))[:k]
    total = sum(both[e] for e in picks) or 1.0
    return [picks, [both[e] / total for e in picks]]


@router.wrong(
    en="The bias is not used: picks are by score alone.",
    zh="没有用到偏置，只按得分选。",
)
def route_without_bias(
    scores: list[float], bias: list[float], k: int
) -> list[list[int] | list[float]]:
    picks = sorted(range(len(scores)), key=lambda e: (-scores[e], e))[:k]
    total = sum(scores[e] for e in picks)
    return [picks, [scores[e] / total for e in picks]]


@router.wrong(
    en="Divided by the sum over all experts, not over the picks.",
    zh="除以了所有专家的得分之和，而不是入选专家的。",
)
def route_by_all(
    scores: list[float], bias: list[float], k: int
) -> list[list[int] | list[float]]:
    n = len(scores)
    picks = sorted(range(n), key=lambda e: (-(scores[e] + bias[e]), e))[:k]
    return [picks, [scores[e] / sum(scores) for e in picks]]


@router.wrong(
    en="Weights are not divided at all.",
    zh="权重没有归一化。",
)
def route_raw(
    scores: list[float], bias: list[float], k: int
) -> list[list[int] | list[float]]:
    n = len(scores)
    picks = sorted(range(n), key=lambda e: (-(scores[e] + bias[e]), e))[:k]
    return [picks, [scores[e] for e in picks]]


@router.wrong(
    en="Of equal experts the higher index is picked.",
    zh="相同时选了编号大的。",
)
def route_ties(
    scores: list[float], bias: list[float], k: int
) -> list[list[int] | list[float]]:
    n = len(scores)
    picks = sorted(range(n), key=lambda e: (scores[e] + bias[e], e))[::-1][:k]
    total = sum(scores[e] for e in picks)
    return [picks, [scores[e] / total for e in picks]]


@router.wrong(
    en="Picks are listed by index, not the best first.",
    zh="入选的专家按编号排列，而不是最好的在前。",
)
def route_by_index(
    scores: list[float], bias: list[float], k: int
) -> list[list[int] | list[float]]:
    n = len(scores)
    picks = sorted(sorted(range(n), key=lambda e: (-(scores[e] + bias[e]), e))[:k])
    total = sum(scores[e] for e in picks)
    return [picks, [scores[e] / total for e in picks]]


@router.wrong(
    en="A softmax of scores that are scores already.",
    zh="对已经是得分的数又做了 softmax。",
)
def route_softmax(
    scores: list[float], bias: list[float], k: int
) -> list[list[int] | list[float]]:
    from math import exp

    n = len(scores)
    picks = sorted(range(n), key=lambda e: (-(scores[e] + bias[e]), e))[:k]
    top = max(scores)
    powers = [exp(scores[e] - top) for e in picks]
    total = sum(powers) or 1.0
    return [picks, [power / total for power in powers]]


@router.wrong(
    en="The bias is added into the scores themselves, and is in the weights then.",
    zh="把偏置直接加进了得分，权重也就跟着变了。",
)
def route_in_place(
    scores: list[float], bias: list[float], k: int
) -> list[list[int] | list[float]]:
    for e, b in enumerate(bias):
        scores[e] += b
    picks = sorted(range(len(scores)), key=lambda e: (-scores[e], e))[:k]
    total = sum(scores[e] for e in picks) or 1.0
    return [picks, [scores[e] / total for e in picks]]


@router.drive
def router_drive(route: Any, scores: list[float], bias: list[float], k: int) -> Any:
    before = [list(scores), list(bias)]
    result = route(scores, bias, k)
    if [scores, bias] != before:
        raise ValueError("scores and bias must stay as they are, and were changed")
    return result


def _scores(random: Random, n: int, parts: int) -> list[float]:
    return [random.randint(1, parts) / parts for _ in range(n)]


@router.cases
def router_cases(random: Random) -> Iterator[tuple[list[float], list[float], int]]:
    yield [0.5], [0.0], 1
    yield [0.5], [-3.0], 1
    yield [0.5, 0.5], [0.0, 0.0], 1
    yield [0.25, 0.5], [0.25, 0.0], 2
    yield [0.5, 0.25], [-0.5, -0.25], 2
    yield [0.5, 0.25, 0.125, 0.125], [-0.5, 0.0, 0.0, 0.25], 2
    for _ in range(60):
        n = random.randint(1, 6)
        parts = random.choice([4, 16, 1024])
        bias = [random.randint(-parts, parts) / (2 * parts) for _ in range(n)]
        yield _scores(random, n, parts), bias, random.randint(1, n)


@router.large
def router_large(random: Random) -> Iterator[tuple[list[float], list[float], int]]:
    for k in (8, 2000):
        bias = [random.randint(-1024, 1024) / 4096 for _ in range(2000)]
        yield _scores(random, 2000, 1024), bias, k


@router.brute
def router_brute(
    scores: list[float], bias: list[float], k: int
) -> list[list[int] | list[float]]:
    # Take the best of what is left, k times.
    left = dict(enumerate(scores))
    picks: list[int] = []
    for _ in range(k):
        top = max(s + bias[e] for e, s in left.items())
        picks.append(min(e for e, s in left.items() if s + bias[e] == top))
        del left[picks[-1]]
    rest = sum(scores) - sum(left.values())
    return [picks, [scores[e] / rest for e in picks]]
