"""Judges a file of the reader's own machine: the same cases as in the page, and torch."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from notekit.read.exercises import Exercise, place, sheet
from notekit.read.modules import error, tree
from notekit.study.judge import MARK, Verdict

START = 60.0  # seconds in which Python and what an exercise imports must have started


class SolveError(ValueError):
    """There is nothing to judge, or nothing to judge it by."""


@dataclass(frozen=True)
class Late:
    """The answer took longer than it may, in this case if any was begun.

    Attributes:
        seconds: what was allowed.
        case: number of the case, from 0.
        total: how many there are.
        given: its arguments.
    """

    seconds: float
    case: int = 0
    total: int = 0
    given: str = ""


def asked(root: Path, note: str, file: Path) -> list[Exercise]:
    """The exercises of a note whose function a file defines.

    Raises:
        SolveError: naming what is wanted, and what came.
    """
    found = sheet(root, note)
    if found is None:
        raise SolveError(
            f"want a note with exercises; found no {place(root, note).relative_to(root)}"
        )
    if found.problems:
        raise SolveError("\n".join(map(str, found.problems)))
    if not file.is_file():
        raise SolveError(f"want a file of Python; got {file}, which is none")
    names = [exercise.name for exercise in found.exercises]
    try:
        file.read_text(encoding="utf-8")
    except UnicodeDecodeError as wrong:
        raise SolveError(f"{file}:1: want UTF-8; got {wrong.reason}") from None
    module = tree(file)
    if module is None:
        line, reason = error(file) or (1, "")
        raise SolveError(f"{file}:{line}: want Python; {reason}")
    defined = {getattr(node, "name", "") for node in module.body}
    wanted = [e for e in found.exercises if e.name in defined]
    if not wanted:
        got = ", ".join(sorted(defined - {""})) or "no function"
        raise SolveError(f"{file}:1: want {' or '.join(names)}; got {got}")
    return wanted


def solve(root: Path, note: str, exercise: Exercise, file: Path) -> Verdict | Late:
    """Judge the answer in a process of its own, which ends when its time is up.

    Raises:
        SolveError: if the process ends without a verdict.
    """
    module = f"exercises.{note.replace('-', '_').replace('/', '.')}"
    command = [sys.executable, "-m", "notekit.study.judge", module, exercise.name]
    process = subprocess.Popen(
        [*command, str(file.resolve())],
        cwd=root,
        env=os.environ | {"PYTHONPATH": str(root), "PYTHONIOENCODING": "utf-8"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
        encoding="utf-8",
    )
    late = threading.Event()

    def end() -> None:
        late.set()
        process.kill()

    # The answer's time begins with the first case.
    timer = threading.Timer(START, end)
    timer.start()
    last: dict[str, Any] = {}
    assert process.stdout is not None
    assert process.stderr is not None
    try:
        for event in _events(process.stdout):
            if not last:
                timer.cancel()
                timer = threading.Timer(exercise.seconds, end)
                timer.start()
            last = event
        said = process.stderr.read()
        process.wait()
    finally:
        timer.cancel()
        process.kill()
        process.stdout.close()
        process.stderr.close()
    if "verdict" in last:
        return Verdict(**last["verdict"])
    if late.is_set():
        return Late(exercise.seconds if last else START, **last)
    raise SolveError(f"the judge ended without a verdict: {said.strip()[-400:]}")


def _events(lines: Any) -> Iterator[dict[str, Any]]:
    for line in lines:
        if line.startswith(MARK):
            yield json.loads(line[len(MARK) :])


def report(exercise: Exercise, found: Verdict | Late, file: Path) -> str:
    """What a person reads of a verdict."""
    name = exercise.name
    if isinstance(found, Late):
        where = f"in case {found.case + 1} of {found.total}" if found.total else ""
        lines = [
            f"{name}: over time, {found.seconds:g} s for all cases {where}".rstrip()
        ]
        lines += _indented(found.given)
        return "\n".join(lines)
    if found.kind == "passed":
        return f"{name}: passed {found.passed} of {found.total}"
    if found.kind in ("unreadable", "missing"):
        return f"{file}:{max(found.line, 1)}: {name}: {found.error}"
    at = f"{file}:{found.line}: " if found.line else ""
    lines = [f"{at}{name}: case {found.passed + 1} of {found.total} fails"]
    lines += _indented(found.given)
    lines.append(f"  expected: {found.expected}")
    lines.append(f"  got:      {found.got or found.error}")
    if found.printed:
        lines += ["  printed:", *_indented(_indented(found.printed))]
    if found.remembers:
        lines.append("  alone, this case passes: something is kept between calls")
    return "\n".join(lines)


def _indented(text: str | list[str]) -> list[str]:
    lines = text.rstrip("\n").split("\n") if isinstance(text, str) else text
    return [f"  {line}" for line in lines]
