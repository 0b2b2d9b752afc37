"""Oracle: a small site written by hand, and what each of its addresses becomes."""

import os
import shutil
import zipfile
from pathlib import Path

import pytest

from notekit.site.styles import policy
from notekit.study import offline
from notekit.study.bundle import pack, publish

HOME = "https://a.b/n/"
OFFER = '<p class="offline__file" data-file="{name}: {size} MB" hidden></p>'
NOTE = """<html><head><meta charset="utf-8">%s
<link rel="canonical" href="https://a.b/n/cv/box/">
<link rel="stylesheet" href="../../assets/site.css">
<script src="../../assets/page.js" defer></script></head><body>
<a title="a > b" href="../../">home</a> <a href="../..">home</a> <a href="../">topic</a>
<a class="x" href="./">here</a> <a href="#part">part</a>
<a href="../circle/?q=1#part">c</a>
<a href="../../zh/cv/box/">zh</a> <a href="https://c.d/e/">out</a>
<a href="../../feed_rss_updated.xml">feed</a> <a href="mailto:a@b.c">mail</a>
<a href="%%E5%%9C%%86/">circle</a> <img alt="" src="../../assets/a.svg">
<p>In text, &lt;a href="../"&gt; stays, and so does 'self'.</p></body></html>"""
CSS = "@font-face{src:url(fonts/A.woff2) format('woff2')}a{mask:url('data:x')}"


@pytest.fixture
def site(tmp_path) -> Path:
    rule = policy("<script>a=1</script>")
    page = '<link rel="canonical" href="{}">' + rule + "{}"
    section = f'<section data-build="" data-bytes="">{OFFER}</section>'
    files = {
        "index.html": page.format(HOME, ""),
        "zh/index.html": page.format(f"{HOME}zh/", ""),
        "cv/index.html": "",
        "cv/box/index.html": NOTE % rule,
        "cv/box/圆/index.html": "",
        "cv/circle/index.html": "",
        "zh/cv/box/index.html": "",
        "offline/index.html": page.format(HOME, section),
        "zh/offline/index.html": page.format(HOME, section),
        "404.html": "",
        "zh/404.html": "",
        "robots.txt": "",
        "feed_rss_updated.xml": "",
        "zh/feed_json_created.json": "",
        "rss.xsl": "",
        "sitemap.xml": "",
        "llms.txt": "",
        "assets/site.css": CSS,
        "assets/page.js": "",
        "assets/a.svg": "",
        "assets/fonts/A.woff2": "font",
    }
    for name, text in files.items():
        place = tmp_path / "site" / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8")
    offline.write(tmp_path / "site")
    return tmp_path / "site"


def unpacked(place: Path, name: str) -> str:
    with zipfile.ZipFile(place) as archive:
        return archive.read(f"gradnotes/{name}").decode()


def test_the_zip_holds_what_is_read_and_nothing_for_hosts(site, tmp_path):
    with zipfile.ZipFile(pack(site, tmp_path / "a.zip")) as archive:
        names = archive.namelist()
        assert archive.testzip() is None
    assert names == sorted(names)
    assert {name.removeprefix("gradnotes/") for name in names} == {
        *("index.html", "zh/index.html", "cv/index.html", "cv/box/index.html"),
        *("cv/box/圆/index.html", "cv/circle/index.html", "zh/cv/box/index.html"),
        *("offline/index.html", "zh/offline/index.html", "assets/site.css"),
        *("assets/page.js", "assets/a.svg"),
    }


def test_links_name_files_and_what_is_not_there_is_on_the_web(site, tmp_path):
    page = unpacked(pack(site, tmp_path / "a.zip"), "cv/box/index.html")
    rules = page[page.index("<meta http") : page.index('"', page.index("default"))]
    want = (NOTE % "").replace('<meta charset="utf-8">', "")
    for old, new in {
        'href="../../">': 'href="../../index.html">',
        'href="../..">': 'href="../../index.html">',
        'href="../">topic': 'href="../index.html">topic',
        'href="./"': 'href="./index.html"',
        "../circle/?q=1#part": "../circle/index.html?q=1#part",
        "../../zh/cv/box/": "../../zh/cv/box/index.html",
        "../../feed_rss_updated.xml": "https://a.b/n/feed_rss_updated.xml",
        "%E5%9C%86/": "%E5%9C%86/index.html",
    }.items():
        assert want.count(old) == 1
        want = want.replace(old, new)
    assert want.split("\n")[1:] == page.split("\n")[1:]
    assert "script-src 'self' file: 'wasm-unsafe-eval' 'sha256-" in rules
    assert "style-src 'self' file:" in rules
    assert "font-src data:" in rules
    assert "http:" not in rules


def test_fonts_stand_in_the_style_sheet(site, tmp_path):
    css = unpacked(pack(site, tmp_path / "a.zip"), "assets/site.css")
    # printf font | base64
    assert css == CSS.replace("fonts/A.woff2", "data:font/woff2;base64,Zm9udA==")


def test_the_same_site_makes_the_same_bytes(site, tmp_path):
    first = pack(site, tmp_path / "a.zip").read_bytes()
    copy = tmp_path / "elsewhere"
    shutil.copytree(site, copy)
    for path in copy.rglob("*"):
        path.chmod(0o700)
        os.utime(path, (10**9, 10**9))
    assert pack(copy, tmp_path / "b.zip").read_bytes() == first
    publish(copy)  # the zip does not hold itself, nor what is said of it
    assert publish(copy).read_bytes() == first
    assert not [*copy.glob("*.part")]


def test_a_published_zip_is_linked_with_its_size_in_both_languages(site):
    before = next(site.glob("offline.*.json")).name
    place = publish(site)
    assert place == site / "gradnotes.zip"
    said = f"gradnotes.zip: {place.stat().st_size / 1e6:.1f} MB"
    for name, up in (("offline", "../"), ("zh/offline", "../../")):
        page = (site / name / "index.html").read_text(encoding="utf-8")
        assert f'<a href="{up}gradnotes.zip" download>{said}</a>' in page
        assert "hidden" not in page
        assert unpacked(place, f"{name}/index.html").count("offline__file") == 0
        assert 'data-build=""' in unpacked(place, f"{name}/index.html")
    # The pages have changed, so the build has; what a browser keeps has no zip in it.
    [after] = site.glob("offline.*.json")
    assert after.name != before
    assert "gradnotes.zip" not in after.read_text(encoding="utf-8")


def test_what_cannot_be_written_leaves_the_last_zip(site, tmp_path, monkeypatch):
    place = tmp_path / "a.zip"
    place.write_bytes(b"last")
    (site / "cv/index.html").write_bytes(b"\xff")
    with pytest.raises(UnicodeDecodeError):
        pack(site, place)
    assert place.read_bytes() == b"last"
