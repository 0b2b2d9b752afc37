"""Oracle: pages with one planted fault each, whose report a person wrote down."""

import json
import os
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

from notekit.read import fences

ROOT = Path(__file__).parents[3]
PYTHONPATH = os.pathsep.join([str(ROOT), *filter(None, [os.getenv("PYTHONPATH")])])
SHOWN = f"\n{fences.EXPECTED}\n\n```text\n{{}}\n```\n"
Report = dict[str, str]

INI = """
[pytest]
addopts = --codeblocks --import-mode=importlib --strict-markers -p no:cacheprovider
filterwarnings = error
markers = gpu
"""
CONFTEST = """
import json, pathlib, pytest

pytest_plugins = ["notekit.prove.codeblocks"]

def pytest_collection_modifyitems(items):
    for item in items:
        if "hangs" in item.nodeid:
            item.add_marker(pytest.mark.timeout(1, method="signal"))

def pytest_runtest_logreport(report):
    if report.when == "call" or report.outcome != "passed":
        row = [report.nodeid, report.outcome, report.longreprtext]
        with open(pathlib.Path(__file__).with_name("reports"), "a") as file:
            print(json.dumps(row), file=file)
"""
# Sessions that run no library start faster without them, and must run without them.
BARE = """
import sys

sys.modules.update(numpy=None, matplotlib=None, torch=None)
pytest_plugins = ["notekit.prove.codeblocks"]
"""


def block(code: str) -> str:
    return f"```python\n{textwrap.dedent(code).strip()}\n```\n\n"


def file_name(case: str) -> str:
    return "".join(c if c.isalnum() else "_" for c in case) + ".md"


DRAWS = """
import os
import random
from pathlib import Path
from importlib.util import find_spec

draws = [random.random()]
if find_spec("numpy"):
    import numpy
    draws += [numpy.random.rand()]
if find_spec("torch"):
    import torch
    draws += [torch.rand(1).item()]
Path(os.environ["DRAWS"], Path(__file__).stem).write_text(str(draws))
"""

RUNS = {
    "A first block finds the libraries imported": """
        import sys
        from importlib.util import find_spec

        libraries = filter(find_spec, ["numpy", "matplotlib", "torch"])
        assert [name for name in libraries if name not in sys.modules] == []
        """,
    "pickles what it defines": """
        import pickle

        class Point:
            pass

        assert type(pickle.loads(pickle.dumps(Point()))) is Point
        """,
    "finds the source of a class and a function": """
        import inspect

        class Point:
            x = 1

        def f():
            return 2

        assert inspect.getsource(Point) == "class Point:\\n    x = 1\\n"
        assert inspect.getsource(f) == "def f():\\n    return 2\\n"
        """,
    "is a module that imports by its name": """
        import importlib, sys

        assert importlib.import_module(__name__) is sys.modules[__name__]
        assert __name__.isidentifier() and __file__.endswith(".md")
        """,
    "has dataclasses with postponed annotations": """
        from __future__ import annotations
        from dataclasses import KW_ONLY, dataclass, fields

        @dataclass
        class Point:
            x: int
            _: KW_ONLY
            y: int = 2

        assert [f.name for f in fields(Point(1))] == ["x", "y"]
        """,
    "imports from the root of the project and works elsewhere": """
        import os, at_root

        open("here.txt", "w").close()
        assert os.listdir() == ["here.txt"]
        """,
    "reads the environment and writes to it": """
        import os

        os.environ["x"] = os.environ["PATH"]
        """,
    "draws random numbers": DRAWS,
    "draws them again, elsewhere": DRAWS,
    "prints what the page shows, but for white space at the ends": (
        "print('a \\nb\\n\\nc\\n')\n```\n" + SHOWN.format("a\nb\n\nc")[:-5]
    ),
    "sees its class in torch.jit": """
        import torch

        class Scale(torch.nn.Module):
            def forward(self, x: torch.Tensor) -> torch.Tensor:
                if bool(x.sum() > 0):
                    return 2 * x
                return x

        with __import__("warnings").catch_warnings(action="ignore"):
            assert torch.jit.script(Scale())(torch.ones(1)) == 2
        """,
    "may use what patches itself when imported": """
        import torch

        torch.optim.SGD([torch.ones(1, requires_grad=True)], lr=0.1)
        """,
    "prints from a forked child": (
        "from multiprocessing import get_context\n\n"
        "child = get_context('fork').Process(target=print, args=['a'])\n"
        "child.start()\nchild.join()\n```\n" + SHOWN.format("a")[:-5]
    ),
}

