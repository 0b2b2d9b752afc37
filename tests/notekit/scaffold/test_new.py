"""Oracle: the project's own checks, pytest and figure code, run on what was made."""

import re
from pathlib import Path

import matplotlib
import pytest

from figures.style import STYLE, to_svg
from notekit.read.drawn import marked
from notekit.rules.check import stale
from notekit.scaffold.new import ScaffoldError, create
from notekit.scaffold.twin import twin
from tests.notekit.builder import Repo, build_repo

NAME, TITLE, CHINESE = "cv/my-note", "My note", "我的笔记"
FILES = [
    "docs/en/cv/my-note.md",
    "docs/zh/cv/my-note.md",
    "snippets/cv/my_note.py",
    "tests/cv/test_my_note.py",
    "tests/cv/test_my_note_inputs.py",
    "figures/cv/my_note.py",
    "figures/cv/my_note.svg",
    "tests/site/queries/cv/my-note.tsv",
]
TOPIC = ["docs/en/cv/index.md", "docs/zh/cv/index.md"]


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    return build_repo(tmp_path)


def state(repo: Repo) -> dict[Path, bytes]:
    folders = ("docs", "snippets", "tests", "figures")
    paths = [p for name in folders for p in (repo.root / name).rglob("*.*")]
    return {path: path.read_bytes() for path in paths}


def mended(repo: Repo) -> list[str]:
    """Problems but those that say what is still to be written."""
    told = ("still the scaffold's", "got its link alone")
    return [p for p in repo.problems() if not any(words in p for words in told)]


def test_a_new_note_lacks_nothing_but_words(repo):
    before = state(repo)
    assert create(NAME, TITLE, CHINESE, repo.root) == FILES + TOPIC
    assert mended(repo) == []
    unwritten = [p for p in repo.problems() if "still the scaffold's" in p]
    assert len(unwritten) > 30
    files = {p.partition(":")[0] for p in unwritten}
    assert files == {*FILES[:4], "figures/cv/my_note.py"}
    for words in ("Answer first", "要注意什么", "One sentence about", "name here what"):
        assert any(words in problem for problem in unwritten)
    assert stale(repo.catalogue()) == []
    after = state(repo)
    assert after.keys() - before.keys() == {repo.root / name for name in FILES}
    changed = {path for path in before if after[path] != before[path]}
    assert changed == {repo.root / name for name in TOPIC}


def test_the_page_of_the_topic_ends_with_a_list_of_what_is_new(repo):
    before = [repo.read(page) for page in TOPIC]
    create(NAME, TITLE, CHINESE, repo.root)
    create("cv/a-b", "A *b* [c]", "甲", repo.root)
    english, chinese = (repo.read(page) for page in TOPIC)
    links = r"- [A \*b\* \[c\]](a-b.md)"
    assert english == f"{before[0]}\n- [My note](my-note.md)\n{links}\n"
    assert chinese == f"{before[1]}\n- [我的笔记](my-note.md)\n- [甲](a-b.md)\n"
    assert [p for p in mended(repo) if "without the Markdown of" not in p] == []


def test_a_query_that_another_note_has_is_left_out(repo):
    repo.write("tests/site/queries/cv/box.tsv", QUERIES)
    assert mended(repo) == []
    create(NAME, "  My   note ", CHINESE, repo.root)
    own = [
        line.split("\t")
        for line in repo.read(FILES[-1]).splitlines()
        if not line.startswith("#")
    ]
    assert own == [
        ["en", "My note pitfalls"],
        ["en", "My note exercises"],
        ["zh", "我的笔记"],
        ["zh", "我的笔记 常见错误"],
    ]
    assert mended(repo) == []


QUERIES = "en\tbox\nen\tmy NOTE\nzh\t方框\nzh\tmy note\n"


@pytest.mark.parametrize(
    ("title", "chinese_title"),
    [
        ("AdamW", "AdamW"),
        ("  Spaces around ", " 前后的空格 "),
        ("It's: #1, [a] & {b} - 100% < c", "它是：#1、[a] 与 {b} < c"),
        ("true", "真"),
        ("2026-01-01", "日期"),
    ],
)
def test_titles_of_many_kinds_are_taken_as_they_are(repo, title, chinese_title):
    create(NAME, title, chinese_title, repo.root)
    note = repo.catalogue().notes[NAME]
    assert repo.shown(repo.catalogue().problems) == []
    assert note.pages["en"].matter.title == title.strip()
    assert note.pages["zh"].matter.title == chinese_title.strip()
    compile(repo.read("snippets/cv/my_note.py"), "snippet", "exec")


WANTED = (
    "want a name such as TOPIC/lower-case-words with TOPIC one of cv, nlp, generative, "
    "rl, ml, algorithms, python, distributed; got "
)
HIDES = "want a name that hides no module of Python; got "
KEYWORD = "want a name that is neither `index` nor a keyword of Python; got "


