"""Exercises on decoding: the nucleus of a distribution, and beam search over a table."""

from collections.abc import Iterator
from fractions import Fraction
from random import Random
from typing import Any

from notekit.study.judge import Exercise, Words

nucleus = Exercise(
    en=Words(
        title="Top-p",
        statement="""\
Sort the tokens by probability, the largest first, of equal ones the lower index first. Keep
the shortest head of this order whose probabilities sum to `mass` or more. Return the
probabilities **in the old order**: 0 for what is not kept, the rest divided by its sum.

- `p`: a list of $n \\ge 1$ numbers $\\ge 0$ with the sum 1.
- `mass`: a number, $0 < m \\le 1$.
- All numbers are multiples of $2^{-20}$, so that their sums are exact in floating point.
- Return a new list of $n$ numbers (or an array); `p` stays as it is.

Results may be off by $10^{-9}$.
""",
        hints=(
            "Is a token kept? That depends on the sum of those *before* it.",
            "`order = sorted(range(n), key=lambda i: (-p[i], i))`; go along it, keep `i`"
            " while the sum so far is less than `mass`, then add `p[i]`.",
        ),
    ),
    zh=Words(
        title="Top-p",
        statement="""\
把词元按概率从大到小排列，概率相同时编号小的在前。从头开始，保留总和达到或超过 `mass` 的最短一段。返回时**恢复原来的次序**：没有保留的为 0，其余的除以它们的和。

- `p`：$n \\ge 1$ 个数，都 $\\ge 0$，总和为 1。
- `mass`：一个数，$0 < m \\le 1$。
- 所有的数都是 $2^{-20}$ 的倍数，所以浮点求和没有误差。
- 返回新的 $n$ 个数的列表（或数组），`p` 保持不变。

允许 $10^{-9}$ 的误差。
""",
        hints=(
            "一个词元要不要保留，看的是它*之前*的总和。",
            "`order = sorted(range(n), key=lambda i: (-p[i], i))`；依次往下走，只要此前的总和小于 `mass` 就保留 `i`，然后加上 `p[i]`。",
        ),
    ),
    examples="""\
>>> top_p([0.25, 0.5, 0.125, 0.125], 0.75)
[0.3333333333333333, 0.6666666666666666, 0.0, 0.0]
>>> top_p([0.125, 0.875], 0.5)
[0.0, 1.0]
""",
    tolerance=1e-9,
    lacks={
        "empty": "a distribution has an outcome",
        "negative": "probabilities are not negative",
    },
)


@nucleus.solution
def top_p(p: list[float], mass: float) -> list[float]:
    kept = [0.0] * len(p)
    total = 0.0
    for i in sorted(range(len(p)), key=lambda i: (-p[i], i)):
        if total >= mass:
            break
        kept[i] = p[i]
        total += p[i]
    return [q / total for q in kept]


@nucleus.wrong(
    en="It drops the token that crosses the mass; if the first does, nothing is left.",
    zh="去掉了使总和越过 mass 的词元；如果第一个就越过，便一个不剩。",
)
def top_p_without_the_last(p: list[float], mass: float) -> list[float]:
    kept = [0.0] * len(p)
    total = 0.0
    for i in sorted(range(len(p)), key=lambda i: (-p[i], i)):
        if total + p[i] <= mass:
            kept[i] = p[i]
            total += p[i]
    return [q / total if total else 0.0 for q in kept]


@nucleus.wrong(
    en="The result is in the sorted order: the sort was not undone.",
    zh="结果停留在排序后的次序，没有恢复原来的次序。",
)
def top_p_sorted(p: list[float], mass: float) -> list[float]:
    kept = []
    total = 0.0
    for q in sorted(p, reverse=True):
        kept.append(q if total < mass else 0.0)
        total += kept[-1]
    return [q / total for q in kept]


@nucleus.wrong(
    en="What is kept was not divided by its sum.",
    zh="保留的概率没有除以它们的和。",
)
def top_p_not_normalized(p: list[float], mass: float) -> list[float]:
    kept = [0.0] * len(p)
    total = 0.0
    for i in sorted(range(len(p)), key=lambda i: (-p[i], i)):
        if total < mass:
            kept[i] = p[i]
        total += p[i]
    return kept


