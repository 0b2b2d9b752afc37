"""The site without a network in Chromium: what a browser keeps, and the zip.

Oracle: a server that does not answer, and what a reader sees then.
"""

import json
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from notekit.language import LANGUAGES
from notekit.pages.words import WORDS
from notekit.study import offline
from tests.site.audit import STILL
from tests.site.conftest import FLAGS, ROOT, SITE, Site, serve

PREFIX = {"en": "", "zh": "zh/"}
PHONE = {"width": 390, "height": 844}
NOTE = "algorithms/knapsack/"
AXE = (ROOT / "node_modules/axe-core/axe.min.js").read_text(encoding="utf-8")
REGISTERED = "navigator.serviceWorker.getRegistrations().then(all => all.length)"
STORED = (
    "caches.keys().then(async names => (await Promise.all(names.map(async name =>"
    " (await (await caches.open(name)).keys()).length))).reduce((a, b) => a + b, 0))"
)
# A few pages of each template and topic; that of a note with the most of everything.
WALK = (
    *("", "map/", "glossary/", "tags/", "offline/", "contributing/", "cv/"),
    *("cv/receptive-field/", "nlp/flash-attention/", "generative/latent-diffusion/"),
    *("rl/grid-world/", "ml/adamw/", NOTE, "python/autograd/", "distributed/zero/"),
)


# A browser looks for a new worker some time after a page has loaded, when it is idle.
SOON = 30_000  # milliseconds at most


def SILENT(path: str) -> bool:  # noqa: N802
    """A server that has gone."""
    return False


def button(page: Page, name: str):
    return page.locator(f".offline__{name}")


def status(page: Page):
    return page.locator(".offline__status")


def says(language: str, name: str) -> str:
    """The beginning of a sentence, up to its first number."""
    return WORDS[language][f"offline_{name}"].split("{")[0]


def keep(page: Page, language: str = "en") -> None:
    button(page, "keep").click()
    expect(status(page)).to_contain_text(says(language, "kept"), timeout=60_000)


@contextmanager
def reader(
    browser: Browser, **options: object
) -> Iterator[tuple[BrowserContext, list]]:
    """A fresh profile, and what goes wrong on its pages."""
    context = browser.new_context(**options)
    errors: list[str] = []

    def watch(page: Page) -> None:
        page.on("console", lambda m: m.type == "error" and errors.append(m.text))
        page.on("pageerror", lambda error: errors.append(str(error)))

    context.on("page", watch)
    yield context, errors
    context.close()


def listed(site: Path) -> list[list]:
    [place] = site.glob("offline.*.json")
    return json.loads(place.read_text(encoding="utf-8"))["files"]


# Before it is asked for


@pytest.mark.timeout(120)
@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_fetched_stored_or_registered_before_it_is_asked_for(
    visit, site, language
):
    start = len(site.log)
    for path in (NOTE, "offline/"):
        page = visit.open(PREFIX[language] + path)
        if path == "offline/":
            expect(status(page)).to_have_text(WORDS[language]["offline_none"])
        page.wait_for_load_state("networkidle")
        assert page.evaluate(REGISTERED) == 0
        assert page.evaluate("caches.keys()") == []
    asked = [path.rpartition("/")[2] for path, _, _ in site.log[start:]]
    assert not [name for name in asked if name == "sw.js" or name.endswith(".json")]
    assert asked.count("offline.js") == 1  # the page about it alone


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_says_before_how_much_will_be_kept(visit, language):
    page = visit.open(f"{PREFIX[language]}offline/")
    sizes = {digest: size for _, digest, size in listed(SITE)}
    # Without the few bytes of the numbers themselves.
    want = f"{sum(sizes.values()) / 1e6:.1f}"
    expect(button(page, "keep")).to_have_text(
        WORDS[language]["offline_keep"].replace("{}", want)
    )
    for name in ("stop", "use", "remove", "bar", "numbers"):
        expect(button(page, name)).to_be_hidden()


