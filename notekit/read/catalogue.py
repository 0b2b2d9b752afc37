"""Read every note once: front matter, body, and where its code, tests and figures are.

Everything that lists notes (pages, search words, badges, checks) starts here.
"""

import hashlib
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cached_property, lru_cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from notekit.files import hash_of_files, own_figures, own_modules
from notekit.language import LANGUAGES as LANGUAGES
from notekit.language import Language as Language
from notekit.language import Line
from notekit.problem import ROOT, Problem
from notekit.read import marked
from notekit.read.bounds import excess
from notekit.read.glossary import Glossary, read_glossary

TOPICS = ("cv", "nlp", "generative", "rl", "ml", "algorithms", "python", "distributed")
LISTS = ("index.md", "map.md", "glossary.md", "tags.md", "offline.md")  # no notes
NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


# What would be markup where a title, a summary or a name is shown.
_MARKUP = re.compile(
    r"<[a-zA-Z/!?]|\"|&#?\w+;|[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]"
)
# What would show its marks where nobody reads Markdown.
ORDER = "{ #order }"  # of a topic's page: the section that says what to read in turn
_BESIDE = re.compile(r"\]\(([\w-]+)\.md[)#]")
_MARKDOWN = re.compile(r"`|\*\*|\]\([^)]*\)|(?<!\\)\$[^$]+\$|(?<!\w)\*\w[^*]*\*(?!\w)")
SUMMARY = 200  # characters at most
ALIAS = 80  # characters of an alias at most: somebody types it
WORDS, LETTERS = 3, 6  # of a summary at least: words, or Chinese letters
TAG = 40  # columns of a tag at most
FIRST = date(2020, 1, 1)  # before any note was written


def plain_text(value: str) -> str:
    """The value, if it holds no markup and nothing hidden.

    Raises:
        ValueError: naming what it must not hold.
    """
    if match := _MARKUP.search(value):
        raise ValueError(f"want plain text, without {match[0]!r}")
    return value


def _shown_plain(value: str) -> str:
    """A summary stands on cards and in feeds, where no Markdown is read."""
    if match := _MARKDOWN.search(value):
        raise ValueError(f"want plain words, without the Markdown of {match[0]!r}")
    return value


def _short_alias(value: str) -> str:
    if len(value) > ALIAS:
        raise ValueError(f"want at most {ALIAS} characters, not {len(value)}")
    return value


def _fingerprint(value: str) -> str:
    if not re.fullmatch(r"[0-9a-f]{12}", value):
        raise ValueError("want twelve hexadecimal digits, as `nox -s twin` writes them")
    return value


def _short(value: str) -> str:
    if len(value) > SUMMARY:
        raise ValueError(f"want at most {SUMMARY} characters, not {len(value)}")
    return value


def _no_figure(value: str) -> str:
    if not re.fullmatch(r"none, because \S.{9,}", value):
        raise ValueError("want `none, because …` and a reason of ten letters or more")
    return value


def _short_tag(value: str) -> str:
    if value != " ".join(value.split()):
        raise ValueError("want tags without blanks but one between two words")
    if sum(1 + (unicodedata.east_asian_width(c) in "WF") for c in value) > TAG:
        raise ValueError(f"want tags of at most {TAG} columns, a Chinese letter is two")
    return value


PlainLine = Annotated[Line, AfterValidator(plain_text)]
_Alias = Annotated[PlainLine, AfterValidator(_short_alias)]
_Tag = Annotated[PlainLine, AfterValidator(_short_tag)]