@nucleus.wrong(
    en="One token too many where the mass is reached exactly.",
    zh="总和正好等于 mass 时，多保留了一个词元。",
)
def top_p_one_more(p: list[float], mass: float) -> list[float]:
    kept = [0.0] * len(p)
    total = 0.0
    for i in sorted(range(len(p)), key=lambda i: (-p[i], i)):
        if total <= mass:
            kept[i] = p[i]
            total += p[i]
    return [q / total for q in kept]


@nucleus.wrong(
    en="All that tie with the last token are kept.",
    zh="与最后一个词元概率相同的都保留了。",
)
def top_p_all_ties(p: list[float], mass: float) -> list[float]:
    total = least = 0.0
    for q in sorted(p, reverse=True):
        if total < mass:
            total, least = total + q, q
    kept = [q if q >= least else 0.0 for q in p]
    return [q / sum(kept) for q in kept]


@nucleus.wrong(
    en="The largest first is forgotten: the head of the list as it stands is taken.",
    zh="没有按概率排序，直接取了列表的开头一段。",
)
def top_p_unsorted(p: list[float], mass: float) -> list[float]:
    kept = []
    total = 0.0
    for q in p:
        kept.append(q if total < mass else 0.0)
        total += kept[-1]
    return [q / total for q in kept]


@nucleus.wrong(
    en="The list that was given is cut, and no longer what it was.",
    zh="直接在传入的列表上截断，把它改掉了。",
)
def top_p_in_place(p: list[float], mass: float) -> list[float]:
    total = 0.0
    for i in sorted(range(len(p)), key=lambda i: (-p[i], i)):
        if total < mass:
            total += p[i]
        else:
            p[i] = 0.0
    return [q / total for q in p]


@nucleus.drive
def nucleus_drive(top_p: Any, p: list[float], mass: float) -> Any:
    before = list(p)
    result = top_p(p, mass)
    if p != before:
        raise ValueError("p must stay as it is, and was changed")
    return result


def _drawn(random: Random, n: int, parts: int) -> list[float]:
    """n multiples of 1 / parts whose sum is 1; some may be 0."""
    borders = sorted(random.randint(0, parts) for _ in range(n - 1))
    return [(b - a) / parts for a, b in zip([0, *borders], [*borders, parts])]


@nucleus.cases
def nucleus_cases(random: Random) -> Iterator[tuple[list[float], float]]:
    yield [1.0], 1.0
    yield [1.0], 0.5
    yield [0.25, 0.75], 0.5
    yield [0.75, 0.25], 0.75
    yield [0.5, 0.5], 0.5
    yield [0.25, 0.25, 0.25, 0.25], 0.5
    yield [0.25, 0.25, 0.25, 0.25], 2.0**-20
    yield [0.0, 1.0, 0.0], 1.0
    yield [0.125, 0.5, 0.25, 0.125], 0.75
    for _ in range(40):
        n, parts = random.randint(1, 6), random.choice([8, 16, 64])
        yield _drawn(random, n, parts), random.randint(1, parts) / parts


@nucleus.large
def nucleus_large(random: Random) -> Iterator[tuple[list[float], float]]:
    for mass in (0.875, 1.0):
        yield _drawn(random, 3000, 2**20), mass


@nucleus.brute
def nucleus_brute(p: list[float], mass: float) -> list[float]:
    # Each token for itself: which come before it, and how much have they?
    exact = [Fraction(q) for q in p]
    kept = []
    for i, q in enumerate(exact):
        before = [r for j, r in enumerate(exact) if r > q or (r == q and j < i)]
        kept.append(q if sum(before) < Fraction(mass) else Fraction(0))
    return [float(q / sum(kept)) for q in kept]


