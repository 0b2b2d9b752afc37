"""A finished site takes the place of the last one, whole or not at all."""

import shutil
from pathlib import Path


def swap(new: Path, place: Path) -> None:
    """Put ``new`` in ``place`` by renaming; the old one goes last."""
    old = place.with_name(place.name + ".old")
    if old.exists():
        shutil.rmtree(old)
    try:
        if place.exists():
            place.replace(old)
        new.replace(place)
    except BaseException:
        if old.exists() and not place.exists():
            old.replace(place)
        raise
    shutil.rmtree(old, ignore_errors=True)


def recover(place: Path) -> None:
    """Undo a swap that was killed between its two renamings."""
    old = place.with_name(place.name + ".old")
    if old.exists() and not place.exists():
        old.replace(place)
