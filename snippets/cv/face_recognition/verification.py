"""Verification accepts a pair when its similarity reaches a threshold.

Scores are similarities, larger for the same person; accept means ``score >= thr``.
FAR is the accepted share of impostor pairs, TAR that of genuine pairs, FRR = 1 - TAR.
"""

import numpy as np

from ._checks import _integer


def _scores(name: str, scores: np.ndarray) -> np.ndarray:
    if not hasattr(scores, "__len__"):
        raise ValueError(f"{name} must be a sequence, got {type(scores).__name__}")
    scores = np.asarray(scores, dtype=float)
    if scores.ndim != 1 or not len(scores) or not np.isfinite(scores).all():
        raise ValueError(
            f"{name} must be finite, shape (N,), N >= 1, got shape {scores.shape}"
        )
    return scores


# --8<-- [start:roc]
def roc(
    genuine: np.ndarray, impostor: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Both rates at every threshold that matters, from the strictest on.

    Args:
        genuine: scores of pairs of one person, shape (G,).
        impostor: scores of pairs of two people, shape (I,).

    Returns:
        far, tar, thr, each (K,): infinity (accept nothing), then each distinct score.

    Raises:
        ValueError: empty or not finite scores.
    """
    genuine, impostor = _scores("genuine", genuine), _scores("impostor", impostor)
    thr = np.append(np.inf, np.unique(np.concatenate([genuine, impostor]))[::-1])
    far, tar = (
        (len(scores) - np.searchsorted(np.sort(scores), thr)) / len(scores)
        for scores in (impostor, genuine)
    )
    return far, tar, thr
    # --8<-- [end:roc]


# --8<-- [start:points]
def eer(genuine: np.ndarray, impostor: np.ndarray) -> float:
    """The error where FAR = FRR, on the straight line between neighbouring thresholds.

    Args:
        genuine: shape (G,).
        impostor: shape (I,).

    Returns:
        The equal error rate, in [0, 1].

    Raises:
        ValueError: as ``roc``.
    """
    far, tar, _ = roc(genuine, impostor)
    gap = far - (1 - tar)  # from -1 to 1, never down
    i = int(np.argmax(gap >= 0))
    part = -gap[i - 1] / (gap[i] - gap[i - 1])
    return float(far[i - 1] + part * (far[i] - far[i - 1]))


def threshold_at_far(genuine: np.ndarray, impostor: np.ndarray, far: float) -> float:
    """The lowest threshold among the scores whose FAR is at most ``far``.

    Args:
        genuine: shape (G,).
        impostor: shape (I,).
        far: in (0, 1).

    Returns:
        A score, or infinity if even the highest score lets too many in.

    Raises:
        ValueError: as ``roc``, or ``far`` not in (0, 1).
    """
    if not 0 < far < 1:
        raise ValueError(f"far must be in (0, 1), got {far}")
    rates, _, thr = roc(genuine, impostor)
    return float(thr[rates <= far][-1])


def tar_at_far(genuine: np.ndarray, impostor: np.ndarray, far: float) -> float:
    """The share of genuine pairs accepted at ``threshold_at_far``.

    Args:
        genuine: shape (G,).
        impostor: shape (I,).
        far: in (0, 1).

    Returns:
        TAR, in [0, 1].

    Raises:
        ValueError: as ``threshold_at_far``.
    """
    thr = threshold_at_far(genuine, impostor, far)
    return float((np.asarray(genuine) >= thr).mean())
    # --8<-- [end:points]


# --8<-- [start:kfold]
def best_threshold_kfold(
    scores: np.ndarray, labels: np.ndarray, k: int = 10
) -> tuple[np.ndarray, np.ndarray]:
    """Accuracy of each fold at the threshold that was best on the other folds.

    Folds are contiguous, as LFW lists its pairs: shuffle scores and labels together,
    or keep people apart, beforehand. Equally good thresholds: the strictest.

    Args:
        scores: shape (N,).
        labels: 1 or True for genuine pairs, shape (N,).
        k: folds, 2 to N.

    Returns:
        Accuracies and thresholds, each (k,).

    Raises:
        ValueError: shapes that differ, labels other than 0 and 1, k out of range, or
            other folds without genuine or without impostor pairs.
    """
    scores, labels = _scores("scores", scores), np.asarray(labels)
    k = _integer("k", k, 2)
    if labels.shape != scores.shape or not np.isin(labels, (0, 1)).all():
        raise ValueError(f"labels must be 0 or 1, shape {scores.shape}, got {labels}")
    if k > len(scores):
        raise ValueError(f"k must be in [2, {len(scores)}], got {k}")
    labels = labels.astype(bool)
    accuracies, thresholds = [], []
    for fold in np.array_split(np.arange(len(scores)), k):
        rest = np.ones(len(scores), dtype=bool)
        rest[fold] = False
        genuine, impostor = scores[rest & labels], scores[rest & ~labels]
        far, tar, thr = roc(genuine, impostor)
        right = np.round(tar * len(genuine)) + np.round((1 - far) * len(impostor))
        thresholds.append(thr[np.argmax(right)])
        accuracies.append(((scores[fold] >= thresholds[-1]) == labels[fold]).mean())
    return np.array(accuracies), np.array(thresholds)
    # --8<-- [end:kfold]
