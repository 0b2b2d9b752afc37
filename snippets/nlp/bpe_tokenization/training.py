"""Which pairs to merge, and in which order: learnt from a text."""

from collections import Counter
from collections.abc import Iterable
from itertools import pairwise
from typing import TypeVar

from ._checks import Pair, _count, _pair, _symbols
from .words import pretokenize

Symbol = TypeVar("Symbol", bytes, str)


# --8<-- [start:merge]
def merge_word(
    symbols: Iterable[Symbol], pair: tuple[Symbol, Symbol]
) -> tuple[Symbol, ...]:
    """The word with each such pair of neighbours made one symbol, from the left.

    A symbol is used once: (a, a) makes aa, a of a, a, a.

    Args:
        symbols: the symbols of one word, in order.
        pair: the two to be merged.

    Returns:
        At most as many symbols; joined, they are the same word.

    Raises:
        ValueError: if the pair is not two bytes objects or two strings, or a symbol is
            not of their kind.
    """
    first, second = _pair(pair)
    symbols = _symbols(symbols, first)
    merged: list[Symbol] = []
    i = 0
    while i < len(symbols):
        if i + 1 < len(symbols) and (symbols[i], symbols[i + 1]) == (first, second):
            merged.append(first + second)
            i += 2
        else:
            merged.append(symbols[i])
            i += 1
    return tuple(merged)
    # --8<-- [end:merge]


# --8<-- [start:train]
def train_bpe(text: str, merges: int) -> list[Pair]:
    """The merges of byte pair encoding, most frequent pair first.

    A pair is counted at each place where it stands, so (a, a) twice in aaa; of equally
    frequent pairs the smallest, as Python compares bytes, is taken.

    Args:
        text: what to learn from; its words are those of ``pretokenize``.
        merges: how many are wanted, >= 0.

    Returns:
        The pairs in order; fewer than wanted if each word has become one symbol.

    Raises:
        ValueError: if the text is not a string, or merges no integer >= 0; a
            UnicodeEncodeError if UTF-8 cannot write the text (a lone surrogate).
    """
    merges = _count("merges", merges)
    words = Counter(pretokenize(text))
    cuts = {word: tuple(bytes([b]) for b in word.encode()) for word in words}
    learnt: list[Pair] = []
    for _ in range(merges):
        pairs: Counter[Pair] = Counter()
        for word, symbols in cuts.items():
            for pair in pairwise(symbols):
                pairs[pair] += words[word]
        if not pairs:
            break
        best = min(pairs, key=lambda pair: (-pairs[pair], pair))
        learnt.append(best)
        cuts = {word: merge_word(symbols, best) for word, symbols in cuts.items()}
    return learnt
    # --8<-- [end:train]
