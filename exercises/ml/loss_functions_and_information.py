"""Exercises on losses: a divergence with its zeros, perplexity, a pinball minimiser."""

import math
from collections.abc import Iterator
from fractions import Fraction
from random import Random

from notekit.study.judge import Exercise, Words

divergence = Exercise(
    en=Words(
        title="KL divergence, zeros included",
        statement="""\
Return $\\mathrm{KL}(p \\,\\|\\, q) = \\sum_k p_k \\ln (p_k / q_k)$ in nats. A term with
$p_k = 0$ is 0; if some $q_k = 0 < p_k$, return `math.inf`.

- `p`, `q`: equally many probabilities, at least one, each list with the sum 1 up to
  rounding. None lies between 0 and $10^{-12}$.

Results may be off by $10^{-9}$, relative to their size or to 1.
""",
        hints=(
            "Go through both lists at once. Which of the two zeros comes first?",
            "If $p_k = 0$, there is nothing to add, whatever $q_k$ is. Only then ask"
            " whether $q_k = 0$.",
        ),
    ),
    zh=Words(
        title="含零概率的 KL 散度",
        statement="""\
返回 $\\mathrm{KL}(p \\,\\|\\, q) = \\sum_k p_k \\ln (p_k / q_k)$，单位是奈特。$p_k = 0$ 的项等于 0；如果有某个 $q_k = 0 < p_k$，返回 `math.inf`。

- `p`、`q`：个数相同的概率，至少一个，两个列表的和都是 1（不计舍入）。没有介于 0 和 $10^{-12}$ 之间的数。

允许 $10^{-9}$ 的误差（结果的绝对值超过 1 时指相对误差，否则指绝对误差）。
""",
        hints=(
            "同时遍历两个列表。两种零，先判断哪一种？",
            "$p_k = 0$ 时，不管 $q_k$ 是多少这一项都是 0。排除这种情况之后，再看 $q_k$ 是不是 0。",
        ),
    ),
    examples="""\
>>> round(kl([0.5, 0.5], [0.9, 0.1]), 4)
0.5108
>>> kl([0.5, 0.5], [1, 0])
inf
>>> round(kl([0, 1], [0.5, 0.5]), 4)
0.6931
""",
    tolerance=1e-9,
    lacks={
        "empty": "there is an outcome",
        "negative": "probabilities are not negative",
    },
)


@divergence.solution
def kl(p: list[float], q: list[float]) -> float:
    total = 0.0
    for a, b in zip(p, q):
        if a > 0:
            if b == 0:
                return math.inf
            total += a * math.log(a / b)
    return total


@divergence.wrong(
    en="The formula as it stands: at $p_k = 0$ it asks for the logarithm of 0.",
    zh="照搬公式：$p_k = 0$ 时要算 0 的对数。",
)
def kl_plain(p: list[float], q: list[float]) -> float:
    return sum(a * math.log(a / b) for a, b in zip(p, q))


@divergence.wrong(
    en="Terms with $q_k = 0$ are skipped, those that make the sum infinite among them.",
    zh="跳过了 $q_k = 0$ 的项，而这里面有让结果变成无穷大的项。",
)
def kl_skips(p: list[float], q: list[float]) -> float:
    return sum(a * math.log(a / b) for a, b in zip(p, q) if a > 0 and b > 0)


@divergence.wrong(
    en="A small number inside the logarithm: what is infinite becomes about 20.7.",
    zh="在对数里加了一个很小的数：本来是无穷大，却变成了约 20.7。",
)
def kl_small(p: list[float], q: list[float]) -> float:
    return sum(a * math.log((a + 1e-9) / (b + 1e-9)) for a, b in zip(p, q))


@divergence.wrong(
    en="The other direction: $q$ weighs the terms.",
    zh="方向反了：用 $q$ 给各项加权。",
)
def kl_turned(p: list[float], q: list[float]) -> float:
    total = 0.0
    for a, b in zip(p, q):
        if b > 0:
            if a == 0:
                return math.inf
            total += b * math.log(b / a)
    return total


