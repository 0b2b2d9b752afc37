"""Exercises on dynamic programming: houses, products, increasing subsequences, shares."""

from collections.abc import Iterator
from itertools import combinations, pairwise
from math import prod
from random import Random

from notekit.study.judge import Exercise, Words

houses = Exercise(
    en=Words(
        title="House Robber (LeetCode 198)",
        statement="""\
Houses stand in a row; house `i` holds `values[i]`. No two neighbours may be robbed. Return
the largest sum that can be taken.

- `values`: $n$ integers, each $\\ge 0$; $0 \\le n \\le 20\\,000$. Without houses the sum is 0.

Recursion that calls itself once a house is too deep for the last cases; use a loop.
""",
        hints=(
            "Is the last house robbed? What is left to be solved in either case?",
            "Keep two numbers: the best without the house before, and the best of all so"
            " far.",
        ),
    ),
    zh=Words(
        title="打家劫舍（LeetCode 198）",
        statement="""\
一排房屋，第 `i` 间有 `values[i]` 元。相邻的两间不能都偷。求最多能偷到多少。

- `values`：$n$ 个整数，每个 $\\ge 0$，$0 \\le n \\le 20\\,000$。没有房屋时是 0。

每间房屋递归一层，在最后几组数据上会超过递归深度，请用循环。
""",
        hints=(
            "最后一间偷还是不偷？两种情形下，剩下的问题各是什么？",
            "只要两个数：不算前一间时的最大值，和到目前为止的最大值。",
        ),
    ),
    examples="""\
>>> rob([2, 7, 9, 3, 1])
12
>>> rob([2, 1, 1, 2])
4
""",
    seconds=4,
    lacks={"negative": "a house holds no negative sum"},
)


@houses.solution
def rob(values: list[int]) -> int:
    before, best = 0, 0
    for value in values:
        before, best = best, max(best, before + value)
    return best


@houses.wrong(
    en="All odd or all even houses: two neighbours may both be left.",
    zh="只比较全取奇数间和全取偶数间，但相邻的两间也可以都不偷。",
)
def rob_odd_or_even(values: list[int]) -> int:
    return max(sum(values[::2]), sum(values[1::2]))


@houses.wrong(
    en="The second state is the second house, not the better of the first two.",
    zh="第二个状态直接取了第二间，没有和第一间比较。",
)
def rob_second(values: list[int]) -> int:
    if not values:
        return 0
    best = list(values)
    for i in range(2, len(values)):
        best[i] = max(best[i - 1], best[i - 2] + values[i])
    return best[-1]


@houses.wrong(
    en="The first two houses are read before it is known that there are two.",
    zh="还不知道有没有两间，就读了前两间。",
)
def rob_no_guard(values: list[int]) -> int:
    before, best = values[0], max(values[0], values[1])
    for value in values[2:]:
        before, best = best, max(best, before + value)
    return best


@houses.wrong(
    en="Greedy: the richest house first, and then what is still allowed.",
    zh="贪心：先偷最富的一间，再在剩下允许的里面选。",
)
def rob_greedy(values: list[int]) -> int:
    taken: set[int] = set()
    for i in sorted(range(len(values)), key=lambda i: -values[i]):
        if i - 1 not in taken and i + 1 not in taken:
            taken.add(i)
    return sum(values[i] for i in taken)


@houses.cases
def houses_cases(random: Random) -> Iterator[tuple[list[int]]]:
    yield ([],)
    yield ([3],)
    yield ([2, 1],)
    yield ([1, 2],)
    yield ([2, 1, 1, 2],)
    yield ([4, 5, 4],)
    yield ([0, 0, 0],)
    yield ([2, 7, 9, 3, 1],)
    yield ([10**20, 1, 1, 10**20],)
    for _ in range(40):
        size, reach = random.randint(1, 9), random.choice([2, 9, 100])
        yield ([random.randint(0, reach) for _ in range(size)],)


@houses.large
def houses_large(random: Random) -> Iterator[tuple[list[int]]]:
    n = 20_000
    yield ([random.randint(0, 400) for _ in range(n)],)
    yield ([7] * n,)


@houses.brute
def houses_brute(values: list[int]) -> int:
    n = len(values)
    return max(
        sum(values[i] for i in taken)
        for size in range(n + 1)
        for taken in combinations(range(n), size)
        if all(j - i > 1 for i, j in pairwise(taken))
    )


