"""Steppers in Chromium. Oracle: the committed frames, and what a reader would see."""

import pytest
from playwright.sync_api import expect

from notekit.pages.words import WORDS
from notekit.read.catalogue import LANGUAGES
from notekit.read.steps import read
from tests.site.conftest import ROOT, SITE
from tests.site.test_controls import AXE, PHONE, PREFIX

NOTE = "algorithms/knapsack/"
FRAMES = read(ROOT / "figures/algorithms/knapsack_steps.svg").frames
LAST = len(FRAMES) - 1
PAGES = sorted(
    f"{path.parent.relative_to(SITE).as_posix()}/"
    for path in SITE.glob("**/index.html")
    if 'class="steps"' in path.read_text(encoding="utf-8")
)


class Stepper:
    """One stepper of a page, as a reader uses it."""

    def __init__(self, page, language, nth=0):
        self.page, self.words = page, WORDS[language]
        self.language = language
        self.box = page.locator(".steps").nth(nth)
        self.slider = self.box.get_by_role("slider")

    def button(self, name):
        return self.box.get_by_role(
            "button", name=self.words[f"steps_{name}"], exact=True
        )

    def expect_frame(self, index):
        """Frame ``index``, and no other, is seen, with its caption and its number."""
        shown = self.box.locator(".steps__frame > svg:visible")
        expect(shown).to_have_count(1)
        caption = self.box.locator(".steps__frame--now > p")
        expect(caption).to_have_text(FRAMES[index].captions[self.language])
        expect(caption).to_have_css("visibility", "visible")
        expect(self.slider).to_have_value(str(index + 1))
        expect(self.box.locator(".steps__count")).to_have_text(
            f"{index + 1} / {LAST + 1}"
        )
        assert shown.evaluate("svg => svg.parentElement.value") == index + 1

    def announced(self):
        return self.box.get_by_role("status").text_content()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_buttons_walk_through_the_frames_and_say_where_they_are(visit, language):
    stepper = Stepper(visit.open(PREFIX[language] + NOTE), language)
    stepper.expect_frame(0)
    assert stepper.announced() == ""  # nothing is read out before somebody steps
    for name, index in (
        ("forward", 1),
        ("forward", 2),
        ("back", 1),
        ("last", LAST),
        ("forward", LAST),
        ("back", LAST - 1),
        ("first", 0),
        ("back", 0),
    ):
        stepper.button(name).click(force=True)  # also where it can go no further
        stepper.expect_frame(index)
        assert stepper.announced() == FRAMES[index].captions[language]
    for name, off in (("first", True), ("back", True), ("forward", False)):
        expect(stepper.button(name)).to_have_attribute(
            "aria-disabled", str(off).lower()
        )
    stepper.button("last").click()
    for name, off in (("last", True), ("forward", True), ("back", False)):
        expect(stepper.button(name)).to_have_attribute(
            "aria-disabled", str(off).lower()
        )
    expect(stepper.button("last")).to_be_focused()  # it is not taken away


def test_the_slider_and_the_keys_step(visit):
    page = visit.open(NOTE)
    stepper = Stepper(page, "en")
    stepper.slider.fill("9")
    stepper.expect_frame(8)
    expect(stepper.slider).to_have_attribute("aria-valuetext", f"9 / {LAST + 1}")
    keys = [("ArrowRight", 9), ("ArrowLeft", 8), ("End", LAST), ("Home", 0)]
    stepper.slider.focus()
    for key, index in [*keys, ("ArrowUp", 1), ("ArrowDown", 0)]:
        page.keyboard.press(key)
        stepper.expect_frame(index)
    stepper.button("forward").focus()
    for key, index in [("ArrowRight", 1), ("ArrowRight", 2), *keys[2:]]:
        page.keyboard.press(key)
        stepper.expect_frame(index)
    stepper.box.locator(".steps__frame--now > svg").click()
    page.keyboard.press("ArrowRight")
    stepper.expect_frame(1)
    page.keyboard.press("Control+ArrowRight")  # the browser's own
    stepper.expect_frame(1)
    stepper.button("forward").focus()
    page.keyboard.press("Enter")
    stepper.expect_frame(2)
    assert page.url.endswith(NOTE)  # no key has left the page


