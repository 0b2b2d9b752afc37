"""Oracle: small inputs and outputs written by hand."""

from pathlib import Path
from xml.etree import ElementTree

import pytest

from notekit.site.lists import merge_sitemaps, write_llms, write_robots
from tests.notekit.builder import build_repo


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


def test_programs_get_all_notes_with_their_summaries(tmp_path):
    repo = build_repo(tmp_path)
    sitemaps(repo.root, [HOME], [])
    write_llms(repo.catalogue(), repo.root)
    text = repo.read("llms.txt")
    assert text.startswith("# Gradnotes\n\n> ")
    assert text.split("\n\n", 2)[2] == (
        "## Vision\n\n"
        f"- [Box]({HOME}cv/box/): Summary of Box.\n"
        f"- [方框]({HOME}zh/cv/box/): 一句话说清它。\n"
        f"- [Box area]({HOME}cv/box-area/): Summary of Box area.\n"
        f"- [方框面积]({HOME}zh/cv/box-area/): 一句话说清它。\n"
    )
