"""Oracle: the code itself, which every block must show letter by letter."""

import ast
import re
from pathlib import Path

import markdown
import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st

from notekit.pages import code
from notekit.problem import ROOT

FUNCTION = '''\
@cache
def area(width: int, name="a\\n") -> int:
    """Width times height.

    Args:
        width: in pixels.
    """
    # the square
    return width**2 + 1.5
'''


@pytest.fixture(autouse=True)
def nothing_kept(tmp_path, monkeypatch):
    monkeypatch.setattr(code, "ROOT", tmp_path)


def shown(html: str) -> str:
    """What a reader copies: all code of a block."""
    soup = BeautifulSoup(html, "html.parser")
    return "".join(part.get_text() for part in soup.select("pre > code"))


SNIPPETS = sorted((ROOT / "snippets").rglob("*.py"))[::17]


@pytest.mark.parametrize("path", SNIPPETS, ids=lambda p: p.stem)
def test_a_block_shows_the_code_letter_by_letter(path):
    text = path.read_text(encoding="utf-8")
    assert shown(code.block(text, "python")) == text
    assert shown(code.embedded(text, "a.py", "more")) == text


@given(
    st.text("ab <>&\"'\n\t#=()$1."), st.sampled_from(["python", "console", "text", ""])
)
def test_so_does_any_text(text, language):
    assert shown(code.block(text, language)) == text


@pytest.mark.parametrize(
    ("language", "mark"), [(code.RUNS, ""), (code.RUNS_AND_PRINTS, "prints")]
)
def test_a_block_that_runs_in_the_page_looks_like_any_other_and_says_so(language, mark):
    marked = code.block(FUNCTION, language)
    assert f' data-run="{mark}"' in marked
    plain = code.block(FUNCTION, "python")
    assert marked.replace(f' data-run="{mark}"', "") == plain
    assert "data-run" not in plain


def test_only_what_a_style_colours_has_a_span():
    html = code.block(FUNCTION, "python")
    spans = re.findall(r'<span class="(\w+)">([^<]*)</span>', html)
    assert ("k", "@cache\ndef") in spans
    assert ("nf", "area") in spans
    assert ("m", "2") in spans
    assert any(name == "c" and "# the square" in text for name, text in spans)
    assert {name for name, _ in spans} <= set(code.COLOURED.values())
    text = BeautifulSoup(html, "html.parser").code
    bare = "".join(part for part in text.find_all(string=True, recursive=False))
    assert "width" in bare  # names, brackets and operators are as they are
    assert "**" in bare


def test_every_class_has_a_colour_in_the_style_sheet():
    css = (ROOT / "theme/assets/notes.css").read_text(encoding="utf-8")
    [main] = Path(__import__("material").__file__).parent.glob(
        "templates/assets/stylesheets/main.*.css"
    )
    css += main.read_text(encoding="utf-8")
    for name in set(code.COLOURED.values()):
        assert re.search(rf"\.highlight (:is\([^)]*)?\.{name}\b", css), name


def test_neighbours_of_one_class_share_a_span():
    html = code.block('x = "a" "b"\n', "python")
    assert html.count("<span") == 1


def test_a_docstring_is_folded_after_its_first_line():
    soup = BeautifulSoup(code.embedded(FUNCTION, "a.py", "more"), "html.parser")
    before, rest, after = soup.select("pre > code")
    assert before.get_text().endswith('"""Width times height.\n')
    assert rest.get_text() == '\n    Args:\n        width: in pixels.\n    """\n'
    assert after.get_text().startswith("    # the square")
    [details] = soup.select("details.docstring")
    assert rest in details.descendants
    assert not details.has_attr("open")
    assert details.summary.get_text() == "more"
    assert soup.select_one(".filename").get_text() == "a.py"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ('def f():\n    """One."""\n', []),
        ('def f():\n    """One.\n    """\n', []),  # the switch would be as long
        ('def f():\n    """One.\n\n    Two."""\n', [(2, 4)]),
        ('class A:\n    """A.\n\n    B.\n    """\n\n    def f(self):\n'
         '        """One.\n\n        Two.\n        """\n', [(2, 5), (8, 11)]),
        ("def f():\n    1\n", []),
        ("x = '''a\n\nb\n\nc'''\n", []),
    ],
)  # fmt: skip
def test_what_is_folded(text, wanted):
    assert code.folds(text) == wanted


@given(st.integers(0, 10**6))
def test_folds_are_lines_of_docstrings_only(seed):
    text = SNIPPETS[seed % len(SNIPPETS)].read_text(encoding="utf-8")
    docstrings = {
        (node.body[0].lineno, node.body[0].end_lineno)
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and ast.get_docstring(node)
    }
    assert {(first, last) for first, last in code.folds(text)} <= docstrings


def test_fences_of_a_page_go_through_it():
    md = markdown.Markdown(
        extensions=["pymdownx.superfences"],
        extension_configs={
            "pymdownx.superfences": {
                "custom_fences": [
                    {"name": "*", "class": "highlight", "format": code.fence}
                ]
            }
        },
    )
    text = "1. a\n\n    ```python\n    if x:\n        y = '<&'\n    ```\n"
    html = md.convert(text)
    assert shown(html) == "if x:\n    y = '<&'"
    assert 'class="language-python highlight"' in html
    assert shown(md.convert("```nosuch\na < b\n```")) == "a < b"
