"""Oracle: the project's own check, pytest's rules and what real notes are like."""

import re

import pytest

from benchmarks.synthetic import grow
from notekit.read.catalogue import read
from notekit.read.drawn import marked
from notekit.scaffold.twin import stamp
from tests.notekit.builder import Repo, build_repo

# What the small notes lack and real ones have.
CODE = """'''Oracles: sums by hand.'''
from snippets.cv import box
from snippets.cv.box_area import double as twice
from snippets.cv.box import (
    double,
)
print("snippets/cv/box.py", "boxes of cv/box", "figures/cv/box.svg", box)


def test_it():
    assert double(2) == twice(2) == 4
"""
GROWN = """'''Oracles: sums by hand.'''
from snippets.cv import box_2 as box
from snippets.cv.box_area import double as twice
from snippets.cv.box_2 import (
    double,
)
print("snippets/cv/box_2.py", "boxes of cv/box_2", "figures/cv/box_2.svg", box)


def test_it():
    assert double(2) == twice(2) == 4
"""


@pytest.fixture
def repo(tmp_path) -> Repo:
    repo = build_repo(tmp_path / "source")
    repo.write("tests/cv/test_box.py", CODE)
    drawn = repo.read("figures/cv/box.svg")
    repo.write("figures/cv/box_side.svg", re.sub(r'\bid="', 'id="side-', drawn))
    drawing = 'NAMES = ("box", "box_side", "boxes")\n\n\ndef draw():\n    return {}\n'
    repo.write("figures/cv/box.py", f'"""It."""\n\n{drawing}')
    for language, label, heading in (
        ("en", "side view", "## Pitfalls"),
        ("zh", "侧视图", "## 常见错误"),
    ):
        embed = '--8<-- "figures/cv/box_side.svg"'
        side = f'<div role="img" aria-label="{label}">\n{embed}\n</div>\n'
        repo.edit(f"docs/{language}/cv/box.md", heading, f"{side}\n{heading}")
    stamp("cv/box", repo.root)
    for folder in (".git", "site", "tests/site/extra"):
        repo.write(f"{folder}/kept.txt", "x")
    return repo


def test_the_copy_has_as_many_notes_and_no_problem(repo, tmp_path):
    assert repo.problems() == []
    grown = Repo(tmp_path / "grown")
    names = grow(repo.root, grown.root, 7)
    assert names == sorted(read(grown.root).notes)
    assert len(names) == 7
    assert {"cv/box-2", "cv/box-area-3", "cv/box-4"} < set(names)
    assert grown.problems() == []
    notes = read(grown.root).notes
    assert not any(note.stale for note in notes.values())
    assert notes["cv/box-area-3"].pages["en"].matter.requires == ("cv/box-3",)
    assert grown.read("tests/cv/test_box_2.py") == GROWN
    assert '("box_2", "box_2_side", "boxes")' in grown.read("figures/cv/box_2.py")
    assert "figures/cv/box_2_side.svg" in grown.read("docs/zh/cv/box-2.md")
    assert (grown.root / "figures/cv/box_2_side.svg").exists()
    assert (grown.root / "tests/site/extra/kept.txt").exists()
    assert not (grown.root / "site").exists()
    assert not (grown.root / ".git").exists()


def test_copies_share_what_the_notes_of_a_topic_share(repo, tmp_path):
    repo.write("snippets/cv/datasets/__init__.py", '"""Points."""\n\nPOINTS = [1]\n')
    module = repo.read("snippets/cv/box.py")
    head, _, rest = module.partition('"""\n\n')
    repo.write(
        "snippets/cv/box.py", f'{head}"""\n\nfrom .datasets import POINTS\n\n{rest}'
    )
    line = "from snippets.cv.box_area import double\n"
    for language in ("en", "zh"):  # only the page of this note uses them
        page = f"docs/{language}/cv/box-area.md"
        repo.edit(page, line, f"{line}from snippets.cv.datasets import POINTS\n")
    stamp("cv/box-area", repo.root)
    target = tmp_path / "grown"
    grow(repo.root, target, 5)
    for drawn, name in (("box_2", "cv/box-2"), ("box_area_2", "cv/box-area-2")):
        svg = (target / f"figures/cv/{drawn}.svg").read_text()
        assert marked(svg, target, name) == svg
    assert (
        "from .datasets import POINTS" in (target / "snippets/cv/box_2.py").read_text()
    )
    folders = [path.name for path in (target / "snippets/cv").iterdir()]
    assert [name for name in folders if "datasets" in name] == ["datasets"]


def test_the_source_is_left_as_it_is(repo, tmp_path):
    def state() -> dict[str, bytes]:
        paths = [p for p in repo.root.rglob("*") if p.is_file() and not p.is_symlink()]
        return {str(p): p.read_bytes() for p in paths if "node_modules" not in str(p)}

    before = state()
    grow(repo.root, tmp_path / "grown", 4)
    assert state() == before


def test_fewer_notes_than_there_are_is_refused(repo, tmp_path):
    with pytest.raises(
        ValueError, match="number must be >= 2, the notes there are, got 1"
    ):
        grow(repo.root, tmp_path / "grown", 1)
    assert not (tmp_path / "grown").exists()
