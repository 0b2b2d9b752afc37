"""Exercises on combination sums: of a fixed size with any sign, and counted in order."""

from collections.abc import Iterator
from itertools import combinations, product
from random import Random
from typing import Any

from notekit.study.judge import Exercise, Words

fixed = Exercise(
    en=Words(
        title="Combinations of a fixed size",
        statement="""\
List all combinations of exactly `size` of the numbers whose sum is `target`. Each number
may be used as often as it occurs in `numbers`, and each combination is listed once.

- `numbers`: at most 60 integers **of any sign**, in any order; several may be equal.
- `size`: an integer $\\ge 0$. With 0, the only combination is the empty one, of sum 0.
- `target`: an integer of any sign.

The order of the combinations, and of the numbers in each, does not matter.
""",
        hints=(
            "Sort the numbers, and let each level of the search try equal numbers once, as"
            " in part 2 of the note.",
            "With negative numbers, a sum that has passed the target may come back: what"
            " ends a branch is the number of picks, not the rest.",
        ),
    ),
    zh=Words(
        title="个数固定的组合",
        statement="""\
从给定的数中恰好取 `size` 个，使它们的和等于 `target`，列出所有这样的组合。一个数在 `numbers` 中出现几次，就至多用几次；相同的组合只列一次。

- `numbers`：至多 60 个整数，**可正可负**，顺序任意，可以有相等的。
- `size`：整数，$\\ge 0$。`size` 为 0 时，只有一个空的组合，它的和是 0。
- `target`：整数，可正可负。

组合之间、组合内部的顺序都不作要求。
""",
        hints=(
            "先排序；与正文第二部分一样，同一层里相等的数只试一次。",
            "有负数时，和超过目标之后还可能回来，所以不能靠剩余量剪枝；决定一条分支何时结束的，是已取的个数。",
        ),
    ),
    examples="""\
>>> sorted(combinations_of_size([1, 2, 1, 3], 2, 4))
[[1, 3]]
>>> sorted(combinations_of_size([3, -2, 1, -1, 0], 3, 0))
[[-2, -1, 3], [-1, 0, 1]]
>>> combinations_of_size([], 0, 0)
[[]]
""",
)


@fixed.solution
def combinations_of_size(numbers: list[int], size: int, target: int) -> list[list[int]]:
    ordered, found, path = sorted(numbers), [], []

    def extend(start: int, rest: int) -> None:
        if len(path) == size:
            if rest == 0:
                found.append(path.copy())
            return
        for j in range(start, len(ordered)):
            if j > start and ordered[j] == ordered[j - 1]:
                continue
            path.append(ordered[j])
            extend(j + 1, rest - ordered[j])
            path.pop()

    extend(0, target)
    return found


@fixed.wrong(
    en="A branch ends where the rest is negative: later negative numbers are never tried.",
    zh="剩余量为负就剪枝：后面的负数再也没有机会。",
)
def combinations_of_size_pruned(
    numbers: list[int], size: int, target: int
) -> list[list[int]]:
    ordered, found, path = sorted(numbers, reverse=True), [], []

    def extend(start: int, rest: int) -> None:
        if len(path) == size:
            if rest == 0:
                found.append(path.copy())
            return
        for j in range(start, len(ordered)):
            if ordered[j] > rest or (j > start and ordered[j] == ordered[j - 1]):
                continue
            path.append(ordered[j])
            extend(j + 1, rest - ordered[j])
            path.pop()

    extend(0, target)
    return found


@fixed.wrong(
    en="`j > 0` instead of `j > start`: a combination with two equal numbers is lost.",
    zh="把 `j > start` 写成 `j > 0`：含有两个相等数的组合丢失了。",
)
def combinations_of_size_lost(
    numbers: list[int], size: int, target: int
) -> list[list[int]]:
    ordered, found, path = sorted(numbers), [], []

    def extend(start: int, rest: int) -> None:
        if len(path) == size:
            if rest == 0:
                found.append(path.copy())
            return
        for j in range(start, len(ordered)):
            if j > 0 and ordered[j] == ordered[j - 1]:
                continue
            path.append(ordered[j])
            extend(j + 1, rest - ordered[j])
            path.pop()

    extend(0, target)
    return found


@fixed.wrong(
    en="The path itself is stored, which goes on changing and is empty at the end.",
    zh="存下的是 `path` 本身，它之后还在变，最后成了空列表。",
)
def combinations_of_size_shared(
    numbers: list[int], size: int, target: int
) -> list[list[int]]:
    ordered, found, path = sorted(numbers), [], []

    def extend(start: int, rest: int) -> None:
        if len(path) == size:
            if rest == 0:
                found.append(path)
            return
        for j in range(start, len(ordered)):
            if j > start and ordered[j] == ordered[j - 1]:
                continue
            path.append(ordered[j])
            extend(j + 1, rest - ordered[j])
            path.pop()

    extend(0, target)
    return found


@fixed.wrong(
    en="Equal numbers are not skipped: the same combination is listed several times.",
    zh="没有跳过相等的数：同一个组合列出了多次。",
)
def combinations_of_size_twice(
    numbers: list[int], size: int, target: int
) -> list[list[int]]:
    found = []

    def extend(start: int, path: list[int]) -> None:
        if len(path) == size:
            if sum(path) == target:
                found.append(path)
            return
        for j in range(start, len(numbers)):
            extend(j + 1, [*path, numbers[j]])

    extend(0, [])
    return found


