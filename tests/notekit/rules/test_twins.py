"""Oracle: a Chinese page with one departure each from its English twin."""

import pytest

from notekit.scaffold.twin import stamp
from tests.notekit.builder import Repo, build_repo

EN, ZH = "docs/en/cv/box.md", "docs/zh/cv/box.md"
ENGLISH = (
    "The area is $w h$, at least $x_i^2$ for 12,000 boxes, 0.5 in `f(n)`.\n\n"
    "- One half\n- Three: $a + b$\n"
)
CHINESE = (
    "面积是 $w h$，至少是 $x_i^2$，共 1.2 万个，`f(n)` 中为 0.5。\n\n"
    "- 一半\n- 3：$a+b$\n"
)


@pytest.fixture
def repo(tmp_path) -> Repo:
    repo = build_repo(tmp_path)
    for page, text in ((EN, ENGLISH), (ZH, CHINESE)):
        whole = repo.read(page)
        at = whole.index("\n## ", whole.index("#area"))
        repo.write(page, f"{whole[:at]}\n{text}{whole[at:]}")
    stamp("cv/box", repo.root)
    return repo


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        ("It is $w \\to w^*$.", "$w$ 收敛到 $w^*$。"),
        ("Integers $\\ge 1$.", "不小于 1 的整数。"),
        ("Three letters $q, k, v$.", "3 个字母 $q$、$k$、$v$。"),
        ("It is $f(a, b)$.", "即 $f(a,b)$。"),
        ("It is $x = \\infty$.", "$x$ 是无穷大。"),
        ("The cell $(i, j)$.", "第 $i$ 行第 $j$ 列的格子。"),
        ("An $n \\times n$ board.", "$n$ 阶的棋盘。"),
        ("In $O(\\text{cells})$.", "与格子数成正比。"),
        ("It is $a \\, b$.", "即 $a b$。"),
    ],
)
def test_a_relation_may_be_said_in_words(repo, english, chinese):
    repo.edit(EN, "- One half\n", f"{english}\n\n- One half\n")
    repo.edit(ZH, "- 一半\n", f"{chinese}\n\n- 一半\n")
    stamp("cv/box", repo.root)
    assert [p for p in repo.problems() if p.startswith(ZH)] == []


def said_of(repo: Repo, message: str, *edits: tuple[str, str, str]) -> list[str]:
    """What follows the message in the problems after these edits, twins renewed."""
    for page, old, new in edits:
        repo.edit(page, old, new)
    stamp("cv/box", repo.root)
    return [p.partition(message)[2] for p in repo.problems() if message in p]


def test_a_page_that_is_behind_may_say_less(repo):
    repo.edit(EN, "- One half\n", "- One half\n- $q$\n- 98\n")
    assert [p for p in repo.problems() if p.startswith(ZH)] == []
    stamp("cv/box", repo.root)
    assert any("want 6 paragraphs" in problem for problem in repo.problems())


def test_the_same_in_the_words_of_another_language_is_the_same(repo):
    assert [p for p in repo.problems() if p.startswith(ZH)] == []


