"""Exercises on stacks and queues kept in order: waits, nested texts, letters, sums."""

import re
from collections import Counter, deque
from collections.abc import Iterator
from itertools import combinations
from random import Random

from notekit.study.judge import Exercise, Words

waits = Exercise(
    en=Words(
        title="Daily temperatures",
        statement="""\
`t[j]` is the temperature of day `j`. For each day, return how many days one has to wait for
a **warmer** one, and 0 if none comes (LeetCode 739). An equal temperature is not warmer.

- `t`: $n$ integers of any sign, $0 \\le n \\le 20\\,000$.

Two loops over all pairs of days are too slow for the last cases.
""",
        hints=(
            "Which days still wait when day $i$ comes? In which order are their"
            " temperatures?",
            "Let the *places* wait on a stack. While the top is colder than the new day,"
            " pop it: its answer is `i - j`. Then push `i`.",
        ),
    ),
    zh=Words(
        title="每日温度",
        statement="""\
`t[j]` 是第 `j` 天的温度。对每一天，求要等几天才会**更暖**，等不到就是 0（LeetCode 739）。温度相等不算更暖。

- `t`：$n$ 个整数，可正可负，$0 \\le n \\le 20\\,000$。

用两重循环枚举每两天，过不了最后几组数据。
""",
        hints=(
            "第 $i$ 天到来时，哪些天还在等？它们的温度按什么次序排列？",
            "让*下标*在栈里等。栈顶比新的一天冷，就弹出，它的答案是 `i - j`；然后把 `i` 入栈。",
        ),
    ),
    examples="""\
>>> daily_temperatures([73, 74, 75, 71, 69, 72, 76, 73])
[1, 1, 4, 2, 1, 1, 0, 0]
>>> daily_temperatures([5, 5, 6])
[2, 1, 0]
""",
    seconds=4,
)


@waits.solution
def daily_temperatures(t: list[int]) -> list[int]:
    answer = [0] * len(t)
    waiting: list[int] = []
    for i, degrees in enumerate(t):
        while waiting and t[waiting[-1]] < degrees:
            j = waiting.pop()
            answer[j] = i - j
        waiting.append(i)
    return answer


@waits.wrong(
    en="`<=` in place of `<`: an equal day ends the wait, though it is no warmer.",
    zh="把 `<` 写成 `<=`：温度相等的一天也结束了等待，但它并不更暖。",
)
def daily_temperatures_equal(t: list[int]) -> list[int]:
    answer = [0] * len(t)
    waiting: list[int] = []
    for i, degrees in enumerate(t):
        while waiting and t[waiting[-1]] <= degrees:
            j = waiting.pop()
            answer[j] = i - j
        waiting.append(i)
    return answer


@waits.wrong(
    en="The stack holds values, and the place is looked up by value: the first of equal"
    " ones gets all their answers.",
    zh="栈里存的是值，再按值去查下标：几个相等的温度，答案都写到了最前面的那一天上。",
)
def daily_temperatures_values(t: list[int]) -> list[int]:
    answer = [0] * len(t)
    waiting: list[int] = []
    place: dict[int, int] = {}
    for i, degrees in enumerate(t):
        while waiting and waiting[-1] < degrees:
            j = place[waiting.pop()]
            answer[j] = i - j
        waiting.append(degrees)
        place.setdefault(degrees, i)
    return answer


@waits.wrong(
    en="`if` in place of `while`: a warm day answers one day only, the last.",
    zh="把 `while` 写成 `if`：一个暖和的日子只回答了栈顶的一天。",
)
def daily_temperatures_once(t: list[int]) -> list[int]:
    answer = [0] * len(t)
    waiting: list[int] = []
    for i, degrees in enumerate(t):
        if waiting and t[waiting[-1]] < degrees:
            j = waiting.pop()
            answer[j] = i - j
        waiting.append(i)
    return answer


@waits.wrong(
    en="The place of the warmer day instead of the distance to it.",
    zh="返回了更暖那一天的下标，而不是相隔的天数。",
)
def daily_temperatures_place(t: list[int]) -> list[int]:
    answer = [0] * len(t)
    waiting: list[int] = []
    for i, degrees in enumerate(t):
        while waiting and t[waiting[-1]] < degrees:
            answer[waiting.pop()] = i
        waiting.append(i)
    return answer


