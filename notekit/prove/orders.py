"""The same tests in other orders, under other hash seeds, in company and alone.

A test that passes only after another, or by the order of a set, is found by running it
otherwise. Each run is a process of pytest; what failed is named with the command that
repeats it.
"""

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

_FAILED = re.compile(r"^(?:FAILED|ERROR) (\S+)", re.M)
_NOTHING = 5  # pytest's exit code where a file has no test


@dataclass(frozen=True)
class Run:
    """One run of pytest: its options, and Python's hash seed."""

    options: tuple[str, ...]
    hash_seed: int

    @property
    def command(self) -> str:
        """What repeats it in a shell."""
        words = ["python", "-m", "pytest", *self.options]
        return f"PYTHONHASHSEED={self.hash_seed} {shlex.join(words)}"


def orders(
    which: Sequence[int], hash_seeds: Sequence[int], given: Sequence[str]
) -> Iterator[Run]:
    """Each order once: the odd ones on two processes, each pair under the next seed."""
    for order in which:
        company = ("-n", "2", "--dist", "loadfile") if order % 2 else ("-n", "0")
        seed = hash_seeds[order // 2 % len(hash_seeds)]
        yield Run((f"--randomly-seed={order}", *company, *given), seed)


def alone(root: Path, folders: Sequence[str]) -> Iterator[Run]:
    """Every test module of these folders, in a process of its own."""
    for folder in folders:
        for path in sorted((root / folder).rglob("test_*.py")):
            name = path.relative_to(root).as_posix()
            yield Run(("--randomly-seed=0", "-n", "0", name), 0)


def run_all(root: Path, runs: Sequence[Run], say: Callable[[str], object]) -> bool:
    """Run them, one after the other; whether all passed."""
    good = True
    for number, run in enumerate(runs, 1):
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", *run.options],
            env=os.environ | {"PYTHONHASHSEED": str(run.hash_seed)},
            cwd=root,
            capture_output=True,
            text=True,
        )
        last = (done.stdout.strip().splitlines() or [done.stderr.strip()])[-1]
        say(f"{number}/{len(runs)}: {run.command}: {last}")
        if done.returncode not in (0, _NOTHING):
            good = False
            for name in _FAILED.findall(done.stdout):
                say(f"  failed: {name}")
    return good
