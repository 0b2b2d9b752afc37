"""Oracle: a note with three valid frames and one planted fault, reported by hand."""

import random

import pytest

from notekit.rules import steps
from notekit.scaffold.twin import stamp
from tests.notekit.builder import build_repo

PAGE, MODULE, STRIP, ORACLE = (
    "docs/en/cv/box.md",
    "figures/cv/box.py",
    "figures/cv/box_steps.svg",
    "tests/cv/test_box_steps.py",
)
FINE = """\"\"\"Oracles: a closed form.\"\"\"

from tests.frames import captions


def test_the_answer_is_five():
    assert captions("cv/box")[-1] == f"The answer is {2 + 3}."
"""
FRAMES = ("Row 1: the 2 above stays.", "Row 2: 2 + 3 = 5.", "The answer is 5.")
CHINESE = ("第 1 行：照抄上一行的 2。", "第 2 行：2 + 3 = 5。", "答案是 5。")


def frame(number: int, en: str, zh: str) -> str:
    return (
        f'<svg y="{number * 2}" width="4" height="2" viewBox="0 0 4 2">\n'
        f'<desc lang="en">{en}</desc>\n<desc lang="zh">{zh}</desc>\n'
        f'<path d="M0 {number}" fill="none" stroke="#82878f"/>\n</svg>\n'
    )


@pytest.fixture
def repo(tmp_path):
    repo = build_repo(tmp_path)
    frames = [frame(n, *said) for n, said in enumerate(zip(FRAMES, CHINESE))]
    head = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 6">\n'
    repo.write(STRIP, f"{head}{''.join(frames)}</svg>\n")
    code = repo.read(MODULE) + "\n\ndef steps():\n    return {}\n"
    repo.write(MODULE, code)
    repo.write(ORACLE, FINE)
    for language, said in (("en", "Step by step:"), ("zh", "一步一步看：")):
        label = "The rows" if language == "en" else "各行"
        page = f"docs/{language}/cv/box.md"
        embed = f'<div role="group" aria-label="{label}">\n--8<-- "{STRIP}"\n</div>\n'
        text = repo.read(page)
        text = text.replace(
            "<figure markdown>", f"{said}\n\n{embed}\n<figure markdown>"
        )
        repo.write(page, text)
    stamp("cv/box", repo.root)
    return repo


def test_three_frames_with_captions_in_both_languages_are_fine(repo):
    assert repo.problems("cv/box") == []


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        (FRAMES[1], " ", 7, "want a caption in English; got ' '"),
        (FRAMES[1], CHINESE[1], 7, "want a caption in English; got '第 2"),
        (CHINESE[1], "", 7, "want a caption in Chinese; got ''"),
        (CHINESE[1], FRAMES[1], 7, "want a caption in Chinese; got 'Row"),
        (
            CHINESE[1],
            "第 2 行：2 + 3 = 6。",
            7,
            "want numbers of the English caption only; got 6 in",
        ),
        (CHINESE[1], "第2行：2 + 3 = 5。", 7, "want '第 2 行"),
        (FRAMES[2], "The answer is 5" + "!" * 320, 12, "want a caption of at most 320"),
        (CHINESE[2], "答案是 5" + "！" * 160, 12, "want a caption of at most 160"),
    ],
)
def test_a_caption_with_a_fault_is_reported_at_its_frame(repo, old, new, line, said):
    repo.edit(STRIP, old, new)
    repo.redraw()
    found = repo.problems("cv/box")
    assert found, "nothing was found"
    assert all(problem.startswith(f"{STRIP}:{line}: {said}") for problem in found)


def test_words_that_the_glossary_avoids_are_avoided_in_captions(repo):
    term = (
        "- en: answer\n  zh: 解\n  avoid: [答案]\n  says: {en: What is asked for., "
        "zh: 所求的东西。}\n"
    )
    repo.write("docs/glossary.yml", term)
    found = [p for p in repo.problems("cv/box") if p.startswith(STRIP)]
    assert found == [
        f"{STRIP}:12: want the glossary's word for 'answer', 解; "
        "got 答案 in '答案是 5。'"
    ]


def test_frames_need_a_test_of_what_they_say(repo):
    (repo.root / ORACLE).unlink()
    assert repo.problems("cv/box") == [
        f"{PAGE}:1: want its test of what its frames say, {ORACLE}; found none"
    ]


def test_a_test_that_says_nothing_of_the_frames_is_refused(repo):
    repo.edit(ORACLE, "assert captions", "captions")
    found = repo.problems("cv/box")
    assert [line.split(": ")[0] for line in found] == [f"{ORACLE}:6"]