@divergence.wrong(
    en="In bits: the base of the logarithm is 2.",
    zh="单位成了比特：对数以 2 为底。",
)
def kl_bits(p: list[float], q: list[float]) -> float:
    total = 0.0
    for a, b in zip(p, q):
        if a > 0:
            if b == 0:
                return math.inf
            total += a * math.log2(a / b)
    return total


Pair = tuple[list[float], list[float]]


def shares(random: Random, k: int, zeros: bool) -> list[float]:
    counts = [random.randint(0 if zeros else 1, 9) for _ in range(k)]
    counts[random.randrange(k)] += 1
    total = sum(counts)
    return [c / total for c in counts]


@divergence.cases
def divergence_cases(random: Random) -> Iterator[Pair]:
    yield [1.0], [1.0]
    yield [0.0, 1.0], [0.5, 0.5]
    yield [0.5, 0.5], [1.0, 0.0]
    yield [1.0, 0.0], [0.0, 1.0]
    yield [0.0, 1.0], [0.0, 1.0]
    yield [0.5, 0.5], [0.9, 0.1]
    yield [0.25] * 4, [0.25] * 4
    yield [1 - 1e-11, 1e-11], [1.0, 0.0]
    yield [0.5, 0.5], [1 - 1e-12, 1e-12]
    for _ in range(40):
        k = random.randint(1, 6)
        yield shares(random, k, True), shares(random, k, random.random() < 0.4)


@divergence.large
def divergence_large(random: Random) -> Iterator[Pair]:
    yield shares(random, 20_000, True), shares(random, 20_000, False)


@divergence.brute
def divergence_brute(p: list[float], q: list[float]) -> float:
    # The integral of the ratio's slope: ln x is the area under 1 / t from 1 to x.
    total = 0.0
    for a, b in zip(p, q):
        if a == 0:
            continue
        if b == 0:
            return math.inf
        x, whole = a / b, 0
        while x > 1.5:
            x, whole = x / 2, whole + 1
        while x < 0.75:
            x, whole = x * 2, whole - 1
        u = (x - 1) / (x + 1)
        series = 2 * sum(u ** (2 * j + 1) / (2 * j + 1) for j in range(40))
        total += a * (series + whole * 0.6931471805599453)
    return total


perplexity_ = Exercise(
    en=Words(
        title="Perplexity of several texts",
        statement="""\
A language model gives each token of a text a natural log-probability. The perplexity of
a set of texts is $e$ to the mean loss **of all their tokens**, each token counted once.

- `texts`: lists of log-probabilities, each from $-50$ to 0. Some lists may be empty, but
  not all.

Results may be off by $10^{-9}$, relative to their size.
""",
        hints=(
            "The loss of a token is minus its log-probability. What does a long text weigh?",
            "Add up all losses, count all tokens, divide, and only then take the exponential.",
        ),
    ),
    zh=Words(
        title="几段文本的困惑度",
        statement="""\
语言模型给文本里的每个词元一个自然对数概率。一组文本的困惑度，是 $e$ 的若干次方，指数是**全部词元**的平均损失，每个词元算一次。

- `texts`：若干个列表，元素是对数概率，在 $-50$ 到 0 之间。列表可以是空的，但不会全空。

允许 $10^{-9}$ 的相对误差。
""",
        hints=(
            "一个词元的损失是对数概率的相反数。长的文本应占多大的权？",
            "把所有损失加起来，除以词元的总数，最后才取指数。",
        ),
    ),
    examples="""\
>>> import math
>>> round(perplexity([[math.log(0.25)] * 3, [math.log(0.25)]]), 9)
4.0
>>> round(perplexity([[-1, -1, -1], [-5]]), 4)
7.3891
""",
    tolerance=1e-9,
)


@perplexity_.solution
def perplexity(texts: list[list[float]]) -> float:
    losses = [-x for text in texts for x in text]
    return math.exp(math.fsum(losses) / len(losses))