class TopicMatter(BaseModel):
    """Front matter of a topic's page, and of every page that is not a note."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    title: PlainLine
    summary: Annotated[PlainLine, AfterValidator(_short), AfterValidator(_shown_plain)]


class NoteMatter(TopicMatter):
    """Front matter of a note; what each key is for stands in CONTRIBUTING.md."""

    created: date
    updated: date
    tags: Annotated[tuple[_Tag, ...], Field(min_length=1, strict=False)]
    aliases: Annotated[tuple[_Alias, ...], Field(strict=False)]
    requires: Annotated[tuple[PlainLine, ...], Field(strict=False)]
    renders: Annotated[Line, AfterValidator(_fingerprint)] | None = None
    figure: Annotated[str, AfterValidator(_no_figure)] | None = None


@dataclass(frozen=True)
class Page:
    """One Markdown file: its front matter, and its body with the line it starts on."""

    path: Path
    language: Language
    matter: Any  # NoteMatter on a note, TopicMatter elsewhere
    body: str
    body_line: int
    key_lines: dict[str, int] = field(hash=False)

    @property
    def body_hash(self) -> str:
        """Fingerprint of the body, which the Chinese twin quotes in ``renders``."""
        return hash_of(self.body)

    def line_of(self, key: str) -> int:
        """Line of a front matter key, or of the front matter when it is absent."""
        return self.key_lines.get(key, 1)


@dataclass(frozen=True)
class Note:
    """One note in both languages."""

    name: str  # "cv/receptive-field"
    pages: dict[Language, Page] = field(hash=False)

    @property
    def topic(self) -> str:
        return self.name.split("/")[0]

    @property
    def module(self) -> str:
        """Path of its code, tests and figures without a suffix: cv/receptive_field."""
        return self.name.replace("-", "_")

    @property
    def stale(self) -> bool:
        """Whether the English body changed after the Chinese page was written."""
        renders = self.pages["zh"].matter.renders
        return bool(renders != self.pages["en"].body_hash)

    def snippets(self, root: Path) -> list[Path]:
        """Its module, or the modules of its package."""
        return own_modules(root / "snippets", self.name)

    def figures(self, root: Path) -> list[Path]:
        """Its SVG files."""
        return own_figures(root / "figures", self.name)

    def tests(self, root: Path) -> list[Path]:
        """Its test module, or those of its folder."""
        return own_modules(root / "tests", self.name)

    def code_hash(self, root: Path) -> str:
        """Fingerprint of all that a verification run reads: pages, code, tests."""
        digest = hashlib.sha256()
        for language in LANGUAGES:
            digest.update(self.pages[language].body.encode())
        for path in [*self.snippets(root), *self.tests(root)]:
            digest.update(path.read_bytes())
        return digest.hexdigest()[:16]

    def snippet_hash(self, root: Path) -> str:
        """Fingerprint of the snippets alone, which a GPU record quotes."""
        return hash_of_files(self.snippets(root))


@dataclass(frozen=True)
class Catalogue:
    """All notes by name, the topics' own pages, the terms, and what is wrong."""

    root: Path
    notes: dict[str, Note]
    topics: dict[str, dict[Language, Page]]
    glossary: Glossary
    problems: list[Problem]
    drafts: list[Problem]  # notes in one language only, which are not published yet
    halves: dict[str, Note] = field(default_factory=dict)  # these, with their one page

    def in_topic(self, topic: str) -> list[Note]:
        """Notes of a topic in an order that teaches.

        What a note requires comes before it. Among those that may come next, the one
        that the section `order` of the topic's page links first, if there is one; then
        one that goes on from the latest note, one that more notes need, and by name.
        """
        left = sorted(n for n, note in self.notes.items() if note.topic == topic)
        needs = {n: {r for r in self._requires(n) if r in left} for n in left}
        needed = {n: sum(n in requires for requires in needs.values()) for n in left}
        told = self._told(topic)
        ordered: list[str] = []

        def rank(name: str) -> tuple[int, int, int, str]:
            latest = max((ordered.index(r) for r in needs[name]), default=-1)
            place = told.index(name) if name in told else len(told)
            return place, -latest, -needed[name], name

        while left:
            ready = [n for n in left if needs[n] <= set(ordered)]
            # In a cycle, which is reported as a problem, none is ready.
            ordered.append(min(ready, key=rank) if ready else left[0])
            left.remove(ordered[-1])
        return [self.notes[name] for name in ordered]

    def _told(self, topic: str) -> list[str]:
        """Notes of a topic as the section on their order links them."""
        page = self.topics.get(topic, {}).get("en")
        if page is None:
            return []
        _, _, section = page.body.partition(ORDER)
        section, _, _ = section.partition("\n## ")
        return [f"{topic}/{name}" for name in _BESIDE.findall(section)]

    def newest(self) -> list[Note]:
        """All notes, the latest update first; ties in reading order of the topics."""
        ordered = [note for topic in TOPICS for note in self.in_topic(topic)]
        return sorted(
            ordered, key=lambda note: note.pages["en"].matter.updated, reverse=True
        )

    def required_by(self, note: Note) -> list[Note]:
        """Notes that name this one in ``requires``."""
        return [n for n in self.notes.values() if note.name in self._requires(n.name)]

    def related(self, note: Note, most: int = 3) -> list[Note]:
        """Notes akin to this one: the nearest, and those that it is among the nearest of.

        So of two notes each names the other, or neither does. Those that it requires
        are left out, since its page names them at the top.
        """
        nearest = self._nearest(note)
        names = [name for name, _ in nearest[:most]]
        for name, _ in nearest[most:]:
            back = [other for other, _ in self._nearest(self.notes[name])[:most]]
            if note.name in back or note.name in self._requires(name):
                names.append(name)
        before = self._requires(note.name)
        return [self.notes[name] for name in names if name not in before]

    def _nearest(self, note: Note) -> list[tuple[str, int]]:
        """All notes that have something in common with this one, the nearest first."""
        if note.name not in self._near:
            self._near[note.name] = self._scored(note)
        return self._near[note.name]

    @cached_property
    def _near(self) -> dict[str, list[tuple[str, int]]]:
        """What `_nearest` found: every note asks for that of its neighbours too."""
        return {}

    def _scored(self, note: Note) -> list[tuple[str, int]]:
        tags = {t.casefold() for t in note.pages["en"].matter.tags}
        first = {n.name for n in self.required_by(note)}
        before = set(self._requires(note.name))
        scored = []
        for other in self.notes.values():
            if other.name == note.name:
                continue
            shared = tags & {t.casefold() for t in other.pages["en"].matter.tags}
            score = 4 * (other.name in first | before) + 2 * len(shared)
            score += other.topic == note.topic
            if score:
                scored.append((-score, other.name))
        return [(name, -score) for score, name in sorted(scored)]

    def _requires(self, name: str) -> tuple[str, ...]:
        requires: tuple[str, ...] = self.notes[name].pages["en"].matter.requires
        return requires


