"""Oracle: a small project, one change at a time, and whether a build is owed."""

import os

import pytest

from notekit.site import fresh
from notekit.site.fresh import is_fresh, made_of, remember


@pytest.fixture
def root(tmp_path):
    for name in ("docs/en/a.md", "notekit/x.py", "site/index.html", "mkdocs.yml"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    (tmp_path / "build").mkdir()
    remember(tmp_path, made_of(tmp_path))
    return tmp_path


def owed(root) -> bool:
    return not is_fresh(root, made_of(root))


def test_nothing_changed_nothing_is_owed(root):
    assert not owed(root)
    os.utime(root / "docs/en/a.md", (1, 1))  # a new age is no new text
    assert not owed(root)


@pytest.mark.parametrize(
    "name",
    [
        *("docs/en/a.md", "docs/zh/new.md", "snippets/cv/a.py", "figures/cv/a.svg"),
        *("theme/main.html", "records/cv/a.json", "notekit/x.py", "mkdocs.zh.yml"),
        *("mkdocs.yml", "build/verified.json", "package-lock.json", "pyproject.toml"),
    ],
)
def test_a_change_of_what_a_build_reads_owes_one(root, name):
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("other")
    assert owed(root)


def test_a_file_moved_or_removed_owes_one(root):
    (root / "docs/en/a.md").rename(root / "docs/en/b.md")
    assert owed(root)
    remember(root, made_of(root))
    (root / "docs/en/b.md").unlink()
    assert owed(root)


def test_a_site_that_somebody_changed_owes_one(root):
    (root / "site/index.html").write_text("by hand")
    assert owed(root)
    remember(root, made_of(root))
    (root / "site/extra.html").write_text("")
    assert owed(root)
    (root / "site/extra.html").unlink()
    assert not owed(root)
    (root / "site/index.html").unlink()
    assert owed(root)


@pytest.mark.parametrize("name", fresh.VARIABLES)
def test_another_address_owes_one(root, monkeypatch, name):
    monkeypatch.setenv(name, "https://elsewhere.org/")
    assert owed(root)


def test_another_program_owes_one(root, monkeypatch):
    monkeypatch.setattr(fresh, "distributions", lambda: iter(()))
    assert owed(root)


@pytest.mark.parametrize("text", ["", "{", "[]", "null"])
def test_an_unreadable_memory_owes_one(root, text):
    (root / fresh.WHERE).write_text(text)
    assert owed(root)
    (root / fresh.WHERE).unlink()
    assert owed(root)
