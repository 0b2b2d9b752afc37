"""Exercises on a GPT: windows from a stream of tokens, and the loss of shifted targets."""

from collections.abc import Callable, Iterator
from decimal import Decimal, localcontext
from itertools import pairwise
from random import Random
from typing import Any

from notekit.study.judge import Exercise, Words

windows = Exercise(
    en=Words(
        title="A batch of windows",
        statement="""\
Return a batch for training a language model: windows of a stream of tokens, and their targets.

- `data`: a list of $n$ tokens (integers). `context`: tokens of a window, $1 \\le$ `context` $< n$.
- `size`: number of windows, at least 0.
- `below`: a function; `below(m)` returns a random integer from 0 to $m - 1$. Call it **once for each
  window**, in order: its answer is where the window begins. Each possible start must be as likely.
- Return a pair `(x, y)` of lists (or arrays) of `size` rows with `context` tokens. At each place of `x`,
  `y` has the token that follows it in the stream. `data` stays as it is.
""",
        hints=(
            "A window of `context` tokens needs one more, for the last target. Where may the last window begin?",
            "With `start = below(len(data) - context)`, `x` gets `data[start : start + context]`.",
        ),
    ),
    zh=Words(
        title="取一批窗口",
        statement="""\
取出训练语言模型用的一批数据：词元流里的若干窗口，以及它们的目标。

- `data`：$n$ 个词元（整数）的列表。`context`：一个窗口的词元数，$1 \\le$ `context` $< n$。
- `size`：窗口的个数，最小为 0。
- `below`：一个函数，`below(m)` 返回 0 到 $m - 1$ 的随机整数。按顺序**每个窗口调用一次**，返回值就是窗口的起点。每个可能的起点概率相同。
- 返回一对 `(x, y)`，各是 `size` 行、每行 `context` 个词元的列表（或数组）。对 `x` 的每个位置，`y` 在同一位置给出词元流里的下一个词元。`data` 保持不变。
""",
        hints=(
            "一个窗口有 `context` 个词元，最后一个目标还要再多一个。最后一个窗口可以从哪里开始？",
            "设 `start = below(len(data) - context)`，`x` 的这一行就是 `data[start : start + context]`。",
        ),
    ),
    examples="""\
>>> batch([5, 6, 7, 8, 9], 3, 2, lambda m: m - 1)
([[6, 7, 8], [6, 7, 8]], [[7, 8, 9], [7, 8, 9]])
>>> batch([5, 6, 7, 8, 9], 3, 1, lambda m: 0)
([[5, 6, 7]], [[6, 7, 8]])
>>> batch([1, 2], 1, 0, lambda m: 0)
([], [])
""",
    lacks={"empty": "a window and its last target need two tokens"},
)


@windows.solution
def batch(
    data: list[int], context: int, size: int, below: Callable[[int], int]
) -> tuple[list[list[int]], list[list[int]]]:
    x: list[list[int]] = []
    y: list[list[int]] = []
    for _ in range(size):
        start = below(len(data) - context)
        x.append(data[start : start + context])
        y.append(data[start + 1 : start + context + 1])
    return x, y


@windows.wrong(
    en="One start too many: the last window has no target for its last token.",
    zh="起点多了一个：最后一个窗口的最后一个词元没有目标。",
)
def batch_past_the_end(
    data: list[int], context: int, size: int, below: Callable[[int], int]
) -> tuple[list[list[int]], list[list[int]]]:
    x: list[list[int]] = []
    y: list[list[int]] = []
    for _ in range(size):
        start = below(len(data) - context + 1)
        x.append(data[start : start + context])
        y.append(data[start + 1 : start + context + 1])
    return x, y


@windows.wrong(
    en="The last window is never drawn.",
    zh="最后一个窗口永远取不到。",
)
def batch_without_the_last(
    data: list[int], context: int, size: int, below: Callable[[int], int]
) -> tuple[list[list[int]], list[list[int]]]:
    x: list[list[int]] = []
    y: list[list[int]] = []
    for _ in range(size):
        start = below(max(len(data) - context - 1, 1))
        x.append(data[start : start + context])
        y.append(data[start + 1 : start + context + 1])
    return x, y


@windows.wrong(
    en="The targets are the inputs: a model would learn to copy.",
    zh="目标等于输入：模型只会学到照抄。",
)
def batch_unshifted(
    data: list[int], context: int, size: int, below: Callable[[int], int]
) -> tuple[list[list[int]], list[list[int]]]:
    starts = [below(len(data) - context) for _ in range(size)]
    x = [data[start : start + context] for start in starts]
    return x, [list(row) for row in x]


