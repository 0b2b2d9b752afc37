"""pytest for the notes: repeatable, single-threaded, and with a record of what passed.

``--notes cv/receptive-field`` runs what belongs to these notes, ``--changed`` what belongs
to those that a branch touches. At the end of a run,
each note whose tests and code blocks all ran is entered in ``build/verified.json``.
"""

import datetime
import gc
import importlib.metadata
import importlib.util
import os
import platform
import subprocess
import sys
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from notekit.problem import ROOT
from notekit.prove import executed
from notekit.prove.changed import (
    EXERCISES,
    FIGURES,
    ChangedError,
    changed_files,
    select,
)
from notekit.prove.libraries import seed
from notekit.read.survey import survey

HAS_TORCH = importlib.util.find_spec("torch") is not None
CAN_READ_NOTES = all(map(importlib.util.find_spec, ("pydantic", "yaml")))
PACKAGES = ("torch", "numpy")
REST = "notekit"  # in --notes: all tests and pages that are no note's
# With --changed: paths to run, empty for all; and, by test module, the notes of which it
# runs, None for all.
_Only = dict[str, list[str] | None]
_FIRST = pytest.StashKey[bool]()  # no run within another one's test
_CHANGED = pytest.StashKey[tuple[list[str], _Only]]()


def has_gpu() -> bool:
    """Whether torch sees a CUDA GPU here."""
    if not (HAS_TORCH and may_have_gpu()):
        return False
    import torch

    return bool(torch.cuda.is_available())


def may_have_gpu(devices: Path = Path("/dev")) -> bool:
    """Whether to ask torch, whose import takes seconds, and which most runs never need."""
    names = ("nvidia*", "nvhost*", "nvmap", "dxg", "kfd")  # the last: of WSL, of AMD
    listed = sys.platform == "linux" and devices.is_dir()
    return not listed or any(next(devices.glob(name), None) for name in names)


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("notes")
    group.addoption(
        "--notes",
        default="",
        help="comma-separated names of notes or topics; run what belongs to them only",
    )
    group.addoption(
        "--changed",
        nargs="?",
        const="",
        metavar="BASE",
        help="run what has changed since BASE; without one, since origin/main or main",
    )
    group.addoption(
        "--require-gpu",
        action="store_true",
        help="fail, rather than skip, when there is no GPU",
    )


def pytest_configure(config: pytest.Config) -> None:
    config.stash[_FIRST] = not gc.get_freeze_count()
    # Read when torch is imported, here or in a child.
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    if not has_gpu():
        if config.getoption("--require-gpu"):
            raise pytest.UsageError("want a CUDA GPU for the GPU tests; found none")
        # Triton kernels run in its interpreter, if this is set before triton's import.
        os.environ.setdefault("TRITON_INTERPRET", "1")
    if importlib.util.find_spec("hypothesis"):
        from hypothesis import settings

        settings.register_profile(
            "notes", deadline=None, derandomize=True, max_examples=50
        )
        settings.load_profile("notes")
    names = config.getoption("--notes")
    if names:
        config.args[:], only = _arguments(names.split(","))
        config.stash[_CHANGED] = ([], only)
        own = [name for name in names.split(",") if "/" in name]
        # What workers of pytest-xdist run is not seen from here.
        if own and config.getoption("dist", "no") == "no" and executed.available():
            executed.watch(config, ROOT, own)
    if config.getoption("--changed") is not None:
        if names:
            raise pytest.UsageError("want one of --notes and --changed; got both")
        _select(config)
    # In the process that sees all reports. A machine lent for its GPU may lack what
    # reads the notes; its results go to records/ instead.
    if not hasattr(config, "workerinput") and CAN_READ_NOTES:
        if unreadable := survey(ROOT):
            raise pytest.UsageError("\n".join(map(str, unreadable)))
        config.pluginmanager.register(Verifier(config), "notekit-verifier")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """With ``-m gpu``, read only files that have that mark.

    A machine lent for its GPU may lack what the other tests import.
    """
    if config.option.markexpr != "gpu" or collection_path.suffix not in (".py", ".md"):
        return None
    marked = "pytest.mark.gpu" in collection_path.read_text(encoding="utf-8")
    return None if marked else True


