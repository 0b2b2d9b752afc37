"""Oracles: Jupyter's own format and client, the census of blocks, markdown-it."""

import ast
import base64
import builtins
import doctest
import json
import os
import re
import runpy
import symtable
import sys
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from markdown_it import MarkdownIt
from mdit_py_plugins.dollarmath import dollarmath_plugin
from nbclient import NotebookClient

from notekit.language import LANGUAGES
from notekit.pages.published import home
from notekit.pages.words import WORDS
from notekit.problem import ROOT
from notekit.read.catalogue import Catalogue, read
from notekit.read.document import Document
from notekit.read.fences import census
from notekit.study.notebooks import EXERCISE, notebooks
from tests.notekit.builder import Repo, build_repo
from tests.notekit.study.nursery import NAME, Nursery

ALL = read()
BOTH = [(name, language) for name in ALL.notes for language in LANGUAGES]
PROSE = ("text", "code_inline", "math_inline", "math_inline_double", "math_block")
# What Python-Markdown and the site understand, and Jupyter does not.
FOREIGN = re.compile(
    r"--8<--|^ *(?:\?\?\?|!!!|===)|\{:? ?[#.]|^:::|<!--| markdown>|^\*\[|\[\^"
    r"|</?(?:div|fig)",
    re.MULTILINE,
)


def made(catalogue: Catalogue, name: str, language: str) -> nbformat.NotebookNode:
    address = home(catalogue.root, language)
    texts = notebooks(catalogue, language, address, WORDS[language], only=name)
    return nbformat.reads(texts[name], as_version=4)


def code_cells(book: nbformat.NotebookNode) -> list[nbformat.NotebookNode]:
    return [cell for cell in book.cells if cell.cell_type == "code"]


def prose(markdown: str) -> Iterator[tuple[str, str]]:
    """Words, code and formulas of running text, in order."""
    parser = MarkdownIt("commonmark", {"html": True}).enable("table")
    parser.use(dollarmath_plugin, allow_space=False, allow_digits=True)
    for token in parser.parse(markdown):
        for child in token.children or [token]:
            if child.type in PROSE:
                kind = "text" if child.type == "text" else "other"
                words = child.content.split() if kind == "text" else [child.content]
                yield from ((kind, word) for word in words)


def text_of(book: nbformat.NotebookNode) -> str:
    return "\n\n".join(c.source for c in book.cells if c.cell_type == "markdown")


def printed(cell: nbformat.NotebookNode) -> str:
    """All that a cell shows; anything but printed text is shown as it is."""
    plain = {"output_type": "stream", "name": "stdout"}
    parts = []
    for output in cell.outputs:
        is_plain = plain.items() <= output.items()
        parts.append(output.text if is_plain else json.dumps(output))
    return "\n".join(line.rstrip() for line in "".join(parts).rstrip().split("\n"))


# One page, with what a page may have


@pytest.fixture
def repo(tmp_path) -> Repo:
    return build_repo(tmp_path)


def changed(repo: Repo, old: str, new: str) -> nbformat.NotebookNode:
    repo.edit("docs/en/cv/box.md", old, new)
    return made(repo.catalogue(), "cv/box", "en")


def test_title_origin_and_code_come_first(repo):
    book = made(repo.catalogue(), "cv/box", "zh")
    first, second = book.cells[:2]
    assert first.source.startswith("# 方框\n\n来自 [Gradnotes](https://")
    assert "/zh/cv/box/)，更新于 2026-02-03。" in first.source
    assert "只需 Python 本身" in first.source
    assert second.source.startswith("# @title ")
    assert "def double(width: int)" in second.source
    assert second.metadata.jupyter.source_hidden is True


def test_the_first_cell_brings_the_modules_and_a_second_run_brings_an_edit(
    repo, tmp_path, monkeypatch
):
    source = code_cells(made(repo.catalogue(), "cv/box", "en"))[0].source
    monkeypatch.setattr(sys, "path", sys.path[:])
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    before = dict(sys.modules)
    try:
        for factor in (2, 3):
            exec(source.replace("2 * width", f"{factor} * width"), {})
            space: dict[str, object] = {}
            exec("from snippets.cv.box import double; got = double(5)", space)
            assert space["got"] == 5 * factor
    finally:
        # The cell forgets modules of notes, which other tests hold on to.
        for name in set(sys.modules) - set(before):
            del sys.modules[name]
        sys.modules.update(before)


