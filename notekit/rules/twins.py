"""What must be equal in both languages, and what must not have stayed in English."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from notekit.language import has_han
from notekit.problem import Problem
from notekit.read import fences
from notekit.read.catalogue import Note
from notekit.read.document import Document
from notekit.rules import typography
from notekit.rules.numerals import (
    ANY_NUMBER,
    counts,
    digits,
    in_chinese,
    named,
    numbers,
    numerals,
    said,
    uncounted,
)

Item = tuple[int, object, str]  # line, what is compared, how it is shown
_NUMBER = re.compile(r"(?<![\w.])\d[\d,]*(?:\.\d+)?")
_UNITS = re.compile(
    r"\b(?:hundreds?|thousands?|million|billion|trillion)\b|\d ?[kKMGBT]\b"
)
_WORDS = re.compile(r"(?:[A-Za-z][A-Za-z'-]*[ ,;:]+){2,}[A-Za-z]+")
# A sentence in English, in the middle of Chinese ones and not quoted or in brackets.
_SENTENCE = re.compile(r"(?<![（“(\w])[A-Z][a-z']*(?:,? [A-Za-z'-]+){2,}[.!?]")
_PHRASE = re.compile(r"[A-Za-z]+,? [a-z]{2,}\b")
_SMALL = {
    *("a", "an", "the", "is", "are", "not", "that", "this", "of", "and", "no", "to"),
    *("in", "for", "with", "by", "it", "any", "as", "be"),
}
_LABEL = re.compile(r'aria-label="([^"]*)"')
# Chinese says some of these in words: $q, k$ is two formulas, $w \to 0$ a sentence.
_PARTS = re.compile(r"(?<!\\),(?![^{]*\}) |[=<>/]|\\(?:le|ge|to|times)(?![a-z])")
_SYMBOL = re.compile(r"[a-zA-Z]|\\(?!infty)[a-zA-Z]+")
_LOOSE = {"references", "api"}  # sections whose wording is each language's own


def problems(note: Note, english: Document, chinese: Document) -> Iterator[Problem]:
    """Where the Chinese page departs from the English one."""
    code: list[list[Item]] = [
        [
            (f.line, (f.info, f.code, f.gpu, f.kind), f"{f.info}: {_head(f.code)}")
            for f in fences.census(page.path, page.text)
        ]
        for page in (english, chinese)
    ]
    for what, pick, mend in (
        ("code fence", None, f"; `nox -s twin -- {note.name}` writes it"),
        ("display formula", _display, ""),
        ("heading id", _ids, ""),
        ("figure", _figures, ""),
        ("source", _sources, ""),
    ):
        want, got = (pick(english), pick(chinese)) if pick else code
        yield from _compare(what, want, got, chinese.path, mend)
    yield from _labels(english, chinese)
    yield from _leads(english, chinese)
    yield from _summaries(note)
    if not note.stale:  # else the page says that it is behind, and may be
        yield from _prose(english, chinese)
        yield from _references(english, chinese)
    for line, message in _untranslated(chinese):
        yield Problem(chinese.path, line, message)


def _compare(
    what: str, want: list[Item], got: list[Item], path: Path, mend: str = ""
) -> Iterator[Problem]:
    """The first place where the Chinese page departs from the English one."""
    for (line, theirs, shown), (own_line, own, own_shown) in zip(want, got):
        if theirs != own:
            message = f"want the {what} of the English page's line {line}, {shown!r}"
            yield Problem(path, own_line, f"{message}; got {own_shown!r}{mend}")
            return
    if len(want) > len(got):
        line, _, shown = want[len(got)]
        message = f"want the {what} of the English page's line {line}, {shown!r}"
        place = got[-1][0] if got else 1
        yield Problem(path, place, f"{message}; found no more{mend}")
    elif len(got) > len(want):
        line, _, shown = got[len(want)]
        message = f"want no {what} that the English page lacks; got {shown!r}"
        yield Problem(path, line, message)


def _head(code: str) -> str:
    return code.strip().split("\n")[0][:60]


def _display(document: Document) -> list[Item]:
    return [(n, f.tex, f.tex) for n, f in document.formulas if f.display]


def _ids(document: Document) -> list[Item]:
    return [(h.line, (h.level, h.id), h.id) for h in document.headings if h.level > 1]


def _figures(document: Document) -> list[Item]:
    return [
        (n, name, name) for n, name, _ in document.embeds if name.startswith("figures/")
    ]


def _sources(document: Document) -> list[Item]:
    return [
        (link.line, link.url, link.url)
        for link in document.links
        if link.url.startswith("http") and not link.image
    ]


@dataclass(frozen=True)
class _Paragraph:
    """A paragraph, an item, or a cell: its line, words, formulas, and code."""

    line: int
    text: str
    formulas: list[str]
    code: list[str]


def _prose(english: Document, chinese: Document) -> Iterator[Problem]:
    """Section by section as many paragraphs; in each no other formula and number."""
    theirs = _paragraphs(english)
    shown = [tight(f.tex) for _, f in english.formulas if f.display]
    for name, own in _paragraphs(chinese).items():
        if name not in theirs or name in _LOOSE:
            continue
        there = theirs[name]
        if len(there) != len(own):
            line = own[0].line if own else 1
            message = (
                f"want {len(there)} paragraphs, items and cells in this section, as "
                f"on the English page; got {len(own)}"
            )
            yield Problem(chinese.path, line, message)
            continue
        section = numbers(" ".join(map(_beside, there)))
        for want, part in zip(there, own):
            for sentence in _SENTENCE.findall(part.text) if has_han(part.text) else ():
                if _SMALL & set(re.findall("[a-z]+", sentence.lower())):
                    message = "want it in Chinese; got"
                    yield Problem(chinese.path, part.line, f"{message} {sentence!r}")
            beside = _beside(want)
            known = [*shown, *map(tight, [*want.formulas, *want.code, want.text])]
            # Nought and one are words as often as not, and more than numbers.
            given = numbers(beside) | counts(beside) | (section & {"0", "1"})
            for code in part.code:
                if not stands_in(code, beside):
                    message = "want code of the English page's paragraph only"
                    yield Problem(chinese.path, part.line, f"{message}; got `{code}`")
            for code in want.code:
                if not stands_in(code, _beside(part)):
                    message = "want the code of the English page's paragraph"
                    yield Problem(
                        chinese.path, part.line, f"{message}; found no `{code}`"
                    )
            for formula in part.formulas:
                if not any(tight(formula) in other for other in known):
                    message = "want formulas of the English page's paragraph only"
                    yield Problem(
                        chinese.path, part.line, f"{message}; got ${formula}$"
                    )
            for number in new_numbers(part.text, given, beside):
                message = "want numbers of the English page's paragraph only"
                yield Problem(chinese.path, part.line, f"{message}; got {number}")
        yield from _dropped(chinese, there, own)
        yield from _counted(chinese, there, own)
        yield from _dropped_formulas(chinese, there, own)


def _beside(part: _Paragraph) -> str:
    """All that a paragraph says."""
    return " ".join([part.text, *part.formulas, *part.code])


def _dropped(
    chinese: Document, there: list[_Paragraph], own: list[_Paragraph]
) -> Iterator[Problem]:
    """Numbers of an English paragraph that the Chinese one does not name.

    Nought is often a word; a decade is counted in another way.
    """
    for want, got in zip(there, own):
        mine = numbers(_beside(got)) | in_chinese(got.text) | {"0"}
        for match in _NUMBER.finditer(want.text):
            decade = want.text[match.end() :].startswith("s ")
            if not decade and digits(match[0]) not in mine:
                message = "want the numbers of the English page's paragraph"
                yield Problem(chinese.path, got.line, f"{message}; found no {match[0]}")


def _counted(
    chinese: Document, there: list[_Paragraph], own: list[_Paragraph]
) -> Iterator[Problem]:
    """Chinese numerals that say what no number of the English section says.

    From three on, the words of the section and the formulas of the paragraph must have
    it: a language may count what the other one names. Smaller ones are wrong where
    the paragraph says them and lacks a number that the English one says in a word.
    """
    section = counts(" ".join(part.text for part in there))
    for want, got in zip(there, own):
        paragraph = counts(_beside(want))
        mine = numbers(_beside(got)) | {digits(str(n)) for _, n in numerals(got.text)}
        mine |= in_chinese(re.sub("[两双半倍]", "二", got.text))
        lacks = any(digits(str(n)) not in mine for n in said(want.text))
        given = paragraph if lacks else paragraph | section
        for numeral in uncounted(got.text, given, 2 if lacks else 3):
            message = "want numbers of the English page's section only"
            yield Problem(chinese.path, got.line, f"{message}; got {numeral}")
        for word, value in named(want.text):
            if value > 2 and digits(str(value)) not in mine:
                message = "want the numbers of the English paragraph"
                yield Problem(chinese.path, got.line, f"{message}; found no {word}")


def _dropped_formulas(
    chinese: Document, there: list[_Paragraph], own: list[_Paragraph]
) -> Iterator[Problem]:
    """Formulas of an English paragraph that the Chinese one does not show."""
    displayed = [f.tex for _, f in chinese.formulas if f.display]
    for want, got in zip(there, own):
        inline = [*got.formulas, *got.code]
        for formula in want.formulas:
            if lacking(formula, inline, got.text, displayed):
                message = "want the formulas of the English page's paragraph"
                yield Problem(
                    chinese.path, got.line, f"{message}; found no ${formula}$"
                )


def lacking(
    formula: str, own: Sequence[str], text: str, displayed: Sequence[str] = ()
) -> bool:
    """Whether a part of an English formula is not in the Chinese words.

    Args:
        formula: of which Chinese may say some signs in words.
        own: the formulas and codes of the Chinese words.
        text: the Chinese words, where a number needs no formula.
        displayed: formulas beside them, which may be what a sentence is about.
    """
    if _SYMBOL.fullmatch(formula):  # a part of many others: it is wanted as it is
        return formula not in _SYMBOL.findall(" ".join(own))
    shown, said = [tight(x) for x in (*own, *displayed)], tight(text)
    for part in filter(None, map(_single, _PARTS.split(formula))):
        plain = not re.search(r"[a-zA-Z]", part) and part in said
        in_words = "\\text" in part or part == r"\infty"
        if not (plain or in_words or any(part in mine for mine in shown)):
            return True
    return False


def _single(part: str) -> str:
    """A part of a formula without a bracket that another part closes or opens."""
    whole = tight(part)
    if whole.count("(") > whole.count(")"):
        return whole.removeprefix("(")
    if whole.count("(") < whole.count(")"):
        return whole.removesuffix(")")
    return whole


def new_numbers(text: str, given: set[str], english: str) -> Iterator[str]:
    """Numbers of a Chinese text that the English one does not have.

    Args:
        text: in Chinese.
        given: digits that count of the numbers in English.
        english: the text.
    """
    whole = {_exact(x) for x in ANY_NUMBER.findall(english)} | given
    for match in _NUMBER.finditer(text):
        number = match[0]
        # 1.2 万 is 12,000: of numbers with a unit only the digits can be compared.
        unit = re.match(r"\s*[万亿千百]", text[match.end() :])
        same = unit or _UNITS.search(english)
        if _exact(number) not in whole and not (same and digits(number) in given):
            yield number


def _exact(number: str) -> str:
    """A number without what only sets it: 12,000 is 12000, and 01 is 1."""
    return number.replace(",", "").lstrip("0") or "0"


def _leads(english: Document, chinese: Document) -> Iterator[Problem]:
    """Links to other notes, whose place in a sentence is each language's own."""
    if not (_lead_somewhere(english) and _lead_somewhere(chinese)):
        return  # which is said already, where it is
    want, got = (
        Counter(
            link.url
            for link in document.links
            if not link.url.startswith("http") and not link.image
        )
        for document in (english, chinese)
    )
    lines = {link.url: link.line for link in chinese.links}
    for url in sorted(got - want):
        message = "want the links of the English page only"
        yield Problem(chinese.path, lines[url], f"{message}; got {url}")
    for url in sorted(want - got):
        message = "want all links of the English page"
        yield Problem(chinese.path, 1, f"{message}; found too few to {url}")


