"""Oracle: one whole build, and every way in which it may fail."""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from notekit.problem import Problem
from notekit.site import build as site
from notekit.site.build import add_zip, build
from notekit.site.layout import BuildError
from tests.notekit.builder import Repo, add_tool, build_repo, site_problems, state

EN = "docs/en/cv/box.md"
HOME = "https://a.b/n/"


@pytest.fixture
def repo(tmp_path) -> Repo:
    return build_repo(tmp_path)


# The order of the build


STEPS = ("build_pages", "finish", "link_problems", "index_search", "offline.write")


def stub(monkeypatch, failing: str = "", error: BaseException | None = None) -> None:
    def step(name: str, result=None):
        def run(*arguments):
            if name == "build_pages":
                arguments[1].mkdir(parents=True)
                (arguments[1] / "new.html").write_text("new")
            if name == failing and error:
                raise error
            return result

        return run

    for name in STEPS:
        place, _, last = name.rpartition(".")
        owner = getattr(site, place) if place else site
        result = [] if "link" in name else None
        monkeypatch.setattr(owner, last, step(name, result))


def test_a_build_replaces_the_old_site(repo, monkeypatch):
    repo.write("site/old.html", "old")
    repo.write("build/site/left-over.html", "old")
    stub(monkeypatch)
    said: list[str] = []
    assert build(repo.catalogue(), said.append) == repo.root / "site"
    assert state(repo.root / "site") == {"new.html": b"new"}
    assert [line.split(":")[0].strip() for line in said] == [
        "pages",
        "styles, fonts, lists",
        "links",
        "search",
        "offline",
    ]


@pytest.mark.parametrize(
    "error", [BuildError("no"), OSError("no"), KeyboardInterrupt()]
)
@pytest.mark.parametrize("step", STEPS)
def test_whatever_fails_leaves_the_old_site(repo, monkeypatch, step, error):
    repo.write("site/old.html", "old")
    stub(monkeypatch, step, error)
    with pytest.raises(type(error)):
        build(repo.catalogue(), lambda line: None)
    assert state(repo.root / "site") == {"old.html": b"old"}


def test_dead_links_of_the_built_pages_fail_the_build(repo, monkeypatch):
    repo.write("site/old.html", "old")
    stub(monkeypatch)
    problems = [Problem(Path("a.html"), 1, "one"), Problem(Path("b.html"), 2, "two")]
    monkeypatch.setattr(site, "link_problems", lambda *_: problems)
    with pytest.raises(BuildError, match=r"^a\.html:1: one\nb\.html:2: two$"):
        build(repo.catalogue(), lambda line: None)
    assert state(repo.root / "site") == {"old.html": b"old"}


def test_one_language_that_fails_fails_both(repo, monkeypatch):
    def run(calls: list[list[str]], root: Path) -> list[tuple[int, str]]:
        assert root == repo.root
        for language, arguments in zip(("en", "zh"), calls, strict=True):
            assert str(root / f"build/mkdocs.{language}.yml") in arguments
            assert "--strict" in arguments
            Path(arguments[-1]).mkdir(parents=True)
        return [(0, ""), (1, "INFO    -  so far\nno build/pages/zh/a.md\n")]

    monkeypatch.setattr(site.mkdocs, "run", run)
    target = repo.root / "build/site"
    with pytest.raises(
        BuildError, match=r"^MkDocs, mkdocs\.zh\.yml:\nno docs/zh/a\.md$"
    ):
        site.build_pages(repo.catalogue(), target)
    assert [p.name for p in target.parent.iterdir() if "site" in p.name] == []


