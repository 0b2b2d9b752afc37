"""Flash cards for Anki: a deck for each topic in each language.

A card is known by its note, its kind and its number, never by its text, so that an
update changes the text and keeps what the learner has done. The same sources give the
same bytes.
"""

import base64
import hashlib
import io
import json
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from notekit.cache import Cache, key
from notekit.files import tool_hash
from notekit.read.catalogue import TOPICS, Catalogue, Language, Note
from notekit.read.glossary import Term
from notekit.study.flash import Face, answer, exercises, line, pitfalls
from notekit.study.plain import section_of

# Terms that belong to no note are those of all of machine learning.
_COMMON = "ml"
_MODEL = 1_604_800_917  # made up once; Anki knows the kind of cards by it
_STYLE = """\
.card { font-family: system-ui, sans-serif; font-size: 18px; line-height: 1.5; margin: 0 auto; max-width: 42em; padding: 0 1em; text-align: left; }
.kind, .more, .other { color: #6b7280; font-size: 14px; }
.front { font-size: 20px; }
code, pre { background: #f3f4f6; border-radius: 4px; font-family: ui-monospace, monospace; font-size: 15px; }
code { padding: 0 0.2em; }
pre { overflow-x: auto; padding: 0.6em; }
pre code { padding: 0; }
table { border-collapse: collapse; }
td, th { border: 1px solid #9ca3af; padding: 0.2em 0.6em; }
.nightMode code, .nightMode pre { background: #2d2f33; }
"""
_FRONT = '<div class="kind">{{Kind}}</div><div class="front">{{Front}}</div>'
_BACK = '{{FrontSide}}<hr id="answer">{{Back}}<div class="more">{{Source}}</div>'


@dataclass(frozen=True)
class Card:
    """One question: what it is known by, what its two faces show."""

    note: str  # the note, or "glossary"
    kind: str  # term, answer, pitfall or exercise
    number: str  # within note and kind
    heading: str
    front: str
    back: str
    source: str
    changed: date


def cards(
    catalogue: Catalogue,
    topic: str,
    language: Language,
    home: str,
    words: Mapping[str, str],
) -> list[Card]:
    """All cards of a topic: its terms, then each note's, in the order that teaches.

    Args:
        catalogue: all notes.
        topic: one of them.
        language: of the cards.
        home: address of the site in that language, with a slash at its end.
        words: what is said in that language.
    """
    maker = _Maker(catalogue, language, home, words)
    found = [maker.term(term) for term in terms(catalogue, topic)]
    for note in catalogue.in_topic(topic):
        found += maker.of_note(note)
    return found


def terms(catalogue: Catalogue, topic: str) -> list[Term]:
    """Terms of the glossary that a topic's deck has; each is in one deck."""
    return [term for term in catalogue.glossary.terms if _topic(term) == topic]


def file_name(topic: str, language: Language) -> str:
    """Name of the file of a topic's deck."""
    return f"gradnotes-{topic}{'-zh' if language == 'zh' else ''}.apkg"


def deck(
    catalogue: Catalogue,
    topic: str,
    language: Language,
    home: str,
    words: Mapping[str, str],
) -> bytes:
    """The deck of a topic as Anki's file, kept by all that it is made of."""
    texts = [
        note.pages[language].path.read_text(encoding="utf-8")
        for note in catalogue.in_topic(topic)
    ]
    code = [note.snippet_hash(catalogue.root) for note in catalogue.in_topic(topic)]
    # A term changes with the newest of all notes, a heading with the topic's page.
    title = catalogue.topics[topic][language].matter.title
    known = [term.model_dump_json() for term in terms(catalogue, topic)]
    rest = [str(_newest(catalogue)), json.dumps(dict(words), sort_keys=True), *code]
    name = key(tool_hash(), topic, language, home, title, *known, *texts, *rest)

    def make() -> str:
        found = cards(catalogue, topic, language, home, words)
        named = words["deck"].format(title)
        package = _package(found, topic, language, named, _newest(catalogue))
        return base64.b64encode(package).decode()

    return base64.b64decode(Cache(catalogue.root, "decks").made(name, make))


