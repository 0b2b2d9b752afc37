"""The most probable text, looked for token by token or several texts at once."""

import heapq
import math
from collections.abc import Callable, Iterable

import numpy as np

from ._checks import _alpha, _count, _log_probs, _tokens

Tokens = tuple[int, ...]
Step = Callable[[Tokens], np.ndarray]


# --8<-- [start:greedy]
def greedy(
    step: Step, start: Iterable[int], eos: int, max_new: int
) -> tuple[Tokens, float]:
    """The most probable token each time, until the end token or ``max_new`` of them.

    Args:
        step: gives the log probabilities of the next token, shape (n,), for a tuple of
            tokens; -inf makes a token impossible.
        start: the prompt; an end token in it ends nothing.
        eos: the end token.
        max_new: how many tokens at most are added, >= 0.

    Returns:
        Prompt and new tokens, and the sum of the new ones' log probabilities. Of
        equally probable tokens the lowest is taken.

    Raises:
        ValueError: if eos, max_new or a token of the prompt is not an integer >= 0, or
            step gives no numbers, NaN, a number > 0 (by more than 1e-6), or only -inf.
    """
    tokens, eos = _tokens(start), _count("eos", eos, 0)
    max_new = _count("max_new", max_new, 0)
    total = 0.0
    for _ in range(max_new):
        log_probs = _log_probs(step(tokens))
        token = int(np.argmax(log_probs))
        tokens, total = (*tokens, token), total + float(log_probs[token])
        if token == eos:
            break
    return tokens, total
    # --8<-- [end:greedy]


# --8<-- [start:beam]
def beam_search(
    step: Step,
    start: Iterable[int],
    eos: int,
    beams: int,
    max_new: int,
    alpha: float = 0.0,
) -> list[tuple[Tokens, float]]:
    """The texts that survive when each round keeps the ``beams`` most probable.

    A round extends each unfinished text by each possible token and keeps the ``beams``
    largest sums of log probabilities (of equal ones the smaller tuple). Those that end
    are put aside, and not extended again. After ``max_new`` rounds unfinished ones
    count too. The ranking at the end is by sum / (new tokens) ** alpha.

    Args:
        step: gives the log probabilities of the next token, shape (n,), for a tuple of
            tokens; -inf makes a token impossible.
        start: the prompt; it adds nothing to sums and lengths.
        eos: the end token; it counts as a new token.
        beams: at least 1; 1 is greedy search, unless a sum rounds two tokens together.
        max_new: how many tokens at most are added, >= 0.
        alpha: 0 ranks by the sum, 1 by the mean; in [0, 10].

    Returns:
        At most ``beams`` pairs of prompt with new tokens, and their sum of log
        probabilities (not divided), best first.

    Raises:
        ValueError: if beams is not an integer >= 1, eos, max_new or a token of the
            prompt not an integer >= 0, alpha not a number in [0, 10], or step gives no
            numbers, NaN, a number > 0 (by more than 1e-6), or only -inf.
    """
    prompt, eos = _tokens(start), _count("eos", eos, 0)
    beams, max_new = _count("beams", beams, 1), _count("max_new", max_new, 0)
    alpha = _alpha(alpha)
    live, finished = [(prompt, 0.0)], []
    for _ in range(max_new):
        extensions = [
            ((*tokens, token), total + value)
            for tokens, total in live
            for token, value in enumerate(_log_probs(step(tokens)).tolist())
            if value > -math.inf
        ]
        kept = heapq.nsmallest(beams, extensions, key=lambda text: (-text[1], text[0]))
        finished += [text for text in kept if text[0][-1] == eos]
        live = [text for text in kept if text[0][-1] != eos]
        if not live:
            break

    def rank(text: tuple[Tokens, float]) -> tuple[float, Tokens]:
        length = max(len(text[0]) - len(prompt), 1)
        return -text[1] / length**alpha, text[0]

    return sorted(finished + live, key=rank)[:beams]
    # --8<-- [end:beam]
