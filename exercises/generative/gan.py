"""Exercises on GANs: the Jensen-Shannon divergence, and the best discriminator of samples."""

from collections import Counter
from collections.abc import Iterator
from math import inf, log, log1p, log2, sqrt
from random import Random
from typing import Any

from notekit.study.judge import Exercise, Words

divergence = Exercise(
    en=Words(
        title="Jensen–Shannon divergence",
        statement="""\
Return the Jensen–Shannon divergence of two distributions in nats: with $m = (p + q) / 2$,
half of $\\mathrm{KL}(p \\,\\|\\, m)$ plus half of $\\mathrm{KL}(q \\,\\|\\, m)$.

- `p`, `q`: two lists of $n \\ge 1$ numbers $\\ge 0$, each with the sum 1; zeros occur, also
  in both at once.
- All numbers are multiples of $2^{-20}$.
- Return a float; `p` and `q` stay as they are. Results may be off by $10^{-9}$.
""",
        hints=(
            "Which terms does KL have where a probability is 0?",
            "A term counts only if its own probability is above 0; then $m$ is too.",
        ),
    ),
    zh=Words(
        title="JS 散度",
        statement="""\
返回两个分布的 JS 散度，单位是奈特（nat）：记 $m = (p + q) / 2$，它等于 $\\mathrm{KL}(p \\,\\|\\, m)$ 的一半加上 $\\mathrm{KL}(q \\,\\|\\, m)$ 的一半。

- `p`、`q`：两个列表，各有 $n \\ge 1$ 个 $\\ge 0$ 的数，总和为 1；其中会有 0，也可能在同一位置都是 0。
- 所有的数都是 $2^{-20}$ 的倍数。
- 返回浮点数，`p` 和 `q` 保持不变。允许 $10^{-9}$ 的误差（结果的绝对值超过 1 时指相对误差，否则指绝对误差）。
""",
        hints=(
            "概率为 0 的地方，KL 的那一项是多少？",
            "只有自身概率大于 0 的项才计入；这时 $m$ 也大于 0。",
        ),
    ),
    examples="""\
>>> round(js([0.5, 0.5], [0.5, 0.5]), 6)
0.0
>>> round(js([1.0, 0.0], [0.0, 1.0]), 6)
0.693147
""",
    tolerance=1e-9,
    lacks={
        "empty": "a distribution has an outcome",
        "negative": "probabilities are not negative",
    },
)


@divergence.solution
def js(p: list[float], q: list[float]) -> float:
    total = 0.0
    for a, b in zip(p, q):
        m = (a + b) / 2
        if a > 0:
            total += a * log(a / m)
        if b > 0:
            total += b * log(b / m)
    return total / 2


@divergence.wrong(
    en="It is the mean of both KL divergences without the midpoint, infinite where one has a zero.",
    zh="没有用中点，直接平均了两个方向的 KL 散度；其中一个有 0 时就是无穷大。",
)
def js_without_midpoint(p: list[float], q: list[float]) -> float:
    total = 0.0
    for a, b in zip(p, q):
        if a > 0:
            total += a * log(a / b) if b > 0 else inf
        if b > 0:
            total += b * log(b / a) if a > 0 else inf
    return total / 2


@divergence.wrong(
    en="The factor ½ is forgotten: ln 4 for disjoint distributions.",
    zh="漏了系数 ½：两个分布不相交时得到 ln 4。",
)
def js_without_half(p: list[float], q: list[float]) -> float:
    total = 0.0
    for a, b in zip(p, q):
        m = (a + b) / 2
        total += a * log(a / m) if a > 0 else 0.0
        total += b * log(b / m) if b > 0 else 0.0
    return total


@divergence.wrong(
    en="0 times minus infinity: NaN as soon as there is a zero.",
    zh="0 乘负无穷：只要有一个 0，结果就是 NaN。",
)
def js_nan(p: list[float], q: list[float]) -> float:
    total = 0.0
    for a, b in zip(p, q):
        m = (a + b) / 2
        for x in (a, b):
            total += x * ((log(x) if x > 0 else -inf) - (log(m) if m > 0 else -inf))
    return total / 2


@divergence.wrong(
    en="The result is in bits.",
    zh="结果的单位成了比特。",
)
def js_bits(p: list[float], q: list[float]) -> float:
    total = 0.0
    for a, b in zip(p, q):
        m = (a + b) / 2
        total += a * log2(a / m) if a > 0 else 0.0
        total += b * log2(b / m) if b > 0 else 0.0
    return total / 2


@divergence.wrong(
    en="The root was taken, as scipy's jensenshannon does: that is the distance.",
    zh="像 scipy 的 jensenshannon 那样开了平方根：那是距离，不是散度。",
)
def js_root(p: list[float], q: list[float]) -> float:
    total = 0.0
    for a, b in zip(p, q):
        m = (a + b) / 2
        total += a * log(a / m) if a > 0 else 0.0
        total += b * log(b / m) if b > 0 else 0.0
    return sqrt(max(total / 2, 0.0))


