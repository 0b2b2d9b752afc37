"""Search, typed into the built site: the right note comes first, in either language."""

import csv
from pathlib import Path

import pytest
from playwright.sync_api import expect

from notekit.read.catalogue import LANGUAGES, read
from tests.site.conftest import ROOT

CATALOGUE = read(ROOT)
PREFIX = {"en": "", "zh": "zh/"}
HERE = Path(__file__).parent


def queries(file, language):
    """Note and query of each line of a list, for the notes that exist."""
    with (HERE / file).open(encoding="utf-8") as lines:
        rows = csv.reader((x for x in lines if not x.startswith("#")), delimiter="\t")
        return [
            (note, query)
            for note, tongue, query in rows
            if tongue == language and note in CATALOGUE.notes
        ]


def ask(page, query):
    """Names of the notes found, best first."""
    page.locator(".search__input").fill("")
    page.wait_for_selector(".search__results", state="hidden")
    page.locator(".search__input").fill(query)
    page.wait_for_selector(".search__results li, .search__help:not([hidden])")
    page.wait_for_timeout(50)
    links = page.locator(".search__title").evaluate_all(
        "all => all.map(a => a.pathname)"
    )
    return [link.strip("/").removeprefix("zh/") for link in links]


@pytest.mark.timeout(300)
@pytest.mark.parametrize("file", ["queries.tsv", "more-queries.tsv"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_right_note_comes_first(visit, language, file):
    page = visit.open(PREFIX[language])
    page.keyboard.press("/")
    asked = queries(file, language)
    assert len(asked) >= len(CATALOGUE.notes)
    ranks = {}
    for note, query in asked:
        found = ask(page, query)
        ranks[query] = found.index(note) + 1 if note in found else f"missing in {found}"
    assert {q: r for q, r in ranks.items() if r not in (1, 2, 3)} == {}
    first = sum(rank == 1 for rank in ranks.values())
    assert first >= 0.9 * len(ranks), {q: r for q, r in ranks.items() if r != 1}


@pytest.mark.timeout(300)
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_title_of_a_note_finds_it_first(visit, language):
    page = visit.open(PREFIX[language])
    page.keyboard.press("/")
    first = {}
    for note in CATALOGUE.notes.values():
        title = note.pages[language].matter.title
        first[note.name] = ask(page, title)[0]
    assert {note: found for note, found in first.items() if note != found} == {}


@pytest.mark.timeout(300)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_term_finds_its_note_in_either_language(visit, language):
    page = visit.open(PREFIX[language])
    page.keyboard.press("/")
    missed = {}
    for term in [t for t in CATALOGUE.glossary.terms if t.note][::3]:
        for name in (term.en, term.zh):
            if term.note_name not in (found := ask(page, name)):
                missed[name] = found
    assert missed == {}


@pytest.mark.timeout(300)
@pytest.mark.parametrize("language", LANGUAGES)
def test_not_a_byte_of_the_index_is_fetched_before_search_is_used(
    visit, site, language
):
    sizes = {}
    for _, query in queries("queries.tsv", language)[::4]:
        start = len(site.log)
        page = visit.open(PREFIX[language])
        page.wait_for_timeout(300)
        assert not any("pagefind" in path for path, _, _ in site.log[start:])
        start = len(site.log)
        page.locator("[data-search-open]").click()
        assert ask(page, query)
        page.wait_for_timeout(300)
        sizes[query] = sum(entry[2] for entry in site.log[start:])
        visit.contexts.pop().close()
    assert {q: size for q, size in sizes.items() if not 0 < size < 220_000} == {}


def test_keyboard_opens_walks_follows_and_closes(visit):
    page = visit.open("cv/receptive-field/")
    opener = page.locator("[data-search-open]")
    opener.focus()
    page.keyboard.press("/")
    dialog, box = page.locator("dialog.search"), page.locator(".search__input")
    expect(dialog).to_be_visible()
    expect(box).to_be_focused()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(opener).to_be_focused()
    page.keyboard.press("Control+k")
    expect(box).to_be_focused()
    page.keyboard.type("receptive field")
    page.wait_for_selector(".search__results a")
    page.keyboard.press("ArrowDown")
    expect(page.locator(".search__title").first).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(box).to_be_focused()
    for _ in range(40):  # Tab stays inside
        page.keyboard.press("Tab")
        inside = page.evaluate(
            "document.activeElement === document.body"
            " || !!document.activeElement.closest('dialog')"
        )
        assert inside
    box.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    place = page.evaluate("document.activeElement.href")
    page.keyboard.press("Enter")
    page.wait_for_url(place)


def test_a_slash_typed_into_a_field_is_a_slash(visit):
    page = visit.open("")
    page.keyboard.press("/")
    page.keyboard.type("a/b")
    expect(page.locator(".search__input")).to_have_value("a/b")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_search_can_be_shared_as_an_address(visit, site, language):
    page = visit.open(f"{PREFIX[language]}?q=dilation")
    expect(page.locator("dialog.search")).to_be_visible()
    expect(page.locator(".search__input")).to_have_value("dilation")
    page.wait_for_selector(".search__results a")
    page.locator(".search__input").fill("stride")
    page.wait_for_url("**/?q=stride")
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    page.wait_for_url(lambda url: "q=" not in url)


def test_nothing_found_is_said_and_the_tags_are_offered(visit):
    page = visit.open("")
    page.keyboard.press("/")
    page.locator(".search__input").fill("xyzzyplugh")
    status = page.locator(".search__status")
    expect(status).to_have_text("Nothing found for “xyzzyplugh”.")
    page.locator(".search__help a").click()
    page.wait_for_url("**/tags/")


def test_markup_in_a_query_is_shown_as_text(visit):
    page = visit.open("")
    page.keyboard.press("/")
    page.locator(".search__input").fill("<img src=x onerror=alert(1)>")
    page.wait_for_timeout(500)
    assert page.locator("dialog img").count() == 0


@pytest.mark.parametrize("language", LANGUAGES)
def test_filters_narrow_by_topic_and_by_tag(visit, language):
    page = visit.open(PREFIX[language])
    page.keyboard.press("/")
    word = "gradient" if language == "en" else "代码"
    everywhere = ask(page, word)
    topics = {name.split("/")[0] for name in everywhere}
    assert len(topics) > 1
    title = CATALOGUE.topics["cv"][language].matter.title
    page.locator("select[name=topic]").select_option(title)
    page.wait_for_timeout(400)
    links = page.locator(".search__title").evaluate_all(
        "all => all.map(a => a.pathname)"
    )
    assert links
    assert all("/cv/" in link for link in links)
    page.locator("select[name=topic]").select_option("")
    note = CATALOGUE.notes["cv/receptive-field"].pages[language].matter
    page.locator("select[name=tag]").select_option(note.tags[0])
    page.wait_for_timeout(400)
    links = page.locator(".search__title").evaluate_all(
        "all => all.map(a => a.pathname)"
    )
    tagged = [
        n.name
        for n in CATALOGUE.notes.values()
        if note.tags[0] in n.pages[language].matter.tags
    ]
    found = [link.strip("/").removeprefix("zh/") for link in links]
    assert found
    assert set(found) <= set(tagged)


def test_results_show_topic_summary_and_highlighted_sections(visit):
    page = visit.open("")
    page.keyboard.press("/")
    assert ask(page, "path shares")[0] == "cv/receptive-field"
    first = page.locator(".search__results > li").first
    matter = CATALOGUE.notes["cv/receptive-field"].pages["en"].matter
    expect(first.locator(".search__title")).to_have_text(matter.title)
    expect(first.locator(".search__topic")).to_have_text("Computer vision")
    expect(first.locator(".search__summary")).to_have_text(matter.summary)
    assert first.locator(".search__part a").count() >= 1
    assert first.locator("mark").count() >= 1
