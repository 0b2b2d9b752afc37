"""Example calls of snippets.ml.gradient_boosting."""

from dataclasses import replace

import numpy as np

from snippets.ml import gradient_boosting as b
from tests.inputs import Example, Promises, example, normal

X = normal(12, 2).numpy()
NEW = normal(5, 2, seed=1).numpy()
Y = X.sum(1)
G, H = -Y, np.full(12, 0.5)
LABELS = (X[:, 0] > 0).astype(float)
SUMS = (1.0, 2.0, -1.0, 2.0, 1.0)


def rules(max_depth, lam, gamma, alpha, min_child_weight, X, g, h):
    how = b.TreeRules(max_depth, lam, gamma, alpha, min_child_weight)
    return b.predict_tree(b.build_tree(X, g, h, how), X)


def built(build):
    def call(X, g, h, new):
        tree = build(X, g, h)
        return b.predict_tree(tree, new), len(tree.leaves())

    return call


def boosted(model):
    def call(X, y, new, n_rounds, max_depth, eta, **options):
        fitted = model(n_rounds, max_depth, eta, **options).fit(X, y)
        return fitted.predict_margin(new)

    return call


def counts(X, g, h, max_depth):
    return b.rows_read(b.build_tree(X, g, h), max_depth)


EXAMPLES: list[Example] = [
    example(b.grad_hess, Y, G),
    example(b.grad_hess, LABELS, G, "logistic"),
    example(b.leaf_weight, G, H, 1.0, 0.5),
    example(b.split_gain, *SUMS, 0.5, 0.5),
    replace(example(rules, 2, 1.0, 0.5, 0.5, 1.0, X, G, H), of=b.TreeRules),
    example(b.best_split_exact, X, G, H, 1.0, 0.5, 1.0, 0.5),
    replace(example(built(b.build_tree), X, G, H, NEW), of=b.build_tree),
    replace(
        example(built(b.build_tree_histogram), X, G, H, NEW), of=b.build_tree_histogram
    ),
    replace(example(built(b.build_tree), X, G, H, NEW), of=b.predict_tree),
    example(b.presort, X),
    example(b.make_bins, X, 0.25),
    example(b.weighted_quantile_candidates, X[:, 0], H, 0.25),
    replace(example(counts, X, G, H, 3), of=b.rows_read),
    replace(example(boosted(b.GBDTLite), X, Y, NEW, 2, 2, 0.5), of=b.GBDTLite),
    replace(
        example(boosted(b.GBDTLite), X, LABELS, NEW, 2, 2, 0.5, objective="logistic"),
        of=b.GBDTLite,
    ),
    replace(
        example(
            boosted(b.XGBLite), X, Y, NEW, 2, 2, 0.5, base_score=1.0, sketch_eps=0.25
        ),
        of=b.XGBLite,
    ),
    replace(
        example(
            boosted(b.XGBLite),
            X,
            LABELS,
            NEW,
            2,
            2,
            0.5,
            objective="logistic",
            lam=1.0,
            gamma=0.0,
            alpha=0.0,
            min_child_weight=0.0,
        ),
        of=b.XGBLite,
    ),
]
SPARED: dict[str, str] = {
    "Bins": "what make_bins returns",
    "Node": "what build_tree returns",
    "Split": "what best_split_exact returns",
}


class TestInputs(Promises):
    examples = EXAMPLES
    spared = SPARED