@pytest.mark.parametrize("language", LANGUAGES)
def test_without_javascript_it_says_that_it_needs_some(visit, language):
    page = visit.open(f"{PREFIX[language]}offline/", java_script_enabled=False)
    expect(page.locator(".offline")).to_contain_text(WORDS[language]["offline_script"])
    expect(page.locator(".offline button:visible")).to_have_count(0)


# All of the site, below a path as a host may have it

FETCH_ALL = """files => Promise.all(files.map(async ([url, hash]) => {
    const response = await fetch(url)
    const bytes = await response.arrayBuffer()
    const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
    const found = [...digest].map(b => b.toString(16).padStart(2, '0')).join('')
    return response.ok && found.startsWith(hash) ? '' : `${response.status} ${url}`
})).then(all => all.filter(Boolean))"""
SEEN = """() => document.fonts.ready.then(() => ({
    fonts: [...document.fonts].map(font => font.status),
    formulas: document.querySelectorAll('.katex-html').length,
    links: [...document.querySelectorAll('a[href]')].map(a => a.href.baseVal ?? a.href),
    ground: getComputedStyle(document.querySelector('.md-header')).backgroundColor,
    wide: document.documentElement.scrollWidth > innerWidth,
}))"""


def walk(page: Page, home: str, paths: list[str], end: str = "") -> set[str]:
    """Look at pages; returns where their links within the site lead."""
    links: set[str] = set()
    for path in paths:
        answer = page.goto(f"{home}{path}{end}", wait_until="load")
        assert answer is None or answer.ok, path  # a disk answers nothing
        seen = page.evaluate(SEEN)
        assert not seen["wide"], path
        assert seen["ground"] == "rgb(31, 65, 100)", path  # there is a style sheet
        assert "error" not in seen["fonts"], path
        assert "loaded" in seen["fonts"] or not seen["formulas"], path
        links |= {x.partition("#")[0] for x in seen["links"] if x.startswith(home)}
    return links


def search(page: Page, words: str, language: str, title: str) -> None:
    page.locator("[data-palette]").wait_for()  # which the page's script shows
    page.keyboard.press("/")
    page.locator(".search__input").fill(words)
    first = page.locator(".search__results a").first
    expect(first).to_contain_text(title, timeout=15_000)
    first.click()
    expect(page.locator("h1")).to_contain_text(title)


@pytest.mark.timeout(240)
def test_all_of_the_site_opens_without_a_network(browser):
    with (
        serve(base="/gradnotes/") as site,
        reader(browser) as (context, errors),
    ):
        page = context.new_page()
        page.goto(f"{site.url}zh/offline/")
        keep(page, "zh")
        scope = "navigator.serviceWorker.ready.then(found => found.scope)"
        assert page.evaluate(scope) == site.url
        site.answers = SILENT
        context.set_offline(True)
        files = [[site.url + path, digest] for path, digest, _ in listed(SITE)]
        assert page.evaluate(FETCH_ALL, files) == []
        paths = [prefix + path for path in WALK for prefix in PREFIX.values()]
        links = walk(page, site.url, paths) - {site.url + offline.ZIP}
        assert len(links) > 90
        broken = """links => Promise.all(links.map(async link =>
            (await fetch(link)).ok ? '' : link)).then(all => all.filter(Boolean))"""
        assert page.evaluate(broken, sorted(links)) == []
        page.goto(site.url + NOTE)
        search(page, "receptive field", "en", "Receptive field")
        page.locator("[data-language-switch]").click()
        expect(page.locator("html")).to_have_attribute("lang", "zh-Hans")
        search(page, "ganshouye", "zh", "感受野")
        # Without its last stroke, and an address that nothing has.
        page.goto(site.url + NOTE.rstrip("/"))
        assert page.url == site.url + NOTE
        # Code runs as well: Python, numpy and the note's modules are kept.
        page.goto(site.url + "rl/grid-world/")
        block = page.locator("[data-run=prints]").first
        block.get_by_role("button", name=WORDS["en"]["python_run"], exact=True).click()
        expect(block.locator(".run__status")).to_have_text(
            WORDS["en"]["python_same"], timeout=90_000
        )
        assert errors == []


