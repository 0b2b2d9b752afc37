"""Exercises on backtracking: letters of a phone, cuts into palindromes, IP addresses."""

from collections.abc import Iterator
from itertools import combinations, pairwise, product
from random import Random
from typing import Any

from notekit.study.judge import Exercise, Words


def listed(result: Any) -> list[Any]:
    """In any order, but no text and no dictionary: their parts would pass for results."""
    if isinstance(result, str | dict):
        raise TypeError(f"want a list, got {result!r}")
    return sorted(result)


phone = Exercise(
    en=Words(
        title="Letter combinations of a phone number",
        statement="""\
On the keys of an old phone stand letters: 2 `abc`, 3 `def`, 4 `ghi`, 5 `jkl`, 6 `mno`, 7 `pqrs`,
8 `tuv`, 9 `wxyz`. Return all texts that can be meant by typing `digits`, one letter for each
digit, as strings (LeetCode 17).

- `digits`: a string of 0 to 8 characters, each of them 2 to 9.
- For the empty string return the empty list, as LeetCode wants it.

The order of the texts does not matter; each stands in the list once.
""",
        hints=(
            "A level of the tree is a digit, and its children are the letters on that key.",
            "Pass the text on, one letter longer: `extend(text + letter)`. At the length of"
            " `digits` it is complete.",
        ),
    ),
    zh=Words(
        title="电话号码的字母组合",
        statement="""\
老式电话的按键上印有字母：2 是 `abc`，3 是 `def`，4 是 `ghi`，5 是 `jkl`，6 是 `mno`，7 是 `pqrs`，8 是 `tuv`，9 是 `wxyz`。按下 `digits`，每个数字代表它上面的一个字母，返回所有可能的字符串（LeetCode 17）。

- `digits`：由 2 到 9 组成的字符串，长度为 0 到 8。
- 空字符串返回空列表，与 LeetCode 的要求一致。

结果的顺序不作要求，每个字符串只出现一次。
""",
        hints=(
            "搜索树的一层是一个数字，子结点是这个键上的字母。",
            "把字符串加上一个字母传下去：`extend(text + letter)`；长度与 `digits` 相等时就完成了。",
        ),
    ),
    examples="""\
>>> sorted(letter_combinations("23"))
['ad', 'ae', 'af', 'bd', 'be', 'bf', 'cd', 'ce', 'cf']
>>> sorted(letter_combinations("9"))
['w', 'x', 'y', 'z']
>>> letter_combinations("")
[]
""",
    lacks={
        "negative": "digits are characters",
        "large": "the only argument is a text, which holds no numbers of Python's",
    },
)

KEYS = {
    "2": "abc",
    "3": "def",
    "4": "ghi",
    "5": "jkl",
    "6": "mno",
    "7": "pqrs",
    "8": "tuv",
    "9": "wxyz",
}


@phone.solution
def letter_combinations(digits: str) -> list[str]:
    keys = ["", "", "abc", "def", "ghi", "jkl", "mno", "pqrs", "tuv", "wxyz"]
    found: list[str] = []

    def extend(text: str) -> None:
        if len(text) == len(digits):
            found.append(text)
            return
        for letter in keys[int(digits[len(text)])]:
            extend(text + letter)

    if digits:
        extend("")
    return found


@phone.wrong(
    en="The empty text for no digits: here the empty list is wanted.",
    zh="没有数字时返回了一个空字符串，而题目要的是空列表。",
)
def letter_combinations_empty(digits: str) -> list[str]:
    keys = ["", "", "abc", "def", "ghi", "jkl", "mno", "pqrs", "tuv", "wxyz"]
    found: list[str] = []

    def extend(text: str) -> None:
        if len(text) == len(digits):
            found.append(text)
            return
        for letter in keys[int(digits[len(text)])]:
            extend(text + letter)

    extend("")
    return found


@phone.wrong(
    en="One list of letters is stored again and again, and is joined when it is empty.",
    zh="每次存的都是同一个列表，最后拼接时它已经空了。",
)
def letter_combinations_shared(digits: str) -> list[str]:
    keys = ["", "", "abc", "def", "ghi", "jkl", "mno", "pqrs", "tuv", "wxyz"]
    found: list[list[str]] = []
    path: list[str] = []

    def extend() -> None:
        if len(path) == len(digits):
            found.append(path)
            return
        for letter in keys[int(digits[len(path)])]:
            path.append(letter)
            extend()
            path.pop()

    if digits:
        extend()
    return ["".join(letters) for letters in found]