def read(root: Path = ROOT, only: Iterable[str] | None = None) -> Catalogue:
    """Read ``docs/`` below ``root``; problems are collected, not raised.

    Args:
        root: the repository.
        only: names of notes whose problems are wanted; None for all. The catalogue is
            whole either way, since notes refer to one another.
    """
    problems: list[Problem] = []
    pages: dict[Language, dict[str, Page]] = {"en": {}, "zh": {}}
    topics: dict[str, dict[Language, Page]] = {}
    for language in LANGUAGES:
        for path in sorted((root / "docs" / language).glob("*/*.md")):
            name = path.relative_to(root / "docs" / language).with_suffix("").as_posix()
            topic, stem = name.split("/")
            if topic not in TOPICS:
                wanted = ", ".join(TOPICS)
                message = f"topic must be one of {wanted}; got {topic!r}"
                problems.append(Problem(path, 1, message))
                continue
            kind = TopicMatter if stem == "index" else NoteMatter
            page = read_page(path, language, kind, problems)
            if page is None:
                continue
            if stem == "index":
                topics.setdefault(topic, {})[language] = page
            else:
                if not NAME.fullmatch(stem):
                    message = (
                        f"file name must be lower-case words and hyphens; got {stem!r}"
                    )
                    problems.append(Problem(path, 1, message))
                pages[language][name] = page
        problems += _other_pages(root, language)
    drafts: list[Problem] = []
    halves: dict[str, Note] = {}
    for name in sorted(pages["en"].keys() ^ pages["zh"].keys()):
        there: Language = "en" if name in pages["en"] else "zh"
        missing = "zh" if there == "en" else "en"
        path = root / "docs" / there / f"{name}.md"
        twin = root / "docs" / missing / f"{name}.md"
        if not twin.exists():  # an unreadable twin has its own problem
            message = f"the twin docs/{missing}/{name}.md is missing"
            message += "; somebody will write it before the note is published"
            drafts.append(Problem(path, 1, message))
            halves[name] = Note(name, {there: pages[there][name]})
    notes = {
        name: Note(name, {"en": pages["en"][name], "zh": pages["zh"][name]})
        for name in sorted(pages["en"].keys() & pages["zh"].keys())
    }
    glossary = read_glossary(root, problems)
    catalogue = Catalogue(root, notes, topics, glossary, problems, drafts, halves)
    problems += _cross_checks(catalogue)
    if only is not None:
        wanted_notes = set(only)
        for found in (problems, drafts):
            found[:] = [
                p
                for p in found
                if p.path == glossary.path or _note_of(p.path, root) in wanted_notes
            ]
    return catalogue


