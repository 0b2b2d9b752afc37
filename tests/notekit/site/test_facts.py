"""Oracle: a small page, and what a person reads off it."""

from pathlib import Path

import pytest

from notekit.site import facts
from notekit.site.facts import facts_of

PAGE = """\
<!doctype html>
<html lang="zh"><head><title>A title</title>
<link rel="stylesheet" href="a.css"><link rel="canonical" href="https://a.b/">
</head><body dir="ltr">
<header><a href="#x">skip</a></header>
<div data-pagefind-body class="md-content">
<p hidden data-pagefind-weight="8">names</p>
<h1 id="top">Title<a class="headerlink" href="#top">#</a></h1>
<p>prose <a href="b/">b</a> <!--formula--><span class="katex">\
<span class="katex-mathml">q</span>\
<span class="katex-html" aria-hidden="true"><span>x+y</span>\
<b class="mathbf">z</b><i class="reset-size6 size3"></i>\
</span></span><!--/formula--></p>
<div class="note-head">dates</div>
<div class="language-python highlight"><pre><code>code</code></pre></div>
<div class="doc-contents"><p>says</p><ul><li>item</li></ul><h3>name</h3></div>
<img src="c.png" alt="picture words"><svg><path d="M0 0"/></svg>
</div><script src="d.js"></script></body></html>
"""


@pytest.fixture
def page(tmp_path: Path) -> facts.Facts:
    return facts_of([PAGE], tmp_path)[0]


def test_ids_and_links_have_their_lines(page):
    assert page.ids == [(8, "top")]
    assert page.links == [
        (3, "a.css"),
        (5, "#x"),
        (8, "#top"),
        (9, "b/"),
        (13, "c.png"),
        (14, "d.js"),
    ]
    assert page.loaded == [(3, "a.css"), (13, "c.png"), (14, "d.js")]


def test_letters_are_those_of_formulas_that_are_seen(page):
    assert page.letters == {"": "+xyz", "katex-html": "+xyz", "mathbf": "z"}


def test_words_are_names_of_styles_not_prose(page):
    assert {
        *("md-content", "headerlink", "ltr", "dir", "svg", "hidden"),
        *("katex-html", "mathbf", "aria-hidden", "reset-size6", "size3"),
    } <= {*page.words}
    assert not {"prose", "picture", "words", "M0"} & {*page.words}


def test_what_is_searched_is_the_text_and_the_names(page):
    text = page.searched
    assert text.startswith('<!doctype html>\n<html lang="zh">')
    for shown in ("A title", "names", "Title", 'id="top"', "prose", ">name<"):
        assert shown in text
    for hidden in ("skip", "dates", "code", "says", "item", "x+y", "z<", "#</a>", "M0"):
        assert hidden not in text


def test_a_page_that_is_no_note_is_not_searched(tmp_path):
    [page] = facts_of([PAGE.replace("data-pagefind-body", "")], tmp_path)
    assert page.searched == ""


def test_a_page_is_read_once(tmp_path, monkeypatch):
    first = facts_of([PAGE, PAGE], tmp_path)
    monkeypatch.setattr(facts, "_facts", pytest.fail)
    assert facts_of([PAGE], tmp_path) == first[:1]


def test_a_file_may_be_renamed_in_links(page):
    renamed = page.renamed("a.css", "a.1.css")
    assert renamed.links[0] == renamed.loaded[0] == (3, "a.1.css")
    assert renamed.links[1:] == page.links[1:]
