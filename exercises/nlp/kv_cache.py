"""Exercises on the KV cache: attention of a chunk, and blocks that are shared."""

import math
from collections.abc import Iterator
from fractions import Fraction
from random import Random
from typing import Any

from notekit.study.judge import Exercise, Words

chunk = Exercise(
    en=Words(
        title="Attention with an offset",
        statement="""\
Keys and values of $m$ tokens are there. The queries are those of $n$ of these tokens, the first
of which is token `offset`: query row $r$ sees the keys $0, 1, \\dots, s + r$, where $s$ is
`offset`, and no others. Return for each query the average of the values that it sees, with the
softmax of $q_r^\\top k_j / \\sqrt d$ over these keys as weights.

- `q`: $n$ rows of $d$ numbers; `k`: $m$ rows of $d$; `v`: $m$ rows of $d_v$. All at least 1.
- $0 \\le s \\le m - n$: there may be keys that no query sees.
- Numbers are between $-1000$ and 1000; scores can be too large for `math.exp`.
- Return $n$ rows of $d_v$ numbers (lists or an array); what is given stays as it is.

Results may be off by $10^{-9}$ (relative to the result where it is larger than 1 in size).
""",
        hints=(
            "Which keys does row $r$ see? `range(offset + r + 1)`; never look at the others.",
            "Subtract the largest of the scores *that are seen* before `math.exp`.",
        ),
    ),
    zh=Words(
        title="带偏移的注意力",
        statement="""\
已有 $m$ 个词元的键和值。查询属于其中 $n$ 个词元，第一个是词元 `offset`：查询的第 $r$ 行只看得到键 $0, 1, \\dots, s + r$，其中 $s$ 就是 `offset`，其余都看不到。对每个查询，以 $q_r^\\top k_j / \\sqrt d$ 在这些键上的 softmax 为权重，返回它所见的值的加权平均。

- `q`：$n$ 行，每行 $d$ 个数；`k`：$m$ 行，每行 $d$ 个数；`v`：$m$ 行，每行 $d_v$ 个数。都至少为 1。
- $0 \\le s \\le m - n$：可能有哪个查询都看不到的键。
- 各数在 $-1000$ 与 1000 之间；分数可能大到 `math.exp` 算不了。
- 返回 $n$ 行，每行 $d_v$ 个数（列表或数组）；传入的内容保持不变。

允许 $10^{-9}$ 的误差（结果的绝对值超过 1 时指相对误差，否则指绝对误差）。
""",
        hints=(
            "第 $r$ 行看得到哪些键？`range(offset + r + 1)`，别的一概不看。",
            "调用 `math.exp` 之前，先减去*看得到的*分数里最大的一个。",
        ),
    ),
    examples="""\
>>> causal_attention([[0.0]], [[1.0], [2.0], [3.0]], [[2.0], [4.0], [9.0]], 1)
[[3.0]]
>>> causal_attention([[0.0], [0.0]], [[1.0], [2.0]], [[2.0], [4.0]], 0)
[[2.0], [3.0]]
""",
    tolerance=1e-9,
    seconds=8,
    lacks={"empty": "there is a query, and it sees a key"},
)


@chunk.solution
def causal_attention(
    q: list[list[float]], k: list[list[float]], v: list[list[float]], offset: int
) -> list[list[float]]:
    out = []
    for r, query in enumerate(q):
        seen = range(offset + r + 1)
        scores = [sum(map(float.__mul__, query, k[j])) for j in seen]
        scores = [score / math.sqrt(len(query)) for score in scores]
        largest = max(scores)
        weights = [math.exp(score - largest) for score in scores]
        total = sum(weights)
        out.append(
            [
                sum(w * v[j][c] for w, j in zip(weights, seen, strict=True)) / total
                for c in range(len(v[0]))
            ]
        )
    return out


@chunk.wrong(
    en="The mask begins at the top left: the offset is not used.",
    zh="掩码从左上角开始，没有用到偏移。",
)
def causal_attention_top_left(
    q: list[list[float]], k: list[list[float]], v: list[list[float]], offset: int
) -> list[list[float]]:
    out = []
    for r, query in enumerate(q):
        limit = r + 1
        scores = [sum(map(float.__mul__, query, key)) for key in k[:limit]]
        scores = [score / math.sqrt(len(query)) for score in scores]
        weights = [math.exp(score - max(scores)) for score in scores]
        row = []
        for c in range(len(v[0])):
            parts = [w * value[c] for w, value in zip(weights, v, strict=False)]
            row.append(sum(parts) / sum(weights))
        out.append(row)
    return out


