"""Tries mutants of one note, in a process and a copy of the repository of its own.

Started by `notekit.prove.mutants` as ``python -m notekit.prove.trial JOB``, in the copy.
pytest and the libraries are loaded once; each mutant is written into the copy, and a
fork of this process collects and runs the tests. The first fork changes nothing: it must
pass, and tells which tests reach which functions, so that later ones run these first.
"""

import ast
import contextlib
import ctypes
import gc
import importlib
import json
import os
import resource
import select
import signal
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

import pytest

MEMORY = 8 << 30  # bytes that a test may ask for beyond what is mapped already
TIMES = 6  # what the unchanged code takes: a mutant that takes longer hangs


@dataclass
class Limits:
    """How long the tests may take; what takes longer is taken to hang."""

    cpu: float = 1800
    wall: float = 3600


@dataclass
class Seen:
    """What the unchanged code did: seconds and functions of each test."""

    seconds: dict[str, float] = field(default_factory=dict)
    functions: dict[str, list[str]] = field(default_factory=dict)

    def rank(self, test: str, function: str) -> tuple[bool, float]:
        """Tests that reach a function come first, and of these the quickest."""
        reached = any(
            f"{name}." == f"{function}."[: len(name) + 1]
            or f"{name}.".startswith(f"{function}.")
            for name in self.functions.get(test, ())
        )
        return not reached, self.seconds.get(test, 0.0)


class Trial:
    """A pytest plugin that forks where collection would begin."""

    def __init__(self, job: dict[str, Any], report: int) -> None:
        self.job = job
        self.report = report
        self.root = Path.cwd()
        self.seen = Seen()
        self.limits = Limits()

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection(self, session: pytest.Session) -> None:
        """In the parent: all mutants, and the end. In a fork: go on and collect."""
        for name in self.job["libraries"]:
            with contextlib.suppress(ImportError):
                importlib.import_module(name)
        if any(path.endswith(".md") for path in self.job["paths"]):
            # As before the first block of a page; at home in a plugin of these tests.
            importlib.import_module("notekit.prove.libraries").import_libraries()
        gc.collect()
        gc.freeze()
        unchanged = self._fork(session, None)
        if unchanged is None:
            return
        self._tell(unchanged)
        if unchanged["end"] != "survived":
            os._exit(1)
        self.seen = Seen(unchanged["seconds"], unchanged["functions"])
        cpu = self.job["least"] + TIMES * unchanged["cpu"]
        self.limits = Limits(cpu, 10 * self.job["clock"] + TIMES * unchanged["wall"])
        for number, mutant in enumerate(self.job["mutants"], 1):
            with self._planted(mutant, number):
                outcome = self._fork(session, mutant)
            if outcome is None:
                return
            self._tell(outcome)
        os._exit(0)

    def _tell(self, outcome: dict[str, Any]) -> None:
        os.write(self.report, json.dumps(outcome).encode() + b"\n")

    @contextlib.contextmanager
    def _planted(self, mutant: dict[str, Any], number: int) -> Iterator[None]:
        """The copy with a mutant in it, of a date that no compiled file has."""
        path = self.root / mutant["file"]
        before, state = path.read_bytes(), path.stat()
        start, end, text = mutant["start"], mutant["end"], mutant["text"]
        path.write_bytes(before[:start] + text.encode() + before[end:])
        later = state.st_mtime + 2 * number
        os.utime(path, (later, later))
        try:
            yield
        finally:
            if os.getpid() == self.job.get("pid", os.getpid()):
                path.write_bytes(before)
                os.utime(path, ns=(state.st_atime_ns, state.st_mtime_ns))

    def _fork(
        self, session: pytest.Session, mutant: dict[str, Any] | None
    ) -> dict[str, Any] | None:
        """What a fork says of its tests; None in the fork itself."""
        self.job["pid"] = os.getpid()
        said, say = os.pipe()
        started = time.monotonic()
        child = os.fork()
        if not child:
            os.close(said)
            self._become_child(session, mutant, say)
            return None
        os.close(say)
        with contextlib.suppress(OSError):
            os.setpgid(child, child)
        text, late = self._listen(said, started)
        os.close(said)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child, signal.SIGKILL)
        _, status, used = os.wait4(child, 0)
        if text is None:  # whoever started this process is gone
            os._exit(3)
        outcome: dict[str, Any] = {"end": "crash", "by": "the end of the process"}
        if late or (os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGXCPU):
            outcome = {"end": "time-out", "by": ""}
        elif text.endswith(b"\n"):
            outcome = json.loads(text)
        outcome["cpu"] = used.ru_utime + used.ru_stime
        outcome["wall"] = time.monotonic() - started
        return outcome

    def _listen(self, said: int, started: float) -> tuple[bytes | None, bool]:
        """What the fork writes until it ends, and whether it took too long."""
        text = b""
        while True:
            left = started + self.limits.wall - time.monotonic()
            ready, _, _ = select.select([said, self.job["alive"]], [], [], max(left, 0))
            if self.job["alive"] in ready:
                return None, False
            if not ready:
                return text, True
            part = os.read(said, 1 << 16)
            text += part
            if not part or part.endswith(b"\n"):
                return text, False

    def _become_child(
        self, session: pytest.Session, mutant: dict[str, Any] | None, say: int
    ) -> None:
        with contextlib.suppress(OSError):
            os.setpgid(0, 0)
        if sys.platform == "linux":  # end when the parent is killed
            ctypes.CDLL(None).prctl(1, signal.SIGKILL)
        limit = int(self.limits.cpu)
        resource.setrlimit(resource.RLIMIT_CPU, (limit, limit + 5))
        resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        signal.signal(signal.SIGXCPU, signal.SIG_DFL)
        if mutant is not None:
            # What is compiled from a mutant must not be found by another.
            sys.dont_write_bytecode = True
            os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
        prefix = f"{self.root}{os.sep}snippets{os.sep}"
        plugin = Fork(say, self.seen, mutant, prefix, self.job["clock"])
        session.config.pluginmanager.register(plugin, "mutants-fork")


