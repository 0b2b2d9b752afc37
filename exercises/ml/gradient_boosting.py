"""Exercises on gradient boosting: Newton leaves, and the best stump with missing values."""

import math
from collections.abc import Iterator
from fractions import Fraction
from itertools import product
from random import Random

from notekit.study.judge import Exercise, Words

leaf = Exercise(
    en=Words(
        title="The weights of the leaves",
        statement="""\
A round of boosting has found its tree; what is missing is the weights of its leaves. The
loss is the logistic one, so that row $i$ with margin $F_i$ and $p_i = 1/(1 + e^{-F_i})$ has
$g_i = p_i - y_i$ and $h_i = p_i (1 - p_i)$. The weight of a leaf is the $w$ that minimises
$G w + \\frac12 (H + \\lambda) w^2 + \\alpha \\lvert w \\rvert$, with $G$ and $H$ the sums over its
rows. Return a dictionary from leaves to weights, with all leaves that have rows and no
others.

- `labels`: $y_i$, each 0 or 1; there may be no rows at all.
- `margins`: $F_i$, numbers from $-40$ to 40.
- `leaves`: for each row the number of its leaf, an integer $\\ge 0$.
- `lam`, `alpha`: $\\lambda$ and $\\alpha$, numbers $\\ge 0$.

Results may be off by $10^{-9}$, relative to their size or to 1. This holds at large margins
too: for a row alone with $y = 1$, $F = 40$ and $\\lambda = \\alpha = 0$ the weight is 1.
""",
        hints=(
            "Sum $g$ and $h$ over each leaf first. Then pull $G$ towards 0 by $\\alpha$, and"
            " divide by $H + \\lambda$. Mind the sign.",
            "At $F = 40$, `1 - p` is 0 in floating point. It is also $1/(1 + e^{F})$, which"
            " keeps its digits: compute $p$ and $1 - p$ each on its own.",
        ),
    ),
    zh=Words(
        title="叶子的权重",
        statement="""\
某一轮提升已经定好树的形状，还差各片叶子的权重。损失是逻辑损失：第 $i$ 行的预测为 $F_i$，记 $p_i = 1/(1 + e^{-F_i})$，则 $g_i = p_i - y_i$，$h_i = p_i (1 - p_i)$。对一片叶子里的各行求和，得到 $G$ 和 $H$；这片叶子的权重，是使 $G w + \\frac12 (H + \\lambda) w^2 + \\alpha \\lvert w \\rvert$ 最小的 $w$。返回一个从叶子编号到权重的字典，恰好包含所有至少有一行的叶子。

- `labels`：各行的 $y_i$，每个为 0 或 1；可以一行也没有。
- `margins`：各行的 $F_i$，在 $-40$ 到 40 之间。
- `leaves`：各行所在叶子的编号，是 $\\ge 0$ 的整数。
- `lam`、`alpha`：$\\lambda$ 和 $\\alpha$，都 $\\ge 0$。

允许 $10^{-9}$ 的误差（结果的绝对值超过 1 时指相对误差，否则指绝对误差）。预测值很大时也要达到这个精度：若叶子里只有 $y = 1$、$F = 40$ 的一行，且 $\\lambda = \\alpha = 0$，权重应为 1。
""",
        hints=(
            "先对每片叶子累加 $g$ 和 $h$，再把 $G$ 向 0 收缩 $\\alpha$，最后除以 $H + \\lambda$。注意正负号。",
            "$F = 40$ 时，浮点数算出的 `1 - p` 是 0。$1 - p$ 也等于 $1/(1 + e^{F})$，这样算不丢精度：把 $p$ 和 $1 - p$ 分开计算。",
        ),
    ),
    examples="""\
>>> leaf_weights([1, 1, 0], [0, 0, 0], [0, 0, 1], 1, 0)
{0: 0.6666666666666666, 1: -0.4}
>>> leaf_weights([1, 0, 1], [0, 0, 0], [2, 2, 0], 0, 0.25)
{2: 0.0, 0: 1.0}
""",
    tolerance=1e-9,
)


