"""Exercises: responsibilities from logarithms, a weighted Gaussian, a step of two coins."""

import math
from collections.abc import Iterator
from fractions import Fraction
from random import Random

from notekit.study.judge import Exercise, Words

soft = Exercise(
    en=Words(
        title="Responsibilities from logarithms",
        statement="""\
For one point, `logp` holds $\\log (w_k\\, p_k(x))$ of each component: finite numbers, natural
logarithms. Return the responsibilities: numbers that are proportional to the exponentials of `logp`
and sum to 1.

- The list may be empty; then so is the result.
- The numbers may be as large as $10^{12}$, of either sign.
- Errors up to $10^{-9}$ are accepted.
""",
        hints=(
            "`math.exp(-1000)` is 0, and `math.exp(1000)` an error. But only ratios count:"
            " what may you subtract from all of them?",
            "Subtract the largest. Then one of the exponentials is 1, and the sum is at"
            " least 1.",
        ),
    ),
    zh=Words(
        title="由对数求责任度",
        statement="""\
对一个点，`logp` 给出各分量的 $\\log (w_k\\, p_k(x))$：有限的数，自然对数。返回责任度：与 `logp` 的指数成正比、加起来等于 1 的数。

- 列表可以为空，这时结果也为空。
- 这些数的绝对值可以大到 $10^{12}$，可正可负。
- 误差不超过 $10^{-9}$ 即可。
""",
        hints=(
            "`math.exp(-1000)` 得 0，`math.exp(1000)` 会报错。但要紧的只是比值：从每个数里减去同一个数，比值不变：减哪个数好？",
            "减去最大的那个。这样有一个指数等于 1，和至少是 1。",
        ),
    ),
    examples="""\
>>> [round(r, 4) for r in responsibilities([-1000.0, -1001.0])]
[0.7311, 0.2689]
>>> responsibilities([5.0, 5.0])
[0.5, 0.5]
>>> responsibilities([])
[]
""",
    tolerance=1e-9,
)


@soft.solution
def responsibilities(logp: list[float]) -> list[float]:
    top = max(logp, default=0.0)
    weights = [math.exp(value - top) for value in logp]
    total = sum(weights)
    return [weight / total for weight in weights]


@soft.wrong(
    en="Exponentials without taking out the largest: 0/0 at (−1000, −1001).",
    zh="没有先减去最大值就取指数：(−1000, −1001) 处是 0/0。",
)
def responsibilities_plain(logp: list[float]) -> list[float]:
    weights = [math.exp(value) for value in logp]
    total = sum(weights)
    return [weight / total for weight in weights]


@soft.wrong(
    en="All to the likeliest component: that is k-means, not EM.",
    zh="全部归给最可能的分量：这是 K-means，不是 EM。",
)
def responsibilities_hard(logp: list[float]) -> list[float]:
    best = max(range(len(logp)), key=lambda k: logp[k], default=0)
    return [float(k == best) for k in range(len(logp))]


@soft.wrong(
    en="Logarithms divided by their sum: proportional to the logarithms instead.",
    zh="用对数除以对数之和：与对数成正比了，而不是与概率成正比。",
)
def responsibilities_logs(logp: list[float]) -> list[float]:
    total = sum(logp) or 1.0
    return [value / total for value in logp]


@soft.wrong(
    en="Subtracts the smallest instead of the largest: exp overflows.",
    zh="减去的是最小值，不是最大值：指数溢出。",
)
def responsibilities_least(logp: list[float]) -> list[float]:
    low = min(logp, default=0.0)
    weights = [math.exp(value - low) for value in logp]
    total = sum(weights)
    return [weight / total for weight in weights]


@soft.wrong(
    en="Subtracts the logarithm of the sum: near −10¹² its last digits are gone.",
    zh="减去了和的对数：在 −10¹² 附近，它的末几位已经丢了。",
)
def responsibilities_subtracted(logp: list[float]) -> list[float]:
    top = max(logp, default=0.0)
    log_sum = top + math.log(sum(math.exp(v - top) for v in logp) or 1.0)
    return [math.exp(value - log_sum) for value in logp]


@soft.cases
def soft_cases(random: Random) -> Iterator[tuple[list[float]]]:
    yield ([],)
    yield ([-3.0],)
    yield ([0.0, 0.0],)
    yield ([5.0, 5.0, 5.0],)
    yield ([-1000.0, -1001.0],)
    yield ([1000.0, 1001.0],)
    yield ([-100000.0, 0.0, 100000.0],)
    yield ([-800.0, -800.0, -801.0],)
    yield ([-1e12, -1e12 - 1, -1e12 - 2],)
    for _ in range(30):
        size = random.choice([1.0, 20.0, 3000.0])
        yield ([random.uniform(-size, size) for _ in range(random.randint(1, 5))],)


