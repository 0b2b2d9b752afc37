"""Oracles: xgboost 3 and scikit-learn, autograd, brute force, and sums by hand."""

import json
import math
from itertools import pairwise

import numpy as np
import pytest
import torch
import xgboost
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize_scalar
from scipy.special import expit
from sklearn.ensemble import (
    GradientBoostingClassifier,
    GradientBoostingRegressor,
    HistGradientBoostingClassifier,
)
from sklearn.tree import DecisionTreeRegressor

from snippets.ml.gradient_boosting import (
    MIN_GAIN,
    GBDTLite,
    Split,
    TreeRules,
    XGBLite,
    best_split_exact,
    build_tree,
    build_tree_histogram,
    grad_hess,
    leaf_weight,
    make_bins,
    predict_tree,
    presort,
    rows_read,
    split_gain,
    weighted_quantile_candidates,
)
from snippets.ml.gradient_boosting import histogram as histogram_module
from snippets.ml.gradient_boosting import tree as tree_module
from snippets.ml.gradient_boosting.gain import _best_boundary, _better, _between
from snippets.ml.gradient_boosting.gradient import _set_leaves

NAN = math.nan
FOUR = np.array([[1.0], [2.0], [3.0], [4.0]])
FOUR_Y = np.array([1.0, 1.0, 3.0, 4.0])
XOR = np.array([[a, b] for a in (0.0, 1.0) for b in (0.0, 1.0)] * 10)
XOR_Y = (XOR[:, 0] != XOR[:, 1]).astype(float)
LOGISTIC = {"objective": "binary:logistic"}
small_numbers = st.integers(-4, 4)


def close(actual, expected, atol=1e-12):
    np.testing.assert_allclose(actual, expected, rtol=0, atol=atol)


def library(X, y, rounds=1, **options):
    """An xgboost model on one thread; ``lam`` for its ``lambda``."""
    options = {
        "objective": "reg:squarederror",
        "tree_method": "exact",
        "max_depth": 1,
        "eta": 1.0,
        "lam": 1.0,
        "base_score": 0.5,
        "nthread": 1,
    } | options
    options["lambda"] = options.pop("lam")
    if options["base_score"] is None:  # the library's own choice
        del options["base_score"]
    return xgboost.train(options, xgboost.DMatrix(X, label=y), rounds)


def dumped(model, tree=0):
    return json.loads(model.get_dump(dump_format="json", with_stats=True)[tree])


def leaves_of(node):
    """Leaf weights of a dumped tree, left to right."""
    if "leaf" in node:
        return [node["leaf"]]
    children = {child["nodeid"]: child for child in node["children"]}
    return leaves_of(children[node["yes"]]) + leaves_of(children[node["no"]])


def assert_same_as_dump(tree, node, missing):
    """Compare features, thresholds, gains, and where missing rows of ``X`` go."""
    if tree.split is None:
        assert node["leaf"] == pytest.approx(tree.weight, abs=2e-6)
        return
    assert node["split"] == f"f{tree.split.feature}"
    assert node["split_condition"] == pytest.approx(tree.split.threshold, abs=1e-6)
    assert node["gain"] == pytest.approx(2 * tree.split.gain, rel=1e-4)
    if missing:
        assert tree.split.default_left == (node["missing"] == node["yes"])
    children = {child["nodeid"]: child for child in node["children"]}
    assert_same_as_dump(tree.left, children[node["yes"]], missing)
    assert_same_as_dump(tree.right, children[node["no"]], missing)


def assert_same_trees(a, b, thresholds=True):
    assert (a.split is None) == (b.split is None)
    assert a.rows == b.rows
    assert a.weight == pytest.approx(b.weight, abs=1e-12)
    if a.split is None:
        return
    assert a.split.feature == b.split.feature
    assert a.split.default_left == b.split.default_left
    assert a.split.gain == pytest.approx(b.split.gain, abs=1e-12)
    if thresholds:
        assert a.split.threshold == b.split.threshold
    assert_same_trees(a.left, b.left, thresholds)
    assert_same_trees(a.right, b.right, thresholds)


def noisy_data(seed=0, n=200, d=3, missing=0.0):
    """Features that float32 holds exactly, and a binary target."""
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((n, d)).astype(np.float32).astype(float)
    noise = 0.5 * rng.standard_normal(n)
    y = (X[:, 0] + X[:, 1] * X[:, 2] + noise > 0).astype(float)
    X[rng.random(X.shape) < missing] = NAN
    return X, y


def logloss(margin, y):
    return float(np.mean(np.logaddexp(0, margin) - y * margin))


# Derivatives


@pytest.mark.parametrize("objective", ["squarederror", "logistic"])
def test_derivatives_are_those_of_autograd(objective):
    rng = np.random.default_rng(0)
    margin = torch.from_numpy(4 * rng.standard_normal(50)).requires_grad_()
    y = torch.from_numpy(rng.integers(0, 2, 50).astype(float))
    if objective == "logistic":
        lose = torch.nn.functional.binary_cross_entropy_with_logits
        loss = lose(margin, y, reduction="sum")
    else:
        loss = 0.5 * ((margin - y) ** 2).sum()
    (g,) = torch.autograd.grad(loss, margin, create_graph=True)
    (h,) = torch.autograd.grad(g.sum(), margin)
    ours = grad_hess(y.numpy(), margin.detach().numpy(), objective)
    close(ours[0], g.detach().numpy())
    close(ours[1], h.numpy())


@pytest.mark.parametrize("size", [0.0, 40.0, 700.0, 1e300])
def test_logistic_derivatives_keep_their_digits_at_large_margins(size):
    margin = np.array([size, size, -size, -size])
    g, h = grad_hess(np.array([0.0, 1.0, 0.0, 1.0]), margin, "logistic")
    tail = expit(-size)
    expected = [expit(size), -tail, tail, -expit(size)]
    np.testing.assert_allclose(g, expected, rtol=1e-12, atol=0)
    np.testing.assert_allclose(h, [expit(size) * tail] * 4, rtol=1e-12, atol=0)
    if size == 40:
        assert h.min() > 0 == expit(size) * (1 - expit(size))


# Leaf and gain


def test_ten_positives_at_one_half():
    g, h = grad_hess(np.ones(10), np.zeros(10), "logistic")
    assert (g.sum(), h.sum()) == (-5.0, 2.5)
    assert leaf_weight(g.sum(), h.sum(), 0) == pytest.approx(2, abs=1e-12)
    assert leaf_weight(g.sum(), h.sum(), 1) == pytest.approx(1.42857, abs=5e-6)
    assert -g.mean() == 0.5


@given(
    G=small_numbers,
    H=st.integers(0, 5),
    lam=st.integers(0, 3),
    alpha=st.integers(0, 3),
)
def test_leaf_weight_minimises_the_penalised_quadratic(G, H, lam, alpha):
    weight = leaf_weight(G, H, lam, alpha)
    if H + lam == 0:
        assert weight == 0
        return

    def objective(w):
        return G * w + 0.5 * (H + lam) * w * w + alpha * abs(w)

    found = minimize_scalar(objective, bounds=(-9, 9), options={"xatol": 1e-10})
    assert objective(weight) <= found.fun + 1e-12
    assert weight == pytest.approx(found.x, abs=1e-4)


