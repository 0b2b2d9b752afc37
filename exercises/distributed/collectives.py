"""Exercises on collectives: the reduce-scatter of a ring, and an uneven all-to-all."""

from collections.abc import Iterator
from random import Random
from typing import Any

from notekit.study.judge import Exercise, Words

scatter = Exercise(
    en=Words(
        title="Reduce-scatter around a ring",
        statement="""\
`parts[r]` is the vector of rank $r$: one of $W$ lists of $n$ integers, where $W$ divides
$n$. Chunk $c$ of a vector is its elements from $cn/W$ on, $n/W$ of them.

In step $t = 0, 1, \\dots, W - 2$ each rank $r$ sends chunk $(r - t - 1) \\bmod W$ of what it
holds to rank $(r + 1) \\bmod W$, **all at the same time**; the receiver adds it to its own.

Return a list `[shards, log]`. `shards[r]` is chunk $r$ of what rank $r$ holds at the end.
`log[t]` is the list of the $W$ chunks that were sent in step $t$, that of rank 0 first.

- $1 \\le W \\le 40$, $0 \\le n \\le 400$; `parts` stays as it is.
""",
        hints=(
            "First collect what all ranks send in this step, as copies. Only then add.",
            "`c = (r - t - 1) % W` is sent by rank r and added to chunk c of rank (r + 1) % W.",
        ),
    ),
    zh=Words(
        title="沿着环做 reduce-scatter",
        statement="""\
`parts[r]` 是 rank $r$ 的向量：共 $W$ 个列表，各有 $n$ 个整数，$W$ 整除 $n$。向量的第 $c$ 块从第 $cn/W$ 个元素开始，共 $n/W$ 个。

第 $t = 0, 1, \\dots, W - 2$ 步，每个 rank $r$ 把手里的第 $(r - t - 1) \\bmod W$ 块发给 rank $(r + 1) \\bmod W$，**所有 rank 同时发送**；接收者把它加到自己的那一块上。

返回列表 `[shards, log]`。`shards[r]` 是结束时 rank $r$ 手里的第 $r$ 块。`log[t]` 是第 $t$ 步发出的 $W$ 个块，rank 0 的在最前。

- $1 \\le W \\le 40$，$0 \\le n \\le 400$；`parts` 保持不变。
""",
        hints=(
            "先把这一步所有 rank 要发的内容复制下来，然后才相加。",
            "`c = (r - t - 1) % W` 由 rank r 发出，加到 rank (r + 1) % W 的第 c 块上。",
        ),
    ),
    examples="""\
>>> reduce_scatter([[1, 2], [10, 20]])
[[[11], [22]], [[[2], [10]]]]
>>> reduce_scatter([[5, 6]])
[[[5, 6]], []]
""",
)


@scatter.solution
def reduce_scatter(parts: list[list[int]]) -> list[Any]:
    W = len(parts)
    m = len(parts[0]) // W
    held = [list(part) for part in parts]
    log = []
    for t in range(W - 1):
        chunks = [(r - t - 1) % W for r in range(W)]
        sent = [held[r][c * m : (c + 1) * m] for r, c in enumerate(chunks)]
        for r, c in enumerate(chunks):
            for i, value in enumerate(sent[r]):
                held[(r + 1) % W][c * m + i] += value
        log.append(sent)
    return [[held[r][r * m : (r + 1) * m] for r in range(W)], log]


@scatter.wrong(
    en="All ranks send chunk t in step t: what has just arrived is sent on at once.",
    zh="第 t 步所有 rank 都发第 t 块：刚到的内容在同一步又被转发。",
)
def reduce_scatter_all_send_one_chunk(parts: list[list[int]]) -> list[Any]:
    W = len(parts)
    m = len(parts[0]) // W
    held = [list(part) for part in parts]
    log = []
    for t in range(W - 1):
        sent = []
        for r in range(W):
            c = t
            message = held[r][c * m : (c + 1) * m]
            sent.append(message)
            for i, value in enumerate(message):
                held[(r + 1) % W][c * m + i] += value
        log.append(sent)
    return [[held[r][r * m : (r + 1) * m] for r in range(W)], log]


