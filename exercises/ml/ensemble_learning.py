"""Exercises on ensembles: one round of AdaBoost, and the best cut of a stump."""

import math
from collections.abc import Iterator
from random import Random

from notekit.study.judge import Exercise, Words

boost = Exercise(
    en=Words(
        title="One round of AdaBoost",
        statement="""\
A member of the ensemble was fitted to weighted rows. Return how much its vote counts, and
the weights for the next round, `(alpha, weights)`.

- `weights`: the weights of the rows, all positive, with sum 1.
- `right`: for each row, whether the member predicted it rightly. The member is neither
  perfect nor always wrong: at least one row is right, and one is wrong.
- With $\\epsilon$ the total weight of the wrong rows,
  $\\alpha = \\frac{1}{2} \\ln \\frac{1 - \\epsilon}{\\epsilon}$. Weights of right rows are
  multiplied by $e^{-\\alpha}$, those of wrong rows by $e^{\\alpha}$; then all are divided
  by their sum.

Results may be off by $10^{-9}$, relative to their size or to 1.
""",
        hints=(
            "Sum the weights of the wrong rows, not their number.",
            "A check: after the update, the wrong rows together weigh exactly one half.",
        ),
    ),
    zh=Words(
        title="AdaBoost 的一轮",
        statement="""\
集成中的一个成员在带权重的样本上训练完毕。返回它的表决权重和下一轮的样本权重 `(alpha, weights)`。

- `weights`：各样本的权重，都是正数，和为 1。
- `right`：各样本是否预测正确。该成员既不全对也不全错：至少有一个样本正确，也至少有一个错误。
- 设 $\\epsilon$ 为预测错误的样本的权重之和，则 $\\alpha = \\frac{1}{2} \\ln \\frac{1 - \\epsilon}{\\epsilon}$。预测正确的样本权重乘以 $e^{-\\alpha}$，错误的乘以 $e^{\\alpha}$，然后全部除以它们的和。

允许 $10^{-9}$ 的误差（结果的绝对值超过 1 时指相对误差，否则指绝对误差）。
""",
        hints=(
            "累加的是错误样本的权重，而不是它们的个数。",
            "可以这样检查：更新之后，错误样本的权重之和恰好是二分之一。",
        ),
    ),
    examples="""\
>>> alpha, weights = boost_round([0.25] * 4, [True, True, True, False])
>>> round(alpha, 6)
0.549306
>>> [round(weight, 6) for weight in weights]
[0.166667, 0.166667, 0.166667, 0.5]
""",
    tolerance=1e-9,
    lacks={
        "empty": "one row is right and one is wrong",
        "one": "one row is right and one is wrong",
        "negative": "weights are positive",
    },
)


@boost.solution
def boost_round(weights: list[float], right: list[bool]) -> tuple[float, list[float]]:
    error = sum(weight for weight, good in zip(weights, right) if not good)
    alpha = math.log((1 - error) / error) / 2
    changed = [
        weight * math.exp(-alpha if good else alpha)
        for weight, good in zip(weights, right)
    ]
    total = sum(changed)
    return alpha, [weight / total for weight in changed]


@boost.wrong(
    en="The error is the share of wrong rows, whatever they weigh.",
    zh="误差取了错误样本的比例，没有考虑权重。",
)
def boost_round_share(
    weights: list[float], right: list[bool]
) -> tuple[float, list[float]]:
    error = right.count(False) / len(right)
    alpha = math.log((1 - error) / error) / 2
    changed = [
        weight * math.exp(-alpha if good else alpha)
        for weight, good in zip(weights, right)
    ]
    total = sum(changed)
    return alpha, [weight / total for weight in changed]


@boost.wrong(
    en="The weights are not divided by their sum.",
    zh="更新后的权重没有归一化。",
)
def boost_round_sum(
    weights: list[float], right: list[bool]
) -> tuple[float, list[float]]:
    error = sum(weight for weight, good in zip(weights, right) if not good)
    alpha = math.log((1 - error) / error) / 2
    return alpha, [
        weight * math.exp(-alpha if good else alpha)
        for weight, good in zip(weights, right)
    ]