@divergence.wrong(
    en="Outcomes that only one of them has are left out.",
    zh="只有一方概率大于 0 的结果被略去了。",
)
def js_common(p: list[float], q: list[float]) -> float:
    total = 0.0
    for a, b in zip(p, q):
        if a > 0 and b > 0:
            m = (a + b) / 2
            total += a * log(a / m) + b * log(b / m)
    return total / 2


@divergence.wrong(
    en="Only p is compared with the midpoint: not symmetric.",
    zh="只拿 p 与中点比较，结果不对称。",
)
def js_one_side(p: list[float], q: list[float]) -> float:
    return sum(a * log(2 * a / (a + b)) for a, b in zip(p, q) if a > 0)


@divergence.drive
def divergence_drive(js: Any, p: list[float], q: list[float]) -> Any:
    before = list(p), list(q)
    result = js(p, q)
    if (p, q) != before:
        raise ValueError("p and q must stay as they are, and were changed")
    return result


def _drawn(random: Random, n: int, parts: int) -> list[float]:
    """n multiples of 1 / parts whose sum is 1; some may be 0."""
    borders = sorted(random.randint(0, parts) for _ in range(n - 1))
    return [(b - a) / parts for a, b in zip([0, *borders], [*borders, parts])]


@divergence.cases
def divergence_cases(random: Random) -> Iterator[tuple[list[float], list[float]]]:
    yield [1.0], [1.0]
    yield [0.5, 0.5], [0.5, 0.5]
    yield [1.0, 0.0], [0.0, 1.0]
    yield [0.0, 1.0, 0.0], [0.0, 0.5, 0.5]
    yield [0.75, 0.25], [0.25, 0.75]
    yield [0.25, 0.75], [0.875, 0.125]
    for _ in range(40):
        n, parts = random.randint(1, 6), random.choice([8, 16, 64])
        yield _drawn(random, n, parts), _drawn(random, n, parts)


@divergence.large
def divergence_large(random: Random) -> Iterator[tuple[list[float], list[float]]]:
    yield _drawn(random, 3000, 2**20), _drawn(random, 3000, 2**20)


@divergence.brute
def divergence_brute(p: list[float], q: list[float]) -> float:
    # Entropy of the midpoint less the mean entropy: the same number by another formula.
    def entropy(law: list[float]) -> float:
        return -sum(x * log(x) for x in law if x)

    middle = [(a + b) / 2 for a, b in zip(p, q)]
    return entropy(middle) - (entropy(p) + entropy(q)) / 2


best = Exercise(
    en=Words(
        title="The best discriminator of two samples",
        statement="""\
A discriminator sees symbols. To each symbol it may give its own answer $D$, a number from 0
to 1. Its loss is

- the mean of $-\\ln D$ over the symbols in `real`, **plus**
- the mean of $-\\ln(1 - D)$ over the symbols in `fake`, where $0 \\cdot \\ln 0 = 0$.

Return the **least loss** that any such discriminator has on these two lists.

- `real`, `fake`: lists of at least one integer each, of any sign; their lengths may differ.
- Return a float. Results may be off by $10^{-9}$.
""",
        hints=(
            "Each symbol can be treated for itself: which D is best for it?",
            "With the shares $p$ and $q$ of a symbol among real and fake: $D = p/(p+q)$."
            " Shares, not counts.",
        ),
    ),
    zh=Words(
        title="两组样本的最优判别器",
        statement="""\
判别器看到的是符号。对每个符号，它可以各给一个回答 $D$，取 0 到 1 之间的数。它的损失是下面两项**之和**：

- `real` 中各符号的 $-\\ln D$ 的平均值；
- `fake` 中各符号的 $-\\ln(1 - D)$ 的平均值，其中 $0 \\cdot \\ln 0 = 0$。

返回这样的判别器在这两个列表上的**最小损失**。

- `real`、`fake`：两个整数列表，各至少一个元素，正负均可，长度可以不同。
- 返回浮点数。允许 $10^{-9}$ 的误差（结果的绝对值超过 1 时指相对误差，否则指绝对误差）。
""",
        hints=(
            "每个符号可以单独考虑：对它来说，哪个 D 最好？",
            "设一个符号在 real 和 fake 中的比例是 $p$ 和 $q$，则 $D = p/(p+q)$。用比例，不用次数。",
        ),
    ),
    examples="""\
>>> round(least_loss([1, 2], [1, 2]), 6)
1.386294
>>> round(least_loss([1, 1], [2]), 6)
0.0
>>> round(least_loss([1, 1, 2], [1, 2, 2, 2]), 6)
1.205802
""",
    tolerance=1e-9,
    lacks={"empty": "the mean of no losses is none"},
)


