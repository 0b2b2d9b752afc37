"""Oracle: faults that a stranger planted in real notes, and that nothing named."""

import pytest

from notekit.read import fences, survey
from notekit.read.catalogue import folded
from notekit.read.equivalents import entries
from notekit.read.queries import read_queries
from notekit.rules import formulas, typography
from notekit.rules.allowed import AUTHOR, SITE, refused
from tests.notekit.builder import Repo, build_repo

EN, ZH, TEST = "docs/en/cv/box.md", "docs/zh/cv/box.md", "tests/cv/test_box.py"
END = "## Pitfalls { #pitfalls }"


@pytest.fixture
def repo(tmp_path) -> Repo:
    return build_repo(tmp_path)


@pytest.mark.parametrize("policy", [AUTHOR, SITE])
@pytest.mark.parametrize(
    "html",
    [
        "<?php echo 1 ?>",
        '<?xml version="1.0"?>',
        "<![CDATA[ > x ]]>",
        "<!DOCTYPE html>",
        "<!--> x -->",
        "<!---> x -->",
        "<!-- a --!> x -->",
        "</%>",
    ],
)
def test_what_browsers_end_elsewhere_is_refused_where_it_stands(html, policy):
    found = list(refused(f"<p>a</p>\n{html}", policy))
    assert found
    assert found[0][0] == 2


@pytest.mark.parametrize("html", ["<!-- a word -->", "<p>a</p>", "a < b", "</p >"])
def test_a_comment_of_the_usual_form_is_none_of_these(html):
    assert list(refused(f"<p>{html}", AUTHOR)) == []


@pytest.mark.parametrize(
    ("comment", "message"),
    [
        ("<!-- TODO: ask -->", "the only comments are"),
        ("<!-- displayonly: a reason -->", "the only comments are"),
        ("<!-- not-in-pages: a reason -->", "the only comments are"),
        ("<!--[if IE]> x <![endif]-->", "the only comments are"),
        ("<!-- to be continued\n\nand so on", "a comment must end with -->"),
    ],
)
def test_a_comment_that_says_nothing_to_us_goes_out_with_no_page(
    tmp_path, comment, message
):
    [problem] = fences.problems(tmp_path / "a.md", f"Text.\n\n{comment}\n")
    assert problem.line == 3
    assert problem.message.startswith(message)
    assert "\n" not in problem.message


def test_a_reason_against_the_page_stands_on_the_english_page_only(tmp_path):
    text = "<!-- not-in-page: asks the machine -->\n\n```python\nprint(1)\n```\n"
    assert fences.problems(tmp_path / "docs/en/cv/a.md", text) == []
    [problem] = fences.problems(tmp_path / "docs/zh/cv/a.md", text)
    assert "English page" in problem.message


@pytest.mark.parametrize(
    "line",
    ["A $$x$$ here.", "- so $$y = 2$$ is", "A ＄x＄ b", "A ﹩x﹩ b", "A $`x`$ b"],
)
def test_dollars_of_which_no_formula_comes_are_named(line):
    assert [n for n, _ in formulas.problems(f"Text.\n\n{line}\n")][:1] == [3]


def test_a_formula_on_a_line_of_its_own_may_have_two_dollars():
    assert list(formulas.problems("Text.\n\n$$x = 1$$\n")) == []


@pytest.mark.parametrize(
    "text",
    ["这里是 3...5。", "等等...", "这里の词。", "这是カタカナ。", "한국어的词。"],
)
def test_dots_and_letters_of_others_are_no_chinese(text):
    assert list(typography.problems(f"{text}\n"))


@pytest.mark.parametrize("text", ["这里是 $1, \\dots$。", "等等……", "函数 `f(...)`。"])
def test_dots_in_code_and_formulas_stay(text):
    assert list(typography.problems(f"{text}\n")) == []


@pytest.mark.parametrize(
    ("name", "same"),
    [("Rényi", "renyi"), ("Monté–Carlo", "monte carlo"), ("ＤＥＴＲ", "detr")],
)
def test_names_are_the_same_without_their_accents(name, same):
    assert folded(name) == same


