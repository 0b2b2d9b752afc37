"""Exercises on prefix sums, differences and hash tables: LeetCode 560, 523, 1094, 49."""

from collections import Counter
from collections.abc import Iterator
from itertools import combinations, pairwise
from random import Random

from notekit.study.judge import Exercise, Words

subarrays = Exercise(
    en=Words(
        title="Subarray Sum Equals K (LeetCode 560)",
        statement="""\
How many subarrays (runs of neighbours that are not empty) of `nums` have the sum `k`? Subarrays
at different places count separately, also if they hold the same numbers.

- `nums`: $n$ integers of any sign, $0 \\le n \\le 2 \\cdot 10^4$.
- `k`: an integer.
""",
        hints=(
            "A subarray is the difference of two prefix sums. If the sum so far is `total`, which"
            " earlier one makes a subarray with sum `k` end here?",
            "Count in a table how often each prefix sum has come. What must be in it before the"
            " first number? And when does the newest one go in: before the question, or after?",
        ),
    ),
    zh=Words(
        title="和为 K 的子数组（LeetCode 560）",
        statement="""\
`nums` 有多少个子数组（非空的连续一段）的和等于 `k`？位置不同的子数组分别计数，哪怕里面的数相同。

- `nums`：$n$ 个整数，可正可负，$0 \\le n \\le 2 \\cdot 10^4$。
- `k`：整数。
""",
        hints=(
            "子数组的和是两个前缀和之差。到目前为止的前缀和是 `total`，要有一个和为 `k` 的子数组在这里结尾，前面必须出现过哪个前缀和？",
            "用一张表记录每个前缀和出现过几次。第一个数之前，表里应该先有什么？新的前缀和该在查询之前记，还是之后记？",
        ),
    ),
    examples="""\
>>> subarray_sum([1, 1, 1], 2)
2
>>> subarray_sum([1, -1, 0], 0)
3
""",
    seconds=4,
)


@subarrays.solution
def subarray_sum(nums: list[int], k: int) -> int:
    seen = {0: 1}
    total = count = 0
    for x in nums:
        total += x
        count += seen.get(total - k, 0)
        seen[total] = seen.get(total, 0) + 1
    return count


@subarrays.wrong(
    en="The table starts empty: subarrays that begin at the first number are missed.",
    zh="表的初始状态是空的：从第一个数开始的子数组都漏掉了。",
)
def subarray_sum_no_zero(nums: list[int], k: int) -> int:
    seen: Counter[int] = Counter()
    total = count = 0
    for x in nums:
        total += x
        count += seen[total - k]
        seen[total] += 1
    return count


@subarrays.wrong(
    en="Inserts before it counts: with k = 0 each empty range is counted too.",
    zh="先记后查：k 为 0 时，把空区间也数进去了。",
)
def subarray_sum_early(nums: list[int], k: int) -> int:
    seen = Counter([0])
    total = count = 0
    for x in nums:
        total += x
        seen[total] += 1
        count += seen[total - k]
    return count


@subarrays.wrong(
    en="A window: with negative numbers, or with 0, it lets go too early or too late.",
    zh="用了滑动窗口：有负数或 0 时，放走得太早或太晚。",
)
def subarray_sum_window(nums: list[int], k: int) -> int:
    left = total = count = 0
    for right, x in enumerate(nums):
        total += x
        while total > k and left <= right:
            total -= nums[left]
            left += 1
        count += total == k and left <= right
    return count


@subarrays.wrong(
    en="Remembers which prefix sums came, not how often.",
    zh="只记了前缀和出现过没有，没有记出现过几次。",
)
def subarray_sum_set(nums: list[int], k: int) -> int:
    seen = {0}
    total = count = 0
    for x in nums:
        total += x
        count += total - k in seen
        seen.add(total)
    return count


@subarrays.wrong(
    en="Looks for k − total instead of total − k.",
    zh="查的是 k − total，而不是 total − k。",
)
def subarray_sum_turned(nums: list[int], k: int) -> int:
    seen = Counter([0])
    total = count = 0
    for x in nums:
        total += x
        count += seen[k - total]
        seen[total] += 1
    return count


