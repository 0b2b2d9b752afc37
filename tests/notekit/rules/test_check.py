"""Oracle: a valid note with one planted fault, whose report a person wrote down."""

import re
from pathlib import Path

import pytest

from notekit.rules.check import FIGURE_LIMIT, sections, stale
from notekit.scaffold.twin import stamp
from tests.notekit.builder import Repo, build_repo

EN, ZH = "docs/en/cv/box.md", "docs/zh/cv/box.md"
REDRAW = "want the figure as its code draws it now; `nox -s figures -- cv/box` draws it"
NO_FIGURE = (
    "want a figure, or `figure: none, because …` in the English head; found none"
)
NO_END = (
    "want a formula that ends with $$ on a line; this one has none before a blank line"
)
TWIN = "; `nox -s twin -- cv/box` writes it"
BOTH = "docs/*/cv/box.md"
SNIPPET, SVG = "snippets/cv/box.py", "figures/cv/box.svg"
ENDING = "want the last sections to be pitfalls, exercises, references, api"
NOT_OWN = "want code and figures of this note"
NOT_TEX = r"want TeX that KaTeX reads; Undefined control sequence: \wrong"
NOT_RUN = (
    'Python must be a ```python block (run), a ```py title="snippets/….py" block '
    "(embedded), or a ```py block under <!-- display-only: reason -->; got ```py "
    "without that comment directly above"
)
WANT_ID = "want a fixed id at the end of the heading, such as { #notation }"


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    return build_repo(tmp_path)


def test_a_valid_repository_has_no_problem(repo):
    assert repo.problems() == []
    assert repo.problems("cv/box") == []