def test_modules_of_other_notes_that_a_block_uses_come_too(repo):
    repo.edit("docs/en/cv/box.md", "print(double(2))", "print(double(2))\n# end")
    old = "from snippets.cv.box import double\n"
    book = changed(repo, old, f"{old}from snippets.cv.box_area import double as d\n")
    assert "\"snippets/cv/box_area.py\": r'''" in code_cells(book)[0].source


@pytest.mark.parametrize(
    "code",
    ["a = '''x'''\n", 'a = "\\\\"\n', "a = r'\\d'\n", "\r\n", "'\\", "é\t\U0001f600\n"],
)
def test_modules_arrive_letter_by_letter(repo, code):
    (repo.root / "snippets/cv/box_extra.py").write_bytes(code.encode())
    old = "from snippets.cv.box import double\n"
    book = changed(repo, old, f"{old}import snippets.cv.box_extra\n")
    tree = ast.parse(code_cells(book)[0].source)
    call = next(
        n for n in ast.walk(tree) if isinstance(n, ast.Call) and n.args
        and isinstance(n.args[0], ast.Dict)
    )  # fmt: skip
    modules = ast.literal_eval(call.args[0])
    want = (repo.root / "snippets/cv/box_extra.py").read_text(encoding="utf-8")
    assert modules["snippets/cv/box_extra.py"] == want


def test_a_block_that_runs_is_a_cell_with_its_output(repo):
    book = made(repo.catalogue(), "cv/box", "en")
    block = code_cells(book)[1]
    assert block.source == "from snippets.cv.box import double\n\nprint(double(2))"
    assert printed(block) == "4"
    assert "expected-output" not in text_of(book)


def test_a_block_in_an_answer_is_folded_and_the_fold_goes_on_behind_it(repo):
    block = "```python\nprint(7)\n```\n\n<!--pytest-codeblocks:expected-output-->\n"
    block = f"First.\n\n{block}\n```text\n7\n```\n\nMore."
    inner = block.replace("\n", "\n        ")
    book = changed(repo, "        First.\n", f"        {inner}\n")
    cells = book.cells
    place = next(n for n, cell in enumerate(cells) if cell.source == "print(7)")
    assert cells[place].metadata.jupyter.outputs_hidden is True
    before, after = cells[place - 1].source, cells[place + 1].source
    assert before.endswith("    First.\n\n    </details>")
    assert after.startswith(
        "<details>\n<summary>Answer (continued)</summary>\n\n"
        "More.\n\n</details>\n\n2. Two?"
    )


def test_code_for_a_gpu_is_marked(repo):
    book = changed(repo, "```python\n", "<!--pytest.mark.gpu-->\n\n```python\n")
    cell = code_cells(book)[1]
    assert cell.metadata.tags == ["gpu"]
    assert "*This cell needs a CUDA GPU.*" in text_of(book)


