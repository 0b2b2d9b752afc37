"""Exercises on binary search: both bounds, a root, a speed, and a rotated array."""

import math
from bisect import bisect_left
from collections.abc import Iterator
from random import Random
from typing import Any

from notekit.study.judge import Exercise, Words

most = Exercise(
    en=Words(
        title="The last value that is small enough",
        statement="""\
What is the largest index $i$ with `a[i] <= x`? Return it, or `None` if there is none.
Read $O(\\log n)$ values, with a loop of your own; the judge counts them, and a slice counts
as all the values in it.

- `a`: up to 5,000 integers of any sign, ascending; several may be equal.
- `x`: an integer.
""",
        hints=(
            "The values that are at most `x` stand on the left. Where does the first one"
            " stand that is greater?",
            "That place is the upper bound, from 0 to `len(a)`. The answer is the place"
            " before it, if there is one.",
        ),
    ),
    zh=Words(
        title="最后一个不超过 x 的值",
        statement="""\
满足 `a[i] <= x` 的最大下标 $i$ 是多少？返回这个下标；没有这样的下标时返回 `None`。请自己写循环，只读 $O(\\log n)$ 个值；读了多少个会计数，切片按其中值的个数计。

- `a`：至多 5,000 个整数，可正可负，从小到大排好，可以有相等的。
- `x`：一个整数。
""",
        hints=(
            "不超过 `x` 的值都在左边。第一个大于 `x` 的值在哪里？",
            "那个位置就是上界，取值从 0 到 `len(a)`。答案是它的前一个位置，前提是前面还有位置。",
        ),
    ),
    examples="""\
>>> last_at_most([1, 2, 2, 5], 2)
2
>>> last_at_most([1, 2, 2, 5], 9)
3
>>> print(last_at_most([5], 3))
None
""",
)


@most.solution
def last_at_most(a: list[int], x: int) -> int | None:
    lo, hi = 0, len(a)
    while lo < hi:
        mid = lo + (hi - lo) // 2
        if a[mid] > x:
            hi = mid
        else:
            lo = mid + 1
    return lo - 1 if lo > 0 else None


@most.wrong(
    en="The lower bound minus 1: all values equal to x are left out.",
    zh="用了下界减 1：等于 x 的值全都漏掉了。",
)
def last_at_most_lower(a: list[int], x: int) -> int | None:
    lo, hi = 0, len(a)
    while lo < hi:
        mid = lo + (hi - lo) // 2
        if a[mid] < x:
            lo = mid + 1
        else:
            hi = mid
    return lo - 1 if lo > 0 else None


@most.wrong(
    en="No check whether there is a place before: -1, which is the last index to Python.",
    zh="没有检查前面还有没有位置，返回了 -1；在 Python 里它指最后一个值。",
)
def last_at_most_minus_one(a: list[int], x: int) -> int | None:
    lo, hi = 0, len(a)
    while lo < hi:
        mid = lo + (hi - lo) // 2
        if a[mid] > x:
            hi = mid
        else:
            lo = mid + 1
    return lo - 1


@most.wrong(
    en="lo = mid with the middle rounded down: with two places left nothing changes any"
    " more. `while lo < hi` would never end; after 64 rounds this gives up.",
    zh="中间位置向下取整，却写 lo = mid：只剩两个位置时，区间不再变化。写成 `while lo < hi` 就是死循环，这里循环 64 次就停。",
)
def last_at_most_stands_still(a: list[int], x: int) -> int | None:
    if not a or a[0] > x:
        return None
    lo, hi = 0, len(a) - 1
    for _ in range(64):
        mid = (lo + hi) // 2
        if a[mid] <= x:
            lo = mid
        else:
            hi = mid - 1
    return lo


@most.wrong(
    en="The end is the last index, so the answer may never be the last value.",
    zh="右端取成最后一个下标，答案就永远不会是最后一个值。",
)
def last_at_most_short(a: list[int], x: int) -> int | None:
    lo, hi = 0, len(a) - 1
    while lo < hi:
        mid = lo + (hi - lo) // 2
        if a[mid] > x:
            hi = mid
        else:
            lo = mid + 1
    return lo - 1 if lo > 0 else None


@most.wrong(
    en="Looks at one value after the other: right, but in 5,000 values 13 reads are enough.",
    zh="一个一个地看：结果虽对，可是 5,000 个值只要读 13 次就够了。",
)
def last_at_most_scan(a: list[int], x: int) -> int | None:
    found = None
    for i, value in enumerate(a):
        if value <= x:
            found = i
    return found