@pytest.mark.parametrize("motion", ["reduce", "no-preference"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_it_plays_when_told_to_and_never_by_itself(visit, language, motion):
    page = visit.open(PREFIX[language] + NOTE, reduced_motion=motion)
    stepper = Stepper(page, language)
    page.clock.install()
    page.clock.run_for(60_000)
    stepper.expect_frame(0)
    stepper.button("play").click()
    expect(stepper.button("pause")).to_be_focused()
    stepper.expect_frame(0)
    page.clock.run_for(3 * 1600)
    stepper.expect_frame(3)
    assert stepper.announced() == ""  # frames that pass are not read out
    moving = "document.getAnimations().filter(a => a.effect.target.closest('.steps'))"
    assert page.evaluate(f"{moving}.length") == 0
    stepper.button("pause").click()
    assert stepper.announced() == FRAMES[3].captions[language]
    page.clock.run_for(60_000)
    stepper.expect_frame(3)
    stepper.button("play").click()
    page.clock.run_for(60_000)
    stepper.expect_frame(LAST)
    expect(stepper.button("play")).to_be_visible()  # it has stopped at the end
    assert stepper.announced() == FRAMES[LAST].captions[language]
    stepper.button("play").click()  # once more from the beginning
    stepper.expect_frame(0)
    page.clock.run_for(1600)
    stepper.expect_frame(1)
    stepper.button("forward").click()  # who steps has stopped it
    page.clock.run_for(60_000)
    stepper.expect_frame(2)


@pytest.mark.parametrize("language", LANGUAGES)
def test_without_javascript_all_frames_stand_in_order(visit, language):
    page = visit.open(PREFIX[language] + NOTE, java_script_enabled=False)
    box = page.locator(".steps")
    said = box.locator("li > p").all_text_contents()
    assert said == [frame.captions[language] for frame in FRAMES]
    for part in ("li > svg", "li > p"):
        expect(box.locator(f"{part}:visible")).to_have_count(LAST + 1)
    tops = [box.locator("li").nth(n).bounding_box()["y"] for n in (0, 1, 2, LAST)]
    assert tops == sorted(set(tops))
    expect(box.locator(".steps__controls")).to_be_hidden()


@pytest.mark.parametrize("script", [True, False])
def test_paper_shows_the_first_a_middle_and_the_last_frame(visit, script):
    page = visit.open(NOTE, java_script_enabled=script)
    page.emulate_media(media="print")
    seen = page.locator(".steps li > p:visible").all_text_contents()
    wanted = [FRAMES[n].captions["en"] for n in (0, LAST // 2, LAST)]
    assert seen == wanted
    expect(page.locator(".steps li > svg:visible")).to_have_count(3)
    expect(page.locator(".steps__controls")).to_be_hidden()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_shapes_that_frames_share_are_seen_in_the_ink_of_the_page(visit, scheme):
    page = visit.open(NOTE, color_scheme=scheme)
    Stepper(page, "en").button("last").click()
    ink = page.evaluate(
        "getComputedStyle(document.querySelector('.steps__frame--now > p')).color"
    )
    drawn = page.evaluate(
        "getComputedStyle(document.querySelector('.steps__frame--now > svg')).fill"
    )
    assert drawn == ink
    sizes = page.evaluate(
        """[...document.querySelectorAll('.steps__frame--now use')].map(
            use => use.getBBox().width)"""
    )
    assert sizes
    assert min(sizes) > 0


@pytest.mark.parametrize("path", [p for p in PAGES if not p.startswith("zh/")])
def test_every_stepper_fits_a_telephone_and_keeps_its_height(visit, path):
    page = visit.open(path, viewport=PHONE)
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    boxes = page.locator(".steps")
    for nth in range(boxes.count()):
        box = boxes.nth(nth)
        last = box.get_by_role("slider").get_attribute("max")
        height = box.bounding_box()["height"]
        for step in ("forward", "last"):
            box.locator(f"[data-go={step}]").click()
            expect(box.locator(".steps__frame > svg:visible")).to_have_count(1)
            assert box.bounding_box()["height"] == height  # what follows stays
        expect(box.get_by_role("slider")).to_have_value(last)
        tops = box.evaluate(
            "e => [...e.querySelectorAll('button')].map(b => b.offsetTop)"
        )
        assert len(set(tops)) == 1  # one row
        group = box.locator("xpath=..")
        expect(group).to_have_attribute("role", "group")
        assert group.get_attribute("aria-label")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_axe_finds_nothing_in_a_stepper(visit, language, scheme):
    page = visit.open(PREFIX[language] + NOTE, color_scheme=scheme)
    page.evaluate(AXE)
    found = page.evaluate("axe.run('.steps').then(r => r.violations.map(v => v.id))")
    assert found == []


def test_only_pages_with_steppers_load_the_script(visit, site):
    for path, number in ((NOTE, 1), ("", 0), ("cv/upsampling/", 0)):
        start = len(site.log)
        visit.open(path)
        names = [place.split("/")[-1] for place, _, _ in site.log[start:]]
        assert names.count("steps.js") == number
    assert len(PAGES) >= 24


def test_the_script_is_small(visit, site):
    start = len(site.log)
    visit.open(f"zh/{NOTE}")
    [size] = [size for place, _, size in site.log[start:] if "steps.js" in place]
    assert size < 1000
