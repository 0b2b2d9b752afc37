"""The controls of a page in Chromium: our script in the place of Material's.

Oracle: what a reader would see or paste, written by hand.
"""

import re

import pytest
from playwright.sync_api import expect

from notekit.pages.words import WORDS
from notekit.read.catalogue import LANGUAGES
from tests.site.conftest import ROOT, until

NOTE = "cv/receptive-field/"
LONG = "nlp/flash-attention/"
PREFIX = {"en": "", "zh": "zh/"}
PHONE = {"width": 390, "height": 844}
AXE = (ROOT / "node_modules/axe-core/axe.min.js").read_text(encoding="utf-8")
DARK, LIGHT = "rgb(20, 25, 31)", "rgb(255, 255, 255)"
GROUND = "getComputedStyle(document.body).backgroundColor"


# Weight


@pytest.mark.parametrize("path", [LONG, f"zh/{NOTE}", "algorithms/knapsack/"])
def test_a_first_visit_fits_100_kb_and_has_no_script_of_material(visit, site, path):
    start = len(site.log)
    page = visit.open(path)
    page.wait_for_timeout(500)
    fetched = site.log[start:]
    assert sum(size for _, _, size in fetched) <= 100_000
    scripts = [place.split("/")[-1] for place, _, _ in fetched if ".js" in place]
    assert sorted(scripts) == ["page.js", "steps.js"]  # these pages have steppers
    assert page.locator("#__config").count() == 0
    # Nothing of the head or the frame is a script but the one line on colours.
    assert page.locator("script:not([src])").count() == 1


# Colours


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_palette_goes_round_by_keyboard_and_is_remembered(visit, language):
    page = visit.open(PREFIX[language] + NOTE, color_scheme="dark")
    words = WORDS[language]
    button = page.locator("[data-palette]")
    assert page.evaluate(GROUND) == DARK  # the system's
    seen = []
    button.focus()
    for name in ("auto", "default", "slate"):
        expect(button).to_have_accessible_name(words[f"scheme_{name}"])
        expect(button.locator("svg:visible")).to_have_count(1)
        page.keyboard.press("Enter")
        seen.append(page.evaluate(GROUND))
    assert seen == [LIGHT, DARK, DARK]
    page.keyboard.press("Enter")
    page.reload()
    assert page.evaluate(GROUND) == LIGHT
    expect(button).to_have_accessible_name(words["scheme_default"])


def test_a_stored_scheme_is_set_before_anything_can_be_painted(visit):
    page = visit.open(NOTE, color_scheme="light")
    page.evaluate("localStorage.setItem('scheme', 'slate')")
    page.add_init_script(
        """new MutationObserver((_, observer) => {
            if (!document.documentElement?.dataset.mdColorScheme) return
            window.early = document.body === null
            observer.disconnect()
        }).observe(document, {attributes: true, childList: true, subtree: true})"""
    )
    page.reload()
    assert page.evaluate("window.early") is True
    assert page.evaluate(GROUND) == DARK


def test_the_system_is_followed_live_unless_a_scheme_is_chosen(visit):
    page = visit.open(NOTE, color_scheme="light")
    page.emulate_media(color_scheme="dark")
    assert page.evaluate(GROUND) == DARK
    page.locator("[data-palette]").click()
    assert page.evaluate(GROUND) == LIGHT
    page.emulate_media(color_scheme="light")
    page.emulate_media(color_scheme="dark")
    assert page.evaluate(GROUND) == LIGHT


def test_the_system_is_followed_without_javascript(visit):
    page = visit.open(NOTE, color_scheme="dark", java_script_enabled=False)
    expect(page.locator("body")).to_have_css("background-color", DARK)
    expect(page.locator("[data-palette]")).to_be_hidden()
    expect(page.locator("[data-search-open]")).to_be_hidden()


def test_paper_is_black_on_white_also_from_the_dark(visit):
    page = visit.open(NOTE, color_scheme="dark")
    page.evaluate("localStorage.setItem('scheme', 'slate')")
    page.reload()
    page.emulate_media(media="print", color_scheme="dark")
    assert page.evaluate(GROUND) == LIGHT
    pale = page.evaluate(
        """() => [...document.querySelectorAll("article *")].filter(node => {
            const own = [...node.childNodes].filter(n => n.nodeType === 3)
            if (!own.some(text => text.data.trim())) return false
            if (!node.checkVisibility()) return false
            const style = getComputedStyle(node)
            const ink = node.closest("svg") ? style.fill : style.color
            const [r, g, b] = ink.match(/[\\d.]+/g).map(Number)
            return 0.3 * r + 0.6 * g + 0.1 * b > 130
        }).map(node => node.outerHTML.slice(0, 80))"""
    )
    assert pale == []