@leaf.solution
def leaf_weights(
    labels: list[int],
    margins: list[float],
    leaves: list[int],
    lam: float,
    alpha: float,
) -> dict[int, float]:
    G, H = {}, {}
    for y, F, leaf in zip(labels, margins, leaves):
        p, q = 1 / (1 + math.exp(-F)), 1 / (1 + math.exp(F))  # q is 1 - p
        G[leaf] = G.get(leaf, 0.0) + (-q if y == 1 else p)
        H[leaf] = H.get(leaf, 0.0) + p * q
    weights = {}
    for leaf in G:
        size = max(abs(G[leaf]) - alpha, 0.0)
        if size == 0:
            weights[leaf] = 0.0
        else:
            weights[leaf] = -math.copysign(size, G[leaf]) / (H[leaf] + lam)
    return weights


@leaf.wrong(
    en="The minus is missing: $G$ sums gradients, not residuals.",
    zh="漏了负号：$G$ 累加的是梯度，不是残差。",
)
def leaf_weights_sign(
    labels: list[int],
    margins: list[float],
    leaves: list[int],
    lam: float,
    alpha: float,
) -> dict[int, float]:
    G, H = {}, {}
    for y, F, leaf in zip(labels, margins, leaves):
        p, q = 1 / (1 + math.exp(-F)), 1 / (1 + math.exp(F))
        G[leaf] = G.get(leaf, 0.0) + (-q if y == 1 else p)
        H[leaf] = H.get(leaf, 0.0) + p * q
    return {
        leaf: math.copysign(max(abs(G[leaf]) - alpha, 0.0), G[leaf]) / (H[leaf] + lam)
        for leaf in G
    }


@leaf.wrong(
    en="The mean residual: a gradient leaf, without $h$.",
    zh="取了残差的平均：那是梯度叶子，没有用到 $h$。",
)
def leaf_weights_mean(
    labels: list[int],
    margins: list[float],
    leaves: list[int],
    lam: float,
    alpha: float,
) -> dict[int, float]:
    G, rows = {}, {}
    for y, F, leaf in zip(labels, margins, leaves):
        p, q = 1 / (1 + math.exp(-F)), 1 / (1 + math.exp(F))
        G[leaf] = G.get(leaf, 0.0) + (-q if y == 1 else p)
        rows[leaf] = rows.get(leaf, 0) + 1
    return {
        leaf: -math.copysign(max(abs(G[leaf]) - alpha, 0.0), G[leaf])
        / (rows[leaf] + lam)
        for leaf in G
    }


@leaf.wrong(
    en="`1 - p` from a rounded $p$: at large margins $H$ is 0, or has few digits.",
    zh="用舍入后的 $p$ 计算 `1 - p`：预测值很大时，$H$ 变成 0，或者只剩几位有效数字。",
)
def leaf_weights_rounded(
    labels: list[int],
    margins: list[float],
    leaves: list[int],
    lam: float,
    alpha: float,
) -> dict[int, float]:
    G, H = {}, {}
    for y, F, leaf in zip(labels, margins, leaves):
        p = 1 / (1 + math.exp(-F))
        G[leaf] = G.get(leaf, 0.0) + p - y
        H[leaf] = H.get(leaf, 0.0) + p * (1 - p)
    return {
        leaf: -math.copysign(max(abs(G[leaf]) - alpha, 0.0), G[leaf])
        / (H[leaf] + lam or 1)
        for leaf in G
    }


@leaf.wrong(
    en="`alpha` is taken off $G$ whatever its sign, and never stops at 0.",
    zh="不管 $G$ 的正负都减去 `alpha`，减过了 0 也不停。",
)
def leaf_weights_shifted(
    labels: list[int],
    margins: list[float],
    leaves: list[int],
    lam: float,
    alpha: float,
) -> dict[int, float]:
    G, H = {}, {}
    for y, F, leaf in zip(labels, margins, leaves):
        p, q = 1 / (1 + math.exp(-F)), 1 / (1 + math.exp(F))
        G[leaf] = G.get(leaf, 0.0) + (-q if y == 1 else p)
        H[leaf] = H.get(leaf, 0.0) + p * q
    return {leaf: -(G[leaf] - alpha) / (H[leaf] + lam) for leaf in G}


