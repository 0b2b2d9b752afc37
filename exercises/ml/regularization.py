"""Exercises on regularization: dropout, when to stop, clipping by the global norm."""

import math
from collections.abc import Callable, Iterator
from fractions import Fraction
from random import Random
from typing import Any

import numpy as np

from notekit.study.judge import Exercise, Words

drop = Exercise(
    en=Words(
        title="Dropout",
        statement="""\
Return `x` after dropout, as in training: each value is set to 0 with probability $p$, independently
of all others, and the rest is divided by $1 - p$. `x` itself must stay as it is.

- `x`: a float64 array of any shape, without zeros. It may be empty.
- `p`: the probability of *zero*, $0 \\le p < 1$.
- `rng`: a `numpy.random.Generator`; take all random numbers from it, in any way you like.

The judge calls your function several times, each time on many copies of `x`, stacked into one
array, and looks at which values come out and how often, and whether one zero goes with another.
What chance explains is allowed; values may be off by $10^{-9}$.
""",
        hints=(
            "`rng.random(x.shape)` is uniform on $[0, 1)$. Which comparison is true with"
            " probability $1 - p$?",
            "The mean of each value must stay what it was. If only a share $1 - p$ of the"
            " values is left, how large must they be?",
        ),
    ),
    zh=Words(
        title="Dropout",
        statement="""\
返回 `x` 在训练时经过 Dropout 的结果：每个值以概率 $p$ 置 0，彼此独立，其余的除以 $1 - p$。不得改动 `x` 本身。

- `x`：任意形状的 float64 数组，不含 0，可以为空。
- `p`：置**零**的概率，$0 \\le p < 1$。
- `rng`：`numpy.random.Generator`；随机数都取自它，取法不限。

评测程序多次调用你的函数，每次都把 `x` 的许多个副本叠成一个数组，看输出里有哪些值、各占多大比例，以及各处是否独立置零。随机波动以内的偏差都允许；数值允许 $10^{-9}$ 的误差。
""",
        hints=(
            "`rng.random(x.shape)` 在 $[0, 1)$ 上均匀分布。哪个比较以概率 $1 - p$ 成立？",
            "每个值的期望应当不变。每个值只以概率 $1 - p$ 留下来，留下时应当放大到多少倍？",
        ),
    ),
    examples="""\
>>> x = dropout(np.ones((100, 100)), 0.2, np.random.default_rng(0))
>>> sorted(set(x.ravel().tolist()))
[0.0, 1.25]
>>> bool(abs(np.mean(x == 0) - 0.2) < 0.02)
True
""",
    tolerance=1e-9,
)

CALLS, COPIES = 32, 50  # 1600 of each value: its share is within 0.1 of p, by 8 sigma


@drop.solution
def dropout(x: np.ndarray, p: float, rng: np.random.Generator) -> np.ndarray:
    return np.where(rng.random(x.shape) >= p, x / (1 - p), 0.0)


@drop.wrong(
    en="The comparison is the wrong way round: at $p = 0.2$, 80% become zero.",
    zh="比较的方向反了：$p = 0.2$ 时，80% 的值成了零。",
)
def dropout_kept(x: np.ndarray, p: float, rng: np.random.Generator) -> np.ndarray:
    return np.where(rng.random(x.shape) < p, x / (1 - p), 0.0)


@drop.wrong(
    en="Nothing is scaled up: the mean falls to $1 - p$ of what it was.",
    zh="没有放大：均值降到原来的 $1 - p$。",
)
def dropout_unscaled(x: np.ndarray, p: float, rng: np.random.Generator) -> np.ndarray:
    return x * (rng.random(x.shape) >= p)


@drop.wrong(
    en="Divided by $p$ instead of $1 - p$, which only at $\\frac12$ is the same.",
    zh="除以了 $p$，而不是 $1 - p$：只有在 $\\frac12$ 处两者才相同。",
)
def dropout_by_p(x: np.ndarray, p: float, rng: np.random.Generator) -> np.ndarray:
    return np.where(rng.random(x.shape) >= p, x / p if p else x, 0.0)


