"""The two languages, and a line of text in one of them."""

import re
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


HAN = r"\u3400-\u4dbf\u4e00-\u9fff"  # Chinese characters, within brackets of a pattern


def has_han(text: str) -> bool:
    """Whether any character is Chinese."""
    return re.search(f"[{HAN}]", text) is not None
