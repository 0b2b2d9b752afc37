"""What was made once is not made again: texts, by the content that they were made of."""

import hashlib
import os
import sqlite3
import threading
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

_MOST = 900  # parameters that SQLite takes in one statement, with room
_LARGEST = 256_000_000  # bytes; a file that has grown past it is made anew
_OPEN = 16  # files that a thread holds open at most
_SECONDS = 30.0  # how long one process waits for another that writes


def key(*parts: str) -> str:
    """Name of what is made of these parts; each part counts, and where it ends."""
    digest = hashlib.sha256()
    for part in parts:
        data = part.encode()
        digest.update(len(data).to_bytes(8, "big"))
        digest.update(data)
    return digest.hexdigest()[:32]


class _Connection(sqlite3.Connection):
    """Closes itself when nobody holds it any more."""

    file: tuple[int, int, int]

    def __del__(self) -> None:
        self.close()


class _Open(threading.local):
    """The connections of a thread: to open a file costs more than to ask it."""

    def __init__(self) -> None:
        self.found: dict[Path, _Connection] = {}

    def to(self, path: Path) -> _Connection:
        """A connection to the file that is there now, be it new."""
        base = self.found.get(path)
        if base is None or base.file != _identity(path):
            self.forget(path)
            # Whichever thread collects what a thread that has ended held closes it.
            base = sqlite3.connect(
                path,
                timeout=_SECONDS,
                check_same_thread=False,
                factory=_Connection,
            )
            # What power cuts off is made again: no waiting for the disk.
            base.execute("PRAGMA synchronous=OFF")
            base.file = _identity(path)
            self.found[path] = base
            for other in list(self.found)[:-_OPEN]:
                self.forget(other)
        return base

    def forget(self, path: Path) -> None:
        base = self.found.pop(path, None)
        if base is not None:
            base.close()


def _identity(path: Path) -> tuple[int, int, int]:
    """Which file a path means at present, and in which process (forks share none)."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return (os.getpid(), 0, 0)
    return (os.getpid(), found.st_dev, found.st_ino)


_open = _Open()


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
            base = _open.to(self.path)
            for start in range(0, len(wanted), _MOST):
                part = wanted[start : start + _MOST]
                marks = ",".join("?" * len(part))
                rows = base.execute(
                    f"SELECT key, value FROM entries WHERE key IN ({marks})", part
                )
                found.update(rows.fetchall())
        except sqlite3.DatabaseError:  # cut short or overwritten: made again
            _open.forget(self.path)
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
            self._remove()
        try:
            self._write(entries)
        except sqlite3.OperationalError:  # such as a full disk, or a lock
            raise
        except sqlite3.DatabaseError:
            self._remove()
            self._write(entries)

    def _remove(self) -> None:
        _open.forget(self.path)
        self.path.unlink(missing_ok=True)

    def _write(self, entries: Mapping[str, str]) -> None:
        with _open.to(self.path) as base:
            base.execute(
                "CREATE TABLE IF NOT EXISTS entries"
                " (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID"
            )
            base.executemany(
                "INSERT OR REPLACE INTO entries VALUES (?, ?)", entries.items()
            )