@drop.wrong(
    en="One mask for the whole batch: all rows lose the same values.",
    zh="整个批次共用一个掩码：每一行丢掉的都是同样的位置。",
)
def dropout_one_mask(x: np.ndarray, p: float, rng: np.random.Generator) -> np.ndarray:
    return np.where(rng.random(x.shape[-1]) >= p, x / (1 - p), 0.0)


@drop.wrong(
    en="The input is written to.",
    zh="改动了输入。",
)
def dropout_in_place(x: np.ndarray, p: float, rng: np.random.Generator) -> np.ndarray:
    x *= rng.random(x.shape) >= p
    x /= 1 - p
    return x


@drop.wrong(
    en="Exactly the share $p$ is dropped each time, so the values are not independent.",
    zh="每次丢掉的比例都恰好是 $p$：这样各个值就不独立了。",
)
def dropout_count(x: np.ndarray, p: float, rng: np.random.Generator) -> np.ndarray:
    keep = np.ones(x.size)
    keep[rng.choice(x.size, round(p * x.size), replace=False)] = 0
    return x * keep.reshape(x.shape) / (1 - p)


@drop.wrong(
    en="`rng` is not used: a generator made inside drops the same in every call.",
    zh="没有用 `rng`：在函数里另建生成器，每次调用丢掉的位置都一样。",
)
def dropout_own_seed(x: np.ndarray, p: float, rng: np.random.Generator) -> np.ndarray:
    rng = np.random.default_rng(0)
    return np.where(rng.random(x.shape) >= p, x / (1 - p), 0.0)


@drop.drive
def drop_drive(
    answer: Callable[..., Any], x: list[list[float]], p: float, seed: int
) -> Any:
    given = np.array(x, dtype=np.float64).reshape(len(x), len(x[0]) if x else 0)
    batch = np.stack([given] * COPIES)
    rng, again = (np.random.default_rng(seed) for _ in range(2))
    outs, untouched = [], True
    for _ in range(CALLS):
        now = batch.copy()
        out = np.array(answer(now, p, rng))
        if out.shape != batch.shape:
            return {"shape": list(out.shape), "of": list(batch.shape)}
        outs.append(out)
        untouched = untouched and bool((now == batch).all())
    repeated = np.asarray(answer(batch.copy(), p, again))
    out = np.concatenate(outs)
    kept = out != 0
    share = 1 - kept.mean(axis=0)  # of zeros, for each value
    usual = bool((np.abs(share - p) < 0.1).all())
    if kept.size:  # and in all, by eight deviations
        chance = 8 * math.sqrt(p * (1 - p) / kept.size)
        usual = usual and abs(1 - kept.mean() - p) <= chance
    values = np.where(kept.any(axis=0), out.sum(axis=0) / kept.sum(axis=0).clip(1), 0)
    spread = np.where(kept, np.abs(out - values), 0).max(initial=0)
    return {
        "values that are left": values.tolist(),
        "and are alike in all copies": bool(
            spread < 1e-9 * (1 + np.abs(values).max(initial=0))
        ),
        "share of zeros": p if usual else share.round(3).tolist(),
        "dropped independently": independent(kept, p),
        "the same seed gives the same": np.array_equal(outs[0], repeated),
        "input as it was": untouched,
    }