@soft.large
def soft_large(random: Random) -> Iterator[tuple[list[float]]]:
    yield ([random.uniform(-5000, -4990) for _ in range(500)],)


@soft.brute
def soft_brute(logp: list[float]) -> list[float]:
    """One over the sum of all ratios to the own number; no common term is taken out."""
    return [
        1 / sum(math.exp(min(other - own, 600.0)) for other in logp) for own in logp
    ]


fit = Exercise(
    en=Words(
        title="The M-step of one component on a line",
        statement="""\
`numbers` are points on a line, `shares` the responsibilities of one component for them. Return
`[total, mean, variance]`: the sum of the shares, and the mean and the variance of the numbers when
each counts by its share. The variance is about this mean, and divides by the sum of the shares.

- Both lists are of the same length; shares are from 0 to 1.
- If the shares sum to 0, return `[]`.
- Numbers are integers up to $10^9$ in size. Errors up to $10^{-6}$, relative to the right number if that
  is larger than 1, are accepted.
""",
        hints=(
            "Three sums: of the shares, of share times number, and of share times squared"
            " deviation. The third needs the result of the second.",
            "Mean of squares minus square of mean is the same on paper, but near"
            " $10^9$ the squares are near $10^{18}$ and have no digits left for it.",
        ),
    ),
    zh=Words(
        title="数轴上一个分量的 M 步",
        statement="""\
`numbers` 是数轴上的点，`shares` 是某个分量对它们的责任度。返回 `[total, mean, variance]`：责任度之和，以及按责任度加权的均值和方差。方差围绕这个均值来算，除以责任度之和。

- 两个列表等长，责任度在 0 到 1 之间。
- 责任度之和为 0 时返回 `[]`。
- 这些数是整数，绝对值不超过 $10^9$。误差不超过 $10^{-6}$ 即可（正确的数大于 1 时按相对误差）。
""",
        hints=(
            "求三个和：责任度之和、责任度与数的乘积之和、责任度与偏差平方的乘积之和。求第三个要用到第二个的结果。",
            "“平方的均值减去均值的平方”在数学上相等，但数接近 $10^9$ 时，平方接近 $10^{18}$，没有剩下几位有效数字给方差。",
        ),
    ),
    examples="""\
>>> weighted_fit([1, 3], [1.0, 1.0])
[2.0, 2.0, 1.0]
>>> weighted_fit([0, 4], [0.75, 0.25])
[1.0, 1.0, 3.0]
>>> weighted_fit([7, 8], [0.0, 0.0])
[]
""",
    tolerance=1e-6,
)


@fit.solution
def weighted_fit(numbers: list[int], shares: list[float]) -> list[float]:
    total = sum(shares)
    if total == 0:
        return []
    mean = sum(share * x for x, share in zip(numbers, shares)) / total
    squares = sum(share * (x - mean) ** 2 for x, share in zip(numbers, shares))
    return [total, mean, squares / total]


@fit.wrong(
    en="Divides by the number of points instead of the sum of the shares.",
    zh="除以点的个数，而不是责任度之和。",
)
def fit_count(numbers: list[int], shares: list[float]) -> list[float]:
    total = sum(shares)
    if total == 0:
        return []
    n = len(numbers)
    mean = sum(share * x for x, share in zip(numbers, shares)) / n
    squares = sum(share * (x - mean) ** 2 for x, share in zip(numbers, shares))
    return [total, mean, squares / n]


@fit.wrong(
    en="Mean of squares minus square of mean: near a billion nothing right is left.",
    zh="平方的均值减去均值的平方：数接近十亿时，没有一位有效数字是对的。",
)
def fit_squares(numbers: list[int], shares: list[float]) -> list[float]:
    total = sum(shares)
    if total == 0:
        return []
    mean = sum(share * x for x, share in zip(numbers, shares)) / total
    squares = sum(share * x**2 for x, share in zip(numbers, shares)) / total
    return [total, mean, squares - mean**2]


@fit.wrong(
    en="The variance about the plain mean of all points.",
    zh="方差围绕所有点的普通均值来算。",
)
def fit_about(numbers: list[int], shares: list[float]) -> list[float]:
    total = sum(shares)
    if total == 0:
        return []
    mean = sum(share * x for x, share in zip(numbers, shares)) / total
    middle = sum(numbers) / len(numbers)
    squares = sum(share * (x - middle) ** 2 for x, share in zip(numbers, shares))
    return [total, mean, squares / total]


