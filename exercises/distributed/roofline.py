"""Exercises on the roofline: FLOPs of a Transformer, and the batch that reaches a ridge."""

from collections.abc import Iterator
from fractions import Fraction
from random import Random

from notekit.study.judge import Exercise, Words

flops = Exercise(
    en=Words(
        title="FLOPs of a forward pass",
        statement="""\
A language model reads a sequence of `seq` tokens. Count the FLOPs of all its matrix products;
a multiplication and an addition are two. Nothing else counts.

- The embedding table (`vocab` rows of `width` numbers) turns each token into a vector.
- Each of the `layers` layers has four matrices `width` $\\times$ `width`, for queries, keys,
  values and output, and two of the feed-forward network, `width` $\\times$ `hidden` and back.
- Attention: each query meets keys in one product, and the weights meet the same number of
  values in another. All heads together have `width` features. A query meets all `seq` keys, or,
  if `causal`, its own and those before it only.
- The head multiplies each token's vector with a matrix `width` $\\times$ `vocab`.

All arguments but `causal` are integers: `seq` $\\ge 0$ and `layers` $\\ge 0$, the others
$\\ge 1$. Return an integer.
""",
        hints=(
            "What does one token meet? Which matrix does it meet by a lookup?",
            "With `weights = layers * (4 * width**2 + 2 * width * hidden) + width * vocab`"
            " it is `2 * seq * weights`, and for each layer and each pair of a query and a"
            " key that meet, `4 * width`. How many pairs are there?",
        ),
    ),
    zh=Words(
        title="一次前向的浮点运算量",
        statement="""\
语言模型读入 `seq` 个词元。数出全部矩阵乘法的浮点运算量；一次乘法和一次加法算两次运算。其他的都不算。

- 嵌入表有 `vocab` 行，每行 `width` 个数，把每个词元变成一个向量。
- 共 `layers` 层。每层有四个 `width` $\\times$ `width` 的矩阵，用于查询、键、值和输出；前馈网络有两个矩阵，`width` $\\times$ `hidden` 的一个，再变回来的一个。
- 注意力：每个查询与若干个键做一次乘积，得到的权重再与同样多个值做一次乘积。所有头合起来有 `width` 个特征。一个查询与全部 `seq` 个键相乘；如果 `causal` 为真，就只与自己的键和之前的键相乘。
- 输出层把每个词元的向量与一个 `width` $\\times$ `vocab` 的矩阵相乘。

除 `causal` 外，参数都是整数：`seq` $\\ge 0$，`layers` $\\ge 0$，其余 $\\ge 1$。返回整数。
""",
        hints=(
            "一个词元要和哪些矩阵相乘？其中哪一个只是查表？",
            "设 `weights = layers * (4 * width**2 + 2 * width * hidden) + width * vocab`，这部分是 `2 * seq * weights`；另外每层里每一对相遇的查询和键要 `4 * width`。一共有多少对？",
        ),
    ),
    examples="""\
>>> forward_flops(2, 64, 256, 100, 32, False)
7225344
>>> forward_flops(2, 64, 256, 100, 32, True)
6971392
>>> forward_flops(0, 3, 1, 5, 1, True)
30
""",
    lacks={"negative": "sizes are not negative"},
)


@flops.solution
def forward_flops(
    layers: int, width: int, hidden: int, vocab: int, seq: int, causal: bool
) -> int:
    weights = layers * (4 * width * width + 2 * width * hidden) + width * vocab
    pairs = seq * (seq + 1) // 2 if causal else seq * seq
    return 2 * seq * weights + 4 * layers * width * pairs


@flops.wrong(
    en="A multiplication and an addition are counted as one.",
    zh="一次乘法加一次加法只算了一次运算。",
)
def forward_flops_once(
    layers: int, width: int, hidden: int, vocab: int, seq: int, causal: bool
) -> int:
    weights = layers * (4 * width * width + 2 * width * hidden) + width * vocab
    pairs = seq * (seq + 1) // 2 if causal else seq * seq
    return seq * weights + 2 * layers * width * pairs