@chunk.wrong(
    en="There is no mask: the chunk reads its own future.",
    zh="没有掩码：块里的词元读到了后面的词元。",
)
def causal_attention_no_mask(
    q: list[list[float]], k: list[list[float]], v: list[list[float]], offset: int
) -> list[list[float]]:
    out = []
    for query in q:
        limit = len(k)
        scores = [sum(map(float.__mul__, query, key)) for key in k[:limit]]
        scores = [score / math.sqrt(len(query)) for score in scores]
        weights = [math.exp(score - max(scores)) for score in scores]
        row = []
        for c in range(len(v[0])):
            parts = [w * value[c] for w, value in zip(weights, v, strict=False)]
            row.append(sum(parts) / sum(weights))
        out.append(row)
    return out


@chunk.wrong(
    en="Every query sees the cache and the whole chunk.",
    zh="每个查询都看到了缓存和整个块。",
)
def causal_attention_whole_chunk(
    q: list[list[float]], k: list[list[float]], v: list[list[float]], offset: int
) -> list[list[float]]:
    out = []
    for query in q:
        limit = offset + len(q)
        scores = [sum(map(float.__mul__, query, key)) for key in k[:limit]]
        scores = [score / math.sqrt(len(query)) for score in scores]
        weights = [math.exp(score - max(scores)) for score in scores]
        row = []
        for c in range(len(v[0])):
            parts = [w * value[c] for w, value in zip(weights, v, strict=False)]
            row.append(sum(parts) / sum(weights))
        out.append(row)
    return out


@chunk.wrong(
    en="A token does not see itself.",
    zh="词元看不到自己。",
)
def causal_attention_not_itself(
    q: list[list[float]], k: list[list[float]], v: list[list[float]], offset: int
) -> list[list[float]]:
    out = []
    for r, query in enumerate(q):
        limit = max(offset + r, 1)
        scores = [sum(map(float.__mul__, query, key)) for key in k[:limit]]
        scores = [score / math.sqrt(len(query)) for score in scores]
        weights = [math.exp(score - max(scores)) for score in scores]
        row = []
        for c in range(len(v[0])):
            parts = [w * value[c] for w, value in zip(weights, v, strict=False)]
            row.append(sum(parts) / sum(weights))
        out.append(row)
    return out


@chunk.wrong(
    en="The triangle is put at the bottom right of all keys: right only if the chunk is the end.",
    zh="三角形对齐了全部键的右下角：只有块在末尾时才对。",
)
def causal_attention_at_the_end(
    q: list[list[float]], k: list[list[float]], v: list[list[float]], offset: int
) -> list[list[float]]:
    out = []
    for r, query in enumerate(q):
        limit = len(k) - len(q) + r + 1
        scores = [sum(map(float.__mul__, query, key)) for key in k[:limit]]
        scores = [score / math.sqrt(len(query)) for score in scores]
        weights = [math.exp(score - max(scores)) for score in scores]
        row = []
        for c in range(len(v[0])):
            parts = [w * value[c] for w, value in zip(weights, v, strict=False)]
            row.append(sum(parts) / sum(weights))
        out.append(row)
    return out


@chunk.wrong(
    en="The scores are divided by the root of the number of keys.",
    zh="分数除以了键的个数的平方根。",
)
def causal_attention_other_root(
    q: list[list[float]], k: list[list[float]], v: list[list[float]], offset: int
) -> list[list[float]]:
    out = []
    for r, query in enumerate(q):
        limit = offset + r + 1
        scores = [sum(map(float.__mul__, query, key)) for key in k[:limit]]
        scores = [score / math.sqrt(len(k)) for score in scores]
        weights = [math.exp(score - max(scores)) for score in scores]
        row = []
        for c in range(len(v[0])):
            parts = [w * value[c] for w, value in zip(weights, v, strict=False)]
            row.append(sum(parts) / sum(weights))
        out.append(row)
    return out