@perplexity_.wrong(
    en="The mean of the texts' perplexities: a short hard text outweighs all others.",
    zh="对各段文本的困惑度取平均：一段很短却很难的文本压过了其他所有文本。",
)
def perplexity_mean(texts: list[list[float]]) -> float:
    each = [math.exp(-sum(text) / len(text)) for text in texts if text]
    return sum(each) / len(each)


@perplexity_.wrong(
    en="The mean of the texts' mean losses: tokens of short texts count more.",
    zh="对各段文本的平均损失再取平均：短文本里的词元占的权更大。",
)
def perplexity_texts(texts: list[list[float]]) -> float:
    each = [-sum(text) / len(text) for text in texts if text]
    return math.exp(sum(each) / len(each))


@perplexity_.wrong(
    en="2 to the loss in nats: base and exponent do not belong together.",
    zh="用 2 作底，指数却以奈特为单位：底和单位对不上。",
)
def perplexity_two(texts: list[list[float]]) -> float:
    losses = [-x for text in texts for x in text]
    return 2 ** (sum(losses) / len(losses))


@perplexity_.wrong(
    en="The mean of the inverse probabilities, instead of $e$ to the mean loss.",
    zh="对概率的倒数取了平均；应当先对损失取平均，再取它作 $e$ 的指数。",
)
def perplexity_inverse(texts: list[list[float]]) -> float:
    inverse = [math.exp(-x) for text in texts for x in text]
    return sum(inverse) / len(inverse)


@perplexity_.wrong(
    en="The product of all probabilities: in a long text it is 0 for a computer.",
    zh="先把所有概率乘起来：文本一长，乘积就下溢成 0。",
)
def perplexity_product(texts: list[list[float]]) -> float:
    losses = [-x for text in texts for x in text]
    return math.prod(math.exp(-x) for x in losses) ** (-1 / len(losses))


Texts = tuple[list[list[float]]]


def some_text(random: Random, longest: int) -> list[float]:
    return [-random.randint(0, 80) / 16 for _ in range(random.randint(0, longest))]


@perplexity_.cases
def perplexity_cases(random: Random) -> Iterator[Texts]:
    yield ([[0]],)
    yield ([[-1]],)
    yield ([[], [-2, -2], []],)
    yield ([[-1, -1, -1], [-5]],)
    yield ([[-50], [0]],)
    for _ in range(30):
        texts = [some_text(random, 5) for _ in range(random.randint(0, 4))]
        yield ([*texts, [-random.randint(0, 80) / 16]],)


@perplexity_.large
def perplexity_large(random: Random) -> Iterator[Texts]:
    yield ([some_text(random, 500) for _ in range(40)] + [[-3.0]],)


@perplexity_.brute
def perplexity_brute(texts: list[list[float]]) -> float:
    # The root of the product of all inverse probabilities, by halving an interval.
    count = sum(map(len, texts))
    total = sum(sum(Fraction(x) for x in text) for text in texts)
    low, high = 1.0, math.exp(50) * 2
    for _ in range(200):
        middle = math.sqrt(low * high)
        if count * math.log(middle) + total < 0:
            low = middle
        else:
            high = middle
    return low


