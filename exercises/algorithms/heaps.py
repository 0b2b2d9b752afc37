"""Exercises on heaps: frequent numbers, tasks that must rest, projects to pay for."""

import heapq
from collections import Counter, deque
from collections.abc import Iterator
from itertools import permutations
from random import Random

from notekit.study.judge import Exercise, Words

frequent = Exercise(
    en=Words(
        title="The k most frequent numbers (LeetCode 347)",
        statement="""\
Return the `k` numbers that occur most often in `nums`: the most frequent first and, of two that
occur equally often, the smaller one first. If there are fewer than `k` different
numbers, return all of them.

- `nums`: up to 20,000 integers of any sign.
- `k`: an integer, $k \\ge 0$.

In the second example both numbers occur twice, and $-1$ is the smaller one.
""",
        hints=(
            "Count first. Then the question is a top-k: which pair stands for a number,"
            " so that the better of two pairs is the larger one?",
            "Pairs `(count, -number)`. A min-heap of at most `k` of them has the worst"
            " one in front, and that one goes if a better one comes.",
        ),
    ),
    zh=Words(
        title="前 K 个高频元素（LeetCode 347）",
        statement="""\
返回 `nums` 里出现次数最多的 `k` 个数：次数多的在前，次数相同时较小的数在前。不同的数不足 `k` 个时，全部返回。

- `nums`：至多 20,000 个整数，可正可负。
- `k`：整数，$k \\ge 0$。

第二个例子里两个数都出现两次，较小的是 $-1$。
""",
        hints=(
            "先计数，剩下的就是 Top-K。每个数用怎样的二元组表示，才能让更好的二元组恰好更大？",
            "用 `(count, -number)`。小顶堆里最多留 `k` 个二元组，堆顶是其中最差的一个，来了更好的就把它换掉。",
        ),
    ),
    examples="""\
>>> k_most_frequent([1, 1, 1, 2, 2, 3], 2)
[1, 2]
>>> k_most_frequent([4, -1, 4, -1], 1)
[-1]
>>> k_most_frequent([], 3)
[]
""",
    seconds=4,
)


@frequent.solution
def k_most_frequent(nums: list[int], k: int) -> list[int]:
    best: list[tuple[int, int]] = []  # the worst of the k best is in front
    for number, count in Counter(nums).items():
        heapq.heappush(best, (count, -number))
        if len(best) > k:
            heapq.heappop(best)
    return [-minus for _, minus in sorted(best, reverse=True)]


@frequent.wrong(
    en="A heap of the numbers alone: it finds the largest, not the most frequent.",
    zh="堆里只放数本身：找到的是最大的数，而不是出现最多的数。",
)
def k_most_frequent_numbers(nums: list[int], k: int) -> list[int]:
    best: list[int] = []
    for number in set(nums):
        heapq.heappush(best, number)
        if len(best) > k:
            heapq.heappop(best)
    return sorted(best, reverse=True)


@frequent.wrong(
    en="A max-heap of size k: what it drops is the best, and the worst remain.",
    zh="用了大小为 k 的大顶堆：弹出的是最好的，留下的是最差的。",
)
def k_most_frequent_max_heap(nums: list[int], k: int) -> list[int]:
    kept: list[tuple[int, int]] = []
    for number, count in Counter(nums).items():
        heapq.heappush(kept, (-count, number))
        if len(kept) > k:
            heapq.heappop(kept)
    return [number for _, number in sorted(kept)]


@frequent.wrong(
    en="One bucket for each count, but n buckets are numbered to n - 1: n equal numbers do not fit.",
    zh="按次数分桶，却只开了 n 个桶，编号到 n - 1 为止：n 个数全相等时越界。",
)
def k_most_frequent_buckets(nums: list[int], k: int) -> list[int]:
    buckets: list[list[int]] = [[] for _ in nums]
    for number, count in Counter(nums).items():
        buckets[count].append(number)
    found = [number for bucket in reversed(buckets) for number in sorted(bucket)]
    return found[:k]


@frequent.wrong(
    en="Pairs (count, number): of equally frequent numbers the larger one is kept.",
    zh="二元组写成 (count, number)：次数相同时留下的是较大的数。",
)
def k_most_frequent_ties(nums: list[int], k: int) -> list[int]:
    pairs = [(count, number) for number, count in Counter(nums).items()]
    return [number for _, number in heapq.nlargest(k, pairs)]