class Fork:
    """The pytest plugin of one fork: order, what killed, and the end."""

    def __init__(
        self,
        say: int,
        seen: Seen,
        mutant: dict[str, Any] | None,
        prefix: str,
        clock: float,
    ) -> None:
        self.clock = clock
        self.say = say
        self.known = seen
        self.mutant = mutant
        self.prefix = prefix
        self.seen = Seen()
        self.codes: set[Any] = set()
        self.ends = "survived"
        self.by = ""

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        if self.mutant is not None:
            path, inside = self.mutant["file"], self.mutant["function"]
            wanted = f"{path}:{inside}" if inside else path
            items.sort(key=lambda item: self.known.rank(item.nodeid, wanted))
            # What waits for ever takes no time of the processor. Any test may be the first
            # to make what several share.
            limit = self.clock + TIMES * max(self.known.seconds.values(), default=0)
            for item in items:
                item.add_marker(pytest.mark.timeout(limit), append=False)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Any:
        if self.mutant is not None:
            return (yield)
        self.codes = set()
        sys.settrace(self._trace)
        threading.settrace(self._trace)
        try:
            return (yield)
        finally:
            sys.settrace(None)
            threading.settrace(None)
            self.seen.functions[item.nodeid] = sorted(map(self._name, self.codes))

    def _trace(self, frame: FrameType, event: str, arg: Any) -> None:
        code = frame.f_code
        if code.co_filename.startswith(self.prefix):
            self.codes.add(code)

    def _name(self, code: Any) -> str:
        file = "snippets/" + code.co_filename[len(self.prefix) :].replace(os.sep, "/")
        name = code.co_qualname.replace(".<locals>", "")
        return file if name == "<module>" else f"{file}:{name}"

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        before = self.seen.seconds.get(report.nodeid, 0.0)
        self.seen.seconds[report.nodeid] = before + report.duration

    def pytest_exception_interact(
        self, node: Any, call: pytest.CallInfo[Any], report: Any
    ) -> None:
        if self.ends == "survived" and call.excinfo is not None:
            asserts = (AssertionError, pytest.fail.Exception)
            asserted = isinstance(call.excinfo.value, asserts)
            self.ends = "assertion" if asserted else "crash"
            if "from pytest-timeout" in str(call.excinfo.value):
                self.ends = "time-out"
            self.by = node.nodeid

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, exitstatus: int) -> None:
        if exitstatus and self.ends == "survived":
            self.ends, self.by = "crash", f"pytest ended with {exitstatus}"
        sys.settrace(None)
        outcome: dict[str, Any] = {"end": self.ends, "by": self.by}
        if self.mutant is None:
            outcome["seconds"] = self.seen.seconds
            outcome["functions"] = self.seen.functions
        text = json.dumps(outcome).encode() + b"\n"
        while text:
            text = text[os.write(self.say, text) :]
        os._exit(0)


def libraries(texts: list[str]) -> list[str]:
    """Modules that are no part of the repository, by the imports in these texts."""
    found: dict[str, None] = {}
    for text in texts:
        for line in text.splitlines():
            words = line.split()
            if len(words) > 1 and words[0] in ("import", "from"):
                with contextlib.suppress(SyntaxError):
                    found |= dict.fromkeys(_imported(" ".join(words)))
    return list(found)


def _imported(line: str) -> Iterator[str]:
    line = line.rstrip("(").rstrip()
    line += " x" if line.endswith(" import") else ""
    for node in ast.parse(line).body:
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
            names = [node.module]
        own = {"snippets", "tests", "figures", "benchmarks", "exercises", "notekit"}
        yield from (name for name in names if name.split(".")[0] not in own)


def main() -> NoReturn:
    """Try what the job file names; one line of JSON each on the pipe it names."""
    job = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    trial = Trial(job, job["report"])
    options = ["-x", "-q", "--randomly-dont-reorganize", "-p", "no:cacheprovider"]
    options += ["--timeout=0", f"--basetemp={job['temporary']}"]
    pytest.main([*options, *job["paths"]], plugins=[trial])
    os._exit(2)  # an error before collection, which pytest has written


if __name__ == "__main__":
    main()
