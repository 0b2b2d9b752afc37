"""Oracle: hand-written pages, and pytest-codeblocks' own extraction of random ones."""

from io import StringIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest_codeblocks import extract_from_buffer

from notekit.read.fences import EXPECTED, GPU, census, looks_like_python, problems

PAGE = Path("docs/en/x.md")
NOTE = Path(__file__).parents[3] / "docs/en/cv/receptive-field.md"


def fenced(info: str, code: str = "import math", marker: str = "```") -> str:
    return f"{marker}{info}\n{code}\n{marker}\n"


def kinds(text: str) -> list[str]:
    return [fence.kind for fence in census(PAGE, text)]


def complaints(text: str) -> list[tuple[int, str]]:
    return [(problem.line, problem.message) for problem in problems(PAGE, text)]


def test_a_real_note_has_the_blocks_that_a_plain_count_of_lines_finds() -> None:
    lines = [line.strip() for line in NOTE.read_text(encoding="utf-8").split("\n")]
    found = [fence.kind for fence in census(NOTE)]
    assert found.count("run") == lines.count("```python") > 0
    assert found.count("output") == lines.count(EXPECTED) > 0
    embeds = [line for line in lines if line.startswith('--8<-- "snippets/')]
    assert found.count("embedded") == len(embeds) > 0
    assert problems(NOTE) == []


def test_a_fence_knows_its_place_its_code_and_its_output() -> None:
    block = fenced("python", "a = 'cuda'\n\nb = 2")
    text = f"---\ntitle: x\n---\n\n{GPU}\n{block}\n{EXPECTED}\n\n{fenced('text', '1')}"
    run, output = census(PAGE, text)
    assert (run.kind, run.line, run.end, run.gpu) == ("run", 6, 10, True)
    assert (run.code, run.expected, run.expected_line) == (
        "a = 'cuda'\n\nb = 2\n",
        "1\n",
        14,
    )
    assert (output.kind, output.line, output.end) == ("output", 14, 16)
    assert complaints(text) == []


def test_a_block_may_be_declared_to_run_outside_of_the_page_only() -> None:
    text = "<!-- not-in-page: wants a clock -->\n" + fenced("python")
    (fence,) = census(PAGE, text)
    assert (fence.kind, fence.reason, fence.gpu) == ("run", "wants a clock", False)
    assert complaints(text) == []


def test_an_embedded_fence_knows_its_snippet_and_section() -> None:
    text = fenced('py title="snippets/cv/a_b.py"', '--8<-- "snippets/cv/a_b.py:field"')
    (fence,) = census(PAGE, text)
    assert (fence.kind, fence.snippet, fence.section) == (
        "embedded",
        "snippets/cv/a_b.py",
        "field",
    )
    assert complaints(text) == []


@pytest.mark.parametrize("blank", ["", "\n"])
def test_a_display_only_fence_knows_its_reason(blank: str) -> None:
    text = f"<!-- display-only: needs eight GPUs -->\n{blank}{fenced('py')}"
    (fence,) = census(PAGE, text)
    assert (fence.kind, fence.reason) == ("display-only", "needs eight GPUs")
    assert complaints(text) == []


@pytest.mark.parametrize(
    ("before", "indent"),
    [
        ("", 0),
        ("1. a\n\n", 4),
        ("- a\n\n", 4),
        ("10. a\n\n    - b\n\n", 8),
        ('??? success "Answer"\n\n', 4),
        ("!!! note\n\n", 4),
        ('=== "torch"\n\n', 4),
        ('1. a\n\n    ???+ success "Answer"\n\n', 8),
        (
            "- a\n\n    - b\n\n        !!! note\n\n            ??? note\n\n",
            16,
        ),
    ],
)
def test_run_blocks_are_found_in_lists_and_admonitions(
    before: str, indent: int
) -> None:
    block = fenced("python", "if 1:\n    x = 1\n\ny = 2")
    text = before + "".join(" " * indent + line + "\n" for line in block.split("\n"))
    (fence,) = census(PAGE, text)
    assert (fence.kind, fence.line) == ("run", before.count("\n") + 1)
    assert fence.code == "if 1:\n    x = 1\n\ny = 2\n"
    assert complaints(text) == []


