"""Oracle: hostile pages written by hand, as Python-Markdown turns them into HTML."""

import logging

import markdown
import pytest

from notekit.katex import Formula, render
from notekit.pages.safe import Made
from tests.notekit.rules.test_content import HARMLESS, HOSTILE

EXTENSIONS = ["attr_list", "md_in_html", "tables", "admonition", "footnotes"]
EXTENSIONS += ["pymdownx.details", "pymdownx.superfences", "notekit.pages.safe"]
# What Python-Markdown makes text of, and what a finished page may have.
UNMADE = (
    "<p/>",
    "<div>a",
    "a</div>",
    "<figure><figcaption>",
    "a {",
    "*a*{",
    "<h2>",
    "a&",
)


def warnings(caplog, text: str) -> list[str]:
    with caplog.at_level(logging.WARNING, logger="mkdocs.notekit"):
        markdown.markdown(text, extensions=EXTENSIONS)
    return [record.getMessage() for record in caplog.records]


ACTIVE = [text for text in HOSTILE if text.isascii() and not text.startswith(UNMADE)]
# A name before a host is for `check`: a link with one is no less a link.
ACTIVE = [text for text in ACTIVE if text.isprintable() and "//user" not in text]
SNEAKY = [
    '<div markdown="1">\n<script>alert(1)</script>\n</div>',
    "<div markdown>\n*a*{ onclick=alert(1) }\n</div>",
    "1. a\n\n    <iframe src=b></iframe>",
    "??? note\n    <img src=x onerror=alert(1)>",
    "| a |\n| - |\n| <b onclick=a()>c</b> |",
    "a[^1]\n\n[^1]: <script>alert(1)</script>",
    "[a]\n\n[a]: java&#115;cript:alert(1)",
    "![a][b]\n\n[b]: https://example.org/a.png",
    "# A { style=position:fixed }",
    "a\n{: onmouseover=alert(1) }",
    "*a*{: .md-search }",
    "&lt;b>\n<script\n>a()</script>",
]


@pytest.mark.parametrize("text", [*ACTIVE, *SNEAKY])
def test_what_is_active_does_not_reach_a_page(caplog, text):
    found = warnings(caplog, f"# A\n\n{text}\n\nb\n")
    assert found
    assert all("want nothing active, hidden or from elsewhere" in x for x in found)


@pytest.mark.parametrize("text", HARMLESS)
def test_what_an_author_needs_does(caplog, text):
    assert warnings(caplog, f"# A\n\n{text}\n\nb\n") == []


def test_what_we_made_ourselves_is_not_looked_at(caplog):
    formula = Formula("x^2", display=False)
    html = render([formula])[formula].html
    assert 'style="' in html
    md = markdown.Markdown(extensions=EXTENSIONS)
    with caplog.at_level(logging.WARNING, logger="mkdocs.notekit"):
        placeholder = md.htmlStash.store(Made(html))
        page = md.postprocessors["notekit-safe"].run(f"<p>{placeholder}</p>")
        assert caplog.records == []
        md.postprocessors["notekit-safe"].run(f"<p>{md.htmlStash.store(html)}</p>")
    assert page == f"<p>{placeholder}</p>"
    assert caplog.records != []


def test_the_page_is_named(caplog):
    from types import SimpleNamespace

    md = markdown.Markdown(extensions=EXTENSIONS)
    links = SimpleNamespace(
        file=SimpleNamespace(src_uri="cv/a.md"), run=lambda root: None
    )
    md.treeprocessors.register(links, "relpath", 0)
    md.convert("<script>a</script>")
    assert "Doc file 'cv/a.md': want" in caplog.text