@leaf.wrong(
    en="`lam` and `alpha` count once for each row instead of once for the leaf.",
    zh="`lam` 和 `alpha` 每一行都算了一次，而不是每片叶子一次。",
)
def leaf_weights_per_row(
    labels: list[int],
    margins: list[float],
    leaves: list[int],
    lam: float,
    alpha: float,
) -> dict[int, float]:
    G, H = {}, {}
    for y, F, leaf in zip(labels, margins, leaves):
        p, q = 1 / (1 + math.exp(-F)), 1 / (1 + math.exp(F))
        g = -q if y == 1 else p
        soft = math.copysign(max(abs(g) - alpha, 0.0), g)
        G[leaf] = G.get(leaf, 0.0) + soft
        H[leaf] = H.get(leaf, 0.0) + p * q + lam
    return {leaf: -G[leaf] / H[leaf] for leaf in G}


LeafCase = tuple[list[int], list[float], list[int], float, float]


@leaf.cases
def leaf_cases(random: Random) -> Iterator[LeafCase]:
    yield [], [], [], 1, 0
    yield [1], [0], [0], 0, 0
    yield [0], [0], [3], 1, 0.5
    yield [1], [40], [0], 0, 0
    yield [0], [-40], [0], 0, 0
    yield [0], [40], [0], 0, 0
    yield [0], [40], [0], 1, 0
    yield [1, 1], [20, 22], [5, 5], 0, 0
    yield [1, 1, 0], [0, 0, 0], [0, 0, 1], 1, 0
    yield [1, 0, 1], [0, 0, 0], [2, 2, 0], 0, 0.25
    for _ in range(40):
        n = random.randint(1, 7)
        yield (
            [random.randint(0, 1) for _ in range(n)],
            [random.randint(-8, 8) / 4 for _ in range(n)],
            [random.randint(0, 2) for _ in range(n)],
            random.choice([0, 0.5, 1, 3]),
            random.choice([0, 0.3, 1]),
        )
    n = 100
    yield (
        [random.randint(0, 1) for _ in range(n)],
        [round(random.gauss(0, 2), 3) for _ in range(n)],
        [random.randint(0, 7) for _ in range(n)],
        1,
        0.5,
    )


@leaf.brute
def leaf_brute(
    labels: list[int],
    margins: list[float],
    leaves: list[int],
    lam: float,
    alpha: float,
) -> dict[int, float]:
    # Sums without rounding, then bisection of the slope to the right of w.
    found = {}
    for leaf in sorted(set(leaves)):
        G, H = Fraction(0), Fraction(lam)
        for y, F, here in zip(labels, margins, leaves):
            if here == leaf:
                power = Fraction(math.exp(F))
                p = power / (1 + power)
                G, H = G + p - y, H + p * (1 - p)
        slope, curvature = float(G), float(H)
        low, high = -1e18, 1e18
        for _ in range(200):
            w = (low + high) / 2
            if slope + curvature * w + (alpha if w >= 0 else -alpha) < 0:
                low = w
            else:
                high = w
        found[leaf] = w
    return found