def test_an_address_that_nothing_has_is_answered_without_a_network(browser, small):
    with serve(small, small) as site, reader(browser) as (context, _):
        page = context.new_page()
        page.goto(f"{site.url}zh/offline/")
        keep(page, "zh")
        site.answers = SILENT
        context.set_offline(True)
        # The page that was open has what it may still ask for, not only the next one.
        assert page.evaluate("fetch('../../assets/search.js').then(a => a.ok)")
        answer = page.goto(f"{site.url}zh/nowhere/")
        assert answer.status == 404
        expect(page.locator("h1")).to_have_text(WORDS["zh"]["not_found"])


# One build after the other


@pytest.fixture(scope="module")
def small(tmp_path_factory) -> Path:
    """A few pages of the site, with all that they need, as a build leaves them."""
    folder = tmp_path_factory.mktemp("small") / "site"
    for prefix in PREFIX.values():
        for path in ("", "offline/", NOTE):
            place = folder / prefix / path / "index.html"
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(SITE / prefix / path / "index.html", place)
    shutil.copy(SITE / "404.html", folder)
    shutil.copytree(SITE / "assets", folder / "assets")
    offline.write(folder)
    return folder


@pytest.fixture
def next_build(small, tmp_path) -> Path:
    """The small site after a change of one page, with a new one."""
    folder = tmp_path / "next"
    shutil.copytree(small, folder)
    page = folder / NOTE / "index.html"
    text = page.read_text(encoding="utf-8").replace("<h1", "<h1 data-next", 1)
    page.write_text(text, encoding="utf-8")
    (folder / "new").mkdir()
    text = text.replace("../../", "../").replace("assets/page.js", "assets/next.js")
    (folder / "new/index.html").write_text(text, encoding="utf-8")
    shutil.copy(folder / "assets/page.js", folder / "assets/next.js")
    with (folder / "assets/page.js").open("a", encoding="utf-8") as script:
        script.write(";document.documentElement.dataset.build='next'")
    offline.write(folder)
    return folder


def become(site: Site, folder: Path) -> None:
    site.over = site.under = folder


def names(log: list[tuple[str, int, int]]) -> list[str]:
    return [path.partition("?")[0].lstrip("/") for path, _, _ in log]


@pytest.mark.timeout(120)
def test_a_new_version_takes_over_whole_and_fetches_what_has_changed(
    browser, small, next_build
):
    # The page about it is in Chinese, the others are in English.
    language, prefix, words = "zh", PREFIX["zh"], WORDS["zh"]
    with serve(small, small) as site, reader(browser) as (context, errors):
        page = context.new_page()
        page.goto(f"{site.url}{prefix}offline/")
        keep(page, language)
        other = context.new_page()
        other.goto(f"{site.url}{prefix}")
        start = len(site.log)
        become(site, next_build)
        page.goto(site.url + NOTE)
        line = page.locator(".renewed")
        expect(line).to_contain_text(WORDS["en"]["offline_renewed"], timeout=SOON)
        expect(other.locator(".renewed")).to_contain_text(words["offline_renewed"])
        fetched = set(names(site.log[start:]))
        old, new = (dict(x[:2] for x in listed(y)) for y in (small, next_build))
        changed = {path for path, digest in new.items() if old.get(path) != digest}
        own = {x for x in fetched if x.startswith("offline.") or x == "sw.js"}
        hashes = set(old.values())
        assert fetched - own == {x for x in changed if new[x] not in hashes}
        assert len(changed) < 10
        # Until then all is of the old build.
        for opened in (page, other):
            opened.reload()
            assert opened.evaluate("document.documentElement.dataset.build") is None
        expect(page.locator("h1[data-next]")).to_have_count(0)
        line.get_by_role("button").click()
        want = WORDS["en"]["offline_others"].replace("{}", "1")
        expect(line).to_contain_text(want)
        other.close()
        page.goto(f"{site.url}{prefix}offline/")
        expect(status(page)).to_have_text(words["offline_renewed"])
        with page.expect_navigation():
            button(page, "use").click()
        expect(status(page)).to_contain_text(says(language, "kept"))
        assert page.evaluate("document.documentElement.dataset.build") == "next"
        stored = page.evaluate(STORED)
        assert stored == len(set(new.values())) + 1
        site.answers = SILENT
        context.set_offline(True)
        page.goto(site.url + NOTE)
        expect(page.locator("h1[data-next]")).to_have_count(1)
        assert page.evaluate("document.documentElement.dataset.build") == "next"
        assert errors == []


