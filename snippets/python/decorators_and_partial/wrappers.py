"""Three decorators that do wrap.

References:
    Python documentation, "functools"; PEP 318 (decorators).
"""

import functools
import time
from collections.abc import Callable
from typing import Any


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
        func: the function to wrap.
        clock: returns the time in seconds.

    Returns:
        A wrapper with attributes ``calls`` and ``seconds``.
    """

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


# --8<-- [start:retry]
def retry(times: int, on: type[Exception] = Exception) -> Callable:
    """A decorator that calls its function up to ``times`` times in all.

    An error of type ``on`` leads to the next try; the last one's error is raised.

    Raises:
        ValueError: if ``times`` is not an integer, or is below 1.
    """
    if not isinstance(times, int) or times < 1:
        raise ValueError(f"times must be an integer >= 1, got {times!r}")

    def decorate(func: Callable) -> Callable:
        @functools.wraps(func)
        def wrapper(*args: Any, **kwargs: Any) -> Any:
            for _ in range(times - 1):
                try:
                    return func(*args, **kwargs)
                except on:
                    continue
            return func(*args, **kwargs)  # outside try: its error is the caller's

        return wrapper

    return decorate
    # --8<-- [end:retry]
