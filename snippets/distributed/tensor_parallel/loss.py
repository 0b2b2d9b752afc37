"""Cross-entropy over a vocabulary that is cut among ranks."""

from collections.abc import Iterable
from typing import Any

import numpy as np

from ._checks import _parts, _targets


# --8<-- [start:loss]
def vocab_parallel_cross_entropy(
    logit_parts: Iterable[Any], targets: Iterable[int]
) -> tuple[np.ndarray, list[np.ndarray]]:
    """-log softmax at the target, with three all-reduces of one number a token.

    Args:
        logit_parts: by rank, shape (n, V_r), finite; rank r holds the tokens of the
            vocabulary that follow those of rank r - 1. They stay as they are.
        targets: n integers, numbered in the whole vocabulary, known to all ranks.

    Returns:
        The losses, shape (n,), and by rank the gradients of each loss with respect to
        the rank's logits, shape (n, V_r), in float64; no division by n.

    Raises:
        ValueError: if there is no part, one is not a finite matrix, numbers of rows
            differ, or targets are not n integers from 0 to V - 1.
    """
    parts = _parts(logit_parts)
    n, widths = len(parts[0]), [part.shape[1] for part in parts]
    t = _targets(targets, n, sum(widths))
    with np.errstate(over="ignore"):  # 1e308 - (-1e308): far below the maximum
        m = np.max([p.max(axis=1, initial=-np.inf) for p in parts], axis=0)  # 1st
        shifted = [p - m[:, None] for p in parts]
    exps = [np.exp(z) for z in shifted]
    total = np.sum([e.sum(axis=1) for e in exps], axis=0)  # 2nd
    hits, picked, start = [], [], 0
    for z, width in zip(shifted, widths):
        hit = np.arange(start, start + width) == t[:, None]  # no column of another rank
        hits.append(hit)
        picked.append(np.where(hit, z, 0).sum(axis=1))
        start += width
    losses = np.log(total) - np.sum(picked, axis=0)  # 3rd
    return losses, [e / total[:, None] - hit for e, hit in zip(exps, hits)]
    # --8<-- [end:loss]