beam = Exercise(
    en=Words(
        title="Beam search",
        statement="""\
`scores[a][b]` is the score of token `b` after token `a` (a log probability, times some
number): an integer $\\le 0$. Token 0 is the end; the first token is scored as if it
followed a 0. The score of a text is the sum over its tokens, the end token too.

Begin with one live text, the empty one. In each of at most `length` rounds, extend each live
text by each token, and keep the `beams` largest scores among **all** extensions; of equal
scores the text that is the smaller list. Of these, the texts that now end with 0 are put
aside: they are not extended, and take no place in later rounds. The others live on.

Return `[score, text]` of the best among all that were put aside and those that live at the
end: the largest score, of equal ones the smaller list.

- `scores`: $n$ rows of $n$ integers, $1 \\le n \\le 30$.
- `beams` from 1 to 50, `length` from 0 to 60.
""",
        hints=(
            "Two lists: what lives, and what was put aside. Where does each of the kept"
            " extensions go?",
            "Sort the extensions by `(-score, text)` and take the first `beams`. At the end"
            " `min` by the same key, over both lists.",
        ),
    ),
    zh=Words(
        title="束搜索",
        statement="""\
`scores[a][b]` 是词元 `a` 之后出现词元 `b` 的得分（对数概率乘以某个倍数），是 $\\le 0$ 的整数。词元 0 表示结束；第一个词元按接在 0 之后来计分。一个序列的得分是各词元得分之和，结束词元也算。

开始时只有一个存活的序列，即空序列。最多进行 `length` 轮，每一轮把每个存活的序列接上每个词元，在**所有**扩展中留下得分最大的 `beams` 个；得分相同时，取按列表比较较小的序列。其中以 0 结尾的放到一边：不再扩展，以后各轮也不占名额。其余的继续存活。

从所有放到一边的序列和最后仍存活的序列中，返回最好的一个的 `[得分, 序列]`：得分最大，相同时取较小的列表。

- `scores`：$n$ 行，每行 $n$ 个整数，$1 \\le n \\le 30$。
- `beams` 从 1 到 50，`length` 从 0 到 60。
""",
        hints=(
            "用两个列表：存活的，和放到一边的。留下的每个扩展该进哪一个？",
            "把扩展按 `(-得分, 序列)` 排序，取前 `beams` 个。最后在两个列表上用同样的键取 `min`。",
        ),
    ),
    examples="""\
>>> table = [[-90, -5, -9], [-12, -9, -12], [-30, -1, -30]]
>>> beam_search(table, 1, 2)
[-14, [1, 1]]
>>> beam_search(table, 2, 2)
[-10, [2, 1]]
>>> beam_search(table, 2, 0)
[0, []]
""",
    seconds=5,
    lacks={"empty": "there is a token, the end"},
)


@beam.solution
def beam_search(
    scores: list[list[int]], beams: int, length: int
) -> list[int | list[int]]:
    live: list[tuple[int, list[int]]] = [(0, [])]
    done: list[tuple[int, list[int]]] = []
    for _ in range(length):
        extensions = []
        for cost, text in live:
            row = scores[text[-1] if text else 0]
            extensions += [(cost - row[b], [*text, b]) for b in range(len(row))]
        kept = sorted(extensions)[:beams]
        done += [pair for pair in kept if pair[1][-1] == 0]
        live = [pair for pair in kept if pair[1][-1] != 0]
    cost, text = min(done + live)
    return [-cost, text]


@beam.wrong(
    en="Finished texts are forgotten if others still live at the end.",
    zh="最后若还有存活的序列，已经完成的就被忘掉了。",
)
def beam_search_only_live(
    scores: list[list[int]], beams: int, length: int
) -> list[int | list[int]]:
    live: list[tuple[int, list[int]]] = [(0, [])]
    done: list[tuple[int, list[int]]] = []
    for _ in range(length):
        extensions = []
        for cost, text in live:
            row = scores[text[-1] if text else 0]
            extensions += [(cost - row[b], [*text, b]) for b in range(len(row))]
        kept = sorted(extensions)[:beams]
        done += [pair for pair in kept if pair[1][-1] == 0]
        live = [pair for pair in kept if pair[1][-1] != 0]
    cost, text = min(live or done)
    return [-cost, text]


@beam.wrong(
    en="It goes on after the end token.",
    zh="结束之后还在继续扩展。",
)
def beam_search_past_the_end(
    scores: list[list[int]], beams: int, length: int
) -> list[int | list[int]]:
    live: list[tuple[int, list[int]]] = [(0, [])]
    for _ in range(length):
        extensions = []
        for cost, text in live:
            row = scores[text[-1] if text else 0]
            extensions += [(cost - row[b], [*text, b]) for b in range(len(row))]
        live = sorted(extensions)[:beams]
    cost, text = min(live)
    return [-cost, text]