def test_other_languages_are_left_alone() -> None:
    text = "\n".join(
        [
            fenced("console", "$ pip install torch"),
            fenced("text", "epoch 1: loss 0.5"),
            fenced("yaml", "title: x"),
            fenced("toml", "line-length = 88"),
            fenced("cpp", "draw(2)"),
            fenced("markdown", fenced("python") + EXPECTED, marker="````"),
        ]
    )
    assert kinds(text) == ["other"] * 6
    assert complaints(text) == []


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        # Python that pytest-codeblocks passes over
        (fenced('python title="a.py"'), 1, 'got ```python title="a.py"'),
        (fenced('python hl_lines="1"'), 1, "hl_lines"),
        (fenced("{.python}"), 1, "{.python}"),
        (fenced("{ .py .annotate }"), 1, "{ .py .annotate }"),
        (fenced("{ #id .python }"), 1, "{ #id .python }"),
        (fenced(" python"), 1, "got ``` python"),
        (fenced("python3"), 1, "python3"),
        (fenced("Python"), 1, "Python"),
        (fenced("pycon", ">>> 1"), 1, "pycon"),
        (fenced("ipython"), 1, "ipython"),
        (fenced("py"), 1, "without that comment directly above"),
        (fenced("python", marker="~~~"), 1, "got ~~~python"),
        ("> ```python\n> x = 1\n> ```\n", 1, "in a block quote"),
        (" ```python\n x = 1\n ```\n", 1, "at another column"),
        ("- a\n\n  ```python\n  x = 1\n  ```\n", 3, "4 spaces before them"),
        ("a\n\n    import math\n    math.pi\n", 3, "indented code"),
        (fenced("", "x = 1"), 1, "a Python program"),
        (fenced("text", "print(1)"), 1, "a Python program"),
        (fenced("console", ">>> 1 + 1\n2"), 1, "a Python program"),
        (fenced("foo", "def f(): pass"), 1, "a Python program"),
        ("<pre>\nimport math\n</pre>\n", 1, "got <pre>"),
        # fences that only one of the parsers sees
        ("<div>\n```python\nx = 1\n```\n</div>\n", 2, "here '```python' is none"),
        ("<!--\n```python\nx = 1\n```\n-->\n", 2, "is none"),
        ("[^1]: a\n\n    ```python\n    x = 1\n    ```\n", 3, "is none"),
        (fenced("python") + "```python\nx = 1\n", 4, "must be closed with ```"),
        ("```python\n", 1, "must be closed with ```"),
        ("```\n", 1, "must be closed with ```"),
        (fenced("python", 'x = """\n    ```\n"""'), 1, "more backticks"),
        (fenced("markdown", fenced("python"), marker="~~~"), 1, "more backticks"),
        # comments that steer pytest-codeblocks
        ("<!--pytest-codeblocks:cont-->\n" + fenced("python"), 1, "cont-->"),
        ("<!--pytest-codeblocks:skip-->\n" + fenced("python"), 1, "skip-->"),
        ("<!--pytest-codeblocks:skipfile-->\n\n" + fenced("python"), 1, "skipfile"),
        ("<!--pytest-codeblocks:importorskip(jax)-->\n" + fenced("python"), 1, "jax"),
        ("<!--pytest.mark.xfail-->\n" + fenced("python"), 1, "xfail"),
        ("<!--pytest.mark.skip-->\n" + fenced("text", "a"), 1, "skip"),
        ("<!-- pytest.mark.gpu -->\n" + fenced("python"), 1, "got <!-- pytest"),
        ("~~~\n<!--pytest.mark.skip-->\n~~~\n", 2, "skip"),
        # a GPU that nothing uses, reasons that say nothing
        (f"{GPU}\n{fenced('python', 'x = 1')}", 1, "nothing in it names cuda"),
        (f"{GPU}\n{fenced('python', 'x = 1  # cuda')}", 1, "nothing in it names cuda"),
        (f"{GPU}\n{fenced('python', 'import torch')}", 1, "nothing in it names cuda"),
        ("<!-- display-only: x -->\n" + fenced("py"), 1, "a reason of ten letters"),
        ("<!-- display-only: 略 -->\n" + fenced("py"), 1, "a reason of ten letters"),
        (f"{GPU}\n\na\n\n{fenced('python')}", 1, "directly above a ```python"),
        (f"{GPU}\n{fenced('text', 'a')}", 1, "directly above a ```python"),
        (f"{GPU}\n{GPU}\n{fenced('python')}", 1, "directly above a ```python"),
        # outputs
        (fenced("python") + EXPECTED + "\n\n" + fenced("", "1"), 4, "```text block"),
        (fenced("python") + EXPECTED + "\n\na\n", 4, "```text block"),
        (fenced("python") + f"\na\n\n{EXPECTED}\n" + fenced("text", "1"), 7, "below a"),
        (EXPECTED + "\n" + fenced("text", "1"), 1, "directly below a ```python"),
        (
            fenced("python") + EXPECTED + "\n" + fenced("text", "1", "~~~"),
            4,
            "directly below a ```python",
        ),
        # embedded and declared ones
        (fenced('py title="snippets/a.py"', "x = 1"), 1, "must hold one line"),
        (
            fenced('py title="snippets/a.py"', '--8<-- "snippets/b.py:f"'),
            1,
            "must hold one line",
        ),
        (
            fenced('py title="snippets/a.py"', '--8<-- "snippets/a.py"'),
            1,
            "must hold one line",
        ),
        ("<!-- display-only: -->\n" + fenced("py"), 1, "needs a reason"),
        ("<!-- display-only: a -->\n" + fenced("python"), 1, "above a ```py block"),
        ("<!-- not-in-page: -->\n" + fenced("python"), 1, "needs a reason"),
        ("<!-- not-in-page: a -->\n" + fenced("text"), 1, "above a ```python block"),
        ("<!-- display-only: a -->\n\nb\n\n" + fenced("py"), 5, "directly above"),
        # shells
        (fenced("sh", "ls"), 1, "must be in a ```console block, got ```sh"),
        (fenced("bash", "ls"), 1, "console"),
        (fenced("shell", "ls"), 1, "console"),
        (fenced("zsh", "ls"), 1, "console"),
        # blocks that are green without having run
        (fenced("python", "import sys\n\nsys.exit()"), 4, "sys.exit"),
        (fenced("python", "exit()"), 2, "exit()"),
        (fenced("python", "quit(0)"), 2, "quit(0)"),
        (fenced("python", "import os\nos._exit(0)"), 3, "os._exit"),
        (fenced("python", "import os\nos.execv('a', [])"), 3, "os.execv"),
        (fenced("python", "from os import _exit"), 2, "_exit"),
        (fenced("python", "raise SystemExit"), 2, "raise SystemExit"),
        (fenced("python", "raise SystemExit(0)"), 2, "raise SystemExit(0)"),
        (fenced("python", "import pytest"), 2, "must not use pytest"),
        (fenced("python", "from pytest import skip"), 2, "must not use pytest"),
        (fenced("python", "a = pytest.skip()"), 2, "must not use pytest"),
        (fenced("python", "t.importorskip('jax')"), 2, "must not use pytest"),
        (fenced("python", "import time\nprint(time.time())"), 3, "read a clock"),
        (fenced("python", "print(time.localtime().tm_year)"), 2, "read a clock"),
        (fenced("python", "from time import perf_counter"), 2, "read a clock"),
        (fenced("python", "a = datetime.datetime.now()"), 2, "read a clock"),
        (fenced("python", "a = date.today().year"), 2, "read a clock"),
        (fenced("python", "if __name__ == '__main__':\n    f()"), 2, "__name__"),
        (fenced("python", "x = 1\nx ="), 3, "must be Python"),
    ],
)
def test_what_would_not_run_is_a_problem(text: str, line: int, message: str) -> None:
    found = complaints(text)
    assert any(at == line and message in what for at, what in found), found


