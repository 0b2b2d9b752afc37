"""Runs the code blocks of pages as a reader's Python would, and misses none.

A pytest plugin on top of pytest-codeblocks, which finds the blocks. Before one runs,
the census of `notekit.read.fences` must find exactly the same blocks. A block then runs
like a small test module of its own: asserts show their values, tracebacks name line
and file of the page, pickle and `inspect.getsource` work, the output must be what the
page shows, and nothing that the block changed is left for the next one.
"""

import ast
import contextlib
import copy
import difflib
import gc
import importlib.util
import linecache
import os
import random
import re
import subprocess
import sys
import tempfile
import threading
import traceback
import unittest
from collections.abc import Callable, Generator, Iterable, Iterator
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import Any, ClassVar, NoReturn, TextIO
from unittest import mock

import pytest
from _pytest._code.code import TerminalRepr, Traceback
from _pytest.assertion.rewrite import rewrite_asserts
from _pytest.terminal import TerminalReporter
from pytest_codeblocks.main import extract_from_file
from pytest_codeblocks.plugin import MarkdownFile

from notekit.prove.libraries import import_libraries, seed
from notekit.read import fences

# Where a changed public name means that a block has patched code it does not own.
_OWNED = (
    *("builtins", "cmath", "functools", "itertools", "json", "math", "operator", "os"),
    *("random", "time", "numpy", "numpy.linalg", "numpy.random"),
    *("torch", "torch.autograd", "torch.linalg", "torch.nn", "torch.nn.functional"),
)
_SELF_PATCHED = {"torch.manual_seed"}  # wrapped when torch._dynamo is imported
_ABSENT = object()
# Blocks with sets run under each of these as well: the order of texts in a set depends
# on it, and would else pass by luck.
HASH_SEEDS = ("1", "2")
_PRELUDE = """\
import warnings
from notekit.prove.libraries import import_on_demand
warnings.simplefilter("error")
import_on_demand({!r})
"""
# Events of Python's audit in which a file is made, changed or removed: which arguments
# are paths, and which the folders that these are relative to.
_WRITES = {
    "os.chmod": ((0, 2),),
    "os.link": ((1, 3),),
    "os.mkdir": ((0, 2),),
    "os.remove": ((0, 1),),
    "os.rename": ((0, 2), (1, 3)),
    "os.rmdir": ((0, 1),),
    "os.symlink": ((1, 2),),
    "os.truncate": ((0, None),),
    "os.utime": ((0, 3),),
}


# Collection: pytest-codeblocks and the census must agree.


@pytest.hookimpl(wrapper=True)
def pytest_collect_file(
    file_path: Path, parent: pytest.Collector
) -> Generator[None, list[pytest.Collector], list[pytest.Collector]]:
    """Put a `Page` in the place of pytest-codeblocks' own collector."""
    collectors = yield
    return [
        Page.from_parent(parent, path=file_path)
        if isinstance(collector, MarkdownFile)
        else collector
        for collector in collectors
    ]


class Page(pytest.File):
    """A Markdown file whose ```python blocks are items."""

    def collect(self) -> Iterable["Block"]:
        """The blocks, if the page has no problem and both parsers see the same."""
        text = self.path.read_text(encoding="utf-8")
        problems = fences.problems(Path(self.nodeid), text)
        if problems:
            raise self.CollectError("\n".join(map(str, problems)))
        runs = [f for f in fences.census(self.path, text) if f.kind == "run"]
        wanted = {
            (f.line, _solid(f.code), _solid(f.expected), ("pytest.mark.gpu",) * f.gpu)
            for f in runs
        }
        # Their MarkdownFile would now eval the marks; the extraction alone does not.
        got = {
            (b.lineno, _solid(b.code), _solid(b.expected_output), tuple(b.marks))
            for b in extract_from_file(self.path)
            if b.syntax in ("python", "sh", "bash")
        }
        if wanted != got:
            lines = sorted({str(line) for line, *_ in wanted ^ got}, key=int)
            raise self.CollectError(
                f"{self.nodeid}: pytest-codeblocks must find the {len(wanted)} blocks "
                f"of the census, got {len(got)}, and others at line {', '.join(lines)}"
            )
        blocks = [Block.from_parent(self, fence=fence) for fence in runs]
        self.config.stash[_LEDGER].expected.update(block.nodeid for block in blocks)
        return blocks


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(
    config: pytest.Config, items: list[pytest.Item]
) -> None:
    """Run what a Chinese page has from the English one where it comes from, once."""
    blocks = [item for item in items if isinstance(item, Block)]
    twins = _by_twin(blocks)
    shared = {block for block in blocks if block.content in twins.get(block.page, ())}
    if shared:
        items[:] = [item for item in items if item not in shared]
        config.stash[_LEDGER].share(shared)