stump = Exercise(
    en=Words(
        title="The best stump, with missing values",
        statement="""\
A tree of at most one split is to be grown on one feature. All rows in a leaf get the same
weight, chosen to minimise the objective, so a leaf contributes
$-\\frac12 \\frac{G^2}{H + \\lambda} + \\gamma$, with $G$ and $H$ the sums of $g_i$ and $h_i$ over
its rows. The tree is either one leaf with all rows, or two: for some threshold $c$, rows
with $x_i < c$ go left and those with $x_i \\ge c$ right, while **all** rows whose $x_i$ is
missing go to the same side, to whichever is better. Return the least objective
that any such tree reaches.

- `xs`: for each row $x_i$, a number of any sign, or `None` if it is missing; in any order,
  several may be equal. There are up to 6,000 rows, maybe none.
- `g`, `h`: for each row $g_i$, of any sign, and $h_i \\ge 0$.
- `lam`, `gamma`: $\\lambda > 0$ and $\\gamma \\ge 0$.

Results may be off by $10^{-9}$, relative to their size or to 1. Summing anew for each
threshold is too slow.
""",
        hints=(
            "Sort the rows that have a value, and walk through them with running sums of $g$"
            " and $h$. Between which neighbours can a threshold lie?",
            "At each place, try the sums of the missing rows on the left, then on the right:"
            " what is not left is right. A threshold above all values sets the missing rows"
            " alone against the others. One leaf may be better than all splits.",
        ),
    ),
    zh=Words(
        title="有缺失值时的最佳树桩",
        statement="""\
在一个特征上建一棵至多分裂一次的树。同一片叶子里的行得到同一个权重，取值使目标最小，因此每片叶子贡献 $-\\frac12 \\frac{G^2}{H + \\lambda} + \\gamma$，其中 $G$ 和 $H$ 是叶子里各行的 $g_i$ 与 $h_i$ 之和。这棵树要么只有一片叶子，包含所有行；要么有两片叶子：取某个阈值 $c$，$x_i < c$ 的行在左，$x_i \\ge c$ 的行在右，$x_i$ 缺失的行**全部**放在同一边，哪边更好就放哪边。返回所有这样的树中最小的目标值。

- `xs`：各行的 $x_i$，可正可负，缺失的是 `None`；顺序任意，可以有相等的。至多 6,000 行，也可以一行也没有。
- `g`、`h`：各行的 $g_i$ 与 $h_i$，$g_i$ 可正可负，$h_i \\ge 0$。
- `lam`、`gamma`：$\\lambda > 0$，$\\gamma \\ge 0$。

允许 $10^{-9}$ 的误差（结果的绝对值超过 1 时指相对误差，否则指绝对误差）。对每个阈值都从头求一遍和，就太慢了。
""",
        hints=(
            "把有值的行排序，从左到右累加 $g$ 和 $h$。阈值可以落在哪些相邻的行之间？",
            "在每个位置，把缺失行的和先放左边、再放右边各试一次；右边的和就是总和减去左边的。阈值大于所有的值时，缺失的行单独在一边。不分裂也可能最好。",
        ),
    ),
    examples="""\
>>> least_objective([1, 2, 3, 4], [3, 3, -3, -3], [1, 1, 1, 1], 1, 0.5)
-11.0
>>> least_objective([1, 2, None], [4, -4, -4], [1, 1, 1], 1, 0)
-14.666666666666666
>>> least_objective([7, 7], [1, -1], [1, 1], 1, 2)
2.0
""",
    seconds=4,
    tolerance=1e-9,
)


@stump.solution
def least_objective(
    xs: list[float | None], g: list[float], h: list[float], lam: float, gamma: float
) -> float:
    G, H = sum(g), sum(h)
    best = gamma - G * G / (H + lam) / 2
    rows = sorted((x, g[i], h[i]) for i, x in enumerate(xs) if x is not None)
    missing_G = sum(g[i] for i, x in enumerate(xs) if x is None)
    missing_H = sum(h[i] for i, x in enumerate(xs) if x is None)
    left_G, left_H = 0.0, 0.0
    for i, (x, g_i, h_i) in enumerate(rows):
        left_G, left_H = left_G + g_i, left_H + h_i
        if i + 1 < len(rows) and rows[i + 1][0] == x:
            continue  # no threshold lies between equal values
        for GL, HL in (
            (left_G, left_H),
            (left_G + missing_G, left_H + missing_H),
        ):
            GR, HR = G - GL, H - HL
            depth = GL * GL / (HL + lam) + GR * GR / (HR + lam)
            best = min(best, 2 * gamma - depth / 2)
    return best


@stump.wrong(
    en="Missing rows always go right; on the left they are never tried.",
    zh="缺失的行总放右边，没有试过左边。",
)
def least_objective_right(
    xs: list[float | None], g: list[float], h: list[float], lam: float, gamma: float
) -> float:
    G, H = sum(g), sum(h)
    best = gamma - G * G / (H + lam) / 2
    rows = sorted((x, g[i], h[i]) for i, x in enumerate(xs) if x is not None)
    GL, HL = 0.0, 0.0
    for i, (x, g_i, h_i) in enumerate(rows):
        GL, HL = GL + g_i, HL + h_i
        if i + 1 == len(rows) or rows[i + 1][0] != x:
            GR, HR = G - GL, H - HL
            depth = GL * GL / (HL + lam) + GR * GR / (HR + lam)
            best = min(best, 2 * gamma - depth / 2)
    return best


@stump.wrong(
    en="Rows without a value are dropped.",
    zh="把没有值的行丢掉了。",
)
def least_objective_dropped(
    xs: list[float | None], g: list[float], h: list[float], lam: float, gamma: float
) -> float:
    rows = sorted((x, g[i], h[i]) for i, x in enumerate(xs) if x is not None)
    G, H = sum(row[1] for row in rows), sum(row[2] for row in rows)
    best = gamma - G * G / (H + lam) / 2
    GL, HL = 0.0, 0.0
    for i, (x, g_i, h_i) in enumerate(rows):
        GL, HL = GL + g_i, HL + h_i
        if i + 1 < len(rows) and rows[i + 1][0] != x:
            GR, HR = G - GL, H - HL
            depth = GL * GL / (HL + lam) + GR * GR / (HR + lam)
            best = min(best, 2 * gamma - depth / 2)
    return best


