"""Oracles: answers whose fault is known, and what a person says the judge must show."""

import io
import json
import math
from contextlib import redirect_stdout

import numpy as np
import pytest

from notekit.study import judge as judging
from notekit.study.judge import (
    MARK,
    PRINTED,
    SHOWN,
    Exercise,
    Raised,
    Words,
    judge,
    kinds,
    same,
    shown,
    size,
)

NONE = Words(title="T", statement="S", hints=("H",))


def exercise(tolerance: float = 0.0) -> Exercise:
    """The sum of a list; raises ValueError for an empty one."""
    task = Exercise(en=NONE, zh=NONE, examples="", tolerance=tolerance)

    @task.solution
    def total(numbers, scale):
        if not numbers:
            raise ValueError("want numbers")
        return sum(numbers) * scale

    @task.cases
    def cases(random):
        yield [100, 200], 1
        yield [], 1
        yield [4, 4], 1
        yield [7], 1
        yield [1, 2, 3], random.randint(1, 10**9)

    return task


def answer(body: str) -> str:
    return f"def total(numbers, scale):\n    {body}\n"


RIGHT = answer(
    "if not numbers:\n        raise ValueError()\n    return sum(numbers) * scale"
)


def test_a_right_answer_passes_all_cases():
    verdict = judge(exercise(), RIGHT)
    assert (verdict.kind, verdict.passed, verdict.total) == ("passed", 5, 5)


def test_the_smallest_failing_case_is_shown_with_both_results():
    # Wrong for two numbers and more: [4, 4] is yielded after [100, 200], and is less.
    text = RIGHT.replace("sum(numbers) * scale", "numbers[0] * scale")
    verdict = judge(exercise(), text)
    assert verdict.kind == "wrong"
    assert (verdict.passed, verdict.total) == (2, 5)
    assert verdict.given == "numbers = [4, 4]\nscale = 1"
    assert (verdict.expected, verdict.got) == ("8", "4")


def test_an_exception_is_shown_with_its_type_message_and_line():
    verdict = judge(
        exercise(), "import math\n\n" + answer("return numbers[len(numbers)]")
    )
    assert verdict.kind == "raised"
    assert verdict.error == "IndexError: list index out of range"
    assert verdict.line == 4
    assert verdict.expected == "raise ValueError"


def test_the_line_is_the_answer_s_though_a_library_raised():
    text = "import json\n" + answer("return json.loads('[')")
    verdict = judge(exercise(), text)
    assert verdict.error.startswith("JSONDecodeError: ")
    assert verdict.line == 3


def test_the_exception_that_is_asked_for_may_be_a_special_one():
    special = "class Empty(ValueError):\n    pass\n\n\n" + RIGHT
    special = special.replace("raise ValueError()", "raise Empty()")
    assert judge(exercise(), special).kind == "passed"
    other = RIGHT.replace("ValueError", "TypeError")
    assert judge(exercise(), other).error == "TypeError"


@pytest.mark.parametrize("ending", ["raise SystemExit(0)", "import sys; sys.exit()"])
def test_an_answer_that_ends_python_is_refused(ending):
    assert judge(exercise(), answer(ending)).error.startswith("SystemExit")
    assert judge(exercise(), ending).kind == "unreadable"


def test_a_mistake_of_syntax_is_shown_with_its_line():
    verdict = judge(exercise(), "x = 1\ndef total(:\n")
    assert (verdict.kind, verdict.line) == ("unreadable", 2)
    assert verdict.error.startswith("SyntaxError: ")


@pytest.mark.parametrize("text", ["", "def other():\n    pass\n", "total = 3\n"])
def test_a_missing_function_is_named(text):
    verdict = judge(exercise(), text)
    assert (verdict.kind, verdict.error) == ("missing", "total")


def test_an_answer_may_change_its_arguments_and_harms_nobody():
    spoiling = answer(
        "if not numbers:\n        raise ValueError()\n"
        "    result = sum(numbers) * scale\n    numbers.clear()\n    return result"
    )
    assert judge(exercise(), spoiling).kind == "passed"
    wrong = spoiling.replace("return result", "return -result")
    assert judge(exercise(), wrong).given == "numbers = [7]\nscale = 1"


def test_a_reference_that_changes_its_arguments_does_not_change_the_answer_s():
    task = exercise()
    right = task.reference

    def total(numbers, scale):
        result = right(numbers, scale)
        numbers.clear()
        return result

    task.solution(total)
    assert judge(task, RIGHT).kind == "passed"


def test_what_is_kept_between_calls_is_said():
    text = (
        "def total(numbers, scale, seen=[]):\n"
        "    if not numbers:\n        raise ValueError()\n"
        "    seen.extend(numbers)\n    return sum(seen) * scale\n"
    )
    verdict = judge(exercise(), text)
    assert verdict.remembers
    assert not judge(exercise(), answer("return 0")).remembers


def test_what_an_answer_prints_in_the_failing_case_is_shown_and_cut():
    verdict = judge(exercise(), answer("print('at', numbers)"))
    assert verdict.printed == "at []\n"
    verdict = judge(exercise(), answer("print('x' * 10**6)"))
    assert verdict.printed == "x" * PRINTED