def _by_twin(blocks: list["Block"]) -> dict[str, set[tuple[str, str | None, bool]]]:
    """Contents of the English pages' blocks, under the names of the Chinese pages."""
    twins: dict[str, set[tuple[str, str | None, bool]]] = {}
    for block in blocks:
        if block.page.startswith(fences.ENGLISH):
            name = block.page.replace(fences.ENGLISH, fences.CHINESE, 1)
            twins.setdefault(name, set()).add(block.content)
    return twins


# Running one block.


class Block(pytest.Item):
    """One ```python block."""

    def __init__(self, *, parent: Page, fence: fences.Fence) -> None:
        super().__init__(f"line {fence.line}", parent)
        self.fence = fence
        self.page = parent.nodeid
        if fence.gpu:
            self.add_marker("gpu")

    @property
    def content(self) -> tuple[str, str | None, bool]:
        """What runs, what it must print, and where."""
        return self.fence.content

    def setup(self) -> None:
        """Show inspect, torch.jit and tracebacks the block where the page is."""
        lines = ("\n" * self.fence.line + self.fence.code).split("\n")
        source = [f"{line}\n" for line in lines]
        linecache.cache[str(self.path)] = (0, None, source, str(self.path))

    def teardown(self) -> None:
        """Forget the block's source."""
        linecache.cache.pop(str(self.path), None)

    def runtest(self) -> None:
        """Run the block; check what it leaves behind, then what it printed."""
        with _restored(self.config.rootpath) as left, _stdout() as stream:
            threads = threading.enumerate()
            seed(self.nodeid)
            with _collected():
                self._execute()
            left += _still_running(threads)
            stream.seek(0)
            printed = stream.read()
        if left:
            self._fail(f"a block must leave Python as it was, got {', '.join(left)}")
        self._compare(printed)
        if _uses_sets(self.fence.code):
            for value in HASH_SEEDS:
                self._compare(self._under(value), f" with PYTHONHASHSEED={value}")

    def _under(self, value: str) -> str:
        """What it prints in a process of its own, where sets have another order."""
        paths = os.pathsep.join([str(self.config.rootpath), *filter(None, sys.path)])
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "block.py")
            prelude = _PRELUDE.format(self.nodeid)
            path.write_text(f"{prelude}{self.fence.code}", "utf-8")
            done = subprocess.run(
                [sys.executable, str(path)],
                cwd=folder,
                env=os.environ | {"PYTHONHASHSEED": value, "PYTHONPATH": paths},
                capture_output=True,
                encoding="utf-8",
                check=False,
            )
        if done.returncode:
            last = done.stderr.strip().rpartition("\n")[2]
            self._fail(f"a block must run with PYTHONHASHSEED={value}, got {last}")
        return done.stdout

    def _execute(self) -> None:
        source = "\n" * self.fence.line + self.fence.code
        page = str(self.path)
        tree = ast.parse(source, page)
        rewrite_asserts(tree, source.encode(), page, self.config)
        code = compile(tree, page, "exec", dont_inherit=True)
        spec = ModuleSpec(re.sub(r"\W", "_", self.nodeid), None, origin=page)
        module = importlib.util.module_from_spec(spec)
        module.__file__ = page
        sys.modules[spec.name] = module
        try:
            exec(code, vars(module))
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            if _is_failure(error):
                raise
            self._fail(*self._escape(error))
        finally:
            sys.modules.pop(spec.name, None)

    def _escape(self, error: BaseException) -> tuple[str, int]:
        """Message and line for an exception that pytest takes for something else."""
        frames = traceback.extract_tb(error.__traceback__)
        mine = [frame for frame in frames if frame.filename == str(self.path)]
        line = (mine[-1].lineno if mine else None) or self.fence.line
        text = mine[-1].line if mine else ""
        got = "".join(traceback.format_exception_only(error)).strip()
        return f"a block must run to its end, got {got}\n    {text}", line

    def _compare(self, printed: str, where: str = "") -> None:
        expected, got = _trimmed(self.fence.expected or ""), _trimmed(printed)
        if self.fence.expected is None and got:
            self._fail(
                f"a page must show what its block prints, below {fences.EXPECTED}; "
                f"this one prints\n{got}"
            )
        if expected != got:
            diff = difflib.ndiff(expected.split("\n"), got.split("\n"))
            self._fail(
                f"the output of the block at line {self.fence.line} must be as shown "
                f"here (-), got (+){where}\n" + "\n".join(diff),
                self.fence.expected_line,
            )

    def _fail(self, message: str, line: int = 0) -> NoReturn:
        where = f"{self.page}:{line or self.fence.line}"
        raise pytest.fail.Exception(f"{where}: {message}", pytrace=False) from None

    def repr_failure(
        self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None
    ) -> str | TerminalRepr:
        """The traceback from the page on, each frame with its line of source."""
        if self.config.getoption("fulltrace") or not getattr(
            excinfo.value, "pytrace", True
        ):
            return super().repr_failure(excinfo, style)
        tbstyle = self.config.getoption("tbstyle")
        return excinfo.getrepr(
            showlocals=self.config.getoption("showlocals"),
            # long would show the block from the first line of the page on
            style=style or ("short" if tbstyle == "auto" else tbstyle),
            tbfilter=self._own_frames,
        )

    def _own_frames(self, excinfo: pytest.ExceptionInfo[BaseException]) -> Traceback:
        return excinfo.traceback.cut(path=self.path).filter(
            lambda entry: not {"_pytest", "pluggy"}.intersection(Path(entry.path).parts)
        )

    def reportinfo(self) -> tuple[Path, int, str]:
        """Place and heading in reports."""
        return self.path, self.fence.line - 1, f"{self.page}:{self.fence.line}"


