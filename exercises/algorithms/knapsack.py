"""Exercises on the knapsack: ties in the 0-1 knapsack, and coins of which few are left."""

from collections.abc import Iterator
from itertools import combinations, product
from math import inf
from random import Random

from notekit.study.judge import Exercise, Words

load = Exercise(
    en=Words(
        title="The lightest of the best loads",
        statement="""\
Each item may be taken at most once, and the volumes of those taken may sum to at most
`capacity`. Several selections may share the greatest value; of these, the one with the
least volume is wanted. Return both numbers, `(value, volume)`.

- `volumes`: $n$ integers, $0 \\le v_i \\le 300$.
- `values`: $n$ integers of any sign. Taking nothing is allowed and is worth 0.
- `capacity`: an integer, $0 \\le V \\le 1000$; $0 \\le n \\le 60$.

In the first example, items 0 and 2 are worth 7 at volume 5; items 0 and 3 are worth 7 as
well, but need volume 6.
""",
        hints=(
            "Of two loads, the better one has the greater value or, at equal values, the"
            " smaller volume. Can one cell of the row hold both numbers?",
            "Pairs `(value, -volume)` compare in just this order, so `max` chooses the"
            " right one. The loop over the volumes runs down, as in the note.",
        ),
    ),
    zh=Words(
        title="价值最大时，体积最小是多少",
        statement="""\
每件物品至多取一次，所取物品的体积之和不超过 `capacity`。价值最大的取法可能不止一种，请从中找出体积最小的一种，返回 `(value, volume)` 两个数，即最大价值和对应的最小体积。

- `volumes`：$n$ 个整数，$0 \\le v_i \\le 300$。
- `values`：$n$ 个整数，可正可负。可以什么都不取，此时价值为 0。
- `capacity`：整数，$0 \\le V \\le 1000$；$0 \\le n \\le 60$。

第一个例子中，取物品 0 和 2，价值为 7，体积为 5；取物品 0 和 3，价值也是 7，但体积为 6。
""",
        hints=(
            "比较两种取法：先比价值，价值相同时体积小的更好。能否让一个格子同时存下这两个数？",
            "把格子存成 `(value, -volume)`，元组的大小顺序正好就是优劣顺序，直接用 `max` 即可。体积的循环仍然从大到小，与正文相同。",
        ),
    ),
    examples="""\
>>> lightest_best([2, 2, 3, 4], [3, 2, 4, 4], 6)
(7, 5)
>>> lightest_best([1, 2], [-5, -1], 3)
(0, 0)
""",
    seconds=4,
)


@load.solution
def lightest_best(
    volumes: list[int], values: list[int], capacity: int
) -> tuple[int, int]:
    row = [(0, 0)] * (capacity + 1)  # value, and the volume with a minus
    for volume, value in zip(volumes, values):
        for j in range(capacity, volume - 1, -1):
            best, minus = row[j - volume]
            row[j] = max(row[j], (best + value, minus - volume))
    best, minus = row[capacity]
    return best, -minus


@load.wrong(
    en="The volume runs up, so an item is taken more than once.",
    zh="体积从小到大更新，同一件物品被取了多次。",
)
def lightest_best_up(
    volumes: list[int], values: list[int], capacity: int
) -> tuple[int, int]:
    row = [(0, 0)] * (capacity + 1)
    for volume, value in zip(volumes, values):
        if volume == 0:
            row = [(best + max(0, value), minus) for best, minus in row]
            continue
        for j in range(volume, capacity + 1):
            best, minus = row[j - volume]
            row[j] = max(row[j], (best + value, minus - volume))
    best, minus = row[capacity]
    return best, -minus


@load.wrong(
    en="The best value is right, but ties are decided by which item came first.",
    zh="最大价值正确，但价值相同时保留先出现的取法，没有比较体积。",
)
def lightest_best_first(
    volumes: list[int], values: list[int], capacity: int
) -> tuple[int, int]:
    row = [(0, 0)] * (capacity + 1)
    for volume, value in zip(volumes, values):
        for j in range(capacity, volume - 1, -1):
            best, used = row[j - volume]
            if best + value > row[j][0]:
                row[j] = best + value, used + volume
    return row[capacity]


