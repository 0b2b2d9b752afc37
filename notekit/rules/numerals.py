"""Numbers that a text says in words, English or Chinese, and those that it has in digits."""

import re
from collections.abc import Iterator

ANY_NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")
_NUMERALS = "零一二三四五六七八九"
_COUNTED = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight"),
    *("nine", "ten", "eleven", "twelve"),
)
_TENS = (
    *("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"),
)
_MONTHS = (
    *("", "january", "february", "march", "april", "may", "june", "july"),
    *("august", "september", "october", "november", "december"),
)
_COMPOUND = re.compile(rf"\b({'|'.join(_TENS)})-({'|'.join(_COUNTED[1:10])})\b")
_NAMES = {word: n for n, word in enumerate(_COUNTED)}
_NAMES |= {word: 10 * n for n, word in enumerate(_TENS, 2)}
# Words in which a number is said, and that count nothing themselves.
_SAID = {
    **dict.fromkeys(("half", "halves", "halved", "halve", "halving"), 2),
    **dict.fromkeys(("double", "doubled", "doubling", "twice"), 2),
    **dict.fromkeys(("pair", "both", "either", "second", "binary"), 2),
    **dict.fromkeys(("third", "triple", "thrice", "tripled", "ternary", "cubic"), 3),
    **dict.fromkeys(("quarter", "fourth", "quadruple"), 4),
    **{"fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8, "ninth": 9, "tenth": 10},
    **{"eleventh": 11, "twelfth": 12, "dozen": 12, "thirteen": 13},
    **{"fourteen": 14, "fifteen": 15, "sixteen": 16, "sixteenth": 16},
    **{"seventeen": 17, "eighteen": 18, "nineteen": 19},
    **dict.fromkeys(("hundred", "hundredth", "percent"), 100),
}
# Chinese words with a numeral that counts nothing, or not by itself.
_IDIOMS = re.compile(
    "三角|三元组|三次(?:方|函数|多项式|样条|插值)|双三次|四舍五入|四周|四处|四则|十字|两两"
    "|百分|十分|百万|十亿|万一|九十年代|八十年代|七十年代|五花八门|三三两两"
)
_RUN = re.compile(
    rf"(?<![{_NUMERALS}十百千万亿几数分])(?:分之)?([{_NUMERALS}两十百]++)(?![千万亿])"
)


def digits(number: str) -> str:
    """The digits that count: 12,000, 1.2 万 and 12 thousand have the same."""
    return re.sub(r"[.,]", "", number).strip("0") or "0"


def numbers(text: str) -> set[str]:
    """The digits that count of a text's numbers, those in English words and months too."""
    found = {digits(number) for number in ANY_NUMBER.findall(text)}
    words = _words(text)
    counted = {str(n) for word, n in _NAMES.items() if word in words}
    for tens, ones in _COMPOUND.findall(text.lower()):  # twenty-four
        counted.add(str(10 * (_TENS.index(tens) + 2) + _COUNTED.index(ones)))
    return found | counted | {str(n) for n, m in enumerate(_MONTHS) if m in words}


def said(text: str) -> set[int]:
    """What English number words say, from two on, ``half`` and ``third`` among them."""
    words = _words(text)
    return {n for word, n in (_NAMES | _SAID).items() if word in words and n > 1}


def named(text: str) -> Iterator[tuple[str, int]]:
    """The names of numbers up to twelve that an English text has, and these."""
    words = set(re.findall("[a-z]+", text.lower()))
    yield from ((word, n) for n, word in enumerate(_COUNTED) if word in words)


def counts(text: str) -> set[str]:
    """The digits that count of what an English text says, in digits or in words."""
    return numbers(text) | {digits(str(n)) for n in said(text)}


def uncounted(text: str, given: set[str], least: int = 3) -> Iterator[str]:
    """Numerals of a Chinese text, from ``least`` on, whose number is not given."""
    for numeral, value in numerals(text):
        if value >= least and digits(str(value)) not in given:
            yield numeral


def in_chinese(text: str) -> set[str]:
    """The numbers that Chinese numerals of a text say, as the digits that count."""
    found = {str(_NUMERALS.index(x)) for x in text if x in _NUMERALS}
    for run in re.findall(f"[{_NUMERALS}十百]+", text):
        value = _value(run)
        if value is not None:
            found.add(digits(str(value)))
    return found


def numerals(text: str) -> Iterator[tuple[str, int]]:
    """Each number that a Chinese text counts with numerals, from two on."""
    plain = _IDIOMS.sub("。", text)
    for match in _RUN.finditer(plain):
        value = _value(match[1].replace("两", "二"))
        if value is not None and value > 1:
            yield match[1], value


def _words(text: str) -> set[str]:
    words = set(re.findall(r"[a-z]+", text.lower()))
    # Thirds, zeros; sevenfold.
    return words | {re.sub("s$|fold$", "", word) for word in words}


def _value(run: str) -> int | None:
    """The value of a Chinese numeral below a thousand."""
    parts = re.fullmatch(r"(?:(.?)百零?)?(?:(.?)(十))?(.?)", run)
    if not parts:
        return None
    hundreds, tens, ten, ones = parts.groups()
    value = 100 * _NUMERALS.find(hundreds or "一") * (hundreds is not None)
    value += 10 * _NUMERALS.find(tens or "一") * bool(ten)
    return value + (_NUMERALS.find(ones) if ones else 0)