def pytest_collection_modifyitems(
    config: pytest.Config, items: list[pytest.Item]
) -> None:
    """Skip GPU tests, with the reason, where there is no GPU."""
    _, only = config.stash.get(_CHANGED, ([], {}))
    if only:
        kept = [item for item in items if _is_wanted(item, only)]
        config.hook.pytest_deselected(items=[i for i in items if i not in kept])
        items[:] = kept
    if not has_gpu():
        for item in items:
            if item.get_closest_marker("gpu"):
                item.add_marker(pytest.mark.skip(reason="needs a CUDA GPU, found none"))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Share the tests out as is best for these."""
    if config.getoption("dist") != "loadfile":
        return None
    from notekit.prove.schedule import ByFile

    return ByFile(config, log)


def pytest_collection_finish() -> None:
    """One thread; and all tests and modules, which stay, are no cycles to look for.

    There are more than a million objects, and going through them took a fifth of all time.
    """
    if torch := sys.modules.get("torch"):
        torch.set_num_threads(1)
    gc.collect()
    gc.freeze()


def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> None:
    """The same for what a module has imported or keeps, before the next one."""
    if nextitem and nextitem.path != item.path:
        gc.collect()
        gc.freeze()


def pytest_unconfigure(config: pytest.Config) -> None:
    """Libraries look at the end for what is left, and take what is frozen for leaks."""
    if config.stash.get(_FIRST, False):
        gc.unfreeze()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """The same random numbers for a test whatever ran before it."""
    seed(item.nodeid)


def _arguments(names: list[str]) -> tuple[list[str], _Only]:
    """Pages and test modules of these notes, of topics, or what is neither's: notekit.

    The exercises of all notes are proved by one module, which runs for these alone.
    """
    from notekit.read import exercises
    from notekit.read.catalogue import TOPICS, read

    notes = read().notes
    paths: list[Path] = []
    proved: list[str] = []
    for name in names:
        if name not in (*notes, *TOPICS, REST):
            raise pytest.UsageError(f"want names of notes; got {name!r}")
        for note in [n for n in notes.values() if name in (n.name, n.topic)]:
            paths += [page.path for page in note.pages.values()]
            paths += note.tests(ROOT)
            if exercises.place(ROOT, note.name).is_file():
                proved.append(note.name)
    if proved:
        paths.append(ROOT / EXERCISES)
    if REST in names:
        own = {path for n in notes.values() for path in n.tests(ROOT)}
        own |= {page.path for n in notes.values() for page in n.pages.values()}
        files = {*(ROOT / "docs").rglob("*.md"), *(ROOT / "tests").rglob("test_*.py")}
        site = ROOT / "tests/site"
        paths += sorted(f for f in files - own if not f.is_relative_to(site))
        return [str(path) for path in dict.fromkeys(paths)], {}
    return [str(path) for path in paths], {EXERCISES: proved}


def _select(config: pytest.Config) -> None:
    """Run what has changed; workers are told by the process that started them."""
    if hasattr(config, "workerinput"):
        paths, only = config.workerinput["changed"]
    else:
        try:
            start, files = changed_files(config.rootpath, config.option.changed)
        except ChangedError as error:
            raise pytest.UsageError(str(error)) from error
        chosen = select(config.rootpath, files)
        if chosen.empty:
            what = "nothing"
            if files:
                what = f"{len(files)} file{'s' * (len(files) > 1)} that no test reads"
            pytest.exit(f"changed since {start[:12]}: {what}; no test to run", 0)
        paths = list(chosen.paths)
        only = {
            module: None if notes is None else sorted(notes)
            for module, notes in (
                (FIGURES, chosen.figures),
                (EXERCISES, chosen.exercises),
            )
        }
    config.stash[_CHANGED] = (paths, only)
    if paths:
        config.args[:] = [str(config.rootpath / path) for path in paths]


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell a worker of pytest-xdist what has changed."""
    node.workerinput["changed"] = node.config.stash.get(_CHANGED, None)


