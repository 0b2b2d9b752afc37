"""Exercises on two pointers and windows: LeetCode 283, 16, 713 and 567."""

from collections import Counter
from collections.abc import Callable, Iterator
from itertools import combinations
from math import prod
from random import Random

from notekit.study.judge import Exercise, Words

zeroes = Exercise(
    en=Words(
        title="Move zeroes (LeetCode 283)",
        statement="""\
Move all zeros of `a` to its end, **in place**; the other numbers keep their order. Return
nothing: what counts is what stands in `a` afterwards.

- `a`: $n$ integers of any sign, $0 \\le n \\le 10^4$.
""",
        hints=(
            "One index reads every place, another says where the next number that is not 0"
            " belongs. Which of the two is never ahead?",
            "When the reading is over, everything from the writing index on is to be 0.",
        ),
    ),
    zh=Words(
        title="移动零（LeetCode 283）",
        statement="""\
把 `a` 里的 0 全部移到末尾，其余的数保持原来的先后次序。要求**原地**修改，不返回任何值，只看 `a` 最后的内容。

- `a`：$n$ 个整数，可正可负，$0 \\le n \\le 10^4$。
""",
        hints=(
            "一个下标逐个读，另一个下标指出下一个非零数该写到哪里。两个下标谁不会超过谁？",
            "读完以后，从写下标开始往后，全都应该是 0。",
        ),
    ),
    examples="""\
>>> numbers = [0, 1, 0, 3, 12]
>>> move_zeroes(numbers) or numbers
[1, 3, 12, 0, 0]
""",
    seconds=4,
)


@zeroes.solution
def move_zeroes(a: list[int]) -> None:
    write = 0
    for x in a:
        if x != 0:
            a[write] = x  # never ahead of the place that is read
            write += 1
    for i in range(write, len(a)):
        a[i] = 0


@zeroes.drive
def move_and_look(answer: Callable[[list[int]], None], a: list[int]) -> list[int]:
    answer(a)
    return a


@zeroes.wrong(
    en="Removes a zero while counting up: the number that moves into its place is skipped.",
    zh="一边往后数一边删除 0：后面的数补到这个位置，却被跳过了。",
)
def move_zeroes_pop(a: list[int]) -> None:
    for i in range(len(a)):
        if a[i] == 0:
            a.pop(i)
            a.append(0)


@zeroes.wrong(
    en="Writes the numbers to the front, and leaves what stood at the end.",
    zh="把非零数写到了前面，末尾却没有填 0。",
)
def move_zeroes_unfilled(a: list[int]) -> None:
    write = 0
    for x in a:
        if x != 0:
            a[write] = x
            write += 1


@zeroes.wrong(
    en="Swaps zeros with the last number, from both ends: the order is lost.",
    zh="从两头向中间，把 0 与最后一个非零数交换：次序乱了。",
)
def move_zeroes_swap(a: list[int]) -> None:
    i, j = 0, len(a) - 1
    while i < j:
        if a[i] != 0:
            i += 1
        elif a[j] == 0:
            j -= 1
        else:
            a[i], a[j] = a[j], a[i]


@zeroes.wrong(
    en="Builds a new list, and gives its name to the argument: the caller's list stays.",
    zh="新建了一个列表再赋给参数名：调用者的列表没有变。",
)
def move_zeroes_new_list(a: list[int]) -> None:
    rest = [x for x in a if x != 0]
    a = rest + [0] * (len(a) - len(rest))


@zeroes.cases
def zeroes_cases(random: Random) -> Iterator[tuple[list[int]]]:
    yield ([],)
    yield ([0],)
    yield ([5],)
    yield ([0, 0, 1],)
    yield ([0, 1, 3],)
    yield ([0, 1, 0, 3, 12],)
    yield ([0, 0, 0],)
    yield ([-1, 0, -1],)
    for _ in range(30):
        yield ([random.randint(-2, 2) for _ in range(random.randint(1, 9))],)


@zeroes.large
def zeroes_large(random: Random) -> Iterator[tuple[list[int]]]:
    yield ([random.randint(-1, 1) for _ in range(10_000)],)


