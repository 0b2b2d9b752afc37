"""Exercises on segmentation: soft Dice of a mask, and what an unpadded U-Net leaves."""

from collections.abc import Iterator
from fractions import Fraction
from random import Random

from notekit.study.judge import Exercise, Words

overlap = Exercise(
    en=Words(
        title="Soft Dice",
        statement="""\
Twice the sum of the products, divided by the sum of all numbers of both masks.

- `p`: list of probabilities from 0 to 1; `t`: list of as many targets, 0 or 1.
- The quotient 0/0 counts as 1: nothing was there, and nothing was found.

Results may be off by $10^{-9}$.
""",
        hints=(
            "Add up first, over all pixels; divide once, at the end.",
            "Both sums are 0 at the same time only if neither mask has anything.",
        ),
    ),
    zh=Words(
        title="软 Dice",
        statement="""\
逐像素的乘积之和的两倍，除以两个掩码所有数的总和。

- `p`：概率的列表，取值从 0 到 1；`t`：同样长的目标列表，取值为 0 或 1。
- 0/0 按 1 计算：什么都没有，也什么都没有报出来。

允许 $10^{-9}$ 的误差。
""",
        hints=(
            "先对所有像素求和，最后只除一次。",
            "只有两个掩码都全为 0 时，分母才是 0。",
        ),
    ),
    examples="""\
>>> dice([1.0, 0.5, 0.0], [1, 0, 1])
0.5714285714285714
>>> dice([0.0, 0.0], [0, 0])
1.0
""",
    tolerance=1e-9,
    lacks={"negative": "probabilities and targets are not negative"},
)


@overlap.solution
def dice(p: list[float], t: list[int]) -> float:
    both = sum(a * b for a, b in zip(p, t, strict=True))
    total = sum(p) + sum(t)
    return 2 * both / total if total > 0 else 1.0


@overlap.wrong(
    en="A ratio for each pixel, and their mean: sums come before the division.",
    zh="逐像素求比值再取平均：应当先求和，再相除。",
)
def dice_mean(p: list[float], t: list[int]) -> float:
    ratios = [
        2 * a * b / (a + b) if a + b > 0 else 1.0 for a, b in zip(p, t, strict=True)
    ]
    return sum(ratios) / len(ratios) if ratios else 1.0


@overlap.wrong(
    en="Two empty masks divide zero by zero.",
    zh="两个掩码都为空时，0 除以 0。",
)
def dice_zero(p: list[float], t: list[int]) -> float:
    both = sum(a * b for a, b in zip(p, t, strict=True))
    return 2 * both / (sum(p) + sum(t))


@overlap.wrong(
    en="This is IoU: the intersection counts once, and leaves the denominator once.",
    zh="这是交并比：交集只算了一次，又从分母里减去了一次。",
)
def dice_iou(p: list[float], t: list[int]) -> float:
    both = sum(a * b for a, b in zip(p, t, strict=True))
    total = sum(p) + sum(t) - both
    return both / total if total > 0 else 1.0


@overlap.wrong(
    en="The probabilities are squared in the denominator: another function.",
    zh="分母里的概率取了平方，这是另一个函数。",
)
def dice_squared(p: list[float], t: list[int]) -> float:
    both = sum(a * b for a, b in zip(p, t, strict=True))
    total = sum(a * a for a in p) + sum(t)
    return 2 * both / total if total > 0 else 1.0


@overlap.wrong(
    en="The probabilities were rounded to 0 and 1 first.",
    zh="先把概率取整成了 0 和 1。",
)
def dice_hard(p: list[float], t: list[int]) -> float:
    hard = [int(a > 0.5) for a in p]
    both = sum(a * b for a, b in zip(hard, t, strict=True))
    total = sum(hard) + sum(t)
    return 2 * both / total if total > 0 else 1.0


@overlap.wrong(
    en="1 is added above and below, so that nothing divides by zero: all else moves too.",
    zh="为了避免除以 0，分子分母都加了 1：其他结果也跟着变了。",
)
def dice_smooth(p: list[float], t: list[int]) -> float:
    both = sum(a * b for a, b in zip(p, t, strict=True))
    return (2 * both + 1) / (sum(p) + sum(t) + 1)


def _masks(random: Random, n: int) -> tuple[list[float], list[int]]:
    p = [random.choice((0.0, 0.25, 0.5, 0.75, 1.0)) for _ in range(n)]
    return p, [random.randint(0, 1) for _ in range(n)]


@overlap.cases
def overlap_cases(random: Random) -> Iterator[tuple[list[float], list[int]]]:
    yield [], []
    yield [0.0], [0]
    yield [0.25], [1]
    yield [0.25], [0]
    yield [0.0, 0.0, 0.0], [0, 0, 0]
    yield [1.0, 1.0], [1, 1]
    yield [0.5, 0.5], [1, 0]
    yield [2.0**-30, 0.0], [0, 0]
    yield [0.8, 0.6, 0.1, 0.0], [1, 1, 0, 0]
    for _ in range(40):
        yield _masks(random, random.randint(1, 9))


@overlap.large
def overlap_large(random: Random) -> Iterator[tuple[list[float], list[int]]]:
    yield _masks(random, 20_000)
    yield [0.0] * 20_000, [0] * 20_000


@overlap.brute
def overlap_brute(p: list[float], t: list[int]) -> float:
    # Where t is 0 or 1, 1 - D is the sum of |p - t| over the sum of all numbers.
    apart = everything = Fraction(0)
    for a, b in zip(p, t, strict=True):
        apart += abs(Fraction(a) - b)
        everything += Fraction(a) + b
    return float(1 - apart / everything) if everything else 1.0