@stump.wrong(
    en="Missing values are imputed by the mean of the others.",
    zh="用其余值的平均填补了缺失值。",
)
def least_objective_imputed(
    xs: list[float | None], g: list[float], h: list[float], lam: float, gamma: float
) -> float:
    known = [x for x in xs if x is not None]
    mean = sum(known) / len(known) if known else 0.0
    rows = sorted(zip([mean if x is None else x for x in xs], g, h))
    G, H = sum(g), sum(h)
    best = gamma - G * G / (H + lam) / 2
    GL, HL = 0.0, 0.0
    for i, (x, g_i, h_i) in enumerate(rows):
        GL, HL = GL + g_i, HL + h_i
        if i + 1 < len(rows) and rows[i + 1][0] != x:
            GR, HR = G - GL, H - HL
            depth = GL * GL / (HL + lam) + GR * GR / (HR + lam)
            best = min(best, 2 * gamma - depth / 2)
    return best


@stump.wrong(
    en="Each missing row goes to the side that suits it, not all to the same.",
    zh="缺失的行各去各的一边，而不是全部放在同一边。",
)
def least_objective_each(
    xs: list[float | None], g: list[float], h: list[float], lam: float, gamma: float
) -> float:
    G, H = sum(g), sum(h)
    best = gamma - G * G / (H + lam) / 2
    rows = sorted((x, g[i], h[i]) for i, x in enumerate(xs) if x is not None)
    up = [i for i, x in enumerate(xs) if x is None and g[i] > 0]
    down = [i for i, x in enumerate(xs) if x is None and g[i] <= 0]
    left_G, left_H = 0.0, 0.0
    for i, (x, g_i, h_i) in enumerate(rows):
        left_G, left_H = left_G + g_i, left_H + h_i
        if i + 1 < len(rows) and rows[i + 1][0] == x:
            continue
        for missing in (up, down):
            GL = left_G + sum(g[i] for i in missing)
            HL = left_H + sum(h[i] for i in missing)
            GR, HR = G - GL, H - HL
            depth = GL * GL / (HL + lam) + GR * GR / (HR + lam)
            best = min(best, 2 * gamma - depth / 2)
    return best


@stump.wrong(
    en="Rows with equal values are parted, which no threshold can do.",
    zh="把值相等的行分开了，而没有哪个阈值能做到。",
)
def least_objective_equal(
    xs: list[float | None], g: list[float], h: list[float], lam: float, gamma: float
) -> float:
    G, H = sum(g), sum(h)
    best = gamma - G * G / (H + lam) / 2
    rows = sorted((x, g[i], h[i]) for i, x in enumerate(xs) if x is not None)
    missing_G = sum(g[i] for i, x in enumerate(xs) if x is None)
    missing_H = sum(h[i] for i, x in enumerate(xs) if x is None)
    left_G, left_H = 0.0, 0.0
    for _, g_i, h_i in rows:
        left_G, left_H = left_G + g_i, left_H + h_i
        for GL, HL in (
            (left_G, left_H),
            (left_G + missing_G, left_H + missing_H),
        ):
            GR, HR = G - GL, H - HL
            depth = GL * GL / (HL + lam) + GR * GR / (HR + lam)
            best = min(best, 2 * gamma - depth / 2)
    return best


@stump.wrong(
    en="The missing rows are never set alone against all others.",
    zh="没有考虑缺失的行单独在一边、有值的行全在另一边的情形。",
)
def least_objective_never_alone(
    xs: list[float | None], g: list[float], h: list[float], lam: float, gamma: float
) -> float:
    G, H = sum(g), sum(h)
    best = gamma - G * G / (H + lam) / 2
    rows = sorted((x, g[i], h[i]) for i, x in enumerate(xs) if x is not None)
    missing_G = sum(g[i] for i, x in enumerate(xs) if x is None)
    missing_H = sum(h[i] for i, x in enumerate(xs) if x is None)
    left_G, left_H = 0.0, 0.0
    for i in range(len(rows) - 1):
        left_G, left_H = left_G + rows[i][1], left_H + rows[i][2]
        if rows[i + 1][0] == rows[i][0]:
            continue
        for GL, HL in (
            (left_G, left_H),
            (left_G + missing_G, left_H + missing_H),
        ):
            GR, HR = G - GL, H - HL
            depth = GL * GL / (HL + lam) + GR * GR / (HR + lam)
            best = min(best, 2 * gamma - depth / 2)
    return best


