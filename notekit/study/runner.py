"""Runs code of a page as a module of its own, and says what it printed and what failed.

This file is run inside Pyodide, in the browser's worker and in Node alike, and imports
only the standard library.
"""

import builtins
import io
import json
import linecache
import os
import shutil
import sys
import traceback
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any

MOST = 100_000  # characters that a run may print; more would choke the page
Say = Callable[[str, str], object]  # what, and on which stream: stdout or stderr


class _Output(io.TextIOBase):
    """A stream that passes on whole lines, or what is flushed."""

    def __init__(self, say: Say, name: str) -> None:
        self._say, self._name = say, name
        self._part = ""
        self.said: list[str] = []
        self.left = MOST
        self.cut = False

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        self._part += text
        if "\n" in text:
            whole, _, self._part = self._part.rpartition("\n")
            self._pass_on(f"{whole}\n")
        elif len(self._part) > MOST:
            self.flush()
        return len(text)

    def flush(self) -> None:
        part, self._part = self._part, ""
        self._pass_on(part)

    def _pass_on(self, text: str) -> None:
        if len(text) > self.left:
            text, self.cut = text[: self.left], True
        self.left -= len(text)
        if text:
            self.said.append(text)
            self._say(text, self._name)


class Runner:
    """Runs one piece of code after the other; each finds Python as the first did."""

    def __init__(self, folder: str, say: Say) -> None:
        """Nothing is run yet.

        Args:
            folder: where the files of a run are written; all else in it is removed.
            say: takes what is printed, as it is printed.
        """
        self.folder, self.say = Path(folder), say
        self.names: set[str] = set()

    def run(self, code: str, name: str = "block") -> str:
        """What came of it, as JSON: ``ok``, ``output``, ``error``, ``cut``.

        Args:
            code: the source.
            name: what tracebacks call the code.
        """
        out, err = _Output(self.say, "stdout"), _Output(self.say, "stderr")
        kept = sys.stdout, sys.stderr, sys.stdin, sys.argv, sys.path[:]
        sys.stdout, sys.stderr, sys.stdin = out, err, io.StringIO()
        sys.argv, sys.path[:0] = [name], [str(self.folder)]
        here = os.getcwd()
        os.chdir(self.folder)
        linecache.cache[name] = (len(code), None, code.splitlines(True), name)
        main = sys.modules.get("__main__")
        module = types.ModuleType("__main__")
        module.__file__ = name
        sys.modules["__main__"] = module
        error = None
        try:
            exec(compile(code, name, "exec", dont_inherit=True), vars(module))
        except BaseException as caught:
            error = _described(caught, name)
        finally:
            out.flush()
            err.flush()
            sys.stdout, sys.stderr, sys.stdin, sys.argv, sys.path[:] = kept
            os.chdir(here)
            linecache.cache.pop(name, None)
            if main is not None:
                sys.modules["__main__"] = main
        return json.dumps(
            {
                "ok": error is None,
                "output": "".join(out.said),
                "error": error,
                "cut": out.cut or err.cut,
            }
        )

    def put(self, files: str) -> None:
        """Put modules where the next run finds them, and forget those of the last.

        Args:
            files: their paths and sources, as JSON.
        """
        texts: dict[str, str] = json.loads(files)
        for name in [*sys.modules]:
            if name.partition(".")[0] in self.names:
                del sys.modules[name]
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        for path, text in texts.items():
            place = self.folder / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text, encoding="utf-8")
        self.names = {Path(path).parts[0].removesuffix(".py") for path in texts}
        # Not importlib.invalidate_caches(), which would read Python's own zip again.
        for known in [*sys.path_importer_cache]:
            if Path(known).is_relative_to(self.folder):
                del sys.path_importer_cache[known]
        linecache.checkcache()


def _described(error: BaseException, name: str) -> dict[str, Any] | None:
    """Type, message and line of the code; nothing if it ended itself in peace."""
    if isinstance(error, SystemExit) and error.code in (None, 0):
        return None
    if isinstance(error, SyntaxError) and error.filename == name:
        line, message = error.lineno, error.msg
    else:
        frames = traceback.extract_tb(error.__traceback__)
        lines = [frame.lineno for frame in frames if frame.filename == name]
        line = lines[-1] if lines else None
        message = _message(error)
    return {"type": type(error).__name__, "message": message, "line": line}


def _message(error: BaseException) -> str:
    try:
        # As Python shows it, without the type: a KeyError's key, notes of its raiser.
        shown = "".join(traceback.format_exception_only(error)).rstrip("\n")
        kind = type(error).__qualname__
        if type(error).__module__ not in ("builtins", "__main__"):
            kind = f"{type(error).__module__}.{kind}"
        elif type(error).__module__ == "__main__":
            kind = f"__main__.{kind}" if shown.startswith("__main__.") else kind
        return shown.removeprefix(kind).removeprefix(": ")
    except builtins.Exception:  # whose own __str__ fails
        return ""
