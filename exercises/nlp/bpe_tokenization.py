"""Exercises on byte pair encoding: one merge in a word, and a word by ranks."""

import re
from collections.abc import Iterator
from itertools import pairwise
from random import Random

from notekit.study.judge import Exercise, Words

join = Exercise(
    en=Words(
        title="One merge in one word",
        statement="""\
`symbols` are the symbols of one word, in order; each is a string that is not empty. Merge
`pair`: wherever its first symbol stands and its second one follows directly, they become
one symbol, the two joined. Go **from the left**, and use each symbol once. Return the list
of the symbols.

- `symbols`: $n$ strings, $0 \\le n \\le 20\\,000$. A symbol may have several letters.
- `pair`: two strings; they may be equal.

What a merge makes is longer than either of the two, so one walk is enough. Use a loop;
recursion is too deep for the last cases.
""",
        hints=(
            "After a merge, where does the next look begin: one place on, or two?",
            "While `i` is less than the length: if there is a next symbol and both are the"
            " pair, append their sum and add 2 to `i`; else append the symbol and add 1.",
        ),
    ),
    zh=Words(
        title="在一个词里做一次合并",
        statement="""\
`symbols` 是一个词的各个符号，按次序排列，每个都是非空字符串。请合并 `pair`：凡是它的第一个符号后面紧跟着第二个符号，就把两个连成一个符号。**从左往右**做，每个符号只用一次。返回合并之后的符号列表。

- `symbols`：$n$ 个字符串，$0 \\le n \\le 20\\,000$。一个符号可以有好几个字母。
- `pair`：两个字符串，可以相同。

合并得到的符号比原来两个都长，所以走一遍就够了。请用循环：递归在最后几组数据上会太深。
""",
        hints=(
            "合并之后，下一次从哪里看起：往后一个，还是往后两个？",
            "只要 `i` 小于长度：如果后面还有符号，并且两个正好是这一对，就加入两者之和，`i` 加 2；否则加入这个符号，`i` 加 1。",
        ),
    ),
    examples="""\
>>> merge_word(["l", "o", "w", "l", "o"], ("l", "o"))
['lo', 'w', 'lo']
>>> merge_word(["a", "a", "a"], ("a", "a"))
['aa', 'a']
>>> merge_word([], ("a", "b"))
[]
""",
    seconds=4,
    lacks={"negative": "symbols are no numbers", "large": "symbols are no numbers"},
)


@join.solution
def merge_word(symbols: list[str], pair: tuple[str, str]) -> list[str]:
    first, second = pair
    merged = []
    i = 0
    while i < len(symbols):
        if symbols[i] == first and i + 1 < len(symbols) and symbols[i + 1] == second:
            merged.append(first + second)
            i += 2
        else:
            merged.append(symbols[i])
            i += 1
    return merged


@join.wrong(
    en="`str.replace` on symbols joined by spaces does not see where a symbol begins.",
    zh="用空格连起来再 `str.replace`，看不到符号从哪里开始。",
)
def merge_word_replace(symbols: list[str], pair: tuple[str, str]) -> list[str]:
    return " ".join(symbols).replace(" ".join(pair), "".join(pair)).split()


@join.wrong(
    en="After a merge it goes on one place later, so a symbol is used twice.",
    zh="合并之后只前进一个位置，同一个符号用了两次。",
)
def merge_word_by_one(symbols: list[str], pair: tuple[str, str]) -> list[str]:
    merged: list[str] = []
    skip = False
    for i, symbol in enumerate(symbols):
        if symbols[i : i + 2] == list(pair):
            merged.append("".join(pair))
            skip = True
        elif skip:
            skip = False
        else:
            merged.append(symbol)
    return merged


@join.wrong(
    en="It stops one symbol early, so the last one is lost unless it is merged.",
    zh="提前一个停下：最后一个符号若没有被合并，就丢了。",
)
def merge_word_short(symbols: list[str], pair: tuple[str, str]) -> list[str]:
    merged = []
    i = 0
    while i < len(symbols) - 1:
        if (symbols[i], symbols[i + 1]) == tuple(pair):
            merged.append(symbols[i] + symbols[i + 1])
            i += 2
        else:
            merged.append(symbols[i])
            i += 1
    return merged