@scatter.wrong(
    en="It replaces the receiver's chunk instead of adding to it.",
    zh="替换了接收者的块，而不是加上去。",
)
def reduce_scatter_replaces(parts: list[list[int]]) -> list[Any]:
    W = len(parts)
    m = len(parts[0]) // W
    held = [list(part) for part in parts]
    log = []
    for t in range(W - 1):
        chunks = [(r - t - 1) % W for r in range(W)]
        sent = [held[r][c * m : (c + 1) * m] for r, c in enumerate(chunks)]
        for r, c in enumerate(chunks):
            held[(r + 1) % W][c * m : (c + 1) * m] = sent[r]
        log.append(sent)
    return [[held[r][r * m : (r + 1) * m] for r in range(W)], log]


@scatter.wrong(
    en="It begins with chunk r: the complete chunk of rank r is then r + 1.",
    zh="从第 r 块开始发送：这样 rank r 最后完整的是第 r + 1 块。",
)
def reduce_scatter_one_off(parts: list[list[int]]) -> list[Any]:
    W = len(parts)
    m = len(parts[0]) // W
    held = [list(part) for part in parts]
    log = []
    for t in range(W - 1):
        chunks = [(r - t) % W for r in range(W)]
        sent = [held[r][c * m : (c + 1) * m] for r, c in enumerate(chunks)]
        for r, c in enumerate(chunks):
            for i, value in enumerate(sent[r]):
                held[(r + 1) % W][c * m + i] += value
        log.append(sent)
    return [[held[r][r * m : (r + 1) * m] for r in range(W)], log]


@scatter.wrong(
    en="W steps instead of W - 1: a rank's own numbers come back and count twice.",
    zh="走了 W 步而不是 W - 1 步：自己的数又转回来，加了两遍。",
)
def reduce_scatter_one_step_more(parts: list[list[int]]) -> list[Any]:
    W = len(parts)
    m = len(parts[0]) // W
    held = [list(part) for part in parts]
    log = []
    for t in range(W):
        chunks = [(r - t - 1) % W for r in range(W)]
        sent = [held[r][c * m : (c + 1) * m] for r, c in enumerate(chunks)]
        for r, c in enumerate(chunks):
            for i, value in enumerate(sent[r]):
                held[(r + 1) % W][c * m + i] += value
        log.append(sent)
    return [[held[r][r * m : (r + 1) * m] for r in range(W)], log]


@scatter.wrong(
    en="Chunks of W elements instead of W chunks.",
    zh="切成了每块 W 个元素，而不是切成 W 块。",
)
def reduce_scatter_chunks_of_w(parts: list[list[int]]) -> list[Any]:
    W = len(parts)
    total = [sum(column) for column in zip(*parts)]
    held = [list(part) for part in parts]
    log = []
    for t in range(W - 1):
        chunks = [(r - t - 1) % W for r in range(W)]
        sent = [held[r][c * W : (c + 1) * W] for r, c in enumerate(chunks)]
        for r, c in enumerate(chunks):
            for i, value in enumerate(sent[r]):
                held[(r + 1) % W][c * W + i] += value
        log.append(sent)
    return [[total[r * W : (r + 1) * W] for r in range(W)], log]


@scatter.wrong(
    en="The right sums, but each rank sends its own numbers only: nothing is summed on the way.",
    zh="总和是对的，但每个 rank 只发了自己的数，没有把途中的和带上。",
)
def reduce_scatter_without_partial_sums(parts: list[list[int]]) -> list[Any]:
    W = len(parts)
    m = len(parts[0]) // W
    total = [sum(column) for column in zip(*parts)]
    log = []
    for t in range(W - 1):
        chunks = [(r - t - 1) % W for r in range(W)]
        log.append([parts[r][c * m : (c + 1) * m] for r, c in enumerate(chunks)])
    return [[total[r * m : (r + 1) * m] for r in range(W)], log]


@scatter.wrong(
    en="The lists that were given are added to, and no longer what they were.",
    zh="直接加在传入的列表上，把它们改掉了。",
)
def reduce_scatter_in_place(parts: list[list[int]]) -> list[Any]:
    W = len(parts)
    m = len(parts[0]) // W
    log = []
    for t in range(W - 1):
        chunks = [(r - t - 1) % W for r in range(W)]
        sent = [parts[r][c * m : (c + 1) * m] for r, c in enumerate(chunks)]
        for r, c in enumerate(chunks):
            for i, value in enumerate(sent[r]):
                parts[(r + 1) % W][c * m + i] += value
        log.append(sent)
    return [[parts[r][r * m : (r + 1) * m] for r in range(W)], log]


