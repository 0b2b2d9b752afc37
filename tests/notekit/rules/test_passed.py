"""Oracle: the files changed by hand, and so the notes to be checked again."""

import pytest

from notekit.rules import passed
from tests.notekit.builder import build_repo


def unchecked(catalogue):
    return passed.unchecked(catalogue.root, passed.states_of(catalogue))


@pytest.fixture
def repo(tmp_path):
    repo = build_repo(tmp_path)
    assert unchecked(repo.catalogue()) is None
    passed.remember(tmp_path, passed.states_of(repo.catalogue()))
    return repo


def test_what_passed_is_not_checked_again(repo):
    assert unchecked(repo.catalogue()) == []


@pytest.mark.parametrize(
    "file",
    [
        *("docs/en/cv/box.md", "docs/zh/cv/box.md", "snippets/cv/box.py"),
        *("tests/cv/test_box.py", "figures/cv/box.py", "figures/cv/box.svg"),
        "tests/site/queries/cv/box.tsv",
    ],
)
def test_a_change_of_a_note_has_it_checked_and_no_other(repo, file):
    text = repo.read(file) if (repo.root / file).exists() else ""
    repo.write(file, text + "\n\n")
    assert unchecked(repo.catalogue()) == ["cv/box"]
    repo.write(file, text) if text else (repo.root / file).unlink()
    assert unchecked(repo.catalogue()) == []


@pytest.mark.parametrize(
    "file",
    ["docs/en/index.md", "docs/zh/cv/index.md", "docs/glossary.yml", "README.md"],
)
def test_a_change_of_what_all_share_has_all_checked(repo, file):
    text = repo.read(file) if (repo.root / file).exists() else ""
    repo.write(file, text + "\n# a\n")
    assert unchecked(repo.catalogue()) is None


def test_a_stray_module_or_a_new_note_has_all_checked(repo):
    repo.write("snippets/cv/stray.py", '"""A."""\n')
    assert unchecked(repo.catalogue()) is None
    (repo.root / "snippets/cv/stray.py").unlink()
    assert unchecked(repo.catalogue()) == []
    repo.add_note("cv/new", "New", "新")
    assert unchecked(repo.catalogue()) is None


def test_what_a_deleted_file_proved_is_forgotten(repo):
    (repo.root / "tests/cv/test_box.py").unlink()
    assert unchecked(repo.catalogue()) == ["cv/box"]
