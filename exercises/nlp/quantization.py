"""Exercises on quantization: absmax codes of a list, one row of GPTQ."""

from collections.abc import Iterator
from fractions import Fraction
from random import Random
from typing import Any

import numpy as np

from notekit.study.judge import Exercise, Words

absmax = Exercise(
    en=Words(
        title="Absmax quantization",
        statement="""\
Return the codes of `x` on the symmetric grid with `bits` bits, and the step.

- `x`: a list of 1 to 60 numbers, at most $10^9$ in size. `bits`: 2 to 8.
- The step is the largest size in `x` over $2^{b-1} - 1$; if all numbers are 0, it is 1.
- A code is the nearest integer to a number over the step. No number lies in the middle between two.
- Return a pair: the codes, and the step. Whole floats pass as codes.

The step may be off by $10^{-9}$, relative to its size or to 1.
""",
        hints=(
            "Which code has the largest number, and what does `int` do to 88.9?",
            "`step = max(abs(v) for v in x) / (2 ** (bits - 1) - 1)`, then `round(v / step)`;"
            " zeros need a line of their own.",
        ),
    ),
    zh=Words(
        title="absmax 量化",
        statement="""\
求 `x` 在 `bits` 位对称网格上的编码，以及步长。

- `x`：1 到 60 个数，绝对值不超过 $10^9$。`bits`：2 到 8。
- 步长等于 `x` 中最大的绝对值除以 $2^{b-1} - 1$；如果全是 0，步长取 1。
- 一个数的编码，是离“这个数除以步长”最近的整数。没有哪个数恰好落在两个整数正中间。
- 返回两项：编码的列表，步长。编码写成整数值的浮点数也可以。

步长允许 $10^{-9}$ 的误差，相对于它的大小，小于 1 时相对于 1。
""",
        hints=(
            "最大的那个数编码是多少？`int` 会把 88.9 变成什么？",
            "`step = max(abs(v) for v in x) / (2 ** (bits - 1) - 1)`，再算 `round(v / step)`；"
            "全零的情形要单独处理。",
        ),
    ),
    examples="""\
>>> quantize_absmax([3.0, -1.0, 0.0], 3)
([3, -1, 0], 1.0)
>>> quantize_absmax([-1.0, 0.7], 8)[0]
[-127, 89]
""",
    tolerance=1e-9,
    lacks={"empty": "there is a number"},
)


@absmax.solution
def quantize_absmax(x: list[float], bits: int) -> tuple[list[int], float]:
    step = max(abs(v) for v in x) / (2 ** (bits - 1) - 1)
    if step == 0:
        return [0] * len(x), 1.0
    return [round(v / step) for v in x], step


@absmax.wrong(
    en="It divides by a power of two: the largest number gets a code that int8 does not have, and wraps.",
    zh="除数是 2 的幂：最大的数得到 int8 里没有的编码，溢出成负数。",
)
def quantize_absmax_wraps(x: list[float], bits: int) -> tuple[list[int], float]:
    half = 2 ** (bits - 1)
    step = max(abs(v) for v in x) / half or 1.0
    codes = [round(v / step) for v in x]
    return [(c + half) % (2 * half) - half for c in codes], step


@absmax.wrong(
    en="`int` cuts towards 0 instead of rounding.",
    zh="`int` 是向零截断，不是舍入。",
)
def quantize_absmax_cuts(x: list[float], bits: int) -> tuple[list[int], float]:
    step = max(abs(v) for v in x) / (2 ** (bits - 1) - 1) or 1.0
    return [int(v / step) for v in x], step


@absmax.wrong(
    en="Zeros are divided by a step of 0.",
    zh="全是 0 时，除以了等于 0 的步长。",
)
def quantize_absmax_zeros(x: list[float], bits: int) -> tuple[list[int], float]:
    step = max(abs(v) for v in x) / (2 ** (bits - 1) - 1)
    return [round(v / step) for v in x], step