FORMULA = "want formulas of the English page's paragraph only; got "
NUMBER = "want numbers of the English page's paragraph only; got "
NUMERAL = "want numbers of the English page's section only; got "
DROPPED = "want the formulas of the English page's paragraph; found no "
FAULTS = {
    "another exponent": ("$x_i^2$", "$x_i^3$", FORMULA + "$x_i^3$"),
    "another index": ("$x_i^2$", "$x_j^2$", FORMULA + "$x_j^2$"),
    "another sign": ("$a+b$", "$a-b$", FORMULA + "$a-b$"),
    "a formula of its own": ("一半", "一半 $q$", FORMULA + "$q$"),
    "another number": ("1.2 万", "1.3 万", NUMBER + "1.3"),
    "another digit": ("0.5。", "0.6。", NUMBER + "0.6"),
    "a number of its own": ("一半", "一半，97", NUMBER + "97"),
    "a paragraph less": ("- 一半\n", "", "want 4 paragraphs, items and cells"),
    "a paragraph more": ("- 一半\n", "- 一半\n- 甲\n", "want 4 paragraphs"),
    "another name in code": (
        "`f(n)` 中",
        "`f(m)` 中",
        "want code of the English page's paragraph only; got `f(m)`",
    ),
    "a part of a name": (
        "`f(n)` 中",
        "`Thr` 中",
        "want code of the English page's paragraph only; got `Thr`",
    ),
    "another label": (
        'aria-label="一条线"',
        'aria-label="2 条线"',
        "want numbers of the English aria-label, 'A drawn line'; got 2",
    ),
    "an English label": (
        'aria-label="一条线"',
        'aria-label="A drawn line"',
        "want a Chinese aria-label; got 'A drawn line'",
    ),
    "another year": (
        "*Title.* Venue, 2016.",
        "*Title.* Venue, 2017.",
        "want the numbers of the English page's source; got 2017",
    ),
    "no year": (
        "*Title.* Venue, 2016.",
        "*Title.* Venue.",
        "want the years and pages of the English page's source; found no 2016",
    ),
    "a page of its own": (
        "*Title.* Venue, 2016.",
        "*Title.* Venue, 2016, 317.",
        "want the numbers of the English page's source; got 317",
    ),
    "a sentence in English": (
        "- 一半",
        "- one half of all the boxes",
        "want it in Chinese; got 'one half of all the boxes'",
    ),
    "an item in English": (
        "- 一半",
        "- One half",
        "want it in Chinese; got 'One half'",
    ),
    "a cell in English": ("有多宽", "how wide", "want it in Chinese; got 'how wide'"),
    "English after Chinese": (
        "- 一半",
        "- 一半 which is one half of all of the boxes there are",
        "want it in Chinese; got 'which is one half",
    ),
    "a short sentence in English": (
        "- 一半",
        "- 一半。This holds for any box.没错",
        "want it in Chinese; got 'This holds for any box.'",
    ),
    "a lead in English": (
        "- 一半",
        "- **A box that is not whole.** 一半",
        "want it in Chinese; got 'A box that is not whole.'",
    ),
    "a heading in English": (
        "## 常见错误",
        "## Common mistakes",
        "want a Chinese heading; got 'Common mistakes'",
    ),
    "a formula less": ("至少是 $x_i^2$，", "", DROPPED + "$x_i^2$"),
    "another formula of its letters": ("$a+b$", "$a$、$b$", DROPPED + "$a + b$"),
    "a number for a formula": ("3：$a+b$", "3：7", DROPPED + "$a + b$"),
    "a traditional character": ("一半", "一個半", "want simplified characters, 个"),
    "straight quotes": ("一半", '"一半"', "want Chinese quotes, “ and ”"),
    "straight single quotes": ("一半", "'一半'", "want Chinese quotes, “ and ”"),
}


@pytest.mark.parametrize("case", FAULTS)
def test_a_departure_is_named_where_it_stands(repo, case):
    old, new, message = FAULTS[case]
    repo.edit(ZH, old, new)
    lines = {repo.line(ZH, new or "面积是 $w h$"), repo.line(ZH, "面积是 $w h$")}
    lines |= {repo.line(ZH, "- A. Author")}
    lines |= {repo.line(ZH, "先给") + n for n in range(60) if "paragraph" in case}
    problems = repo.problems()
    starts = tuple(f"{ZH}:{line}: {message}" for line in lines)
    assert any(problem.startswith(starts) for problem in problems), problems


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("$x_i^2$", "$x_i^{2}$"),
        ("一半", "一半（Faster R-CNN）"),
        ("## 常见错误", "## API 的错误"),
        ("一半", "一半，即“半个”"),
    ],
)
def test_what_a_chinese_author_may_write(repo, old, new):
    repo.edit(ZH, old, new)
    if "{2}" in new:  # other TeX is another formula: nobody can tell for all
        assert any(FORMULA in problem for problem in repo.problems())
    else:
        assert [p for p in repo.problems() if p.startswith(ZH)] == []


