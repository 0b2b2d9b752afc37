"""Exercises on recurrent networks: clipping by the global norm, BPTT of one number."""

from collections.abc import Iterator
from decimal import Decimal, localcontext
from math import hypot, sqrt, tanh
from random import Random
from typing import Any

from notekit.study.judge import Exercise, Words

clip = Exercise(
    en=Words(
        title="Clipping by the global norm",
        statement="""\
Some gradients are given, one list of numbers a tensor. All their numbers together are one vector. If
it is longer than `limit`, scale it to the length `limit`; else leave it.

- `grads`: $n \\ge 1$ lists of numbers, some of them perhaps empty; each number is 0 or from
  $10^{-6}$ to $10^6$ in size. `limit`: a number from $10^{-3}$ to $10^6$.
- Return a pair: new lists of the same lengths, and the length before.
- `grads` stays as it is.

Results may be off by $10^{-9}$, relative to their size or to 1.
""",
        hints=(
            "How many lengths are there: one for each list, or one?",
            "`norm = sum(v * v for g in grads for v in g) ** 0.5`; when is there nothing to do?",
        ),
    ),
    zh=Words(
        title="按全局范数裁剪梯度",
        statement="""\
给出若干梯度，每个张量是一个由数组成的列表。所有的数合起来是一个向量。如果它的长度超过 `limit`，就缩放到长度 `limit`；否则保持不变。

- `grads`：$n \\ge 1$ 个列表，有的可能为空；每个数是 0，或者绝对值在 $10^{-6}$ 到 $10^6$ 之间。`limit`：$10^{-3}$ 到 $10^6$ 之间的数。
- 返回一对结果：长度与原来相同的新列表，以及裁剪前的长度。
- `grads` 保持不变。

允许 $10^{-9}$ 的误差，相对于结果的大小，结果小于 1 时相对于 1。
""",
        hints=(
            "长度有几个：每个列表一个，还是总共一个？",
            "`norm = sum(v * v for g in grads for v in g) ** 0.5`；什么时候不必改动？",
        ),
    ),
    examples="""\
>>> clipped, norm = clip_by_global_norm([[3.0, 0.0], [4.0]], 1.0)
>>> [[round(v, 9) for v in g] for g in clipped], norm
([[0.6, 0.0], [0.8]], 5.0)
>>> clip_by_global_norm([[0.3], [0.4]], 1.0)
([[0.3], [0.4]], 0.5)
""",
    tolerance=1e-9,
)


@clip.solution
def clip_by_global_norm(
    grads: list[list[float]], limit: float
) -> tuple[list[list[float]], float]:
    norm = sqrt(sum(v * v for g in grads for v in g))
    factor = limit / norm if norm > limit else 1.0
    return [[v * factor for v in g] for g in grads], norm


@clip.wrong(
    en="Each list is clipped by itself: the direction changes.",
    zh="每个列表各自裁剪，方向变了。",
)
def clip_each(
    grads: list[list[float]], limit: float
) -> tuple[list[list[float]], float]:
    clipped = []
    for g in grads:
        norm = sqrt(sum(v * v for v in g))
        factor = limit / norm if norm > limit else 1.0
        clipped.append([v * factor for v in g])
    return clipped, sqrt(sum(v * v for g in grads for v in g))


@clip.wrong(
    en="It scales short gradients up to the limit.",
    zh="把短的梯度也放大到了上界。",
)
def clip_always(
    grads: list[list[float]], limit: float
) -> tuple[list[list[float]], float]:
    norm = sqrt(sum(v * v for g in grads for v in g))
    factor = limit / norm if norm > 0 else 1.0
    return [[v * factor for v in g] for g in grads], norm


@clip.wrong(
    en="It divides by zero where all gradients are zero.",
    zh="梯度全为零时除以了零。",
)
def clip_division(
    grads: list[list[float]], limit: float
) -> tuple[list[list[float]], float]:
    norm = sqrt(sum(v * v for g in grads for v in g))
    factor = min(1.0, limit / norm)
    return [[v * factor for v in g] for g in grads], norm


@clip.wrong(
    en="It clips each number instead of the length.",
    zh="裁剪了每个数，而不是长度。",
)
def clip_numbers(
    grads: list[list[float]], limit: float
) -> tuple[list[list[float]], float]:
    norm = sqrt(sum(v * v for g in grads for v in g))
    return [[max(-limit, min(limit, v)) for v in g] for g in grads], norm


@clip.wrong(
    en="Where nothing is clipped it hands back the lists that it was given.",
    zh="不需要裁剪时，把传入的列表原样交了回来。",
)
def clip_same(
    grads: list[list[float]], limit: float
) -> tuple[list[list[float]], float]:
    norm = sqrt(sum(v * v for g in grads for v in g))
    if norm <= limit:
        return grads, norm
    return [[v * limit / norm for v in g] for g in grads], norm