# The drawer


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_drawer_opens_and_closes_by_keyboard(visit, language):
    page = visit.open(PREFIX[language] + NOTE, viewport=PHONE)
    words, side = WORDS[language], page.locator("#side")
    opener = page.get_by_role("button", name=words["menu"])
    expect(side).to_be_hidden()
    expect(opener).to_have_attribute("aria-expanded", "false")
    opener.focus()
    page.keyboard.press("Enter")
    expect(side).to_be_in_viewport()
    expect(opener).to_have_attribute("aria-expanded", "true")
    closer = side.get_by_role("button", name=words["search_close"])
    expect(closer).to_be_focused()
    for _ in range(60):  # Tab does not reach what lies behind
        page.keyboard.press("Tab")
        assert page.evaluate(
            "document.activeElement === document.body"
            " || !!document.activeElement.closest('#side')"
        )
    page.keyboard.press("Escape")
    expect(side).to_be_hidden()
    expect(opener).to_be_focused()
    expect(opener).to_have_attribute("aria-expanded", "false")
    page.keyboard.press("Enter")
    side.locator(".toc a").nth(1).click()  # a place on this page
    expect(side).to_be_hidden()
    assert not page.evaluate("document.querySelector('article').closest('[inert]')")


def test_the_drawer_closes_by_a_tap_beside_it(visit):
    page = visit.open(NOTE, viewport=PHONE)
    page.locator(".md-header button[aria-controls]").click()
    expect(page.locator("#side")).to_be_in_viewport()
    page.mouse.click(380, 500)
    expect(page.locator("#side")).to_be_hidden()


def test_the_drawer_works_without_javascript(visit):
    page = visit.open(NOTE, viewport=PHONE, java_script_enabled=False)
    side = page.locator("#side")
    expect(side).to_be_hidden()
    page.locator(".md-header label[for=__drawer]").click()
    expect(side).to_be_in_viewport()
    side.locator("label[for=__drawer]").click()
    expect(side).to_be_hidden()
    page.locator("#__drawer").focus()
    page.keyboard.press("Space")
    expect(side).to_be_in_viewport()
    side.locator(".site-nav a", has_text="Mean average precision").click()
    page.wait_for_url("**/cv/mean-average-precision/")


# What follows the scroll


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_table_of_contents_follows_the_text(visit, language):
    page = visit.open(PREFIX[language] + LONG, viewport={"width": 1280, "height": 500})
    current = page.locator(".toc [aria-current=location]")
    expect(current).to_have_count(0)
    for name in ("references", "pitfalls"):
        page.evaluate(f"document.getElementById('{name}').scrollIntoView()")
        page.mouse.wheel(0, 5)
        expect(current).to_have_count(1)
        expect(current).to_have_attribute("href", f"#{name}")
        inside = current.evaluate(
            """a => {
                const row = a.getBoundingClientRect()
                const box = a.closest(".toc").getBoundingClientRect()
                const end = Math.min(box.bottom, innerHeight)
                return row.top >= box.top && row.bottom <= end
            }"""
        )
        assert inside
    expect(page.locator(".md-header__topic").nth(1)).to_have_css("opacity", "1")
    page.evaluate("scrollTo(0, 0)")
    expect(current).to_have_count(0)


def test_the_contents_are_plain_links_without_javascript(visit):
    page = visit.open(NOTE, java_script_enabled=False)
    page.locator(".toc a[href='#pitfalls']").click()
    page.wait_for_url("**#pitfalls")
    expect(page.locator("#pitfalls")).to_be_in_viewport()


def test_back_to_top_comes_when_one_scrolls_up(visit):
    page = visit.open(LONG, reduced_motion="reduce")
    top = page.locator(".md-top")
    expect(top).to_be_hidden()
    page.evaluate("scrollTo(0, 3000)")
    page.wait_for_timeout(100)
    expect(top).to_be_hidden()
    page.evaluate("scrollTo(0, 2800)")
    expect(top).to_be_visible()
    top.click()
    until(page, "scrollY === 0")
    expect(top).to_be_hidden()
    # The next Tab goes on from the top, not from where the button was.
    page.keyboard.press("Tab")
    assert page.evaluate("!!document.activeElement.closest('article')")


