"""Oracles: front matter with one planted fault each; brute force for orders."""

import datetime
import itertools
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notekit.problem import ROOT
from notekit.read.catalogue import Catalogue, Note, find_cycles, read, tag_key
from notekit.read.glossary import Glossary
from tests.notekit.builder import Repo, build_repo

EN, ZH = "docs/en/cv/box.md", "docs/zh/cv/box.md"
KEYS = "title, summary, created, updated, tags, aliases, requires, renders, figure"
SENTENCE = "summary must be a sentence, of 3 words or 6 Chinese letters at least"
TOPICS = "cv, nlp, generative, rl, ml, algorithms, python, distributed"


@pytest.fixture
def repo(tmp_path) -> Repo:
    return build_repo(tmp_path)


def found(repo: Repo) -> list[str]:
    return repo.shown(read(repo.root).problems)


def test_a_valid_repository_has_no_problem(repo):
    assert found(repo) == []
    assert list(repo.catalogue().notes) == ["cv/box", "cv/box-area"]


# File, what stands there, what to put there; file and line of the report, the report.
FAULTS = {
    "an unknown key": (
        (EN, "tags: [shape]", "tags: [shape]\nauthor: me"),
        (EN, 7, f"keys must be among {KEYS}; got 'author'"),
    ),
    "a missing key": (
        (EN, "summary: Summary of Box.\n", ""),
        (EN, 1, "want the key `summary`; it is missing"),
    ),
    "no aliases": (
        (ZH, "aliases: [also 方框]\n", ""),
        (ZH, 1, "want the key `aliases`; it is missing"),
    ),
    "a number for a title": (
        (EN, "title: Box", "title: 42"),
        (EN, 2, "title: Input should be a valid string; got 42"),
    ),
    "a text for a date": (
        (EN, "created: 2026-01-02", "created: yesterday"),
        (EN, 4, "created: Input should be a valid date; got 'yesterday'"),
    ),
    "a text for a list": (
        (EN, "tags: [shape]", "tags: shape"),
        (EN, 6, "tags: Input should be a valid tuple; got 'shape'"),
    ),
    "a number in a list": (
        (EN, "tags: [shape]", "tags: [2, shape]"),
        (EN, 6, "tags: Input should be a valid string; got 2"),
    ),
    "no tag": (
        (EN, "tags: [shape]", "tags: []"),
        (
            EN,
            6,
            "tags: Tuple should have at least 1 item after validation, not 0; got []",
        ),
    ),
    "an empty summary": (
        (EN, "summary: Summary of Box.", "summary: ' '"),
        (
            EN,
            3,
            "summary: want some words; got ' '",
        ),
    ),
    "a summary of two lines": (
        (EN, "summary: Summary of Box.", 'summary: "Summary of\\nBox."'),
        (EN, 3, "summary: want one line; got 'Summary of\\nBox.'"),
    ),
    "a summary that is the title": (
        (EN, "summary: Summary of Box.", "summary: Box."),
        (EN, 3, "summary must say what the title does not; got the title"),
        (EN, 3, f"{SENTENCE}; got 'Box.'"),
    ),
    "a summary of a word": (
        (EN, "summary: Summary of Box.", "summary: Everything!"),
        (EN, 3, f"{SENTENCE}; got 'Everything!'"),
    ),
    "a Chinese summary of a word": (
        (ZH, "summary: 一句话说清它。", "summary: 方框。"),
        (ZH, 3, "summary must say what the title does not; got the title"),
        (ZH, 3, f"{SENTENCE}; got '方框。'"),
    ),
    "no reason for no figure": (
        (EN, "requires: []", "requires: []\nfigure: none"),
        (
            EN,
            9,
            "figure: want `none, because …` and a reason of ten letters or more; "
            "got 'none'",
        ),
    ),
    "a tag that ends with a blank": (
        (EN, "tags: [shape]", 'tags: [shape, "size\u00a0"]'),
        (
            EN,
            6,
            "tags: want tags without blanks but one between two words; got 'size\\xa0'",
        ),
    ),
    "a tag that is a sentence": (
        (EN, "tags: [shape]", f"tags: [shape, {'shape ' * 8}]"),
        (
            EN,
            6,
            "tags: want tags of at most 40 columns, a Chinese letter is two; "
            f"got '{('shape ' * 8).strip()}'",
        ),
    ),
    "a date before the first note": (
        (EN, "created: 2026-01-02", "created: 1900-01-02"),
        (EN, 4, "created must not lie before 2020-01-01; got 1900-01-02"),
        (ZH, 4, "created must equal the English page's, 1900-01-02; got 2026-01-02"),
    ),
    "no YAML": (
        (EN, "tags: [shape]", "tags: [shape"),
        (EN, 7, "want YAML; expected ',' or ']', but got ':'"),
    ),
    "a control character": (
        (EN, "tags: [shape]", "tags: [sha\x07pe]"),
        (EN, 1, "want YAML; special characters are not allowed"),
    ),
    "a date that does not exist": (
        (EN, "created: 2026-01-02", "created: 2026-13-02"),
        (EN, 4, "want YAML with valid dates; month must be in 1..12"),
    ),
    "a key that comes twice": (
        (EN, "tags: [shape]", "tags: [shape]\ntitle: Box"),
        (EN, 7, "each key once; 'title' came twice"),
    ),
    "no key at all": (
        (EN, "title: Box\nsummary: Summary of Box.\n", "- one\n---\n"),
        (EN, 1, "want `key: value` lines; got ['one']"),
    ),
    "no front matter": (
        (EN, "---\ntitle: Box\n", "title: Box\n"),
        (
            EN,
            1,
            "want front matter between two lines `---`; got 'title: Box\\nsummary: '",
        ),
    ),
    "dates in the wrong order": (
        (EN, "updated: 2026-02-03", "updated: 2026-01-01"),
        (EN, 5, "updated must not precede created, 2026-01-02; got 2026-01-01"),
        (
            ZH,
            5,
            "updated must equal the English page's, 2026-01-01; got 2026-02-03",
        ),
    ),
    "a date that differs": (
        (ZH, "created: 2026-01-02", "created: 2026-01-03"),
        (ZH, 4, "created must equal the English page's, 2026-01-02; got 2026-01-03"),
    ),
    "requirements that differ": (
        (ZH, "requires: []", "requires: [cv/box-area]"),
        (ZH, 8, "requires must equal the English page's, []; got [cv/box-area]"),
    ),
    "a tag more": (
        (ZH, "tags: [形状]", "tags: [形状, 大小]"),
        (ZH, 6, "want 1 tags as on the English page; got 2"),
    ),
    "renders on the English page": (
        (EN, "requires: []", "requires: []\nrenders: 0123456789ab"),
        (EN, 9, "`renders` belongs on the Chinese page only"),
    ),
    "an unknown note": (
        (EN, "requires: []", "requires: [cv/gone]"),
        (EN, 8, "requires must name existing notes; got 'cv/gone'"),
        (ZH, 8, "requires must equal the English page's, [cv/gone]; got []"),
    ),
    "a note that requires itself": (
        (EN, "requires: []", "requires: [cv/box]"),
        (ZH, 8, "requires must equal the English page's, [cv/box]; got []"),
        (EN, 8, "requires must not lead back to the note; got cv/box -> cv/box"),
    ),
    "two notes that require each other": (
        (EN, "requires: []", "requires: [cv/box-area]"),
        (ZH, 8, "requires must equal the English page's, [cv/box-area]; got []"),
        (
            EN,
            8,
            "requires must not lead back to the note; "
            "got cv/box -> cv/box-area -> cv/box",
        ),
        (
            "docs/en/cv/box-area.md",
            8,
            "requires must not lead back to the note; "
            "got cv/box-area -> cv/box -> cv/box-area",
        ),
    ),
    "a title that comes twice": (
        ("docs/en/cv/box-area.md", "title: Box area", "title: BOX"),
        (
            "docs/en/cv/box-area.md",
            2,
            "each title and alias once a language; 'BOX' is already in "
            "docs/en/cv/box.md",
        ),
        (
            EN,
            2,
            "each title and alias once a language; 'Box' is already in "
            "docs/en/cv/box-area.md",
        ),
    ),
    "an alias that is another's title": (
        (EN, "aliases: [also Box]", "aliases: [also Box, box Area]"),
        (
            EN,
            7,
            "each title and alias once a language; 'box Area' is already in "
            "docs/en/cv/box-area.md",
        ),
        (
            "docs/en/cv/box-area.md",
            2,
            "each title and alias once a language; 'Box area' is already in "
            "docs/en/cv/box.md",
        ),
    ),
    "an alias that comes twice in a note": (
        (ZH, "aliases: [also 方框]", "aliases: [箱子, 箱子]"),
        (
            ZH,
            7,
            "each title and alias once a language; '箱子' is already in "
            "docs/zh/cv/box.md",
        ),
    ),
    "a summary missing on a topic's page": (
        ("docs/en/cv/index.md", "summary: Vision.\n", ""),
        ("docs/en/cv/index.md", 1, "want the key `summary`; it is missing"),
    ),
    "a key of notes on a topic's page": (
        ("docs/en/cv/index.md", "summary: Vision.\n", "summary: Vision.\ntags: [a]\n"),
        ("docs/en/cv/index.md", 4, "keys must be among title, summary; got 'tags'"),
    ),
    "a summary missing on the home page": (
        ("docs/zh/index.md", "summary: Gradnotes.\n", ""),
        ("docs/zh/index.md", 1, "want the key `summary`; it is missing"),
    ),
}


