"""Exercises on tables over two prefixes: least edits, common letters, palindromes, counts."""

from collections import Counter, deque
from collections.abc import Iterator
from itertools import combinations
from random import Random

from notekit.study.judge import Exercise, Words


def some(random: Random, letters: str, longest: int) -> str:
    return "".join(random.choices(letters, k=random.randint(0, longest)))


edits = Exercise(
    en=Words(
        title="The fewest edits",
        statement="""\
This is LeetCode 72. One edit inserts a letter, deletes one, or puts another letter in place of one. How many edits does it take, at least, to turn `a` into `b`?

- `a`, `b`: strings of lower-case letters, of at most 100 letters each; both may be empty.

A table is enough; plain recursion under `functools.cache` goes up to 200 calls deep, and is accepted.
""",
        hints=(
            "Look at the last letters. Which three things can happen to them, and what is"
            " left before each?",
            "`d[i][j]` for the first `i` and the first `j` letters. What stands in"
            " `d[i][0]`, and in `d[0][j]`?",
        ),
    ),
    zh=Words(
        title="最少编辑几次",
        statement="""\
本题即 LeetCode 72“编辑距离”。一次编辑可以插入一个字母、删除一个字母，或者把一个字母换成另一个。把 `a` 变成 `b`，最少要编辑几次？

- `a`、`b`：由小写字母组成的字符串，长度都不超过 100，可以为空。

填表即可；加上 `functools.cache` 的直接递归最深 200 层，也能通过。
""",
        hints=(
            "看两个字符串的最后一个字母：有哪三种处理方式，处理之后各剩下什么？",
            "`d[i][j]` 对应前 `i` 个字母和前 `j` 个字母。`d[i][0]` 和 `d[0][j]` 里应该填什么？",
        ),
    ),
    examples="""\
>>> min_distance("horse", "ros")
3
>>> min_distance("intention", "execution")
5
>>> min_distance("", "abc")
3
""",
    seconds=4,
    lacks={
        "negative": "there are letters, and no numbers",
        "large": "there are letters, and no numbers; long strings are tried",
    },
)


@edits.solution
def min_distance(a: str, b: str) -> int:
    row = list(range(len(b) + 1))
    for x in a:
        diagonal, row[0] = row[0], row[0] + 1
        for j, y in enumerate(b, 1):
            above = row[j]
            row[j] = min(diagonal + (x != y), above + 1, row[j - 1] + 1)
            diagonal = above
    return row[-1]


@edits.wrong(
    en="The borders are 0, as in the table of the common subsequence: letters before the first are deleted free of charge.",
    zh="边界全填 0，那是最长公共子序列的边界：开头的字母不计代价就删掉了。",
)
def min_distance_zero_borders(a: str, b: str) -> int:
    d = [[0] * (len(b) + 1) for _ in range(len(a) + 1)]
    for i in range(1, len(a) + 1):
        for j in range(1, len(b) + 1):
            changed = d[i - 1][j - 1] + (a[i - 1] != b[j - 1])
            d[i][j] = min(changed, d[i - 1][j] + 1, d[i][j - 1] + 1)
    return d[-1][-1]


@edits.wrong(
    en="One row, and the old diagonal is not saved: `row[j - 1]` is the cell on the left already.",
    zh="只用一行，却没有保存左上的旧值：`row[j - 1]` 已经是左边的新值了。",
)
def min_distance_lost_diagonal(a: str, b: str) -> int:
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        row[0] = i
        for j, y in enumerate(b, 1):
            row[j] = min(row[j - 1] + (x != y), row[j] + 1, row[j - 1] + 1)
    return row[-1]


@edits.wrong(
    en="One more than the least of three, for equal letters too: keeping a letter costs 1.",
    zh="字母相同也加 1：保留一个字母也算成了一次编辑。",
)
def min_distance_charged(a: str, b: str) -> int:
    d = [[i + j for j in range(len(b) + 1)] for i in range(len(a) + 1)]
    for i in range(1, len(a) + 1):
        for j in range(1, len(b) + 1):
            d[i][j] = 1 + min(d[i - 1][j - 1], d[i - 1][j], d[i][j - 1])
    return d[-1][-1]


