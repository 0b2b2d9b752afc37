"""Oracle: what KaTeX's own documentation promises: MathML, HTML, errors with places."""

import re
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from notekit import node
from notekit.katex import Formula, Rendering, render
from notekit.node import NodeError
from notekit.problem import ROOT

X = Formula("x^2", display=False)
BAD = Formula("a + \\wrong", display=False)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "node_modules").symlink_to(ROOT / "node_modules")
    return tmp_path


@pytest.fixture
def runs(monkeypatch) -> list[list[Formula]]:
    """The formulas that each start of Node was given."""
    seen: list[list[Formula]] = []
    start = node.run

    def count(script, requests, where):
        seen.append([Formula(**request) for request in requests])
        return start(script, requests, where)

    monkeypatch.setattr(node, "run", count)
    return seen


def test_a_formula_becomes_mathml_and_html_without_script(root):
    inline, display = X, Formula("x^2", display=True)
    done = render([inline, display], root)
    for formula in (inline, display):
        soup = BeautifulSoup(done[formula].html, "html.parser")
        assert soup.find("math").find("msup").get_text() == "x2"
        assert soup.select_one(".katex-html[aria-hidden=true]").get_text() == "x2"
        assert soup.find("math")["alttext"] == "x^2"
        assert not soup.find("script")
        assert done[formula].error == ""
        assert bool(soup.select(".katex-display")) == formula.display


@pytest.mark.parametrize(
    ("tex", "row"),
    [
        ("x", "<mi>x</mi>"),
        ("x_{10}", "<msub><mi>x</mi><mn>10</mn></msub>"),
        ("{a+b}+c", "<mrow><mi>a</mi><mo>+</mo><mi>b</mi></mrow><mo>+</mo><mi>c</mi>"),
    ],
)
def test_elements_that_only_repeat_are_left_out(root, tex, row):
    """The row around everything, one around a letter, semantics, and the struts."""
    formula = Formula(tex, display=False)
    html = render([formula], root)[formula].html
    assert re.search(r"<math [^>]*>(.*)</math>", html)[1] == row
    assert "strut" not in html.replace("pstrut", "")


def test_a_piece_has_the_height_and_depth_of_its_strut(root):
    formula = Formula("x + \\frac{1}{y}", display=False)
    soup = BeautifulSoup(render([formula], root)[formula].html, "html.parser")
    styles = [base["style"] for base in soup.select(".katex-base")]
    assert styles == ["--h:0.6667em;--v:-0.0833em", "--h:1.3262em;--v:-0.4811em"]


def test_a_formula_is_rendered_once(root, runs):
    first = render([X, X, BAD], root)
    assert runs == [[X, BAD]]
    assert render([BAD, X], root) == first
    assert runs == [[X, BAD]]


def test_only_new_formulas_are_rendered(root, runs):
    new = Formula("x^2", display=True)
    render([X], root)
    render([X, new], root)
    assert runs == [[X], [new]]


def test_no_formula_needs_no_node(root, monkeypatch):
    monkeypatch.setattr(node, "run", pytest.fail)
    assert render([], root) == {}


@pytest.mark.parametrize(
    ("tex", "error", "position"),
    [
        ("a + \\wrong", "Undefined control sequence: \\wrong", 4),
        ("a}", "Expected 'EOF', got '}'", 1),
        ("x_1_2", "Double subscript", 3),
    ],
)
def test_an_error_says_what_and_where(root, tex, error, position):
    formula = Formula(tex, display=False)
    assert render([formula], root)[formula] == Rendering("", error, position)


def test_what_katex_would_only_warn_of_is_an_error(root):
    formula = Formula("中", display=False)
    assert "unicodeTextInMathMode" in render([formula], root)[formula].error


def test_missing_katex_says_how_to_get_it(tmp_path):
    with pytest.raises(NodeError) as caught:
        render([X], tmp_path)
    assert str(caught.value).startswith("want katex in node_modules/; run `npm ")