@pytest.mark.parametrize(
    ("text", "got"),
    [
        ('f"Row {n}: 2 + 3."', "2 in ': 2 + 3.'"),
        ('"第 2 行"', "2 in '第 2 行'"),
        ('"第 {n} 行有 5 格".format(n=1)', "5 in"),
        ('f"{2.5:.2f} of 0.75"', "0.75 in"),
    ],
)
def test_numbers_of_captions_come_from_the_run(repo, text, got):
    code = repo.read(MODULE).replace(
        "return {}\n", f"n = 1\n    return {{{text}: n}}\n"
    )
    assert text in code
    repo.write(MODULE, code)
    repo.redraw()
    line = repo.line(MODULE, text)
    wanted = (
        f"{MODULE}:{line}: want the numbers of a caption from the run, between braces"
    )
    found = repo.problems("cv/box")
    assert any(p.startswith(f"{wanted}; got {got}") for p in found), found


@pytest.mark.parametrize(
    "text",
    ['"Row 2"', 'f"{n} of 0 or 1"', '"下标 2k + 1 和 2k + 2"', 'f"{n:>5.2f} 行"'],
)
def test_formulas_and_what_is_between_braces_may_stand(repo, text):
    code = repo.read(MODULE).replace(
        "return {}\n", f"n = 1\n    return {{{text}: n}}\n"
    )
    repo.write(MODULE, code)
    repo.redraw()
    assert repo.problems("cv/box") == []


def test_frames_that_show_the_same_are_refused(repo):
    second = repo.read(STRIP).split('<svg y="2"')[1].split("</svg>")[0]
    third = repo.read(STRIP).split('<svg y="4"')[1].split("</svg>")[0]
    repo.edit(STRIP, third, second)
    repo.redraw()
    assert repo.problems("cv/box") == [
        f"{STRIP}:12: want a frame unlike the one before; got the same"
    ]


def test_two_frames_are_too_few(repo):
    first = repo.read(STRIP).split("<svg ")[2]
    repo.edit(STRIP, f"<svg {first}", "")
    repo.redraw()
    assert repo.problems("cv/box") == [f"{STRIP}:1: want 3 to 60 frames; got 2"]


def test_frames_that_are_too_heavy_are_refused(repo):
    numbers = random.Random(0)
    long = " ".join(str(numbers.randrange(10**9)) for _ in range(3000))
    repo.edit(STRIP, 'd="M0 1"', f'd="M{long}"')
    repo.redraw()
    [found] = repo.problems("cv/box")
    start = f"{STRIP}:1: want frames of at most {steps.LIMIT} bytes, compressed; got "
    assert found.startswith(start)
    assert int(found.removeprefix(start)) > steps.LIMIT


def test_frames_may_hold_nothing_active(repo):
    repo.edit(STRIP, '<path d="M0 1"', '<path onclick="x()" d="M0 1"')
    repo.redraw()
    [found] = repo.problems("cv/box")
    assert found.startswith(f"{STRIP}:10: want nothing active")


def test_frames_drawn_of_other_code_are_stale(repo):
    text = repo.read(STRIP)
    repo.write(
        MODULE, repo.read(MODULE).replace("return {}\n\n\n", "return {1: 2}\n\n\n")
    )
    repo.write(STRIP, text)
    [found] = [p for p in repo.problems("cv/box") if p.startswith(STRIP)]
    assert "want the figure as its code draws it now" in found


def test_frames_need_a_group_with_a_name(repo):
    repo.both("cv/box", 'role="group"', 'role="img"')
    line = repo.line(PAGE, f'--8<-- "{STRIP}"')
    wanted = f'{PAGE}:{line}: want <div role="group" aria-label="…"> above frames'
    assert any(p.startswith(wanted) for p in repo.problems("cv/box"))


def test_frames_that_no_function_draws_or_no_page_shows_are_reported(repo):
    repo.edit(MODULE, "def steps", "def other")
    for language in ("en", "zh"):
        page = f"docs/{language}/cv/box.md"
        repo.write(page, repo.read(page).replace(f'--8<-- "{STRIP}"\n', ""))
    found = repo.problems("cv/box")
    module = f"{MODULE}:1: want a function steps, whose frames are in box_steps.svg"
    assert f"{module}; found none" in found
    where = f"{PAGE}:1: want the frames of box_steps.svg on the page"
    assert f"{where}; found them nowhere" in found


@pytest.mark.parametrize("kit", ["steps", "record"])
def test_what_records_and_writes_frames_counts_for_frames_alone(repo, kit):
    (repo.root / f"figures/{kit}.py").write_text("SIZE = 1\n", encoding="utf-8")
    [found] = repo.problems("cv/box")
    assert found.startswith(f"{STRIP}:1: want the figure as its code draws it now")