ONCE = "each title and alias once a language; {!r} is already in {}"


@pytest.mark.parametrize(
    "alias", ["BOX AREA", "box-area", "ｂｏｘ　ａｒｅａ", "Box  Area", "box   area"]
)
def test_names_are_compared_as_the_search_does_and_both_notes_are_told(repo, alias):
    repo.edit(EN, "aliases: [also Box]", f"aliases: [{alias}]")
    other = "docs/en/cv/box-area.md"
    own = f"{EN}:7: {ONCE.format(alias, other)}"
    theirs = f"{other}:2: {ONCE.format('Box area', EN)}"
    assert set(found(repo)) == {own, theirs}
    # The check of one note alone says so, whichever it is.
    assert repo.problems("cv/box") == [own]
    assert repo.problems("cv/box-area") == [theirs]


def test_a_space_beside_a_chinese_character_makes_no_other_name(repo):
    repo.edit(ZH, "aliases: [also 方框]", "aliases: [方 框 面积]")
    area = "docs/zh/cv/box-area.md"
    assert f"{area}:2: {ONCE.format('方框面积', ZH)}" in found(repo)


@pytest.mark.parametrize("key", ["tags", "requires"])
def test_the_same_tag_or_prerequisite_twice(repo, key):
    page = "docs/en/cv/box-area.md"
    text = repo.read(page)
    [line] = [x for x in text.split("\n") if x.startswith(f"{key}:")]
    value = line.partition("[")[2].rstrip("]").split(",")[0]
    repo.edit(page, line, f"{key}: [{value}, {value}]")
    number = text.split("\n").index(line) + 1
    assert f"{page}:{number}: {key} must name each once; got {value!r} twice" in found(
        repo
    )


