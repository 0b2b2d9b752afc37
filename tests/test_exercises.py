"""Oracles: brute force, wrong solutions that must be refused, and doctest."""

import doctest
import importlib
from functools import cache

import pytest

from notekit.problem import ROOT
from notekit.read import exercises as written
from notekit.study.judge import KINDS, Exercise, agree, call, exercises, judge, kinds

FILES = sorted((ROOT / "exercises").rglob("*.py"))
NOTES = [
    p.relative_to(ROOT / "exercises").with_suffix("").as_posix().replace("_", "-")
    for p in FILES
]


@cache
def sheet(note: str) -> dict[str, written.Exercise]:
    found = written.sheet(ROOT, note)
    assert found is not None
    assert found.problems == ()
    return {exercise.name: exercise for exercise in found.exercises}


@cache
def declared(note: str) -> dict[str, Exercise]:
    return exercises(
        importlib.import_module(f"exercises.{note}".replace("/", ".").replace("-", "_"))
    )


# By the text of the files, so that a module that needs torch is imported by a test.
EACH = [(note, name) for note in NOTES for name in sheet(note)]
WRONG = [
    (note, name, number)
    for note, name in EACH
    for number in range(len(sheet(note)[name].wrong))
]


@pytest.mark.parametrize(("note", "name"), EACH)
def test_the_reference_is_what_the_brute_force_finds(note, name):
    exercise = declared(note)[name]
    for case in exercise.all_cases(large=False):
        right, _ = call(exercise, exercise.oracle, case)
        got, _ = call(exercise, exercise.reference, case)
        assert agree(exercise, right, got), (case, right, got)


@pytest.mark.parametrize(("note", "name"), EACH)
def test_the_page_s_solution_passes_and_the_starter_does_not(note, name):
    exercise, text = declared(note)[name], sheet(note)[name]
    verdict = judge(exercise, text.solution)
    assert verdict.kind == "passed"
    assert verdict.passed == verdict.total >= 20
    assert judge(exercise, text.starter).kind in ("wrong", "raised")


@pytest.mark.parametrize(("note", "name", "number"), WRONG)
def test_each_wrong_solution_is_refused_with_the_case_that_shows_it(note, name, number):
    verdict = judge(declared(note)[name], sheet(note)[name].wrong[number])
    assert verdict.kind in ("wrong", "raised")
    assert verdict.given
    assert verdict.expected
    assert verdict.got or verdict.error


@pytest.mark.parametrize(("note", "name"), EACH)
def test_cases_are_of_all_kinds_that_the_task_admits(note, name):
    exercise = declared(note)[name]
    found = set().union(*map(kinds, exercise.all_cases()))
    assert found == set(KINDS) - set(exercise.lacks)
    assert set(exercise.lacks) <= set(KINDS)


@pytest.mark.parametrize(("note", "name"), EACH)
def test_examples_are_what_the_solution_gives(note, name):
    module: dict[str, object] = {}
    exec(sheet(note)[name].solution, module)
    text = sheet(note)[name].examples.text
    test = doctest.DocTestParser().get_doctest(text, module, name, None, 0)
    heard: list[str] = []
    result = doctest.DocTestRunner(verbose=False).run(test, out=heard.append)
    assert result.failed == 0, "".join(heard)
    assert result.attempted