FAILS = {
    "a false assert shows its values and its line": (
        "\n\ndef f(x):\n    return x * x\n\nassert f(3) == 4",
        ["PAGE:5: in <module>", "    assert f(3) == 4", "assert 9 == 4"],
    ),
    "an exception shows its type and the lines of all frames": (
        "def f(d):\n    return d['no']\n\nf({})",
        ["PAGE:5: in <module>", "PAGE:3: in f", "KeyError: 'no'"],
    ),
    "SystemExit": (
        "import sys\n\ngetattr(sys, 'ex' + 'it')()",
        ["PAGE:4: a block must run to its end, got SystemExit", "getattr(sys"],
    ),
    "pytest.skip": (
        "__import__('pytest').skip('a')",
        ["PAGE:2: a block must run to its end, got Skipped"],
    ),
    "pytest.xfail": ("__import__('pytest').xfail('a')", ["PAGE:2:", "XFailed"]),
    "pytest.exit": ("__import__('pytest').exit('a', 0)", ["PAGE:2:", "Exit"]),
    "os._exit": (
        "import os\ngetattr(os, '_ex' + 'it')(0)",
        ["PAGE:3: a block must run to its end, got SystemExit: os._exit(0)"],
    ),
    "a block that hangs": (
        "while True:\n    pass",
        ["PAGE:", "run to its end, got Failed: Timeout"],
    ),
    "output that differs": (
        "print('a\\nb\\n\\nc')\n```\n" + SHOWN.format("a\nx\n\nc")[:-5],
        ["PAGE:7: the output of the block at line 1 must", "  a\n- x\n+ b\n  \n  c"],
    ),
    "output that never came": (
        "x = 1\n```\n" + SHOWN.format("1")[:-5],
        ["PAGE:7: the output of the block at line 1 must be", "- 1\n+"],
    ),
    "SkipTest": (
        "import unittest\nraise unittest.SkipTest",
        ["PAGE:3:", "SkipTest"],
    ),
    "a syntax error of the compiler": (
        "x = 1\nreturn x",
        ['PAGE", line 3', "'return' outside function"],
    ),
    "an invalid escape": (r'x = "\d"', ['PAGE", line 2', "invalid escape"]),
    "a warning": (
        "import warnings\nwarnings.warn('old')",
        ["PAGE:3: in <module>", "UserWarning: old"],
    ),
    "a coroutine that nobody awaits": (
        "async def f(): ...\n\nc = f()\ndel c",
        ["coroutine 'f' was never awaited"],
    ),
    "a coroutine kept until the end": (
        "async def f(): ...\n\nc = f()",
        ["coroutine 'f' was never awaited"],
    ),
    "a file left open": ("f = open('x', 'w')", ["unclosed file"]),
    "an error in a thread": (
        "from threading import Thread\nt = Thread(target=lambda: 1 / 0)\n"
        "t.start()\nt.join()",
        ["PAGE:3: in <lambda>", "ZeroDivisionError"],
    ),
    "a thread that goes on": (
        "import threading, time\n"
        "threading.Thread(target=time.sleep, args=[2], name='t').start()",
        ["PAGE:1: a block must leave Python as it was, got t still running"],
    ),
    "output that the page does not show": (
        "print('a')",
        ["PAGE:1: a page must show what its block prints", "prints\na"],
    ),
    "output of a child process that the page does not show": (
        "import subprocess\nsubprocess.run(['echo', 'a'])",
        ["PAGE:1: a page must show what its block prints", "prints\na"],
    ),
    "a patched module": (
        "import math\nmath.sin = math.cos",
        ["PAGE:1: a block must leave Python as it was, got another math.sin"],
    ),
    "a patched builtin": ("import builtins\nbuiltins.f = 1", ["another builtins.f"]),
    "a patched snippet": (
        "import snippets.planted\nsnippets.planted.f = 2",
        ["another snippets.planted.f"],
    ),
    "a private name of a snippet": (
        "import snippets.planted\nsnippets.planted._kept = 2",
        ["another snippets.planted._kept"],
    ),
    "a new private name of a snippet": (
        "import snippets.planted\nsnippets.planted._more = 2",
        ["another snippets.planted._more"],
    ),
    "a list of a snippet": (
        "import snippets.planted\nsnippets.planted.seen.append(1)",
        ["another content of snippets.planted.seen"],
    ),
    "a table of a snippet": (
        "import snippets.planted\nsnippets.planted._table['a'] = 1",
        ["another content of snippets.planted._table"],
    ),
    "a file in the project": (
        "from pathlib import Path\nPath(__file__).with_name('a.txt').write_text('a')",
        ["PermissionError: a block must not write into the project, got"],
    ),
    "a changed file of the project": (
        "from pathlib import Path\n"
        "open(Path(__file__).parents[1] / 'snippets/planted.py', 'a')",
        ["PermissionError: a block must not write into the project, got"],
    ),
    "a removed file of the project": (
        "import os\nfrom pathlib import Path\n"
        "os.remove(Path(__file__).parents[1] / 'snippets/planted.py')",
        ["PermissionError: a block must not write into the project, got"],
    ),
    "a file moved into the project": (
        "from pathlib import Path\nPath('a').write_text('')\n"
        "Path('a').rename(Path(__file__).with_name('a.md'))",
        ["PermissionError: a block must not write into the project, got"],
    ),
    "a link to the project": (
        "import os\nfrom pathlib import Path\n"
        "os.symlink(Path(__file__).parent, 'a')\nopen('a/b', 'w')",
        ["PermissionError: a block must not write into the project, got"],
    ),
    "a refusal that is swallowed": (
        "from pathlib import Path\ntry:\n"
        "    Path(__file__).with_name('a.txt').write_text('a')\n"
        "except PermissionError:\n    x = 1",
        ["must leave Python as it was, got a change of docs/a.txt"],
    ),
    "an order of a set that is luck": (
        "print(*{f'{i}' for i in range(20)})\n```\n"
        + SHOWN.format(" ".join(f"{i}" for i in range(20)))[:-5],
        ["PAGE:7: the output of the block at line 1 must be as shown here (-)"],
    ),
    "a hash that is luck": (
        "order = list({'a', 'b', 'c', 'd'})\nassert order == sorted(order)",
        [""],
    ),
    "a removed name": ("import time\ndel time.sleep", ["another time.sleep"]),
    "a replaced module": (
        "import sys\nsys.modules['math'] = sys",
        ["another module math"],
    ),
}

