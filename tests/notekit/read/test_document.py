"""Oracle: a page whose headings, links and formulas a person counted, with lines."""

from pathlib import Path

import pytest

from notekit.katex import Formula
from notekit.read.document import Document, Heading, Link

PAGE = r"""---
title: Page
summary: $a$ [b](c)
---

# Page

Text with $x_1$ and
a [link *of* two](a.md#b), ![seen](b.png),
then $y$ and <a href="c.md">c</a> <img src="d.png" alt="d">.

## Part one { #one }

$$
A =
B
$$

In the text, `$no$` is code; \$5 and 3 $ are money.

### Of $z$ { #two .wide }

## No id

!!! note "Title"

    Inside $i$, [in](e.md).

    ```python
    x = "$not$ [not](gone.md)"
    ```

    $$
    D
    $$

1. One

    ??? success "Answer"

        $f$ and <https://g.h/>.

??? note "Two"

    Yes.

```py title="snippets/a.py"
--8<-- "snippets/a.py:core"
```

<div role="img" aria-label="Seen">
--8<-- "figures/a.svg"
</div>

| a | $t$ |
| --- | --- |
| [r](r.md) | $u$ |

Setext
------
"""


def document(text: str = PAGE) -> Document:
    return Document(Path("page.md"), text)


def line(needle: str) -> int:
    """Where a text stands that the page holds once."""
    assert PAGE.count(needle) == 1
    return PAGE[: PAGE.index(needle)].count("\n") + 1


def test_headings_have_lines_levels_and_ids():
    assert document().headings == [
        Heading(6, 1, "Page", "", has_math=False),
        Heading(line("## Part"), 2, "Part one", "one", has_math=False),
        Heading(line("### Of"), 3, "Of $z$", "two", has_math=True),
        Heading(line("## No id"), 2, "No id", "", has_math=False),
        Heading(line("Setext"), 2, "Setext", "", has_math=False),
    ]


def test_formulas_have_the_lines_on_which_their_tex_starts():
    assert document().formulas == [
        (8, Formula("x_1", display=False)),
        (10, Formula("y", display=False)),
        (line("A ="), Formula("A =\nB", display=True)),
        (line("### Of"), Formula("z", display=False)),
        (line("Inside"), Formula("i", display=False)),
        (line("    D\n"), Formula("D", display=True)),
        (line("$f$"), Formula("f", display=False)),
        (line("| a"), Formula("t", display=False)),
        (line("| [r]"), Formula("u", display=False)),
    ]


def test_a_formula_below_an_empty_line_of_its_block():
    assert document("$$\n\nx\n$$\n").formulas == [(3, Formula("x", display=True))]


def test_a_block_on_one_line():
    assert document("a\n\n$$ x $$\n").formulas == [(3, Formula("x", display=True))]


def test_formulas_of_a_caption_count():
    text = (
        "<figure markdown>\n<div>\n</div>\n<figcaption markdown>Left: the\n"
        "row $v = 2$ of `$no$` and <em>\n$w$</em>.</figcaption>\n</figure>\n\n"
        "<p>Raw: $5, not $z$.</p>\n"
    )
    found = Document(Path("p.md"), text).formulas
    assert found == [(5, Formula("v = 2", False)), (6, Formula("w", False))]


def test_a_formula_over_two_lines_moves_what_follows_it():
    assert document("a $b\nc$ d\n$e$\n").formulas == [
        (1, Formula("b\nc", display=False)),
        (3, Formula("e", display=False)),
    ]


def test_links_and_images_have_lines_and_words():
    assert sorted(document().links, key=lambda link: link.line) == [
        Link(9, "a.md#b", "link of two", image=False),
        Link(9, "b.png", "seen", image=True),
        Link(10, "c.md", "-", image=False),
        Link(10, "d.png", "d", image=True),
        Link(line("Inside"), "e.md", "in", image=False),
        Link(line("$f$"), "https://g.h/", "https://g.h/", image=False),
        Link(line("| [r]"), "r.md", "r", image=False),
    ]


def test_embeds_name_file_and_section():
    assert document().embeds == [
        (line('--8<-- "snippets'), "snippets/a.py", "core"),
        (line('--8<-- "figures'), "figures/a.svg", ""),
    ]


def test_folded_answers_are_counted():
    assert document().folded == [line("??? success"), line("??? note")]


def test_line_breaks_within_a_paragraph():
    page = document("one\ntwo\n\nthree `four`\n$x$ five\n")
    broken = [(1, "one", "two"), (4, "four", "x")]
    assert page.broken_lines == broken
    assert page.broken_lines == broken  # a second look sees the same


def test_html_has_lines():
    assert document("a\n\n<div>\nb\n</div>\n\nc\nd <b>e</b>\n").html == [
        (3, "<div>\nb\n</div>\n"),
        (8, "<b>"),
        (8, "</b>"),
    ]


def test_a_page_of_nothing():
    page = document("")
    assert (page.headings, page.links, page.formulas, page.embeds) == ([], [], [], [])


@pytest.mark.parametrize(
    "before",
    [
        "a `b\nc` d",
        "a ``b ` \nc`` d",
        "a <b\ntitle='c'> d</b>",
        "a $b\nc$ d",
        "_a_ *b*\n`c` `d`",
        "a\\\nb",
        "`a` `b\n\u00e9` `a`",
    ],
)
def test_a_line_is_counted_where_code_goes_on_over_its_end(before):
    page = Document(Path("a.md"), f"# A\n\n{before} [e](f)\ng [h](i)\n")
    assert [link.line for link in page.links] == [4, 5]
