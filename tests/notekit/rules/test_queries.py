"""Oracle: a valid repository with one fault, whose report a person wrote down."""

from pathlib import Path

import pytest

from tests.notekit.builder import Repo, build_repo

QUERIES = "tests/site/queries/cv/box.tsv"
OTHERS = "tests/site/queries/cv/box-area.tsv"


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    return build_repo(tmp_path)


def test_remarks_and_empty_lines_are_no_queries(repo):
    repo.write(QUERIES, "# en\n\n" + repo.read(QUERIES))
    assert repo.problems() == []


def test_the_same_words_may_be_asked_in_both_languages(repo):
    repo.write(QUERIES, repo.read(QUERIES) + "zh\tBox\n")
    assert repo.problems() == []


FORM = "want `language<TAB>query`; got"
FAULTS = {
    "a line without a tab": ("en a box\n", f"{FORM} 'en a box'"),
    "a line of three parts": ("en\ta\tbox\n", f"{FORM} 'en\\ta\\tbox'"),
    "a line without a query": ("en\t \n", f"{FORM} 'en\\t '"),
    "Chinese in English": (
        "en\t方框 box\n",
        "want queries of the English page without Chinese letters; got 'en\\t方框 box'",
    ),
    "an unknown language": ("fr\tboîte\n", "want one of en, zh; got 'fr'"),
    "an empty language": ("\tbox\n", "want one of en, zh; got ''"),
    "the same query twice": (
        "en\tbox\n",
        f"want each query once a language; 'box' is also in {QUERIES}:1",
    ),
}


@pytest.mark.parametrize(("line", "message"), FAULTS.values(), ids=FAULTS)
def test_a_line_at_fault_is_named(repo, line, message):
    repo.write(QUERIES, repo.read(QUERIES) + line)
    assert repo.problems() == [f"{QUERIES}:5: {message}"]
    assert repo.problems("cv/box") == repo.problems()
    assert repo.problems("cv/box-area") == []


def test_a_query_of_two_notes_is_named_once_and_to_whoever_asks(repo):
    repo.write(QUERIES, repo.read(QUERIES) + "zh\t方框面积\n")
    message = "want each query once a language; '方框面积' is also in"
    seen = f"{QUERIES}:5: {message} {OTHERS}:3"
    assert repo.problems("cv/box") == [seen]
    assert repo.problems("cv/box-area") == [f"{OTHERS}:3: {message} {QUERIES}:5"]
    assert repo.problems() == [seen]


def test_fewer_than_two_queries_in_a_language_are_too_few(repo):
    repo.write(QUERIES, "# two\nen\ta box\nen\tboxes\nzh\t方框\n")
    wanted = f"{QUERIES}:4: want at least 2 queries in zh; found 1"
    assert repo.problems() == repo.problems("cv/box") == [wanted]
    repo.write(QUERIES, "zh\t方框\nzh\t盒子\n")
    assert repo.problems() == [
        f"{QUERIES}:1: want at least 2 queries in en; found none"
    ]


def test_a_note_without_queries_is_named(repo):
    (repo.root / QUERIES).unlink()
    wanted = f"docs/en/cv/box.md:1: want its queries, {QUERIES}; found none"
    assert repo.problems() == repo.problems("cv/box") == [wanted]
    assert repo.problems("cv/box-area") == []


@pytest.mark.parametrize("name", ["cv/gone", "gone", "cv/box/more"])
def test_queries_without_a_note_are_named(repo, name):
    place = f"tests/site/queries/{name}.tsv"
    repo.write(place, "en\tsomething\n")
    assert repo.problems() == [f"{place}:1: want the name of a note; got {name!r}"]
    assert repo.problems("cv/box") == []


def test_what_is_no_utf8_is_no_crash(repo):
    (repo.root / QUERIES).write_bytes(b"en\tbox\nen\t\xff\nzh\t\xfe\nzh\t\xfd\xfd\n")
    assert repo.problems() == []