@chunk.wrong(
    en="The softmax is over all keys, and hidden ones are set to 0 after it.",
    zh="softmax 对全部键计算，之后才把看不到的权重置 0。",
)
def causal_attention_mask_after(
    q: list[list[float]], k: list[list[float]], v: list[list[float]], offset: int
) -> list[list[float]]:
    out = []
    for r, query in enumerate(q):
        scores = [sum(map(float.__mul__, query, key)) for key in k]
        scores = [score / math.sqrt(len(query)) for score in scores]
        weights = [math.exp(score - max(scores)) for score in scores]
        seen = weights[: offset + r + 1]
        out.append(
            [
                sum(w * row[c] for w, row in zip(seen, v, strict=False)) / sum(weights)
                for c in range(len(v[0]))
            ]
        )
    return out


@chunk.wrong(
    en="Hidden scores are 0 instead of minus infinity: they still get weight.",
    zh="看不到的分数写成了 0，而不是负无穷：仍然有权重。",
)
def causal_attention_zeros(
    q: list[list[float]], k: list[list[float]], v: list[list[float]], offset: int
) -> list[list[float]]:
    out = []
    for r, query in enumerate(q):
        scores = [sum(map(float.__mul__, query, key)) for key in k]
        scores = [score / math.sqrt(len(query)) for score in scores]
        scores[offset + r + 1 :] = [0.0] * (len(k) - offset - r - 1)
        weights = [math.exp(score - max(scores)) for score in scores]
        total = sum(weights)
        out.append(
            [
                sum(w * row[c] for w, row in zip(weights, v, strict=True)) / total
                for c in range(len(v[0]))
            ]
        )
    return out


@chunk.wrong(
    en="Hidden scores are -10,000 instead of minus infinity: scores that are seen can be smaller.",
    zh="看不到的分数写成了 -10,000，而不是负无穷：看得到的分数可能比它更小。",
)
def causal_attention_ten_thousand(
    q: list[list[float]], k: list[list[float]], v: list[list[float]], offset: int
) -> list[list[float]]:
    out = []
    for r, query in enumerate(q):
        scores = [sum(map(float.__mul__, query, key)) for key in k]
        scores = [score / math.sqrt(len(query)) for score in scores]
        scores[offset + r + 1 :] = [-1e4] * (len(k) - offset - r - 1)
        weights = [math.exp(score - max(scores)) for score in scores]
        total = sum(weights)
        out.append(
            [
                sum(w * row[c] for w, row in zip(weights, v, strict=True)) / total
                for c in range(len(v[0]))
            ]
        )
    return out


@chunk.drive
def chunk_drive(
    causal_attention: Any,
    q: list[list[float]],
    k: list[list[float]],
    v: list[list[float]],
    offset: int,
) -> Any:
    before = [[list(row) for row in rows] for rows in (q, k, v)]
    result = causal_attention(q, k, v, offset)
    if [q, k, v] != before:
        raise ValueError("q, k and v must stay as they are, and were changed")
    return result


def _rows(random: Random, n: int, width: int, size: float) -> list[list[float]]:
    return [[random.uniform(-size, size) for _ in range(width)] for _ in range(n)]


@chunk.cases
def chunk_cases(
    random: Random,
) -> Iterator[tuple[list[list[float]], list[list[float]], list[list[float]], int]]:
    yield [[0.0]], [[1.0]], [[2.0]], 0
    yield [[-1.0]], [[1.0], [1.0]], [[2.0], [4.0]], 1
    yield [[1.0], [1.0]], [[1.0], [2.0], [3.0]], [[1.0], [0.0], [5.0]], 0
    yield [[1000.0]], [[1000.0], [1000.0]], [[2.0], [4.0]], 1
    yield [[1000.0], [-1000.0]], [[1.0], [1000.0], [0.0]], [[2.0], [4.0], [8.0]], 0
    yield _rows(random, 4, 8, 1), _rows(random, 12, 8, 1), _rows(random, 12, 8, 1), 8
    yield [[-1000.0]], [[1000.0], [999.0], [0.0]], [[2.0], [4.0], [8.0]], 1
    for _ in range(30):
        n, offset, later = (
            random.randint(1, 4),
            random.randint(0, 4),
            random.randint(0, 2),
        )
        d, dv, m = random.randint(1, 3), random.randint(1, 3), n + offset + later
        size = random.choice([1.0, 1.0, 3.0])
        yield (
            _rows(random, n, d, size),
            _rows(random, m, d, size),
            _rows(random, m, dv, size),
            offset,
        )


