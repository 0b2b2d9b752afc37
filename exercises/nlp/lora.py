"""Exercises on LoRA: merging an adapter, and how near a rank comes to a matrix."""

import copy
import math
from collections.abc import Iterator
from fractions import Fraction
from random import Random
from typing import Any

import numpy as np

from notekit.study.judge import Exercise, Words

merging = Exercise(
    en=Words(
        title="Merge an adapter",
        statement="""\
Return the weight with the adapter in it: `weight` plus `alpha` over the rank times the
product of the factors.

- `weight`: a list of $o$ rows of $i$ numbers. `a`: $r$ rows of $i$; `b`: $o$ rows of $r$.
- $o$, $i$ and $r$ are at least 1; all numbers are at most $10^6$ in size, `alpha` > 0.
- Return a new list of rows (or an array). The arguments stay as they are: `weight` may have
  to come back, and the adapter may go to another base.

Results may be off by $10^{-9}$, relative to their size or to 1.
""",
        hints=(
            "Where does the rank come from? It is not an argument.",
            "`weight[m][n] + alpha / len(a) * sum(b[m][k] * a[k][n] for k in range(len(a)))`.",
        ),
    ),
    zh=Words(
        title="合并适配器",
        statement="""\
返回并入适配器之后的权重：`weight` 加上 `alpha` 除以秩再乘两个因子的乘积。

- `weight`：$o$ 行，每行 $i$ 个数。`a`：$r$ 行，每行 $i$ 个；`b`：$o$ 行，每行 $r$ 个。
- $o$、$i$、$r$ 至少为 1；所有数的绝对值不超过 $10^6$，`alpha` > 0。
- 返回新的若干行（列表或数组）。参数都保持不变：`weight` 以后可能还要恢复，适配器也可能用在别的基座上。

允许 $10^{-9}$ 的误差（结果的绝对值超过 1 时指相对误差，否则指绝对误差）。
""",
        hints=(
            "秩从哪里来？它不是参数。",
            "`weight[m][n] + alpha / len(a) * sum(b[m][k] * a[k][n] for k in range(len(a)))`。",
        ),
    ),
    examples="""\
>>> merge([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]], [[1.0, -1.0, 2.0]], [[1.0], [2.0]], 2.0)
[[3.0, -2.0, 4.0], [4.0, -3.0, 8.0]]
>>> merge([[0.0]], [[1.0], [1.0]], [[1.0, 2.0]], 4.0)
[[6.0]]
""",
    tolerance=1e-9,
    lacks={"empty": "there is a weight, and a rank"},
)


@merging.solution
def merge(
    weight: list[list[float]], a: list[list[float]], b: list[list[float]], alpha: float
) -> list[list[float]]:
    scale = alpha / len(a)
    return [
        [
            w + scale * sum(left * line[n] for left, line in zip(b[m], a))
            for n, w in enumerate(row)
        ]
        for m, row in enumerate(weight)
    ]


@merging.wrong(
    en="alpha was not divided by the rank.",
    zh="alpha 没有除以秩。",
)
def merge_unscaled(
    weight: list[list[float]], a: list[list[float]], b: list[list[float]], alpha: float
) -> list[list[float]]:
    return (np.array(weight) + alpha * np.array(b) @ np.array(a)).tolist()


@merging.wrong(
    en="alpha is divided by the root of the rank: that is rsLoRA.",
    zh="alpha 除以了秩的平方根：那是 rsLoRA。",
)
def merge_root(
    weight: list[list[float]], a: list[list[float]], b: list[list[float]], alpha: float
) -> list[list[float]]:
    scale = alpha / len(a) ** 0.5
    return (np.array(weight) + scale * np.array(b) @ np.array(a)).tolist()


@merging.wrong(
    en="alpha is divided by the number of inputs: the wrong side of `a`.",
    zh="alpha 除以了输入的个数：取错了 `a` 的边。",
)
def merge_side(
    weight: list[list[float]], a: list[list[float]], b: list[list[float]], alpha: float
) -> list[list[float]]:
    scale = alpha / len(a[0])
    return (np.array(weight) + scale * np.array(b) @ np.array(a)).tolist()


@merging.wrong(
    en="The factors change places: the shapes fit only by chance.",
    zh="两个因子的次序反了：形状只有碰巧才对得上。",
)
def merge_swapped(
    weight: list[list[float]], a: list[list[float]], b: list[list[float]], alpha: float
) -> list[list[float]]:
    update = np.array(a) @ np.array(b)
    return (np.array(weight) + alpha / len(a) * update).tolist()


@merging.wrong(
    en="The update is added to the weight that was given, which is gone then.",
    zh="直接加到了传入的权重上，原来的权重就没有了。",
)
def merge_in_place(
    weight: list[list[float]], a: list[list[float]], b: list[list[float]], alpha: float
) -> list[list[float]]:
    for m, row in enumerate(weight):
        for n in range(len(row)):
            row[n] += alpha / len(a) * sum(b[m][k] * a[k][n] for k in range(len(a)))
    return weight