@absmax.wrong(
    en="The largest number is not the largest size: negative ones are forgotten.",
    zh="最大的数不等于最大的绝对值：忘了负数。",
)
def quantize_absmax_signed(x: list[float], bits: int) -> tuple[list[int], float]:
    step = max(x) / (2 ** (bits - 1) - 1) or 1.0
    return [round(v / step) for v in x], step


@absmax.canonical
def absmax_canonical(result: Any) -> tuple[list[float], float]:
    codes, step = result
    return [float(c) for c in codes], float(step)


@absmax.cases
def absmax_cases(random: Random) -> Iterator[tuple[list[float], int]]:
    yield [0.0], 8
    yield [0.0, 0.0], 2
    yield [5.0], 4
    yield [-5.0], 4
    yield [1.0, 0.7], 8
    yield [-4.0, 1.0], 8
    yield [-3.0, -3.0, -1.0], 3
    yield [1e9, -1.0, 0.001], 8
    yield [1e-9, 3.5e-10], 5
    yield [1e-200, -4e-201], 4  # small is not zero
    yield [1.2, -0.5, -4.3, 1.2, -3.1, 0.8, 2.4, 5.4], 8
    for _ in range(30):
        bits, n = random.randint(2, 8), random.randint(1, 9)
        top = 2 ** (bits - 1) - 1
        x = [random.randint(-200, 200) / 10 for _ in range(n)]
        m = max(map(abs, x)) or 1.0
        if all(abs(abs(v) / m * top % 1 - 0.5) > 1e-6 for v in x):
            yield x, bits


@absmax.brute
def absmax_brute(x: list[float], bits: int) -> tuple[list[int], float]:
    # All codes are tried, in exact arithmetic.
    top = 2 ** (bits - 1) - 1
    exact = [Fraction(v) for v in x]
    step = max([*exact, *(-v for v in exact)]) / top or Fraction(1)
    codes = range(-top, top + 1)
    return [min(codes, key=lambda c: abs(v - c * step)) for v in exact], float(step)


row = Exercise(
    en=Words(
        title="One row of GPTQ",
        statement="""\
A row `w` of weights is to become `step` times whole numbers from `-top` to `top`, its codes. Go from left to right:

1. The code of the next weight is the nearest whole number to its present value over `step`, clipped to the range.
2. Now the weights to its right take the real values that make the loss $(w - v)^\\top H\\,(w - v)$ smallest, where $w$ is the *original* row and $v$ has the rounded weights so far, and these values.

Return the codes.

- `w`: $n$ numbers, 1 to 5. `H`: $n$ rows of $n$ numbers, symmetric, all eigenvalues at least 1.
- `step` > 0, `top` $\\ge 1$. No value is near the middle between two codes.
- There is no damping. numpy is at hand. Whole floats pass as codes.
""",
        hints=(
            "If one weight is too small by e, by how much must the others move for the gradient of the loss to vanish?",
            "With P the inverse of H *without the rows and columns that are done*:"
            " `w[j+1:] -= error / P[0, 0] * P[0, 1:]`, where `error` is value minus rounded value.",
        ),
    ),
    zh=Words(
        title="GPTQ 的一行",
        statement="""\
把一行权重 `w` 变成 `step` 的整数倍，整数即编码，范围是 `-top` 到 `top`。从左到右依次进行：

1. 下一个权重的编码，是离“它现在的值除以 `step`”最近的整数，超出范围就截断。
2. 随后，它右边的各个权重改取实数值，使损失 $(w - v)^\\top H\\,(w - v)$ 最小，其中 $w$ 是*原来的*一行，$v$ 由已经舍入的权重和这些值组成。

返回全部编码。

- `w`：$n$ 个数，$n$ 为 1 到 5。`H`：$n$ 行 $n$ 列，对称，特征值都不小于 1。
- `step` > 0，`top` $\\ge 1$。没有哪个值靠近两个编码的正中间。
- 不加阻尼。可以用 numpy。编码写成整数值的浮点数也可以。
""",
        hints=(
            "一个权重小了 e，其余的权重要移动多少，损失的梯度才为零？",
            "设 P 是 H *去掉已处理的行和列*之后的逆："
            "`w[j+1:] -= error / P[0, 0] * P[0, 1:]`，其中 `error` 是当前值减去舍入后的值。",
        ),
    ),
    examples="""\
>>> gptq_row([1.0, 0.4], [[2.0, 0.0], [0.0, 2.0]], 1.0, 1)
[1, 0]
>>> gptq_row([0.4, 0.3], [[10.0, 9.0], [9.0, 10.0]], 1.0, 1)
[0, 1]
""",
    lacks={"empty": "there is a weight"},
)