@phone.wrong(
    en="Three letters on each key: 7 and 9 have four.",
    zh="认为每个键上都是三个字母：7 和 9 各有四个。",
)
def letter_combinations_three(digits: str) -> list[str]:
    alphabet = "abcdefghijklmnopqrstuvwxyz"
    found = [""] if digits else []
    for digit in digits:
        first = 3 * (int(digit) - 2)
        found = [
            text + letter for text in found for letter in alphabet[first : first + 3]
        ]
    return found


@phone.wrong(
    en="The letter is never taken back: later texts begin with those before them.",
    zh="字母没有撤销：后面的结果前头还带着前面的字母。",
)
def letter_combinations_kept(digits: str) -> list[str]:
    keys = ["", "", "abc", "def", "ghi", "jkl", "mno", "pqrs", "tuv", "wxyz"]
    found: list[str] = []
    path: list[str] = []

    def extend(k: int) -> None:
        if k == len(digits):
            found.append("".join(path))
            return
        for letter in keys[int(digits[k])]:
            path.append(letter)
            extend(k + 1)

    if digits:
        extend(0)
    return found


@phone.cases
def phone_cases(random: Random) -> Iterator[tuple[str]]:
    yield ("",)
    yield ("2",)
    yield ("7",)
    yield ("9",)
    yield ("22",)
    yield ("23",)
    for _ in range(20):
        yield ("".join(random.choices("23456789", k=random.randint(1, 4))),)


@phone.large
def phone_large(random: Random) -> Iterator[tuple[str]]:
    yield ("79797",)
    yield ("2345678",)
    yield ("23456789",)


@phone.brute
def phone_brute(digits: str) -> list[str]:
    return ["".join(p) for p in product(*(KEYS[d] for d in digits))] if digits else []


@phone.canonical
def phone_canonical(result: Any) -> Any:
    return listed(result)


cuts = Exercise(
    en=Words(
        title="Palindrome partitioning",
        statement="""\
A palindrome reads the same from both ends. Return all ways to cut `text` into palindromes,
each as the list of its pieces from left to right (LeetCode 131). No piece is empty.

- `text`: a string of 0 to 16 lower-case letters. The empty string has one way, with no pieces.

The order of the ways does not matter; each stands in the list once.
""",
        hints=(
            "What is a choice here? Not a letter, but the *next piece*: a beginning of the"
            " rest that is a palindrome.",
            "`extend(start)`: for every `end` after `start`, if `text[start:end]` is a palindrome,"
            " append it, go on at `end`, take it back.",
        ),
    ),
    zh=Words(
        title="分割回文串",
        statement="""\
正着读和倒着读都一样的字符串叫回文串。把 `text` 切成若干段，每一段都是回文串，返回所有的切法，每种切法是从左到右各段的列表（LeetCode 131）。各段都不为空。

- `text`：由小写字母组成的字符串，长度为 0 到 16。空字符串有一种切法，没有任何段。

切法的顺序不作要求，每种切法只出现一次。
""",
        hints=(
            "这里一次选择选的是什么？不是一个字母，而是*下一段*：余下部分的一个开头，它是回文串。",
            "`extend(start)`：对 `start` 之后的每个 `end`，如果 `text[start:end]` 是回文串，就放进路径，从 `end` 继续，再把它取出来。",
        ),
    ),
    examples="""\
>>> sorted(palindrome_cuts("aab"))
[['a', 'a', 'b'], ['aa', 'b']]
>>> sorted(palindrome_cuts("aba"))
[['a', 'b', 'a'], ['aba']]
>>> palindrome_cuts("")
[[]]
""",
    lacks={
        "negative": "the input is a text",
        "large": "the only argument is a text, which holds no numbers of Python's",
    },
)


@cuts.solution
def palindrome_cuts(text: str) -> list[list[str]]:
    found: list[list[str]] = []
    path: list[str] = []

    def extend(start: int) -> None:
        if start == len(text):
            found.append(path.copy())
            return
        for end in range(start + 1, len(text) + 1):
            piece = text[start:end]
            if piece == piece[::-1]:
                path.append(piece)
                extend(end)
                path.pop()

    extend(0)
    return found