@pytest.mark.parametrize("kind", ["a file", "a link to a folder", "a link to nothing"])
def test_a_place_that_is_no_folder_is_left_alone(repo, kind):
    place, elsewhere = repo.root / "site", repo.root / "elsewhere"
    if kind == "a file":
        place.write_text("mine")
    else:
        place.symlink_to(elsewhere)
        if kind == "a link to a folder":
            elsewhere.mkdir()
            (elsewhere / "mine").write_text("mine")
    before = place.lstat()
    with pytest.raises(BuildError, match="site: want a folder, or nothing, to put"):
        build(repo.catalogue(), lambda line: None)
    assert place.lstat() == before
    assert not elsewhere.exists() or state(elsewhere) == {"mine": b"mine"}


# From end to end, by the command that people type


def run_site(root: Path, command: str = "site") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "notekit", command],
        cwd=root,
        env=os.environ
        | {"PYTHONPATH": str(root), "SITE_URL": HOME}
        | {"SITE_URL_ZH": f"{HOME}zh/"},
        capture_output=True,
        encoding="utf-8",
    )


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> Repo:
    """The small repository with its site, in a folder such as people have."""
    folder = tmp_path_factory.mktemp("built") / "notes (1) [v2] 学习 笔记 & 100% #1"
    folder.mkdir()
    repo = build_repo(folder)
    add_tool(repo)
    run = run_site(repo.root)
    assert run.returncode == 0, run.stdout + run.stderr
    assert run.stdout.endswith(f"site: {repo.root / 'site'}\n")
    return repo


@pytest.mark.timeout(180)
def test_the_site_has_each_page_in_both_languages(built):
    pages = {name for name in state(built.root / "site") if name.endswith(".html")}
    lists = {
        f"{name}/index.html" for name in ("tags", "map", "glossary", "offline", "cv")
    }
    notes = {f"cv/{name}/index.html" for name in ("box", "box-area")}
    inner = {"index.html"} | lists | notes
    both = inner | {"404.html"}
    assert pages == both | {f"zh/{name}" for name in both}
    assert site_problems(built.root / "site") == []
    page = BeautifulSoup(built.read("site/zh/cv/box/index.html"), "html.parser")
    assert page.html["lang"] == "zh-Hans"
    assert page.h1.get_text().startswith("方框")
    assert "double(width" in page.get_text()
    assert [x["alttext"] for x in page.select("math")] == [
        "w h",
        "w",
        "A =\nw h",
        "w",
        "h",
    ]
    assert page.select('div[role="img"] svg path')


@pytest.mark.timeout(180)
def test_the_site_has_one_style_sheet_one_index_and_its_lists(built):
    files = state(built.root / "site")
    assert {"robots.txt", "llms.txt", "sitemap.xml"} <= files.keys()
    [sheet] = [name for name in files if name.endswith(".css")]
    digest = hashlib.sha256(files[sheet]).hexdigest()[:8]
    assert sheet == f"assets/site.{digest}.css"
    # No formula here has an exponent or a matrix.
    assert b".mathnormal{" in files[sheet]
    assert b"font-family:KaTeX_Main" in files[sheet]
    assert not any(rule in files[sheet] for rule in (b"reset-size", b".arraycolsep"))
    assert not any(name.startswith("zh/assets") for name in files)
    assert not any(name.endswith((".map", ".gz")) for name in files)
    entry = json.loads(files["pagefind/pagefind-entry.json"])
    # Notes only: two in each language.
    counts = {k: v["page_count"] for k, v in entry["languages"].items()}
    assert counts == {"en": 2, "zh": 2}
    # One file of letters for the formulas, and no other format.
    fonts = {Path(name).suffix for name in files if "fonts/" in name}
    assert fonts == {".woff2"}


@pytest.mark.timeout(180)
def test_the_list_of_what_is_kept_is_of_the_finished_files(built):
    files = state(built.root / "site")
    [name] = [name for name in files if re.fullmatch(r"offline\..*\.json", name)]
    listed = {path: digest for path, digest, _ in json.loads(files[name])["files"]}
    own = {name, "sw.js", "gradnotes.zip"}
    # What a test above keeps there is no part of the site.
    there = {path for path in files if not path.startswith("build/")}
    assert listed.keys() == there - own
    for path, digest in listed.items():
        assert hashlib.sha256(files[path]).hexdigest().startswith(digest)
    build = name.split(".")[1]
    for path in ("offline/index.html", "zh/offline/index.html"):
        assert f'data-build="{build}" data-bytes="'.encode() in files[path]
        assert b"data-offline-link" in files[path]