@pytest.mark.timeout(120)
def test_a_new_version_is_there_at_the_next_visit(browser, small, next_build):
    with serve(small, small) as site, reader(browser) as (context, _):
        page = context.new_page()
        page.goto(f"{site.url}offline/")
        keep(page)
        become(site, next_build)
        page.goto(f"{site.url}zh/")
        line = page.locator(".renewed")
        expect(line).to_contain_text(WORDS["zh"]["offline_renewed"], timeout=SOON)
        page.goto("about:blank")
        page.goto(site.url)
        shown = page.locator("html")
        expect(shown).to_have_attribute("data-build", "next", timeout=SOON)
        expect(page.locator(".renewed")).to_have_count(0)


@pytest.mark.timeout(120)
def test_no_page_is_made_of_two_builds(browser, small, next_build):
    """One that the kept build has not: all of it comes from the network."""
    with serve(small, small) as site, reader(browser) as (context, errors):
        page = context.new_page()
        page.goto(f"{site.url}offline/")
        keep(page)
        become(site, next_build)
        # The same name with another content: what the new page would get if asked for.
        new = next_build / "new/index.html"
        text = new.read_text(encoding="utf-8").replace("next.js", "page.js")
        new.write_text(text, encoding="utf-8")
        page.goto(f"{site.url}new/")
        assert page.evaluate("document.documentElement.dataset.build") == "next"
        page.goto(site.url + NOTE)
        assert page.evaluate("document.documentElement.dataset.build") is None
        assert errors == []


@pytest.mark.timeout(120)
def test_a_page_older_than_what_is_published_says_so_and_keeps_nothing_mixed(
    browser, small, next_build
):
    with serve(small, small) as site, reader(browser) as (context, errors):
        page = context.new_page()
        page.goto(f"{site.url}offline/")
        expect(button(page, "keep")).to_be_visible()
        become(site, next_build)
        with page.expect_navigation():
            button(page, "keep").click()
        expect(status(page)).to_contain_text(says("en", "kept"))
        assert page.evaluate("document.documentElement.dataset.build") == "next"
        assert errors == []


@pytest.mark.timeout(120)
def test_a_file_of_another_build_is_not_kept(browser, small, next_build, tmp_path):
    """A host whose list is of one build, and one of whose files is of the next."""
    mixed = tmp_path / "mixed"
    shutil.copytree(small, mixed)
    shutil.copy(next_build / "assets/page.js", mixed / "assets/page.js")
    with serve(small, small) as site, reader(browser) as (context, _):
        page = context.new_page()
        page.goto(f"{site.url}offline/")
        expect(button(page, "keep")).to_be_visible()
        become(site, mixed)
        button(page, "keep").click()
        expect(status(page)).to_have_text(WORDS["en"]["offline_moved"])
        assert page.evaluate(REGISTERED) == 0
        expect(status(page)).to_be_focused()  # the button that was pressed has gone


# What goes wrong