@waits.cases
def waits_cases(random: Random) -> Iterator[tuple[list[int]]]:
    yield ([],)
    yield ([3],)
    yield ([5, 5, 6],)
    yield ([-1, -2, 0],)
    yield ([73, 74, 75, 71, 69, 72, 76, 73],)
    for _ in range(40):
        size, reach = random.randint(1, 9), random.choice([1, 3, 20])
        yield ([random.randint(-reach, reach) for _ in range(size)],)


@waits.large
def waits_large(random: Random) -> Iterator[tuple[list[int]]]:
    n = 20_000
    yield (list(range(n, 0, -1)),)
    yield ([random.randint(-50, 50) for _ in range(n)],)


@waits.brute
def waits_brute(t: list[int]) -> list[int]:
    return [
        next((i - j for i in range(j + 1, len(t)) if t[i] > t[j]), 0)
        for j in range(len(t))
    ]


nested = Exercise(
    en=Words(
        title="Decode a nested text",
        statement="""\
In an encoded text, `3[ab]` stands for `ababab`. Brackets may be nested: `2[a2[b]]` is
`abbabb`. Return the decoded text (LeetCode 394).

- `s`: a valid encoding of small letters, numbers without leading zeros and square
  brackets. Before each `[` stands its number, $\\ge 1$, and numbers stand nowhere else. The
  decoded text has at most 100,000 letters.

Brackets may be nested 2,000 deep: a function that calls itself once a bracket needs more
calls within calls than Python's 1,000.
""",
        hints=(
            "When a bracket closes, what must you know that stood before it was opened?"
            " Which of the open brackets is it?",
            "At `[`, push the text so far and the number, and begin an empty text. At `]`,"
            " pop both: the text is the old one, and after it the new one so many times.",
        ),
    ),
    zh=Words(
        title="字符串解码",
        statement="""\
编码后的字符串里，`3[ab]` 表示 `ababab`。方括号可以嵌套：`2[a2[b]]` 是 `abbabb`。返回解码后的字符串（LeetCode 394）。

- `s`：合法的编码，由小写字母、没有前导零的数和方括号组成。每个 `[` 前面都有次数，次数 $\\ge 1$；数不会出现在别处。解码后至多 100,000 个字母。

方括号最多嵌套 2,000 层：每遇到一个括号就递归一次的函数，会超过 Python 默认的 1,000 层。
""",
        hints=(
            "一个方括号关闭时，要用到它打开之前的什么？它是打开着的哪一个？",
            "遇到 `[`，把已有的字符串和次数一起入栈，再从空串开始。遇到 `]`，把两者弹出：新的字符串是原来的，后面接上刚才得到的，重复这么多次。",
        ),
    ),
    examples="""\
>>> decode("3[a2[c]]")
'accaccacc'
>>> decode("10[x]y")
'xxxxxxxxxxy'
""",
    seconds=4,
    lacks={
        "negative": "no text is repeated a negative number of times",
        "large": "the only argument is a text, which holds no numbers of Python's",
    },
)


@nested.solution
def decode(s: str) -> str:
    outer: list[tuple[str, int]] = []  # text and number before each open bracket
    text, number = "", 0
    for character in s:
        if character.isdigit():
            number = 10 * number + int(character)
        elif character == "[":
            outer.append((text, number))
            text, number = "", 0
        elif character == "]":
            before, times = outer.pop()
            text = before + times * text
        else:
            text += character
    return text


@nested.wrong(
    en="A number of two digits loses the first one.",
    zh="两位以上的次数只留下了最后一位。",
)
def decode_one_digit(s: str) -> str:
    outer: list[tuple[str, int]] = []
    text, number = "", 0
    for character in s:
        if character.isdigit():
            number = int(character)
        elif character == "[":
            outer.append((text, number))
            text, number = "", 0
        elif character == "]":
            before, times = outer.pop()
            text = before + times * text
        else:
            text += character
    return text


@nested.wrong(
    en="The number is not set back to 0 at a bracket, so the next one is appended to it.",
    zh="遇到左括号没有把次数清零，下一个次数接在了它的后面。",
)
def decode_no_reset(s: str) -> str:
    outer: list[tuple[str, int]] = []
    text, number = "", 0
    for character in s:
        if character.isdigit():
            number = min(10 * number + int(character), 1000)
        elif character == "[":
            outer.append((text, number))
            text = ""
        elif character == "]":
            before, times = outer.pop()
            text = (before + times * text)[:10_000]
        else:
            text += character
    return text


