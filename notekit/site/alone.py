"""One build at a time in a folder: the second waits, and says so."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

SECONDS = 900.0  # longer than any build takes


@contextmanager
def alone(
    root: Path, name: str, say: Callable[[str], None], seconds: float = SECONDS
) -> Iterator[None]:
    """Hold ``build/lock`` meanwhile. The system lets go of it if this process dies.

    Args:
        root: the repository.
        name: of the command, for what is said.
        say: how to say it.
        seconds: how long to wait for another build.

    Raises:
        SystemExit: if another build is not done by then.
    """
    folder = root / "build"
    folder.mkdir(exist_ok=True)
    lock = FileLock(folder / "lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        say(f"{name}: another build is at work in {folder}; waiting for it")
        try:
            lock.acquire(timeout=seconds)
        except Timeout:
            raise SystemExit(
                f"{name}: the other build has not ended in {seconds:.0f} s; "
                "end it, or try again later"
            ) from None
    try:
        yield
    finally:
        lock.release()