products = Exercise(
    en=Words(
        title="Maximum Product Subarray (LeetCode 152)",
        statement="""\
Return the largest product of a stretch of neighbours in `a` that is not empty.

- `a`: $n$ integers of any sign, $1 \\le n \\le 2\\,000$; each from $-9$ to 9, and zeros are
  among them often enough that products stay below $10^{300}$.

For `[-2, 3, -4]` it is 24, all three.
""",
        hints=(
            "If you know the largest product that ends before `x`, why is that not enough"
            " when `x` is negative?",
            "Keep the largest *and* the least product that end here. Both may come from"
            " either, or start anew with `x`.",
        ),
    ),
    zh=Words(
        title="乘积最大子数组（LeetCode 152）",
        statement="""\
求 `a` 的非空子数组的最大乘积。

- `a`：$n$ 个整数，可正可负，$1 \\le n \\le 2\\,000$；每个在 $-9$ 到 9 之间，其中常有 0，所以乘积都小于 $10^{300}$。

`[-2, 3, -4]` 的答案是 24，三个数全取。
""",
        hints=(
            "知道以前一个数结尾的最大乘积，为什么 `x` 为负时还不够？",
            "同时记下以这里结尾的最大乘积*和*最小乘积。两者都可能由前面的最大或最小乘积得到，也可能从 `x` 重新开始。",
        ),
    ),
    examples="""\
>>> max_product([2, 3, -2, 4])
6
>>> max_product([-2, 3, -4])
24
>>> max_product([-2, 0, -1])
0
""",
    seconds=4,
    lacks={"empty": "an empty list has no stretch that is not empty"},
)


@products.solution
def max_product(a: list[int]) -> int:
    high = low = best = a[0]
    for x in a[1:]:
        options = x, high * x, low * x
        high, low = max(options), min(options)
        best = max(best, high)
    return best


@products.wrong(
    en="Only the largest product is kept, as for sums: two negative numbers never meet.",
    zh="像求和一样只记最大乘积：两个负数永远碰不到一起。",
)
def max_product_kadane(a: list[int]) -> int:
    ending = best = a[0]
    for x in a[1:]:
        ending = max(x, ending * x)
        best = max(best, ending)
    return best


@products.wrong(
    en="The least is computed from the largest that has just been overwritten.",
    zh="算最小乘积时，用的是刚刚改写过的最大乘积。",
)
def max_product_overwritten(a: list[int]) -> int:
    high = low = best = a[0]
    for x in a[1:]:
        high = max(x, high * x, low * x)
        low = min(x, high * x, low * x)
        best = max(best, high)
    return best


@products.wrong(
    en="It starts from 1, the empty product, and never returns a negative number.",
    zh="从空乘积 1 开始，永远不会返回负数。",
)
def max_product_from_one(a: list[int]) -> int:
    high = low = best = 1
    for x in a:
        options = x, high * x, low * x
        high, low = max(options), min(options)
        best = max(best, high)
    return best


@products.wrong(
    en="The product that ends at the last place, not the best of all places.",
    zh="返回了以最后一个数结尾的乘积，而不是所有位置里最大的。",
)
def max_product_last(a: list[int]) -> int:
    high = low = a[0]
    for x in a[1:]:
        options = x, high * x, low * x
        high, low = max(options), min(options)
    return high


@products.cases
def products_cases(random: Random) -> Iterator[tuple[list[int]]]:
    yield ([-2],)
    yield ([0],)
    yield ([-2, 3, -4],)
    yield ([2, 3, -2, 4],)
    yield ([-2, 0, -1],)
    yield ([-1, -1],)
    yield ([1, 1, 1],)
    for _ in range(50):
        size, reach = random.randint(1, 8), random.choice([1, 3, 9])
        yield ([random.randint(-reach, reach) for _ in range(size)],)


@products.large
def products_large(random: Random) -> Iterator[tuple[list[int]]]:
    for _ in range(2):
        values: list[int] = []
        while len(values) < 1_900:
            run = random.randint(1, 100)
            values += [*random.choices([-9, -3, -1, 1, 2, 9], k=run), 0]
        yield (values,)


@products.brute
def products_brute(a: list[int]) -> int:
    return max(prod(a[i:j]) for i, j in combinations(range(len(a) + 1), 2))


