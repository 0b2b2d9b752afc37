"""Oracle: the address that a link in Markdown to the same file gets."""

import markdown
import pytest
from markdown.treeprocessors import Treeprocessor

from notekit.problem import ROOT


class MkDocs(Treeprocessor):
    """What MkDocs adds to the converter of each page."""

    def path_to_url(self, url: str) -> str:
        return "../" + url.replace(".md", "/")


def convert(text: str, mkdocs: bool = True) -> str:
    md = markdown.Markdown(extensions=["md_in_html", "notekit.pages.links"])
    if mkdocs:
        md.treeprocessors.register(MkDocs(md), "relpath", 0)
    return md.convert(text)


@pytest.mark.parametrize(
    ("raw", "want"),
    [
        ('<a href="cv/box.md">x</a>', '<a href="../cv/box/">x</a>'),
        ('<a class="y" href="cv/box.md#b">x</a>', '<a class="y" href="../cv/box/#b">'),
        ('<svg><a href="cv/box.md"/></svg>', '<a href="../cv/box/"/>'),
        ('<a href="#a">x</a>', '<a href="#a">x</a>'),
        ('<a href="../cv/box/">x</a>', '<a href="../cv/box/">x</a>'),
        ('<a href="https://a.b/c.md">x</a>', '<a href="https://a.b/c.md">x</a>'),
    ],
)
def test_a_raw_link_to_a_file_leads_to_its_page(raw, want):
    assert want in convert(f"<div>\n{raw}\n</div>")


def test_what_shows_a_link_stays():
    shown = convert('`<a href="cv/box.md">`\n\n    <a href="cv/box.md">\n')
    assert shown.count('href="cv/box.md"') == 2


def test_where_mkdocs_does_not_convert_they_stay():
    assert 'href="cv/box.md"' in convert('<a href="cv/box.md">x</a>', mkdocs=False)


def test_the_extension_is_in_the_configuration():
    assert "notekit.pages.links" in (ROOT / "mkdocs.yml").read_text()