@zeroes.brute
def zeroes_brute(a: list[int]) -> None:
    a.sort(key=lambda x: x == 0)  # a stable sort keeps the order of the others


closest = Exercise(
    en=Words(
        title="Three numbers with a sum as close as possible (LeetCode 16)",
        statement="""\
Which sum of three numbers, at three different places of `nums`, is closest to `target`?
Return the sum. If two sums are equally close, return the **smaller** one. With fewer than
three numbers there is no sum: return `None`.

- `nums`: $n$ integers of any sign and in any order, $0 \\le n \\le 600$.
- `target`: an integer.
""",
        hints=(
            "Sort, fix the first number, and let two ends walk over the rest, as in `three_sum`."
            " Which sum is to be looked at before a pointer moves?",
            "The distance and the sum together, `(abs(total - target), total)`, compare as the"
            " task wants it, ties included.",
        ),
    ),
    zh=Words(
        title="最接近的三数之和（LeetCode 16）",
        statement="""\
从 `nums` 的三个不同位置取数，哪个和最接近 `target`？返回这个和。如果两个和同样接近，返回**较小**的一个。不足三个数时没有和，返回 `None`。

- `nums`：$n$ 个整数，可正可负，次序任意，$0 \\le n \\le 600$。
- `target`：整数。
""",
        hints=(
            "先排序，固定第一个数，剩下的用两端的指针向中间走，与 `three_sum` 相同。每次移动指针之前，该看哪个和？",
            "把“与目标值之差”和“三数之和”组成元组 `(abs(total - target), total)`，元组的大小次序正好符合题意，差相等的情形也在内。",
        ),
    ),
    examples="""\
>>> three_sum_closest([-1, 2, 1, -4], 1)
2
>>> three_sum_closest([0, 0, 0, 2], 1)
0
>>> print(three_sum_closest([1, 2], 3))
None
""",
    seconds=6,
)


@closest.solution
def three_sum_closest(nums: list[int], target: int) -> int | None:
    a, best = sorted(nums), None
    for first in range(len(a) - 2):
        i, j = first + 1, len(a) - 1
        while i < j:
            total = a[first] + a[i] + a[j]
            if best is None or (abs(total - target), total) < best:
                best = abs(total - target), total
            if total < target:
                i += 1
            else:
                j -= 1
    return None if best is None else best[1]


@closest.wrong(
    en="Takes the first of two equally close sums, which may be the larger one.",
    zh="同样接近时取先遇到的和，它可能是较大的一个。",
)
def three_sum_closest_first(nums: list[int], target: int) -> int | None:
    a, best = sorted(nums), None
    for first in range(len(a) - 2):
        i, j = first + 1, len(a) - 1
        while i < j:
            total = a[first] + a[i] + a[j]
            if best is None or abs(total - target) < abs(best - target):
                best = total
            if total < target:
                i += 1
            else:
                j -= 1
    return best


@closest.wrong(
    en="Does not sort: the two ends then drop pairs that could be the answer.",
    zh="没有排序：两端的指针会丢掉可能是答案的数对。",
)
def three_sum_closest_unsorted(nums: list[int], target: int) -> int | None:
    best = None
    for first in range(len(nums) - 2):
        i, j = first + 1, len(nums) - 1
        while i < j:
            total = nums[first] + nums[i] + nums[j]
            if best is None or (abs(total - target), total) < best:
                best = abs(total - target), total
            if total < target:
                i += 1
            else:
                j -= 1
    return None if best is None else best[1]


@closest.wrong(
    en="Starts the left pointer at 0 again: a place is used twice.",
    zh="左指针又从 0 开始：同一个位置的数用了两次。",
)
def three_sum_closest_reused(nums: list[int], target: int) -> int | None:
    a, best = sorted(nums), None
    for first in range(len(a) - 2):
        i, j = 0, len(a) - 1
        while i < j:
            total = a[first] + a[i] + a[j]
            if best is None or (abs(total - target), total) < best:
                best = abs(total - target), total
            if total < target:
                i += 1
            else:
                j -= 1
    return None if best is None else best[1]