@scatter.drive
def scatter_drive(reduce_scatter: Any, parts: list[list[int]]) -> Any:
    before = [list(part) for part in parts]
    result = reduce_scatter(parts)
    if parts != before:
        raise ValueError("parts must stay as it is, and was changed")
    return result


def _parts(random: Random, W: int, n: int, top: int) -> list[list[int]]:
    return [[random.randint(-top, top) for _ in range(n)] for _ in range(W)]


@scatter.cases
def scatter_cases(random: Random) -> Iterator[tuple[list[list[int]]]]:
    yield ([[]],)
    yield ([[7]],)
    yield ([[-3, 4, 5]],)
    yield ([[], [], []],)
    yield ([[1, 2], [10, 20]],)
    yield ([[1] * 6 for _ in range(3)],)  # not one list three times
    yield ([[1, 1, 1], [10, 10, 10], [100, 100, 100]],)
    yield ([[i * (r + 1) + r for i in range(8)] for r in range(4)],)
    for _ in range(30):
        W = random.randint(1, 6)
        yield (
            _parts(random, W, W * random.randint(0, 3), random.choice([1, 9, 10**12])),
        )


@scatter.large
def scatter_large(random: Random) -> Iterator[tuple[list[list[int]]]]:
    yield (_parts(random, 40, 400, 10**9),)


