"""Declared mutants that can still be planted: else code has changed, and they with it."""

from collections.abc import Iterator
from pathlib import Path

from notekit.problem import Problem
from notekit.read.catalogue import Note
from notekit.read.equivalents import Equivalent, entries, path_of
from notekit.read.mutants import Module, Mutant, mutants


def problems(note: Note, root: Path) -> Iterator[Problem]:
    """Entries of a note's file that declare nothing, or nothing any more.

    Args:
        note: the note.
        root: the repository.
    """
    path = path_of(root, note.name)
    own = {p.relative_to(root).as_posix(): p for p in note.snippets(root)}
    known: dict[str, dict[tuple[str, str, str, str, int], Mutant]] = {}
    seen = set()
    for entry in entries(path):
        if isinstance(entry, Problem):
            yield entry
            continue
        if entry.file not in own:
            message = f"want a module of {note.name} as file; got {entry.file!r}"
            yield Problem(path, entry.line, message)
            continue
        text = own[entry.file].read_text(encoding="utf-8")
        if entry.file not in known:
            known[entry.file] = {m.key: m for m in _mutants(entry.file, text)}
        mutant = known[entry.file].get(entry.key)
        if not (mutant and Module(text).works(mutant)):
            message = "want a mutant that can be planted, as `nox -s mutants` shows it"
            yield Problem(path, entry.line, f"{message}; {_got(entry, text)}")
        elif entry.key in seen:
            message = "want each mutant declared once; got a second"
            yield Problem(path, entry.line, f"{message} {entry.old} → {entry.new}")
        seen.add(entry.key)


def _mutants(file: str, text: str) -> list[Mutant]:
    try:
        return mutants(file, text)
    except (SyntaxError, ValueError):
        return []  # a problem of the module's own


def _got(entry: Equivalent, text: str) -> str:
    if " ".join(entry.old.split()) not in " ".join(text.split()):
        return f"{entry.file} has no such line: {entry.old}"
    times = f", number {entry.occurrence}" if entry.occurrence > 1 else ""
    where = entry.function or "the module itself"
    return f"got {entry.old} → {entry.new}{times} in {where} of {entry.file}"