@pytest.mark.parametrize(
    ("body", "markdown"),
    [
        ("See [a](box-area.md#x).", "See [a]({}cv/box-area/#x)."),
        ("See [a](../nlp/index.md).", "See [a]({}nlp/)."),
        ("See [a](#area), `[a](#area)`.", "See [a]({}cv/box/#area), `[a](#area)`."),
        ("See [a](https://a.b/c.md#d).", "See [a](https://a.b/c.md#d)."),
        ('See <a href="../index.md">a</a>.', 'See <a href="{}">a</a>.'),
        ("## A $x$ { #a }", "## A $x$"),
        ("$f[a](#b)$ and $a { #b }$", "$f[a](#b)$ and $a { #b }$"),
        ('!!! note "N"\n\n    Text.\n\nAfter.', "> **N**\n>\n> Text.\n\nAfter."),
        (
            '??? tip "T"\n\n    One.\n\nTwo.',
            "<details>\n<summary>T</summary>\n\nOne.\n\n</details>\n\nTwo.",
        ),
        (
            '<div role="group" aria-label="L">\n'
            '--8<-- "figures/cv/box_steps.svg"\n</div>',
            "*L*: [step by step on the site]({}cv/box/)",
        ),
        (
            '```py title="snippets/cv/box.py"\n--8<-- "snippets/cv/box.py:core"\n```',
            "`snippets/cv/box.py`\n\n```python\ndef double(width: int) -> int:\n"
            '    """Twice the width."""\n    return 2 * width\n```',
        ),
        (
            "<!-- display-only: why -->\n\n```py\nfor a in b:\n\n\n    c\n```",
            "```python\nfor a in b:\n\n\n    c\n```",
        ),
    ],
)
def test_what_only_the_site_understands_becomes_plain(repo, body, markdown):
    book = changed(repo, "nothing else counts.", f"nothing else counts.\n\n{body}\n")
    want = markdown.replace("{}", home(ROOT, "en"))
    assert f"nothing else counts.\n\n{want}\n\n## Notation" in text_of(book)


def test_a_figure_is_a_picture_on_a_light_ground(repo):
    text = text_of(made(repo.catalogue(), "cv/box", "en"))
    found = re.search(
        r'^<img alt="A drawn line" src="data:image/svg\+xml;base64,([^"]+)">'
        r"\n\nThe line is",
        text,
        re.MULTILINE,
    )
    assert found
    svg = ET.fromstring(base64.b64decode(found[1]))
    assert svg.tag.endswith("svg")
    assert "background:#fff" in svg.attrib["style"]


def test_what_changed_is_made_again(repo):
    before = made(repo.catalogue(), "cv/box", "en")
    assert made(repo.catalogue(), "cv/box", "en") == before
    repo.edit("snippets/cv/box.py", "Twice the width", "Two times the width")
    assert "Two times" in code_cells(made(repo.catalogue(), "cv/box", "en"))[0].source
    figure = "figures/cv/box.svg"
    repo.write(figure, repo.read(figure).replace("h4", "h3"))
    assert text_of(made(repo.catalogue(), "cv/box", "en")) != text_of(before)


# All notes


@pytest.mark.parametrize(("name", "language"), BOTH)
def test_every_notebook_is_valid_and_plain(name, language):
    book = made(ALL, name, language)
    nbformat.validate(book)
    for cell in book.cells:
        if cell.cell_type == "markdown":
            text = re.sub(r"(`{3,}).*?\1", "", cell.source, flags=re.DOTALL)
            text = re.sub(r"\$\$.*?\$\$|\$[^$]*\$|`[^`]*`", "", text, flags=re.DOTALL)
            assert not FOREIGN.search(text), FOREIGN.search(text)
            assert text.count("<details>") == text.count("</details>")
            for target in re.findall(r"\]\(([^)\s]*)\)", text):
                assert target.startswith(("https://", "http://", "mailto:")), target
    for picture in re.findall(r'src="([^"]*)"', text_of(book)):
        ET.fromstring(base64.b64decode(picture.partition(",")[2]))


@pytest.mark.parametrize(("name", "language"), BOTH)
def test_every_word_code_and_formula_of_the_page_is_in_the_notebook(name, language):
    page = ALL.notes[name].pages[language]
    body = re.sub(r"<figure.*?</figure>", "", page.body, flags=re.DOTALL)
    body = re.sub(r"^::: .*$| *\{ #[^}\s]+ \}$", "", body, flags=re.MULTILINE)
    text = text_of(made(ALL, name, language))
    left = iter(prose(text))
    for word in prose_of(Document(page.path, body)):
        assert word in left, f"{word} is missing, or in another place"
    for caption in re.findall(r"<figcaption[^>]*>(.*?)</figcaption>", page.body, re.S):
        assert set(caption.split()) <= set(text.split())


def prose_of(document: Document) -> list[tuple[str, str]]:
    found = []
    for token in document.tokens:
        for child in token.children or [token]:
            if child.type == "text":
                found += [("text", word) for word in child.content.split()]
            elif child.type in PROSE:
                found.append(("other", child.content))
    return found