RUN = fenced("python", "print(1)")
RESULT = f"{EXPECTED}\n\n{fenced('text', '1')}"
COMMAND = fenced("console", "$ python -m a")
MADE_UP = {
    "alone": (f"a\n\n{fenced('text', 'loss 0.1')}", 3),
    "without a name": (f"a\n\n{fenced('', 'loss 0.1')}", 3),
    "below a block, unmarked": (f"{RUN}\n{fenced('text', '1')}", 5),
    "a second one": (f"{RUN}\n{RESULT}\n{fenced('text', '2')}", 11),
    "below words below a command": (f"{COMMAND}\na\n\n{fenced('text', '2')}", 7),
    "a second one of a command": (
        f"{COMMAND}\n{fenced('text', '2')}\n{fenced('text', '3')}",
        9,
    ),
    "below an embed": (
        fenced('py title="snippets/a.py"', '--8<-- "snippets/a.py:b"')
        + f"\n{fenced('text', '1')}",
        5,
    ),
}


@pytest.mark.parametrize("case", MADE_UP)
def test_text_that_is_the_output_of_nothing_is_refused(case: str) -> None:
    text, line = MADE_UP[case]
    found = problems(Path("docs/en/cv/x.md"), text)
    wanted = "text must be the output of a block that runs"
    assert [p.line for p in found if p.message.startswith(wanted)] == [line]
    assert len(found) == 1


OUTPUT = [
    f"{RUN}\n{RESULT}",
    f"{COMMAND}\n{fenced('text', 'a')}",
    f"{COMMAND}{fenced('text', 'a')}",
    f"<!-- display-only: the format of a file -->\n\n{fenced('text', 'a b')}",
    f"<!-- display-only: a tree -->\n{fenced('', 'a b')}",
    fenced("yaml", "a: 1"),
]


