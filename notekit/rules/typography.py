"""Chinese typography: spaces beside Latin, full-width punctuation, whole paragraphs.

AutoCorrect knows the rules; it is shown the prose only, with code and formulas masked
by letters of the same width, so that the spaces around them count as well.
"""

import re
import unicodedata
from collections.abc import Iterator
from difflib import SequenceMatcher
from functools import cache

import autocorrect_py
import opencc

from notekit.language import HAN, has_han

_FENCE = re.compile(
    r"^( *)(`{3,}|~{3,})[^\n]*\n.*?^ *\2`*~* *$", re.DOTALL | re.MULTILINE
)
_MATH_BLOCK = re.compile(r"\$\$.*?\$\$", re.DOTALL)
_MATH = re.compile(r"\$[^$\n]+\$")
_CODE = re.compile(r"(?<!`)`[^`\n]+`(?!`)")
_LINK = re.compile(r"\]\([^)\n]*\)")
_HTML = re.compile(
    r"<[^>\n]*>|\{ ?[#.:][^}\n]*\}|^--8<--[^\n]*|^:::[^\n]*", re.MULTILINE
)
_URL = re.compile(r"https?://[^\s)>]+")
_LEAD = re.compile(r"([，。；：？！、）”])\*+ ")
_EMPHASIS = re.compile(r"\*+")
_TWICE = re.compile(r"[，。；：、]{2,}|[，。；：、][！？]|[！？][，。；：、]")
_PAIRS = {
    "（": "）",
    "「": "」",
    "『": "』",
    "《": "》",
    "【": "】",
    "“": "”",
    "‘": "’",
}
_PAIRED = re.compile(f"[{''.join(_PAIRS)}{''.join(_PAIRS.values())}]")
_FOREIGN = re.compile("[\u3040-\u30fa\u30fc-\u30ff\uac00-\ud7af\u3105-\u312f]+")
_DOTS = re.compile(
    rf"(?:(?<=[{HAN}，。；：、）\d])|(?<=x )) ?\.{{3,}}|\.{{3,}} ?(?=[{HAN}])"
)
_NAMES = re.compile(rf"(?<=[{HAN}])-(?=[{HAN}])")  # 罗宾斯-门罗
# English said in Chinese words, and what a Chinese author writes.
CALQUES = {
    "用话来说": "也就是说, or nothing",
    "用话说": "也就是说, or nothing",
    "平均起来": "期望, or 无偏",
    "（有测试）": "nothing, or （测试验证过） once",
    "人人得到": "每个进程都得到",
    "GPU 主存": "显存",
    "相信旁证": "独立的验证",
}
_WORDS = re.compile(
    r"\\text\{[^}]*\b(?:if|otherwise|where|for|and|or|then|from|every|all|with|of|is)\b"
)


def problems(text: str) -> Iterator[tuple[int, str]]:
    """Line and message of each fault in a Chinese page, front matter left out."""
    masked = _NAMES.sub("一", mask(text))
    lines = masked.split("\n")
    yield from _of_authors(text, lines)
    result = autocorrect_py.lint_for(masked, "page.md")
    for found in result.lines:
        if not _only_width_of_parentheses(found.old, found.new):
            want, got = _difference(found.new.strip(), found.old.strip())
            yield found.line, f"want {want!r}; got {got!r}"
    for number, line in enumerate(lines, 1):
        for match in re.finditer(rf"[{HAN}][(]|[)][{HAN}]|[{HAN}][,;:!?]", line):
            yield number, f"want full-width punctuation; got {match[0]!r}"
        for match in re.finditer(r" [，。；：？！、（）]|[，。；：？！、（] ", line):
            yield (
                number,
                f"want no space beside full-width punctuation; got {match[0]!r}",
            )
        if twice := _TWICE.search(line):
            yield number, f"want one mark of punctuation; got {twice[0]!r}"
    yield from _unpaired(lines)


def _unpaired(lines: list[str]) -> Iterator[tuple[int, str]]:
    """Brackets and quotes that a paragraph opens and never closes, or the other way."""
    open_: list[tuple[int, str]] = []
    for number, line in enumerate([*lines, ""], 1):
        if not line.strip() or re.match(r"\s*(?:[-*+]|\d+\.) ", line):
            yield from ((n, f"want its partner; got {mark} alone") for n, mark in open_)
            open_ = []
        if not _PAIRED.search(line):
            continue
        for mark in line:
            if mark in _PAIRS:
                open_.append((number, mark))
            elif mark in _PAIRS.values():
                if open_ and _PAIRS[open_[-1][1]] == mark:
                    open_.pop()
                else:
                    yield number, f"want its partner; got {mark} alone"


