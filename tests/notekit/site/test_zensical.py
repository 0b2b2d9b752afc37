"""Oracle: pairs of pages with one difference, and the place that a person would say."""

import re
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml

from notekit.environments import ENVIRONMENTS, _packages
from notekit.pages import config
from notekit.problem import ROOT
from notekit.read.catalogue import TOPICS
from notekit.site import zensical
from notekit.site.layout import BuildError
from notekit.site.zensical import Declared, Difference, compare, report
from tests.notekit.builder import build_repo

NAME = "cv/box/index.html"
PAGE = """\
<!doctype html>
<html lang="en"><head><title>Box - Notes</title>
<meta name="description" content="A box."><meta name="generator" content="a program">
<link rel="canonical" href="https://a.b/cv/box/">
<link rel="stylesheet" href="a.css"><script src="../../assets/page.js"></script>
</head><body>
<a class="md-skip" href="#box">Skip to content</a>
<nav><a href="../">Vision</a> <a href="./" aria-current="page">Box</a></nav>
<article>
<h1 id="box">Box</h1>
<p>First <a href="../circle/#area">the circle</a>, then <a href="https://c.d/">more</a>:
<math alttext="A = w h"></math>
<math alttext="w > 0"></math></p>
<h2 id="code">Code</h2>
<pre><code>print(1)
print(2)
</code></pre>
<pre><span></span><code>x = [1]
</code></pre>
<figure><svg></svg><figcaption>What to notice.</figcaption></figure>
</article>
<footer>text around</footer>
</body></html>
"""
FEED = """\
<?xml version="1.0"?><rss><channel><link>https://a.b/</link>
<item><title>Box</title><link>https://a.b/cv/box/</link>
<pubDate>Fri, 02 Jan 2026 00:00:00 +0000</pubDate></item>
<item><title>Disc</title><link>https://a.b/cv/disc/</link>
<pubDate>Thu, 01 Jan 2026 00:00:00 +0000</pubDate></item>
</channel></rss>
"""
SITEMAP = """\
<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
<url><loc>https://a.b/</loc></url><url><loc>https://a.b/cv/</loc></url></urlset>
"""


def folders(home: Path, one: dict[str, str], other: dict[str, str]) -> list[Path]:
    made = []
    for name, files in (("mkdocs", one), ("zensical", other)):
        for file, text in files.items():
            path = home / name / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        made.append(home / name)
    return made


def changed(home: Path, old: str, new: str) -> set[tuple[str, str, str]]:
    """What is found when Zensical's page has ``new`` where MkDocs' has ``old``."""
    assert PAGE.count(old) == 1
    pair = folders(home, {NAME: PAGE}, {NAME: PAGE.replace(old, new)})
    found = compare(*pair)
    assert {one.page for one in found} <= {NAME}
    return {(one.kind, one.mkdocs, one.zensical) for one in found}


@pytest.mark.parametrize(
    ("old", "new", "want"),
    [
        ("<title>Box", "<title>Boxes", ("title", "Box - Notes", "Boxes - Notes")),
        (
            'content="A box."',
            'content="A"',
            ("head", "description: A box.", "description: A"),
        ),
        (
            'href="https://a.b/cv/box/"',
            'href="https://a.b/box/"',
            ("head", "canonical: https://a.b/cv/box/", "canonical: https://a.b/box/"),
        ),
        (
            "../../assets/page.js",
            "../assets/page.js",
            ("head", "script: /assets/page.js", "script: /cv/assets/page.js"),
        ),
        ('lang="en"', 'lang="zh"', ("head", "lang: en", "lang: zh")),
        ('id="code"', 'id="code_1"', ("ids", "code", "code_1")),
        (
            "../circle/",
            "circle/",
            ("links", "/cv/circle/#area", "/cv/box/circle/#area"),
        ),
        ("#area", "", ("links", "/cv/circle/#area", "/cv/circle/")),
        ("https://c.d/", "https://c.d/e", ("links", "https://c.d/", "https://c.d/e")),
        ('href="#box"', 'href="#b"', ("skip", "#box", "#b")),
        (' aria-current="page"', "", ("navigation", "/cv/box/ page", "/cv/box/ ")),
        ('<a href="../">', '<a href="../../">', ("navigation", "/cv/ ", "/ ")),
        ("text around", "text", ("around", "around", "")),
        ("First", "At first", ("text", "First", "At first")),
    ],
)
def test_one_difference_is_found_where_it_is(tmp_path, old, new, want):
    assert changed(tmp_path, old, new) == {want}


