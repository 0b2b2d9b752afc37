"""Oracle: runs whose tests a person counted, by fake reports and by pytest itself."""

import json
import os
import subprocess
import sys
from types import SimpleNamespace

import pytest

from notekit.pages.stage import Stage
from notekit.prove import pytest_plugin, verified
from notekit.prove.verified import Verification, load, load_record, save
from notekit.read import catalogue
from tests.notekit.builder import Repo, add_tool, build_repo

FILES = (
    "docs/en/cv/box.md",
    "docs/zh/cv/box.md",
    "tests/cv/test_box.py",
    "tests/cv/test_box_inputs.py",
)
AREA = tuple(name.replace("box", "box_area") for name in FILES[2:]) + tuple(
    name.replace("box", "box-area") for name in FILES[:2]
)


@pytest.fixture
def repo(tmp_path) -> Repo:
    return build_repo(tmp_path)


@pytest.fixture
def session(repo, monkeypatch):
    """A run of pytest in the small repository, made of reports."""
    monkeypatch.setattr(pytest_plugin, "ROOT", repo.root)
    monkeypatch.setattr(
        catalogue, "read", lambda root=repo.root, only=None, f=catalogue.read: f(root)
    )
    return Session()


class Session:
    def __init__(self) -> None:
        option = SimpleNamespace(
            keyword="", markexpr="", lf=False, collectonly=False, deselect=None
        )
        self.config = SimpleNamespace(option=option, args=["docs", "tests"])
        self.shouldstop: bool | str = False
        self.shouldfail: bool | str = False
        self.verifier = pytest_plugin.Verifier(self.config)

    def report(self, file: str, outcome: str = "passed", when: str = "call") -> None:
        report = SimpleNamespace(
            nodeid=f"{file}::one",
            when=when,
            duration=0.5,
            passed=outcome == "passed",
            failed=outcome == "failed",
            skipped=outcome == "skipped",
        )
        self.verifier.pytest_runtest_logreport(report)

    def run(self, files, exit_status: int = 0, change=None) -> None:
        self.verifier.pytest_sessionstart()
        for file in files:
            for when in ("setup", "call", "teardown"):
                self.report(file, when=when)
        if change:
            change()
        self.verifier.pytest_sessionfinish(self, exit_status)


def hash_now(repo: Repo, name: str = "cv/box") -> str:
    return repo.catalogue().notes[name].code_hash(repo.root)


def test_a_whole_run_is_written_down(repo, session):
    session.run([*FILES, FILES[0], "tests/notekit/rules/test_check.py"])
    done = load(repo.root)
    assert done.keys() == {"cv/box"}
    box = done["cv/box"]
    assert (box.tests, box.examples, box.failed, box.skipped) == (2, 3, 0, 0)
    assert box.seconds == 5 * 3 * 0.5
    assert box.code == hash_now(repo)
    assert box.versions["python"] == sys.version.split()[0]
    assert len(box.date) == len("2026-01-02")


def test_a_note_of_which_a_file_was_left_out_is_not_written(repo, session):
    session.run(FILES[:2])
    assert load(repo.root) == {}


@pytest.mark.parametrize(
    ("edit", "proven"), [(("", ""), True), (("```python\n", "```python\n\n"), False)]
)
def test_blocks_of_the_chinese_page_may_have_run_on_the_english_one(
    repo, session, edit, proven
):
    assert FILES[1].startswith("docs/zh")
    assert "```python" in repo.read(FILES[1])
    repo.write(FILES[1], repo.read(FILES[1]).replace(*edit))
    session.run(FILES[:1] + FILES[2:])
    assert bool(load(repo.root)) is proven


def test_blocks_of_the_english_page_run_on_the_english_page(repo, session):
    session.run(FILES[1:])
    assert load(repo.root) == {}


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("keyword", "a"),
        ("markexpr", "gpu"),
        ("lf", True),
        ("collectonly", True),
        ("deselect", ["tests/cv/test_box.py::one"]),
    ],
)
def test_a_narrowed_run_writes_nothing(repo, session, option, value):
    setattr(session.config.option, option, value)
    session.run(FILES)
    assert load(repo.root) == {}


def test_a_run_of_single_tests_writes_nothing(repo, session):
    session.config.args = [*FILES[:2], f"{FILES[2]}::one"]
    session.run(FILES)
    assert load(repo.root) == {}


@pytest.mark.parametrize("exit_status", [2, 3, 4, 5])
def test_a_broken_run_writes_nothing(repo, session, exit_status):
    session.run(FILES, exit_status)
    assert load(repo.root) == {}


@pytest.mark.parametrize("why", ["shouldstop", "shouldfail"])
def test_a_run_that_stopped_early_writes_nothing(repo, session, why):
    setattr(session, why, "stopping after 1 failures")
    session.run(FILES, 1)
    assert load(repo.root) == {}


def test_failures_and_skips_are_counted(repo, session):
    def more() -> None:
        session.report(FILES[2], "failed")
        session.report(FILES[0], "failed", "setup")
        session.report(FILES[2], "skipped", "setup")

    session.run(FILES, 1, more)
    box = load(repo.root)["cv/box"]
    assert (box.tests, box.examples, box.failed, box.skipped) == (2, 2, 2, 1)


