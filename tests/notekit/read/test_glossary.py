"""Oracle: terms and pages written by hand, and the same page without the extension."""

import re
from html import unescape
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown import Markdown

from notekit.pages import terms as markdown_terms
from notekit.pages.stage import Stage
from notekit.problem import Problem
from notekit.read.glossary import FILE, Glossary, Term, read_glossary
from notekit.scaffold.twin import stamp
from tests.notekit.builder import Repo, build_repo

ENTRY = """\
- en: {en}
  zh: {zh}
  says: {{en: English line., zh: 中文一句。}}
"""


@pytest.fixture
def repo(tmp_path) -> Repo:
    return build_repo(tmp_path)


def term(en: str, zh: str, **keys: object) -> Term:
    says = {"en": f"What {en} is.", "zh": f"{zh}是什么。"}
    return Term.model_validate({"en": en, "zh": zh, "says": says} | keys)


def glossary(*terms: Term) -> Glossary:
    return Glossary(None, terms, tuple(range(len(terms))))


FIELD = glossary(
    term("convolution", "卷积", note="cv/box"),
    term("dilated convolution", "空洞卷积", also={"en": ["atrous convolution"]}),
    term("KL divergence", "KL 散度"),
    term("IoU", "交并比"),
    term("loss", "损失"),
    term("policy", "策略", within=["rl"]),
)


def found(text: str, language: str = "en", topic: str = "rl") -> list[tuple[str, str]]:
    return [(m[0], t.en) for m, t in FIELD.find(text, language, topic)]


# Finding


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("A convolution.", [("convolution", "convolution")]),
        ("Convolutions, twice: convolution", ["convolution"] * 2),
        ("dilated convolutions", ["dilated convolution"]),
        ("an atrous\nconvolution", ["dilated convolution"]),
        ("the KL\n  divergence", ["KL divergence"]),
        ("kl divergence, iou", []),
        ("IoUs of losses", ["IoU", "loss"]),
        ("policies", ["policy"]),
        ("deconvolution, convolution-like, glossy", []),
        ("", []),
    ],
)
def test_english_terms_are_found_whole_with_their_plurals(text, wanted):
    names = [en for _, en in found(text)]
    assert names == [w if isinstance(w, str) else w[1] for w in wanted]


def test_chinese_terms_are_found_inside_running_text_and_the_longer_wins():
    text = "用空洞卷积代替卷积，看 KL 散度。"
    assert found(text, "zh") == [
        ("空洞卷积", "dilated convolution"),
        ("卷积", "convolution"),
        ("KL 散度", "KL divergence"),
    ]


def test_a_word_of_other_meaning_is_left_alone_outside_its_topics():
    assert found("a policy", topic="rl") == [("policy", "policy")]
    assert found("a policy", topic="cv") == []


def test_an_empty_glossary_finds_nothing():
    assert list(glossary().find("convolution", "en", "cv")) == []


def test_order_is_the_alphabet_and_the_pinyin():
    assert [t.en for t in FIELD.ordered("en")] == [
        *("convolution", "dilated convolution", "IoU", "KL divergence", "loss"),
        "policy",
    ]
    # ce4 lve4, jiao1, juan3, KL, kong1, sun3
    assert [t.zh for t in FIELD.ordered("zh")] == [
        *("策略", "交并比", "卷积", "KL 散度", "空洞卷积", "损失"),
    ]


# Links in a page