@pytest.mark.parametrize(
    "spelling",
    ["Data-set", "data set", "dataset", "Datasets", "data sets", "ｄａｔａ－ｓｅｔ"],
)
def test_tags_that_differ_by_hyphen_width_case_or_plural_are_one(spelling):
    assert tag_key(spelling) == tag_key("data-set")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("bias", "bia"),
        ("loss", "los"),
        ("S4", "4"),
        ("DDP", "FSDP"),
        ("卷积", "空洞卷积"),
    ],
)
def test_other_tags_are_others(one, other):
    assert tag_key(one) != tag_key(other)


def test_a_tag_that_two_notes_spell_with_and_without_a_plural_is_named(repo):
    page = "docs/en/cv/box-area.md"
    repo.edit(page, "tags: [shape]", "tags: [Shapes]")
    spelling = "each tag in one spelling; "
    assert set(found(repo)) == {
        f"{page}:6: {spelling}'shape' in {EN}, 'Shapes' here",
        f"{EN}:6: {spelling}'Shapes' in {page}, 'shape' here",
    }


def test_a_tag_has_one_spelling(repo):
    page = "docs/en/cv/box-area.md"
    [line] = [x for x in repo.read(page).split("\n") if x.startswith("tags:")]
    repo.edit(page, line, line.replace("shape", "Shape"))
    spelling = "each tag in one spelling; "
    assert set(found(repo)) == {
        f"{page}:6: {spelling}'shape' in {EN}, 'Shape' here",
        f"{EN}:6: {spelling}'Shape' in {page}, 'shape' here",
    }


