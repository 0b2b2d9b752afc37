"""Oracle: small repositories of git, and what a person says each change touches."""

import subprocess
from pathlib import Path

import pytest

from notekit.problem import ROOT
from notekit.prove.changed import ChangedError, changed_files, owner, select

# Three notes: two on one environment, one with a benchmark and workers beside its test.
FILES = {
    "conftest.py": "",
    "constraints.txt": "",
    "docs/glossary.yml": "",
    "docs/en/index.md": "",
    "docs/en/rl/index.md": "",
    "docs/en/rl/grid.md": "from snippets.rl.environments.world import go\n",
    "docs/zh/rl/grid.md": "",
    "snippets/rl/environments/__init__.py": "from .world import go as go\n",
    "snippets/rl/environments/world.py": "from . import _cells\n",
    "snippets/rl/environments/_cells.py": "",
    "snippets/rl/environments/map.txt": "",
    "snippets/rl/grid.py": "",
    "tests/rl/test_grid.py": "from snippets.rl import grid\n",
    "figures/rl/grid.py": "from figures.style import a\nimport snippets.rl.grid\n",
    "figures/rl/grid.svg": "",
    "docs/en/rl/grid-walk.md": "",
    "docs/zh/rl/grid-walk.md": "",
    "snippets/rl/grid_walk/__init__.py": "from .step import step\n",
    "snippets/rl/grid_walk/step.py": "",
    "tests/rl/test_grid_walk.py": "from snippets.rl import (\n    environments,\n)\n",
    "figures/rl/grid_walk.py": "",
    "figures/rl/grid_walk_two.svg": "",
    "docs/en/cv/zero.md": "",
    "docs/zh/cv/zero.md": "",
    "snippets/cv/zero.py": "",
    "tests/cv/test_zero.py": "from tests.cv import zero_workers\n'tests/cv/run.py'\n",
    "tests/cv/zero_workers.py": "from tests import shared\n",
    "tests/cv/run.py": "",
    "tests/shared.py": "",
    "figures/cv/zero.py": "from snippets.cv.zero import f\nfrom figures import style\n",
    "benchmarks/cv/zero.py": "from benchmarks.gpu import time\n",
    "benchmarks/gpu.py": "",
    "benchmarks/growth.py": "",
    "figures/style.py": "",
    "figures/__main__.py": "",
    "tests/test_figures.py": "from figures.__main__ import render\n",
    "tests/notekit/test_node.py": "",
    "notekit/node.py": "",
    "README.md": "",
}
GRID = {"docs/en/rl/grid.md", "docs/zh/rl/grid.md", "tests/rl/test_grid.py"}
WALK = {
    "docs/en/rl/grid-walk.md",
    "docs/zh/rl/grid-walk.md",
    "tests/rl/test_grid_walk.py",
}
ZERO = {"docs/en/cv/zero.md", "docs/zh/cv/zero.md", "tests/cv/test_zero.py"}
FIGURES = "tests/test_figures.py"


class Repo:
    """A repository whose branch ``work`` leaves ``main`` at a first commit."""

    def __init__(self, root: Path) -> None:
        self.root = root
        for name, text in FILES.items():
            self.write(name, text)
        self.git("init", "-q", "-b", "main")
        self.commit()
        self.git("switch", "-q", "-c", "work")

    def git(self, *arguments: str) -> str:
        me = ("-c", "user.name=a", "-c", "user.email=a@b", "-c", "commit.gpgsign=false")
        command = ["git", "-C", str(self.root), *me, *arguments]
        return subprocess.run(
            command, check=True, capture_output=True, text=True
        ).stdout

    def write(self, name: str, text: str = "# changed\n") -> None:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def commit(self) -> None:
        self.git("add", "-A")
        self.git("commit", "-q", "-m", "a")

    def changed(self, base: str = "") -> set[str]:
        return changed_files(self.root, base)[1]


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    return Repo(tmp_path)


def test_a_branch_that_changed_nothing_has_no_files(repo):
    assert repo.changed() == set()


def test_commits_the_index_the_tree_and_new_files_count(repo):
    repo.write("snippets/rl/grid.py")
    repo.commit()
    repo.write("snippets/cv/zero.py")
    repo.git("add", "-A")
    repo.write("figures/style.py")
    repo.write("docs/en/cv/new one\u00e9.md")
    repo.write(".gitignore", "build/\n")
    repo.write("build/cache")
    (repo.root / "README.md").unlink()
    assert repo.changed() == {
        "snippets/rl/grid.py",
        "snippets/cv/zero.py",
        "figures/style.py",
        "docs/en/cv/new one\u00e9.md",
        ".gitignore",
        "README.md",
    }


def test_a_file_that_moved_counts_where_it_was_and_where_it_is(repo):
    repo.git("mv", "snippets/rl/grid.py", "snippets/rl/grid_new.py")
    assert repo.changed() == {"snippets/rl/grid.py", "snippets/rl/grid_new.py"}


