"""Single pages in Chromium: what a reader does on them, with and without JavaScript."""

import json
import xml.etree.ElementTree as ET

import pytest
from playwright.sync_api import Route, expect

from notekit.pages.stage import used_topics
from notekit.read.catalogue import LANGUAGES, read
from tests.site.audit import AXE
from tests.site.conftest import ROOT, SITE, until

CATALOGUE = read(ROOT)
NOTE = "cv/receptive-field/"
PREFIX = {"en": "", "zh": "zh/"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_home_says_what_this_is_and_lists_all_notes_newest_first(visit, language):
    page = visit.open(PREFIX[language])
    expect(page.locator("h1")).to_have_text("Gradnotes#")
    topics = page.locator(".topic-list li")
    expect(topics).to_have_count(len(used_topics(CATALOGUE)))
    for topic, item in zip(used_topics(CATALOGUE), topics.all(), strict=True):
        title = CATALOGUE.topics[topic][language].matter.title
        number = len(CATALOGUE.in_topic(topic))
        assert (
            item.inner_text().split()
            == f"{title} {number}".split() + (item.inner_text().split()[-1:])
        )
    cards = page.locator(".note-card")
    expect(cards).to_have_count(len(CATALOGUE.notes))
    titles = [n.pages[language].matter.title for n in CATALOGUE.newest()]
    assert page.locator(".note-card h3 a:first-child").all_inner_texts() == titles
    dates = [d.get_attribute("datetime") for d in page.locator(".note-card time").all()]
    assert dates == sorted(dates, reverse=True)
    assert all(
        len(t) > 40 for t in page.locator(".note-card__opening").all_inner_texts()
    )


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious_in_the_search(visit, scheme):
    page = visit.open(NOTE, color_scheme=scheme)
    page.keyboard.press("/")
    page.locator(".search__input").fill("window")
    page.wait_for_selector(".search__results a")
    page.evaluate(AXE)
    result = page.evaluate("axe.run('dialog', {resultTypes: ['violations']})")
    impacts = {v["id"]: v["impact"] for v in result["violations"]}
    assert not {"serious", "critical"} & set(impacts.values()), impacts


@pytest.mark.parametrize("language", LANGUAGES)
def test_without_javascript_the_page_is_complete(visit, language):
    page = visit.open(PREFIX[language] + NOTE, java_script_enabled=False)
    expect(page.locator("h1")).to_be_visible()
    assert page.locator(".katex-html").count() > 20
    assert page.locator("math").count() > 20
    expect(page.locator("figure svg").first).to_be_visible()
    expect(page.locator(".highlight code").first).to_be_visible()
    page.locator("details summary").first.click()
    expect(page.locator("details").first).to_have_attribute("open", "")
    page.locator("[data-language-switch]").click()
    other = "zh/" if language == "en" else ""
    assert page.url.endswith(f"/{other}{NOTE}")
    assert ("/zh/" in page.url) == (language == "en")


def test_language_switch_stays_on_the_page_and_at_its_section(visit):
    page = visit.open(f"{NOTE}#pitfalls")
    page.locator("[data-language-switch]").click()
    page.wait_for_url(f"**/zh/{NOTE}#pitfalls")
    expect(page.locator("html")).to_have_attribute("lang", "zh-Hans")
    page.locator("[data-language-switch]").click()
    page.wait_for_url(
        lambda url: url.endswith(f"{NOTE}#pitfalls") and "/zh/" not in url
    )
    expect(page.locator("html")).to_have_attribute("lang", "en")


def test_every_page_has_its_twin(site):
    pages = set(site.pages())
    english = {p for p in pages if not p.startswith("zh/")}
    assert pages - english == {f"zh/{p}" for p in english}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_tag_leads_to_all_its_notes(visit, language):
    page = visit.open(PREFIX[language] + NOTE)
    tag = page.locator(".note-head .note-tag").first
    name = tag.inner_text()
    tag.click()
    page.wait_for_url(f"**/{PREFIX[language]}tags/#tag-*")
    target = page.locator("h2:target")
    expect(target).to_contain_text(name)
    expect(target).to_be_in_viewport()
    notes = [
        note.pages[language].matter.title
        for note in CATALOGUE.notes.values()
        if name.casefold() in {t.casefold() for t in note.pages[language].matter.tags}
    ]
    assert target.locator("+ ul a").all_inner_texts() == notes


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_note_on_the_map_is_a_link_that_the_keyboard_reaches(visit, language):
    page = visit.open(f"{PREFIX[language]}map/")
    wanted = [f"/{PREFIX[language]}{name}/" for name in CATALOGUE.notes]
    boxes = page.locator("a.learning-map__note")
    paths = boxes.evaluate_all(
        "all => all.map(a => new URL(a.href.baseVal, a.baseURI).pathname)"
    )
    assert sorted(paths) == sorted(wanted)
    page.locator(".learning-map__title").first.focus()
    reached = []
    for _ in range(len(wanted) + len(used_topics(CATALOGUE)) - 1):
        page.keyboard.press("Tab")
        place = "document.activeElement.closest('.learning-map a')?.href.baseVal"
        reached.append(page.evaluate(f"new URL({place}, location).pathname"))
    assert [path for path in reached if path in wanted] == paths
    page.locator("a.learning-map__note").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{paths[0]}")
    page.go_back()
    # The list below names the same notes in the same order.
    listed = page.locator("article ol > li > a")
    assert listed.evaluate_all("all => all.map(a => a.pathname)") == paths


def test_the_map_scrolls_in_its_own_box_on_a_telephone(visit):
    page = visit.open("map/", viewport={"width": 390, "height": 844})
    page.wait_for_timeout(300)
    box = page.locator(".learning-map")
    assert box.evaluate("e => e.scrollWidth > e.clientWidth && e.tabIndex") == 0


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_term_shows_its_line_and_leads_to_its_entry(visit, language):
    page = visit.open(f"{PREFIX[language]}cv/dilated-convolution/")
    term = page.locator("article a.term[href*='#receptive-field']")
    expect(term).to_have_count(1)
    [entry] = [t for t in CATALOGUE.glossary.terms if t.id == "receptive-field"]
    for show in (term.hover, term.focus):
        show()
        tip = page.locator("[role=tooltip]", has_text=entry.line(language))
        expect(tip).to_be_visible()
        page.mouse.move(0, 0)
        page.keyboard.press("Tab")
        expect(tip).to_have_count(0)
    term.click()
    page.wait_for_url(f"**/{PREFIX[language]}glossary/#receptive-field")
    expect(page.locator("dt:target")).to_contain_text(entry.name(language))
    expect(page.locator("dt:target")).to_be_in_viewport()
    line = page.locator("dt:target + dd")
    expect(line).to_contain_text(entry.line(language))
    line.get_by_role("link").click()
    page.wait_for_url(f"**/{PREFIX[language]}cv/receptive-field/")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_glossary_has_every_term_once(visit, language):
    page = visit.open(f"{PREFIX[language]}glossary/")
    ids = page.locator(".glossary dt").evaluate_all("all => all.map(e => e.id)")
    assert ids == [t.id for t in CATALOGUE.glossary.ordered(language)]
    assert len(set(ids)) == len(ids) > 50
    assert page.locator(".glossary dd").count() == len(ids)


@pytest.mark.parametrize("script", [True, False])
@pytest.mark.parametrize(
    ("address", "first", "second"),
    [
        ("no/such/page/", "Page not found", "找不到页面"),
        ("zh/no/such/page/", "找不到页面", "Page not found"),
    ],
)
def test_a_wrong_address_is_answered_in_both_languages(
    browser, site, address, first, second, script
):
    context = browser.new_context(java_script_enabled=script)
    page = context.new_page()
    answer = page.goto(f"{site.url}{address}")
    assert answer is not None
    assert answer.status == 404
    halves = page.locator(".not-found")
    assert halves.count() == 2
    if not script:
        assert {first, second} == {
            halves.nth(0).locator("h1, h2").inner_text(),
            halves.nth(1).locator("h1, h2").inner_text(),
        }
        context.close()
        return
    expect(halves.nth(0).locator("h1")).to_have_text(first)
    expect(halves.nth(1).locator("h2")).to_have_text(second)
    expect(page).to_have_title(f"{first} - Gradnotes")
    chinese = address.startswith("zh/")
    expect(page.locator("html")).to_have_attribute(
        "lang", "zh-Hans" if chinese else "en"
    )
    halves.nth(0).get_by_role("link").first.click()
    expect(page.locator("h1")).to_contain_text("Gradnotes")
    assert page.url == site.url + ("zh/" if chinese else "")
    context.close()
    assert (SITE / "zh/404.html").is_file()


PLANTS = """async () => {
  const refused = []
  const note = (event) => refused.push(event.effectiveDirective)
  addEventListener("securitypolicyviolation", note)
  const add = (tag, values) =>
    document.body.append(Object.assign(document.createElement(tag), values))
  add("script", { textContent: "window.planted = 1" })
  add("script", { src: "https://example.org/a.js" })
  add("img", { src: "https://example.org/a.png" })
  add("iframe", { src: "https://example.org/" })
  const div = document.createElement("div")
  div.innerHTML = "<img src=x onerror='window.planted = 1'>"
  document.body.append(div)
  await fetch("https://example.org/").catch(() => {})
  await new Promise((done) => setTimeout(done, 300))
  return [refused, window.planted ?? null]
}"""


@pytest.mark.parametrize("path", ["", NOTE, f"zh/{NOTE}", "map/", "zh/glossary/"])
def test_a_page_loads_and_runs_what_is_the_site_s_own(browser, site, path):
    context = browser.new_context()
    page = context.new_page()
    page.goto(site.url + path)
    refused, planted = page.evaluate(PLANTS)
    directives = {"script-src-elem", "script-src-attr", "img-src", "frame-src"}
    assert directives | {"connect-src"} <= set(refused)
    assert planted is None
    context.close()


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_of_our_own_is_refused(browser, site, language):
    context = browser.new_context()
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.goto(f"{site.url}{PREFIX[language]}{NOTE}")
    page.keyboard.press("/")
    page.keyboard.type("attention")
    expect(page.locator(".search__results a").first).to_be_visible()
    page.keyboard.press("Escape")
    assert [
        text for text in said if "Content Security" in text or "Refused" in text
    ] == []
    context.close()


def test_from_disk_pages_are_whole_and_search_says_what_it_needs(browser):
    context = browser.new_context()
    page = context.new_page()
    page.goto((SITE / NOTE / "index.html").as_uri())
    font = page.locator("h1").evaluate("e => getComputedStyle(e).fontSize")
    assert float(font.removesuffix("px")) > 20  # the style sheet was read
    page.keyboard.press("/")
    page.keyboard.type("attention")
    expect(page.locator(".search__status")).to_contain_text("Search needs a server")
    context.close()


def test_paper_spells_out_where_links_lead(visit):
    page = visit.open(NOTE)
    page.emulate_media(media="print")
    link = page.locator('#references ~ ul a[href^="https://arxiv.org"]').first
    address = link.get_attribute("href")
    after = link.evaluate("e => getComputedStyle(e, '::after').content")
    assert address in after
    inner = page.locator('article p a[href^=".."]').first
    assert inner.evaluate("e => getComputedStyle(e, '::after').content") == "none"


@pytest.mark.parametrize("language", LANGUAGES)
def test_feeds_hold_no_empty_fields(language):
    for name in ("created", "updated"):
        folder = SITE / PREFIX[language]
        tree = ET.parse(folder / f"feed_rss_{name}.xml")
        assert tree.find("channel/image") is None
        assert "None" not in [element.text for element in tree.iter()]
        feed = json.loads((folder / f"feed_json_{name}.json").read_text("utf-8"))
        assert feed["version"] == "https://jsonfeed.org/version/1.1"
        assert len(feed["items"]) == len(CATALOGUE.notes)
        assert all(item["id"] and item["content_html"] for item in feed["items"])
        assert None not in feed.values()
        assert not any(None in item.values() for item in feed["items"])


def test_navigation_does_not_grow_with_the_number_of_notes(visit):
    page = visit.open(NOTE)
    links = page.locator(".site-nav a[href]")
    own = len(CATALOGUE.in_topic("cv"))
    topics = len(used_topics(CATALOGUE))
    # Its own topic's notes, and one link for each other tab.
    assert own < links.count() <= own + topics + 8


@pytest.mark.parametrize("language", LANGUAGES)
def test_first_visit_is_light_and_still(visit, site, language):
    start = len(site.log)
    page = visit.open(PREFIX[language] + NOTE)
    page.wait_for_timeout(800)
    fetched = site.log[start:]
    assert [entry for entry in fetched if entry[1] != 200] == []
    assert not any("pagefind" in path for path, _, _ in fetched)
    assert sum(size for _, _, size in fetched) <= 100_000
    shift = page.evaluate(
        """() => new Promise(done => {
        new PerformanceObserver(list => done(
            list.getEntries().reduce((sum, entry) => sum + entry.value, 0)
        )).observe({type: 'layout-shift', buffered: true})
        setTimeout(done, 300, 0)
        })"""
    )
    assert shift < 0.02


def test_on_paper_there_is_text_only(visit):
    page = visit.open(NOTE)
    page.emulate_media(media="print")
    for name in (".md-header", ".side", ".md-footer", ".note-related"):
        for element in page.locator(name).all():
            expect(element).to_be_hidden()
    expect(page.locator("h1")).to_be_visible()
    # Folded answers are printed: paper cannot be clicked.
    expect(page.locator("details.success p").nth(1)).to_be_visible()


@pytest.mark.parametrize("language", LANGUAGES)
def test_link_previews_carry_title_and_summary(visit, language):
    page = visit.open(PREFIX[language] + NOTE)
    matter = CATALOGUE.notes[NOTE.strip("/")].pages[language].matter

    def content(name):
        selector = f'meta[property="{name}"], meta[name="{name}"]'
        return page.locator(selector).first.get_attribute("content")

    assert content("og:title") == matter.title
    assert content("og:description") == content("description") == matter.summary
    assert content("og:type") == "article"
    assert content("og:url").endswith(PREFIX[language] + NOTE)


def test_sitemap_robots_feeds_and_llms_name_every_note(site):
    names = {f"{p}/" for p in CATALOGUE.notes}
    tree = ET.parse(SITE / "sitemap.xml")
    places = {element.text for element in tree.iter() if element.tag.endswith("}loc")}
    base = min(places, key=len)
    assert places == {base + page for page in site.pages()}
    assert f"Sitemap: {base}sitemap.xml" in (SITE / "robots.txt").read_text()
    llms = (SITE / "llms.txt").read_text(encoding="utf-8")
    for language in LANGUAGES:
        feed = ET.parse(SITE / PREFIX[language] / "feed_rss_updated.xml")
        links = {item.findtext("link") for item in feed.iter("item")}
        wanted = {base + PREFIX[language] + name for name in names}
        assert links == wanted
        titles = {item.findtext("title") for item in feed.iter("item")}
        assert titles == {
            n.pages[language].matter.title for n in CATALOGUE.notes.values()
        }
        assert all(f"]({place})" in llms for place in wanted)


WIDE = """() => [...document.querySelectorAll(
    ".math-display, .folded, .highlight > pre > code"
)].filter((box) => !box.closest("details:not([open])"))
.filter((box) => box.scrollWidth > box.clientWidth)"""


def test_wide_code_and_formulas_scroll_in_their_own_box_by_keyboard(visit):
    page = visit.open(NOTE, viewport={"width": 390, "height": 844})
    page.evaluate("for (const d of document.querySelectorAll('details')) d.open = true")
    until(page, f"({WIDE})().every((box) => box.tabIndex === 0)")
    assert page.evaluate(f"({WIDE})().length")
    scrolls = "box => getComputedStyle(box).overflowX === 'auto'"
    assert page.evaluate(f"({WIDE})().every({scrolls})")


def test_what_late_fonts_widen_can_be_scrolled_by_keyboard_too(visit):
    page = visit.open("404.html", viewport={"width": 390, "height": 844})
    held: list[Route] = []
    page.route("**/*.woff2", lambda route: held.append(route))
    page.goto(visit.site.url + NOTE, wait_until="domcontentloaded")
    until(page, f"({WIDE})().every((box) => box.tabIndex === 0)")
    before = page.evaluate(f"({WIDE})().length")
    for route in held:
        route.continue_()
    until(page, f"({WIDE})().length > {before}")
    until(page, f"({WIDE})().every((box) => box.tabIndex === 0)")


def test_edit_link_leads_to_the_source_of_the_page(visit):
    for language in LANGUAGES:
        page = visit.open(PREFIX[language] + NOTE)
        link = page.locator("a[rel=edit]").get_attribute("href")
        assert link.endswith(f"/edit/main/docs/{language}/cv/receptive-field.md")