CHANGES = {
    "environment": ("import os\nos.environ['x'] = '1'", "import os\n'x' in os.environ"),
    "folder": (
        "import os\nos.mkdir('below')\nos.chdir('below')\n",
        "import os\nos.getcwd().endswith('below') or os.listdir()",
    ),
    "path": ("import sys\nsys.path.insert(0, 'a')", "import sys\n'a' in sys.path"),
    "arguments": ("import sys\nsys.argv[:] = []", "import sys\nnot sys.argv"),
    "recursion": (
        "import sys\nsys.setrecursionlimit(9999)",
        "import sys\nsys.getrecursionlimit() == 9999",
    ),
    "a module without a spec": (
        "import sys, types\nsys.modules['made_up'] = types.ModuleType('a')",
        "import sys\n'made_up' in sys.modules",
    ),
    "a module of the block's folder": (
        "import sys\nfrom pathlib import Path\nPath('made_up.py').write_text('')\n"
        "sys.path.insert(0, str(Path.cwd()))\nimport made_up",
        "import sys\n'made_up' in sys.modules",
    ),
    "the block's own module": (
        "x = 1",
        "import sys\n[m for m in sys.modules if 'page_md_line_1' in m]",
    ),
    "printing": ("import sys\nsys.stdout = None", "import sys\nnot sys.stdout"),
    "warnings": (
        "import warnings\nwarnings.simplefilter('ignore')",
        "import warnings\n('ignore', None, Warning, None, 0) in warnings.filters",
    ),
    "numpy options": (
        "import numpy as np\nnp.set_printoptions(precision=3)",
        "import numpy as np\nnp.get_printoptions()['precision'] == 3",
    ),
    "numpy errors": (
        "import numpy as np\nnp.seterr(all='ignore')",
        "import numpy as np\nnp.geterr()['divide'] == 'ignore'",
    ),
    "matplotlib settings": (
        "import matplotlib\nmatplotlib.rcParams['lines.linewidth'] = 7",
        "import matplotlib\nmatplotlib.rcParams['lines.linewidth'] == 7",
    ),
    "matplotlib backend": (
        "import matplotlib.pyplot as plt\nplt.switch_backend('svg')",
        "import matplotlib\nmatplotlib.get_backend().lower() != 'agg'",
    ),
    "matplotlib figures": (
        "import matplotlib.pyplot as plt\nplt.figure()",
        "import matplotlib.pyplot as plt\nplt.get_fignums()",
    ),
    "torch dtype": (
        "import torch\ntorch.set_default_dtype(torch.float64)",
        "import torch\ntorch.get_default_dtype() != torch.float32",
    ),
    "torch device": (
        "import torch\ntorch.set_default_device('meta')",
        "import torch\ntorch.ones(1).device.type == 'meta'",
    ),
    "torch threads": (
        "import torch\ntorch.set_num_threads(3)",
        "import torch\ntorch.get_num_threads() == 3",
    ),
    "torch gradients": (
        "import torch\ntorch.set_grad_enabled(False)",
        "import torch\nnot torch.is_grad_enabled()",
    ),
    "torch determinism": (
        "import torch\ntorch.use_deterministic_algorithms(True)",
        "import torch\ntorch.are_deterministic_algorithms_enabled()",
    ),
    "torch matmul precision": (
        "import torch\ntorch.set_float32_matmul_precision('medium')",
        "import torch\ntorch.get_float32_matmul_precision() == 'medium'",
    ),
    "torch anomaly": (
        "import torch\ntorch.autograd.set_detect_anomaly(True)",
        "import torch\ntorch.is_anomaly_enabled()",
    ),
    "torch printing": (
        "import torch\ntorch.set_printoptions(precision=1)",
        "import torch\n'0.3333' not in str(torch.tensor(1 / 3))",
    ),
}

