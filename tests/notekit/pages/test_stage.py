"""Oracle: the staged text, read again with YAML and by eye."""

import json

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from notekit.pages import parts
from notekit.pages.stage import (
    Stage,
    navigation,
    opening_lines,
    stage,
    tag_id,
    used_topics,
)
from notekit.prove import verified
from notekit.prove.verified import Verification
from tests.notekit.builder import Repo, build_repo

VERSIONS = {"python": "3.11.7", "numpy": "2.1.0"}


@pytest.fixture
def repo(tmp_path) -> Repo:
    return build_repo(tmp_path)


def staged(repo: Repo, language: str, name: str) -> str:
    return Stage(repo.catalogue(), language).pages()[name]


# Text


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("# T\n\nThe **bold** *text* of `code`\nand [a link](x.md).\n\nNo.", None),
        ("# T\n\n- a list\n\nThen.\n", "a list"),
        ("# T\n", ""),
        ("", ""),
    ],
)
def test_opening_lines_are_the_first_paragraph_as_plain_text(body, text):
    text = "The bold text of code and a link." if text is None else text
    assert opening_lines(body) == text


def test_opening_lines_are_cut_at_a_word():
    assert opening_lines("one two three", 9) == "one two …"
    assert opening_lines("one two three", 13) == "one two three"
    assert opening_lines("一二三，四五六，七八九", 18) == "一二三，四五六 …"
    assert opening_lines("一二三四五六七八九", 10) == "一二三四五 …"


@given(st.text("ab 一，", max_size=80), st.integers(1, 40))
def test_opening_lines_are_no_longer_than_asked(body, length):
    text = opening_lines(body, length)
    columns = sum(2 if ord(letter) > 255 else 1 for letter in text.removesuffix(" …"))
    assert columns <= length


@pytest.mark.parametrize(
    ("tag", "anchor"),
    [
        ("CNN", "tag-cnn"),
        ("receptive field", "tag-receptive-field"),
        ("空洞卷积", "tag-空洞卷积"),
        ("A/B", "tag-ab"),
    ],
)
def test_a_tag_has_an_id(tag, anchor):
    assert tag_id(tag) == anchor


# Pages of notes


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_block_that_runs_in_the_page_is_staged_as_one(repo, language):
    def fences():
        lines = staged(repo, language, "cv/box.md").split("\n")
        return [line for line in lines if line.startswith("```python")]

    assert fences() == ["```python-runs-and-prints"]
    silent = "print(double(2))\n```\n\n```python\nx = 1\n```\n\n```python\nprint(4)"
    for name in ("en", "zh"):
        place = f"docs/{name}/cv/box.md"
        repo.write(place, repo.read(place).replace("print(double(2))", silent))
    runs = ["```python-runs", "```python-runs", "```python-runs-and-prints"]
    assert fences() == runs
    repo.write("snippets/cv/box.py", "import torch\n" + repo.read("snippets/cv/box.py"))
    assert fences() == ["```python", *runs[1:]]


def test_a_note_s_page_holds_its_front_matter_and_its_body(repo):
    text = staged(repo, "en", "cv/box.md")
    _, front, page = text.split("---\n", 2)
    matter = repo.catalogue().notes["cv/box"].pages["en"].matter
    assert yaml.safe_load(front) == {
        "title": "Box",
        "description": "Summary of Box.",
        "created": matter.created,
        "updated": matter.updated,
        "tags": ["shape"],
        "aliases": ["also Box"],
        "words": [],
        "runs": True,
        "steps": False,
        "mentions": [],
        "note": "cv/box",
        "topic": "cv",
        "topic_title": "Vision",
    }
    assert page.startswith("<!-- note: cv/box -->\n\n# Box\n")
    assert page.count("# Box\n") == 1
    body = repo.catalogue().notes["cv/box"].pages["en"].body
    rest = body.split("# Box\n\n")[1]
    assert rest.partition("```py ")[0] in page
    assert (
        "{ #exercises }" + rest.partition("{ #exercises }")[2].partition(":::")[0]
        in page
    )
    # What comes from elsewhere is named by its content.
    for part in ("--8<--", ":::", "```py "):
        assert part in body
        assert part not in page
    assert len(parts.named(page)) == 3


