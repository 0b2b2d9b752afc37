"""What a branch touches, and which pages and tests that puts in doubt.

A file belongs to a note by its place, and what it imports or names it depends on. So a
note is run again when any file of its own has changed, and when anything that its page,
its tests or its benchmark reach has; a figure, when anything that its module reaches has.
"""

import re
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from notekit.files import note_names, own_modules, owner_of_figure, without_part

CODE = ("snippets", "tests", "figures", "benchmarks", "exercises")
FIGURES = "tests/test_figures.py"
FRAMES = "tests/test_steps.py"  # how the frames among the figures are written
EXERCISES = "tests/test_exercises.py"
# Under these runs everything; these are read by the tests of notekit, and drawn with.
ALL = re.compile(r"(conftest\.py|pyproject\.toml|constraints[\w.-]*\.txt)$")
TOOL = re.compile(
    r"(notekit|theme|tests/notekit)/|(docs/glossary\.yml|mkdocs[\w.]*\.yml"
    r"|noxfile\.py|package(-lock)?\.json)$"
)
_NAMED = re.compile(rf"\b((?:{'|'.join(CODE)})(?:[./][\w-]+)+)")
_FROM = re.compile(
    r"^[ \t]*from[ \t]+(\.*)([\w.]*)[ \t]+import[ \t]+(?:\(([\w\s,]+)|([\w ,]+))",
    re.MULTILINE,
)


class ChangedError(ValueError):
    """There is nothing to compare with."""


@dataclass(frozen=True)
class Selection:
    """What to run.

    Attributes:
        paths: pages, test modules and folders of tests.
        figures: notes whose figures are drawn again; None for all.
        exercises: notes whose exercises are proved again; None for all.
        everything: whether to run all there is, whatever the other two say.
    """

    paths: tuple[str, ...] = ()
    figures: frozenset[str] | None = frozenset()
    exercises: frozenset[str] | None = frozenset()
    everything: bool = False

    @property
    def empty(self) -> bool:
        return not (self.everything or self.paths)


def changed_files(root: Path, base: str = "") -> tuple[str, set[str]]:
    """Files that differ from where the branch left BASE, uncommitted ones too.

    Args:
        root: the repository.
        base: a branch or commit; empty for origin/main, else main.

    Returns:
        The commit compared with, and the paths from ``root``, also of files that are gone.

    Raises:
        ChangedError: where there is no git, no repository or no such commit.
    """
    if not _git(root, "rev-parse", "--git-dir", wanted=False):
        raise ChangedError(
            f"--changed: want a git repository; {root} is none, or git is missing"
        )
    bases = [base] if base else ["origin/main", "main"]
    known = [
        b
        for b in bases
        if _git(root, "rev-parse", "-q", "--verify", f"{b}^{{commit}}", wanted=False)
    ]
    if not known:
        found = (
            f"git knows no {base!r}" if base else "found neither origin/main nor main"
        )
        raise ChangedError(
            f"--changed: want a branch or commit to compare with, as in --changed HEAD~1; {found}"
        )
    start = _git(root, "merge-base", "HEAD", known[0], wanted=False).strip()
    if not start:
        raise ChangedError(
            f"--changed: want a BASE that HEAD has a common ancestor with; {known[0]} has none"
        )
    differ = _git(
        root, "diff", "--name-only", "--no-renames", "--relative", "-z", start
    )
    new = _git(root, "ls-files", "--others", "--exclude-standard", "-z")
    return start, {path for path in (differ + new).split("\0") if path}