def _other_pages(root: Path, language: Language) -> list[Problem]:
    """What is wrong with the home and list pages, and with pages in no place."""
    folder = root / "docs" / language
    problems: list[Problem] = []
    for path in (folder / name for name in LISTS):
        if path.exists():
            read_page(path, language, TopicMatter, problems)
        else:
            problems.append(Problem(path, 1, "want this page; found none"))
    known = {*LISTS, "contributing.md"}
    for path in sorted(folder.rglob("*.md")):
        place = path.relative_to(folder)
        if place.name not in known if len(place.parts) == 1 else len(place.parts) > 2:
            message = f"want pages at docs/{language}/TOPIC/NOTE.md; this one would not be published"
            problems.append(Problem(path, 1, message))
    return problems


def read_page(
    path: Path,
    language: Language,
    kind: type[TopicMatter],
    problems: list[Problem],
) -> Page | None:
    """Read one file, adding to ``problems``; None when its front matter is unusable."""
    state = path.stat()
    page, found = _read_page(path, language, kind, state.st_mtime_ns, state.st_size)
    problems += found
    return page


@lru_cache(maxsize=2000)  # a preview reads all of them again at every save
def _read_page(
    path: Path, language: Language, kind: type[TopicMatter], _mtime: int, _size: int
) -> tuple[Page | None, tuple[Problem, ...]]:
    problems: list[Problem] = []
    page = _parsed(path, language, kind, problems)
    return page, tuple(problems)


def _parsed(
    path: Path, language: Language, kind: type[TopicMatter], problems: list[Problem]
) -> Page | None:
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        problems.append(Problem(path, 1, f"want UTF-8 text; got {error.reason}"))
        return None
    if found := excess(text):
        problems.append(Problem(path, *found))
        return None
    match = re.match(r"---\n(.*?\n)---[ \t]*\n", text, re.DOTALL)
    if not match:
        message = f"want front matter between two lines `---`; got {text[:20]!r}"
        problems.append(Problem(path, 1, message))
        return None
    try:
        node, data = marked.load(match[1])
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 2 if error.problem_mark else 1
        problems.append(Problem(path, line, f"want YAML; {error.problem}"))
        return None
    except yaml.reader.ReaderError as error:  # a control character
        problems.append(Problem(path, 1, f"want YAML; {error.reason}"))
        return None
    except ValueError as error:  # a date that does not exist
        line = marked.line_of_date(match[1]) + 1
        problems.append(Problem(path, line, f"want YAML with valid dates; {error}"))
        return None
    if not isinstance(node, yaml.MappingNode):
        problems.append(Problem(path, 1, f"want `key: value` lines; got {data!r}"))
        return None
    lines: dict[str, int] = {}
    for key, _ in node.value:
        name, line = str(key.value), key.start_mark.line + 2
        if name in lines:
            problems.append(Problem(path, line, f"each key once; {name!r} came twice"))
        lines[name] = line
    try:
        matter = kind.model_validate(data)
    except ValidationError as error:
        for item in error.errors():
            problems.append(_matter_problem(path, kind, lines, item))
        return None
    body = text[match.end() :]
    start = text[: match.end()].count("\n") + 1
    return Page(path, language, matter, body, start, lines)


def hash_of(body: str) -> str:
    """Fingerprint of a page's body."""
    return hashlib.sha256(body.encode()).hexdigest()[:12]


def find_cycles(requires: dict[str, tuple[str, ...]]) -> list[list[str]]:
    """Cycles in a graph of notes, one for each knot, each from its first name round."""
    graph = {
        name: [r for r in needs if r in requires] for name, needs in requires.items()
    }
    cycles = []
    while True:
        try:
            TopologicalSorter(graph).prepare()
        except CycleError as error:
            found: list[str] = error.args[1][:-1][::-1]
            first = found.index(min(found))
            cycles.append(found[first:] + found[:first])
            for name in found:
                graph.pop(name)
            graph = {n: [r for r in needs if r in graph] for n, needs in graph.items()}
        else:
            return sorted(cycles)


def _matter_problem(
    path: Path, kind: type[TopicMatter], lines: dict[str, int], item: Any
) -> Problem:
    key = str(item["loc"][0]) if item["loc"] else ""
    line = lines.get(key, 1)
    if item["type"] == "extra_forbidden":
        known = ", ".join(kind.model_fields)
        return Problem(path, line, f"keys must be among {known}; got {key!r}")
    if item["type"] == "missing":
        return Problem(path, line, f"want the key `{key}`; it is missing")
    wanted = item["msg"].removeprefix("Value error, ")
    return Problem(path, line, f"{key}: {wanted}; got {item['input']!r}")


