"""Every built page in Chromium; the faults that this must see are planted below."""

import itertools
import re

import pytest

from notekit.read.catalogue import read
from tests.site.audit import Auditor, Kind, covering, kinds, whole_pages
from tests.site.conftest import SITE, Site, serve

PAGES = [*Site().pages(), "404.html", "zh/404.html"]
NOTE = "algorithms/maximum-gap/"
NEXT = next(
    after.pages["en"].matter.title
    for before, after in itertools.pairwise(read().in_topic("algorithms"))
    if f"{before.name}/" == NOTE
)


@pytest.fixture(scope="session")
def auditor(browser, site) -> Auditor:
    return Auditor(browser, site)


@pytest.fixture(scope="session")
def whole() -> set[str]:
    return set(whole_pages(PAGES))


@pytest.mark.timeout(300)
@pytest.mark.parametrize("path", PAGES, ids=lambda path: f"/{path}")
def test_page_is_sound(auditor, whole, path):
    assert auditor.faults(path, whole=path in whole) == []


# Oracle: faults planted by hand, one of each sort, into a page that has none.

CONTRAST = (
    "<style>[data-md-color-scheme=slate] #dark {color: #333}</style>"
    '<p id="dark">Planted</p>'
)
# In the dark like every paragraph: seen only if the light tells styles apart.
PALE = (
    "<style>[data-md-color-scheme=default] #pale {color: #bbb}</style>"
    '<p>One</p><p id="pale">Planted</p><p>Two</p><p>Three</p>'
)
# The last of a style lies on a box that is none of those around it.
OVER = (
    '<p style="color: #345">One</p><p style="color: #345">Two</p>'
    '<div style="position: relative">'
    '<div style="position: absolute; inset: 0; background: #234"></div>'
    '<p id="over" style="color: #345; position: relative">Planted</p></div>'
)
# Three elements of a style are looked at; these three are hidden.
UNSEEN = '<p style="color: #bbb; clip-path: inset(50%)">Planted</p>'
HIDDEN = f'{UNSEEN}<p id="twin" style="color: #bbb">Planted</p>{UNSEEN * 2}'
LINK = (
    '<p>Text with <a href="#" style="color: #333; text-decoration: none">a link</a></p>'
)
SCROLL = (
    '<div style="overflow: auto; width: 50px; height: 50px">'
    '<p style="width: 900px; height: 900px">Planted</p></div>'
)
IMAGE = "data:image/gif;base64,R0lGODlhAQABAAAAACw="
PLANTED = {
    CONTRAST: 'axe, dark: color-contrast: <p id="dark"',
    PALE: 'axe, light: color-contrast: <p id="pale"',
    OVER: 'axe, light: color-contrast: <p id="over"',
    HIDDEN: 'axe, light: color-contrast: <p id="twin"',
    LINK: "axe, light: link-in-text-block: <a",
    "<button></button>": "axe, light: button-name: <button",
    f'<img src="{IMAGE}">': "axe, light: image-alt: <img",
    '<div role="img"><svg></svg></div>': 'axe, light: role-img-alt: <div role="img"',
    SCROLL: "axe, light: scrollable-region-focusable: <div",
    '<hr style="position: absolute; left: 0; width: 391px">': (
        "telephone: want a width of 390, got 391"
    ),
    '<b class="katex"><b class="katex-sizing reset-size9 size8">x</b></b>': (
        "note: want smaller parts of formulas, got 1 of full size"
    ),
    '<b class="katex-html"><b style="font-family: KaTeX_Gone">x</b></b>': (
        "note: want the fonts of formulas, got none of KaTeX_Gone"
    ),
    r"<p>so \(x\)</p>": "note: want all of it rendered, got",
    "<script>console.error('one')</script>": "console: one",
    "<script>planted()</script>": "script: planted is not defined",
    '<img alt="a" src="gone.png">': "console: Failed to load resource",
    '<img alt="a" src="http://127.0.0.1:9/a.png">': "stranger: http://127.0.0.1:9/a.png",
    f"<!--{''.join(f'{n * 7919 % 1000003:x}' for n in range(60_000))}-->": (
        "weight: want at most 100000 bytes, got"
    ),
}
REPLACED = {  # what stands there, what comes in its place, and what is said
    'class="note-proof': ('class="planted', "want proof, found none"),
    "md-footer__link--next": (
        "planted",
        f"want {NEXT!r} next, got ''",
    ),
    "katex-html": ("planted", "want formulas, found none"),
    "doc doc-function": ("planted", "want api, found none"),
    'highlight"': ('planted"', "want buttons, found none"),
    "<figure": ("<i", "want figures, found none"),
    "<h1": ("<h1>No title</h1><i", "want the title 'Maximum gap"),
}


