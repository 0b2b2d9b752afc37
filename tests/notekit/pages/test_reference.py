"""Oracle: small modules, and what a person expects to read of them."""

import inspect
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from notekit.pages import reference as module
from notekit.pages.reference import UnknownModuleError, reference
from snippets.nlp import flash_attention

ALONE = '''\
"""A module.

References:
    Somebody, 2016.
"""

import math

LIMIT = 3
"""How much is too much."""
_HIDDEN = 4


def area(
    width: int, /, height: float = 2.0, *rest: int, unit: str | None = None, **more: int
) -> tuple[int, float]:
    """How *large* it is, `a < b`.

    Args:
        width, height: in pixels.

    Returns:
        The area.

    Raises:
        ValueError: if it is negative.
    """


def _private():
    """Not shown."""


def bare(x, y=1):
    """Without types."""


class Shape:
    """A shape."""

    def __init__(self, sides: int) -> None:
        self.sides = sides

    def turn(self, angle: float) -> "Shape":
        """Turn it."""

    def undocumented(self):
        pass

    @property
    def size(self) -> int:
        """How large."""
'''


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "mkdocs.yml").write_text("")
    (tmp_path / "snippets/cv/box").mkdir(parents=True)
    (tmp_path / "snippets/cv/alone.py").write_text(ALONE)
    box = tmp_path / "snippets/cv/box"
    (box / "__init__.py").write_text(
        '"""Door."""\n\nfrom .second import two\nfrom .first import A, b, one\n\n'
        '__all__ = ["A", "b", "one", "two"]\n'
    )
    (box / "first.py").write_text(
        '"""First."""\n\nfrom typing import NamedTuple\n\nb, c = 1, 2\n\n\n'
        'def one():\n    """One."""\n\n\nclass A(NamedTuple):\n    """A."""\n\n'
        "    x: int\n    y: float = 1.0\n\n\n"
        'def unlisted():\n    """Not at the door."""\n'
    )
    (box / "second.py").write_text('"""Second."""\n\n\ndef two():\n    """Two."""\n')
    yield tmp_path
    module._handler.cache_clear()


def entries(html: str) -> list[str]:
    soup = BeautifulSoup(html, "html.parser")
    return [heading["id"] for heading in soup.select("h3, h4")]


def test_public_names_come_in_the_order_of_the_source(root):
    html = reference("snippets.cv.alone", "cv/alone", root)
    own = ("LIMIT", "area", "bare", "Shape", "Shape.turn")
    assert entries(html) == [f"snippets.cv.alone.{name}" for name in own]
    text = BeautifulSoup(html, "html.parser").get_text()
    assert "How large." in text
    for hidden in ("_private", "_HIDDEN", "undocumented", "math", "Somebody"):
        assert hidden not in text


def test_a_docstring_becomes_text_and_lists(root):
    html = reference("snippets.cv.alone", "cv/alone", root)
    area = BeautifulSoup(html, "html.parser").select(".doc-function")[0]
    assert area.select_one(".doc-contents > p").decode_contents() == (
        "How <em>large</em> it is, <code>a &lt; b</code>."
    )
    titles = [p.get_text() for p in area.select(".doc-section-title")]
    assert titles == ["Arguments", "Returns", "Raises"]
    items = [li.get_text() for li in area.select("li")]
    assert items == [
        "width, height: in pixels.",
        "The area.",
        "ValueError: if it is negative.",
    ]


def test_signatures_are_those_of_the_source(root):
    html = reference("snippets.cv.alone", "cv/alone", root)
    soup = BeautifulSoup(html, "html.parser")
    shown = [code.get_text() for code in soup.select("pre code")]
    assert shown == [
        "LIMIT = 3",
        "area(\n    width: int, /, height: float = 2.0, *rest: int, "
        "unit: str | None = None, **more: int\n) -> tuple[int, float]",
        "bare(x, y=1)",
        "Shape(sides: int)",
        "Shape.turn(angle: float) -> Shape",
    ]


def test_signatures_name_the_parameters_that_python_sees():
    root = module.Path(__file__).resolve().parents[3]
    html = reference("snippets.nlp.flash_attention", "nlp/flash-attention", root)
    soup = BeautifulSoup(html, "html.parser")
    for name in flash_attention.__all__:
        value = getattr(flash_attention, name)
        if not inspect.isfunction(value):
            continue
        place = f"{value.__module__}.{name}"
        [heading] = soup.select(f'[id="{place}"]')
        text = heading.find_next("code").get_text()
        for parameter in inspect.signature(value).parameters:
            assert f"{parameter}:" in text or f"{parameter}=" in text


def test_a_package_shows_what_its_front_door_names_by_module(root):
    html = reference("snippets.cv.box", "cv/box", root)
    places = ("first.one", "first.A", "second.two")
    assert entries(html) == [f"snippets.cv.box.{place}" for place in places]
    soup = BeautifulSoup(html, "html.parser")
    assert [p.get_text() for p in soup.select(".doc-file")] == ["first.py", "second.py"]
    assert "A(x: int, y: float = 1.0)" in soup.get_text()


def test_a_function_named_like_its_module_is_shown(root):
    door = root / "snippets/cv/box/__init__.py"
    text = door.read_text().replace("from .second import two", "from .two import two")
    door.write_text(text)
    (door.parent / "second.py").rename(door.parent / "two.py")
    shown = entries(reference("snippets.cv.box", "cv/box", root))
    assert shown[-1] == "snippets.cv.box.two.two"


def test_a_module_behind_the_door_shows_only_what_the_door_does_not(root):
    html = reference("snippets.cv.box.first", "cv/box", root)
    assert entries(html) == ["snippets.cv.box.first.unlisted"]


def test_a_reference_is_made_once_and_again_when_its_code_changes(root, monkeypatch):
    first = reference("snippets.cv.alone", "cv/alone", root)
    monkeypatch.setattr(module, "_render", lambda *_: "made")
    assert reference("snippets.cv.alone", "cv/alone", root) == first
    path = root / "snippets/cv/alone.py"
    path.write_text(ALONE + "\n")
    assert reference("snippets.cv.alone", "cv/alone", root) == "made"


def test_code_of_another_note_is_refused(root):
    message = r"want a module of cv/box; got snippets\.cv\.alone"
    with pytest.raises(UnknownModuleError, match=message):
        reference("snippets.cv.alone", "cv/box", root)
    with pytest.raises(UnknownModuleError, match=r"got os\.path"):
        reference("os.path", "cv/box", root)