def _solid(text: str | None) -> str | None:
    """Text without blank lines, which pytest-codeblocks drops in indented blocks."""
    return text and "\n".join(
        line.rstrip() for line in text.split("\n") if line.strip()
    )


def _trimmed(text: str) -> str:
    """Text without trailing white space, on each line and at the end."""
    return "\n".join(line.rstrip() for line in text.rstrip().split("\n"))


def _uses_sets(code: str) -> bool:
    """Whether anything in it may depend on how texts are hashed."""
    return any(
        isinstance(node, ast.Set | ast.SetComp)
        or (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id in ("set", "frozenset", "hash")
        )
        for node in ast.walk(ast.parse(code))
    )


def _is_failure(error: BaseException) -> bool:
    """Whether pytest reports the exception as it is, not as a skip or an end."""
    ends = (pytest.exit.Exception, unittest.SkipTest)
    return isinstance(error, Exception) and not isinstance(error, ends)


@contextlib.contextmanager
def _stdout() -> Iterator[TextIO]:
    """Catch what is printed, by child processes and C code, too."""
    options: dict[str, Any] = {"encoding": "utf-8", "errors": "backslashreplace"}
    with tempfile.TemporaryFile("w+", buffering=1, newline="\n", **options) as stream:
        saved = os.dup(1)
        os.dup2(stream.fileno(), 1)
        try:
            with contextlib.redirect_stdout(stream):
                yield stream
        finally:
            os.dup2(saved, 1)
            os.close(saved)


@contextlib.contextmanager
def _collected() -> Iterator[None]:
    """Let un-awaited coroutines and unclosed files complain at the end, not later."""
    if not gc.get_freeze_count():
        gc.freeze()  # so that collect() looks at what is new only
    try:
        yield
    finally:
        gc.collect()


# What a block may change, and what it may not.


@contextlib.contextmanager
def _restored(root: Path) -> Iterator[list[str]]:
    """A temporary directory to work in; put back what is changed meanwhile.

    Yields:
        A list of what should not have been changed, complete at the end.
    """
    left: list[str] = []
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory())).resolve()
        stack.callback(_restore_modules, dict(sys.modules), folder, left)
        stack.callback(_restore_names, _snapshot(), left)
        stack.callback(_restore_contents, _contents(), left)
        stack.enter_context(contextlib.chdir(folder))
        stack.enter_context(mock.patch.dict(os.environ))
        stack.enter_context(mock.patch.object(sys, "path", [str(root), *sys.path]))
        stack.enter_context(mock.patch.object(sys, "argv", sys.argv[:]))
        stack.enter_context(mock.patch.object(os, "_exit", _refuse_exit(os._exit)))
        stack.callback(random.setstate, random.getstate())
        for get, put in _settings(stack):
            stack.callback(_put_back, get, put, get())
        stack.enter_context(_guarded(root, left))
        yield left


