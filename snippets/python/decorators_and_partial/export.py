"""Public names by decorator: ``@lib_export("app.run")`` tags a function, wraps nothing.

The line runs three calls: ``lib_export``, a ``functools.partial`` object, fills in
``api_name``; ``api_export.__init__`` keeps the names; ``api_export.__call__`` writes
them on the function and returns that same function. The names land in attributes
(``_lib_api_names``), from which ``build_api`` collects the public names later.

Modelled on TensorFlow's ``tf_export`` (tensorflow/python/util/tf_export.py, commit
033d7bab). Unlike there, an exported wrapper carries the names itself: nothing is
unwrapped first, and every API takes any dotted name.
"""

import functools
from collections.abc import Iterable, Sequence
from keyword import iskeyword
from typing import TypeVar

_Symbol = TypeVar("_Symbol")


def _attribute(api: str, v1: bool) -> str:
    return f"_{api}_api_names_v1" if v1 else f"_{api}_api_names"


def _check_name(name: object) -> None:
    parts = name.split(".") if isinstance(name, str) else [""]
    if not all(part.isidentifier() and not iskeyword(part) for part in parts):
        wanted = "name must be a dotted path of identifiers such as 'app.run'"
        raise ValueError(f"{wanted}, got {name!r}")


# --8<-- [start:export]
class api_export:  # noqa: N801 (the name of the original)
    """A decorator, made with the public names, that writes them on what it decorates.

    Args:
        names: dotted public names.
        api_name: which API the names belong to; each has its own attributes.
        v1: names for version 1 of the API; None for the same as ``names``.
        overrides: symbols whose export to this API is withdrawn.
        allow_multiple: let a later export of a symbol replace its earlier one.

    Raises:
        ValueError: if there is no name at all, a name is not a dotted path of
            identifiers, ``api_name`` is not an identifier, ``v1`` or ``overrides``
            cannot be looped over, ``v1`` is a string, or ``v2`` is given.
        TypeError: if any other keyword is given.
    """

    def __init__(
        self,
        *names: str,
        api_name: str = "lib",
        v1: Sequence[str] | None = None,
        overrides: Sequence[object] = (),
        allow_multiple: bool = False,
        **unknown: object,
    ) -> None:
        if "v2" in unknown:
            raise ValueError(f"v2 names must be positional, got v2={unknown['v2']!r}")
        if unknown:
            raise TypeError(f"api_export has no keyword {next(iter(unknown))!r}")
        if isinstance(v1, str) or not isinstance(
            v1, Iterable | None
        ):  # a string is a sequence too, of letters
            raise ValueError(f"v1 must be a sequence of names, got {v1!r}")
        self.names = names
        self.names_v1 = names if v1 is None else tuple(v1)
        if not self.names and not self.names_v1:
            raise ValueError("names must hold at least one name, got none")
        for name in (*self.names, *self.names_v1):
            _check_name(name)
        if not isinstance(api_name, str) or not api_name.isidentifier():
            raise ValueError(f"api_name must be an identifier, got {api_name!r}")
        self.api_name = api_name
        if not isinstance(overrides, Iterable):
            raise ValueError(f"overrides must be a sequence, got {overrides!r}")
        self.overrides = tuple(overrides)
        self.allow_multiple = allow_multiple

    def __call__(self, symbol: _Symbol) -> _Symbol:
        """Write the names on ``symbol``, a function or class, and return ``symbol``.

        Raises:
            ValueError: if ``symbol`` is exported already, unless ``allow_multiple``, or
                an override is not, or comes twice.
            TypeError: if ``symbol`` takes no attributes, as built-in functions do not.

        A refused export of a function or class changes nothing, overrides included.
        """
        key, key_v1 = (_attribute(self.api_name, v1) for v1 in (False, True))
        # Not hasattr: a subclass sees its base's names but is not exported by them.
        own = getattr(symbol, "__dict__", {})
        if key in own and not self.allow_multiple:
            known = f"{symbol!r}, exported as {own[key]}"
            raise ValueError(f"symbol must not be exported twice, got {known}")
        for n, other in enumerate(self.overrides):
            if key not in getattr(other, "__dict__", {}):
                raise ValueError(f"overrides must be exported symbols, got {other!r}")
            if any(other is earlier for earlier in self.overrides[:n]):
                raise ValueError(f"overrides must differ, got {other!r} twice")
        try:
            setattr(symbol, key, self.names)
            setattr(symbol, key_v1, self.names_v1)
        except (AttributeError, TypeError) as error:
            raise TypeError(f"symbol must take attributes, got {symbol!r}") from error
        for other in self.overrides:
            if other is not symbol:
                delattr(other, key)
                delattr(other, key_v1)
        return symbol

    # --8<-- [end:export]


# --8<-- [start:lib_export]
lib_export = functools.partial(api_export, api_name="lib")
# --8<-- [end:lib_export]


# --8<-- [start:build]
def exported_names(symbol: object, api: str = "lib", *, v1: bool = False) -> tuple:
    """Public names of ``symbol`` itself, not of its bases; empty if not exported."""
    return getattr(symbol, "__dict__", {}).get(_attribute(api, v1), ())


def build_api(
    symbols: Iterable[object], api: str = "lib", *, v1: bool = False
) -> dict[str, object]:
    """Map each public name to its symbol; symbols without names are left out.

    Raises:
        ValueError: if two symbols claim one name.
    """
    public: dict[str, object] = {}
    for symbol in symbols:
        for name in exported_names(symbol, api, v1=v1):
            first = public.setdefault(name, symbol)
            if first is not symbol:
                both = f"{first!r} and {symbol!r}"
                raise ValueError(f"{name!r} must name one symbol, got {both}")
    return public
    # --8<-- [end:build]