def test_an_address_inside_folded_text_unfolds_it(visit):
    page = visit.open(NOTE)
    fold = page.locator("details.success").last
    fold.locator("p").last.evaluate("p => { p.id = 'within' }")
    expect(fold).not_to_have_attribute("open", "")
    # Not by navigation, for which Chromium unfolds by itself.
    page.evaluate(
        "history.replaceState(null, '', '#within');"
        "dispatchEvent(new HashChangeEvent('hashchange'))"
    )
    expect(fold).to_have_attribute("open", "")
    expect(page.locator("#within")).to_be_in_viewport()


# Copying

PERMITTED = ["clipboard-read", "clipboard-write"]


def pasted(page, block):
    """What one would paste after a click on the button of a code block."""
    block.hover()
    block.locator("button.copy").click()
    expect(block.locator("button.copy")).to_have_class(re.compile("copy--done"))
    return page.evaluate("navigator.clipboard.readText()")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_block_has_a_button_that_copies_all_of_it(visit, language):
    page = visit.open(PREFIX[language] + NOTE, permissions=PERMITTED)
    blocks = page.locator("article .highlight")
    assert blocks.count() > 5
    expect(page.locator("article .highlight .copy")).to_have_count(blocks.count())
    expect(page.locator("article .highlight:not(:has(.copy))")).to_have_count(0)
    block = page.locator(".language-python.highlight:not(.doc-signature)").first
    expect(block.locator(".copy")).to_have_accessible_name(WORDS[language]["copy_code"])
    want = block.locator("code").evaluate("code => code.textContent").rstrip("\n")
    assert pasted(page, block) == want
    status = page.locator("body > p.unseen[role=status]")
    expect(status).to_have_text(WORDS[language]["copied"])
    expect(status).to_have_text("")


def test_copying_takes_what_is_folded_but_no_label(visit):
    page = visit.open(NOTE, permissions=PERMITTED)
    block = page.locator(".highlight:has(.folded)").first
    name = block.locator(".filename").inner_text()
    code = (ROOT / name).read_text(encoding="utf-8")
    want = pasted(page, block)
    assert want in code.replace("    # --8<-- [end", "\n# --8<-- [end")
    folded = block.locator("details.docstring pre").first.inner_text()
    assert folded.strip() in want
    assert block.locator("summary").first.inner_text() not in want.split("\n")


CONSOLE = """$ git clone x  # a note
Cloning into 'x'...
$ python -m run \\
    --fast \\
    --out y
done
> not a command
$ for i in 1 2
> do echo $i
> done
1
2
"""


def test_a_console_is_copied_without_prompts_and_outputs(visit):
    page = visit.open("contributing/", permissions=PERMITTED)
    block = page.locator(".language-console").first
    text = block.locator("code").inner_text()
    assert text.startswith("$ git clone")
    copied = pasted(page, block).split("\n")
    assert [f"$ {line}" for line in copied] == text.rstrip("\n").split("\n")
    write = "(code, text) => { code.textContent = text }"
    block.locator("code").evaluate(write, CONSOLE)
    assert pasted(page, block) == (
        "git clone x  # a note\npython -m run \\\n    --fast \\\n    --out y\n"
        "for i in 1 2\ndo echo $i\ndone"
    )


def test_there_is_no_button_where_nothing_would_copy(visit):
    page = visit.open(NOTE, java_script_enabled=False)
    expect(page.locator(".copy")).to_have_count(0)


# Code


def test_88_columns_fit_and_more_scrolls_visibly(visit):
    page = visit.open(NOTE, viewport={"width": 1280, "height": 800})
    code = page.locator(".language-python.highlight:not(.doc-signature) code").first
    fits = """(code, n) => {
        code.textContent = "x".repeat(n)
        return code.scrollWidth <= code.clientWidth
    }"""
    assert code.evaluate(fits, 88)
    assert code.get_attribute("tabindex") is None
    assert not code.evaluate(fits, 140)
    code.evaluate("e => { e.style.width = 'calc(100% - 30px)' }")  # wake the observer
    expect(code).to_have_attribute("tabindex", "0")
    layers = code.evaluate("e => getComputedStyle(e).backgroundAttachment")
    assert "local" in layers
    assert "scroll" in layers
    ground = code.evaluate("e => getComputedStyle(e).scrollbarColor")
    assert not ground.startswith("rgba(0, 0, 0, 0)")


