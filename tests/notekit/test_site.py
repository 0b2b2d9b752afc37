"""Oracle: small inputs and outputs written by hand; one whole build, and a failure."""

import gzip
import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest
from bs4 import BeautifulSoup

from notekit import site
from notekit.links import link_problems
from notekit.problem import Problem
from notekit.site import (
    BuildError,
    build,
    merge_sitemaps,
    shared,
    swap,
    write_llms,
    write_robots,
)
from tests.notekit.builder import Repo, add_tool, build_repo

EN = "docs/en/cv/box.md"


@pytest.fixture
def repo(tmp_path) -> Repo:
    return build_repo(tmp_path)


def state(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


# Swap


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


# The order of the build


STEPS = ("build_pages", "finish", "link_problems", "index_search")


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
        monkeypatch.setattr(site, name, step(name, [] if "link" in name else None))


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
    monkeypatch.setattr(site, "link_problems", lambda target: problems)
    with pytest.raises(BuildError, match=r"^a\.html:1: one\nb\.html:2: two$"):
        build(repo.catalogue(), lambda line: None)
    assert state(repo.root / "site") == {"old.html": b"old"}


def test_one_language_that_fails_fails_both(repo, monkeypatch):
    def mkdocs(root: Path, language: str, part: Path) -> str:
        part.mkdir(parents=True)
        return "MkDocs, mkdocs.zh.yml:\nno" if language == "zh" else ""

    monkeypatch.setattr(site, "_mkdocs", mkdocs)
    target = repo.root / "build/site"
    with pytest.raises(BuildError, match=r"^MkDocs, mkdocs\.zh\.yml:\nno$"):
        site.build_pages(repo.catalogue(), target)
    assert [p.name for p in target.parent.iterdir() if "site" in p.name] == []


# Pages


def test_a_page_has_one_style_sheet():
    html = (
        '<link rel="stylesheet" href="../assets/stylesheets/main.1.css">\n'
        '<link rel="stylesheet" href="../assets/notes.css">\n<p>'
    )
    want = '<link rel="stylesheet" href="../assets/site.css">\n<p>'
    assert shared(html, "assets/site.css", below=False) == want


@pytest.mark.parametrize(
    ("html", "want"),
    [
        ('<script src="assets/a.js">', '<script src="../assets/a.js">'),
        ('<img src="../../assets/a.svg">', '<img src="../../../assets/a.svg">'),
        ('<a href="/zh/assets/a.js">', '<a href="/assets/a.js">'),
        ('<a href="/base/zh/assets/a">', '<a href="/base/assets/a">'),
        ('<a href="../cv/box/">', '<a href="../cv/box/">'),
        ('<a href="/zh/cv/">', '<a href="/zh/cv/">'),
    ],
)
def test_the_chinese_pages_use_the_assets_of_the_english_ones(html, want):
    assert shared(html, "s.css", below=True) == want
    assert shared(html, "s.css", below=False) == html


def test_feeds_are_told_from_twins():
    html = '<link rel="alternate" type="application/rss+xml"><link rel="alternate" x>'
    want = html.replace('rel="alternate" type', 'rel="feed alternate" type')
    assert shared(html, "s.css", below=False) == want


# Lists


def sitemaps(target: Path, en: list[str], zh: list[str]) -> None:
    for folder, places in (("", en), ("zh", zh)):
        urls = "".join(f"<url><loc>{place}</loc></url>" for place in places)
        (target / folder).mkdir(exist_ok=True)
        (target / folder / "sitemap.xml").write_text(f"<urlset>{urls}</urlset>")


HOME = "https://a.b/n/"


def test_one_sitemap_names_the_twins(tmp_path):
    sitemaps(tmp_path, [HOME, f"{HOME}cv/"], [f"{HOME}zh/", f"{HOME}zh/cv/"])
    merge_sitemaps(tmp_path)
    names = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}
    rows = [
        (
            url.findtext("s:loc", namespaces=names),
            [(link.get("hreflang"), link.get("href")) for link in url[1:]],
        )
        for url in ElementTree.parse(tmp_path / "sitemap.xml").getroot()
    ]
    home = [("en", HOME), ("zh", f"{HOME}zh/")]
    topic = [("en", f"{HOME}cv/"), ("zh", f"{HOME}zh/cv/")]
    assert rows == [
        (HOME, home),
        (f"{HOME}zh/", home),
        (f"{HOME}cv/", topic),
        (f"{HOME}zh/cv/", topic),
    ]
    assert not (tmp_path / "zh/sitemap.xml").exists()