@frequent.cases
def frequent_cases(random: Random) -> Iterator[tuple[list[int], int]]:
    yield [], 0
    yield [], 3
    yield [7], 0
    yield [7], 1
    yield [5, 5], 1
    yield [1, 1, 2], 1
    yield [4, -1, 4, -1], 1
    yield [1, 1, 1, 2, 2, 3], 2
    for _ in range(40):
        n, reach = random.randint(1, 12), random.choice([1, 3, 9])
        nums = [random.randint(-reach, reach) for _ in range(n)]
        yield nums, random.randint(0, 5)


@frequent.large
def frequent_large(random: Random) -> Iterator[tuple[list[int], int]]:
    yield [random.randint(-6000, 6000) for _ in range(20_000)], 500
    yield [random.randint(-3, 3) ** 5 for _ in range(2000)], 4


@frequent.brute
def frequent_brute(nums: list[int], k: int) -> list[int]:
    found: list[int] = []
    while len(found) < k:
        left = [x for x in nums if x not in found]
        if not left:
            break
        most = max(left.count(x) for x in left)
        found.append(min(x for x in left if left.count(x) == most))
    return found


tasks = Exercise(
    en=Words(
        title="Tasks that must rest (LeetCode 621)",
        statement="""\
A machine does one task in one unit of time, or idles. Tasks are named by capital letters. Between two tasks of the same name
at least `rest` units must pass. In which least time can all tasks be done, in an order of your choice?

- `names`: up to 10,000 names of tasks, with repetitions.
- `rest`: an integer from 0 to 1000.

In the first example `A B _ A B _ A B` takes 8 units, two of them idle (`_`).
""",
        hints=(
            "Which task should run now, if several may? The one of which most are left:"
            " it is the one that will have to wait most.",
            "A max-heap of how many are left holds the names that may run; a queue holds"
            " those that rest, with the time at which each returns to the heap.",
        ),
    ),
    zh=Words(
        title="任务调度器（LeetCode 621）",
        statement="""\
机器每个单位时间执行一个任务，或者空闲。任务用大写字母命名，两个同名的任务之间至少要间隔 `rest` 个单位时间。执行次序可以任意安排，完成全部任务最少要多少时间？

- `names`：任务的名字，至多 10,000 个，可以重复。
- `rest`：0 到 1000 的整数。

第一个例子可以排成 `A B _ A B _ A B`，共 8 个单位时间，其中两个空闲（`_`）。
""",
        hints=(
            "几个任务都可以执行时，该选哪一个？选剩余次数最多的：它以后要等的时间最长。",
            "用大顶堆存可以执行的任务的剩余次数；用队列存正在冷却的任务，以及它们各自回到堆里的时刻。",
        ),
    ),
    examples="""\
>>> least_time(["A", "A", "A", "B", "B", "B"], 2)
8
>>> least_time(["A", "B", "C", "A"], 2)
4
>>> least_time([], 5)
0
""",
    seconds=4,
    lacks={"negative": "neither names nor times are negative"},
)


@tasks.solution
def least_time(names: list[str], rest: int) -> int:
    ready = [-count for count in Counter(names).values()]  # negated: a max-heap
    heapq.heapify(ready)
    resting: deque[tuple[int, int]] = deque()  # when it returns, how many are left
    time = 0
    while ready or resting:
        if not ready:
            time = resting[0][0]  # idle until then
        if resting and resting[0][0] <= time:
            heapq.heappush(ready, resting.popleft()[1])
        left = heapq.heappop(ready) + 1
        if left:
            resting.append((time + rest + 1, left))
        time += 1
    return time


@tasks.wrong(
    en="The formula for the most frequent task alone: with many kinds there is no idle time.",
    zh="只用最高频任务的公式：任务种类多时根本没有空闲，公式的结果比任务数还少。",
)
def least_time_formula(names: list[str], rest: int) -> int:
    if not names:
        return 0
    counts = list(Counter(names).values())
    most = max(counts)
    return (most - 1) * (rest + 1) + counts.count(most)


@tasks.wrong(
    en="The last round has room for one task only: others may be as frequent.",
    zh="最后一轮只算了一个任务，没有考虑频率同样最高的任务可能不止一个。",
)
def least_time_one_last(names: list[str], rest: int) -> int:
    if not names:
        return 0
    most = max(Counter(names).values())
    return max(len(names), (most - 1) * (rest + 1) + 1)


