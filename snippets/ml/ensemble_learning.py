"""An ensemble is as good as its members are accurate and, above all, different.

Majority votes, the variance of an average, and bias against variance. Bagging,
AdaBoost, stacking and the tree they combine have a module each and are importable from
here. A *learner* is a function ``(X, y) -> predict``, or ``(X, y, weight) -> predict``
for AdaBoost; ``predict`` maps ``X`` to one prediction per row.

References:
    Dietterich, "Ensemble Methods in Machine Learning", MCS 2000,
    doi:10.1007/3-540-45014-9_1.
    Breiman, "Random Forests", Machine Learning 45, 2001, doi:10.1023/A:1010933404324.
"""

import math
from statistics import NormalDist
from typing import NamedTuple

import numpy as np

from snippets.ml.ensemble_learning_adaboost import adaboost_fit as adaboost_fit
from snippets.ml.ensemble_learning_adaboost import adaboost_predict as adaboost_predict
from snippets.ml.ensemble_learning_adaboost import margins as margins
from snippets.ml.ensemble_learning_adaboost import reweight as reweight
from snippets.ml.ensemble_learning_adaboost import samme_fit as samme_fit
from snippets.ml.ensemble_learning_adaboost import samme_predict as samme_predict
from snippets.ml.ensemble_learning_bagging import bagging_predict as bagging_predict
from snippets.ml.ensemble_learning_bagging import bootstrap_indices as bootstrap_indices
from snippets.ml.ensemble_learning_bagging import combine as combine
from snippets.ml.ensemble_learning_bagging import oob_fraction as oob_fraction
from snippets.ml.ensemble_learning_bagging import oob_predict as oob_predict
from snippets.ml.ensemble_learning_stacking import least_squares as least_squares
from snippets.ml.ensemble_learning_stacking import meta_features as meta_features
from snippets.ml.ensemble_learning_stacking import out_of_fold as out_of_fold
from snippets.ml.ensemble_learning_stacking import (
    stack_fit_predict as stack_fit_predict,
)
from snippets.ml.ensemble_learning_tree import Stump as Stump
from snippets.ml.ensemble_learning_tree import TreeLite as TreeLite


