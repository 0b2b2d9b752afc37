"""Oracle: plain geometry of the drawing, and the notes' own ``requires``."""

import itertools
import re

import pytest
from bs4 import BeautifulSoup

from notekit.pages.learning_map import _wrapped, draw, label
from notekit.pages.stage import Stage
from notekit.problem import ROOT
from notekit.read.catalogue import read
from notekit.rules.typography import columns
from tests.notekit.builder import build_repo

REAL = read(ROOT)


def edges(catalogue):
    return {
        (before, note.name)
        for note in catalogue.notes.values()
        for before in note.pages["en"].matter.requires
    }


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_drawing_has_all_notes_and_every_arrow_joins_what_it_should(language):
    drawing = draw(REAL, language)
    boxes = {node.name: node for node in drawing.nodes}
    assert boxes.keys() == REAL.notes.keys()
    assert {(tail, head) for tail, head, _ in drawing.arrows} == edges(REAL)
    for tail, head, path in drawing.arrows:
        numbers = list(map(float, re.findall(r"-?[\d.]+", path)))
        start, end = numbers[:2], numbers[-2:]
        for (x, y), node in ((start, boxes[tail]), (end, boxes[head])):
            assert abs(x - node.x) <= node.width / 2 + 2
            assert abs(y - node.y) <= node.height / 2 + 2
        assert boxes[tail].x < boxes[head].x  # time flows to the right


@pytest.mark.parametrize("language", ["en", "zh"])
def test_boxes_do_not_overlap_and_lie_in_the_frame_of_their_topic(language):
    drawing = draw(REAL, language)
    for a, b in itertools.combinations(drawing.nodes, 2):
        apart_x = abs(a.x - b.x) >= (a.width + b.width) / 2
        apart_y = abs(a.y - b.y) >= (a.height + b.height) / 2
        assert apart_x or apart_y, (a.name, b.name)
    frames = {group.topic: group for group in drawing.groups}
    for node in drawing.nodes:
        frame = frames[node.name.split("/")[0]]
        assert frame.x <= node.x - node.width / 2
        assert node.x + node.width / 2 <= frame.x + frame.width
        assert frame.y + 18 <= node.y - node.height / 2  # below the topic's name
        assert node.y + node.height / 2 <= frame.y + frame.height
    for frame in drawing.groups:
        assert 0 <= frame.x <= frame.x + frame.width <= drawing.width
        assert 0 <= frame.y <= frame.y + frame.height <= drawing.height


def test_a_name_fits_its_box():
    for language in ("en", "zh"):
        for node in draw(REAL, language).nodes:
            title = REAL.notes[node.name].pages[language].matter.title
            joined = (" " if language == "en" else "").join(node.lines)
            short, shown = label(title).replace(" ", ""), joined.replace(" ", "")
            assert short == shown or short.startswith(f"{shown},")
            assert max(map(columns, node.lines)) * 7 < node.width
            assert len(node.lines) * 16 < node.height


@pytest.mark.parametrize(
    ("title", "lines"),
    [
        ("Short", ["Short"]),
        ("NICE: additive coupling layers", ["NICE"]),
        ("背包问题：01、完全、多重、分组", ["背包问题"]),
        ("Decorators and functools", ["Decorators and functools"]),
        (
            "Decorators and functools.partial, read through TensorFlow's @tf_export",
            ["Decorators and", "functools.partial"],
        ),
        (
            "A title that is longer than one line",
            ["A title that is longer", "than one line"],
        ),
        (
            "强化学习基础、网格世界与贝尔曼方程组",
            ["强化学习基础、", "网格世界与贝尔曼方程组"],
        ),
        ("一二三四五六七八九十一二三四五六", ["一二三四五六七八", "九十一二三四五六"]),
    ],
)
def test_long_names_break_at_words(title, lines):
    assert _wrapped(label(title)) == lines


def test_the_page_shows_the_same_as_picture_and_as_list(tmp_path):
    repo = build_repo(tmp_path)
    page = Stage(repo.catalogue(), "en").pages()["map.md"]
    picture = BeautifulSoup(
        page[page.index("<div") : page.index("</div>")], "html.parser"
    )
    drawn = [a["href"] for a in picture.select("a.learning-map__note")]
    assert drawn == ["cv/box.md", "cv/box-area.md"]
    assert [a.get_text() for a in picture.select("a.learning-map__title")] == ["Vision"]
    assert len(picture.select("path.learning-map__arrow")) == 1
    listed = re.findall(r"^\d+\. \[[^]]+\]\(([\w/-]+)\.md\)", page, re.MULTILINE)
    assert [f"{name}.md" for name in listed] == drawn
    assert "<small>Read first: [Box](cv/box.md)</small>" in page