@pytest.mark.timeout(180)
def test_a_zip_is_put_into_a_copy_that_takes_the_place_of_the_site(built, tmp_path):
    place = tmp_path / "site"
    shutil.copytree(built.root / "site", place)
    before = state(place)
    made = add_zip(place)
    assert made == place / "gradnotes.zip"
    after = state(place)
    new = {name for name in after if after[name] != before.get(name)}
    assert {"gradnotes.zip", "offline/index.html", "zh/offline/index.html"} <= new
    assert len(new) == 5  # and the list, and the worker
    assert not list((tmp_path / "build").iterdir())
    with zipfile.ZipFile(made) as archive:
        assert "gradnotes/zh/cv/box/index.html" in archive.namelist()


@pytest.mark.timeout(180)
def test_the_command_makes_the_zip_and_the_site_stays_up_to_date(built, tmp_path):
    # In a copy: other tests, which may come later, look at a site without the zip.
    root = tmp_path / "notes"
    shutil.copytree(built.root, root, symlinks=True)
    first = run_site(root, "bundle")
    place = root / "site/gradnotes.zip"
    size = f"{place.stat().st_size / 1e6:.1f} MB"
    assert first.stdout.endswith(f"bundle: {place}, {size}\n"), first.stderr
    again = run_site(root)
    assert again.stdout == f"site: {root / 'site'} is up to date\n"
    assert place.is_file()


def test_a_zip_that_cannot_be_made_leaves_the_site(tmp_path):
    place = tmp_path / "site"
    (place / "cv").mkdir(parents=True)
    (place / "index.html").write_bytes(b"\xff")
    with pytest.raises(UnicodeDecodeError):
        add_zip(place)
    assert state(place) == {"index.html": b"\xff"}


@pytest.mark.timeout(180)
def test_a_wrong_formula_leaves_the_site_and_is_named(built):
    before, page = state(built.root / "site"), built.read(EN)
    built.edit(EN, "The sum of $w$", r"The sum of $\wrong$")
    run = run_site(built.root)
    line = built.line(EN, r"$\wrong$")
    built.write(EN, page)
    assert run.returncode == 1
    assert run.stderr == (
        f"{EN}:{line}: want TeX that KaTeX reads; Undefined control sequence: \\wrong "
        "in '\\\\wrong'\n1 problem\n"
    )
    assert state(built.root / "site") == before


@pytest.mark.timeout(180)
def test_a_broken_page_leaves_the_site_and_is_named(built):
    """What no page says by itself: the anchors of tags are made by the build."""
    before, page = state(built.root / "site"), built.read(EN)
    built.edit(EN, "nothing else", "nothing [else](../tags.md#tag-gone)")
    line = built.line(EN, "#tag-gone")
    run = run_site(built.root)
    built.write(EN, page)
    assert run.returncode == 1
    assert run.stderr == (
        f"{EN}:{line}: want links to existing anchors; got ../../tags/#tag-gone\n"
        "site: failed; the last good site/ is untouched\n"
    )
    assert state(built.root / "site") == before


@pytest.mark.timeout(180)
def test_what_mkdocs_refuses_leaves_the_site_and_is_named(built):
    before, topic = state(built.root / "site"), built.read("docs/en/cv/index.md")
    built.write("docs/en/cv/index.md", topic + "\n[gone](gone.md)\n")
    run = run_site(built.root)
    built.write("docs/en/cv/index.md", topic)
    assert run.returncode == 1
    assert "docs/en/cv/index.md" in run.stderr
    assert "build/pages" not in run.stderr
    assert state(built.root / "site") == before