@edits.wrong(
    en="The longer length less the common subsequence: as if all that is left over could be paired off by substitution.",
    zh="用较长的长度减去最长公共子序列：以为剩下的字母总能一一替换。",
)
def min_distance_from_lcs(a: str, b: str) -> int:
    row = [0] * (len(b) + 1)
    for x in a:
        diagonal = 0
        for j, y in enumerate(b, 1):
            above = row[j]
            row[j] = diagonal + 1 if x == y else max(above, row[j - 1])
            diagonal = above
    return max(len(a), len(b)) - row[-1]


@edits.cases
def edits_cases(random: Random) -> Iterator[tuple[str, str]]:
    yield "", ""
    yield "", "a"
    yield "a", ""
    yield "a", "a"
    yield "a", "b"
    yield "aa", "aa"
    yield "ab", "ba"
    yield "", "abc"
    for _ in range(40):
        letters = random.choice(["ab", "abc"])
        yield some(random, letters, 4), some(random, letters, 4)


@edits.large
def edits_large(random: Random) -> Iterator[tuple[str, str]]:
    yield "a" * 100, "b" * 100
    yield "".join(random.choices("abcd", k=100)), "".join(random.choices("abcd", k=90))


@edits.brute
def edits_brute(a: str, b: str) -> int:
    letters, longest = sorted(set(a + b)), max(len(a), len(b)) + 1
    waiting, steps = deque([a]), {a: 0}
    while b not in steps:
        s = waiting.popleft()
        near = {s[:i] + s[i + 1 :] for i in range(len(s))}
        near |= {s[:i] + x + s[i + 1 :] for i in range(len(s)) for x in letters}
        near |= {s[:i] + x + s[i:] for i in range(len(s) + 1) for x in letters}
        for t in sorted(near):
            if t not in steps and len(t) <= longest:
                steps[t] = steps[s] + 1
                waiting.append(t)
    return steps[b]


shared = Exercise(
    en=Words(
        title="Letters in common, in order",
        statement="""\
This is LeetCode 1143. A subsequence of a string leaves out any of its letters, and keeps the order of the others. How many letters has the longest string that is a subsequence of both `a` and `b`?

- `a`, `b`: strings of lower-case letters, of at most 100 letters each; both may be empty.

A table is enough; plain recursion under `functools.cache` goes up to 200 calls deep, and is accepted.
""",
        hints=(
            "If the last letters are equal, both may be used. If not, one of them at"
            " least is of no use: leave out either.",
            "When letters are equal, the cell diagonally before it counts, not the one"
            " above or on the left.",
        ),
    ),
    zh=Words(
        title="按次序的公共字母",
        statement="""\
本题即 LeetCode 1143“最长公共子序列”。从字符串里去掉任意个字母，其余字母次序不变，得到的就是子序列。`a` 和 `b` 的公共子序列，最长有几个字母？

- `a`、`b`：由小写字母组成的字符串，长度都不超过 100，可以为空。

填表即可；加上 `functools.cache` 的直接递归最深 200 层，也能通过。
""",
        hints=(
            "最后一个字母相同，就可以都用上；不同，其中至少有一个用不上，两种情况都试。",
            "字母相同时，用的是左上的格子，不是上面或左边的。",
        ),
    ),
    examples="""\
>>> longest_common_subsequence("abcde", "ace")
3
>>> longest_common_subsequence("ABCBDAB".lower(), "BDCABA".lower())
4
>>> longest_common_subsequence("abc", "def")
0
""",
    seconds=4,
    lacks={
        "negative": "there are letters, and no numbers",
        "large": "there are letters, and no numbers; long strings are tried",
    },
)