def test_cases_are_the_same_in_every_run():
    assert exercise().all_cases() == exercise().all_cases()
    sizes = [size(case) for case in exercise().all_cases()]
    assert sizes == sorted(sizes)


@pytest.mark.parametrize(
    ("right", "came", "good"),
    [
        (3, 3, True),
        (3, np.int64(3), True),
        (3, 3.0, False),
        (1, True, False),
        (True, 1, False),
        (True, np.bool_(True), True),
        (None, None, True),
        (None, 0, False),
        (0, None, False),
        (2.0, 2, True),
        (0.1 + 0.2, 0.3, False),
        (math.nan, math.nan, True),
        (math.inf, math.inf, True),
        (math.inf, 1e308, False),
        ([1, [2, 3]], (1, (2, 3)), True),
        ([1, 2], np.array([1, 2]), True),
        ([1, 2], [1, 2, 3], False),
        ([], np.array([]), True),
        (np.array([[1.0, 2.0]]), [[1.0, 2.0]], True),
        (np.array([[1.0, 2.0]]), [1.0, 2.0], False),
        ({"a": [1]}, {"a": (1,)}, True),
        ({"a": 1}, {"a": 1, "b": 2}, False),
        ("ab", "ab", True),
        ("ab", ["a", "b"], False),
        ({1, 2}, {2, 1}, True),
    ],
)
def test_values_are_equal_in_kind_too(right, came, good):
    assert same(right, came) is good


@pytest.mark.parametrize(
    ("came", "good"), [(1e9 + 1, True), (1e9 + 2000, False), (math.nan, False)]
)
def test_a_tolerance_is_relative_to_the_size(came, good):
    assert same(1e9, came, 1e-6) is good


def test_a_tolerance_is_that_of_1_for_what_is_small():
    assert same(0.0, 9e-7, 1e-6)
    assert not same(0.0, 2e-6, 1e-6)
    assert same([1, 2.0], [1, 2.0000001], 1e-6)
    assert not same([1, 2.0], [1.0000001, 2.0], 1e-6)  # integers stay exact


def test_what_cannot_be_compared_is_wrong_not_an_error():
    odd = (
        "class Odd(list):\n    def __len__(self):\n        raise RuntimeError\n\n\n"
        + answer("return Odd()")
    )
    task = exercise()
    task.canonical(len)
    assert judge(task, odd).kind == "wrong"
    assert shown(type("O", (), {"__repr__": lambda self: 1 / 0})()).startswith("<O, ")


def test_long_values_are_cut():
    assert len(shown(list(range(10_000)))) <= SHOWN + 3


def test_a_driver_calls_the_answer_and_gives_its_parameters_their_names():
    task = exercise()
    seen = []

    @task.drive
    def drive(function, values, factor):
        seen.append(function.__name__)
        return function(values or [0], factor)

    verdict = judge(task, answer("return 1"))
    assert verdict.given == "values = []\nfactor = 1"
    assert set(seen) == {"total"}


@pytest.mark.parametrize(
    ("case", "wanted"),
    [
        (([], 3), {"empty"}),
        (([4], 0), {"one"}),
        (([4, 4],), {"ties"}),
        (([-1, 2],), {"negative"}),
        ((list(range(50)),), {"large"}),
        (([2, 1000],), {"large"}),
        ((0, 5), {"empty"}),
        ((2, 2), {"ties"}),
        ((np.zeros((1, 3)),), {"one", "ties"}),
        (("",), {"empty"}),
    ],
)
def test_kinds_of_cases(case, wanted):
    assert kinds(case) == wanted


def test_each_case_is_announced_before_it_is_tried():
    begun = []
    judge(exercise(), RIGHT, lambda *event: begun.append(event))
    assert [number for number, _, _ in begun] == [0, 1, 2, 3, 4]
    assert {total for _, total, _ in begun} == {5}
    assert begun[0][2] == "numbers = []\nscale = 1"


def test_events_are_lines_of_json_that_an_answer_s_prints_do_not_mix_with(monkeypatch):
    import sys
    import types

    module = types.ModuleType("exercises_of_a_test")
    module.task = exercise()
    monkeypatch.setitem(sys.modules, "exercises_of_a_test", module)
    out = io.StringIO()
    with redirect_stdout(out):
        judging.tell(module.__name__, "total", answer("print('hello')"))
    lines = out.getvalue().removesuffix("\n").split("\n")
    assert all(line.startswith(MARK) for line in lines)
    events = [json.loads(line[1:]) for line in lines]
    assert events[0] == {"case": 0, "total": 5, "given": "numbers = []\nscale = 1"}
    assert events[-1]["verdict"]["printed"] == "hello\n"


def test_a_keyboard_interrupt_ends_the_judge():
    with pytest.raises(KeyboardInterrupt):
        judge(exercise(), answer("raise KeyboardInterrupt"))


def test_a_raised_outcome_reads_as_python_prints_it():
    assert str(Raised(("KeyError",), "'a'", 3)) == "KeyError: 'a'"
    assert str(Raised(("KeyError",), "", 3)) == "KeyError"
