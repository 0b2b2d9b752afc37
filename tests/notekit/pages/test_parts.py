"""Oracle: the piece itself, which must stand in the page as it was kept."""

import markdown
import pytest

from notekit.pages import parts
from notekit.problem import ROOT

PIECE = '<div class="x">\n\n    **not Markdown** <p>&amp;</p>\n\n```\n</div>'


@pytest.fixture
def convert(tmp_path, monkeypatch):
    monkeypatch.setattr(parts, "ROOT", tmp_path)
    md = markdown.Markdown(
        extensions=["md_in_html", "pymdownx.superfences", "notekit.pages.parts"]
    )
    return md.convert


@pytest.mark.parametrize(
    "page",
    [
        "before\n\n{}\n\nafter",
        "- item\n\n    {}\n\n- other",
        '<figure markdown>\n<div role="img">\n{}\n</div>\n</figure>',
    ],
)
def test_a_piece_stands_in_the_page_as_it_was_kept(tmp_path, convert, page):
    html = convert(page.format(parts.keep(PIECE, tmp_path)))
    assert PIECE in html
    assert "part:" not in html
    assert f"<p>{PIECE}" not in html


def test_the_name_says_what_is_in_it(tmp_path):
    first = parts.keep(PIECE, tmp_path)
    assert parts.keep(PIECE, tmp_path) == first
    assert parts.keep(PIECE + " ", tmp_path) != first
    assert len(list((tmp_path / parts.FOLDER).iterdir())) == 2


def test_pieces_that_no_page_takes_are_forgotten(tmp_path):
    kept, gone = parts.keep("a", tmp_path), parts.keep("b", tmp_path)
    used = parts.named(f"text\n{kept}\n  {kept}\nno {gone}")
    parts.forget(tmp_path, used)
    [path] = (tmp_path / parts.FOLDER).iterdir()
    assert path.read_text() == "a"


def test_a_comment_within_a_line_is_no_piece(convert):
    text = "see <!-- part: 0123456789abcdef01234567 --> there"
    assert text in convert(text)


def test_the_extension_is_in_the_configuration():
    assert "notekit.pages.parts" in (ROOT / "mkdocs.yml").read_text()