AFTER = """
import builtins, math, time
import snippets.planted

assert math.sin(0) == 0 and time.sleep(0) is None
assert snippets.planted.f == snippets.planted._kept == 1
assert not snippets.planted.seen and not snippets.planted._table
assert not hasattr(snippets.planted, "_more")
assert not hasattr(builtins, "f")
"""


def session(folder: Path, pages: dict[str, str], conftest: str) -> int:
    """Run the pages, in order; the exit status."""
    (folder / "docs").mkdir()
    draws = folder.with_name(f"{folder.name}-draws")
    draws.mkdir()
    for name, text in pages.items():
        (folder / "docs" / name).write_text(text, encoding="utf-8")
    (folder / "tox.ini").write_text(INI)
    (folder / "conftest.py").write_text(conftest)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:randomly", "docs"]
    return subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, "PYTHONPATH": PYTHONPATH, "PYTHONSAFEPATH": "1"}
        | {"DRAWS": str(draws)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=300,
        check=False,
    ).returncode


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One session over all pages, in one process, in order."""
    folder = tmp_path_factory.mktemp("project")
    pages: dict[str, list[str]] = {case: [code] for case, code in RUNS.items()}
    pages |= {case: [code, AFTER] for case, (code, _) in FAILS.items()}
    for case, (change, changed) in CHANGES.items():
        imports, changed = changed.rsplit("\n", 1)
        seen = f"{imports}\nif {changed}:\n    raise ValueError('leaked')"
        pages[case] = [seen, change, seen]
    (folder / "at_root.py").write_text("")
    (folder / "snippets").mkdir()
    planted = "f = 1\n_kept = 1\nseen = []\n_table = {}\n"
    (folder / "snippets/planted.py").write_text(planted)
    texts = {
        file_name(case): "".join(map(block, codes)) for case, codes in pages.items()
    }
    shown = block("print('a\\n\\nb')\n```\n" + SHOWN.format("a\n\nb")[:-5])
    texts["in_a_list.md"] = "1. a\n\n" + textwrap.indent(shown, "    ")
    session(folder, texts, CONFTEST)
    return folder


@pytest.fixture(scope="module")
def reports(project: Path) -> Callable[[str], list[Report]]:
    """The reports of a page's blocks."""
    rows = [json.loads(row) for row in (project / "reports").read_text().splitlines()]

    def of(case: str) -> list[Report]:
        page = f"docs/{file_name(case)}"
        return [
            {"outcome": outcome, "text": text.replace(page, "PAGE")}
            for nodeid, outcome, text in rows
            if nodeid.startswith(f"{page}::line ")
        ]

    return of


