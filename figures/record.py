"""Look on while a function runs: its variables, each time that it comes to some line.

So a figure shows what the note's code did, and the code need not know of it.
"""

from __future__ import annotations

import ast
import copy
import linecache
import sys
from collections.abc import Callable, Mapping, Sequence
from types import CodeType, FrameType
from typing import Any


def record(
    run: Callable[[], Any],
    within: Callable[..., Any],
    lines: Sequence[str],
    wanted: str | Callable[[dict[str, Any]], dict[str, Any]],
) -> tuple[Any, list[dict[str, Any]]]:
    """Run, and copy variables each time before one of the lines is executed.

    Args:
        run: calls what is looked at, directly or not.
        within: the function that has the lines; functions defined inside it count too.
        lines: how each line begins, without its indentation; the first one that does.
        wanted: names of the variables, with spaces between; those without a value are
            left out. Or a function that makes of all variables what is to be kept.

    Returns:
        What ``run`` returned, and the variables of each time, in order, with the
        beginning of the line as ``"line"``.

    Raises:
        ValueError: if the function has no such line, or the run never came to one.
    """
    places = {_find(within.__code__, line): line for line in lines}
    ends = {place: _end(*place) for place in places}
    codes = {code for code, _ in places}
    seen: list[dict[str, Any]] = []

    def each_call(frame: FrameType, event: str, _: Any) -> Any:
        if frame.f_code not in codes:
            return None
        last = 0

        def each_line(frame: FrameType, event: str, _: Any) -> Any:
            nonlocal last
            here = frame.f_code, frame.f_lineno
            line = places.get(here)
            if event == "line" and line:
                # A comprehension comes back to its statement for each element.
                inside = frame.f_lineno <= last <= ends[here]
                if not inside or frame.f_lasti == _start(*here):
                    seen.append({"line": line, **kept(frame.f_locals)})
            last = frame.f_lineno
            return each_line

        return each_line

    def kept(known: Mapping[str, Any]) -> dict[str, Any]:
        if not isinstance(wanted, str):
            return wanted(dict(known))
        names = [name for name in wanted.split() if name in known]
        return copy.deepcopy({name: known[name] for name in names})

    before = sys.gettrace()
    sys.settrace(each_call)
    try:
        result = run()
    finally:
        sys.settrace(before)
    for line in lines:
        if all(values["line"] != line for values in seen):
            want = f"want a run that comes to {line!r} of {within.__qualname__}"
            raise ValueError(f"{want}; it did not")
    return result, seen


def _find(code: CodeType, wanted: str) -> tuple[CodeType, int]:
    """The code object, this or one inside, that has the line, and its number."""
    waiting = [code]
    while waiting:
        here = waiting.pop(0)
        for number in sorted({n for _, _, n in here.co_lines() if n}):
            if linecache.getline(here.co_filename, number).strip().startswith(wanted):
                return here, number
        waiting += [part for part in here.co_consts if isinstance(part, CodeType)]
    raise ValueError(
        f"want a line of {code.co_name} that begins {wanted!r}; found none"
    )


def _end(code: CodeType, number: int) -> int:
    """The last line of the statement that begins on a line; of a block, of its head."""
    tree = ast.parse("".join(linecache.getlines(code.co_filename)))
    for node in ast.walk(tree):
        if isinstance(node, ast.stmt) and node.lineno == number:
            body = getattr(node, "body", None)
            last = body[0].lineno - 1 if body else node.end_lineno or number
            return max(number, last)
    return number


def _start(code: CodeType, number: int) -> int:
    """Where the instructions of a line begin."""
    return min(start for start, _, line in code.co_lines() if line == number)