@boost.wrong(
    en="The sign is turned: rows that were right gain weight.",
    zh="符号反了：预测正确的样本反而增加了权重。",
)
def boost_round_sign(
    weights: list[float], right: list[bool]
) -> tuple[float, list[float]]:
    error = sum(weight for weight, good in zip(weights, right) if not good)
    alpha = math.log((1 - error) / error) / 2
    changed = [
        weight * math.exp(alpha if good else -alpha)
        for weight, good in zip(weights, right)
    ]
    total = sum(changed)
    return alpha, [weight / total for weight in changed]


@boost.wrong(
    en="Without the factor one half: that is SAMME's alpha.",
    zh="漏了系数二分之一：那是 SAMME 的 alpha。",
)
def boost_round_samme(
    weights: list[float], right: list[bool]
) -> tuple[float, list[float]]:
    error = sum(weight for weight, good in zip(weights, right) if not good)
    alpha = math.log((1 - error) / error)
    changed = [
        weight * math.exp(0 if good else alpha) for weight, good in zip(weights, right)
    ]
    total = sum(changed)
    return alpha, [weight / total for weight in changed]


@boost.cases
def boost_cases(random: Random) -> Iterator[tuple[list[float], list[bool]]]:
    yield [0.5, 0.5], [True, False]
    yield [0.25, 0.75], [True, False]
    yield [0.25] * 4, [True, True, True, False]
    for n in [*range(2, 9), *range(2, 9), *range(2, 9), 100]:
        parts = 16 if n < 16 else 1024  # weights that a float holds exactly
        cuts = sorted(random.sample(range(1, parts), n - 1))
        steps = zip([0, *cuts], [*cuts, parts])
        right = [True, False] + [random.random() < 0.7 for _ in range(n - 2)]
        random.shuffle(right)
        yield [(stop - start) / parts for start, stop in steps], right


@boost.brute
def boost_brute(weights: list[float], right: list[bool]) -> tuple[float, list[float]]:
    # Each side weighs one half afterwards, shared as before; alpha by bisection of the
    # slope of the exponential loss.
    wrong = math.fsum(w for w, good in zip(weights, right) if not good)
    low, high = -50.0, 50.0
    for _ in range(200):
        alpha = (low + high) / 2
        if wrong * math.exp(alpha) > (1 - wrong) * math.exp(-alpha):
            high = alpha
        else:
            low = alpha
    halves = {True: 1 - wrong, False: wrong}
    return alpha, [w / halves[good] / 2 for w, good in zip(weights, right)]


stump = Exercise(
    en=Words(
        title="The best cut of a stump",
        statement="""\
A stump cuts the rows by one feature: those with $x \\le c$ go left, the others right.
The Gini impurity of a side with shares $p$ and $1 - p$ of the two classes is $2p(1 - p)$; that
of a cut is the mean over both sides, each weighted by its number of rows. Return the least
impurity that any cut reaches; no cut at all, with all rows on one side, is allowed too.

- `xs`: numbers of any sign, one a row, in any order; several may be equal.
- `labels`: as many labels, each 0 or 1. Without rows the impurity is 0.

Results may be off by $10^{-9}$.
""",
        hints=(
            "Sort the rows by their feature. Between which neighbours can a cut lie?",
            "Rows with equal features go to the same side: a cut lies only where the"
            " feature changes. Keep the numbers of ones on both sides while you walk.",
        ),
    ),
    zh=Words(
        title="决策树桩的最佳切分",
        statement="""\
决策树桩按一个特征切分样本：$x \\le c$ 的归左边，其余归右边。设一侧两个类别的比例为 $p$ 和 $1 - p$，这一侧的基尼不纯度是 $2p(1 - p)$；一次切分的不纯度，是两侧不纯度按样本数的加权平均。返回各种切分中最小的不纯度；也允许不切，即所有样本都在同一侧。

- `xs`：每个样本的特征值，可正可负，顺序任意，可以有相等的。
- `labels`：个数相同的标签，每个为 0 或 1。没有样本时不纯度为 0。

允许 $10^{-9}$ 的误差。
""",
        hints=(
            "先按特征值排序。切分可以落在哪些相邻样本之间？",
            "特征值相等的样本总在同一侧，所以切分只能落在特征值变化的地方。边走边维护两侧标签为 1 的个数。",
        ),
    ),
    examples="""\
>>> best_impurity([1, 2, 3, 4], [0, 0, 1, 1])
0.0
>>> best_impurity([5, 5], [0, 1])
0.5
""",
    tolerance=1e-9,
)


