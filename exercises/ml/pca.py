"""Exercises on PCA: variances in the plane, how many components, double centring."""

from collections.abc import Iterator
from decimal import Decimal, localcontext
from fractions import Fraction
from itertools import combinations
from random import Random
from typing import Any

from notekit.study.judge import Exercise, Words

plane = Exercise(
    en=Words(
        title="Principal variances in the plane",
        statement="""\
Return both principal variances of points in the plane, the larger first: the eigenvalues of their
covariance matrix, which divides by $n - 1$.

- `points`: at least two pairs of numbers up to $10^9$ in size, no coordinates more than 1000 apart.
  So they may lie far from 0 and close to each other, as on a map.

Results may be off by $10^{-6}$, relative to their size or to 1.
""",
        hints=(
            "Three sums of products of deviations from the means give the matrix"
            " $\\begin{pmatrix} a & b \\\\ b & c \\end{pmatrix}$.",
            "The eigenvalues are $\\frac{a + c}{2} \\pm \\sqrt{\\bigl(\\frac{a - c}{2}\\bigr)^2"
            " + b^2}$.",
        ),
    ),
    zh=Words(
        title="平面点集的主成分方差",
        statement="""\
返回平面上一组点的两个主成分方差，大的在前：也就是协方差矩阵的特征值，协方差除以 $n - 1$。

- `points`：至少两个点，每个点是一对数，绝对值可达 $10^9$，同一坐标之差不超过 1000。所以它们可能离 0 很远而彼此很近，比如地图坐标。

允许 $10^{-6}$ 的误差（结果的绝对值超过 1 时指相对误差，否则指绝对误差）。
""",
        hints=(
            "用各点与均值的偏差，求三个乘积和，得到矩阵 $\\begin{pmatrix} a & b \\\\ b & c \\end{pmatrix}$。",
            "特征值是 $\\frac{a + c}{2} \\pm \\sqrt{\\bigl(\\frac{a - c}{2}\\bigr)^2 + b^2}$。",
        ),
    ),
    examples="""\
>>> principal_variances([(0, 0), (2, 2)])
(4.0, 0.0)
>>> principal_variances([(-1, 0), (1, 0), (0, -1), (0, 1)])
(0.6666666666666666, 0.6666666666666666)
""",
    tolerance=1e-6,
    lacks={"empty": "there are two points", "one": "there are two points"},
)


@plane.solution
def principal_variances(points: list[tuple[float, float]]) -> tuple[float, float]:
    n = len(points)
    x0, y0 = points[0]  # differences first: they are exact where the numbers are near
    moved = [(x - x0, y - y0) for x, y in points]
    x_mean, y_mean = sum(x for x, _ in moved) / n, sum(y for _, y in moved) / n
    a = sum((x - x_mean) ** 2 for x, _ in moved) / (n - 1)
    c = sum((y - y_mean) ** 2 for _, y in moved) / (n - 1)
    b = sum((x - x_mean) * (y - y_mean) for x, y in moved) / (n - 1)
    middle, half = (a + c) / 2, (((a - c) / 2) ** 2 + b * b) ** 0.5
    return middle + half, middle - half


@plane.wrong(
    en="The variances of the columns: right only if the columns are uncorrelated.",
    zh="这是两列各自的方差，只在两列不相关时才对。",
)
def principal_variances_columns(
    points: list[tuple[float, float]],
) -> tuple[float, float]:
    n = len(points)
    x_mean, y_mean = sum(x for x, _ in points) / n, sum(y for _, y in points) / n
    a = sum((x - x_mean) ** 2 for x, _ in points) / (n - 1)
    c = sum((y - y_mean) ** 2 for _, y in points) / (n - 1)
    return max(a, c), min(a, c)


@plane.wrong(
    en="Not centred: the first direction points to the mean.",
    zh="没有中心化：第一个方向指向均值。",
)
def principal_variances_raw(
    points: list[tuple[float, float]],
) -> tuple[float, float]:
    n = len(points)
    a = sum(x * x for x, _ in points) / (n - 1)
    c = sum(y * y for _, y in points) / (n - 1)
    b = sum(x * y for x, y in points) / (n - 1)
    middle, half = (a + c) / 2, (((a - c) / 2) ** 2 + b * b) ** 0.5
    return middle + half, middle - half


