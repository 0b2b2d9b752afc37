"""``partial`` written out.

``my_partial`` calls, nests and refuses as ``functools.partial`` does up to Python 3.13,
but has no ``repr`` or signature of its own. From 3.14 on, the library's version also
knows ``Placeholder`` and binds as a method.

References:
    Python documentation, "functools"; PEP 309 (partial).
"""

from collections.abc import Callable
from typing import Any


# --8<-- [start:partial]
class my_partial:  # noqa: N801 (spelled like the original)
    """A callable with some of its arguments fixed.

    Positional arguments are fixed from the left, keywords by name. A partial of a
    partial is flattened into one, so that nesting costs nothing at the call; not if
    the inner one was given attributes or calls in its own way: both would be lost.

    Attributes:
        func: the callable that is called in the end.
        args: fixed positional arguments, put before those of the call.
        keywords: fixed keywords; those of the call override them.

    Raises:
        TypeError: if ``func`` is not callable.
    """

    __slots__ = ("__dict__", "__weakref__", "args", "func", "keywords")

    def __init__(self, func: Callable, /, *args: Any, **keywords: Any) -> None:
        if not callable(func):
            raise TypeError(f"func must be callable, got {func!r}")
        if type(func).__call__ is my_partial.__call__ and not func.__dict__:
            args = func.args + args
            keywords = {**func.keywords, **keywords}
            func = func.func
        self.func, self.args, self.keywords = func, args, keywords

    def __call__(self, /, *args: Any, **keywords: Any) -> Any:
        """Call ``func`` with the fixed arguments and these."""
        return self.func(*self.args, *args, **{**self.keywords, **keywords})

    # --8<-- [end:partial]