@pytest.mark.parametrize(
    ("old", "new", "kind", "was", "became"),
    [
        ("Box</h1>", "Crate</h1>", "headings", "Box", "Crate"),
        (
            "print(2)",
            "print(3)",
            "code",
            "print(1)\nprint(2)\n",
            "print(1)\nprint(3)\n",
        ),
        ("print(1)\n", " print(1)\n", "code", "print(1)\nprint(2)\n", None),
        ("A = w h", "A = w", "formulas", "A = w h", "A = w"),
        (
            '<math alttext="w > 0"></math>',
            "",
            "formulas",
            "w > 0",
            "",
        ),
        ("to notice.", "matters.", "figures", "What to notice.", "What matters."),
    ],
)
def test_what_is_text_too_is_named_by_what_it_is(tmp_path, old, new, kind, was, became):
    found = {kind: (one, other) for kind, one, other in changed(tmp_path, old, new)}
    # White space in code counts, in prose it does not.
    assert set(found) - {"text"} == {kind}
    assert found[kind][0] == was
    assert found[kind][1] == (f" {was}" if became is None else became)


def test_blocks_in_another_order_are_found(tmp_path):
    one, other = re.findall(r"<pre>.*?</pre>\n", PAGE, re.DOTALL)
    found = changed(tmp_path, one + other, other + one)
    code = {(was, became) for kind, was, became in found if kind == "code"}
    assert code
    assert {kind for kind, *_ in found} == {"code", "text"}


def test_a_figure_that_is_missing_is_found(tmp_path):
    figure = re.search(r"<figure>.*</figure>\n", PAGE)[0]
    found = changed(tmp_path, figure, "")
    assert ("figures", "What to notice.", "") in found


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("a program", "another"),
        ('href="a.css"', 'href="b.css"'),
        ('"../circle/#area"', '"../../cv/circle/#area"'),
        ('href="./"', 'href=""'),
        ("First <a", "First\n   <a"),
        ("<footer>", '<footer class="x">'),
    ],
)
def test_what_readers_do_not_notice_is_no_difference(tmp_path, old, new):
    assert changed(tmp_path, old, new) == set()


def test_files_that_only_one_has_are_found(tmp_path):
    pair = folders(tmp_path, {NAME: PAGE, "a.txt": ""}, {"cv/index.html": PAGE})
    assert compare(*pair) == [
        Difference("a.txt", "files", "a.txt", ""),
        Difference(NAME, "files", NAME, ""),
        Difference("cv/index.html", "files", "", "cv/index.html"),
    ]


def test_what_a_theme_brings_along_is_not_compared_but_our_assets_are(tmp_path):
    theirs = {"assets/stylesheets/main.1.css": "", "zh/assets/x/y/z.js": ""}
    [found] = compare(*folders(tmp_path, {"zh/assets/notes.css": ""}, theirs))
    assert found.mkdocs == "zh/assets/notes.css"


@pytest.mark.parametrize(
    ("name", "text", "old", "new"),
    [
        ("feed_rss_created.xml", FEED, "cv/disc/", "cv/ring/"),
        ("zh/feed_rss_updated.xml", FEED, "<title>Disc", "<title>Ring"),
        ("feed_rss_updated.xml", FEED, "Fri, 02 Jan", "Sat, 03 Jan"),
        ("sitemap.xml", SITEMAP, "https://a.b/cv/", "https://a.b/nlp/"),
    ],
)
def test_feeds_and_site_maps_are_compared(tmp_path, name, text, old, new):
    pair = folders(tmp_path, {name: text}, {name: text.replace(old, new)})
    [found] = compare(*pair)
    assert (found.page, found.kind) == (name, "list")
    other = text.replace("<channel>", "<channel>\n").replace("+0000", "GMT")
    assert not compare(*folders(tmp_path, {name: text}, {name: other}))


def test_only_what_is_declared_has_a_reason(monkeypatch):
    rule = Declared("links", r"/a/(#.*)?", "/b/", "moved")
    monkeypatch.setattr(zensical, "DECLARED", (rule,))
    reasons = [
        Difference("x", kind, one, other).reason
        for kind, one, other in [
            ("links", "/a/#c", "/b/"),
            ("links", "/a/", "/b/c/"),
            ("links", "/a/c/", "/b/"),
            ("ids", "/a/", "/b/"),
        ]
    ]
    assert reasons == ["moved", "", "", ""]


def test_the_table_counts_and_shows_the_first_of_each_kind(monkeypatch):
    rule = Declared("skip", ".*", ".*", "both lead there")
    monkeypatch.setattr(zensical, "DECLARED", (rule,))
    files = ["a.html", "b.html", "c.html", "d.xml", "zh/a.html"]
    found = [
        Difference("a.html", "skip", "#a", "#b"),
        Difference("b.html", "skip", "#a", "#b"),
        Difference("b.html", "code", "a" * 200 + "b", "a" * 200 + "c"),
        Difference("d.xml", "list", "", "e"),
    ]
    start = "a" * 30
    assert [" ".join(line.split()) for line in report(files, found)] == [
        "en 3 pages: 1 equal, 1 but for what is declared, 1 different",
        "en 1 other files: 0 equal, 0 but for what is declared, 1 different",
        f"code 1 b.html: '{start}b' became '{start}c'",
        "NOT DECLARED",
        "list 1 d.xml: '' became 'e'",
        "NOT DECLARED",
        "skip 2 a.html: '#a' became '#b'",
        "declared: both lead there",
        "zh 1 pages: 1 equal, 0 but for what is declared, 0 different",
        "zh 0 other files: 0 equal, 0 but for what is declared, 0 different",
    ]