@plane.wrong(
    en="It divides by $n$ instead of $n - 1$.",
    zh="除以了 $n$，而不是 $n - 1$。",
)
def principal_variances_n(points: list[tuple[float, float]]) -> tuple[float, float]:
    n = len(points)
    x_mean, y_mean = sum(x for x, _ in points) / n, sum(y for _, y in points) / n
    a = sum((x - x_mean) ** 2 for x, _ in points) / n
    c = sum((y - y_mean) ** 2 for _, y in points) / n
    b = sum((x - x_mean) * (y - y_mean) for x, y in points) / n
    middle, half = (a + c) / 2, (((a - c) / 2) ** 2 + b * b) ** 0.5
    return middle + half, middle - half


@plane.wrong(
    en="The mean of the squares minus the square of the mean: far from 0 nothing is left.",
    zh="用平方的均值减去均值的平方：离 0 很远时，什么也不剩。",
)
def principal_variances_cancel(
    points: list[tuple[float, float]],
) -> tuple[float, float]:
    n = len(points)
    x_mean, y_mean = sum(x for x, _ in points) / n, sum(y for _, y in points) / n
    a = (sum(x * x for x, _ in points) - n * x_mean**2) / (n - 1)
    c = (sum(y * y for _, y in points) - n * y_mean**2) / (n - 1)
    b = (sum(x * y for x, y in points) - n * x_mean * y_mean) / (n - 1)
    middle, half = (a + c) / 2, (((a - c) / 2) ** 2 + b * b) ** 0.5
    return middle + half, middle - half


@plane.cases
def plane_cases(random: Random) -> Iterator[tuple[list[tuple[float, float]]]]:
    yield ([(0, 0), (0, 0)],)
    yield ([(0, 0), (2, 2)],)
    yield ([(0, 0), (2, -2)],)
    yield ([(-1, 0), (1, 0), (0, -1), (0, 1)],)
    yield ([(5, 1), (5, 2), (5, 4)],)
    yield ([(1, 2), (2, 4), (3, 6)],)
    yield ([(1e9, 1e9), (1e9 + 1, 1e9 + 2), (1e9 + 2, 1e9)],)
    yield ([(0, 0), (1000, 1000), (500, 500.5)],)
    yield ([(-1e9, 5), (1000 - 1e9, 6), (500 - 1e9, 5.25)],)
    for _ in range(40):
        far = random.choice([0, 0, 1000, -(10**8)])
        n = random.randint(2, 8)
        yield (
            [
                (far + random.randint(-8, 8) / 4, far + random.randint(-8, 8) / 4)
                for _ in range(n)
            ],
        )


@plane.brute
def plane_brute(points: list[tuple[float, float]]) -> tuple[float, float]:
    # All pairs of points: no mean is needed, and nothing is rounded before the root.
    n = len(points)
    exact = [(Fraction(x), Fraction(y)) for x, y in points]
    pairs = [
        (x - u, y - v) for i, (x, y) in enumerate(exact) for u, v in exact[i + 1 :]
    ]
    scale = Fraction(1, n * (n - 1))
    a, c = sum(p * p for p, _ in pairs) * scale, sum(q * q for _, q in pairs) * scale
    b = sum(p * q for p, q in pairs) * scale
    under = (a - c) ** 2 + 4 * b * b
    with localcontext() as context:
        context.prec = 60
        root = (Decimal(under.numerator) / Decimal(under.denominator)).sqrt()
        total = Decimal((a + c).numerator) / Decimal((a + c).denominator)
        return float((total + root) / 2), float((total - root) / 2)


enough = Exercise(
    en=Words(
        title="How many components?",
        statement="""\
Return the smallest $k$ such that the $k$ largest principal directions together hold at least
`percent` per cent of the total variance.

- `s`: singular values of the centred matrix, integers $\\ge 0$ in **any order**; there may be none.
- `percent`: an integer from 0 to 100.

If the total variance is 0, or `percent` is, the answer is 0. The comparison must be exact.
""",
        hints=(
            "Which power of a singular value is a variance, up to a factor that cancels?",
            "Compare 100 times a sum with `percent` times the total: integers do not round.",
        ),
    ),
    zh=Words(
        title="保留几个主成分",
        statement="""\
返回最小的 $k$，使方差最大的 $k$ 个主方向合起来至少占总方差的百分之 `percent`。

- `s`：中心化矩阵的奇异值，都是 $\\ge 0$ 的整数，**次序任意**，可以一个也没有。
- `percent`：0 到 100 的整数。

总方差为 0 或者 `percent` 为 0 时，答案是 0。比较时不能有误差。
""",
        hints=(
            "奇异值的几次方是方差（差一个会约去的因子）？",
            "用 100 乘部分和，与 `percent` 乘总和相比：整数没有舍入。",
        ),
    ),
    examples="""\
>>> enough_components([3, 1, 2], 90)
2
>>> enough_components([3, 1, 2], 95)
3
>>> enough_components([], 90)
0
""",
    lacks={"negative": "singular values are not"},
)