@pytest.mark.timeout(120)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_lost_connection_is_told_and_what_has_come_is_not_fetched_again(
    browser, small, language
):
    with serve(small, small) as site, reader(browser) as (context, _):
        page = context.new_page()
        page.goto(f"{site.url}{PREFIX[language]}offline/")
        expect(button(page, "keep")).to_be_visible()
        # The log is longer only after an answer, and several are asked for at once.
        few = iter(range(8))
        site.answers = lambda path: next(few, None) is not None
        button(page, "keep").click()
        expect(status(page)).to_contain_text(says(language, "lost"))
        assert page.evaluate(REGISTERED) == 0
        assert 0 < page.evaluate(STORED) < 8
        site.answers = lambda path: True
        page.reload()
        expect(status(page)).to_have_text(WORDS[language]["offline_part"])
        stored, start = page.evaluate(STORED), len(site.log)
        keep(page, language)
        hashes = {digest for _, digest, _ in listed(small)}
        own = {"sw.js", *(path.name for path in small.glob("offline.*.json"))}
        fetched = [x for x in names(site.log[start:]) if x not in own]
        assert len(fetched) == len(hashes) - stored


@pytest.mark.timeout(120)
def test_a_full_browser_is_told_and_can_be_emptied(browser, small):
    language = "en"
    with serve(small, small) as site, reader(browser) as (context, _):
        page = context.new_page()
        page.goto(f"{site.url}{PREFIX[language]}offline/")
        room(page, site, 300_000)
        button(page, "keep").click()
        expect(status(page)).to_contain_text(says(language, "full"))
        assert page.evaluate(REGISTERED) == 0
        button(page, "remove").click()
        expect(status(page)).to_have_text(WORDS[language]["offline_removed"])
        assert page.evaluate("caches.keys()") == []
        room(page, site, None)
        keep(page, language)


def room(page: Page, site: Site, quota: int | None) -> None:
    """How much the browser lets the site store."""
    session = page.context.new_cdp_session(page)
    origin = site.url.rstrip("/")
    request = {"origin": origin} | ({} if quota is None else {"quotaSize": quota})
    session.send("Storage.overrideQuotaForOrigin", request)


@pytest.mark.timeout(120)
def test_a_new_version_without_room_leaves_the_old_one(browser, small, next_build):
    big = next_build / "assets/big.bin"
    big.write_bytes(bytes(range(256)) * 40_000)
    offline.write(next_build)
    with serve(small, small) as site, reader(browser) as (context, _):
        page = context.new_page()
        page.goto(f"{site.url}offline/")
        keep(page)
        room(page, site, 6_000_000)
        become(site, next_build)
        page.reload()
        full = WORDS["en"]["offline_full_renewing"]
        expect(status(page)).to_contain_text(full, timeout=SOON)
        expect(button(page, "remove")).to_be_visible()
        site.answers = SILENT
        context.set_offline(True)
        page.goto(site.url + NOTE)
        expect(page.locator("h1")).to_be_visible()
        assert page.evaluate("document.documentElement.dataset.build") is None


@pytest.mark.timeout(120)
def test_it_can_be_stopped_and_goes_on_and_a_second_tab_sees_it(browser, small):
    with serve(small, small) as site, reader(browser) as (context, _):
        page, other = context.new_page(), context.new_page()
        for opened in (page, other):
            opened.goto(f"{site.url}offline/")
            expect(button(opened, "keep")).to_be_visible()
        held = threading.Event()
        site.answers = lambda path: "/fonts/" not in path or held.wait(20)
        button(page, "keep").click()
        expect(page.locator(".offline__bar")).to_be_visible()
        expect(page.locator(".offline__numbers")).to_contain_text(" MB")
        other.reload()
        expect(other.locator(".offline__bar")).to_be_visible()
        button(other, "stop").click()
        for opened in (page, other):
            expect(status(opened)).to_contain_text(says("en", "stopped"))
        held.set()
        button(other, "keep").click()
        expect(status(other)).to_contain_text(says("en", "kept"))


