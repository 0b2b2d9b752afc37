"""Example calls of snippets.ml.ensemble_learning."""

from dataclasses import replace

import numpy as np

from snippets.ml import ensemble_learning as e
from tests.inputs import Example, Promises, example, normal

X = normal(12, 2).numpy()
NEW = normal(5, 2, seed=1).numpy()
LABELS = np.where(X[:, 0] > 0, 1, -1)
NUMBERS = X.sum(1)
WEIGHT = np.array([0.5, 0.25, 0.125, 0.125])
SAMPLES = np.array([[*range(8), 0, 1, 2, 3], [8, 9, 10, 11] * 3])
ALPHAS = np.array([0.5, 0.25])
MEMBERS = [e.Stump().fit(X, LABELS), e.Stump().fit(X, -LABELS)]
TREE = e.TreeLite(2, classify=False).fit


def rng():
    return np.random.default_rng(0)


def tree(X, y, weight, new, max_depth, max_features):
    learner = e.TreeLite(max_depth, False, max_features, rng())
    return learner.fit(X, y, weight)(new)


def stump(X, y, new):
    return e.Stump().fit(X, y)(new)


def line(X, y, new):
    return e.least_squares(X, y)(new)


def boosted(fit):
    def call(X, y, new, T, learning_rate=None):
        options = {} if learning_rate is None else {"learning_rate": learning_rate}
        alphas, members, *bounds = fit(X, y, T, e.Stump().fit, **options)
        return alphas, bounds, [h(new) for h in members]

    return call


EXAMPLES: list[Example] = [
    replace(
        example(tree, X, NUMBERS, np.full(12, 0.5), NEW, 2, 1),
        of=e.TreeLite,
    ),
    replace(example(stump, X, LABELS, NEW), of=e.Stump),
    example(e.best_split, X, NUMBERS[:, None], np.full(12, 0.5)),
    replace(
        example(boosted(e.adaboost_fit), X, LABELS, NEW, 3, 0.5), of=e.adaboost_fit
    ),
    replace(example(boosted(e.samme_fit), X, LABELS, NEW, 3), of=e.samme_fit),
    example(e.adaboost_predict, NEW, ALPHAS, MEMBERS),
    example(e.samme_predict, NEW, ALPHAS, MEMBERS, np.array([-1, 1])),
    example(e.margins, X, LABELS, ALPHAS, MEMBERS),
    example(e.reweight, WEIGHT, np.array([1, -1, 1, 1]), 0.5),
    example(e.bagging_predict, X, NUMBERS, NEW, TREE, 3, rng()),
    example(e.bootstrap_indices, 5, rng()),
    example(e.combine, normal(3, 4).numpy()),
    example(e.combine, np.array([[1, 2], [3, 2], [1, 1]]), True),
    example(e.oob_fraction, 5),
    example(e.oob_predict, X, NUMBERS, SAMPLES, TREE),
    example(e.majority_accuracy, 5, 0.75),
    example(e.majority_accuracy, 4, 0.75, 1.0),
    example(e.correlated_accuracy, 5, 0.75, 0.5),
    example(e.variance_of_mean, 2.0, 0.5, 4),
    example(e.bias_variance, normal(3, 4).numpy(), normal(4, seed=1).numpy()),
    example(e.member_correlation, normal(3, 2, 4).numpy()),
    replace(example(line, X, NUMBERS, NEW), of=e.least_squares),
    example(e.meta_features, MEMBERS, NEW),
    example(e.out_of_fold, X, NUMBERS, [TREE, e.least_squares], 3),
    example(e.stack_fit_predict, X, NUMBERS, NEW, [TREE, e.least_squares], 3),
    example(e.sign_task, 5, 0.25, rng()),
    example(e.stacking_errors, 0, 10),
    example(e.tree_predictions, 2, 2, 8, 3, 2, 0.25, 0),
]
SPARED: dict[str, str] = {
    "BiasVariance": "a record of results",
    "TreePredictions": "a record of results",
}


class TestInputs(Promises):
    examples = EXAMPLES
    spared = SPARED
