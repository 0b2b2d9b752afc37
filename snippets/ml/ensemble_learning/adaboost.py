"""AdaBoost: each member is fitted to what the members before it got wrong.

Two classes are written -1 and 1, and alpha carries Freund and Schapire's factor 1/2.
SAMME, which scikit-learn uses for two classes too, has no such factor: its weights are
twice as large, its votes the same.

References:
    Freund, Schapire, "A Decision-Theoretic Generalization of On-Line Learning and an
    Application to Boosting", JCSS 55, 1997, doi:10.1006/jcss.1997.1504.
    Zhu, Zou, Rosset, Hastie, "Multi-class AdaBoost", Statistics and Its Interface 2,
    2009, doi:10.4310/SII.2009.v2.n3.a8 (SAMME).
"""

import math

import numpy as np

from .learners import Predict, WeightedLearner


# --8<-- [start:reweight]
def reweight(
    weight: np.ndarray, agreement: np.ndarray, alpha: float
) -> tuple[np.ndarray, float]:
    """Shrink the weights of rows that a member got right, raise the others.

    Args:
        weight: shape (n,), >= 0, with sum 1.
        agreement: shape (n,), label times prediction: 1 if right, -1 if wrong.
        alpha: how much that member's vote counts.

    Returns:
        New weights with sum 1, and Z, the sum before dividing by it.
    """
    weight = weight * np.exp(-alpha * agreement)
    Z = float(weight.sum())
    return weight / Z, Z
    # --8<-- [end:reweight]


# --8<-- [start:adaboost]
def adaboost_fit(
    X: np.ndarray, y: np.ndarray, T: int, learner: WeightedLearner
) -> tuple[np.ndarray, list[Predict], np.ndarray]:
    """Discrete AdaBoost for two classes, at most T rounds.

    It stops early if no member beats a coin any more, or if one makes no mistake at
    all: that one then gets more votes than all before it together.

    Args:
        X: shape (n, d).
        y: shape (n,), -1 or 1.
        T: rounds, >= 1.
        learner: a function ``(X, y, weight) -> predict``, such as ``Stump().fit``.

    Returns:
        ``(alphas, learners, bounds)``, one entry per member: its weight, its function
        ``predict``, and the bound on the training error of the vote up to it.

    Raises:
        ValueError: if T < 1, y is not as said, or the first member is no better than
            a coin or predicts anything but -1 and 1.
    """
    _check(X, y, T)
    if not np.isin(y, (-1, 1)).all():
        raise ValueError(f"y must be -1 or 1, got {np.unique(y)[:5]}")
    weight = np.full(len(y), 1 / len(y))
    alphas: list[float] = []
    learners: list[Predict] = []
    bounds: list[float] = []
    bound = 1.0
    for _ in range(T):
        predict = learner(X, y, weight)
        agreement = y * predict(X)
        if not np.isin(agreement, (-1, 1)).all():
            raise ValueError("the learner must predict -1 or 1, got another value")
        error = float(weight[agreement < 0].sum())
        if error >= 0.5:
            if not alphas:
                raise ValueError(f"the first error must be < 1/2, got {error:.4g}")
            break
        learners.append(predict)
        if error == 0:  # log(1 / 0) would be infinite, and the next weights NaN
            alphas.append(1 + sum(alphas))
            bounds.append(0.0)
            break
        alphas.append(0.5 * math.log((1 - error) / error))
        weight, Z = reweight(weight, agreement, alphas[-1])
        bound *= Z  # which is 2 * sqrt(error * (1 - error))
        bounds.append(bound)
    return np.array(alphas), learners, np.array(bounds)
    # --8<-- [end:adaboost]


def adaboost_predict(
    X: np.ndarray, alphas: np.ndarray, learners: list[Predict]
) -> np.ndarray:
    """Weighted vote of members that say -1 or 1; shape (m,); a tie is -1.

    Raises:
        ValueError: if there are no members, or not one alpha for each.
    """
    return np.where(_score(X, alphas, learners) > 0, 1, -1)


def margins(
    X: np.ndarray, y: np.ndarray, alphas: np.ndarray, learners: list[Predict]
) -> np.ndarray:
    """Share of the vote for the right label minus that for the wrong, in [-1, 1].

    Args:
        X: shape (m, d).
        y: shape (m,), -1 or 1.
        alphas, learners: from ``adaboost_fit``.

    Raises:
        ValueError: if there are no members, or not one alpha for each.
    """
    return y * _score(X, alphas, learners) / np.sum(alphas)


# --8<-- [start:samme]
def samme_fit(
    X: np.ndarray, y: np.ndarray, T: int, learner: WeightedLearner
) -> tuple[np.ndarray, list[Predict]]:
    """AdaBoost for K >= 2 classes, at most T rounds; stops as ``adaboost_fit`` does.

    Args:
        X: shape (n, d).
        y: shape (n,), labels of at least two classes.
        T: rounds, >= 1.
        learner: a function ``(X, y, weight) -> predict``.

    Returns:
        ``(alphas, learners)``.

    Raises:
        ValueError: if T < 1, y has one class, or the first member is no better than
            drawing one of K labels blindly.
    """
    _check(X, y, T)
    K = len(np.unique(y))
    if K < 2:
        raise ValueError(f"y must hold >= 2 classes, got {K}")
    weight = np.full(len(y), 1 / len(y))
    alphas: list[float] = []
    learners: list[Predict] = []
    for _ in range(T):
        predict = learner(X, y, weight)
        wrong = predict(X) != y
        error = float(weight[wrong].sum())
        if error >= 1 - 1 / K:
            if not alphas:
                raise ValueError(
                    f"the first error must be < 1 - 1/{K}, got {error:.4g}"
                )
            break
        learners.append(predict)
        if error == 0:
            alphas.append(1 + sum(alphas))
            break
        alphas.append(math.log((1 - error) / error) + math.log(K - 1))
        weight = weight * np.exp(alphas[-1] * wrong)
        weight /= weight.sum()
    return np.array(alphas), learners
    # --8<-- [end:samme]


def samme_predict(
    X: np.ndarray, alphas: np.ndarray, learners: list[Predict], labels: np.ndarray
) -> np.ndarray:
    """Weighted vote among ``labels``; shape (m,); of equals the first.

    Raises:
        ValueError: if there are no members, or not one alpha for each.
    """
    _check_members(alphas, learners)
    labels, votes = np.asarray(labels), np.zeros((len(labels), len(X)))
    for alpha, predict in zip(alphas, learners):
        votes += alpha * (predict(X) == labels[:, None])
    return labels[votes.argmax(0)]


def _score(X: np.ndarray, alphas: np.ndarray, learners: list[Predict]) -> np.ndarray:
    _check_members(alphas, learners)
    return sum(alpha * predict(X) for alpha, predict in zip(alphas, learners))


def _check_members(alphas: np.ndarray, learners: list[Predict]) -> None:
    if len(alphas) != len(learners) or len(learners) == 0:
        sizes = f"{len(alphas)} and {len(learners)}"
        raise ValueError(f"need one alpha for each of >= 1 learners, got {sizes}")


def _check(X: np.ndarray, y: np.ndarray, T: int) -> None:
    if T < 1:
        raise ValueError(f"T must be >= 1, got {T}")
    if len(X) != len(y) or len(X) == 0:
        sizes = f"{len(X)} and {len(y)}"
        raise ValueError(f"X and y must have the same number of rows >= 1, got {sizes}")