@windows.wrong(
    en="The targets are shifted the other way, to the token before.",
    zh="目标移错了方向，成了前一个词元。",
)
def batch_backward(
    data: list[int], context: int, size: int, below: Callable[[int], int]
) -> tuple[list[list[int]], list[list[int]]]:
    starts = [below(len(data) - context) for _ in range(size)]
    x = [data[start : start + context] for start in starts]
    return [data[s + 1 : s + 1 + context] for s in starts], x


@windows.wrong(
    en="The target of a row's last token is its first one: the row was rolled round.",
    zh="每行最后一个词元的目标成了本行第一个：把这一行循环移位了。",
)
def batch_rolled(
    data: list[int], context: int, size: int, below: Callable[[int], int]
) -> tuple[list[list[int]], list[list[int]]]:
    starts = [below(len(data) - context) for _ in range(size)]
    x = [data[start : start + context] for start in starts]
    return x, [row[1:] + row[:1] for row in x]


@windows.wrong(
    en="All windows of a batch begin at the same place.",
    zh="一批里的窗口都从同一个位置开始。",
)
def batch_one_start(
    data: list[int], context: int, size: int, below: Callable[[int], int]
) -> tuple[list[list[int]], list[list[int]]]:
    start = below(len(data) - context)
    row, targets = (
        data[start : start + context],
        data[start + 1 : start + context + 1],
    )
    return [row] * size, [targets] * size