@enough.solution
def enough_components(s: list[int], percent: int) -> int:
    squares = sorted((value * value for value in s), reverse=True)
    want, have = percent * sum(squares), 0
    for k, square in enumerate(squares):
        if 100 * have >= want:
            return k
        have += square
    return len(squares)


@enough.wrong(
    en="Shares of the singular values: the variance is their square.",
    zh="算的是奇异值的占比：方差是它的平方。",
)
def enough_components_plain(s: list[int], percent: int) -> int:
    values = sorted(s, reverse=True)
    want, have = percent * sum(values), 0
    for k, value in enumerate(values):
        if 100 * have >= want:
            return k
        have += value
    return len(values)


@enough.wrong(
    en="It takes the values as they stand, not the largest first.",
    zh="按给出的次序取，没有先取最大的。",
)
def enough_components_order(s: list[int], percent: int) -> int:
    squares = [value * value for value in s]
    want, have = percent * sum(squares), 0
    for k, square in enumerate(squares):
        if 100 * have >= want:
            return k
        have += square
    return len(squares)


@enough.wrong(
    en="“At least” became “more than”: a share met exactly asks for one direction more.",
    zh="“至少”写成了“超过”：恰好达到时，会多取一个方向。",
)
def enough_components_more(s: list[int], percent: int) -> int:
    squares = sorted((value * value for value in s), reverse=True)
    want, have = percent * sum(squares), 0
    for k, square in enumerate(squares):
        if 100 * have > want:
            return k
        have += square
    return len(squares)


@enough.wrong(
    en="A share in floating point: sums of rounded quotients miss 100 per cent.",
    zh="用浮点数的占比：舍入后的商加起来，到不了百分之百。",
)
def enough_components_float(s: list[int], percent: int) -> int:
    squares = sorted((value * value for value in s), reverse=True)
    total, share = sum(squares), 0.0
    if not total:
        return 0
    for k, square in enumerate(squares):
        if share >= percent / 100:
            return k
        share += square / total
    return len(squares)


EnoughCase = tuple[list[int], int]


@enough.cases
def enough_cases(random: Random) -> Iterator[EnoughCase]:
    yield [], 90
    yield [0, 0], 90
    yield [0, 0], 0
    yield [5], 100
    yield [5], 0
    yield [2, 2, 2, 2], 50
    yield [3, 1, 2], 90
    yield [1, 7], 98
    yield [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0], 100
    yield [10**9, 1], 100
    yield [10**9, 1], 99
    for size in (10, 20, 25):
        for percent in (20, 60, 80, 100):
            yield [1] * size + [0] * 3, percent
    for _ in range(40):
        yield (
            [random.randint(0, 9) for _ in range(random.randint(1, 8))],
            random.choice([0, 25, 50, 75, 90, 95, 99, 100]),
        )


@enough.brute
def enough_brute(s: list[int], percent: int) -> int:
    # Each k, with the best of all choices of k values.
    total = sum(Fraction(value) ** 2 for value in s)
    if total == 0 or percent == 0:
        return 0
    # With more than eight, all values but zeros are equal: the largest are best.
    many = len(s) > 8
    for k in range(len(s) + 1):
        choices = [sorted(s)[len(s) - k :]] if many else combinations(s, k)
        best = max(sum(Fraction(value) ** 2 for value in chosen) for chosen in choices)
        if best / total >= Fraction(percent, 100):
            return k
    return len(s)