@subarrays.cases
def subarrays_cases(random: Random) -> Iterator[tuple[list[int], int]]:
    yield [], 0
    yield [5], 5
    yield [5], 0
    yield [1, 1, 1], 2
    yield [1, 2], 0
    yield [1, 2, 3], 3
    yield [1, -1, 0], 0
    yield [2, -1, 1], 1
    yield [0, 0, 0], 0
    yield [-1, -1, 1], -1
    yield [10**18, -(10**18), 1], 1
    yield [10**18, 1, -1], 10**18
    for _ in range(40):
        n = random.randint(1, 8)
        yield [random.randint(-3, 3) for _ in range(n)], random.randint(-4, 4)


@subarrays.large
def subarrays_large(random: Random) -> Iterator[tuple[list[int], int]]:
    yield [random.randint(-1000, 1000) for _ in range(20_000)], 0
    yield [1, -1] * 10_000, 0


@subarrays.brute
def subarrays_brute(nums: list[int], k: int) -> int:
    ends = combinations(range(len(nums) + 1), 2)
    return sum(sum(nums[left:right]) == k for left, right in ends)


multiples = Exercise(
    en=Words(
        title="Continuous Subarray Sum (LeetCode 523)",
        statement="""\
Has `nums` a subarray of **at least two** neighbours whose sum is a multiple of `k`? Return
`True` or `False`. 0 is a multiple of every `k`.

- `nums`: $n$ integers of any sign, $0 \\le n \\le 2 \\cdot 10^4$.
- `k`: an integer, $k \\ge 1$.
""",
        hints=(
            "Two prefix sums with the same remainder enclose a multiple of `k`. How far apart"
            " must they be?",
            "Keep the first place of each remainder, and that of the empty prefix. A remainder"
            " that comes again must not overwrite it.",
        ),
    ),
    zh=Words(
        title="连续的子数组和（LeetCode 523）",
        statement="""\
`nums` 是否有一个**至少含两个数**的子数组（连续的一段），它的和是 `k` 的倍数？返回 `True` 或 `False`。0 是任何 `k` 的倍数。

- `nums`：$n$ 个整数，可正可负，$0 \\le n \\le 2 \\cdot 10^4$。
- `k`：整数，$k \\ge 1$。
""",
        hints=(
            "两个前缀和除以 `k` 的余数相同，它们之间那一段的和就是 `k` 的倍数。这两个前缀至少要隔多远？",
            "记下每个余数第一次出现的位置，空前缀的位置也要记。余数再次出现时，不能覆盖原来的位置。",
        ),
    ),
    examples="""\
>>> has_multiple([23, 2, 4, 6, 7], 6)
True
>>> has_multiple([1, 0], 2)
False
""",
    seconds=4,
)


@multiples.solution
def has_multiple(nums: list[int], k: int) -> bool:
    first, total = {0: 0}, 0
    for end, x in enumerate(nums, start=1):
        total += x
        if end - first.setdefault(total % k, end) >= 2:
            return True
    return False


@multiples.wrong(
    en="Does not look at the length: a single multiple of k is enough for it.",
    zh="没有看长度：单独一个 k 的倍数也算了。",
)
def has_multiple_single(nums: list[int], k: int) -> bool:
    seen, total = {0}, 0
    for x in nums:
        total += x
        if total % k in seen:
            return True
        seen.add(total % k)
    return False


@multiples.wrong(
    en="Overwrites the first place: a 0, which leaves the remainder as it is, moves the start.",
    zh="后来的位置覆盖了最早的位置：0 不改变余数，却让起点往后移了。",
)
def has_multiple_last(nums: list[int], k: int) -> bool:
    last, total = {0: 0}, 0
    for end, x in enumerate(nums, start=1):
        total += x
        if end - last.get(total % k, end) >= 2:
            return True
        last[total % k] = end
    return False


@multiples.wrong(
    en="The empty prefix is missing: a subarray that begins at the first number is not seen.",
    zh="没有空前缀：从第一个数开始的子数组看不到。",
)
def has_multiple_no_zero(nums: list[int], k: int) -> bool:
    first: dict[int, int] = {}
    total = 0
    for end, x in enumerate(nums, start=1):
        total += x
        if end - first.setdefault(total % k, end) >= 2:
            return True
    return False


