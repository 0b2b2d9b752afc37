"""The zip of the site, unpacked and opened from a disk in Chromium.

Oracle: the folder itself, and what a reader sees.
"""

import re
import zipfile
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

import pytest
from lxml import html
from playwright.sync_api import expect

from notekit.language import LANGUAGES
from notekit.pages.words import WORDS
from notekit.study.bundle import pack
from tests.site.conftest import SITE, serve
from tests.site.test_offline import NOTE, PREFIX, WALK, reader, search, status, walk

HOME = re.search(
    '<link rel="canonical" href="([^"]*)">', (SITE / "index.html").read_text("utf-8")
)[1]


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """Unpacked where people unpack: a path with spaces and letters of all sorts."""
    place = tmp_path_factory.mktemp("disk") / "My notes 笔记 100% #1"
    place.mkdir()
    with zipfile.ZipFile(pack(SITE, place / "a.zip")) as archive:
        archive.extractall(place)
    return place / "gradnotes"


@pytest.mark.timeout(240)
def test_every_link_of_every_page_leads_to_a_file(folder):
    pages = sorted(folder.rglob("*.html"))
    assert len(pages) == len([*SITE.rglob("index.html")])
    wrong, published = [], set()
    for page in pages:
        here = page.relative_to(folder).as_posix()
        for _, attribute, url, _ in html.parse(str(page)).getroot().iterlinks():
            parts = urlsplit(url)
            if url.startswith(HOME):
                published.add(url.removeprefix(HOME).removeprefix("zh/"))
            if attribute not in ("href", "src") or parts.scheme or not parts.path:
                continue
            target = unquote(urlsplit(urljoin(f"/{here}", url)).path).lstrip("/")
            if not (folder / target).is_file():
                wrong.append(f"{here}: {url}")
    assert wrong == []
    # Of the published site only feeds, and what a page says of itself.
    own = {x.parent.relative_to(folder).as_posix() for x in pages}
    own = {f"{x}/".removeprefix("./").removeprefix("zh/") for x in own}
    assert {x for x in published - own if not x.startswith("feed_")} == set()


@pytest.mark.timeout(240)
@pytest.mark.parametrize("language", LANGUAGES)
def test_pages_opened_from_a_disk_are_whole_and_ask_nobody(browser, folder, language):
    home, asked = f"{folder.as_uri()}/", []
    with reader(browser, offline=True) as (context, errors):
        page = context.new_page()
        page.on("request", lambda request: asked.append(request.url))
        walk(page, home, [PREFIX[language] + path for path in WALK], "index.html")
        assert errors == []
    kinds = {urlsplit(url).scheme for url in asked}
    assert kinds <= {"file", "data"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_a_reader_does_works_from_a_disk(browser, folder, language):
    words, other = WORDS[language], "zh" if language == "en" else "en"
    home = f"{folder.as_uri()}/"
    with reader(browser, offline=True) as (context, errors):
        page = context.new_page()
        page.goto(f"{home}{PREFIX[language]}index.html")
        page.locator(f".note-card a[href='{NOTE}index.html']").first.click()
        expect(page.locator("figure svg").first).to_be_visible()
        page.locator("details.success summary").first.click()
        expect(page.locator("details.success p:not(summary)").first).to_be_visible()
        page.locator("[data-palette]").click()
        expect(page.locator("html")).to_have_attribute(
            "data-md-color-scheme", "default"
        )
        page.locator("[data-language-switch]").click()
        page.wait_for_url(f"{home}{PREFIX[other]}{NOTE}index.html")
        page.locator("[data-language-switch]").click()
        page.wait_for_url(f"{home}{PREFIX[language]}{NOTE}index.html")
        page.locator("[data-palette]").wait_for()
        # What needs a server is not offered; the folded solutions are there.
        expect(page.locator(".run, .exercise__bar:visible")).to_have_count(0)
        assert page.locator("[data-run]").count() > 0
        page.keyboard.press("/")
        said = page.locator(".search__status")
        expect(said).to_have_text(words["search_from_disk"])
        page.locator(".search__input").fill("window")
        expect(said).to_have_text(words["search_from_disk"])
        page.locator(".search__close").click()
        page.locator("[data-offline-link]").click()
        expect(status(page)).to_have_text(words["offline_disk"])
        expect(page.locator(".offline :is(button, a):visible")).to_have_count(0)
        assert errors == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_behind_any_server_the_folder_is_searched(browser, folder, language):
    words, title = {
        "en": ("receptive field", "Receptive field"),
        "zh": ("感受野", "感受野"),
    }[language]
    with serve(folder, folder) as site, reader(browser) as (context, errors):
        page = context.new_page()
        page.goto(f"{site.url}{PREFIX[language]}offline/index.html")
        expect(status(page)).to_have_text(WORDS[language]["offline_disk"])
        search(page, words, language, title)
        assert errors == []
