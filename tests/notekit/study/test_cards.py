"""Oracles: Anki's own library, lists counted in the Markdown, markdown by eye."""

import html
import re
import zipfile
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from io import BytesIO
from pathlib import Path

import pytest
from anki.collection import (
    Collection,
    ImportAnkiPackageOptions,
    ImportAnkiPackageRequest,
)

from notekit.language import LANGUAGES
from notekit.pages.published import home
from notekit.pages.words import WORDS
from notekit.problem import ROOT
from notekit.read.catalogue import TOPICS, Catalogue, read
from notekit.study.cards import Card, cards, deck, file_name
from notekit.study.flash import exercises, line, pitfalls
from tests.notekit.builder import Repo, build_repo

ALL = read()
# Markdown, and marks of the site, that a card must not show.
RAW = re.compile(
    r"\*\*|`|^#+ |\]\(|--8<--|\?\?\?|\$|^ *[-*] |\{ ?#|<!--|:::|^\|", re.MULTILINE
)
TERM = """\
- en: box
  zh: 方框
  note: cv/box
  says:
    en: A shape of $w h$, `4` corners.
    zh: 大小为 $w h$ 的形状。
"""


@pytest.fixture
def repo(tmp_path) -> Repo:
    repo = build_repo(tmp_path)
    repo.write("docs/glossary.yml", TERM)
    return repo


@pytest.fixture
def collection(tmp_path) -> Iterator[Collection]:
    found = Collection(str(tmp_path / "learner.anki2"))
    yield found
    found.close()


def of(catalogue: Catalogue, topic: str, language: str) -> list[Card]:
    address = home(catalogue.root, language)
    return cards(catalogue, topic, language, address, WORDS[language])


@cache
def of_all(topic: str, language: str) -> list[Card]:
    return of(ALL, topic, language)


def made(catalogue: Catalogue, topic: str, language: str) -> bytes:
    address = home(catalogue.root, language)
    return deck(catalogue, topic, language, address, WORDS[language])


def take(collection: Collection, content: bytes, folder: Path) -> Counter[str]:
    """Import a deck as Anki's window does; how many notes were new, and so on."""
    path = folder / "deck.apkg"
    path.write_bytes(content)
    request = ImportAnkiPackageRequest(
        package_path=str(path), options=ImportAnkiPackageOptions()
    )
    log = collection.import_anki_package(request).log
    kinds = ("new", "updated", "duplicate", "conflicting")
    return Counter({kind: len(getattr(log, kind)) for kind in kinds})


def fields(collection: Collection) -> dict[str, tuple[int, str, str]]:
    """Id, front and back of each note, by its guid."""
    found = {}
    for number in collection.find_notes(""):
        note = collection.get_note(number)
        found[note.guid] = (number, note["Front"], note["Back"])
    return found


# One small deck


def test_a_deck_has_terms_answer_pitfalls_and_exercises(repo):
    kinds = Counter((c.note, c.kind) for c in of(repo.catalogue(), "cv", "en"))
    notes = {"answer": 1, "pitfall": 1, "exercise": 3}
    wanted = {(n, k): m for n in ("cv/box", "cv/box-area") for k, m in notes.items()}
    assert kinds == {("glossary", "term"): 1, **wanted}


@pytest.mark.parametrize(
    ("language", "kind", "front", "back"),
    [
        (
            "en",
            "term",
            "<b>box</b>",
            r'A shape of \(w h\), <code>4</code> corners.<div class="other">方框</div>',
        ),
        (
            "zh",
            "term",
            "<b>方框</b>",
            r'大小为 \(w h\) 的形状。<div class="other">box</div>',
        ),
        (
            "en",
            "answer",
            "<b>Box</b><br>Explain it in a few sentences.",
            r"<p>The answer comes <strong>first</strong>: a <code>box</code> is \(w h\)"
            " large, and\nnothing else counts.</p>",
        ),
        (
            "en",
            "pitfall",
            "<strong>Adding.</strong><br>What goes wrong, and why?",
            r"<p>The sum of \(w\) and \(h\) has the wrong unit.</p>",
        ),
        ("en", "exercise", "<p>One?</p>", "<p>First.</p>"),
    ],
)
def test_cards_show_what_the_page_says(repo, language, kind, front, back):
    found = [c for c in of(repo.catalogue(), "cv", language) if c.kind == kind]
    assert (found[0].front, found[0].back) == (front, back)


