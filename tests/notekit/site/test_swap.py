"""Oracle: the files in the folder, after every way in which a swap may end."""

from pathlib import Path

import pytest

from notekit.site.swap import swap
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
    """Interrupted before or after each of the two renamings."""
    new, place = places
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