@pytest.mark.parametrize(
    ("name", "title", "chinese_title", "message"),
    [
        ("my-note", TITLE, CHINESE, f"{WANTED}'my-note'"),
        ("physics/my-note", TITLE, CHINESE, f"{WANTED}'physics/my-note'"),
        ("cv/My-note", TITLE, CHINESE, f"{WANTED}'cv/My-note'"),
        ("cv/my_note", TITLE, CHINESE, f"{WANTED}'cv/my_note'"),
        ("cv/my--note", TITLE, CHINESE, f"{WANTED}'cv/my--note'"),
        ("cv/2d", TITLE, CHINESE, f"{WANTED}'cv/2d'"),
        ("cv/", TITLE, CHINESE, f"{WANTED}'cv/'"),
        ("cv/a/b", TITLE, CHINESE, f"{WANTED}'cv/a/b'"),
        ("cv/../../a", TITLE, CHINESE, f"{WANTED}'cv/../../a'"),
        ("cv/my-note\n", TITLE, CHINESE, f"{WANTED}'cv/my-note\\n'"),
        ("cv/index", TITLE, CHINESE, f"{KEYWORD}'cv/index'"),
        ("python/lambda", TITLE, CHINESE, f"{KEYWORD}'python/lambda'"),
        ("ml/random", TITLE, CHINESE, f"{HIDES}'ml/random'"),
        ("python/functools", TITLE, CHINESE, f"{HIDES}'python/functools'"),
        ("rl/multiprocessing", TITLE, CHINESE, f"{HIDES}'rl/multiprocessing'"),
        (NAME, "a <b>", CHINESE, "want plain text, without '<b'; got 'a <b>'"),
        (
            NAME,
            TITLE,
            "一\u200b",
            "want plain text, without '\\u200b'; got '一\\u200b'",
        ),
        (NAME, " ", CHINESE, "want a title of one line; got ' '"),
        (NAME, "a\nb", CHINESE, "want a title of one line; got 'a\\nb'"),
        (NAME, TITLE, "", "want a Chinese title of one line; got ''"),
        (
            NAME,
            TITLE,
            "一\u2028二",
            "want a Chinese title of one line; got '一\\u2028二'",
        ),
        (NAME, 'A "b"', CHINESE, 'want a title without "; got \'A "b"\''),
        (NAME, "A \\b", CHINESE, "want a title without \\; got 'A \\\\b'"),
        (NAME, "A $b$", CHINESE, "want a title without $; got 'A $b$'"),
        (NAME, TITLE, "一`b`", "want a Chinese title without `; got '一`b`'"),
        (NAME, TITLE, "English", "want a Chinese title; got 'English'"),
        (NAME, "BOX", CHINESE, "want a title of its own; cv/box has 'BOX'"),
        (NAME, " Box ", CHINESE, "want a title of its own; cv/box has 'Box'"),
        (NAME, "also box", CHINESE, "want a title of its own; cv/box has 'also box'"),
        (NAME, TITLE, "方框", "want a title of its own; cv/box has '方框'"),
        (
            "cv/box",
            TITLE,
            CHINESE,
            "want a note that does not exist; found docs/en/cv/box.md, "
            "docs/zh/cv/box.md, snippets/cv/box.py, tests/cv/test_box.py, "
            "tests/cv/test_box_inputs.py, "
            "figures/cv/box.py, figures/cv/box.svg, tests/site/queries/cv/box.tsv",
        ),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_written(
    repo, name, title, chinese_title, message
):
    before = state(repo)
    with pytest.raises(ScaffoldError) as caught:
        create(name, title, chinese_title, repo.root)
    assert str(caught.value) == message
    assert state(repo) == before


@pytest.mark.parametrize("file", FILES)
def test_a_file_that_exists_is_left_untouched(repo, file):
    repo.write(file, "mine\n")
    before = state(repo)
    with pytest.raises(ScaffoldError) as caught:
        create(NAME, TITLE, CHINESE, repo.root)
    assert str(caught.value) == f"want a note that does not exist; found {file}"
    assert state(repo) == before


def test_the_figure_is_what_its_module_draws(repo, monkeypatch):
    create(NAME, TITLE, CHINESE, repo.root)
    text = repo.read("figures/cv/my_note.py")
    statement = "from snippets.cv.my_note import first_result\n"
    assert statement in text
    snippet: dict[str, object] = {}
    exec(repo.read("snippets/cv/my_note.py"), snippet)
    drawn: dict[str, object] = {"first_result": snippet["first_result"]}
    exec(text.replace(statement, ""), drawn)
    with matplotlib.rc_context(STYLE):
        [(stem, figure)] = drawn["draw"]().items()
        svg = marked(to_svg(figure, stem), repo.root, NAME)
    assert stem == "my_note"
    # The template names ids after the note; scour's letters are the same.
    prefix = re.sub(r"\W+", "-", stem)
    assert repo.read("figures/cv/my_note.svg") == svg
    assert f'id="{prefix}-a"' in svg


def test_a_line_that_was_rewritten_is_no_line_of_the_scaffold(repo):
    create(NAME, TITLE, CHINESE, repo.root)
    before = len(repo.problems())
    repo.edit("docs/en/cv/my-note.md", "What to notice.", "It rises.")
    twin(NAME, repo.root)
    assert len(repo.problems()) == before - 1
