"""Whether a text can be cut into words of a list.

References:
    LeetCode 139, "Word Break".
"""

from collections.abc import Iterable

from ._checks import _text


# --8<-- [start:words]
def word_break(s: str, words: Iterable[str]) -> bool:
    """Whether the text is some of the words, one after another; each may come again.

    Args:
        s: a string. The empty one is made of no words.
        words: strings that are not empty.

    Raises:
        ValueError: for what is no string, an empty word, or one string for ``words``.
    """
    s = _text("s", s)
    if isinstance(words, str):
        raise ValueError(f"words must be several strings, got one string {words!r}")
    known = {_text("word", word) for word in words}
    if "" in known:
        raise ValueError("a word must have at least one letter, got ''")
    sizes = {len(word) for word in known}
    reached = [True] + [False] * len(s)  # state j: the first j letters can be cut
    for j in range(1, len(s) + 1):
        reached[j] = any(
            size <= j and reached[j - size] and s[j - size : j] in known
            for size in sizes  # of the last word
        )
    return reached[len(s)]
    # --8<-- [end:words]
