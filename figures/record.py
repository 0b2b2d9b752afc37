"""Look on while a function runs: its variables, each time that it comes to some line.

So a figure shows what the note's code did, and the code need not know of it.
"""

from __future__ import annotations

import copy
import linecache
import sys
from collections.abc import Callable, Sequence
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
    codes = {code for code, _ in places}
    seen: list[dict[str, Any]] = []

    def each_line(frame: FrameType, event: str, _: Any) -> Any:
        line = places.get((frame.f_code, frame.f_lineno))
        if event == "line" and line:
            known = frame.f_locals
            if isinstance(wanted, str):
                names = [name for name in wanted.split() if name in known]
                values = copy.deepcopy({name: known[name] for name in names})
            else:
                values = wanted(known)
            seen.append({"line": line, **values})
        return each_line

    def each_call(frame: FrameType, event: str, _: Any) -> Any:
        return each_line if frame.f_code in codes else None

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