def _cross_checks(catalogue: Catalogue) -> Iterator[Problem]:
    yield from _requires_problems(catalogue)
    yield from _duplicate_problems(catalogue)
    for note in catalogue.notes.values():
        english, chinese = note.pages["en"].matter, note.pages["zh"].matter
        page = note.pages["zh"]
        for key in ("created", "updated", "requires"):
            want, got = getattr(english, key), getattr(chinese, key)
            if want != got:
                message = f"{key} must equal the English page's, {_plain(want)}; got {_plain(got)}"
                yield Problem(page.path, page.line_of(key), message)
        if len(english.tags) != len(chinese.tags):
            message = f"want {len(english.tags)} tags as on the English page; got {len(chinese.tags)}"
            yield Problem(page.path, page.line_of("tags"), message)
        if english.renders is not None:
            en = note.pages["en"]
            message = "`renders` belongs on the Chinese page only"
            yield Problem(en.path, en.line_of("renders"), message)
        if chinese.renders is None:
            message = f"want `renders: {note.pages['en'].body_hash}`, the English body's hash; `nox -s twin -- {note.name}` writes it"
            yield Problem(page.path, 1, message)
    for note in (*catalogue.notes.values(), *catalogue.halves.values()):
        for each in note.pages.values():
            yield from _matter_problems(each)
    for term, line in catalogue.glossary.entries():
        page_ = catalogue.root / f"docs/en/{term.note_name}.md"
        if term.note and term.note_name not in catalogue.notes and not page_.exists():
            message = f"want the name of a note; got {term.note!r}"
            yield Problem(catalogue.glossary.path, line, message)
        for topic in term.within:
            if topic not in TOPICS:
                message = f"want one of {', '.join(TOPICS)}; got {topic!r}"
                yield Problem(catalogue.glossary.path, line, message)
    for topic in TOPICS:
        twins = catalogue.topics.get(topic, {})
        for language in LANGUAGES:
            used = any(note.topic == topic for note in catalogue.notes.values())
            path = catalogue.root / "docs" / language / topic / "index.md"
            if language not in twins and used and not path.exists():
                yield Problem(
                    path, 1, "want a page for each topic that has notes; found none"
                )


def _matter_problems(page: Page) -> Iterator[Problem]:
    """What is wrong with the front matter of a page, whatever its twin says."""
    yield from _summary_problems(page)
    matter = page.matter
    for key in ("created", "updated"):
        date_ = getattr(matter, key)
        if date_ > _tomorrow():
            message = f"{key} must not lie in the future; got {date_}"
            yield Problem(page.path, page.line_of(key), message)
        elif date_ < FIRST:
            message = f"{key} must not lie before {FIRST}; got {date_}"
            yield Problem(page.path, page.line_of(key), message)
    for key, fold in (("tags", tag_key), ("requires", str.casefold)):
        values = [fold(value) for value in getattr(matter, key)]
        for twice in {value for value in values if values.count(value) > 1}:
            message = f"{key} must name each once; got {twice!r} twice"
            yield Problem(page.path, page.line_of(key), message)
    if matter.updated < matter.created:
        message = (
            f"updated must not precede created, {matter.created}; got {matter.updated}"
        )
        yield Problem(page.path, page.line_of("updated"), message)


def _summary_problems(page: Page) -> Iterator[Problem]:
    """A summary must say more than the title does."""
    summary, title = page.matter.summary, page.matter.title
    line = page.line_of("summary")
    bare = folded(summary).strip(" .。!！")
    if bare == folded(title):
        message = "summary must say what the title does not; got the title"
        yield Problem(page.path, line, message)
    words = len(re.findall(r"[^\W\d_\u3400-\u9fff]+", summary))
    letters = _letters(summary)
    if words / WORDS + letters / LETTERS < 1:
        message = f"summary must be a sentence, of {WORDS} words or {LETTERS} Chinese letters at least"
        yield Problem(page.path, line, f"{message}; got {summary!r}")
    for key, text in (("title", title), ("summary", summary)):
        # A title may be a name, such as DETR, in both languages.
        words = len(re.findall(r"[a-z]{2,}", text))
        if page.language == "zh" and not _letters(text) and words >= WORDS:
            message = f"{key} of a Chinese page must be in Chinese"
            yield Problem(page.path, page.line_of(key), f"{message}; got {text!r}")
        elif page.language == "en" and _letters(text) > words:
            message = f"{key} of an English page must be in English"
            yield Problem(page.path, page.line_of(key), f"{message}; got {text!r}")


