"""Oracle: small pages, and what they should become, written by hand."""

import pytest

from notekit.site.styles import shared


def test_a_page_has_one_style_sheet():
    html = (
        '<link rel="stylesheet" href="../assets/stylesheets/main.1.css">\n'
        '<link rel="stylesheet" href="../assets/notes.css">\n<p>'
    )
    want = '<link rel="stylesheet" href="../assets/site.css">\n<p>'
    assert shared(html, below=False) == want


@pytest.mark.parametrize(
    ("html", "want"),
    [
        ('<script src="assets/a.js">', '<script src="../assets/a.js">'),
        ('<img src="../../assets/a.svg">', '<img src="../../../assets/a.svg">'),
        ('<a href="/zh/assets/a.js">', '<a href="/assets/a.js">'),
        ('<a href="/base/zh/assets/a">', '<a href="/base/assets/a">'),
        ('<a href="../cv/box/">', '<a href="../cv/box/">'),
        ('<a href="/zh/cv/">', '<a href="/zh/cv/">'),
    ],
)
def test_the_chinese_pages_use_the_assets_of_the_english_ones(html, want):
    assert shared(html, below=True) == want
    assert shared(html, below=False) == html