@nested.wrong(
    en="The text before the bracket is repeated as well.",
    zh="括号前面的字符串也跟着重复了。",
)
def decode_all(s: str) -> str:
    outer: list[tuple[str, int]] = []
    text, number = "", 0
    for character in s:
        if character.isdigit():
            number = 10 * number + int(character)
        elif character == "[":
            outer.append((text, number))
            text, number = "", 0
        elif character == "]":
            before, times = outer.pop()
            text = times * (before + text)
        else:
            text += character
    return text


@nested.wrong(
    en="One variable instead of a stack: of nested brackets only the inner one is known.",
    zh="用一个变量代替栈：方括号嵌套时，只记得最里面的一层。",
)
def decode_one_level(s: str) -> str:
    before, times, text, number = "", 1, "", 0
    for character in s:
        if character.isdigit():
            number = 10 * number + int(character)
        elif character == "[":
            before, times = text, number
            text, number = "", 0
        elif character == "]":
            text = before + times * text
        else:
            text += character
    return text


def encoded(random: Random, depth: int) -> str:
    """A valid encoding, nested at most so deep."""
    parts = []
    for _ in range(random.randint(1, 3)):
        if depth and random.random() < 0.6:
            times = random.choice([1, 2, 2, 3, 11])
            parts.append(f"{times}[{encoded(random, depth - 1)}]")
        else:
            parts.append(random.choice("abc"))
    return "".join(parts)


@nested.cases
def nested_cases(random: Random) -> Iterator[tuple[str]]:
    yield ("",)
    yield ("a",)
    yield ("3[a2[c]]",)
    yield ("x2[y]",)
    yield ("2[2[2[z]]]",)
    yield ("12[ab]",)
    yield ("1[]2[a]",)
    for _ in range(40):
        yield (encoded(random, random.randint(0, 3)),)


@nested.large
def nested_large(random: Random) -> Iterator[tuple[str]]:
    yield ("1[" * 2000 + "a" + "]" * 2000,)
    yield ("100[100[abcdefghij]]",)


@nested.brute
def nested_brute(s: str) -> str:
    while "[" in s:  # the innermost brackets, until there are none
        s = re.sub(r"(\d+)\[([a-z]*)\]", lambda m: int(m[1]) * m[2], s)
    return s


letters = Exercise(
    en=Words(
        title="Each letter once, and the least text",
        statement="""\
Delete letters of `s` so that each letter that occurs in it is left exactly once, in the order
of `s`. Of all such texts, return the one that a dictionary would list first (LeetCode 316).

- `s`: up to 20,000 small letters.

From `bcabc` one can make `bca`, `bac`, `cab` and `abc`, and `abc` is the first.
""",
        hints=(
            "As in *Remove K Digits*, a letter is worth deleting when a smaller one follows"
            " directly. When may it not be deleted?",
            "Pop the top while it is larger than the new letter **and occurs again later**."
            " And what if the new letter is on the stack already?",
        ),
    ),
    zh=Words(
        title="去除重复字母",
        statement="""\
从 `s` 里删去一些字母，使 `s` 中出现过的每个字母恰好留下一个，其余字母的相对次序不变。返回字典序最小的结果（LeetCode 316）。

- `s`：至多 20,000 个小写字母。

`bcabc` 可以得到 `bca`、`bac`、`cab` 和 `abc`，其中 `abc` 最小。
""",
        hints=(
            "与“移掉 K 位数字”一样，后面紧跟着更小的字母时，前一个就值得删。什么时候不能删？",
            "栈顶比新字母大，**并且后面还会出现**，才弹出。如果新字母已经在栈里了呢？",
        ),
    ),
    examples="""\
>>> remove_duplicate_letters("bcabc")
'abc'
>>> remove_duplicate_letters("cbacdcbc")
'acdb'
""",
    seconds=4,
    lacks={
        "negative": "letters have no sign",
        "large": "the only argument is a text, which holds no numbers of Python's",
    },
)