@flops.wrong(
    en="The embedding table counts too; but a lookup multiplies nothing.",
    zh="把嵌入表也算了进去，可是查表不做乘法。",
)
def forward_flops_with_table(
    layers: int, width: int, hidden: int, vocab: int, seq: int, causal: bool
) -> int:
    weights = layers * (4 * width * width + 2 * width * hidden) + 2 * width * vocab
    pairs = seq * (seq + 1) // 2 if causal else seq * seq
    return 2 * seq * weights + 4 * layers * width * pairs


@flops.wrong(
    en="Only one of the two products of attention is counted.",
    zh="注意力的两个乘积只算了一个。",
)
def forward_flops_one_product(
    layers: int, width: int, hidden: int, vocab: int, seq: int, causal: bool
) -> int:
    weights = layers * (4 * width * width + 2 * width * hidden) + width * vocab
    pairs = seq * (seq + 1) // 2 if causal else seq * seq
    return 2 * seq * weights + 2 * layers * width * pairs


@flops.wrong(
    en="Attention is forgotten: 2N for each token.",
    zh="漏掉了注意力：每个词元只算 2N。",
)
def forward_flops_two_n(
    layers: int, width: int, hidden: int, vocab: int, seq: int, causal: bool
) -> int:
    weights = layers * (4 * width * width + 2 * width * hidden) + width * vocab
    return 2 * seq * weights


@flops.wrong(
    en="Causal attention has half of the pairs; the diagonal belongs to it whole.",
    zh="因果注意力取了一半的对数，可是对角线要完整地算进去。",
)
def forward_flops_half(
    layers: int, width: int, hidden: int, vocab: int, seq: int, causal: bool
) -> int:
    weights = layers * (4 * width * width + 2 * width * hidden) + width * vocab
    pairs = seq * seq // 2 if causal else seq * seq
    return 2 * seq * weights + 4 * layers * width * pairs


@flops.wrong(
    en="The output head is left out with the embedding table.",
    zh="把输出层和嵌入表一起略去了。",
)
def forward_flops_without_head(
    layers: int, width: int, hidden: int, vocab: int, seq: int, causal: bool
) -> int:
    weights = layers * (4 * width * width + 2 * width * hidden)
    pairs = seq * (seq + 1) // 2 if causal else seq * seq
    return 2 * seq * weights + 4 * layers * width * pairs


@flops.wrong(
    en="The FLOPs of one token are returned, not of the sequence.",
    zh="返回的是一个词元的运算量，不是整个序列的。",
)
def forward_flops_of_a_token(
    layers: int, width: int, hidden: int, vocab: int, seq: int, causal: bool
) -> int:
    weights = layers * (4 * width * width + 2 * width * hidden) + width * vocab
    doubled = seq + 1 if causal else 2 * seq
    return 2 * weights + 2 * layers * width * doubled


@flops.wrong(
    en="Division by / makes a float, which is rounded if the sequence is very long.",
    zh="用 / 做除法，得到浮点数；序列很长时会有舍入。",
)
def forward_flops_float(
    layers: int, width: int, hidden: int, vocab: int, seq: int, causal: bool
) -> int:
    weights = layers * (4 * width * width + 2 * width * hidden) + width * vocab
    pairs = int(seq * (seq + 1) / 2) if causal else seq * seq
    return 2 * seq * weights + 4 * layers * width * pairs


@flops.cases
def flops_cases(random: Random) -> Iterator[tuple[int, int, int, int, int, bool]]:
    yield 1, 1, 1, 1, 0, False
    yield 0, 1, 1, 1, 1, True
    yield 1, 1, 1, 1, 1, True
    yield 1, 1, 1, 1, 2, True
    yield 1, 1, 1, 1, 2, False
    for causal in (False, True):
        for _ in range(15):
            layers, width, hidden, vocab = (random.randint(1, 5) for _ in range(4))
            yield layers, width, hidden, vocab, random.randint(1, 6), causal


@flops.large
def flops_large(random: Random) -> Iterator[tuple[int, int, int, int, int, bool]]:
    for causal in (False, True):
        yield 126, 16384, 53248, 128256, 131071, causal
        yield 1, 1, 1, 1, 10**9 + 7, causal