@join.wrong(
    en="It compares the joined text, so another pair that spells the same is merged too.",
    zh="比较的是连起来的文本，拼写相同的另一对也被合并了。",
)
def merge_word_by_spelling(symbols: list[str], pair: tuple[str, str]) -> list[str]:
    merged = []
    i = 0
    while i < len(symbols):
        if i + 1 < len(symbols) and symbols[i] + symbols[i + 1] == "".join(pair):
            merged.append("".join(pair))
            i += 2
        else:
            merged.append(symbols[i])
            i += 1
    return merged


@join.wrong(
    en="It goes from the right: aaa becomes a, aa.",
    zh="从右往左合并：aaa 变成了 a、aa。",
)
def merge_word_from_the_right(symbols: list[str], pair: tuple[str, str]) -> list[str]:
    merged: list[str] = []
    i = len(symbols)
    while i:
        if i > 1 and (symbols[i - 2], symbols[i - 1]) == tuple(pair):
            merged.append("".join(pair))
            i -= 2
        else:
            merged.append(symbols[i - 1])
            i -= 1
    return merged[::-1]


@join.cases
def join_cases(random: Random) -> Iterator[tuple[list[str], tuple[str, str]]]:
    yield [], ("a", "b")
    yield ["a"], ("a", "a")
    yield ["a"], ("b", "c")
    yield ["a", "b"], ("a", "b")
    yield ["b", "a"], ("a", "b")
    yield ["a", "a", "a"], ("a", "a")
    yield ["a", "a", "a", "a", "a"], ("a", "a")
    yield ["ba", "b"], ("a", "b")
    yield ["a", "bc"], ("ab", "c")
    yield ["aa", "a", "aa"], ("a", "aa")
    yield ["a", "a", "aa"], ("a", "aa")
    for _ in range(40):
        known = ["a", "b", "ab", "ba"]
        size = random.randint(0, 9)
        pair = random.choice(known), random.choice(known)
        yield random.choices(known, k=size), pair


@join.large
def join_large(random: Random) -> Iterator[tuple[list[str], tuple[str, str]]]:
    yield random.choices("ab", k=20_000), ("a", "b")
    yield ["a"] * 19_999, ("a", "a")


@join.brute
def join_brute(symbols: list[str], pair: tuple[str, str]) -> list[str]:
    # A character for each symbol, and a substitution in the string of them.
    names = sorted({*symbols, *pair})
    code = {name: chr(256 + i) for i, name in enumerate(names)}
    coded = "".join(code[symbol] for symbol in symbols)
    coded = re.sub(re.escape(code[pair[0]] + code[pair[1]]), "!", coded)
    return ["".join(pair) if c == "!" else names[ord(c) - 256] for c in coded]


word = Exercise(
    en=Words(
        title="Encode a word by ranks",
        statement="""\
`merges` is a list of pairs in the order in which they were learnt: the **rank** of a pair is
its place. Cut `word` into its letters. As long as two neighbours are a pair of the list, take
the pair of the **lowest rank** among all that stand in the word now, and merge it
at all its places, from the left, each symbol used once. Return the list of the tokens.

- `word`: a string of $n$ letters, $0 \\le n \\le 200$.
- `merges`: different pairs of strings that are not empty, at most 300. They are any pairs: a merge may make
  a pair of a lower rank.
""",
        hints=(
            "After each merge all neighbours are looked at anew. Which of them are in the"
            " list, and which of these is the earliest?",
            "A dictionary from pair to rank. `min` over the neighbours that are in it; if"
            " there are none, you are done.",
        ),
    ),
    zh=Words(
        title="按序号编码一个词",
        statement="""\
`merges` 是按学习次序排列的一些对：一对的**序号**就是它在列表里的位置。先把 `word` 拆成字母。只要有两个相邻的符号是列表里的一对，就在当前词里出现的所有这样的对中取**序号最小**的，把它在词里的每一处都合并，从左往右，每个符号只用一次。返回词元的列表。

- `word`：$n$ 个字母的字符串，$0 \\le n \\le 200$。
- `merges`：互不相同的对，至多 300 个，每对是两个非空字符串。可以是任意的对：一次合并之后，可能出现序号更小的对。
""",
        hints=(
            "每合并一次，都要把相邻的对重新看一遍：哪些在列表里，其中哪个最靠前？",
            "用字典存每一对的序号，在字典里的相邻对上取 `min`；一个也没有，就结束。",
        ),
    ),
    examples="""\
>>> encode_word("abc", [("b", "c"), ("a", "b")])
['a', 'bc']
>>> encode_word("abcd", [("a", "b"), ("c", "d"), ("b", "c"), ("bc", "d"), ("a", "bcd")])
['ab', 'cd']
>>> encode_word("abc", [("ab", "c"), ("a", "b")])
['abc']
""",
    seconds=5,
    lacks={"negative": "letters are no numbers", "large": "letters are no numbers"},
)