@multiples.wrong(
    en="Looks at pairs of neighbours only.",
    zh="只看了相邻的两个数。",
)
def has_multiple_pairs(nums: list[int], k: int) -> bool:
    return any((x + y) % k == 0 for x, y in pairwise(nums))


@multiples.wrong(
    en="Takes remainders as C does: those of negative sums are negative, and miss each other.",
    zh="像 C 那样取余：负数的余数是负的，与正的余数对不上。",
)
def has_multiple_c(nums: list[int], k: int) -> bool:
    first, total = {0: 0}, 0
    for end, x in enumerate(nums, start=1):
        total += x
        remainder = abs(total) % k * (1 if total >= 0 else -1)
        if end - first.setdefault(remainder, end) >= 2:
            return True
    return False


@multiples.cases
def multiples_cases(random: Random) -> Iterator[tuple[list[int], int]]:
    yield [], 1
    yield [6], 6
    yield [0], 1
    yield [0, 0], 5
    yield [1, 0], 2
    yield [5, 0, 0], 3
    yield [1, 2], 1
    yield [1, 0, 1], 2  # longer than k
    yield [1, 0, 2, 4], 7
    yield [2, 4, 3], 6
    yield [23, 2, 4, 6, 7], 6
    yield [23, 2, 6, 4, 7], 13
    yield [1, 5, 3], 9
    yield [2, -5, 1], 4
    yield [-1, 3, -2, 5], 5
    yield [7, 7], 10**18
    yield [10**18, 1, 10**18 - 1], 10**18
    yield [2**53, 1, 10**18 - 2**53], 10**18  # a float does not see the 1
    for _ in range(40):
        n = random.randint(1, 7)
        yield [random.randint(-9, 9) for _ in range(n)], random.randint(2, 30)


@multiples.large
def multiples_large(random: Random) -> Iterator[tuple[list[int], int]]:
    yield [1] * 20_000, 10**9
    yield [1] * 20_000, 20_000  # only all of them
    yield [random.randint(0, 1000) for _ in range(20_000)], 10**15


