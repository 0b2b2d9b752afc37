"""Oracle: the operating system, asked to put other things in the place of a file."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from notekit.read.survey import LARGEST, survey
from tests.notekit.builder import Repo, build_repo

FILES = [
    "docs/en/cv/box.md",
    "docs/zh/cv/index.md",
    "docs/glossary.yml",
    "snippets/cv/box.py",
    "tests/cv/test_box_inputs.py",
    "tests/site/queries/cv/box.tsv",
    "figures/cv/box.svg",
]


def latin(path: Path) -> None:
    path.write_bytes(b"# a\n# caf\xe9\n")


def folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def dangling(path: Path) -> None:
    path.unlink()
    path.symlink_to("/nowhere/at-all")


def loop(path: Path) -> None:
    path.unlink()
    path.symlink_to(path)


def device(path: Path) -> None:
    path.unlink()
    path.symlink_to("/dev/zero")


def pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def huge(path: Path) -> None:
    path.write_bytes(b"a" * (LARGEST + 1))


WRONG: dict[Callable[[Path], None], tuple[int, str]] = {
    latin: (2, "want UTF-8 text; got byte 0xe9"),
    folder: (1, "want a file; got a folder"),
    dangling: (1, "want a file; got a link to /nowhere/at-all"),
    loop: (1, "want a file that can be read; got Too many levels"),
    device: (1, "want a file; got a device or a pipe"),
    pipe: (1, "want a file; got a device or a pipe"),
    huge: (1, f"want a file of at most {LARGEST} bytes; got {LARGEST + 1}"),
}


@pytest.fixture
def repo(tmp_path) -> Repo:
    return build_repo(tmp_path)


@pytest.mark.parametrize("spoil", WRONG)
@pytest.mark.parametrize("file", FILES)
def test_what_cannot_be_read_is_named(repo, file, spoil):
    if not (repo.root / file).exists():
        repo.write(file, "")
    assert survey(repo.root) == []
    spoil(repo.root / file)
    [problem] = survey(repo.root)
    line, message = WRONG[spoil]
    assert problem.path == repo.root / file
    assert problem.line == line
    assert problem.message.startswith(message)


def test_a_file_of_another_kind_is_not_read(repo):
    (repo.root / "snippets/cv/__pycache__").mkdir()
    (repo.root / "snippets/cv/__pycache__/box.py").write_bytes(b"\xff")
    (repo.root / "docs/picture.png").write_bytes(b"\xff")
    assert survey(repo.root) == []


def test_a_file_that_goes_meanwhile_is_no_problem(repo, monkeypatch):
    stat = Path.stat

    def vanish(path: Path, **options: bool) -> os.stat_result:
        if path.name == "box.py":
            path.unlink(missing_ok=True)
        return stat(path, **options)

    monkeypatch.setattr(Path, "stat", vanish)
    assert survey(repo.root) == []


def test_a_page_is_a_file_of_its_own(tmp_path):
    place = tmp_path / "docs/en/cv"
    place.mkdir(parents=True)
    (place / "a.md").write_text("a")
    (place / "b.md").symlink_to("a.md")
    (tmp_path / "docs/zh").symlink_to("en")
    assert [(p.path, p.message) for p in survey(tmp_path)] == [
        (tmp_path / "docs/zh", "want a file of its own; got a link to en"),
        (place / "b.md", "want a file of its own; got a link to a.md"),
    ]