@merging.wrong(
    en="The scale is multiplied into `a`, which is another adapter then.",
    zh="系数直接乘进了传入的 `a`，适配器被改动了。",
)
def merge_scales_a(
    weight: list[list[float]], a: list[list[float]], b: list[list[float]], alpha: float
) -> list[list[float]]:
    for k, line in enumerate(a):
        a[k] = [alpha / len(a) * v for v in line]
    return (np.array(weight) + np.array(b) @ np.array(a)).tolist()


@merging.wrong(
    en="Entries are multiplied one by one with the first row of `a`; other ranks are lost.",
    zh="只用了 `a` 的第一行，秩的其余部分丢了。",
)
def merge_first(
    weight: list[list[float]], a: list[list[float]], b: list[list[float]], alpha: float
) -> list[list[float]]:
    scale = alpha / len(a)
    return [
        [w + scale * b[m][0] * a[0][n] for n, w in enumerate(row)]
        for m, row in enumerate(weight)
    ]


@merging.drive
def merging_drive(
    merge: Any,
    weight: list[list[float]],
    a: list[list[float]],
    b: list[list[float]],
    alpha: float,
) -> Any:
    before = copy.deepcopy((weight, a, b))
    result = merge(weight, a, b, alpha)
    for name, now, was in zip(("weight", "a", "b"), (weight, a, b), before):
        if now != was:
            raise ValueError(f"{name} must stay as it is, and was changed")
    return result


@merging.canonical
def merging_canonical(result: Any) -> list[list[float]]:
    rows = np.asarray(result) if isinstance(result, np.ndarray) else result
    return [[float(v) for v in row] for row in rows]  # of an np.matrix, too


def _drawn(random: Random, rows: int, columns: int) -> list[list[float]]:
    return [[random.randint(-9, 9) / 2 for _ in range(columns)] for _ in range(rows)]


@merging.cases
def merging_cases(
    random: Random,
) -> Iterator[tuple[list[list[float]], list[list[float]], list[list[float]], float]]:
    yield [[0.0]], [[0.0]], [[0.0]], 1.0
    yield [[1.0]], [[2.0]], [[3.0]], 1.0
    yield [[1.0]], [[2.0], [1.0]], [[-3.0, 5.0]], 4.0
    yield [[1.0, 2.0], [3.0, 4.0]], [[1.0, 0.0]], [[0.0], [1.0]], 0.5
    yield [[1.0, 1.0], [1.0, 1.0]], [[1.0, 1.0], [1.0, 1.0]], [[1.0, 1.0]] * 2, 2.0
    yield [[1e6, -1e6]], [[1e6, 1e6]], [[-1e6]], 16.0
    for _ in range(30):
        o, i, r = (random.randint(1, 4) for _ in range(3))
        alpha = random.choice([0.5, 1.0, 2.0, 16.0])
        yield _drawn(random, o, i), _drawn(random, r, i), _drawn(random, o, r), alpha


@merging.large
def merging_large(
    random: Random,
) -> Iterator[tuple[list[list[float]], list[list[float]], list[list[float]], float]]:
    yield _drawn(random, 60, 40), _drawn(random, 8, 40), _drawn(random, 60, 8), 16.0


@merging.brute
def merging_brute(
    weight: list[list[float]], a: list[list[float]], b: list[list[float]], alpha: float
) -> list[list[float]]:
    # One rank after the other, in exact fractions.
    total = [[Fraction(v) for v in row] for row in weight]
    for k, line in enumerate(a):
        part = Fraction(alpha) / len(a)
        for m, row in enumerate(total):
            for n in range(len(row)):
                row[n] += part * Fraction(b[m][k]) * Fraction(line[n])
    return [[float(v) for v in row] for row in total]


bound = Exercise(
    en=Words(
        title="How near a rank comes",
        statement="""\
Return the smallest Frobenius distance (root of the sum of the squared differences) of a
matrix of rank at most `rank` to `delta`.

- `delta`: 1 to 12 rows of 1 to 12 numbers, at most 100 in size.
- `rank`: an integer from 0 to the smaller side. With 0 only the matrix of zeros is allowed.
- numpy is at hand.

Results may be off by $10^{-6}$.
""",
        hints=(
            "Which part of the matrix does the nearest one of rank r leave over?",
            "`s = np.linalg.svd(delta, compute_uv=False)`: what remains are `s[rank:]`.",
        ),
    ),
    zh=Words(
        title="秩能有多近",
        statement="""\
求秩不超过 `rank` 的矩阵到 `delta` 的最小 Frobenius 距离（各元素之差的平方和的平方根）。

- `delta`：1 到 12 行，每行 1 到 12 个数，绝对值不超过 100。
- `rank`：整数，从 0 到较短的边长。为 0 时只能取零矩阵。
- 可以用 numpy。

允许 $10^{-6}$ 的误差。
""",
        hints=(
            "秩为 r 的最近的矩阵，留下了哪一部分没有表示？",
            "`s = np.linalg.svd(delta, compute_uv=False)`：剩下的是 `s[rank:]`。",
        ),
    ),
    examples="""\
>>> round(rank_error([[5.0, 0.0, 0.0], [0.0, 4.0, 0.0], [0.0, 0.0, 3.0]], 1), 6)
5.0
>>> round(rank_error([[1.0, 2.0], [2.0, 4.0]], 1), 6)
0.0
""",
    tolerance=1e-6,
    lacks={"empty": "there is a matrix"},
)