@multiples.brute
def multiples_brute(nums: list[int], k: int) -> bool:
    ends = combinations(range(len(nums) + 1), 2)
    sums = [sum(nums[left:right]) for left, right in ends if right - left > 1]
    return any(total // k * k == total for total in sums)


trips = Exercise(
    en=Words(
        title="Car Pooling (LeetCode 1094)",
        statement="""\
A car drives from place 0 to the right. Each trip `[people, start, end]` brings so many people
from `start` to `end`. At a place, those who arrive get off before others get on. Are there never
more than `capacity` people in the car? Return `True` or `False`.

- `trips`: at most $10^4$ lists of three integers, in any order; `people` $\\ge 0$ and
  $0 \\le$ `start` $<$ `end` $\\le 1000$.
- `capacity`: an integer $\\ge 0$.
""",
        hints=(
            "A trip changes the number of people at two places only: by `people` at `start`, and"
            " back at `end`.",
            "Add all changes into one list by place, then add up the list from the left: the sums"
            " are the numbers of people in the car.",
        ),
    ),
    zh=Words(
        title="拼车（LeetCode 1094）",
        statement="""\
一辆车从位置 0 出发，一直向右开。每个行程 `[people, start, end]` 表示有 `people` 人从 `start` 上车，到 `end` 下车。在同一个位置，先下后上。车上的人数是否始终不超过 `capacity`？返回 `True` 或 `False`。

- `trips`：至多 $10^4$ 个行程，次序任意，每个是三个整数；`people` $\\ge 0$，$0 \\le$ `start` $<$ `end` $\\le 1000$。
- `capacity`：整数，$\\ge 0$。
""",
        hints=(
            "一个行程只在两个位置改变车上的人数：在 `start` 增加 `people`，在 `end` 减回去。",
            "把所有的变化按位置加到一张表里，再从左到右求前缀和，得到的就是车上的人数。",
        ),
    ),
    examples="""\
>>> car_pooling([[2, 1, 5], [3, 3, 7]], 4)
False
>>> car_pooling([[3, 2, 7], [3, 7, 9]], 3)
True
""",
    seconds=4,
    lacks={"negative": "no number of people, and no place, is negative"},
)


@trips.solution
def car_pooling(trips: list[list[int]], capacity: int) -> bool:
    change = [0] * 1001
    for people, start, end in trips:
        change[start] += people
        change[end] -= people
    inside = 0
    for x in change:
        inside += x
        if inside > capacity:
            return False
    return True


@trips.wrong(
    en="Lets people off one place too late: the right end counts as inside.",
    zh="晚一个位置才下车：把右端点也算在区间里了。",
)
def car_pooling_closed(trips: list[list[int]], capacity: int) -> bool:
    change = [0] * 1002
    for people, start, end in trips:
        change[start] += people
        change[end + 1] -= people
    inside = 0
    for x in change:
        inside += x
        if inside > capacity:
            return False
    return True


@trips.wrong(
    en="Forgets to add up the changes: each place is looked at by itself.",
    zh="忘了求前缀和：每个位置只看了当时的变化。",
)
def car_pooling_no_sums(trips: list[list[int]], capacity: int) -> bool:
    change = [0] * 1001
    for people, start, end in trips:
        change[start] += people
        change[end] -= people
    return max(change) <= capacity


@trips.wrong(
    en="Counts all people, as if nobody ever got off.",
    zh="把所有人加在一起，好像没有人下车。",
)
def car_pooling_all(trips: list[list[int]], capacity: int) -> bool:
    return sum(people for people, _, _ in trips) <= capacity


@trips.wrong(
    en="Lets people on in the order of the list, not in the order of the places.",
    zh="按列表的次序上车，而不是按位置的次序。",
)
def car_pooling_as_given(trips: list[list[int]], capacity: int) -> bool:
    inside: list[tuple[int, int]] = []
    for people, start, end in trips:
        inside = [(leave, n) for leave, n in inside if leave > start]
        inside.append((end, people))
        if sum(n for _, n in inside) > capacity:
            return False
    return True


@trips.wrong(
    en="Sorts the changes by place only: where people change, they may get on first.",
    zh="变化只按位置排序：同一个位置可能先上后下。",
)
def car_pooling_on_first(trips: list[list[int]], capacity: int) -> bool:
    changes = [(start, people) for people, start, _ in trips]
    changes += [(end, -people) for people, _, end in trips]
    inside = 0
    for _, x in sorted(changes, key=lambda change: change[0]):
        inside += x
        if inside > capacity:
            return False
    return True


@trips.wrong(
    en="Takes the trips in the order of their ends: those of before may be gone too early.",
    zh="按下车的先后处理行程：有的人被过早地算作下车了。",
)
def car_pooling_by_end(trips: list[list[int]], capacity: int) -> bool:
    inside: list[tuple[int, int]] = []
    for people, start, end in sorted(trips, key=lambda trip: trip[2]):
        inside = [(leave, n) for leave, n in inside if leave > start]
        inside.append((end, people))
        if sum(n for _, n in inside) > capacity:
            return False
    return True


@trips.wrong(
    en="Looks at a trip that comes twice only once.",
    zh="相同的行程只算了一次。",
)
def car_pooling_once(trips: list[list[int]], capacity: int) -> bool:
    change = [0] * 1001
    for people, start, end in {tuple(trip) for trip in trips}:
        change[start] += people
        change[end] -= people
    inside = 0
    for x in change:
        inside += x
        if inside > capacity:
            return False
    return True


@trips.cases
def trips_cases(random: Random) -> Iterator[tuple[list[list[int]], int]]:
    yield [], 0
    yield [[1, 0, 1]], 0
    yield [[1, 0, 1]], 1
    yield [[5, 0, 1000]], 4
    yield [[5, 999, 1000]], 5
    yield [[5, 999, 1000]], 4
    yield [[2, 980, 1000], [1, 500, 990]], 2
    yield [[2, 1, 3], [2, 1, 3]], 3  # two trips that are equal are two
    yield [[5, 0, 2], [1, 3, 4], [1, 0, 5]], 5
    yield [[2, 1, 5], [3, 3, 7]], 4
    yield [[2, 1, 5], [3, 3, 7]], 5
    yield [[3, 2, 7], [3, 7, 9]], 3
    yield [[3, 7, 9], [3, 2, 7]], 3
    yield [[2, 0, 4], [2, 3, 6], [2, 3, 4]], 5
    yield [[9, 3, 4], [1, 0, 9]], 9
    yield [[3, 5, 9], [2, 1, 3], [2, 2, 8]], 4
    yield [[0, 0, 3], [0, 1, 2]], 0
    yield [[10**18, 0, 5], [1, 4, 6]], 10**18
    for _ in range(40):
        found = []
        for _ in range(random.randint(1, 6)):
            start = random.randint(0, 8)
            found.append([random.randint(1, 4), start, random.randint(start + 1, 10)])
        yield found, random.randint(2, 9)


@trips.large
def trips_large(random: Random) -> Iterator[tuple[list[list[int]], int]]:
    yield [[1, i, i + 1] for i in range(999, -1, -1)], 1
    yield [[1, i, i + 1] for i in range(999, -1, -1)] + [[1, 700, 701]], 1
    yield [[1, random.randint(0, 499), 1000] for _ in range(10_000)], 10_000


@trips.brute
def trips_brute(trips: list[list[int]], capacity: int) -> bool:
    places = {start for _, start, _ in trips}  # the car is fullest where some get on
    loads = [sum(n for n, a, b in trips if a <= place < b) for place in places]
    return max(loads, default=0) <= capacity


anagrams = Exercise(
    en=Words(
        title="Group Anagrams (LeetCode 49)",
        statement="""\
Put those words together that are made of the same characters, each as often. Return a list of
groups: inside a group the words keep the order of `words`, repeats included, and the groups
stand in the order of their first words.

- `words`: at most $10^4$ strings of any characters; strings may be empty, and equal.
""",
        hints=(
            "Which key do all anagrams of a word share, and no other word? A table from keys to"
            " groups then needs one pass.",
            "A key must be hashable: `sorted(word)` is a list. A dict keeps the order in which"
            " its keys came.",
        ),
    ),
    zh=Words(
        title="字母异位词分组（LeetCode 49）",
        statement="""\
由相同字符组成、每个字符出现次数也相同的词放在一组。返回各组组成的列表：组内保持 `words` 里的先后次序，重复的词也保留；各组按第一个词出现的先后排列。

- `words`：至多 $10^4$ 个字符串，字符不限，可以是空串，也可以相同。
""",
        hints=(
            "一个词的所有异位词共有、别的词没有的“键”是什么？有了它，用一张从键到组的表，一趟就够。",
            "键必须可哈希，而 `sorted(word)` 是列表。字典会保持键插入的先后次序。",
        ),
    ),
    examples="""\
>>> group_anagrams(["eat", "tea", "tan", "ate", "nat", "bat"])
[['eat', 'tea', 'ate'], ['tan', 'nat'], ['bat']]
>>> group_anagrams([])
[]
""",
    seconds=4,
    lacks={"negative": "there are no numbers", "large": "there are no numbers"},
)


@anagrams.solution
def group_anagrams(words: list[str]) -> list[list[str]]:
    groups: dict[str, list[str]] = {}
    for word in words:
        groups.setdefault("".join(sorted(word)), []).append(word)
    return list(groups.values())


@anagrams.wrong(
    en="Sets of characters as keys: how often each comes is lost.",
    zh="用字符的集合作键：每个字符出现几次丢掉了。",
)
def group_anagrams_sets(words: list[str]) -> list[list[str]]:
    groups: dict[frozenset[str], list[str]] = {}
    for word in words:
        groups.setdefault(frozenset(word), []).append(word)
    return list(groups.values())


@anagrams.wrong(
    en="A list as a key: it is not hashable.",
    zh="用列表作键：列表不可哈希。",
)
def group_anagrams_list(words: list[str]) -> list[list[str]]:
    groups: dict = {}
    for word in words:
        groups.setdefault(sorted(word), []).append(word)
    return list(groups.values())


@anagrams.wrong(
    en="The sum of the codes as a key: other words have it too.",
    zh="用字符编码之和作键：别的词也可能有同样的和。",
)
def group_anagrams_codes(words: list[str]) -> list[list[str]]:
    groups: dict[int, list[str]] = {}
    for word in words:
        groups.setdefault(sum(map(ord, word)), []).append(word)
    return list(groups.values())


@anagrams.wrong(
    en="Groups neighbours only: words with one key may stand apart in the list.",
    zh="只合并相邻的词：键相同的词在列表里不一定相邻。",
)
def group_anagrams_neighbours(words: list[str]) -> list[list[str]]:
    groups: list[list[str]] = []
    for word in words:
        if groups and sorted(groups[-1][0]) == sorted(word):
            groups[-1].append(word)
        else:
            groups.append([word])
    return groups


@anagrams.wrong(
    en="Counts the 26 small letters only: other characters end it, or are mixed up.",
    zh="只统计 26 个小写字母：遇到别的字符会出错或混淆。",
)
def group_anagrams_letters(words: list[str]) -> list[list[str]]:
    groups: dict[tuple[int, ...], list[str]] = {}
    for word in words:
        counts = [0] * 26
        for c in word:
            counts[(ord(c) - ord("a")) % 26] += 1
        groups.setdefault(tuple(counts), []).append(word)
    return list(groups.values())


@anagrams.wrong(
    en="Counts written side by side: 1 and 11 look like 11 and 1.",
    zh="把各个次数直接连写：1 和 11 与 11 和 1 分不开。",
)
def group_anagrams_digits(words: list[str]) -> list[list[str]]:
    letters = sorted(set("".join(words)))
    groups: dict[str, list[str]] = {}
    for word in words:
        counts = Counter(word)
        groups.setdefault("".join(str(counts[c]) for c in letters), []).append(word)
    return list(groups.values())


@anagrams.wrong(
    en="Takes off spaces, which are characters like all others.",
    zh="去掉了空格，而空格也是字符。",
)
def group_anagrams_stripped(words: list[str]) -> list[list[str]]:
    groups: dict[str, list[str]] = {}
    for word in words:
        groups.setdefault("".join(sorted(word.strip())), []).append(word)
    return list(groups.values())


@anagrams.cases
def anagrams_cases(random: Random) -> Iterator[tuple[list[str]]]:
    yield ([],)
    yield ([""],)
    yield (["", "", "a"],)
    yield (["eat", "tea", "tan", "ate", "nat", "bat"],)
    yield (["aab", "abb", "aba"],)
    yield (["bb", "ac"],)
    yield (["ab", "c", "ab", "ba"],)
    yield (["Ab", "ab", "ba"],)
    yield (["a{", "aa", "{a"],)
    yield (["语言", "言语", "语"],)
    yield (["adf", "bce"],)  # the codes have the same sum
    yield (["PZ", "Hd"],)  # the codes have the same product
    yield (["bln", "cip"],)  # and here the same sum as well
    yield (["aA", "Aa", "aa"],)
    yield ([" a", "a", "a "],)
    yield (["a", "\u0161"],)  # the codes have the same last byte
    # Counts written side by side, without a mark between them
    yield (["abbbbbbbbbbb", "aaaaaaaaaaab"],)
    yield (["1a", "a" * 111],)
    yield (["12", "1" * 121],)
    for _ in range(30):
        words = []
        for _ in range(random.randint(1, 8)):
            words.append("".join(random.choices("abc", k=random.randint(0, 3))))
        yield (words,)


@anagrams.large
def anagrams_large(random: Random) -> Iterator[tuple[list[str]]]:
    letters = "abcdefghij"  # few groups, then almost as many as words
    yield (["".join(random.sample(letters, 6)) for _ in range(10_000)],)
    yield (["".join(random.choices(letters, k=20)) for _ in range(10_000)],)


@anagrams.brute
def anagrams_brute(words: list[str]) -> list[list[str]]:
    groups: list[list[str]] = []
    for word in words:
        home = [group for group in groups if _match(group[0], word)]
        if home:
            home[0].append(word)
        else:
            groups.append([word])
    return groups


def _match(word: str, other: str) -> bool:
    """Each character of the one crosses out one of the other, and none is left."""
    left = list(other)
    for c in word:
        if c not in left:
            return False
        left.remove(c)
    return not left