def test_what_main_did_since_does_not_count(repo):
    repo.git("switch", "-q", "main")
    repo.write("README.md")
    repo.commit()
    repo.git("switch", "-q", "work")
    repo.write("snippets/cv/zero.py")
    assert repo.changed() == repo.changed("main") == {"snippets/cv/zero.py"}
    assert repo.changed("HEAD") == {"snippets/cv/zero.py"}


def test_the_remote_main_goes_before_the_local_one(repo):
    repo.git("update-ref", "refs/remotes/origin/main", "main")
    repo.write("README.md")
    repo.commit()
    repo.git("branch", "-f", "main", "HEAD")
    assert repo.changed() == {"README.md"}
    assert repo.changed("main") == set()


def test_without_anything_to_compare_with_one_line_says_so(repo, tmp_path, monkeypatch):
    want = (
        "--changed: want a branch or commit to compare with, as in --changed HEAD~1; "
    )
    with pytest.raises(ChangedError) as caught:
        repo.changed("no-such")
    assert str(caught.value) == f"{want}git knows no 'no-such'"
    repo.git("branch", "-D", "main")
    with pytest.raises(ChangedError) as caught:
        repo.changed()
    assert str(caught.value) == f"{want}found neither origin/main nor main"
    repo.git("switch", "-q", "--orphan", "main")
    repo.git("commit", "-q", "--allow-empty", "-m", "a")
    repo.git("switch", "-q", "work")
    with pytest.raises(ChangedError) as caught:
        repo.changed()
    assert str(caught.value) == (
        "--changed: want a BASE that HEAD has a common ancestor with; main has none"
    )
    monkeypatch.setenv("PATH", "")
    with pytest.raises(ChangedError, match=r"want a git repository; .*git is missing$"):
        repo.changed()


def test_where_there_is_no_repository_one_line_says_so(tmp_path):
    with pytest.raises(ChangedError) as caught:
        changed_files(tmp_path)
    want = f"--changed: want a git repository; {tmp_path} is none, or git is missing"
    assert str(caught.value) == want


NOTES = [("rl/grid", GRID), ("rl/grid-walk", WALK), ("cv/zero", ZERO)]
RL = GRID | WALK
# A changed file; what runs, and whose figures are drawn (None: all).
CASES = {
    "docs/en/rl/grid.md": (GRID, {"rl/grid"}),
    "docs/zh/rl/grid-walk.md": (WALK, {"rl/grid-walk"}),
    "snippets/rl/grid.py": (GRID, {"rl/grid"}),
    "snippets/rl/grid_walk/step.py": (WALK, {"rl/grid-walk"}),
    "snippets/rl/grid_walk/new/data.txt": (WALK, {"rl/grid-walk"}),
    "snippets/rl/environments/world.py": (RL, set()),
    "snippets/rl/environments/_cells.py": (RL, set()),
    "snippets/rl/environments/map.txt": (RL, set()),
    "tests/rl/test_grid_walk.py": (WALK, {"rl/grid-walk"}),
    "tests/rl/conftest.py": (RL, set()),
    "tests/cv/zero_workers.py": (ZERO, set()),
    "tests/cv/run.py": (ZERO, set()),
    "tests/shared.py": (ZERO, set()),
    "tests/cv/test_gone_zero.py": ({"tests/cv/test_gone_zero.py"}, set()),
    "figures/rl/grid.py": (GRID, {"rl/grid"}),
    "figures/rl/grid_walk_two.svg": (WALK, {"rl/grid-walk"}),
    "figures/style.py": (set(), {"rl/grid", "cv/zero"}),
    "figures/__main__.py": (set(), None),
    "tests/test_figures.py": (set(), None),
    "benchmarks/cv/zero.py": (ZERO, {"cv/zero"}),
    "benchmarks/gpu.py": (ZERO, set()),
    "exercises/cv/zero.py": (ZERO, {"cv/zero"}),
    "docs/en/index.md": ({"docs/en/index.md"}, set()),
    "notekit/node.py": ({"tests/notekit"}, None),
    "tests/notekit/test_node.py": ({"tests/notekit"}, None),
    "theme/main.html": ({"tests/notekit"}, None),
    "docs/glossary.yml": ({"tests/notekit"}, None),
    "mkdocs.zh.yml": ({"tests/notekit"}, None),
    "noxfile.py": ({"tests/notekit"}, None),
    "README.md": (set(), set()),
    "benchmarks/growth.py": (set(), set()),
    "tests/site/test_pages.py": (set(), set()),
    "tests/site/queries/cv/zero.tsv": (set(), set()),
    "records/cv/zero.json": (set(), set()),
    "conftest.py.orig": (set(), set()),
}


@pytest.mark.parametrize(("file", "wanted"), CASES.items(), ids=CASES)
def test_a_change_selects_what_depends_on_it(repo, file, wanted):
    paths, figures = wanted
    repo.write(file)
    chosen = select(repo.root, repo.changed())
    drawn = {FIGURES} if figures is None or figures else set()
    assert set(chosen.paths) == paths | drawn
    assert chosen.figures == (None if figures is None else frozenset(figures))
    assert not chosen.everything
    assert chosen.empty == (not paths and not drawn)