@cuts.wrong(
    en="The path itself is stored, and at the end it is empty.",
    zh="存下的是 `path` 本身，最后它是空的。",
)
def palindrome_cuts_shared(text: str) -> list[list[str]]:
    found: list[list[str]] = []
    path: list[str] = []

    def extend(start: int) -> None:
        if start == len(text):
            found.append(path)
            return
        for end in range(start + 1, len(text) + 1):
            piece = text[start:end]
            if piece == piece[::-1]:
                path.append(piece)
                extend(end)
                path.pop()

    extend(0)
    return found


@cuts.wrong(
    en="Only the first and the last letter of a piece are compared: `abca` passes.",
    zh="只比较了一段的首尾两个字母：`abca` 也通过了。",
)
def palindrome_cuts_ends(text: str) -> list[list[str]]:
    found: list[list[str]] = []

    def extend(start: int, path: list[str]) -> None:
        if start == len(text):
            found.append(path)
        for end in range(start + 1, len(text) + 1):
            piece = text[start:end]
            if piece[0] == piece[-1]:
                extend(end, [*path, piece])

    extend(0, [])
    return found


@cuts.wrong(
    en="A piece never reaches the last letter: the range ends one too early.",
    zh="范围少了 1，任何一段都到不了最后一个字母。",
)
def palindrome_cuts_short(text: str) -> list[list[str]]:
    found: list[list[str]] = []

    def extend(start: int, path: list[str]) -> None:
        if start == len(text):
            found.append(path)
        for end in range(start + 1, len(text)):
            piece = text[start:end]
            if piece == piece[::-1]:
                extend(end, [*path, piece])

    extend(0, [])
    return found


@cuts.wrong(
    en="Greedy: the longest palindrome each time, one way instead of all.",
    zh="贪心：每次只取最长的回文串，得到的是一种切法，不是全部。",
)
def palindrome_cuts_greedy(text: str) -> list[list[str]]:
    path, start = [], 0
    while start < len(text):
        end = len(text)
        while text[start:end] != text[start:end][::-1]:
            end -= 1
        path.append(text[start:end])
        start = end
    return [path]


@cuts.cases
def cuts_cases(random: Random) -> Iterator[tuple[str]]:
    yield ("",)
    yield ("a",)
    yield ("aa",)
    yield ("ab",)
    yield ("aab",)
    yield ("abca",)
    for _ in range(30):
        yield ("".join(random.choices("abc", k=random.randint(1, 8))),)


@cuts.large
def cuts_large(random: Random) -> Iterator[tuple[str]]:
    yield ("a" * 12,)
    yield ("abcdefghhgfedcba",)
    yield ("".join(random.choices("ab", k=16)),)


@cuts.brute
def cuts_brute(text: str) -> list[list[str]]:
    n, found = len(text), []
    for size in range(n) if n else [0]:
        for places in combinations(range(1, n), size):
            ends = [0, *places, n] if n else [0]
            pieces = [text[i:j] for i, j in pairwise(ends)]
            if all(list(p) == list(reversed(p)) for p in pieces):
                found.append(pieces)
    return found


@cuts.canonical
def cuts_canonical(result: Any) -> Any:
    ways = listed(result)
    if any(isinstance(way, str) for way in ways):
        raise TypeError("want a list of pieces for each way, got a text")
    return [list(way) for way in ways]


address = Exercise(
    en=Words(
        title="Restore IP addresses",
        statement="""\
The three dots of an IPv4 address have been lost. Return all addresses that `digits` may have been,
as strings with dots (LeetCode 93). An address has four numbers from 0 to 255, and no number has a
leading zero: 0 itself is written `0`.

- `digits`: a string of 0 to 20 digits. All of them must be used, in their order.

The order of the addresses does not matter; each stands in the list once.
""",
        hints=(
            "A choice is the next number: one, two or three digits.",
            "Two tests cut early: no number after a leading zero but 0 itself, and no way to"
            " spread what is left over the numbers that are missing.",
        ),
    ),
    zh=Words(
        title="复原 IP 地址",
        statement="""\
一个 IPv4 地址丢了三个点。返回 `digits` 原来可能是的所有地址，用带点的字符串表示（LeetCode 93）。一个地址有四个数，每个都在 0 到 255 之间，不带前导零；0 本身写作 `0`。

- `digits`：由数字组成的字符串，长度为 0 到 20。所有数字都要用上，顺序不变。

地址的顺序不作要求，每个地址只出现一次。
""",
        hints=(
            "一次选择选的是下一个数：一位、两位或三位。",
            "有两处可以尽早剪枝：以 0 开头的只能是 0 本身；剩下的数字不可能分给还缺的那几个数。",
        ),
    ),
    examples="""\
>>> sorted(ip_addresses("25525511135"))
['255.255.11.135', '255.255.111.35']
>>> ip_addresses("0000")
['0.0.0.0']
>>> ip_addresses("123")
[]
""",
    lacks={
        "negative": "the input is a string of digits",
        "large": "the only argument is a text, which holds no numbers of Python's",
    },
)