@closest.wrong(
    en="The best sum so far starts as 0, which may be closer than any real sum.",
    zh="把目前最好的和初始化为 0，它可能比所有真正的和都更接近。",
)
def three_sum_closest_zero(nums: list[int], target: int) -> int | None:
    a, best = sorted(nums), 0
    for first in range(len(a) - 2):
        i, j = first + 1, len(a) - 1
        while i < j:
            total = a[first] + a[i] + a[j]
            if (abs(total - target), total) < (abs(best - target), best):
                best = total
            if total < target:
                i += 1
            else:
                j -= 1
    return best if len(a) > 2 else None


@closest.wrong(
    en="Skips a first number that equals the next one: its double is never used.",
    zh="第一个数与后一个相等就跳过：同样的数再也不能用两次。",
)
def three_sum_closest_ahead(nums: list[int], target: int) -> int | None:
    a = sorted(nums)
    best = sum(a[:3]) if len(a) > 2 else None
    for first in range(len(a) - 2):
        if a[first] == a[first + 1]:
            continue
        i, j = first + 1, len(a) - 1
        while i < j:
            total = a[first] + a[i] + a[j]
            if best is None or (abs(total - target), total) < (
                abs(best - target),
                best,
            ):
                best = total
            if total < target:
                i += 1
            else:
                j -= 1
    return best


@closest.cases
def closest_cases(random: Random) -> Iterator[tuple[list[int], int]]:
    yield [], 0
    yield [1], 1
    yield [1, 2], 3
    yield [5, 5, 5], 0
    yield [0, 0, 0, 2], 1
    yield [-1, 2, 1, -4], 1
    yield [-9, 1, 1, 2], 4  # the two equal ones are needed, and are not the least
    yield [-9, 1, 1, 1], 2  # the best sum begins with more than a third of the target
    yield [10**18] * 3, -(10**18)  # no number is large enough to stand for "none yet"
    for _ in range(40):
        n = random.randint(3, 8)
        yield [random.randint(-9, 9) for _ in range(n)], random.randint(-20, 20)


@closest.large
def closest_large(random: Random) -> Iterator[tuple[list[int], int]]:
    yield [random.randint(-(10**6), 10**6) for _ in range(600)], 12345
    yield [10**9] * 200, 0


@closest.brute
def closest_brute(nums: list[int], target: int) -> int | None:
    sums = sorted(map(sum, combinations(nums, 3)))  # of equally close ones, the first
    return min(sums, key=lambda total: abs(total - target), default=None)


products = Exercise(
    en=Words(
        title="Windows with a product below k (LeetCode 713)",
        statement="""\
How many windows (runs of neighbours that are not empty) of `nums` have a product less than
`k`? Windows at different places count separately, also if they hold the same numbers.

- `nums`: $n$ integers, each from 1 to 1000; $0 \\le n \\le 3 \\cdot 10^4$.
- `k`: an integer, $k \\ge 0$.
""",
        hints=(
            "Each part of a window whose product is below `k` has a product below `k`, since"
            " no number is less than 1. How many valid windows end at `hi`?",
            "Let go from the left while the product is `k` or more. With `k` 0 or 1 even the"
            " empty window, whose product is 1, is too large: treat this first.",
        ),
    ),
    zh=Words(
        title="乘积小于 K 的子数组（LeetCode 713）",
        statement="""\
`nums` 有多少个窗口（非空的连续子数组），其中各数的乘积小于 `k`？位置不同的窗口分别计数，哪怕里面的数相同。

- `nums`：$n$ 个整数，每个在 1 到 1000 之间；$0 \\le n \\le 3 \\cdot 10^4$。
- `k`：整数，$k \\ge 0$。
""",
        hints=(
            "没有小于 1 的数，所以乘积小于 `k` 的窗口，它的每一部分乘积也小于 `k`。以 `hi` 结尾的合格窗口有多少个？",
            "乘积达到或超过 `k` 时，从左边放走。`k` 为 0 或 1 时，连空窗口（乘积为 1）也不合格，要先单独处理。",
        ),
    ),
    examples="""\
>>> count_products_below([10, 5, 2, 6], 100)
8
>>> count_products_below([1, 2, 3], 0)
0
""",
    seconds=4,
    lacks={
        "negative": "every part of a valid window must be valid: numbers are 1 or more"
    },
)