@pytest.mark.parametrize("key", ["created", "updated"])
def test_a_date_in_the_future(repo, key):
    day = datetime.date.today() + datetime.timedelta(days=3)
    for page in (EN, ZH):
        [line] = [x for x in repo.read(page).split("\n") if x.startswith(f"{key}:")]
        repo.edit(page, line, f"{key}: {day}")
    number = {"created": 4, "updated": 5}[key]
    message = f"{key} must not lie in the future; got {day}"
    assert {f"{page}:{number}: {message}" for page in (EN, ZH)} <= set(found(repo))


def test_a_date_may_have_begun_where_the_author_lives(repo):
    day = datetime.datetime.now(datetime.UTC).date() + datetime.timedelta(days=1)
    for page in (EN, ZH):
        [line] = [x for x in repo.read(page).split("\n") if x.startswith("updated:")]
        repo.edit(page, line, f"updated: {day}")
    assert found(repo) == []


def test_a_long_summary(repo):
    [line] = [x for x in repo.read(EN).split("\n") if x.startswith("summary:")]
    repo.edit(EN, line, f"summary: {'a ' * 100}a")
    assert any(
        problem.startswith(f"{EN}:3: summary: want at most 200 characters, not 201")
        for problem in found(repo)
    )
    repo.edit(EN, f"summary: {'a ' * 100}a", f"summary: {'a ' * 99}aa")
    assert found(repo) == []


@pytest.mark.parametrize("case", FAULTS)
def test_a_planted_fault_is_reported_where_it_is(repo, case):
    edit, *reports = FAULTS[case]
    repo.edit(*edit)
    want = {f"{file}:{line}: {message}" for file, line, message in reports}
    assert set(found(repo)) == want
    assert want <= set(repo.problems())  # the check passes them on


def test_an_unknown_topic(repo):
    repo.write("docs/en/physics/box.md", repo.read(EN))
    assert found(repo) == [
        f"docs/en/physics/box.md:1: topic must be one of {TOPICS}; got 'physics'"
    ]


@pytest.mark.parametrize("name", ["Box", "2d", "a_b", "a--b", "a-", "方框"])
def test_a_bad_file_name(repo, name):
    for language in ("en", "zh"):
        page = repo.read(f"docs/{language}/cv/box.md")
        repo.write(f"docs/{language}/cv/{name}.md", page)
        (repo.root / f"docs/{language}/cv/box.md").unlink()
    wanted = "file name must be lower-case words and hyphens"
    reports = [line for line in found(repo) if wanted in line]
    assert reports == [
        f"docs/{language}/cv/{name}.md:1: {wanted}; got {name!r}"
        for language in ("en", "zh")
    ]


