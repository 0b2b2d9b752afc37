"""Oracle: the commands that a person would type, in their order."""

import subprocess
import sys

import pytest
import yaml

from notekit import environments
from notekit.environments import PARALLEL
from notekit.problem import ROOT
from notekit.prove import pytest_plugin
from notekit.prove.pytest_plugin import REST
from notekit.read.catalogue import TOPICS


class Session:
    """Stands in for nox's session: notes down what it was asked to run."""

    def __init__(self, fails: str = "") -> None:
        self.env: dict[str, str] = {}
        self.ran: list[list[str]] = []
        self.fails = fails

    def log(self, text: str) -> None:
        pass

    def run(self, *command: str, **_: object) -> None:
        if self.fails and self.fails in command:
            raise RuntimeError(self.fails)
        self.ran.append([part.rpartition("/")[2] for part in command])
        if "virtualenv" in command:
            (environments.HOME / command[-1].rpartition("/")[2]).mkdir(parents=True)


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A project with one package in its light environment."""
    monkeypatch.setattr(environments, "ROOT", tmp_path)
    monkeypatch.setattr(environments, "HOME", tmp_path / ".nox")
    monkeypatch.delenv("GRADNOTES_CONSTRAINTS", raising=False)
    (tmp_path / "node_modules").mkdir()
    (tmp_path / "package-lock.json").write_text("{}")
    (tmp_path / "constraints.txt").write_text("a==1")
    write(tmp_path, '["a"]')
    return tmp_path


def write(project, packages: str) -> None:
    groups = f"dev = [{{include-group = 'site'}}]\nsite = {packages}\n"
    groups += "test = ['c', {include-group = 'site'}]\n"
    text = f"[dependency-groups]\n{groups}[project]\ndependencies = ['torch']\n"
    (project / "pyproject.toml").write_text(text)


def ran(name: str = "light", **options: str) -> list[list[str]]:
    session = Session(**options)
    environments.run(session, "-m", "x", name=name)
    return session.ran


def python() -> str:
    return sys.executable.rpartition("/")[2]


def made(*packages: str, name: str = "light") -> list[list[str]]:
    pip = ["python", "-m", "pip", "install", "--quiet", *packages]
    return [[python(), "-m", "virtualenv", "--quiet", name], pip]


NPM = ["npm", "install", "--no-save", "--loglevel=error"]
X = ["python", "-m", "x"]


def test_an_environment_is_made_once(project):
    assert ran() == [*made("a", "-c", "constraints.txt"), NPM, X]
    assert ran() == [X]


def test_only_one_environment_holds_the_dependencies_of_the_notes(project):
    packages = ("a", "c", "torch", "-c", "constraints.txt")
    assert ran("torch") == [*made(*packages, name="torch"), NPM, X]
    assert ran("light") == [*made("a", "-c", "constraints.txt"), X]


@pytest.mark.parametrize("changed", ["pyproject.toml", "constraints.txt"])
def test_it_is_made_again_when_what_it_should_hold_has_changed(project, changed):
    ran()
    write(project, '["a", "b"]')
    if changed == "constraints.txt":
        write(project, '["a"]')
        (project / changed).write_text("a==2")
    packages = ("a", "b") if changed == "pyproject.toml" else ("a",)
    assert ran() == [*made(*packages, "-c", "constraints.txt"), X]
    assert ran() == [X]


def test_without_constraints_the_newest_are_taken(project, monkeypatch):
    monkeypatch.setenv("GRADNOTES_CONSTRAINTS", "")
    assert ran() == [*made("a"), NPM, X]


def test_one_that_could_not_be_made_is_made_again(project):
    with pytest.raises(RuntimeError):
        ran(fails="pip")
    assert ran() == [*made("a", "-c", "constraints.txt"), NPM, X]


def test_only_the_lock_file_brings_npm_back(project):
    ran()
    (project / "package-lock.json").write_text("{ }")
    assert ran() == [NPM, X]


NOTE = "cv/receptive-field"


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ([], [*PARALLEL]),
        ([NOTE], ["--notes", NOTE]),
        ([NOTE, "-x", "rl/grid-world"], ["-x", "--notes", f"{NOTE},rl/grid-world"]),
        (["-x"], ["-x"]),
        (["cv"], [*PARALLEL, "--notes", "cv"]),
        (["cv", "notekit"], [*PARALLEL, "--notes", "cv,notekit"]),
        (["cv", "-x", "-k", "rl"], ["-x", "-k", "rl", "--notes", "cv"]),
        (["--changed"], ["--changed", *PARALLEL]),
        (["--changed", "origin/main"], ["--changed", "origin/main", *PARALLEL]),
        (["--changed", "HEAD", "-x"], ["--changed", "HEAD", "-x"]),
    ],
)
def test_what_is_given_to_the_tests_becomes_options_of_pytest(given, wanted):
    assert environments.tests(given) == wanted


@pytest.mark.parametrize("name", ["cv/gone", "gone", "contributing.md"])
def test_what_is_no_note_is_refused(name):
    with pytest.raises(SystemExit, match=f"got '{name}'"):
        environments.tests([name])


def test_an_old_python_and_a_python_without_pip_are_told(tmp_path):
    def start(before: str) -> tuple[int, str]:
        load = "runpy.run_path('noxfile.py', None, '__main__')"
        code = f"import pathlib, runpy, sys\n{before}\n{load}"
        done = subprocess.run(
            [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True
        )
        return done.returncode, done.stderr.strip()

    code, said = start("sys.version_info, sys.version = (3, 9, 1), '3.9.1 (main)'")
    assert (code, said) == (1, "want Python 3.11 or newer, got 3.9.1")
    home = f"pathlib.Path({str(tmp_path)!r})"
    before = f"from notekit import environments\nenvironments.HOME = {home}"
    code, said = start(f"{before}\nsys.executable = '/bin/false'")
    assert code == 1
    assert said.startswith(
        "want pip for this Python, to install nox; found none. On Debian"
    )


def test_the_parts_of_the_continuous_integration_are_the_whole():
    ci = yaml.safe_load((ROOT / ".github/workflows/ci.yml").read_text(encoding="utf-8"))
    parts = ci["jobs"]["tests"]["strategy"]["matrix"]["part"]
    assert parts == [*TOPICS, REST]
    paths, _ = pytest_plugin._arguments(parts)
    assert len(set(paths)) == len(paths)
    pages = {str(path) for path in (ROOT / "docs").rglob("*.md")}
    modules = {str(path) for path in (ROOT / "tests").rglob("test_*.py")}
    site = {path for path in modules if "/tests/site/" in path}
    assert set(paths) == pages | modules - site