@pytest.mark.parametrize(("name", "language"), BOTH)
def test_cells_are_the_blocks_of_the_page_with_their_outputs(name, language):
    page = ALL.notes[name].pages[language]
    runs = [fence for fence in census(page.path) if fence.kind == "run"]
    cells = code_cells(made(ALL, name, language))[1:]
    cells = [cell for cell in cells if EXERCISE not in cell.metadata.get("tags", [])]
    assert [cell.source for cell in cells] == [f.code.rstrip("\n") for f in runs]
    assert [printed(cell) for cell in cells] == [
        "\n".join(x.rstrip() for x in (f.expected or "").rstrip().split("\n"))
        for f in runs
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_exercises_with_a_judge_come_with_a_start_and_a_folded_solution(language):
    """As a note that has some declares them; the solution then does what is asked."""
    path = ROOT / "exercises/algorithms/knapsack.py"
    held = runpy.run_path(str(path))
    asked = {k: v for k, v in held.items() if type(v).__name__ == "Exercise"}
    assert len(asked) >= 2
    book = made(ALL, "algorithms/knapsack", language)
    cells = [c for c in book.cells if EXERCISE in c.metadata.get("tags", [])]
    text = "\n".join(c.source for c in cells if c.cell_type == "markdown")
    starts, solutions = (
        [
            c
            for c in cells
            if c.cell_type == "code" and bool(c.metadata.get("jupyter")) is x
        ]
        for x in (False, True)
    )
    assert len(starts) == len(solutions) == len(asked)
    for exercise, start, solution in zip(asked.values(), starts, solutions):
        words = getattr(exercise, language)
        assert f"### {words.title}\n\n{words.statement.strip()}\n\n" in text
        assert exercise.examples.strip() in text
        scope: dict[str, object] = {}
        exec(start.source, scope)
        exec(solution.source, scope)
        examples = doctest.DocTestParser().get_doctest(
            exercise.examples, scope, "examples", None, 0
        )
        assert doctest.DocTestRunner().run(examples).failed == 0
        assert examples.examples


@pytest.mark.parametrize("name", list(ALL.notes))
def test_both_languages_run_the_same_code(name):
    """So that one of them need be run; the first cell differs in a comment."""
    english, chinese = (code_cells(made(ALL, name, x)) for x in LANGUAGES)
    dumped = [[ast.dump(ast.parse(c.source)) for c in x] for x in (english, chinese)]
    assert dumped[0] == dumped[1]
    assert [c.outputs for c in english] == [c.outputs for c in chinese]
    assert [c.metadata for c in english] == [c.metadata for c in chinese]


@pytest.mark.parametrize("name", list(ALL.notes))
def test_the_notebook_names_the_libraries_that_it_needs(name):
    book = made(ALL, name, "en")
    needs = re.search(r"Needs: (.*)\.$", book.cells[0].source)
    assert needs
    cells = code_cells(book)
    trees = [ast.parse(cell.source) for cell in cells]
    call = trees[0].body[-1].value
    modules = ast.literal_eval(call.args[0])
    used = set()
    for tree in [*trees, *map(ast.parse, modules.values())]:
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                used |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and not node.level:
                used.add(str(node.module).partition(".")[0])
    # Triton comes with torch where there is a GPU.
    used -= {*sys.stdlib_module_names, "snippets", "triton"}
    assert used == set(needs[1].split(", ")) - {"nothing but Python"}


@pytest.fixture(scope="module")
def kernels(tmp_path_factory) -> Iterator[Path]:
    """Kernels that know numpy and torch, and nothing of this project."""
    folder = tmp_path_factory.mktemp("jupyter")
    before = dict(os.environ)
    os.environ |= {"JUPYTER_PATH": str(folder), "JUPYTER_RUNTIME_DIR": str(folder)}
    os.environ |= {"IPYTHONDIR": str(folder), "JUPYTER_PLATFORM_DIRS": "1"}
    # Threads of linear algebra wait for each other on a busy machine, a minute long.
    os.environ |= {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    try:
        with Nursery(folder, ("numpy", "torch")):
            yield folder
    finally:
        os.environ.clear()
        os.environ |= before


# What each block prints alone, its page's test says. In a notebook cells share names
# and random numbers, and no file is the main program: where that may matter, it is run.


def scopes(table: symtable.SymbolTable) -> Iterator[symtable.SymbolTable]:
    yield table
    for inner in table.get_children():
        yield from scopes(inner)


@pytest.mark.parametrize("name", list(ALL.notes))
def test_no_cell_needs_or_hides_a_name_of_another(name):
    given = {*vars(builtins), "__name__", "__file__", "__doc__"} - {"_"}
    for cell in code_cells(made(ALL, name, "en")):
        module = symtable.symtable(cell.source, "cell", "exec")
        own = {x.get_name() for x in module.get_symbols() if is_bound(x)}
        assert not own & given, cell.source
        used = {
            symbol.get_name()
            for table in scopes(module)
            for symbol in table.get_symbols()
            if symbol.is_referenced() and (table is module or symbol.is_global())
        }
        assert used <= own | given, cell.source


def is_bound(symbol: symtable.Symbol) -> bool:
    return symbol.is_assigned() or symbol.is_imported() or symbol.is_namespace()


# Imports of what depends on the process, file or thread that it is used in.
APART = re.compile(
    r"^[ \t]*(?:import|from)[ \t].*\b(?:asyncio|concurrent|importlib|inspect|pickle"
    r"|multiprocessing|signal|subprocess|threading|triton|weakref"
    r"|torch(?:\.| import )(?:distributed|utils|_dynamo|multiprocessing))\b",
    re.MULTILINE,
)
# Draws, also those of new weights, from the generators that all cells share.
DRAWS = re.compile(
    r"torch\.(?:rand|normal|multinomial|bernoulli|empty)|\bnn\.[A-Z]|\binit\."
    r"|np\.random\.(?!default_rng|Generator)|^import random$",
    re.MULTILINE,
)


def may_differ(book: nbformat.NotebookNode) -> bool:
    """Whether its cells may print what the blocks, each alone, do not."""
    first, *cells = (cell.source for cell in code_cells(book))
    modules = first.partition("\nprovide({")[2]  # as they are, between quotes
    return any(map(APART.search, (modules, *cells))) or any(
        DRAWS.search(code) and "seed" not in code for code in cells
    )


def test_what_depends_on_the_process_or_on_shared_random_numbers_is_seen(repo):
    plain = changed(repo, "print(double(2))", "print(double(2))\n# end")
    assert not may_differ(plain)
    for line in (
        "import torch.distributed as dist",
        "from torch import multiprocessing as mp",
        "from multiprocessing import Pool",
        "import numpy as np; np.random.rand()",
        "import random",
        "from torch import nn; nn.Linear(2, 2)",
    ):
        old = "print(double(2))\n# end"
        assert may_differ(changed(repo, old, f"print(double(2))\n{line}\n# end"))
        repo.edit("docs/en/cv/box.md", f"{line}\n", "")


# And one of each topic, whatever it holds.
RUN = {notes[0].name for topic in ALL.topics if (notes := ALL.in_topic(topic))}
RUN |= {name for name in ALL.notes if may_differ(made(ALL, name, "en"))}


@pytest.mark.timeout(240)
@pytest.mark.parametrize("name", sorted(RUN))
def test_a_notebook_prints_what_it_shows(kernels, tmp_path, name):
    book = made(ALL, name, "en")
    wanted = [printed(cell) for cell in code_cells(book)]
    for cell in code_cells(book):
        cell.outputs = []
        if "gpu" in cell.metadata.get("tags", []):
            cell.metadata.tags.append("skip-execution")
    place = {"metadata": {"path": str(tmp_path)}}
    client = NotebookClient(
        book, kernel_name=NAME, resources=place, timeout=200, allow_errors=True
    )
    client.execute()
    for cell, want in zip(code_cells(book), wanted, strict=True):
        if "gpu" not in cell.metadata.get("tags", []):
            assert printed(cell) == want, cell.source
    assert list(tmp_path.iterdir()) == []  # the reader's folder is left as it was
