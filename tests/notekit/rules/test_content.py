"""Oracle: hostile pages written by hand, and Chromium's own rules for what they are."""

from pathlib import Path

import pytest

from notekit.read.document import Document
from notekit.rules import content
from notekit.rules.allowed import FIGURE, PAGE, refused, unbalanced
from tests.notekit.builder import build_repo

# Each stands on line 3.
HOSTILE = [
    "<script>alert(1)</script>",
    "<SCRIPT SRC=//x.y/z.js></SCRIPT>",
    "a <script async>alert(1)</script>",
    "<svg><script>alert(1)</script></svg>",
    "<img src=x onerror=alert(1)>",
    '<p onclick="a()">b</p>',
    '<details ontoggle="a()" open><summary>b</summary></details>',
    '<a href="javascript:alert(1)">a</a>',
    '<a href="java&#115;cript:alert(1)">a</a>',
    '<a href="&#x6A;avascript:alert(1)">a</a>',
    '<a href="  JavaScript:alert(1)">a</a>',
    '<a href="java\tscript:alert(1)">a</a>',
    "[a](javascript:alert(1))",
    "[a](JAVASCRIPT:alert(1))",
    "[a](data:text/html;base64,PHNjcmlwdD4=)",
    "[a](vbscript:x)",
    "<javascript:alert(1)>",
    "[a][b]\n\n[b]: javascript:alert(1)",
    "![a](https://example.org/a.png)",
    "![a](//example.org/a.png)",
    "![a](data:image/svg+xml;base64,AAAA)",
    '<img alt="a" src="http://example.org/a.png">',
    '<img alt="a" src="a.png" srcset="https://example.org/a.png 2x">',
    '<iframe src="https://example.org"></iframe>',
    "<object data=a></object>",
    "<embed src=a>",
    "<form action=/a><button>b</button></form>",
    "<input name=a>",
    '<base href="https://example.org/">',
    '<meta http-equiv="refresh" content="0; url=https://example.org">',
    '<link rel="stylesheet" href="https://example.org/a.css">',
    "<style>p { display: none }</style>",
    '<p style="display: none">a</p>',
    '<span style="color: white">a</span>',
    "<p hidden>a</p>",
    '<p aria-hidden="true">a</p>',
    '<div class="md-search">a</div>',
    "<template>a</template>",
    "<noscript>a</noscript>",
    "<video autoplay></video>",
    "<math><mtext>a</mtext></math>",
    "<h2>a</h2>",
    "<marquee>a</marquee>",
    '<a href="a" target="_blank">a</a>',
    "a { onclick=alert(1) }",
    'a { style="display: none" }',
    "a { hidden }",
    "a { .md-search }",
    "a {: href=javascript:a }",
    "## A { #b onmouseover=a() }",
    "*a*{ title=b }",
    "<div>a",
    "a</div>",
    "<figure><figcaption>a</figure></figcaption>",
    "<p/>a",
    "a <img/x onerror=alert(1) src=y> b",
    "a <script/x src=//example.org/a.js> b",
    '<a/x href="javascript:alert(1)">a</a>',
    "<base/x href=//example.org/>",
    "a <object/data=//example.org/a.swf > b",
    "a <img src=x onerror&#61;alert(1)> b",
    "a <img src=x onerror&equals;alert(1)> b",
    "a\u200bb",
    "a\u202eb",
    "a\u2066b",
    "a\ufeffb",
    "a\u00adb",
    "a\x07b",
    "a\ue000b",
    "a\u2028b",
    "a\u2029b",
    "leetc\u043ede",
    "[a](https://user:word@example.org/)",
    "<https://user@example.org/>",
    "\ufb01nite",
    "\U0001d465 = 1",
    "a\u3164b",
    "a\u0301\u0302\u0303b",
    "a&#x202e;b",
    "a&ZeroWidthSpace;b",
    '??? note "<img src=x onerror=alert(1)>"\n\n    a',
    '!!! note "<b onclick=a()>c</b>"\n\n    a',
]


@pytest.mark.parametrize("text", HOSTILE)
def test_what_is_active_hidden_or_from_elsewhere_is_refused_where_it_stands(text):
    page = Document(Path("a.md"), f"# A\n\n{text}\n\nb\n")
    lines = {problem.line for problem in content.problems(page)}
    assert lines
    assert lines <= {3, 4, 5}
    assert 3 in lines


HARMLESS = [
    "a < b and c > d & e <3",
    "`<script>alert(1)</script>` and `{ onclick=a }`",
    "```html\n<script>alert(1)</script>\n```",
    "```text\n{ hidden }\n```",
    "$\\{x : x < y\\}$ and $a_{b=c}$",
    "$$\n\\text{a} { x = 1 }\n$$",
    "The set {0.2, 0.8}",
    "## A { #b-c }",
    "a { .lead }",
    "[a](https://example.org/?q=javascript:a) and <https://example.org>",
    "[a](../b.md#c)",
    "<mailto:a@example.org>",
    "![a](a.png)",
    '<figure markdown>\n<div role="img" aria-label="a: b">\n</div>\n'
    "<figcaption markdown>a</figcaption>\n</figure>",
    "a<br>b<sup>2</sup> <kbd>Ctrl</kbd>",
    "| a | b |\n| :- | -: |\n| 1 | 2 |",
    '??? success "Answer"\n\n    a',
    "中文，“引号”和 —— 破折号；é, ñ, ℝ, 👨\u200d👩\u200d👧",
    "<!-- a comment -->",
    "$x$, \u2113, \u211d, \u03d5, a\u0301 &amp; b &lt; c",
    "\u041c\u0430\u0440\u043a\u043e\u0432",
]