def test_a_page_without_a_twin_fails_the_merge(tmp_path):
    sitemaps(tmp_path, [HOME, f"{HOME}cv/"], [f"{HOME}zh/"])
    with pytest.raises(ValueError, match="zip"):
        merge_sitemaps(tmp_path)


def test_robots_name_the_sitemap(tmp_path):
    sitemaps(tmp_path, [HOME, f"{HOME}cv/"], [])
    write_robots(tmp_path)
    assert (tmp_path / "robots.txt").read_text() == (
        f"User-agent: *\nAllow: /\n\nSitemap: {HOME}sitemap.xml\n"
    )


def test_programs_get_all_notes_with_their_summaries(repo):
    sitemaps(repo.root, [HOME], [])
    write_llms(repo.catalogue(), repo.root)
    text = repo.read("llms.txt")
    assert text.startswith("# Gradnotes\n\n> ")
    assert text.split("\n\n", 2)[2] == (
        "## Vision\n\n"
        f"- [Box]({HOME}cv/box/): Summary of Box.\n"
        f"- [方框]({HOME}zh/cv/box/): 一句话。\n"
        f"- [Box area]({HOME}cv/box-area/): Summary of Box area.\n"
        f"- [方框面积]({HOME}zh/cv/box-area/): 一句话。\n"
    )


# From end to end, by the command that people type


def run_site(root: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "notekit", "site"],
        cwd=root,
        env=os.environ
        | {"PYTHONPATH": str(root), "SITE_URL": HOME}
        | {"SITE_URL_ZH": f"{HOME}zh/"},
        capture_output=True,
        encoding="utf-8",
    )


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> Repo:
    """The small repository with its site."""
    repo = build_repo(tmp_path_factory.mktemp("built"))
    add_tool(repo)
    run = run_site(repo.root)
    assert run.returncode == 0, run.stdout + run.stderr
    assert run.stdout.endswith(f"site: {repo.root / 'site'}\n")
    return repo


@pytest.mark.timeout(180)
def test_the_site_has_each_page_in_both_languages(built):
    pages = {name for name in state(built.root / "site") if name.endswith(".html")}
    lists = {f"{name}/index.html" for name in ("tags", "map", "glossary", "cv")}
    notes = {f"cv/{name}/index.html" for name in ("box", "box-area")}
    inner = {"index.html"} | lists | notes
    both = inner | {"404.html"}
    assert pages == both | {f"zh/{name}" for name in both}
    assert link_problems(built.root / "site") == []
    page = BeautifulSoup(built.read("site/zh/cv/box/index.html"), "html.parser")
    assert page.html["lang"] == "zh"
    assert page.h1.get_text().startswith("方框")
    assert "double(width" in page.get_text()
    assert [x.get_text() for x in page.select("annotation")] == [
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
    """What only MkDocs sees: the anchors of tags are made by the build."""
    before, page = state(built.root / "site"), built.read(EN)
    built.edit(EN, "nothing else", "nothing [else](../tags.md#tag-gone)")
    run = run_site(built.root)
    built.write(EN, page)
    assert run.returncode == 1
    assert "MkDocs, mkdocs.yml:\n" in run.stderr
    told = "Doc file 'docs/en/cv/box.md' contains a link '../tags.md#tag-gone'"
    assert told in run.stderr
    assert "INFO" not in run.stderr
    assert "build/pages" not in run.stderr
    assert run.stderr.endswith("site: failed; the last good site/ is untouched\n")
    assert state(built.root / "site") == before


def test_search_gets_the_names_of_every_note_by_pagefind_s_number(tmp_path):
    repo = build_repo(tmp_path)
    folder = repo.root / "site/pagefind"
    urls = {"en_1": "/cv/box/", "en_2": "/cv/box-area/", "zh_1": "/zh/cv/box/"}
    for number, url in urls.items():
        path = folder / f"fragment/{number}.pf_fragment"
        path.parent.mkdir(parents=True, exist_ok=True)
        data = json.dumps({"url": url, "content": "x"}).encode()
        path.write_bytes(gzip.compress(b"pagefind_dcd" + data))
    site.write_names(repo.catalogue(), folder)
    assert json.loads(repo.read("site/pagefind/names.en.json")) == {
        "en_1": ["box", "also box"],
        "en_2": ["box area", "also box area"],
    }
    names = repo.read("site/pagefind/names.zh.json")
    assert json.loads(names) == {"zh_1": ["方框", "also 方框"]}
