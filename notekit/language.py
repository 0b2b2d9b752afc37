"""The two languages, and a line of text in one of them."""

from typing import Annotated, Literal

from pydantic import AfterValidator

Language = Literal["en", "zh"]
LANGUAGES: tuple[Language, ...] = ("en", "zh")


def one_line(value: str) -> str:
    """The value, if it is one line with something on it.

    Raises:
        ValueError: saying so.
    """
    if not value.strip():
        raise ValueError("want some words")
    if "\n" in value:
        raise ValueError("want one line")
    return value


Line = Annotated[str, AfterValidator(one_line)]