@row.solution
def gptq_row(w: list[float], H: list[list[float]], step: float, top: int) -> list[int]:
    rest, codes = np.array(w, dtype=float), []
    hessian = np.array(H, dtype=float)
    for j in range(len(w)):
        code = int(np.clip(np.rint(rest[j] / step), -top, top))
        codes.append(code)
        P = np.linalg.inv(hessian[j:, j:])
        rest[j + 1 :] -= (rest[j] - code * step) / P[0, 0] * P[0, 1:]
    return codes


@row.wrong(
    en="Each weight is rounded for itself; the later ones do not repair anything.",
    zh="每个权重各自舍入；后面的权重没有弥补任何误差。",
)
def gptq_row_plain(
    w: list[float], H: list[list[float]], step: float, top: int
) -> list[int]:
    return [max(-top, min(top, round(v / step))) for v in w]


@row.wrong(
    en="Each later weight moves as if the others stood still: H is used, not its inverse.",
    zh="后面的每个权重移动时，都当作别的权重不动：用了 H，没有用它的逆。",
)
def gptq_row_alone(
    w: list[float], H: list[list[float]], step: float, top: int
) -> list[int]:
    rest, codes = list(w), []
    for j in range(len(w)):
        code = max(-top, min(top, round(rest[j] / step)))
        codes.append(code)
        for k in range(j + 1, len(w)):
            rest[k] += (rest[j] - code * step) * H[j][k] / H[k][k]
    return codes


@row.wrong(
    en="The inverse of the whole H is used for all columns: the columns that are done still move in it.",
    zh="各列都用整个 H 的逆：其中已经处理完的列还在移动。",
)
def gptq_row_stale(
    w: list[float], H: list[list[float]], step: float, top: int
) -> list[int]:
    rest, codes, P = np.array(w, dtype=float), [], np.linalg.inv(np.array(H))
    for j in range(len(w)):
        code = int(np.clip(np.rint(rest[j] / step), -top, top))
        codes.append(code)
        rest[j + 1 :] -= (rest[j] - code * step) / P[j, j] * P[j, j + 1 :]
    return codes


@row.wrong(
    en="The wrong sign: the later weights add to the error.",
    zh="符号反了：后面的权重加大了误差。",
)
def gptq_row_sign(
    w: list[float], H: list[list[float]], step: float, top: int
) -> list[int]:
    rest, codes = np.array(w, dtype=float), []
    hessian = np.array(H, dtype=float)
    for j in range(len(w)):
        code = int(np.clip(np.rint(rest[j] / step), -top, top))
        codes.append(code)
        P = np.linalg.inv(hessian[j:, j:])
        rest[j + 1 :] += (rest[j] - code * step) / P[0, 0] * P[0, 1:]
    return codes


@row.wrong(
    en="Clipped only at the end: what the clip takes away is not repaired.",
    zh="最后才截断：截断带来的误差没有得到弥补。",
)
def gptq_row_clip(
    w: list[float], H: list[list[float]], step: float, top: int
) -> list[int]:
    rest, codes = np.array(w, dtype=float), []
    hessian = np.array(H, dtype=float)
    for j in range(len(w)):
        code = round(rest[j] / step)
        codes.append(max(-top, min(top, code)))
        P = np.linalg.inv(hessian[j:, j:])
        rest[j + 1 :] -= (rest[j] - code * step) / P[0, 0] * P[0, 1:]
    return codes