@pytest.mark.parametrize(
    ("left", "lacks"),
    [
        (FILES[:2], "test"),
        (FILES[2:], "code block"),
        ((), "test and no code block"),
    ],
)
def test_what_was_only_skipped_proves_nothing(repo, session, left, lacks):
    def skip() -> None:
        for file in FILES:
            session.report(file, "skipped", "setup")

    session.run(left, 0, skip)
    assert load(repo.root)["cv/box"].lacks == lacks
    said: list[str] = []
    terminal = SimpleNamespace(write_line=lambda line, **_: said.append(line))
    session.verifier.pytest_terminal_summary(terminal)
    assert said == [f"cv/box: not verified, since no {lacks} ran"]
    kind, words = Stage(repo.catalogue(), "en").proof(repo.catalogue().notes["cv/box"])
    assert kind == "none"
    assert "`nox -s tests -- cv/box`" in words


def test_what_changes_during_the_run_is_not_what_ran(repo, session):
    before = hash_now(repo)
    session.run(FILES, change=lambda: repo.write("snippets/cv/box.py", "\n"))
    assert load(repo.root)["cv/box"].code == before != hash_now(repo)


def test_a_run_keeps_what_is_known_of_other_notes(repo, session):
    session.run(FILES)
    first = load(repo.root)["cv/box"]
    other = Session()
    other.run(AREA)
    done = load(repo.root)
    assert done.keys() == {"cv/box", "cv/box-area"}
    assert done["cv/box"] == first


EMPTY = Verification(
    code="c",
    tests=1,
    examples=0,
    failed=0,
    skipped=0,
    seconds=0.1,
    date="2026-01-02",
    commit="",
    versions={},
)


def test_saving_merges_and_replaces(tmp_path):
    save(tmp_path, {"cv/b": EMPTY, "cv/c": EMPTY})
    newer = EMPTY.model_copy(update={"tests": 9})
    save(tmp_path, {"cv/a": newer, "cv/b": newer})
    assert load(tmp_path) == {"cv/a": newer, "cv/b": newer, "cv/c": EMPTY}
    assert [p.name for p in (tmp_path / "build").iterdir()] == ["verified.json"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        "7",
        '{"cv/box": 3}',
        '{"cv/box": {"code": "c"}}',
        json.dumps({"cv/box": EMPTY.model_dump() | {"more": 1}}),
        "\udcff",
    ],
)
def test_a_corrupt_file_means_that_nothing_is_proven(tmp_path, text):
    path = tmp_path / verified.WHERE
    path.parent.mkdir()
    path.write_bytes(text.encode(errors="surrogateescape"))
    assert load(tmp_path) == {}
    save(tmp_path, {"cv/box": EMPTY})
    assert load(tmp_path) == {"cv/box": EMPTY}


def test_no_file_means_that_nothing_is_proven(tmp_path):
    assert load(tmp_path) == {}


def test_a_note_without_a_gpu_record_has_none(repo):
    assert load_record(repo.root, repo.catalogue().notes["cv/box"]) is None


# By pytest itself, in a copy of the tool


def pytest_in(repo: Repo, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    return subprocess.run(
        [*command, *arguments],
        cwd=repo.root,
        env=os.environ | {"PYTHONPATH": str(repo.root), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        encoding="utf-8",
    )


@pytest.mark.timeout(180)
def test_a_run_of_pytest_records_each_note(repo):
    from notekit.scaffold.new import create

    add_tool(repo)
    create("nlp/new-one", "New one", "新的", repo.root)
    repo.edit("tests/cv/test_box_area.py", "3 + 3", "3 + 4")
    run = pytest_in(repo)
    assert run.returncode == 1, run.stdout + run.stderr
    done = load(repo.root)
    counts = {n: (v.tests, v.examples, v.failed) for n, v in done.items()}
    # One code block, the same in both languages, and a test of the example call; of the
    # new note a property, two bad sizes, and the five promises that concern one number.
    assert counts == {
        "cv/box": (2, 1, 0),
        "cv/box-area": (1, 1, 1),
        "nlp/new-one": (8, 1, 0),
    }
    for name, found in done.items():
        assert found.code == hash_now(repo, name)
    before = repo.read("build/verified.json")

    part = pytest_in(repo, "-k", "sum", "tests/cv/test_box.py", *FILES[:2])
    assert part.returncode == 0, part.stdout
    assert repo.read("build/verified.json") == before

    mended = repo.read("tests/cv/test_box_area.py").replace("3 + 4", "3 + 3")
    repo.write("tests/cv/test_box_area.py", mended)
    one = pytest_in(repo, "--notes", "cv/box-area")
    assert one.returncode == 0, one.stdout
    done = load(repo.root)
    assert done["cv/box-area"].failed == 0
    assert done["cv/box-area"].tests == 2
    assert done["cv/box"] == Verification(**json.loads(before)["cv/box"])


def test_a_name_stands_for_the_pages_and_tests_of_a_note(repo, session):
    paths, _ = pytest_plugin._arguments(["cv/box", "cv/box-area"])
    assert set(paths) == {str(repo.root / name) for name in (*FILES, *AREA)}


def test_an_unknown_name_is_refused(repo, session):
    with pytest.raises(pytest.UsageError) as caught:
        pytest_plugin._arguments(["cv/box", "cv/gone"])
    assert str(caught.value) == "want names of notes; got 'cv/gone'"