@word.solution
def encode_word(word: str, merges: list[tuple[str, str]]) -> list[str]:
    ranks = {tuple(pair): rank for rank, pair in enumerate(merges)}
    symbols = list(word)
    while True:
        known = [pair for pair in pairwise(symbols) if pair in ranks]
        if not known:
            return symbols
        first, second = min(known, key=lambda pair: ranks[pair])
        merged = []
        i = 0
        while i < len(symbols):
            if symbols[i : i + 2] == [first, second]:
                merged.append(first + second)
                i += 2
            else:
                merged.append(symbols[i])
                i += 1
        symbols = merged


@word.wrong(
    en="It merges the first known pair from the left, whatever its rank.",
    zh="从左边起碰到已知的对就合并，不看序号。",
)
def encode_word_leftmost(word: str, merges: list[tuple[str, str]]) -> list[str]:
    known = {tuple(pair) for pair in merges}
    symbols = list(word)
    i = 0
    while i + 1 < len(symbols):
        if (symbols[i], symbols[i + 1]) in known:
            symbols[i : i + 2] = [symbols[i] + symbols[i + 1]]
            i = 0
        else:
            i += 1
    return symbols


@word.wrong(
    en="It takes the longest token of the vocabulary from the left.",
    zh="从左边起在词表里取最长匹配。",
)
def encode_word_longest(word: str, merges: list[tuple[str, str]]) -> list[str]:
    tokens = {first + second for first, second in merges}
    cut = []
    while word:
        sizes = [n for n in range(1, len(word) + 1) if word[:n] in tokens]
        size = max(sizes, default=1)
        cut.append(word[:size])
        word = word[size:]
    return cut


@word.wrong(
    en="It goes through the list once, so a pair of a lower rank that comes up later is missed.",
    zh="把列表从头到尾只走一遍，后来才出现的、序号更小的对就漏掉了。",
)
def encode_word_once(word: str, merges: list[tuple[str, str]]) -> list[str]:
    symbols = list(word)
    for first, second in merges:
        i = 0
        while i + 1 < len(symbols):
            if symbols[i] == first and symbols[i + 1] == second:
                symbols[i : i + 2] = [first + second]
            i += 1
    return symbols


@word.wrong(
    en="It goes through the list again and again, and never back to a lower rank at once.",
    zh="反复走完整个列表，出现序号更小的对时没有马上回去。",
)
def encode_word_in_passes(word: str, merges: list[tuple[str, str]]) -> list[str]:
    symbols = list(word)
    while True:
        before = len(symbols)
        for first, second in merges:
            i = 0
            while i + 1 < len(symbols):
                if symbols[i] == first and symbols[i + 1] == second:
                    symbols[i : i + 2] = [first + second]
                i += 1
        if len(symbols) == before:
            return symbols


@word.wrong(
    en="It merges one place and looks again: a pair of a lower rank may take the next place apart.",
    zh="只合并一处就重新找，序号更小的对可能抢走下一处的符号。",
)
def encode_word_one_place(word: str, merges: list[tuple[str, str]]) -> list[str]:
    ranks = {tuple(pair): rank for rank, pair in enumerate(merges)}
    symbols = list(word)
    while True:
        known = [
            (ranks[pair], i)
            for i, pair in enumerate(pairwise(symbols))
            if pair in ranks
        ]
        if not known:
            return symbols
        _, i = min(known)
        symbols[i : i + 2] = [symbols[i] + symbols[i + 1]]


@word.wrong(
    en="Of the known pairs it takes the one that is most frequent in the word.",
    zh="在已知的对里取词中出现最多的一对。",
)
def encode_word_frequent(word: str, merges: list[tuple[str, str]]) -> list[str]:
    ranks = {tuple(pair): rank for rank, pair in enumerate(merges)}
    symbols = list(word)
    while True:
        known = [pair for pair in pairwise(symbols) if pair in ranks]
        if not known:
            return symbols
        pair = min(known, key=lambda pair: (-known.count(pair), ranks[pair]))
        i = 0
        while i + 1 < len(symbols):
            if (symbols[i], symbols[i + 1]) == pair:
                symbols[i : i + 2] = ["".join(pair)]
            i += 1