class _Guard:
    """The folder that must not be written to, while a block runs."""

    root = ""
    left: ClassVar[list[str]] = []
    installed = False

    @classmethod
    def watch(cls, event: str, arguments: tuple[object, ...]) -> None:
        """An audit hook, which Python never takes away again."""
        if not cls.root:
            return
        if event == "open":
            flags = arguments[2]
            writes = isinstance(flags, int) and flags & _WRITING
            places = [_place(arguments[0], None)] if writes else []
        else:
            places = [
                _place(arguments[path], folder and arguments[folder])
                for path, folder in _WRITES.get(event, ())
            ]
        for place in places:
            # Python keeps what it has compiled beside the source.
            if place.startswith(cls.root) and "__pycache__" not in place:
                cls.left.append(f"a change of {place.removeprefix(cls.root)}")
                raise PermissionError(
                    f"a block must not write into the project, got {place}"
                )


def _place(path: object, folder: object) -> str:
    """Where a path leads, or nothing if it is an open file."""
    if not isinstance(path, str | bytes | os.PathLike):
        return ""
    name = os.fsdecode(path)
    if isinstance(folder, int) and folder >= 0 and not os.path.isabs(name):
        name = os.path.join(os.path.realpath(f"/proc/self/fd/{folder}"), name)
    return os.path.realpath(name)


_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


@contextlib.contextmanager
def _guarded(root: Path, left: list[str]) -> Iterator[None]:
    """Refuse to write below ``root``, and note that it was tried."""
    if not _Guard.installed:
        sys.addaudithook(_Guard.watch)
        _Guard.installed = True
    _Guard.root, _Guard.left = f"{root.resolve()}{os.sep}", left
    try:
        yield
    finally:
        _Guard.root = ""


def _refuse_exit(real: Callable[[int], object]) -> Callable[[int], object]:
    """`os._exit(0)` would end the tests green; a forked child may end like that."""
    process = os.getpid()

    def exit_if_allowed(status: int) -> object:
        if status == 0 and os.getpid() == process:
            raise SystemExit("os._exit(0)")
        return real(status)

    return exit_if_allowed


Setting = tuple[Callable[[], Any], Callable[[Any], object]]


def _settings(stack: contextlib.ExitStack) -> Iterator[Setting]:
    """How to read and write each global setting; contexts go on the stack."""
    yield sys.getrecursionlimit, sys.setrecursionlimit
    if numpy := sys.modules.get("numpy"):
        stack.callback(numpy.random.set_state, numpy.random.get_state())
        stack.enter_context(numpy.errstate())
        stack.enter_context(numpy.printoptions())
    if matplotlib := sys.modules.get("matplotlib"):
        stack.callback(matplotlib.use, "agg")
        stack.callback(_close_figures)
        stack.enter_context(matplotlib.rc_context())
    if torch := sys.modules.get("torch"):
        stack.callback(torch.set_rng_state, torch.get_rng_state())
        stack.callback(torch.set_printoptions, profile="default")
        for name in ("default_dtype", "default_device", "num_threads"):
            yield getattr(torch, f"get_{name}"), getattr(torch, f"set_{name}")
        name = "float32_matmul_precision"
        yield getattr(torch, f"get_{name}"), getattr(torch, f"set_{name}")
        yield torch.is_grad_enabled, torch.set_grad_enabled
        yield torch.is_anomaly_enabled, torch.set_anomaly_enabled
        yield torch.get_deterministic_debug_mode, torch.set_deterministic_debug_mode


def _put_back(get: Callable[[], Any], put: Callable[[Any], object], old: Any) -> None:
    if get() != old:
        put(old)


def _close_figures() -> None:
    if pyplot := sys.modules.get("matplotlib.pyplot"):
        pyplot.close("all")


def _still_running(before: list[threading.Thread]) -> list[str]:
    """Threads that outlive the block: their errors would reach another one."""
    new = [thread for thread in threading.enumerate() if thread not in before]
    for thread in new:
        thread.join(timeout=0 if thread.daemon else 1)
    return [f"{t.name} still running" for t in new if t.is_alive() and not t.daemon]


def _snapshot() -> list[tuple[Any, dict[str, object]]]:
    """The names in modules and classes that a block uses but does not own."""
    names = [*_OWNED, *(name for name in sys.modules if name.startswith("snippets."))]
    spaces: list[Any] = [sys.modules[name] for name in names if sys.modules.get(name)]
    if torch := sys.modules.get("torch"):
        spaces += [torch.Tensor, torch.nn.Module]
    return [(space, dict(vars(space))) for space in spaces]


def _contents() -> list[tuple[str, Any, Any]]:
    """Names of lists, dicts and sets of the snippets, these, and copies of them."""
    return [
        (f"{name}.{key}", value, copy.copy(value))
        for name, module in list(sys.modules.items())
        if name.startswith("snippets.")
        for key, value in list(vars(module).items())
        if type(value) in (list, dict, set) and key[:2] != "__"
    ]


