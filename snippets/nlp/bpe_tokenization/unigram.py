"""The most probable way to cut a text into known pieces."""

from collections.abc import Mapping
from math import inf

from ._checks import _log_probs, _text


# --8<-- [start:unigram]
def unigram_segment(
    text: str, log_probs: Mapping[str, float]
) -> tuple[list[str], float]:
    """The cut whose pieces have the largest sum of log probabilities, and that sum.

    Viterbi's algorithm: the best cut of the first j characters is a best cut of the
    first i and the piece from i to j. Of equal sums, the one with the longest last
    piece is taken, and so on backwards.

    Args:
        text: what to cut, as a whole.
        log_probs: the natural logarithm of each piece's probability, finite and <= 0.

    Returns:
        The pieces in order, and the sum; ``([], 0.0)`` for the empty text.

    Raises:
        ValueError: if the text is not a string or cannot be cut into such pieces, a
            piece is empty or no string, or a log probability is not a number <= 0.
    """
    text, known = _text(text), _log_probs(log_probs)
    longest = max(map(len, known), default=0)
    best = [0.0] + [-inf] * len(text)
    start = [0] * (len(text) + 1)
    for j in range(1, len(text) + 1):
        for i in range(max(0, j - longest), j):
            value = best[i] + known.get(text[i:j], -inf)
            if value > best[j]:
                best[j], start[j] = value, i
    if best[-1] == -inf:
        raise ValueError(f"text must be a sequence of known pieces, got {text!r}")
    pieces: list[str] = []
    j = len(text)
    while j:
        pieces.append(text[start[j] : j])
        j = start[j]
    return pieces[::-1], best[-1]
    # --8<-- [end:unigram]
