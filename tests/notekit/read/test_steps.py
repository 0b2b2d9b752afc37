"""Oracle: a strip of two frames, written by hand."""

import pytest

from notekit.read.steps import Frame, StepsError, read, weight

HEAD = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 4">\n'
ONE = (
    '<svg y="0" width="4" height="2" viewBox="0 0 4 2">\n'
    '<desc lang="en">One &lt; two.</desc>\n<desc lang="zh">一 &lt; 二。</desc>\n'
    '<use href="#a-0"/>\n<path d="M0 0"/>\n</svg>\n'
)
TWO = ONE.replace('y="0"', 'y="2"').replace("One &lt; two", "Two").replace("一", "三")
STRIP = f'{HEAD}<defs>\n<g id="a-0"><rect x="1"/></g>\n</defs>\n{ONE}{TWO}</svg>\n'


@pytest.fixture
def strip(tmp_path):
    path = tmp_path / "a_steps.svg"
    path.write_text(STRIP, encoding="utf-8")
    return path


def test_frames_are_read_with_their_captions_and_what_they_share(strip):
    steps = read(strip)
    assert (steps.width, steps.height) == (4, 2)
    assert steps.shared == '<g id="a-0"><rect x="1"/></g>'
    assert steps.frames[0] == Frame(
        5,
        '<use href="#a-0"/><path d="M0 0"/>',
        {"en": "One < two.", "zh": "一 < 二。"},
    )
    assert [frame.line for frame in steps.frames] == [5, 11]
    assert [frame.captions["en"] for frame in steps.frames] == ["One < two.", "Two."]


def test_the_mark_of_what_it_was_drawn_of_does_not_count(strip):
    before = read(strip), weight(strip)
    strip.write_text(f"{STRIP}<!-- drawn of 0123456789abcdef -->\n", encoding="utf-8")
    assert (read(strip), weight(strip)) == before


def test_the_weight_is_that_of_the_compressed_file(strip):
    frames = ONE * 200
    strip.write_text(f"{HEAD}{frames}</svg>\n", encoding="utf-8")
    assert 150 < weight(strip) < len(frames) / 50


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("no SVG", 1, "want an SVG; "),
        (f"{HEAD}<g>\n</svg>", 3, "want an SVG; "),
        (f"{HEAD}<g/></svg>", 1, "want frames, <svg> elements in the <svg>; found"),
        (f"{HEAD}{ONE}{TWO.replace('4', '5')}</svg>", 2, "want frames of one size"),
    ],
)
def test_what_is_no_strip_is_refused(strip, text, line, said):
    strip.write_text(text, encoding="utf-8")
    with pytest.raises(StepsError) as caught:
        read(strip)
    assert str(caught.value).startswith(said)
    assert caught.value.line == line


def test_a_caption_that_is_missing_is_empty(strip):
    text = STRIP.replace('<desc lang="zh">三 &lt; 二。</desc>\n', "")
    strip.write_text(text, encoding="utf-8")
    assert read(strip).frames[1].captions == {"en": "Two.", "zh": ""}