@given(
    sums=st.tuples(small_numbers, st.integers(1, 5), small_numbers, st.integers(1, 5)),
    lam=st.integers(0, 3),
    gamma=st.integers(0, 3),
    alpha=st.integers(0, 3),
)
def test_gain_is_what_the_split_takes_off_the_objective(sums, lam, gamma, alpha):
    GL, HL, GR, HR = sums

    def least(G, H):
        w = leaf_weight(G, H, lam, alpha)
        return G * w + 0.5 * (H + lam) * w * w + alpha * abs(w) + gamma

    expected = least(GL + GR, HL + HR) - least(GL, HL) - least(GR, HR)
    assert split_gain(*sums, lam, gamma, alpha) == pytest.approx(expected, abs=1e-12)


def test_gains_of_the_four_point_example():
    g, h = grad_hess(FOUR_Y, np.full(4, 2.25))
    gains = [
        split_gain(g[:k].sum(), h[:k].sum(), g[k:].sum(), h[k:].sum(), 1)
        for k in (1, 2, 3)
    ]
    close(gains, [0.5859375, 25 / 12, 1.1484375])
    split = best_split_exact(FOUR, g, h, 1)
    assert split == Split(0, 2.5, pytest.approx(25 / 12, abs=1e-12), False)
    priced = best_split_exact(FOUR, g, h, 1, gamma=0.5)
    assert priced.gain == pytest.approx(25 / 12 - 0.5, abs=1e-12)
    tree = build_tree(FOUR, g, h)
    close([leaf.weight for leaf in tree.leaves()], [-5 / 6, 5 / 6])


def test_library_reports_twice_the_papers_gain_and_the_same_leaves():
    root = dumped(library(FOUR, FOUR_Y, base_score=2.25))
    assert root["gain"] == pytest.approx(4.16666651, abs=1e-8)
    assert root["split_condition"] == 2.5
    close(leaves_of(root), [-0.833333, 0.833333], 5e-7)


@pytest.mark.parametrize(
    ("gamma", "lam", "leaves"),
    [(2, 1, 2), (3, 1, 2), (4.1, 1, 2), (4.2, 1, 1), (6.24, 0, 2), (6.26, 0, 1)],
)
def test_library_gamma_is_twice_the_papers(gamma, lam, leaves):
    model = library(FOUR, FOUR_Y, base_score=2.25, gamma=gamma, lam=lam)
    assert len(leaves_of(dumped(model))) == leaves
    ours = XGBLite(1, 1, 1.0, lam, gamma / 2, base_score=2.25).fit(FOUR, FOUR_Y)
    assert len(ours.trees[0].leaves()) == leaves
    g, h = grad_hess(FOUR_Y, np.full(4, 2.25))
    assert (best_split_exact(FOUR, g, h, lam, gamma / 2) is None) == (leaves == 1)


def test_split_that_gains_exactly_gamma_stays_in_both():
    X, y = np.array([[1.0], [2.0]]), np.array([-1.0, 1.0])
    model = library(X, y, base_score=0.0, lam=0.0, gamma=2.0)
    assert len(leaves_of(dumped(model))) == 2
    tree = build_tree(X, -y, np.ones(2), TreeRules(1, lam=0.0, gamma=1.0))
    assert len(tree.leaves()) == 2


@pytest.mark.parametrize(
    ("alpha", "leaves", "gain"), [(1, [-0.5, 0.5], 1.5), (3, [0], None)]
)
def test_l1_penalty_as_in_the_library(alpha, leaves, gain):
    root = dumped(library(FOUR, FOUR_Y, base_score=2.25, alpha=alpha))
    close(leaves_of(root), leaves, 1e-7)
    assert root.get("gain") == gain
    g, h = grad_hess(FOUR_Y, np.full(4, 2.25))
    tree = build_tree(FOUR, g, h, TreeRules(1, alpha=alpha))
    close([leaf.weight for leaf in tree.leaves()], leaves)
    assert gain is None or 2 * tree.split.gain == pytest.approx(gain, abs=1e-12)


def test_gamma_takes_leaves_back_from_the_bottom():
    X = np.arange(8.0)[:, None]
    y = np.array([0.0, 1, 10, 12, 30, 31, 50, 52])
    for gamma, leaves in ((0, 8), (0.5, 6), (2, 4)):
        rules = TreeRules(3, lam=0.0, gamma=gamma)
        tree = build_tree(X, -y, np.ones(8), rules)
        assert len(tree.leaves()) == leaves
        model = library(X, y, max_depth=3, base_score=0.0, lam=0.0, gamma=2 * gamma)
        close([leaf.weight for leaf in tree.leaves()], leaves_of(dumped(model)), 1e-5)


def test_weak_split_above_a_strong_one_survives_gamma_only_from_the_bottom():
    # Root gain 0.0202 in the library's scale, below 0.05; children's 13 and 14.
    options = LOGISTIC | {"max_depth": 2, "gamma": 0.05, "min_child_weight": 0}
    assert len(leaves_of(dumped(library(XOR[1:], XOR_Y[1:], **options)))) == 4
    options["tree_method"] = "hist"
    assert len(leaves_of(dumped(library(XOR[1:], XOR_Y[1:], **options)))) == 1
    for eps in (None, 0.1):
        ours = XGBLite(
            1, 2, 1.0, gamma=0.025, objective="logistic", sketch_eps=eps
        ).fit(XOR[1:], XOR_Y[1:])
        assert len(ours.trees[0].leaves()) == 4


def test_small_child_weight_counts_second_derivatives_not_rows():
    # 40 rows at p = 0.5 have a sum of 10, so a child of 20 rows has 5.
    X, y = np.repeat([[0.0], [1.0]], 20, axis=0), np.repeat([0.0, 1.0], 20)
    for weight, leaves in ((5, 2), (5.1, 1)):
        model = library(X, y, min_child_weight=weight, **LOGISTIC)
        assert len(leaves_of(dumped(model))) == leaves
        ours = XGBLite(1, 1, min_child_weight=weight, objective="logistic").fit(X, y)
        assert len(ours.trees[0].leaves()) == leaves


def test_root_lighter_than_min_child_weight_predicts_nothing():
    X, y = np.array([[1.0]]), np.array([3.0])
    assert leaves_of(dumped(library(X, y, min_child_weight=2))) == [0]
    assert build_tree(X, -y, np.ones(1), TreeRules(min_child_weight=2)).weight == 0
    assert build_tree(X, -y, np.ones(1)).weight == 1.5


