"""Oracle: pages written by hand, and KaTeX's own list of what needs trust."""

import pytest

from notekit.katex import Formula, render
from notekit.rules.formulas import problems

WRONG = {
    "an unclosed formula": ("a $x + 1 b", 3, "want dollars in pairs"),
    "one closed on another paragraph": ("a $x\n\nb$", 3, "want dollars in pairs"),
    "spaces inside": ("a $ x $ b", 3, "want no space beside the dollars"),
    "a space at the end": ("a $x $ b", 3, "want no space beside the dollars"),
    "a space at the start": ("a $ x$ b", 3, "want no space beside the dollars"),
    "a price": ("it costs 5$ here", 3, "want dollars in pairs"),
    "an unclosed block": ("$$\nx\n\nb\n\n## C\n\nd", 3, "want a formula that ends"),
    "an unclosed block before another": (
        "$$\nx\n\nb\n\n$$\ny\n$$",
        3,
        "want a formula that ends",
    ),
    "a block that a heading ends": ("$$\nx\n## A", 3, "want a formula that ends"),
    "round delimiters": ("a \\(x\\) b", 3, "want formulas between dollars"),
    "square delimiters": ("\\[\nx\n\\]", 3, "want formulas between dollars"),
    "square delimiters, escaped": ("\\\\[ x = 1 \\\\]", 3, "want formulas between"),
    "money": ("US$5 and US$6 are", 3, r"want \$ for the sign of money"),
    "a dollar as an entity": ("a &#36;x_s&#36; b", 3, "want $ around a formula"),
    "another entity of it": ("a &dollar;x b", 3, "want $ around a formula"),
    "one in hexadecimal": ("a &#x24;x b", 3, "want $ around a formula"),
    "an environment": (
        "\\begin{align}\nx\n\\end{align}",
        3,
        "want formulas between dollars",
    ),
    "TeX in the text": ("a \\alpha b", 3, "want TeX inside of formulas only"),
    "two formulas without a line between": (
        "$$\nx\n$$\n$$\ny\n$$",
        6,
        "want a blank line",
    ),
    "white letters": (r"a $\color{white}{3}$", 3, "want formulas without what hides"),
    "coloured letters": (r"a $\textcolor{#fff}{3}$", 3, "want formulas without what"),
    "room in place of letters": (r"a $\phantom{3}$", 3, "want formulas without what"),
    "letters moved away": (r"a $\raisebox{9em}{x}$", 3, "want formulas without what"),
    "letters moved over others": (r"a $\kern-99em 9$", 3, "want formulas without"),
    "a black box": (r"a $\rule{9em}{9em}$", 3, "want formulas without what hides"),
    "a command redefined": (r"a $\let\frac\sqrt \frac{1}$", 3, "want formulas without"),
    "a command defined": (r"a $\newcommand{\x}{9}\x$", 3, "want formulas without what"),
    "a global one": (r"$$\n\gdef\x{9}\x\n$$".replace("\\n", "\n"), 4, "want formulas"),
    "TeX after a formula": ("a $x$ \\le 1", 3, "want TeX inside of formulas only"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_was_meant_as_a_formula_is_named_where_it_is(case):
    text, line, message = WRONG[case]
    found = list(problems(f"# A\n\n{text}\n"))
    assert found
    assert found[0][0] == line
    assert found[0][1].startswith(message)


@pytest.mark.parametrize(
    "text",
    [
        "a $x$, $y$ and $z$",
        "$$\nx\n$$",
        "$$x$$",
        "    $$\n    x\n    $$",
        "$a\n+ b$",
        r"it costs \$5",
        r"$\varkappa + \phi + \ker + \delta + \rho$",
        r"`\alpha` and `$x` and `a $ x $`",
        "```console\n$ nox -s check\n$ echo $x\n```",
        r"$\text{5 \$}$",
        r"a \[b\] and \*c\*",
        "$$\nx\n$$\n\na\n\n$$\ny\n$$",
    ],
)
def test_formulas_dollars_and_code_are_told_apart(text):
    assert list(problems(f"---\ntitle: a $ b\n---\n# A\n\n{text}\n")) == []


@pytest.mark.parametrize(
    "tex",
    [
        r"\href{https://example.org}{x}",
        r"\href{javascript:alert(1)}{x}",
        r"\url{https://example.org}",
        r"\includegraphics{a.png}",
        r"\htmlStyle{display: none}{x}",
        r"\htmlClass{md-search}{x}",
        r"\htmlId{a}{x}",
        r"\htmlData{a=b}{x}",
    ],
)
def test_a_formula_holds_no_link_picture_or_style(tex):
    formula = Formula(tex, display=False)
    error = render([formula])[formula].error
    assert "may not be used" in error or "disabled" in error


def test_a_formula_stays_within_its_page():
    wide = Formula(r"\rule{5000em}{5000em}", display=False)
    html = render([wide])[wide].html
    assert html.count("5000em") == wide.tex.count("5000em")  # in its alttext
    loop = Formula(r"\def\a{\a\a}\a", display=False)
    assert "expansions" in render([loop])[loop].error