@pytest.mark.parametrize(("there", "missing"), [("en", "zh"), ("zh", "en")])
def test_a_note_in_one_language_is_a_draft(repo, there, missing):
    (repo.root / f"docs/{missing}/cv/box-area.md").unlink()
    assert found(repo) == []
    catalogue = repo.catalogue()
    assert repo.shown(catalogue.drafts) == [
        f"docs/{there}/cv/box-area.md:1: the twin docs/{missing}/cv/box-area.md is "
        "missing; somebody will write it before the note is published"
    ]
    assert list(catalogue.notes) == ["cv/box"]


def test_the_front_matter_of_a_draft_is_looked_at(repo):
    (repo.root / "docs/zh/cv/box-area.md").unlink()
    page = "docs/en/cv/box-area.md"
    [old] = [x for x in repo.read(page).split("\n") if x.startswith("updated:")]
    repo.edit(page, old, "updated: 2099-01-01")
    line = repo.line(page, "updated:")
    message = f"{page}:{line}: updated must not lie in the future; got 2099-01-01"
    assert found(repo) == [message]
    assert repo.shown(read(repo.root, only=["cv/box-area"]).problems) == [message]
    assert read(repo.root, only=["cv/box"]).problems == []


def test_a_glossary_that_cannot_be_read_is_told_whatever_note_is_asked_for(repo):
    repo.write("docs/glossary.yml", "- en: [\n  zh: }\n")
    [problem] = repo.shown(read(repo.root, only=["cv/box"]).problems)
    assert problem.startswith("docs/glossary.yml:")


def test_an_unreadable_twin_is_one_problem(repo):
    repo.edit(ZH, "title: 方框", "title: 7")
    assert found(repo) == [f"{ZH}:2: title: Input should be a valid string; got 7"]


def test_missing_renders_says_what_to_write(repo):
    english = repo.catalogue().notes["cv/box"].pages["en"]
    repo.edit(ZH, f"\nrenders: {english.body_hash}", "")
    assert found(repo) == [
        f"{ZH}:1: want `renders: {english.body_hash}`, the English body's hash; "
        "`nox -s twin -- cv/box` writes it"
    ]


def test_a_cycle_of_three(repo):
    repo.add_note("cv/third", "Third", "第三", requires="cv/box-area")
    for language in ("en", "zh"):
        repo.edit(f"docs/{language}/cv/box.md", "requires: []", "requires: [cv/third]")
    ways = {  # each note is told its own: none is silent when checked alone
        EN: "cv/box -> cv/third -> cv/box-area -> cv/box",
        "docs/en/cv/third.md": "cv/third -> cv/box-area -> cv/box -> cv/third",
        "docs/en/cv/box-area.md": "cv/box-area -> cv/box -> cv/third -> cv/box-area",
    }
    assert sorted(found(repo)) == sorted(
        f"{page}:8: requires must not lead back to the note; got {way}"
        for page, way in ways.items()
    )


def test_the_same_title_in_two_languages_is_no_fault(repo):
    for name in (ZH, "docs/zh/cv/box-area.md"):
        repo.edit(name, "aliases: [also ", "aliases: [")
    repo.edit(ZH, "title: 方框", "title: Box")
    repo.edit(ZH, "aliases: [方框]", "aliases: [also Box]")
    assert found(repo) == []


def test_a_used_topic_needs_its_page_in_both_languages(repo):
    (repo.root / "docs/zh/cv/index.md").unlink()
    assert found(repo) == [
        "docs/zh/cv/index.md:1: want a page for each topic that has notes; found none"
    ]


def test_an_unused_topic_needs_no_page(repo):
    (repo.root / "docs/zh/nlp/index.md").unlink()
    assert found(repo) == []


@pytest.mark.parametrize("name", ["stray.md", "cv/deep/note.md"])
def test_a_page_that_would_not_be_published_is_refused(repo, name):
    repo.write(f"docs/en/{name}", "# Lost\n")
    assert found(repo) == [
        f"docs/en/{name}:1: want pages at docs/en/TOPIC/NOTE.md; this one would not "
        "be published"
    ]


