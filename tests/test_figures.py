"""The oracle of a committed figure is its own code, run again: half a pixel at most."""

import re
import sys
import types

import matplotlib as mpl
import numpy as np
import pytest
from svgelements import SVG, Path, Shape, Text

from figures.__main__ import ROOT, modules, render
from figures.style import BLUE, GREEN, GREY, ORANGE, PINK, PURPLE
from notekit.files import STEPS, own_figures

HALF_A_PIXEL = 0.5


def drawn(svg_file):
    """Texts, colours and corner points of a figure, in the order they are drawn."""
    words, colours, points = [], [], []
    for element in SVG.parse(svg_file, reify=True).elements():
        if isinstance(element, Text):
            words.append(element.text)
            points.append([(element.x, element.y)])
        elif isinstance(element, Shape):
            colours.append((str(element.fill), str(element.stroke)))
            ends = [s.end for s in Path(element) if s.end is not None]
            points.append([(p.x, p.y) for p in ends])
    return words, colours, points


def assert_same_picture(committed, redrawn):
    for old, new in zip(drawn(committed)[:2], drawn(redrawn)[:2], strict=True):
        assert new == old
    old, new = drawn(committed)[2], drawn(redrawn)[2]
    assert [len(p) for p in new] == [len(p) for p in old]
    for a, b in zip(old, new, strict=True):
        np.testing.assert_allclose(b, a, rtol=0, atol=HALF_A_PIXEL)


@pytest.mark.parametrize("note", modules())
@pytest.mark.timeout(120)
def test_committed_figures_are_what_their_code_draws(note, tmp_path):
    drawings = render(note)
    for path, svg in drawings.items():
        assert path.is_file(), f"{path.name} is missing: nox -s figures -- {note}"
        redrawn = tmp_path / path.name
        redrawn.write_text(svg, encoding="utf-8")
        assert_same_picture(path, redrawn)
        assert captions(path) == captions(redrawn)
    strips = set((ROOT / note.split("/")[0]).glob(f"*{STEPS}.svg"))
    own = {path for path in strips if path in own_figures(ROOT, note)}
    assert own <= {*drawings}, "frames that steps() does not return"


def captions(path):
    """What a strip of frames says; nothing, for a figure."""
    return re.findall("<desc.*?</desc>", path.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("return {}", "want draw() to return figures; got {}"),
        ("return None", "want draw() to return figures; got None"),
        ("return {'planted': new_figure()}", "want something in 'planted'"),
        (
            "fig = new_figure()\n    fig.subplots()\n    return {'planted': fig}",
            "want something in 'planted'; it is empty",
        ),
        ("return {'../../evil': new_figure()}", "begin with planted; got '../../evil'"),
        ("return {'planted/x': new_figure()}", "begin with planted; got 'planted/x'"),
        ("return {'upsampling': new_figure()}", "begin with planted; got 'upsampling'"),
        ("return {3: new_figure()}", "begin with planted; got 3"),
        ("return {'planted': 'a.svg'}", "want a figure in 'planted'; got 'a.svg'"),
        (
            "return 1 / 0",
            "want draw() to return; it raised ZeroDivisionError: division",
        ),
    ],
)
def test_a_figure_that_draws_nothing_is_an_error(monkeypatch, body, message):
    module = types.ModuleType("figures.cv.planted")
    code = f"from figures.style import new_figure\n\n\ndef draw():\n    {body}\n"
    exec(code, vars(module))
    monkeypatch.setitem(sys.modules, "figures.cv.planted", module)
    with pytest.raises(ValueError, match=re.escape(message)) as caught:
        render("cv/planted")
    assert str(caught.value).startswith("figures/cv/planted.py:1: ")


def test_no_committed_figure_is_without_code():
    known = {path for note in modules() for path in render_names(note)}
    assert {p.relative_to(ROOT).as_posix() for p in ROOT.glob("*/*.svg")} <= known


def render_names(note):
    """Names of the files of a note, from their prefix alone."""
    topic, name = note.replace("-", "_").split("/")
    return [p.relative_to(ROOT).as_posix() for p in (ROOT / topic).glob(f"{name}*.svg")]


def test_a_point_moved_by_a_pixel_is_seen(tmp_path):
    original = ROOT / "cv/receptive_field.svg"
    text = original.read_text(encoding="utf-8")
    first = text.index("<path", text.index("<g"))
    number = text.index("m", first) + 1
    end = min(i for i in (text.find(c, number) for c in " -hvl") if i > number)
    moved = f"{float(text[number:end]) + 1:.2f}"
    changed = tmp_path / "moved.svg"
    changed.write_text(text[:number] + moved + text[end:], encoding="utf-8")
    with pytest.raises(AssertionError):
        assert_same_picture(original, changed)


def luminance(colour):
    """Relative luminance of a colour, as WCAG 2 defines it."""
    channels = np.array(mpl.colors.to_rgb(colour))
    linear = np.where(
        channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4
    )
    return linear @ [0.2126, 0.7152, 0.0722]


@pytest.mark.parametrize("page", ["#ffffff", "#14191f"])
@pytest.mark.parametrize("colour", [BLUE, ORANGE, GREEN, PINK, PURPLE, GREY])
def test_colours_of_lines_stand_out_on_both_pages(colour, page):
    light, dark = sorted([luminance(colour), luminance(page)], reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= 3