# --8<-- [start:majority]
def majority_accuracy(n: int, p: float, ties: float | None = None) -> float:
    """Probability that most of n independent voters are right, each with chance p.

    Args:
        n: number of voters, >= 1.
        p: chance that one voter is right, in [0, 1].
        ties: credit for a tie in [0, 1], such as 0.5 for a coin; needed if n is even.

    Raises:
        ValueError: if n < 1, p or ties is outside [0, 1], or n is even without ties.
    """
    if n < 1 or int(n) != n:
        raise ValueError(f"n must be an integer >= 1, got {n}")
    if not 0 <= p <= 1:
        raise ValueError(f"p must be in [0, 1], got {p}")
    if ties is not None and not 0 <= ties <= 1:
        raise ValueError(f"ties must be None or in [0, 1], got {ties}")
    if n % 2 == 0 and ties is None:
        raise ValueError(f"n must be odd unless ties is given, got {n}")
    if p in (0, 1):
        return float(p)
    # Relative to the most likely count, no term overflows however large n is.
    mode, odds = min(int((n + 1) * p), n), p / (1 - p)
    k = np.arange(n + 1)
    up = np.cumprod((n - k[mode:-1]) / (k[mode:-1] + 1) * odds)
    down = np.cumprod(k[mode:0:-1] / (n - k[mode:0:-1] + 1) / odds)
    chance = np.concatenate([down[::-1], [1.0], up])
    won = chance[n // 2 + 1 :].sum()
    if n % 2 == 0:
        won += ties * chance[n // 2]
    return float(won / chance.sum())
    # --8<-- [end:majority]


# --8<-- [start:correlated]
def correlated_accuracy(n: int, p: float, rho: float) -> float:
    """As ``majority_accuracy`` for odd n, but the voters share part of their luck.

    Voter i is right if ``sqrt(rho) * z + sqrt(1 - rho) * e_i`` is below the quantile of
    p, with standard normal z (shared) and e_i (own). Given z they are independent, so
    the answer is a mean over z, here by the trapezoidal rule.

    Args:
        n: number of voters, odd.
        p: chance that one voter is right, in (0, 1).
        rho: correlation of the latent scores, in [0, 0.95]; that of the votes is lower.

    Raises:
        ValueError: if n is not odd and positive, or p or rho is outside its range.
    """
    if not 0 <= rho <= 0.95:
        raise ValueError(f"rho must be in [0, 0.95], got {rho}")
    if not 0 < p < 1:
        raise ValueError(f"p must be in (0, 1), got {p}")
    normal = NormalDist()
    z = np.linspace(-8.5, 8.5, 341)
    share = np.exp(-z * z / 2)
    bar = (normal.inv_cdf(p) - math.sqrt(rho) * z) / math.sqrt(1 - rho)
    given = [majority_accuracy(n, normal.cdf(b)) for b in bar]
    return float(share @ given / share.sum())
    # --8<-- [end:correlated]


# --8<-- [start:variance]
def variance_of_mean(sigma2: float, rho: float, B: int) -> float:
    """Variance of the mean of B members, each of variance sigma2, pairwise correlated.

    Args:
        sigma2: variance of one member, >= 0.
        rho: correlation of any two, in [-1 / (B - 1), 1]; irrelevant if B is 1.
        B: number of members, >= 1.

    Raises:
        ValueError: if an argument is outside its range. Below -1 / (B - 1) the mean
            would have a negative variance: no B variables are so opposed.
    """
    if B < 1 or int(B) != B:
        raise ValueError(f"B must be an integer >= 1, got {B}")
    if not 0 <= sigma2 < math.inf:
        raise ValueError(f"sigma2 must be finite and >= 0, got {sigma2}")
    lowest = -1.0 if B == 1 else -1 / (B - 1)
    if not lowest <= rho <= 1:
        raise ValueError(f"rho must be in [{lowest:.4g}, 1] for B = {B}, got {rho}")
    # At the lowest rho the two terms cancel; rounding must not leave -1e-17.
    return max(0.0, rho * sigma2 + (1 - rho) / B * sigma2)
    # --8<-- [end:variance]


# --8<-- [start:bias_variance]
class BiasVariance(NamedTuple):
    """Means over the test points; ``bias2 + variance`` is the mean squared error."""

    bias2: float  # of the average model; too large by about variance / R
    variance: float  # around the average model, divided by R
    bias2_unbiased: float  # corrected for the finite number of models; may be < 0


def bias_variance(predictions: np.ndarray, f: np.ndarray) -> BiasVariance:
    """Split the error of R models, each from its own training set, into two parts.

    Args:
        predictions: shape (R, n), R >= 2; row r is model r at n fixed test points.
        f: shape (n,), the noise-free truth there.

    Raises:
        ValueError: if the shapes do not fit, or a value is not finite.
    """
    predictions, f = np.asarray(predictions, float), np.asarray(f, float)
    if predictions.ndim != 2 or predictions.shape[1:] != f.shape or f.size == 0:
        shapes = f"{predictions.shape} and {f.shape}"
        raise ValueError(f"predictions and f must be (R, n) and (n,), got {shapes}")
    if len(predictions) < 2:
        raise ValueError(f"predictions must hold >= 2 models, got {len(predictions)}")
    if not (np.isfinite(predictions).all() and np.isfinite(f).all()):
        raise ValueError("predictions and f must be finite, got NaN or infinity")
    R = len(predictions)
    bias2 = float(((predictions.mean(0) - f) ** 2).mean())
    variance = float(predictions.var(0).mean())
    # The average of R models still wanders by variance / R, which looks like bias.
    return BiasVariance(bias2, variance, bias2 - variance / (R - 1))
    # --8<-- [end:bias_variance]


def member_correlation(predictions: np.ndarray) -> tuple[float, float]:
    """Variance of one ensemble member, and correlation of two, over training sets.

    Args:
        predictions: shape (R, B, n): R training sets, B >= 2 members each, n points.

    Returns:
        ``(sigma2, rho)``: what ``variance_of_mean`` needs to give the variance of the
        mean of the B members exactly, all variances divided by R and averaged over n.

    Raises:
        ValueError: if there are not three axes, R < 2, B < 2, or no member varies.
    """
    predictions = np.asarray(predictions, float)
    if predictions.ndim != 3 or min(predictions.shape[:2]) < 2 or not predictions.size:
        got = predictions.shape
        raise ValueError(f"predictions must be (R, B, n) with R, B >= 2, got {got}")
    B = predictions.shape[1]
    sigma2 = float(predictions.var(0).mean())
    if not 0 < sigma2 < math.inf:
        raise ValueError(f"the members must vary and be finite, got variance {sigma2}")
    of_mean = float(predictions.mean(1).var(0).mean())
    return sigma2, (of_mean / sigma2 - 1 / B) / (1 - 1 / B)
