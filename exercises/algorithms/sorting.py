"""Exercises on sorting: three zones, pairs counted by merging, and an order of one's own."""

from collections.abc import Iterator
from functools import cmp_to_key
from itertools import permutations
from random import Random
from typing import Any

from notekit.study.judge import Exercise, Words

colors = Exercise(
    en=Words(
        title="Three colours, in one pass (LeetCode 75)",
        statement="""\
A list holds the colours 0, 1 and 2. Sort it **in place**, in one pass, without a second
list and without `sort`; the function returns nothing.

- `a`: 0 to 20,000 integers, each 0, 1 or 2.

This is one partition with pivot 1: all that is less goes left, all that is greater right.
""",
        hints=(
            "Keep three borders: before `lt` all are 0, from `lt` to `i` all are 1, from"
            " `gt` on all are 2. What is between `i` and `gt` has not been looked at.",
            "After a swap with the left zone you know what came to place `i`. After a swap"
            " with the right zone you do not.",
        ),
    ),
    zh=Words(
        title="颜色分类，只扫一遍（力扣 75）",
        statement="""\
列表里只有 0、1、2 这几种颜色。请**原地**排序：只扫一遍，不另开列表，也不调用 `sort`；函数不返回任何值。

- `a`：0 到 20,000 个整数，每个是 0、1 或 2。

这就是以 1 为基准的一次划分：小的放左边，大的放右边。
""",
        hints=(
            "维护三条边界：`lt` 之前全是 0，`lt` 到 `i` 之间全是 1，从 `gt` 起全是 2；`i` 到 `gt` 之间还没看过。",
            "与左区交换以后，换到位置 `i` 的是什么，你是知道的；与右区交换以后却不知道。",
        ),
    ),
    examples="""\
>>> colors = [2, 0, 2, 1, 1, 0]
>>> sort_colors(colors), colors
(None, [0, 0, 1, 1, 2, 2])
""",
    lacks={"negative": "the colours are 0, 1 and 2"},
)


class _Row(list[int]):
    """A list whose places can be set one by one only."""

    def sort(self, **_: Any) -> None:
        raise TypeError("a.sort() is what you are to write")

    def __setitem__(self, place: Any, value: Any) -> None:
        if isinstance(place, slice):
            raise TypeError("a[...:...] = ... makes a second list first")
        super().__setitem__(place, value)


@colors.drive
def colors_drive(sort: Any, a: list[int]) -> tuple[Any, list[int]]:
    row = _Row(a)
    return sort(row), list(row)


@colors.solution
def sort_colors(a: list[int]) -> None:
    lt, i, gt = 0, 0, len(a)
    while i < gt:
        if a[i] == 0:
            a[lt], a[i] = a[i], a[lt]
            lt, i = lt + 1, i + 1
        elif a[i] == 2:
            gt -= 1
            a[i], a[gt] = a[gt], a[i]
        else:
            i += 1


@colors.wrong(
    en="After a swap with the right zone, i goes on: what came back is never looked at.",
    zh="与右区交换以后 i 也前进：换回来的元素没有再看。",
)
def sort_colors_goes_on(a: list[int]) -> None:
    lt, i, gt = 0, 0, len(a)
    while i < gt:
        if a[i] == 0:
            a[lt], a[i] = a[i], a[lt]
            lt += 1
        elif a[i] == 2:
            gt -= 1
            a[i], a[gt] = a[gt], a[i]
        i += 1


@colors.wrong(
    en="The loop runs to the end of the list, not to the right zone: it swaps the 2s that"
    " are in place out again.",
    zh="循环一直走到列表末尾，而不是停在右区之前，把已经就位的 2 又换了出来。",
)
def sort_colors_to_the_end(a: list[int]) -> None:
    lt, i, gt = 0, 0, len(a) - 1
    while i <= len(a) - 1:
        if a[i] == 0:
            a[lt], a[i] = a[i], a[lt]
            lt, i = lt + 1, i + 1
        elif a[i] == 2:
            a[i], a[gt] = a[gt], a[i]
            gt -= 1
        else:
            i += 1


@colors.wrong(
    en="A new list is bound to the name a; the caller's list stays as it was.",
    zh="只是让名字 a 指向了新列表，调用者的列表没有变。",
)
def sort_colors_new_list(a: list[int]) -> None:
    a = [0] * a.count(0) + [1] * a.count(1) + [2] * a.count(2)


@colors.wrong(
    en="A built-in sort, and a new list on the way: neither one pass nor without a second list.",
    zh="用内置排序，中间还造了一个新列表：既不是只扫一遍，也另开了列表。",
)
def sort_colors_built_in(a: list[int]) -> None:
    a[:] = sorted(a)


@colors.cases
def colors_cases(random: Random) -> Iterator[tuple[list[int]]]:
    yield ([],)
    for x in range(3):
        yield ([x],)
    yield ([1, 2, 0],)
    yield ([2, 0],)
    yield ([2, 0, 1],)
    yield ([1, 1, 1],)
    for _ in range(30):
        yield ([random.randrange(3) for _ in range(random.randint(2, 9))],)