@pytest.mark.parametrize("text", HARMLESS)
def test_what_an_author_needs_may_stand(text):
    page = Document(Path("a.md"), f"# A\n\n{text}\n\nb\n")
    assert list(content.problems(page)) == []


BAD_DRAWINGS = [
    "<script>a</script>",
    '<g onload="a()"/>',
    '<image href="https://example.org/a.png"/>',
    '<image xlink:href="//example.org/a.png"/>',
    '<image href="data:image/svg+xml;base64,AA"/>',
    '<use xlink:href="a.svg#b"/>',
    '<use href="https://example.org/a.svg#b"/>',
    '<style>@import "https://example.org/a.css";</style>',
    '<rect style="fill: url(https://example.org/a)"/>',
    '<rect fill="url(https://example.org/a)"/>',
    '<a href="https://example.org"><g/></a>',
    '<a xlink:href="javascript:a"><g/></a>',
    "<foreignObject><p>a</p></foreignObject>",
    '<animate attributeName="href" to="javascript:a"/>',
    '<set attributeName="onload" to="a()"/>',
    "<iframe></iframe>",
]


@pytest.mark.parametrize("inner", BAD_DRAWINGS)
def test_a_figure_draws_and_does_nothing_else(tmp_path, inner):
    path = tmp_path / "a.svg"
    path.write_text(f'<svg xmlns="http://www.w3.org/2000/svg">\n{inner}\n</svg>')
    [first, *_] = content.figure_problems(path)
    assert first.line == 2


BROKEN_DRAWINGS = {
    "": "want an SVG",
    "<svg></svg>": "want an SVG that draws something",
    '<svg><text opacity="0">hidden</text></svg>': "want letters that can be seen",
    '<svg><text fill-opacity="5%">hidden</text></svg>': "want letters that can be",
    '<svg><g><text fill="none">hidden</text></g></svg>': "want letters that can be",
    "<p>a</p>": "want an SVG that draws something",
    "<svg><g></svg>": "want an SVG; ",
    '<?xml-stylesheet href="a.css"?><svg><g/></svg>': "want elements only",
    '<!DOCTYPE svg [<!ENTITY a "b">]><svg><g/>&a;</svg>': "want elements only",
    "<svg><!-- a --><g/></svg>": "want elements only",
    "<svg><text>a\u202eb</text></svg>": "want characters that a reader sees",
}


@pytest.mark.parametrize("text", BROKEN_DRAWINGS)
def test_a_figure_is_a_drawing_and_whole(tmp_path, text):
    path = tmp_path / "a.svg"
    path.write_text(text, encoding="utf-8")
    messages = [problem.message for problem in content.figure_problems(path)]
    assert any(m.startswith(BROKEN_DRAWINGS[text]) for m in messages), messages


@pytest.mark.parametrize(
    "name",
    [
        "tests/cv/conftest.py",
        "tests/conftest.py.d/conftest.py",
        "sitecustomize.py",
        "a.pth",
    ],
)
def test_nothing_steers_the_tests_from_beside(tmp_path, name):
    repo = build_repo(tmp_path)
    repo.write(name, "def pytest_pyfunc_call(pyfuncitem):\n    return True\n")
    assert any(p.startswith(f"{name}:1: want no ") for p in repo.problems())


SAID = [
    "<script>alert(1)</script>",
    "A <img src=x onerror=a()>.",
    "See ![a](https://example.org/a.png).",
    "See [a](javascript:alert(1)).",
    "[a]: data:text/html,b",
    'A.{ style="position:fixed" }',
    "A \u202e b.",
    "A w\u0456dth.",
]


@pytest.mark.parametrize("words", SAID)
def test_a_docstring_is_shown_and_holds_words_only(tmp_path, words):
    repo = build_repo(tmp_path)
    repo.edit("snippets/cv/box.py", "Twice the width.", f"Twice.\n\n    {words}\n    ")
    line = repo.line("snippets/cv/box.py", words)
    found = [p for p in repo.problems() if p.startswith(f"snippets/cv/box.py:{line}: ")]
    assert found, repo.problems()


def test_a_docstring_may_compare_and_quote(tmp_path):
    repo = build_repo(tmp_path)
    words = "For a < b, `<tag>` and {1, 2}: [a](https://example.org/a_b) x[i](j)."
    words = words.replace("x[i](j)", "`x[i](j)`")
    repo.edit("snippets/cv/box.py", "Twice the width.", words)
    assert repo.problems() == []