@clip.wrong(
    en="It returns the length after clipping; the length before is what one logs.",
    zh="返回了裁剪后的长度；要记录的是裁剪前的长度。",
)
def clip_after(
    grads: list[list[float]], limit: float
) -> tuple[list[list[float]], float]:
    norm = sqrt(sum(v * v for g in grads for v in g))
    factor = limit / norm if norm > limit else 1.0
    return [[v * factor for v in g] for g in grads], norm * factor


@clip.drive
def clip_drive(answer: Any, grads: list[list[float]], limit: float) -> Any:
    given = [[*g] for g in grads]
    result = answer(given, limit)
    if given != grads:
        return "grads was changed"
    clipped, norm = result
    if any(new is old for new in clipped for old in given):
        return "a list is not new"
    return [[float(v) for v in g] for g in clipped], float(norm)


@clip.cases
def clip_cases(random: Random) -> Iterator[tuple[list[list[float]], float]]:
    yield [[]], 1.0
    yield [[0.0, 0.0], [0.0]], 1.0
    yield [[2.0]], 1.0
    yield [[-0.5], []], 0.25
    yield [[3.0, 0.0], [4.0]], 1.0
    yield [[3.0, 0.0], [4.0]], 5.0
    yield [[0.3], [0.4]], 1.0
    yield [[1.0, 1.0], [1.0, 1.0]], 1.0
    yield [[1e6, -1e6], [1e-6]], 1e-3
    for _ in range(25):
        sizes = [random.randint(0, 3) for _ in range(random.randint(1, 4))]
        grads = [[random.randint(-12, 12) / 4 for _ in range(k)] for k in sizes]
        yield grads, random.choice([0.25, 1.0, 3.0, 100.0])


@clip.brute
def clip_brute(
    grads: list[list[float]], limit: float
) -> tuple[list[list[float]], float]:
    # Angles instead of a factor: each number is the cosine of its own, times a length.
    flat = [v for g in grads for v in g]
    norm = hypot(*flat)
    short = min(norm, limit)
    return [[v / norm * short if norm else 0.0 for v in g] for g in grads], norm


bptt = Exercise(
    en=Words(
        title="Back through time, one number",
        statement="""\
A recurrent network has a state of one number: $h_t = \\tanh(w x_t + u h_{t-1})$, with $h_0 = 0$. The
loss is the **last** state, $h_T$. Return the gradients of the loss by $w$ and by $u$, as a pair.

- `x`: a list of $T \\ge 1$ numbers, at most 4 in size; $T \\le 60$.
- `w`, `u`: numbers, at most 2 in size.
- `x` stays as it is.

Results may be off by $10^{-7}$, relative to their size or to 1.
""",
        hints=(
            "First go forward and keep all states. Then go from the last step to the first.",
            "`a` is the gradient by what goes into tanh at a step. At the step before it is"
            " `a * u` times the slope there. Each step adds `a * x` and `a * before`.",
        ),
    ),
    zh=Words(
        title="状态为一个数的随时间反向传播",
        statement="""\
循环网络的状态只有一个数：$h_t = \\tanh(w x_t + u h_{t-1})$，$h_0 = 0$。损失就是**最后的**状态 $h_T$。求损失对 $w$ 和对 $u$ 的梯度，返回这一对数。

- `x`：$T \\ge 1$ 个数，绝对值不超过 4；$T \\le 60$。
- `w`、`u`：绝对值不超过 2 的数。
- `x` 保持不变。

允许 $10^{-7}$ 的误差，相对于结果的大小，结果小于 1 时相对于 1。
""",
        hints=(
            "先向前走，保存所有状态；再从最后一步走到第一步。",
            "`a` 是对某一步 tanh 的输入的梯度。前一步的 `a` 等于 `a * u` 乘那里的斜率。每一步加上 `a * x` 和 `a * before`。",
        ),
    ),
    examples="""\
>>> [round(g, 6) for g in rnn_gradients([1.0, 1.0, 1.0], 1.0, 0.5)]
[0.228307, 0.19432]
>>> rnn_gradients([0.0], 1.0, 2.0)
(0.0, 0.0)
""",
    tolerance=1e-7,
    lacks={"empty": "there is a step"},
)


@bptt.solution
def rnn_gradients(x: list[float], w: float, u: float) -> tuple[float, float]:
    states = [0.0]
    for value in x:
        states.append(tanh(w * value + u * states[-1]))
    by_w = by_u = 0.0
    back = 1.0
    for t in range(len(x), 0, -1):
        a = back * (1 - states[t] ** 2)
        by_w += a * x[t - 1]
        by_u += a * states[t - 1]
        back = a * u
    return by_w, by_u


@bptt.wrong(
    en="Only the last step counts: the state before it is treated as a constant.",
    zh="只算了最后一步，把前一个状态当成了常数。",
)
def rnn_gradients_last(x: list[float], w: float, u: float) -> tuple[float, float]:
    before = h = 0.0
    for value in x:
        before, h = h, tanh(w * value + u * h)
    a = 1 - h**2
    return a * x[-1], a * before