double = Exercise(
    en=Words(
        title="Double centring",
        statement="""\
`K` holds the inner products of $n$ feature vectors that nobody wrote down. Return the matrix of
inner products of the vectors **minus their mean**.

- `K`: a symmetric list of $n$ lists of $n$ numbers up to $10^5$ in size, $n \\ge 1$.
- Return a new list of lists; `K` stays as it is.

Results may be off by $10^{-9}$, relative to their size or to 1.
""",
        hints=(
            "Multiply out $(\\phi_i - m)^\\top (\\phi_j - m)$. Which mean of entries of `K` is"
            " $\\phi_i^\\top m$, and which $m^\\top m$?",
            "Take all means from the old matrix, before you change anything.",
        ),
    ),
    zh=Words(
        title="双重中心化",
        statement="""\
`K` 是 $n$ 个特征向量两两的内积，特征向量本身没有给出。返回这些向量**减去它们的均值**之后两两的内积。

- `K`：对称矩阵，由 $n$ 个列表组成，每个列表有 $n$ 个数，绝对值不超过 $10^5$，$n \\ge 1$。
- 返回新的列表，`K` 保持不变。

允许 $10^{-9}$ 的误差（结果的绝对值超过 1 时指相对误差，否则指绝对误差）。
""",
        hints=(
            "把 $(\\phi_i - m)^\\top (\\phi_j - m)$ 展开。$\\phi_i^\\top m$ 是 `K` 中哪些元素的均值？$m^\\top m$ 呢？",
            "先从原来的矩阵算出所有均值，再动手改。",
        ),
    ),
    examples="""\
>>> double_centre([[1, 0], [0, 1]])
[[0.5, -0.5], [-0.5, 0.5]]
>>> double_centre([[4, 2], [2, 1]])
[[0.25, -0.25], [-0.25, 0.25]]
""",
    tolerance=1e-9,
    lacks={"empty": "there is a vector"},
)


@double.solution
def double_centre(K: list[list[float]]) -> list[list[float]]:
    n = len(K)
    means = [sum(row) / n for row in K]
    whole = sum(means) / n
    return [
        [value - means[i] - means[j] + whole for j, value in enumerate(row)]
        for i, row in enumerate(K)
    ]


@double.wrong(
    en="Only the means of the columns were subtracted.",
    zh="只减去了各列的均值。",
)
def double_centre_once(K: list[list[float]]) -> list[list[float]]:
    n = len(K)
    means = [sum(row) / n for row in K]
    return [[value - means[j] for j, value in enumerate(row)] for row in K]


@double.wrong(
    en="The mean of all entries was not added back: it was subtracted twice.",
    zh="没有把总均值加回来：它被减了两次。",
)
def double_centre_short(K: list[list[float]]) -> list[list[float]]:
    n = len(K)
    means = [sum(row) / n for row in K]
    return [
        [value - means[i] - means[j] for j, value in enumerate(row)]
        for i, row in enumerate(K)
    ]


@double.wrong(
    en="The mean of all entries was subtracted from each, and nothing else.",
    zh="只从每个元素里减去了总均值。",
)
def double_centre_all(K: list[list[float]]) -> list[list[float]]:
    n = len(K)
    whole = sum(sum(row) for row in K) / (n * n)
    return [[value - whole for value in row] for row in K]


@double.wrong(
    en="Right, but it overwrote `K`: whoever called still needs it.",
    zh="结果对，但改写了 `K`：调用者还要用它。",
)
def double_centre_in_place(K: list[list[float]]) -> list[list[float]]:
    n = len(K)
    means = [sum(row) / n for row in K]
    whole = sum(means) / n
    for i, row in enumerate(K):
        for j in range(n):
            row[j] += whole - means[i] - means[j]
    return K


@double.drive
def double_drive(answer: Any, K: list[list[float]]) -> Any:
    before = [list(row) for row in K]
    result = answer(K)
    return result if before == K else "K was changed"


@double.cases
def double_cases(random: Random) -> Iterator[tuple[list[list[float]]]]:
    yield ([[0]],)
    yield ([[7]],)
    yield ([[1, 0], [0, 1]],)
    yield ([[3, 3], [3, 3]],)
    yield ([[4, 2], [2, 1]],)
    yield ([[1e5, -1e5], [-1e5, 1e5]],)
    yield ([[1e5, 99999.5, 1e5], [99999.5, 1e5, 99998], [1e5, 99998, 1e5]],)
    yield ([[1, -2, 0], [-2, 4, 0], [0, 0, 9]],)
    for _ in range(30):
        n = random.randint(1, 5)
        rows = [[random.randint(-4, 4) / 2 for _ in range(3)] for _ in range(n)]
        yield ([[sum(a * b for a, b in zip(p, q)) for q in rows] for p in rows],)


@double.brute
def double_brute(K: list[list[float]]) -> list[list[float]]:
    # H K H, multiplied out without rounding.
    n = len(K)
    H = [[Fraction(int(i == j)) - Fraction(1, n) for j in range(n)] for i in range(n)]
    exact = [[Fraction(value) for value in row] for row in K]
    half = [
        [sum(H[i][a] * exact[a][j] for a in range(n)) for j in range(n)]
        for i in range(n)
    ]
    return [
        [float(sum(half[i][a] * H[a][j] for a in range(n))) for j in range(n)]
        for i in range(n)
    ]