@most.drive
def most_drive(answer: Any, a: list[int], x: int) -> Any:
    reads = 0

    class Counting(list):
        def __getitem__(self, i):
            nonlocal reads
            found = super().__getitem__(i)
            reads += len(found) if isinstance(i, slice) else 1
            return found

        def __iter__(self):
            for i in range(len(self)):
                yield self[i]

    found = answer(Counting(a), x)
    return found if reads <= 100 else f"{reads:,} values read"


@most.cases
def most_cases(random: Random) -> Iterator[tuple[list[int], int]]:
    yield [], 3
    yield [5], 3
    yield [5], 5
    yield [1, 3], 3
    yield [1, 2, 2], 2
    yield [-2, -2], -3
    yield [1, 2, 2, 5], 9
    for _ in range(30):
        a = sorted(random.randint(-5, 5) for _ in range(random.randint(0, 9)))
        yield a, random.randint(-6, 6)


@most.large
def most_large(random: Random) -> Iterator[tuple[list[int], int]]:
    a = sorted(random.randint(-9000, 9000) for _ in range(5000))
    for x in (a[0] - 1, a[0], a[2500], a[-1], a[-1] + 1):
        yield a, x


@most.brute
def most_brute(a: list[int], x: int) -> int | None:
    return max((i for i, value in enumerate(a) if value <= x), default=None)


span = Exercise(
    en=Words(
        title="First and last position (LeetCode 34)",
        statement="""\
At which index does `x` stand first, and at which last? Return both, `(first, last)`, or
`None` if `x` is absent.

- `a`: up to 5,000 integers of any sign, ascending; several may be equal.
- `x`: an integer.
""",
        hints=(
            "Each of the two is a boundary of its own: between less and not less, and"
            " between not greater and greater.",
            "Search twice: the lower bound is the first index, the upper bound minus 1 the"
            " last. If the two bounds are equal, `x` is absent.",
        ),
    ),
    zh=Words(
        title="第一个和最后一个位置（LeetCode 34）",
        statement="""\
`x` 第一次出现在哪个下标，最后一次出现在哪个下标？返回 `(first, last)`；`x` 不在其中时返回 `None`。

- `a`：至多 5,000 个整数，可正可负，从小到大排好，可以有相等的。
- `x`：一个整数。
""",
        hints=(
            "两个位置各是一条分界线：一条在“小于”和“不小于”之间，另一条在“不大于”和“大于”之间。",
            "查找两次：下界是第一个下标，上界减 1 是最后一个。两个界相等，就说明 `x` 不存在。",
        ),
    ),
    examples="""\
>>> first_and_last([5, 7, 7, 8, 8, 10], 8)
(3, 4)
>>> first_and_last([5, 7, 7, 8, 8, 10], 10)
(5, 5)
>>> print(first_and_last([5, 7, 7, 8, 8, 10], 6))
None
""",
)


@span.solution
def first_and_last(a: list[int], x: int) -> tuple[int, int] | None:
    def bound(beyond: bool) -> int:
        lo, hi = 0, len(a)
        while lo < hi:
            mid = lo + (hi - lo) // 2
            if a[mid] < x or (beyond and a[mid] == x):
                lo = mid + 1
            else:
                hi = mid
        return lo

    first, behind = bound(False), bound(True)
    return (first, behind - 1) if first < behind else None


@span.wrong(
    en="Stops at the first equal value it meets, which is neither first nor last.",
    zh="碰到相等的值就停下，它未必是第一个，也未必是最后一个。",
)
def first_and_last_any(a: list[int], x: int) -> tuple[int, int] | None:
    lo, hi = 0, len(a)
    while lo < hi:
        mid = lo + (hi - lo) // 2
        if a[mid] == x:
            return mid, mid
        if a[mid] < x:
            lo = mid + 1
        else:
            hi = mid
    return None


@span.wrong(
    en="The upper bound is the place behind the last equal value, not the last one.",
    zh="上界是最后一个相等的值的下一个位置，不是它本身。",
)
def first_and_last_behind(a: list[int], x: int) -> tuple[int, int] | None:
    def bound(beyond: bool) -> int:
        lo, hi = 0, len(a)
        while lo < hi:
            mid = lo + (hi - lo) // 2
            if a[mid] < x or (beyond and a[mid] == x):
                lo = mid + 1
            else:
                hi = mid
        return lo

    first, behind = bound(False), bound(True)
    return (first, behind) if first < behind else None