@pytest.mark.parametrize(
    ("language", "first", "related", "small"),
    [
        ("en", "Read first: [Box](../cv/box.md)", "Related notes", "Builds on this"),
        ("zh", "前置：[方框](../cv/box.md)", "相关笔记", "接着读"),
    ],
)
def test_a_note_s_page_names_its_neighbours(repo, language, first, related, small):
    box = staged(repo, language, "cv/box.md")
    area = staged(repo, language, "cv/box-area.md")
    assert first in area
    assert first.split("[")[0] not in box
    title = repo.catalogue().notes["cv/box-area"].pages[language].matter
    link = f"- [{title.title}](../cv/box-area.md) <small>{small}</small>"
    assert f"{link}<br>{title.summary}\n" in box
    assert f'aria-label="{related}"' in box
    # What is read first is not related as well.
    assert related not in area


def test_topic_and_tags_lead_to_their_lists(repo):
    text = staged(repo, "zh", "cv/box.md")
    assert "[视觉](index.md){ .note-topic }" in text
    assert "[形状](../tags.md#tag-形状){ .note-tag }" in text


def test_a_stale_chinese_page_says_so(repo):
    notice = "英文页已更新，本页尚未跟上，内容可能有出入。"
    assert notice not in staged(repo, "zh", "cv/box.md")
    repo.edit("docs/en/cv/box.md", "nothing else", "nothing more")
    assert notice in staged(repo, "zh", "cv/box.md")
    assert "note-proof--failed" not in staged(repo, "en", "cv/box.md")


# Proof


def verify(repo: Repo, **changes: object) -> None:
    code = repo.catalogue().notes["cv/box"].code_hash(repo.root)
    values = {
        "code": code,
        "tests": 3,
        "examples": 2,
        "failed": 0,
        "skipped": 0,
        "seconds": 1.25,
        "date": "2026-03-04",
        "commit": "",
        "versions": VERSIONS,
    }
    verified.save(repo.root, {"cv/box": Verification(**(values | changes))})


NONE = {
    "en": "Not verified in this build: there is no passing record of this code. "
    "`nox -s tests -- cv/box` makes one.",
    "zh": "本次构建未验证：没有当前代码的通过记录。"
    "运行 `nox -s tests -- cv/box` 即可生成。",
}
OK = {
    "en": "Verified 2026-03-04: 3 tests and 2 code blocks passed in 1.2 s with "
    "Python 3.11.7, numpy 2.1.0{}.",
    "zh": "已验证（2026-03-04）：3 个测试、2 个代码块全部通过，用时 1.2 秒，环境为 "
    "Python 3.11.7、numpy 2.1.0{}。",
}
COMMIT = {"en": ", commit 0123456", "zh": "，提交 0123456"}
AGAINST = {"en": " Checked against a sum by hand.", "zh": "对照：手工计算。"}
SKIPPED = {
    "en": " 4 more need a GPU and were skipped.",
    "zh": "另有 4 个需要 GPU，已跳过。",
}
FAILED = {
    "en": "Failing in this build: 2 of its tests or code blocks did not pass.",
    "zh": "本次构建未通过：有 2 个测试或代码块失败。",
}


def proof(repo: Repo, language: str) -> tuple[str, str]:
    catalogue = repo.catalogue()
    kind, text = Stage(catalogue, language).proof(catalogue.notes["cv/box"])
    page = staged(repo, language, "cv/box.md")
    assert f"\n{text}\n{{ .note-proof .note-proof--{kind} }}\n" in page
    return kind, text


