"""Oracle: pages with one fault each, and the line on which a person sees it."""

import pytest

from tests.notekit.builder import Repo, build_repo

EN = "docs/en/cv/box.md"


@pytest.fixture
def repo(tmp_path) -> Repo:
    return build_repo(tmp_path)


# What is replaced, by what, where it is reported, and how the report begins.
FAULTS = {
    "a box of no kind": (
        "## Pitfalls {",
        '!!! banana "Title"\n\n    a\n\n## Pitfalls {',
        "!!! banana",
        "want a box of one of note, tip",
    ),
    "a box without a kind": (
        "## Pitfalls {",
        "!!!\n\n    a\n\n## Pitfalls {",
        "!!!",
        "want a box of one of note, tip",
    ),
    "an empty box": (
        "## Pitfalls {",
        '!!! note "Title"\n\na\n\n## Pitfalls {',
        "!!! note",
        "want the words of a box below it",
    ),
    "an open answer": (
        "## Pitfalls {",
        '???+ success "Answer"\n\n    a\n\n## Pitfalls {',
        "???+",
        "want ??? before an answer",
    ),
    "a merge": (
        "## Pitfalls {",
        "<<<<<<< HEAD\na\n=======\n\n## Pitfalls {",
        "<<<<<<< HEAD",
        "want no mark of a merge",
    ),
    "a tab": (
        "## Pitfalls {",
        '=== "One"\n\n    a\n\n## Pitfalls {',
        '=== "One"',
        "want no tab, which the site shows",
    ),
    "a tab with a script": (
        "## Pitfalls {",
        '=== "<script>alert(1)</script>"\n\n    a\n\n## Pitfalls {',
        '=== "<scr',
        "want no tab, which the site shows",
    ),
    "definitions": (
        "## Pitfalls {",
        "Term\n:   what it is\n\n## Pitfalls {",
        ":   what",
        "want no list of definitions",
    ),
    "a box to tick": (
        "## Pitfalls {",
        "- [x] done\n- a\n\n## Pitfalls {",
        "- [x]",
        "want no box to tick",
    ),
    "a wiki's link": (
        "## Pitfalls {",
        "See [[box]] for it.\n\n## Pitfalls {",
        "See [[box",
        "want no link of a wiki",
    ),
    "contents": (
        "## Pitfalls {",
        "[TOC]\n\n## Pitfalls {",
        "[TOC]",
        "want no table of contents",
    ),
    "a block of files": (
        "## Pitfalls {",
        "--8<--\nREADME.md\n--8<--\n\n## Pitfalls {",
        "--8<--\nREADME",
        "want no block of files",
    ),
    "a symbol by name": (
        "## Pitfalls {",
        "It is :smile: so.\n\n## Pitfalls {",
        "It is :smile",
        "want no symbol by its name",
    ),
    "a lost character": (
        "## Pitfalls {",
        "A na�ve reader.\n\n## Pitfalls {",
        "A na",
        "want characters that were read",
    ),
    "a list after text": (
        "## Pitfalls {",
        "The two are:\n- one\n- two\n\n## Pitfalls {",
        "- one",
        "want a blank line before a list",
    ),
    "a numbered list after text": (
        "## Pitfalls {",
        "The two are:\n1. one\n2. two\n\n## Pitfalls {",
        "1. one",
        "want a blank line before a list",
    ),
    "a table after text": (
        "## Pitfalls {",
        "The two are:\n| a | b |\n| --- | --- |\n| 1 | 2 |\n\n## Pitfalls {",
        "| a | b",
        "want a blank line before a list",
    ),
    "two spaces": (
        "## Pitfalls {",
        "- one\n  - two\n\n## Pitfalls {",
        "  - two",
        "want four spaces before an item",
    ),
    "a table without a rule": (
        "## Pitfalls {",
        "| a | b |\n| 1 | 2 |\n\n## Pitfalls {",
        "| a | b",
        "want a row in a table",
    ),
    "text that is indented": (
        "## Pitfalls {",
        "a\n\n    some text, indented\n\n## Pitfalls {",
        "    some text",
        "want code in a fence",
    ),
    "a footnote of nothing": (
        "## Pitfalls {",
        "[^one]: A note.\n\n## Pitfalls {",
        "[^one]",
        "want a footnote that the text refers to",
    ),
    "a number twice": (
        "## Pitfalls {",
        "$$\na = b \\tag{1}\n$$\n\n$$\nc = d \\tag{1}\n$$\n\n## Pitfalls {",
        "c = d",
        "want each number of a formula once",
    ),
    "a heading twice": (
        "## Pitfalls {",
        "## Area { #again }\n\na\n\n## Pitfalls {",
        "## Area { #again",
        "want headings that readers can tell",
    ),
    "two titles": (
        "## Pitfalls {",
        "# Another\n\na\n\n## Pitfalls {",
        "# Another",
        "want one heading of level 1, in line",
    ),
    "a jump of levels": (
        "## Pitfalls { #pitfalls }\n",
        "## Pitfalls { #pitfalls }\n\n#### Deep { #deep }\n\na\n",
        "#### Deep",
        "want a heading of level 3 at most below 'Pitfalls'",
    ),
    "an id that comes twice": (
        "{ #pitfalls }",
        "{ #notation }",
        "## Pitfalls",
        "want each id once; #notation is that of line",
    ),
    "an empty heading": (
        "## Pitfalls {",
        "## { #none }\n\na\n\n## Pitfalls {",
        "## { #none }",
        "want headings that say something",
    ),
    "no answer": (
        "The answer comes",
        "- The answer comes",
        "# Box",
        "want a paragraph that gives the answer",
    ),
    "an empty section": (
        "## Pitfalls {",
        "## More { #more }\n\n## Pitfalls {",
        "## More",
        "want something below 'More'",
    ),
    "no notation": (
        "{ #notation }",
        "{ #letters }",
        "",
        "want a section { #notation }",
    ),
    "exercises elsewhere": (
        "## Exercises { #exercises }\n",
        "## Exercises { #exercises }\n\nNone.\n\n## More { #more }\n",
        "## Exercises",
        "want at least 3 exercises with folded answers in #exercises; got 0",
    ),
    "an answer that answers nothing": (
        '    ??? success "Answer"\n\n        Third.',
        '    ??? success "Answer"\n\n    Third.',
        '    ??? success "Answer"\n\n    Third.',
        "want an answer, indented by four more",
    ),
    "an answer of code alone": (
        '    ??? success "Answer"\n\n        Third.',
        '    ??? success "Answer"\n\n        ```text\n        3\n        ```',
        '    ??? success "Answer"\n\n        ```text',
        "want an answer in words beside its code",
    ),
    "a caption with a link": (
        "The line is straight.</figcaption>",
        "The [line](#area) is straight.</figcaption>",
        "<figcaption",
        "want a caption without links; got [line](#area)",
    ),
    "an id of a heading once more": (
        "The answer comes",
        '<p id="pitfalls">a</p>\n\nThe answer comes',
        '<p id="pitfalls">',
        "want each id once; #pitfalls is that of line",
    ),
    "an answer that is a number and a point": (
        "## Pitfalls {",
        '??? success "Answer"\n\n    25. The first of many.\n\n## Pitfalls {',
        "    25. The first",
        "want no text whose line begins with a number and a point",
    ),
    "a year at the start of a line": (
        "## Pitfalls {",
        "- A. Author. *A title.*\n  2022. A journal.\n\n## Pitfalls {",
        "  2022. A journal.",
        "want no text whose line begins with a number and a point",
    ),
    "a list without a blank line above it": (
        "## Pitfalls {",
        "Two things:\n- one\n- two\n\n## Pitfalls {",
        "- one",
        "want a blank line above a list",
    ),
    "a table row too wide": (
        "| --- | --- | --- |\n",
        "| --- | --- | --- |\n| a | b | c | d |\n",
        "| a | b | c | d |",
        "want rows of 3 cells, as in the table's head; got 4",
    ),
    "a table row too narrow": (
        "| --- | --- | --- |\n",
        "| --- | --- | --- |\n| a `x|y` | $|x|$ |\n",
        "| a `x|y`",
        "want rows of 3 cells, as in the table's head; got 2",
    ),
    "a table whose rule is too short": (
        "| --- | --- | --- |\n",
        "| --- | --- |\n",
        "| --- | --- |",
        "want a table's head and the rule below it with as many cells; got 3 and 2",
    ),
    "a table whose head is too short": (
        "| Symbol | Code | Meaning |\n",
        "| Symbol | Meaning |\n",
        "| --- | --- | --- |",
        "want a table's head and the rule below it with as many cells; got 2 and 3",
    ),
    "a link that leads nowhere": (
        "The answer comes",
        "The [answer]() comes",
        "The [answer]()",
        "want a link that leads somewhere",
    ),
    "a link without words": (
        "The answer comes",
        "[](https://example.org) The answer comes",
        "[](https",
        "want a link with words",
    ),
    "a link of a formula alone": (
        "Width times height,",
        "See [$w h$](#area). Width times height,",
        "See [$w h$](#area)",
        "want a link with words, which a formula does not replace",
    ),
    "a pitfall without a lead": (
        "- **Adding.** The sum",
        "- The sum",
        "- The sum",
        "want a pitfall that begins with what is seen, in bold",
    ),
    "a pitfall without its cause": (
        "- **Adding.** The sum of $w$ and $h$ has the wrong unit.",
        "- **Adding.**",
        "- **Adding.**",
        "want a pitfall that begins with what is seen",
    ),
    "a pitfall of a dot": (
        "- **Adding.** The sum of $w$ and $h$ has the wrong unit.",
        "1. **Adding.** .",
        "1. **Adding.** .",
        "want a pitfall that begins with what is seen",
    ),
    "a letter twice": (
        "| $w$ | `width` | how wide it is |",
        "| $w$ | `width` | how wide |\n| $ w $ | `h` | how high |",
        "| $ w $",
        "want each letter once; $w$ is in line",
    ),
    **{
        f"a fence of {kind or 'no kind'}": (
            "## Pitfalls {",
            f"```{kind}\n{{}}\n```\n\n## Pitfalls {{",
            f"```{kind}\n{{}}",
            "want a fence of one of python, py, text, console",
        )
        for kind in ("json", "yaml", "diff", "toml", "mermaid", "csv")
    },
}