def _lead_somewhere(document: Document) -> bool:
    """Whether all links of a page lead to pages of its language that there are."""
    own = {heading.id for heading in document.headings}
    for link in document.links:
        url, _, anchor = link.url.partition("#")
        if re.match(r"[a-z]+:", link.url) or link.image:
            continue
        there = document.path.parent / url if url else document.path
        if url.startswith("/") or url.count("../") > 1 or not there.is_file():
            return False
        if anchor and not url and anchor not in own:
            return False
        if anchor and f"#{anchor}" not in there.read_text(encoding="utf-8"):
            return False
    return True


def _paragraphs(document: Document) -> dict[str, list[_Paragraph]]:
    """Paragraphs by the id of their section."""
    heads = {h.line: h.id for h in document.headings if h.level > 1}
    section = ""
    found: dict[str, list[_Paragraph]] = {section: []}
    for before, token in zip(document.tokens, document.tokens[1:]):
        if before.type == "heading_open":
            if before.map and before.map[0] + 1 in heads:
                section = heads[before.map[0] + 1]
                found[section] = []
        elif token.type == "inline" and token.children:
            math = [c for c in token.children if c.type.startswith("math")]
            code = [c for c in token.children if c.type == "code_inline"]
            text = " ".join(c.content for c in token.children if c.type == "text")
            found[section].append(
                _Paragraph(
                    token.map[0] + 1 if token.map else 1,
                    text,
                    [c.content for c in math],
                    [c.content for c in code],
                )
            )
    return found


