"""Oracle: the configuration as MkDocs itself reads it."""

from pathlib import Path

from mkdocs.config import load_config

from notekit.pages.config import write
from notekit.pages.words import WORDS
from tests.notekit.builder import add_tool, build_repo


def test_a_build_finds_all_of_it_in_one_file(tmp_path, monkeypatch):
    repo = build_repo(tmp_path)
    add_tool(repo)
    monkeypatch.setenv("SITE_URL_ZH", "https://a.b/zh/")
    for language, home in (("en", "Home"), ("zh", "首页")):
        path = write(repo.catalogue(), language)
        assert path == tmp_path / f"build/mkdocs.{language}.yml"
        (tmp_path / f"build/pages/{language}").mkdir(parents=True)
        config = load_config(str(path))
        assert config.docs_dir == str(tmp_path / f"build/pages/{language}")
        assert Path(config.theme.custom_dir).resolve() == tmp_path / "theme"
        assert config.extra["language"] == language
        assert config.extra["words"] == WORDS[language]
        assert config.nav[0] == {home: "index.md"}
        entries = [e for entry in config.nav for e in entry.values()]
        [notes] = [e for e in entries if "cv/box.md" in str(e)]
        assert [next(iter(e.values())) for e in notes] == [
            "cv/index.md",
            "cv/box.md",
            "cv/box-area.md",
        ]
        assert not config.hooks
    assert config.site_url == "https://a.b/zh/"


def test_the_same_is_not_written_again(tmp_path):
    repo = build_repo(tmp_path)
    path = write(repo.catalogue(), "en")
    before = path.stat().st_mtime_ns
    write(repo.catalogue(), "en")
    assert path.stat().st_mtime_ns == before
    repo.add_note("cv/new", "New", "新")
    write(repo.catalogue(), "en")
    assert "cv/new.md" in path.read_text(encoding="utf-8")