@pytest.mark.parametrize(
    ("english", "chinese", "missing"),
    [
        ("of 16 and 2.5", "共 16 个", "2.5"),
        ("of 16", "共十六个", None),
        ("of 16", "共六个", "16"),
        ("of 40", "共四十个", None),
        ("of 102", "共一百零二个", None),
        ("of 7", "共七个", None),
        ("of 34,000", "共 3.4 万个", None),
        ("of 34,000", "共 3.5 万个", "34,000"),
        ("of 30", "见 $n = 30$", None),
        ("of the 1990s or so", "上世纪九十年代", None),
        ("a 0-1 sum", "和", None),
    ],
)
def test_a_number_that_only_the_english_text_has_is_named(
    repo, english, chinese, missing
):
    message = "want the numbers of the English page's paragraph; found no "
    theirs = (EN, "One half", f"One half, {english}")
    found = said_of(repo, message, theirs, (ZH, "一半", f"一半，{chinese}"))
    assert found == ([missing] if missing else [])


@pytest.mark.parametrize(
    ("english", "chinese", "lines"),
    [
        (
            ("Of $p$.", "Of $q$."),
            ("$q$ 的。", "$p$ 的。"),
            [(FORMULA, 2), (DROPPED, 2)],
        ),
        (("Of 17.", "Of 35."), ("35 的。", "17 的。"), [(NUMBER, 2)]),
        (("Of $p$.", "Of $q$."), ("$p$ 的。", "$q$ 的。"), [(FORMULA, 0), (NUMBER, 0)]),
        (("All $p$.", "All $q$."), ("$p$。", "$qp$。"), [(DROPPED, 0), (FORMULA, 1)]),
        (("All $p$.", "$x_p$."), ("$x_p$。", "$x_p$。"), [(DROPPED, 0), (FORMULA, 1)]),
        (("All $p$.", "$x_q$."), ("全部。", "$x_q$。"), [(DROPPED, 1)]),
        # Nought and one may be said where the other language says a word.
        (("Of 1.", "Of none."), ("都是 1。", "除了 1 个。"), [(NUMBER, 0)]),
        (("Of 2.", "Of none."), ("都是 2。", "除了 2 个。"), [(NUMBER, 1)]),
        (("Of 3.", "Of none."), ("都是 3。", "除了 3 个。"), [(NUMBER, 1)]),
    ],
)
def test_what_two_paragraphs_say_does_not_change_places(repo, english, chinese, lines):
    for page, before, said in ((EN, "- One half", english), (ZH, "- 一半", chinese)):
        repo.edit(page, before, "\n\n".join([*said, before]))
    stamp("cv/box", repo.root)
    problems = [p for p in repo.problems() if p.startswith(ZH)]
    for message, number in lines:
        assert len([p for p in problems if message in p]) == number, problems


def test_code_that_only_the_english_paragraph_has_is_named(repo):
    repo.edit(EN, "- One half\n", "- One half, `g(n)`\n")
    stamp("cv/box", repo.root)
    message = "want the code of the English page's paragraph; found no `g(n)`"
    assert f"{ZH}:{repo.line(ZH, '一半')}: {message}" in repo.problems()


def test_code_of_another_paragraph_is_named(repo):
    repo.edit(EN, "- One half\n", "- One half, `g(n)`\n")
    repo.edit(ZH, "- 一半\n", "- 一半，`f(n)`\n")
    stamp("cv/box", repo.root)
    message = "want code of the English page's paragraph only; got `f(n)`"
    assert f"{ZH}:{repo.line(ZH, '一半')}: {message}" in repo.problems()


@pytest.mark.parametrize(
    ("english", "chinese", "got"),
    [
        ("Two boxes of four.", "四个方框中的两个。", None),
        ("Two boxes of four.", "五个方框中的两个。", "五"),
        ("Sixteen boxes here.", "这里有 16 个方框。", None),
        ("Sixteen boxes here.", "这里有 17 个方框。", "17"),
        ("Boxes of 25 sides.", "有 25 条边的方框。", None),
        ("Boxes of 25 sides.", "有 52 条边的方框。", "52"),
    ],
)
def test_numbers_of_a_summary_are_those_of_the_english_one(repo, english, chinese, got):
    for page, words in ((EN, english), (ZH, chinese)):
        [old] = [x for x in repo.read(page).split("\n") if x.startswith("summary:")]
        repo.edit(page, old, f"summary: {words}")
    stamp("cv/box", repo.root)
    message = f"{ZH}:3: want numbers of the English summary only; got "
    found = [p.removeprefix(message) for p in repo.problems() if p.startswith(message)]
    assert found == ([got] if got else [])