@colors.large
def colors_large(random: Random) -> Iterator[tuple[list[int]]]:
    yield ([random.randrange(3) for _ in range(20_000)],)
    yield ([2] * 10_000 + [0] * 10_000,)


@colors.brute
def colors_brute(a: list[int]) -> None:
    for place, x in enumerate([x for color in range(3) for x in a if x == color]):
        a[place] = x


pairs = Exercise(
    en=Words(
        title="Pairs more than twice as large (LeetCode 493)",
        statement="""\
How many pairs $i < j$ are there with `a[i] > 2 * a[j]`?

- `a`: 0 to 20,000 integers of any sign, below $2^{31}$ in size.

Comparing all pairs is too slow for the longest lists: count while you merge. In the first
example there are two: each 3 with the last 1.
""",
        hints=(
            "Sort both halves first: which of their pairs count no longer depends on the"
            " order within a half. So count the pairs across, and then merge.",
            "As the left element grows, more elements of the right half are less than half"
            " of it, never fewer: two pointers that only go forward.",
        ),
    ),
    zh=Words(
        title="翻转对（力扣 493）",
        statement="""\
满足 $i < j$ 且 `a[i] > 2 * a[j]` 的下标对有多少个？

- `a`：0 到 20,000 个整数，可正可负，绝对值小于 $2^{31}$。

列表最长时，逐对比较太慢：请在归并时计数。第一个例子里有两对：两个 3 各与最后的 1 组成一对。
""",
        hints=(
            "先把左右两半各自排好：跨两半的数对有多少，与各半内部的次序无关。先数这些数对，再归并。",
            "左边的元素越大，右半段里小于它一半的元素只增不减：两个指针都只往前走。",
        ),
    ),
    examples="""\
>>> reverse_pairs([1, 3, 2, 3, 1])
2
>>> reverse_pairs([-5, -5])
1
>>> reverse_pairs([])
0
""",
    seconds=3,
)


@pairs.solution
def reverse_pairs(a: list[int]) -> int:
    def halves(lo: int, hi: int) -> tuple[list[int], int]:
        if hi - lo < 2:
            return a[lo:hi], 0
        mid = (lo + hi) // 2
        left, count_left = halves(lo, mid)
        right, count_right = halves(mid, hi)
        count = count_left + count_right
        j = 0
        for x in left:
            while j < len(right) and x > 2 * right[j]:
                j += 1
            count += j
        return sorted(left + right), count

    return halves(0, len(a))[1]


@pairs.wrong(
    en="Counts inversions: the factor 2 is missing.",
    zh="数的是逆序对：少了系数 2。",
)
def reverse_pairs_inversions(a: list[int]) -> int:
    return sum(a[i] > a[j] for i in range(len(a)) for j in range(i + 1, len(a)))


