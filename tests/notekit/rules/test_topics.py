"""Oracle: a valid repository with one fault, whose report a person wrote down."""

from pathlib import Path

import pytest

from tests.notekit.builder import Repo, build_repo

EN, ZH = "docs/en/cv/index.md", "docs/zh/cv/index.md"
HOMES = {"en": "docs/en/index.md", "zh": "docs/zh/index.md"}
WANTED = "want each note of the topic linked, in a sentence on what it is to the others"
NUMBER = "want no number of notes, which the next note makes wrong"


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    return build_repo(tmp_path)


@pytest.mark.parametrize("page", [EN, ZH])
def test_a_note_that_its_topic_does_not_name_is_named(repo, page):
    text = repo.read(page)
    repo.write(page, text.replace("(box.md)", "(box-area.md#notation)"))
    wanted = f"{page}:10: {WANTED}; found no link to box.md"
    assert repo.problems() == repo.problems("cv/box") == [wanted]
    assert repo.problems("cv/box-area") == []


@pytest.mark.parametrize("link", ["(box.md#notation)", "(../cv/box.md)"])
def test_any_link_will_do(repo, link):
    repo.write(EN, repo.read(EN).replace("(box.md)", link))
    assert repo.problems() == []


def test_a_link_in_front_matter_is_none(repo):
    text = repo.read(EN).replace("[Box](box.md)", "Box")
    repo.write(
        EN, text.replace("summary: Vision.", 'summary: "A box of (box.md) words"')
    )
    assert repo.problems() == [f"{EN}:10: {WANTED}; found no link to box.md"]


def test_a_picture_is_no_link(repo):
    repo.write(EN, repo.read(EN).replace("[Box](box.md)", "![Box](box.md)"))
    assert repo.problems() == [f"{EN}:10: {WANTED}; found no link to box.md"]


COUNTS = [
    ("en", "Here are two notes.", "two notes"),
    ("en", "Here are **twelve** short [notes](https://a.org).", "twelve short notes"),
    ("en", "A hundred and forty-one notes", "forty-one notes"),
    ("en", "All 160 notes", "160 notes"),
    ("en", "Three problems, three ways", "Three problems"),
    ("en", "and both\nnotes", "both\nnotes"),
    ("en", "some dozens of notes", "dozens of notes"),
    ("zh", "共十二篇。", "十二篇"),
    ("zh", "共 **41** 篇。", "41 篇"),
    ("zh", "两篇都", "两篇"),
    ("zh", "三道题", "三道"),
    ("zh", "二十多篇", "二十多篇"),
]


@pytest.mark.parametrize(("language", "text", "got"), COUNTS)
def test_a_stated_number_of_notes_is_refused(repo, language, text, got):
    wanted = f"{NUMBER}; got {got!r}"
    for place in (HOMES[language], f"docs/{language}/cv/index.md"):
        before = repo.read(place)
        repo.write(place, f"{before}\n{text}\n")
        line = 2 + before.count("\n")
        assert repo.problems() == [f"{place}:{line}: {wanted}"]
        repo.write(place, before)


def test_a_number_in_the_summary_counts(repo):
    repo.edit(EN, "summary: Vision.", "summary: Nine notes.")
    assert repo.problems() == [f"{EN}:3: {NUMBER}; got 'Nine notes'"]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Each note stands alone, notes on one topic are here, in 2 languages."),
        ("en", "Two ways to read the notes. The second note is short."),
        ("zh", "第二篇讲面积，这一篇讲方框，每一篇都有两种语言。"),
    ],
)
def test_other_numbers_are_free(repo, language, text):
    place = f"docs/{language}/cv/index.md"
    repo.write(place, f"{repo.read(place)}\n{text}\n")
    assert repo.problems() == []
