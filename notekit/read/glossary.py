"""The glossary: one term, one translation, one line in each language.

``docs/glossary.yml`` is read once. From it come the glossary's page, the tips on terms
in running text, search words of the other language, and the check of Chinese terms.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Annotated

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError
from pymdownx.slugs import slugify

from notekit.language import LANGUAGES, Language, Line, has_han
from notekit.problem import Problem
from notekit.read import marked

FILE = "docs/glossary.yml"
_slug = slugify(case="lower")
_Lines = Annotated[tuple[Line, ...], Field(strict=False)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


def _without_tags(value: str) -> str:
    if found := re.search(r"<[A-Za-z/!?][^>]*", re.sub(r"`[^`]*`", "", value)):
        raise ValueError(f"want words, without {found[0][:40]!r}")
    return value


_Words = Annotated[Line, AfterValidator(_without_tags)]


class Says(_Strict):
    """The one line, in both languages."""

    en: _Words
    zh: _Words


class Also(_Strict):
    """Other words for the same thing: searched and explained like the term itself."""

    en: _Lines = ()
    zh: _Lines = ()


class Term(_Strict):
    """One entry; what each key is for stands in CONTRIBUTING.md."""

    en: Line
    zh: Line
    says: Says
    note: Line | None = None
    also: Also = Also()
    avoid: _Lines = ()
    within: _Lines = ()  # topics, for a word that means something else in the others

    @property
    def id(self) -> str:
        """Its anchor on the glossary's page."""
        return str(_slug(self.en, "-"))

    @property
    def note_name(self) -> str:
        """The note that explains it, without the section."""
        return (self.note or "").partition("#")[0]

    @property
    def section(self) -> str:
        """The section of that note, or nothing."""
        return (self.note or "").partition("#")[2]

    @property
    def link(self) -> str:
        """File of what explains it, from the folder of the language's pages."""
        return f"{self.note_name}.md" + (f"#{self.section}" if self.section else "")

    def name(self, language: Language) -> str:
        """The term in that language."""
        return self.en if language == "en" else self.zh

    def names(self, language: Language) -> list[str]:
        """The term and the other words for it in that language."""
        return [self.name(language), *getattr(self.also, language)]

    def line(self, language: Language) -> str:
        """What it means."""
        text: str = getattr(self.says, language)
        return text


@dataclass(frozen=True)
class Glossary:
    """All terms in the order of the file, and the line each starts on."""

    path: Path
    terms: tuple[Term, ...] = ()
    lines: tuple[int, ...] = ()

    def entries(self) -> Iterator[tuple[Term, int]]:
        """Each term with its line."""
        yield from zip(self.terms, self.lines, strict=True)

    def ordered(self, language: Language) -> list[Term]:
        """By the alphabet, or by the pinyin of the Chinese term."""
        if language == "en":
            return sorted(self.terms, key=lambda term: term.en.casefold())
        # Only here: its dictionary takes a third of a second to read.
        from pypinyin import Style, lazy_pinyin

        def key(term: Term) -> tuple[str, ...]:
            letters = lazy_pinyin(
                term.zh, style=Style.TONE3, neutral_tone_with_five=True
            )
            return tuple(part.casefold() for part in letters)

        return sorted(self.terms, key=key)

    def explained_in(self, note: str) -> list[Term]:
        """Terms whose meaning that note is about."""
        return [term for term in self.terms if term.note_name == note]

    def find(
        self, text: str, language: Language, topic: str
    ) -> Iterator[tuple[re.Match[str], Term]]:
        """Every occurrence of a term in running text; of two that overlap, the longer.

        Args:
            text: prose of a page.
            language: its language.
            topic: its topic; terms that mean something else there are left out.
        """
        if self.terms:
            for match in self._patterns[language].finditer(text):
                form = re.sub(r"\s+", " ", match[0])
                names = self._by_name[language]
                term = names.get(form) or names[form.lower()]
                if not term.within or topic in term.within:
                    yield match, term

    @cached_property
    def _patterns(self) -> dict[Language, re.Pattern[str]]:
        """What finds every form of the terms of a language, the longest first."""
        return {x: _pattern(self._by_name[x]) for x in LANGUAGES}

    @cached_property
    def _by_name(self) -> dict[Language, dict[str, Term]]:
        """Terms by every form that a text may show them in."""
        found: dict[Language, dict[str, Term]] = {"en": {}, "zh": {}}
        for language in LANGUAGES:
            for term in self.terms:
                for name in term.names(language):
                    for form in _forms(name):
                        found[language].setdefault(form, term)
        return found


