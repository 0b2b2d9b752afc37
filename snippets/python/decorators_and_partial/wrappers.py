"""Three decorators that do wrap.

References:
    Python documentation, "functools"; PEP 318 (decorators).
"""

import functools
import inspect
import time
from collections.abc import Callable
from operator import index
from typing import Any, ParamSpec, TypeVar

_P = ParamSpec("_P")  # the parameters of a function, for type checkers
_R = TypeVar("_R")


def _check_runs_when_called(func: Callable) -> None:
    """TypeError for a coroutine or generator function: calling it runs nothing yet."""
    if not callable(func):
        raise TypeError(f"func must be callable, got {func!r}")
    kinds = (
        inspect.iscoroutinefunction,
        inspect.isgeneratorfunction,
        inspect.isasyncgenfunction,
    )
    inner = func
    while isinstance(inner, functools.partial):
        inner = inner.func
    # Of an instance, what its class defines; a class itself is called by ``type``.
    for body in (inner, type(inner).__call__):
        if any(kind(body) for kind in kinds):
            wanted = "func must run when it is called"
            raise TypeError(
                f"{wanted}, got the coroutine or generator function {func!r}"
            )


# --8<-- [start:optional]
def optional_args_decorator(decorator: Callable) -> Callable:
    """Let ``decorator(func, **options)`` be written with or without parentheses.

    ``@decorate``, ``@decorate()`` and ``@decorate(option=1)`` all work. Options must
    be keywords: a positional one could not be told from the decorated function.

    Raises:
        TypeError: on use, if a positional argument is not one callable.
    """

    @functools.wraps(decorator)
    def decorate(*func: Callable, **options: Any) -> Callable:
        if not func:  # written with parentheses: the function comes in the next call
            return functools.partial(decorator, **options)
        if len(func) > 1 or not callable(func[0]):
            raise TypeError(f"options must be keywords, got positional {func!r}")
        return decorator(*func, **options)

    return decorate
    # --8<-- [end:optional]


# --8<-- [start:timed]
@optional_args_decorator
def timed(func: Callable, /, *, clock: Callable[[], float] = time.perf_counter):
    """Count the calls of ``func`` and add up their time, failed calls included.

    Args:
        func: the function to wrap; no coroutine or generator function, whose call is
            over before its body runs.
        clock: returns the time in seconds.

    Returns:
        A wrapper with attributes ``calls`` and ``seconds``.

    Raises:
        TypeError: if ``func`` is a coroutine or generator function, or if ``func`` or
            ``clock`` is not callable.
    """
    _check_runs_when_called(func)
    if not callable(clock):
        raise TypeError(f"clock must be callable, got {clock!r}")

    @functools.wraps(func)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        start = clock()
        try:
            return func(*args, **kwargs)
        finally:
            wrapper.calls += 1
            wrapper.seconds += clock() - start

    wrapper.calls, wrapper.seconds = 0, 0.0  # after wraps, which copies attributes
    return wrapper
    # --8<-- [end:timed]


def _positive(name: str, number: int) -> int:
    try:
        found = index(number)
    except TypeError:
        found = 0
    if isinstance(number, bool) or found < 1:
        raise ValueError(f"{name} must be an integer >= 1, got {number!r}")
    return found


def _check_exceptions(on: Any) -> None:
    for error in on if isinstance(on, tuple) else (on,):
        if not isinstance(error, type) or not issubclass(error, BaseException):
            raise TypeError(f"on must be exception types, got {error!r}")


# --8<-- [start:retry]
def retry(
    times: int, on: type[Exception] | tuple[type[Exception], ...] = Exception
) -> Callable[[Callable[_P, _R]], Callable[_P, _R]]:
    """A decorator that calls its function up to ``times`` times in all.

    An error of type ``on`` leads to the next try; the last one's error is raised.

    Raises:
        ValueError: if ``times`` is not an integer, or is below 1.
        TypeError: if ``on`` is no exception type; from the decorator, if the function
            is a coroutine or generator function, or not callable.
    """
    times = _positive("times", times)
    _check_exceptions(on)

    def decorate(func: Callable[_P, _R]) -> Callable[_P, _R]:
        _check_runs_when_called(func)

        @functools.wraps(func)
        def wrapper(*args: _P.args, **kwargs: _P.kwargs) -> _R:
            for _ in range(times - 1):
                try:
                    return func(*args, **kwargs)
                except on:
                    continue
            return func(*args, **kwargs)  # outside try: its error is the caller's

        return wrapper

    return decorate
    # --8<-- [end:retry]