@best.solution
def least_loss(real: list[int], fake: list[int]) -> float:
    p, q = Counter(real), Counter(fake)
    loss = 0.0
    for symbol in sorted(p.keys() | q.keys()):
        a, b = p[symbol] / len(real), q[symbol] / len(fake)
        if a > 0:
            loss -= a * log(a / (a + b))
        if b > 0:
            loss -= b * log(b / (a + b))
    return loss


@best.wrong(
    en="D is taken from counts: wrong as soon as the lists differ in length.",
    zh="D 是用次数算的：两个列表长度不同时就错了。",
)
def least_loss_counts(real: list[int], fake: list[int]) -> float:
    p, q = Counter(real), Counter(fake)
    loss = 0.0
    for s in sorted(p.keys() | q.keys()):
        d = p[s] / (p[s] + q[s])
        loss -= p[s] / len(real) * log(d) if p[s] else 0.0
        loss -= q[s] / len(fake) * log(1 - d) if q[s] else 0.0
    return loss


@best.wrong(
    en="Both lists are thrown together, and one mean is taken: half the loss.",
    zh="把两个列表混在一起只取一个平均值：损失小了一半。",
)
def least_loss_one_mean(real: list[int], fake: list[int]) -> float:
    p, q = Counter(real), Counter(fake)
    loss = 0.0
    for s in sorted(p.keys() | q.keys()):
        d = p[s] / (p[s] + q[s])
        loss -= p[s] * log(d) if p[s] else 0.0
        loss -= q[s] * log(1 - d) if q[s] else 0.0
    return loss / (len(real) + len(fake))


@best.wrong(
    en="This is the discriminator at equilibrium, D = ½, not the best for these lists.",
    zh="这是均衡时的判别器，D = ½，对这两个列表并不是最优的。",
)
def least_loss_half(real: list[int], fake: list[int]) -> float:
    return log(4)


@best.wrong(
    en="The discriminator must not answer 0 or 1 here, and pays for symbols of one list.",
    zh="这里不允许判别器回答 0 或 1，只在一个列表里出现的符号也有损失。",
)
def least_loss_clamped(real: list[int], fake: list[int]) -> float:
    p, q = Counter(real), Counter(fake)
    loss = 0.0
    for s in sorted(p.keys() | q.keys()):
        a, b = p[s] / len(real), q[s] / len(fake)
        d = min(max(a / (a + b), 0.01), 0.99)
        loss -= a * log(d) + b * log1p(-d)
    return loss


@best.wrong(
    en="The sign is that of the value, which is to be maximised: the loss is its negative.",
    zh="符号反了：这是要最大化的价值函数，损失是它的相反数。",
)
def least_loss_sign(real: list[int], fake: list[int]) -> float:
    p, q = Counter(real), Counter(fake)
    value = 0.0
    for s in sorted(p.keys() | q.keys()):
        a, b = p[s] / len(real), q[s] / len(fake)
        value += a * log(a / (a + b)) if a else 0.0
        value += b * log(b / (a + b)) if b else 0.0
    return value


@best.wrong(
    en="The generator's part is missing: only the real samples are counted.",
    zh="少了生成样本的一项：只算了真实样本。",
)
def least_loss_real_only(real: list[int], fake: list[int]) -> float:
    p, q = Counter(real), Counter(fake)
    loss = 0.0
    for s in sorted(p):
        a, b = p[s] / len(real), q[s] / len(fake)
        loss -= a * log(a / (a + b))
    return loss


@best.cases
def best_cases(random: Random) -> Iterator[tuple[list[int], list[int]]]:
    yield [1], [1]
    yield [1], [2]
    yield [1, 2], [1, 2]
    yield [1, 1, 2], [1, 2, 2, 2]
    yield [-1, -1, 0], [-1]
    yield [3, 3, 3, 3], [3]
    for _ in range(50):
        kinds = random.randint(1, 5)
        yield (
            [random.randint(-2, kinds) for _ in range(random.randint(1, 9))],
            [random.randint(-2, kinds) for _ in range(random.randint(1, 9))],
        )


@best.large
def best_large(random: Random) -> Iterator[tuple[list[int], list[int]]]:
    yield (
        [random.randint(0, 300) for _ in range(3_000)],
        [random.randint(100, 400) for _ in range(2_000)],
    )


@best.brute
def best_brute(real: list[int], fake: list[int]) -> float:
    # For each symbol the logit is searched: the loss is convex in it.
    def soft(x: float) -> float:
        return max(x, 0.0) + log1p(2.718281828459045 ** -abs(x))

    total = 0.0
    for symbol in {*real, *fake}:
        a, b = real.count(symbol) / len(real), fake.count(symbol) / len(fake)
        low, high = -60.0, 60.0
        for _ in range(200):
            left, right = low + (high - low) / 3, high - (high - low) / 3
            if a * soft(-left) + b * soft(left) < a * soft(-right) + b * soft(right):
                high = right
            else:
                low = left
        total += a * soft(-low) + b * soft(low)
    return total
