"""Oracle: the English page's own lines, and pages that a person wrote down."""

import re

import pytest

from notekit.read import catalogue
from notekit.rules.check import stale
from notekit.scaffold import twin as scaffold
from notekit.scaffold.twin import TwinError, stamp, twin
from tests.notekit.builder import Repo, build_repo

EN, ZH = "docs/en/cv/box.md", "docs/zh/cv/box.md"


@pytest.fixture
def repo(tmp_path) -> Repo:
    return build_repo(tmp_path)


def fences_of(text: str) -> list[str]:
    return re.findall(r"^ *```.*?^ *```$", text, re.MULTILINE | re.DOTALL)


RUN = """```python
print({})
```

<!--pytest-codeblocks:expected-output-->

```text
{}
```
"""
EMBED = """```py title="snippets/cv/box.py"
--8<-- "snippets/cv/box.py:core"
```
"""


def add(repo: Repo, page: str, *blocks: str) -> None:
    """Put blocks before the pitfalls, which follow the notes' own."""
    text = repo.read(page)
    at = re.search(r"^## .*#pitfalls", text, re.MULTILINE).start()
    repo.write(page, text[:at] + "\n\n".join(blocks) + "\n\n" + text[at:])


def test_code_written_in_english_reaches_the_chinese_page(repo):
    for block in (RUN.format("1", "1"), EMBED, "```console\n$ nox\n```"):
        add(repo, EN, "A", block)
        add(repo, ZH, "甲", "```en\n```")
    before = repo.read(ZH)
    assert any("nox -s twin -- cv/box" in problem for problem in repo.problems())
    assert twin("cv/box", repo.root) == 3
    assert repo.problems() == []
    assert stale(repo.catalogue()) == []
    assert fences_of(repo.read(ZH)) == fences_of(repo.read(EN))
    # The words between them are as they were.
    words = re.sub(r"```.*?```|<!--.*?-->|\s|renders: \w+", "", before, flags=re.DOTALL)
    assert words == re.sub(
        r"```.*?```|<!--.*?-->|\s|renders: \w+", "", repo.read(ZH), flags=re.DOTALL
    )


def test_a_changed_block_and_its_output_are_renewed(repo):
    for page in (EN, ZH):
        add(
            repo,
            page,
            RUN.format("1", "1"),
            "- a\n\n    " + EMBED.replace("\n", "\n    "),
        )
    twin("cv/box", repo.root)
    repo.edit(EN, RUN.format("1", "1"), RUN.format("2 + 3", "5"))
    before = repo.read(ZH)
    assert twin("cv/box", repo.root) == 1
    want = before.replace(RUN.format("1", "1"), RUN.format("2 + 3", "5"))
    assert re.sub("renders: .*", "", repo.read(ZH)) == re.sub("renders: .*", "", want)
    after = repo.read(ZH)
    assert twin("cv/box", repo.root) == 0
    assert repo.read(ZH) == after


def test_an_output_or_a_gpu_comes_and_goes(repo):
    bare = "```python\nx = 1\n```\n"
    for page in (EN, ZH):
        add(repo, page, bare)
    printing = "<!--pytest.mark.gpu-->\n" + RUN.format("1", "1")
    repo.edit(EN, bare, printing)
    assert twin("cv/box", repo.root) == 1
    assert repo.read(ZH).count(printing) == 1
    repo.edit(EN, printing, bare)
    assert twin("cv/box", repo.root) == 1
    assert "pytest.mark.gpu" not in repo.read(ZH)
    assert fences_of(repo.read(ZH)) == fences_of(repo.read(EN))


def test_the_reason_why_a_block_is_not_run_stays_in_its_language(repo):
    shown = "<!-- display-only: {} -->\n```py\nx = {}\n```"
    add(repo, EN, shown.format("it never ends", "1"))
    add(repo, ZH, shown.format("它不会结束", "1"))
    assert twin("cv/box", repo.root) == 0
    repo.edit(EN, "x = 1", "x = 2")
    assert twin("cv/box", repo.root) == 1
    assert shown.format("它不会结束", "2") in repo.read(ZH)


def test_a_block_in_an_answer_keeps_its_place(repo):
    add(repo, EN, RUN.format("1", "1"))
    add(repo, ZH, '??? note "甲"\n\n    ```en\n    ```\n\n    乙')
    twin("cv/box", repo.root)
    indented = "".join(
        f"    {line}" if line.strip() else line
        for line in RUN.format("1", "1").splitlines(keepends=True)
    )
    assert f'??? note "甲"\n\n{indented}\n    乙' in repo.read(ZH)


@pytest.mark.parametrize("page", [EN, ZH])
def test_blocks_that_cannot_be_paired_are_refused_and_nothing_is_written(repo, page):
    add(repo, page, RUN.format("1", "1"))
    before = repo.read(ZH)
    with pytest.raises(TwinError) as caught:
        twin("cv/box", repo.root)
    english, chinese = (3, 2) if page == EN else (2, 3)
    message = f"want {english} blocks as on the English page, got {chinese}; put an"
    assert message in str(caught.value)
    line = 1 if page == EN else repo.line(ZH, "```python\nprint(1)")
    assert str(caught.value).startswith(f"{repo.root / ZH}:{line}: ")
    assert repo.read(ZH) == before


def test_the_english_page_has_nothing_to_take_over(repo):
    add(repo, EN, "```en\n```")
    assert not any("nox -s twin" in p for p in repo.problems() if p.startswith(EN))


# The stamp


def test_the_stamp_is_written_once_and_renewed(repo):
    before = repo.read(ZH)
    repo.edit(EN, "nothing else", "nothing more")
    renders = stamp("cv/box", repo.root)
    assert renders == repo.catalogue().notes["cv/box"].pages["en"].body_hash
    want = re.sub(r"renders: \w+", f"renders: {renders}", before)
    assert repo.read(ZH) == want != before
    assert stamp("cv/box", repo.root) == renders
    assert repo.read(ZH) == want
    repo.edit(ZH, f"\nrenders: {renders}", "")
    stamp("cv/box", repo.root)
    assert repo.read(ZH) == want


def test_a_hash_of_digits_alone_stays_a_text(repo, monkeypatch):
    monkeypatch.setattr(scaffold, "hash_of", lambda body: "123456789012")
    monkeypatch.setattr(catalogue, "hash_of", lambda body: "123456789012")
    stamp("cv/box", repo.root)
    stamp("cv/box-area", repo.root)
    assert repo.problems() == []
    assert stale(repo.catalogue()) == []
