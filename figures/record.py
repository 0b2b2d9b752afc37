"""Look on while a function runs: its variables, each time that it comes to a line.

So a figure shows what the note's code did, and the code need not know of it.
"""

from __future__ import annotations

import copy
import linecache
import sys
from collections.abc import Callable
from types import CodeType, FrameType
from typing import Any


def record(
    run: Callable[[], Any], within: Callable[..., Any], line: str, *names: str
) -> tuple[Any, list[dict[str, Any]]]:
    """Run, and copy variables each time before the line is executed.

    Args:
        run: calls what is looked at, directly or not.
        within: the function that has the line; functions defined inside it count too.
        line: how the line begins, without its indentation; the first line that does.
        names: of the variables; those that have no value yet are left out.

    Returns:
        What ``run`` returned, and the variables of each time, in order.

    Raises:
        ValueError: if the function has no such line, or the run never came there.
    """
    code, number = _find(within.__code__, line)
    seen: list[dict[str, Any]] = []

    def each_line(frame: FrameType, event: str, _: Any) -> Any:
        if event == "line" and frame.f_lineno == number:
            known = frame.f_locals
            seen.append({n: copy.deepcopy(known[n]) for n in names if n in known})
        return each_line

    def each_call(frame: FrameType, event: str, _: Any) -> Any:
        return each_line if frame.f_code is code else None

    before = sys.gettrace()
    sys.settrace(each_call)
    try:
        result = run()
    finally:
        sys.settrace(before)
    if not seen:
        raise ValueError(
            f"want a run that comes to {line!r} of {within.__qualname__}; it did not"
        )
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
    raise ValueError(f"want a line of {code.co_name} that begins {wanted!r}; found none")