@address.solution
def ip_addresses(digits: str) -> list[str]:
    found: list[str] = []
    path: list[str] = []

    def extend(start: int) -> None:
        missing = 4 - len(path)
        if not missing <= len(digits) - start <= 3 * missing:
            return
        if missing == 0:
            found.append(".".join(path))
            return
        for length in (1, 2, 3):
            part = digits[start : start + length]
            if len(part) < length or int(part) > 255 or (part[0] == "0" and length > 1):
                return
            path.append(part)
            extend(start + length)
            path.pop()

    extend(0)
    return found


@address.wrong(
    en="Leading zeros are let through: 1.0.10.023.",
    zh="放过了前导零，例如 1.0.10.023。",
)
def ip_addresses_zeros(digits: str) -> list[str]:
    found: list[str] = []

    def extend(start: int, path: list[str]) -> None:
        if len(path) == 4:
            if start == len(digits):
                found.append(".".join(path))
            return
        for end in range(start + 1, min(start + 3, len(digits)) + 1):
            if int(digits[start:end]) <= 255:
                extend(end, [*path, digits[start:end]])

    extend(0, [])
    return found


@address.wrong(
    en="Every number that begins with 0 is refused, and so is 0 itself.",
    zh="凡是以 0 开头的都拒绝，0 本身也不行了。",
)
def ip_addresses_no_zero(digits: str) -> list[str]:
    found: list[str] = []

    def extend(start: int, path: list[str]) -> None:
        if len(path) == 4:
            if start == len(digits):
                found.append(".".join(path))
            return
        for end in range(start + 1, min(start + 3, len(digits)) + 1):
            if digits[start] != "0" and int(digits[start:end]) <= 255:
                extend(end, [*path, digits[start:end]])

    extend(0, [])
    return found


@address.wrong(
    en="Four numbers end it, although digits are left over.",
    zh="凑够四个数就算完成，也不管数字有没有用完。",
)
def ip_addresses_left(digits: str) -> list[str]:
    found: list[str] = []

    def extend(start: int, path: list[str]) -> None:
        if len(path) == 4:
            found.append(".".join(path))
            return
        for end in range(start + 1, min(start + 3, len(digits)) + 1):
            part = digits[start:end]
            if int(part) <= 255 and str(int(part)) == part:
                extend(end, [*path, part])

    extend(0, [])
    return found


@address.wrong(
    en="Numbers of three digits are not compared with 255.",
    zh="三位数没有与 255 比较。",
)
def ip_addresses_big(digits: str) -> list[str]:
    found: list[str] = []

    def extend(start: int, path: list[str]) -> None:
        if len(path) == 4:
            if start == len(digits):
                found.append(".".join(path))
            return
        for end in range(start + 1, min(start + 3, len(digits)) + 1):
            part = digits[start:end]
            if str(int(part)) == part:
                extend(end, [*path, part])

    extend(0, [])
    return found


@address.cases
def address_cases(random: Random) -> Iterator[tuple[str]]:
    yield ("",)
    yield ("1",)
    yield ("0000",)
    yield ("1111",)
    yield ("101023",)
    yield ("00000",)
    yield ("2562",)
    yield ("255256",)
    for _ in range(30):
        yield ("".join(random.choices("0125", k=random.randint(3, 10))),)


@address.large
def address_large(random: Random) -> Iterator[tuple[str]]:
    yield ("255255255255",)
    yield ("1" * 20,)
    yield ("".join(random.choices("12", k=9)),)


@address.brute
def address_brute(digits: str) -> list[str]:
    found = []
    for dots in combinations(range(1, len(digits)), 3):
        ends = [0, *dots, len(digits)]
        parts = [digits[i:j] for i, j in pairwise(ends)]
        if all(part in {str(k) for k in range(256)} for part in parts):
            found.append(".".join(parts))
    return found


@address.canonical
def address_canonical(result: Any) -> Any:
    return listed(result)