@chunk.large
def chunk_large(
    random: Random,
) -> Iterator[tuple[list[list[float]], list[list[float]], list[list[float]], int]]:
    yield (
        _rows(random, 40, 8, 1),
        _rows(random, 500, 8, 1),
        _rows(random, 500, 8, 1),
        460,
    )


@chunk.brute
def chunk_brute(
    q: list[list[float]], k: list[list[float]], v: list[list[float]], offset: int
) -> list[list[float]]:
    # Token by token: grow the list of what is there, and weigh each pair against another.
    out = []
    for r in range(len(q)):
        keys, values = k[:offset], v[:offset]
        for new in range(offset, offset + r + 1):
            keys, values = [*keys, k[new]], [*values, v[new]]
        exact = [
            sum(
                (Fraction(a) * Fraction(b) for a, b in zip(q[r], key, strict=True)),
                Fraction(),
            )
            for key in keys
        ]
        row = []
        for c in range(len(v[0])):
            total = 0.0
            for i, score in enumerate(exact):
                gaps = [float(other - score) / len(q[r]) ** 0.5 for other in exact]
                if max(gaps) < 700:
                    total += values[i][c] / math.fsum(map(math.exp, gaps))
            row.append(total)
        out.append(row)
    return out


blocks = Exercise(
    en=Words(
        title="Blocks in use",
        statement="""\
A cache has blocks of `size` tokens, enough of them. Carry out the operations in order, and
return the list of how many blocks are in use after each.

- `["extend", s, n]`: sequence `s`, which may be a new one, grows by $n \\ge 1$ tokens. A last
  block that has room is written to; if another sequence holds it too, `s` gets a copy of it first, in a
  block of its own. Then whole new blocks are taken, as many as are needed.
- `["fork", s, t]`: a new sequence `t` begins with the tokens of `s`, in the same blocks.
- `["release", s]`: `s` ends. A block is in use as long as a sequence holds it.

`s` and `t` are strings; `fork` and `release` name sequences that exist. After a release a name may be used again.
$1 \\le$ `size` $\\le 50$; up to 3,000 operations, with $n \\le 100$.
""",
        hints=(
            "Give each block a number, each sequence a list of its blocks and a length, and"
            " each block a count of its users.",
            "A copy is made only if the length is no multiple of `size` **and** the last"
            " block has more than one user.",
        ),
    ),
    zh=Words(
        title="占用的块数",
        statement="""\
缓存分成块，每块 `size` 个词元，块足够多。依次执行各个操作，返回一个列表：每个操作之后有多少块正在使用。

- `["extend", s, n]`：序列 `s`（可以是新的）增加 $n \\ge 1$ 个词元。最后一块有空位就先写进去；如果别的序列也占有这一块，`s` 先得到一个副本，单独占一块。然后按需要占用新的块。
- `["fork", s, t]`：新序列 `t` 以 `s` 的全部词元开头，用同样的块。
- `["release", s]`：`s` 结束。只要还有序列占有一个块，这个块就仍在使用。

`s` 和 `t` 是字符串；`fork` 的 `s` 和 `release` 的 `s` 都已存在，`fork` 的 `t` 不存在。序列结束之后，名字可以再用。$1 \\le$ `size` $\\le 50$；最多 3,000 个操作，$n \\le 100$。
""",
        hints=(
            "给每个块一个编号；每个序列记下它的块和长度，每个块记下有几个序列在用。",
            "只有长度不是 `size` 的倍数，**而且**最后一块不止一个序列在用，才要复制。",
        ),
    ),
    examples="""\
>>> blocks_in_use(4, [["extend", "a", 6], ["fork", "a", "b"], ["extend", "b", 1]])
[2, 2, 3]
>>> blocks_in_use(2, [["extend", "a", 2], ["fork", "a", "b"], ["release", "a"]])
[1, 1, 1]
""",
    seconds=5,
    lacks={"negative": "counts are at least 1"},
)


