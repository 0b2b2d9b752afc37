"""Exercises on the largest gap: around a circle, and between groups."""

from collections.abc import Iterator
from itertools import pairwise, product
from random import Random

from notekit.study.judge import Exercise, Words

circle = Exercise(
    en=Words(
        title="The largest gap around a circle",
        statement="""\
Marks stand on a circle of length `turn`, at the positions `marks`. Walking round the
circle in one direction, how far is it at most from one mark to the next?

- `marks`: integers from 0 to `turn - 1`, in any order; several may be equal.
- `turn`: an integer $\\ge 1$.
- With one mark, the next one is the same mark after a whole turn. Without any, the answer
  is `turn` as well, since all of the circle is free.

In the first example, the way from 350 over 0 to 10 is 20 long.
""",
        hints=(
            "On a line, the gaps are those between sorted neighbours. Which gap does a"
            " circle have besides?",
            "The last gap leads from the greatest mark over the end of the turn to the"
            " least one: `least + turn - greatest`.",
        ),
    ),
    zh=Words(
        title="圆周上的最大间隔",
        statement="""\
周长为 `turn` 的圆周上有若干个标记，位置由 `marks` 给出。沿一个方向绕圆周走，从一个标记走到下一个标记，最远要走多远？

- `marks`：0 到 `turn - 1` 的整数，顺序任意，可以有相等的。
- `turn`：整数，$\\ge 1$。
- 只有一个标记时，下一个标记就是走完一圈之后的它自己。没有标记时，整个圆周都是空的，答案也是 `turn`。

第一个例子中，从 350 经过 0 走到 10，距离是 20。
""",
        hints=(
            "在直线上，间隔就是排序后相邻两数之差。换成圆周，多出了哪一个间隔？",
            "最后一个间隔从最大的标记出发，越过终点，回到最小的标记：`least + turn - greatest`。",
        ),
    ),
    examples="""\
>>> widest_arc([10, 350, 180], 360)
170
>>> widest_arc([100, 200], 360)
260
>>> widest_arc([7], 12)
12
""",
    lacks={"negative": "positions on the circle begin at 0"},
)


@circle.solution
def widest_arc(marks: list[int], turn: int) -> int:
    if not marks:
        return turn
    ordered = sorted(marks)
    ordered.append(ordered[0] + turn)
    return max(b - a for a, b in pairwise(ordered))


@circle.wrong(
    en="The circle is treated as a line: the gap over the end of the turn is missing.",
    zh="把圆周当成了直线：漏掉了越过终点的那个间隔。",
)
def widest_arc_line(marks: list[int], turn: int) -> int:
    if len(marks) < 2:
        return turn
    ordered = sorted(marks)
    return max(b - a for a, b in pairwise(ordered))


@circle.wrong(
    en="The marks are taken in the order in which they come.",
    zh="没有排序，直接按给出的顺序求差。",
)
def widest_arc_unsorted(marks: list[int], turn: int) -> int:
    if not marks:
        return turn
    closed = [*marks, marks[0] + turn]
    return max(b - a for a, b in pairwise(closed))


@circle.wrong(
    en="Fewer than two marks have no gap, as on a line: 0 instead of a whole turn.",
    zh="照搬直线上的约定，少于两个标记时返回 0，而不是一整圈。",
)
def widest_arc_zero(marks: list[int], turn: int) -> int:
    if len(marks) < 2:
        return 0
    ordered = sorted(marks)
    ordered.append(ordered[0] + turn)
    return max(b - a for a, b in pairwise(ordered))


@circle.wrong(
    en="The distance is taken modulo the turn, so equal marks alone give 0, not a turn.",
    zh="对 `turn` 取余求距离：所有标记都相等时得到 0，而不是一整圈。",
)
def widest_arc_modulo(marks: list[int], turn: int) -> int:
    if len(marks) < 2:
        return turn
    ordered = sorted(marks)
    return max((b - a) % turn for a, b in zip(ordered, ordered[1:] + ordered[:1]))


@circle.cases
def circle_cases(random: Random) -> Iterator[tuple[list[int], int]]:
    yield [], 1
    yield [], 12
    yield [0], 1
    yield [7], 12
    yield [3, 3], 12
    yield [10, 350, 180], 360
    yield [100, 200], 360
    for _ in range(40):
        turn = random.randint(2, 30)
        yield [random.randrange(turn) for _ in range(random.randint(1, 7))], turn


@circle.large
def circle_large(random: Random) -> Iterator[tuple[list[int], int]]:
    for _ in range(2):
        yield [random.randrange(10**9) for _ in range(2000)], 10**9


@circle.brute
def circle_brute(marks: list[int], turn: int) -> int:
    longest, free = 0, 0
    for step in range(1, 2 * turn + 1):  # twice round, one step after the other
        free += 1
        if step % turn in marks:
            longest, free = max(longest, free), 0
    return longest if marks else turn


