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

from .adaboost import (
    adaboost_fit,
    adaboost_predict,
    margins,
    reweight,
    samme_fit,
    samme_predict,
)
from .bagging import (
    bagging_predict,
    bootstrap_indices,
    combine,
    oob_fraction,
    oob_predict,
)
from .experiments import TreePredictions, sign_task, stacking_errors, tree_predictions
from .learners import Learner, Predict, WeightedLearner
from .split import best_split
from .stacking import least_squares, meta_features, out_of_fold, stack_fit_predict
from .tree import Stump, TreeLite
from .variance import BiasVariance, bias_variance, member_correlation, variance_of_mean
from .voting import correlated_accuracy, majority_accuracy

__all__ = [
    "BiasVariance",
    "Learner",
    "Predict",
    "Stump",
    "TreeLite",
    "TreePredictions",
    "WeightedLearner",
    "adaboost_fit",
    "adaboost_predict",
    "bagging_predict",
    "best_split",
    "bias_variance",
    "bootstrap_indices",
    "combine",
    "correlated_accuracy",
    "least_squares",
    "majority_accuracy",
    "margins",
    "member_correlation",
    "meta_features",
    "oob_fraction",
    "oob_predict",
    "out_of_fold",
    "reweight",
    "samme_fit",
    "samme_predict",
    "sign_task",
    "stack_fit_predict",
    "stacking_errors",
    "tree_predictions",
    "variance_of_mean",
]