def test_a_contributing_page_needs_no_front_matter(repo):
    repo.write("docs/en/contributing.md", "# Contributing\n")
    assert found(repo) == []


@pytest.mark.parametrize("name", ["index.md", "tags.md"])
def test_the_home_and_tags_pages_must_exist(repo, name):
    (repo.root / "docs/en" / name).unlink()
    assert found(repo) == [f"docs/en/{name}:1: want this page; found none"]


def test_only_the_problems_of_notes_named_are_kept(repo):
    repo.edit(EN, "tags: [shape]", "tags: []")
    repo.edit("docs/zh/cv/box-area.md", "tags: [形状]", "tags: []")
    whole = read(repo.root)
    part = read(repo.root, ["cv/box"])
    assert len(whole.problems) == 2
    assert repo.shown(part.problems) == [x for x in found(repo) if x.startswith(EN)]
    assert part.notes.keys() == whole.notes.keys()


def test_the_body_begins_after_the_front_matter(repo):
    page = repo.catalogue().notes["cv/box"].pages["en"]
    assert page.body.startswith("\n# Box\n")
    assert repo.read(EN).split("\n")[page.body_line] == "# Box"
    assert (page.line_of("tags"), page.line_of("absent")) == (6, 1)


# Orders and relations


def names(notes) -> list[str]:
    return [note.name for note in notes]


def test_a_topic_is_read_in_the_order_of_requirements(repo):
    repo.add_note("cv/apple", "Apple", "苹果", requires="cv/zebra")
    repo.add_note("cv/zebra", "Zebra", "斑马")
    repo.add_note("nlp/word", "Word", "词", requires="cv/box")
    order = names(repo.catalogue().in_topic("cv"))
    # Box Area goes on from Box, so Zebra waits.
    assert order == ["cv/box", "cv/box-area", "cv/zebra", "cv/apple"]
    assert names(repo.catalogue().in_topic("nlp")) == ["nlp/word"]
    assert names(repo.catalogue().in_topic("rl")) == []


def test_a_topic_is_read_as_its_page_says_where_nothing_required_is_late(repo):
    repo.add_note("cv/apple", "Apple", "苹果", requires="cv/zebra")
    repo.add_note("cv/zebra", "Zebra", "斑马")
    page = repo.read("docs/en/cv/index.md")
    said = "\n## In turn { #order }\n\n[A](apple.md), [Z](zebra.md#x), [B](box.md).\n"
    repo.write("docs/en/cv/index.md", f"{page}{said}\n## More\n\n[C](box-area.md)\n")
    order = names(repo.catalogue().in_topic("cv"))
    assert order == ["cv/zebra", "cv/apple", "cv/box", "cv/box-area"]


def test_a_topic_with_a_cycle_is_still_listed(repo):
    repo.edit(EN, "requires: []", "requires: [cv/box-area]")
    assert names(repo.catalogue().in_topic("cv")) == ["cv/box", "cv/box-area"]


def test_the_newest_note_comes_first_and_ties_are_in_reading_order(repo):
    repo.add_note("cv/apple", "Apple", "苹果", updated="2026-02-04")
    repo.add_note("cv/ant", "Ant", "蚂蚁", requires="cv/box-area")
    repo.add_note("nlp/word", "Word", "词", updated="2026-01-31")
    newest = names(repo.catalogue().newest())
    assert newest == ["cv/apple", "cv/box", "cv/box-area", "cv/ant", "nlp/word"]


def test_required_by_names_what_builds_on_a_note(repo):
    repo.add_note("nlp/word", "Word", "词", requires="cv/box")
    catalogue = repo.catalogue()
    box = catalogue.notes["cv/box"]
    assert names(catalogue.required_by(box)) == ["cv/box-area", "nlp/word"]
    assert catalogue.required_by(catalogue.notes["nlp/word"]) == []


