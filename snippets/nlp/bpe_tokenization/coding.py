"""From text to the numbers of its tokens, and back."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

from ._checks import Pair, _count, _merges, _ranks
from .training import merge_word
from .words import pretokenize


# --8<-- [start:word]
def encode_word(word: bytes, ranks: Mapping[Pair, int]) -> list[bytes]:
    """The tokens of one word: of all pairs that may be merged, the lowest rank first.

    Args:
        word: the bytes of one word.
        ranks: the place of each pair in the list of merges.

    Returns:
        Tokens that, joined, are the word.

    Raises:
        ValueError: if the word is not bytes, or ranks is not a dict from pairs of bytes
            objects to integers >= 0.
    """
    if not isinstance(word, bytes):
        raise ValueError(f"word must be bytes, got {word!r}")
    return _cut(word, _ranks(ranks))


def _cut(word: bytes, ranks: Mapping[Pair, int]) -> list[bytes]:
    symbols = tuple(bytes([b]) for b in word)
    while known := [p for p in pairwise(symbols) if p in ranks]:
        symbols = merge_word(symbols, min(known, key=lambda pair: ranks[pair]))
    return list(symbols)
    # --8<-- [end:word]


# --8<-- [start:coding]
def vocabulary(merges: Sequence[Pair]) -> list[bytes]:
    """The token of each id: the 256 bytes, then what each merge makes.

    Args:
        merges: pairs of bytes, in order.

    Raises:
        ValueError: if a merge is not a pair of bytes objects, neither of them empty.
    """
    return [bytes([b]) for b in range(256)] + [a + b for a, b in _merges(merges)]


def encode(text: str, merges: Sequence[Pair]) -> list[int]:
    """The ids of the tokens of a text.

    Args:
        text: any string that UTF-8 can write.
        merges: pairs of bytes, in order.

    Returns:
        Ids from 0 to 255 + the number of merges. Where two merges make the same bytes,
        the smaller id is given.

    Raises:
        ValueError: if the text is not a string, or a merge not a pair of bytes objects;
            a UnicodeEncodeError if UTF-8 cannot write the text (a lone surrogate).
    """
    merges = _merges(merges)
    ranks: dict[Pair, int] = {}
    for rank, pair in enumerate(merges):
        ranks.setdefault(pair, rank)
    ids: dict[bytes, int] = {}
    for i, token in enumerate(vocabulary(merges)):
        ids.setdefault(token, i)
    words = pretokenize(text)
    cuts = {word: _cut(word.encode(), ranks) for word in set(words)}
    return [ids[token] for word in words for token in cuts[word]]


def decode(ids: Iterable[int], merges: Sequence[Pair], errors: str = "replace") -> str:
    """The text of ids: the bytes are joined first, and read as UTF-8 then.

    Args:
        ids: integers from 0 to 255 + the number of merges.
        merges: pairs of bytes, in order.
        errors: what to do with bytes that are not UTF-8, as in ``bytes.decode``.

    Raises:
        ValueError: if an id is outside the vocabulary, or a merge not a pair of bytes
            objects; with ``errors="strict"`` also if the bytes are not UTF-8.
    """
    tokens = vocabulary(merges)
    found = []
    for value in ids:
        i = _count("id", value)
        if i >= len(tokens):
            raise ValueError(f"id must be at most {len(tokens) - 1}, got {i}")
        found.append(tokens[i])
    return b"".join(found).decode("utf-8", errors)
    # --8<-- [end:coding]