@pytest.mark.parametrize(
    ("english", "chinese", "got"),
    [
        ("Twenty-four lines", "二十四条线", None),
        ("Twenty-four lines", "二十条线", None),  # of it twenty is a part
        ("Twenty-four lines", "三十四条线", "三十四"),
        ("Six lines", "五条线", "五"),
    ],
)
def test_numerals_of_a_label_are_the_english_ones(repo, english, chinese, got):
    message = f"want numbers of the English aria-label, {english!r}; got "
    theirs = (EN, 'aria-label="A drawn line"', f'aria-label="{english}"')
    own = (ZH, 'aria-label="一条线"', f'aria-label="{chinese}"')
    found = said_of(repo, message, theirs, own)
    assert found == ([got] if got else [])


COUNTS = [
    ("three boxes", "三个方框", None),
    ("three boxes", "四个方框", "四"),
    ("sixteen boxes", "十六个方框", None),
    ("sixteen boxes", "十五个方框", "十五"),
    ("two boxes", "两个方框", None),
    ("two boxes", "三个方框", "三"),
    ("a pair of boxes", "两个方框", None),
    ("both boxes", "七个方框", "七"),
    ("a third of them", "其中三分之一", None),
    ("a third of them", "其中五分之一", "五"),
    ("it grows sevenfold", "变成七倍", None),
    ("a hundred boxes", "一百个方框", None),
    ("a hundred boxes", "七百个方框", "七百"),
    ("forty-two of them", "四十个方框", None),
    ("$4 n$ of them", "四倍", None),
    ("`f(4)` of them", "四个", None),
    # What the English section says elsewhere; what counts nothing.
    ("some boxes", "一半，三个", None),
    ("some boxes", "一半，九个", "九"),
    ("a triangle, rounded", "三角形，四舍五入", None),
    ("1.2 million", "一百二十万", None),
    # Smaller ones, where the paragraph lacks what the English one says.
    ("some boxes", "两个方框", None),
    ("five boxes", "两个方框", "两"),
]


@pytest.mark.parametrize(("english", "chinese", "got"), COUNTS)
def test_a_numeral_that_the_english_section_does_not_have_is_named(
    repo, english, chinese, got
):
    theirs = (EN, "One half", f"One part, {english}")
    found = said_of(repo, NUMERAL, theirs, (ZH, "一半", f"一部分，{chinese}"))
    assert found == ([got] if got else [])


@pytest.mark.parametrize(
    ("english", "chinese", "missing"),
    [
        ("seven boxes", "七个方框", None),
        ("seven boxes", "7 个方框", None),
        ("seven boxes", "$7$ 个方框", None),
        ("seven boxes", "几个方框", "seven"),
        ("a box or two", "几个方框", None),
    ],
)
def test_a_number_in_an_english_word_is_wanted_in_the_paragraph(
    repo, english, chinese, missing
):
    message = "want the numbers of the English paragraph; found no "
    theirs = (EN, "One half", f"One part, {english}")
    found = said_of(repo, message, theirs, (ZH, "一半", f"一部分，{chinese}"))
    assert found == ([missing] if missing else [])


def test_a_label_less_is_named(repo):
    repo.edit(ZH, 'role="img" aria-label="一条线"', 'role="img"')
    assert any("want 1 aria-labels, as on the Eng" in p for p in repo.problems())


def test_a_number_that_only_the_english_label_has_is_named(repo):
    repo.edit(EN, 'aria-label="A drawn line"', 'aria-label="12 lines of 3 boxes"')
    repo.edit(ZH, 'aria-label="一条线"', 'aria-label="三个方框的线"')
    stamp("cv/box", repo.root)
    message = "want all numbers of the English aria-label; found no 12"
    assert [p for p in repo.problems() if "aria-label" in p] == [
        f"{ZH}:{repo.line(ZH, '三个方框')}: {message}"
    ]
