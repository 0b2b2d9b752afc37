"""AdaBoost: each member is fitted to what the members before it got wrong.

Two classes are written -1 and 1, and alpha carries Freund and Schapire's factor 1/2.
SAMME, which scikit-learn uses for two classes too, has no such factor: its weights are
twice as large, its votes the same.

References:
    Freund, Schapire, "A Decision-Theoretic Generalization of On-Line Learning and an
    Application to Boosting", JCSS 55, 1997, doi:10.1006/jcss.1997.1504.
    Friedman, Hastie, Tibshirani, "Additive Logistic Regression", Annals of Statistics
    28, 2000, doi:10.1214/aos/1016218223 (the exponential loss).
    Zhu, Zou, Rosset, Hastie, "Multi-class AdaBoost", Statistics and Its Interface 2,
    2009, doi:10.4310/SII.2009.v2.n3.a8 (SAMME).
"""

import math
from collections.abc import Sequence

import numpy as np

from ._checks import _finite, _integer, _number, _rows, _signs
from .learners import Predict, WeightedLearner

TINY = float(np.finfo(float).tiny)  # smaller weights have lost their digits


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

    Raises:
        ValueError: if an argument is not as said, or alpha is not in [-700, 700].
    """
    weight, agreement = _finite("weight", weight, "n"), _signs("agreement", agreement)
    if (
        weight.shape != agreement.shape
        or weight.min() < 0
        or abs(sum(weight) - 1) > 0.01
    ):
        got = f"{len(agreement)} rows, {len(weight)} weights with sum {sum(weight):.4g}"
        raise ValueError(f"need a weight >= 0 for each row, with sum 1, got {got}")
    _number("alpha", alpha, -700, 700)
    weight = weight * np.exp(-alpha * agreement)
    Z = float(weight.sum())
    return weight / Z, Z
    # --8<-- [end:reweight]


# --8<-- [start:adaboost]
def adaboost_fit(
    X: np.ndarray,
    y: np.ndarray,
    T: int,
    learner: WeightedLearner,
    learning_rate: float = 1.0,
) -> tuple[np.ndarray, list[Predict], np.ndarray]:
    """Discrete AdaBoost for two classes, at most T rounds.

    It stops early if no member beats a coin any more, or if one makes no mistake at
    all: that one then gets more votes than all before it together.

    Args:
        X: shape (n, d).
        y: shape (n,), -1 or 1.
        T: rounds, >= 1.
        learner: a function ``(X, y, weight) -> predict``, such as ``Stump().fit``.
        learning_rate: what each alpha is multiplied by, in (0, 1].

    Returns:
        ``(alphas, learners, bounds)``, one entry per member: its weight, its function
        ``predict``, and the bound on the training error of the vote up to it.

    Raises:
        ValueError: if an argument is not as said, the first member is no better than
            a coin, or a member predicts anything but -1 and 1.
    """
    X, y = _rows(X, y)
    T, y = _integer("T", T, 1), _signs("y", y)
    if not 0 < learning_rate <= 1:
        raise ValueError(f"learning_rate must be in (0, 1], got {learning_rate}")
    weight = np.full(len(y), 1 / len(y))
    alphas: list[float] = []
    learners: list[Predict] = []
    bounds: list[float] = []
    bound = 1.0
    for _ in range(T):
        predict = learner(X, y, weight)
        agreement = y * _predicted(predict, X)
        if not np.isin(agreement, (-1, 1)).all():
            raise ValueError("the learner must predict -1 or 1, got another value")
        error = float(weight[agreement < 0].sum())
        if error >= 0.5:
            if not alphas:
                raise ValueError(f"the first error must be < 1/2, got {error:.4g}")
            break
        if error < TINY and (agreement < 0).any():
            break  # the weights of its mistakes have underflowed: it is not perfect
        learners.append(predict)
        if error == 0:  # log(1 / 0) would be infinite, and the next weights NaN
            alphas.append(1 + sum(alphas))
            bounds.append(0.0)
            break
        alphas.append(learning_rate * 0.5 * math.log((1 - error) / error))
        weight, Z = reweight(weight, agreement, alphas[-1])
        bound *= Z  # at learning rate 1 this is 2 * sqrt(error * (1 - error))
        bounds.append(bound)
    return np.array(alphas), learners, np.array(bounds)
    # --8<-- [end:adaboost]


def adaboost_predict(
    X: np.ndarray, alphas: np.ndarray, learners: Sequence[Predict]
) -> np.ndarray:
    """Weighted vote of members that say -1 or 1; shape (m,); a tie is -1.

    Raises:
        ValueError: if there are no members, or not one alpha for each.
    """
    return np.where(_score(X, alphas, learners) > 0, 1, -1)


def margins(
    X: np.ndarray, y: np.ndarray, alphas: np.ndarray, learners: Sequence[Predict]
) -> np.ndarray:
    """Share of the vote for the right label minus that for the wrong, in [-1, 1].

    Args:
        X: shape (m, d).
        y: shape (m,), -1 or 1.
        alphas, learners: from ``adaboost_fit``.

    Raises:
        ValueError: if there are no members, or not one alpha for each, their sum is
            not above 0, or y does not fit.
    """
    X, y = _rows(X, y)
    total = float(np.sum(alphas))
    if not total > 0:
        raise ValueError(f"the sum of all alphas must be > 0, got {total}")
    return _signs("y", y) * _score(X, alphas, learners) / total


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
        ValueError: if an argument is not as said, y has one class, or the first member
            is no better than drawing one of K labels blindly.
    """
    X, y = _rows(X, y)
    T = _integer("T", T, 1)
    K = len(np.unique(y))
    if K < 2:
        raise ValueError(f"y must hold >= 2 classes, got {K}")
    weight = np.full(len(y), 1 / len(y))
    alphas: list[float] = []
    learners: list[Predict] = []
    for _ in range(T):
        predict = learner(X, y, weight)
        wrong = _predicted(predict, X) != y
        error = float(weight[wrong].sum())
        if error >= 1 - 1 / K:
            if not alphas:
                raise ValueError(
                    f"the first error must be < 1 - 1/{K}, got {error:.4g}"
                )
            break
        if error < TINY and wrong.any():
            break
        learners.append(predict)
        if error == 0:
            alphas.append(1 + sum(alphas))
            break
        alphas.append(math.log((1 - error) / error) + math.log(K - 1))
        weight = weight * np.exp(-alphas[-1] * ~wrong)  # e^alpha could overflow
        weight /= weight.sum()
    return np.array(alphas), learners
    # --8<-- [end:samme]


