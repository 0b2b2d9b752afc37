"""Judges an answer to an exercise, in CPython and, unchanged, in the page's Pyodide.

An exercise is declared in ``exercises/<topic>/<note>.py``: its words, a reference
solution, wrong solutions that the judge must refuse, generators of cases, and a brute
force that proves the reference. The cases are the same in every run. They are tried from
the smallest to the largest, so that the first that fails is the smallest found.

This module needs the standard library only, and imports nothing of the rest of notekit;
arrays are compared where an exercise uses them.
"""

import contextlib
import copy
import dataclasses
import importlib
import io
import json
import math
import sys
import types
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

ANSWER = "answer.py"  # what the reader's code is called in messages
MARK = "\x1e"  # begins a line that is the judge's, not the answer's
SHOWN = 600  # characters of a value at most
BEGUN = 300  # of the arguments of a case that has begun; the page takes 100,000 in all
PRINTED = 2000  # characters of what an answer prints in a case at most

Function = Callable[..., Any]
Case = tuple[Any, ...]  # the arguments of one call


@dataclass(frozen=True)
class Words:
    """What an exercise says in one language, in Markdown; hints from vague to plain."""

    title: str
    statement: str
    hints: tuple[str, ...]


@dataclass(frozen=True)
class Mistake:
    """A wrong solution, and what is wrong with it."""

    function: Function
    en: str
    zh: str


@dataclass
class Exercise:
    """One exercise; its functions are added by the decorators below.

    Attributes:
        en: its words in English.
        zh: its words in Chinese.
        examples: calls with what they give, as in a session of Python.
        seconds: what all cases together may take, in the page as well.
        tolerance: how far a float may be off, relative to its size, or to 1 if that is
            less; 0 for exactly equal.
        lacks: kinds of cases that the task rules out (of ``KINDS``), and why.
    """

    en: Words
    zh: Words
    examples: str
    seconds: float = 5.0
    tolerance: float = 0.0
    lacks: Mapping[str, str] = field(default_factory=dict)
    reference: Function | None = None
    mistakes: list[Mistake] = field(default_factory=list)
    oracle: Function | None = None
    small: Function | None = None
    more: Function | None = None
    driver: Function | None = None
    canon: Function | None = None

    @property
    def name(self) -> str:
        """The function that the reader writes."""
        assert self.reference is not None
        return self.reference.__name__

    def solution(self, function: Function) -> Function:
        """The reference solution, whose name and parameters the answer must have."""
        self.reference = function
        return function

    def starter(self, function: Function) -> Function:
        """What the reader starts from, where the solution's first line is not enough."""
        return function  # it is read from the file, never called

    def wrong(self, en: str, zh: str) -> Callable[[Function], Function]:
        """A solution as beginners write it; the judge must refuse it with a case."""

        def add(function: Function) -> Function:
            self.mistakes.append(Mistake(function, en, zh))
            return function

        return add

    def cases(self, function: Function) -> Function:
        """Yields cases, as tuples of arguments, that the brute force can solve."""
        self.small = function
        return function

    def large(self, function: Function) -> Function:
        """Yields cases that are too large for the brute force."""
        self.more = function
        return function

    def brute(self, function: Function) -> Function:
        """Solves the cases in another way than the reference, however slowly."""
        self.oracle = function
        return function

    def drive(self, function: Function) -> Function:
        """Calls the answer, its first argument; without, it is called with the case."""
        self.driver = function
        return function

    def canonical(self, function: Function) -> Function:
        """Maps results that are equally right, such as two orders, to the same value."""
        self.canon = function
        return function

    def all_cases(self, large: bool = True) -> list[Case]:
        """The same cases in every run, the smallest first."""
        assert self.small is not None
        found: list[Case] = list(self.small(Random(self.name)))
        if large and self.more is not None:
            found += self.more(Random(self.name))
        return sorted(found, key=size)


@dataclass(frozen=True)
class Returned:
    """What a call gave."""

    value: Any


@dataclass(frozen=True)
class Raised:
    """What a call raised: names of its type and of that one's bases, message, line."""

    types: tuple[str, ...]
    message: str
    line: int

    def __str__(self) -> str:
        return f"{self.types[0]}: {self.message}" if self.message else self.types[0]


@dataclass(frozen=True)
class Verdict:
    """What the judge says.

    Attributes:
        kind: ``passed``; ``wrong`` or ``raised`` in a case; ``unreadable`` or
            ``missing`` if there was nothing to call.
        passed: cases that passed before the first that did not.
        total: number of cases.
        given: the arguments of the case that failed.
        expected: what was right.
        got: what came.
        printed: what the answer printed in that case.
        error: type and message of what the answer raised.
        line: the answer's line that raised it; 0 if it is not known.
        remembers: whether the answer passes this case when it is the only one.
    """

    kind: str
    passed: int = 0
    total: int = 0
    given: str = ""
    expected: str = ""
    got: str = ""
    printed: str = ""
    error: str = ""
    line: int = 0
    remembers: bool = False