@pytest.mark.parametrize(
    ("scale", "rows", "leaves"),
    [(1.0, 4, 2), (10.0, 4, 2), (1e-4, 4, 1), (1e-4, 100, 1), (1e-4, 120, 2)],
)
def test_gains_scale_with_the_target_squared_and_the_rows_but_the_floor_does_not(
    scale, rows, leaves
):
    X = np.repeat([[0.0], [1.0]], rows // 2, axis=0)
    y = scale * np.repeat([-1.0, 1.0], rows // 2)
    model = library(X, y, base_score=0.0)
    assert len(leaves_of(dumped(model))) == leaves
    split = best_split_exact(X, -y, np.ones(rows), 1)
    assert (split is None) == (leaves == 1)
    half = rows / 2
    bracket = 2 * split_gain(half * scale, half, -half * scale, half, 1)
    assert bracket == pytest.approx(rows * scale**2 * half / (half + 1), rel=1e-12)
    assert (bracket > 1e-6) == (leaves == 2)


@pytest.mark.parametrize(("bracket", "leaves"), [(1.1e-6, 2), (0.9e-6, 1)])
def test_floor_of_the_gain_is_the_librarys(bracket, leaves):
    X, y = np.array([[1.0], [2.0]]), np.array([-1.0, 1.0]) * math.sqrt(bracket / 2)
    model = library(X, y, base_score=0.0, lam=0.0)
    assert len(leaves_of(dumped(model))) == leaves
    tree = build_tree(X, -y, np.ones(2), TreeRules(1, lam=0.0))
    assert len(tree.leaves()) == leaves


def test_confident_rows_are_too_light_for_the_late_trees():
    X = np.arange(40.0)[:, None]
    model = XGBLite(60, 2, 1.0, objective="logistic").fit(X, X[:, 0] >= 20)
    assert model.trees[0].split is not None
    assert all(tree.split is None for tree in model.trees[-30:])
    free = XGBLite(60, 2, 1.0, min_child_weight=0, objective="logistic")
    assert free.fit(X, X[:, 0] >= 20).trees[-30].split is not None


def test_newton_leaf_of_a_confident_mistake_is_huge_without_a_penalty():
    g, h = grad_hess([1.0], [-10.0], "logistic")
    assert leaf_weight(g[0], h[0], 0) == pytest.approx(1 / expit(-10), rel=1e-12)
    assert leaf_weight(g[0], h[0], 0) == pytest.approx(22_027, abs=1)
    assert leaf_weight(g[0], h[0], 1) == pytest.approx(1, abs=1e-3)


def test_step_with_the_wrong_sign_climbs_the_loss():
    X, y = noisy_data(13)
    model = XGBLite(1, 3, objective="logistic").fit(X, y)
    step = model.predict_margin(X)
    assert logloss(step, y) < logloss(0 * step, y) < logloss(-step, y)


# Missing values


def test_column_complete_in_training_sends_nan_where_the_method_likes():
    unseen = xgboost.DMatrix([[NAN]])
    for method, leaf in (("exact", -5 / 6), ("hist", 5 / 6), ("auto", 5 / 6)):
        model = library(FOUR, FOUR_Y, base_score=2.25, tree_method=method)
        close(model.predict(unseen), 2.25 + leaf, 1e-6)
    ours = XGBLite(1, 1, 1.0, base_score=2.25).fit(FOUR, FOUR_Y)
    close(ours.predict_margin([[NAN]]), 2.25 + 5 / 6)


@pytest.mark.parametrize(
    ("target", "threshold", "left"), [(3.0, 3.0, False), (1.0, 3.0, True)]
)
def test_missing_row_goes_where_its_target_is(target, threshold, left):
    X = np.array([[1.0], [2.0], [4.0], [NAN]])
    y = np.array([1.0, 1.0, 3.0, target])
    split = best_split_exact(X, 2 - y, np.ones(4), 1)
    assert split[:2] == (0, threshold)
    assert split.default_left == left
    root = dumped(library(X, y, base_score=2.0))
    assert root["split_condition"] == threshold
    assert root["missing"] == (root["yes"] if left else root["no"])
    tree = build_tree(X, 2 - y, np.ones(4), TreeRules(1))
    close([leaf.weight for leaf in tree.leaves()], leaves_of(root), 1e-7)
    expected = library(X, y, base_score=2.0).predict(xgboost.DMatrix(X))
    close(2 + predict_tree(tree, X), expected, 1e-6)


@pytest.mark.parametrize("values", [[1.0, 1.0], [5.0, 1.0]])
def test_being_missing_can_be_the_split(values):
    X = np.array([*values, NAN, NAN])[:, None]
    y = np.array([1.0, 1.0, 3.0, 3.0])
    split = best_split_exact(X, 2 - y, np.ones(4), 1)
    assert split == Split(0, math.inf, pytest.approx(4 / 3, abs=1e-12), False)
    model = library(X, y, base_score=2.0)
    assert dumped(model)["gain"] == pytest.approx(8 / 3, abs=1e-6)
    ours = XGBLite(1, 1, 1.0, base_score=2.0).fit(X, y)
    close(ours.predict_margin(X), model.predict(xgboost.DMatrix(X)), 1e-6)
    histogram = build_tree_histogram(X, 2 - y, np.ones(4), TreeRules(1))
    assert_same_trees(histogram, ours.trees[0])


def test_missing_rows_count_for_the_smallest_child():
    X = np.array([[1.0], [2.0], [NAN]])
    y = np.array([0.0, 4.0, 4.0])
    split = best_split_exact(X, 2 - y, np.ones(3), 0, min_child_weight=2)
    # With the missing row on the right, 1.5 would be the best, but leaves one row left.
    assert split is None
    split = best_split_exact(X, 2 - y, np.ones(3), 0, min_child_weight=1)
    assert split[:2] == (0, 1.5)
    assert split.default_left is False


# Exact search against brute force


def brute_force(X, g, h, lam, alpha, smallest):
    """The largest gain of all partitions that a threshold and a default can make."""
    best = -math.inf
    for x in X.T:
        present = ~np.isnan(x)
        for t in [*np.unique(x[present]), math.inf]:
            for default in (False, True):
                left = np.where(present, x < t, default)
                if left.all() or not left.any():
                    continue
                HL, HR = h[left].sum(), h[~left].sum()
                if min(HL, HR) < smallest * (1 - 1e-9):
                    continue
                sums = g[left].sum(), HL, g[~left].sum(), HR
                best = max(best, split_gain(*sums, lam, 0, alpha))
    return best


rows = st.lists(
    st.tuples(
        st.sampled_from([0.0, 1.0, 2.0, 3.0, NAN]),
        st.sampled_from([0.0, 1.0, NAN]),
        small_numbers,
        st.integers(0, 3),
    ),
    min_size=1,
    max_size=9,
)


# Sums of tenths round, also those of rows without curvature.
scales = st.sampled_from([1.0, 0.1])


@given(
    rows=rows,
    scale=scales,
    lam=st.integers(0, 2),
    alpha=st.integers(0, 1),
    low=st.integers(0, 3),
)
def test_exact_search_finds_the_best_of_all_partitions(rows, scale, lam, alpha, low):
    table = np.array(rows, float)
    X, g, h, low = table[:, :2], table[:, 2] * scale, table[:, 3] * scale, low * scale
    split = best_split_exact(X, g, h, lam, 0, low, alpha)
    expected = brute_force(X, g, h, lam, alpha, low)
    if split is None:
        assert expected <= MIN_GAIN
        return
    assert split.gain == pytest.approx(expected, abs=1e-12)
    x = X[:, split.feature]
    left = np.where(np.isnan(x), split.default_left, x < split.threshold)
    sums = g[left].sum(), h[left].sum(), g[~left].sum(), h[~left].sum()
    assert min(sums[1], sums[3]) >= low * (1 - 1e-9)
    assert split_gain(*sums, lam, 0, alpha) == pytest.approx(split.gain, abs=1e-12)


@given(rows=rows, scale=scales, depth=st.integers(1, 3), lam=st.integers(0, 2))
def test_histograms_with_a_bin_per_value_give_the_exact_tree(rows, scale, depth, lam):
    table = np.array(rows, float)
    X, g, h = table[:, :2], table[:, 2] * scale, table[:, 3] * scale
    rules = TreeRules(depth, lam, min_child_weight=0)
    exact = build_tree(X, g, h, rules)
    histogram = build_tree_histogram(X, g, h, rules, eps=1 / len(X))
    assert_same_trees(exact, histogram)


@given(rows=rows, depth=st.integers(1, 3))
def test_each_node_holds_the_newton_step_of_its_own_rows(rows, depth):
    table = np.array(rows, float)
    X, g, h = table[:, :2], table[:, 2], table[:, 3] + 1
    tree = build_tree(X, g, h, TreeRules(depth))
    assert sum(leaf.rows for leaf in tree.leaves()) == len(X)
    weights = predict_tree(tree, X)
    for weight in np.unique(weights):
        mine = weights == weight
        total = leaf_weight(g[mine].sum(), h[mine].sum(), 1)
        assert weight == pytest.approx(total, abs=1e-12)


def test_ties_go_to_the_first_feature_and_missing_to_the_right():
    g, h = np.array([1.0, 1.0, -1.0, -1.0]), np.ones(4)
    X = np.array([[0.0, 0.0], [0.0, 0.0], [1.0, 1.0], [1.0, 1.0]])
    split = best_split_exact(X, g, h, 1)
    assert split[:2] == (0, 0.5)
    assert split.default_left is False
    # Thresholds 0.5 and 2.5 gain the same; the library takes the larger one too.
    x = np.arange(4.0)[:, None]
    g = np.array([1.0, -1.0, -1.0, 1.0])
    assert best_split_exact(x, g, h, 1).threshold == 2.5
    root = dumped(library(x, -g, base_score=0.0))
    assert root["split_condition"] == 2.5
    first = Split(0, 1.0, 1.0, False)
    for more in (1e-12, 1e-10):
        assert not _better(Split(1, 1.0, 1.0 + more, False), first)
    later = Split(1, 1.0, 1.0 + 1e-8, False)
    assert _better(later, first)
    assert _better(later._replace(gain=1.1), first)
    assert _better(first, None)
    assert not _better(None, first)
    assert not _better(None, None)


def test_thresholds_separate_neighbouring_and_extreme_numbers():
    tight = 1.0, np.nextafter(1.0, 2.0)
    huge = -1.7e308, 1.7e308
    tiny = 0.0, 5e-324
    for below, above in (tight, huge, tiny):
        assert below < _between(below, above) <= above
        X = np.array([[below], [above]])
        for build in (build_tree, build_tree_histogram):
            tree = build(X, np.array([1.0, -1.0]), np.ones(2))
            assert [leaf.weight for leaf in tree.leaves()] == [-0.5, 0.5]
            close(predict_tree(tree, X), [-0.5, 0.5])
    assert _between(2.0, 4.0) == 3.0


# Whole models against the libraries


@pytest.mark.parametrize("missing", [0.0, 0.2])
@pytest.mark.parametrize("seed", [0, 1])
@pytest.mark.parametrize("base_score", [0.5, None])
def test_twenty_logistic_rounds_equal_xgboost(missing, seed, base_score):
    X, y = noisy_data(seed, missing=missing)
    options = LOGISTIC | {"max_depth": 3, "eta": 0.3, "base_score": base_score}
    model = library(X, y, 20, **options)
    ours = XGBLite(20, 3, 0.3, objective="logistic", base_score=base_score).fit(X, y)
    margin = model.predict(xgboost.DMatrix(X), output_margin=True)
    close(ours.predict_margin(X), margin, 1.5e-6)
    assert logloss(ours.predict_margin(X), y) == pytest.approx(
        logloss(margin.astype(float), y), abs=1e-7
    )
    first = dumped(library(X, y, 1, **(options | {"eta": 1.0})))
    assert_same_as_dump(ours.trees[0], first, missing > 0)
    new, _ = noisy_data(seed + 100, missing=missing)
    expected = model.predict(xgboost.DMatrix(new), output_margin=True)
    close(ours.predict_margin(new), expected, 1.5e-6)


def test_all_penalties_at_once_equal_xgboost():
    X, y = noisy_data(3, missing=0.1)
    shared = {"alpha": 0.3, "min_child_weight": 3.0, "base_score": 0.3}
    options = LOGISTIC | {"max_depth": 4, "eta": 0.5, "lam": 2.5, "gamma": 0.8}
    model = library(X, y, 15, **options, **shared)
    ours = XGBLite(15, 4, 0.5, 2.5, 0.4, objective="logistic", **shared).fit(X, y)
    margin = model.predict(xgboost.DMatrix(X), output_margin=True)
    close(ours.predict_margin(X), margin, 2e-6)


@pytest.mark.parametrize("base_score", [0.25, 0, 1, None])
def test_squared_error_rounds_equal_xgboost(base_score):
    X, _ = noisy_data(4)
    y = X[:, 0] * X[:, 1] + 5
    model = library(X, y, 10, max_depth=3, eta=0.3, base_score=base_score)
    ours = XGBLite(10, 3, 0.3, base_score=base_score).fit(X, y)
    close(ours.predict_margin(X), model.predict(xgboost.DMatrix(X)), 4e-6)
    assert ours.base_margin == (y.mean() if base_score is None else base_score)


def test_start_of_a_rare_class_is_its_share_and_not_one_newton_step():
    y = np.repeat([1.0, 0.0], [1, 9])
    model = library(np.arange(10.0)[:, None], y, **(LOGISTIC | {"base_score": None}))
    settings = json.loads(model.save_config())["learner"]["learner_model_param"]
    start = float(settings["base_score"].strip("[]"))
    assert start == pytest.approx(0.1, abs=1e-6)
    g, h = grad_hess(y, np.zeros(10), "logistic")
    step = leaf_weight(g.sum(), h.sum(), 0)
    assert expit(step) == pytest.approx(0.16798161, abs=1e-8)  # as xgboost 2.1.4 says


def test_a_start_that_is_not_the_mean_costs_what_the_first_rounds_must_make_up():
    X, _ = noisy_data(4)
    y = X[:, 0] * X[:, 1] + 5
    for base_score in (None, 0.5):
        ours = XGBLite(20, 3, 0.3, base_score=base_score).fit(X, y)
        theirs = library(X, y, 20, max_depth=3, eta=0.3, base_score=None)
        off = np.abs(ours.predict_margin(X) - theirs.predict(xgboost.DMatrix(X))).max()
        assert (off < 4e-6) == (base_score is None)
        assert off < 4e-6 or off > 0.1


@pytest.mark.parametrize("seed", range(12))
def test_children_of_exactly_the_smallest_weight_are_allowed_as_in_xgboost(seed):
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((150, 3)).astype(np.float32).astype(float)
    y = (X[:, 0] + 0.5 * rng.standard_normal(150) > 0).astype(float)
    model = library(X, y, 12, **(LOGISTIC | {"max_depth": 4, "eta": 0.2}))
    ours = XGBLite(12, 4, 0.2, objective="logistic", base_score=0.5).fit(X, y)
    margin = model.predict(xgboost.DMatrix(X), output_margin=True)
    close(ours.predict_margin(X), margin, 1e-4)


def test_missing_rows_without_curvature_gain_nothing():
    X = np.array([[3.0], [NAN], [3.0], [NAN], [1.0], [3.0]])
    g = np.array([0.1, 0.4, -0.2, 0.4, -0.2, -0.3])
    h = np.array([0.3, 0.0, 0.0, 0.0, 0.1, 0.2])
    assert h.sum() > h[4] + h[[0, 2, 5]].sum()  # by rounding alone
    split = best_split_exact(X, g, h, 0, min_child_weight=0)
    assert split.gain == pytest.approx(brute_force(X, g, h, 0, 0, 0), abs=1e-12)


def test_what_subtraction_leaves_of_no_curvature_gains_nothing():
    X = np.array([[0.0, 0], [0, 2], [0, 3], [1, 2], [1, 1]])
    g, h = np.array([0.1, 0.1, -0.4, 0.3, 0.3]), np.array([0.2, 0.0, 0.1, 0.2, 0.1])
    rules = TreeRules(3, lam=0.0, min_child_weight=0.0)
    histogram = build_tree_histogram(X, g, h, rules, eps=1 / 5)
    assert_same_trees(histogram, build_tree(X, g, h, rules))


def test_a_child_of_just_the_smallest_weight_has_its_newton_step_as_in_xgboost():
    X, h = np.arange(10.0)[:, None], np.array([0.5, 0.2, 0.1, 0.1, 0.1] * 2)
    g = np.repeat([1.0, -1.0], 5) * h
    assert h[:5].sum() < 1
    model = xgboost.train(
        {"tree_method": "exact", "max_depth": 1, "eta": 1, "nthread": 1},
        xgboost.DMatrix(X, label=np.zeros(10)),
        1,
        obj=lambda margin, data: (g, h),
    )
    close(leaves_of(dumped(model)), [-0.5, 0.5], 1e-6)
    for build in (build_tree, build_tree_histogram):
        leaves = build(X, g, h, TreeRules(1)).leaves()
        close([leaf.weight for leaf in leaves], [-0.5, 0.5])


def test_ten_rows_of_a_tenth_weigh_one():
    X, h = np.arange(20.0)[:, None], np.full(20, 0.1)
    g = np.repeat([1.0, -1.0], 10)
    assert np.cumsum(h)[9] < 1
    assert best_split_exact(X, g, h, 1.0).threshold == 9.5
    assert build_tree_histogram(X, g, h, eps=1 / 20).split.threshold == 9.5


@pytest.mark.parametrize("sign", [1, -1])
def test_the_smallest_weight_is_the_same_on_both_sides(sign):
    X = sign * np.arange(7.0)[:, None]
    g = np.array([1.0, 1, 1, -1, -1, -1, -1])
    h = np.array([0.1, 0.1, 1.1, 0.25, 0.25, 0.25, 0.25])
    assert h.sum() - h[:3].sum() < 1  # what a difference of sums makes of 1
    split = best_split_exact(X, g, h, 1.0)
    assert split.threshold == sign * 2.5
    assert split.gain == pytest.approx(5.805, abs=5e-4)
    tree = build_tree_histogram(X, g, h, TreeRules(1), eps=1 / 7)
    assert tree.split.threshold == sign * 2.5
    assert best_split_exact(X, g, h, 1.0, min_child_weight=1.001) is None


@pytest.mark.parametrize("missing", [0.0, 0.2])
def test_histogram_model_equals_the_exact_one_with_a_bin_per_value(missing):
    X, y = noisy_data(5, missing=missing)
    exact = XGBLite(10, 4, objective="logistic").fit(X, y)
    fine = XGBLite(10, 4, objective="logistic", sketch_eps=1 / 200).fit(X, y)
    for a, b in zip(exact.trees, fine.trees, strict=True):
        assert_same_trees(a, b)
    new, _ = noisy_data(6, missing=missing)
    close(fine.predict_margin(new), exact.predict_margin(new))


@pytest.mark.parametrize("missing", [0.0, 0.2])
def test_coarse_histograms_are_an_exact_search_on_bin_numbers(missing):
    X, y = noisy_data(7, n=400, missing=missing)
    g, h = grad_hess(y, 0.1 * np.arange(400) / 400, "logistic")
    bins = make_bins(X, 0.1)
    numbers = np.where(bins.codes == bins.width, NAN, bins.codes).T
    rules = TreeRules(4)
    coarse = build_tree_histogram(X, g, h, rules, eps=0.1)
    assert_same_trees(coarse, build_tree(numbers, g, h, rules), thresholds=False)
    assert_same_trees(coarse, build_tree_histogram(X, g, h, rules, bins=bins))
    # The thresholds send each training row where its bin went.
    close(
        predict_tree(coarse, X), predict_tree(build_tree(numbers, g, h, rules), numbers)
    )


def test_coarse_histograms_fit_almost_as_well_as_exact_search():
    X, y = noisy_data(8, n=1000)
    loss = {
        eps: logloss(
            XGBLite(20, objective="logistic", sketch_eps=eps)
            .fit(X, y)
            .predict_margin(X),
            y,
        )
        for eps in (None, 1 / 32)
    }
    assert 0.9 < loss[1 / 32] / loss[None] < 1.1


def test_gbdt_equals_scikit_learns_regressor():
    X, _ = noisy_data(0)
    rng = np.random.default_rng(1)
    y = X[:, 0] + X[:, 1] * X[:, 2] + 0.5 * rng.standard_normal(200)
    theirs = GradientBoostingRegressor(
        n_estimators=50, max_depth=3, learning_rate=0.1, random_state=0
    ).fit(X, y)
    for leaves in ("newton", "gradient"):
        ours = GBDTLite(50, 3, 0.1, leaves=leaves).fit(X, y)
        close(ours.predict_margin(X), theirs.predict(X))


def test_gbdt_with_newton_leaves_equals_scikit_learns_classifier():
    X, _ = noisy_data(0)
    z = X[:, 0] + X[:, 1] * X[:, 2]
    y = (z > np.median(z)).astype(float)
    theirs = GradientBoostingClassifier(
        n_estimators=20, max_depth=3, learning_rate=0.1, random_state=0
    ).fit(X, y)
    ours = GBDTLite(20, 3, 0.1, "logistic").fit(X, y)
    close(ours.predict_margin(X), theirs.decision_function(X))
    other = GBDTLite(20, 3, 0.1, "logistic", leaves="gradient").fit(X, y)
    assert np.abs(other.predict_margin(X) - theirs.decision_function(X)).max() > 0.5


def test_second_order_tree_is_a_weighted_regression_tree():
    X, y = noisy_data(9)
    g, h = grad_hess(y, X[:, 0], "logistic")
    theirs = DecisionTreeRegressor(max_depth=3, random_state=0)
    theirs.fit(X, -g / h, sample_weight=h)
    ours = build_tree(X, g, h, TreeRules(3, lam=0.0, min_child_weight=0.0))
    close(predict_tree(ours, X), theirs.predict(X))


def test_any_learner_can_be_boosted():
    rng = np.random.default_rng(0)
    X = rng.standard_normal((40, 3))
    y = X @ [1.0, -2.0, 3.0] + 5 + 0.1 * rng.standard_normal(40)

    def linear(X, target):
        A = np.column_stack([X, np.ones(len(X))])
        beta = np.linalg.lstsq(A, target, rcond=None)[0]
        return lambda X: np.column_stack([X, np.ones(len(X))]) @ beta

    A = np.column_stack([X, np.ones(40)])
    best = A @ np.linalg.solve(A.T @ A, A.T @ y)
    for rounds, eta in ((1, 1.0), (3, 1.0), (80, 0.5)):
        ours = GBDTLite(rounds, eta=eta, learner=linear).fit(X, y)
        close(ours.predict_margin(X), best)


def test_gradient_leaf_is_the_mean_residual_and_newton_leaf_four_times_it():
    X, y = np.repeat([[0.0], [1.0]], 10, axis=0), np.repeat([0.0, 1.0], 10)
    for leaves, step in (("gradient", 0.5), ("newton", 2.0)):
        model = GBDTLite(1, 1, 1.0, "logistic", leaves).fit(X, y)
        close(model.predict_margin([[0.0], [1.0]]), [-step, step])


def test_set_leaves_keeps_the_splits():
    X, y = noisy_data(10, missing=0.1)
    g, h = grad_hess(y, np.zeros(200), "logistic")
    tree = build_tree(X, g, np.ones(200), TreeRules(3))
    newton = _set_leaves(tree, X, g, h)
    where = predict_tree(tree, X)
    weights = predict_tree(newton, X)
    for old in np.unique(where):
        mine = where == old
        close(weights[mine], -g[mine].sum() / h[mine].sum())
    assert newton.split == tree.split


def test_gradient_leaves_with_four_times_the_step_start_like_newton_leaves():
    rng = np.random.default_rng(0)
    X = rng.standard_normal((600, 5))
    y = (rng.random(600) < expit(2 * X[:, 0] + 3 * X[:, 1] * X[:, 2])).astype(float)
    losses = [
        logloss(GBDTLite(5, 3, eta, "logistic", leaves).fit(X, y).predict_margin(X), y)
        for leaves, eta in (("newton", 0.1), ("gradient", 0.4), ("gradient", 0.1))
    ]
    assert abs(losses[0] - losses[1]) < 0.01 < losses[2] - losses[0]


def test_newton_leaves_are_a_step_size_at_first_and_later_lead_or_not_by_the_data():
    lead = []
    for seed in (0, 3, 5):
        rng = np.random.default_rng(seed)
        X = rng.standard_normal((2600, 5))
        y = rng.random(2600) < expit(2 * X[:, 0] + 3 * X[:, 1] * X[:, 2])
        X, new, y, target = X[:600], X[600:], y[:600].astype(float), y[600:]
        early, ends = [], []
        for leaves, eta in (("newton", 0.1), ("gradient", 0.4), ("gradient", 1.0)):
            model = GBDTLite(100, 3, eta, "logistic", leaves).fit(X, y)
            steps = [eta * predict(new) for predict in model.predictors]
            for losses, rounds in ((early, 5), (ends, 100)):
                margin = model.base_margin + sum(steps[:rounds])
                losses.append(logloss(margin, target))
        assert early[0] == pytest.approx(early[1], abs=0.002)
        lead.append([ends[1] - ends[0], ends[2] - ends[0]])
    signs = [[gap > 0 for gap in gaps] for gaps in lead]
    assert signs == [[True, True], [True, False], [False, False]]
    assert np.abs(lead).min() > 0.001


def test_rows_without_curvature_have_a_leaf_here_but_not_in_the_library():
    X, g = np.arange(4.0)[:, None], np.array([1.0, 1.0, -1.0, -1.0])
    h = np.array([0.0, 0.0, 1.0, 1.0])
    options = {"max_depth": 1, "eta": 1, "nthread": 1, "min_child_weight": 0}
    model = xgboost.train(
        options | {"tree_method": "exact"},
        xgboost.DMatrix(X, label=np.zeros(4)),
        1,
        obj=lambda margin, data: (g, h),
    )
    close(leaves_of(dumped(model)), [0, 2 / 3], 1e-6)
    tree = build_tree(X, g, h, TreeRules(1, min_child_weight=0.0))
    close([leaf.weight for leaf in tree.leaves()], [-2, 2 / 3])


def test_the_librarys_several_classes_are_a_tree_each_with_twice_the_curvature():
    X, rng = FOUR, np.random.default_rng(0)
    X, y = rng.standard_normal((200, 1)), rng.integers(0, 3, 200)
    options = {"num_class": 3, "gamma": 1e9, "lam": 0.0, "min_child_weight": 0}
    model = library(X, y, objective="multi:softprob", **options)
    for k in range(3):
        g, h = 1 / 3 - (y == k), 2 * (1 / 3) * (2 / 3) * np.ones(200)
        expected = leaf_weight(g.sum(), h.sum(), 0)
        close(leaves_of(dumped(model, k)), [expected], 1e-6)


def test_scikit_learns_histogram_classifier_splits_by_curvature_too():
    X, _ = noisy_data(0)
    theirs = HistGradientBoostingClassifier(
        max_iter=1,
        max_depth=1,
        min_samples_leaf=1,
        learning_rate=1.0,
        l2_regularization=1.0,
        early_stopping=False,
    )
    rare = X[:, 0] > 1.0  # the mean is far from one half, so h matters
    ours = XGBLite(1, 1, 1.0, min_child_weight=0, objective="logistic").fit(X, rare)
    close(ours.predict_margin(X), theirs.fit(X, rare).decision_function(X), 1e-6)


# XOR


def test_balanced_xor_is_one_leaf_for_both_second_order_searches():
    options = LOGISTIC | {"max_depth": 2, "min_child_weight": 0}
    for method in ("exact", "hist"):
        root = dumped(library(XOR, XOR_Y, tree_method=method, **options))
        assert leaves_of(root) == [0]
    for eps in (None, 0.1):
        half = {"objective": "logistic", "sketch_eps": eps, "base_score": 0.5}
        ours = XGBLite(5, 2, 1.0, **half).fit(XOR, XOR_Y)
        assert all(tree.split is None for tree in ours.trees)
        assert ((ours.predict_margin(XOR) > 0) == XOR_Y).mean() == 0.5
        fewer = XGBLite(1, 2, 1.0, **half)
        fewer.fit(XOR[1:], XOR_Y[1:])
        assert ((fewer.predict_margin(XOR) > 0) == XOR_Y).all()
        assert 2 * fewer.trees[0].split.gain == pytest.approx(0.0202224, abs=1e-6)


def test_scikit_learn_splits_balanced_xor_although_nothing_is_gained():
    model = GradientBoostingClassifier(n_estimators=1, max_depth=2, learning_rate=1.0)
    assert model.fit(XOR, XOR_Y).score(XOR, XOR_Y) == 1.0


# Quantiles, bins, counts


@given(
    pairs=st.lists(st.tuples(st.integers(-9, 9), st.integers(0, 4)), min_size=1),
    share=st.integers(1, 20),
)
def test_candidates_are_less_than_eps_apart_or_neighbours(pairs, share):
    x, h = np.array(pairs, float).T
    if h.sum() == 0:
        h = h + 1
    eps = share / 20
    picked = weighted_quantile_candidates(x, h, eps)
    values = np.unique(x)
    assert set(picked) <= set(values)
    assert picked[0] == values[0]
    assert picked[-1] == values[-1]
    assert (np.diff(picked) > 0).all()
    assert len(picked) <= 2 / eps + 2
    for low, high in pairwise(picked):
        gap = h[(x >= low) & (x < high)].sum() / h.sum()
        assert gap < eps + 1e-12 or not ((values > low) & (values < high)).any()


def test_heavy_weights_get_more_candidates():
    x = np.arange(1000.0)
    flat = weighted_quantile_candidates(x, np.ones(1000), 0.1)
    assert flat.tolist() == [*range(0, 999, 99), 999]
    h = np.where(x < 500, 9.0, 1.0)
    picked = weighted_quantile_candidates(x, h, 0.1)
    assert (picked < 500).sum() == 10
    assert 11 <= len(picked) <= 13


def test_candidates_by_hand():
    x, h = np.array([3.0, 1.0, 2.0, 4.0]), np.array([1.0, 1.0, 1.0, 1.0])
    # Ranks 0, 1/4, 1/2, 3/4: with eps just above 1/2 the steps are of two values.
    assert weighted_quantile_candidates(x, h, 0.51).tolist() == [1, 3, 4]
    assert weighted_quantile_candidates(x, h, 0.5).tolist() == [1, 2, 3, 4]
    assert weighted_quantile_candidates(x, h, 1.0).tolist() == [1, 4]
    assert weighted_quantile_candidates(np.ones(5), np.ones(5), 0.1).tolist() == [1]


def test_bins_cover_the_data_and_number_missing_values_last():
    X = np.array([[1.0, NAN], [2.0, NAN], [2.0, NAN], [5.0, NAN], [NAN, NAN]])
    bins = make_bins(X, 0.3)
    assert bins.codes.tolist() == [[0, 1, 1, 2, 3], [3] * 5]
    assert bins.low[0].tolist() == bins.high[0].tolist() == [1, 2, 5]
    assert bins.low[1].size == 0
    wide = make_bins(np.arange(10.0)[:, None], 0.35)
    assert wide.low[0].tolist() == [0, 3, 6, 9]
    assert wide.high[0].tolist() == [2, 5, 8, 9]
    assert wide.codes.tolist() == [[0, 0, 0, 1, 1, 1, 2, 2, 2, 3]]


def test_histograms_read_at_most_half_of_each_level_below_the_root():
    tree = XGBLite(1, 2, objective="logistic").fit(XOR[1:], XOR_Y[1:]).trees[0]
    # The root reads 39 rows; one level below, 19 + 20 against the smaller 19.
    assert rows_read(tree, 2) == (39 + 39, 39 + 19)
    assert rows_read(tree, 3) == (39 + 39 + 39, 39 + 19 + 9 + 10)
    assert rows_read(tree.left.left, 2) == (9, 9)
    X, y = noisy_data(11, n=500)
    tree = XGBLite(1, 5, objective="logistic").fit(X, y).trees[0]
    exact, histogram = rows_read(tree, 5)
    assert histogram <= 500 + (exact - 500) / 2


@pytest.mark.parametrize("missing", [0.0, 0.2])
def test_rows_read_are_those_that_the_searches_read(missing, monkeypatch):
    X, y = noisy_data(14, n=500, missing=missing)
    read = {"exact": 0, "histogram": 0}

    def counted(kind, method):
        def call(view):
            read[kind] += len(view.rows)
            return method(view)

        return call

    exact, histogram = (tree_module._SortedRows, histogram_module._Histogram)
    monkeypatch.setattr(exact, "best_split", counted("exact", exact.best_split))
    monkeypatch.setattr(histogram, "summed", counted("histogram", histogram.summed))
    rules = TreeRules(5)
    tree = build_tree(X, 0.5 - y, np.ones(500), rules)
    build_tree_histogram(X, 0.5 - y, np.ones(500), rules, eps=1 / 500)
    assert rows_read(tree, 5) == (read["exact"], read["histogram"])


# Edges


def test_one_row_and_columns_without_information_give_a_leaf():
    tree = build_tree([[7.0]], [2.0], [1.0])
    assert (tree.split, tree.weight, tree.rows) == (None, -1.0, 1)
    g, h = np.array([1.0, -1.0, 3.0]), np.ones(3)
    for column in (7.0, NAN):
        X = np.full((3, 2), column)
        for tree in (build_tree(X, g, h), build_tree_histogram(X, g, h)):
            assert tree.split is None
            assert tree.weight == -0.75
    close(predict_tree(tree, np.full((2, 2), NAN)), [-0.75, -0.75])


def test_rows_without_curvature_cause_no_division_by_zero():
    X = np.array([[0.0], [1.0], [2.0]])
    rules = TreeRules(2, lam=0.0, min_child_weight=0.0)
    for build in (build_tree, build_tree_histogram):
        tree = build(X, np.array([1.0, -1.0, 0.0]), np.array([1.0, 1.0, 0.0]), rules)
        assert np.isfinite(predict_tree(tree, X)).all()


def test_no_gain_no_split_even_with_many_rows():
    X = np.tile(XOR, (250, 1))
    g = np.tile(0.5 - XOR_Y, 250)
    assert best_split_exact(X, g, np.full(10_000, 0.25), 1) is None


def test_presort_leaves_missing_rows_out():
    X = np.array([[2.0, NAN], [NAN, 1.0], [1.0, 0.0]])
    assert [rows.tolist() for rows in presort(X)] == [[2, 0], [2, 1]]


def test_margin_starts_at_the_log_odds_of_the_base_score():
    X, y = FOUR, np.array([0.0, 0.0, 0.0, 1.0])
    model = XGBLite(1, 1, base_score=0.2, gamma=100.0, objective="logistic")
    g, h = 4 * 0.2 - 1, 4 * 0.16
    expected = math.log(0.25) - 0.3 * g / (h + 1) * 0  # too light for one leaf
    close(model.fit(X, y).predict_margin(X), np.full(4, expected))
    free = XGBLite(
        1, 1, base_score=0.2, gamma=100.0, min_child_weight=0, objective="logistic"
    )
    close(free.fit(X, y).predict_margin(X), math.log(0.25) - 0.3 * g / (h + 1))


def test_fitting_again_forgets_the_first_fit():
    X, y = noisy_data(12)
    for model in (XGBLite(3), GBDTLite(3)):
        first = model.fit(X, y).predict_margin(X)
        close(model.fit(X, y).predict_margin(X), first)


def test_best_boundary_of_nothing_is_none():
    empty = np.empty(0)
    assert _best_boundary(empty, empty, 1.0, 1.0, (1.0, 1.0), TreeRules()) is None
    one = np.ones(1)
    rules = TreeRules(min_child_weight=0)
    assert _best_boundary(one, one, 1.0, 1.0, None, rules) is None


def test_boundaries_that_differ_by_rounding_are_ties():
    g, h = np.diff([0.0, 1.0, 0.5, 1 - 1e-14, 0.0]), np.ones(4)
    gain, group, left = _best_boundary(g, h, 0.0, 4.0, None, TreeRules())
    assert gain == pytest.approx(0.5 * (1 / 2 + 1 / 4), abs=1e-12)
    assert (group, left) == (2, False)


# Bad input


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"lam": -1}, "lam must be finite and >= 0, got -1"),
        ({"gamma": -0.5}, "gamma must be finite and >= 0, got -0.5"),
        ({"alpha": NAN}, "alpha must be finite and >= 0, got nan"),
        ({"min_child_weight": math.inf}, "min_child_weight must be finite"),
        ({"max_depth": 0}, "max_depth must be an integer in 1..100, got 0"),
        ({"max_depth": 101}, "max_depth must be an integer in 1..100, got 101"),
        ({"max_depth": True}, "max_depth must be an integer in 1..100, got True"),
        ({"max_depth": 1.5}, "max_depth must be an integer in 1..100, got 1.5"),
    ],
)
def test_rules_out_of_range_are_refused(options, message):
    with pytest.raises(ValueError, match=message):
        TreeRules(**options)
    with pytest.raises(ValueError, match=message):
        XGBLite(**options)