def faults(browser, folder, text: str) -> list[str]:
    """What is found wrong with the note when this is its page."""
    place = folder / NOTE / "index.html"
    place.parent.mkdir(parents=True)
    place.write_text(text, encoding="utf-8")
    with serve(folder) as site:
        return Auditor(browser, site).faults(NOTE, whole=False)


@pytest.fixture(scope="module")
def page() -> str:
    """The page of a note, without the policy that would keep planted scripts away."""
    text = (SITE / NOTE / "index.html").read_text(encoding="utf-8")
    bare, number = re.subn('<meta http-equiv="Content-Security-Policy"[^>]*>', "", text)
    assert number == 1
    return bare


@pytest.mark.timeout(120)
def test_each_planted_fault_is_seen_and_nothing_else(browser, tmp_path, page):
    end = "</article>"
    assert end in page
    text = page.replace(end, "".join(PLANTED) + end)
    found = faults(browser, tmp_path, text)
    for planted, said in PLANTED.items():
        seen = [fault for fault in found if fault.startswith(f"/{NOTE}: {said}")]
        assert seen, f"{planted[:120]} of {found}"
        found = [fault for fault in found if fault not in seen]
    # What shows in the light shows in the dark too, and a stranger that is not there is
    # an error.
    again = tuple(f"/{NOTE}: {said}" for said in ("axe, dark: ", "console: Failed"))
    assert [fault for fault in found if not fault.startswith(again)] == []


@pytest.mark.timeout(120)
def test_each_missing_part_is_seen(browser, tmp_path, page):
    for old, (new, _) in REPLACED.items():
        assert old in page
        page = page.replace(old, new)
    found = faults(browser, tmp_path, page)
    for _, said in REPLACED.values():
        assert any(f.startswith(f"/{NOTE}: note: {said}") for f in found), (said, found)


def test_kinds_are_what_axe_can_tell_apart():
    html = '<p>a<b class="y x">c</b><b class="x y">d</b><span class="k">e</span></p>'
    html += '<span role="note">f</span><svg><path d=""></svg>'
    html += '<input type="text" aria-label="z">'
    assert kinds(html) == {
        Kind("p", (), ()),
        Kind("b", ("x", "y"), ()),
        Kind("span", (), ('role="note"',)),
        Kind("svg", (), ()),
        Kind("input", (), ("aria-label", 'type="text"')),
    }


def test_pages_are_chosen_until_every_kind_is_there():
    a, b, c, d = (Kind(tag, (), ()) for tag in "abcd")
    pages = {"one": {a, b}, "two": {a, b, c}, "three": {d}, "four": {c, d}}
    assert covering(pages, ["one"]) == ["one", "four"]
    assert covering(pages, []) == ["two", "four"]


def test_the_whole_of_axe_runs_on_each_template(whole):
    note = "cv/receptive-field/"
    lists = {"", "404.html", "map/", "glossary/", "tags/", "contributing/", "cv/"}
    assert lists | {"zh/", note, f"zh/{note}"} <= whole
    assert len(whole) < len(PAGES)
