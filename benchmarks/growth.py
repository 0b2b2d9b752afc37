"""How an algorithm's time grows: the exponent of a power law over several sizes."""

import gc
import math
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any


def seconds(work: Callable[[], object], repeats: int = 5) -> float:
    """Least CPU time of several calls: what disturbs one only adds to it."""
    times = []
    gc.disable()  # like timeit: a collection looks at everything that is alive
    for _ in range(repeats):
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    gc.enable()
    return min(times)


def exponent(sizes: Sequence[int], times: Sequence[float]) -> float:
    """Slope of the line through log time over log size, by least squares."""
    logs = [math.log(size) for size in sizes]
    return statistics.linear_regression(logs, [math.log(t) for t in times]).slope


def lines_run(call: Callable[..., object], *arguments: object) -> int:
    """How many lines Python runs in a call: work that no other process disturbs."""
    lines = 0

    def trace(frame: Any, event: str, _: Any) -> Any:
        nonlocal lines
        lines += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        call(*arguments)
    finally:
        sys.settrace(before)
    return lines


def measure(
    sizes: Sequence[int], prepare: Callable[[int], Callable[[], object]]
) -> dict[str, Any]:
    """Times for all sizes, and their exponent.

    Args:
        sizes: each a few times the one before it.
        prepare: makes the input of a size, and returns the call to be timed.
    """
    times = [seconds(prepare(size)) for size in sizes]
    return {"sizes": list(sizes), "seconds": times, "exponent": exponent(sizes, times)}


def show(name: str, result: dict[str, Any]) -> None:
    """One line: the times and the exponent."""
    times = "  ".join(f"{1000 * t:9.1f}" for t in result["seconds"])
    print(f"{name:22} {times} ms  exponent {result['exponent']:.2f}")