@beam.wrong(
    en="The best extensions of each text are kept, not the best of all: the beam grows.",
    zh="每个序列各留下最好的扩展，而不是在所有扩展中留：束越来越宽。",
)
def beam_search_each(
    scores: list[list[int]], beams: int, length: int
) -> list[int | list[int]]:
    live: list[tuple[int, list[int]]] = [(0, [])]
    done: list[tuple[int, list[int]]] = []
    for _ in range(min(length, 6)):
        kept = []
        for cost, text in live:
            row = scores[text[-1] if text else 0]
            kept += sorted((cost - row[b], [*text, b]) for b in range(len(row)))[:beams]
        done += [pair for pair in kept if pair[1][-1] == 0]
        live = [pair for pair in kept if pair[1][-1] != 0]
    cost, text = min(done + live)
    return [-cost, text]


@beam.wrong(
    en="It stops as soon as a text has ended, though a better one may still grow.",
    zh="一有序列结束就停下，可是还在增长的序列可能更好。",
)
def beam_search_first_end(
    scores: list[list[int]], beams: int, length: int
) -> list[int | list[int]]:
    live: list[tuple[int, list[int]]] = [(0, [])]
    for _ in range(length):
        extensions = []
        for cost, text in live:
            row = scores[text[-1] if text else 0]
            extensions += [(cost - row[b], [*text, b]) for b in range(len(row))]
        live = sorted(extensions)[:beams]
        done = [pair for pair in live if pair[1][-1] == 0]
        if done:
            return [-done[0][0], done[0][1]]
    cost, text = min(live)
    return [-cost, text]


@beam.wrong(
    en="Finished texts compete in later rounds: what is larger so far pushes them out.",
    zh="完成的序列在以后各轮仍参与竞争，被暂时得分更大的挤了出去。",
)
def beam_search_places(
    scores: list[list[int]], beams: int, length: int
) -> list[int | list[int]]:
    texts: list[tuple[int, list[int]]] = [(0, [])]
    for _ in range(length):
        extensions = [pair for pair in texts if pair[1][-1:] == [0]]
        for cost, text in texts:
            if text[-1:] != [0]:
                row = scores[text[-1] if text else 0]
                extensions += [(cost - row[b], [*text, b]) for b in range(len(row))]
        texts = sorted(extensions)[:beams]
    cost, text = min(texts)
    return [-cost, text]


@beam.wrong(
    en="Each text that ends takes a place for good: the beam becomes narrower.",
    zh="每完成一个序列就永久占去一个名额，束越来越窄。",
)
def beam_search_narrower(
    scores: list[list[int]], beams: int, length: int
) -> list[int | list[int]]:
    live: list[tuple[int, list[int]]] = [(0, [])]
    done: list[tuple[int, list[int]]] = []
    for _ in range(length):
        extensions = []
        for cost, text in live:
            row = scores[text[-1] if text else 0]
            extensions += [(cost - row[b], [*text, b]) for b in range(len(row))]
        kept = sorted(extensions)[: max(beams - len(done), 0)]
        done += [pair for pair in kept if pair[1][-1] == 0]
        live = [pair for pair in kept if pair[1][-1] != 0]
    cost, text = min(done + live)
    return [-cost, text]


@beam.wrong(
    en="Of equal scores the extension that was made first is kept.",
    zh="得分相同时，留下了先生成的扩展。",
)
def beam_search_ties(
    scores: list[list[int]], beams: int, length: int
) -> list[int | list[int]]:
    live: list[tuple[int, list[int]]] = [(0, [])]
    done: list[tuple[int, list[int]]] = []
    for _ in range(length):
        extensions = []
        for cost, text in live:
            row = scores[text[-1] if text else 0]
            extensions += [(cost - row[b], [*text, b]) for b in range(len(row))]
        kept = sorted(extensions, key=lambda pair: pair[0])[:beams]
        done += [pair for pair in kept if pair[1][-1] == 0]
        live = [pair for pair in kept if pair[1][-1] != 0]
    cost, text = min(done + live)
    return [-cost, text]