@pytest.mark.parametrize("case", FAULTS)
def test_a_fault_is_named_where_it_stands(repo, case):
    old, new, where, message = FAULTS[case]
    text = repo.read(EN)
    assert old in text
    repo.write(EN, text.replace(old, new, 1))
    at = repo.read(EN).index(where)
    line = repo.read(EN).count("\n", 0, at) + 1 if where else 1
    found = [p for p in repo.problems() if p.startswith(f"{EN}:{line}: {message}")]
    assert found, repo.problems()


def test_pitfalls_exercises_and_references_hold_what_they_are_for(repo):
    text = repo.read(EN)
    for name, wanted in (
        ("pitfalls", "a list of pitfalls"),
        ("references", "a list of sources"),
        ("notation", "a table of the letters"),
    ):
        head, _, rest = text.partition(f"{{ #{name} }}\n")
        after = rest[rest.index("\n## ") :]
        repo.write(EN, f"{head}{{ #{name} }}\n\nNone.\n{after}")
        assert any(
            f"want {wanted} in #{name}; found none" in problem
            for problem in repo.problems()
        )


def test_a_section_may_begin_with_a_deeper_one(repo):
    for page in (EN, EN.replace("/en/", "/zh/")):
        text = repo.read(page)
        at = text.index("{ #pitfalls }") + len("{ #pitfalls }")
        deeper = "### One { #one }" if "/en/" in page else "### 一 { #one }"
        repo.write(page, f"{text[:at]}\n\n{deeper}{text[at:]}")
    assert not any("something below" in problem for problem in repo.problems())


FINE = (
    '!!! note "Title"\n\n    Words.',
    '??? success "Answer"\n\n    Words.',
    "- one\n    - two\n- three",
    "Words.\n\n- one\n  and more of it\n- two",
    "1. one\n2. two\n\n    more of it\n\n3. three",
    "In 2022 3.5 of\n3.5 were 2.\n2.5 of them",
    "A ratio 3:4, and `[[x]]` or `:name:` in code.",
    "A word.[^a]\n\n[^a]: A note.",
    "$$\na = b \\tag{1}\n$$\n\n$$\nc = d \\tag{2}\n$$",
    "| a | b |\n| --- | --- |\n| 1 | 2 |",
    "## Pitfalls { #pitfalls-too }\n\n- **One.**\n    More of it.",
)


@pytest.mark.parametrize("text", FINE)
def test_what_both_parsers_read_alike_is_left_alone(repo, text):
    repo.edit(EN, "## Pitfalls {", f"{text}\n\n## Pitfalls {{")
    line = repo.line(EN, text.split("\n")[0])
    around = range(line, line + text.count("\n") + 1)
    found = [p for p in repo.problems() if p.startswith(EN)]
    assert [p for p in found if int(p.split(":")[1]) in around] == []