GOOD_DRAWING = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">
<defs><clipPath id="a"><rect width="9" height="9"/></clipPath></defs>
<g clip-path="url(#a)"><path d="m0 0h9" stroke="currentColor"/></g>
<use x="1" xlink:href="#a"/><text x="1" font-size="9px">a &lt; b</text>
<image href="data:image/png;base64,iVBORw0KGgo=" width="3" height="3"/>
</svg>"""


def test_shapes_text_and_references_within_are_a_drawing():
    assert list(refused(GOOD_DRAWING, FIGURE)) == []


def test_the_finished_page_may_have_what_markdown_makes():
    html = (
        '<h2 id="a">A<a class="headerlink" href="#a" title="b">#</a></h2>'
        '<table><thead><tr><th style="text-align: right;">a</th></tr></thead></table>'
        '<details class="success"><summary>b</summary><p>c</p></details>'
    )
    assert list(refused(html, PAGE)) == []
    assert list(refused(html.replace("right", "url(a)"), PAGE)) != []


@pytest.mark.parametrize(
    ("html", "wrong"),
    [
        ("<div><p>a</p></div>", None),
        ("<br><img src=a>", None),
        ("<div>\n<p>a</div>", (2, "</div> within <p>")),
        ("a\n</p>", (2, "</p>")),
        ("\n<div>", (2, "<div> without its end")),
    ],
)
def test_tags_are_closed_in_order(html, wrong):
    assert unbalanced(html) == wrong


@pytest.mark.parametrize(
    "name",
    [
        "docs/a.html",
        "docs/en/cv/a.html",
        "docs/en/a.js",
        "docs/zh/cv/a.svg",
        "docs/b.md",
    ],
)
def test_files_that_would_be_published_as_they_are_are_refused(tmp_path, name):
    repo = build_repo(tmp_path)
    assert repo.problems() == []
    repo.write(name, "<script>alert(1)</script>")
    assert any(
        problem.startswith(f"{name}:1: want only Markdown pages below docs/")
        for problem in repo.problems()
    )


STRAY = {
    "figures/cv/shot.png": "want modules and the SVGs that they draw",
    "figures/cv/box.pdf": "want modules and the SVGs that they draw",
    "figures/cv/other.svg": "want figures of a note, named like it",
    "figures/cv/bo_x.svg": "want figures of a note, named like it",
    "tests/cv/none_mutants.toml": "want mutants of a note",
    "tests/nlp/box_mutants.toml": "want mutants of a note",
    "tests/cv/pytest.ini": "want the settings of the tests in pyproject.toml",
    "tests/setup.cfg": "want the settings of the tests in pyproject.toml",
    "fractions.py": "want a name that hides no module of Python",
    "random.py": "want a name that hides no module of Python",
    "usercustomize.py": "want no module that Python runs by itself",
}


@pytest.mark.parametrize("name", STRAY)
def test_files_that_are_nobody_s_or_steer_the_tests_are_refused(tmp_path, name):
    repo = build_repo(tmp_path)
    repo.write(name, "<svg/>" if name.endswith("svg") else "")
    assert any(p.startswith(f"{name}:1: {STRAY[name]}") for p in repo.problems())


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("title", "a <script>alert(1)</script>"),
        ("summary", "a <img src=x onerror=alert(1)>"),
        ("summary", "a &lt;b"),
        ("summary", '0;url=https://example.org\\" http-equiv=\\"refresh'),
        ("aliases", "</title>"),
        ("tags", "a\u202eb"),
    ],
)
def test_front_matter_is_plain_text(tmp_path, key, value):
    repo = build_repo(tmp_path)
    text = repo.read("docs/en/cv/box.md")
    quoted = f'["{value}"]' if key in ("aliases", "tags") else f'"{value}"'
    lines = [
        f"{key}: {quoted}" if line.startswith(f"{key}:") else line
        for line in text.split("\n")
    ]
    repo.write("docs/en/cv/box.md", "\n".join(lines))
    number = lines.index(f"{key}: {quoted}") + 1
    assert any(
        problem.startswith(f"docs/en/cv/box.md:{number}: {key}: want plain text")
        for problem in repo.problems()
    )


def test_two_drawings_of_a_page_share_no_id(tmp_path):
    repo = build_repo(tmp_path)
    svg = "figures/cv/box.svg"
    repo.write("figures/cv/box_more.svg", repo.read(svg))
    repo.redraw()
    message = "want each id once on a page; 'box-a' is also in box.svg"
    assert f"figures/cv/box_more.svg:1: {message}" in repo.problems()
    text = repo.read("figures/cv/box_more.svg").replace("box-a", "box-more-a")
    repo.write("figures/cv/box_more.svg", text)
    repo.redraw()
    assert not any("want each id once" in problem for problem in repo.problems())


def test_a_drawing_has_each_id_once(tmp_path):
    repo = build_repo(tmp_path)
    svg = "figures/cv/box.svg"
    repo.edit(svg, "</svg>", '\n<g id="box-a"/></svg>')
    repo.redraw()
    message = "want each id once on a page; 'box-a' is also in box.svg"
    assert f"{svg}:2: {message}" in repo.problems()