@word.wrong(
    en="`str.replace` on symbols joined by spaces merges the end of one symbol with the next.",
    zh="用空格连起来再 `str.replace`，会把一个符号的末尾与下一个合并。",
)
def encode_word_replace(word: str, merges: list[tuple[str, str]]) -> list[str]:
    ranks = {tuple(pair): rank for rank, pair in enumerate(merges)}
    symbols = list(word)
    while True:
        known = [pair for pair in pairwise(symbols) if pair in ranks]
        if not known:
            return symbols
        pair = min(known, key=lambda pair: ranks[pair])
        symbols = " ".join(symbols).replace(" ".join(pair), "".join(pair)).split()


@word.wrong(
    en="The rank is that of the joined token, so two parts that were never merged are joined.",
    zh="序号按连起来的词元来查，把从没学过的一对也合并了。",
)
def encode_word_by_token(word: str, merges: list[tuple[str, str]]) -> list[str]:
    ranks: dict[str, int] = {}
    for rank, (first, second) in enumerate(merges):
        ranks.setdefault(first + second, rank)
    symbols = list(word)
    while True:
        known = [
            (ranks[symbols[i] + symbols[i + 1]], i)
            for i in range(len(symbols) - 1)
            if symbols[i] + symbols[i + 1] in ranks
        ]
        if not known:
            return symbols
        _, i = min(known)
        symbols[i : i + 2] = [symbols[i] + symbols[i + 1]]


@word.wrong(
    en="The last of the known pairs in the list is taken instead of the first.",
    zh="取了列表里最靠后的一对，而不是最靠前的。",
)
def encode_word_highest(word: str, merges: list[tuple[str, str]]) -> list[str]:
    ranks = {tuple(pair): rank for rank, pair in enumerate(merges)}
    symbols = list(word)
    while True:
        known = [pair for pair in pairwise(symbols) if pair in ranks]
        if not known:
            return symbols
        pair = max(known, key=lambda pair: ranks[pair])
        i = 0
        while i + 1 < len(symbols):
            if (symbols[i], symbols[i + 1]) == pair:
                symbols[i : i + 2] = ["".join(pair)]
            i += 1


def _drawn(random: Random, letters: str, size: int) -> list[tuple[str, str]]:
    """Different pairs of letters and of what earlier pairs make, in any order."""
    symbols, pairs = list(letters), []
    for _ in range(size):
        pair = random.choice(symbols), random.choice(symbols)
        if pair not in pairs and len(pair[0] + pair[1]) <= 8:
            pairs.append(pair)
            symbols.append(pair[0] + pair[1])
    if random.random() < 0.5:
        random.shuffle(pairs)
    return pairs


@word.cases
def word_cases(random: Random) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    yield "", []
    yield "", [("a", "b")]
    yield "a", []
    yield "a", [("a", "a")]
    yield "ab", [("b", "a")]
    yield "aaaaa", [("a", "a"), ("aa", "aa")]
    yield "aaa", [("a", "a"), ("a", "aa")]
    yield "abc", [("b", "c"), ("a", "b")]
    yield "abc", [("ab", "c"), ("a", "b")]
    yield "abcd", [("a", "b"), ("c", "d"), ("b", "c"), ("bc", "d"), ("a", "bcd")]
    yield "abcd", [("ab", "c"), ("a", "b"), ("c", "d")]
    yield "abab", [("ab", "a"), ("a", "b")]
    yield "abcab", [("b", "c"), ("a", "b")]
    yield "babcab", [("b", "a"), ("a", "b")]
    for _ in range(60):
        text = "".join(random.choices("abc", k=random.randint(0, 9)))
        yield text, _drawn(random, "abc", random.randint(0, 9))


@word.large
def word_large(random: Random) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    for letters in ("ab", "abcdef"):
        text = "".join(random.choices(letters, k=200))
        yield text, _drawn(random, letters, 300)


@word.brute
def word_brute(word: str, merges: list[tuple[str, str]]) -> list[str]:
    # The word is a line of symbols between spaces; the list is searched from its start.
    line = " ".join(word)
    while True:
        for first, second in merges:
            shorter = re.sub(rf"(?<!\S){first} {second}(?!\S)", first + second, line)
            if shorter != line:
                line = shorter
                break
        else:
            return line.split()
