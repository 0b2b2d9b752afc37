"""Oracle: sentences that a person marked as right or wrong, and what is wrong."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notekit.rules.typography import mask, problems

WIDTH = "want full-width punctuation; got "
BESIDE = "want no space beside full-width punctuation; got "

IN_USE = "want characters in use in China, those of GB 2312"
WRONG = {
    "这就是鸽巣原理。": [f"{IN_USE}; got 巣, U+5DE3"],
    "不同的峠。": [f"{IN_USE}; got 峠, U+5CE0"],
    "用PyTorch写": ["want '用 PyTorch 写'; got '用PyTorch写'"],
    "用 PyTorch写": ["want ' PyTorch 写'; got ' PyTorch写'"],
    "共3个": ["want '共 3 个'; got '共3个'"],
    "共 3个": ["want '共 3 个'; got '共 3个'"],
    "10倍": ["want '10 倍'; got '10倍'"],
    "100%的": ["want '100% 的'; got '100%的'"],
    "调用`f`吧": ["want '调用 xxx 吧'; got '调用xxx吧'"],
    "公式$x$吧": ["want '公式 xxx 吧'; got '公式xxx吧'"],
    "见[PyTorch](a.md)吧": ["want '见 PyTorch 吧'; got '见PyTorch吧'"],
    "用**PyTorch**写": ["want '用 PyTorch 写'; got '用PyTorch写'"],
    "用<b>PyTorch</b>写": ["want '用 PyTorch 写'; got '用PyTorch写'"],
    "这是句子.": ["want '这是句子。'; got '这是句子.'"],
    "中文,英文": ["want '中文，英文'; got '中文,英文'", f"{WIDTH}'文,'"],
    "真的?": ["want '真的？'; got '真的?'", f"{WIDTH}'的?'"],
    "真的!": ["want '真的！'; got '真的!'", f"{WIDTH}'的!'"],
    "例:": ["want '例：'; got '例:'", f"{WIDTH}'例:'"],
    "例;": [f"{WIDTH}'例;'"],
    "例:`x`": [f"{WIDTH}'例:'"],
    "他说(好)吧": [f"{WIDTH}'说('", f"{WIDTH}')吧'"],
    "$x$,吧": ["want 'xxx，吧'; got 'xxx,吧'"],
    "好 ，吧": ["want '好，吧'; got '好 ，吧'", f"{BESIDE}' ，'"],
    "好， 吧": ["want '好，吧'; got '好， 吧'", f"{BESIDE}'， '"],
    "`f` ，吧": ["want 'xxx，吧'; got 'xxx ，吧'", f"{BESIDE}' ，'"],
    "例： `x`": ["want '例：xxx'; got '例： xxx'", f"{BESIDE}'： '"],
    "好 （吧）": ["want '好（吧）'; got '好 （吧）'", f"{BESIDE}' （'"],
    "好，，吧": ["want one mark of punctuation; got '，，'"],
    "好。。": ["want one mark of punctuation; got '。。'"],
    "好、，吧": ["want one mark of punctuation; got '、，'"],
    "真的？。": ["want one mark of punctuation; got '？。'"],
    "他说「好": ["want its partner; got 「 alone"],
    "他说好」": ["want its partner; got 」 alone"],
    "他（说": ["want its partner; got （ alone"],
    "他说）": ["want its partner; got ） alone"],
    "他“说": ["want its partner; got “ alone"],
    "《书": ["want its partner; got 《 alone"],
    "（他「说）」": [
        "want its partner; got ） alone",
        "want its partner; got （ alone",
    ],
    "（ 好）": ["want '（好）'; got '（ 好）'", f"{BESIDE}'（ '"],
}

RIGHT = [
    "用 PyTorch 写，共 3 个。",
    "3×3 卷积，第 1–3 层，约 95% 的 CPU、GPU。",
    "调用 `f` 吧，`f`、`g` 和 `h(a, b)`。",
    "由 $a$、$b$ 得 $c$。$x$，吧。",
    "**要点。** 文字接着写。",
    "他说“好（吧）”，见《书》「甲『乙』」。",
    "真的？！他说……好——吧。",
    "`「` 与 `）` 是代码。",
    "**“要点”** 文字，*重点*在此，**PyTorch** 的。",
    "见[文献](a.md)，见 [PyTorch](https://a.b/c,d) 吧。",
    "## 标题 { #id }",
    "[链接](x.md){ .a }",
    "`中文,英文`",
    "$f(x)=1,中文,x$",
    "- A. Author. *Title, and (more).* Venue, 2016.",
    "  [arXiv:1512.03385](https://arxiv.org/abs/1512.03385). Figure 3, p. 4.",
    "O(n) 时间，他说（好）吧。",
    '--8<-- "snippets/cv/中文,a.py:core"',
    "::: snippets.cv.box",
    "| 符号 | `x` | $y$ | 含义 |",
    '<div role="img" aria-label="图:A,B图">',
    '!!! note "注"',
    "",
]


@pytest.mark.parametrize("text", WRONG)
def test_wrong_typography_is_refused(text):
    assert list(problems(text)) == [(1, message) for message in WRONG[text]]


@pytest.mark.parametrize("text", RIGHT)
def test_right_typography_is_not_refused(text):
    assert list(problems(text)) == []


BLOCKS = {
    "a code fence": "```python\nprint('中文,英文')  # 用PyTorch写\n```",
    "an indented code fence": "1. 一\n\n    ```text\n    用PyTorch写\n    ```",
    "a fence of tildes": "~~~\n用PyTorch写\n~~~",
    "a longer fence": "````md\n```\n用PyTorch写\n```\n````",
    "a display formula": "$$\nx = \\text{用PyTorch写}\n$$",
    "front matter": "---\ntitle: 用PyTorch写\n---",
}


@pytest.mark.parametrize("kind", BLOCKS)
def test_what_is_no_prose_is_left_alone(kind):
    block = BLOCKS[kind]
    assert list(problems(f"{block}\n\n对。\n")) == []


@pytest.mark.parametrize("kind", BLOCKS)
def test_lines_below_a_block_keep_their_numbers(kind):
    block = BLOCKS[kind]
    line = block.count("\n") + 3
    assert list(problems(f"{block}\n\n用PyTorch写\n")) == [
        (line, "want '用 PyTorch 写'; got '用PyTorch写'")
    ]


def test_a_bracket_closes_in_its_own_paragraph():
    assert list(problems("他（说\n好）吧\n")) == []
    assert [line for line, _ in problems("对。\n\n他（说\n\n好）吧\n")] == [3, 5]
    assert [line for line, _ in problems("- 他（说\n- 好）吧\n")] == [1, 2]


def test_each_line_has_its_own_report():
    text = "对。\n\n用PyTorch写\n\n对。\n\n共3个\n"
    assert [line for line, _ in problems(text)] == [3, 7]


def test_a_report_shows_the_place_and_not_the_whole_paragraph():
    [(_, message)] = problems(f"{'前' * 50}用PyTorch写{'后' * 50}")
    assert message == f"want '{'前' * 7}用 PyTorch 写{'后' * 7}'; " + (
        f"got '{'前' * 7}用PyTorch写{'后' * 7}'"
    )


@given(st.text("中文，。 ab`$*[](){}#\n-", max_size=60))
def test_a_mask_has_as_many_lines_as_the_text(text):
    assert mask(text).count("\n") == text.count("\n")


def test_code_and_formulas_keep_their_width():
    assert mask("用 `f(x)` 和 $a b$。") == "用 xxxxxx 和 xxxxx。"