@beam.wrong(
    en="Of the texts with the same last token only the best is kept: this is no beam.",
    zh="末尾词元相同的序列只留最好的一个：这不是束搜索。",
)
def beam_search_by_last_token(
    scores: list[list[int]], beams: int, length: int
) -> list[int | list[int]]:
    live: list[tuple[int, list[int]]] = [(0, [])]
    done: list[tuple[int, list[int]]] = []
    for _ in range(length):
        best: dict[int, tuple[int, list[int]]] = {}
        for cost, text in live:
            for b, score in enumerate(scores[text[-1] if text else 0]):
                pair = cost - score, [*text, b]
                best[b] = min(best.get(b, pair), pair)
        kept = sorted(best.values())[:beams]
        done += [pair for pair in kept if pair[1][-1] == 0]
        live = [pair for pair in kept if pair[1][-1] != 0]
    cost, text = min(done + live)
    return [-cost, text]


@beam.wrong(
    en="Greedy search: the width is not used.",
    zh="这是贪心搜索，没有用到束宽。",
)
def beam_search_greedy(
    scores: list[list[int]], beams: int, length: int
) -> list[int | list[int]]:
    score = 0
    text: list[int] = []
    while len(text) < length and text[-1:] != [0]:
        row = scores[text[-1] if text else 0]
        text.append(row.index(max(row)))
        score += max(row)
    return [score, text]


def _table(random: Random, n: int, most: int) -> list[list[int]]:
    return [[-random.randint(0, most) for _ in range(n)] for _ in range(n)]


@beam.cases
def beam_cases(random: Random) -> Iterator[tuple[list[list[int]], int, int]]:
    yield [[-3]], 1, 0
    yield [[-3]], 1, 1
    yield [[-3]], 2, 4
    yield [[-9, -1], [-1, -1]], 1, 3
    yield [[0, 0], [0, 0]], 2, 2
    yield [[-90, -5, -9], [-12, -9, -12], [-30, -1, -30]], 2, 2
    yield [[-90, -5, -9], [-6, -9, -9], [-30, -1, -30]], 2, 4
    for _ in range(60):
        n, most = random.randint(2, 4), random.choice([2, 9, 30])
        yield _table(random, n, most), random.randint(1, 4), random.randint(1, 4)
    # Two live texts are ahead of a finished one, and fall below it later.
    late = [[-20] * 4, [-20] * 4]
    yield [[-3, -1, -9, -9], [-9, -9, -1, -1], *late], 2, 3
    # The place of a text that has ended is free in the next round.
    yield [[-3, 0], [-2, -1]], 2, 3
    # Of two children with equal sums, the smaller has the worse parent.
    yield [[-2, -1, 0], [-2, -2, 0], [-1, -1, -2]], 2, 2
    # Two texts with the same last token take both places.
    yield [[-2, -1, 0], [-2, -2, -1], [-2, -2, -1]], 2, 3
    for _ in range(30):
        yield _table(random, 3, 9), random.randint(2, 3), 5


@beam.large
def beam_large(random: Random) -> Iterator[tuple[list[list[int]], int, int]]:
    table = _table(random, 30, 2000)
    for row in table:
        row[0] = -1500 - random.randint(0, 500)
    yield table, 50, 60
    yield _table(random, 30, 5), 50, 60


@beam.brute
def beam_brute(
    scores: list[list[int]], beams: int, length: int
) -> list[int | list[int]]:
    # Texts as strings of letters; one survives if few of its generation beat it.
    def worth(text: str) -> int:
        return sum(scores[ord(a) - 65][ord(b) - 65] for a, b in zip("A" + text, text))

    letters = [chr(65 + b) for b in range(len(scores))]
    living: set[str] = {""}
    known: set[str] = set()
    for _ in range(length):
        born = {text + letter for text in living for letter in letters}
        living = set()
        for text in born:
            better = [
                other
                for other in born
                if worth(other) > worth(text)
                or (worth(other) == worth(text) and other < text)
            ]
            if len(better) < beams:
                (known if text.endswith("A") else living).add(text)
    known |= living
    top = max(map(worth, known))
    best = next(text for text in sorted(known) if worth(text) == top)
    return [top, [ord(letter) - 65 for letter in best]]