@shared.solution
def longest_common_subsequence(a: str, b: str) -> int:
    table = [[0] * (len(b) + 1) for _ in range(len(a) + 1)]
    for i, x in enumerate(a, 1):
        for j, y in enumerate(b, 1):
            if x == y:
                table[i][j] = table[i - 1][j - 1] + 1
            else:
                table[i][j] = max(table[i - 1][j], table[i][j - 1])
    return table[-1][-1]


@shared.wrong(
    en="Greedy: each letter of a takes its next place in b, and may jump over many others.",
    zh="贪心：`a` 的每个字母都取它在 `b` 里的下一个位置，可能一下子跳过许多字母。",
)
def longest_common_subsequence_greedy(a: str, b: str) -> int:
    found, place = 0, 0
    for x in a:
        next_place = b.find(x, place)
        if next_place >= 0:
            found, place = found + 1, next_place + 1
    return found


@shared.wrong(
    en="The count falls to 0 at unequal letters: that is the longest common substring.",
    zh="字母不同就归零：求成了最长公共子串。",
)
def longest_common_subsequence_substring(a: str, b: str) -> int:
    table = [[0] * (len(b) + 1) for _ in range(len(a) + 1)]
    best = 0
    for i, x in enumerate(a, 1):
        for j, y in enumerate(b, 1):
            if x == y:
                table[i][j] = table[i - 1][j - 1] + 1
                best = max(best, table[i][j])
    return best


@shared.wrong(
    en="One row whose old diagonal is not saved: one letter of a is used twice.",
    zh="只用一行，没有保存左上的旧值：`a` 的一个字母用了两次。",
)
def longest_common_subsequence_lost_diagonal(a: str, b: str) -> int:
    row = [0] * (len(b) + 1)
    for x in a:
        for j, y in enumerate(b, 1):
            row[j] = row[j - 1] + 1 if x == y else max(row[j], row[j - 1])
    return row[-1]


@shared.wrong(
    en="Counts the letters that both have, whatever their order.",
    zh="只数两边都有的字母，没有管次序。",
)
def longest_common_subsequence_counts(a: str, b: str) -> int:
    return sum((Counter(a) & Counter(b)).values())


@shared.cases
def shared_cases(random: Random) -> Iterator[tuple[str, str]]:
    yield "", ""
    yield "", "a"
    yield "a", ""
    yield "a", "a"
    yield "a", "aa"
    yield "ab", "ba"
    yield "abc", "def"
    for _ in range(50):
        letters = random.choice(["ab", "abc", "abcd"])
        yield some(random, letters, 7), some(random, letters, 7)


@shared.large
def shared_large(random: Random) -> Iterator[tuple[str, str]]:
    yield "a" * 100, "b" * 100
    yield "".join(random.choices("ab", k=100)), "".join(random.choices("ab", k=90))


@shared.brute
def shared_brute(a: str, b: str) -> int:
    return max(
        size
        for size in range(min(len(a), len(b)) + 1)
        if set(combinations(a, size)) & set(combinations(b, size))
    )


mirror = Exercise(
    en=Words(
        title="Insertions that make a palindrome",
        statement="""\
This is LeetCode 1312. Letters may be inserted into `s`, anywhere. How many are needed, at least, until it reads the same backwards?

- `s`: a string of lower-case letters, of at most 100; it may be empty.

A table is enough; plain recursion under `functools.cache` goes up to 200 calls deep, even as an LCS with the reverse, and is accepted.
""",
        hints=(
            "Which letters need no new partner? They form a palindrome already.",
            "Each other letter needs one partner. So it is the length less that of the"
            " longest palindromic *subsequence*, which is an LCS of `s` and its reverse.",
        ),
    ),
    zh=Words(
        title="插入几个字母变成回文",
        statement="""\
本题即 LeetCode 1312“让字符串成为回文串的最少插入次数”。可以在 `s` 的任何位置插入字母。最少插入几个，才能使它正着读、倒着读都一样？

- `s`：由小写字母组成的字符串，长度不超过 100，可以为空。

填表即可；加上 `functools.cache` 的直接递归也能通过：哪怕求的是与倒序的最长公共子序列，最深也只有 200 层。
""",
        hints=(
            "哪些字母不需要再配新的？它们本身已经组成一个回文。",
            "其余的字母各要配一个。所以答案是长度减去最长回文*子序列*的长度，后者就是 `s` 和它的倒序的最长公共子序列的长度。",
        ),
    ),
    examples="""\
>>> min_insertions("zzazz")
0
>>> min_insertions("mbadm")
2
>>> min_insertions("leetcode")
5
""",
    seconds=4,
    lacks={
        "negative": "there are letters, and no numbers",
        "large": "there are letters, and no numbers; long strings are tried",
    },
)