@products.solution
def count_products_below(nums: list[int], k: int) -> int:
    if k <= 1:
        return 0
    product, lo, count = 1, 0, 0
    for hi, x in enumerate(nums):
        product *= x
        while product >= k:
            product //= nums[lo]
            lo += 1
        count += hi - lo + 1
    return count


@products.wrong(
    en="Counts one window for each right end, not all that end there.",
    zh="每个右端点只数了一个窗口，没有数以它结尾的全部窗口。",
)
def count_products_below_one(nums: list[int], k: int) -> int:
    if k <= 1:
        return 0
    product, lo, count = 1, 0, 0
    for hi, x in enumerate(nums):
        product *= x
        while product >= k:
            product //= nums[lo]
            lo += 1
        count += hi >= lo
    return count


@products.wrong(
    en="Lets go once (`if`), where one large number may cost several.",
    zh="只放走一个（用了 `if`），而一个大数进来可能要放走好几个。",
)
def count_products_below_if(nums: list[int], k: int) -> int:
    if k <= 1:
        return 0
    product, lo, count = 1, 0, 0
    for hi, x in enumerate(nums):
        product *= x
        if product >= k:
            product //= nums[lo]
            lo += 1
        count += hi - lo + 1
    return count


@products.wrong(
    en="A product equal to k is let in.",
    zh="乘积等于 k 的也算进去了。",
)
def count_products_below_equal(nums: list[int], k: int) -> int:
    if k < 1:
        return 0
    product, lo, count = 1, 0, 0
    for hi, x in enumerate(nums):
        product *= x
        while product > k:
            product //= nums[lo]
            lo += 1
        count += hi - lo + 1
    return count


@products.wrong(
    en="No guard for k = 0 and k = 1: the left end runs out of the list.",
    zh="没有处理 k 为 0 和 1：左端点一直移动，越过了列表的末尾。",
)
def count_products_below_unguarded(nums: list[int], k: int) -> int:
    product, lo, count = 1, 0, 0
    for hi, x in enumerate(nums):
        product *= x
        while product >= k:
            product //= nums[lo]
            lo += 1
        count += hi - lo + 1
    return count


@products.cases
def products_cases(random: Random) -> Iterator[tuple[list[int], int]]:
    yield [], 5
    yield [1], 0
    yield [1], 1
    yield [1], 2
    yield [3], 3
    yield [1, 1, 1], 2
    yield [10, 5, 2, 6], 100
    yield [1, 1, 1, 9], 9
    yield [62, 127, 127], 10**6  # the product of all is less by 2 only
    yield (
        [999] * 7,
        999**7,
    )  # a float rounds this product: it is 1 too much, or too little
    yield [999] * 7, 999**7 + 1
    for _ in range(40):
        n = random.randint(1, 8)
        yield [random.randint(1, 6) for _ in range(n)], random.randint(0, 60)


@products.large
def products_large(random: Random) -> Iterator[tuple[list[int], int]]:
    yield [1] * 10_000, 2
    yield [random.randint(1, 1000) for _ in range(30_000)], 10**6


@products.brute
def products_brute(nums: list[int], k: int) -> int:
    ends = range(len(nums) + 1)
    return sum(prod(nums[lo:hi]) < k for lo, hi in combinations(ends, 2))