@tasks.wrong(
    en="Takes the first task that may run, instead of the one of which most are left.",
    zh="选第一个可以执行的任务，而不是剩余次数最多的任务。",
)
def least_time_first(names: list[str], rest: int) -> int:
    left, free, time = Counter(sorted(names)), dict.fromkeys(names, 0), 0
    while left:
        for name in left:
            if free[name] <= time:
                free[name] = time + rest + 1
                left[name] -= 1
                if not left[name]:
                    del left[name]
                break
        time += 1
    return time


@tasks.wrong(
    en="A queue in place of the heap: each name in turn, however many of it are left.",
    zh="用普通队列代替堆：各种任务轮流执行，不管各剩多少次。",
)
def least_time_in_turn(names: list[str], rest: int) -> int:
    ready = deque(sorted(Counter(names).values(), reverse=True))
    resting: deque[tuple[int, int]] = deque()
    time = 0
    while ready or resting:
        if resting and resting[0][0] <= time:
            ready.append(resting.popleft()[1])
        if ready:
            left = ready.popleft() - 1
            if left:
                resting.append((time + rest + 1, left))
        time += 1
    return time


@tasks.wrong(
    en="Rounds of rest + 1 units, and the last one is paid in full.",
    zh="按每轮 rest + 1 个单位时间计算，最后一轮也按整轮算。",
)
def least_time_full_rounds(names: list[str], rest: int) -> int:
    ready, time = [-count for count in Counter(names).values()], 0
    heapq.heapify(ready)
    while ready:
        taken = [heapq.heappop(ready) for _ in range(min(rest + 1, len(ready)))]
        for count in taken:
            if count + 1:
                heapq.heappush(ready, count + 1)
        time += rest + 1
    return time


@tasks.cases
def tasks_cases(random: Random) -> Iterator[tuple[list[str], int]]:
    yield [], 0
    yield [], 5
    yield ["A"], 0
    yield ["A"], 3
    yield ["A", "A"], 0
    yield ["A", "A"], 1
    yield ["A", "B", "B"], 1
    yield list("AAABBB"), 2
    yield list("ABCA"), 2
    yield list("AABBCC"), 1
    yield list("AAABCD"), 2
    for _ in range(40):
        n, kinds = random.randint(1, 7), random.randint(1, 4)
        yield [random.choice("ABCD"[:kinds]) for _ in range(n)], random.randint(0, 3)


@tasks.large
def tasks_large(random: Random) -> Iterator[tuple[list[str], int]]:
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    yield [random.choice(alphabet) for _ in range(10_000)], 30
    yield random.choices("ABC", weights=[5, 1, 1], k=3000), 2
    yield ["A"] * 2000, 100
    yield list("AABAC"), 1000


@tasks.brute
def tasks_brute(names: list[str], rest: int) -> int:
    """All orders of the names, each task as soon as it may run."""
    times = []
    for order in set(permutations(names)):
        free: dict[str, int] = {}
        time = 0
        for name in order:
            time = max(time, free.get(name, 0)) + 1
            free[name] = time + rest
        times.append(time)
    return min(times)


projects = Exercise(
    en=Words(
        title="Projects to pay for (LeetCode 502, IPO)",
        statement="""\
You own `money` and may carry out at most `k` different projects, one after the other. Project $i$ can be
started only by who owns at least `needs[i]`; nothing of it is spent, and at the end you own `gains[i]` more.
How much can you own in the end?

- `k`: an integer from 0 to 10,000; `money`: an integer $\\ge 0$.
- `gains`: up to 10,000 integers. A gain may be negative; nobody has to carry out a project.
- `needs`: as many integers $\\ge 0$.
""",
        hints=(
            "Of the projects that you can start now, which one is best? Does it ever"
            " harm to take it first?",
            "Two orders, so two structures: projects sorted by need, of which those that"
            " have come within reach move to a max-heap of gains.",
        ),
    ),
    zh=Words(
        title="项目投资（LeetCode 502“IPO”）",
        statement="""\
你有资金 `money`，最多可以先后完成 `k` 个不同的项目。资金不少于 `needs[i]` 才能启动项目 $i$；启动资金不会花掉，做完以后资金增加 `gains[i]`。最后资金最多是多少？

- `k`：0 到 10,000 的整数；`money`：整数，$\\ge 0$。
- `gains`：至多 10,000 个整数。收益可能为负；任何项目都可以不做。
- `needs`：个数相同的整数，每个 $\\ge 0$。
""",
        hints=(
            "现在能启动的项目里，哪个最好？先做它会不会有坏处？",
            "有两种次序，就用两个结构：项目按启动资金排序，资金够了的依次放进按收益排的大顶堆。",
        ),
    ),
    examples="""\
>>> most_money(2, 0, [1, 2, 3], [0, 1, 1])
4
>>> most_money(1, 5, [-2], [0])
5
>>> most_money(3, 0, [5], [1])
0
""",
    seconds=4,
)