class Text(HTMLParser):
    """What is read, the links taken for their text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.words = ""
        self.feed(html)

    def handle_data(self, data: str) -> None:
        self.words += data


def convert(text: str, terms: Glossary | None = FIELD, language: str = "en") -> str:
    extension = markdown_terms.TermsExtension(language=language)
    extras = ["md_in_html", "attr_list", "tables", "toc"]
    md = Markdown(extensions=[*extras, *([extension] if terms else [])])
    if terms:
        md.treeprocessors["notekit-terms"].glossary = terms
    return md.convert(text)


def links(html: str) -> list[tuple[str, str, str]]:
    pattern = r'<a class="term" href="([^"]*)" title="([^"]*)">([^<]*)</a>'
    return [(a, unescape(t), x) for a, t, x in re.findall(pattern, html)]


MARK = "<!-- note: nlp/other -->\n\n"


def test_the_first_use_of_a_term_links_to_its_line():
    html = convert(MARK + "One convolution, two convolutions. The loss.")
    assert links(html) == [
        ("../glossary.md#convolution", "What convolution is.", "convolution"),
        ("../glossary.md#loss", "What loss is.", "loss"),
    ]
    assert html.startswith('<p>One <a class="term"')
    assert html.endswith("</a>.</p>")
    assert ", two convolutions. The <a" in html


def test_a_note_does_not_send_its_reader_away_for_what_it_explains():
    html = convert("<!-- note: cv/box -->\n\nA convolution and a loss.")
    assert [text for _, _, text in links(html)] == ["loss"]


def test_a_page_that_does_not_ask_stays_as_it_is():
    assert links(convert("A convolution.")) == []
    # The mark of one page does not last for the next.
    md = Markdown(extensions=[markdown_terms.makeExtension()])
    md.treeprocessors["notekit-terms"].glossary = FIELD
    assert links(md.convert(MARK + "A loss."))
    md.reset()
    assert links(md.convert("A loss.")) == []


@pytest.mark.parametrize(
    "text",
    [
        "# A loss",
        "`a loss` and `loss`",
        "    a loss",
        "[a loss](x.md)",
        "[the *loss* here](x.md)",
        "**A loss** is",
        "| loss |\n| --- |\n| loss |",
        "<figure markdown>\n<figcaption markdown>A loss.</figcaption>\n</figure>",
    ],
)
def test_headings_code_links_tables_and_captions_hold_no_tips(text):
    assert links(convert(MARK + text)) == []


def test_text_before_between_and_after_elements_keeps_its_order():
    html = convert(MARK + "a loss *b* an IoU `c` and convolution *d loss* e")
    assert Text(html).words == "a loss b an IoU c and convolution d loss e"
    assert [x for _, _, x in links(html)] == ["loss", "IoU", "convolution"]


def test_titles_of_papers_and_lists_of_notes_stay_as_they_are():
    text = "## Why\n\na loss\n\n## References { #references }\n\n- IoU\n"
    assert [x for _, _, x in links(convert(MARK + text))] == ["loss"]
    text = '<nav markdown="1">\n\n- IoU\n\n</nav>\n\na loss\n'
    assert [x for _, _, x in links(convert(MARK + text))] == ["loss"]


def test_lists_are_searched_item_by_item():
    html = convert(MARK + "- a loss\n- an IoU, a loss\n")
    assert [x for _, _, x in links(html)] == ["loss", "IoU"]


def test_chinese_pages_get_chinese_lines():
    html = convert(MARK + "用空洞卷积。", language="zh")
    assert links(html) == [
        ("../glossary.md#dilated-convolution", "空洞卷积是什么。", "空洞卷积")
    ]


words = st.sampled_from(
    ["loss", "convolution", "IoU", "word", "*loss*", "`loss`", "**IoU**", "\n\n", "\n"]
)


@given(st.lists(words, max_size=25))
def test_links_change_nothing_that_is_read(parts):
    text = " ".join(parts)
    linked, plain = convert(MARK + text), convert(text, terms=None)
    assert Text(linked).words == Text(plain).words
    assert len(links(linked)) == len({x.casefold() for _, _, x in links(linked)})


def test_marks_of_code_do_not_show_in_a_tip():
    assert markdown_terms.plain("`add` of *two*, a_b") == "add of two, a_b"


# Reading


def problems(repo: Repo, text: str) -> list[str]:
    repo.write(FILE, text)
    return [p for p in repo.problems() if p.startswith(FILE)]


GOOD = ENTRY.format(en="box plot", zh="箱线图") + ENTRY.format(en="loss", zh="损失")


def test_a_good_glossary_has_no_problems(repo):
    assert problems(repo, GOOD) == []
    assert [t.en for t in repo.catalogue().glossary.terms] == ["box plot", "loss"]


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        (GOOD + "- en: x\n  says: {en: x, zh: x}\n", 7, "zh: Field required; got"),
        (GOOD + ENTRY.format(en="x", zh="又") + "  sees: y\n", 7, "sees: Extra inputs"),
        (
            GOOD + ENTRY.format(en="Loss", zh="代价"),
            7,
            "'Loss' is already one of 'loss'",
        ),
        (
            GOOD + ENTRY.format(en="cost", zh="损失"),
            7,
            "'损失' is already one of 'loss'",
        ),
        (GOOD + "  avoid: [箱线图]\n", 4, "avoid that no term has; got '箱线图'"),
        (GOOD + "  note: cv/nothing\n", 4, "the name of a note; got 'cv/nothing'"),
        (GOOD + "  note: cv/box#nowhere\n", 4, "a heading of cv/box; got '#nowhere'"),
        (GOOD + "  within: [tv]\n", 4, "got 'tv'"),
        (
            GOOD + "- en: x\n  zh: 又\n  says: {en: A line., zh: A line.}\n",
            7,
            "says.zh: want it in Chinese; got 'A line.'",
        ),
        (
            GOOD + "- en: x\n  zh: 又\n  says: {en: 一句。, zh: 一句。}\n",
            7,
            "says.en: want it in English; got '一句。'",
        ),
        (
            GOOD + "- en: x\n  zh: 又\n  says: {en: a <img src=x> b, zh: 一句。}\n",
            7,
            "says.en: want words, without '<img src=x'",
        ),
        ("en: loss\n", 1, "want a list of terms"),
        (GOOD + "- en: [\n", 8, "want YAML"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(repo, text, line, message):
    [problem] = problems(repo, text)
    assert problem.startswith(f"{FILE}:{line}: ")
    assert message in problem


def test_a_section_that_exists_is_accepted(repo):
    assert problems(repo, GOOD + "  note: cv/box#area\n") == []


def test_a_repository_without_glossary_has_an_empty_one(repo):
    assert read_glossary(repo.root, []).terms == ()


def test_a_changed_file_is_read_again(repo):
    assert problems(repo, GOOD) == []
    repo.write(FILE, GOOD + ENTRY.format(en="third", zh="第三个"))
    assert len(repo.catalogue().glossary.terms) == 3


# Chinese terms


def test_a_word_to_avoid_is_named_with_its_line(repo):
    repo.write(FILE, GOOD + "  avoid: [长方形]\n")
    repo.edit("docs/zh/cv/box.md", "宽乘以高", "长方形的宽乘以高")
    line = repo.line("docs/zh/cv/box.md", "长方形")
    wanted = "want the glossary's word for 'loss', 损失; got 长方形"
    assert repo.problems() == [f"docs/zh/cv/box.md:{line}: {wanted}"]


def test_a_word_to_avoid_may_stand_in_code(repo):
    repo.write(FILE, GOOD + "  avoid: [长方形]\n")
    repo.edit("docs/en/cv/box.md", "Width times", "`长方形`: width times")
    repo.edit("docs/zh/cv/box.md", "宽乘以高", "`长方形` 宽乘以高")
    stamp("cv/box", repo.root)
    assert repo.problems() == []


@pytest.mark.parametrize(
    ("chinese", "fine"), [("损失。", True), ("loss。", True), ("代价。", False)]
)
def test_a_term_of_the_english_page_needs_its_translation(repo, chinese, fine):
    repo.write(FILE, GOOD)
    english = "nothing else counts: loss, losses, Loss."
    repo.edit("docs/en/cv/box.md", "nothing else counts.", english)
    repo.edit("docs/zh/cv/box.md", "别的都不算。", f"别的都不算：{chinese}")
    wanted = "want 损失 for 'loss', which the English page uses 3 times"
    shown = [p for p in repo.problems() if "renders" not in p]
    assert [wanted in p for p in shown] == ([] if fine else [True])


def test_a_term_used_twice_may_be_put_in_other_words(repo):
    repo.write(FILE, GOOD)
    repo.edit("docs/en/cv/box.md", "nothing else counts.", "loss, losses.")
    assert repo.problems() == []


# What comes from it


def test_search_knows_the_terms_of_a_note_in_both_languages(repo):
    entry = ENTRY.format(en="box loss", zh="框损失")
    entry += "  note: cv/box\n  also: {en: [crate loss, also Box], zh: [箱损失]}\n"
    repo.write(FILE, entry + GOOD)
    stage = Stage(repo.catalogue(), "en")
    note = repo.catalogue().notes["cv/box"]
    # What is an alias already is not said twice.
    assert stage.search_words(note) == ["box loss", "crate loss", "框损失", "箱损失"]
    other = repo.catalogue().notes["cv/box-area"]
    assert stage.search_words(other) == []


def test_search_knows_the_other_language_s_words_for_what_a_page_mentions(repo):
    repo.write(FILE, GOOD)
    repo.edit("docs/zh/cv/box.md", "别的都不算", "别的损失都不算")
    catalogue = repo.catalogue()
    note = catalogue.notes["cv/box"]
    assert Stage(catalogue, "zh").mentions(note) == ["loss"]
    assert Stage(catalogue, "en").mentions(note) == []


@pytest.mark.parametrize(
    ("language", "first", "other", "link"),
    [
        ("en", "box plot", "箱线图", "Explained in: Box"),
        ("zh", "损失", "loss", "详见：方框"),
    ],
)
def test_the_glossary_s_page_has_every_term_with_its_note(
    repo, language, first, other, link
):
    text = GOOD.replace("en: loss", "en: loss\n  note: cv/box#area", 1)
    repo.write(FILE, text.replace("English line.", "Less < than."))
    page = Stage(repo.catalogue(), language).pages()["glossary.md"]
    terms = re.findall(r'<dt id="([\w-]+)">([^<]*) <span lang="(\w+)">([^<]*)', page)
    assert {t[0] for t in terms} == {"box-plot", "loss"}
    assert terms[0][0] == "box-plot" if language == "en" else "loss"
    assert (first, other) in {(t[1], t[3]) for t in terms}
    assert f'<a href="cv/box.md#area">{link}</a>' in page
    if language == "en":
        assert "Less &lt; than." in page


@pytest.mark.parametrize(
    "entry", ["- en: 2026-02-31", "- zh: 2026-13-45", "- en: 0000-00-00"]
)
def test_a_date_that_does_not_exist_is_named(tmp_path, entry):
    path = tmp_path / "docs/glossary.yml"
    path.parent.mkdir()
    path.write_text(f"# a\n- en: a\n  zh: 甲\n{entry}\n", encoding="utf-8")
    problems: list[Problem] = []
    read_glossary(tmp_path, problems)
    [problem] = problems
    assert problem.line == 4
    assert problem.message.startswith("want words, no dates")