pinball = Exercise(
    en=Words(
        title="The smallest best prediction",
        statement="""\
For the numbers $y_i$ one number $q$ is predicted. Row $i$ costs $\\tau (y_i - q)$ if
$q \\le y_i$, and $(1 - \\tau)(q - y_i)$ if $q > y_i$, with $\\tau$ = `percent` / 100.
Return the **smallest** $q$ whose total cost is least.

- `ys`: at least one integer, up to 50,000, from $-10^9$ to $10^9$, in any order.
- `percent`: an integer from 1 to 99.

The answer is one of the `ys`.
""",
        hints=(
            "Move $q$ a little to the right. What do rows to its left cost more, and what"
            " do those to its right cost less?",
            "Sort. $q$ may stop where at least a share $\\tau$ of the rows is not above"
            " it. Compute the place in integers: in floats $0.07 \\cdot 100$ is more than 7.",
        ),
    ),
    zh=Words(
        title="最小的最优预测",
        statement="""\
对一组数 $y_i$ 只预测一个数 $q$。$q \\le y_i$ 时第 $i$ 行的代价是 $\\tau (y_i - q)$，$q > y_i$ 时是 $(1 - \\tau)(q - y_i)$，其中 $\\tau$ = `percent` / 100。总代价最小的 $q$ 可能不止一个，返回其中**最小**的。

- `ys`：至少一个整数，至多 50,000 个，在 $-10^9$ 到 $10^9$ 之间，顺序任意。
- `percent`：1 到 99 的整数。

答案一定是 `ys` 中的一个。
""",
        hints=(
            "把 $q$ 向右移一点：左边的行多付多少，右边的行少付多少？",
            "先排序。只要不超过 $q$ 的行至少占 $\\tau$，就可以停下。位置用整数计算：浮点数算出的 $0.07 \\cdot 100$ 大于 7。",
        ),
    ),
    examples="""\
>>> best_prediction([1, 2, 3, 4, 100], 80)
4
>>> best_prediction([1, 2, 3, 4, 100], 50)
3
>>> best_prediction([10, 0], 50)
0
""",
    lacks={"empty": "there is a row"},
)


@pinball.solution
def best_prediction(ys: list[int], percent: int) -> int:
    place = -(-percent * len(ys) // 100)  # how many rows, rounded up
    return sorted(ys)[place - 1]


@pinball.wrong(
    en="One place too far if $\\tau n$ is a whole number: best as well, but not smallest.",
    zh="$\\tau n$ 恰为整数时多走了一位：代价也最小，但不是最小的那个预测值。",
)
def best_prediction_next(ys: list[int], percent: int) -> int:
    return sorted(ys)[percent * len(ys) // 100]


@pinball.wrong(
    en="$\\tau$ and $1 - \\tau$ have changed places.",
    zh="$\\tau$ 和 $1 - \\tau$ 互换了。",
)
def best_prediction_turned(ys: list[int], percent: int) -> int:
    place = -(-(100 - percent) * len(ys) // 100)
    return sorted(ys)[place - 1]


@pinball.wrong(
    en="The place is computed in floats, where 0.07 times 100 is a little more than 7.",
    zh="用浮点数计算位置，0.07 乘以 100 比 7 略大。",
)
def best_prediction_floats(ys: list[int], percent: int) -> int:
    return sorted(ys)[math.ceil(percent / 100 * len(ys)) - 1]


@pinball.wrong(
    en="The numbers were not sorted.",
    zh="没有排序。",
)
def best_prediction_order(ys: list[int], percent: int) -> int:
    return ys[-(-percent * len(ys) // 100) - 1]


@pinball.wrong(
    en="The mean, which is what the squared error asks for.",
    zh="返回了平均值，那是平方误差的答案。",
)
def best_prediction_mean(ys: list[int], percent: int) -> int:
    return round(sum(ys) / len(ys))


Rows = tuple[list[int], int]


@pinball.cases
def pinball_cases(random: Random) -> Iterator[Rows]:
    yield [5], 50
    yield [10, 0], 50
    yield [1, 2, 3, 4, 100], 80
    yield [3, 3, 3, -1], 25
    yield [-7, -7], 99
    yield [10**9, -(10**9), 0], 34
    yield list(range(100)), 7
    for _ in range(60):
        n = random.randint(1, 10)
        percent = random.choice([1, 10, 20, 25, 50, 75, 80, 99, random.randint(1, 99)])
        yield [random.randint(-6, 6) for _ in range(n)], percent


@pinball.large
def pinball_large(random: Random) -> Iterator[Rows]:
    ys = [random.randint(-(10**9), 10**9) for _ in range(50_000)]
    yield ys, 7


@pinball.brute
def pinball_brute(ys: list[int], percent: int) -> int:
    def cost(q: int) -> int:
        return sum(
            percent * (y - q) if q <= y else (100 - percent) * (q - y) for y in ys
        )

    return min(set(ys), key=lambda q: (cost(q), q))