@stump.wrong(
    en="Splits even where the second leaf costs more than it gains.",
    zh="总要分裂，哪怕增益抵不上多一片叶子的惩罚。",
)
def least_objective_always(
    xs: list[float | None], g: list[float], h: list[float], lam: float, gamma: float
) -> float:
    G, H = sum(g), sum(h)
    best = math.inf
    rows = sorted((x, g[i], h[i]) for i, x in enumerate(xs) if x is not None)
    missing_G = sum(g[i] for i, x in enumerate(xs) if x is None)
    missing_H = sum(h[i] for i, x in enumerate(xs) if x is None)
    left_G, left_H = 0.0, 0.0
    for i, (x, g_i, h_i) in enumerate(rows):
        left_G, left_H = left_G + g_i, left_H + h_i
        if i + 1 < len(rows) and rows[i + 1][0] == x:
            continue
        for GL, HL in (
            (left_G, left_H),
            (left_G + missing_G, left_H + missing_H),
        ):
            GR, HR = G - GL, H - HL
            depth = GL * GL / (HL + lam) + GR * GR / (HR + lam)
            best = min(best, 2 * gamma - depth / 2)
    return best if best < math.inf else gamma - G * G / (H + lam) / 2


StumpCase = tuple[list[float | None], list[float], list[float], float, float]


@stump.cases
def stump_cases(random: Random) -> Iterator[StumpCase]:
    yield [], [], [], 1, 0
    yield [], [], [], 1, 3
    yield [2], [3], [1], 1, 0
    yield [None], [3], [1], 1, 0
    yield [7, 7], [1, -1], [1, 1], 1, 0
    yield [7, 7], [1, -1], [1, 1], 1, 2
    yield [1, None], [4, -4], [1, 1], 1, 0
    yield [1, 2, None], [4, -4, -4], [1, 1, 1], 1, 0
    yield [1, None, None], [4, 4, -4], [1, 1, 1], 1, 0  # both to the same side
    yield [1, 2, 3, 4], [3, 3, -3, -3], [1, 1, 1, 1], 1, 0.5
    for _ in range(50):
        n = random.randint(1, 7)
        yield (
            [random.choice([None, -3, -1, 0, 1, 2, 4]) for _ in range(n)],
            [random.randint(-6, 6) for _ in range(n)],
            [random.choice([0, 0.25, 1, 2]) for _ in range(n)],
            random.choice([0.5, 1, 3]),
            random.choice([0, 0.5, 2]),
        )


@stump.large
def stump_large(random: Random) -> Iterator[StumpCase]:
    n = 6_000
    xs = [
        None if random.random() < 0.2 else round(random.gauss(0, 1), 4)
        for _ in range(n)
    ]
    means = [-0.2 if x is None else 0.1 * (x > 0.3) for x in xs]
    g = [round(random.gauss(mean, 1), 4) for mean in means]
    yield xs, g, [1.0] * n, 1, 0.5


@stump.brute
def stump_brute(
    xs: list[float | None], g: list[float], h: list[float], lam: float, gamma: float
) -> float:
    # Every way to send rows left or right that a threshold and one side allow.
    found = []
    for sides in product((False, True), repeat=len(xs)):
        left = [x for x, right in zip(xs, sides) if x is not None and not right]
        right = [x for x, right in zip(xs, sides) if x is not None and right]
        missing = {side for x, side in zip(xs, sides) if x is None}
        if len(missing) == 2 or (left and right and max(left) >= min(right)):
            continue
        total = 0.0
        for side in (False, True) if len(set(sides)) == 2 else sides[:1] or (False,):
            rows = [i for i, here in enumerate(sides) if here == side]
            G, H = math.fsum(g[i] for i in rows), math.fsum(h[i] for i in rows)
            total += gamma - G**2 / (2 * (H + lam))
        found.append(total)
    return min(found)