groups = Exercise(
    en=Words(
        title="Groups far apart",
        statement="""\
Put the numbers into `k` groups, none of them empty. The distance of two groups is the
least $|x - y|$ with $x$ in one and $y$ in the other. Choose the groups so that the
smallest distance of any two groups is as large as possible, and return that distance.

- `nums`: $n$ integers in any order, of any sign; several may be equal, and equal numbers
  may be in different groups (their distance is then 0).
- `k`: an integer, $2 \\le k \\le n$.

In the first example the groups are 1, 2 and 10, 11 and 30; the two closest are 8 apart.
""",
        hints=(
            "On a line, groups that are far apart are runs of sorted neighbours. What does a"
            " border between two runs cost?",
            "Each of the $k - 1$ borders lies in a gap between sorted neighbours. Choose the"
            " largest gaps; the smallest of the chosen ones is the answer.",
        ),
    ),
    zh=Words(
        title="分成相距最远的几组",
        statement="""\
把这些数分成 `k` 组，每组至少一个数。两组的距离，是从两组中各取一个数，$|x - y|$ 的最小值。怎样分组，才能让距离最近的两组也尽量远？返回这时最近两组的距离。

- `nums`：$n$ 个整数，顺序任意，可正可负，可以有相等的；相等的数可以分在不同的组，此时两组的距离为 0。
- `k`：整数，$2 \\le k \\le n$。

第一个例子中，三组是 1、2 和 10、11 和 30，最近的两组相距 8。
""",
        hints=(
            "在直线上，要让各组相距远，每一组就应当是排序后连续的一段。两段之间的分界意味着什么？",
            "$k - 1$ 个分界各落在一个相邻间隔里。选出最大的 $k - 1$ 个间隔，其中最小的就是答案。",
        ),
    ),
    examples="""\
>>> group_spacing([30, 1, 11, 2, 10], 3)
8
>>> group_spacing([1, 2, 4], 2)
2
>>> group_spacing([5, 5, 9], 3)
0
""",
    lacks={
        "empty": "there are at least two groups, and none is empty",
        "one": "there are at least two numbers",
    },
)


@groups.solution
def group_spacing(nums: list[int], k: int) -> int:
    ordered = sorted(nums)
    gaps = sorted(b - a for a, b in pairwise(ordered))
    return gaps[1 - k]  # the smallest of the k - 1 largest


@groups.wrong(
    en="One border too many: the k-th largest gap, where k groups have k - 1 borders.",
    zh="多算了一个分界：取了第 k 大的间隔，而 k 组之间只有 k - 1 个分界。",
)
def group_spacing_one_more(nums: list[int], k: int) -> int:
    ordered = sorted(nums)
    gaps = sorted(b - a for a, b in pairwise(ordered))
    return gaps[max(-k, -len(gaps))]


@groups.wrong(
    en="Groups of equal size: the borders ignore where the gaps are.",
    zh="把数平均分成 k 组，分界的位置与间隔无关。",
)
def group_spacing_equal(nums: list[int], k: int) -> int:
    ordered = sorted(nums)
    borders = [len(ordered) * i // k for i in range(1, k)]
    return min(ordered[i] - ordered[i - 1] for i in borders)


@groups.wrong(
    en="The largest gap alone: right for two groups, too large for more.",
    zh="只取最大的一个间隔：分两组时正确，组数更多时结果偏大。",
)
def group_spacing_largest(nums: list[int], k: int) -> int:
    ordered = sorted(nums)
    return max(b - a for a, b in pairwise(ordered))


@groups.wrong(
    en="Equal numbers are dropped first; where a group must be cut out of them, 0 is lost.",
    zh="先去掉了重复的数；当相等的数不得不分在两组时，漏掉了距离 0。",
)
def group_spacing_distinct(nums: list[int], k: int) -> int:
    ordered = sorted(set(nums))
    gaps = sorted((b - a for a, b in pairwise(ordered)), reverse=True)
    return gaps[: k - 1][-1] if gaps else 0


@groups.cases
def groups_cases(random: Random) -> Iterator[tuple[list[int], int]]:
    yield [4, 4], 2
    yield [9, 1], 2
    yield [5, 5, 9], 3
    yield [1, 2, 4], 2
    yield [30, 1, 11, 2, 10], 3
    for _ in range(40):
        n = random.randint(2, 6)
        yield [random.randint(-12, 12) for _ in range(n)], random.randint(2, min(n, 4))


@groups.large
def groups_large(random: Random) -> Iterator[tuple[list[int], int]]:
    nums = [random.randint(-(10**9), 10**9) for _ in range(2000)]
    yield nums, 2
    yield nums, 700


@groups.brute
def groups_brute(nums: list[int], k: int) -> int:
    best = 0
    for label in product(range(k), repeat=len(nums)):
        if len(set(label)) == k:
            apart = [
                abs(x - y)
                for x, a in zip(nums, label)
                for y, b in zip(nums, label)
                if a != b
            ]
            best = max(best, min(apart))
    return best