@pytest.mark.parametrize("file", ["conftest.py", "pyproject.toml", "constraints.txt"])
def test_what_all_tests_run_under_selects_everything(repo, file):
    repo.write(file, "changed")
    chosen = select(repo.root, repo.changed())
    assert chosen.everything
    assert not chosen.empty


def test_a_module_that_is_gone_is_missed_by_those_who_import_it(repo):
    (repo.root / "snippets/rl/environments/world.py").unlink()
    chosen = select(repo.root, repo.changed())
    assert set(chosen.paths) == RL
    (repo.root / "tests/rl/test_grid.py").unlink()
    chosen = select(repo.root, repo.changed())
    assert set(chosen.paths) == {*RL, FIGURES} - {"tests/rl/test_grid.py"}


def test_a_note_that_is_gone_selects_nothing(repo):
    for file in FILES:
        if "zero" in file:
            (repo.root / file).unlink()
    assert select(repo.root, repo.changed()).empty


def test_files_belong_by_the_longest_name():
    notes = ["rl/grid", "rl/grid-walk"]
    owners = {
        "figures/rl/grid_walk.svg": "rl/grid-walk",
        "figures/rl/grid_walk_a.svg": "rl/grid-walk",
        "figures/rl/grid_walks.svg": "rl/grid",
        "figures/rl/grids.svg": None,
        "figures/cv/grid.svg": None,
        "snippets/rl/grid_walk.py": "rl/grid-walk",
        "snippets/rl/grid_x.py": None,
        "docs/en/rl/index.md": None,
        "docs/en/grid.md": None,
        "tests/rl/grid.py": None,
        "grid": None,
    }
    assert {path: owner(path, notes) for path in owners} == owners


# As pytest's option, on the same repository with tests that say that they ran.

RAN = "def test_ran():\n    assert True\n"
REDRAWN = """
import pytest

@pytest.mark.parametrize("note", ["rl/grid", "rl/grid-walk", "cv/zero"])
def test_drawn(note):
    assert True

def test_colours():
    assert True
"""


@pytest.fixture
def run(pytester, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    repo = Repo(pytester.path)
    for note in ("rl/test_grid", "rl/test_grid_walk", "cv/test_zero"):
        repo.write(
            f"tests/{note}.py", FILES[f"tests/{note}.py"].split("\n#")[0] and RAN
        )
    repo.write("tests/test_figures.py", REDRAWN)
    repo.write(".gitignore", "*cache*\nrunpytest*\nstd*\nbuild/\n")
    repo.write(
        "pytest.ini", "[pytest]\nmarkers = gpu: needs a GPU\ntestpaths = tests\n"
    )
    (repo.root / "notekit/node.py").unlink()  # which would hide the real folder
    repo.commit()
    repo.git("branch", "-f", "main", "HEAD")

    def run(*arguments: str):
        options = ["-v", "--codeblocks", "-p", "no:randomly"]
        options += [
            "-p",
            "notekit.prove.codeblocks",
            "-p",
            "notekit.prove.pytest_plugin",
        ]
        return pytester.runpytest_subprocess(*options, *arguments)

    run.repo = repo
    return run


@pytest.mark.parametrize("workers", [(), ("-n", "2")])
def test_only_what_was_touched_runs(run, workers):
    run.repo.write("snippets/rl/grid.py")
    result = run("--changed", *workers)
    result.assert_outcomes(passed=3, deselected=0 if workers else 2)
    ran = [line for line in result.outlines if "PASSED" in line]
    for name in ("rl/test_grid.py::test_ran", "drawn?rl/grid?", "test_colours"):
        result.stdout.fnmatch_lines([f"*{name}*"])
    assert not any("walk" in line or "zero" in line for line in ran)


def test_everything_runs_when_everything_is_in_doubt(run):
    run.repo.write("constraints.txt")
    run("--changed", "main").assert_outcomes(passed=7)


def test_nothing_changed_is_said_and_is_no_failure(run):
    result = run("--changed")
    assert result.ret == 0
    result.stderr.fnmatch_lines(["Exit: changed since *: nothing; no test to run"])
    run.repo.write("README.md")
    result = run("--changed", "-n", "2")
    assert result.ret == 0
    want = "Exit: changed since *: 1 file that no test reads; no test to run"
    result.stderr.fnmatch_lines([want])


def test_an_unknown_base_is_a_usage_error(run):
    result = run("--changed", "no-such")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(
        ["ERROR: --changed: want a branch *git knows no 'no-such'"]
    )


def test_notes_and_changes_exclude_each_other(run):
    result = run("--changed", "--notes", "rl/grid")
    assert result.ret == pytest.ExitCode.USAGE_ERROR


def test_exercises_are_proved_for_the_notes_whose_files_changed(repo):
    repo.write("tests/test_exercises.py")
    repo.write("exercises/rl/grid.py")
    repo.commit()
    repo.git("branch", "-f", "main")
    assert select(repo.root, repo.changed()).exercises == frozenset()
    repo.write("exercises/rl/grid.py", "1")
    chosen = select(repo.root, repo.changed())
    assert chosen.exercises == {"rl/grid"}
    assert "tests/test_exercises.py" in chosen.paths
    repo.write("notekit/node.py", "1")
    assert select(repo.root, repo.changed()).exercises is None
