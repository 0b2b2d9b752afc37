"""Oracle: the HTML, read by lxml, against the file that it was made of."""

from pathlib import Path

import pytest
from lxml import html

from notekit.pages.steps import on_paper, stepper
from notekit.pages.words import WORDS
from notekit.problem import ROOT
from notekit.read.catalogue import LANGUAGES
from notekit.read.steps import Frame, Steps, read

PATH = ROOT / "figures/algorithms/knapsack_steps.svg"


def made(language, path: Path = PATH):
    return html.fragment_fromstring(stepper(path, language))


@pytest.mark.parametrize("language", LANGUAGES)
def test_all_frames_stand_in_the_page_in_order_with_their_captions(language):
    steps, page = read(PATH), made(language)
    items = page.xpath("./ol/li")
    said = [item.findtext("p") for item in items]
    assert said == [frame.captions[language] for frame in steps.frames]
    assert [item.get("value") for item in items] == [
        str(n + 1) for n in range(len(steps.frames))
    ]
    uses = [len(item.xpath("./svg/use")) for item in items]
    assert uses == [frame.drawing.count("<use ") for frame in steps.frames]
    ids = set(page.xpath("./svg/defs/g/@id"))
    named = {use.removeprefix("#") for use in page.xpath("./ol//use/@href")}
    assert ids == named


def test_the_first_frame_is_shown_first_and_three_are_printed():
    items = made("en").xpath("./ol/li")
    now = [n for n, li in enumerate(items) if "steps__frame--now" in li.get("class")]
    paper = [n for n, li in enumerate(items) if "--printed" in li.get("class")]
    assert now == [0]
    assert paper == [0, 11, 23]


@pytest.mark.parametrize(
    ("number", "printed"), [(3, {0, 1, 2}), (4, {0, 1, 3}), (9, {0, 4, 8})]
)
def test_first_middle_and_last_are_on_paper(number, printed):
    frame = Frame(1, "", {"en": "", "zh": ""})
    assert on_paper(Steps(1, 1, "", [frame] * number)) == printed


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_controls_have_names_in_the_language_of_the_page(language):
    page, words = made(language), WORDS[language]
    titles = page.xpath(".//button/@title")
    keys = ("first", "back", "play", "forward", "last")
    assert titles == [words[f"steps_{key}"] for key in keys]
    [slider] = page.xpath(".//input")
    assert slider.get("aria-label") == words["steps_frame"]
    assert slider.get("max") == str(len(read(PATH).frames))


def test_captions_are_text_and_no_html(tmp_path):
    frame = '<svg width="1" height="1"><desc lang="en">a &lt;b&gt; &amp; c</desc></svg>'
    path = tmp_path / "a_steps.svg"
    path.write_text(f'<svg xmlns="http://www.w3.org/2000/svg">{frame}</svg>', "utf-8")
    assert "<p>a &lt;b&gt; &amp; c</p>" in stepper(path, "en")