@letters.solution
def remove_duplicate_letters(s: str) -> str:
    last = {letter: i for i, letter in enumerate(s)}
    kept: list[str] = []
    inside: set[str] = set()
    for i, letter in enumerate(s):
        if letter in inside:
            continue
        while kept and kept[-1] > letter and last[kept[-1]] > i:
            inside.remove(kept.pop())
        kept.append(letter)
        inside.add(letter)
    return "".join(kept)


@letters.wrong(
    en="A letter is popped though it does not come again, and is lost.",
    zh="弹出时没有看后面还会不会出现，字母丢了。",
)
def remove_duplicate_letters_lost(s: str) -> str:
    kept: list[str] = []
    for letter in s:
        if letter in kept:
            continue
        while kept and kept[-1] > letter:
            kept.pop()
        kept.append(letter)
    return "".join(kept)


@letters.wrong(
    en="A letter that is on the stack is pushed again.",
    zh="已经在栈里的字母又入栈了一次。",
)
def remove_duplicate_letters_twice(s: str) -> str:
    last = {letter: i for i, letter in enumerate(s)}
    kept: list[str] = []
    for i, letter in enumerate(s):
        while kept and kept[-1] >= letter and last[kept[-1]] >= i:
            kept.pop()
        kept.append(letter)
    return "".join(kept)


@letters.wrong(
    en="The first of each letter is kept, whatever follows.",
    zh="每个字母都保留第一次出现的那个，没有再作选择。",
)
def remove_duplicate_letters_first(s: str) -> str:
    return "".join(dict.fromkeys(s))


@letters.wrong(
    en="Sorted letters: the order of the text is lost.",
    zh="直接给字母排序：没有保持原来的相对次序。",
)
def remove_duplicate_letters_sorted(s: str) -> str:
    return "".join(sorted(set(s)))


@letters.cases
def letters_cases(random: Random) -> Iterator[tuple[str]]:
    yield ("",)
    yield ("a",)
    yield ("aa",)
    yield ("ba",)
    yield ("bcabc",)
    yield ("cbacdcbc",)
    yield ("abacb",)
    for _ in range(40):
        alphabet = random.choice(["ab", "abc", "abcd"])
        yield ("".join(random.choices(alphabet, k=random.randint(1, 9))),)


@letters.large
def letters_large(random: Random) -> Iterator[tuple[str]]:
    alphabet = "abcdefghijklmnopqrstuvwxyz"
    yield (alphabet[::-1] * 700,)
    yield ("".join(random.choices(alphabet, k=20_000)),)


@letters.brute
def letters_brute(s: str) -> str:
    size = len(Counter(s))
    return min(
        "".join(chosen) for chosen in combinations(s, size) if len(set(chosen)) == size
    )


shortest = Exercise(
    en=Words(
        title="The shortest run with a large sum",
        statement="""\
How long is the shortest run of neighbours in `a` with a sum of **at least** `k`? Return
$-1$ if there is none (LeetCode 862). Numbers may be negative, so a longer run need not have
the larger sum.

- `a`: $n$ integers of any sign, $0 \\le n \\le 20\\,000$.
- `k`: an integer $\\ge 1$.

Two loops over all runs are too slow for the last cases.
""",
        hints=(
            "The sum from `i` to `j - 1` is `p[j] - p[i]` with `p[j]` the sum of the first"
            " `j` numbers. For a given `j`, which `i` can still be of use?",
            "If `i` is earlier than another one and `p[i]` is not smaller, it never beats"
            " that one: pop it at the back. If `p[j] - p[i] >= k` for the oldest `i`, no"
            " later `j` does better with it: pop it at the front.",
        ),
    ),
    zh=Words(
        title="和至少为 K 的最短子数组",
        statement="""\
求 `a` 中和**至少**为 `k` 的最短子数组的长度，没有就返回 $-1$（LeetCode 862）。数可以为负，所以子数组更长，和不一定更大。

- `a`：$n$ 个整数，可正可负，$0 \\le n \\le 20\\,000$。
- `k`：整数，$\\ge 1$。

用两重循环枚举所有子数组，过不了最后几组数据。
""",
        hints=(
            "设 `p[j]` 是前 `j` 个数的和，从 `i` 到 `j - 1` 的和就是 `p[j] - p[i]`。对给定的 `j`，哪些 `i` 还用得上？",
            "若 `i` 更早，`p[i]` 又不更小，它就永远比不过后来的那个：从队尾弹出。若最早的 `i` 已经满足 `p[j] - p[i] >= k`，以后的 `j` 与它配对只会更长：从队首弹出。",
        ),
    ),
    examples="""\
>>> shortest_run([2, -1, 2], 3)
3
>>> shortest_run([1, 1, 5], 5)
1
>>> shortest_run([1, 2], 4)
-1
""",
    seconds=5,
)