@pytest.mark.timeout(120)
@pytest.mark.parametrize("language", LANGUAGES)
def test_it_can_be_removed(browser, small, language):
    with serve(small, small) as site, reader(browser) as (context, errors):
        page = context.new_page()
        page.goto(f"{site.url}{PREFIX[language]}offline/")
        keep(page, language)
        page.reload()
        expect(status(page)).to_contain_text(says(language, "kept"))
        sizes = {digest: size for _, digest, size in listed(small)}
        expect(status(page)).to_contain_text(f"{sum(sizes.values()) / 1e6:.1f} MB")
        button(page, "remove").click()
        expect(status(page)).to_have_text(WORDS[language]["offline_removed"])
        assert page.evaluate(REGISTERED) == 0
        assert page.evaluate("caches.keys()") == []
        start = len(site.log)
        page.goto(site.url + NOTE)
        assert "sw.js" not in names(site.log[start:])
        assert NOTE in names(site.log[start:])
        assert errors == []


@pytest.mark.timeout(120)
def test_where_storage_is_blocked_or_the_address_is_not_secure_it_says_so(
    browser, small, tmp_path
):
    profile = tmp_path / "profile/Default"
    profile.mkdir(parents=True)
    blocked = {"profile": {"default_content_setting_values": {"cookies": 2}}}
    (profile / "Preferences").write_text(json.dumps(blocked), encoding="utf-8")
    flags = [*FLAGS, "--host-resolver-rules=MAP notes.test 127.0.0.1"]
    with serve(small, small) as site:
        context = browser.browser_type.launch_persistent_context(
            profile.parent, executable_path=shutil.which("chromium"), args=flags
        )
        page = context.new_page()
        insecure = site.url.replace("127.0.0.1", "notes.test")
        for home in (site.url, insecure):
            for language in LANGUAGES:
                page.goto(f"{home}{PREFIX[language]}offline/")
                expect(status(page)).to_have_text(WORDS[language]["offline_blocked"])
                expect(page.locator(".offline button:visible")).to_have_count(0)
        context.close()


@pytest.mark.timeout(120)
def test_a_preview_takes_the_place_of_an_old_worker(browser, small, tmp_path):
    preview = tmp_path / "preview"
    shutil.copytree(small, preview)
    for page in offline.PAGES:
        text = (preview / page).read_text(encoding="utf-8")
        (preview / page).write_text(offline.unnumbered(text), encoding="utf-8")
    script = preview / "assets/page.js"
    with script.open("a", encoding="utf-8") as file:
        file.write(";document.documentElement.dataset.build='preview'")
    offline.leave(preview)
    with serve(small, small) as site, reader(browser) as (context, errors):
        page = context.new_page()
        page.goto(f"{site.url}offline/")
        keep(page)
        become(site, preview)
        page.goto(site.url + NOTE)
        shown = page.locator("html")
        expect(shown).to_have_attribute("data-build", "preview", timeout=SOON)
        assert page.evaluate(REGISTERED) == 0
        assert page.evaluate("caches.keys()") == []
        page.goto(f"{site.url}offline/")
        expect(status(page)).to_have_text(WORDS["en"]["offline_disk"])
        assert errors == []


# For everybody


@pytest.mark.timeout(120)
@pytest.mark.parametrize("language", LANGUAGES)
def test_axe_finds_nothing_and_it_fits_a_telephone(
    browser, small, next_build, language
):
    prefix = PREFIX[language]
    with (
        serve(small, small) as site,
        reader(browser, viewport=PHONE) as (context, _),
    ):
        page = context.new_page()
        page.goto(f"{site.url}{prefix}offline/")
        expect(button(page, "keep")).to_be_visible()
        sound(page)
        keep(page, language)
        sound(page)
        become(site, next_build)
        page.goto(f"{site.url}{prefix}{NOTE}")
        expect(page.locator(".renewed")).to_be_visible(timeout=SOON)
        sound(page)


def sound(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    page.evaluate(AXE)
    page.add_style_tag(content=STILL)
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        result = page.evaluate(
            "axe.run('.offline, .renewed', {resultTypes: ['violations']})"
        )
        assert [x["id"] for x in result["violations"]] == []