@pytest.mark.parametrize("model", [XGBLite, GBDTLite])
@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"eta": 0.0}, r"eta must be in \(0, 1\], got 0.0"),
        ({"eta": 1.1}, r"eta must be in \(0, 1\], got 1.1"),
        ({"n_rounds": 0}, "n_rounds must be an integer >= 1, got 0"),
        ({"max_depth": 0}, "max_depth must be an integer in 1..100, got 0"),
        ({"objective": "hinge"}, "objective must be 'squarederror' or 'logistic'"),
    ],
)
def test_models_refuse_bad_options(model, options, message):
    with pytest.raises(ValueError, match=message):
        model(**options)


def test_special_options_are_checked_too():
    for score in (0.0, 1.0, 2.0):
        with pytest.raises(ValueError, match=r"base_score must be in \(0, 1\) for log"):
            XGBLite(base_score=score, objective="logistic")
    with pytest.raises(ValueError, match="base_score must be finite, got inf"):
        XGBLite(base_score=math.inf)
    for eps in (0.0, 1.5):
        with pytest.raises(ValueError, match=r"sketch_eps must be in \(0, 1\]"):
            XGBLite(sketch_eps=eps)
    with pytest.raises(ValueError, match="leaves must be 'newton' or 'gradient'"):
        GBDTLite(leaves="mean")
    with pytest.raises(ValueError, match=r"y must hold both labels, got a mean of 1.0"):
        GBDTLite(objective="logistic").fit(FOUR, np.ones(4))


