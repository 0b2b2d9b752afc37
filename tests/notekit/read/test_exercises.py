"""Oracle: a small file of exercises, and what a person reads in it."""

from pathlib import Path

import pytest

from notekit.read.exercises import sheet

FINE = '''\
"""Exercises on boxes."""

from itertools import product
from math import inf, prod

from notekit.study.judge import Exercise, Words

SIDES = 2

box = Exercise(
    en=Words(
        title="Area of a box",
        statement="""\\
Return the area.

- `sides`: integers.
""",
        hints=("Multiply.",),
    ),
    zh=Words(title="方框的面积", statement="返回面积。`sides`。", hints=("相乘。",)),
    examples="""\\
>>> area([2, 3])
6
""",
    seconds=3,
)


@box.solution
def area(sides: list[int]) -> int:
    # The empty product is 1.
    return prod(sides)


@box.wrong(en="The sum.", zh="求了和。")
def area_sum(sides: list[int]) -> int:
    return sum(sides)


@box.wrong(en="Recursion that ends with 0.", zh="递归到头返回了 0。")
def area_again(sides: list[int]) -> int:
    after_area_again = sides[1:]
    return sides[0] * area_again(after_area_again) if sides else 0  # area_again


@box.wrong(en="Infinite.", zh="无穷大。")
def area_infinite(sides: list[int]) -> float:
    return inf


@box.cases
def box_cases(random):
    yield ([],)


@box.brute
def box_brute(sides: list[int]) -> int:
    return sum(1 for _ in product(*map(range, sides)))
'''
PLACE = "exercises/cv/box_area.py"


def read(root: Path, text: str):
    path = root / PLACE
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    found = sheet(root, "cv/box-area")
    assert found is not None
    return found


def test_a_note_without_a_file_has_no_exercises(tmp_path):
    assert sheet(tmp_path, "cv/box") is None


def test_words_are_read_with_their_lines(tmp_path):
    found = read(tmp_path, FINE)
    assert found.problems == ()
    [box] = found.exercises
    assert (box.name, box.id, box.seconds) == ("area", "exercise-area", 3.0)
    assert box.title["zh"].text == "方框的面积"
    statement = box.statement["en"]
    assert statement.text.startswith("Return the area.\n")
    lines = FINE.split("\n")
    assert lines[statement.line - 1] == "Return the area."
    assert statement.text.split("\n")[2] == "- `sides`: integers."
    assert lines[statement.line + 1] == "- `sides`: integers."
    assert lines[box.title["en"].line - 1].strip() == 'title="Area of a box",'
    assert next(m["en"].text for m in box.mistakes) == "The sum."


def test_code_has_the_name_asked_for_and_the_imports_it_needs_and_no_others(tmp_path):
    [box] = read(tmp_path, FINE).exercises
    solution = "from math import prod\n\n\ndef area(sides: list[int]) -> int:\n"
    assert box.solution == solution + (
        "    # The empty product is 1.\n    return prod(sides)\n"
    )
    assert box.starter == solution + "    ...\n"
    assert box.wrong[0] == "def area(sides: list[int]) -> int:\n    return sum(sides)\n"
    assert box.wrong[1].endswith(
        "    return sides[0] * area(after_area_again) if sides else 0  # area_again\n"
    )
    assert box.wrong[2].startswith("from math import inf\n")


def test_a_starter_of_its_own_is_taken(tmp_path):
    own = '@box.starter\ndef begin(sides: list[int]) -> int:\n    """Multiply."""\n'
    [box] = read(tmp_path, FINE + "\n\n" + own).exercises
    assert box.starter == 'def area(sides: list[int]) -> int:\n    """Multiply."""\n'


@pytest.mark.parametrize(
    ("old", "new", "at", "message"),
    [
        ("@box.solution\n", "", "Exercise(\n", "want 1 of @….solution; got 0"),
        ("@box.brute\n", "@box.cases\n", "Exercise(\n", "want 1 of @….cases; got 2"),
        (
            '@box.wrong(en="Infinite.", zh="无穷大。")\n',
            "",
            "Exercise(\n",
            "want at least 3 of @….wrong; got 2",
        ),
        ("@box.brute", "@box.bruce", "@box.bruce", "want one of box.solution"),
        ("@box.brute", "@box.brute()", "@box.brute()", "got box.brute()"),
        ('zh="求了和。"', "", '@box.wrong(en="The sum."', "want zh=… in wrong(…)"),
        (
            "seconds=3",
            "seconds=0",
            "seconds=0",
            "want seconds, a number up to 60; got 0",
        ),
        ("seconds=3", "secons=3", "Exercise(\n", "got secons"),
        ('hints=("Multiply.",)', "hints=()", "hints=()", "want a tuple of strings"),
        ('title="Area of a box"', "title=TITLE", "title=TITLE", "want a string"),
        ('title="Area of a box"', 'title=" "', 'title=" "', "want words"),
        ("box = Exercise(", "box = Task(", '"""Exercises', "found none"),
        ("zh=Words(", "zh=Text(", "zh=Text(", "want Words(title=…, …); got Text("),
        ("def area(", "def area(:", "def area(:", "want Python"),
    ],
)
def test_what_is_wrong_with_the_form_is_said_with_its_line(
    tmp_path, old, new, at, message
):
    assert FINE.count(old) == 1
    text = FINE.replace(old, new)
    found = read(tmp_path, text).problems
    line = text[: text.index(at)].count("\n") + 1
    assert [p.line for p in found if message in p.message] == [line], found