@pytest.mark.parametrize("language", ["en", "zh"])
class TestProof:
    def test_what_the_code_was_checked_against_is_named(self, repo, language):
        said = "Oracles: torch, brute force over all\nboxes, and finite differences."
        repo.edit("tests/cv/test_box.py", "Oracles: a sum by hand.", said)
        verify(repo)
        kind, sentence = proof(repo, language)
        assert kind == "ok"
        assert sentence.endswith(
            {
                "en": " Checked against torch, brute force over all boxes, and finite"
                " differences.",
                "zh": "。对照：PyTorch、有限差分、穷举。",
            }[language]
        )

    def test_nothing_is_known(self, repo, language):
        assert proof(repo, language) == ("none", NONE[language])

    def test_all_passed(self, repo, language):
        verify(repo)
        want = OK[language].format("") + AGAINST[language]
        assert proof(repo, language) == ("ok", want)

    def test_a_commit_is_named(self, repo, language):
        verify(repo, commit="0123456789abcdef")
        want = OK[language].format(COMMIT[language]) + AGAINST[language]
        assert proof(repo, language) == ("ok", want)

    def test_some_were_skipped(self, repo, language):
        verify(repo, skipped=4)
        want = OK[language].format("") + AGAINST[language] + SKIPPED[language]
        assert proof(repo, language) == ("ok", want)

    def test_some_failed(self, repo, language):
        verify(repo, failed=2)
        assert proof(repo, language) == ("failed", FAILED[language])

    @pytest.mark.parametrize(
        "file", ["snippets/cv/box.py", "tests/cv/test_box.py", "docs/zh/cv/box.md"]
    )
    def test_another_code_is_not_verified(self, repo, language, file):
        verify(repo, failed=2)
        repo.write(file, repo.read(file) + "\n")
        assert proof(repo, language) == ("none", NONE[language])

    def test_a_gpu_record_counts_for_its_code_only(self, repo, language):
        note = repo.catalogue().notes["cv/box"]
        record = {
            "note": "cv/box",
            "code": note.snippet_hash(repo.root),
            "device": "H200",
            "date": "2026-03-05",
            "versions": {"torch": "2.9"},
            "tests": 7,
            "summary": [{"en": "fast", "zh": "快"}],
        }
        before = Stage(repo.catalogue(), language).record(note)
        repo.write("records/cv/box.json", json.dumps(record))
        now = Stage(repo.catalogue(), language).record(note)
        assert now in staged(repo, language, "cv/box.md")
        repo.write("snippets/cv/box.py", "\n")
        then = Stage(repo.catalogue(), language).record(note)
        assert (before, now, then) == {
            "en": (
                "",
                "On H200, 2026-03-05 (torch 2.9): 7 GPU tests passed, fast",
                "A GPU record exists, but for an older version of this code.",
            ),
            "zh": (
                "",
                "H200 上的记录（2026-03-05，torch 2.9）：7 个 GPU 测试通过、快",
                "有 GPU 记录，但对应的是旧版代码。",
            ),
        }[language]


# Lists


def test_the_home_page_lists_topics_and_the_newest_notes(repo):
    repo.add_note("nlp/word", "Word <1> & 2", "词", updated="2026-05-01")
    text = staged(repo, "en", "index.md")
    assert '<a href="cv/">Vision</a> <small>2 notes</small>' in text
    assert '<a href="nlp/">Language</a> <small>1 note</small>' in text
    order = [text.index(f"]({n}.md)") for n in ("nlp/word", "cv/box", "cv/box-area")]
    assert order == sorted(order)
    opening = "The answer comes first: a box is w h large, and nothing else counts."
    assert f'<p class="note-card__opening">{opening}</p>' in text
    assert "Summary of Word &lt;1&gt; &amp; 2." in text


def test_a_topic_s_page_lists_its_notes_in_reading_order(repo):
    text = staged(repo, "zh", "cv/index.md")
    assert text.index("## [方框](../cv/box.md)") < text.index("(../cv/box-area.md)")
    assert "## [方框](../cv/box.md) { #box }" in text
    assert "{ #box-area }" in text


def test_the_tags_page_lists_every_tag_once(repo):
    repo.add_note("nlp/word", "Word", "词", tags=("Shape", "形状"))
    repo.add_note("nlp/far", "Far", "远", tags=("angle", "角"))
    text = staged(repo, "en", "tags.md")
    angle, shape = text.index("## angle { #tag-angle }"), text.index("## shape {")
    assert angle < shape
    assert "## Shape" not in text
    assert '<a class="note-tag" href="#tag-shape">shape <small>3</small></a>' in text
    for name in ("cv/box", "cv/box-area", "nlp/word"):
        assert text.index(f"({name}.md): Summary of") > shape
    assert angle < text.index("(nlp/far.md): Summary of") < shape