@pytest.mark.parametrize("model", [XGBLite, GBDTLite])
def test_models_refuse_bad_data(model):
    with pytest.raises(ValueError, match=r"y must be 0 or 1 for logistic"):
        model(objective="logistic").fit(FOUR, FOUR_Y)
    with pytest.raises(ValueError, match=r"y must be finite"):
        model().fit(FOUR, [1.0, 2.0, 3.0, NAN])
    with pytest.raises(ValueError, match=r"y must have shape \(4,\), got \(3,\)"):
        model().fit(FOUR, FOUR_Y[:3])
    with pytest.raises(ValueError, match="X must be finite, or NaN where missing"):
        model().fit([[math.inf]], [1.0])
    with pytest.raises(ValueError, match=r"X must have shape \(n, d\), not empty"):
        model().fit([1.0, 2.0], [1.0, 2.0])
    with pytest.raises(ValueError, match=r"X must have shape \(n, d\), not empty"):
        model().fit(np.empty((0, 2)), [])


@pytest.mark.parametrize("build", [build_tree, build_tree_histogram])
def test_trees_refuse_bad_derivatives(build):
    with pytest.raises(ValueError, match=r"g must have shape \(4,\), got \(3,\)"):
        build(FOUR, np.ones(3), np.ones(4))
    with pytest.raises(ValueError, match=r"h must have shape \(4,\), got \(4, 1\)"):
        build(FOUR, np.ones(4), np.ones((4, 1)))
    with pytest.raises(ValueError, match="g must be finite"):
        build(FOUR, [1, 2, 3, NAN], np.ones(4))
    with pytest.raises(ValueError, match=r"h must be >= 0, got -1\.0"):
        build(FOUR, np.ones(4), [1, 1, 1, -1])