def test_a_note_that_more_notes_need_comes_earlier(repo):
    repo.add_note("rl/a", "A", "甲")
    repo.add_note("rl/b", "B", "乙")
    repo.add_note("rl/c", "C", "丙", requires="rl/b")
    assert names(repo.catalogue().in_topic("rl")) == ["rl/b", "rl/c", "rl/a"]


def test_related_notes_build_on_it_or_share_its_tags(repo):
    repo.add_note("cv/near", "Near", "邻")
    repo.add_note("nlp/akin", "Akin", "近", tags=("Shape", "形状"))
    repo.add_note("nlp/built", "Built", "建", "cv/box", tags=("other", "别的"))
    repo.add_note("nlp/none", "None", "无", tags=("alone", "独"))
    catalogue = repo.catalogue()
    # Built on it 4, a tag 2, the topic 1.
    box = catalogue.related(catalogue.notes["cv/box"])
    assert names(box) == ["cv/box-area", "nlp/built", "cv/near", "nlp/akin"]
    # What it requires stands at its top already.
    area = catalogue.related(catalogue.notes["cv/box-area"])
    assert names(area) == ["cv/near", "nlp/akin"]


RELATED = st.lists(
    st.tuples(
        st.sampled_from(["cv", "nlp", "rl"]),
        st.sets(st.sampled_from("pqrs"), min_size=1),
        st.sets(st.integers(0, 7), max_size=2),
    ),
    min_size=2,
    max_size=8,
)


@given(RELATED, st.integers(1, 3))
def test_of_two_related_notes_each_page_names_the_other(drawn, most):
    def matter(requires, tags):
        return SimpleNamespace(requires=requires, tags=tags, title="")

    order = [f"{topic}/n{i}" for i, (topic, _, _) in enumerate(drawn)]
    notes = {}
    for i, (_, tags, needs) in enumerate(drawn):
        requires = tuple(order[j] for j in sorted(needs) if j < i)
        page = SimpleNamespace(matter=matter(requires, sorted(tags)))
        notes[order[i]] = Note(order[i], {"en": page, "zh": page})
    catalogue = Catalogue(ROOT, notes, {}, Glossary(ROOT), [], [])
    named = {
        name: {n.name for n in catalogue.related(note, most)}
        | set(note.pages["en"].matter.requires)
        for name, note in notes.items()
    }
    for a, b in itertools.combinations(order, 2):
        assert (b in named[a]) == (a in named[b])


# Cycles, against brute force

NODES = "abcde"
GRAPHS = st.dictionaries(
    st.sampled_from(NODES),
    st.lists(st.sampled_from(NODES + "x"), unique=True, max_size=4).map(tuple),
)


def reaches(graph: dict[str, tuple[str, ...]], start: str, goal: str) -> bool:
    """Whether some path of at least one step leads there, by trying all."""
    others = [n for n in graph if n not in (start, goal)]
    paths = (
        (start, *middle, goal)
        for size in range(len(others) + 1)
        for middle in itertools.permutations(others, size)
    )
    return any(
        all(b in graph.get(a, ()) for a, b in itertools.pairwise(path))
        for path in paths
    )


@given(GRAPHS)
def test_cycles_are_true_disjoint_and_complete(graph):
    cycles = find_cycles(graph)
    for cycle in cycles:
        for name, need in zip(cycle, [*cycle[1:], cycle[0]], strict=True):
            assert need in graph[name]
        assert cycle[0] == min(cycle)
        assert len(set(cycle)) == len(cycle)
    flat = [name for cycle in cycles for name in cycle]
    assert len(set(flat)) == len(flat)
    assert cycles == sorted(cycles)
    # Without these notes, nothing leads back to itself any more.
    rest = {n: needs for n, needs in graph.items() if n not in flat}
    assert not any(n in rest and reaches(rest, n, n) for n in rest)