@flops.brute
def flops_brute(
    layers: int, width: int, hidden: int, vocab: int, seq: int, causal: bool
) -> int:
    # One multiplication and one addition after the other.
    count = 0

    def product(rows: int, inner: int, columns: int) -> None:
        nonlocal count
        for _ in range(rows):
            for _ in range(columns):
                for _ in range(inner):
                    count += 2

    for position in range(seq):
        for _ in range(layers):
            for _ in range(4):
                product(1, width, width)
            product(1, width, hidden)
            product(1, hidden, width)
            met = position + 1 if causal else seq
            product(1, width, met)
            product(1, met, width)
        product(1, width, vocab)
    return count


batch = Exercise(
    en=Words(
        title="The smallest batch that reaches the ridge",
        statement="""\
`batch` rows of $k$ numbers are multiplied with a matrix of $k$ rows and $n$ columns. The
product takes 2 · `batch` · $k n$ FLOPs. The rows, the matrix and the result move once, and
each number has `size` bytes. A machine does `peak` FLOPs and moves `bandwidth` bytes a second.

Return the smallest `batch` $\\ge 1$ for which the arithmetic takes **at least as long** as the
moving, or 0 if there is none.

All arguments are integers from 1 to $10^{18}$. The answer is at most $10^{72}$ and may have
more than 50 digits, so counting up takes too long, and floats are too coarse.
""",
        hints=(
            "Write both times as fractions and multiply by both denominators: what is left"
            " is linear in `batch`.",
            "`batch * (2*k*n*bandwidth - size*(k + n)*peak) >= size*k*n*peak`. What if the"
            " bracket is not positive? `-(-a // b)` rounds up.",
        ),
    ),
    zh=Words(
        title="达到脊点的最小批量",
        statement="""\
`batch` 行、每行 $k$ 个数，与一个 $k$ 行 $n$ 列的矩阵相乘。乘积需要 2 · `batch` · $k n$ 次浮点运算。输入的各行、矩阵和结果各搬运一次，每个数占 `size` 个字节。机器每秒做 `peak` 次浮点运算，搬运 `bandwidth` 个字节。

返回使运算时间**不短于**搬运时间的最小的 `batch` $\\ge 1$；如果没有，返回 0。

参数都是 1 到 $10^{18}$ 的整数。答案不超过 $10^{72}$，可能超过 50 位，所以逐个试太慢，浮点数又不够精确。
""",
        hints=(
            "把两个时间写成分数，同乘两个分母，剩下的式子关于 `batch` 是线性的。",
            "`batch * (2*k*n*bandwidth - size*(k + n)*peak) >= size*k*n*peak`。括号不是正数时怎么办？`-(-a // b)` 是向上取整。",
        ),
    ),
    examples="""\
>>> smallest_batch(4096, 4096, 2, 989 * 10**12, 48 * 10**11)
230
>>> smallest_batch(4096, 4096, 1, 989 * 10**12, 48 * 10**11)
109
>>> smallest_batch(412, 412, 2, 989 * 10**12, 48 * 10**11)
0
""",
    lacks={"empty": "sizes are at least 1", "negative": "sizes are not negative"},
)