def test_forced_colours_are_respected(visit):
    page = visit.open(NOTE, forced_colors="active", color_scheme="dark")
    code = page.locator("article pre > code").first
    for image in code.evaluate("e => getComputedStyle(e).backgroundImage").split(", "):
        assert image == "none"
    icon = "getComputedStyle(document.querySelector('.copy'), '::before')"
    assert page.evaluate(f"{icon}.backgroundColor") == page.evaluate(
        "getComputedStyle(document.querySelector('.copy')).color"
    )


# Terms


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_term_s_line_shows_stays_under_the_pointer_and_goes(visit, language):
    page = visit.open(f"{PREFIX[language]}cv/dilated-convolution/")
    term = page.locator("article a.term").first
    line = term.get_attribute("aria-description")
    assert line
    assert term.get_attribute("title") is None  # or it would show twice
    tip = page.locator("[role=tooltip]")
    term.focus()
    expect(tip).to_have_text(line)
    expect(term).to_have_accessible_description(line)
    page.keyboard.press("Escape")
    expect(tip).to_have_count(0)
    expect(term).to_be_focused()
    term.blur()
    term.hover()
    expect(tip).to_be_visible()
    tip.hover()
    page.wait_for_timeout(400)
    expect(tip).to_be_visible()
    page.mouse.move(2, 2)
    expect(tip).to_have_count(0)


def test_a_finger_follows_a_term(visit):
    page = visit.open(
        "cv/dilated-convolution/", viewport=PHONE, has_touch=True, is_mobile=True
    )
    term = page.locator("article a.term").first
    term.dispatch_event("pointerover", {"pointerType": "touch"})
    expect(page.locator("[role=tooltip]")).to_have_count(0)
    term.tap()
    page.wait_for_url("**/glossary/#*")


# Keys and search


def test_p_and_n_go_to_the_neighbours_but_not_while_one_types(visit):
    page = visit.open(NOTE)
    after = page.locator("link[rel=next]").get_attribute("href").strip("./")
    page.keyboard.press("/")
    page.keyboard.type("n.")
    expect(page.locator(".search__input")).to_have_value("n.")
    page.wait_for_url("**/?q=n.")
    page.locator(".search__close").focus()
    page.keyboard.press("n")
    page.wait_for_timeout(500)
    assert page.url.split("?")[0].endswith(NOTE)
    page.locator(".search__input").focus()
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    expect(page.locator("dialog.search")).to_be_hidden()
    page.keyboard.press("n")
    page.wait_for_url(f"**/{after}/")
    page.keyboard.press(",")
    page.wait_for_url(f"**/{NOTE}")


@pytest.mark.parametrize("way", ["/", "Control+k", "click", "address"])
def test_search_opens_before_its_script_has_come_and_loses_no_letter(visit, way):
    page = visit.open("")

    def late(route):
        page.wait_for_timeout(400)
        route.continue_()

    page.route("**/search.js", late)
    if way == "address":
        page.goto(f"{page.url}?q=window")
    elif way == "click":
        page.locator("[data-search-open]").click()
    else:
        page.keyboard.press(way)
    box = page.locator(".search__input")
    expect(box).to_be_focused(timeout=300)
    if way != "address":
        page.keyboard.type("window")
    expect(page.locator(".search__results a").first).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    expect(page.locator("dialog.search")).to_be_hidden()


# For everybody


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious_and_no_landmark_twice(visit, scheme, language):
    for path in (NOTE, "", "map/"):
        for viewport in ({"width": 1280, "height": 800}, PHONE):
            page = visit.open(
                PREFIX[language] + path, color_scheme=scheme, viewport=viewport
            )
            if viewport == PHONE:
                page.locator(".md-header button[aria-controls]").click()
                page.wait_for_timeout(300)
            page.evaluate(AXE)
            result = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
            found = {v["id"]: v["impact"] for v in result["violations"]}
            assert "landmark-unique" not in found
            assert not {"serious", "critical"} & set(found.values()), (path, found)
            visit.contexts.pop().close()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_foot_says_how_to_run_test_and_copy_the_code(visit, language):
    page = visit.open(PREFIX[language] + NOTE)
    codes = page.locator(".note-run code").all_inner_texts()
    assert codes[:2] == [
        "python -m snippets.cv.receptive_field",
        "nox -s tests -- cv/receptive-field",
    ]
    assert (ROOT / codes[2]).exists()