remaining = Exercise(
    en=Words(
        title="What an unpadded U-Net leaves",
        statement="""\
The size of the output of a U-Net without padding, along one side. On each level two 3 × 3
convolutions take 2 pixels each. On the way down a pooling halves the size after them, `depth`
times, and takes even sizes only; then the bottom has its two convolutions; on the way up the size
is doubled, and two convolutions follow, `depth` times.

- `n`: the pixels of the input, an integer of at least 1; `depth`: an integer of at least 0.
- Return 0 if a size is odd before a pooling, or if no pixel is left after two convolutions.
""",
        hints=(
            "Follow the size through the net, and stop where a condition fails.",
            "With depth 1 and 18 pixels: 14, halved 7, at the bottom 3, doubled 6, then 2.",
        ),
    ),
    zh=Words(
        title="不填充的 U-Net 剩下多大",
        statement="""\
求不填充的 U-Net 沿一条边的输出大小。每一层有两个 3 × 3 卷积，各减少 2 个像素。下行时，两个卷积之后池化把大小减半，一共 `depth` 次，池化只接受偶数；然后最底层再做两个卷积；上行时，先把大小加倍，再做两个卷积，一共 `depth` 次。

- `n`：输入的像素数，至少为 1 的整数；`depth`：至少为 0 的整数。
- 如果池化前的大小是奇数，或者两个卷积之后一个像素也不剩，就返回 0。
""",
        hints=(
            "跟着大小一路走过网络，遇到不满足条件的地方就停下。",
            "深度为 1、18 个像素时：14，减半得 7，最底层得 3，加倍得 6，最后剩 2。",
        ),
    ),
    examples="""\
>>> unpadded(572, 4)
388
>>> unpadded(573, 4)
0
>>> unpadded(18, 1)
2
""",
    lacks={"negative": "sizes are positive"},
)


@remaining.solution
def unpadded(n: int, depth: int) -> int:
    for _ in range(depth):
        n -= 4
        if n < 1 or n % 2:
            return 0
        n //= 2
    n -= 4
    for _ in range(depth):
        if n < 1:
            return 0
        n = 2 * n - 4
    return max(n, 0)


@remaining.wrong(
    en="The loss of the whole net, without a look at the sizes on the way.",
    zh="只减去了整个网络损失的像素数，没有检查途中的大小。",
)
def remaining_blind(n: int, depth: int) -> int:
    return max(n - (12 * 2**depth - 8), 0)


@remaining.wrong(
    en="An odd size loses a pixel in the pooling, and nobody is told.",
    zh="奇数在池化时悄悄丢掉了一个像素。",
)
def remaining_floor(n: int, depth: int) -> int:
    for _ in range(depth):
        n = (n - 4) // 2
    n -= 4
    for _ in range(depth):
        n = 2 * n - 4
    return max(n, 0)


@remaining.wrong(
    en="The bottom has two convolutions too.",
    zh="漏掉了最底层的两个卷积。",
)
def remaining_bottom(n: int, depth: int) -> int:
    for _ in range(depth):
        n -= 4
        if n < 1 or n % 2:
            return 0
        n //= 2
    for _ in range(depth):
        if n < 1:
            return 0
        n = 2 * n - 4
    return max(n, 0)


@remaining.wrong(
    en="Only the input is checked: the sizes further down may be odd.",
    zh="只检查了输入，下面几层的大小仍可能是奇数。",
)
def remaining_first(n: int, depth: int) -> int:
    if depth and n % 2:
        return 0
    for _ in range(depth):
        n = (n - 4) // 2
    n -= 4
    for _ in range(depth):
        n = 2 * n - 4
    return max(n, 0)


@remaining.wrong(
    en="Nothing left, doubled and cut again, becomes a negative size.",
    zh="已经不剩像素了，还继续加倍再减，得到负数。",
)
def remaining_negative(n: int, depth: int) -> int:
    for _ in range(depth):
        n -= 4
        if n % 2:
            return 0
        n //= 2
    n -= 4
    for _ in range(depth):
        n = 2 * n - 4
    return n


@remaining.cases
def remaining_cases(random: Random) -> Iterator[tuple[int, int]]:
    for n in (1, 4, 5, 9):
        yield n, 0
    for n in (1, 4, 8, 9, 10, 15, 16, 17, 18, 20):
        yield n, 1
    for n in (572, 573, 574, 576, 580, 588, 187, 188, 172, 2):
        yield n, 4
    for _ in range(40):
        yield random.randint(1, 130), random.randint(1, 3)


@remaining.large
def remaining_large(random: Random) -> Iterator[tuple[int, int]]:
    yield 10**12 + 8, 4
    yield 2**60 + 12, 4
    yield 2**60 + 8, 4
    yield 12 * 2**30 - 8 + 4, 30
    yield 10**9, 0


@remaining.brute
def remaining_brute(n: int, depth: int) -> int:
    # The pixels themselves, as a row: a convolution is a list of its windows.
    row = list(range(n))

    def pair(row: list[int]) -> list[int]:
        for _ in range(2):
            row = [min(three) for three in zip(row, row[1:], row[2:], strict=False)]
        return row

    for _ in range(depth):
        row = pair(row)
        if len(row) % 2:
            return 0
        row = [max(two) for two in zip(row[::2], row[1::2], strict=True)]
    row = pair(row)
    for _ in range(depth):
        row = pair([pixel for pixel in row for _ in range(2)])
    return len(row)