@blocks.solution
def blocks_in_use(size: int, operations: list[list[int | str]]) -> list[int]:
    tables: dict[str, list[int]] = {}
    lengths: dict[str, int] = {}
    users: dict[int, int] = {}
    made, counts = 0, []
    for name, seq, *rest in operations:
        if name == "extend":
            table, length = tables.setdefault(seq, []), lengths.get(seq, 0)
            if length % size and users[table[-1]] > 1:
                users[table[-1]] -= 1
                table[-1] = made
                users[made] = 1
                made += 1
            lengths[seq] = length + rest[0]
            while len(table) * size < lengths[seq]:
                table.append(made)
                users[made] = 1
                made += 1
        elif name == "fork":
            tables[rest[0]], lengths[rest[0]] = list(tables[seq]), lengths[seq]
            for block in tables[seq]:
                users[block] += 1
        else:
            del lengths[seq]
            for block in tables.pop(seq):
                users[block] -= 1
                if not users[block]:
                    del users[block]
        counts.append(len(users))
    return counts


@blocks.wrong(
    en="Nothing is shared: a fork copies all blocks.",
    zh="没有共享：分叉时复制了全部块。",
)
def blocks_in_use_no_sharing(size: int, operations: list[list[int | str]]) -> list[int]:
    lengths: dict[str, int] = {}
    counts = []
    for name, seq, *rest in operations:
        if name == "extend":
            lengths[seq] = lengths.get(seq, 0) + rest[0]
        elif name == "fork":
            lengths[rest[0]] = lengths[seq]
        else:
            del lengths[seq]
        counts.append(sum(-(-n // size) for n in lengths.values()))
    return counts


@blocks.wrong(
    en="A shared block is written without a copy.",
    zh="共享的块没有复制就写了。",
)
def blocks_in_use_no_copy(size: int, operations: list[list[int | str]]) -> list[int]:
    tables: dict[str, list[int]] = {}
    lengths: dict[str, int] = {}
    users: dict[int, int] = {}
    made, counts = 0, []
    for name, seq, *rest in operations:
        if name == "extend":
            table, length = tables.setdefault(seq, []), lengths.get(seq, 0)
            lengths[seq] = length + rest[0]
            while len(table) * size < lengths[seq]:
                table.append(made)
                users[made] = 1
                made += 1
        elif name == "fork":
            tables[rest[0]], lengths[rest[0]] = list(tables[seq]), lengths[seq]
            for block in tables[seq]:
                users[block] += 1
        else:
            del lengths[seq]
            for block in tables.pop(seq):
                users[block] -= 1
                if not users[block]:
                    del users[block]
        counts.append(len(users))
    return counts


@blocks.wrong(
    en="A full block is copied, too.",
    zh="已满的块也复制了。",
)
def blocks_in_use_full_too(size: int, operations: list[list[int | str]]) -> list[int]:
    tables: dict[str, list[int]] = {}
    lengths: dict[str, int] = {}
    users: dict[int, int] = {}
    made, counts = 0, []
    for name, seq, *rest in operations:
        if name == "extend":
            table, length = tables.setdefault(seq, []), lengths.get(seq, 0)
            if table and users[table[-1]] > 1:
                users[table[-1]] -= 1
                table[-1] = made
                users[made] = 1
                made += 1
            lengths[seq] = length + rest[0]
            while len(table) * size < lengths[seq]:
                table.append(made)
                users[made] = 1
                made += 1
        elif name == "fork":
            tables[rest[0]], lengths[rest[0]] = list(tables[seq]), lengths[seq]
            for block in tables[seq]:
                users[block] += 1
        else:
            del lengths[seq]
            for block in tables.pop(seq):
                users[block] -= 1
                if not users[block]:
                    del users[block]
        counts.append(len(users))
    return counts


@blocks.wrong(
    en="The copy is made at the fork, and not only when somebody writes.",
    zh="分叉时就复制了，而不是等到写的时候。",
)
def blocks_in_use_eager(size: int, operations: list[list[int | str]]) -> list[int]:
    tables: dict[str, list[int]] = {}
    lengths: dict[str, int] = {}
    users: dict[int, int] = {}
    made, counts = 0, []
    for name, seq, *rest in operations:
        if name == "extend":
            table, length = tables.setdefault(seq, []), lengths.get(seq, 0)
            lengths[seq] = length + rest[0]
            while len(table) * size < lengths[seq]:
                table.append(made)
                users[made] = 1
                made += 1
        elif name == "fork":
            tables[rest[0]], lengths[rest[0]] = list(tables[seq]), lengths[seq]
            for block in tables[seq]:
                users[block] += 1
            if lengths[seq] % size:
                users[tables[seq][-1]] -= 1
                tables[rest[0]][-1] = made
                users[made] = 1
                made += 1
        else:
            del lengths[seq]
            for block in tables.pop(seq):
                users[block] -= 1
                if not users[block]:
                    del users[block]
        counts.append(len(users))
    return counts


@blocks.wrong(
    en="After a copy, the sequence still counts as a user of the old block.",
    zh="复制之后，仍然算作旧块的使用者。",
)
def blocks_in_use_keeps(size: int, operations: list[list[int | str]]) -> list[int]:
    tables: dict[str, list[int]] = {}
    lengths: dict[str, int] = {}
    users: dict[int, int] = {}
    made, counts = 0, []
    for name, seq, *rest in operations:
        if name == "extend":
            table, length = tables.setdefault(seq, []), lengths.get(seq, 0)
            if length % size and users[table[-1]] > 1:
                table[-1] = made
                users[made] = 1
                made += 1
            lengths[seq] = length + rest[0]
            while len(table) * size < lengths[seq]:
                table.append(made)
                users[made] = 1
                made += 1
        elif name == "fork":
            tables[rest[0]], lengths[rest[0]] = list(tables[seq]), lengths[seq]
            for block in tables[seq]:
                users[block] += 1
        else:
            del lengths[seq]
            for block in tables.pop(seq):
                users[block] -= 1
                if not users[block]:
                    del users[block]
        counts.append(len(users))
    return counts


@blocks.wrong(
    en="Blocks are freed while another sequence still holds them.",
    zh="别的序列还在用的块被释放了。",
)
def blocks_in_use_frees(size: int, operations: list[list[int | str]]) -> list[int]:
    tables: dict[str, list[int]] = {}
    lengths: dict[str, int] = {}
    users: dict[int, int] = {}
    made, counts = 0, []
    for name, seq, *rest in operations:
        if name == "extend":
            table, length = tables.setdefault(seq, []), lengths.get(seq, 0)
            if length % size and users.get(table[-1], 0) > 1:
                users[table[-1]] -= 1
                table[-1] = made
                users[made] = 1
                made += 1
            lengths[seq] = length + rest[0]
            while len(table) * size < lengths[seq]:
                table.append(made)
                users[made] = 1
                made += 1
        elif name == "fork":
            tables[rest[0]], lengths[rest[0]] = list(tables[seq]), lengths[seq]
            for block in tables[seq]:
                users[block] = users.get(block, 0) + 1
        else:
            del lengths[seq]
            for block in tables.pop(seq):
                users.pop(block, None)
        counts.append(len(users))
    return counts


@blocks.wrong(
    en="A block that was shared when a sequence ended is never freed.",
    zh="序列结束时还被共享的块，以后再也没有释放。",
)
def blocks_in_use_leaks(size: int, operations: list[list[int | str]]) -> list[int]:
    tables: dict[str, list[int]] = {}
    lengths: dict[str, int] = {}
    users: dict[int, int] = {}
    made, counts = 0, []
    for name, seq, *rest in operations:
        if name == "extend":
            table, length = tables.setdefault(seq, []), lengths.get(seq, 0)
            if length % size and users[table[-1]] > 1:
                users[table[-1]] -= 1
                table[-1] = made
                users[made] = 1
                made += 1
            lengths[seq] = length + rest[0]
            while len(table) * size < lengths[seq]:
                table.append(made)
                users[made] = 1
                made += 1
        elif name == "fork":
            tables[rest[0]], lengths[rest[0]] = list(tables[seq]), lengths[seq]
            for block in tables[seq]:
                users[block] += 1
        else:
            del lengths[seq]
            for block in tables.pop(seq):
                if users[block] == 1:
                    del users[block]
        counts.append(len(users))
    return counts


@blocks.wrong(
    en="Each growth begins a new block: the room in the last one is not used.",
    zh="每次增长都从新块开始，没有用上最后一块的空位。",
)
def blocks_in_use_rounds(size: int, operations: list[list[int | str]]) -> list[int]:
    tables: dict[str, list[int]] = {}
    lengths: dict[str, int] = {}
    users: dict[int, int] = {}
    made, counts = 0, []
    for name, seq, *rest in operations:
        if name == "extend":
            table, length = tables.setdefault(seq, []), lengths.get(seq, 0)
            if length % size and users[table[-1]] > 1:
                users[table[-1]] -= 1
                table[-1] = made
                users[made] = 1
                made += 1
            lengths[seq] = length + rest[0]
            for _ in range(-(-rest[0] // size)):
                table.append(made)
                users[made] = 1
                made += 1
        elif name == "fork":
            tables[rest[0]], lengths[rest[0]] = list(tables[seq]), lengths[seq]
            for block in tables[seq]:
                users[block] += 1
        else:
            del lengths[seq]
            for block in tables.pop(seq):
                users[block] -= 1
                if not users[block]:
                    del users[block]
        counts.append(len(users))
    return counts


def _operations(
    random: Random, count: int, names: str, most: int
) -> list[list[int | str]]:
    living: list[str] = []
    made: list[list[int | str]] = []
    while len(made) < count:
        kind = random.choice(["extend", "extend", "fork", "release"])
        if kind == "extend":
            seq = random.choice(names)
            made.append(["extend", seq, random.randint(1, most)])
            living += [] if seq in living else [seq]
        elif kind == "fork" and living:
            fresh = [name for name in names if name not in living]
            if fresh:
                made.append(["fork", random.choice(living), random.choice(fresh)])
                living.append(made[-1][2])
        elif kind == "release" and living:
            made.append(["release", living.pop(random.randrange(len(living)))])
    return made


@blocks.cases
def blocks_cases(random: Random) -> Iterator[tuple[int, list[list[int | str]]]]:
    yield 4, []
    yield 4, [["extend", "a", 1]]
    yield 1, [["extend", "a", 3], ["fork", "a", "b"], ["extend", "b", 1]]
    yield (
        4,
        [
            ["extend", "a", 6],
            ["fork", "a", "b"],
            ["extend", "b", 1],
            ["extend", "a", 1],
        ],
    )
    yield (
        4,
        [["extend", "a", 6], ["fork", "a", "b"], ["release", "a"], ["extend", "b", 1]],
    )
    yield (
        4,
        [["extend", "a", 8], ["fork", "a", "b"], ["extend", "b", 1], ["release", "b"]],
    )
    yield (
        2,
        [["extend", "a", 1], ["fork", "a", "b"], ["release", "a"], ["release", "b"]],
    )
    yield 3, [["extend", "a", 3], ["extend", "b", 3], ["extend", "a", 3]]
    for _ in range(60):
        size, count = random.randint(1, 5), random.randint(1, 14)
        yield size, _operations(random, count, "abcd", 7)


@blocks.large
def blocks_large(random: Random) -> Iterator[tuple[int, list[list[int | str]]]]:
    yield 16, _operations(random, 3000, "abcdefghijklmnopqrstuvwxyz", 100)


@blocks.brute
def blocks_brute(size: int, operations: list[list[int | str]]) -> list[int]:
    # Each token remembers, as an object, the block it lies in; then count what is held.
    texts: dict[str, list[list[str]]] = {}
    counts = []
    for name, seq, *rest in operations:
        if name == "extend":
            text = texts.get(seq, [])
            others = [block for s, t in texts.items() if s != seq for block in t]
            for _ in range(rest[0]):
                if len(text) % size == 0:
                    text = [*text, ["block"]]
                else:
                    start = len(text) - len(text) % size
                    if any(block is text[-1] for block in others):
                        text = text[:start] + [["copy"]] * (len(text) - start)
                    text = [*text, text[-1]]
            texts[seq] = text
        elif name == "fork":
            texts[rest[0]] = texts[seq]
        else:
            texts.pop(seq)
        counts.append(len({id(block) for text in texts.values() for block in text}))
    return counts