@batch.solution
def smallest_batch(k: int, n: int, size: int, peak: int, bandwidth: int) -> int:
    gain = 2 * k * n * bandwidth - size * (k + n) * peak
    if gain <= 0:
        return 0
    return -(-size * k * n * peak // gain)


@batch.wrong(
    en="Only the matrix is counted as moved: the rows and the result are bytes too.",
    zh="只算了矩阵的字节，输入的各行和结果也要搬运。",
)
def smallest_batch_weights_only(
    k: int, n: int, size: int, peak: int, bandwidth: int
) -> int:
    return -(-size * peak // (2 * bandwidth))


@batch.wrong(
    en="Where no batch reaches the ridge, a negative number comes out.",
    zh="没有批量能达到脊点时，得到的是负数。",
)
def smallest_batch_never_none(
    k: int, n: int, size: int, peak: int, bandwidth: int
) -> int:
    gain = 2 * k * n * bandwidth - size * (k + n) * peak
    if gain == 0:
        return 0
    return -(-size * k * n * peak // gain)


@batch.wrong(
    en="Rounded down: the batch is one too small.",
    zh="向下取整，批量少了一。",
)
def smallest_batch_down(k: int, n: int, size: int, peak: int, bandwidth: int) -> int:
    gain = 2 * k * n * bandwidth - size * (k + n) * peak
    return max(1, size * k * n * peak // gain) if gain > 0 else 0


@batch.wrong(
    en="It asks for more than the ridge, where reaching it is enough.",
    zh="要求超过脊点，其实达到就够了。",
)
def smallest_batch_strict(k: int, n: int, size: int, peak: int, bandwidth: int) -> int:
    gain = 2 * k * n * bandwidth - size * (k + n) * peak
    return size * k * n * peak // gain + 1 if gain > 0 else 0


@batch.wrong(
    en="A multiplication and an addition are counted as one FLOP.",
    zh="一次乘法加一次加法只算了一次运算。",
)
def smallest_batch_once(k: int, n: int, size: int, peak: int, bandwidth: int) -> int:
    gain = k * n * bandwidth - size * (k + n) * peak
    return -(-size * k * n * peak // gain) if gain > 0 else 0


@batch.wrong(
    en="Elements are counted, not bytes.",
    zh="算的是元素个数，不是字节数。",
)
def smallest_batch_elements(
    k: int, n: int, size: int, peak: int, bandwidth: int
) -> int:
    gain = 2 * k * n * bandwidth - (k + n) * peak
    return -(-k * n * peak // gain) if gain > 0 else 0


@batch.wrong(
    en="Computed in floats, which are too coarse for the large cases.",
    zh="用浮点数计算，对大的情形不够精确。",
)
def smallest_batch_float(k: int, n: int, size: int, peak: int, bandwidth: int) -> int:
    gain = 2 * k * n * bandwidth / peak - size * (k + n)
    if gain <= 0:
        return 0
    count = size * k * n / gain
    return int(count) + (count > int(count))


@batch.cases
def batch_cases(random: Random) -> Iterator[tuple[int, int, int, int, int]]:
    yield 1, 1, 1, 1, 1
    yield 1, 1, 1, 1, 2
    yield 1, 1, 1, 1, 4
    yield 2, 2, 1, 4, 4
    yield 4, 4, 1, 1, 1
    yield 4, 4, 2, 2, 2
    yield 4, 4, 2, 3, 2
    for _ in range(60):
        k, n = random.randint(1, 12), random.randint(1, 12)
        yield k, n, random.randint(1, 4), random.randint(1, 12), random.randint(1, 12)


@batch.large
def batch_large(random: Random) -> Iterator[tuple[int, int, int, int, int]]:
    yield 4096, 4096, 2, 989 * 10**12, 48 * 10**11
    yield 12288, 4096, 2, 989 * 10**12, 48 * 10**11
    yield 412, 412, 2, 989 * 10**12, 48 * 10**11
    yield 413, 413, 2, 989 * 10**12, 48 * 10**11
    yield 10**18 - 1, 10**18 - 1, 1, 10**18 - 2, 1
    yield 10**18, 10**18 - 1, 3, 10**18 - 5, 7
    # size * peak is one less than a multiple of k: the answer has 54 digits.
    size, peak = 10**18 - 3, 666_666_666_666_666_667
    yield 10**18, 10**18, size, peak, (size * peak + 1) // 10**18


@batch.brute
def batch_brute(k: int, n: int, size: int, peak: int, bandwidth: int) -> int:
    # The difference of the times is linear: once it grows, some batch is enough.
    def ahead(rows: int) -> Fraction:
        moved = size * (rows * k + k * n + rows * n)
        return Fraction(2 * rows * k * n, peak) - Fraction(moved, bandwidth)

    if ahead(2) <= ahead(1):
        return 1 if ahead(1) >= 0 else 0
    rows = 1
    while ahead(rows) < 0:
        rows += 1
    return rows