def independent(kept: np.ndarray, p: float) -> bool:
    """Whether chance explains how the zeros lie; ``kept`` has the calls one by one."""
    if kept.all() or not kept.any():
        return True  # the shares say whether that is right
    # In each call the number of zeros varies: by the binomial, 31 degrees of freedom.
    counts = kept.reshape(CALLS, -1).sum(axis=1)
    size = kept.size // CALLS
    if p > 0 and not 0.15 < counts.var(ddof=1) / (size * p * (1 - p)) < 4:
        return False
    # At every distance, how often two are dropped together: by eight deviations.
    flat = kept.ravel() - kept.mean()
    together = np.fft.irfft(np.abs(np.fft.rfft(flat)) ** 2, flat.size)
    far = np.abs(together[1 : flat.size // 2 + 1]).max() / together[0]
    return bool(far < 8 / math.sqrt(flat.size))


DropCase = tuple[list[list[float]], float, int]


@drop.cases
def drop_cases(random: Random) -> Iterator[DropCase]:
    yield [], 0.5, 0
    yield [[1.0]], 0.0, 1
    yield [[1.0]], 0.5, 2
    yield [[2.0]], 0.2, 3
    yield [[1.0, 1.0]], 0.2, 4
    yield [[-1.0, 3.0], [4.0, -0.5]], 0.8, 5
    yield [[1e9, -1e9, 1e-9]], 0.3, 6
    for seed in range(7, 19):
        n, m = random.randint(1, 3), random.randint(1, 4)
        x = [[random.choice([-3.0, 0.5, 1.0, 2.0]) for _ in range(m)] for _ in range(n)]
        yield x, random.choice([0.1, 0.25, 0.5, 0.75]), seed


@drop.large
def drop_large(random: Random) -> Iterator[DropCase]:
    yield [[random.uniform(1, 9) for _ in range(20)] for _ in range(10)], 0.4, 99


@drop.brute
def drop_brute(x: np.ndarray, p: float, rng: np.random.Generator) -> np.ndarray:
    # One coin after another; what is left keeps the mean without rounding.
    left = {v: float(Fraction(v) / (1 - Fraction(p))) for v in x.ravel().tolist()}
    out = [0.0 if rng.binomial(1, p) else left[v] for v in x.ravel().tolist()]
    return np.array(out).reshape(x.shape)


stop = Exercise(
    en=Words(
        title="When to stop",
        statement="""\
After each epoch of training the loss on the validation set is measured. Training stops as soon as
`patience` epochs in a row have brought no new lowest loss, or when the list ends. An equal loss is
no new lowest. Return `(keep, run)`: the epoch whose weights are kept, that is, the first with the
lowest loss so far, and how many epochs were run. Epochs count from 1.

- `losses`: the losses that there would be without stopping, at least one, up to 20,000; numbers
  of any sign and size.
- `patience`: an integer $\\ge 1$.
""",
        hints=(
            "Keep two things: the lowest loss so far, and the epoch at which it came.",
            "At epoch $e$ there have been $e$ − (best epoch) epochs without a new lowest.",
        ),
    ),
    zh=Words(
        title="何时停止",
        statement="""\
训练每过一轮，就在验证集上测一次损失。一旦连续 `patience` 轮没有出现新的最低损失，或者列表用完，训练就停止。与最低值相等不算新的最低。返回 `(keep, run)`：保留哪一轮的权重，即到停止为止最先达到最低损失的那一轮；以及一共训练了多少轮。轮数从 1 数起。

- `losses`：如果不停止，各轮会有的损失，至少一个，至多 20,000 个，可正可负，大小不限。
- `patience`：$\\ge 1$ 的整数。
""",
        hints=(
            "记住两样东西：目前的最低损失，以及它出现在哪一轮。",
            "到第 $e$ 轮为止，已有 $e$ −（最好的一轮）轮没有新的最低值。",
        ),
    ),
    examples="""\
>>> early_stop([5, 3, 4, 2, 3, 3, 1], 2)
(4, 6)
>>> early_stop([5, 3, 4, 2, 3, 3, 1], 3)
(7, 7)
>>> early_stop([1, 1, 1, 0], 2)
(1, 3)
""",
    lacks={"empty": "there is an epoch"},
)


@stop.solution
def early_stop(losses: list[float], patience: int) -> tuple[int, int]:
    keep, run = 1, 0
    for loss in losses:
        run += 1
        if loss < losses[keep - 1]:
            keep = run
        if run - keep >= patience:
            break
    return keep, run


@stop.wrong(
    en="The last epoch is kept, and not the best.",
    zh="保留的是最后一轮，不是最好的一轮。",
)
def early_stop_last(losses: list[float], patience: int) -> tuple[int, int]:
    keep = run = 0
    for loss in losses:
        run += 1
        if keep == 0 or loss < losses[keep - 1]:
            keep = run
        if run - keep >= patience:
            break
    return run, run


@stop.wrong(
    en="Each loss is compared with the one before it, not with the lowest.",
    zh="每个损失都同前一个比，没有同最低的比。",
)
def early_stop_neighbour(losses: list[float], patience: int) -> tuple[int, int]:
    keep, run, bad = 1, 0, 0
    for loss in losses:
        run += 1
        if run > 1 and loss >= losses[run - 2]:
            bad += 1
        else:
            bad = 0
            keep = run
        if bad >= patience:
            break
    return keep, run


@stop.wrong(
    en="Bad epochs are counted in all: a new lowest must set the count back.",
    zh="没有改进的轮数一直累加：出现新的最低值时应当归零。",
)
def early_stop_total(losses: list[float], patience: int) -> tuple[int, int]:
    keep, run, bad = 1, 0, 0
    for loss in losses:
        run += 1
        if loss < losses[keep - 1]:
            keep = run
        elif run > 1:
            bad += 1
        if bad >= patience:
            break
    return keep, run


@stop.wrong(
    en="An equal loss counts as a new lowest, so a plateau never ends.",
    zh="相等也算作新的最低，于是损失保持不变时，训练永远停不下来。",
)
def early_stop_equal(losses: list[float], patience: int) -> tuple[int, int]:
    keep, run = 1, 0
    for loss in losses:
        run += 1
        if loss <= losses[keep - 1]:
            keep = run
        if run - keep >= patience:
            break
    return keep, run


@stop.wrong(
    en="The best of the whole list is kept, though training had stopped before it.",
    zh="保留了整个列表里最好的一轮，可是在那之前训练已经停了。",
)
def early_stop_future(losses: list[float], patience: int) -> tuple[int, int]:
    keep, run = 1, 0
    for loss in losses:
        run += 1
        if loss < losses[keep - 1]:
            keep = run
        if run - keep >= patience:
            break
    return losses.index(min(losses)) + 1, run


StopCase = tuple[list[float], int]


@stop.cases
def stop_cases(random: Random) -> Iterator[StopCase]:
    yield [3], 1
    yield [1, 2], 1
    yield [2, 1], 1
    yield [1, 1, 1, 0], 2
    yield [-1, -2, -2, -3], 1
    yield [1.0, 0.99999, 0.99998], 1  # however little it is lower
    yield [1e300, 1e299], 1
    yield [5, 3, 4, 2, 3, 3, 1], 2
    yield [5, 3, 4, 2, 3, 3, 1], 3
    for _ in range(60):
        n = random.randint(1, 9)
        yield [random.randint(-2, 4) / 2 for _ in range(n)], random.randint(1, 4)


@stop.large
def stop_large(random: Random) -> Iterator[StopCase]:
    yield [20_000 - i + (i % 7) * 3 for i in range(20_000)], 9


@stop.brute
def stop_brute(losses: list[float], patience: int) -> tuple[int, int]:
    # Try every end, the earliest first, and look back from it.
    for run in range(1, len(losses) + 1):
        seen = losses[:run]
        keep = seen.index(min(seen)) + 1
        if run == len(losses) or (
            run > patience and min(seen[:-patience]) <= min(seen[-patience:])
        ):
            return keep, run
    raise AssertionError("a list has an end")


clip = Exercise(
    en=Words(
        title="Clip by the global norm",
        statement="""\
All gradients together are one long vector. If it is longer than `max_norm`, return the gradients
multiplied by one number so that it is exactly that long; else return them as they are.

- `grads`: a list of lists of numbers, up to $10^{200}$ in size; some lists, or all, may be empty.
- `max_norm`: a number $> 0$.

Results may be off by $10^{-9}$, relative to their size or to 1.
""",
        hints=(
            "The length is the root of the sum of *all* squares, over all lists.",
            "$10^{200}$ squared is no float. `math.hypot` of many numbers divides by the"
            " largest before it squares.",
        ),
    ),
    zh=Words(
        title="按总范数裁剪",
        statement="""\
把所有梯度看成一个长向量。若它比 `max_norm` 长，就把所有梯度乘以同一个数，使它恰好那么长；否则原样返回。

- `grads`：由数的列表组成的列表，各数的绝对值不超过 $10^{200}$；其中一些列表可以为空，也可以一个列表都没有。
- `max_norm`：一个 $> 0$ 的数。

允许 $10^{-9}$ 的误差（结果的绝对值超过 1 时指相对误差，否则指绝对误差）。
""",
        hints=(
            "长度是**所有**列表里全部数的平方和的平方根。",
            "$10^{200}$ 的平方超出浮点数的范围。`math.hypot` 可以接受许多个数，它先除以最大的再平方。",
        ),
    ),
    examples="""\
>>> clip_gradients([[3.0], [4.0]], 1.0)
[[0.6], [0.8]]
>>> clip_gradients([[3.0], [4.0]], 5.0)
[[3.0], [4.0]]
""",
    tolerance=1e-9,
)


@clip.solution
def clip_gradients(grads: list[list[float]], max_norm: float) -> list[list[float]]:
    norm = math.hypot(*[g for grad in grads for g in grad])
    if norm <= max_norm:
        return grads
    return [[g / norm * max_norm for g in grad] for grad in grads]


@clip.wrong(
    en="Each list is clipped by itself: 3 and 4 become 1 and 1, another direction.",
    zh="每个列表各裁各的：3 和 4 变成 1 和 1，方向变了。",
)
def clip_gradients_apart(
    grads: list[list[float]], max_norm: float
) -> list[list[float]]:
    clipped = []
    for grad in grads:
        norm = math.hypot(*grad)
        scale = max_norm / norm if norm > max_norm else 1.0
        clipped.append([g * scale for g in grad])
    return clipped


@clip.wrong(
    en="Each number is cut off at the bound: the direction changes.",
    zh="每个数各自截断在上界：方向变了。",
)
def clip_gradients_value(
    grads: list[list[float]], max_norm: float
) -> list[list[float]]:
    return [[max(-max_norm, min(max_norm, g)) for g in grad] for grad in grads]


@clip.wrong(
    en="Short gradients are made longer, up to the bound.",
    zh="本来就短的梯度被拉长到上界。",
)
def clip_gradients_stretch(
    grads: list[list[float]], max_norm: float
) -> list[list[float]]:
    norm = math.hypot(*[g for grad in grads for g in grad])
    return [[g / norm * max_norm if norm else g for g in grad] for grad in grads]


@clip.wrong(
    en="Squares of large numbers overflow, and the gradients become 0.",
    zh="大数的平方溢出，梯度全成了 0。",
)
def clip_gradients_overflow(
    grads: list[list[float]], max_norm: float
) -> list[list[float]]:
    total = sum(g * g for grad in grads for g in grad)
    norm = total**0.5
    if norm <= max_norm:
        return grads
    return [[g / norm * max_norm for g in grad] for grad in grads]


ClipCase = tuple[list[list[float]], float]


@clip.cases
def clip_cases(random: Random) -> Iterator[ClipCase]:
    yield [], 1.0
    yield [[], []], 1.0
    yield [[0.0]], 1.0
    yield [[2.0]], 1.0
    yield [[0.5]], 1.0
    yield [[3.0], [4.0]], 1.0
    yield [[3.0], [4.0]], 5.0
    yield [[-3.0, 0.0], [], [4.0]], 2.5
    yield [[1e200, -1e200]], 1.0
    yield [[1.0, 1.0], [1.0, 1.0]], 2.0
    for _ in range(40):
        grads = [
            [random.randint(-8, 8) / 2 for _ in range(random.randint(0, 3))]
            for _ in range(random.randint(1, 3))
        ]
        yield grads, random.randint(1, 12) / 2


@clip.large
def clip_large(random: Random) -> Iterator[ClipCase]:
    yield [[random.gauss(0, 1) for _ in range(1000)] for _ in range(20)], 1.0


@clip.brute
def clip_brute(grads: list[list[float]], max_norm: float) -> list[list[float]]:
    # Bisection for the one factor, with squares that cannot overflow.
    whole = [[Fraction(g) for g in grad] for grad in grads]
    squares = sum((g * g for grad in whole for g in grad), Fraction(0))
    bound = Fraction(max_norm) ** 2
    if squares <= bound:
        return grads
    low, high = Fraction(0), Fraction(1)
    while high - low > Fraction(1, 10**15) * high:
        middle = (low + high) / 2
        if middle * middle * squares > bound:
            high = middle
        else:
            low = middle
    return [[float(g * low) for g in grad] for grad in whole]
