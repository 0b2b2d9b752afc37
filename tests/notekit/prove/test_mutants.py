"""Oracle: a note whose tests were written so that each mutant's end is known."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from click.testing import CliRunner

from notekit import __main__ as commands
from notekit import problem
from notekit.problem import ROOT
from notekit.prove.mutants import MutantsError, Outcome, draw, run, summary
from notekit.read.mutants import Mutant
from tests.notekit.builder import state

CODE = '''\
"""Small things."""

LIMIT = 18


def adult(age):
    return age >= LIMIT


def first(items):
    return items[0]


def count(n):
    while n > 0:
        return n


def unseen(a, b):
    return a + b


def by_process(a, b):
    return a * b


def on_page(a, b):
    return a / b
'''
TEST = '''\
"""Oracles: by hand."""

import subprocess
import sys

import pytest

from snippets.ml.toy import adult, count, first


def test_adult():
    assert [adult(age) for age in (17, 18, 19)] == [False, True, True]


def test_first():
    assert first([1]) == 1


def test_count():
    assert count(2) == 2


def test_in_a_process_of_its_own():
    code = "from snippets.ml.toy import by_process; print(by_process(3, 2))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout == "6\\n"
'''
PAGE = """\
# Toy

```python
from snippets.ml.toy import on_page

print(on_page(3, 2))
```

<!--pytest-codeblocks:expected-output-->

```text
1.5
```
"""
SETTINGS = """\
[tool.pytest.ini_options]
addopts = "--codeblocks --import-mode=importlib --randomly-dont-reset-seed"
pythonpath = ["."]
timeout = 60
"""
ENDS = {
    "return age > LIMIT": "assertion",
    "return age < LIMIT": "assertion",
    "LIMIT = 19": "assertion",
    "LIMIT = 17": "assertion",
    "return items[1]": "crash",
    "return items[-1]": "survived",  # of one item, the last is the first
    "while n >= 0:": "survived",
    "while n < 0:": "assertion",
    "while n > 1:": "survived",
    "while n > -1:": "survived",
    "pass": "time-out",
    "return a - b": "survived",
    "return a / b": "assertion",
    "return a * b": "assertion",
}


def write(root: Path, **files: str) -> Path:
    for name, text in files.items():
        path = root / name.replace("__", "/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root


@pytest.fixture
def project(tmp_path, monkeypatch) -> Path:
    """A repository of one note, and a folder of its own for what is temporary."""
    root = tmp_path / "project"
    write(root, **{"snippets__ml__toy.py": CODE, "tests__ml__test_toy.py": TEST})
    write(root, **{"docs__en__ml__toy.md": PAGE, "pyproject.toml": SETTINGS})
    write(root, **{"conftest.py": 'pytest_plugins = ["notekit.prove.codeblocks"]\n'})
    shutil.copytree(ROOT / "notekit", root / "notekit")
    (tmp_path / "temporary").mkdir()
    monkeypatch.setenv("TMPDIR", str(tmp_path / "temporary"))
    monkeypatch.setattr(tempfile, "tempdir", None)
    return root


def tried(root: Path, workers: int = 2, sample: int | None = None) -> list[Outcome]:
    return run(root, None, sample, 1, workers, lambda line: None, least=1)


def ends(outcomes: list[Outcome]) -> dict[str, str]:
    return {outcome.mutant.new: outcome.end for outcome in outcomes}


@pytest.mark.timeout(180)
def test_each_mutant_ends_as_its_tests_were_written_to_end_it(project, tmp_path):
    before = state(project)
    said = []
    outcomes = run(project, ["ml/toy"], None, 1, 2, said.append, least=1)
    assert ends(outcomes) == ENDS
    killers = {o.mutant.new: o.by for o in outcomes if o.end == "assertion"}
    assert killers["return age > LIMIT"] == "tests/ml/test_toy.py::test_adult"
    assert killers["return a / b"].endswith("test_in_a_process_of_its_own")
    assert killers["return a * b"].startswith("docs/en/ml/toy.md")
    line = "snippets/ml/toy.py:20 return a + b → return a - b  [arithmetic]"
    assert line in said
    assert said[-2:] == summary(outcomes)
    # The checkout is as it was, and nothing is left elsewhere.
    after = state(project)
    report = json.loads(after.pop("build/mutants.json"))
    assert after == before
    assert not list((tmp_path / "temporary").iterdir())
    assert report["seed"] == 1
    assert {o["end"] for o in report["outcomes"]} == {*ENDS.values()}


WAITING = """\
from threading import Event


def ready():
    event = Event()
    event.set()
    event.wait()
    return event.is_set()
"""
WAITED = """\
from snippets.ml.toy import ready


def test_ready():
    assert ready()