def test_small_functions_refuse_bad_input():
    with pytest.raises(ValueError, match=r"G and H must have one shape, got \(2,\)"):
        leaf_weight(np.ones(2), np.ones(3), 1)
    with pytest.raises(ValueError, match="lam must be finite and >= 0, got -1"):
        leaf_weight(1, 1, -1)
    for call in (lambda: leaf_weight(1, 1, 1, -1), lambda: split_gain(*[1] * 6, -1)):
        with pytest.raises(ValueError, match="alpha must be finite and >= 0, got -1"):
            call()
    with pytest.raises(ValueError, match=r"margin must be finite, below 1e\+150 in"):
        grad_hess([1.0], [1e150])
    with pytest.raises(ValueError, match=r"eps must be in \(0, 1\], got 2"):
        make_bins([[NAN]], 2)
    with pytest.raises(ValueError, match="gamma must be finite and >= 0, got -1"):
        split_gain(1, 1, 1, 1, 1, -1)
    for options in ({"lam": -0.5}, {"lam": 0, "alpha": -0.5}):  # H + lam stays > 0
        with pytest.raises(ValueError, match=r"(lam|alpha) must be .* got -0.5"):
            split_gain(1, 1, 1, 1, **options)
    with pytest.raises(ValueError, match="alpha must be finite and >= 0, got -1"):
        best_split_exact(FOUR, np.ones(4), np.ones(4), 1, alpha=-1)
    with pytest.raises(ValueError, match=r"y and margin must have one shape"):
        grad_hess(np.ones(2), np.ones(3))
    for eps in (0, 1.01):
        with pytest.raises(ValueError, match=r"eps must be in \(0, 1\]"):
            weighted_quantile_candidates(np.ones(2), np.ones(2), eps)
    with pytest.raises(ValueError, match=r"x and h must have one shape \(n,\)"):
        weighted_quantile_candidates(np.empty(0), np.empty(0), 0.5)
    with pytest.raises(ValueError, match="x must be finite"):
        weighted_quantile_candidates([1.0, NAN], np.ones(2), 0.5)
    for h, message in (
        ([0.0, 0.0], "h must not be all 0, got"),
        ([1.0, -1.0], r"h must be >= 0, got -1\.0"),
        ([1.0, math.inf], r"h must be finite, below 1e\+150 in size, got"),
    ):
        with pytest.raises(ValueError, match=message):
            weighted_quantile_candidates(np.ones(2), h, 0.5)
    for bad in (NAN, math.inf, 1e200):
        with pytest.raises(
            ValueError, match=r"G must be finite, below 1e\+150 in size"
        ):
            leaf_weight(bad, 1, 1)
        with pytest.raises(ValueError, match=r"GL, GR must be finite, below 1e\+150"):
            split_gain(bad, 1, 1, 1, 1)
    with pytest.raises(ValueError, match=r"H must be >= 0, got -1\.0"):
        leaf_weight(1, -1, 5)
    with pytest.raises(ValueError, match=r"HL, HR must be >= 0, got -1\.0"):
        split_gain(1, -1, 1, 1, 5)
    with pytest.raises(ValueError, match="margin must be finite, got"):
        grad_hess([1.0], [NAN])
    with pytest.raises(ValueError, match="max_depth must be an integer >= 1, got 0"):
        rows_read(build_tree(FOUR, np.ones(4), np.ones(4)), 0)