def samme_predict(
    X: np.ndarray, alphas: np.ndarray, learners: Sequence[Predict], labels: np.ndarray
) -> np.ndarray:
    """Weighted vote among ``labels``; shape (m,); of equal votes the first label.

    Raises:
        ValueError: if there are no members, or not one alpha for each, or ``labels``
            lack one that a member predicts.
    """
    labels = np.asarray(labels)
    if labels.ndim != 1 or len(labels) == 0:
        raise ValueError(f"labels must have shape (K >= 1,), got {labels.shape}")
    votes = np.zeros((len(labels), len(X)))
    for alpha, predict in _members(alphas, learners):
        same = _predicted(predict, X) == labels[:, None]
        if not same.any(0).all():
            raise ValueError(f"labels must hold all that members predict, got {labels}")
        votes += alpha * same
    return labels[votes.argmax(0)]


def _score(
    X: np.ndarray, alphas: np.ndarray, learners: Sequence[Predict]
) -> np.ndarray:
    return sum(a * _predicted(predict, X) for a, predict in _members(alphas, learners))


def _members(
    alphas: np.ndarray, learners: Sequence[Predict]
) -> list[tuple[float, Predict]]:
    learners, alphas = list(learners), np.asarray(alphas, float)
    if alphas.shape != (len(learners),) or len(learners) == 0:
        sizes = f"{alphas.shape} and {len(learners)}"
        raise ValueError(f"need one alpha for each of >= 1 learners, got {sizes}")
    if not np.isfinite(alphas).all():
        raise ValueError(f"alphas must be finite, got {alphas}")
    return list(zip(alphas.tolist(), learners))


def _predicted(predict: Predict, X: np.ndarray) -> np.ndarray:
    said = np.asarray(predict(X))
    if said.shape != (len(X),):
        raise ValueError(f"a member must predict ({len(X)},), got {said.shape}")
    return said