def select(root: Path, files: set[str]) -> Selection:
    """What these files put in doubt."""
    if any(ALL.match(path) for path in files):
        return Selection(everything=True, figures=None, exercises=None)
    notes = note_names(root)
    touched = {note for path in files if (note := owner(path, notes))}
    reach = _Reach(root)
    figures = set(touched)
    stand_ins = {_stand_in(path) for path in files}
    for note in notes:
        topic, stem = note.replace("-", "_").split("/")
        proof = [f"docs/{language}/{note}.md" for language in ("en", "zh")]
        proof += [f"benchmarks/{topic}/{stem}.py", *_modules(root, note, "tests")]
        proof += _modules(root, note, "snippets")
        if stand_ins & reach.of(proof) or f"tests/{topic}/conftest.py" in files:
            touched.add(note)
        if stand_ins & reach.of([f"figures/{topic}/{stem}.py"]):
            figures.add(note)
    paths = set()
    for note in touched:
        paths |= {f"docs/{language}/{note}.md" for language in ("en", "zh")}
        paths |= set(_modules(root, note, "tests"))
    # Tests and pages that are no note's.
    others = re.compile(r"tests/(?!site/|notekit/)([\w-]+/)*test_\w+\.py$|docs/.*\.md$")
    paths |= {path for path in files if others.match(path)}
    tool = any(TOOL.match(path) for path in files)
    all_figures = tool or bool(stand_ins & reach.of([FIGURES]))
    if tool:
        paths.add("tests/notekit")
    if all_figures or figures:
        paths |= {FIGURES, FRAMES}
    sheets = {n for p in files if p.startswith("exercises/") and (n := owner(p, notes))}
    all_sheets = tool or EXERCISES in files
    if all_sheets or sheets:
        paths.add(EXERCISES)
    there = sorted(path for path in paths if (root / path).exists())
    return Selection(
        tuple(there),
        None if all_figures else frozenset(figures),
        None if all_sheets else frozenset(sheets),
    )


def owner(path: str, notes: list[str]) -> str | None:
    """The note that a file belongs to by its place, whether the file is there or not."""
    folder, *rest = path.split("/")
    if folder == "docs" and len(rest) == 3 and path.endswith(".md"):
        name = f"{rest[1]}/{rest[2].removesuffix('.md')}"
        return name if name in notes else None
    if folder not in CODE or len(rest) < 2:
        return None
    topic, stem = rest[0], rest[1].partition(".")[0]
    if folder == "tests":
        if not stem.startswith("test_"):
            return None
        stem = stem.removeprefix("test_")
        if f"{topic}/{stem}".replace("_", "-") not in notes:
            stem = without_part(stem)
    own = [n for n in notes if n.split("/")[0] == topic]
    if folder == "figures":
        return owner_of_figure(stem, own)
    return next((n for n in own if _stem(n) == stem), None)


def _stem(note: str) -> str:
    return note.split("/")[1].replace("-", "_")


def _modules(root: Path, note: str, folder: str) -> list[str]:
    return [p.relative_to(root).as_posix() for p in own_modules(root / folder, note)]


def _stand_in(path: str) -> str:
    """A file of data in a package stands for the package."""
    folder, _, name = path.rpartition("/")
    data = path.startswith("snippets/") and not name.endswith(".py")
    return f"{folder}/__init__.py" if data else path


class _Reach:
    """Files that others lead to, by imports, module names and paths in their text."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.next = cache(self._next)

    def of(self, paths: list[str]) -> set[str]:
        """These files and all that they reach, those that are gone included."""
        found: set[str] = set()
        left = list(paths)
        while left:
            path = left.pop()
            if path not in found:
                found.add(path)
                left += self.next(path)
        return found

    def _next(self, path: str) -> frozenset[str]:
        file = self.root / path
        if file.suffix not in (".py", ".md") or not file.is_file():
            return frozenset()
        text = file.read_text(encoding="utf-8", errors="replace")
        names = {match.replace("/", ".") for match in _NAMED.findall(text)}
        for dots, module, *imported in _FROM.findall(re.sub(r"#.*", "", text)):
            if dots:
                parts = path.split("/")[: -len(dots)]
                module = ".".join([*parts, *filter(None, [module])])
            if module.split(".")[0] in CODE:
                words = "".join(imported).split(",")
                names |= {
                    f"{module}.{word.split()[0]}" for word in words if word.strip()
                }
                names.add(module)
        places = set()
        for name in names:
            parts = name.split(".")
            if parts[-1] in ("py", "svg", "json"):
                places.add("/".join(parts[:-1]) + f".{parts.pop()}")
            for end in range(2, len(parts) + 1):
                place = "/".join(parts[:end])
                places |= {f"{place}.py", f"{place}/__init__.py"}
        return frozenset(places)


def _git(root: Path, *arguments: str, wanted: bool = True) -> str:
    """What git says; empty if it refuses and need not succeed."""
    try:
        done = subprocess.run(
            ["git", "-C", str(root), *arguments], capture_output=True, text=True
        )
    except OSError:
        return ""
    if done.returncode and wanted:
        raise ChangedError(f"--changed: git {arguments[0]}: {done.stderr.strip()}")
    return "" if done.returncode else done.stdout