def test_a_card_leads_to_its_place_on_the_site(repo):
    address = home(ROOT, "zh")
    sources = {c.kind: c.source for c in of(repo.catalogue(), "cv", "zh")}
    assert f'href="{address}cv/box-area/#pitfalls"' in sources["pitfall"]
    assert f'href="{address}cv/box-area/"' in sources["answer"]
    assert f'href="{address}glossary/#box"' in sources["term"]


def test_formulas_are_mathjax_and_escaped():
    assert line("$a < b$ and $x$&y") == r"\(a &lt; b\) and \(x\)&amp;y"
    [(_, face)] = exercises(
        "1. Q?\n\n    <details>\n    <summary>A</summary>\n\n    It is\n\n"
        "    $$\n    a \\\\\n    b < c\n    $$\n\n    </details>\n"
    )
    assert face.back == "<p>It is</p>\n\\[a \\\\\n    b &lt; c\\]"


def test_code_of_an_answer_stands_in_it_with_its_output(repo):
    block = "```python\nprint('a < b')\n```\n\n<!--pytest-codeblocks:expected-output-->"
    block = f"First.\n\n{block}\n\n```text\na < b\n```".replace("\n", "\n        ")
    repo.edit("docs/en/cv/box.md", "        First.\n", f"        {block}\n")
    first = next(c for c in of(repo.catalogue(), "cv", "en") if c.kind == "exercise")
    code, output = re.findall(r"<pre><code.*?>(.*?)</code></pre>", first.back, re.S)
    assert html.unescape(code) == "print('a < b')\n"
    assert html.unescape(output) == "a < b\n"


def test_exercises_without_an_answer_and_pitfalls_without_a_lead_are_no_cards():
    fold = (
        "\n\n    <details>\n    <summary>A</summary>\n\n    Yes.\n\n    </details>\n\n"
    )
    assert [n for n, _ in exercises(f"1. One?\n\n2. Two?{fold}3. Three?\n")] == [2]
    faces = list(pitfalls("- Plain.\n- **Lead.** Rest.\n- **Alone.**\n\nText.\n"))
    assert [face.front for face in faces] == ["<strong>Lead.</strong>"]


def test_all_that_stands_in_a_pitfall_is_on_its_card():
    [face] = pitfalls("- **Lead.** Rest.\n\n  More.\n\n  ```text\n  x\n  ```\n")
    assert face.back.startswith("<p>Rest.</p><p>More.</p>\n<pre><code")


def test_what_changed_is_made_again(repo):
    before = made(repo.catalogue(), "cv", "en")
    assert made(repo.catalogue(), "cv", "en") == before
    repo.edit("docs/en/cv/box.md", "The sum of", "A sum of")
    changed = made(repo.catalogue(), "cv", "en")
    repo.write("docs/glossary.yml", TERM.replace("corners", "sides"))
    again = made(repo.catalogue(), "cv", "en")
    assert len({before, changed, again}) == 3
    for path in (repo.root / "build/cache").glob("decks*"):
        path.unlink()
    assert made(repo.catalogue(), "cv", "en") == again


def test_an_update_keeps_what_the_learner_has_done(repo, collection, tmp_path):
    assert take(collection, made(repo.catalogue(), "cv", "en"), tmp_path)["new"] == 11
    before = fields(collection)
    history = {}
    for number in collection.find_cards(""):
        card = collection.get_card(number)
        card.reps, card.ivl, card.type, card.queue = 5, 30, 2, 2
        collection.update_card(card)
        history[number] = (card.nid, card.did)
    page = "docs/en/cv/box.md"
    repo.edit(page, "**Adding.** The sum", "**Adding them.** A sum")
    repo.edit(page, "# Box\n", "# The box\n")
    repo.edit(page, "updated: 2026-02-03", "updated: 2026-02-04")
    log = take(collection, made(repo.catalogue(), "cv", "en"), tmp_path)
    assert log["new"] == 0
    after = fields(collection)
    assert after.keys() == before.keys()
    assert {g: v[0] for g, v in after.items()} == {g: v[0] for g, v in before.items()}
    changed = [g for g in after if after[g] != before[g]]
    assert sorted(after[g][1] for g in changed) == [
        "<strong>Adding them.</strong><br>What goes wrong, and why?"
    ]
    assert set(collection.find_cards("")) == history.keys()
    for number, owner in history.items():
        card = collection.get_card(number)
        assert (card.nid, card.did) == owner
        assert (card.reps, card.ivl) == (5, 30)