longest = Exercise(
    en=Words(
        title="How many longest increasing subsequences? (LeetCode 673)",
        statement="""\
A subsequence of `a` leaves numbers out and keeps the order. How many of its **strictly**
increasing subsequences have the greatest length? Subsequences are different if they use other
*places*, even where the numbers are equal. Return the exact number.

- `a`: $n$ integers of any sign, $0 \\le n \\le 300$. Of the empty list there is one, the
  empty subsequence.
""",
        hints=(
            "The state is the place where a subsequence ends. Which two numbers must be"
            " known there?",
            "The greatest length of one that ends here, and how many have it. A longer way"
            " replaces the count; an equally long one adds to it.",
        ),
    ),
    zh=Words(
        title="最长递增子序列的个数（LeetCode 673）",
        statement="""\
`a` 的子序列是去掉若干个数、其余次序不变得到的。在**严格**递增的子序列里，长度最大的有多少个？取的*下标*不同就算不同的子序列，哪怕值相同。返回准确的个数。

- `a`：$n$ 个整数，可正可负，$0 \\le n \\le 300$。空列表有一个，就是空子序列。
""",
        hints=(
            "状态是子序列在哪里结尾。对每个结尾，需要知道哪两个数？",
            "以这里结尾的最大长度，以及达到它的个数。更长的来了，个数重新计；一样长的，个数相加。",
        ),
    ),
    examples="""\
>>> count_longest([1, 3, 5, 4, 7])
2
>>> count_longest([2, 2, 2])
3
>>> count_longest([])
1
""",
    seconds=5,
)


@longest.solution
def count_longest(a: list[int]) -> int:
    if not a:
        return 1
    lengths: list[int] = []
    counts: list[int] = []
    for i, x in enumerate(a):
        length, count = 1, 1
        for j in range(i):
            if a[j] < x:
                if lengths[j] + 1 > length:
                    length, count = lengths[j] + 1, counts[j]
                elif lengths[j] + 1 == length:
                    count += counts[j]
        lengths.append(length)
        counts.append(count)
    most = max(lengths)
    return sum(c for size, c in zip(lengths, counts) if size == most)


@longest.wrong(
    en="A longer way does not replace the count of the shorter ones, but adds to it.",
    zh="更长的来了，没有丢掉原来的个数，而是加了上去。",
)
def count_longest_no_reset(a: list[int]) -> int:
    if not a:
        return 1
    lengths, counts = [1] * len(a), [1] * len(a)
    for i, x in enumerate(a):
        for j in range(i):
            if a[j] < x and lengths[j] + 1 >= lengths[i]:
                lengths[i] = lengths[j] + 1
                counts[i] += counts[j]
    most = max(lengths)
    return sum(c for size, c in zip(lengths, counts) if size == most)


@longest.wrong(
    en="It counts the places where a longest one ends, not the ways to get there.",
    zh="数的是最长子序列有几个结尾，而不是有几条路能到那里。",
)
def count_longest_ends(a: list[int]) -> int:
    if not a:
        return 1
    lengths: list[int] = []
    for i, x in enumerate(a):
        lengths.append(1 + max((lengths[j] for j in range(i) if a[j] < x), default=0))
    return lengths.count(max(lengths))


@longest.wrong(
    en="Equal numbers may follow each other.",
    zh="让相等的数也接在了后面。",
)
def count_longest_not_strict(a: list[int]) -> int:
    if not a:
        return 1
    lengths, counts = [1] * len(a), [1] * len(a)
    for i, x in enumerate(a):
        for j in range(i):
            if a[j] <= x:
                if lengths[j] + 1 > lengths[i]:
                    lengths[i], counts[i] = lengths[j] + 1, counts[j]
                elif lengths[j] + 1 == lengths[i]:
                    counts[i] += counts[j]
    most = max(lengths)
    return sum(c for size, c in zip(lengths, counts) if size == most)


@longest.wrong(
    en="The count of the last place that has the greatest length, not of all of them.",
    zh="只取了最后一个达到最大长度的位置，没有把所有这样的位置加起来。",
)
def count_longest_last(a: list[int]) -> int:
    if not a:
        return 1
    lengths, counts = [1] * len(a), [1] * len(a)
    for i, x in enumerate(a):
        for j in range(i):
            if a[j] < x:
                if lengths[j] + 1 > lengths[i]:
                    lengths[i], counts[i] = lengths[j] + 1, counts[j]
                elif lengths[j] + 1 == lengths[i]:
                    counts[i] += counts[j]
    return max(zip(lengths, range(len(a)), counts))[2]