def test_the_navigation_follows_the_catalogue(repo):
    assert used_topics(repo.catalogue()) == ["cv"]
    repo.add_note("nlp/word", "Word", "词")
    repo.write("docs/zh/contributing.md", "# 参与贡献\n")
    assert navigation(repo.catalogue(), "zh") == [
        {"首页": "index.md"},
        {
            "视觉": [
                {"视觉": "cv/index.md"},
                {"方框": "cv/box.md"},
                {"方框面积": "cv/box-area.md"},
            ]
        },
        {"语言": [{"语言": "nlp/index.md"}, {"词": "nlp/word.md"}]},
        {
            "浏览": [
                {"学习地图": "map.md"},
                {"术语表": "glossary.md"},
                {"标签": "tags.md"},
                {"离线阅读": "offline.md"},
            ]
        },
        {"参与贡献": "contributing.md"},
    ]
    assert {"Contributing": "contributing.md"} not in navigation(repo.catalogue(), "en")


def test_the_page_about_keeping_the_site_is_marked_for_the_theme(repo):
    pages = Stage(repo.catalogue(), "en").pages()
    marked = [name for name, text in pages.items() if "\noffline: true\n" in text]
    assert marked == ["offline.md"]


# Files


def files(repo: Repo) -> dict[str, int]:
    folder = repo.root / "build/pages/en"
    return {
        path.relative_to(folder).as_posix(): path.stat().st_mtime_ns
        for path in folder.rglob("*.*")
    }


def test_the_folder_holds_the_pages_and_nothing_else(repo):
    repo.write("docs/en/contributing.md", "# How\n")
    repo.write("build/pages/en/cv/gone.md", "left over\n")
    stage(repo.catalogue(), "en")
    assert files(repo).keys() == {
        "index.md",
        "map.md",
        "glossary.md",
        "tags.md",
        "offline.md",
        "contributing.md",
        "cv/index.md",
        "cv/box.md",
        "cv/box-area.md",
    }
    assert repo.read("build/pages/en/contributing.md") == "# How\n"


def test_a_note_that_disappears_leaves_no_page(repo):
    repo.add_note("nlp/word", "Word", "词")
    stage(repo.catalogue(), "en")
    assert {"nlp/word.md", "nlp/index.md"} <= files(repo).keys()
    for language in ("en", "zh"):
        (repo.root / f"docs/{language}/nlp/word.md").unlink()
    stage(repo.catalogue(), "en")
    assert not {"nlp/word.md", "nlp/index.md"} & files(repo).keys()


def test_only_what_changed_is_written(repo):
    stage(repo.catalogue(), "en")
    before = files(repo)
    repo.edit("docs/en/cv/box.md", "has the wrong unit", "has another unit")
    stage(repo.catalogue(), "en")
    after = files(repo)
    assert {name for name in before if before[name] != after[name]} == {"cv/box.md"}


# How to run the code


def make_package(repo: Repo) -> None:
    file = repo.root / "snippets/cv/box.py"
    file.with_suffix("").mkdir()
    file.rename(file.with_suffix("") / "__init__.py")
    for page in ("docs/en/cv/box.md", "docs/zh/cv/box.md"):
        text = repo.read(page).replace(
            "snippets/cv/box.py", "snippets/cv/box/__init__.py"
        )
        repo.write(page, text)


@pytest.mark.parametrize(
    ("language", "package", "sentence"),
    [
        ("en", False, "the file `snippets/cv/box.py` works wherever you copy it."),
        ("en", True, "the folder `snippets/cv/box/` works wherever you copy it."),
        ("zh", False, "文件 `snippets/cv/box.py` 复制到哪里都能用。"),
        ("zh", True, "文件夹 `snippets/cv/box/` 复制到哪里都能用。"),
    ],
)
def test_a_note_says_how_to_run_test_and_copy_its_code(
    repo, language, package, sentence
):
    if package:
        make_package(repo)
    text = staged(repo, language, "cv/box.md")
    assert "`python -m snippets.cv.box`" in text
    assert "`nox -s tests -- cv/box`" in text
    assert sentence in text


@pytest.mark.parametrize("shared", ["environments", "datasets"])
def test_a_note_names_what_its_code_shares_with_others(repo, shared):
    make_package(repo)
    repo.write(f"snippets/cv/{shared}/__init__.py", '"""Worlds."""\n')
    repo.write("snippets/cv/box/grid.py", f"from ..{shared} import Grid\n")
    text = staged(repo, "en", "cv/box.md")
    assert f"`snippets/cv/box/` with `snippets/cv/{shared}/` beside it" in text