@span.wrong(
    en="Does not see that x is absent: returns two crossed indices.",
    zh="没有判断 x 是否存在，返回了交叉的两个下标。",
)
def first_and_last_crossed(a: list[int], x: int) -> tuple[int, int] | None:
    def bound(beyond: bool) -> int:
        lo, hi = 0, len(a)
        while lo < hi:
            mid = lo + (hi - lo) // 2
            if a[mid] < x or (beyond and a[mid] == x):
                lo = mid + 1
            else:
                hi = mid
        return lo

    return bound(False), bound(True) - 1


@span.wrong(
    en="Looks at the value of the lower bound without asking whether there is one.",
    zh="直接取下界处的值，没有先问那里有没有值。",
)
def first_and_last_beyond_the_end(a: list[int], x: int) -> tuple[int, int] | None:
    def bound(beyond: bool) -> int:
        lo, hi = 0, len(a)
        while lo < hi:
            mid = lo + (hi - lo) // 2
            if a[mid] < x or (beyond and a[mid] == x):
                lo = mid + 1
            else:
                hi = mid
        return lo

    first = bound(False)
    return (first, bound(True) - 1) if a[first] == x else None


@span.cases
def span_cases(random: Random) -> Iterator[tuple[list[int], int]]:
    yield [], 0
    yield [2], 2
    yield [2], 3
    yield [2], 1
    yield [-1, -1, -1], -1
    yield [5, 7, 7, 8, 8, 10], 8
    yield [5, 7, 7, 8, 8, 10], 6
    for _ in range(30):
        a = sorted(random.randint(-3, 3) for _ in range(random.randint(0, 9)))
        yield a, random.randint(-4, 4)


@span.large
def span_large(random: Random) -> Iterator[tuple[list[int], int]]:
    a = sorted(random.randint(-500, 500) for _ in range(5000))
    for x in (a[0], a[2500], a[-1], a[-1] + 1):
        yield a, x


@span.brute
def span_brute(a: list[int], x: int) -> tuple[int, int] | None:
    places = [i for i, value in enumerate(a) if value == x]
    return (min(places), max(places)) if places else None


root = Exercise(
    en=Words(
        title="The square root, rounded down (LeetCode 69)",
        statement="""\
What is the largest integer whose square is at most `n`? Without `math.isqrt` and without
floats.

- `n`: an integer, $0 \\le n \\le 10^{30}$.
""",
        hints=(
            "“The square is too large” is false for small integers and true for large"
            " ones. Which integer is the first that is too large?",
            "It lies in $[0, n + 1]$, so `hi` begins at `n + 1`. The answer is the integer"
            " before it.",
        ),
    ),
    zh=Words(
        title="平方根取整（LeetCode 69）",
        statement="""\
平方不超过 `n` 的最大整数是多少？不要用 `math.isqrt`，也不要用浮点数。

- `n`：整数，$0 \\le n \\le 10^{30}$。
""",
        hints=(
            "“平方太大”这个条件，对小的整数为假，对大的整数为真。第一个平方太大的整数是哪个？",
            "它在 $[0, n + 1]$ 之内，所以 `hi` 从 `n + 1` 开始。答案是它的前一个整数。",
        ),
    ),
    examples="""\
>>> floor_root(8)
2
>>> floor_root(9)
3
>>> floor_root(10**16 - 1)
99999999
""",
    lacks={"negative": "a negative number has no root", "ties": "there is one number"},
)


@root.solution
def floor_root(n: int) -> int:
    lo, hi = 0, n + 1
    while lo < hi:
        mid = lo + (hi - lo) // 2
        if mid * mid > n:
            hi = mid
        else:
            lo = mid + 1
    return lo - 1


@root.wrong(
    en="Rounds a float: just below a large square it is one too many.",
    zh="对浮点数取整：略小于大的平方数时，结果多了 1。",
)
def floor_root_float(n: int) -> int:
    return int(math.sqrt(n))


@root.wrong(
    en="Begins with n // 2 as the end, since no root is larger; but that of 1 is.",
    zh="以为平方根不超过 n // 2，就把它当作右端；1 的平方根却更大。",
)
def floor_root_half(n: int) -> int:
    lo, hi = 0, n // 2 + 1
    while lo < hi:
        mid = lo + (hi - lo) // 2
        if mid * mid > n:
            hi = mid
        else:
            lo = mid + 1
    return lo - 1


