"""The proof that a note shows: what ran, with which versions, and when.

``nox -s tests`` writes ``build/verified.json``; ``nox -s gpu`` writes ``records/``.
Nothing here is typed by hand, and a record counts only for the code it was made of.
"""

import json
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from notekit.files import write_whole
from notekit.read.catalogue import Note

WHERE = Path("build/verified.json")


class Verification(BaseModel):
    """One note's last run on this machine."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    code: str  # Note.code_hash of what ran
    tests: int
    examples: int
    failed: int
    skipped: int
    seconds: float
    date: str
    commit: str
    versions: dict[str, str]

    @property
    def lacks(self) -> str:
        """What did not run at all, or nothing: what is skipped proves nothing."""
        missing = [] if self.tests else ["test"]
        missing += [] if self.examples else ["code block"]
        return " and no ".join(missing)


class Record(BaseModel):
    """What a GPU run of a note measured, as kept in ``records/<note>.json``."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    note: str
    code: str
    device: str
    date: str
    versions: dict[str, str]
    tests: int = 0
    summary: list[dict[str, str]] = []  # [{"en": "...", "zh": "..."}]


def load(root: Path) -> dict[str, Verification]:
    """All verifications; an absent or unreadable file means that nothing is proven."""
    try:
        data: dict[str, Any] = json.loads((root / WHERE).read_text(encoding="utf-8"))
        return {name: Verification.model_validate(v) for name, v in data.items()}
    except (FileNotFoundError, AttributeError, ValueError, ValidationError):
        return {}


def save(root: Path, verifications: dict[str, Verification]) -> None:
    """Merge into the file, so that verifying one note keeps what is known of others."""
    merged = load(root) | verifications
    data = {name: merged[name].model_dump() for name in sorted(merged)}
    write_whole(root / WHERE, json.dumps(data, indent=1) + "\n")


def load_record(root: Path, note: Note) -> Record | None:
    """The note's GPU record, or None where there is none.

    Raises:
        ValueError: if the file is no record.
    """
    path = root / "records" / f"{note.name}.json"
    if not path.exists():
        return None
    try:
        return Record.model_validate_json(path.read_text(encoding="utf-8"))
    except ValidationError as error:
        reason = error.errors()[0]
        raise ValueError(
            f"{path}:1: want a record that `nox -s gpu` wrote; {reason['msg']}"
        ) from error