@windows.wrong(
    en="The stream is cut into pieces, and only their beginnings are drawn.",
    zh="先把词元流切成段，只从各段的开头取。",
)
def batch_of_pieces(
    data: list[int], context: int, size: int, below: Callable[[int], int]
) -> tuple[list[list[int]], list[list[int]]]:
    starts = [context * below((len(data) - 1) // context) for _ in range(size)]
    x = [data[start : start + context] for start in starts]
    return x, [data[start + 1 : start + context + 1] for start in starts]


@windows.drive
def windows_drive(
    answer: Any, data: list[int], context: int, size: int, draws: list[int]
) -> Any:
    before, asked = list(data), 0

    def below(m: int) -> int:
        nonlocal asked
        asked += 1
        if m < 1:
            raise ValueError(f"below wants an integer >= 1, got {m}")
        return draws[(asked - 1) % len(draws)] % m

    result = answer(data, context, size, below)
    if data != before:
        return "data was changed"
    return [*result] if asked == size else f"below was called {asked} times"


@windows.cases
def windows_cases(random: Random) -> Iterator[tuple[list[int], int, int, list[int]]]:
    yield [3, 4], 1, 0, [0]
    yield [3, 4], 1, 1, [0]
    yield [3, 4], 1, 2, [1, 0]
    yield [1, 2, 3], 1, 3, [1, 0, 5]
    yield [7, 7, 7, 7], 2, 2, [0, 1]
    yield [-1, -2, -3, -4], 3, 2, [3, 1]
    yield [1, 2, 3, 4, 5, 6], 2, 4, [3, 0, 1, 2]
    for _ in range(40):
        n = random.randint(2, 12)
        data = [random.randint(-2, 9) for _ in range(n)]
        size = random.randint(0, 4)
        draws = [random.randrange(10**6) for _ in range(max(size, 1))]
        yield data, random.randint(1, n - 1), size, draws


@windows.large
def windows_large(random: Random) -> Iterator[tuple[list[int], int, int, list[int]]]:
    data = [random.randint(0, 99) for _ in range(100_000)]
    yield data, 64, 500, [random.randrange(10**9) for _ in range(500)]


@windows.brute
def windows_brute(
    data: list[int], context: int, size: int, below: Callable[[int], int]
) -> list[list[list[int]]]:
    # All pairs of neighbours, and all runs of them that are long enough.
    pairs = list(pairwise(data))
    runs = [
        pairs[i : i + context]
        for i in range(len(pairs))
        if len(pairs[i : i + context]) == context
    ]
    chosen = [runs[below(len(runs))] for _ in range(size)]
    return [[[pair[side] for pair in run] for run in chosen] for side in (0, 1)]


loss = Exercise(
    en=Words(
        title="The loss of a language model",
        statement="""\
A model has read one row of tokens and gives scores for what follows each of them. Return its mean loss.

- `logits`: $T \\ge 2$ rows of $V$ numbers, at most 10000 in size. Row $t$ belongs to the token `ids[t]`:
  scores for the token **after** it.
- `ids`: the $T$ tokens themselves, from 0 to $V - 1$.
- `pad`: the token that fills up. Where the token to be guessed is `pad`, the guess does not count. At
  least one counts. If `pad` is $-1$, all count.
- Return the mean of $-\\ln p$ over the guesses that count, where $p$ is the softmax of the row at the true
  next token. `logits` and `ids` stay as they are.

The result may be off by $10^{-9}$, relative to its size or to 1.
""",
        hints=(
            "Row 0 guesses `ids[1]`. What does the last row guess?",
            "$-\\ln p$ is the logarithm of the sum of exponentials minus the score itself. Subtract the"
            " largest score from all of them first: 10000 is too much for `exp`.",
        ),
    ),
    zh=Words(
        title="语言模型的损失",
        statement="""\
模型读了一行词元，对每个词元之后是什么各给出一行分数。求它的平均损失。

- `logits`：$T \\ge 2$ 行，每行 $V$ 个数，绝对值不超过 10000。第 $t$ 行属于词元 `ids[t]`，是对**它之后**那个词元的打分。
- `ids`：这 $T$ 个词元，取值 0 到 $V - 1$。
- `pad`：填充用的词元。要猜的词元是 `pad` 时，这一次不计入。至少有一次计入。`pad` 为 $-1$ 时全部计入。
- 返回计入的各次 $-\\ln p$ 的平均值，$p$ 是该行做 softmax 之后真实的下一个词元的概率。`logits` 和 `ids` 保持不变。

允许 $10^{-9}$ 的误差（结果的绝对值超过 1 时指相对误差，否则指绝对误差）。
""",
        hints=(
            "第 0 行猜的是 `ids[1]`。最后一行猜的是什么？",
            "$-\\ln p$ 等于指数之和的对数减去这个分数本身。先从各个分数里减去最大的一个：10000 对 `exp` 来说太大。",
        ),
    ),
    examples="""\
>>> round(next_token_loss([[0.0, 0.0], [5.0, -5.0]], [0, 1], -1), 4)
0.6931
>>> next_token_loss([[0.0, 9999.0], [9999.0, 0.0], [0.0, 0.0]], [0, 1, 0], -1)
0.0
>>> round(next_token_loss([[0.0, 0.0, 0.0], [3.0, 1.0, 2.0], [1.0, 1.0, 1.0]], [0, 1, 2], 2), 4)
1.0986
""",
    tolerance=1e-9,
    lacks={"empty": "at least one guess counts"},
)


@loss.solution
def next_token_loss(logits: list[list[float]], ids: list[int], pad: int) -> float:
    from math import exp, log

    losses = []
    for row, target in zip(logits, ids[1:]):
        if target != pad:
            top = max(row)
            losses.append(log(sum(exp(z - top) for z in row)) + top - row[target])
    return sum(losses) / len(losses)


@loss.wrong(
    en="Not shifted: each row is judged by the token that it has just read.",
    zh="没有移位：每一行都拿刚读到的词元来评判。",
)
def next_token_loss_unshifted(
    logits: list[list[float]], ids: list[int], pad: int
) -> float:
    from math import exp, log

    losses = []
    for row, target in zip(logits, ids):
        if target != pad:
            top = max(row)
            losses.append(log(sum(exp(z - top) for z in row)) + top - row[target])
    return sum(losses) / max(len(losses), 1)


@loss.wrong(
    en="The last row counts too, judged by the first token.",
    zh="最后一行也算了，拿第一个词元来评判。",
)
def next_token_loss_rolled(
    logits: list[list[float]], ids: list[int], pad: int
) -> float:
    from math import exp, log

    losses = []
    for row, target in zip(logits, ids[1:] + ids[:1]):
        if target != pad:
            top = max(row)
            losses.append(log(sum(exp(z - top) for z in row)) + top - row[target])
    return sum(losses) / len(losses)


@loss.wrong(
    en="The sum is divided by all guesses, those at padding too.",
    zh="总和除以了全部次数，把填充处也算了进去。",
)
def next_token_loss_over_all(
    logits: list[list[float]], ids: list[int], pad: int
) -> float:
    from math import exp, log

    total = 0.0
    for row, target in zip(logits, ids[1:]):
        if target != pad:
            top = max(row)
            total += log(sum(exp(z - top) for z in row)) + top - row[target]
    return total / (len(ids) - 1)


@loss.wrong(
    en="A guess is left out where the token read is padding, not where the target is.",
    zh="略去的是读到填充词元的那几行，而不是目标为填充词元的那几行。",
)
def next_token_loss_by_input(
    logits: list[list[float]], ids: list[int], pad: int
) -> float:
    from math import exp, log

    losses = []
    for row, read, target in zip(logits, ids, ids[1:]):
        if read != pad:
            top = max(row)
            losses.append(log(sum(exp(z - top) for z in row)) + top - row[target])
    return sum(losses) / max(len(losses), 1)


@loss.wrong(
    en="The exponentials are taken of the scores as they are: large ones overflow.",
    zh="直接对分数取指数：分数一大就溢出。",
)
def next_token_loss_overflow(
    logits: list[list[float]], ids: list[int], pad: int
) -> float:
    from math import exp, log

    losses = []
    for row, target in zip(logits, ids[1:]):
        if target != pad:
            losses.append(log(sum(exp(z) for z in row)) - row[target])
    return sum(losses) / len(losses)


@loss.wrong(
    en="The probability is rounded to 0 before its logarithm is taken.",
    zh="先算概率再取对数：概率太小时已经变成 0。",
)
def next_token_loss_of_p(logits: list[list[float]], ids: list[int], pad: int) -> float:
    from math import exp, log

    losses = []
    for row, target in zip(logits, ids[1:]):
        if target != pad:
            top = max(row)
            total = sum(exp(z - top) for z in row)
            losses.append(-log(exp(row[target] - top) / total + 1e-300))
    return sum(losses) / len(losses)


@loss.wrong(
    en="Softmax twice: probabilities are no logits.",
    zh="做了两次 softmax：概率不能当作 logits。",
)
def next_token_loss_twice(logits: list[list[float]], ids: list[int], pad: int) -> float:
    from math import exp, log

    losses = []
    for row, target in zip(logits, ids[1:]):
        if target != pad:
            top = max(row)
            total = sum(exp(z - top) for z in row)
            p = [exp(z - top) / total for z in row]
            losses.append(log(sum(exp(z) for z in p)) - p[target])
    return sum(losses) / len(losses)


@loss.wrong(
    en="The sum, not the mean.",
    zh="求了和，没有取平均。",
)
def next_token_loss_sum(logits: list[list[float]], ids: list[int], pad: int) -> float:
    from math import exp, log

    total = 0.0
    for row, target in zip(logits, ids[1:]):
        if target != pad:
            top = max(row)
            total += log(sum(exp(z - top) for z in row)) + top - row[target]
    return total


LossCase = tuple[list[list[float]], list[int], int]


@loss.drive
def loss_drive(answer: Any, logits: list[list[float]], ids: list[int], pad: int) -> Any:
    rows, before = [list(row) for row in logits], list(ids)
    result = answer(logits, ids, pad)
    return result if (rows, before) == (logits, ids) else "an argument was changed"


@loss.cases
def loss_cases(random: Random) -> Iterator[LossCase]:
    yield [[0.0], [0.0]], [0, 0], -1
    yield [[1.0, 2.0], [0.0, 5.0]], [0, 1], -1
    yield [[1.0, 2.0], [0.0, 5.0], [3.0, 1.0]], [0, 1, 0], 0
    yield [[1.0, 2.0, 3.0], [0.0, 5.0, 1.0], [3.0, 1.0, 2.0]], [2, 1, 2], 2
    yield [[1e4, -1e4], [-1e4, 1e4], [0.0, 0.0]], [0, 1, 0], -1
    yield [[-1e4, -9999.0], [-1e4, -1e4]], [1, 0], -1
    for _ in range(40):
        t, v = random.randint(2, 6), random.randint(2, 4)
        size = random.choice([1, 3, 10, 1000])
        logits = [
            [size * random.randint(-8, 8) / 8 for _ in range(v)] for _ in range(t)
        ]
        ids = [random.randrange(v) for _ in range(t)]
        pad = random.choice([-1, v - 1])
        if set(ids[1:]) == {pad}:
            ids[1] = 0
        yield logits, ids, pad


@loss.large
def loss_large(random: Random) -> Iterator[LossCase]:
    logits = [[random.randint(-80, 80) / 8 for _ in range(100)] for _ in range(400)]
    yield logits, [random.randrange(100) for _ in range(400)], 99


@loss.brute
def loss_brute(logits: list[list[float]], ids: list[int], pad: int) -> float:
    # The product of the probabilities, with 60 digits, and one logarithm at the end.
    with localcontext() as context:
        context.prec = 60
        context.Emin, context.Emax = -(10**9), 10**9
        product, count = Decimal(1), 0
        for place in range(1, len(ids)):
            if ids[place] == pad:
                continue
            powers = [Decimal(z).exp() for z in logits[place - 1]]
            product *= powers[ids[place]] / sum(powers)
            count += 1
        return float(-product.ln() / count)