@stump.solution
def best_impurity(xs: list[float], labels: list[int]) -> float:
    rows = sorted(zip(xs, labels))
    n, ones = len(rows), sum(labels)
    if n == 0:
        return 0.0
    best = 2 * ones * (n - ones) / n
    left = 0
    for i in range(1, n):
        left += rows[i - 1][1]
        if rows[i][0] > rows[i - 1][0]:
            right = ones - left
            sides = left * (i - left) / i + right * (n - i - right) / (n - i)
            best = min(best, 2 * sides)
    return best / n


@stump.wrong(
    en="Cuts between equal values too, which no threshold can make.",
    zh="在相等的特征值之间也切了，而没有哪个阈值能做到。",
)
def best_impurity_equal(xs: list[float], labels: list[int]) -> float:
    rows = sorted(zip(xs, labels))
    n, ones = len(rows), sum(labels)
    if n == 0:
        return 0.0
    best = 2 * ones * (n - ones) / n
    left = 0
    for i in range(1, n):
        left += rows[i - 1][1]
        right = ones - left
        sides = left * (i - left) / i + right * (n - i - right) / (n - i)
        best = min(best, 2 * sides)
    return best / n


@stump.wrong(
    en="The mean of the two sides without their sizes.",
    zh="对两侧直接取平均，没有按样本数加权。",
)
def best_impurity_unweighted(xs: list[float], labels: list[int]) -> float:
    rows = sorted(zip(xs, labels))
    n, ones = len(rows), sum(labels)
    if n == 0:
        return 0.0
    best = 2 * ones * (n - ones) / n**2
    left = 0
    for i in range(1, n):
        left += rows[i - 1][1]
        if rows[i][0] > rows[i - 1][0]:
            p, q = left / i, (ones - left) / (n - i)
            best = min(best, p * (1 - p) + q * (1 - q))
    return best


@stump.wrong(
    en="The rows are not sorted: cuts follow the order in which they come.",
    zh="没有排序，按给出的顺序切分。",
)
def best_impurity_unsorted(xs: list[float], labels: list[int]) -> float:
    n, ones = len(xs), sum(labels)
    if n == 0:
        return 0.0
    best = 2 * ones * (n - ones) / n
    left = 0
    for i in range(1, n):
        left += labels[i - 1]
        if xs[i] != xs[i - 1]:
            right = ones - left
            sides = left * (i - left) / i + right * (n - i - right) / (n - i)
            best = min(best, 2 * sides)
    return best / n


@stump.wrong(
    en="Without rows it divides by zero.",
    zh="没有样本时除以了 0。",
)
def best_impurity_none(xs: list[float], labels: list[int]) -> float:
    rows = sorted(zip(xs, labels))
    n, ones = len(rows), sum(labels)
    best = 2 * ones * (n - ones) / n
    left = 0
    for i in range(1, n):
        left += rows[i - 1][1]
        if rows[i][0] > rows[i - 1][0]:
            right = ones - left
            sides = left * (i - left) / i + right * (n - i - right) / (n - i)
            best = min(best, 2 * sides)
    return best / n


@stump.cases
def stump_cases(random: Random) -> Iterator[tuple[list[float], list[int]]]:
    yield [], []
    yield [3], [1]
    yield [5, 5], [0, 1]
    yield [1, 2, 3, 4], [0, 0, 1, 1]
    for _ in range(40):
        n = random.randint(1, 7)
        xs = [random.randint(-3, 3) for _ in range(n)]
        yield xs, [random.randint(0, 1) for _ in range(n)]
    n = 120
    yield (
        [random.gauss(0, 9) for _ in range(n)],
        [random.randint(0, 1) for _ in range(n)],
    )


@stump.brute
def stump_brute(xs: list[float], labels: list[int]) -> float:
    found = [0.0] if not xs else []
    for cut in xs:
        total = 0.0
        for side in ([x <= cut for x in xs], [x > cut for x in xs]):
            mine = [label for label, here in zip(labels, side) if here]
            pairs = sum(one != other for one in mine for other in mine)
            total += pairs / len(mine) if mine else 0.0
        found.append(total / len(xs))
    return min(found)