def test_what_did_not_change_keeps_the_learners_own_edit(repo, collection, tmp_path):
    take(collection, made(repo.catalogue(), "cv", "en"), tmp_path)
    [number] = collection.find_notes("deck:Gradnotes* tag:*box-area::pitfall")
    note = collection.get_note(number)
    note["Back"] = "my own words"
    collection.update_note(note)
    # Written after the card's own date, and before that of the other note's update.
    noon = int(datetime(2026, 2, 3, 12, tzinfo=UTC).timestamp())
    assert collection.db
    collection.db.execute("UPDATE notes SET mod = ?", noon)
    repo.edit("docs/en/cv/box.md", "updated: 2026-02-03", "updated: 2026-02-04")
    take(collection, made(repo.catalogue(), "cv", "en"), tmp_path)
    assert collection.get_note(number)["Back"] == "my own words"


# All decks


@pytest.mark.parametrize("language", LANGUAGES)
def test_anki_takes_all_decks_and_has_every_card_once(language, collection, tmp_path):
    new = 0
    wanted: list[Card] = []
    for topic in TOPICS:
        new += take(collection, made(ALL, topic, language), tmp_path)["new"]
        wanted += of_all(topic, language)
    assert new == len(wanted) == collection.note_count() == collection.card_count()
    found = {(front, back) for _, front, back in fields(collection).values()}
    assert found == {(card.front, card.back) for card in wanted}
    titles = [ALL.topics[topic][language].matter.title for topic in TOPICS]
    names = {deck.name for deck in collection.decks.all_names_and_ids()}
    assert {WORDS[language]["deck"].format(title) for title in titles} <= names
    for number in collection.find_cards("")[:20]:
        card = collection.get_card(number)
        assert card.note()["Front"] in card.question()
        assert card.note()["Back"] in card.answer()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("topic", TOPICS)
def test_every_card_is_whole_and_shows_no_markdown(topic, language):
    found = of_all(topic, language)
    marks = [(card.note, card.kind, card.number) for card in found]
    assert len(set(marks)) == len(marks)
    for card in found:
        for face in (card.front, card.back, card.heading):
            text = re.sub(r"<pre>.*?</pre>|<code>.*?</code>", "", face, flags=re.S)
            text = re.sub(r"\\\(.*?\\\)|\\\[.*?\\\]", "x", text, flags=re.S)
            assert not RAW.search(text), (card.note, card.kind, text)
            assert html.unescape(re.sub(r"<[^>]+>", "", text)).strip(), card
            assert face.count(r"\(") == face.count(r"\)")
        links = re.findall(r'href="([^"]*)"', card.front + card.back + card.source)
        assert all(link.startswith("https://") for link in links)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_term_pitfall_or_exercise_is_left_out(language):
    found = Counter((c.note, c.kind) for t in TOPICS for c in of_all(t, language))
    assert found[("glossary", "term")] == len(ALL.glossary.terms)
    for name, note in ALL.notes.items():
        text = note.pages[language].body
        part = text.partition("{ #pitfalls }")[2].partition("\n## ")[0]
        assert found[(name, "pitfall")] == len(re.findall(r"^- \*\*", part, re.M))
        assert found[(name, "exercise")] == len(re.findall(r"^ *\?\?\? ", text, re.M))
        assert found[(name, "answer")] == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_formulas_arrive_as_they_are_written(language):
    """Each formula of the pitfalls, read by another pattern, is on a card."""
    for name, note in ALL.notes.items():
        text = note.pages[language].body
        part = text.partition("{ #pitfalls }")[2].partition("\n## ")[0]
        part = re.sub(r"```.*?```", "", part.partition("\n```")[0], flags=re.S)
        items = part[part.find("\n- ") :].split("\n\n")[0] or part
        wanted = re.findall(r"(?<!\$)\$(?!\$)([^$]+)\$", re.sub(r"`[^`]*`", "", items))
        shown = [c for c in of_all(note.topic, language) if c.note == name]
        shown_tex = [
            html.unescape(tex)
            for c in shown
            for tex in re.findall(r"\\\((.*?)\\\)", c.front + c.back, re.S)
        ]
        flat = {" ".join(tex.split()) for tex in shown_tex}
        assert {" ".join(tex.split()) for tex in wanted} <= flat, name


def test_files_have_one_name_each_and_no_dates():
    names = [file_name(topic, x) for topic in TOPICS for x in LANGUAGES]
    assert len(set(names)) == len(names)
    with zipfile.ZipFile(BytesIO(made(ALL, "rl", "en"))) as archive:
        assert {entry.date_time[0] for entry in archive.infolist()} == {1980}
