"""The two languages, and a line of text in one of them."""

from typing import Annotated, Literal

from pydantic import Field

Language = Literal["en", "zh"]
LANGUAGES: tuple[Language, ...] = ("en", "zh")
Line = Annotated[str, Field(min_length=1, pattern=r"^[^\n]*\S[^\n]*$")]