@load.wrong(
    en="Greedy by value per volume: a dense small item blocks a better large one.",
    zh="按单位体积的价值贪心：密度高的小物品占了位置，更值钱的大物品放不下。",
)
def lightest_best_greedy(
    volumes: list[int], values: list[int], capacity: int
) -> tuple[int, int]:
    items = [(v, w) for v, w in zip(volumes, values) if w > 0]
    items.sort(key=lambda item: -item[1] / item[0] if item[0] else float("-inf"))
    total, used = 0, 0
    for volume, value in items:
        if used + volume <= capacity:
            total, used = total + value, used + volume
    return total, used


@load.wrong(
    en="The loop ends before volume 0, so items of volume 0 never reach the first cell.",
    zh="循环没有处理体积 0，体积为 0 的物品永远进不了第一个格子。",
)
def lightest_best_from_one(
    volumes: list[int], values: list[int], capacity: int
) -> tuple[int, int]:
    row = [(0, 0)] * (capacity + 1)
    for volume, value in zip(volumes, values):
        for j in range(capacity, max(volume, 1) - 1, -1):
            best, minus = row[j - volume]
            row[j] = max(row[j], (best + value, minus - volume))
    best, minus = row[capacity]
    return best, -minus


@load.cases
def load_cases(random: Random) -> Iterator[tuple[list[int], list[int], int]]:
    yield [], [], 0
    yield [], [], 5
    yield [1], [2], 0
    yield [1], [2], 2
    yield [0], [3], 0
    yield [0, 0], [3, -3], 0
    yield [1, 2], [-5, -1], 3
    yield [2, 2, 3, 4], [3, 2, 4, 4], 6
    yield [1, 5], [2, 5], 5
    for _ in range(40):
        n, largest = random.randint(1, 7), random.choice([2, 5, 9])
        volumes = [random.randint(0, largest) for _ in range(n)]
        values = [random.randint(-2, 6) for _ in range(n)]
        yield volumes, values, random.randint(0, 2 * largest)


@load.large
def load_large(random: Random) -> Iterator[tuple[list[int], list[int], int]]:
    for capacity in (500, 1000):
        volumes = [random.randint(0, 300) for _ in range(60)]
        yield volumes, [random.randint(-10, 40) for _ in range(60)], capacity


@load.brute
def load_brute(volumes: list[int], values: list[int], capacity: int) -> tuple[int, int]:
    found = []
    for size in range(len(volumes) + 1):
        for chosen in combinations(range(len(volumes)), size):
            used = sum(volumes[i] for i in chosen)
            if used <= capacity:
                found.append((-sum(values[i] for i in chosen), used))
    value, used = min(found)
    return -value, used


purse = Exercise(
    en=Words(
        title="Change from a till",
        statement="""\
A till holds `counts[i]` coins of value `coins[i]`. What is the least number of coins that
make `amount` exactly? Return it, or `None` if the till cannot make the amount.

- `coins`: different integers, each $\\ge 1$; at most 20 of them.
- `counts`: as many integers, each from 0 to 1000.
- `amount`: an integer from 0 to 2000. For 0 no coin is needed.
""",
        hints=(
            "This is the multiple knapsack, filled exactly: the value of a coin is $-1$,"
            " or the row holds numbers of coins and `min` takes the place of `max`.",
            "Cut the copies of a coin into packets of 1, 2, 4, … and a remainder. A packet"
            " of `k` coins weighs `k * coin` and costs `k`.",
        ),
    ),
    zh=Words(
        title="用收银机里的硬币找零",
        statement="""\
收银机里有面值为 `coins[i]` 的硬币 `counts[i]` 枚。要恰好凑出 `amount`，最少用几枚硬币？返回这个数；凑不出时返回 `None`。

- `coins`：互不相同的整数，每个 $\\ge 1$，至多 20 个。
- `counts`：个数相同的整数，每个在 0 到 1000 之间。
- `amount`：0 到 2000 的整数。金额为 0 时不需要硬币。
""",
        hints=(
            "这是恰好装满的多重背包：把每枚硬币的价值看作 $-1$；或者让格子记录硬币数，把 `max` 换成 `min`。",
            "把同一种硬币拆成 1、2、4……枚以及余数，各作一份。`k` 枚一份的体积是 `k * coin`，代价是 `k`。",
        ),
    ),
    examples="""\
>>> fewest_from_till([1, 3, 4], [9, 2, 9], 6)
2
>>> fewest_from_till([1, 3, 4], [9, 1, 9], 6)
3
>>> print(fewest_from_till([2], [1], 3))
None
""",
    seconds=4,
    lacks={"negative": "there are no coins of negative value"},
)