@pairs.wrong(
    en="Halves the left element with //, which rounds: 3 > 2 * 1, but 3 // 2 > 1 is false.",
    zh="改成 a[i] // 2 > a[j]，整除会取整：3 > 2 * 1 成立，3 // 2 > 1 却不成立。",
)
def reverse_pairs_floor(a: list[int]) -> int:
    return sum(a[i] // 2 > a[j] for i in range(len(a)) for j in range(i + 1, len(a)))


@pairs.wrong(
    en="Counts inside the merge, at the front pair only: the left element that is next in"
    " the order may be too small, and the ones behind it large enough.",
    zh="在归并的比较里顺手计数，只看两个首元素：左边的首元素可能还不够大，它后面的却够大。",
)
def reverse_pairs_in_merge(a: list[int]) -> int:
    def halves(lo: int, hi: int) -> tuple[list[int], int]:
        if hi - lo < 2:
            return a[lo:hi], 0
        mid = (lo + hi) // 2
        left, count_left = halves(lo, mid)
        right, count_right = halves(mid, hi)
        count, i, j, out = count_left + count_right, 0, 0, []
        while i < len(left) and j < len(right):
            if right[j] < left[i]:
                if left[i] > 2 * right[j]:
                    count += len(left) - i
                out.append(right[j])
                j += 1
            else:
                out.append(left[i])
                i += 1
        return out + left[i:] + right[j:], count

    return halves(0, len(a))[1]


@pairs.cases
def pairs_cases(random: Random) -> Iterator[tuple[list[int]]]:
    yield ([],)
    yield ([7],)
    yield ([3, 1],)
    yield ([1, 3, 2, 3, 1],)
    yield ([-5, -5],)
    yield ([2, 4, 3, 5, 1],)
    yield ([3, 5, 2],)
    yield ([0, 0, 0],)
    for _ in range(30):
        top = random.choice([3, 10, 2**31 - 1])
        yield ([random.randint(-top, top) for _ in range(random.randint(2, 12))],)


@pairs.large
def pairs_large(random: Random) -> Iterator[tuple[list[int]]]:
    yield ([random.randint(-(10**6), 10**6) for _ in range(20_000)],)
    yield (list(range(20_000, 0, -1)),)


@pairs.brute
def pairs_brute(a: list[int]) -> int:
    count = 0
    for j, b in enumerate(a):
        count += len([x for x in a[:j] if x > b + b])
    return count


number = Exercise(
    en=Words(
        title="The largest number (LeetCode 179)",
        statement="""\
Write the given numbers one behind the other, in such an order that the number that you
read is as large as possible. Return it as a string, without zeros in front; without
numbers, return the empty string.

- `numbers`: at most 100 integers from 0 to $10^9$.

In the first example, 3 comes before 30, since 330 > 303.
""",
        hints=(
            "Which of two numbers comes first? Not the larger one, and not the later one"
            " in the dictionary: try both orders, and compare what can be read.",
            "`functools.cmp_to_key` makes a key of a function that compares two elements.",
        ),
    ),
    zh=Words(
        title="最大数（力扣 179）",
        statement="""\
把给定的数首尾相接写成一个数，怎样排列，得到的数最大？以字符串返回，开头不要多余的 0；一个数都没有时返回空串。

- `numbers`：至多 100 个整数，每个在 0 到 $10^9$ 之间。

第一个例子中，3 排在 30 前面，因为 330 > 303。
""",
        hints=(
            "两个数谁在前？不是大的在前，也不是字典序靠后的在前：两种接法都试一试，比较接出来的数。",
            "`functools.cmp_to_key` 能把比较两个元素的函数变成 key。",
        ),
    ),
    examples="""\
>>> largest_number([3, 30, 34, 5, 9])
'9534330'
>>> largest_number([0, 0])
'0'
>>> largest_number([])
''
""",
    lacks={"negative": "a minus sign cannot stand inside a number"},
)


@number.solution
def largest_number(numbers: list[int]) -> str:
    def first(a: str, b: str) -> int:
        return (a + b < b + a) - (b + a < a + b)

    text = "".join(sorted(map(str, numbers), key=cmp_to_key(first)))
    return "0" if text.startswith("0") else text


@number.wrong(
    en="The larger number first: 30 comes before 3.",
    zh="大的数在前：30 排到了 3 前面。",
)
def largest_number_by_size(numbers: list[int]) -> str:
    text = "".join(map(str, sorted(numbers, reverse=True)))
    return "0" if text.startswith("0") else text


@number.wrong(
    en="As in the dictionary, backwards: of 3 and 30 the longer comes first, too.",
    zh="按字典序倒排：3 和 30 相比，仍是长的在前。",
)
def largest_number_by_letters(numbers: list[int]) -> str:
    text = "".join(sorted(map(str, numbers), reverse=True))
    return "0" if text.startswith("0") else text


@number.wrong(
    en="Right order, but zeros alone give 00 in place of 0.",
    zh="次序对，但全是 0 时得到 00 而不是 0。",
)
def largest_number_zeros(numbers: list[int]) -> str:
    def first(a: str, b: str) -> int:
        return (a + b < b + a) - (b + a < a + b)

    return "".join(sorted(map(str, numbers), key=cmp_to_key(first)))


@number.wrong(
    en="Fills up with the first digit and compares: 12 and 121 both become 121111...; but"
    " 12121 > 12112.",
    zh="用首位数字补齐再比较：12 和 121 都补成 121111…，可是 12121 > 12112。",
)
def largest_number_filled(numbers: list[int]) -> str:
    def filled(text: str) -> str:
        return text.ljust(10, text[0])

    text = "".join(sorted(map(str, numbers), key=filled, reverse=True))
    return "0" if text.startswith("0") else text


@number.cases
def number_cases(random: Random) -> Iterator[tuple[list[int]]]:
    yield ([],)
    yield ([0],)
    yield ([10],)
    yield ([0, 0],)
    yield ([3, 30],)
    yield ([12, 121],)
    yield ([121, 12],)
    yield ([12, 1213],)
    yield ([1110, 1],)
    yield ([111_110, 1],)
    yield ([111_111_110, 1],)
    yield ([99_999_998, 999_999_989],)
    yield ([3, 30, 34, 5, 9],)
    yield ([7, 7, 7],)
    for _ in range(30):
        top = random.choice([9, 50, 1000])
        yield ([random.randint(0, top) for _ in range(random.randint(2, 5))],)


@number.large
def number_large(random: Random) -> Iterator[tuple[list[int]]]:
    yield ([random.randint(0, 10**9) for _ in range(100)],)
    yield ([0] * 100,)


@number.brute
def number_brute(numbers: list[int]) -> str:
    if not numbers:
        return ""
    orders = permutations(map(str, numbers))
    return str(max(int("".join(order)) for order in orders))