@root.wrong(
    en="Takes “at least” for “greater than”: one too few for square numbers.",
    zh="把“大于”写成了“大于等于”：遇到平方数就少了 1。",
)
def floor_root_at_least(n: int) -> int:
    lo, hi = 0, n + 1
    while lo < hi:
        mid = lo + (hi - lo) // 2
        if mid * mid >= n:
            hi = mid
        else:
            lo = mid + 1
    return lo - 1


@root.wrong(
    en="Returns the first root that is too large.",
    zh="返回的是第一个太大的整数。",
)
def floor_root_too_large(n: int) -> int:
    lo, hi = 0, n + 1
    while lo < hi:
        mid = lo + (hi - lo) // 2
        if mid * mid > n:
            hi = mid
        else:
            lo = mid + 1
    return lo


@root.cases
def root_cases(random: Random) -> Iterator[tuple[int]]:
    for n in (0, 1, 2, 3, 4, 5, 8, 9, 15, 16, 17, 99, 100, 2600):
        yield (n,)
    for _ in range(15):
        yield (random.randint(20, 3000),)


@root.large
def root_large(random: Random) -> Iterator[tuple[int]]:
    yield (10**16 - 1,)
    yield (10**30,)
    yield (10**30 - 1,)
    for _ in range(5):
        whole = random.randint(10**8, 10**15)
        yield (whole * whole - 1,)
        yield (whole * whole,)


@root.brute
def root_brute(n: int) -> int:
    return sum(1 for i in range(1, n + 1) if i * i <= n)


speed = Exercise(
    en=Words(
        title="The slowest speed that is fast enough (LeetCode 875)",
        statement="""\
Piles of bananas are to be eaten within some hours. In each hour one chooses a pile and
eats up to `speed` bananas of it; if fewer are left, the rest of the hour is lost. What is
the least integer `speed`, at least 1, with which all piles are eaten in time?

- `piles`: up to 1,000 integers, each from 1 to $10^9$; without any, the speed is 1.
- `hours`: an integer, at least the number of piles.

In the first example, speed 4 takes 1 + 2 + 2 + 3 = 8 hours, and speed 3 takes 10.
""",
        hints=(
            "Turn the question round: is a given speed fast enough? If it is, so is every"
            " larger one.",
            "A pile of `p` takes `p / speed` hours, rounded up. The answer is the first"
            " speed for which the sum is at most `hours`, from 1 to the largest pile.",
        ),
    ),
    zh=Words(
        title="够用的最慢速度（LeetCode 875）",
        statement="""\
有几堆香蕉，要在规定的小时数之内吃完。每个小时选一堆，吃掉其中至多 `speed` 根；这一堆不够吃，这个小时剩下的时间也就浪费了。要按时吃完所有的堆，`speed` 最小是多少？速度是不小于 1 的整数。

- `piles`：至多 1,000 个整数，每个在 1 到 $10^9$ 之间；一堆都没有时，速度为 1。
- `hours`：整数，不小于堆数。

第一个例子中，速度为 4 时要 1 + 2 + 2 + 3 = 8 小时，速度为 3 时要 10 小时。
""",
        hints=(
            "把问题反过来：给定一个速度，够不够快？如果够，更大的速度也够。",
            "一堆 `p` 根要吃 `p / speed` 小时，向上取整。答案是第一个使总和不超过 `hours` 的速度，在 1 到最大的一堆之间。",
        ),
    ),
    examples="""\
>>> slowest_speed([3, 6, 7, 11], 8)
4
>>> slowest_speed([30, 11, 23, 4, 20], 5)
30
>>> slowest_speed([30, 11, 23, 4, 20], 6)
23
""",
    lacks={"negative": "no pile has fewer than one banana"},
)