def stands_in(code: str, text: str) -> bool:
    """Whether the code stands in a text, however that is spaced."""
    return tight(code) in tight(text)


@cache
def tight(tex: str) -> str:
    """TeX without what only sets it apart."""
    return re.sub(r"\s+|\\[,;!: ]", "", tex)


def _summaries(note: Note) -> Iterator[Problem]:
    """Numbers of the Chinese summary that the English front matter does not say."""
    theirs, page = note.pages["en"].matter, note.pages["zh"]
    said = f"{theirs.title}. {theirs.summary}"
    own, given = page.matter.summary, counts(said)
    for number in (*new_numbers(own, given, said), *uncounted(own, given)):
        message = "want numbers of the English summary only"
        yield Problem(page.path, page.line_of("summary"), f"{message}; got {number}")


def _labels(english: Document, chinese: Document) -> Iterator[Problem]:
    """What a figure's label counts must be what the other one counts, in Chinese words."""
    theirs, own = (_LABEL.findall(document.text) for document in (english, chinese))
    places = [
        chinese.text.count("\n", 0, match.start()) + 1
        for match in _LABEL.finditer(chinese.text)
    ]
    if len(theirs) != len(own):
        message = f"want {len(theirs)} aria-labels, as on the English page"
        line = places[-1] if places else 1
        yield Problem(chinese.path, line, f"{message}; got {len(own)}")
        return
    for want, got, line in zip(theirs, own, places):
        if not has_han(got):
            yield Problem(chinese.path, line, f"want a Chinese aria-label; got {got!r}")
        known, mine = numbers(want), numbers(got)
        message = f"want numbers of the English aria-label, {want!r}"
        for number in _NUMBER.findall(got):
            if digits(number) not in known:
                yield Problem(chinese.path, line, f"{message}; got {number}")
        for numeral in uncounted(got, counts(want)):
            yield Problem(chinese.path, line, f"{message}; got {numeral}")
        for number in _NUMBER.findall(want):
            if digits(number) not in mine | in_chinese(got):
                message = "want all numbers of the English aria-label"
                yield Problem(chinese.path, line, f"{message}; found no {number}")