@pytest.mark.parametrize(
    ("old", "new", "good"),
    [("", "", True), ('"#box"', '"#__skip"', True), ("Box</h1>", "B</h1>", False)],
)
def test_a_run_is_good_if_all_that_differs_is_declared(
    tmp_path, monkeypatch, old, new, good
):
    one, other = folders(tmp_path, {NAME: PAGE}, {NAME: PAGE.replace(old, new)})
    built = {"mkdocs": one, "zensical": other}
    monkeypatch.setattr(zensical, "build_both", lambda catalogue: built)
    said: list[str] = []
    assert zensical.run(build_repo(tmp_path / "repo").catalogue(), said.append) == good
    assert said[0].startswith("en  1 pages: ")
    assert ("NOT DECLARED" in "\n".join(said)) != good


_run = subprocess.run


class Program:
    """Stands in for Zensical: writes a page where its configuration says."""

    def __init__(self, code: int = 0) -> None:
        self.code, self.settings = code, []

    def __call__(self, command: list[str], **options) -> subprocess.CompletedProcess:
        if "zensical" not in command:  # Node, the first time that formulas are rendered
            return _run(command, **options)
        assert {"--clean", "--strict"} <= set(command)
        path = Path(command[-1])
        self.settings.append(yaml.safe_load(path.read_text()))
        place = path.parent / self.settings[-1]["site_dir"]
        place.mkdir(parents=True)
        (place / "index.html").write_text(path.name)
        return subprocess.CompletedProcess(command, self.code, "", "bad link\n")


@pytest.fixture
def program(monkeypatch) -> Program:
    stub = Program()
    monkeypatch.setattr(zensical, "find_spec", lambda name: True)
    monkeypatch.setattr(zensical, "build_pages", lambda catalogue, target: None)
    monkeypatch.setattr(zensical.subprocess, "run", stub)
    return stub


def test_zensical_reads_what_mkdocs_reads(tmp_path, program):
    catalogue = build_repo(tmp_path).catalogue()
    old = tmp_path / "build/zensical/zensical/left-over.html"
    old.parent.mkdir(parents=True)
    old.write_text("old")
    (tmp_path / "build").mkdir(exist_ok=True)
    place = zensical.build_both(catalogue)["zensical"]
    assert [x["INHERIT"] for x in program.settings] == [
        config.written_to(tmp_path, language).name for language in ("en", "zh")
    ]
    files = {path.relative_to(place).as_posix() for path in place.rglob("*.html")}
    assert files == {"index.html", "zh/index.html"}
    assert (place / "zh/index.html").read_text() == "zensical.zh.yml"


def test_what_zensical_says_of_a_failure_is_shown(tmp_path, program):
    program.code = 1
    (tmp_path / "build").mkdir()
    with pytest.raises(BuildError) as error:
        zensical.build_both(build_repo(tmp_path).catalogue())
    assert str(error.value) == (
        "Zensical, mkdocs.yml:\nbad link\nZensical, mkdocs.zh.yml:\nbad link"
    )


def test_without_zensical_the_session_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(zensical, "find_spec", lambda name: None)
    with pytest.raises(BuildError, match="say nox -s zensical"):
        zensical.build_both(build_repo(tmp_path).catalogue())


def test_only_its_own_environment_holds_it():
    groups = tomllib.loads((ROOT / "pyproject.toml").read_text())["dependency-groups"]
    holds = {
        name
        for name, (group, _) in ENVIRONMENTS.items()
        if any(package.startswith("zensical") for package in _packages(groups, group))
    }
    assert holds == {"zensical"}


@pytest.mark.parametrize("topic", TOPICS)
def test_feeds_hold_notes_by_a_pattern_that_both_understand(topic):
    [pattern] = re.findall(
        r"^ +match_path: (.+)$", (ROOT / "mkdocs.yml").read_text(), re.MULTILINE
    )
    assert "(?" not in pattern  # Zensical's patterns know no look-ahead
    names = ["box", "i", "in", "ind", "inde", "indexes", "index-funds", "x", "1d"]
    for name in names:
        assert re.match(pattern, f"{topic}/{name}.md")
    for other in (f"{topic}/index.md", "index.md", "map.md", f"{topic}.md"):
        assert not re.match(pattern, other)