def _items(value: Any) -> Any:
    """What it holds, told apart by identity: tensors have no simple equality."""
    if isinstance(value, dict):
        return [(key, id(item)) for key, item in value.items()]
    return sorted(map(id, value)) if isinstance(value, set) else list(map(id, value))


def _restore_contents(before: list[tuple[str, Any, Any]], left: list[str]) -> None:
    for name, value, old in before:
        if _items(value) != _items(old):
            left.append(f"another content of {name}")
            value.clear()
            value.extend(old) if isinstance(value, list) else value.update(old)


def _restore_names(
    before: list[tuple[Any, dict[str, object]]], left: list[str]
) -> None:
    for space, old in before:
        now = dict(vars(space))
        for name in old.keys() | now.keys():
            was, value = old.get(name, _ABSENT), now.get(name, _ABSENT)
            imported = was is _ABSENT and isinstance(value, ModuleType)
            own = space.__name__.startswith("snippets.") and name[:2] != "__"
            if was is value or imported or (name.startswith("_") and not own):
                continue
            if f"{space.__name__}.{name}" in _SELF_PATCHED:
                continue
            left.append(f"another {space.__name__}.{name}")
            if was is _ABSENT:
                delattr(space, name)
            else:
                setattr(space, name, was)


def _restore_modules(
    before: dict[str, ModuleType], folder: Path, left: list[str]
) -> None:
    """Forget modules that were made up or lie in the block's folder; keep imports."""
    new = [name for name in sys.modules if name not in before]
    for name in new:
        spec = getattr(sys.modules[name], "__spec__", None)
        top = sys.modules.get(name.partition(".")[0])
        made_up = spec is None and getattr(top, "__spec__", None) is None
        places = [spec.origin, *(spec.submodule_search_locations or ())] if spec else []
        if made_up or any(folder in Path(place or "").parents for place in places):
            del sys.modules[name]
    for name, module in before.items():
        if sys.modules.get(name) is not module:
            left.append(f"another module {name}")
            sys.modules[name] = module


# The session: nothing is passed over.


class _Ledger:
    """Which blocks were to run, and which did."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.expected: set[str] = set()
        self.done: set[str] = set()
        self.missing: list[str] = []
        self.shared: set[str] = set()

    def share(self, blocks: Iterable[pytest.Item]) -> None:
        """These blocks run on another page."""
        self.shared.update(block.nodeid for block in blocks)
        self.expected -= self.shared

    def pytest_deselected(self, items: Iterable[pytest.Item]) -> None:
        self.expected.difference_update(item.nodeid for item in items)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when == "call" or report.outcome != "passed":
            self.done.add(report.nodeid)

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """Take over what a worker of pytest-xdist has collected."""
        output = getattr(node, "workeroutput", None) or {}
        self.expected.update(output.get("codeblocks", ()))
        self.shared.update(output.get("shared codeblocks", ()))

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Fail a session that is green although a block did not run."""
        if hasattr(self.config, "workeroutput"):
            self.config.workeroutput["codeblocks"] = sorted(self.expected)
            self.config.workeroutput["shared codeblocks"] = sorted(self.shared)
            return
        by_id = any("::" in arg for arg in self.config.args)
        if session.exitstatus or by_id or self.config.option.collectonly:
            return
        self.missing = sorted(self.expected - self.done)
        if self.missing:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: TerminalReporter) -> None:
        if self.shared:
            terminalreporter.write_line(
                f"{len(self.shared)} blocks of Chinese pages are, to the letter, those "
                "of their English twins, and ran there"
            )
        for block in self.missing:
            terminalreporter.write_line(f"{block}: must run, got no result", red=True)


_LEDGER = pytest.StashKey[_Ledger]()


def pytest_collection_finish(session: pytest.Session) -> None:
    """Import now what would take a while in the first block, on its time limit."""
    if any(isinstance(item, Block) for item in session.items):
        import_libraries()


def pytest_configure(config: pytest.Config) -> None:
    """Refuse to pass over pages, and keep the books."""
    folder = config.invocation_params.dir
    paths = [folder / arg.split("::")[0] for arg in config.args]
    if not config.getoption("codeblocks", False) and any(map(_holds_pages, paths)):
        raise pytest.UsageError(
            "pages must be run with --codeblocks (it is in addopts), got none"
        )
    config.stash[_LEDGER] = _Ledger(config)
    config.pluginmanager.register(config.stash[_LEDGER], "notekit-codeblocks-ledger")


def _holds_pages(path: Path) -> bool:
    return path.suffix == ".md" or (
        path.is_dir() and next(path.rglob("*.md"), None) is not None
    )