# One planted fault: file, what stands there, what to put there, file and line of the
# report (the line of a text, after the fault was planted), and the report.
FAULTS = {
    "a dead link": (
        EN,
        "[notation](#notation)",
        "[notation](gone.md)",
        (EN, "Width times", "want links to files that exist; got gone.md"),
    ),
    "a dead anchor of another page": (
        EN,
        "[notation](#notation)",
        "[notation](box-area.md#gone)",
        (EN, "Width times", "want links to headings that exist; got box-area.md#gone"),
    ),
    "a dead anchor of its own page": (
        ZH,
        "[记号](#notation)",
        "[记号](#gone)",
        (ZH, "宽乘以高", "want links to headings that exist; got #gone"),
    ),
    "a link across languages": (
        EN,
        "[notation](#notation)",
        "[notation](../../zh/cv/box-area.md)",
        (
            EN,
            "Width times",
            "want links within the pages of one language; got ../../zh/cv/box-area.md",
        ),
    ),
    "an absolute link": (
        EN,
        "[notation](#notation)",
        "[notation](/cv/box-area/)",
        (EN, "Width times", "want relative links; got /cv/box-area/"),
    ),
    "a dead link in HTML": (
        EN,
        "nothing else counts.",
        'nothing <a href="gone.md">else</a> counts.',
        (EN, "nothing <a", "want links to files that exist; got gone.md"),
    ),
    "an image without alternative text": (
        EN,
        "nothing else counts.",
        "nothing ![](../../../figures/cv/box.svg) counts.",
        (
            EN,
            "nothing ![",
            "want alternative text for ../../../figures/cv/box.svg; got none",
        ),
        (
            EN,
            "nothing ![",
            "want links within the pages of one language; "
            "got ../../../figures/cv/box.svg",
        ),
    ),
    "an HTML image without alternative text": (
        EN,
        "nothing else counts.",
        'nothing <img src="index.md" alt=" "> counts.',
        (EN, "nothing <img", "want alternative text for index.md; got none"),
    ),
    "a figure without a role": (
        EN,
        '<div role="img" aria-label="A drawn line">',
        '<div aria-label="A drawn line">',
        (
            EN,
            '--8<-- "figures',
            'want <div role="img" aria-label="…"> above a figure; '
            "got '<div aria-label=\"A drawn line\">'",
        ),
    ),
    "a figure without a label": (
        EN,
        '<div role="img" aria-label="A drawn line">',
        '<div role="img" aria-label=" ">',
        (
            EN,
            '<div role="img"',
            "want an aria-label that says what is seen; "
            'got <div role="img" aria-label=" ">',
        ),
    ),
    "a formula in the text": (
        EN,
        "The sum of $w$",
        r"The sum of $\wrong$",
        (
            EN,
            "- **Adding.**",
            r"want TeX that KaTeX reads; Undefined control sequence: \wrong "
            r"in '\\wrong'",
        ),
    ),
    "a formula on the second line of its paragraph": (
        EN,
        "nothing else counts.",
        r"nothing $\frac{1}{$ counts.",
        (
            EN,
            "nothing $",
            "want TeX that KaTeX reads; Unexpected end of input in a macro argument, "
            r"expected '}' in '\\frac{1}{'",
        ),
    ),
    "a formula in a heading": (
        EN,
        "## Area { #area }",
        "## Area $w$ { #area }",
        (
            EN,
            "## Area",
            "want headings without formulas, which the table of contents cannot "
            "show; got 'Area $w$'",
        ),
    ),
    "a heading without an id": (
        EN,
        "## Pitfalls { #pitfalls }",
        "### Also\n\n<br>\n\n## Pitfalls { #pitfalls }",
        (EN, "### Also", f"{WANT_ID}; got 'Also'"),
        (
            ZH,
            "## 常见错误",
            "want the heading id of the English page's line {EN:### Also}, ''; "
            "got 'pitfalls'",
        ),
    ),
    "a title that is not the first line": (
        EN,
        "# Box\n",
        "# Boxes\n",
        (EN, "# Boxes", "want the page to begin with `# Box`; got '# Boxes'"),
    ),
    "no reference of the module": (
        EN,
        "::: snippets.cv.box\n",
        "::: snippets.cv.box_area\n",
        (EN, "", "want the line `::: snippets.cv.box` under API; found none"),
        (
            EN,
            "::: snippets.cv.box_area",
            "want the reference of snippets.cv.box or a module of it; "
            "got 'snippets.cv.box_area'",
        ),
    ),
    "too few folded answers": (
        EN,
        '    ??? success "Answer"\n\n        Third.',
        "    Third.",
        (
            EN,
            "## Exercises",
            "want at least 3 exercises with folded answers in #exercises; got 2",
        ),
    ),
    "a fence that would not run": (
        BOTH,
        "::: snippets.cv.box\n",
        "```py\nprint(1)\n```\n\n::: snippets.cv.box\n",
        (EN, "```py\n", NOT_RUN),
        (ZH, "```py\n", NOT_RUN),
    ),
    "no block that runs": (
        BOTH,
        "```python\nfrom snippets.cv.box import double\n\nprint(double(2))\n```\n\n"
        "<!--pytest-codeblocks:expected-output-->\n\n```text\n4\n```\n\n",
        "",
        (EN, "", "want a block that runs; found none"),
        (ZH, "", "want a block that runs; found none"),
    ),
    "no embedded section": (
        BOTH,
        '```py title="snippets/cv/box.py"\n--8<-- "snippets/cv/box.py:core"\n```\n\n',
        "",
        (EN, "", "want an embedded section; found none"),
        (ZH, "", "want an embedded section; found none"),
    ),
    "no figure": (
        BOTH,
        '--8<-- "figures/cv/box.svg"\n',
        "",
        (EN, "", NO_FIGURE),
        (ZH, "", NO_FIGURE),
    ),
    "a section that does not exist": (
        BOTH,
        "box.py:core",
        "box.py:gone",
        (EN, "--8<--", "want a section of snippets/cv/box.py (core); got 'gone'"),
        (ZH, "--8<--", "want a section of snippets/cv/box.py (core); got 'gone'"),
    ),
    "a figure that does not exist": (
        BOTH,
        "figures/cv/box.svg",
        "figures/cv/gone.svg",
        (EN, '--8<-- "f', "want files that exist; got figures/cv/gone.svg"),
        (ZH, '--8<-- "f', "want files that exist; got figures/cv/gone.svg"),
    ),
    "a figure of another note": (
        BOTH,
        "figures/cv/box.svg",
        "figures/cv/box_area.svg",
        (EN, '--8<-- "f', f"{NOT_OWN}; got figures/cv/box_area.svg"),
        (ZH, '--8<-- "f', f"{NOT_OWN}; got figures/cv/box_area.svg"),
    ),
    "a formula on the second line of its block": (
        BOTH,
        "A =\nw h",
        "A =\n\\wrong h",
        (EN, "\\wrong", f"{NOT_TEX} in 'A =\\n\\\\wrong h'"),
        (ZH, "\\wrong", f"{NOT_TEX} in 'A =\\n\\\\wrong h'"),
    ),
    "a formula below an empty line of its block": (
        BOTH,
        "A =\nw h",
        "\n\\wrong h",
        (EN, "$$", NO_END),
        (EN, "\\wrong", f"{NOT_TEX} in '\\\\wrong h'"),
        (ZH, "$$", NO_END),
        (ZH, "\\wrong", f"{NOT_TEX} in '\\\\wrong h'"),
    ),
    "last sections of another name": (
        BOTH,
        "{ #exercises }",
        "{ #questions }",
        (EN, "", f"{ENDING}; got notation, area, pitfalls, questions, references, api"),
        (ZH, "", f"{ENDING}; got notation, area, pitfalls, questions, references, api"),
    ),
    "code that differs": (
        ZH,
        "print(double(2))",
        "print(double(1 + 1))",
        (
            ZH,
            "```python",
            "want the code fence of the English page's line {EN:```python}, "
            "'python: from snippets.cv.box import double'; "
            "got 'python: from snippets.cv.box import double'" + TWIN,
        ),
    ),
    "output that differs": (
        ZH,
        "```text\n4\n",
        "```text\n5\n",
        (
            ZH,
            "```text",
            "want the code fence of the English page's line {EN:```text}, 'text: 4'; "
            "got 'text: 5'" + TWIN,
        ),
    ),
    "a block more": (
        ZH,
        "## API",
        "```yaml\na: 6\n```\n\n## API",
        (
            ZH,
            "```yaml\na: 6",
            "want a fence of one of python, py, text, console, which are tried; "
            "got 'yaml'",
        ),
        (
            ZH,
            "```yaml\na: 6",
            "want no code fence that the English page lacks; got 'yaml: a: 6'",
        ),
    ),
    "a block less": (
        ZH,
        "<!--pytest-codeblocks:expected-output-->\n\n```text\n4\n```\n\n",
        "",
        (
            ZH,
            "```python",
            "want the code fence of the English page's line {EN:```text}, 'text: 4'; "
            "found no more" + TWIN,
        ),
    ),
    "a display formula that differs": (
        ZH,
        "A =\nw h",
        "A =\nw + h",
        (
            ZH,
            "A =",
            "want the display formula of the English page's line {EN:A =}, "
            r"'A =\nw h'; got 'A =\nw + h'",
        ),
    ),
    "a display formula missing": (
        ZH,
        "$$\nA =\nw h\n$$\n\n",
        "",
        (
            ZH,
            "",
            "want the display formula of the English page's line {EN:A =}, "
            r"'A =\nw h'; found no more",
        ),
    ),
    "a heading id that differs": (
        ZH,
        "{ #area }",
        "{ #size }",
        (
            ZH,
            "## 面积",
            "want the heading id of the English page's line {EN:## Area}, 'area'; "
            "got 'size'",
        ),
    ),
    "a heading level that differs": (
        ZH,
        "## 面积",
        "### 面积",
        (
            ZH,
            "### 面积",
            "want the heading id of the English page's line {EN:## Area}, 'area'; "
            "got 'area'",
        ),
    ),
    "a source that differs": (
        ZH,
        "https://arxiv.org/abs/1512.03385",
        "https://arxiv.org/abs/1512.03386",
        (
            ZH,
            "[arXiv:",
            "want a link to what it says, arXiv:1512.03385; "
            "got https://arxiv.org/abs/1512.03386",
        ),
        (
            ZH,
            "[arXiv:",
            "want the source of the English page's line {EN:  [arXiv}, "
            "'https://arxiv.org/abs/1512.03385'; "
            "got 'https://arxiv.org/abs/1512.03386'",
        ),
    ),
    "a line break in a Chinese paragraph": (
        ZH,
        "别的都不算。",
        "别的\n都不算。",
        (
            ZH,
            "先给",
            "want one paragraph per line: a line break shows as a space; "
            "got one after '，别的'",
        ),
    ),
    "Chinese typography": (
        ZH,
        "一个 `box` 的",
        "一个`box`的",
        (
            ZH,
            "先给",
            "want '先给答案：一个 xxxxx 的大小是 xxx'; "
            "got '先给答案：一个xxxxx的大小是 xxx'",
        ),
    ),
    "an undocumented function": (
        SNIPPET,
        '    """Twice the width."""\n',
        "",
        (SNIPPET, "def double", "want a docstring for double; found none"),
    ),
    "an undocumented class": (
        SNIPPET,
        '    """A thing with a width."""\n',
        "",
        (SNIPPET, "class Shape", "want a docstring for Shape; found none"),
    ),
    "an undocumented method": (
        SNIPPET,
        '        """How large it is."""\n',
        "",
        (SNIPPET, "    def area", "want a docstring for Shape.area; found none"),
    ),
    "an undocumented module": (
        SNIPPET,
        '"""What box computes."""\n',
        "",
        (SNIPPET, "", "want a docstring for the module; found none"),
    ),
    "a snippet that is no Python": (
        SNIPPET,
        "return 2 * width",
        "return 2 *",
        (SNIPPET, "    return 2 *", "want Python; invalid syntax"),
    ),
    "an oversized figure": (
        SVG,
        "</svg>",
        f"{'x' * FIGURE_LIMIT}</svg>",
        (
            SVG,
            "<svg",
            f"want a figure of at most {FIGURE_LIMIT} bytes; got {FIGURE_LIMIT + 115}",
        ),
        (SVG, "<svg", REDRAW),
    ),
}


