"""Oracle: the limit of a test: what is let through is parsed well within it."""

from pathlib import Path

import markdown
import pytest

from notekit.read import bounds
from notekit.read.blocks import parse
from notekit.read.bounds import excess
from notekit.read.document import Document
from tests.notekit.builder import build_repo

HUGE = {
    "brackets": "[" * 20_000,
    "brackets on many lines": "\n".join(["[" * 100] * 200),
    "pairs of brackets": "[(" * 1_000,
    "pictures": "![" * 1_000,
    "stars": "*a " * 500,
    "quotations": "> " * 200 + "a",
    "quotations without a space": ">" * 200 + "a",
    "lists": "- " * 200 + "a",
    "numbered lists": "1. " * 200 + "a",
    "indentation": "\n".join(" " * 4 * n + "- a" for n in range(60)),
    "tags": "<b>" * 500,
    "one long line": "a" * 5_000,
    "one long paragraph": "\n".join(["a" * 99] * 100),
    "a long page": "a\n\n" * 50_000,
}


@pytest.mark.parametrize("case", HUGE)
def test_what_would_take_a_parser_long_is_named(case):
    text = f"# A\n\n{HUGE[case]}\n"
    found = excess(text)  # a parser would run into the limit of a test
    assert found is not None
    line, message = found
    assert 1 <= line <= text.count("\n")
    assert message.startswith("want ")


def _most(mark: str) -> str:
    return mark * (bounds.OPENED // len(mark))


@pytest.mark.timeout(20)
@pytest.mark.parametrize("marks", ["[", "([", "![", "*", "_a ", "<b"])
def test_what_is_let_through_is_read_in_a_moment(marks):
    page = "\n\n".join([_most(marks)] * 20)
    assert excess(page) is None
    Document(Path("a.md"), page)
    markdown.markdown(page, extensions=["attr_list", "md_in_html", "tables"])


def test_code_is_no_prose():
    code = "\n".join(["x = [[[[]]]] * a_b_c  # " + "[" * 40] * 300)
    assert excess(f"# A\n\n```python\n{code}\n```\n") is None


def test_a_page_beyond_its_bounds_is_a_problem_and_is_not_parsed(tmp_path):
    repo = build_repo(tmp_path)
    text = repo.read("docs/en/cv/box.md")
    repo.write("docs/en/cv/box.md", text + "\n" + "[" * 20_000 + "\n")
    line = text.count("\n") + 2
    assert any(
        problem.startswith(f"docs/en/cv/box.md:{line}: want lines of at most")
        for problem in repo.problems()
    )
    # Parsed, it would run into the limit of a test.


def test_code_nested_too_deeply_is_wrong_python_and_no_crash():
    with pytest.raises(SyntaxError):
        parse("x = " + "-" * 100_000 + "1")
    with pytest.raises(SyntaxError):
        parse("(" * 1_000 + ")" * 1_000)