@dataclass(frozen=True)
class _Maker:
    catalogue: Catalogue
    language: Language
    home: str
    words: Mapping[str, str]

    def term(self, term: Term) -> Card:
        other: Language = "zh" if self.language == "en" else "en"
        back = f"{line(term.line(self.language))}"
        back += f'<div class="other">{line(term.name(other))}</div>'
        front = f"<b>{line(term.name(self.language))}</b>"
        address = f"{self.home}glossary/#{term.id}"
        return Card(
            note="glossary",
            kind="term",
            number=term.id,
            heading=self.words["card_term"],
            front=front,
            back=back,
            source=self._source(address, self.words["glossary"]),
            changed=_newest(self.catalogue),
        )

    def of_note(self, note: Note) -> Iterator[Card]:
        """Answer, pitfalls and exercises of one note."""
        title = line(note.pages[self.language].matter.title)
        ask = f"<b>{title}</b><br>{self.words['card_ask']}"
        yield self._card(note, "answer", 1, Face(ask, answer(self._text(note, ""))))
        for number, face in enumerate(pitfalls(self._text(note, "pitfalls")), 1):
            ask = f"{face.front}<br>{self.words['card_wrong']}"
            yield self._card(note, "pitfall", number, Face(ask, face.back))
        for number, face in exercises(self._text(note, "exercises")):
            yield self._card(note, "exercise", number, face)

    def _text(self, note: Note, section: str) -> str:
        page = note.pages[self.language]
        root = self.catalogue.root
        return section_of(note, page, root, self.home, self.words, section)

    def _card(self, note: Note, kind: str, number: int, face: Face) -> Card:
        matter = note.pages[self.language].matter
        anchor = "" if kind == "answer" else f"#{kind}s"
        address = f"{self.home}{note.name}/{anchor}"
        return Card(
            note=note.name,
            kind=kind,
            number=str(number),
            heading=f"{line(matter.title)} · {self.words[f'card_{kind}']}",
            front=face.front,
            back=face.back,
            source=self._source(address, matter.title),
            changed=matter.updated,
        )

    def _source(self, address: str, title: str) -> str:
        return f'<a href="{address}">Gradnotes{self.words["colon"]}{line(title)}</a>'


def _topic(term: Term) -> str:
    """The topic of the note that explains it, or the first that uses it so."""
    if term.note:
        return term.note_name.partition("/")[0]
    return next((topic for topic in TOPICS if topic in term.within), _COMMON)


def _newest(catalogue: Catalogue) -> date:
    """Day of the newest note."""
    days: list[date] = [n.pages["en"].matter.updated for n in catalogue.notes.values()]
    return max(days)


def _package(
    found: list[Card], topic: str, language: Language, name: str, newest: date
) -> bytes:
    """The cards as Anki's file."""
    import genanki  # only where a deck is made anew

    class Dated(genanki.Note):  # type: ignore[misc]
        """A note whose date is its own: an update leaves be what has not changed."""

        changed = 0.0

        def write_to_db(
            self, cursor: Any, timestamp: float, deck_id: int, id_gen: Any
        ) -> None:
            super().write_to_db(cursor, self.changed, deck_id, id_gen)

    model = genanki.Model(
        _MODEL,
        "Gradnotes",
        fields=[{"name": name} for name in ("Front", "Back", "Kind", "Source")],
        templates=[{"name": "Card 1", "qfmt": _FRONT, "afmt": _BACK}],
        css=_STYLE,
    )
    made = genanki.Deck(_number(topic, language), name)
    for place, card in enumerate(found):
        note = Dated(
            model=model,
            fields=[card.front, card.back, card.heading, card.source],
            guid=genanki.guid_for(language, card.note, card.kind, card.number),
            tags=[f"gradnotes::{card.note.replace('/', '::')}::{card.kind}"],
            due=place,
        )
        note.changed = _seconds(card.changed)
        made.add_note(note)
    stream = io.BytesIO()
    genanki.Package(made).write_to_file(stream, timestamp=_seconds(newest))
    return _same_bytes(stream)


def _number(topic: str, language: Language) -> int:
    """What Anki knows a deck by: 31 bits, the same for ever."""
    digest = hashlib.sha256(f"gradnotes {topic} {language}".encode()).digest()
    return int.from_bytes(digest[:4], "big") >> 1 | 1 << 30


def _seconds(day: date) -> float:
    return datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()


def _same_bytes(stream: io.BytesIO) -> bytes:
    """The archive once more, without the times at which its files were made."""
    result = io.BytesIO()
    with zipfile.ZipFile(stream) as old, zipfile.ZipFile(result, "w") as new:
        for name in old.namelist():
            entry = zipfile.ZipInfo(name)  # dated 1980
            new.writestr(entry, old.read(name), zipfile.ZIP_DEFLATED)
    return result.getvalue()