@longest.wrong(
    en="The counts are floats, which are not exact beyond 2 to the power of 53.",
    zh="个数用了浮点数，超过 2 的 53 次方就不准确了。",
)
def count_longest_in_floats(a: list[int]) -> int:
    lengths: list[int] = []
    counts: list[float] = []
    for i, x in enumerate(a):
        before = [j for j in range(i) if a[j] < x]
        length = max((lengths[j] for j in before), default=0)
        count = sum((counts[j] for j in before if lengths[j] == length), 0.0)
        lengths.append(length + 1)
        counts.append(count or 1.0)
    most = max(lengths, default=0)
    return int(sum(c for n, c in zip(lengths, counts) if n == most)) if a else 1


@longest.cases
def longest_cases(random: Random) -> Iterator[tuple[list[int]]]:
    yield ([],)
    yield ([4],)
    yield ([2, 2],)
    yield ([1, 3, 5, 4, 7],)
    yield ([1, 2, 4, 3, 5, 4, 7, 2],)
    yield ([3, 1, 2],)
    yield ([-1, -2, -3],)
    yield ([-(10**20), 10**20],)
    for _ in range(40):
        size, reach = random.randint(1, 8), random.choice([2, 4, 9])
        yield ([random.randint(-reach, reach) for _ in range(size)],)