@shortest.solution
def shortest_run(a: list[int], k: int) -> int:
    sums = [0]
    for x in a:
        sums.append(sums[-1] + x)
    best = len(a) + 1
    starts: deque[int] = deque()  # their sums rise
    for j, total in enumerate(sums):
        while starts and total - sums[starts[0]] >= k:
            best = min(best, j - starts.popleft())
        while starts and sums[starts[-1]] >= total:
            starts.pop()
        starts.append(j)
    return best if best <= len(a) else -1


@shortest.wrong(
    en="A sliding window, as if no number were negative: it shrinks only from a sum that"
    " is large enough.",
    zh="当作没有负数来用滑动窗口：和够大时才收缩左端，会错过中间的起点。",
)
def shortest_run_window(a: list[int], k: int) -> int:
    best, left, total = len(a) + 1, 0, 0
    for right, x in enumerate(a):
        total += x
        while left <= right and total >= k:
            best = min(best, right - left + 1)
            total -= a[left]
            left += 1
    return best if best <= len(a) else -1


@shortest.wrong(
    en="The empty sum, 0, is missing: a run from the first number on is never found.",
    zh="漏了前缀和 0：从第一个数开始的子数组永远找不到。",
)
def shortest_run_no_zero(a: list[int], k: int) -> int:
    best, total = len(a) + 1, 0
    starts: deque[tuple[int, int]] = deque()
    for j, x in enumerate(a):
        total += x
        while starts and total - starts[0][1] >= k:
            best = min(best, j - starts.popleft()[0])
        while starts and starts[-1][1] >= total:
            starts.pop()
        starts.append((j, total))
    return best if best <= len(a) else -1


@shortest.wrong(
    en="`if` in place of `while` at the front: only the longest run that ends here is seen.",
    zh="队首用了 `if` 而不是 `while`：以这里结尾的，只看到最长的一个。",
)
def shortest_run_if(a: list[int], k: int) -> int:
    sums = [0]
    for x in a:
        sums.append(sums[-1] + x)
    best = len(a) + 1
    starts: deque[int] = deque()
    for j, total in enumerate(sums):
        if starts and total - sums[starts[0]] >= k:
            best = min(best, j - starts.popleft())
        while starts and sums[starts[-1]] >= total:
            starts.pop()
        starts.append(j)
    return best if best <= len(a) else -1


@shortest.wrong(
    en="Nothing is popped at the back: behind a large old sum the small ones are not seen.",
    zh="队尾不弹出：队首的前缀和很大，挡住了后面更小的。",
)
def shortest_run_no_order(a: list[int], k: int) -> int:
    sums = [0]
    for x in a:
        sums.append(sums[-1] + x)
    best = len(a) + 1
    starts: deque[int] = deque()
    for j, total in enumerate(sums):
        while starts and total - sums[starts[0]] >= k:
            best = min(best, j - starts.popleft())
        starts.append(j)
    return best if best <= len(a) else -1


@shortest.cases
def shortest_cases(random: Random) -> Iterator[tuple[list[int], int]]:
    yield [], 1
    yield [1], 1
    yield [1], 2
    yield [-1], 1
    yield [1, 1, 5], 5
    yield [2, -1, 2], 3
    yield [84, -37, 32, 40, 95], 167
    yield [-28, 81, -20, 28, -29], 89
    for _ in range(50):
        size, reach = random.randint(1, 8), random.choice([2, 5, 9])
        a = [random.randint(-reach, reach) for _ in range(size)]
        yield a, random.randint(1, 2 * reach)


@shortest.large
def shortest_large(random: Random) -> Iterator[tuple[list[int], int]]:
    n = 20_000
    yield [1] * n, n
    yield [random.randint(-9, 10) for _ in range(n)], 2000


@shortest.brute
def shortest_brute(a: list[int], k: int) -> int:
    n = len(a)
    found = [j - i for i, j in combinations(range(n + 1), 2) if sum(a[i:j]) >= k]
    return min(found, default=-1)