@fixed.cases
def fixed_cases(random: Random) -> Iterator[tuple[list[int], int, int]]:
    yield [], 0, 0
    yield [], 0, 1
    yield [], 1, 0
    yield [4], 1, 4
    yield [0], 1, 0
    yield [2, 2], 2, 4
    yield [1, 2, 1, 3], 2, 4
    yield [3, -2, 1, -1, 0], 3, 0
    for _ in range(40):
        numbers = [random.randint(-4, 4) for _ in range(random.randint(1, 8))]
        size = random.randint(1, 4)
        yield numbers, size, sum(random.choices(numbers, k=size))


@fixed.large
def fixed_large(random: Random) -> Iterator[tuple[list[int], int, int]]:
    yield [1] * 60, 30, 30
    yield [random.randint(-1000, 1000) for _ in range(60)], 3, 0


@fixed.brute
def fixed_brute(numbers: list[int], size: int, target: int) -> list[list[int]]:
    found = {
        tuple(sorted(chosen))
        for chosen in combinations(numbers, size)
        if sum(chosen) == target
    }
    return [list(chosen) for chosen in found]


@fixed.canonical
def fixed_canonical(result: Any) -> Any:
    return sorted(sorted(combination) for combination in result)


ordered = Exercise(
    en=Words(
        title="Ways up the stairs",
        statement="""\
A staircase has `total` steps, and one stride may climb as many steps as one of the numbers
in `strides`. In how many ways can it be climbed? Order counts: $1 + 2$ and $2 + 1$ are two
ways.

- `strides`: different integers $\\ge 1$, in any order.
- `total`: an integer from 0 to 1000. There is one way to climb 0 steps.

The number may be very large; return it exactly.
""",
        hints=(
            "Ask about the last stride: before it, the rest of the steps was climbed in some"
            " way.",
            "`row[j]` is the sum of `row[j - s]` over all strides `s` that fit. So the loop"
            " over the steps is outside, and the one over the strides inside.",
        ),
    ),
    zh=Words(
        title="上楼梯的走法",
        statement="""\
楼梯共有 `total` 级，一步可以跨上的级数由 `strides` 给出，每次任选其一。走完这段楼梯共有多少种走法？顺序不同算不同的走法：$1 + 2$ 和 $2 + 1$ 是两种。

- `strides`：互不相同的整数，$\\ge 1$，顺序任意。
- `total`：0 到 1000 的整数。0 级楼梯有 1 种走法。

结果可能非常大，请返回准确值。
""",
        hints=(
            "考虑最后一步：在它之前，剩下的级数已经用某种走法走完。",
            "`row[j]` 等于所有放得下的 `s` 对应的 `row[j - s]` 之和。所以级数的循环在外，步长的循环在内。",
        ),
    ),
    examples="""\
>>> ways_up([1, 2], 4)
5
>>> ways_up([2], 3)
0
>>> ways_up([5], 0)
1
""",
    lacks={
        "negative": "strides and steps are counted upwards",
        "ties": "no two strides are equal",
    },
)


@ordered.solution
def ways_up(strides: list[int], total: int) -> int:
    row = [1] + [0] * total
    for j in range(1, total + 1):
        row[j] = sum(row[j - s] for s in strides if s <= j)
    return row[total]


@ordered.wrong(
    en="The strides are in the outer loop: combinations are counted, without their order.",
    zh="步长的循环放在外层：数出的是组合，没有计入顺序。",
)
def ways_up_combinations(strides: list[int], total: int) -> int:
    row = [1] + [0] * total
    for s in strides:
        for j in range(s, total + 1):
            row[j] += row[j - s]
    return row[total]


@ordered.wrong(
    en="Each stride is used once at most.",
    zh="每种步长至多用了一次。",
)
def ways_up_once(strides: list[int], total: int) -> int:
    row = [1] + [0] * total
    for s in strides:
        for j in range(total, s - 1, -1):
            row[j] += row[j - s]
    return row[total]


@ordered.wrong(
    en="No steps are counted as no way: the sum begins with nothing.",
    zh="认为 0 级楼梯有 0 种走法，递推没有了起点。",
)
def ways_up_zero(strides: list[int], total: int) -> int:
    row = [0] * (total + 1)
    for j in range(1, total + 1):
        row[j] = sum(1 if s == j else row[j - s] for s in strides if s <= j)
    return row[total]


@ordered.wrong(
    en="Floats: exact up to about 16 digits, and no integers.",
    zh="用浮点数计数：超过 16 位左右就不再准确，返回的也不是整数。",
)
def ways_up_float(strides: list[int], total: int) -> int:
    row = [1.0] + [0.0] * total
    for j in range(1, total + 1):
        row[j] = sum(row[j - s] for s in strides if s <= j)
    return int(row[total])


@ordered.cases
def ordered_cases(random: Random) -> Iterator[tuple[list[int], int]]:
    yield [], 0
    yield [], 3
    yield [1], 1
    yield [2], 3
    yield [5], 0
    yield [1, 2], 4
    yield [2, 2 + 1], 2
    for _ in range(30):
        strides = random.sample(range(1, 8), random.randint(1, 4))
        yield strides, random.randint(0, 9)


@ordered.large
def ordered_large(random: Random) -> Iterator[tuple[list[int], int]]:
    yield [1, 2], 300
    yield random.sample(range(1, 50), 10), 1000


@ordered.brute
def ordered_brute(strides: list[int], total: int) -> int:
    return sum(
        sum(chosen) == total
        for length in range(total + 1)
        for chosen in product(strides, repeat=length)
        if length <= total
    )
