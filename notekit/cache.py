"""What was made once is not made again: texts, by the content that they were made of."""

import hashlib
import sqlite3
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from pathlib import Path

_MOST = 900  # parameters that SQLite takes in one statement, with room
_LARGEST = 256_000_000  # bytes; a file that has grown past it is made anew
_SECONDS = 30.0  # how long one process waits for another that writes


def key(*parts: str) -> str:
    """Name of what is made of these parts; each part counts, and where it ends."""
    digest = hashlib.sha256()
    for part in parts:
        data = part.encode()
        digest.update(len(data).to_bytes(8, "big"))
        digest.update(data)
    return digest.hexdigest()[:32]


class Cache:
    """One file of ``build/cache/``, which several processes may use at once."""

    def __init__(self, root: Path, name: str) -> None:
        """Nothing is read or written yet.

        Args:
            root: the repository.
            name: what the file holds, such as ``formulas``.
        """
        self.path = root / f"build/cache/{name}.sqlite"

    def get(self, keys: Iterable[str]) -> dict[str, str]:
        """The entries that there are, of those asked for."""
        wanted = list(dict.fromkeys(keys))
        if not wanted or not self.path.is_file():
            return {}
        found: dict[str, str] = {}
        try:
            with closing(sqlite3.connect(self.path, timeout=_SECONDS)) as base:
                for start in range(0, len(wanted), _MOST):
                    part = wanted[start : start + _MOST]
                    marks = ",".join("?" * len(part))
                    rows = base.execute(
                        f"SELECT key, value FROM entries WHERE key IN ({marks})", part
                    )
                    found.update(rows.fetchall())
        except sqlite3.DatabaseError:  # cut short or overwritten: made again
            return {}
        return found

    def made(self, name: str, make: Callable[[], str]) -> str:
        """The entry of that name; made now, and kept, if there is none."""
        found = self.get([name])
        if name not in found:
            found = {name: make()}
            self.put(found)
        return found[name]

    def put(self, entries: Mapping[str, str]) -> None:
        """Keep these entries; all of them, or none if it is interrupted."""
        if not entries:
            return
        self.path.parent.mkdir(parents=True, exist_ok=True)
        if self.path.is_file() and self.path.stat().st_size > _LARGEST:
            self.path.unlink()
        try:
            self._write(entries)
        except sqlite3.OperationalError:  # such as a full disk, or a lock
            raise
        except sqlite3.DatabaseError:
            self.path.unlink()
            self._write(entries)

    def _write(self, entries: Mapping[str, str]) -> None:
        with closing(sqlite3.connect(self.path, timeout=_SECONDS)) as base, base:
            # What power cuts off is made again: no waiting for the disk.
            base.execute("PRAGMA synchronous=OFF")
            base.execute(
                "CREATE TABLE IF NOT EXISTS entries"
                " (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID"
            )
            base.executemany(
                "INSERT OR REPLACE INTO entries VALUES (?, ?)", entries.items()
            )