@pytest.mark.parametrize("text", OUTPUT)
def test_text_that_is_somebodys_output_or_declared_may_stand(text: str) -> None:
    assert problems(Path("docs/zh/cv/x.md"), text) == []


@pytest.mark.parametrize(
    ("code", "got"),
    [
        ("$ python -m a\nloss 0.1", "'loss 0.1'"),
        ("$ python -m a\n\n  3 passed", "'  3 passed'"),
        ("$ a\n$ b\n> c\nd", "'d'"),
    ],
)
def test_a_console_block_holds_commands_only(code: str, got: str) -> None:
    [(line, message)] = complaints(fenced("console", code))
    assert line == 1
    assert message.startswith("a console block holds commands, and a ```text block")
    assert message.endswith(f"got {got}")


def test_a_command_may_go_on_and_have_remarks() -> None:
    code = "$ python -m a \\\n    --output b\n# then\n$ c  # d"
    assert complaints(fenced("console", code)) == []


@pytest.mark.parametrize(
    "code",
    ["import sys\nprint(sys.executable)", "try:\n    f()\nexcept SystemExit: ..."],
)
def test_code_that_only_resembles_a_refused_one_is_fine(code: str) -> None:
    assert complaints(fenced("python", code)) == []


def test_a_comment_in_inline_code_is_prose() -> None:
    assert complaints(f"Write `{GPU}` above it.\n") == []


def test_problems_read_like_a_compiler() -> None:
    (problem,) = problems(PAGE, "\n" + fenced("sh", "ls"))
    assert str(problem).startswith("docs/en/x.md:2: shell commands must be in")


def test_prose_and_data_do_not_look_like_python() -> None:
    for text in ("", "a", "1 2 3", "0.5", "size 3, stride 2", "x -> y", '{"a": 1}'):
        assert not looks_like_python(text)


def test_an_invalid_escape_is_left_to_the_run() -> None:
    text = fenced("python", r'x = "\d"')
    assert kinds(text) == ["run"]
    assert complaints(text) == []


def test_front_matter_is_not_code() -> None:
    assert complaints("---\nsummary: |\n\n    import math\n---\n") == []


CONTAINERS = st.lists(
    st.sampled_from(["- a", "1. a", "!!! note", '??? success "Answer"', '=== "b"']),
    max_size=5,
)
CODES = st.sampled_from(
    ["x = 1\n", "def f():\n    return 1\n\n\nf()\n", 'x = """\n!!! note\n- a\n"""\n']
)


@given(st.lists(st.tuples(CONTAINERS, CODES, st.booleans()), max_size=5))
def test_random_nesting_is_read_as_pytest_codeblocks_reads_it(
    blocks: list[tuple[list[str], str, bool]],
) -> None:
    lines: list[str] = []
    for containers, code, shows in blocks:
        lines += ["text", ""]
        for depth, opener in enumerate(containers):
            lines += [" " * 4 * depth + opener, ""]
        body = fenced("python", code.rstrip("\n"))
        if shows:
            body += f"\n{EXPECTED}\n\n{fenced('text', '1')}"
        pad = " " * 4 * len(containers)
        lines += [pad + line if line else "" for line in body.split("\n")]
    text = "\n".join(lines) + "\n"
    theirs = extract_from_buffer(StringIO(text))
    mine = [fence for fence in census(PAGE, text) if fence.kind == "run"]
    assert [fence.code for fence in mine] == [code for _, code, _ in blocks]
    assert [fence.line for fence in mine] == [block.lineno for block in theirs]
    assert [fence.expected for fence in mine] == [b.expected_output for b in theirs]
    assert complaints(text) == []


@given(
    st.text("pythonPYiexc3{}.#=\" '-", max_size=12),
    st.sampled_from(["```", "````", "~~~"]),
    st.sampled_from(["", " ", "  ", "    ", "> ", "- ", "1. "]),
)
def test_no_info_string_or_place_hides_python(info: str, mark: str, pad: str) -> None:
    rest = pad if pad in ("> ",) else " " * len(pad)
    text = f"{pad}{mark}{info}\n{rest}import math\n{rest}{mark}\n"
    assert kinds(text) == ["run"] or complaints(text)


@pytest.mark.parametrize("language", ["js", "mermaid", "html", "java"])
def test_a_language_that_no_one_runs_is_named_or_refused(language: str) -> None:
    [(line, message)] = complaints(fenced(language, "a = 1"))
    assert line == 1
    assert message.startswith("a block must be python, py or one of c, console, ")