"""


def test_what_waits_for_ever_is_ended_by_the_clock(project):
    write(project, **{"snippets__ml__toy.py": WAITING, "docs__en__ml__toy.md": "# A\n"})
    write(project, **{"tests__ml__test_toy.py": WAITED})
    said = []
    options = {"kinds": ("statement",), "least": 30, "clock": 1}
    outcomes = run(project, None, None, 1, 1, said.append, **options)
    assert {o.mutant.old: o.end for o in outcomes}["event.set()"] == "time-out"


DECLARED = """\
[[{kind}]]
file = "snippets/ml/toy.py"
function = "unseen"
old = "return a + b"
new = "return a - b"
reason = "nobody calls it"
"""


@pytest.mark.parametrize("kind", ["equivalent", "gpu"])
def test_what_is_declared_is_counted_and_not_tried(project, kind):
    write(project, **{"snippets__ml__toy.py": "def unseen(a, b):\n    return a + b\n"})
    write(project, **{"tests__ml__test_toy.py": "def test_it():\n    assert True\n"})
    write(project, **{"tests__ml__toy_mutants.toml": DECLARED.format(kind=kind)})
    (project / "docs/en/ml/toy.md").write_text("# Toy\n", encoding="utf-8")
    [outcome] = tried(project)
    assert (outcome.end, outcome.by) == (kind, "nobody calls it")


def test_tests_that_fail_without_a_mutant_are_an_error_with_their_reason(project):
    path = project / "tests/ml/test_toy.py"
    path.write_text(TEST.replace("== 1\n", "== 2\n"), encoding="utf-8")
    with pytest.raises(MutantsError) as caught:
        tried(project)
    text = str(caught.value)
    assert text.startswith("ml/toy: want tests that pass without a mutant; got assert")
    assert "test_first" in text


def test_a_module_that_cannot_be_imported_is_an_error(project):
    write(project, **{"tests__ml__test_toy.py": "import no_such_module\n"})
    with pytest.raises(MutantsError, match="got crash by tests/ml/test_toy"):
        tried(project)


def test_a_draw_depends_on_the_seed_and_takes_each_mutant_once(project):
    every = draw(project, "ml/toy", None, 0)
    assert {m.new for m in every} == ENDS.keys()
    draws = [draw(project, "ml/toy", 6, seed) for seed in range(8)]
    assert draws[3] == draw(project, "ml/toy", 6, 3)
    assert len({tuple(d) for d in draws}) > 4
    assert all(len(set(d)) == 6 and set(d) <= set(every) for d in draws)


def test_a_draw_gives_each_kind_its_turn(project):
    text = "def f(a, b):\n    x = [1, 2, 3, 4, 5, 6, 7, 8, 9]\n    return a < b\n"
    write(project, **{"snippets__ml__toy.py": text})
    kinds = [draw(project, "ml/toy", 1, seed)[0].operator for seed in range(40)]
    assert 10 <= kinds.count("comparison") <= 30  # 2 of its 20 mutants


def test_a_draw_takes_only_the_kinds_that_are_asked_for(project):
    found = draw(project, "ml/toy", None, 0, ("arithmetic", "statement"))
    assert {m.new for m in found} == {
        *("pass", "return a - b", "return a / b", "return a * b")
    }


def test_a_kind_that_is_none_is_one_line():
    done = CliRunner().invoke(commands.main, ["mutants", "--kind", "typo"])
    assert done.exit_code == 1
    assert str(done.exception).startswith("want --kind to be one of and/or, argument")


KILLED = """\
import os

from snippets.ml.toy import count


def test_count():
    if count(2) != 2:
        held = open(os.environ["FIFO"], "w")
        while True:
            pass
"""


def test_a_run_that_is_killed_leaves_the_checkout_alone_and_stops(project, tmp_path):
    write(project, **{"snippets__ml__toy.py": CODE[: CODE.index("def unseen")]})
    write(project, **{"tests__ml__test_toy.py": KILLED})
    (project / "docs/en/ml/toy.md").write_text("# Toy\n", encoding="utf-8")
    before = state(project)
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    code = f"""
from pathlib import Path
from notekit.prove.mutants import run
run(Path({str(project)!r}), ["ml/toy"], None, 1, 1, print, least=600)
"""
    environment = os.environ | {"FIFO": str(fifo), "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen([sys.executable, "-c", code], env=environment)
    with fifo.open("rb") as held:  # from here on, a mutant loops for ever
        process.send_signal(signal.SIGKILL)
        assert process.wait() == -signal.SIGKILL
        assert held.read() == b""  # it has ended, or it would hold the other end
    after = state(project)
    after.pop("build/mutants.json", None)
    assert after == before
    left = list((tmp_path / "temporary").iterdir())
    assert len(left) == 1
    write(project, **{"tests__ml__test_toy.py": "def test_it():\n    assert 1\n"})
    tried(project, sample=1)
    assert not list((tmp_path / "temporary").iterdir())


def test_the_command_prints_seed_and_survivors_and_ends_with_1(project, monkeypatch):
    monkeypatch.setattr(problem, "ROOT", project)
    monkeypatch.setattr(commands, "_names", list)
    write(project, **{"snippets__ml__toy.py": "def unseen(a, b):\n    return a + b\n"})
    write(project, **{"tests__ml__test_toy.py": "def test_it():\n    assert True\n"})
    (project / "docs/en/ml/toy.md").write_text("# Toy\n", encoding="utf-8")
    arguments = ["mutants", "ml/toy", "--sample", "3", "--seed", "7", "--workers", "1"]
    done = CliRunner().invoke(commands.main, arguments)
    assert done.exit_code == 1
    assert done.stdout.startswith("mutants: seed 7, 1 to try, 0 declared\n")
    assert "snippets/ml/toy.py:2 return a + b → return a - b" in done.stdout
    assert "want a test that fails for each survivor" in str(done.exception)


def test_sums_count_what_counts():
    mutant = Mutant("a.py", "f", 1, "eps", "a", "b", 1, 0, 1, "b")
    kinds = ["assertion"] * 5 + ["crash", "crash", "time-out", "survived", "survived"]
    kinds += ["equivalent"] * 3 + ["gpu"]
    lines = summary([Outcome(mutant, "a/b", kind, cpu=1) for kind in kinds])
    assert lines == [
        "mutants: 8 of 10 killed, 80.0 % of those that count: 5 by an assertion, "
        "2 by a crash, 1 by the time limit",
        "mutants: 3 declared equivalent, 1 seen on a GPU only, 2 survived; "
        "1.4 s of CPU each",
    ]