def judge(
    exercise: Exercise,
    answer: str,
    begin: Callable[[int, int, str], None] | None = None,
) -> Verdict:
    """Try an answer on the cases, up to the first that fails.

    Args:
        exercise: what was asked.
        answer: Python that defines the function asked for.
        begin: is told the number of the case, how many there are, and its arguments,
            before each call: whoever ends a loop that has no end can say where.
    """
    function = load(answer, exercise.name)
    if isinstance(function, Raised):
        kind = "missing" if function.types[0] == _MISSING else "unreadable"
        error = function.message if kind == "missing" else str(function)
        return Verdict(kind, error=error, line=function.line)
    assert exercise.reference is not None
    cases = exercise.all_cases()
    for number, case in enumerate(cases):
        given = shown_arguments(exercise, case)
        if begin is not None:
            begin(number, len(cases), given)
        expected, _ = call(exercise, exercise.reference, case)
        got, printed = call(exercise, function, case)
        if agree(exercise, expected, got):
            continue
        again = load(answer, exercise.name)
        alone = isinstance(again, Raised) or call(exercise, again, case)[0]
        raised = isinstance(got, Raised)
        return Verdict(
            kind="raised" if raised else "wrong",
            passed=number,
            total=len(cases),
            given=given,
            expected=_said(expected),
            got="" if raised else _said(got),
            printed=printed,
            error=str(got) if raised else "",
            line=got.line if isinstance(got, Raised) else 0,
            remembers=not isinstance(alone, bool) and agree(exercise, expected, alone),
        )
    return Verdict("passed", passed=len(cases), total=len(cases))


_MISSING = "MissingFunction"


def load(answer: str, name: str) -> Function | Raised:
    """The function of that name that the answer defines, in a module of its own."""
    module = types.ModuleType("answer")
    sys.modules["answer"] = module  # dataclasses look their module up
    try:
        with contextlib.redirect_stdout(_Tail()):
            exec(compile(answer, ANSWER, "exec"), vars(module))
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        return _raised(error)
    function = vars(module).get(name)
    if not callable(function):
        return Raised((_MISSING,), name, 0)
    return function  # type: ignore[no-any-return]


def call(
    exercise: Exercise, function: Function, case: Case
) -> tuple[Returned | Raised, str]:
    """One call on a copy of the arguments: what came of it, and what it printed."""
    arguments = copy.deepcopy(case)
    printed = _Tail()
    outcome: Returned | Raised
    try:
        with contextlib.redirect_stdout(printed):
            if exercise.driver is None:
                value = function(*arguments)
            else:
                value = exercise.driver(function, *arguments)
            outcome = Returned(value)
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        outcome = _raised(error)
    return outcome, printed.getvalue()


def agree(
    exercise: Exercise, expected: Returned | Raised, got: Returned | Raised
) -> bool:
    """Whether an answer's outcome is as good as the reference's."""
    if isinstance(expected, Raised):
        return isinstance(got, Raised) and expected.types[0] in got.types
    if isinstance(got, Raised):
        return False
    right, came = expected.value, got.value
    try:
        if exercise.canon is not None:
            right, came = exercise.canon(right), exercise.canon(came)
        return same(right, came, exercise.tolerance)
    except Exception:  # what cannot be compared is something else
        return False


def same(right: Any, came: Any, tolerance: float = 0.0) -> bool:
    """Whether two values are equal, in kind as well.

    A list may be a tuple or an array, and the other way round. A float may be an integer;
    an integer may be no float, and a truth value nothing else.
    """
    right, came = _plain(right), _plain(came)
    if isinstance(right, bool) or isinstance(came, bool) or right is None:
        return type(right) is type(came) and bool(right == came)
    if isinstance(right, int):
        return isinstance(came, int) and right == came
    if isinstance(right, float):
        return isinstance(came, int | float) and _close(right, came, tolerance)
    if isinstance(right, list):
        return (
            isinstance(came, list)
            and len(right) == len(came)
            and all(same(a, b, tolerance) for a, b in zip(right, came, strict=True))
        )
    if isinstance(right, dict):
        return (
            isinstance(came, dict)
            and right.keys() == came.keys()
            and all(same(right[key], came[key], tolerance) for key in right)
        )
    return isinstance(came, type(right)) and bool(right == came)


def _plain(value: Any) -> Any:
    """Tuples, arrays and their numbers as what Python has of its own."""
    if isinstance(value, tuple):
        return list(value)
    if hasattr(value, "tolist") and hasattr(value, "shape"):
        return value.tolist()
    return value


def _close(right: float, came: float, tolerance: float) -> bool:
    if math.isnan(right) or math.isnan(came):
        return math.isnan(right) and math.isnan(came)
    return right == came or (
        math.isfinite(right)
        and math.isclose(right, came, rel_tol=tolerance, abs_tol=tolerance)
    )