@pytest.mark.parametrize("case", FAULTS)
def test_a_planted_fault_is_reported_where_it_is(repo, case):
    name, old, new, *reports = FAULTS[case]
    for path in repo.root.glob(name):
        repo.edit(path.relative_to(repo.root).as_posix(), old, new)

    def line_in_english(match: re.Match[str]) -> str:
        return str(repo.line(EN, match[1]))

    want = [
        f"{file}:{repo.line(file, needle) if needle else 1}: "
        + re.sub(r"\{EN:([^}]*)\}", line_in_english, message)
        for file, needle, message in reports
    ]
    assert repo.problems() == want


def test_the_english_body_may_change_before_the_chinese_page_follows(repo):
    hash_then = repo.catalogue().notes["cv/box"].pages["en"].body_hash
    repo.edit(EN, "nothing else counts", "nothing more counts")
    hash_now = repo.catalogue().notes["cv/box"].pages["en"].body_hash
    assert repo.problems() == []
    [behind] = repo.shown(stale(repo.catalogue()))
    assert behind == (
        f"{ZH}:{repo.line(ZH, 'renders:')}: want the text brought up to the English "
        f"page, then `nox -s twin -- cv/box`; it renders {hash_then}, "
        f"the English body is {hash_now}"
    )
    assert stale(repo.catalogue(), ["cv/box-area"]) == []