def skip_without(code: str) -> None:
    for library in ("numpy", "matplotlib", "torch"):
        if f"import {library}" in code:
            pytest.importorskip(library)


@pytest.mark.parametrize("case", RUNS)
def test_a_block_runs_like_a_module(
    reports: Callable[[str], list[Report]], case: str
) -> None:
    if RUNS[case] != DRAWS:
        skip_without(RUNS[case])
    (report,) = reports(case)
    assert report["outcome"] == "passed", report["text"]


def test_an_output_in_a_list_keeps_its_blank_lines(
    reports: Callable[[str], list[Report]],
) -> None:
    (report,) = reports("in a list")
    assert report["outcome"] == "passed", report["text"]


@pytest.mark.parametrize("case", FAILS)
def test_a_block_fails_and_says_where(
    reports: Callable[[str], list[Report]], case: str
) -> None:
    first, second = reports(case)
    assert first["outcome"] == "failed"
    for text in FAILS[case][1]:
        assert text in first["text"]
    assert "pluggy" not in first["text"]
    if "SyntaxError" not in first["text"]:
        assert "in _execute" not in first["text"]
    assert second["outcome"] == "passed"  # neither ended nor spoiled by the first


@pytest.mark.parametrize("case", CHANGES)
def test_what_a_block_changes_is_put_back(
    reports: Callable[[str], list[Report]], case: str
) -> None:
    skip_without(CHANGES[case][0])
    for report in reports(case):
        assert report["outcome"] == "passed", report["text"]
    assert len(reports(case)) == 3


# Also checks that nothing is drawn from the generators of those who come after.
STATE = """
import random
from importlib.util import find_spec

def draw():
    draws = [random.random()]
    if find_spec("numpy"):
        import numpy
        draws += [numpy.random.rand()]
    if find_spec("torch"):
        import torch
        draws += [torch.rand(1).item()]
    return draws

@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item):
    random.seed(5)
    if find_spec("numpy"):
        import numpy
        numpy.random.seed(5)
    if find_spec("torch"):
        import torch
        torch.manual_seed(5)
    draw()
    before = random.getstate()
    wanted = draw()
    random.setstate(before)
    if find_spec("numpy"):
        numpy.random.seed(5)
        numpy.random.rand()
    if find_spec("torch"):
        torch.manual_seed(5)
        torch.rand(1)
    yield
    assert draw() == wanted
"""