@mirror.solution
def min_insertions(s: str) -> int:
    row = [0] * (len(s) + 1)
    for x in s:
        diagonal = 0
        for j, y in enumerate(reversed(s), 1):
            above = row[j]
            row[j] = diagonal + 1 if x == y else max(above, row[j - 1])
            diagonal = above
    return len(s) - row[-1]


@mirror.wrong(
    en="Counts the places whose mirror image differs: one insertion shifts all the others.",
    zh="数一数与镜像位置不同的有几对：可是插入一个字母，后面的位置就全变了。",
)
def min_insertions_mirror(s: str) -> int:
    return sum(x != y for x, y in zip(s[: len(s) // 2], reversed(s)))


@mirror.wrong(
    en="The length less the longest palindromic substring: letters outside it may be partners of each other.",
    zh="用长度减去最长回文子串：子串外面的字母之间也可能互相配对。",
)
def min_insertions_substring(s: str) -> int:
    parts = [s[i:j] for i, j in combinations(range(len(s) + 1), 2)]
    return len(s) - max((len(p) for p in parts if p == p[::-1]), default=0)


@mirror.wrong(
    en="Counts letters that occur an odd number of times, as if their order could be changed.",
    zh="数出现奇数次的字母：那是允许重排时的答案。",
)
def min_insertions_odd(s: str) -> int:
    return max(0, sum(n % 2 for n in Counter(s).values()) - 1)


@mirror.wrong(
    en="Inserts at the end only: the length less the longest suffix that is a palindrome.",
    zh="只在末尾插入：长度减去最长的回文后缀。",
)
def min_insertions_end(s: str) -> int:
    return next(i for i in range(len(s) + 1) if s[i:] == s[i:][::-1])


@mirror.cases
def mirror_cases(random: Random) -> Iterator[tuple[str]]:
    yield ("",)
    yield ("a",)
    yield ("aa",)
    yield ("ab",)
    yield ("aab",)
    yield ("abca",)
    yield ("mbadm",)
    for _ in range(50):
        yield (some(random, random.choice(["ab", "abc", "abcd"]), 8),)


@mirror.large
def mirror_large(random: Random) -> Iterator[tuple[str]]:
    yield ("ab" * 50,)
    yield ("".join(random.choices("abcd", k=100)),)


@mirror.brute
def mirror_brute(s: str) -> int:
    if len(s) < 2:
        return 0
    if s[0] == s[-1]:
        return mirror_brute(s[1:-1])
    return 1 + min(mirror_brute(s[1:]), mirror_brute(s[:-1]))


places = Exercise(
    en=Words(
        title="In how many ways is it a subsequence?",
        statement="""\
This is LeetCode 115. In how many ways can letters of `s` be crossed out so that `t` is left? Ways that cross out different places are different, even where the letters are the same.

- `s`: a string of lower-case letters, of at most 200; `t`: one of at most 100. Both may be empty. The number may be large.

In one way an empty `t` is left: all is crossed out. A table is enough; plain recursion under `functools.cache` goes up to 200 calls deep, one for each letter of `s`, and is accepted.
""",
        hints=(
            "The last letter of `s` is crossed out, or it is the last one of `t`. Both"
            " numbers of ways are added.",
            "With one row: a cell that is read must not yet count the current letter."
            " In which direction must the loop run?",
        ),
    ),
    zh=Words(
        title="作为子序列出现几次",
        statement="""\
本题即 LeetCode 115“不同的子序列”。从 `s` 里划掉一些字母，剩下的恰好是 `t`，有几种划法？划掉的位置不同，就算不同的划法，哪怕字母相同。

- `s`：由小写字母组成的字符串，长度不超过 200；`t` 的长度不超过 100。都可以为空。答案可能很大。

`t` 为空时有一种划法：全部划掉。填表即可；加上 `functools.cache` 的直接递归，`s` 的每个字母一层，最深 200 层，也能通过。
""",
        hints=(
            "`s` 的最后一个字母要么划掉，要么就是 `t` 的最后一个字母。两种情况的划法数相加。",
            "只用一行时，读到的格子还不能算上当前的字母。循环应该朝哪个方向？",
        ),
    ),
    examples="""\
>>> num_distinct("rabbbit", "rabbit")
3
>>> num_distinct("babgbag", "bag")
5
>>> num_distinct("abc", "")
1
""",
    seconds=4,
    lacks={
        "negative": "there are letters, and no numbers",
        "large": "there are letters, and no numbers; long strings are tried",
    },
)


@places.solution
def num_distinct(s: str, t: str) -> int:
    row = [1] + [0] * len(t)
    for x in s:
        for j in range(len(t), 0, -1):
            if t[j - 1] == x:
                row[j] += row[j - 1]
    return row[-1]


@places.wrong(
    en="The loop runs up: one letter of s stands for several of t.",
    zh="从小到大更新：`s` 的一个字母当成了 `t` 的好几个。",
)
def num_distinct_up(s: str, t: str) -> int:
    row = [1] + [0] * len(t)
    for x in s:
        for j in range(1, len(t) + 1):
            if t[j - 1] == x:
                row[j] += row[j - 1]
    return row[-1]


@places.wrong(
    en="Equal letters must be matched: the ways that cross the letter out are lost.",
    zh="字母相同就一定配上：漏掉了把它划掉的情形。",
)
def num_distinct_forced(s: str, t: str) -> int:
    table = [[1] + [0] * len(t) for _ in range(len(s) + 1)]
    for i, x in enumerate(s, 1):
        for j, y in enumerate(t, 1):
            table[i][j] = table[i - 1][j - 1] if x == y else table[i - 1][j]
    return table[-1][-1]


@places.wrong(
    en="Counts the places where t stands without gaps.",
    zh="只数 `t` 连续出现的位置。",
)
def num_distinct_substring(s: str, t: str) -> int:
    return sum(s.startswith(t, i) for i in range(len(s) - len(t) + 1))


@places.wrong(
    en="An empty `t` is left in one way: all is crossed out. Here it is left in 0.",
    zh="`t` 为空时有一种划法（全部划掉），这里得到的却是 0。",
)
def num_distinct_zero(s: str, t: str) -> int:
    row = [0] * (len(t) + 1)
    for x in s:
        for j in range(len(t), 0, -1):
            if t[j - 1] == x:
                row[j] += row[j - 1] if j > 1 else 1
    return row[-1]


@places.cases
def places_cases(random: Random) -> Iterator[tuple[str, str]]:
    yield "", ""
    yield "", "a"
    yield "a", ""
    yield "a", "a"
    yield "a", "aa"
    yield "aaa", "aa"
    yield "rabbbit", "rabbit"
    for _ in range(50):
        letters = random.choice(["ab", "abc"])
        yield some(random, letters, 8), some(random, letters, 3)


@places.large
def places_large(random: Random) -> Iterator[tuple[str, str]]:
    yield "a" * 200, "a" * 100
    yield "".join(random.choices("ab", k=200)), "".join(random.choices("ab", k=60))


@places.brute
def places_brute(s: str, t: str) -> int:
    return sum("".join(left) == t for left in combinations(s, len(t)))