@cache
def _simplified() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")


def _of_authors(text: str, lines: list[str]) -> Iterator[tuple[int, str]]:
    """What AutoCorrect does not know: words in formulas, words of a translator."""
    bare = _CODE.sub(letters, _FENCE.sub(_blank, text))
    for number, line in enumerate(bare.split("\n"), 1):
        for match in _WORDS.finditer(line):
            message = "want English words outside of the formula"
            yield number, f"{message}; got {match[0]!r}"
    for number, line in enumerate(lines, 1):
        yield from ((number, message) for message in _other_letters(line))
        for words, instead in CALQUES.items():
            if words in line:
                yield number, f"want {instead}; got {words}"


def _other_letters(line: str) -> Iterator[str]:
    """Traditional characters, and quotes of a typewriter."""
    if has_han(line):
        for own, simple in zip(line, _simplified().convert(line)):
            if own != simple:
                yield f"want simplified characters, {simple}; got {own}"
                break
        elsewhere = next((x for x in line if has_han(x) and not _in_use(x)), "")
        if elsewhere:
            message = "want characters in use in China, those of GB 2312"
            yield f"{message}; got {elsewhere}, U+{ord(elsewhere):04X}"
    if match := _FOREIGN.search(line):
        yield f"want Chinese letters; got {match[0]}"
    if has_han(line) and (match := _DOTS.search(line)):
        around = line[max(match.start() - 8, 0) : match.end() + 8]
        yield f"want …… for an ellipsis; got {around!r}"
    prose = re.sub(r"^ *(?:\?\?\?\+?|!!!) .*", "", line)
    if match := re.search(rf"\"|'(?=[{HAN}])|(?<=[{HAN}])'", prose):
        around = prose[max(match.start() - 8, 0) : match.start() + 8]
        yield f"want Chinese quotes, “ and ”; got {around!r}"


@cache
def _in_use(letter: str) -> bool:
    """Whether it is a character of simplified Chinese, and not of Japanese or old books."""
    try:
        return bool(letter.encode("gb2312"))
    except UnicodeEncodeError:
        return False


def mask(text: str) -> str:
    """The prose of a page: as many lines, with code and formulas as runs of ``x``."""
    text = re.sub(r"\A---\n.*?\n---\n", _blank, text, flags=re.DOTALL)
    text = _FENCE.sub(_blank, text)
    text = _MATH_BLOCK.sub(_blank, text)
    text = _MATH.sub(letters, text)
    text = _CODE.sub(letters, text)
    text = _LINK.sub("", text).replace("[", "")
    text = _HTML.sub("", text)
    text = _URL.sub(letters, text)
    # **Lead.** Text: without the space, CommonMark would not end the bold there.
    text = _LEAD.sub(r"\1", text)
    return _EMPHASIS.sub("", text)


def bare(text: str) -> str:
    """The page without front matter and code: as many lines, code as runs of ``x``."""
    text = re.sub(r"\A---\n.*?\n---\n", _blank, text, flags=re.DOTALL)
    return _CODE.sub(letters, _FENCE.sub(_blank, text))


def columns(text: str) -> int:
    """Width of a text, counted in Latin letters; a Chinese one takes two."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def _difference(want: str, got: str, around: int = 8) -> tuple[str, str]:
    """The two texts from a little before their first difference to after their last."""
    blocks = SequenceMatcher(None, want, got, autojunk=False).get_opcodes()
    changed = [block for block in blocks if block[0] != "equal"]
    first, last = changed[0], changed[-1]
    return (
        want[max(first[1] - around, 0) : last[2] + around][: 6 * around],
        got[max(first[3] - around, 0) : last[4] + around][: 6 * around],
    )


def _blank(match: re.Match[str]) -> str:
    return "\n" * match[0].count("\n")


def letters(match: re.Match[str]) -> str:
    """As many letters and lines as there were."""
    return re.sub(r"[^\n]", "x", match[0])


def _only_width_of_parentheses(old: str, new: str) -> bool:
    """Spaces before half-width parentheses: those are a fault of another kind."""
    return re.sub(r" (?=\()|(?<=\)) ", "", new) == re.sub(r" (?=\()|(?<=\)) ", "", old)