def test_a_page_up_to_date_is_not_stale(repo):
    assert stale(repo.catalogue()) == []


@pytest.mark.parametrize(
    ("file", "kind"),
    [
        (SNIPPET, "snippet"),
        ("tests/cv/test_box.py", "test module"),
        ("tests/cv/test_box_inputs.py", "example calls"),
        ("figures/cv/box.py", "figure module"),
    ],
)
def test_a_missing_module_is_reported(repo, file, kind):
    (repo.root / file).unlink()
    package = " or snippets/cv/box/__init__.py" if file == SNIPPET else ""
    missing = f"{EN}:1: want its {kind}, {file}{package}; found none"
    assert missing in repo.problems()
    others = {line for line in repo.problems() if line != missing}
    # Without its snippet, the sections on both pages lead nowhere either.
    embeds = {
        f"{page}:{repo.line(page, '--8<--')}: want files that exist; got {SNIPPET}"
        for page in (EN, ZH)
    }
    # And a figure that was drawn of what is gone may be another.
    embeds |= {f"{SVG}:1: {REDRAW}"}
    gone = {"snippet": embeds, "figure module": {f"{SVG}:1: {REDRAW}"}}
    assert others == gone.get(kind, set())


@pytest.mark.parametrize(
    ("first", "got"),
    [
        ("The oracle is addition.", "no such sentence"),
        ("Oracles: good intentions.", "'good intentions'"),
    ],
)
def test_a_test_module_names_what_the_code_is_compared_with(repo, first, got):
    repo.edit("tests/cv/test_box.py", "Oracles: a sum by hand.", first)
    [line] = repo.problems()
    assert line.startswith("tests/cv/test_box.py:1: want a docstring that begins with")
    assert line.endswith(f"; got {got}")