def test_squares_that_would_overflow_are_refused_before():
    for model in (XGBLite(), GBDTLite()):
        with pytest.raises(
            ValueError, match=r"y must be finite, below 1e\+150 in size"
        ):
            model.fit(FOUR, 1e160 * FOUR_Y)
    with pytest.raises(ValueError, match=r"g must be finite, below 1e\+150 in size"):
        best_split_exact(FOUR, 1e160 * FOUR_Y, np.ones(4), 1)
    split = best_split_exact(FOUR, 1e140 * (2.25 - FOUR_Y), np.ones(4), 1)
    assert split.threshold == 2.5


@pytest.mark.parametrize("model", [XGBLite, GBDTLite])
def test_a_model_predicts_after_a_fit_only_and_from_as_many_columns(model):
    X, y = noisy_data(0)
    with pytest.raises(ValueError, match="call fit before predict_margin, got a model"):
        model(2).predict_margin(X)
    fitted = model(2).fit(X, y)
    for columns in (X[:, :2], np.hstack([X, X])):
        got = columns.shape[1]
        with pytest.raises(
            ValueError, match=f"must have 3 columns as in fit, got {got}"
        ):
            fitted.predict_margin(columns)


def test_a_tree_refuses_rows_without_its_features_and_order_or_bins_of_others():
    X, g, h = np.hstack([0 * FOUR, FOUR]), 2.25 - FOUR_Y, np.ones(4)
    tree = build_tree(X, g, h)
    with pytest.raises(ValueError, match="asks for: feature 1, got 1 columns"):
        predict_tree(tree, FOUR)
    with pytest.raises(ValueError, match="order must have 2 columns, got 1"):
        build_tree(X, g, h, order=presort(FOUR))
    with pytest.raises(
        ValueError, match=r"codes must have shape \(2, 4\), got \(1, 4\)"
    ):
        build_tree_histogram(X, g, h, bins=make_bins(FOUR, 0.5))


def test_a_learner_must_predict_one_number_a_row():
    wide = lambda X, target: lambda X: np.zeros((len(X), 1))  # noqa: E731
    with pytest.raises(ValueError, match=r"must predict \(4,\), got \(4, 1\)"):
        GBDTLite(1, learner=wide).fit(FOUR, FOUR_Y)
