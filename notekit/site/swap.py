"""A finished site takes the place of the last one, whole or not at all."""

import ctypes
import errno
import os
import shutil
import sys
from pathlib import Path

_HERE = -100  # AT_FDCWD: paths are relative to the working directory
_EXCHANGE = 2  # RENAME_EXCHANGE


def swap(new: Path, place: Path) -> None:
    """Put ``new`` in ``place``; what was there goes last.

    On Linux the two change names in one step, so that there is a whole site at any
    moment, whatever is cut off. Elsewhere two renames follow one another, and `recover`
    undoes what stops between them.

    Raises:
        OSError: if it cannot be done; ``place`` is what it was.
    """
    if hasattr(os, "sync"):
        os.sync()  # names must not reach the disk before what they stand for
    old = place.with_name(place.name + ".old")
    if old.exists():
        shutil.rmtree(old)
    if place.exists() and _exchanged(new, place):
        new.replace(old)
        shutil.rmtree(old, ignore_errors=True)
        return
    try:
        if place.exists():
            place.replace(old)
        new.replace(place)
    except BaseException:
        if old.exists() and not place.exists():
            old.replace(place)
        raise
    shutil.rmtree(old, ignore_errors=True)


def _exchanged(one: Path, other: Path) -> bool:
    """Whether two folders have changed names, which few file systems cannot do."""
    if sys.platform != "linux":
        return False
    exchange = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if exchange is None:
        return False
    paths = (os.fsencode(one), os.fsencode(other))
    if exchange(_HERE, paths[0], _HERE, paths[1], _EXCHANGE) == 0:
        return True
    number = ctypes.get_errno()
    if number in (errno.EINVAL, errno.ENOSYS, errno.EXDEV):
        return False
    raise OSError(number, os.strerror(number), str(other))


def recover(place: Path) -> None:
    """Undo a swap that was killed between its two renamings."""
    old = place.with_name(place.name + ".old")
    if old.exists() and not place.exists():
        old.replace(place)