def test_a_figure_that_differs_from_the_twin(repo):
    repo.write("figures/cv/box_b.svg", "<svg><g/></svg>\n")
    repo.redraw()
    repo.edit(ZH, "figures/cv/box.svg", "figures/cv/box_b.svg")
    line, english = repo.line(ZH, '--8<-- "figures'), repo.line(EN, '--8<-- "figures')
    assert repo.problems() == [
        f"{ZH}:{line}: want the figure of the English page's line {english}, "
        "'figures/cv/box.svg'; got 'figures/cv/box_b.svg'"
    ]


def test_gpu_marks_must_agree(repo):
    repo.edit(ZH, "```python", "<!--pytest.mark.gpu-->\n```python")
    line = repo.line(ZH, "```python")
    differs = f"{ZH}:{line}: want the code fence of the English page"
    needless = f"{ZH}:{line - 1}: a block marked gpu must use one"
    first, second = sorted(repo.problems(), key=len)
    assert second.startswith(differs) or first.startswith(differs)
    assert second.startswith(needless) or first.startswith(needless)


def test_the_last_sections_stand_in_order(repo):
    for page in (EN, ZH):
        text = repo.read(page)
        api = text.index("## API")
        references = re.search(r"^## .*\{ #references \}", text, re.MULTILINE).start()
        moved = text[:references] + text[api:] + "\n" + text[references:api]
        repo.write(page, moved)
    got = "got notation, area, pitfalls, exercises, api, references"
    assert repo.problems() == [f"{page}:1: {ENDING}; {got}" for page in (EN, ZH)]


def test_a_size_at_the_limit_is_allowed(repo):
    drawing = "<svg><text>{}</text></svg>"
    room = FIGURE_LIMIT - len(drawing.format(""))
    repo.write(SVG, drawing.format("x" * room))
    repo.redraw()
    assert repo.problems() == []
    repo.write(SVG, drawing.format("x" * (room + 1)))
    repo.redraw()
    assert len(repo.problems()) == 1


@pytest.mark.parametrize(
    "directive", ["os.path", "snippets.cv.box_area", "snippets.cv.boxes", "", "../x"]
)
def test_a_page_shows_the_reference_of_its_own_code_only(repo, directive):
    repo.edit(EN, "::: snippets.cv.box\n", f"::: snippets.cv.box\n\n::: {directive}\n")
    line = repo.line(EN, f"::: {directive}\n")
    message = "want the reference of snippets.cv.box or a module of it"
    assert f"{EN}:{line}: {message}; got {directive!r}" in repo.problems()


def test_a_figure_is_asked_for_and_not_forced(repo):
    for page in (EN, ZH):
        text = repo.read(page)
        start, stop = text.index("<figure"), text.index("</figure>\n") + 10
        repo.write(page, text[:start] + text[stop:])
    (repo.root / "figures/cv/box.py").unlink()
    (repo.root / SVG).unlink()
    asked = "want a figure, or `figure: none, because …` in the English head"
    assert f"{EN}:1: {asked}; found none" in repo.problems()
    reason = "none, because a number has no shape"
    repo.edit(EN, "requires: []", f'requires: []\nfigure: "{reason}"')
    stamp("cv/box", repo.root)
    assert repo.problems() == []
    repo.edit(EN, reason, "none")
    assert any(p.startswith(f"{EN}:9: figure: ") for p in repo.problems())


def test_a_page_with_a_figure_does_not_say_that_it_has_none(repo):
    reason = "none, because a number has no shape"
    repo.edit(EN, "requires: []", f'requires: []\nfigure: "{reason}"')
    message = f"want no figure, as the head says; got {reason!r}"
    assert f"{EN}:1: {message}" in repo.problems()


STALE = [
    (SVG, "m0 0h4", "m0 0h5"),
    (SVG, "<!-- drawn of ", "<!-- drawn by "),
    ("figures/cv/box.py", "return {}", "return {1: 2}"),
    (SNIPPET, "return 2 * width", "return 3 * width"),
]