def _raised(error: BaseException) -> Raised:
    names = tuple(kind.__name__ for kind in type(error).__mro__)
    if isinstance(error, SyntaxError) and error.filename == ANSWER:
        return Raised(names, error.msg, error.lineno or 0)
    line, trace = 0, error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == ANSWER:
            line = trace.tb_lineno
        trace = trace.tb_next
    try:
        message = str(error)
    except Exception:
        message = ""
    return Raised(names, _cut(message), line)


class _Tail(io.StringIO):
    """Keeps the first characters printed, and forgets the rest."""

    def write(self, text: str) -> int:
        super().write(text[: max(0, PRINTED - self.tell())])
        return len(text)


# What a reader sees of values


def shown_arguments(exercise: Exercise, case: Case) -> str:
    """A case as assignments to the parameters, one a line."""
    function = exercise.driver or exercise.reference
    assert function is not None
    first = 1 if exercise.driver is not None else 0
    names = function.__code__.co_varnames[first : function.__code__.co_argcount]
    return "\n".join(
        f"{name} = {shown(value)}" for name, value in zip(names, case, strict=True)
    )


def shown(value: Any) -> str:
    """A value as Python would write it, cut where it is long."""
    try:
        text = repr(value)
    except Exception as error:
        text = f"<{type(value).__name__}, whose repr raises {type(error).__name__}>"
    return _cut(text)


def _said(outcome: Returned | Raised) -> str:
    return (
        shown(outcome.value)
        if isinstance(outcome, Returned)
        else f"raise {outcome.types[0]}"
    )


def _cut(text: str, most: int = SHOWN) -> str:
    if len(text) <= most:
        return text
    return f"{text[: most * 2 // 3]} … {text[-most // 4 :]}"


# Cases by size and by kind

KINDS = ("empty", "one", "ties", "negative", "large")


def size(case: Case) -> tuple[int, float, str]:
    """What orders cases: how many values, how large their numbers, then their text."""
    numbers = list(_numbers(case))
    values = len(numbers) + sum(map(len, _containers(case)))
    return values, float(sum(min(abs(n), 1e15) for n in numbers if n == n)), repr(case)


def kinds(case: Case) -> set[str]:
    """Which of ``KINDS`` a case is.

    Where no argument holds others, 0 counts as empty and 1 as one.
    """
    numbers = list(_numbers(case))
    containers = [c for c in _containers(case) if c is not case]
    lengths = {len(c) for c in containers} if containers else set(numbers)
    found = {name for name, n in (("empty", 0), ("one", 1)) if n in lengths}
    for items in containers or [case]:
        texts = [repr(item) for item in items]
        if len(set(texts)) < len(texts):
            found.add("ties")
    if any(n < 0 for n in numbers):
        found.add("negative")
    if len(numbers) >= 50 or any(abs(n) >= 1000 for n in numbers):
        found.add("large")
    return found


def _containers(value: Any) -> Iterator[Sequence[Any]]:
    value = _plain(value) if not isinstance(value, tuple) else value
    if isinstance(value, Mapping):
        value = list(value.items())
    if isinstance(value, str | list | tuple | set | frozenset):
        yield list(value) if not isinstance(value, tuple) else value
        if not isinstance(value, str):
            for item in value:
                yield from _containers(item)


def _numbers(value: Any) -> Iterator[float]:
    value = _plain(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        yield value
    elif isinstance(value, Mapping):
        yield from _numbers([*value.keys(), *value.values()])
    elif isinstance(value, Iterable) and not isinstance(value, str | bytes):
        for item in value:
            yield from _numbers(item)


# How the page, and `nox -s solve`, hear of it: lines of JSON on the standard output


def tell(module: str, name: str, answer: str) -> Verdict:
    """Judge an answer, and print each step as a line of JSON that begins with ``MARK``.

    Args:
        module: dotted name of the module that declares the exercise.
        name: the function asked for.
        answer: the text of the answer.
    """
    exercise = exercises(importlib.import_module(module))[name]
    out = sys.stdout

    def say(**event: Any) -> None:
        out.write(f"{MARK}{json.dumps(event)}\n")
        out.flush()

    verdict = judge(
        exercise,
        answer,
        lambda number, total, given: say(
            case=number, total=total, given=_cut(given, BEGUN)
        ),
    )
    say(verdict=dataclasses.asdict(verdict))
    return verdict


def exercises(module: types.ModuleType) -> dict[str, Exercise]:
    """The exercises that a module declares, by the function asked for, in order."""
    found = [value for value in vars(module).values() if isinstance(value, Exercise)]
    return {exercise.name: exercise for exercise in found}


if __name__ == "__main__":
    # Not as __main__, whose classes would be others than those that exercises import.
    judging = importlib.import_module("notekit.study.judge")
    with open(sys.argv[3], encoding="utf-8") as file:
        judging.tell(sys.argv[1], sys.argv[2], file.read())