@given(GRAPHS)
def test_a_graph_has_cycles_when_something_leads_back_to_itself(graph):
    assert bool(find_cycles(graph)) == any(reaches(graph, n, n) for n in graph)


# Files


def test_figures_belong_to_the_note_with_the_longest_matching_name(repo):
    repo.add_note("cv/ab", "Ab", "甲")
    repo.add_note("cv/ab-cd", "Ab cd", "乙")
    for stem in ("ab_x", "ab_cd_x", "abc", "ab_cdx"):
        repo.write(f"figures/cv/{stem}.svg", "<svg/>\n")
    notes = repo.catalogue().notes
    own = {n: [path.stem for path in notes[n].figures(repo.root)] for n in notes}
    assert own["cv/ab"] == ["ab", "ab_cdx", "ab_x"]
    assert own["cv/ab-cd"] == ["ab_cd", "ab_cd_x"]
    assert own["cv/box"] == ["box"]
    assert own["cv/box-area"] == ["box_area"]


def test_code_belongs_to_the_note_by_its_exact_place(repo):
    repo.add_note("cv/ab", "Ab", "甲")
    repo.add_note("cv/ab-cd", "Ab cd", "乙")
    (repo.root / "snippets/cv/ab.py").unlink()
    for name in ("ab/__init__", "ab/one", "ab/deep/two", "ab_x", "abc"):
        repo.write(f"snippets/cv/{name}.py", '"""A."""\n')
    repo.write("tests/cv/test_ab/test_more.py", "\n")
    repo.write("tests/cv/test_abc.py", "\n")
    repo.write("tests/cv/test_ab_cd_steps.py", "\n")
    notes = repo.catalogue().notes

    def own(name: str, kind: str) -> list[str]:
        paths = getattr(notes[name], kind)(repo.root)
        return [path.relative_to(repo.root / kind / "cv").as_posix() for path in paths]

    assert own("cv/ab", "snippets") == ["ab/__init__.py", "ab/deep/two.py", "ab/one.py"]
    assert own("cv/ab-cd", "snippets") == ["ab_cd.py"]
    assert own("cv/ab", "tests") == [
        "test_ab.py",
        "test_ab/test_more.py",
        "test_ab_inputs.py",
    ]
    assert own("cv/ab-cd", "tests") == [
        "test_ab_cd.py",
        "test_ab_cd_inputs.py",
        "test_ab_cd_steps.py",
    ]


def test_a_page_is_stale_once_the_english_body_changes(repo):
    assert not repo.catalogue().notes["cv/box"].stale
    repo.edit(EN, "nothing else", "nothing more")
    assert repo.catalogue().notes["cv/box"].stale
    assert not repo.catalogue().notes["cv/box-area"].stale


def test_a_change_of_front_matter_makes_nothing_stale(repo):
    repo.edit(EN, "tags: [shape]", "tags: [form]")
    assert not repo.catalogue().notes["cv/box"].stale


@pytest.mark.parametrize(
    "file",
    [EN, ZH, "snippets/cv/box.py", "snippets/cv/box/b.py", "tests/cv/test_box.py"],
)
def test_the_code_hash_changes_with_each_file(repo, file):
    repo.write("snippets/cv/box/b.py", "")
    before = {n: x.code_hash(repo.root) for n, x in repo.catalogue().notes.items()}
    repo.write(file, repo.read(file) + "\n")
    after = {n: x.code_hash(repo.root) for n, x in repo.catalogue().notes.items()}
    assert before["cv/box"] != after["cv/box"]
    assert before["cv/box-area"] == after["cv/box-area"]


def test_the_snippet_hash_is_of_the_snippets_alone(repo):
    def now() -> str:
        return repo.catalogue().notes["cv/box"].snippet_hash(repo.root)

    before = now()
    repo.write(EN, repo.read(EN) + "\n")
    repo.write("tests/cv/test_box.py", "\n")
    assert now() == before
    repo.write("snippets/cv/box.py", "\n")
    assert now() != before