@scatter.brute
def scatter_brute(parts: list[list[int]]) -> list[Any]:
    # What rank r sends in step t is what ranks r - t to r gave: no state is kept.
    W, n = len(parts), len(parts[0])
    places = [[i for i in range(n) if i * W // n == c] for c in range(W)]

    def summed(last: int, count: int, c: int) -> list[int]:
        ranks = [(last - k) % W for k in range(count)]
        return [sum(parts[r][i] for r in ranks) for i in places[c]]

    log = [[summed(r, t + 1, (r - t - 1) % W) for r in range(W)] for t in range(W - 1)]
    return [[summed(r, W, r) for r in range(W)], log]


exchange = Exercise(
    en=Words(
        title="Uneven all-to-all",
        statement="""\
`data[r]` is the list of rank $r$, and `sizes[r][s]` says how many of its elements go to
rank $s$: the first `sizes[r][0]` to rank 0, the next `sizes[r][1]` to rank 1, and so on, until
all are given away. So tokens go to their experts.

Return `[got, back]`: `got[s]` is what rank $s$ receives, in the order of the senders, and
`back[s][r]` how many of these came from rank $r$: the sizes with which a second all-to-all
would bring everything back.

- $W$ lists and $W$ rows of $W$ integers $\\ge 0$, $1 \\le W \\le 60$; the sum of row $r$ is the
  length of `data[r]`, at most 600.
""",
        hints=(
            "Cut each list first: a running position, moved on by each size.",
            "`back` is the transpose of `sizes`.",
        ),
    ),
    zh=Words(
        title="不等长的 all-to-all",
        statement="""\
`data[r]` 是 rank $r$ 的列表，`sizes[r][s]` 说明其中有几个元素发给 rank $s$：最前面 `sizes[r][0]` 个发给 rank 0，接着 `sizes[r][1]` 个发给 rank 1，依此类推，直到全部发完。词元就是这样送到各个专家的。

返回 `[got, back]`：`got[s]` 是 rank $s$ 收到的内容，按发送者的次序排列；`back[s][r]` 是其中来自 rank $r$ 的个数，用这些长度再做一遍 all-to-all，就能把所有内容送回去。

- 共 $W$ 个列表，$W$ 行、每行 $W$ 个 $\\ge 0$ 的整数，$1 \\le W \\le 60$；第 $r$ 行之和是 `data[r]` 的长度，不超过 600。
""",
        hints=(
            "先切开每个列表：用一个位置，每切一段就后移该段的长度。",
            "`back` 是 `sizes` 的转置。",
        ),
    ),
    examples="""\
>>> all_to_all([[1, 2, 3], [4, 5]], [[1, 2], [2, 0]])
[[[1, 4, 5], [2, 3]], [[1, 2], [2, 0]]]
>>> all_to_all([[7]], [[1]])
[[[7]], [[1]]]
""",
)


@exchange.solution
def all_to_all(data: list[list[int]], sizes: list[list[int]]) -> list[Any]:
    W = len(data)
    got: list[list[int]] = [[] for _ in range(W)]
    for r in range(W):
        start = 0
        for s in range(W):
            got[s] += data[r][start : start + sizes[r][s]]
            start += sizes[r][s]
    return [got, [[sizes[r][s] for r in range(W)] for s in range(W)]]


@exchange.wrong(
    en="It cuts all lists into equal chunks.",
    zh="把每个列表都等分了。",
)
def all_to_all_even(data: list[list[int]], sizes: list[list[int]]) -> list[Any]:
    W = len(data)
    got: list[list[int]] = [[] for _ in range(W)]
    for r in range(W):
        m = len(data[r]) // W
        for s in range(W):
            got[s] += data[r][s * m : (s + 1) * m]
    return [got, [[sizes[r][s] for r in range(W)] for s in range(W)]]


@exchange.wrong(
    en="It is an all-gather: everyone gets everything.",
    zh="做成了 all-gather：每个 rank 都得到全部内容。",
)
def all_to_all_gathers(data: list[list[int]], sizes: list[list[int]]) -> list[Any]:
    W = len(data)
    every = [x for part in data for x in part]
    return [
        [list(every) for _ in range(W)],
        [[sizes[r][s] for r in range(W)] for s in range(W)],
    ]


@exchange.wrong(
    en="It uses sizes[s][r]: rows and columns are exchanged.",
    zh="用了 sizes[s][r]：行和列弄反了。",
)
def all_to_all_transposed(data: list[list[int]], sizes: list[list[int]]) -> list[Any]:
    W = len(data)
    got: list[list[int]] = [[] for _ in range(W)]
    for r in range(W):
        start = 0
        for s in range(W):
            got[s] += data[r][start : start + sizes[s][r]]
            start += sizes[s][r]
    return [got, [[sizes[r][s] for r in range(W)] for s in range(W)]]


@exchange.wrong(
    en="The sizes of the way back are those of the way there.",
    zh="送回去用的长度还是原来的 sizes，没有转置。",
)
def all_to_all_same_sizes(data: list[list[int]], sizes: list[list[int]]) -> list[Any]:
    return [all_to_all(data, sizes)[0], [list(row) for row in sizes]]


@exchange.wrong(
    en="What a rank sends to itself is left out.",
    zh="漏掉了 rank 发给自己的部分。",
)
def all_to_all_not_to_itself(
    data: list[list[int]], sizes: list[list[int]]
) -> list[Any]:
    W = len(data)
    got: list[list[int]] = [[] for _ in range(W)]
    for r in range(W):
        start = 0
        for s in range(W):
            if r != s:
                got[s] += data[r][start : start + sizes[r][s]]
            start += sizes[r][s]
    return [got, [[sizes[r][s] for r in range(W)] for s in range(W)]]


def _routed(
    random: Random, W: int, top: int
) -> tuple[list[list[int]], list[list[int]]]:
    sizes = [[random.randint(0, top) for _ in range(W)] for _ in range(W)]
    data = [[random.randint(-99, 99) for _ in range(sum(row))] for row in sizes]
    return data, sizes


@exchange.cases
def exchange_cases(
    random: Random,
) -> Iterator[tuple[list[list[int]], list[list[int]]]]:
    yield [[]], [[0]]
    yield [[-5]], [[1]]
    yield [[], []], [[0, 0], [0, 0]]
    yield [[1, 2], [3, 4]], [[1, 1], [1, 1]]
    yield [[1, 1, 1, 1], []], [[4, 0], [0, 0]]
    yield [[], [7, 8, -9]], [[0, 0], [2, 1]]
    for _ in range(30):
        yield _routed(random, random.randint(1, 5), random.randint(0, 4))


@exchange.large
def exchange_large(
    random: Random,
) -> Iterator[tuple[list[list[int]], list[list[int]]]]:
    yield _routed(random, 60, 10)


@exchange.brute
def exchange_brute(data: list[list[int]], sizes: list[list[int]]) -> list[Any]:
    # Each element names its sender, its place and its receiver; sorting does the rest.
    letters = []
    for r, (part, row) in enumerate(zip(data, sizes)):
        to = [s for s, size in enumerate(row) for _ in range(size)]
        letters += [(s, r, i, x) for i, (x, s) in enumerate(zip(part, to))]
    letters.sort(key=lambda letter: letter[:3])
    got = [[x for s, _, _, x in letters if s == mine] for mine in range(len(data))]
    return [got, [list(column) for column in zip(*sizes)]]