@purse.solution
def fewest_from_till(coins: list[int], counts: list[int], amount: int) -> int | None:
    row = [0] + [inf] * amount
    for coin, count in zip(coins, counts):
        packet = 1
        while count > 0:
            packet = min(packet, count)
            count -= packet
            for j in range(amount, packet * coin - 1, -1):
                row[j] = min(row[j], row[j - packet * coin] + packet)
            packet *= 2
    return None if row[amount] == inf else int(row[amount])


@purse.wrong(
    en="Greedy from the largest coin: right for euros, wrong for 1, 3, 4.",
    zh="从最大的面值开始贪心：对人民币的面值没有问题，对 1、3、4 就错了。",
)
def fewest_from_till_greedy(
    coins: list[int], counts: list[int], amount: int
) -> int | None:
    used = 0
    for coin, count in sorted(zip(coins, counts), reverse=True):
        taken = min(count, amount // coin)
        used, amount = used + taken, amount - taken * coin
    return used if amount == 0 else None


@purse.wrong(
    en="The row runs up: each coin is there without limit.",
    zh="从小到大更新：每种硬币变成了无限枚。",
)
def fewest_from_till_unlimited(
    coins: list[int], counts: list[int], amount: int
) -> int | None:
    row = [0] + [inf] * amount
    for coin, count in zip(coins, counts):
        if count:
            for j in range(coin, amount + 1):
                row[j] = min(row[j], row[j - coin] + 1)
    return None if row[amount] == inf else int(row[amount])


@purse.wrong(
    en="Packets of 1, 2, 4, … without the remainder: 5 copies become 7.",
    zh="只拆成 1、2、4……，没有处理余数：5 枚变成了 7 枚。",
)
def fewest_from_till_no_remainder(
    coins: list[int], counts: list[int], amount: int
) -> int | None:
    row = [0] + [inf] * amount
    for coin, count in zip(coins, counts):
        packet = 1
        while packet <= count:
            for j in range(amount, packet * coin - 1, -1):
                row[j] = min(row[j], row[j - packet * coin] + packet)
            packet *= 2
    return None if row[amount] == inf else int(row[amount])


@purse.wrong(
    en="The row starts with zeros, which asks for at most the amount.",
    zh="第一行全是 0，求的是“不超过”，而不是“恰好”。",
)
def fewest_from_till_zeros(
    coins: list[int], counts: list[int], amount: int
) -> int | None:
    row = [0] * (amount + 1)
    for coin, count in zip(coins, counts):
        for _ in range(min(count, amount // coin)):
            for j in range(amount, coin - 1, -1):
                row[j] = min(row[j], row[j - coin] + 1)
    return row[amount]


@purse.cases
def purse_cases(random: Random) -> Iterator[tuple[list[int], list[int], int]]:
    yield [], [], 0
    yield [], [], 1
    yield [1], [0], 1
    yield [1], [1], 0
    yield [1], [5], 7
    yield [2], [1], 3
    yield [1, 3, 4], [9, 2, 9], 6
    yield [1, 3, 4], [9, 1, 9], 6
    for _ in range(40):
        coins = random.sample(range(1, 10), random.randint(1, 4))
        counts = [random.randint(0, 6) for _ in coins]
        yield coins, counts, random.randint(0, 25)


@purse.large
def purse_large(random: Random) -> Iterator[tuple[list[int], list[int], int]]:
    yield [1, 2, 5, 10, 20, 50, 100, 200], [1000] * 8, 1999
    coins = random.sample(range(1, 200), 20)
    yield coins, [random.randint(0, 30) for _ in coins], 2000


@purse.brute
def purse_brute(coins: list[int], counts: list[int], amount: int) -> int | None:
    possible = (range(count + 1) for count in counts)
    found = [
        sum(taken)
        for taken in product(*possible)
        if sum(k * coin for k, coin in zip(taken, coins)) == amount
    ]
    return min(found, default=None)