@pytest.mark.parametrize(
    ("path", "key", "value", "message"),
    [
        (EN, "summary", "What `field` is, and how.", "plain words"),
        (EN, "summary", "Of $n$ values the largest.", "plain words"),
        (EN, "summary", "It shrinks **weights** here.", "plain words"),
        (EN, "summary", "It shrinks [weights](a.md) here.", "plain words"),
        (EN, "summary", "一个盒子有多大，以及为什么。", "in English"),
        (EN, "aliases", f"[{'x' * 81}]", "at most 80"),
        (ZH, "summary", "One table is filled item by item.", "in Chinese"),
        (ZH, "renders", "abc", "twelve"),
        (ZH, "renders", "zzzzzzzzzzzz", "twelve"),
    ],
)
def test_the_head_is_plain_and_in_its_language(repo, path, key, value, message):
    text = repo.read(path)
    line = next(x for x in text.split("\n") if x.startswith(f"{key}:"))
    repo.write(path, text.replace(line, f"{key}: {value}", 1))
    number = text[: text.index(line)].count("\n") + 1
    found = [p for p in repo.problems() if message in p]
    assert found
    assert found[0].startswith(f"{path}:{number}:")


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ("*[box]: something else", "no abbreviations on a page"),
        ("  *[盒]: 别的", "no abbreviations on a page"),
        (
            '<div role="img" aria-label="A line">\n--8<-- "figures/cv/box.svg"\n</div>',
            "want each figure once",
        ),
        ('<div role="img" aria-label="Figure">\n\n</div>', "want an aria-label of 2"),
    ],
)
def test_what_stands_on_the_page_twice_or_unseen_is_refused(repo, lines, message):
    repo.write(EN, repo.read(EN).replace(END, f"{lines}\n\n{END}"))
    assert [p for p in repo.problems() if p.startswith(EN) and message in p]


@pytest.mark.parametrize("options", ["    options:\n", "    handler: x\n", "  a: b\n"])
def test_the_reference_has_no_options(repo, options):
    repo.write(EN, repo.read(EN).rstrip("\n") + f"\n{options}")
    assert [p for p in repo.problems() if "without options" in p and p.startswith(EN)]


@pytest.mark.parametrize(
    "oracle", ["<b onclick=x>a count</b>", "[a count](b)", "&lt;a count"]
)
def test_oracles_are_plain_words(repo, oracle):
    text = repo.read(TEST)
    repo.write(TEST, text.replace("Oracles: ", f"Oracles: {oracle}, ", 1))
    assert [p for p in repo.problems() if "plain words of an oracle" in p]


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ("    def inner():\n        assert double(2) == 5\n\n", "inner"),
        (
            "    def inner():\n        other()\n\n"
            "    def other():\n        assert 0 > double(2)\n\n",
            "other",
        ),
    ],
)
def test_an_inner_function_that_asserts_must_be_called(repo, body, named):
    text = repo.read(TEST)
    repo.write(TEST, f"{text}\n\ndef test_more():\n{body}    assert double(2) == 4\n")
    assert [p for p in repo.problems() if f"{named}, which test_more never calls" in p]


@pytest.mark.parametrize(
    "line",
    [
        "import tests.inputs",
        "from figures.style import INK",
        "from snippets.cv.box import _x",
    ],
)
def test_a_block_imports_what_a_reader_has(tmp_path, line):
    text = f"```python\n{line}\n\nprint(1)\n```\n"
    [problem] = fences.problems(tmp_path / "a.md", text)
    assert "what a reader has" in problem.message


def test_links_to_notes_are_the_same_in_both_languages(repo):
    text = repo.read(ZH)
    assert "(#notation)" in text
    repo.write(ZH, text.replace("(#notation)", "(#area)", 1))
    found = [p for p in repo.problems() if p.startswith(ZH)]
    assert any("English page only; got #area" in p for p in found)
    assert any("found too few to #notation" in p for p in found)


@pytest.mark.parametrize(
    "link", ["[Box](box.md)", "- [**Box**](box.md)", "[Box](box.md#area)"]
)
def test_a_topic_leads_to_its_notes_in_sentences(repo, link):
    place = "docs/en/cv/index.md"
    repo.write(place, repo.read(place) + f"\n{link}\n")
    assert [p for p in repo.problems() if p.startswith(place) and "link alone" in p]


@pytest.mark.parametrize("query", ["a\u202eb", "x\u200b", "\x1b[0m"])
def test_a_query_can_be_typed(repo, query):
    place = "tests/site/queries/cv/box.tsv"
    repo.write(place, repo.read(place) + f"en\t{query}\n")
    assert [p for p in read_queries(repo.root)[1] if "somebody can type" in p.message]


@pytest.mark.parametrize("reason", ["TODO", "same", "no matter"])
def test_an_equivalent_mutant_has_a_reason(tmp_path, reason):
    path = tmp_path / "a_mutants.toml"
    keys = {"file": "a", "function": "b", "old": "c", "new": "d", "reason": reason}
    path.write_text(
        "[[equivalent]]\n" + "".join(f'{k} = "{v}"\n' for k, v in keys.items())
    )
    [problem] = entries(path)
    assert "want a reason of 3 words" in problem.message


@pytest.mark.parametrize("place", ["tests/cv/box_mutants.toml", "exercises/cv/box.py"])
def test_every_file_that_is_read_is_looked_at_first(repo, place):
    repo.write(place, "")
    (repo.root / place).write_bytes(b"# caf\xe9\n")
    assert [p for p in survey.survey(repo.root) if p.path == repo.root / place]


@pytest.mark.parametrize("place", ["snippets/cv/data.bin", "exercises/cv/words.txt"])
def test_code_lies_alone(repo, place):
    repo.write(place, "x")
    assert f"{place}:1: want Python modules only; this is none" in repo.problems()
