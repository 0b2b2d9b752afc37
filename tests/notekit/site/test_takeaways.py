"""Oracles: the files on disk, the links of staged pages, the file that steers CI."""

import json
import re
from functools import partial

import pytest
import yaml
from bs4 import BeautifulSoup
from click.testing import CliRunner

from notekit import __main__ as commands
from notekit.pages import published
from notekit.pages.stage import Stage
from notekit.problem import ROOT
from notekit.read.catalogue import read
from notekit.site import takeaways
from notekit.site.layout import FOLDERS
from tests.notekit.builder import Repo, build_repo


@pytest.fixture
def repo(tmp_path) -> Repo:
    return build_repo(tmp_path)


def links(repo: Repo, language: str, page: str) -> dict[str, str]:
    """Words and addresses of the links that a staged page has as HTML."""
    text = Stage(repo.catalogue(), language).pages()[page]
    return {a.get_text(): a["href"] for a in BeautifulSoup(text, "html.parser")("a")}


@pytest.mark.parametrize(
    ("language", "notebook", "colab", "cards"),
    [
        ("en", "Jupyter notebook", "Open in Colab", "Cards for Anki"),
        ("zh", "Jupyter 笔记本", "在 Colab 中打开", "Anki 卡片"),
    ],
)
def test_pages_link_to_what_lies_beside_them(repo, language, notebook, colab, cards):
    site = repo.root / "site" / FOLDERS[language]
    (site / "cv/box").mkdir(parents=True)
    for folder in ("cv/box", "cv/box-area"):
        for part in FOLDERS.values():
            (repo.root / "site" / part / folder).mkdir(parents=True, exist_ok=True)
    takeaways.add(repo.catalogue(), repo.root / "site")
    note = links(repo, language, "cv/box.md")
    text = (site / "cv/box" / note[notebook]).read_text(encoding="utf-8")
    assert (
        json.loads(text)["metadata"]["title"] == {"en": "Box", "zh": "方框"}[language]
    )
    assert note[colab] == (
        "https://colab.research.google.com/github/gradnotes/gradnotes/blob/notebooks/"
        f"{language}/cv/box.ipynb"
    )
    topic = links(repo, language, "cv/index.md")
    assert (site / "cv" / topic[cards]).read_bytes().startswith(b"PK")


def test_colab_reads_the_branch_that_ci_pushes():
    workflow = yaml.safe_load((ROOT / ".github/workflows/ci.yml").read_text())
    job = workflow["jobs"]["notebooks"]
    assert job["if"] == "github.ref == 'refs/heads/main'"
    assert job["permissions"] == {"contents": "write"}
    push = job["steps"][-1]["run"]
    assert f"--initial-branch={published.NOTEBOOKS}\n" in push
    assert push.rstrip().endswith(f'.git" {published.NOTEBOOKS}')
    site = workflow["jobs"]["site"]["steps"]
    assert any(
        re.search(r"noxfile\.py -s .*\bnotebooks\b", s.get("run", "")) for s in site
    )
    assert {"name": "notebooks", "path": "build/notebooks"} in [
        s.get("with") for s in site
    ]


def test_the_site_s_address_is_that_of_the_environment(repo, monkeypatch):
    monkeypatch.setenv("SITE_URL_ZH", "https://a.b/zh")
    published._settings.cache_clear()
    try:
        assert published.home(repo.root, "zh") == "https://a.b/zh/"
        [chinese] = [
            text
            for language, name, text in takeaways.notebooks(repo.catalogue(), "cv/box")
            if language == "zh"
        ]
        assert "(https://a.b/zh/cv/box/)" in chinese
    finally:
        published._settings.cache_clear()


@pytest.mark.parametrize(
    ("command", "said", "files"),
    [
        (
            "notebooks",
            "notebooks: 4 in ",
            {f"{x}/cv/{n}.ipynb" for x in FOLDERS for n in ("box", "box-area")},
        ),
        ("cards", "cards: 2 decks in ", {"gradnotes-cv.apkg", "gradnotes-cv-zh.apkg"}),
    ],
)
def test_commands_write_all_files_and_no_others(
    repo, monkeypatch, command, said, files
):
    monkeypatch.setattr("notekit.problem.ROOT", repo.root)
    monkeypatch.setattr(commands, "read", partial(read, repo.root))
    folder = repo.root / "build" / command
    old = folder / ("en/cv/old.ipynb" if command == "notebooks" else "old.apkg")
    old.parent.mkdir(parents=True)
    old.write_text("old")
    done = CliRunner().invoke(commands.main, [command])
    assert (done.exit_code, done.stdout) == (0, f"{said}{folder}\n")
    found = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}
    assert found == files


@pytest.mark.parametrize("command", ["notebooks", "cards"])
def test_a_fault_of_a_page_is_a_line(repo, monkeypatch, command):
    repo.edit("docs/en/cv/box.md", "tags: [shape]", "tags: shape")
    monkeypatch.setattr("notekit.problem.ROOT", repo.root)
    monkeypatch.setattr(commands, "read", partial(read, repo.root))
    done = CliRunner().invoke(commands.main, [command])
    assert done.exit_code == 1
    assert "docs/en/cv/box.md:6: tags: " in done.stderr
    assert "Traceback" not in done.output