@pytest.mark.parametrize(("file", "old", "new"), STALE)
def test_a_figure_that_its_code_would_draw_otherwise_is_named(repo, file, old, new):
    text = repo.read(file)
    assert old in text
    (repo.root / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    assert f"{SVG}:1: {REDRAW}" in repo.problems()


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        (SNIPPET, "Twice the width.", "Two times the width."),
        (SNIPPET, "    return 2 * width", "    # twice\n\n    return 2 * width"),
        ("figures/cv/box.py", '"""', '"""Now: '),
    ],
)
def test_words_about_code_draw_nothing(repo, file, old, new):
    text = repo.read(file)
    (repo.root / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    assert repo.problems() == []


def test_private_names_need_no_docstring(repo):
    text = repo.read(SNIPPET)
    repo.write(SNIPPET, text + "\n\ndef _aside() -> None:\n    pass\n")
    assert repo.problems() == []


def test_all_problems_come_in_one_run_and_in_order(repo):
    repo.edit(ZH, "[记号](#notation)", "[记号](#gone)")
    repo.edit(EN, "[notation](#notation)", "[notation](#gone)")
    repo.edit(EN, "The sum of $w$", r"The sum of $\wrong$")
    repo.edit(SNIPPET, '    """Twice the width."""\n', "")
    repo.edit("docs/en/cv/box-area.md", "tags: [shape]", "tags: []")
    problems = repo.problems()
    places = [line.split(": ")[0] for line in problems]
    assert places == [
        "docs/en/cv/box-area.md:6",
        f"{EN}:{repo.line(EN, 'Width times')}",
        f"{EN}:{repo.line(EN, '- **Adding.**')}",
        f"{ZH}:{repo.line(ZH, '宽乘以高')}",
        f"{SNIPPET}:{repo.line(SNIPPET, 'def double')}",
    ]


def test_a_fault_is_reported_once(repo):
    repo.edit(EN, "[notation](#notation)", "[a](gone.md) [b](gone.md)")
    assert len(repo.problems()) == 1


def test_with_names_only_these_notes_are_looked_at(repo):
    repo.edit(EN, "[notation](#notation)", "[notation](#gone)")
    repo.edit("docs/en/cv/box-area.md", "tags: [shape]", "tags: []")
    assert len(repo.problems("cv/box")) == 1
    assert repo.problems("cv/box")[0].startswith(EN)
    assert len(repo.problems("cv/box-area")) == 1
    assert len(repo.problems()) == 2


def test_pages_that_are_no_notes_are_looked_at_too(repo):
    repo.write("README.md", "# Top\n\n## Sub part\n\n[a](#sub-part) [b](gone.md)\n")
    repo.write("CONTRIBUTING.md", "# How\n\n```sh\nls\n```\n")
    repo.edit("docs/zh/cv/index.md", "# 视觉", "# 视觉\n\n用PyTorch写。")
    contributing, readme, topic = sorted(repo.problems())
    assert contributing.startswith("CONTRIBUTING.md:3: shell commands must be in")
    assert readme == "README.md:5: want links to files that exist; got gone.md"
    assert topic == "docs/zh/cv/index.md:8: want '用 PyTorch 写。'; got '用PyTorch写。'"


def test_links_that_are_right_are_not_refused(repo):
    repo.edit(
        EN,
        "nothing else counts.",
        "nothing [else](box-area.md#area), [here](#area), [tag](../tags.md#tag-shape), "
        "[name](#snippets.cv.box.double), [topic](index.md), [mail](mailto:a@b.c), "
        "![seen](index.md) counts.",
    )
    assert repo.problems() == []


def test_references_may_break_their_lines(repo):
    repo.edit(ZH, "Venue, 2016.", "Venue,\n  2016.")
    assert repo.problems() == []


def test_a_page_that_is_no_text_is_one_problem(repo):
    (repo.root / ZH).write_bytes(b"---\ntitle: \xff\n---\n")
    assert repo.problems() == [f"{ZH}:1: want UTF-8 text; got invalid start byte"]


def test_sections_are_those_that_start(tmp_path):
    path = tmp_path / "a.py"
    path.write_text("# --8<-- [start:one]\n    # --8<-- [end:one]\n# [start:two]\n")
    assert sections(path) == ["one"]