def _letters(text: str) -> int:
    """How many Chinese letters there are."""
    return len(re.findall(r"[\u3400-\u9fff]", text))


def _requires_problems(catalogue: Catalogue) -> Iterator[Problem]:
    for note in catalogue.notes.values():
        page = note.pages["en"]
        for name in page.matter.requires:
            topic, _, stem = name.partition("/")
            known = topic in TOPICS and NAME.fullmatch(stem) and stem != "index"
            file = catalogue.root / "docs/en" / f"{name}.md"
            # One that is there, but cannot be read, has its own problem.
            if name not in catalogue.notes and not (known and file.exists()):
                message = f"requires must name existing notes; got {name!r}"
                yield Problem(page.path, page.line_of("requires"), message)
    requires = {
        name: note.pages["en"].matter.requires for name, note in catalogue.notes.items()
    }
    for cycle in find_cycles(requires):
        for place, name in enumerate(cycle):  # whichever of them is checked alone
            page = catalogue.notes[name].pages["en"]
            way = " -> ".join([*cycle[place:], *cycle[:place], name])
            message = f"requires must not lead back to the note; got {way}"
            yield Problem(page.path, page.line_of("requires"), message)


def _tomorrow() -> date:
    """The last day that may be written: it may have begun where the author lives."""
    return datetime.now(UTC).date() + timedelta(days=1)


def _duplicate_problems(catalogue: Catalogue) -> Iterator[Problem]:
    """A name that two notes share would make the search a lottery; both are told.

    A tag is the same word in all notes.
    """
    for language in LANGUAGES:
        names: dict[str, list[tuple[Page, str, str]]] = defaultdict(list)
        tags: dict[str, list[tuple[Page, str, str]]] = defaultdict(list)
        for note in catalogue.notes.values():
            page = note.pages[language]
            names[folded(page.matter.title)].append((page, "title", page.matter.title))
            for alias in page.matter.aliases:
                names[folded(alias)].append((page, "aliases", alias))
            for tag in page.matter.tags:
                tags[tag_key(tag)].append((page, "tags", tag))
        for uses in names.values():
            for page, key, value in uses:
                # Within a note two spellings may both be searched.
                own = [
                    text.casefold()
                    for other, place, text in uses
                    if other is page and place == key
                ]
                others = [other for other, _, _ in uses if other is not page]
                if own.count(value.casefold()) > 1:
                    others.append(page)
                if others:
                    where = others[0].path.relative_to(catalogue.root).as_posix()
                    message = f"each title and alias once a language; {value!r} is already in {where}"
                    yield Problem(page.path, page.line_of(key), message)
        for uses in tags.values():
            for page, key, value in uses:
                for other, _, text in uses:
                    if text != value:
                        where = other.path.relative_to(catalogue.root).as_posix()
                        message = f"each tag in one spelling; {text!r} in {where}"
                        yield Problem(
                            page.path, page.line_of(key), f"{message}, {value!r} here"
                        )
                        break


def folded(name: str) -> str:
    """A name as the search compares it: width, case, accents, hyphens and spaces aside."""
    text = unicodedata.normalize("NFKC", name).casefold()
    letters = unicodedata.normalize("NFD", text)
    text = "".join(c for c in letters if not "\u0300" <= c <= "\u036f")
    text = re.sub(r"[-\u2010-\u2015]", " ", unicodedata.normalize("NFC", text))
    text = re.sub(r"\s*([\u3400-\u9fff])\s*", r"\1", text)
    return " ".join(text.split())


def tag_key(tag: str) -> str:
    """What tags that mean the same share: width, case, hyphens, spaces, a plural aside."""
    words = folded(tag)
    plural = re.fullmatch(r".*[^\W\d_]{3,}(?<![suia])s", words)
    return (words[:-1] if plural else words).replace(" ", "")


def _note_of(path: Path, root: Path) -> str:
    try:
        parts = path.relative_to(root).with_suffix("").parts
    except ValueError:
        return ""
    skip = 2 if parts[0] == "docs" else 1
    return "/".join(parts[skip:]).replace("_", "-").replace("/test-", "/")


def _plain(value: object) -> str:
    return f"[{', '.join(map(str, value))}]" if isinstance(value, tuple) else str(value)
