"""Every command of the project: `nox -s NAME`, or `python3 noxfile.py -s NAME`.

The second form needs nothing but Python 3.11 or newer: it first makes itself a nox.
"""

import sys
from functools import partial
from pathlib import Path

if sys.version_info < (3, 11):
    sys.exit(f"want Python 3.11 or newer, got {sys.version.split()[0]}")
for stream in (sys.stdout, sys.stderr):  # a terminal may lack letters of ours
    if hasattr(stream, "reconfigure"):
        stream.reconfigure(errors="backslashreplace")
ROOT = Path(__file__).resolve().parent
sys.path.insert(0, str(ROOT))
from notekit import environments

if __name__ == "__main__":
    environments.bootstrap()

import nox

nox.needs_version = ">=2024.10.9"
nox.options.sessions = ["lint", "check", "tests", "site"]
# The sessions share environments of their own: the light one is without torch.
session = partial(nox.session, venv_backend="none")
light = partial(environments.run, name="light")
heavy = partial(environments.run, name="torch")


@session
def site(session: nox.Session) -> None:
    """Build both sites into site/; the last good one stays if anything fails."""
    light(session, "-m", "notekit", "site", *session.posargs)


@session
def bundle(session: nox.Session) -> None:
    """The site with one zip of it in it, which opens from a disk: site/gradnotes.zip."""
    light(session, "-m", "notekit", "bundle")


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
    """Write the English page's code into its Chinese twin, and that this renders it."""
    light(session, "-m", "notekit", "twin", *session.posargs)


@session
def lint(session: nox.Session) -> None:
    """Format, lint and types."""
    light(session, "-m", "ruff", "format", "--check", ".")
    light(session, "-m", "ruff", "check", ".")
    light(session, "-m", "mypy")


@session
def browser(session: nox.Session) -> None:
    """The built site in Chromium; builds it first unless it is up to date."""
    light(session, "-m", "notekit", "site")
    light(session, "-m", "pytest", "tests/site", *(session.posargs or ["-n", "auto"]))


@session
def tests(session: nox.Session) -> None:
    """Every test and code block, those of notes named, or --changed [BASE]: a branch's."""
    options = environments.tests(session.posargs)
    # The built site is what `nox -s browser` tests.
    heavy(session, "-m", "pytest", "--ignore=tests/site", *options)


@session
def gpu(session: nox.Session) -> None:
    """The GPU-marked tests and the GPU benchmarks, and their records."""
    heavy(session, "-m", "benchmarks", "--gpu", *session.posargs)


@session
def bench(session: nox.Session) -> None:
    """The benchmarks that need no GPU, all or those named; `build` times the site."""
    heavy(session, "-m", "benchmarks", "--cpu", *session.posargs)


@session
def figures(session: nox.Session) -> None:
    """Draw figures again, all or those of the notes named."""
    heavy(session, "-m", "figures", *session.posargs)


@session
def notebooks(session: nox.Session) -> None:
    """Every note as a Jupyter notebook, in both languages, in build/notebooks/."""
    light(session, "-m", "notekit", "notebooks")


@session
def cards(session: nox.Session) -> None:
    """The cards for Anki, a deck for each topic and language, in build/cards/."""
    light(session, "-m", "notekit", "cards")


@session
def mutants(session: nox.Session) -> None:
    """Faults planted in the code of notes: which do the tests not see? --sample, --seed."""
    heavy(session, "-m", "notekit", "mutants", *session.posargs)


@session
def solve(session: nox.Session) -> None:
    """Judge an answer to a note's exercises: nox -s solve -- algorithms/knapsack my.py."""
    heavy(session, "-m", "notekit", "solve", *session.posargs)


@session
def zensical(session: nox.Session) -> None:
    """Both sites built with Zensical, Material's successor, and compared with MkDocs'."""
    environments.run(session, "-m", "notekit", "zensical", name="zensical")


@session
def cluster(session: nox.Session) -> None:
    """The distributed notes on two hosts made of network namespaces; root only."""
    heavy(session, "-m", "notekit", "cluster", *session.posargs)


@session
def orders(session: nox.Session) -> None:
    """The tests in 20 random orders, 3 hash seeds in turn; --alone: each module alone."""
    heavy(session, "-m", "notekit", "orders", *session.posargs)