@bptt.wrong(
    en="The slope of tanh is taken at the output instead of by the output.",
    zh="把输出又代进了 tanh，再求斜率。",
)
def rnn_gradients_slope(x: list[float], w: float, u: float) -> tuple[float, float]:
    states = [0.0]
    for value in x:
        states.append(tanh(w * value + u * states[-1]))
    by_w = by_u = 0.0
    back = 1.0
    for t in range(len(x), 0, -1):
        a = back * (1 - tanh(states[t]) ** 2)
        by_w, by_u, back = by_w + a * x[t - 1], by_u + a * states[t - 1], a * u
    return by_w, by_u


@bptt.wrong(
    en="The gradient by u meets the state of the same step; it is the state before.",
    zh="对 u 的梯度乘了同一步的状态，应当乘前一步的状态。",
)
def rnn_gradients_same(x: list[float], w: float, u: float) -> tuple[float, float]:
    states = [0.0]
    for value in x:
        states.append(tanh(w * value + u * states[-1]))
    by_w = by_u = 0.0
    back = 1.0
    for t in range(len(x), 0, -1):
        a = back * (1 - states[t] ** 2)
        by_w, by_u, back = by_w + a * x[t - 1], by_u + a * states[t], a * u
    return by_w, by_u


@bptt.wrong(
    en="The way back lacks the weight u.",
    zh="往回传时漏乘了权重 u。",
)
def rnn_gradients_no_u(x: list[float], w: float, u: float) -> tuple[float, float]:
    states = [0.0]
    for value in x:
        states.append(tanh(w * value + u * states[-1]))
    by_w = by_u = 0.0
    back = 1.0
    for t in range(len(x), 0, -1):
        a = back * (1 - states[t] ** 2)
        by_w, by_u, back = by_w + a * x[t - 1], by_u + a * states[t - 1], a
    return by_w, by_u


@bptt.wrong(
    en="The way back stops after 50 steps.",
    zh="往回走了 50 步就停了。",
)
def rnn_gradients_cut(x: list[float], w: float, u: float) -> tuple[float, float]:
    states = [0.0]
    for value in x:
        states.append(tanh(w * value + u * states[-1]))
    by_w = by_u = 0.0
    back = 1.0
    for t in range(len(x), max(0, len(x) - 50), -1):
        a = back * (1 - states[t] ** 2)
        by_w, by_u, back = by_w + a * x[t - 1], by_u + a * states[t - 1], a * u
    return by_w, by_u


@bptt.wrong(
    en="Each state is a loss of its own here; the loss is the last one alone.",
    zh="把每个状态都当成了损失；损失只是最后一个状态。",
)
def rnn_gradients_all(x: list[float], w: float, u: float) -> tuple[float, float]:
    states = [0.0]
    for value in x:
        states.append(tanh(w * value + u * states[-1]))
    by_w = by_u = back = 0.0
    for t in range(len(x), 0, -1):
        a = (1 + back) * (1 - states[t] ** 2)
        by_w, by_u, back = by_w + a * x[t - 1], by_u + a * states[t - 1], a * u
    return by_w, by_u


@bptt.drive
def bptt_drive(answer: Any, x: list[float], w: float, u: float) -> Any:
    given = [*x]
    result = answer(given, w, u)
    if given != x:
        return "x was changed"
    by_w, by_u = result
    return float(by_w), float(by_u)


@bptt.cases
def bptt_cases(random: Random) -> Iterator[tuple[list[float], float, float]]:
    yield [0.0], 1.0, 2.0
    yield [-1.0], 0.5, 1.0
    yield [1.0, 1.0, 1.0], 1.0, 0.5
    yield [0.0, 0.0], 1.0, 1.0
    yield [1.0, 0.0, 0.0, 0.0], 0.5, 1.0
    yield [4.0, -4.0, 4.0], 2.0, -2.0
    yield [0.25] * 60, 0.25, 0.75
    yield [1.0] + [0.0] * 59, 0.25, 1.0  # all that w gets comes from the first step
    yield [0.25] + [0.0] * 39, 1.0, -1.0
    for _ in range(25):
        x = [random.randint(-8, 8) / 4 for _ in range(random.randint(1, 7))]
        yield x, random.randint(-6, 6) / 4, random.randint(-6, 6) / 4


@bptt.brute
def bptt_brute(x: list[float], w: float, u: float) -> tuple[float, float]:
    # Central differences of the last state, with 60 digits.
    with localcontext() as context:
        context.prec = 60
        step = Decimal(10) ** -20

        def last(first: Decimal, second: Decimal) -> Decimal:
            h = Decimal(0)
            for value in x:
                grown = (2 * (first * Decimal(value) + second * h)).exp()
                h = (grown - 1) / (grown + 1)
            return h

        a, b = Decimal(w), Decimal(u)
        by_w = last(a + step, b) - last(a - step, b)
        by_u = last(a, b + step) - last(a, b - step)
        return float(by_w / (2 * step)), float(by_u / (2 * step))