def _forms(name: str) -> list[str]:
    """A name with its plural; in lower case unless it is an abbreviation."""
    if not name.isascii():
        return [name]
    base = name if _is_fixed(name) else name.lower()
    plurals = [base + "s"]
    if re.search(r"(s|x|ch|sh)$", base):
        plurals = [base + "es"]
    elif re.search(r"[^aeiou]y$", base):
        plurals = [base[:-1] + "ies"]
    return [base, *plurals]


def _is_fixed(name: str) -> bool:
    """Whether capitals belong to the name, as in ``KL divergence`` or ``AdamW``."""
    return any(letter.isupper() for letter in name[1:])


def _pattern(forms: Iterable[str]) -> re.Pattern[str]:
    longest_first = sorted(forms, key=len, reverse=True)
    chinese = [re.escape(form) for form in longest_first if not form.isascii()]
    by_letter: dict[str, list[str]] = defaultdict(list)
    for form in longest_first:
        if form.isascii():
            by_letter[form[0].lower()].append(_words(form))
    # Only terms that begin with the letter that stands there are tried.
    latin = [
        rf"(?=[{re.escape(letter)}{re.escape(letter.upper())}])(?:{'|'.join(words)})"
        for letter, words in by_letter.items()
    ]
    # One look at the letter before, not one for each term, keeps the search fast.
    whole = [rf"(?<![\w-])(?:{'|'.join(latin)})(?![\w-])"] if latin else []
    return re.compile("|".join(chinese + whole))


def _words(form: str) -> str:
    words = r"\s+".join(map(re.escape, form.split(" ")))
    return words if _is_fixed(form) else f"(?i:{words})"


def read_glossary(root: Path, problems: list[Problem]) -> Glossary:
    """Read the file, adding to ``problems`` what is wrong with it."""
    path = root / FILE
    if not path.exists():
        return Glossary(path)
    state = path.stat()
    glossary, found = _load(path, state.st_mtime_ns, state.st_size)
    problems += found
    return glossary


@lru_cache(maxsize=4)  # every page that is built asks for it
def _load(path: Path, _mtime: int, _size: int) -> tuple[Glossary, tuple[Problem, ...]]:
    text = path.read_text(encoding="utf-8")
    problems: list[Problem] = []
    try:
        node, data = marked.load(text)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        return Glossary(path), (Problem(path, line, f"want YAML; {error.problem}"),)
    except yaml.reader.ReaderError as error:  # a control character
        return Glossary(path), (Problem(path, 1, f"want YAML; {error.reason}"),)
    except ValueError as error:  # a date that does not exist
        line = marked.line_of_date(text)
        return Glossary(path), (Problem(path, line, f"want words, no dates; {error}"),)
    if not isinstance(node, yaml.SequenceNode):
        message = f"want a list of terms; got {text[:20]!r}"
        return Glossary(path), (Problem(path, 1, message),)
    terms: list[Term] = []
    lines: list[int] = []
    for item, value in zip(node.value, data, strict=True):
        line = item.start_mark.line + 1
        try:
            term = Term.model_validate(value)
        except ValidationError as error:
            for found in error.errors():
                key = ".".join(map(str, found["loc"]))
                wanted = found["msg"].removeprefix("Value error, ")
                message = f"{key}: {wanted}; got {found['input']!r}"
                problems.append(Problem(path, line, message))
            continue
        terms.append(term)
        lines.append(line)
    glossary = Glossary(path, tuple(terms), tuple(lines))
    return glossary, (*problems, *_repeated(glossary), *_in_other_words(glossary))


def _in_other_words(glossary: Glossary) -> Iterator[Problem]:
    """A meaning that stands in the other language's place."""
    for term, line in glossary.entries():
        for language, wanted in (("en", "English"), ("zh", "Chinese")):
            said = getattr(term.says, language)
            if has_han(said) != (language == "zh"):
                message = f"says.{language}: want it in {wanted}; got {said[:40]!r}"
                yield Problem(glossary.path, line, message)


def _repeated(glossary: Glossary) -> Iterator[Problem]:
    """A word that two terms claim, or that one both wants and avoids."""
    for language in LANGUAGES:
        seen: dict[str, Term] = {}
        for term, line in glossary.entries():
            for name in term.names(language):
                first = seen.setdefault(name.casefold(), term)
                if first is not term:
                    message = (
                        f"want each word once; {name!r} is already one of {first.en!r}"
                    )
                    yield Problem(glossary.path, line, message)
    wanted = {name for term in glossary.terms for name in term.names("zh")}
    for term, line in glossary.entries():
        for name in term.avoid:
            if name in wanted:
                message = f"want words to avoid that no term has; got {name!r}"
                yield Problem(glossary.path, line, message)
