"""Mutants that a note declares: they change nothing that its tests could see.

``tests/<topic>/<note>_mutants.toml`` holds one table for each::

    [[equivalent]]
    file = "snippets/ml/adamw/step.py"
    function = "adam_step"
    old = "theta = theta.to(wide)"
    new = "theta = theta"
    reason = "wide is the type of theta here"

``old`` and ``new`` are the changed lines as ``nox -s mutants`` shows them, so that an
entry stays true when lines move. ``[[gpu]]`` in the place of ``[[equivalent]]``: a test
that needs a GPU sees it. ``occurrence = 2`` means the second such line of the function.
"""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from notekit.problem import Problem

REASON = 3  # words of a reason, at least
_KEYS = {"file": str, "function": str, "old": str, "new": str, "reason": str}


@dataclass(frozen=True)
class Equivalent:
    """One declared mutant; the fields are as in `notekit.read.mutants.Mutant`."""

    file: str
    function: str
    old: str
    new: str
    occurrence: int
    reason: str
    gpu: bool
    line: int  # where it is declared

    @property
    def key(self) -> tuple[str, str, str, str, int]:
        """What a mutant that it declares has as its key."""
        return self.file, self.function, self.old, self.new, self.occurrence


def path_of(root: Path, note: str) -> Path:
    """Where a note declares its mutants."""
    return root / "tests" / f"{note.replace('-', '_')}_mutants.toml"


def equivalents(root: Path, note: str) -> list[Equivalent]:
    """What a note declares; entries that cannot be read are left to `problems`."""
    return [e for e in entries(path_of(root, note)) if isinstance(e, Equivalent)]


def entries(path: Path) -> Iterator[Equivalent | Problem]:
    """Each table of the file, or what is wrong with it."""
    if not path.is_file():
        return
    text = path.read_text(encoding="utf-8")
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        yield Problem(path, 1, f"want TOML; {error}")
        return
    places = _places(text)
    for kind, found in tables.items():
        if kind not in ("equivalent", "gpu") or not isinstance(found, list):
            message = f"want tables [[equivalent]] or [[gpu]]; got {kind!r}"
            yield Problem(path, 1, message)
            continue
        for number, table in enumerate(found):
            line = places.get((kind, number), 1)
            yield _entry(path, line, kind, table)


def _entry(
    path: Path, line: int, kind: str, table: dict[str, object]
) -> Equivalent | Problem:
    fields = dict(table)
    occurrence = fields.pop("occurrence", 1)
    if (
        fields.keys() != _KEYS.keys()
        or not all(isinstance(v, str) for v in fields.values())
        or type(occurrence) is not int
        or not str(fields["reason"]).strip()
    ):
        message = "want the texts file, function, old, new and reason, and perhaps the number occurrence"
        return Problem(path, line, f"{message}; got {', '.join(table) or 'nothing'}")
    if len(str(fields["reason"]).split()) < REASON:
        message = f"want a reason of {REASON} words at least"
        return Problem(path, line, f"{message}; got {fields['reason']!r}")
    texts = {key: str(value) for key, value in fields.items()}
    return Equivalent(**texts, occurrence=occurrence, gpu=kind == "gpu", line=line)


def _places(text: str) -> dict[tuple[str, int], int]:
    """The line of each table, by its kind and number."""
    places: dict[tuple[str, int], int] = {}
    for line, words in enumerate(text.splitlines(), 1):
        for kind in ("equivalent", "gpu"):
            if words.strip() == f"[[{kind}]]":
                number = sum(known == kind for known, _ in places)
                places[kind, number] = line
    return places
