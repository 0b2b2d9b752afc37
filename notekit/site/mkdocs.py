"""MkDocs, once for each language, both at the same time.

Where it can be done safely, by processes that are copies of this one: what it has
imported, they need not import again, which is a tenth of a build's work.
"""

import importlib
import multiprocessing
import os
import subprocess
import sys
import tempfile
import threading
import traceback
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from notekit.problem import ROOT

# What MkDocs imports by itself, slowly.
_LARGE = (
    "mkdocs.commands.build",
    "mkdocs_rss_plugin.plugin",
    "material.plugins.tags.plugin",
)
Outcome = tuple[int, str]  # exit status, and what was said
# Without the collector, as in the process that starts it: a build is short.
_PROGRAM = "import gc; gc.disable(); from mkdocs.__main__ import cli; cli()"


def run(calls: Sequence[Sequence[str]], root: Path) -> list[Outcome]:
    """Run MkDocs with each list of arguments, at the same time.

    Args:
        calls: arguments of ``mkdocs``.
        root: the repository, which the extensions are imported from.
    """
    os.environ["NO_MKDOCS_2_WARNING"] = "1"
    # The feeds' plug-in imports a library that wants Git, and uses none of it.
    os.environ.setdefault("GIT_PYTHON_REFRESH", "quiet")
    if _may_fork(root):
        return _forked(calls)
    with ThreadPoolExecutor() as pool:
        return list(pool.map(lambda arguments: _started(arguments, root), calls))


def _may_fork(root: Path) -> bool:
    """Whether a copy of this process would work: no thread holds a lock, same tool."""
    alone = threading.active_count() == 1 and sys.platform == "linux"
    return alone and root == ROOT and Path.cwd() == root


def _forked(calls: Sequence[Sequence[str]]) -> list[Outcome]:
    for name in _LARGE:  # imported once, not by each copy
        importlib.import_module(name)
    context = multiprocessing.get_context("fork")
    with tempfile.TemporaryDirectory() as folder:
        outputs = [Path(folder, str(number)) for number in range(len(calls))]
        processes = [
            context.Process(target=_child, args=(list(arguments), output))
            for arguments, output in zip(calls, outputs)
        ]
        try:
            for process in processes:
                process.start()
            for process in processes:
                process.join()
        except BaseException:
            for process in processes:
                if process.pid is not None:
                    process.kill()
                    process.join()
            raise
        return [
            (process.exitcode or 0, output.read_text(encoding="utf-8"))
            for process, output in zip(processes, outputs)
        ]


def _child(arguments: list[str], output: Path) -> None:
    """MkDocs' command, with what it says in a file."""
    with output.open("w", encoding="utf-8") as stream:
        os.dup2(stream.fileno(), 1)
        os.dup2(stream.fileno(), 2)
        sys.stdout = sys.stderr = stream
        from mkdocs.__main__ import cli

        status = 0
        try:
            cli(arguments, prog_name="mkdocs")
        except SystemExit as end:
            status = end.code if isinstance(end.code, int) else bool(end.code)
        except BaseException:
            traceback.print_exc()
            status = 1
        stream.flush()
        os._exit(status)  # the parent's work at exit is not ours


def _started(arguments: Sequence[str], root: Path) -> Outcome:
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM, *arguments],
        cwd=root,
        env=os.environ | {"PYTHONPATH": str(root)},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    return done.returncode, done.stdout + done.stderr