@bound.solution
def rank_error(delta: list[list[float]], rank: int) -> float:
    s = np.linalg.svd(np.array(delta), compute_uv=False)
    return math.sqrt(float(np.sum(s[rank:] ** 2)))


@bound.wrong(
    en="Only the next singular value is counted: that is the spectral distance.",
    zh="只算了下一个奇异值：那是谱范数下的距离。",
)
def rank_error_spectral(delta: list[list[float]], rank: int) -> float:
    s = np.linalg.svd(np.array(delta), compute_uv=False)
    return float(s[rank]) if rank < len(s) else 0.0


@bound.wrong(
    en="The singular values are added up, not their squares.",
    zh="加的是奇异值，不是它们的平方。",
)
def rank_error_sum(delta: list[list[float]], rank: int) -> float:
    return float(np.linalg.svd(np.array(delta), compute_uv=False)[rank:].sum())


@bound.wrong(
    en="The squares are added up, but the root is missing.",
    zh="平方和没有开方。",
)
def rank_error_squared(delta: list[list[float]], rank: int) -> float:
    return float((np.linalg.svd(np.array(delta), compute_uv=False)[rank:] ** 2).sum())


@bound.wrong(
    en="What is kept was measured, not what is left.",
    zh="量的是留下的部分，不是丢掉的部分。",
)
def rank_error_kept(delta: list[list[float]], rank: int) -> float:
    return float(
        np.linalg.norm(np.linalg.svd(np.array(delta), compute_uv=False)[:rank])
    )


@bound.wrong(
    en="The diagonal is taken for the singular values.",
    zh="把对角线上的元素当成了奇异值。",
)
def rank_error_diagonal(delta: list[list[float]], rank: int) -> float:
    s = np.sort(np.abs(np.diag(np.array(delta))))[::-1]
    return float(np.linalg.norm(s[rank:]))


@bound.wrong(
    en="The first rows are kept, whatever the others hold.",
    zh="只留下开头的几行，不管其余的行是什么。",
)
def rank_error_rows(delta: list[list[float]], rank: int) -> float:
    return float(np.linalg.norm(np.array(delta)[rank:]))


@bound.canonical
def bound_canonical(result: Any) -> float:
    return float(result)


@bound.cases
def bound_cases(random: Random) -> Iterator[tuple[list[list[float]], int]]:
    yield [[0.0]], 0
    yield [[-3.0]], 0
    yield [[-3.0]], 1
    yield [[3.0, 4.0]], 0
    yield [[3.0, 0.0], [0.0, 3.0]], 1
    yield [[0.0, 5.0], [4.0, 0.0]], 1
    yield [[5.0, 0.0, 0.0], [0.0, 4.0, 0.0], [0.0, 0.0, 3.0]], 1
    yield [[100.0, -100.0], [100.0, -100.0], [1.0, 1.0]], 1
    for _ in range(30):
        o, i = random.randint(1, 5), random.randint(1, 5)
        yield _drawn(random, o, i), random.randint(0, min(o, i))
    for o, i in ((6, 12), (12, 7), (12, 12)):
        yield _drawn(random, o, i), random.randint(1, min(o, i) - 1)


@bound.brute
def bound_brute(delta: list[list[float]], rank: int) -> float:
    # One-sided Jacobi: turn pairs of columns until all are orthogonal; their lengths
    # are the singular values.
    columns = [list(column) for column in zip(*delta)]
    for _ in range(60):
        for p in range(len(columns)):
            for q in range(p):
                one, two = columns[q], columns[p]
                both = sum(x * y for x, y in zip(one, two))
                gap = sum(y * y for y in two) - sum(x * x for x in one)
                angle = 0.5 * math.atan2(2 * both, -gap)
                c, s = math.cos(angle), math.sin(angle)
                columns[q] = [c * x + s * y for x, y in zip(one, two)]
                columns[p] = [c * y - s * x for x, y in zip(one, two)]
    squares = sorted((sum(x * x for x in column) for column in columns), reverse=True)
    return math.sqrt(sum(squares[rank:]))
