"""Text cut into words, which merges never cross."""

import re

from ._checks import _text

# --8<-- [start:words]
_WORD = re.compile(r" ?[^\W\d_]+| ?\d+| ?(?:[^\w\s]|_)+|\s+(?!\S)|\s+")


def pretokenize(text: str) -> list[str]:
    """Letters, digits or other signs that belong together, each with the space before.

    Nothing is lost: the words, joined, are the text. Of several spaces before a word,
    the last one goes with it. ``re`` has no class of letters: what its ``\\w`` holds,
    less digits and ``_``, counts as one: ``½`` does, an accent of its own does not.

    Args:
        text: any string.

    Returns:
        The words in order; none for the empty text.

    Raises:
        ValueError: if the text is not a string.
    """
    return _WORD.findall(_text(text))
    # --8<-- [end:words]
