"""Oracles: answers whose verdict is known, judged in a process of their own."""

import shutil

import pytest

from notekit.problem import ROOT
from notekit.study.judge import Verdict
from notekit.study.solve import Late, SolveError, asked, report, solve
from tests.notekit.builder import Repo
from tests.notekit.read.test_exercises import FINE

NOTE = "cv/box-area"
RIGHT = "from math import prod\n\ndef area(sides):\n    return prod(sides)\n"


@pytest.fixture
def repo(tmp_path) -> Repo:
    repo = Repo(tmp_path)
    repo.write("exercises/cv/box_area.py", FINE.replace("([],)", "([2, 3],)"))
    repo.write("notekit/study/judge.py", "")
    shutil.copy(ROOT / "notekit/study/judge.py", tmp_path / "notekit/study/judge.py")
    return repo


def verdict(repo: Repo, text: str) -> tuple[Verdict | Late, str]:
    file = repo.root / "answer.py"
    file.write_text(text, encoding="utf-8")
    [exercise] = asked(repo.root, NOTE, file)
    found = solve(repo.root, NOTE, exercise, file)
    return found, report(exercise, found, file)


def test_a_right_answer_passes(repo):
    found, said = verdict(repo, RIGHT)
    assert isinstance(found, Verdict)
    assert found.kind == "passed"
    assert said == "area: passed 1 of 1"


def test_a_wrong_answer_gets_the_case_the_line_and_what_it_printed(repo):
    text = "def area(sides):\n    print('乘')\n    return sides[9]\n"
    _, said = verdict(repo, text)
    place = repo.root / "answer.py"
    assert said == (
        f"{place}:3: area: case 1 of 1 fails\n"
        "  sides = [2, 3]\n  expected: 6\n"
        "  got:      IndexError: list index out of range\n"
        "  printed:\n    乘"
    )


@pytest.mark.parametrize("body", ["while True: pass", "time.sleep(8); return 6"])
def test_an_answer_over_time_is_ended_and_its_case_named(repo, body):
    repo.edit("exercises/cv/box_area.py", "seconds=3", "seconds=0.2")
    found, said = verdict(repo, f"import time\n\ndef area(sides):\n    {body}\n")
    assert found == Late(0.2, 0, 1, "sides = [2, 3]")
    assert said == (
        "area: over time, 0.2 s for all cases in case 1 of 1\n  sides = [2, 3]"
    )


def test_an_answer_that_kills_python_is_no_verdict(repo):
    text = "import os\n\ndef area(sides):\n    os._exit(3)\n"
    with pytest.raises(SolveError, match="the judge ended without a verdict"):
        verdict(repo, text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("def volume(sides):\n    pass\n", "answer.py:1: want area; got volume"),
        ("x = 1\n", "answer.py:1: want area; got no function"),
        ("def area(:\n", "answer.py:1: want Python; "),
    ],
)
def test_a_file_without_an_answer_is_one_line(repo, text, message):
    with pytest.raises(SolveError) as caught:
        verdict(repo, text)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_what_is_not_there_is_one_line(repo):
    with pytest.raises(SolveError, match="want a file of Python; got"):
        asked(repo.root, NOTE, repo.root / "gone.py")
    with pytest.raises(SolveError, match=r"found no exercises/cv/box\.py"):
        asked(repo.root, "cv/box", repo.root / "gone.py")
    (repo.root / "odd.py").write_bytes(b"\xff")
    with pytest.raises(SolveError, match=r"odd\.py:1: want UTF-8; got invalid"):
        asked(repo.root, NOTE, repo.root / "odd.py")