permutation = Exercise(
    en=Words(
        title="Does a window hold a permutation? (LeetCode 567)",
        statement="""\
Is some window of `s2` made of the characters of `s1`, each as often as there, in any
order? Return `True` or `False`.

- `s1`, `s2`: strings of at most $10^5$ characters, not only of small letters. An empty
  `s1` is found in every `s2`.
""",
        hints=(
            "The window has the length of `s1`; at each step one character comes and one goes.",
            "Comparing two tables of counts costs as much as the alphabet is large. One number"
            " is enough: how many characters are still missing.",
        ),
    ),
    zh=Words(
        title="字符串的排列（LeetCode 567）",
        statement="""\
`s2` 是否有一个窗口，恰好由 `s1` 的字符组成，每个字符出现的次数也相同，次序不限？返回 `True` 或 `False`。

- `s1`、`s2`：长度不超过 $10^5$ 的字符串，不限于小写字母。空的 `s1` 在任何 `s2` 里都算找到。
""",
        hints=(
            "窗口的长度就是 `s1` 的长度：每一步进来一个字符，出去一个字符。",
            "比较两张计数表，开销取决于字符集的大小。其实记一个数就够了：还缺多少个字符。",
        ),
    ),
    examples="""\
>>> contains_permutation("ab", "eidbaooo")
True
>>> contains_permutation("ab", "eidboaoo")
False
""",
    seconds=4,
    lacks={"negative": "there are no numbers", "large": "there are no numbers"},
)


@permutation.solution
def contains_permutation(s1: str, s2: str) -> bool:
    need, missing = Counter(s1), len(s1)
    if missing == 0:
        return True
    for hi, c in enumerate(s2):
        if need[c] > 0:
            missing -= 1
        need[c] -= 1
        if hi >= len(s1):
            gone = s2[hi - len(s1)]
            need[gone] += 1
            if need[gone] > 0:
                missing += 1
        if missing == 0:
            return True
    return False


@permutation.wrong(
    en="Sets instead of counts: `aab` is taken for `abb`.",
    zh="用集合代替计数：`aab` 被当成了 `abb`。",
)
def contains_permutation_sets(s1: str, s2: str) -> bool:
    m = len(s1)
    return any({*s2[i : i + m]} == {*s1} for i in range(len(s2) - m + 1))


@permutation.wrong(
    en="Nothing leaves the window: the characters need not be neighbours.",
    zh="窗口只进不出：这些字符不一定相邻。",
)
def contains_permutation_never_lets_go(s1: str, s2: str) -> bool:
    return not Counter(s1) - Counter(s2)


@permutation.wrong(
    en="Starts again behind a character that does not fit, and forgets what came before.",
    zh="遇到不合适的字符就从它后面重新开始，前面已有的都忘了。",
)
def contains_permutation_restart(s1: str, s2: str) -> bool:
    need, held = Counter(s1), 0
    if not s1:
        return True
    for c in s2:
        if need[c] > 0:
            need[c] -= 1
            held += 1
            if held == len(s1):
                return True
        else:
            need, held = Counter(s1), 0
    return False


@permutation.wrong(
    en="The last window is not looked at.",
    zh="漏掉了最后一个窗口。",
)
def contains_permutation_short(s1: str, s2: str) -> bool:
    m = len(s1)
    return any(sorted(s2[i : i + m]) == sorted(s1) for i in range(len(s2) - m))


@permutation.cases
def permutation_cases(random: Random) -> Iterator[tuple[str, str]]:
    yield "", ""
    yield "", "a"
    yield "a", ""
    yield "a", "a"
    yield "ab", "a"
    yield "ab", "eidbaooo"
    yield "ab", "eidboaoo"
    yield "aab", "abba"
    yield "abc", "ccab"
    yield "aB", "ab"
    yield "语言", "一言语"
    yield "bfg", "cdh"  # the codes have the same sum, and so have their squares
    for _ in range(40):
        s1 = "".join(random.choice("abc") for _ in range(random.randint(1, 4)))
        yield s1, "".join(random.choice("abc") for _ in range(random.randint(0, 8)))


@permutation.large
def permutation_large(random: Random) -> Iterator[tuple[str, str]]:
    s2 = "".join(random.choice("ab") for _ in range(20_000))
    yield "a" * 5_000 + "b" * 4_000, s2
    yield "a" * 9_999 + "c", s2 + "c"
    s1 = s2[:5_000]
    moved = "".join(random.sample(s1, len(s1)))
    yield s1, "c" * 7_001 + moved + "c" * 8_000  # one window, at an odd place


@permutation.brute
def permutation_brute(s1: str, s2: str) -> bool:
    ends = range(len(s2) + 1)
    windows = [s2[lo:hi] for lo in ends for hi in ends if hi >= lo]
    return any(sorted(s1) == sorted(window) for window in windows)
