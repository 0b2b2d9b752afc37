"""Lines of a note's modules that its tests and blocks never ran, when a note is named.

A report, and no bar: what a GPU or another process runs is not seen from here. Only runs
that name notes are measured, so that the whole suite costs what it did.
"""

import importlib.util
from pathlib import Path
from typing import Any

import pytest

from notekit.files import SHARED, own_modules

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
            if path.parent.name != SHARED and path.name != "__main__.py"
        ]
        # A folder and no pattern: in a pattern, brackets of a path would mean something.
        folder = str(root / "snippets")
        self.coverage = Coverage(
            data_file=None, config_file=False, source=[folder], messages=False
        )
        self.coverage.set_option("run:disable_warnings", _QUIET)
        for pattern in _ELSEWHERE:
            self.coverage.exclude(pattern)
        self.left: list[str] = []
        self.coverage.start()

    def pytest_sessionfinish(self) -> None:
        self.coverage.stop()
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


def watch(config: pytest.Config, root: Path, notes: list[str]) -> None:
    """Report at the end of this run what it did not run of these notes."""
    narrowed = config.option.keyword or config.option.markexpr
    if not narrowed and not config.option.collectonly:
        config.pluginmanager.register(Executed(root, notes), "notekit-executed")
