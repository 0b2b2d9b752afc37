"""Whether every file that is going to be read can be read, before anything is.

One look at all files, and nothing after it need expect a folder, a device or another
encoding in the place of a text.
"""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from notekit.problem import Problem

LARGEST = 2_000_000  # bytes; all notes together have not much more
# Folders of the repository, and the endings of the files that are read in each.
READ = {
    "docs": (".md", ".yml"),
    "snippets": (".py",),
    "exercises": (".py",),
    "tests": (".py", ".tsv", ".toml"),
    "figures": (".py", ".svg"),
    "records": (".json",),
}
ALONE = ("mkdocs.yml", "mkdocs.zh.yml", "README.md", "CONTRIBUTING.md")


def survey(root: Path) -> list[Problem]:
    """What cannot be read as the text that it should be."""
    return [problem for path in _files(root) for problem in _problems(path)]


def _files(root: Path) -> Iterator[Path]:
    for name in ALONE:
        if os.path.lexists(root / name):
            yield root / name
    for folder, endings in READ.items():
        for place, folders, files in os.walk(root / folder):
            folders[:] = sorted(f for f in folders if f != "__pycache__")
            for name in sorted([*files, *folders]):
                if name.endswith(endings):
                    yield Path(place, name)
            for name in folders:
                if os.path.islink(os.path.join(place, name)):
                    yield Path(place, name)


def _problems(path: Path) -> Iterator[Problem]:
    try:
        state = path.stat()
    except FileNotFoundError:
        if path.is_symlink():
            target = os.readlink(path)
            message = f"want a file; got a link to {target}, which is not there"
            yield Problem(path, 1, message)
        return
    except OSError as error:
        yield Problem(path, 1, f"want a file that can be read; got {error.strerror}")
        return
    if path.is_symlink() and not stat.S_ISCHR(state.st_mode):
        # Its problems would be reported in the other file, and mended in neither.
        message = f"want a file of its own; got a link to {os.readlink(path)}"
        yield Problem(path, 1, message)
        return
    if not stat.S_ISREG(state.st_mode):
        kind = "a folder" if stat.S_ISDIR(state.st_mode) else "a device or a pipe"
        yield Problem(path, 1, f"want a file; got {kind}")
        return
    if state.st_size > LARGEST:
        message = f"want a file of at most {LARGEST} bytes; got {state.st_size}"
        yield Problem(path, 1, message)
        return
    try:
        data = path.read_bytes()
    except OSError as error:
        yield Problem(path, 1, f"want a file that can be read; got {error.strerror}")
        return
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        got = f"byte {data[error.start]:#04x}, {error.reason}"
        yield Problem(path, line, f"want UTF-8 text; got {got}")
