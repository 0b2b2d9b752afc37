"""Dollars and TeX that are no formula: a reader would see them as they were typed."""

import re
from collections.abc import Iterator
from functools import lru_cache

from notekit.rules import typography

_IN_LINE = re.compile(r"(?<!\\)\$\$(?!\s*$)[^$\n]+\$\$")
# Dollars that no formula comes of: of another width, or around code, as GitLab has it.
_NO_DOLLAR = re.compile(r"[＄﹩]|(?<!\\)\$`[^`\n]+`\$")
_ENTITY = re.compile(r"&(?:#0*36|#[xX]0*24|dollar);")
_INLINE = re.compile(r"(?<![\\$])\$(?![\s$])(?:\\.|(?!\n *\n)[^$\\])+?(?<!\s)\$(?!\$)")
_SPACED = re.compile(r"(?<![\\$])\$(?!\$)([^$\n]*?)(?<!\\)\$(?!\$)")
_DOLLAR = re.compile(r"(?<!\\)\$")
_OTHER = re.compile(r"\\\(|^\s*\\+\[|\\begin\{")
# A sign of money, which Markdown takes for the beginning of a formula.
_MONEY = re.compile(r"(?<![A-Za-z])[A-Z]{1,3}\$(?=\d)")
# What hides, moves or paints over letters, or gives a command another meaning.
_HIDING = re.compile(
    r"\\(?:[hv]?phantom|smash|color|textcolor|colorbox|fcolorbox|[rlc]lap|math[rlc]lap|"
    r"raisebox|rule|m?kern|[mh]skip|hspace|verb|[egx]?def|let|futurelet|global|long|"
    r"(?:re)?newcommand|providecommand|char|unicode)(?![A-Za-z])"
)
_COMMAND = re.compile(r"\\[A-Za-z]{2,}")


def problems(text: str) -> Iterator[tuple[int, str]]:
    """Line and message of what was meant as a formula and is none.

    Args:
        text: a page, front matter and all.
    """
    without, unclosed = masked(text)
    for line in unclosed:
        message = "want a formula that ends with $$ on a line"
        yield line, f"{message}; this one has none before a blank line"
    if unclosed:  # what follows may be in it
        return
    bare = typography.bare(text)
    for number, raw in enumerate(text.split("\n"), 1):
        if entity := _ENTITY.search(raw):
            message = r"want $ around a formula, and \$ for the sign of money"
            yield number, f"{message}; got {entity[0]}"
        if odd := _NO_DOLLAR.search(raw):
            yield number, f"want $ around a formula and nothing else; got {odd[0]!r}"
    for number, text_ in enumerate(bare.split("\n"), 1):
        if (within := _IN_LINE.search(text_)) and text_.strip() != within[0]:
            message = "want one dollar on each side of a formula within a line"
            yield number, f"{message}; got {within[0][:40]!r}"
        if money := _MONEY.search(text_):
            message = r"want \$ for the sign of money"
            yield number, f"{message}; got {money[0]!r} before a number"
        if found := _HIDING.search(text_):
            message = "want formulas without what hides, moves or redefines"
            yield number, f"{message}; got {found[0]}"
    for match in re.finditer(r"^ *\$\$ *\n *\$\$", bare, re.MULTILINE):
        number_of = bare.count("\n", 0, match.end()) + 1
        yield number_of, "want a blank line between two formulas; found none"
    for number, line_ in enumerate(without.split("\n"), 1):
        for match in _SPACED.finditer(line_):
            message = "want no space beside the dollars of a formula"
            yield number, f"{message}; got {match[0][:40]!r}"
        rest = _SPACED.sub("", line_)
        if match_ := _DOLLAR.search(rest):
            message = r"want dollars in pairs on one formula, and \$ for the sign"
            yield number, f"{message}; got {rest[match_.start() :][:30]!r}"
        for pattern, message in (
            (_OTHER, "want formulas between dollars"),
            (_COMMAND, "want TeX inside of formulas only"),
        ):
            if match_ := pattern.search(rest):
                yield number, f"{message}; got {rest[match_.start() :][:30]!r}"
                break


@lru_cache(maxsize=8)  # several rules ask for the same page
def masked(text: str) -> tuple[str, list[int]]:
    """A page with code and formulas blanked, and the lines where a formula never ends.

    Args:
        text: a page, front matter and all.
    """
    lines = typography.bare(text).split("\n")
    unclosed = []
    start = 0
    while start < len(lines):
        if not re.match(r" *\$\$", lines[start]):
            start += 1
            continue
        if re.fullmatch(r" *\$\$[^$]+\$\$ *", lines[start]):
            lines[start] = ""
            start += 1
            continue
        stop = start + 1
        # A blank line, a heading or another opening shows that the end is missing.
        while stop < len(lines) and not re.search(r"\$\$ *$", lines[stop]):
            if not lines[stop].strip() or re.match(r" *#", lines[stop]):
                break
            stop += 1
        if stop >= len(lines) or not re.search(r"\$\$ *$", lines[stop]):
            unclosed.append(start + 1)
            break
        for place in range(start, stop + 1):
            lines[place] = ""
        start = stop + 1
    text = "\n".join(lines)
    text = _IN_LINE.sub(typography.letters, text)
    return _INLINE.sub(typography.letters, text), unclosed
