"""Oracle: the files in the folder, after every way in which a swap may end."""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from notekit.site import swap as swapping
from notekit.site.swap import recover, swap
from tests.notekit.builder import state


@pytest.fixture
def places(tmp_path: Path) -> tuple[Path, Path]:
    new, place = tmp_path / "build/site", tmp_path / "site"
    for folder, text in ((new, "new"), (place, "old")):
        (folder / "deep").mkdir(parents=True)
        (folder / "deep/page.html").write_text(text)
        (folder / f"{text}.html").write_text(text)
    return new, place


OLD = {"deep/page.html": b"old", "old.html": b"old"}
NEW = {"deep/page.html": b"new", "new.html": b"new"}


def test_swap_puts_the_new_in_place(places):
    new, place = places
    swap(new, place)
    assert state(place) == NEW
    assert not new.exists()
    assert [p.name for p in place.parent.iterdir() if "site" in p.name] == ["site"]


def test_swap_needs_no_old_one(places):
    new, place = places
    place.rename(place.with_name("elsewhere"))
    swap(new, place)
    assert state(place) == NEW


def test_swap_clears_what_a_killed_one_left(places):
    new, place = places
    left = place.with_name("site.old")
    left.mkdir()
    (left / "junk").write_text("")
    swap(new, place)
    assert state(place) == NEW
    assert not left.exists()


@pytest.mark.parametrize("error", [OSError("full"), KeyboardInterrupt()])
@pytest.mark.parametrize(
    ("step", "renamed", "stays"),
    [(1, False, OLD), (1, True, OLD), (2, False, OLD), (2, True, NEW)],
)
def test_an_interrupted_swap_leaves_a_whole_site(
    places, monkeypatch, error, step, renamed, stays
):
    """Interrupted before or after each of the two renamings, where there are two."""
    new, place = places
    monkeypatch.setattr(swapping, "_exchanged", lambda *_: False)
    replace, calls = Path.replace, []

    def interrupted(self: Path, target: Path) -> Path:
        calls.append(self)
        if len(calls) != step:
            return replace(self, target)
        if renamed:
            replace(self, target)
        raise error

    monkeypatch.setattr(Path, "replace", interrupted)
    with pytest.raises(type(error)):
        swap(new, place)
    assert state(place) == stays


def can_exchange() -> bool:
    """Whether the file system of temporary files lets two folders change names."""
    with tempfile.TemporaryDirectory() as folder:
        one, other = Path(folder, "one"), Path(folder, "other")
        one.mkdir()
        other.mkdir()
        return swapping._exchanged(one, other)


LINUX = pytest.mark.skipif(
    not can_exchange(), reason="this file system exchanges no names in one step"
)


@LINUX
def test_two_folders_change_names_in_one_step(places):
    new, place = places
    assert swapping._exchanged(new, place)
    assert (state(new), state(place)) == (OLD, NEW)


def test_a_file_system_that_cannot_is_no_failure(places, monkeypatch):
    monkeypatch.setattr(sys, "platform", "darwin")
    new, place = places
    swap(new, place)
    assert state(place) == NEW


@LINUX
def test_a_place_that_cannot_be_replaced_stays(places):
    new, place = places
    with pytest.raises(OSError, match="No such file"):
        swapping._exchanged(new / "missing", place)
    assert state(place) == OLD


# Swaps for ever: what was put in place last is what is put there next but one.
ENDLESS = """
import shutil, sys
from pathlib import Path
from notekit.site.swap import recover, swap
place = Path(sys.argv[1])
for turn in range(10**9):
    new = place.with_name("new")
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir()
    for number in range(20):
        (new / f"{number}.html").write_text(str(turn))
    recover(place)
    swap(new, place)
    print(turn, flush=True)
"""


@LINUX
@pytest.mark.parametrize("milliseconds", range(0, 60, 6))
def test_a_kill_at_any_moment_leaves_a_whole_site(tmp_path, milliseconds):
    place = tmp_path / "site"
    command = [sys.executable, "-c", ENDLESS, str(place)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, env=os.environ)
    assert process.stdout is not None
    process.stdout.readline()  # the first is in place
    time.sleep(milliseconds / 1000)
    process.kill()
    process.wait()
    process.stdout.close()
    pages = state(place)  # without recover(): nobody has built since
    assert len(pages) == 20
    assert len(set(pages.values())) == 1


def test_what_was_killed_between_two_renamings_is_recovered(places):
    new, place = places
    place.rename(place.with_name("site.old"))
    recover(place)
    assert state(place) == OLD
    assert state(new) == NEW
