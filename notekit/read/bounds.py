"""How large and how deep a page may be: parsers take minutes, or fall, beyond that."""

import re

LENGTH = 100_000  # characters of a page; the longest notes have a quarter of that
LINE = 3_000
PARAGRAPH = 8_000
OPENED = 150  # of one kind of bracket or mark in a paragraph
DEPTH = 6  # lists and quotations within one another
_MARKS = "[(<{*_!`|"
_NESTED = re.compile(rf"\s*(?:(?:[-*+>]|\d{{1,9}}[.)])\s+|>){{{DEPTH + 1}}}")
_FENCE = re.compile(r" *(?:`{3,}|~{3,})")


def excess(text: str) -> tuple[int, str] | None:
    """Line and message of the first thing that is too much, if any.

    Args:
        text: a page, front matter and all.
    """
    if len(text) > LENGTH:
        return 1, f"want a page of at most {LENGTH} characters; got {len(text)}"
    paragraph: dict[str, int] = {}
    start = length = 0
    fence = ""
    for number, line in enumerate(text.split("\n"), 1):
        if len(line) > LINE:
            return number, f"want lines of at most {LINE} characters; got {len(line)}"
        if len(line) - len(line.lstrip()) > 8 * DEPTH or _NESTED.match(line):
            return number, f"want at most {DEPTH} lists or quotations in one another"
        if match := _FENCE.match(line):
            mark = match[0].strip()
            if not fence:
                fence = mark
            elif mark.startswith(fence):
                fence = ""
        if fence or not line.strip():
            paragraph, length = {}, 0
            continue
        start = start if length else number
        length += len(line)
        if length > PARAGRAPH:
            message = f"want paragraphs of at most {PARAGRAPH} characters"
            return start, f"{message}; this one has more"
        for mark in _MARKS:
            if number_ := line.count(mark):
                paragraph[mark] = paragraph.get(mark, 0) + number_
                limit = OPENED if mark != "|" else 10 * OPENED
                if paragraph[mark] > limit:
                    message = f"want at most {limit} {mark!r} in a paragraph"
                    return start, f"{message}; this one has more"
    return None
