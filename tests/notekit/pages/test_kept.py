"""Oracle: the same page converted without the extension, and a count of conversions."""

import markdown
import pytest
from markdown.preprocessors import Preprocessor
from markdown.treeprocessors import Treeprocessor

from notekit.pages import kept

PAGE = "<!-- note: cv/box -->\n\n# Title\n\n## One { #one }\n\ntext *b*\n\n## Two\n"


class Count(Preprocessor):
    seen = 0

    def run(self, lines):
        Count.seen += 1
        return lines


@pytest.fixture
def build(tmp_path, monkeypatch):
    """A converter as MkDocs makes one for each page."""
    monkeypatch.setattr(kept, "ROOT", tmp_path)
    kept._state.cache_clear()
    Count.seen = 0

    def make(relpath=True, extra=("notekit.pages.kept",)):
        md = markdown.Markdown(extensions=["toc", "attr_list", *extra])
        md.preprocessors.register(Count(md), "count", 500)
        if relpath:
            md.treeprocessors.register(Treeprocessor(md), "relpath", 0)
        return md

    yield make
    kept._state.cache_clear()


def converted(md, page):
    return md.convert(page), md.toc_tokens


def test_a_page_that_did_not_change_is_not_converted_again(build):
    plain = converted(build(extra=()), PAGE)
    Count.seen = 0
    assert converted(build(), PAGE) == plain
    assert converted(build(), PAGE) == plain
    assert Count.seen == 1


def test_a_heading_is_not_taken_for_the_page(build):
    """Python-Markdown runs its last steps on the text of every heading as well."""
    first, _ = converted(build(), PAGE)
    assert converted(build(), PAGE)[0] == first
    assert "<em>b</em>" in first


def test_another_text_language_or_setting_is_converted(build, tmp_path):
    build().convert(PAGE)
    build().convert(PAGE + "more")
    assert Count.seen == 2
    build(extra=[kept.makeExtension(language="zh")]).convert(PAGE)
    assert Count.seen == 3
    (tmp_path / "mkdocs.yml").write_text("site_name: x")
    kept._state.cache_clear()
    build().convert(PAGE)
    assert Count.seen == 4
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/glossary.yml").write_text("[]")
    kept._state.cache_clear()
    build().convert(PAGE)
    assert Count.seen == 5


@pytest.mark.parametrize("page", ["# Title\n", "text\n\n<!-- note: cv/box -->\n"])
def test_pages_that_are_no_notes_are_not_kept(build, page):
    build().convert(page)
    build().convert(page)
    assert Count.seen == 2


def test_only_mkdocs_gets_what_mkdocs_made(build):
    build().convert(PAGE)
    build(relpath=False).convert(PAGE)
    build(relpath=False).convert(PAGE)
    assert Count.seen == 3