def _is_wanted(item: pytest.Item, only: _Only) -> bool:
    """Whether a test of all notes' figures or exercises runs for its note."""
    notes = only.get(item.nodeid.split("::")[0])
    call = getattr(item, "callspec", None)
    note = call.params.get("note") if call else None
    return notes is None or note is None or note in notes


@dataclass
class _Tally:
    tests: int = 0
    examples: int = 0
    failed: int = 0
    skipped: int = 0
    seconds: float = 0.0
    pages: set[str] = field(default_factory=set)


class Verifier:
    """Adds up the reports of each note, and writes them down when the run is whole."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.tallies: dict[str, _Tally] = defaultdict(_Tally)
        self.hashes: dict[str, str] = {}
        self.files: dict[str, str] = {}  # page or test module, and its note
        self.unproven: list[str] = []

    @property
    def whole(self) -> bool:
        """Whether the run can prove anything: nothing was left out by hand."""
        option = self.config.option
        narrowed = option.keyword or option.markexpr or getattr(option, "lf", False)
        narrowed = (
            narrowed or option.deselect or any("::" in a for a in self.config.args)
        )
        return not narrowed and not option.collectonly

    def pytest_sessionstart(self) -> None:
        from notekit.read.catalogue import read

        for name, note in read().notes.items():
            self.hashes[name] = note.code_hash(ROOT)
            for path in note.tests(ROOT):
                self.files[path.relative_to(ROOT).as_posix()] = name
            for page in note.pages.values():
                self.files[page.path.relative_to(ROOT).as_posix()] = name

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        path = report.nodeid.split("::")[0]
        name = self.files.get(path)
        if name is None:
            return
        tally = self.tallies[name]
        tally.pages.add(path)
        tally.seconds += report.duration
        if report.failed:
            tally.failed += 1
        elif report.skipped:
            tally.skipped += 1
        elif report.when == "call":
            if path.endswith(".md"):
                tally.examples += 1
            else:
                tally.tests += 1

    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        stopped = session.shouldstop or session.shouldfail  # the latter after -x
        if not self.whole or exitstatus not in (0, 1) or stopped:
            return
        from notekit.prove.verified import Verification, save
        from notekit.read.fences import run_by_twin

        done = {}
        for name, tally in self.tallies.items():
            missing = {p for p, n in self.files.items() if n == name} - tally.pages
            if any(run_by_twin(ROOT, p) not in tally.pages for p in missing):
                continue  # only part of the note was asked for
            done[name] = Verification(
                code=self.hashes[name],
                tests=tally.tests,
                examples=tally.examples,
                failed=tally.failed,
                skipped=tally.skipped,
                seconds=round(tally.seconds, 1),
                date=datetime.datetime.now(datetime.UTC).date().isoformat(),
                commit=_commit(),
                versions=_versions(),
            )
        if done:
            save(ROOT, done)
        self.unproven = [
            f"{name}: not verified, since no {found.lacks} ran"
            for name, found in sorted(done.items())
            if found.lacks
        ]

    def pytest_terminal_summary(
        self, terminalreporter: "pytest.TerminalReporter"
    ) -> None:
        for line in self.unproven:
            terminalreporter.write_line(line, yellow=True)


def _versions() -> dict[str, str]:
    versions = {"python": platform.python_version()}
    for package in PACKAGES:
        if importlib.util.find_spec(package):
            versions[package] = importlib.metadata.version(package).split("+")[0]
    return versions


def _commit() -> str:
    """The commit that ran; empty where the tree differs from it or git is absent."""
    git = ["git", "-C", str(Path(ROOT))]
    try:
        status = subprocess.run(
            [*git, "status", "--porcelain"], capture_output=True, text=True, check=True
        )
        if status.stdout.strip():
            return ""
        head = subprocess.run(
            [*git, "rev-parse", "HEAD"], capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        return ""
    return head.stdout.strip()