@fit.wrong(
    en="Hard labels: only points with a share above one half count, and wholly.",
    zh="硬标签：只计入责任度过半的点，而且都按 1 计。",
)
def fit_hard(numbers: list[int], shares: list[float]) -> list[float]:
    own = [x for x, share in zip(numbers, shares) if share > 0.5]
    if not own:
        return []
    mean = sum(own) / len(own)
    return [float(len(own)), mean, sum((x - mean) ** 2 for x in own) / len(own)]


@fit.cases
def fit_cases(random: Random) -> Iterator[tuple[list[int], list[float]]]:
    yield [], []
    yield [5], [0.0]
    yield [5], [0.25]
    yield [3, 5], [2.0**-40, 2.0**-40]  # little, but not nothing
    yield [1, 3], [1.0, 1.0]
    yield [0, 4], [0.75, 0.25]
    yield [7, 8], [0.0, 0.0]
    yield [-2, -2, 3], [0.5, 0.5, 0.5]
    yield [10**9, 10**9 + 1, 10**9 + 2], [0.5, 0.75, 0.5]
    for _ in range(30):
        reach = random.choice([3, 50, 10**4])
        n = random.randint(1, 7)
        numbers = [random.randint(-reach, reach) for _ in range(n)]
        yield numbers, [random.randint(0, 16) / 16 for _ in range(n)]


@fit.large
def fit_large(random: Random) -> Iterator[tuple[list[int], list[float]]]:
    numbers = [random.randint(-(10**6), 10**6) for _ in range(2000)]
    yield numbers, [random.randint(0, 16) / 16 for _ in numbers]


@fit.brute
def fit_brute(numbers: list[int], shares: list[float]) -> list[float]:
    """In fractions, from the moments, where nothing cancels."""
    weights = [Fraction(share) for share in shares]
    total = sum(weights)
    if total == 0:
        return []
    first = sum(w * x for x, w in zip(numbers, weights)) / total
    second = sum(w * x * x for x, w in zip(numbers, weights)) / total
    return [float(total), float(first), float(second - first**2)]


coins = Exercise(
    en=Words(
        title="One step of EM for two coins",
        statement="""\
In each round somebody took coin A or coin B, both equally probable, and tossed it `tosses` times.
`heads` are the numbers of heads of the rounds. `a` and `b` are the present guesses of the chances
of heads. Do one step of EM and return the new guesses `[a, b]`.

- `heads`: counts within 0 and `tosses`; if there are none, return `[a, b]` as they are.
- `tosses` from 1 to 20; `a` and `b` from 0.05 to 0.95.
- Errors up to $10^{-9}$ are accepted.
""",
        hints=(
            "For a round with $h$ heads of $m$ tosses: $a^h (1-a)^{m-h}$, and the same with"
            " $b$. The share of A is the first over the sum of both, that of B the second"
            " (not one minus the first: what if A is all but certain?).",
            "New $a$: heads that count for A, over tosses that count for A. A round counts"
            " by its share, in both sums.",
        ),
    ),
    zh=Words(
        title="两枚硬币：EM 的一步",
        statement="""\
每一轮随机取硬币 A 或 B，两者概率相同，抛 `tosses` 次。`heads` 是各轮正面的次数，`a`、`b` 是目前对两枚硬币正面概率的估计。做一步 EM，返回新的估计 `[a, b]`。

- `heads`：在 0 到 `tosses` 之间；一轮也没有时，原样返回 `[a, b]`。
- `tosses` 从 1 到 20；`a`、`b` 从 0.05 到 0.95。
- 误差不超过 $10^{-9}$ 即可。
""",
        hints=(
            "一轮抛 $m$ 次，$h$ 次正面：算 $a^h (1-a)^{m-h}$，再把 $a$ 换成 $b$ 算一次。前者除以两者之和，就是 A 的责任度；后者除以和是 B 的（不要用 1 去减：A 几乎确定时会怎样？）。",
            "新的 $a$：归 A 的正面次数，除以归 A 的抛掷次数。每一轮在两个和里都按责任度计入。",
        ),
    ),
    examples="""\
>>> [round(p, 4) for p in coin_step([5, 9, 8, 4, 7], 10, 0.6, 0.5)]
[0.713, 0.5813]
>>> coin_step([], 10, 0.6, 0.5)
[0.6, 0.5]
>>> coin_step([1, 0], 1, 0.5, 0.5)
[0.5, 0.5]
""",
    tolerance=1e-9,
    lacks={"negative": "a number of heads cannot be negative"},
)