@longest.large
def longest_large(random: Random) -> Iterator[tuple[list[int]]]:
    yield ([i ^ 1 for i in range(300)],)  # 2 to the power of 150, exact in floats
    yield ([i // 3 * 3 - i % 3 for i in range(300)],)  # 3 to that of 100, and not
    yield ([random.randint(-1000, 1000) for _ in range(300)],)


@longest.brute
def longest_brute(a: list[int]) -> int:
    for size in range(len(a), -1, -1):
        found = sum(
            all(x < y for x, y in pairwise(chosen)) for chosen in combinations(a, size)
        )
        if found:
            return found
    raise AssertionError("there is always the empty one")


shares = Exercise(
    en=Words(
        title="Best Time to Buy and Sell Stock with Cooldown (LeetCode 309)",
        statement="""\
`prices[t]` is the price of a share on day `t`. You may hold at most one share. After a sale
you must not buy on the **next day**; from the day after that on you may. Return the
largest profit; doing nothing is allowed and gives 0.

- `prices`: $n$ integers, each $\\ge 0$; $0 \\le n \\le 20\\,000$.

Recursion that calls itself once a day is too deep for the last cases; use a loop.
""",
        hints=(
            "In the evening you hold a share, or you are free, or you sold it today. Which"
            " of these can tomorrow's purchase come from?",
            "`holding = max(holding, free - price)`, `sold = holding + price` with the old"
            " `holding`, and `free = max(free, sold)` with the old `sold`.",
        ),
    ),
    zh=Words(
        title="买卖股票的最佳时机含冷冻期（LeetCode 309）",
        statement="""\
`prices[t]` 是第 `t` 天的股价。手里至多有一股。卖出后的**第二天**不能买入，再往后可以。求最大利润；什么也不做也行，利润是 0。

- `prices`：$n$ 个整数，每个 $\\ge 0$，$0 \\le n \\le 20\\,000$。

每天递归一层，在最后几组数据上会超过递归深度，请用循环。
""",
        hints=(
            "到了晚上，要么持股，要么空仓，要么今天刚卖出。明天买入，可以从哪几种状态来？",
            "`holding = max(holding, free - price)`；`sold = holding + price`，用旧的 `holding`；`free = max(free, sold)`，用旧的 `sold`。",
        ),
    ),
    examples="""\
>>> max_profit([1, 2, 3, 0, 2])
3
>>> max_profit([5, 4, 3])
0
""",
    seconds=4,
    lacks={"negative": "prices are not negative"},
)


@shares.solution
def max_profit(prices: list[int]) -> int:
    if not prices:
        return 0
    holding, sold, free = -prices[0], 0, 0  # sold: today, so tomorrow is cooling
    for price in prices[1:]:
        holding, sold, free = (
            max(holding, free - price),
            holding + price,
            max(free, sold),
        )
    return max(sold, free)


@shares.wrong(
    en="No cooling: the rises add up.",
    zh="没有冷冻期：把所有上涨加了起来。",
)
def max_profit_no_cooling(prices: list[int]) -> int:
    return sum(max(0, q - p) for p, q in pairwise(prices))


@shares.wrong(
    en="The variables are updated one after the other, so that a sale of today is free"
    " today, and the cooling is lost.",
    zh="几个变量依次改写：今天卖出，今天就算空仓，冷冻期没有了。",
)
def max_profit_one_by_one(prices: list[int]) -> int:
    if not prices:
        return 0
    holding, sold, free = -prices[0], 0, 0
    for price in prices[1:]:
        holding = max(holding, free - price)
        sold = holding + price
        free = max(free, sold)
    return max(sold, free)


@shares.wrong(
    en="Two days of cooling instead of one.",
    zh="冷冻期算成了两天。",
)
def max_profit_two_days(prices: list[int]) -> int:
    free, holding = [0, 0, 0], -(10**9)
    for price in prices:
        holding = max(holding, free[-3] - price)
        free.append(max(free[-1], holding + price))
    return free[-1]


@shares.wrong(
    en="Only one purchase and one sale.",
    zh="只买卖了一次。",
)
def max_profit_once(prices: list[int]) -> int:
    best = 0
    for i, j in combinations(range(min(len(prices), 400)), 2):
        best = max(best, prices[j] - prices[i])
    return best


@shares.wrong(
    en="The last day's sale is forgotten: the answer is the cash of those who are free.",
    zh="忘了最后一天卖出的情形：只返回了空仓时的现金。",
)
def max_profit_last_sale(prices: list[int]) -> int:
    if not prices:
        return 0
    holding, sold, free = -prices[0], 0, 0
    for price in prices[1:]:
        holding, sold, free = (
            max(holding, free - price),
            holding + price,
            max(free, sold),
        )
    return free


@shares.wrong(
    en='A loss of 1000 stands for "no share yet", but a share may cost more.',
    zh="用亏损 1000 表示还没有买过，可是股价可能更高。",
)
def max_profit_small_sentinel(prices: list[int]) -> int:
    free, holding = [0, 0], -1000
    for price in prices:
        holding = max(holding, free[-2] - price)
        free.append(max(free[-1], holding + price))
    return free[-1]


@shares.wrong(
    en="At most two sales, before and after one day of cooling.",
    zh="至多卖了两次：冷冻的一天之前一次，之后一次。",
)
def max_profit_two_sales(prices: list[int]) -> int:
    def once(part: list[int]) -> list[int]:
        profits, least = [0], 10**30
        for price in part:
            least = min(least, price)
            profits.append(max(profits[-1], price - least))
        return profits

    left = once(prices)
    right = once([-price for price in prices[::-1]])  # backwards, a rise is a fall
    n = len(prices)
    return max([left[n], *(left[k] + right[n - k - 1] for k in range(n))])


@shares.cases
def shares_cases(random: Random) -> Iterator[tuple[list[int]]]:
    yield ([],)
    yield ([3],)
    yield ([1, 2],)
    yield ([2, 2, 2],)
    yield ([1, 2, 3, 0, 2],)
    yield ([1, 2, 0, 0, 2],)
    yield ([0, 3, 3, 0, 3, 3, 0, 3],)  # three sales
    yield ([10**20, 10**20 + 3],)  # no number that is meant as infinite is
    for _ in range(40):
        size, reach = random.randint(2, 8), random.choice([2, 5, 100])
        yield ([random.randint(0, reach) for _ in range(size)],)


@shares.large
def shares_large(random: Random) -> Iterator[tuple[list[int]]]:
    n = 20_000
    yield ([random.randint(0, 100) for _ in range(n)],)
    yield (list(range(n)),)


@shares.brute
def shares_brute(prices: list[int]) -> int:
    n, best = len(prices), 0
    for size in range(0, n + 1, 2):  # purchase, sale, purchase, sale
        for days in combinations(range(n), size):
            sales, purchases = days[1::2], days[2::2]
            if all(buy - sale >= 2 for sale, buy in zip(sales, purchases)):
                gains = (prices[j] - prices[i] for i, j in zip(days[::2], sales))
                best = max(best, sum(gains))
    return best