def _references(english: Document, chinese: Document) -> Iterator[Problem]:
    """Years, pages and volumes of the sources, which no language has of its own."""
    want, got = (_paragraphs(d).get("references", []) for d in (english, chinese))
    if len(want) != len(got):
        message = f"want {len(want)} sources, as on the English page"
        line = got[0].line if got else 1
        yield Problem(chinese.path, line, f"{message}; got {len(got)}")
        return
    for theirs, own in zip(want, got):
        known, mine = (set(map(_plain, _NUMBER.findall(x.text))) for x in (theirs, own))
        for number in sorted(mine - known - numbers(theirs.text)):
            message = "want the numbers of the English page's source"
            yield Problem(chinese.path, own.line, f"{message}; got {number}")
        for number in sorted(known - mine):
            if len(number) > 1:  # small ones may be words
                message = "want the years and pages of the English page's source"
                yield Problem(chinese.path, own.line, f"{message}; found no {number}")


def _plain(number: str) -> str:
    """A year as it is; of other numbers the digits that count, whatever the unit."""
    return number if re.fullmatch(r"(?:19|20)\d\d", number) else digits(number)


def _untranslated(document: Document) -> Iterator[tuple[int, str]]:
    """Headings and sentences that are still English."""
    end = 10**9
    for heading in document.headings:
        if heading.id == "references":
            end = heading.line
        latin = re.search(r"[a-z]{3,}", heading.text)
        if heading.level > 1 and latin and not has_han(heading.text):
            yield heading.line, f"want a Chinese heading; got {heading.text!r}"
    whole: set[int] = set()
    for name, paragraphs in _paragraphs(document).items():
        for paragraph in paragraphs if name not in _LOOSE else ():
            text = " ".join(paragraph.text.split())
            if not has_han(text) and _PHRASE.search(text):
                yield paragraph.line, f"want it in Chinese; got {text[:60]!r}"
                whole.add(paragraph.line)
    masked = typography.mask(document.text)
    for number, line in enumerate(masked.split("\n"), 1):
        if number >= end:
            break
        if number in whole:
            continue
        limit = 8 if has_han(line) else 4
        for match in _WORDS.finditer(line):
            words = [w for w in re.findall(r"[A-Za-z'-]+", match[0]) if set(w) != {"x"}]
            if len(words) >= limit and sum(w.islower() for w in words) >= limit // 2:
                yield number, f"want it in Chinese; got {' '.join(words)[:60]!r}"
                break