@coins.solution
def coin_step(heads: list[int], tosses: int, a: float, b: float) -> list[float]:
    if not heads:
        return [a, b]
    of_a, of_b = [], []
    for h in heads:
        by_a = a**h * (1 - a) ** (tosses - h)
        by_b = b**h * (1 - b) ** (tosses - h)
        of_a.append(by_a / (by_a + by_b))
        of_b.append(by_b / (by_a + by_b))
    return [
        sum(r * h for r, h in zip(shares, heads)) / (tosses * sum(shares))
        for shares in (of_a, of_b)
    ]


@coins.wrong(
    en="Each round goes wholly to the likelier coin.",
    zh="每一轮全部归给更可能的那枚硬币。",
)
def coin_step_hard(heads: list[int], tosses: int, a: float, b: float) -> list[float]:
    groups: tuple[list[int], list[int]] = ([], [])
    for h in heads:
        by_a = a**h * (1 - a) ** (tosses - h)
        by_b = b**h * (1 - b) ** (tosses - h)
        groups[by_b > by_a].append(h)
    return [
        sum(group) / (tosses * len(group)) if group else old
        for group, old in zip(groups, (a, b))
    ]


@coins.wrong(
    en="Only heads are looked at: the share is a^h over a^h + b^h.",
    zh="只看了正面：把责任度算成了 a^h 除以 a^h + b^h。",
)
def coin_step_heads(heads: list[int], tosses: int, a: float, b: float) -> list[float]:
    if not heads:
        return [a, b]
    of_a = [a**h / (a**h + b**h) for h in heads]
    of_b = [1 - r for r in of_a]
    return [
        sum(r * h for r, h in zip(shares, heads)) / (tosses * sum(shares))
        for shares in (of_a, of_b)
    ]


@coins.wrong(
    en="Divides by all tosses instead of those that count for the coin.",
    zh="除以全部抛掷次数，而不是归这枚硬币的次数。",
)
def coin_step_all(heads: list[int], tosses: int, a: float, b: float) -> list[float]:
    if not heads:
        return [a, b]
    new = [0.0, 0.0]
    for h in heads:
        by_a = a**h * (1 - a) ** (tosses - h)
        by_b = b**h * (1 - b) ** (tosses - h)
        new[0] += by_a / (by_a + by_b) * h / (tosses * len(heads))
        new[1] += by_b / (by_a + by_b) * h / (tosses * len(heads))
    return new


@coins.wrong(
    en="B's share as one minus A's: 0, and a division by it, where A is all but certain.",
    zh="用 1 减去 A 的责任度当作 B 的：A 几乎确定时得 0，接着除以 0。",
)
def coin_step_rest(heads: list[int], tosses: int, a: float, b: float) -> list[float]:
    if not heads:
        return [a, b]
    of_a = []
    for h in heads:
        by_a = a**h * (1 - a) ** (tosses - h)
        by_b = b**h * (1 - b) ** (tosses - h)
        of_a.append(by_a / (by_a + by_b))
    of_b = [1 - r for r in of_a]
    return [
        sum(r * h for r, h in zip(shares, heads)) / (tosses * sum(shares))
        for shares in (of_a, of_b)
    ]


@coins.cases
def coin_cases(random: Random) -> Iterator[tuple[list[int], int, float, float]]:
    yield [], 10, 0.6, 0.5
    yield [0], 1, 0.5, 0.25
    yield [1, 0], 1, 0.5, 0.5
    yield [5, 9, 8, 4, 7], 10, 0.6, 0.5
    yield [0, 20], 20, 0.05, 0.95
    yield [3, 3, 3], 4, 0.25, 0.75
    yield [2], 2, 0.95, 0.05
    yield [20, 19], 20, 0.95, 0.05  # one minus A's share is 0
    for _ in range(30):
        tosses = random.randint(1, 20)
        heads = [random.randint(0, tosses) for _ in range(random.randint(1, 6))]
        yield heads, tosses, random.randint(1, 19) / 20, random.randint(1, 19) / 20


@coins.large
def coin_large(random: Random) -> Iterator[tuple[list[int], int, float, float]]:
    yield [random.randint(0, 20) for _ in range(2000)], 20, 0.3, 0.6


@coins.brute
def coin_brute(heads: list[int], tosses: int, a: float, b: float) -> list[float]:
    """By the kinds of rounds, in fractions: how often each count of heads came."""
    new = []
    for own, other in ((Fraction(a), Fraction(b)), (Fraction(b), Fraction(a))):
        up = down = Fraction(0)
        for h in set(heads):
            odds = (other / own) ** h * ((1 - other) / (1 - own)) ** (tosses - h)
            counted = heads.count(h) / (1 + odds)
            up += counted * h
            down += counted * tosses
        new.append(float(up / down) if down else float(own))
    return new