def test_random_numbers_depend_on_the_block_and_not_on_what_ran_before(
    project: Path, tmp_path: Path
) -> None:
    one, other = (file_name(case) for case, code in RUNS.items() if code == DRAWS)
    assert session(tmp_path, {other: block(DRAWS)}, CONFTEST + STATE) == 0
    first, second, again = (
        (folder.with_name(f"{folder.name}-draws") / Path(name).stem).read_text()
        for folder, name in ((project, one), (project, other), (tmp_path, other))
    )
    assert second == again
    for this, that in zip(first.split(","), second.split(",")):
        assert this != that


# Collection and the session: in processes of their own, without libraries.


Run = Callable[..., pytest.RunResult]


@pytest.fixture
def run(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run pytest over docs/page.md of a fresh project."""
    monkeypatch.setenv("PYTHONPATH", PYTHONPATH)
    pytester.makeini(INI)

    def run(text: str, *args: str, conftest: str = "") -> pytest.RunResult:
        pytester.makeconftest(BARE + conftest)
        folder = pytester.path / "docs"
        folder.mkdir(exist_ok=True)
        (folder / "page.md").write_text(text, encoding="utf-8")
        return pytester.runpytest_subprocess(*(args or ("docs",)))

    return run


def test_a_page_with_problems_is_not_run_and_they_are_listed(
    run: Run, pytester: pytest.Pytester
) -> None:
    writes = "<!--pytest.mark.skipif(open('evaluated', 'w'))-->\n"
    writing = block("open(__file__ + '.ran', 'w').close()")
    result = run(writing + writes + block("") + "```py\nx = 1\n```\n")
    assert result.ret == pytest.ExitCode.INTERRUPTED
    result.stdout.fnmatch_lines(
        [
            "docs/page.md:5: the only comments for pytest are*",
            "docs/page.md:10: Python must be a ```python block (run)*",
        ]
    )
    assert {path.name for path in (pytester.path / "docs").iterdir()} == {"page.md"}
    assert not (pytester.path / "evaluated").exists()


BLIND = """
from notekit.read import fences

fences.problems = lambda *_: []
"""


def test_the_census_and_pytest_codeblocks_must_agree(
    run: Run, pytester: pytest.Pytester
) -> None:
    docs = pytester.mkdir("docs")
    one, two = block("x = 1"), block("y = 2")
    pages = {
        "a": "<!--pytest-codeblocks:skipfile-->\n" + one,
        "b": one + "<!--pytest-codeblocks:cont-->\n" + two,
        "c": "<!--pytest.mark.skipif(open('evaluated', 'w'))-->\n" + one,
        "d": "~~~\n" + one + "~~~\n",
        "e": "```bash\ntrue\n```\n",
    }
    for name, text in pages.items():
        (docs / f"{name}.md").write_text(text)
    result = run("", conftest=BLIND)
    assert result.ret == pytest.ExitCode.INTERRUPTED
    wanted = "docs/{}.md: pytest-codeblocks must find the *"
    result.stdout.fnmatch_lines([wanted.format(name) for name in pages])
    assert not (pytester.path / "evaluated").exists()


def test_blocks_have_stable_names_and_the_gpu_marker(run: Run) -> None:
    text = block("x = 1") + f"{fences.GPU}\n" + block("y = 'cuda'")
    result = run(text, "docs", "--collect-only", "-q", "-m", "gpu")
    assert result.ret == pytest.ExitCode.OK
    assert result.outlines[0] == "docs/page.md::line 6"
    result.stdout.fnmatch_lines(["*1/2 tests collected (1 deselected)*"])


@pytest.mark.parametrize("args", [["."], ["docs/page.md"]])
def test_pages_are_not_passed_over_without_codeblocks(
    run: Run, args: list[str]
) -> None:
    result = run(block("x = 1"), "-o", "addopts=", *args)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: pages must be run with --codeblocks*"])


def test_tests_without_pages_need_no_codeblocks(
    run: Run, pytester: pytest.Pytester
) -> None:
    pytester.makepyfile("def test_it(): pass")
    (test,) = pytester.path.glob("test_*.py")
    assert run("", "-o", "addopts=", str(test)).ret == pytest.ExitCode.OK


DROPS_ONE = "def pytest_collection_modifyitems(items): items.pop()\n"


@pytest.mark.parametrize("workers", [0, 1])
def test_a_session_is_red_when_a_block_did_not_run(run: Run, workers: int) -> None:
    args = ["docs", "-p", "no:randomly"]
    if workers:
        pytest.importorskip("xdist")
        args += ["-n", str(workers)]
    result = run(block("x = 1") + block("y = 2"), *args, conftest=DROPS_ONE)
    result.assert_outcomes(passed=1)
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(["docs/page.md::line 5: must run, got no result"])


@pytest.mark.parametrize(
    "args", [["-k", "5"], ["docs/page.md::line 5"], ["-n", "1"], ["--collect-only"]]
)
def test_blocks_that_were_left_out_on_purpose_are_not_missed(
    run: Run, args: list[str]
) -> None:
    if "-n" in args:
        pytest.importorskip("xdist")
    where = [] if "::" in args[0] else ["docs"]
    result = run(block("x = 1") + block("y = 2"), *where, *args)
    assert result.ret == pytest.ExitCode.OK


PRINTS = block("print(1)") + SHOWN.format("1")
SAYS = "1 blocks of Chinese pages are*ran there"


@pytest.mark.parametrize("workers", [0, 1])
def test_what_both_languages_show_runs_once(
    run: Run, pytester: pytest.Pytester, workers: int
) -> None:
    for language, more in (("en", "x = 2"), ("zh", "x = 3")):
        page = pytester.path / f"docs/{language}/cv/a.md"
        page.parent.mkdir(parents=True)
        page.write_text(PRINTS + block(more))
    args = ["-n", "1"] if workers else []
    result = run("", "docs", "-v", *args)
    # The page that asks for something else is asked, and no other page of that text.
    result.assert_outcomes(passed=3)
    result.stdout.fnmatch_lines([SAYS])
    result.stdout.no_fnmatch_line("*docs/zh/cv/a.md::line 1 *PASSED*")
    result.stdout.fnmatch_lines(["*docs/zh/cv/a.md::line 11 *"])


@pytest.mark.parametrize(
    "chinese",
    [
        PRINTS.replace("text\n1", "text\n2"),
        f"{fences.GPU}\n{PRINTS}".replace("print(", "cuda = print\ncuda("),
        PRINTS.replace("(1)", "( 1)"),
    ],
    ids=["another output", "on another machine", "another space"],
)
def test_what_a_chinese_page_shows_otherwise_runs(
    run: Run, pytester: pytest.Pytester, chinese: str
) -> None:
    for language, text in (("en", PRINTS), ("zh", chinese)):
        page = pytester.path / f"docs/{language}/cv/a.md"
        page.parent.mkdir(parents=True)
        page.write_text(text)
    result = run("", "docs", "--collect-only", "-q")
    result.stdout.fnmatch_lines(["*2 tests collected*"])
    result.stdout.no_fnmatch_line(SAYS)


def test_a_chinese_page_alone_runs_whole(run: Run, pytester: pytest.Pytester) -> None:
    for name in ("docs/en/cv/a.md", "docs/zh/cv/a.md", "docs/zh/cv/b.md"):
        (pytester.path / name).parent.mkdir(parents=True, exist_ok=True)
        (pytester.path / name).write_text(PRINTS)
    run("", "docs/zh/cv/a.md").assert_outcomes(passed=1)
    # Nor does another note's English page stand for it.
    run("", "docs/en/cv/a.md", "docs/zh/cv/b.md").assert_outcomes(passed=2)