@row.wrong(
    en="Damping where there is none: a hundredth of the mean diagonal is added to H.",
    zh="题目说不加阻尼，却给 H 的对角线加了其均值的百分之一。",
)
def gptq_row_damped(
    w: list[float], H: list[list[float]], step: float, top: int
) -> list[int]:
    rest, codes = np.array(w, dtype=float), []
    hessian = np.array(H) + 0.01 * np.trace(np.array(H)) / len(w) * np.eye(len(w))
    for j in range(len(w)):
        code = int(np.clip(np.rint(rest[j] / step), -top, top))
        codes.append(code)
        P = np.linalg.inv(hessian[j:, j:])
        rest[j + 1 :] -= (rest[j] - code * step) / P[0, 0] * P[0, 1:]
    return codes


@row.canonical
def row_canonical(result: Any) -> list[float]:
    return [float(code) for code in result]


RowCase = tuple[list[float], list[list[float]], float, int]


def _values(
    w: list[float], H: list[list[float]], step: float, top: int
) -> list[tuple[Fraction, int]]:
    """Each value over the step, exactly, and its code: a system is solved each time."""
    n, original = len(w), [Fraction(v) for v in w]
    hessian = [[Fraction(v) for v in line] for line in H]
    found: list[tuple[Fraction, int]] = []
    size = Fraction(step)
    for j in range(n):
        errors = [original[i] - found[i][1] * size for i in range(j)]
        # H_RR d + H_RF errors = 0 for the errors d of the rest; then v = w - d.
        lines = [
            [
                *hessian[r][j:],
                -sum((hessian[r][i] * errors[i] for i in range(j)), Fraction(0)),
            ]
            for r in range(j, n)
        ]
        for p in range(n - j):
            lines[p] = [v / lines[p][p] for v in lines[p]]
            for other in range(n - j):
                if other != p:
                    factor = lines[other][p]
                    lines[other] = [
                        a - factor * b for a, b in zip(lines[other], lines[p])
                    ]
        value = (original[j] - lines[0][-1]) / size
        found.append((value, max(-top, min(top, round(value)))))
    return found


@row.cases
def row_cases(random: Random) -> Iterator[RowCase]:
    yield [0.4], [[1.0]], 1.0, 1
    yield [-9.0], [[2.0]], 1.0, 3
    yield [0.0, 0.0], [[2.0, 1.0], [1.0, 2.0]], 0.5, 1
    yield [0.4, 0.3], [[10.0, 9.0], [9.0, 10.0]], 1.0, 1
    yield (
        [1.0, 0.4, 0.3],
        [[11.0, 9.0, 8.0], [9.0, 11.0, 9.0], [8.0, 9.0, 11.0]],
        1.0,
        1,
    )
    # A little damping turns the second code to -1.
    yield [10000.0, -9989.45], [[1000.0, 999.0], [999.0, 1000.0]], 1.0, 1
    yield [1200.0, -700.0], [[1000.0, 900.0], [900.0, 1000.0]], 500.0, 2
    yield (
        [1.0, 0.4, -0.3, 0.2],
        [[float(i == j) for j in range(4)] for i in range(4)],
        0.3,
        3,
    )
    for _ in range(60):
        n, top = random.randint(2, 5), random.randint(1, 4)
        A = [[random.randint(-2, 3) for _ in range(n)] for _ in range(3)]
        H = [
            [float(sum(a[i] * a[j] for a in A) + (i == j)) for j in range(n)]
            for i in range(n)
        ]
        w = [random.randint(-20, 20) / 10 for _ in range(n)]
        step = random.choice([0.5, 0.7, 1.0])
        if all(
            abs(abs(v) % 1 - Fraction(1, 2)) > 1e-3 for v, _ in _values(w, H, step, top)
        ):
            yield w, H, step, top


@row.brute
def row_brute(w: list[float], H: list[list[float]], step: float, top: int) -> list[int]:
    return [code for _, code in _values(w, H, step, top)]