@projects.solution
def most_money(k: int, money: int, gains: list[int], needs: list[int]) -> int:
    waiting = sorted(zip(needs, gains))
    reach: list[int] = []  # negated gains: a max-heap
    at = 0
    for _ in range(k):
        while at < len(waiting) and waiting[at][0] <= money:
            heapq.heappush(reach, -waiting[at][1])
            at += 1
        if not reach or reach[0] >= 0:
            break
        money -= heapq.heappop(reach)
    return money


@projects.wrong(
    en="Cheapest first: the k projects may be used up by small gains.",
    zh="总是先做门槛最低的项目：k 次机会被小收益用光了。",
)
def most_money_cheapest(k: int, money: int, gains: list[int], needs: list[int]) -> int:
    done = 0
    for need, gain in sorted(zip(needs, gains)):
        if done < k and need <= money and gain > 0:
            money += gain
            done += 1
    return money


@projects.wrong(
    en="The heap is filled once, with what is within reach at the start.",
    zh="堆只在开头装了一次：后来资金够了的项目再也没有机会。",
)
def most_money_once(k: int, money: int, gains: list[int], needs: list[int]) -> int:
    reach = [-gain for gain, need in zip(gains, needs) if need <= money and gain > 0]
    heapq.heapify(reach)
    for _ in range(min(k, len(reach))):
        money -= heapq.heappop(reach)
    return money


@projects.wrong(
    en="One pass from the largest gain down: what was out of reach then is lost for ever.",
    zh="按收益从大到小只扫一遍：当时资金不够的项目，后来够了也不再看。",
)
def most_money_one_pass(k: int, money: int, gains: list[int], needs: list[int]) -> int:
    for gain, need in sorted(zip(gains, needs), reverse=True):
        if k > 0 and need <= money and gain > 0:
            money += gain
            k -= 1
    return money


@projects.wrong(
    en="Carries out k projects at any price: also those that lose money.",
    zh="一定要做满 k 个项目：亏钱的也做了。",
)
def most_money_at_any_price(
    k: int, money: int, gains: list[int], needs: list[int]
) -> int:
    waiting = sorted(zip(needs, gains))
    reach: list[int] = []
    at = 0
    for _ in range(k):
        while at < len(waiting) and waiting[at][0] <= money:
            heapq.heappush(reach, -waiting[at][1])
            at += 1
        if not reach:
            break
        money -= heapq.heappop(reach)
    return money


@projects.cases
def projects_cases(random: Random) -> Iterator[tuple[int, int, list[int], list[int]]]:
    yield 0, 0, [], []
    yield 2, 3, [], []
    yield 0, 3, [4], [0]
    yield 1, 5, [-2], [0]
    yield 1, 0, [1, 3], [0, 0]
    yield 2, 0, [1, 2], [0, 1]
    yield 2, 0, [1, 2, 3], [0, 1, 1]
    yield 3, 0, [5], [1]
    for _ in range(40):
        n = random.randint(1, 5)
        gains = [random.randint(-2, 5) for _ in range(n)]
        needs = [random.randint(0, 7) for _ in range(n)]
        yield random.randint(0, 4), random.randint(0, 3), gains, needs


@projects.large
def projects_large(random: Random) -> Iterator[tuple[int, int, list[int], list[int]]]:
    for k, n in ((300, 1000), (10_000, 10_000)):
        # Needs are such that money to begin with brings more and more within reach.
        gains = [random.randint(-20, 80) for _ in range(n)]
        yield k, 1000, gains, [random.randint(0, 20 * n) for _ in range(n)]
    yield 40, 0, [1] * 60, list(range(60))


@projects.brute
def projects_brute(k: int, money: int, gains: list[int], needs: list[int]) -> int:
    best = money
    for size in range(min(k, len(gains)) + 1):
        for order in permutations(range(len(gains)), size):
            owned = money
            for i in order:
                if needs[i] > owned:
                    break
                owned += gains[i]
            else:
                best = max(best, owned)
    return best
