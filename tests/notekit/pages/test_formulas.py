"""Oracle: the TeX that KaTeX quotes in its MathML, and the text that a reader sees."""

from pathlib import Path

import markdown
import pytest
from bs4 import BeautifulSoup

from notekit.katex import KatexError, render
from notekit.pages import formulas as markdown_katex
from notekit.problem import ROOT


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "node_modules").symlink_to(ROOT / "node_modules")
    return tmp_path


@pytest.fixture
def convert(root, monkeypatch):
    monkeypatch.setattr(
        markdown_katex, "render", lambda formulas: render(formulas, root)
    )

    def run(text: str) -> BeautifulSoup:
        html = markdown.markdown(
            text,
            extensions=["tables", "pymdownx.arithmatex", "notekit.pages.formulas"],
            extension_configs={"pymdownx.arithmatex": {"generic": True}},
        )
        return BeautifulSoup(html, "html.parser")

    return run


@pytest.mark.parametrize(
    ("text", "joined"),
    [
        ("当 $x$。再", ["x"]),
        ("（$x$）和 $y$", ["x"]),
        ("甲 $x = 1 + y$、$z$ 乙", ["y"]),
        ("**（$x$）**，乙 $\\frac12$；", ["x", "1\u200b"]),
        ("of $x$. And ($y$)", []),
        ("见 `x`。$y$ 乙", []),
    ],
)
def test_full_width_punctuation_is_not_parted_from_its_formula(convert, text, joined):
    page = convert(text)
    assert [span.get_text()[-2:] for span in page.select(".joined")] == joined
    for span in page.select(".joined"):
        [piece] = span.contents
        assert piece["class"] == ["katex-base"]
        assert span.parent["class"] == ["katex-html"]
        assert span.find_next_sibling() is None


def test_formulas_of_a_page_are_finished_html(convert):
    page = convert("Text $x^2$ more.\n\n$$\ny < z\n$$\n\n| $t$ |\n| --- |\n| $u$ |\n")
    inline, head, cell = page.select("span.math")
    assert [m.find("math")["alttext"] for m in (inline, head, cell)] == [
        "x^2",
        "t",
        "u",
    ]
    [display] = page.select("div.math-display")
    assert display.find("math")["alttext"] == "y < z"
    assert display.select(".katex-display")
    assert not page.find("script")
    assert "\\(" not in page.get_text()
    assert not page.select(".arithmatex")
    assert "wzxhzdk" not in page.get_text()  # nothing stays in the stash


@pytest.mark.parametrize(
    ("tex", "text"),
    [
        ("y < z", "y<z"),
        ("y > z", "y>z"),
        ("\\begin{aligned} a &= b \\\\ &< c \\end{aligned}", "a=b<c"),
        ('\\text{a "b"}', 'a "b"'),
    ],
)
def test_signs_that_html_escapes_reach_katex_as_written(convert, tex, text):
    for source in (f"$${tex}$$", f"$$\n{tex}\n$$", f"$ {tex}$".replace(" ", "", 1)):
        page = convert(source)
        assert page.find("math")["alttext"] == tex
        shown = page.find("math").get_text()
        assert shown.replace("\xa0", " ") == text


def test_a_wrong_formula_stops_the_page(convert):
    with pytest.raises(KatexError) as caught:
        convert("Fine $x$ and $\\wrong$.")
    error = "Undefined control sequence: \\wrong in formula: \\wrong"
    assert str(caught.value) == error


def test_a_page_without_formulas_starts_nothing(convert, monkeypatch):
    monkeypatch.setattr(markdown_katex, "render", pytest.fail)
    assert convert("Costs $5 or `$x$`.").get_text() == "Costs $5 or $x$."
