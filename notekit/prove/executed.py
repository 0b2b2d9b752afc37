"""What the tests of a note never reached, when a note is named.

Lines of its modules are a report, and no bar: what a GPU or another process runs is not seen
from here. An assertion of a test that ran, and that was never reached, proves nothing, and
fails the run. Only runs that name notes are measured, so that the whole suite costs what
it did.
"""

import ast
import importlib.util
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from notekit.files import SHARED, own_modules
from notekit.read import modules
from notekit.read.living import walk

# Compiled for a GPU, or run as a program only.
_ELSEWHERE = (r"@triton\.jit", r"if __name__ ==", r"if TYPE_CHECKING")
_QUIET = ["no-data-collected", "module-not-imported", "module-not-measured"]
_SHOWN = 12  # stretches of lines in one module


def available() -> bool:
    """Whether coverage.py is there; a machine lent for its GPU may lack it."""
    return importlib.util.find_spec("coverage") is not None


class Executed:
    """Watches the modules of some notes from the first import to the end of the run."""

    def __init__(self, root: Path, notes: list[str]) -> None:
        from coverage import Coverage

        self.root = root
        self.modules = [
            path
            for note in notes
            for path in own_modules(root / "snippets", note)
            if path.parent.name not in SHARED and path.name != "__main__.py"
        ]
        self.tests = [
            path for note in notes for path in own_modules(root / "tests", note)
        ]
        # Folders and no patterns: in a pattern, brackets of a path would mean something.
        folders = {str(root / "snippets"), *(str(path.parent) for path in self.tests)}
        self.coverage = Coverage(
            data_file=None, config_file=False, source=sorted(folders), messages=False
        )
        self.coverage.set_option("run:disable_warnings", _QUIET)
        for pattern in _ELSEWHERE:
            self.coverage.exclude(pattern)
        self.left: list[str] = []
        self.unreached: list[str] = []
        self.ran: set[tuple[Path, str]] = set()
        self.coverage.start()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when == "call" and report.passed:
            file, _, name = report.nodeid.partition("::")
            test = name.rpartition("::")[2].partition("[")[0]
            self.ran.add((self.root / file, test))

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        self.coverage.stop()
        for path in self.tests:
            _, _, _, missing, _ = self.coverage.analysis2(str(path))
            ran = {test for file, test in self.ran if file == path}
            for line in _assertions(path, ran, set(missing)):
                name = path.relative_to(self.root).as_posix()
                self.unreached.append(
                    f"{name}:{line}: want an assertion that is reached; this one never was"
                )
        if self.unreached and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED
        for path in self.modules:
            _, _, _, missing, shown = self.coverage.analysis2(str(path))
            if missing:
                name = path.relative_to(self.root).as_posix()
                stretches = shown.split(", ")
                more = len(stretches) - _SHOWN
                said = ", ".join(stretches[:_SHOWN])
                said += f" and {more} more stretches" if more > 0 else ""
                self.left.append(f"{name}:{missing[0]}: never run here: lines {said}")

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        for line in self.left:
            terminalreporter.write_line(line, yellow=True)
        for line in self.unreached:
            terminalreporter.write_line(line, red=True)


def _assertions(path: Path, ran: set[str], missing: set[int]) -> Iterator[int]:
    """Lines of assertions that were never reached, in tests that ran."""
    for test in modules.nodes(path):
        if isinstance(test, ast.FunctionDef) and test.name in ran:
            for node in walk(test):
                if isinstance(node, ast.Assert) and node.lineno in missing:
                    yield node.lineno


def watch(config: pytest.Config, root: Path, notes: list[str]) -> None:
    """Report at the end of this run what it did not run of these notes."""
    narrowed = config.option.keyword or config.option.markexpr
    if not narrowed and not config.option.collectonly:
        config.pluginmanager.register(Executed(root, notes), "notekit-executed")
