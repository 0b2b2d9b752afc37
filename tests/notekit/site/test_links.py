"""Oracle: a small site with one planted fault, whose report a person wrote down."""

from pathlib import Path

import pytest

from notekit.site.facts import facts_of
from notekit.site.links import link_problems
from tests.notekit.builder import site_problems

HOME = """\
<!doctype html>
<link rel="canonical" href="https://a.b/">
<link rel="stylesheet" href="assets/site.css">
<body id="top">
<a href="cv/box/">note</a> <a href="cv/box/#area">part</a> <a href="#top">up</a>
<a href="cv/box/#%E9%9D%A2">coded</a> <a href="#__top">top</a> <a href=".">here</a>
<a href="https://elsewhere.org/x#y">out</a> <a href="mailto:a@b.c">mail</a>
<img src="data:image/png;base64,AA"> <script src="assets/a.js"></script>
</body>
"""
NOTE = """\
<!doctype html>
<h2 id="area">Area</h2>
<h2 id="面">面</h2>
<a href="../../">home</a> <a href="/cv/box/">itself</a>
<a href="../../assets/a.js">js</a>
"""


@pytest.fixture
def site(tmp_path: Path) -> Path:
    (tmp_path / "cv/box").mkdir(parents=True)
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_text(HOME, encoding="utf-8")
    (tmp_path / "cv/box/index.html").write_text(NOTE, encoding="utf-8")
    (tmp_path / "404.html").write_text('<a href="/gone/">x</a>', encoding="utf-8")
    (tmp_path / "assets/site.css").write_text("", encoding="utf-8")
    (tmp_path / "assets/a.js").write_text("", encoding="utf-8")
    return tmp_path


def found(site: Path) -> list[str]:
    problems = site_problems(site)
    return [
        f"{p.path.relative_to(site).as_posix()}:{p.line}: {p.message}" for p in problems
    ]


def test_a_good_site_has_no_problem(site):
    assert found(site) == []


LOADED = "want everything loaded from this site; got "
PAGE = "want links that lead to a page; got "
ANCHOR = "want links to existing anchors; got "
FAULTS = {
    '<a href="gone/">x</a>': [f"{PAGE}gone/"],
    '<a href="../../gone.html#a">x</a>': [f"{PAGE}../../gone.html#a"],
    '<a href="../">x</a>': [f"{PAGE}../"],  # a folder without a page
    '<a href="#gone">x</a>': [f"{ANCHOR}#gone"],
    '<a href="../../#gone">x</a>': [f"{ANCHOR}../../#gone"],
    '<img src="gone.png">': [f"{PAGE}gone.png"],
    '<link rel="icon" href="gone.svg">': [f"{PAGE}gone.svg"],
    '<p id="area">x</p>': ["want each id once a page; got 'area'"],
    '<script src="https://cdn.org/a.js"></script>': [f"{LOADED}https://cdn.org/a.js"],
    '<script src="//cdn.org/a.js"></script>': [f"{LOADED}//cdn.org/a.js"],
    '<img src="https://cdn.org/a.png">': [f"{LOADED}https://cdn.org/a.png"],
    '<iframe src="https://cdn.org/"></iframe>': [f"{LOADED}https://cdn.org/"],
    '<link rel="stylesheet" href="https://cdn.org/a.css">': [
        f"{LOADED}https://cdn.org/a.css"
    ],
    '<link rel="preload" href="https://cdn.org/a.woff2">': [
        f"{LOADED}https://cdn.org/a.woff2"
    ],
}


@pytest.mark.parametrize("html", FAULTS)
def test_a_planted_fault_is_reported_where_it_is(site, html):
    page = site / "cv/box/index.html"
    page.write_text(f"{NOTE}\n<p>\n{html}\n", encoding="utf-8")
    line = NOTE.count("\n") + 3
    assert found(site) == [f"cv/box/index.html:{line}: {m}" for m in FAULTS[html]]


def test_a_site_that_changed_is_looked_at_afresh(site):
    page = site / "cv/box/index.html"
    page.write_text(f'{NOTE}<a href="../new/">x</a>', encoding="utf-8")
    assert len(found(site)) == 1
    (site / "cv/new").mkdir()
    (site / "cv/new/index.html").write_text("<p>", encoding="utf-8")
    assert found(site) == []


def test_all_faults_come_at_once(site):
    page = site / "cv/box/index.html"
    page.write_text(NOTE + "\n".join(FAULTS), encoding="utf-8")
    assert len(found(site)) == len(FAULTS)


def test_a_fault_is_reported_in_the_source_where_that_has_the_words(tmp_path, site):
    page = site / "zh/cv/box/index.html"
    page.parent.mkdir(parents=True)
    page.write_text('<a href="../../tags/#tag-gone">x</a>', encoding="utf-8")
    source = tmp_path / "docs/zh/cv/box.md"
    source.parent.mkdir(parents=True)
    source.write_text("a\n[x](../tags.md#tag-gone)\n", encoding="utf-8")
    pages = {page: facts_of([page.read_text(encoding="utf-8")], tmp_path)[0]}
    (site / "zh/tags").mkdir()
    (site / "zh/tags/index.html").write_text("<p>", encoding="utf-8")
    tags = site / "zh/tags/index.html"
    pages[tags] = facts_of([tags.read_text(encoding="utf-8")], tmp_path)[0]
    [problem] = link_problems(site, pages, tmp_path)
    assert (problem.path, problem.line) == (source, 2)
