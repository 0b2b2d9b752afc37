"""Oracle: KaTeX's own style sheet, which says what class is shown in what font."""

import re

from notekit.problem import ROOT
from notekit.site.fonts import FONTS, letters_of

CSS = (ROOT / "node_modules/katex/dist/katex.min.css").read_text(encoding="utf-8")
RULES = re.findall(r"([^{}]+)\{([^}]*)\}", CSS)


def test_every_class_that_asks_for_a_font_is_known():
    known = {c for classes in FONTS.values() for c in classes}
    asked = 0
    for selectors, body in RULES:
        family = re.search(r"font-family:KaTeX_(\w+)", body)
        if not family or "@font-face" in selectors:
            continue
        for selector in selectors.split(","):
            [name] = re.findall(r"\.([\w-]+)(?:>span)?$", selector)
            if name in ("textrm", "mainrm"):  # Main-Regular
                continue
            fonts = [font for font, classes in FONTS.items() if name in classes]
            assert any(font.startswith(family[1]) for font in fonts), selector
            asked += 1
    assert asked > 20
    assert {"textbf", "textit", "mathit", "mathbf", "boldsymbol"} <= known


def test_every_font_of_the_style_sheet_has_its_letters():
    letters = {c: "x" for classes in FONTS.values() for c in classes} | {"": "x"}
    names = set(re.findall(r"fonts/KaTeX_([\w-]+)\.woff2", CSS))
    assert len(names) == 20
    for name in names:
        assert letters_of(name, letters) == "x", name


def test_a_font_gets_what_stands_in_its_classes_and_no_more():
    letters = {"": "abcR", "mathbb": "R", "mathnormal": "b", "size1": "(", "op": "+"}
    assert letters_of("AMS-Regular", letters) == "R"
    assert letters_of("Math-Italic", letters) == "b"
    assert letters_of("Size1-Regular", letters) == "("
    assert letters_of("Main-Regular", letters) == "Rabc"
    for name in ("Math-BoldItalic", "Main-Bold", "Main-BoldItalic", "Script-Regular"):
        assert letters_of(name, letters) == ""
    both = {"": "ab", "mathbf": "a", "textit": "b"}
    assert letters_of("Main-BoldItalic", both) == "a"