@speed.solution
def slowest_speed(piles: list[int], hours: int) -> int:
    lo, hi = 1, max(piles, default=1)
    while lo < hi:
        mid = lo + (hi - lo) // 2
        if sum(-(-p // mid) for p in piles) <= hours:
            hi = mid
        else:
            lo = mid + 1
    return lo


@speed.wrong(
    en="Rounds up by adding 1, also where the division has no rest.",
    zh="用“加 1”来向上取整，整除的时候也加了。",
)
def slowest_speed_plus_one(piles: list[int], hours: int) -> int:
    lo, hi = 1, max(piles, default=1)
    while lo < hi:
        mid = lo + (hi - lo) // 2
        if sum(p // mid + 1 for p in piles) <= hours:
            hi = mid
        else:
            lo = mid + 1
    return lo


@speed.wrong(
    en="All bananas by all hours: as if an hour could be shared between two piles.",
    zh="用总根数除以总小时数：好像一个小时可以分给两堆。",
)
def slowest_speed_mean(piles: list[int], hours: int) -> int:
    return max(1, -(-sum(piles) // max(hours, 1)))


@speed.wrong(
    en="Throws out the speed that was fast enough, which may be the answer.",
    zh="速度够用时把它也丢掉了，而它可能就是答案。",
)
def slowest_speed_minus(piles: list[int], hours: int) -> int:
    lo, hi = 1, max(piles, default=1)
    while lo < hi:
        mid = lo + (hi - lo) // 2
        if sum(-(-p // mid) for p in piles) <= hours:
            hi = mid - 1
        else:
            lo = mid + 1
    return lo


@speed.wrong(
    en="Begins at speed 0, by which nothing can be divided.",
    zh="从速度 0 开始找，而 0 不能作除数。",
)
def slowest_speed_zero(piles: list[int], hours: int) -> int:
    lo, hi = 0, max(piles, default=1)
    while lo < hi:
        mid = lo + (hi - lo) // 2
        if sum(-(-p // mid) for p in piles) <= hours:
            hi = mid
        else:
            lo = mid + 1
    return lo


@speed.cases
def speed_cases(random: Random) -> Iterator[tuple[list[int], int]]:
    yield [], 0
    yield [], 3
    yield [1], 1
    yield [9], 3
    yield [4, 4], 2
    yield [3, 6, 7, 11], 8
    yield [30, 11, 23, 4, 20], 5
    yield [30, 11, 23, 4, 20], 6
    for _ in range(30):
        piles = [random.randint(1, 20) for _ in range(random.randint(1, 5))]
        yield piles, len(piles) + random.randint(0, 30)


@speed.large
def speed_large(random: Random) -> Iterator[tuple[list[int], int]]:
    piles = [random.randint(1, 10**9) for _ in range(1000)]
    for hours in (1000, 1001, 5000, 10**9):
        yield piles, hours


@speed.brute
def speed_brute(piles: list[int], hours: int) -> int:
    for tried in range(1, max(piles, default=1) + 1):
        left, used = list(piles), 0
        while any(left):  # eat hour by hour
            k = max(range(len(left)), key=left.__getitem__)
            left[k], used = max(0, left[k] - tried), used + 1
        if used <= hours:
            return tried
    return 1


turned = Exercise(
    en=Words(
        title="Is it in the rotated array? (LeetCode 81)",
        statement="""\
An ascending array was rotated: some values were moved from its end to its front, in their
order. Does it hold `x`?

- `a`: up to 5,000 integers of any sign; several may be equal, which can make it
  necessary to look at all of them.
- `x`: an integer.
""",
        hints=(
            "Cut in the middle: at least one half is ascending. Its two ends tell whether"
            " `x` can be in it.",
            "If both ends and the middle are equal, and not `x`, nothing is known of either"
            " half: drop both ends and go on.",
        ),
    ),
    zh=Words(
        title="旋转数组里有没有它（LeetCode 81）",
        statement="""\
把一个从小到大排好的数组旋转：末尾的若干个值按原来的次序移到开头。`x` 在不在里面？

- `a`：至多 5,000 个整数，可正可负，可以有相等的；有相等的值时，可能不得不把每个值都看一遍。
- `x`：一个整数。
""",
        hints=(
            "从中间切开，至少有一半是从小到大的。看这一半的两端，就知道 `x` 会不会在里面。",
            "如果两端和中间都相等，又不等于 `x`，就无法知道在哪一半：去掉两端，继续找。",
        ),
    ),
    examples="""\
>>> in_rotated([2, 5, 6, 0, 0, 1, 2], 0)
True
>>> in_rotated([2, 5, 6, 0, 0, 1, 2], 3)
False
>>> in_rotated([1, 0, 1, 1, 1], 0)
True
""",
)


@turned.solution
def in_rotated(a: list[int], x: int) -> bool:
    lo, hi = 0, len(a)
    while lo < hi:
        mid = lo + (hi - lo) // 2
        first, middle, last = a[lo], a[mid], a[hi - 1]
        if middle == x:
            return True
        if first == middle == last:
            lo, hi = lo + 1, hi - 1
        elif first <= middle:
            if first <= x < middle:
                hi = mid
            else:
                lo = mid + 1
        elif middle < x <= last:
            lo = mid + 1
        else:
            hi = mid
    return False


@turned.wrong(
    en="The code for distinct values: equal ends hide where the drop is.",
    zh="用了没有重复值时的写法：两端相等，就看不出断点在哪一边。",
)
def in_rotated_distinct(a: list[int], x: int) -> bool:
    lo, hi = 0, len(a)
    while lo < hi:
        mid = lo + (hi - lo) // 2
        first, middle, last = a[lo], a[mid], a[hi - 1]
        if middle == x:
            return True
        if first <= middle:
            if first <= x < middle:
                hi = mid
            else:
                lo = mid + 1
        elif middle < x <= last:
            lo = mid + 1
        else:
            hi = mid
    return False


@turned.wrong(
    en="Searches as if the array were not rotated.",
    zh="当作没有旋转的数组来找。",
)
def in_rotated_bisect(a: list[int], x: int) -> bool:
    i = bisect_left(a, x)
    return i < len(a) and a[i] == x


@turned.wrong(
    en="Drops both ends although only the first equals the middle: the last may be x.",
    zh="只有开头等于中间，却把两端都去掉；末尾可能正是 x。",
)
def in_rotated_both_ends(a: list[int], x: int) -> bool:
    lo, hi = 0, len(a)
    while lo < hi:
        mid = lo + (hi - lo) // 2
        first, middle, last = a[lo], a[mid], a[hi - 1]
        if middle == x:
            return True
        if first == middle:
            lo, hi = lo + 1, hi - 1
        elif first <= middle:
            if first <= x < middle:
                hi = mid
            else:
                lo = mid + 1
        elif middle < x <= last:
            lo = mid + 1
        else:
            hi = mid
    return False


@turned.wrong(
    en="Asks “strictly between the ends”: a value at the end of a half is missed.",
    zh="只判断是否严格在两端之间：正好在一半的端点上的值就漏了。",
)
def in_rotated_strict(a: list[int], x: int) -> bool:
    lo, hi = 0, len(a)
    while lo < hi:
        mid = lo + (hi - lo) // 2
        first, middle, last = a[lo], a[mid], a[hi - 1]
        if middle == x:
            return True
        if first == middle == last:
            lo, hi = lo + 1, hi - 1
        elif first <= middle:
            if first < x < middle:
                hi = mid
            else:
                lo = mid + 1
        elif middle < x < last:
            lo = mid + 1
        else:
            hi = mid
    return False


@turned.wrong(
    en="Takes the first least value for the place of the drop, but equal ones may stand at"
    " the front as well.",
    zh="把第一个最小值的位置当作断点；可是开头也可能有与它相等的值。",
)
def in_rotated_first_least(a: list[int], x: int) -> bool:
    k = a.index(min(a)) if a else 0
    b = a[k:] + a[:k]
    i = bisect_left(b, x)
    return i < len(b) and b[i] == x


@turned.cases
def turned_cases(random: Random) -> Iterator[tuple[list[int], int]]:
    yield [], 1
    yield [1], 1
    yield [1], 0
    yield [3, 1], 1
    yield [1, 1, 0], 0
    yield [1, 0, 1, 1, 1], 0
    yield [-1, -1, -1, -2, -1], -2
    yield [0, 1, 0, 0], 1
    yield [2, 5, 6, 0, 0, 1, 2], 3
    for reach in (2, 6) * 20:
        a = sorted(random.randint(-reach, reach) for _ in range(random.randint(1, 9)))
        k = random.randrange(len(a))
        yield a[k:] + a[:k], random.randint(-reach - 1, reach + 1)


@turned.large
def turned_large(random: Random) -> Iterator[tuple[list[int], int]]:
    a = sorted(random.randint(-9000, 9000) for _ in range(5000))
    a = a[1234:] + a[:1234]
    for x in (a[0], a[-1], a[2500], 9001):
        yield a, x
    ones = [1] * 5000
    ones[777] = 0
    yield ones, 0


@turned.brute
def turned_brute(a: list[int], x: int) -> bool:
    return x in a
